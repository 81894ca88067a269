//! What is wrong with a file that is not YAML, said as one would say it to a volunteer. The parser
//! knows where it stopped; the slip is often a line or two before.

use super::super::code::Code;
use super::super::diagnostic::{Findings, Place};

/// A slip: where, what kind, what is wrong, what to write.
struct Slip {
    start: usize,
    end: usize,
    code: Code,
    message: String,
    hint: String,
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

fn find(text: &str, at: usize, said: &str) -> Slip {
    let lines = lines_of(text);
    let stopped = lines.iter().rposition(|line| line.start <= at).unwrap_or(0);
    let upto = lines.get(..=stopped).unwrap_or_default();
    let line = lines.get(stopped).copied().unwrap_or(Line { start: 0, text: "" });
    tab(upto)
        .or_else(|| strange_colon(upto))
        .or_else(|| dash(upto))
        .or_else(|| open_quote(upto, said))
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

/// A tab before the first word of a line.
fn tab(lines: &[Line<'_>]) -> Option<Slip> {
    lines.iter().find_map(|line| {
        let head = line.text.get(..line.indent())?;
        let offset = head.find('\t')?;
        let start = line.start + offset;
        Some(Slip {
            start,
            end: start + 1,
            code: Code::Tab,
            message: "the line begins with a tab".to_owned(),
            hint: "YAML counts spaces: put two spaces in place of each tab".to_owned(),
        })
    })
}

/// A colon of another script looks like one and is none; a space that cannot be seen.
fn strange_colon(lines: &[Line<'_>]) -> Option<Slip> {
    lines.iter().find_map(|line| {
        let content = line.content();
        if let Some((key, _)) = content.split_once(['：', '﹕', 'ः'])
            && !content.contains(": ")
            && !content.ends_with(':')
            && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' '))
        {
            let start = line.start + line.indent() + key.len();
            let width = line.text.get(line.indent() + key.len()..)?.chars().next()?.len_utf8();
            return Some(Slip {
                start,
                end: start + width,
                code: Code::MissingColon,
                message: "this sign looks like a colon and is none".to_owned(),
                hint: format!("write `{key}: …` with the colon of the Latin keyboard"),
            });
        }
        let head: String = line.text.chars().take_while(|c| c.is_whitespace()).collect();
        let strange = head.find(|c: char| !matches!(c, ' ' | '\t'))?;
        let width = head.get(strange..)?.chars().next()?.len_utf8();
        let start = line.start + strange;
        Some(Slip {
            start,
            end: start + width,
            code: Code::Indentation,
            message: "this space is not the space of the keyboard".to_owned(),
            hint: "delete the spaces at the beginning of the line and type them anew".to_owned(),
        })
    })
}

/// A quote that is still open at the end of its line, where the parser went on to another.
fn open_quote(lines: &[Line<'_>], said: &str) -> Option<Slip> {
    if said.contains("unclosed quote") {
        // The parser knows where.
        return None;
    }
    lines.iter().find_map(|line| {
        let mut before = ' ';
        let mut open: Option<(usize, char)> = None;
        for (offset, sign) in without_comment(line.text).char_indices() {
            match open {
                Some((_, quote)) if quote == sign => open = None,
                None if matches!(sign, '\'' | '"') && matches!(before, ' ' | '[' | '{' | ',') => {
                    open = Some((offset, sign));
                }
                _ => {}
            }
            before = sign;
        }
        let (offset, quote) = open?;
        Some(Slip {
            start: line.start + offset,
            end: line.span().1.max(line.start + offset + 1),
            code: Code::Quotes,
            message: format!("the quote `{quote}` is opened here and not closed"),
            hint: format!("put a second {quote} behind the last word"),
        })
    })
}

/// Keys of steps that stand in a line with the step's name instead of under it.
fn beside_its_key(lines: &[Line<'_>]) -> Option<Slip> {
    let written: Vec<&Line<'_>> = lines.iter().filter(|line| !line.is_blank()).collect();
    written.windows(2).find_map(|pair| {
        let [owner, line] = pair else { return None };
        let name = owner.content().strip_suffix(':')?;
        let key = head(line.content());
        let strays = ["say", "ask", "answer", "do", "if", "goto", "call", "switch"].contains(&key);
        (strays && owner.indent() == line.indent() && owner.indent() > 0).then(|| {
            let (start, end) = line.span();
            Slip {
                start,
                end,
                code: Code::Indentation,
                message: format!("`{key}` stands beside `{name}:`, not under it"),
                hint: "begin the line with two spaces more".to_owned(),
            }
        })
    })
}

/// A line further left than those above and below it, which belong together.
fn out_of_line(line: Line<'_>, upto: &[Line<'_>], said: &str) -> Option<Slip> {
    if !(said.contains("did not find expected key") || said.contains("mapping values")) {
        return None;
    }
    let mut above = upto.iter().rev().skip(1).filter(|line| !line.is_blank());
    let odd = above.next()?;
    let around = line.indent();
    let mut block = above.take_while(|above| above.indent() >= around);
    if odd.indent() >= around || !block.any(|above| above.indent() == around) {
        return None;
    }
    let (start, end) = odd.span();
    Some(Slip {
        start,
        end,
        code: Code::Indentation,
        message: format!(
            "this line begins with {}, those around it with {}",
            spaces_in_words(odd.indent()),
            spaces_in_words(around)
        ),
        hint: format!("begin it with {}", spaces_in_words(around)),
    })
}

/// `-me: …` for `- me: …`.
fn dash(lines: &[Line<'_>]) -> Option<Slip> {
    lines.iter().find_map(|line| {
        let rest = line.content().strip_prefix('-')?;
        let glued = rest.starts_with(|c: char| c.is_alphabetic());
        glued.then(|| {
            let (start, end) = line.span();
            let word = rest.split([':', ' ']).next().unwrap_or_default();
            Slip {
                start,
                end: end.min(start + 1 + word.len()),
                code: Code::Indentation,
                message: "there is no space after the `-`".to_owned(),
                hint: format!("write `- {rest}`"),
            }
        })
    })
}

/// What the parser's own words point to.
fn by_words(text: &str, at: usize, said: &str, line: Line<'_>, upto: &[Line<'_>]) -> Option<Slip> {
    let has = |words: &str| said.contains(words);
    if has("unclosed quote") || (has("unexpected end of stream") && has("quote")) {
        return Some(unclosed_quote(text, at, line));
    }
    if has("invalid trailing content after") || has("unknown escape") {
        return Some(after_quote(at, line));
    }
    if has("multiple YAML documents") {
        let mark = upto.iter().rev().find(|line| line.text.starts_with("---")).copied();
        let (start, end) = mark.unwrap_or(line).span();
        return Some(Slip {
            start,
            end,
            code: Code::YamlSyntax,
            message: "a second file begins inside this one".to_owned(),
            hint: "remove the line `---`; every flow and every rehearsal is a file of its own"
                .to_owned(),
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
        let (start, end) = line.span();
        return Some(Slip {
            start,
            end,
            code: Code::Indentation,
            message: "this line stands in a list and does not begin with `- `".to_owned(),
            hint: "begin it with `- `, or move it as far left as the key it belongs to".to_owned(),
        });
    }
    if has("did not find expected key") || has("indentation") {
        return Some(indentation(at, line, upto));
    }
    None
}

/// From a byte to the end of its line's content.
fn span_from(at: usize, line: Line<'_>) -> (usize, usize) {
    let (_, end) = line.span();
    (at, end.max(at + 1))
}

fn unclosed_quote(text: &str, at: usize, line: Line<'_>) -> Slip {
    let quote = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('"');
    let quote = if matches!(quote, '\'' | '"') { quote } else { '"' };
    let (start, end) = span_from(at, line);
    Slip {
        start,
        end,
        code: Code::Quotes,
        message: format!("the quote `{quote}` is opened here and not closed"),
        hint: format!("put a second {quote} behind the last word"),
    }
}

fn after_quote(at: usize, line: Line<'_>) -> Slip {
    let (start, end) = span_from(at, line);
    let single = line.text.contains('\'');
    Slip {
        start,
        end,
        code: Code::Quotes,
        message: "the value goes on after its closing quote".to_owned(),
        hint: if single {
            "put the whole value into double quotes, with single ones inside: \"coming == 'yes'\""
                .to_owned()
        } else {
            "put the whole value into single quotes, with double ones inside: 'coming == \"yes\"'"
                .to_owned()
        },
    }
}

fn special_sign(text: &str, at: usize, line: Line<'_>) -> Slip {
    let sign = text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('@');
    let (start, _) = span_from(at, line);
    let rest = text.get(at..).unwrap_or_default();
    let length = rest.find(['\n', ',', '}']).unwrap_or(rest.len()).max(1);
    let value = rest.get(..length).unwrap_or_default().trim();
    Slip {
        start,
        end: start + value.len().max(1),
        code: Code::NeedsQuotes,
        message: format!("a value cannot begin with `{sign}`"),
        hint: format!("put it in quotes: '{value}'"),
    }
}

/// An opening bracket on the way to `at` that is still open there, innermost first.
fn open_brackets(text: &str, at: usize) -> Vec<(usize, char)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut quote: Option<char> = None;
    let mut comment = false;
    let mut before = '\n';
    for (offset, character) in text.get(..at).unwrap_or(text).char_indices() {
        if character == '\n' {
            comment = false;
        } else if comment {
            continue;
        }
        match (quote, character) {
            (Some(open), _) => quote = (open != character).then_some(open),
            (None, '#') if before.is_whitespace() => comment = true,
            (None, '\'' | '"') if matches!(before, ' ' | '[' | '{' | ',' | '\n') => {
                quote = Some(character);
            }
            (None, '{' | '[') => open.push((offset, character)),
            (None, '}' | ']') => {
                open.pop();
            }
            _ => {}
        }
        before = character;
    }
    open
}

fn bracket(text: &str, at: usize, said: &str, line: Line<'_>) -> Option<Slip> {
    let here = text.get(at..).unwrap_or_default();
    let sign = here.chars().next().unwrap_or('\n');
    if said.contains("misplaced bracket") {
        return Some(Slip {
            start: at,
            end: at + sign.len_utf8(),
            code: Code::Unclosed,
            message: format!("`{sign}` closes nothing"),
            hint: "remove it, or open a bracket before".to_owned(),
        });
    }
    let unclosed = |start: usize, opened: char| {
        let closing = if opened == '{' { '}' } else { ']' };
        Slip {
            start,
            end: start + 1,
            code: Code::Unclosed,
            message: format!("`{opened}` is opened here and not closed"),
            hint: format!("put a `{closing}` where it ends"),
        }
    };
    if said.contains("mismatched bracket") && matches!(sign, '[' | '{') {
        return Some(unclosed(at, sign));
    }
    let open = open_brackets(text, at);
    let (opened_at, opened) = open.last().copied()?;
    if opened_at < line.start {
        // The bracket that was opened on an earlier line and never closed there.
        let first_left_open = open.iter().rev().take_while(|(start, _)| *start < line.start).last();
        let (start, opened) = first_left_open.copied().unwrap_or((opened_at, opened));
        return Some(unclosed(start, opened));
    }
    if matches!(sign, '[' | '{') {
        let value_start = value_before(text, at);
        return Some(Slip {
            start: at,
            end: at + 1,
            code: Code::NeedsQuotes,
            message: format!("a value with `{sign}` in it needs quotes"),
            hint: format!(
                "put the whole in quotes: \"{}…\"",
                text.get(value_start..at).unwrap_or_default()
            ),
        });
    }
    if said.contains("implicit flow mapping") || here.starts_with(',') {
        return Some(Slip {
            start: at,
            end: at + 1,
            code: Code::YamlSyntax,
            message: "two commas, and nothing between them".to_owned(),
            hint: "remove one of them".to_owned(),
        });
    }
    if sign == ':' || here.trim_start().starts_with(':') {
        let start = word_before(text, at);
        let key = text.get(start..at).unwrap_or_default().trim();
        return Some(Slip {
            start,
            end: at,
            code: Code::Unclosed,
            message: format!("a comma is missing before `{key}`"),
            hint: "keys between { and } are separated by commas: {from: 1, to: 8}".to_owned(),
        });
    }
    Some(unclosed(opened_at, opened))
}

/// Where the value begins that byte `at` belongs to.
fn value_before(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let colon = before.rfind(": ").map_or(line_start, |colon| colon + 2);
    colon.max(line_start)
}

/// Where the word begins that ends before byte `at`.
fn word_before(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let trimmed = before.trim_end();
    trimmed.rfind([' ', ',', '{', '[', '\n']).map_or(0, |separator| separator + 1)
}

fn no_colon(line: Line<'_>) -> Slip {
    let (start, end) = line.span();
    let content = line.content();
    let (key, rest) = content.split_once([' ', '{', '[']).unwrap_or((content, ""));
    // `ask:ride` is a colon without its space, and `ask = ride` one that was taken for another sign.
    let glued = key.split_once(':').filter(|(name, value)| !name.is_empty() && !value.is_empty());
    let (key, hint) = if let Some((name, value)) = glued {
        (name, format!("write `{name}: {value}`, with a space behind the colon"))
    } else if rest.is_empty() {
        (key, format!("write `{key}:`"))
    } else {
        let value = content.get(key.len()..).unwrap_or_default().trim_start();
        let value = value.strip_prefix('=').map_or(value, str::trim_start);
        (key, format!("write `{key}: {value}`"))
    };
    Slip {
        start,
        end: end.min(start + key.len().max(1)),
        code: Code::MissingColon,
        message: format!("there is no colon after `{key}`"),
        hint,
    }
}

/// A colon where no key can stand: in a text, after a line without a colon, or too far right.
fn stray_colon(at: usize, line: Line<'_>, upto: &[Line<'_>]) -> Slip {
    let offset = at.saturating_sub(line.start);
    let first_colon = line.text.find(": ").or_else(|| line.text.find(':')).unwrap_or(offset);
    let before_brace = line.content().split(['{', '[']).next().unwrap_or_default();
    if before_brace.len() < line.content().len()
        && !before_brace.contains(": ")
        && !before_brace.trim().is_empty()
        && !before_brace.starts_with('-')
    {
        let (start, _) = line.span();
        let key = before_brace.trim_end();
        let (key, missing) = match key.strip_suffix(':') {
            Some(key) => (key, "there is no space after the colon of"),
            None => (key, "there is no colon after"),
        };
        return Slip {
            start,
            end: start + before_brace.trim_end().len().max(1),
            code: Code::MissingColon,
            message: format!("{missing} `{key}`"),
            hint: format!(
                "write `{key}: {}`",
                line.content().get(before_brace.len()..).unwrap_or_default()
            ),
        };
    }
    if first_colon < offset {
        let value = line.text.get(first_colon + 1..).unwrap_or_default();
        let lead = value.len() - value.trim_start().len();
        let start = line.start + first_colon + 1 + lead;
        let value = without_comment(value).trim();
        return Slip {
            start,
            end: start + value.len().max(1),
            code: Code::NeedsQuotes,
            message: "a value with `: ` in it needs quotes".to_owned(),
            hint: format!("write '{value}'"),
        };
    }
    let before = upto.iter().rev().skip(1).find(|line| !line.is_blank()).copied();
    if let Some(before) = before {
        let content = before.content();
        let colon = content.contains(": ") || content.ends_with(':');
        if !colon && before.indent() <= line.indent() {
            return no_colon(before);
        }
        if before.indent() < line.indent() {
            let (start, end) = line.span();
            return Slip {
                start,
                end,
                code: Code::Indentation,
                message: format!(
                    "this line begins with {} spaces, the one it belongs to with {}",
                    line.indent(),
                    before.indent()
                ),
                hint: format!("begin it with {} spaces, like `{}`", before.indent(), head(content)),
            };
        }
    }
    let (start, end) = line.span();
    Slip {
        start,
        end,
        code: Code::NeedsQuotes,
        message: "a colon stands where none can".to_owned(),
        hint: "a value with `: ` in it needs quotes".to_owned(),
    }
}

/// The first word of a line, for "like `say`".
fn head(content: &str) -> &str {
    content.split(':').next().unwrap_or(content)
}

/// A line that fits none of the blocks that are open above it.
fn indentation(at: usize, line: Line<'_>, upto: &[Line<'_>]) -> Slip {
    let (start, end) = line.span();
    if at > start {
        return Slip {
            start: at,
            end: end.max(at + 1),
            code: Code::YamlSyntax,
            message: "the line goes on after its value has ended".to_owned(),
            hint: "put a comma and a key before it inside the brackets, or remove it".to_owned(),
        };
    }
    if line.content().starts_with("- ") {
        return Slip {
            start,
            end,
            code: Code::Indentation,
            message: "a line of a list stands among keys".to_owned(),
            hint: "move it two spaces to the right, under the key whose list it is".to_owned(),
        };
    }
    let indent = line.indent();
    // The indents of the blocks that enclose this line, innermost first.
    let mut open: Vec<(usize, &str)> = Vec::new();
    let mut least = usize::MAX;
    for above in upto.iter().rev().skip(1).filter(|line| !line.is_blank()) {
        if above.indent() < least {
            least = above.indent();
            open.push((least, head(above.content())));
        }
    }
    let near = open.iter().min_by_key(|(other, _)| other.abs_diff(indent)).copied();
    let hint = match near {
        Some((spaces, like)) if spaces != indent => {
            format!("begin it with {}, like `{like}`", spaces_in_words(spaces))
        }
        _ => "begin lines that belong together with the same number of spaces".to_owned(),
    };
    Slip {
        start,
        end,
        code: Code::Indentation,
        message: format!("no line above begins with {}", spaces_in_words(indent)),
        hint,
    }
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
