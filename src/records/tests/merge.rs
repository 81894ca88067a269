//! A person without a number tells theirs, and may have been known by it: two contacts become one.

use futures_util::future::join_all;

use super::effects::{fetch, keep, medium};
use super::facts::{complaint, consent, member, referred};
use super::*;
use crate::contact::{Member, PhoneNumber};
use crate::flow::{Effect, Timer, TimerKind};
use crate::message::{Outgoing, Status, StatusUpdate};
use crate::records::{
    Adopted, EffectKind, EffectResult, Fault, OpenMerge, SendRecord, SendResult, Sender, WhyTwo,
};

promises! {
    a_number_nobody_has_is_added_once,
    two_contacts_become_one_with_all_that_each_had,
    the_older_contact_stays_whoever_speaks,
    of_two_members_the_older_holds_and_the_other_is_recorded_as_given_up,
    a_withdrawal_of_either_outlives_the_merge_and_takes_back_what_waits,
    the_conversation_of_whoever_speaks_stands_with_its_timers,
    the_other_conversation_goes_on_where_the_speaker_has_none,
    what_waits_to_be_sent_goes_to_the_person_under_their_new_contact,
    a_turn_made_for_the_contact_that_is_gone_leaves_no_row,
    a_turn_made_before_the_merge_for_the_contact_that_stays_is_made_again,
    a_number_of_somebody_with_another_user_id_is_refused_and_queued,
    fifty_at_once_merge_once,
    what_was_said_and_sent_under_either_is_read_as_one,
    whoever_brought_the_member_is_turned_from_the_new_count,
    a_merge_that_cannot_be_read_back_changes_nothing,
    one_message_that_names_both_contacts_of_a_person_makes_them_one,
    a_message_that_names_two_users_of_one_number_leaves_them_two,
    a_number_that_was_taken_later_does_not_bring_its_old_owner_along,
    what_the_office_keeps_apart_stays_apart_and_is_not_asked_again,
    what_the_office_makes_one_is_one_and_keeps_what_was_named_last,
    a_pair_waits_under_the_contacts_that_its_two_are_now,
    what_was_under_way_when_two_became_one_is_settled_under_the_one,
    whatever_befalls_the_commit_two_become_one_once_or_not_at_all,
    a_process_that_dies_with_claims_of_both_leaves_them_unknown_under_the_one,
}

const USER: &str = "IN.123";

fn number() -> PhoneNumber {
    PhoneNumber::parse(PHONE).unwrap()
}

fn nameless() -> Identities {
    Identities::of(AddressKind::WhatsappUser, USER)
}

async fn adopt(house: &House) -> Adopted {
    house.records.adopt(&nameless(), number()).await.unwrap()
}

async fn speaker(house: &House) -> i64 {
    house.records.resolve(vec![(Channel::Whatsapp, nameless())]).await.unwrap()[0]
}

/// The contact of the number, older, and the speaker's.
async fn two(house: &House) -> (i64, i64) {
    (house.citizen().await, speaker(house).await)
}

/// A won turn of the contact with these facts and session, at this time.
async fn turned(
    house: &House,
    contact: i64,
    key: &str,
    facts: Vec<Fact>,
    session: Option<Session>,
) {
    let mut turn = with_facts(house.turn(contact, key).await, facts);
    turn.inbound.from = house.records.addresses(contact).await.unwrap();
    turn.session = session;
    turn.replies = Vec::new();
    won(house.records.commit(turn).await);
}

async fn membership(house: &House, contact: i64) -> Option<Member> {
    house.records.snapshot(contact).await.unwrap().unwrap().contact.membership
}

fn session(step: &str, visit: u32) -> Session {
    Session { flow: "join".to_owned(), step: step.to_owned(), visit, ..Session::default() }
}

async fn a_number_nobody_has_is_added_once(home: Home) {
    let house = House::new(home).await;
    let contact = speaker(&house).await;
    let before = house.version(contact).await;
    assert_eq!(adopt(&house).await, Adopted::Added { contact });
    assert_eq!(adopt(&house).await, Adopted::Known);
    assert_eq!(house.citizen().await, contact);
    let after = house.records.snapshot(contact).await.unwrap().unwrap().contact;
    assert!(after.has_phone && after.version > before, "who read the contact before reads again");
    assert_eq!(house.rows("contacts"), 1);
    house.totals_are_true().await;
}

async fn two_contacts_become_one_with_all_that_each_had(home: Home) {
    let house = House::new(home).await;
    let (old, young) = two(&house).await;
    turned(&house, old, "a", vec![member("UP-1"), consent(Purpose::Membership, true)], None).await;
    let facts = vec![
        consent(Purpose::Samvad, true),
        complaint("T-1"),
        Fact::Language { language: crate::contact::Language::Ur, guessed: false },
    ];
    turned(&house, young, "b", facts, Some(session("name", 7))).await;
    assert_eq!(adopt(&house).await, Adopted::Merged { kept: old, given_up: young });
    assert_eq!(adopt(&house).await, Adopted::Known, "once more is nothing new");

    let both = house.records.addresses(old).await.unwrap();
    assert_eq!(both.get(AddressKind::Phone), Some(PHONE));
    assert_eq!(both.get(AddressKind::WhatsappUser), Some(USER));
    assert_eq!((house.citizen().await, speaker(&house).await), (old, old));
    let whole = house.records.snapshot(old).await.unwrap().unwrap();
    assert_eq!(whole.contact.membership.unwrap().name, "रमेश यादव");
    let given: Vec<(Purpose, bool)> =
        whole.contact.consents.iter().map(|known| (known.purpose, known.given)).collect();
    assert_eq!(given, [(Purpose::Membership, true), (Purpose::Samvad, true)]);
    assert_eq!(whole.contact.language, crate::contact::Language::Ur);
    assert!(whole.contact.has_phone);
    assert_eq!(whole.session, Some(session("name", 7)));
    let request = house.beside().await.request("T-1").await.unwrap().unwrap();
    assert_eq!(request.contact, old);
    assert!(!request.details.is_empty(), "what was said with it is read under the new contact");
    let empty = house.records.snapshot(young).await.unwrap().unwrap();
    assert_eq!((empty.session, empty.contact.consents.len()), (None, 0));
    house.totals_are_true().await;
}

async fn the_older_contact_stays_whoever_speaks(home: Home) {
    let house = House::new(home).await;
    let speaks = speaker(&house).await;
    let other = house.citizen().await;
    turned(&house, other, "a", vec![member("UP-1")], None).await;
    assert_eq!(adopt(&house).await, Adopted::Merged { kept: speaks, given_up: other });
    assert_eq!(membership(&house, speaks).await.unwrap().number, "UP-1");
    house.totals_are_true().await;
}

async fn of_two_members_the_older_holds_and_the_other_is_recorded_as_given_up(home: Home) {
    let house = House::new(home).await;
    let (old, young) = two(&house).await;
    turned(&house, young, "b", vec![member("UP-2")], None).await;
    house.wait(Duration::from_mins(1));
    turned(&house, old, "a", vec![member("UP-1")], None).await;
    assert_eq!(adopt(&house).await, Adopted::Merged { kept: old, given_up: young });
    assert_eq!(membership(&house, old).await.unwrap().number, "UP-2", "theirs for longer");
    assert_eq!(house.rows("members WHERE until IS NOT NULL"), 1, "the other has ended");
    assert_eq!(house.rows(&format!("members WHERE contact = {old}")), 2);
    house.totals_are_true().await;
    // Leaving and joining again is as ever.
    turned(&house, old, "c", vec![Fact::LeaveMembership, member("UP-3")], None).await;
    assert_eq!(membership(&house, old).await.unwrap().number, "UP-3");
}

async fn a_withdrawal_of_either_outlives_the_merge_and_takes_back_what_waits(home: Home) {
    let house = House::new(home).await;
    let (old, young) = two(&house).await;
    turned(&house, old, "a", vec![consent(Purpose::Samvad, false)], None).await;
    house.wait(Duration::from_mins(1));
    turned(&house, young, "b", vec![consent(Purpose::Samvad, true)], None).await;
    let mut queued = house.turn(young, "c").await;
    queued.inbound.from = nameless();
    queued.replies = vec![reply_in(Lane::Person, Purpose::Samvad, "खबर")];
    let (_, ids) = won(house.records.commit(queued).await);
    adopt(&house).await;
    let contact = house.records.snapshot(old).await.unwrap().unwrap().contact;
    assert!(contact.withdrew(Purpose::Samvad));
    assert_eq!(house.status_of(ids[0]), "suppressed");
    let rows = house.rows("consents");
    assert_eq!(rows, 3, "the ledger is only appended to");
    house.totals_are_true().await;
}

async fn the_conversation_of_whoever_speaks_stands_with_its_timers(home: Home) {
    let house = House::new(home).await;
    let (old, young) = two(&house).await;
    for (contact, key, visit) in [(old, "a", 3), (young, "b", 7)] {
        let mut turn = house.turn(contact, key).await;
        turn.inbound.from = house.records.addresses(contact).await.unwrap();
        turn.session = Some(session(key, visit));
        turn.timers = vec![Timer { kind: TimerKind::Remind, due: house.now(), visit }];
        won(house.records.commit(turn).await);
    }
    adopt(&house).await;
    let stands = house.records.snapshot(old).await.unwrap().unwrap().session;
    assert_eq!(stands, Some(session("b", 7)));
    let due = house.records.due_timers(house.now(), 10).await.unwrap();
    let due: Vec<(i64, u32)> = due.iter().map(|timer| (timer.contact, timer.visit)).collect();
    assert_eq!(due, [(old, 7)]);
}

async fn the_other_conversation_goes_on_where_the_speaker_has_none(home: Home) {
    let house = House::new(home).await;
    let (old, _) = two(&house).await;
    turned(&house, old, "a", Vec::new(), Some(session("a", 3))).await;
    adopt(&house).await;
    let stands = house.records.snapshot(old).await.unwrap().unwrap().session;
    assert_eq!(stands, Some(session("a", 3)));
}

async fn what_waits_to_be_sent_goes_to_the_person_under_their_new_contact(home: Home) {
    let house = House::new(home).await;
    let (old, young) = two(&house).await;
    let mut turn = house.turn(young, "b").await;
    turn.inbound.from = nameless();
    won(house.records.commit(turn).await);
    adopt(&house).await;
    let claimed = house.records.claim(house.now(), 10).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].contact, old);
    assert_eq!(claimed[0].to.get(AddressKind::WhatsappUser), Some(USER));
    assert!(claimed[0].window_until.is_some(), "the road and its window came along");
}

async fn a_turn_made_for_the_contact_that_is_gone_leaves_no_row(home: Home) {
    let house = House::new(home).await;
    let (_, young) = two(&house).await;
    let mut late = house.turn(young, "late").await;
    late.inbound.from = nameless();
    adopt(&house).await;
    let before = house.all_rows();
    assert_eq!(house.records.commit(late).await.unwrap(), Verdict::Conflict);
    // It is made again, of the little that is left, and the sender is somebody else.
    let mut again = house.turn(young, "late").await;
    again.inbound.from = nameless();
    assert_eq!(house.records.commit(again).await.unwrap(), Verdict::Stranger);
    assert_eq!(house.all_rows(), before);
}

async fn a_turn_made_before_the_merge_for_the_contact_that_stays_is_made_again(home: Home) {
    let house = House::new(home).await;
    let (old, _) = two(&house).await;
    let late = house.turn(old, "late").await;
    adopt(&house).await;
    assert_eq!(house.records.commit(late).await.unwrap(), Verdict::Conflict);
}

async fn a_number_of_somebody_with_another_user_id_is_refused_and_queued(home: Home) {
    let house = House::new(home).await;
    let (old, young) = two(&house).await;
    let mut known = Identities::phone(number());
    known.add(AddressKind::WhatsappUser, "IN.999");
    house.records.resolve(vec![(Channel::Whatsapp, known)]).await.unwrap();
    turned(&house, old, "a", vec![member("UP-1")], None).await;
    for _ in 0..2 {
        assert_eq!(adopt(&house).await, Adopted::Refused);
    }
    assert_eq!((house.citizen().await, speaker(&house).await), (old, young));
    assert_eq!(membership(&house, young).await, None);
    assert_eq!(house.rows("merge_queue"), 1);
}

async fn fifty_at_once_merge_once(home: Home) {
    let house = House::new(home).await;
    let (old, young) = two(&house).await;
    let from = nameless();
    let all = join_all((0..50).map(|_| house.records.adopt(&from, number()))).await;
    let merged = Adopted::Merged { kept: old, given_up: young };
    let all: Vec<Adopted> = all.into_iter().map(Result::unwrap).collect();
    assert_eq!(all.iter().filter(|one| **one == merged).count(), 1);
    assert_eq!(all.iter().filter(|one| **one == Adopted::Known).count(), 49);
    house.totals_are_true().await;
}

async fn what_was_said_and_sent_under_either_is_read_as_one(home: Home) {
    let house = House::new(home).await;
    let (old, young) = two(&house).await;
    for (contact, key) in [(old, "a"), (young, "b"), (old, "c")] {
        let mut turn = house.turn(contact, key).await;
        turn.inbound.from = house.records.addresses(contact).await.unwrap();
        turn.effects = if key == "b" { vec![keep(), fetch()] } else { Vec::new() };
        won(house.records.commit(turn).await);
        house.wait(Duration::from_secs(1));
    }
    let claimed = house.records.claim_effects(house.now(), EffectKind::Keep, 10).await.unwrap();
    adopt(&house).await;
    let lines = house.records.history(old, 10).await.unwrap();
    assert_eq!(lines.len(), 6);
    assert!(lines.is_sorted_by_key(|line| line.id));
    assert_eq!(house.records.history(old, 2).await.unwrap(), lines[4..]);
    // A photo that was under way arrives, and can be opened.
    let kept = EffectResult::Kept(medium());
    house.records.record_effect(&claimed[0], kept).await.unwrap();
    assert_eq!(house.beside().await.media(old).await.unwrap().len(), 1);
    let calls = house.records.claim_effects(house.now(), EffectKind::Fetch, 10).await.unwrap();
    assert_eq!(calls[0].contact, old, "what a flow asked for is answered to the person");
}

async fn whoever_brought_the_member_is_turned_from_the_new_count(home: Home) {
    let house = House::new(home).await;
    let friend = house.contact_of("9800000001").await;
    let mut brings = with_facts(house.turn(friend, "f").await, vec![member("UP-9")]);
    brings.inbound.from = Identities::of(AddressKind::Phone, "9800000001");
    won(house.records.commit(brings).await);
    let (old, young) = two(&house).await;
    turned(&house, young, "b", vec![referred("UP-9"), member("UP-2")], None).await;
    house.wait(Duration::from_mins(1));
    turned(&house, old, "a", vec![member("UP-1")], None).await;
    let before = house.records.snapshot(friend).await.unwrap().unwrap().contact;
    assert_eq!(before.brought, 1);
    adopt(&house).await;
    let after = house.records.snapshot(friend).await.unwrap().unwrap().contact;
    assert_eq!(after.brought, 1, "the membership they brought is the one that holds");
    assert!(after.version > before.version);
}

async fn a_merge_that_cannot_be_read_back_changes_nothing(home: Home) {
    let house = House::new(home).await;
    let (old, young) = two(&house).await;
    turned(&house, young, "b", vec![member("UP-2")], None).await;
    house.raw().execute("UPDATE members SET name = (SELECT sealed FROM addresses LIMIT 1)");
    let before = house.all_rows();
    let refused = house.records.adopt(&nameless(), number()).await;
    assert!(matches!(refused, Err(RecordsError::Broken { table: "members", .. })), "{refused:?}");
    assert_eq!(house.all_rows(), before);
    assert_eq!((house.citizen().await, speaker(&house).await), (old, young));
}

// ---- one message that names both ---------------------------------------------------------------

/// What one message of WhatsApp may say of its sender.
fn both() -> Identities {
    let mut both = Identities::phone(number());
    both.add(AddressKind::WhatsappUser, USER);
    both
}

async fn who_wrote(house: &House, from: &Identities) -> Sender {
    house.records.senders(vec![(Channel::Whatsapp, from.clone())]).await.unwrap()[0]
}

async fn waiting(house: &House) -> Vec<OpenMerge> {
    let open = house.beside().await.merges(10).await.unwrap();
    let told = house.records.report(house.now()).await.unwrap().open_merges;
    assert_eq!(told, u64::try_from(open.len()).unwrap());
    open
}

/// The contact of the number changes it: both its old number and its old id are given up.
async fn changes(house: &House, contact: i64, new: Identities) {
    let mut changed = text("changed", "", house.now());
    changed.content = InboundContent::IdentityChanged { new };
    won(house.records.note(contact, changed, house.now()).await);
}

async fn one_message_that_names_both_contacts_of_a_person_makes_them_one(home: Home) {
    let house = House::new(home).await;
    let (old, young) = two(&house).await;
    turned(&house, old, "a", vec![member("UP-1")], None).await;
    turned(&house, young, "b", vec![consent(Purpose::Samvad, false)], None).await;
    assert_eq!(who_wrote(&house, &both()).await, Sender { contact: old, is_torn: true });
    let merged = Adopted::Merged { kept: old, given_up: young };
    assert_eq!(house.records.unite(&both()).await.unwrap(), merged);
    assert_eq!(house.records.unite(&both()).await.unwrap(), Adopted::Known);
    assert_eq!(who_wrote(&house, &both()).await, Sender { contact: old, is_torn: false });
    assert_eq!(speaker(&house).await, old);
    assert_eq!(waiting(&house).await, [], "nobody has to decide it");
    assert!(house.records.snapshot(old).await.unwrap().unwrap().contact.withdrew(Purpose::Samvad));
    house.totals_are_true().await;
}

async fn a_message_that_names_two_users_of_one_number_leaves_them_two(home: Home) {
    let house = House::new(home).await;
    let (old, young) = two(&house).await;
    // The number was another user's: it may have a new owner.
    let mut known = Identities::phone(number());
    known.add(AddressKind::WhatsappUser, "IN.999");
    house.records.resolve(vec![(Channel::Whatsapp, known)]).await.unwrap();
    assert_eq!(who_wrote(&house, &both()).await, Sender { contact: old, is_torn: true });
    assert_eq!(house.records.unite(&both()).await.unwrap(), Adopted::Refused);
    assert_eq!((house.citizen().await, speaker(&house).await), (old, young));
    let open = waiting(&house).await;
    assert_eq!((open.len(), open[0].speaker, open[0].owner), (1, old, young));
    assert_eq!(open[0].kind, AddressKind::WhatsappUser);
    let why = house.beside().await.why_two(&open[0]).await.unwrap();
    assert_eq!(why, Some(WhyTwo::TwoUsers));
}

async fn a_number_that_was_taken_later_does_not_bring_its_old_owner_along(home: Home) {
    let house = House::new(home).await;
    let changer = house.contact_of("9898989898").await;
    let had_it = house.citizen().await;
    turned(&house, had_it, "a", vec![member("UP-1")], None).await;
    changes(&house, changer, nameless()).await;
    assert_eq!(adopt(&house).await, Adopted::Refused, "by the button");
    assert_eq!(house.records.unite(&both()).await.unwrap(), Adopted::Refused, "by a message");
    assert_eq!(membership(&house, changer).await, None);
    let open = waiting(&house).await;
    let why = house.beside().await.why_two(&open[0]).await.unwrap();
    assert_eq!(why, Some(WhyTwo::NumberChanged));
    // A number that nobody had is theirs as ever.
    let other = PhoneNumber::parse("9811111111").unwrap();
    let added = house.records.adopt(&nameless(), other).await.unwrap();
    assert_eq!(added, Adopted::Added { contact: changer });
}

// ---- what the office decides -------------------------------------------------------------------

/// Two whom only the office can make one, and their pair.
async fn doubtful(house: &House) -> (i64, i64, OpenMerge) {
    let (old, young) = two(house).await;
    let mut known = Identities::phone(number());
    known.add(AddressKind::WhatsappUser, "IN.999");
    house.records.resolve(vec![(Channel::Whatsapp, known)]).await.unwrap();
    assert_eq!(adopt(house).await, Adopted::Refused);
    let open = waiting(house).await;
    (old, young, open[0])
}

async fn what_the_office_keeps_apart_stays_apart_and_is_not_asked_again(home: Home) {
    let house = House::new(home).await;
    let (old, young, pair) = doubtful(&house).await;
    let beside = house.beside().await;
    assert!(beside.keep_apart(pair.id, house.now()).await.unwrap());
    assert!(!beside.keep_apart(pair.id, house.now()).await.unwrap());
    assert!(!beside.unite(pair.id, house.now()).await.unwrap(), "it is decided");
    assert_eq!(beside.merge(pair.id).await.unwrap(), None);
    // Not even when nothing speaks against it any more.
    house
        .raw()
        .execute(&format!("UPDATE addresses SET until = 1 WHERE contact = {old} AND kind = 3"));
    for _ in 0..2 {
        assert_eq!(house.records.unite(&both()).await.unwrap(), Adopted::Refused);
        assert_eq!(adopt(&house).await, Adopted::Refused);
    }
    assert_eq!(waiting(&house).await, []);
    assert_eq!((house.citizen().await, speaker(&house).await), (old, young));
}

async fn what_the_office_makes_one_is_one_and_keeps_what_was_named_last(home: Home) {
    let house = House::new(home).await;
    let (old, young, pair) = doubtful(&house).await;
    turned(&house, old, "a", vec![member("UP-1")], Some(session("a", 3))).await;
    house.wait(Duration::from_mins(1));
    turned(&house, young, "b", Vec::new(), Some(session("b", 7))).await;
    let beside = house.beside().await;
    assert!(beside.unite(pair.id, house.now()).await.unwrap());
    assert!(!beside.unite(pair.id, house.now()).await.unwrap(), "it is ordered already");
    assert!(!beside.unite(pair.id + 1, house.now()).await.unwrap());
    let due = house.records.claim_effects(house.now(), EffectKind::Unite, 10).await.unwrap();
    assert_eq!((due.len(), &due[0].effect), (1, &Effect::Unite { merge: pair.id }));

    let merged = Adopted::Merged { kept: old, given_up: young };
    assert_eq!(house.records.settle_merge(pair.id).await.unwrap(), merged);
    assert!(house.records.record_effect(&due[0], EffectResult::Done).await.unwrap());
    assert_eq!(house.records.settle_merge(pair.id).await.unwrap(), Adopted::Known);
    assert_eq!(waiting(&house).await, []);
    let addresses = house.records.addresses(old).await.unwrap();
    let mut held: Vec<&str> =
        addresses.addresses.iter().map(|address| address.value.as_str()).collect();
    held.sort_unstable();
    assert_eq!(held, [PHONE, USER], "WhatsApp's older id is given up");
    let whole = house.records.snapshot(old).await.unwrap().unwrap();
    assert_eq!(whole.contact.membership.unwrap().number, "UP-1");
    assert_eq!(whole.session, Some(session("b", 7)), "of whoever wrote last");
    house.totals_are_true().await;
    // Whoever remembers the older id is told that it is nobody's.
    let mut late = house.turn(old, "late").await;
    late.inbound.from = Identities::of(AddressKind::WhatsappUser, "IN.999");
    assert_eq!(house.records.commit(late).await.unwrap(), Verdict::Stranger);
}

async fn a_pair_waits_under_the_contacts_that_its_two_are_now(home: Home) {
    let house = House::new(home).await;
    let telegram = || Identities::of(AddressKind::TelegramUser, "77");
    let first = house.records.resolve(vec![(Channel::Telegram, telegram())]).await.unwrap()[0];
    let (old, young, pair) = doubtful(&house).await;
    // Meanwhile the one is found to be somebody we know for longer.
    let mut same = telegram();
    same.add(AddressKind::WhatsappUser, USER);
    let merged = Adopted::Merged { kept: first, given_up: young };
    assert_eq!(house.records.unite(&same).await.unwrap(), merged);
    assert_eq!(waiting(&house).await, [OpenMerge { speaker: first, ..pair }]);
    let merged = Adopted::Merged { kept: first, given_up: old };
    assert_eq!(house.records.settle_merge(pair.id).await.unwrap(), merged);
    assert_eq!((house.citizen().await, speaker(&house).await), (first, first));
    assert_eq!(waiting(&house).await, []);
    house.totals_are_true().await;
}

// ---- what is under way ------------------------------------------------------------------------

/// A message of each contact, claimed; a timer of each, claimed; the speaker's is the session that stands.
async fn all_under_way(house: &House, contacts: [i64; 2]) -> Vec<Outgoing> {
    for (contact, key) in contacts.into_iter().zip(["a", "b"]) {
        let mut turn = house.turn(contact, key).await;
        turn.inbound.from = house.records.addresses(contact).await.unwrap();
        turn.session = Some(session(key, 3));
        turn.timers = vec![Timer { kind: TimerKind::Remind, due: house.now(), visit: 3 }];
        won(house.records.commit(turn).await);
    }
    let claimed = house.records.claim(house.now(), 10).await.unwrap();
    assert_eq!(claimed.len(), 2);
    claimed
}

async fn what_was_under_way_when_two_became_one_is_settled_under_the_one(home: Home) {
    let house = House::new(home).await;
    let (old, young) = two(&house).await;
    let claimed = all_under_way(&house, [old, young]).await;
    let due = house.records.due_timers(house.now(), 10).await.unwrap();
    assert_eq!(due.len(), 2);
    let mut timer = house.turn(young, "timer").await;
    timer.inbound.channel = Channel::Internal;
    timer.inbound.from = Identities::default();

    assert_eq!(adopt(&house).await, Adopted::Merged { kept: old, given_up: young });
    // The turn of a timer that was claimed before is nobody's any more, and is claimed again.
    assert_eq!(house.records.commit(timer).await.unwrap(), Verdict::Conflict);
    house.wait(Duration::from_mins(2));
    let again = house.records.due_timers(house.now(), 10).await.unwrap();
    assert_eq!(again.iter().map(|due| due.contact).collect::<Vec<_>>(), [old]);

    let sent = |outgoing: &Outgoing| SendRecord {
        id: outgoing.id,
        at: house.now(),
        result: SendResult::Sent { provider_id: Some(format!("wamid.{}", outgoing.id.id)) },
    };
    house.records.record_sends(claimed.iter().map(sent).collect()).await.unwrap();
    let delivered = |outgoing: &Outgoing| StatusUpdate {
        channel: Channel::Whatsapp,
        account: ACCOUNT.to_owned(),
        provider_id: format!("wamid.{}", outgoing.id.id),
        outgoing: Some(outgoing.id),
        status: Status::Delivered,
        at: house.now(),
        error: None,
        asks: None,
        recipient: both(),
    };
    house.records.apply_statuses(claimed.iter().map(delivered).collect()).await.unwrap();
    for outgoing in &claimed {
        assert_eq!(house.status_of(outgoing.id), "delivered");
    }
    assert_eq!(house.rows(&format!("outgoing WHERE contact = {young} AND status < 3")), 0);
    assert_eq!(waiting(&house).await, []);
    house.totals_are_true().await;
}

async fn whatever_befalls_the_commit_two_become_one_once_or_not_at_all(home: Home) {
    for fault in [
        Fault::CommitFails,
        Fault::CommitAnswerLost,
        Fault::AnswersLost,
        Fault::DiskFull { times: 1 },
    ] {
        let house = House::new(home).await;
        let (old, young) = two(&house).await;
        all_under_way(&house, [old, young]).await;
        let before = house.all_rows();
        house.records.inject(fault.clone());
        let told = house.records.unite(&both()).await;
        if told.is_err() && house.citizen().await != speaker(&house).await {
            assert_eq!(house.all_rows(), before, "{fault:?}: half of it stands");
        }
        let again = house.records.unite(&both()).await.unwrap();
        let merged = Adopted::Merged { kept: old, given_up: young };
        assert!([Adopted::Known, merged].contains(&again), "{fault:?}: {again:?}");
        assert_eq!((house.citizen().await, speaker(&house).await), (old, old), "{fault:?}");
        house.totals_are_true().await;
    }
}

async fn a_process_that_dies_with_claims_of_both_leaves_them_unknown_under_the_one(home: Home) {
    let house = House::new(home).await;
    let (old, young) = two(&house).await;
    let claimed = all_under_way(&house, [old, young]).await;
    assert_eq!(adopt(&house).await, Adopted::Merged { kept: old, given_up: young });
    let house = house.die_and_start_again().await;
    for outgoing in &claimed {
        assert_eq!(house.status_of(outgoing.id), "unknown");
    }
    assert_eq!(house.rows(&format!("outgoing WHERE contact = {old} AND status = 2")), 2);
    house.totals_are_true().await;
    house.wait(Duration::from_mins(10));
    house.records.sweep(house.now(), WAITS).await.unwrap();
    // WhatsApp would have echoed their ids: once more, in order, to the one person.
    let again = house.records.claim(house.now(), 10).await.unwrap();
    assert_eq!(again.iter().map(|one| one.id).collect::<Vec<_>>(), [claimed[0].id, claimed[1].id]);
    assert!(again.iter().all(|one| one.contact == old));
    assert!(again.iter().all(|one| one.to.get(AddressKind::WhatsappUser) == Some(USER)));
}
