//! Whom a broadcast is for: an expression in the language of flow conditions (CEL) over what is known of
//! a person, compiled once and asked of lakhs. Pure.
//!
//! `place.within("lucknow") && post == "booth_president" && !replied("last")`
//!
//! | word | true of |
//! |---|---|
//! | `member`, `has_phone` | members; people with a number |
//! | `state == "verified"` | members who stand so: `details`, `confirmed`, `verified`, `active`, `lapsed` |
//! | `post == "booth_president"`, `post in ["…", "…"]` | people who hold such a post |
//! | `holds("booth_president", "lucknow")` | people who hold it in this place or below it |
//! | `size(posts) > 0` | people with so many posts |
//! | `place.within("lucknow")` | people whose home is in the place: a name, `assembly:173`, `booth:173/45` |
//! | `language == "hi"`, `channel == "sms"`, `gender == "female"` | as it says |
//! | `consents.samvad`, `withdrawn.samvad` | people whose word on the purpose stands, or was taken back |
//! | `days_since_wrote < 30`, `days_since_joined > 365`, `brought >= 5` | numbers; not known is no number, and no comparison holds |
//! | `sent("last")`, `delivered("…")`, `replied("…")`, `failed("…")` | people of an earlier broadcast |
//! | `invited("lok_sabha_2029")`, `opined("…")` | people on the roster of a poll; those of them who answered |
//! | `tagged("…")`, `listed("guests.csv")` | people with a tag; people in a list of numbers |
//!
//! Caste, religion and community are no words here, and never will be: they are kept nowhere
//! (Representation of the People Act 1951, section 123(3)).

mod compile;
mod error;
mod tag;

use std::collections::HashSet;

pub use compile::Names;
pub use error::AudienceError;
pub use tag::{Tag, TagError};

use crate::contact::Language;
use crate::message::{Channel, Purpose};
use crate::places::{Found, Place, Tree};

/// Assembly seats there are room for.
const SEATS: usize = 512;

/// Seats as a set: an area above the seat is the seats in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seats([u64; SEATS / 64]);

impl Seats {
    pub const NONE: Seats = Seats([0; SEATS / 64]);

    /// Of these numbers; those above 511 are left out.
    #[must_use]
    pub fn of(numbers: impl IntoIterator<Item = u16>) -> Seats {
        let mut seats = Seats::NONE;
        for number in numbers {
            let number = usize::from(number);
            if let Some(word) = seats.0.get_mut(number / 64) {
                *word |= 1 << (number % 64);
            }
        }
        seats
    }

    #[must_use]
    pub fn has(&self, seat: u16) -> bool {
        let seat = usize::from(seat);
        self.0.get(seat / 64).is_some_and(|word| word & (1 << (seat % 64)) != 0)
    }
}

/// Where somebody must be at home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Area {
    /// Anywhere in the state; only whose home is known.
    State,
    /// In one of these seats: a division, a district, a Lok Sabha seat, a seat.
    Seats(Seats),
    Sector {
        assembly: u16,
        number: u16,
        /// The booths that lie in it: of a post, and of many a home, the booth alone is known.
        booths: Vec<u16>,
        /// Booths of the seat that are known to lie in other sectors.
        elsewhere: Vec<u16>,
    },
    Booth {
        assembly: u16,
        number: u16,
    },
}

/// Where a person lives, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Home {
    pub assembly: Option<u16>,
    pub sector: Option<u16>,
    pub booth: Option<u16>,
}

impl Area {
    #[must_use]
    pub fn holds(&self, home: Home) -> bool {
        let Some(seat) = home.assembly else { return false };
        match self {
            Area::State => true,
            Area::Seats(seats) => seats.has(seat),
            // The sector follows the booth, where it is known in which it lies.
            Area::Sector { assembly, number, booths, elsewhere } => {
                let lies_in =
                    |booths: &[u16]| home.booth.is_some_and(|booth| booths.contains(&booth));
                let is_said = || home.sector == Some(*number) && !lies_in(elsewhere);
                seat == *assembly && (lies_in(booths) || is_said())
            }
            Area::Booth { assembly, number } => seat == *assembly && home.booth == Some(*number),
        }
    }

    /// Whether a post of this place is held here: the place lies in the area. A post above the seat is
    /// held only where all of its seats are.
    #[must_use]
    pub fn has_place(&self, place: Place, seats_of: &dyn Fn(Place) -> Vec<u16>) -> bool {
        let Some(assembly) = place.assembly() else {
            return match self {
                Area::State => true,
                Area::Seats(seats) => {
                    let of = seats_of(place);
                    !of.is_empty() && of.iter().all(|seat| seats.has(*seat))
                }
                Area::Sector { .. } | Area::Booth { .. } => false,
            };
        };
        let (sector, booth) = match place {
            Place::Sector { number, .. } => (Some(number), None),
            Place::Booth { number, .. } => (None, Some(number)),
            _ => (None, None),
        };
        self.holds(Home { assembly: Some(assembly), sector, booth })
    }
}

/// The area of a place that a tree knows: by its name in any spelling, or as it is written.
///
/// # Errors
/// What to write instead.
pub fn area_of(tree: &Tree<'_>, text: &str) -> Result<Area, String> {
    let place = match tree.find(text) {
        Found::Sure(place) => place,
        Found::Unsure(places) => {
            let perhaps = places
                .iter()
                .map(|place| format!("\"{place}\" ({})", tree.words(*place, Language::Hi)));
            let perhaps: Vec<String> = perhaps.collect();
            return Err(format!("it may be one of these: {}", perhaps.join(", ")));
        }
        Found::None => {
            return Err("`samvad places search` finds it by a part of its name".to_owned());
        }
    };
    Ok(match place {
        Place::State => Area::State,
        Place::Sector { assembly, number } => {
            Area::Sector { assembly, number, booths: Vec::new(), elsewhere: Vec::new() }
        }
        Place::Booth { assembly, number } => Area::Booth { assembly, number },
        above => Area::Seats(Seats::of(tree.seats_under(above))),
    })
}

/// How a member stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Standing {
    Details,
    Confirmed,
    Verified,
    Active,
    Lapsed,
}

impl Standing {
    pub const ALL: [Standing; 5] = [
        Standing::Details,
        Standing::Confirmed,
        Standing::Verified,
        Standing::Active,
        Standing::Lapsed,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Standing::Details => "details",
            Standing::Confirmed => "confirmed",
            Standing::Verified => "verified",
            Standing::Active => "active",
            Standing::Lapsed => "lapsed",
        }
    }
}

/// What became of an earlier broadcast for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    Sent,
    Delivered,
    Replied,
    Failed,
}

/// What is known of one person.
pub trait Person {
    fn standing(&self) -> Option<Standing>;
    fn home(&self) -> Home;
    fn posts(&self) -> &[(&str, Place)];
    fn language(&self) -> Language;
    /// The channel they last wrote on.
    fn channel(&self) -> Option<Channel>;
    fn has_phone(&self) -> bool;
    /// `male`, `female`, `other`.
    fn gender(&self) -> Option<&str>;
    fn consents_to(&self, purpose: Purpose) -> bool;
    fn withdrew(&self, purpose: Purpose) -> bool;
    /// A number: `days_since_wrote`, `days_since_joined`, `brought`.
    fn number(&self, of: Number) -> Option<i64>;
    /// Whether the broadcast (its place in [`Audience::broadcasts`]) came to this.
    fn took_part(&self, broadcast: usize, event: Event) -> bool;
    /// Whether they stand on the roster of a poll (its place in [`Audience::polls`]): `None` if not, else whether
    /// they have answered; of several on one phone, whether all have.
    fn opined(&self, poll: usize) -> Option<bool>;
    /// Whether they have the tag.
    fn is_tagged(&self, tag: &str) -> bool;
    /// Whether they stand in the list (its place in [`Audience::lists`]).
    fn is_listed(&self, list: usize) -> bool;
}

/// Numbers that can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Number {
    DaysSinceWrote,
    DaysSinceJoined,
    Brought,
    Posts,
}

/// An audience, ready to be asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Audience {
    source: String,
    test: Test,
    broadcasts: Vec<String>,
    polls: Vec<String>,
    lists: Vec<String>,
    places: Vec<String>,
}

impl Audience {
    /// Reads and checks an expression.
    ///
    /// # Errors
    /// [`AudienceError`]: what cannot be read or is not known, with its place and what to write instead.
    pub fn read(text: &str, names: &dyn Names) -> Result<Audience, AudienceError> {
        compile::compile(text, names)
    }

    /// As it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The earlier broadcasts it asks about, by their names; `last` is the newest one that ran.
    #[must_use]
    pub fn broadcasts(&self) -> &[String] {
        &self.broadcasts
    }

    /// The polls it asks about, by their names.
    #[must_use]
    pub fn polls(&self) -> &[String] {
        &self.polls
    }

    /// The files of numbers it names.
    #[must_use]
    pub fn lists(&self) -> &[String] {
        &self.lists
    }

    /// The places it names, as they were written, each once.
    #[must_use]
    pub fn places(&self) -> &[String] {
        &self.places
    }

    /// The tags it asks about, each once, in their order.
    #[must_use]
    pub fn tags(&self) -> Vec<&str> {
        let mut tags = Vec::new();
        self.test.tags(&mut tags);
        tags.sort_unstable();
        tags.dedup();
        tags
    }

    /// Whether the person is in it. `seats_of` gives the seats of a place above the seat.
    #[must_use]
    pub fn holds(&self, person: &dyn Person, seats_of: &dyn Fn(Place) -> Vec<u16>) -> bool {
        self.test.holds(person, seats_of)
    }

    /// Whether it asks who lives or holds a post in a sector: then the booths of the sectors have to be known.
    #[must_use]
    pub fn asks_of_sectors(&self) -> bool {
        self.test.asks_of_sectors()
    }

    /// The seats outside which nobody can be in it; `None`: anywhere. The records read only these.
    #[must_use]
    pub fn seats(&self) -> Option<Seats> {
        self.test.seats()
    }
}

/// The expression, decided part by part.
#[derive(Clone, Debug, PartialEq)]
enum Test {
    Always(bool),
    Member,
    HasPhone,
    State(HashSet<Standing>),
    Post(HashSet<String>),
    Holds { post: String, area: Area },
    Within(Area),
    Language(HashSet<Language>),
    Channel(HashSet<Channel>),
    Gender(HashSet<String>),
    Consents(Purpose),
    Withdrawn(Purpose),
    Number { of: Number, comparison: Comparison, with: i64 },
    Broadcast { broadcast: usize, event: Event },
    Invited(usize),
    Opined(usize),
    Tagged(String),
    Listed(usize),
    Not(Box<Test>),
    And(Vec<Test>),
    Or(Vec<Test>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Comparison {
    const fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
            Comparison::Less => left < right,
            Comparison::AtMost => left <= right,
            Comparison::Greater => left > right,
            Comparison::AtLeast => left >= right,
        }
    }
}

impl Test {
    fn holds(&self, person: &dyn Person, seats_of: &dyn Fn(Place) -> Vec<u16>) -> bool {
        match self {
            Test::Always(truth) => *truth,
            Test::Member => person.standing().is_some(),
            Test::HasPhone => person.has_phone(),
            Test::State(wanted) => person.standing().is_some_and(|state| wanted.contains(&state)),
            Test::Post(wanted) => person.posts().iter().any(|(post, _)| wanted.contains(*post)),
            Test::Holds { post, area } => person
                .posts()
                .iter()
                .any(|(held, place)| held == post && area.has_place(*place, seats_of)),
            Test::Within(area) => area.holds(person.home()),
            Test::Language(wanted) => wanted.contains(&person.language()),
            Test::Channel(wanted) => {
                person.channel().is_some_and(|channel| wanted.contains(&channel))
            }
            Test::Gender(wanted) => person.gender().is_some_and(|gender| wanted.contains(gender)),
            Test::Consents(purpose) => person.consents_to(*purpose),
            Test::Withdrawn(purpose) => person.withdrew(*purpose),
            Test::Number { of: Number::Posts, comparison, with } => {
                let posts = i64::try_from(person.posts().len()).unwrap_or(i64::MAX);
                comparison.holds(posts, *with)
            }
            Test::Number { of, comparison, with } => {
                person.number(*of).is_some_and(|number| comparison.holds(number, *with))
            }
            Test::Broadcast { broadcast, event } => person.took_part(*broadcast, *event),
            Test::Invited(poll) => person.opined(*poll).is_some(),
            Test::Opined(poll) => person.opined(*poll) == Some(true),
            Test::Tagged(tag) => person.is_tagged(tag),
            Test::Listed(list) => person.is_listed(*list),
            Test::Not(part) => !part.holds(person, seats_of),
            Test::And(parts) => parts.iter().all(|part| part.holds(person, seats_of)),
            Test::Or(parts) => parts.iter().any(|part| part.holds(person, seats_of)),
        }
    }

    fn tags<'t>(&'t self, tags: &mut Vec<&'t str>) {
        match self {
            Test::Tagged(tag) => tags.push(tag),
            Test::Not(part) => part.tags(tags),
            Test::And(parts) | Test::Or(parts) => parts.iter().for_each(|part| part.tags(tags)),
            _ => {}
        }
    }

    fn asks_of_sectors(&self) -> bool {
        match self {
            Test::Within(area) | Test::Holds { area, .. } => matches!(area, Area::Sector { .. }),
            Test::Not(part) => part.asks_of_sectors(),
            Test::And(parts) | Test::Or(parts) => parts.iter().any(Test::asks_of_sectors),
            _ => false,
        }
    }

    fn seats(&self) -> Option<Seats> {
        match self {
            Test::Within(Area::Seats(seats)) => Some(*seats),
            Test::Within(Area::Sector { assembly, .. } | Area::Booth { assembly, .. }) => {
                Some(Seats::of([*assembly]))
            }
            Test::Always(false) => Some(Seats::NONE),
            Test::And(parts) => {
                let all = parts.iter().filter_map(Test::seats);
                all.reduce(|one, other| one.in_common(&other))
            }
            Test::Or(parts) => {
                let all: Option<Vec<Seats>> = parts.iter().map(Test::seats).collect();
                all.map(|all| all.iter().fold(Seats::NONE, |one, other| one.joined(other)))
            }
            _ => None,
        }
    }
}

impl Seats {
    fn in_common(&self, other: &Seats) -> Seats {
        self.combined(other, |left, right| left & right)
    }

    fn joined(&self, other: &Seats) -> Seats {
        self.combined(other, |left, right| left | right)
    }

    fn combined(&self, other: &Seats, how: impl Fn(u64, u64) -> u64) -> Seats {
        let mut combined = *self;
        for (word, with) in combined.0.iter_mut().zip(&other.0) {
            *word = how(*word, *with);
        }
        combined
    }
}

#[cfg(test)]
mod tests;
