//! One of several choices.

use super::heard::Heard;
use super::label::{Form, Likeness, in_one_breath};
use super::words::{
    ASSENT, BECOME, BUT, CHANGE, CHOICE_FRAME, DO, DOUBT, FILLER, IS, JI, MAT, ME, NO,
    NUMBER_FRAME, OR, POLITE, QUESTION, Roles, SHOW, TROUBLE, WANT, WHY, YES,
};
use super::{ChoiceWords, Meaning, Reading, number, yes_no};
use crate::geography::{fold, similarity};

/// A typed word this like a label in sound is that label.
const SAME_SOUND: f32 = 0.87;
/// Nothing shorter is compared by sound.
const SHORTEST_SOUND: usize = 4;
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
    let is_called =
        |choice: &ChoiceWords| choice.folded.iter().any(|label| label == heard.folded());
    if let Some(place) = choices.iter().position(is_called) {
        return sure(place);
    }
    if let Some(place) = by_number(choices, heard) {
        return sure(place);
    }
    // As typed: words that run together are told apart by the labels here.
    let unmended = heard.is_mended().then(|| Heard::new(text));
    let plain = unmended.as_ref().unwrap_or(heard);
    let said: Vec<Form> = plain.words().take(MOST_WORDS + 1).map(|word| Form::new(&word)).collect();
    let whole = by_whole(choices, &said).or_else(|| by_whole(choices, without_manners(&said)));
    if let Some(place) = whole {
        return sure(place);
    }
    let mut labelled = by_label(choices, &said);
    if heard.asks() {
        labelled.reading = asked(labelled.reading);
    }
    // A third choice beside a yes and a no is met by its label first.
    let is_third = |reading: &Reading| match reading {
        Reading::Sure(Meaning::Choice(place)) => choices.get(*place).is_some_and(|choice| {
            !YES_IDS.contains(&choice.id.as_str()) && !NO_IDS.contains(&choice.id.as_str())
        }),
        _ => false,
    };
    if labelled.whole && is_third(&labelled.reading) {
        return labelled.reading;
    }
    by_meaning(choices, heard).unwrap_or(labelled.reading)
}

/// Choices that are a yes and a no by their ids.
const YES_IDS: [&str; 5] = ["yes", "right", "agree", "confirm", "ok"];
const NO_IDS: [&str; 5] = ["no", "change", "wrong", "disagree", "cancel"];

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
fn without_manners(said: &[Form]) -> &[Form] {
    let manners = FILLER | POLITE | JI | CHOICE_FRAME;
    let start = said.iter().position(|word| !word.is(manners));
    let end = said.iter().rposition(|word| !word.is(manners));
    match (start, end) {
        (Some(start), Some(end)) => said.get(start..=end).unwrap_or_default(),
        _ => &[],
    }
}

/// Choices that are a yes and a no by their ids are answered by yes and no.
fn by_meaning(choices: &[ChoiceWords], heard: &Heard) -> Option<Reading> {
    let place_of =
        |ids: &[&str]| choices.iter().position(|choice| ids.contains(&choice.id.as_str()));
    let yes = place_of(&YES_IDS);
    let no = place_of(&NO_IDS);
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

/// Words no label is known by, unless it has no others.
const SMALL: Roles = FILLER.and(IS).and(POLITE).and(JI).and(ME).and(CHOICE_FRAME);
/// The same, and words that carry no answer beside heavier ones: of "अच्छी रही" अच्छी counts.
const LIGHT: Roles = SMALL.and(YES).and(ASSENT).and(DO).and(WANT).and(BECOME);
/// May stand around a label too: `pani ki samasya`.
const AROUND: Roles = LIGHT.and(TROUBLE).and(SHOW);
/// Beside a label, and no part of it, these say that it is not the answer.
const AGAINST: Roles = NO.and(MAT).and(DOUBT).and(QUESTION).and(WHY).and(BUT);
/// What denies; a label that does is met only by a message that does.
const DENIAL: Roles = NO.and(MAT);

/// What a word of a label weighs that tells it from others, and a light one.
const HEAVY: u32 = 32;
const SLIGHT: u32 = 1;

/// Longer messages tell a story.
const MOST_WORDS: usize = 24;
/// So many words that have no part in it may stand around a whole label, and around a part of one.
const AROUND_WHOLE: usize = 6;
const AROUND_PART: usize = 2;

/// How a message meets a choice by its labels.
struct Met {
    place: usize,
    weight: u32,
    /// Every word of the label that counts is in the message.
    whole: bool,
    /// Which words of the message are the label's, one bit each.
    words: u32,
    /// Those of them the choice is known by.
    counted: u32,
    /// Nothing but digits of it was met.
    only_digits: bool,
}

/// A reading of a message by labels, and what it rests on.
pub(super) struct ByLabel {
    pub(super) reading: Reading,
    /// A whole label stands in the message.
    pub(super) whole: bool,
}

impl ByLabel {
    fn of(reading: Reading) -> ByLabel {
        ByLabel { reading, whole: false }
    }
}

/// The choices whose labels, or parts of them, a message holds: in any script, word by word.
pub(super) fn by_label(choices: &[ChoiceWords], said: &[Form]) -> ByLabel {
    if said.is_empty() || said.len() > MOST_WORDS {
        return ByLabel::of(Reading::None);
    }
    for least in [Likeness::Same, Likeness::Near] {
        let met: Vec<Met> = choices
            .iter()
            .enumerate()
            .filter_map(|(place, choice)| met(place, choice, said, least))
            .collect();
        if !met.is_empty() {
            let mut found = judged(&met, said, least);
            if least == Likeness::Near {
                found = ByLabel::of(asked(found.reading));
            }
            return found;
        }
    }
    ByLabel::of(in_one_breath_like(choices, said))
}

/// What is sure is only asked about.
pub(super) fn asked(reading: Reading) -> Reading {
    match reading {
        Reading::Sure(meaning) => Reading::Unsure(vec![meaning]),
        other => other,
    }
}

/// How a choice's labels, in every language, meet the message; `None` where no word that counts does.
fn met(place: usize, choice: &ChoiceWords, said: &[Form], least: Likeness) -> Option<Met> {
    let denies = said.iter().any(|word| word.is(DENIAL));
    // Words of the message by the weight they have in the labels, one bit each.
    let (mut heavy, mut light, mut all) = (0_u32, 0_u32, 0_u32);
    let (mut any_whole, mut only_digits) = (false, true);
    for label in &choice.labels {
        // "आई" is no "नहीं आई".
        if !denies && label.words.iter().any(|word| word.is(DENIAL)) {
            continue;
        }
        let has_heavy = label.words.iter().any(|word| !word.is(LIGHT));
        let passed_over = if has_heavy {
            LIGHT
        } else if label.words.iter().any(|word| !word.is(SMALL)) {
            SMALL
        } else {
            Roles::default()
        };
        let (mut counted, mut words) = (0_u32, 0_u32);
        let (mut whole, mut digits) = (true, true);
        for word in &label.words {
            let at = said.iter().enumerate().position(|(at, spoken)| {
                words & (1 << at) == 0 && spoken.likeness(word).is_some_and(|like| like >= least)
            });
            let counts = !word.is(passed_over);
            let Some(at) = at else {
                whole &= !counts;
                continue;
            };
            words |= 1 << at;
            if counts {
                counted |= 1 << at;
                digits &= word.is_digits();
            }
        }
        // "ghar nahi" is no part of "नहीं आ सकते".
        let mut others = said.iter().enumerate().filter(|(at, _)| counted & (1 << at) == 0);
        let only_denies =
            said.iter().enumerate().all(|(at, word)| counted & (1 << at) == 0 || word.is(DENIAL))
                && others.any(|(_, word)| !word.is(LIGHT));
        // Of light words all that count are a label: "अभी" is no "अभी नहीं".
        if counted == 0 || only_denies || (!has_heavy && !whole) {
            continue;
        }
        if has_heavy {
            heavy |= counted;
        } else {
            light |= counted;
        }
        all |= words;
        any_whole |= whole;
        only_digits &= digits;
    }
    if heavy | light == 0 {
        return None;
    }
    let weight = HEAVY * heavy.count_ones() + SLIGHT * light.count_ones();
    Some(Met { place, weight, whole: any_whole, words: all, counted: heavy | light, only_digits })
}

fn judged(met: &[Met], said: &[Form], least: Likeness) -> ByLabel {
    let most = met.iter().map(|one| one.weight).max().unwrap_or_default();
    let mut best: Vec<&Met> = met.iter().filter(|one| one.weight == most).collect();
    if best.iter().filter(|one| one.whole).count() == 1 {
        best.retain(|one| one.whole);
    }
    let covered = best.iter().fold(0, |all, one| all | one.words);
    let left = || said.iter().enumerate().filter(|(at, _)| covered & (1 << at) == 0);
    // "7 din" is none of "2 दिन" and "5 दिन".
    if left().any(|(_, word)| word.is(AGAINST) || word.is_digits()) {
        return ByLabel::of(Reading::None);
    }
    let either = said.iter().any(|word| word.is(OR));
    let known = met.iter().fold(0, |known, one| known | one.counted);
    let foreign =
        left().filter(|(at, word)| known & (1 << at) != 0 || !word.is(AROUND.and(OR))).count();
    match best.as_slice() {
        [] => ByLabel::of(Reading::None),
        [one] => {
            // One slip and words around it: neither says enough.
            let most_around = match (least, one.whole) {
                (Likeness::Near, _) => usize::from(one.whole),
                (Likeness::Same, true) => AROUND_WHOLE,
                (Likeness::Same, false) => AROUND_PART,
            };
            if foreign > most_around {
                return ByLabel::of(Reading::None);
            }
            if foreign == 0 && !either && !one.only_digits {
                let reading = Reading::Sure(Meaning::Choice(one.place));
                return ByLabel { reading, whole: one.whole };
            }
            // What else was named is offered behind it.
            let others = met
                .iter()
                .filter(|other| other.place != one.place && other.words & !one.words != 0);
            let places = std::iter::once(one.place).chain(others.map(|other| other.place));
            ByLabel::of(offer(places))
        }
        several if several.len() <= OFFERED && foreign <= AROUND_PART => {
            let meanings = several.iter().map(|one| Meaning::Choice(one.place)).collect();
            ByLabel::of(Reading::Tie(meanings))
        }
        _ => ByLabel::of(Reading::None),
    }
}

/// A whole label, where spaces were put in or left out, or that is a slip away.
fn in_one_breath_like(choices: &[ChoiceWords], said: &[Form]) -> Reading {
    if said.iter().any(|word| word.is(AGAINST) || word.is_digits()) {
        return Reading::None;
    }
    let start = said.iter().position(|word| !word.is(LIGHT));
    let end = said.iter().rposition(|word| !word.is(LIGHT));
    let (Some(start), Some(end)) = (start, end) else { return Reading::None };
    let sound = in_one_breath(said.get(start..=end).unwrap_or_default());
    // Short words are one letter from many others.
    if sound.letters().len() < SHORTEST_SOUND {
        let is_label =
            |choice: &ChoiceWords| choice.labels.iter().any(|label| label.sound == sound);
        let place = choices.iter().position(is_label).filter(|_| sound.letters().len() > 2);
        return place.map_or(Reading::None, |place| Reading::Sure(Meaning::Choice(place)));
    }
    let mut ranked: Vec<(usize, f32)> = Vec::new();
    for (place, choice) in choices.iter().enumerate() {
        let labels = choice.labels.iter().filter(|label| label.sound.letters().len() > 3);
        let best = labels
            .filter_map(|label| similarity(&sound, &label.sound, LIKE_SOUND))
            .max_by(f32::total_cmp);
        if let Some(likeness) = best {
            ranked.push((place, likeness));
        }
    }
    ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
    match ranked.as_slice() {
        [] => Reading::None,
        [(place, likeness), rest @ ..]
            if *likeness >= SAME_SOUND
                && rest.first().is_none_or(|(_, second)| likeness - second >= CLEAR) =>
        {
            Reading::Sure(Meaning::Choice(*place))
        }
        several => offer(several.iter().map(|(place, _)| *place)),
    }
}

/// Whether the message is a label of this choice, whole.
pub(super) fn is_called(choice: &ChoiceWords, heard: &Heard) -> bool {
    if choice.folded.iter().any(|label| label == heard.folded()) {
        return true;
    }
    let said: Vec<Form> = heard.words().take(MOST_WORDS + 1).map(|word| Form::new(&word)).collect();
    by_whole(std::slice::from_ref(choice), &said).is_some()
}

/// The choice whose whole label the message is, word by word in any script, in its order.
fn by_whole(choices: &[ChoiceWords], said: &[Form]) -> Option<usize> {
    let is_label =
        |choice: &ChoiceWords| choice.labels.iter().any(|label| same(&label.words, said));
    let mut found = choices.iter().enumerate().filter(|(_, choice)| is_label(choice));
    let (place, _) = found.next()?;
    found.next().is_none().then_some(place)
}

/// Whether two rows of words are the same words.
pub(super) fn same(one: &[Form], other: &[Form]) -> bool {
    !one.is_empty()
        && one.len() == other.len()
        && one.iter().zip(other).all(|(word, twin)| word.likeness(twin) == Some(Likeness::Same))
}

fn offer(places: impl Iterator<Item = usize>) -> Reading {
    Reading::Unsure(places.take(OFFERED).map(Meaning::Choice).collect())
}

#[cfg(test)]
mod table_tests;

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
            Reading::Tie(vec![Meaning::Choice(0), Meaning::Choice(1)])
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
