//! `samvad poll audit`: whether bundle, roll and result belong together. Anybody can ask it: no key is needed.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::count;
use super::result::Shown;
use crate::cli::broadcast::preview::{clock_of, number};
use crate::poll::bundle::{Close, Early};
use crate::poll::count::audit as check;
use crate::poll::receipt::Receipt;
use crate::poll::result::Counting;
use crate::poll::roll;
use crate::seal::to_hex;

/// By which the files are known.
const BUNDLE: &str = "samvad-bundle";
const ROLL: &str = "samvad-roll";

/// # Errors
/// What does not belong together, or a file that is broken: whoever calls it from a script sees it.
pub(super) fn audit(
    files: &[PathBuf],
    result: Option<&Path>,
    receipt: Option<&str>,
    keys: &[PathBuf],
) -> anyhow::Result<()> {
    let (bundle, roll) = sorted(files)?;
    let receipt: Option<Receipt> = match receipt {
        Some(text) => Some(text.parse().with_context(|| format!("`{text}`"))?),
        None => None,
    };
    let Some(roll) = roll else {
        bail!(
            "name the roll too: the file that begins with `{ROLL}`; it is published with the result"
        );
    };
    let roll_of = || -> anyhow::Result<BufReader<File>> {
        let file =
            File::open(roll).with_context(|| format!("{} cannot be read", roll.display()))?;
        Ok(BufReader::new(file))
    };
    let checked = roll::check(roll_of()?, receipt).with_context(|| roll.display().to_string())?;
    println!(
        "{} is whole: {} envelopes of the poll {}.",
        roll.display(),
        number(checked.envelopes),
        checked.about.poll
    );
    println!("  head        {}", to_hex(&checked.head));
    println!("  roster      {}", to_hex(&checked.about.roster));
    match &checked.about.electorate {
        Some(electorate) => println!("  electorate  {}", to_hex(electorate)),
        None => println!(
            "  electorate  not named: this roll was written before rolls named it, so that nothing says how many might answer where"
        ),
    }
    println!("  public key  {}", to_hex(&checked.about.key.0));
    if let Some(receipt) = receipt {
        match checked.found {
            0 => bail!(
                "the receipt {receipt} is not on this roll. It may be of an answer that its voter replaced by a later one, or of another poll"
            ),
            _ => println!("The receipt {receipt} is on the roll: this answer was counted."),
        }
    }
    let shown = result.map(Shown::read).transpose()?.map(|shown| shown.counting);
    let published = shown.as_ref().map(|counting| counting.counted.proof.clone());
    if !keys.is_empty() && bundle.is_none() {
        bail!("name the bundle too: a second count is made of it");
    }
    if let Some(published) = published.as_ref().filter(|_| bundle.is_none())
        && (published.head, published.choices) != (checked.head, checked.envelopes)
    {
        bail!(
            "the result was counted from {} envelopes with another head than this roll",
            number(published.choices)
        );
    }
    let Some(bundle) = bundle else {
        let what =
            if published.is_some() { "The result says that it is of this roll. " } else { "" };
        println!(
            "{what}With the bundle beside it this looks further: samvad poll audit BUNDLE ROLL"
        );
        return Ok(());
    };
    let file =
        File::open(bundle).with_context(|| format!("{} cannot be read", bundle.display()))?;
    let audited = check(BufReader::new(file), roll_of()?, published.as_ref())
        .with_context(|| bundle.display().to_string())?;
    println!("  bundle      {}", to_hex(&audited.proof.bundle));
    if !audited.findings.is_empty() {
        for finding in &audited.findings {
            println!("  {finding}");
        }
        let found = audited.findings.len();
        let findings = if found == 1 { "finding" } else { "findings" };
        bail!("{found} {findings}: what is told above does not belong together");
    }
    println!(
        "{} holds these {} choices, all of them, each once, and no place has more choices than people.",
        bundle.display(),
        number(audited.proof.choices)
    );
    if audited.about.electorate.is_some() {
        println!(
            "The people who might answer, place by place, are those of the electorate above: compare it with the line that was told when the poll was opened."
        );
    }
    let Close { missing, torn, missing_by, early, .. } = &audited.close;
    if let Some(Early { at, by, why }) = early {
        println!("IT WAS CLOSED BEFORE ITS HOUR, {} by {by}: {why}", clock_of(*at));
    }
    if missing + torn > 0 {
        println!(
            "AT THE CLOSE {} ANSWERS WERE MISSING OR DID NOT OPEN, and {missing_by} went on although: {} are not in the bundle, of {} only the choice.",
            number(missing + torn),
            number(*missing),
            number(*torn)
        );
    }
    if let (Some(shown), false) = (&shown, keys.is_empty()) {
        return again(bundle, shown, keys);
    }
    if published.is_some() {
        println!(
            "The result says that it was counted from this bundle. Whether its numbers are right only a second count with the key shows: the same line with --key, samvad poll count, or scripts/recount.py."
        );
    }
    Ok(())
}

/// Counts again with the key, and compares every number of the choices.
///
/// # Errors
/// The numbers of the result are not those of its bundle.
fn again(bundle: &Path, shown: &Counting, keys: &[PathBuf]) -> anyhow::Result<()> {
    let (of, key) = count::read_key(keys)?;
    println!("The key is that of the poll {of}. Counting {} again …", bundle.display());
    let (counted, _, _) = count::open(bundle, &key)?;
    let said = &shown.counted;
    if counted == *said {
        println!(
            "Counted again: every number of the choices is right ({} choices; hash of the numbers {}).",
            number(counted.proof.choices),
            shown.numbers
        );
        println!(
            "No signal was compared: what the server saw of how answers came (its .signals.json) is no part of this count."
        );
        return Ok(());
    }
    let seats: Vec<String> = counted
        .header
        .seats
        .iter()
        .filter(|seat| counted.seats.get(&seat.number) != said.seats.get(&seat.number))
        .map(|seat| format!("{} {}", seat.number, seat.name))
        .collect();
    let which = if seats.is_empty() {
        "what stands over its seats".to_owned()
    } else {
        format!("the seats {}", seats.join(", "))
    };
    bail!(
        "THE RESULT IS NOT WHAT ITS BUNDLE HOLDS: a second count gives other numbers for {which}. Do not publish it; count anew: samvad poll count {} --key …",
        bundle.display()
    )
}

/// Which of the files is the bundle and which the roll, by their first words.
fn sorted(files: &[PathBuf]) -> anyhow::Result<(Option<&Path>, Option<&Path>)> {
    let (mut bundle, mut roll) = (None, None);
    for path in files {
        let cannot = || format!("{} cannot be read", path.display());
        let mut first = Vec::new();
        let mut reader = BufReader::new(File::open(path).with_context(cannot)?);
        std::io::Read::take(&mut reader, 64).read_until(b'\n', &mut first).with_context(cannot)?;
        let slot = if first.starts_with(BUNDLE.as_bytes()) {
            &mut bundle
        } else if first.starts_with(ROLL.as_bytes()) {
            &mut roll
        } else {
            bail!("{} is neither a bundle nor a roll of a poll", path.display());
        };
        if slot.replace(path.as_path()).is_some() {
            bail!("{}: one bundle and one roll are audited at a time", path.display());
        }
    }
    Ok((bundle, roll))
}
