use super::*;
use crate::contact::{ConsentNow, Language};
use crate::fact::{Consent, NewMember};
use crate::message::PreferenceUpdate;

promises! {
    the_records_and_the_lane_agree_on_what_facts_make_of_a_contact,
    an_active_member_never_gets_a_second_membership,
    leaving_is_a_dated_end_and_joining_again_a_new_row,
    a_member_number_that_is_taken_refuses_the_turn_whole,
    a_turn_refused_at_its_last_fact_counts_for_nothing,
    a_withdrawal_takes_back_what_is_queued_for_its_purpose,
    the_ledger_is_appended_to_and_says_who_when_and_by_which_message,
    a_stop_told_to_the_provider_withdraws_once_and_takes_back_what_waits,
    a_return_told_to_the_provider_undoes_only_a_stop_told_to_the_provider,
    a_stop_that_arrives_after_a_younger_consent_does_not_outlive_it,
    a_stop_of_somebody_unknown_is_kept,
    a_stop_told_about_a_message_is_of_whoever_that_message_went_to,
}

fn member(number: &str) -> Fact {
    Fact::EnrolMember(NewMember {
        number: number.to_owned(),
        name: "रमेश यादव".to_owned(),
        district: "157".to_owned(),
        assembly: 173,
        booth: Some(42),
        birth_year: Some(1990),
    })
}

fn consent(purpose: Purpose, given: bool) -> Fact {
    Fact::Consent(Consent {
        purpose,
        given,
        notice: given.then(|| "membership-1".to_owned()),
        wording: Some("ab".repeat(32)),
        how: "button".to_owned(),
    })
}

fn told_provider(stop: bool, at: Timestamp) -> PreferenceUpdate {
    PreferenceUpdate {
        channel: Channel::Whatsapp,
        account: ACCOUNT.to_owned(),
        from: Identities::of(AddressKind::Phone, PHONE),
        about: None,
        stop,
        at,
    }
}

async fn consents_to_samvad(house: &House, contact: i64) -> Option<bool> {
    let contact = house.records.snapshot(contact).await.unwrap().unwrap().contact;
    let standing = contact.consents.iter().find(|known| known.purpose == Purpose::Samvad);
    standing.map(|known| known.given)
}

async fn the_records_and_the_lane_agree_on_what_facts_make_of_a_contact(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let turns: Vec<Vec<Fact>> = vec![
        vec![Fact::Language { language: Language::En }],
        vec![consent(Purpose::Samvad, true), consent(Purpose::Membership, true), member("1001")],
        vec![member("1002")],
        vec![consent(Purpose::Samvad, false)],
        vec![Fact::HandOver { reason: "asked for a person".to_owned() }],
        vec![Fact::Request { kind: "access".to_owned(), ticket: "T17".to_owned() }],
        vec![Fact::LeaveMembership, consent(Purpose::Membership, false)],
        vec![Fact::LeaveMembership],
        vec![member("1003"), Fact::Language { language: Language::Ur }],
        vec![Fact::LeaveMembership, member("1004")],
        vec![consent(Purpose::Opinion, true), consent(Purpose::Opinion, false)],
    ];
    let mut lane = house.records.snapshot(contact).await.unwrap().unwrap().contact;
    for (step, facts) in turns.into_iter().enumerate() {
        house.wait(Duration::from_mins(1));
        let commit = turn(contact, lane.version, &format!("k{step}"), house.now());
        for fact in &facts {
            lane.apply(fact, commit.received_at);
        }
        lane.last_inbound = commit.wrote_at();
        (lane.version, _) = won(house.records.commit(with_facts(commit, facts)).await);
        let stored = house.records.snapshot(contact).await.unwrap().unwrap().contact;
        assert_eq!(stored, lane, "after turn {step}");
    }
    house.totals_are_true().await;
}

async fn an_active_member_never_gets_a_second_membership(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    won(house.records.commit(with_facts(house.turn(contact, "a").await, vec![member("1")])).await);
    won(house.records.commit(with_facts(house.turn(contact, "b").await, vec![member("2")])).await);
    assert_eq!(house.rows("members"), 1);
    let known = house.records.snapshot(contact).await.unwrap().unwrap().contact.membership.unwrap();
    assert_eq!((known.number.as_str(), known.name.as_str()), ("1", "रमेश यादव"));
    house.totals_are_true().await;
}

async fn leaving_is_a_dated_end_and_joining_again_a_new_row(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let facts = [vec![member("1")], vec![Fact::LeaveMembership], vec![member("2")]];
    for (step, facts) in facts.into_iter().enumerate() {
        let commit = house.turn(contact, &format!("k{step}")).await;
        won(house.records.commit(with_facts(commit, facts)).await);
    }
    assert_eq!(house.rows("members"), 2);
    assert_eq!(house.rows("members WHERE until IS NOT NULL"), 1);
    assert_eq!(house.records.report(house.now()).await.unwrap().members, 1);
}

async fn a_member_number_that_is_taken_refuses_the_turn_whole(home: Home) {
    let house = House::new(home).await;
    let one = house.citizen().await;
    let two = house.contact_of("9898989898").await;
    won(house.records.commit(with_facts(house.turn(one, "a").await, vec![member("1")])).await);
    let taken = with_facts(house.turn(two, "b").await, vec![member("1")]);
    assert!(matches!(house.records.commit(taken).await, Err(RecordsError::Refused(_))));
    assert_eq!(house.version(two).await, 0);
    assert!(!house.records.is_committed(Channel::Whatsapp, "b").await.unwrap());
}

async fn a_turn_refused_at_its_last_fact_counts_for_nothing(home: Home) {
    let house = House::new(home).await;
    let one = house.citizen().await;
    let two = house.contact_of("9898989898").await;
    let request = Fact::Request { kind: "access".to_owned(), ticket: "T1".to_owned() };
    let commit = with_facts(house.turn(one, "a").await, vec![request.clone()]);
    won(house.records.commit(commit).await);
    let taken = with_facts(house.turn(two, "b").await, vec![member("1"), request]);
    assert!(matches!(house.records.commit(taken).await, Err(RecordsError::Refused(_))));
    house.totals_are_true().await;
}

async fn a_withdrawal_takes_back_what_is_queued_for_its_purpose(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let other = house.contact_of("9898989898").await;
    let samvad = house.queued(contact, Lane::Broadcast, Purpose::Samvad).await;
    let answer = house.queued(contact, Lane::Reply, Purpose::Answer).await;
    let theirs = house.queued(other, Lane::Broadcast, Purpose::Samvad).await;

    let mut goodbye = house.turn(contact, "stop").await;
    goodbye.facts = vec![consent(Purpose::Samvad, false)];
    goodbye.replies = vec![reply_in(Lane::Reply, Purpose::Samvad, "बंद कर दिया")];
    let (_, outgoing) = won(house.records.commit(goodbye).await);

    assert_eq!(house.status_of(samvad), "suppressed");
    assert_eq!(house.status_of(answer), "queued");
    assert_eq!(house.status_of(theirs), "queued");
    assert_eq!(house.status_of(outgoing[0]), "queued", "the word that confirms it goes out");
    house.totals_are_true().await;
}

async fn the_ledger_is_appended_to_and_says_who_when_and_by_which_message(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    for (step, given) in [true, false, true].into_iter().enumerate() {
        let commit = house.turn(contact, &format!("k{step}")).await;
        won(house.records.commit(with_facts(commit, vec![consent(Purpose::Samvad, given)])).await);
    }
    assert_eq!(house.rows("consents WHERE actor = 'person' AND message IS NOT NULL"), 3);
    assert_eq!(house.rows("consents c JOIN messages m ON m.id = c.message AND m.direction = 1"), 3);
    let standing = house.records.snapshot(contact).await.unwrap().unwrap().contact.consents;
    assert_eq!(standing, [ConsentNow { purpose: Purpose::Samvad, given: true, at: house.now() }]);
}

async fn a_stop_told_to_the_provider_withdraws_once_and_takes_back_what_waits(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let commit = house.turn(contact, "a").await;
    won(house.records.commit(with_facts(commit, vec![consent(Purpose::Samvad, true)])).await);
    let samvad = house.queued(contact, Lane::Broadcast, Purpose::Samvad).await;
    let version = house.version(contact).await;

    house.wait(Duration::from_mins(1));
    let stop = told_provider(true, house.now());
    house.records.apply_preferences(vec![stop.clone(), stop.clone()]).await.unwrap();
    house.records.apply_preferences(vec![stop]).await.unwrap();
    assert_eq!(house.rows("consents WHERE how = 'provider'"), 1);
    assert_eq!(house.status_of(samvad), "suppressed");
    assert_eq!(consents_to_samvad(&house, contact).await, Some(false));
    assert_eq!(house.version(contact).await, version + 1);
    house.totals_are_true().await;
}

async fn a_return_told_to_the_provider_undoes_only_a_stop_told_to_the_provider(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let step = Duration::from_mins(1);

    house.records.apply_preferences(vec![told_provider(false, house.now())]).await.unwrap();
    assert_eq!(consents_to_samvad(&house, contact).await, None, "never given, not given now");

    let commit = house.turn(contact, "yes").await;
    won(house.records.commit(with_facts(commit, vec![consent(Purpose::Samvad, true)])).await);
    house.wait(step);
    house.records.apply_preferences(vec![told_provider(true, house.now())]).await.unwrap();
    house.wait(step);
    house.records.apply_preferences(vec![told_provider(false, house.now())]).await.unwrap();
    assert_eq!(consents_to_samvad(&house, contact).await, Some(true), "given back");

    house.wait(step);
    let commit = house.turn(contact, "no").await;
    won(house.records.commit(with_facts(commit, vec![consent(Purpose::Samvad, false)])).await);
    house.wait(step);
    house.records.apply_preferences(vec![told_provider(true, house.now())]).await.unwrap();
    house.wait(step);
    house.records.apply_preferences(vec![told_provider(false, house.now())]).await.unwrap();
    assert_eq!(consents_to_samvad(&house, contact).await, Some(false), "what they told us stands");
}

async fn a_stop_that_arrives_after_a_younger_consent_does_not_outlive_it(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let stopped_at = house.now();
    house.wait(Duration::from_mins(1));
    let commit = house.turn(contact, "yes").await;
    won(house.records.commit(with_facts(commit, vec![consent(Purpose::Samvad, true)])).await);
    let samvad = house.queued(contact, Lane::Broadcast, Purpose::Samvad).await;
    house.records.apply_preferences(vec![told_provider(true, stopped_at)]).await.unwrap();
    assert_eq!(consents_to_samvad(&house, contact).await, Some(true));
    assert_eq!(house.status_of(samvad), "queued");
}

async fn a_stop_of_somebody_unknown_is_kept(home: Home) {
    let house = House::new(home).await;
    house.records.apply_preferences(vec![told_provider(true, house.now())]).await.unwrap();
    let contact = house.citizen().await;
    assert_eq!(consents_to_samvad(&house, contact).await, Some(false));
}

async fn a_stop_told_about_a_message_is_of_whoever_that_message_went_to(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let agreed = with_facts(house.turn(contact, "k1").await, vec![consent(Purpose::Samvad, true)]);
    let written = won(house.records.commit(agreed).await).1[0];
    house.wait(Duration::from_mins(1));
    let people = house.rows("contacts");

    let nobody_named = |about| PreferenceUpdate {
        from: Identities::default(),
        about: Some(about),
        ..told_provider(true, house.now())
    };
    let of_another_life = OutgoingId { created_ms: written.created_ms - 1, ..written };
    house.records.apply_preferences(vec![nobody_named(of_another_life)]).await.unwrap();
    assert_eq!(consents_to_samvad(&house, contact).await, Some(true));

    house.records.apply_preferences(vec![nobody_named(written)]).await.unwrap();
    assert_eq!(consents_to_samvad(&house, contact).await, Some(false));
    let gone_elsewhere = PreferenceUpdate {
        from: Identities::of(AddressKind::Phone, "9000000001"),
        ..nobody_named(written)
    };
    house.records.apply_preferences(vec![gone_elsewhere]).await.unwrap();
    assert_eq!(house.rows("contacts"), people, "the message says who it is");
}
