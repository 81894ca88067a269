//! What became of a broadcast: the funnel, as a whole and by part, on the screen, as CSV and as a workbook.

use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Context as _;

use super::life::frozen_of;
use super::preview::{number, rupees};
use super::{Desk, Per};
use crate::broadcast::{Frozen, renderings};
use crate::contact::Language;
use crate::gate::Refusal;
use crate::message::Channel;
use crate::places::{Place, Tree};
use crate::records::{By, Funnel};
use crate::sheet::TableWriter;

/// The columns, as an office reads them.
const HEADER: [&str; 13] = [
    "हिस्सा / part",
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
];
/// The channels a broadcast leaves by.
const CHANNELS: [Channel; 2] = [Channel::Whatsapp, Channel::Sms];
/// The part that is all of it.
const ALL: &str = "कुल / all";
/// Where nobody's seat is known.
const NOWHERE: &str = "सीट ज्ञात नहीं / seat not known";

pub(super) fn report(
    desk: &Desk,
    name: &str,
    per: Option<Per>,
    csv: Option<&Path>,
    xlsx: Option<&Path>,
) -> anyhow::Result<()> {
    let row = desk.row(name)?;
    let whole = desk.runtime.block_on(desk.records.counts(row.id))?;
    let mut parts = vec![(ALL.to_owned(), whole.clone())];
    if let Some(per) = per {
        let by = match per {
            Per::Place => By::Place,
            Per::Channel => By::Channel,
            Per::Language => By::Language,
        };
        let tree = Tree::new(&desk.office.geography);
        for (part, funnel) in desk.runtime.block_on(desk.records.funnel_by(row.id, by))? {
            parts.push((part_words(&part, per, &tree), funnel));
        }
    }
    let rows: Vec<Vec<String>> = parts.iter().map(|(part, funnel)| cells(part, funnel)).collect();
    if let Some(path) = csv {
        let out = file(path)?;
        write(TableWriter::csv(out, &HEADER)?, &rows, path)?;
    }
    if let Some(path) = xlsx {
        let out = file(path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or_else(|| Path::new("."));
        write(TableWriter::xlsx(out, folder, &HEADER)?, &rows, path)?;
    }
    println!("{}: {}", row.name, row.state.name());
    print!("{}", table(&parts));
    print!("{}", reasons(&whole));
    let opted_out = desk.runtime.block_on(desk.records.opted_out(row.id))?;
    println!("{} took back a consent since.", number(opted_out));
    let paise = cost(desk, &frozen_of(&row)?, row.id)?;
    if paise > 0.0 {
        println!("It cost about {}.", rupees(paise));
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
    rows: &[Vec<String>],
    path: &Path,
) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written", path.display());
    for row in rows {
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        out.row(&cells).with_context(cannot)?;
    }
    out.finish().with_context(cannot)?;
    println!("{} is written: {} rows.", path.display(), rows.len());
    Ok(())
}

/// A part in words: a seat by its number and name.
fn part_words(part: &str, per: Per, tree: &Tree<'_>) -> String {
    match per {
        Per::Channel | Per::Language => part.to_owned(),
        Per::Place => match part.parse() {
            Ok(seat) => tree.words(Place::Assembly(seat), Language::Hi),
            Err(_) => NOWHERE.to_owned(),
        },
    }
}

/// The numbers of a row, in the order of the header.
fn figures(funnel: &Funnel) -> [u64; 12] {
    let sum = |reasons: &[(String, u64)]| reasons.iter().map(|(_, count)| count).sum::<u64>();
    [
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
    ]
}

fn cells(part: &str, funnel: &Funnel) -> Vec<String> {
    let figures = figures(funnel).map(|figure| figure.to_string());
    std::iter::once(part.to_owned()).chain(figures).collect()
}

/// The table of the screen: English heads, what is nowhere is left out.
fn table(parts: &[(String, Funnel)]) -> String {
    let heads: Vec<&str> = HEADER.iter().filter_map(|head| head.rsplit(" / ").next()).collect();
    let rows: Vec<(&str, [u64; 12])> =
        parts.iter().map(|(part, funnel)| (part.as_str(), figures(funnel))).collect();
    let shown: Vec<usize> = (0..12)
        .filter(|column| {
            let is_usual = matches!(column, 0 | 3 | 4 | 5 | 6);
            let figure = |row: &[u64; 12]| row.get(*column).copied().unwrap_or_default();
            is_usual || rows.iter().any(|(_, row)| figure(row) > 0)
        })
        .collect();
    let widest = rows.iter().map(|(part, _)| part.chars().count()).max().unwrap_or_default();
    // Writing into a string cannot fail.
    let mut out = format!("{:widest$}", "");
    let head_of = |column: usize| heads.get(column + 1).copied().unwrap_or_default();
    let width = |column: usize| head_of(column).len().max(11);
    for column in &shown {
        let _ = write!(out, "  {:>1$}", head_of(*column), width(*column));
    }
    out.push('\n');
    for (part, row) in &rows {
        let _ = write!(out, "{part:widest$}");
        for column in &shown {
            let figure = row.get(*column).copied().unwrap_or_default();
            let _ = write!(out, "  {:>1$}", number(figure), width(*column));
        }
        out.push('\n');
    }
    out
}

/// Why not, each with its words.
fn reasons(funnel: &Funnel) -> String {
    let mut out = String::new();
    for (title, of) in [("refused", &funnel.refused), ("stopped at sending", &funnel.suppressed)] {
        for (reason, count) in of {
            let words = Refusal::from_name(reason).map_or("", |known| known.office_words().1);
            let _ = writeln!(out, "  {title} {}: {reason}. {words}", number(*count));
        }
    }
    for (code, count) in &funnel.failed {
        let code = code.map_or_else(|| "without a code".to_owned(), |code| format!("code {code}"));
        let _ = writeln!(out, "  failed {}: {code}", number(*count));
    }
    out
}

/// What its messages cost, as far as the configuration says: those the provider took.
fn cost(desk: &Desk, frozen: &Frozen, id: i64) -> anyhow::Result<f64> {
    let costs = desk.office.costs();
    let all = renderings(frozen, costs, None);
    let by_channel = desk.runtime.block_on(desk.records.funnel_by(id, By::Channel))?;
    let mut paise = 0.0;
    for channel in CHANNELS {
        let prices: Vec<f64> =
            all.iter().filter(|one| one.channel == channel).map(|one| one.paise).collect();
        let dearest = prices.iter().copied().fold(0.0, f64::max);
        let sent = by_channel.iter().find(|(name, _)| name == channel.name());
        let sent = sent.map_or(0, |(_, funnel)| funnel.sent);
        #[expect(clippy::cast_precision_loss, reason = "messages are some crores")]
        let of_channel = sent as f64 * dearest;
        paise += of_channel;
    }
    Ok(paise)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn funnel() -> Funnel {
        Funnel {
            recipients: 160_000,
            refused: vec![("no_consent".to_owned(), 2_100)],
            sent: 150_000,
            delivered: 140_000,
            read: 90_000,
            replied: 12_345,
            failed: vec![(Some(131_026), 7_900)],
            ..Funnel::default()
        }
    }

    #[test]
    fn a_funnel_is_read_at_a_glance() {
        let parts = [(ALL.to_owned(), funnel()), ("sms".to_owned(), Funnel::default())];
        insta::assert_snapshot!(table(&parts), @r"
                    recipients      refused         sent    delivered         read      replied       failed
        कुल / all     1,60,000        2,100     1,50,000     1,40,000       90,000       12,345        7,900
        sms                  0            0            0            0            0            0            0
        ");
    }

    #[test]
    fn every_reason_is_told_with_its_words() {
        insta::assert_snapshot!(reasons(&funnel()), @r"
        refused 2,100: no_consent. This person has not agreed to messages of this kind.
        failed 7,900: code 131026
        ");
    }

    #[test]
    fn every_figure_has_its_column() {
        assert_eq!(cells(ALL, &funnel()).len(), HEADER.len());
    }
}
