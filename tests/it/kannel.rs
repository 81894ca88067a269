//! Short messages through a real Kannel, both ways.

use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::support::house::{client, metric};
use crate::support::kannel::{
    Kannel, OPERATOR, SECRET, Setup, USER, USER_PASSWORD, VILLAGE, accounts, write_file,
};
use crate::support::raw::Raw;
use crate::support::server::{Server, free_port};
use crate::support::smsc::Travel;

const SUNITA: &str = "919812345678";

/// A Kannel, and the real server behind it.
struct Office {
    folder: TempDir,
    port: u16,
    settings: Vec<(&'static str, String)>,
    kannel: Kannel,
    server: Server,
}

impl Office {
    fn open(setup: Setup) -> Office {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let kannel = Kannel::start(port, setup);
        let (file, mut settings) = accounts(&kannel, port);
        let file = write_file(&folder, &file);
        settings.extend([
            ("SAMVAD_CONFIG", file.display().to_string()),
            ("SAMVAD_DELIVERY_TIMEOUT_SECONDS", "5".to_owned()),
            ("SAMVAD_DELIVERY_LEASE_SECONDS", "25".to_owned()),
            ("SAMVAD_DELIVERY_SWEEP_SECONDS", "1".to_owned()),
        ]);
        let server = Server::start(&folder.path().join("data"), port, &settings);
        Office { folder, port, settings, kannel, server }
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// The number's screen after so many messages; more would be a mistake.
    fn screen(&self, number: &str, count: usize) -> Vec<String> {
        let whole = |smsc: &crate::support::smsc::Smsc| smsc.screen(number).len() >= count;
        self.kannel.smsc.until(&format!("{count} messages for {number}"), whole);
        let screen = self.kannel.smsc.screen(number);
        assert_eq!(screen.len(), count, "{screen:#?}");
        screen
    }

    async fn metric(&self, name: &str) -> u64 {
        metric(self.port, name).await
    }

    async fn until_metric(&self, name: &str, least: u64) {
        let limit = Duration::from_secs(30);
        let reached = async {
            while self.metric(name).await < least {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        assert!(tokio::time::timeout(limit, reached).await.is_ok(), "{name} stays below {least}");
    }
}

/// What is written in the records about each message, in order: its status.
fn statuses(data: &Path) -> Vec<i64> {
    let raw = Raw::open(&format!("sqlite://{}", data.join("samvad.db").display()));
    raw.column("SELECT status FROM outgoing ORDER BY id")
        .iter()
        .map(|n| n.parse().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_joins_in_hindi_by_short_messages() {
    let office = Office::open(Setup::default());
    let mut count = 0;
    let mut says = |text: &str, travel, replies| {
        office.kannel.smsc.says("+919812345678", OPERATOR, text, travel);
        count += replies;
        let screen = office.screen(SUNITA, count);
        screen[count - replies..].to_vec()
    };
    let consent = says("सदस्य बनना है", Travel::Whole, 1);
    assert!(consent[0].contains("सहमत हैं?") && consent[0].contains("1"), "{consent:#?}");
    says("१", Travel::Whole, 1);
    says("1972", Travel::Whole, 1);
    // A long answer comes in parts, and is one answer.
    let long = "जी मेरा पूरा नाम जो मेरे आधार और मतदाता सूची दोनों में लिखा हुआ है वह राम प्रसाद है";
    assert!(long.encode_utf16().count() > 70);
    says("राम प्रसाद", Travel::Parts8, 1);
    says("बरेली", Travel::Parts16, 1);
    says("बरेली कैंट", Travel::Whole, 1);
    let confirm = says("45", Travel::Whole, 1);
    assert!(confirm[0].contains("राम प्रसाद"), "{confirm:#?}");
    let welcome = says("1", Travel::Whole, 2);
    assert!(welcome[0].contains("सदस्य संख्या"), "{welcome:#?}");
    let _ = long;
    assert_eq!(office.metric("samvad_members").await, 1);
}
