//! A message about a place, sorted: names that stand in it word for word, words that may be a
//! misspelt name, and what the words around them say of them.

mod around;
mod class;

use std::cell::OnceCell;
use std::ops::Range;

use super::super::heard::{Heard, Word};
use super::super::number::{digits, numbers};
use super::super::words::{DO, Roles};
use super::lexicon::Level;
use super::sounds::Sounds;
use super::table::Table;
use crate::geography::{Index, Meant};
use class::{classify, frame_cities, without_label};

/// The longest name has four words.
const LONGEST_NAME: usize = 5;

/// What a word does in this message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Label(Level),
    Smaller,
    Larger,
    Frame,
    Everyday,
    Counted,
    Beside,
    Between,
    /// Unknown: it may be a name.
    Unknown,
    /// Tells seats of one city apart.
    Part,
    /// A number word, which may as well be a name (`Bara`).
    Number,
    Digits,
    /// `kaun`, `mat`: no answer, though a name may stand in it.
    Question,
    /// `shayad`, `pata`.
    Doubt,
    Not,
    Or,
    /// Known for another kind of answer (`hata`: remove).
    Other,
}

/// A name that stands in the message word for word.
#[derive(Clone, Debug)]
pub(super) struct Match {
    pub(super) words: Range<usize>,
    pub(super) meant: Meant,
    pub(super) places: Vec<u16>,
    /// It is of something smaller (`gram rampur`), or only near the place meant.
    pub(super) aside: bool,
    /// `agra nahi`.
    denied: bool,
}

pub(super) struct Message<'a> {
    pub(super) words: Vec<Word<'a>>,
    pub(super) classes: Vec<Class>,
    pub(super) matches: Vec<Match>,
    /// Whether a place outside those allowed, or outside the state, is named.
    pub(super) elsewhere: bool,
    /// Where places outside the state are named.
    outside: Vec<Range<usize>>,
    /// No answer, though a name may stand in it.
    pub(super) question: bool,
    /// Said with a doubt.
    pub(super) doubt: bool,
    pub(super) either: bool,
    /// `nahi`, and not of a name before it.
    pub(super) corrected: bool,
    /// A name was denied.
    pub(super) denied: bool,
    /// What all of it sounds like, once that was found out.
    pub(super) sounds: OnceCell<Sounds>,
}

impl<'a> Message<'a> {
    pub(super) fn new(heard: &'a Heard, table: &Table<'_>) -> Message<'a> {
        let words: Vec<Word<'a>> = heard.words().collect();
        let mut classes: Vec<Class> = Vec::with_capacity(words.len());
        for place in 0..words.len() {
            classes.push(classify(&words, place, classes.last().copied()));
        }
        if table.level == Level::District {
            frame_cities(&words, &mut classes, table);
        }
        let mut message = Message {
            question: false,
            doubt: false,
            either: false,
            words,
            classes,
            matches: Vec::new(),
            elsewhere: false,
            outside: Vec::new(),
            corrected: false,
            denied: false,
            sounds: OnceCell::new(),
        };
        message.find_names(table);
        message.question = message.says(Class::Question) || message.withholds(table.level);
        message.doubt = message.says(Class::Doubt);
        message.either = message.says(Class::Or);
        message.leave_behind();
        message.take_back();
        message.set_aside();
        message.deny();
        message
    }

    pub(super) fn is(&self, place: usize, class: Class) -> bool {
        self.classes.get(place) == Some(&class)
    }

    /// Whether a word of the class stands outside names: `mat hura` forbids nothing.
    fn says(&self, class: Class) -> bool {
        self.classes.iter().enumerate().any(|(place, known)| {
            let in_name = |found: &Match| found.words.len() > 1 && found.words.contains(&place);
            *known == class && !self.matches.iter().any(in_name)
        })
    }

    pub(super) fn has(&self, class: Class) -> bool {
        self.classes.contains(&class)
    }

    /// Names word for word, the longest first, none within another.
    fn find_names(&mut self, table: &Table<'_>) {
        for length in (1..=LONGEST_NAME.min(self.words.len())).rev() {
            for start in 0..=self.words.len() - length {
                let end = start + length;
                let taken = self
                    .matches
                    .iter()
                    .any(|other| start < other.words.end && other.words.start < end);
                if taken || !self.may_be_name(start, end) {
                    continue;
                }
                let window = self.words.get(start..end).unwrap_or_default();
                let key = match window {
                    [word] if self.is(start, Class::Unknown) => without_label(word.folded, table),
                    several => Index::key(several.iter().map(|word| word.folded)),
                };
                let places = table.exact(&key);
                if let Some(place) = places.first() {
                    let meant = Meant::Place(*place);
                    let (aside, denied) = (false, false);
                    self.matches.push(Match { words: start..end, meant, places, aside, denied });
                    continue;
                }
                // A seat of another district, named in full, is not misspelt for one of this.
                let all = self.content().all(|place| (start..end).contains(&place));
                self.elsewhere |= all && !table.index.exact(&key).is_empty();
                match table.index.lesser(&key) {
                    Some(Meant::Elsewhere) => {
                        let named = (start..end).any(|place| self.is(place, Class::Unknown));
                        if named {
                            self.outside.push(start..end);
                        }
                    }
                    Some(meant) => {
                        let places = table.index.places(meant);
                        let allowed = |place: &u16| (table.allowed)(*place);
                        let places: Vec<u16> = places.into_iter().filter(allowed).collect();
                        let (aside, denied) = (false, false);
                        self.matches.push(Match {
                            words: start..end,
                            meant,
                            places,
                            aside,
                            denied,
                        });
                    }
                    None => {}
                }
            }
        }
        self.matches.sort_by_key(|found| found.words.start);
    }

    /// A window of a name has content; a single known word only where nothing else is content
    /// ("hata" is a seat, and "remove").
    fn may_be_name(&self, start: usize, end: usize) -> bool {
        let mut content = self.content();
        let has_content = content.any(|place| (start..end).contains(&place));
        // In a longer message it is what it is elsewhere: `hamar number hata da`.
        let few = self.classes.iter().filter(|class| **class != Class::Frame).count() <= 2
            && self.words.len() <= 3;
        let framed = self.classes.iter().enumerate().all(|(place, class)| {
            place == start || matches!(class, Class::Frame | Class::Label(_))
        });
        let votes = self.words.iter().any(|word| matches!(word.folded, "vote" | "voter" | "वोट"));
        let seats = self.has(Class::Label(Level::Seat)) || votes;
        let lone =
            self.content().next().is_none() && end - start == 1 && (few || (framed && seats));
        // "thana bhawan", "har gaon": words of everyday that are a name together.
        let together = end - start > 1
            && self.classes.get(start..end).is_some_and(|classes| {
                classes.iter().all(|class| {
                    matches!(
                        class,
                        Class::Everyday
                            | Class::Smaller
                            | Class::Other
                            | Class::Part
                            | Class::Number
                    )
                })
            });
        // "Sadar" is a seat, and in "mathura sadar" a part of the town.
        let only_parts = (start..end).all(|place| self.is(place, Class::Part));
        if only_parts && self.content().any(|place| !self.is(place, Class::Part)) {
            return false;
        }
        let bare = matches!(
            self.classes.get(start),
            Some(Class::Frame | Class::Label(_) | Class::Digits | Class::Not | Class::Or)
        );
        // "vidhansabha hata": a label makes a name of any word.
        let before = self.classes.get(..start).unwrap_or_default().iter().rev();
        let labelled = before
            .copied()
            .find(|class| *class != Class::Frame)
            .is_some_and(|class| matches!(class, Class::Label(_)));
        has_content || together || ((lone || labelled) && !bare)
    }

    /// Words that may be of a name: unknown ones, parts of cities, number words.
    pub(super) fn content(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        let places = self.classes.iter().enumerate();
        places
            .filter(|(_, class)| matches!(class, Class::Unknown | Class::Part | Class::Number))
            .map(|(place, _)| place)
    }

    /// Content that is in no match.
    pub(super) fn strangers(&self) -> impl Iterator<Item = usize> + '_ {
        self.content().filter(|place| !self.matches.iter().any(|found| found.words.contains(place)))
    }

    /// The part of a city that is named outside a match.
    pub(super) fn part(&self) -> Option<Roles> {
        let named = self.strangers().filter(|place| self.is(*place, Class::Part)).last()?;
        let word = self.words.get(named)?;
        super::part::parts().find(|part| word.is(*part))
    }

    /// The number in the message, where it is not the name itself, and counts nothing else.
    pub(super) fn number(&self, heard: &Heard) -> Option<i64> {
        let counts_else = self.has(Class::Counted) || self.has(Class::Smaller);
        if counts_else && !self.has(Class::Label(Level::Seat)) {
            return None;
        }
        let mut in_digits = self.words.iter().filter(|word| word.is_digits());
        if let Some(word) = in_digits.next() {
            return digits(word.folded).filter(|_| in_digits.next().is_none());
        }
        let mut strangers = self.strangers().peekable();
        let only_number_words = strangers.peek().is_some()
            && self.matches.is_empty()
            && !self.has(Class::Other)
            // "do" is two, and "give".
            && self.strangers().any(|place| {
                self.words.get(place).is_some_and(|word| !word.is(DO))
            })
            && strangers.all(|place| self.is(place, Class::Number));
        if only_number_words { numbers(heard).one() } else { None }
    }

    /// The words a label of this level speaks of: those behind it, or those before it.
    pub(super) fn labelled(&self, level: Level) -> Option<Range<usize>> {
        let label = Class::Label(level);
        let first = self.classes.iter().position(|class| *class == label)?;
        let last = self.classes.iter().rposition(|class| *class == label)?;
        // `vidhan sabha X vidhan sabha` or two labels of two names: nothing is clear.
        let together = self.classes.get(first..=last).is_some_and(|between| {
            between.iter().all(|class| matches!(class, Class::Label(_) | Class::Frame))
        });
        if !together {
            return None;
        }
        let behind = self.run(last + 1..self.classes.len(), false);
        let before = self.run(0..first, true);
        match (before, behind) {
            (None, None) => None,
            (Some(run), None) | (None, Some(run)) => Some(run),
            (Some(before), Some(behind)) => {
                let other_label = |place: usize| {
                    matches!(self.classes.get(place), Some(Class::Label(_) | Class::Smaller))
                };
                // "naam mohan, vidhansabha loni": a person's name.
                let person = |at: usize| {
                    self.words
                        .get(at)
                        .is_some_and(|word| matches!(word.folded, "nam" | "naam" | "नाम"))
                };
                let before_is_taken =
                    before.start.checked_sub(1).is_some_and(|at| other_label(at) || person(at));
                let behind_is_taken = other_label(behind.end)
                    && !(self.is(behind.end, Class::Smaller) && self.speaks_of_next(behind.end));
                let named = |run: &Range<usize>| {
                    let own =
                        |found: &&Match| matches!(found.meant, Meant::Place(_)) && !found.aside;
                    let mut inside = self.matches.iter().filter(own);
                    inside.any(|found| run.contains(&found.words.start))
                };
                match (before_is_taken, behind_is_taken) {
                    (true, false) => Some(behind),
                    (false, true) => Some(before),
                    _ => match (named(&before), named(&behind)) {
                        (false, true) => Some(behind),
                        (true, false) => Some(before),
                        _ => None,
                    },
                }
            }
        }
    }

    /// The first run of name-like words of a range, or the last; frames may stand before it.
    fn run(&self, range: Range<usize>, last: bool) -> Option<Range<usize>> {
        let named = |place: usize| {
            matches!(self.classes.get(place), Some(Class::Unknown | Class::Part | Class::Number))
                || self.matches.iter().any(|found| found.words.contains(&place))
        };
        let framed = |place: usize| self.is(place, Class::Frame);
        let mut start;
        let mut end;
        if last {
            end = range.end;
            while end > range.start && framed(end - 1) && !named(end - 1) {
                end -= 1;
            }
            start = end;
            while start > range.start && named(start - 1) {
                start -= 1;
            }
        } else {
            start = range.start;
            while start < range.end && framed(start) && !named(start) {
                start += 1;
            }
            end = start;
            while end < range.end && named(end) {
                end += 1;
            }
        }
        (start < end).then_some(start..end)
    }
}
