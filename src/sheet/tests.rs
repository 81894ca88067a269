//! Files as Excel, LibreOffice and people without either write them.

use std::io::Write as _;

use jiff::civil::date;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use super::*;

fn file_of(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn try_rows(bytes: &[u8], sheet: Option<&str>) -> Result<Vec<Row>, SheetError> {
    let mut rows = Vec::new();
    read(file_of(bytes).path(), sheet, &mut |row| {
        rows.push(row);
        Ok(())
    })?;
    Ok(rows)
}

fn rows(bytes: &[u8]) -> Vec<Row> {
    try_rows(bytes, None).unwrap()
}

/// Row number and the texts of its cells.
fn texts(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
    rows(bytes)
        .into_iter()
        .map(|row| (row.number, row.cells.iter().map(Cell::text).collect()))
        .collect()
}

fn row(number: u32, cells: &[&str]) -> (u32, Vec<String>) {
    (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

fn refusal(bytes: &[u8]) -> String {
    try_rows(bytes, None).unwrap_err().to_string()
}

#[test]
fn a_csv_is_read_with_whatever_separator_and_mark_it_has() {
    for (text, what) in [
        ("नाम,फोन\nराम,9812345678\n", "commas"),
        ("\u{feff}नाम,फोन\r\nराम,9812345678\r\n", "Excel's mark and line ends"),
        ("नाम;फोन\nराम;9812345678", "semicolons, no last line end"),
        ("नाम\tफोन\nराम\t9812345678\n", "tabs"),
        ("नाम|फोन\n राम | 9812345678 \n", "bars and blanks"),
        ("\"नाम\",\"फोन\"\n\"राम\",\"9812345678\"\n", "quotation marks"),
        ("नाम,फोन\nराम,=\"9812345678\"\n", "a number kept as text"),
    ] {
        let expected = vec![row(1, &["नाम", "फोन"]), row(2, &["राम", "9812345678"])];
        assert_eq!(texts(text.as_bytes()), expected, "{what}");
    }
    let told = texts("sep=;\nनाम;फोन\nराम;98,12\n".as_bytes());
    assert_eq!(told, [row(2, &["नाम", "फोन"]), row(3, &["राम", "98,12"])]);
}

#[test]
fn utf_16_is_read_either_way_round() {
    let text = "नाम\tफोन\nराम\t98\n";
    let little: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let big: Vec<u8> =
        [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let expected = vec![row(1, &["नाम", "फोन"]), row(2, &["राम", "98"])];
    assert_eq!(texts(&little), expected);
    assert_eq!(texts(&big), expected);
    assert!(refusal(little.get(..little.len() - 1).unwrap()).contains("cut off or damaged"));
}

#[test]
fn rows_have_the_numbers_excel_shows_over_empty_ones_and_lines_within_a_cell() {
    let text = "\n\nनाम,पता\n,,,\nराम,\"गली 2\nलखनऊ\"\nसीता,x\n";
    let expected =
        [row(3, &["नाम", "पता"]), row(5, &["राम", "गली 2\nलखनऊ"]), row(6, &["सीता", "x"])];
    assert_eq!(texts(text.as_bytes()), expected);
    assert_eq!(texts(text.replace('\n', "\r\n").as_bytes()), expected);
    assert_eq!(texts(text.trim_end().replace('\n', "\r").as_bytes()), expected);
}

#[test]
fn what_is_no_unicode_is_refused_at_its_row() {
    let mut bytes = "नाम,फोन\nराम,98\n".as_bytes().to_vec();
    bytes.extend([0xe0, 0xa4, b',', b'9', b'\n']);
    let words = refusal(&bytes);
    assert!(words.starts_with("row 3: ") && words.contains("CSV UTF-8"), "{words}");
}

#[test]
fn a_quotation_mark_that_is_not_closed_is_told_at_its_row() {
    let text = format!("नाम,फोन\nराम,\"98\n{}", "सीता,9812345678\n".repeat(2_000));
    let words = refusal(text.as_bytes());
    assert!(words.starts_with("row 2: ") && words.contains("not closed"), "{words}");
}

#[test]
fn rows_within_a_cell_are_told_and_lines_of_an_address_are_not() {
    let text = "नाम,फोन,पता\nराम,9812345671,\"गली 1\nसीता,9812345672,गली 2\n\"\nमोहन,9812345673,\"गली 3,\nलखनऊ, उ.प्र.\"\n";
    let read = rows(text.as_bytes());
    assert_eq!(read.len(), 3);
    assert_eq!(read[1].cell(2), &Cell::Fault(NOT_CLOSED.to_owned()));
    assert_eq!(read[2].cell(2), &Cell::of("गली 3,\nलखनऊ, उ.प्र."));
}

#[test]
fn what_is_no_table_is_told_by_what_it_is() {
    for (bytes, words) in [
        (&b""[..], "empty"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"\x89PNG\r\n", "picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        (b"<html><table><tr>", "web page"),
        (b"{\\rtf1", "Word"),
        (b"a,b\0c", "not a table"),
        (b"\x09\x08\x10\0\0\x06\x05\0", "very old .xls"),
        (b"N\0a\0m\0e\0,\0P\0h\0o\0n\0e\0\n\0", "UTF-16 without the mark"),
        (b"\0N\0a\0m\0e\0,\0P\0h\0o\0n\0e\0\n", "CSV UTF-8"),
        (b"PK\x03\x04 something else", "damaged or no workbook"),
    ] {
        let said = refusal(bytes);
        assert!(said.contains(words), "{words}: {said}");
    }
}

fn saved(mut book: Workbook) -> Vec<u8> {
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_is_read_with_numbers_days_and_results() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = Format::new().set_num_format("dd-mm-yyyy");
    sheet.write(0, 0, "नाम").unwrap();
    sheet.write(2, 0, " राम ").unwrap();
    sheet.write(2, 1, 9_812_345_678_f64).unwrap();
    let on = ExcelDateTime::from_ymd(2024, 8, 15).unwrap();
    sheet.write_with_format(2, 2, &on, &day).unwrap();
    sheet.write(2, 3, Formula::new("=1+1").set_result("2")).unwrap();
    sheet.write(2, 4, true).unwrap();
    let read = rows(&saved(book));
    assert_eq!(read.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 3]);
    let cells = &read.get(1).unwrap().cells;
    assert_eq!(
        cells.iter().map(Cell::text).collect::<Vec<_>>(),
        ["राम", "9812345678", "2024-08-15", "2", "TRUE"]
    );
    assert_eq!(cells.get(2), Some(&Cell::Date(date(2024, 8, 15))));
}

#[test]
fn a_merged_cell_counts_for_every_row_it_reaches_over() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 2, "सूची", &plain).unwrap();
    sheet.merge_range(1, 0, 3, 0, "लखनऊ", &plain).unwrap();
    for (row, name) in [(1, "राम"), (2, "सीता"), (3, "गीता"), (4, "मोहन")]
    {
        sheet.write(row, 1, name).unwrap();
    }
    let read = rows(&saved(book));
    let seen: Vec<(String, Vec<usize>)> =
        read.iter().map(|row| (row.cell(0).text(), row.merged.clone())).collect();
    let lucknow = "लखनऊ".to_owned();
    assert_eq!(
        seen,
        [
            ("सूची".to_owned(), vec![]),
            (lucknow.clone(), vec![]),
            (lucknow.clone(), vec![0]),
            (lucknow, vec![0]),
            (String::new(), vec![]),
        ]
    );
}

#[test]
fn the_only_sheet_with_rows_is_read_and_of_several_one_must_be_named() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("खाली").unwrap();
    book.add_worksheet().set_name("सूची").unwrap().write(0, 0, "नाम").unwrap();
    let hidden = book.add_worksheet().set_name("पुरानी").unwrap();
    hidden.write(0, 0, "x").unwrap();
    hidden.set_hidden(true);
    let one = saved(book);
    assert_eq!(texts(&one), [row(1, &["नाम"])]);
    assert_eq!(try_rows(&one, Some("पुरानी")).unwrap().len(), 1);
    let words = try_rows(&one, Some("नई")).unwrap_err().to_string();
    assert!(words.contains("‘नई’") && words.contains("सूची"), "{words}");

    let mut book = Workbook::new();
    book.add_worksheet().write(0, 0, "a").unwrap();
    book.add_worksheet().write(0, 0, "b").unwrap();
    assert!(refusal(&saved(book)).contains("Sheet1, Sheet2"));
}

#[test]
fn rows_that_are_only_coloured_cost_nothing() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "नाम").unwrap();
    let red = Format::new().set_background_color("red");
    for row in 1..20_000 {
        sheet.write_blank(row, 0, &red).unwrap();
    }
    sheet.write(20_000, 0, "राम").unwrap();
    assert_eq!(texts(&saved(book)), [row(1, &["नाम"]), row(20_001, &["राम"])]);
}

#[test]
fn serial_numbers_are_the_days_excel_shows() {
    for (serial, is_1904, expected) in [
        (1.0, false, Some(date(1900, 1, 1))),
        (59.0, false, Some(date(1900, 2, 28))),
        (60.0, false, None),
        (61.0, false, Some(date(1900, 3, 1))),
        (45_519.75, false, Some(date(2024, 8, 15))),
        (44_057.0, true, Some(date(2024, 8, 15))),
        (-1.0, false, None),
        (f64::NAN, false, None),
        (1e12, false, None),
    ] {
        assert_eq!(day(serial, is_1904), expected, "{serial}");
    }
}

#[test]
fn columns_are_called_as_excel_calls_them() {
    for (place, letter) in
        [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
    {
        assert_eq!(column_letter(place), letter);
    }
}

#[test]
fn what_is_written_opens_in_excel_and_runs_no_formula() {
    let mut out = Vec::new();
    let mut writer = CsvWriter::new(&mut out, &["नाम", "कारण"]).unwrap();
    for cell in ["=1+1", "+91", "-", "@x", "राम, \"जी\""] {
        writer.row(&[cell, "ठीक"]).unwrap();
    }
    writer.finish().unwrap();
    assert_eq!(
        String::from_utf8(out.clone()).unwrap(),
        "\u{feff}नाम,कारण\r\n'=1+1,ठीक\r\n'+91,ठीक\r\n'-,ठीक\r\n'@x,ठीक\r\n\"राम, \"\"जी\"\"\",ठीक\r\n"
    );
    let back: Vec<String> =
        texts(&out).into_iter().skip(1).map(|(_, mut cells)| cells.remove(0)).collect();
    assert_eq!(back, ["=1+1", "+91", "-", "@x", "राम, \"जी\""], "and is read back as it was");
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        let _ = try_rows(&bytes, None);
    }

    #[test]
    fn no_damage_to_a_workbook_makes_it_panic(place in 0_usize..6_000, byte in proptest::num::u8::ANY) {
        let mut book = Workbook::new();
        book.add_worksheet().write(0, 0, "नाम").unwrap();
        let mut bytes = saved(book);
        let place = place % bytes.len();
        if let Some(there) = bytes.get_mut(place) {
            *there = byte;
        }
        let _ = try_rows(&bytes, None);
    }
}
