//! The runner between records in a file and a provider that answers by script.

use std::sync::Arc;

use parking_lot::Mutex;
use tempfile::TempDir;

use super::*;
use crate::broadcast::{Addressee, BroadcastState, Recipient};
use crate::channel::{ErrorClass, SendAnswer, SendError};
use crate::clock::Ids;
use crate::contact::{Language, PhoneNumber};
use crate::delivery::outbox::Carrier;
use crate::delivery::{
    ChannelLimits, DeliveryMetrics, DeliverySettings, Parts, Registrar, Rulebook, start_with,
};
use crate::message::{Content, Purpose, Template};
use crate::records::{
    Beside, Details, Froze, Import, Incoming, Lease, NewBroadcast, PlanCounts, RecordsOptions,
    Terms, keep_lease,
};
use crate::seal::Keyring;
use crate::state::{State, StateOptions};

/// Longer than the slowest machine needs.
const PATIENCE: Duration = Duration::from_mins(2);

/// A template to everybody.
struct Invitation;

impl Wording for Invitation {
    fn content(&self, _: &Addressee, _: Channel) -> Option<Content> {
        Some(Content::Template(Template {
            name: "sunday_meeting".to_owned(),
            language: "hi".to_owned(),
            header: None,
            body: Vec::new(),
            buttons: Vec::new(),
        }))
    }
}

#[derive(Clone, Default)]
struct Provider(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    /// Everything from these numbers of ours is refused so.
    refused: BTreeMap<String, SendError>,
    /// From which number of ours, to whom.
    sent: Vec<(String, i64)>,
}

impl Provider {
    fn refuses(&self, account: &str, class: ErrorClass, code: i64) {
        let error = SendError { class, code: Some(code), http: Some(400), retry_after: None };
        self.0.lock().refused.insert(account.to_owned(), error);
    }

    fn sent_from(&self, account: &str) -> usize {
        self.0.lock().sent.iter().filter(|(from, _)| from == account).count()
    }
}

impl Carrier for Provider {
    async fn send(&self, outgoing: &Outgoing) -> Option<SendAnswer> {
        let mut script = self.0.lock();
        if let Some(error) = script.refused.get(&outgoing.account) {
            return Some(SendAnswer::Refused(error.clone()));
        }
        script.sent.push((outgoing.account.clone(), outgoing.contact));
        let provider_id = Some(format!("wamid.{}", outgoing.id.id));
        Some(SendAnswer::Accepted { provider_id, held: false })
    }
}

/// A process that sends, on a clock that stands still.
struct Office {
    _folder: TempDir,
    clock: Clock,
    records: Records,
    beside: Beside,
    provider: Provider,
    delivery: Delivery,
    stop: CancellationToken,
    tracker: TaskTracker,
}

impl Office {
    async fn open(people_a_day: Option<u64>) -> Office {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed("2026-11-21T06:30:00Z".parse().unwrap());
        let keyring =
            Keyring::open(&folder.path().join("keys.toml"), true, &Ids::system()).unwrap();
        let keyring = Arc::new(keyring);
        let options = || RecordsOptions {
            url: format!("sqlite://{}", folder.path().join("samvad.db").display()),
            connections: 2,
            clock: clock.clone(),
            keyring: Arc::clone(&keyring),
            lease: Duration::from_mins(10),
            group: 500,
            membership: crate::config::MembershipSection::default(),
        };
        let records = Records::open(options()).await.unwrap();
        let beside = Beside::open(options()).await.unwrap();
        let limits = ChannelLimits { people_a_day, ..ChannelLimits::default() };
        let settings = DeliverySettings {
            limits: BTreeMap::from([(Channel::Whatsapp, limits)]),
            lease: Duration::from_mins(10),
            poll: Duration::from_millis(50),
            ..DeliverySettings::default()
        };
        let (stop, fenced) = (CancellationToken::new(), CancellationToken::new());
        let (tracker, vital) = (TaskTracker::new(), Vital::fragile());
        let lease = Lease::new(clock.clone());
        let keeper = keep_lease(
            records.clone(),
            lease.clone(),
            settings.lease,
            fenced.clone(),
            stop.clone(),
        );
        tracker.spawn(keeper);
        let provider = Provider::default();
        let parts = Parts {
            state: State::open(StateOptions::new("memory", "test", clock.clone())).unwrap(),
            registrar: Registrar::default(),
            rulebook: Rulebook::default(),
            clock: clock.clone(),
            ids: Ids::counted(),
            halted: Arc::new(AtomicBool::new(false)),
            tracker: tracker.clone(),
            shutdown: stop.clone(),
            fenced,
            lease,
            vital,
            metrics: DeliveryMetrics::default(),
            settings,
        };
        let delivery = start_with(records.clone(), provider.clone(), parts);
        Office { _folder: folder, clock, records, beside, provider, delivery, stop, tracker }
    }

    /// A broadcast that runs, to so many people, from these numbers of ours by turns.
    async fn broadcast(&self, count: usize, accounts: &[&str], second: Option<Fallback>) -> i64 {
        let now = self.clock.now();
        let import = Import {
            file: "people.csv".to_owned(),
            sha256: [7; 32],
            actor: "office".to_owned(),
            at: now,
            terms: Terms { update: false, purposes: vec![Purpose::Samvad] },
        };
        let rows = (0..count).map(|person| Incoming {
            row: 2,
            phone: PhoneNumber::parse(&(9_100_000_000_usize + person).to_string()).unwrap(),
            name: "रमेश यादव".to_owned(),
            details: Details::default(),
            sector_follows: false,
            post: None,
            further: false,
            proof: Some("form 12".to_owned()),
        });
        self.beside.import_people(&import, None, rows.collect()).await.unwrap();
        let new = NewBroadcast { fallback: second, ..self.new_broadcast("sunday_meeting") };
        let id = self.beside.create_broadcast(new).await.unwrap();
        self.moves(id, BroadcastState::Tested).await;
        self.moves(id, BroadcastState::Freezing).await;
        let people = self.beside.candidates(0, count).await.unwrap();
        let senders = accounts.iter().cycle();
        let rows: Vec<Recipient> = people
            .iter()
            .zip(senders)
            .map(|(known, account)| Recipient {
                contact: known.contact.id,
                channel: Channel::Whatsapp,
                account: (*account).to_owned(),
                language: Language::Hi,
                refused: None,
            })
            .collect();
        let expected = PlanCounts { planned: rows.len() as u64, refused: 0 };
        self.beside.stage(id, rows).await.unwrap();
        let froze = self.beside.freeze(id, expected, &[1; 32], "priya", now).await.unwrap();
        assert_eq!(froze, Froze::Yes);
        self.moves(id, BroadcastState::Running).await;
        id
    }

    /// By the template `sunday_meeting`, to be sent within eight hours.
    fn new_broadcast(&self, name: &str) -> NewBroadcast {
        let now = self.clock.now();
        NewBroadcast {
            name: name.to_owned(),
            purpose: Purpose::Samvad,
            author: "priya".to_owned(),
            definition: "{}".to_owned(),
            audience: "true".to_owned(),
            from: None,
            send_before: now + jiff::SignedDuration::from_hours(8),
            flow: None,
            templates: vec!["sunday_meeting".to_owned()],
            fallback: None,
            certificate: None,
            test_of: None,
            repeats: false,
            at: now,
        }
    }

    async fn moves(&self, id: i64, to: BroadcastState) {
        let moved = self.beside.move_broadcast(id, to, "priya", None, self.clock.now()).await;
        assert!(matches!(moved.unwrap(), Moved::Yes { .. }), "{}", to.name());
    }

    fn options(&self) -> RunnerOptions {
        RunnerOptions {
            records: self.records.clone(),
            delivery: self.delivery.clone(),
            wordings: Wordings::new(|_| Ok(Arc::new(Invitation))),
            clock: self.clock.clone(),
            halted: Arc::new(AtomicBool::new(false)),
            tracker: self.tracker.clone(),
            shutdown: self.stop.clone(),
            vital: Vital::fragile(),
        }
    }

    async fn row(&self) -> BroadcastRow {
        self.beside.broadcast("sunday_meeting").await.unwrap().unwrap()
    }

    async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let came = async {
            while !is_so().await {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, came).await.is_err() {
            let row = self.row().await;
            let funnel = self.beside.counts(row.id).await.unwrap();
            panic!("{what} never came: {} {:?} {funnel:#?}", row.state.name(), row.why);
        }
    }

    async fn until_three_of_five_wait(&self, id: i64) {
        let stands = async || {
            let funnel = self.beside.counts(id).await.unwrap();
            (funnel.sent, funnel.waiting) == (2, 3)
        };
        self.until("three that wait", stands).await;
    }

    async fn until_state(&self, state: BroadcastState) {
        self.until(state.name(), async || self.row().await.state == state).await;
    }

    async fn end(self) {
        self.stop.cancel();
        self.tracker.close();
        tokio::time::timeout(PATIENCE, self.tracker.wait()).await.expect("everything ends");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_another_day_is_not_poured_out_and_can_be_cancelled() {
    let office = Office::open(Some(2)).await;
    let id = office.broadcast(600, &["one"], None).await;
    run_broadcasts(office.options());
    office.until("two", async || office.provider.sent_from("one") == 2).await;
    // The runner looks some times more.
    tokio::time::sleep(LOOK * 4).await;
    let progress = office.beside.progress(id).await.unwrap();
    let few = 2 * LEAST_IN_HAND as u64;
    assert!(progress.released <= few, "{progress:?}");
    assert_eq!(office.row().await.state, BroadcastState::Running);

    office.moves(id, BroadcastState::Cancelled).await;
    office
        .until("the end", async || {
            let funnel = office.beside.counts(id).await.unwrap();
            let stopped: u64 = funnel.suppressed.iter().map(|(_, count)| count).sum();
            funnel.waiting == 0 && funnel.cancelled + stopped == 598
        })
        .await;
    assert_eq!(office.provider.sent_from("one"), 2);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_broadcast_that_waits_for_another_day_is_not_done_and_can_be_cancelled() {
    let office = Office::open(Some(2)).await;
    let id = office.broadcast(5, &["one"], None).await;
    run_broadcasts(office.options());
    office.until_three_of_five_wait(id).await;
    tokio::time::sleep(LOOK * 2).await;
    assert_eq!(office.row().await.state, BroadcastState::Running);
    office.moves(id, BroadcastState::Cancelled).await;
    office
        .until("the end", async || {
            let funnel = office.beside.counts(id).await.unwrap();
            funnel.suppressed == [("cancelled".to_owned(), 3)]
        })
        .await;
    assert_eq!(office.provider.sent_from("one"), 2);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_whatsapp_says_of_a_day_holds_where_the_office_allows_more() {
    let office = Office::open(Some(1_000)).await;
    let says = crate::message::AccountEvent {
        channel: Channel::Whatsapp,
        account: "one".to_owned(),
        kind: TIER_EVENTS[0].to_owned(),
        at: office.clock.now(),
        json: r#"{"max_daily_conversations_per_business":2}"#.to_owned(),
    };
    office.records.keep_events(vec![says]).await.unwrap();
    let id = office.broadcast(5, &["one"], None).await;
    run_broadcasts(office.options());
    office.until_three_of_five_wait(id).await;
    office.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_broadcast_whose_template_is_refused_stands_still_and_goes_on_when_that_is_mended()
{
    let office = Office::open(None).await;
    let id = office.broadcast(3, &["one"], None).await;
    office.provider.refuses("one", ErrorClass::Never, 132_015);
    run_broadcasts(office.options());
    office.until_state(BroadcastState::Paused).await;
    let why = office.row().await.why.unwrap_or_default();
    assert!(why.contains("the provider refuses the template sunday_meeting"), "{why}");
    office.until("all back", async || office.beside.counts(id).await.unwrap().waiting == 3).await;
    office.provider.0.lock().refused.clear();
    office.moves(id, BroadcastState::Running).await;
    // The process has seen it before their hour comes.
    tokio::time::sleep(LOOK * 3).await;
    office.clock.advance(Duration::from_mins(1));
    office.until_state(BroadcastState::Done).await;
    assert_eq!(office.provider.sent_from("one"), 3);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_numbers_the_others_finish_before_the_broadcast_stands_still() {
    let office = Office::open(None).await;
    office.broadcast(400, &["one", "two"], None).await;
    office.provider.refuses("two", ErrorClass::PauseSender, 131_031);
    run_broadcasts(office.options());
    office.until_state(BroadcastState::Paused).await;
    let why = office.row().await.why.unwrap_or_default();
    assert!(why.starts_with("the account two is refused"), "{why}");
    assert_eq!(office.provider.sent_from("one"), 200, "all of the other's");
    assert_eq!(office.provider.sent_from("two"), 0);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_is_released_beside_a_step_through_those_for_whom_the_first_way_failed() {
    let office = Office::open(None).await;
    let (channel, accounts) = (Channel::Sms, vec!["party".to_owned()]);
    let second = Fallback { channel, accounts, after: Duration::from_hours(1) };
    let id = office.broadcast(10, &["one"], Some(second)).await;
    let RunnerOptions { records, delivery, wordings, clock, halted, .. } = office.options();
    let shared = delivery.shared.clone();
    let (runs, resting) = (BTreeMap::new(), Vec::new());
    let next_tier = Instant::now();
    let mut runner =
        Runner { records, delivery, shared, wordings, clock, halted, runs, resting, next_tier };
    office.until("the lease", async || runner.shared.lease_holds()).await;
    runner.look().await;
    assert!(runner.round(&office.stop).await);
    assert_eq!(office.beside.progress(id).await.unwrap().released, 10);
    drop(runner);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_whatsapp_stops_pauses_a_broadcast_that_comes_again_and_no_other() {
    let office = Office::open(None).await;
    let (beside, now) = (&office.beside, office.clock.now());
    let mut ids = Vec::new();
    for (name, template) in [("news", "sunday_meeting"), ("thanks", "thank_you")] {
        let templates = vec![template.to_owned()];
        let new = NewBroadcast { repeats: true, templates, ..office.new_broadcast(name) };
        let id = beside.create_broadcast(new).await.unwrap();
        for to in [BroadcastState::Tested, BroadcastState::Approved, BroadcastState::Repeating] {
            office.moves(id, to).await;
        }
        ids.push(id);
    }
    let paused = crate::message::AccountEvent {
        channel: Channel::Whatsapp,
        account: "one".to_owned(),
        kind: "message_template_status_update".to_owned(),
        at: now,
        json: r#"{"event":"PAUSED","message_template_name":"sunday_meeting"}"#.to_owned(),
    };
    let settings = DeliverySettings::default();
    let reports =
        crate::delivery::Reports::new(office.records.clone(), office.clock.clone(), &settings);
    reports.heed_events(&[paused]).await.unwrap();
    let news = beside.broadcast("news").await.unwrap().unwrap();
    let why = Some("WhatsApp says of the template sunday_meeting: PAUSED");
    assert_eq!((news.state, news.why.as_deref()), (BroadcastState::Paused, why));
    let thanks = beside.broadcast("thanks").await.unwrap().unwrap();
    assert_eq!(thanks.state, BroadcastState::Repeating);
    office.end().await;
}
