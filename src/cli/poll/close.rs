//! `samvad poll close`: no answer is taken any more; the envelopes leave their voters and go to the count, and what is
//! left of them here is destroyed. It can be stopped at any point and run again.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::CloseArgs;
use super::desk::{Desk, actor};
use super::invite::{invitation, reminders};
use super::lacks::{Lacks, wanted};
use super::open::is_of_the_server;
use super::photos;
use super::sorted::Sorter;
use crate::ballot_box::{PollKeys, read_definition};
use crate::cli::OriginArgs;
use crate::cli::broadcast::preview::{clock_of, number};
use crate::cli::rows::Progress;
use crate::contact::Language;
use crate::places::Tree;
use crate::poll::ballot::Kind;
use crate::poll::bundle::{Asked, BundleWriter, Close, Early, Header, SeatHead, electorate_hash};
use crate::poll::count::{Audited, Proof, audit};
use crate::poll::envelope::{Envelope, LENGTH, Origin, PollId, PrivateKey, Slot};
use crate::poll::file::Poll;
use crate::poll::keys::key_file;
use crate::poll::law;
use crate::poll::life::PollState;
use crate::poll::roll;
use crate::poll::roster::Roster;
use crate::poll::signals::{Answered, signals};
use crate::poll::tally::PostTurnout;
use crate::records::{Bundled, PollMoved, PollRow, ROLL_PART, RosterRow, VoterRow, Wrapped};
use crate::seal::to_hex;

/// Voters looked at in one step.
const BATCH: usize = 5_000;
/// So many rows are named where some are wrong.
const SHOWN: usize = 10;

pub(super) fn close(origins: &OriginArgs, args: &CloseArgs) -> anyhow::Result<()> {
    let desk = Desk::open(origins)?;
    let by = actor(&args.by)?;
    let poll_keys = PollKeys::beside(&desk.office.config.key_file);
    // Until the end of this function: a close beside it would write the same files and destroy what this one reads.
    let _alone = alone(&poll_keys, &args.name)?;
    let row = desk.row(&args.name)?;
    let name = row.name.as_str();
    let files = Files::of(&args.out, name)?;
    let is_begun = matches!(row.state, PollState::Open | PollState::Closing);
    if is_begun && row.bundle_digest.is_none() && lies_with_the_server(&desk, &args.out) {
        bail!(
            "{} lies in the data of the server: the bundle would stay there, and in every backup, beside what it is taken away from. Name a stick, or a folder elsewhere",
            args.out.display()
        );
    }
    match row.state {
        PollState::Open => {
            if !begin(&desk, &row, by, args)? {
                return Ok(());
            }
        }
        PollState::Closing => {
            println!("{name} was begun to be closed and not finished: it goes on.");
        }
        PollState::Closed | PollState::Counted => {
            if poll_keys.destroy(name, &desk.ids)? {
                println!("The poll key of {name} was still here and is destroyed now.");
            }
            if files.roll.is_file() {
                keep_roll(&desk, &row, &files, row.roll_head)?;
                publish_roll(&desk, &files, name)?;
            }
            println!("{name} is {} already.", row.state.name());
            if files.bundle.is_file() {
                println!("Its bundle is {}.", files.bundle.display());
            } else {
                println!(
                    "Its bundle was written into the folder that was named with --out then; samvad poll status {name} shows its digest."
                );
            }
            return Ok(());
        }
        PollState::Staging => {
            bail!("{name} was never opened: samvad poll open {name} --by {by} … begins it again")
        }
        PollState::Cancelled => bail!("{name} was cancelled; there is nothing to count"),
    }
    let row = desk.row(name)?;
    let poll = read_definition(&row, &desk.office.geography).map_err(anyhow::Error::msg)?;
    let Audited { proof, close, .. } = match row.bundle_digest {
        // Its envelopes are being destroyed: the bundle that was written counts, and no other can be.
        Some(digest) => files.written(digest)?,
        None => write(&desk, &row, &poll, &files, (by, args.although))?,
    };
    let why = in_the_log(&close);
    keep_roll(&desk, &row, &files, Some(proof.head))?;
    photos::take_along(desk.office.config.polls.as_deref(), &poll, &files.bundle)?;
    let taken =
        Bundled { bundle_digest: proof.bundle, roll_head: proof.head, choices: proof.choices };
    let logged = (by, why.as_deref());
    let finished = desk.records.finish_closing(row.id, taken, logged, desk.clock.now());
    match desk.runtime.block_on(finished)? {
        PollMoved::Yes => {}
        PollMoved::No { stands } => bail!("{name} is {} meanwhile", stands.name()),
        PollMoved::Unknown => bail!("the poll {name} is gone"),
    }
    poll_keys.destroy(name, &desk.ids)?;
    publish_roll(&desk, &files, name)?;
    let open_key = desk.runtime.block_on(desk.records.open_key(row.id))?;
    if let Some(key) = open_key.filter(|_| !row.secret) {
        let text = key_file(name, &PrivateKey::from_bytes(&key)?);
        durable(&files.key, |out| Ok(out.write_all(text.as_bytes())?))?;
        println!("{name} is no secret: its key is {}.", files.key.display());
    }
    println!();
    println!(
        "{name} is closed: {} choices. The envelopes and the poll key on this server are destroyed.",
        number(proof.choices)
    );
    if let Some(why) = &why {
        println!("{why}. Whoever reads the result is told so.");
    }
    println!("  bundle      {}  {}", files.bundle.display(), to_hex(&proof.bundle));
    println!("  roll        {}  {}", files.roll.display(), to_hex(&proof.head));
    println!("  electorate  {}", close.electorate);
    println!(
        "Write these numbers into the minutes. Take {} and its .signals.json to the table of the count, away from this server; publish the roll with the result.",
        files.bundle.display()
    );
    println!("Next, at the table, offline: samvad poll count {name}.bundle --key …");
    Ok(())
}

/// Holds a close against another one of the same poll on this machine, as long as it lives. `None`: the poll key is not
/// here, and the close says why, or has little left to do.
fn alone(poll_keys: &PollKeys, name: &str) -> anyhow::Result<Option<File>> {
    let path = poll_keys.path(name)?;
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(error).with_context(|| format!("{} cannot be read", path.display()));
        }
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => bail!(
            "another close of {name} is at work at this moment. Wait until it has ended, then run this line again: it says whether anything is left to do"
        ),
        // A disk that knows no locks.
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

fn lies_with_the_server(desk: &Desk, folder: &Path) -> bool {
    folder.canonicalize().is_ok_and(|folder| is_of_the_server(&desk.office, &folder))
}

/// From here on nothing is taken any more. `false`: it was only said what would be done.
fn begin(desk: &Desk, row: &PollRow, by: &str, args: &CloseArgs) -> anyhow::Result<bool> {
    let (name, now) = (&row.name, desk.clock.now());
    let hour = clock_of(row.closes);
    let mut early = None;
    if now < row.closes {
        if !args.early {
            bail!(
                "{name} closes {hour}, and people may answer until then; --early closes it now, with --why and --yes"
            );
        }
        let why = args.why.as_deref().map(str::trim).filter(|why| !why.is_empty());
        let Some(why) = why else {
            bail!(
                "{name} would be closed before its hour ({hour}), which people were told: say with --why for what reason. It stands in the report, beside your name"
            );
        };
        if !args.yes {
            println!(
                "{name} would be closed now and not {hour}: whoever has not answered yet cannot any more, and nothing brings it back. The log, the bundle and the report say when, by whom and why. Say --yes to do it."
            );
            return Ok(false);
        }
        early = Some(why);
    }
    match desk.runtime.block_on(desk.records.begin_closing(row.id, (by, early), now))? {
        PollMoved::Yes | PollMoved::No { stands: PollState::Closing } => Ok(true),
        PollMoved::No { stands } => bail!("{} is {} meanwhile", row.name, stands.name()),
        PollMoved::Unknown => bail!("the poll {} is gone", row.name),
    }
}

/// What a close writes.
struct Files {
    folder: PathBuf,
    bundle: PathBuf,
    roll: PathBuf,
    signals: PathBuf,
    key: PathBuf,
}

impl Files {
    fn of(folder: &Path, name: &str) -> anyhow::Result<Files> {
        if !folder.is_dir() {
            bail!("there is no folder {}; make it first", folder.display());
        }
        let file = |ending: &str| folder.join(format!("{name}.{ending}"));
        Ok(Files {
            folder: folder.to_owned(),
            bundle: file("bundle"),
            roll: file("roll"),
            signals: file("signals.json"),
            key: file("key"),
        })
    }

    /// The bundle that was written before the envelopes began to be destroyed.
    fn written(&self, digest: [u8; LENGTH]) -> anyhow::Result<Audited> {
        let there = self.audited(None).with_context(|| {
            format!(
                "the bundle of this poll was written before ({}…): name with --out the folder in which it is",
                to_hex(digest.get(..8).unwrap_or_default())
            )
        })?;
        if there.proof.bundle != digest {
            bail!(
                "{} is another bundle than the one that was written first; name with --out the folder of that one",
                self.bundle.display()
            );
        }
        Ok(there)
    }

    /// Reads both back as they are on the disk.
    ///
    /// # Errors
    /// They are broken, do not belong together, or are not what was written.
    fn audited(&self, expected: Option<&Proof>) -> anyhow::Result<Audited> {
        let open = |path: &Path| -> anyhow::Result<BufReader<File>> {
            let file =
                File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
            Ok(BufReader::new(file))
        };
        let audited = audit(open(&self.bundle)?, open(&self.roll)?, expected)?;
        if !audited.findings.is_empty() {
            bail!(
                "what was written is not as it should be, and nothing is destroyed: {}",
                audited.findings.join("; ")
            );
        }
        Ok(audited)
    }
}

/// What the log of the poll says of a close although answers were missing.
fn in_the_log(close: &Close) -> Option<String> {
    let Close { missing, torn, missing_by, .. } = close;
    (missing + torn > 0).then(|| {
        format!(
            "{} answers were missing or did not open and are not in the bundle, of {} more only the choice is; {missing_by} went on although",
            number(*missing),
            number(*torn)
        )
    })
}

/// What the log says of the close and of whom the opening left out: also where a close was cut off and goes on.
fn of_the_log(desk: &Desk, row: &PollRow, poll: &Poll) -> anyhow::Result<(Option<Early>, Asked)> {
    let log = desk.runtime.block_on(desk.records.poll_log(row.id))?;
    let of = |state: PollState| log.iter().rev().find(move |event| event.what == state.name());
    let early = of(PollState::Closing).filter(|event| event.at < row.closes).map(|event| Early {
        at: event.at,
        by: event.actor.clone(),
        why: event.why.clone().unwrap_or_default(),
    });
    let told = of(PollState::Open).and_then(|event| event.why.as_deref()).unwrap_or_default();
    let (elsewhere, nowhere) = Asked::left_out_of(told);
    let asked = Asked {
        who: poll.electorate.audience.source().to_owned(),
        on: poll.electorate.on,
        keep: poll.keep.name().to_owned(),
        elsewhere,
        nowhere,
    };
    Ok((early, asked))
}

/// Writes bundle, roll and signals, and reads them back.
fn write(
    desk: &Desk,
    row: &PollRow,
    poll: &Poll,
    files: &Files,
    (by, although): (&str, Option<u64>),
) -> anyhow::Result<Audited> {
    let mut stripped = Stripped::of(desk, row, poll, &files.folder)?;
    let lacks = &stripped.lacks;
    lacks.may_go_on(&row.name, although, &|seat| {
        let place = poll.seats.iter().find(|known| known.number == seat).map(|known| known.place);
        let tree = Tree::new(&desk.office.geography);
        place.map_or_else(|| seat.to_string(), |place| tree.words(place, Language::Hi))
    })?;
    let (missing, torn) = (lacks.missing(), lacks.torn());
    let (early, asked) = of_the_log(desk, row, poll)?;
    let close = &mut stripped.header.close;
    (close.early, close.asked) = (early, Some(asked));
    close.quiet = law::quiet(&desk.office.config.rules.calendar, desk.clock.now());
    if missing + torn > 0 {
        (close.missing, close.torn, close.missing_by) = (missing, torn, by.to_owned());
    }
    let about = stripped.header.about().context("the poll has no roster or key")?;
    let mut hashes = Vec::new();
    let digest = durable(&files.bundle, |out| stripped.write(out, &mut hashes))?;
    let chain = durable(&files.roll, |out| Ok(roll::write(out, &about, hashes.iter().copied())?))?;
    let proof = Proof { head: chain.head(), choices: chain.envelopes(), bundle: digest };
    File::open(&files.folder)?.sync_all()?;
    let audited = files.audited(Some(&proof))?;
    let seen = desk.runtime.block_on(seen(desk, row, poll))?;
    durable(&files.signals, |out| Ok(serde_json::to_writer_pretty(out, &seen)?))?;
    Ok(audited)
}

/// Writes a file under another name, and gives it its own when all of it is on the disk.
fn durable<T>(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let cannot = || format!("{} cannot be written", path.display());
    let mut draft = path.as_os_str().to_owned();
    draft.push(".new");
    let draft = PathBuf::from(draft);
    match std::fs::remove_file(&draft) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(cannot);
        }
        _ => {}
    }
    let file = crate::cli::private_file(&draft).with_context(cannot)?;
    let mut out = BufWriter::with_capacity(1 << 16, &file);
    let written = write(&mut out).with_context(cannot)?;
    out.flush().with_context(cannot)?;
    drop(out);
    file.sync_all().with_context(cannot)?;
    std::fs::rename(&draft, path).with_context(cannot)?;
    Ok(written)
}

/// The envelopes of a poll without their voters.
pub(super) struct Stripped {
    header: Header,
    eligible: BTreeMap<Origin, u64>,
    sorter: Sorter,
    lacks: Lacks,
}

impl Stripped {
    /// Takes them off the roster. `folder` is where the parts lie meanwhile, as files without names.
    pub(super) fn of(
        desk: &Desk,
        row: &PollRow,
        poll: &Poll,
        folder: &Path,
    ) -> anyhow::Result<Stripped> {
        let roster_hash = row.roster_hash.context("the poll has no roster")?;
        let mut header = header(desk, row, poll, &roster_hash);
        let id = PollId::new(&row.name, &roster_hash);
        let key = PollKeys::beside(&desk.office.config.key_file).read(&row.name)?;
        let kept = |origin: Origin| -> anyhow::Result<Origin> {
            let has_seat = poll.seats.iter().any(|seat| seat.number == origin.seat);
            anyhow::ensure!(has_seat, "the poll has no seat {}", origin.seat);
            Ok(poll.kept(origin))
        };
        let (eligible, mut lacks) =
            desk.runtime.block_on(roster(desk, row, &roster_hash, &kept))?;
        let electorate = electorate_hash(&row.name, &eligible);
        if row.electorate_hash != Some(electorate) {
            bail!(
                "the electorate of {} is not the one that was told when it was opened ({}): somebody changed its row in the database. Nothing was written or destroyed; find out who, and put the row back from a backup",
                row.name,
                to_hex(&row.electorate_hash.unwrap_or_default())
            );
        }
        header.close.electorate = to_hex(&electorate);
        let wanted = wanted(poll);
        let mut sorter = Sorter::new(folder, id, desk.ids.clone())?;
        let mut told = Progress::of("envelopes");
        let (mut after, mut done) = (0, 0_u64);
        loop {
            let page = desk.records.envelopes_page(row.id, after, BATCH);
            let page = desk.runtime.block_on(page)?;
            let Some((last, _)) = page.last() else { break };
            after = last.voter.voter;
            for of_one in page.chunk_by(|(one, _), (other, _)| one.voter.voter == other.voter.voter)
            {
                let Some((row, _)) = of_one.first() else { continue };
                let VoterRow { voter, origin, .. } = row.voter;
                let mut opened: Vec<Envelope> = Vec::with_capacity(of_one.len());
                for (_, Wrapped { kind, number, bytes }) in of_one {
                    opened
                        .extend(key.unwrap(*kind, bytes, id, Slot { voter, number: *number }).ok());
                }
                done += of_one.len() as u64;
                if lacks.takes(row, of_one.len(), &opened, &wanted) {
                    for envelope in &opened {
                        sorter.push(kept(origin)?, envelope)?;
                    }
                }
            }
            told.tell(done, None);
        }
        told.end();
        Ok(Stripped { header, eligible, sorter, lacks })
    }

    /// Writes the bundle; its digest, and the hashes of all choices in their order.
    pub(super) fn write(
        self,
        out: impl Write,
        hashes: &mut Vec<[u8; LENGTH]>,
    ) -> anyhow::Result<[u8; LENGTH]> {
        let mut writer = BundleWriter::new(out, &self.header)?;
        for (origin, people) in &self.eligible {
            writer.eligible(*origin, *people)?;
        }
        self.sorter.each(|origin, envelope| {
            writer.envelope(origin, envelope)?;
            if envelope.kind == Kind::Choice {
                hashes.push(envelope.hash());
            }
            Ok(())
        })?;
        Ok(writer.finish()?)
    }
}

fn header(desk: &Desk, row: &PollRow, poll: &Poll, roster: &[u8; LENGTH]) -> Header {
    let tree = Tree::new(&desk.office.geography);
    let seats = poll.seats.iter().map(|seat| SeatHead {
        number: seat.number,
        place: seat.place.to_string(),
        name: tree.name(seat.place, Language::Hi).unwrap_or_default().to_owned(),
        candidates: seat.candidates.iter().map(|candidate| candidate.name.hi.clone()).collect(),
    });
    Header {
        poll: row.name.clone(),
        question: poll.question.hi.clone(),
        opens: row.opens,
        closes: row.closes,
        roster: to_hex(roster),
        key: to_hex(&row.public_key),
        rules: poll.rules.clone(),
        seats: seats.collect(),
        posts: row.posts.clone(),
        close: Close::default(),
    }
}

/// How many may answer from where, as far as it is kept, and how many did; the roster is the one that was frozen, and
/// every row of it of whom it was written for.
async fn roster(
    desk: &Desk,
    row: &PollRow,
    frozen: &[u8; LENGTH],
    kept: &dyn Fn(Origin) -> anyhow::Result<Origin>,
) -> anyhow::Result<(BTreeMap<Origin, u64>, Lacks)> {
    let mut roster = Roster::new(&row.name);
    let mut eligible: BTreeMap<Origin, u64> = BTreeMap::new();
    let mut lacks = Lacks::default();
    let (mut unbound, mut some_unbound) = (0_u64, Vec::new());
    let mut after = 0;
    loop {
        let page = desk.records.voters(row.id, after, BATCH).await?;
        let Some(last) = page.last() else { break };
        after = last.voter.voter;
        for RosterRow { voter, answered, is_bound } in &page {
            if !roster.push(voter.voter, voter.origin) {
                bail!("the roster of {} has a voter twice", row.name);
            }
            *eligible.entry(kept(voter.origin)?).or_default() += 1;
            if *answered {
                lacks.answered(voter.origin.seat);
            }
            if !is_bound {
                unbound += 1;
                if some_unbound.len() < SHOWN {
                    some_unbound.push(voter.voter.to_string());
                }
            }
        }
    }
    if roster.hash() != *frozen {
        bail!(
            "the roster of {} is not the one that was frozen when it was opened: somebody changed rows of it in the database. Nothing was written or destroyed; find out who, and put back the rows from a backup",
            row.name
        );
    }
    if unbound > 0 {
        bail!(
            "{} of the {} rows of the roster of {} are not of the people they were written for: somebody pointed them at other phones in the database, or took the people out of them, or this is another key file than the one of the server on which the poll was opened. Nothing was written or destroyed. The voters of some of these rows: {}. Find out who, put the rows back from a backup with whatever else of them was changed, and close it again",
            number(unbound),
            number(eligible.values().sum()),
            row.name,
            some_unbound.join(", ")
        );
    }
    Ok((eligible, lacks))
}

/// How the answers came, as far as it is worth a look. Numbers are known again within the poll only.
async fn seen(
    desk: &Desk,
    row: &PollRow,
    poll: &Poll,
) -> anyhow::Result<Vec<crate::poll::signals::Signal>> {
    let mut came = Vec::new();
    let mut after = 0;
    loop {
        let asked = (invitation(&row.name), reminders(&row.name));
        let page =
            desk.records.came(row.id, (asked.0.as_str(), asked.1.as_str()), after, BATCH).await?;
        let Some(last) = page.last() else { break };
        after = last.holder;
        came.extend(page);
    }
    Ok(signals(&came, &turnout(desk, row, poll).await?))
}

/// Turnout by place and post, as the roster knows it: a poll that keeps no booths with its envelopes still has them
/// here, until its close alone.
async fn turnout(desk: &Desk, row: &PollRow, poll: &Poll) -> anyhow::Result<Vec<Answered>> {
    let mut seats: BTreeMap<u16, Answered> = BTreeMap::new();
    for seat in &poll.seats {
        let empty = Answered { seat: seat.place, places: Vec::new(), posts: Vec::new() };
        seats.insert(seat.number, empty);
    }
    for part in desk.records.turnout(row.id).await? {
        if let Some(seat) = seats.get_mut(&part.seat) {
            seat.places.push(part.turnout);
        }
    }
    for (seat, post, eligible, answered) in desk.records.turnout_by_post(row.id).await? {
        if let Some(seat) = seats.get_mut(&seat) {
            let post = row.posts.get(usize::from(post)).cloned().unwrap_or_default();
            seat.posts.push(PostTurnout { post, eligible, answered });
        }
    }
    Ok(seats.into_values().collect())
}

/// Writes the roll into the records, where every server finds it, for whoever asks about a receipt. What was written
/// before goes: a close that was cut off begins the roll anew.
fn keep_roll(
    desk: &Desk,
    row: &PollRow,
    files: &Files,
    head: Option<[u8; LENGTH]>,
) -> anyhow::Result<()> {
    let open = || -> anyhow::Result<BufReader<File>> {
        let file = File::open(&files.roll);
        let file = file.with_context(|| format!("{} cannot be read", files.roll.display()))?;
        Ok(BufReader::new(file))
    };
    let there = roll::check(open()?, None).with_context(|| files.roll.display().to_string())?;
    if there.about.poll != row.name || Some(there.head) != head {
        bail!("{} is not the roll of {}", files.roll.display(), row.name);
    }
    let mut part: Vec<[u8; LENGTH]> = Vec::with_capacity(ROLL_PART);
    let mut parts = 0;
    let mut keep = |part: &mut Vec<[u8; LENGTH]>| -> anyhow::Result<()> {
        desk.runtime.block_on(desk.records.keep_roll(row.id, parts, part))?;
        parts += 1;
        part.clear();
        Ok(())
    };
    let read = roll::read(open()?, |hash| {
        part.push(*hash);
        if part.len() < ROLL_PART {
            return Ok(());
        }
        keep(&mut part).map_err(std::io::Error::other)
    });
    let read = read.with_context(|| files.roll.display().to_string())?;
    // Also where there are no choices: what was written before goes.
    keep(&mut part)?;
    let kept = desk.runtime.block_on(desk.records.roll_size(row.id))?;
    if kept != read.envelopes {
        bail!(
            "the roll of {} has {} choices and the records have {} of them: somebody else closes it too; run it again when they are done",
            row.name,
            number(read.envelopes),
            number(kept)
        );
    }
    Ok(())
}

/// A copy to be handed on as a file.
fn publish_roll(desk: &Desk, files: &Files, name: &str) -> anyhow::Result<()> {
    let folder = desk.office.config.data.join("polls");
    let cannot = || format!("{} cannot be written", folder.display());
    std::fs::create_dir_all(&folder).with_context(cannot)?;
    std::fs::copy(&files.roll, folder.join(format!("{name}.roll"))).with_context(cannot)?;
    Ok(())
}
