//! Short messages through a real Kannel, both ways; and what must be known of Kannel, held to it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use samvad::channel::sms::Sender;
use samvad::channel::{ErrorClass, SendAnswer, SendError};
use samvad::clock::Clock;
use samvad::config::{Config, Origins};
use samvad::contact::{Identities, PhoneNumber};
use samvad::message::{Channel, Content, Lane, Outgoing, OutgoingId, Purpose};

use crate::support::house::{client, metric};
use crate::support::kannel::{
    Kannel, OPERATOR, SECRET, Setup, USER, USER_PASSWORD, VILLAGE, accounts,
};
use crate::support::raw::Raw;
use crate::support::server::{Server, free_port};
use crate::support::smsc::{Smsc, Submit, Travel};

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
        Office::open_with(setup, |_| Vec::new())
    }

    /// With settings for files that are written into its folder first.
    fn open_with(setup: Setup, files: impl Fn(&Path) -> Vec<(&'static str, String)>) -> Office {
        let folder = tempfile::tempdir().unwrap();
        let more = files(folder.path());
        let port = free_port();
        let kannel = Kannel::start(port, setup);
        let (file, mut settings) = accounts(&kannel.url(), port);
        let path = folder.path().join("office.toml");
        std::fs::write(&path, file).unwrap();
        settings.extend([
            ("SAMVAD_CONFIG", path.display().to_string()),
            ("SAMVAD_DELIVERY_TIMEOUT_SECONDS", "5".to_owned()),
            ("SAMVAD_DELIVERY_LEASE_SECONDS", "25".to_owned()),
            ("SAMVAD_DELIVERY_SWEEP_SECONDS", "1".to_owned()),
            ("SAMVAD_DELIVERY_UNKNOWN_AFTER_SECONDS", "1".to_owned()),
        ]);
        settings.extend(more);
        let server = Server::start(&folder.path().join("data"), port, &settings);
        Office { folder, port, settings, kannel, server }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The address an account's gateway calls.
    fn address(&self, account: &str, kind: &str) -> String {
        self.server.url(&format!("/webhooks/sms/{account}/{SECRET}/{kind}"))
    }

    /// Says a text over the operator and gives the replies, of which there must be so many.
    fn says(&self, from: &str, text: &str, travel: Travel, replies: usize) -> Vec<String> {
        let number = from.trim_start_matches('+');
        let before = self.kannel.smsc.screen(number).len();
        self.kannel.smsc.says(from, OPERATOR, text, travel);
        let whole = |smsc: &Smsc| smsc.screen(number).len() >= before + replies;
        self.kannel.smsc.until(&format!("{replies} replies to {text}"), whole);
        let screen = self.kannel.smsc.screen(number);
        assert_eq!(screen.len(), before + replies, "{screen:#?}");
        screen[before..].to_vec()
    }

    async fn metric(&self, name: &str) -> u64 {
        metric(self.port, name).await
    }

    async fn until_metric(&self, name: &str, wanted: u64) {
        let limit = Duration::from_mins(1);
        let reached = async {
            while self.metric(name).await != wanted {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let came = tokio::time::timeout(limit, reached).await.is_ok();
        assert!(came, "{name} is {}, not {wanted}", self.metric(name).await);
    }

    fn raw(&self) -> Raw {
        Raw::open(&format!("sqlite://{}", self.data().join("samvad.db").display()))
    }
}

fn of_status(name: &str) -> String {
    format!("samvad_outgoing{{status=\"{name}\"}}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_joins_in_hindi_by_short_messages_of_one_part_and_of_several() {
    let office = Office::open(Setup::default());
    let says = |text, travel| office.says("+919812345678", text, travel, 1).remove(0);
    let consent = says("सदस्य बनना है", Travel::Whole);
    assert!(consent.contains("सहमत हैं?") && consent.ends_with("2. नहीं"), "{consent}");
    assert!(says("१", Travel::Whole).contains("किस साल"));
    says("1972", Travel::Whole);
    says("राम प्रसाद", Travel::Whole);
    assert!(says("बरेली", Travel::Whole).contains("विधानसभा"));
    let long = "जी हमारा गाँव तो बरेली कैंट विधानसभा में ही पड़ता है, पूरा पता भी लिखकर भेज देंगे 🙏";
    assert!(long.encode_utf16().count() > 70, "it comes in parts");
    let booth = says(long, Travel::Parts8);
    assert!(booth.contains("बूथ"), "{booth}");
    let long = "जी हमारा बूथ नंबर 45 है और हम हमेशा वहीं वोट देते आए हैं, पूरा परिवार भी वहीं जाता है जी";
    let asked = says(long, Travel::Parts16);
    assert!(asked.contains("45"), "{asked}");
    let confirm = says("45", Travel::Whole);
    assert!(confirm.contains("राम प्रसाद") && confirm.contains("बूथ: 45"), "{confirm}");
    assert!(says("1", Travel::Whole).contains("सदस्य संख्या"));
    says("1", Travel::Whole);

    assert_eq!(office.metric("samvad_members").await, 1);
    let turns = "samvad_turns_total{channel=\"sms\",outcome=\"won\"}";
    assert_eq!(office.metric(turns).await, 10);
    office.until_metric(&of_status("delivered"), 10).await;
    let sent = "samvad_delivery_sends_total{outcome=\"sent\",channel=\"sms\",lane=\"reply\"}";
    assert_eq!(office.metric(sent).await, 10);
    let calls =
        "samvad_sms_callbacks_total{account=\"operator\",kind=\"inbound\",outcome=\"taken\"}";
    assert_eq!(office.metric(calls).await, 10);

    // What the operator saw of it.
    let submits = office.kannel.smsc.submits();
    let parts: Vec<(u8, u8, u8)> = submits.iter().filter_map(Submit::part).collect();
    assert_eq!(
        parts.iter().take(3).map(|(_, of, part)| (*part, *of)).collect::<Vec<_>>(),
        [(1, 3), (2, 3), (3, 3)]
    );
    for submit in &submits {
        assert_eq!((submit.from.as_str(), submit.coding, submit.priority), (OPERATOR, 8, 3));
        assert!(submit.octets.len() + submit.udh.len() <= 140);
        assert!(!submit.validity.is_empty(), "the operator is told how long it may try");
        assert_eq!(submit.tags[&0x1400], b"1201159000000000001");
        assert_eq!(submit.tags[&0x1401], b"1207161000000000002");
        let is_last = submit.part().is_none_or(|(_, of, part)| of == part);
        assert_eq!(submit.registered & 3, if is_last { 1 } else { 2 }, "{submit:?}");
    }
    office.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn several_operators_are_several_accounts_and_an_answer_leaves_where_the_question_came() {
    let office = Office::open(Setup { get: true, ..Setup::default() });
    let mut fake = office.kannel.fake_phone();
    // A shared number: the keyword leads to us and is no part of what the person says.
    fake.says(SUNITA, VILLAGE, "samvad सदस्य बनना है");
    fake.until(SUNITA, 3);
    let came = fake.screen(SUNITA).concat();
    assert!(came.contains("सहमत हैं?"), "{came}");
    assert_eq!(office.kannel.smsc.submits().len(), 0, "not by the other operator");
    // The same person by the other number is the same contact, in the same conversation.
    let year = office.says("+919812345678", "1", Travel::Whole, 1);
    assert!(year[0].contains("किस साल"), "{year:?}");
    assert_eq!(office.metric("samvad_contacts").await, 1);
    office.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_moves_its_message_forward_and_never_back() {
    let office = Office::open(Setup::default());
    for (number, fate) in [
        ("+919812340001", "undelivered"),
        ("+919812340003", "refused by the operator"),
        ("+919812340005", "never told of"),
        ("+919812340006", "told of twice"),
        ("+919812340007", "told of before the operator's answer"),
        ("+919812340008", "expired"),
        ("+919812340009", "delivered"),
    ] {
        office.kannel.smsc.says(number, OPERATOR, "english", Travel::Whole);
        let number = number.trim_start_matches('+').to_owned();
        office.kannel.smsc.until(fate, |smsc| !smsc.screen(&number).is_empty());
    }
    office.until_metric(&of_status("failed"), 3).await;
    office.until_metric(&of_status("delivered"), 2).await;
    // One without a receipt, and one whose receipt Kannel lost: what is known of both is that they left.
    office.until_metric(&of_status("sent"), 2).await;
    let raw = office.raw();
    let errors = raw.column("SELECT error FROM outgoing WHERE error IS NOT NULL ORDER BY id");
    assert_eq!(errors, ["1", "11", "6"], "the operator's codes are kept");

    // Kannel calls again, late, in any order.
    let delivered: Vec<Vec<Option<String>>> =
        raw.query("SELECT id, created FROM outgoing WHERE status = 4 ORDER BY id");
    let one = |row: &[Option<String>]| {
        format!("sv1.{}.{}", row[0].clone().unwrap(), row[1].clone().unwrap())
    };
    let id = one(&delivered[0]);
    for bits in ["8", "2", "1", "4", "66", "16"] {
        let url = format!("{}?id={id}&part=1&of=1&t={bits}", office.address("operator", "report"));
        let answer = client().get(url).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (200, ""));
    }
    office.until_metric(&of_status("delivered"), 2).await;
    office.until_metric(&of_status("failed"), 3).await;
    // What cannot be read is told with its field, and counted.
    let report = office.address("operator", "report");
    for (query, field) in [("t=1", "id:"), ("id=7&t=1", "id:"), (&format!("id={id}&t=x"), "t:")] {
        let answer = client().get(format!("{report}?{query}")).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{query}");
        assert!(answer.text().await.unwrap().starts_with(field), "{query}");
    }
    office.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_message_posted_again_is_one_turn() {
    let office = Office::open(Setup::default());
    let post = |query: &str, from: &str, secret: &str| {
        let url = office.server.url(&format!("/webhooks/sms/operator/{secret}/inbound{query}"));
        client()
            .post(url)
            .header("X-Kannel-From", from)
            .header("X-Kannel-To", OPERATOR)
            .header("X-Kannel-Time", "2026-11-21 06:00:00")
            .header("Content-Type", "text/plain; charset=\"UTF-8\"")
            .body("सदस्य बनना है")
            .send()
    };
    for from in ["+919812345678", "919812345678", "09812345678"] {
        for _time in 0..2 {
            let answer = post("?id=6451a475", from, SECRET).await.unwrap();
            assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().len()), (200, 0));
        }
    }
    assert_eq!(office.metric("samvad_contacts").await, 1, "every form of a number is one");
    // Without Kannel's id the message itself is known again.
    for _time in 0..2 {
        assert_eq!(post("", "919812345679", SECRET).await.unwrap().status(), 200);
    }
    let turns = "samvad_turns_total{channel=\"sms\",outcome=\"won\"}";
    assert_eq!(office.metric(turns).await, 2);
    // A bank's robot is no person, and is not written to.
    assert_eq!(post("", "AD-UPBANK", SECRET).await.unwrap().status(), 200);
    assert_eq!(office.metric("samvad_contacts").await, 2);
    assert_eq!(post("", "919812345679", "another-secret-0").await.unwrap().status(), 404);
    let nameless = post("", "", SECRET).await.unwrap();
    assert_eq!(nameless.status(), 400);
    assert!(nameless.text().await.unwrap().starts_with("X-Kannel-From:"));
    office.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn kannel_killed_midway_gets_nothing_twice_loses_nothing_and_what_was_in_flight_is_unknown() {
    let people: u64 = if crate::support::house::all() { 400 } else { 80 };
    let mut office = Office::open(Setup::default());
    let number = |person: u64| format!("91{}", 9_300_000_000_u64 + person * 10 + 9);
    let inbound = office.address("operator", "inbound");
    let say = async |person: u64| {
        let url = format!(
            "{inbound}?from={}&to={OPERATOR}&text=%E0%A4%B8%E0%A4%A6%E0%A4%B8%E0%A5%8D%E0%A4%AF&id=m{person}",
            number(person)
        );
        let answer = client().get(url).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    };
    for person in 0..people / 4 {
        say(person).await;
    }
    // Requests are under way that will never be answered …
    office.kannel.freeze_smsbox();
    for person in people / 4..people / 2 {
        say(person).await;
    }
    // … by a Kannel that stays away for a while.
    office.kannel.kill();
    for person in people / 2..people * 3 / 4 {
        say(person).await;
    }
    office.kannel.resume();
    for person in people * 3 / 4..people {
        say(person).await;
    }
    for waiting in ["queued", "claimed"] {
        office.until_metric(&of_status(waiting), 0).await;
    }
    let unknown = office.metric(&of_status("unknown")).await;
    assert!(unknown > 0, "calls were under way when it was killed");
    for lost in ["failed", "expired", "suppressed"] {
        assert_eq!(office.metric(&of_status(lost)).await, 0, "{lost}");
    }
    let left = people - unknown;
    let smsc = &office.kannel.smsc;
    let read = || (0..people).filter(|person| !smsc.screen(&number(*person)).is_empty()).count();
    smsc.until("messages that kannel took", |_| u64::try_from(read()).unwrap() >= left);
    // Of each message each part was asked for once, and of those that kannel took every part.
    let parts = smsc.submits().iter().filter_map(Submit::part).map(|(_, of, _)| of).max().unwrap();
    let log = office.kannel.access_log();
    let mut whole = 0;
    for person in 0..people {
        let target = format!("target:{} ", number(person));
        let asked = log.lines().filter(|line| line.contains(&target)).count();
        assert!(asked <= usize::from(parts), "handed over twice: {target} {asked}");
        whole += u64::from(asked == usize::from(parts));
    }
    assert!(whole >= left, "{whole} of {people} whole, {unknown} unknown");
    office.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_while_we_are_away_is_answered_once_when_we_are_back() {
    let mut office = Office::open(Setup::default());
    office.says("+919812345678", "सदस्य बनना है", Travel::Whole, 1);
    office.server.kill();
    office.kannel.smsc.says("+919812345678", OPERATOR, "1", Travel::Whole);
    office.kannel.smsc.says("+919812345679", OPERATOR, "सदस्य बनना है", Travel::Whole);
    office.kannel.until_received(3);
    office.server = Server::start(&office.data(), office.port, &office.settings);
    let smsc = &office.kannel.smsc;
    let answered =
        |smsc: &Smsc| smsc.screen(SUNITA).len() == 2 && !smsc.screen("919812345679").is_empty();
    smsc.until("both answers", answered);
    assert!(smsc.screen(SUNITA)[1].contains("किस साल"), "the conversation goes on where it was");
    office.until_metric(&of_status("delivered"), 3).await;
    assert_eq!(smsc.screen(SUNITA).len() + smsc.screen("919812345679").len(), 3);
    office.server.stop();
}

/// Our sender alone, with the accounts of the usual configuration, at a Kannel or another address.
fn sender(url: &str, change: impl Fn(String) -> String) -> Sender {
    let (file, secrets) = accounts(url, 9);
    let environment = secrets.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let file = Some((PathBuf::from("office.toml"), change(file)));
    let config = Config::read(&Origins { file, environment, ..Origins::default() }).unwrap();
    Sender::new(config.sms.as_ref().unwrap(), &client(), Clock::System).unwrap()
}

fn message(id: i64, to: &str, text: &str) -> Outgoing {
    Outgoing {
        id: OutgoingId { id, created_ms: 1_790_000_000_000 },
        contact: 1,
        channel: Channel::Sms,
        account: "operator".to_owned(),
        to: Identities::phone(PhoneNumber::parse(to).unwrap()),
        lane: Lane::Reply,
        purpose: Purpose::Answer,
        content: Content::Text { body: text.to_owned() },
        answers: None,
        attempts: 0,
        send_before: None,
        window_until: None,
        parts_taken: 0,
        broadcast: None,
        kept: None,
    }
}

/// The shipped flows with a registry in which everything they say is approved, as `samvad dlt propose`
/// writes it; each id is told by the template's name.
fn registered_flows(folder: &Path) -> (PathBuf, HashMap<String, String>) {
    let flows = folder.join("flows");
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("flows");
    for (from, to) in
        [(shipped.clone(), flows.clone()), (shipped.join("templates"), flows.join("templates"))]
    {
        std::fs::create_dir_all(&to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    let proposed = folder.join("proposed.yaml");
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_samvad"))
        .args(["dlt", "propose", "--language", "hi", "--out", proposed.to_str().unwrap()])
        .args(["--data", folder.to_str().unwrap(), "--flows", flows.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut registry =
        "entity: '1101161000000000001'\nheaders: {UPSMVD: service}\npasses: '-,'\n".to_owned();
    let mut ids = HashMap::new();
    for line in std::fs::read_to_string(&proposed).unwrap().lines() {
        registry.push_str(line);
        registry.push('\n');
        let name = line.strip_prefix("  ").and_then(|rest| rest.strip_suffix(':'));
        if let Some(name) = name.filter(|name| !name.starts_with(' ')) {
            let id = format!("110716100000{:07}", ids.len());
            let lines = ["    id: '", &id, "'\n    tested: [latin, devanagari]\n"];
            registry.push_str(&lines.concat());
            if name == "join-birth-year-hi" {
                registry.push_str("    header: UPSMVD\n");
            }
            ids.insert(name.to_owned(), id);
        }
    }
    std::fs::create_dir(flows.join("dlt")).unwrap();
    std::fs::write(flows.join("dlt/registry.yaml"), registry).unwrap();
    (flows, ids)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_message_of_a_conversation_names_its_own_dlt_template_to_the_operator() {
    let ids = std::sync::Mutex::new(HashMap::new());
    let office = Office::open_with(Setup::default(), |folder| {
        let (flows, known) = registered_flows(folder);
        *ids.lock().unwrap() = known;
        vec![("SAMVAD_FLOWS", flows.display().to_string())]
    });
    let ids = ids.into_inner().unwrap();
    let mut seen = 0;
    for (said, template, from) in [
        ("सदस्य", "join-consent-hi", OPERATOR),
        ("1", "join-birth-year-hi", "UPSMVD"),
        ("1972", "join-name-hi", OPERATOR),
        ("राम प्रसाद", "join-district-hi", OPERATOR),
    ] {
        office.says("+919812345678", said, Travel::Whole, 1);
        let submits = office.kannel.smsc.submits();
        for submit in &submits[seen..] {
            assert_eq!(submit.tags[&0x1400], b"1101161000000000001", "{template}");
            let id = String::from_utf8_lossy(&submit.tags[&0x1401]).into_owned();
            assert_eq!(id, ids[template], "{template}");
            assert_eq!(submit.from, from, "{template}");
        }
        seen = submits.len();
    }
    for reason in ["no_template", "wrong_tag", "script", "too_long"] {
        let unsaid = format!("samvad_sms_unsaid_total{{reason=\"{reason}\"}}");
        assert_eq!(office.metric(&unsaid).await, 0, "{reason}");
    }
    // A name in letters that no template was tried with: the question that says it stays unsaid, and the
    // office is told.
    let other = "+919812345679";
    for said in ["सदस्य", "1", "1972"] {
        office.says(other, said, Travel::Whole, 1);
    }
    office.kannel.smsc.says(other, OPERATOR, "محمد علی", Travel::Whole);
    office.until_metric("samvad_sms_unsaid_total{reason=\"script\"}", 1).await;
    office.server.stop();
}

const ACCEPTED: SendAnswer = SendAnswer::Accepted { provider_id: None, held: false };

#[tokio::test(flavor = "multi_thread")]
async fn our_parts_end_between_letters_where_kannel_cuts_an_emoji_in_two() {
    let kannel = Kannel::start(free_port(), Setup::default());
    let text = format!("{}🙏 {}क्षेत्र", "क".repeat(66), "ख".repeat(62));
    let answer = sender(&kannel.url(), |file| file).send(&message(258, SUNITA, &text)).await;
    assert_eq!(answer, ACCEPTED);
    let smsc = &kannel.smsc;
    smsc.until("three parts", |smsc| smsc.submits().len() == 3);
    assert_eq!(smsc.screen(SUNITA).concat(), text, "the phone shows it whole");
    let parts = smsc.submits();
    assert_eq!(parts[0].text(), "क".repeat(66));
    assert_eq!(parts[1].text(), format!("🙏 {}", "ख".repeat(62)), "the conjunct stays together");
    assert_eq!(parts[2].udh, [5, 0, 3, 2, 3, 3]);

    // What Kannel makes of the same text by itself: a lone surrogate at the end of the first part, and a
    // receipt asked for the first part alone.
    let other = "919812345670";
    let kept = by_hand(
        &kannel,
        other,
        &text,
        &[
            ("X-Kannel-Coding", "2"),
            ("X-Kannel-DLR-Mask", "31"),
            ("X-Kannel-DLR-URL", "http://127.0.0.1:9/"),
        ],
        UTF_8,
    )
    .await;
    assert_eq!(kept.0, 202);
    smsc.until("kannel's parts", |smsc| smsc.submits().len() == 6);
    let parts = smsc.submits().split_off(3);
    assert_eq!(parts[0].octets[132..], [0xd8, 0x3d]);
    assert_eq!(parts.iter().map(|part| part.registered & 1).collect::<Vec<_>>(), [1, 0, 0]);
}

const UTF_8: &str = "text/plain; charset=UTF-8";

/// A request as somebody would write it who does not know Kannel: status and words of the answer.
async fn by_hand(
    kannel: &Kannel,
    to: &str,
    text: &str,
    headers: &[(&str, &str)],
    content_type: &str,
) -> (u16, String) {
    let mut request = client()
        .post(kannel.url())
        .header("Content-Type", content_type)
        .header("X-Kannel-Username", USER)
        .header("X-Kannel-Password", USER_PASSWORD)
        .header("X-Kannel-SMSC", "operator")
        .header("X-Kannel-From", OPERATOR)
        .header("X-Kannel-To", to);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.body(text.to_owned()).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn kannel_is_as_we_think_it_is() {
    let kannel = Kannel::start(free_port(), Setup::default());
    // A form is refused.
    let form = format!("username={USER}&password={USER_PASSWORD}&to={SUNITA}&text=x");
    let kind = "application/x-www-form-urlencoded";
    let answer = client().post(kannel.url()).header("Content-Type", kind).body(form).send().await;
    assert_eq!(answer.unwrap().status(), 400);
    // Hindi without its coding, or without its charset, is taken with a 202 that names no message, and
    // arrives as rubbish.
    let taken = (202, "0: Accepted for delivery".to_owned());
    assert_eq!(by_hand(&kannel, "919800000001", "नमस्ते", &[], UTF_8).await, taken);
    let coded = [("X-Kannel-Coding", "2")];
    assert_eq!(by_hand(&kannel, "919800000002", "नमस्ते", &coded, "text/plain").await, taken);
    kannel.smsc.until("both", |smsc| smsc.submits().len() == 2);
    assert_eq!(kannel.smsc.screen("919800000001"), ["??????"]);
    assert_ne!(kannel.smsc.screen("919800000002"), ["नमस्ते"]);
    // Ours is neither.
    let sender = sender(&kannel.url(), |file| file);
    for (id, text) in [(1, "नमस्ते ₹500 🙏"), (2, "Namaste, 12 votes"), (3, "اردو میں سلام")]
    {
        assert_eq!(sender.send(&message(id, SUNITA, text)).await, ACCEPTED);
        kannel.smsc.until(text, |smsc| smsc.screen(SUNITA).last().is_some_and(|seen| seen == text));
        let coding = kannel.smsc.submits().last().unwrap().coding;
        assert_eq!(coding == 8, id != 2, "plain Latin takes no UCS-2");
    }
    // Of an English text, parts of 153.
    let english = "Vote counting starts at eight. ".repeat(6);
    assert_eq!(sender.send(&message(4, SUNITA, &english)).await, ACCEPTED);
    let whole = |smsc: &Smsc| smsc.screen(SUNITA).last().is_some_and(|seen| *seen == english);
    kannel.smsc.until("english in parts", whole);
    assert_eq!(kannel.smsc.submits().last().unwrap().octets.len(), english.len() - 153);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_of_kannel_is_the_right_word_for_delivery() {
    let mut kannel = Kannel::start(free_port(), Setup::default());
    let url = kannel.url();
    let refused = |class, http| {
        SendAnswer::Refused(SendError { class, code: None, http: Some(http), retry_after: None })
    };
    let hello = message(1, SUNITA, "नमस्ते");
    let wrong_user = sender(&url, |file| file.replace("\"samvad\"", "\"nobody\""));
    assert_eq!(wrong_user.send(&hello).await, refused(ErrorClass::PauseSender, 403));
    let wrong_path = sender(&url.replace("sendsms", "send"), |file| file);
    assert_eq!(wrong_path.send(&hello).await, refused(ErrorClass::PauseSender, 404));
    let no_line = sender(&url, |file| file.replace("smsc = \"operator\"", "smsc = \"nowhere\""));
    assert_eq!(no_line.send(&hello).await, refused(ErrorClass::Retry { times: 12 }, 403));
    let right = sender(&url, |file| file);
    assert_eq!(right.send(&hello).await, ACCEPTED);
    kannel.kill();
    assert_eq!(right.send(&hello).await, SendAnswer::NotSent, "nobody is at home");

    // A gateway that hangs up in the middle of the second part: it may have it or not.
    let (address, asked) = hangs_up_after(1);
    let cut = sender(&address, |file| file);
    let long = message(2, SUNITA, &"क".repeat(200));
    assert_eq!(cut.send(&long).await, SendAnswer::NoAnswer);
    assert_eq!(asked.recv_timeout(Duration::from_secs(5)).unwrap(), 2, "no third part after it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_whose_second_part_was_refused_goes_on_with_the_second() {
    let (address, parts) = refuses_once("2");
    let sender = sender(&address, |file| file);
    let mut long = message(2, SUNITA, &"क".repeat(200));
    let SendAnswer::Partly { taken: 1, answer } = sender.send(&long).await else {
        panic!("the second part was refused")
    };
    let SendAnswer::Refused(error) = *answer else { panic!("{answer:?}") };
    assert_eq!((error.class, error.http), (ErrorClass::Throttle, Some(503)));
    long.parts_taken = 1;
    assert_eq!(sender.send(&long).await, ACCEPTED);
    let parts: Vec<String> = parts.try_iter().collect();
    assert_eq!(parts, ["1", "2", "2", "3"]);
}

/// A gateway that takes so many requests and cuts the line at the next; it tells how many came.
fn hangs_up_after(taken: usize) -> (String, std::sync::mpsc::Receiver<usize>) {
    let (tell, told) = std::sync::mpsc::channel();
    let address = gateway(move |count, _part| {
        if count <= taken {
            return Some("202 Accepted");
        }
        let _ = tell.send(count);
        None
    });
    (address, told)
}

/// A gateway that says 503 to this part the first time it comes; it tells which parts came.
fn refuses_once(part: &'static str) -> (String, std::sync::mpsc::Receiver<String>) {
    let (tell, told) = std::sync::mpsc::channel();
    let refused = std::sync::atomic::AtomicBool::new(false);
    let address = gateway(move |_count, came| {
        let _ = tell.send(came.to_owned());
        let is_first = came == part && !refused.swap(true, std::sync::atomic::Ordering::SeqCst);
        Some(if is_first { "503 Service Unavailable" } else { "202 Accepted" })
    });
    (address, told)
}

/// Answers as it is told for each request and the number of its part; `None` cuts the line.
pub(crate) fn gateway(
    answer: impl Fn(usize, &str) -> Option<&'static str> + Send + 'static,
) -> String {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/cgi-bin/sendsms", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut count = 0;
        for line in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(line);
            let (mut part, mut length) = (String::new(), 0);
            loop {
                let mut header = String::new();
                if reader.read_line(&mut header).unwrap_or(0) < 3 {
                    break;
                }
                let header = header.to_ascii_lowercase();
                if let Some((_, rest)) = header.split_once("part=") {
                    part = rest.chars().take_while(char::is_ascii_digit).collect();
                }
                if let Some(rest) = header.strip_prefix("content-length:") {
                    length = rest.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            if reader.read_exact(&mut body).is_err() {
                continue;
            }
            count += 1;
            if let Some(status) = answer(count, &part) {
                let words = "0: Accepted for delivery";
                let mut line = reader.into_inner();
                let _ = write!(
                    line,
                    "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{words}",
                    words.len()
                );
            }
        }
    });
    url
}
