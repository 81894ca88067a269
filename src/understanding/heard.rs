//! A message taken apart into words the ear can judge.

use std::ops::Range;

use super::place::is_word_or_place;
use super::words::{
    HALT, HALT_NOUN, Roles, Sense, careless_number, sense, sense_by_opening, sense_by_shape,
    sense_by_slip, sense_by_sound,
};
use crate::geography::{clean, fold_word};

/// One message: its words, cleaned and folded, each with what is known of it.
pub(super) struct Heard {
    cleaned: String,
    folded: String,
    words: Vec<Spans>,
    asks: bool,
    slashed: bool,
    measures: bool,
    /// Whether words of it were put together, parted, or taken for others.
    mended: bool,
}

#[derive(Clone)]
struct Spans {
    cleaned: Range<usize>,
    folded: Range<usize>,
    sense: Sense,
    digits: bool,
    slipped: bool,
}

/// One word of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    /// As typed, but for case, script of digits and invisible characters.
    pub(super) cleaned: &'a str,
    pub(super) folded: &'a str,
    pub(super) sense: Sense,
    /// What is known of it is known of a word one slip of the finger away.
    pub(super) slipped: bool,
}

impl Word<'_> {
    pub(super) fn is(&self, roles: Roles) -> bool {
        self.sense.roles.any(roles)
    }

    /// Neither listed nor a number.
    pub(super) fn is_unknown(&self) -> bool {
        self.sense.roles.is_empty() && self.sense.number.is_none() && !self.is_digits()
    }

    pub(super) fn is_digits(&self) -> bool {
        self.folded.starts_with(|first: char| first.is_ascii_digit())
    }
}

impl Heard {
    pub(super) fn new(text: &str) -> Heard {
        let cleaned = clean(text);
        let mut folded = String::with_capacity(cleaned.len());
        let mut words = Vec::with_capacity(8);
        let mut start = 0;
        for word in cleaned.split(' ') {
            let end = start + word.len();
            let before = folded.len();
            if before > 0 {
                folded.push(' ');
            }
            let folded_start = folded.len();
            fold_word(word, &mut folded);
            if folded.len() == folded_start {
                folded.truncate(before);
            } else {
                let sense = sense(folded.get(folded_start..).unwrap_or_default());
                words.push(Spans {
                    cleaned: start..end,
                    folded: folded_start..folded.len(),
                    sense,
                    digits: word.starts_with(|first: char| first.is_ascii_digit()),
                    slipped: false,
                });
            }
            start = end + 1;
        }
        let slashed = is_slashed(text);
        let measures = text.contains(['%', '٪', '₹', '$']);
        let asks = text.contains(['?', '？']);
        Heard { cleaned, folded, words, asks, slashed, measures, mended: false }
    }

    /// The same, where words may run together (`bandkaro`), be torn apart (`fe male`), or only sound
    /// like one that is known. For all that is no name of a place: those have an ear of their own.
    pub(super) fn close(text: &str) -> Heard {
        let mut heard = Heard::new(text);
        if heard.words.iter().any(Spans::is_unknown) {
            heard.mend();
        }
        heard
    }

    fn mend(&mut self) {
        let mut mended: Vec<Spans> = Vec::with_capacity(self.words.len() + 2);
        let strangers = self.words.iter().filter(|word| word.is_unknown()).count();
        let mut words = self.words.iter().peekable();
        while let Some(word) = words.next() {
            if let Some(next) = words.peek()
                && (word.is_unknown() || next.is_unknown())
                && let Some(sense) = self.joined(word, next)
            {
                mended.push(Spans {
                    cleaned: word.cleaned.start..next.cleaned.end,
                    folded: word.folded.start..next.folded.end,
                    sense,
                    digits: false,
                    slipped: false,
                });
                words.next();
                continue;
            }
            if !word.is_unknown() {
                mended.push(word.clone());
                continue;
            }
            let cleaned = text(&self.cleaned, &word.cleaned);
            let folded = text(&self.folded, &word.folded);
            let by_form = [sense_by_opening(folded), sense_by_shape(folded)];
            if let Some(sense) = by_form.into_iter().find(|sense| !sense.is_empty()) {
                mended.push(Spans { sense, ..word.clone() });
                continue;
            }
            let drawn = drawn_in(cleaned).map(|short| sense(&crate::geography::fold(&short)));
            let drawn = drawn.filter(|sense| !sense.is_empty());
            // A word of everyday, or a place, is itself, whatever it sounds like.
            if drawn.is_none() && is_word_or_place(folded) {
                mended.push(word.clone());
                continue;
            }
            let sense = drawn.unwrap_or_else(|| sense_by_sound(cleaned));
            if !sense.is_empty() {
                mended.push(Spans { sense, ..word.clone() });
            } else if !self.part(word, &mut mended) {
                // In a story many words are unknown, and some of them are like listed ones by chance.
                let sense =
                    if strangers <= MOST_SLIPS { sense_by_slip(folded) } else { Sense::default() };
                mended.push(Spans { sense, slipped: !sense.is_empty(), ..word.clone() });
            }
        }
        self.words = mended;
        self.mended = true;
    }

    /// Whether it is not as [`Heard::new`] has it.
    pub(super) fn is_mended(&self) -> bool {
        self.mended
    }

    /// `fe male`, `un subscribe`: what two words are as one.
    fn joined(&self, one: &Spans, next: &Spans) -> Option<Sense> {
        let (one, next) = (text(&self.folded, &one.folded), text(&self.folded, &next.folded));
        // "D. O. B."
        let letters = one.len() == 1 && next.len() == 1;
        if letters || one.is_empty() || next.is_empty() || one.len() + next.len() > LONGEST_PARTED {
            return None;
        }
        let mut whole = String::with_capacity(one.len() + next.len());
        whole.push_str(one);
        whole.push_str(next);
        Some(sense(&whole)).filter(|sense| !sense.is_empty())
    }

    /// Parts a word into two or three that are known, the longest first; `false` where that cannot
    /// be.
    fn part(&self, word: &Spans, into: &mut Vec<Spans>) -> bool {
        let whole = text(&self.folded, &word.folded);
        if whole.len() > LONGEST_PARTED {
            return false;
        }
        let mut parts: [(usize, Sense); MOST_PARTS] = Default::default();
        let Some(count) = part(whole, &mut parts) else { return false };
        // "bandhu" is a friend.
        let found = parts.iter().take(count);
        let halts = found.clone().any(|(_, sense)| sense.roles.any(HALT | HALT_NOUN));
        if halts && found.clone().any(|(length, _)| *length < SHORTEST_PART) {
            return false;
        }
        let mut start = word.folded.start;
        for (length, sense) in parts.into_iter().take(count) {
            let folded = start..start + length;
            start += length;
            let cleaned = word.cleaned.clone();
            into.push(Spans { cleaned, folded, sense, digits: false, slipped: false });
        }
        true
    }

    /// Whether there is a question mark.
    pub(super) fn asks(&self) -> bool {
        self.asks
    }

    /// Whether two words stand on either side of a slash: `ha/na`.
    pub(super) fn is_slashed(&self) -> bool {
        self.slashed
    }

    /// Whether a sign says that a number is money or a share.
    pub(super) fn measures(&self) -> bool {
        self.measures
    }

    /// All of it, cleaned, from a word on.
    pub(super) fn cleaned_from(&self, place: usize) -> &str {
        let start = self.words.get(place).map_or(self.cleaned.len(), |word| word.cleaned.start);
        self.cleaned.get(start..).unwrap_or_default()
    }

    /// The same with every unknown word that may be a careless spelling of a number taken for it;
    /// `None` where there is none.
    pub(super) fn with_careless_numbers(&self) -> Option<Heard> {
        let mut words = self.words.clone();
        let mut found = false;
        for word in words.iter_mut().filter(|word| word.is_unknown()) {
            let number = careless_number(text(&self.cleaned, &word.cleaned));
            found |= number.is_some();
            word.sense.number = number;
        }
        let (cleaned, folded) = (self.cleaned.clone(), self.folded.clone());
        found.then_some(Heard { cleaned, folded, words, ..*self })
    }

    /// All of it, folded, one space between words.
    pub(super) fn folded(&self) -> &str {
        &self.folded
    }

    pub(super) fn words(&self) -> impl DoubleEndedIterator<Item = Word<'_>> + Clone {
        self.words.iter().map(|spans| Word {
            cleaned: self.cleaned.get(spans.cleaned.clone()).unwrap_or_default(),
            folded: self.folded.get(spans.folded.clone()).unwrap_or_default(),
            sense: spans.sense,
            slipped: spans.slipped,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.words.len()
    }

    /// Everything any of its words may do.
    pub(super) fn roles(&self) -> Roles {
        self.words.iter().fold(Roles::default(), |all, word| all | word.sense.roles)
    }

    pub(super) fn has(&self, roles: Roles) -> bool {
        self.roles().any(roles)
    }
}

impl Spans {
    /// Digits are known without a sense.
    fn is_unknown(&self) -> bool {
        self.sense.is_empty() && !self.digits
    }
}

/// A word without the runs of vowels it is drawn out by, at its end or of three and more inside:
/// `femaleee`, `stooop`. Two of them inside are a long vowel.
fn drawn_in(cleaned: &str) -> Option<String> {
    let mut short = String::with_capacity(cleaned.len());
    let mut rest = cleaned;
    while let Some(letter) = rest.chars().next() {
        let after = rest.trim_start_matches(letter);
        let (run, _) = rest.split_at(rest.len() - after.len());
        let is_drawn = matches!(letter, 'e' | 'o') && (run.len() > 2 || after.is_empty());
        short.push_str(if is_drawn { run.get(..1).unwrap_or(run) } else { run });
        rest = after;
    }
    (short.len() < cleaned.len()).then_some(short)
}

fn text<'t>(of: &'t str, span: &Range<usize>) -> &'t str {
    of.get(span.clone()).unwrap_or_default()
}

/// Whether a letter stands on both sides of a slash.
fn is_slashed(text: &str) -> bool {
    if !text.contains(['/', '|']) {
        return false;
    }
    let mut before = ' ';
    let mut characters = text.chars().filter(|character| !character.is_whitespace()).peekable();
    while let Some(character) = characters.next() {
        let after = characters.peek().is_some_and(|next| next.is_alphabetic());
        let letter = before.is_alphabetic() || crate::geography::is_devanagari_letter(before);
        if matches!(character, '/' | '|') && letter && after {
            return true;
        }
        before = character;
    }
    false
}

/// Unknown words of a message in which slips of the finger are looked for.
const MOST_SLIPS: usize = 2;

/// Bytes of a word that is taken apart, or of two that are put together.
const LONGEST_PARTED: usize = 60;
const MOST_PARTS: usize = 3;

/// Fills in the parts of a word and gives their count.
fn part(whole: &str, parts: &mut [(usize, Sense)]) -> Option<usize> {
    let (first, rest) = parts.split_first_mut()?;
    let mut ends: Vec<usize> = whole.char_indices().map(|(at, _)| at).skip(1).collect();
    ends.reverse();
    for end in ends {
        let (head, tail) = whole.split_at(end);
        if !is_part(head) || !is_part(tail) && tail.chars().count() < SHORTEST_PART {
            continue;
        }
        let head_sense = sense(head);
        if head_sense.is_empty() {
            continue;
        }
        *first = (head.len(), head_sense);
        let tail_sense = sense(tail);
        if let (false, true, Some(second)) =
            (tail_sense.is_empty(), is_part(tail), rest.first_mut())
        {
            *second = (tail.len(), tail_sense);
            return Some(2);
        }
        if let Some(more) = part(tail, rest) {
            return Some(more + 1);
        }
    }
    None
}

const SHORTEST_PART: usize = 3;

/// Long enough to stand for itself within a longer word; of the short ones only the commonest.
fn is_part(word: &str) -> bool {
    let length = word.chars().count();
    length >= SHORTEST_PART
        || (length == 2 && sense(word).number.is_some())
        || matches!(word, "ji" | "do" | "hu" | "ha" | "na" | "जि" | "दो" | "हु" | "हे" | "ना" | "हा")
}

#[cfg(test)]
mod tests {
    use super::super::words::{FEMALE, HALT, MESSAGE, NO, YES};
    use super::*;

    fn roles_of(text: &str) -> Roles {
        Heard::close(text).roles()
    }

    #[test]
    fn a_slip_of_the_finger_is_mended() {
        for (text, roles) in [
            ("naih", NO),
            ("anhi", NO),
            ("nehi", NO),
            ("ni", NO),
            ("bikulll", YES),
            ("biklul", YES),
            ("mesaeg", MESSAGE),
            ("mahlia", FEMALE),
        ] {
            assert!(roles_of(text).any(roles), "{text}");
        }
    }

    #[test]
    fn words_of_everyday_names_numbers_and_stops_are_no_slips() {
        for text in ["खराब", "kharab", "चोरी", "लकड़ी", "neha", "banda", "bnad", "sathra", "हिंदी"]
        {
            let heard = Heard::close(text);
            let known = heard.words().any(|word| word.slipped || word.is(HALT | NO | YES | FEMALE));
            assert!(!known, "{text}");
        }
    }
}
