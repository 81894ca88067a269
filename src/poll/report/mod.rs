//! A counted poll for people: a table in the terminal, rows for CSV and workbooks, and a page to print. Turnout first,
//! then what was chosen, as far as it is shown at all ([`super::tally`] decides that); nothing here counts anything.

mod chart;
mod html;
mod photos;

use std::fmt::Write as _;
use std::io::Write;

use super::bundle::SeatHead;
use super::count::Counted;
use super::electorate::MEMBER;
use super::signals::Signal;
use super::tally::{Choices, SeatResult, percent, wilson};
use crate::contact::Language;
use crate::geography::Geography;
use crate::locale::grouped;
use crate::people::post;
use crate::places::{Place, Tree};
use crate::poll::ballot::Method;
use crate::sheet::CsvWriter;

pub use html::html;
pub use photos::{LARGEST_IN_REPORT, Photos};

/// What a report is made of.
pub struct Report<'r> {
    pub counted: &'r Counted,
    pub signals: &'r [Signal],
    pub geography: &'r Geography,
    /// The places of the same tables.
    pub tree: &'r Tree<'r>,
    /// The party, as it calls itself in Hindi.
    pub party: &'r str,
    /// When the poll was open and when it was counted, in words.
    pub window: &'r str,
    pub printed: &'r str,
}

/// The columns of [`rows`].
pub const COLUMNS: [&str; 8] = ["सीट", "सीट का नाम", "क्या", "जगह", "पद", "नाम", "संख्या", "प्रतिशत"];

impl<'r> Report<'r> {
    fn seats(&self) -> impl Iterator<Item = (&'r SeatHead, &'r SeatResult)> {
        let counted = self.counted;
        let result = |seat: &'r SeatHead| Some((seat, counted.seats.get(&seat.number)?));
        counted.header.seats.iter().filter_map(result)
    }

    fn place(&self, place: Place) -> String {
        self.tree.words(place, Language::Hi)
    }

    fn method(&self) -> Method {
        self.counted.header.rules.method
    }
}

fn candidate(seat: &SeatHead, name: u8) -> &str {
    seat.candidates.get(usize::from(name)).map_or("", String::as_str)
}

fn post_name(code: &str) -> String {
    if code == MEMBER {
        return "सदस्य".to_owned();
    }
    post(code).map_or_else(|| code.to_owned(), |post| post.name(Language::Hi).to_owned())
}

/// A number as it is written here: `12,34,567`.
fn number(count: u64) -> String {
    let mut text = String::new();
    grouped(i64::try_from(count).unwrap_or(i64::MAX), &mut text);
    text
}

/// The candidates by what they got, the most first, and those who named somebody else last.
fn by_count(
    seat: &SeatHead,
    choices: &Choices,
    is_other_shown: bool,
) -> Vec<(String, u64, Option<u64>)> {
    let weighted = |at: usize| choices.weighted.as_ref().and_then(|shares| shares.get(at).copied());
    let mut rows: Vec<(String, u64, Option<u64>)> = Vec::new();
    for (at, (name, count)) in (0_u8..).zip(&choices.chosen).enumerate() {
        rows.push((candidate(seat, name).to_owned(), *count, weighted(at)));
    }
    rows.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    if is_other_shown {
        rows.push(("अन्य (सूची में नहीं)".to_owned(), choices.other, weighted(choices.chosen.len())));
    }
    rows
}

/// The panel in words: `1. अनिल यादव  2. सुनीता वर्मा = इमरान अंसारी (बराबर)`.
fn panel_words(seat: &SeatHead, choices: &Choices) -> String {
    let mut text = order_words(seat, &choices.panel.names);
    if choices.panel.is_open {
        text.push_str(" (आख़िरी जगह पर बराबरी: नाम तय संख्या से ज़्यादा हैं, फ़ैसला कार्यालय करे और कारण लिखे)");
    }
    text
}

fn order_words(seat: &SeatHead, order: &[Vec<u8>]) -> String {
    let place = |(number, names): (usize, &Vec<u8>)| {
        let names: Vec<&str> = names.iter().map(|name| candidate(seat, *name)).collect();
        let tie = if names.len() > 1 { " (बराबर)" } else { "" };
        format!("{number}. {}{tie}", names.join(" = "))
    };
    (1..).zip(order).map(place).collect::<Vec<_>>().join("  ")
}

/// By which method a panel is made, in words.
const fn method_words(method: Method) -> &'static str {
    match method {
        Method::ChooseOne => "हर व्यक्ति ने एक नाम चुना; पैनल सबसे ज़्यादा चुने गए नामों का है।",
        Method::Approve => "हर व्यक्ति ने जितने नाम ठीक लगे उतने चुने; पैनल सबसे ज़्यादा समर्थन वाले नामों का है।",
        Method::Rank => {
            "हर व्यक्ति ने नाम अपनी पसंद के क्रम में दिए; पैनल शुल्ज़ (Schulze) विधि से है: हर दो नामों की आमने-सामने तुलना। \
             साथ में इंस्टेंट रन-ऑफ़ का क्रम भी दिया है।"
        }
    }
}

/// What intervals are and are not.
const INTERVAL_WORDS: &str = "कोष्ठक में 95% का विल्सन अंतराल है। यह गिनती है, नमूना नहीं: सूची के सभी लोगों से पूछा गया और \
    जिसने चाहा उसने उत्तर दिया; अंतराल केवल तब सही होता जब उत्तर देने वाले लॉटरी से चुने गए होते।";

/// Everything as rows under [`COLUMNS`], for CSV and workbooks.
#[must_use]
pub fn rows(report: &Report<'_>) -> Vec<[String; 8]> {
    let mut rows = Vec::new();
    for (seat, result) in report.seats() {
        let mut row = |what: &str, place: &str, post: &str, name: &str, count: u64, whole: u64| {
            rows.push([
                seat.number.to_string(),
                seat.name.clone(),
                what.to_owned(),
                place.to_owned(),
                post.to_owned(),
                name.to_owned(),
                count.to_string(),
                percent(count, whole),
            ]);
        };
        row("सूची में", "", "", "", result.eligible, result.eligible);
        row("उत्तर दिया", "", "", "", result.answered, result.eligible);
        for turnout in result.turnout.iter().filter(|turnout| turnout.booth > 0) {
            let booth = Place::Booth { assembly: turnout.assembly, number: turnout.booth };
            row("बूथ पर उत्तर", &report.place(booth), "", "", turnout.answered, turnout.eligible);
        }
        let Some(choices) = &result.choices else { continue };
        row("नहीं बताया", "", "", "", choices.refused, result.answered);
        row("अमान्य", "", "", "", choices.invalid, result.answered);
        for (name, count, _) in by_count(seat, choices, report.counted.header.rules.other) {
            row("चुना", "", "", &name, count, choices.valid);
        }
        for (name, _, weighted) in by_count(seat, choices, report.counted.header.rules.other) {
            if let Some(weighted) = weighted {
                row("हर बूथ बराबर (प्रतिशत)", "", "", &name, weighted, 100);
            }
        }
        for (place, names) in (1_u64..).zip(&choices.panel.names) {
            for name in names {
                row("पैनल में स्थान", "", "", candidate(seat, *name), place, 0);
            }
        }
        for group in &choices.breakdown.rows {
            let place = group.place.map(|place| report.place(place)).unwrap_or_default();
            let post = group.post.as_deref().map(post_name).unwrap_or_default();
            row("उत्तर", &place, &post, "", group.ballots, result.answered);
            for (name, count) in choices.breakdown.names.iter().zip(&group.counts) {
                row("चुना", &place, &post, candidate(seat, *name), *count, group.ballots);
            }
        }
    }
    rows
}

/// The rows as CSV for Excel.
///
/// # Errors
/// What is written to cannot be written.
pub fn csv(report: &Report<'_>, out: impl Write) -> std::io::Result<()> {
    let mut writer = CsvWriter::new(out, &COLUMNS)?;
    for row in rows(report) {
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        writer.row(&cells)?;
    }
    writer.finish()
}

/// The result for a terminal: numbers first, for Devanagari letters are of no fixed width.
#[must_use]
pub fn table(report: &Report<'_>) -> String {
    let mut text = String::new();
    // Writing into a String cannot fail.
    let mut line = |words: String| {
        let _ = writeln!(text, "{words}");
    };
    line(report.counted.header.question.clone());
    line(method_words(report.method()).to_owned());
    for (seat, result) in report.seats() {
        line(String::new());
        line(format!(
            "{} {}: {} में से {} ने उत्तर दिया ({}%)",
            seat.number,
            seat.name,
            number(result.eligible),
            number(result.answered),
            percent(result.answered, result.eligible)
        ));
        let Some(choices) = &result.choices else {
            let threshold = report.counted.header.rules.threshold;
            line(format!("  {threshold} से कम उत्तर: क्या चुना गया, यह नहीं बताया जाता"));
            continue;
        };
        for (name, count, weighted) in by_count(seat, choices, report.counted.header.rules.other) {
            let (low, high) = wilson(count, choices.valid);
            let weighted = weighted.map(|share| format!("  बूथ-भारित {share}%")).unwrap_or_default();
            line(format!(
                "{:>9} {:>5}% [{:.1}–{:.1}]{weighted}  {name}",
                number(count),
                percent(count, choices.valid),
                low * 100.0,
                high * 100.0
            ));
        }
        line(format!("  नहीं बताया {}, अमान्य {}", number(choices.refused), number(choices.invalid)));
        line(format!("  पैनल: {}", panel_words(seat, choices)));
        if let Some(ranked) = &choices.ranked
            && ranked.run_off_order != choices.panel.names
        {
            line(format!("  इंस्टेंट रन-ऑफ़ से क्रम अलग है: {}", order_words(seat, &ranked.run_off_order)));
        }
    }
    line(String::new());
    line(INTERVAL_WORDS.to_owned());
    text
}

/// The panels alone: seat by seat the names for the leadership, and why a seat has none.
#[must_use]
pub fn panel(report: &Report<'_>) -> String {
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = writeln!(text, "{}\n{}", report.counted.header.question, method_words(report.method()));
    for (seat, result) in report.seats() {
        let words = match &result.choices {
            Some(choices) => panel_words(seat, choices),
            None => "इतने कम उत्तर कि नाम नहीं बताए जाते".to_owned(),
        };
        let turnout = percent(result.answered, result.eligible);
        let _ = writeln!(text, "{:>3} {} ({turnout}%): {words}", seat.number, seat.name);
    }
    text
}

#[cfg(test)]
mod tests;
