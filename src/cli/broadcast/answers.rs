//! Who answered a broadcast and what: how one hears who comes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use jiff::Timestamp;

use super::Desk;
use super::preview::number;
use crate::broadcast::Frozen;
use crate::cli::requests::{mask_numbers, moment, phone_of, printable};
use crate::cli::table::{and_more, table_file};
use crate::contact::{Identities, Language};
use crate::flow::{Flows, SECRET};
use crate::geography::Geography;
use crate::message::{Channel, InboundContent, MediaKind, Purpose};
use crate::people::Column;
use crate::places::{Place, Tree};
use crate::records::{Answered, Listed};
use crate::understanding::{Kind, Meaning, Reading, begs_pardon, read as hear};

/// So many messages are read at once.
const PAGE: usize = 2_000;
/// Of the words of an answer so many signs are shown on the screen.
const SHOWN: usize = 60;
/// Where nobody's seat is known.
const NOWHERE: &str = "सीट ज्ञात नहीं / seat not known";

/// How the list is asked for.
pub(super) struct Order<'a> {
    pub(super) by: &'a str,
    pub(super) out: Option<&'a Path>,
    /// Numbers whole, in what people wrote too.
    pub(super) numbers: bool,
    pub(super) limit: usize,
}

/// What somebody's answer comes to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Yes,
    No,
    /// A button that says neither, by what stands on it.
    Label(String),
    Other,
    /// It may tell what somebody chose in a poll: its words are kept nowhere.
    Secret,
}

impl Said {
    fn of(content: &InboundContent, geography: &Geography) -> Said {
        if content.text() == Some(SECRET) {
            return Said::Secret;
        }
        let yes_or_no = content.text().and_then(|text| yes_or_no(text, geography));
        match (yes_or_no, content) {
            (Some(true), _) => Said::Yes,
            (Some(false), _) => Said::No,
            (
                None,
                InboundContent::Button { text: label, .. }
                | InboundContent::Choice { title: label, .. },
            ) => Said::Label(label.trim().to_owned()),
            (None, _) => Said::Other,
        }
    }

    /// Whether one knows by it what the person wants.
    fn is_clear(&self) -> bool {
        matches!(self, Said::Yes | Said::No | Said::Label(_))
    }

    fn words(&self) -> String {
        match self {
            Said::Yes => "हाँ / yes".to_owned(),
            Said::No => "नहीं / no".to_owned(),
            Said::Label(label) => format!("[{label}]"),
            Said::Other => "और कुछ / other words".to_owned(),
            Said::Secret => "गुप्त / secret".to_owned(),
        }
    }
}

/// A yes or a no, in the whole message or, where that tells a story, in its first sentence.
fn yes_or_no(text: &str, geography: &Geography) -> Option<bool> {
    let read = |text: &str| match hear(Kind::YesNo, text, geography) {
        Reading::Sure(Meaning::YesNo(yes)) => Some(yes),
        _ => None,
    };
    let whole = read(text);
    // "ठीक है। माफ़ कीजिए।": what stands behind it may take it back.
    if whole.is_some() || begs_pardon(text) {
        return whole;
    }
    let first = text.split(['\n', '।', '.', '!', '۔']).find(|part| !part.trim().is_empty());
    first.and_then(read)
}

/// One person, and the one of their messages that counts.
struct Person {
    member: Option<Listed>,
    addresses: Identities,
    said: Said,
    words: String,
    at: Timestamp,
    channel: Option<Channel>,
}

impl Person {
    fn of(answer: Answered, geography: &Geography) -> Person {
        let said = Said::of(&answer.content, geography);
        let words = if said == Said::Secret { String::new() } else { words_of(&answer.content) };
        let Answered { member, addresses, at, channel, .. } = answer;
        Person { member, addresses, said, words, at, channel }
    }

    /// Whoever says yes and then no does not come: the newest clear word counts, and without one the first.
    fn hears(&mut self, newer: Person) {
        let is_newer = newer.at >= self.at;
        if newer.said.is_clear() && (is_newer || !self.said.is_clear()) {
            *self = newer;
        }
    }

    fn seat(&self) -> Option<u16> {
        self.member.as_ref()?.assembly
    }

    fn booth(&self) -> Option<u16> {
        self.member.as_ref()?.booth
    }

    fn name(&self) -> &str {
        self.member.as_ref().map_or("", |member| member.name.as_str())
    }

    fn channel(&self) -> &'static str {
        self.channel.map_or("", Channel::name)
    }

    /// The words as they may be shown; a number somebody typed is masked as theirs is.
    fn shown(&self, numbers: bool) -> String {
        let words = printable(&self.words).replace('\n', " ");
        if numbers { words } else { mask_numbers(&words) }
    }
}

/// What a message says; of one without words, what it is.
fn words_of(content: &InboundContent) -> String {
    if let Some(text) = content.text().filter(|text| !text.trim().is_empty()) {
        return text.trim().to_owned();
    }
    let what = match content {
        InboundContent::Media { voice: true, .. } => "voice note",
        InboundContent::Media { kind: MediaKind::Audio, .. } => "audio",
        InboundContent::Media { kind: MediaKind::Image, .. } => "photo",
        InboundContent::Media { kind: MediaKind::Video, .. } => "video",
        InboundContent::Media { .. } => "file",
        InboundContent::Location { .. } => "location",
        InboundContent::Contacts { .. } => "contact card",
        _ => "no words",
    };
    format!("({what})")
}

/// How many of some people said what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    all: u64,
    yes: u64,
    no: u64,
}

impl Counts {
    fn take(&mut self, said: &Said) {
        self.all += 1;
        self.yes += u64::from(*said == Said::Yes);
        self.no += u64::from(*said == Said::No);
    }

    fn other(self) -> u64 {
        self.all.saturating_sub(self.yes + self.no)
    }
}

pub(super) fn answers(desk: &Desk, name: &str, order: &Order<'_>) -> anyhow::Result<()> {
    if order.by.trim().is_empty() {
        bail!("--by needs your name: whoever reads what people wrote stands in `samvad audit`");
    }
    let row = desk.row(name)?;
    if row.purpose == Purpose::Opinion {
        bail!(
            "{} asked for opinions: nobody reads here what anybody said to it. `samvad poll status` shows how many answered",
            row.name
        );
    }
    let frozen = Frozen::from_json(&row.definition)
        .with_context(|| format!("{} was planned by a newer version", row.name))?;
    if leads_to_a_poll(&frozen, &desk.office.flows) {
        bail!(
            "{} led people to a poll: nobody reads here what anybody said to it. `samvad poll status` shows how many answered",
            row.name
        );
    }
    let geography = &desk.office.geography;
    let tree = Tree::new(geography);
    let file = order.out.and_then(Path::file_name).map(|file| file.to_string_lossy().into_owned());
    let detail = file.map_or_else(|| row.name.clone(), |file| format!("{}, {file}", row.name));
    let begun = desk.records.begin_audit(order.by, "broadcast answers", &detail, desk.clock.now());
    let audited = desk.runtime.block_on(begun)?;
    let people = desk.runtime.block_on(people(desk, row.id))?;
    let recipients = desk.runtime.block_on(desk.records.progress(row.id))?.released;
    print!("{}", counted(&row.name, recipients, &people, &tree));
    let people = listed(people);
    if let Some(out) = order.out {
        write(out, &people, geography, order.numbers)?;
    } else {
        for person in people.iter().take(order.limit) {
            println!("{}", line(person, &tree, order.numbers));
        }
        let more = people.len().saturating_sub(order.limit);
        and_more(u64::try_from(more).unwrap_or(u64::MAX), "--out answers.xlsx writes all of them");
    }
    let count = u64::try_from(people.len()).unwrap_or(u64::MAX);
    desk.runtime.block_on(desk.records.end_audit(audited, count))?;
    Ok(())
}

/// Whether an answer to it, or one of its buttons, leads to the flow of polls. The check of broadcasts lets none through
/// that does and does not ask for opinions; those frozen before are still in the records.
fn leads_to_a_poll(frozen: &Frozen, flows: &Flows) -> bool {
    let payloads = frozen.said.whatsapp.iter().flat_map(|whatsapp| &whatsapp.payloads);
    let begins = |payload: &str| {
        flows
            .names()
            .any(|flow| flows.leads_to_polls(flow) && flows.beginning(flow) == Some(payload))
    };
    frozen.replies.as_deref().is_some_and(|flow| flows.leads_to_polls(flow))
        || payloads.into_iter().any(|(_, payload)| begins(payload))
}

/// Everybody who answered, by seat, booth and name; those of no known seat last.
async fn people(desk: &Desk, broadcast: i64) -> anyhow::Result<Vec<Person>> {
    let mut people: BTreeMap<i64, Person> = BTreeMap::new();
    let mut mark = (0, 0);
    loop {
        let page = desk.records.answers(broadcast, mark, PAGE).await?;
        let Some(last) = page.last() else { break };
        mark = last.mark;
        for answer in page {
            let contact = answer.contact;
            let person = Person::of(answer, &desk.office.geography);
            match people.get_mut(&contact) {
                Some(known) => known.hears(person),
                None => {
                    people.insert(contact, person);
                }
            }
        }
    }
    let mut people: Vec<Person> = people.into_values().collect();
    people.sort_by(|one, other| {
        let place = |person: &Person| {
            (person.seat().unwrap_or(u16::MAX), person.booth().unwrap_or(u16::MAX))
        };
        place(one).cmp(&place(other)).then_with(|| one.name().cmp(other.name()))
    });
    Ok(people)
}

/// Those of whom a line is told. That somebody's words were secret says that they wrote to a poll: of them stands how
/// many they are, and not who.
fn listed(mut people: Vec<Person>) -> Vec<Person> {
    people.retain(|person| person.said != Said::Secret);
    people
}

/// By answer, and by seat.
fn counted(name: &str, recipients: u64, people: &[Person], tree: &Tree<'_>) -> String {
    let mut by_answer: BTreeMap<&Said, u64> = BTreeMap::new();
    let mut by_seat: BTreeMap<u16, Counts> = BTreeMap::new();
    for person in people {
        *by_answer.entry(&person.said).or_default() += 1;
        // Those of no known seat stand last.
        by_seat.entry(person.seat().unwrap_or(u16::MAX)).or_default().take(&person.said);
    }
    let all = u64::try_from(people.len()).unwrap_or(u64::MAX);
    let mut out = format!("{name}: {} of {} people answered.\n", number(all), number(recipients));
    for (said, count) in by_answer {
        // Writing into a string cannot fail.
        let _ = writeln!(out, "{:>8}  {}", number(count), said.words());
    }
    if by_seat.is_empty() {
        return out;
    }
    out.push_str("\n     yes       no    other  seat\n");
    for (seat, counts) in by_seat {
        let words = match seat {
            u16::MAX => NOWHERE.to_owned(),
            seat => tree.words(Place::Assembly(seat), Language::Hi),
        };
        let (yes, no, other) = (number(counts.yes), number(counts.no), number(counts.other()));
        let _ = writeln!(out, "{yes:>8} {no:>8} {other:>8}  {words}");
    }
    out.push('\n');
    out
}

/// One person on the screen.
fn line(person: &Person, tree: &Tree<'_>, numbers: bool) -> String {
    let seat = person.seat().map(|seat| tree.words(Place::Assembly(seat), Language::Hi));
    let booth = person.booth().map_or_else(String::new, |booth| format!(", booth {booth}"));
    let words = person.shown(numbers);
    let mut short: String = words.chars().take(SHOWN).collect();
    if short.len() < words.len() {
        short.push('…');
    }
    format!(
        "{} {} {:<8} {}  {}{booth}  {}: {short}",
        moment(person.at),
        phone_of(&person.addresses, numbers),
        person.channel(),
        if person.name().is_empty() { "(no name)" } else { person.name() },
        seat.unwrap_or_else(|| NOWHERE.to_owned()),
        person.said.words(),
    )
}

/// The list as a file for Excel.
fn write(
    path: &Path,
    people: &[Person],
    geography: &Geography,
    numbers: bool,
) -> anyhow::Result<()> {
    let header = [
        Column::Name.header(),
        Column::Phone.header(),
        Column::District.header(),
        Column::Assembly.header(),
        "सीट का नाम",
        Column::Booth.header(),
        "रास्ता",
        "समय",
        "उत्तर",
        "शब्द",
    ];
    let mut out = table_file(path, &header)?;
    let cannot = || format!("{} cannot be written", path.display());
    for person in people {
        let seat = person.seat().and_then(|seat| geography.assembly(seat));
        let district = person.member.as_ref().map(|member| member.district.as_str());
        let district = seat.map(|seat| seat.district_code.as_str()).or(district);
        let district = district.and_then(|code| geography.district(code));
        let plain =
            |number: Option<u16>| number.map_or_else(String::new, |number| number.to_string());
        let cells = [
            person.name().to_owned(),
            phone_of(&person.addresses, numbers),
            district.map_or("", |district| district.name(Language::Hi)).to_owned(),
            plain(person.seat()),
            seat.map_or("", |seat| seat.name(Language::Hi)).to_owned(),
            plain(person.booth()),
            person.channel().to_owned(),
            moment(person.at),
            person.said.words(),
            person.shown(numbers),
        ];
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        out.row(&cells).with_context(cannot)?;
    }
    out.finish().with_context(cannot)?;
    println!(
        "{} holds the answers of {} people. Only you can read it.",
        path.display(),
        people.len()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(content: &InboundContent) -> Said {
        Said::of(content, &Geography::shipped().unwrap())
    }

    fn text(text: &str) -> InboundContent {
        InboundContent::Text { text: text.to_owned() }
    }

    fn tap(label: &str) -> InboundContent {
        InboundContent::Button { payload: "comes".to_owned(), text: label.to_owned() }
    }

    #[test]
    fn a_yes_and_a_no_are_heard_however_they_are_said_and_another_button_by_its_label() {
        for (content, expected) in [
            (text("हाँ"), Said::Yes),
            (text("haan ji aaunga"), Said::Yes),
            (text("हाँ जी।\nमेरे साथ दो लोग और आएँगे, पर गाड़ी नहीं है"), Said::Yes),
            (text("nahi aa paunga"), Said::No),
            (text("कितने बजे है"), Said::Other),
            (text(SECRET), Said::Secret),
            (tap("हाँ, बताइए"), Said::Yes),
            (text("माफ़ कीजिए"), Said::Other),
            (text("sorry"), Said::Other),
            (text("معاف کیجیے"), Said::Other),
            (tap("नहीं"), Said::No),
            (tap("देर से"), Said::Label("देर से".to_owned())),
        ] {
            assert_eq!(said(&content), expected, "{content:?}");
        }
    }

    fn person(words: &str, at: i64) -> Person {
        let content = text(words);
        Person {
            member: None,
            addresses: Identities::default(),
            said: said(&content),
            words: words_of(&content),
            at: Timestamp::from_second(at).unwrap(),
            channel: Some(Channel::Sms),
        }
    }

    #[test]
    fn the_newest_clear_word_counts_and_without_one_the_first() {
        for (words, counts) in [
            (vec!["हाँ", "धन्यवाद", "नहीं आ पाऊँगा", "माफ़ कीजिए"], "नहीं आ पाऊँगा"),
            (vec!["कितने बजे है", "हाँ"], "हाँ"),
            (vec!["कितने बजे है", "कहाँ पर है"], "कितने बजे है"),
        ] {
            let mut all = words.iter().zip(0..).map(|(words, at)| person(words, at));
            let mut first = all.next().unwrap();
            all.for_each(|newer| first.hears(newer));
            assert_eq!(first.words, counts);
        }
    }

    #[test]
    fn whose_words_were_secret_is_counted_and_has_no_line() {
        let geography = Geography::shipped().unwrap();
        let people = vec![person("हाँ", 0), person(SECRET, 0)];
        let told = counted("meeting", 5, &people, &Tree::new(&geography));
        assert!(told.contains("2 of 5 people answered") && told.contains("secret"), "{told}");
        let listed = listed(people);
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].said, Said::Yes);
    }

    #[test]
    fn a_number_somebody_typed_is_masked_and_what_was_secret_has_no_words() {
        let typed = person("हाँ, मेरा दूसरा नंबर 9812345678 है", 0);
        assert!(!typed.shown(false).contains("9812345678"));
        assert!(typed.shown(true).contains("9812345678"));
        let answer = Answered {
            mark: (1, 1),
            contact: 1,
            member: None,
            addresses: Identities::default(),
            at: Timestamp::UNIX_EPOCH,
            channel: None,
            content: text(SECRET),
        };
        assert_eq!(Person::of(answer, &Geography::shipped().unwrap()).words, "");
    }
}
