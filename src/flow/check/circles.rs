//! Circles of steps in which nobody is asked anything.

use std::collections::HashMap;

use super::graph::targets;
use crate::flow::definition::{Flow, StepKind, Target};
use crate::flow::diagnostic::Place;
use crate::flow::draft::{FlowDraft, KindDraft, StepDraft, TargetDraft};

/// A place in all flows.
pub(super) type Spot = (usize, usize);

/// A circle of steps, from the first of them in its flow.
pub(super) struct Circle {
    steps: Vec<Spot>,
    /// A turn inside it would never end. Otherwise it waits or calls, and goes on for ever.
    pub(super) within_a_turn: bool,
}

/// Circles of steps that ask nothing: a turn inside one would never end. And, where there is none,
/// circles that only wait and call: they would go on for ever without a word of the person.
pub(super) fn silent_circles(flows: &[Flow]) -> Vec<Circle> {
    let told = |circles: Vec<Vec<Spot>>, within_a_turn| -> Vec<Circle> {
        circles.into_iter().map(|steps| Circle { steps, within_a_turn }).collect()
    };
    let found = Circles::find(flows, takes_time, false);
    if !found.is_empty() {
        return told(found, true);
    }
    let asks = |kind: &StepKind| matches!(kind, StepKind::Ask(_) | StepKind::Handoff(_));
    told(Circles::find(flows, asks, true), false)
}

impl Circle {
    /// `look_up → no_camp → look_up`, of other flows with their names before them.
    pub(super) fn in_words(&self, flows: &[Flow]) -> String {
        let own = self.steps.first().map(|(flow, _)| *flow);
        let names = self.steps.iter().chain(self.steps.first()).filter_map(|spot| {
            let flow = flows.get(spot.0)?;
            let step = flow.steps.get(spot.1)?;
            let of_other = Some(spot.0) != own;
            Some(if of_other { format!("{}/{}", flow.name, step.name) } else { step.name.clone() })
        });
        names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" → ")
    }

    /// The name of the call that leads back to itself.
    pub(super) fn calls_again<'f>(&self, flows: &'f [Flow]) -> Option<&'f str> {
        let [(flow, step)] = self.steps.as_slice() else { return None };
        let step = flows.get(*flow)?.steps.get(*step)?;
        matches!(step.kind, StepKind::Fetch(_)).then_some(step.name.as_str())
    }

    /// The step whose way turns back, and where that is written; the circle's first step where no
    /// word of it leads back.
    pub(super) fn closes(&self, flows: &[Flow], drafts: &[FlowDraft]) -> Option<(Spot, Place)> {
        let first = *self.steps.first()?;
        let nexts = self.steps.iter().skip(1).chain(std::iter::once(&first));
        let written = self.steps.iter().zip(nexts).filter_map(|(from, to)| {
            let flow = flows.get(to.0)?;
            let step = drafts.get(from.0)?.steps.get(from.1)?;
            let place = leads(step, &flow.steps.get(to.1)?.name, &flow.name)?;
            let back = from.0 != to.0 || to.1 <= from.1;
            back.then_some((*from, *to, place))
        });
        // A way back within a flow before one into another.
        let last = written.max_by_key(|(from, to, _)| (from.0 == to.0, from.1));
        let closing = last.map(|(from, _, place)| (from, place));
        closing.or_else(|| {
            let step = flows.get(first.0)?.steps.get(first.1)?;
            Some((first, step.place))
        })
    }
}

/// Where a step as it is written names the next one, or its flow.
fn leads(step: &StepDraft, name: &str, flow: &str) -> Option<Place> {
    if let KindDraft::Call { flow: called, .. } = &step.kind
        && called.text == flow
    {
        return Some(called.place);
    }
    step.targets().into_iter().find_map(|target| match target {
        TargetDraft::Step(word) if word.text == name => Some(word.place),
        TargetDraft::Flow(word) | TargetDraft::Call(word) if word.text == flow => Some(word.place),
        _ => None,
    })
}

/// Whether a turn ends at such a step.
fn takes_time(kind: &StepKind) -> bool {
    matches!(
        kind,
        StepKind::Ask(_) | StepKind::Wait { .. } | StepKind::Fetch(_) | StepKind::Handoff(_)
    )
}

/// Looks for circles none of whose steps stops.
pub(super) struct Circles<'f, Stops> {
    flows: &'f [Flow],
    /// Whether something of the person is needed at such a step.
    stops: Stops,
    /// Whether a limit ends a circle: not within one turn.
    limits: bool,
    /// For every flow: whether it can come to its end without such a step.
    passes: Vec<bool>,
    /// `false` while a spot is on the way and `true` once everything behind it is known.
    state: HashMap<Spot, bool>,
}

impl<'f, Stops: Fn(&StepKind) -> bool> Circles<'f, Stops> {
    /// The circles, each from the step that comes first on the way, one for each such step.
    fn find(flows: &'f [Flow], stops: Stops, limits: bool) -> Vec<Vec<Spot>> {
        let mut circles = Circles::of(flows, stops, limits);
        let mut found = Vec::new();
        for (flow_index, flow) in flows.iter().enumerate() {
            for step_index in 0..flow.steps.len() {
                circles.visit((flow_index, step_index), &mut found);
            }
        }
        found
    }

    /// For every flow: whether it can come to its end without such a step.
    pub(super) fn passes(flows: &'f [Flow], stops: Stops, limits: bool) -> Vec<bool> {
        Circles::of(flows, stops, limits).passes
    }

    fn of(flows: &'f [Flow], stops: Stops, limits: bool) -> Circles<'f, Stops> {
        let passes = vec![false; flows.len()];
        let mut circles = Circles { flows, stops, limits, passes, state: HashMap::new() };
        circles.passes_silently();
        circles
    }

    /// Walks depth first without recursion.
    fn visit(&mut self, from: Spot, found: &mut Vec<Vec<Spot>>) {
        if self.state.contains_key(&from) {
            return;
        }
        let mut way: Vec<(Spot, Vec<Spot>)> = vec![(from, self.silent_ways(from))];
        self.state.insert(from, false);
        while let Some((spot, ways)) = way.last_mut() {
            let Some(next) = ways.pop() else {
                self.state.insert(*spot, true);
                way.pop();
                continue;
            };
            match self.state.get(&next) {
                Some(true) => {}
                Some(false) => {
                    let circle = way.iter().map(|(spot, _)| *spot).skip_while(|spot| *spot != next);
                    if !found.iter().any(|known| known.first() == Some(&next)) {
                        found.push(circle.collect());
                    }
                }
                None => {
                    self.state.insert(next, false);
                    way.push((next, self.silent_ways(next)));
                }
            }
        }
    }

    /// Where a step leads without a word of the person: nowhere from a question.
    fn silent_ways(&self, spot: Spot) -> Vec<Spot> {
        let Some(flow) = self.flows.get(spot.0) else { return Vec::new() };
        let Some(step) = flow.steps.get(spot.1) else { return Vec::new() };
        if (self.stops)(&step.kind) {
            return Vec::new();
        }
        let mut ways = Vec::new();
        if let StepKind::Call { flow: other, .. } = step.kind {
            ways.push((other, 0));
            if self.passes.get(other) != Some(&true) {
                return ways;
            }
        }
        let targets = match &step.kind {
            // A message leads to `reply`.
            StepKind::Wait { .. } => vec![step.next],
            // The loop itself comes to an end.
            StepKind::Limit { otherwise, .. } if self.limits => vec![*otherwise],
            _ => targets(flow, spot.1),
        };
        for target in targets {
            match target {
                Target::Step(next) => ways.push((spot.0, next)),
                Target::Flow(other) | Target::Call(other) => ways.push((other, 0)),
                Target::End | Target::Result(_) => {}
            }
        }
        ways
    }

    fn passes_silently(&mut self) {
        // Each round can only add; the first that adds nothing settles it.
        let mut added = true;
        while added {
            added = false;
            for (index, flow) in self.flows.iter().enumerate() {
                let known = self.passes.get(index) == Some(&true);
                if known || !self.ends_silently(flow) {
                    continue;
                }
                if let Some(slot) = self.passes.get_mut(index) {
                    *slot = true;
                    added = true;
                }
            }
        }
    }

    fn ends_silently(&self, flow: &Flow) -> bool {
        let mut reached = vec![false; flow.steps.len()];
        let mut waiting = vec![0];
        while let Some(index) = waiting.pop() {
            match reached.get_mut(index) {
                Some(known @ false) => *known = true,
                _ => continue,
            }
            let Some(step) = flow.steps.get(index) else { continue };
            let stops = match &step.kind {
                StepKind::Call { flow: other, .. } => self.passes.get(*other) != Some(&true),
                kind => (self.stops)(kind),
            };
            if stops {
                continue;
            }
            for target in targets(flow, index) {
                match target {
                    Target::End | Target::Result(_) => return true,
                    Target::Step(next) => waiting.push(next),
                    Target::Flow(_) | Target::Call(_) => {}
                }
            }
        }
        false
    }
}
