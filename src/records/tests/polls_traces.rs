//! What a poll leaves behind below SQL, in the files of either engine: a reader with full copies of them, taken after
//! the close, finds no envelope, be it one that was counted or one that was replaced.

use std::collections::HashSet;

use futures_util::future::join_all;

use super::polls::{cast, opened, wrapped};
use super::*;
use crate::poll::ballot::Kind;
use crate::poll::envelope::Origin;
use crate::poll::tally::Cell;
use crate::records::{Bundled, Cast, PollMoved, VoterRow};

const VOTERS: i64 = 400;
/// Bytes by which an envelope is known; by chance no two places of a file begin alike.
const NEEDLE: usize = 16;

/// A poll with answers of every kind from many people, who answer in no order and then once more.
struct Traces {
    house: House,
    poll: i64,
    needles: HashSet<Vec<u8>>,
}

impl Traces {
    async fn new(home: Home) -> Traces {
        let house = House::new(home).await;
        let contact = house.citizen().await;
        let origin =
            Origin { seat: 35, cell: Cell { assembly: 173, sector: 4, booth: 45, post: 0 } };
        let voter = |voter| VoterRow { voter, contact: Some(contact), person: voter, origin };
        let poll = opened(&house, "one", (0..VOTERS).map(voter).collect()).await;
        let mut needles = HashSet::new();
        for round in 0..2_i64 {
            let mut turns = Vec::new();
            let version = house.version(contact).await;
            for place in 0..VOTERS {
                // 173 has no divisor in common with the number of voters.
                let voter = place * 173 % VOTERS;
                let seed = u64::try_from((round * VOTERS + voter) * 10).unwrap();
                let mut said: Cast = cast(poll, voter, seed);
                said.envelopes.push(wrapped(Kind::Ratings, seed + 3));
                said.envelopes.append(&mut said.fillers);
                said.number = round + 1;
                for (_, bytes) in &said.envelopes {
                    for from in [0, 40, bytes.len() / 2, bytes.len() - NEEDLE] {
                        needles.insert(bytes[from..from + NEEDLE].to_vec());
                    }
                }
                let key = format!("{round}:{place}");
                let turn = turn(contact, version + place, &key, house.now());
                turns.push(TurnCommit { cast: Some(said), ..turn });
            }
            for verdict in join_all(turns.into_iter().map(|turn| house.records.commit(turn))).await
            {
                won(verdict);
            }
        }
        Traces { house, poll, needles }
    }

    /// How many needles a file holds.
    fn found_in(&self, path: &Path) -> usize {
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.windows(NEEDLE).filter(|window| self.needles.contains(*window)).count()
    }

    fn found_under(&self, folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| self.found_in(&entry.unwrap().path())).sum()
    }

    async fn close(&self) {
        let beside = self.house.beside().await;
        beside.begin_closing(self.poll, ("priya", None), self.house.now()).await.unwrap();
        self.finish().await.unwrap();
        assert_eq!(self.house.rows("envelopes"), 0);
    }

    async fn finish(&self) -> Result<PollMoved, RecordsError> {
        let bundled = Bundled { bundle_digest: [7; 32], roll_head: [8; 32], choices: 400 };
        let by = ("priya", None);
        let beside = self.house.beside().await;
        beside.finish_closing(self.poll, bundled, by, self.house.now()).await
    }

    /// The server that had them open goes on working.
    async fn work_on(&self) {
        let contact = self.house.citizen().await;
        for key in ["x", "y"] {
            won(self.house.records.commit(self.house.turn(contact, key).await).await);
        }
    }
}

/// Every envelope is looked for at four places.
const SOUGHT: usize = 4 * 4 * 400;

#[tokio::test]
async fn no_byte_of_an_envelope_is_left_in_the_files_of_sqlite() {
    let traces = Traces::new(Home::Sqlite).await;
    let folder = traces.house.folder.path().to_owned();
    let before = traces.found_under(&folder);
    assert!(before >= SOUGHT, "those that count are found as long as they are there: {before}");
    traces.close().await;
    assert_eq!(traces.found_under(&folder), 0);
    traces.work_on().await;
    assert_eq!(traces.found_under(&folder), 0, "nothing comes back out of a cache");
    let backup = folder.join("backup.db");
    traces.house.records.backup(&backup).await.unwrap();
    assert_eq!(traces.found_in(&backup), 0);
    traces.house.records.close().await.unwrap();
    assert_eq!(traces.found_under(&folder), 0);
}

#[tokio::test]
async fn no_byte_of_an_envelope_is_left_in_the_files_of_a_postgresql_database() {
    let traces = Traces::new(Home::Postgres).await;
    let raw = traces.house.raw();
    let folder = PathBuf::from(raw.text("SELECT current_setting('data_directory')"))
        .join("base")
        .join(raw.text("SELECT oid::text FROM pg_database WHERE datname = current_database()"));
    // What its planner notes of a table it notes now.
    raw.execute("ANALYZE envelopes");
    raw.execute("CHECKPOINT");
    let before = traces.found_under(&folder);
    assert!(before >= SOUGHT, "those that count are found as long as they are there: {before}");
    traces.close().await;
    traces.work_on().await;
    raw.execute("CHECKPOINT");
    assert_eq!(traces.found_under(&folder), 0);
    let noted =
        "SELECT count(*) FROM pg_stats WHERE tablename = 'envelopes' AND attname = 'envelope'";
    assert_eq!(raw.number(noted), 0);
}

#[tokio::test]
async fn a_close_waits_for_whoever_still_sees_what_was_deleted_and_says_who_it_is() {
    let traces = Traces::new(Home::Postgres).await;
    let beside = traces.house.beside().await;
    beside.begin_closing(traces.poll, ("priya", None), traces.house.now()).await.unwrap();
    // A report somewhere else, of another table, that began before the close.
    let report = traces.house.raw();
    report.execute("SET application_name = 'a long report'");
    report.execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
    report.number("SELECT count(*) FROM contacts");
    let told = traces.finish().await.unwrap_err().to_string();
    assert!(told.contains("a long report (pid "), "{told}");
    assert!(
        told.contains("cannot be confirmed") && told.contains("close the poll again"),
        "{told}"
    );
    assert_eq!(traces.house.records.polls_over().await.unwrap(), Vec::<String>::new());
    report.execute("COMMIT");
    assert_eq!(traces.finish().await.unwrap(), PollMoved::Yes);
}
