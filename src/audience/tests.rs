use super::*;
use crate::audience::compile::Names;

struct Office;

impl Names for Office {
    fn area(&self, text: &str) -> Result<Area, String> {
        match text {
            "state" => Ok(Area::State),
            "lucknow" => Ok(Area::Seats(Seats::of([168, 169, 170, 171, 172, 173]))),
            "kanpur" => Ok(Area::Seats(Seats::of(210..=219))),
            _ => match text.parse() {
                Ok(Place::Booth { assembly, number }) => Ok(Area::Booth { assembly, number }),
                Ok(Place::Sector { assembly, number }) => {
                    let (booths, elsewhere) = (vec![44, 45, 46], vec![47]);
                    Ok(Area::Sector { assembly, number, booths, elsewhere })
                }
                Ok(Place::Assembly(seat)) => Ok(Area::Seats(Seats::of([seat]))),
                _ => Err("did you mean \"lucknow\"?".to_owned()),
            },
        }
    }

    fn broadcasts(&self) -> Vec<String> {
        vec!["diwali_2026".to_owned(), "meeting_lko".to_owned()]
    }

    fn polls(&self) -> Vec<String> {
        vec!["lok_sabha_2029".to_owned()]
    }

    fn tags(&self) -> Vec<String> {
        vec!["farmer".to_owned()]
    }

    fn lists(&self) -> Vec<String> {
        vec!["guests.csv".to_owned()]
    }
}

#[derive(Clone)]
struct Someone {
    standing: Option<Standing>,
    home: Home,
    posts: Vec<(&'static str, Place)>,
    wrote: Option<i64>,
    replied: Vec<usize>,
    opined: bool,
    consents: bool,
    language: Language,
}

/// The president of booth 45 in Lucknow East, a verified member.
fn president() -> Someone {
    Someone {
        standing: Some(Standing::Verified),
        home: Home { assembly: Some(173), sector: Some(4), booth: Some(45) },
        posts: vec![("booth_president", Place::Booth { assembly: 173, number: 45 })],
        wrote: Some(3),
        replied: vec![0],
        opined: false,
        consents: true,
        language: Language::Hi,
    }
}

/// Nothing is known of them but a number.
fn stranger() -> Someone {
    Someone {
        standing: None,
        home: Home::default(),
        posts: Vec::new(),
        wrote: None,
        replied: Vec::new(),
        opined: false,
        consents: false,
        language: Language::Hi,
    }
}

impl Person for Someone {
    fn standing(&self) -> Option<Standing> {
        self.standing
    }
    fn home(&self) -> Home {
        self.home
    }
    fn posts(&self) -> &[(&str, Place)] {
        &self.posts
    }
    fn language(&self) -> Language {
        self.language
    }
    fn channel(&self) -> Option<Channel> {
        self.wrote.map(|_| Channel::Whatsapp)
    }
    fn has_phone(&self) -> bool {
        true
    }
    fn gender(&self) -> Option<&str> {
        self.standing.map(|_| "female")
    }
    fn consents_to(&self, purpose: Purpose) -> bool {
        self.consents && purpose == Purpose::Samvad
    }
    fn withdrew(&self, _: Purpose) -> bool {
        false
    }
    fn number(&self, of: Number) -> Option<i64> {
        match of {
            Number::DaysSinceWrote => self.wrote,
            Number::Brought => Some(2),
            Number::DaysSinceJoined | Number::Posts => None,
        }
    }
    fn took_part(&self, broadcast: usize, event: Event) -> bool {
        event == Event::Replied && self.replied.contains(&broadcast)
    }
    fn opined(&self, poll: usize) -> Option<bool> {
        (poll == 0).then_some(self.opined).filter(|_| !self.posts.is_empty())
    }
    fn is_tagged(&self, tag: &str) -> bool {
        tag == "farmer" && self.standing.is_some()
    }
    fn is_listed(&self, _: usize) -> bool {
        self.standing.is_none()
    }
}

fn read(text: &str) -> Audience {
    Audience::read(text, &Office).unwrap_or_else(|error| panic!("{error}"))
}

/// Lucknow is district 162.
fn seats_of(place: Place) -> Vec<u16> {
    match place {
        Place::District(162) => (168..=173).collect(),
        _ => Vec::new(),
    }
}

fn holds(text: &str, person: &Someone) -> bool {
    read(text).holds(person, &seats_of)
}

#[test]
fn every_word_means_what_the_table_says() {
    for (text, of_president, of_stranger) in [
        ("true", true, true),
        ("member", true, false),
        ("!member", false, true),
        ("member == true", true, false),
        ("member != true", false, true),
        ("has_phone", true, true),
        ("state == 'verified'", true, false),
        ("state in ['details', 'confirmed']", false, false),
        ("state != 'verified'", false, true),
        ("post == 'booth_president'", true, false),
        ("'booth_president' == post", true, false),
        ("post in ['booth_agent', 'booth_president']", true, false),
        ("'booth_president' in posts", true, false),
        ("size(posts) > 0", true, false),
        ("0 < size(posts)", true, false),
        ("size(posts) == 0", false, true),
        ("place.within('state')", true, false),
        ("place.within('lucknow')", true, false),
        ("place.within('kanpur')", false, false),
        ("place.within('assembly:173')", true, false),
        ("place.within('sector:173/4')", true, false),
        ("place.within('booth:173/45')", true, false),
        ("place.within('booth:173/46')", false, false),
        ("holds('booth_president', 'lucknow')", true, false),
        ("holds('booth_president', 'kanpur')", false, false),
        ("holds('booth_agent', 'lucknow')", false, false),
        ("language == 'hi'", true, true),
        ("language == 'ur'", false, false),
        ("channel == 'whatsapp'", true, false),
        ("channel != 'whatsapp'", false, true),
        ("gender == 'female'", true, false),
        ("consents.samvad", true, false),
        ("consents.opinion", false, false),
        ("withdrawn.samvad", false, false),
        ("days_since_wrote < 30", true, false),
        ("days_since_wrote >= 30", false, false),
        ("brought >= 2", true, true),
        ("replied('last')", true, false),
        ("sent('diwali_2026')", false, false),
        ("invited('lok_sabha_2029')", true, false),
        ("opined('lok_sabha_2029')", false, false),
        ("invited('lok_sabha_2029') && !opined('lok_sabha_2029')", true, false),
        ("tagged('farmer')", true, false),
        ("listed('guests.csv')", false, true),
        (
            "place.within(\"lucknow\") && post == \"booth_president\" && !replied(\"meeting_lko\")",
            false,
            false,
        ),
        ("member || listed('guests.csv')", true, true),
    ] {
        assert_eq!(holds(text, &president()), of_president, "{text}: the president");
        assert_eq!(holds(text, &stranger()), of_stranger, "{text}: the stranger");
    }
}

#[test]
fn a_post_above_the_seat_is_held_where_all_its_seats_are() {
    let mut chief = president();
    chief.posts = vec![("district_president", Place::District(162))];
    assert!(holds("holds('district_president', 'lucknow')", &chief));
    assert!(holds("holds('district_president', 'state')", &chief));
    assert!(!holds("holds('district_president', 'assembly:173')", &chief));
    assert!(!holds("holds('district_president', 'kanpur')", &chief));
}

#[test]
fn a_booth_lies_in_its_sector() {
    let of_post = |text: &str, place: Place| {
        let posts = vec![("booth_president", place)];
        holds(text, &Someone { posts, home: Home::default(), ..president() })
    };
    let in_sector = "holds('booth_president', 'sector:173/4')";
    assert!(of_post(in_sector, Place::Booth { assembly: 173, number: 46 }));
    assert!(!of_post(in_sector, Place::Booth { assembly: 173, number: 47 }));
    assert!(!of_post(in_sector, Place::Booth { assembly: 174, number: 46 }));
    assert!(of_post(in_sector, Place::Sector { assembly: 173, number: 4 }));
    let at_home = |sector, booth| {
        let home = Home { assembly: Some(173), sector, booth };
        holds("place.within('sector:173/4')", &Someone { home, ..president() })
    };
    assert!(at_home(None, Some(45)), "whose sector nobody wrote down, by their booth");
    assert!(at_home(Some(4), None));
    assert!(at_home(Some(4), Some(99)), "a booth of which nobody knows the sector");
    assert!(!at_home(Some(4), Some(47)), "the booth moved to another sector since");
    assert!(at_home(Some(5), Some(45)), "and here it moved in");
    assert!(!at_home(None, Some(47)));
    assert!(!at_home(None, None));
}

#[test]
fn only_an_audience_that_names_a_sector_needs_the_booths() {
    assert!(read("member && !holds('booth_president', 'sector:173/4')").asks_of_sectors());
    assert!(read("member || place.within('sector:173/4')").asks_of_sectors());
    assert!(!read("member && place.within('booth:173/45')").asks_of_sectors());
}

#[test]
fn the_records_read_only_the_seats_that_count() {
    let seats = |text: &str| read(text).seats();
    assert_eq!(seats("member"), None);
    assert_eq!(seats("place.within('assembly:173')"), Some(Seats::of([173])));
    assert_eq!(seats("member && place.within('booth:173/45')"), Some(Seats::of([173])));
    assert_eq!(
        seats("place.within('lucknow') && place.within('assembly:170')"),
        Some(Seats::of([170]))
    );
    assert_eq!(
        seats("place.within('assembly:1') || place.within('assembly:2')"),
        Some(Seats::of([1, 2]))
    );
    assert_eq!(seats("place.within('assembly:1') || member"), None);
    assert_eq!(seats("!place.within('assembly:1')"), None);
}

#[test]
fn whoever_has_answered_is_still_invited_and_has_opined() {
    let answered = Someone { opined: true, ..president() };
    assert!(holds("invited('lok_sabha_2029') && opined('lok_sabha_2029')", &answered));
    assert!(Audience::read("opined('lok_sabha_2092')", &Office).is_err());
}

#[test]
fn broadcasts_polls_and_lists_are_named_once() {
    let audience = read("replied('last') || (sent('last') && !failed('meeting_lko'))");
    assert_eq!(audience.broadcasts(), ["last", "meeting_lko"]);
    let polls = read("invited('lok_sabha_2029') && !opined('lok_sabha_2029')");
    assert_eq!(polls.polls(), ["lok_sabha_2029"]);
    assert_eq!(read("listed('guests.csv')").lists(), ["guests.csv"]);
}

#[test]
fn every_mistake_says_what_to_write_instead() {
    let said: Vec<String> = [
        "",
        "membr",
        "caste == 'x'",
        "post == 'booth_adhyaksh'",
        "post == booth_president",
        "post",
        "place == 'lucknow'",
        "place.within('lukhnow')",
        "post.within('lucknow')",
        "state == 'member'",
        "language > 'hi'",
        "brought > '5'",
        "replied('diwali')",
        "consents.broadcast",
        "member and has_phone",
        "post == “booth_president”",
        "size(posts)",
        "replyed('last')",
        "1 + 1",
        "holds('booth_president')",
    ]
    .into_iter()
    .map(|text| match Audience::read(text, &Office) {
        Ok(_) => panic!("{text} was taken"),
        Err(error) => error.to_string(),
    })
    .collect();
    insta::assert_snapshot!(said.join("\n\n"));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[a-z_.'\"()&|!<>= 0-9\\[\\],“]{0,60}") {
        let _ = Audience::read(&text, &Office).map_err(|error| error.to_string());
    }
}

#[test]
fn the_tags_an_audience_asks_about_are_known_each_once() {
    let audience = read("tagged('farmer') || (member && !tagged('Farmer'))");
    assert_eq!(audience.tags(), ["farmer"], "however it is written");
    assert!(read("member").tags().is_empty());
}

#[test]
fn a_tag_nobody_has_and_one_that_is_never_given_are_told() {
    let told = |text: &str| Audience::read(text, &Office).unwrap_err().to_string();
    assert!(told("tagged('farmr')").contains("farmer"), "{}", told("tagged('farmr')"));
    assert!(told("tagged('muslim')").contains("religion"), "{}", told("tagged('muslim')"));
    assert!(told("tagged('यादव समाज')").contains("caste"), "{}", told("tagged('यादव समाज')"));
}

/// Where the records are not asked.
struct Nowhere;

impl Names for Nowhere {
    fn area(&self, text: &str) -> Result<Area, String> {
        Office.area(text)
    }

    fn broadcasts(&self) -> Vec<String> {
        Vec::new()
    }

    fn tags(&self) -> Vec<String> {
        Vec::new()
    }

    fn knows_tags(&self) -> bool {
        false
    }

    fn lists(&self) -> Vec<String> {
        Vec::new()
    }
}

#[test]
fn without_the_records_no_tag_is_missed_and_the_law_holds() {
    assert!(Audience::read("tagged('volunteer')", &Nowhere).is_ok());
    assert!(Audience::read("tagged('brahmin')", &Nowhere).is_err());
}
