//! `samvad posts`: who holds which post where, and where nobody does. Phone numbers are masked but in an
//! export.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;

use super::OriginArgs;
use super::places::Desk;
use super::requests::{day, phone_of};
use super::rows::Progress;
use super::table::{and_more, table_file};
use crate::clock::Clock;
use crate::contact::{Language, PhoneNumber};
use crate::geography::Geography;
use crate::people::{Column, Post, catalogue, post, post_said};
use crate::places::{Booths, Delimitation, Level, Place, sound_of};
use crate::records::{CodeRange, HandedOver, Holding, MemberState, PostRow, Somebody};
use crate::understanding::bare_name;

/// So many posts are read at once.
const PAGE: usize = 10_000;

#[derive(Debug, Subcommand)]
pub enum PostsCommand {
    /// The posts held at a place and below it
    List {
        /// By name, number or as booth:173/45; the state when not given
        place: Vec<String>,
        /// Only this post, by its name or code
        #[arg(long)]
        post: Option<String>,
        /// So many at most
        #[arg(long, default_value_t = 100)]
        limit: usize,
        /// All of them
        #[arg(long, conflicts_with = "limit")]
        all: bool,
    },
    /// Where a post that one person holds has no holder
    Vacancies {
        /// By name, number or as booth:173/45; the state when not given
        place: Vec<String>,
        /// Only this post, by its name or code: then every vacant place is named
        #[arg(long)]
        post: Option<String>,
        /// So many places at most
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// End a post by the number before it in the list
    End {
        id: i64,
        /// Who decided so; kept with it
        #[arg(long)]
        by: String,
    },
    /// Give a post from its holder to another person whom the records know
    HandOver {
        /// The number before it in the list
        id: i64,
        /// The mobile number of the new holder
        #[arg(long, value_name = "PHONE")]
        to: String,
        /// Which of the people on that number, where there are several
        #[arg(long)]
        name: Option<String>,
        /// Who decided so; kept with it
        #[arg(long)]
        by: String,
    },
    /// Write every post held with its holder for Excel: .csv or .xlsx; it has whole phone numbers
    Export {
        /// Must not exist yet
        file: PathBuf,
        /// Who takes them out; kept in the audit log
        #[arg(long)]
        by: String,
    },
}

pub(super) fn run(origins: &OriginArgs, command: &PostsCommand) -> anyhow::Result<()> {
    let geography = Geography::shipped().map_err(anyhow::Error::msg)?;
    let desk = Desk::open(origins, &geography)?;
    match command {
        PostsCommand::List { place, post, limit, all } => {
            let wanted = post.as_deref().map(said).transpose()?;
            list(&desk, &place.join(" "), wanted, if *all { usize::MAX } else { *limit })
        }
        PostsCommand::Vacancies { place, post, limit } => {
            let wanted = post.as_deref().map(said).transpose()?;
            vacancies(&desk, &place.join(" "), wanted, *limit)
        }
        PostsCommand::End { id, by } => end(&desk, *id, by),
        PostsCommand::HandOver { id, to, name, by } => {
            hand_over(&desk, *id, to, name.as_deref(), by)
        }
        PostsCommand::Export { file, by } => export(&desk, file, by),
    }
}

pub(super) fn said(text: &str) -> anyhow::Result<&'static Post> {
    post_said(text).map_err(|near| {
        let near: Vec<&str> = near.iter().map(|post| post.name(Language::Hi)).collect();
        if near.is_empty() {
            let codes: Vec<&str> = catalogue().iter().map(|post| post.code).collect();
            anyhow::anyhow!("no post is called ‘{text}’; there are {}", codes.join(", "))
        } else {
            anyhow::anyhow!("no post is called ‘{text}’; perhaps {}", near.join(" or "))
        }
    })
}

/// What a post is called; its code where the catalogue has it no more.
pub(super) fn title(code: &str) -> &str {
    post(code).map_or(code, |post| post.name(Language::Hi))
}

/// The places of a level at and below a place, as ranges of the records.
fn ranges(desk: &Desk<'_>, place: Place, level: Level) -> Vec<CodeRange> {
    if place == Place::State {
        return vec![CodeRange::all(level)];
    }
    if matches!(place, Place::Sector { .. } | Place::Booth { .. }) {
        return if place.level() == level { vec![CodeRange::of(place)] } else { Vec::new() };
    }
    let seats = desk.tree.seats_under(place);
    match level {
        Level::Sector | Level::Booth => {
            seats.into_iter().map(|seat| CodeRange::within(seat, level)).collect()
        }
        _ => within(desk, place, level).into_iter().map(CodeRange::of).collect(),
    }
}

/// The places of a level of the tables at and below a place.
fn within(desk: &Desk<'_>, place: Place, level: Level) -> Vec<Place> {
    if place.level() == level {
        return vec![place];
    }
    let below = desk.tree.children(place);
    let mut all: Vec<Place> =
        below.into_iter().flat_map(|child| within(desk, child, level)).collect();
    if place == Place::State && level == Level::LokSabha {
        let seats = desk.geography.lok_sabha.iter();
        all.extend(seats.map(|seat| Place::LokSabha(seat.number)));
    }
    all
}

/// The ranges of the records in which posts at a place and below it are held, of one post or of all.
pub(super) fn held_ranges(
    desk: &Desk<'_>,
    place: Place,
    wanted: Option<&Post>,
) -> anyhow::Result<Vec<CodeRange>> {
    let levels = match wanted {
        Some(Post { level: Some(level), .. }) => vec![*level],
        // Posts of no one level are held at a seat or above.
        Some(_) => Level::ALL.into_iter().filter(|level| *level <= Level::Assembly).collect(),
        None => Level::ALL.to_vec(),
    };
    let mut all = Vec::new();
    for level in levels {
        if let Place::Sector { assembly, number } = place
            && level == Level::Booth
        {
            let booths = desk.booths()?.of_sector(assembly, number);
            let places = booths.into_iter().map(|number| Place::Booth { assembly, number });
            all.extend(places.map(CodeRange::of));
        } else {
            all.extend(ranges(desk, place, level));
        }
    }
    Ok(all)
}

fn list(
    desk: &Desk<'_>,
    text: &str,
    wanted: Option<&'static Post>,
    limit: usize,
) -> anyhow::Result<()> {
    let place = desk.named(text)?;
    let of = (wanted.map(|post| post.code), None);
    let ranges = held_ranges(desk, place, wanted)?;
    let mut shown = 0;
    let mut is_more = false;
    'ranges: for range in &ranges {
        let mut pages = HoldingPages::new(*range, of, limit);
        while let Some(held) = pages.next(desk)? {
            for Holding { post, holder, addresses } in held {
                if shown == limit {
                    is_more = true;
                    break 'ranges;
                }
                println!(
                    "{:<8} {} {:<14} {} {} since {}",
                    post.id,
                    title(&post.post),
                    post.place.to_string(),
                    holder.as_ref().map_or("—", |holder| &holder.name),
                    phone_of(&addresses, false),
                    day(post.since)
                );
                shown += 1;
            }
        }
    }
    println!("{shown} {}.", if shown == 1 { "post" } else { "posts" });
    if is_more {
        let mut total = 0;
        for range in ranges {
            total += desk.runtime.block_on(desk.records.count_holdings(range, of))?;
        }
        let more = total.saturating_sub(u64::try_from(shown).unwrap_or(0));
        and_more(more, "--all shows them, `samvad posts export` writes them into a file");
    }
    Ok(())
}

/// The posts of a range with their holders, page by page.
pub(super) struct HoldingPages {
    rest: CodeRange,
    of: (Option<&'static str>, Option<MemberState>),
    after: i64,
    page: usize,
    is_over: bool,
}

impl HoldingPages {
    /// Of one post or any, of holders in one state or any; pages of `wanted` and one more, where that is
    /// less than a page.
    pub(super) fn new(
        range: CodeRange,
        of: (Option<&'static str>, Option<MemberState>),
        wanted: usize,
    ) -> HoldingPages {
        let page = wanted.saturating_add(1).min(PAGE);
        HoldingPages { rest: range, of, after: 0, page, is_over: false }
    }

    /// The next page; `None` behind the last.
    pub(super) fn next(&mut self, desk: &Desk<'_>) -> anyhow::Result<Option<Vec<Holding>>> {
        if self.is_over {
            return Ok(None);
        }
        let asked = desk.records.holdings(self.rest, self.of, self.after, self.page);
        let held = desk.runtime.block_on(asked)?;
        self.is_over = held.len() < self.page;
        if let Some(Holding { post, .. }) = held.last() {
            (self.rest.from, self.after) = (post.place.code(Delimitation::NOW), post.id);
        }
        Ok(Some(held))
    }
}

/// The places of a level that exist at and below a place.
fn existing(desk: &Desk<'_>, booths: &Booths, place: Place, level: Level) -> Vec<Place> {
    match (place, level) {
        (Place::Sector { assembly, number }, Level::Booth) => {
            let here = booths.of_sector(assembly, number).into_iter();
            here.map(|number| Place::Booth { assembly, number }).collect()
        }
        (Place::Sector { .. } | Place::Booth { .. }, _) => {
            if place.level() == level {
                vec![place]
            } else {
                Vec::new()
            }
        }
        (_, Level::Sector | Level::Booth) => booths.places(&desk.tree.seats_under(place), level),
        _ => within(desk, place, level),
    }
}

fn vacancies(
    desk: &Desk<'_>,
    text: &str,
    wanted: Option<&Post>,
    limit: usize,
) -> anyhow::Result<()> {
    let place = desk.named(text)?;
    if let Some(post) = wanted
        && !post.single
    {
        let single: Vec<&str> =
            catalogue().iter().filter(|post| post.single).map(|post| post.code).collect();
        bail!(
            "many hold the post {} at one place: only {} can be vacant",
            post.code,
            single.join(", ")
        );
    }
    let booths = desk.booths()?;
    for post in catalogue().iter().filter(|post| post.single) {
        let Some(level) = post.level else { continue };
        if wanted.is_some_and(|wanted| wanted.code != post.code) {
            continue;
        }
        let places = existing(desk, &booths, place, level);
        if places.is_empty() {
            continue;
        }
        let mut held = BTreeSet::new();
        let ranges = match place {
            // Its booths are not beside each other.
            Place::Sector { assembly, .. } => vec![CodeRange::within(assembly, level)],
            _ => ranges(desk, place, level),
        };
        for range in ranges {
            held.extend(desk.runtime.block_on(desk.records.held(post.code, range))?);
        }
        let vacant: Vec<&Place> = places.iter().filter(|place| !held.contains(place)).collect();
        println!(
            "{} ({}): {} of {} vacant",
            post.name(Language::Hi),
            post.code,
            vacant.len(),
            places.len()
        );
        if wanted.is_some() {
            for place in vacant.iter().take(limit) {
                println!("{:<14} {}", place.to_string(), desk.tree.words(**place, Language::Hi));
            }
            if vacant.len() > limit {
                println!("… and {} more: --limit {}", vacant.len() - limit, vacant.len());
            }
        }
    }
    Ok(())
}

fn open_post(desk: &Desk<'_>, id: i64) -> anyhow::Result<PostRow> {
    let found = desk.runtime.block_on(desk.records.open_post(id))?;
    found.with_context(|| {
        format!(
            "nobody holds a post with the number {id}; `samvad posts list` shows those there are"
        )
    })
}

fn end(desk: &Desk<'_>, id: i64, by: &str) -> anyhow::Result<()> {
    let held = open_post(desk, id)?;
    let ended = desk.records.end_post(id, Clock::System.now(), by);
    if !desk.runtime.block_on(ended)? {
        bail!("somebody else ended it in this moment");
    }
    println!("{} of {} is vacant now.", title(&held.post), held.place);
    Ok(())
}

fn hand_over(
    desk: &Desk<'_>,
    id: i64,
    to: &str,
    name: Option<&str>,
    by: &str,
) -> anyhow::Result<()> {
    let held = open_post(desk, id)?;
    let phone = PhoneNumber::parse(to)
        .map_err(|_| anyhow::anyhow!("--to wants a mobile number of India, ten digits"))?;
    let known = desk.runtime.block_on(desk.records.people_on(phone))?;
    let Some(there) = known else {
        bail!(
            "nobody with the number {} is known yet: import them with `samvad people import`, or let them write \
             to us once",
            phone.masked()
        );
    };
    let (person, called) = meant(&there.people, name, phone)?;
    let here = desk.runtime.block_on(desk.records.posts(CodeRange::of(held.place), 0, PAGE))?;
    let has = |row: &&PostRow| {
        row.contact == there.contact && row.person == person && row.post == held.post
    };
    if here.iter().any(|row| has(&row)) {
        bail!("{called} holds this post already");
    }
    let to = (there.contact, person);
    let given = desk.records.hand_over_post(id, to, Clock::System.now(), by);
    match desk.runtime.block_on(given)? {
        HandedOver::Done => {}
        HandedOver::NotHeld => bail!("somebody else ended it in this moment"),
        HandedOver::HasLeft => bail!("{called} left in this moment"),
    }
    println!("{} of {} is with {called} now.", title(&held.post), held.place);
    Ok(())
}

/// Which of the people on a number gets a post, and what they are called at the terminal. Nobody is chosen
/// where there may be doubt, and nobody who left.
fn meant(
    people: &[Somebody],
    name: Option<&str>,
    phone: PhoneNumber,
) -> anyhow::Result<(i64, String)> {
    let masked = phone.masked();
    let called = |one: &Somebody| format!("{} {masked}", one.name);
    let has_left = |one: &Somebody, at| {
        anyhow::anyhow!(
            "{} left on {}: whoever left comes back by their own word, and holds no post before",
            called(one),
            day(at)
        )
    };
    if let Some(name) = name {
        let sound = sound_of(bare_name(name));
        let of_name = people.iter().filter(|one| sound_of(bare_name(&one.name)) == sound);
        let (standing, gone): (Vec<&Somebody>, Vec<&Somebody>) =
            of_name.partition(|one| one.left.is_none());
        let found = if standing.is_empty() { gone } else { standing };
        let [one] = found.as_slice() else {
            bail!("--name ‘{name}’ is not one of those on {masked}: {}", listed(people));
        };
        return match one.left {
            Some(at) => Err(has_left(one, at)),
            None => Ok((one.person, called(one))),
        };
    }
    match people {
        // Somebody who wrote to us, and is no member.
        [] => Ok((0, masked)),
        [one] => match one.left {
            Some(at) => Err(has_left(one, at)),
            None => Ok((one.person, called(one))),
        },
        _ => bail!(
            "several people are known on {masked}; say with --name which of them: {}",
            listed(people)
        ),
    }
}

/// Their names, with the day for those who left.
fn listed(people: &[Somebody]) -> String {
    if people.is_empty() {
        return "nobody's name is known".to_owned();
    }
    let one = |somebody: &Somebody| match somebody.left {
        Some(at) => format!("{} (left on {})", somebody.name, day(at)),
        None => somebody.name.clone(),
    };
    people.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn export(desk: &Desk<'_>, file: &Path, by: &str) -> anyhow::Result<()> {
    let columns = [
        Column::Phone.header(),
        Column::Name.header(),
        Column::Post.header(),
        "स्थान",
        Column::District.header(),
        "लोकसभा",
        Column::Assembly.header(),
        Column::Sector.header(),
        Column::Booth.header(),
        Column::Since.header(),
    ];
    let mut out = table_file(file, &columns)?;
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
    let begun = desk.records.begin_audit(by, "posts export", &name, Clock::System.now());
    let audited = desk.runtime.block_on(begun)?;
    let mut progress = Progress::new();
    let booths = desk.booths()?;
    let ranges: Vec<CodeRange> = Level::ALL.into_iter().map(CodeRange::all).collect();
    let mut total = 0;
    for range in &ranges {
        total += desk.runtime.block_on(desk.records.count_holdings(*range, (None, None)))?;
    }
    let mut count = 0_u64;
    for range in ranges {
        let mut pages = HoldingPages::new(range, (None, None), PAGE);
        while let Some(held) = pages.next(desk)? {
            for Holding { post, holder, addresses } in &held {
                let place = post.place;
                let district = match place {
                    Place::District(_) => Some(place),
                    other => {
                        other.assembly().and_then(|seat| desk.tree.parent(Place::Assembly(seat)))
                    }
                };
                let district = district.and_then(|district| desk.tree.name(district, Language::Hi));
                let (sector, booth) = match place {
                    Place::Sector { number, .. } => (number, 0),
                    Place::Booth { assembly, number } => {
                        (booths.get(assembly, number).map_or(0, |booth| booth.sector), number)
                    }
                    _ => (0, 0),
                };
                let number = |number: u16| {
                    if number == 0 { String::new() } else { number.to_string() }
                };
                let phone = match addresses.addresses.first() {
                    Some(_) => phone_of(addresses, true),
                    None => String::new(),
                };
                out.row(&[
                    &phone,
                    holder.as_ref().map_or("", |holder| &holder.name),
                    title(&post.post),
                    &desk.tree.words(place, Language::Hi),
                    district.unwrap_or_default(),
                    &desk.lok_sabha(place),
                    &number(place.assembly().unwrap_or(0)),
                    &number(sector),
                    &number(booth),
                    &day(post.since),
                ])
                .with_context(|| file.display().to_string())?;
                count += 1;
            }
            progress.tell(count, Some(total));
        }
    }
    progress.end();
    out.finish().with_context(|| file.display().to_string())?;
    desk.runtime.block_on(desk.records.end_audit(audited, count))?;
    println!(
        "{} holds {count} posts: their holders' names and whole phone numbers. Only you can read it; that {by} \
         took it out stands in `samvad audit`.",
        file.display()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somebody(person: i64, name: &str, left: bool) -> Somebody {
        let left = left.then(|| crate::clock::from_ms(1_763_000_000_000));
        Somebody { person, name: name.to_owned(), left }
    }

    fn asked(people: &[Somebody], name: Option<&str>) -> Result<i64, String> {
        let phone = PhoneNumber::parse("9812345678").unwrap();
        let found = meant(people, name, phone);
        found.map(|(person, _)| person).map_err(|error| error.to_string())
    }

    #[test]
    fn a_post_goes_to_nobody_about_whom_there_is_doubt() {
        let (ram, sita) = (somebody(0, "राम कुमार", false), somebody(1, "सीता देवी", false));
        assert_eq!(asked(&[], None), Ok(0), "who wrote to us and is no member");
        assert_eq!(asked(std::slice::from_ref(&sita), None), Ok(1));
        let both = [ram, sita];
        let words = asked(&both, None).unwrap_err();
        assert!(words.contains("--name") && words.contains("राम कुमार, सीता देवी"), "{words}");
        assert!(!words.contains("9812345678"), "{words}");
        assert_eq!(asked(&both, Some("Sita Devi")), Ok(1));
        assert_eq!(asked(&both, Some("श्रीमती सीता देवी")), Ok(1), "with a title or without");
        let titled = [somebody(0, "श्री श्याम लाल", false), somebody(1, "मोहन", false)];
        assert_eq!(asked(&titled, Some("श्याम लाल")), Ok(0));
        assert!(asked(&both, Some("मोहन")).unwrap_err().contains("राम कुमार, सीता देवी"));
    }

    #[test]
    fn a_post_goes_to_nobody_who_left() {
        let (gone, sita) = (somebody(0, "राम कुमार", true), somebody(1, "सीता देवी", false));
        assert!(
            asked(std::slice::from_ref(&gone), None).unwrap_err().contains("left on 13-11-2025")
        );
        let both = [gone, sita, somebody(2, "राम कुमार", false)];
        assert!(asked(&both[..2], None).unwrap_err().contains("राम कुमार (left on"));
        assert!(asked(&both[..2], Some("Ram Kumar")).unwrap_err().contains("left on"));
        assert_eq!(asked(&both[..2], Some("Sita Devi")), Ok(1));
        assert_eq!(asked(&both, Some("Ram Kumar")), Ok(2), "who stands, before who left");
    }
}
