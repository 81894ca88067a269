//! What lies on the disk after a whole run holds no number and no word of a person in clear.

use std::process::Command;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use samvad::sandbox::ledger::Entry;
use samvad::sandbox::load::{CitizenPlan, Script, play};

use crate::support::house::{House, Plan};

#[tokio::test(flavor = "multi_thread")]
async fn data_backup_and_logs_hold_no_number_and_no_text_in_clear() {
    let house = House::new(Plan {
        settings: vec![("SAMVAD_LOG_LEVEL", "trace".to_owned())],
        ..Plan::default()
    })
    .await;
    let server = house.start();
    let plan = CitizenPlan { citizens: 10, rate: 20.0, ..CitizenPlan::default() };
    let script = Script::shipped("join").unwrap();
    play(&house.sandbox, script, &plan, &TaskTracker::new(), &CancellationToken::new())
        .await
        .unwrap();
    house.sandbox.say_text("919812345678", "मेरी बेटी की फीस का सवाल है");
    assert!(house.sandbox.until_quiet(Duration::from_mins(1)).await);

    let backup = house.folder.path().join("copy.db");
    let copied = Command::new(env!("CARGO_BIN_EXE_samvad"))
        .args(["backup", "--data"])
        .arg(house.data())
        .arg(&backup)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(copied.status.success(), "{}", String::from_utf8_lossy(&copied.stderr));

    // While it runs (the write-ahead log) and after it stopped.
    let mut files = house.everything_on_disk();
    server.stop();
    files.extend(house.everything_on_disk());
    assert!(files.iter().any(|(path, _)| path.ends_with("samvad.db-wal")));
    assert!(files.iter().any(|(path, _)| path.ends_with("copy.db")));
    assert!(files.iter().any(|(path, bytes)| path.ends_with("data.log") && !bytes.is_empty()));

    for secret in secrets(&house.sandbox.entries()) {
        for (path, bytes) in &files {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds {secret:?} in clear", path.display());
        }
    }
}

/// Numbers, names and whole texts of the run; a short word such as "1" is nobody's secret.
fn secrets(entries: &[Entry]) -> Vec<String> {
    let mut secrets = Vec::new();
    for entry in entries {
        match entry {
            Entry::Inbound(inbound) => {
                secrets.push(inbound.from.trim_start_matches("91").to_owned());
                secrets.push(inbound.text.clone());
            }
            Entry::Send(send) => secrets.push(send.text.clone()),
            _ => {}
        }
    }
    // Start words and button labels stand in the flow files and the program itself, not in the data.
    secrets.retain(|secret| secret.len() >= 9);
    secrets.sort();
    secrets.dedup();
    secrets
}
