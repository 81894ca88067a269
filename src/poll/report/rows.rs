//! Everything of a result that may be shown, as rows for Excel: one number a row, so that it can be filtered.

use std::collections::BTreeMap;

use super::{
    ASPECT_NAMES, FAR_OFF_WORDS, INTERVAL_WORDS, NAMES_AWAY, NOT_ALL_WAYS, Report, asked, by_count,
    candidate, has_names_away, method_words, missing, post_name, proofs, weighted_words,
};
use crate::places::Place;
use crate::poll::bundle::{Close, SeatHead};
use crate::poll::signals::Signal;
use crate::poll::tally::{Choices, Ranked, SeatResult, numbered, percent, wilson};

/// The columns of [`rows`].
pub const COLUMNS: [&str; 11] = [
    "सीट",
    "सीट का नाम",
    "क्या",
    "जगह",
    "पद",
    "नाम",
    "ब्योरा",
    "संख्या",
    "प्रतिशत",
    "95% अंतराल से",
    "95% अंतराल तक",
];

/// One row, as it grows.
#[derive(Clone, Default)]
struct Cells {
    what: &'static str,
    place: String,
    post: String,
    name: String,
    detail: String,
    number: String,
    percent: String,
    between: Option<(f64, f64)>,
}

impl Cells {
    fn of(what: &'static str) -> Cells {
        Cells { what, ..Cells::default() }
    }

    fn at(self, place: &str, post: &str) -> Cells {
        Cells { place: place.to_owned(), post: post.to_owned(), ..self }
    }

    fn named(self, name: &str) -> Cells {
        Cells { name: name.to_owned(), ..self }
    }

    fn said(self, detail: &str) -> Cells {
        Cells { detail: detail.to_owned(), ..self }
    }

    fn count(self, count: u64) -> Cells {
        Cells { number: count.to_string(), ..self }
    }

    /// A part of a whole, with its share.
    fn part(self, count: u64, whole: u64) -> Cells {
        Cells { percent: percent(count, whole), ..self.count(count) }
    }

    /// The interval of Wilson beside it.
    fn between(self, count: u64, whole: u64) -> Cells {
        Cells { between: (whole > 0).then(|| wilson(count, whole)), ..self }
    }

    fn row(self, seat: Option<&SeatHead>) -> [String; 11] {
        let (number, name) =
            seat.map_or_else(Default::default, |seat| (seat.number.to_string(), seat.name.clone()));
        let end = |share: Option<f64>| {
            share.map(|share| format!("{:.1}", share * 100.0)).unwrap_or_default()
        };
        [
            number,
            name,
            self.what.to_owned(),
            self.place,
            self.post,
            self.name,
            self.detail,
            self.number,
            self.percent,
            end(self.between.map(|ends| ends.0)),
            end(self.between.map(|ends| ends.1)),
        ]
    }
}

/// Everything as rows under [`COLUMNS`], for CSV and workbooks.
#[must_use]
pub fn rows(report: &Report<'_>) -> Vec<[String; 11]> {
    let header = &report.counted.header;
    let mut rows = Vec::new();
    let mut told = |cells: Cells| rows.push(cells.row(None));
    told(Cells::of("प्रश्न").said(&header.question));
    told(Cells::of("कब").said(report.window));
    told(Cells::of("गिनती").said(report.printed));
    told(Cells::of("तरीका").said(method_words(report.method())));
    told(Cells::of("अंतराल").said(INTERVAL_WORDS));
    let Close { missing, torn, .. } = header.close;
    let answered: u64 = report.counted.seats.values().map(|seat| seat.answered).sum();
    for (what, count) in [("गिने नहीं जा सके", missing), ("आधे ही पढ़े जा सके", torn)]
    {
        if count > 0 {
            told(Cells::of(what).part(count, answered + missing));
        }
    }
    for words in missing::words(report) {
        told(Cells::of("टिप्पणी").said(&words));
    }
    for words in asked::under_head(report) {
        told(Cells::of(asked::HEAD).said(&words));
    }
    for (seat, result) in report.seats() {
        let mut row = |cells: Cells| rows.push(cells.row(Some(seat)));
        turnout(report, result, &mut row);
        let Some(choices) = &result.choices else {
            let few =
                format!("{} से कम जवाब: क्या चुना गया, यह नहीं बताया जाता", header.rules.threshold);
            row(Cells::of("टिप्पणी").said(&few));
            continue;
        };
        chosen(report, seat, result, choices, &mut row);
        if let Some(ranked) = &choices.ranked {
            ranking(seat, choices, ranked, &mut row);
        }
        if has_names_away(choices) {
            row(Cells::of("टिप्पणी").said(NAMES_AWAY));
        }
        for group in &choices.breakdown.rows {
            let place = group.place.map(|place| report.place(place)).unwrap_or_default();
            let post = group.post.as_deref().map(post_name).unwrap_or_default();
            row(Cells::of("जवाब").at(&place, &post).part(group.ballots, result.answered));
            for (name, count) in choices.breakdown.names.iter().zip(&group.counts) {
                let name = candidate(seat, *name);
                row(Cells::of("चुना").at(&place, &post).named(name).part(*count, group.ballots));
            }
        }
        for (name, aspects) in (0_u8..).zip(&choices.ratings) {
            for (aspect, rating) in ASPECT_NAMES.into_iter().zip(aspects) {
                let Some(rating) = rating else { continue };
                let cells = Cells::of("अंक (औसत, 1 से 5)").named(candidate(seat, name)).said(aspect);
                let mean = format!("{}.{}", rating.tenths / 10, rating.tenths % 10);
                row(Cells { number: mean, ..cells.clone() });
                row(Cells { what: "अंक देने वाले", ..cells }.count(rating.people));
            }
        }
    }
    let mut told = |cells: Cells| rows.push(cells.row(None));
    if report.signals.iter().any(|signal| matches!(signal, Signal::Turnout { .. })) {
        told(Cells::of("टिप्पणी").said(FAR_OFF_WORDS));
    }
    for signal in report.signals {
        told(signal_row(report, signal));
    }
    for (what, value) in proofs(report) {
        told(Cells::of("प्रमाण").named(what).said(&value));
    }
    rows
}

/// Who might answer and who did, at every level there is.
fn turnout(report: &Report<'_>, result: &SeatResult, row: &mut dyn FnMut(Cells)) {
    row(Cells::of("सूची में").part(result.eligible, result.eligible));
    row(Cells::of("जवाब दिया").part(result.answered, result.eligible));
    let mut places: BTreeMap<(u16, u16, u16), (u64, u64)> = BTreeMap::new();
    for part in &result.turnout {
        let (assembly, sector, booth) = (part.assembly, part.sector, part.booth);
        let mut levels = vec![(assembly, 0, 0)];
        if sector > 0 {
            levels.push((assembly, sector, 0));
        }
        if booth > 0 {
            levels.push((assembly, sector, booth));
        }
        for place in levels {
            let sums = places.entry(place).or_default();
            sums.0 += part.eligible;
            sums.1 += part.answered;
        }
    }
    for ((assembly, sector, booth), (eligible, answered)) in places {
        let (what, place) = match (sector, booth) {
            (_, 1..) => ("बूथ पर जवाब", Place::Booth { assembly, number: booth }),
            (1.., 0) => ("सेक्टर में जवाब", Place::Sector { assembly, number: sector }),
            (0, 0) => ("विधानसभा में जवाब", Place::Assembly(assembly)),
        };
        row(Cells::of(what).at(&report.place(place), "").part(answered, eligible));
    }
    for of_post in &result.by_post {
        let post = post_name(&of_post.post);
        row(Cells::of("पद से जवाब").at("", &post).part(of_post.answered, of_post.eligible));
    }
}

fn chosen(
    report: &Report<'_>,
    seat: &SeatHead,
    result: &SeatResult,
    choices: &Choices,
    row: &mut dyn FnMut(Cells),
) {
    row(Cells::of("मान्य").part(choices.valid, result.answered));
    row(Cells::of("नहीं बताया").part(choices.refused, result.answered));
    row(Cells::of("अमान्य").part(choices.invalid, result.answered));
    let names = by_count(seat, choices, report.counted.header.rules.other);
    for (name, count, _) in &names {
        let cells = Cells::of("चुना").named(name).part(*count, choices.valid);
        row(cells.between(*count, choices.valid));
    }
    for (name, _, weighted) in &names {
        if let Some(weighted) = weighted {
            row(Cells::of("हर बूथ बराबर (प्रतिशत)").named(name).count(*weighted));
        }
    }
    if let Some(words) = weighted_words(choices) {
        row(Cells::of("टिप्पणी").said(&words));
    }
    for (place, names) in numbered(&choices.panel.names) {
        let tie = if names.len() > 1 { "बराबर" } else { "" };
        for name in names {
            let place = u64::try_from(place).unwrap_or(u64::MAX);
            row(Cells::of("पैनल में स्थान").named(candidate(seat, *name)).said(tie).count(place));
        }
    }
    if choices.panel.is_open {
        row(Cells::of("टिप्पणी").said(&super::panel_words(seat, choices)));
    }
}

/// Pairs and orders of ranked ballots, and the rounds of the run-off.
fn ranking(seat: &SeatHead, choices: &Choices, ranked: &Ranked, row: &mut dyn FnMut(Cells)) {
    let names = || (0_u8..).take(choices.chosen.len());
    for one in names() {
        for other in names().filter(|other| *other != one) {
            let than = format!("{} से आगे", candidate(seat, other));
            let count = ranked.pairs.preferring(one, other);
            let cells = Cells::of("आमने-सामने").named(candidate(seat, one)).said(&than);
            row(cells.part(count, choices.valid));
        }
    }
    let winner = ranked.pairs.condorcet_winner();
    let words = winner.map_or("कोई नहीं", |name| candidate(seat, name));
    row(Cells::of("हर दूसरे से आमने-सामने आगे").named(words));
    for (what, order) in
        [("आमने-सामने का क्रम", &ranked.order), ("छँटनी का क्रम", &ranked.run_off_order)]
    {
        for (place, names) in numbered(order) {
            let tie = if names.len() > 1 { "बराबर" } else { "" };
            for name in names {
                let place = u64::try_from(place).unwrap_or(u64::MAX);
                row(Cells::of(what).named(candidate(seat, *name)).said(tie).count(place));
            }
        }
    }
    for (number, round) in (1_u64..).zip(&ranked.run_off.rounds) {
        let number = format!("चरण {number}");
        let active: u64 = round.counts.iter().map(|(_, count)| count).sum();
        for (name, count) in &round.counts {
            let cells = Cells::of("छँटनी").named(candidate(seat, *name)).said(&number);
            row(cells.part(*count, active));
        }
        row(Cells::of("छँटनी: किसी का नहीं").said(&number).count(round.exhausted));
        for name in &round.out {
            row(Cells::of("छँटनी: बाहर").named(candidate(seat, *name)).said(&number));
        }
        for name in &round.tied {
            row(Cells::of("छँटनी: बराबर, हर तरह से गिना गया")
                .named(candidate(seat, *name))
                .said(&number));
        }
    }
    for name in &ranked.run_off.winners {
        row(Cells::of("छँटनी: जीत सकते हैं").named(candidate(seat, *name)));
    }
    if !ranked.run_off.all_ways {
        row(Cells::of("टिप्पणी").said(NOT_ALL_WAYS));
    }
}

fn signal_row(report: &Report<'_>, signal: &Signal) -> Cells {
    let cells = Cells::of("संकेत").said(&report.words(signal));
    let seat = |assembly: u16| report.place(Place::Assembly(assembly));
    match signal {
        Signal::Burst { assembly, answers, .. } | Signal::BeforeDelivery { assembly, answers } => {
            cells.at(&seat(*assembly), "").count(*answers)
        }
        Signal::NotDelivered { assembly, answers, of } => {
            cells.at(&seat(*assembly), "").part(*answers, *of)
        }
        Signal::OneNumber { holders, assembly, .. } => {
            cells.at(&seat(*assembly), "").count(*holders)
        }
        Signal::SameRemark { answers } => cells.count(*answers),
        Signal::Turnout { place, post, eligible, answered, .. } => {
            let post = post.as_deref().map(post_name).unwrap_or_default();
            cells.at(&report.place(*place), &post).part(*answered, *eligible)
        }
    }
}
