//! The ways of a flow followed to a step: whether an answer is there on all of them, on some, on none.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use super::super::graph::{goes_on, targets};
use super::{TICKET, is_request};
use crate::flow::condition::{Condition, Fixed, Known};
use crate::flow::definition::{Answer, Ask, Flow, NOT_UNDERSTOOD, StepKind, Target};
use crate::flow::session::Came;

/// Whether an answer is there when a step comes.
pub(super) enum Before {
    Always,
    /// Not on this way from the first step.
    Sometimes(Vec<usize>),
    Never,
}

/// The ways of a flow, seen for one answer.
pub(super) struct Ways<'a> {
    pub(super) flows: &'a [Flow],
    pub(super) flow: &'a Flow,
    pub(super) known: &'a HashMap<String, Known>,
    pub(super) name: &'a str,
}

/// A way on from a step.
struct Edge {
    /// `None`: the flow is left or ends.
    to: Option<usize>,
    end: Option<Target>,
    /// Whether the answer is there on it.
    given: bool,
}

/// Calls within calls are followed so far.
const DEEPEST: usize = 4;

/// More states than this are not looked at when a way is followed with all that is known on it.
const MOST_STATES: usize = 3_000;

impl Ways<'_> {
    pub(super) fn to(&self, step: usize) -> Before {
        let (without, with) = self.reached(self.flow, 0);
        if without.get(step).is_none_or(Option::is_none) {
            return Before::Always;
        }
        if with.get(step) != Some(&true) {
            return Before::Never;
        }
        // A way that the conditions on it allow: `no` does not come back as `yes`.
        self.possible_way(step).map_or(Before::Always, Before::Sometimes)
    }

    /// For each step of a flow: the step before it on a way without the answer (its own index for
    /// the first), and whether a way with the answer leads there.
    fn reached(&self, flow: &Flow, depth: usize) -> (Vec<Option<usize>>, Vec<bool>) {
        let mut without: Vec<Option<usize>> = vec![None; flow.steps.len()];
        let mut with = vec![false; flow.steps.len()];
        let mut waiting: VecDeque<(usize, usize, bool)> = VecDeque::from([(0, 0, false)]);
        while let Some((from, step, given)) = waiting.pop_front() {
            if given {
                match with.get_mut(step) {
                    Some(known @ false) => *known = true,
                    _ => continue,
                }
            } else {
                match without.get_mut(step) {
                    Some(known @ None) => *known = Some(from),
                    _ => continue,
                }
            }
            for edge in self.edges(flow, step, depth) {
                if let Some(to) = edge.to {
                    waiting.push_back((step, to, given || edge.given));
                }
            }
        }
        (without, with)
    }

    /// The ends of a called flow that can be reached without the answer, and those with it.
    fn ends(&self, flow: &Flow, depth: usize) -> (Vec<Target>, Vec<Target>) {
        let (mut ends_without, mut ends_with) = (Vec::new(), Vec::new());
        let (without, with) = self.reached(flow, depth);
        for step in 0..flow.steps.len() {
            let (bare, there) = (without.get(step), with.get(step) == Some(&true));
            let bare = bare.is_some_and(Option::is_some);
            for edge in self.edges(flow, step, depth) {
                let Some(end) = edge.end else { continue };
                if bare && !edge.given {
                    ends_without.push(end);
                }
                if there || (bare && edge.given) {
                    ends_with.push(end);
                }
            }
        }
        (ends_without, ends_with)
    }

    /// Where a step leads, and whether the answer is there on each way.
    fn edges(&self, flow: &Flow, index: usize, depth: usize) -> Vec<Edge> {
        let Some(step) = flow.steps.get(index) else { return Vec::new() };
        let mut edges = Vec::new();
        match &step.kind {
            StepKind::Ask(_) => {
                let given = step.name == self.name;
                for target in targets(flow, index) {
                    self.lead(flow, index, target, given, depth, &mut edges);
                }
            }
            StepKind::Fetch(fetching) => {
                let keeps = fetching.keep.iter().any(|(name, _)| name == self.name);
                let ok_routed = fetching.when.iter().any(|(came, _)| *came == Came::Ok);
                for (came, target) in &fetching.when {
                    let given = keeps && *came == Came::Ok;
                    self.lead(flow, index, *target, given, depth, &mut edges);
                }
                if goes_on(&step.kind) {
                    self.lead(flow, index, step.next, keeps && !ok_routed, depth, &mut edges);
                }
            }
            StepKind::Call { flow: other, when, .. } => {
                let Some(called) = self.flows.get(*other) else { return edges };
                let (without, with) = if depth < DEEPEST {
                    self.ends(called, depth + 1)
                } else {
                    (vec![Target::End], vec![Target::End])
                };
                let route = |end: &Target| match end {
                    Target::Result(result) => {
                        let name = called.results.get(*result);
                        when.iter()
                            .find(|(known, _)| Some(known) == name)
                            .map_or(step.next, |(_, target)| *target)
                    }
                    _ => step.next,
                };
                for (ends, given) in [(without, false), (with, true)] {
                    for end in &ends {
                        self.lead(flow, index, route(end), given, depth, &mut edges);
                    }
                }
            }
            StepKind::Branch(ways) => {
                for (condition, target) in ways {
                    // A condition that holds only with the answer shows that it is there.
                    let given = condition.as_ref().is_some_and(|condition| {
                        condition.names().iter().any(|name| name == self.name)
                            && condition
                                .can(self.known, &[(self.name, None)])
                                .is_none_or(|can| !can.hold)
                    });
                    self.lead(flow, index, *target, given, depth, &mut edges);
                }
                if goes_on(&step.kind) {
                    self.lead(flow, index, step.next, false, depth, &mut edges);
                }
            }
            StepKind::Count(_) => {
                let given = step.name == self.name;
                self.lead(flow, index, step.next, given, depth, &mut edges);
            }
            kind => {
                let given = self.name == TICKET && is_request(kind);
                for target in targets(flow, index) {
                    self.lead(flow, index, target, given, depth, &mut edges);
                }
            }
        }
        edges
    }

    fn lead(
        &self,
        flow: &Flow,
        index: usize,
        target: Target,
        given: bool,
        depth: usize,
        edges: &mut Vec<Edge>,
    ) {
        match target {
            Target::Step(to) => edges.push(Edge { to: Some(to), end: None, given }),
            Target::Call(other) => {
                // Played, and then the step after this one.
                let to = (index + 1 < flow.steps.len()).then_some(index + 1);
                let (without, with) = match self.flows.get(other) {
                    Some(called) if !given && depth < DEEPEST => self.ends(called, depth + 1),
                    _ => (Vec::new(), vec![Target::End]),
                };
                let end = to.is_none().then_some(Target::End);
                if !without.is_empty() {
                    edges.push(Edge { to, end, given });
                }
                if !with.is_empty() {
                    edges.push(Edge { to, end, given: true });
                }
            }
            Target::Flow(_) => edges.push(Edge { to: None, end: None, given }),
            Target::End | Target::Result(_) => {
                edges.push(Edge { to: None, end: Some(target), given });
            }
        }
    }
}

/// What is known on a way: the choices made, and what conditions on the person came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Assumed<'a> {
    /// `None`: not answered.
    choices: BTreeMap<&'a str, Option<&'a str>>,
    conditions: BTreeMap<&'a str, bool>,
}

impl Ways<'_> {
    /// A way to a step without the answer that contradicts itself nowhere; `None` where there is
    /// none, or too many would have to be looked at.
    fn possible_way(&self, wanted: usize) -> Option<Vec<usize>> {
        let followed = self.choices_compared();
        let start = Assumed {
            choices: followed.iter().map(|name| (*name, None)).collect(),
            conditions: BTreeMap::new(),
        };
        let mut seen: HashSet<(usize, Assumed<'_>)> = HashSet::new();
        // Each state with the place of the one before it.
        let mut states: Vec<(usize, Assumed<'_>, usize)> = vec![(0, start, 0)];
        let mut next = 0;
        while let Some((step, assumed, _)) = states.get(next).cloned() {
            if step == wanted {
                return Some(way_of(&states, next));
            }
            if states.len() > MOST_STATES {
                return None;
            }
            if seen.insert((step, assumed.clone())) {
                for (to, then) in self.possible_edges(step, &assumed, &followed) {
                    if !seen.contains(&(to, then.clone())) {
                        states.push((to, then, next));
                    }
                }
            }
            next += 1;
        }
        None
    }

    /// The questions with choices whose answers some condition of the flow compares.
    fn choices_compared(&self) -> Vec<&str> {
        let conditions = self.flow.steps.iter().flat_map(|step| match &step.kind {
            StepKind::Branch(ways) => ways.as_slice(),
            _ => &[],
        });
        let mut names: Vec<&str> = conditions
            .filter_map(|(condition, _)| condition.as_ref())
            .flat_map(Condition::names)
            .map(String::as_str)
            .filter(|name| {
                let ask = self.flow.ask_named(name);
                *name != self.name && ask.is_some_and(|ask| one_choice(ask).is_some())
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn possible_edges<'b>(
        &'b self,
        index: usize,
        assumed: &Assumed<'b>,
        followed: &[&'b str],
    ) -> Vec<(usize, Assumed<'b>)> {
        let Some(step) = self.flow.steps.get(index) else { return Vec::new() };
        let mut found = Vec::new();
        let mut put = |target: Target, then: Assumed<'b>| match target {
            Target::Step(to) => found.push((to, then)),
            Target::Call(_) => found.push((index + 1, then)),
            Target::Flow(_) | Target::End | Target::Result(_) => {}
        };
        match &step.kind {
            StepKind::Ask(ask) if followed.contains(&step.name.as_str()) => {
                let ids = one_choice(ask).unwrap_or_default();
                let skipped = ask.optional.then_some(None);
                for choice in ids.into_iter().map(Some).chain(skipped) {
                    let outcome = choice.unwrap_or("skip");
                    let routed = ask.when.iter().find(|(known, _)| known == outcome);
                    let mut then = assumed.clone();
                    then.choices.insert(step.name.as_str(), choice);
                    put(routed.map_or(step.next, |(_, target)| *target), then);
                }
                let given_up = ask.when.iter().find(|(known, _)| known == NOT_UNDERSTOOD);
                if let Some((_, target)) = given_up {
                    let mut then = assumed.clone();
                    then.choices.insert(step.name.as_str(), None);
                    put(*target, then);
                }
            }
            StepKind::Branch(ways) => {
                let mut here = assumed.clone();
                for (condition, target) in ways {
                    let Some(condition) = condition else {
                        put(*target, here);
                        return found;
                    };
                    let (holds, fails) = self.may(condition, &here);
                    if holds {
                        put(*target, here.with(condition, true, self.known));
                    }
                    if !fails {
                        return found;
                    }
                    here = here.with(condition, false, self.known);
                }
                put(step.next, here);
            }
            _ => {
                for edge in self.edges(self.flow, index, 0) {
                    if let (Some(to), false) = (edge.to, edge.given) {
                        put(Target::Step(to), assumed.clone());
                    }
                }
            }
        }
        found.retain(|(to, _)| *to < self.flow.steps.len());
        found
    }

    /// Whether a condition may hold, and may fail, with what is known.
    fn may(&self, condition: &Condition, assumed: &Assumed<'_>) -> (bool, bool) {
        if let Some(came) = assumed.conditions.get(condition.source()) {
            return (*came, !*came);
        }
        let mut fixed: Vec<Fixed<'_>> =
            assumed.choices.iter().map(|(name, choice)| (*name, *choice)).collect();
        fixed.push((self.name, None));
        fixed.retain(|(name, _)| condition.names().iter().any(|known| known == name));
        match condition.can(self.known, &fixed) {
            Some(can) => (can.hold, can.fail),
            // It names the answer and cannot be tried: it shows that the answer is there.
            None if fixed.iter().any(|(name, _)| *name == self.name) => (false, true),
            None => (true, true),
        }
    }
}

impl<'a> Assumed<'a> {
    /// The same once a condition came out so; only of the person, who stays the same.
    fn with(&self, condition: &'a Condition, came: bool, known: &HashMap<String, Known>) -> Self {
        let mut then = self.clone();
        if condition.names().iter().all(|name| !known.contains_key(name)) {
            then.conditions.insert(condition.source(), came);
        }
        then
    }
}

/// The ids of a question that takes one of them.
fn one_choice(ask: &Ask) -> Option<Vec<&str>> {
    match &ask.answer {
        Answer::OneOf(choices) | Answer::YesNo(choices) => {
            Some(choices.list.iter().map(|choice| choice.id.as_str()).collect())
        }
        _ => None,
    }
}

fn way_of(states: &[(usize, Assumed<'_>, usize)], last: usize) -> Vec<usize> {
    let mut way = Vec::new();
    let mut at = last;
    while let Some((step, _, before)) = states.get(at) {
        way.push(*step);
        if at == 0 {
            break;
        }
        at = *before;
    }
    way.reverse();
    way
}
