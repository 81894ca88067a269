//! Lists of the office, taken beside a server.

use super::facts::{consent, member};
use super::*;
use crate::contact::PhoneNumber;
use crate::people::{Column, Counts};
use crate::places::{Delimitation, Place};
use crate::records::{Adopted, Details, Import, Incoming, NewPost, Taken, Terms};
use crate::understanding::Gender;

promises! {
    a_row_of_a_list_is_a_member_with_details_and_the_import_says_how_many,
    further_people_on_a_phone_are_members_beside_the_one_who_speaks,
    what_was_empty_is_filled_and_the_same_rows_again_write_nothing,
    what_differs_is_refused_and_an_update_keeps_what_stood,
    whoever_left_is_not_taken_again_from_a_list,
    a_consent_is_written_with_its_proof_and_never_over_the_persons_word,
    a_post_of_which_there_is_one_is_given_once,
    a_turn_begun_before_an_import_is_made_again,
    the_others_on_a_phone_survive_when_the_one_who_speaks_becomes_one_with_another,
    somebody_only_a_list_puts_on_the_number_stays_beside_whoever_tells_it_as_theirs,
    families_on_two_phones_that_are_one_persons_are_the_people_of_one,
    member_numbers_of_an_import_and_of_a_server_never_meet,
    two_imports_at_once_take_each_person_once,
    a_post_that_ended_or_was_handed_over_does_not_come_back_with_the_same_file,
    another_day_since_when_a_post_is_held_is_kept_beside_the_one_that_stood,
    a_post_goes_to_the_person_named_and_never_to_one_who_left,
    rows_of_which_all_is_known_hold_nobody_up,
    posts_from_before_places_had_numbers_get_theirs,
    what_a_list_filled_in_another_corrects_and_what_the_person_said_none_does,
    the_sector_of_a_member_follows_the_booth,
    what_rows_would_come_to_is_told_and_nothing_is_written,
}

const OTHER: &str = "9812345679";

fn phone(number: &str) -> PhoneNumber {
    PhoneNumber::parse(number).unwrap()
}

pub(super) fn import_at(house: &House, update: bool) -> Import {
    Import {
        file: "workers.csv".to_owned(),
        sha256: [7; 32],
        actor: "office".to_owned(),
        at: house.now(),
        terms: Terms { update, purposes: vec![Purpose::Membership] },
    }
}

pub(super) fn row(number: &str, name: &str) -> Incoming {
    let details = Details {
        father: Some("सोहन लाल".to_owned()),
        gender: Some(Gender::Male),
        birth_year: Some(1980),
        district: Some("162".to_owned()),
        assembly: Some(173),
        sector: Some(4),
        booth: Some(42),
    };
    let (post, proof) = (None, None);
    let (name, further) = (name.to_owned(), false);
    let sector_follows = false;
    Incoming { row: 2, phone: phone(number), name, details, sector_follows, post, further, proof }
}

fn bare(number: &str, name: &str) -> Incoming {
    Incoming { details: Details::default(), ..row(number, name) }
}

pub(super) fn president(booth: u16) -> NewPost {
    let place = Place::Booth { assembly: 173, number: booth };
    NewPost { post: "booth_president", place, single: true, since: None }
}

pub(super) async fn taken(house: &House, rows: Vec<Incoming>) -> Vec<Taken> {
    let import = import_at(house, false);
    house.beside().await.import_people(&import, None, rows).await.unwrap().taken
}

async fn updated(house: &House, rows: Vec<Incoming>) -> Vec<Taken> {
    let import = import_at(house, true);
    house.beside().await.import_people(&import, None, rows).await.unwrap().taken
}

async fn person(house: &House, contact: i64) -> crate::contact::Contact {
    house.records.snapshot(contact).await.unwrap().unwrap().contact
}

fn refusal(taken: &[Taken]) -> (Column, &str) {
    match taken {
        [Taken::Refused { column, reason, .. }] => (*column, reason),
        other => panic!("{other:?}"),
    }
}

async fn a_row_of_a_list_is_a_member_with_details_and_the_import_says_how_many(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let import = import_at(&house, false);
    let first = beside.import_people(&import, None, vec![row(PHONE, "रमेश यादव")]).await.unwrap();
    assert_eq!(first.taken, [Taken::New]);
    let id = first.import.unwrap();
    let more = vec![row(OTHER, "सीता देवी")];
    let second = beside.import_people(&import, first.import, more).await.unwrap();
    assert_eq!(second.import, Some(id), "one file, one import");
    let counts = Counts { rows: 3, accepted: 2, refused: 1 };
    assert!(beside.finish_import(id, counts, house.now()).await.unwrap());
    assert!(!beside.finish_import(id, counts, house.now()).await.unwrap());
    assert_eq!(
        house.rows("imports WHERE rows = 3 AND accepted = 2 AND refused = 1 AND finished > 0"),
        1
    );

    let contact = house.citizen().await;
    let known = person(&house, contact).await;
    assert!(known.membership.is_none(), "the person has not said so");
    let member = known.listed.unwrap();
    assert_eq!((member.name.as_str(), member.assembly, member.booth), ("रमेश यादव", 173, Some(42)));
    assert!(crate::membership::parse_member_number(&member.number).is_some(), "{}", member.number);
    assert!(known.has_phone && known.consents.is_empty());
    assert_eq!(house.rows(&format!("members WHERE state = 1 AND import = {id} AND sector = 4")), 2);
    assert_eq!(
        house.rows("member_states WHERE state = 1 AND actor = 'office' AND why = 'import'"),
        2
    );
    house.totals_are_true().await;
}

async fn further_people_on_a_phone_are_members_beside_the_one_who_speaks(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let joins = with_facts(house.turn(contact, "a").await, vec![member("UP-1")]);
    won(house.records.commit(joins).await);
    let rows = ["सीता देवी", "मोहन लाल", "गीता देवी", "श्याम सिंह"];
    let rows: Vec<Incoming> = rows.iter().map(|name| row(PHONE, name)).collect();
    let words = taken(&house, rows).await;
    assert_eq!(words[..3], [Taken::Added, Taken::Added, Taken::Added]);
    assert_eq!(refusal(&words[3..]).0, Column::Phone);
    let known = person(&house, contact).await;
    assert_eq!(known.seats_beside, [173, 173, 173], "the silence of any of them is the phone's");
    assert_eq!(house.person(contact).await.seats_beside, known.seats_beside, "as the gate asks");
    assert_eq!(known.membership.unwrap().number, "UP-1", "flows see the one who speaks");
    assert_eq!(
        house.rows(&format!("members WHERE contact = {contact} AND person BETWEEN 1 AND 3")),
        3
    );

    // Who speaks leaves; the others stay.
    let leaves = with_facts(house.turn(contact, "b").await, vec![Fact::LeaveMembership]);
    won(house.records.commit(leaves).await);
    assert_eq!(house.rows("members WHERE until IS NULL"), 3);
    assert_eq!(house.rows("member_states WHERE state = 6 AND actor = 'person' AND message > 0"), 1);
    house.totals_are_true().await;
}

async fn what_was_empty_is_filled_and_the_same_rows_again_write_nothing(home: Home) {
    let house = House::new(home).await;
    let second = Incoming {
        post: Some(president(42)),
        proof: Some("form 12".to_owned()),
        ..row(OTHER, "सीता")
    };
    taken(&house, vec![bare(PHONE, "रमेश यादव"), second.clone()]).await;
    let before = house.citizen().await;
    let version = house.version(before).await;
    assert_eq!(taken(&house, vec![row(PHONE, "Ramesh Yadav")]).await, [Taken::Completed]);
    assert_eq!(house.version(before).await, version + 1);
    assert_eq!(house.rows("members WHERE booth = 42 AND birth_year = 1980 AND gender = 1"), 2);
    assert_eq!(house.rows("member_history"), 0, "nothing stood there");

    let all = house.all_rows();
    let again = taken(&house, vec![row(PHONE, "रमेश यादव"), second]).await;
    assert_eq!(again, [Taken::Unchanged, Taken::Unchanged]);
    assert_eq!((house.all_rows(), house.version(before).await), (all, version + 1));
    house.totals_are_true().await;
}

async fn what_differs_is_refused_and_an_update_keeps_what_stood(home: Home) {
    let house = House::new(home).await;
    taken(&house, vec![row(PHONE, "रमेश यादव")]).await;
    let mut moved = row(PHONE, "रमेश यादव");
    moved.details.booth = Some(45);
    let refused = taken(&house, vec![moved.clone()]).await;
    let (column, reason) = refusal(&refused);
    assert_eq!(column, Column::Booth);
    assert!(reason.contains("‘42’") && reason.contains("‘45’"), "{reason}");
    assert_eq!(house.rows("members WHERE booth = 42"), 1);
    assert_eq!(updated(&house, vec![moved]).await, [Taken::Changed]);
    assert_eq!(house.rows("members WHERE booth = 45"), 1);
    assert_eq!(house.rows("member_history WHERE booth = 42 AND sector = 4 AND import > 0"), 1);
}

async fn whoever_left_is_not_taken_again_from_a_list(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    for (key, fact) in [("a", member("UP-1")), ("b", Fact::LeaveMembership)] {
        won(house.records.commit(with_facts(house.turn(contact, key).await, vec![fact])).await);
    }
    let version = house.version(contact).await;
    let refused = updated(&house, vec![row(PHONE, "Ramesh Yadav")]).await;
    assert_eq!(refusal(&refused).0, Column::Name);
    assert!(refusal(&refused).1.contains("this person left on 21-11-2026"), "{refused:?}");
    assert_eq!((house.version(contact).await, house.rows("imports")), (version, 0));
    // By their own word they come back.
    won(house
        .records
        .commit(with_facts(house.turn(contact, "c").await, vec![member("UP-2")]))
        .await);
    let known = Incoming { details: Details::default(), ..row(PHONE, "रमेश यादव") };
    assert_eq!(taken(&house, vec![known]).await, [Taken::Unchanged]);
    house.totals_are_true().await;
}

async fn a_consent_is_written_with_its_proof_and_never_over_the_persons_word(home: Home) {
    let house = House::new(home).await;
    let shown = |number: &str, name: &str| Incoming {
        proof: Some("form 12".to_owned()),
        ..row(number, name)
    };
    assert_eq!(taken(&house, vec![row(PHONE, "रमेश यादव")]).await, [Taken::New]);
    assert_eq!(house.rows("consents"), 0, "without a proof there is none");
    assert_eq!(taken(&house, vec![shown(PHONE, "रमेश यादव")]).await, [Taken::Added]);
    let contact = house.citizen().await;
    assert!(person(&house, contact).await.consents_to(Purpose::Membership));
    let sealed = "consents WHERE how = 'import' AND actor = 'office' AND proof IS NOT NULL";
    assert_eq!(house.rows(sealed), 1);

    let no = with_facts(house.turn(contact, "a").await, vec![consent(Purpose::Membership, false)]);
    won(house.records.commit(no).await);
    assert_eq!(taken(&house, vec![shown(PHONE, "रमेश यादव")]).await, [Taken::Unchanged]);
    assert_eq!(updated(&house, vec![shown(PHONE, "सीता देवी")]).await, [Taken::Added]);
    assert!(person(&house, contact).await.withdrew(Purpose::Membership));
    assert_eq!(
        house.rows("consents WHERE given = 1"),
        1,
        "the phone said no: nobody on it is asked for"
    );
    house.totals_are_true().await;
}

async fn a_post_of_which_there_is_one_is_given_once(home: Home) {
    let house = House::new(home).await;
    let ram = Incoming { post: Some(president(42)), ..row(PHONE, "राम कुमार") };
    assert_eq!(taken(&house, vec![ram]).await, [Taken::New]);
    let contact = house.citizen().await;
    let known = person(&house, contact).await;
    assert_eq!(known.posts, ["booth_president"]);
    let code = Place::Booth { assembly: 173, number: 42 }.code(Delimitation::NOW);
    assert_eq!(house.rows(&format!("posts WHERE code = {code} AND place = 'booth:173/42'")), 1);

    let sita = Incoming { post: Some(president(42)), ..row(OTHER, "सीता देवी") };
    let refused = taken(&house, vec![sita.clone()]).await;
    assert_eq!(refusal(&refused).0, Column::Post);
    assert!(refusal(&refused).1.contains("since 21-11-2026"), "{refused:?}");
    assert_eq!(house.rows("contacts"), 1, "the row was not taken at all");
    house.raw().execute("UPDATE posts SET until = 1");
    assert_eq!(taken(&house, vec![sita]).await, [Taken::New]);
    let ended = person(&house, contact).await;
    assert!(ended.posts.is_empty());
}

async fn a_turn_begun_before_an_import_is_made_again(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let begun = house.turn(contact, "a").await;
    taken(&house, vec![row(PHONE, "रमेश यादव")]).await;
    assert_eq!(house.records.commit(begun).await.unwrap(), Verdict::Conflict);
    let again = house.turn(contact, "a").await;
    let number = person(&house, contact).await.listed.unwrap().number;
    won(house.records.commit(with_facts(again, vec![member(&number)])).await);
    assert_eq!(house.rows("members WHERE state = 2"), 1, "the row of the list");
    house.totals_are_true().await;
}

const USER: &str = "IN.123";

fn nameless() -> Identities {
    Identities::of(AddressKind::WhatsappUser, USER)
}

/// Somebody without a number becomes a member, then tells this number as theirs.
async fn tells_the_number(house: &House, speaker: i64) -> Adopted {
    let mut joins = with_facts(house.turn(speaker, "joins").await, vec![member("UP-1")]);
    joins.inbound.from = nameless();
    won(house.records.commit(joins).await);
    house.records.adopt(&nameless(), phone(PHONE)).await.unwrap()
}

async fn the_others_on_a_phone_survive_when_the_one_who_speaks_becomes_one_with_another(
    home: Home,
) {
    let house = House::new(home).await;
    let speaker = house.records.resolve(vec![(Channel::Whatsapp, nameless())]).await.unwrap()[0];
    let sita = Incoming { post: Some(president(42)), ..row(PHONE, "सीता देवी") };
    let sita = Incoming { proof: Some("form 12".to_owned()), ..sita };
    taken(&house, vec![row(PHONE, "रमेश यादव"), sita.clone()]).await;
    let listed = house.citizen().await;
    let merged = tells_the_number(&house, speaker).await;
    assert_eq!(merged, Adopted::Merged { kept: speaker, given_up: listed });
    let known = person(&house, speaker).await;
    assert_eq!(house.rows("members WHERE until IS NULL"), 2, "one name, one person");
    assert!(known.posts.is_empty(), "hers are not the speaker's: {:?}", known.posts);
    let all = house.all_rows();
    let rows = vec![bare(PHONE, "रमेश यादव"), sita];
    assert_eq!(taken(&house, rows).await, [Taken::Unchanged, Taken::Unchanged]);
    assert_eq!(house.all_rows(), all, "father, post and proof are read under the new contact");
    house.totals_are_true().await;
}

async fn somebody_only_a_list_puts_on_the_number_stays_beside_whoever_tells_it_as_theirs(
    home: Home,
) {
    let house = House::new(home).await;
    let speaker = house.records.resolve(vec![(Channel::Whatsapp, nameless())]).await.unwrap()[0];
    let sita = Incoming { post: Some(president(42)), ..row(PHONE, "सीता देवी") };
    let mohan = row(PHONE, "मोहन लाल");
    taken(&house, vec![sita.clone(), mohan.clone()]).await;
    tells_the_number(&house, speaker).await;
    let known = person(&house, speaker).await;
    assert_eq!((known.membership.unwrap().name.as_str(), known.posts.len()), ("रमेश यादव", 0));
    assert_eq!(house.rows("members WHERE until IS NULL"), 3);
    assert_eq!(taken(&house, vec![sita, mohan]).await, [Taken::Unchanged, Taken::Unchanged]);
    house.totals_are_true().await;
}

async fn families_on_two_phones_that_are_one_persons_are_the_people_of_one(home: Home) {
    let house = House::new(home).await;
    taken(&house, vec![row(PHONE, "रमेश यादव"), row(PHONE, "सीता देवी")]).await;
    let older = house.citizen().await;
    let mut known = nameless();
    known.addresses.extend(Identities::phone(phone(OTHER)).addresses);
    let younger = house.records.resolve(vec![(Channel::Whatsapp, known)]).await.unwrap()[0];
    let geeta = Incoming { post: Some(president(42)), ..row(OTHER, "गीता देवी") };
    taken(&house, vec![row(OTHER, "मोहन लाल"), geeta, row(OTHER, "राधा देवी")]).await;
    assert_eq!(house.records.adopt(&nameless(), phone(PHONE)).await.unwrap(), Adopted::Refused);
    let pair = house.beside().await.merges(1).await.unwrap()[0];
    let merged = Adopted::Merged { kept: older, given_up: younger };
    assert_eq!(house.records.settle_merge(pair.id).await.unwrap(), merged);
    let on_it = format!("members WHERE contact = {older} AND until IS NULL");
    assert_eq!(house.rows(&on_it), 4, "the older's two and the others of the younger");
    let hers = "posts JOIN members ON members.contact = posts.contact AND members.person = posts.person \
                WHERE posts.until IS NULL AND members.until IS NULL";
    assert_eq!(house.rows(hers), 1, "the post went with her who holds it");
    house.totals_are_true().await;
}

async fn member_numbers_of_an_import_and_of_a_server_never_meet(home: Home) {
    let house = House::new(home).await;
    let block = house.records.reserve(crate::records::MEMBER_NUMBERS, 10).await.unwrap();
    taken(&house, vec![row(PHONE, "राम कुमार"), row(OTHER, "सीता देवी")]).await;
    let next = house.records.reserve(crate::records::MEMBER_NUMBERS, 10).await.unwrap();
    assert_eq!(next.start, block.end + 2);
}

async fn two_imports_at_once_take_each_person_once(home: Home) {
    let house = House::new(home).await;
    let rows: Vec<Incoming> = (0..40)
        .map(|number| Incoming {
            post: Some(president(number + 1)),
            ..row(&format!("98000000{number:02}"), "राम कुमार")
        })
        .collect();
    let turned: Vec<Incoming> = rows.iter().rev().cloned().collect();
    let (one, other) = tokio::join!(taken(&house, rows), taken(&house, turned));
    let new = |taken: &[Taken]| taken.iter().filter(|taken| **taken == Taken::New).count();
    assert_eq!(new(&one) + new(&other), 40);
    assert_eq!((house.rows("contacts"), house.rows("members"), house.rows("posts")), (40, 40, 40));
    house.totals_are_true().await;
}

fn since(day: i8) -> Option<jiff::Timestamp> {
    crate::locale::india_midnight(jiff::civil::date(2024, 8, day))
}

async fn a_post_that_ended_or_was_handed_over_does_not_come_back_with_the_same_file(home: Home) {
    let house = House::new(home).await;
    let ram = Incoming { post: Some(president(42)), ..row(PHONE, "राम कुमार") };
    let sita = Incoming { post: Some(president(43)), ..row(OTHER, "सीता देवी") };
    let both = vec![ram.clone(), sita.clone()];
    assert_eq!(taken(&house, both.clone()).await, [Taken::New, Taken::New]);
    let beside = house.beside().await;
    let held = async |number: u16| {
        let place = Place::Booth { assembly: 173, number };
        let held = beside.posts(crate::records::CodeRange::of(place), 0, 5).await.unwrap();
        held.into_iter().map(|post| (post.id, post.contact)).collect::<Vec<_>>()
    };
    let (first, second) = (held(42).await[0], held(43).await[0]);
    assert!(beside.end_post(first.0, house.now(), "office").await.unwrap());
    let to = (first.1, 0);
    let given = beside.hand_over_post(second.0, to, house.now(), "office").await.unwrap();
    assert_eq!(given, crate::records::HandedOver::Done);
    let all = house.all_rows();
    let again = taken(&house, both).await;
    for one in &again {
        let (column, reason) = refusal(std::slice::from_ref(one));
        assert_eq!(column, Column::Post);
        assert!(reason.contains("ended on 21-11-2026"), "{reason}");
    }
    assert_eq!(house.all_rows(), all);
    assert!(held(42).await.is_empty());
    assert_eq!(held(43).await[0].1, first.1);

    // Told with a day behind the end it is another time in the post.
    house.wait(Duration::from_hours(72));
    let anew = crate::locale::india_midnight(jiff::civil::date(2026, 11, 23));
    let ram = Incoming { post: Some(NewPost { since: anew, ..president(42) }), ..ram };
    assert_eq!(taken(&house, vec![ram]).await, [Taken::Added]);
    assert_eq!(held(42).await.len(), 1);
}

async fn another_day_since_when_a_post_is_held_is_kept_beside_the_one_that_stood(home: Home) {
    let house = House::new(home).await;
    let of = |day: Option<i8>| {
        let post = NewPost { since: day.and_then(since), ..president(42) };
        vec![Incoming { post: Some(post), ..row(PHONE, "राम कुमार") }]
    };
    assert_eq!(taken(&house, of(None)).await, [Taken::New]);
    assert_eq!(taken(&house, of(Some(15))).await, [Taken::Completed], "nobody had said");
    assert_eq!(taken(&house, of(Some(15))).await, [Taken::Unchanged]);
    assert_eq!(refusal(&taken(&house, of(Some(20))).await).0, Column::Since);
    assert_eq!(updated(&house, of(Some(20))).await, [Taken::Changed]);
    let [stands, stood] = [20, 15].map(|day| since(day).unwrap().as_millisecond());
    assert_eq!(house.rows(&format!("posts WHERE since = {stands} AND since_before = {stood}")), 1);
}

async fn a_post_goes_to_the_person_named_and_never_to_one_who_left(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    for (key, fact) in [("a", member("UP-1")), ("b", Fact::LeaveMembership)] {
        won(house.records.commit(with_facts(house.turn(contact, key).await, vec![fact])).await);
    }
    let holder = Incoming { post: Some(president(42)), ..row(OTHER, "मोहन लाल") };
    assert_eq!(taken(&house, vec![holder]).await, [Taken::New]);
    taken(&house, vec![row(OTHER, "गीता देवी")]).await;
    let beside = house.beside().await;
    let place = Place::Booth { assembly: 173, number: 42 };
    let range = crate::records::CodeRange::of(place);
    let held = beside.posts(range, 0, 5).await.unwrap().remove(0);
    let left = beside.people_on(phone(PHONE)).await.unwrap().unwrap();
    assert_eq!((left.contact, left.people.len()), (contact, 1));
    assert!(left.people[0].left.is_some());
    let given = beside.hand_over_post(held.id, (contact, 0), house.now(), "x").await.unwrap();
    assert_eq!(given, crate::records::HandedOver::HasLeft);
    assert_eq!(beside.posts(range, 0, 5).await.unwrap(), std::slice::from_ref(&held));

    let there = beside.people_on(phone(OTHER)).await.unwrap().unwrap();
    let gita = there.people.iter().find(|one| one.name == "गीता देवी").unwrap();
    let to = (there.contact, gita.person);
    beside.hand_over_post(held.id, to, house.now(), "x").await.unwrap();
    let now = beside.posts(range, 0, 5).await.unwrap().remove(0);
    assert_eq!((now.contact, now.person), (held.contact, gita.person));
    assert_eq!(beside.people_on(phone("9800000000")).await.unwrap(), None);
}

async fn what_a_list_filled_in_another_corrects_and_what_the_person_said_none_does(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let joins = Fact::EnrolMember(crate::fact::NewMember {
        number: "UP-1".to_owned(),
        name: "रमेश यादव".to_owned(),
        district: "162".to_owned(),
        assembly: 173,
        booth: None,
        birth_year: None,
        ends: None,
    });
    house.made_true(contact, "joins", vec![joins]).await;
    let at = |assembly: u16, booth: u16, year: i16| {
        let mut row = bare(PHONE, "रमेश यादव");
        row.details.assembly = Some(assembly);
        row.details.booth = Some(booth);
        row.details.birth_year = Some(year);
        vec![row]
    };
    assert_eq!(taken(&house, at(173, 42, 1980)).await, [Taken::Completed]);
    let (column, _) = {
        let refused = taken(&house, at(173, 45, 1981)).await;
        (refusal(&refused).0, refusal(&refused).1.contains("--update"))
    };
    assert_eq!(column, Column::BirthYear, "as of anybody: the office is asked");
    assert_eq!(updated(&house, at(173, 45, 1981)).await, [Taken::Changed]);
    assert_eq!(updated(&house, at(173, 45, 1981)).await, [Taken::Unchanged]);
    assert_eq!(house.rows("members WHERE booth = 45 AND birth_year = 1981 AND from_list = 12"), 1);
    assert_eq!(house.rows("member_history WHERE booth = 42 AND birth_year = 1980"), 1);
    // The seat they said themselves, and another would take the booth along.
    let refused = updated(&house, at(174, 45, 1981)).await;
    let (column, reason) = refusal(&refused);
    assert_eq!(column, Column::Assembly);
    assert!(reason.contains("own word wins"), "{reason}");

    // What they say from here on is theirs; what they did not is not.
    let says = |name: &str, booth| {
        Fact::UpdateMember(crate::fact::MemberDetails {
            name: name.to_owned(),
            district: "162".to_owned(),
            assembly: 173,
            booth: Some(booth),
        })
    };
    house.made_true(contact, "renamed", vec![says("रमेश कुमार यादव", 45)]).await;
    assert_eq!(house.rows("members WHERE from_list = 12"), 1, "of the booth they said nothing");
    house.made_true(contact, "moves", vec![says("रमेश यादव", 46)]).await;
    assert_eq!(house.rows("members WHERE from_list = 8"), 1);
    let refused = updated(&house, at(173, 47, 1981)).await;
    assert_eq!(refusal(&refused).0, Column::Booth);
    assert_eq!(updated(&house, at(173, 46, 1982)).await, [Taken::Changed]);

    // Whom a list knew and who joins without a year of birth: the year is the list's still.
    taken(&house, vec![row(OTHER, "सीता देवी")]).await;
    let beside = house.beside().await;
    let sita = beside.people_on(phone(OTHER)).await.unwrap().unwrap().contact;
    let number = person(&house, sita).await.listed.unwrap().number;
    let joins = Fact::EnrolMember(crate::fact::NewMember {
        number,
        name: "सीता देवी".to_owned(),
        district: "162".to_owned(),
        assembly: 173,
        booth: Some(42),
        birth_year: None,
        ends: None,
    });
    house.made_true(sita, "sita joins", vec![joins]).await;
    let mut year = bare(OTHER, "सीता देवी");
    year.details.birth_year = Some(1979);
    assert_eq!(updated(&house, vec![year.clone()]).await, [Taken::Changed]);
    year.details.booth = Some(43);
    assert_eq!(refusal(&updated(&house, vec![year]).await).0, Column::Booth);
    house.totals_are_true().await;
}

async fn the_sector_of_a_member_follows_the_booth(home: Home) {
    let house = House::new(home).await;
    assert_eq!(taken(&house, vec![row(PHONE, "रमेश यादव")]).await, [Taken::New]);
    let mut moved = row(PHONE, "रमेश यादव");
    moved.details.sector = Some(5);
    let refused = taken(&house, vec![moved.clone()]).await;
    assert_eq!(refusal(&refused).0, Column::Sector, "nobody knows where the booth lies");
    moved.sector_follows = true;
    assert_eq!(taken(&house, vec![moved.clone()]).await, [Taken::Completed]);
    assert_eq!(taken(&house, vec![moved.clone()]).await, [Taken::Unchanged]);
    assert_eq!(house.rows("members WHERE booth = 42 AND sector = 5"), 1);
    // Whoever moves to another booth leaves its sector.
    moved.details.booth = Some(45);
    moved.details.sector = None;
    assert_eq!(updated(&house, vec![moved]).await, [Taken::Changed]);
    assert_eq!(house.rows("members WHERE booth = 45 AND sector IS NULL"), 1);
    assert_eq!(house.rows("member_history WHERE booth = 42 AND sector = 5"), 1);
}

async fn what_rows_would_come_to_is_told_and_nothing_is_written(home: Home) {
    let house = House::new(home).await;
    taken(&house, vec![row(PHONE, "राम कुमार")]).await;
    let mut moved = row(PHONE, "राम कुमार");
    moved.details.booth = Some(45);
    let rows = vec![row(PHONE, "राम कुमार"), moved, row(OTHER, "सीता देवी")];
    let all = house.all_rows();
    let beside = house.beside().await;
    for update in [false, true] {
        let import = import_at(&house, update);
        let would = beside.would_import(&import.terms, rows.clone()).await.unwrap();
        assert!(
            matches!(would[..], [Taken::Unchanged, Taken::Refused { .. }, Taken::New]),
            "{would:?}"
        );
        assert_eq!(house.all_rows(), all);
    }
    assert_eq!(taken(&house, rows).await[2], Taken::New);
}

async fn rows_of_which_all_is_known_hold_nobody_up(home: Home) {
    let house = House::new(home).await;
    taken(&house, vec![row(PHONE, "राम कुमार")]).await;
    // Whoever writes is held up here, and would wait for this lock.
    house.raw().execute(match home {
        Home::Sqlite => "BEGIN IMMEDIATE",
        Home::Postgres => "BEGIN; SELECT id FROM contacts FOR UPDATE",
    });
    assert_eq!(taken(&house, vec![row(PHONE, "राम कुमार")]).await, [Taken::Unchanged]);
    house.raw().execute("ROLLBACK");
}

async fn posts_from_before_places_had_numbers_get_theirs(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let migration = match home {
        Home::Sqlite => include_str!("../../../migrations/sqlite/0014_posts_since.sql"),
        Home::Postgres => include_str!("../../../migrations/postgres/0016_posts_since.sql"),
    };
    let (_, filling) = migration.split_once("-- Posts from before").unwrap();
    let (_, filling) = filling.split_once('\n').unwrap();
    let (_, filling) = filling.split_once('\n').unwrap();
    let places = [
        Place::State,
        Place::Division(7),
        Place::District(162),
        Place::LokSabha(35),
        Place::Assembly(9),
        Place::Assembly(403),
        Place::Sector { assembly: 173, number: 4 },
        Place::Booth { assembly: 9, number: 402 },
        Place::Booth { assembly: 173, number: 1 },
    ];
    let add = |place: &str| {
        house.raw().execute(&format!(
            "INSERT INTO posts (contact, post, place, since)
             VALUES ({contact}, 'booth_president', '{place}', 0)"
        ));
    };
    let strange =
        ["", "x", "booth:173", "booth:1/2/3", "booth:17345/1", "assembly:abc", "sector:1/x"];
    for place in places {
        add(&place.to_string());
    }
    for place in strange {
        add(place);
    }
    add("booth:9/402");
    house.raw().execute(filling);
    for place in places {
        let code = place.code(Delimitation::NOW);
        assert!(
            house.rows(&format!("posts WHERE place = '{place}' AND code = {code}")) > 0,
            "{place}"
        );
    }
    let without = i64::try_from(strange.len()).unwrap();
    assert_eq!(house.rows("posts WHERE code IS NULL"), without);
    // Two were written for one booth: the office says who holds it.
    assert_eq!(house.rows("posts WHERE place = 'booth:9/402' AND single = 0"), 2);
    assert_eq!(house.rows("posts WHERE single = 1"), 8);
}
