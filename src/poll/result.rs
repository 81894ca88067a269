//! A counted poll as a file: everything that may be shown, and nothing else. Whoever has it can print the result again
//! without bundle and key.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::count::Counted;
use super::envelope::hash;
use super::signals::Signal;
use crate::seal::to_hex;

const FORM: &str = "samvad-result 1";

/// What the file of a result holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counting {
    form: String,
    /// The party, as it calls itself in Hindi.
    pub party: String,
    /// When it was counted.
    pub at: Timestamp,
    pub counted: Counted,
    pub signals: Vec<Signal>,
    /// The hash over everything counted, in digits: by it two files are known to say the same numbers. It does not show
    /// that they are right, for whoever changes them can write it anew: that only a second count does.
    #[serde(default)]
    pub numbers: String,
}

/// Why a file is not taken for a result.
#[derive(Debug, thiserror::Error)]
pub enum ResultError {
    #[error("this is no result of a poll: `samvad poll count` writes one as result.json")]
    NotAResult,
    #[error(
        "this result was written by another version of Samvad; count the bundle again with this one"
    )]
    OtherVersion,
    #[error(
        "the numbers of this result are not those it was written with: somebody changed it; count the bundle again"
    )]
    Changed,
}

impl Counting {
    #[must_use]
    pub fn new(party: String, at: Timestamp, counted: Counted, signals: Vec<Signal>) -> Counting {
        let numbers = numbers_of(&serde_json::to_value(&counted).unwrap_or_default());
        Counting { form: FORM.to_owned(), party, at, counted, signals, numbers }
    }

    /// As JSON, for people too.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Texts as keys and numbers: nothing in it can fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// What [`Counting::to_json`] wrote.
    ///
    /// # Errors
    /// [`ResultError`].
    pub fn from_json(text: &str) -> Result<Counting, ResultError> {
        #[derive(Deserialize)]
        struct Formed {
            form: String,
        }
        let formed: Formed = serde_json::from_str(text).map_err(|_| ResultError::NotAResult)?;
        if formed.form != FORM {
            return Err(ResultError::OtherVersion);
        }
        let value: Value = serde_json::from_str(text).map_err(|_| ResultError::NotAResult)?;
        // As they stand in the file: what a later version adds when it reads changes nothing.
        let numbers = value.get("counted").map(numbers_of).unwrap_or_default();
        let counting: Counting =
            serde_json::from_value(value).map_err(|_| ResultError::OtherVersion)?;
        match counting.numbers.as_str() {
            "" => Ok(Counting { numbers, ..counting }),
            said if said == numbers => Ok(counting),
            _ => Err(ResultError::Changed),
        }
    }
}

/// Over what was counted, as JSON without blanks and with its keys in their order.
fn numbers_of(counted: &Value) -> String {
    to_hex(&hash(b"samvad numbers 1", &[counted.to_string().as_bytes()]))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::places::Place;
    use crate::poll::ballot::{Choice, Method};
    use crate::poll::bundle::{Close, Header, SeatHead};
    use crate::poll::count::Proof;
    use crate::poll::tally::{Cell, Repeated, Rules, SeatTally, Tables};

    fn counting() -> Counting {
        let rules = Rules {
            method: Method::Rank,
            threshold: 5,
            panel: 2,
            other: true,
            repeated: Repeated::Cut,
            approve_at_most: None,
            rank_at_least: 1,
            tables: Tables::Both,
        };
        let mut seat = SeatTally::new(3);
        for (booth, times, names) in
            [(1, 20, [0, 1, 2].as_slice()), (1, 20, &[1]), (2, 20, &[0, 2]), (2, 20, &[2, 1])]
        {
            let cell = Cell { assembly: 173, sector: 1, booth, post: booth - 1 };
            seat.add_eligible(cell, times + 3);
            for _ in 0..times {
                seat.add(cell, &Choice::Names(names.to_vec()), &rules);
                seat.rate(&[[5, 4, 0], [1, 1, 1], [0, 0, 0]]);
            }
        }
        let posts = ["booth_president".to_owned(), "booth_agent".to_owned()];
        let seats = BTreeMap::from([(35, seat.result(&rules, &posts))]);
        let header = Header {
            poll: "test".to_owned(),
            question: "प्रत्याशी कौन हो?".to_owned(),
            opens: "2029-01-05T10:00:00+05:30".parse().unwrap(),
            closes: "2029-01-12T20:00:00+05:30".parse().unwrap(),
            roster: "00".repeat(32),
            key: "11".repeat(32),
            rules,
            seats: vec![SeatHead {
                number: 35,
                place: "lok_sabha:35".to_owned(),
                name: "लखनऊ".to_owned(),
                candidates: ["अ", "ब", "स"].map(str::to_owned).to_vec(),
            }],
            posts: posts.to_vec(),
            close: Close::default(),
        };
        let proof = Proof { head: [1; 32], choices: 80, bundle: [2; 32] };
        let counted = Counted { header, seats, proof, unopened: 0 };
        let booth = Place::Booth { assembly: 173, number: 2 };
        let others = crate::poll::signals::Others { eligible: 10, answered: 2 };
        let signals = vec![
            Signal::BeforeDelivery { assembly: 173, answers: 3 },
            Signal::Turnout {
                place: booth,
                post: Some("booth_agent".to_owned()),
                eligible: 20,
                answered: 20,
                others,
                chance: 1.5e-9,
            },
        ];
        let at = "2029-01-13T11:00:00+05:30".parse().unwrap();
        Counting::new("हमारी पार्टी".to_owned(), at, counted, signals)
    }

    #[test]
    fn a_result_comes_back_from_its_file() {
        let counting = counting();
        let shown = counting.counted.seats.get(&35).and_then(|seat| seat.choices.as_ref()).unwrap();
        assert!(!shown.breakdown.rows.is_empty());
        let text = counting.to_json();
        assert_eq!(Counting::from_json(&text).unwrap(), counting);
    }

    #[test]
    fn numbers_that_were_changed_are_known_by_their_hash() {
        let counting = counting();
        let text = counting.to_json();
        let forged = text.replacen("\"answered\": 80", "\"answered\": 81", 1);
        assert_ne!(forged, text);
        assert!(matches!(Counting::from_json(&forged), Err(ResultError::Changed)));
        // A file of before has none, and gets the one of its numbers.
        let line = format!("\"numbers\": \"{}\"", counting.numbers);
        let old = text.replace(&line, "\"numbers\": \"\"");
        assert_ne!(old, text);
        assert_eq!(Counting::from_json(&old).unwrap(), counting);
        // Whoever changes both is found out by a second count alone.
        let mut seats = counting.counted.clone();
        seats.unopened += 1;
        let other = Counting::new(counting.party.clone(), counting.at, seats, Vec::new());
        assert_ne!(other.numbers, counting.numbers);
    }

    #[test]
    fn what_is_no_result_of_this_version_is_told() {
        for text in ["", "{}", "[1]", "samvad-bundle 1"] {
            assert!(matches!(Counting::from_json(text), Err(ResultError::NotAResult)), "{text}");
        }
        let newer = counting().to_json().replace("samvad-result 1", "samvad-result 2");
        assert!(matches!(Counting::from_json(&newer), Err(ResultError::OtherVersion)));
    }
}
