//! A broadcast before it is sent: what everybody reads, how many they are, what it costs and how long it
//! takes.

use std::collections::HashMap;
use std::fmt::Write as _;

use jiff::Timestamp;

use crate::audience::Audience;
use crate::broadcast::{
    Costs, Frozen, Occurrence, Reason, Rendering, Series, Share, Tally, over_at, renderings,
};
use crate::contact::Language;
use crate::locale::{grouped, india_zoned};
use crate::mailing::Office;
use crate::message::{MediaSource, TemplateHeader};
use crate::places::{Found, Place, Tree};

/// A moment by the clocks of India: `21-11-2026 14:05`.
pub(in crate::cli) fn clock_of(at: Timestamp) -> String {
    india_zoned(at).strftime("%d-%m-%Y %H:%M").to_string()
}

/// `16,00,000`.
pub(in crate::cli) fn number(count: u64) -> String {
    let mut out = String::new();
    grouped(i64::try_from(count).unwrap_or(i64::MAX), &mut out);
    out
}

/// `₹1,234.50`; whole rupees from a thousand on.
pub(super) fn rupees(paise: f64) -> String {
    if paise < 100_000.0 {
        return format!("₹{:.2}", paise / 100.0);
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a sum of rupees, rounded"
    )]
    let whole = (paise / 100.0).round() as u64;
    format!("₹{}", number(whole))
}

/// `3 h 20 min`.
pub(in crate::cli) fn length(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{} s", seconds.max(0)),
        60..3_600 => format!("{} min", (seconds + 30) / 60),
        3_600..172_800 => format!("{} h {:02} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} days {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// Every message, in every language, as people read it.
pub(super) fn messages(frozen: &Frozen, costs: Costs) -> String {
    let mut out = String::new();
    // Writing into a string cannot fail.
    for rendering in renderings(frozen, costs, None) {
        let _ = writeln!(out, "{}", heading(&rendering));
        for line in rendering.text.lines() {
            let _ = writeln!(out, "  | {line}");
        }
        let leads = leads(frozen, &rendering);
        for label in &rendering.labels {
            let lead = leads.get(label.as_str()).map(|to| format!(" → {to}")).unwrap_or_default();
            let _ = writeln!(out, "  | [{label}]{lead}");
        }
    }
    out
}

/// Where each button leads, by its label.
fn leads<'f>(frozen: &'f Frozen, rendering: &'f Rendering) -> HashMap<&'f str, &'f str> {
    let Some(by) = &frozen.said.whatsapp else { return HashMap::new() };
    let choices = by.declared.buttons.iter().zip(&rendering.labels);
    let with = choices.map(|(choice, label)| {
        let own = by.payloads.iter().find(|(known, _)| known == choice);
        (label.as_str(), own.map_or("an answer to it", |(_, leads)| leads.as_str()))
    });
    with.collect()
}

/// The places its audience names, in full: whoever says yes sees which of those of a name is meant.
pub(in crate::cli) fn places(tree: &Tree<'_>, audience: Option<&Audience>) -> String {
    let mut out = String::new();
    for text in audience.map(Audience::places).unwrap_or_default() {
        let Found::Sure(place) = tree.find(text) else { continue };
        let words = tree.words(place, Language::Hi);
        let seats = match place {
            Place::State | Place::Division(_) | Place::District(_) | Place::LokSabha(_) => {
                format!(", {} seats", tree.seats_under(place).len())
            }
            Place::Assembly(_) | Place::Sector { .. } | Place::Booth { .. } => String::new(),
        };
        // Writing into a string cannot fail.
        let _ = writeln!(out, "`{text}` is {words} ({place}{seats}).");
    }
    out
}

/// What it is besides its words: whom it means, the consent it goes by, what stands above the text, what an answer
/// opens, the second way, the certificate.
pub(super) fn terms(frozen: &Frozen) -> String {
    let mut out = String::new();
    // Writing into a string cannot fail.
    let mut line = |head: &str, words: &str| {
        let _ = writeln!(out, "  {head:<12} {words}");
    };
    let whom = match (&frozen.audience, &frozen.list) {
        (Some(audience), Some(list)) => format!("{audience}, of those in {list}"),
        (Some(audience), None) => audience.clone(),
        (None, Some(list)) => format!("everybody in {list}"),
        (None, None) => "nobody".to_owned(),
    };
    line("audience", &whom);
    line("consent", frozen.purpose.name());
    let header = frozen.said.whatsapp.as_ref().and_then(|by| by.header.as_ref());
    match header {
        Some(TemplateHeader::Text(words)) => line("header", &words.text),
        Some(TemplateHeader::Media {
            kind,
            source: MediaSource::Link(from) | MediaSource::Id(from),
        }) => {
            line("header", &format!("{}: {from}", kind.name()));
        }
        None => {}
    }
    match &frozen.replies {
        Some(flow) => line("answers", &format!("open {flow}")),
        None => line("answers", "are heard like any other message"),
    }
    match frozen.fallback {
        Some(fallback) => {
            let after = length(fallback.after_ms / 1_000);
            let ours = frozen.senders.iter().filter(|sender| sender.channel == fallback.channel);
            let ours: Vec<&str> = ours.map(|sender| sender.account.as_str()).collect();
            let by = if ours.is_empty() { "no account" } else { &ours.join(", ") };
            let way = format!(
                "{} by {by}: at once to whom the first is refused, after {after} to whom it has not reached",
                fallback.channel
            );
            line("second way", &way);
        }
        None => line("second way", "none"),
    }
    if let Some(certificate) = &frozen.certificate {
        line("certificate", certificate);
    }
    if let Some(series) = frozen.series {
        line("days", &days(series));
    }
    out
}

/// On which days it comes: how many, the first and the last.
fn days(series: Series) -> String {
    let all: Vec<Occurrence> = series.days().collect();
    let clock =
        |day: Option<&Occurrence>| day.and_then(|day| day.from).map_or_else(String::new, clock_of);
    format!(
        "{}, {} in all: from {} to {}; a server runs each by itself",
        series.repeat.name(),
        number(all.len() as u64),
        clock(all.first()),
        clock(all.last())
    )
}

fn heading(rendering: &Rendering) -> String {
    let Rendering { channel, language, parts, paise, most_parts, most_paise, .. } = rendering;
    let mut words = format!("{channel} {}", language.code());
    match parts {
        0 => {}
        1 => words.push_str(", 1 part"),
        parts => {
            let _ = write!(words, ", {parts} parts");
        }
    }
    if *paise > 0.0 {
        let _ = write!(words, ", {} each", rupees(*paise));
    }
    if most_parts > parts {
        let _ = write!(words, "; {most_parts} parts where a name is as long as it can be");
        if *most_paise > 0.0 {
            let _ = write!(words, ", {}", rupees(*most_paise));
        }
    }
    words
}

/// How many they are, why others are not, what it comes to.
pub(super) fn counted(frozen: &Frozen, tally: &Tally, office: &Office, now: Timestamp) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{} contacts looked at, {} of them in the audience: {} will get it.",
        number(tally.looked_at),
        number(tally.chosen),
        number(tally.goes)
    );
    for (reason, count) in &tally.refused {
        let (_, words) = reason.office_words();
        let _ = writeln!(out, "  {} refused, {}: {words}", number(*count), reason.name());
    }
    if tally.beside > 0 {
        let (_, words) = Reason::SharedPhone.office_words();
        let _ = writeln!(
            out,
            "  {} more share the phone of somebody in the audience, {}: {words}",
            number(tally.beside),
            Reason::SharedPhone.name()
        );
    }
    for ((channel, language), share) in &tally.shares {
        let mut line = format!("  {channel} {}: {}", language.code(), number(share.people));
        if share.parts > 0 {
            let _ = write!(line, ", {} parts", number(share.parts));
        }
        if share.paise > 0.0 {
            let _ = write!(line, ", {}", rupees(share.paise));
        }
        let _ = writeln!(out, "{line}");
    }
    if let Some(fallback) = frozen.fallback.filter(|_| tally.second.people > 0) {
        let Share { people, parts, most_paise, .. } = tally.second;
        let mut line =
            format!("  by the second way {} to {} at most", fallback.channel, number(people));
        if parts > 0 {
            let _ = write!(line, ", {} parts", number(parts));
        }
        if most_paise > 0.0 {
            let _ = write!(line, ", {}", rupees(most_paise));
        }
        let _ = writeln!(out, "{line}");
    }
    let most = tally.most_paise();
    if most > 0.0 {
        let about = rupees(tally.paise());
        let _ = match (most > tally.paise(), tally.second.most_paise > 0.0) {
            (true, true) => writeln!(
                out,
                "It costs about {about} where the first way reaches them, and at most {} should all of them need the second.",
                rupees(most)
            ),
            (true, false) => writeln!(
                out,
                "It costs about {about}, and never more than {} however long the names are.",
                rupees(most)
            ),
            (false, _) => writeln!(out, "It costs about {about}."),
        };
    }
    let _ = writeln!(out, "{}", lasts(frozen, tally, office, now));
    out
}

/// When it begins and is over, and whether that is in time.
fn lasts(frozen: &Frozen, tally: &Tally, office: &Office, now: Timestamp) -> String {
    let begins = frozen.from.map_or(now, |from| from.max(now));
    let people = tally.senders.iter().map(|(sender, people)| (sender, *people));
    let loads = office.loads(people, frozen.advertises());
    let begin = match frozen.from {
        Some(from) if from > now => format!("begins {}", clock_of(from)),
        _ => "begins when it is run".to_owned(),
    };
    let before = clock_of(frozen.before);
    let over = over_at(&loads, begins);
    let took = over.map(|over| over.duration_since(begins).as_secs());
    match (over, took) {
        (Some(over), Some(seconds)) if over < frozen.before => format!(
            "It {begin} and takes about {} by {} of our numbers; nothing leaves from {before} on.",
            length(seconds),
            tally.senders.len()
        ),
        (_, Some(seconds)) => format!(
            "IT WILL NOT BE OVER IN TIME: it {begin}, takes about {} by {} of our numbers, and nothing leaves from {before} on. Who is not reached by then gets nothing: add numbers, or give it more time.",
            length(seconds),
            tally.senders.len()
        ),
        (_, None) => {
            format!("IT WOULD NEVER BE OVER at the limits of our numbers; it ends {before}.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_times_are_read_at_a_glance() {
        assert_eq!(rupees(88.0), "₹0.88");
        assert_eq!(rupees(140_800_000.0), "₹14,08,000");
        assert_eq!(number(1_600_000), "16,00,000");
        let lengths = [5, 59, 90, 3_600, 19_980, 259_200].map(length);
        assert_eq!(lengths, ["5 s", "59 s", "2 min", "1 h 00 min", "5 h 33 min", "3 days 0 h"]);
    }
}
