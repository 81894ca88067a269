//! `samvad chat`: a flow at the terminal, on the engine alone. Edited flows are in force with the
//! next line, and the conversation goes on in them.

mod screen;
#[cfg(test)]
mod tests;

use std::io::{BufRead, IsTerminal as _, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::OriginArgs;
use crate::contact::{Language, POSTS};
use crate::flow::{
    self, Fetched, Flows, Left, Recording, Rendering, SourceFile, Sources, Talk, Trace,
};
use crate::gate::Rules;
use crate::geography::Geography;
use crate::message::{InboundContent, Reply};

/// Who talks, and on which phone.
#[derive(Clone, Debug, Default, Args)]
pub struct PersonArgs {
    /// The channel the replies are shown for
    #[arg(long = "as", value_enum, value_name = "CHANNEL", default_value_t)]
    channel: ChannelArg,
    /// The language the person chose: hi, en or ur; otherwise Hindi, or what they begin to write in
    #[arg(long, value_name = "LANGUAGE", value_parser = language)]
    lang: Option<Language>,
    /// The person is a member, who agreed to what members are sent
    #[arg(long)]
    member: bool,
    /// Posts the person holds, such as booth_president
    #[arg(long, value_name = "POSTS", value_delimiter = ',', value_parser = post)]
    posts: Vec<String>,
    /// Purposes the person agreed to, such as membership,samvad
    #[arg(long, value_name = "PURPOSES", value_delimiter = ',')]
    consents: Vec<String>,
    /// A made-up poll asks the person
    #[arg(long)]
    poll: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ChannelArg {
    #[default]
    Whatsapp,
    Sms,
}

pub(super) fn language(word: &str) -> Result<Language, String> {
    Language::from_code(word).ok_or_else(|| {
        let known = Language::ALL.map(Language::code);
        format!("there is no language `{word}`; there are {}", known.join(", "))
    })
}

fn post(word: &str) -> Result<String, String> {
    if POSTS.contains(&word) {
        return Ok(word.to_owned());
    }
    Err(format!("there is no post `{word}`; there are {}", POSTS.join(", ")))
}

impl PersonArgs {
    /// The person as the head of a rehearsal says it.
    fn head(&self) -> String {
        use std::fmt::Write as _;
        // Writing into a string cannot fail.
        let channel = match self.channel {
            ChannelArg::Whatsapp => "whatsapp",
            ChannelArg::Sms => "sms",
        };
        let mut head = format!("channel: {channel}\n");
        if let Some(language) = self.lang {
            let _ = writeln!(head, "lang: {}", language.code());
        }
        if self.member {
            head.push_str("member: {name: सुनीता देवी, district: lucknow, seat: 173, booth: 12}\n");
        }
        if !self.posts.is_empty() {
            let _ = writeln!(head, "posts: [{}]", self.posts.join(", "));
        }
        let mut consents: Vec<&str> = self.consents.iter().map(String::as_str).collect();
        if self.member && consents.is_empty() {
            consents.push("membership");
        }
        if !consents.is_empty() {
            let consents: Vec<String> =
                consents.into_iter().map(|purpose| format!("{purpose}: true")).collect();
            let _ = writeln!(head, "consents: {{{}}}", consents.join(", "));
        }
        if self.poll {
            head.push_str(
                "poll: {candidates: [अनिल यादव, सुनीता वर्मा, इमरान अंसारी], other: true, ratings: [honesty, work], remark: true}\n",
            );
        }
        head
    }
}

const HELP: &str = "\
Whatever you type is sent. Edited flows and texts are in force with the next line.
The rest is done with a colon:
  :tap ID or :tap 2   tap a button or row, by its id or the number shown
  :wait 2h            let time pass (s, m, h, d); reminders, waits and the end come due
  :late 2h TEXT       send a text that was under way for so long
  :fetched 200 JSON   answer the HTTP call the flow waits for; or `:fetched failed`
  :office             the person of the office gives the conversation back
  :session            where the conversation stands, what was answered, the timers, who the
                      person is and by whose code they came
  :undo               take the last thing back
  :save FILE          write the chat so far as a rehearsal, and play it
  :quit               end
";

/// `samvad chat`.
pub(super) fn run(origins: &OriginArgs, flow: Option<&str>, person: &PersonArgs) -> ExitCode {
    match chat_at_terminal(origins, flow, person) {
        Ok(_) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("{words}");
            ExitCode::FAILURE
        }
    }
}

/// `samvad rehearse --record FILE`: a chat that is written down at its end.
pub(super) fn record(
    origins: &OriginArgs,
    flow: Option<&str>,
    person: &PersonArgs,
    file: &Path,
) -> ExitCode {
    if file.exists() {
        eprintln!("samvad: {} is there already; name another file", file.display());
        return ExitCode::FAILURE;
    }
    let written = chat_at_terminal(origins, flow, person).and_then(|chat| {
        let words = chat.save(file)?;
        println!("{words}");
        Ok(())
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("{words}");
            ExitCode::FAILURE
        }
    }
}

fn chat_at_terminal(
    origins: &OriginArgs,
    flow: Option<&str>,
    person: &PersonArgs,
) -> Result<Chat, String> {
    let mut files = Files::open(origins)?;
    let (flows, _) = super::check::load(origins)?;
    let mut chat = Chat::new(flows, &person.head())?;
    chat.talk.rules = files.rules.clone();
    let stdin = std::io::stdin();
    let echo = !stdin.is_terminal();
    let mut out = std::io::stdout().lock();
    chat.talk(flow, stdin.lock(), &mut out, echo, &mut || files.changed())
        .map_err(|error| format!("samvad: the terminal is gone: {error}"))?
        .map(|()| chat)
}

/// The flow files, and how they stood when they were last looked at.
struct Files {
    flows: Option<std::path::PathBuf>,
    locales: Option<std::path::PathBuf>,
    geography: Arc<Geography>,
    /// What the office has in force.
    rules: Rules,
    seen: Sources,
}

impl Files {
    fn open(origins: &OriginArgs) -> Result<Files, String> {
        let config = origins.read_without_secrets().map_err(|errors| errors.to_string())?;
        let (flows, locales, rules) = (config.flows, config.locales, config.rules);
        let seen = crate::serve::read_sources(flows.as_deref(), locales.as_deref())
            .map_err(|error| error.to_string())?;
        let geography = Arc::new(Geography::shipped()?);
        Ok(Files { flows, locales, geography, rules, seen })
    }

    /// Edited flows, or why they are not taken; `None` when nothing was edited.
    fn changed(&mut self) -> Option<Result<Flows, String>> {
        let read = crate::serve::read_sources(self.flows.as_deref(), self.locales.as_deref());
        let sources = match read {
            Ok(sources) => sources,
            Err(error) => return Some(Err(error.to_string())),
        };
        if sources == self.seen {
            return None;
        }
        self.seen = sources;
        let loaded = flow::load(&self.seen, Arc::clone(&self.geography));
        let loaded = loaded.map(|flows| flows.with_polls(crate::poll::asked::staged));
        Some(loaded.map_err(|findings| {
            findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n")
        }))
    }
}

/// A conversation at the terminal.
struct Chat {
    flows: Flows,
    talk: Talk,
    recording: Recording,
    /// Where everything stood before each thing that was done.
    before: Vec<Talk>,
    over: bool,
}

impl Chat {
    /// `head` says who talks, as the head of a rehearsal does.
    fn new(flows: Flows, head: &str) -> Result<Chat, String> {
        let talk = flow::person_of(&flows, head).map_err(|findings| {
            findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n")
        })?;
        let recording = Recording::new(head);
        Ok(Chat { flows, talk, recording, before: Vec::new(), over: false })
    }

    /// Reads lines until the end. The outer error is the terminal's, the inner one is for the
    /// author: the flow cannot be begun.
    fn talk(
        &mut self,
        flow: Option<&str>,
        input: impl BufRead,
        out: &mut impl Write,
        echo: bool,
        changed: &mut dyn FnMut() -> Option<Result<Flows, String>>,
    ) -> std::io::Result<Result<(), String>> {
        let prompt = "> ";
        if let Some(name) = flow {
            let word = match first_word(&self.flows, name) {
                Ok(word) => word,
                Err(words) => return Ok(Err(words)),
            };
            writeln!(out, "(`{name}` begins with the word `{word}`: it is sent for you)")?;
            writeln!(out, "{prompt}{word}")?;
            self.line(&word, out)?;
        } else {
            writeln!(out, "`:help` tells what can be done here")?;
        }
        write!(out, "{prompt}")?;
        out.flush()?;
        for line in input.lines() {
            let line = line?;
            let line = line.trim();
            if echo {
                writeln!(out, "{line}")?;
            }
            match changed() {
                None => {}
                Some(Ok(flows)) => {
                    self.flows = flows;
                    writeln!(out, "(edited flows are in force)")?;
                }
                Some(Err(words)) => {
                    writeln!(out, "{words}\n(edited flows were not taken, the old ones stay)")?;
                }
            }
            self.line(line, out)?;
            if self.over {
                return Ok(Ok(()));
            }
            write!(out, "{prompt}")?;
            out.flush()?;
        }
        writeln!(out)?;
        Ok(Ok(()))
    }

    fn line(&mut self, line: &str, out: &mut impl Write) -> std::io::Result<()> {
        if line.is_empty() {
            return Ok(());
        }
        let command = line.strip_prefix(':').filter(|rest| rest.starts_with(char::is_alphabetic));
        let Some(command) = command else {
            self.keep();
            let (replies, trace) = self.talk.write(&self.flows, line);
            return self.said("me", line, &replies, &trace, out);
        };
        let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        let rest = rest.trim();
        match name {
            "tap" => self.tap(rest, out),
            "wait" => self.wait(rest, out),
            "late" => self.late(rest, out),
            "fetched" => self.fetched(rest, out),
            "office" => self.office(out),
            "session" => out.write_all(screen::session(&self.talk).as_bytes()),
            "undo" => match self.before.pop() {
                Some(before) => {
                    self.talk = before;
                    self.recording.truncate(self.before.len());
                    writeln!(out, "(taken back)")
                }
                None => writeln!(out, "(there is nothing to take back)"),
            },
            "save" if rest.is_empty() => writeln!(out, "name a file: `:save join-twice.yaml`"),
            "save" => match self.save(Path::new(rest)) {
                Ok(words) | Err(words) => writeln!(out, "{words}"),
            },
            "help" => {
                out.write_all(HELP.as_bytes())?;
                let kinds: Vec<String> =
                    flow::SENDABLE.iter().map(|kind| format!(":{kind}")).collect();
                writeln!(out, "  {}\n                      send one", kinds.join(" "))?;
                writeln!(out, "  :help               this list")
            }
            "quit" => {
                self.over = true;
                Ok(())
            }
            other => match flow::sendable(other) {
                Some(content) => self.send(other, &content, out),
                None => writeln!(out, "there is no `:{other}`; `:help` tells what there is"),
            },
        }
    }

    /// Before anything happens, for `:undo`.
    fn keep(&mut self) {
        self.before.push(self.talk.clone());
    }

    fn send(
        &mut self,
        what: &str,
        content: &InboundContent,
        out: &mut impl Write,
    ) -> std::io::Result<()> {
        self.keep();
        let (replies, trace) = self.talk.send(&self.flows, content);
        self.said("send", what, &replies, &trace, out)
    }

    fn tap(&mut self, which: &str, out: &mut impl Write) -> std::io::Result<()> {
        let shown = self.talk.choices();
        let number: Option<usize> = which.parse().ok();
        let by_number = number.and_then(|number| shown.get(number.checked_sub(1)?));
        let by_id = shown.iter().find(|choice| flow::choice_name(&choice.id) == which);
        let Some(choice) = by_id.or(by_number) else {
            if shown.is_empty() {
                let words = match self.talk.rendering {
                    Rendering::Sms => "this phone has no buttons: type the number of the line",
                    Rendering::Whatsapp => "nothing to tap was shown",
                };
                return writeln!(out, "{words}");
            }
            let names: Vec<&str> =
                shown.iter().map(|choice| flow::choice_name(&choice.id)).collect();
            return writeln!(out, "there is no `{which}` to tap; there are {}", names.join(", "));
        };
        let id = flow::choice_name(&choice.id).to_owned();
        let before = self.talk.clone();
        let Some((replies, trace)) = self.talk.tap(&self.flows, &id) else { return Ok(()) };
        self.before.push(before);
        self.said("tap", &id, &replies, &trace, out)
    }

    fn wait(&mut self, time: &str, out: &mut impl Write) -> std::io::Result<()> {
        let Some(length) = flow::length_of_time(time) else {
            return writeln!(
                out,
                "this is no length of time: `:wait 30m`, `:wait 20h`, `:wait 7d`"
            );
        };
        self.keep();
        let (replies, trace) = self.talk.wait(&self.flows, length);
        self.said("wait", time, &replies, &trace, out)
    }

    fn late(&mut self, rest: &str, out: &mut impl Write) -> std::io::Result<()> {
        let (time, text) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let Some(length) = flow::length_of_time(time).filter(|_| !text.is_empty()) else {
            return writeln!(out, "say how late, and what: `:late 2h सदस्य`");
        };
        self.keep();
        let text = text.trim();
        let content = InboundContent::Text { text: text.to_owned() };
        let (replies, trace) = self.talk.send_late(&self.flows, &content, length);
        self.recording.add_late(text, time, &replies, &trace);
        self.show(&replies, &trace, out)
    }

    fn fetched(&mut self, rest: &str, out: &mut impl Write) -> std::io::Result<()> {
        let (status, body) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let body: Result<serde_json::Value, _> = match body.trim() {
            "" => Ok(serde_json::Value::Null),
            body => serde_json::from_str(body),
        };
        let answer = match (status, status.parse::<u16>(), body) {
            ("failed", _, _) => Fetched::Failed { reason: "said at the terminal".to_owned() },
            (_, Ok(status @ 100..=599), Ok(body)) => Fetched::Answer { status, body },
            (_, Ok(_), Err(error)) => return writeln!(out, "the body is no JSON: {error}"),
            _ => return writeln!(out, "a status and JSON: `:fetched 200 {{\"eta\": 3}}`"),
        };
        let before = self.talk.clone();
        let Some((replies, trace)) = self.talk.fetched(&self.flows, &answer) else {
            return writeln!(out, "the flow waits for no answer");
        };
        self.before.push(before);
        self.recording.add_fetched(&answer, &replies, &trace);
        self.show(&replies, &trace, out)
    }

    fn office(&mut self, out: &mut impl Write) -> std::io::Result<()> {
        if !self.talk.contact.handed_over {
            return writeln!(out, "nobody of the office is talking here");
        }
        self.keep();
        let (replies, trace) = self.talk.give_back(&self.flows);
        writeln!(out, "(the bot may speak again)")?;
        self.said("office", "done", &replies, &trace, out)
    }

    /// Shows what was said and what became true, and writes it down.
    fn said(
        &mut self,
        key: &'static str,
        value: &str,
        replies: &[Reply],
        trace: &Trace,
        out: &mut impl Write,
    ) -> std::io::Result<()> {
        self.recording.add(key, value, replies, trace);
        self.show(replies, trace, out)
    }

    fn show(
        &mut self,
        replies: &[Reply],
        trace: &Trace,
        out: &mut impl Write,
    ) -> std::io::Result<()> {
        self.recording.left(&self.flows, &self.talk.left);
        for (index, reply) in replies.iter().enumerate() {
            let names = trace.get(index).map(Vec::as_slice).unwrap_or_default();
            let left = self.talk.left.get(index).unwrap_or(&Left::Said);
            let shown = screen::reply(&self.flows, reply, left, names, self.talk.rendering);
            out.write_all(shown.as_bytes())?;
        }
        for unsaid in &self.talk.unsaid {
            writeln!(out, "(not sent by SMS: {}: {})", unsaid.texts.join(" + "), unsaid.words)?;
        }
        if replies.is_empty() && self.talk.contact.handed_over {
            writeln!(
                out,
                "(nothing is said: a person of the office talks; `:office` gives the conversation back)"
            )?;
        } else if replies.is_empty() {
            writeln!(out, "(nothing is said)")?;
        }
        let (facts, effects, was_open) = self.before.last().map_or((0, 0, false), |before| {
            (before.facts.len(), before.effects.len(), before.session.is_some())
        });
        for fact in self.talk.facts.get(facts..).unwrap_or_default() {
            out.write_all(screen::happened(fact, "fact").as_bytes())?;
        }
        for effect in self.talk.effects.get(effects..).unwrap_or_default() {
            out.write_all(screen::happened(effect, "effect").as_bytes())?;
        }
        if self.talk.asked().is_some() {
            writeln!(out, "(the flow waits: `:fetched 200 {{…}}` or `:fetched failed`)")?;
        }
        if self.talk.session.is_none() && (was_open || !replies.is_empty()) {
            writeln!(out, "(the conversation is over)")?;
        }
        Ok(())
    }

    /// Writes the chat as a rehearsal, and plays it. What came of it in words.
    fn save(&self, file: &Path) -> Result<String, String> {
        if file.exists() {
            return Err(format!("{} is there already; name another file", file.display()));
        }
        let about = "Written from a chat: say here what it shows.";
        let text = self
            .recording
            .write(&self.flows, &self.talk, about)
            .ok_or("nothing was said that led to a flow; nothing is written")?;
        std::fs::write(file, &text)
            .map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
        let source = SourceFile { path: file.display().to_string(), text };
        let report = flow::rehearse(&self.flows, &source);
        let words = format!("{} is written\n{report}", file.display());
        if report.passed() { Ok(words) } else { Err(words) }
    }
}

/// The word by which a person begins a flow.
fn first_word(flows: &Flows, name: &str) -> Result<String, String> {
    let Some(flow) = flows.get(name) else {
        let names: Vec<&str> = flows.names().collect();
        return Err(format!("there is no flow `{name}`; there are {}", names.join(", ")));
    };
    let word = flow.words.first().or(flow.link.as_ref()).cloned();
    word.ok_or_else(|| {
        format!("no word begins the flow `{name}`: chat without a flow, and go where it is called")
    })
}
