//! `samvad people tag`, `untag`, `tags`: words the office gives to people.

use anyhow::bail;

use super::super::{OriginArgs, TagArgs, broadcast};
use crate::audience::Tag;
use crate::clock::Clock;
use crate::flow::author::one_of_these;
use crate::records::{Audit, Beside};

/// So many numbers are looked up at once.
const NUMBERS: usize = 2_000;

pub(super) fn change(origins: &OriginArgs, args: &TagArgs, give: bool) -> anyhow::Result<()> {
    let tag = Tag::parse(&args.tag)?;
    if args.by.trim().is_empty() {
        bail!("--by needs your name: it stands in the audit log");
    }
    let named = args.where_.as_deref().map(|text| broadcast::contacts_where(origins, text));
    let runtime = super::super::runtime()?;
    let options = super::super::keys::records_options(&origins.read_for_records(&[])?)?;
    let records = runtime.block_on(Beside::open(options))?;
    if !give {
        let known = runtime.block_on(records.tags())?;
        if !known.iter().any(|(known, _)| known == tag.as_str()) {
            let known: Vec<&str> = known.iter().map(|(known, _)| known.as_str()).collect();
            if known.is_empty() {
                bail!("nobody has a tag");
            }
            bail!("nobody has the tag {tag}; {}", one_of_these(tag.as_str(), known));
        }
    }
    let (mut contacts, mut unknown) = (named.transpose()?.unwrap_or_default(), 0);
    if let Some(file) = &args.file {
        for some in broadcast::numbers_in(file)?.chunks(NUMBERS) {
            let found = runtime.block_on(records.contacts_of(some))?;
            unknown += some.len().saturating_sub(found.len());
            contacts.extend(found);
        }
    }
    contacts.sort_unstable();
    contacts.dedup();
    let at = Clock::System.now();
    let what = if give { "tag" } else { "untag" };
    let audit = Audit { by: args.by.clone(), what, why: None, at };
    let changed = if give {
        runtime.block_on(records.tag(tag.as_str(), &contacts, at, Some(&audit)))?
    } else {
        runtime.block_on(records.untag(tag.as_str(), &contacts, &audit))?
    };
    let done = if give { "given to" } else { "taken from" };
    let people = if changed == 1 { "person" } else { "people" };
    println!("the tag {tag} was {done} {changed} {people}, of {} asked for.", contacts.len());
    match unknown {
        0 => {}
        1 => println!(
            "One number of the list is nobody's: it never wrote to us and is in no roster."
        ),
        _ => println!(
            "{unknown} numbers of the list are nobody's: they never wrote to us and are in no roster."
        ),
    }
    Ok(())
}

pub(super) fn list(origins: &OriginArgs) -> anyhow::Result<()> {
    let runtime = super::super::runtime()?;
    let options = super::super::keys::records_options(&origins.read_for_records(&[])?)?;
    let records = runtime.block_on(Beside::open(options))?;
    let tags = runtime.block_on(records.tags())?;
    if tags.is_empty() {
        println!("nobody has a tag; `samvad people tag volunteer FILE --by …` gives one.");
    }
    for (tag, count) in tags {
        println!("{count:>9}  {tag}");
    }
    Ok(())
}
