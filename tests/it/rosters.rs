//! Rosters as offices send them, at the terminal.

use std::path::Path;
use std::process::{Command, Output};

use rust_xlsxwriter::{Format, Workbook};
use samvad::sandbox::envelope::Person;

use crate::support::chaos::Chaos;
use crate::support::house::{House, Plan};
use crate::support::phone::Phone;
use crate::support::postgres::PostgresServer;

fn check(file: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_samvad"))
        .args(["people", "check"])
        .arg(file)
        .args(more)
        .output()
        .unwrap()
}

#[test]
fn a_dirty_roster_is_told_row_by_row_and_nothing_of_it_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("सूची.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 5, "बूथ अध्यक्ष, लखनऊ पूर्व", &plain).unwrap();
    for (column, header) in
        (0..).zip(["क्र.", "नाम", "मोबाइल नं.", "जनपद", "विधान सभा", "बूथ", "पद", "जाति"])
    {
        sheet.write(2, column, header).unwrap();
    }
    sheet.merge_range(3, 3, 5, 3, "लखनऊ", &plain).unwrap();
    for (row, name, phone, booth) in [
        (3, "राम कुमार", 9_812_345_678_f64, 12.0),
        (4, "सीता देवी", 9_812_345_679.0, 13.0),
        (5, "मोहन लाल", 98.0, 14.0),
    ] {
        sheet.write(row, 1, name).unwrap();
        sheet.write(row, 2, phone).unwrap();
        sheet.write(row, 4, "lucknow east").unwrap();
        sheet.write(row, 5, booth).unwrap();
        sheet.write(row, 6, "booth adhyaksh").unwrap();
        sheet.write(row, 7, "कुछ").unwrap();
    }
    book.save(&file).unwrap();

    let result = folder.path().join("result.csv");
    let output = check(&file, &["--result", &result.display().to_string()]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success(), "a refused row is told to scripts");
    assert!(said.contains("column H  ‘जाति’: never read and never kept"), "{said}");
    assert!(said.contains("row 6, C ‘मोबाइल नं.’: 2 digits"), "{said}");
    assert!(said.contains("3 rows: 2 would be taken, 1 not."), "{said}");
    assert!(!said.contains("9812345678"), "no number is shown: {said}");
    let written = std::fs::read_to_string(&result).unwrap();
    assert!(written.starts_with('\u{feff}') && written.contains("6,C,मोबाइल नं.,98,"), "{written}");
    let again = check(&file, &["--result", &result.display().to_string()]);
    assert!(!again.status.success() && std::fs::read_to_string(&result).unwrap() == written);
}

#[test]
fn what_is_no_roster_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, words) in [
        ("a.xlsx", &b"%PDF-1.4"[..], "this is a PDF"),
        ("b.csv", "शहर,राज्य\nलखनऊ,उ.प्र.\n".as_bytes(), "no row says what the columns are"),
        ("c.csv", "नाम,पद\nराम,बूथ अध्यक्ष\n".as_bytes(), "‘मोबाइल’"),
    ] {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        let output = check(&file, &[]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(words), "{name}: {said}");
    }
    let missing = check(&folder.path().join("nowhere.csv"), &[]);
    assert!(String::from_utf8(missing.stderr).unwrap().contains("nowhere.csv"));
}

const WORKERS: &str = "\
मोबाइल,नाम,पिता का नाम,ज़िला,विधानसभा,बूथ,पद,सहमति का प्रमाण
9812345678,सुनीता देवी,रामलाल,गोंडा,गोंडा,12,बूथ अध्यक्ष,फॉर्म 7
9812345678,राम कुमार,रामलाल,गोंडा,गोंडा,12,,
9812345679,मोहन लाल,,गोंडा,गोंडा,12,बूथ अध्यक्ष,
98123,सीता देवी,,गोंडा,गोंडा,13,,
";

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_is_taken_beside_the_server_and_the_person_is_known_when_they_write() {
    let house = House::new(Plan::default()).await;
    let server = house.start();
    let mut phone = Phone::new(&house, Person::phone("919812345678"));
    phone.says("नमस्ते", 1).await;

    let file = house.folder.path().join("workers.csv");
    std::fs::write(&file, WORKERS).unwrap();
    let file = file.display().to_string();
    let result = house.folder.path().join("refused.csv");
    let refused =
        house.office_fails(&["people", "import", &file, "--result", &result.display().to_string()]);
    assert!(refused.contains("2 rows were not taken"), "{refused}");
    let mode = std::os::unix::fs::PermissionsExt::mode(&result.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600, "whole numbers stand in it");
    let refused = std::fs::read_to_string(&result).unwrap();
    assert!(refused.contains("4,G,पद,booth_president"), "{refused}");
    assert!(refused.contains("row 2 has this post there"), "{refused}");
    assert!(refused.contains("5,A,मोबाइल,98123"), "{refused}");

    let good: Vec<&str> = WORKERS.lines().take(3).collect();
    std::fs::write(house.folder.path().join("good.csv"), good.join("\n")).unwrap();
    let good = house.folder.path().join("good.csv").display().to_string();
    let again = house.office(&["people", "import", &good]);
    assert!(again.contains("2 rows: 0 new, 0 added"), "{again}");
    assert!(again.contains("2 known already, 0 refused."), "{again}");
    assert!(!again.contains("9812345678"), "{again}");

    for (text, count) in [("Sunita Devi", "1 member"), ("98123 45678", "2 members")] {
        let found = house.office(&["people", "search", text]);
        assert!(found.contains("98••••5678") && found.contains("सुनीता देवी"), "{found}");
        assert!(found.contains("details") && found.contains(count), "{found}");
    }
    assert!(house.office(&["people", "duplicates"]).starts_with("0 pairs"));

    // The conversation that was begun before goes on: no member by a list alone, and told what it says.
    let shown = phone.says("मेरी जानकारी", 1).await;
    assert!(shown[0].text.contains("अभी सदस्य नहीं"), "{shown:#?}");
    let listed = "नाम सुनीता देवी, विधानसभा गोंडा, बूथ 12, पद बूथ अध्यक्ष।";
    assert!(shown[0].text.contains(listed), "{shown:#?}");
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_whose_commit_got_no_answer_is_taken_once_and_told_as_taken() {
    let postgres = PostgresServer::shared();
    let database = postgres.fresh_database();
    let proxy = Chaos::before(&database);
    // Without TLS, so that the proxy sees what passes.
    let records = format!("{}?sslmode=disable", proxy.url(&database));
    let house = House::new(Plan { records, ..Plan::default() }).await;
    house.start().stop();
    let file = house.folder.path().join("workers.csv");
    let good: Vec<&str> = WORKERS.lines().take(3).collect();
    std::fs::write(&file, good.join("\n")).unwrap();
    let file = file.display().to_string();

    // The tag of a commit's answer: the commit happened, and nobody hears of it.
    proxy.lose_answers(b"COMMIT\0", 1);
    let taken = house.office(&["people", "import", &file]);
    assert_eq!(proxy.struck().marked, 1);
    assert!(taken.contains("2 rows: 1 new, 1 added"), "{taken}");
    let count = |table: &str| postgres.psql_at(&database, &format!("SELECT count(*) FROM {table}"));
    let counts =
        ["contacts", "members", "member_states", "posts", "consents", "imports"].map(count);
    assert_eq!(counts, ["1", "2", "2", "1", "1", "1"]);
    let total = "SELECT CAST(sum(value) AS BIGINT) FROM totals WHERE name = 'members'";
    assert_eq!(postgres.psql_at(&database, total), "2", "counted once");
    let again = house.office(&["people", "import", &file]);
    assert!(again.contains("2 known already"), "{again}");
    assert_eq!(["members", "imports"].map(count), ["2", "1"]);
}
