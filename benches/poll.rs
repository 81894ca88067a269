//! A poll at the size of a state: so many sealed answers are opened, counted and tallied in 80 seats.
//!
//! `cargo bench --bench poll -- 1000000`; without a number a hundred thousand, as a test two thousand. The count runs in
//! a process of its own, so that its memory is its own. What the figures mean is told in `docs/performance.md`.

#![expect(clippy::expect_used, reason = "a bench that cannot run has failed")]

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use samvad::clock::Ids;
use samvad::poll::ballot::{Choice, Kind, Method, Plain};
use samvad::poll::bundle::{BundleWriter, Close, Header, SeatHead};
use samvad::poll::count::count;
use samvad::poll::envelope::{Envelope, Origin, PollId, PrivateKey, PublicKey};
use samvad::poll::roster::Roster;
use samvad::poll::tally::{Cell, Repeated, Rules, SeatTally, Tables};
use samvad::seal::to_hex;

#[path = "support/memory.rs"]
mod memory;
use memory::peak_megabytes;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SEATS: u64 = 80;
/// Assembly seats of a Lok Sabha seat.
const ASSEMBLIES: u64 = 5;
/// Booths of an assembly seat.
const BOOTHS: u64 = 400;
const CANDIDATES: u8 = 6;
/// By this word the bench knows that it is the process that counts.
const COUNTS: &str = "--count-here";

/// Numbers that look drawn by lot and are the same in every run (Marsaglia, *Xorshift RNGs*, 2003).
struct Lot(u64);

impl Lot {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn small(&mut self, bound: u64) -> u16 {
        u16::try_from(self.below(bound)).unwrap_or(0)
    }

    fn origin(&mut self) -> Origin {
        let seat = 1 + self.small(SEATS);
        let assembly =
            (seat - 1) * u16::try_from(ASSEMBLIES).unwrap_or(1) + 1 + self.small(ASSEMBLIES);
        let booth = 1 + self.small(BOOTHS);
        let cell = Cell { assembly, sector: 1 + booth / 10, booth, post: self.small(2) };
        Origin { seat, cell }
    }

    /// An order of some of the names.
    fn choice(&mut self) -> Choice {
        let mut names: Vec<u8> = (0..CANDIDATES).collect();
        for at in (1..names.len()).rev() {
            let other = usize::try_from(self.below(at as u64 + 1)).unwrap_or(0);
            names.swap(at, other);
        }
        names.truncate(1 + usize::from(self.small(u64::from(CANDIDATES))));
        Choice::Names(names)
    }
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [word, bundle, key] = words.as_slice()
        && word == COUNTS
    {
        count_here(Path::new(bundle), Path::new(key));
        return;
    }
    let is_measured = words.iter().any(|word| word == "--bench");
    let said = words.iter().find_map(|word| word.parse::<u64>().ok());
    let answers = said.unwrap_or(if is_measured { 100_000 } else { 2_000 });
    let folder = tempfile::tempdir().expect("a folder");
    let (bundle, key) = (folder.path().join("bench.bundle"), folder.path().join("bench.key"));
    seal(answers, &bundle, &key);
    let program = std::env::current_exe().expect("this program");
    let status = Command::new(program)
        .arg(COUNTS)
        .args([&bundle, &key])
        .status()
        .expect("the process that counts");
    assert!(status.success(), "the count failed");
    tally_alone(answers);
}

fn rules() -> Rules {
    Rules {
        method: Method::Rank,
        threshold: 10,
        panel: 3,
        other: false,
        repeated: Repeated::Cut,
        approve_at_most: None,
        rank_at_least: 1,
        tables: Tables::Place,
    }
}

/// Seals the answers on all cores and writes them as a close does.
fn seal(answers: u64, bundle: &Path, key_file: &Path) {
    let ids = Ids::system();
    let key = PrivateKey::generate(&ids).expect("a key");
    let mut roster = Roster::new("bench");
    let mut lot = Lot(0x9E37_79B9_7F4A_7C15);
    let origins: Vec<Origin> = (0..answers).map(|_| lot.origin()).collect();
    // Every third of those who may answer did.
    for voter in 0..answers * 3 {
        let at = usize::try_from(voter % answers.max(1)).unwrap_or(0);
        let origin = origins.get(at).copied().expect("somebody's place");
        assert!(roster.push(i64::try_from(voter).expect("a number"), origin));
    }
    let seat = |number: u64| SeatHead {
        number: u16::try_from(number).expect("a small number"),
        place: format!("lok_sabha:{number}"),
        name: format!("सीट {number}"),
        candidates: (1..=CANDIDATES).map(|name| format!("प्रत्याशी {name}")).collect(),
    };
    let header = Header {
        poll: "bench".to_owned(),
        question: "आपके क्षेत्र से लोकसभा का प्रत्याशी कौन हो?".to_owned(),
        opens: "2029-01-05T10:00:00+05:30".parse().expect("a time"),
        closes: "2029-01-12T20:00:00+05:30".parse().expect("a time"),
        roster: to_hex(&roster.hash()),
        key: to_hex(&key.public().0),
        rules: rules(),
        seats: (1..=SEATS).map(seat).collect(),
        posts: vec!["booth_president".to_owned(), "booth_agent".to_owned()],
        close: Close::default(),
    };
    let poll = header.about().expect("hashes").id();
    let start = Instant::now();
    let mut sealed = sealed(&origins, poll, key.public());
    told("sealed, on all cores", answers, start);
    sealed.sort_unstable_by_key(|(hash, ..)| *hash);
    let out = BufWriter::new(File::create(bundle).expect("a file"));
    let mut writer = BundleWriter::new(out, &header).expect("a bundle");
    for (origin, people) in roster.people() {
        writer.eligible(*origin, *people).expect("a line");
    }
    for (_, origin, envelope) in &sealed {
        writer.envelope(*origin, envelope).expect("a line");
    }
    writer.finish().expect("the end");
    std::fs::write(key_file, key.to_bytes()).expect("the key");
}

type Sealed = Vec<([u8; 32], Origin, Envelope)>;

fn sealed(origins: &[Origin], poll: PollId, key: PublicKey) -> Sealed {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let part = origins.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = origins
            .chunks(part)
            .zip(1_u64..)
            .map(|(origins, seed)| {
                scope.spawn(move || {
                    let (ids, mut lot) = (Ids::system(), Lot((seed << 32) | 0x1234_5678));
                    let seal = |origin: &Origin| {
                        let plain = Plain::Choice(lot.choice());
                        let envelope = Envelope::seal(&plain, *origin, poll, &key, &ids);
                        let envelope = envelope.expect("an envelope");
                        (envelope.hash(), *origin, envelope)
                    };
                    origins.iter().map(seal).collect::<Sealed>()
                })
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().expect("a core")).collect()
    })
}

/// What `samvad poll count` does with a bundle, but for its files.
fn count_here(bundle: &Path, key: &Path) {
    let key: [u8; 32] = std::fs::read(key).expect("the key").try_into().expect("32 bytes");
    let key = PrivateKey::from_bytes(&key).expect("a key");
    let file = File::open(bundle).expect("the bundle");
    let megabytes = file.metadata().map_or(0, |metadata| metadata.len()) / 1_000_000;
    let start = Instant::now();
    let reader = BufReader::with_capacity(1 << 16, file);
    let counted = count(reader, &key, &mut |_: Kind, _, _: &str| {}).expect("a result");
    told("opened, counted and tallied", counted.proof.choices, start);
    assert_eq!(counted.unopened, 0, "every envelope opens");
    let seats = counted.seats.values().filter(|seat| seat.answered > 0).count();
    println!("{:<32} {seats:>12} seats, bundle {megabytes} MB", "");
    println!("{:<32} {:>12} MB", "memory at its peak", peak_megabytes("self"));
}

/// The tally of opened ballots by itself.
fn tally_alone(answers: u64) {
    let (rules, mut lot) = (rules(), Lot(0xD1B5_4A32_D192_ED03));
    let ballots: Vec<(Origin, Choice)> =
        (0..answers).map(|_| (lot.origin(), lot.choice())).collect();
    let start = Instant::now();
    let mut seats: Vec<SeatTally> = (0..=SEATS).map(|_| SeatTally::new(CANDIDATES)).collect();
    for (origin, choice) in &ballots {
        if let Some(seat) = seats.get_mut(usize::from(origin.seat)) {
            seat.add(origin.cell, choice, &rules);
        }
    }
    let shown = seats.iter().filter(|seat| seat.result(&rules, &[]).choices.is_some()).count();
    told("tallied, once opened", answers, start);
    println!("{:<32} {shown:>12} seats are shown", "");
}

#[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
fn told(what: &str, answers: u64, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    let rate = answers as f64 / seconds.max(1e-9);
    println!("{what:<32} {answers:>12} in {seconds:>8.2} s {rate:>12.0}/s");
}
