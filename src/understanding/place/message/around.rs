//! What the words around names say of them: of a village, beside the place that is meant, denied, taken
//! back, left behind.

use std::ops::Range;

use super::super::super::heard::Word;
use super::super::lexicon::Level;
use super::{Class, Message};

impl Message<'_> {
    /// Names of villages, and those a place is only near, step aside.
    pub(super) fn set_aside(&mut self) {
        for place in 0..self.matches.len() {
            let Some(found) = self.matches.get(place) else { continue };
            let before = found.words.start.checked_sub(1);
            let behind = found.words.end;
            let village = before.is_some_and(|at| self.is(at, Class::Smaller))
                || (self.is(behind, Class::Smaller) && !self.speaks_of_next(behind))
                || self.is(behind, Class::Larger);
            if let Some(found) = self.matches.get_mut(place) {
                found.aside |= village;
            }
        }
        for place in 0..self.classes.len() {
            if self.is(place, Class::Beside) && self.is_told_before_landmark(place) {
                continue;
            }
            let landmarks = match self.classes.get(place) {
                // "nepal border": the landmark lies outside.
                Some(Class::Beside)
                    if self.outside.iter().any(|named| {
                        named.end <= place
                            && self.matches.iter().all(|found| {
                                found.words.end <= named.start || found.words.start >= place
                            })
                    }) =>
                {
                    0
                }
                // "mathura aur agra ke border": both.
                Some(Class::Beside) => 1 + usize::from(self.are_two_before(place)),
                Some(Class::Between) => 2,
                _ => continue,
            };
            let before = self.matches.iter_mut().rev().filter(|found| found.words.end <= place);
            for found in before.take(landmarks) {
                found.aside = true;
            }
        }
    }

    /// A landmark that is not the last name before the word for it: "chandauli, bagal me banaras" has it
    /// behind, "etawah zila saifai ke paas" calls it by no name we know. Names before it are then told.
    fn is_told_before_landmark(&mut self, beside: usize) -> bool {
        let is_of = |word: &Word<'_>| matches!(word.folded, "ke" | "k" | "se" | "के" | "से");
        let is_in = |word: &Word<'_>| matches!(word.folded, "me" | "mein" | "में" | "मे");
        let of = beside.checked_sub(1).and_then(|at| self.words.get(at)).is_some_and(is_of);
        let follows = self.words.get(beside + 1).is_some_and(is_in) && !of;
        let told = self.matches.iter().any(|found| found.words.end <= beside);
        let misspelt = (0..beside).any(|at| self.is(at, Class::Unknown));
        if follows && (told || misspelt) {
            if let Some(found) = self.matches.iter_mut().find(|found| found.words.start > beside) {
                found.aside = true;
                return true;
            }
            return false;
        }
        let named = |at: usize| self.matches.iter().any(|found| found.words.contains(&at));
        let landmark = (0..beside).rev().find(|at| !self.is(*at, Class::Frame));
        match landmark {
            Some(at) if of && told && self.is(at, Class::Unknown) && !named(at) => {
                if let Some(class) = self.classes.get_mut(at) {
                    *class = Class::Frame;
                }
                true
            }
            _ => false,
        }
    }

    /// Whether the two names before a landmark's word are joined by "and".
    fn are_two_before(&self, beside: usize) -> bool {
        let mut before = self.matches.iter().rev().filter(|found| found.words.end <= beside);
        let (Some(last), Some(first)) = (before.next(), before.next()) else { return false };
        let between = self.words.get(first.words.end..last.words.start).unwrap_or_default();
        matches!(between, [and] if matches!(and.folded, "aur" | "or" | "and" | "ओर" | "tatha" | "तथा" | "va" | "व"))
    }

    /// Whether a word for something smaller belongs to the name behind it (`agra tehsil sadar`)
    /// rather than to the one before (`rampur gaon basti jila`).
    pub(super) fn speaks_of_next(&self, smaller: usize) -> bool {
        let mut next = smaller + 1;
        let first = next;
        while matches!(self.classes.get(next), Some(Class::Unknown | Class::Part | Class::Number)) {
            next += 1;
        }
        next > first && !matches!(self.classes.get(next), Some(Class::Label(_)))
    }

    /// Places outside the state that are named and meant; others are frame.
    pub(super) fn leave_behind(&mut self) {
        for named in self.outside.clone() {
            if self.is_left_behind(&named) {
                for class in self.classes.iter_mut().take(named.end).skip(named.start) {
                    *class = Class::Frame;
                }
            } else {
                self.elsewhere = true;
            }
        }
    }

    /// A place outside the state that is only near the one meant (`nepal border`), or where the
    /// person was before (`pehle dilli me the ab …`).
    fn is_left_behind(&self, named: &Range<usize>) -> bool {
        let lives = self
            .words
            .get(named.end)
            .is_some_and(|word| matches!(word.folded, "me" | "mein" | "mai" | "में" | "मे"))
            && self.content().any(|place| !named.contains(&place));
        if lives {
            return true;
        }
        let beside = (named.end..self.classes.len())
            .find(|place| !self.is(*place, Class::Frame))
            .is_some_and(|place| self.is(place, Class::Beside));
        let now = self.words.iter().rposition(|word| matches!(word.folded, "ab" | "अब" | "now"));
        beside || now.is_some_and(|now| named.end <= now) || self.is_denied(named)
    }

    /// "bihar nahi, up ka ballia"
    fn is_denied(&self, named: &Range<usize>) -> bool {
        let mut behind = named.end..self.classes.len();
        behind.find(|at| !self.is(*at, Class::Frame)).is_some_and(|at| self.is(at, Class::Not))
    }

    /// `agra nahi mathura`: a name before the word is denied; without one what follows corrects.
    pub(super) fn deny(&mut self) {
        for place in 0..self.classes.len() {
            if !self.is(place, Class::Not) {
                continue;
            }
            let outside = |named: &Range<usize>| named.end <= place && self.is_denied(named);
            if self.outside.iter().any(outside) {
                self.denied = true;
                continue;
            }
            let classes = &self.classes;
            let before = self.matches.iter_mut().rev().find(|found| {
                found.words.end <= place
                    && classes.get(found.words.end..place).is_some_and(|between| {
                        between.iter().all(|class| matches!(class, Class::Frame | Class::Label(_)))
                    })
            });
            match before {
                Some(found) => {
                    found.denied = true;
                    self.denied = true;
                }
                None => self.corrected = true,
            }
        }
        for found in self.matches.iter().filter(|found| found.denied) {
            for class in self.classes.iter_mut().take(found.words.end).skip(found.words.start) {
                *class = Class::Frame;
            }
        }
        self.matches.retain(|found| !found.denied);
    }

    /// `pehle agra likha tha, mathura hai`: the name that was said before no longer counts.
    pub(super) fn take_back(&mut self) {
        let before = ["pehle", "pahle", "galti", "galat", "पहले", "गलति", "गलत", "sory"];
        if !self.words.iter().any(|word| before.contains(&word.folded)) {
            return;
        }
        let said = [
            "likha",
            "likh",
            "likhi",
            "bola",
            "boli",
            "bataya",
            "batai",
            "kaha",
            "diya",
            "लिखा",
            "लिख",
            "बोला",
            "बताया",
            "कहा",
            "दिया",
        ];
        let Some(first) = self.matches.first().map(|found| found.words.clone()) else { return };
        let told = self.words.get(first.end).is_some_and(|word| said.contains(&word.folded));
        if told && self.content().any(|place| place > first.end) {
            self.matches.remove(0);
            for class in self.classes.iter_mut().take(first.end).skip(first.start) {
                *class = Class::Frame;
            }
            self.denied = true;
        }
    }

    /// "seat nahi pata", "jila malum nahi": what is asked for is not known, whatever place is named.
    pub(super) fn withholds(&self, level: Level) -> bool {
        self.classes.windows(3).any(|three| {
            let label_at = three.iter().position(|class| *class == Class::Label(level));
            label_at.is_some_and(|at| at != 1)
                && three.contains(&Class::Not)
                && three.contains(&Class::Doubt)
        })
    }

    /// "main lucknow se ramesh bol raha hun": the place one calls from, whatever else is told.
    pub(in super::super) fn introduces(&self) -> bool {
        let Some(found) = self.matches.first() else { return false };
        let behind = self.words.get(found.words.end..).unwrap_or_default();
        let from = behind.first().is_some_and(|word| matches!(word.folded, "se" | "से"));
        let speaks = behind.iter().zip(behind.iter().skip(1)).any(|(word, next)| {
            matches!(word.folded, "bol" | "बोल")
                && (next.folded.starts_with("rah") || next.folded.starts_with("रह"))
        });
        from && speaks
    }
}
