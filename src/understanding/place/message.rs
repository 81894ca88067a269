//! A message about a place, sorted: names that stand in it word for word, words that may be a
//! misspelt name, and what the words around them say of them.

use std::cell::OnceCell;
use std::ops::Range;

use super::super::heard::{Heard, Word};
use super::super::number::{digits, numbers};
use super::super::words::{
    DO, DOUBT, FILLER, IS, JI, MAT, NO, NUMBER_FRAME, OR, PART, PLACE_FRAME, POLITE, QUESTION,
    Roles, URBAN, WHY,
};
use super::Table;
use super::lexicon::{Level, Use, is_common_word, used};
use super::sounds::Sounds;
use crate::geography::{Index, Meant};

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

    /// "seat nahi pata", "jila malum nahi": what is asked for is not known, whatever place is named.
    fn withholds(&self, level: Level) -> bool {
        self.classes.windows(3).any(|three| {
            let label_at = three.iter().position(|class| *class == Class::Label(level));
            label_at.is_some_and(|at| at != 1)
                && three.contains(&Class::Not)
                && three.contains(&Class::Doubt)
        })
    }

    /// "main lucknow se ramesh bol raha hun": the place one calls from, whatever else is told.
    pub(super) fn introduces(&self) -> bool {
        let Some(found) = self.matches.first() else { return false };
        let behind = self.words.get(found.words.end..).unwrap_or_default();
        let from = behind.first().is_some_and(|word| matches!(word.folded, "se" | "से"));
        let speaks = behind.iter().zip(behind.iter().skip(1)).any(|(word, next)| {
            matches!(word.folded, "bol" | "बोल")
                && (next.folded.starts_with("rah") || next.folded.starts_with("रह"))
        });
        from && speaks
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

    /// Names of villages, and those a place is only near, step aside.
    fn set_aside(&mut self) {
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
    fn speaks_of_next(&self, smaller: usize) -> bool {
        let mut next = smaller + 1;
        let first = next;
        while matches!(self.classes.get(next), Some(Class::Unknown | Class::Part | Class::Number)) {
            next += 1;
        }
        next > first && !matches!(self.classes.get(next), Some(Class::Label(_)))
    }

    /// Places outside the state that are named and meant; others are frame.
    fn leave_behind(&mut self) {
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
    fn deny(&mut self) {
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

    /// Words that may be of a name: unknown ones, parts of cities, number words.
    pub(super) fn content(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        let places = self.classes.iter().enumerate();
        places
            .filter(|(_, class)| matches!(class, Class::Unknown | Class::Part | Class::Number))
            .map(|(place, _)| place)
    }

    /// `pehle agra likha tha, mathura hai`: the name that was said before no longer counts.
    fn take_back(&mut self) {
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

/// `shehar jaunpur`, `रामपुर शहर`: a word for a city beside the name of a district is no part of it.
fn frame_cities(words: &[Word<'_>], classes: &mut [Class], table: &Table<'_>) {
    let mut shared = false;
    for (word, class) in words.iter().zip(classes) {
        let city = word.is(URBAN) && !matches!(word.folded, "nagar" | "nager" | "नगर");
        if *class == Class::Part && city && !shared {
            *class = Class::Frame;
        }
        // "kanpur shehar" is one of two.
        shared = matches!(table.index.lesser(word.folded), Some(Meant::Several(_)));
    }
}

/// What the word at a place does. What it is for places comes before what it is elsewhere.
fn classify(words: &[Word<'_>], place: usize, before: Option<Class>) -> Class {
    let Some(word) = words.get(place) else { return Class::Frame };
    if word.is_digits() {
        return Class::Digits;
    }
    let next = words.get(place + 1).map(|next| next.folded);
    // `uttar` of `uttar pradesh`.
    if matches!(word.folded, "utar" | "uttar" | "उतर")
        && next.is_some_and(|next| next.starts_with("pra") || next.starts_with("परद"))
    {
        return Class::Frame;
    }
    // `ghazia bad`, `फिरोजा बाद`.
    if matches!(word.folded, "bad" | "बाद" | "abad" | "आबाद") && before == Some(Class::Unknown)
    {
        return Class::Unknown;
    }
    // `pata: …` is an address, `pata nahi` a doubt.
    if matches!(word.folded, "pata" | "पता")
        && !words.iter().skip(place + 1).any(|later| later.is(NO | QUESTION))
        && !place.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|before| before.is(NO))
        && words.len() > 1
    {
        return Class::Frame;
    }
    // "kya batau": the answer follows.
    let says = |next: &str| {
        matches!(
            next,
            "batau" | "bataun" | "bolu" | "bolun" | "kahu" | "kahun" | "बताउं" | "बताउ" | "बताऊ"
        )
    };
    if matches!(word.folded, "kya" | "क्या" | "कया") && next.is_some_and(says) {
        return Class::Frame;
    }
    // "kushinagar, aur kya": what else.
    let and_before = place
        .checked_sub(1)
        .and_then(|at| words.get(at))
        .is_some_and(|word| matches!(word.folded, "aur" | "ओर"));
    if matches!(word.folded, "kya" | "क्या" | "कया") && and_before {
        return Class::Frame;
    }
    // "X hai na", "jo X hai na vahi": a tag, no denial.
    let is_tag = matches!(word.folded, "na" | "ना" | "न")
        && place.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|word| word.is(IS));
    if is_tag {
        return Class::Frame;
    }
    // `lok sabha` is one label.
    if word.folded == "sabha" || word.folded == "सभा" {
        return Class::Frame;
    }
    match used(word.folded) {
        Some(Use::Label(level)) => return Class::Label(level),
        Some(Use::Smaller) => return Class::Smaller,
        Some(Use::Larger) => return Class::Larger,
        Some(Use::Frame) => return Class::Frame,
        Some(Use::Everyday) => return Class::Everyday,
        Some(Use::Withheld) => return Class::Question,
        Some(Use::Counted) => return Class::Counted,
        Some(Use::Beside) => return Class::Beside,
        Some(Use::Between) => return Class::Between,
        None => {}
    }
    // The English "no" before a number is its frame.
    if word.is(NO) && !word.is(NUMBER_FRAME) {
        return Class::Not;
    }
    if word.is(QUESTION | MAT | WHY) {
        return Class::Question;
    }
    if word.is(DOUBT) {
        return Class::Doubt;
    }
    if word.is(OR) {
        return Class::Or;
    }
    if word.is(PART) {
        return Class::Part;
    }
    if word.is(FILLER | POLITE | JI | PLACE_FRAME | NUMBER_FRAME) {
        return Class::Frame;
    }
    if word.sense.number.is_some() {
        return Class::Number;
    }
    if !word.sense.roles.is_empty() {
        return Class::Other;
    }
    let everyday = is_future(word.folded) || is_common_word(word.folded);
    if everyday { Class::Everyday } else { Class::Unknown }
}

/// The key of a word to which a label of the level that is asked for is glued: `bastijila`, `हरदोईजिलासे`.
fn without_label(folded: &str, table: &Table<'_>) -> String {
    let labels: &[&str] = match table.level {
        Level::District => &["jila", "jile", "janpad", "district", "जिला", "जिले", "जनपद"],
        Level::Seat => &["vidhansabha", "विधानसभा"],
        Level::LokSabha => &["loksabha", "लोकसभा"],
    };
    let small = ["se", "me", "ka", "ki", "से", "में", "मे", "का", "कि"];
    let framed = small.into_iter().find_map(|end| folded.strip_suffix(end));
    let within = |text: &str| {
        labels.iter().find_map(|label| {
            let name = text.strip_suffix(label).or_else(|| text.strip_prefix(label))?;
            (!table.index.exact(name).is_empty()).then(|| name.to_owned())
        })
    };
    let name = within(folded).or_else(|| framed.and_then(within));
    name.unwrap_or_else(|| folded.to_owned())
}

/// `jaunga`, `करेंगे`: what somebody will do is no name.
fn is_future(folded: &str) -> bool {
    ["unga", "ungi", "enge", "engi", "ूंगा", "ुंगा", "ऊंगा", "उंगा", "ुंगि", "उंगि", "ेंगे", "एंगे"]
        .into_iter()
        .any(|ending| folded.ends_with(ending))
}
