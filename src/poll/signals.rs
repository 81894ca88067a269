//! What looks like stuffing: listed with its counts, for people to look into. Nothing is dropped for it.
//!
//! It knows when somebody answered, from which place and post and by which number, and never what they chose: it is
//! fed from the roster and the messages, not from envelopes. Remarks are read at the count alone, without their writers
//! ([`same_remarks`]).

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::tally::{Turnout, percent, share};
use crate::places::Place;
use crate::understanding::fold;

/// One answer as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Came {
    /// Milliseconds since the epoch.
    pub at: i64,
    /// When the invitation was delivered; `None`: not known, or never invited.
    pub delivered: Option<i64>,
    /// A keyed hash of the number: equal for equal numbers, and nothing else.
    pub number: u64,
    /// Whose answer it is on the roster.
    pub holder: i64,
    pub assembly: u16,
    pub booth: u16,
}

/// Something to look into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// So many answers from one assembly seat within [`BURST_WITHIN`], where `usual` came in the median of such spans.
    Burst { assembly: u16, from: i64, answers: u64, usual: u64 },
    /// Answers before their invitation was delivered: somebody was told what to answer, or answers for others.
    BeforeDelivery { assembly: u16, answers: u64 },
    /// One number answered for several people on the roster.
    OneNumber { number: u64, holders: u64, assembly: u16 },
    /// The same remark, so often.
    SameRemark { answers: u64 },
    /// A turnout far off that of the other places of its seat.
    Turnout { place: Place, eligible: u64, answered: u64, others: Others, z: f64 },
}

/// The other places of a seat together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Others {
    pub eligible: u64,
    pub answered: u64,
}

/// A burst is so long, in milliseconds: five minutes.
pub const BURST_WITHIN: i64 = 5 * 60 * 1000;
/// Fewer answers are no burst, however quiet it is otherwise.
const LEAST_BURST: u64 = 30;
/// A burst is so many times what is usual.
const BURST_TIMES: u64 = 10;
/// A remark that so many make is told.
const LEAST_SAME: u64 = 5;
/// Shorter ones (`ठीक है`) many make by themselves; counted without blanks.
const LEAST_LETTERS: usize = 12;
/// How far off a turnout must be, in standard deviations: by chance one booth in two million is.
pub const FAR_OFF: f64 = 5.0;
/// In a smaller place a turnout says nothing.
const LEAST_ELIGIBLE: u64 = 10;

/// All signals, the gravest kind first; within a kind the larger number.
#[must_use]
pub fn signals(came: &[Came], turnout: &[Turnout]) -> Vec<Signal> {
    let mut signals = one_number(came);
    signals.extend(before_delivery(came));
    signals.extend(bursts(came));
    signals.extend(far_off(turnout));
    signals
}

fn one_number(came: &[Came]) -> Vec<Signal> {
    let mut holders: HashMap<u64, (Vec<i64>, u16)> = HashMap::new();
    for answer in came {
        let known = holders.entry(answer.number).or_insert_with(|| (Vec::new(), answer.assembly));
        known.0.push(answer.holder);
    }
    let mut found: Vec<(u64, u64, u16)> = Vec::new();
    for (number, (mut of, assembly)) in holders {
        of.sort_unstable();
        of.dedup();
        if of.len() > 1 {
            found.push((count(of.len()), number, assembly));
        }
    }
    found.sort_unstable_by_key(|(holders, number, _)| (std::cmp::Reverse(*holders), *number));
    let signal = |(holders, number, assembly)| Signal::OneNumber { number, holders, assembly };
    found.into_iter().map(signal).collect()
}

fn before_delivery(came: &[Came]) -> Vec<Signal> {
    let mut seats: BTreeMap<u16, u64> = BTreeMap::new();
    for answer in came {
        if answer.delivered.is_some_and(|delivered| answer.at < delivered) {
            *seats.entry(answer.assembly).or_default() += 1;
        }
    }
    let mut found: Vec<(u16, u64)> = seats.into_iter().collect();
    found.sort_by_key(|(assembly, answers)| (std::cmp::Reverse(*answers), *assembly));
    let signal = |(assembly, answers)| Signal::BeforeDelivery { assembly, answers };
    found.into_iter().map(signal).collect()
}

/// Spans of five minutes by seat; one that has ten times the median of the spans in which anything came.
fn bursts(came: &[Came]) -> Vec<Signal> {
    let mut spans: BTreeMap<u16, BTreeMap<i64, u64>> = BTreeMap::new();
    for answer in came {
        let span = answer.at.div_euclid(BURST_WITHIN);
        *spans.entry(answer.assembly).or_default().entry(span).or_default() += 1;
    }
    let mut found = Vec::new();
    for (assembly, spans) in spans {
        let mut sizes: Vec<u64> = spans.values().copied().collect();
        sizes.sort_unstable();
        let usual = sizes.get(sizes.len() / 2).copied().unwrap_or(0);
        for (span, answers) in spans {
            if sizes.len() > 1 && answers >= LEAST_BURST && answers >= usual * BURST_TIMES {
                found.push(Signal::Burst { assembly, from: span * BURST_WITHIN, answers, usual });
            }
        }
    }
    found.sort_by_key(|signal| match signal {
        Signal::Burst { answers, .. } => std::cmp::Reverse(*answers),
        _ => std::cmp::Reverse(0),
    });
    found
}

/// Remarks that many made in the same words, as they are counted: each with how often it was made.
#[must_use]
pub fn same_remarks<'t>(remarks: impl IntoIterator<Item = (&'t str, u64)>) -> Vec<Signal> {
    let mut by_words: HashMap<String, u64> = HashMap::new();
    for (remark, times) in remarks {
        let words = fold(remark);
        if words.chars().filter(|letter| !letter.is_whitespace()).count() >= LEAST_LETTERS {
            *by_words.entry(words).or_default() += times;
        }
    }
    let mut found: Vec<u64> = by_words.into_values().filter(|times| *times >= LEAST_SAME).collect();
    found.sort_unstable_by_key(|times| std::cmp::Reverse(*times));
    found.into_iter().map(|answers| Signal::SameRemark { answers }).collect()
}

/// Booths whose turnout differs from that of all other booths of their assembly seat by more than chance gives: the
/// test of two proportions with the pooled share (a two-sided z).
fn far_off(turnout: &[Turnout]) -> Vec<Signal> {
    let mut seats: BTreeMap<u16, Others> = BTreeMap::new();
    for row in turnout {
        let seat = seats.entry(row.assembly).or_insert(Others { eligible: 0, answered: 0 });
        seat.eligible += row.eligible;
        seat.answered += row.answered;
    }
    let mut found: Vec<(f64, Signal)> = Vec::new();
    for row in turnout.iter().filter(|row| row.booth > 0 && row.eligible >= LEAST_ELIGIBLE) {
        let Some(seat) = seats.get(&row.assembly) else { continue };
        let others = Others {
            eligible: seat.eligible.saturating_sub(row.eligible),
            answered: seat.answered.saturating_sub(row.answered),
        };
        let Some(z) = z(row.answered, row.eligible, others.answered, others.eligible) else {
            continue;
        };
        if z.abs() >= FAR_OFF {
            let place = Place::Booth { assembly: row.assembly, number: row.booth };
            let Turnout { eligible, answered, .. } = *row;
            found.push((z, Signal::Turnout { place, eligible, answered, others, z }));
        }
    }
    found.sort_by(|(one, _), (other, _)| other.abs().total_cmp(&one.abs()));
    found.into_iter().map(|(_, signal)| signal).collect()
}

/// How far two shares lie apart, in standard deviations; `None` where nothing can be said.
fn z(part: u64, whole: u64, other_part: u64, other_whole: u64) -> Option<f64> {
    if whole == 0 || other_whole == 0 {
        return None;
    }
    let [part, whole, other_part, other_whole] =
        [part, whole, other_part, other_whole].map(share::as_float);
    let pooled = (part + other_part) / (whole + other_whole);
    let variance = pooled * (1.0 - pooled) * (1.0 / whole + 1.0 / other_whole);
    (variance > 0.0).then(|| (part / whole - other_part / other_whole) / variance.sqrt())
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

impl Signal {
    /// In Hindi, for the report: what was seen and in what numbers, and no verdict. `hour` words a moment.
    #[must_use]
    pub fn words(&self, hour: &dyn Fn(i64) -> String, name: &dyn Fn(Place) -> String) -> String {
        let seat = |assembly: u16| name(Place::Assembly(assembly));
        match self {
            Signal::Burst { assembly, from, answers, usual } => format!(
                "{}: {} से पाँच मिनट में {answers} उत्तर; आम तौर पर {usual}",
                seat(*assembly),
                hour(*from)
            ),
            Signal::BeforeDelivery { assembly, answers } => {
                format!("{}: {answers} उत्तर निमंत्रण पहुँचने से पहले आए", seat(*assembly))
            }
            Signal::OneNumber { holders, assembly, .. } => {
                format!("{}: एक ही नंबर से {holders} पदाधिकारियों के उत्तर", seat(*assembly))
            }
            Signal::SameRemark { answers } => format!("एक जैसी टिप्पणी {answers} बार"),
            Signal::Turnout { place, eligible, answered, others, z } => format!(
                "{}: {eligible} में से {answered} ने उत्तर दिया ({}%); सीट के बाकी बूथों में {}% (z = {z:.1})",
                name(*place),
                percent(*answered, *eligible),
                percent(others.answered, others.eligible)
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn came(holder: i64, at: i64) -> Came {
        Came {
            at,
            delivered: Some(0),
            number: u64::try_from(holder).unwrap(),
            holder,
            assembly: 173,
            booth: 1,
        }
    }

    /// An answer every two minutes.
    fn quiet() -> Vec<Came> {
        (0..300).map(|holder| came(holder, MINUTE + holder * 2 * MINUTE)).collect()
    }

    #[test]
    fn a_quiet_poll_gives_no_signal() {
        assert_eq!(signals(&quiet(), &[]), []);
    }

    #[test]
    fn a_burst_is_told_with_what_is_usual() {
        let mut all = quiet();
        all.extend((1000..1040).map(|holder| came(holder, 100 * MINUTE + 500 + holder)));
        let burst = Signal::Burst { assembly: 173, from: 100 * MINUTE, answers: 42, usual: 3 };
        assert_eq!(signals(&all, &[]), [burst]);
    }

    #[test]
    fn answers_before_the_invitation_came_are_counted_by_seat() {
        let mut all = quiet();
        all[3].delivered = Some(all[3].at + 1);
        all[4].delivered = Some(all[4].at + 1);
        all[5].delivered = None;
        assert_eq!(signals(&all, &[]), [Signal::BeforeDelivery { assembly: 173, answers: 2 }]);
    }

    #[test]
    fn one_number_for_several_holders_is_told_and_a_second_answer_is_not() {
        let mut all = quiet();
        all[7].number = all[8].number;
        all.push(all[9]);
        let one = Signal::OneNumber { number: 8, holders: 2, assembly: 173 };
        assert_eq!(signals(&all, &[]), [one]);
    }

    #[test]
    fn the_same_remark_from_many_is_told_and_a_short_one_is_not() {
        let remarks = [
            ("सबसे मेहनती कार्यकर्ता", 4),
            ("सबसे  मेहनती कार्यकर्ता।", 2),
            ("ठीक है", 80),
            ("काम पर ध्यान देते हैं", 4),
        ];
        assert_eq!(same_remarks(remarks), [Signal::SameRemark { answers: 6 }]);
    }

    #[test]
    fn a_booth_whose_turnout_is_far_off_is_told_and_a_small_one_is_not() {
        let row = |booth, eligible, answered| Turnout {
            assembly: 173,
            sector: 1,
            booth,
            eligible,
            answered,
        };
        let mut turnout: Vec<Turnout> =
            (1..50).map(|booth| row(booth, 20, 6 + u64::from(booth % 3))).collect();
        turnout.push(row(60, 20, 20));
        turnout.push(row(61, 4, 4));
        let found = signals(&[], &turnout);
        let places: Vec<Place> = found
            .iter()
            .map(|signal| match signal {
                Signal::Turnout { place, .. } => *place,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(places, [Place::Booth { assembly: 173, number: 60 }]);
        let words = found[0].words(&|_| String::new(), &|place| place.to_string());
        assert_eq!(
            words,
            "booth:173/60: 20 में से 20 ने उत्तर दिया (100.0%); सीट के बाकी बूथों में 35.3% (z = 6.0)"
        );
    }
}
