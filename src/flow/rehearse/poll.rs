//! The poll that asks the person of a rehearsal.

use jiff::SignedDuration;

use crate::flow::code::Code;
use crate::flow::definition::ASPECTS;
use crate::flow::diagnostic::{Findings, one_of_these};
use crate::flow::draft::{duration, flag, get, known_keys, map, start_of, word, words};
use crate::flow::load::Flows;
use crate::flow::polling::StagedPoll;
use crate::flow::talk::Talk;
use crate::flow::yaml::{Node, Word};

/// What is said of the poll.
pub(in crate::flow) const POLL: [&str; 9] =
    ["method", "candidates", "other", "ratings", "remark", "again", "people", "answered", "closes"];
/// How it may be answered.
pub(in crate::flow) const METHODS: [&str; 3] = ["choose_one", "approve", "rank"];
/// A poll of a rehearsal closes after this unless it says otherwise.
const USUAL_WINDOW: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The poll at the head of a rehearsal asks the person from the beginning. `None` after a mistake.
pub(super) fn asked(
    flows: &Flows,
    entries: &[(Word, Node)],
    talk: &mut Talk,
    findings: &mut Findings<'_>,
) -> Option<()> {
    let Some(node) = get(entries, "poll") else { return Some(()) };
    let poll = staged(node, findings)?;
    let Some(stage) = flows.stage else {
        findings.error_hint(
            start_of(node),
            "nobody here knows polls",
            "play this rehearsal with `samvad rehearse`",
        );
        return None;
    };
    talk.ask_opinion(stage(&poll, talk.now));
    Some(())
}

/// A poll as it is written: `{candidates: […], method: …, other: true, …}`. `None` after a mistake, which is told.
pub(in crate::flow) fn staged(node: &Node, findings: &mut Findings<'_>) -> Option<StagedPoll> {
    let entries = map(node, "`poll`", findings)?;
    known_keys(entries, &POLL, findings);
    let list = |key: &str, findings: &mut Findings<'_>| -> Vec<Word> {
        get(entries, key).map(|node| words(node, &format!("`{key}`"), findings)).unwrap_or_default()
    };
    let candidates = list("candidates", findings);
    if candidates.len() < 2 {
        findings
            .error_hint(
                start_of(node),
                "a poll has two candidates or more",
                "write `candidates: [अनिल यादव, सुनीता वर्मा]`",
            )
            .code(Code::MissingKey);
        return None;
    }
    let method = match get(entries, "method") {
        Some(node) => one_of(&word(node, "`method`", findings)?, &METHODS, findings)?,
        None => "choose_one".to_owned(),
    };
    let mut ratings = Vec::new();
    for aspect in list("ratings", findings) {
        ratings.push(one_of(&aspect, &ASPECTS, findings)?);
    }
    let again = match get(entries, "again") {
        Some(node) => {
            one_of(&word(node, "`again`", findings)?, &["until_close", "never"], findings)?
        }
        None => String::new(),
    };
    let mut is = |key: &str| match get(entries, key) {
        Some(node) => flag(node, key, findings),
        None => Some(false),
    };
    let (others, remark, answered) = (is("other")?, is("remark")?, is("answered")?);
    let closes_after = match get(entries, "closes") {
        Some(node) => SignedDuration::from_secs(duration(node, findings)?),
        None => USUAL_WINDOW,
    };
    let people = list("people", findings).into_iter().map(|word| word.text).collect();
    Some(StagedPoll {
        method,
        candidates: candidates.into_iter().map(|word| word.text).collect(),
        others,
        ratings,
        remark,
        may_change: again != "never",
        people,
        answered,
        closes_after,
    })
}

fn one_of(written: &Word, known: &[&str], findings: &mut Findings<'_>) -> Option<String> {
    if known.contains(&written.text.as_str()) {
        return Some(written.text.clone());
    }
    findings
        .error_hint(
            written.place,
            format!("a poll knows no `{}`", written.text),
            one_of_these(&written.text, known.iter().copied()),
        )
        .code(Code::UnknownWord);
    None
}
