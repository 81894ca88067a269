//! What the law of elections forbids, and when, by constituency. Pure: times are handed in.
//!
//! - **Silence**: in the 48 hours that end with the hour fixed for the close of poll nothing that may
//!   influence it is shown or sent in the polling area (Representation of the People Act 1951, section
//!   126(1)(b); for bulk messages on every channel: Election Commission, 9 October 2025). Some districts
//!   fix 72 hours. A person whose constituency is not known is silent with every one.
//! - **Code of conduct**: from the announcement of the schedule to its end broadcasts need the
//!   certificate of a media certification committee, and say byte for byte what was certified.
//! - **Exit polls**: from the start of the first poll day to half an hour after the last close nobody is
//!   asked or told how they voted (section 126A).
//!
//! The office writes all of it into `calendar.toml`; there is no other way around it.

mod read;

use jiff::{SignedDuration, Timestamp};
use ring::digest;

pub use read::CalendarError;

/// Silence is never shorter (section 126(1)(b)).
pub const SHORTEST_SILENCE: SignedDuration = SignedDuration::from_hours(48);

/// Elections as the office has them in its calendar; empty when none is near.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// In the order of their close.
    phases: Vec<Phase>,
    conduct: Vec<Span>,
    exit_polls: Vec<Span>,
    certificates: Vec<Certificate>,
    /// The office's file was changed and cannot be read: what it forbids now, nobody here knows.
    in_doubt: bool,
}

/// A time in which nobody is asked for an opinion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recess {
    /// When asking may go on; `None`: nobody can say yet.
    pub until: Option<Timestamp>,
    /// Whether an answer that comes all the same may be taken in. In a silence it may: it is stored, and acknowledged
    /// neutrally. While exit polls are forbidden no opinion is collected at all.
    pub takes_answers: bool,
}

/// What a media certification committee (MCMC) allowed to be said while the code of conduct is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    pub number: String,
    pub committee: String,
    /// It counts from the beginning of its day.
    from: Timestamp,
    /// Of every text it covers ([`text_hash`]), and of every file of a picture, video or document.
    texts: Vec<TextHash>,
}

/// SHA-256 of a text, byte for byte.
pub type TextHash = [u8; 32];

/// By what a certified text is known again: what differs from person to person stands in it as `{}`, and
/// nothing else is left out.
#[must_use]
pub fn text_hash(text: &str) -> TextHash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
    hash
}

/// One day of poll in some seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// As the office calls it: `पहला चरण`.
    pub name: String,
    /// Numbers of assembly seats from one to the other, both included; ascending, none within another.
    seats: Vec<(u16, u16)>,
    /// From when nothing leaves to …
    silent_from: Timestamp,
    /// … the hour fixed for the close of poll.
    close: Timestamp,
}

/// From a moment to another, which is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Timestamp,
    pub until: Timestamp,
}

/// Why nothing leaves now for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence<'c> {
    /// The phase; of several the one that ends last.
    pub phase: &'c str,
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Span {
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }
}

impl Phase {
    /// Whether people vote in the seat, or may: nobody's seat (`None`) is every seat.
    #[must_use]
    pub fn is_in(&self, seat: Option<u16>) -> bool {
        let Some(seat) = seat else { return true };
        self.seats.iter().any(|(first, last)| (*first..=*last).contains(&seat))
    }

    /// In which nothing leaves for its seats.
    #[must_use]
    pub fn silence(&self) -> Span {
        Span { from: self.silent_from, until: self.close }
    }
}

impl Calendar {
    /// Whether nothing may be sent now to a person of this seat; `None` for a seat that is not known.
    #[must_use]
    pub fn silence(&self, seat: Option<u16>, now: Timestamp) -> Option<Silence<'_>> {
        let silent = |phase: &&Phase| phase.silence().holds(now) && phase.is_in(seat);
        let last = self.phases.iter().filter(silent).max_by_key(|phase| phase.close)?;
        Some(Silence { phase: &last.name, from: last.silent_from, until: last.close })
    }

    /// The same of a phone that has several seats: that which lasts longest.
    #[must_use]
    pub fn silence_of_any(
        &self,
        seats: impl Iterator<Item = Option<u16>>,
        now: Timestamp,
    ) -> Option<Silence<'_>> {
        seats.filter_map(|seat| self.silence(seat, now)).max_by_key(|silence| silence.until)
    }

    /// Whether any seat at all is silent now: almost always none is, and nobody's seat need be known.
    #[must_use]
    pub fn is_anybody_silent(&self, now: Timestamp) -> bool {
        self.phases.iter().any(|phase| phase.silence().holds(now))
    }

    /// The next silence of the seat that begins or still lasts after this moment: what is planned to be
    /// over before it must be.
    #[must_use]
    pub fn next_silence(&self, seat: Option<u16>, after: Timestamp) -> Option<(Span, &str)> {
        let coming = self.phases.iter().filter(|phase| phase.close > after && phase.is_in(seat));
        let first = coming.min_by_key(|phase| (phase.silent_from, phase.close))?;
        Some((first.silence(), &first.name))
    }

    /// Whether the code of conduct is in force: a broadcast needs its certificate.
    #[must_use]
    pub fn is_under_conduct(&self, now: Timestamp) -> bool {
        self.conduct.iter().any(|span| span.holds(now))
    }

    /// Whether the certificate of this number covers all of these texts by now, each by its [`text_hash`].
    #[must_use]
    pub fn covers(&self, number: &str, hashes: &[TextHash], now: Timestamp) -> bool {
        self.certificates.iter().any(|certificate| {
            certificate.number == number
                && certificate.from <= now
                && hashes.iter().all(|hash| certificate.texts.contains(hash))
        })
    }

    /// Until when nobody may be asked or told how they voted; `None` outside such a time.
    #[must_use]
    pub fn exit_poll_lock(&self, now: Timestamp) -> Option<Timestamp> {
        let locked = self.exit_polls.iter().filter(|span| span.holds(now));
        locked.map(|span| span.until).max()
    }

    /// Whether and until when somebody of these seats is asked for no opinion: while exit polls are forbidden
    /// (section 126A), and in the silence of any of the seats (section 126), `None` being every seat. One time may
    /// begin within another, so that the end is the end of all of them. A calendar in doubt forbids it, too.
    #[must_use]
    pub fn recess(&self, seats: &[Option<u16>], now: Timestamp) -> Option<Recess> {
        if self.in_doubt {
            return Some(Recess { until: None, takes_answers: false });
        }
        let end_of = |at: Timestamp| {
            let silences = seats.iter().filter_map(|seat| self.silence(*seat, at));
            silences.map(|silence| silence.until).chain(self.exit_poll_lock(at)).max()
        };
        let mut until = end_of(now)?;
        while let Some(later) = end_of(until) {
            until = later;
        }
        let takes_answers = self.exit_poll_lock(now).is_none();
        Some(Recess { until: Some(until), takes_answers })
    }

    /// The same calendar, whose file was changed since and cannot be read: it stays in force, and nobody is asked for
    /// an opinion until the file can be read again.
    #[must_use]
    pub fn doubted(self) -> Calendar {
        Calendar { in_doubt: true, ..self }
    }

    #[must_use]
    pub const fn is_in_doubt(&self) -> bool {
        self.in_doubt
    }

    /// The phases, by their close.
    #[must_use]
    pub fn phases(&self) -> &[Phase] {
        &self.phases
    }

    /// The times of the code of conduct, as the office wrote them.
    #[must_use]
    pub fn conduct(&self) -> &[Span] {
        &self.conduct
    }

    /// The times in which exit polls are forbidden, as the office wrote them.
    #[must_use]
    pub fn exit_polls(&self) -> &[Span] {
        &self.exit_polls
    }

    /// What was certified, as the office wrote it down.
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }
}

#[cfg(test)]
mod tests;
