//! A person's own gender. A word for one speaks of oneself only where nothing else is said: "mera
//! ladka bimar hai" tells of a son, "महिला थाना" asks for a place.

use super::choice::ordinal;
use super::heard::{Heard, Word};
use super::reason::{Judged, Reason};
use super::words::{
    AGE, DOUBT, FEMALE, FILLER, GENDER_FRAME, IS, JI, MALE, MAT, ME, NA, NO, NUMBER_FRAME, OR,
    PERSON, POLITE, QUESTION, THIRD, WHY, YES,
};
use super::{Gender, Meaning};

pub(super) fn read(text: &str, heard: &Heard) -> Judged {
    if heard.len() == 0 {
        let drawn = drawn(text);
        return drawn
            .map_or(Reason::Empty.none(), |gender| Reason::Gender.sure(Meaning::Gender(gender)));
    }
    // "m/f"
    if heard.is_slashed() && heard.has(MALE) && heard.has(FEMALE) {
        return Reason::Either.none();
    }
    let refusals =
        [(DOUBT, Reason::Doubt), (OR, Reason::Either), (QUESTION | WHY, Reason::Question)];
    if let Some((_, reason)) = refusals.into_iter().find(|(roles, _)| heard.has(*roles)) {
        return reason.none();
    }
    let mut said: Option<Gender> = None;
    let mut denied = heard.words().next().is_some_and(|word| word.is(NO | NA | MAT));
    if denied {
        return Reason::Denied.none();
    }
    let third = third_in_a_row(heard) || is_trans(heard);
    for word in heard.words() {
        match gender(&word, heard).filter(|_| !third) {
            // "male nahi female"
            Some(found) if denied && said.is_some_and(|known| known != found) => {
                said = Some(found);
                denied = false;
            }
            Some(found) if said.is_none_or(|known| known == found) => said = Some(found),
            Some(_) => return Reason::TwoGenders.none(),
            None if word.is(NO | MAT) && !denied => denied = true,
            None if is_frame(&word) || third => {}
            None => return Reason::GenderElse.none(),
        }
    }
    if denied {
        return Reason::Denied.none();
    }
    if third {
        said = Some(Gender::Other);
    }
    match said {
        None => Reason::NoGender.none(),
        // "meri ladki": a daughter.
        Some(_) if heard.words().any(|word| is_child(&word)) && is_owned(heard) => {
            Reason::GenderElse.none()
        }
        Some(gender) => Reason::Gender.sure(Meaning::Gender(gender)),
    }
}

fn is_frame(word: &Word<'_>) -> bool {
    let frame = FILLER | POLITE | JI | YES | ME | IS | GENDER_FRAME | PERSON | AGE;
    // The म० of offices stands beside the word.
    let abbreviated = matches!(word.folded, "म" | "प" | "पु");
    word.is(frame) || abbreviated || word.is_digits() || word.sense.number == Some(1)
}

fn gender(word: &Word<'_>, heard: &Heard) -> Option<Gender> {
    // "m mahila hu": the m is "I".
    let clear = |word: Word<'_>| word.is(MALE | FEMALE | THIRD) && !word.is(FILLER | POLITE);
    if word.is(FILLER | POLITE) && heard.words().any(clear) {
        return None;
    }
    if word.is(MALE) {
        return Some(Gender::Male);
    }
    if word.is(FEMALE) {
        return Some(Gender::Female);
    }
    word.is(THIRD).then_some(Gender::Other)
}

/// `3rd gender`, `third gender`.
fn third_in_a_row(heard: &Heard) -> bool {
    let is_three = |word: &Word<'_>| {
        word.folded == "3" || word.sense.number == Some(3) || ordinal(word.folded) == Some(3)
    };
    heard.words().any(|word| is_three(&word))
        && heard.words().any(|word| word.is(GENDER_FRAME))
        && heard.words().all(|word| is_three(&word) || word.is(NUMBER_FRAME) || is_frame(&word))
}

/// "trans woman": of the third gender, whatever word stands beside it.
fn is_trans(heard: &Heard) -> bool {
    heard.words().any(|word| word.is(THIRD))
        && heard.words().all(|word| {
            word.is(THIRD | MALE | FEMALE | GENDER_FRAME) || is_frame(&word) && !word.is(NO | NA)
        })
}

/// The gender that a message of signs alone draws: 👩, ♂. A family draws several.
fn drawn(text: &str) -> Option<Gender> {
    let mut found: Option<Gender> = None;
    for character in text.chars() {
        let gender = match character {
            '👨' | '👦' | '🧔' | '👴' | '🤵' | '♂' | '🚹' => Gender::Male,
            '👩' | '👧' | '👵' | '👸' | '♀' | '🚺' => Gender::Female,
            '⚧' => Gender::Other,
            _ => continue,
        };
        if found.is_some_and(|known| known != gender) {
            return None;
        }
        found = Some(gender);
    }
    found
}

/// Boy and girl are son and daughter as well.
fn is_child(word: &Word<'_>) -> bool {
    matches!(
        word.folded,
        "ladka"
            | "larka"
            | "ldka"
            | "ladki"
            | "larki"
            | "ldki"
            | "ladaki"
            | "लडका"
            | "लडकि"
            | "larika"
            | "लरिका"
    )
}

/// मेरा, मेरी; मैं and हम say who one is.
fn is_owned(heard: &Heard) -> bool {
    heard.words().any(|word| {
        matches!(word.folded, "mera" | "meri" | "mere" | "मेरा" | "मेरि" | "मेरे" | "hamari" | "hamara")
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Reading, correction};
    use super::*;

    fn read_text(text: &str) -> Reading {
        correction::read_value(text, read).reading
    }

    #[test]
    fn a_gender_is_read_as_people_write_it() {
        let table: &[(Gender, &[&str])] = &[
            (Gender::Male, &["पुरुष", "male", "M", "ling - purush", "main ladka hu", "पु०", "maleee"]),
            (
                Gender::Female,
                &["महिला", "F", "fe male", "aurat hu ji", "mai ek ladki hu", "male nahi female"],
            ),
            (Gender::Other, &["किन्नर", "third gender", "3rd gender", "अन्य"]),
        ];
        for (gender, texts) in table {
            for text in *texts {
                assert_eq!(read_text(text), Reading::Sure(Meaning::Gender(*gender)), "{text}");
            }
        }
    }

    #[test]
    fn a_gender_of_something_else_is_no_answer() {
        for text in [
            "",
            "male ya female",
            "mera ladka bimar hai",
            "meri ladki",
            "महिला थाना कहाँ है",
            "mail id",
            "main",
            "pata nahi",
            "insaan",
            "male female",
            "purush nahi",
        ] {
            assert_eq!(read_text(text), Reading::None, "{text}");
        }
    }
}
