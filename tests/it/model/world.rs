//! The world of one plan: people, a provider, processes of ours, their stores, and a clock that the
//! plan moves.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use samvad::clock::{Clock, Ids};
use samvad::contact::{AddressKind, Identities};
use samvad::geography::Geography;
use samvad::intake::FlowsHandle;
use samvad::message::{Channel, Content, Envelope, Inbound, InboundContent, PreferenceUpdate};
use samvad::records::{Fault, Snapshot};
use samvad::seal::Keyring;
use samvad::serve::load_flows;
use samvad::state::{Cached, State, StateOptions};

use super::check;
use super::ends::{Live, Raw, Stores};
use super::process::{LEASE, Parts, Process, UNKNOWN_AFTER};
use super::provider::{ACCOUNT, Provider, Shared};
use super::step::{Act, JOINING, PEOPLE, Plan, SAYINGS, Step, Trouble, Words};

/// A moment passes before every step, so that what happens in different steps has different times.
const MOMENT: Duration = Duration::from_millis(1);
/// Time moves on by at most this much at once: well within a lease.
const STRIDE: Duration = Duration::from_mins(2);
/// So many bits of work without anything new to the records: nothing is under way.
const CALM: usize = 24;
/// After this long without an end, what is under way waits for time to pass.
const PATIENCE: Duration = Duration::from_millis(300);

/// A place where a process runs, or does not.
type Place = Option<Process>;

pub(super) struct World {
    parts: Parts,
    provider: Shared,
    places: Vec<Place>,
    doors_each: usize,
    raw: Option<Raw>,
    /// The live state of each door as long as it is not a process's own.
    shared_state: Option<State>,
    own_states: bool,
    redis: Option<(String, String)>,
    /// Whoever stood in the live state, to be put there again.
    once: Vec<(i64, Cached)>,
    numbers: Vec<String>,
    joining: Vec<usize>,
    moved: u32,
    said: u32,
    refuse_next: bool,
    lives: u64,
    began: i64,
    is_redis: bool,
}

/// The shipped flows with shorter waits, so that a conversation ends within hours.
fn flows() -> FlowsHandle {
    static FLOWS: OnceLock<FlowsHandle> = OnceLock::new();
    let load = || {
        let folder = tempfile::tempdir().unwrap();
        let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("flows");
        for file in std::fs::read_dir(&shipped).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                let text = std::fs::read_to_string(&path).unwrap();
                let text = text
                    .replace("remind: {after: 20h, times: 1}", "remind: {after: 40m, times: 2}")
                    .replace("expires: 7d", "expires: 3h")
                    .replace("expires: 1d", "expires: 2h");
                std::fs::write(folder.path().join(path.file_name().unwrap()), text).unwrap();
            }
        }
        std::fs::create_dir(folder.path().join("templates")).unwrap();
        for file in std::fs::read_dir(shipped.join("templates")).unwrap() {
            let path = file.unwrap().path();
            let beside = folder.path().join("templates").join(path.file_name().unwrap());
            std::fs::copy(&path, beside).unwrap();
        }
        let geography = Arc::new(Geography::shipped().unwrap());
        FlowsHandle::new(load_flows(Some(folder.path()), None, &geography).unwrap())
    };
    FLOWS.get_or_init(load).clone()
}

/// One keyring for every world: making a key costs more than a short plan.
fn keyring() -> Arc<Keyring> {
    static KEYRING: OnceLock<Arc<Keyring>> = OnceLock::new();
    Arc::clone(KEYRING.get_or_init(|| Arc::new(Keyring::in_memory(&Ids::system()).unwrap())))
}

/// Carries a plan out to its end and looks at everything.
///
/// # Errors
/// What must never be, in words.
pub(super) fn run(stores: &mut Stores, plan: &Plan) -> Result<(), String> {
    let mut world = World::new(stores, plan);
    for (at, act) in plan.acts.iter().enumerate() {
        let b = Instant::now();
        world.act(*act);
        if std::env::var_os("TR").is_some() {
            eprintln!("{:?} {act:?} {}", b.elapsed(), world.parts.clock.now());
        }
        // Looking costs more than doing.
        if at % 12 == 11 {
            world.look().map_err(|wrong| format!("after act {at}: {wrong}"))?;
        }
    }
    world.heal()?;
    world.look().map_err(|wrong| format!("at the end: {wrong}"))?;
    world.look_at_the_end().map_err(|wrong| format!("at the end: {wrong}"))
}

impl World {
    fn new(stores: &mut Stores, plan: &Plan) -> World {
        let (url, word) = stores.fresh();
        let clock = Clock::fixed("2026-11-21T06:30:00Z".parse().unwrap());
        let provider = Provider::new(clock.clone(), UNKNOWN_AFTER);
        let (processes, doors_each) = stores.ends.shape();
        let doors_each = if plan.one_intake { 1 } else { doors_each };
        let parts = Parts {
            url,
            clock: clock.clone(),
            keyring: keyring(),
            flows: flows(),
            provider: Arc::clone(&provider),
        };
        let redis = stores.redis.as_ref().map(|server| (server.url(), word));
        let mut world = World {
            provider,
            places: (0..processes).map(|_| None).collect(),
            doors_each,
            raw: None,
            shared_state: None,
            own_states: plan.own_states,
            redis,
            once: Vec::new(),
            numbers: (0..PEOPLE).map(|person| format!("98{person}0000000")).collect(),
            joining: vec![0; usize::from(PEOPLE)],
            moved: 0,
            said: 0,
            refuse_next: false,
            lives: 0,
            began: clock.now().as_millisecond(),
            is_redis: stores.ends.live == Live::Redis,
            parts,
        };
        world.start_all();
        world.raw = Some(Raw::open(&world.parts.url));
        world
    }

    // ---- processes -------------------------------------------------------------------------

    fn start_all(&mut self) {
        for place in 0..self.places.len() {
            if self.places[place].is_none() {
                self.start(place);
            }
        }
        self.settle();
    }

    fn start(&mut self, place: usize) {
        self.lives += 1;
        let life = self.lives;
        // The last one's writing thread may be at its last words, and hold the lock so long.
        for attempt in 0.. {
            let (shared, own) = (self.shared_state.clone(), self.own_states);
            let (redis, clock, doors) =
                (self.redis.clone(), self.parts.clock.clone(), self.doors_each);
            let started = Process::start(&self.parts, life, |runtime| {
                let _inside = runtime.enter();
                let open = || match &redis {
                    Some((url, word)) => {
                        State::open(StateOptions::new(url.clone(), word.clone(), clock.clone()))
                    }
                    None => State::open(StateOptions::new("memory", "model", clock.clone())),
                };
                let first = match shared {
                    Some(shared) if !own && redis.is_none() => shared,
                    _ => open().unwrap(),
                };
                let mut states = vec![first];
                while states.len() < doors {
                    states.push(if own { open().unwrap() } else { states[0].clone() });
                }
                states
            });
            match started {
                Ok(process) => {
                    if self.redis.is_none() && !self.own_states {
                        self.shared_state = Some(process.states[0].clone());
                    }
                    self.places[place] = Some(process);
                    return;
                }
                Err(error) if attempt >= 500 => panic!("a process cannot begin: {error}"),
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }

    fn up(&self) -> impl Iterator<Item = &Process> {
        self.places.iter().flatten()
    }

    /// Processes that learnt that they were taken for dead end by themselves.
    fn reap(&mut self) {
        for place in &mut self.places {
            if let Some(process) = place
                && process.wants_to_end()
            {
                if let Some(task) = process.lost() {
                    self.provider.lock().wrong.push(format!("{task} ended before its time"));
                }
                *place = None;
            }
        }
    }

    /// A process and its door for this number; `None` when nobody is up who listens.
    fn door(&self, door: u8) -> Option<(&Process, usize)> {
        let count = self.places.len();
        let process = self.places[usize::from(door) % count].as_ref()?;
        Some((process, usize::from(door) / count))
    }

    /// Brings a post to a door; a door nobody is behind does not answer.
    fn bring(&self, post: usize, door: u8) {
        if let Some((process, inner)) = self.door(door) {
            process.bring(inner, post);
        }
    }

    // ---- time and work ---------------------------------------------------------------------

    fn work(&self, bits: usize) {
        for process in self.up() {
            process.work(bits);
        }
    }

    /// How much was begun, and whether anything is under way.
    fn stir(&self) -> (u64, u64) {
        let mut stir = (0, self.provider.lock().heard);
        for process in self.up().filter(|process| !process.asleep) {
            let (under_way, begun) = process.calls();
            stir.0 += under_way;
            stir.1 += begun;
        }
        stir
    }

    /// Everybody who is awake goes on until nothing is under way.
    fn settle(&mut self) {
        let mut since = Instant::now();
        let mut nudges = 0;
        let mut calm = 0;
        let mut before = self.stir();
        loop {
            self.work(CALM);
            let now = self.stir();
            if now.0 == 0 && now == before {
                calm += 1;
                if calm >= if self.is_redis { 4 } else { 2 } {
                    return;
                }
                if self.is_redis {
                    // Its answers are not counted.
                    std::thread::sleep(Duration::from_micros(300));
                }
                continue;
            }
            calm = 0;
            if now != before {
                since = Instant::now();
                before = now;
            } else if since.elapsed() > PATIENCE {
                // It waits for time to pass.
                if nudges > 100 {
                    return;
                }
                nudges += 1;
                if std::env::var_os("TR").is_some() {
                    eprintln!("nudge {now:?}");
                }
                since = Instant::now();
                self.pass_at_once(Duration::from_millis(250));
            } else {
                // Somebody else's thread has the word.
                std::thread::sleep(Duration::from_micros(20));
            }
        }
    }

    fn pass_at_once(&mut self, time: Duration) {
        self.parts.clock.advance(time);
        for process in self.places.iter_mut().flatten() {
            process.pass(time);
        }
    }

    /// Time passes in strides, the first ones small.
    fn pass(&mut self, time: Duration) {
        let mut left = time;
        let mut stride = Duration::from_millis(500);
        while !left.is_zero() {
            let now = stride.min(left);
            self.pass_at_once(now);
            self.settle();
            left -= now;
            stride = (stride * 2).min(STRIDE);
        }
    }

    // ---- steps -----------------------------------------------------------------------------

    fn act(&mut self, act: Act) {
        self.reap();
        self.pass_at_once(MOMENT);
        self.step(act.step);
        match act.work {
            None => self.settle(),
            Some(bits) => {
                for _ in 0..bits {
                    self.work(1);
                }
            }
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Say { person, words, door } => {
                let message = self.message(person, words);
                let post = self.post(vec![message]);
                self.bring(post, door);
            }
            Step::Envelope { people, words, door } => {
                let [first, second] = people;
                let mut messages = Vec::new();
                for (person, words) in [first, first, second, first].into_iter().zip(words) {
                    messages.push(self.message(person, words));
                }
                let post = self.post(messages);
                self.bring(post, door);
            }
            Step::Twice { person, words } => {
                let message = self.message(person, words);
                let post = self.post(vec![message]);
                self.bring(post, 0);
                self.bring(post, 1);
            }
            Step::Race { person, words } => {
                for (door, words) in (0..).zip(words) {
                    let message = self.message(person, words);
                    let post = self.post(vec![message]);
                    self.bring(post, door);
                }
            }
            Step::Again { nth, door } => {
                let posts = self.provider.lock().posts.len();
                if let Some(back) = usize::from(nth).checked_rem(posts) {
                    self.bring(posts - 1 - back, door);
                }
            }
            Step::AllAgain { door } => {
                let unanswered = self.provider.lock().unanswered();
                for post in unanswered.into_iter().rev() {
                    self.bring(post, door);
                }
            }
            Step::Pass { seconds } => self.pass(Duration::from_secs(seconds.into())),
            Step::Tell { nth, word, echo, door } => {
                let post = self.provider.lock().tell(nth.into(), word, echo);
                if let Some(post) = post {
                    self.bring(post, door);
                }
            }
            Step::Prefer { person, stop, door } => {
                let update = PreferenceUpdate {
                    channel: Channel::Whatsapp,
                    account: ACCOUNT.to_owned(),
                    from: self.from(person),
                    about: None,
                    stop,
                    at: self.parts.clock.now(),
                };
                let envelope = Envelope { preferences: vec![update], ..Envelope::default() };
                let post = self.provider.lock().post(envelope);
                self.bring(post, door);
            }
            Step::Move { person, door } => self.moves(person, door),
            Step::Crash { process } => {
                let place = usize::from(process) % self.places.len();
                self.places[place] = None;
            }
            Step::Stop { process } => self.stop(usize::from(process) % self.places.len()),
            Step::Start => self.start_all(),
            Step::Sleep { process } => {
                let place = usize::from(process) % self.places.len();
                if let Some(process) = &mut self.places[place] {
                    process.asleep = true;
                }
            }
            Step::Wake => self.wake(),
            Step::Bury { process } => self.bury(usize::from(process) % self.places.len()),
            Step::Flush => self.flush(),
            Step::Stale { person, nth } => self.stale(person, nth),
            Step::Future { person } => self.future(person),
            Step::Trouble { trouble, process } => {
                self.trouble(trouble, usize::from(process) % self.places.len());
            }
            Step::Mishap { mishap } => self.provider.lock().mishaps.push_back(mishap),
        }
    }

    fn from(&self, person: u8) -> Identities {
        Identities::of(AddressKind::Phone, self.numbers[usize::from(person % PEOPLE)].clone())
    }

    fn post(&mut self, inbound: Vec<Inbound>) -> usize {
        self.provider.lock().post(Envelope { inbound, ..Envelope::default() })
    }

    /// A message nobody has seen yet.
    fn message(&mut self, person: u8, words: Words) -> Inbound {
        let person = person % PEOPLE;
        self.said += 1;
        let content = match words {
            Words::Next => {
                let at = &mut self.joining[usize::from(person)];
                let text = JOINING[*at % JOINING.len()].to_owned();
                *at += 1;
                InboundContent::Text { text }
            }
            Words::Any(nth) => {
                let text = SAYINGS[usize::from(nth) % SAYINGS.len()].to_owned();
                InboundContent::Text { text }
            }
            Words::Tap(nth) => self.tap(person, nth),
            Words::Reaction => InboundContent::Reaction {
                message: "wamid.out.0".to_owned(),
                emoji: "👍".to_owned(),
            },
        };
        let message = Inbound {
            channel: Channel::Whatsapp,
            account: ACCOUNT.to_owned(),
            key: format!("wamid.{}", self.said),
            from: self.from(person),
            profile_name: None,
            sent_at: self.parts.clock.now(),
            content,
            quoted: None,
        };
        if self.refuse_next && message.content.is_turned() {
            self.refuse_next = false;
            for process in self.up() {
                process.records.inject(Fault::Refuse { key: message.key.clone() });
            }
        }
        message
    }

    /// A tap on the newest question the person has; a greeting when they have none.
    fn tap(&self, person: u8, nth: u8) -> InboundContent {
        let to = self.from(person);
        let provider = self.provider.lock();
        let questions = provider.calls.iter().rev().filter(|call| call.taken && call.to == to);
        for call in questions {
            if let Content::Buttons { choices, .. } | Content::List { choices, .. } = &call.content
                && let Some(at) = usize::from(nth).checked_rem(choices.len())
            {
                let choice = &choices[at];
                return InboundContent::Choice {
                    id: choice.id.clone(),
                    title: choice.title.clone(),
                };
            }
        }
        InboundContent::Text { text: "नमस्ते".to_owned() }
    }

    fn moves(&mut self, person: u8, door: u8) {
        let person = person % PEOPLE;
        self.moved += 1;
        self.said += 1;
        let number = format!("97{person}{:07}", self.moved);
        let change = Inbound {
            channel: Channel::Whatsapp,
            account: ACCOUNT.to_owned(),
            key: format!("wamid.{}", self.said),
            from: self.from(person),
            profile_name: None,
            sent_at: self.parts.clock.now(),
            content: InboundContent::IdentityChanged {
                new: Identities::of(AddressKind::Phone, number.clone()),
            },
            quoted: None,
        };
        self.numbers[usize::from(person)] = number;
        let post = self.post(vec![change]);
        self.bring(post, door);
    }

    /// A good end, as `serve` makes one.
    fn stop(&mut self, place: usize) {
        let Some(process) = &mut self.places[place] else { return };
        process.wake();
        process.begin_to_stop();
        let mut waited = 0;
        loop {
            self.settle();
            let Some(process) = &self.places[place] else { return };
            if process.lanes_are_done() && process.deliveries_are_done() {
                break;
            }
            // Longer than a process waits for what is under way.
            if waited > 200 {
                break;
            }
            waited += 1;
            self.pass_at_once(Duration::from_secs(1));
        }
        let Some(process) = &self.places[place] else { return };
        if !process.fenced.is_cancelled() {
            let records = process.records.clone();
            // Closing may wait for time to pass too.
            let _ = process.block_on(async move {
                for _ in 0..100 {
                    tokio::select! {
                        biased;
                        closed = records.close() => return closed,
                        () = tokio::time::advance(Duration::from_millis(200)) => {}
                    }
                }
                Ok(())
            });
        }
        self.places[place] = None;
    }

    fn wake(&mut self) {
        for process in self.places.iter_mut().flatten() {
            if process.asleep {
                process.wake();
            }
        }
    }

    /// A process that lives is declared dead behind its back.
    fn bury(&mut self, place: usize) {
        let (Some(_), Some(raw)) = (&self.places[place], &self.raw) else { return };
        if self.places.len() > 1 {
            // On a server others do that by their sweeps; a lease that ran out is what they look at.
            raw.run(
                "UPDATE processes SET lease_until = started WHERE epoch =
                     (SELECT max(epoch) FROM processes WHERE ended IS NULL)",
            );
            return;
        }
        let now = self.parts.clock.now().as_millisecond();
        raw.run(&format!("UPDATE processes SET ended = {now} WHERE ended IS NULL"));
    }

    // ---- live state ------------------------------------------------------------------------

    /// Every live state somebody awake uses.
    fn states(&self) -> Vec<(&Process, State)> {
        let mut states = Vec::new();
        for process in self.up().filter(|process| !process.asleep) {
            for state in &process.states {
                states.push((process, state.clone()));
            }
        }
        states
    }

    fn contacts(&self) -> Vec<i64> {
        let Some(raw) = &self.raw else { return Vec::new() };
        raw.rows("SELECT id FROM contacts ORDER BY id").iter().map(|row| row.int(0)).collect()
    }

    fn flush(&mut self) {
        for (process, state) in self.states() {
            for contact in self.contacts() {
                let _ = process.block_on(state.forget(contact));
            }
        }
    }

    fn stale(&mut self, person: u8, nth: u8) {
        let contacts = self.contacts();
        // What stands there now may come back later.
        let mut seen = Vec::new();
        for (process, state) in self.states() {
            for contact in &contacts {
                if let Ok(Some(cached)) = process.block_on(state.get(*contact)) {
                    seen.push((*contact, cached));
                }
            }
        }
        for cached in seen {
            if !self.once.contains(&cached) {
                self.once.push(cached);
            }
        }
        let Some(contact) = usize::from(person).checked_rem(contacts.len()) else { return };
        let contact = contacts[contact];
        let known: Vec<&Cached> =
            self.once.iter().filter(|(of, _)| *of == contact).map(|(_, cached)| cached).collect();
        let Some(at) = usize::from(nth).checked_rem(known.len()) else { return };
        let cached = known[at].clone();
        self.put(contact, &cached);
    }

    fn put(&self, contact: i64, cached: &Cached) {
        for (process, state) in self.states() {
            let _ = process.block_on(async {
                state.forget(contact).await?;
                state.put(contact, cached.clone(), Duration::from_hours(24)).await
            });
        }
    }

    /// A conversation the records do not know, at a version they will never have here. (One they
    /// come to have could not be told from the truth: that is why live state is kept apart for each
    /// life of the records.)
    fn future(&mut self, person: u8) {
        let contacts = self.contacts();
        let Some(at) = usize::from(person).checked_rem(contacts.len()) else { return };
        let contact = contacts[at];
        let found = self
            .up()
            .find(|process| !process.asleep)
            .map(|process| process.block_on(process.records.snapshot(contact)));
        let Some(Ok(Some(mut bogus))) = found else { return };
        bogus.contact.version += 1_000_000;
        bogus.session = None;
        let cached = seal(&self.parts.keyring, &bogus);
        self.put(contact, &cached);
    }

    // ---- trouble ---------------------------------------------------------------------------

    fn trouble(&mut self, trouble: Trouble, place: usize) {
        let Some(process) = &self.places[place] else { return };
        process.records.inject(match trouble {
            Trouble::DiskFull(times) => Fault::DiskFull { times: times.into() },
            Trouble::CommitFails => Fault::CommitFails,
            Trouble::CommitAnswerLost => Fault::CommitAnswerLost,
            Trouble::AnswersLost => Fault::AnswersLost,
            Trouble::GroupRefused => Fault::GroupRefused,
            Trouble::Refuse => {
                self.refuse_next = true;
                return;
            }
        });
    }

    // ---- the end ---------------------------------------------------------------------------

    /// Everybody is up and awake, the provider has no more mishaps and brings everything until it is
    /// answered; then enough time passes for whatever waits.
    ///
    /// # Errors
    /// When something is never answered.
    fn heal(&mut self) -> Result<(), String> {
        self.provider.lock().mishaps.clear();
        self.wake();
        self.settle();
        for round in 0..60 {
            self.reap();
            self.start_all();
            let unanswered = self.provider.lock().unanswered();
            if unanswered.is_empty() && round > 0 {
                break;
            }
            for post in unanswered {
                let door = u8::try_from(round % 2).unwrap_or(0);
                self.bring(post, door);
                self.settle();
            }
            self.pass(Duration::from_secs(2));
        }
        let unanswered = self.provider.lock().unanswered();
        if !unanswered.is_empty() {
            return Err(format!("posts {unanswered:?} are never answered with 200"));
        }
        for _ in 0..2 {
            self.pass(LEASE + UNKNOWN_AFTER * 2);
            self.reap();
            self.start_all();
        }
        self.pass(UNKNOWN_AFTER * 3);
        Ok(())
    }

    /// What must be so at any moment.
    fn look(&self) -> Result<(), String> {
        let raw = self.raw.as_ref().ok_or("the records were never opened")?;
        let provider = self.provider.lock();
        if let Some(wrong) = provider.wrong.first() {
            return Err(wrong.clone());
        }
        let now = self.parts.clock.now().as_millisecond();
        if now - self.began > 8 * 24 * 3_600_000 {
            return Err("the plan is longer than inbound keys are kept".to_owned());
        }
        let seen = check::Seen {
            provider: &provider,
            keyring: &self.parts.keyring,
            flows: &self.parts.flows.get(),
            in_order: self.doors_each == 1,
        };
        raw.at_one_moment(|raw| seen.look(raw))
    }

    /// What must be so when all troubles are over.
    fn look_at_the_end(&self) -> Result<(), String> {
        let raw = self.raw.as_ref().ok_or("the records were never opened")?;
        let process = self.up().next().ok_or("nobody is up")?;
        let report = process
            .block_on(process.records.report(self.parts.clock.now()))
            .map_err(|error| error.to_string())?;
        let snapshots = self.snapshots(process)?;
        let provider = self.provider.lock();
        let seen = check::Seen {
            provider: &provider,
            keyring: &self.parts.keyring,
            flows: &self.parts.flows.get(),
            in_order: self.doors_each == 1,
        };
        raw.at_one_moment(|raw| seen.look_at_the_end(raw, &report, &snapshots))
    }

    fn snapshots(&self, process: &Process) -> Result<Vec<Snapshot>, String> {
        let mut snapshots = Vec::new();
        for contact in self.contacts() {
            let read = process
                .block_on(process.records.snapshot(contact))
                .map_err(|error| error.to_string())?;
            snapshots.push(read.ok_or("a contact without a snapshot")?);
        }
        Ok(snapshots)
    }
}

fn seal(keyring: &Keyring, snapshot: &Snapshot) -> Cached {
    let plain = serde_json::to_vec(snapshot).unwrap();
    let sealed = keyring.seal("state.snapshot", snapshot.contact.id, &plain).unwrap();
    Cached { version: snapshot.contact.version, sealed }
}
