//! What is not as it should be when a poll is closed: by the records people answered, and their envelopes are gone or do
//! not open. Whoever closes hears of it before anything is destroyed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::bail;

use crate::cli::broadcast::preview::number;
use crate::poll::ballot::Kind;
use crate::poll::envelope::Envelope;
use crate::poll::file::Poll;
use crate::records::RosterRow;

/// The answers of a poll, by seat, held against what the records say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lacks {
    seats: BTreeMap<u16, OfSeat>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct OfSeat {
    /// By the records.
    answered: u64,
    /// Their choice opens.
    whole: u64,
    /// Of these some other envelope is gone or does not open.
    torn: u64,
    /// There are envelopes, and their choice does not open.
    shut: u64,
    /// There are envelopes of somebody who did not answer.
    stray: u64,
}

impl OfSeat {
    /// Of people who answered there is no envelope.
    fn gone(&self) -> u64 {
        self.answered.saturating_sub(self.whole + self.shut)
    }

    fn missing(&self) -> u64 {
        self.gone() + self.shut + self.stray
    }
}

/// The kinds of envelopes that go with every choice.
pub(super) fn wanted(poll: &Poll) -> Vec<Kind> {
    let asked = |kind: &Kind| match kind {
        Kind::Choice => true,
        Kind::Other => poll.rules.other,
        Kind::Ratings => !poll.ratings.is_empty(),
        Kind::Remark => poll.remark,
    };
    Kind::ALL.into_iter().filter(asked).collect()
}

impl Lacks {
    /// By the records somebody of this seat answered.
    pub(super) fn answered(&mut self, seat: u16) {
        self.seats.entry(seat).or_default().answered += 1;
    }

    /// Of the envelopes of a voter, so many, these open. Whether they go to the count.
    pub(super) fn takes(
        &mut self,
        row: &RosterRow,
        there: usize,
        opened: &[Envelope],
        wanted: &[Kind],
    ) -> bool {
        let seat = self.seats.entry(row.voter.origin.seat).or_default();
        let has = |kind: &Kind| opened.iter().any(|envelope| envelope.kind == *kind);
        if !row.answered {
            seat.stray += 1;
            return false;
        }
        if !has(&Kind::Choice) {
            seat.shut += 1;
            return false;
        }
        seat.whole += 1;
        if opened.len() < there || !wanted.iter().all(has) {
            seat.torn += 1;
        }
        true
    }

    /// Answers that do not go to the count.
    pub(super) fn missing(&self) -> u64 {
        self.seats.values().map(OfSeat::missing).sum()
    }

    /// Answers of which only a part does.
    pub(super) fn torn(&self) -> u64 {
        self.seats.values().map(|seat| seat.torn).sum()
    }

    /// Whether the close goes on: everything is as it should be, or somebody says with the right number that they know.
    ///
    /// # Errors
    /// It is not, with what to look into. Nothing was destroyed then.
    pub(super) fn may_go_on(
        &self,
        poll: &str,
        although: Option<u64>,
        name: &dyn Fn(u16) -> String,
    ) -> anyhow::Result<()> {
        let lacking = self.missing() + self.torn();
        if although == Some(lacking) || (lacking == 0 && although.is_none()) {
            if self.nothing_opens() {
                bail!("{}", self.nothing_opens_in_words(poll));
            }
            return Ok(());
        }
        if lacking == 0 {
            bail!("no answer of {poll} is missing: leave --although away. Nothing was destroyed");
        }
        if self.nothing_opens() {
            bail!("{}", self.nothing_opens_in_words(poll));
        }
        let mut words = format!(
            "{poll} cannot be closed as it is: {} of {} answers are missing or do not open. NOTHING WAS DESTROYED; no answer is taken any more.\n",
            number(lacking),
            number(self.all_answered()),
        );
        for (seat, of_seat) in &self.seats {
            if of_seat.missing() + of_seat.torn == 0 {
                continue;
            }
            let what = [
                (of_seat.gone(), "gone"),
                (of_seat.shut, "do not open"),
                (of_seat.stray, "there although the records know no answer"),
                (of_seat.torn, "without their marks, name or remark"),
            ];
            let what: Vec<String> = what
                .iter()
                .filter(|(times, _)| *times > 0)
                .map(|(times, what)| format!("{} {what}", number(*times)))
                .collect();
            // Writing into a String cannot fail.
            let _ = writeln!(words, "  {}: {}", name(*seat), what.join(", "));
        }
        if let Some(said) = although {
            let _ = writeln!(
                words,
                "You said --although {said}; it must be {lacking}, as told here, so that nobody goes on without having read it."
            );
        }
        bail!(
            "{words}Look into it first. Is this the server on which the poll was opened, with its own database? Is the poll key the one that was made there? Was the database changed by hand, or put back from a backup? What a backup has of the missing rows (roster and envelopes of this poll) can be put back; then run the same line again.\nIf nothing brings them back: the same line with --although {lacking} counts the rest. The number and your name then stand in the log, in the bundle and in the result, for good."
        );
    }

    fn all_answered(&self) -> u64 {
        self.seats.values().map(|seat| seat.answered).sum()
    }

    fn nothing_opens(&self) -> bool {
        self.all_answered() > 0 && self.seats.values().all(|seat| seat.whole == 0)
    }

    fn nothing_opens_in_words(&self, poll: &str) -> String {
        format!(
            "{} people answered in {poll}, and not one answer opens here: this is another poll key than the one the poll was opened with, or another database. NOTHING WAS DESTROYED. Go to the server on which it was opened, or put the folder polls/ beside the key file back from there, and run the same line again. If that key is lost, so are the answers, and there is nothing to count",
            number(self.all_answered())
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Ids;
    use crate::poll::ballot::{Choice, Plain};
    use crate::poll::envelope::{LENGTH, Origin, PollId, PrivateKey};
    use crate::poll::tally::Cell;
    use crate::records::VoterRow;

    fn row(seat: u16, answered: bool) -> RosterRow {
        let origin = Origin { seat, cell: Cell::default() };
        let voter = VoterRow { voter: 1, contact: Some(1), person: 0, origin };
        RosterRow { voter, answered, is_bound: true }
    }

    fn envelopes(plains: &[Plain]) -> Vec<Envelope> {
        let ids = Ids::system();
        let key = PrivateKey::generate(&ids).unwrap().public();
        let origin = Origin { seat: 35, cell: Cell::default() };
        let seal = |plain| Envelope::seal(plain, origin, PollId([7; LENGTH]), &key, &ids).unwrap();
        plains.iter().map(seal).collect()
    }

    const WANTED: [Kind; 2] = [Kind::Choice, Kind::Remark];

    fn answer() -> Vec<Envelope> {
        let choice = Plain::Choice(Choice::Names(vec![1]));
        envelopes(&[choice, Plain::Remark(String::new())])
    }

    /// So many people of the seat answered, and all their envelopes open.
    fn whole(lacks: &mut Lacks, seat: u16, people: usize) {
        let answer = answer();
        for _ in 0..people {
            lacks.answered(seat);
            assert!(lacks.takes(&row(seat, true), 2, &answer, &WANTED));
        }
    }

    fn told(lacks: &Lacks, although: Option<u64>) -> String {
        let error = lacks.may_go_on("who", although, &|seat| format!("seat {seat}"));
        error.unwrap_err().to_string()
    }

    #[test]
    fn a_poll_of_which_everything_is_there_goes_on() {
        let mut lacks = Lacks::default();
        lacks.may_go_on("who", None, &|_| String::new()).unwrap();
        whole(&mut lacks, 35, 3);
        lacks.may_go_on("who", None, &|_| String::new()).unwrap();
        assert!(told(&lacks, Some(1)).contains("leave --although away"));
    }

    #[test]
    fn what_is_gone_shut_stray_or_torn_is_told_by_seat_and_only_its_own_number_goes_on() {
        let mut lacks = Lacks::default();
        whole(&mut lacks, 35, 3);
        whole(&mut lacks, 36, 2);
        // Gone, shut, stray, and two torn: a remark that does not open, one that is not there.
        lacks.answered(35);
        lacks.answered(36);
        assert!(!lacks.takes(
            &row(36, true),
            2,
            &envelopes(&[Plain::Remark(String::new())]),
            &WANTED
        ));
        assert!(!lacks.takes(&row(36, false), 2, &answer(), &WANTED));
        let choice = envelopes(&[Plain::Choice(Choice::Refused)]);
        for there in [2, 1] {
            lacks.answered(37);
            assert!(lacks.takes(&row(37, true), there, &choice, &WANTED));
        }
        assert_eq!((lacks.missing(), lacks.torn()), (3, 2));
        let words = told(&lacks, None);
        let lines: Vec<&str> = words.lines().take(4).collect();
        assert_eq!(
            lines,
            [
                "who cannot be closed as it is: 5 of 9 answers are missing or do not open. NOTHING WAS DESTROYED; no answer is taken any more.",
                "  seat 35: 1 gone",
                "  seat 36: 1 do not open, 1 there although the records know no answer",
                "  seat 37: 2 without their marks, name or remark",
            ]
        );
        assert!(words.contains("with --although 5 counts the rest"), "{words}");
        assert!(told(&lacks, Some(4)).contains("You said --although 4; it must be 5"));
        lacks.may_go_on("who", Some(5), &|_| String::new()).unwrap();
    }

    #[test]
    fn when_no_answer_opens_no_number_goes_on() {
        let mut lacks = Lacks::default();
        for _ in 0..3 {
            lacks.answered(35);
            assert!(!lacks.takes(&row(35, true), 2, &[], &WANTED));
        }
        for although in [None, Some(3), Some(2)] {
            assert!(told(&lacks, although).contains("not one answer opens here"), "{although:?}");
        }
    }
}
