//! One person, whatever they write by: a number is one contact on WhatsApp and by SMS, and a
//! conversation goes on where they are.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use samvad::sandbox::envelope::{Person, Said};
use samvad::sandbox::{SandboxHandle, Saying};

use crate::reload::copy;
use crate::support::gateway::Gateway;
use crate::support::house::{House, Plan};
use crate::support::phone::Phone;

const NUMBER: &str = "919812345678";

const PATIENCE: Duration = Duration::from_secs(30);

async fn house(gateway: &Gateway) -> House {
    House::new(Plan {
        settings: gateway.settings(""),
        sandbox: Some(|options| options.only_road = false),
        ..Plan::default()
    })
    .await
}

fn phone(house: &House) -> Phone<'_> {
    Phone::new(house, Person::phone(NUMBER))
}

/// Whether a question is shown as short messages show it: choices are numbered lines.
fn is_numbered(text: &str) -> bool {
    text.contains("\n1. ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_begins_on_whatsapp_goes_on_by_sms_and_ends_on_whatsapp() {
    let gateway = Gateway::start().await;
    let house = house(&gateway).await;
    let server = house.start();
    let mut phone = phone(&house);
    let consent = phone.says("सदस्य बनना है", 1).await;
    assert_eq!(consent[0].kind, "interactive", "buttons: {consent:#?}");

    // Another phone of the same number, as the operator writes it.
    let year = gateway.says(house.port, "09812345678", "हाँ", 1).await;
    assert!(year[0].contains("किस साल"), "{year:?}");
    gateway.says(house.port, "+919812345678", "१९८५", 1).await;
    gateway.says(house.port, "0091 98123 45678", "सुनीता देवी", 1).await;
    let seat = gateway.says(house.port, "9812345678", "लखनऊ", 1).await;
    assert!(seat[0].contains("विधानसभा"), "{seat:?}");
    assert_eq!(phone.hears(0).await.len(), 0, "an answer leaves where the question came in");

    phone.says("लखनऊ पूर्व", 1).await;
    let confirm = phone.says("12", 1).await;
    assert!(confirm[0].text.contains("सुनीता देवी"), "{confirm:#?}");
    let welcome = phone.taps("right", 2).await;
    assert!(welcome[0].text.contains("UP"), "{welcome:#?}");
    phone.taps("yes", 1).await;

    assert_eq!(house.metric("samvad_contacts").await, 1);
    assert_eq!(house.metric("samvad_members").await, 1);
    // The member is known by SMS, too.
    let data = gateway.says(house.port, "919812345678", "मेरी जानकारी", 1).await;
    assert!(data[0].contains("सुनीता देवी"), "{data:?}");
    assert_eq!(house.sandbox.verdict().refused, std::collections::BTreeMap::new());
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_up_begins_by_sms_goes_on_on_whatsapp_and_ends_by_sms() {
    let gateway = Gateway::start().await;
    let house = house(&gateway).await;
    let server = house.start();
    let mut phone = phone(&house);
    let consent = gateway.says(house.port, NUMBER, "सदस्य बनना है", 1).await;
    assert!(is_numbered(&consent[0]), "{consent:?}");

    // What is no answer has the open question asked again, as this channel shows it.
    let again = phone.says("क्या?", 1).await;
    assert_eq!(again[0].kind, "interactive", "{again:#?}");
    phone.taps("yes", 1).await;
    phone.says("1985", 1).await;
    phone.says("राम प्रसाद", 1).await;

    gateway.says(house.port, NUMBER, "बरेली", 1).await;
    gateway.says(house.port, NUMBER, "बरेली कैंट", 1).await;
    let confirm = gateway.says(house.port, NUMBER, "45", 1).await;
    assert!(is_numbered(&confirm[0]) && confirm[0].contains("राम प्रसाद"), "{confirm:?}");
    let welcome = gateway.says(house.port, NUMBER, "1", 1).await;
    assert!(welcome[0].contains("सदस्य संख्या"), "{welcome:?}");
    assert_eq!(house.metric("samvad_contacts").await, 1);
    assert_eq!(house.metric("samvad_members").await, 1);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_a_choice_read_on_one_channel_counts_on_the_other() {
    let gateway = Gateway::start().await;
    let house = house(&gateway).await;
    let server = house.start();
    let mut phone = phone(&house);
    phone.says("सदस्य बनना है", 1).await;
    // They never saw numbers; the first of two choices is the first all the same.
    let year = gateway.says(house.port, NUMBER, "1", 1).await;
    assert!(year[0].contains("किस साल"), "{year:?}");
    // A button that stayed on the other phone's screen is of a question that is answered.
    let late = phone.taps("no", 1).await;
    assert!(late[0].text.contains("किस साल"), "the open question is asked again: {late:#?}");
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_by_sms_holds_on_whatsapp() {
    let gateway = Gateway::start().await;
    let house = house(&gateway).await;
    let server = house.start();
    let mut phone = phone(&house);
    phone.says("सदस्य बनना है", 1).await;
    phone.taps("yes", 1).await;
    for said in ["1985", "सुनीता देवी", "लखनऊ", "लखनऊ पूर्व", "12"]
    {
        phone.says(said, 1).await;
    }
    phone.taps("right", 2).await;
    phone.taps("yes", 1).await;
    let data = phone.says("मेरी जानकारी", 1).await;
    assert!(data[0].text.contains("की खबर: चालू"), "{data:#?}");

    let stopped = gateway.says(house.port, "09812345678", "STOP", 1).await;
    assert!(!stopped[0].is_empty());
    let data = phone.says("मेरी जानकारी", 1).await;
    assert!(data[0].text.contains("की खबर: बंद"), "{data:#?}");
    server.stop();
}

// ---- a person without a number -----------------------------------------------------------------

const USER: &str = "IN.13491208655302741918";

const FLOW: &str = "flow: own_number\nabout: A person tells the number the office reaches them by.\n\
    start:\n  words: [मेरा नंबर, own number]\nsteps:\n\
    \x20 known: {if: has_phone, then: thanks, else: number}\n\
    \x20 number: {ask: number, answer: own_phone}\n\
    \x20 thanks: {say: thanks, end: true}\nexpires: 1d\n";

/// The shipped flows with one that needs the number, as settings.
fn with_own_number(folder: &Path) -> Vec<(&'static str, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["flows", "locales"] {
        copy(&root.join(name), &folder.join(name));
    }
    std::fs::write(folder.join("flows/own_number.yaml"), FLOW).unwrap();
    for (language, ask, thanks) in [
        ("hi", "अपना मोबाइल नंबर भेजिए।", "धन्यवाद, नंबर मिल गया।"),
        ("en", "Please send your mobile number.", "Thank you, we have your number."),
        ("ur", "اپنا موبائل نمبر بھیجیے۔", "شکریہ، نمبر مل گیا۔"),
    ] {
        let changed = "{ -party }";
        let text = format!("number = {ask}\n\nthanks = {thanks}\n\nchanged = {thanks} {changed}\n");
        std::fs::write(folder.join(format!("locales/{language}/own_number.ftl")), text).unwrap();
    }
    let named = |name: &str| folder.join(name).display().to_string();
    vec![("SAMVAD_FLOWS", named("flows")), ("SAMVAD_LOCALES", named("locales"))]
}

/// A card as WhatsApp brings it.
fn card(card: &Value) -> Said {
    let whole = json!({"type": "contacts", "contacts": [card]});
    Said::Raw(whole.as_object().unwrap().clone())
}

fn own_card() -> Said {
    card(&json!({"origin": "contact_request",
        "phones": [{"phone": "+91 98123 45678", "wa_id": NUMBER}]}))
}

async fn joins_by_sms(gateway: &Gateway, port: u16) {
    for said in ["सदस्य बनना है", "1", "1972", "राम प्रसाद", "बरेली", "बरेली कैंट", "45", "1", "1"]
    {
        gateway.says(port, NUMBER, said, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_without_a_number_is_asked_for_it_and_is_the_member_who_joined_by_sms() {
    let gateway = Gateway::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut settings = gateway.settings("");
    settings.extend(with_own_number(folder.path()));
    let house = House::new(Plan {
        settings,
        sandbox: Some(|options| options.only_road = false),
        ..Plan::default()
    })
    .await;
    let mut server = house.start();
    joins_by_sms(&gateway, house.port).await;
    let person = Person { user_id: Some(USER.to_owned()), ..Person::default() };
    let mut nameless = Phone::new(&house, person);
    let asked = nameless.says("मेरा नंबर", 1).await;
    assert!(asked[0].text.contains("नंबर भेजिए"), "{asked:#?}");
    assert_eq!(house.metric("samvad_contacts").await, 2);

    // Somebody else's card, shared by hand, proves nothing, whatever it says.
    let by_hand = card(&json!({"origin": "other", "vcard": "BEGIN:VCARD",
        "phones": [{"phone": "+91 98123 45678", "wa_id": NUMBER}]}));
    let again = nameless.sends(by_hand, None, 1).await;
    assert!(again[0].text.contains("नंबर भेजिए"), "{again:#?}");
    assert_eq!(house.metric("samvad_contacts").await, 2, "nothing was taken over");

    let thanks = nameless.sends(own_card(), None, 1).await;
    assert!(thanks[0].text.contains("नंबर मिल गया"), "{thanks:#?}");
    assert_eq!(house.metric("samvad_contacts").await, 1);
    assert_eq!(house.metric("samvad_members").await, 1);
    let data = nameless.says("मेरी जानकारी", 1).await;
    assert!(data[0].text.contains("राम प्रसाद"), "the member is the same person: {data:#?}");
    assert!(data[0].text.contains("मोबाइल नंबर: दर्ज है"), "{data:#?}");

    // The conversation goes on by SMS, over a death of the server.
    server.kill();
    let server = house.start();
    let closed = gateway.says(house.port, NUMBER, "मेरा नंबर", 1).await;
    assert!(closed[0].contains("नंबर मिल गया"), "it is known: {closed:?}");
    assert_eq!(house.metric("samvad_contacts").await, 1);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_members_who_are_one_keep_the_older_membership_and_every_withdrawal() {
    let gateway = Gateway::start().await;
    let house = house(&gateway).await;
    let server = house.start();
    joins_by_sms(&gateway, house.port).await;
    let number_of = |data: &str| {
        let word = data.split_whitespace().find(|word| word.starts_with("UP-"));
        word.unwrap_or_else(|| panic!("no member number in {data}")).to_owned()
    };
    let older = gateway.says(house.port, NUMBER, "मेरी जानकारी", 1).await;
    let stopped = gateway.says(house.port, NUMBER, "STOP", 1).await;
    assert!(!stopped[0].is_empty());

    let person = Person { user_id: Some(USER.to_owned()), ..Person::default() };
    let mut nameless = Phone::new(&house, person);
    nameless.says("सदस्य बनना है", 1).await;
    nameless.taps("yes", 1).await;
    for said in ["1985", "छोड़ दें", "राम प्रसाद", "बरेली", "बरेली कैंट", "45"]
    {
        nameless.says(said, 1).await;
    }
    nameless.taps("right", 2).await;
    nameless.taps("yes", 1).await;
    assert_eq!(house.metric("samvad_members").await, 2);
    nameless.sends(own_card(), None, 1).await;
    assert_eq!(house.metric("samvad_members").await, 1);
    let data = nameless.says("मेरी जानकारी", 1).await;
    assert_eq!(number_of(&data[0].text), number_of(&older[0]), "{data:#?}");
    assert!(data[0].text.contains("की खबर: बंद"), "the withdrawal wins: {data:#?}");
    server.stop();
}

// ---- the shipped flows ask for it --------------------------------------------------------------

fn nameless() -> Person {
    Person { user_id: Some(USER.to_owned()), ..Person::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_asks_a_person_without_a_number_once_and_finds_the_member() {
    let gateway = Gateway::start().await;
    let house = house(&gateway).await;
    let server = house.start();
    joins_by_sms(&gateway, house.port).await;
    let mut phone = Phone::new(&house, nameless());
    phone.says("सदस्य बनना है", 1).await;
    phone.taps("yes", 1).await;
    let asked = phone.says("1985", 1).await;
    assert_eq!(asked[0].kind, "interactive", "{asked:#?}");
    assert!(asked[0].text.contains("आपका नंबर हमें नहीं दिखता"), "{asked:#?}");
    assert!(asked[0].text.ends_with("0. छोड़ दें"), "{asked:#?}");
    let known = phone.sends(own_card(), None, 1).await;
    assert!(known[0].text.contains("पहले से हमारे साथ हैं"), "{known:#?}");
    assert_eq!(house.metric("samvad_contacts").await, 1);
    assert_eq!(house.metric("samvad_members").await, 1);
    assert_eq!(house.sandbox.verdict().refused, std::collections::BTreeMap::new());
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_passes_it_over_joins_all_the_same_and_tells_it_later() {
    let gateway = Gateway::start().await;
    let house = house(&gateway).await;
    let server = house.start();
    let mut phone = Phone::new(&house, nameless());
    phone.says("सदस्य बनना है", 1).await;
    phone.taps("yes", 1).await;
    phone.says("1985", 1).await;
    for said in ["छोड़ दें", "राम प्रसाद", "बरेली", "बरेली कैंट", "45"]
    {
        phone.says(said, 1).await;
    }
    phone.taps("right", 2).await;
    phone.taps("no", 1).await;
    phone.says("जानकारी बदलें", 1).await;
    let asked = phone.taps("number", 1).await;
    assert!(asked[0].text.contains("नीचे के बटन से"), "{asked:#?}");
    let saved = phone.sends(own_card(), None, 1).await;
    assert!(saved[0].text.contains("आपका नंबर जुड़ गया"), "{saved:#?}");
    // From now on they are known by SMS.
    let data = gateway.says(house.port, NUMBER, "मेरी जानकारी", 1).await;
    assert!(data[0].contains("राम प्रसाद"), "{data:?}");
    assert_eq!(house.metric("samvad_contacts").await, 1);
    server.stop();
}

// ---- one message that names both ---------------------------------------------------------------

fn both() -> Person {
    Person { phone: Some(NUMBER.to_owned()), ..nameless() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_names_number_and_user_id_makes_the_two_one_and_goes_on_where_they_are() {
    let gateway = Gateway::start().await;
    let house = house(&gateway).await;
    let mut server = house.start();
    joins_by_sms(&gateway, house.port).await;
    let mut hidden = Phone::new(&house, nameless());
    hidden.says("शिकायत", 1).await;
    assert_eq!(house.metric("samvad_contacts").await, 2);
    // They write to an employee's phone, say, and Meta shows the number again.
    let mut shown = Phone::new(&house, both());
    let data = shown.says("मेरी जानकारी", 1).await;
    assert!(data[0].text.contains("राम प्रसाद"), "{data:#?}");
    assert_eq!(house.metric("samvad_contacts").await, 1);
    assert_eq!(house.metric("samvad_open_merges").await, 0);
    server.kill();
    let server = house.start();
    let data = gateway.says(house.port, NUMBER, "मेरी जानकारी", 1).await;
    assert!(data[0].contains("राम प्रसाद"), "{data:?}");
    assert_eq!(house.metric("samvad_contacts").await, 1);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_doubtful_waits_for_the_office_which_makes_it_one_beside_the_server() {
    let gateway = Gateway::start().await;
    let house = house(&gateway).await;
    let server = house.start();
    // The number was another user's until now.
    let before = Person { user_id: Some("IN.999".to_owned()), ..both() };
    let mut earlier = Phone::new(&house, before);
    earlier.says("सदस्य बनना है", 1).await;
    let mut hidden = Phone::new(&house, nameless());
    hidden.says("सदस्य बनना है", 1).await;
    let mut shown = Phone::new(&house, both());
    shown.says("मेन्यू", 1).await;
    assert_eq!(house.metric("samvad_contacts").await, 2);
    assert_eq!(house.metric("samvad_open_merges").await, 1);

    let list = house.office(&["merges", "list"]);
    assert!(list.contains("98••••5678") && list.contains("another id"), "{list}");
    let pair = house.office(&["merges", "show", "1"]);
    assert!(pair.contains("no member") && !pair.contains("9812345678"), "{pair}");
    let pair = house.office(&["merges", "show", "1", "--numbers"]);
    assert!(pair.contains("9812345678") && pair.contains(USER), "{pair}");
    for (what, done) in [("one", "for good"), ("two", "two for good")] {
        let by = ["--by", "office"];
        let of = |id: &str| [["merges", what, id].as_slice(), &by].concat().join(" ");
        let asked = |id: &str| house.office_fails(&of(id).split(' ').collect::<Vec<_>>());
        assert!(asked("7").contains("merges list"));
        assert!(asked("1").contains(done) && asked("1").contains("--yes"), "{}", asked("1"));
    }
    assert!(house.office_fails(&["merges", "two", "1"]).contains("--by"));
    server.stop();
    let doctor = house.office(&["doctor"]);
    assert!(doctor.contains("samvad merges list"), "{doctor}");

    // Decided while nobody serves: done at the next start.
    let unsure = house.office_fails(&["merges", "one", "1", "--by", "office"]);
    assert!(unsure.contains("--yes"), "nobody can be asked here: {unsure}");
    house.office(&["merges", "one", "1", "--by", "office", "--yes"]);
    assert!(house.office(&["audit"]).contains("office: merges one, pair 1, 2 persons"));
    let server = house.start();
    let done = async {
        while house.metric("samvad_contacts").await != 1 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), done).await.unwrap();
    assert_eq!(house.metric("samvad_open_merges").await, 0);
    house.office_fails(&["merges", "two", "1", "--by", "office", "--yes"]);
    assert!(house.office(&["merges", "list"]).starts_with("0 pairs"));
    shown.says("मेन्यू", 1).await;
    house.sandbox.say(Saying::of(nameless(), Said::Text("मेन्यू".to_owned()))).unwrap();
    assert!(house.sandbox.until_quiet(PATIENCE).await);
    assert_eq!(house.metric("samvad_contacts").await, 1);
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_comes_again_after_the_number_changed_hands_merges_nothing() {
    let gateway = Gateway::start().await;
    let house = house(&gateway).await;
    let server = house.start();
    let mut hidden = Phone::new(&house, nameless());
    hidden.says("सदस्य बनना है", 1).await;
    hidden.taps("yes", 1).await;
    hidden.says("1985", 1).await;
    let saying =
        Saying { key: Some("wamid.card".to_owned()), ..Saying::of(nameless(), own_card()) };
    house.sandbox.say(saying.clone()).unwrap();
    assert!(house.sandbox.until_quiet(PATIENCE).await);
    let known = house.metric("samvad_contacts").await;
    assert_eq!(known, 1);
    // They get another number and another id; somebody else gets the old number and joins.
    let changed = json!({"type": "system", "system": {"type": "user_changed_user_id",
        "body": "User A changed from +919812345678 to +919800000001",
        "wa_id": "919800000001", "user_id": "IN.2"}});
    let changed = Said::Raw(changed.as_object().unwrap().clone());
    house.sandbox.say(Saying::of(both(), changed)).unwrap();
    assert!(house.sandbox.until_quiet(PATIENCE).await);
    joins_by_sms(&gateway, house.port).await;
    assert_eq!(house.metric("samvad_contacts").await, 2);

    house.sandbox.say(saying).unwrap();
    assert!(house.sandbox.until_quiet(PATIENCE).await);
    assert_eq!(house.metric("samvad_contacts").await, 2, "nobody is taken over, nobody made up");
    let data = gateway.says(house.port, NUMBER, "मेरी जानकारी", 1).await;
    assert!(data[0].contains("राम प्रसाद"), "{data:?}");
    // Nor does the id that was given up lead to whoever has the number now.
    let data = Phone::new(&house, nameless()).says("मेरी जानकारी", 1).await;
    assert!(!data[0].text.contains("राम प्रसाद"), "{data:#?}");
    server.stop();
}

/// Cards arrive, twice each, while messages wait, reminders are due later, and the server dies again and again.
#[tokio::test(flavor = "multi_thread")]
async fn cards_over_kills_make_every_pair_one_and_each_conversation_goes_on() {
    const PAIRS: usize = 8;
    let gateway = Gateway::start().await;
    let house = house(&gateway).await;
    let mut server = house.start();
    let number = |pair: usize| format!("91{}", 9_812_500_000_u64 + pair as u64);
    let person = |pair: usize| Person {
        user_id: Some(format!("IN.1349120865530274{pair:04}")),
        ..Person::default()
    };
    for pair in 0..PAIRS {
        // By SMS they were asked to agree, and never answered.
        gateway.says(house.port, &number(pair), "सदस्य बनना है", 1).await;
        let mut phone = Phone::new(&house, person(pair));
        phone.says("सदस्य बनना है", 1).await;
        phone.taps("yes", 1).await;
        let asked = phone.says("1985", 1).await;
        assert!(asked[0].text.contains("नंबर हमें नहीं दिखता"), "{asked:#?}");
    }
    assert_eq!(house.metric("samvad_contacts").await, 2 * PAIRS as u64);
    for pair in 0..PAIRS {
        let card = card(&json!({"origin": "contact_request",
            "phones": [{"phone": format!("+{}", number(pair)), "wa_id": number(pair)}]}));
        house.sandbox.say(Saying { copies: 2, ..Saying::of(person(pair), card) }).unwrap();
        tokio::time::sleep(Duration::from_millis(7 * pair as u64)).await;
        if pair % 2 == 1 {
            server.kill();
            server = house.start();
        }
    }
    assert!(house.sandbox.until_quiet(PATIENCE).await);
    let id = |pair: usize| person(pair).user_id.unwrap();
    let all_are_asked = |sandbox: &SandboxHandle| {
        (0..PAIRS).all(|pair| {
            // What goes once more goes to the number, which is known by then.
            let mut sends = sandbox.sends_to(&id(pair));
            sends.extend(sandbox.sends_to(&number(pair)));
            sends.iter().any(|send| send.answer.is_taken() && send.text.contains("पूरा नाम"))
        })
    };
    assert!(house.sandbox.until(PATIENCE, all_are_asked).await, "somebody hears nothing more");
    assert_eq!(house.metric("samvad_contacts").await, PAIRS as u64);
    assert_eq!(house.metric("samvad_parked_turns").await, 0);
    for pair in 0..PAIRS {
        let shown = Person { phone: Some(number(pair)), ..person(pair) };
        let mut phone = Phone::new(&house, shown);
        let district = phone.says("सुनीता देवी", 1).await;
        assert!(district[0].text.contains("जिला"), "{district:#?}");
        // And by SMS it is the same conversation.
        let seat = gateway.says(house.port, &number(pair), "लखनऊ", 1).await;
        assert!(seat[0].contains("विधानसभा"), "{seat:?}");
    }
    let verdict = house.sandbox.verdict();
    assert!(verdict.duplicates.iter().all(|twice| !twice.knew), "{verdict:#?}");
    assert!(verdict.repeats.is_empty(), "{verdict:#?}");
    server.stop();
}
