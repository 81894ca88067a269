//! A drawing as SVG: nothing is fetched, no script, fonts by name.

use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation as _;

use super::layout::{Laid, Line, Point, Size, layout};
use super::{Drawing, Exit, Leave, Node, Shape};
use crate::contact::Language;
use crate::markup::escaped;

const BOX: f64 = 240.0;
/// The measure of a line of text in a box, and of a label, in pixels.
const TEXT_WIDTH: f64 = 212.0;
const LABEL_WIDTH: f64 = 170.0;
const MARGIN: f64 = 32.0;
const EXIT_HEIGHT: f64 = 30.0;
const MOST_LINES: usize = 3;

/// The height of a line: Nastaliq hangs lower than other hands.
const fn line_height(language: Language) -> f64 {
    match language {
        Language::Ur => 27.0,
        Language::Hi | Language::En => 20.0,
    }
}

const STYLE: &str = "\
text{font:14px 'Noto Sans','Noto Sans Devanagari','Mukta','Nirmala UI','Noto Nastaliq Urdu',sans-serif;fill:#1d2733}
.name{font-weight:600}
.kind{font-size:12px;fill:#5b6875}
.box{stroke-width:1.5}
.say{fill:#eef8f0;stroke:#4b9a62}
.ask{fill:#eaf2fd;stroke:#3f74b8}
.act{fill:#f5eefb;stroke:#8257ab}
.branch{fill:#fff7e3;stroke:#bf8d1f}
.flow{fill:#fdeee9;stroke:#bb6143}
.pause{fill:#f2f4f6;stroke:#7b8794}
.line{fill:none;stroke:#6b7885;stroke-width:1.5}
.back{stroke:#b5524a;stroke-dasharray:6 4}
.label{fill:#ffffff;stroke:#d4dae0}
.start{fill:#1d2733}
.on-dark{fill:#ffffff}
";

pub(super) fn write(drawing: &Drawing) -> String {
    let line = line_height(drawing.language);
    let boxes: Vec<Boxed<'_>> = drawing.nodes.iter().map(|node| Boxed::new(node, line)).collect();
    let labels: Vec<Vec<String>> =
        drawing.edges.iter().map(|edge| wrapped(&edge.label, LABEL_WIDTH, 4)).collect();
    let lines: Vec<Line> = drawing
        .edges
        .iter()
        .zip(&labels)
        .map(|(edge, words)| {
            let label = (!edge.label.is_empty()).then(|| {
                let widest = words.iter().map(|word| width(word)).fold(0.0, f64::max);
                let height = as_float(words.len()) * line + 6.0;
                Size { half: widest / 2.0 + 8.0, right: 0.0, height }
            });
            Line { from: edge.from, to: edge.to, label }
        })
        .collect();
    let sizes: Vec<Size> = boxes.iter().map(Boxed::size).collect();
    let layout = layout(&sizes, &lines);
    let top = MARGIN + 64.0;
    let (total_width, total_height) =
        ((layout.width + 2.0 * MARGIN).max(360.0), layout.height + top + MARGIN);

    let mut out = String::new();
    // Writing into a string cannot fail.
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{total_width:.0}\" height=\"{total_height:.0}\" viewBox=\"0 0 {total_width:.0} {total_height:.0}\">"
    );
    let _ = writeln!(out, "<title>{}</title>", escaped(&drawing.title));
    let _ = writeln!(out, "<style>\n{STYLE}</style>");
    out.push_str(
        "<defs><marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\"><path d=\"M0 0 10 5 0 10z\" fill=\"context-stroke\"/></marker></defs>\n",
    );
    let _ = writeln!(
        out,
        "<rect width=\"{total_width:.0}\" height=\"{total_height:.0}\" fill=\"#ffffff\"/>"
    );
    let _ = writeln!(out, "<g transform=\"translate({MARGIN} {top})\">");
    for laid in &layout.lines {
        out.push_str(&path(laid));
    }
    for (laid, words) in layout.lines.iter().zip(&labels) {
        if let Some(middle) = laid.label {
            label(&mut out, middle, words, line);
        }
    }
    for (boxed, at) in boxes.iter().zip(&layout.boxes) {
        boxed.draw(&mut out, *at, line);
    }
    if let Some(first) = layout.boxes.first() {
        let words = if drawing.start.is_empty() { &drawing.title } else { &drawing.start };
        start(&mut out, *first, &drawing.title, words);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// The dark pill over the first box: the words by which it begins.
fn start(out: &mut String, first: Point, title: &str, words: &str) {
    let words = if words == title { title.to_owned() } else { format!("{title}: {words}") };
    let words = wrapped(&words, 420.0, 1).concat();
    let half = width(&words) / 2.0 + 14.0;
    // A picture may be narrower than its title.
    let x = first.x.max(half);
    let _ = writeln!(
        out,
        "<rect class=\"start\" x=\"{:.1}\" y=\"-64\" width=\"{:.1}\" height=\"30\" rx=\"15\"/><text class=\"on-dark\" x=\"{x:.1}\" y=\"-44\" text-anchor=\"middle\">{}</text>",
        x - half,
        half * 2.0,
        escaped(&words)
    );
    let _ = writeln!(
        out,
        "<path class=\"line\" marker-end=\"url(#tip)\" d=\"M{x:.1} -34 L{:.1} -2\"/>",
        first.x
    );
}

/// A box with what stands in it.
struct Boxed<'d> {
    node: &'d Node,
    words: Vec<String>,
    exits: Vec<(Vec<String>, &'d Exit)>,
    height: f64,
    right: f64,
}

impl<'d> Boxed<'d> {
    fn new(node: &'d Node, line: f64) -> Boxed<'d> {
        let words = wrapped(&node.text, TEXT_WIDTH, MOST_LINES);
        let exits: Vec<(Vec<String>, &Exit)> =
            node.exits.iter().map(|exit| (wrapped(&exit.label, LABEL_WIDTH, 1), exit)).collect();
        let right = exits
            .iter()
            .map(|(words, exit)| exit_label_width(words) + 44.0 + leave_width(&exit.to))
            .fold(0.0, f64::max);
        let height = 46.0 + as_float(words.len()) * line + if words.is_empty() { 0.0 } else { 6.0 };
        let height = height.max(as_float(exits.len()) * EXIT_HEIGHT);
        Boxed { node, words, exits, height, right }
    }

    fn size(&self) -> Size {
        Size { half: BOX / 2.0, right: self.right, height: self.height }
    }

    fn draw(&self, out: &mut String, at: Point, line: f64) {
        let (class, radius) = match self.node.shape {
            Shape::Say => ("say", 14.0),
            Shape::Ask => ("ask", 4.0),
            Shape::Act => ("act", 4.0),
            Shape::Branch => ("branch", 4.0),
            Shape::Flow => ("flow", 4.0),
            Shape::Pause => ("pause", 20.0),
        };
        let left = at.x - BOX / 2.0;
        let _ = writeln!(
            out,
            "<rect class=\"box {class}\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{BOX}\" height=\"{:.1}\" rx=\"{radius}\"/>",
            at.y, self.height
        );
        let text_left = left + 14.0;
        let _ = writeln!(
            out,
            "<text x=\"{text_left:.1}\" y=\"{:.1}\"><tspan class=\"name\">{}</tspan></text>",
            at.y + 20.0,
            escaped(&self.node.name)
        );
        let _ = writeln!(
            out,
            "<text class=\"kind\" x=\"{text_left:.1}\" y=\"{:.1}\">{}</text>",
            at.y + 37.0,
            escaped(&wrapped(&self.node.kind, TEXT_WIDTH * 1.15, 1).concat())
        );
        for (index, words) in self.words.iter().enumerate() {
            let _ = writeln!(
                out,
                "<text x=\"{text_left:.1}\" y=\"{:.1}\">{}</text>",
                at.y + 40.0 + (as_float(index) + 0.85) * line,
                escaped(words)
            );
        }
        let count = as_float(self.exits.len());
        for (index, (words, exit)) in self.exits.iter().enumerate() {
            let y =
                at.y + self.height / 2.0 + (as_float(index) - (count - 1.0) / 2.0) * EXIT_HEIGHT;
            draw_exit(out, Point { x: at.x + BOX / 2.0, y }, words, &exit.to);
        }
    }
}

fn exit_label_width(words: &[String]) -> f64 {
    let widest = words.iter().map(|word| width(word)).fold(0.0, f64::max);
    if widest > 0.0 { widest + 12.0 } else { 0.0 }
}

fn leave_width(leave: &Leave) -> f64 {
    match leave {
        Leave::End => 20.0,
        other => width(&leave_words(other)) + 24.0,
    }
}

fn leave_words(leave: &Leave) -> String {
    match leave {
        Leave::End => String::new(),
        Leave::Flow(name) => name.clone(),
        Leave::Result(result) => format!("● {result}"),
        Leave::Call(name) => format!("{name} ↩"),
        Leave::Again => "↺".to_owned(),
    }
}

/// A way that leaves the picture, to the right of its box.
fn draw_exit(out: &mut String, from: Point, words: &[String], leave: &Leave) {
    let label = exit_label_width(words);
    let tip = from.x + 36.0 + label;
    let _ = writeln!(
        out,
        "<path class=\"line\" marker-end=\"url(#tip)\" d=\"M{:.1} {:.1} H{tip:.1}\"/>",
        from.x, from.y
    );
    if label > 0.0 {
        let _ = writeln!(
            out,
            "<rect class=\"label\" x=\"{:.1}\" y=\"{:.1}\" width=\"{label:.1}\" height=\"24\" rx=\"4\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            from.x + 14.0,
            from.y - 12.0,
            from.x + 14.0 + label / 2.0,
            from.y + 5.0,
            escaped(&words.concat())
        );
    }
    if *leave == Leave::End {
        let _ = writeln!(
            out,
            "<circle class=\"pause\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"9\"/><circle class=\"start\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"5\"/>",
            tip + 9.0,
            from.y,
            tip + 9.0,
            from.y
        );
        return;
    }
    let words = leave_words(leave);
    let pill = width(&words) + 20.0;
    let _ = writeln!(
        out,
        "<rect class=\"box flow\" x=\"{tip:.1}\" y=\"{:.1}\" width=\"{pill:.1}\" height=\"24\" rx=\"12\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
        from.y - 12.0,
        tip + pill / 2.0,
        from.y + 5.0,
        escaped(&words)
    );
}

fn label(out: &mut String, middle: Point, words: &[String], line: f64) {
    let widest = words.iter().map(|word| width(word)).fold(0.0, f64::max) + 12.0;
    let height = as_float(words.len()) * line + 4.0;
    let top = middle.y - height / 2.0;
    let _ = writeln!(
        out,
        "<rect class=\"label\" x=\"{:.1}\" y=\"{top:.1}\" width=\"{widest:.1}\" height=\"{height:.1}\" rx=\"4\"/>",
        middle.x - widest / 2.0
    );
    for (index, word) in words.iter().enumerate() {
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            middle.x,
            top + 2.0 + (as_float(index) + 0.75) * line,
            escaped(word)
        );
    }
}

/// A line from point to point, vertical where it bends.
fn path(laid: &Laid) -> String {
    let class = if laid.back { "line back" } else { "line" };
    let mut d = String::new();
    let mut before: Option<Point> = None;
    for point in &laid.points {
        match before {
            None => {
                let _ = write!(d, "M{:.1} {:.1}", point.x, point.y);
            }
            Some(last) if (last.x - point.x).abs() < 0.5 => {
                let _ = write!(d, " L{:.1} {:.1}", point.x, point.y);
            }
            Some(last) => {
                let middle = f64::midpoint(last.y, point.y);
                let _ = write!(
                    d,
                    " C{:.1} {middle:.1} {:.1} {middle:.1} {:.1} {:.1}",
                    last.x, point.x, point.x, point.y
                );
            }
        }
        before = Some(*point);
    }
    format!("<path class=\"{class}\" marker-end=\"url(#tip)\" d=\"{d}\"/>\n")
}

/// About how wide a text is at 14 pixels. A reader's font is not known: letters are counted as
/// they are seen, with the mean width of their hand.
fn width(text: &str) -> f64 {
    text.graphemes(true).map(letter_width).sum()
}

fn letter_width(letter: &str) -> f64 {
    let Some(first) = letter.chars().next() else { return 0.0 };
    match first {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '!' | '|' | ' ' | '।' => 4.6,
        'm' | 'w' | 'M' | 'W' | '…' => 12.0,
        'A'..='Z' => 9.4,
        // A cluster of several letters of Devanagari is wider than one.
        '\u{900}'..='\u{97f}' => {
            let bases =
                letter.chars().filter(|sign| ('\u{905}'..='\u{939}').contains(sign)).count();
            let long = letter.chars().any(|sign| matches!(sign, 'ा' | 'ी' | 'ि' | 'ो' | 'ौ'));
            6.4 + 3.4 * as_float(bases.max(1)) + if long { 3.6 } else { 0.0 }
        }
        first if first.is_ascii() => 7.8,
        first if u32::from(first) >= 0x1f000 => 18.0,
        _ => 9.0,
    }
}

/// A text in lines no wider than this, at most so many; what is left is cut off.
fn wrapped(text: &str, most: f64, lines: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut current = String::new();
    for word in text.split_whitespace() {
        if !current.is_empty() && width(&current) + width(" ") + width(word) > most {
            out.push(std::mem::take(&mut current));
        }
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(word);
    }
    if !current.is_empty() {
        out.push(current);
    }
    let is_cut = out.len() > lines;
    out.truncate(lines);
    for line in &mut out {
        cut(line, most, false);
    }
    if is_cut && let Some(last) = out.last_mut() {
        cut(last, most, true);
    }
    out
}

/// Cuts a line to a width, with a sign that something is missing.
fn cut(line: &mut String, most: f64, something_follows: bool) {
    if width(line) <= most && !something_follows {
        return;
    }
    let mut end = 0;
    let mut so_far = letter_width("…");
    for (start, letter) in line.grapheme_indices(true) {
        so_far += letter_width(letter);
        if so_far > most {
            break;
        }
        end = start + letter.len();
    }
    line.truncate(end);
    line.push('…');
}

#[expect(clippy::cast_precision_loss, reason = "counts of lines are small numbers")]
fn as_float(number: usize) -> f64 {
    number as f64
}
