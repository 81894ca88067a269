//! Turns a second of the pure engine on one core, in the shipped `join` flow: a start word, seven
//! questions (one of 75 districts, one of 403 seats) and the question of the flow it calls.
//!
//! `cargo bench --bench engine`. Figures of one run stand in ratio to one HMAC over a 1 KB body,
//! which every webhook costs anyway. What they mean is told in `docs/performance.md`.

#![expect(clippy::expect_used, reason = "a bench that cannot run has failed")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ring::hmac;
use samvad::contact::Contact;
use samvad::fact::Fact;
use samvad::flow::{self, Event, Flows, Rendering, Session, SourceFile, Sources, Talk, Turn};
use samvad::geography::Geography;
use samvad::message::InboundContent;
use samvad::records::Snapshot;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What a person does at one step.
#[derive(Clone, Copy)]
enum Do {
    Write(&'static str),
    Tap(&'static str),
}

use Do::{Tap, Write};

/// Four people, as they write. What is tapped on WhatsApp is written on a phone without buttons.
const PEOPLE: [[Do; 9]; 4] = [
    [
        Write("सदस्य"),
        Tap("yes"),
        Write("1985"),
        Write("सुनीता देवी"),
        Write("लखनऊ"),
        Write("लखनऊ पूर्व"),
        Write("१२"),
        Tap("right"),
        Tap("yes"),
    ],
    [
        Write("member banna hai"),
        Write("haan ji"),
        Write("1978"),
        Write("mera naam Ramesh Yadav hai"),
        Write("ji mera zila Lakhnau hai"),
        Write("lucknow cantt"),
        Write("booth no 45"),
        Write("sahi hai"),
        Write("nahi"),
    ],
    [
        Write("जुड़ना है"),
        Write("हाँ"),
        Write("१९९०"),
        Write("मोहम्मद इमरान"),
        Write("बरेली जिला"),
        Write("बरेली कैंट"),
        Tap("-"),
        Write("हाँ जी सब ठीक है"),
        Write("हाँ"),
    ],
    [
        Write("join"),
        Tap("yes"),
        Write("2001"),
        Write("Priya Singh"),
        Write("bareily"),
        Write("124"),
        Write("7"),
        Tap("right"),
        Tap("no"),
    ],
];

const STEPS: [&str; 9] = [
    "start",
    "consent",
    "birth_year",
    "name",
    "district",
    "seat",
    "booth",
    "confirm",
    "samvad (called)",
];

/// What is kept between two turns, and how.
#[derive(Clone, Copy, PartialEq)]
enum Kept {
    /// In memory as it is.
    AsItIs,
    /// The session is written to JSON and read back at every turn.
    Session,
    /// So is everything the state store keeps: person, session and road.
    Snapshot,
}

fn main() {
    let measure = std::env::args().any(|argument| argument == "--bench");
    let (runs, time) = if measure {
        (7, Duration::from_millis(400))
    } else {
        // As a test: that it still works, nothing about speed.
        (1, Duration::from_millis(1))
    };
    let geography = Arc::new(Geography::shipped().expect("the shipped tables"));
    let flows = flow::load(
        &samvad::serve::read_sources(None, None).expect("shipped files"),
        Arc::clone(&geography),
    )
    .expect("shipped flows");
    let one_hmac = median(runs, || hmac_of_one_kilobyte(time));

    println!(
        "engine, one core, by its processor time: the shipped `join` flow, median of {runs} runs"
    );
    println!("one HMAC-SHA-256 over a 1 KB body: {:.2} µs", one_hmac * 1e6);
    println!();
    println!("| rendering | between turns | turns/s | µs/turn | turns in the time of one HMAC |");
    println!("|---|---|---:|---:|---:|");
    for (rendering, kept, words) in [
        (Rendering::Whatsapp, Kept::Session, "session as JSON"),
        (Rendering::Sms, Kept::Session, "session as JSON"),
        (Rendering::Whatsapp, Kept::Snapshot, "person and session as JSON"),
        (Rendering::Whatsapp, Kept::AsItIs, "kept in memory"),
        (Rendering::Sms, Kept::AsItIs, "kept in memory"),
    ] {
        let people = record(&flows, rendering);
        let seconds = median(runs, || {
            seconds_of_one(time, || {
                people.iter().map(|person| walk(&flows, rendering, kept, person)).sum()
            })
        });
        println!(
            "| {} | {words} | {:.0} | {:.2} | {:.2} |",
            rendering.name(),
            1.0 / seconds,
            seconds * 1e6,
            one_hmac / seconds,
        );
    }
    println!();
    by_step(&flows, runs, time);
    println!();
    loading(runs, time, &geography);
}

/// What it takes to read, check and compile the shipped files, and a flow of 500 steps beside them.
fn loading(runs: usize, time: Duration, geography: &Arc<Geography>) {
    let shipped = samvad::serve::read_sources(None, None).expect("shipped files");
    let mut larger = shipped.clone();
    larger.files.extend(flow_of_500_steps());
    let seconds_of = |sources: &Sources| {
        median(runs, || {
            seconds_of_one(time, || {
                black_box(
                    flow::load(sources, Arc::clone(geography)).expect("flows without errors"),
                );
                1
            })
        })
    };
    let (without, with) = (seconds_of(&shipped), seconds_of(&larger));
    println!(
        "the shipped flows load in {:.1} ms, a flow of 500 steps beside them in {:.1} ms more",
        without * 1e3,
        (with - without) * 1e3
    );
}

/// A choice, a number and a text in turn; each way of a choice leads on.
fn flow_of_500_steps() -> Vec<SourceFile> {
    use std::fmt::Write as _;

    let mut flow =
        "flow: long\nabout: बहुत लंबी बातचीत।\nstart:\n  words: [लंबी बातचीत]\nsteps:\n".to_owned();
    let mut texts = String::new();
    for step in 0..499 {
        let next = step + 1;
        let (line, text) = match step % 3 {
            0 => (
                format!(
                    "  s{step}: {{ask: s{step}, answer: {{one_of: [a, b]}}, when: {{a: s{next}, b: s499}}}}"
                ),
                format!("s{step} = सवाल {step}: आगे चलें?\n    .a = हाँ, आगे\n    .b = बस, अब नहीं"),
            ),
            1 => (
                format!("  s{step}: {{ask: s{step}, answer: {{number: {{from: 1, to: 40}}}}}}"),
                format!("s{step} = सवाल {step}: कितने लोग आएँगे?"),
            ),
            _ => (format!("  s{step}: {{say: s{step}}}"), format!("s{step} = ठीक है, लिख लिया।")),
        };
        writeln!(flow, "{line}").expect("a String takes all");
        writeln!(texts, "{text}").expect("a String takes all");
    }
    flow.push_str("  s499: {say: s499, end: true}\n");
    texts.push_str("s499 = धन्यवाद!\n");
    let languages = ["hi", "en", "ur"].map(|language| SourceFile {
        path: format!("locales/{language}/long.ftl"),
        text: texts.clone(),
    });
    let flow = SourceFile { path: "flows/long.yaml".to_owned(), text: flow };
    languages.into_iter().chain([flow]).collect()
}

/// One person's messages, with the taps as they come back from a phone.
fn record(flows: &Flows, rendering: Rendering) -> Vec<Vec<InboundContent>> {
    let mut people = Vec::new();
    for person in PEOPLE {
        let mut talk = Talk::new(newcomer(), rendering);
        let mut contents = Vec::new();
        for step in person {
            let typed = |text: &str| InboundContent::Text { text: text.to_owned() };
            let content = match step {
                Write(text) => typed(text),
                Tap("-") if rendering == Rendering::Sms => typed("0"),
                Tap("no") if rendering == Rendering::Sms => typed("2"),
                Tap(_) if rendering == Rendering::Sms => typed("1"),
                Tap(id) => talk.tapped(id).expect("a choice on the screen"),
            };
            talk.send(flows, &content);
            contents.push(content);
        }
        let member = talk.contact.membership.expect("the walk ends with a member");
        // The day after they are asked once more; until then nobody waits for an answer.
        let rests = talk.session.is_none_or(|session| session.rest.is_some());
        assert!(rests && !member.name.is_empty(), "the walk ends");
        people.push(contents);
    }
    people
}

/// A person of whom nothing but a number is known.
fn newcomer() -> Contact {
    Contact { id: 1, version: 7, has_phone: true, ..Contact::default() }
}

/// One person's whole way; how many turns it took.
fn walk(flows: &Flows, rendering: Rendering, kept: Kept, messages: &[InboundContent]) -> u32 {
    let start = Talk::new(newcomer(), rendering);
    let mut snapshot = Snapshot { contact: start.contact, ..Snapshot::default() };
    let mut stored: Vec<u8> = Vec::new();
    let mut turns = 0;
    let mut enrolled = false;
    for content in messages {
        if !stored.is_empty() {
            match kept {
                Kept::AsItIs => {}
                Kept::Session => snapshot.session = read::<Option<Session>>(&stored),
                Kept::Snapshot => snapshot = read::<Snapshot>(&stored),
            }
        }
        let turn = Turn {
            now: start.now,
            seed: 0,
            contact: &snapshot.contact,
            rendering,
            session: snapshot.session.as_ref(),
            event: Event::Message { content, sent_at: start.now },
            reserved: &start.reserved,
            reached: None,
            ballots: &[],
            checked: None,
            over: None,
        };
        let outcome = flow::turn(flows, &turn);
        turns += 1;
        for fact in &outcome.facts {
            enrolled |= matches!(fact, Fact::EnrolMember(_));
            snapshot.contact.apply(fact, start.now);
        }
        black_box(&outcome.replies);
        snapshot.session = outcome.session;
        match kept {
            Kept::AsItIs => {}
            Kept::Session => stored = write(&snapshot.session.take()),
            Kept::Snapshot => stored = write(&snapshot),
        }
    }
    assert!(enrolled, "every walk makes a member");
    turns
}

fn write<T: serde::Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).expect("serialises")
}

fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> T {
    serde_json::from_slice(bytes).expect("reads what was written")
}

/// What each question costs, and how large the session is that waits for its answer.
fn by_step(flows: &Flows, runs: usize, time: Duration) {
    let rendering = Rendering::Whatsapp;
    let people = record(flows, rendering);
    println!("| answered step | µs/turn | session before it, bytes of JSON (largest) |");
    println!("|---|---:|---:|");
    for (step, name) in STEPS.into_iter().enumerate() {
        let mut standing = Vec::new();
        for person in &people {
            let mut talk = Talk::new(newcomer(), rendering);
            for content in person.iter().take(step) {
                talk.send(flows, content);
            }
            let stored = write(&talk.session);
            standing.push((talk, stored, person.get(step).expect("nine steps")));
        }
        let largest = standing.iter().map(|(_, stored, _)| stored.len()).max().unwrap_or_default();
        let seconds = median(runs, || {
            seconds_of_one(time / 4, || {
                let mut turns = 0;
                for (talk, stored, content) in &standing {
                    let session: Option<Session> = read(stored);
                    let turn = Turn {
                        now: talk.now,
                        seed: 0,
                        contact: &talk.contact,
                        rendering,
                        session: session.as_ref(),
                        event: Event::Message { content, sent_at: talk.now },
                        reserved: &talk.reserved,
                        reached: None,
                        ballots: &[],
                        checked: None,
                        over: None,
                    };
                    let outcome = flow::turn(flows, &turn);
                    black_box(write(&outcome.session));
                    turns += 1;
                }
                turns
            })
        });
        let bytes = if step == 0 { 0 } else { largest };
        println!("| {name} | {:.2} | {bytes} |", seconds * 1e6);
    }
}

/// Seconds of one HMAC over a body of the usual size.
fn hmac_of_one_kilobyte(time: Duration) -> f64 {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"a secret of thirty-two letters..");
    let body = [b'x'; 1024];
    seconds_of_one(time, || {
        for _ in 0..100 {
            black_box(hmac::sign(&key, black_box(&body)));
        }
        100
    })
}

/// Repeats for about this time; the processor time of one of the things `some` says it did.
fn seconds_of_one(time: Duration, mut some: impl FnMut() -> u32) -> f64 {
    let began = Instant::now();
    let before = processor_time();
    let mut done = 0;
    while done == 0 || began.elapsed() < time {
        done += some();
    }
    // Where the system does not tell, the clock on the wall must do.
    let used = processor_time().zip(before).map(|(after, before)| after.saturating_sub(before));
    used.unwrap_or(began.elapsed()).as_secs_f64() / f64::from(done)
}

/// What this thread, the only one, was on a processor so far: others share the machine (Linux).
fn processor_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn median(runs: usize, mut run: impl FnMut() -> f64) -> f64 {
    let mut times: Vec<f64> = (0..runs.max(1)).map(|_| run()).collect();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}
