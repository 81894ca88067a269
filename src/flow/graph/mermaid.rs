//! A drawing as Mermaid text.

use std::fmt::Write as _;

use super::{Drawing, Leave, Shape};

/// How much of a text stands in a node, in characters.
const LONGEST: usize = 70;

pub(super) fn write(drawing: &Drawing) -> String {
    // Writing into a string cannot fail.
    let mut out = String::new();
    let _ = writeln!(out, "---\ntitle: {}\n---\nflowchart TD", drawing.title);
    if !drawing.start.is_empty() {
        let _ = writeln!(out, "  start([\"{}\"]) --> n0", escape(&drawing.start));
    }
    for (index, node) in drawing.nodes.iter().enumerate() {
        let (open, close) = match node.shape {
            Shape::Say => ("(", ")"),
            Shape::Ask => ("[", "]"),
            Shape::Act => ("[/", "/]"),
            Shape::Branch => ("{", "}"),
            Shape::Flow => ("[[", "]]"),
            Shape::Pause => ("([", "])"),
        };
        let mut words = format!("<b>{}</b><br/><i>{}</i>", escape(&node.name), escape(&node.kind));
        if !node.text.is_empty() {
            let _ = write!(words, "<br/>{}", escape(&shortened(&node.text)));
        }
        let _ = writeln!(out, "  n{index}{open}\"{words}\"{close}");
    }
    for edge in &drawing.edges {
        line(&mut out, edge.from, &edge.label, &format!("n{}", edge.to), "-->");
    }
    let mut flows: Vec<&str> = Vec::new();
    for (index, node) in drawing.nodes.iter().enumerate() {
        for (number, exit) in node.exits.iter().enumerate() {
            match &exit.to {
                Leave::End => {
                    // One end for each way: lines to a common one would cross the whole picture.
                    let end = format!("e{index}_{number}(((\" \")))");
                    line(&mut out, index, &exit.label, &end, "-->");
                }
                Leave::Result(result) => {
                    let end = format!("e{index}_{number}((\"{}\"))", escape(result));
                    line(&mut out, index, &exit.label, &end, "-->");
                }
                Leave::Again => line(&mut out, index, &exit.label, &format!("n{index}"), "-->"),
                Leave::Flow(name) | Leave::Call(name) => {
                    let place = flows.iter().position(|known| known == name);
                    let place = place.unwrap_or_else(|| {
                        flows.push(name);
                        flows.len() - 1
                    });
                    let arrow = if matches!(exit.to, Leave::Call(_)) { "<-.->" } else { "-.->" };
                    let flow = format!("f{place}[[\"{}\"]]", escape(name));
                    line(&mut out, index, &exit.label, &flow, arrow);
                }
            }
        }
    }
    out
}

fn line(out: &mut String, from: usize, label: &str, to: &str, arrow: &str) {
    if label.is_empty() {
        let _ = writeln!(out, "  n{from} {arrow} {to}");
    } else {
        let _ = writeln!(out, "  n{from} {arrow}|\"{}\"| {to}", escape(label));
    }
}

fn shortened(text: &str) -> String {
    let text = text.replace('\n', " ");
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Mermaid's own signs, and those of HTML, as entities.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '#' => out.push_str("#35;"),
            '&' => out.push_str("#amp;"),
            '\n' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}
