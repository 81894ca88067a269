//! What stops a broadcast that is under way: the person's word, the kill switch, a number of ours that its
//! provider refuses, a cancelling. Judged by the sandbox's ledger.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use samvad::broadcast::BroadcastState;
use samvad::config::{Config, Origins};
use samvad::contact::PhoneNumber;
use samvad::message::Purpose;
use samvad::records::{Beside, BroadcastRow, Funnel};
use samvad::sandbox::envelope::Person;

use crate::support::bodies::{NUMBER, SECOND_NUMBER};
use crate::support::broadcast::{beside, broadcast, freeze_for, people, run};
use crate::support::house::{House, Plan};
use crate::support::phone::Phone;
use crate::support::server::Server;

/// Longer than the slowest machine needs.
const PATIENCE: Duration = Duration::from_mins(3);
const NAME: &str = "diwali";

/// An office that sends, and its records.
struct Office {
    house: House,
    server: Server,
    config: Config,
    beside: Beside,
}

impl Office {
    async fn open(settings: &[(&'static str, &str)]) -> Office {
        let mut all = vec![("SAMVAD_WHATSAPP_TIER", "0".to_owned())];
        for (name, value) in settings {
            all.retain(|(known, _)| known != name);
            all.push((name, (*value).to_owned()));
        }
        let house = House::new(Plan { settings: all, ..Plan::default() }).await;
        let server = house.start();
        let settings = house.settings().iter();
        let mut environment: Vec<(String, String)> =
            settings.map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        environment.push(("SAMVAD_DATA".to_owned(), house.data().display().to_string()));
        let config = Config::read(&Origins { environment, ..Origins::default() }).unwrap();
        let beside = beside(&config).await;
        Office { house, server, config, beside }
    }

    /// Frozen for everybody who agreed.
    async fn frozen(&self) -> i64 {
        let numbers = &self.config.whatsapp.as_ref().unwrap().numbers;
        freeze_for(&self.beside, &broadcast(NAME, numbers), "consents.samvad").await
    }

    async fn row(&self) -> BroadcastRow {
        self.beside.broadcast(NAME).await.unwrap().unwrap()
    }

    async fn counts(&self) -> Funnel {
        self.beside.counts(self.row().await.id).await.unwrap()
    }

    async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let begun = Instant::now();
        while !is_so().await {
            assert!(begun.elapsed() < PATIENCE, "{what} never came: {:#?}", self.counts().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn until_state(&self, state: BroadcastState) {
        self.until(state.name(), async || self.row().await.state == state).await;
    }

    /// Turns the kill switch, until the server has seen it.
    async fn halt(&self, turn: &str, seen: &str) {
        self.house.office(&["halt", turn, "--by", "Ravi", "--why", "गलत पाठ"]);
        self.until(seen, async || self.server.log_text().contains(seen)).await;
    }

    /// How many messages a number of ours brought to how many people.
    fn taken_from(&self, account: &str) -> (usize, usize) {
        let mut people: HashMap<String, usize> = HashMap::new();
        for send in self.house.sandbox.sends() {
            if send.answer.is_taken() && send.account == account {
                *people.entry(send.to).or_default() += 1;
            }
        }
        (people.values().sum(), people.len())
    }

    fn taken(&self) -> usize {
        self.house.sandbox.sends().iter().filter(|send| send.answer.is_taken()).count()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_stop_between_the_plan_and_the_sending_gets_nothing() {
    let office = Office::open(&[]).await;
    let mut phones = Vec::new();
    for number in ["919812345671", "919812345672"] {
        let phone = Some(number.to_owned());
        let mut phone = Phone::new(&office.house, Person { phone, ..Person::default() });
        phone.says("संदेश चालू", 1).await;
        phone.taps("yes", 1).await;
        phones.push(phone);
    }
    let [stops, stays] = &mut phones[..] else { panic!("two") };
    // Everything waits while the recipients are written down and the one person speaks.
    office.halt("on", "the kill switch is on").await;
    let id = office.frozen().await;
    run(&office.beside, id).await;
    office.house.sandbox.say_text("919812345671", "बंद");
    let number = [PhoneNumber::parse("9812345671").unwrap()];
    office
        .until("the word", async || {
            let contacts = office.beside.contacts_of(&number).await.unwrap();
            let found = office.beside.candidates_among(&contacts).await.unwrap();
            found[0].contact.withdrew(Purpose::Samvad)
        })
        .await;
    assert_eq!(office.counts().await.planned, 2, "both were to get it");

    office.halt("off", "the kill switch is off").await;
    let came = stays.hears(1).await;
    assert_eq!(came[0].kind, "template");
    let answered = stops.hears(1).await;
    assert!(answered[0].text.contains("संदेश बंद"), "only that it was heard: {answered:#?}");
    office.until_state(BroadcastState::Done).await;
    let funnel = office.counts().await;
    assert_eq!((funnel.sent, funnel.suppressed), (1, vec![("withdrawn".to_owned(), 1)]));
    let templates = office.house.sandbox.sends_to("919812345671");
    assert!(templates.iter().all(|send| send.kind != "template"), "{templates:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kill_switch_stops_what_is_queued_of_a_broadcast_and_loses_nobody() {
    const PEOPLE: usize = 600;
    let office = Office::open(&[("SAMVAD_WHATSAPP_THROUGHPUT", "60")]).await;
    people(&office.beside, PEOPLE).await;
    let id = office.frozen().await;
    run(&office.beside, id).await;
    office.until("the first", async || office.taken() >= 30).await;
    office.halt("on", "the kill switch is on").await;
    // What was on its way to the provider has arrived; nothing follows it.
    let in_hand = "samvad_outgoing{status=\"claimed\"}";
    office.until("empty hands", async || office.house.metric(in_hand).await == 0).await;
    let left = office.house.sandbox.sends().len();
    assert!(left < PEOPLE, "nothing was there to stop");
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(office.house.sandbox.sends().len(), left);
    assert_eq!(office.row().await.state, BroadcastState::Running);

    office.halt("off", "the kill switch is off").await;
    office.until_state(BroadcastState::Done).await;
    assert_eq!(office.taken_from(NUMBER), (PEOPLE, PEOPLE), "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_its_provider_refuses_does_not_stop_the_others() {
    const PEOPLE: usize = 200;
    // The sandbox knows nothing of the second.
    let numbers = format!("{NUMBER},{SECOND_NUMBER}");
    let office = Office::open(&[("SAMVAD_WHATSAPP_NUMBERS", &numbers)]).await;
    people(&office.beside, PEOPLE).await;
    let id = office.frozen().await;
    run(&office.beside, id).await;
    office.until_state(BroadcastState::Paused).await;
    let why = office.row().await.why.unwrap_or_default();
    assert!(why.contains(SECOND_NUMBER) && why.contains("samvad holds"), "{why}");
    assert_eq!(office.taken_from(NUMBER), (PEOPLE / 2, PEOPLE / 2), "the other number's, all");
    let funnel = office.counts().await;
    assert_eq!(funnel.sent + funnel.planned + funnel.waiting, PEOPLE as u64, "{funnel:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_another_day_can_be_cancelled() {
    // Three more than a day's number of people.
    let office = Office::open(&[("SAMVAD_WHATSAPP_TIER", "250")]).await;
    people(&office.beside, 253).await;
    let id = office.frozen().await;
    run(&office.beside, id).await;
    office
        .until("some that wait", async || {
            let funnel = office.counts().await;
            funnel.sent == 250 && funnel.waiting + funnel.planned == 3 && funnel.waiting > 0
        })
        .await;
    let status = office.house.office(&["broadcast", "status", NAME]);
    assert!(status.contains("is running"), "{status}");
    let cancel = ["broadcast", "cancel", NAME, "--by", "Ravi", "--why", "बैठक नहीं होगी"];
    office.house.office(&cancel);
    office
        .until("the end", async || {
            let funnel = office.counts().await;
            let stopped: u64 = funnel.suppressed.iter().map(|(_, count)| count).sum();
            stopped > 0 && stopped + funnel.cancelled == 3
        })
        .await;
    assert_eq!((office.taken(), office.row().await.state), (250, BroadcastState::Cancelled));
}
