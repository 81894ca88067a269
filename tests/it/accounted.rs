//! Spoilt lists, each judged by its accounts: every row of people in the file is either taken with exactly its own
//! values or refused with its line, the counts and the exit code say so, and nobody else is known afterwards.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use zip::write::SimpleFileOptions;

use crate::support::house::{House, Plan};

/// A file, and what must become of it.
struct Spoilt {
    name: &'static str,
    bytes: Vec<u8>,
    /// Phone, name and father of each person.
    taken: Vec<[&'static str; 3]>,
    /// The lines that are refused.
    refused: Vec<u32>,
    /// Something it says on its way.
    says: &'static str,
}

fn spoilt(name: &'static str, bytes: impl Into<Vec<u8>>) -> Spoilt {
    Spoilt { name, bytes: bytes.into(), taken: Vec::new(), refused: Vec::new(), says: "" }
}

impl Spoilt {
    fn taken(mut self, taken: &[[&'static str; 3]]) -> Spoilt {
        self.taken = taken.to_vec();
        self
    }

    fn refused(mut self, refused: &[u32]) -> Spoilt {
        self.refused = refused.to_vec();
        self
    }

    fn says(mut self, says: &'static str) -> Spoilt {
        self.says = says;
        self
    }
}

const RAM: &str = "राम कुमार";
const SITA: &str = "सीता देवी";
const MOHAN: &str = "मोहन लाल";
const GITA: &str = "गीता देवी";

fn with_byte(text: &str, byte: u8) -> Vec<u8> {
    text.bytes().map(|there| if there == b'~' { byte } else { there }).collect()
}

fn lists() -> Vec<Spoilt> {
    vec![
        spoilt(
            "a-byte-of-windows.csv",
            with_byte("Mobile,Name,Note\n9820000001,राम कुमार,a\n9820000002,Sita~Devi,b\n9820000003,मोहन लाल,c~d\n", 0xa0),
        )
        .taken(&[["9820000001", RAM, ""], ["9820000003", MOHAN, ""]])
        .refused(&[3]),
        spoilt(
            "a-zero-byte.csv",
            with_byte("Mobile,Name,Note\n9820000011,राम कुमार,a\n98200~00012,सीता देवी,b\n9820000013,मोहन लाल,c\n", 0),
        )
        .taken(&[["9820000011", RAM, ""], ["9820000013", MOHAN, ""]])
        .refused(&[3]),
        spoilt(
            "a-comma-within-a-name.csv",
            "मोबाइल,नाम,पिता का नाम\n9820000021,राम कुमार,मोहन लाल\n9820000022,Kumar, Ram,Sohan Lal\n9820000023,सीता देवी\n",
        )
        .taken(&[["9820000021", RAM, MOHAN], ["9820000023", SITA, ""]])
        .refused(&[3]),
        spoilt(
            "two-tables.csv",
            "मोबाइल,नाम,पिता का नाम\n9820000031,राम कुमार,मोहन लाल\n\nमोबाइल,पिता का नाम,नाम\n9820000032,मोहन लाल,सीता देवी\n",
        )
        .taken(&[["9820000031", RAM, MOHAN], ["9820000032", SITA, MOHAN]])
        .says("row 4 says what the columns are"),
        spoilt(
            "a-table-of-another-kind-below.csv",
            "मोबाइल,नाम,पिता का नाम\n9820000041,राम कुमार,मोहन लाल\nव्यक्ति,पिता का नाम,नाम\n9820000042,मोहन लाल,सीता देवी\n\
             नाम,मोबाइल\nगीता देवी,9820000043\n",
        )
        .taken(&[["9820000041", RAM, MOHAN], ["9820000043", GITA, ""]])
        .refused(&[4]),
        spoilt(
            "people-above-the-header.csv",
            "9820000051,राम कुमार,लखनऊ\n9820000052,सीता देवी,लखनऊ\nमोबाइल,नाम,ज़िला\n9820000053,मोहन लाल,लखनऊ\n",
        )
        .taken(&[["9820000053", MOHAN, ""]])
        .refused(&[1, 2]),
        spoilt(
            "a-title-with-a-comma.csv",
            "कार्यकर्ता सूची, लखनऊ\nमोबाइल;नाम;ज़िला\n9820000061;राम कुमार;लखनऊ\n",
        )
        .taken(&[["9820000061", RAM, ""]]),
        spoilt(
            "a-block-of-titles.csv",
            "जिला,लखनऊ,विधानसभा,173\nसेक्टर,गोमती,बूथ,12\nमोबाइल,नाम,,पता\n9820000071,राम कुमार,x,y\n",
        )
        .taken(&[["9820000071", RAM, ""]])
        .says("column C  has no header"),
        spoilt(
            "errors-in-words.csv",
            "मोबाइल,नाम,पिता का नाम,टिप्पणी\n9820000081,#REF!,मोहन लाल,\n9820000082,सीता देवी,#N/A,\n\
             9820000083,गीता देवी,मोहन लाल,#VALUE!\n#NAME?,राम कुमार,,\n9820000084,??? ?????,,\n9820000085,Err:502,,\n",
        )
        .taken(&[["9820000083", GITA, MOHAN]])
        .refused(&[2, 3, 5, 6, 7]),
        spoilt(
            "a-mark-that-nobody-closes.csv",
            "मोबाइल,नाम,पता\n9820000091,राम कुमार,\"गली 1\n९८२००००१९२,सीता देवी,गली 2\n९८२००००१९३,मोहन लाल,गली 3\n",
        )
        .taken(&[["9820000192", SITA, ""], ["9820000193", MOHAN, ""]])
        .refused(&[2]),
        spoilt(
            "a-mark-that-closes-three-rows-below.csv",
            "मोबाइल,नाम,पता\n9820000101,राम कुमार,\"गली 1\n9820000102,सीता देवी,गली 2\n9820000103,मोहन लाल,गली 3\"\n\
             9820000104,गीता देवी,\"गली 4,\nलखनऊ\"\n",
        )
        .taken(&[["9820000102", SITA, ""], ["9820000103", MOHAN, ""], ["9820000104", GITA, ""]])
        .refused(&[2]),
        spoilt(
            "totals-between.csv",
            "क्रमांक,नाम,मोबाइल\n1,राम कुमार,9820000111\nयोग,1,\n,सेक्टर 2,\n2,सीता देवी,9820000112\nकुल योग,2,\n",
        )
        .taken(&[["9820000111", RAM, ""], ["9820000112", SITA, ""]])
        .refused(&[3, 4, 6]),
        spoilt(
            "two-numbers-under-one-header.csv",
            "नाम,मोबाइल,\nराम कुमार,9820000121,9820000122\n",
        )
        .taken(&[["9820000121", RAM, ""]])
        .says("column C  has no header and something in row 2"),
        spoilt("half-a-letter.csv", {
            let text = "मोबाइल\tनाम\n9820000131\tराम कुमार\n9820000132\tसी?ता\n9820000133\tमोहन लाल\n";
            let units = text.encode_utf16().map(|unit| if unit == u16::from(b'?') { 0xd800 } else { unit });
            [0xfe, 0xff].into_iter().chain(units.flat_map(u16::to_be_bytes)).collect::<Vec<u8>>()
        })
        .taken(&[["9820000131", RAM, ""], ["9820000133", MOHAN, ""]])
        .refused(&[3]),
        spoilt("values-and-their-names.csv", "नाम: राम कुमार, मोबाइल: 9820000141\nनाम: सीता देवी, मोबाइल: 9820000142\n")
            .says("no row says what the columns are"),
        spoilt("json.csv", "[{\"Mobile\":\"9820000151\",\"Name\":\"Ram\"}]").says("JSON"),
        spoilt("a-header-alone.csv", "मोबाइल,नाम\n").says("no row below it says anything"),
    ]
}

/// A workbook of one sheet with these rows, and with another that is hidden.
fn workbook(name: &'static str, rows: &str, hidden: &str) -> Spoilt {
    const KIND: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{KIND}/{kind}\" Target=\"{target}\"/>")
    };
    let sheet = |rows: &str| format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    for (part, text) in [
        ("_rels/.rels", format!("<Relationships>{}</Relationships>", relation("r1", "officeDocument", "xl/workbook.xml"))),
        (
            "xl/workbook.xml",
            "<workbook><sheets><sheet name=\"सूची\" r:id=\"r1\"/><sheet name=\"पुरानी\" state=\"hidden\" r:id=\"r2\"/></sheets></workbook>"
                .to_owned(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships>{}{}{}</Relationships>",
                relation("r1", "worksheet", "worksheets/sheet1.xml"),
                relation("r2", "worksheet", "worksheets/sheet2.xml"),
                relation("r3", "sharedStrings", "sharedStrings.xml")
            ),
        ),
        ("xl/worksheets/sheet1.xml", sheet(rows)),
        ("xl/worksheets/sheet2.xml", sheet(hidden)),
        (
            "xl/sharedStrings.xml",
            "<sst uniqueCount=\"99999999999\"><si><t>मोबाइल</t></si><si><t>नाम</t></si></sst>".to_owned(),
        ),
    ] {
        out.start_file(part, SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    spoilt(name, out.finish().unwrap().into_inner())
}

fn inline(text: &str) -> String {
    format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn row(cells: &[&str]) -> String {
    format!("<row>{}</row>", cells.concat())
}

fn number(digits: &str) -> String {
    format!("<c><v>{digits}</v></c>")
}

/// The header of most workbooks here.
fn header(third: &str) -> String {
    row(&["<c t=\"s\"><v>0</v></c>", "<c t=\"s\"><v>1</v></c>", &inline(third)])
}

fn workbooks() -> Vec<Spoilt> {
    let person =
        |phone: &str, name: &str, third: &str| row(&[&number(phone), &inline(name), third]);
    let error = |words: &str| format!("<c t=\"e\"><v>{words}</v></c>");
    let mut empty = header("पता") + &person("9821000041", RAM, "");
    for number in 3..200_000 {
        write!(
            empty,
            "<row r=\"{number}\"><c r=\"A{number}\" s=\"1\"/><c r=\"B{number}\" s=\"1\"/></row>"
        )
        .unwrap();
    }
    let long = inline(&"x".repeat(20_001));
    vec![
        workbook(
            "errors-of-other-programs.xlsx",
            &[
                header("टिप्पणी"),
                person("9821000001", RAM, &error("Err:502")),
                person("9821000002", SITA, &error("#SPILL!")),
                row(&[&error("#CALC!"), &inline(GITA)]),
                person("9821000003", MOHAN, "<c t=\"b\"><v>yes</v></c>"),
            ]
            .concat(),
            "",
        )
        .taken(&[["9821000001", RAM, ""], ["9821000002", SITA, ""], ["9821000003", MOHAN, ""]])
        .refused(&[4]),
        workbook(
            "formulas-that-are-shared.xlsx",
            &[
                header("पिता का नाम"),
                person("9821000011", RAM, "<c><f t=\"shared\" si=\"90000000000\" ref=\"A1:A9\">1</f></c>"),
                person("9821000012", SITA, "<c t=\"str\"><f t=\"shared\" si=\"5\"/><v>मोहन लाल</v></c>"),
                person("9821000013", GITA, "<c t=\"str\"><f>A1</f><v></v></c>"),
            ]
            .concat(),
            "",
        )
        .taken(&[["9821000012", SITA, MOHAN], ["9821000013", GITA, ""]])
        .refused(&[2]),
        workbook(
            "a-hidden-sheet.xlsx",
            &(header("पता") + &person("9821000021", RAM, "")),
            &(header("पता") + &person("9821000022", SITA, "")),
        )
        .taken(&[["9821000021", RAM, ""]])
        .says("the hidden sheet ‘पुरानी’ has rows"),
        workbook(
            "a-long-cell.xlsx",
            &[header("टिप्पणी"), person("9821000031", RAM, &long), row(&[&number("9821000032"), &long]), person("9821000033", GITA, "")]
                .concat(),
            "",
        )
        .taken(&[["9821000031", RAM, ""], ["9821000033", GITA, ""]])
        .refused(&[3]),
        workbook("coloured.xlsx", &(empty + &person("9821000042", SITA, "")), "")
            .taken(&[["9821000041", RAM, ""], ["9821000042", SITA, ""]]),
        workbook(
            "cells-that-stand-twice.xlsx",
            &format!(
                "{}<row r=\"2\"><c r=\"A2\"><v>9821000051</v></c><c r=\"A2\"><v>9821000052</v></c></row>\
                 <row r=\"3\"><c r=\"A3\"><v>9821000053</v></c><c r=\"B9\" t=\"inlineStr\"><is><t>{SITA}</t></is></c></row>\
                 <row r=\"4\"><c r=\"A4\"><v>9821000054</v></c><c r=\"B4\" t=\"inlineStr\"><is><t>{GITA}</t></is></c></row>",
                header("पता")
            ),
            "",
        )
        .taken(&[["9821000054", GITA, ""]])
        .refused(&[2, 3]),
        workbook(
            "far-to-the-right.xlsx",
            &format!("{}<row r=\"2\"><c r=\"A2\"><v>9821000061</v></c><c r=\"B2\" t=\"inlineStr\"><is><t>{RAM}</t></is></c>\
                      <c r=\"JB2\"><v>9821000062</v></c></row>", header("पता")),
            "",
        )
        .taken(&[["9821000061", RAM, ""]])
        .says("column IW has no header and something in row 2"),
        workbook("that-breaks-off.xlsx", &(header("पता") + &person("9821000071", RAM, "") + "<row><c>"), "")
            .says("damaged"),
    ]
}

/// The lines of the file of refused rows.
fn refused_lines(result: &std::path::Path) -> Vec<u32> {
    let text = std::fs::read_to_string(result).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert!(rows.iter().all(|row| !row[4].is_empty()), "every refusal has its reason: {rows:?}");
    let lines: BTreeSet<u32> = rows.iter().map(|row| row[0].parse().unwrap()).collect();
    lines.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_of_a_spoilt_list_is_taken_as_it_stands_or_refused_with_its_line() {
    let house = House::new(Plan::default()).await;
    house.start().stop();
    let folder = house.folder.path();
    let mut expected: Vec<[String; 3]> = Vec::new();
    for file in lists().iter().chain(&workbooks()) {
        let path = folder.join(file.name);
        std::fs::write(&path, &file.bytes).unwrap();
        let result = folder.join(format!("{}.refused.csv", file.name));
        let (path, to) = (path.display().to_string(), result.display().to_string());
        let output = house.terminal(&["people", "import", &path, "--result", &to]);
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(refused_lines(&result), file.refused, "{}: {said}", file.name);
        assert!(said.contains(file.says), "{}: {said}", file.name);
        let is_well = file.refused.is_empty() && !file.taken.is_empty();
        assert_eq!(output.status.code(), Some(i32::from(!is_well)), "{}: {said}", file.name);
        if !file.taken.is_empty() {
            let (taken, refused) = (file.taken.len(), file.refused.len());
            let all = taken + refused;
            let rows = if all == 1 { "row" } else { "rows" };
            let counts = format!(
                "{all} {rows}: {taken} new, 0 added to people known, 0 completed, 0 changed, 0 known already, \
                 {refused} refused."
            );
            assert!(said.contains(&counts), "{}: {said}", file.name);
        }
        expected.extend(file.taken.iter().map(|row| row.map(str::to_owned)));
    }
    let known = folder.join("known.csv");
    house.office(&["people", "export", &known.display().to_string(), "--by", "कार्यालय"]);
    let text = std::fs::read_to_string(&known).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut there: Vec<[String; 3]> = Vec::new();
    for row in reader.records().map(Result::unwrap) {
        let phone: Vec<char> = row[0].chars().filter(char::is_ascii_digit).collect();
        let phone: String = phone[phone.len() - 10..].iter().collect();
        there.push([phone, row[1].to_owned(), row[2].to_owned()]);
    }
    expected.sort();
    there.sort();
    assert_eq!(there, expected, "nobody is lost and nobody made up");
}

#[tokio::test(flavor = "multi_thread")]
async fn booths_below_a_mark_that_nobody_closes_are_not_lost() {
    let house = House::new(Plan::default()).await;
    house.start().stop();
    let folder = house.folder.path();
    let mut list = "विधानसभा,बूथ,बूथ का नाम,सेक्टर\n".to_owned();
    for number in 1..20 {
        let mark = if number == 10 || number == 16 { "\"" } else { "" };
        writeln!(list, "173,{number},{mark}प्राथमिक विद्यालय {number},-").unwrap();
    }
    writeln!(list, "173,20,#REF!,1\n173,21,-,NA").unwrap();
    let (path, result) = (folder.join("booths.csv"), folder.join("refused.csv"));
    std::fs::write(&path, list).unwrap();
    let words = [
        "places",
        "import",
        &path.display().to_string(),
        "--result",
        &result.display().to_string(),
    ];
    let output = house.terminal(&words);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(refused_lines(&result), [11, 17, 21]);
    let known = folder.join("known.csv");
    house.office(&["places", "export", &known.display().to_string()]);
    let text = std::fs::read_to_string(&known).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let booths: Vec<(String, String, String)> = reader
        .records()
        .map(Result::unwrap)
        .map(|row| (row[2].to_owned(), row[3].to_owned(), row[4].to_owned()))
        .collect();
    let mut expected: Vec<(String, String, String)> = (1..20)
        .filter(|number| ![10, 16].contains(number))
        .map(|number| (number.to_string(), format!("प्राथमिक विद्यालय {number}"), String::new()))
        .collect();
    expected.push(("21".to_owned(), String::new(), String::new()));
    assert_eq!(booths, expected, "no sector is called ‘-’ or ‘NA’");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_goes_on_when_nobody_reads_what_it_says() {
    let house = House::new(Plan::default()).await;
    house.start().stop();
    let path = house.folder.path().join("people.csv");
    let mut list = "मोबाइल,नाम\n".to_owned();
    for number in 1..=3_000 {
        writeln!(list, "98221{number:05},राम कुमार\nx{number},सीता देवी").unwrap();
    }
    std::fs::write(&path, list).unwrap();
    let mut import = Command::new(env!("CARGO_BIN_EXE_samvad"))
        .args(["people", "import", &path.display().to_string(), "--data"])
        .arg(house.data())
        .envs(house.settings().iter().map(|(name, value)| (name, value)))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(import.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("says what the columns are"), "{first}");
    assert_eq!(import.wait().unwrap().code(), Some(1), "rows were refused");
    let again = house.terminal(&["people", "import", &path.display().to_string()]);
    let said = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(said.contains("0 new") && said.contains("3000 known already"), "{said}");
}
