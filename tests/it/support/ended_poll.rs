//! A made-up poll that is over: its bundle, roll and key as files, without any records. Of the ballots nothing is kept
//! here, so that whoever counts them has to open them.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use samvad::clock::Ids;
use samvad::poll::ballot::{Choice, Kind, Method, OTHER, Plain};
use samvad::poll::bundle::{BundleWriter, Close, Header, SeatHead, electorate_hash};
use samvad::poll::envelope::{Envelope, Origin, PrivateKey, Said, seal_choice};
use samvad::poll::law::Quiet;
use samvad::poll::roll;
use samvad::poll::tally::{Cell, Repeated, Rules, Tables};
use samvad::poll::{keys, roster::Roster};
use samvad::seal::to_hex;

/// Candidates of every seat.
const CANDIDATES: u8 = 5;
/// Assembly seats of a Lok Sabha seat.
const ASSEMBLIES: u64 = 5;
/// Booths of an assembly seat in which somebody may answer.
const BOOTHS: u64 = 40;

/// What is made up.
pub(crate) struct MadeUp {
    pub(crate) seats: u64,
    pub(crate) ballots: u64,
    pub(crate) method: Method,
    pub(crate) remarks: bool,
    /// When nothing of it may be shown, by the calendar of the office that closed it.
    pub(crate) quiet: Vec<Quiet>,
}

/// The files of a poll that is over.
pub(crate) struct Files {
    pub(crate) bundle: PathBuf,
    pub(crate) roll: PathBuf,
    pub(crate) key: PathBuf,
    /// Of which three open.
    pub(crate) shares: Vec<PathBuf>,
    /// The receipt of the first envelope on the roll.
    pub(crate) receipt: String,
}

/// Numbers that look drawn by lot and are the same in every run (Marsaglia, *Xorshift RNGs*, 2003).
struct Lot(u64);

impl Lot {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

impl MadeUp {
    fn header(&self, key: &PrivateKey, roster: &Roster) -> Header {
        let seat = |number: u64| SeatHead {
            number: u16::try_from(number).unwrap(),
            place: format!("lok_sabha:{number}"),
            name: format!("सीट {number}"),
            candidates: (1..=CANDIDATES).map(|name| format!("प्रत्याशी {number}-{name}")).collect(),
        };
        Header {
            poll: "made_up".to_owned(),
            question: "आपके क्षेत्र से लोकसभा का प्रत्याशी कौन हो?".to_owned(),
            opens: "2029-01-05T10:00:00+05:30".parse().unwrap(),
            closes: "2029-01-12T20:00:00+05:30".parse().unwrap(),
            roster: to_hex(&roster.hash()),
            key: to_hex(&key.public().0),
            rules: Rules {
                method: self.method,
                threshold: 10,
                panel: 3,
                other: true,
                repeated: Repeated::Cut,
                approve_at_most: Some(3),
                rank_at_least: 1,
                tables: Tables::Place,
            },
            seats: (1..=self.seats).map(seat).collect(),
            posts: vec!["booth_president".to_owned(), "booth_agent".to_owned()],
            close: Close {
                electorate: to_hex(&electorate_hash("made_up", roster.people())),
                quiet: self.quiet.clone(),
                ..Close::default()
            },
        }
    }

    /// Makes the ballots and writes the files.
    pub(crate) fn write(&self, folder: &Path) -> Files {
        let ids = Ids::system();
        let key = PrivateKey::generate(&ids).unwrap();
        let mut lot = Lot(0x9E37_79B9_7F4A_7C15);
        let mut roster = Roster::new("made_up");
        let mut origins = Vec::new();
        // Every third of those who may answer does.
        for voter in 0..self.ballots * 3 {
            let origin = self.origin(&mut lot);
            assert!(roster.push(i64::try_from(voter).unwrap(), origin));
            if voter % 3 == 0 {
                origins.push(origin);
            }
        }
        let header = self.header(&key, &roster);
        let about = header.about().unwrap();
        let mut sealed: Vec<(Kind, [u8; 32], Origin, Envelope)> = Vec::new();
        for origin in origins {
            let said = self.said(&mut lot, origin.seat);
            let all = seal_choice(&said, true, origin, about.id(), &key.public(), &ids).unwrap();
            let remark = self.remarks.then(|| {
                let text = if lot.below(4) == 0 {
                    "सबसे मेहनती कार्यकर्ता"
                } else {
                    ""
                };
                let plain = Plain::Remark(text.to_owned());
                Envelope::seal(&plain, origin, about.id(), &key.public(), &ids).unwrap()
            });
            let all = all.into_iter().chain(remark);
            sealed.extend(all.map(|one| (one.kind, one.hash(), origin, one)));
        }
        sealed.sort_by_key(|(kind, hash, _, _)| (*kind, *hash));

        let file = |name: &str| {
            let path = folder.join(name);
            (BufWriter::new(File::create(&path).unwrap()), path)
        };
        let (out, bundle) = file("made_up.bundle");
        let mut writer = BundleWriter::new(out, &header).unwrap();
        for (origin, people) in roster.people() {
            writer.eligible(*origin, *people).unwrap();
        }
        for (_, _, origin, envelope) in &sealed {
            writer.envelope(*origin, envelope).unwrap();
        }
        writer.finish().unwrap();
        let (mut out, roll) = file("made_up.roll");
        let choices = sealed.iter().filter(|(kind, ..)| *kind == Kind::Choice);
        roll::write(&mut out, &about, choices.map(|(_, hash, ..)| *hash)).unwrap();
        out.flush().unwrap();
        let (mut out, path) = file("made_up.key");
        out.write_all(keys::key_file("made_up", &key).as_bytes()).unwrap();
        out.flush().unwrap();
        let texts = keys::share_files("made_up", &key, 3, 5, &ids).unwrap();
        let shares = (1..).zip(texts).map(|(number, text)| {
            let path = folder.join(format!("share-{number}.txt"));
            std::fs::write(&path, text).unwrap();
            path
        });
        let first = sealed.first().map(|(_, hash, ..)| *hash).unwrap();
        let receipt = samvad::poll::receipt::Receipt::of(&first).to_string();
        Files { bundle, roll, key: path, shares: shares.collect(), receipt }
    }

    fn origin(&self, lot: &mut Lot) -> Origin {
        let small = |number: u64| u16::try_from(number).unwrap();
        let seat = 1 + lot.below(self.seats);
        let assembly = 1 + (seat - 1) * ASSEMBLIES + lot.below(ASSEMBLIES);
        let booth = 1 + lot.below(BOOTHS);
        let cell = Cell {
            assembly: small(assembly),
            sector: small(1 + booth / 10),
            booth: small(booth),
            post: small(lot.below(2)),
        };
        Origin { seat: small(seat), cell }
    }

    /// Everything people do: some names, others', a name twice, none at all, a refusal.
    fn said(&self, lot: &mut Lot, seat: u16) -> Said {
        let nothing = |choice: Choice| Said { choice: Plain::Choice(choice), other: None };
        match lot.below(40) {
            0 => return nothing(Choice::Refused),
            1 => return nothing(Choice::Names(Vec::new())),
            2 => return nothing(Choice::Names(vec![1, 1])),
            _ => {}
        }
        let most = if self.method == Method::ChooseOne { 1 } else { u64::from(CANDIDATES) };
        let mut names: Vec<u8> = Vec::new();
        for _ in 0..=lot.below(most) {
            // Each seat has its favourite.
            let drawn = lot.below(u64::from(CANDIDATES) + 2);
            let name = u8::try_from(drawn).unwrap();
            let name = if name < CANDIDATES { name } else { u8::try_from(seat % 5).unwrap() };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let is_other = lot.below(30) == 0;
        if is_other {
            names.truncate(usize::try_from(most - 1).unwrap());
            names.push(OTHER);
        }
        let other = is_other.then(|| format!("श्याम लाल {}", lot.below(3)));
        Said { choice: Plain::Choice(Choice::Names(names)), other }
    }
}
