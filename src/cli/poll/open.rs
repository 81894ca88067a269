//! `samvad poll open`: keys are made, the roster is frozen, and from its hour on the poll takes answers.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::desk::{Desk, Electorate, actor, walk};
use super::office::{Office, in_words};
use super::{KeyArgs, OpenArgs};
use crate::ballot_box::PollKeys;
use crate::cli::OriginArgs;
use crate::cli::broadcast::preview::{clock_of, number, places};
use crate::contact::Language;
use crate::places::Tree;
use crate::poll::bundle::{Asked, electorate_hash};
use crate::poll::cells::{Small, small_groups};
use crate::poll::electorate::posts;
use crate::poll::envelope::{EnvelopeError, LENGTH, Origin, PrivateKey};
use crate::poll::file::{Keep, Poll};
use crate::poll::keys::{key_file, share_files};
use crate::poll::law;
use crate::poll::life::PollState;
use crate::poll::roster::Roster;
use crate::records::{Frozen, NewPoll, Opened, VoterRow};
use crate::seal::to_hex;

/// A seat with fewer voters is told when the poll is checked.
const FEW: u64 = 30;

pub(super) fn open(origins: &OriginArgs, args: &OpenArgs) -> anyhow::Result<()> {
    let desk = Desk::open(origins)?;
    let by = actor(&args.by)?;
    let (poll, text) = desk.office.poll(&args.name)?;
    let name = poll.name.as_str();
    let now = desk.clock.now();
    if poll.closes <= now {
        bail!("{name} closed {}; write later days into its file", clock_of(poll.closes));
    }
    if let Some(lock) = law::in_the_way(&desk.office.config.rules.calendar, &poll) {
        bail!("within the days of {name} nobody may be asked: {}", in_words(&lock));
    }
    let Some(reader) = &poll.reviewed_by else {
        bail!("{}", unread(name));
    };
    let keys = KeyFiles::of(&desk.office, &args.keys, &poll)?;
    let poll_keys = PollKeys::beside(&desk.office.config.key_file);
    if let Some(row) = desk.runtime.block_on(desk.records.poll(name))? {
        if row.state != PollState::Staging {
            bail!(
                "{name} was opened already and is {}; to ask once more give the file another name",
                row.state.name()
            );
        }
        println!("{name} was begun to be opened and not finished: it is begun again.");
        desk.runtime.block_on(desk.records.throw_away_poll(row.id))?;
        poll_keys.destroy(name, &desk.ids)?;
    }

    let key = PrivateKey::generate(&desk.ids)?;
    let mut order_key = [0; LENGTH];
    desk.ids.fill(&mut order_key).map_err(|_| EnvelopeError::NoRandomness)?;
    let new = NewPoll {
        name: poll.name.clone(),
        definition: text,
        opens: poll.opens,
        closes: poll.closes,
        secret: poll.secret,
        public_key: key.public().0,
        private_key: (!poll.secret).then(|| key.to_bytes()),
        order_key,
        posts: posts(),
        actor: by.to_owned(),
        at: now,
    };
    let id = desk.runtime.block_on(desk.records.create_poll(new))?;
    let (electorate, frozen, contacts) = desk.runtime.block_on(stage(&desk, &poll, id))?;
    tell(&desk.office, &poll, &electorate);
    desk.runtime.block_on(tell_of_others(&desk, &poll, &contacts))?;
    if electorate.people() == 0 {
        desk.runtime.block_on(desk.records.throw_away_poll(id))?;
        bail!(
            "nobody stands on the roster of {name}; look at `electorate` and `seats` in its file"
        );
    }
    if let Some(words) = needs_a_word(&poll, &electorate) {
        desk.runtime.block_on(desk.records.throw_away_poll(id))?;
        bail!("{words}");
    }

    // The keys are on disk before anybody can answer.
    let written = keys.write(name, &key, &desk)?;
    poll_keys.create(name, &desk.ids)?;
    let told = Asked::left_out_words(electorate.elsewhere, electorate.nowhere);
    let opened = desk.records.open_poll(id, frozen, (by, Some(&told)), desk.clock.now());
    match desk.runtime.block_on(opened)? {
        Opened::Yes => {}
        Opened::Differs { there } => bail!(
            "{there} people stand on the roster and {} were counted: somebody else opens {name} too; run it again when they are done",
            electorate.people()
        ),
        Opened::No { stands } => bail!("{name} is {} meanwhile", stands.name()),
        Opened::Unknown => bail!("{name} is gone meanwhile; run it again"),
    }
    println!();
    println!(
        "{name} is open by {by}: answers are taken from {} to {}.",
        clock_of(poll.opens),
        clock_of(poll.closes)
    );
    println!("The question was read and found fit to be asked by {reader}.");
    println!("  roster      {}", to_hex(&frozen.roster_hash));
    println!("  electorate  {}", to_hex(&frozen.electorate_hash));
    println!("  public key  {}", to_hex(&key.public().0));
    println!(
        "Publish these three lines now: nobody can then add to the roster, say later that more people might answer somewhere, or count with another key."
    );
    for line in written {
        println!("{line}");
    }
    println!("Next: samvad poll invite {name}");
    Ok(())
}

/// Writes the roster down; what it came to and its hashes.
async fn stage(
    desk: &Desk,
    poll: &Poll,
    id: i64,
) -> anyhow::Result<(Electorate, Frozen, HashSet<i64>)> {
    let mut contacts = HashSet::new();
    let mut roster = Roster::new(&poll.name);
    let mut people: BTreeMap<Origin, u64> = BTreeMap::new();
    let mut voter = 0_i64;
    let electorate = walk(&desk.records, &desk.office, poll, async |enlisted| {
        let mut rows = Vec::with_capacity(enlisted.len());
        for one in enlisted {
            contacts.insert(one.contact);
            voter += 1;
            if !roster.push(voter, one.origin) {
                bail!("a voter stands on the roster twice");
            }
            *people.entry(poll.kept(one.origin)).or_default() += 1;
            let contact = Some(one.contact);
            rows.push(VoterRow { voter, contact, person: one.person, origin: one.origin });
        }
        if !rows.is_empty() {
            desk.records.stage_roster(id, rows).await?;
        }
        Ok(())
    });
    let electorate = electorate.await?;
    let frozen = Frozen {
        roster_hash: roster.hash(),
        electorate_hash: electorate_hash(&poll.name, &people),
        people: electorate.people(),
    };
    Ok((electorate, frozen, contacts))
}

/// How many may answer, seat by seat, and why others may not.
pub(super) fn tell(office: &Office, poll: &Poll, electorate: &Electorate) {
    println!("{} people may answer in {}:", number(electorate.people()), poll.name);
    let tree = Tree::new(&office.geography);
    print!("{}", places(&tree, Some(&poll.electorate.audience)));
    for seat in &poll.seats {
        let voters = electorate.voters.get(&seat.number).copied().unwrap_or(0);
        let words = match voters {
            0 => "  NOBODY: these candidates are shown to no one",
            voters if voters < poll.rules.threshold => "  so few that nothing of it will be shown",
            voters if voters < FEW => "  few",
            _ => "",
        };
        println!("{:>9}  {}{words}", number(voters), tree.words(seat.place, Language::Hi));
    }
    if electorate.elsewhere > 0 {
        println!(
            "{:>9}  of the electorate have their seat not in this poll",
            number(electorate.elsewhere)
        );
    }
    if electorate.nowhere > 0 {
        println!(
            "{:>9}  of the electorate are left out: their post is above the assembly seats, or they have none, and nobody knows in which seat they live; a column विधानसभा in a list (samvad people import) tells it",
            number(electorate.nowhere)
        );
    }
    if electorate.unasked > 0 {
        println!(
            "{:>9}  of them have not agreed to be asked for an opinion: they get no invitation, and may answer by themselves",
            number(electorate.unasked)
        );
    }
    if let Some(words) = shown_by_the_key(poll, electorate) {
        println!("{words}");
    }
}

/// So many rows of another roster are looked at in one step.
const BATCH: usize = 20_000;
/// So many polls are looked at: of those of years ago none is open.
const LOOKED_AT: usize = 200;

/// Says which other open polls ask these people in the same days: they get both questions, one behind the other.
pub(super) async fn tell_of_others(
    desk: &Desk,
    poll: &Poll,
    contacts: &HashSet<i64>,
) -> anyhow::Result<()> {
    for other in desk.records.polls(LOOKED_AT).await? {
        let is_at_once = other.opens < poll.closes && poll.opens < other.closes;
        if other.state != PollState::Open || other.name == poll.name || !is_at_once {
            continue;
        }
        let (mut after, mut both) = (0, 0_u64);
        loop {
            let page = desk.records.voters(other.id, after, BATCH).await?;
            let Some(last) = page.last() else { break };
            after = last.voter.voter;
            let asked = page.iter().filter_map(|row| row.voter.contact);
            both += asked.filter(|contact| contacts.contains(contact)).map(|_| 1).sum::<u64>();
        }
        if both > 0 {
            println!(
                "{:>9}  of them are asked by {} too, until {}: they get both questions, one behind the other, and two receipts. Better close that poll first, or choose other days",
                number(both),
                other.name,
                clock_of(other.closes)
            );
        }
    }
    Ok(())
}

/// Says that nobody confirmed the question, and what to write.
pub(super) fn unread(name: &str) -> String {
    format!(
        "nobody has confirmed the question of {name}. A list of words does not find everything that may not be asked: somebody reads it once more (nothing of how people voted, no caste, no religion), and writes `reviewed_by: Their Name` into its file"
    )
}

fn groups_at(poll: &Poll, keep: Keep, electorate: &Electorate) -> Small {
    small_groups(poll, keep, &electorate.groups)
}

/// Whose choices the key of the count would show to whoever holds it together with the bundle; `None`: nobody's.
fn shown_by_the_key(poll: &Poll, electorate: &Electorate) -> Option<String> {
    let small = groups_at(poll, poll.keep, electorate);
    if !poll.secret || small.small == 0 {
        return None;
    }
    Some(format!(
        "With `keep: {}` the envelopes of {} people leave the server in {} groups of a place and a post with fewer than {} ({} of them with one person): whoever holds the bundle and the key of the count together learns what they chose. {}",
        poll.keep.name(),
        number(small.people),
        number(small.small),
        poll.rules.threshold,
        number(small.single),
        coarser(poll, electorate)
    ))
}

/// What it would be with less of the place.
fn coarser(poll: &Poll, electorate: &Electorate) -> String {
    let others = Keep::ALL.into_iter().filter(|keep| *keep > poll.keep);
    let told: Vec<String> = others
        .map(|keep| {
            let people = number(groups_at(poll, keep, electorate).people);
            format!("with `keep: {}` it would be {people} people", keep.name())
        })
        .collect();
    match told.as_slice() {
        [] => "A larger `threshold`, or more posts in `electorate`, changes it.".to_owned(),
        told => format!("In its file: {}.", told.join(", ")),
    }
}

/// What the office has to decide in the file before such a poll is opened.
fn needs_a_word(poll: &Poll, electorate: &Electorate) -> Option<String> {
    let words = shown_by_the_key(poll, electorate).filter(|_| !poll.keep_is_said)?;
    Some(format!(
        "{words} The file of {} does not say what is kept, and `keep: {}` is what it means then. Write one of them into it: `keep: assembly` or `keep: sector`, or `keep: {}` if you accept this. Nothing was opened",
        poll.name,
        poll.keep.name(),
        poll.keep.name()
    ))
}

/// Where the key of the count goes.
enum KeyFiles {
    /// A poll that is no secret keeps its key with the records.
    None,
    Whole(PathBuf),
    Shares {
        needed: u8,
        of: u8,
        folder: PathBuf,
    },
}

impl KeyFiles {
    /// # Errors
    /// No place is named, or one on the server's own data; or a file is there already.
    fn of(office: &Office, args: &KeyArgs, poll: &Poll) -> anyhow::Result<KeyFiles> {
        let files = match (&args.key_out, &args.shares, &args.out) {
            (None, None, _) if !poll.secret => return Ok(KeyFiles::None),
            (Some(file), None, _) => KeyFiles::Whole(file.clone()),
            (None, Some(text), Some(folder)) => {
                let (needed, of) = shares_of(text)?;
                KeyFiles::Shares { needed, of, folder: folder.clone() }
            }
            (None, Some(_), None) => bail!("say with --out in which folder the shares are written"),
            _ => bail!(
                "say where the key of the count goes: --shares 3/5 --out FOLDER for shares of which any 3 open, or --key-out FILE; take the files away from this machine at once"
            ),
        };
        let paths = files.paths(&poll.name);
        for path in &paths {
            if path.exists() {
                bail!(
                    "{} is there already, and may be the only key of another poll; name another place",
                    path.display()
                );
            }
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new("."));
            let folder = folder.canonicalize().with_context(|| {
                format!("there is no folder {}; make it, or put in the stick", folder.display())
            })?;
            if is_of_the_server(office, &folder) {
                bail!(
                    "{} lies in the data of the server, where the key of the count must never be: name a stick, or a folder elsewhere",
                    folder.display()
                );
            }
        }
        Ok(files)
    }

    fn paths(&self, name: &str) -> Vec<PathBuf> {
        match self {
            KeyFiles::None => Vec::new(),
            KeyFiles::Whole(path) => vec![path.clone()],
            KeyFiles::Shares { of, folder, .. } => {
                (1..=*of).map(|share| folder.join(format!("{name}-share-{share}.txt"))).collect()
            }
        }
    }

    /// Writes them and says what to do with them.
    fn write(&self, name: &str, key: &PrivateKey, desk: &Desk) -> anyhow::Result<Vec<String>> {
        let texts = match self {
            KeyFiles::None => {
                return Ok(vec![format!(
                    "This poll is no secret: its key stays with the records, and `samvad poll result {name} --now` counts while it runs."
                )]);
            }
            KeyFiles::Whole(_) => vec![key_file(name, key)],
            KeyFiles::Shares { needed, of, .. } => share_files(name, key, *needed, *of, &desk.ids)?,
        };
        let mut lines = Vec::new();
        for (path, text) in self.paths(name).iter().zip(texts) {
            write(path, &text)?;
            lines.push(format!("  {}", path.display()));
        }
        let words = match self {
            KeyFiles::Shares { needed, of, .. } => format!(
                "The key of the count is written in {of} shares of which any {needed} open. Give each to its office-bearer now and leave none on this machine; if more than {} are lost, nobody can count:",
                of.saturating_sub(*needed)
            ),
            _ => "The key of the count is written. Take it away from this machine now; if it is lost, nobody can count:".to_owned(),
        };
        lines.insert(0, words);
        Ok(lines)
    }
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written", path.display());
    let mut file: File = crate::cli::private_file(path).with_context(cannot)?;
    file.write_all(text.as_bytes()).with_context(cannot)?;
    file.sync_all().with_context(cannot)
}

/// `3/5`.
fn shares_of(text: &str) -> anyhow::Result<(u8, u8)> {
    let parted = text.split_once('/').map(|(needed, of)| (needed.trim(), of.trim()));
    let numbers = parted.and_then(|(needed, of)| Some((needed.parse().ok()?, of.parse().ok()?)));
    match numbers {
        Some((needed, of)) if (2..=of).contains(&needed) => Ok((needed, of)),
        _ => bail!(
            "--shares {text}: write 3/5 for five shares of which any three open; at least two are needed"
        ),
    }
}

/// Whether the folder is where the server keeps its database or its keys, or lies in it: both are in its backups.
pub(super) fn is_of_the_server(office: &Office, folder: &Path) -> bool {
    let of_keys = office.config.key_file.parent().map(Path::to_owned);
    let own = [Some(office.config.data.clone()), of_keys].into_iter().flatten();
    own.filter_map(|own| {
        let own = if own.as_os_str().is_empty() { PathBuf::from(".") } else { own };
        own.canonicalize().ok()
    })
    .any(|own| folder.starts_with(own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{SourceFile, Sources};
    use crate::geography::Geography;
    use crate::mailing::OfficeNames;
    use crate::poll::envelope::Origin;
    use crate::poll::tally::Cell;

    const SAMPLE: &str = include_str!("../../poll/fixture/lok_sabha_2029.yaml");

    fn poll(text: &str) -> Poll {
        let path = "polls/lok_sabha_2029.yaml".to_owned();
        let sources = Sources { files: vec![SourceFile { path, text: text.to_owned() }] };
        let geography = Geography::shipped().unwrap();
        let names = OfficeNames::of_places(&geography);
        let polls = crate::poll::file::read(&sources, &Tree::new(&geography), &names);
        polls.unwrap().pop().unwrap()
    }

    /// A president at each of so many booths of three sectors.
    fn presidents(booths: u16) -> Electorate {
        let cell = |booth: u16| Cell { assembly: 173, sector: 1 + booth % 3, booth, post: 0 };
        let groups = (1..=booths).map(|booth| (Origin { seat: 35, cell: cell(booth) }, 1));
        Electorate { groups: groups.collect(), ..Electorate::default() }
    }

    #[test]
    fn a_poll_whose_key_would_show_persons_is_opened_only_when_its_file_says_so() {
        let said = poll(SAMPLE);
        let unsaid = poll(&SAMPLE.replace("keep: booth\n", ""));
        let told = shown_by_the_key(&said, &presidents(24)).unwrap();
        assert!(
            told.contains("of 24 people") && told.contains("(24 of them with one person)"),
            "{told}"
        );
        assert!(told.contains("with `keep: sector` it would be 24 people, with `keep: assembly` it would be 0 people"), "{told}");
        assert_eq!(needs_a_word(&said, &presidents(24)), None);
        let refused = needs_a_word(&unsaid, &presidents(24)).unwrap();
        assert!(refused.contains("`keep: booth` is what it means then"), "{refused}");

        let coarse = poll(&SAMPLE.replace("keep: booth", "keep: sector"));
        assert_eq!(shown_by_the_key(&coarse, &presidents(30)), None, "ten in each sector");
        assert!(shown_by_the_key(&coarse, &presidents(29)).is_some());
        let open =
            poll(&SAMPLE.replace("secret: true", "secret: false").replace("keep: booth\n", ""));
        assert_eq!(needs_a_word(&open, &presidents(24)), None, "nobody is promised anything");
    }

    #[test]
    fn shares_are_written_as_needed_of_all() {
        assert_eq!(shares_of("3/5").unwrap(), (3, 5));
        for wrong in ["", "3", "5/3", "1/5", "3/", "x/y", "0/0"] {
            let error = shares_of(wrong).unwrap_err().to_string();
            assert!(error.contains("write 3/5"), "{error}");
        }
    }
}
