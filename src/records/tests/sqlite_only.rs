//! What is true of SQLite only: it is files of one process.

use super::keys::{SECRETS, live, read_everything};
use super::*;
use crate::broadcast::{Addressee, Wording};
use crate::records::sql::{
    broadcasts, contacts, effects, facts, import, merge, outgoing, places, polls, posts, process,
    reached, states, statuses, turns,
};
use crate::records::{Erasure, Release};

fn database(house: &House) -> PathBuf {
    house.folder.path().join("samvad.db")
}

fn holds(path: &Path, needle: &str) -> bool {
    let bytes = std::fs::read(path).unwrap();
    bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[tokio::test]
async fn no_file_of_the_records_holds_a_number_or_a_word_in_clear() {
    let house = House::new(Home::Sqlite).await;
    live(&house).await;
    let backup = house.folder.path().join("backup.db");
    house.records.backup(&backup).await.unwrap();
    let log = house.folder.path().join("samvad.db-wal");
    assert!(holds(&log, ACCOUNT), "what is no secret is found, so the search works");
    for secret in SECRETS {
        assert!(!holds(&database(&house), secret), "the file holds {secret}");
        assert!(!holds(&log, secret), "the log holds {secret}");
        assert!(!holds(&backup, secret), "the backup holds {secret}");
    }
    house.records.close().await.unwrap();
    for secret in SECRETS {
        assert!(!holds(&database(&house), secret), "the closed file holds {secret}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let house = House::new(Home::Sqlite).await;
    live(&house).await;
    house.records.backup(&house.folder.path().join("backup.db")).await.unwrap();
    for name in ["samvad.db", "samvad.db-wal", "samvad.db-shm", "backup.db", "keys.toml"] {
        let mode = std::fs::metadata(house.folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}

#[tokio::test]
async fn a_backup_taken_while_running_is_whole_and_names_its_key() {
    let house = House::new(Home::Sqlite).await;
    let contact = live(&house).await;
    let backup = house.folder.path().join("backup.db");
    house.records.backup(&backup).await.unwrap();
    won(house.records.commit(house.turn(contact, "later").await).await);
    let twice = house.records.backup(&backup).await.unwrap_err().to_string();
    assert!(twice.contains("already"), "{twice}");

    let restored = tempfile::tempdir().unwrap();
    std::fs::copy(&backup, restored.path().join("samvad.db")).unwrap();
    std::fs::copy(house.keys(), restored.path().join("keys.toml")).unwrap();
    let records = open(&sqlite_url(restored.path()), restored.path(), &house.clock).await.unwrap();
    read_everything(&records, contact).await;
    assert_eq!(records.needed_keys().await.unwrap(), [1]);
    assert_ne!(
        records.incarnation(),
        house.records.incarnation(),
        "live state kept for the old one is not taken for the restored one's"
    );
    let leftovers = std::fs::read_dir(house.folder.path()).unwrap();
    let names: Vec<_> = leftovers.map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains(".part")), "{names:?}");
}

#[tokio::test]
async fn a_second_process_is_refused_with_a_plain_word() {
    let house = House::new(Home::Sqlite).await;
    let refused = house.open_another().await.unwrap_err().to_string();
    assert!(refused.contains("open in another process"), "{refused}");
    assert!(refused.contains("data folder of its own"), "{refused}");
    house.records.close().await.unwrap();
    house.open_another().await.unwrap();
}

#[tokio::test]
async fn what_was_committed_is_there_after_a_sudden_end() {
    let house = House::new(Home::Sqlite).await;
    let contact = house.citizen().await;
    for step in 0..10 {
        won(house.records.commit(turn(contact, step, &format!("k{step}"), house.now())).await);
    }
    // The files as a kill would leave them: the log not yet copied back.
    let elsewhere = tempfile::tempdir().unwrap();
    for name in ["samvad.db", "samvad.db-wal", "keys.toml"] {
        std::fs::copy(house.folder.path().join(name), elsewhere.path().join(name)).unwrap();
    }
    let records =
        open(&sqlite_url(elsewhere.path()), elsewhere.path(), &house.clock).await.unwrap();
    let snapshot = records.snapshot(contact).await.unwrap().unwrap();
    assert_eq!(snapshot.contact.version, 10);
    assert_eq!(records.history(contact, 100).await.unwrap().len(), 20);
    records.ping().await.unwrap();
}

#[tokio::test]
async fn a_file_locked_by_somebody_else_is_no_turns_fault() {
    let house = House::new(Home::Sqlite).await;
    let contact = house.citizen().await;
    let blocker = house.another_raw();
    blocker.hold_up_writes();
    let started = std::time::Instant::now();
    let blocked = house.records.commit(turn(contact, 0, "a", house.now()));
    let blocked = tokio::time::timeout(Duration::from_secs(20), blocked).await.unwrap();
    assert!(matches!(blocked, Err(RecordsError::Unavailable(_))), "{blocked:?}");
    assert!(started.elapsed() >= Duration::from_secs(1), "it waited its turn first");
    blocker.execute("ROLLBACK");
    won(house.records.commit(turn(contact, 0, "a", house.now())).await);
}

/// What runs all day long must find its rows by an index, however large the tables grow.
#[tokio::test]
async fn no_statement_of_a_days_work_walks_a_whole_table() {
    let of_open_roads =
        |text: &str| text.replace("{closed}", "NOT IN (SELECT value FROM json_each(?2))");
    let (has_planned, has_waiting) =
        (of_open_roads(broadcasts::HAS_PLANNED), of_open_roads(broadcasts::HAS_WAITING));
    let daily = [
        has_planned.as_str(),
        has_waiting.as_str(),
        broadcasts::PLANNED,
        broadcasts::REPLIED,
        broadcasts::STOP,
        broadcasts::STOP_TWICE,
        broadcasts::TOOK_PART,
        reached::NEWEST,
        reached::OF_QUOTED,
        contacts::OWNER,
        contacts::ADDRESSES,
        contacts::RETIRE_ADDRESS,
        contacts::MOVED,
        contacts::HAS_PHONE,
        contacts::CONTACT,
        contacts::MEMBER,
        contacts::POSTS,
        contacts::CONSENTS,
        contacts::SESSION,
        contacts::BROUGHT,
        contacts::ROAD_INBOUND,
        contacts::LAST_INBOUND,
        contacts::DROP_ROAD,
        effects::EFFECT_DUE,
        effects::KEEP_ANSWER,
        effects::FREE_EFFECT,
        effects::END_EFFECT,
        effects::ADD_MEDIUM,
        effects::MEDIA,
        effects::MEDIUM,
        effects::GIVE_BACK,
        effects::ERASE_MEDIUM,
        effects::FREE_EFFECTS_OF_THE_DEAD,
        effects::FORGET_EFFECTS,
        facts::ADD_STATE,
        facts::BESIDE[0],
        facts::BESIDE[1],
        facts::BESIDE[2],
        facts::CONFIRM,
        facts::KEEP_LISTED,
        facts::LISTED,
        facts::RENEWED_STATE,
        facts::LEAVE,
        facts::REFER,
        facts::MOVE_REFERRER,
        facts::KEEP_MEMBER,
        facts::UPDATE_MEMBER,
        facts::RENEW,
        facts::SET_LANGUAGE,
        facts::HAND_OVER,
        facts::SUPPRESS_PURPOSE,
        outgoing::CLAIM_LANE,
        outgoing::REPLY_WAITS,
        outgoing::CONTENT,
        outgoing::STANDING,
        outgoing::RECIPIENT,
        outgoing::SENT,
        outgoing::SENT_AND_NAMED,
        outgoing::REQUEUE,
        outgoing::RELEASE,
        merge::HOW_MANY_OPEN,
        merge::KEPT_APART,
        merge::OPEN,
        merge::OPEN_ONE,
        outgoing::LOSE,
        outgoing::MOVE_STATUS,
        import::CHANGE_PERSON,
        import::HOLDER,
        import::KEEP_PERSON,
        import::PEOPLE,
        import::POSTS,
        import::SAID,
        outgoing::CLAIMED_BEFORE,
        outgoing::LOSE_CLAIMS_OF,
        outgoing::LOSE_CLAIMS_OF_THE_DEAD,
        outgoing::AGAIN,
        outgoing::OLDEST_QUEUED,
        places::PLACE,
        places::PLACES,
        places::BOOTHS,
        places::NAMES_BEFORE,
        places::END_PLACE,
        polls::ANSWERED,
        polls::DESTROY,
        polls::ENVELOPES,
        polls::ENVELOPES_OF,
        polls::MAY_CAST,
        polls::MERGE[0],
        polls::MERGE[1],
        polls::MERGE[2],
        polls::POLLED,
        polls::ROLL_PART,
        polls::ROLL_PARTS,
        polls::ROLL_SIZE,
        polls::VOTERS,
        posts::OPEN_POSTS,
        posts::OPEN_POST,
        posts::HELD,
        posts::END_POST,
        process::COUNT_COMMIT,
        process::COMMITS,
        states::ENDED_BEFORE,
        states::END_POSTS,
        states::LAPSE,
        states::NAME,
        states::NAMELESS,
        states::NUMBERED,
        states::SET_STATE,
        states::TERM_OVER,
        states::VERIFIED,
        states::WITHDRAW,
        statuses::BY_PROVIDER_ID,
        statuses::UNMATCHED,
        statuses::DROP_UNMATCHED,
        statuses::PROVIDER_IDS_STEP,
        statuses::PRUNE_PROVIDER_IDS,
        statuses::UNMATCHED_STEP,
        statuses::PRUNE_UNMATCHED,
        turns::CONTACT_STATE,
        turns::KEY_KNOWN,
        turns::MOVE_CONTACT,
        turns::LAST_MESSAGE,
        turns::CLOSE_SESSION,
        turns::CLEAR_TIMERS,
        turns::DUE_TIMERS,
        turns::TAKE_TIMER,
        turns::HISTORY_LINE,
        turns::NEWEST_MESSAGE,
        turns::KEYS_STEP,
        turns::PRUNE_KEYS,
    ];
    let house = House::new(Home::Sqlite).await;
    let raw = rusqlite::Connection::open(database(&house)).unwrap();
    for sql in daily {
        let mut statement = raw.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        for place in 1..=statement.parameter_count() {
            statement.raw_bind_parameter(place, 1).unwrap();
        }
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().unwrap() {
            let step: String = row.get(3).unwrap();
            // The handful of processes may be walked, and what one claim looks at.
            let few = [
                "processes",
                "free",
                "waiting",
                "merge_queue_open",
                "members_ended",
                "json_each",
                "SCAN b",
            ];
            let walks = step.starts_with("SCAN") && !few.iter().any(|table| step.contains(table));
            // Of the few broadcasts of some days the newest is taken.
            let sorts = step.contains("TEMP B-TREE") && sql != reached::NEWEST;
            assert!(!walks && !sorts, "{step} in {sql}");
        }
    }
}

#[tokio::test]
async fn requests_are_read_beside_the_server_that_has_the_records_open() {
    let house = House::new(Home::Sqlite).await;
    let contact = house.citizen().await;
    let request = Fact::Request {
        kind: "complaint".to_owned(),
        ticket: "T-1".to_owned(),
        details: vec![crate::fact::Detail { name: "what".to_owned(), text: "नल".to_owned() }],
    };
    let commit = house.turn(contact, "a").await;
    won(house.records.commit(with_facts(commit, vec![request])).await);
    let options = options(&house.url, house.folder.path(), &house.clock);
    let beside = Beside::open(options).await.unwrap();
    let listed = beside.requests(false, 10).await.unwrap();
    assert_eq!(beside.request("T-1").await.unwrap().as_ref(), listed.first());
    let (addresses, person) = beside.person(contact).await.unwrap();
    assert_eq!(addresses.get(AddressKind::Phone), Some(PHONE));
    assert_eq!(person.unwrap().contact.id, contact);
    let commit = house.turn(contact, "b").await;
    won(house.records.commit(commit).await);
}

/// Erases the person while their message is made.
struct Erases {
    options: parking_lot::Mutex<Option<RecordsOptions>>,
    contact: i64,
    at: Timestamp,
}

impl Wording for Erases {
    fn content(&self, _: &Addressee, _: Channel) -> Option<Content> {
        let options = self.options.lock().take();
        let erase = async |options| {
            let (by, why) = ("कार्यालय".to_owned(), "T-1".to_owned());
            let erasure = Erasure { by, why, at: self.at };
            let beside = Beside::open(options).await.unwrap();
            beside.erase_person(self.contact, &erasure).await.unwrap();
        };
        if let Some(options) = options {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            runtime.enable_all().build().unwrap().block_on(erase(options));
        }
        Some(Content::Text { body: "रमेश यादव, नमस्ते".to_owned() })
    }
}

/// The other engine has the person locked meanwhile.
#[tokio::test]
async fn whoever_is_erased_while_their_message_is_made_gets_none_and_leaves_no_word() {
    let house = House::new(Home::Sqlite).await;
    let contacts = super::broadcasts::people(&house, 2).await;
    let rows = contacts.iter().map(|contact| super::broadcasts::recipient(*contact)).collect();
    let new = super::broadcasts::new(&house, "diwali");
    let id = super::broadcasts::running(&house, new, rows).await;
    let options = Some(options(&house.url, house.folder.path(), &house.clock));
    let erases =
        Erases { options: parking_lot::Mutex::new(options), contact: contacts[0], at: house.now() };
    let release = Release {
        broadcast: id,
        after: 0,
        limit: 10,
        wording: Arc::new(erases),
        fallback: None,
        closed: Vec::new(),
    };
    let chunk = house.records.release(release, house.now()).await.unwrap();
    assert_eq!(super::broadcasts::contacts_of(&chunk.outgoing), [contacts[1]]);
    assert_eq!(house.rows(&format!("messages WHERE contact = {}", contacts[0])), 0);
    house.totals_are_true().await;
}
