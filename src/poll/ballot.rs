//! What a person says in a poll, as bytes of one size: nothing of it can be told from its length.

use serde::{Deserialize, Serialize};

/// Most candidates of a seat. A longer list is read by nobody, and fits no ballot.
pub const MOST_CANDIDATES: u8 = 20;
/// Stands on a ballot for somebody who is not on the list; who that is stands in an envelope of its own.
pub const OTHER: u8 = 31;
/// Questions of a rating: availability, honesty, work.
pub const ASPECTS: usize = 3;
/// The best mark.
pub const BEST_MARK: u8 = 5;

/// How people choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    ChooseOne,
    Approve,
    Rank,
}

impl Method {
    pub const ALL: [Method; 3] = [Method::ChooseOne, Method::Approve, Method::Rank];

    /// As it is written in poll files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Method::ChooseOne => "choose_one",
            Method::Approve => "approve",
            Method::Rank => "rank",
        }
    }
}

/// What an envelope holds. Each kind has one size, and everybody who answers sends one of every kind their poll
/// has, empty or not: that there is one says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Choice,
    Ratings,
    /// The name behind `अन्य`.
    Other,
    Remark,
}

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Choice, Kind::Ratings, Kind::Other, Kind::Remark];

    /// One letter, for files.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Kind::Choice => 'c',
            Kind::Ratings => 'r',
            Kind::Other => 'o',
            Kind::Remark => 'm',
        }
    }

    #[must_use]
    pub fn from_letter(letter: char) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.letter() == letter)
    }

    /// The size of its plaintext, in bytes.
    #[must_use]
    pub const fn size(self) -> usize {
        match self {
            Kind::Choice => 32,
            Kind::Ratings => 64,
            Kind::Other => 128,
            Kind::Remark => 1024,
        }
    }

    /// The longest text it holds, in bytes of UTF-8.
    #[must_use]
    pub const fn room(self) -> usize {
        self.size() - HEADER
    }
}

/// A choice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// `नहीं बताना`: an answer too.
    Refused,
    /// Candidates by their index, the best first; [`OTHER`] among them or not.
    Names(Vec<u8>),
}

/// The marks of one candidate, one for each aspect; 0 where none was given.
pub type Marks = [u8; ASPECTS];

/// What is inside an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plain {
    Choice(Choice),
    /// In the order of the candidates.
    Ratings(Vec<Marks>),
    Other(String),
    Remark(String),
}

/// The bytes are no plaintext of ours: whoever sealed them was not this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is inside the envelope is no answer")]
pub struct NotAnAnswer;

/// Form, then the length of what follows, two bytes, big-endian.
const HEADER: usize = 3;
const FORM: u8 = 1;
/// In place of a length: refused.
const REFUSED: u16 = u16::MAX;

impl Plain {
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Plain::Choice(_) => Kind::Choice,
            Plain::Ratings(_) => Kind::Ratings,
            Plain::Other(_) => Kind::Other,
            Plain::Remark(_) => Kind::Remark,
        }
    }

    /// The bytes, as many as its kind has. What does not fit is left out: names beyond the room there is, and
    /// the end of a text, at a letter.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let size = self.kind().size();
        let room = self.kind().room();
        let content: Vec<u8> = match self {
            Plain::Choice(Choice::Refused) => Vec::new(),
            Plain::Choice(Choice::Names(names)) => names.clone(),
            Plain::Ratings(marks) => marks.iter().flatten().copied().collect(),
            Plain::Other(text) | Plain::Remark(text) => cut(text, room).into(),
        };
        let content = content.get(..room.min(content.len())).unwrap_or_default();
        let length = match self {
            Plain::Choice(Choice::Refused) => REFUSED,
            _ => u16::try_from(content.len()).unwrap_or(0),
        };
        let mut bytes = Vec::with_capacity(size);
        bytes.push(FORM);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(content);
        bytes.resize(size, 0);
        bytes
    }

    /// What [`Plain::to_bytes`] made.
    ///
    /// # Errors
    /// [`NotAnAnswer`]: another size or form, or something behind the end.
    pub fn from_bytes(kind: Kind, bytes: &[u8]) -> Result<Plain, NotAnAnswer> {
        let [FORM, high, low, rest @ ..] = bytes else { return Err(NotAnAnswer) };
        if bytes.len() != kind.size() {
            return Err(NotAnAnswer);
        }
        let length = u16::from_be_bytes([*high, *low]);
        if length == REFUSED && kind == Kind::Choice && rest.iter().all(|byte| *byte == 0) {
            return Ok(Plain::Choice(Choice::Refused));
        }
        let (content, padding) = rest.split_at_checked(usize::from(length)).ok_or(NotAnAnswer)?;
        if padding.iter().any(|byte| *byte != 0) {
            return Err(NotAnAnswer);
        }
        let text = || std::str::from_utf8(content).map(str::to_owned).map_err(|_| NotAnAnswer);
        Ok(match kind {
            Kind::Choice => Plain::Choice(Choice::Names(content.to_vec())),
            Kind::Ratings => {
                let (marks, left) = content.as_chunks::<ASPECTS>();
                let is_mark = |mark: &u8| *mark <= BEST_MARK;
                if !left.is_empty() || !marks.iter().flatten().all(is_mark) {
                    return Err(NotAnAnswer);
                }
                Plain::Ratings(marks.to_vec())
            }
            Kind::Other => Plain::Other(text()?),
            Kind::Remark => Plain::Remark(text()?),
        })
    }
}

/// The beginning of a text that fits, cut between letters as people see them.
fn cut(text: &str, room: usize) -> &str {
    if text.len() <= room {
        return text;
    }
    let letters = unicode_segmentation::UnicodeSegmentation::grapheme_indices(text, true);
    let ends = letters.map(|(at, letter)| at + letter.len());
    let end = ends.take_while(|end| *end <= room).last().unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_plain() -> impl Strategy<Value = Plain> {
        prop_oneof![
            Just(Plain::Choice(Choice::Refused)),
            prop::collection::vec(any::<u8>(), 0..29)
                .prop_map(|names| Plain::Choice(Choice::Names(names))),
            prop::collection::vec(prop::array::uniform3(0_u8..=5), 0..=20).prop_map(Plain::Ratings),
            "\\PC{0,30}".prop_map(Plain::Other),
            "\\PC{0,200}".prop_map(Plain::Remark),
        ]
    }

    proptest! {
        #[test]
        fn every_answer_of_a_kind_is_equally_long_and_comes_back(plain in any_plain()) {
            let bytes = plain.to_bytes();
            prop_assert_eq!(bytes.len(), plain.kind().size());
            prop_assert_eq!(Plain::from_bytes(plain.kind(), &bytes), Ok(plain));
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..130)) {
            for kind in Kind::ALL {
                let _ = Plain::from_bytes(kind, &bytes);
            }
        }
    }

    #[test]
    fn the_longest_ballot_and_all_marks_fit() {
        let names = (0..MOST_CANDIDATES).chain([OTHER]).collect::<Vec<u8>>();
        assert!(names.len() <= Kind::Choice.room());
        assert!(usize::from(MOST_CANDIDATES) * ASPECTS <= Kind::Ratings.room());
    }

    #[test]
    fn a_text_that_is_too_long_ends_with_a_whole_letter() {
        let long = Plain::Other("कि".repeat(40)).to_bytes();
        let Ok(Plain::Other(text)) = Plain::from_bytes(Kind::Other, &long) else { panic!() };
        assert_eq!(text, "कि".repeat(20));
    }

    #[test]
    fn what_stands_behind_the_end_is_no_answer() {
        let mut bytes = Plain::Choice(Choice::Names(vec![1])).to_bytes();
        *bytes.last_mut().unwrap() = 1;
        assert_eq!(Plain::from_bytes(Kind::Choice, &bytes), Err(NotAnAnswer));
    }
}
