//! A poll as it asks one voter: what they are shown, and what their message is, sealed and to be repeated.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::answer::{self, Heard};
use super::ballot::{ASPECTS, Choice, Kind, Marks, Method, OTHER, Plain};
use super::file::{Again, Aspect, Candidate, Poll, Seat, Wording};
use super::marks;
use super::tally::{Repeated, Rules, Tables};
use crate::calendar::Recess;
use crate::contact::Language;
use crate::flow::{Ballot, HeardBallot, Part, Sealed, StagedPoll};
use crate::geography::Geography;
use crate::locale::join_and;
use crate::places::Place;
use crate::understanding::choice_words;

/// Words of a longer message than this are not looked through for names.
const MOST_WORDS: usize = 60;
/// Shorter parts of a name (`ए`, `Dr`) tell nobody.
const SHORTEST_NAME: usize = 3;

/// One voter of a poll.
#[derive(Clone, Debug)]
pub struct Voter {
    /// The poll, by its number in the records.
    pub poll: i64,
    /// Their row of the roster.
    pub voter: i64,
    /// Their name, where several people of the phone are asked.
    pub who: Option<String>,
    /// When they gave the answer that counts already.
    pub answered: Option<Timestamp>,
    /// The receipt of that answer, where it was looked up.
    pub receipt: Option<String>,
    /// While the law lets nobody ask them.
    pub recess: Option<Recess>,
}

/// A poll that asks a voter.
#[derive(Clone)]
pub struct Asked<'a> {
    voter: Voter,
    question: Cow<'a, Wording>,
    rules: Cow<'a, Rules>,
    seat: Cow<'a, Seat>,
    ratings: Cow<'a, [Aspect]>,
    remark: bool,
    may_change: bool,
    secret: bool,
    closes: Timestamp,
    name_of_seat: Wording,
    /// Indices of candidates, as this voter sees them.
    order: Vec<u8>,
}

impl fmt::Debug for Asked<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Asked({}/{})", self.voter.poll, self.voter.voter)
    }
}

impl<'a> Asked<'a> {
    /// `seat` is the voter's, of this poll; `order` is what [`super::order::order`] gives for them.
    #[must_use]
    pub fn new(
        poll: &'a Poll,
        seat: &'a Seat,
        voter: Voter,
        order: Vec<u8>,
        geography: &Geography,
    ) -> Asked<'a> {
        Asked {
            voter,
            question: Cow::Borrowed(&poll.question),
            rules: Cow::Borrowed(&poll.rules),
            seat: Cow::Borrowed(seat),
            ratings: Cow::Borrowed(&poll.ratings),
            remark: poll.remark,
            may_change: poll.again == Again::UntilClose,
            secret: poll.secret,
            closes: poll.closes,
            name_of_seat: name_of(seat.place, geography),
            order,
        }
    }

    /// The names as they are shown, in the order of the file where they are not.
    fn name(&self, index: u8, language: Language) -> &str {
        let candidate = self.seat.candidates.get(usize::from(index));
        candidate.map_or("", |candidate| candidate.name.text(language))
    }

    fn read_choice(&self, text: &str, geography: &Geography, language: Language) -> HeardBallot {
        let words = self.seat.words();
        let ballot = answer::Ballot::new(&self.rules, &words, &self.order);
        let answer = match ballot.read(text, geography) {
            Heard::Sure(answer) => answer,
            Heard::WhoElse => return HeardBallot::WhoElse,
            Heard::Listed(place) => {
                let index = self.order.get(place).copied().unwrap_or(OTHER);
                let name = self.name(index, language).to_owned();
                return HeardBallot::Listed { name, number: place + 1 };
            }
            Heard::Again => return HeardBallot::Again,
        };
        let other = answer.other.unwrap_or_default();
        if other.len() > Kind::Other.room() {
            return HeardBallot::TooLong;
        }
        let said = self.repeated(&answer.choice, &other, language);
        let mut plains = vec![Plain::Choice(answer.choice)];
        if self.rules.other {
            plains.push(Plain::Other(other));
        }
        HeardBallot::Sure { said, sealed: sealed(&plains) }
    }

    /// A choice in the words of the voter's language; `None`: a refusal.
    fn repeated(&self, choice: &Choice, other: &str, language: Language) -> Option<String> {
        let Choice::Names(names) = choice else { return None };
        let mut said: Vec<&str> = Vec::with_capacity(names.len());
        for name in names {
            said.push(if *name == OTHER { other } else { self.name(*name, language) });
        }
        if self.rules.method != Method::Rank || said.len() == 1 {
            return Some(join_and(&said, language));
        }
        let ranked = said.iter().enumerate().map(|(at, name)| format!("{}. {name}", at + 1));
        Some(ranked.collect::<Vec<_>>().join(", "))
    }

    fn read_ratings(&self, text: &str, language: Language) -> HeardBallot {
        let Some(shown) = marks::read(text, self.order.len(), self.ratings.len()) else {
            return HeardBallot::Again;
        };
        let mut marks: Vec<Marks> = vec![[0; ASPECTS]; self.order.len()];
        let mut said = Vec::new();
        for (index, given) in self.order.iter().zip(shown) {
            if let Some(slot) = marks.get_mut(usize::from(*index)) {
                *slot = given;
            }
            let given: Vec<String> =
                given.iter().take(self.ratings.len()).map(u8::to_string).collect();
            said.push(format!("{}: {}", self.name(*index, language), given.join(" ")));
        }
        let sealed = sealed(&[Plain::Ratings(marks)]);
        HeardBallot::Sure { said: Some(said.join("\n")), sealed }
    }

    /// What stands for a part that nobody gave; `None` where the poll does not ask for it.
    fn empty(&self, part: Part) -> Option<Plain> {
        if !self.has(part) {
            return None;
        }
        match part {
            Part::Choice => None,
            Part::Ratings => Some(Plain::Ratings(Vec::new())),
            Part::Remark => Some(Plain::Remark(String::new())),
        }
    }
}

fn sealed(plains: &[Plain]) -> Sealed {
    Sealed::new(plains.iter().map(|plain| (plain.kind().letter(), plain.to_bytes())).collect())
}

fn name_of(place: Place, geography: &Geography) -> Wording {
    let named = |language: Language| match place {
        Place::Assembly(number) => {
            geography.assembly(number).map(|seat| seat.name(language).to_owned())
        }
        Place::LokSabha(number) => {
            let mut seats = geography.lok_sabha.iter();
            seats.find(|seat| seat.number == number).map(|seat| seat.name(language).to_owned())
        }
        _ => None,
    };
    Wording {
        hi: named(Language::Hi).unwrap_or_default(),
        en: named(Language::En).unwrap_or_default(),
        ur: named(Language::Ur),
    }
}

impl Ballot for Asked<'_> {
    fn poll(&self) -> i64 {
        self.voter.poll
    }

    fn voter(&self) -> i64 {
        self.voter.voter
    }

    fn who(&self) -> Option<&str> {
        self.voter.who.as_deref()
    }

    fn answered(&self) -> bool {
        self.voter.answered.is_some()
    }

    fn may_change(&self) -> bool {
        self.may_change
    }

    fn is_secret(&self) -> bool {
        self.secret
    }

    fn method(&self) -> &'static str {
        self.rules.method.name()
    }

    fn closes(&self) -> Timestamp {
        self.closes
    }

    fn question(&self, language: Language) -> String {
        self.question.text(language).to_owned()
    }

    fn seat(&self, language: Language) -> String {
        self.name_of_seat.text(language).to_owned()
    }

    fn candidates(&self, language: Language) -> Vec<String> {
        self.order.iter().map(|index| self.name(*index, language).to_owned()).collect()
    }

    fn takes_others(&self) -> bool {
        self.rules.other
    }

    fn aspects(&self) -> Vec<&'static str> {
        self.ratings.iter().map(|aspect| aspect.name()).collect()
    }

    fn has(&self, part: Part) -> bool {
        match part {
            Part::Choice => true,
            Part::Ratings => !self.ratings.is_empty(),
            Part::Remark => self.remark,
        }
    }

    fn receipt(&self) -> Option<&str> {
        self.voter.receipt.as_deref()
    }

    fn read(
        &self,
        part: Part,
        text: &str,
        geography: &Geography,
        language: Language,
    ) -> HeardBallot {
        match part {
            Part::Choice => self.read_choice(text, geography, language),
            Part::Ratings => self.read_ratings(text, language),
            Part::Remark => {
                let remark = text.trim();
                if remark.is_empty() {
                    return HeardBallot::Again;
                }
                if remark.len() > Kind::Remark.room() {
                    return HeardBallot::TooLong;
                }
                let sealed = sealed(&[Plain::Remark(remark.to_owned())]);
                HeardBallot::Sure { said: Some(remark.to_owned()), sealed }
            }
        }
    }

    fn nothing(&self, part: Part) -> Sealed {
        sealed(self.empty(part).as_slice())
    }

    fn recess(&self) -> Option<Recess> {
        self.voter.recess
    }

    fn answered_at(&self) -> Option<Timestamp> {
        self.voter.answered
    }

    fn may_tell(&self, text: &str, geography: &Geography) -> bool {
        if !matches!(self.read_choice(text, geography, Language::Hi), HeardBallot::Again) {
            return true;
        }
        let names = self.seat.candidates.iter().flat_map(|candidate| {
            let Wording { hi, en, ur } = &candidate.name;
            [hi, en].into_iter().chain(ur).flat_map(|name| name.split_whitespace())
        });
        let parts: Vec<&str> = names.filter(|part| part.chars().count() >= SHORTEST_NAME).collect();
        let names = choice_words("name", &parts);
        let is_sign = |letter: char| letter.is_whitespace() || letter.is_ascii_punctuation();
        let mut words = text.split(is_sign).filter(|word| !word.is_empty()).take(MOST_WORDS);
        words.any(|word| names.is_called(word))
    }
}

/// The ballots of a rehearsal, for [`Flows::with_polls`](crate::flow::Flows::with_polls): of one seat, the names in the
/// order they are written.
#[must_use]
pub fn staged(poll: &StagedPoll, now: Timestamp) -> Vec<Arc<dyn Ballot>> {
    let named = |name: &String| {
        let name = Wording { hi: name.clone(), en: name.clone(), ur: None };
        Candidate { name, photo: None }
    };
    let place = Place::Assembly(173);
    let candidates: Vec<Candidate> = poll.candidates.iter().map(named).collect();
    let order = (0..u8::try_from(candidates.len()).unwrap_or(u8::MAX)).collect::<Vec<u8>>();
    let method = Method::ALL.into_iter().find(|known| known.name() == poll.method);
    let rules = Rules {
        method: method.unwrap_or(Method::ChooseOne),
        threshold: 10,
        panel: 3,
        other: poll.others,
        repeated: Repeated::Cut,
        approve_at_most: None,
        rank_at_least: 1,
        tables: Tables::Place,
    };
    let ratings: Vec<Aspect> = Aspect::ALL
        .into_iter()
        .filter(|aspect| poll.ratings.iter().any(|name| name == aspect.name()))
        .collect();
    let people: Vec<Option<String>> = if poll.people.is_empty() {
        vec![None]
    } else {
        poll.people.iter().cloned().map(Some).collect()
    };
    let answered = poll.answered.then_some(now);
    let mut ballots: Vec<Arc<dyn Ballot>> = Vec::with_capacity(people.len());
    for (voter, who) in (1..).zip(people) {
        ballots.push(Arc::new(Asked {
            voter: Voter { poll: 1, voter, who, answered, receipt: None, recess: None },
            question: Cow::Owned(Wording {
                hi: "प्रत्याशी कौन हो?".to_owned(),
                en: "Who should be the candidate?".to_owned(),
                ur: Some("امیدوار کون ہو؟".to_owned()),
            }),
            rules: Cow::Owned(rules.clone()),
            seat: Cow::Owned(Seat { place, number: 173, candidates: candidates.clone() }),
            ratings: Cow::Owned(ratings.clone()),
            remark: poll.remark,
            may_change: poll.may_change,
            secret: true,
            closes: now.checked_add(poll.closes_after).unwrap_or(Timestamp::MAX),
            name_of_seat: Wording {
                hi: "लखनऊ पूर्व".to_owned(),
                en: "Lucknow East".to_owned(),
                ur: Some("لکھنؤ مشرقی".to_owned()),
            },
            order: order.clone(),
        }));
    }
    ballots
}
