//! WhatsApp's 24 hours: after them nothing but a template reaches a person who has not written since.
//! Waits are added up along every way without a word of the person, and with them the reminders of
//! the questions they lead to. A way that only SMS takes is no matter.

use std::collections::HashMap;

use super::circles::{Circles, Spot};
use super::graph::goes_on;
use crate::flow::code::Code;
use crate::flow::condition::Known;
use crate::flow::definition::{Flow, StepKind, Target};
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::draft::{FlowDraft, KindDraft};
use crate::message::Rendering;

/// Seconds after a word of the person in which WhatsApp lets a message through.
const DAY: i64 = 86_400;

/// A message that would come too late.
struct Late {
    /// The wait, or the reminder, that makes it late.
    place: Place,
    /// Seconds since the person's last word.
    seconds: i64,
    /// Of which this one wait, or these reminders, are so many.
    own: i64,
    /// The step that says it.
    step: String,
    /// The flow of that step, where the wait stands in another one.
    flow: Option<String>,
    /// How often a question is asked again, where it is a reminder.
    times: Option<u8>,
    /// The office takes over there, and no template stands under that.
    hands_over: bool,
}

impl Late {
    /// What lets it through, whenever it comes.
    fn template(&self) -> String {
        if self.hands_over {
            return format!("ask by a template before `{}` hands over", self.step);
        }
        if self.times.is_some() {
            return "give the reminder a template, such as `template: remember` (declared in \
                    flows/templates/remember.yaml)"
                .to_owned();
        }
        let step = &self.step;
        let of_flow =
            self.flow.as_ref().map_or_else(String::new, |flow| format!(" of the flow `{flow}`"));
        format!(
            "give the step `{step}`{of_flow} a template, such as `template: {step}` (declared in \
             flows/templates/{step}.yaml)"
        )
    }
}

/// Tells of everything that would be said on WhatsApp after its 24 hours.
pub(in crate::flow) fn late(
    flows: &[Flow],
    drafts: &[FlowDraft],
    answers: &[HashMap<String, Known>],
    findings: &mut Findings<'_>,
) {
    let silence = Silence::measure(flows, answers);
    let mut told: Vec<Place> = Vec::new();
    for message in silence.late_messages(drafts) {
        if told.contains(&message.place) {
            continue;
        }
        told.push(message.place);
        let said = match message.times {
            Some(times) if times > 1 => format!(
                "the last of {times} reminders of `{}` would come {} after the person's last word; \
                 WhatsApp lets nothing through after 24 hours",
                message.step,
                hours(message.seconds)
            ),
            Some(_) => format!(
                "the reminder of `{}` would come {} after the person's last word; WhatsApp lets \
                 nothing through after 24 hours",
                message.step,
                hours(message.seconds)
            ),
            None => format!(
                "`{}` would be said {} after the person's last word; WhatsApp lets nothing through \
                 after 24 hours",
                message.step,
                hours(message.seconds)
            ),
        };
        let before = message.seconds - message.own;
        let room = (DAY - 1 - before) / i64::from(message.times.unwrap_or(1)).max(1);
        let template = message.template();
        let hint = if room < 3_600 {
            format!("{template}, or put a question between the waits")
        } else if before == 0 && message.times.unwrap_or(1) <= 1 {
            match message.times {
                Some(_) => format!("remind before: 20h; or {template}"),
                None => format!("{template}, or wait shorter: 20h"),
            }
        } else {
            format!(
                "{}h at most here, since all of them together stay below a day; or {template}",
                room / 3_600
            )
        };
        findings.error_hint(message.place, said, hint).code(Code::After24Hours);
    }
}

/// `26 hours`, `24 hours 30 minutes`.
fn hours(seconds: i64) -> String {
    let (hours, minutes) = (seconds / 3_600, seconds % 3_600 / 60);
    match minutes {
        0 => format!("{hours} hours"),
        _ => format!("{hours} hours {minutes} minutes"),
    }
}

/// The longest time without a word of the person before each step, on WhatsApp.
struct Silence<'f> {
    flows: &'f [Flow],
    answers: &'f [HashMap<String, Known>],
    /// Seconds before each step; none where nobody comes on WhatsApp.
    before: HashMap<Spot, i64>,
    /// The wait that was the last on the longest way to a step.
    waited: HashMap<Spot, Spot>,
    /// For every flow: whether it can come to its end without asking.
    passes: Vec<bool>,
}

/// So often a longer way to a step is followed: a circle would add to it without end.
const MOST_GROWTH: u32 = 40;

impl<'f> Silence<'f> {
    fn measure(flows: &'f [Flow], answers: &'f [HashMap<String, Known>]) -> Silence<'f> {
        let asks = |kind: &StepKind| matches!(kind, StepKind::Ask(_) | StepKind::Handoff(_));
        let passes = Circles::passes(flows, asks, true);
        let mut silence =
            Silence { flows, answers, before: HashMap::new(), waited: HashMap::new(), passes };
        let mut grown: HashMap<(Spot, Spot), u32> = HashMap::new();
        // Every flow can begin with a word of the person.
        let mut waiting: Vec<Spot> = (0..flows.len()).map(|flow| (flow, 0)).collect();
        for spot in &waiting {
            silence.before.insert(*spot, 0);
        }
        while let Some(spot) = waiting.pop() {
            for (next, seconds, waited) in silence.ways(spot) {
                if silence.before.get(&next).is_none_or(|known| *known < seconds) {
                    let times = grown.entry((spot, next)).or_default();
                    *times += 1;
                    if *times > silence.most_times(spot, next) {
                        // A circle of waits, which is told as such.
                        continue;
                    }
                    silence.before.insert(next, seconds);
                    match waited {
                        Some(waited) => silence.waited.insert(next, waited),
                        None => silence.waited.remove(&next),
                    };
                    waiting.push(next);
                }
            }
        }
        silence
    }

    /// How often a longer way may lead from a step to another: a loop with a limit comes to an end.
    fn most_times(&self, from: Spot, to: Spot) -> u32 {
        let step = self.flows.get(from.0).and_then(|flow| flow.steps.get(from.1));
        match step.map(|step| (&step.kind, step.next)) {
            Some((StepKind::Limit { at_most, .. }, Target::Step(next))) if to == (from.0, next) => {
                u32::from(*at_most)
            }
            _ => MOST_GROWTH,
        }
    }

    /// Where a step leads, after how much silence, and the wait before that.
    fn ways(&self, spot: Spot) -> Vec<(Spot, i64, Option<Spot>)> {
        let Some(flow) = self.flows.get(spot.0) else { return Vec::new() };
        let Some(step) = flow.steps.get(spot.1) else { return Vec::new() };
        let before = self.before.get(&spot).copied().unwrap_or(0);
        let waited = self.waited.get(&spot).copied();
        let mut ways = Vec::new();
        let after = spot.1 + 1;
        let passes = &self.passes;
        let mut lead = |target: Target, seconds: i64, waited: Option<Spot>| match target {
            Target::Step(next) => ways.push(((spot.0, next), seconds, waited)),
            Target::Flow(other) => ways.push(((other, 0), seconds, waited)),
            Target::Call(other) => {
                ways.push(((other, 0), seconds, waited));
                // What the called flow asks is answered; where it asks nothing the silence goes on.
                let silent = passes.get(other) == Some(&true);
                if after < flow.steps.len() {
                    let goes_on = if silent { (seconds, waited) } else { (0, None) };
                    ways.push(((spot.0, after), goes_on.0, goes_on.1));
                }
            }
            Target::End | Target::Result(_) => {}
        };
        match &step.kind {
            StepKind::Ask(ask) => {
                for (_, target) in &ask.when {
                    lead(*target, 0, None);
                }
                if goes_on(&step.kind) {
                    lead(step.next, 0, None);
                }
            }
            StepKind::Handoff(_) => lead(step.next, 0, None),
            StepKind::Wait { after, reply } => {
                lead(step.next, before.saturating_add(after.as_secs()), Some(spot));
                if let Some(reply) = reply {
                    lead(*reply, 0, None);
                }
            }
            StepKind::Branch(ways_on) => {
                let none = HashMap::new();
                let answers = self.answers.get(spot.0).unwrap_or(&none);
                let whatsapp = [("channel", Some(Rendering::Whatsapp.name()))];
                for (condition, target) in ways_on {
                    let Some(condition) = condition else {
                        lead(*target, before, waited);
                        return ways;
                    };
                    let of_channel = condition.names().iter().any(|name| name == "channel");
                    let can = if of_channel { condition.can(answers, &whatsapp) } else { None };
                    if can.is_none_or(|can| can.hold) {
                        lead(*target, before, waited);
                    }
                    if can.is_some_and(|can| !can.fail) {
                        return ways;
                    }
                }
                lead(step.next, before, waited);
            }
            StepKind::Call { flow: other, when, .. } => {
                lead(Target::Flow(*other), before, waited);
                let silent = passes.get(*other) == Some(&true);
                let (seconds, waited) = if silent { (before, waited) } else { (0, None) };
                for (_, target) in when {
                    lead(*target, seconds, waited);
                }
                if goes_on(&step.kind) {
                    lead(step.next, seconds, waited);
                }
            }
            StepKind::Fetch(fetching) => {
                for (_, target) in &fetching.when {
                    lead(*target, before, waited);
                }
                if goes_on(&step.kind) {
                    lead(step.next, before, waited);
                }
            }
            StepKind::Limit { otherwise, .. } => {
                lead(*otherwise, before, waited);
                lead(step.next, before, waited);
            }
            StepKind::Say { .. } | StepKind::Do(_) | StepKind::Goto | StepKind::Count(_) => {
                lead(step.next, before, waited);
            }
        }
        ways
    }

    /// Every message that would come after the 24 hours, in the order of the flows. What names a
    /// template is left out: a wrong one is told at its place.
    fn late_messages(&self, drafts: &[FlowDraft]) -> Vec<Late> {
        let mut found = Vec::new();
        for (flow_index, (flow, draft)) in self.flows.iter().zip(drafts).enumerate() {
            for (index, step) in flow.steps.iter().enumerate() {
                let spot = (flow_index, index);
                let Some(before) = self.before.get(&spot).copied() else { continue };
                if step.kind.speaks() && before >= DAY && !names_template(drafts, spot) {
                    let waited = self.waited.get(&spot).and_then(|waited| wait(drafts, *waited));
                    let Some((place, own)) = waited else { continue };
                    found.push(Late {
                        place,
                        seconds: before,
                        own,
                        step: step.name.clone(),
                        flow: (place.file != draft.name.place.file).then(|| flow.name.clone()),
                        times: None,
                        hands_over: matches!(step.kind, StepKind::Handoff(_)),
                    });
                    continue;
                }
                let (StepKind::Ask(_), Some(remind), Some(written)) =
                    (&step.kind, flow.remind, &draft.remind)
                else {
                    continue;
                };
                if written.template.is_some() {
                    continue;
                }
                let own = remind.after.as_secs().saturating_mul(i64::from(remind.times));
                if before.saturating_add(own) >= DAY {
                    found.push(Late {
                        place: written.place,
                        seconds: before.saturating_add(own),
                        own,
                        step: step.name.clone(),
                        flow: None,
                        times: Some(remind.times),
                        hands_over: false,
                    });
                }
            }
        }
        found
    }
}

/// Whether the author named a template, be it a wrong one.
fn names_template(drafts: &[FlowDraft], spot: Spot) -> bool {
    let step = drafts.get(spot.0).and_then(|draft| draft.steps.get(spot.1));
    step.is_some_and(|step| match &step.kind {
        KindDraft::Say { template, .. } => template.is_some(),
        KindDraft::Ask(ask) => ask.template.is_some(),
        _ => false,
    })
}

/// Where a wait says how long, and how long.
fn wait(drafts: &[FlowDraft], spot: Spot) -> Option<(Place, i64)> {
    match &drafts.get(spot.0)?.steps.get(spot.1)?.kind {
        KindDraft::Wait { seconds, place, .. } => Some((*place, *seconds)),
        _ => None,
    }
}
