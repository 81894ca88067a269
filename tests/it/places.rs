//! Places and posts at the office's terminal, beside the running server.

use std::fs;
use std::path::Path;
use std::process::Command;

use samvad::sandbox::envelope::Person;

use crate::support::house::{House, Plan};
use crate::support::phone::Phone;
use crate::support::raw::Raw;

const BOOTHS: &str = "\u{feff}ज़िला,विधानसभा,बूथ,बूथ का नाम,सेक्टर,सेक्टर का नाम
लखनऊ,लखनऊ पूर्व,1,प्राथमिक विद्यालय खजुरिया,1,गोमती
लखनऊ,lucknow east,2,पंचायत भवन रामपुर,1,गोमती
लखनऊ,173,3,पंचायत भवन बेला,2,सई
लखनऊ,173,3,फिर वही,2,सई
आगरा,173,4,कहीं और,2,सई
";

/// The rows of it that are taken.
fn clean_booths() -> String {
    BOOTHS.lines().take(4).collect::<Vec<_>>().join("\n")
}

fn file(house: &House, name: &str, text: &str) -> String {
    let path = house.data().join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn booths_are_imported_found_renamed_and_exported_beside_the_server() {
    let house = House::new(Plan::default()).await;
    let server = house.start();
    let (booths, result) = (file(&house, "booths.csv", BOOTHS), house.data().join("refused.csv"));
    let result = result.display().to_string();
    let said = house.office_fails(&["places", "import", &booths, "--result", &result]);
    assert!(said.contains("2 rows were not taken"), "{said}");
    let refused = fs::read_to_string(&result).unwrap();
    assert!(refused.contains("5,C,बूथ,3,") && refused.contains("row 4"), "{refused}");
    assert!(refused.contains("6,A,ज़िला,आगरा,"), "{refused}");

    let clean = file(&house, "clean.csv", &clean_booths());
    let again = house.office(&["places", "import", &clean]);
    assert!(again.contains("0 new") && again.contains("3 as they were"), "{again}");

    let state = house.office(&["places", "list"]);
    assert!(state.contains("division:12") && state.contains("मंडल लखनऊ"), "{state}");
    let seat = house.office(&["places", "list", "लखनऊ", "पूर्व"]);
    assert!(seat.contains("sector:173/1") && seat.contains("गोमती: 2 booths"), "{seat}");
    assert!(seat.contains("3 booths, 0 of them in no sector."), "{seat}");

    assert!(house.office(&["places", "search", "khajuria"]).contains("booth:173/1"));
    let renamed = house.office(&["places", "rename", "booth 1 lucknow east", "कन्या विद्यालय"]);
    assert!(renamed.contains("is kept as its old name"), "{renamed}");
    let by_old = house.office(&["places", "search", "prathmik vidyalay khajuriya"]);
    assert!(by_old.contains("कन्या विद्यालय") && by_old.contains("before: "), "{by_old}");
    let shown = house.office(&["places", "list", "booth:173/1"]);
    assert!(shown.contains("until ") && shown.contains("खजुरिया"), "{shown}");
    house.office(&["places", "end", "booth:173/3"]);
    assert!(house.office(&["places", "list", "173"]).contains("2 booths"));

    for name in ["exported.csv", "exported.xlsx"] {
        let exported = house.data().join(name).display().to_string();
        assert!(house.office(&["places", "export", &exported]).contains("2 booths"));
        let back = house.office(&["places", "import", &exported]);
        assert!(back.contains("2 taken") && back.contains("0 new, 0 with another name"), "{back}");
        assert!(house.office_fails(&["places", "export", &exported]).contains("is there already"));
    }
    let no_table = house.data().join("exported.txt").display().to_string();
    assert!(house.office_fails(&["places", "export", &no_table]).contains(".csv or .xlsx"));
    let nowhere = house.office_fails(&["places", "list", "booth", "1", "lucknow"]);
    assert!(
        nowhere.contains("booth:173/1") && nowhere.contains("may be one of these"),
        "{nowhere}"
    );
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_are_listed_missed_handed_over_and_ended_beside_the_server() {
    let house = House::new(Plan::default()).await;
    let server = house.start();
    for number in ["919812345678", "919812345679"] {
        Phone::new(&house, Person::phone(number)).says("नमस्ते", 1).await;
    }
    house.office(&["places", "import", &file(&house, "clean.csv", &clean_booths())]);
    let records = house.data().join("samvad.db");
    let raw = Raw::open(&format!("sqlite://{}", records.display()));
    let first = raw.number("SELECT contacts.id FROM contacts ORDER BY created, id LIMIT 1");
    raw.execute(&format!(
        "INSERT INTO posts (contact, post, place, code, single, since)
         VALUES ({first}, 'booth_president', 'booth:173/2', 1701730002, 1, 0)"
    ));

    let listed = house.office(&["posts", "list", "lucknow"]);
    assert!(listed.contains("बूथ अध्यक्ष booth:173/2") && listed.contains("1 post."), "{listed}");
    assert!(listed.contains("98••••567") && !listed.contains("981234567"), "{listed}");
    let counted = house.office(&["posts", "vacancies", "173"]);
    assert!(counted.contains("(booth_president): 2 of 3 vacant"), "{counted}");
    assert!(counted.contains("(sector_president): 2 of 2 vacant"), "{counted}");
    let named = house.office(&["posts", "vacancies", "sector:173/1", "--post", "booth adhyaksh"]);
    assert!(named.contains("booth:173/1") && !named.contains("booth:173/2 "), "{named}");

    let id = listed.lines().next().unwrap().split_whitespace().next().unwrap().to_owned();
    let stranger = ["posts", "hand-over", &id, "--to", "9898989898", "--by", "कार्यालय"];
    assert!(house.office_fails(&stranger).contains("98••••9898 is known yet"));
    let other = if listed.contains("5678") { "9812345679" } else { "9812345678" };
    house.office(&["posts", "hand-over", &id, "--to", other, "--by", "कार्यालय"]);
    let handed = house.office(&["posts", "list", "--post", "बूथ अध्यक्ष"]);
    assert!(handed.contains(&other[6..]) && handed.contains("1 post."), "{handed}");
    assert!(house.office_fails(&["posts", "end", &id, "--by", "x"]).contains("nobody holds"));

    let exported = house.data().join("posts.csv");
    house.office(&["posts", "export", &exported.display().to_string(), "--by", "कार्यालय"]);
    let exported = fs::read_to_string(exported).unwrap();
    assert!(exported.contains(other) && exported.contains("लखनऊ,173,1,2,"), "{exported}");
    let id = handed.lines().next().unwrap().split_whitespace().next().unwrap().to_owned();
    house.office(&["posts", "end", &id, "--by", "कार्यालय"]);
    assert!(house.office(&["posts", "list"]).contains("0 posts."));
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booth_that_moves_takes_its_people_along_and_a_sector_that_ends_has_no_booth() {
    let house = House::new(Plan::default()).await;
    house.start().stop();
    house.office(&["places", "import", &file(&house, "clean.csv", &clean_booths())]);
    let list = |name: &str, sector: &str| {
        let rows = format!(
            "मोबाइल,नाम,विधानसभा,बूथ,सेक्टर\n9812345678,राम कुमार,173,1,{sector}\n9812345679,सीता देवी,173,,1\n"
        );
        file(&house, name, &rows)
    };
    let old = list("old.csv", "1");
    assert!(house.office(&["people", "import", &old]).contains("2 new"));
    let both = house.office(&["people", "list", "sector:173/1"]);
    assert!(both.contains("राम कुमार") && both.contains("सीता देवी"), "{both}");

    let moved = file(&house, "moved.csv", "विधानसभा,बूथ,सेक्टर\n173,1,2\n");
    house.office(&["places", "import", &moved]);
    let left = house.office(&["people", "list", "sector:173/1"]);
    assert!(!left.contains("राम कुमार") && left.contains("सीता देवी"), "{left}");
    let there = house.office(&["people", "list", "sector:173/2"]);
    assert!(there.contains("राम कुमार") && there.contains("1 member."), "{there}");
    let exported = house.data().join("people.csv").display().to_string();
    house.office(&["people", "export", &exported, "--by", "office"]);
    let exported = fs::read_to_string(&exported).unwrap();
    let of_ram = exported.lines().find(|line| line.contains("राम कुमार")).unwrap();
    assert!(of_ram.contains(",173,2,1,"), "{of_ram}");

    let refused = house.office_fails(&["people", "import", &old]);
    assert!(refused.contains("1 row was not taken"), "{refused}");
    let right = list("right.csv", "2");
    assert!(house.office(&["people", "check", &right]).contains("2 would be taken, 0 not"));
    assert!(
        house.office(&["people", "import", &right]).contains("1 completed, 0 changed, 1 known")
    );
    assert!(house.office(&["people", "import", &right]).contains("2 known already, 0 refused"));

    let ended = house.office(&["places", "end", "sector:173/1"]);
    assert!(ended.contains("Booth 2 of seat 173 lay in it and lies in no sector"), "{ended}");
    let coverage = house.office(&["people", "coverage", "173"]);
    assert!(coverage.contains("0 of 1  in no sector"), "{coverage}");
    assert!(!coverage.contains("sector:173/1"), "{coverage}");
    let vacant = house.office(&["posts", "vacancies", "173"]);
    assert!(vacant.contains("(sector_president): 1 of 1 vacant"), "{vacant}");
    let booths = house.data().join("booths-out.csv").display().to_string();
    house.office(&["places", "export", &booths]);
    let back = house.office(&["places", "import", &booths]);
    assert!(back.contains("0 exist again"), "the sector stays ended: {back}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_tells_what_an_import_would_and_stores_nothing() {
    let house = House::new(Plan::default()).await;
    house.start().stop();
    let first = file(&house, "first.csv", "मोबाइल,नाम,जन्म वर्ष\n9812345678,राम कुमार,1980\n");
    house.office(&["people", "import", &first]);
    let rows = "मोबाइल,नाम,जन्म वर्ष\n9812345678,श्री राम कुमार,1981\n9812345679,सीता देवी,1990\n";
    let second = file(&house, "second.csv", rows);
    for update in [false, true] {
        let more: &[&str] = if update { &["--update"] } else { &[] };
        let checks = [&["people", "check", &second], more].concat();
        let (taken, fails) = if update { (2, false) } else { (1, true) };
        for _ in 0..2 {
            if fails {
                assert!(house.office_fails(&checks).contains("1 row cannot be taken"));
            } else {
                let said = house.office(&checks);
                assert!(said.contains(&format!("{taken} would be taken, 0 not.")), "{said}");
            }
        }
    }
    let imported = house.office(&["people", "import", &second, "--update"]);
    assert!(
        imported.contains("1 new, 0 added to people known, 0 completed, 1 changed"),
        "{imported}"
    );
    let again = house.office(&["people", "import", &second, "--update"]);
    assert!(again.contains("0 changed, 2 known already"), "{again}");
}

#[test]
fn where_the_records_are_may_stand_before_what_is_settled() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let words =
        ["people", "duplicates", "--data", &data, "settle", "1-2", "different", "--by", "office"];
    let output = samvad(&words, folder.path());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("cannot be used with") && !said.contains("Usage:"), "{said}");
}

fn samvad(words: &[&str], folder: &Path) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_samvad")).args(words).current_dir(folder).output().unwrap()
}

#[test]
fn a_made_up_state_is_written_without_a_server_and_never_over_another() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["sandbox", "state", "--out", "state", "--scale", "0.001"];
    let made = samvad(&words, folder.path());
    let said = String::from_utf8(made.stdout).unwrap();
    assert!(
        made.status.success() && said.contains("162 booths, 1600 workers and 3000 members"),
        "{said}"
    );
    let again = samvad(&words, folder.path());
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(!again.status.success() && said.contains("is there already"), "{said}");
    let check = samvad(&["people", "check", "state/workers.csv"], folder.path());
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
}
