use super::*;
use crate::records::sql::{contacts, facts, outgoing, process, statuses, turns};

/// What runs all day long must find its rows by an index, however large the tables grow.
#[tokio::test]
async fn no_statement_of_a_days_work_walks_a_whole_table() {
    let daily = [
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
        contacts::ROAD_INBOUND,
        contacts::DROP_ROAD,
        facts::LEAVE,
        facts::SET_LANGUAGE,
        facts::HAND_OVER,
        facts::SUPPRESS_PURPOSE,
        outgoing::CLAIM_LANE,
        outgoing::CONTENT,
        outgoing::STANDING,
        outgoing::RECIPIENT,
        outgoing::SENT,
        outgoing::REQUEUE,
        outgoing::RELEASE,
        outgoing::LOSE,
        outgoing::MOVE_STATUS,
        outgoing::CLAIMED_BEFORE,
        outgoing::LOSE_CLAIMS_OF,
        outgoing::LOSE_CLAIMS_OF_THE_DEAD,
        outgoing::AGAIN,
        outgoing::OLDEST_QUEUED,
        process::COUNT_COMMIT,
        process::COMMITS,
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
    let house = House::new().await;
    let raw = house.raw();
    for sql in daily {
        let mut statement = raw.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        for place in 1..=statement.parameter_count() {
            statement.raw_bind_parameter(place, 1).unwrap();
        }
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().unwrap() {
            let step: String = row.get(3).unwrap();
            // The handful of processes may be walked.
            let walks = step.starts_with("SCAN") && !step.contains("processes");
            let sorts = step.contains("TEMP B-TREE");
            assert!(!walks && !sorts, "{step} in {sql}");
        }
    }
}
