//! `samvad poll tally`: published examples of counting, as files of every form that is read.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

fn tally(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samvad"));
    command.args(["poll", "tally"]).args(words).current_dir(folder).output().unwrap()
}

fn counted(folder: &Path, words: &[&str]) -> Value {
    let output = tally(folder, &[words, &["--json"]].concat());
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

const TENNESSEE: &str = "42: Memphis > Nashville > Chattanooga > Knoxville
26: Nashville > Chattanooga > Knoxville > Memphis
15: Chattanooga > Knoxville > Nashville > Memphis
17: Knoxville > Chattanooga > Nashville > Memphis
";

/// rangevoting.org/Burlington.html: the three of 2009 that mattered.
const BURLINGTON: &str = "count,1,2,3
1332,Montroll,Kiss,Wright
767,Montroll,Wright,Kiss
455,Montroll,,
2043,Kiss,Montroll,Wright
371,Kiss,Wright,Montroll
568,Kiss,,
1513,Wright,Montroll,Kiss
495,Wright,Kiss,Montroll
1289,Wright,,
";

/// Schulze's 45 voters, as PrefLib writes orders.
const SCHULZE: &str = "# NUMBER ALTERNATIVES: 5
# NUMBER VOTERS: 45
# ALTERNATIVE NAME 1: A
# ALTERNATIVE NAME 2: B
# ALTERNATIVE NAME 3: C
# ALTERNATIVE NAME 4: D
# ALTERNATIVE NAME 5: E
5: 1,3,2,5,4
5: 1,4,5,3,2
8: 2,5,4,1,3
3: 3,1,2,5,4
7: 3,1,5,2,4
2: 3,2,1,4,5
7: 4,3,5,2,1
8: 5,2,1,4,3
";

#[test]
fn published_examples_have_their_published_winners_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    let blt = "3 1\n6 1 2 3 0\n5 3 1 2 0\n4 2 3 1 0\n2 2 1 3 0\n0\n\"A\"\n\"B\"\n\"C\"\n\"More is less\"\n";
    for (name, text) in [
        ("tennessee.txt", TENNESSEE),
        ("burlington.csv", BURLINGTON),
        ("schulze.soc", SCHULZE),
        ("run_off.blt", blt),
    ] {
        fs::write(own.join(name), text).unwrap();
    }
    for (file, condorcet, schulze, run_off) in [
        ("tennessee.txt", json!("Nashville"), "Nashville", "Knoxville"),
        ("burlington.csv", json!("Montroll"), "Montroll", "Kiss"),
        ("schulze.soc", Value::Null, "E", "C"),
        ("run_off.blt", Value::Null, "A", "A"),
    ] {
        let found = counted(own, &[file]);
        assert_eq!(found["condorcet_winner"], condorcet, "{file}");
        assert_eq!(found["schulze"][0], json!([schulze]), "{file}");
        assert_eq!(found["winners"], json!([schulze]), "{file}");
        assert_eq!(found["run_off"]["winners"], json!([run_off]), "{file}");
    }
    let said = tally(own, &["burlington.csv"]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("Kiss 4314, Wright 4064; exhausted 455"), "{said}");
    assert!(said.contains("Condorcet winner: Montroll"), "{said}");

    let one = "42: Memphis\n26: Nashville\n15: Chattanooga\n17: Knoxville\n";
    let two = "42: Memphis, Nashville\n26: Nashville, Chattanooga\n15: Chattanooga, Knoxville\n17: Knoxville, Chattanooga\n";
    for (method, text, winner) in [("choose_one", one, "Memphis"), ("approve", two, "Nashville")] {
        fs::write(own.join("plain.txt"), text).unwrap();
        let found = counted(own, &["plain.txt", "--method", method]);
        assert_eq!(found["winners"], json!([winner]), "{method}");
    }
}

#[test]
fn ties_single_names_and_no_ballots_are_told_and_a_slip_counts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path();
    let file = own.join("ballots.txt");
    for (text, method, winners, run_off) in [
        (
            "1: A > B > C\n1: B > C > A\n1: C > A > B\n",
            "rank",
            json!(["A", "B", "C"]),
            json!(["A", "B", "C"]),
        ),
        ("7: A\n", "rank", json!(["A"]), json!(["A"])),
        ("candidates: A, B\n", "rank", json!([]), json!(["A", "B"])),
        ("candidates: A, B, C\n4: A\n3: B > A\n", "rank", json!(["A"]), json!(["A"])),
        ("2: A\n2: B\n", "choose_one", json!(["A", "B"]), Value::Null),
        ("2: A, B\n1: C\n", "approve", json!(["A", "B"]), Value::Null),
    ] {
        fs::write(&file, text).unwrap();
        let found = counted(own, &["ballots.txt", "--method", method]);
        assert_eq!(found["winners"], winners, "{text}");
        assert_eq!(
            found.get("run_off").map_or(Value::Null, |found| found["winners"].clone()),
            run_off,
            "{text}"
        );
    }
    // Names that are level are compared; a run-off of them is not made up.
    fs::write(&file, "6: A>B>C>D\n8: A=B\n8: A=C\n18: A=C>D\n8: A=C=D\n40: B\n4: C>B>D\n9: C>D>A\n8: C=D\n14: D>A>B\n11: D>B>C\n4: D>C>A\n").unwrap();
    let found = counted(own, &["ballots.txt"]);
    assert_eq!(found["schulze"][0], json!(["D"]));
    assert_eq!(found["run_off"]["counted"], false);

    fs::write(&file, "5: A > B\n3: B > > A\n").unwrap();
    let slip = tally(own, &["ballots.txt"]);
    let said = String::from_utf8_lossy(&slip.stderr).into_owned();
    assert!(!slip.status.success() && slip.stdout.is_empty(), "nothing is counted");
    assert!(said.contains("line 2, column 8: a name is missing here"), "{said}");
}
