//! One row of a roster.

use jiff::civil::{Date, date};

use super::columns::{Column, Columns};
use crate::contact::{Language, POSTS, PhoneNumber};
use crate::geography::{Geography, LAST_BOOTH};
use crate::sheet::{Cell, Row, day, without_point};
use crate::understanding::{Gender, Kind, Meaning, Phrase, Reading, phrase_said, read as hear};

/// A person as a row has them; everything the row did not say is `None`.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub row: u32,
    pub phone: PhoneNumber,
    pub name: String,
    pub fathers_name: Option<String>,
    pub gender: Option<Gender>,
    pub birth_year: Option<i16>,
    /// One of [`POSTS`].
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

/// Where a holder of a post belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Booth,
    Sector,
    Assembly,
    District,
    State,
}

/// The level of a post by its code.
pub(super) fn level(post: &str) -> Level {
    match post {
        "booth_agent" | "booth_president" | "booth_worker" | "panna_pramukh" => Level::Booth,
        "sector_prabhari" | "sector_president" => Level::Sector,
        "assembly_prabhari" => Level::Assembly,
        "district_prabhari" | "district_president" | "city_president" => Level::District,
        _ => Level::State,
    }
}

/// Posts as rosters name them.
#[rustfmt::skip]
const POST_NAMES: [(&str, &[&str]); 21] = [
    ("assembly_prabhari", &["विधानसभा प्रभारी", "विधान सभा प्रभारी", "assembly incharge", "vidhansabha prabhari"]),
    ("block_president", &["ब्लॉक अध्यक्ष", "block president", "block adhyaksh"]),
    ("booth_agent", &["बूथ एजेंट", "booth agent", "bla", "बीएलए"]),
    ("booth_president", &["बूथ अध्यक्ष", "booth president", "booth adhyaksh"]),
    ("booth_worker", &["बूथ कार्यकर्ता", "booth worker", "बूथ सदस्य"]),
    ("city_president", &["नगर अध्यक्ष", "महानगर अध्यक्ष", "city president", "nagar adhyaksh"]),
    ("district_prabhari", &["जिला प्रभारी", "district incharge", "zila prabhari"]),
    ("district_president", &["जिला अध्यक्ष", "जिलाध्यक्ष", "district president", "zila adhyaksh"]),
    ("general_secretary", &["महासचिव", "महामंत्री", "general secretary", "mahasachiv"]),
    ("lok_sabha_prabhari", &["लोकसभा प्रभारी", "लोक सभा प्रभारी", "lok sabha incharge"]),
    ("mandal_president", &["मंडल अध्यक्ष", "mandal president", "mandal adhyaksh"]),
    ("panna_pramukh", &["पन्ना प्रमुख", "panna pramukh"]),
    ("prabhari", &["प्रभारी", "incharge", "in charge"]),
    ("sector_prabhari", &["सेक्टर प्रभारी", "sector incharge", "sector prabhari"]),
    ("sector_president", &["सेक्टर अध्यक्ष", "sector president", "sector adhyaksh"]),
    ("secretary", &["सचिव", "मंत्री", "secretary", "sachiv"]),
    ("spokesperson", &["प्रवक्ता", "spokesperson", "pravakta"]),
    ("state_president", &["प्रदेश अध्यक्ष", "state president", "pradesh adhyaksh"]),
    ("treasurer", &["कोषाध्यक्ष", "treasurer", "koshadhyaksh"]),
    ("ward_president", &["वार्ड अध्यक्ष", "ward president", "ward adhyaksh"]),
    ("zone_president", &["जोन अध्यक्ष", "ज़ोन अध्यक्ष", "zone president"]),
];

static POSTS_BY_NAME: std::sync::LazyLock<Vec<(&'static str, Phrase)>> =
    std::sync::LazyLock::new(|| {
        let of = |(post, names): &(&'static str, &[&str])| {
            let post = *post;
            names.iter().map(move |name| (post, Phrase::new(name))).collect::<Vec<_>>()
        };
        POST_NAMES.iter().flat_map(of).collect()
    });

/// Longer words are no name of a sector, of a father, of a form.
const LONGEST_WORDS: usize = 200;

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
    let sector = reader.words(Column::Sector);
    let booth = reader.booth();
    let since = reader.since();
    let consent = reader.words(Column::Consent);
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
            post,
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

    fn post(&mut self) -> Option<&'static str> {
        let text = self.text(Column::Post)?;
        let code = text.trim().to_lowercase().replace(' ', "_");
        if let Some(post) = POSTS.iter().find(|post| **post == code) {
            return Some(post);
        }
        let names = POSTS_BY_NAME.iter().map(|(post, phrase)| (*post, phrase));
        if let Some(post) = phrase_said(&text, names) {
            return Some(post);
        }
        let names = POSTS_BY_NAME.iter().map(|(post, phrase)| (*post, phrase));
        let near = crate::understanding::phrases_like(&text, names);
        let near: Vec<&str> = near.into_iter().map(name_of_post).collect();
        self.refuse(
            Column::Post,
            if near.is_empty() {
                format!(
                    "no post is called so; leave the cell empty for somebody without a post, or write one of: {}",
                    POST_NAMES.map(|(post, _)| name_of_post(post)).join(", ")
                )
            } else {
                format!("perhaps {}: write it so", near.join(" or "))
            },
        );
        None
    }

    fn district(&mut self) -> Option<String> {
        let text = self.text(Column::District)?;
        let geography = self.geography;
        let named = |place: &Meaning| match place {
            Meaning::District(index) => geography.districts.get(*index),
            _ => None,
        };
        match hear(Kind::District, &text, geography) {
            Reading::Sure(meaning) if named(&meaning).is_some() => {
                named(&meaning).map(|district| district.code.clone())
            }
            Reading::Unsure(near) | Reading::Tie(near) => {
                let near: Vec<&str> = near
                    .iter()
                    .filter_map(named)
                    .map(|district| district.name(Language::Hi))
                    .collect();
                self.refuse(
                    Column::District,
                    format!("perhaps {}: write it so", near.join(" or ")),
                );
                None
            }
            _ => {
                self.refuse(Column::District, "no district of Uttar Pradesh is called so");
                None
            }
        }
    }

    fn assembly(&mut self, district: Option<&str>) -> Option<u16> {
        let text = self.text(Column::Assembly)?;
        let geography = self.geography;
        let named = |place: &Meaning| match place {
            Meaning::Assembly(index) => geography.assemblies.get(*index),
            _ => None,
        };
        // Over the whole state, so that a seat of another district is told as such.
        let read = match hear(Kind::Assembly { district: None }, &text, geography) {
            sure @ Reading::Sure(_) => sure,
            other => match district {
                Some(code) => hear(Kind::Assembly { district: Some(code) }, &text, geography),
                None => other,
            },
        };
        match read {
            Reading::Sure(meaning) => {
                let seat = named(&meaning)?;
                if let Some(code) = district
                    && seat.district_code != code
                {
                    let lies_in = geography.district(&seat.district_code);
                    let lies_in = lies_in.map_or("", |district| district.name(Language::Hi));
                    let reason = format!(
                        "seat {} {} lies in {lies_in}, not in the district of this row",
                        seat.number,
                        seat.name(Language::Hi)
                    );
                    self.refuse(Column::Assembly, reason);
                    return None;
                }
                Some(seat.number)
            }
            Reading::Unsure(near) | Reading::Tie(near) => {
                let near: Vec<String> = near
                    .iter()
                    .filter_map(named)
                    .map(|seat| format!("{} {}", seat.number, seat.name(Language::Hi)))
                    .collect();
                self.refuse(
                    Column::Assembly,
                    format!("perhaps {}: write its number or its name so", near.join(" or ")),
                );
                None
            }
            Reading::None => {
                self.refuse(
                    Column::Assembly,
                    "no assembly seat of Uttar Pradesh is called so; write its number, 1 to 403",
                );
                None
            }
        }
    }

    fn district_of(&self, assembly: u16) -> Option<String> {
        self.geography.assembly(assembly).map(|seat| seat.district_code.clone())
    }

    fn booth(&mut self) -> Option<u16> {
        let text = self.text(Column::Booth)?;
        let kind = Kind::Number { from: 1, to: LAST_BOOTH };
        let number =
            self.cell(Column::Booth).whole().or_else(|| match hear(kind, &text, self.geography) {
                Reading::Sure(Meaning::Number(number)) => Some(number),
                _ => None,
            });
        let booth = number.and_then(|number| u16::try_from(number).ok());
        let booth = booth.filter(|booth| (1..=LAST_BOOTH).contains(&i64::from(*booth)));
        if booth.is_none() {
            let reason = format!("write the number of the booth, 1 to {LAST_BOOTH}");
            self.refuse(Column::Booth, reason);
        }
        booth
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
    fn belongs(&mut self, post: &str, told: &[(Column, bool)]) {
        let needed: &[(Column, &str)] = match level(post) {
            Level::Booth => &[(Column::Booth, "booth"), (Column::Assembly, "assembly seat")],
            Level::Sector => &[(Column::Sector, "sector"), (Column::Assembly, "assembly seat")],
            Level::Assembly => &[(Column::Assembly, "assembly seat")],
            Level::District => &[(Column::District, "district")],
            Level::State => &[],
        };
        let title = name_of_post(post);
        let lacking = needed.iter().find(|(column, _)| !told.contains(&(*column, true)));
        if let Some((column, what)) = lacking {
            self.lacks(*column, &format!("of a {title} the {what} must be known"));
        }
    }
}

/// The first name of a post, as the office writes it.
fn name_of_post(post: &str) -> &'static str {
    let found = POST_NAMES.iter().find(|(code, _)| *code == post);
    found.and_then(|(_, names)| names.first().copied()).unwrap_or("")
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
