//! `samvad poll invite`: the broadcasts that ask and remind the people of a roster, written as files of the office: they
//! are planned, tested, approved and run as every other.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use jiff::Timestamp;

use super::desk::Desk;
use crate::ballot_box::read_definition;
use crate::cli::OriginArgs;
use crate::cli::broadcast::preview::clock_of;
use crate::contact::Language;
use crate::locale::india_zoned;
use crate::poll::cells::small_groups;
use crate::poll::envelope::Origin;
use crate::poll::file::Poll;
use crate::poll::life::PollState;

/// The broadcast by which the people of a poll are invited.
pub(super) fn invitation(poll: &str) -> String {
    format!("{poll}_invitation")
}

/// What the names of the broadcasts begin with by which they are reminded.
pub(super) fn reminders(poll: &str) -> String {
    format!("{poll}_reminder")
}

pub(super) fn invite(origins: &OriginArgs, name: &str) -> anyhow::Result<()> {
    let desk = Desk::open(origins)?;
    let row = desk.row(name)?;
    if row.state != PollState::Open || row.closes <= desk.clock.now() {
        bail!("{name} is {}, nobody is invited to it any more", row.state.name());
    }
    let poll = read_definition(&row, &desk.office.geography).map_err(anyhow::Error::msg)?;
    let config = &desk.office.config;
    let (Some(flows), Some(locales), Some(broadcasts)) =
        (&config.flows, &config.locales, &config.broadcasts)
    else {
        bail!(
            "an invitation is written into flows/, locales/ and broadcasts/ of the office, and one of them is not here: `samvad init` makes them"
        );
    };
    let by_sms = config.sms.is_some();
    let groups: BTreeMap<Origin, u64> =
        desk.runtime.block_on(desk.records.electorate(row.id))?.into_iter().collect();
    let is_sure = small_groups(&poll, poll.keep, &groups).small == 0;
    if poll.secret && !is_sure {
        println!(
            "Some stand in so small a group that the key and the bundle together show their choice (samvad poll check {name}): the invitation promises no more than that it is told to nobody."
        );
    }
    let written = Invitation { poll: &poll, by_sms, is_sure };
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    let template = flows.join("templates").join(format!("{}.yaml", invitation(name)));
    files.push((template, written.template()?));
    for (broadcast, text) in written.broadcasts() {
        files.push((broadcasts.join(format!("{broadcast}.yaml")), text));
    }
    if let Some((there, _)) = files.iter().find(|(path, _)| path.exists()) {
        bail!("{} is there already; nothing is written", there.display());
    }
    for (path, text) in &files {
        new_file(path, text)?;
        println!("{} is written.", path.display());
    }
    if by_sms {
        for language in Language::ALL {
            let path = locales.join(language.code()).join("broadcasts.ftl");
            append(&path, &written.sms(language))?;
            println!("{} has one text more.", path.display());
        }
    }
    println!("Read them, and change what you like. Then, for each of them:");
    println!("  samvad check");
    for (broadcast, _) in written.broadcasts() {
        println!("  samvad broadcast plan {broadcast} --by …, then test, approve, run");
    }
    println!(
        "The template is registered at the provider before (docs/operations.md), the text by SMS at DLT."
    );
    println!(
        "A reminder is planned on its own day: it goes to those who have not answered by then."
    );
    Ok(())
}

/// What is said to the people of a roster.
struct Invitation<'p> {
    poll: &'p Poll,
    by_sms: bool,
    /// Whether nobody's choice follows from the bundle and the key together.
    is_sure: bool,
}

/// Hindi, English, Urdu: before the question; behind it when nobody can learn who chose what, or when it is told to
/// nobody; until when; and the button.
const WORDS: [(Language, [&str; 5]); 3] = [
    (
        Language::Hi,
        [
            "नमस्ते {{1}} जी! हमें आपकी राय चाहिए:",
            "आपका जवाब मुहरबंद रहता है: गिनती के बाद भी नहीं दिखता कि आपने किसे चुना।",
            "आपका जवाब मुहरबंद रहता है, और किसने क्या लिखा, यह किसी को बताया नहीं जाता।",
            "जवाब {} तक दिया और बदला जा सकता है।",
            "राय दीजिए",
        ],
    ),
    (
        Language::En,
        [
            "Namaste {{1}}! We ask for your opinion:",
            "Your answer stays sealed: even the count does not show whom you chose.",
            "Your answer stays sealed, and nobody is told who wrote what.",
            "You can answer, and change your answer, until {}.",
            "Give my opinion",
        ],
    ),
    (
        Language::Ur,
        [
            "آداب {{1}}! ہمیں آپ کی رائے چاہیے:",
            "آپ کا جواب مہربند رہتا ہے: گنتی کے بعد بھی نہیں دکھتا کہ آپ نے کسے چنا۔",
            "آپ کا جواب مہربند رہتا ہے، اور کس نے کیا لکھا، یہ کسی کو بتایا نہیں جاتا۔",
            "جواب {} تک دیا اور بدلا جا سکتا ہے۔",
            "رائے دیجیے",
        ],
    ),
];

impl Invitation<'_> {
    fn template(&self) -> anyhow::Result<String> {
        let poll = self.poll;
        let name = invitation(&poll.name);
        let mut text = format!(
            "# yaml-language-server: $schema=../../schemas/template.json\n\
             # What broadcasts/{name}.yaml says on WhatsApp; registered at the provider word by word.\n\
             template: {name}\ncategory: utility\npurpose: opinion\nvariables: [name]\nlanguages:\n"
        );
        let until = clock_of(poll.closes);
        for (language, [greeting, sure, untold, window, button]) in WORDS {
            let question = poll.question.text(language);
            if question.contains(['{', '}']) {
                bail!("the question has a curly bracket, which templates take for a place");
            }
            let sealed = match (poll.secret, self.is_sure) {
                (false, _) => String::new(),
                (true, true) => format!(" {sure}"),
                (true, false) => format!(" {untold}"),
            };
            let body = format!("{greeting} {question}{sealed} {}", window.replace("{}", &until));
            let stop = match language {
                Language::Hi => "संदेश बंद करें",
                Language::En => "Stop messages",
                Language::Ur => "پیغام بند کریں",
            };
            // Writing into a string cannot fail.
            let _ = write!(
                text,
                "  {}:\n    body: {}\n    buttons: {{give: {button}, stop: {stop}}}\n",
                language.code(),
                quoted(&body)
            );
        }
        Ok(text)
    }

    /// The invitation, then the reminders; each with its name.
    fn broadcasts(&self) -> Vec<(String, String)> {
        let poll = self.poll;
        let invited = format!("invited(\"{}\")", poll.name);
        let about = format!("राय का न्योता: {}", poll.question.hi);
        let first = self.broadcast(&invitation(&poll.name), &about, &invited, poll.opens);
        let mut all = vec![(invitation(&poll.name), first)];
        let Some(remind) = poll.remind else { return all };
        let unanswered = format!("{invited} && !opined(\"{}\")", poll.name);
        let mut from = poll.opens;
        for number in 1..=remind.times {
            let Ok(next) = from.checked_add(remind.after) else { break };
            from = next;
            let name = format!("{}{number}", reminders(&poll.name));
            let about = format!("राय की याद, जिन्होंने जवाब नहीं दिया: {}", poll.question.hi);
            all.push((name.clone(), self.broadcast(&name, &about, &unanswered, from)));
        }
        all
    }

    fn broadcast(&self, name: &str, about: &str, audience: &str, from: Timestamp) -> String {
        let poll = self.poll;
        let minute = |at: Timestamp| india_zoned(at).strftime("%Y-%m-%d %H:%M").to_string();
        let sms = if self.by_sms {
            format!("sms: {{say: {}}}\n", self.text_name())
        } else {
            String::new()
        };
        format!(
            "# yaml-language-server: $schema=../schemas/broadcast.json\n\
             broadcast: {name}\nabout: {}\naudience: {}\ntemplate: {}\npurpose: opinion\nvalues:\n  \
             name: {{otherwise: {{hi: साथी, en: friend, ur: ساتھی}}}}\n\
             buttons: {{give: opinion, stop: stop}}\nreplies: opinion\n{sms}send: {{from: {}, before: {}}}\n",
            quoted(about),
            quoted(audience),
            invitation(&poll.name),
            minute(from),
            minute(poll.closes),
        )
    }

    /// The name of the text by SMS.
    fn text_name(&self) -> String {
        format!("{}-invitation", self.poll.name.replace('_', "-"))
    }

    fn sms(&self, language: Language) -> String {
        let question = self.poll.question.text(language);
        let words = match language {
            Language::Hi => {
                format!("नमस्ते {{ $name }} जी! {question} ‘राय’ लिखकर भेजिए। {{ -party }}")
            }
            Language::En => {
                format!("Namaste {{ $name }}! {question} Send the word opinion. {{ -party }}")
            }
            Language::Ur => {
                format!("آداب {{ $name }}! {question} ‘رائے’ لکھ کر بھیجیے۔ {{ -party }}")
            }
        };
        format!("{} = {words}\n", self.text_name())
    }
}

/// As YAML takes it for a text, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn new_file(path: &Path, text: &str) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(cannot)?;
    }
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).open(path).with_context(cannot)?;
    file.write_all(text.as_bytes()).with_context(cannot)
}

/// Adds a text at the end of a file, which may lack its last line break.
fn append(path: &Path, text: &str) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written", path.display());
    let before = std::fs::read_to_string(path).unwrap_or_default();
    let between = if before.is_empty() || before.ends_with('\n') { "\n" } else { "\n\n" };
    let mut file =
        std::fs::OpenOptions::new().append(true).create(true).open(path).with_context(cannot)?;
    file.write_all(format!("{between}{text}").as_bytes()).with_context(cannot)
}
