//! `samvad poll count`: bundle and key in, the result out. Nothing else is needed: it works on a machine without
//! network and without records.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::result::{Shown, export};
use super::{CountArgs, no_calendar, party, photos, silence};
use crate::cli::OriginArgs;
use crate::cli::broadcast::preview::{clock_of, number};
use crate::cli::rows::Progress;
use crate::clock::Clock;
use crate::poll::ballot::Kind;
use crate::poll::count::{self, Counted};
use crate::poll::envelope::PrivateKey;
use crate::poll::keys;
use crate::poll::law;
use crate::poll::report;
use crate::poll::result::Counting;
use crate::poll::signals::{Answered, Signal, far_off, same_remarks, together};
use crate::poll::texts::{Texts, hide_small_seats};
use crate::sheet::CsvWriter;

/// What the folder of a result holds.
pub(super) const RESULT: &str = "result.json";
pub(super) const OTHERS: &str = "others.csv";
const REMARKS: &str = "remarks.csv";
/// Files of a key: shares at most, and one that is too many tells itself.
const LONGEST_KEY: u64 = 64 * 1024;
/// Bytes in what the progress counts.
const MEGABYTE: u64 = 1_000_000;

pub(super) fn count(origins: &OriginArgs, args: &CountArgs) -> anyhow::Result<()> {
    let bundle = args.bundle.as_path();
    let folder = match &args.out {
        Some(folder) => folder.clone(),
        None => bundle.with_extension("result"),
    };
    if folder.exists() {
        bail!("{} is there already; name another folder with --out", folder.display());
    }
    let config = origins.read_without_secrets()?;
    let told = read_signals(args.signals.as_deref(), bundle)?;
    let (of, key) = read_key(&args.keys)?;
    println!("The key is that of the poll {of}. Counting {} …", bundle.display());
    let (counted, mut others, mut remarks) = open(bundle, &key)?;
    let seats = counted.header.seats.iter();
    let seats: Vec<Answered> = seats
        .filter_map(|head| Answered::of(&head.place, counted.seats.get(&head.number)?))
        .collect();
    let mut found = far_off(&seats);
    found.extend(same_remarks(remarks.iter().map(|((_, text), times)| (text.as_str(), *times))));
    let found = together(told, found);
    let left_out =
        hide_small_seats(&counted, &mut others) + hide_small_seats(&counted, &mut remarks);
    let counting = Counting::new(party(&config)?, Clock::System.now(), counted, found);

    std::fs::create_dir_all(&folder)
        .with_context(|| format!("{} cannot be made", folder.display()))?;
    write(&folder.join(RESULT), counting.to_json().as_bytes())?;
    photos::keep(bundle, &folder)?;
    let shown = Shown::new(counting)?.with_photos_of(&folder);
    let counted = &shown.counting.counted;
    let now = Clock::System.now();
    let locked = silence(&config, shown.quiet(), now);
    if locked.is_none() {
        for name in ["result.html", "result.csv", "result.xlsx"] {
            export(&shown, &folder.join(name))?;
        }
        texts(&folder.join(OTHERS), "लिखा गया नाम", &others, counted)?;
        texts(&folder.join(REMARKS), "टिप्पणी", &remarks, counted)?;
    }

    println!();
    print!("{}", shown.with_report(report::table));
    println!();
    println!("{} choices were counted.", number(counted.proof.choices));
    if counted.unopened > 0 {
        println!(
            "{} envelopes did not open or held no answer; choices among them count as invalid.",
            number(counted.unopened)
        );
    }
    if left_out > 0 {
        println!(
            "{} names or remarks are left out: too few answered in their seats, and whoever reads one would know its seat.",
            number(left_out)
        );
    }
    match &locked {
        None => println!(
            "The result stands in {}: result.html to print, result.xlsx and result.csv, others.csv with the names behind अन्य, remarks.csv.",
            folder.display()
        ),
        Some(words) => {
            let free = clock_of(law::shown_from(&config.rules.calendar, shown.quiet(), now));
            println!(
                "The result stands in {}, for you alone, and IT MAY NOT LEAVE THE OFFICE NOW: {words}",
                folder.join(RESULT).display()
            );
            println!("Nothing else was written. From {free} on:");
            println!(
                "  samvad poll export {} --to result.html   (also .xlsx, .csv)",
                folder.display()
            );
            println!(
                "  the names behind अन्य and the remarks: count once more then, with the key and another --out"
            );
        }
    }
    if let Some(words) = no_calendar(&config, shown.quiet()) {
        println!("{words}");
    }
    println!("Head of the roll: {}", crate::seal::to_hex(&counted.proof.head));
    println!("Hash of the numbers: {}", shown.counting.numbers);
    Ok(())
}

/// The key of the count from its file, or from the files of shares.
pub(super) fn read_key(files: &[PathBuf]) -> anyhow::Result<(String, PrivateKey)> {
    let mut texts: Vec<(String, String)> = Vec::new();
    for path in files {
        let cannot = || format!("{} cannot be read", path.display());
        let mut text = String::new();
        let file = File::open(path).with_context(cannot)?;
        file.take(LONGEST_KEY).read_to_string(&mut text).with_context(cannot)?;
        texts.push((path.display().to_string(), text));
    }
    let named: Vec<(&str, &str)> =
        texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Ok(keys::read(&named)?)
}

/// What the server saw of how answers came: written at the close, beside the bundle.
fn read_signals(named: Option<&Path>, bundle: &Path) -> anyhow::Result<Vec<Signal>> {
    let beside = bundle.with_extension("signals.json");
    let path = match named {
        Some(path) => path,
        None if beside.is_file() => beside.as_path(),
        None => return Ok(Vec::new()),
    };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    serde_json::from_str(&text).with_context(|| {
        format!("{} is no file of signals; `samvad poll close` writes one", path.display())
    })
}

/// Opens every envelope; the names behind अन्य and the remarks, each with its seat.
pub(super) fn open(path: &Path, key: &PrivateKey) -> anyhow::Result<(Counted, Texts, Texts)> {
    let cannot = || format!("{} cannot be read", path.display());
    let file = File::open(path).with_context(cannot)?;
    let length = file.metadata().with_context(cannot)?.len();
    let (mut others, mut remarks) = (Texts::new(), Texts::new());
    let watched = Watched { file, read: 0, length, told: Progress::of("MB") };
    let mut take = |kind: Kind, seat: u16, text: &str| {
        let texts = if kind == Kind::Other { &mut others } else { &mut remarks };
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        *texts.entry((seat, words)).or_default() += 1;
    };
    let counted = count::count(BufReader::with_capacity(1 << 16, watched), key, &mut take)?;
    Ok((counted, others, remarks))
}

/// A file that says how far it was read.
struct Watched {
    file: File,
    read: u64,
    length: u64,
    told: Progress,
}

impl Read for Watched {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.read += u64::try_from(read).unwrap_or(0);
        if read == 0 {
            self.told.end();
        } else {
            self.told.tell(self.read / MEGABYTE, Some(self.length / MEGABYTE));
        }
        Ok(read)
    }
}

/// The texts in the order of their letters: nothing of the order of envelopes is left in it.
fn texts(path: &Path, what: &str, texts: &Texts, counted: &Counted) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written", path.display());
    let file = crate::cli::private_file(path).with_context(cannot)?;
    let header = ["क्रम", "सीट", "सीट का नाम", what, "कितनी बार"];
    let mut out = CsvWriter::new(BufWriter::new(file), &header).with_context(cannot)?;
    for (place, ((seat, text), times)) in (1_u64..).zip(texts) {
        let head = counted.header.seats.iter().find(|head| head.number == *seat);
        let (seat, name) = match head {
            Some(head) => (head.number.to_string(), head.name.as_str()),
            None => (String::new(), ""),
        };
        out.row(&[&place.to_string(), &seat, name, text, &times.to_string()])
            .with_context(cannot)?;
    }
    out.finish().with_context(cannot)
}

/// A new file for its owner alone.
fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written", path.display());
    let mut file = crate::cli::private_file(path).with_context(cannot)?;
    file.write_all(bytes).with_context(cannot)?;
    file.sync_all().with_context(cannot)
}
