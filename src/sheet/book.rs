//! What a workbook says beside its rows: which sheets it has, its texts, and which numbers are days.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::package::{Package, attribute, damaged, raw};
use super::{LONGEST_CELL, SheetError, no_table};

/// Parts beside the sheets and the texts.
const LARGEST_PART: u64 = 64 << 20;
/// The part with the texts, and the texts themselves: of a million rows with names, fathers and addresses some
/// 200 MB.
const LARGEST_TEXTS: u64 = 2 << 30;
const MOST_TEXT: usize = if cfg!(test) { 8 << 20 } else { 384 << 20 };
const MOST_TEXTS: usize = 1 << 26;
/// Excel knows 65,490 formats of cells.
const MOST_FORMATS: usize = 1 << 20;

/// A sheet of rows.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    pub(super) is_visible: bool,
    /// The name of its part.
    pub(super) part: String,
}

/// What a format makes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Plain,
    Day,
    /// A length of time.
    Span,
}

/// What the sheets of a workbook are read with.
pub(super) struct Book {
    pub(super) sheets: Vec<Sheet>,
    pub(super) is_1904: bool,
    pub(super) texts: Texts,
    /// By their number.
    pub(super) formats: Vec<Format>,
}

impl Book {
    pub(super) fn open(package: &mut Package) -> Result<Book, SheetError> {
        let part = workbook_part(package)?;
        let Some(relations) = relations_of(package, &part)? else {
            return Err(damaged("it does not say where its sheets are"));
        };
        let (named, is_1904) = sheets(package, &part)?;
        let sheet = |named: Named| {
            let Named { name, is_visible, id } = named;
            let relation = relations.get(&id).filter(|relation| relation.kind == "worksheet")?;
            Some(Sheet { name, is_visible, part: relation.part.clone() })
        };
        let sheets = named.into_iter().filter_map(sheet).collect();
        let of_kind = |kind: &str, usual: &str| {
            let mut all = relations.values();
            let told = all.find(|relation| relation.kind == kind);
            told.map_or_else(|| beside(&part, usual), |relation| relation.part.clone())
        };
        let texts = Texts::read(package, &of_kind("sharedStrings", "sharedStrings.xml"))?;
        let formats = formats(package, &of_kind("styles", "styles.xml"))?;
        Ok(Book { sheets, is_1904, texts, formats })
    }
}

/// The part that names the sheets; what the archive is where it has none.
fn workbook_part(package: &mut Package) -> Result<String, SheetError> {
    let root = relations_of(package, "")?.unwrap_or_default();
    let told = root.into_values().find(|relation| relation.kind == "officeDocument");
    let part = told.map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.part);
    let is_other = part.starts_with("word/") || part.starts_with("ppt/");
    let is_binary = part.rsplit('.').next() == Some("bin");
    if package.has(&part) && !is_binary && !is_other {
        return Ok(part);
    }
    Err(no_table(if package.has("xl/workbook.bin") || is_binary {
        "this is a binary workbook (.xlsb): open it in Excel and save it as ‘Excel Workbook (.xlsx)’"
    } else if package.has("mimetype") && package.has("content.xml") {
        "this is a file of LibreOffice or OpenOffice (.ods or .odt): open it there and save it as \
         ‘Excel 2007–365 (.xlsx)’"
    } else if package.has_under("word/") {
        "this is a document of Word, not a table: copy its table into Excel"
    } else if package.has_under("ppt/") {
        "these are slides, not a table: ask for the Excel file"
    } else if package.has_under("index/") {
        "this is a file of Numbers: export it as Excel (.xlsx)"
    } else {
        "this is an archive (.zip) and no workbook of Excel: unpack it and import the files in it"
    }))
}

struct Relation {
    /// The end of its type: the beginning differs between the standard's two dialects.
    kind: String,
    part: String,
}

/// What a part refers to, by its ids.
fn relations_of(
    package: &mut Package,
    part: &str,
) -> Result<Option<HashMap<String, Relation>>, SheetError> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let its_own = format!("{folder}/_rels/{name}.rels");
    let mut all = HashMap::new();
    let Some(mut xml) = package.xml(&its_own, LARGEST_PART)? else { return Ok(None) };
    loop {
        match xml.next().map_err(damaged)? {
            Event::Start(start) if start.local_name().as_ref() == "Relationship" => {
                let of = |name: &str| attribute(&start, name).unwrap_or_default();
                let kind = of("Type").rsplit('/').next().unwrap_or_default().to_owned();
                let target = of("Target");
                all.insert(of("Id"), Relation { kind, part: beside(part, &target) });
            }
            Event::Eof => return Ok(Some(all)),
            _ => {}
        }
    }
}

/// The name of a part as another one refers to it: `worksheets/sheet1.xml`, `/xl/styles.xml`, `../x.xml`.
fn beside(part: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut folders: Vec<&str> = part.split('/').collect();
    folders.pop();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => {
                folders.pop();
            }
            step => folders.push(step),
        }
    }
    folders.join("/")
}

/// A sheet by the id of its part.
struct Named {
    name: String,
    is_visible: bool,
    id: String,
}

/// The sheets, and whether days are counted from 1904.
fn sheets(package: &mut Package, part: &str) -> Result<(Vec<Named>, bool), SheetError> {
    let (mut sheets, mut is_1904) = (Vec::new(), false);
    let Some(mut xml) = package.xml(part, LARGEST_PART)? else { return Ok((sheets, is_1904)) };
    loop {
        match xml.next().map_err(damaged)? {
            Event::Start(start) => match start.local_name().as_ref() {
                "workbookPr" => {
                    let told = raw(&start, "date1904");
                    is_1904 = told.is_some_and(|told| told == "1" || told == "true");
                }
                "sheet" => {
                    let state = raw(&start, "state").unwrap_or_default();
                    let is_visible = state != "hidden" && state != "veryHidden";
                    let of = |name: &str| attribute(&start, name).unwrap_or_default();
                    sheets.push(Named { name: of("name"), is_visible, id: of("id") });
                }
                _ => {}
            },
            Event::Eof => return Ok((sheets, is_1904)),
            _ => {}
        }
    }
}

/// The texts that cells refer to by a number, one behind the other.
#[derive(Default)]
pub(super) struct Texts {
    all: String,
    /// Where each ends.
    ends: Vec<u32>,
}

impl Texts {
    fn read(package: &mut Package, part: &str) -> Result<Texts, SheetError> {
        let mut texts = Texts::default();
        let Some(mut xml) = package.xml(part, LARGEST_TEXTS)? else { return Ok(texts) };
        let mut one = String::new();
        loop {
            match xml.next().map_err(damaged)? {
                Event::Start(start) if start.local_name().as_ref() == "si" => {}
                Event::Eof => return Ok(texts),
                _ => continue,
            }
            one.clear();
            // How a word is pronounced, in scripts that need to say so, is no part of it.
            xml.text(&mut one, LONGEST_CELL, "rPh").map_err(damaged)?;
            if texts.all.len() + one.len() > MOST_TEXT || texts.ends.len() >= MOST_TEXTS {
                return Err(no_table(
                    "the workbook has more text than a list of people can have: save the sheet alone as \
                     ‘CSV UTF-8’, or split it, for example by district",
                ));
            }
            texts.all.push_str(&one);
            texts.ends.push(u32::try_from(texts.all.len()).unwrap_or(u32::MAX));
        }
    }

    pub(super) fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        self.all.get(start.unwrap_or(0) as usize..end as usize)
    }
}

/// What each format of the workbook makes of a number. Styles that cannot be read leave every number as it is.
fn formats(package: &mut Package, part: &str) -> Result<Vec<Format>, SheetError> {
    let (mut own, mut formats) = (HashMap::new(), Vec::new());
    let Some(mut xml) = package.xml(part, LARGEST_PART)? else { return Ok(formats) };
    let mut is_within = false;
    loop {
        match xml.next().map_err(damaged)? {
            Event::Start(start) => match start.local_name().as_ref() {
                "numFmt" => {
                    let id = raw(&start, "numFmtId").and_then(|id| id.parse::<u32>().ok());
                    if let (Some(id), Some(code)) = (id, attribute(&start, "formatCode")) {
                        own.insert(id, of_code(&code));
                    }
                }
                "cellXfs" => is_within = true,
                "xf" if is_within && formats.len() < MOST_FORMATS => {
                    let id = raw(&start, "numFmtId").and_then(|id| id.parse::<u32>().ok());
                    let id = id.unwrap_or(0);
                    formats.push(own.get(&id).copied().unwrap_or_else(|| built_in(id)));
                }
                _ => {}
            },
            Event::End(end) if end.local_name().as_ref() == "cellXfs" => is_within = false,
            Event::Eof => return Ok(formats),
            _ => {}
        }
    }
}

/// Source: ECMA-376 part 1, 18.8.30.
fn built_in(id: u32) -> Format {
    match id {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Format::Day,
        46 => Format::Span,
        _ => Format::Plain,
    }
}

/// What a code as `dd-mm-yyyy` or `[h]:mm` makes of a number; of several for positive and negative ones the first.
pub(super) fn of_code(code: &str) -> Format {
    let mut signs = code.chars();
    while let Some(sign) = signs.next() {
        match sign {
            // The next sign is a letter of its own.
            '\\' | '_' | '*' => {
                signs.next();
            }
            '"' => {
                signs.by_ref().find(|sign| *sign == '"');
            }
            // A colour, a condition, a language; `[h]` are hours beyond a day.
            '[' => {
                let within: String = signs.by_ref().take_while(|sign| *sign != ']').collect();
                let small = within.to_lowercase();
                let is_time = ['h', 'm', 's']
                    .iter()
                    .any(|unit| !small.is_empty() && small.chars().all(|sign| sign == *unit));
                if is_time {
                    return Format::Span;
                }
            }
            ';' => return Format::Plain,
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => return Format::Day,
            // `General` has none of them before its `e`; `E+00` is no day either.
            _ => {}
        }
    }
    Format::Plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_a_format_says_whether_a_number_is_a_day() {
        for code in [
            "dd-mm-yyyy",
            "D/M/YY",
            "[$-4009]dd\\ mmmm\\ yyyy;@",
            "h:mm AM/PM",
            "[Red]mmm-yy",
            "\"दि. \"dd",
        ] {
            assert_eq!(of_code(code), Format::Day, "{code}");
        }
        for code in ["[h]:mm:ss", "[mm]:ss", "[S]"] {
            assert_eq!(of_code(code), Format::Span, "{code}");
        }
        for code in [
            "General",
            "0",
            "@",
            "0.00E+00",
            "#,##0\\ \"days\"",
            "0;dd",
            "_d0",
            "[Red]0",
            "\\d0",
            "",
        ] {
            assert_eq!(of_code(code), Format::Plain, "{code}");
        }
    }

    #[test]
    fn a_part_is_found_where_another_refers_to_it() {
        for (target, part) in [
            ("worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("/xl/styles.xml", "xl/styles.xml"),
            ("../x.xml", "x.xml"),
            ("worksheets\\sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("../../../../etc/passwd", "etc/passwd"),
        ] {
            assert_eq!(beside("xl/workbook.xml", target), part);
        }
    }
}
