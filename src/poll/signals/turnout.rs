//! Places and posts whose turnout lies far off that of the others beside them.
//!
//! Compared are a booth with the other booths of its assembly seat, a sector with the rest of it, an assembly seat and a
//! Lok Sabha seat with the rest of the poll, and a post with the other posts of its seat. The test is exact and
//! two-sided (R. A. Fisher, *The Design of Experiments*, 1935, section II): how likely so uneven a split of all answers
//! is, had everybody been as ready to answer. It holds for the smallest booth. In a state of a lakh of booths something
//! rare happens somewhere: so a place is told only when, were all alike, in ninety-nine of a hundred polls no place at
//! all would be told ([`CHANCE`] over the places looked at; C. E. Bonferroni, 1936). Large places are never quite alike,
//! and the smallest difference between them is no chance: so what is told also lies ten points off ([`APART`]).

use std::collections::BTreeMap;

use super::{Others, Signal};
use crate::places::Place;
use crate::poll::tally::{PostTurnout, SeatResult, Turnout, share};

/// Were everybody equally ready to answer, in so many polls anything at all would be told.
pub const CHANCE: f64 = 0.01;
/// So far off the others a share must lie, from 0 to 1.
pub const APART: f64 = 0.1;

/// Who might answer in a seat and who did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    pub seat: Place,
    pub places: Vec<Turnout>,
    pub posts: Vec<PostTurnout>,
}

impl Answered {
    /// Of a counted seat; `place` as it stands in the header of its bundle.
    #[must_use]
    pub fn of(place: &str, result: &SeatResult) -> Option<Answered> {
        let seat = place.parse().ok()?;
        Some(Answered { seat, places: result.turnout.clone(), posts: result.by_post.clone() })
    }
}

/// Something that is compared with what stands beside it.
struct Compared {
    place: Place,
    post: Option<String>,
    own: Others,
    others: Others,
}

impl Others {
    const NONE: Others = Others { eligible: 0, answered: 0 };

    fn add(&mut self, eligible: u64, answered: u64) {
        self.eligible += eligible;
        self.answered += answered;
    }

    fn without(self, part: Others) -> Others {
        Others {
            eligible: self.eligible.saturating_sub(part.eligible),
            answered: self.answered.saturating_sub(part.answered),
        }
    }

    fn share(self) -> f64 {
        share::as_float(self.answered) / share::as_float(self.eligible.max(1))
    }
}

/// What lies far off, the least likely first.
#[must_use]
pub fn far_off(seats: &[Answered]) -> Vec<Signal> {
    let compared = compared(seats);
    let looked_at = u64::try_from(compared.len()).unwrap_or(u64::MAX).max(1);
    let bound = CHANCE / share::as_float(looked_at);
    let mut found: Vec<(f64, Signal)> = Vec::new();
    for Compared { place, post, own, others } in compared {
        if (own.share() - others.share()).abs() < APART {
            continue;
        }
        let chance = chance(own, others);
        if chance <= bound {
            let Others { eligible, answered } = own;
            let signal = Signal::Turnout { place, post, eligible, answered, others, chance };
            found.push((chance, signal));
        }
    }
    found.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    found.into_iter().map(|(_, signal)| signal).collect()
}

/// Everything that has something beside it.
fn compared(seats: &[Answered]) -> Vec<Compared> {
    let mut poll = Others::NONE;
    let mut of_assembly: BTreeMap<u16, Others> = BTreeMap::new();
    let mut of_sector: BTreeMap<(u16, u16), (Others, u64)> = BTreeMap::new();
    let mut of_booth: BTreeMap<(u16, u16), Others> = BTreeMap::new();
    for row in seats.iter().flat_map(|seat| &seat.places) {
        let Turnout { assembly, sector, booth, eligible, answered } = *row;
        poll.add(eligible, answered);
        of_assembly.entry(assembly).or_insert(Others::NONE).add(eligible, answered);
        let of_sector = of_sector.entry((assembly, sector)).or_insert((Others::NONE, 0));
        of_sector.0.add(eligible, answered);
        of_sector.1 += 1;
        of_booth.entry((assembly, booth)).or_insert(Others::NONE).add(eligible, answered);
    }
    let mut compared: Vec<Compared> = Vec::new();
    let mut compare = |place: Place, post: Option<String>, own: Others, whole: Others| {
        let others = whole.without(own);
        if own.eligible > 0 && others.eligible > 0 {
            compared.push(Compared { place, post, own, others });
        }
    };
    let whole = |assembly: u16| of_assembly.get(&assembly).copied().unwrap_or(Others::NONE);
    // A number that is 0 is not known, or not kept.
    for ((assembly, number), own) in of_booth.iter().filter(|((_, booth), _)| *booth > 0) {
        let place = Place::Booth { assembly: *assembly, number: *number };
        compare(place, None, *own, whole(*assembly));
    }
    for ((assembly, number), (own, rows)) in &of_sector {
        // A sector that is one booth was looked at as that.
        let mut booths = of_booth.range((*assembly, 1)..=(*assembly, u16::MAX));
        let is_booth = *rows == 1 && booths.any(|(_, booth)| booth == own);
        if *number > 0 && !is_booth {
            let place = Place::Sector { assembly: *assembly, number: *number };
            compare(place, None, *own, whole(*assembly));
        }
    }
    for (assembly, own) in of_assembly.iter().filter(|(assembly, _)| **assembly > 0) {
        compare(Place::Assembly(*assembly), None, *own, poll);
    }
    for seat in seats {
        let mut own = Others::NONE;
        for row in &seat.places {
            own.add(row.eligible, row.answered);
        }
        if !matches!(seat.seat, Place::Assembly(_)) {
            compare(seat.seat, None, own, poll);
        }
        for PostTurnout { post, eligible, answered } in &seat.posts {
            let of_post = Others { eligible: *eligible, answered: *answered };
            compare(seat.seat, Some(post.clone()), of_post, own);
        }
    }
    compared
}

/// How likely a split of all answers is that is no likelier than this one, when all are equally ready to answer: the
/// exact test of Fisher, two-sided by likelihood.
fn chance(own: Others, others: Others) -> f64 {
    let (part, whole) = (own.answered.min(own.eligible), own.eligible);
    let (other_part, other_whole) = (others.answered.min(others.eligible), others.eligible);
    let answered = part + other_part;
    let least = answered.saturating_sub(other_whole);
    let most = answered.min(whole);
    let choose =
        |of: u64, some: u64| ln_factorial(of) - ln_factorial(some) - ln_factorial(of - some);
    let all = choose(whole + other_whole, answered);
    let likelihood = |part: u64| choose(whole, part) + choose(other_whole, answered - part) - all;
    let observed = likelihood(part) + TOLERANCE;
    let rarer = (least..=most).map(likelihood).filter(|likelihood| *likelihood <= observed);
    rarer.map(f64::exp).sum::<f64>().min(1.0)
}

/// Two splits that are equally likely may differ in their last digits.
const TOLERANCE: f64 = 1e-7;

/// The logarithm of a factorial, by the series of Stirling behind the first ones: to twelve digits.
fn ln_factorial(number: u64) -> f64 {
    if number < 16 {
        return (2..=number).map(share::as_float).product::<f64>().ln();
    }
    let n = share::as_float(number);
    let series = 1.0 / (12.0 * n) - 1.0 / (360.0 * n.powi(3)) + 1.0 / (1260.0 * n.powi(5));
    n * n.ln() - n + 0.5 * (std::f64::consts::TAU * n).ln() + series
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(answered: u64, eligible: u64) -> Others {
        Others { eligible, answered }
    }

    /// The lady who tastes tea: R. A. Fisher, *The Design of Experiments*, 1935; two-sided in A. Agresti, *Categorical
    /// Data Analysis*. And Fisher's twins (*The Logic of Inductive Inference*, JRSS 98, 1935), two-sided as `fisher.test`
    /// of R gives it.
    #[test]
    fn the_exact_test_gives_the_published_numbers() {
        for (own, others, published) in [
            (of(3, 4), of(1, 4), 0.485_714),
            (of(4, 4), of(0, 4), 0.028_571),
            (of(10, 13), of(2, 17), 0.000_536_7),
            (of(2, 17), of(10, 13), 0.000_536_7),
        ] {
            let found = chance(own, others);
            assert!((found - published).abs() < published * 1e-3, "{own:?} {others:?}: {found}");
        }
        assert!((chance(of(5, 10), of(50, 100)) - 1.0).abs() < 1e-9);
        assert!((ln_factorial(20) - 42.335_616_460_753_485).abs() < 1e-11);
    }

    fn row(sector: u16, booth: u16, answered: u64, eligible: u64) -> Turnout {
        Turnout { assembly: 173, sector, booth, eligible, answered }
    }

    fn places(seats: &[Answered]) -> Vec<String> {
        let place = |signal: &Signal| match signal {
            Signal::Turnout { place, post: None, .. } => place.to_string(),
            Signal::Turnout { place, post: Some(post), .. } => format!("{place} {post}"),
            other => panic!("{other:?}"),
        };
        let mut places: Vec<String> = far_off(seats).iter().map(place).collect();
        places.sort_unstable();
        places
    }

    fn seat(places: Vec<Turnout>) -> Answered {
        let seat = Place::Assembly(places.first().map_or(1, |row| row.assembly));
        Answered { seat, places, posts: Vec::new() }
    }

    #[test]
    fn a_booth_whose_turnout_is_far_off_is_told_and_a_small_one_is_not() {
        let mut turnout: Vec<Turnout> =
            (1..50).map(|booth| row(1, booth, 6 + u64::from(booth % 3), 20)).collect();
        turnout.push(row(1, 60, 20, 20));
        turnout.push(row(1, 61, 4, 4));
        let seats = [seat(turnout)];
        assert_eq!(places(&seats), ["booth:173/60"]);
        let words = far_off(&seats)[0].words(
            &|_| String::new(),
            &|place| place.to_string(),
            &str::to_owned,
        );
        assert_eq!(
            words,
            "booth:173/60: 20 में से 20 ने जवाब दिया (100.0%); विधानसभा के बाकी बूथों में 35.3% \
             (संयोग से ऐसा: करोड़ में एक बार से भी कम)"
        );
    }

    #[test]
    fn a_sector_of_small_booths_is_told_though_none_of_them_is() {
        let mut turnout = Vec::new();
        for sector in 1..=20_u16 {
            for booth in 1..=10 {
                let answered = if sector == 7 { 2 } else { u64::from(booth % 2) };
                turnout.push(row(sector, sector * 10 + booth, answered, 2));
            }
        }
        assert_eq!(places(&[seat(turnout)]), ["sector:173/7"]);
    }

    #[test]
    fn a_place_in_which_nobody_answered_is_far_off_too() {
        let mut turnout: Vec<Turnout> = (1..30).map(|booth| row(1, booth, 12, 20)).collect();
        turnout.push(row(1, 30, 0, 20));
        assert_eq!(places(&[seat(turnout)]), ["booth:173/30"]);
    }

    #[test]
    fn an_assembly_is_held_to_the_poll_and_a_post_to_the_other_posts_of_its_seat() {
        let mut seats = Vec::new();
        for assembly in 1..=40_u16 {
            let answered = if assembly == 9 { 190 } else { 80 };
            let places = vec![Turnout { assembly, sector: 0, booth: 0, eligible: 200, answered }];
            let post = |post: &str, answered| PostTurnout {
                post: post.to_owned(),
                eligible: 100,
                answered,
            };
            let posts = if assembly == 4 {
                vec![post("booth_president", 75), post("booth_agent", 5)]
            } else {
                vec![post("booth_president", answered / 2), post("booth_agent", answered / 2)]
            };
            seats.push(Answered { seat: Place::Assembly(assembly), places, posts });
        }
        assert_eq!(
            places(&seats),
            ["assembly:4 booth_agent", "assembly:4 booth_president", "assembly:9"]
        );
    }

    #[test]
    fn the_more_places_are_looked_at_the_rarer_must_be_what_is_told() {
        let with_so_many = |booths: u16| {
            let mut turnout: Vec<Turnout> =
                (2..=booths).map(|booth| row(0, booth, 4, 10)).collect();
            turnout.push(row(0, 1, 10, 10));
            places(&[seat(turnout)])
        };
        assert_eq!(with_so_many(20), ["booth:173/1"]);
        assert_eq!(with_so_many(2_000), Vec::<String>::new());
    }

    #[test]
    fn large_seats_that_differ_by_little_are_not_told() {
        let seats: Vec<Answered> = (1..=10_u16)
            .map(|assembly| {
                let answered = 4_000 + 80 * u64::from(assembly);
                let row = Turnout { assembly, sector: 0, booth: 0, eligible: 10_000, answered };
                seat(vec![row])
            })
            .collect();
        assert_eq!(places(&seats), Vec::<String>::new());
    }
}
