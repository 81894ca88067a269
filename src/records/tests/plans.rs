//! How PostgreSQL finds the rows of a day's work in a store of some size, by its own word: a server of
//! its own writes down the plan of everything the engine asks it. The like for SQLite is in `sqlite_only`.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::Value;

use super::import::{import_at, president, row};
use super::postgres::{Durability, PostgresServer};
use super::{broadcasts, polls, *};
use crate::contact::Language;
use crate::fact::{Consent, MemberDetails, NewMember};
use crate::flow::{Timer, TimerKind};
use crate::message::{AccountEvent, PreferenceUpdate, Status, StatusUpdate};
use crate::records::{
    Adopted, Below, Bundled, EffectKind, EffectResult, MemberState, SendRecord, SendResult, Wanted,
    Whom,
};

/// What has a handful of rows however long the office works: it may be walked.
const SMALL: [&str; 9] = [
    "processes",
    "totals",
    "sequences",
    "meta",
    "seal_keys",
    "migrations",
    "holds",
    "broadcasts",
    "polls",
];

/// Indexes that hold only what is on its way just now: walking one is finding.
const OF_WHAT_IS_ON_ITS_WAY: [&str; 6] = [
    "outgoing_claimed",
    "outgoing_claimed_contact",
    "outgoing_unknown",
    "requests_open",
    "effects_waiting",
    "merge_queue_open",
];

/// So many persons write at once: about as large a part of the store as a full group is of an office's.
const PERSONS: usize = 60;

/// Years of work: rows enough that a walk would be the slower way, and the planner knows it.
const YEARS: &str = "
    INSERT INTO contacts (id, created, has_phone, last_message)
        SELECT n, 0, 1, n FROM generate_series(1000001, 1030000) AS n;
    INSERT INTO addresses (contact, kind, hash, sealed, since)
        SELECT n, 1, decode(md5(n::text), 'hex'), 'x', 0 FROM generate_series(1000001, 1030000) AS n;
    INSERT INTO members (contact, number, name, district, assembly, since)
        SELECT n, 'M' || n, 'x', '157', 173, 0 FROM generate_series(1000001, 1030000) AS n;
    INSERT INTO consents (contact, purpose, given, how, channel, at, actor)
        SELECT n, 'samvad', 1, 'word', 1, 0, 'person' FROM generate_series(1000001, 1030000) AS n;
    UPDATE contacts SET referred_by = id - 1 WHERE id > 1000001 AND id % 3 = 0;
    INSERT INTO posts (contact, post, place, code, single, since)
        SELECT n, 'booth_president', '1', n, 1, 0 FROM generate_series(1000001, 1030000) AS n;
    INSERT INTO handovers (contact, reason, at, ended)
        SELECT n, 'asked', 0, nullif(n % 2, 1) FROM generate_series(1000001, 1030000) AS n;
    INSERT INTO requests (contact, kind, ticket, at)
        SELECT n, 'access', 'T' || n, 0 FROM generate_series(1000001, 1030000) AS n;
    INSERT INTO roads (contact, channel, account, last_inbound)
        SELECT n, 2, 'SAMVAD', 0 FROM generate_series(1000001, 1030000) AS n;
    INSERT INTO inbound_keys (hash, hash_rest, received)
        SELECT ('x' || substr(md5(n::text), 1, 16))::bit(64)::bigint, n, 1795000000000
        FROM generate_series(1, 60000) AS n;
    INSERT INTO messages (id, contact, direction, channel, account, at, content)
        SELECT n, n, 1 + n % 2, 1, 'a', 0, 'x' FROM generate_series(1000001, 1060000) AS n;
    INSERT INTO messages (id, contact, direction, channel, account, at, content)
        SELECT (((extract(year FROM moment)::bigint - 2025) * 12
                 + extract(month FROM moment)::bigint - 12) << 40) + n,
               n, 1 + n % 2, 1, 'a', 0, 'x'
        FROM (SELECT now() AT TIME ZONE 'UTC' AS moment) AS present,
             generate_series(1000001, 1060000) AS n;
    INSERT INTO outgoing (id, contact, channel, account, lane, purpose, status, created, not_before, moved)
        SELECT n, n, 1, 'a', 0, 'answer', 4, 0, 0, 0 FROM generate_series(1000001, 1060000) AS n;
    INSERT INTO outgoing (id, contact, channel, account, lane, purpose, status, created, not_before, moved)
        SELECT n, n, 1, 'a', 3, 'samvad', 0, 0, 1900000000000, 0
        FROM generate_series(2000001, 2030000) AS n;
    INSERT INTO provider_ids (hash, hash_rest, outgoing, at)
        SELECT ('x' || substr(md5(n::text), 1, 16))::bit(64)::bigint, n, n, 1795000000000
        FROM generate_series(1, 60000) AS n;
    INSERT INTO status_log (outgoing, status, at, recorded)
        SELECT n, 3, 0, 0 FROM generate_series(1000001, 1060000) AS n;
    INSERT INTO unmatched_statuses (hash, hash_rest, status, at, channel, recorded)
        SELECT ('x' || substr(md5(n::text), 1, 16))::bit(64)::bigint, n, 3, 0, 1, 1795000000000
        FROM generate_series(1, 30000) AS n;
    INSERT INTO sessions (contact, version, sealed)
        SELECT n, 1, 'x' FROM generate_series(1000001, 1030000) AS n;
    INSERT INTO timers (contact, kind, visit, due, next_try)
        SELECT n, 1, 1, 1900000000000, 1900000000000 FROM generate_series(1000001, 1030000) AS n;
    INSERT INTO parked (message, contact, reason, at)
        SELECT n, n, 'x', 0 FROM generate_series(1000001, 1030000) AS n;
    INSERT INTO events (hash, hash_rest, channel, account, kind, at, sealed, recorded)
        SELECT ('x' || substr(md5(n::text), 1, 16))::bit(64)::bigint, n, 1, 'a', 'k', 0, 'x', 0
        FROM generate_series(1, 30000) AS n;
    INSERT INTO effects (contact, kind, channel, account, hash, hash_rest, sealed, created, next_try, done)
        SELECT n, 1, 1, 'a', n, n, 'x', 0, 0, 1795000000000 FROM generate_series(1, 30000) AS n;
    INSERT INTO merge_queue (kept, other, kind, at, settled)
        SELECT n, n + 1, 3, 0, 1 FROM generate_series(1000001, 1030000) AS n;
    INSERT INTO broadcasts (id, name, state, purpose, author, definition, hash, audience, created, send_before,
                            templates)
        VALUES (7007, 'holi', 'done', 'samvad', 'a', 'x', 'x', 'true', 0, 0, '');
    INSERT INTO recipients (broadcast, contact, state, channel, account, language, outgoing)
        SELECT 7007, n, 1, 1, 'a', 'hi', n FROM generate_series(1000001, 1030000) AS n;
    INSERT INTO polls (id, name, state, definition, hash, opens, closes, secret, public_key, order_key,
                       posts, actor, created)
        VALUES (7007, 'holi', 'open', 'x', 'x', 0, 1900000000000, 1, 'x', 'x', '', 'a', 0);
    INSERT INTO roster (poll, voter, contact, person, seat, assembly, sector, booth, post)
        SELECT 7007, n, n, 0, 35, 173, 4, 45, 0 FROM generate_series(1000001, 1030000) AS n;
    INSERT INTO envelopes (poll, voter, kind, envelope)
        SELECT 7007, n, 'c', 'x' FROM generate_series(1000001, 1030000) AS n;
    INSERT INTO media (contact, kind, mime_type, refused, at)
        SELECT n, 'image', 'image/jpeg', 'x', 0 FROM generate_series(1, 30000) AS n;
    ANALYZE";

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_of_a_days_work_walks_a_whole_table() {
    let server = PostgresServer::start_with(
        Durability::Careless,
        &[
            "session_preload_libraries=auto_explain",
            "auto_explain.log_min_duration=0",
            "auto_explain.log_format=json",
        ],
    );
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::fixed("2026-11-21T06:30:00Z".parse().unwrap());
    let house = House::open(Home::Postgres, folder, server.fresh_database(), clock).await;
    house.raw().execute(YEARS);
    let before = plans(&server.log_text()).len();
    work_for_a_day(&house).await;

    let empty = house
        .raw()
        .column("SELECT relid::regclass::text FROM pg_stat_user_tables WHERE n_live_tup = 0");
    let mut asked = BTreeMap::new();
    for plan in plans(&server.log_text()).split_off(before) {
        let text = plan["Query Text"].as_str().unwrap().to_owned();
        let mut walks = Vec::new();
        find_walks(&plan["Plan"], &mut walks);
        // The log's months that have not come yet.
        walks.retain(|table| !empty.contains(table));
        asked.entry(text).or_insert_with(Vec::new).extend(walks);
    }
    assert!(asked.len() > 60, "only {} statements were seen", asked.len());
    let walking: Vec<_> = asked.iter().filter(|(_, walks)| !walks.is_empty()).collect();
    assert!(walking.is_empty(), "{walking:#?}");
}

/// Every plan in the server's log, in order.
fn plans(log: &str) -> Vec<Value> {
    let mut plans = Vec::new();
    let mut lines = log.lines().peekable();
    while let Some(line) = lines.next() {
        if !line.ends_with(" plan:") {
            continue;
        }
        let mut json = String::new();
        while let Some(more) = lines.next_if(|line| line.starts_with('\t')) {
            json.push_str(more);
        }
        // A line still being written is no plan yet.
        plans.extend(serde_json::from_str::<Value>(&json));
    }
    plans
}

/// The tables (and indexes) this part of a plan walks from one end to the other.
fn find_walks(node: &Value, walks: &mut Vec<String>) {
    let word = |name: &str| node[name].as_str().unwrap_or_default();
    let (table, index) = (word("Relation Name"), word("Index Name"));
    let walked = match word("Node Type") {
        "Seq Scan" => !SMALL.contains(&table) && !table.starts_with("pg_"),
        "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => {
            node.get("Index Cond").is_none()
                && !OF_WHAT_IS_ON_ITS_WAY.contains(&index)
                && !index.starts_with("pg_")
                && !SMALL.contains(&table)
        }
        _ => false,
    };
    if walked {
        walks.push(if index.is_empty() { table } else { index }.to_owned());
    }
    for part in node["Plans"].as_array().into_iter().flatten() {
        find_walks(part, walks);
    }
}

/// Everything the engine does on a day, in groups of some size.
async fn work_for_a_day(house: &House) {
    let records = &house.records;
    let phones: Vec<String> = (0..PERSONS).map(|number| format!("98{number:08}")).collect();
    let names = |phones: &[String]| {
        let from = phones
            .iter()
            .map(|phone| (Channel::Whatsapp, Identities::of(AddressKind::Phone, phone.as_str())));
        from.collect::<Vec<_>>()
    };
    let contacts = records.resolve(names(&phones)).await.unwrap();
    records.resolve(names(&phones)).await.unwrap();

    for round in 0..4 {
        let turns = contacts.iter().enumerate().map(|(place, contact)| {
            let mut commit = turn(*contact, round, &format!("{round}-{place}"), house.now());
            commit.facts = facts_of(round, place);
            let due = house.now() + jiff::SignedDuration::from_hours(20);
            commit.timers = vec![Timer { kind: TimerKind::Remind, due, visit: 1 }];
            if place % 7 == 0 {
                commit.session = None;
            }
            if place % 3 == 0 {
                commit.effects = vec![super::effects::keep()];
            }
            if place % 11 == 0 {
                commit.parked = Some("a test".to_owned());
            }
            if place % 5 == 0 {
                commit.road = Road { channel: Channel::Sms, account: "SAMVAD".to_owned() };
            }
            commit.inbound.from = Identities::of(AddressKind::Phone, phones[place].as_str());
            commit.claim = place % 2 == 0;
            records.commit(commit)
        });
        for verdict in join_all(turns).await {
            verdict.unwrap();
        }
        send_and_hear(house, round).await;
        house.wait(Duration::from_mins(10));
        records.heartbeat().await.unwrap();
        records.sweep(house.now(), WAITS).await.unwrap();
    }

    let rows = contacts.iter().map(|contact| broadcasts::recipient(*contact)).collect();
    let id = broadcasts::running(house, broadcasts::new(house, "diwali"), rows).await;
    broadcasts::released_by(records, house.now(), (id, 0, PERSONS)).await;
    let closed = Road { channel: Channel::Whatsapp, account: "another".to_owned() };
    let closed = std::slice::from_ref(&closed);
    records.has_planned(id, closed).await.unwrap();
    records.has_waiting(id, closed).await.unwrap();
    let quoted = |contact: &i64| (*contact, Some((Channel::Whatsapp, "wamid.1".to_owned())));
    records.reached(contacts.iter().map(quoted).collect(), house.now()).await.unwrap();
    let asks = OutgoingId { id: i64::MAX, created_ms: 0 };
    let (purpose, since) = (Purpose::Samvad, house.now());
    let counted = Some(Counted { purpose, since, asks, broadcast: None });
    join_all(contacts.iter().map(|contact| records.asked(*contact, counted))).await;

    hold_a_poll(house, &contacts).await;

    for (number, contact) in contacts.iter().take(20).enumerate() {
        let mut changed = text(&format!("changed-{number}"), "", house.now());
        let new = Identities::of(AddressKind::Phone, format!("97{number:08}"));
        changed.content = InboundContent::IdentityChanged { new };
        won(records.note(*contact, changed, house.now()).await);
        let spoiled = text(&format!("parked-{number}"), "x", house.now());
        won(records.park(*contact, spoiled, house.now(), "a test".to_owned()).await);
        let mut hers = house.turn(*contact, &format!("hers-{number}")).await;
        hers.inbound.from = Identities::of(AddressKind::Phone, format!("97{number:08}"));
        won(records.commit(hers).await);
        records.history(*contact, 20).await.unwrap();
        records.addresses(*contact).await.unwrap();
        records.is_committed(Channel::Whatsapp, "hers").await.unwrap();
    }
    for (number, phone) in phones.iter().enumerate().skip(30).take(10) {
        let user = format!("IN.{number}");
        let from = vec![(Channel::Whatsapp, Identities::of(AddressKind::WhatsappUser, &user))];
        records.resolve(from).await.unwrap();
        let mut both = Identities::of(AddressKind::Phone, phone.as_str());
        both.add(AddressKind::WhatsappUser, user);
        records.senders(vec![(Channel::Whatsapp, both.clone())]).await.unwrap();
        let united = records.unite(&both).await.unwrap();
        assert!(matches!(united, Adopted::Merged { .. }), "{united:?}");
    }
    assert!(house.beside().await.merges(10).await.unwrap().is_empty());
    let kind = EffectKind::Keep;
    for effect in records.claim_effects(house.now(), kind, 10).await.unwrap() {
        let not_before = house.now();
        records.record_effect(&effect, EffectResult::Retry { not_before }).await.unwrap();
    }
    for effect in records.claim_effects(house.now(), kind, 10).await.unwrap() {
        records.media(effect.contact).await.unwrap();
        records.record_effect(&effect, EffectResult::Done).await.unwrap();
    }
    house.wait(Duration::from_hours(21));
    records.due_timers(house.now(), 100).await.unwrap();
    records.reserve("member", 100).await.unwrap();
    records.report(house.now()).await.unwrap();
    let open = records.requests(false, 10).await.unwrap();
    records.request(&open[0].ticket).await.unwrap();
    house.beside().await.finish_request(&open[0].ticket, house.now()).await.unwrap();
    take_a_list(house).await;
    records.ping().await.unwrap();
    let other = house.open_another().await.unwrap();
    let mut claimed = house.turn(contacts[0], "of the dead").await;
    claimed.inbound.from = Identities::of(AddressKind::Phone, "9700000000");
    claimed.claim = true;
    won(other.commit(claimed).await);
    house.wait(LEASE * 2);
    records.heartbeat().await.unwrap();
    records.sweep(house.now(), WAITS).await.unwrap();
    records.close().await.unwrap();
}

/// All of them are asked, answer, and the poll is closed.
async fn hold_a_poll(house: &House, contacts: &[i64]) {
    let (records, beside) = (&house.records, house.beside().await);
    let roster = (1..).zip(contacts).map(|(number, contact)| polls::voter(number, *contact));
    let poll = polls::opened(house, "poll", roster.collect()).await;
    records.polls_under_way().await.unwrap();
    records.polls_of_late().await.unwrap();
    records.late_polls().await.unwrap();
    assert_eq!(records.standings(contacts).await.unwrap().len(), PERSONS);
    let mut turns = Vec::new();
    for (number, contact) in (1..).zip(contacts) {
        let cast = polls::cast(poll, number, 7);
        turns.push(polls::casting(house, *contact, &format!("cast-{number}"), cast).await);
    }
    for verdict in join_all(turns.into_iter().map(|turn| records.commit(turn))).await {
        won(verdict);
    }
    records.envelopes_of(poll, 1).await.unwrap();
    beside.polled(poll, contacts[0]..=contacts[9]).await.unwrap();
    beside.begin_closing(poll, ("priya", None), house.now()).await.unwrap();
    assert!(!beside.envelopes_page(poll, 0, 1_000).await.unwrap().is_empty());
    let bundled = Bundled { bundle_digest: [7; 32], roll_head: [8; 32], choices: 60 };
    beside.finish_closing(poll, bundled, ("priya", None), house.now()).await.unwrap();
}

/// Something of every kind.
fn facts_of(round: i64, place: usize) -> Vec<Fact> {
    let consent = |given| {
        Fact::Consent(Consent {
            purpose: Purpose::Samvad,
            given,
            notice: None,
            wording: None,
            how: "word".to_owned(),
            only: None,
        })
    };
    let number = format!("{round}-{place}");
    match place % 6 {
        0 => vec![
            consent(true),
            Fact::EnrolMember(NewMember {
                number,
                name: "रमेश यादव".to_owned(),
                district: "157".to_owned(),
                assembly: 173,
                booth: Some(42),
                birth_year: Some(1990),
                ends: None,
            }),
        ],
        1 => vec![consent(round % 2 == 0)],
        2 => vec![Fact::HandOver { reason: "asked".to_owned() }],
        3 => vec![Fact::Request { kind: "access".to_owned(), ticket: number, details: Vec::new() }],
        4 => vec![Fact::Language { language: Language::En, guessed: false }, Fact::LeaveMembership],
        _ if round == 0 => vec![Fact::Referred { member: "M1000001".to_owned() }],
        _ if round == 1 => vec![Fact::EnrolMember(NewMember {
            number,
            name: "सुनीता देवी".to_owned(),
            district: "157".to_owned(),
            assembly: 173,
            booth: None,
            birth_year: None,
            ends: None,
        })],
        _ if round == 2 => vec![Fact::UpdateMember(MemberDetails {
            name: "सुनीता यादव".to_owned(),
            district: "157".to_owned(),
            assembly: 173,
            booth: None,
        })],
        _ => vec![Fact::RenewMembership { ends: crate::clock::from_ms(1_900_000_000_000) }],
    }
}

/// Takes people from a list of the office, known ones and new ones, and looks for them.
async fn take_a_list(house: &House) {
    let beside = house.beside().await;
    let rows = |booth: u16, numbers: std::ops::Range<u16>| {
        let row = |number| {
            let mut row = row(&format!("98{number:08}"), "सुनीता देवी");
            row.details.booth = Some(booth);
            row.details.assembly = Some(174);
            row.post = Some(president(number + 1));
            row.proof = Some("form".to_owned());
            row
        };
        numbers.map(row).collect::<Vec<_>>()
    };
    let import = import_at(house, true);
    for (booth, numbers) in [(1, 0..60), (2, 40..100)] {
        beside.import_people(&import, None, rows(booth, numbers)).await.unwrap();
    }
    while !beside.index().await.unwrap().is_done {}
    let there = Whom {
        seats: Some(vec![174]),
        below: Some(Below::Booth(2)),
        state: Some(MemberState::Details),
    };
    assert!(!beside.members(&there, 10).await.unwrap().is_empty());
    for text in ["9800000041", "0041", "devi Sunita"] {
        let wanted = Wanted::of(text).unwrap();
        let found = beside.find(&wanted, &Whom::default(), 10).await.unwrap();
        assert!(!found.is_empty(), "{text}");
    }
}

/// Claims what waits, tells how it went in every way there is, and hears the provider's words.
async fn send_and_hear(house: &House, round: i64) {
    let records = &house.records;
    let claimed = records.claim(house.now(), 500).await.unwrap();
    assert!(claimed.len() > 10, "something waits each time");
    let mut sends = Vec::new();
    let mut words = Vec::new();
    for (place, outgoing) in claimed.iter().enumerate() {
        let provider_id = format!("wamid.{}", outgoing.id.id);
        let word = StatusUpdate {
            channel: Channel::Whatsapp,
            account: ACCOUNT.to_owned(),
            provider_id: provider_id.clone(),
            outgoing: (place % 2 == 0).then_some(outgoing.id),
            status: if place % 3 == 0 { Status::Delivered } else { Status::Sent },
            at: house.now(),
            error: None,
            asks: None,
            recipient: outgoing.to.clone(),
        };
        words.push(word);
        let not_before = house.now() + jiff::SignedDuration::from_mins(1);
        let result = match place % 8 {
            0 => SendResult::Retry { not_before, error: Some(130_429) },
            1 => SendResult::Unknown,
            2 => SendResult::Failed { error: Some(131_026), reason: "no whatsapp".to_owned() },
            3 => SendResult::Suppressed { reason: "withdrawn".to_owned() },
            4 => SendResult::Expired,
            5 => SendResult::Released { not_before: None },
            _ => SendResult::Sent { provider_id: Some(provider_id) },
        };
        sends.push(SendRecord { id: outgoing.id, at: house.now(), result });
    }
    records.apply_statuses(words.split_off(words.len() / 2)).await.unwrap();
    records.record_sends(sends).await.unwrap();
    records.apply_statuses(words).await.unwrap();
    records.claimed_before(house.now(), 100).await.unwrap();
    let stop = |phone: &str, stop| PreferenceUpdate {
        channel: Channel::Whatsapp,
        account: ACCOUNT.to_owned(),
        from: Identities::of(AddressKind::Phone, phone),
        about: None,
        stop,
        at: house.now(),
    };
    let preferences = vec![stop("9800000008", true), stop("9800000009", false)];
    records.apply_preferences(preferences).await.unwrap();
    let event = AccountEvent {
        channel: Channel::Whatsapp,
        account: ACCOUNT.to_owned(),
        kind: "account_update".to_owned(),
        at: house.now(),
        json: format!(r#"{{"round":{round}}}"#),
    };
    records.keep_events(vec![event]).await.unwrap();
}
