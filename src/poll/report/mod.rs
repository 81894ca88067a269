//! A counted poll for people: a table in the terminal, rows for CSV and workbooks, and a page to print. Turnout first,
//! then what was chosen, as far as it is shown at all ([`super::tally`] decides that); nothing here counts anything.

mod asked;
mod chart;
mod html;
mod missing;
mod photos;
mod rows;

use std::fmt::Write as _;
use std::io::Write;

use super::bundle::SeatHead;
use super::count::Counted;
use super::electorate::MEMBER;
use super::signals::Signal;
use super::tally::{Choices, SeatResult, numbered, percent, wilson};
use crate::contact::Language;
use crate::geography::Geography;
use crate::locale::grouped;
use crate::people::post;
use crate::places::{Place, Tree};
use crate::poll::ballot::Method;
use crate::seal::to_hex;
use crate::sheet::CsvWriter;

pub use html::html;
pub use photos::{LARGEST_IN_REPORT, Photos};
pub use rows::{COLUMNS, rows};

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
    /// The hash of the numbers of the whole result, also where some seats alone are shown.
    pub numbers: &'r str,
}

impl<'r> Report<'r> {
    fn seats(&self) -> impl Iterator<Item = (&'r SeatHead, &'r SeatResult)> {
        let counted = self.counted;
        let result = |seat: &'r SeatHead| Some((seat, counted.seats.get(&seat.number)?));
        counted.header.seats.iter().filter_map(result)
    }

    fn place(&self, place: Place) -> String {
        self.tree.words(place, Language::Hi)
    }

    fn words(&self, signal: &Signal) -> String {
        signal.words(&hour, &|place| self.place(place), &post_name)
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
    let weighted = |at: usize| choices.weighted.as_ref()?.shares.get(at).copied();
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

/// The panel in words: `1. सुनीता वर्मा = इमरान अंसारी (बराबर)  3. अनिल यादव`.
fn panel_words(seat: &SeatHead, choices: &Choices) -> String {
    let mut text = order_words(seat, &choices.panel.names);
    if !choices.panel.is_open {
        return text;
    }
    if choices.panel.unbeaten.is_empty() {
        text.push_str(" (आखिरी जगह पर बराबरी: नाम तय संख्या से ज्यादा हैं, फैसला कार्यालय करे और कारण लिखे)");
        return text;
    }
    let names = choices.panel.unbeaten.iter().map(|name| candidate(seat, *name));
    let _ = write!(
        text,
        " (आखिरी जगह तय नहीं: {} को उस जगह का हर नाम नहीं हराता, फैसला कार्यालय करे और कारण लिखे)",
        names.collect::<Vec<_>>().join(", ")
    );
    text
}

fn order_words(seat: &SeatHead, order: &[Vec<u8>]) -> String {
    let place = |(number, names): (usize, &Vec<u8>)| {
        let names: Vec<&str> = names.iter().map(|name| candidate(seat, *name)).collect();
        let tie = if names.len() > 1 { " (बराबर)" } else { "" };
        format!("{number}. {}{tie}", names.join(" = "))
    };
    numbered(order).map(place).collect::<Vec<_>>().join("  ")
}

/// By which method a panel is made, in words.
const fn method_words(method: Method) -> &'static str {
    match method {
        Method::ChooseOne => "हर व्यक्ति ने एक नाम चुना; पैनल सबसे ज्यादा चुने गए नामों का है।",
        Method::Approve => "हर व्यक्ति ने जितने नाम ठीक लगे उतने चुने; पैनल सबसे ज्यादा समर्थन वाले नामों का है।",
        Method::Rank => {
            "हर व्यक्ति ने नाम अपनी पसंद के क्रम में दिए। पैनल के लिए हर दो नामों की आमने-सामने तुलना होती है: जिसे ज्यादा लोगों ने आगे \
             रखा, वह आगे। तुलनाएँ घूमकर वहीं लौट आएँ (क से ख पीछे, ख से ग, ग से क), तो सबसे कमजोर बढ़त छोड़ दी जाती है (शुल्ज की विधि, \
             Schulze)। साथ में छँटनी का क्रम भी दिया है।"
        }
    }
}

/// What intervals are and are not.
const INTERVAL_WORDS: &str = "कोष्ठक के दो प्रतिशत (चित्र में काली रेखा) बताते हैं कि हिस्सा कितना इधर-उधर हो सकता था, अगर जवाब देने \
    वाले लॉटरी से चुने गए होते (95% का दायरा, विल्सन का सूत्र)। पर यह गिनती है, नमूना नहीं: सूची के सभी लोगों से पूछा गया और जिसने \
    चाहा उसने जवाब दिया।";
/// What the run-off does.
const RUN_OFF_WORDS: &str = "हर चरण में सबसे कम जवाबों वाला नाम हटता है और उसके जवाब अगली पसंद को मिलते हैं, जब तक किसी एक के पास \
    बचे जवाबों में आधे से ज्यादा न हों (instant run-off)।";
/// Why not every name has a column.
const NAMES_AWAY: &str = "जिन नामों की संख्या यहाँ नहीं है, वे इतने कम या इतने एकतरफा चुने गए कि किसी छोटे समूह की पसंद निकल आती; पूरी सीट की \
    गिनती में वे भी हैं।";

/// Whether a name of the seat has no column in its rows by place and post.
fn has_names_away(choices: &Choices) -> bool {
    let shown = &choices.breakdown;
    !shown.rows.is_empty() && shown.names.len() < choices.chosen.len()
}

/// How the booth-weighted shares are made.
fn weighted_words(choices: &Choices) -> Option<String> {
    let weighted = choices.weighted.as_ref()?;
    Some(format!(
        "हर बूथ बराबर: यहाँ हर बूथ का वजन एक जितना है, चाहे वहाँ से कितने भी जवाब आए हों। जिन बूथों से कम जवाब आए वे पड़ोसी बूथों के साथ जोड़े गए, ताकि किसी छोटे समूह की \
         पसंद न निकले; {} बूथ, {} समूह, हर समूह का भार उसके बूथों जितना।",
        number(weighted.booths),
        number(weighted.groups)
    ))
}

/// When a turnout is told among the signals.
const FAR_OFF_WORDS: &str = "कितनों ने जवाब दिया, यह किसी बूथ, सेक्टर, सीट या पद का तब दिखता है जब वह बाकी से दस प्रतिशत अंक या ज्यादा अलग हो और केवल संयोग से \
    ऐसा सौ में एक बार से भी कम हो (फिशर का परीक्षण; जितनी जगहें देखी गईं, सीमा उतनी कड़ी)।";

/// Marks as they are asked.
const ASPECT_NAMES: [&str; 3] = ["मिलना-जुलना", "ईमानदारी", "काम"];

/// A moment by the clocks of India.
fn hour(milliseconds: i64) -> String {
    let zone = jiff::tz::Offset::from_seconds(19_800).map(jiff::tz::TimeZone::fixed);
    let moment = jiff::Timestamp::from_millisecond(milliseconds);
    match (moment, zone) {
        (Ok(moment), Ok(zone)) => moment.to_zoned(zone).strftime("%d-%m-%Y %H:%M").to_string(),
        _ => String::new(),
    }
}

/// Bundles of before name no hash over who may answer from where.
fn electorate_words(digits: &str) -> String {
    if digits.is_empty() { "दर्ज नहीं".to_owned() } else { digits.to_owned() }
}

/// By which anybody can check the result: what it is called, and its value.
fn proofs(report: &Report<'_>) -> [(&'static str, String); 8] {
    let (header, proof) = (&report.counted.header, &report.counted.proof);
    [
        ("गिने गए लिफाफे", number(proof.choices)),
        ("न खुले लिफाफे", number(report.counted.unopened)),
        ("लिफाफों की छपी सूची की मुहर", to_hex(&proof.head)),
        ("मुहरबंद लिफाफों की फाइल (bundle)", to_hex(&proof.bundle)),
        ("जिनसे पूछा गया, उनकी सूची", header.roster.clone()),
        ("सूची में कहाँ कितने लोग", electorate_words(&header.close.electorate)),
        ("राय की सार्वजनिक कुंजी", header.key.clone()),
        ("इस परिणाम की संख्याएँ", report.numbers.to_owned()),
    ]
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

/// Said of a run-off with so many ties that not every way of breaking them was followed.
const NOT_ALL_WAYS: &str = "छँटनी में बराबरी इतनी बार हुई कि हर रास्ता नहीं गिना जा सका। जो जीत सकते हैं वे सब यहाँ हैं; \
     उनमें कोई ऐसा भी हो सकता है जो नहीं जीत सकता।";

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
    missing::words(report).into_iter().for_each(&mut line);
    asked::words(report).into_iter().for_each(&mut line);
    for (seat, result) in report.seats() {
        line(String::new());
        line(format!(
            "{} {}: {} में से {} ने जवाब दिया ({}%)",
            seat.number,
            seat.name,
            number(result.eligible),
            number(result.answered),
            percent(result.answered, result.eligible)
        ));
        let Some(choices) = &result.choices else {
            let threshold = report.counted.header.rules.threshold;
            line(format!("  {threshold} से कम जवाब: क्या चुना गया, यह नहीं बताया जाता"));
            continue;
        };
        for (name, count, weighted) in by_count(seat, choices, report.counted.header.rules.other) {
            let (low, high) = wilson(count, choices.valid);
            let weighted =
                weighted.map(|share| format!("  हर बूथ बराबर: {share}%")).unwrap_or_default();
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
            line(format!("  छँटनी से क्रम अलग है: {}", order_words(seat, &ranked.run_off_order)));
        }
        if choices.ranked.as_ref().is_some_and(|ranked| !ranked.run_off.all_ways) {
            line(format!("  {NOT_ALL_WAYS}"));
        }
        for words in breakdown_in_short(report, seat, choices) {
            line(format!("  {words}"));
        }
        if has_names_away(choices) {
            line(format!("  {NAMES_AWAY}"));
        }
    }
    line(String::new());
    for words in signals_in_short(report) {
        line(words);
    }
    line(INTERVAL_WORDS.to_owned());
    text
}

/// So many rows and signals are shown in a terminal; all of them stand in the files.
const SHOWN: usize = 8;

/// The rows below the seat that are no sectors and booths.
fn breakdown_in_short(report: &Report<'_>, seat: &SeatHead, choices: &Choices) -> Vec<String> {
    let shown = &choices.breakdown;
    let is_small = |place| matches!(place, Place::Sector { .. } | Place::Booth { .. });
    let large: Vec<_> = shown.rows.iter().filter(|row| !row.place.is_some_and(is_small)).collect();
    let mut lines = Vec::new();
    for row in large.iter().take(SHOWN) {
        let names = shown.names.iter().zip(&row.counts);
        let names = names.map(|(name, count)| {
            format!("{} {}%", candidate(seat, *name), percent(*count, row.ballots))
        });
        let place = row.place.map(|place| report.place(place));
        let post = row.post.as_deref().map(post_name);
        let whose: Vec<String> = place.into_iter().chain(post).collect();
        lines.push(format!(
            "{} ({}): {}",
            whose.join(", "),
            number(row.ballots),
            names.collect::<Vec<_>>().join(", ")
        ));
    }
    let more = shown.rows.len() - lines.len();
    if more > 0 {
        let further = if lines.is_empty() { "" } else { "और " };
        lines.push(format!("जगह और पद के {more} {further}समूह result.html और result.xlsx में हैं"));
    }
    lines
}

fn signals_in_short(report: &Report<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if report.signals.is_empty() {
        return lines;
    }
    lines.push("जाँचने लायक बातें (संकेत, फैसला नहीं; कोई जवाब गिनती से नहीं हटाया गया):".to_owned());
    lines.extend(
        report.signals.iter().take(SHOWN).map(|signal| format!("  {}", report.words(signal))),
    );
    if report.signals.len() > SHOWN {
        lines.push(format!("  और {} result.html और result.xlsx में", report.signals.len() - SHOWN));
    }
    lines.push(String::new());
    lines
}

/// The panels alone: seat by seat the names for the leadership, and why a seat has none.
#[must_use]
pub fn panel(report: &Report<'_>) -> String {
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = writeln!(text, "{}\n{}", report.counted.header.question, method_words(report.method()));
    for words in missing::words(report) {
        let _ = writeln!(text, "{words}");
    }
    for (seat, result) in report.seats() {
        let words = match &result.choices {
            Some(choices) => panel_words(seat, choices),
            None => "इतने कम जवाब कि नाम नहीं बताए जाते".to_owned(),
        };
        let turnout = percent(result.answered, result.eligible);
        let _ = writeln!(text, "{:>3} {} ({turnout}%): {words}", seat.number, seat.name);
    }
    text
}

#[cfg(test)]
mod tests;
