//! Rosters as they come from offices, spoilt in every way that was met, through `samvad people import`. What each
//! comes to stands in the snapshot, to be read like a clerk would: nothing lost, nothing invented, every
//! refusal in words. Every file is imported twice, and the second time changes nothing.

use std::fmt::Write as _;
use std::process::Output;

use rust_xlsxwriter::{Color, ExcelDateTime, Format, Formula, Workbook, Worksheet};

use crate::support::house::{House, Plan};

/// A file by the name it comes with.
struct Dirty {
    name: &'static str,
    bytes: Vec<u8>,
}

fn text(name: &'static str, text: &str) -> Dirty {
    Dirty { name, bytes: text.as_bytes().to_vec() }
}

fn book(name: &'static str, fill: impl FnOnce(&mut Worksheet)) -> Dirty {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    Dirty { name, bytes: book.save_to_buffer().unwrap() }
}

fn rows(sheet: &mut Worksheet, from: u32, rows: &[&[&str]]) {
    for (row, cells) in (from..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            sheet.write(row, column, *cell).unwrap();
        }
    }
}

fn in_utf_16(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

/// Text and nothing else.
fn texts() -> Vec<Dirty> {
    let head = "मोबाइल,नाम,ज़िला,विधानसभा,बूथ,पद\n";
    vec![
        text(
            "mixed-scripts.csv",
            &format!(
                "{head}9810000001,Ram Kumar यादव,lakhnau,लखनऊ पूर्व,१२,booth adhyaksh\n\
             ९८१००००००२,सीता देवी,LUCKNOW,lucknow east,13,बूथ अध्यक्ष\n\
             +91-98100 00003,राشد علی,लखनऊ,173,14,पन्ना प्रमुख\n"
            ),
        ),
        text(
            "wrong-districts.csv",
            &format!(
                "{head}9810100001,राम कुमार,गोंडा,173,1,\n9810100002,सीता देवी,लन्दन,173,2,\n\
             9810100003,मोहन लाल,kanpur,,,\n9810100004,गीता देवी,लखनऊ,404,3,\n"
            ),
        ),
        text(
            "duplicate-phones.csv",
            "मोबाइल,नाम\n9810200001,राम कुमार\n9810200001,सीता देवी\n9810200001,राम कुमार\n9810200001,मोहन लाल\n\
             9810200001,गीता देवी\n9810200001,सोहन लाल\n9810200001,Ram Kumar\n",
        ),
        text("semicolons.csv", "नाम;मोबाइल\nराम कुमार;9810300001\n\"देवी; सीता\";9810300002\n"),
        text("tabs.txt", "नाम\tमोबाइल\nराम कुमार\t9810400001\nसीता, देवी\t9810400002\n"),
        text(
            "mark-and-returns.csv",
            "\u{feff}नाम,मोबाइल\r\nराम कुमार,9810500001\r\n\r\nसीता देवी,9810500002\r\n",
        ),
        Dirty {
            name: "unicode-text.csv", bytes: in_utf_16("नाम\tमोबाइल\nराम कुमार\t9810600001\n")
        },
        text(
            "quotes.csv",
            "नाम,मोबाइल\nराम \"बाबू\" कुमार,9810700001\n\"सीता देवी,9810700002\nमोहन लाल,9810700003\n",
        ),
        text(
            "a-quote-in-an-address.csv",
            "नाम,मोबाइल,पता\nराम कुमार,9810750001,गली 1\nसीता देवी,9810750002,\"गली 2\nमोहन लाल,9810750003,गली 3\n\
             गीता देवी,9810750004,गली \"4\nसोहन लाल,9810750005,\"गली 5\nलखनऊ\"\n",
        ),
        text(
            "shortened-numbers.csv",
            "नाम,मोबाइल\nराम कुमार,9.810800001E9\nसीता देवी,9.81080E+09\nमोहन लाल,9810800003.0\nगीता देवी,\"98,108,00,004\"\n",
        ),
        text(
            "days.csv",
            "मोबाइल,नाम,पद,विधानसभा,बूथ,कब से,जन्म तिथि\n9810900001,राम कुमार,बूथ अध्यक्ष,173,20,45519,15/8/1985\n\
             9810900002,सीता देवी,बूथ अध्यक्ष,173,21,15.08.2024,31245\n9810900003,मोहन लाल,बूथ अध्यक्ष,173,22,31-02-2024,1985\n\
             9810900004,गीता देवी,बूथ अध्यक्ष,173,23,1-1-2099,2015\n9810900005,सोहन लाल,बूथ अध्यक्ष,173,24,08/15/2024,05-85\n",
        ),
        text(
            "title-above.csv",
            "कार्यकर्ता सूची,,\nदिनांक 21-11-2026,,\n,,\nविधानसभा लखनऊ पूर्व,,\nक्र0सं0,कार्यकर्ता का नाम,मो0 नं0\n1,राम कुमार,9811000001\n",
        ),
        text(
            "two-headers.csv",
            "क्रमांक,नाम,पद,संपर्क,,पता\n,,,मोबाइल,ईमेल,\n1,राम कुमार,,9811100001,x,y\n",
        ),
        text(
            "swapped.csv",
            "पद,बूथ सं0,वि0स0,Mob. No.,जनपद,Karyakarta Name\nबूथ अध्यक्ष,30,173,9811200001,लखनऊ,राम कुमार\n",
        ),
        text(
            "notes-and-totals.csv",
            "क्रमांक,नाम,मोबाइल\n1,राम कुमार,9811300001\n2,,\n3,,\nकुल,2,\n,नोट: सूची अधूरी है,\n,,हस्ताक्षर\n",
        ),
        text(
            "blank-names.csv",
            "नाम,मोबाइल\n,9811400001\n-,9811400002\n.,9811400003\n123,9811400004\nअज्ञात,9811400005\nN/A,9811400006\n",
        ),
        text(
            "titles.csv",
            "नाम,मोबाइल\nश्री राम कुमार जी,9811500001\nराम कुमार,9811500001\nश्रीमती सीता देवी,9811500002\nडॉ. मोहन लाल,9811500003\n\
             मो. इरफ़ान,9811500004\n",
        ),
        text(
            "two-numbers.csv",
            "नाम,मोबाइल\nराम कुमार,\"9811600001, 9811600002\"\nसीता देवी,9811600003/9811600004\nमोहन लाल,9811600005 9811600006\n\
             गीता देवी,9811600007/08\n",
        ),
        text(
            "landlines.csv",
            "नाम,मोबाइल\nराम कुमार,0522-2234567\nसीता देवी,2234567\nमोहन लाल,05222234567\nगीता देवी,1800112345\n\
             सोहन लाल,0000000000\nश्याम,9999999999\n",
        ),
        text(
            "never-read.csv",
            "नाम,मोबाइल,आधार नं.,जाति,धर्म\nराम कुमार,9811800001,1234 5678 9012,क,ख\n",
        ),
        text("numbered-form.csv", "क्र.,नाम,मोबाइल\n1,राम कुमार,9811900001\n2,,\n3,,\n4,,\n"),
        text("no-header.csv", "राम कुमार,9812000001,लखनऊ\nसीता देवी,9812000002,लखनऊ\n"),
        text("no-phone-column.csv", "नाम,पद\nराम कुमार,सचिव\n"),
        text("only-a-header.csv", "नाम,मोबाइल\n"),
        text("pages.csv", "नाम,मोबाइल\nराम कुमार,9812100001\nनाम,मोबाइल\nसीता देवी,9812100002\n"),
        text(
            "posts-of-no-place.csv",
            "नाम,मोबाइल,पद,ज़िला\nराम कुमार,9812200001,सचिव,\nसीता देवी,9812200002,प्रदेश सचिव,\nमोहन लाल,9812200003,जिला महासचिव,लखनऊ\n\
             गीता देवी,9812200004,कार्यकर्ता,लखनऊ\nसोहन लाल,9812200005,ड्राइवर,\n",
        ),
        text(
            "booths-that-are-not.csv",
            "नाम,मोबाइल,विधानसभा,बूथ,सेक्टर\nराम कुमार,9812300001,173,45,\nसीता देवी,9812300002,173,45क,\n\
             मोहन लाल,9812300003,173,5,सई\nगीता देवी,9812300004,173,6,सेक्टर 9\nसोहन लाल,9812300005,,7,\nश्याम,9812300006,174,999,4\n",
        ),
        text(
            "two-posts.csv",
            "नाम,मोबाइल,पद,विधानसभा,बूथ,सेक्टर\nराम कुमार,9812400001,बूथ अध्यक्ष,173,35,\nराम कुमार,9812400001,सेक्टर अध्यक्ष,173,,2\n",
        ),
        text(
            "one-post-two-people.csv",
            "नाम,मोबाइल,पद,विधानसभा,बूथ\nराम कुमार,9812500001,बूथ अध्यक्ष,173,36\nसीता देवी,9812500002,बूथ अध्यक्ष,173,36\n",
        ),
        text(
            "lines-within-cells.csv",
            "नाम,मोबाइल,\"पिता\nका नाम\"\n\"राम\nकुमार\",9812600001,\"सोहन\nलाल\"\nसीता देवी,98126-00002,मोहन\n",
        ),
        text(
            "words-in-the-number.csv",
            "नाम,मोबाइल\nराम कुमार,9812700001 (घर)\nसीता देवी,नहीं है\nमोहन लाल,981270000l\nगीता देवी,'+919812700004\n",
        ),
        text(
            "consents.csv",
            "नाम,मोबाइल,सहमति\nराम कुमार,9812800001,फॉर्म 12\nसीता देवी,9812800002,हाँ\nमोहन लाल,9812800003,\n",
        ),
    ]
}

/// Workbooks, and what is none.
fn workbooks() -> Vec<Dirty> {
    let plain = Format::new();
    let mut several = Workbook::new();
    rows(several.add_worksheet().set_name("लखनऊ").unwrap(), 0, &[&["नाम", "मोबाइल"]]);
    rows(several.add_worksheet().set_name("गोंडा").unwrap(), 0, &[&["नाम", "मोबाइल"]]);
    let mut hidden = Workbook::new();
    let old = hidden.add_worksheet().set_name("पुरानी").unwrap();
    rows(old, 0, &[&["नाम", "मोबाइल"], &["पुराना", "9813000009"]]);
    old.set_hidden(true);
    let shown = hidden.add_worksheet().set_name("नई").unwrap();
    rows(shown, 0, &[&["नाम", "मोबाइल"], &["राम कुमार", "9813000001"]]);
    shown.set_active(true);
    vec![
        book("merged.xlsx", |sheet| {
            sheet.merge_range(0, 0, 0, 3, "बूथ अध्यक्ष, लखनऊ पूर्व", &plain).unwrap();
            rows(sheet, 1, &[&["ज़िला", "नाम", "मोबाइल", "विधानसभा"]]);
            sheet.merge_range(2, 0, 4, 0, "लखनऊ", &plain).unwrap();
            for (row, name) in [(2, "राम कुमार"), (3, "सीता देवी"), (4, "मोहन लाल")]
            {
                sheet.write(row, 1, name).unwrap();
                sheet.write(row, 3, 173.0).unwrap();
            }
            sheet.merge_range(2, 2, 3, 2, "9813100001", &plain).unwrap();
            sheet.write(4, 2, 9_813_100_003_f64).unwrap();
        }),
        book("formulas.xlsx", |sheet| {
            rows(sheet, 0, &[&["नाम", "मोबाइल", "बूथ", "विधानसभा"]]);
            sheet.write(1, 0, Formula::new("=A9&\" \"&B9").set_result("राम कुमार")).unwrap();
            sheet.write(1, 1, Formula::new("=9813200000+1").set_result("9813200001")).unwrap();
            sheet.write(2, 0, "सीता देवी").unwrap();
            sheet.write(2, 1, Formula::new("=VLOOKUP(1,A:B,2)").set_result("#N/A")).unwrap();
            sheet.write(3, 0, "मोहन लाल").unwrap();
            sheet.write(3, 1, Formula::new("=Sheet9!A1").set_result("")).unwrap();
            sheet.write(4, 0, "=1+1").unwrap();
            sheet.write(4, 1, 9_813_200_004_f64).unwrap();
        }),
        book("coloured.xlsx", |sheet| {
            rows(sheet, 0, &[&["नाम", "मोबाइल"], &["राम कुमार", "9813300001"]]);
            let red = Format::new().set_background_color(Color::Red);
            for row in 2..30_000 {
                sheet.write_blank(row, 0, &red).unwrap();
            }
            rows(sheet, 30_000, &[&["सीता देवी", "9813300002"]]);
        }),
        text(
            "a-million-empty.csv",
            &format!(
                "नाम,मोबाइल\nराम कुमार,9813400001\n{}सीता देवी,9813400002\n",
                ",\n".repeat(1_000_000)
            ),
        ),
        book("typed.xlsx", |sheet| {
            rows(sheet, 0, &[&["नाम", "मोबाइल", "पद", "विधानसभा", "बूथ", "कब से"]]);
            let day = Format::new().set_num_format("dd-mm-yyyy");
            sheet.write(1, 0, "राम कुमार").unwrap();
            sheet.write(1, 1, 9.813_500_001e9).unwrap();
            sheet.write(1, 2, "booth_president").unwrap();
            sheet.write(1, 3, 173.0).unwrap();
            sheet.write(1, 4, 38.0).unwrap();
            let since = ExcelDateTime::from_ymd(2024, 8, 15).unwrap();
            sheet.write_with_format(1, 5, &since, &day).unwrap();
            sheet.write(2, 0, true).unwrap();
            sheet.write(2, 1, 9_813_500_002.5).unwrap();
        }),
        Dirty { name: "hidden.xlsx", bytes: hidden.save_to_buffer().unwrap() },
        Dirty { name: "several.xlsx", bytes: several.save_to_buffer().unwrap() },
        Dirty { name: "a-pdf.xlsx", bytes: b"%PDF-1.7 ...".to_vec() },
        Dirty { name: "a-photo.xlsx", bytes: b"\xff\xd8\xff\xe0 photo".to_vec() },
        Dirty {
            name: "with-a-password.xlsx",
            bytes: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 EncryptedPackage".to_vec(),
        },
        Dirty { name: "very-old.xls", bytes: b"\x09\x08\x10\0\0\x06\x05\0".to_vec() },
        Dirty { name: "an-archive.xlsx", bytes: b"PK\x03\x04 holiday photos".to_vec() },
        text("a-page.xls", "<html><table><tr><td>नाम</td></tr></table></html>"),
        text("empty.csv", ""),
        Dirty { name: "old-font.csv", bytes: b"uke,eksckby\njke dqekj,9813600001\n".to_vec() },
        Dirty { name: "not-unicode.csv", bytes: b"name,mobile\nRam\xe9,9813700001\n".to_vec() },
    ]
}

/// The seat of the files: forty booths in two sectors.
fn booths() -> String {
    let mut booths = "ज़िला,विधानसभा,बूथ,सेक्टर,सेक्टर का नाम\n".to_owned();
    for number in 1..=40 {
        let (sector, name) = if number <= 20 { (1, "गोमती") } else { (2, "सई") };
        writeln!(booths, "लखनऊ,173,{number},{sector},{name}").unwrap();
    }
    booths
}

fn import(house: &House, file: &Dirty, result: &str) -> (Output, String) {
    let path = house.folder.path().join(file.name);
    std::fs::write(&path, &file.bytes).unwrap();
    let result = house.folder.path().join(result);
    let words = [
        "people",
        "import",
        &path.display().to_string(),
        "--result",
        &result.display().to_string(),
    ];
    let output = house.terminal(&words);
    let refused = std::fs::read_to_string(&result).unwrap_or_default();
    std::fs::remove_file(&result).ok();
    (output, refused)
}

fn last_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.lines().last().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_dirty_rosters_nothing_is_lost_nothing_invented_and_every_refusal_explained() {
    let house = House::new(Plan::default()).await;
    house.start().stop();
    let list = house.folder.path().join("booths.csv");
    std::fs::write(&list, booths()).unwrap();
    house.office(&["places", "import", &list.display().to_string()]);

    let mut told = String::new();
    for file in texts().iter().chain(&workbooks()) {
        let (output, refused) = import(&house, file, "first.csv");
        let summary = last_line(&output.stdout);
        writeln!(told, "== {}", file.name).unwrap();
        if output.status.success() || summary.contains(" known already, ") {
            writeln!(told, "{summary}").unwrap();
            for line in refused.lines().skip(1) {
                writeln!(told, "  {line}").unwrap();
            }
        }
        if !output.status.success() {
            let words = last_line(&output.stderr);
            let folder = house.folder.path().display().to_string();
            writeln!(told, "  {}", words.replace(&folder, "…")).unwrap();
        }
        let shown = String::from_utf8_lossy(&output.stdout);
        for line in shown.lines() {
            let digits = line.chars().filter(char::is_ascii_digit).count();
            let is_number = line.contains("981") && digits >= 10;
            assert!(!is_number, "{}: a number at the terminal: {line}", file.name);
        }

        let (again, refused_again) = import(&house, file, "second.csv");
        let second = last_line(&again.stdout);
        let is_summary = second.contains(" known already, ");
        assert!(
            !is_summary
                || second.contains("0 new, 0 added to people known, 0 completed, 0 changed"),
            "{}: {second}",
            file.name
        );
        assert_eq!(again.status.success(), output.status.success(), "{}", file.name);
        assert_eq!(refused_again.lines().count(), refused.lines().count(), "{}", file.name);
    }
    insta::assert_snapshot!(told);
}
