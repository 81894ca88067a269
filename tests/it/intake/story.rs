//! One story, told on every pair of stores: what stands in the records at its end is the same to the
//! letter, whatever they are kept in.

use std::fmt::Write as _;
use std::time::Duration;

use samvad::contact::{AddressKind, Identities, Road};
use samvad::intake::Admission;
use samvad::message::{
    Channel, Content, HistoryKind, Inbound, InboundContent, Lane, Outgoing, Purpose, Reply, Status,
    StatusUpdate,
};
use samvad::records::{Chain, Fault, SendRecord, SendResult, TurnCommit, Verdict};

use super::rig::{ACCOUNT, Pair, Process, Rig, SITA, WAITS};

promises! {
    everything_that_can_happen_to_a_person_leaves_the_same_records,
}

/// Her number later on.
const SITA_LATER: &str = "9898989898";
const RAMESH: &str = "9811111111";
const GEETA: &str = "9822222222";
const MOHAN: &str = "9833333333";

async fn everything_that_can_happen_to_a_person_leaves_the_same_records(pair: Pair) {
    let rig = Rig::new(pair).await;
    let other = rig.replica().await;

    // Sita joins with slips of the finger, speaking now to one replica and now to the other.
    for (number, words) in [
        "sadsyat banna",
        "सदस्यता",
        "पता नहीं",
        "haan ji",
        "bahut pehle",
        "1985",
        "Sunita Devi",
        "dilli",
        "Bareily",
        "बरेली कैण्ट",
        "9999",
        "12",
        "sahi hai",
    ]
    .into_iter()
    .enumerate()
    {
        let process: &Process = if number % 2 == 0 { &rig } else { &other };
        say(process, rig.text(SITA, words)).await;
        time_passes(&rig, &[&other], 1).await;
    }
    // Her yes to news comes twice, to both at once.
    let yes = rig.text(SITA, "हाँ");
    let twice = tokio::join!(rig.admit(vec![yes.clone()]), other.admit(vec![yes]));
    assert_eq!(twice, (Admission::Committed, Admission::Committed));
    deliver(&rig, Word::AfterTheAnswer).await;

    // The office speaks to her. She says stop before it has left, and once more when it has.
    office_says(&rig, SITA, "कल शाम बैठक है").await;
    say(&other, rig.text(SITA, "बंद")).await;
    deliver(&rig, Word::BeforeTheAnswer).await;
    time_passes(&rig, &[&other], 5).await;

    // She gives her membership up, and comes back; an answer of hers was under way for two hours.
    say(&rig, rig.text(SITA, "सदस्यता छोड़ें")).await;
    say(&other, rig.text(SITA, "haan")).await;
    let mut late = rig.text(SITA, "हाँ");
    time_passes(&rig, &[&other], 120).await;
    say(&rig, rig.text(SITA, "सदस्य")).await;
    late.sent_at = rig.now() - jiff::SignedDuration::from_mins(119);
    say(&other, late).await;

    // The answer to a commit is lost, and the live state with it.
    let contacts = [rig.contact(SITA).await];
    rig.flush_state(&contacts).await;
    rig.records.inject(Fault::CommitAnswerLost);
    let yes = rig.text(SITA, "हाँ");
    say(&rig, yes.clone()).await;
    say(&other, yes).await;
    deliver(&rig, Word::Silence).await;

    // Ramesh and Geeta write at once; one message of Geeta's can never be stored.
    let spoiled = rig.text(GEETA, "नमस्ते");
    rig.records.inject(Fault::Refuse { key: spoiled.key.clone() });
    let messages = vec![rig.text(RAMESH, "join"), spoiled, rig.text(RAMESH, "1")];
    assert_eq!(rig.admit(messages).await, Admission::Committed);
    say(&other, rig.text(GEETA, "सदस्य")).await;
    // Nobody understands Mohan: a person of the office takes over.
    let nonsense = ["नमस्ते", "क ख ग", "घ ङ", "च छ", "कोई है?"].map(|words| rig.text(MOHAN, words));
    assert_eq!(other.admit(nonsense.to_vec()).await, Admission::Committed);

    // The key changes; both processes end and begin again, and all is sealed anew.
    rig.leaves(other).await;
    rig.rotate_keys();
    let rig = rig.restart().await;
    while rig.records.reseal(10).await.unwrap() > 0 {}
    assert_eq!(rig.records.needed_keys().await.unwrap(), [2]);
    let other = rig.replica().await;

    // She gets another number; whoever has the old one now is somebody else.
    say(&other, rig.text(SITA, "1985")).await;
    let mut change = rig.text(SITA, "");
    change.content =
        InboundContent::IdentityChanged { new: Identities::of(AddressKind::Phone, SITA_LATER) };
    say(&rig, change).await;
    say(&other, rig.text(SITA, "नमस्ते")).await;
    say(&other, rig.text(SITA_LATER, "सुनीता देवी")).await;
    say(&rig, thumb(rig.text(SITA_LATER, ""))).await;

    // One replica ends; the other dies with messages in its hands: nobody knows whether they left.
    rig.leaves(other).await;
    let held = rig.records.claim(rig.now(), 100).await.unwrap();
    let ramesh = rig.contact(RAMESH).await;
    let first_of_his = held.iter().find(|outgoing| outgoing.contact == ramesh).unwrap();
    let rig = rig.die_and_start_again().await;
    // The provider has a word about one of them; after a while the rest goes once more.
    rig.records
        .apply_statuses(vec![word(first_of_his, "wamid.held", Status::Read, &rig)])
        .await
        .unwrap();
    time_passes(&rig, &[], 3).await;
    rig.records.sweep(rig.now(), WAITS).await.unwrap();
    deliver(&rig, Word::AfterTheAnswer).await;

    // A day goes by: whoever left a question open is reminded of it, once.
    let mut told_before = Vec::new();
    for phone in [RAMESH, GEETA, SITA_LATER] {
        told_before.push((phone, rig.replies(phone).await.len()));
    }
    time_passes(&rig, &[], 21 * 60).await;
    for (phone, count) in told_before {
        rig.until_told(phone, count + 1).await;
    }
    deliver(&rig, Word::AfterTheAnswer).await;
    say(&rig, rig.text(SITA_LATER, "बरेली")).await;
    let rig = rig.restart().await;
    // She says all the rest at once, to a process that knows of her by the records alone.
    let rest = ["बरेली कैंट", "12", "सही है", "नहीं"].map(|words| rig.text(SITA_LATER, words));
    assert_eq!(rig.admit(rest.to_vec()).await, Admission::Committed);

    let told = tell(
        &rig,
        &[
            ("Sita", SITA_LATER),
            ("whoever has her number", SITA),
            ("Ramesh", RAMESH),
            ("Geeta", GEETA),
            ("Mohan", MOHAN),
        ],
    )
    .await;
    insta::allow_duplicates! {insta::assert_snapshot!(told, @r"
    # Sita
    version 30, Hi, at sure/later 28025289
    member सुनीता देवी 130 125
    address Phone ending in 98
    ## History
    21 06:30 > sadsyat banna
    21 06:30 < क्या आपका मतलब ‘सदस्यता’ है? [delivered, 1 sent, told sent, told delivered]
    21 06:31 > सदस्यता
    21 06:31 < हमारी पार्टी का सदस्य बनने पर हम आपका ना [delivered, 1 sent, told sent, told delivered]
    21 06:32 > पता नहीं
    21 06:32 < माफ कीजिए, यह समझ नहीं आया। [delivered, 1 sent, told sent, told delivered]
    21 06:33 > haan ji
    21 06:33 < प्रश्न 1/5 [delivered, 1 sent, told sent, told delivered]
    21 06:34 > bahut pehle
    21 06:34 < माफ कीजिए, यह समझ नहीं आया। [delivered, 1 sent, told sent, told delivered]
    21 06:35 > 1985
    21 06:35 < प्रश्न 2/5 [delivered, 1 sent, told sent, told delivered]
    21 06:36 > Sunita Devi
    21 06:36 < प्रश्न 3/5 [delivered, 1 sent, told sent, told delivered]
    21 06:37 > dilli
    21 06:37 < माफ कीजिए, यह समझ नहीं आया। [delivered, 1 sent, told sent, told delivered]
    21 06:38 > Bareily
    21 06:38 < प्रश्न 4/5 [delivered, 1 sent, told sent, told delivered]
    21 06:39 > बरेली कैण्ट
    21 06:39 < प्रश्न 5/5 [delivered, 1 sent, told sent, told delivered]
    21 06:40 > 9999
    21 06:40 < माफ कीजिए, यह समझ नहीं आया। [delivered, 1 sent, told sent, told delivered]
    21 06:41 > 12
    21 06:41 < एक बार देख लीजिए: [delivered, 1 sent, told sent, told delivered]
    21 06:42 > sahi hai
    21 06:42 < Sunita Devi जी, हमारी पार्टी में आपका स् [delivered, 1 sent, told sent, told delivered]
    21 06:42 < क्या प्रदेश कार्यालय की ओर से बैठक और का [delivered, 1 sent, told sent, told delivered]
    21 06:43 > हाँ
    21 06:43 < ठीक है, खबर मिलती रहेगी। जब रोकना हो, ‘ब [delivered, 1 sent, told sent, told delivered]
    21 06:43 < कल शाम बैठक है [suppressed, 0 sent, withdrawn]
    21 06:43 > बंद
    21 06:43 < ठीक है, संदेश बंद कर दिए। अब हमारी ओर से [delivered, 1 sent, told sent, told delivered]
    21 06:48 > सदस्यता छोड़ें
    21 06:48 < सदस्यता सच में छोड़नी है? सदस्य संख्या U [sent, 1 sent]
    21 06:48 > haan
    21 06:48 < आपकी सदस्यता खत्म कर दी है। अब तक के साथ [sent, 1 sent]
    21 08:48 > सदस्य
    21 08:48 < हमारी पार्टी का सदस्य बनने पर हम आपका ना [sent, 1 sent]
    21 06:49 > हाँ
    21 08:48 < आपका संदेश देर से पहुँचा, इसलिए उसे इस स [sent, 1 sent]
    21 08:48 > हाँ
    21 08:48 < प्रश्न 1/5 [sent, 1 sent]
    21 08:48 > 1985
    21 08:48 < प्रश्न 2/5 [delivered, 1 sent, again, told sent, told delivered]
    21 08:48 > (no text)
    21 08:48 > सुनीता देवी
    21 08:48 < प्रश्न 3/5 [delivered, 1 sent, again, told sent, told delivered]
    21 08:48 > (no text)
    22 05:51 < आपकी सदस्यता अधूरी रह गई थी। बस इतना बता [delivered, 1 sent, told sent, told delivered]
    22 05:51 > बरेली
    22 05:51 < प्रश्न 4/5 [queued, 0 sent]
    22 05:51 > बरेली कैंट
    22 05:51 < प्रश्न 5/5 [queued, 0 sent]
    22 05:51 > 12
    22 05:51 < एक बार देख लीजिए: [queued, 0 sent]
    22 05:51 > सही है
    22 05:51 < सुनीता देवी जी, हमारी पार्टी में आपका स् [queued, 0 sent]
    22 05:51 < क्या प्रदेश कार्यालय की ओर से बैठक और का [queued, 0 sent]
    22 05:51 > नहीं
    22 05:51 < ठीक है, नहीं भेजेंगे। मन बदले तो ‘संदेश [queued, 0 sent]
    Ledger: 21 06:33 membership 1 2026-11-21 text 1 person a message
    Ledger: 21 06:43 samvad 1 2026-11-21 text 1 person a message
    Ledger: 21 06:43 samvad 0 - keyword 1 person a message
    Ledger: 21 06:43 membership 0 - keyword 1 person a message
    Ledger: 21 06:43 opinion 0 - keyword 1 person a message
    Ledger: 21 06:43 follow_up 0 - keyword 1 person a message
    Ledger: 21 08:48 membership 1 2026-11-21 text 1 person a message
    Ledger: 22 05:51 samvad 0 2026-11-21 text 1 person a message
    Memberships: 21 06:42 130 125 12 1985 ended
    Memberships: 22 05:51 130 125 12 1985 active
    Timers: 23 01:51 3 28025289

    # whoever has her number
    version 1, Hi, at greeting/citizen_menu 28025281
    address Phone ending in 78
    ## History
    21 08:48 > नमस्ते
    21 08:48 < नमस्ते! 🙏 यह हमारी पार्टी, उत्तर प्रदेश [delivered, 1 sent, again, told sent, told delivered]
    Timers: 22 08:48 2 28025281

    # Ramesh
    version 3, Hi, at join/birth_year 28025282
    address Phone ending in 11
    ## History
    21 08:48 > join
    21 08:48 < हमारी पार्टी का सदस्य बनने पर हम आपका ना [read, 0 sent, told read]
    21 08:48 > 1
    21 08:48 < प्रश्न 1/5 [delivered, 1 sent, again, told sent, told delivered]
    22 05:51 < आपकी सदस्यता अधूरी रह गई थी। बस इतना बता [delivered, 1 sent, told sent, told delivered]
    Ledger: 21 08:48 membership 1 2026-11-21 text 1 person a message
    Timers: 28 08:48 2 28025282

    # Geeta
    version 3, Hi, at join/consent 28025281
    address Phone ending in 22
    ## History
    21 08:48 > नमस्ते
    21 08:48 < माफ कीजिए, हमारी ओर से गड़बड़ हुई। थोड़ी [delivered, 1 sent, again, told sent, told delivered]
    21 08:48 > सदस्य
    21 08:48 < हमारी पार्टी का सदस्य बनने पर हम आपका ना [delivered, 1 sent, again, told sent, told delivered]
    22 05:51 < आपकी सदस्यता अधूरी रह गई थी। बस इतना बता [delivered, 1 sent, told sent, told delivered]
    Timers: 28 08:48 2 28025281
    Parked: 21 08:48 

    # Mohan
    version 5, Hi, at greeting/citizen_menu 28025281
    address Phone ending in 33
    ## History
    21 08:48 > नमस्ते
    21 08:48 < नमस्ते! 🙏 यह हमारी पार्टी, उत्तर प्रदेश [delivered, 1 sent, again, told sent, told delivered]
    21 08:48 > क ख ग
    21 08:48 < माफ कीजिए, यह समझ नहीं आया। [delivered, 1 sent, again, told sent, told delivered]
    21 08:48 > घ ङ
    21 08:48 < माफ कीजिए, अब भी समझ नहीं आया। नीचे से ए [delivered, 1 sent, again, told sent, told delivered]
    21 08:48 > च छ
    21 08:48 < अब प्रदेश कार्यालय के एक साथी यहीं आपसे [delivered, 1 sent, again, told sent, told delivered]
    21 08:48 > कोई है?
    Handed over: 21 08:48 not understood: greeting/citizen_menu

    # The store
    queued: 6
    claimed: 0
    unknown: 0
    sent: 5
    delivered: 29
    read: 1
    failed: 0
    expired: 0
    suppressed: 1
    contacts: 5
    members: 1
    parked: 1
    unmatched: 0
    rows of addresses: 6
    rows of asked: 0
    rows of audit: 0
    rows of broadcast_answers: 0
    rows of broadcast_log: 0
    rows of broadcasts: 0
    rows of consents: 9
    rows of contacts: 5
    rows of disowned: 0
    rows of duplicates: 0
    rows of effects: 0
    rows of envelopes: 0
    rows of erased_addresses: 0
    rows of erasures: 0
    rows of events: 0
    rows of halts: 0
    rows of handovers: 1
    rows of holds: 0
    rows of imports: 0
    rows of inbound_keys: 43
    rows of media: 0
    rows of member_history: 0
    rows of member_states: 3
    rows of member_words: 0
    rows of members: 2
    rows of merge_queue: 0
    rows of messages: 81
    rows of outgoing: 42
    rows of parked: 1
    rows of phone_tails: 0
    rows of place_names: 0
    rows of places: 0
    rows of poll_log: 0
    rows of polls: 0
    rows of posts: 0
    rows of provider_ids: 35
    rows of recipients: 0
    rows of requests: 0
    rows of roads: 0
    rows of rolls: 0
    rows of roster: 0
    rows of sample_members: 0
    rows of samples: 0
    rows of seal_keys: 2
    rows of sessions: 5
    rows of status_log: 59
    rows of tagged: 0
    rows of tags: 0
    rows of timers: 4
    rows of unmatched_statuses: 0
    ");}
}

/// Time passes for everybody, who says in between that they are alive.
async fn time_passes(rig: &Rig, others: &[&Process], minutes: u64) {
    rig.clock.advance(Duration::from_secs(60 * minutes));
    rig.records.heartbeat().await.unwrap();
    for other in others {
        other.records.heartbeat().await.unwrap();
    }
}

async fn say(process: &Process, message: Inbound) {
    let words = message.content.text().unwrap_or_default().to_owned();
    assert_eq!(process.admit(vec![message]).await, Admission::Committed, "{words}");
}

fn thumb(message: Inbound) -> Inbound {
    let content =
        InboundContent::Reaction { message: "wamid.x".to_owned(), emoji: "👍".to_owned() };
    Inbound { content, ..message }
}

/// Something the office sends of its own accord, queued as a broadcast will be.
async fn office_says(rig: &Rig, phone: &str, words: &str) {
    let snapshot = rig.snapshot(phone).await;
    let turn = TurnCommit {
        contact: snapshot.contact.id,
        expected_version: snapshot.contact.version,
        chain: Chain::default(),
        place: 0,
        inbound: Inbound {
            channel: Channel::Internal,
            account: String::new(),
            ..rig.text(phone, "")
        },
        received_at: rig.now(),
        road: Road { channel: Channel::Whatsapp, account: ACCOUNT.to_owned() },
        session: snapshot.session,
        replies: vec![Reply {
            content: Content::Text { body: words.to_owned() },
            lane: Lane::Broadcast,
            purpose: Purpose::Samvad,
        }],
        facts: Vec::new(),
        timers: Vec::new(),
        effects: Vec::new(),
        cast: None,
        claim: false,
        parked: None,
    };
    let verdict = rig.records.commit(turn).await.unwrap();
    assert!(matches!(verdict, Verdict::Won { .. }), "{verdict:?}");
}

/// When the provider tells that a message arrived.
#[derive(Clone, Copy)]
enum Word {
    BeforeTheAnswer,
    AfterTheAnswer,
    Silence,
}

/// Sends everything that waits, as delivery would.
async fn deliver(rig: &Rig, when: Word) {
    let claimed = rig.records.claim(rig.now(), 100).await.unwrap();
    assert!(!claimed.is_empty(), "nothing waits: {:#?}", rig.talk(SITA).await);
    for outgoing in &claimed {
        let provider_id = format!("wamid.out.{}", outgoing.id.id);
        let mut words = Vec::new();
        if !matches!(when, Word::Silence) {
            for status in [Status::Delivered, Status::Sent] {
                let told = word(outgoing, &provider_id, status, rig);
                words.push(StatusUpdate { outgoing: None, ..told });
            }
        }
        if matches!(when, Word::BeforeTheAnswer) {
            rig.records.apply_statuses(std::mem::take(&mut words)).await.unwrap();
        }
        let result = SendResult::Sent { provider_id: Some(provider_id) };
        let record = SendRecord { id: outgoing.id, at: rig.now(), result };
        rig.records.record_sends(vec![record]).await.unwrap();
        rig.records.apply_statuses(words).await.unwrap();
    }
}

/// The provider's word about a message, with our own id.
fn word(outgoing: &Outgoing, provider_id: &str, status: Status, rig: &Rig) -> StatusUpdate {
    StatusUpdate {
        channel: outgoing.channel,
        account: outgoing.account.clone(),
        provider_id: provider_id.to_owned(),
        outgoing: Some(outgoing.id),
        status,
        at: rig.now(),
        error: None,
        asks: None,
        recipient: outgoing.to.clone(),
    }
}

/// Everything the records hold, opened, in words that no engine has a part in.
async fn tell(rig: &Rig, persons: &[(&str, &str)]) -> String {
    let mut told = String::new();
    for (name, phone) in persons {
        tell_person(rig, name, phone, &mut told).await.unwrap();
    }
    let report = rig.records.report(rig.now()).await.unwrap();
    writeln!(told, "# The store").unwrap();
    for (status, count) in report.by_status {
        writeln!(told, "{}: {count}", status.name()).unwrap();
    }
    for (what, count) in [
        ("contacts", report.contacts),
        ("members", report.members),
        ("parked", report.parked),
        ("unmatched", report.unmatched_statuses),
    ] {
        writeln!(told, "{what}: {count}").unwrap();
    }
    // What the engine keeps for itself is its own affair.
    let own = ["processes", "migrations", "meta", "totals", "sequences"];
    for table in rig.raw().tables() {
        if !own.contains(&table.as_str()) {
            writeln!(told, "rows of {table}: {}", rig.rows(&table)).unwrap();
        }
    }
    // Which block of numbers a lane was given first is a matter of chance.
    let number = regex::Regex::new(r"UP(-\d{4}){2}-\d").unwrap();
    number.replace_all(&told, "UP-…").into_owned()
}

async fn tell_person(rig: &Rig, name: &str, phone: &str, told: &mut String) -> std::fmt::Result {
    let snapshot = rig.snapshot(phone).await;
    let (contact, id) = (snapshot.contact, rig.contact(phone).await);
    writeln!(told, "# {name}")?;
    write!(told, "version {}, {:?}", contact.version, contact.language)?;
    match &snapshot.session {
        Some(session) => {
            writeln!(told, ", at {}/{} {}", session.flow, session.step, session.visit)?;
        }
        None => writeln!(told, ", in no conversation")?,
    }
    if let Some(member) = &contact.membership {
        writeln!(told, "member {} {} {}", member.name, member.district, member.assembly)?;
    }
    let addresses = rig.records.addresses(id).await.unwrap().addresses;
    for address in &addresses {
        writeln!(told, "address {:?} ending in {}", address.kind, &address.value[8..])?;
    }
    writeln!(told, "## History")?;
    for line in rig.records.history(id, 1_000).await.unwrap() {
        write!(told, "{} ", minute(&line.at.as_millisecond().to_string()))?;
        match line.what {
            HistoryKind::Person { content } => {
                writeln!(told, "> {}", content.text().unwrap_or("(no text)"))?;
            }
            HistoryKind::Us { content, status } => {
                let beginning = content.body().lines().next().unwrap_or_default();
                let beginning: String = beginning.chars().take(40).collect();
                write!(told, "< {} [{}", beginning.trim_end(), status.name())?;
                tell_outgoing(rig, line.id, told)?;
                writeln!(told, "]")?;
            }
        }
    }
    for (title, sql) in [
        (
            "Ledger",
            "SELECT at, purpose, given, notice, how, channel, actor,
                    CASE WHEN message IS NULL THEN 'no message' ELSE 'a message' END
             FROM consents WHERE contact = ? ORDER BY at, id",
        ),
        (
            "Memberships",
            "SELECT since, district, assembly, booth, birth_year,
                    CASE WHEN until IS NULL THEN 'active' ELSE 'ended' END
             FROM members WHERE contact = ? ORDER BY id",
        ),
        ("Timers", "SELECT due, kind, visit FROM timers WHERE contact = ? ORDER BY due, kind"),
        ("Handed over", "SELECT at, reason FROM handovers WHERE contact = ? ORDER BY id"),
        ("Parked", "SELECT at FROM parked WHERE contact = ? ORDER BY message"),
        ("Roads", "SELECT last_inbound, channel FROM roads WHERE contact = ? ORDER BY channel"),
    ] {
        for row in rig.raw().query(&sql.replace('?', &id.to_string())) {
            let (at, rest) = row.split_first().unwrap();
            let rest: Vec<&str> = rest.iter().map(|cell| cell.as_deref().unwrap_or("-")).collect();
            writeln!(told, "{title}: {} {}", minute(at.as_deref().unwrap()), rest.join(" "))?;
        }
    }
    writeln!(told)
}

/// How often it was sent, whether a second chance was taken, and every word of the provider.
fn tell_outgoing(rig: &Rig, id: i64, told: &mut String) -> std::fmt::Result {
    let kept = format!("SELECT attempts, again, reason FROM outgoing WHERE id = {id}");
    let kept = rig.raw().query(&kept).remove(0);
    let cell = |at: usize| kept[at].as_deref().unwrap_or_default();
    write!(told, ", {} sent", cell(0))?;
    if cell(1) == "1" {
        write!(told, ", again")?;
    }
    if !cell(2).is_empty() {
        write!(told, ", {}", cell(2))?;
    }
    let words = format!("SELECT status FROM status_log WHERE outgoing = {id} ORDER BY at, status");
    for code in rig.raw().column(&words) {
        let status = Status::from_code(code.parse().unwrap()).unwrap();
        write!(told, ", told {}", status.name())?;
    }
    Ok(())
}

/// Day, hour and minute of a time in milliseconds.
fn minute(milliseconds: &str) -> String {
    let at = jiff::Timestamp::from_millisecond(milliseconds.parse().unwrap()).unwrap();
    at.strftime("%d %H:%M").to_string()
}
