//! What is wrong with a file that is not Fluent, said as one would say it to a translator.

use fluent_syntax::parser::{ErrorKind, ParserError};

use super::compile::{Problem, ProblemKind};

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
    let (span, message, hint): Told = match &error.kind {
        ErrorKind::ExpectedToken('=') => {
            let name = content.split(['=', ':', ' ']).next().unwrap_or_default();
            let hint = if content.contains(':') && !content.contains('=') {
                format!("write `=`, not a colon: {name} = …")
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
        ErrorKind::MissingDefaultVariant => (
            opening(text, found).unwrap_or_else(here),
            "none of the variants is for everything else".to_owned(),
            "mark one of them with `*`: *[other] …".to_owned(),
        ),
        ErrorKind::ExpectedToken('}') => brace(text, found).unwrap_or_else(|| {
            (
                opening(text, found).unwrap_or_else(here),
                "a `{` is opened here and not closed".to_owned(),
                "a variable is { $name }, the party { -party }; a bare brace is {\"{\"}".to_owned(),
            )
        }),
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
            "write { $name }: a dollar, then small Latin letters, digits and _ without a space"
                .to_owned(),
        ),
        ErrorKind::ExpectedCharRange { .. } => margin(line, content),
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

/// A span, what is wrong, what to write.
type Told = ((usize, usize), String, String);

/// A line that cannot begin as it does.
fn margin(line: &str, content: &str) -> Told {
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
            Some(_) => (
                whole_line,
                "this label has no name of Latin letters, or stands under no text".to_owned(),
                "a label is `.yes = …`, indented under `name = …`".to_owned(),
            ),
            None => (
                whole_line,
                format!("there is no `=` after the label `.{name}`"),
                format!("write .{name} = {}", label.get(name.len()..).unwrap_or_default().trim()),
            ),
        };
    }
    if content.starts_with(['*', '[']) {
        return (
            whole_line,
            "a line of text cannot begin with `*` or `[`".to_owned(),
            "begin it with another sign, such as •, or with {\"[\"}".to_owned(),
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
    let before = text.get(..found)?;
    let start = before.rfind('{')?;
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
        let name = name.trim_end();
        let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
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
            message: format!("`{name} =` would be said as part of the text above"),
            hint: Some(format!(
                "a label begins with a dot: .{name} = …; a message begins at the margin"
            )),
        });
    }
}

fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|position| text.is_char_boundary(*position)).unwrap_or(0)
}
