//! What is wrong with a file that is not Fluent, said as one would say it to a translator.

use fluent_syntax::parser::{ErrorKind, ParserError};

use super::compile::{Problem, ProblemKind};
use super::saved::{CHAT_STAMP, chat_stamp, is_invisible};

/// The parser's error in plain words. `text` is the file behind its invisible mark of `mark` bytes.
pub(super) fn syntax(source: usize, text: &str, mark: usize, error: &ParserError) -> Problem {
    let found = floor_boundary(text, error.pos.start.min(text.len()));
    let line_start = text.get(..found).and_then(|before| before.rfind('\n')).map_or(0, |n| n + 1);
    let line = text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
    let indent = line.len() - line.trim_start().len();
    let content = line.trim();
    let whole_line = || (line_start + indent, line_start + indent + content.len().max(1));
    let here = || {
        let next = text.get(found..).and_then(|rest| rest.chars().next());
        (found, next.map_or(found, |character| found + character.len_utf8()))
    };
    if let Some(problem) = unseen(source, line, line_start + mark) {
        return problem;
    }
    if let Some(stamp) = chat_stamp(line) {
        let words = line.get(stamp.end..).unwrap_or_default().trim();
        return Problem {
            source,
            kind: ProblemKind::Syntax,
            span: line_start + mark + stamp.start..line_start + mark + stamp.end,
            message: CHAT_STAMP.to_owned(),
            hint: Some(format!(
                "remove the date, the time and the name, so that the line begins with its own \
                 words: {words}"
            )),
        };
    }
    let above = text.get(..line_start).unwrap_or_default().lines().next_back().unwrap_or_default();
    let goes_on = above.starts_with('#') && !content.contains('=') && !content.starts_with('#');
    let (span, message, hint): Told = match &error.kind {
        _ if goes_on && indent == 0 && content.contains(' ') => (
            whole_line(),
            "the line above is a comment, and this one goes on with it".to_owned(),
            format!("write `# {content}`"),
        ),
        ErrorKind::ExpectedToken('=') => {
            let name = content.split(['=', ':', ' ']).next().unwrap_or_default();
            let word = content
                .find(|sign: char| !(sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_')))
                .unwrap_or(content.len());
            let (plain, after) = content.split_at(word);
            let said = after.trim_start_matches(|sign: char| {
                sign.is_whitespace()
                    || matches!(sign, ':' | '=' | '–' | '—' | '-' | '→' | '＝' | '：' | ';')
            });
            let sign_between = !plain.is_empty()
                && after.trim_start().starts_with([':', '–', '—', '-', '→', '＝', '：', ';'])
                && !said.is_empty();
            let hint = if sign_between && !after.trim_start().starts_with(": ") {
                format!("write `=` of the Latin keyboard: {plain} = {said}")
            } else if content.contains(':') && !content.contains('=') {
                let said = content.split_once(':').map_or("", |(_, said)| said.trim());
                format!("write `=`, not a colon: {name} = {said}")
            } else if content.contains(" = ") || content.contains('=') {
                let joined = content.split('=').next().unwrap_or_default().trim().replace(' ', "-");
                format!("a name has no spaces: {joined} = …")
            } else if let Some((first, rest)) = content.split_once(' ')
                && !rest.is_ascii()
            {
                format!("write {first} = {rest}, or indent the line if it goes on with a text")
            } else {
                "lines that go on with a text are indented by four spaces; names are small \
                 Latin letters, digits and hyphens: birth-year = …"
                    .to_owned()
            };
            (here(), "a name must be followed by `=` and its text".to_owned(), hint)
        }
        ErrorKind::ExpectedToken(' ') if content.starts_with('#') => (
            whole_line(),
            "a comment needs a space after its `#`".to_owned(),
            format!("write `# {}`", content.trim_start_matches('#')),
        ),
        ErrorKind::ExpectedMessageField { entry_id } => {
            let start = line_start.min(found);
            (
                (start, start + entry_id.len().max(1)),
                format!("the message `{entry_id}` has neither a text nor labels"),
                "write its text after `=`, or indented by four spaces in the next line".to_owned(),
            )
        }
        ErrorKind::MissingDefaultVariant
            if !content.starts_with(['[', '*', '}', '{']) && !content.contains('}') =>
        {
            let words = content.trim_start_matches(['(', '<', '.', '-', ' ']);
            let end = words.find([')', ' ', ']', '>']).unwrap_or(words.len());
            let (key, rest) = words.split_at(end);
            let rest = rest.trim_start_matches([')', ']', '>', ' ']);
            (
                whole_line(),
                "the name of a variant stands in square brackets".to_owned(),
                format!("write [{key}] {rest}"),
            )
        }
        ErrorKind::MissingDefaultVariant => {
            let (span, key) = last_variant(text, found).unwrap_or_else(|| (here(), "[other]"));
            (
                span,
                "none of the variants is for everything else".to_owned(),
                format!("mark one of them with a star: *{key} …"),
            )
        }
        ErrorKind::MultipleDefaultVariants => {
            let (span, key) = starred(text, found).unwrap_or_else(|| (here(), "[one]"));
            (
                span,
                "two variants are marked with a star".to_owned(),
                format!("only the one for everything else is: write {key} without its star"),
            )
        }
        ErrorKind::ExpectedTermField { entry_id } => (
            whole_line(),
            format!("the term `-{entry_id}` is empty"),
            format!("write what it stands for: -{entry_id} = …"),
        ),
        ErrorKind::ExpectedInlineExpression => (
            opening(text, found).unwrap_or_else(here),
            "what stands in these braces is no variable".to_owned(),
            in_braces(text, found),
        ),
        ErrorKind::MessageReferenceAsSelector => {
            let start = open_brace(text, found).unwrap_or(line_start);
            let inner =
                text.get(start + 1..).unwrap_or_default().lines().next().unwrap_or_default();
            let name = inner.split("->").next().unwrap_or_default().trim();
            (
                (start, start + 1 + inner.trim_end().len()),
                "only a variable chooses between variants".to_owned(),
                format!("an answer has a dollar: {{ ${name} ->"),
            )
        }
        ErrorKind::ExpectedToken('}') => {
            brace(text, found).unwrap_or_else(|| not_closed(text, found, here()))
        }
        ErrorKind::ExpectedToken(']') => (
            whole_line(),
            "the name of a variant stands in square brackets".to_owned(),
            "write [one] …, and *[other] … for everything else".to_owned(),
        ),
        ErrorKind::UnbalancedClosingBrace => (
            here(),
            "this `}` closes nothing".to_owned(),
            "remove it; a variable is { $name }, with one brace on each side".to_owned(),
        ),
        ErrorKind::UnterminatedStringLiteral => (
            opening(text, found).unwrap_or_else(here),
            "a quote inside the braces is not closed".to_owned(),
            "braces hold a variable, { $name }; words stand outside of them".to_owned(),
        ),
        ErrorKind::ExpectedCharRange { .. } if inside_braces(text, found) => (
            opening(text, found).unwrap_or_else(here),
            "what stands in these braces is no variable".to_owned(),
            in_braces(text, found),
        ),
        ErrorKind::ExpectedCharRange { .. } => {
            let open = open_brace(text, found).and_then(|start| text.get(start..)?.lines().next());
            margin(line, content, open.is_some_and(|line| line.contains("->")))
        }
        ErrorKind::ForbiddenCallee => (
            here(),
            "functions are not used in texts".to_owned(),
            "numbers are grouped and dates written by themselves; write { $name }".to_owned(),
        ),
        other => (
            here(),
            other.to_string().to_lowercase(),
            "lines that go on with a text are indented; a line at the margin begins a new message"
                .to_owned(),
        ),
    };
    // A span of nothing at the beginning stands for the whole line.
    let (start, end) = if span == (0, 0) { whole_line() } else { span };
    Problem {
        source,
        kind: ProblemKind::Syntax,
        span: start + mark..end + mark,
        message,
        hint: Some(hint),
    }
}

/// A sign nobody sees, where the line begins or in the name before its `=`.
fn unseen(source: usize, line: &str, line_start: usize) -> Option<Problem> {
    let name = line.split(['=', '{']).next().unwrap_or_default();
    let latin = name.chars().all(|sign| sign.is_ascii() || is_invisible(sign));
    let offset = name.find(is_invisible).filter(|_| latin)?;
    let width = name.get(offset..)?.chars().next()?.len_utf8();
    let clean: String = name.chars().filter(|sign| !is_invisible(*sign)).collect();
    let start = line_start + offset;
    Some(Problem {
        source,
        kind: ProblemKind::Invisible,
        span: start..start + width,
        message: format!("there is a sign before or in `{}` that nobody sees", clean.trim()),
        hint: Some("delete the beginning of the line, up to the text, and type it anew".to_owned()),
    })
}

/// The brace that is open at `found`, however many lines above it stands.
fn open_brace(text: &str, found: usize) -> Option<usize> {
    let before = text.get(..found)?;
    let mut start = before.len();
    // The message this belongs to begins at the margin.
    for line in before.split_inclusive('\n').rev() {
        start -= line.len();
        if line.starts_with(|first: char| first.is_ascii_alphabetic() || first == '-') {
            break;
        }
    }
    let mut open: Vec<usize> = Vec::new();
    for (offset, sign) in before.get(start..)?.char_indices() {
        match sign {
            '{' => open.push(start + offset),
            '}' => {
                open.pop();
            }
            _ => {}
        }
    }
    open.last().copied()
}

/// A brace without its other one, with the words that were meant to be in it.
fn not_closed(text: &str, found: usize, here: (usize, usize)) -> Told {
    let message = "a `{` is opened here and not closed".to_owned();
    let Some(start) = open_brace(text, found) else {
        let hint = "a variable is { $name }, the party { -party }; a bare brace is {\"{\"}";
        return (here, message, hint.to_owned());
    };
    let line = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
    let inner = line.get(1..).unwrap_or_default().trim_start();
    let length = inner
        .find(|sign: char| !(sign.is_ascii_alphanumeric() || matches!(sign, '$' | '-' | '_')))
        .unwrap_or(inner.len());
    let name = inner.get(..length).unwrap_or_default();
    let rest = inner.get(length..).unwrap_or_default().trim();
    if inner.starts_with('{') {
        let hint = "one brace is enough on each side: { $name }";
        return ((start, start + 1), message, hint.to_owned());
    }
    if let Some(name) = name.strip_suffix('$').filter(|name| !name.is_empty()) {
        let message = "what stands in these braces is no variable".to_owned();
        return ((start, start + 1), message, format!("the dollar stands first: {{ ${name} }}"));
    }
    if rest.starts_with("->") {
        // A variant whose name is not in its brackets ends them too early.
        let misshapen =
            text.get(start..).unwrap_or_default().lines().skip(1).take(8).find(|line| {
                let content = line.trim_start();
                content.starts_with("* ") || content.starts_with("*(") || content.starts_with('(')
            });
        if let Some(line) = misshapen {
            let at = text.get(start..).and_then(|rest| rest.find(line)).unwrap_or(0) + start;
            let from = at + line.len() - line.trim_start().len();
            let words = line.trim_start_matches(['*', ' ', '(', '[']);
            let end = words.find([')', ']', ' ']).unwrap_or(words.len());
            let (key, rest) = words.split_at(end);
            let star = if line.contains('*') { "*" } else { "" };
            return (
                (from, at + line.trim_end().len()),
                "the name of a variant stands in square brackets, without a space before"
                    .to_owned(),
                format!("write {star}[{key}] {}", rest.trim_start_matches([')', ']', ' '])),
            );
        }
        let last = variants(text, start, found).last().map(|(at, _)| *at);
        let number = last.map(|at| text.get(..at).unwrap_or_default().matches('\n').count() + 1);
        let below = number.map_or_else(String::new, |number| format!(", line {number}"));
        return (
            (start, start + line.trim_end().len()),
            "these variants are not closed".to_owned(),
            format!("put a }} on a line of its own below the last of them{below}"),
        );
    }
    if rest.starts_with(['>', '-', '=', '→', '⇒', '➔', '➜', '–', '—', '−', '›']) {
        let words = rest.find(|sign: char| sign.is_alphanumeric() || sign.is_whitespace());
        let written = rest.get(..words.unwrap_or(rest.len())).unwrap_or(rest);
        let at = line.find(written).map_or(start, |offset| start + offset);
        return (
            (at, at + written.len().max(1)),
            format!("`{written}` is no arrow of a text file"),
            format!(
                "variants follow an arrow of two signs, the hyphen and the greater-than: \
                 {{ {name} ->"
            ),
        );
    }
    let hint = if name.is_empty() {
        "a variable is { $name }, the party { -party }; a bare brace is {\"{\"}".to_owned()
    } else {
        let words: Vec<&str> = rest.split_whitespace().take(2).collect();
        let more =
            if words.is_empty() { String::new() } else { format!(" {} …", words.join(" ")) };
        format!("close it behind the name: {{ {name} }}{more}")
    };
    ((start, start + 1), message, hint)
}

/// What to write where braces hold neither a variable nor a term.
fn in_braces(text: &str, found: usize) -> String {
    let usual = "write { $name }: a dollar, then small Latin letters, digits and _ without a space";
    let Some((start, end)) = opening(text, found) else { return usual.to_owned() };
    let inner = text.get(start + 1..end).unwrap_or_default().trim_end_matches('}').trim();
    if let Some((variable, _)) = inner.split_once("->") {
        return format!(
            "each variant stands on a line of its own: {{ {} ->, then [one] …, then *[other] …, then }}",
            variable.trim()
        );
    }
    if inner.starts_with(['"', '“', '”', '‘', '’', '«']) {
        return "braces hold a variable, { $name }; words stand outside of them".to_owned();
    }
    if let Some(term) = inner.strip_prefix(['-', '–', '—', '−']).map(str::trim)
        && term.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        && !term.is_empty()
    {
        return format!(
            "write {{ -{term} }}, with the hyphen of the keyboard and no space behind it"
        );
    }
    let name: String = inner
        .chars()
        .filter(|sign| {
            !matches!(sign, '$' | '₹' | '€' | '£' | ' ' | '{' | '}' | '(' | ')' | '%' | '#')
        })
        .collect();
    let plain = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if plain { format!("write {{ ${name} }}") } else { usual.to_owned() }
}

/// The line and key of the last variant above `found`.
fn last_variant(text: &str, found: usize) -> Option<((usize, usize), &str)> {
    let start = open_brace(text, found).unwrap_or(0);
    variants(text, start, found)
        .into_iter()
        .rev()
        .find(|(_, line)| line.starts_with('['))
        .and_then(key)
}

/// The variant with a star that is not for everything else; the last one when none says so.
fn starred(text: &str, found: usize) -> Option<((usize, usize), &str)> {
    let line_end = text.get(found..)?.find('\n').map_or(text.len(), |offset| found + offset);
    let start = open_brace(text, found).unwrap_or(0);
    let stars =
        variants(text, start, line_end).into_iter().filter(|(_, line)| line.starts_with('*'));
    let stars: Vec<(usize, &str)> = stars.collect();
    let odd = stars.iter().find(|(_, line)| !line.starts_with("*[other]")).or(stars.last())?;
    key(*odd)
}

/// The lines between two bytes that begin as a variant does, each with its first byte.
fn variants(text: &str, from: usize, to: usize) -> Vec<(usize, &str)> {
    let mut start = from;
    let mut found = Vec::new();
    for line in text.get(from..to).unwrap_or_default().split_inclusive('\n') {
        let content = line.trim_start();
        if content.starts_with(['*', '[']) {
            found.push((start + line.len() - content.len(), content.trim_end()));
        }
        start += line.len();
    }
    found
}

/// The bytes of a variant's key, and the key in its brackets.
fn key((start, line): (usize, &str)) -> Option<((usize, usize), &str)> {
    let end = line.find(']')? + 1;
    let from = line.find('[')?;
    Some(((start, start + end), line.get(from..end)?))
}

/// A span, what is wrong, what to write.
type Told = ((usize, usize), String, String);

/// A line that cannot begin as it does.
fn margin(line: &str, content: &str, variants_open: bool) -> Told {
    let whole_line = (0, 0);
    if line.starts_with('\t') || line.trim_start_matches(' ').starts_with('\t') {
        return (
            whole_line,
            "the line begins with a tab".to_owned(),
            "put four spaces in place of the tab".to_owned(),
        );
    }
    if let Some(label) = content.strip_prefix('.') {
        let name: String = label
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            .collect();
        return match label.split_once('=') {
            Some((_, text)) if text.trim().is_empty() => (
                whole_line,
                format!("the label `.{name}` is empty"),
                format!("write .{name} = and a word or two behind it"),
            ),
            Some((name, text)) => {
                let name = name.trim();
                let text = text.trim();
                if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
                    (
                        whole_line,
                        "there is a space in the name of this label, or no text above it"
                            .to_owned(),
                        format!(
                            "write .{} = {text}, under the text it belongs to",
                            name.replace(' ', "_")
                        ),
                    )
                } else {
                    (
                        whole_line,
                        format!("`.{name}` is no name of a choice"),
                        format!("the name is the one in the flow, in Latin letters: .yes = {text}"),
                    )
                }
            }
            None => (
                whole_line,
                format!("there is no `=` after the label `.{name}`"),
                format!(
                    "write .{name} = {}",
                    label
                        .get(name.len()..)
                        .unwrap_or_default()
                        .trim_start_matches(|sign: char| !sign.is_alphanumeric() && sign != '{')
                ),
            ),
        };
    }
    if content.starts_with('[') && content.contains(']') && variants_open {
        return (
            whole_line,
            "the name of a variant is a word in Latin letters".to_owned(),
            "write [one], [other] or the name of a choice in the flow: [yes]".to_owned(),
        );
    }
    if content.starts_with(['*', '[']) {
        return (
            whole_line,
            "a line of text cannot begin with `*` or `[`".to_owned(),
            format!(
                "write {{\"{}\"}}{}",
                content.get(..1).unwrap_or_default(),
                content.get(1..).unwrap_or_default()
            ),
        );
    }
    if content.starts_with("//") || content.starts_with('/') {
        return (
            whole_line,
            "this is no comment".to_owned(),
            format!("write `# {}`", content.trim_start_matches('/').trim()),
        );
    }
    if line.starts_with(' ') && content.contains('=') {
        return (
            whole_line,
            "this message does not begin at the margin".to_owned(),
            "remove the spaces before its name".to_owned(),
        );
    }
    let dashed = content.starts_with(['-', '–', '—', '−', '•', '*']);
    let quoted = content.starts_with(['"', '\'', '“', '‘']);
    if let Some((name, said)) = content.split_once('=')
        && (dashed || quoted)
    {
        let name = name.trim_matches(|sign: char| !sign.is_ascii_alphanumeric());
        let hint = if quoted {
            format!("write it without quotes: {name} = {}", said.trim())
        } else {
            format!(
                "write {name} = …; a term, as the party's name, is -{name} = …, without a space"
            )
        };
        return (whole_line, "a name begins with a small Latin letter".to_owned(), hint);
    }
    if content.contains('=') {
        return (
            whole_line,
            "a message has a name of small Latin letters, digits and hyphens".to_owned(),
            "for instance birth-year = …; the text itself may be in any script".to_owned(),
        );
    }
    (
        whole_line,
        "this line belongs to no message".to_owned(),
        "a line that goes on with a text is indented by four spaces".to_owned(),
    )
}

/// The brace that is open at `found`, with all up to there.
fn opening(text: &str, found: usize) -> Option<(usize, usize)> {
    let start = open_brace(text, found)?;
    let line_end = text.get(start..)?.find('\n').map_or(text.len(), |offset| start + offset);
    let close = text.get(start..line_end)?.find('}').map(|offset| start + offset + 1);
    Some((start, close.unwrap_or(start + 1)))
}

/// What stands in a pair of braces that is closed, and does not belong there.
fn brace(text: &str, found: usize) -> Option<Told> {
    let (start, end) = opening(text, found)?;
    let inner = text.get(start + 1..end)?.strip_suffix('}')?.trim();
    if inner.contains('{') {
        return None;
    }
    let (name, rest) = inner.split_once(' ')?;
    if rest.trim_start().starts_with('>') {
        return Some((
            (start, end),
            "variants follow an arrow".to_owned(),
            format!("write {{ {name} -> and a line [word] … for each"),
        ));
    }
    Some((
        (start, end),
        format!("`{rest}` is too much in these braces"),
        if rest.is_ascii() {
            format!("a variable is one word: {{ {} }}", inner.replace(' ', "_"))
        } else {
            format!("close the braces after the name: {{ {name} }} {rest}")
        },
    ))
}

fn inside_braces(text: &str, found: usize) -> bool {
    let line_start = text.get(..found).and_then(|before| before.rfind('\n')).map_or(0, |n| n + 1);
    let before = text.get(line_start..found).unwrap_or_default();
    before.rfind('{') > before.rfind('}')
}

/// Lines the parser takes for text, and nobody means as text: `yes = हाँ` without its dot.
pub(super) fn swallowed(source: usize, text: &str, problems: &mut Vec<Problem>) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let line_start = start;
        start += line.len();
        let content = line.trim();
        let indent = line.len() - line.trim_start().len();
        let Some((name, _)) = content.split_once('=') else { continue };
        // A full stop of Urdu or Hindi, or a sign of a list, where the dot of a label stands.
        let dot = name
            .chars()
            .next()
            .filter(|sign| matches!(sign, '۔' | '।' | '•' | '·' | '…' | '．' | '。' | ',' | '،'));
        let name = name.trim_start_matches(|sign| Some(sign) == dot).trim();
        let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
        let labelled = content.strip_prefix('.').unwrap_or(content);
        if let Some((plain, said)) = labelled.split_once('=')
            && said.starts_with('=')
            && !plain.contains('{')
        {
            let place = line_start + indent + content.find("==").unwrap_or(0);
            problems.push(Problem {
                source,
                kind: ProblemKind::Syntax,
                span: place..place + 2,
                message: "one `=` is enough: the second would be said".to_owned(),
                hint: Some(format!("write {}= {}", plain, said.trim_start_matches(['=', ' ']))),
            });
            continue;
        }
        if indent == 0 || !is_name {
            continue;
        }
        let place = line_start + indent;
        if problems.iter().any(|known| known.source == source && known.span.contains(&place)) {
            continue;
        }
        problems.push(Problem {
            source,
            kind: ProblemKind::Syntax,
            span: place..place + name.len(),
            message: match dot {
                Some(sign) => {
                    format!("`{sign}` is no dot of the keyboard: this would be said as text")
                }
                None => format!("`{name} =` would be said as part of the text above"),
            },
            hint: Some(format!(
                "a label begins with a dot: .{name} = …; a message begins at the margin"
            )),
        });
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|position| text.is_char_boundary(*position)).unwrap_or(0)
}
