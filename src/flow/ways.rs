//! Where a step may lead, told once: for drawings of a flow and for what rehearsals visit.

use super::definition::{Ask, Flow, StepKind, Target};
use super::fetch::Fetching;
use super::session::Came;

/// What a conversation did at a step, or at a flow whose timer went off.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Way {
    /// It came there.
    Arrived,
    /// An outcome `when` names, or `skip`.
    Outcome(String),
    /// An answer no `when` names.
    Other,
    /// The condition at this place held; of a loop with a limit, 0 goes on and 1 has had enough.
    Case(usize),
    /// No condition held.
    NoCase,
    /// The flow reminded of its open question.
    Remind,
    /// The conversation ran out.
    Expire,
}

/// One thing that happened on the way through the flows, by their indices.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Passed {
    pub(super) flow: usize,
    /// `None` for what belongs to the flow as a whole.
    pub(super) step: Option<usize>,
    pub(super) way: Way,
}

/// One way out of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WayOut {
    pub(super) way: Way,
    /// What the flow file calls it: an outcome, a condition; empty where there is no choice.
    pub(super) words: String,
    pub(super) target: Target,
}

/// Every way out of a step, in the order of the file. One alone is no choice.
pub(super) fn ways(flow: &Flow, step: usize) -> Vec<WayOut> {
    let Some(definition) = flow.steps.get(step) else { return Vec::new() };
    let next = definition.next;
    let out = |way, words: String, target| WayOut { way, words, target };
    match &definition.kind {
        StepKind::Ask(ask) => ways_of_question(ask, next),
        StepKind::Branch(cases) => {
            let mut ways: Vec<WayOut> = Vec::new();
            for (index, (condition, target)) in cases.iter().enumerate() {
                let words = match condition {
                    Some(condition) => condition.source().to_owned(),
                    None => "else".to_owned(),
                };
                ways.push(out(Way::Case(index), words, *target));
            }
            if cases.iter().all(|(condition, _)| condition.is_some()) {
                ways.push(out(Way::NoCase, "else".to_owned(), next));
            }
            ways
        }
        StepKind::Limit { at_most, otherwise } => vec![
            out(Way::Case(0), format!("at most {at_most}"), next),
            out(Way::Case(1), "else".to_owned(), *otherwise),
        ],
        StepKind::Call { when, covered, .. } => {
            let mut ways: Vec<WayOut> = Vec::new();
            for (result, target) in when {
                ways.push(out(Way::Outcome(result.clone()), result.clone(), *target));
            }
            if !covered || ways.is_empty() {
                let words = if ways.is_empty() { "" } else { "any other end" };
                ways.push(out(Way::Other, words.to_owned(), next));
            }
            ways
        }
        StepKind::Wait { reply: Some(reply), .. } => vec![
            out(Way::Outcome("over".to_owned()), "over".to_owned(), next),
            out(Way::Outcome("reply".to_owned()), "reply".to_owned(), *reply),
        ],
        StepKind::Fetch(fetching) => ways_of_call(fetching, next),
        StepKind::Say { .. }
        | StepKind::Do(_)
        | StepKind::Goto
        | StepKind::Wait { reply: None, .. }
        | StepKind::Handoff(_)
        | StepKind::Count(_) => vec![out(Way::Arrived, String::new(), next)],
    }
}

/// The flows (their indices) a step plays, to come back afterwards.
pub(super) fn calls(flow: &Flow, step: usize) -> impl Iterator<Item = usize> {
    let own = flow.steps.get(step).and_then(|step| match step.kind {
        StepKind::Call { flow, .. } => Some(flow),
        _ => None,
    });
    let by_way = ways(flow, step).into_iter().filter_map(|way| match way.target {
        Target::Call(flow) => Some(flow),
        _ => None,
    });
    own.into_iter().chain(by_way)
}

/// Which way a call goes on with what came of it.
pub(super) fn way_of_call(fetching: &Fetching, came: Came) -> Way {
    let named = |came: Came| fetching.when.iter().any(|(known, _)| *known == came);
    // What is not found has failed, unless it has a way of its own.
    let came = if came == Came::NotFound && !named(came) { Came::Failed } else { came };
    if named(came) { Way::Outcome(came.name().to_owned()) } else { Way::Other }
}

fn ways_of_call(fetching: &Fetching, next: Target) -> Vec<WayOut> {
    let mut ways: Vec<WayOut> = Vec::new();
    for (came, target) in &fetching.when {
        let words = came.name().to_owned();
        ways.push(WayOut { way: Way::Outcome(words.clone()), words, target: *target });
    }
    let unnamed: Vec<&str> = Came::ALL
        .into_iter()
        .filter(|came| way_of_call(fetching, *came) == Way::Other)
        .map(Came::name)
        .collect();
    if !unnamed.is_empty() {
        let words = if ways.is_empty() { String::new() } else { unnamed.join(" / ") };
        ways.push(WayOut { way: Way::Other, words, target: next });
    }
    ways
}

fn ways_of_question(ask: &Ask, next: Target) -> Vec<WayOut> {
    let mut ways: Vec<WayOut> = Vec::new();
    for (outcome, target) in &ask.when {
        let way = Way::Outcome(outcome.clone());
        ways.push(WayOut { way, words: outcome.clone(), target: *target });
    }
    let named = |outcome: &str| ask.when.iter().any(|(known, _)| known == outcome);
    let unnamed: Option<Vec<&str>> = ask.choices().map(|choices| {
        let ids = choices.list.iter().map(|choice| choice.id.as_str());
        ids.filter(|id| !named(id)).collect()
    });
    // An answer that is not chosen from a list may always be one that no `when` names.
    if unnamed.as_ref().is_none_or(|unnamed| !unnamed.is_empty()) {
        let words = match unnamed {
            Some(unnamed) => unnamed.join(" / "),
            None if ways.is_empty() && !ask.optional => String::new(),
            None => "any other answer".to_owned(),
        };
        ways.push(WayOut { way: Way::Other, words, target: next });
    }
    if ask.optional && !named("skip") {
        let way = Way::Outcome("skip".to_owned());
        ways.push(WayOut { way, words: "skip".to_owned(), target: next });
    }
    ways
}
