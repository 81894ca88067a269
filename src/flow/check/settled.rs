//! Conditions that can hold of nobody who comes to them: a branch before has settled it, or another way
//! of the same `switch` has taken everybody. What is known of people is carried along the ways.

use std::collections::HashMap;

use cel::Value;

use super::answered::choices_of;
use super::graph::targets;
use super::strangers::changes;
use crate::flow::code::Code;
use crate::flow::condition::{Condition, Known, These, Worlds, both, without};
use crate::flow::definition::{
    ALL_ASKED, Action, Answer, Ask, CLOSED, FINAL, Flow, NOT_ASKED, NOT_UNDERSTOOD, StepKind,
    Target,
};
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::draft::{FlowDraft, KindDraft, StepDraft};

/// What is known of a person that another may change, or the time.
const OF_THE_PERSON: [&str; 9] = [
    "member",
    "posts",
    "has_phone",
    "language",
    "consents",
    "withdrawn",
    "my_count",
    "days_left",
    "term_over",
];

/// That of it which may change while a question is open: the office gives and ends posts beside the
/// conversation. A list makes nobody a member.
const WHILE_ASKED: [&str; 7] =
    ["posts", "language", "consents", "withdrawn", "my_count", "days_left", "term_over"];

/// Whether a name is known of the person, and no answer.
fn is_of_the_person(name: &str) -> bool {
    name == "channel" || OF_THE_PERSON.contains(&name)
}

/// Tells of every condition that nobody who comes to it fulfils.
pub(in crate::flow) fn settled(
    flows: &[Flow],
    drafts: &[FlowDraft],
    answers: &[HashMap<String, Known>],
    findings: &mut Findings<'_>,
) {
    // What could not be looked up leads anywhere; what nobody reaches is told as that.
    let lost = [
        Code::UnknownStep,
        Code::UnknownFlow,
        Code::UnknownOutcome,
        Code::WrongType,
        Code::UnreachableStep,
    ];
    for (index, ((flow, draft), known)) in flows.iter().zip(drafts).zip(answers).enumerate() {
        if !draft.is_whole() || findings.has_any(draft.name.place.file, &lost) {
            continue;
        }
        let asked = asked_in(flow, draft);
        for group in groups(&asked, known) {
            let settling = Settling {
                flows,
                flow,
                worlds: &group.worlds,
                holds: &group.holds,
                led_to: is_led_to(flows, index),
            };
            for told in settling.never_true(&asked, &group.told) {
                told.tell((flow, draft), findings);
            }
        }
    }
}

/// A condition where it is asked.
struct Asked<'a> {
    step: usize,
    condition: &'a Condition,
    place: Place,
    /// Its place among the ways of a branch.
    way: Option<usize>,
    /// The choice that is shown where it holds.
    choice: Option<&'a str>,
}

/// The conditions of a flow that decide a way or show a choice, in its order. One that is only counted may
/// be there for the sake of the others.
fn asked_in<'a>(flow: &'a Flow, draft: &FlowDraft) -> Vec<Asked<'a>> {
    let mut found = Vec::new();
    for (step, (definition, written)) in flow.steps.iter().zip(&draft.steps).enumerate() {
        match (&definition.kind, &written.kind) {
            (StepKind::Branch(ways), KindDraft::Branch(drafts)) => {
                for (way, ((condition, _), (word, _))) in ways.iter().zip(drafts).enumerate() {
                    let Some((condition, word)) = condition.as_ref().zip(word.as_ref()) else {
                        continue;
                    };
                    let (way, place) = (Some(way), word.place);
                    found.push(Asked { step, condition, place, way, choice: None });
                }
            }
            (StepKind::Ask(ask), KindDraft::Ask(asked)) => {
                let list = ask.choices().into_iter().flat_map(|choices| &choices.list);
                for (choice, draft) in list.zip(choices_of(asked)) {
                    let both = choice.condition.as_ref().zip(draft.condition.as_ref());
                    let Some((condition, word)) = both else { continue };
                    let choice = Some(choice.id.as_str());
                    found.push(Asked { step, condition, place: word.place, way: None, choice });
                }
            }
            _ => {}
        }
    }
    found
}

/// Conditions that are looked at together, and the worlds they tell apart.
struct Group<'a> {
    worlds: Worlds,
    /// For each condition, as it is written: the worlds it holds in.
    holds: HashMap<&'a str, These>,
    /// Those of them that are told of here.
    told: Vec<&'a str>,
}

/// The conditions in groups that have names in common, as far as their worlds can be counted; those of a
/// group that has too many are looked at one by one.
fn groups<'a>(asked: &[Asked<'a>], known: &HashMap<String, Known>) -> Vec<Group<'a>> {
    let mut conditions: Vec<&'a Condition> = Vec::new();
    for one in asked {
        let is_there = conditions.iter().any(|other| other.source() == one.condition.source());
        if !is_there && Worlds::of(&[one.condition], known).is_some() {
            conditions.push(one.condition);
        }
    }
    let mut together: Vec<Vec<&'a Condition>> = Vec::new();
    for condition in &conditions {
        let shares = |group: &Vec<&'a Condition>| {
            let mut names = group.iter().flat_map(|one| one.names());
            names.any(|name| condition.names().contains(name))
        };
        let (mut sharing, rest): (Vec<_>, Vec<_>) = together.into_iter().partition(shares);
        sharing.push(vec![condition]);
        together = rest;
        together.push(sharing.into_iter().flatten().collect());
    }
    let mut groups = Vec::new();
    for group in together {
        if let Some(worlds) = Worlds::of(&group, known) {
            let told = group.iter().map(|one| one.source()).collect();
            groups.push(Group { holds: held(&worlds, &group), worlds, told });
            continue;
        }
        for condition in &group {
            let within = |other: &&&Condition| {
                other.names().iter().all(|name| condition.names().contains(name))
            };
            let fitting: Vec<&'a Condition> = group.iter().filter(within).copied().collect();
            let Some(worlds) = Worlds::of(&fitting, known) else { continue };
            let told = vec![condition.source()];
            groups.push(Group { holds: held(&worlds, &fitting), worlds, told });
        }
    }
    groups
}

fn held<'a>(worlds: &Worlds, conditions: &[&'a Condition]) -> HashMap<&'a str, These> {
    conditions.iter().map(|one| (one.source(), worlds.where_holds(one))).collect()
}

/// A flow, seen for one group of conditions.
struct Settling<'a> {
    flows: &'a [Flow],
    flow: &'a Flow,
    worlds: &'a Worlds,
    holds: &'a HashMap<&'a str, These>,
    /// Whether answers may be there from the first step on: another flow leads here.
    led_to: bool,
}

/// Whether a flow leads to this one, or to itself: answers may then be there from the first step on.
fn is_led_to(flows: &[Flow], index: usize) -> bool {
    flows.iter().any(|other| {
        (0..other.steps.len()).any(|step| {
            let kind = other.steps.get(step).map(|step| &step.kind);
            matches!(kind, Some(StepKind::Call { flow, .. }) if *flow == index)
                || targets(other, step).into_iter().any(
                    |target| matches!(target, Target::Call(to) | Target::Flow(to) if to == index),
                )
        })
    })
}

/// A condition nobody fulfils who comes to it.
struct NeverTrue<'a> {
    asked: &'a Asked<'a>,
    /// The conditions of the same `switch` that took everybody before it.
    taken_by: Vec<&'a str>,
    /// The step before it that settled it.
    settled_by: Option<usize>,
}

impl Settling<'_> {
    fn never_true<'a>(&self, asked: &'a [Asked<'a>], told: &[&str]) -> Vec<NeverTrue<'a>> {
        let here = self.at_each_step(None);
        let mut found = Vec::new();
        for one in asked.iter().filter(|one| told.contains(&one.condition.source())) {
            let Some(holds) = self.holds.get(one.condition.source()) else { continue };
            let Some(comers) = here.get(one.step) else { continue };
            let mut names = one.condition.names().iter();
            // What nobody was asked for is told as that, and what holds of nobody at all as that.
            let unasked = names.any(|name| self.worlds.lacks(comers, name));
            let somebody = |worlds: &[bool]| worlds.contains(&true);
            if !somebody(comers) || !somebody(holds) || unasked {
                continue;
            }
            let fitting = both(comers, holds);
            if !somebody(&fitting) {
                let settled_by = self.settled_by(one.step, holds);
                found.push(NeverTrue { asked: one, taken_by: Vec::new(), settled_by });
                continue;
            }
            let Some(way) = one.way else { continue };
            let mut rest = fitting;
            let mut taken_by = Vec::new();
            let above = asked.iter().filter(|other| {
                other.step == one.step && other.way.is_some_and(|other| other < way)
            });
            for other in above {
                let Some(took) = self.holds.get(other.condition.source()) else { continue };
                if somebody(&both(&rest, took)) {
                    taken_by.push(other.condition.source());
                }
                rest = without(&rest, took);
            }
            if !somebody(&rest) {
                found.push(NeverTrue { asked: one, taken_by, settled_by: None });
            }
        }
        found
    }

    /// The step without which the condition could hold.
    fn settled_by(&self, step: usize, holds: &[bool]) -> Option<usize> {
        let decides =
            |index: &usize| {
                *index != step
                    && self.flow.steps.get(*index).is_some_and(|step| {
                        matches!(step.kind, StepKind::Branch(_) | StepKind::Ask(_))
                    })
            };
        (0..self.flow.steps.len()).rev().filter(decides).find(|index| {
            let here = self.at_each_step(Some(*index));
            here.get(step).is_some_and(|comers| both(comers, holds).contains(&true))
        })
    }

    /// The worlds in which somebody comes to each step. What is decided at the step `undecided` is taken
    /// as open.
    fn at_each_step(&self, undecided: Option<usize>) -> Vec<These> {
        let mut start = self.worlds.all();
        for name in self.worlds.names() {
            if !self.led_to && !is_of_the_person(name) {
                start = self.worlds.with(&start, name, |value| *value == Value::Null);
            }
        }
        let mut known = vec![self.worlds.none(); self.flow.steps.len()];
        let mut waiting = vec![(0, start)];
        while let Some((index, comers)) = waiting.pop() {
            let Some(before) = known.get_mut(index) else { continue };
            let more = without(&comers, before);
            if !more.contains(&true) {
                continue;
            }
            for (seen, new) in before.iter_mut().zip(&more) {
                *seen |= *new;
            }
            for (target, then) in self.ways(index, &more, undecided == Some(index)) {
                match target {
                    Target::Step(next) => waiting.push((next, then)),
                    Target::Call(other) => waiting.push((index + 1, self.come_back(&then, other))),
                    Target::Flow(_) | Target::End | Target::Result(_) => {}
                }
            }
        }
        known
    }

    /// Where a step leads, and in which worlds somebody goes there.
    fn ways(&self, index: usize, comers: &[bool], undecided: bool) -> Vec<(Target, These)> {
        let Some(step) = self.flow.steps.get(index) else { return Vec::new() };
        let then = match &step.kind {
            StepKind::Branch(ways) => {
                let mut found = Vec::with_capacity(ways.len() + 1);
                let mut rest = comers.to_vec();
                for (condition, target) in ways {
                    let Some(condition) = condition else {
                        found.push((*target, rest));
                        return found;
                    };
                    match self.holds.get(condition.source()).filter(|_| !undecided) {
                        Some(holds) => {
                            found.push((*target, both(&rest, holds)));
                            rest = without(&rest, holds);
                        }
                        None => found.push((*target, rest.clone())),
                    }
                }
                found.push((step.next, rest));
                return found;
            }
            StepKind::Ask(ask) => return self.ways_of_question(index, ask, comers, undecided),
            StepKind::Do(action) => self.done(action, comers),
            StepKind::Wait { .. } | StepKind::Handoff(_) => self.forget(comers, &OF_THE_PERSON),
            StepKind::Fetch(_) => self.forget(comers, &WHILE_ASKED),
            StepKind::Call { flow, .. } => self.come_back(comers, *flow),
            StepKind::Count(_) => self.worlds.with(comers, &step.name, |_| true),
            StepKind::Say { .. } | StepKind::Goto | StepKind::Limit { .. } => comers.to_vec(),
        };
        targets(self.flow, index).into_iter().map(|target| (target, then.clone())).collect()
    }

    fn forget(&self, comers: &[bool], names: &[&str]) -> These {
        names.iter().fold(comers.to_vec(), |known, name| self.worlds.with(&known, name, |_| true))
    }

    /// Whoever comes back from another flow may have joined there, and brings its answers.
    fn come_back(&self, comers: &[bool], called: usize) -> These {
        let forgotten: &[&str] =
            if changes(self.flows, called) { &OF_THE_PERSON } else { &WHILE_ASKED };
        let mut then = self.forget(comers, forgotten);
        for name in self.worlds.names() {
            if !is_of_the_person(name) && self.flow.step(name).is_none() {
                then = self.worlds.with(&then, name, |_| true);
            }
        }
        then
    }

    fn done(&self, action: &Action, comers: &[bool]) -> These {
        let member = |known: &[bool], is: bool| {
            self.worlds.with(known, "member", |value| *value == Value::Bool(is))
        };
        match action {
            Action::EnrolMember(_) => member(&self.forget(comers, &OF_THE_PERSON), true),
            Action::LeaveMembership | Action::DisownMembership => {
                member(&self.forget(comers, &OF_THE_PERSON), false)
            }
            Action::HandOver => self.forget(comers, &OF_THE_PERSON),
            Action::Withdraw(_)
            | Action::Consent(_)
            | Action::Restore
            | Action::RenewMembership(_)
            | Action::Language(_)
            | Action::LanguageOf(_) => self.forget(comers, &WHILE_ASKED),
            Action::UpdateMember | Action::Request { .. } => comers.to_vec(),
        }
    }

    fn ways_of_question(
        &self,
        index: usize,
        ask: &Ask,
        comers: &[bool],
        undecided: bool,
    ) -> Vec<(Target, These)> {
        let Some(step) = self.flow.steps.get(index) else { return Vec::new() };
        let name = step.name.as_str();
        let way = |outcome: &str| {
            let named = ask.when.iter().find(|(known, _)| known == outcome);
            named.map(|(_, target)| *target)
        };
        let forgotten = match ask.answer {
            // Whoever is known by that number, a member perhaps, is the same person from then on.
            Answer::OwnPhone => OF_THE_PERSON.to_vec(),
            Answer::Phone => WHILE_ASKED.into_iter().chain(["has_phone"]).collect(),
            _ => WHILE_ASKED.to_vec(),
        };
        let later = self.forget(comers, &forgotten);
        let given = |known: &[bool]| self.worlds.with(known, name, |value| *value != Value::Null);
        if undecided {
            let anything = self.worlds.with(&later, name, |_| true);
            return targets(self.flow, index)
                .into_iter()
                .map(|target| (target, anything.clone()))
                .collect();
        }
        let mut found: Vec<(Target, These)> = Vec::new();
        match &ask.answer {
            Answer::OneOf(choices) | Answer::YesNo(choices) => {
                for choice in &choices.list {
                    let source = choice.condition.as_ref().map(Condition::source);
                    let shown = source.and_then(|source| self.holds.get(source));
                    let offered = shown.map_or_else(
                        || later.clone(),
                        |holds| self.forget(&both(comers, holds), &forgotten),
                    );
                    let id = Value::from(choice.id.as_str());
                    let chosen = self.worlds.with(&offered, name, |value| *value == id);
                    found.push((way(&choice.id).unwrap_or(step.next), chosen));
                }
            }
            Answer::Message(kinds) => {
                for kind in kinds {
                    let id = Value::from(kind.name());
                    let sent = self.worlds.with(&later, name, |value| *value == id);
                    found.push((way(kind.name()).unwrap_or(step.next), sent));
                }
            }
            Answer::AnyOf(_) | Answer::Ranked(_) => {
                let is_none = |value: &Value| matches!(value, Value::List(list) if list.is_empty());
                let nothing = self.worlds.with(&later, name, is_none);
                let some = self
                    .worlds
                    .with(&later, name, |value| *value != Value::Null && !is_none(value));
                found.push((way("none").unwrap_or(step.next), nothing));
                found.push((step.next, some));
            }
            Answer::Ballot(_) => {
                let ways = [NOT_ASKED, FINAL, CLOSED, ALL_ASKED];
                found
                    .extend(ways.into_iter().filter_map(way).map(|target| (target, later.clone())));
                found.push((step.next, later.clone()));
            }
            _ => {
                found.extend(way("minor").map(|target| (target, given(&later))));
                found.push((step.next, given(&later)));
            }
        }
        let unanswered = self.worlds.with(&later, name, |value| *value == Value::Null);
        if ask.optional {
            found.push((way("skip").unwrap_or(step.next), unanswered.clone()));
        }
        // What was answered when the question was asked before may still be there.
        found.extend(way(NOT_UNDERSTOOD).map(|target| (target, unanswered)));
        found.extend(way(NOT_UNDERSTOOD).map(|target| (target, later)));
        found
    }
}

impl NeverTrue<'_> {
    fn tell(&self, (flow, draft): (&Flow, &FlowDraft), findings: &mut Findings<'_>) {
        let Asked { condition, place, choice, .. } = self.asked;
        let source = condition.source();
        if let [above, ..] = self.taken_by.as_slice() {
            let all = self.taken_by.join("` and `");
            let (message, hint) = if *above == source {
                (
                    format!("`{source}` stands above already: this way is never taken"),
                    "take one of the two away, or write the condition that was meant".to_owned(),
                )
            } else {
                (
                    format!(
                        "this way is never taken: whoever fits has gone above, by `{all}`, already"
                    ),
                    format!(
                        "put this way above that of `{above}`: the narrower condition comes first"
                    ),
                )
            };
            findings.error_hint(*place, message, hint).code(Code::NeverTrue);
            return;
        }
        let settled = self.settled_by.and_then(|index| {
            let (step, written) = flow.steps.get(index).zip(draft.steps.get(index))?;
            Some((step, written))
        });
        let because = settled.map_or_else(String::new, |(step, written): (_, &StepDraft)| {
            let spot = findings.spot(written.name.place);
            let by = match step.kind {
                StepKind::Ask(_) => "by what is answered to",
                _ => "as settled by",
            };
            format!(", {by} `{}` ({spot})", step.name)
        });
        let at = flow.steps.get(self.asked.step).map_or("", |step| step.name.as_str());
        let turned = opposite(source);
        let (message, hint) = match choice {
            Some(id) => (
                format!(
                    "`{id}` is never shown: `{source}` holds of nobody who comes to `{at}`{because}"
                ),
                format!("take the `if` of `{id}` away, or turn it round: {turned}"),
            ),
            None => (
                format!("`{source}` holds of nobody who comes to `{at}`{because}"),
                format!("take this condition away, turn it round ({turned}), or lead others here"),
            ),
        };
        findings.error_hint(*place, message, hint).code(Code::NeverTrue);
    }
}

/// A condition that holds where this one does not, as it is written in a flow.
fn opposite(source: &str) -> String {
    let bare = source.trim();
    let plain = bare.strip_prefix('!').unwrap_or(bare);
    let is_name = plain.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'));
    let turned = match (is_name, bare.starts_with('!')) {
        (true, true) => plain.to_owned(),
        (true, false) => format!("'!{bare}'"),
        (false, _) => format!("\"!({bare})\""),
    };
    format!("if: {turned}")
}
