//! A flow as a picture: its steps, the ways between them with the choices that lead there, the
//! flows it plays and leaves for, and where it ends. Drawn as Mermaid text or as SVG.

mod layout;
mod mermaid;
mod svg;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::HashMap;

use jiff::SignedDuration;

use super::condition::Condition;
use super::definition::{Action, Ask, Attachment, Counting, Flow, Step, StepKind, Target};
use super::load::Flows;
use super::text::TextId;
use super::ways::{Way, WayOut, ways};
use crate::contact::Language;
use crate::locale::{Arguments, Value};

/// How a picture is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphFormat {
    /// For pages that draw Mermaid by themselves.
    Mermaid,
    /// A picture of our own making.
    Svg,
}

/// What is drawn.
#[derive(Debug)]
struct Drawing {
    title: String,
    /// The words it begins with, shown over the first node.
    start: String,
    language: Language,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

#[derive(Debug)]
struct Node {
    name: String,
    shape: Shape,
    /// What it does in a word or two (`asks one_of`).
    kind: String,
    /// What it says, shortened.
    text: String,
    /// The ways that leave the picture.
    exits: Vec<Exit>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Say,
    Ask,
    Act,
    Branch,
    Flow,
    Pause,
}

#[derive(Debug)]
struct Exit {
    label: String,
    to: Leave,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Leave {
    End,
    /// For another flow, and not back.
    Flow(String),
    /// Ends with a result for the flow that called.
    Result(String),
    /// Plays another flow, then goes on.
    Call(String),
    /// Comes back to the same step.
    Again,
}

#[derive(Debug)]
struct Edge {
    from: usize,
    to: usize,
    /// The choices that lead there; empty where it simply goes on.
    label: String,
}

/// One flow drawn with the texts of a language; `None` when there is no such flow.
#[must_use]
pub fn graph(flows: &Flows, name: &str, language: Language, format: GraphFormat) -> Option<String> {
    let flow = flows.get(name)?;
    Some(write(&draw(flows, flow, language), format))
}

/// All flows and how they lead to one another.
#[must_use]
pub fn graph_of_flows(flows: &Flows, language: Language, format: GraphFormat) -> String {
    write(&draw_all(flows, language), format)
}

fn write(drawing: &Drawing, format: GraphFormat) -> String {
    match format {
        GraphFormat::Mermaid => mermaid::write(drawing),
        GraphFormat::Svg => svg::write(drawing),
    }
}

fn draw(flows: &Flows, flow: &Flow, language: Language) -> Drawing {
    let mut drawing = Drawing {
        title: flow.name.clone(),
        start: flow.words.iter().take(4).map(String::as_str).collect::<Vec<_>>().join(", "),
        language,
        nodes: Vec::new(),
        edges: Vec::new(),
    };
    for (index, step) in flow.steps.iter().enumerate() {
        let (shape, kind, text) = what_it_does(flows, step, language);
        let mut exits: Vec<Exit> = Vec::new();
        for way in ways(flow, index) {
            let label = label(flows, &step.kind, &way, language);
            let leave = match way.target {
                Target::End => Leave::End,
                Target::Result(result) => {
                    Leave::Result(flow.results.get(result).cloned().unwrap_or_default())
                }
                Target::Flow(other) => Leave::Flow(name_of(flows, other)),
                Target::Call(other) => {
                    add_edge(&mut drawing.edges, index, step.next, &label);
                    Leave::Call(name_of(flows, other))
                }
                Target::Step(to) if to == index => Leave::Again,
                target @ Target::Step(_) => {
                    add_edge(&mut drawing.edges, index, target, &label);
                    continue;
                }
            };
            match exits.iter_mut().find(|exit| exit.to == leave) {
                Some(exit) => join(&mut exit.label, &label),
                None => exits.push(Exit { label, to: leave }),
            }
        }
        drawing.nodes.push(Node { name: step.name.clone(), shape, kind, text, exits });
    }
    drawing
}

fn add_edge(edges: &mut Vec<Edge>, from: usize, target: Target, label: &str) {
    let Target::Step(to) = target else { return };
    match edges.iter_mut().find(|edge| edge.from == from && edge.to == to) {
        Some(edge) => join(&mut edge.label, label),
        None => edges.push(Edge { from, to, label: label.to_owned() }),
    }
}

fn join(label: &mut String, other: &str) {
    if !label.is_empty() && !other.is_empty() {
        label.push_str(" / ");
    }
    label.push_str(other);
}

fn name_of(flows: &Flows, flow: usize) -> String {
    flows.flow(flow).map(|flow| flow.name.clone()).unwrap_or_default()
}

fn what_it_does(flows: &Flows, step: &Step, language: Language) -> (Shape, String, String) {
    let said = |text: TextId| words_of(flows, text, language);
    match &step.kind {
        StepKind::Say { text, attach, .. } => {
            let attached = match attach {
                Some(Attachment::MembershipCard) => ", membership_card",
                None => "",
            };
            (Shape::Say, format!("say{attached}"), said(*text))
        }
        StepKind::Ask(ask) => {
            let optional = if ask.optional { ", optional" } else { "" };
            (Shape::Ask, format!("ask {}{optional}", ask.answer.name()), said(ask.text))
        }
        StepKind::Do(action) => (Shape::Act, format!("do {}", action_words(action)), String::new()),
        StepKind::Branch(ways) => {
            let word = if ways.len() > 2 { "switch" } else { "if" };
            (Shape::Branch, word.to_owned(), String::new())
        }
        StepKind::Call { flow, .. } => {
            (Shape::Flow, format!("call {}", name_of(flows, *flow)), String::new())
        }
        StepKind::Limit { at_most, .. } => {
            (Shape::Pause, format!("goto, at_most {at_most}"), String::new())
        }
        StepKind::Wait { after, .. } => {
            (Shape::Pause, format!("wait {}", length_words(*after)), String::new())
        }
        StepKind::Fetch(fetching) => (Shape::Act, "fetch".to_owned(), fetching.url.words()),
        StepKind::Handoff(text) => (Shape::Pause, "handoff".to_owned(), said(*text)),
        StepKind::Count(Counting::Sum(sum)) => {
            let words = sum.as_ref().map_or("", |sum| sum.source());
            (Shape::Act, "count".to_owned(), words.to_owned())
        }
        StepKind::Count(Counting::Holding(conditions)) => {
            let words: Vec<&str> = conditions.iter().map(Condition::source).collect();
            (Shape::Act, "count".to_owned(), words.join(", "))
        }
        StepKind::Goto => {
            let ends = matches!(step.next, Target::End | Target::Result(_));
            let word = if ends { "end" } else { "goto" };
            (Shape::Pause, word.to_owned(), String::new())
        }
    }
}

/// A length of time in its largest unit, as a flow file has it.
fn length_words(time: SignedDuration) -> String {
    let seconds = time.as_secs();
    for (unit, letter) in [(86_400, 'd'), (3_600, 'h'), (60, 'm')] {
        if seconds >= unit && seconds % unit == 0 {
            return format!("{}{letter}", seconds / unit);
        }
    }
    format!("{seconds}s")
}

/// `EnrolMember` as the flow file has it.
fn action_words(action: &Action) -> String {
    let shown = format!("{action:?}");
    let name = shown.split(['(', ' ']).next().unwrap_or_default();
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push('_');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// What stands on a way: the choices as people read them, or the condition.
fn label(flows: &Flows, kind: &StepKind, way: &WayOut, language: Language) -> String {
    let StepKind::Ask(ask) = kind else { return way.words.clone() };
    match &way.way {
        Way::Outcome(outcome) => outcome_label(flows, ask, outcome, language),
        Way::Other => match ask.choices() {
            Some(choices) => {
                let named = |id: &str| ask.when.iter().any(|(known, _)| known == id);
                let rest = choices.list.iter().filter(|choice| !named(&choice.id));
                let labels: Vec<&str> = rest.map(|choice| choice.label.get(language)).collect();
                labels.join(" / ")
            }
            // Where the answer leads on, nothing needs to be said.
            None => String::new(),
        },
        _ => way.words.clone(),
    }
}

fn outcome_label(flows: &Flows, ask: &Ask, outcome: &str, language: Language) -> String {
    let choice =
        ask.choices().and_then(|choices| choices.list.iter().find(|choice| choice.id == outcome));
    match choice {
        Some(choice) => choice.label.get(language).to_owned(),
        None if outcome == "skip" => flows.common.skip.get(language).to_owned(),
        None => outcome.to_owned(),
    }
}

/// A text with its variables by name.
fn words_of(flows: &Flows, text: TextId, language: Language) -> String {
    let mut words = String::new();
    if let Some(text) = flows.text(text) {
        text.write(language, &ByName, &mut words);
    }
    words
}

struct ByName;

impl Arguments for ByName {
    fn value(&self, name: &str) -> Option<Value<'_>> {
        Some(Value::Text(Cow::Owned(format!("{{{name}}}"))))
    }
}

fn draw_all(flows: &Flows, language: Language) -> Drawing {
    let index: HashMap<&str, usize> =
        flows.all().iter().enumerate().map(|(index, flow)| (flow.name.as_str(), index)).collect();
    let mut drawing = Drawing {
        title: "flows".to_owned(),
        start: String::new(),
        language,
        nodes: Vec::new(),
        edges: Vec::new(),
    };
    // The one that greets stands first.
    let mut order: Vec<usize> = (0..flows.all().len()).collect();
    order.sort_by_key(|index| (!flows.flow(*index).is_some_and(|flow| flow.default), *index));
    let place: HashMap<usize, usize> =
        order.iter().enumerate().map(|(place, flow)| (*flow, place)).collect();
    for (from, number) in order.iter().enumerate() {
        let Some(flow) = flows.flow(*number) else { continue };
        let mut exits = Vec::new();
        for node in draw(flows, flow, language).nodes {
            let called = node.kind.strip_prefix("call ").map(|name| (name.to_owned(), "call"));
            let left = node.exits.iter().filter_map(|exit| match &exit.to {
                Leave::Flow(name) => Some((name.clone(), "")),
                Leave::Call(name) => Some((name.clone(), "call")),
                Leave::End | Leave::Result(_) | Leave::Again => None,
            });
            for (name, label) in called.into_iter().chain(left) {
                let to = index.get(name.as_str()).and_then(|flow| place.get(flow));
                let Some(&to) = to else { continue };
                if to == from {
                    exits.push(Exit { label: String::new(), to: Leave::Again });
                } else if !drawing.edges.iter().any(|edge| edge.from == from && edge.to == to) {
                    drawing.edges.push(Edge { from, to, label: label.to_owned() });
                }
            }
        }
        exits.truncate(1);
        drawing.nodes.push(Node {
            name: flow.name.clone(),
            shape: if flow.default { Shape::Ask } else { Shape::Flow },
            kind: flow.words.first().cloned().unwrap_or_default(),
            text: flow.about.clone(),
            exits,
        });
    }
    drawing
}
