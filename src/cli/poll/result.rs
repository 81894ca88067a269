//! `samvad poll result`, `panel` and `export`: what was counted, shown again from its file.

use std::io::{BufReader, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use jiff::Timestamp;

use super::close::Stripped;
use super::count::RESULT;
use super::desk::Desk;
use super::sorted::nameless;
use super::{no_calendar, party, photos, silence};
use crate::ballot_box::read_definition;
use crate::cli::OriginArgs;
use crate::cli::broadcast::preview::clock_of;
use crate::clock::Clock;
use crate::contact::Language;
use crate::geography::{Geography, clean, fold};
use crate::places::{Found, Place, Tree};
use crate::poll::bundle::SeatHead;
use crate::poll::count::count;
use crate::poll::envelope::PrivateKey;
use crate::poll::law::Quiet;
use crate::poll::life::PollState;
use crate::poll::report::{self, Photos, Report};
use crate::poll::result::Counting;

/// A result with what it is shown with.
pub(super) struct Shown {
    pub(super) counting: Counting,
    geography: Geography,
    photos: Photos,
}

impl Shown {
    pub(super) fn new(counting: Counting) -> anyhow::Result<Shown> {
        let geography = Geography::shipped().map_err(anyhow::Error::msg)?;
        Ok(Shown { counting, geography, photos: Photos::default() })
    }

    /// With the pictures that lie in the folder of the result.
    pub(super) fn with_photos_of(self, result: &Path) -> Shown {
        Shown { photos: photos::of_result(result), ..self }
    }

    /// From its file, or the folder that `samvad poll count` made.
    ///
    /// # Errors
    /// The file cannot be read, or is none.
    pub(super) fn read(path: &Path) -> anyhow::Result<Shown> {
        if !path.exists() {
            bail!(
                "there is no {}: name the folder of a result, as `samvad poll count` made it ({}.result)",
                path.display(),
                path.with_extension("").display()
            );
        }
        let path = file_of(path);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{} cannot be read", path.display()))?;
        let counting = Counting::from_json(&text).with_context(|| path.display().to_string())?;
        Ok(Shown::new(counting)?.with_photos_of(&path))
    }

    /// Only these seats; all of them when none is named.
    ///
    /// # Errors
    /// The poll does not have one of them.
    fn only(mut self, seats: &[String]) -> anyhow::Result<Shown> {
        let known = &mut self.counting.counted.header.seats;
        let tree = Tree::new(&self.geography);
        let wanted: Vec<u16> =
            seats.iter().map(|text| seat_of(&tree, text, known)).collect::<anyhow::Result<_>>()?;
        known.retain(|one| wanted.is_empty() || wanted.contains(&one.number));
        Ok(self)
    }

    /// When nothing of it may be shown outward, as its bundle says.
    pub(super) fn quiet(&self) -> &[Quiet] {
        &self.counting.counted.header.close.quiet
    }

    pub(super) fn with_report<T>(&self, make: impl FnOnce(&Report<'_>) -> T) -> T {
        let Counting { party, at, counted, signals, numbers, .. } = &self.counting;
        let tree = Tree::new(&self.geography);
        let early = counted.header.close.early.as_ref();
        let until = early.map_or(counted.header.closes, |early| early.at);
        let window = window(counted.header.opens, until);
        make(&Report {
            counted,
            signals,
            geography: &self.geography,
            tree: &tree,
            party,
            window: &window,
            printed: &clock_of(*at),
            numbers,
        })
    }
}

/// The seat somebody means by its number, its place (`lok_sabha:35`) or its name, in any spelling.
///
/// # Errors
/// There is none such, or there are several.
fn seat_of(tree: &Tree<'_>, text: &str, known: &[SeatHead]) -> anyhow::Result<u16> {
    let plain = clean(text);
    let bare = tree.find(text);
    let place_of = |one: &SeatHead| one.place.parse::<Place>().ok();
    let is_bare = |one: &SeatHead| place_of(one).is_some_and(|place| bare == Found::Sure(place));
    let is_known = known.iter().any(is_bare);
    let is_namesake = |found: &Found, one: &SeatHead| match found {
        Found::Sure(place) => {
            tree.name(*place, Language::Hi).is_some_and(|name| fold(name) == fold(&one.name))
        }
        _ => false,
    };
    let is_named = known.iter().any(|one| fold(&one.name) == fold(text));
    let is_meant = |one: &&SeatHead| {
        if let Ok(number) = plain.parse::<u16>() {
            return one.number == number;
        }
        if is_named {
            return fold(&one.name) == fold(text);
        }
        let Some(place) = place_of(one) else { return false };
        if is_known {
            return is_bare(one);
        }
        // A bare name may be that of a district or of a seat of another level, too.
        let is_elsewhere = match &bare {
            Found::Sure(Place::Assembly(_) | Place::LokSabha(_)) => !is_namesake(&bare, one),
            Found::None => true,
            _ => false,
        };
        // Of "lucknow xyz" the tree hears the word it knows.
        let words_in_name = [Language::Hi, Language::En, Language::Ur]
            .into_iter()
            .filter_map(|language| tree.name(place, language))
            .map(|name| name.split_whitespace().count())
            .max();
        let says_more = Some(plain.split_whitespace().count()) > words_in_name;
        let level = place.level().title(Language::En);
        let leveled = || tree.find(&format!("{level} {text}"));
        !is_elsewhere && !says_more && leveled() == Found::Sure(place)
    };
    let meant: Vec<u16> = known.iter().filter(is_meant).map(|one| one.number).collect();
    let told = || {
        let all = known.iter().map(|one| format!("{} {}", one.number, one.name));
        all.collect::<Vec<_>>().join(", ")
    };
    match meant.as_slice() {
        [only] => Ok(*only),
        [] => bail!("the poll has no seat {text}; it has {}", told()),
        _ => bail!("several seats are called {text}: say its number; there are {}", told()),
    }
}

fn window(opens: Timestamp, closes: Timestamp) -> String {
    format!("{} से {} तक", clock_of(opens), clock_of(closes))
}

pub(super) fn file_of(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(RESULT) } else { path.to_owned() }
}

pub(super) fn result(origins: &OriginArgs, path: &Path, seats: &[String]) -> anyhow::Result<()> {
    let shown = Shown::read(path)?.only(seats)?;
    print!("{}", shown.with_report(report::table));
    remind(origins, &shown)
}

/// A poll that is no secret, as it stands: its key is with the records.
pub(super) fn now(origins: &OriginArgs, name: &str, seats: &[String]) -> anyhow::Result<()> {
    let desk = Desk::open(origins)?;
    let row = desk.row(name)?;
    let key = desk.runtime.block_on(desk.records.open_key(row.id))?.filter(|_| !row.secret);
    let Some(key) = key else {
        bail!(
            "{name} is secret: before its close nobody gets anything but turnout (samvad poll status {name})"
        );
    };
    if row.state != PollState::Open {
        bail!("{name} is {}; its bundle is counted with `samvad poll count`", row.state.name());
    }
    let poll = read_definition(&row, &desk.office.geography).map_err(anyhow::Error::msg)?;
    let folder = &desk.office.config.data;
    let mut bundle = nameless(&folder.join(format!(".{name}.bundle")))?;
    Stripped::of(&desk, &row, &poll, folder)?.write(BufWriter::new(&bundle), &mut Vec::new())?;
    bundle.seek(SeekFrom::Start(0))?;
    let key = PrivateKey::from_bytes(&key)?;
    let counted = count(BufReader::new(&bundle), &key, &mut |_, _, _| {})?;
    let party = party(&desk.office.config)?;
    let shown = Shown::new(Counting::new(party, desk.clock.now(), counted, Vec::new()))?;
    let shown = shown.only(seats)?;
    print!("{}", shown.with_report(report::table));
    println!("{name} is still open: this is not its result.");
    remind(origins, &shown)
}

pub(super) fn panel(origins: &OriginArgs, path: &Path, seats: &[String]) -> anyhow::Result<()> {
    let shown = Shown::read(path)?.only(seats)?;
    print!("{}", shown.with_report(report::panel));
    remind(origins, &shown)
}

/// What is on the screen may be seen by the office; that it may not leave it now is said beside it.
fn remind(origins: &OriginArgs, shown: &Shown) -> anyhow::Result<()> {
    let config = origins.read_without_secrets()?;
    if let Some(words) = silence(&config, shown.quiet(), Clock::System.now()) {
        eprintln!("IT MAY NOT LEAVE THE OFFICE NOW: {words}");
    }
    Ok(())
}

/// `samvad poll export`: files are made to be given away.
pub(super) fn give_away(
    origins: &OriginArgs,
    path: &Path,
    to: &Path,
    seats: &[String],
) -> anyhow::Result<()> {
    let config = origins.read_without_secrets()?;
    let shown = Shown::read(path)?.only(seats)?;
    if let Some(words) = silence(&config, shown.quiet(), Clock::System.now()) {
        bail!("nothing of a result leaves the office now: {words}");
    }
    if let Some(words) = no_calendar(&config, shown.quiet()) {
        eprintln!("{words}");
    }
    export(&shown, to)?;
    println!("{} is written.", to.display());
    Ok(())
}

/// Writes a result by the ending of the name: `.html`, `.csv`, `.xlsx`.
pub(super) fn export(shown: &Shown, to: &Path) -> anyhow::Result<()> {
    let ending = to.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    if ending.as_deref() == Some("html") {
        let cannot = || {
            let why = if to.exists() {
                "is there already; name another file"
            } else {
                "cannot be written"
            };
            format!("{} {why}", to.display())
        };
        let mut out = BufWriter::new(crate::cli::private_file(to).with_context(cannot)?);
        let page = shown.with_report(|report| report::html(report, &shown.photos));
        out.write_all(page.as_bytes()).with_context(cannot)?;
        return out.flush().with_context(cannot);
    }
    if !matches!(ending.as_deref(), Some("csv" | "xlsx")) {
        bail!("{}: name a file that ends in .html, .csv or .xlsx", to.display());
    }
    let mut out = crate::cli::table::table_file(to, &report::COLUMNS)?;
    let cannot = || format!("{} cannot be written", to.display());
    for row in shown.with_report(report::rows) {
        let cells: Vec<&str> = row.iter().map(String::as_str).collect();
        out.row(&cells).with_context(cannot)?;
    }
    out.finish().with_context(cannot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_meant_by_its_number_its_place_or_its_name_as_it_sounds() {
        let seat = |number, place: &str, name: &str| SeatHead {
            number,
            place: place.to_owned(),
            name: name.to_owned(),
            candidates: Vec::new(),
        };
        let known = [
            seat(35, "lok_sabha:35", "लखनऊ"),
            seat(37, "lok_sabha:37", "अमेठी"),
            seat(174, "assembly:174", "लखनऊ मध्य"),
        ];
        let geography = Geography::shipped().unwrap();
        let tree = Tree::new(&geography);
        for (text, number) in [
            ("37", 37),
            (" ३५ ", 35),
            ("lok_sabha:35", 35),
            ("Amethi", 37),
            ("lucknow", 35),
            ("लखनऊ", 35),
            ("lucknow central", 174),
        ] {
            assert_eq!(seat_of(&tree, text, &known).unwrap(), number, "{text}");
        }
        let told =
            |text: &str, known: &[SeatHead]| seat_of(&tree, text, known).unwrap_err().to_string();
        let none = "the poll has no seat 9; it has 35 लखनऊ, 37 अमेठी, 174 लखनऊ मध्य";
        assert_eq!(told("9", &known), none);
        assert!(told("", &known).starts_with("the poll has no seat"));
        // Seats of another level, and what is no place.
        for text in ["lucknow north", "amethi west", "lucknow xyz"] {
            assert!(told(text, &known).starts_with("the poll has no seat"), "{text}");
        }
        let amethis = [seat(37, "lok_sabha:37", "अमेठी"), seat(186, "assembly:186", "अमेठी")];
        assert!(told("amethi", &amethis).starts_with("several seats are called amethi: say its"));
    }
}
