//! What the parts of a running sandbox share.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use jiff::Timestamp;
use parking_lot::{Mutex, RwLock};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::callbacks::{Callback, News, Road};
use super::calls::CallAccount;
use super::check::Recipient;
use super::envelope::{Business, Person, Said, Update};
use super::faults::{Dice, Faults};
use super::ledger::{Entry, InboundEntry, Ledger, SendEntry};
use super::options::ApprovedTemplate;
use super::sms::{self, SmsAccount};
use crate::clock::Clock;

/// Everything behind one sandbox.
pub(super) struct Shared {
    pub(super) address: SocketAddr,
    pub(super) verify_token: String,
    pub(super) access_token: String,
    pub(super) businesses: Vec<Arc<Business>>,
    /// The accounts of the program at vendors of short messages.
    pub(super) sms: Vec<Arc<SmsAccount>>,
    /// Its numbers at vendors of missed calls.
    pub(super) calls: Vec<CallAccount>,
    pub(super) faults: RwLock<Faults>,
    pub(super) dice: Dice,
    pub(super) only_road: bool,
    pub(super) pair_limit: bool,
    pub(super) throughput: Option<u32>,
    pub(super) templates: RwLock<Vec<ApprovedTemplate>>,
    pub(super) tier: String,
    pub(super) status_pace_ms: (u64, u64),
    pub(super) read_rate: f64,
    pub(super) escaped: bool,
    pub(super) clock: Clock,
    pub(super) tracker: TaskTracker,
    pub(super) road: Road,
    pub(super) ledger: Mutex<Ledger>,
    pub(super) people: Mutex<People>,
    pub(super) media: Mutex<HashMap<String, MediaFile>>,
    /// Distinguishes this run from earlier ones in every id it gives.
    pub(super) run: String,
    pub(super) counter: AtomicU64,
}

/// An uploaded file.
pub(super) struct MediaFile {
    pub(super) bytes: Bytes,
    pub(super) mime_type: String,
    /// When its download address was last given out.
    pub(super) url_given: Option<Instant>,
}

/// What the provider knows of persons. Keys are digits or user ids.
#[derive(Default)]
pub(super) struct People {
    /// When they last wrote.
    wrote: HashMap<String, Timestamp>,
    phone_of: HashMap<String, String>,
    user_of: HashMap<String, String>,
    names: HashMap<String, String>,
    /// How often a send came before, by its key.
    attempts: HashMap<String, u64>,
    /// Requests on their way, by person.
    under_way: HashMap<String, u32>,
    buckets: HashMap<String, Bucket>,
    watchers: HashMap<String, mpsc::UnboundedSender<SendEntry>>,
}

/// Tokens that come back with time.
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl People {
    /// One name for a person however they are addressed: the number where it is known.
    pub(super) fn canonical(&self, id: &str) -> String {
        self.phone_of.get(id).map_or_else(|| id.to_owned(), Clone::clone)
    }

    /// They wrote: their window opens, and their identifiers belong together.
    fn hear(&mut self, person: &Person, at: Timestamp) {
        for id in [&person.phone, &person.user_id].into_iter().flatten() {
            self.wrote.insert(id.clone(), at);
            if let Some(name) = &person.name {
                self.names.insert(id.clone(), name.clone());
            }
        }
        if let (Some(phone), Some(user)) = (&person.phone, &person.user_id) {
            self.phone_of.insert(user.clone(), phone.clone());
            self.user_of.insert(phone.clone(), user.clone());
        }
    }

    /// When this person last wrote, by any of their identifiers.
    pub(super) fn last_wrote(&self, id: &str) -> Option<Timestamp> {
        let other = self.phone_of.get(id).or_else(|| self.user_of.get(id));
        let times = [Some(id), other.map(String::as_str)];
        times.into_iter().flatten().filter_map(|id| self.wrote.get(id)).max().copied()
    }

    /// The person a message goes to, as statuses speak of them.
    pub(super) fn person(&self, recipient: &Recipient) -> Person {
        let id = recipient.id();
        let name = self.names.get(id).cloned();
        match recipient {
            Recipient::Phone(phone) => Person {
                phone: Some(phone.clone()),
                user_id: self.user_of.get(phone).cloned(),
                name,
                username: None,
            },
            // Addressed by user id, the number is not told.
            Recipient::User(user) => {
                Person { phone: None, user_id: Some(user.clone()), name, username: None }
            }
        }
    }

    /// Takes them out of the contact book. Gives whether they were in it.
    pub(super) fn forget(&mut self, id: &str) -> bool {
        let other = self.phone_of.remove(id).or_else(|| self.user_of.remove(id));
        let mut known = self.names.remove(id).is_some();
        for id in other.iter().map(String::as_str).chain([id]) {
            self.phone_of.remove(id);
            self.user_of.remove(id);
            known |= self.wrote.contains_key(id);
        }
        known
    }

    /// Counts a send of this key; gives how many came before.
    pub(super) fn attempt(&mut self, key: &str) -> u64 {
        let attempts = self.attempts.entry(key.to_owned()).or_default();
        let before = *attempts;
        *attempts += 1;
        before
    }

    /// Takes one token. `per_second`: how fast they come back; `most`: the burst.
    pub(super) fn take_token(&mut self, name: String, per_second: f64, most: f64) -> bool {
        let now = Instant::now();
        let bucket = self.buckets.entry(name).or_insert(Bucket { tokens: most, at: now });
        let back = now.duration_since(bucket.at).as_secs_f64() * per_second;
        bucket.tokens = (bucket.tokens + back).min(most);
        bucket.at = now;
        let has = bucket.tokens >= 1.0;
        if has {
            bucket.tokens -= 1.0;
        }
        has
    }

    pub(super) fn watch(&mut self, person: &str) -> mpsc::UnboundedReceiver<SendEntry> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.watchers.insert(person.to_owned(), sender);
        receiver
    }

    fn tell(&mut self, send: &SendEntry) {
        let Some(watcher) = self.watchers.get(&send.to) else { return };
        if watcher.send(send.clone()).is_err() {
            self.watchers.remove(&send.to);
        }
    }
}

/// A send on its way; its end, however it comes, is when this is dropped.
pub(super) struct UnderWay {
    shared: Arc<Shared>,
    person: String,
    /// Another to the same person was on its way already.
    pub(super) overlaps: bool,
}

impl UnderWay {
    pub(super) fn begin(shared: &Arc<Shared>, person: &str) -> UnderWay {
        let mut people = shared.people.lock();
        let under_way = people.under_way.entry(person.to_owned()).or_default();
        let overlaps = *under_way > 0;
        *under_way += 1;
        UnderWay { shared: Arc::clone(shared), person: person.to_owned(), overlaps }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut people = self.shared.people.lock();
        let left = people.under_way.get_mut(&self.person).map(|count| {
            *count = count.saturating_sub(1);
            *count
        });
        if left == Some(0) {
            people.under_way.remove(&self.person);
        }
    }
}

/// What a person says and how it is to come.
#[derive(Clone, Debug)]
pub struct Saying {
    pub person: Person,
    pub said: Said,
    /// The message id; made up when `None`. A known one is delivered again, as a duplicate.
    pub key: Option<String>,
    /// The id of ours that it answers or quotes.
    pub quoted: Option<String>,
    /// Which business number it comes to, or by which account of short messages; the first business
    /// number when `None`.
    pub account: Option<String>,
    /// How many deliveries of it go out at once.
    pub copies: usize,
}

impl Saying {
    /// A text of a person with this number, once.
    #[must_use]
    pub fn text(phone: &str, text: &str) -> Saying {
        Saying::of(Person::phone(phone), Said::Text(text.to_owned()))
    }

    #[must_use]
    pub fn of(person: Person, said: Said) -> Saying {
        Saying { person, said, key: None, quoted: None, account: None, copies: 1 }
    }
}

impl Shared {
    pub(super) fn business(&self, phone_number_id: &str) -> Option<&Arc<Business>> {
        self.businesses.iter().find(|business| business.phone_number_id == phone_number_id)
    }

    /// A new id that no other run gave.
    pub(super) fn new_id(&self, prefix: &str) -> String {
        let number = self.counter.fetch_add(1, Ordering::SeqCst) + 1;
        format!("{prefix}{}{number:08}", self.run)
    }

    /// A person says something: it stands in the ledger, their window opens, and it is delivered
    /// until it is answered 200. Gives its id, or `None` when the account is not one of ours.
    pub(super) fn say(&self, saying: Saying) -> Option<String> {
        let by_sms = saying.account.as_deref().and_then(|account| self.sms_account(account));
        let now = self.clock.now();
        let (account, key, news) = if let Some(account) = by_sms {
            let key = saying.key.unwrap_or_else(|| self.new_id("SM"));
            // A phone without WhatsApp: there is no window, and nobody but the number.
            let from = saying.person.phone.clone()?;
            let message =
                sms::Message { key: key.clone(), from, text: saying.said.words(), at: now };
            let news =
                News::Sms { account: Arc::clone(account), told: sms::Told::Message(message) };
            (account.name.clone(), key, news)
        } else {
            let business = match &saying.account {
                Some(account) => self.business(account),
                None => self.businesses.first(),
            }?;
            let key = saying.key.unwrap_or_else(|| self.new_id("wamid.IN"));
            self.people.lock().hear(&saying.person, now);
            let quoted = saying.quoted.as_deref().map(|quoted| (quoted, business.as_ref()));
            let update = Update::message(&saying.person, &key, &saying.said, quoted, now);
            let news = News::Graph { business: Arc::clone(business), update };
            (business.phone_number_id.clone(), key, news)
        };
        let id = saying.person.phone.as_deref().or(saying.person.user_id.as_deref());
        let from = self.people.lock().canonical(id.unwrap_or_default());
        let place = self.ledger.lock().push(Entry::Inbound(InboundEntry {
            at: now,
            key: key.clone(),
            account,
            from,
            text: saying.said.words(),
            acked: false,
            tries: 0,
            gave_up: false,
            ack_ms: None,
            posted: None,
        }));
        let faults = self.faults.read();
        let late = if self.dice.roll("disorder", &key, 0) < faults.disorder {
            self.dice.between("disorder_ms", &key, 0, (0, faults.disorder_ms))
        } else {
            0
        };
        self.road.enqueue(Callback {
            news,
            place,
            key: key.clone(),
            due: Instant::now() + Duration::from_millis(late),
            copies: saying.copies.clamp(1, 1000),
            heard: None,
        });
        Some(key)
    }

    pub(super) fn sms_account(&self, name: &str) -> Option<&Arc<SmsAccount>> {
        self.sms.iter().find(|account| account.name == name)
    }

    /// Writes a send into the ledger and then tells who waits for it, so that what they answer
    /// stands after it.
    pub(super) fn record(&self, send: &SendEntry) {
        self.ledger.lock().push(Entry::Send(send.clone()));
        if send.answer.is_taken() {
            self.people.lock().tell(send);
        }
    }
}
