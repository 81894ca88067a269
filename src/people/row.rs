//! One row of a roster.

use jiff::civil::{Date, date};

use super::columns::{Column, Columns};
use super::places;
use super::posts::{Post, catalogue, post_said};
use crate::contact::{Language, PhoneNumber};
use crate::geography::Geography;
use crate::places::Level;
use crate::sheet::{Cell, Row, day, without_point};
use crate::understanding::{Gender, Kind, Meaning, Reading, read as hear};

/// A person as a row has them; everything the row did not say is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub row: u32,
    pub phone: PhoneNumber,
    pub name: String,
    pub fathers_name: Option<String>,
    pub gender: Option<Gender>,
    pub birth_year: Option<i16>,
    /// One of [`POSTS`](crate::contact::POSTS).
    pub post: Option<&'static str>,
    /// The code of a district.
    pub district: Option<String>,
    /// The number of an assembly seat.
    pub assembly: Option<u16>,
    pub sector: Option<String>,
    pub booth: Option<u16>,
    pub since: Option<Date>,
    /// What the office can show, in its own words.
    pub consent: Option<String>,
}

/// Why a row was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub row: u32,
    /// `C`; empty for a column that is not there.
    pub column: String,
    pub header: String,
    /// What stands in the cell.
    pub said: String,
    pub reason: String,
}

/// Longer words are no name of a sector, of a father, of a form.
pub(super) const LONGEST_WORDS: usize = 200;

/// In a column of proofs, words that prove nothing.
const NO_PROOF: [&str; 12] =
    ["true", "false", "y", "n", "na", "n/a", "nil", "null", "none", "pending", "लंबित", "बाकी"];

struct Reader<'a> {
    columns: &'a Columns,
    row: &'a Row,
    geography: &'a Geography,
    today: Date,
    refusals: Vec<Refusal>,
}

/// Reads one row: a person, or everything that keeps it from being one.
pub(super) fn read(
    columns: &Columns,
    row: &Row,
    geography: &Geography,
    today: Date,
) -> Result<Entry, Vec<Refusal>> {
    let mut reader = Reader { columns, row, geography, today, refusals: Vec::new() };
    let phone = reader.phone();
    let name = reader.name();
    let post = reader.post();
    let district = reader.district();
    let assembly = reader.assembly(district.as_deref());
    let fathers_name = reader.words(Column::FathersName);
    let gender = reader.gender();
    let birth_year = reader.birth_year();
    let sector = reader.words(Column::Sector).or_else(|| reader.words(Column::SectorName));
    let booth = reader.booth();
    let since = reader.since();
    let consent = reader.consent();
    let district = assembly.and_then(|number| reader.district_of(number)).or(district);
    if let Some(post) = post {
        let told = [
            (Column::District, district.is_some()),
            (Column::Assembly, assembly.is_some()),
            (Column::Sector, sector.is_some()),
            (Column::Booth, booth.is_some()),
        ];
        reader.belongs(post, &told);
    }
    if booth.is_some() && assembly.is_none() {
        reader
            .lacks(Column::Assembly, "a number of a booth says nothing without the assembly seat");
    }
    match (phone, name) {
        (Some(phone), Some(name)) if reader.refusals.is_empty() => Ok(Entry {
            row: row.number,
            phone,
            name,
            fathers_name,
            gender,
            birth_year,
            post: post.map(|post| post.code),
            district,
            assembly,
            sector,
            booth,
            since,
            consent,
        }),
        _ => Err(reader.refusals),
    }
}

impl Reader<'_> {
    fn refuse(&mut self, column: Column, reason: impl Into<String>) {
        let said = self.cell(column).text();
        let refusal = self.columns.refusal(self.row.number, column, &said, reason.into());
        self.refusals.push(refusal);
    }

    /// Something that must be there is not: told once for a column.
    fn lacks(&mut self, column: Column, reason: &str) {
        let told = self.columns.refusal(self.row.number, column, "", String::new());
        let known =
            |refusal: &Refusal| refusal.column == told.column && refusal.header == told.header;
        if !self.refusals.iter().any(known) {
            self.refuse(column, reason);
        }
    }

    fn cell(&self, column: Column) -> Cell {
        self.columns.place(column).map_or(Cell::Empty, |place| self.row.cell(place).clone())
    }

    /// The cell of a column as text; `None` when it is empty, or refused because it holds no value.
    fn text(&mut self, column: Column) -> Option<String> {
        match self.cell(column) {
            Cell::Empty => None,
            Cell::Fault(words) => {
                self.refuse(column, words);
                None
            }
            cell => Some(cell.text()),
        }
    }

    /// The number and the name belong to one person: those of a merged cell are of the first row only.
    fn is_shared(&mut self, column: Column) -> bool {
        let place = self.columns.place(column);
        let shared = place.is_some_and(|place| self.row.merged.contains(&place));
        if shared {
            self.refuse(
                column,
                "this cell is merged with the one above: write it out in every row",
            );
        }
        shared
    }

    fn phone(&mut self) -> Option<PhoneNumber> {
        let column = Column::Phone;
        if self.is_shared(column) {
            return None;
        }
        let cell = self.cell(column);
        let Some(text) = self.text(column) else {
            if cell.is_empty() {
                self.refuse(column, "there is no phone number");
            }
            return None;
        };
        if let Ok(phone) = PhoneNumber::parse(without_point(&text)) {
            return Some(phone);
        }
        self.refuse(column, why_no_phone(&text));
        None
    }

    fn name(&mut self) -> Option<String> {
        let column = Column::Name;
        if self.is_shared(column) {
            return None;
        }
        let cell = self.cell(column);
        let Some(text) = self.text(column) else {
            if cell.is_empty() {
                self.refuse(column, "there is no name");
            }
            return None;
        };
        if let Reading::Sure(Meaning::Name(name)) = hear(Kind::PersonName, &text, self.geography) {
            return Some(name);
        }
        self.refuse(column, "this is no name of a person");
        None
    }

    fn words(&mut self, column: Column) -> Option<String> {
        let text = self.text(column)?;
        if text.chars().count() > LONGEST_WORDS {
            self.refuse(column, format!("more than {LONGEST_WORDS} letters"));
            return None;
        }
        Some(text)
    }

    /// What the office can show that the person agreed. A bare yes shows nothing, and a no is none.
    fn consent(&mut self) -> Option<String> {
        if self.is_shared(Column::Consent) {
            return None;
        }
        let words = self.words(Column::Consent)?;
        let small = words.to_lowercase();
        let said = matches!(hear(Kind::YesNo, &words, self.geography), Reading::Sure(_))
            || NO_PROOF.contains(&small.trim())
            || !small.chars().any(|sign| sign.is_alphanumeric() && sign != '0');
        if said {
            self.refuse(
                Column::Consent,
                "write what the office can show: the number of the form, the day of the message; leave it \
                 empty where there is nothing",
            );
            return None;
        }
        Some(words)
    }

    fn gender(&mut self) -> Option<Gender> {
        let text = self.text(Column::Gender)?;
        let letter = match text.to_lowercase().as_str() {
            "m" | "पु" | "पु." => Some(Gender::Male),
            "f" | "म" | "म." | "स्त्री" => Some(Gender::Female),
            _ => None,
        };
        if letter.is_some() {
            return letter;
        }
        if let Reading::Sure(Meaning::Gender(gender)) = hear(Kind::Gender, &text, self.geography) {
            return Some(gender);
        }
        self.refuse(Column::Gender, "write पुरुष, महिला or अन्य (or M, F)");
        None
    }

    fn birth_year(&mut self) -> Option<i16> {
        let cell = self.cell(Column::BirthYear);
        let text = self.text(Column::BirthYear)?;
        let year = match (&cell, cell.whole()) {
            (Cell::Date(day), _) => Some(day.year()),
            (_, Some(year @ 1900..=2100)) => i16::try_from(year).ok(),
            (_, Some(serial @ 2101..)) => i32::try_from(serial)
                .ok()
                .and_then(|serial| day(f64::from(serial), false))
                .map(Date::year),
            (Cell::Text(_), None) => {
                match hear(Kind::Number { from: 1900, to: 2100 }, &text, self.geography) {
                    Reading::Sure(Meaning::Number(year)) => i16::try_from(year).ok(),
                    _ => self.day(&text).map(Date::year),
                }
            }
            _ => None,
        };
        let is_possible = |year: &i16| (self.today.year() - 110..=self.today.year()).contains(year);
        let year = year.filter(is_possible);
        if year.is_none() {
            self.refuse(Column::BirthYear, "write the year of birth with four digits, as 1985");
        }
        year
    }

    fn post(&mut self) -> Option<&'static Post> {
        let text = self.text(Column::Post)?;
        let near = match post_said(&text) {
            Ok(post) => return Some(post),
            Err(near) => near,
        };
        let near: Vec<&str> = near.into_iter().map(|post| post.name(Language::Hi)).collect();
        self.refuse(
            Column::Post,
            if near.is_empty() {
                format!(
                    "no post is called so; leave the cell empty for somebody without a post, or write one of: {}",
                    catalogue().iter().map(|post| post.name(Language::Hi)).collect::<Vec<_>>().join(", ")
                )
            } else {
                format!("perhaps {}: write it so", near.join(" or "))
            },
        );
        None
    }

    fn district(&mut self) -> Option<String> {
        let text = self.text(Column::District)?;
        match places::district(&text, self.geography) {
            Ok(district) => Some(district.code.clone()),
            Err(reason) => {
                self.refuse(Column::District, reason);
                None
            }
        }
    }

    fn assembly(&mut self, district: Option<&str>) -> Option<u16> {
        let text = self.text(Column::Assembly)?;
        match places::assembly(&text, district, self.geography) {
            Ok(seat) => Some(seat.number),
            Err(reason) => {
                self.refuse(Column::Assembly, reason);
                None
            }
        }
    }

    fn district_of(&self, assembly: u16) -> Option<String> {
        self.geography.assembly(assembly).map(|seat| seat.district_code.clone())
    }

    fn booth(&mut self) -> Option<u16> {
        let text = self.text(Column::Booth)?;
        match places::booth(&self.cell(Column::Booth), &text, self.geography) {
            Ok(number) => Some(number),
            Err(reason) => {
                self.refuse(Column::Booth, reason);
                None
            }
        }
    }

    fn since(&mut self) -> Option<Date> {
        let cell = self.cell(Column::Since);
        let text = self.text(Column::Since)?;
        let since = match (&cell, cell.whole()) {
            (Cell::Date(day), _) => Some(*day),
            // A day that lost its format: 45000 is in 2023.
            (Cell::Number(_) | Cell::Text(_), Some(serial @ 20_000..80_000)) => {
                i32::try_from(serial).ok().and_then(|serial| day(f64::from(serial), false))
            }
            (_, Some(year @ 1950..=2100)) => i16::try_from(year).ok().map(|year| date(year, 1, 1)),
            (Cell::Text(_), _) => self.day(&text),
            _ => None,
        };
        match since {
            Some(day) if day > self.today => {
                self.refuse(Column::Since, "this day is still to come");
                None
            }
            None => {
                self.refuse(Column::Since, "write the day as 15-08-2024");
                None
            }
            some => some,
        }
    }

    fn day(&self, text: &str) -> Option<Date> {
        let kind = Kind::Date { today: self.today, from: None, to: None };
        match hear(kind, text, self.geography) {
            Reading::Sure(Meaning::Date(day)) => Some(day),
            _ => None,
        }
    }

    /// Whether the row says where the post is held; `told` has the places and whether they are known.
    fn belongs(&mut self, post: &Post, told: &[(Column, bool)]) {
        let needed: &[(Column, &str)] = match post.level {
            Some(Level::Booth) => &[(Column::Booth, "booth"), (Column::Assembly, "assembly seat")],
            Some(Level::Sector) => {
                &[(Column::Sector, "sector"), (Column::Assembly, "assembly seat")]
            }
            Some(Level::Assembly) => &[(Column::Assembly, "assembly seat")],
            Some(Level::District) => &[(Column::District, "district")],
            Some(Level::State | Level::Division | Level::LokSabha) | None => &[],
        };
        let title = post.name(Language::Hi);
        let lacking = needed.iter().find(|(column, _)| !told.contains(&(*column, true)));
        if let Some((column, what)) = lacking {
            self.lacks(*column, &format!("of a {title} the {what} must be known"));
        }
    }
}

/// What is wrong with a text that is no mobile number.
fn why_no_phone(text: &str) -> String {
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    let is_science = text.contains(['E', 'e']) && text.contains('.') && digits > 3;
    if is_science {
        return "Excel has shortened this number (E+) and its last digits are lost: format the column \
                as text and write it again"
            .to_owned();
    }
    if text.contains([',', '/', ';', '&', '\n']) && digits >= 20 {
        return "two numbers in one cell: give each person a row, or keep one number".to_owned();
    }
    if text.chars().any(char::is_alphabetic) {
        return "there are letters in the number".to_owned();
    }
    match digits {
        10 | 12 => {
            "no mobile number of India begins so: the first of the ten digits is 6, 7, 8 or 9"
                .to_owned()
        }
        0 => "this is no number".to_owned(),
        1..10 => format!("{digits} digits; a mobile number has ten"),
        _ => format!("{digits} digits; a mobile number has ten, or twelve with 91 before it"),
    }
}
