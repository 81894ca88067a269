//! What people wrote in words, the names behind `अन्य` and the remarks, as far as its seat may be told.

use std::collections::BTreeMap;

use super::count::Counted;

/// Texts of a seat and how often each was written. 0 stands for seats of which no choices are shown.
pub type Texts = BTreeMap<(u16, String), u64>;

/// Takes the seat off the texts of seats in which too few answered for choices to be shown. Standing alone without a
/// seat would name the only such seat, for everybody sees who answered where: so they go on only when they come from
/// two such seats at least, in which together so many answered as a group that is shown must have. Otherwise they are
/// left out; how many were, comes back.
pub fn hide_small_seats(counted: &Counted, texts: &mut Texts) -> u64 {
    let small: Vec<u64> = counted
        .seats
        .values()
        .filter(|seat| seat.choices.is_none() && seat.answered > 0)
        .map(|seat| seat.answered)
        .collect();
    let together: u64 = small.iter().sum();
    let is_hidden_among_others = small.len() >= 2 && together >= counted.header.rules.threshold;
    let is_small = |seat: u16| counted.seats.get(&seat).is_none_or(|seat| seat.choices.is_none());
    let mut left_out = 0;
    for ((seat, text), times) in std::mem::take(texts) {
        if !is_small(seat) {
            *texts.entry((seat, text)).or_default() += times;
        } else if is_hidden_among_others {
            *texts.entry((0, text)).or_default() += times;
        } else {
            left_out += times;
        }
    }
    left_out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poll::ballot::{Choice, Method};
    use crate::poll::bundle::{Close, Header, SeatHead};
    use crate::poll::count::Proof;
    use crate::poll::tally::{Cell, Repeated, Rules, SeatTally, Tables};

    /// Seats in which so many answered, and a text of each.
    fn office(answered: &[(u16, u64)]) -> (Counted, Texts) {
        let rules = Rules {
            method: Method::ChooseOne,
            threshold: 10,
            panel: 2,
            other: true,
            repeated: Repeated::Cut,
            approve_at_most: None,
            rank_at_least: 1,
            tables: Tables::Place,
        };
        let seats = answered.iter().map(|(number, answered)| {
            let mut tally = SeatTally::new(2);
            for _ in 0..*answered {
                tally.add(Cell::default(), &Choice::Names(vec![0]), &rules);
            }
            (*number, tally.result(&rules, &[]))
        });
        let seats: BTreeMap<u16, _> = seats.collect();
        let head = |(number, _): &(u16, u64)| SeatHead {
            number: *number,
            place: format!("assembly:{number}"),
            name: String::new(),
            candidates: vec!["अ".to_owned(), "ब".to_owned()],
        };
        let header = Header {
            poll: "test".to_owned(),
            question: "प्रत्याशी कौन हो?".to_owned(),
            opens: "2029-01-05T10:00:00+05:30".parse().unwrap(),
            closes: "2029-01-12T20:00:00+05:30".parse().unwrap(),
            roster: "00".repeat(32),
            key: "11".repeat(32),
            seats: answered.iter().map(head).collect(),
            rules,
            posts: Vec::new(),
            close: Close::default(),
        };
        let proof = Proof { head: [1; 32], choices: 0, bundle: [2; 32] };
        let texts = answered.iter().map(|(number, _)| ((*number, format!("of {number}")), 1));
        (Counted { header, seats, proof, unopened: 0 }, texts.collect())
    }

    fn told(answered: &[(u16, u64)]) -> (Vec<(u16, String)>, u64) {
        let (counted, mut texts) = office(answered);
        let left_out = hide_small_seats(&counted, &mut texts);
        (texts.into_keys().collect(), left_out)
    }

    #[test]
    fn the_text_of_the_only_small_seat_is_left_out_for_it_would_name_its_seat() {
        let large = (35, "of 35".to_owned());
        assert_eq!(told(&[(35, 40), (36, 1)]), (vec![large.clone()], 1));
        // A seat in which nobody answered hides nobody.
        assert_eq!(told(&[(35, 40), (36, 1), (37, 0)]).0, std::slice::from_ref(&large));
        assert_eq!(told(&[(35, 40), (36, 4), (37, 5)]), (vec![large], 2), "nine are too few");
    }

    #[test]
    fn texts_of_several_small_seats_say_no_seat() {
        let small = |seat: u16| (0, format!("of {seat}"));
        let large = (35, "of 35".to_owned());
        assert_eq!(told(&[(35, 40), (36, 4), (37, 6)]), (vec![small(36), small(37), large], 0));
    }
}
