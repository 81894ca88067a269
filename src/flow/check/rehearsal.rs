//! Rehearsals read without being played: shapes, and names of flows, texts, steps and choices.

use std::collections::{BTreeSet, HashMap};

use super::files::is_a_flow;
use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::definition::{Action, StepKind};
use crate::flow::diagnostic::{Findings, Place, one_of_these};
use crate::flow::draft::{as_list, get, known_keys, map, misspelt, seconds, start_of, word};
use crate::flow::load::{Everything, Sources, is_rehearsal};
use crate::flow::rehearse::{KEYS, LINES, MEMBER, PICTURES, SENDABLE, THEN, staged};
use crate::flow::text::Text;
use crate::flow::yaml::{self, Kind, Node, Word};
use crate::geography::Geography;
use crate::understanding;

/// So many names a hint lists at most.
const MOST_NAMED: usize = 12;

/// The names rehearsals may use.
struct Names<'a> {
    flows: BTreeSet<&'a str>,
    steps: BTreeSet<&'a str>,
    texts: BTreeSet<&'a str>,
    choices: BTreeSet<&'a str>,
    /// Of the questions that a text asks.
    choices_of: HashMap<&'a str, BTreeSet<&'a str>>,
    /// How choices read, in every language, and what they are called.
    labels: Vec<(&'a str, &'a str)>,
    /// How plain texts read, in every language and folded, and what they are called.
    words: HashMap<String, &'a str>,
    /// What flows file, and `none`.
    requests: BTreeSet<&'a str>,
    geography: &'a Geography,
    /// Whether every flow could be read: otherwise an unknown name may stand in a broken one.
    whole: bool,
}

/// Looks through every rehearsal among the files.
pub(in crate::flow) fn rehearsals(
    sources: &Sources,
    all: &Everything<'_>,
    whole: bool,
    findings: &mut Findings<'_>,
) {
    let Everything { flows, texts, geography, .. } = *all;
    let steps = flows.iter().flat_map(|flow| &flow.steps);
    let asks = flows.iter().flat_map(|flow| (0..flow.steps.len()).filter_map(|at| flow.ask(at)));
    let mut choices_of: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    let mut labels: Vec<(&str, &str)> = Vec::new();
    for ask in asks {
        for choice in ask.choices().into_iter().flat_map(|choices| &choices.list) {
            let written =
                choice.label.texts.iter().map(|label| (label.as_ref(), choice.id.as_str()));
            labels.extend(written);
        }
        let (Some(text), Some(choices)) = (texts.get(ask.text.0), ask.choices()) else { continue };
        let ids = choices.list.iter().map(|choice| choice.id.as_str());
        choices_of.entry(text.key.as_str()).or_default().extend(ids);
    }
    let names = Names {
        flows: flows.iter().map(|flow| flow.name.as_str()).collect(),
        steps: steps.map(|step| step.name.as_str()).collect(),
        texts: texts.iter().map(|text| text.key.as_str()).collect(),
        choices: choices_of.values().flatten().copied().collect(),
        choices_of,
        labels,
        words: words_of(texts),
        requests: flows
            .iter()
            .flat_map(|flow| &flow.steps)
            .filter_map(|step| match &step.kind {
                StepKind::Do(Action::Request { kind, .. }) => Some(kind.as_str()),
                _ => None,
            })
            // A right that a flow misspells is told there.
            .chain(["none", "erasure", "correction", "access"])
            .collect(),
        geography,
        whole,
    };
    for (index, file) in sources.files.iter().enumerate() {
        if !is_rehearsal(&file.path) {
            continue;
        }
        let Some(root) = yaml::read(index, &file.text, findings) else { continue };
        if is_a_flow(&root) {
            // Told as a file in the wrong folder.
            continue;
        }
        // What is wrong with one part is told there, and keeps nobody from looking at the others.
        names.rehearsal(&root, findings);
    }
}

impl Names<'_> {
    fn rehearsal(&self, root: &Node, findings: &mut Findings<'_>) {
        let Some(entries) = map(root, "a rehearsal", findings) else { return };
        if let Some((key, flow)) = entries.iter().find(|(key, _)| key.text == "flow") {
            let flow = flow.word().map_or_else(|| "…".to_owned(), |word| word.text);
            findings
                .error_hint(
                    key.place,
                    "a rehearsal does not begin with `flow`",
                    format!("write `rehearse: {flow}`"),
                )
                .code(Code::UnknownKey);
            findings.mute(key.place);
        }
        known_keys(entries, &KEYS, findings);
        self.head(root, entries, findings);
        match get(entries, "talk") {
            Some(Node { kind: Kind::List(lines), .. }) => {
                let mut asked = None;
                for line in lines {
                    self.line(line, asked.as_deref(), findings);
                    asked = said_last(line).or(asked);
                }
            }
            Some(node) => findings
                .error_hint(
                    start_of(node),
                    format!("`talk` is a list of lines, this is {}", node.what()),
                    "begin each line with `- `: - me: सदस्य",
                )
                .code(Code::WrongType),
            None if entries.iter().all(|(key, _)| KEYS.contains(&key.text.as_str())) => findings
                .error_hint(
                    Place { end: root.place.start + 1, ..root.place },
                    "nobody talks",
                    "add `talk:` with lines of me and bot",
                )
                .code(Code::MissingKey),
            None => {}
        }
        if let Some(then) = get(entries, "then")
            && let Some(then) = map(then, "`then`", findings)
        {
            self.then(then, findings);
        }
    }

    fn head(&self, root: &Node, entries: &[(Word, Node)], findings: &mut Findings<'_>) {
        if let Some(node) = get(entries, "poll") {
            let _told = staged(node, findings);
        }
        match get(entries, "rehearse") {
            Some(node) => {
                if let Some(flow) = word(node, "`rehearse`", findings)
                    && !self.flows.contains(flow.text.as_str())
                {
                    unknown(
                        &flow,
                        format!("there is no flow `{}`", flow.text),
                        Code::UnknownFlow,
                        &self.flows,
                        findings,
                    );
                }
            }
            None if misspelt(entries, "rehearse", &KEYS) || get(entries, "flow").is_some() => {}
            None => findings
                .error_hint(
                    Place { end: root.place.start + 1, ..root.place },
                    "the file does not say what it rehearses",
                    "begin it with `rehearse: flow`",
                )
                .code(Code::MissingKey),
        }
        let wrong = |key: &str, known: &[&str], findings: &mut Findings<'_>| {
            let Some(node) = get(entries, key) else { return };
            let Some(found) = word(node, &format!("`{key}`"), findings) else { return };
            if !known.contains(&found.text.as_str()) {
                findings
                    .error_hint(
                        found.place,
                        format!("there is no {key} `{}`", found.text),
                        one_of_these(&found.text, known.iter().copied()),
                    )
                    .code(Code::UnknownWord);
            }
        };
        if let Some(Node { kind: Kind::Map(details), .. }) = get(entries, "member") {
            known_keys(details, &MEMBER, findings);
        }
        super::person::head(entries, self.geography, findings);
        wrong("channel", &["whatsapp", "sms"], findings);
        wrong("lang", &Language::ALL.map(Language::code), findings);
    }

    /// One line of the talk, the bot having said `asked` last.
    fn line(&self, line: &Node, asked: Option<&str>, findings: &mut Findings<'_>) {
        if let Some(written) = line.word() {
            let (first, rest) = written.text.split_once(' ').unwrap_or((&written.text, "…"));
            let speaker = first.trim_end_matches(':');
            let glued = written.text.split_once(':').filter(|(key, _)| LINES.contains(key));
            let (message, key, said) = if LINES.contains(&speaker) {
                ("this line does not say who speaks", speaker, rest)
            } else if let Some((key, said)) = glued {
                ("there is no space behind the colon", key, said)
            } else {
                ("this line does not say who speaks", "me", written.text.as_str())
            };
            findings
                .error_hint(line.place, message, format!("write `- {key}: {said}`"))
                .code(Code::MissingColon);
            return;
        }
        let Some(entries) = map(line, "a line of the talk", findings) else { return };
        known_keys(entries, &LINES, findings);
        if let [_, (second, _), ..] = entries {
            findings
                .error_hint(
                    second.place,
                    "a line is one thing: somebody says something",
                    format!("begin a line of its own with `- {}:`", second.text),
                )
                .code(Code::TwoThings);
        }
        for (key, value) in entries {
            self.entry((key, value), asked, findings);
        }
    }

    fn entry(
        &self,
        (key, value): (&Word, &Node),
        asked: Option<&str>,
        findings: &mut Findings<'_>,
    ) {
        match key.text.as_str() {
            "bot" => {
                for text in items(value) {
                    let Some(text) = word(text, "`bot`", findings) else { continue };
                    if self.whole && !self.texts.contains(text.text.as_str()) {
                        let several = as_list(value).filter(|words| {
                            words.len() > 1
                                && words.iter().all(|word| self.texts.contains(word.as_str()))
                        });
                        if let Some(words) = several {
                            findings
                                .error_hint(
                                    text.place,
                                    "several texts are a list",
                                    format!("write [{}], with square brackets", words.join(", ")),
                                )
                                .code(Code::WrongType);
                            continue;
                        }
                        let read = understanding::fold(&text.text);
                        if let Some(name) = self.words.get(&read) {
                            findings
                                .error_hint(
                                    text.place,
                                    "these are the words of a text; `bot:` takes its name",
                                    format!("write `- bot: {name}`"),
                                )
                                .code(Code::UnknownText);
                            continue;
                        }
                        if text.text.contains(' ') || !text.text.is_ascii() {
                            findings
                                .error_hint(
                                    text.place,
                                    "`bot:` takes the name of a text, not its words",
                                    "the name stands before the `=` in locales/*/*.ftl, and behind `say` or \
                                     `ask` in the flow",
                                )
                                .code(Code::UnknownText);
                            continue;
                        }
                        let hyphens = text.text.replace('_', "-");
                        let message = format!("no text is named `{}`", text.text);
                        if self.texts.contains(hyphens.as_str()) {
                            findings
                                .error_hint(
                                    text.place,
                                    message,
                                    format!("texts have hyphens: `{hyphens}`"),
                                )
                                .code(Code::UnknownText);
                        } else {
                            unknown(&text, message, Code::UnknownText, &self.texts, findings);
                        }
                    }
                }
            }
            "tap" | "buttons" => {
                if key.text == "buttons" && !matches!(value.kind, Kind::List(_)) {
                    findings
                        .error_hint(start_of(value), "`buttons` is a list", "buttons: [yes, no]")
                        .code(Code::WrongType);
                    return;
                }
                for choice in items(value) {
                    let Some(choice) = word(choice, "a choice", findings) else { continue };
                    // Candidates of "did you mean …?", seats and districts, the next page,
                    // passing over.
                    let of_engine = choice.text.starts_with(['-', '+', '?'])
                        || choice.text.chars().all(|sign| sign.is_ascii_digit())
                        || self.geography.district(&choice.text).is_some();
                    let guess = matches!(choice.text.as_str(), "yes" | "no" | "none");
                    if self.whole
                        && !of_engine
                        && !guess
                        && !self.choices.contains(choice.text.as_str())
                    {
                        let offered = asked.and_then(|text| self.choices_of.get(text));
                        let known = offered.unwrap_or(&self.choices);
                        let folded = understanding::fold(&choice.text);
                        let labelled = self.labels.iter().find(|(label, id)| {
                            known.contains(id) && understanding::fold(label) == folded
                        });
                        if let Some((_, id)) = labelled {
                            let hint = format!("that is how it reads; the choice is called `{id}`");
                            let message =
                                format!("no question offers the choice `{}`", choice.text);
                            findings
                                .error_hint(choice.place, message, hint)
                                .code(Code::UnknownChoice);
                            continue;
                        }
                        unknown(
                            &choice,
                            format!("no question offers the choice `{}`", choice.text),
                            Code::UnknownChoice,
                            known,
                            findings,
                        );
                    }
                }
            }
            "send" => {
                if let Kind::Map(parts) = &value.kind {
                    known_keys(parts, &["number_of"], findings);
                } else if let Some(what) = value.word()
                    && !SENDABLE.contains(&what.text.as_str())
                {
                    findings
                        .error_hint(
                            what.place,
                            format!("`{}` cannot be sent in a rehearsal", what.text),
                            one_of_these(&what.text, SENDABLE),
                        )
                        .code(Code::UnknownWord);
                }
            }
            "me" => {
                if let Kind::Map(parts) = &value.kind {
                    known_keys(parts, &["text", "late"], findings);
                }
            }
            "picture" => {
                if let Some(picture) = word(value, "`picture`", findings)
                    && !PICTURES.contains(&picture.text.as_str())
                {
                    findings
                        .error_hint(
                            picture.place,
                            format!("there is no picture `{}`", picture.text),
                            one_of_these(&picture.text, PICTURES),
                        )
                        .code(Code::UnknownWord);
                }
            }
            "fetched" => match &value.kind {
                Kind::Map(parts) => known_keys(parts, &["status", "body"], findings),
                Kind::Word(text) if matches!(text.as_str(), "failed" | "never") => {}
                _ => findings
                    .error_hint(
                        start_of(value),
                        "nothing comes back like this",
                        "- fetched: {status: 200, body: {…}}, or `failed`, or `never`",
                    )
                    .code(Code::WrongType),
            },
            "poll" => {
                if let Some(what) = word(value, "`poll`", findings)
                    && what.text != "closed"
                {
                    findings
                        .error_hint(
                            what.place,
                            format!("`{}` is nothing a poll does here", what.text),
                            "write `- poll: closed`; what it asks stands above the talk",
                        )
                        .code(Code::UnknownWord);
                }
            }
            "office" => {
                if let Some(what) = word(value, "`office`", findings)
                    && what.text != "done"
                {
                    findings
                        .error_hint(
                            what.place,
                            format!("`{}` is nothing the office does here", what.text),
                            "write `- office: done`, after the bot handed over",
                        )
                        .code(Code::UnknownWord);
                }
            }
            "wait" => {
                if let Some(time) = word(value, "`wait`", findings)
                    && seconds(&time.text).is_none()
                {
                    let _ = crate::flow::draft::duration(value, findings);
                }
            }
            _ => {}
        }
    }

    fn then(&self, entries: &[(Word, Node)], findings: &mut Findings<'_>) {
        known_keys(entries, &THEN, findings);
        super::person::then(entries, self.geography, findings);
        if let Some(request) = get(entries, "request").and_then(Node::word)
            && self.whole
            && request.text != "none"
            && !self.requests.contains(request.text.as_str())
        {
            unknown(
                &request,
                format!("no flow files the request `{}`", request.text),
                Code::UnknownWord,
                &self.requests,
                findings,
            );
        }
        if let Some(session) = get(entries, "session").and_then(Node::word)
            && self.whole
            && session.text != "none"
        {
            let known = session
                .text
                .split('/')
                .all(|part| self.flows.contains(part) || self.steps.contains(part));
            if !known {
                unknown(
                    &session,
                    format!("there is no step `{}`", session.text),
                    Code::UnknownStep,
                    &self.steps,
                    findings,
                );
            }
        }
        if let Some(Node { kind: Kind::Map(answers), .. }) = get(entries, "answers") {
            for (step, _) in answers {
                if self.whole && !self.steps.contains(step.text.as_str()) {
                    unknown(
                        step,
                        format!("no step keeps an answer as `{}`", step.text),
                        Code::UnknownStep,
                        &self.steps,
                        findings,
                    );
                }
            }
        }
    }
}

/// The texts that show no variable, by how they read.
fn words_of(texts: &[Text]) -> HashMap<String, &str> {
    let mut words = HashMap::new();
    for text in texts {
        for language in Language::ALL {
            if let Some(plain) = text.pattern(language).as_constant() {
                words.entry(understanding::fold(plain)).or_insert(text.key.as_str());
            }
        }
    }
    words.remove("");
    words
}

/// The text the bot says last in a line of the talk.
fn said_last(line: &Node) -> Option<String> {
    let Kind::Map(entries) = &line.kind else { return None };
    let said = items(get(entries, "bot")?).last()?;
    said.word().map(|word| word.text)
}

/// A list, or the one thing that stands in its place.
fn items(node: &Node) -> &[Node] {
    match &node.kind {
        Kind::List(items) => items,
        _ => std::slice::from_ref(node),
    }
}

fn unknown(
    found: &Word,
    message: String,
    code: Code,
    known: &BTreeSet<&str>,
    findings: &mut Findings<'_>,
) {
    let near = crate::flow::diagnostic::did_you_mean(&found.text, known.iter().copied());
    let hint = near.unwrap_or_else(|| {
        let some: Vec<&str> = known.iter().copied().take(MOST_NAMED).collect();
        let begin = if known.len() > MOST_NAMED { "for instance" } else { "one of:" };
        format!("{begin} {}", some.join(", "))
    });
    findings.error_hint(found.place, message, hint).code(code);
}
