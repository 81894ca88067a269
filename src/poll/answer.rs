//! Reading an answer to a poll. It is complete in one message: nothing of it is remembered, so one that is not sure is
//! asked again as a whole.

use std::sync::LazyLock;

use super::ballot::{Choice, Method, OTHER};
use super::tally::{Judged, Rules};
use crate::geography::Geography;
use crate::understanding::{self, ChoiceWords, Kind, Meaning, Reading, choice_words};

/// What may be written instead of a name that is not on the list.
const OTHER_WORDS: [&str; 9] =
    ["अन्य", "anya", "other", "others", "कोई और", "koi aur", "किसी और को", "دیگر", "कोई दूसरा"];
/// Refusing to say.
const REFUSAL_WORDS: [&str; 16] = [
    "नहीं बताना",
    "नहीं बताना चाहता",
    "नहीं बताना चाहती",
    "नहीं बताऊँगा",
    "नहीं बताऊँगी",
    "मैं नहीं बताना चाहता",
    "मैं नहीं बताना चाहती",
    "नहीं बताएँगे",
    "nahi batana",
    "nahi bataunga",
    "nahi bataungi",
    "राय नहीं देनी",
    "rather not say",
    "i refuse",
    "no answer",
    "نہیں بتانا",
];
/// The same, folded once: a ballot is made for every message of everybody who is asked.
static OTHER_CHOICE: LazyLock<ChoiceWords> = LazyLock::new(|| choice_words("other", &OTHER_WORDS));
static REFUSAL_CHOICE: LazyLock<ChoiceWords> =
    LazyLock::new(|| choice_words("refuse", &REFUSAL_WORDS));
/// The longest name behind `अन्य`, in words.
const LONGEST_NAME: usize = 8;

/// What a message is as an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    Sure(Answer),
    /// Somebody else, and not whom: to be asked again with `अन्य` and the name in one message.
    WhoElse,
    /// Somebody was written in who stands on the list, shown in this place, from 0.
    Listed(usize),
    /// More or fewer names than the poll allows, or no answer that is sure: to be asked again as a whole.
    Again,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Candidates by their indices in the poll's file.
    pub choice: Choice,
    /// The name behind `अन्य`, as it was written.
    pub other: Option<String>,
}

/// What a voter sees: the candidates in their own order, then, numbered on, `अन्य` where it is allowed, and refusing.
#[derive(Clone, Debug)]
pub struct Ballot<'r> {
    rules: &'r Rules,
    /// Indices of candidates, as shown.
    order: &'r [u8],
    /// In the same order, then somebody else, then refusing.
    choices: Vec<ChoiceWords>,
    other: Option<usize>,
    refusal: usize,
}

impl<'r> Ballot<'r> {
    /// `candidates` stand in the order of the file, `order` is what [`super::order::order`] gave for the voter.
    #[must_use]
    pub fn new(rules: &'r Rules, candidates: &[ChoiceWords], order: &'r [u8]) -> Ballot<'r> {
        let shown = order.iter().filter_map(|name| candidates.get(usize::from(*name)));
        let mut choices: Vec<ChoiceWords> = shown.cloned().collect();
        let other = rules.other.then_some(choices.len());
        if rules.other {
            choices.push(OTHER_CHOICE.clone());
        }
        let refusal = choices.len();
        choices.push(REFUSAL_CHOICE.clone());
        Ballot { rules, order, choices, other, refusal }
    }

    /// Reads a whole message.
    #[must_use]
    pub fn read(&self, text: &str, geography: &Geography) -> Heard {
        let is_refusal = |words: &ChoiceWords| words.is_called(text);
        if self.choices.last().is_some_and(is_refusal) {
            return Heard::Sure(Answer { choice: Choice::Refused, other: None });
        }
        match self.parted_at_other(text) {
            Some((before, name)) => self.with_other(before, name, geography),
            None => self.listed(text, geography),
        }
    }

    /// The text before the word for somebody else and the name behind it; `None` when the word does not stand there.
    fn parted_at_other<'t>(&self, text: &'t str) -> Option<(&'t str, &'t str)> {
        let other = self.choices.get(self.other?)?;
        let mut starts: Vec<usize> = Vec::new();
        let mut is_inside = false;
        for (at, letter) in text.char_indices() {
            let separates = letter.is_whitespace() || matches!(letter, ',' | ':' | '-' | '।' | ';');
            if !separates && !is_inside {
                starts.push(at);
            }
            is_inside = !separates;
        }
        for (place, start) in starts.iter().enumerate() {
            // The word may be two: कोई और.
            for words in [2, 1] {
                let end = starts.get(place + words).copied().unwrap_or(text.len());
                let said = text.get(*start..end)?.trim_end_matches(SEPARATORS);
                let is_whole = words == 1 || starts.len() >= place + words;
                if is_whole && other.is_called(said) {
                    return Some((text.get(..*start)?.trim_matches(SEPARATORS), text.get(end..)?));
                }
            }
        }
        None
    }

    fn with_other(&self, before: &str, name: &str, geography: &Geography) -> Heard {
        let name = name.trim_matches(SEPARATORS);
        if name.is_empty() {
            return Heard::WhoElse;
        }
        let has_letters = name.chars().any(char::is_alphabetic);
        let is_name = has_letters && name.split_whitespace().count() <= LONGEST_NAME;
        if !is_name || !name.chars().all(|letter| !letter.is_numeric()) {
            return Heard::Again;
        }
        // Somebody who is on the list after all.
        if let Some(place) = self.choices.iter().position(|known| known.is_called(name)) {
            return if place < self.order.len() { Heard::Listed(place) } else { Heard::Again };
        }
        let mut names = Vec::new();
        if !before.is_empty() {
            match self.listed(before, geography) {
                Heard::Sure(Answer { choice: Choice::Names(listed), other: None }) => {
                    names = listed;
                }
                _ => return Heard::Again,
            }
        }
        names.push(OTHER);
        self.judged(names, Some(name.to_owned()))
    }

    fn listed(&self, text: &str, geography: &Geography) -> Heard {
        let choices = self.choices.as_slice();
        let kind = match self.rules.method {
            Method::ChooseOne => Kind::OneOf(choices),
            Method::Approve => Kind::AnyOf(choices),
            Method::Rank => Kind::Ranked(choices),
        };
        let places = match understanding::read(kind, text, geography) {
            Reading::Sure(Meaning::Choice(place)) => vec![place],
            Reading::Sure(Meaning::Choices(places)) => places,
            _ => return Heard::Again,
        };
        if places == [self.refusal] {
            return Heard::Sure(Answer { choice: Choice::Refused, other: None });
        }
        if places.contains(&self.refusal) {
            return Heard::Again;
        }
        if self.other.is_some_and(|other| places.contains(&other)) {
            return Heard::WhoElse;
        }
        let names = places.iter().filter_map(|place| self.order.get(*place).copied()).collect();
        self.judged(names, None)
    }

    fn judged(&self, names: Vec<u8>, other: Option<String>) -> Heard {
        let candidates = u8::try_from(self.order.len()).unwrap_or(u8::MAX);
        let choice = Choice::Names(names);
        match self.rules.judge(&choice, candidates) {
            Judged::Valid(_) => Heard::Sure(Answer { choice, other }),
            _ => Heard::Again,
        }
    }
}

const SEPARATORS: [char; 8] = [' ', ',', ':', '-', '।', ';', '\n', '\t'];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::poll::tally::{Repeated, Tables};

    static GEOGRAPHY: LazyLock<Geography> = LazyLock::new(|| Geography::shipped().unwrap());

    fn rules(method: Method) -> Rules {
        Rules {
            method,
            threshold: 10,
            panel: 3,
            other: true,
            repeated: Repeated::Cut,
            approve_at_most: Some(2),
            rank_at_least: 1,
            tables: Tables::Place,
        }
    }

    /// Shown as 1 Sunita, 2 Imran, 3 Anil, 4 somebody else, 5 no answer.
    fn read(method: Method, text: &str) -> Heard {
        let candidates = [
            choice_words("anil", &["अनिल यादव", "Anil Yadav"]),
            choice_words("sunita", &["सुनीता वर्मा", "Sunita Verma"]),
            choice_words("imran", &["इमरान अंसारी", "Imran Ansari", "عمران انصاری"]),
        ];
        Ballot::new(&rules(method), &candidates, &[1, 2, 0]).read(text, &GEOGRAPHY)
    }

    fn sure(names: &[u8]) -> Heard {
        Heard::Sure(Answer { choice: Choice::Names(names.to_vec()), other: None })
    }

    fn with_other(names: &[u8], other: &str) -> Heard {
        let choice = Choice::Names(names.to_vec());
        Heard::Sure(Answer { choice, other: Some(other.to_owned()) })
    }

    fn refused() -> Heard {
        Heard::Sure(Answer { choice: Choice::Refused, other: None })
    }

    #[test]
    fn a_ranking_is_read_in_one_message() {
        for (text, heard) in [
            ("2 1 3", sure(&[2, 1, 0])),
            ("२ १ ३", sure(&[2, 1, 0])),
            ("۲، ۱", sure(&[2, 1])),
            ("3", sure(&[0])),
            ("pehle anil phir sunita", sure(&[0, 1])),
            ("अनिल, इमरान", sure(&[0, 2])),
            ("5", refused()),
            ("4", Heard::WhoElse),
            ("2 4 1", Heard::WhoElse),
            ("2 5", Heard::Again),
            ("7", Heard::Again),
            ("pata nahi", Heard::Again),
            ("अन्य श्याम लाल", with_other(&[OTHER], "श्याम लाल")),
            ("2 1 अन्य: श्याम लाल", with_other(&[2, 1, OTHER], "श्याम लाल")),
        ] {
            assert_eq!(read(Method::Rank, text), heard, "{text}");
        }
    }

    #[test]
    fn one_name_or_its_number_is_a_choice() {
        for (text, heard) in [
            ("1", sure(&[1])),
            ("सुनीता वर्मा", sure(&[1])),
            ("sunita varma", sure(&[1])),
            ("عمران انصاری", sure(&[2])),
            ("नहीं बताना", refused()),
            ("nahi batana", refused()),
            ("अन्य", Heard::WhoElse),
            ("anya Shyam Lal", with_other(&[OTHER], "Shyam Lal")),
            ("कोई और - श्याम लाल", with_other(&[OTHER], "श्याम लाल")),
            ("अन्य सुनीता वर्मा", Heard::Listed(0)),
            ("anya Anil Yadav", Heard::Listed(2)),
            ("अन्य अन्य", Heard::Again),
            ("अन्य 3", Heard::Again),
            ("1 2", Heard::Again),
            ("हाँ", Heard::Again),
        ] {
            assert_eq!(read(Method::ChooseOne, text), heard, "{text}");
        }
    }

    #[test]
    fn approvals_are_a_list_no_longer_than_the_poll_allows() {
        for (text, heard) in [
            ("1 3", sure(&[1, 0])),
            ("1,3", sure(&[1, 0])),
            ("अनिल और सुनीता", sure(&[1, 0])),
            ("1 2 3", Heard::Again),
            ("1 अन्य श्याम लाल", with_other(&[1, OTHER], "श्याम लाल")),
        ] {
            assert_eq!(read(Method::Approve, text), heard, "{text}");
        }
    }

    #[test]
    fn where_nobody_else_may_be_named_the_word_is_no_answer() {
        let candidates = [choice_words("a", &["अनिल"]), choice_words("b", &["सुनीता"])];
        let rules = Rules { other: false, ..rules(Method::ChooseOne) };
        let ballot = Ballot::new(&rules, &candidates, &[0, 1]);
        assert_eq!(ballot.read("अन्य श्याम", &GEOGRAPHY), Heard::Again);
        assert_eq!(ballot.read("3", &GEOGRAPHY), refused());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,60}") {
            let _ = read(Method::Rank, &text);
            let _ = read(Method::Approve, &text);
        }
    }
}
