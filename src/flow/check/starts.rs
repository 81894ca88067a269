//! What conversations begin with: words and links of one flow alone, one flow that greets, and the flows
//! that words which work everywhere lead to.

mod sounds;

use std::collections::HashMap;

pub(in crate::flow) use self::sounds::alike;
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::draft::FlowDraft;
use crate::flow::yaml::Word;
use crate::understanding::{self, Command};

/// The flows that come with the house: where one of them and a flow of the office begin with the same
/// word, the office's is the one to change.
const SHIPPED: [&str; 18] = [
    "complaint",
    "dialogue",
    "greeting",
    "help",
    "join",
    "language",
    "leave",
    "lost_number",
    "may_ask",
    "meeting",
    "my_data",
    "not_me",
    "opinion",
    "refer",
    "renew",
    "samvad",
    "sure",
    "update_details",
];

/// The flows the words that work everywhere lead to.
const SPECIAL: [(&str, Command, &str); 4] = [
    ("help", Command::Help, "मदद"),
    ("language", Command::Language, "भाषा"),
    ("leave", Command::Stop, "बंद"),
    ("my_data", Command::MyData, "मेरी जानकारी"),
];

/// Whether a flow comes with the house.
pub(in crate::flow) fn is_shipped(draft: &FlowDraft) -> bool {
    SHIPPED.contains(&draft.name.text.as_str())
}

/// Folded start words and links, each with its flow's index, and the default flow.
pub(in crate::flow) fn starts(
    drafts: &[FlowDraft],
    findings: &mut Findings<'_>,
) -> (HashMap<String, usize>, HashMap<String, usize>, Option<usize>) {
    let mut words: HashMap<String, usize> = HashMap::new();
    let mut links: HashMap<String, usize> = HashMap::new();
    let mut default = None;
    for (index, draft) in drafts.iter().enumerate() {
        for word in &draft.words {
            let folded = understanding::fold(&word.text);
            if folded.is_empty() {
                findings
                    .error_hint(
                        word.place,
                        format!("`{}` is no word a person can write", word.text),
                        "use letters or digits",
                    )
                    .code(Code::BadStartWord);
                continue;
            }
            match words.insert(folded, index) {
                Some(other) if other != index => {
                    if let Some(other) = drafts.get(other) {
                        clash((word, draft), other, findings);
                    }
                }
                Some(_) => findings
                    .warn(
                        word.place,
                        format!("`{}` is another spelling of a word that stands here", word.text),
                        "every spelling of a word is understood: one is enough",
                    )
                    .code(Code::StartWordTwice),
                None => {}
            }
            taken_by_command(word.text.as_str(), word.place, draft, findings);
        }
        if let Some(link) = &draft.link {
            let fits = !link.text.is_empty()
                && link.text.chars().all(|character| {
                    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
                });
            if !fits {
                findings
                    .error_hint(
                        link.place,
                        format!("`{}` cannot stand in a link", link.text),
                        "Latin letters, digits, - and _, without spaces",
                    )
                    .code(Code::BadStartWord);
            }
            let other = links.insert(link.text.to_lowercase(), index);
            let other = other.and_then(|other| drafts.get(other));
            if let Some((other, known)) =
                other.and_then(|other| Some((other, other.link.as_ref()?)))
            {
                let ((wrong, _), (right, begun)) = at_fault((link, draft), (known, other));
                let spot = findings.spot(right.place);
                findings
                    .error_hint(
                        wrong.place,
                        format!(
                            "the link `{}` starts the flow `{}` as well",
                            wrong.text, begun.name.text
                        ),
                        format!("take another word here, or in {spot}"),
                    )
                    .code(Code::StartWordClash);
            }
        }
        if let Some(place) = draft.default {
            let first = default.and_then(|first: usize| drafts.get(first)?.default);
            if let Some(first) = first {
                // The one that is named after what it does is right.
                let (right, wrong) =
                    if draft.name.text == "greeting" { (place, first) } else { (first, place) };
                let spot = findings.spot(right);
                findings
                    .error_hint(
                        wrong,
                        "there are two default flows",
                        format!("take it out here: {spot} says it too; one flow greets"),
                    )
                    .code(Code::DefaultFlow);
            }
            default = Some(index);
        }
    }
    for draft in drafts {
        link_of_others(draft, &words, drafts, findings);
    }
    let whole = drafts.iter().all(|draft| draft.whole);
    if default.is_none()
        && whole
        && let Some(greeting) = greets(drafts)
    {
        let hint = match greeting.start {
            Some(_) => "add `default: true` under `start:` in the flow that greets",
            None => "write `start: {default: true}` in the flow that greets",
        };
        findings
            .error_hint(
                greeting.start.unwrap_or(greeting.name.place),
                "no flow answers an unknown first message",
                hint,
            )
            .code(Code::DefaultFlow);
    }
    (words, links, default)
}

/// A link is heard before start words: one that is a word of another flow takes it away from that
/// flow, and one that works everywhere never begins its own.
fn link_of_others(
    draft: &FlowDraft,
    words: &HashMap<String, usize>,
    drafts: &[FlowDraft],
    findings: &mut Findings<'_>,
) {
    let Some(link) = &draft.link else { return };
    let folded = understanding::fold(&link.text);
    let is_its_link = |other: &FlowDraft| {
        other.name.text != draft.name.text
            && other
                .link
                .as_ref()
                .is_some_and(|theirs| theirs.text.eq_ignore_ascii_case(&link.text))
    };
    // One link of two flows is told as that.
    if drafts.iter().any(is_its_link) {
        return;
    }
    let other = words.get(&folded).and_then(|index| drafts.get(*index));
    let Some(other) = other.filter(|other| other.name.text != draft.name.text) else {
        taken_by_command(&link.text, link.place, draft, findings);
        return;
    };
    let known = other.words.iter().find(|known| understanding::fold(&known.text) == folded);
    let Some(known) = known else { return };
    let spot = findings.spot(known.place);
    findings
        .error_hint(
            link.place,
            format!(
                "the link `{}` takes the start word `{}` away from the flow `{}`",
                link.text, known.text, other.name.text
            ),
            format!(
                "take another link, the name of this flow for instance; the word stands in {spot}"
            ),
        )
        .code(Code::StartWordClash);
}

/// A word of a flow, and the flow.
type Begins<'d> = (&'d Word, &'d FlowDraft);

/// Of two flows that begin with the same word the one that has to give way, and the other: the office's
/// own before one that comes with the house, else the later one.
fn at_fault<'d>(later: Begins<'d>, earlier: Begins<'d>) -> (Begins<'d>, Begins<'d>) {
    if is_shipped(later.1) && !is_shipped(earlier.1) { (earlier, later) } else { (later, earlier) }
}

/// A word that starts another flow as well, told with the place of the other one.
fn clash(begins: Begins<'_>, other: &FlowDraft, findings: &mut Findings<'_>) {
    let folded = understanding::fold(&begins.0.text);
    let known = other.words.iter().find(|known| understanding::fold(&known.text) == folded);
    let Some(known) = known else { return };
    let ((wrong, _), (right, begun)) = at_fault(begins, (known, other));
    let spot = findings.spot(right.place);
    let as_well = if right.text == wrong.text {
        format!("`{}` starts the flow `{}` as well", wrong.text, begun.name.text)
    } else {
        format!("`{}` is `{}`, which starts the flow `{}`", wrong.text, right.text, begun.name.text)
    };
    findings
        .error_hint(
            wrong.place,
            as_well,
            format!("take it out here, or out of {spot}; all spellings of a word are one word"),
        )
        .code(Code::StartWordClash);
}

/// The flow that greets, most likely: by its name, by a word for the menu, or the first.
fn greets(drafts: &[FlowDraft]) -> Option<&FlowDraft> {
    let says_menu = |draft: &&FlowDraft| {
        draft.words.iter().any(|word| understanding::command(&word.text) == Some(Command::Menu))
    };
    let named = drafts.iter().find(|draft| draft.name.text == "greeting");
    named.or_else(|| drafts.iter().find(says_menu)).or_else(|| drafts.first())
}

/// A start word that is also a word that works everywhere never starts its flow.
fn taken_by_command(text: &str, place: Place, draft: &FlowDraft, findings: &mut Findings<'_>) {
    let Some(command) = understanding::command(text) else { return };
    let own = match command {
        Command::Menu => draft.default.is_some(),
        other => {
            SPECIAL.iter().any(|(name, special, _)| *special == other && *name == draft.name.text)
        }
    };
    if !own {
        findings.warn(
            place,
            format!("`{text}` works everywhere and never starts this flow"),
            "choose a word that is not menu, help, back, restart, language, stop, notice or my data",
        ).code(Code::StartWordIsCommand);
    }
}

/// The words that work everywhere need their flows.
pub(in crate::flow) fn special_flows(
    by_name: &HashMap<String, usize>,
    drafts: &[FlowDraft],
    default: Option<usize>,
    findings: &mut Findings<'_>,
) {
    let Some(draft) = default.and_then(|index| drafts.get(index)) else { return };
    for (name, _, word) in SPECIAL {
        if by_name.contains_key(name) {
            continue;
        }
        let message = format!("there is no flow `{name}`: `{word}` leads nowhere");
        let hint = format!("add flows/{name}.yaml; `samvad init` writes one to begin with");
        // Whoever wants to leave must be able to, and to see what is kept (DPDP Act 2023, sections
        // 6(4) and 11); without the other two a word is not understood.
        let told = if matches!(name, "leave" | "my_data") {
            findings.error_hint(draft.name.place, message, hint)
        } else {
            findings.warn(draft.name.place, message, hint)
        };
        told.code(Code::MissingFlow);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flows_that_come_with_the_house_are_known() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let folders = ["flows", "src/cli/starter/flows"].map(|folder| root.join(folder));
        let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
        let files = files.map(|file| file.unwrap().path());
        let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "yaml"));
        let mut names: Vec<String> =
            files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
        names.sort();
        assert_eq!(names, SHIPPED);
    }
}
