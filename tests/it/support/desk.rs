//! A stand-in for intake, engine and records: enough of a Hindi conversation to try the phone
//! simulator's page and routes on.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use samvad::channel::simulator::{Hub, HubLimits, PhoneId, account_of, rendering_of};
use samvad::clock::{Clock, Ids};
use samvad::console::simulator::{
    Conversation, Desk, FlowCard, PerAddress, Place, SimulatorState, Standing, report_statuses,
    routes,
};
use samvad::contact::{AddressKind, ConsentNow, Contact, Language, Member};
use samvad::flow::{Rendering, Timer, TimerKind};
use samvad::intake::Admission;
use samvad::message::{
    Channel, Choice, Content, Envelope, Inbound, InboundContent, Lane, MediaKind, MediaSource,
    Outgoing, OutgoingId, Purpose, Status,
};
use samvad::message::{HistoryKind, HistoryLine};
use samvad::records::RecordsError;
use samvad::state::LiveEvent;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A server with the simulator's routes alone, on a free port. Stops when dropped.
pub(crate) struct SimulatorServer {
    pub(crate) origin: String,
    pub(crate) desk: ScriptedDesk,
    stop: CancellationToken,
}

impl SimulatorServer {
    pub(crate) async fn start(desk: ScriptedDesk) -> SimulatorServer {
        SimulatorServer::start_limited(desk, PerAddress::new(1_000.0, 1_000.0)).await
    }

    pub(crate) async fn start_limited(desk: ScriptedDesk, limit: PerAddress) -> SimulatorServer {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let stop = CancellationToken::new();
        let state = SimulatorState {
            desk: desk.clone(),
            hub: desk.hub.clone(),
            clock: Clock::System,
            ids: Ids::system(),
            limit: Arc::new(limit),
            stop: stop.clone(),
        };
        let tasks = TaskTracker::new();
        tasks.spawn(report_statuses(desk.hub.clone(), desk.clone(), stop.clone()));
        let stopped = stop.clone().cancelled_owned();
        tasks.spawn(async move {
            let service = routes(state);
            axum::serve(listener, service).with_graceful_shutdown(stopped).await.expect("served");
        });
        SimulatorServer { origin, desk, stop }
    }
}

impl Drop for SimulatorServer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Answers by a script and remembers what records would.
#[derive(Clone)]
pub(crate) struct ScriptedDesk {
    pub(crate) hub: Hub,
    world: Arc<Mutex<World>>,
    live: broadcast::Sender<LiveEvent>,
}

#[derive(Default)]
struct World {
    contacts: HashMap<String, i64>,
    people: HashMap<i64, Person>,
    keys: Vec<String>,
    outgoing: i64,
    statuses: Vec<(i64, Status)>,
    refuse_next: usize,
}

#[derive(Default)]
struct Person {
    contact: Contact,
    step: &'static str,
    visit: u32,
    answers: serde_json::Map<String, serde_json::Value>,
    history: Vec<HistoryLine>,
}

const DISTRICTS: [(&str, &str); 8] = [
    ("lucknow", "लखनऊ"),
    ("kushinagar", "कुशीनगर"),
    ("gautam-buddha-nagar", "गौतम बुद्ध नगर"),
    ("siddharthnagar", "सिद्धार्थनगर"),
    ("shravasti", "श्रावस्ती"),
    ("ambedkar-nagar", "अम्बेडकर नगर"),
    ("prayagraj", "प्रयागराज"),
    ("mirzapur", "मिर्ज़ापुर"),
];

impl ScriptedDesk {
    pub(crate) fn new() -> ScriptedDesk {
        let hub = Hub::new(Clock::System, &Ids::system(), HubLimits::default());
        ScriptedDesk { hub, world: Arc::default(), live: broadcast::Sender::new(64) }
    }

    /// The same records behind a hub that has forgotten everything, as after a restart.
    pub(crate) fn restarted(&self) -> ScriptedDesk {
        let hub = Hub::new(Clock::System, &Ids::system(), HubLimits::default());
        ScriptedDesk { hub, ..self.clone() }
    }

    /// Answers “again” to so many envelopes with messages.
    pub(crate) fn refuse(&self, times: usize) {
        self.world.lock().refuse_next = times;
    }

    /// How many messages were taken in.
    pub(crate) fn taken(&self) -> usize {
        self.world.lock().keys.len()
    }

    /// What was reported of outgoing messages, by their number.
    pub(crate) fn statuses(&self) -> Vec<(i64, Status)> {
        self.world.lock().statuses.clone()
    }

    pub(crate) fn flows_changed(&self) {
        let _ = self.live.send(LiveEvent::FlowsReloaded);
    }

    /// Sends to a phone what no person asked for.
    pub(crate) fn push(&self, phone: &str, rendering: Rendering, content: Content) {
        let mut world = self.world.lock();
        let contact = world.contact_of(phone);
        let outgoing = world.outgoing(contact, phone, account_of(rendering), content);
        let _ = self.hub.send(&outgoing);
    }

    fn hear(&self, inbound: &Inbound) {
        let mut world = self.world.lock();
        if world.keys.contains(&inbound.key) {
            return;
        }
        world.keys.push(inbound.key.clone());
        let phone = inbound.from.get(AddressKind::Simulator).expect("a phone").to_owned();
        let contact = world.contact_of(&phone);
        let rendering = rendering_of(&inbound.account).expect("a rendering");
        let person = world.people.entry(contact).or_default();
        person.contact.id = contact;
        person.contact.version += 1;
        let content = inbound.content.clone();
        let id = i64::try_from(person.history.len()).expect("few");
        let what = HistoryKind::Person { content };
        person.history.push(HistoryLine { id, at: inbound.sent_at, what });
        let replies = person.answer(&inbound.content, rendering);
        let mut outgoing = Vec::new();
        for content in replies {
            outgoing.push(world.outgoing(contact, &phone, &inbound.account, content));
        }
        drop(world);
        let hub = self.hub.clone();
        let live = self.live.clone();
        // The answer leaves after the commit, a moment later.
        TaskTracker::new().spawn(async move {
            tokio::time::sleep(Duration::from_millis(60)).await;
            for message in &outgoing {
                let _ = hub.send(message);
            }
            let _ = live.send(LiveEvent::Turned { contact, version: 1 });
        });
    }
}

impl World {
    fn contact_of(&mut self, phone: &str) -> i64 {
        let next = i64::try_from(self.contacts.len()).expect("few") + 1;
        *self.contacts.entry(phone.to_owned()).or_insert(next)
    }

    fn outgoing(&mut self, contact: i64, phone: &str, account: &str, content: Content) -> Outgoing {
        self.outgoing += 1;
        let now = Clock::System.now();
        let person = self.people.entry(contact).or_default();
        let id = i64::try_from(person.history.len()).expect("few");
        let what = HistoryKind::Us { content: content.clone(), status: Status::Delivered };
        person.history.push(HistoryLine { id, at: now, what });
        Outgoing {
            id: OutgoingId { id: self.outgoing, created_ms: now.as_millisecond() },
            contact,
            channel: Channel::Simulator,
            account: account.to_owned(),
            to: PhoneId::parse(phone).expect("a phone").identities(),
            lane: Lane::Reply,
            purpose: Purpose::Answer,
            content,
            answers: None,
            attempts: 0,
            send_before: None,
            window_until: None,
            parts_taken: 0,
            broadcast: None,
            kept: None,
        }
    }
}

impl Person {
    fn answer(&mut self, content: &InboundContent, rendering: Rendering) -> Vec<Content> {
        let said = match content {
            InboundContent::Choice { id, .. } => id.clone(),
            other => other.text().unwrap_or_default().to_owned(),
        };
        let now = Clock::System.now();
        let text = |body: &str| vec![Content::Text { body: body.to_owned() }];
        match (self.step, said.as_str()) {
            (_, "सदस्य" | "join") => self.consent(rendering),
            ("consent", "no" | "2") => {
                self.step = "";
                text("कोई बात नहीं, आपका नाम नहीं जोड़ा गया। जब मन बने, ‘सदस्य’ लिख दीजिए।")
            }
            ("consent", _) => {
                self.go("name", "consent", "yes");
                let consent =
                    ConsentNow { purpose: Purpose::Membership, given: true, at: now, only: None };
                self.contact.consents = vec![consent];
                text("प्रश्न 1/2\nआपका पूरा नाम क्या है?")
            }
            ("name", name) => {
                self.go("district", "name", name);
                let choices: Vec<(&str, &str)> = DISTRICTS.to_vec();
                let body = format!("प्रश्न 2/2\n{name} जी, आपका जिला कौन-सा है?");
                vec![ask(rendering, &body, &choices)]
            }
            ("district", district) => {
                let chosen = DISTRICTS.iter().enumerate().find(|(place, (id, name))| {
                    district == *id || district == *name || district == (place + 1).to_string()
                });
                let district = chosen.map_or("लखनऊ", |(_, (_, name))| *name);
                self.go("confirm", "district", district);
                let name = self.answers["name"].as_str().unwrap_or_default();
                let body = format!(
                    "एक बार देख लीजिए:\nनाम: {name}\nजिला: {district}\nविधानसभा: 173, लखनऊ उत्तर\nसब ठीक है?"
                );
                let choices = [("right", "हाँ, सही है"), ("change", "कुछ बदलना है")];
                vec![ask(rendering, &body, &choices)]
            }
            ("confirm", _) => {
                self.step = "";
                let name = self.answers["name"].as_str().unwrap_or_default().to_owned();
                self.contact.membership = Some(Member {
                    number: "UP-2047-1183-6".to_owned(),
                    name: name.clone(),
                    district: "157".to_owned(),
                    assembly: 173,
                    booth: None,
                    since: now,
                    ends: None,
                });
                let body = format!(
                    "{name} जी, हमारी पार्टी में आपका स्वागत है! 🎉 आपकी सदस्य संख्या *UP-2047-1183-6* है। इसे संभालकर रखिए।"
                );
                text(&body)
            }
            (_, "भाषा") => {
                self.contact.language = Language::Hi;
                self.contact.language_chosen = true;
                text("अब हम हिंदी में बात करेंगे।")
            }
            _ => {
                let choices = [
                    ("join", "सदस्य बनें"),
                    ("my_data", "मेरी जानकारी"),
                    ("help", "मदद"),
                    ("language", "भाषा / Language"),
                    ("leave", "संदेश बंद करें"),
                ];
                let body = "नमस्ते! 🙏 यह हमारी पार्टी, उत्तर प्रदेश का नंबर है। बताइए, क्या करना है?";
                vec![ask(rendering, body, &choices)]
            }
        }
    }

    fn consent(&mut self, rendering: Rendering) -> Vec<Content> {
        self.answers.clear();
        self.step = "consent";
        self.visit += 1;
        let body = "हमारी पार्टी का सदस्य बनने पर हम आपका नाम, जन्म का साल, क्षेत्र और यह नंबर रखेंगे, \
                    सिर्फ सदस्यता के लिए। पूरी बात: ‘सूचना’ लिखिए। रोकना हो: ‘बंद’ लिखिए। सहमत हैं?";
        vec![ask(rendering, body, &[("yes", "हाँ, सहमत हूँ"), ("no", "नहीं")])]
    }

    fn go(&mut self, step: &'static str, answered: &str, answer: &str) {
        self.answers.insert(answered.to_owned(), answer.into());
        self.step = step;
        self.visit += 1;
    }
}

/// A question as each rendering shows it.
fn ask(rendering: Rendering, body: &str, choices: &[(&str, &str)]) -> Content {
    use std::fmt::Write as _;
    if rendering == Rendering::Sms {
        let mut numbered = format!("{body}\nनंबर लिखकर भेजें:");
        for (place, (_, title)) in choices.iter().enumerate() {
            let _ = write!(numbered, "\n{}. {title}", place + 1);
        }
        return Content::Text { body: numbered };
    }
    let choices: Vec<Choice> = choices
        .iter()
        .map(|(id, title)| Choice {
            id: (*id).to_owned(),
            title: (*title).to_owned(),
            description: (*id == "join").then(|| "पाँच छोटे सवाल, तीन मिनट".to_owned()),
        })
        .collect();
    if choices.len() <= 3 {
        return Content::Buttons { body: body.to_owned(), choices };
    }
    Content::List {
        body: body.to_owned(), open: "यहाँ चुनिए".to_owned(), choices
    }
}

/// One message of every other kind, for a look at them.
pub(crate) fn every_other_kind() -> Vec<Content> {
    vec![
        Content::Media {
            kind: MediaKind::Image,
            source: MediaSource::Link("https://example.org/patra.jpg".to_owned()),
            caption: Some("आपका सदस्यता कार्ड तैयार है।".to_owned()),
            filename: None,
        },
        Content::Media {
            kind: MediaKind::Document,
            source: MediaSource::Id("1".to_owned()),
            caption: None,
            filename: Some("सदस्यता-सूचना.pdf".to_owned()),
        },
        Content::LocationRequest {
            body: "आप कहाँ हैं? बूथ ढूँढने के लिए जगह भेजिए।".to_owned()
        },
        Content::ContactRequest {
            body: "फोन पर बात करने के लिए अपना नंबर भेजिए।".to_owned()
        },
        Content::Text {
            body: "*ज़रूरी:* _कल_ सुबह 10 बजे, ~शाम 4 बजे~ नहीं। https://example.org/suchna".to_owned(),
        },
    ]
}

impl Desk for ScriptedDesk {
    async fn admit(&self, envelope: Envelope) -> Admission {
        for update in &envelope.statuses {
            let outgoing = update.outgoing.map_or(0, |outgoing| outgoing.id);
            self.world.lock().statuses.push((outgoing, update.status));
        }
        if !envelope.inbound.is_empty() {
            let mut world = self.world.lock();
            if world.refuse_next > 0 {
                world.refuse_next -= 1;
                return Admission::Again;
            }
        }
        for inbound in &envelope.inbound {
            self.hear(inbound);
        }
        Admission::Committed
    }

    async fn contact(&self, phone: &PhoneId) -> Result<i64, RecordsError> {
        Ok(self.world.lock().contact_of(phone.as_str()))
    }

    async fn standing(&self, contact: i64) -> Result<Option<Standing>, RecordsError> {
        let world = self.world.lock();
        let Some(person) = world.people.get(&contact) else { return Ok(None) };
        let open = !person.step.is_empty();
        let session = open.then(|| {
            let order = ["consent", "name", "district"];
            let path: Vec<_> =
                order.iter().filter(|step| person.answers.contains_key(**step)).collect();
            serde_json::json!({
                "f": "join", "s": person.step, "v": person.visit, "a": person.answers, "h": path,
            })
        });
        let due = Clock::System.now() + jiff::SignedDuration::from_hours(20);
        let remind = Timer { kind: TimerKind::Remind, due, visit: person.visit };
        Ok(Some(Standing {
            contact: person.contact.clone(),
            place: person.contact.membership.as_ref().map(|_| Place {
                hi: "लखनऊ · लखनऊ उत्तर (173)".to_owned(),
                en: "Lucknow · Lucknow North (173)".to_owned(),
            }),
            conversation: session.as_ref().and_then(Conversation::of),
            session,
            timers: if open { vec![remind] } else { Vec::new() },
        }))
    }

    async fn history(&self, contact: i64, limit: usize) -> Result<Vec<HistoryLine>, RecordsError> {
        let world = self.world.lock();
        let lines = world.people.get(&contact).map_or(&[][..], |person| &person.history);
        Ok(lines[lines.len().saturating_sub(limit)..].to_vec())
    }

    fn flows(&self) -> Vec<FlowCard> {
        let card = |name: &str, about: &str, start_word: Option<&str>| FlowCard {
            name: name.to_owned(),
            about: about.to_owned(),
            start_word: start_word.map(str::to_owned),
        };
        vec![
            card("greeting", "पहला संदेश और भूमिका के अनुसार मेन्यू", Some("नमस्ते")),
            card("join", "नागरिक प्राथमिक सदस्य बनता है", Some("सदस्य")),
            card("leave", "संदेश या सदस्यता छोड़ना, वापसी के मौके के साथ", Some("बंद")),
            card("language", "हिंदी या English चुनना", Some("भाषा")),
            card("my_data", "जो दर्ज है उसे देखना, सुधारना, मिटवाना", Some("मेरी जानकारी")),
            card("samvad", "बैठक और कार्यक्रम के संदेश चालू करना", None),
        ]
    }

    fn live(&self) -> Option<broadcast::Receiver<LiveEvent>> {
        Some(self.live.subscribe())
    }
}
