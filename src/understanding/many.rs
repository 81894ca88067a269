//! Several choices in one message: some of them (`1 3`), or all in an order (`2 1 3`).

use std::collections::HashMap;
use std::sync::OnceLock;

use super::choice::{by_label, ordinal, same};
use super::heard::{Heard, Word};
use super::label::Form;
use super::number::{digits, is_common_word};
use super::words::{
    CHOICE_FRAME, DO, DOUBT, FILLER, IS, JI, MAT, ME, NO, NUMBER_FRAME, OR, POLITE, QUESTION, WANT,
    WHY, YES,
};
use super::{ChoiceWords, Meaning, Reading};
use crate::geography::fold;

/// No list of choices is said in more words.
const MOST_WORDS: usize = 60;

/// Labels said in a row without anything between them.
const MOST_RUN: usize = 8;

/// What small words say of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ListWord {
    All,
    /// All, where there are so many: दोनों, तीनों.
    AllOf(usize),
    /// With a no: कोई, कुछ.
    Any,
    /// Between two: और, फिर, उसके बाद.
    And,
    /// `1 se 3`.
    To,
}

#[rustfmt::skip]
const LIST_WORDS: &[(ListWord, &str)] = &[
    (ListWord::All, "sab sabhi saare sare all everything sabko sub pura poora poore सब सभी सारे सारी सबको पूरे سب سبھی تمام"),
    (ListWord::AllOf(2), "dono donon both दोनों दोनो دونوں"),
    (ListWord::AllOf(3), "teeno tino तीनों तीनो تینوں"),
    (ListWord::AllOf(4), "charo chaaro चारों चारो"),
    (ListWord::Any, "koi kuch inme inmein isme inmen कोई कुछ इनमें इसमें any کوئی کچھ ان"),
    (ListWord::And, "aur or and phir fir tatha evam then uske uske baad bad iske plus n और फिर तथा एवं उसके बाद इसके اور پھر بعد \
        sabse par pe pasand pasandida sirf keval only bas bhi सबसे पर पसंद पसन्द सिर्फ केवल बस भी پسند صرف"),
    (ListWord::To, "se to tak से तक تک"),
];

fn list_word(folded: &str) -> Option<ListWord> {
    static WORDS: OnceLock<HashMap<String, ListWord>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let mut words = HashMap::new();
        for (meaning, spellings) in LIST_WORDS {
            for spelling in spellings.split_whitespace() {
                words.entry(fold(spelling)).or_insert(*meaning);
            }
        }
        words
    });
    words.get(folded).copied()
}

/// Some of the choices, in their own order.
pub(super) fn any_of(choices: &[ChoiceWords], text: &str, heard: &Heard) -> Reading {
    if heard.len() == 0 || heard.len() > MOST_WORDS {
        return Reading::None;
    }
    match all_or_none(choices, heard) {
        Some(true) => return Reading::Sure(Meaning::Choices((0..choices.len()).collect())),
        Some(false) => return Reading::Sure(Meaning::Choices(Vec::new())),
        None => {}
    }
    let Some(said) = Said::of(choices, heard) else { return Reading::None };
    let mut picks: Vec<usize> = said.picks.iter().map(|pick| pick.place).collect();
    // An order word beside a name is "first of all"; alone it names the place.
    if picks.is_empty() {
        picks = said.ordinals.iter().map(|(place, _)| *place).collect();
    } else {
        picks.extend(said.ordinals.iter().filter(|(_, firm)| *firm).map(|(place, _)| *place));
    }
    picks.sort_unstable();
    picks.dedup();
    if picks.last().is_none_or(|last| *last >= choices.len()) {
        return Reading::None;
    }
    if let [first, last] = *picks
        && said.are_digits()
        && last - first > 1
        && (said.spans || has_hyphen_between_digits(text))
    {
        // "1-3": one and three, or all from one to three.
        let span = Meaning::Choices((first..=last).collect());
        return Reading::Unsure(vec![span, Meaning::Choices(picks)]);
    }
    said.as_sure_as_heard(picks)
}

/// The choices in the order a person gives them.
pub(super) fn ranked(choices: &[ChoiceWords], heard: &Heard) -> Reading {
    if heard.len() == 0 || heard.len() > MOST_WORDS {
        return Reading::None;
    }
    let Some(mut said) = Said::of(choices, heard) else { return Reading::None };
    said.numbers_are_ranks();
    let mut picks: Vec<usize> = if said.picks.is_empty() {
        said.ordinals.iter().map(|(place, _)| *place).collect()
    } else {
        match said.by_ordinals() {
            Some(picks) => picks,
            None => return Reading::None,
        }
    };
    let before = picks.len();
    let mut seen: Vec<usize> = Vec::new();
    picks.retain(|pick| {
        let new = !seen.contains(pick);
        seen.push(*pick);
        new
    });
    if picks.is_empty() || picks.iter().any(|pick| *pick >= choices.len()) {
        return Reading::None;
    }
    // Nobody ranks the same twice on purpose.
    said.guessed |= picks.len() < before;
    said.as_sure_as_heard(picks)
}

/// `sab`, `dono`: all; `koi nahi`, `0`: none; `None` when the message names choices.
fn all_or_none(choices: &[ChoiceWords], heard: &Heard) -> Option<bool> {
    let manners = FILLER | POLITE | JI | CHOICE_FRAME | DO | WANT | ME | IS | YES;
    let (mut all, mut any, mut no, mut zero) = (false, false, false, false);
    for word in heard.words() {
        match list_word(word.folded) {
            Some(ListWord::All) => all = true,
            Some(ListWord::AllOf(count)) if count == choices.len() => all = true,
            Some(ListWord::Any) => any = true,
            _ if matches!(word.folded, "none" | "nil" | "nothing") => (any, no) = (true, true),
            _ if word.is_digits() && digits(word.folded) == Some(0) => zero = true,
            _ if word.is(NO) => no = true,
            _ if word.is(manners) && word.sense.number.is_none() => {}
            _ => return None,
        }
    }
    match (all, any, no, zero) {
        (true, _, false, false) => Some(true),
        (false, _, true, false) | (false, false, false, true) => Some(false),
        _ => None,
    }
}

/// One choice a message names.
#[derive(Clone, Copy, Debug)]
struct Pick {
    /// Index of the choice.
    place: usize,
    /// Index of its first word.
    at: usize,
    digits: bool,
}

/// What a message names, in its order.
#[derive(Debug, Default)]
struct Said {
    picks: Vec<Pick>,
    /// Places named by order words (पहला is 0), with whether the word can mean nothing else.
    ordinals: Vec<(usize, bool)>,
    /// Where those words stand.
    ordinals_at: Vec<usize>,
    /// `1 se 3`.
    spans: bool,
    /// A label was only similar, or digits were glued.
    guessed: bool,
}

impl Said {
    /// `None` when the message holds anything that is neither a choice nor small.
    fn of(choices: &[ChoiceWords], heard: &Heard) -> Option<Said> {
        let words: Vec<Word<'_>> = heard.words().collect();
        let forms: Vec<Form> = words.iter().map(Form::new).collect();
        let has_digits = words.iter().any(Word::is_digits);
        let manners =
            FILLER | POLITE | JI | YES | CHOICE_FRAME | NUMBER_FRAME | DO | WANT | ME | IS;
        let mut said = Said::default();
        // Where a run of words that may be a label ill spelt begins.
        let mut unknown: Option<usize> = None;
        let mut index = 0;
        while index < words.len() {
            let rest = words.get(index..).unwrap_or_default();
            let Some(word) = rest.first() else { break };
            let at = index;
            if let Some((place, length)) =
                longest_label(choices, forms.get(index..).unwrap_or_default(), rest)
            {
                said.unknown_run(choices, &forms, unknown.take(), at)?;
                said.picks.push(Pick { place, at, digits: false });
                index += length;
                continue;
            }
            index += 1;
            let number = if word.is_digits() {
                digits(word.folded)
            } else if (has_digits && is_common_word(word.folded)) || after_do(&words, at) {
                None
            } else {
                word.sense.number.filter(|number| *number < 100).map(i64::from)
            };
            if let Some(number) = number {
                said.unknown_run(choices, &forms, unknown.take(), at)?;
                said.number(number, word, choices.len(), at)?;
                continue;
            }
            if let Some(place) = ordinal(word.folded) {
                said.unknown_run(choices, &forms, unknown.take(), at)?;
                let firm = !matches!(word.folded, "pehle" | "pahle" | "पहले");
                said.ordinals.push((usize::try_from(place - 1).ok()?, firm));
                said.ordinals_at.push(at);
                continue;
            }
            match list_word(word.folded) {
                Some(ListWord::And) => {
                    said.unknown_run(choices, &forms, unknown.take(), at)?;
                    continue;
                }
                // "1, 2 dono"
                Some(ListWord::AllOf(_)) if at > 0 => {
                    said.unknown_run(choices, &forms, unknown.take(), at)?;
                    continue;
                }
                Some(ListWord::To) => {
                    said.unknown_run(choices, &forms, unknown.take(), at)?;
                    said.spans = true;
                    continue;
                }
                _ => {}
            }
            let number_sign =
                word.is(NO) && word.is(NUMBER_FRAME) && rest.get(1).is_some_and(Word::is_digits);
            if !number_sign && word.is(NO | MAT | DOUBT | QUESTION | WHY | OR) {
                return None;
            }
            if unknown.is_none() && word.is(manners) {
                continue;
            }
            unknown.get_or_insert(at);
        }
        said.unknown_run(choices, &forms, unknown, forms.len())?;
        Some(said)
    }

    /// Words between two choices: a part of a label, or one ill spelt.
    fn unknown_run(
        &mut self,
        choices: &[ChoiceWords],
        words: &[Form],
        start: Option<usize>,
        end: usize,
    ) -> Option<()> {
        let Some(start) = start else { return Some(()) };
        let manners = FILLER | POLITE | JI | YES | CHOICE_FRAME | DO | WANT | ME | IS;
        let run = words.get(start..end)?;
        let length = run.iter().rposition(|word| !word.is(manners)).map_or(0, |last| last + 1);
        let run = run.get(..length)?;
        let sure = |words: &[Form]| match by_label(choices, words).reading {
            Reading::Sure(Meaning::Choice(place)) => Some(place),
            _ => None,
        };
        let mut add = |place: usize, at: usize| self.picks.push(Pick { place, at, digits: false });
        if let Some(place) = sure(run) {
            add(place, start);
            return Some(());
        }
        // "sadak bijli": nothing stands between them.
        let mut pieces: Vec<(usize, usize)> = Vec::new();
        let mut from = 0;
        while from < length && length <= MOST_RUN {
            let longest = (from + 1..=length).rev().find_map(|to| {
                let place = run.get(from..to).and_then(sure)?;
                Some((place, to))
            });
            let Some((place, to)) = longest else { break };
            pieces.push((place, start + from));
            from = to;
        }
        if from == length {
            for (place, at) in pieces {
                add(place, at);
            }
            return Some(());
        }
        match by_label(choices, run).reading {
            Reading::Unsure(offered) => match offered.as_slice() {
                [Meaning::Choice(place)] => {
                    add(*place, start);
                    self.guessed = true;
                    Some(())
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A number that names a choice; `213` names three where there are fewer than ten.
    fn number(&mut self, number: i64, word: &Word<'_>, count: usize, at: usize) -> Option<()> {
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        if place < count {
            self.picks.push(Pick { place, at, digits: word.is_digits() });
            return Some(());
        }
        let glued = word.is_digits() && count < 10 && (2..=count).contains(&word.folded.len());
        if !glued {
            return None;
        }
        for digit in word.folded.bytes() {
            let place = usize::from(digit.checked_sub(b'1')?);
            if place >= count {
                return None;
            }
            self.picks.push(Pick { place, at, digits: true });
        }
        self.guessed = true;
        Some(())
    }

    /// "1 sunita 2 ramesh": the numbers say the rank, where each stands with a name.
    fn numbers_are_ranks(&mut self) {
        let (numbers, names): (Vec<Pick>, Vec<Pick>) =
            self.picks.iter().copied().partition(|pick| pick.digits);
        let alternate = self.picks.windows(2).all(|two| match two {
            [one, next] => one.digits != next.digits,
            _ => true,
        });
        if numbers.len() != names.len() || !alternate || !self.ordinals.is_empty() {
            return;
        }
        self.ordinals = numbers.iter().map(|pick| (pick.place, true)).collect();
        self.ordinals_at = numbers.iter().map(|pick| pick.at).collect();
        self.picks = names;
    }

    fn are_digits(&self) -> bool {
        self.picks.iter().all(|pick| pick.digits)
    }

    /// The picks in the order the words before or behind them give (`pehle X`, `X pehle`), else as
    /// they stand; `None` where the order words contradict.
    fn by_ordinals(&self) -> Option<Vec<usize>> {
        let plain: Vec<usize> = self.picks.iter().map(|pick| pick.place).collect();
        let ordinals = self.ordinals.as_slice();
        if ordinals.is_empty() {
            return Some(plain);
        }
        if ordinals.len() != self.picks.len() {
            // "pehle ramesh phir sunita": only where to begin is said.
            let begins =
                matches!(ordinals, [(0, _)]) && self.ordinals_at.first()? < &self.picks.first()?.at;
            return begins.then_some(plain);
        }
        let mut ordered: Vec<Option<usize>> = vec![None; plain.len()];
        for ((rank, _), place) in ordinals.iter().zip(&plain) {
            let slot = ordered.get_mut(*rank)?;
            if slot.replace(*place).is_some() {
                return None;
            }
        }
        ordered.into_iter().collect()
    }

    fn as_sure_as_heard(&self, picks: Vec<usize>) -> Reading {
        let meaning = Meaning::Choices(picks);
        if self.guessed { Reading::Unsure(vec![meaning]) } else { Reading::Sure(meaning) }
    }
}

/// The choice whose label (or id) the words begin with, and how many words that takes.
fn longest_label(
    choices: &[ChoiceWords],
    forms: &[Form],
    words: &[Word<'_>],
) -> Option<(usize, usize)> {
    let mut longest: Option<(usize, usize)> = None;
    for (place, choice) in choices.iter().enumerate() {
        for label in &choice.labels {
            let length = label.words.len();
            if longest.is_some_and(|(_, known)| known >= length) {
                continue;
            }
            if forms.get(..length).is_some_and(|spoken| same(&label.words, spoken)) {
                longest = Some((place, length));
            }
        }
        let is_id = words.first().is_some_and(|word| word.cleaned == choice.id);
        if is_id && longest.is_none() {
            longest = Some((place, 1));
        }
    }
    longest
}

/// The do of "kar do" is no two.
fn after_do(words: &[Word<'_>], at: usize) -> bool {
    at.checked_sub(1)
        .and_then(|before| words.get(before))
        .is_some_and(|before| before.is(DO) && before.sense.number.is_none())
}

fn has_hyphen_between_digits(text: &str) -> bool {
    let compact: Vec<char> = text.chars().filter(|character| !character.is_whitespace()).collect();
    compact.windows(3).any(|three| {
        matches!(three, [before, '-' | '–' | '—', after] if before.is_numeric() && after.is_numeric())
    })
}

#[cfg(test)]
mod tests {
    use super::super::choice_words;
    use super::*;

    fn topics() -> Vec<ChoiceWords> {
        vec![
            choice_words("road", &["सड़क", "Road"]),
            choice_words("water", &["पानी की कमी", "Water"]),
            choice_words("power", &["बिजली", "Electricity"]),
            choice_words("school", &["स्कूल और शिक्षा", "School"]),
        ]
    }

    fn names() -> Vec<ChoiceWords> {
        vec![
            choice_words("ramesh", &["रमेश यादव", "Ramesh Yadav"]),
            choice_words("sunita", &["सुनीता देवी", "Sunita Devi"]),
            choice_words("imran", &["इमरान ख़ान", "Imran Khan"]),
        ]
    }

    fn any(text: &str) -> Reading {
        any_of(&topics(), text, &Heard::new(text))
    }

    fn order(text: &str) -> Reading {
        ranked(&names(), &Heard::new(text))
    }

    fn sure(places: &[usize]) -> Reading {
        Reading::Sure(Meaning::Choices(places.to_vec()))
    }

    #[test]
    fn several_choices_are_read_from_one_message() {
        let table: &[(&[usize], &[&str])] = &[
            (&[0], &["1", "१", "सड़क", "road", "sadak", "pehla", "पहला वाला", "number 1", "एक"]),
            (
                &[0, 2],
                &[
                    "1 3",
                    "1,3",
                    "3,1",
                    "1, 3",
                    "१ और ३",
                    "१,३",
                    "1 aur 3",
                    "1 & 3",
                    "1+3",
                    "1/3",
                    "ek aur teen",
                    "एक तीन",
                    "pehla aur teesra",
                    "पहला और तीसरा",
                    "सड़क और बिजली",
                    "sadak bijli",
                    "road, electricity",
                    "बिजली, सड़क",
                    "1 aur bijli",
                    "ji 1 aur 3 hai",
                    "no 1 aur no 3",
                    "1 3 kar do",
                    "sadak aur bijlee",
                    "option 1 and 3",
                    "mujhe 1 aur 3 chahiye",
                    "1 tatha 3",
                    "1) 3)",
                    "1.3",
                    "sirf 1 aur 3",
                    "pehla aur teesra number",
                    "1 sadak 3 bijli",
                    "ONE AND THREE",
                    "1aur3",
                    "सड़क बिजली दोनों",
                    "1\n3",
                    "1 1 3",
                ],
            ),
            (
                &[0, 2, 3],
                &["1,3 aur 4", "1 3 4", "सड़क, बिजली, स्कूल और शिक्षा", "road electricity school"],
            ),
            (&[1], &["paani ki kami", "पानी", "water"]),
            (&[3], &["स्कूल और शिक्षा", "school", "शिक्षा"]),
            (
                &[0, 1, 2, 3],
                &["sab", "सब", "सभी", "all", "sabhi chahiye", "saare", "سب", "charo", "1 2 3 4"],
            ),
            (&[], &["koi nahi", "कोई नहीं", "0", "none", "इनमें से कोई नहीं", "kuch nahi", "nahi"]),
        ];
        for (places, texts) in table {
            for text in *texts {
                assert_eq!(any(text), sure(places), "{text}");
            }
        }
    }

    #[test]
    fn what_names_no_choice_is_refused() {
        for text in [
            "",
            "5",
            "1 5",
            "पता नहीं",
            "kya",
            "1 ya 3",
            "लखनऊ",
            "haan",
            "1 nahi 3",
            "teeno",
            "1 lucknow",
            "baad mein",
        ] {
            assert_eq!(any(text), Reading::None, "{text}");
        }
    }

    #[test]
    fn a_span_and_glued_digits_are_asked_back() {
        let span = Meaning::Choices(vec![0, 1, 2]);
        let pair = Meaning::Choices(vec![0, 2]);
        for text in ["1-3", "1 - 3", "१-३", "1 se 3"] {
            assert_eq!(any(text), Reading::Unsure(vec![span.clone(), pair.clone()]), "{text}");
        }
        assert_eq!(any("13"), Reading::Unsure(vec![pair]));
        assert_eq!(any("19"), Reading::None);
    }

    #[test]
    fn an_order_is_read_as_people_give_it() {
        let table: &[(&[usize], &[&str])] = &[
            (
                &[1, 0, 2],
                &[
                    "2 1 3",
                    "2,1,3",
                    "२ १ ३",
                    "2-1-3",
                    "do ek teen",
                    "2 phir 1 phir 3",
                    "sunita devi, ramesh yadav, imran khan",
                    "सुनीता रमेश इमरान",
                    "dusra pehla tisra",
                ],
            ),
            (
                &[0, 1],
                &[
                    "pehle ramesh phir sunita",
                    "पहले रमेश फिर सुनीता",
                    "ramesh pehle sunita dusre",
                    "dusra sunita pehla ramesh",
                    "ramesh uske baad sunita",
                    "1 2",
                    "ramesh, suneeta",
                    "pehla ramesh dusra sunita",
                    "1 ramesh 2 sunita",
                    "1. ramesh yadav 2. sunita devi",
                    "2 sunita, 1 ramesh",
                    "sabse pehle ramesh, uske baad sunita",
                    "pehli pasand ramesh dusri pasand sunita",
                    "pehle number par ramesh, dusre par sunita",
                ],
            ),
            (&[2], &["3", "imran", "इमरान ख़ान", "sirf imran", "1 imran"]),
        ];
        for (places, texts) in table {
            for text in *texts {
                assert_eq!(order(text), sure(places), "{text}");
            }
        }
    }

    #[test]
    fn an_order_that_is_none_is_refused_or_asked_back() {
        for text in ["", "4", "koi nahi", "पता नहीं", "pehle ramesh pehle sunita", "लखनऊ", "1 4"]
        {
            assert_eq!(order(text), Reading::None, "{text}");
        }
        let order_of = |places: &[usize]| Reading::Unsure(vec![Meaning::Choices(places.to_vec())]);
        assert_eq!(order("213"), order_of(&[1, 0, 2]));
        assert_eq!(order("2 2 1"), order_of(&[1, 0]));
    }
}
