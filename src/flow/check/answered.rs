//! Answers named before they are given: a text that shows `{ $people }` on a way on which nobody was
//! asked, a condition on a question that comes later.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use super::graph::{goes_on, targets};
use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::condition::{Condition, Fixed, Known};
use crate::flow::definition::{Action, Ask, Flow, NOT_UNDERSTOOD, StepKind, Target};
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::draft::{CountDraft, FlowDraft, KindDraft, TargetDraft};
use crate::flow::session::Came;
use crate::locale::{Catalogue, Message, Pattern, Segment};

/// The number of the request filed in this conversation, which texts may show after that.
const TICKET: &str = "ticket";

/// The ways of a flow with more steps than this are not followed: nobody writes one.
const MOST_STEPS: usize = 1_000;

/// Tells of every answer that is shown or compared before it can be there.
pub(in crate::flow) fn answered(
    flows: &[Flow],
    drafts: &[FlowDraft],
    answers: &[HashMap<String, Known>],
    catalogue: &Catalogue,
    findings: &mut Findings<'_>,
) {
    for (index, ((flow, draft), known)) in flows.iter().zip(drafts).zip(answers).enumerate() {
        // Where a step could not be read, nobody knows what it would have asked.
        let lost = [
            Code::UnknownStep,
            Code::UnknownFlow,
            Code::UnknownOutcome,
            Code::WrongType,
            Code::UnreachableStep,
        ];
        if !draft.is_whole()
            || flow.steps.len() > MOST_STEPS
            || findings.has_any(draft.name.place.file, &lost)
        {
            continue;
        }
        let mut told: HashSet<(String, String)> = HashSet::new();
        // A way that leaps over questions is told once, at the first text that shows one of them.
        let mut leapt: HashSet<Place> = HashSet::new();
        for (step, written) in draft.steps.iter().enumerate() {
            let key = match &written.kind {
                KindDraft::Say { text, .. } | KindDraft::Handoff(text) => text,
                KindDraft::Ask(ask) => &ask.message,
                _ => continue,
            };
            for shown in shown_by(&draft.name.text, &key.text, catalogue) {
                let of_another = shown.name == TICKET && entered_with_ticket(flows, index);
                let is_answer = known.contains_key(&shown.name);
                if (!is_answer && shown.name != TICKET) || of_another {
                    continue;
                }
                let ways = Ways { flows, flow, known, name: &shown.name };
                let finding = match ways.to(step) {
                    Before::Always => continue,
                    _ if !told.insert((key.text.clone(), shown.name.clone())) => continue,
                    Before::Sometimes(_) if shown.in_a_variant => continue,
                    Before::Sometimes(way) => Some(way),
                    Before::Never => None,
                };
                let at = findings.find_after(shown.message, &format!("${}", shown.name));
                let Some(way) = finding else {
                    never_asked(at, (&key.text, &shown.name), findings);
                    continue;
                };
                let jump = jump_over(&way, &shown.name, (flow, draft));
                if let Some(jump) = &jump
                    && !leapt.insert(jump.place)
                {
                    continue;
                }
                let way = Lacking { way, jump };
                way.tell(at, (&key.text, &shown.name), flow, findings);
            }
        }
        conditions(flows, (flow, draft), known, findings);
    }
}

/// Whether another flow that files a request leads here, and its ticket comes along.
fn entered_with_ticket(flows: &[Flow], flow: usize) -> bool {
    let files = |other: &Flow| other.steps.iter().any(|step| is_request(&step.kind));
    flows.iter().enumerate().any(|(index, other)| {
        let leads = || {
            (0..other.steps.len()).any(|step| {
                let calls = matches!(&other.steps.get(step).map(|step| &step.kind),
                    Some(StepKind::Call { flow: called, .. }) if *called == flow);
                calls
                    || targets(other, step).into_iter().any(
                        |target| matches!(target, Target::Flow(to) | Target::Call(to) if to == flow),
                    )
            })
        };
        index != flow && files(other) && leads()
    })
}

const fn is_request(kind: &StepKind) -> bool {
    matches!(kind, StepKind::Do(Action::Request { .. }))
}

/// A text that shows what no way to it asks for.
fn never_asked(at: Place, (key, name): (&str, &str), findings: &mut Findings<'_>) {
    let hint = if name == TICKET {
        "file the request before: {do: {request: {kind: …, with: […]}}}".to_owned()
    } else {
        format!("ask `{name}` before this is said, or take {{ ${name} }} out of the text")
    };
    findings
        .error_hint(
            at,
            format!("the text `{key}` shows `${name}`, and no way to it asks for that"),
            hint,
        )
        .code(Code::NotYetAnswered);
}

/// A way on which an answer lacks, and where it leaps over the step that gives it.
struct Lacking {
    way: Vec<usize>,
    jump: Option<Jump>,
}

impl Lacking {
    fn tell(&self, at: Place, (key, name): (&str, &str), flow: &Flow, findings: &mut Findings<'_>) {
        let message = format!(
            "the text `{key}` shows `${name}`, which is not answered on the way {}",
            in_words(&self.way, flow)
        );
        let Some(jump) = &self.jump else {
            let giver = flow.step(name).and_then(|index| flow.steps.get(index));
            let gives = match giver.map(|step| &step.kind) {
                Some(StepKind::Count(_)) => "count",
                _ => "ask",
            };
            findings
                .warn(
                    at,
                    message,
                    format!(
                        "say another text on that way, or {gives} `{name}` on it; as it is, \
                         nothing stands there"
                    ),
                )
                .code(Code::NotYetAnswered);
            return;
        };
        let spot = findings.spot(jump.place);
        let hint = format!(
            "{} leads past `{name}` ({spot}): lead it to `{name}`, or say another text on that way; \
             as it is, nothing stands there",
            jump.way
        );
        // Where no condition comes in between, whoever answers so hears it.
        let told = if jump.sure {
            findings.error_hint(at, message, hint)
        } else {
            findings.warn(at, message, hint)
        };
        told.code(Code::NotYetAnswered);
    }
}

/// A way from a step before the one that gives an answer to one behind it.
struct Jump {
    place: Place,
    /// What leads there, in words.
    way: String,
    /// Whether nothing but the answer of a person decides that it is gone to the end.
    sure: bool,
}

/// The last place on a way where it leaps over the step `name`.
fn jump_over(way: &[usize], name: &str, (flow, draft): (&Flow, &FlowDraft)) -> Option<Jump> {
    let giver = flow.step(name)?;
    let (at, (from, to)) = way
        .iter()
        .zip(way.iter().skip(1))
        .enumerate()
        .rfind(|(_, (from, to))| **from < giver && giver < **to)?;
    let written = draft.steps.get(*from)?;
    let wanted = flow.steps.get(*to)?.name.as_str();
    let leads =
        |target: &&TargetDraft| matches!(target, TargetDraft::Step(word) if word.text == wanted);
    let Some(TargetDraft::Step(word)) = written.targets().into_iter().find(leads) else {
        return None;
    };
    let outcome = match &written.kind {
        KindDraft::Ask(ask) => ask.when.iter().find(|(_, target)| leads(&target)),
        _ => None,
    };
    let decided = |step: &usize| {
        matches!(
            flow.steps.get(*step).map(|step| &step.kind),
            Some(StepKind::Branch(_) | StepKind::Limit { .. })
        )
    };
    let behind = way.get(at + 1..).unwrap_or_default();
    Some(Jump {
        place: word.place,
        way: outcome.map_or_else(
            || format!("the step `{}`", written.name.text),
            |(outcome, _)| format!("`{}` of `{}`", outcome.text, written.name.text),
        ),
        sure: outcome.is_some() && !behind.iter().any(decided),
    })
}

/// `coming → pity`, a long way without its middle.
fn in_words(way: &[usize], flow: &Flow) -> String {
    let names: Vec<&str> = way
        .iter()
        .filter_map(|step| flow.steps.get(*step))
        .map(|step| step.name.as_str())
        .collect();
    match names.as_slice() {
        [first, second, .., before, last] if names.len() > 6 => {
            format!("{first} → {second} → … → {before} → {last}")
        }
        _ => names.join(" → "),
    }
}

/// Conditions on answers that no way to them has asked for.
fn conditions(
    flows: &[Flow],
    (flow, draft): (&Flow, &FlowDraft),
    known: &HashMap<String, Known>,
    findings: &mut Findings<'_>,
) {
    for (index, (step, written)) in flow.steps.iter().zip(&draft.steps).enumerate() {
        let mut named: Vec<(&Condition, Place)> = Vec::new();
        match (&step.kind, &written.kind) {
            (StepKind::Branch(ways), KindDraft::Branch(drafts)) => {
                for ((condition, _), (word, _)) in ways.iter().zip(drafts) {
                    if let (Some(condition), Some(word)) = (condition, word) {
                        named.push((condition, word.place));
                    }
                }
            }
            (StepKind::Ask(ask), KindDraft::Ask(asked)) => {
                let drafts = choices_of(asked);
                for (choice, draft) in
                    ask.choices().into_iter().flat_map(|list| &list.list).zip(drafts)
                {
                    if let (Some(condition), Some(word)) = (&choice.condition, &draft.condition) {
                        named.push((condition, word.place));
                    }
                }
            }
            (StepKind::Count(counting), KindDraft::Count(counted)) => {
                let words = match counted {
                    CountDraft::Holding(words) => words.as_slice(),
                    CountDraft::Sum(word) => std::slice::from_ref(word),
                };
                for condition in counting.conditions() {
                    let word = words.iter().find(|word| word.text == condition.source());
                    named.extend(word.map(|word| (condition, word.place)));
                }
            }
            _ => {}
        }
        for (condition, place) in named {
            for name in condition.names() {
                if !known.contains_key(name) {
                    continue;
                }
                if !matches!((Ways { flows, flow, known, name }).to(index), Before::Never) {
                    continue;
                }
                let at = findings.find_in(place, name);
                findings
                    .error_hint(
                        at,
                        format!("nobody was asked for `{name}` before the step `{}`", step.name),
                        format!(
                            "move this step behind `{name}`, or compare with what was asked before"
                        ),
                    )
                    .code(Code::NotYetAnswered);
            }
        }
    }
}

pub(super) fn choices_of(ask: &crate::flow::draft::AskDraft) -> &[crate::flow::draft::ChoiceDraft] {
    use crate::flow::draft::AnswerDraft;
    match &ask.answer {
        AnswerDraft::OneOf(choices) => &choices.list,
        AnswerDraft::AnyOf(many) | AnswerDraft::Ranked(many) => &many.choices.list,
        _ => &[],
    }
}

/// A variable a text shows.
pub(super) struct Shown {
    pub(super) name: String,
    /// Whether only a variant shows it, which may be chosen only where it is there.
    pub(super) in_a_variant: bool,
    /// The name of the message, in the first language that shows it.
    pub(super) message: Place,
}

/// The variables a text shows in any language.
pub(super) fn shown_by(book: &str, key: &str, catalogue: &Catalogue) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    for language in Language::ALL {
        let message = catalogue
            .message(language, book, key)
            .or_else(|| catalogue.message(language, "common", key));
        let Some(message) = message else { continue };
        if let Some(pattern) = &message.value {
            collect(pattern, false, message, &mut found);
        }
    }
    found
}

fn collect(pattern: &Pattern, in_a_variant: bool, message: &Message, found: &mut Vec<Shown>) {
    for segment in &pattern.segments {
        match segment {
            Segment::Text(_) => {}
            Segment::Variable(name) | Segment::Call { variable: name, .. } => {
                if found.iter().all(|known| *known.name != **name) {
                    found.push(Shown {
                        name: name.to_string(),
                        in_a_variant,
                        message: Place {
                            file: message.source,
                            start: message.span.start,
                            end: message.span.end,
                        },
                    });
                }
            }
            Segment::Select { variable, variants, .. } => {
                // Which channel or language it is, is known from the beginning.
                let of_answers = variable.as_ref() != "channel";
                for (_, inner) in variants {
                    collect(inner, in_a_variant || of_answers, message, found);
                }
            }
        }
    }
}

/// Whether an answer is there when a step comes.
enum Before {
    Always,
    /// Not on this way from the first step.
    Sometimes(Vec<usize>),
    Never,
}

/// The ways of a flow, seen for one answer.
struct Ways<'a> {
    flows: &'a [Flow],
    flow: &'a Flow,
    known: &'a HashMap<String, Known>,
    name: &'a str,
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
    fn to(&self, step: usize) -> Before {
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
    use crate::flow::definition::Answer;
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
