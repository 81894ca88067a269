//! Why a text was read as it was, in words.

use std::fmt;

use super::{Meaning, Reading};

/// Why a text was read as it was. Its [`Display`](fmt::Display) says it in a sentence for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// No word is left of it: only signs, or nothing.
    Empty,
    TooLong,
    Doubt,
    Either,
    Question,
    Denied,
    Command,
    CommandLike,
    OtherCommand,
    NoCommand,
    Yes,
    Agreed,
    WhyNot,
    NoTrouble,
    Manners,
    No,
    Refused,
    Wrong,
    But,
    Complaint,
    AsksBack,
    Laughter,
    NeitherYesNorNo,
    Number,
    NumberInDigits,
    NumberElse,
    WordElse,
    NoNumber,
    SeveralNumbers,
    Inexact,
    Measured,
    OutOfBounds,
    LooksLikePhone,
    Age,
    AgeElse,
    AgeOfAnother,
    TooYoung,
    NoAge,
    BornThen,
    ClassNotAge,
    Day,
    DayElse,
    TwoDays,
    RelativeDay,
    NoDay,
    NoYear,
    MonthFirst,
    Gender,
    TwoGenders,
    GenderElse,
    NoGender,
    Corrected,
    PlaceByName,
    PlaceBySound,
    PlaceLike,
    PlaceByNumber,
    PlaceByPart,
    PlaceByPin,
    PlaceByTown,
    PlaceWithin,
    PlaceElsewhere,
    PlaceDenied,
    NoPlace,
    /// Kinds that say no more than what came out.
    Sure,
    Unsure,
    Tie,
    Nothing,
}

impl Reason {
    pub(super) fn none(self) -> Judged {
        Judged { reading: Reading::None, reason: self }
    }

    pub(super) fn sure(self, meaning: Meaning) -> Judged {
        Judged { reading: Reading::Sure(meaning), reason: self }
    }

    pub(super) fn unsure(self, meaning: Meaning) -> Judged {
        Judged { reading: Reading::Unsure(vec![meaning]), reason: self }
    }

    const fn words(self) -> &'static str {
        match self {
            Reason::Empty => "no word is left when signs and spaces are gone",
            Reason::TooLong => "it is too long for an answer: it tells a story",
            Reason::Doubt => {
                "it says that the person does not know or will say later (पता नहीं, शायद, बाद में)"
            }
            Reason::Either => "it names two things and not which (ya, या, /)",
            Reason::Question => "it asks something (क्या, कौन, कब)",
            Reason::Denied => "it denies (नहीं, मत)",
            Reason::Command => "every word of it belongs to this command",
            Reason::CommandLike => "it sounds like this command, ill spelt: asked, never done",
            Reason::OtherCommand => "it is another command",
            Reason::NoCommand => {
                "some word of it belongs to no command, so it tells or asks something"
            }
            Reason::Yes => "a word for yes, and nothing against it",
            Reason::Agreed => "a word that agrees (सही, ठीक, मंज़ूर), and nothing against it",
            Reason::WhyNot => "why not: that is a yes",
            Reason::NoTrouble => "no trouble, no objection: that is a yes",
            Reason::Manners => "जी alone is a yes",
            Reason::No => "a word for no; negation wins over assent and manners",
            Reason::Refused => "it refuses without a no (रहने दो, मना, मत)",
            Reason::Wrong => "it says that something is wrong",
            Reason::But => "a yes with a but",
            Reason::Complaint => {
                "it tells what is missing or did not happen, which answers nothing"
            }
            Reason::AsksBack => "it asks back (है ना?)",
            Reason::Laughter => "laughter",
            Reason::NeitherYesNorNo => "neither a yes nor a no in it",
            Reason::Number => "one number and words that may stand around one",
            Reason::NumberInDigits => "one number in digits among words of something else",
            Reason::NumberElse => "the words for numbers in it may mean something else",
            Reason::WordElse => "the word is one for a number and more often something else",
            Reason::NoNumber => "no number in it",
            Reason::SeveralNumbers => "several numbers in it, or a part that is no whole number",
            Reason::Inexact => "a range or a guess (से ज़्यादा, लगभग, 20 से 30)",
            Reason::Measured => "the number measures something (बजे, साल, किलो, रुपये)",
            Reason::OutOfBounds => "the number is outside of what is asked for",
            Reason::LooksLikePhone => "it looks like a mobile number",
            Reason::Age => "one number that can be an age, and words that may stand around one",
            Reason::AgeElse => "a number of years among words of something else",
            Reason::AgeOfAnother => "it speaks of somebody else (बेटा, पिता)",
            Reason::TooYoung => "so young a person hardly writes",
            Reason::NoAge => "no number in it that can be an age",
            Reason::BornThen => "a year or day of birth; the age is counted from today",
            Reason::ClassNotAge => "a class at school or a place in a row, not an age",
            Reason::Day => "day, month and year make one day of the calendar, the day first",
            Reason::DayElse => "a day among words of something else",
            Reason::TwoDays => "the words leave two days open",
            Reason::RelativeDay => "a day counted from today",
            Reason::NoDay => "no day of the calendar in it that is asked for",
            Reason::NoYear => "the year is missing",
            Reason::MonthFirst => "a day only if the month comes first, as nobody writes here",
            Reason::Gender => "a word for this gender, said of oneself",
            Reason::TwoGenders => "it names more than one gender",
            Reason::GenderElse => "the word for a gender speaks of something else",
            Reason::NoGender => "no word for a gender in it",
            Reason::Corrected => "it takes back what it says first; what it says last counts",
            Reason::PlaceByName => "the name of this place stands in it",
            Reason::PlaceBySound => "it sounds like this place and like no other",
            Reason::PlaceLike => "it is near this name, and not near enough to be taken",
            Reason::PlaceByNumber => "the number of a seat",
            Reason::PlaceByPart => "a part of a city that is a seat (पूर्व, कैंट, सदर)",
            Reason::PlaceByPin => "a postal code of this district",
            Reason::PlaceByTown => "the town where the offices of this district are",
            Reason::PlaceWithin => "a smaller place that lies in this one",
            Reason::PlaceElsewhere => "it names a place outside of what is asked for",
            Reason::PlaceDenied => "it denies a name (आगरा नहीं), or takes it back",
            Reason::NoPlace => "no name of a place in it, and nothing near one",
            Reason::Sure => "one answer fits",
            Reason::Unsure => "something near it fits",
            Reason::Tie => "several fit equally",
            Reason::Nothing => "nothing fits",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.words())
    }
}

/// A reading and why.
pub(super) struct Judged {
    pub(super) reading: Reading,
    pub(super) reason: Reason,
}

impl From<Reading> for Judged {
    fn from(reading: Reading) -> Judged {
        let reason = match reading {
            Reading::Sure(_) => Reason::Sure,
            Reading::Unsure(_) => Reason::Unsure,
            Reading::Tie(_) => Reason::Tie,
            Reading::None => Reason::Nothing,
        };
        Judged { reading, reason }
    }
}
