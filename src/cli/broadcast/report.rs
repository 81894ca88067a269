//! What became of a broadcast: the funnel, as a whole and by part, on the screen, as CSV and as a workbook.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Context as _;

use super::failures::Failure;
use super::preview::{number, rupees};
use super::{Desk, Per};
use crate::broadcast::{Costs, Frozen, reason_words};
use crate::contact::Language;
use crate::mailing::frozen_of;
use crate::message::{Channel, Status};
use crate::places::{Place, Tree};
use crate::records::{By, Funnel, Messages};
use crate::sheet::{TableWriter, Written};

/// The columns of the people, as an office reads them.
const PEOPLE: [&str; 13] = [
    "लोग / recipients",
    "मना / refused",
    "बाक़ी / planned",
    "भेजे / sent",
    "पहुँचे / delivered",
    "पढ़े / read",
    "उत्तर / replied",
    "विफल / failed",
    "अनिश्चित / unknown",
    "रोके / stopped",
    "समय निकला / expired",
    "दूसरे रास्ते / second way",
    "सहमति वापस / opted out",
];
/// Those that are shown on the screen even where they are nowhere.
const USUAL: [&str; 5] =
    ["लोग / recipients", "भेजे / sent", "पहुँचे / delivered", "पढ़े / read", "उत्तर / replied"];
const PART: &str = "हिस्सा / part";
const SMS_PARTS: &str = "SMS के हिस्से / sms parts";
const COST: &str = "खर्च (₹) / cost";
/// The part that is all of it.
const ALL: &str = "कुल / all";
/// Where nobody's seat is known.
const NOWHERE: &str = "सीट ज्ञात नहीं / seat not known";
/// Who is on none of its channels.
const NO_CHANNEL: &str = "किसी रास्ते पर नहीं / on no channel";

/// A part of a broadcast, or all of it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Part {
    words: String,
    funnel: Funnel,
    opted_out: u64,
    /// Its messages that failed, of both ways.
    failures: BTreeMap<Failure, u64>,
    /// Short messages that are billed.
    sms_parts: u64,
    paise: f64,
}

pub(super) fn report(
    desk: &Desk,
    name: &str,
    per: Option<Per>,
    csv: Option<&Path>,
    xlsx: Option<&Path>,
) -> anyhow::Result<()> {
    let row = desk.sent(name)?;
    let frozen = frozen_of(&row)?;
    let costs = desk.office.costs();
    let ask = &desk.records;
    let whole = desk.runtime.block_on(async {
        let funnel = ask.counts(row.id).await?;
        let opted_out = ask.opted_out(row.id).await?;
        let mut part = Part { words: ALL.to_owned(), funnel, opted_out, ..Part::default() };
        part.bill(&frozen, costs, &ask.messages_of(row.id, None).await?);
        anyhow::Ok(part)
    })?;
    let mut parts = vec![whole.clone()];
    if let Some(per) = per {
        let by = match per {
            Per::Place | Per::District => By::Place,
            Per::Channel => By::Channel,
            Per::Language => By::Language,
        };
        let (funnels, opted_out, messages) = desk.runtime.block_on(async {
            let funnels = ask.funnel_by(row.id, by).await?;
            let opted_out = ask.opted_out_by(row.id, by).await?;
            anyhow::Ok((funnels, opted_out, ask.messages_of(row.id, Some(by)).await?))
        })?;
        let tree = Tree::new(&desk.office.geography);
        for (key, funnel) in funnels {
            let of_part = opted_out.iter().find(|(known, _)| *known == key);
            let opted_out = of_part.map_or(0, |(_, count)| *count);
            let words = part_words(&key, per, &tree);
            // Several seats lie in one district.
            let known = parts.iter().skip(1).position(|part| part.words == words);
            let mut part = Part { words, funnel, opted_out, ..Part::default() };
            let own: Vec<Messages> =
                messages.iter().filter(|known| known.part == key).cloned().collect();
            part.bill(&frozen, costs, &own);
            match known.and_then(|place| parts.get_mut(place + 1)) {
                Some(district) => district.take_in(part),
                None => parts.push(part),
            }
        }
    }
    let reasons_of = Reasons::of(&whole.funnel);
    let mut all_heads = heads();
    all_heads.extend(reasons_of.heads());
    let heads: Vec<&str> = all_heads.iter().map(String::as_str).collect();
    let rows: Vec<Row> = parts.iter().map(|part| part.row(&reasons_of)).collect();
    if let Some(path) = csv {
        let out = file(path)?;
        write(TableWriter::csv(out, &heads)?, &rows, path)?;
    }
    if let Some(path) = xlsx {
        let out = file(path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or_else(|| Path::new("."));
        write(TableWriter::xlsx(out, folder, &heads)?, &rows, path)?;
    }
    println!("{}: {}", row.name, row.state.name());
    print!("{}", table(&parts));
    print!("{}", reasons(&whole));
    println!("{} took back a consent within 7 days of it.", number(whole.opted_out));
    if whole.paise > 0.0 {
        println!("It cost about {}.", rupees(whole.paise));
    }
    Ok(())
}

fn file(path: &Path) -> anyhow::Result<BufWriter<std::fs::File>> {
    let file = super::super::private_file(path)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(BufWriter::new(file))
}

fn write<W: Write + Send>(
    mut out: TableWriter<W>,
    rows: &[Row],
    path: &Path,
) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written", path.display());
    for (name, figures) in rows {
        let texts: Vec<String> = figures.iter().map(|cell| cell.plain()).collect();
        let numbers = figures.iter().zip(&texts);
        let numbers = numbers.map(|(cell, text)| Written::Number(cell.value(), text));
        let cells: Vec<Written<'_>> = std::iter::once(Written::Text(name)).chain(numbers).collect();
        out.figures(&cells).with_context(cannot)?;
    }
    out.finish().with_context(cannot)?;
    println!("{} is written: {} rows.", path.display(), rows.len());
    Ok(())
}

/// A part in words: a seat by its number and name.
fn part_words(part: &str, per: Per, tree: &Tree<'_>) -> String {
    match per {
        Per::Channel if part == Channel::Internal.name() => NO_CHANNEL.to_owned(),
        Per::Channel | Per::Language => part.to_owned(),
        Per::Place => match part.parse() {
            Ok(seat) => tree.words(Place::Assembly(seat), Language::Hi),
            Err(_) => NOWHERE.to_owned(),
        },
        Per::District => {
            let seat = part.parse().ok().map(Place::Assembly);
            let up = |place: &Place| tree.parent(*place);
            let district =
                std::iter::successors(seat, up).find(|place| matches!(place, Place::District(_)));
            district
                .map_or_else(|| NOWHERE.to_owned(), |district| tree.words(district, Language::Hi))
        }
    }
}

/// A cell of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cell {
    Count(u64),
    Paise(f64),
}

impl Cell {
    fn is_something(self) -> bool {
        match self {
            Cell::Count(count) => count > 0,
            Cell::Paise(paise) => paise > 0.0,
        }
    }

    fn value(self) -> f64 {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "people are some crores")]
            Cell::Count(count) => count as f64,
            Cell::Paise(paise) => paise.round() / 100.0,
        }
    }

    /// For a file: a number that a sheet adds up.
    fn plain(self) -> String {
        match self {
            Cell::Count(count) => count.to_string(),
            Cell::Paise(paise) => format!("{:.2}", paise / 100.0),
        }
    }

    fn shown(self) -> String {
        match self {
            Cell::Count(count) => number(count),
            Cell::Paise(paise) => rupees(paise),
        }
    }
}

/// A line of the files: the name of the part, and its figures.
type Row = (String, Vec<Cell>);

/// Why people got nothing, as columns of the files: those reasons that somebody has.
struct Reasons {
    refused: Vec<String>,
    stopped: Vec<String>,
}

impl Reasons {
    fn of(funnel: &Funnel) -> Reasons {
        let names = |of: &[(String, u64)]| of.iter().map(|(reason, _)| reason.clone()).collect();
        Reasons { refused: names(&funnel.refused), stopped: names(&funnel.suppressed) }
    }

    fn heads(&self) -> impl Iterator<Item = String> + '_ {
        let refused = self.refused.iter().map(|reason| format!("मना / refused: {reason}"));
        refused.chain(self.stopped.iter().map(|reason| format!("रोके / stopped: {reason}")))
    }

    fn figures(&self, funnel: &Funnel) -> Vec<Cell> {
        let count = |of: &[(String, u64)], reason: &String| {
            let found = of.iter().find(|(known, _)| known == reason);
            Cell::Count(found.map_or(0, |(_, count)| *count))
        };
        let refused = self.refused.iter().map(|reason| count(&funnel.refused, reason));
        refused.chain(self.stopped.iter().map(|reason| count(&funnel.suppressed, reason))).collect()
    }
}

/// The heads of all columns.
fn heads() -> Vec<String> {
    let failures = Failure::ALL.into_iter().map(Failure::head);
    let all = [PART].into_iter().chain(PEOPLE).chain(failures).chain([SMS_PARTS, COST]);
    all.map(str::to_owned).collect()
}

impl Part {
    /// Takes in what its messages are billed by, and why they failed. A provider of SMS bills what it took,
    /// whatever became of it; Meta does not bill what failed.
    fn bill(&mut self, frozen: &Frozen, costs: Costs, messages: &[Messages]) {
        for some in messages {
            let is_billed = match some.status {
                Status::Sent | Status::Delivered | Status::Read => true,
                Status::Failed => some.channel == Channel::Sms && some.taken,
                _ => false,
            };
            if is_billed {
                let of_sms = if some.channel == Channel::Sms { some.parts } else { 0 };
                self.sms_parts += of_sms;
                self.paise += costs.billed(frozen, some.channel, some.messages, some.parts);
            }
            if some.status == Status::Failed {
                let why = Failure::of(some.channel, some.error);
                *self.failures.entry(why).or_default() += some.messages;
            }
        }
    }

    /// Behind the name of the part, in the order of [`heads`].
    fn figures(&self) -> Vec<Cell> {
        let sum = |reasons: &[(String, u64)]| reasons.iter().map(|(_, count)| count).sum::<u64>();
        let funnel = &self.funnel;
        let people = [
            funnel.recipients,
            sum(&funnel.refused),
            funnel.planned + funnel.waiting,
            funnel.sent,
            funnel.delivered,
            funnel.read,
            funnel.replied,
            funnel.failed.iter().map(|(_, count)| count).sum(),
            funnel.unknown,
            sum(&funnel.suppressed) + funnel.cancelled,
            funnel.expired,
            funnel.fell_back,
            self.opted_out,
        ];
        let failures = Failure::ALL.map(|why| self.failures.get(&why).copied().unwrap_or_default());
        let counts = people.into_iter().chain(failures).chain([self.sms_parts]);
        counts.map(Cell::Count).chain([Cell::Paise(self.paise)]).collect()
    }

    fn row(&self, reasons: &Reasons) -> Row {
        let mut figures = self.figures();
        figures.extend(reasons.figures(&self.funnel));
        (self.words.clone(), figures)
    }

    /// Another part joins this one.
    fn take_in(&mut self, other: Part) {
        let Funnel {
            recipients,
            planned,
            cancelled,
            expired,
            refused,
            suppressed,
            waiting,
            unknown,
            sent,
            delivered,
            read,
            failed,
            replied,
            fell_back,
        } = other.funnel;
        let own = &mut self.funnel;
        for (sum, more) in [
            (&mut own.recipients, recipients),
            (&mut own.planned, planned),
            (&mut own.cancelled, cancelled),
            (&mut own.expired, expired),
            (&mut own.waiting, waiting),
            (&mut own.unknown, unknown),
            (&mut own.sent, sent),
            (&mut own.delivered, delivered),
            (&mut own.read, read),
            (&mut own.replied, replied),
            (&mut own.fell_back, fell_back),
            (&mut self.opted_out, other.opted_out),
            (&mut self.sms_parts, other.sms_parts),
        ] {
            *sum += more;
        }
        add_all(&mut own.refused, refused);
        add_all(&mut own.suppressed, suppressed);
        add_all(&mut own.failed, failed);
        for (why, count) in other.failures {
            *self.failures.entry(why).or_default() += count;
        }
        self.paise += other.paise;
    }
}

fn add_all<K: PartialEq>(counts: &mut Vec<(K, u64)>, more: Vec<(K, u64)>) {
    for (key, count) in more {
        match counts.iter_mut().find(|(known, _)| *known == key) {
            Some((_, sum)) => *sum += count,
            None => counts.push((key, count)),
        }
    }
}

/// The table of the screen: English heads, what is nowhere is left out; why messages failed stands under it.
fn table(parts: &[Part]) -> String {
    let rows: Vec<(&str, Vec<Cell>)> =
        parts.iter().map(|part| (part.words.as_str(), part.figures())).collect();
    let heads = heads();
    let is_shown = |column: usize, head: &str| {
        let is_somewhere =
            rows.iter().any(|(_, row)| row.get(column).copied().is_some_and(Cell::is_something));
        let is_failure = Failure::ALL.iter().any(|why| why.head() == head);
        USUAL.contains(&head) || (is_somewhere && !is_failure)
    };
    // The name of the part stands before them.
    let columns = heads.iter().skip(1).enumerate();
    let columns = columns.filter(|(column, head)| is_shown(*column, head));
    let shown: Vec<(usize, &str)> = columns
        .map(|(column, head)| (column, head.rsplit(" / ").next().unwrap_or_default()))
        .collect();
    let widest = rows.iter().map(|(part, _)| part.chars().count()).max().unwrap_or_default();
    // Writing into a string cannot fail.
    let mut out = format!("{:widest$}", "");
    let width = |head: &str| head.len().max(11);
    for (_, head) in &shown {
        let _ = write!(out, "  {:>1$}", head, width(head));
    }
    out.push('\n');
    for (part, row) in &rows {
        let _ = write!(out, "{part:widest$}");
        for (column, head) in &shown {
            let figure = row.get(*column).map(|cell| cell.shown()).unwrap_or_default();
            let _ = write!(out, "  {:>1$}", figure, width(head));
        }
        out.push('\n');
    }
    out
}

/// Why not, each with its words.
fn reasons(whole: &Part) -> String {
    let mut out = String::new();
    // Writing into a string cannot fail.
    let funnel = &whole.funnel;
    for (title, of) in [("refused", &funnel.refused), ("stopped at sending", &funnel.suppressed)] {
        for (reason, count) in of {
            let (hindi, english) = reason_words(reason);
            let _ = writeln!(out, "  {title} {}: {reason}. {english} {hindi}", number(*count));
        }
    }
    let mut failures: Vec<(Failure, u64)> =
        whole.failures.iter().map(|(why, count)| (*why, *count)).collect();
    failures.sort_by_key(|(why, count)| (std::cmp::Reverse(*count), *why));
    for (why, count) in failures {
        let (hindi, english) = why.office_words();
        let _ = writeln!(out, "  failed {}: {english} {hindi}", number(count));
    }
    let codes = funnel.failed.iter().filter_map(|(code, count)| code.map(|code| (code, count)));
    let codes: Vec<String> =
        codes.map(|(code, count)| format!("{code} ({})", number(*count))).collect();
    if !codes.is_empty() {
        let _ = writeln!(out, "  codes of the providers: {}", codes.join(", "));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(channel: Channel, status: Status, error: Option<i64>, counts: (u64, u64)) -> Messages {
        let (messages, parts) = counts;
        let part = String::new();
        Messages { part, channel, status, error, taken: true, messages, parts }
    }

    fn frozen() -> Frozen {
        crate::broadcast::fixture::frozen()
    }

    const COSTS: Costs = Costs { whatsapp_marketing: 88.0, whatsapp_utility: 12.0, sms_part: 20.0 };

    fn whole() -> Part {
        let funnel = Funnel {
            recipients: 160_000,
            refused: vec![("no_consent".to_owned(), 2_000), ("no_address".to_owned(), 100)],
            sent: 150_000,
            delivered: 140_000,
            read: 90_000,
            replied: 12_345,
            failed: vec![(Some(131_026), 7_900)],
            ..Funnel::default()
        };
        let mut part = Part { words: ALL.to_owned(), funnel, opted_out: 77, ..Part::default() };
        let not_there = some(Channel::Whatsapp, Status::Failed, Some(131_026), (7_900, 0));
        let read = some(Channel::Whatsapp, Status::Read, None, (150_000, 0));
        part.bill(&frozen(), COSTS, &[read, not_there]);
        part
    }

    #[test]
    fn a_funnel_is_read_at_a_glance() {
        let sms = Part { words: "sms".to_owned(), ..Part::default() };
        insta::assert_snapshot!(table(&[whole(), sms]), @r"
                    recipients      refused         sent    delivered         read      replied       failed    opted out         cost
        कुल / all     1,60,000        2,100     1,50,000     1,40,000       90,000       12,345        7,900           77    ₹1,32,000
        sms                  0            0            0            0            0            0            0            0        ₹0.00
        ");
    }

    #[test]
    fn every_reason_is_told_with_its_words() {
        insta::assert_snapshot!(reasons(&whole()), @r"
        refused 2,000: no_consent. This person has not agreed to messages of this kind. इस व्यक्ति ने ऐसे संदेशों के लिए सहमति नहीं दी है।
        refused 100: no_address. They have no address on any of its channels. इस प्रसारण के किसी भी रास्ते पर इनका नंबर नहीं है।
        failed 7,900: They are not there on this channel: no WhatsApp on the number, or too old. `fallback` writes to them by SMS. व्यक्ति इस रास्ते पर नहीं मिलते: नंबर पर WhatsApp नहीं है या बहुत पुराना है। `fallback` से SMS भेजें।
        codes of the providers: 131026 (7,900)
        ");
    }

    #[test]
    fn every_figure_has_its_column() {
        assert_eq!(whole().figures().len() + 1, heads().len());
    }

    #[test]
    fn a_file_says_why_people_were_refused_and_districts_are_sums_of_seats() {
        let mut part = whole();
        part.take_in(whole());
        let reasons = Reasons::of(&part.funnel);
        let heads: Vec<String> = reasons.heads().collect();
        assert_eq!(heads, ["मना / refused: no_consent", "मना / refused: no_address"]);
        let (_, figures) = part.row(&reasons);
        assert_eq!(figures[0], Cell::Count(320_000));
        assert_eq!(figures[figures.len() - 2..], [Cell::Count(4_000), Cell::Count(200)]);
    }

    #[test]
    fn what_is_billed_is_counted_by_the_message_that_left() {
        let mut part = Part::default();
        let long = some(Channel::Sms, Status::Delivered, None, (10, 25));
        let late = some(Channel::Sms, Status::Failed, Some(650), (2, 3));
        let never = Messages { taken: false, ..late.clone() };
        let refused = some(Channel::Whatsapp, Status::Failed, Some(131_026), (4, 0));
        part.bill(&frozen(), COSTS, &[long, late, never, refused]);
        assert_eq!(part.sms_parts, 28, "what failed after the vendor took it is billed");
        assert!((part.paise - 28.0 * 20.0).abs() < 1e-9, "{}", part.paise);
        assert_eq!(part.failures[&Failure::SaidNo], 4);
        assert_eq!(part.failures[&Failure::NotThere], 4);
    }
}
