use futures_util::future::join_all;

use super::*;
use crate::contact::Address;

promises! {
    a_person_stays_one_contact_under_every_address_they_are_seen_with,
    a_person_without_a_number_is_known_and_has_one_later,
    fifty_first_messages_at_once_make_one_contact,
    answers_come_in_the_order_of_the_questions,
    two_contacts_one_message_claims_stay_two_and_are_queued_for_a_person,
    after_a_change_of_number_the_old_one_belongs_to_whoever_writes_next,
    a_change_of_number_or_of_id_ends_the_old_number_and_the_old_id,
    a_number_of_somebody_else_is_not_taken_over_by_a_change_of_number,
    nobody_has_a_snapshot_or_addresses,
    a_turn_for_whom_the_sender_is_not_any_more_leaves_no_row,
}

fn identities(addresses: &[(AddressKind, &str)]) -> Identities {
    let addresses = addresses.iter().map(|(kind, value)| Address::new(*kind, *value)).collect();
    Identities { addresses }
}

async fn resolve(house: &House, addresses: &[(AddressKind, &str)]) -> i64 {
    let from = vec![(Channel::Whatsapp, identities(addresses))];
    house.records.resolve(from).await.unwrap()[0]
}

async fn a_person_stays_one_contact_under_every_address_they_are_seen_with(home: Home) {
    let house = House::new(home).await;
    let by_phone = resolve(&house, &[(AddressKind::Phone, PHONE)]).await;
    let both = [(AddressKind::Phone, PHONE), (AddressKind::WhatsappUser, "IN.123")];
    assert_eq!(resolve(&house, &both).await, by_phone);
    assert_eq!(resolve(&house, &[(AddressKind::WhatsappUser, "IN.123")]).await, by_phone);
    assert_eq!(house.records.addresses(by_phone).await.unwrap(), identities(&both));
    assert_eq!((house.rows("contacts"), house.rows("addresses")), (1, 2));
    house.totals_are_true().await;
}

async fn a_person_without_a_number_is_known_and_has_one_later(home: Home) {
    let house = House::new(home).await;
    let contact = resolve(&house, &[(AddressKind::WhatsappUser, "IN.123")]).await;
    let before = house.records.snapshot(contact).await.unwrap().unwrap().contact;
    assert!(!before.has_phone);
    let both = [(AddressKind::WhatsappUser, "IN.123"), (AddressKind::Phone, PHONE)];
    assert_eq!(resolve(&house, &both).await, contact);
    let after = house.records.snapshot(contact).await.unwrap().unwrap().contact;
    assert!(after.has_phone);
    assert!(after.version > before.version, "who read the contact before must read again");
}

async fn fifty_first_messages_at_once_make_one_contact(home: Home) {
    let house = House::new(home).await;
    let from = vec![(Channel::Whatsapp, Identities::of(AddressKind::Phone, PHONE))];
    let waiting = (0..50).map(|_| house.records.resolve(from.clone()));
    let contacts: Vec<i64> = join_all(waiting).await.into_iter().flat_map(Result::unwrap).collect();
    assert_eq!(contacts.len(), 50);
    assert!(contacts.iter().all(|contact| *contact == contacts[0]));
    assert_eq!(house.rows("contacts"), 1);
}

async fn answers_come_in_the_order_of_the_questions(home: Home) {
    let house = House::new(home).await;
    let phones = ["9811111111", "9822222222", "9811111111", "9833333333"];
    let from = phones
        .iter()
        .map(|phone| (Channel::Whatsapp, Identities::of(AddressKind::Phone, *phone)))
        .collect();
    let contacts = house.records.resolve(from).await.unwrap();
    assert_eq!(contacts[0], contacts[2]);
    assert_eq!(house.rows("contacts"), 3);
    for (phone, contact) in phones.iter().zip(&contacts) {
        assert_eq!(house.contact_of(phone).await, *contact);
    }
    assert!(house.records.resolve(Vec::new()).await.unwrap().is_empty());
    let nobody = vec![(Channel::Whatsapp, Identities::default())];
    assert!(matches!(house.records.resolve(nobody).await, Err(RecordsError::Refused(_))));
}

async fn two_contacts_one_message_claims_stay_two_and_are_queued_for_a_person(home: Home) {
    let house = House::new(home).await;
    let first = resolve(&house, &[(AddressKind::Phone, PHONE)]).await;
    let second = resolve(&house, &[(AddressKind::WhatsappUser, "IN.9")]).await;
    let both = [(AddressKind::Phone, PHONE), (AddressKind::WhatsappUser, "IN.9")];
    assert_eq!(resolve(&house, &both).await, first);
    assert_eq!(resolve(&house, &both).await, first);
    assert_eq!(resolve(&house, &[(AddressKind::WhatsappUser, "IN.9")]).await, second);
    assert_eq!(house.rows("merge_queue"), 1);
}

async fn after_a_change_of_number_the_old_one_belongs_to_whoever_writes_next(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let mut changed = text("changed", "", house.now());
    changed.content =
        InboundContent::IdentityChanged { new: Identities::of(AddressKind::Phone, "9898989898") };
    let (version, _) = won(house.records.note(contact, changed, house.now()).await);
    assert!(version > 0, "who read the contact before must read again");
    assert_eq!(house.contact_of("9898989898").await, contact);
    let addresses = house.records.addresses(contact).await.unwrap();
    assert_eq!(addresses, Identities::of(AddressKind::Phone, "9898989898"));
    assert_ne!(house.citizen().await, contact);
}

async fn a_change_of_number_or_of_id_ends_the_old_number_and_the_old_id(home: Home) {
    let house = House::new(home).await;
    let before = [
        (AddressKind::Phone, PHONE),
        (AddressKind::WhatsappUser, "IN.9"),
        (AddressKind::TelegramUser, "77"),
    ];
    let news = [
        (AddressKind::ForeignPhone, "447700900123"),
        (AddressKind::WhatsappUser, "IN.10"),
        (AddressKind::Phone, "9898989898"),
    ];
    for (kind, value) in news {
        let contact = resolve(&house, &before).await;
        let mut changed = text(value, "", house.now());
        let new = Identities::of(kind, value);
        changed.content = InboundContent::IdentityChanged { new: new.clone() };
        won(house.records.note(contact, changed, house.now()).await);
        let mut left = Identities::of(AddressKind::TelegramUser, "77");
        left.add(kind, value);
        assert_eq!(house.records.addresses(contact).await.unwrap(), left);
        let now = house.records.snapshot(contact).await.unwrap().unwrap().contact;
        assert_eq!(now.has_phone, kind.is_of_a_phone());
        // Telegram's id is free for the next round.
        let mut gone = text(&format!("{value}-gone"), "", house.now());
        let elsewhere = Identities::of(AddressKind::TelegramUser, format!("not {value}"));
        gone.content = InboundContent::IdentityChanged { new: elsewhere };
        won(house.records.note(contact, gone, house.now()).await);
    }
}

async fn a_number_of_somebody_else_is_not_taken_over_by_a_change_of_number(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let other = house.contact_of("9898989898").await;
    let mut changed = text("changed", "", house.now());
    changed.content =
        InboundContent::IdentityChanged { new: Identities::of(AddressKind::Phone, "9898989898") };
    won(house.records.note(contact, changed, house.now()).await);
    assert_eq!(house.contact_of("9898989898").await, other);
    assert_ne!(house.citizen().await, contact, "the old number is given up all the same");
    assert_eq!(house.rows("merge_queue"), 1);
}

async fn nobody_has_a_snapshot_or_addresses(home: Home) {
    let house = House::new(home).await;
    assert_eq!(house.records.snapshot(7).await.unwrap(), None);
    assert_eq!(house.records.addresses(7).await.unwrap(), Identities::default());
}

/// Whoever remembers the old owner of a number (another process, say) is told at the commit.
async fn a_turn_for_whom_the_sender_is_not_any_more_leaves_no_row(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    won(house.records.commit(house.turn(contact, "before").await).await);
    let mut changed = text("changed", "", house.now());
    changed.content =
        InboundContent::IdentityChanged { new: Identities::of(AddressKind::Phone, "9898989898") };
    won(house.records.note(contact, changed.clone(), house.now()).await);

    let before = house.all_rows();
    let from_the_old_number = house.turn(contact, "stranger").await;
    let verdict = house.records.commit(from_the_old_number.clone()).await.unwrap();
    assert_eq!(verdict, Verdict::Stranger);
    assert!(from_the_old_number.chain.is_broken_before(1), "nor may what was made upon it win");
    let mut reaction = text("reaction", "", house.now());
    reaction.content = InboundContent::Revoked { message: "wamid.1".to_owned() };
    let noted = house.records.note(contact, reaction, house.now()).await.unwrap();
    assert_eq!(noted, Verdict::Stranger);
    assert_eq!(house.all_rows(), before);

    // What was committed while the number was hers stays so, and the change itself is known.
    let again = house.turn(contact, "before").await;
    assert_eq!(house.records.commit(again).await.unwrap(), Verdict::Duplicate);
    let noted = house.records.note(contact, changed, house.now()).await.unwrap();
    assert_eq!(noted, Verdict::Duplicate);
    // From her new number, and by a timer, she goes on.
    let mut hers = house.turn(contact, "hers").await;
    hers.inbound.from = Identities::of(AddressKind::Phone, "9898989898");
    won(house.records.commit(hers).await);
    let mut timer = house.turn(contact, "timer").await;
    timer.inbound.channel = Channel::Internal;
    timer.inbound.from = Identities::default();
    won(house.records.commit(timer).await);
    // The stranger is a contact of their own.
    let stranger = house.citizen().await;
    assert_ne!(stranger, contact);
    won(house.records.commit(house.turn(stranger, "stranger").await).await);
}
