//! Broadcasts by several ways at once: roads that are closed for a while, the second way, people who are one
//! or are erased while they are written to, and how many they are sent.

use super::broadcasts::{Hello, contacts_of, moved, new, people, recipient, running, sent, told};
use super::facts::{consent, member};
use super::import;
use super::*;
use crate::broadcast::{BroadcastState, Recipient};
use crate::calendar::Calendar;
use crate::contact::PhoneNumber;
use crate::fact::Reached;
use crate::message::{Outgoing, Status};
use crate::records::{
    Adopted, Audit, By, Chunk, Erasure, Fallback, Froze, Funnel, NewBroadcast, PlanCounts, Release,
    SendResult,
};

promises! {
    a_member_of_whom_nobody_said_the_seat_is_in_every_silence,
    whom_only_a_list_knows_has_one_seat_in_a_turn_and_at_the_gate,
    whoever_is_written_to_on_a_closed_road_is_passed_over_and_waits,
    what_waits_of_a_broadcast_is_seen_in_the_queue_and_in_hand,
    whoever_had_a_short_message_first_gets_no_second_one,
    a_second_message_is_counted_once_a_person_and_by_its_own_channel,
    two_messages_of_one_broadcast_are_one_for_the_caps_and_none_for_each_other,
    the_second_way_of_a_question_asks_nobody_twice,
    a_second_message_that_was_stopped_is_no_second_way,
    an_answer_to_a_second_message_is_heard,
    whoever_became_another_is_known_by_the_number_a_message_in_hand_has,
    of_two_that_wait_for_one_person_one_leaves,
    one_that_waits_for_somebody_who_had_it_under_another_number_does_not_leave,
    an_answer_is_heard_of_whoever_was_somebody_else_when_they_were_written_to,
    two_who_became_one_while_the_recipients_were_written_down_get_one_message,
    what_is_in_a_process_s_hands_counts_for_a_younger_message,
    a_person_reads_which_broadcasts_they_were_sent,
    an_erased_person_s_turn_does_not_come_and_is_counted,
}

const USER: &str = "IN.1";

fn nameless() -> Identities {
    Identities::of(AddressKind::WhatsappUser, USER)
}

/// Somebody known by a number, and somebody who will turn out to be them; older and younger.
async fn two(house: &House) -> (i64, i64) {
    let old = people(house, 1).await[0];
    let young = house.records.resolve(vec![(Channel::Whatsapp, nameless())]).await.unwrap()[0];
    (old, young)
}

async fn become_one(house: &House, (old, young): (i64, i64)) {
    let number = PhoneNumber::parse("9810000000").unwrap();
    let adopted = house.records.adopt(&nameless(), number).await.unwrap();
    assert_eq!(adopted, Adopted::Merged { kept: old, given_up: young });
}

async fn released(house: &House, broadcast: i64, closed: Vec<Road>) -> Chunk {
    let wording = Arc::new(Hello);
    let release = Release { broadcast, after: 0, limit: 10, wording, fallback: None, closed };
    house.records.release(release, house.now()).await.unwrap()
}

async fn counts(house: &House, id: i64) -> Funnel {
    house.beside().await.counts(id).await.unwrap()
}

async fn a_member_of_whom_nobody_said_the_seat_is_in_every_silence(home: Home) {
    let house = House::new(home).await;
    let mut listed = import::row("9810000000", "सीता देवी");
    (listed.details.assembly, listed.details.sector, listed.details.booth) = (None, None, None);
    import::taken(&house, vec![listed]).await;
    let contact = house.contact_of("9810000000").await;
    let calendar = Calendar::read(
        "[[phases]]\nname = \"एक\"\npoll = \"2026-11-22\"\nclose = \"18:00\"\nassemblies = [\"1-58\"]\n",
    );
    let known = house.person(contact).await;
    let seat = known.seat();
    assert_eq!((known.membership.map(|member| member.assembly), seat), (Some(0), None));
    assert!(calendar.unwrap().silence(seat, house.now()).is_some());
}

async fn whom_only_a_list_knows_has_one_seat_in_a_turn_and_at_the_gate(home: Home) {
    let house = House::new(home).await;
    import::taken(&house, vec![import::row("9810000000", "सीता देवी")]).await;
    let contact = house.contact_of("9810000000").await;
    let turned = house.records.snapshot(contact).await.unwrap().unwrap().contact;
    assert!(turned.membership.is_none() && turned.listed.is_some());
    assert_eq!((turned.seat(), house.person(contact).await.seat()), (Some(173), Some(173)));
}

/// A road of WhatsApp from this number of ours.
fn by(account: &str) -> Road {
    Road { channel: Channel::Whatsapp, account: account.to_owned() }
}

async fn whoever_is_written_to_on_a_closed_road_is_passed_over_and_waits(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 4).await;
    let from = |contact: &i64| {
        let account = if contact % 2 == 0 { "even" } else { "odd" };
        Recipient { account: account.to_owned(), ..recipient(*contact) }
    };
    let id = running(&house, new(&house, "diwali"), contacts.iter().map(from).collect()).await;
    let sms = Road { channel: Channel::Sms, account: "odd".to_owned() };
    let chunk = released(&house, id, vec![by("even"), sms.clone()]).await;
    let odd: Vec<i64> = contacts.iter().copied().filter(|contact| contact % 2 != 0).collect();
    assert_eq!((contacts_of(&chunk.outgoing), chunk.last), (odd.clone(), odd.last().copied()));
    assert_eq!(released(&house, id, vec![by("even")]).await, Chunk::default());
    assert!(!house.records.has_planned(id, &[by("even")]).await.unwrap());
    assert!(house.records.has_planned(id, &[by("odd"), sms]).await.unwrap());
    assert!(house.records.has_planned(id, &[]).await.unwrap());
    assert_eq!(released(&house, id, Vec::new()).await.outgoing.len(), 2, "the road is open again");
    assert!(!house.records.has_planned(id, &[]).await.unwrap());
}

async fn what_waits_of_a_broadcast_is_seen_in_the_queue_and_in_hand(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 1).await;
    let id = running(&house, new(&house, "diwali"), vec![recipient(contacts[0])]).await;
    let waits = async |closed: &[Road]| house.records.has_waiting(id, closed).await.unwrap();
    assert!(!waits(&[]).await, "it is planned");
    let message = released(&house, id, Vec::new()).await.outgoing[0].id;
    assert!(waits(&[]).await && waits(&[by("another")]).await, "in hand");
    assert!(!waits(&[by(ACCOUNT)]).await);
    told(&house, message, SendResult::Released { not_before: Some(house.now()) }).await;
    assert!(waits(&[]).await && !waits(&[by(ACCOUNT)]).await, "in the queue");
    assert_eq!(house.records.claim(house.now(), 10).await.unwrap().len(), 1);
    sent(&house, message).await;
    assert!(!waits(&[]).await);
}

/// One that falls back to short messages at once.
fn falling_back(house: &House) -> (NewBroadcast, Fallback) {
    let (channel, accounts) = (Channel::Sms, vec!["party".to_owned()]);
    let fallback = Fallback { channel, accounts, after: Duration::ZERO };
    let broadcast = NewBroadcast { fallback: Some(fallback.clone()), ..new(house, "diwali") };
    (broadcast, fallback)
}

async fn fall(house: &House, broadcast: i64, fallback: &Fallback) -> Vec<Outgoing> {
    let fallback = Some((fallback.clone(), house.now()));
    let (wording, closed) = (Arc::new(Hello), Vec::new());
    let release = Release { broadcast, after: 0, limit: 10, wording, fallback, closed };
    house.records.release(release, house.now()).await.unwrap().outgoing
}

fn unreachable() -> SendResult {
    SendResult::Failed { error: Some(131_026), reason: "unreachable".to_owned() }
}

async fn whoever_had_a_short_message_first_gets_no_second_one(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 2).await;
    let (broadcast, fallback) = falling_back(&house);
    let by_sms =
        Recipient { channel: Channel::Sms, account: "party".to_owned(), ..recipient(contacts[0]) };
    let id = running(&house, broadcast, vec![by_sms, recipient(contacts[1])]).await;
    for message in released(&house, id, Vec::new()).await.outgoing {
        told(&house, message.id, unreachable()).await;
    }
    let fell = fall(&house, id, &fallback).await;
    assert_eq!(contacts_of(&fell), [contacts[1]]);
}

async fn a_second_message_is_counted_once_a_person_and_by_its_own_channel(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 4).await;
    let (broadcast, fallback) = falling_back(&house);
    let rows = contacts.iter().map(|contact| recipient(*contact)).collect();
    let id = running(&house, broadcast, rows).await;
    let first = released(&house, id, Vec::new()).await.outgoing;
    // The first two failed, the third is silent, the fourth was reached.
    told(&house, first[0].id, unreachable()).await;
    told(&house, first[1].id, unreachable()).await;
    sent(&house, first[2].id).await;
    sent(&house, first[3].id).await;
    let delivered = async |message: OutgoingId| {
        let name = format!("wamid.{}", message.id);
        let word = super::statuses::word(&name, Status::Delivered, house.now());
        house.records.apply_statuses(vec![word]).await.unwrap();
    };
    delivered(first[3].id).await;
    let second = fall(&house, id, &fallback).await;
    assert_eq!(contacts_of(&second), contacts[..3]);
    assert_eq!(counts(&house, id).await.waiting, 2, "their second message is on its way");
    sent(&house, second[0].id).await;
    told(&house, second[1].id, unreachable()).await;
    told(&house, second[2].id, unreachable()).await;

    let whole = counts(&house, id).await;
    assert_eq!((whole.recipients, whole.sent, whole.delivered, whole.fell_back), (4, 3, 1, 3));
    assert_eq!(whole.failed, [(Some(131_026), 1)], "whom neither way reached");
    let beside = house.beside().await;
    let parts = beside.funnel_by(id, By::Channel).await.unwrap();
    let sent_by: Vec<(&str, u64)> =
        parts.iter().map(|(channel, part)| (channel.as_str(), part.sent)).collect();
    assert_eq!(sent_by, [("sms", 1), ("whatsapp", 2)], "what is billed");
    let took = beside.took_part(id, contacts[0]..=contacts[3]).await.unwrap();
    let took: Vec<_> = took.iter().map(|one| (one.sent, one.delivered, one.failed)).collect();
    let (by_second, nowhere) = ((true, false, false), (false, false, true));
    assert_eq!(took, [by_second, nowhere, (true, false, false), (true, true, false)]);
}

async fn two_messages_of_one_broadcast_are_one_for_the_caps_and_none_for_each_other(home: Home) {
    let house = House::new(home).await;
    let contact = people(&house, 1).await[0];
    let since = house.now();
    let (broadcast, fallback) = falling_back(&house);
    let id = running(&house, broadcast, vec![recipient(contact)]).await;
    sent(&house, released(&house, id, Vec::new()).await.outgoing[0].id).await;
    let second = fall(&house, id, &fallback).await.remove(0).id;
    let of = async |broadcast| {
        let counted = Counted { purpose: Purpose::Samvad, since, asks: second, broadcast };
        house.records.asked(contact, Some(counted)).await.unwrap().unwrap().told
    };
    assert_eq!(of(Some(id)).await, 0, "its own first message does not stand against the second");
    assert_eq!(of(Some(id + 1)).await, 1);
    sent(&house, second).await;
    assert_eq!(of(Some(id + 1)).await, 1, "one broadcast by two ways is one");
    let beside = house.beside().await;
    let told = beside.told(contact - 1, contact, Purpose::Samvad, since).await;
    assert_eq!(told.unwrap(), [(contact, 1)]);
}

async fn the_second_way_of_a_question_asks_nobody_twice(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 3).await;
    let (broadcast, fallback) = falling_back(&house);
    let asks = NewBroadcast { purpose: Purpose::AskSamvad, ..broadcast };
    let rows = |some: &[i64]| some.iter().map(|contact| recipient(*contact)).collect();
    let id = running(&house, asks, rows(&contacts)).await;
    let first = released(&house, id, Vec::new()).await.outgoing;
    told(&house, first[0].id, unreachable()).await;
    sent(&house, first[1].id).await;
    told(&house, first[2].id, unreachable()).await;
    // Whom the first did not reach another asks meanwhile.
    let other = NewBroadcast { purpose: Purpose::AskSamvad, ..new(&house, "other") };
    let other = running(&house, other, rows(&contacts[2..])).await;
    assert_eq!(contacts_of(&released(&house, other, Vec::new()).await.outgoing), contacts[2..]);
    let second = fall(&house, id, &fallback).await;
    assert_eq!(contacts_of(&second), contacts[..2]);
    assert!(fall(&house, id, &fallback).await.is_empty(), "once");
    told(&house, second[1].id, unreachable()).await;
    let beside = house.beside().await;
    let asked = async || beside.asked(Purpose::Samvad, 0..=i64::MAX).await.unwrap();
    assert_eq!(asked().await, contacts, "the first message of the second person left");
    told(&house, second[0].id, unreachable()).await;
    assert_eq!(asked().await, contacts[1..], "neither way reached the first");
    let funnel = counts(&house, id).await;
    assert_eq!((funnel.sent, funnel.failed), (1, vec![(Some(131_026), 2)]));
}

async fn a_second_message_that_was_stopped_is_no_second_way(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 2).await;
    let (broadcast, fallback) = falling_back(&house);
    let rows = contacts.iter().map(|contact| recipient(*contact)).collect();
    let id = running(&house, broadcast, rows).await;
    for message in released(&house, id, Vec::new()).await.outgoing {
        sent(&house, message.id).await;
    }
    let second = fall(&house, id, &fallback).await;
    told(&house, second[0].id, SendResult::Suppressed { reason: "silence".to_owned() }).await;
    sent(&house, second[1].id).await;
    assert_eq!(counts(&house, id).await.fell_back, 1);
}

/// The broadcast behind what the person says now.
async fn behind(house: &House, contact: i64, quoted: Option<String>) -> Option<Reached> {
    let quoted = quoted.map(|quoted| (Channel::Whatsapp, quoted));
    let asked = vec![(contact, quoted)];
    house.records.reached(asked, house.now()).await.unwrap().remove(0)
}

async fn an_answer_to_a_second_message_is_heard(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 1).await;
    let (broadcast, fallback) = falling_back(&house);
    let id = running(&house, broadcast, vec![recipient(contacts[0])]).await;
    let first = released(&house, id, Vec::new()).await.outgoing;
    told(&house, first[0].id, unreachable()).await;
    assert_eq!(behind(&house, contacts[0], None).await, None);
    let second = fall(&house, id, &fallback).await;
    sent(&house, second[0].id).await;
    let heard = behind(&house, contacts[0], None).await.map(|found| found.broadcast);
    assert_eq!(heard, Some(id));
}

async fn whoever_became_another_is_known_by_the_number_a_message_in_hand_has(home: Home) {
    let house = House::new(home).await;
    let (old, young) = two(&house).await;
    let yes = vec![consent(Purpose::Samvad, true)];
    won(house.records.commit(with_facts(house.turn(old, "yes").await, yes)).await);
    become_one(&house, (old, young)).await;
    for asked in [young, old] {
        let known = house.person(asked).await;
        assert_eq!((known.id, known.consents_to(Purpose::Samvad)), (old, true));
    }
    let (one, other) = futures_util::future::join(house.person(old), house.person(young)).await;
    assert_eq!(one, other);
}

/// A broadcast released to both of two who are one.
async fn to_both(house: &House, (old, young): (i64, i64)) -> (i64, OutgoingId, OutgoingId) {
    let rows = vec![recipient(old), recipient(young)];
    let id = running(house, new(house, "diwali"), rows).await;
    let out = released(house, id, Vec::new()).await.outgoing;
    assert_eq!(contacts_of(&out), [old, young]);
    (id, out[0].id, out[1].id)
}

async fn of_two_that_wait_for_one_person_one_leaves(home: Home) {
    let house = House::new(home).await;
    let both = two(&house).await;
    let (id, first, second) = to_both(&house, both).await;
    for message in [first, second] {
        told(&house, message, SendResult::Released { not_before: Some(house.now()) }).await;
    }
    become_one(&house, both).await;
    assert_eq!((house.status_of(first), house.status_of(second)), ("queued", "suppressed"));
    let suppressed = vec![("same_person".to_owned(), 1)];
    assert_eq!(counts(&house, id).await.suppressed, suppressed);
    house.totals_are_true().await;
}

async fn one_that_waits_for_somebody_who_had_it_under_another_number_does_not_leave(home: Home) {
    let house = House::new(home).await;
    let both = two(&house).await;
    let (_, first, second) = to_both(&house, both).await;
    sent(&house, second).await;
    told(&house, first, SendResult::Released { not_before: Some(house.now()) }).await;
    // Of another broadcast that failed under the other number, the one that waits is needed.
    let rows = vec![recipient(both.0), recipient(both.1)];
    let holi = running(&house, new(&house, "holi"), rows).await;
    let out = released(&house, holi, Vec::new()).await.outgoing;
    told(&house, out[1].id, unreachable()).await;
    told(&house, out[0].id, SendResult::Released { not_before: Some(house.now()) }).await;
    become_one(&house, both).await;
    assert_eq!((house.status_of(first), house.status_of(out[0].id)), ("suppressed", "queued"));
    house.totals_are_true().await;
}

async fn an_answer_is_heard_of_whoever_was_somebody_else_when_they_were_written_to(home: Home) {
    let house = House::new(home).await;
    let (old, young) = two(&house).await;
    let id = running(&house, new(&house, "diwali"), vec![recipient(young)]).await;
    let message = released(&house, id, Vec::new()).await.outgoing[0].id;
    sent(&house, message).await;
    become_one(&house, (old, young)).await;
    for (quoted, named) in [(Some(format!("wamid.{}", message.id)), true), (None, false)] {
        let found = behind(&house, old, quoted).await.unwrap();
        assert_eq!((found.broadcast, found.named), (id, named));
    }
    let answer = vec![Fact::Answered { broadcast: id }];
    won(house.records.commit(with_facts(house.turn(old, "answers").await, answer)).await);
    assert_eq!(counts(&house, id).await.replied, 1);
    let answers = house.beside().await.answers(id, (0, 0), 10).await.unwrap();
    assert_eq!(answers.iter().map(|one| one.contact).collect::<Vec<_>>(), [old]);
}

async fn two_who_became_one_while_the_recipients_were_written_down_get_one_message(home: Home) {
    let house = House::new(home).await;
    let (old, young) = two(&house).await;
    let beside = house.beside().await;
    let mut frozen = Vec::new();
    for (name, rows) in [("diwali", vec![old, young]), ("holi", vec![young])] {
        let id = beside.create_broadcast(new(&house, name)).await.unwrap();
        moved(&house, id, BroadcastState::Tested).await;
        moved(&house, id, BroadcastState::Freezing).await;
        let planned = rows.len() as u64;
        beside.stage(id, rows.into_iter().map(recipient).collect()).await.unwrap();
        frozen.push((id, planned));
    }
    become_one(&house, (old, young)).await;
    for (id, planned) in frozen {
        let expected = PlanCounts { planned, refused: 0 };
        let froze = beside.freeze(id, expected, &[1; 32], "priya", house.now()).await.unwrap();
        assert_eq!(froze, Froze::Yes);
        moved(&house, id, BroadcastState::Running).await;
        let chunk = released(&house, id, Vec::new()).await;
        assert_eq!((contacts_of(&chunk.outgoing), chunk.refused), (vec![old], 0));
    }
}

async fn what_is_in_a_process_s_hands_counts_for_a_younger_message(home: Home) {
    let house = House::new(home).await;
    let contact = people(&house, 1).await[0];
    let mut messages = Vec::new();
    for name in ["diwali", "holi"] {
        let id = running(&house, new(&house, name), vec![recipient(contact)]).await;
        messages.push(released(&house, id, Vec::new()).await.outgoing[0].id);
    }
    let since = house.now();
    let told_to = async |asks| house.told(contact, since, Some(asks)).await;
    assert_eq!((told_to(messages[0]).await, told_to(messages[1]).await), (0, 1));
    let beside = house.beside().await;
    let all = beside.told(0, contact, Purpose::Samvad, since).await.unwrap();
    assert_eq!(all, [(contact, 2)], "a plan counts both");
    told(&house, messages[0], SendResult::Suppressed { reason: "silence".to_owned() }).await;
    assert_eq!(told_to(messages[1]).await, 0);
}

async fn a_person_reads_which_broadcasts_they_were_sent(home: Home) {
    let house = House::new(home).await;
    let (contact, other) = (house.citizen().await, house.contact_of("9812345679").await);
    let rows = vec![recipient(contact), recipient(other)];
    let id = running(&house, new(&house, "diwali"), rows).await;
    released(&house, id, Vec::new()).await;
    let beside = house.beside().await;
    let (by, at) = ("कार्यालय".to_owned(), house.now());
    let audit = Audit { by, what: "export", why: None, at };
    let document = beside.person_document(contact, &audit).await.unwrap();
    let rows = document["broadcasts"].as_array().unwrap();
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!((&row["broadcast"], &row["state"]), (&"diwali".into(), &"released".into()));
    assert_eq!((&row["channel"], &row["second_way"]), (&"whatsapp".into(), &false.into()));
}

async fn an_erased_person_s_turn_does_not_come_and_is_counted(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 2).await;
    let facts = vec![member("UP-1")];
    won(house.records.commit(with_facts(house.turn(contacts[0], "joins").await, facts)).await);
    let rows = |contacts: &[i64]| contacts.iter().map(|contact| recipient(*contact)).collect();
    let planned = running(&house, new(&house, "holi"), rows(&contacts)).await;
    let (broadcast, fallback) = falling_back(&house);
    let fallen = running(&house, broadcast, rows(&contacts)).await;
    for message in released(&house, fallen, Vec::new()).await.outgoing {
        told(&house, message.id, unreachable()).await;
    }
    let (by, why, at) = ("कार्यालय".to_owned(), "T-1".to_owned(), house.now());
    let beside = house.beside().await;
    beside.erase_person(contacts[0], &Erasure { by, why, at }).await.unwrap();
    assert_eq!(beside.refused(planned, 0, 10).await.unwrap(), [(contacts[0], "erased".to_owned())]);
    assert_eq!(contacts_of(&released(&house, planned, Vec::new()).await.outgoing), [contacts[1]]);
    assert_eq!(contacts_of(&fall(&house, fallen, &fallback).await), [contacts[1]]);
    assert_eq!((counts(&house, planned).await.recipients, house.rows("recipients")), (2, 4));
    house.totals_are_true().await;
}
