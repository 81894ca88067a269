//! Places below the seats and posts, as commands beside a server write and read them.

use super::*;
use crate::contact::Address;
use crate::places::{Booth, Changes, Level, Place, Told};
use crate::records::sql::{places, posts};
use crate::records::{CodeRange, HandedOver, PlaceRow};

promises! {
    an_import_writes_a_place_once,
    an_import_made_again_writes_nothing,
    a_place_told_twice_in_one_import_is_written_once,
    a_renamed_place_keeps_its_old_name_beside_the_new_one,
    a_booth_that_lies_in_another_sector_keeps_its_name,
    a_place_that_ended_is_no_booth_until_it_is_told_again,
    every_booth_is_loaded_with_its_sector,
    a_booth_of_a_sector_that_ended_lies_in_none,
    places_of_another_delimitation_stand_beside_and_in_nobodys_way,
    two_people_do_not_hold_one_single_post,
    a_post_that_many_hold_has_many_holders,
    posts_are_read_page_by_page,
    a_post_that_ended_is_open_to_the_next,
    a_post_is_handed_over_in_one_moment,
    a_post_that_ended_is_not_handed_over,
    whoever_gets_or_loses_a_post_moves,
    an_address_nobody_has_is_nobodys,
}

/// A state of some size: rows enough that a walk would be the slower way, and the planner knows it.
const STATE: &str = "
    INSERT INTO contacts (id, created, has_phone) VALUES (1000001, 0, 1);
    INSERT INTO places (code, sector, name, sound, since)
        SELECT 1700000000 + seat * 10000 + booth, booth / 10 + 1, 'x', seat * 1000 + booth, 0
        FROM generate_series(1, 403) AS seat, generate_series(1, 60) AS booth;
    INSERT INTO place_names (code, name, sound, until)
        SELECT code, 'y', sound, 0 FROM places;
    INSERT INTO posts (contact, post, place, code, single, since)
        SELECT 1000001, 'booth_president', 'x', code, 1, 0 FROM places;
    INSERT INTO posts (contact, post, place, code, single, since)
        SELECT 1000001, 'panna_pramukh', 'x', code, 0, 0 FROM places;
    ANALYZE";

/// The like for SQLite is in `sqlite_only`.
#[tokio::test]
async fn no_listing_of_a_seat_walks_a_whole_table() {
    let house = House::new(Home::Postgres).await;
    house.raw().execute(STATE);
    let (from, to) = ("1701730000", "1701739999");
    for (sql, values) in [
        (places::PLACE, vec![from]),
        (places::PLACES, vec![from, to, "100"]),
        (places::BOOTHS, vec![from, to]),
        (places::NAMES_BEFORE, vec![from]),
        (places::END_PLACE, vec![from, "1"]),
        (posts::OPEN_POSTS, vec![from, to, "0", "100"]),
        (posts::OPEN_POST, vec!["7"]),
        (posts::HELD, vec!["'booth_president'", from, to]),
        (posts::END_POST, vec!["7", "1", "'x'"]),
    ] {
        let mut asked = format!("EXPLAIN {sql}");
        for (number, value) in (1..).zip(values) {
            asked = asked.replace(&format!("?{number}"), value);
        }
        let plan = house.raw().column(&asked).join("\n");
        assert!(!plan.contains("Seq Scan"), "{plan}\nof {sql}");
    }
}

const PRESIDENT: &str = "booth_president";

fn booth(number: u16) -> Place {
    Place::Booth { assembly: 173, number }
}

fn told(number: u16, name: &str, sector: u16) -> Told {
    Told { place: booth(number), sector: Some(sector), name: Some(name.to_owned()) }
}

async fn imported(house: &House, told: Vec<Told>) -> Changes {
    house.beside().await.import_places(told, house.now()).await.unwrap()
}

async fn place(house: &House, place: Place) -> PlaceRow {
    let range = CodeRange::of(place);
    house.beside().await.places(range, 2).await.unwrap().pop().unwrap()
}

/// Somebody holds a post, as an import of people writes it; `false` when only one can and does.
fn appoint(house: &House, contact: i64, post: &str, place: Place, single: bool) -> bool {
    let code = place.code(crate::places::Delimitation::NOW);
    let single = i64::from(single);
    let before = house.rows("posts");
    house.raw().execute(&format!(
        "INSERT INTO posts (contact, post, place, code, single, since)
         VALUES ({contact}, '{post}', '{place}', {code}, {single}, 0)
         ON CONFLICT (post, code) WHERE until IS NULL AND single = 1 DO NOTHING"
    ));
    house.rows("posts") > before
}

async fn an_import_writes_a_place_once(home: Home) {
    let house = House::new(home).await;
    let both = vec![told(1, "प्रा. वि. खजुरिया", 1), told(2, "पंचायत भवन", 1)];
    let changes = imported(&house, both).await;
    assert_eq!(changes, Changes { new: 2, ..Changes::default() });
    let row = place(&house, booth(1)).await;
    assert_eq!((row.name.as_str(), row.sector), ("प्रा. वि. खजुरिया", Some(1)));
    assert_eq!((row.since, row.until), (house.now(), None));
}

async fn an_import_made_again_writes_nothing(home: Home) {
    let house = House::new(home).await;
    let both = vec![told(1, "खजुरिया", 1), told(2, "पंचायत भवन", 1)];
    imported(&house, both.clone()).await;
    // Whatever writes a row of these tables from now on fails.
    for table in ["places", "place_names"] {
        match home {
            Home::Sqlite => house.raw().execute(&format!(
                "CREATE TRIGGER no_{table} BEFORE INSERT ON {table} BEGIN
                 SELECT raise(ABORT, 'written'); END"
            )),
            Home::Postgres => house.raw().execute(&format!(
                "ALTER TABLE {table} ADD CONSTRAINT closed CHECK (false) NOT VALID"
            )),
        }
    }
    house.wait(Duration::from_hours(1));
    let changes = imported(&house, both).await;
    assert_eq!(changes, Changes { unchanged: 2, ..Changes::default() });
}

async fn a_place_told_twice_in_one_import_is_written_once(home: Home) {
    let house = House::new(home).await;
    let twice = vec![Told { name: None, ..told(1, "", 1) }, told(1, "खजुरिया", 2)];
    let changes = imported(&house, twice).await;
    assert_eq!(changes, Changes { new: 1, ..Changes::default() });
    let row = place(&house, booth(1)).await;
    assert_eq!((row.name.as_str(), row.sector), ("खजुरिया", Some(2)));
    assert_eq!(house.rows("place_names"), 0);
}

async fn a_renamed_place_keeps_its_old_name_beside_the_new_one(home: Home) {
    let house = House::new(home).await;
    imported(&house, vec![told(1, "खजुरिया", 1)]).await;
    let since = house.now();
    house.wait(Duration::from_hours(1));
    let changes = imported(&house, vec![told(1, "रामपुर", 1)]).await;
    assert_eq!(changes, Changes { renamed: 1, ..Changes::default() });
    let beside = house.beside().await;
    let row = place(&house, booth(1)).await;
    assert_eq!((row.name.as_str(), row.since), ("रामपुर", since));
    let former = beside.former_names(CodeRange::within(173, Level::Booth)).await.unwrap();
    assert_eq!(former, [(booth(1), "खजुरिया".to_owned())]);
    let before = beside.names_before(booth(1)).await.unwrap();
    assert_eq!(before, [("खजुरिया".to_owned(), house.now())]);
}

async fn a_booth_that_lies_in_another_sector_keeps_its_name(home: Home) {
    let house = House::new(home).await;
    imported(&house, vec![told(1, "खजुरिया", 1)]).await;
    let moved = Told { place: booth(1), sector: Some(2), name: None };
    let changes = imported(&house, vec![moved]).await;
    assert_eq!(changes, Changes { moved: 1, ..Changes::default() });
    let row = place(&house, booth(1)).await;
    assert_eq!((row.name.as_str(), row.sector), ("खजुरिया", Some(2)));
    assert_eq!(house.rows("place_names"), 0);
}

async fn a_place_that_ended_is_no_booth_until_it_is_told_again(home: Home) {
    let house = House::new(home).await;
    imported(&house, vec![told(1, "खजुरिया", 1)]).await;
    let beside = house.beside().await;
    assert!(beside.end_place(booth(1), house.now()).await.unwrap());
    assert!(!beside.end_place(booth(1), house.now()).await.unwrap());
    assert!(beside.booths().await.unwrap().is_empty());
    assert_eq!(place(&house, booth(1)).await.until, Some(house.now()));
    let changes = imported(&house, vec![told(1, "खजुरिया", 1)]).await;
    assert_eq!(changes, Changes { back: 1, ..Changes::default() });
    assert_eq!(beside.booths().await.unwrap().len(), 1);
}

async fn every_booth_is_loaded_with_its_sector(home: Home) {
    let house = House::new(home).await;
    let mut all: Vec<Told> = (1..=300).map(|number| told(number, "", number / 10 + 1)).collect();
    all.push(Told { place: Place::Booth { assembly: 403, number: 1 }, sector: None, name: None });
    let sector = Place::Sector { assembly: 173, number: 1 };
    all.push(Told { place: sector, sector: None, name: Some("गोमती".to_owned()) });
    imported(&house, all).await;
    let beside = house.beside().await;
    let booths = beside.booths().await.unwrap();
    assert_eq!(booths.len(), 301);
    assert_eq!(booths.get(173, 45), Some(Booth { number: 45, sector: 5 }));
    assert_eq!(booths.get(403, 1), Some(Booth { number: 1, sector: 0 }));
    let sectors = beside.places(CodeRange::all(Level::Sector), 10).await.unwrap();
    assert_eq!(sectors.iter().map(|row| row.place).collect::<Vec<_>>(), [sector]);
    let some = beside.places(CodeRange::within(173, Level::Booth), 7).await.unwrap();
    assert_eq!(
        some.iter().map(|row| row.place).collect::<Vec<_>>(),
        (1..=7).map(booth).collect::<Vec<_>>()
    );
}

async fn a_booth_of_a_sector_that_ended_lies_in_none(home: Home) {
    let house = House::new(home).await;
    let sector = |number: u16| Place::Sector { assembly: 173, number };
    let named =
        |number: u16| Told {
            place: sector(number), sector: None, name: Some("गोमती".to_owned())
        };
    imported(&house, vec![named(1), named(2), told(5, "", 1), told(6, "", 2)]).await;
    let beside = house.beside().await;
    assert!(beside.end_place(sector(1), house.now()).await.unwrap());
    let booths = beside.booths().await.unwrap();
    assert_eq!((booths.of_sector(173, 0), booths.sectors_of(173)), (vec![5], vec![2]));
    assert_eq!(booths.places(&[173], Level::Sector), [sector(2)], "none to be vacant");
    imported(&house, vec![named(1)]).await;
    assert_eq!(beside.booths().await.unwrap().of_sector(173, 1), [5], "back with its booths");
}

/// What belongs to a place has its code, and a code says by which map it was drawn. The seat and booth of a
/// member are plain numbers of the map in force: those are not held apart.
async fn places_of_another_delimitation_stand_beside_and_in_nobodys_way(home: Home) {
    let house = House::new(home).await;
    let (one, other) = (house.citizen().await, house.contact_of("9812345679").await);
    imported(&house, vec![told(1, "खजुरिया", 1)]).await;
    assert!(appoint(&house, one, PRESIDENT, booth(1), true));
    // The same numbers by the next map.
    let next = booth(1).code(crate::places::Delimitation::NOW) + 1_000_000_000;
    house.raw().execute(&format!(
        "INSERT INTO places (code, sector, name, sound, since) VALUES ({next}, 2, 'रामपुर', 0, 0);
         INSERT INTO place_names (code, name, sound, until) VALUES ({next}, 'पुराना', 0, 0);
         INSERT INTO posts (contact, post, place, code, single, since)
             VALUES ({other}, '{PRESIDENT}', 'booth:173/1', {next}, 1, 0)"
    ));
    let beside = house.beside().await;
    assert_eq!(beside.booths().await.unwrap().get(173, 1), Some(Booth { number: 1, sector: 1 }));
    for range in [
        CodeRange::of(booth(1)),
        CodeRange::within(173, Level::Booth),
        CodeRange::all(Level::Booth),
    ] {
        let there = beside.places(range, 10).await.unwrap();
        assert_eq!(there.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["खजुरिया"]);
        let held = beside.posts(range, 0, 10).await.unwrap();
        assert_eq!(held.iter().map(|post| post.contact).collect::<Vec<_>>(), [one]);
        assert_eq!(beside.holdings(range, (None, None), 0, 10).await.unwrap().len(), 1);
        assert_eq!(beside.count_holdings(range, (None, None)).await.unwrap(), 1);
        assert_eq!(beside.former_names(range).await.unwrap(), []);
    }
    let whole = CodeRange { from: 0, to: i64::MAX };
    let held = beside.posts(whole, 0, 10).await.unwrap();
    assert_eq!(held.len(), 1, "even where somebody asks for every code");
    // Each map has its president of the booth; a rename or an end of one leaves the other.
    let changes = imported(&house, vec![told(1, "नया", 1)]).await;
    assert_eq!(changes, Changes { renamed: 1, ..Changes::default() });
    assert!(beside.end_place(booth(1), house.now()).await.unwrap());
    assert!(beside.end_post(held[0].id, house.now(), "x").await.unwrap());
    let stands = format!("places WHERE code = {next} AND name = 'रामपुर' AND until IS NULL");
    let still = format!("posts WHERE code = {next} AND until IS NULL");
    assert_eq!((house.rows(&stands), house.rows(&still)), (1, 1));
}

async fn two_people_do_not_hold_one_single_post(home: Home) {
    let house = House::new(home).await;
    let (one, other) = (house.citizen().await, house.contact_of("9812345679").await);
    assert!(appoint(&house, one, PRESIDENT, booth(1), true));
    assert!(!appoint(&house, other, PRESIDENT, booth(1), true));
    assert!(appoint(&house, other, PRESIDENT, booth(2), true));
    let beside = house.beside().await;
    let range = CodeRange::within(173, Level::Booth);
    assert_eq!(beside.held(PRESIDENT, range).await.unwrap(), [booth(1), booth(2)]);
    let only = CodeRange::of(booth(2));
    assert_eq!(beside.held(PRESIDENT, only).await.unwrap(), [booth(2)]);
    assert!(beside.held("sector_president", range).await.unwrap().is_empty());
}

async fn a_post_that_many_hold_has_many_holders(home: Home) {
    let house = House::new(home).await;
    let (one, other) = (house.citizen().await, house.contact_of("9812345679").await);
    for contact in [one, other] {
        assert!(appoint(&house, contact, "panna_pramukh", booth(1), false));
    }
    let held = house.beside().await.posts(CodeRange::of(booth(1)), 0, 10).await.unwrap();
    let mut holders: Vec<i64> = held.iter().map(|post| post.contact).collect();
    holders.sort_unstable();
    assert_eq!(holders, [one, other]);
    assert!(held.iter().all(|post| !post.single && post.place == booth(1)));
}

async fn posts_are_read_page_by_page(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    for number in [1, 1, 1, 2, 3] {
        assert!(appoint(&house, contact, "panna_pramukh", booth(number), false));
    }
    let beside = house.beside().await;
    let mut range = CodeRange::within(173, Level::Booth);
    let (mut after, mut read) = (0, Vec::new());
    while let [.., last] = beside.posts(range, after, 2).await.unwrap().as_slice() {
        let page = beside.posts(range, after, 2).await.unwrap();
        read.extend(page.iter().map(|post| post.id));
        (range.from, after) = (last.place.code(crate::places::Delimitation::NOW), last.id);
    }
    let mut each_once = read.clone();
    each_once.sort_unstable();
    each_once.dedup();
    assert_eq!((read.len(), each_once.len()), (5, 5));
}

async fn a_post_that_ended_is_open_to_the_next(home: Home) {
    let house = House::new(home).await;
    let (one, other) = (house.citizen().await, house.contact_of("9812345679").await);
    assert!(appoint(&house, one, PRESIDENT, booth(1), true));
    let beside = house.beside().await;
    let held = beside.posts(CodeRange::of(booth(1)), 0, 10).await.unwrap();
    assert!(beside.end_post(held[0].id, house.now(), "कार्यालय").await.unwrap());
    assert!(!beside.end_post(held[0].id, house.now(), "कार्यालय").await.unwrap());
    assert!(beside.posts(CodeRange::of(booth(1)), 0, 10).await.unwrap().is_empty());
    assert_eq!(beside.open_post(held[0].id).await.unwrap(), None);
    assert!(appoint(&house, other, PRESIDENT, booth(1), true));
    let by = house.raw().text("SELECT ended_by FROM posts WHERE until IS NOT NULL");
    assert_eq!(by, "कार्यालय");
}

async fn a_post_is_handed_over_in_one_moment(home: Home) {
    let house = House::new(home).await;
    let (one, other) = (house.citizen().await, house.contact_of("9812345679").await);
    assert!(appoint(&house, one, PRESIDENT, booth(1), true));
    let beside = house.beside().await;
    let before = beside.posts(CodeRange::of(booth(1)), 0, 10).await.unwrap();
    let given = beside.hand_over_post(before[0].id, (other, 0), house.now(), "कार्यालय").await;
    assert_eq!(given.unwrap(), HandedOver::Done);
    let after = beside.posts(CodeRange::of(booth(1)), 0, 10).await.unwrap();
    assert_eq!(after.len(), 1);
    assert_eq!((after[0].contact, after[0].since, after[0].single), (other, house.now(), true));
    let ended = format!("posts WHERE contact = {one} AND until = {}", house.now().as_millisecond());
    assert_eq!(house.rows(&ended), 1);
    let told = house.records.snapshot(other).await.unwrap().unwrap().contact.posts;
    assert_eq!(told, [PRESIDENT], "the flows know");
}

async fn a_post_that_ended_is_not_handed_over(home: Home) {
    let house = House::new(home).await;
    let (one, other) = (house.citizen().await, house.contact_of("9812345679").await);
    assert!(appoint(&house, one, PRESIDENT, booth(1), true));
    let beside = house.beside().await;
    let id = beside.posts(CodeRange::of(booth(1)), 0, 10).await.unwrap()[0].id;
    assert!(beside.end_post(id, house.now(), "a").await.unwrap());
    let given = beside.hand_over_post(id, (other, 0), house.now(), "a").await.unwrap();
    assert_eq!(given, HandedOver::NotHeld);
    assert_eq!(house.rows("posts"), 1);
}

async fn whoever_gets_or_loses_a_post_moves(home: Home) {
    let house = House::new(home).await;
    let (one, other) = (house.citizen().await, house.contact_of("9812345679").await);
    assert!(appoint(&house, one, PRESIDENT, booth(1), true));
    let before = (house.version(one).await, house.version(other).await);
    let beside = house.beside().await;
    let id = beside.posts(CodeRange::of(booth(1)), 0, 10).await.unwrap()[0].id;
    beside.hand_over_post(id, (other, 0), house.now(), "a").await.unwrap();
    let between = (house.version(one).await, house.version(other).await);
    assert_eq!(between, (before.0 + 1, before.1 + 1));
    let id = beside.posts(CodeRange::of(booth(1)), 0, 10).await.unwrap()[0].id;
    beside.end_post(id, house.now(), "a").await.unwrap();
    assert_eq!(house.version(other).await, between.1 + 1);
}

async fn an_address_nobody_has_is_nobodys(home: Home) {
    let house = House::new(home).await;
    let citizen = house.citizen().await;
    let beside = house.beside().await;
    let phone = |value: &str| Address { kind: AddressKind::Phone, value: value.to_owned() };
    assert_eq!(beside.contact_of(&phone(PHONE)).await.unwrap(), Some(citizen));
    assert_eq!(beside.contact_of(&phone("9812345679")).await.unwrap(), None);
}
