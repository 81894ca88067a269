//! One row of a roster.

use jiff::civil::{Date, date};

use super::columns::{Column, Columns};
use super::consent::{Agreed, agreed};
use super::font::why_unreadable;
use super::ground::Ground;
use super::heard::Heard;
use super::held::{self, At};
use super::names::Named;
use super::places::{self, Seat};
use super::posts::{Post, catalogue};
use super::sectors::{self, one_line};
use crate::contact::{Language, PhoneNumber};
use crate::geography::Geography;
use crate::places::{Level, Place};
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
    /// The numbers of a sector and a booth within the seat.
    pub sector: Option<u16>,
    pub booth: Option<u16>,
    /// The sector is the one in which the booth is known to lie.
    pub sector_follows: bool,
    /// Where the post is held.
    pub place: Option<Place>,
    pub since: Option<Date>,
    /// What the office can show, in its own words.
    pub consent: Option<String>,
    /// Words the office gives to the person, as the cell has them.
    pub tags: Option<String>,
    /// The same person stands above in the file, with another post.
    pub further: bool,
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
    /// The reason without what is known of a person, where it has such: for a terminal.
    pub public: Option<String>,
}

/// Longer words are no name of a sector, of a father, of a form.
pub(super) const LONGEST_WORDS: usize = 200;

/// Years a person can be old.
const OLDEST: i16 = 110;
/// Whoever is younger is a child: Digital Personal Data Protection Act, 2023, section 2(f).
const OF_AGE: i16 = 18;

/// What rows are read with.
pub(super) struct Means<'a> {
    pub(super) geography: &'a Geography,
    pub(super) ground: &'a Ground,
    pub(super) today: Date,
    pub(super) heard: &'a mut Heard,
}

struct Reader<'a> {
    columns: &'a Columns,
    row: &'a Row,
    with: Means<'a>,
    refusals: Vec<Refusal>,
}

/// Reads one row: a person, or everything that keeps it from being one.
pub(super) fn read(columns: &Columns, row: &Row, with: Means<'_>) -> Result<Entry, Vec<Refusal>> {
    let mut reader = Reader { columns, row, with, refusals: Vec::new() };
    let phone = reader.phone();
    let name = reader.name();
    let post = reader.post();
    let district = reader.district();
    let assembly = reader.assembly(district.as_deref());
    let fathers_name = reader.father();
    let gender = reader.gender();
    let birth_year = reader.birth_year();
    let sector = reader.sector(assembly);
    let booth = reader.booth(assembly);
    let is_posts_own = post.is_some_and(|(post, _)| post.level == Some(Level::Sector));
    if let (Some(assembly), Some(sector), Some(booth), false) =
        (assembly, sector, booth, is_posts_own)
    {
        reader.lies_in(assembly, sector, booth);
    }
    let since = reader.since();
    let consent = reader.consent();
    let tags = reader.words(Column::Tags);
    let district = assembly.and_then(|number| reader.district_of(number)).or(district);
    let at = At { district: district.as_deref(), assembly, sector, booth };
    let place = post.and_then(|(post, level)| reader.place(post, level, at));
    // Somebody lives in the sector of their booth, wherever they hold a post.
    let of_booth =
        assembly.zip(booth).and_then(|(seat, booth)| reader.with.ground.sector_of(seat, booth));
    let sector = sector.map(|said| of_booth.unwrap_or(said));
    match (phone, name) {
        (Some(phone), Some(Named { name, of })) if reader.refusals.is_empty() => Ok(Entry {
            row: row.number,
            phone,
            name,
            fathers_name: fathers_name.or(of),
            gender,
            birth_year,
            post: post.map(|(post, _)| post.code),
            district,
            assembly,
            sector,
            booth,
            sector_follows: of_booth.is_some(),
            place,
            since,
            consent,
            tags,
            further: false,
        }),
        _ => Err(reader.refusals),
    }
}

impl Reader<'_> {
    fn refuse(&mut self, column: Column, reason: impl Into<String>) {
        let said = self.cell(column).shown();
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
        let bare = without_quotes(&text);
        let plain = from_science(&bare);
        let plain = plain.or_else(|| without_grouping(&bare));
        let written = plain.as_deref().unwrap_or_else(|| without_point(&bare));
        match PhoneNumber::parse(written).map(|phone| (phone, why_nobodys(phone))) {
            Ok((phone, None)) => return Some(phone),
            Ok((_, Some(reason))) => self.refuse(column, reason),
            Err(_) => self.refuse(column, why_no_phone(&bare)),
        }
        None
    }

    fn name(&mut self) -> Option<Named> {
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
        match self.with.heard.name(&text) {
            Ok(named) => Some(named),
            Err(reason) => {
                self.refuse(column, reason);
                None
            }
        }
    }

    fn father(&mut self) -> Option<String> {
        let father = self.words(Column::FathersName)?;
        if let Some(reason) = why_unreadable(&father) {
            self.refuse(Column::FathersName, reason);
            return None;
        }
        Some(father)
    }

    fn words(&mut self, column: Column) -> Option<String> {
        let text = self.text(column)?;
        if text.chars().count() > LONGEST_WORDS {
            self.refuse(column, format!("more than {LONGEST_WORDS} letters"));
            return None;
        }
        Some(text)
    }

    /// What the office can show that the person agreed. A bare yes shows nothing, and what is not clear is no
    /// consent. Where another column says whether they did, its no is no consent, whatever is shown.
    fn consent(&mut self) -> Option<String> {
        let (said, shown) = (self.agreed(Column::Agreed), self.agreed(Column::Consent));
        match (said, shown) {
            (Agreed::No, _) | (Agreed::Nothing, Agreed::Nothing) => None,
            (Agreed::Unclear, _) => {
                self.refuse(
                    Column::Agreed,
                    "this does not clearly say that the person agreed: write हाँ or नहीं, or leave it empty",
                );
                None
            }
            (Agreed::Nothing | Agreed::Yes, Agreed::Proof(proof))
            | (Agreed::Proof(proof), Agreed::Nothing | Agreed::Yes) => Some(proof),
            (Agreed::Proof(one), Agreed::Proof(other)) if one == other => Some(one),
            (Agreed::Proof(one), Agreed::Proof(other)) => Some(format!("{one}; {other}")),
            _ => {
                self.refuse(
                    Column::Consent,
                    "this does not clearly show that the person agreed: write what the office can show, the number of \
                     the form or the day of the message (‘फॉर्म 12’, ‘संदेश 04-11-2026’); leave it empty where there is nothing",
                );
                None
            }
        }
    }

    fn agreed(&mut self, column: Column) -> Agreed {
        if self.is_shared(column) {
            return Agreed::Nothing;
        }
        match self.words(column) {
            Some(words) => agreed(&words, self.with.today, self.with.geography),
            None => Agreed::Nothing,
        }
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
        if let Reading::Sure(Meaning::Gender(gender)) =
            hear(Kind::Gender, &text, self.with.geography)
        {
            return Some(gender);
        }
        self.refuse(Column::Gender, "write पुरुष, महिला or अन्य (or M, F)");
        None
    }

    fn birth_year(&mut self) -> Option<i16> {
        let cell = self.cell(Column::BirthYear);
        let text = self.text(Column::BirthYear)?;
        // Of a year alone the first day counts: whoever may be of age is taken.
        let first_of = |year: i64| i16::try_from(year).ok().map(|year| date(year, 1, 1));
        let born = match (&cell, cell.whole()) {
            (Cell::Date(day), _) => Some(*day),
            (_, Some(year @ 1900..=2100)) => first_of(year),
            (_, Some(serial @ 2101..)) if !is_slip_of_a_year(serial) => i32::try_from(serial)
                .ok()
                .and_then(|serial| day(f64::from(serial), self.row.is_1904)),
            (Cell::Text(_), None) => {
                match hear(Kind::Number { from: 1900, to: 2100 }, &text, self.with.geography) {
                    Reading::Sure(Meaning::Number(year)) => first_of(year),
                    _ => self.day(&text),
                }
            }
            _ => None,
        };
        let today = self.with.today;
        let is_possible = |born: &Date| *born <= today && born.year() >= today.year() - OLDEST;
        let Some(born) = born.filter(is_possible) else {
            self.refuse(Column::BirthYear, "write the year of birth with four digits, as 1985");
            return None;
        };
        let is_child =
            born.checked_add(jiff::Span::new().years(OF_AGE)).is_ok_and(|day| day > today);
        if is_child {
            self.refuse(
                Column::BirthYear,
                format!("younger than {OF_AGE}: of children nothing is kept; leave this row out"),
            );
            return None;
        }
        Some(born.year())
    }

    fn post(&mut self) -> Option<(&'static Post, Option<Level>)> {
        let text = self.text(Column::Post)?;
        let near = match self.with.heard.post(&text) {
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
        match self.with.heard.district(&text, self.with.geography) {
            Ok(code) => Some(code),
            Err(reason) => {
                self.refuse(Column::District, reason);
                None
            }
        }
    }

    fn assembly(&mut self, district: Option<&str>) -> Option<u16> {
        let text = self.text(Column::Assembly)?;
        if let Some(reason) = places::why_no_number(&self.cell(Column::Assembly)) {
            self.refuse(Column::Assembly, reason);
            return None;
        }
        let Seat { number, wrong } = self.with.heard.seat(&text, district, self.with.geography);
        if let Some((column, reason)) = wrong {
            self.refuse(column, reason);
        }
        number
    }

    /// The sector of the two columns that may name it.
    fn sector(&mut self, assembly: Option<u16>) -> Option<u16> {
        self.text(Column::Sector);
        let name = self.words(Column::SectorName).map(|name| one_line(&name));
        let cell = match self.cell(Column::Sector) {
            Cell::Fault(_) => return None,
            cell => cell,
        };
        if let Some(reason) = places::why_no_number(&cell) {
            self.refuse(Column::Sector, reason);
            return None;
        }
        let column = if cell.is_empty() { Column::SectorName } else { Column::Sector };
        let named = match sectors::named(&cell, name) {
            Ok(named) => named?,
            Err((column, reason)) => {
                self.refuse(column, reason);
                return None;
            }
        };
        let Some(assembly) = assembly else {
            self.lacks(Column::Assembly, "a sector says nothing without the assembly seat");
            return None;
        };
        match self.with.ground.sector(assembly, &named) {
            Ok(number) => Some(number),
            Err(reason) => {
                self.refuse(column, reason);
                None
            }
        }
    }

    fn district_of(&self, assembly: u16) -> Option<String> {
        self.with.geography.assembly(assembly).map(|seat| seat.district_code.clone())
    }

    fn booth(&mut self, assembly: Option<u16>) -> Option<u16> {
        let text = self.text(Column::Booth)?;
        let said = places::booth(&self.cell(Column::Booth), &text, self.with.geography);
        let known = said.and_then(|number| match assembly {
            Some(seat) => self.with.ground.booth(seat, number).map(|()| number),
            None => Ok(number),
        });
        let number = match known {
            Ok(number) => number,
            Err(reason) => {
                self.refuse(Column::Booth, reason);
                return None;
            }
        };
        if assembly.is_none() {
            self.lacks(
                Column::Assembly,
                "a number of a booth says nothing without the assembly seat",
            );
        }
        Some(number)
    }

    /// A booth lies in one sector, where it is known in which.
    fn lies_in(&mut self, assembly: u16, sector: u16, booth: u16) {
        if let Err(reason) = self.with.ground.lies_in(assembly, sector, booth) {
            let is_filled = !self.cell(Column::Sector).is_empty();
            self.refuse(if is_filled { Column::Sector } else { Column::SectorName }, reason);
        }
    }

    fn since(&mut self) -> Option<Date> {
        let cell = self.cell(Column::Since);
        let text = self.text(Column::Since)?;
        let since = match (&cell, cell.whole()) {
            (Cell::Date(day), _) => Some(*day),
            // A day that lost its format: 45000 is in 2023.
            (Cell::Number(_) | Cell::Text(_), Some(serial @ 20_000..80_000))
                if !is_slip_of_a_year(serial) =>
            {
                i32::try_from(serial)
                    .ok()
                    .and_then(|serial| day(f64::from(serial), self.row.is_1904))
            }
            (_, Some(year @ 1950..=2100)) => i16::try_from(year).ok().map(|year| date(year, 1, 1)),
            (Cell::Text(_), _) => self.day(&text),
            _ => None,
        };
        match since {
            Some(day) if day > self.with.today => {
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

    fn day(&mut self, text: &str) -> Option<Date> {
        self.with.heard.day(text, self.with.today, self.with.geography)
    }

    /// Where the post is held. What lacks is told where nothing else is told of that column.
    fn place(&mut self, post: &Post, level: Option<Level>, at: At<'_>) -> Option<Place> {
        match held::place(post, level, at, self.with.geography) {
            Ok(place) => Some(place),
            Err((column, reason)) => {
                self.lacks(column, &reason);
                None
            }
        }
    }
}

/// The digits of a number that Excel wrote as `98,12,34,56,78`.
fn without_grouping(text: &str) -> Option<String> {
    let is_grouped =
        text.contains(',') && text.chars().all(|sign| sign.is_numeric() || sign == ',');
    let bare: String = text.chars().filter(|sign| *sign != ',').collect();
    (is_grouped && bare.chars().count() == 10).then_some(bare)
}

/// Without the quotes and the soft hyphens that programs set beside digits; an apostrophe keeps Excel from taking
/// the plus for a formula.
fn without_quotes(text: &str) -> String {
    let is_quote = |sign: char| {
        matches!(sign, '\'' | '"' | '`' | '´' | '‘' | '’' | '‚' | '‛' | '“' | '”' | '′')
    };
    let bare = text.trim_matches(|sign: char| is_quote(sign) || sign.is_whitespace());
    bare.chars().filter(|sign| !matches!(sign, '\u{ad}' | '\u{2060}' | '\u{200b}')).collect()
}

/// What is written where a number must be, and what Excel leaves of one: they are read as numbers and are none.
fn why_nobodys(phone: PhoneNumber) -> Option<&'static str> {
    let digits = phone.digits().as_bytes();
    let steps_by = |step: u8| {
        digits
            .windows(2)
            .all(|pair| matches!(pair, [one, other] if (one - b'0' + step) % 10 == other - b'0'))
    };
    if steps_by(0) {
        return Some("nobody's number: ten times the same digit");
    }
    if steps_by(1) || steps_by(9) {
        return Some("nobody's number: the digits in a row");
    }
    digits.ends_with(b"00000").then_some(
        "five zeros at the end: Excel has rounded this number (E+) and its last digits are lost; format the \
         column as text and write it again",
    )
}

/// `19855`, `20240`: a year with a digit too many, or a day of the fifties that Excel counts so. Nobody can tell.
const fn is_slip_of_a_year(serial: i64) -> bool {
    matches!(serial, 19_000..=20_999)
}

/// The digits of a number that Excel wrote as `9.876543210E+9`; `None` where some of them are lost.
fn from_science(text: &str) -> Option<String> {
    let (number, power) = text.trim().split_once(['E', 'e'])?;
    let power: usize = power.trim_start_matches('+').parse().ok()?;
    let (whole, parts) = number.split_once('.')?;
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 1 || !is_digits(whole) || !is_digits(parts) || power > 12 {
        return None;
    }
    let (before, behind) = parts.split_at_checked(power)?;
    behind.bytes().all(|byte| byte == b'0').then(|| format!("{whole}{before}"))
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
    if digits >= 20 {
        return "two numbers in one cell: give each person a row, or keep one number".to_owned();
    }
    if text.chars().any(char::is_alphabetic) {
        return "there are letters in the number".to_owned();
    }
    if text.parse::<f64>().is_ok_and(|number| number.fract() != 0.0) {
        return "this number has a fraction: no phone number has one".to_owned();
    }
    let clean = crate::geography::clean(text);
    let all: String = clean.chars().filter(char::is_ascii_digit).collect();
    let has_code = text.starts_with('+') || (all.starts_with("00") && all.len() > 12);
    let is_abroad = has_code && !all.trim_start_matches('0').starts_with("91");
    let is_nepals = all.len() == 13 && all.starts_with("977");
    if digits >= 10 && (is_abroad || is_nepals) {
        return "a number of another country: write a mobile number of India".to_owned();
    }
    let is_landline = digits == 11 && clean.starts_with('0');
    let begins_well = |digits: &str| digits.starts_with(['6', '7', '8', '9']);
    let is_whole = match digits {
        10 => begins_well(&all),
        12 => all.strip_prefix("91").is_some_and(begins_well),
        _ => false,
    };
    if is_whole {
        return "a sign stands beside the digits: write the ten digits alone".to_owned();
    }
    let is_mobile = begins_well(&clean) && !clean.starts_with("91");
    match digits {
        11.. if is_mobile => {
            "more than one number in the cell: give each person a row, or keep one number"
                .to_owned()
        }
        1 => "1 digit; a mobile number has ten".to_owned(),
        11 if is_landline => {
            "this looks like a landline; write a mobile number, on which messages can be read"
                .to_owned()
        }
        10 | 12 => {
            "no mobile number of India begins so: the first of the ten digits is 6, 7, 8 or 9"
                .to_owned()
        }
        0 => "this is no number".to_owned(),
        2..10 => format!("{digits} digits; a mobile number has ten"),
        _ => format!("{digits} digits; a mobile number has ten, or twelve with 91 before it"),
    }
}
