//! An HTTP call of a flow, as it was written.

use super::read::map_like;
use super::{FetchDraft, HeaderDraft, TargetDraft, TreeDraft};
use super::{get, identifier, seconds, start_of, targets, word};
use crate::flow::Method;
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, Place, did_you_mean, one_of_these};
use crate::flow::yaml::{Kind, Node, Word};

pub(super) const OUTCOMES: [&str; 3] = ["ok", "failed", "not_found"];
/// Headers that the call itself writes.
const OWN_HEADERS: [&str; 5] =
    ["host", "content-length", "transfer-encoding", "connection", "content-type"];

pub(super) fn fetch(
    address: &Node,
    entries: &[(Word, Node)],
    findings: &mut Findings<'_>,
) -> Option<FetchDraft> {
    let url = word(address, "`fetch`", findings)?;
    host_is_literal(&url, findings);
    let method = match get(entries, "method") {
        Some(node) => method(&word(node, "`method`", findings)?, findings),
        None => Method::Get,
    };
    let timeout_seconds = match get(entries, "timeout") {
        Some(node) => timeout(node, findings),
        None => 10,
    };
    let mut draft = FetchDraft {
        url,
        method,
        headers: Vec::new(),
        body: None,
        timeout_seconds,
        keep: Vec::new(),
        when: Vec::new(),
    };
    if let Some(node) = get(entries, "headers") {
        for (name, value) in
            map_like(node, "`headers`", "{authorization: {secret: name}}", findings)?
        {
            if let Some(header) = header(name, value, findings) {
                draft.headers.push((name.clone(), header));
            }
        }
    }
    if let Some(node) = get(entries, "body") {
        if method == Method::Get {
            findings.error_hint(
                start_of(node),
                "`get` sends no body",
                "write `method: post`, or put the answers into the address: ?ticket={ticket}",
            );
        }
        draft.body = Some(tree(node, findings));
    }
    if let Some(node) = get(entries, "keep") {
        let entries = map_like(node, "`keep`", &keep_like(node), findings)?;
        if keep_reversed(entries, findings) {
            return None;
        }
        for (name, pointer) in entries {
            identifier(name, findings);
            let pointer = word(pointer, "a place in the answer", findings)?;
            is_pointer(&pointer, findings);
            draft.keep.push((name.clone(), pointer));
        }
    }
    if let Some(node) = get(entries, "when") {
        draft.when = targets(node, findings);
        let turned: Vec<String> = draft.when.iter().filter_map(turned_round).collect();
        if let (Some((first, _)), false) = (draft.when.first(), turned.is_empty()) {
            findings
                .error_hint(
                    first.place,
                    "`when` is the other way round: how the call went first, then the step",
                    format!("write {{{}}}", turned.join(", ")),
                )
                .code(Code::UnknownOutcome);
            return None;
        }
        for (outcome, _) in &draft.when {
            if !OUTCOMES.contains(&outcome.text.as_str()) {
                findings.error_hint(
                    outcome.place,
                    format!("`{}` is never the outcome of a call", outcome.text),
                    one_of_these(&outcome.text, OUTCOMES),
                );
            }
        }
    }
    Some(draft)
}

fn method(name: &Word, findings: &mut Findings<'_>) -> Method {
    match name.text.as_str() {
        "get" => Method::Get,
        "post" => Method::Post,
        "put" => Method::Put,
        other => {
            findings.error_hint(
                name.place,
                format!("there is no method `{other}`"),
                one_of_these(&other.to_lowercase(), ["get", "post", "put"]),
            );
            // Most likely one that may have a body: nothing more is wrong because of it.
            Method::Post
        }
    }
}

fn timeout(node: &Node, findings: &mut Findings<'_>) -> u32 {
    let time = node.word().and_then(|word| seconds(&word.text)).unwrap_or(0);
    if let Ok(time @ 1..=60) = u32::try_from(time) {
        return time;
    }
    findings.error_hint(start_of(node), "a call may take 1s to 60s", "write `timeout: 10s`");
    10
}

/// Whom a flow talks to never depends on what a person wrote.
fn host_is_literal(url: &Word, findings: &mut Findings<'_>) {
    let mut wrong = |message: &str, hint: &str| {
        findings.error_hint(url.place, message.to_owned(), hint.to_owned()).code(Code::BadAddress);
    };
    let text = url.text.as_str();
    let example = "for instance https://api.example.org/tickets/{ticket}";
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    if !matches!(scheme, "https" | "http") {
        return wrong("this is no address that can be asked: it begins with https://", example);
    }
    if let Some((sign, instead)) = rest.chars().find_map(|sign| Some((sign, no_address(sign)?))) {
        return wrong(&format!("`{sign}` cannot stand in an address"), instead);
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let path = rest.get(host.len()..).unwrap_or_default();
    if let Some(slip) = spaced_braces(text) {
        return wrong(
            &format!("`{slip}` is how texts name an answer; an address has single braces alone"),
            &format!("write {{{}}}", slip.trim_matches(['{', '}', ' ', '$'])),
        );
    }
    if host.contains(['{', '}']) {
        return wrong(
            "the host of an address is written out",
            "answers may stand in the path and behind the `?`; for several hosts write several steps",
        );
    }
    if host.contains('@') {
        return wrong(
            "an address holds no password",
            "write `headers: {authorization: {secret: name}}`",
        );
    }
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (host, None),
    };
    let is_name = !name.is_empty()
        && name.chars().all(|letter| {
            letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | '[' | ']' | ':')
        });
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    if !is_name || !is_port {
        return wrong("this address has no host", example);
    }
    if path.contains('#') {
        return wrong("what stands behind `#` never leaves the house", "leave it away");
    }
    if text.contains(char::is_whitespace) {
        return wrong("an address has no spaces", "write %20, or take the space out");
    }
    let path = path.split('?').next().unwrap_or_default();
    if path.split('/').any(|step| matches!(step, "." | "..")) {
        return wrong("`..` leads out of the path", "write the address as it is asked");
    }
    if scheme == "http" {
        findings.warn(
            url.place,
            "anybody on the way can read what goes over http",
            "write https, unless the other side stands in the same house",
        );
    }
}

/// `{ $ticket }`, `{{ticket}}`, `${ticket}`: what other files and programs write for `{ticket}`.
fn spaced_braces(text: &str) -> Option<&str> {
    let start = text.find("{{").or_else(|| text.find("${")).or_else(|| {
        text.match_indices('{').map(|(at, _)| at).find(|at| {
            let inside = text.get(at + 1..).unwrap_or_default();
            inside.trim_start().starts_with('$') || inside.starts_with(' ')
        })
    })?;
    let rest = text.get(start..)?;
    let end = rest.find('}')? + 1;
    let end = if rest.get(end..).is_some_and(|more| more.starts_with('}')) { end + 1 } else { end };
    let slip = rest.get(..end)?;
    let name = slip.trim_matches(['{', '}', ' ', '$']);
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (plain && !name.is_empty()).then_some(slip)
}

/// What to write for a sign that programs for writing put into an address, or that has no place there.
fn no_address(sign: char) -> Option<&'static str> {
    Some(match sign {
        '\\' => "write / for it",
        '–' | '—' | '−' | '‐' | '‑' => "write the - of the keyboard",
        '…' => "write the whole address",
        '‘' | '’' | '“' | '”' | '"' | '<' | '>' | '`' | '^' | '|' => "take it out",
        '।' => "write a full stop, or take it out",
        _ => return None,
    })
}

fn header(name: &Word, value: &Node, findings: &mut Findings<'_>) -> Option<HeaderDraft> {
    let small = name.text.to_ascii_lowercase();
    let is_name = !small.is_empty()
        && small
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'));
    if !is_name || OWN_HEADERS.contains(&small.as_str()) {
        findings.error_hint(
            name.place,
            format!("`{}` is no header a flow can set", name.text),
            "letters, digits and -; the host, the length and the kind of the body are set anyway",
        );
        return None;
    }
    if let Kind::Map(entries) = &value.kind {
        if let [(key, secret)] = entries.as_slice()
            && key.text == "secret"
        {
            let secret = word(secret, "`secret`", findings)?;
            identifier(&secret, findings);
            return Some(HeaderDraft::Secret(secret));
        }
        let hint = entries.first().and_then(|(key, _)| did_you_mean(&key.text, ["secret"]));
        findings.error_hint(
            start_of(value),
            "a header is a word, or the name of a secret",
            hint.unwrap_or_else(|| "write {secret: name}".to_owned()),
        );
        return None;
    }
    let value = word(value, "a header", findings)?;
    if !value.text.chars().all(|letter| letter == ' ' || letter.is_ascii_graphic()) {
        findings.error_hint(
            value.place,
            "a header has Latin letters, digits and signs only",
            "put anything else into the body",
        );
        return None;
    }
    if matches!(small.as_str(), "authorization" | "x-api-key" | "api-key" | "cookie") {
        findings.warn(
            value.place,
            "this looks like a password in a file that everybody reads",
            format!("write `{}: {{secret: name}}`; its value stands in samvad.toml", name.text),
        );
    }
    Some(HeaderDraft::Plain(value))
}

/// JSON pointers are empty or begin with `/`; `~` is written `~0`, and `/` in a name `~1`.
fn is_pointer(pointer: &Word, findings: &mut Findings<'_>) {
    let text = pointer.text.as_str();
    if !text.is_empty() && !text.starts_with('/') {
        findings.error_hint(
            pointer.place,
            format!("`{text}` is no place in an answer"),
            format!(
                "begin with /, one name or number after the other: `/{}`",
                text.replace('.', "/")
            ),
        );
    }
}

/// JSON as YAML writes it. A word in quotes is a word; without, `3` is a number and `true` is true.
pub(in crate::flow) fn tree(node: &Node, findings: &mut Findings<'_>) -> TreeDraft {
    match &node.kind {
        Kind::Empty => TreeDraft::Null,
        Kind::Word(text) => {
            let word = Word { text: text.clone(), place: node.place };
            if is_quoted(node.place, findings) {
                return TreeDraft::Words(word);
            }
            match text.as_str() {
                "true" => TreeDraft::Flag(true),
                "false" => TreeDraft::Flag(false),
                "null" | "~" | "" => TreeDraft::Null,
                _ => number(text).map_or(TreeDraft::Words(word), TreeDraft::Number),
            }
        }
        Kind::List(items) => {
            TreeDraft::List(items.iter().map(|item| tree(item, findings)).collect())
        }
        Kind::Map(entries) => TreeDraft::Map(
            entries.iter().map(|(key, node)| (key.text.clone(), tree(node, findings))).collect(),
        ),
    }
}

fn is_quoted(place: Place, findings: &Findings<'_>) -> bool {
    findings.source_of(place).starts_with(['"', '\''])
}

/// A number that is written as JSON writes it: `007` and `+91` are words.
fn number(text: &str) -> Option<serde_json::Number> {
    serde_json::from_str(text).ok()
}

/// `{sorry: failed}`, as it should be.
fn turned_round((outcome, target): &(Word, TargetDraft)) -> Option<String> {
    let TargetDraft::Step(word) = target else { return None };
    let turned =
        OUTCOMES.contains(&word.text.as_str()) && !OUTCOMES.contains(&outcome.text.as_str());
    turned.then(|| format!("{}: {}", word.text, outcome.text))
}

/// `{/team/name: team}`: the place stands where the name belongs. Told once, with the whole as it should be.
fn keep_reversed(entries: &[(Word, Node)], findings: &mut Findings<'_>) -> bool {
    let Some((first, _)) = entries.first() else { return false };
    let turned: Vec<String> = entries
        .iter()
        .filter_map(|(place, name)| {
            let name = name.word().map(|word| word.text).filter(|name| !name.contains('/'))?;
            // A path of a program, `data.name`, is turned as well.
            let is_place = place.text.contains(['/', '.']);
            is_place.then(|| {
                let place = place.text.trim_start_matches(['$', '.', '/']).replace('.', "/");
                format!("{name}: /{place}")
            })
        })
        .collect();
    if turned.len() < entries.len() {
        return false;
    }
    findings
        .error_hint(
            first.place,
            "`keep` is the other way round: the name first, then its place in what comes back",
            format!("write keep: {{{}}}", turned.join(", ")),
        )
        .code(Code::BadAddress);
    true
}

/// How answers to be kept are written, with the place that stands there alone.
fn keep_like(node: &Node) -> String {
    let pointer = node.word().map(|word| word.text).filter(|text| text.starts_with('/'));
    let pointer = pointer.as_deref().unwrap_or("/state");
    let name = pointer.rsplit('/').next().unwrap_or("state");
    format!("`keep: {{{name}: {pointer}}}`: a name, and where it stands in what comes back")
}
