//! A configuration file looked at by itself: everything wrong in it, each with its place.

use std::ops::Range;
use std::path::Path;

use toml::Value;
use toml::de::{DeTable, DeValue};

use super::fetch::{SECRET_ITSELF, SECTION};
use super::reader::{edits, table_of};
use super::{Config, DEFAULTS, Origins, Risk};

/// Something wrong in a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProblem {
    pub kind: FileProblemKind,
    /// Bytes of its text.
    pub span: Range<usize>,
    pub message: String,
    pub hint: Option<String>,
}

/// What kind of mistake a [`FileProblem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileProblemKind {
    Syntax,
    UnknownKey,
    WrongType,
    /// Of the right type and out of bounds, or unknown.
    Value,
    /// A secret may stand there, where the name of a file belongs: its span is not to be shown.
    Secret,
    /// A file with a secret that is not on this machine: who serves needs it, nobody else does.
    Absent,
}

/// Everything wrong in the file at `path` with this text. Values from elsewhere (the environment,
/// the command line) are not looked at.
#[must_use]
pub fn examine(path: &Path, text: &str) -> Vec<FileProblem> {
    let table = match DeTable::parse(text) {
        Ok(table) => table.into_inner(),
        Err(error) => return vec![syntax(text, &error)],
    };
    let defaults = table_of(DEFAULTS).unwrap_or_default();
    let mut problems = Vec::new();
    let mut places: Vec<(String, Range<usize>)> = Vec::new();
    for (key, value) in &table {
        let name: &str = key.get_ref();
        match (defaults.get(name), value.get_ref()) {
            (Some(Value::Table(section)), DeValue::Table(inner)) => {
                for (inner_key, inner_value) in inner {
                    let dotted = format!("{name}.{}", inner_key.get_ref());
                    let span = inner_key.span();
                    note_deeper(&dotted, inner_value.get_ref(), &mut places);
                    match section.get(inner_key.get_ref().as_ref()) {
                        // A section whose keys are the office's own.
                        None if section.is_empty() => places.push((dotted, inner_value.span())),
                        None => problems.push(unknown(
                            inner_key.get_ref(),
                            span,
                            Some(name),
                            section.keys().map(String::as_str),
                            &defaults,
                        )),
                        Some(default) => {
                            check_type(&dotted, default, inner_value.get_ref(), inner_value.span())
                                .map_or_else(
                                    || places.push((dotted, inner_value.span())),
                                    |one| {
                                        problems.push(one);
                                    },
                                );
                        }
                    }
                }
            }
            (Some(Value::Table(_)), _) => problems.push(FileProblem {
                kind: FileProblemKind::WrongType,
                span: key.span(),
                message: format!("`{name}` is a section"),
                hint: Some(format!("write [{name}] on a line of its own, its keys below it")),
            }),
            (Some(default), given) => {
                check_type(name, default, given, value.span()).map_or_else(
                    || places.push((name.to_owned(), value.span())),
                    |one| problems.push(one),
                );
            }
            (None, DeValue::Table(_)) => {
                let sections = defaults.iter().filter(|(_, value)| value.is_table());
                problems.push(unknown(
                    name,
                    key.span(),
                    None,
                    sections.map(|(known, _)| known.as_str()),
                    &defaults,
                ));
            }
            (None, _) => {
                let keys = defaults.iter().filter(|(_, value)| !value.is_table());
                problems.push(unknown(
                    name,
                    key.span(),
                    None,
                    keys.map(|(known, _)| known.as_str()),
                    &defaults,
                ));
            }
        }
    }
    let told: Vec<Range<usize>> = problems.iter().map(|problem| problem.span.clone()).collect();
    problems.extend(values(path, text, &places, &told));
    problems.sort_by_key(|problem| problem.span.start);
    problems
}

/// Where the keys of sections within a section stand (`sms.accounts.NAME.KEY`): the configuration
/// itself says what is wrong with them.
fn note_deeper(dotted: &str, value: &DeValue<'_>, places: &mut Vec<(String, Range<usize>)>) {
    let DeValue::Table(table) = value else { return };
    for (key, value) in table {
        let deeper = format!("{dotted}.{}", key.get_ref());
        note_deeper(&deeper, value.get_ref(), places);
        places.push((deeper, value.span()));
    }
}

/// What the configuration itself says about the values, where they stand in this file.
fn values(
    path: &Path,
    text: &str,
    places: &[(String, Range<usize>)],
    told: &[Range<usize>],
) -> Vec<FileProblem> {
    let origins = Origins { file: Some((path.to_owned(), text.to_owned())), ..Origins::default() };
    let errors = match Config::read_without_secrets(&origins) {
        Ok(config) => {
            let mut problems = risks(&config, places);
            problems.extend(absent(path, &config, places));
            return problems;
        }
        Err(errors) => errors,
    };
    let mut problems = Vec::new();
    for said in &errors.0 {
        let Some((key, reason)) = without_place(path, said).split_once(": ") else { continue };
        let Some((_, span)) = places.iter().find(|(known, _)| known == key) else { continue };
        if told.contains(span) || is_of_the_environment(reason, places) {
            continue;
        }
        let written = text.get(span.clone()).unwrap_or_default();
        let (message, hint) = match plainly(reason, written) {
            Some((message, hint)) => (message, Some(hint)),
            None => match reason.split_once("; ") {
                Some((message, hint)) => (message.to_owned(), Some(hint.to_owned())),
                None => (reason.to_owned(), None),
            },
        };
        problems.push(FileProblem {
            kind: if reason == SECRET_ITSELF {
                FileProblemKind::Secret
            } else {
                FileProblemKind::Value
            },
            span: span.clone(),
            message: format!("{key}: {message}"),
            hint,
        });
    }
    problems
}

/// What the configuration says of a key, without the place before it: `office.toml line 3: …`.
fn without_place<'s>(path: &Path, said: &'s str) -> &'s str {
    match said.split_once(": ") {
        Some((place, rest)) if place.contains(" line ") || Path::new(place) == path => rest,
        _ => said,
    }
}

/// The files with secrets that this file names and that are not here.
fn absent(path: &Path, config: &Config, places: &[(String, Range<usize>)]) -> Vec<FileProblem> {
    let mut problems = Vec::new();
    for said in &config.absent {
        let said = without_place(path, said);
        let Some((key, _)) = said.split_once(": ") else { continue };
        // What no key names comes from the environment, and may come at the server alone.
        let Some((_, span)) = places.iter().find(|(known, _)| known == key) else { continue };
        problems.push(FileProblem {
            kind: FileProblemKind::Absent,
            span: span.clone(),
            message: said.to_owned(),
            hint: Some(
                "`samvad serve` needs this file; whoever only checks, chats and rehearses does not"
                    .to_owned(),
            ),
        });
    }
    problems
}

/// Where the value of a key stands in a configuration file: bytes of its text. The key by its parts,
/// `["missed_calls", "accounts", "helpline", "flow"]`; `None` when the file does not say it.
#[must_use]
pub fn place_in(text: &str, key: &[&str]) -> Option<Range<usize>> {
    let root = DeTable::parse(text).ok()?.into_inner();
    let (last, sections) = key.split_last()?;
    let mut table = &root;
    for section in sections {
        let DeValue::Table(inner) = table.get(*section)?.get_ref() else { return None };
        table = inner;
    }
    Some(table.get(*last)?.span())
}

/// A road that this file configures and that is off only because of what else is wrong with it.
fn is_of_the_environment(reason: &str, places: &[(String, Range<usize>)]) -> bool {
    let Some((road, _)) = reason.split_once(" is not switched on") else { return false };
    places.iter().any(|(known, _)| known.split('.').next() == Some(road))
}

/// What a server only warns of when it starts, and nobody means: times shorter than a call. Told where
/// the file says one of the two.
fn risks(config: &Config, places: &[(String, Range<usize>)]) -> Vec<FileProblem> {
    let place = |wanted: &str| places.iter().find(|(key, _)| key == wanted).map(|(_, span)| span);
    let mut problems = Vec::new();
    for Risk { key, seconds, timeout, harm } in config.delivery.too_short() {
        let Some(span) = place(key).or_else(|| place("delivery.timeout_seconds")) else { continue };
        problems.push(FileProblem {
            kind: FileProblemKind::Value,
            span: span.clone(),
            message: format!("{key}: {seconds} is not longer than a call may take, {timeout}"),
            hint: Some(format!(
                "write more than delivery.timeout_seconds, at least {}: {harm}",
                timeout.saturating_mul(2)
            )),
        });
    }
    problems
}

/// What a reader of values says, in plain words and with what to write; `None` for words of our own.
fn plainly(reason: &str, written: &str) -> Option<(String, String)> {
    if let Some(rest) = reason.strip_prefix("unknown variant `") {
        let (given, rest) = rest.split_once('`')?;
        let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
        let near = known.iter().map(|known| (edits(given, known), *known)).min();
        let hint = match near {
            Some((distance, near)) if distance <= 2 => format!("did you mean \"{near}\"?"),
            _ => format!("one of: \"{}\"", known.join("\", \"")),
        };
        return Some((format!("`{given}` is not known"), hint));
    }
    if reason.starts_with("invalid socket address") {
        let mut parts =
            written.trim_matches('"').split(|sign: char| !(sign.is_ascii_digit() || sign == '.'));
        let first = parts.next().unwrap_or_default();
        let host = if first.contains('.') { first } else { "127.0.0.1" };
        let port = if first.contains('.') { parts.next().unwrap_or_default() } else { first };
        let port = if port.is_empty() { "8080" } else { port };
        let message = "this is no address to listen on".to_owned();
        return Some((message, format!("an address, a colon and a port: \"{host}:{port}\"")));
    }
    if reason.starts_with("invalid value: integer") {
        let message = format!("{written} is outside what is counted here");
        return Some((message, "a whole number, 0 or more".to_owned()));
    }
    None
}

fn syntax(text: &str, error: &toml::de::Error) -> FileProblem {
    let span = error.span().unwrap_or(0..1);
    let start = span.start.min(text.len());
    let line_start = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |n| n + 1);
    let line = text.get(line_start..).unwrap_or_default().lines().next().unwrap_or_default();
    let message = error.message().lines().next().unwrap_or_default().to_owned();
    let value = line.split_once('=').map(|(_, value)| value.trim());
    let before = text.get(..line_start).unwrap_or_default();
    let section = before.lines().rfind(|line| line.starts_with('['));
    if let (Some(section), Some((key, value))) = (section, line.split_once('='))
        && section.trim_matches(['[', ']', ' ']) == SECTION
        && !value.trim().is_empty()
    {
        let start = line_start + line.len() - value.trim_start().len();
        return secret_unquoted(key.trim(), start..line_start + line.len());
    }
    let conflict = ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark));
    let hint = if conflict {
        "keep the lines of one version, and remove the other with the lines <<<<<<<, ======= and \
         >>>>>>>"
            .to_owned()
    } else if line.contains(['“', '”', '‘', '’']) {
        "write the straight quotes of the keyboard: \"…\"".to_owned()
    } else if message.contains("duplicate") {
        "keep one of the two".to_owned()
    } else if let Some(name) = line
        .trim()
        .strip_suffix(':')
        .or_else(|| line.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')')))
        .filter(|name| name.chars().all(char::is_alphanumeric))
    {
        format!("a section stands in square brackets: [{name}]")
    } else if let (Some((key, rest)), None) = (line.split_once(':'), value) {
        format!("write `=`, not a colon: {} = {}", key.trim(), rest.trim())
    } else if line.starts_with(|first: char| first != '\t' && first.is_whitespace() && first != ' ')
        || line.contains(['\u{200b}', '\u{feff}'])
    {
        "there is a sign in this line that nobody sees: type the line anew".to_owned()
    } else if value == Some("") {
        "write a value behind the `=`".to_owned()
    } else if let (None, Some((key, said))) = (value, line.trim().split_once(' '))
        && !line.contains(':')
        && !line.trim_start().starts_with('[')
    {
        format!("write {key} = {said}")
    } else if let Some(right) = value.and_then(better_value) {
        format!("write {right}")
    } else if line.trim_start().starts_with('[') && !line.contains(']') {
        format!("write {}]", line.trim())
    } else if let Some(value) = value
        && value.starts_with(|c: char| c.is_alphabetic() || c == '/')
        && !matches!(value, "true" | "false")
    {
        format!("a text stands in quotes: \"{value}\"")
    } else {
        "a line is `key = value`; texts stand in \"quotes\", sections in [brackets]".to_owned()
    };
    let end = span.end.max(start + 1).min(text.len().max(start));
    let unquoted = || hint.starts_with("write \"") || hint.starts_with("a text stands in quotes");
    let message = if message.starts_with("invalid basic string") && hint.starts_with("write \"") {
        "the quote is opened here and not closed".to_owned()
    } else if unquoted() && !line.contains(['"', '\'', '“', '”', '‘', '’']) {
        "a text needs quotes around it".to_owned()
    } else {
        format!("this is not TOML: {message}")
    };
    FileProblem { kind: FileProblemKind::Syntax, span: start..end, message, hint: Some(hint) }
}

/// A value among the secrets that is not TOML: it may be the secret itself, and is not repeated.
fn secret_unquoted(key: &str, span: Range<usize>) -> FileProblem {
    FileProblem {
        kind: FileProblemKind::Secret,
        span,
        message: "this is not TOML: here the name of a file belongs, in quotes".to_owned(),
        hint: Some(format!(
            "put the secret into the first line of a file, and write the name of that file: \
             {key} = \"secrets/{key}\""
        )),
    }
}

/// What stands behind a `=` in the way of other programs, as TOML writes it.
fn better_value(value: &str) -> Option<String> {
    let small = value.to_lowercase();
    match small.as_str() {
        "yes" | "on" | "true" | "हाँ" => return Some("true".to_owned()),
        "no" | "off" | "false" | "नहीं" => return Some("false".to_owned()),
        _ => {}
    }
    if let Some(plain) = value.strip_suffix([';', ',']) {
        return Some(plain.to_owned());
    }
    let latin: Option<String> = value
        .chars()
        .map(|sign| {
            let zeros = ['0', '०', '۰'];
            zeros.into_iter().find_map(|zero| {
                let digit =
                    u32::from(sign).checked_sub(u32::from(zero)).filter(|digit| *digit < 10)?;
                char::from_digit(digit, 10)
            })
        })
        .collect();
    if let Some(number) = latin.filter(|number| !number.is_empty()) {
        return Some(number);
    }
    if let Some((number, unit)) = value.split_once(' ')
        && number.bytes().all(|b| b.is_ascii_digit())
        && unit.chars().all(char::is_alphabetic)
    {
        return Some(number.to_owned());
    }
    if let Some(inner) = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let words = inner.split([',', ' ']).map(|word| word.trim_matches(['"', '\'', ' ']));
        let words: Vec<String> =
            words.filter(|word| !word.is_empty()).map(|word| format!("\"{word}\"")).collect();
        return Some(format!("[{}]", words.join(", ")));
    }
    let bare = !value.starts_with(['"', '\'', '[', '{']);
    if value.contains('\\') {
        return Some(format!("'{}', in single quotes", value.trim_matches('"')));
    }
    if bare && value.matches(['.', ':']).count() > 1 {
        return Some(format!("\"{value}\""));
    }
    if value.contains(',') && value.chars().all(|sign| sign.is_ascii_digit() || sign == ',') {
        return Some(value.replace(',', ""));
    }
    let quotes = value.matches('"').count();
    if quotes == 1 {
        return Some(format!("\"{}\"", value.trim_matches('"')));
    }
    (value.starts_with('[') && !value.ends_with(']')).then(|| format!("{value}]"))
}

fn unknown<'a>(
    key: &str,
    span: Range<usize>,
    section: Option<&str>,
    known: impl Iterator<Item = &'a str>,
    defaults: &toml::Table,
) -> FileProblem {
    let nearest = known.map(|known| (edits(key, known), known)).min();
    let elsewhere = defaults.iter().find_map(|(name, value)| {
        let inside = value.as_table()?.contains_key(key);
        (inside && section != Some(name)).then(|| format!("it belongs under [{name}]"))
    });
    let at_the_top = section.is_some() && defaults.get(key).is_some_and(|value| !value.is_table());
    let hint = match nearest {
        Some((distance, known)) if distance <= 2 => format!("did you mean `{known}`?"),
        _ if at_the_top => "it belongs to the beginning of the file, before every [section]".into(),
        _ => elsewhere.unwrap_or_else(|| "`samvad config` prints every key there is".to_owned()),
    };
    let message = match section {
        Some(section) => format!("there is no key `{key}` in [{section}]"),
        None => format!("there is no key or section `{key}`"),
    };
    FileProblem { kind: FileProblemKind::UnknownKey, span, message, hint: Some(hint) }
}

/// A value of another type than the default has.
fn check_type(
    key: &str,
    default: &Value,
    given: &DeValue<'_>,
    span: Range<usize>,
) -> Option<FileProblem> {
    let (right, wanted, example) = match default {
        Value::String(text) => (given.is_str(), "a text", format!("\"{text}\"")),
        Value::Integer(number) => (given.is_integer(), "a whole number", number.to_string()),
        Value::Float(number) => {
            (given.is_float() || given.is_integer(), "a number", number.to_string())
        }
        Value::Boolean(_) => (given.is_bool(), "true or false", "true".to_owned()),
        Value::Array(_) => (given.is_array(), "a list", "[\"first\", \"second\"]".to_owned()),
        Value::Datetime(_) | Value::Table(_) => return None,
    };
    (!right).then(|| FileProblem {
        kind: FileProblemKind::WrongType,
        span,
        message: format!("`{key}` is {wanted}, this is {}", words_for(given)),
        hint: Some(
            as_wanted(default, given).map_or_else(
                || format!("for instance {example}"),
                |right| format!("write {right}"),
            ),
        ),
    })
}

/// The value that was given, as the type that is wanted writes it.
fn as_wanted(default: &Value, given: &DeValue<'_>) -> Option<String> {
    match (default, given) {
        (Value::String(_), DeValue::Integer(number)) => Some(format!("\"{number}\"")),
        (Value::String(_), DeValue::Float(number)) => Some(format!("\"{number}\"")),
        (Value::String(_), DeValue::Boolean(flag)) => Some(format!("\"{flag}\"")),
        (Value::Array(_), DeValue::String(text)) => {
            let words: Vec<String> =
                text.split(',').map(|word| format!("\"{}\"", word.trim())).collect();
            Some(format!("[{}]", words.join(", ")))
        }
        (Value::Array(_), DeValue::Integer(number)) => Some(format!("[\"{number}\"]")),
        (Value::Integer(_), DeValue::String(text)) => {
            let digits: String =
                text.chars().filter(|sign| !matches!(sign, ',' | '_' | ' ')).collect();
            digits.parse::<i64>().ok().map(|number| number.to_string())
        }
        (Value::Float(_), DeValue::String(text)) => {
            text.trim().parse::<f64>().ok().map(|number| number.to_string())
        }
        (Value::Boolean(_), DeValue::String(text)) => better_value(text),
        (Value::Boolean(_), DeValue::Integer(number)) => match number.to_string().as_str() {
            "1" => Some("true".to_owned()),
            "0" => Some("false".to_owned()),
            _ => None,
        },
        _ => None,
    }
}

const fn words_for(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(String, String, String)> {
        examine(Path::new("office.toml"), text)
            .into_iter()
            .map(|problem| {
                let place = text.get(problem.span.clone()).unwrap_or_default().to_owned();
                (place, problem.message, problem.hint.unwrap_or_default())
            })
            .collect()
    }

    #[test]
    fn a_file_with_a_secret_that_is_elsewhere_is_told_apart_from_mistakes() {
        let text = "[whatsapp]\nenabled = true\nacknowledge_policy = true\nnumbers = [\"1\"]\n\
            app_secret_file = \"no/such.file\"\n";
        let told = examine(Path::new("office.toml"), text);
        let [only] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(only.kind, FileProblemKind::Absent);
        assert_eq!(text.get(only.span.clone()), Some("\"no/such.file\""));
        assert!(only.message.contains("cannot be read"), "{only:?}");
    }

    #[test]
    fn the_place_of_a_key_is_that_of_its_value() {
        let text = "[a.b]\nflow = \"x\"\n[a]\nc = 1\n[a.\"d-e\"]\nflow = 'y'\n";
        let at = |key: &[&str]| place_in(text, key).and_then(|place| text.get(place));
        assert_eq!(at(&["a", "b", "flow"]), Some("\"x\""));
        assert_eq!(at(&["a", "d-e", "flow"]), Some("'y'"));
        assert_eq!(at(&["a", "f", "flow"]), None);
        assert_eq!(at(&[]), None);
    }

    #[test]
    fn the_defaults_have_nothing_wrong_in_them() {
        assert_eq!(told(DEFAULTS), vec![]);
    }

    #[test]
    fn every_mistake_of_the_file_is_told_at_its_place() {
        let one = |text: &str| {
            let told = told(text);
            assert_eq!(told.len(), 1, "{told:?}");
            told.into_iter().next().unwrap()
        };
        let (place, message, hint) = one("lisen = \"127.0.0.1:8080\"\n");
        assert_eq!(place, "lisen");
        assert_eq!(message, "there is no key or section `lisen`");
        assert_eq!(hint, "did you mean `listen`?");
        let (place, message, _) = one("[delivery]\nattempts = \"8\"\n");
        assert_eq!(place, "\"8\"");
        assert_eq!(message, "`delivery.attempts` is a whole number, this is a text");
        let (place, message, hint) = one("[delivery]\nattempts = 800\n");
        assert_eq!(place, "800");
        assert_eq!(message, "delivery.attempts: 800 is outside 1 to 100");
        assert_eq!(hint, "how often one message is tried");
        let (place, _, hint) = one("attempts = 8\n");
        assert_eq!((place.as_str(), hint.as_str()), ("attempts", "it belongs under [delivery]"));
        let (place, _, _) = one("reload = \"never\"\n");
        assert_eq!(place, "\"never\"");
        let (_, message, hint) = one("data: samvad\n");
        assert!(message.starts_with("this is not TOML"), "{message}");
        assert_eq!(hint, "write `=`, not a colon: data = samvad");
        for (text, said, wanted) in [
            ("data = samvad\n", "needs quotes", "a text stands in quotes: \"samvad\""),
            ("listen = 127.0.0.1:8080\n", "needs quotes", "write \"127.0.0.1:8080\""),
            ("data = \"samvad\n", "not closed", "write \"samvad\""),
        ] {
            let (_, message, hint) = one(text);
            assert!(message.contains(said), "{message}");
            assert_eq!(hint, wanted);
        }
    }

    #[test]
    fn values_that_cannot_be_meant_are_told_where_they_stand() {
        for (text, place, said, hint) in [
            ("[log]\nlevel = \"loud\"\n", "\"loud\"", "is no level", "error, warn, info"),
            ("[log]\nlevel = \"inof\"\n", "\"inof\"", "is no level", "did you mean \"info\"?"),
            ("[log]\nlevel = \"samvad=debg,info\"\n", "\"samvad=debg,info\"", "debg", "debug"),
            ("[delivery]\nlease_seconds = 20\n", "20", "not longer than a call", "at least 60"),
            ("[delivery]\ntimeout_seconds = 90\n", "90", "not longer than a call", "at least 180"),
            (
                "[whatsapp]\ngraph_url = \"graph.facebook.com\"\n",
                "\"graph.facebook.com\"",
                "no address",
                "",
            ),
            (
                "[whatsapp]\ngraph_url = \"http://graph.facebook.com\"\n",
                "\"http://graph.facebook.com\"",
                "read along",
                "https://",
            ),
            ("[whatsapp]\ngraph_url = \"https://\"\n", "\"https://\"", "no host", "https://graph"),
            (
                "[whatsapp]\ngraph_url = \"https://a:99999\"\n",
                "\"https://a:99999\"",
                "port",
                "leave it away",
            ),
            ("[whatsapp]\ntier = 300\n", "300", "no tier", "1000"),
            ("[whatsapp]\npair_seconds = -1.0\n", "-1.0", "outside", "6 seconds"),
            ("[whatsapp]\nthroughput = 0\n", "0", "outside", "80"),
            ("[whatsapp]\nphone = \"office\"\n", "\"office\"", "no number", "country code"),
            ("[whatsapp]\nnumbers = [\"+91 98\"]\n", "[\"+91 98\"]", "phone_number_id", "digits"),
            ("listen = \"127.0.0.1\"\n", "\"127.0.0.1\"", "listen", ""),
            ("listen = \"127.0.0.1:99999\"\n", "\"127.0.0.1:99999\"", "listen", ""),
        ] {
            let told = told(text);
            assert!(
                matches!(told.as_slice(), [(at, message, help)]
                    if at == place && message.contains(said) && help.contains(hint)),
                "{text}: {told:?}"
            );
        }
    }
}
