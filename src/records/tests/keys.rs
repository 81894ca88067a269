use super::*;
use crate::fact::NewMember;
use crate::flow::{Effect, Fetched};
use crate::message::{AccountEvent, Status, StatusUpdate};
use crate::records::{EffectResult, NewPoll, SendRecord, SendResult};

promises! {
    a_database_without_its_key_is_refused_with_a_plain_word,
    after_a_rotation_everything_is_sealed_anew_and_the_old_key_can_go,
    a_broken_row_is_told_by_table_column_and_id,
}

/// What must be found nowhere in clear: a number, words, a name, ids that hold the number.
const WAMID: &str = "wamid.HBgMOTE5ODEyMzQ1Njc4FQIAERgS";
pub(super) const SECRETS: [&str; 7] = [
    PHONE,
    "IN.4711",
    "सदस्य बनना है",
    "आपका नाम?",
    "Ramesh Yadav",
    "HBgMOTE5ODEyMzQ1Njc4",
    "रमेश की शाखा",
];

/// A life with something in every sealed column.
pub(super) async fn live(house: &House) -> i64 {
    let contact = house.citizen().await;
    let mut both = Identities::of(AddressKind::Phone, PHONE);
    both.add(AddressKind::WhatsappUser, "IN.4711");
    house.records.resolve(vec![(Channel::Whatsapp, both)]).await.unwrap();

    let mut commit = house.turn(contact, WAMID).await;
    commit.claim = true;
    commit.facts = vec![Fact::EnrolMember(NewMember {
        number: "1001".to_owned(),
        name: "Ramesh Yadav".to_owned(),
        district: "157".to_owned(),
        assembly: 173,
        booth: None,
        birth_year: None,
        ends: None,
    })];
    commit.session = Some(Session {
        flow: "join".to_owned(),
        step: "रमेश की शाखा".to_owned(),
        visit: 1,
        ..Session::default()
    });
    commit.effects = vec![super::effects::fetch(), super::effects::keep()];
    let (_, ids) = won(house.records.commit(commit).await);
    for effect in super::effects::claim(house).await {
        let came_to = match &effect.effect {
            Effect::Fetch(_) => {
                let body = serde_json::json!({"name": "Ramesh Yadav"});
                EffectResult::Answered(Fetched::Answer { status: 200, body })
            }
            Effect::Keep { .. } => EffectResult::Kept(super::effects::medium()),
            Effect::GiveBack | Effect::Unite { .. } => EffectResult::Done,
        };
        assert!(house.records.record_effect(&effect, came_to).await.unwrap());
    }
    let result = SendResult::Sent { provider_id: Some(format!("{WAMID}out")) };
    let record = SendRecord { id: ids[0], at: house.now(), result };
    house.records.record_sends(vec![record]).await.unwrap();
    let word = StatusUpdate {
        channel: Channel::Whatsapp,
        account: ACCOUNT.to_owned(),
        provider_id: format!("{WAMID}strange"),
        outgoing: None,
        status: Status::Sent,
        at: house.now(),
        error: None,
        asks: None,
        recipient: Identities::default(),
    };
    house.records.apply_statuses(vec![word]).await.unwrap();
    let event = AccountEvent {
        channel: Channel::Whatsapp,
        account: ACCOUNT.to_owned(),
        kind: "security".to_owned(),
        at: house.now(),
        json: format!(r#"{{"display_phone_number":"91{PHONE}"}}"#),
    };
    house.records.keep_events(vec![event]).await.unwrap();
    let broadcast = super::broadcasts::new(house, "diwali");
    house.beside().await.create_broadcast(broadcast).await.unwrap();
    let poll =
        NewPoll { secret: false, private_key: Some([5; 32]), ..super::polls::new(house, "poll") };
    house.beside().await.create_poll(poll).await.unwrap();
    contact
}

pub(super) async fn read_everything(records: &Records, contact: i64) {
    let snapshot = records.snapshot(contact).await.unwrap().unwrap();
    assert_eq!(snapshot.contact.membership.unwrap().name, "Ramesh Yadav");
    assert_eq!(snapshot.session.unwrap().step, "रमेश की शाखा");
    assert_eq!(records.addresses(contact).await.unwrap().get(AddressKind::Phone), Some(PHONE));
    assert_eq!(records.history(contact, 10).await.unwrap().len(), 2);
}

async fn a_database_without_its_key_is_refused_with_a_plain_word(home: Home) {
    let house = House::new(home).await;
    live(&house).await;
    house.records.close().await.unwrap();
    let keys = house.keys();
    let kept = std::fs::read(&keys).unwrap();

    std::fs::remove_file(&keys).unwrap();
    let other = house.open_another().await.unwrap_err().to_string();
    assert!(other.contains("sealed under another"), "{other}");
    assert!(other.contains("put the key file back"), "{other}");

    std::fs::write(&keys, &kept).unwrap();
    Keyring::rotate(&keys, &Ids::system()).unwrap();
    house.open_another().await.unwrap().close().await.unwrap();
    std::fs::write(&keys, &kept).unwrap();
    let missing = house.open_another().await.unwrap_err().to_string();
    assert!(missing.contains("sealed under key 2"), "{missing}");
    assert!(missing.contains("it holds [1]"), "{missing}");
}

async fn after_a_rotation_everything_is_sealed_anew_and_the_old_key_can_go(home: Home) {
    let house = House::new(home).await;
    let contact = live(&house).await;
    for step in 0..5 {
        won(house.records.commit(house.turn(contact, &format!("k{step}")).await).await);
    }
    let session = house.records.snapshot(contact).await.unwrap().unwrap().session;
    house.records.close().await.unwrap();
    let keys = house.keys();
    Keyring::rotate(&keys, &Ids::system()).unwrap();
    let house = house.die_and_start_again().await;
    assert_eq!(house.records.needed_keys().await.unwrap(), [1, 2]);

    let mut moved = 0;
    loop {
        let step = house.records.reseal(3).await.unwrap();
        assert!(step <= 3);
        if step == 0 {
            break;
        }
        moved += step;
    }
    // Two addresses, a member, a session, twelve messages, a provider's id, an event, two effects, the
    // answer to one, the key of a file, a broadcast, three of a poll.
    assert_eq!(moved, 26);
    assert_eq!(house.records.needed_keys().await.unwrap(), [2]);
    assert_eq!(house.records.reseal(100).await.unwrap(), 0);
    house.records.close().await.unwrap();

    // Without key 1 all is still read.
    let text = std::fs::read_to_string(&keys).unwrap();
    let (head, rest) = text.split_once("[[key]]\nid = 1\n").unwrap();
    let (_, tail) = rest.split_once("\n\n").unwrap();
    std::fs::write(&keys, format!("{head}{tail}")).unwrap();
    let house = house.die_and_start_again().await;
    let snapshot = house.records.snapshot(contact).await.unwrap().unwrap();
    assert_eq!(snapshot.session, session);
    assert_eq!(house.records.history(contact, 100).await.unwrap().len(), 12);
    assert_eq!(house.citizen().await, contact);
    let beside = house.beside().await;
    assert!(beside.broadcast("diwali").await.unwrap().is_some());
    let poll = beside.poll("poll").await.unwrap().unwrap();
    assert_eq!(beside.open_key(poll.id).await.unwrap(), Some([5; 32]));
}

async fn a_broken_row_is_told_by_table_column_and_id(home: Home) {
    let house = House::new(home).await;
    let contact = live(&house).await;
    let spoiled = house.raw().bytes("01");
    house.raw().execute(&format!("UPDATE sessions SET sealed = {spoiled}"));
    let told = house.records.snapshot(contact).await.unwrap_err().to_string();
    assert_eq!(
        told,
        format!(
            "broken row in sessions, column sealed, id {contact}: the sealed bytes were changed or \
             belong elsewhere"
        )
    );
}
