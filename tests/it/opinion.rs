//! A worker is asked who should stand, by the real program: signed webhooks in, Hindi out. Then everything that is kept is
//! looked through for what they said (docs/secrecy.md).

use std::time::Duration;

use samvad::clock::Clock;
use samvad::contact::{AddressKind, Identities};
use samvad::message::{Channel, HistoryKind, InboundContent};
use samvad::poll::ballot::{Choice, Plain};
use samvad::poll::envelope::PublicKey;
use samvad::poll::receipt::Receipt;
use samvad::poll::roll::{self, About};
use samvad::records::{Bundled, Records};

use crate::support::asked::{self as poll, NAMES};
use crate::support::house::{House, Plan, client};
use crate::support::postgres::PostgresServer;
use crate::support::redis::RedisServer;

const PATIENCE: Duration = Duration::from_secs(30);
const PHONE: &str = "919812345678";
/// Said once as a name and once in a remark, and by no text of ours.
const MARKER: &str = "मार्करसिंह";

/// Says it, and gives what is answered, once so many messages came.
async fn say(house: &House, words: &str, answers: usize) -> Vec<String> {
    let before = house.sandbox.sends_to(PHONE).len();
    house.sandbox.say_text(PHONE, words);
    let is_answered = |sandbox: &samvad::sandbox::SandboxHandle| {
        sandbox.sends_to(PHONE).len() >= before + answers
    };
    assert!(house.sandbox.until(PATIENCE, is_answered).await, "nothing is answered to {words}");
    let sends = house.sandbox.sends_to(PHONE);
    sends[before..].iter().map(|send| send.text.clone()).collect()
}

/// The receipt in a text.
fn receipt_in(text: &str) -> String {
    let receipt = regex::Regex::new(r"[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}").unwrap();
    receipt.find(text).unwrap_or_else(|| panic!("no receipt in {text}")).as_str().to_owned()
}

async fn asked_and_answered(plan: Plan, url: Option<String>, redis: Option<&RedisServer>) {
    let house = House::new(plan).await;
    let key_file = house.data().join("keys.toml");
    let url =
        url.unwrap_or_else(|| format!("sqlite://{}", house.data().join("samvad.db").display()));
    std::fs::create_dir_all(house.data()).unwrap();
    let options = || poll::options(url.clone(), &key_file, Clock::System);
    let from = vec![(Channel::Whatsapp, Identities::of(AddressKind::Phone, "9812345678"))];
    let records = Records::open(options()).await.unwrap();
    let contact = records.resolve(from).await.unwrap()[0];
    records.close().await.unwrap();
    let opened = poll::open(options(), &key_file, &[contact], "").await;

    let server = house.start();
    let asked = say(&house, "राय", 1).await;
    let place = NAMES.iter().position(|name| asked[0].contains(&format!("1. {name}"))).unwrap();
    let told = say(&house, &format!("अन्य {MARKER}"), 2).await;
    assert!(told[0].contains(&format!("आपका जवाब: {MARKER}")), "{told:#?}");
    let first = receipt_in(&told[0]);
    let told = say(&house, &format!("{MARKER} हमारे काम आए"), 1).await;
    assert!(told[0].contains("बदलें"), "{told:#?}");
    say(&house, "बदलें", 1).await;
    // The first on the list that was shown, by its number.
    let told = say(&house, "1", 2).await;
    assert!(told[0].contains(&format!("आपका जवाब: {}", NAMES[place])), "{told:#?}");
    let second = receipt_in(&told[0]);
    assert_ne!(first, second);
    let shown = say(&house, "रसीद", 2).await;
    assert!(shown[0].contains(&second), "{shown:#?}");
    assert!(house.sandbox.until_quiet(PATIENCE).await);
    let log = server.log_text();
    server.stop();

    // What counts is what was said last.
    let records = Records::open(options()).await.unwrap();
    let name = u8::try_from(place).unwrap();
    let counts = Some(Plain::Choice(Choice::Names(vec![name])));
    assert_eq!(opened.choice(&records, 1).await, counts);
    // Whoever may open everything that is sealed under the house's own keys reads none of it.
    let mut kept = Vec::new();
    for line in records.history(contact, 1_000).await.unwrap() {
        match line.what {
            HistoryKind::Person { content } => {
                let text = InboundContent::text(&content).unwrap_or_default().to_owned();
                assert!(["राय", "बदलें", "[गुप्त]"].contains(&text.as_str()), "{text} is kept");
                kept.push(format!("{content:?}"));
            }
            HistoryKind::Us { content, .. } => {
                assert!(!content.body().contains("आपका जवाब: "), "{}", content.body());
                kept.push(format!("{content:?}"));
            }
        }
    }
    let snapshot = records.snapshot(contact).await.unwrap().unwrap();
    let session = serde_json::to_string(&snapshot.session).unwrap();
    assert!(!session.contains(NAMES[place]), "{session}");
    kept.push(session);
    for secret in [MARKER, first.as_str(), second.as_str()] {
        assert!(kept.iter().all(|text| !text.contains(secret)), "{secret} is kept: {kept:#?}");
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    assert!(NAMES.iter().all(|name| !log.contains(name)), "a name is in the log:\n{log}");
    records.close().await.unwrap();
    let mut places: Vec<(String, Vec<u8>)> = Vec::new();
    for (path, bytes) in house.everything_on_disk() {
        places.push((path.display().to_string(), bytes));
    }
    if let Some(redis) = redis {
        places.push(("redis".to_owned(), redis.everything()));
    }
    for (place, bytes) in places {
        for secret in [MARKER, first.as_str(), second.as_str()] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} in {place}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_worker_chose_is_nowhere_on_sqlite_with_state_in_memory() {
    asked_and_answered(Plan::default(), None, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_worker_chose_is_nowhere_on_postgresql_with_state_in_redis() {
    let (redis, database) = (RedisServer::start(), PostgresServer::shared().lend_database());
    let url = database.url().to_owned();
    let plan = Plan { records: url.clone(), state: redis.url(), ..Plan::default() };
    asked_and_answered(plan, Some(url), Some(&redis)).await;
}

/// A page: its status, its headers, its words.
async fn page(house: &House, path: &str) -> (u16, reqwest::header::HeaderMap, String) {
    let url = format!("http://127.0.0.1:{}{path}", house.port);
    let response = client().get(url).send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.text().await.unwrap())
}

/// A worker answers, the poll is closed, and they look for their receipt: by message and on the page.
async fn looked_up(plan: Plan, url: Option<String>) {
    let house = House::new(plan).await;
    let key_file = house.data().join("keys.toml");
    let url =
        url.unwrap_or_else(|| format!("sqlite://{}", house.data().join("samvad.db").display()));
    std::fs::create_dir_all(house.data()).unwrap();
    let options = || poll::options(url.clone(), &key_file, Clock::System);
    let from = vec![(Channel::Whatsapp, Identities::of(AddressKind::Phone, "9812345678"))];
    let records = Records::open(options()).await.unwrap();
    let contact = records.resolve(from).await.unwrap()[0];
    records.close().await.unwrap();
    let opened = poll::open(options(), &key_file, &[contact], "").await;
    let server = house.start();
    let (_, _, empty) = page(&house, "/polls").await;
    assert!(empty.contains("अभी कोई सूची नहीं छपी है"), "{empty}");
    let before = page(&house, &format!("/polls/{}", poll::NAME)).await;
    assert_eq!(before.0, 404, "a poll that runs has no page");

    say(&house, "राय", 1).await;
    let told = say(&house, "1", 2).await;
    let receipt = receipt_in(&told[0]);
    say(&house, "छोड़ दें", 1).await;
    let told = say(&house, &receipt.to_lowercase().replace('-', " "), 1).await;
    assert!(told[0].contains("उसी जवाब की है"), "{told:#?}");
    let other = Receipt::of(&[0xC5; 32]).to_string();
    let told = say(&house, &other, 1).await;
    assert!(told[0].contains("उस जवाब की नहीं है"), "{told:#?}");

    // Closed, with a hash of this receipt among others on its roll.
    let (hash, _) = receipt.parse::<Receipt>().unwrap().span();
    let mut hashes = vec![[1; 32], [0xEE; 32], hash];
    hashes.sort_unstable();
    let about = About {
        poll: poll::NAME.to_owned(),
        roster: poll::ROSTER,
        key: PublicKey(opened.row().await.public_key),
        electorate: opened.row().await.electorate_hash,
    };
    let mut file = Vec::new();
    let head = roll::write(&mut file, &about, hashes.iter().copied()).unwrap().head();
    opened.beside.begin_closing(opened.id, ("priya", None), Clock::System.now()).await.unwrap();
    opened.beside.keep_roll(opened.id, 0, &hashes).await.unwrap();
    let bundled = Bundled { bundle_digest: [7; 32], roll_head: head, choices: 3 };
    let now = Clock::System.now();
    opened.beside.finish_closing(opened.id, bundled, ("priya", None), now).await.unwrap();

    let told = say(&house, &format!("रसीद {receipt}"), 1).await;
    let head = samvad::seal::to_hex(&head);
    assert!(told[0].contains("गिनी गई") && told[0].contains(&head[..8]), "{told:#?}");
    assert!(told[0].contains("प्रत्याशी कौन हो?") && told[0].contains(" 3 "), "{told:#?}");
    let told = say(&house, &other, 1).await;
    assert!(told[0].contains("किसी सूची में नहीं मिली"), "{told:#?}");
    let told = say(&house, "रसीद", 1).await;
    assert!(told[0].contains("नौ अक्षर"), "{told:#?}");

    let (status, headers, list) = page(&house, "/polls").await;
    assert!(status == 200 && list.contains(&format!("/polls/{}", poll::NAME)), "{list}");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
    let path = format!("/polls/{}", poll::NAME);
    let (_, headers, one) = page(&house, &path).await;
    assert_eq!(headers["cache-control"], "public, max-age=60");
    for part in
        ["प्रत्याशी कौन हो?", head.as_str(), &samvad::seal::to_hex(&poll::ROSTER), "action=\"/polls/"]
    {
        assert!(one.contains(part), "{part} in {one}");
    }
    for name in NAMES {
        assert!(!one.contains(name), "nothing of the choices: {one}");
    }
    let typed = receipt.replace('-', "%20").to_lowercase();
    let (_, headers, found) = page(&house, &format!("{path}?receipt={typed}")).await;
    assert_eq!(headers["cache-control"], "no-store");
    assert!(found.contains("told yes") && found.contains(&receipt), "{found}");
    let (_, _, missing) = page(&house, &format!("{path}?receipt={other}&lang=en")).await;
    assert!(missing.contains("told no") && missing.contains("is not on this list"), "{missing}");
    let (_, _, wrong) = page(&house, &format!("{path}?receipt=%3Cb%3Ex&lang=ur")).await;
    assert!(wrong.contains("dir=\"rtl\"") && !wrong.contains("<b>x"), "{wrong}");
    let (_, headers, taken) = page(&house, &format!("{path}/roll")).await;
    assert_eq!(headers["content-disposition"], "attachment; filename=\"who_stands.roll\"");
    assert_eq!(taken, String::from_utf8(file).unwrap(), "as the close wrote it");
    assert_eq!(page(&house, "/polls.css").await.0, 200);

    assert!(house.sandbox.until_quiet(PATIENCE).await);
    let log = server.log_text();
    server.stop();
    for secret in [&receipt, &other] {
        assert!(!log.contains(secret.as_str()), "{secret} is in the log");
    }
    let records = Records::open(options()).await.unwrap();
    for line in records.history(contact, 1_000).await.unwrap() {
        let kept = format!("{line:?}");
        assert!(!kept.contains(&receipt) && !kept.contains(&other), "{kept}");
    }
    records.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_finds_their_receipt_by_message_and_on_the_page_on_sqlite() {
    looked_up(Plan::default(), None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_finds_their_receipt_by_message_and_on_the_page_on_postgresql() {
    let database = PostgresServer::shared().lend_database();
    let url = database.url().to_owned();
    looked_up(Plan { records: url.clone(), ..Plan::default() }, Some(url)).await;
}
