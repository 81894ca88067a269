use super::*;
use crate::contact::{ConsentNow, Language};
use crate::fact::{Consent, Detail, MemberDetails, NewMember};
use crate::message::PreferenceUpdate;

promises! {
    the_records_and_the_lane_agree_on_what_facts_make_of_a_contact,
    an_active_member_never_gets_a_second_membership,
    leaving_is_a_dated_end_and_joining_again_a_new_row,
    a_member_number_that_is_taken_refuses_the_turn_whole,
    a_turn_refused_at_its_last_fact_counts_for_nothing,
    a_referral_is_kept_once_and_counted_while_the_membership_lasts,
    nobody_refers_themselves_and_an_unknown_code_is_dropped,
    a_member_is_not_referred_any_more,
    whoever_brought_a_member_is_turned_from_the_new_count,
    a_change_of_a_member_keeps_what_was_there_before,
    what_was_said_with_a_request_is_sealed_and_read_back,
    a_request_is_open_until_it_is_settled_once,
    a_withdrawal_takes_back_what_is_queued_for_its_purpose,
    the_ledger_is_appended_to_and_says_who_when_and_by_which_message,
    a_stop_told_to_the_provider_withdraws_once_and_takes_back_what_waits,
    a_return_told_to_the_provider_undoes_only_a_stop_told_to_the_provider,
    a_stop_that_arrives_after_a_younger_consent_does_not_outlive_it,
    a_stop_of_somebody_unknown_is_kept,
    a_stop_told_about_a_message_is_of_whoever_that_message_went_to,
    a_stop_told_about_a_message_takes_back_what_it_was_for_and_a_return_gives_that_back,
}

pub(super) fn member(number: &str) -> Fact {
    Fact::EnrolMember(NewMember {
        number: number.to_owned(),
        name: "रमेश यादव".to_owned(),
        district: "157".to_owned(),
        assembly: 173,
        booth: Some(42),
        birth_year: Some(1990),
        ends: None,
    })
}

pub(super) fn consent(purpose: Purpose, given: bool) -> Fact {
    Fact::Consent(Consent {
        purpose,
        given,
        notice: given.then(|| "membership-1".to_owned()),
        wording: Some("ab".repeat(32)),
        how: "button".to_owned(),
        only: None,
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

fn changed(name: &str, booth: Option<u16>) -> Fact {
    Fact::UpdateMember(MemberDetails {
        name: name.to_owned(),
        district: "162".to_owned(),
        assembly: 172,
        booth,
    })
}

pub(super) fn referred(member: &str) -> Fact {
    Fact::Referred { member: member.to_owned() }
}

pub(super) fn complaint(ticket: &str) -> Fact {
    let detail = |name: &str, text: &str| Detail { name: name.to_owned(), text: text.to_owned() };
    Fact::Request {
        kind: "complaint".to_owned(),
        ticket: ticket.to_owned(),
        details: vec![detail("seat", "गोंडा"), detail("what", "नल 9812345678 सूखा है")],
    }
}

impl House {
    /// One turn that brings these facts.
    pub(super) async fn made_true(&self, contact: i64, key: &str, facts: Vec<Fact>) {
        won(self.records.commit(with_facts(self.turn(contact, key).await, facts)).await);
    }

    async fn brought(&self, contact: i64) -> u32 {
        self.records.snapshot(contact).await.unwrap().unwrap().contact.brought
    }
}

async fn a_referral_is_kept_once_and_counted_while_the_membership_lasts(home: Home) {
    let house = House::new(home).await;
    let sunita = house.citizen().await;
    let anil = house.contact_of("9898989898").await;
    let ramesh = house.contact_of("9797979797").await;
    house.made_true(sunita, "a", vec![member("1")]).await;
    house.made_true(anil, "b", vec![member("2")]).await;

    house.made_true(ramesh, "c", vec![referred("1")]).await;
    house.made_true(ramesh, "d", vec![referred("2")]).await;
    assert_eq!(house.brought(sunita).await, 0, "a visitor is no member yet");
    house.made_true(ramesh, "e", vec![member("3")]).await;
    assert_eq!((house.brought(sunita).await, house.brought(anil).await), (1, 0));
    house.made_true(ramesh, "f", vec![Fact::LeaveMembership]).await;
    assert_eq!(house.brought(sunita).await, 0);
    house.made_true(ramesh, "g", vec![member("4")]).await;
    assert_eq!(house.brought(sunita).await, 1, "who brought them first stays known");
}

async fn nobody_refers_themselves_and_an_unknown_code_is_dropped(home: Home) {
    let house = House::new(home).await;
    let sunita = house.citizen().await;
    let ramesh = house.contact_of("9797979797").await;
    house.made_true(sunita, "a", vec![member("1")]).await;
    house.made_true(sunita, "b", vec![Fact::LeaveMembership, referred("1")]).await;
    house.made_true(ramesh, "c", vec![referred("77")]).await;
    assert_eq!(house.rows("contacts WHERE referred_by IS NOT NULL"), 0);
    house.made_true(sunita, "d", vec![member("2")]).await;
    house.made_true(ramesh, "e", vec![referred("1")]).await;
    assert_eq!(house.rows("contacts WHERE referred_by IS NOT NULL"), 0, "a number given back");
    house.made_true(ramesh, "f", vec![referred("2"), member("3")]).await;
    assert_eq!(house.brought(sunita).await, 1, "a code nobody had does not count as the first");
}

async fn a_member_is_not_referred_any_more(home: Home) {
    let house = House::new(home).await;
    let sunita = house.citizen().await;
    let ramesh = house.contact_of("9797979797").await;
    house.made_true(sunita, "a", vec![member("1")]).await;
    house.made_true(ramesh, "b", vec![member("2")]).await;
    house.made_true(ramesh, "c", vec![referred("1")]).await;
    assert_eq!(house.brought(sunita).await, 0);
}

async fn whoever_brought_a_member_is_turned_from_the_new_count(home: Home) {
    let house = House::new(home).await;
    let sunita = house.citizen().await;
    let ramesh = house.contact_of("9797979797").await;
    house.made_true(sunita, "a", vec![member("1")]).await;
    house.made_true(ramesh, "b", vec![referred("1")]).await;
    // Her turn is made from the old count and written in one group with his enrolment, in either order.
    let stale = house.turn(sunita, "c").await;
    let hers = house.turn(sunita, "d").await;
    let his = with_facts(house.turn(ramesh, "e").await, vec![member("2")]);
    let (his, hers) = tokio::join!(house.records.commit(his), house.records.commit(hers));
    won(his);
    assert!(matches!(hers, Ok(Verdict::Won { .. } | Verdict::Conflict)), "{hers:?}");
    assert_eq!(house.records.commit(stale).await.unwrap(), Verdict::Conflict);
    let known = house.records.snapshot(sunita).await.unwrap().unwrap().contact;
    assert_eq!(known.brought, 1);
    let wins = u8::from(matches!(hers, Ok(Verdict::Won { .. })));
    assert_eq!(known.version, 2 + i64::from(wins), "one for the enrolment, one for each turn");
    house.made_true(sunita, "f", Vec::new()).await;
}

async fn a_change_of_a_member_keeps_what_was_there_before(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    house.made_true(contact, "a", vec![member("1")]).await;
    house.made_true(contact, "b", vec![changed("सुनीता देवी", Some(7))]).await;
    let ends = crate::clock::from_ms(1_900_000_000_000);
    house.made_true(contact, "c", vec![Fact::RenewMembership { ends }]).await;
    let known = house.records.snapshot(contact).await.unwrap().unwrap().contact.membership.unwrap();
    let now = (known.number.as_str(), known.name.as_str(), known.assembly, known.booth, known.ends);
    assert_eq!(now, ("1", "सुनीता देवी", 172, Some(7), Some(ends)));
    let first = "member_history h JOIN messages m ON m.id = h.message AND m.direction = 1
                 WHERE district = '157' AND assembly = 173 AND booth = 42";
    assert_eq!((house.rows("member_history"), house.rows(first)), (2, 1));
}

async fn what_was_said_with_a_request_is_sealed_and_read_back(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    house.made_true(contact, "a", vec![complaint("T-1")]).await;
    let request = house.records.request("T-1").await.unwrap().unwrap();
    assert_eq!(
        (request.kind.as_str(), request.contact, request.done),
        ("complaint", contact, None)
    );
    let texts: Vec<&str> = request.details.iter().map(|detail| detail.text.as_str()).collect();
    assert_eq!(texts, ["गोंडा", "नल 9812345678 सूखा है"]);
    assert!(!format!("{request:?}").contains("98123"), "nothing of it gets into a log");
    assert_eq!(house.records.request("T-2").await.unwrap(), None);
}

async fn a_request_is_open_until_it_is_settled_once(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    house.made_true(contact, "a", vec![complaint("T-1")]).await;
    house.made_true(contact, "b", vec![complaint("T-2")]).await;
    let tickets = async |also_done| {
        let requests = house.records.requests(also_done, 10).await.unwrap();
        requests.into_iter().map(|request| request.ticket).collect::<Vec<_>>()
    };
    assert_eq!(tickets(false).await, ["T-1", "T-2"], "whoever waits longest stands first");
    let beside = house.beside().await;
    assert!(beside.finish_request("T-1", house.now()).await.unwrap());
    assert!(!beside.finish_request("T-1", house.now()).await.unwrap());
    assert!(!beside.finish_request("T-9", house.now()).await.unwrap());
    assert_eq!(tickets(false).await, ["T-2"]);
    assert_eq!(tickets(true).await, ["T-2", "T-1"]);
    let settled = house.records.request("T-1").await.unwrap().unwrap();
    assert_eq!(settled.done, Some(house.now()));
}

async fn the_records_and_the_lane_agree_on_what_facts_make_of_a_contact(home: Home) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let turns: Vec<Vec<Fact>> = vec![
        vec![Fact::Language { language: Language::Ur, guessed: true }],
        vec![Fact::Language { language: Language::En, guessed: false }],
        vec![consent(Purpose::Samvad, true), consent(Purpose::Membership, true), member("1001")],
        vec![member("1002")],
        vec![consent(Purpose::Samvad, false)],
        vec![Fact::HandOver { reason: "asked for a person".to_owned() }],
        vec![Fact::Request {
            kind: "access".to_owned(),
            ticket: "T17".to_owned(),
            details: Vec::new(),
        }],
        vec![Fact::RenewMembership { ends: crate::clock::from_ms(1_900_000_000_000) }],
        vec![changed("सुनीता देवी", None)],
        vec![Fact::Referred { member: "1001".to_owned() }],
        vec![Fact::LeaveMembership, consent(Purpose::Membership, false)],
        vec![Fact::RenewMembership { ends: crate::clock::from_ms(1) }, changed("कोई", Some(1))],
        vec![Fact::LeaveMembership],
        vec![member("1003"), Fact::Language { language: Language::Ur, guessed: false }],
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
    let request =
        Fact::Request { kind: "access".to_owned(), ticket: "T1".to_owned(), details: Vec::new() };
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
    assert_eq!(
        standing,
        [ConsentNow { purpose: Purpose::Samvad, given: true, at: house.now(), only: None }]
    );
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
    assert_eq!(house.rows("consents WHERE how = 'provider'"), 4, "each purpose once");
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

async fn a_stop_told_about_a_message_takes_back_what_it_was_for_and_a_return_gives_that_back(
    home: Home,
) {
    let house = House::new(home).await;
    let contact = house.citizen().await;
    let no_sms = Fact::Consent(Consent {
        only: Some(Channel::Sms),
        ..match consent(Purpose::Samvad, false) {
            Fact::Consent(consent) => consent,
            other => panic!("{other:?}"),
        }
    });
    let given = [Purpose::Samvad, Purpose::Membership, Purpose::Opinion]
        .map(|purpose| consent(purpose, true));
    let facts = given.into_iter().chain([no_sms]).collect();
    won(house.records.commit(with_facts(house.turn(contact, "k1").await, facts)).await);
    let standing = async || house.person(contact).await.consents;
    let words = async || -> Vec<(Purpose, bool, Option<Channel>)> {
        let consents = standing().await.into_iter();
        consents.map(|word| (word.purpose, word.given, word.only)).collect()
    };
    let before = words().await;
    let membership = house.queued(contact, Lane::Broadcast, Purpose::Membership).await;
    let opinion = house.queued(contact, Lane::Broadcast, Purpose::Opinion).await;
    house.wait(Duration::from_mins(1));
    let about = PreferenceUpdate {
        from: Identities::default(),
        about: Some(membership),
        ..told_provider(true, house.now())
    };
    house.records.apply_preferences(vec![about]).await.unwrap();
    let person = house.person(contact).await;
    let stands = |purpose| person.consents_to(purpose);
    assert!(!stands(Purpose::Samvad) && !stands(Purpose::Membership) && stands(Purpose::Opinion));
    assert_eq!(house.status_of(membership), "suppressed");
    assert_eq!(house.status_of(opinion), "queued");

    house.wait(Duration::from_mins(1));
    house.records.apply_preferences(vec![told_provider(true, house.now())]).await.unwrap();
    let person = house.person(contact).await;
    assert!(person.withdrew(Purpose::Opinion) && person.withdrew(Purpose::FollowUp));
    assert_eq!(house.status_of(opinion), "suppressed");

    house.wait(Duration::from_mins(1));
    let back = told_provider(false, house.now());
    house.records.apply_preferences(vec![back.clone(), back]).await.unwrap();
    let after: Vec<_> = words().await;
    let without_no = |words: Vec<(Purpose, bool, Option<Channel>)>| -> Vec<_> {
        words.into_iter().filter(|(purpose, ..)| *purpose != Purpose::FollowUp).collect()
    };
    assert_eq!(without_no(after), before, "exactly what it took, the no to short messages too");
    assert!(!house.person(contact).await.consents_to(Purpose::FollowUp), "never given");
    house.totals_are_true().await;
}
