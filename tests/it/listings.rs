//! A day of the office with its people, at the terminal beside the running server.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use samvad::sandbox::envelope::Person;

use crate::support::house::{House, Plan};
use crate::support::phone::Phone;
use crate::support::raw::Raw;

const PEOPLE: &str = "\
मोबाइल,नाम,पिता का नाम,ज़िला,विधानसभा,बूथ,पद
9812345671,सुनीता देवी,रामलाल,लखनऊ,173,1,बूथ अध्यक्ष
9812345672,Sunita Devi,राम लाल,लखनऊ,173,1,
9812345673,राम कुमार,सोहन,लखनऊ,173,2,
9812345673,राम कुमार यादव,,लखनऊ,173,2,बूथ अध्यक्ष
9812345674,मोहन लाल,सोहन,लखनऊ,173,,
9812345675,गीता देवी,सोहन,गोंडा,गोंडा,3,
";

const BOOTHS: &str = "\
विधानसभा,बूथ,बूथ का नाम,सेक्टर,सेक्टर का नाम
173,1,प्राथमिक विद्यालय,1,गोमती
173,2,पंचायत भवन,1,गोमती
173,3,कन्या विद्यालय,2,सई
";

/// A house whose office has taken in some people, and its records.
async fn office() -> (House, Raw) {
    let house = House::new(Plan::default()).await;
    let server = house.start();
    Phone::new(&house, Person::phone("919898989898")).says("नमस्ते", 1).await;
    for (command, name, text) in
        [("places", "booths.csv", BOOTHS), ("people", "people.csv", PEOPLE)]
    {
        let path = house.data().join(name);
        fs::write(&path, text).unwrap();
        house.office(&[command, "import", &path.display().to_string()]);
    }
    server.stop();
    let raw = Raw::open(&format!("sqlite://{}", house.data().join("samvad.db").display()));
    (house, raw)
}

/// The number of the membership that begins the first line with these words.
fn number_of(list: &str, words: &str) -> String {
    let line = list.lines().find(|line| line.contains(words)).unwrap();
    line.split_whitespace().find(|word| word.starts_with("UP-")).unwrap().to_owned()
}

/// They have said themselves that they are members.
fn confirm_all(raw: &Raw) {
    raw.execute("UPDATE members SET state = 2");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_listed_by_a_spoken_place_a_post_and_a_state() {
    let (house, _raw) = office().await;
    let seat = house.office(&["people", "list", "--place", "lucknow east"]);
    assert!(seat.contains("5 members.") && !seat.contains("गीता"), "{seat}");
    assert!(seat.contains("98••••5671") && !seat.contains("9812345671"), "{seat}");
    let booth = house.office(&["people", "list", "booth", "2", "lucknow", "east"]);
    assert!(booth.contains("राम कुमार यादव") && booth.contains("2 members."), "{booth}");
    let lok_sabha = house.office(&["people", "list", "--place", "lok sabha lucknow"]);
    assert!(lok_sabha.contains("5 members.") && !lok_sabha.contains("गीता"), "{lok_sabha}");
    let some = house.office(&["people", "list", "--limit", "2"]);
    assert!(some.contains("6 members.") && some.contains("… and 4 more: --all"), "{some}");
    assert!(!house.office(&["people", "list", "--all"]).contains("more"));
    let post = house.office(&["people", "list", "173", "--post", "booth adhyaksh"]);
    assert!(post.contains("बूथ अध्यक्ष booth:173/2") && post.contains("राम कुमार यादव"), "{post}");
    assert!(post.contains("2 posts."), "{post}");
    assert!(house.office(&["people", "list", "--state", "verified"]).starts_with("0 members."));
    let wrong = house.office_fails(&["people", "list", "--state", "angry"]);
    assert!(wrong.contains("there are details, confirmed"), "{wrong}");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_found_by_what_somebody_remembers() {
    let (house, _raw) = office().await;
    let by_word = house.office(&["people", "search", "sunita"]);
    assert!(by_word.contains("सुनीता देवी") && by_word.contains("Sunita Devi"), "{by_word}");
    let number = number_of(&by_word, "सुनीता");
    for (text, name) in [
        ("5674", "मोहन लाल"),
        ("98123 45674", "मोहन लाल"),
        ("yadav ram", "राम कुमार यादव"),
        (number.as_str(), "सुनीता देवी"),
    ] {
        let found = house.office(&["people", "search", text]);
        assert!(found.contains(name) && found.contains("1 member."), "{text}: {found}");
    }
    for text in ["9812345674", number.as_str(), "mohan lal", "5674"] {
        let elsewhere = house.office_fails(&["people", "search", text, "--place", "gonda"]);
        assert!(elsewhere.contains("no member is known"), "{text}: {elsewhere}");
    }
    let there = house.office(&["people", "search", "devi", "--place", "gonda"]);
    assert!(there.contains("गीता देवी") && there.contains("1 member."), "{there}");
    let nobody = house.office_fails(&["people", "search", "9898989897"]);
    assert!(nobody.contains("98••••9897") && !nobody.contains("9898989897"), "{nobody}");
}

#[tokio::test(flavor = "multi_thread")]
async fn coverage_and_the_leaderboard_count_verified_members_alone() {
    let (house, raw) = office().await;
    let before = house.office(&["people", "coverage", "173"]);
    assert!(before.contains("0 of 3 booths (0.0 %) have 1 verified"), "{before}");
    let list = house.office(&["people", "list"]);
    let number = number_of(&list, "राम कुमार यादव");
    let refused = house.office_fails(&["people", "verify", &number, "--by", "कार्यालय"]);
    assert!(refused.contains("cannot be verified"), "{refused}");
    confirm_all(&raw);
    raw.execute(
        "UPDATE contacts SET referred_by = (SELECT contact FROM members WHERE assembly <> 173)
         WHERE id = (SELECT contact FROM members WHERE booth = 2 LIMIT 1)",
    );
    for name in ["राम कुमार यादव", "राम कुमार  173", "सुनीता देवी"]
    {
        let number = number_of(&list, name);
        let done = house.office(&["people", "verify", &number, "--by", "कार्यालय"]);
        assert!(done.contains("verified by कार्यालय; before it was confirmed"), "{done}");
    }
    let after = house.office(&["people", "coverage", "173"]);
    assert!(
        after.contains("2 of 2  sector:173/1") && after.contains("0 of 1  sector:173/2"),
        "{after}"
    );
    assert!(after.contains("2 of 3 booths (66.6 %)"), "{after}");
    let of_seat = house.office(&["people", "coverage", "lok sabha lucknow"]);
    assert!(of_seat.contains("assembly:173") && of_seat.contains("2 of 3 booths"), "{of_seat}");
    let two = house.office(&["people", "coverage", "lucknow", "--k", "2"]);
    assert!(two.contains("1 of 3  assembly:173") && two.contains("1 of 3 booths"), "{two}");
    let leaders = house.office(&["people", "leaderboard"]);
    assert!(leaders.contains("1.     1 verified") && leaders.contains("गीता देवी"), "{leaders}");
    assert!(house.office(&["people", "leaderboard", "173"]).contains("Nobody has brought"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_is_drawn_again_and_never_asked_by_its_own_district() {
    let (house, raw) = office().await;
    confirm_all(&raw);
    let draw = ["people", "sample", "lucknow", "--percent", "50", "--seed", "7", "--by", "कार्यालय"];
    let drawn = house.office(&draw);
    assert!(drawn.contains("50 % of 5 confirmed, seed 7, by कार्यालय"), "{drawn}");
    assert!(drawn.contains("3 members are in the sample"), "{drawn}");
    assert!(!drawn.contains("जाँच: लखनऊ\n") && drawn.contains("जाँच: "), "{drawn}");
    let members = |told: &str| {
        told.lines().filter(|line| line.contains("जाँच: ")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(members(&house.office(&draw)), members(&drawn), "the seed says it");
    let number = number_of(&drawn, "जाँच: ");
    for own in ["लखनऊ", "Zila Lucknow"] {
        let refused = house.office_fails(&["people", "verify", &number, "--by", own]);
        assert!(refused.contains("is in sample 2") && refused.contains("asks them"), "{refused}");
    }
    let line = members(&drawn).remove(0);
    let (_, asks) = line.split_once("जाँच: ").unwrap();
    let done = house.office(&["people", "verify", &number, "--by", asks]);
    assert!(done.contains("before it was confirmed"), "{done}");
    let again = house.office(&["people", "verify", &number, "--by", "कार्यालय"]);
    assert!(again.contains("verified already"), "{again}");
    let all = house.office(&["people", "list", "lucknow"]);
    let drawn_not = all.lines().find(|line| {
        line.contains("UP-")
            && !members(&drawn).iter().any(|other| other.contains(&number_of(line, "")))
    });
    let number = number_of(drawn_not.unwrap(), "");
    house.office(&["people", "verify", &number, "--by", "लखनऊ"]);
    assert!(house.office(&["people", "samples"]).contains("2 samples."));
    let file = house.data().join("ask.xlsx").display().to_string();
    let written = house.office(&["people", "samples", "1", "--out", &file, "--by", "R. Singh"]);
    assert!(written.contains("holds them with whole phone numbers"), "{written}");
    let audit = house.office(&["audit"]);
    assert!(audit.contains("R. Singh: people sample, sample 1, ask.xlsx, 3 persons"), "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_are_settled_once() {
    let (house, _raw) = office().await;
    let listed = house.office(&["people", "duplicates"]);
    assert!(listed.contains("2 pairs may be one person"), "{listed}");
    let pair = |why: &str| {
        let line = listed.lines().find(|line| line.contains(why)).unwrap();
        line.split_whitespace().next().unwrap().to_owned()
    };
    let (phone, twins) = (pair("one phone"), pair("on two phones"));
    let by = ["--by", "कार्यालय"];
    let same = [&["people", "duplicates", "settle", &phone, "same"], by.as_slice()].concat();
    let settled = house.office(&same);
    assert!(settled.contains("one person. The membership UP-"), "{settled}");
    let different =
        [&["people", "duplicates", "settle", &twins, "different"], by.as_slice()].concat();
    assert!(house.office(&different).contains("two persons"));
    assert!(house.office(&["people", "duplicates"]).starts_with("0 pairs"));
    assert!(house.office_fails(&same).contains("no member any more"));
    let held = house.office(&["posts", "list", "booth:173/2"]);
    assert!(held.contains("राम कुमार ") && held.contains("1 post."), "{held}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_the_owners_alone_stands_in_the_audit_log_and_is_read_back() {
    let (house, _raw) = office().await;
    for name in ["people.xlsx", "out.csv"] {
        let path = house.data().join(name);
        let file = path.display().to_string();
        let said = house.office(&["people", "export", &file, "--by", "R. Singh"]);
        assert!(said.contains("holds 6 members") && said.contains("whole phone numbers"), "{said}");
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(
                &fs::metadata(&path).unwrap().permissions(),
            );
            assert_eq!(mode & 0o777, 0o600);
        }
        let back = house.office(&["people", "import", &file]);
        assert!(back.contains("6 known already, 0 refused."), "{back}");
    }
    let text = fs::read_to_string(house.data().join("out.csv")).unwrap();
    assert!(text.starts_with('\u{feff}') && text.contains("9812345674,मोहन लाल,सोहन,"), "{text}");
    let part = house.data().join("part.csv").display().to_string();
    let said = house.office(&["people", "export", &part, "--place", "gonda", "--by", "x"]);
    assert!(said.contains("holds 1 members"), "{said}");
    let lucknow = text.lines().find(|line| line.contains("9812345674")).unwrap();
    assert!(text.contains(",ज़िला,लोकसभा,विधानसभा,") && lucknow.contains(",35 लखनऊ,173,"), "{text}");
    let above = house.data().join("above.csv");
    let roster = "मोबाइल,नाम,ज़िला,विधानसभा,पद\n9812345676,रीता,लखनऊ,,जिला अध्यक्ष\n9812345677,मीना,,173,लोकसभा प्रभारी\n";
    fs::write(&above, roster).unwrap();
    house.office(&["people", "import", &above.display().to_string()]);
    let with_place = house.data().join("with-place.csv");
    let file = with_place.display().to_string();
    house.office(&["posts", "export", &file, "--by", "y"]);
    let text = fs::read_to_string(with_place).unwrap();
    for line in [
        "मोबाइल,नाम,पद,स्थान,ज़िला,लोकसभा,विधानसभा,सेक्टर,बूथ,कब से",
        "रीता,जिला अध्यक्ष,ज़िला लखनऊ,लखनऊ,,,,,",
        "मीना,लोकसभा प्रभारी,लोकसभा 35 लखनऊ,,35 लखनऊ,,,,",
        "सुनीता देवी,बूथ अध्यक्ष,\"बूथ 1, विधानसभा 173 लखनऊ पूर्व\",लखनऊ,35 लखनऊ,173,1,1,",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    let posts = house.data().join("posts.xlsx").display().to_string();
    assert!(house.office(&["posts", "export", &posts, "--by", "x"]).contains("holds 4 posts"));
    let audit = house.office(&["audit"]);
    assert!(
        audit.contains("R. Singh: people export, state, any state, out.csv, 6 persons"),
        "{audit}"
    );
    assert!(audit.contains("x: posts export, posts.xlsx, 4 persons"), "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_away_ends_a_list_quietly() {
    let (house, _raw) = office().await;
    let mut listing = Command::new(env!("CARGO_BIN_EXE_samvad"))
        .args(["posts", "vacancies", "--post", "district_president", "--limit", "5000", "--data"])
        .arg(house.data())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Nobody reads from the beginning on.
    drop(listing.stdout.take());
    let ended = listing.wait().unwrap();
    let said = BufReader::new(listing.stderr.take().unwrap()).lines().count();
    assert_eq!((ended.code(), said), (Some(141), 0));
}
