//! `samvad people`: rosters of workers and members, and the people known. Phone numbers are not shown but in
//! files the office asks for; the file of refused rows holds what stood in them, for whoever mends the roster.

mod check;
mod export;
mod import;
mod list;
mod review;
mod standing;
mod states;
mod tags;

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::Context as _;

use super::places::Desk;
use super::rows::say;
use super::{DuplicatesCommand, OriginArgs, PeopleCommand, Verdict};
use crate::audience::Tag;
use crate::geography::Geography;
use crate::people::{Column, Columns, Entry, Ground, Notice, Refusal};
use crate::places::{Level, Place};
use crate::records::{Beside, CodeRange};
use crate::sheet::{self, Aside, CsvWriter, SheetError};

/// So many refusals are shown; the file has all.
pub(super) const SHOWN: usize = 20;

pub(super) fn run(origins: &OriginArgs, command: &PeopleCommand) -> anyhow::Result<()> {
    match command {
        PeopleCommand::Tag(args) => tags::change(origins, args, true),
        PeopleCommand::Untag(args) => tags::change(origins, args, false),
        PeopleCommand::Tags => tags::list(origins),
        PeopleCommand::Lapse => states::lapse(origins),
        PeopleCommand::Flags { limit } => states::flags(origins, *limit),
        PeopleCommand::Import { file, sheet, update, result } => {
            let runtime = super::runtime()?;
            let options = super::keys::records_options(&origins.read()?)?;
            let records = runtime.block_on(Beside::open(options))?;
            let roster = (file.as_path(), sheet.as_deref());
            import::import(&runtime, &records, roster, *update, result.as_deref())
        }
        PeopleCommand::Check { file, sheet, update, result } => {
            check::check(origins, (file, sheet.as_deref()), *update, result.as_deref())
        }
        known => at_the_desk(origins, known),
    }
}

/// Commands about people who are known.
fn at_the_desk(origins: &OriginArgs, command: &PeopleCommand) -> anyhow::Result<()> {
    let geography = Geography::shipped().map_err(anyhow::Error::msg)?;
    let desk = Desk::open(origins, &geography)?;
    match command {
        PeopleCommand::List { place, named, post, state, limit, all } => {
            let place = named.clone().unwrap_or_else(|| place.join(" "));
            let limit = if *all { usize::MAX } else { *limit };
            list::list(&desk, &place, (post.as_deref(), state.as_deref()), limit)
        }
        PeopleCommand::Search { text, place } => {
            list::search(&desk, &text.join(" "), place.as_deref())
        }
        PeopleCommand::Duplicates { settle: None, limit } => review::duplicates(&desk, *limit),
        PeopleCommand::Duplicates { settle: Some(settle), .. } => {
            let DuplicatesCommand::Settle { id, verdict, by } = settle;
            review::settle(&desk, id, *verdict == Verdict::Same, by)
        }
        PeopleCommand::Coverage { place, k } => standing::coverage(&desk, &place.join(" "), *k),
        PeopleCommand::Leaderboard { place, limit } => {
            standing::leaderboard(&desk, &place.join(" "), *limit)
        }
        PeopleCommand::Sample { place, percent, state, seed, out, by, limit } => {
            let draw = review::Draw {
                place: &place.join(" "),
                state,
                percent: *percent,
                seed: *seed,
                out: out.as_deref(),
                by,
                limit: *limit,
            };
            review::draw(&desk, &draw)
        }
        PeopleCommand::Samples { id: Some(id), out, by, limit } => {
            let by = by.as_deref().unwrap_or_default();
            review::again(&desk, *id, (out.as_deref(), by), *limit)
        }
        PeopleCommand::Samples { id: None, limit, .. } => review::samples(&desk, *limit),
        PeopleCommand::Verify { number, by, why } => standing::verify(&desk, number, by, why),
        PeopleCommand::Export { file, place, state, by } => {
            let place = place.as_deref().unwrap_or_default();
            export::export(&desk, file, (place, state.as_deref()), by)
        }
        // These are done before.
        PeopleCommand::Import { .. }
        | PeopleCommand::Check { .. }
        | PeopleCommand::Tag(_)
        | PeopleCommand::Untag(_)
        | PeopleCommand::Tags
        | PeopleCommand::Lapse
        | PeopleCommand::Flags { .. } => Ok(()),
    }
}

/// The sectors and booths that the records have.
async fn ground(records: &Beside) -> anyhow::Result<Ground> {
    let booths = records.booths().await?;
    let sectors = CodeRange::all(Level::Sector);
    let named = |place: Place, name: String| match place {
        Place::Sector { assembly, number } => Some((assembly, number, name)),
        _ => None,
    };
    let rows = records.places(sectors, usize::MAX).await?.into_iter();
    let stand = rows.filter(|row| row.until.is_none());
    let former = records.former_names(sectors).await?.into_iter();
    Ok(Ground::new(
        booths,
        stand.filter_map(|row| named(row.place, row.name)),
        former.filter_map(|(place, name)| named(place, name)),
    ))
}

/// The tags a row gives, or why one of them is none.
fn tags_of(entry: &Entry) -> Result<Vec<Tag>, String> {
    let written = entry.tags.as_deref().unwrap_or_default();
    Tag::several(written).map_err(|error| error.to_string())
}

/// `1 row`, `12 rows`.
fn rows(count: u64) -> String {
    format!("{count} {}", if count == 1 { "row" } else { "rows" })
}

pub(super) fn in_the_file(error: &SheetError, file: &Path) -> anyhow::Error {
    anyhow::anyhow!("{}: {error}", file.display())
}

/// The line of the result file where a file breaks off.
fn broken_off(read: &Result<Aside, SheetError>) -> Option<Refusal> {
    let Err(error @ SheetError::BrokenOff { row, .. }) = read else { return None };
    Some(Refusal {
        row: row.saturating_add(1),
        column: String::new(),
        header: String::new(),
        said: String::new(),
        reason: error.to_string(),
        public: None,
    })
}

/// Ends what is told of a list that was read, also of one that broke off.
pub(super) fn end_of_reading(
    mut told: super::rows::Told,
    read: &Result<Aside, SheetError>,
) -> anyhow::Result<()> {
    print_aside(read);
    if let Some(refusal) = broken_off(read) {
        told.tell(&refusal)?;
    }
    told.finish()
}

/// What of a file was not read, or was read unseen.
fn print_aside(read: &Result<Aside, SheetError>) {
    let hidden = read.as_ref().map_or(&[][..], |aside| &aside.hidden);
    for name in hidden {
        say(&format!("the hidden sheet ‘{name}’ has rows and is not read; --sheet reads it"));
    }
    let rows = read.as_ref().map_or(0, |aside| aside.hidden_rows);
    if rows > 0 {
        say(&hidden_rows(rows));
    }
}

/// Rows of a workbook that were read although nobody sees them.
pub(super) fn hidden_rows(rows: u64) -> String {
    format!(
        "{rows} rows are hidden in the sheet, by hand or by a filter, and were read like the others"
    )
}

pub(super) fn print_notice(notice: &Notice) {
    match notice {
        Notice::Columns(columns) => print_columns(columns),
        Notice::Unnamed { column, row } => {
            say(&format!("column {column:<2} has no header and something in row {row}: not read"));
        }
        Notice::SinceOfNothing { row } => say(&format!(
            "row {row} has a day in ‘{}’ and no post: such a day is not kept",
            Column::Since.header()
        )),
    }
}

fn print_columns(columns: &Columns) {
    say(&format!("row {} says what the columns are:", columns.row));
    for (column, letter, header) in columns.known() {
        let header = header.replace('\n', " ");
        let what = match column {
            Column::Serial => "not needed".to_owned(),
            Column::Forbidden => {
                "never read and never kept; take this column out of the file".to_owned()
            }
            other => other.header().to_owned(),
        };
        say(&format!("column {letter:<2} ‘{header}’: {what}"));
    }
    for (place, header) in &columns.unknown {
        let header = header.replace('\n', " ");
        say(&format!("column {:<2} ‘{header}’: not known, not read", sheet::column_letter(*place)));
    }
}

pub(super) fn line(refusal: &Refusal) -> String {
    let Refusal { row, column, header, reason, public, .. } = refusal;
    let reason = public.as_ref().unwrap_or(reason);
    let header = header.replace('\n', " ");
    if column.is_empty() && header.is_empty() {
        format!("row {row}: {reason}")
    } else if column.is_empty() {
        format!("row {row}, no column ‘{header}’: {reason}")
    } else {
        format!("row {row}, {column} ‘{header}’: {reason}")
    }
}

pub(super) fn result_file(path: &Path) -> anyhow::Result<CsvWriter<BufWriter<File>>> {
    let cannot = || {
        let why =
            if path.exists() { "is there already; name another file" } else { "cannot be written" };
        format!("{} {why}", path.display())
    };
    let file = super::private_file(path).with_context(cannot)?;
    CsvWriter::new(
        BufWriter::new(file),
        &["row", "column", "header", "what stands there", "reason"],
    )
    .with_context(cannot)
}

pub(super) fn write(
    out: &mut CsvWriter<BufWriter<File>>,
    refusal: &Refusal,
) -> std::io::Result<()> {
    let Refusal { row, column, header, said, reason, .. } = refusal;
    out.row(&[&row.to_string(), column, header, said, reason])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_row_is_one_row() {
        assert_eq!([0, 1, 2].map(rows), ["0 rows", "1 row", "2 rows"]);
    }
}
