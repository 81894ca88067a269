//! A list of booths as offices keep it: the seat, the number and the name of each, and the sector it lies in.

use std::collections::HashMap;

use super::Counts;
use super::columns::{Column, Columns, Head, HeaderError, Notice, OF_BOOTHS, Passed};
use super::heard::Heard;
use super::places::{self, Seat};
use super::row::{LONGEST_WORDS, Refusal};
use super::sectors::{self, Named, SectorKey, one_line};
use crate::geography::Geography;
use crate::places::{LARGEST_NUMBER, Place, Told};
use crate::sheet::{Cell, Row, says_as_above, says_nothing};

/// What one row came to.
#[derive(Clone, Debug, PartialEq)]
pub enum BoothOutcome {
    /// A row above the header, or the header itself.
    Head,
    /// The booth, and before it its sector when the file tells something new of that.
    Accepted(Vec<Told>),
    Refused(Vec<Refusal>),
}

/// Reads a list of booths row by row.
pub struct BoothList<'g> {
    geography: &'g Geography,
    head: Head,
    /// By the number of the seat.
    sectors: HashMap<u16, Vec<Sector>>,
    /// The row of each booth that was read.
    met: HashMap<(u16, u16), u32>,
    heard: Heard,
    pub counts: Counts,
}

#[derive(Clone, Debug)]
struct Sector {
    number: u16,
    /// Empty where only the number is known.
    name: String,
    /// Of its name, and of those it had.
    keys: Vec<SectorKey>,
    /// The row of this file that told its name.
    row: Option<u32>,
    /// It does not exist any more; a file that names it brings it back.
    is_ended: bool,
}

impl Sector {
    fn new(number: u16, name: String, row: Option<u32>) -> Sector {
        let keys = if name.is_empty() { Vec::new() } else { vec![SectorKey::of(&name)] };
        Sector { number, name, keys, row, is_ended: false }
    }
}

/// The column that is wrong, and why.
type Problem = (Column, String);

impl<'g> BoothList<'g> {
    /// `sectors` are those the records have: seat, number and name. A sector told by its name alone is the one
    /// of that name, or gets the next number of its seat.
    #[must_use]
    pub fn new(
        geography: &'g Geography,
        sectors: impl IntoIterator<Item = (u16, u16, String)>,
    ) -> BoothList<'g> {
        let mut known: HashMap<u16, Vec<Sector>> = HashMap::new();
        for (assembly, number, name) in sectors {
            known.entry(assembly).or_default().push(Sector::new(number, name, None));
        }
        BoothList {
            geography,
            head: Head::new(OF_BOOTHS),
            sectors: known,
            met: HashMap::new(),
            heard: Heard::default(),
            counts: Counts::default(),
        }
    }

    /// With the names that sectors had before, seat, number and name: a row that has one means that sector.
    #[must_use]
    pub fn once_called(
        mut self,
        former: impl IntoIterator<Item = (u16, u16, String)>,
    ) -> BoothList<'g> {
        for (assembly, number, name) in former {
            let mut here = self.sectors.get_mut(&assembly).into_iter().flatten();
            if let Some(sector) = here.find(|sector| sector.number == number) {
                sector.keys.push(SectorKey::of(&name));
            }
        }
        self
    }

    /// The columns, once a header was read: those of the table that was read last.
    #[must_use]
    pub const fn columns(&self) -> Option<&Columns> {
        self.head.columns()
    }

    /// What is to be told of the file since this was asked last.
    pub fn notices(&mut self) -> Vec<Notice> {
        self.head.notices()
    }

    /// With the sectors among them that do not exist any more, seat and number.
    #[must_use]
    pub fn ended(mut self, ended: impl IntoIterator<Item = (u16, u16)>) -> BoothList<'g> {
        for (assembly, number) in ended {
            let mut here = self.sectors.get_mut(&assembly).into_iter().flatten();
            if let Some(sector) = here.find(|sector| sector.number == number) {
                sector.is_ended = true;
            }
        }
        self
    }

    /// Takes the next row of the file.
    ///
    /// # Errors
    /// [`HeaderError`]: the file as a whole cannot be read as a list of booths.
    pub fn take(&mut self, row: &Row) -> Result<BoothOutcome, HeaderError> {
        let columns = match self.head.passes(row)? {
            Passed::Nothing => return Ok(BoothOutcome::Head),
            Passed::Refused(refusals) => {
                self.counts.rows += refusals.len() as u64;
                self.counts.refused += refusals.len() as u64;
                return Ok(BoothOutcome::Refused(refusals));
            }
            Passed::Row(columns) => columns.clone(),
        };
        self.counts.rows += 1;
        Ok(match self.read(&columns, row) {
            Ok(told) => {
                self.counts.accepted += 1;
                BoothOutcome::Accepted(told)
            }
            Err(problems) => {
                self.counts.refused += 1;
                let refusal = |(column, reason): Problem| {
                    let said = cell(&columns, row, column).shown();
                    columns.refusal(row.number, column, &said, reason)
                };
                BoothOutcome::Refused(problems.into_iter().map(refusal).collect())
            }
        })
    }

    /// Ends the file.
    ///
    /// # Errors
    /// [`HeaderError`]: no row was a header, or none stood below it.
    pub fn end(self) -> Result<Counts, HeaderError> {
        self.head.end(self.counts.rows).map(|()| self.counts)
    }

    fn read(&mut self, columns: &Columns, row: &Row) -> Result<Vec<Told>, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut keep = |problem: Problem| problems.push(problem);
        let seat = self.seat(columns, row).map_err(&mut keep).ok();
        let number = self.number(columns, row).map_err(&mut keep).ok();
        let name = words(columns, row, Column::BoothName).map_err(&mut keep).ok().flatten();
        let named = sector_of(columns, row).map_err(&mut keep).ok().flatten();
        let (Some(assembly), Some(number), true) = (seat, number, problems.is_empty()) else {
            return Err(problems);
        };
        if let Some(first) = self.met.get(&(assembly, number)) {
            let reason = format!("booth {number} of seat {assembly} stands already in row {first}");
            return Err(vec![(Column::Booth, reason)]);
        }
        let mut told = Vec::with_capacity(2);
        let sector = match named {
            Some(named) => {
                let (sector, news) =
                    self.sector(assembly, named, row.number).map_err(|problem| vec![problem])?;
                told.extend(news);
                Some(sector)
            }
            None => None,
        };
        self.met.insert((assembly, number), row.number);
        told.push(Told { place: Place::Booth { assembly, number }, sector, name });
        Ok(told)
    }

    fn seat(&mut self, columns: &Columns, row: &Row) -> Result<u16, Problem> {
        let geography = self.geography;
        let district = match text(columns, row, Column::District)? {
            Some(name) => {
                let code = self.heard.district(&name, geography);
                Some(code.map_err(|reason| (Column::District, reason))?)
            }
            None => None,
        };
        let missing = || (Column::Assembly, "the assembly seat is missing".to_owned());
        let seat = text(columns, row, Column::Assembly)?.ok_or_else(missing)?;
        let Seat { number, wrong } = self.heard.seat(&seat, district.as_deref(), geography);
        match wrong {
            Some(problem) => Err(problem),
            None => number.ok_or_else(missing),
        }
    }

    fn number(&self, columns: &Columns, row: &Row) -> Result<u16, Problem> {
        let column = Column::Booth;
        if columns.place(column).is_some_and(|place| row.merged.contains(&place)) {
            let reason = "this cell is merged with the one above: write it out in every row";
            return Err((column, reason.to_owned()));
        }
        let Some(text) = text(columns, row, column)? else {
            return Err((column, "the number of the booth is missing".to_owned()));
        };
        let number = places::booth(&cell(columns, row, column), &text, self.geography);
        number.map_err(|reason| (column, reason))
    }

    /// The number of the sector a row names, and what is to be written of it.
    fn sector(
        &mut self,
        assembly: u16,
        named: Named,
        row: u32,
    ) -> Result<(u16, Option<Told>), Problem> {
        let sectors = self.sectors.entry(assembly).or_default();
        let Named { number, name } = named;
        let name = name.unwrap_or_default();
        let key = (!name.is_empty()).then(|| SectorKey::of(&name));
        let is_called = |known: &Sector| key.as_ref().is_some_and(|key| known.keys.contains(key));
        let by_name = sectors.iter().find(|known| known.name == name && !name.is_empty());
        let by_name = by_name.or_else(|| sectors.iter().find(|known| is_called(known)));
        let is_by_name = number.is_none() && by_name.is_some();
        let number = match number.or_else(|| by_name.map(|known| known.number)) {
            Some(number) => number,
            None => sectors.iter().map(|known| known.number).max().unwrap_or(0).saturating_add(1),
        };
        let told = |name: &str| Told {
            place: Place::Sector { assembly, number },
            sector: None,
            name: (!name.is_empty()).then(|| name.to_owned()),
        };
        let Some(known) = sectors.iter_mut().find(|known| known.number == number) else {
            if number > LARGEST_NUMBER {
                return Err((Column::Sector, "this seat has too many sectors".to_owned()));
            }
            let news = told(&name);
            let first = (!name.is_empty()).then_some(row);
            sectors.push(Sector::new(number, name, first));
            return Ok((number, Some(news)));
        };
        let back = std::mem::take(&mut known.is_ended).then(|| told(""));
        if name.is_empty() {
            return Ok((number, back));
        }
        if known.name == name {
            known.row.get_or_insert(row);
            return Ok((number, back));
        }
        // Another spelling, or the name it had, means the sector and does not name it.
        if is_by_name {
            return Ok((number, back));
        }
        if let Some(first) = known.row {
            if SectorKey::of(&known.name) == SectorKey::of(&name) {
                return Ok((number, back));
            }
            let reason = format!(
                "sector {number} of seat {assembly} is called ‘{}’ in row {first}; write one name in every row",
                known.name
            );
            return Err((Column::SectorName, reason));
        }
        known.name.clone_from(&name);
        known.keys.push(SectorKey::of(&name));
        known.row = Some(row);
        Ok((number, Some(told(&name))))
    }
}

fn cell(columns: &Columns, row: &Row, column: Column) -> Cell {
    columns.place(column).map_or(Cell::Empty, |place| row.cell(place).clone())
}

/// The cell as text; `None` when it is empty, or says that there is nothing to say.
fn text(columns: &Columns, row: &Row, column: Column) -> Result<Option<String>, Problem> {
    let cell = cell(columns, row, column);
    let text = match &cell {
        Cell::Empty => return Ok(None),
        Cell::Fault(words) => return Err((column, words.clone())),
        cell => cell.text(),
    };
    if says_as_above(&text) {
        return Err((
            column,
            "‘as above’ says nothing by itself: write it out in every row".to_owned(),
        ));
    }
    // `0` is no number of anything, and is told as such.
    let is_number =
        cell.whole().is_some() && column != Column::BoothName && column != Column::SectorName;
    Ok((is_number || !says_nothing(&text)).then_some(text))
}

/// A name as it is written, with one space between words.
fn words(columns: &Columns, row: &Row, column: Column) -> Result<Option<String>, Problem> {
    let Some(text) = text(columns, row, column)? else { return Ok(None) };
    if text.chars().count() > LONGEST_WORDS {
        return Err((column, format!("more than {LONGEST_WORDS} letters")));
    }
    Ok(Some(one_line(&text)))
}

/// How a row names its sector.
fn sector_of(columns: &Columns, row: &Row) -> Result<Option<Named>, Problem> {
    let number = words(columns, row, Column::Sector)?;
    let name = words(columns, row, Column::SectorName)?;
    let said = if number.is_some() { cell(columns, row, Column::Sector) } else { Cell::Empty };
    sectors::named(&said, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: [&str; 6] =
        ["जनपद", "विधान सभा", "बूथ संख्या", "मतदान केंद्र का नाम", "सेक्टर", "सेक्टर का नाम"];

    fn row(number: u32, cells: &[&str]) -> Row {
        Row { number, cells: cells.iter().map(|cell| Cell::of(cell)).collect(), ..Row::default() }
    }

    /// Everything told, and the reasons of the refusals with row and column.
    fn read_with(
        sectors: &[(u16, u16, &str)],
        headers: &[&str],
        rows: &[&[&str]],
    ) -> (Vec<Told>, Vec<(u32, String, String)>) {
        let geography = Geography::shipped().unwrap();
        let known = sectors.iter().map(|(seat, number, name)| (*seat, *number, (*name).to_owned()));
        let mut list = BoothList::new(&geography, known);
        assert_eq!(list.take(&row(1, headers)).unwrap(), BoothOutcome::Head);
        let (mut told, mut refused) = (Vec::new(), Vec::new());
        for (number, cells) in (2..).zip(rows) {
            match list.take(&row(number, cells)).unwrap() {
                BoothOutcome::Head => {}
                BoothOutcome::Accepted(all) => told.extend(all),
                BoothOutcome::Refused(all) => {
                    refused.extend(all.into_iter().map(|one| (one.row, one.column, one.reason)));
                }
            }
        }
        list.end().unwrap();
        (told, refused)
    }

    fn read(rows: &[&[&str]]) -> (Vec<Told>, Vec<(u32, String, String)>) {
        read_with(&[], &HEADERS, rows)
    }

    fn booth(number: u16, sector: Option<u16>, name: &str) -> Told {
        let name = (!name.is_empty()).then(|| name.to_owned());
        Told { place: Place::Booth { assembly: 173, number }, sector, name }
    }

    fn sector(number: u16, name: &str) -> Told {
        let name = (!name.is_empty()).then(|| name.to_owned());
        Told { place: Place::Sector { assembly: 173, number }, sector: None, name }
    }

    #[test]
    fn a_booth_is_read_with_its_sector() {
        let (told, refused) = read(&[
            &["लखनऊ", "लखनऊ पूर्व", "12", "प्रा.  वि. खजुरिया", "4", "गोमती"],
            &["lucknow", "173", "१३", "", "4.0", "गोमती"],
            &["", "lucknow east", "14", "पंचायत भवन", "", ""],
        ]);
        assert_eq!(refused, []);
        let expected = [
            sector(4, "गोमती"),
            booth(12, Some(4), "प्रा. वि. खजुरिया"),
            booth(13, Some(4), ""),
            booth(14, None, "पंचायत भवन"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn english_headers_do_as_well_and_only_seat_and_number_are_needed() {
        let (told, refused) =
            read_with(&[], &["AC No", "Part No", "Part Name"], &[&["173", "5", "Khajuriya"]]);
        assert_eq!((told, refused), (vec![booth(5, None, "Khajuriya")], vec![]));
    }

    #[test]
    fn sectors_told_by_name_are_numbered_once_and_known_again() {
        let rows: [&[&str]; 3] = [
            &["", "173", "1", "", "गोमती", ""],
            &["", "173", "2", "", "Sai", ""],
            &["", "173", "3", "", "gomti", ""],
        ];
        let (told, refused) = read_with(&[(173, 7, "Gomti")], &HEADERS, &rows);
        assert_eq!(refused, []);
        let sectors: Vec<Option<u16>> = told
            .iter()
            .filter(|one| matches!(one.place, Place::Booth { .. }))
            .map(|one| one.sector)
            .collect();
        assert_eq!(sectors, [Some(7), Some(8), Some(7)]);
    }

    /// The sector of each booth.
    fn sectors_of(told: &[Told]) -> Vec<Option<u16>> {
        let booths = told.iter().filter(|one| matches!(one.place, Place::Booth { .. }));
        booths.map(|one| one.sector).collect()
    }

    #[test]
    fn sectors_that_differ_by_a_number_are_different_ones() {
        for names in [["सेक्टर 1", "सेक्टर 2", "Sector II"], ["Sector I", "Sector 2", "सेक्टर २"]]
        {
            for column in [4, 5] {
                let rows = names.map(|name| {
                    let mut cells = ["", "173", "", "", "", ""];
                    cells[column] = name;
                    cells
                });
                let rows: Vec<Vec<&str>> = (1..4)
                    .zip(rows)
                    .map(|(number, mut cells)| {
                        cells[2] = ["1", "2", "3"][number - 1];
                        cells.to_vec()
                    })
                    .collect();
                let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
                let (told, refused) = read(&rows);
                assert_eq!(refused, []);
                assert_eq!(sectors_of(&told), [Some(1), Some(2), Some(2)], "{names:?} {column}");
            }
        }
        let rows: [&[&str]; 3] = [
            &["", "173", "1", "", "गोमती 1", ""],
            &["", "173", "2", "", "गोमती 2", ""],
            &["", "173", "3", "", "Gomti 1", ""],
        ];
        assert_eq!(sectors_of(&read(&rows).0), [Some(1), Some(2), Some(1)]);
    }

    #[test]
    fn a_file_with_two_spellings_of_a_sector_changes_nothing_the_second_time() {
        let rows: [&[&str]; 3] = [
            &["", "173", "1", "", "4", "गोमती"],
            &["", "173", "2", "", "4", "Gomti"],
            &["", "173", "3", "", "Gomtee", ""],
        ];
        let (first, refused) = read(&rows);
        assert_eq!((refused, first.len()), (vec![], 4));
        let (second, refused) = read_with(&[(173, 4, "गोमती")], &HEADERS, &rows);
        assert_eq!(refused, []);
        assert!(second.iter().all(|one| matches!(one.place, Place::Booth { .. })), "{second:?}");
    }

    #[test]
    fn a_sector_that_ended_is_back_when_a_file_names_it() {
        let geography = Geography::shipped().unwrap();
        for cells in [["", "173", "1", "", "4", "गोमती"], ["", "173", "1", "", "Gomti", ""]]
        {
            let mut list =
                BoothList::new(&geography, [(173, 4, "गोमती".to_owned())]).ended([(173, 4)]);
            list.take(&row(1, &HEADERS)).unwrap();
            let again = ["", "173", "2", "", "4", ""];
            let mut of = |number: u32, cells: &[&str]| match list.take(&row(number, cells)).unwrap()
            {
                BoothOutcome::Accepted(told) => told,
                other => panic!("{other:?}"),
            };
            assert_eq!(of(2, &cells), [sector(4, ""), booth(1, Some(4), "")]);
            assert_eq!(of(3, &again), [booth(2, Some(4), "")], "told once");
        }
    }

    #[test]
    fn a_sector_is_known_by_the_name_it_had_and_keeps_the_one_it_has() {
        let geography = Geography::shipped().unwrap();
        let mut list = BoothList::new(&geography, [(173, 4, "गोमती".to_owned())]).once_called([(
            173,
            4,
            "सई".to_owned(),
        )]);
        list.take(&row(1, &HEADERS)).unwrap();
        for (number, booth, named) in [(2, "1", "Sai"), (3, "2", "गोमती"), (4, "3", "सई")]
        {
            let cells = ["", "173", booth, "", named, ""];
            let BoothOutcome::Accepted(told) = list.take(&row(number, &cells)).unwrap() else {
                panic!("{named}")
            };
            let [Told { sector: Some(4), .. }] = told.as_slice() else { panic!("{told:?}") };
        }
    }

    #[test]
    fn every_refusal_tells_row_column_and_reason() {
        let (told, refused) = read(&[
            &["लखनऊ", "173", "12", "", "", ""],
            &["लखनऊ", "173", "12", "", "", ""],
            &["", "", "13", "", "", ""],
            &["", "173", "", "", "", ""],
            &["", "173", "कमरा", "", "", ""],
            &["आगरा", "173", "15", "", "", ""],
            &["कखग", "173", "16", "", "", ""],
            &["", "173", "17", "", "4", "गोमती"],
            &["", "173", "18", "", "4", "सई"],
            &["", "173", "19", "", "0", ""],
        ]);
        assert_eq!(told.len(), 3);
        let at: Vec<(u32, &str)> =
            refused.iter().map(|(row, column, _)| (*row, column.as_str())).collect();
        let expected =
            [(3, "C"), (4, "B"), (5, "C"), (6, "C"), (7, "A"), (8, "A"), (10, "F"), (11, "E")];
        assert_eq!(at, expected, "{refused:#?}");
        let reasons: Vec<&str> = refused.iter().map(|(_, _, reason)| reason.as_str()).collect();
        assert!(reasons[0].contains("stands already in row 2"), "{reasons:?}");
        assert!(reasons[4].contains("lies in लखनऊ"), "{reasons:?}");
        assert!(reasons[6].contains("‘गोमती’ in row 9"), "{reasons:?}");
    }

    #[test]
    fn a_file_without_the_columns_of_booths_says_which_are_missing() {
        let geography = Geography::shipped().unwrap();
        let mut list = BoothList::new(&geography, []);
        list.take(&row(1, &["विधानसभा", "बूथ का नाम"])).unwrap();
        list.take(&row(2, &["173", "x"])).unwrap();
        let words = list.end().unwrap_err().to_string();
        assert!(words.contains("number of the booth"), "{words}");
        let list = BoothList::new(&geography, []);
        let words = list.end().unwrap_err().to_string();
        assert!(words.contains("‘विधानसभा’ and ‘बूथ’"), "{words}");
    }
}
