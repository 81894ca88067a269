//! One of several choices.

use super::heard::Heard;
use super::words::{
    CHANGE, CHOICE_FRAME, DOUBT, FILLER, JI, NO, NUMBER_FRAME, POLITE, QUESTION, YES,
};
use super::{ChoiceWords, Meaning, Reading, number, yes_no};
use crate::geography::{Sound, fold, similarity};

/// A typed word this like a label in sound is that label.
const SAME_SOUND: f32 = 0.87;
/// From here on it is worth asking.
const LIKE_SOUND: f32 = 0.75;
/// How far the best must be before the second.
const CLEAR: f32 = 0.06;
/// At most so many are offered.
const OFFERED: usize = 3;

pub(super) fn read(choices: &[ChoiceWords], text: &str, heard: &Heard) -> Reading {
    let sure = |place| Reading::Sure(Meaning::Choice(place));
    let trimmed = text.trim();
    let by_id = |choice: &ChoiceWords| choice.id == trimmed || fold(&choice.id) == heard.folded();
    if let Some(place) = choices.iter().position(by_id) {
        return sure(place);
    }
    if heard.len() == 0 {
        return Reading::None;
    }
    let by_label = |choice: &ChoiceWords| choice.folded.iter().any(|label| label == heard.folded());
    if let Some(place) = choices.iter().position(by_label) {
        return sure(place);
    }
    if let Some(place) = by_number(choices, heard) {
        return sure(place);
    }
    let core = without_manners(heard);
    if let Some(place) =
        choices.iter().position(|choice| choice.folded.contains(&core)).filter(|_| !core.is_empty())
    {
        return sure(place);
    }
    if let Some(reading) = by_meaning(choices, heard) {
        return reading;
    }
    if heard.has(DOUBT) || heard.has(QUESTION) {
        return Reading::None;
    }
    by_part(choices, heard, &core)
}

/// `1`, `१.`, `option 2`, `दूसरा`, `pehla wala`.
fn by_number(choices: &[ChoiceWords], heard: &Heard) -> Option<usize> {
    let manners = FILLER | POLITE | JI | CHOICE_FRAME | NUMBER_FRAME;
    let mut place = None;
    for word in heard.words() {
        let named = ordinal(word.folded).or_else(|| number::single(&word));
        match (named, place) {
            (Some(found), None) => place = Some(found),
            (None, _) if word.is(manners) => {}
            _ => return None,
        }
    }
    let index = usize::try_from(place?).ok()?.checked_sub(1)?;
    (index < choices.len()).then_some(index)
}

/// The place a word names: `pehla`, `दूसरी`.
pub(super) fn ordinal(folded: &str) -> Option<i64> {
    Some(match folded {
        "pehla" | "pahla" | "pehle" | "pahle" | "pehli" | "pahli" | "first" | "पहला" | "पहले"
        | "पहलि" | "پہلا" | "پہلے" | "پہلی" => 1,
        "dusra" | "dusri" | "dusre" | "second" | "दुसरा" | "दुसरि" | "दुसरे" | "دوسرا" | "دوسری"
        | "دوسرے" => 2,
        "tisra" | "tisri" | "tisre" | "third" | "तिसरा" | "तिसरि" | "तिसरे" | "تیسرا" | "تیسری"
        | "تیسرے" => 3,
        "chautha" | "chauthi" | "chotha" | "fourth" | "चोथा" | "चोथि" | "چوتہا" | "چوتہی" => {
            4
        }
        "panchva" | "panchvi" | "panchvan" | "fifth" | "पांचवा" | "पाचवा" | "پانچواں"
        | "پانچویں" => 5,
        _ => return None,
    })
}

/// The message without greetings and small words at its two ends.
fn without_manners(heard: &Heard) -> String {
    let manners = FILLER | POLITE | JI | CHOICE_FRAME;
    let words: Vec<_> = heard.words().collect();
    let start = words.iter().position(|word| !word.is(manners));
    let end = words.iter().rposition(|word| !word.is(manners));
    let (Some(start), Some(end)) = (start, end) else { return String::new() };
    let kept = words.get(start..=end).unwrap_or_default();
    kept.iter().map(|word| word.folded).collect::<Vec<_>>().join(" ")
}

/// Choices that are a yes and a no by their ids are answered by yes and no.
fn by_meaning(choices: &[ChoiceWords], heard: &Heard) -> Option<Reading> {
    let place_of =
        |ids: &[&str]| choices.iter().position(|choice| ids.contains(&choice.id.as_str()));
    let yes = place_of(&["yes", "right", "agree", "confirm", "ok"]);
    let no = place_of(&["no", "change", "wrong", "disagree", "cancel"]);
    if yes.is_none() && no.is_none() {
        return None;
    }
    let changes = choices.iter().position(|choice| choice.id == "change");
    if changes.is_some() && heard.has(CHANGE) && !heard.has(DOUBT | QUESTION) {
        let wanted = if heard.has(NO) { yes } else { changes };
        return Some(Reading::Sure(Meaning::Choice(wanted?)));
    }
    let place = |said: bool| if said { yes } else { no };
    match yes_no::read(heard).reading {
        Reading::Sure(Meaning::YesNo(said)) => Some(Reading::Sure(Meaning::Choice(place(said)?))),
        Reading::Unsure(meanings) | Reading::Tie(meanings) => {
            let places = meanings.into_iter().filter_map(|meaning| match meaning {
                Meaning::YesNo(said) => place(said).map(Meaning::Choice),
                _ => None,
            });
            let offered: Vec<Meaning> = places.collect();
            (!offered.is_empty()).then_some(Reading::Unsure(offered))
        }
        _ => None,
    }
}

/// A label within the message, a part of one label, or one that sounds alike.
fn by_part(choices: &[ChoiceWords], heard: &Heard, core: &str) -> Reading {
    let mut contained: Vec<(usize, &str)> = Vec::new();
    for (place, choice) in choices.iter().enumerate() {
        let held = choice.folded.iter().filter(|label| contains_words(heard.folded(), label));
        if let Some(longest) = held.max_by_key(|label| label.len()) {
            contained.push((place, longest));
        }
    }
    // "नई दिल्ली" holds "दिल्ली" too: the longer label is meant.
    let whole: Vec<(usize, &str)> = contained
        .iter()
        .copied()
        .filter(|(place, label)| {
            !contained.iter().any(|(other, longer)| {
                other != place && longer.len() > label.len() && contains_words(longer, label)
            })
        })
        .collect();
    let negated = heard.has(NO);
    match whole.as_slice() {
        [(place, _)] if !negated && heard.unknown() <= unknown_in_label(choices, *place) => {
            return Reading::Sure(Meaning::Choice(*place));
        }
        [] => {}
        several => return offer(several.iter().map(|(place, _)| *place)),
    }
    if core.is_empty() || negated {
        return Reading::None;
    }
    by_fragment(choices, core)
}

/// A part of one label (`सड़क` of "सड़क की हालत"), or what sounds like one.
pub(super) fn by_fragment(choices: &[ChoiceWords], core: &str) -> Reading {
    let partial: Vec<usize> = choices
        .iter()
        .enumerate()
        .filter(|(_, choice)| choice.folded.iter().any(|label| contains_words(label, core)))
        .map(|(place, _)| place)
        .collect();
    match partial.as_slice() {
        [place] => return Reading::Sure(Meaning::Choice(*place)),
        [] => {}
        several => return offer(several.iter().copied()),
    }
    by_sound(choices, core)
}

/// Words of the label that the ear does not know; they may stand in the message too.
fn unknown_in_label(choices: &[ChoiceWords], place: usize) -> usize {
    let labels = choices.get(place).map(|choice| choice.folded.as_slice()).unwrap_or_default();
    labels.iter().map(|label| Heard::new(label).unknown()).max().unwrap_or_default()
}

fn contains_words(text: &str, words: &str) -> bool {
    !words.is_empty()
        && text.match_indices(words).any(|(start, found)| {
            let end = start + found.len();
            let opens = start == 0 || text.as_bytes().get(start - 1) == Some(&b' ');
            let closes = text.as_bytes().get(end).is_none_or(|next| *next == b' ');
            opens && closes
        })
}

fn by_sound(choices: &[ChoiceWords], core: &str) -> Reading {
    let said = Sound::of(core.split(' '));
    // Short words are one letter from many others.
    if said.letters().len() < 4 || Heard::new(core).has(YES) {
        return Reading::None;
    }
    let mut ranked: Vec<(usize, f32)> = Vec::new();
    for (place, choice) in choices.iter().enumerate() {
        let best = choice
            .folded
            .iter()
            .filter_map(|label| similarity(&said, &Sound::of(label.split(' ')), LIKE_SOUND))
            .max_by(f32::total_cmp);
        if let Some(likeness) = best {
            ranked.push((place, likeness));
        }
    }
    ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
    match ranked.as_slice() {
        [] => Reading::None,
        [(place, likeness)] if *likeness >= SAME_SOUND => Reading::Sure(Meaning::Choice(*place)),
        [(place, best), (_, second), ..] if *best >= SAME_SOUND && best - second >= CLEAR => {
            Reading::Sure(Meaning::Choice(*place))
        }
        several => offer(several.iter().map(|(place, _)| *place)),
    }
}

fn offer(places: impl Iterator<Item = usize>) -> Reading {
    Reading::Unsure(places.take(OFFERED).map(Meaning::Choice).collect())
}

#[cfg(test)]
mod tests {
    use super::super::choice_words;
    use super::*;

    fn languages() -> Vec<ChoiceWords> {
        vec![
            choice_words("hi", &["हिन्दी", "Hindi"]),
            choice_words("en", &["English", "अंग्रेज़ी"]),
            choice_words("ur", &["اردو", "Urdu", "उर्दू"]),
        ]
    }

    fn consent() -> Vec<ChoiceWords> {
        vec![
            choice_words("yes", &["हाँ, सहमत हूँ", "Yes, I agree"]),
            choice_words("no", &["नहीं", "No"]),
        ]
    }

    fn confirm() -> Vec<ChoiceWords> {
        vec![choice_words("right", &["सही है", "Right"]), choice_words("change", &["बदलें", "Change"])]
    }

    fn read_text(choices: &[ChoiceWords], text: &str) -> Reading {
        read(choices, text, &Heard::new(text))
    }

    #[test]
    fn a_choice_is_taken_by_number_id_label_or_sound() {
        let table: &[(usize, &[&str])] = &[
            (
                0,
                &[
                    "1",
                    "१",
                    "1.",
                    "1️⃣",
                    "option 1",
                    "ek",
                    "एक",
                    "pehla",
                    "पहला वाला",
                    "hi",
                    "हिंदी",
                    "HINDI",
                    "hindi me",
                    "हिन्दी जी",
                    "hindee",
                    "number 1",
                ],
            ),
            (
                1,
                &[
                    "2",
                    "दो",
                    "en",
                    "english",
                    "angrezi",
                    "अंग्रेजी में",
                    "inglish",
                    "dusra option",
                    "ji 2",
                ],
            ),
            (2, &["३", "तीन", "urdu", "اردو", "तीसरा"]),
        ];
        for (place, texts) in table {
            for text in *texts {
                let reading = read_text(&languages(), text);
                assert_eq!(reading, Reading::Sure(Meaning::Choice(*place)), "{text}");
            }
        }
    }

    #[test]
    fn what_is_no_choice_is_refused() {
        for text in ["4", "0", "", "1 2", "pata nahi", "लखनऊ", "kya", "haan"] {
            assert_eq!(read_text(&languages(), text), Reading::None, "{text}");
        }
    }

    #[test]
    fn two_choices_at_once_are_asked_back() {
        assert_eq!(
            read_text(&languages(), "hindi english"),
            Reading::Unsure(vec![Meaning::Choice(0), Meaning::Choice(1)])
        );
    }

    #[test]
    fn choices_that_are_a_yes_and_a_no_listen_for_them() {
        for (text, place) in [
            ("haan ji", 0),
            ("सहमत", 0),
            ("ठीक है", 0),
            ("1", 0),
            ("nahi ji", 1),
            ("सहमत नहीं", 1),
            ("२", 1),
            ("main sehmat hun", 0),
        ] {
            assert_eq!(
                read_text(&consent(), text),
                Reading::Sure(Meaning::Choice(place)),
                "{text}"
            );
        }
        assert_eq!(read_text(&consent(), "पता नहीं"), Reading::None);
    }

    #[test]
    fn right_and_change_are_heard_by_meaning() {
        for (text, place) in [
            ("sahi hai", 0),
            ("haan sab sahi hai", 0),
            ("ठीक", 0),
            ("galat hai", 1),
            ("naam badalna hai", 1),
            ("नहीं", 1),
            ("सुधार करना है", 1),
            ("kuch nahi badalna", 0),
        ] {
            assert_eq!(
                read_text(&confirm(), text),
                Reading::Sure(Meaning::Choice(place)),
                "{text}"
            );
        }
    }
}
