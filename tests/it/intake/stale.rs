//! The live state may be stale and other writers may come between: the records' version judges.

use std::time::Duration;

use samvad::contact::{AddressKind, Identities};
use samvad::intake::Admission;
use samvad::message::{Channel, Envelope, InboundContent, PreferenceUpdate};
use samvad::records::{Fault, Snapshot};
use samvad::state::Cached;

use super::rig::{ACCOUNT, JOINING, Pair, Rig, SITA};

promises! {
    when_another_writer_moved_the_person_the_message_is_turned_again,
    another_writer_in_the_middle_of_a_chain_does_not_disorder_it,
    a_snapshot_newer_than_the_records_is_found_out_and_the_store_heals,
    a_snapshot_that_cannot_be_opened_is_read_from_the_records,
    what_is_remembered_of_an_erased_person_goes_from_a_running_server,
    whoever_gets_a_number_that_was_given_up_is_somebody_else,
    what_stands_before_a_change_of_number_in_an_envelope_is_the_old_owners,
    a_change_of_number_waits_for_what_could_not_be_committed_before_it,
}

fn stop(rig: &Rig) -> PreferenceUpdate {
    PreferenceUpdate {
        channel: Channel::Whatsapp,
        account: ACCOUNT.to_owned(),
        from: Identities::of(AddressKind::Phone, SITA),
        about: None,
        stop: true,
        at: rig.now(),
    }
}

/// Waits until the state store holds the records' version of the person.
async fn until_healed(rig: &Rig) {
    let Snapshot { contact, .. } = rig.snapshot(SITA).await;
    for _ in 0..100 {
        let cached = rig.state.get(contact.id).await.unwrap();
        if cached.is_some_and(|cached| cached.version == contact.version) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the state store still holds something else than version {}", contact.version);
}

async fn when_another_writer_moved_the_person_the_message_is_turned_again(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    until_healed(&rig).await;
    rig.records.apply_preferences(vec![stop(&rig)]).await.unwrap();
    rig.say(SITA, "हाँ").await;
    assert_eq!((rig.turns("conflict"), rig.step(SITA).await.as_str()), (1, "birth_year"));
    assert_eq!(rig.replies(SITA).await.len(), 2);
    until_healed(&rig).await;
    rig.say(SITA, "1985").await;
    assert_eq!((rig.turns("conflict"), rig.step(SITA).await.as_str()), (1, "name"));
}

async fn another_writer_in_the_middle_of_a_chain_does_not_disorder_it(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "नमस्ते").await;
    let words: Vec<String> = (0..60).map(|number| format!("बात {number}")).collect();
    let messages = words.iter().map(|words| rig.text(SITA, words)).collect();
    let moving = async {
        for _ in 0..10 {
            rig.clock.advance(Duration::from_millis(1));
            rig.records.apply_preferences(vec![stop(&rig)]).await.unwrap();
        }
    };
    let (answer, ()) = tokio::join!(rig.admit(messages), moving);
    assert_eq!(answer, Admission::Committed);
    assert_eq!(rig.heard(SITA).await[1..], words);
}

async fn a_snapshot_newer_than_the_records_is_found_out_and_the_store_heals(pair: Pair) {
    let rig = Rig::new(pair).await;
    for (words, _) in &JOINING[..3] {
        rig.say(SITA, words).await;
    }
    until_healed(&rig).await;
    // As after a restored backup: another conversation, at a version the records do not have yet.
    let mut bogus = rig.snapshot(SITA).await;
    bogus.contact.version += 50;
    bogus.session = None;
    let sealed = rig
        .keyring
        .seal("state.snapshot", bogus.contact.id, &serde_json::to_vec(&bogus).unwrap())
        .unwrap();
    let cached = Cached { version: bogus.contact.version, sealed };
    assert!(rig.state.put(bogus.contact.id, cached, Duration::from_hours(1)).await.unwrap());

    let rest = JOINING[3..].iter().map(|(words, _)| rig.text(SITA, words)).collect();
    assert_eq!(rig.admit(rest).await, Admission::Committed);
    assert!(rig.turns("conflict") > 0, "the bogus snapshot was not used");
    let expected: Vec<&str> = JOINING.iter().map(|(words, _)| *words).collect();
    assert_eq!(rig.heard(SITA).await, expected);
    assert!(rig.snapshot(SITA).await.contact.membership.is_some());
    until_healed(&rig).await;
}

async fn a_snapshot_that_cannot_be_opened_is_read_from_the_records(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    until_healed(&rig).await;
    let Snapshot { contact, .. } = rig.snapshot(SITA).await;
    let garbage = Cached { version: contact.version + 1, sealed: vec![7; 90] };
    assert!(rig.state.put(contact.id, garbage, Duration::from_hours(1)).await.unwrap());
    rig.say(SITA, "हाँ").await;
    assert_eq!(rig.step(SITA).await, "birth_year");
}

async fn what_is_remembered_of_an_erased_person_goes_from_a_running_server(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    until_healed(&rig).await;
    let sita = rig.contact(SITA).await;
    assert!(rig.state.get(sita).await.unwrap().is_some());
    rig.erase(sita).await;
    for _ in 0..200 {
        if rig.state.get(sita).await.unwrap().is_none() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(rig.state.get(sita).await.unwrap(), None, "the sealed copy is gone");
    rig.say(SITA, "नमस्ते").await;
    assert_ne!(rig.contact(SITA).await, sita, "who writes now is somebody new");
}

/// A number given up is given to somebody else some day; what is remembered of it must go.
async fn whoever_gets_a_number_that_was_given_up_is_somebody_else(pair: Pair) {
    const NEW: &str = "9898989898";
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let sita = rig.contact(SITA).await;

    // The provider names her by more than she wrote under.
    let mut change = rig.text(SITA, "");
    change.from.addresses.extend(Identities::of(AddressKind::WhatsappUser, "IN.1").addresses);
    change.content =
        InboundContent::IdentityChanged { new: Identities::of(AddressKind::Phone, NEW) };
    let envelope = Envelope { inbound: vec![change], ..Envelope::default() };
    assert_eq!(rig.intake.admit(envelope).await, Admission::Committed);

    rig.say(NEW, "हाँ").await;
    assert_eq!(rig.contact(NEW).await, sita);
    assert_eq!(rig.step(NEW).await, "birth_year", "she goes on where she was");
    rig.say(SITA, "नमस्ते").await;
    assert_ne!(rig.contact(SITA).await, sita);
    assert_eq!(rig.heard(SITA).await, ["नमस्ते"], "the stranger sees nothing of hers");
    let hers = rig.heard(NEW).await;
    assert!(!hers.contains(&"नमस्ते".to_owned()), "and she nothing of the stranger's: {hers:?}");
}

async fn what_stands_before_a_change_of_number_in_an_envelope_is_the_old_owners(pair: Pair) {
    const NEW: &str = "9898989898";
    for _ in 0..10 {
        let rig = Rig::new(pair).await;
        let mut change = rig.text(SITA, "");
        change.content =
            InboundContent::IdentityChanged { new: Identities::of(AddressKind::Phone, NEW) };
        let before = ["सदस्य", "हाँ"].map(|words| rig.text(SITA, words));
        let mut messages = before.to_vec();
        messages.extend([change, rig.text(NEW, "1985")]);
        assert_eq!(rig.admit(messages).await, Admission::Committed);
        assert_eq!((rig.step(NEW).await.as_str(), rig.rows("contacts")), ("name", 1));
        assert_eq!(rig.turns("stranger"), 0);
    }
}

async fn a_change_of_number_waits_for_what_could_not_be_committed_before_it(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "सदस्य").await;
    let mut change = rig.text(SITA, "");
    change.content =
        InboundContent::IdentityChanged { new: Identities::of(AddressKind::Phone, "9898989898") };
    let messages = vec![rig.text(SITA, "हाँ"), change];
    rig.records.inject(Fault::DiskFull { times: 1 });
    assert_eq!(rig.admit(messages.clone()).await, Admission::Again);
    assert_eq!(rig.step(SITA).await, "consent", "the number is still hers");
    assert_eq!(rig.admit(messages).await, Admission::Committed);
    assert_eq!(rig.step("9898989898").await, "birth_year");
}
