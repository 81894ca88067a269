//! Who may answer: from what is known of a person on the day of the poll to a row of its roster. One person is one voter,
//! with the post by which they are in the electorate.

use jiff::Timestamp;

use super::envelope::Origin;
use super::file::Poll;
use super::tally::Cell;
use crate::audience::{Event, Home, Number, Person, Standing};
use crate::contact::{Language, POSTS};
use crate::message::{Channel, Purpose};
use crate::places::Place;

/// What is counted instead of a post for whoever is in the electorate without one.
pub const MEMBER: &str = "member";

/// A person as an electorate asks.
#[derive(Clone, Debug, Default)]
pub struct Elector {
    /// As a member; `None`: none.
    pub standing: Option<Standing>,
    pub home: Home,
    pub since: Option<Timestamp>,
    pub gender: Option<&'static str>,
    /// The posts held on the day, in the order in which they were given.
    pub posts: Vec<(String, Place)>,
    pub language: Language,
    pub channel: Option<Channel>,
    pub has_phone: bool,
    pub agreed: Vec<Purpose>,
    pub withdrew: Vec<Purpose>,
    pub wrote: Option<Timestamp>,
    pub brought: u32,
}

/// What is known of places.
pub struct Ground<'g> {
    /// The Lok Sabha seat of an assembly seat.
    pub lok_sabha_of: &'g dyn Fn(u16) -> Option<u16>,
    /// The sector of a booth, 0 where it is not known.
    pub sector_of: &'g dyn Fn(u16, u16) -> u16,
    /// The assembly seats of a place above them.
    pub seats_of: &'g dyn Fn(Place) -> Vec<u16>,
}

/// What becomes of a person when the roster is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Enrolled {
    /// They may answer, from here: seat, place and post, whole.
    Voter(Origin),
    /// They are none of the electorate.
    Other,
    /// They are, and nobody knows in which assembly seat.
    Nowhere,
    /// They are, and theirs is no seat of this poll.
    Elsewhere,
}

/// The codes behind the posts of cells: every post there is, then [`MEMBER`].
#[must_use]
pub fn posts() -> Vec<String> {
    POSTS.into_iter().chain([MEMBER]).map(str::to_owned).collect()
}

/// Looks at one person. `at` is the moment days are counted from: the end of the electorate's day.
#[must_use]
pub fn enrol(poll: &Poll, elector: &Elector, at: Timestamp, ground: &Ground<'_>) -> Enrolled {
    let holds = |posts: &[(String, Place)]| {
        let posts: Vec<(&str, Place)> =
            posts.iter().map(|(post, place)| (post.as_str(), *place)).collect();
        poll.electorate.audience.holds(&View { elector, posts, at }, ground.seats_of)
    };
    if !holds(&elector.posts) {
        return Enrolled::Other;
    }
    // Whoever would be in it without any post is in it as who they are, from where they live.
    let by_post = if holds(&[]) {
        None
    } else {
        elector.posts.iter().find(|post| holds(std::slice::from_ref(*post)))
    };
    let (code, place) = match by_post {
        Some((code, place)) => (code.as_str(), Some(*place)),
        None => (MEMBER, None),
    };
    let Some((assembly, sector, booth)) = whence(place, elector.home, ground) else {
        return Enrolled::Nowhere;
    };
    let lok_sabha = (ground.lok_sabha_of)(assembly).unwrap_or(0);
    let Some(seat) = poll.seat(assembly, lok_sabha) else { return Enrolled::Elsewhere };
    let post = index_of(code);
    Enrolled::Voter(Origin { seat: seat.number, cell: Cell { assembly, sector, booth, post } })
}

/// Seat, sector and booth of a post's place; of one above the seat, and without a post, those of the home.
fn whence(place: Option<Place>, home: Home, ground: &Ground<'_>) -> Option<(u16, u16, u16)> {
    let sector_of = |assembly: u16, booth: u16| (ground.sector_of)(assembly, booth);
    match place {
        Some(Place::Booth { assembly, number }) => {
            Some((assembly, sector_of(assembly, number), number))
        }
        Some(Place::Sector { assembly, number }) => Some((assembly, number, 0)),
        Some(Place::Assembly(assembly)) => Some((assembly, 0, 0)),
        _ => {
            let assembly = home.assembly?;
            let booth = home.booth.unwrap_or(0);
            // The sector follows the booth, where it is known in which it lies.
            let sector = match sector_of(assembly, booth) {
                0 => home.sector.unwrap_or(0),
                known => known,
            };
            Some((assembly, sector, booth))
        }
    }
}

/// The place of a code in [`posts`]; an electorate names no other.
fn index_of(code: &str) -> u16 {
    let found = POSTS.iter().position(|known| *known == code);
    u16::try_from(found.unwrap_or(POSTS.len())).unwrap_or(u16::MAX)
}

/// A person with some of their posts.
struct View<'v> {
    elector: &'v Elector,
    posts: Vec<(&'v str, Place)>,
    at: Timestamp,
}

impl View<'_> {
    fn days_since(&self, then: Option<Timestamp>) -> Option<i64> {
        const DAY: i64 = 24 * 60 * 60;
        then.map(|then| self.at.duration_since(then).as_secs().max(0) / DAY)
    }
}

impl Person for View<'_> {
    fn standing(&self) -> Option<Standing> {
        self.elector.standing
    }

    fn home(&self) -> Home {
        self.elector.home
    }

    fn posts(&self) -> &[(&str, Place)] {
        &self.posts
    }

    fn language(&self) -> Language {
        self.elector.language
    }

    fn channel(&self) -> Option<Channel> {
        self.elector.channel
    }

    fn has_phone(&self) -> bool {
        self.elector.has_phone
    }

    fn gender(&self) -> Option<&str> {
        self.elector.gender
    }

    fn consents_to(&self, purpose: Purpose) -> bool {
        self.elector.agreed.contains(&purpose)
    }

    fn withdrew(&self, purpose: Purpose) -> bool {
        self.elector.withdrew.contains(&purpose)
    }

    fn number(&self, of: Number) -> Option<i64> {
        match of {
            Number::DaysSinceWrote => self.days_since(self.elector.wrote),
            Number::DaysSinceJoined => self.days_since(self.elector.since),
            Number::Brought => Some(i64::from(self.elector.brought)),
            Number::Posts => i64::try_from(self.posts.len()).ok(),
        }
    }

    // An electorate is of posts and places: whoever asks it about broadcasts,
    // other polls, tags and lists is told so when it is read.
    fn took_part(&self, _broadcast: usize, _event: Event) -> bool {
        false
    }

    fn opined(&self, _poll: usize) -> Option<bool> {
        None
    }

    fn is_tagged(&self, _tag: &str) -> bool {
        false
    }

    fn is_listed(&self, _list: usize) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::audience::{Area, Names};
    use crate::flow::{SourceFile, Sources};
    use crate::geography::Geography;
    use crate::places::Tree;

    static GEOGRAPHY: LazyLock<Geography> = LazyLock::new(|| Geography::shipped().unwrap());

    struct Nothing;

    impl Names for Nothing {
        fn area(&self, text: &str) -> Result<Area, String> {
            Err(text.to_owned())
        }

        fn broadcasts(&self) -> Vec<String> {
            Vec::new()
        }

        fn polls(&self) -> Vec<String> {
            Vec::new()
        }

        fn tags(&self) -> Vec<String> {
            Vec::new()
        }

        fn lists(&self) -> Vec<String> {
            Vec::new()
        }
    }

    fn poll(who: &str) -> Poll {
        let text = include_str!("fixture/lok_sabha_2029.yaml");
        let text = text.replace("post in [\"booth_president\", \"booth_agent\"]", who);
        let file = SourceFile { path: "polls/lok_sabha_2029.yaml".to_owned(), text };
        let polls = super::super::file::read(
            &Sources { files: vec![file] },
            &Tree::new(&GEOGRAPHY),
            &Nothing,
        );
        polls.unwrap().pop().unwrap()
    }

    const BOOTH: Place = Place::Booth { assembly: 173, number: 45 };

    fn enrolled(who: &str, elector: &Elector) -> Enrolled {
        let ground = Ground {
            lok_sabha_of: &|assembly| GEOGRAPHY.assembly(assembly).map(|seat| seat.lok_sabha),
            sector_of: &|_, booth| booth / 10,
            seats_of: &|_| Vec::new(),
        };
        let at = "2028-12-31T18:30:00Z".parse().unwrap();
        enrol(&poll(who), elector, at, &ground)
    }

    fn voter(sector: u16, booth: u16, code: &str) -> Enrolled {
        let post = posts().iter().position(|known| known == code).unwrap();
        let post = u16::try_from(post).unwrap();
        Enrolled::Voter(Origin { seat: 35, cell: Cell { assembly: 173, sector, booth, post } })
    }

    const ASKED: &str = "post in [\"booth_president\", \"sector_president\"]";

    fn holder(posts: &[(&str, Place)]) -> Elector {
        let posts = posts.iter().map(|(post, place)| ((*post).to_owned(), *place)).collect();
        Elector { posts, ..Elector::default() }
    }

    #[test]
    fn a_holder_of_several_posts_is_one_voter_by_the_post_that_is_asked() {
        let elector = holder(&[
            ("booth_agent", Place::Booth { assembly: 1, number: 1 }),
            ("booth_president", BOOTH),
            ("sector_president", Place::Sector { assembly: 2, number: 3 }),
        ]);
        assert_eq!(enrolled(ASKED, &elector), voter(4, 45, "booth_president"));
    }

    #[test]
    fn a_post_above_the_booth_is_held_in_its_sector() {
        let elector = holder(&[("sector_president", Place::Sector { assembly: 173, number: 3 })]);
        assert_eq!(enrolled(ASKED, &elector), voter(3, 0, "sector_president"));
    }

    #[test]
    fn a_member_answers_from_where_they_live_whatever_posts_they_hold() {
        let home = Home { assembly: Some(173), sector: None, booth: Some(12) };
        let elector = Elector {
            standing: Some(Standing::Verified),
            home,
            ..holder(&[("booth_president", BOOTH)])
        };
        assert_eq!(enrolled("member", &elector), voter(1, 12, MEMBER));
        // A list said once that their booth lies in sector 3.
        let moved = Home { sector: Some(3), ..home };
        let elector = Elector { home: moved, ..elector };
        assert_eq!(enrolled("member", &elector), voter(1, 12, MEMBER));
        let unknown = Home { booth: None, ..moved };
        let elector = Elector { home: unknown, ..elector };
        assert_eq!(enrolled("member", &elector), voter(3, 0, MEMBER));
    }

    #[test]
    fn whoever_is_not_asked_or_has_no_seat_in_the_poll_stands_on_no_roster() {
        let agent = holder(&[("booth_agent", BOOTH)]);
        assert_eq!(enrolled(ASKED, &agent), Enrolled::Other);
        let elsewhere = holder(&[("booth_president", Place::Booth { assembly: 1, number: 1 })]);
        assert_eq!(enrolled(ASKED, &elsewhere), Enrolled::Elsewhere);
        let nowhere = Elector { standing: Some(Standing::Active), ..Elector::default() };
        assert_eq!(enrolled("member", &nowhere), Enrolled::Nowhere);
        let above = holder(&[("sector_president", Place::State)]);
        assert_eq!(enrolled(ASKED, &above), Enrolled::Nowhere);
    }
}
