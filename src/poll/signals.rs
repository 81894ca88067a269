//! What looks like stuffing: listed with its counts, for people to look into. Nothing is dropped for it.
//!
//! It knows when somebody answered, from which place and post and by which number, and never what they chose: it is
//! fed from the roster and the messages, not from envelopes. Remarks are read at the count alone, without their writers
//! ([`same_remarks`]).

mod bursts;
mod turnout;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::tally::percent;
use crate::places::Place;
use crate::understanding::fold;

pub use bursts::{BURST_TIMES, BURST_WITHIN, LEAST_BURST};
pub use turnout::{APART, Answered, CHANCE, far_off};

/// One answer as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Came {
    /// When they first answered, in milliseconds since the epoch: a change later does not cover it.
    pub first: i64,
    /// When they last did.
    pub last: i64,
    /// When the first invitation or reminder was delivered; `None`: not known, or never invited.
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
    /// So many answers from one assembly seat within [`BURST_WITHIN`] of `from`, where `usual` came in the median of such
    /// spans at other times, or in other seats.
    Burst { assembly: u16, from: i64, answers: u64, usual: u64 },
    /// Answers before their invitation was delivered: somebody was told what to answer, or answers for others.
    BeforeDelivery { assembly: u16, answers: u64 },
    /// Answers of people to whom no invitation and no reminder was delivered, in a poll in which they were to others;
    /// `of` all answers of the seat.
    NotDelivered { assembly: u16, answers: u64, of: u64 },
    /// One number answered for several people on the roster.
    OneNumber { number: u64, holders: u64, assembly: u16 },
    /// The same remark, so often.
    SameRemark { answers: u64 },
    /// The turnout of a place, or of a post in its seat, far off that of the others ([`far_off`]); by chance alone so
    /// likely.
    Turnout {
        place: Place,
        /// Its code; `None`: everybody.
        post: Option<String>,
        eligible: u64,
        answered: u64,
        others: Others,
        chance: f64,
    },
}

/// What a place is held to: the others together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Others {
    pub eligible: u64,
    pub answered: u64,
}

/// A remark that so many make is told.
const LEAST_SAME: u64 = 5;
/// Shorter ones (`ठीक है`) many make by themselves; counted without blanks.
const LEAST_LETTERS: usize = 12;
/// All signals, the gravest kind first; within a kind the larger number.
#[must_use]
pub fn signals(came: &[Came], seats: &[Answered]) -> Vec<Signal> {
    let mut signals = one_number(came);
    signals.extend(before_delivery(came));
    signals.extend(not_delivered(came));
    signals.extend(bursts::bursts(came));
    signals.extend(far_off(seats));
    signals
}

/// What was found where the answers came in, and what is found at the count: of a turnout that both tell, that of the
/// count stays, which anybody can check.
#[must_use]
pub fn together(told: Vec<Signal>, counted: Vec<Signal>) -> Vec<Signal> {
    let key = |signal: &Signal| match signal {
        Signal::Turnout { place, post, .. } => Some((*place, post.clone())),
        _ => None,
    };
    let known: Vec<_> = counted.iter().filter_map(key).collect();
    let is_new = |signal: &Signal| key(signal).is_none_or(|key| !known.contains(&key));
    told.into_iter().filter(is_new).chain(counted).collect()
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
        if answer.delivered.is_some_and(|delivered| answer.first < delivered) {
            *seats.entry(answer.assembly).or_default() += 1;
        }
    }
    let mut found: Vec<(u16, u64)> = seats.into_iter().collect();
    found.sort_by_key(|(assembly, answers)| (std::cmp::Reverse(*answers), *assembly));
    let signal = |(assembly, answers)| Signal::BeforeDelivery { assembly, answers };
    found.into_iter().map(signal).collect()
}

fn not_delivered(came: &[Came]) -> Vec<Signal> {
    // A poll that invites nobody tells nothing by it.
    if came.iter().all(|answer| answer.delivered.is_none()) {
        return Vec::new();
    }
    let mut seats: BTreeMap<u16, (u64, u64)> = BTreeMap::new();
    for answer in came {
        let seat = seats.entry(answer.assembly).or_default();
        seat.0 += u64::from(answer.delivered.is_none());
        seat.1 += 1;
    }
    let mut found: Vec<(u16, (u64, u64))> =
        seats.into_iter().filter(|(_, (answers, _))| *answers > 0).collect();
    found.sort_by_key(|(assembly, (answers, _))| (std::cmp::Reverse(*answers), *assembly));
    let signal = |(assembly, (answers, of))| Signal::NotDelivered { assembly, answers, of };
    found.into_iter().map(signal).collect()
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

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

impl Signal {
    /// In Hindi, for the report: what was seen and in what numbers, and no verdict. `hour` words a moment, `name` a place,
    /// `post` the code of a post.
    #[must_use]
    pub fn words(
        &self,
        hour: &dyn Fn(i64) -> String,
        name: &dyn Fn(Place) -> String,
        post: &dyn Fn(&str) -> String,
    ) -> String {
        let seat = |assembly: u16| name(Place::Assembly(assembly));
        match self {
            Signal::Burst { assembly, from, answers, usual } => {
                let otherwise = match usual {
                    0 => "बाकी समय लगभग कोई नहीं".to_owned(),
                    usual => format!("आम तौर पर {usual}"),
                };
                format!(
                    "{}: {} से पाँच मिनट में {answers} जवाब; {otherwise}",
                    seat(*assembly),
                    hour(*from)
                )
            }
            Signal::BeforeDelivery { assembly, answers } => {
                format!("{}: {answers} जवाब निमंत्रण पहुँचने से पहले आए", seat(*assembly))
            }
            Signal::NotDelivered { assembly, answers, of } => format!(
                "{}: {of} में से {answers} जवाब ऐसे लोगों के, जिन तक न निमंत्रण पहुँचा न याद",
                seat(*assembly)
            ),
            Signal::OneNumber { holders, assembly, .. } => {
                format!("{}: एक ही नंबर से {holders} पदाधिकारियों के जवाब", seat(*assembly))
            }
            Signal::SameRemark { answers } => format!("एक जैसी टिप्पणी {answers} बार"),
            Signal::Turnout { place, post: code, eligible, answered, others, chance } => {
                let whose = match code {
                    Some(code) => format!("{}, {}", name(*place), post(code)),
                    None => name(*place),
                };
                let beside = match (place, code) {
                    (_, Some(_)) => "सीट के बाकी पदों में",
                    (Place::Booth { .. }, None) => "विधानसभा के बाकी बूथों में",
                    (Place::Sector { .. }, None) => "विधानसभा के बाकी सेक्टरों में",
                    _ => "बाकी सीटों में",
                };
                format!(
                    "{whose}: {eligible} में से {answered} ने जवाब दिया ({}%); {beside} {}% (संयोग से ऐसा: {})",
                    percent(*answered, *eligible),
                    percent(others.answered, others.eligible),
                    once_in(*chance)
                )
            }
        }
    }
}

/// How rare a chance is, in round words that do not say too much.
fn once_in(chance: f64) -> &'static str {
    match chance {
        chance if chance < 1e-11 => "खरब में एक बार से भी कम",
        chance if chance < 1e-9 => "अरब में एक बार से भी कम",
        chance if chance < 1e-7 => "करोड़ में एक बार से भी कम",
        chance if chance < 1e-5 => "लाख में एक बार से भी कम",
        chance if chance < 1e-3 => "हजार में एक बार से भी कम",
        _ => "सौ में एक बार से भी कम",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn came(holder: i64, at: i64) -> Came {
        Came {
            first: at,
            last: at,
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
        let burst = Signal::Burst { assembly: 173, from: 97 * MINUTE, answers: 43, usual: 2 };
        assert_eq!(signals(&all, &[]), [burst]);
    }

    #[test]
    fn a_burst_over_the_edge_of_two_spans_is_one() {
        let mut all = quiet();
        // Thirty on each side of the hundredth minute; of either alone nothing would be told.
        all.extend((0..60).map(|n| came(1000 + n, 99 * MINUTE + n * 2_000)));
        let found = signals(&all, &[]);
        assert!(
            matches!(found.as_slice(), [Signal::Burst { answers: 63, usual: 2, .. }]),
            "{found:?}"
        );
    }

    #[test]
    fn a_seat_all_of_whose_answers_came_at_once_is_a_burst() {
        let all: Vec<Came> = (0..300).map(|n| came(n, MINUTE + n * 500)).collect();
        let burst = Signal::Burst { assembly: 173, from: MINUTE, answers: 300, usual: 0 };
        assert_eq!(signals(&all, &[]), [burst]);
    }

    #[test]
    fn two_bursts_and_nothing_else_are_held_to_the_other_seats() {
        let mut all: Vec<Came> = (0..300)
            .map(|n| came(n, MINUTE + n * 500 + if n < 150 { 0 } else { 600 * MINUTE }))
            .collect();
        assert_eq!(signals(&all, &[]), [], "alone in the poll each is what is usual");
        let elsewhere = |mut answer: Came| {
            answer.assembly = 174;
            answer.holder += 5_000;
            answer.number += 5_000;
            answer
        };
        all.extend(quiet().into_iter().map(elsewhere));
        let found = signals(&all, &[]);
        assert!(
            matches!(
                found.as_slice(),
                [Signal::Burst { answers: 150, .. }, Signal::Burst { answers: 150, .. }]
            ),
            "{found:?}"
        );
    }

    #[test]
    fn answers_that_were_all_changed_at_once_are_a_burst() {
        let mut all = quiet();
        for (n, answer) in (0..).zip(all.iter_mut().take(80)) {
            answer.last = 2_000 * MINUTE + n * 1_000;
        }
        let found = signals(&all, &[]);
        assert!(matches!(found.as_slice(), [Signal::Burst { answers: 80, .. }]), "{found:?}");
    }

    #[test]
    fn answers_before_the_invitation_came_are_counted_by_seat() {
        let mut all = quiet();
        all[3].delivered = Some(all[3].first + 1);
        all[4].delivered = Some(all[4].first + 1);
        assert_eq!(signals(&all, &[]), [Signal::BeforeDelivery { assembly: 173, answers: 2 }]);
        // A change after the delivery covers nothing.
        all[3].last = all[3].first + 10;
        assert_eq!(signals(&all, &[]), [Signal::BeforeDelivery { assembly: 173, answers: 2 }]);
    }

    #[test]
    fn answers_of_people_whom_no_invitation_reached_are_counted_by_seat() {
        let mut all = quiet();
        all[5].delivered = None;
        let one = Signal::NotDelivered { assembly: 173, answers: 1, of: 300 };
        assert_eq!(signals(&all, &[]), [one]);
        for answer in &mut all {
            answer.delivered = None;
        }
        assert_eq!(signals(&all, &[]), [], "nobody was invited by a broadcast");
    }

    #[test]
    fn of_a_turnout_that_is_told_twice_that_of_the_count_stays() {
        let turnout = |place, chance| {
            let others = Others { eligible: 10, answered: 1 };
            Signal::Turnout { place, post: None, eligible: 9, answered: 9, others, chance }
        };
        let (booth, seat) = (Place::Booth { assembly: 1, number: 2 }, Place::Assembly(1));
        let remark = Signal::SameRemark { answers: 9 };
        let told = vec![remark.clone(), turnout(seat, 0.1), turnout(booth, 0.1)];
        let found = together(told, vec![turnout(seat, 0.2)]);
        assert_eq!(found, [remark, turnout(booth, 0.1), turnout(seat, 0.2)]);
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
}
