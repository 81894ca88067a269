//! A message that takes back what it says first: "12 nahi 13", "purush sorry mahila", "galti se 43 likha
//! tha, 34 hai". What is said last counts, when it alone would be understood.

use super::heard::{Heard, Word};
use super::reason::{Judged, Reason};
use super::words::{
    BECOME, CORRECTION, DO, DOUBT, EVENT, FILLER, IS, JI, MISTAKE, NO, NUMBER_FRAME, OR, POLITE,
    QUESTION, Roles, WHY, WROTE,
};
use super::{Meaning, Reading};

/// Reads a message that names one value (a number, a day, a gender), corrected or not: what is sure
/// by itself, else what is sure behind the words that take the rest back.
pub(super) fn read_value(text: &str, read: impl Fn(&str, &Heard) -> Judged) -> Judged {
    let heard = Heard::close(text);
    let judged = read(text, &heard);
    if matches!(judged.reading, Reading::Sure(_)) {
        return judged;
    }
    let Some(said) = said_last(&heard, CORRECTION | NO) else { return judged };
    match read(&said, &Heard::close(&said)).reading {
        Reading::Sure(meaning) => Reason::Corrected.sure(meaning),
        _ => judged,
    }
}

/// What stands behind the last of the words that take something back.
pub(super) fn said_last(heard: &Heard, marks: Roles) -> Option<String> {
    let unsettled = |word: &Word<'_>| {
        word.is(DOUBT | OR | QUESTION | WHY) && !word.is(CORRECTION) && word.sense.number.is_none()
    };
    if heard.words().any(|word| unsettled(&word)) {
        return None;
    }
    let words: Vec<Word<'_>> = heard.words().collect();
    let takes_back =
        |word: &Word<'_>| word.is(marks) && word.sense.number.is_none() && !word.is(NUMBER_FRAME);
    let mistaken = words.iter().position(|word| word.is(MISTAKE));
    let wrote = mistaken.and_then(|from| {
        words.iter().rposition(|word| word.is(WROTE)).filter(|place| *place > from)
    });
    let place = wrote.or_else(|| words.iter().rposition(takes_back))?;
    // "maaf karna", "galti se dab gaya": the verb goes with the word before it.
    let apology = words.get(place).is_some_and(|word| word.is(POLITE));
    let goes_along = |word: &&Word<'_>| {
        (apology && word.is(DO)) || (wrote.is_some() && word.is(BECOME | EVENT | IS))
    };
    let verbs = words.iter().skip(place + 1).take_while(goes_along).count();
    let place = place + verbs;
    let behind = words.get(place + 1..)?;
    let empty = behind.iter().all(|word| word.is(FILLER | POLITE | JI) && !word.is(NO));
    // What is taken back is an answer too, or nothing: no other story.
    let told = words.get(..place)?.iter().any(Word::is_unknown);
    (!empty && !told).then(|| heard.cleaned_from(place + 1).to_owned())
}

/// A yes or no that takes back the other: "nahi nahi matlab haan".
pub(super) fn meaning_last(heard: &Heard, read: impl Fn(&Heard) -> Judged) -> Option<Meaning> {
    let said = said_last(heard, CORRECTION)?;
    match read(&Heard::close(&said)).reading {
        Reading::Sure(meaning) => Some(meaning),
        _ => None,
    }
}
