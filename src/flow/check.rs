//! What names and shapes alone do not show: words two flows begin with, steps nobody reaches,
//! conversations that never end or never ask.

mod answered;
mod calls;
mod files;
mod late;
mod law;
mod person;
mod rehearsal;
pub(super) mod sms;
mod stray;
mod texts;
mod variants;

pub(super) use self::answered::answered;
pub(super) use self::calls::calls;
pub(super) use self::files::{files, is_something_else, strayed_flow};
pub(super) use self::late::late;
pub(super) use self::law::questions;
pub(super) use self::rehearsal::rehearsals;
pub(super) use self::sms::parts;
pub(super) use self::stray::stray;
pub(super) use self::texts::{choices, texts};
pub(super) use self::variants::variants;

use std::collections::HashMap;

use super::code::Code;
use super::definition::{Answer, Ask, Flow, Step, StepKind, Target};
use super::diagnostic::{Findings, Place, did_you_mean};
use super::draft::{AnswerDraft, FlowDraft, HeaderDraft, KindDraft};
use super::session::Came;
use super::yaml::Word;
use crate::understanding::{self, Command};

/// The flows the words that work everywhere lead to.
const SPECIAL: [(&str, Command, &str); 4] = [
    ("help", Command::Help, "मदद"),
    ("language", Command::Language, "भाषा"),
    ("leave", Command::Stop, "बंद"),
    ("my_data", Command::MyData, "मेरी जानकारी"),
];

/// Folded start words and links, each with its flow's index, and the default flow.
pub(super) fn starts(
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
                Some(other) if other != index => clash(word, drafts.get(other), findings),
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
            if let Some(other) = other.and_then(|other| drafts.get(other)?.link.as_ref()) {
                let spot = findings.spot(other.place);
                findings
                    .error_hint(
                        link.place,
                        format!("the link `{}` starts two flows", link.text),
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

/// A word that starts another flow as well, told with the place of the other one.
fn clash(word: &Word, other: Option<&FlowDraft>, findings: &mut Findings<'_>) {
    let folded = understanding::fold(&word.text);
    let known = other.and_then(|other| {
        other.words.iter().find(|known| understanding::fold(&known.text) == folded)
    });
    let Some((other, known)) = other.zip(known) else { return };
    let spot = findings.spot(known.place);
    let as_well = if known.text == word.text {
        format!("`{}` starts the flow `{}` as well", word.text, other.name.text)
    } else {
        format!("`{}` is `{}`, which starts the flow `{}`", word.text, known.text, other.name.text)
    };
    findings
        .error_hint(
            word.place,
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
pub(super) fn special_flows(
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

/// A member has a name, a district and a seat: the flow must ask for them.
pub(super) fn enrolment(draft: &FlowDraft, place: Place, findings: &mut Findings<'_>) {
    let needed = [("name", "person_name"), ("district", "district"), ("seat", "assembly")];
    for (step, kind) in needed {
        let asked = draft.steps.iter().any(|known| {
            let fits = match &known.kind {
                KindDraft::Ask(ask) => kind_of(&ask.answer) == kind,
                other => matches!(other, KindDraft::Broken),
            };
            known.name.text == step && fits
        });
        let other = draft.steps.iter().find_map(|known| match &known.kind {
            KindDraft::Ask(_) if known.name.text == step => Some(known.name.place),
            _ => None,
        });
        if !asked && let Some(other) = other {
            let spot = findings.spot(place);
            findings
                .error_hint(
                    other,
                    format!("a member's {step} is made from another answer than this one"),
                    format!("write `answer: {kind}`; `enrol_member` ({spot}) needs it"),
                )
                .code(Code::Enrolment);
        } else if !asked {
            findings
                .error_hint(
                    place,
                    format!("a member needs a {step}, and this flow does not ask for it"),
                    format!("add a step `{step}` with the answer `{kind}`"),
                )
                .code(Code::Enrolment);
        }
    }
}

/// Nobody is kept as a member who did not say yes to it (DPDP Act 2023, section 6).
pub(super) fn consent_of_members(draft: &FlowDraft, place: Place, findings: &mut Findings<'_>) {
    let asked = draft.steps.iter().any(|step| match &step.kind {
        KindDraft::Ask(ask) => {
            ask.notice.as_ref().is_some_and(|notice| notice.text == "membership")
        }
        other => matches!(other, KindDraft::Broken),
    });
    if !asked {
        findings
            .error_hint(
                place,
                "nobody was asked for their consent to be kept as a member",
                "add `notice: membership` to the question whose `yes` is that consent",
            )
            .code(Code::Consent);
    }
}

/// A change of a member takes what the flow asked for; a new district needs its seat.
pub(super) fn update(draft: &FlowDraft, place: Place, findings: &mut Findings<'_>) {
    let asks = |name: &str| {
        draft.steps.iter().any(|step| {
            step.name.text == name && matches!(step.kind, KindDraft::Ask(_) | KindDraft::Broken)
        })
    };
    let known = ["name", "district", "seat", "booth"];
    if !known.into_iter().any(asks) {
        findings
            .error_hint(
                place,
                "nothing of the member is asked here that could be changed",
                format!("ask in a step named {}", known.join(", ")),
            )
            .code(Code::Enrolment);
    }
    if asks("district") && !asks("seat") {
        findings
            .error_hint(
                place,
                "with a new district a member needs a new seat",
                "add a step `seat` with the answer {assembly: {in: district}}",
            )
            .code(Code::Enrolment);
    }
}

/// Every secret a call carries must be one the office has: a call without it fails each time.
pub(super) fn secrets(drafts: &[FlowDraft], known: &[String], findings: &mut Findings<'_>) {
    for step in drafts.iter().flat_map(|draft| &draft.steps) {
        let KindDraft::Fetch(fetch) = &step.kind else { continue };
        for (_, value) in &fetch.headers {
            let HeaderDraft::Secret(name) = value else { continue };
            if known.contains(&name.text) {
                continue;
            }
            let names = known.iter().map(String::as_str);
            let hint = did_you_mean(&name.text, names).unwrap_or_else(|| {
                format!("name its file in samvad.toml: [secrets] {} = \"…\"", name.text)
            });
            findings
                .error_hint(
                    name.place,
                    format!("the configuration has no secret `{}`", name.text),
                    hint,
                )
                .code(Code::UnknownWord);
        }
    }
}

fn kind_of(answer: &AnswerDraft) -> &str {
    match answer {
        AnswerDraft::Assembly { .. } => "assembly",
        AnswerDraft::Plain(word) => &word.text,
        _ => "",
    }
}

/// Reachability, ends and silent circles.
pub(super) fn graph(flows: &[Flow], drafts: &[FlowDraft], findings: &mut Findings<'_>) {
    for (flow, draft) in flows.iter().zip(drafts) {
        // Where a step could not be read, or leads nowhere, nobody knows what it would have led to.
        let lost = [Code::UnknownStep, Code::UnknownFlow, Code::UnknownOutcome, Code::WrongType];
        if !draft.is_whole() || findings.has_any(draft.name.place.file, &lost) {
            continue;
        }
        let reached = reachable(flow);
        for (index, step) in flow.steps.iter().enumerate() {
            if reached.get(index) == Some(&false) {
                findings
                    .error_hint(
                        step.place,
                        format!("nobody ever reaches the step `{}`", step.name),
                        "let a `goto`, `when` or `then` lead here, or remove it",
                    )
                    .code(Code::UnreachableStep);
            }
        }
        runs_out(flow, &reached, draft, findings);
        let ending = ends_ahead(flow);
        let endless = (0..flow.steps.len())
            .find(|index| reached.get(*index) == Some(&true) && ending.get(*index) == Some(&false));
        // One place is enough: the whole circle has the same fault.
        if let Some(step) = endless.and_then(|index| flow.steps.get(index)) {
            findings
                .error_hint(
                    step.place,
                    format!("from the step `{}` the conversation never ends", step.name),
                    "let one way lead to a step with `end: true`, or to another flow",
                )
                .code(Code::NoEnd);
        }
    }
    silent_circles(flows, findings);
}

/// The last step must say that it is the last.
fn runs_out(flow: &Flow, reached: &[bool], draft: &FlowDraft, findings: &mut Findings<'_>) {
    let Some(last) = flow.steps.len().checked_sub(1) else { return };
    let Some(step) = flow.steps.get(last) else { return };
    let said = draft.steps.last().is_some_and(|step| step.next.is_some());
    if !said && reached.get(last) == Some(&true) && goes_on(&step.kind) {
        findings
            .error_hint(
                step.place,
                format!("the flow runs on past its last step `{}`", step.name),
                "close it with `end: true`, or a `goto`",
            )
            .code(Code::RunsOut);
    }
}

/// Whether the step's `next` is ever taken.
fn goes_on(kind: &StepKind) -> bool {
    match kind {
        StepKind::Say { .. }
        | StepKind::Do(_)
        | StepKind::Goto
        | StepKind::Limit { .. }
        | StepKind::Wait { .. }
        | StepKind::Handoff(_)
        | StepKind::Count(_) => true,
        StepKind::Call { when, covered, .. } => {
            !covered || when.iter().any(|(_, target)| matches!(target, Target::Call(_)))
        }
        StepKind::Fetch(fetching) => {
            let routed = |wanted| fetching.when.iter().any(|(came, _)| *came == wanted);
            !(routed(Came::Ok) && routed(Came::Failed))
                || fetching.when.iter().any(|(_, target)| matches!(target, Target::Call(_)))
        }
        StepKind::Branch(ways) => {
            ways.iter().all(|(condition, _)| condition.is_some())
                || ways.iter().any(|(_, target)| matches!(target, Target::Call(_)))
        }
        StepKind::Ask(ask) => {
            !every_outcome_routed(ask)
                || ask.when.iter().any(|(_, target)| matches!(target, Target::Call(_)))
        }
    }
}

fn every_outcome_routed(ask: &Ask) -> bool {
    let routed = |outcome: &str| ask.when.iter().any(|(known, _)| known == outcome);
    if let Answer::Message(kinds) = &ask.answer {
        return kinds.iter().all(|kind| routed(kind.name())) && (!ask.optional || routed("skip"));
    }
    let (Answer::OneOf(choices) | Answer::YesNo(choices)) = &ask.answer else { return false };
    choices.list.iter().all(|choice| routed(&choice.id)) && (!ask.optional || routed("skip"))
}

/// Where a step may lead.
fn targets(flow: &Flow, index: usize) -> Vec<Target> {
    let Some(step) = flow.steps.get(index) else { return Vec::new() };
    let mut targets: Vec<Target> = match &step.kind {
        StepKind::Branch(ways) => ways.iter().map(|(_, target)| *target).collect(),
        StepKind::Ask(ask) => ask.when.iter().map(|(_, target)| *target).collect(),
        StepKind::Limit { otherwise, .. } => vec![*otherwise],
        StepKind::Call { when, .. } => when.iter().map(|(_, target)| *target).collect(),
        StepKind::Wait { reply, .. } => reply.iter().copied().collect(),
        StepKind::Fetch(fetching) => fetching.when.iter().map(|(_, target)| *target).collect(),
        StepKind::Say { .. }
        | StepKind::Do(_)
        | StepKind::Goto
        | StepKind::Count(_)
        | StepKind::Handoff(_) => Vec::new(),
    };
    if goes_on(&step.kind) {
        targets.push(step.next);
    }
    targets
}

/// For each step: whether it can be reached from the first.
fn reachable(flow: &Flow) -> Vec<bool> {
    let mut reached = vec![false; flow.steps.len()];
    let mut waiting = vec![0];
    while let Some(index) = waiting.pop() {
        match reached.get_mut(index) {
            Some(known @ false) => *known = true,
            _ => continue,
        }
        for target in targets(flow, index) {
            if let Target::Step(next) = target {
                waiting.push(next);
            }
        }
    }
    reached
}

/// For each step: whether the conversation can end, or leave for another flow, from there on.
fn ends_ahead(flow: &Flow) -> Vec<bool> {
    let mut sources: Vec<Vec<usize>> = vec![Vec::new(); flow.steps.len()];
    let mut ending = vec![false; flow.steps.len()];
    let mut waiting = Vec::new();
    for index in 0..flow.steps.len() {
        for target in targets(flow, index) {
            match target {
                Target::Step(next) => {
                    if let Some(from) = sources.get_mut(next) {
                        from.push(index);
                    }
                }
                Target::End | Target::Result(_) | Target::Flow(_) => waiting.push(index),
                Target::Call(_) => {}
            }
        }
    }
    // Backwards from the steps that end.
    while let Some(index) = waiting.pop() {
        match ending.get_mut(index) {
            Some(known @ false) => *known = true,
            _ => continue,
        }
        waiting.extend(sources.get(index).into_iter().flatten());
    }
    ending
}

/// A place in all flows.
type Spot = (usize, usize);

/// Circles of steps that ask nothing: a turn inside one would never end. And circles that only wait
/// and call: they would go on for ever without a word of the person.
fn silent_circles(flows: &[Flow], findings: &mut Findings<'_>) {
    let within_a_turn = Circles::find(flows, takes_time, false);
    for step in &within_a_turn {
        findings
            .error_hint(
                step.place,
                format!("from the step `{}` on this goes in a circle that asks nothing", step.name),
                "let one step of the circle ask, or lead out of it",
            )
            .code(Code::SilentCircle);
    }
    if !within_a_turn.is_empty() {
        return;
    }
    let asks = |kind: &StepKind| matches!(kind, StepKind::Ask(_) | StepKind::Handoff(_));
    for step in Circles::find(flows, asks, true) {
        findings
            .warn(
                step.place,
                format!("from the step `{}` on this goes in a circle for ever", step.name),
                "give it a limit: {goto: step, at_most: 3, else: enough}, or let one step ask",
            )
            .code(Code::SilentCircle);
    }
}

/// Whether a turn ends at such a step.
fn takes_time(kind: &StepKind) -> bool {
    matches!(
        kind,
        StepKind::Ask(_) | StepKind::Wait { .. } | StepKind::Fetch(_) | StepKind::Handoff(_)
    )
}

/// Looks for circles none of whose steps stops.
struct Circles<'f, Stops> {
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
    /// The steps at which circles close.
    fn find(flows: &'f [Flow], stops: Stops, limits: bool) -> Vec<&'f Step> {
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
    fn passes(flows: &'f [Flow], stops: Stops, limits: bool) -> Vec<bool> {
        Circles::of(flows, stops, limits).passes
    }

    fn of(flows: &'f [Flow], stops: Stops, limits: bool) -> Circles<'f, Stops> {
        let passes = vec![false; flows.len()];
        let mut circles = Circles { flows, stops, limits, passes, state: HashMap::new() };
        circles.passes_silently();
        circles
    }

    /// Walks depth first without recursion.
    fn visit(&mut self, from: Spot, found: &mut Vec<&'f Step>) {
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
                    found.extend(self.flows.get(next.0).and_then(|flow| flow.steps.get(next.1)));
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
