//! What is wrong with a file that is not YAML, said as one would say it to a volunteer. The parser
//! knows where it stopped; the slip is often a line or two before.

mod brackets;
mod colons;
mod columns;
mod comments;
mod joined;
mod signs;

use self::brackets::bracket;
use self::colons::{no_colon, stray_colon};
use self::columns::{
    beside_its_key, dash, indentation, list_and_keys, out_of_line, words_without_dashes,
};
use self::comments::{comment_goes_on, eaten_by_comment};
use self::joined::joined;
use self::signs::{
    after_quote, dash_without_space, long_dash, open_quote, special_sign, strange_colon,
    strange_escape, tab, unclosed_quote,
};
use super::super::code::Code;
use super::super::diagnostic::{Findings, Place};
use super::super::draft::FLOW_KEYS;
use super::{CHAT_STAMP, chat_stamp};

/// A slip: where, what kind, what is wrong, what to write.
struct Slip {
    start: usize,
    end: usize,
    code: Code,
    message: String,
    hint: String,
}

impl Slip {
    /// A slip of a whole line.
    fn of_line(line: &Line<'_>, code: Code, message: String, hint: String) -> Slip {
        let (start, end) = line.span();
        Slip { start, end, code, message, hint }
    }
}

/// One line of the file.
#[derive(Clone, Copy)]
struct Line<'a> {
    start: usize,
    text: &'a str,
}

impl<'a> Line<'a> {
    fn indent(self) -> usize {
        self.text.len() - self.text.trim_start_matches([' ', '\t']).len()
    }

    fn content(self) -> &'a str {
        without_comment(self.text).trim()
    }

    fn is_blank(self) -> bool {
        self.content().is_empty()
    }

    /// Bytes of its content.
    fn span(self) -> (usize, usize) {
        let start = self.start + self.indent();
        (start, (start + self.content().len()).max(start + 1))
    }
}

/// Tells why the parser stopped at byte `at` with these words.
pub(super) fn tell(file: usize, text: &str, at: usize, said: &str, findings: &mut Findings<'_>) {
    let slip = find(text, at, said);
    let place = Place { file, start: slip.start, end: slip.end };
    findings.error_hint(place, slip.message, slip.hint).code(slip.code);
}

/// Tells of a line, which begins at byte `start`, that was copied from a chat.
pub(super) fn stamped(file: usize, start: usize, line: &str, findings: &mut Findings<'_>) {
    let Some(slip) = stamp(Line { start, text: line }) else { return };
    let place = Place { file, start: slip.start, end: slip.end };
    findings.error_hint(place, slip.message, slip.hint).code(slip.code);
}

/// `[21/11/26, 10:32 AM] name: people: {ask: people}`.
fn stamp(line: Line<'_>) -> Option<Slip> {
    let bytes = chat_stamp(line.text)?;
    let words = line.text.get(bytes.end..).unwrap_or_default().trim();
    let key = words.split(':').next().unwrap_or_default();
    let is_step = words.contains(": {")
        && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let spaces = if FLOW_KEYS.contains(&key) {
        "no space"
    } else if is_step {
        "two spaces"
    } else {
        "as many spaces as the lines beside it"
    };
    Some(Slip {
        start: line.start + bytes.start,
        end: line.start + bytes.end,
        code: Code::YamlSyntax,
        message: CHAT_STAMP.to_owned(),
        hint: format!(
            "remove the date, the time and the name, and begin the line with {spaces}: {words}"
        ),
    })
}

fn find(text: &str, at: usize, said: &str) -> Slip {
    let lines = lines_of(text);
    let stopped = lines.iter().rposition(|line| line.start <= at).unwrap_or(0);
    let upto = lines.get(..=stopped).unwrap_or_default();
    let line = lines.get(stopped).copied().unwrap_or(Line { start: 0, text: "" });
    upto.iter()
        .find_map(|line| stamp(*line))
        .or_else(|| tab(upto))
        .or_else(|| comment_goes_on(line, upto))
        .or_else(|| strange_colon(upto))
        .or_else(|| long_dash(upto))
        .or_else(|| dash_without_space(upto))
        .or_else(|| dash(upto))
        .or_else(|| words_without_dashes(upto))
        .or_else(|| open_quote(upto, said))
        .or_else(|| joined(line))
        .or_else(|| beside_its_key(upto))
        .or_else(|| out_of_line(line, upto, said))
        .or_else(|| by_words(text, at, said, line, upto))
        .unwrap_or_else(|| {
            let rest = text.get(at..).unwrap_or_default();
            let length = rest.find(['\n', ' ', ':', ',']).unwrap_or(rest.len()).max(1);
            Slip {
                start: at,
                end: at + length,
                code: Code::YamlSyntax,
                message: format!("this is not YAML: {said}"),
                hint: "look at the spaces at the beginning of the line, at quotes and at \
                       brackets; a text with `: `, `{` or `[` in it needs quotes"
                    .to_owned(),
            }
        })
}

fn lines_of(text: &str) -> Vec<Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let this = Line { start, text: line.trim_end_matches(['\n', '\r']) };
            start += line.len();
            this
        })
        .collect()
}

/// What the parser's own words point to.
fn by_words(text: &str, at: usize, said: &str, line: Line<'_>, upto: &[Line<'_>]) -> Option<Slip> {
    let has = |words: &str| said.contains(words);
    if has("unclosed quote") || (has("unexpected end of stream") && has("quote")) {
        return Some(unclosed_quote(text, at, line));
    }
    if has("invalid trailing content after") || has("escape") {
        return Some(strange_escape(line).unwrap_or_else(|| after_quote(at, line)));
    }
    if has("multiple YAML documents") {
        let mark = upto.iter().rev().find(|line| line.text.starts_with("---")).copied();
        let (start, end) = mark.unwrap_or(line).span();
        return Some(Slip {
            start,
            end,
            code: Code::YamlSyntax,
            message: "a second file begins inside this one".to_owned(),
            hint: match name_below(text, start) {
                Some(path) => {
                    format!("move what stands below to {path}, and remove the line `---`")
                }
                None => {
                    "remove the line `---`; every flow and every rehearsal is a file of its own"
                        .to_owned()
                }
            },
        });
    }
    if has("alias references") || has("unexpected character") || has("anchor") {
        return Some(special_sign(text, at, line));
    }
    if has("bracket")
        || has("',' or '}'")
        || has("',' or ']'")
        || has("implicit flow mapping")
        || has("illegal placement of ':'")
        || has("flow sequence")
        || has("flow mapping")
    {
        return bracket(text, at, said, line);
    }
    if has("simple key expected ':'") {
        return Some(no_colon(line));
    }
    if has("block sequence entries are not allowed") {
        let (start, end) = span_from(at, line);
        return Some(Slip {
            start,
            end,
            code: Code::Indentation,
            message: "a list does not begin on the line of its key".to_owned(),
            hint: "write [first, second], or each `- …` on a line of its own below".to_owned(),
        });
    }
    if has("mapping values are not allowed") {
        return Some(stray_colon(at, line, upto));
    }
    if has("expected '-' indicator") {
        return Some(list_and_keys(at, line, upto));
    }
    if has("comments must be separated") || has("block scalar") {
        return Some(special_sign(text, at, line));
    }
    if has("recursion limit") {
        return Some(Slip {
            start: at,
            end: at + 1,
            code: Code::Unclosed,
            message: "brackets stand in brackets too often here".to_owned(),
            hint: "a list is [first, second]; close each bracket before the next".to_owned(),
        });
    }
    if has("did not find expected key") || has("indentation") {
        return Some(indentation(at, line, upto));
    }
    None
}

/// Where the flow belongs that begins behind this byte.
fn name_below(text: &str, start: usize) -> Option<String> {
    let mut below = text.get(start..)?.lines().skip(1);
    let name = below.find_map(|line| line.strip_prefix("flow:"))?;
    let name = without_comment(name).trim();
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (plain && !name.is_empty()).then(|| format!("flows/{name}.yaml"))
}

/// From a byte to the end of its line's content.
fn span_from(at: usize, line: Line<'_>) -> (usize, usize) {
    let (_, end) = line.span();
    (at, end.max(at + 1))
}

/// The first word of a line, for "like `say`".
fn head(content: &str) -> &str {
    content.split(':').next().unwrap_or(content)
}

fn spaces_in_words(count: usize) -> String {
    match count {
        0 => "no space".to_owned(),
        1 => "1 space".to_owned(),
        many => format!("{many} spaces"),
    }
}

/// A line up to its comment.
fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with('#') {
        return "";
    }
    line.find(" #").and_then(|offset| line.get(..offset)).unwrap_or(line)
}
