//! What the columns of a list are, by their headers in Hindi, English, Urdu or a mix of them.

use std::sync::LazyLock;

use super::HEADER_WITHIN;
use super::row::Refusal;
use crate::sheet::{Cell, Row, column_letter};
use crate::understanding::{Phrase, fold, phrase_said};

/// What a column says: of a person in a roster, of a booth in a list of booths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    Phone,
    Name,
    FathersName,
    Gender,
    BirthYear,
    Post,
    District,
    Assembly,
    Sector,
    Booth,
    /// The name of the polling place.
    BoothName,
    /// The name of the sector, beside its number.
    SectorName,
    /// Since when the post is held.
    Since,
    /// Whether the person agreed, where another column has what shows it.
    Agreed,
    /// By what the office can show that the person agreed: a form's number, a message's day.
    Consent,
    /// Words the office gives to people.
    Tags,
    /// The running number of a list.
    Serial,
    /// Identity numbers, caste, religion: never read, never kept.
    Forbidden,
}

impl Column {
    /// The header a file of our own writes.
    #[must_use]
    pub const fn header(self) -> &'static str {
        match self {
            Column::Phone => "मोबाइल",
            Column::Name => "नाम",
            Column::FathersName => "पिता/पति का नाम",
            Column::Gender => "लिंग",
            Column::BirthYear => "जन्म वर्ष",
            Column::Post => "पद",
            Column::District => "ज़िला",
            Column::Assembly => "विधानसभा",
            Column::Sector => "सेक्टर",
            Column::Booth => "बूथ",
            Column::BoothName => "बूथ का नाम",
            Column::SectorName => "सेक्टर का नाम",
            Column::Since => "कब से",
            Column::Agreed => "सहमति",
            Column::Consent => "सहमति का प्रमाण",
            Column::Tags => "टैग",
            Column::Serial => "क्रमांक",
            Column::Forbidden => "",
        }
    }
}

/// Headers as offices write them; every script and common spelling of one is heard by the ear.
#[rustfmt::skip]
const NAMES: [(Column, &[&str]); 17] = [
    (Column::Phone, &[
        "मोबाइल", "मोबाइल नंबर", "मोबाइल न", "मो न", "मो नं", "मोबाइल संख्या", "फोन", "फ़ोन नंबर", "दूरभाष", "संपर्क नंबर",
        "संपर्क सूत्र", "व्हाट्सएप नंबर", "mobile", "mobile no", "mobile number", "mob", "mob no", "phone", "phone no",
        "phone number", "contact no", "contact number", "whatsapp", "whatsapp no", "whatsapp number", "cell", "contact", "मो", "मोब", "मोब न", "मोबाईल", "موبائل", "فون نمبر",
    ]),
    (Column::Name, &[
        "नाम", "पूरा नाम", "सदस्य का नाम", "कार्यकर्ता का नाम", "पदाधिकारी का नाम", "नाम सदस्य", "name", "full name", "member name",
        "name of member", "worker name", "name of worker", "karyakarta", "कार्यकर्ता", "karyakarta name", "karyakarta ka naam",
        "कार्यकर्ता नाम", "सदस्य नाम", "नाम कार्यकर्ता", "नाम पदाधिकारी", "पदाधिकारी नाम", "نام",
    ]),
    (Column::FathersName, &[
        "पिता का नाम", "पिता", "पति का नाम", "पिता पति का नाम", "father name", "fathers name", "father's name", "husband name",
        "s o", "w o", "father husband name", "والد کا نام",
    ]),
    (Column::Gender, &["लिंग", "gender", "sex", "महिला पुरुष", "पुरुष महिला", "جنس"]),
    (Column::BirthYear, &[
        "जन्म वर्ष", "जन्म का साल", "जन्म तिथि", "जन्मतिथि", "birth year", "year of birth", "dob", "date of birth", "yob",
    ]),
    (Column::Post, &["पद", "पदनाम", "दायित्व", "post", "designation", "position", "role", "responsibility", "عہدہ"]),
    (Column::District, &["जिला", "ज़िला", "जनपद", "जिले का नाम", "district", "district name", "distt", "dist", "zila", "ضلع"]),
    (Column::Assembly, &[
        "विधानसभा", "विधान सभा", "विधानसभा क्षेत्र", "विधानसभा का नाम", "विधानसभा संख्या", "विधानसभा क्रमांक", "assembly",
        "assembly name", "assembly no", "vidhansabha", "vidhan sabha", "ac", "ac no", "ac name", "constituency", "seat", "विस", "वि स", "विस क्षेत्र", "वि स क्षेत्र", "विस का नाम", "वि स का नाम",
        "विस संख्या", "वि स संख्या", "ac number", "اسمبلی",
    ]),
    (Column::Sector, &["सेक्टर", "सेक्टर संख्या", "सेक्टर क्रमांक", "sector", "sector no", "sector number", "سیکٹر"]),
    (Column::SectorName, &["सेक्टर का नाम", "सेक्टर नाम", "sector name", "name of sector"]),
    (Column::Booth, &[
        "बूथ", "बूथ संख्या", "बूथ नंबर", "बूथ न", "बूथ नं", "बूथ सं", "बूथ क्रमांक", "भाग सं", "मतदान केंद्र सं", "मतदान केंद्र संख्या", "भाग संख्या", "booth", "booth no", "booth number",
        "part no", "part number", "polling booth", "بوتھ",
    ]),
    (Column::BoothName, &[
        "बूथ का नाम", "बूथ नाम", "मतदान केंद्र", "मतदान केंद्र का नाम", "मतदेय स्थल", "मतदेय स्थल का नाम", "भाग का नाम", "booth name",
        "name of booth", "polling station", "polling station name", "part name",
    ]),
    (Column::Since, &[
        "कब से", "पद ग्रहण तिथि", "नियुक्ति तिथि", "नियुक्ति की तारीख", "पद की तिथि", "since", "from", "from date", "start date", "date of appointment",
        "appointment date", "appointed on", "joining date", "दिनांक", "तिथि", "तारीख", "date",
    ]),
    (Column::Consent, &[
        "सहमति", "सहमति का प्रमाण", "सहमति प्रमाण", "सहमति पत्र", "सहमति पत्र संख्या", "फॉर्म संख्या", "consent", "consent proof", "proof of consent",
        "consent form no", "form no", "form number", "رضامندی",
    ]),
    (Column::Tags, &["टैग", "टैग्स", "tag", "tags", "label", "labels", "ٹیگ"]),
    (Column::Serial, &["क्रमांक", "क्रम", "क्र", "क्रम संख्या", "क्र सं", "s no", "sno", "sr no", "sl no", "serial no", "no", "#", "id"]),
    // Besides these every header with a word of NEVER in it.
    (Column::Forbidden, &[
        "uid", "मतदाता पहचान पत्र", "मतदाता पहचान पत्र संख्या", "वर्ग", "श्रेणी", "category", "राशन कार्ड", "ration card", "बैंक खाता", "bank account",
        "account no",
    ]),
];

static PHRASES: LazyLock<Vec<(Column, String, Phrase)>> = LazyLock::new(|| {
    let of = |(column, names): &(Column, &[&str])| {
        let column = *column;
        let phrases = names.iter().map(move |name| (column, fold(name), Phrase::new(name)));
        phrases.collect::<Vec<_>>()
    };
    NAMES.iter().flat_map(of).collect()
});

/// Headers that say less than others of the same column: beside one of those they are not known.
const VAGUE: [&str; 6] = ["contact", "कार्यकर्ता", "karyakarta", "दिनांक", "तिथि", "date"];

/// Headers of a consent that name nothing to show for it: beside a column that does, such a one says whether the
/// person agreed.
const BARE_CONSENT: [&str; 3] = ["सहमति", "consent", "رضامندی"];

fn is_bare_consent(header: &str) -> bool {
    let bare: Vec<String> = BARE_CONSENT.iter().map(|word| fold(word)).collect();
    let parts = parts(unnumbered(header));
    parts.filter(|part| heard(part).is_some()).all(|part| bare.contains(&fold(part)))
}

/// What a file is a list of: what it cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ListOf {
    /// Two columns, and what each is in English.
    needed: [(Column, &'static str); 2],
    /// The same in one breath.
    told: &'static str,
}

pub(super) const OF_PEOPLE: ListOf = ListOf {
    needed: [(Column::Phone, "phone number"), (Column::Name, "name")],
    told: "‘मोबाइल’ and ‘नाम’ (mobile, name)",
};

pub(super) const OF_BOOTHS: ListOf = ListOf {
    needed: [(Column::Assembly, "assembly seat"), (Column::Booth, "number of the booth")],
    told: "‘विधानसभा’ and ‘बूथ’ (assembly, booth)",
};

/// Something of a file that is told once, beside what becomes of its rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A header was read; the rows below it are read by these columns, until another comes.
    Columns(Columns),
    /// A column has values and no header: it is not read. The row is the first with a value.
    Unnamed { column: String, row: u32 },
    /// A day in the column of [`Column::Since`] beside no post is not kept. The row is the first.
    SinceOfNothing { row: u32 },
}

/// What a row is to the list it stands in.
#[derive(Debug)]
pub(super) enum Passed<'c> {
    /// A title, a header, a row with nothing in it.
    Nothing,
    /// One of the list.
    Row(&'c Columns),
    /// Rows of the list that cannot be read, whatever stands in them; each is told once.
    Refused(Vec<Refusal>),
}

/// Looks for the headers of a file, row by row: lists are pasted below each other, each with its own.
#[derive(Clone, Debug)]
pub(super) struct Head {
    list: ListOf,
    /// The rows before a header was found.
    above: Vec<Row>,
    columns: Option<Columns>,
    /// The row before, where it is a header that lacks something: this row may have it.
    upper: Option<Row>,
    /// Why the best of the headers that were met is of no use, and how many columns it names.
    of_no_use: Option<(usize, HeaderError)>,
    /// The header above the row is of no use: by which columns its rows are to be read nobody knows.
    lost: Option<HeaderError>,
    /// Columns with values and without a header, once they are told.
    unnamed: Vec<usize>,
    notices: Vec<Notice>,
}

impl Head {
    pub(super) const fn new(list: ListOf) -> Head {
        Head {
            list,
            above: Vec::new(),
            columns: None,
            upper: None,
            of_no_use: None,
            lost: None,
            unnamed: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// The columns, once a header was read.
    pub(super) const fn columns(&self) -> Option<&Columns> {
        self.columns.as_ref()
    }

    /// What is to be told since this was asked last.
    pub(super) fn notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    pub(super) fn tell(&mut self, notice: Notice) {
        self.notices.push(notice);
    }

    /// What a row is.
    ///
    /// # Errors
    /// [`HeaderError`]: the file as a whole cannot be read as such a list.
    pub(super) fn passes(&mut self, row: &Row) -> Result<Passed<'_>, HeaderError> {
        if self.columns.is_none() {
            return self.looks(row);
        }
        let is_repeated = |columns: &Columns| columns.repeats_header(row);
        if self.columns.as_ref().is_some_and(is_repeated) {
            self.lost = None;
            return Ok(Passed::Nothing);
        }
        if row.broken.is_none() && may_be_header(row) && self.is_another(row) {
            return Ok(Passed::Nothing);
        }
        self.upper = None;
        let Some(columns) = &self.columns else { return Ok(Passed::Nothing) };
        if row.broken.is_none() && columns.is_unfilled(row) {
            return Ok(Passed::Nothing);
        }
        let refused = columns.broken(row).or_else(|| columns.too_wide(row)).or_else(|| {
            let why = self.lost.as_ref()?;
            let reason = format!("the header above this row is of no use: {why}");
            Some(columns.refusal_at(row, None, reason))
        });
        if let Some(refusal) = refused {
            return Ok(Passed::Refused(vec![refusal]));
        }
        for (place, cell) in row.cells.iter().enumerate() {
            let is_new = !cell.is_empty() && !self.unnamed.contains(&place);
            if is_new && columns.header(place).is_none() {
                self.unnamed.push(place);
                let column = column_letter(place);
                self.notices.push(Notice::Unnamed { column, row: row.number });
            }
        }
        Ok(Passed::Row(columns))
    }

    /// Before there is a header: whether this row is it, by itself or with the row above.
    fn looks(&mut self, row: &Row) -> Result<Passed<'_>, HeaderError> {
        let upper = self.upper.take();
        let alone = if row.broken.is_some() { Ok(None) } else { Columns::of(row, self.list) };
        let found = match alone {
            Ok(Some(columns)) => {
                let upper = upper.filter(is_mostly_headers);
                let both = upper.map(|upper| under(&upper, row, Cell::is_empty));
                let both = both.and_then(|both| Columns::of(&both, self.list).ok().flatten());
                Some(both.unwrap_or(columns))
            }
            Ok(None) | Err(HeaderError::Missing { .. }) => {
                let names_none = |cell: &Cell| !names_one(cell);
                let both = upper.map(|upper| under(&upper, row, names_none));
                let both = both.and_then(|both| Columns::of(&both, self.list).ok().flatten());
                if let (None, Err(error)) = (&both, alone) {
                    let named = row.cells.iter().filter(|cell| names_one(cell)).count();
                    if self.of_no_use.as_ref().is_none_or(|(before, _)| named > *before) {
                        self.of_no_use = Some((named, error));
                    }
                    self.upper = Some(row.clone());
                }
                both
            }
            Err(error) => return Err(error),
        };
        let Some(columns) = found else {
            self.above.push(row.clone());
            return if self.above.len() >= HEADER_WITHIN {
                Err(self.not_found())
            } else {
                Ok(Passed::Nothing)
            };
        };
        let above = std::mem::take(&mut self.above);
        let lost = above.iter().filter(|row| self.list.is_row(row, &columns));
        let refuse = |row: &Row| {
            let reason = "this row stands above the header: put it below, or nobody can say what its cells are";
            columns.refusal_at(row, None, reason.to_owned())
        };
        let refused: Vec<Refusal> = lost.map(refuse).collect();
        self.notices.push(Notice::Columns(columns.clone()));
        self.columns = Some(columns);
        Ok(if refused.is_empty() { Passed::Nothing } else { Passed::Refused(refused) })
    }

    /// Whether a row below the header is another header, by itself or with the row above. Its columns count from here
    /// on; where it is of no use, no row below it is read.
    fn is_another(&mut self, row: &Row) -> bool {
        let upper = self.upper.take();
        let (found, error) = match Columns::of(row, self.list) {
            Ok(found) => (found, None),
            Err(error) => (None, Some(error)),
        };
        let found = found.or_else(|| {
            let both = under(&upper?, row, |cell| !names_one(cell));
            Columns::of(&both, self.list).ok().flatten()
        });
        if let Some(columns) = found {
            self.lost = None;
            self.unnamed.clear();
            self.notices.push(Notice::Columns(columns.clone()));
            self.columns = Some(columns);
            return true;
        }
        let Some(error) = error else { return false };
        let is_elsewhere = |columns: &Columns| columns.is_elsewhere(row);
        if !is_mostly_headers(row) || !self.columns.as_ref().is_some_and(is_elsewhere) {
            return false;
        }
        self.lost = Some(error);
        self.upper = Some(row.clone());
        true
    }

    /// Told when the file ends without a header.
    pub(super) fn not_found(&self) -> HeaderError {
        if let Some((_, error)) = &self.of_no_use {
            return error.clone();
        }
        // A header that is not Unicode is none that can be heard.
        let fault = self.above.iter().find_map(|row| {
            let words = row.cells.iter().find_map(|cell| match cell {
                Cell::Fault(words) => Some(words.clone()),
                _ => None,
            })?;
            Some(HeaderError::Unreadable { row: row.number, words })
        });
        fault.unwrap_or(HeaderError::NotFound { needed: self.list.told })
    }

    /// Told when the file ends: an error where there is no header, or no row below it.
    pub(super) fn end(&self, rows: u64) -> Result<(), HeaderError> {
        match &self.columns {
            None => Err(self.not_found()),
            Some(columns) if rows == 0 => Err(HeaderError::NoRows { row: columns.row }),
            Some(_) => Ok(()),
        }
    }
}

impl ListOf {
    /// Whether a row above the header is one of the list: what every row must have stands in it.
    fn is_row(self, row: &Row, columns: &Columns) -> bool {
        if row.cells.iter().any(names_one) {
            return false;
        }
        let digits = |cell: &Cell| cell.shown().chars().filter(|sign| sign.is_numeric()).count();
        let filled = row.cells.iter().filter(|cell| !cell.is_empty()).count();
        if self == OF_PEOPLE {
            return filled > 1 && row.cells.iter().any(|cell| (10..=13).contains(&digits(cell)));
        }
        let has =
            |column: Column| columns.place(column).is_some_and(|place| digits(row.cell(place)) > 0);
        filled > 1 && has(Column::Booth)
    }
}

/// Whether a cell names a column.
fn names_one(cell: &Cell) -> bool {
    matches!(cell, Cell::Text(text) if named(text).is_some())
}

/// Whether more cells of a row name columns than not.
fn is_mostly_headers(row: &Row) -> bool {
    let filled = row.cells.iter().filter(|cell| !cell.is_empty()).count();
    row.cells.iter().filter(|cell| names_one(cell)).count() * 2 > filled
}

/// Whether a row can be a header at all: it has words alone. Nearly every row of a list has a number, and is not
/// heard then.
fn may_be_header(row: &Row) -> bool {
    let is_word = |cell: &Cell| match cell {
        Cell::Empty | Cell::Fault(_) => true,
        Cell::Text(text) => {
            text.chars().any(char::is_alphabetic) || !text.chars().any(char::is_numeric)
        }
        Cell::Number(_) | Cell::Date(_) | Cell::Bool(_) => false,
    };
    row.cells.iter().all(is_word)
}

/// Two rows of a header as one: the cell above stands where the one below leaves it open.
fn under(upper: &Row, lower: &Row, is_open: impl Fn(&Cell) -> bool) -> Row {
    let of = |place: usize| {
        let (above, below) = (upper.cell(place), lower.cell(place));
        if is_open(below) && !above.is_empty() { above.clone() } else { below.clone() }
    };
    let cells = (0..upper.cells.len().max(lower.cells.len())).map(of).collect();
    Row { number: lower.number, cells, width: upper.width.max(lower.width), ..Row::default() }
}

/// The columns of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    /// The row of the header.
    pub row: u32,
    /// Each column that is known: what it is, which (0 is A), and its header as it is written.
    known: Vec<(Column, usize, String)>,
    /// Headers nobody knows: those columns are not read.
    pub unknown: Vec<(usize, String)>,
    /// How many cells the header has in a CSV file.
    width: Option<usize>,
}

/// Why a file has no header to go by.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    #[error("no row says what the columns are: the first row must have headers, at least {needed}")]
    NotFound { needed: &'static str },
    #[error("row {row}: there is no column for the {missing}: write the header ‘{write}’ above it")]
    Missing { row: u32, missing: &'static str, write: &'static str },
    #[error("no row says what the columns are; row {row} may have been it: {words}")]
    Unreadable { row: u32, words: String },
    #[error("row {row} says what the columns are, and no row below it says anything")]
    NoRows { row: u32 },
    #[error(
        "row {row}: the columns {first} ‘{first_header}’ and {second} ‘{second_header}’ both say the same \
         thing; give the one that is not to be read another header"
    )]
    Twice { row: u32, first: String, first_header: String, second: String, second_header: String },
}

impl Columns {
    /// The columns when this row is a header: when it names two columns of such a list.
    ///
    /// # Errors
    /// It is a header, and one of no use.
    pub(super) fn of(row: &Row, list: ListOf) -> Result<Option<Columns>, HeaderError> {
        let mut known: Vec<(Column, usize, String)> = Vec::new();
        let mut unknown = Vec::new();
        for (place, cell) in row.cells.iter().enumerate() {
            let text = match cell {
                Cell::Text(text) => text,
                Cell::Fault(words) => {
                    unknown.push((place, words.clone()));
                    continue;
                }
                _ => continue,
            };
            match named(text) {
                Some(column) => known.push((column, place, text.clone())),
                None => unknown.push((place, text.clone())),
            }
        }
        let vague: Vec<String> = VAGUE.iter().map(|word| fold(word)).collect();
        let columns: Vec<Column> = known.iter().map(|(column, ..)| *column).collect();
        known.retain(|(column, place, header)| {
            let is_alone = columns.iter().filter(|known| *known == column).count() < 2;
            let is_kept = is_alone || !vague.contains(&fold(header));
            if !is_kept {
                unknown.push((*place, header.clone()));
            }
            is_kept
        });
        let consents: Vec<bool> = known
            .iter()
            .filter(|(column, ..)| *column == Column::Consent)
            .map(|(.., header)| is_bare_consent(header))
            .collect();
        if consents.contains(&true) && consents.contains(&false) {
            for (column, _, header) in &mut known {
                if *column == Column::Consent && is_bare_consent(header) {
                    *column = Column::Agreed;
                }
            }
        }
        unknown.sort_unstable();
        let told = known.iter().filter(|(column, ..)| *column != Column::Serial).count();
        if told < 2 {
            return Ok(None);
        }
        let mut sorted = known.clone();
        sorted.sort_by_key(|(column, place, _)| (*column, *place));
        for pair in sorted.windows(2) {
            let [(one, first, first_header), (other, second, second_header)] = pair else {
                continue;
            };
            if one == other && !matches!(one, Column::Forbidden | Column::Serial) {
                return Err(HeaderError::Twice {
                    row: row.number,
                    first: column_letter(*first),
                    first_header: first_header.clone(),
                    second: column_letter(*second),
                    second_header: second_header.clone(),
                });
            }
        }
        for (column, missing) in list.needed {
            if !known.iter().any(|(known, ..)| *known == column) {
                let write = column.header();
                return Err(HeaderError::Missing { row: row.number, missing, write });
            }
        }
        Ok(Some(Columns { row: row.number, known, unknown, width: row.width }))
    }

    /// Where a column stands (0 is A).
    #[must_use]
    pub fn place(&self, column: Column) -> Option<usize> {
        self.known.iter().find(|(known, ..)| *known == column).map(|(_, place, _)| *place)
    }

    /// Each known column with its letter and its header, in the order of the file.
    pub fn known(&self) -> impl Iterator<Item = (Column, String, &str)> {
        self.known
            .iter()
            .map(|(column, place, header)| (*column, column_letter(*place), header.as_str()))
    }

    /// Whether a row is the header once more, as printed lists have it on every page.
    #[must_use]
    pub fn repeats_header(&self, row: &Row) -> bool {
        let same = |(_, place, header): &(Column, usize, String)| matches!(row.cell(*place), Cell::Text(text) if text == header);
        self.known.iter().filter(|known| same(known)).count() >= 2
            && self.known.iter().all(|known| same(known) || row.cell(known.1).is_empty())
    }

    /// Whether nothing stands in a row but its running number: lists are numbered before they are filled. What a
    /// merged cell says is said by the row it begins in.
    #[must_use]
    pub fn is_unfilled(&self, row: &Row) -> bool {
        let serial = self.place(Column::Serial);
        let is_own = |place: usize| Some(place) != serial && !row.merged.contains(&place);
        !row.cells.iter().enumerate().any(|(place, cell)| is_own(place) && !cell.is_empty())
    }

    /// A refusal at a column of a row.
    #[must_use]
    pub fn refusal(&self, row: u32, column: Column, said: &str, reason: String) -> Refusal {
        let found = self.known.iter().find(|(known, ..)| *known == column);
        let (letter, header) = match found {
            Some((_, place, header)) => (column_letter(*place), header.clone()),
            None => (String::new(), column.header().to_owned()),
        };
        Refusal { row, column: letter, header, said: said.to_owned(), reason, public: None }
    }

    /// The header of a column, whether or not it is read.
    fn header(&self, place: usize) -> Option<&str> {
        let read = self.known.iter().map(|(_, place, header)| (*place, header.as_str()));
        let mut all =
            read.chain(self.unknown.iter().map(|(place, header)| (*place, header.as_str())));
        all.find(|(known, _)| *known == place).map(|(_, header)| header)
    }

    /// Whether a row names a column where this header has another.
    fn is_elsewhere(&self, row: &Row) -> bool {
        row.cells.iter().enumerate().any(|(place, cell)| {
            let Cell::Text(text) = cell else { return false };
            let said = named(text).filter(|column| *column != Column::Serial);
            let here = self.known.iter().find(|(_, known, _)| *known == place);
            said.is_some_and(|said| here.is_none_or(|(column, ..)| *column != said))
        })
    }

    /// A refusal of a whole row, at one of its columns.
    fn refusal_at(&self, row: &Row, place: Option<usize>, reason: String) -> Refusal {
        let header = place.and_then(|place| self.header(place));
        Refusal {
            row: row.number,
            column: place.map_or_else(String::new, column_letter),
            header: header.unwrap_or_default().to_owned(),
            said: place.map_or_else(String::new, |place| row.cell(place).shown()),
            reason,
            public: None,
        }
    }

    /// Why a row is not to be trusted, whichever column is to blame.
    fn broken(&self, row: &Row) -> Option<Refusal> {
        let (place, words) = row.broken.as_ref()?;
        Some(self.refusal_at(row, Some(*place), words.clone()))
    }

    /// Why a row of a CSV file has cells for which there is no column: then nobody knows which of them is too much.
    fn too_wide(&self, row: &Row) -> Option<Refusal> {
        let (width, own) = (self.width?, row.width?);
        let is_filled = |(_, cell): &(usize, &Cell)| !cell.is_empty();
        let (place, _) = row.cells.iter().enumerate().skip(width).find(is_filled)?;
        let reason = format!(
            "this row has {own} cells and the header {width}: the sign between cells stands within a cell (put that \
             cell into quotation marks \"), or a header is missing"
        );
        Some(self.refusal_at(row, Some(place), reason))
    }
}

/// The column a header names; of `मोबाइल / Mobile No. (10 अंक)` each part is heard, and they must agree.
fn named(header: &str) -> Option<Column> {
    // A value beside its name (`मोबाइल: 98…`, `"Mobile":"98…"`) makes no header.
    let digits = header.chars().filter(|sign| sign.is_numeric()).count();
    if digits >= 10 || header.contains('{') || header.contains("\":") {
        return None;
    }
    let header = unnumbered(header);
    if is_forbidden(header) {
        return Some(Column::Forbidden);
    }
    if let Some(column) = heard(header) {
        return Some(column);
    }
    let mut found = None;
    for part in parts(header).filter_map(heard) {
        if found.is_some_and(|known| known != part) {
            return None;
        }
        found = Some(part);
    }
    found
}

/// A header without the number before it: `2. नाम`, `(3) मोबाइल`.
fn unnumbered(header: &str) -> &str {
    let is_numbering =
        |sign: char| sign.is_numeric() || sign.is_whitespace() || "().-".contains(sign);
    header.trim_start_matches(is_numbering)
}

/// The parts of a header: of `मोबाइल / Mobile No. (10 अंक)` three.
fn parts(header: &str) -> impl Iterator<Item = &str> {
    header.split(['/', '(', ')', '|', '\n', '[', ']', ',', '-', ':', '*'])
}

/// Words that no harmless header has: one of them anywhere keeps a column from being read.
const NEVER: [&str; 19] = [
    "आधार",
    "aadhaar",
    "aadhar",
    "adhar",
    "पैन",
    "pan",
    "epic",
    "वोटर",
    "voter",
    "जाति",
    "उपजाति",
    "caste",
    "jati",
    "धर्म",
    "religion",
    "संप्रदाय",
    "समुदाय",
    "community",
    "मजहब",
];

fn is_forbidden(header: &str) -> bool {
    let never: Vec<String> = NEVER.iter().map(|word| fold(word)).collect();
    let words = header.split(|c: char| c.is_whitespace() || "/()|[],-:*._".contains(c));
    words.map(fold).any(|word| never.contains(&word))
}

fn heard(text: &str) -> Option<Column> {
    let folded = fold(text);
    if folded.is_empty() {
        return None;
    }
    if let Some((column, ..)) = PHRASES.iter().find(|(_, phrase, _)| *phrase == folded) {
        return Some(*column);
    }
    phrase_said(text, PHRASES.iter().map(|(column, _, phrase)| (*column, phrase)))
}
