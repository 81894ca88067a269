//! Broadcasts: planned beside a server, run by it.

use super::facts::{consent, member};
use super::import::{import_at, president, row};
use super::*;
use crate::broadcast::{
    Addressee, BroadcastState, Home as LivesAt, KnownRoad, Reason, Recipient, Standing, Wording,
};
use crate::clock::from_ms;
use crate::contact::{Language, PhoneNumber, Road};
use crate::fact::Reached;
use crate::gate::Refusal;
use crate::message::{HistoryKind, Mark, Outgoing, Status};
use crate::records::{
    Asked, By, Chunk, Erasure, Fallback, Froze, Moved, NewBroadcast, PlanCounts, Progress, Release,
    SendRecord, SendResult,
};

promises! {
    a_broadcast_is_written_down_once_and_read_back_as_it_was,
    a_broadcast_moves_only_where_its_life_allows_and_every_step_is_kept,
    a_definition_may_change_until_its_recipients_are_written_down,
    an_approval_is_for_so_many_people_and_goes_with_its_definition,
    candidates_come_in_pages_with_all_that_is_asked_of_them_and_no_names,
    the_people_of_a_list_of_numbers_are_found_and_read_in_pages,
    posts_of_others_on_a_phone_stand_beside_those_of_its_person,
    a_test_is_known_by_what_it_tries_and_uses_up_no_cap,
    messages_are_billed_by_their_parts_on_both_ways,
    why_people_are_refused_is_counted_and_what_is_under_way,
    who_took_a_consent_back_is_counted_by_part,
    what_is_staged_is_nobodys_until_it_is_frozen_with_the_count_expected,
    a_staging_that_was_cut_off_is_thrown_away_and_begun_again,
    a_chunk_is_released_once_and_its_messages_are_born_claimed,
    what_waits_of_one_broadcast_holds_back_no_other,
    a_released_message_stands_in_the_history_of_its_person,
    nothing_is_released_of_a_broadcast_that_does_not_run,
    a_cancelled_broadcast_is_cleared_and_what_is_queued_of_it_stops,
    a_broadcast_that_is_cancelled_while_no_server_runs_is_settled_by_the_command,
    an_expired_broadcast_is_cleared,
    what_a_dead_process_had_claimed_is_unknown_and_the_rest_goes_on,
    whoever_has_no_address_or_gets_no_words_is_refused_when_their_turn_comes,
    who_failed_or_stayed_silent_gets_a_second_message_by_the_other_channel_once,
    each_has_one_account_of_the_second_way_and_waits_for_it,
    who_got_nothing_in_the_end_is_counted_by_the_reason,
    a_yes_to_words_that_were_changed_meanwhile_is_none,
    two_recipients_that_are_one_person_get_one_message,
    an_answer_lost_on_its_way_loses_no_message,
    a_funnel_counts_what_became_of_everybody,
    an_answer_to_a_broadcast_is_kept_once,
    with_what_somebody_answered_is_read_in_its_order_until_they_are_erased,
    the_broadcast_behind_a_message_is_the_one_it_quotes_else_the_newest,
    whoever_takes_a_consent_back_because_of_it_is_counted,
    an_answer_to_what_was_planned_long_before_its_day_is_one,
    whoever_was_asked_for_a_consent_is_asked_by_no_other_broadcast,
    of_two_contacts_that_are_one_person_who_was_asked_stays_asked,
    who_was_to_be_asked_and_was_sent_nothing_was_not_asked,
    people_asked_for_at_once_are_each_answered_as_they_stand_now,
}

/// Says the person's name and their channel; nothing to whoever speaks English.
pub(super) struct Hello;

impl Wording for Hello {
    fn content(&self, to: &Addressee, channel: Channel) -> Option<Content> {
        let name = to.name.as_deref().unwrap_or("साथी");
        let body = format!("{name}, {channel}");
        (to.language != Language::En).then_some(Content::Text { body })
    }
}

pub(super) fn new(house: &House, name: &str) -> NewBroadcast {
    NewBroadcast {
        name: name.to_owned(),
        purpose: Purpose::Samvad,
        author: "priya".to_owned(),
        definition: r#"{"words":"नमस्ते"}"#.to_owned(),
        audience: "member".to_owned(),
        from: None,
        send_before: house.now() + jiff::SignedDuration::from_hours(8),
        flow: Some("dialogue".to_owned()),
        templates: vec!["samvad_1".to_owned(), "samvad_2".to_owned()],
        fallback: None,
        certificate: None,
        test_of: None,
        repeats: false,
        at: house.now(),
    }
}

pub(super) async fn moved(house: &House, id: i64, to: BroadcastState) -> Moved {
    let beside = house.beside().await;
    beside.move_broadcast(id, to, "priya", None, house.now()).await.unwrap()
}

pub(super) fn recipient(contact: i64) -> Recipient {
    Recipient {
        contact,
        channel: Channel::Whatsapp,
        account: ACCOUNT.to_owned(),
        language: Language::Hi,
        refused: None,
    }
}

/// So many people who wrote, in the order of their contacts.
pub(super) async fn people(house: &House, count: usize) -> Vec<i64> {
    let mut contacts = Vec::new();
    for number in 0..count {
        contacts.push(house.contact_of(&format!("98100{number:05}")).await);
    }
    contacts
}

/// A broadcast to these that runs.
pub(super) async fn running(house: &House, new: NewBroadcast, recipients: Vec<Recipient>) -> i64 {
    let beside = house.beside().await;
    let id = beside.create_broadcast(new).await.unwrap();
    moved(house, id, BroadcastState::Tested).await;
    moved(house, id, BroadcastState::Freezing).await;
    let refused = recipients.iter().filter(|recipient| recipient.refused.is_some()).count() as u64;
    let planned = recipients.len() as u64 - refused;
    beside.stage(id, recipients).await.unwrap();
    let expected = PlanCounts { planned, refused };
    let froze = beside.freeze(id, expected, &[1; 32], "priya", house.now()).await.unwrap();
    assert_eq!(froze, Froze::Yes);
    moved(house, id, BroadcastState::Running).await;
    id
}

async fn released(house: &House, broadcast: i64, after: i64, limit: usize) -> Chunk {
    released_by(&house.records, house.now(), (broadcast, after, limit)).await
}

pub(super) async fn released_by(
    records: &Records,
    now: Timestamp,
    (broadcast, after, limit): (i64, i64, usize),
) -> Chunk {
    let (wording, closed) = (Arc::new(Hello), Vec::new());
    let release = Release { broadcast, after, limit, wording, fallback: None, closed };
    records.release(release, now).await.unwrap()
}

pub(super) fn contacts_of(outgoing: &[Outgoing]) -> Vec<i64> {
    outgoing.iter().map(|message| message.contact).collect()
}

pub(super) async fn told(house: &House, id: OutgoingId, result: SendResult) {
    house.records.record_sends(vec![SendRecord { id, at: house.now(), result }]).await.unwrap();
}

pub(super) async fn sent(house: &House, id: OutgoingId) {
    let provider_id = Some(format!("wamid.{}", id.id));
    told(house, id, SendResult::Sent { provider_id }).await;
}

async fn progress(house: &House, id: i64) -> Progress {
    house.beside().await.progress(id).await.unwrap()
}

async fn a_broadcast_is_written_down_once_and_read_back_as_it_was(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let written = NewBroadcast {
        from: Some(house.now() + jiff::SignedDuration::from_hours(1)),
        fallback: Some(Fallback {
            channel: Channel::Sms,
            accounts: vec!["party".to_owned(), "vendor".to_owned()],
            after: Duration::from_hours(2),
        }),
        certificate: Some("MCMC/17".to_owned()),
        ..new(&house, "diwali")
    };
    let id = beside.create_broadcast(written.clone()).await.unwrap();
    let again = beside.create_broadcast(new(&house, "diwali")).await;
    assert!(matches!(again, Err(RecordsError::Refused(_))), "{again:?}");

    let read = beside.broadcast("diwali").await.unwrap().unwrap();
    assert_eq!((read.id, read.state), (id, BroadcastState::Draft));
    assert_eq!(read.definition, written.definition);
    assert_eq!((read.from, read.send_before), (written.from, written.send_before));
    assert_eq!((&read.fallback, &read.certificate), (&written.fallback, &written.certificate));
    assert_eq!((&read.templates, &read.flow), (&written.templates, &written.flow));
    assert_eq!((read.approved_by.clone(), read.recipients), (None, None));
    assert_eq!(beside.broadcasts(5).await.unwrap(), [read]);
    assert_eq!(beside.broadcast("holi").await.unwrap(), None);
    let sealed = house.rows("broadcasts WHERE CAST(definition AS TEXT) LIKE '%नमस्ते%'");
    assert_eq!(sealed, 0, "what is said stands there sealed");
}

async fn a_broadcast_moves_only_where_its_life_allows_and_every_step_is_kept(home: Home) {
    use BroadcastState::{Approved, Cancelled, Draft, Freezing, Frozen, Running, Tested};
    let house = House::new(home).await;
    let beside = house.beside().await;
    let id = beside.create_broadcast(new(&house, "diwali")).await.unwrap();
    assert_eq!(moved(&house, id, Running).await, Moved::No { stands: Draft });
    assert_eq!(moved(&house, id, Tested).await, Moved::Yes { from: Draft });
    house.wait(Duration::from_mins(1));
    let approved = beside.move_broadcast(id, Approved, "anil", None, house.now()).await.unwrap();
    assert_eq!(approved, Moved::Yes { from: Tested });
    assert_eq!(moved(&house, id, Freezing).await, Moved::Yes { from: Approved });
    let uncounted = moved(&house, id, Frozen).await;
    assert_eq!(uncounted, Moved::No { stands: Freezing }, "only a freezing that counted ends so");
    let why = Some("wrong date");
    beside.move_broadcast(id, Cancelled, "anil", why, house.now()).await.unwrap();
    assert_eq!(moved(&house, id, Running).await, Moved::No { stands: Cancelled });
    assert_eq!(moved(&house, id + 1, Running).await, Moved::Unknown);

    let read = beside.broadcast("diwali").await.unwrap().unwrap();
    assert_eq!(read.approved_by.as_deref(), Some("anil"));
    assert_eq!((read.approved_at, read.why.as_deref()), (Some(house.now()), why));
    let log = beside.broadcast_log(id).await.unwrap();
    let log: Vec<_> = log.iter().map(|line| (line.actor.as_str(), line.what.as_str())).collect();
    assert_eq!(
        log,
        [
            ("priya", "draft"),
            ("priya", "tested"),
            ("anil", "approved"),
            ("priya", "freezing"),
            ("anil", "cancelled")
        ]
    );
}

async fn a_definition_may_change_until_its_recipients_are_written_down(home: Home) {
    use BroadcastState::{Approved, Draft, Freezing, Frozen, Tested};
    let house = House::new(home).await;
    let beside = house.beside().await;
    let id = beside.create_broadcast(new(&house, "diwali")).await.unwrap();
    let first = beside.broadcast("diwali").await.unwrap().unwrap();
    for steps in [&[Tested][..], &[Tested, Approved], &[Tested, Approved, Freezing]] {
        for step in steps {
            moved(&house, id, *step).await;
        }
        house.wait(Duration::from_mins(1));
        let other = NewBroadcast { definition: "{}".to_owned(), ..new(&house, "diwali") };
        let changed = beside.redefine_broadcast(id, other).await.unwrap();
        assert_eq!(changed, Moved::Yes { from: *steps.last().unwrap() });
        let read = beside.broadcast("diwali").await.unwrap().unwrap();
        assert_eq!((read.state, read.definition.as_str()), (Draft, "{}"));
        assert_ne!(read.hash, first.hash);
    }
    moved(&house, id, Tested).await;
    moved(&house, id, Freezing).await;
    beside.freeze(id, PlanCounts::default(), &[1; 32], "priya", house.now()).await.unwrap();
    let late = beside.redefine_broadcast(id, new(&house, "diwali")).await.unwrap();
    assert_eq!(late, Moved::No { stands: Frozen });
}

async fn an_approval_is_for_so_many_people_and_goes_with_its_definition(home: Home) {
    use BroadcastState::{Draft, Freezing, Tested};
    let house = House::new(home).await;
    let beside = house.beside().await;
    let id = beside.create_broadcast(new(&house, "diwali")).await.unwrap();
    let shown = beside.broadcast("diwali").await.unwrap().unwrap().hash;
    let approve = async |people| {
        let (of, to) = ((id, shown), BroadcastState::Approved);
        beside.move_as_shown(of, to, Some(people), "anil", house.now()).await.unwrap()
    };
    let approved = async || {
        let row = beside.broadcast("diwali").await.unwrap().unwrap();
        (row.approved_by, row.approved_at, row.approved_for)
    };
    assert_eq!(approve(1_200).await, Moved::No { stands: Draft });
    assert_eq!(approved().await, (None, None, None));
    moved(&house, id, Tested).await;
    assert_eq!(approve(1_200).await, Moved::Yes { from: Tested });
    let by = Some("anil".to_owned());
    assert_eq!(approved().await, (by.clone(), Some(house.now()), Some(1_200)));
    moved(&house, id, Freezing).await;
    assert_eq!(approve(1_600_000).await, Moved::Yes { from: Freezing }, "more came meanwhile");
    assert_eq!(approved().await, (by, Some(house.now()), Some(1_600_000)));
    beside.redefine_broadcast(id, new(&house, "diwali")).await.unwrap();
    assert_eq!(approved().await, (None, None, None), "the yes was to the old one");
}

async fn candidates_come_in_pages_with_all_that_is_asked_of_them_and_no_names(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let facts =
        vec![member("UP-1"), consent(Purpose::Samvad, true), consent(Purpose::Opinion, false)];
    let commit = with_facts(house.turn(contact, "joins").await, facts);
    won(house.records.commit(commit).await);
    house.records.mark(contact, Mark::NoPromotion, house.now()).await.unwrap();
    let mut listed = row("9812345679", "सीता देवी");
    listed.post = Some(president(7));
    let import = import_at(&house, false);
    house.beside().await.import_people(&import, None, vec![listed]).await.unwrap();

    let beside = house.beside().await;
    let first = beside.candidates(0, 1).await.unwrap();
    let [spoke] = first.as_slice() else { panic!("{first:?}") };
    let rest = beside.candidates(spoke.contact.id, 10).await.unwrap();
    let [listed] = rest.as_slice() else { panic!("{rest:?}") };
    assert_eq!(beside.candidates(listed.contact.id, 10).await.unwrap(), []);

    let known = house.records.snapshot(contact).await.unwrap().unwrap().contact;
    let without_name = crate::contact::Contact { membership: None, ..known };
    assert_eq!(spoke.contact, without_name, "as the gate reads them when a message leaves");
    assert_eq!(spoke.contact.marks, [Mark::NoPromotion]);
    let membership = spoke.member.as_ref().unwrap();
    assert_eq!(membership.standing, Standing::Confirmed);
    let home_of_member = LivesAt { assembly: Some(173), sector: None, booth: Some(42) };
    assert_eq!((membership.home, membership.since), (home_of_member, house.now()));
    let wrote = Some(house.now());
    let road = KnownRoad { channel: Channel::Whatsapp, account: ACCOUNT.to_owned(), wrote };
    assert_eq!(spoke.roads, [road]);
    assert!(spoke.window_until(Channel::Whatsapp, ACCOUNT).is_some());
    assert_eq!(spoke.kinds, [AddressKind::Phone]);

    let president_of = crate::places::Place::Booth { assembly: 173, number: 7 };
    assert_eq!(listed.posts, [("booth_president".to_owned(), president_of)]);
    let membership = listed.member.as_ref().unwrap();
    assert_eq!((membership.standing, membership.gender), (Standing::Details, Some("male")));
    assert_eq!(listed.window_until(Channel::Whatsapp, ACCOUNT), None);
}

async fn the_people_of_a_list_of_numbers_are_found_and_read_in_pages(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 3).await;
    let phones = ["9810000002", "9810000000", "9899999999"];
    let phones: Vec<PhoneNumber> = phones.map(|phone| PhoneNumber::parse(phone).unwrap()).to_vec();
    let beside = house.beside().await;
    let mut found = beside.contacts_of(&phones).await.unwrap();
    found.sort_unstable();
    assert_eq!(found, [contacts[0], contacts[2]], "numbers of nobody are left out");
    let page = beside.candidates_among(&[contacts[2], contacts[0]]).await.unwrap();
    let page: Vec<i64> = page.iter().map(|candidate| candidate.contact.id).collect();
    assert_eq!(page, [contacts[0], contacts[2]]);
    assert_eq!(beside.candidates_among(&[]).await.unwrap(), []);
}

async fn what_is_staged_is_nobodys_until_it_is_frozen_with_the_count_expected(home: Home) {
    use BroadcastState::{Freezing, Frozen, Running, Tested};
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contacts = people(&house, 3).await;
    let id = beside.create_broadcast(new(&house, "diwali")).await.unwrap();
    let early = beside.stage(id, vec![recipient(contacts[0])]).await;
    assert!(matches!(early, Err(RecordsError::Refused(_))), "{early:?}");
    moved(&house, id, Tested).await;
    moved(&house, id, Freezing).await;
    let refused = Recipient { refused: Some(Refusal::NoConsent.into()), ..recipient(contacts[2]) };
    beside.stage(id, vec![recipient(contacts[0]), recipient(contacts[1])]).await.unwrap();
    beside.stage(id, vec![refused]).await.unwrap();
    assert_eq!(moved(&house, id, Running).await, Moved::No { stands: Freezing });
    assert_eq!(released(&house, id, 0, 10).await, Chunk::default());

    let other = PlanCounts { planned: 3, refused: 0 };
    let there = PlanCounts { planned: 2, refused: 1 };
    let differs = beside.freeze(id, other, &[7], "priya", house.now()).await.unwrap();
    assert_eq!(differs, Froze::Differs(there));
    let froze = beside.freeze(id, there, &[7], "priya", house.now()).await.unwrap();
    assert_eq!(froze, Froze::Yes);
    let read = beside.broadcast("diwali").await.unwrap().unwrap();
    assert_eq!((read.state, read.recipients), (Frozen, Some(3)));
    assert_eq!((read.recipients_hash, read.frozen_at), (Some(vec![7]), Some(house.now())));
    let late = beside.stage(id, vec![recipient(contacts[0])]).await;
    assert!(matches!(late, Err(RecordsError::Refused(_))), "{late:?}");
    let again = beside.freeze(id, there, &[7], "priya", house.now()).await.unwrap();
    assert_eq!(again, Froze::No);
    let why = Refusal::NoConsent.name().to_owned();
    assert_eq!(beside.refused(id, 0, 10).await.unwrap(), [(contacts[2], why)]);
}

async fn a_staging_that_was_cut_off_is_thrown_away_and_begun_again(home: Home) {
    use BroadcastState::{Freezing, Tested};
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contacts = people(&house, 2).await;
    let id = beside.create_broadcast(new(&house, "diwali")).await.unwrap();
    moved(&house, id, Tested).await;
    moved(&house, id, Freezing).await;
    beside.stage(id, vec![recipient(contacts[0])]).await.unwrap();
    let twice = beside.stage(id, vec![recipient(contacts[1]), recipient(contacts[0])]).await;
    assert!(matches!(twice, Err(RecordsError::Refused(_))), "{twice:?}");
    assert_eq!(house.rows("recipients"), 1, "a batch is staged whole or not at all");
    beside.throw_away_staged(id).await.unwrap();
    assert_eq!(house.rows("recipients"), 0);
    assert_eq!(moved(&house, id, Freezing).await, Moved::Yes { from: Freezing });
    beside.stage(id, contacts.iter().map(|contact| recipient(*contact)).collect()).await.unwrap();
    assert_eq!(progress(&house, id).await.planned, 2);
}

async fn a_chunk_is_released_once_and_its_messages_are_born_claimed(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 3).await;
    let broadcast = new(&house, "diwali");
    let send_before = broadcast.send_before;
    let rows = contacts.iter().map(|contact| recipient(*contact)).collect();
    let id = running(&house, broadcast, rows).await;
    let first = released(&house, id, 0, 2).await;
    assert_eq!(
        (contacts_of(&first.outgoing), first.last),
        (contacts[..2].to_vec(), Some(contacts[1]))
    );
    let message = &first.outgoing[0];
    assert_eq!(house.status_of(message.id), "claimed");
    assert_eq!((message.lane, message.purpose), (Lane::Broadcast, Purpose::Samvad));
    assert_eq!((message.broadcast, message.send_before), (Some(id), Some(send_before)));
    assert_eq!(message.to, Identities::of(AddressKind::Phone, "9810000000"));
    assert_eq!(message.content, Content::Text { body: "साथी, whatsapp".to_owned() });
    assert_eq!(house.records.claim(house.now(), 10).await.unwrap(), [], "nobody else has them");

    let again = released(&house, id, 0, 10).await;
    assert_eq!(contacts_of(&again.outgoing), [contacts[2]], "who was released is not again");
    assert_eq!(released(&house, id, contacts[2], 10).await, Chunk::default());
    assert!(!house.records.has_planned(id, &[]).await.unwrap());
    assert_eq!(progress(&house, id).await, Progress { released: 3, ..Progress::default() });

    told(&house, message.id, SendResult::Released { not_before: None }).await;
    let claimed = house.records.claim(house.now(), 10).await.unwrap();
    assert_eq!(claimed, std::slice::from_ref(message), "what goes back is claimed again as it was");
    house.totals_are_true().await;
}

async fn what_waits_of_one_broadcast_holds_back_no_other(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 1).await;
    let mut taken = Vec::new();
    for name in ["venue", "venue_changed"] {
        let id = running(&house, new(&house, name), vec![recipient(contacts[0])]).await;
        taken.push(released(&house, id, 0, 1).await.outgoing[0].id);
    }
    // The first is paused: its message is put back again and again.
    let later = house.now() + jiff::SignedDuration::from_mins(1);
    told(&house, taken[0], SendResult::Released { not_before: Some(later) }).await;
    told(&house, taken[1], SendResult::Released { not_before: None }).await;
    let claimed = house.records.claim(house.now(), 10).await.unwrap();
    assert_eq!(claimed.iter().map(|one| one.id).collect::<Vec<_>>(), [taken[1]]);
}

async fn a_released_message_stands_in_the_history_of_its_person(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    won(house
        .records
        .commit(with_facts(house.turn(contact, "joins").await, vec![member("UP-1")]))
        .await);
    let id = running(&house, new(&house, "diwali"), vec![recipient(contact)]).await;
    let before = house.version(contact).await;
    let chunk = released(&house, id, 0, 10).await;
    assert!(chunk.outgoing[0].window_until.is_some(), "the person has written today");
    assert_eq!(house.version(contact).await, before, "a turn under way is not made again for it");
    won(house.records.commit(house.turn(contact, "answers").await).await);
    let history = house.records.history(contact, 10).await.unwrap();
    let said: Vec<&str> = history
        .iter()
        .map(|line| match &line.what {
            HistoryKind::Us { content, .. } => content.body(),
            HistoryKind::Person { .. } => "",
        })
        .collect();
    assert_eq!(said, ["", "आपका नाम?", "रमेश यादव, whatsapp", "", "आपका नाम?"]);
}

async fn nothing_is_released_of_a_broadcast_that_does_not_run(home: Home) {
    use BroadcastState::{Cancelled, Paused, Running};
    let house = House::new(home).await;
    let contacts = people(&house, 2).await;
    let rows = contacts.iter().map(|contact| recipient(*contact)).collect();
    let id = running(&house, new(&house, "diwali"), rows).await;
    let why = Some("the template is paused");
    let now = house.now();
    let paused = house.records.move_broadcast(id, Paused, "server", why, now).await.unwrap();
    assert_eq!(paused, Moved::Yes { from: Running });
    assert_eq!(released(&house, id, 0, 10).await, Chunk::default());
    let at_work = house.records.running_broadcasts(house.now()).await.unwrap();
    assert_eq!(at_work.len(), 1);
    assert_eq!((at_work[0].state, at_work[0].why.as_deref()), (Paused, why));
    moved(&house, id, Running).await;
    assert_eq!(house.records.running_broadcasts(now).await.unwrap()[0].why, None);
    assert_eq!(released(&house, id, 0, 1).await.outgoing.len(), 1);
    moved(&house, id, Cancelled).await;
    assert_eq!(released(&house, id, 0, 10).await, Chunk::default());
    assert_eq!(house.records.running_broadcasts(now).await.unwrap(), []);
}

async fn a_cancelled_broadcast_is_cleared_and_what_is_queued_of_it_stops(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 4).await;
    let rows: Vec<Recipient> = contacts.iter().map(|contact| recipient(*contact)).collect();
    let id = running(&house, new(&house, "diwali"), rows.clone()).await;
    let other = running(&house, new(&house, "holi"), rows).await;
    let chunk = released(&house, id, 0, 2).await;
    let of_other = released(&house, other, 0, 1).await;
    for message in chunk.outgoing.iter().chain(&of_other.outgoing) {
        let later = SendResult::Released { not_before: Some(house.now()) };
        told(&house, message.id, later).await;
    }
    assert!(!house.records.clear_broadcast(id, house.now()).await.unwrap(), "it runs");
    moved(&house, id, BroadcastState::Cancelled).await;
    while house.records.clear_broadcast(id, house.now()).await.unwrap() {}
    let stands = progress(&house, id).await;
    assert_eq!(stands, Progress { released: 2, cancelled: 2, ..Progress::default() });
    assert_eq!(house.status_of(chunk.outgoing[0].id), "suppressed");
    assert_eq!(house.status_of(of_other.outgoing[0].id), "queued", "another's goes on");
    let funnel = house.beside().await.counts(id).await.unwrap();
    assert_eq!((funnel.cancelled, funnel.suppressed), (2, vec![("cancelled".to_owned(), 2)]));
    house.totals_are_true().await;
}

async fn a_broadcast_that_is_cancelled_while_no_server_runs_is_settled_by_the_command(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 4).await;
    let rows: Vec<Recipient> = contacts.iter().map(|contact| recipient(*contact)).collect();
    let id = running(&house, new(&house, "diwali"), rows).await;
    let waits = released(&house, id, 0, 1).await.outgoing[0].id;
    told(&house, waits, SendResult::Released { not_before: Some(house.now()) }).await;
    let beside = house.beside().await;
    beside.clear_broadcast(id, house.now()).await.unwrap();
    assert_eq!(progress(&house, id).await.planned, 3, "it runs, and nobody is settled");
    moved(&house, id, BroadcastState::Cancelled).await;
    beside.clear_broadcast(id, house.now()).await.unwrap();
    let settled = Progress { released: 1, cancelled: 3, ..Progress::default() };
    assert_eq!(progress(&house, id).await, settled);
    assert_eq!(house.status_of(waits), "suppressed", "what is queued of it does not leave");
    let funnel = beside.counts(id).await.unwrap();
    assert_eq!((funnel.planned, funnel.cancelled, funnel.waiting), (0, 3, 0));
    let later = house.records.clear_broadcast(id, house.now()).await.unwrap();
    assert!(!later, "a server that comes up finds nothing to do");
    house.totals_are_true().await;
}

async fn an_expired_broadcast_is_cleared(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 2).await;
    let rows = contacts.iter().map(|contact| recipient(*contact)).collect();
    let id = running(&house, new(&house, "diwali"), rows).await;
    moved(&house, id, BroadcastState::Expired).await;
    assert_eq!(house.beside().await.counts(id).await.unwrap().expired, 2, "before it is cleared");
    while house.records.clear_broadcast(id, house.now()).await.unwrap() {}
    assert_eq!(progress(&house, id).await, Progress { expired: 2, ..Progress::default() });
    assert_eq!(house.beside().await.counts(id).await.unwrap().expired, 2);
}

async fn what_a_dead_process_had_claimed_is_unknown_and_the_rest_goes_on(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 3).await;
    let rows = contacts.iter().map(|contact| recipient(*contact)).collect();
    let id = running(&house, new(&house, "diwali"), rows).await;
    let lost = released(&house, id, 0, 1).await.outgoing;
    let house = house.die_and_start_again().await;
    assert_eq!(house.status_of(lost[0].id), "unknown");
    let rest = released(&house, id, 0, 10).await;
    assert_eq!(contacts_of(&rest.outgoing), contacts[1..]);
    house.wait(Duration::from_hours(3));
    house.records.sweep(house.now(), WAITS).await.unwrap();
    assert_eq!(house.status_of(lost[0].id), "unknown", "a broadcast never goes again");
    house.totals_are_true().await;
}

async fn whoever_has_no_address_or_gets_no_words_is_refused_when_their_turn_comes(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 3).await;
    let nowhere = Recipient { channel: Channel::Telegram, ..recipient(contacts[0]) };
    let silent = Recipient { language: Language::En, ..recipient(contacts[1]) };
    let rows = vec![nowhere, silent, recipient(contacts[2])];
    let id = running(&house, new(&house, "diwali"), rows).await;
    let chunk = released(&house, id, 0, 10).await;
    assert_eq!((contacts_of(&chunk.outgoing), chunk.refused), (vec![contacts[2]], 2));
    let refused = house.beside().await.refused(id, 0, 10).await.unwrap();
    let why = |reason: &str| reason.to_owned();
    assert_eq!(refused, [(contacts[0], why("no_address")), (contacts[1], why("no_words"))]);
}

async fn a_yes_to_words_that_were_changed_meanwhile_is_none(home: Home) {
    use BroadcastState::{Approved, Tested};
    let house = House::new(home).await;
    let beside = house.beside().await;
    let id = beside.create_broadcast(new(&house, "diwali")).await.unwrap();
    moved(&house, id, Tested).await;
    let shown = beside.broadcast("diwali").await.unwrap().unwrap().hash;
    let other = NewBroadcast { definition: "other words".to_owned(), ..new(&house, "diwali") };
    beside.redefine_broadcast(id, other).await.unwrap();
    moved(&house, id, Tested).await;
    let yes = beside.move_as_shown((id, shown), Approved, Some(3), "anil", house.now()).await;
    assert_eq!(yes.unwrap(), Moved::Changed);
    let row = beside.broadcast("diwali").await.unwrap().unwrap();
    assert_eq!((row.state, row.approved_by), (Tested, None), "nothing was written");
    let seen = (id, row.hash);
    let yes = beside.move_as_shown(seen, Approved, Some(3), "anil", house.now()).await.unwrap();
    assert_eq!(yes, Moved::Yes { from: Tested });
}

async fn each_has_one_account_of_the_second_way_and_waits_for_it(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 4).await;
    let accounts = vec!["party".to_owned(), "vendor".to_owned()];
    let fallback = Fallback { channel: Channel::Sms, accounts, after: Duration::ZERO };
    let broadcast = NewBroadcast { fallback: Some(fallback.clone()), ..new(&house, "diwali") };
    let rows = contacts.iter().map(|contact| recipient(*contact)).collect();
    let id = running(&house, broadcast, rows).await;
    for message in released(&house, id, 0, 10).await.outgoing {
        let failed = SendResult::Failed { error: Some(131_026), reason: "unreachable".to_owned() };
        told(&house, message.id, failed).await;
    }
    let falls = async |closed: Vec<Road>| {
        let fallback = Some((fallback.clone(), house.now()));
        let wording = Arc::new(Hello);
        let release = Release { broadcast: id, after: 0, limit: 10, wording, fallback, closed };
        let chunk = house.records.release(release, house.now()).await.unwrap();
        assert_eq!(chunk.refused, 0, "who waits is not refused");
        chunk.outgoing
    };
    let vendor = Road { channel: Channel::Sms, account: "vendor".to_owned() };
    let first = falls(vec![vendor]).await;
    assert_eq!(first.len(), 2);
    assert!(first.iter().all(|message| message.account == "party"), "the other rests");
    let second = falls(Vec::new()).await;
    assert_eq!(second.len(), 2, "their turn comes when it is well again");
    assert!(second.iter().all(|message| message.account == "vendor"));
}

async fn who_got_nothing_in_the_end_is_counted_by_the_reason(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 4).await;
    let accounts = vec!["party".to_owned()];
    let fallback = Fallback { channel: Channel::Sms, accounts, after: Duration::ZERO };
    let broadcast = NewBroadcast { fallback: Some(fallback.clone()), ..new(&house, "diwali") };
    let rows = contacts.iter().map(|contact| recipient(*contact)).collect();
    let id = running(&house, broadcast, rows).await;
    let first = released(&house, id, 0, 10).await.outgoing;
    sent(&house, first[0].id).await;
    told(&house, first[1].id, SendResult::Suppressed { reason: "silence".to_owned() }).await;
    let failed = || SendResult::Failed { error: Some(131_026), reason: "unreachable".to_owned() };
    told(&house, first[2].id, failed()).await;
    told(&house, first[3].id, failed()).await;
    let beside = house.beside().await;
    let ended = beside.ended(id).await.unwrap();
    let stopped = vec![("silence".to_owned(), 1)];
    assert_eq!((ended.stopped, ended.failed, ended.expired), (stopped, 2, 0));
    let way = Some((fallback, house.now() - jiff::SignedDuration::from_hours(1)));
    let (wording, closed) = (Arc::new(Hello), Vec::new());
    let release = Release { broadcast: id, after: 0, limit: 1, wording, fallback: way, closed };
    let second = house.records.release(release, house.now()).await.unwrap().outgoing;
    assert_eq!(contacts_of(&second), [contacts[2]]);
    let ended = beside.ended(id).await.unwrap();
    assert_eq!((ended.failed, ended.all()), (1, 2), "the second way of one is open");
}

async fn who_failed_or_stayed_silent_gets_a_second_message_by_the_other_channel_once(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 5).await;
    let after = Duration::from_hours(1);
    let fallback = Fallback { channel: Channel::Sms, accounts: vec!["party".to_owned()], after };
    let broadcast = NewBroadcast { fallback: Some(fallback.clone()), ..new(&house, "diwali") };
    let rows = contacts.iter().map(|contact| recipient(*contact)).collect();
    let id = running(&house, broadcast, rows).await;
    let first = released(&house, id, 0, 10).await.outgoing;
    let failed = SendResult::Failed { error: Some(131_026), reason: "unreachable".to_owned() };
    told(&house, first[0].id, failed).await;
    told(&house, first[1].id, SendResult::Unknown).await;
    sent(&house, first[2].id).await;
    sent(&house, first[3].id).await;
    let provider_id = format!("wamid.{}", first[3].id.id);
    let delivered = super::statuses::word(&provider_id, Status::Delivered, house.now());
    house.records.apply_statuses(vec![delivered]).await.unwrap();

    let falls = async |house: &House, silent: Timestamp| {
        let fallback = Some((fallback.clone(), silent));
        let (wording, closed) = (Arc::new(Hello), Vec::new());
        let release = Release { broadcast: id, after: 0, limit: 10, wording, fallback, closed };
        house.records.release(release, house.now()).await.unwrap().outgoing
    };
    let at_once = falls(&house, house.now() - after).await;
    assert_eq!(contacts_of(&at_once), [contacts[0]], "who failed");
    assert_eq!((at_once[0].channel, at_once[0].account.as_str()), (Channel::Sms, "party"));
    assert_eq!(at_once[0].content, Content::Text { body: "साथी, sms".to_owned() });
    house.wait(after);
    moved(&house, id, BroadcastState::Done).await;
    let at_work = house.records.running_broadcasts(house.now()).await.unwrap();
    assert_eq!(at_work.len(), 1, "it is done, and may still fall back");
    let later = falls(&house, house.now() - after).await;
    assert_eq!(contacts_of(&later), [contacts[2]], "who is silent; what is unknown stays so");
    assert_eq!(falls(&house, house.now()).await, [], "once each");
    assert_eq!(house.beside().await.counts(id).await.unwrap().fell_back, 2);
    house.totals_are_true().await;
}

async fn two_recipients_that_are_one_person_get_one_message(home: Home) {
    let house = House::new(home).await;
    let user = Identities::of(AddressKind::WhatsappUser, "IN.1");
    let nameless = house.records.resolve(vec![(Channel::Whatsapp, user.clone())]).await.unwrap()[0];
    let [one, other] = people(&house, 2).await[..] else { panic!("two") };
    let rows = vec![recipient(nameless), recipient(one)];
    let id = running(&house, new(&house, "diwali"), rows).await;
    let alone =
        running(&house, new(&house, "holi"), vec![recipient(nameless), recipient(other)]).await;
    let number = PhoneNumber::parse("9810000000").unwrap();
    house.records.adopt(&user, number).await.unwrap();
    let messages = contacts_of(&released(&house, id, 0, 10).await.outgoing);
    assert_eq!(messages.len(), 1, "{messages:?}");
    let messages = contacts_of(&released(&house, alone, 0, 10).await.outgoing);
    assert_eq!(messages.len(), 2, "whoever became another is written to under that one");
}

async fn an_answer_lost_on_its_way_loses_no_message(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 2).await;
    let rows = contacts.iter().map(|contact| recipient(*contact)).collect();
    let id = running(&house, new(&house, "diwali"), rows).await;
    house.records.inject(crate::records::Fault::AnswersLost);
    let chunk = released(&house, id, 0, 10).await;
    assert_eq!(contacts_of(&chunk.outgoing), contacts);
    assert_eq!(progress(&house, id).await.released, 2);
}

async fn a_funnel_counts_what_became_of_everybody(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 8).await;
    let mut rows: Vec<Recipient> = contacts.iter().map(|contact| recipient(*contact)).collect();
    rows[0].refused = Some(Refusal::Withdrawn.into());
    rows[1].channel = Channel::Sms;
    rows[2].language = Language::Ur;
    let commit = with_facts(house.turn(contacts[3], "joins").await, vec![member("UP-1")]);
    won(house.records.commit(commit).await);
    let id = running(&house, new(&house, "diwali"), rows).await;
    let out = released(&house, id, 0, 6).await.outgoing;
    sent(&house, out[0].id).await;
    sent(&house, out[1].id).await;
    told(&house, out[2].id, SendResult::Unknown).await;
    let failed = SendResult::Failed { error: Some(131_026), reason: "unreachable".to_owned() };
    told(&house, out[3].id, failed).await;
    told(&house, out[4].id, SendResult::Suppressed { reason: "withdrawn".to_owned() }).await;
    let provider_id = format!("wamid.{}", out[1].id.id);
    let delivered = super::statuses::word(&provider_id, Status::Delivered, house.now());
    house.records.apply_statuses(vec![delivered]).await.unwrap();

    let beside = house.beside().await;
    let funnel = beside.counts(id).await.unwrap();
    assert_eq!((funnel.recipients, funnel.planned, funnel.waiting), (8, 1, 1));
    assert_eq!((funnel.sent, funnel.delivered, funnel.read), (2, 1, 0));
    assert_eq!((funnel.unknown, &funnel.failed), (1, &vec![(Some(131_026), 1)]));
    let withdrawn = vec![("withdrawn".to_owned(), 1)];
    assert_eq!((&funnel.refused, &funnel.suppressed), (&withdrawn, &withdrawn));
    let parts = async |by| {
        let parts = beside.funnel_by(id, by).await.unwrap();
        parts.into_iter().map(|(key, part)| (key, part.recipients)).collect::<Vec<_>>()
    };
    let pair = |key: &str, count| (key.to_owned(), count);
    assert_eq!(parts(By::Channel).await, [pair("sms", 1), pair("whatsapp", 7)]);
    assert_eq!(parts(By::Language).await, [pair("hi", 7), pair("ur", 1)]);
    assert_eq!(parts(By::Place).await, [pair("", 7), pair("173", 1)]);

    let took = beside.took_part(id, contacts[0]..=contacts[4]).await.unwrap();
    let took: Vec<_> =
        took.iter().map(|one| (one.contact, one.sent, one.delivered, one.failed)).collect();
    assert_eq!(
        took,
        [
            (contacts[1], true, false, false),
            (contacts[2], true, true, false),
            (contacts[3], false, false, false),
            (contacts[4], false, false, true),
        ]
    );
}

async fn an_answer_to_a_broadcast_is_kept_once(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let id = running(&house, new(&house, "diwali"), vec![recipient(contact)]).await;
    released(&house, id, 0, 10).await;
    let first = house.now().as_millisecond();
    for key in ["one", "two"] {
        let mut turn = house.turn(contact, key).await;
        turn.facts = vec![Fact::Answered { broadcast: id }];
        assert!(matches!(house.records.commit(turn).await.unwrap(), Verdict::Won { .. }));
        house.wait(Duration::from_mins(5));
    }
    assert_eq!(house.rows(&format!("recipients WHERE replied_at = {first}")), 1);
    assert_eq!(house.beside().await.counts(id).await.unwrap().replied, 1);
    let took = house.beside().await.took_part(id, contact..=contact).await.unwrap();
    assert!(took[0].replied);
}

async fn with_what_somebody_answered_is_read_in_its_order_until_they_are_erased(home: Home) {
    let house = House::new(home).await;
    super::import::taken(&house, vec![super::import::row(PHONE, "रमेश यादव")]).await;
    let contact = house.citizen().await;
    let id = running(&house, new(&house, "diwali"), vec![recipient(contact)]).await;
    released(&house, id, 0, 10).await;
    for words in ["कितने बजे?", "हाँ"] {
        let mut turn = house.turn(contact, words).await;
        turn.inbound = text(words, words, house.now());
        turn.facts = vec![Fact::Answered { broadcast: id }];
        won(house.records.commit(turn).await);
        house.wait(Duration::from_mins(5));
    }
    // Whoever says nothing about it is not among them.
    won(house.records.commit(house.turn(contact, "three").await).await);
    let beside = house.beside().await;
    let first = beside.answers(id, (0, 0), 1).await.unwrap();
    let second = beside.answers(id, first[0].mark, 10).await.unwrap();
    let said = |answers: &[crate::records::Answered]| {
        let words = answers.iter().map(|one| one.content.text().unwrap_or_default().to_owned());
        words.collect::<Vec<_>>()
    };
    assert_eq!((said(&first), said(&second)), (vec!["कितने बजे?".to_owned()], vec!["हाँ".to_owned()]));
    let one = &first[0];
    let member = one.member.as_ref().unwrap();
    assert_eq!(
        (member.name.as_str(), member.assembly, member.booth),
        ("रमेश यादव", Some(173), Some(42))
    );
    assert_eq!((one.contact, one.channel), (contact, Some(Channel::Whatsapp)));
    assert_eq!(one.addresses.get(AddressKind::Phone), Some(PHONE));
    assert_eq!(beside.answers(id + 1, (0, 0), 10).await.unwrap(), []);

    let erasure = Erasure { by: "priya".to_owned(), why: "T-1".to_owned(), at: house.now() };
    beside.erase_person(contact, &erasure).await.unwrap();
    assert_eq!(beside.answers(id, (0, 0), 10).await.unwrap(), []);
    assert_eq!(house.rows("broadcast_answers"), 0);
}

/// What may be the broadcast behind a message that quotes this.
async fn behind(house: &House, contact: i64, quoted: Option<String>) -> Option<Reached> {
    let quoted = quoted.map(|quoted| (Channel::Whatsapp, quoted));
    let asked = vec![(contact, quoted), (contact + 1, None)];
    let mut found = house.records.reached(asked, house.now()).await.unwrap();
    assert_eq!((found.len(), found.pop()), (2, Some(None)), "one answer each, in order");
    found.pop().flatten()
}

async fn the_broadcast_behind_a_message_is_the_one_it_quotes_else_the_newest(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    assert!(!house.records.spoke_lately(house.now()).await.unwrap());
    let mut messages = Vec::new();
    for name in ["diwali", "holi"] {
        let id = running(&house, new(&house, name), vec![recipient(contact)]).await;
        let message = released(&house, id, 0, 10).await.outgoing[0].id;
        assert_ne!(behind(&house, contact, None).await.map(|found| found.broadcast), Some(id));
        sent(&house, message).await;
        messages.push((id, message));
        house.wait(Duration::from_hours(1));
    }
    assert!(house.records.spoke_lately(house.now()).await.unwrap());
    let older = messages[0];
    let known = |(broadcast, message): (i64, OutgoingId), name: &str, named: bool| Reached {
        broadcast,
        name: name.to_owned(),
        flow: Some("dialogue".to_owned()),
        named,
        at: from_ms(message.created_ms),
    };
    let quoted = Some(format!("wamid.{}", older.1.id));
    assert_eq!(behind(&house, contact, quoted.clone()).await, Some(known(older, "diwali", true)));
    let newest = Some(known(messages[1], "holi", false));
    assert_eq!(behind(&house, contact, None).await, newest);
    let strange = Some("wamid.of-something-else".to_owned());
    assert_eq!(behind(&house, contact, strange).await, newest);
    house.wait(Duration::from_hours(48));
    assert_eq!(behind(&house, contact, None).await, None, "two days later it is of something else");
    assert_eq!(behind(&house, contact, quoted).await, Some(known(older, "diwali", true)));
}

async fn an_answer_to_what_was_planned_long_before_its_day_is_one(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 1).await;
    let ahead = jiff::SignedDuration::from_hours(24 * 40);
    let from = house.now() + ahead;
    let send_before = from + jiff::SignedDuration::from_hours(8);
    let broadcast = NewBroadcast { from: Some(from), send_before, ..new(&house, "diwali") };
    let id = running(&house, broadcast, vec![recipient(contacts[0])]).await;
    house.wait(Duration::from_hours(24 * 40 + 1));
    let message = released(&house, id, 0, 10).await.outgoing[0].id;
    sent(&house, message).await;
    moved(&house, id, BroadcastState::Done).await;
    assert!(house.records.spoke_lately(house.now()).await.unwrap());
    let found = behind(&house, contacts[0], None).await.map(|found| found.broadcast);
    assert_eq!(found, Some(id));
}

/// Somebody's word on the messages of the office.
async fn says(house: &House, contact: i64, key: &str, given: bool) {
    let facts = vec![consent(Purpose::Samvad, given)];
    won(house.records.commit(with_facts(house.turn(contact, key).await, facts)).await);
    house.wait(Duration::from_secs(1));
}

async fn whoever_takes_a_consent_back_because_of_it_is_counted(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 5).await;
    let [never, early, unsent, late, stops] = contacts[..] else { panic!("five") };
    for contact in [early, unsent, late, stops] {
        says(&house, contact, &format!("yes {contact}"), true).await;
    }
    says(&house, early, "early", false).await;
    let rows = contacts.iter().map(|contact| recipient(*contact)).collect();
    let id = running(&house, new(&house, "diwali"), rows).await;
    for message in released(&house, id, 0, 10).await.outgoing {
        if message.contact == unsent {
            let result = SendResult::Suppressed { reason: "silence".to_owned() };
            told(&house, message.id, result).await;
        } else {
            sent(&house, message.id).await;
        }
    }
    house.wait(Duration::from_secs(1));
    let beside = house.beside().await;
    says(&house, never, "no", false).await;
    says(&house, early, "again", false).await;
    says(&house, unsent, "unsent", false).await;
    assert_eq!(beside.opted_out(id).await.unwrap(), 0, "nobody took anything back for it");
    says(&house, stops, "stop", false).await;
    assert_eq!(beside.opted_out(id).await.unwrap(), 1);
    house.wait(Duration::from_hours(8 * 24));
    says(&house, late, "late", false).await;
    assert_eq!(beside.opted_out(id).await.unwrap(), 1, "a week later it is about something else");
}

async fn whoever_was_asked_for_a_consent_is_asked_by_no_other_broadcast(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 3).await;
    let asks = |name| NewBroadcast { purpose: Purpose::AskSamvad, ..new(&house, name) };
    let rows = |some: &[i64]| some.iter().map(|contact| recipient(*contact)).collect();
    // Both were planned before either ran.
    let first = running(&house, asks("first"), rows(&contacts[..2])).await;
    let second = running(&house, asks("second"), rows(&contacts)).await;
    let of_first = released(&house, first, 0, 10).await.outgoing;
    assert_eq!(contacts_of(&of_first), contacts[..2]);
    assert_eq!(of_first[0].purpose, Purpose::AskSamvad);
    let beside = house.beside().await;
    let asked = async |purpose| beside.asked(purpose, 0..=i64::MAX).await.unwrap();
    assert_eq!(asked(Purpose::Samvad).await, contacts[..2]);
    let of_second = released(&house, second, 0, 10).await.outgoing;
    assert_eq!(contacts_of(&of_second), contacts[2..]);
    let why = || Refusal::AskedOnce.name().to_owned();
    let refused = beside.refused(second, 0, 10).await.unwrap();
    assert_eq!(refused, [(contacts[0], why()), (contacts[1], why())]);
    assert_eq!(asked(Purpose::Samvad).await, contacts);
    assert_eq!(
        asked(Purpose::Opinion).await,
        Vec::<i64>::new(),
        "each consent is asked for by itself"
    );
    let other = NewBroadcast { purpose: Purpose::AskOpinion, ..new(&house, "third") };
    let third = running(&house, other, rows(&contacts[..1])).await;
    assert_eq!(contacts_of(&released(&house, third, 0, 10).await.outgoing), contacts[..1]);
    // A message like any other is no question.
    let plain = running(&house, new(&house, "fourth"), rows(&contacts)).await;
    assert_eq!(contacts_of(&released(&house, plain, 0, 10).await.outgoing), contacts);
    house.totals_are_true().await;
}

async fn who_was_to_be_asked_and_was_sent_nothing_was_not_asked(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 7).await;
    let asks = NewBroadcast { purpose: Purpose::AskSamvad, ..new(&house, "asks") };
    let rows = contacts.iter().map(|contact| recipient(*contact)).collect();
    let id = running(&house, asks, rows).await;
    let made: Vec<OutgoingId> =
        released(&house, id, 0, 10).await.outgoing.iter().map(|message| message.id).collect();
    let beside = house.beside().await;
    let asked = async || beside.asked(Purpose::Samvad, 0..=i64::MAX).await.unwrap();
    assert_eq!(asked().await, contacts);
    let later = Some(house.now() + jiff::SignedDuration::from_hours(1));
    let failed = || SendResult::Failed { error: Some(131_026), reason: "unreachable".to_owned() };
    told(&house, made[0], SendResult::Suppressed { reason: "silence".to_owned() }).await;
    told(&house, made[1], SendResult::Expired).await;
    told(&house, made[2], failed()).await;
    told(&house, made[3], SendResult::Unknown).await;
    told(&house, made[4], SendResult::Released { not_before: later }).await;
    sent(&house, made[5]).await;
    sent(&house, made[6]).await;
    assert_eq!(asked().await, contacts[3..], "a call without an answer may have asked");
    let word = async |message: OutgoingId, status| {
        let name = format!("wamid.{}", message.id);
        house.wait(Duration::from_secs(1));
        let word = super::statuses::word(&name, status, house.now());
        house.records.apply_statuses(vec![word]).await.unwrap();
    };
    word(made[6], Status::Failed).await;
    assert_eq!(asked().await, contacts[3..6], "it never arrived");
    word(made[6], Status::Delivered).await;
    assert_eq!(asked().await, contacts[3..], "it did after all");
    moved(&house, id, BroadcastState::Cancelled).await;
    beside.clear_broadcast(id, house.now()).await.unwrap();
    let others = [contacts[3], contacts[5], contacts[6]];
    assert_eq!(asked().await, others, "what waited in the queue of a cancelled one never left");
    house.totals_are_true().await;
}

async fn of_two_contacts_that_are_one_person_who_was_asked_stays_asked(home: Home) {
    let house = House::new(home).await;
    let user = Identities::of(AddressKind::WhatsappUser, "IN.1");
    let nameless = house.records.resolve(vec![(Channel::Whatsapp, user.clone())]).await.unwrap()[0];
    let one = people(&house, 1).await[0];
    let asks = NewBroadcast { purpose: Purpose::AskSamvad, ..new(&house, "asks") };
    let id = running(&house, asks, vec![recipient(one)]).await;
    assert_eq!(released(&house, id, 0, 10).await.outgoing.len(), 1);
    house.records.adopt(&user, PhoneNumber::parse("9810000000").unwrap()).await.unwrap();
    let asked = house.beside().await.asked(Purpose::Samvad, 0..=i64::MAX).await.unwrap();
    assert_eq!(asked, [nameless.min(one)]);
}

async fn people_asked_for_at_once_are_each_answered_as_they_stand_now(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 150).await;
    let facts = vec![member("UP-1"), consent(Purpose::Samvad, true)];
    won(house.records.commit(with_facts(house.turn(contacts[7], "joins").await, facts)).await);
    let asked = contacts.iter().map(|contact| house.records.asked(*contact, None));
    let answers = futures_util::future::join_all(asked).await;
    for (id, answer) in contacts.iter().zip(answers) {
        let contact = house.records.snapshot(*id).await.unwrap().unwrap().contact;
        assert_eq!(answer.unwrap(), Some(Asked { contact, told: 0 }));
    }
    assert_eq!(house.records.asked(contacts[149] + 1, None).await.unwrap(), None);
    let stop = vec![consent(Purpose::Samvad, false)];
    won(house.records.commit(with_facts(house.turn(contacts[7], "stops").await, stop)).await);
    let now = house.records.asked(contacts[7], None).await.unwrap().unwrap().contact;
    assert!(now.withdrew(Purpose::Samvad), "what was committed before is in the answer");
}

async fn posts_of_others_on_a_phone_stand_beside_those_of_its_person(home: Home) {
    let house = House::new(home).await;
    let mut first = row("9812345679", "सीता देवी");
    first.post = Some(president(7));
    let mut other = row("9812345679", "राम कुमार");
    other.further = true;
    other.post = Some(president(8));
    let import = import_at(&house, false);
    let beside = house.beside().await;
    beside.import_people(&import, None, vec![first, other]).await.unwrap();
    let found = beside.candidates(0, 10).await.unwrap();
    let [phone] = found.as_slice() else { panic!("{found:?}") };
    let of_booth = |number| {
        let place = crate::places::Place::Booth { assembly: 173, number };
        vec![("booth_president".to_owned(), place)]
    };
    let beside = of_booth(8).into_iter().map(|(post, place)| (1, post, place)).collect();
    assert_eq!((&phone.posts, &phone.posts_beside), (&of_booth(7), &beside));
    assert_eq!(phone.contact.posts, ["booth_president"], "as the gate and a turn read them");
}

async fn a_test_is_known_by_what_it_tries_and_uses_up_no_cap(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let begin = house.now();
    let id = running(&house, new(&house, "diwali"), vec![recipient(contact)]).await;
    let test = NewBroadcast { test_of: Some(id), ..new(&house, "diwali.test1") };
    let test = running(&house, test, vec![recipient(contact)]).await;
    let row = house.beside().await.broadcast("diwali.test1").await.unwrap().unwrap();
    assert_eq!((row.id, row.test_of), (test, Some(id)));
    let told = async || house.told(contact, begin, None).await;
    let tried = released(&house, test, 0, 1).await.outgoing[0].id;
    sent(&house, tried).await;
    assert_eq!(told().await, 0, "the phones of the office stay free for what is sent");
    let message = released(&house, id, 0, 1).await.outgoing[0].id;
    sent(&house, message).await;
    assert_eq!(told().await, 1);
    let read = house.records.broadcast_of(test).await.unwrap().unwrap();
    assert_eq!(read.name, "diwali.test1");
    assert_eq!(house.records.broadcast_of(test + 1).await.unwrap(), None);
}

/// Says so much that a short message has several parts.
struct Long;

impl Wording for Long {
    fn content(&self, _: &Addressee, _: Channel) -> Option<Content> {
        Some(Content::Text { body: "नमस्ते जी ".repeat(15) })
    }
}

async fn messages_are_billed_by_their_parts_on_both_ways(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 3).await;
    let fallback = Fallback {
        channel: Channel::Sms,
        accounts: vec!["party".to_owned()],
        after: Duration::from_hours(1),
    };
    let broadcast = NewBroadcast { fallback: Some(fallback.clone()), ..new(&house, "diwali") };
    let mut rows: Vec<Recipient> = contacts.iter().map(|contact| recipient(*contact)).collect();
    rows[2].channel = Channel::Sms;
    let id = running(&house, broadcast, rows).await;
    let wording: Arc<dyn Wording> = Arc::new(Long);
    let release = |fallback| {
        let wording = Arc::clone(&wording);
        Release { broadcast: id, after: 0, limit: 10, wording, fallback, closed: Vec::new() }
    };
    let first = house.records.release(release(None), house.now()).await.unwrap().outgoing;
    sent(&house, first[0].id).await;
    let failed = SendResult::Failed { error: Some(131_026), reason: "unreachable".to_owned() };
    told(&house, first[1].id, failed).await;
    sent(&house, first[2].id).await;
    let late = format!("wamid.{}", first[2].id.id);
    let of_sms = super::statuses::word(&late, Status::Failed, house.now());
    let refused = crate::message::StatusUpdate { channel: Channel::Sms, ..of_sms };
    house.records.apply_statuses(vec![refused]).await.unwrap();
    let silent = Some((fallback, house.now() - Duration::from_hours(1)));
    let second = house.records.release(release(silent), house.now()).await.unwrap().outgoing;
    let of_second = second.iter().find(|message| message.contact == contacts[1]).unwrap();
    sent(&house, of_second.id).await;

    let beside = house.beside().await;
    let all = beside.messages_of(id, Some(By::Channel)).await.unwrap();
    let seen = |part: &str, channel: Channel, status: Status| {
        let like = |one: &&crate::records::Messages| {
            (one.part.as_str(), one.channel, one.status) == (part, channel, status)
        };
        all.iter().find(like).map(|one| (one.messages, one.parts, one.error, one.taken))
    };
    let parts = crate::segments::measure(&"नमस्ते जी ".repeat(15)).parts as u64;
    assert!(parts > 1);
    assert_eq!(seen("whatsapp", Channel::Whatsapp, Status::Sent), Some((1, 0, None, true)));
    let failed = Some((1, 0, Some(131_026), false));
    assert_eq!(seen("whatsapp", Channel::Whatsapp, Status::Failed), failed);
    let second_way = seen("sms", Channel::Sms, Status::Sent);
    assert_eq!(second_way, Some((1, parts, None, true)), "under the channel it left by");
    let late = seen("sms", Channel::Sms, Status::Failed);
    assert!(late.is_some_and(|late| (late.0, late.1, late.3) == (1, parts, true)), "{all:?}");
    let whole = beside.messages_of(id, None).await.unwrap();
    let count = |messages: &[crate::records::Messages]| {
        messages.iter().map(|some| some.messages).sum::<u64>()
    };
    assert_eq!(count(&whole), count(&all));
    assert_eq!(count(&beside.messages_of(id, Some(By::Place)).await.unwrap()), count(&all));
    assert_eq!(count(&beside.messages_of(id, Some(By::Language)).await.unwrap()), count(&all));
}

async fn why_people_are_refused_is_counted_and_what_is_under_way(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 6).await;
    let mut rows: Vec<Recipient> = contacts.iter().map(|contact| recipient(*contact)).collect();
    rows[0].refused = Some(Reason::NoAddress);
    rows[1].refused = Some(Refusal::Withdrawn.into());
    rows[2].refused = Some(Refusal::Withdrawn.into());
    let id = running(&house, new(&house, "diwali"), rows).await;
    let beside = house.beside().await;
    let counted = beside.refusals(id).await.unwrap();
    assert_eq!(counted, [("withdrawn".to_owned(), 2), ("no_address".to_owned(), 1)]);
    assert_eq!(beside.under_way(id).await.unwrap(), 0);
    let out = released(&house, id, 0, 2).await.outgoing;
    assert_eq!(beside.under_way(id).await.unwrap(), 2, "in our hands");
    sent(&house, out[0].id).await;
    told(&house, out[1].id, SendResult::Released { not_before: Some(house.now()) }).await;
    assert_eq!(beside.under_way(id).await.unwrap(), 1, "it waits in the queue");
}

async fn who_took_a_consent_back_is_counted_by_part(home: Home) {
    let house = House::new(home).await;
    let contacts = people(&house, 3).await;
    let joins = with_facts(house.turn(contacts[0], "joins").await, vec![member("UP-1")]);
    won(house.records.commit(joins).await);
    let mut rows: Vec<Recipient> = contacts.iter().map(|contact| recipient(*contact)).collect();
    rows[1].language = Language::Ur;
    rows[2].channel = Channel::Sms;
    for contact in &contacts {
        says(&house, *contact, &format!("yes {contact}"), true).await;
    }
    let id = running(&house, new(&house, "diwali"), rows).await;
    for message in released(&house, id, 0, 10).await.outgoing {
        sent(&house, message.id).await;
    }
    for contact in contacts.iter().take(2) {
        says(&house, *contact, &format!("stop {contact}"), false).await;
    }
    let beside = house.beside().await;
    let pair = |part: &str, count| (part.to_owned(), count);
    assert_eq!(beside.opted_out_by(id, By::Channel).await.unwrap(), [pair("whatsapp", 2)]);
    let by_language = beside.opted_out_by(id, By::Language).await.unwrap();
    assert_eq!(by_language, [pair("hi", 1), pair("ur", 1)]);
    let by_place = beside.opted_out_by(id, By::Place).await.unwrap();
    assert_eq!(by_place, [pair("", 1), pair("173", 1)]);
}
