use std::time::Duration;

use jiff::Timestamp;
use tempfile::TempDir;

use super::*;
use crate::clock::Clock;
use crate::config::MembershipSection;
use crate::contact::{AddressKind, Identities, Road};
use crate::message::{Channel, Inbound, InboundContent};
use crate::poll::ballot::Choice;
use crate::poll::envelope::{Origin, PrivateKey, Slot};
use crate::poll::tally::Cell;
use crate::records::{
    Beside, Bundled, Chain, Frozen, NewPoll, Opened, RecordsOptions, TurnCommit, Verdict, VoterRow,
    Wrapped,
};
use crate::seal::Keyring;

const SAMPLE: &str = include_str!("../poll/fixture/lok_sabha_2029.yaml");
const NAME: &str = "lok_sabha_2029";
const ROSTER: [u8; 32] = [9; 32];

/// A house with one open poll, and one voter in it.
struct Rig {
    folder: TempDir,
    clock: Clock,
    records: Records,
    beside: Beside,
    contact: i64,
    poll: i64,
    count: PrivateKey,
    ids: Ids,
}

impl Rig {
    async fn new() -> Rig {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed("2029-01-06T06:30:00Z".parse().unwrap());
        let ids = Ids::system();
        let keyring = Keyring::open(&folder.path().join("keys.toml"), true, &ids).unwrap();
        let options = RecordsOptions {
            url: format!("sqlite://{}", folder.path().join("samvad.db").display()),
            connections: 4,
            clock: clock.clone(),
            keyring: Arc::new(keyring),
            lease: Duration::from_secs(30),
            group: 500,
            membership: MembershipSection::default(),
        };
        let records = Records::open(options.clone()).await.unwrap();
        let beside = Beside::open(options).await.unwrap();
        let from = vec![(Channel::Whatsapp, Identities::of(AddressKind::Phone, "9812345678"))];
        let contact = records.resolve(from).await.unwrap()[0];
        let count = PrivateKey::generate(&ids).unwrap();
        let new = NewPoll {
            name: NAME.to_owned(),
            definition: SAMPLE.to_owned(),
            opens: clock.now(),
            closes: "2029-01-12T14:30:00Z".parse().unwrap(),
            secret: true,
            public_key: count.public().0,
            private_key: None,
            order_key: [3; 32],
            posts: vec!["booth_president".to_owned()],
            actor: "priya".to_owned(),
            at: clock.now(),
        };
        let poll = beside.create_poll(new).await.unwrap();
        let voter = VoterRow { voter: 77, contact: Some(contact), person: 0, origin: origin() };
        beside.stage_roster(poll, vec![voter]).await.unwrap();
        let frozen = Frozen { roster_hash: ROSTER, electorate_hash: [5; 32], people: 1 };
        let opened = beside.open_poll(poll, frozen, ("priya", None), clock.now()).await.unwrap();
        assert_eq!(opened, Opened::Yes);
        Rig { folder, clock, records, beside, contact, poll, count, ids }
    }

    fn keys(&self) -> PollKeys {
        PollKeys::beside(&self.folder.path().join("keys.toml"))
    }

    async fn ballot_box(&self) -> BallotBox {
        let geography = Arc::new(Geography::shipped().unwrap());
        let ballot_box = BallotBox::new(self.records.clone(), self.keys(), geography);
        ballot_box.refresh().await.unwrap();
        ballot_box
    }

    async fn standing(&self) -> Standing {
        let mut standings = self.records.standings(&[self.contact]).await.unwrap();
        standings.pop().unwrap().pop().unwrap()
    }

    async fn cast(&self, key: &str, cast: Cast) -> Verdict {
        let now = self.clock.now();
        let version = self.records.snapshot(self.contact).await.unwrap().unwrap().contact.version;
        let turn = TurnCommit {
            contact: self.contact,
            expected_version: version,
            chain: Chain::default(),
            place: 0,
            inbound: inbound(key, now),
            received_at: now,
            road: Road { channel: Channel::Whatsapp, account: "1".to_owned() },
            session: None,
            replies: Vec::new(),
            facts: Vec::new(),
            timers: Vec::new(),
            effects: Vec::new(),
            cast: Some(cast),
            claim: false,
            parked: None,
        };
        self.records.commit(turn).await.unwrap()
    }
}

fn origin() -> Origin {
    Origin { seat: 35, cell: Cell { assembly: 173, sector: 4, booth: 45, post: 0 } }
}

fn inbound(key: &str, at: Timestamp) -> Inbound {
    Inbound {
        channel: Channel::Whatsapp,
        account: "1".to_owned(),
        key: key.to_owned(),
        from: Identities::of(AddressKind::Phone, "9812345678"),
        profile_name: None,
        sent_at: at,
        content: InboundContent::Text { text: "[गुप्त]".to_owned() },
        quoted: None,
    }
}

fn said(plain: &Plain) -> (char, Vec<u8>) {
    (plain.kind().letter(), plain.to_bytes())
}

fn choice(names: &[u8]) -> Plain {
    Plain::Choice(Choice::Names(names.to_vec()))
}

#[tokio::test]
async fn an_answer_is_sealed_cast_replaced_and_opens_with_the_key_of_the_count_alone() {
    let rig = Rig::new().await;
    rig.keys().create(NAME, &rig.ids).unwrap();
    let ballot_box = rig.ballot_box().await;
    let open = ballot_box.poll(rig.poll).unwrap();
    assert_eq!(open.posts, ["booth_president"]);
    let standing = rig.standing().await;
    assert_eq!((standing.voter, standing.answered, &standing.name), (77, None, &None));

    let (first, _) = ballot_box.seal(&standing, &[said(&choice(&[0]))], &rig.ids).unwrap();
    let letters = |list: &[(Kind, Vec<u8>)]| -> String {
        list.iter().map(|(kind, _)| kind.letter()).collect()
    };
    assert_eq!((letters(&first.envelopes), letters(&first.fillers)), ("co".into(), "rm".into()));
    assert!(matches!(rig.cast("a", first).await, Verdict::Won { .. }));
    let remark = Plain::Remark("सड़क".to_owned());
    let standing = rig.standing().await;
    let (cast, none) = ballot_box.seal(&standing, &[said(&remark)], &rig.ids).unwrap();
    assert_eq!(none, None);
    assert!(matches!(rig.cast("b", cast).await, Verdict::Won { .. }));
    let standing = rig.standing().await;
    let again = [said(&choice(&[2, 0]))];
    let (second, receipt) = ballot_box.seal(&standing, &again, &rig.ids).unwrap();
    assert!(matches!(rig.cast("c", second).await, Verdict::Won { .. }));
    assert_eq!(ballot_box.receipt(&standing).await.unwrap(), receipt);
    assert!(rig.standing().await.answered.is_some());

    let kept = rig.records.envelopes_of(rig.poll, 77).await.unwrap();
    let mut opened = Vec::new();
    for Wrapped { kind, number, bytes } in kept {
        let slot = Slot { voter: 77, number };
        let envelope = open.key.unwrap(kind, &bytes, open.poll_id, slot).unwrap();
        opened.push(envelope.open(origin(), open.poll_id, &rig.count).unwrap());
    }
    // The remark outlived the second choice, whose filler stood back behind it.
    let whole = [choice(&[2, 0]), remark, Plain::Other(String::new()), Plain::Ratings(Vec::new())];
    assert_eq!(opened, whole);
}

#[tokio::test]
async fn an_envelope_that_was_replaced_and_is_put_back_does_not_open() {
    let rig = Rig::new().await;
    rig.keys().create(NAME, &rig.ids).unwrap();
    let ballot_box = rig.ballot_box().await;
    let mut kept = Vec::new();
    for (key, names) in [("a", [0]), ("b", [1])] {
        let standing = rig.standing().await;
        let (cast, _) = ballot_box.seal(&standing, &[said(&choice(&names))], &rig.ids).unwrap();
        assert!(matches!(rig.cast(key, cast).await, Verdict::Won { .. }));
        kept.push(rig.records.envelopes_of(rig.poll, 77).await.unwrap().remove(0));
    }
    let open = ballot_box.poll(rig.poll).unwrap();
    let [yesterday, today] = kept.as_slice() else { panic!("{kept:?}") };
    assert_eq!((yesterday.number, today.number), (1, 2));
    let opens = |bytes: &[u8], number| {
        let slot = Slot { voter: 77, number };
        open.key.unwrap(Kind::Choice, bytes, open.poll_id, slot).is_ok()
    };
    assert!(opens(&today.bytes, today.number));
    assert!(!opens(&yesterday.bytes, today.number), "its row says that another answer came since");
}

#[tokio::test]
async fn a_poll_without_its_key_is_shut_and_opens_when_the_key_is_put_back() {
    let rig = Rig::new().await;
    let ballot_box = rig.ballot_box().await;
    assert!(ballot_box.open_polls().is_empty());
    assert!(ballot_box.is_in_use(), "whoever is asked may be sending an answer all the same");
    let told = ballot_box.shut().join("\n");
    assert!(told.contains("lok_sabha_2029.pollkey is missing"), "{told}");
    let standing = rig.standing().await;
    let sealed = ballot_box.seal(&standing, &[said(&choice(&[0]))], &rig.ids);
    assert_eq!(sealed.unwrap_err(), NotSealed::Shut);

    rig.keys().create(NAME, &rig.ids).unwrap();
    ballot_box.refresh().await.unwrap();
    assert_eq!(ballot_box.open_polls().len(), 1);
    assert_eq!(ballot_box.shut(), Vec::<String>::new());
}

#[tokio::test]
async fn a_turn_that_comes_after_the_close_conflicts_and_the_box_is_empty_then() {
    let rig = Rig::new().await;
    rig.keys().create(NAME, &rig.ids).unwrap();
    let ballot_box = rig.ballot_box().await;
    let standing = rig.standing().await;
    let (cast, _) = ballot_box.seal(&standing, &[said(&choice(&[0]))], &rig.ids).unwrap();
    rig.beside.begin_closing(rig.poll, ("priya", None), rig.clock.now()).await.unwrap();
    assert_eq!(rig.cast("late", cast).await, Verdict::Conflict);
    ballot_box.refresh().await.unwrap();
    assert!(ballot_box.open_polls().is_empty());
    assert!(ballot_box.is_in_use(), "what is said of it is kept by nobody yet");
    assert_eq!(ballot_box.late_polls().len(), 1);
    assert!(!rig.standing().await.is_open);
    assert_eq!(rig.records.envelopes_of(rig.poll, 77).await.unwrap(), []);
}

#[tokio::test]
async fn the_key_of_a_poll_goes_when_the_poll_is_over_and_not_while_it_is_being_closed() {
    let rig = Rig::new().await;
    rig.keys().create(NAME, &rig.ids).unwrap();
    let ballot_box = rig.ballot_box().await;
    let at = rig.clock.now();
    rig.beside.begin_closing(rig.poll, ("priya", None), at).await.unwrap();
    ballot_box.refresh().await.unwrap();
    assert!(rig.keys().is_there(NAME), "the envelopes are still to be unwrapped");
    let bundled = Bundled { bundle_digest: [7; 32], roll_head: [8; 32], choices: 0 };
    rig.beside.finish_closing(rig.poll, bundled, ("priya", None), at).await.unwrap();
    ballot_box.refresh().await.unwrap();
    assert!(!rig.keys().is_there(NAME));
    assert!(ballot_box.is_in_use());
    rig.clock.advance(Duration::from_hours(31 * 24));
    ballot_box.refresh().await.unwrap();
    assert!(!ballot_box.is_in_use(), "after thirty days it is over for everybody");
}

#[tokio::test]
async fn what_is_no_answer_and_a_seat_nobody_stands_for_are_not_sealed() {
    let rig = Rig::new().await;
    rig.keys().create(NAME, &rig.ids).unwrap();
    let ballot_box = rig.ballot_box().await;
    let mut standing = rig.standing().await;
    let broken = ballot_box.seal(&standing, &[('c', vec![1, 2])], &rig.ids);
    assert_eq!(broken.unwrap_err(), NotSealed::Envelope(EnvelopeError::NotAnAnswer));
    standing.origin.seat = 79;
    let elsewhere = ballot_box.seal(&standing, &[said(&choice(&[0]))], &rig.ids);
    assert_eq!(elsewhere.unwrap_err(), NotSealed::NoSeat);
    standing = Standing { is_bound: false, ..rig.standing().await };
    let stolen = ballot_box.seal(&standing, &[said(&choice(&[0]))], &rig.ids);
    assert_eq!(stolen.unwrap_err(), NotSealed::NotBound);
}
