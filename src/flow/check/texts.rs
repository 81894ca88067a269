//! Texts nobody says, texts that say nothing, and languages that say different things.

use std::collections::{BTreeSet, HashMap};

use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::definition::{Ask, Choices, Flow, StepKind, Target};
use crate::flow::diagnostic::{Findings, Place, nearest};
use crate::flow::draft::{FlowDraft, KindDraft};
use crate::flow::text::{COMMON, COMMON_LABELLED, COMMON_LABELS, SMS_INSTEAD, TextId};
use crate::flow::wording::english_name;
use crate::locale::{Book, Catalogue, Message, Pattern, Segment};
use crate::understanding::{self, Command};

/// The texts that broadcasts say by SMS; whoever reads those knows which are said.
pub(crate) const BROADCASTS: &str = "broadcasts";

/// Text files that belong to no flow.
const OWN_BOOKS: [&str; 4] = ["common", "notices", "console", BROADCASTS];

/// Everything about the texts that needs all flows to be known.
pub(in crate::flow) fn texts(
    catalogue: &Catalogue,
    drafts: &[FlowDraft],
    interned: &HashMap<(String, String), TextId>,
    findings: &mut Findings<'_>,
) {
    let by_name: HashMap<&str, &FlowDraft> =
        drafts.iter().map(|draft| (draft.name.text.as_str(), draft)).collect();
    let mut named: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for (book, key) in interned.keys() {
        named.entry(book.as_str()).or_default().insert(key.as_str());
    }
    for language in Language::ALL {
        for (name, book) in catalogue.books(language) {
            for (key, message) in &book.messages {
                says_nothing(key, message, findings);
            }
            match by_name.get(name) {
                Some(draft) => unused(name, book, draft, &named, catalogue, findings),
                None if name == "common" => unused_common(book, &named, drafts, findings),
                None if OWN_BOOKS.contains(&name) => {}
                None => without_flow(name, book, &by_name, findings),
            }
        }
    }
    differing(catalogue, findings);
}

fn place_of(message: &Message) -> Place {
    Place { file: message.source, start: message.span.start, end: message.span.end }
}

fn unused(
    name: &str,
    book: &Book,
    draft: &FlowDraft,
    named: &HashMap<&str, BTreeSet<&str>>,
    catalogue: &Catalogue,
    findings: &mut Findings<'_>,
) {
    if !draft.is_whole() {
        return;
    }
    let none = BTreeSet::new();
    let used = named.get(name).unwrap_or(&none);
    // What a step names and no text is called may be meant by one that nobody says.
    let lacks = |language: Language, wanted: &str| {
        catalogue.has(language)
            && catalogue.message(language, name, wanted).is_none()
            && catalogue.message(language, "common", wanted).is_none()
    };
    let lacking: Vec<&str> = used
        .iter()
        .copied()
        .filter(|wanted| Language::ALL.into_iter().any(|language| lacks(language, wanted)))
        .collect();
    for (key, message) in &book.messages {
        if used.contains(key.as_str()) || book.referred.contains_key(key) {
            continue;
        }
        if nearest(key, lacking.iter().copied()).is_some() {
            // That one is told as missing.
            continue;
        }
        findings
            .warn(
                place_of(message),
                format!("nobody says the text `{key}`"),
                "remove it, or say it in a step",
            )
            .code(Code::UnusedText);
    }
}

fn unused_common(
    book: &Book,
    named: &HashMap<&str, BTreeSet<&str>>,
    drafts: &[FlowDraft],
    findings: &mut Findings<'_>,
) {
    if !drafts.iter().all(FlowDraft::is_whole) {
        return;
    }
    for (key, message) in &book.messages {
        let of_engine = COMMON.iter().any(|(known, _)| known == key)
            || COMMON_LABELS.iter().any(|(known, _)| known == key)
            || COMMON_LABELLED.contains(&key.as_str())
            || key == SMS_INSTEAD;
        let said = named.values().any(|keys| keys.contains(key.as_str()));
        if of_engine || said || book.referred.contains_key(key) {
            continue;
        }
        let known = COMMON.iter().map(|(known, _)| *known);
        let hint = nearest(key, known.filter(|known| !book.messages.contains_key(*known)))
            .map_or_else(
                || "remove it, or say it in a step".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
        findings
            .warn(place_of(message), format!("nobody says the text `{key}`"), hint)
            .code(Code::UnusedText);
    }
}

fn without_flow(
    name: &str,
    book: &Book,
    by_name: &HashMap<&str, &FlowDraft>,
    findings: &mut Findings<'_>,
) {
    if findings.has_any(book.source, &[Code::FileName]) {
        return;
    }
    let flows: Vec<&str> = by_name.keys().copied().collect();
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let hint = nearest(name, flows).map_or_else(
        || {
            if plain {
                format!("add flows/{name}.yaml, or remove the file")
            } else {
                "remove the file: nobody reads it".to_owned()
            }
        },
        |near| format!("rename it to {near}.ftl"),
    );
    findings
        .warn(
            Place { file: book.source, start: 0, end: 1 },
            format!("there is no flow `{name}` that says these texts"),
            hint,
        )
        .code(Code::TextWithoutFlow);
}

fn is_empty(pattern: &Pattern) -> bool {
    pattern.segments.iter().all(|segment| match segment {
        Segment::Text(text) => text.trim().is_empty(),
        Segment::Variable(_) | Segment::Call { .. } => false,
        Segment::Select { variants, .. } => variants.iter().all(|(_, inner)| is_empty(inner)),
    })
}

fn says_nothing(key: &str, message: &Message, findings: &mut Findings<'_>) {
    if message.value.as_ref().is_some_and(is_empty) {
        findings
            .error_hint(
                place_of(message),
                format!("the text `{key}` is empty"),
                "an empty message cannot be sent; write what is said",
            )
            .code(Code::EmptyText);
    }
    for attribute in &message.attributes {
        if is_empty(&attribute.pattern) {
            findings
                .error_hint(
                    Place {
                        file: message.source,
                        start: attribute.span.start,
                        end: attribute.span.end,
                    },
                    format!("the label `.{}` is empty", attribute.name),
                    "a choice nobody can read cannot be chosen; write a word or two",
                )
                .code(Code::EmptyText);
        }
    }
}

/// Variables that are shown; those that only choose between variants are the language's own affair.
fn shown(pattern: &Pattern) -> BTreeSet<&str> {
    fn collect<'a>(pattern: &'a Pattern, out: &mut BTreeSet<&'a str>) {
        for segment in &pattern.segments {
            match segment {
                Segment::Text(_) => {}
                Segment::Variable(name) | Segment::Call { variable: name, .. } => {
                    out.insert(name);
                }
                Segment::Select { variants, .. } => {
                    for (_, inner) in variants {
                        collect(inner, out);
                    }
                }
            }
        }
    }
    let mut names = BTreeSet::new();
    collect(pattern, &mut names);
    names
}

/// A text that shows a variable in one language and not in another.
fn differing(catalogue: &Catalogue, findings: &mut Findings<'_>) {
    // Compared with the first language that has the text: Hindi, where it is there.
    let mut first: HashMap<(&str, &str), (Language, BTreeSet<&str>)> = HashMap::new();
    for language in Language::ALL {
        for (name, book) in catalogue.books(language) {
            for (key, message) in &book.messages {
                let Some(pattern) = &message.value else { continue };
                let names = shown(pattern);
                let Some((other, theirs)) = first.get(&(name, key.as_str())) else {
                    first.insert((name, key), (language, names));
                    continue;
                };
                // A misspelt variable is told as such, not as one that lacks and one too many.
                let theirs_at =
                    catalogue.book(*other, name).map_or(book.source, |book| book.source);
                let misspelt =
                    |file| findings.has_any(file, &[Code::UnknownVariable, Code::BareVariable]);
                if misspelt(book.source) || misspelt(theirs_at) {
                    continue;
                }
                for missing in theirs.difference(&names) {
                    lacks(missing, key, (language, message, book), *other, findings);
                }
                let lacking = catalogue
                    .book(*other, name)
                    .and_then(|book| Some((*other, book.messages.get(key)?, book)));
                let Some(lacking) = lacking else { continue };
                for more in names.difference(theirs) {
                    lacks(more, key, lacking, language, findings);
                }
            }
        }
    }
}

/// Tells of a variable this text lacks and that of another language shows.
fn lacks(
    variable: &str,
    key: &str,
    (language, message, book): (Language, &Message, &Book),
    other: Language,
    findings: &mut Findings<'_>,
) {
    if let Some(span) = book.referred.get(variable) {
        let place = Place { file: book.source, start: span.start, end: span.end };
        findings
            .error_hint(
                place,
                format!("`{variable}` in braces is the text of that name, not the answer"),
                format!("an answer has a dollar: {{ ${variable} }}"),
            )
            .code(Code::MissingDollar);
        return;
    }
    findings
        .warn(
            place_of(message),
            format!(
                "`{key}` shows `${variable}` in {}, not in {}",
                english_name(other),
                english_name(language)
            ),
            format!("put {{ ${variable} }} here too, or remove it there"),
        )
        .code(Code::VariableDiffers);
}

/// Choices nobody can tell apart by typing, and choices that are words which work everywhere.
pub(in crate::flow) fn choices(
    flows: &[Flow],
    drafts: &[FlowDraft],
    catalogue: &Catalogue,
    findings: &mut Findings<'_>,
) {
    for (flow, draft) in flows.iter().zip(drafts) {
        for (at, (step, written)) in flow.steps.iter().zip(&draft.steps).enumerate() {
            let (StepKind::Ask(ask), KindDraft::Ask(asked)) = (&step.kind, &written.kind) else {
                continue;
            };
            let Some(choices) = ask.choices() else { continue };
            let book = draft.name.text.as_str();
            let key = asked.message.text.as_str();
            for language in Language::ALL {
                let Some(message) = catalogue.message(language, book, key) else { continue };
                let mut seen: Vec<(String, &str, bool)> = Vec::new();
                for (index, choice) in choices.list.iter().enumerate() {
                    let Some(attribute) = message.attribute(&choice.id) else { continue };
                    let place = Place {
                        file: message.source,
                        start: attribute.span.start,
                        end: attribute.span.end,
                    };
                    let label = choice.label.get(language);
                    command_label((label, place), &choice.id, (ask, at), flows, findings);
                    number_label((label, place), index, choices, findings);
                    let folded = understanding::fold(label);
                    let always = choice.condition.is_none();
                    let same = seen
                        .iter()
                        .find(|(known, _, other)| *known == folded && (always || *other));
                    if let Some((_, other, _)) = same
                        && !folded.is_empty()
                    {
                        findings
                            .error_hint(
                                place,
                                format!(
                                    "whoever types `{label}` could mean `{}` or `{other}`",
                                    choice.id
                                ),
                                "give the two labels different words; spellings count as one",
                            )
                            .code(Code::SameChoices);
                    } else if let Some((_, other, _)) =
                        seen.iter().find(|(known, ..)| singular(known) == singular(&folded))
                    {
                        findings
                            .warn(
                                place,
                                format!(
                                    "only an `s` tells `{label}` from the label of `{other}`, and \
                                     people leave it out"
                                ),
                                "give the two labels different words",
                            )
                            .code(Code::SameChoices);
                    }
                    seen.push((folded, &choice.id, always));
                }
            }
            too_many(choices.list.len(), asked.message.place, findings);
        }
    }
}

/// A label that is the number of another choice, as `1` behind the second: by SMS every choice has its
/// number before it, and whoever types that means either.
fn number_label(
    (label, place): (&str, Place),
    index: usize,
    choices: &Choices,
    findings: &mut Findings<'_>,
) {
    let Some(number) = numbered(label) else { return };
    let moves = choices.shuffle || choices.conditional;
    let own = number == index + 1 && !moves;
    if own || !(1..=choices.list.len()).contains(&number) {
        return;
    }
    let other = choices.list.get(number - 1).filter(|_| !moves);
    let other =
        other.map_or_else(|| "another choice".to_owned(), |other| format!("`{}`", other.id));
    findings
        .error_hint(
            place,
            format!("`{number}` is the number of {other} too, for whoever answers by a number"),
            "put a word before it, or take the number away: `at 1 o'clock`, `1 बजे`",
        )
        .code(Code::SameChoices);
}

/// The number a label is (`1`, `(१)`), or has before it (`1. सुबह`).
fn numbered(label: &str) -> Option<usize> {
    let bare = label.trim().trim_start_matches(['(', '[', '#']);
    let behind = bare.find(|sign: char| !sign.is_numeric()).unwrap_or(bare.len());
    let (digits, rest) = bare.split_at_checked(behind)?;
    let marks = ['.', ')', ']', ':', '-', '–', '।'];
    let alone = rest.trim_matches(marks).trim().is_empty();
    let mut signs = rest.chars();
    let counted = signs.next().is_some_and(|sign| marks.contains(&sign))
        && signs.next().is_some_and(char::is_whitespace);
    if !alone && !counted {
        return None;
    }
    understanding::fold(digits).parse().ok()
}

/// English words without the `s` of many.
fn singular(folded: &str) -> String {
    let words = folded.split(' ').map(|word| match word.strip_suffix('s') {
        Some(one) if one.len() > 2 => one,
        _ => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Rows of a list, and what a person looks through at most, page by page.
const LIST: usize = 10;
const MOST: usize = 30;

fn too_many(count: usize, place: Place, findings: &mut Findings<'_>) {
    if count > MOST {
        findings
            .error_hint(
                place,
                format!("the question has {count} choices, nobody looks through more than {MOST}"),
                "ask in two steps, or take what people write",
            )
            .code(Code::TooManyChoices);
    } else if count > LIST {
        findings
            .warn(
                place,
                format!("the question has {count} choices, a list shows {LIST}"),
                "the others come on a second page; fewer choices are found faster",
            )
            .code(Code::TooManyChoices);
    }
}

/// Typed, such a label does what it does everywhere, unless the choice leads to the same.
fn command_label(
    (label, place): (&str, Place),
    id: &str,
    (ask, at): (&Ask, usize),
    flows: &[Flow],
    findings: &mut Findings<'_>,
) {
    let Some(command) = understanding::command(label) else { return };
    // What stands on the screen is taken first; but a word by itself is how people leave. Of several
    // words only those that turn back or begin anew are nothing else: `सदस्यता छोड़ें` may be a choice.
    let several = label.split_whitespace().count() > 1;
    let turns = matches!(command, Command::Back | Command::Restart | Command::Menu);
    if several && (!turns || matches!(id, "yes" | "no")) {
        return;
    }
    let name = match command {
        Command::Help => "help",
        Command::Language => "language",
        Command::Stop => "leave",
        Command::MyData => "my_data",
        Command::Notice => "notice",
        Command::Menu | Command::Back | Command::Restart => "",
    };
    let target = ask.when.iter().find(|(outcome, _)| outcome == id).map(|(_, target)| *target);
    let leads_there = match target {
        Some(Target::Flow(index) | Target::Call(index)) => flows
            .get(index)
            .is_some_and(|flow| flow.name == name || (command == Command::Menu && flow.default)),
        // The flow begins anew.
        Some(Target::Step(0)) if command == Command::Restart => true,
        // `पीछे जाएँ`, and it does.
        Some(Target::Step(to)) => several && command == Command::Back && to < at,
        _ => false,
    };
    if leads_there {
        return;
    }
    findings
        .error_hint(
            place,
            format!("`{label}` works everywhere, and at this question it would mean `{id}`"),
            if several {
                "say it in other words: menu, help, back, restart, language, stop, notice and my \
                 data are taken, in every spelling"
            } else {
                "say it in two words or others: menu, help, back, restart, language, stop, notice and \
                 my data are taken, in every spelling"
            },
        )
        .code(Code::ChoiceIsCommand);
}
