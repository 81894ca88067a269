//! Ballots of a poll that is played: what was cast stays answered until the rehearsal is over.

use std::sync::Arc;

use jiff::Timestamp;

use super::polling::{Ballot, Cast, HeardBallot, Part, Sealed};
use crate::calendar::Recess;
use crate::contact::Language;
use crate::geography::Geography;

/// What stands in place of a receipt where nothing is sealed.
pub(super) const STAGED_RECEIPT: &str = "7K2-QXM-9ZT";

/// A ballot and what became of it on the stage.
#[derive(Clone, Debug)]
pub(super) struct Staged {
    ballot: Arc<dyn Ballot>,
    is_cast: bool,
    recess: Option<Recess>,
}

impl Staged {
    pub(super) fn new(ballot: Arc<dyn Ballot>) -> Staged {
        Staged { ballot, is_cast: false, recess: None }
    }

    /// What the calendar says of the moment.
    pub(super) fn rest(&mut self, recess: Option<Recess>) {
        self.recess = recess;
    }

    /// Takes an answer in, where it is this voter's.
    pub(super) fn heed(&mut self, cast: &Cast) {
        self.is_cast |= (cast.poll, cast.voter) == (self.poll(), self.voter());
    }
}

impl Ballot for Staged {
    fn poll(&self) -> i64 {
        self.ballot.poll()
    }

    fn voter(&self) -> i64 {
        self.ballot.voter()
    }

    fn who(&self) -> Option<&str> {
        self.ballot.who()
    }

    fn answered(&self) -> bool {
        self.is_cast || self.ballot.answered()
    }

    fn may_change(&self) -> bool {
        self.ballot.may_change()
    }

    fn is_secret(&self) -> bool {
        self.ballot.is_secret()
    }

    fn method(&self) -> &'static str {
        self.ballot.method()
    }

    fn closes(&self) -> Timestamp {
        self.ballot.closes()
    }

    fn question(&self, language: Language) -> String {
        self.ballot.question(language)
    }

    fn seat(&self, language: Language) -> String {
        self.ballot.seat(language)
    }

    fn candidates(&self, language: Language) -> Vec<String> {
        self.ballot.candidates(language)
    }

    fn takes_others(&self) -> bool {
        self.ballot.takes_others()
    }

    fn aspects(&self) -> Vec<&'static str> {
        self.ballot.aspects()
    }

    fn has(&self, part: Part) -> bool {
        self.ballot.has(part)
    }

    fn receipt(&self) -> Option<&str> {
        self.answered().then_some(STAGED_RECEIPT)
    }

    fn read(
        &self,
        part: Part,
        text: &str,
        geography: &Geography,
        language: Language,
    ) -> HeardBallot {
        self.ballot.read(part, text, geography, language)
    }

    fn nothing(&self, part: Part) -> Sealed {
        self.ballot.nothing(part)
    }

    fn recess(&self) -> Option<Recess> {
        self.recess
    }

    fn answered_at(&self) -> Option<Timestamp> {
        self.ballot.answered_at()
    }

    fn may_tell(&self, text: &str, geography: &Geography) -> bool {
        self.ballot.may_tell(text, geography)
    }
}
