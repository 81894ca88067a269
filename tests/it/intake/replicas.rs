//! Two replicas on one set of records: what one of them knows and the other does not.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use samvad::channel::Senders;
use samvad::channel::simulator::{Hub, HubLimits, PhoneId};
use samvad::clock::Ids;
use samvad::contact::{AddressKind, Identities};
use samvad::delivery::{
    self, DeliveryMetrics, DeliveryOptions, DeliverySettings, Registrar, Rulebook,
};
use samvad::intake::Admission;
use samvad::message::{Channel, HistoryKind, Inbound, InboundContent, Status};
use samvad::records::{Lease, keep_lease};
use samvad::state::LiveEvent;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::rig::{Pair, Rig, SITA};

promises! {
    a_replica_that_did_not_hear_of_a_change_of_number_takes_nobody_for_the_old_owner,
    one_persons_messages_to_two_replicas_at_once_are_each_turned_once,
    a_replica_that_only_takes_messages_in_claims_nothing_and_says_what_it_queued,
    what_a_web_replica_queues_a_sending_one_sends_at_once,
}

const NEW: &str = "9898989898";

/// The provider's note that she has another number now.
fn change_of_number(rig: &Rig) -> Inbound {
    let mut change = rig.text(SITA, "");
    change.content =
        InboundContent::IdentityChanged { new: Identities::of(AddressKind::Phone, NEW) };
    change
}

async fn a_replica_that_did_not_hear_of_a_change_of_number_takes_nobody_for_the_old_owner(
    pair: Pair,
) {
    let rig = Rig::new(pair).await;
    let other = rig.replica().await;
    // Both know her by her number.
    rig.say(SITA, "सदस्य").await;
    assert_eq!(other.admit(vec![rig.text(SITA, "हाँ")]).await, Admission::Committed);
    let sita = rig.contact(SITA).await;
    assert_eq!(rig.admit(vec![change_of_number(&rig)]).await, Admission::Committed);

    // Whoever has her number now writes to the other replica, more than once in one envelope.
    let reaction = Inbound {
        content: InboundContent::Reaction {
            message: "wamid.1".to_owned(), emoji: "👍".to_owned()
        },
        ..rig.text(SITA, "")
    };
    let messages = vec![rig.text(SITA, "नमस्ते"), reaction, rig.text(SITA, "सदस्य")];
    assert_eq!(other.admit(messages.clone()).await, Admission::Committed);
    assert_ne!(rig.contact(SITA).await, sita);
    assert_eq!(rig.heard(SITA).await.iter().filter(|words| !words.is_empty()).count(), 2);
    assert_eq!(rig.step(SITA).await, "consent");
    assert_eq!(rig.step(NEW).await, "birth_year", "she is where she was");
    assert_eq!(rig.heard(NEW).await, ["सदस्य", "हाँ", ""], "and heard nothing of the stranger");
    assert!(other.turns("stranger") > 0, "the other replica remembered her");
    assert_eq!(other.admit(messages).await, Admission::Committed, "once is enough");
    assert_eq!(rig.rows("contacts"), 2);
}

async fn one_persons_messages_to_two_replicas_at_once_are_each_turned_once(pair: Pair) {
    let rig = Rig::new(pair).await;
    let other = rig.replica().await;
    rig.say(SITA, "नमस्ते").await;
    let words: Vec<String> = (0..60).map(|number| format!("बात {number}")).collect();
    // Each message by itself, half of them to both.
    let admissions = words.iter().enumerate().flat_map(|(place, words)| {
        let message = rig.text(SITA, words);
        let here = (place % 3 != 1).then(|| rig.admit_boxed(vec![message.clone()]));
        let there = (place % 3 != 0).then(|| other.admit_boxed(vec![message]));
        here.into_iter().chain(there)
    });
    let answers = join_all(admissions.collect::<Vec<_>>()).await;
    assert!(answers.iter().all(|answer| *answer == Admission::Committed), "{answers:?}");
    assert!(rig.turns("conflict") + other.turns("conflict") > 0, "they never met");
    let heard = rig.heard(SITA).await;
    let expected: BTreeSet<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(heard[1..].iter().map(String::as_str).collect::<BTreeSet<_>>(), expected);
    assert_eq!(heard.len(), 61);
    assert_eq!(rig.snapshot(SITA).await.contact.version, 61);
    assert_eq!(rig.turns("won") + other.turns("won"), 61);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_always_loses_is_asked_for_later_and_does_not_spin() {
    let rig = Rig::new(Pair::SqliteMemory).await;
    rig.say(SITA, "सदस्य").await;
    // Whatever is written, the person has moved before.
    rig.raw().execute(
        "CREATE TRIGGER moving AFTER UPDATE ON processes
         BEGIN UPDATE contacts SET version = version + 1; END",
    );
    let messages = vec![rig.text(SITA, "हाँ"), rig.text(SITA, "1985")];
    assert_eq!(rig.admit(messages.clone()).await, Admission::Again);
    assert!((16..=40).contains(&rig.turns("conflict")), "{}", rig.turns("conflict"));
    rig.raw().execute("DROP TRIGGER moving");
    assert_eq!(rig.admit(messages).await, Admission::Committed);
    assert_eq!(rig.step(SITA).await, "name");
}

async fn a_replica_that_only_takes_messages_in_claims_nothing_and_says_what_it_queued(pair: Pair) {
    let rig = Rig::new(pair).await;
    let mut events = rig.state.subscribe();
    rig.say(SITA, "सदस्य").await;
    assert_eq!(rig.rows("outgoing WHERE status = 0 AND epoch IS NULL"), 1);
    assert_eq!(rig.rows("outgoing"), 1);
    let told = async { while events.recv().await != Ok(LiveEvent::Queued) {} };
    tokio::time::timeout(Duration::from_secs(5), told).await.expect("the senders are told");
}

async fn what_a_web_replica_queues_a_sending_one_sends_at_once(pair: Pair) {
    let rig = Rig::new(pair).await;
    let hub = Hub::new(rig.clock.clone(), &Ids::system(), HubLimits::default());
    let phone = PhoneId::generate(&Ids::system()).unwrap();
    let (tracker, shutdown) = (TaskTracker::new(), CancellationToken::new());
    let (lease, length) = (Lease::new(rig.clock.clone()), Duration::from_mins(1));
    let (records, fenced) = (rig.records.clone(), rig.fenced.clone());
    tracker.spawn(keep_lease(records, lease.clone(), length, fenced, shutdown.clone()));
    let _delivery = delivery::start(DeliveryOptions {
        records: rig.records.clone(),
        state: rig.state.clone(),
        senders: Senders { simulator: Some(hub), ..Senders::default() },
        registrar: Registrar::default(),
        rulebook: Rulebook::default(),
        clock: rig.clock.clone(),
        ids: Ids::system(),
        halted: std::sync::Arc::default(),
        tracker: tracker.clone(),
        shutdown: shutdown.clone(),
        fenced: rig.fenced.clone(),
        lease,
        vital: rig.vital.clone(),
        metrics: DeliveryMetrics::default(),
        // Nobody looks by himself.
        settings: DeliverySettings { poll: Duration::from_hours(1), ..DeliverySettings::default() },
    });
    let message = Inbound {
        channel: Channel::Simulator,
        account: "whatsapp".to_owned(),
        from: phone.identities(),
        ..rig.text(SITA, "सदस्य")
    };
    assert_eq!(rig.admit(vec![message]).await, Admission::Committed);
    let from = vec![(Channel::Simulator, phone.identities())];
    let contact = rig.records.resolve(from).await.unwrap()[0];
    let is_sent = async || {
        let history = rig.records.history(contact, 10).await.unwrap();
        history.iter().any(|line| matches!(line.what, HistoryKind::Us { status: Status::Sent, .. }))
    };
    for _ in 0..100 {
        if is_sent().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(is_sent().await, "nobody was told");
    shutdown.cancel();
    tracker.close();
    tracker.wait().await;
    assert_eq!(rig.vital.lost(), None);
}
