//! Files as Excel, LibreOffice and people without either write them.

use std::fmt::Write as _;
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
    let cut = rows(little.get(..little.len() - 1).unwrap());
    assert_eq!(cut[0].cell(1), &Cell::of("फोन"));
    assert!(is_fault(cut[1].cell(1), "CSV UTF-8"), "half a letter: {cut:?}");
}

#[test]
fn a_file_in_utf_16_of_any_length_is_read_to_its_end() {
    // Longer than one piece, and letters of two halves across the ends of pieces.
    let mut text = "नाम\tफोन\n".to_owned();
    for number in 0..30_000 {
        writeln!(text, "राम 𑂂 {number}\t98{number:08}").unwrap();
    }
    let little: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let read = rows(&little);
    assert_eq!(read.len(), 30_001);
    assert_eq!(read[30_000].cell(0), &Cell::of("राम 𑂂 29999"));
    assert!(read.iter().all(|row| row.cells.len() == 2));
}

/// Whether a cell is a fault that says so.
fn is_fault(cell: &Cell, words: &str) -> bool {
    matches!(cell, Cell::Fault(said) if said.contains(words))
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
fn what_is_no_text_spoils_its_cell_and_nothing_else() {
    let long = "x".repeat(LONGEST_CELL + 1);
    for (spoilt, words) in [
        (&[0xe0, 0xa4][..], "CSV UTF-8"),
        (b"Ram\xa0", "not Unicode"),
        (b"Si\0ta", "no text has"),
        (long.as_bytes(), "more text"),
    ] {
        let mut bytes = "नाम,फोन\nराम,98\n".as_bytes().to_vec();
        bytes.extend(spoilt);
        bytes.extend(b",97\n");
        bytes.extend("सीता,96\n".repeat(20).as_bytes());
        let read = rows(&bytes);
        assert_eq!(read.len(), 23, "{words}");
        assert!(is_fault(read[2].cell(0), words), "{:?}", read[2]);
        assert_eq!((read[2].number, read[2].cell(1), &read[2].broken), (3, &Cell::of("97"), &None));
    }
}

#[test]
fn what_a_program_wrote_for_a_lost_value_is_a_fault_and_words_are_words() {
    for text in [
        "#REF!",
        "#N/A",
        "#value!",
        "#NAME?",
        "#SPILL!",
        "#CALC!",
        "Err:502",
        "#REF! राम",
        "####",
        "??? ?????",
        "राम\u{fffd}कुमार",
        "#DIV/0!",
    ] {
        assert!(matches!(Cell::of(text), Cell::Fault(_)), "{text}");
    }
    for text in ["#", "# 12", "##", "?", "राम?", "err: none", "N/A", "-", "#ref.no 5", "#1"] {
        assert_eq!(Cell::of(text), Cell::Text(text.to_owned()));
    }
}

#[test]
fn words_that_stand_for_nothing_are_told_from_those_that_say_something() {
    for text in [
        "-",
        "—",
        ".",
        "..",
        "0",
        "0.0",
        "०",
        "N.A.",
        "n/a",
        "NA",
        "nil",
        "Nil.",
        "xxx",
        "?",
        "उपलब्ध नहीं",
        "(NA)",
        "कोई नहीं",
        "…",
    ] {
        assert!(says_nothing(text), "{text}");
    }
    for text in ["1", "10", "Nina", "राम", "A", "na2", "नहीं", "X", "हाँ", "\"", "do", "तदैव"]
    {
        assert!(!says_nothing(text), "{text}");
    }
    for text in ["\"", "do", "-do-", "Ditto", "तदैव", "उपरोक्त", "〃"] {
        assert!(says_as_above(text), "{text}");
    }
    for text in ["दो", "do raha", "Same Singh", "-", ""] {
        assert!(!says_as_above(text), "{text}");
    }
}

#[test]
fn of_a_quotation_mark_that_is_not_closed_the_row_is_broken_and_those_below_are_read() {
    let text = format!("नाम,फोन\nराम,\"98\n{}", "सीता,9812345678\n".repeat(2_000));
    let read = rows(text.as_bytes());
    assert_eq!(read.len(), 2_002);
    assert_eq!(read[1].broken, Some((1, NOT_CLOSED.to_owned())));
    assert_eq!(read[1].cell(0), &Cell::of("राम"));
    assert!(read[2..].iter().all(|row| row.broken.is_none() && row.cells.len() == 2));
    assert_eq!(read[2_001].number, 2_002);
}

/// The rows that are broken, and how many there are.
fn broken(text: &str) -> (Vec<u32>, usize) {
    let read = rows(text.as_bytes());
    let broken = read.iter().filter(|row| row.broken.is_some()).map(|row| row.number).collect();
    (broken, read.len())
}

#[test]
fn rows_within_a_cell_are_told_in_any_script_and_of_any_list() {
    for text in [
        "मोबाइल,नाम,पता\n9812345601,राम,\"गली 1\n९८१२३४५६०२,सीता,गली 2\n९८१२३४५६०३,मोहन,गली 3\n",
        "मोबाइल,नाम,पता\n9812345601,राम,\"गली 1\n+91 98123 45602 (whatsapp),सीता,गली 2\n9812345603/9812345604,मोहन,गली 3\n",
        "मोबाइल,नाम,पता\n9812345601,राम,\"गली 1\n९८१२३४५६०२,सीता,गली 2\n९८१२३४५६०३,मोहन,गली 3\"\n",
        "विधानसभा,बूथ,बूथ का नाम\n173,1,\"प्राथमिक विद्यालय\n173,2,पंचायत भवन\n173,3,जूनियर हाई स्कूल\n",
        "विधानसभा,बूथ,बूथ का नाम\n173,1,\"प्राथमिक विद्यालय\n173,2,पंचायत भवन\n173,3,जूनियर हाई \"स्कूल\"\n",
        "विधानसभा,बूथ,बूथ का नाम\n173,1,\"प्राथमिक विद्यालय\n173,2,पंचायत भवन\n173,3,\"जूनियर, स्कूल\"\n",
        "मोबाइल,नाम,सहमति\n9812345601,राम,\"form 12\n९८१२३४५६०२,सीता,form 13\"\n9812345603,मोहन,form 14\n",
    ] {
        assert_eq!(broken(text), (vec![2], 4), "{text}");
    }
    // A mark at the end of the rows it would have swallowed is a broken row of its own, and no row is lost.
    let text = "नाम,फोन,पता\nराम,9812345671,\"गली 1\nसीता,9812345672,गली 2\n\"\nमोहन,9812345673,\"गली 3,\nलखनऊ, उ.प्र.\"\n";
    let read = rows(text.as_bytes());
    assert_eq!(read[1].cell(2), &Cell::Fault(NOT_CLOSED.to_owned()));
    assert_eq!(read[2].cells, ["सीता", "9812345672", "गली 2"].map(Cell::of));
    assert_eq!(read[4].cell(2), &Cell::of("गली 3,\nलखनऊ, उ.प्र."));
    assert_eq!(broken(text), (vec![2, 4], 5));
}

#[test]
fn a_cell_of_several_lines_and_marks_within_a_cell_stay_what_they_are() {
    for (line, cells) in [
        ("\"राम\nकुमार\",9812600001,\"सोहन\nलाल\"", ["राम\nकुमार", "9812600001", "सोहन\nलाल"]),
        (
            "राम,98,\"मकान 5, गली 3\nमोहल्ला क, वार्ड 2, लखनऊ\"",
            ["राम", "98", "मकान 5, गली 3\nमोहल्ला क, वार्ड 2, लखनऊ"],
        ),
        ("\"राम \"बाबू\" कुमार\",98,x", ["राम \"बाबू\" कुमार", "98", "x"]),
        ("\"राम \"बाबू, जी\" कुमार\",98,x", ["राम \"बाबू, जी\" कुमार", "98", "x"]),
        ("राम \"बाबू\" कुमार,98,5\" x", ["राम \"बाबू\" कुमार", "98", "5\" x"]),
        ("\"राम\" कुमार,98,x", ["राम कुमार", "98", "x"]),
        ("\"राम\" ,\"98\",\"x \"\"y\"\"\"", ["राम", "98", "x \"y\""]),
    ] {
        let text = format!("नाम,फोन,पता\nसीता,9812345671,x\n{line}\nमोहन,9812345673,y\n");
        let read = rows(text.as_bytes());
        assert_eq!(read.len(), 4, "{line}: {read:#?}");
        assert_eq!(read[2].cells, cells.map(Cell::of), "{line}");
        assert_eq!(broken(&text).0, [0; 0], "{line}");
    }
}

#[test]
fn the_separator_is_the_one_that_makes_rows_alike() {
    for text in [
        "कार्यकर्ता सूची, लखनऊ\nमोबाइल;नाम;ज़िला\n9812345601;राम;लखनऊ\n",
        "कार्यकर्ता सूची, लखनऊ\nमोबाइल\tनाम\tज़िला\n9812345601\tराम\tलखनऊ\n",
        "Mobile;Name, full;District, old\n9812345601;Ram Kumar;Lucknow\n",
        "मोबाइल|नाम|टैग\n9812345601|राम|a;b\n",
    ] {
        assert_eq!(rows(text.as_bytes()).last().unwrap().cells.len(), 3, "{text}");
    }
    let tags = "मोबाइल,टैग\n98,a;b;c\n97,a;b;c\n96,a;b;c\n";
    assert_eq!(rows(tags.as_bytes())[1].cells.len(), 2);
}

#[test]
fn a_line_without_an_end_is_told_and_the_rest_is_read() {
    let text = format!("नाम,फोन\nराम,{}\nसीता,97\n", "x".repeat(3 << 20));
    let read = rows(text.as_bytes());
    assert_eq!((read.len(), read[1].broken.is_some()), (3, true));
    assert_eq!(read[2].cells, ["सीता", "97"].map(Cell::of));
    let wide = format!("नाम,फोन\nराम,98{}x\n", ",".repeat(400));
    let read = rows(wide.as_bytes());
    assert_eq!((read[1].cells.len(), read[1].width), (MOST_COLUMNS + 1, Some(402)));
    assert!(is_fault(read[1].cell(MOST_COLUMNS), "column OL"), "{:?}", read[1].cell(MOST_COLUMNS));
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
        (b"\xff\xfe\0\0N\0\0\0a\0\0\0", "UTF-32"),
        (b"MIME-Version: 1.0\nContent-Type: x\n", "web page"),
        (b"[{\"Mobile\":\"9812345601\",\"Name\":\"Ram\"}]", "JSON"),
        (b"{\n  \"people\": [\"x\"]}", "JSON"),
        (b"BEGIN:VCARD\nFN:Ram\nTEL:98\n", "address book"),
        (b"\x1f\x8b\x08\0", "packed"),
        (b"SQLite format 3\0\x10\0\x01\x01\0\x40", "not a table"),
    ] {
        let said = refusal(bytes);
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn a_web_page_in_utf_16_is_told_as_one() {
    let page = "<html><table><tr><td>Mobile</td></tr></table></html>";
    let bytes: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(page.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert!(refusal(&bytes).contains("web page"));
}

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook as a program that is not Excel may write it: one sheet, its texts, its styles.
fn crafted(sheet: &str, texts: &str, styles: &str, is_1904: bool) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let relation = |id: u8, kind: &str, target: &str| {
        format!("<Relationship Id=\"r{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |all: &[String]| format!("<Relationships>{}</Relationships>", all.concat());
    let epoch = if is_1904 { "<workbookPr date1904=\"1\"/>" } else { "" };
    for (name, part) in [
        ("_rels/.rels", relations(&[relation(1, "officeDocument", "xl/workbook.xml")])),
        (
            "xl/workbook.xml",
            format!(
                "<workbook>{epoch}<sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            relations(&[
                relation(1, "worksheet", "worksheets/sheet1.xml"),
                relation(2, "sharedStrings", "sharedStrings.xml"),
                relation(3, "styles", "/xl/styles.xml"),
            ]),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<?xml version=\"1.0\"?><worksheet>{sheet}</worksheet>"),
        ),
        ("xl/sharedStrings.xml", texts.to_owned()),
        ("xl/styles.xml", styles.to_owned()),
    ] {
        out.start_file(name, options).unwrap();
        out.write_all(part.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// The same with rows alone.
fn of_rows(rows: &str) -> Vec<u8> {
    crafted(&format!("<sheetData>{rows}</sheetData>"), "<sst/>", "<styleSheet/>", false)
}

fn inline(text: &str) -> String {
    format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

#[test]
fn what_is_wrong_with_one_cell_of_a_workbook_is_told_of_that_cell() {
    let long = inline(&"x".repeat(LONGEST_CELL + 1));
    for (cell, words) in [
        ("<c t=\"e\"><v>#REF!</v></c>", "Excel shows #REF!"),
        ("<c t=\"e\"><v>Err:502</v></c>", "Excel shows Err:502"),
        ("<c t=\"e\"><v>#SPILL!</v></c>", "Excel shows #SPILL!"),
        ("<c t=\"b\"><v>yes</v></c>", "‘yes’"),
        ("<c t=\"n\"><v>abc</v></c>", "‘abc’"),
        ("<c t=\"n\"><v>NaN</v></c>", "‘NaN’"),
        ("<c><v>1e999</v></c>", ""),
        ("<c t=\"s\"><v>99</v></c>", "text of this cell is not in the file"),
        ("<c t=\"s\"><v>-1</v></c>", "text of this cell is not in the file"),
        ("<c t=\"what\"><v>5</v></c>", "‘5’"),
        ("<c><f>A9</f></c>", "formula whose result is not in the file"),
        ("<c><f t=\"shared\" si=\"90000000000\"/></c>", "formula whose result is not in the file"),
        ("<c><f>A9</f><v/></c>", "formula whose result is not in the file"),
        ("<c t=\"str\"><v>#N/A</v></c>", "Excel shows #N/A"),
        (long.as_str(), "more text"),
    ] {
        let row = format!("<row><c><v>97</v></c>{cell}<c><v>1</v></c></row>");
        let read = rows(&of_rows(&format!("{row}<row>{}</row>", inline("राम"))));
        assert_eq!(read.len(), 2, "{cell}");
        assert!(words.is_empty() || is_fault(read[0].cell(1), words), "{cell}: {:?}", read[0]);
        assert_eq!((read[0].cell(2), &read[0].broken), (&Cell::Number(1.0), &None), "{cell}");
        assert_eq!(read[1].cell(0), &Cell::of("राम"), "{cell}");
    }
}

#[test]
fn cells_as_programs_write_them_are_read_as_excel_shows_them() {
    for (cell, expected) in [
        ("<c t=\"str\"><f>IF(A1=\"\",\"\",1)</f><v></v></c>".to_owned(), Cell::Empty),
        ("<c t=\"b\"><v> TRUE </v></c>".to_owned(), Cell::Bool(true)),
        ("<c><v>सीता</v></c>".to_owned(), Cell::of("सीता")),
        ("<c t=\"d\"><v>2024-08-15T00:00:00</v></c>".to_owned(), Cell::Date(date(2024, 8, 15))),
        ("<c><f>A1</f><v>9812345601</v></c>".to_owned(), Cell::Number(9_812_345_601.0)),
        (inline("a &amp; &lt;b&gt; &#2352;&#x93e;म"), Cell::of("a & <b> राम")),
        (inline("x_x000A_y_x005F_x000A_"), Cell::of("x\ny_x000A_")),
        (inline("<![CDATA[राम <b>]]>"), Cell::of("राम <b>")),
        ("<c t=\"s\"><v>1</v></c>".to_owned(), Cell::of("राम कुमार")),
        ("<c t=\"s\"><v>2</v></c>".to_owned(), Cell::Empty),
        ("<c s=\"1\"><v>45519</v></c>".to_owned(), Cell::Date(date(2024, 8, 15))),
        ("<c s=\"2\"><v>45519.7</v></c>".to_owned(), Cell::Date(date(2024, 8, 15))),
        ("<c s=\"77\"><v>45519</v></c>".to_owned(), Cell::Number(45_519.0)),
    ] {
        let texts = "<sst uniqueCount=\"18446744073709551615\"><si><t>x</t></si><si><r><t>राम </t></r><r><rPr><b/></rPr>\
                     <t>कुमार</t></r><rPh sb=\"0\" eb=\"1\"><t>zzz</t></rPh></si><si/></sst>";
        let styles = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"dd\\-mm\\-yyyy\"/></numFmts>\
                      <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>";
        let sheet = format!("<sheetData><row>{}{cell}</row></sheetData>", inline("x"));
        let read = rows(&crafted(&sheet, texts, styles, false));
        assert_eq!(read[0].cell(1), &expected, "{cell}");
    }
}

#[test]
fn merges_and_a_size_that_cannot_be_read_are_no_reason_to_refuse() {
    for around in [
        ("<dimension ref=\"\"/>", ""),
        ("<dimension ref=\"A:C\"/>", ""),
        ("<dimension/>", ""),
        ("<dimension ref=\"A1:XFD99999999\"/>", ""),
        (
            "",
            "<mergeCells><mergeCell ref=\"#REF!\"/><mergeCell/><mergeCell ref=\"A1:ZZZZ9\"/></mergeCells>",
        ),
    ] {
        let rows_of = format!("<sheetData><row>{}</row></sheetData>", inline("राम"));
        let sheet = format!("{}{rows_of}{}", around.0, around.1);
        assert_eq!(texts(&crafted(&sheet, "<sst/>", "<styleSheet/>", false)), [row(1, &["राम"])]);
    }
    let merged = format!(
        "<sheetData><row>{}</row><row><c/>{}</row></sheetData><mergeCells><mergeCell ref=\"A2:A1\"/></mergeCells>",
        inline("लखनऊ"),
        inline("x")
    );
    let read = rows(&crafted(&merged, "<sst/>", "<styleSheet/>", false));
    assert_eq!((read[1].cell(0), &read[1].merged), (&Cell::of("लखनऊ"), &vec![0]));
}

#[test]
fn rows_and_cells_that_stand_twice_or_nowhere_lose_nothing() {
    let two =
        "<row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>2</v></c></row>";
    assert_eq!(texts(&of_rows(two)), [row(2, &["1"]), row(2, &["2"])]);
    for cells in [
        "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"A1\"><v>2</v></c></row>",
        "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"B9\"><v>2</v></c></row>",
        "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"?\"><v>2</v></c></row>",
        "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"AAAA1\"><v>2</v></c></row>",
        "<row r=\"x\"><c><v>1</v></c></row>",
        "<row r=\"99999999999\"><c><v>1</v></c></row>",
    ] {
        let read = rows(&of_rows(cells));
        assert!(read.iter().any(|row| row.broken.is_some()), "{cells}: {read:?}");
    }
    let backwards = "<row r=\"3\"><c><v>3</v></c></row><row r=\"2\"><c><v>2</v></c></row><row><c><v>4</v></c></row>";
    assert_eq!(texts(&of_rows(backwards)), [row(3, &["3"]), row(2, &["2"]), row(3, &["4"])]);
}

#[test]
fn something_behind_the_last_column_is_told() {
    let read =
        rows(&of_rows("<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"JA1\"><v>2</v></c></row>"));
    assert_eq!(read[0].cells.len(), MOST_COLUMNS + 1);
    assert!(is_fault(read[0].cell(MOST_COLUMNS), "column JA"));
}

#[test]
fn a_day_without_its_format_counts_from_the_first_day_of_its_workbook() {
    let rows_of = "<sheetData><row><c><v>44057</v></c></row></sheetData>";
    for is_1904 in [true, false] {
        let read = rows(&crafted(rows_of, "<sst/>", "<styleSheet/>", is_1904));
        assert_eq!(read[0].is_1904, is_1904);
    }
}

#[test]
fn crafted_workbooks_are_refused_and_take_no_memory() {
    let row_of = format!("<sheetData><row>{}</row></sheetData>", inline("राम"));
    let deep = format!("<sheetData>{}", "<x>".repeat(10_000));
    let long = format!("<sheetData><row a=\"{}\"/></sheetData>", "x".repeat(3 << 20));
    for (sheet, words) in [
        ("<sheetData><row><c><v>1</v></c>".to_owned(), "damaged"),
        ("<other/>".to_owned(), "no sheet"),
        (deep, "without end"),
        (long, "longer in one piece"),
        ("<sheetData><row><c><v>1</w></c></row></sheetData>".to_owned(), "damaged"),
    ] {
        let said = refusal(&crafted(&sheet, "<sst/>", "<styleSheet/>", false));
        assert!(said.contains(words), "{words}: {said}");
    }
    // More texts than are held in memory (fewer than in earnest), which take next to nothing packed.
    let many =
        format!("<sst>{}</sst>", format!("<si><t>{}</t></si>", "x".repeat(19_000)).repeat(600));
    let said = refusal(&crafted(&row_of, &many, "<styleSheet/>", false));
    assert!(said.contains("more text than a list"), "{said}");
    // A directory of more parts than any workbook.
    let mut parts = of_rows("");
    parts.extend(b"PK\x01\x02".repeat(30_000));
    assert!(refusal(&parts).contains("more parts"));
}

#[test]
fn an_archive_that_is_no_workbook_is_told_by_what_it_is() {
    let zipped = |name: &str, part: &[u8]| {
        let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, part) in [(name, part), ("content.xml", &b"<x/>"[..])] {
            out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            out.write_all(part).unwrap();
        }
        out.finish().unwrap().into_inner()
    };
    for (name, words) in [
        ("mimetype", "LibreOffice"),
        ("word/document.xml", "Word"),
        ("ppt/presentation.xml", "slides"),
        ("xl/workbook.bin", "binary workbook"),
        ("list.csv", "archive"),
    ] {
        let said = refusal(&zipped(name, b"x"));
        assert!(said.contains(words), "{name}: {said}");
    }
}

#[test]
fn what_calamine_reads_of_a_workbook_is_read_here_as_well() {
    use calamine::Reader as _;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = Format::new().set_num_format("dd mmm yyyy");
    for row in 0_u32..200 {
        sheet.write(row, 0, format!("राम & <{row}> \"x\"")).unwrap();
        sheet.write(row, 2, 9_812_300_000_f64 + f64::from(row)).unwrap();
        sheet.write(row, 3, f64::from(row) / 8.0).unwrap();
        let on = ExcelDateTime::from_serial_datetime(40_000.0 + f64::from(row)).unwrap();
        sheet.write_with_format(row, 4, &on, &day).unwrap();
        sheet.write(row, 5, row % 2 == 0).unwrap();
        sheet.write(row, 6, Formula::new("=A1").set_result("परिणाम")).unwrap();
    }
    let bytes = saved(book);
    let mut oracle: calamine::Xlsx<_> =
        calamine::Xlsx::new(std::io::Cursor::new(bytes.clone())).unwrap();
    let range = oracle.worksheet_range("Sheet1").unwrap();
    let read = rows(&bytes);
    assert_eq!(read.len(), 200);
    for (ours, theirs) in read.iter().zip(range.rows()) {
        for (column, cell) in theirs.iter().enumerate() {
            let expected = match cell {
                calamine::Data::DateTime(moment) => {
                    Cell::Date(super::day(moment.as_f64(), false).unwrap())
                }
                calamine::Data::Float(number) => Cell::Number(*number),
                calamine::Data::Bool(truth) => Cell::Bool(*truth),
                other => Cell::of(&other.to_string()),
            };
            assert_eq!(ours.cell(column), &expected);
        }
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
fn rows_that_a_filter_hides_are_read_and_told() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (place, name) in (0..).zip(["नाम", "राम", "सीता", "मोहन"]) {
        sheet.write(place, 0, name).unwrap();
    }
    sheet.set_row_hidden(2).unwrap();
    sheet.set_row_hidden(9).unwrap();
    let file = saved(book);
    let mut read_rows = 0;
    let aside = read(file_of(&file).path(), None, &mut |_| {
        read_rows += 1;
        Ok(())
    });
    assert_eq!((aside.unwrap().hidden_rows, read_rows), (1, 4), "an empty one is nobody's");
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
    fn what_a_writer_of_csv_quotes_is_read_as_it_was(
        cells in proptest::collection::vec(proptest::array::uniform3("[a-c\", \n]{0,8}"), 0..8)
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["नाम", "फोन", "पता"]).unwrap();
        for row in &cells {
            writer.write_record(row).unwrap();
        }
        let read = rows(&writer.into_inner().unwrap());
        let texts = |row: &Row| [0, 1, 2].map(|column| row.cell(column).text());
        let expected: Vec<[String; 3]> = cells
            .iter()
            .map(|row| [0, 1, 2].map(|column: usize| row[column].trim().to_owned()))
            .filter(|row| row.iter().any(|cell| !cell.is_empty()))
            .collect();
        proptest::prop_assert_eq!(read.iter().skip(1).map(texts).collect::<Vec<_>>(), expected);
        proptest::prop_assert!(read.iter().all(|row| row.broken.is_none()));
    }

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
