//! Words the office gives to people.

use super::*;
use crate::records::{Audit, Erasure};

promises! {
    a_word_is_given_once_and_taken_back,
    who_has_a_word_is_known_between_two_contacts,
    a_word_is_in_what_a_person_gets_of_theirs_and_goes_with_them,
    of_two_contacts_that_are_one_person_the_words_of_both_stay,
}

fn audit(house: &House, what: &'static str) -> Audit {
    Audit { by: "priya".to_owned(), what, why: None, at: house.now() }
}

async fn a_word_is_given_once_and_taken_back(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let people = super::broadcasts::people(&house, 3).await;
    let tag = audit(&house, "tag");
    let at = house.now();
    assert_eq!(beside.tags().await.unwrap(), []);
    assert_eq!(beside.tag("volunteer", &people[..2], at, Some(&tag)).await.unwrap(), 2);
    assert_eq!(beside.tag("volunteer", &people, at, Some(&tag)).await.unwrap(), 1, "one is new");
    assert_eq!(beside.tag("volunteer", &people, at, Some(&tag)).await.unwrap(), 0);
    beside.tag("doctor", &people[2..], at, None).await.unwrap();
    let known = |tag: &str, count| (tag.to_owned(), count);
    assert_eq!(beside.tags().await.unwrap(), [known("doctor", 1), known("volunteer", 3)]);
    let untag = audit(&house, "untag");
    assert_eq!(beside.untag("volunteer", &people[1..], &untag).await.unwrap(), 2);
    assert_eq!(beside.untag("volunteer", &people[1..], &untag).await.unwrap(), 0);
    assert_eq!(beside.untag("nobody's", &people, &untag).await.unwrap(), 0);
    assert_eq!(beside.tags().await.unwrap(), [known("doctor", 1), known("volunteer", 1)]);
    assert_eq!(house.rows("audit WHERE what = 'tag' AND why = 'volunteer'"), 2, "what changed");
    assert_eq!(house.rows("audit WHERE what = 'untag' AND count = 2"), 1);
}

async fn who_has_a_word_is_known_between_two_contacts(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let people = super::broadcasts::people(&house, 4).await;
    beside.tag("volunteer", &people[..3], house.now(), None).await.unwrap();
    let between = async |range| beside.tagged("volunteer", range).await.unwrap();
    assert_eq!(between(people[1]..=people[3]).await, people[1..3]);
    assert_eq!(between(people[3]..=i64::MAX).await, Vec::<i64>::new());
    assert_eq!(beside.tagged("doctor", 0..=i64::MAX).await.unwrap(), Vec::<i64>::new());
}

async fn a_word_is_in_what_a_person_gets_of_theirs_and_goes_with_them(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let people = super::broadcasts::people(&house, 2).await;
    beside.tag("volunteer", &people, house.now(), None).await.unwrap();
    let look = audit(&house, "export");
    let document = beside.person_document(people[0], &look).await.unwrap();
    assert_eq!(document["tags"][0]["tag"], "volunteer");
    let (by, why) = ("priya".to_owned(), "T-1".to_owned());
    let erasure = Erasure { by, why, at: house.now() };
    beside.erase_person(people[0], &erasure).await.unwrap();
    assert_eq!(beside.tagged("volunteer", 0..=i64::MAX).await.unwrap(), people[1..]);
}

async fn of_two_contacts_that_are_one_person_the_words_of_both_stay(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let user = Identities::of(AddressKind::WhatsappUser, "IN.1");
    let nameless = house.records.resolve(vec![(Channel::Whatsapp, user.clone())]).await.unwrap()[0];
    let one = super::broadcasts::people(&house, 1).await[0];
    beside.tag("volunteer", &[nameless, one], house.now(), None).await.unwrap();
    beside.tag("doctor", &[one], house.now(), None).await.unwrap();
    let number = crate::contact::PhoneNumber::parse("9810000000").unwrap();
    house.records.adopt(&user, number).await.unwrap();
    let kept = nameless.min(one);
    for tag in ["volunteer", "doctor"] {
        assert_eq!(beside.tagged(tag, 0..=i64::MAX).await.unwrap(), [kept], "{tag}");
    }
}
