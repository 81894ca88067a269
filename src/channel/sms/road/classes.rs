//! What to do about a vendor's code. Pure.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::channel::ErrorClass;
use crate::dlt::scrub::{self, Remedy};
use crate::message::{Asks, Mark};

/// How often a fault of the vendor's own is met with another try.
const TRIES: u32 = 8;

/// A class, as road files name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// Again, later, a few times.
    Retry,
    /// Too fast: slower, then again.
    Throttle,
    /// The account is at fault: stop it, keep what waits, call the operator.
    Pause,
    /// Never this message to this person.
    Never,
    /// Not by SMS, but perhaps by another channel.
    OtherChannel,
    /// The person told the vendor to stop us.
    OptedOut,
    /// Not before a day has passed.
    Tomorrow,
}

impl Word {
    const fn class(self) -> ErrorClass {
        match self {
            Word::Retry => ErrorClass::Retry { times: TRIES },
            Word::Throttle => ErrorClass::Throttle,
            Word::Pause => ErrorClass::PauseSender,
            Word::Never => ErrorClass::Never,
            Word::OtherChannel => ErrorClass::OtherChannel,
            Word::OptedOut => ErrorClass::OptedOut,
            Word::Tomorrow => ErrorClass::Tomorrow,
        }
    }
}

/// The classes of a vendor's codes.
#[derive(Clone, Debug, Default)]
pub struct Classes {
    /// Whether codes 600 to 699 are those of the operators' DLT scrubbing.
    dlt: bool,
    words: BTreeMap<String, Word>,
    ranges: Vec<(i64, i64, Word)>,
}

impl Classes {
    /// `table`: codes (`21610`, `E0033`) or ranges (`600-625`) and what they mean.
    ///
    /// # Errors
    /// The key that is neither.
    pub(super) fn new(dlt: bool, table: &BTreeMap<String, Word>) -> Result<Classes, String> {
        let mut classes = Classes { dlt, ..Classes::default() };
        for (key, word) in table {
            let bounds = key.split_once('-').map(|(from, to)| (from.parse(), to.parse()));
            match bounds {
                Some((Ok(from), Ok(to))) if from <= to => classes.ranges.push((from, to, *word)),
                Some((Ok(_), Ok(_))) => return Err(key.clone()),
                _ if key.trim().is_empty() => return Err(key.clone()),
                _ => {
                    classes.words.insert(key.to_lowercase(), *word);
                }
            }
        }
        Ok(classes)
    }

    /// What a code means; `None`: nobody said. The vendor's own table comes first.
    #[must_use]
    pub fn of(&self, code: &str) -> Option<ErrorClass> {
        if let Some(word) = self.own(code) {
            return Some(word.class());
        }
        if self.dlt { scrubbed(code.parse().ok()?) } else { None }
    }

    /// What the vendor's own table says.
    fn own(&self, code: &str) -> Option<Word> {
        if let Some(word) = self.words.get(&code.to_lowercase()) {
            return Some(*word);
        }
        let number: i64 = code.parse().ok()?;
        let range = self.ranges.iter().find(|(from, to, _)| (*from..=*to).contains(&number));
        range.map(|(_, _, word)| *word)
    }

    /// What a code in a report asks for. Where the vendor's own table says to try again, the vendor has
    /// tried already.
    #[must_use]
    pub fn in_report(&self, code: &str) -> Option<Asks> {
        let asks = self.of(code)?.asks()?;
        (asks != Asks::Again || self.own(code).is_none()).then_some(asks)
    }
}

/// What a code of the operators' DLT scrubbing asks for, by the table of [`dlt::scrub`](scrub); `None`: it
/// is none of them.
#[must_use]
pub fn scrubbed(code: i64) -> Option<ErrorClass> {
    Some(match scrub::remedy(code)? {
        Remedy::StopAccount => ErrorClass::PauseSender,
        Remedy::StopTemplate => ErrorClass::StopTemplate,
        // The code stays with the message.
        Remedy::NeverThis => ErrorClass::Never,
        Remedy::NoPromotion => ErrorClass::Marked(Mark::NoPromotion),
        Remedy::NoConsent => ErrorClass::Marked(Mark::NoDltConsent),
        Remedy::Retry => ErrorClass::Retry { times: TRIES },
    })
}

/// What a status of HTTP means when the answer says nothing else.
#[must_use]
pub(super) const fn of_http(http: u16) -> ErrorClass {
    match http {
        429 | 503 => ErrorClass::Throttle,
        500..=599 => ErrorClass::Retry { times: TRIES },
        400 | 413 | 422 => ErrorClass::Never,
        _ => ErrorClass::PauseSender,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scrubbing_codes_act_as_their_table_says() {
        let retry = ErrorClass::Retry { times: TRIES };
        for (code, class) in [
            (599, None),
            (600, Some(ErrorClass::PauseSender)),
            (614, Some(ErrorClass::PauseSender)),
            (620, Some(ErrorClass::PauseSender)),
            (625, Some(ErrorClass::PauseSender)),
            (633, Some(ErrorClass::StopTemplate)),
            (635, Some(ErrorClass::Never)),
            (637, Some(ErrorClass::StopTemplate)),
            (650, Some(ErrorClass::Marked(Mark::NoPromotion))),
            (660, Some(ErrorClass::Marked(Mark::NoDltConsent))),
            (670, Some(retry)),
            (700, None),
        ] {
            assert_eq!(scrubbed(code), class, "{code}");
        }
    }

    #[test]
    fn the_vendors_own_table_comes_before_the_operators() {
        let table = [("620", Word::Tomorrow), ("700-710", Word::Never), ("E33", Word::OptedOut)];
        let table = table.map(|(key, word)| (key.to_owned(), word)).into();
        let classes = Classes::new(true, &table).unwrap();
        assert_eq!(classes.of("620"), Some(ErrorClass::Tomorrow));
        assert_eq!(classes.of("705"), Some(ErrorClass::Never));
        assert_eq!(classes.of("e33"), Some(ErrorClass::OptedOut));
        assert_eq!(classes.of("621"), Some(ErrorClass::PauseSender));
        assert_eq!(classes.of("9"), None);
        assert_eq!(Classes::new(false, &table).unwrap().of("621"), None);
        for wrong in ["", "9-1"] {
            let table = [(wrong.to_owned(), Word::Never)].into();
            assert_eq!(Classes::new(false, &table).unwrap_err(), wrong);
        }
    }

    #[test]
    fn a_code_in_a_report_asks_for_what_it_asks_for_in_an_answer() {
        let table = [("700", Word::Retry), ("620", Word::Tomorrow)];
        let table = table.map(|(key, word)| (key.to_owned(), word)).into();
        let classes = Classes::new(true, &table).unwrap();
        for (code, asks) in [
            ("600", Some(Asks::Rest)),
            ("620", None),
            ("633", Some(Asks::StopTemplate)),
            ("635", None),
            ("650", Some(Asks::Mark(Mark::NoPromotion))),
            ("660", Some(Asks::Mark(Mark::NoDltConsent))),
            ("670", Some(Asks::Again)),
            ("700", None),
        ] {
            assert_eq!(classes.in_report(code), asks, "{code}");
        }
    }
}
