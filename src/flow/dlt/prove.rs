//! The proof that every text has a DLT template, and what lacks one.

use crate::contact::Language;
use crate::dlt::{Among, Proposal, Refusal, SHARED_BOOKS, Standing, Why};
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, Place, one_of_these};
use crate::flow::load::{Everything, Notice};
use crate::flow::text::SMS_INSTEAD;
use crate::flow::wording::english_name;

use super::forms::{Form, forms};
use super::read::Read;
use super::some_of;

/// A text that no template carries, as one that would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lacking {
    pub proposal: Proposal,
}

/// Texts of one book that lack their template for the same reason, told together: an office registers its
/// templates over weeks.
struct Group {
    book: String,
    /// The reason's name in metrics.
    reason: &'static str,
    /// Where the first of them stands, its reason, and the language of each with its name.
    place: Place,
    refusal: Refusal,
    texts: Vec<(Language, String)>,
}

/// Looks for the template of every text that goes by SMS, and gives what lacks one. It is told, too, where
/// somebody wants to know (`tells`) and the office keeps a registry: as errors from the first id on, when
/// nothing else leaves any more.
pub(in crate::flow) fn prove(
    all: &Everything<'_>,
    notices: &[Notice],
    read: &Read,
    tells: bool,
    findings: &mut Findings<'_>,
) -> Vec<Lacking> {
    let found = forms(all, notices, &read.registry);
    let tells = tells && read.is_there;
    if tells {
        unknown_flows(all, read, findings);
        for (place, words) in found.endless {
            findings
                .warn(
                    place,
                    format!("{words}: not each of them can have a DLT template"),
                    "by SMS what has none is not said; give SMS words of its own, $channel -> [sms] …",
                )
                .code(Code::DltTemplate);
        }
        waiting(read, findings);
        nothing_instead(all, read, findings);
    }
    let mut lacking = Vec::new();
    let mut groups: Vec<Group> = Vec::new();
    let is_in_force = read.registry.is_in_force();
    for form in found.list {
        let longest = form.proposal.longest();
        if read.registry.carry(&longest, Among::Declared).is_some() {
            continue;
        }
        let refusal = read.registry.why(&longest, Among::Declared);
        let has_none = matches!(refusal, Refusal::NoTemplate(_));
        match &refusal {
            _ if !tells => {}
            Refusal::NoTemplate(Some(_))
            | Refusal::NotRegistered { .. }
            | Refusal::Stopped { .. } => {
                tell(&form, &refusal, is_in_force, findings);
            }
            _ => join(&mut groups, &form, refusal),
        }
        if has_none {
            lacking.push(Lacking { proposal: form.proposal });
        }
    }
    for group in groups {
        tell_group(&group, all, read, findings);
    }
    lacking
}

/// Flows that the registry names and that are not there.
fn unknown_flows(all: &Everything<'_>, read: &Read, findings: &mut Findings<'_>) {
    let known = || all.drafts.iter().map(|draft| draft.name.text.as_str());
    for flow in &read.flows {
        if SHARED_BOOKS.contains(&flow.text.as_str()) {
            findings
                .warn(
                    flow.place,
                    format!(
                        "`{}` is no flow: its texts go with every flow that goes by SMS",
                        flow.text
                    ),
                    "leave it out",
                )
                .code(Code::UnknownFlow);
        } else if !known().any(|name| name == flow.text) {
            findings
                .error_hint(
                    flow.place,
                    format!("there is no flow `{}`", flow.text),
                    one_of_these(&flow.text, known().collect::<Vec<_>>()),
                )
                .code(Code::UnknownFlow);
        }
    }
}

/// Templates by which nothing leaves yet: told once a file.
fn waiting(read: &Read, findings: &mut Findings<'_>) {
    let templates = read.registry.templates.iter().zip(&read.names);
    let proposed = templates.filter(|(template, _)| template.standing == Standing::Proposed);
    let mut files: Vec<(Place, Vec<&str>)> = Vec::new();
    for (template, place) in proposed {
        match files.iter_mut().find(|(first, _)| first.file == place.file) {
            Some((_, names)) => names.push(&template.name),
            None => files.push((*place, vec![&template.name])),
        }
    }
    for (place, names) in files {
        let (message, hint) = match names.as_slice() {
            [name] => (
                format!("nothing leaves by `{name}` yet"),
                "register it on the DLT portal and write its `id`",
            ),
            names => (
                format!(
                    "nothing leaves by {} templates of this file yet: {}",
                    names.len(),
                    some_of(names.iter().map(|name| format!("`{name}`")))
                ),
                "register them on the DLT portal, and write the `id` of each as it comes",
            ),
        };
        findings.warn(place, message, hint).code(Code::DltWaits);
    }
}

/// Where nothing of an answer may leave, the person hears nothing at all.
fn nothing_instead(all: &Everything<'_>, read: &Read, findings: &mut Findings<'_>) {
    let language = read.registry.languages.first().copied().unwrap_or(Language::Hi);
    let book = all.catalogue.book(language, "common");
    let (None, Some(book)) = (all.common.sms_instead, book) else { return };
    findings
        .warn(
            Place { file: book.source, start: 0, end: 1 },
            format!("common.ftl does not say `{SMS_INSTEAD}`"),
            "it is said where nothing of an answer has a DLT template; without it the person hears \
             nothing. Write where else they are heard, in each language",
        )
        .code(Code::MissingText);
}

fn join(groups: &mut Vec<Group>, form: &Form, refusal: Refusal) {
    let book = &form.proposal.book;
    let reason = refusal.name();
    let text = (form.proposal.language, form.key.clone());
    let known = groups.iter_mut().find(|group| group.book == *book && group.reason == reason);
    match known {
        // Some texts have many forms.
        Some(group) if group.texts.contains(&text) => {}
        Some(group) => group.texts.push(text),
        None => groups.push(Group {
            book: book.clone(),
            reason,
            place: form.place,
            refusal,
            texts: vec![text],
        }),
    }
}

fn tell(form: &Form, refusal: &Refusal, is_in_force: bool, findings: &mut Findings<'_>) {
    let language = english_name(form.proposal.language);
    let key = &form.key;
    let (message, hint) = match refusal {
        Refusal::NoTemplate(Some(nearest)) => (
            format!("`{key}` has no DLT template in {language}"),
            format!(
                "{}; word one of the two like the other, or register the text anew: `samvad dlt propose` writes it",
                nearest.words()
            ),
        ),
        Refusal::NotRegistered { template } | Refusal::Stopped { template } => (
            format!("`{key}` has the DLT template `{template}` in {language}, which is stopped"),
            "say it in other words, or have the template approved again".to_owned(),
        ),
        // The others are told together.
        Refusal::NoTemplate(None) | Refusal::Value { .. } => return,
    };
    if is_in_force {
        findings.error_hint(form.place, message, hint).code(Code::DltTemplate);
    } else {
        findings.warn(form.place, message, hint).code(Code::DltTemplate);
    }
}

fn tell_group(group: &Group, all: &Everything<'_>, read: &Read, findings: &mut Findings<'_>) {
    let of_flow = all.drafts.iter().find(|draft| draft.name.text == group.book);
    let place = match of_flow {
        Some(draft) if group.texts.len() > 1 => draft.name.place,
        _ => group.place,
    };
    // Most people's values are shorter than the longest.
    let is_rare = matches!(group.refusal, Refusal::Value { why: Why::TooLong { .. }, .. });
    let (message, hint, code) = match &group.refusal {
        Refusal::Value { template, place: number, why } => {
            let (message, hint) = unfit(group, template, *number, why);
            (message, hint, Code::DltValue)
        }
        Refusal::NoTemplate(_) | Refusal::NotRegistered { .. } | Refusal::Stopped { .. } => {
            let (message, hint) = lacks(group, read);
            (message, hint, Code::DltTemplate)
        }
    };
    if read.registry.is_in_force() && !is_rare {
        findings.error_hint(place, message, hint).code(code);
    } else {
        findings.warn(place, message, hint).code(code);
    }
}

/// The first texts of a group: `name` in Hindi.
fn texts_of(group: &Group) -> String {
    let named =
        |(language, key): &(Language, String)| format!("`{key}` in {}", english_name(*language));
    some_of(group.texts.iter().map(named))
}

/// What is said of texts without a template, and what to do.
fn lacks(group: &Group, read: &Read) -> (String, String) {
    let (book, texts) = (&group.book, texts_of(group));
    let message = match group.texts.len() {
        1 => format!("{texts} has no DLT template"),
        count => format!("{count} texts of `{book}` have no DLT template: {texts}"),
    };
    let mut hint = format!(
        "`samvad dlt propose --flow {book} --out flows/dlt/{book}.yaml` writes what has to be registered"
    );
    if read.registry.languages.is_empty() && read.registry.flows.is_empty() {
        hint.push_str(
            "; what does not go by SMS is left out by `languages: [hi]` and `flows: […]`",
        );
    }
    (message, hint)
}

/// What is said of texts whose values do not fit, and what to do.
fn unfit(group: &Group, template: &str, number: usize, why: &Why) -> (String, String) {
    let (book, texts, why_not) = (&group.book, texts_of(group), why.words());
    let first = format!("what fills place {number} of `{template}` {why_not}");
    match group.texts.len() {
        1 => {
            let hint = value_hint(&format!("under `{template}`"), why);
            (format!("a value of {texts} does not fit: {first}"), hint)
        }
        count => {
            let told = format!(
                "values of {count} texts of `{book}` do not fit: {texts}. The first: {first}"
            );
            (told, value_hint("in the registry", why))
        }
    }
}

/// What to do about a value that a place does not take; `under` is where it is written.
fn value_hint(under: &str, why: &Why) -> String {
    match why {
        Why::TooLong { .. } => {
            "a person whose value is longer does not get this message; two places side by side hold more".to_owned()
        }
        Why::Script(Some(script)) => format!(
            "try a message with your operator; when it comes, write `tested: [latin, {}]` {under}",
            script.name()
        ),
        Why::Script(None) => "leave that sign out, or move it out of the place".to_owned(),
        Why::WrongTag(_) => {
            "try it with your operator; signs that come through stand in `passes: \"-,\"`".to_owned()
        }
        Why::NotListed(_) => {
            "write what stands on the portal's list: `urls: [https://…]`, `callback_numbers: [1800…]`".to_owned()
        }
    }
}
