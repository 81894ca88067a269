//! Who is speaking: persons without a number, with a new one, with two ids, from abroad; and what
//! they told the provider instead of us.

use std::time::Duration;

use serde_json::{Value, json};

use samvad::clock::Clock;
use samvad::sandbox::Saying;
use samvad::sandbox::envelope::{Business, Layout, Person, Said, Update, envelope};
use samvad::sandbox::ledger::{SendEntry, StatusWord};

use crate::support::house::{House, Plan};
use crate::support::phone::Phone;

const QUIET: Duration = Duration::from_secs(30);
const NUMBER: &str = "919812345678";
const USER: &str = "IN.13491208655302741918";

fn by_number(number: &str) -> Person {
    Person::phone(number)
}

fn by_user(user: &str) -> Person {
    Person { user_id: Some(user.to_owned()), ..Person::default() }
}

fn by_both(number: &str, user: &str) -> Person {
    Person { user_id: Some(user.to_owned()), ..Person::phone(number) }
}

/// Joins with consent to both; gives the welcome.
async fn join(phone: &mut Phone<'_>) -> String {
    phone.says("सदस्य बनना है", 1).await;
    phone.taps("yes", 1).await;
    let asked = phone.says("1985", 1).await;
    if asked[0].text.contains("नंबर हमें नहीं दिखता") {
        phone.says("छोड़ दें", 1).await;
    }
    phone.says("सुनीता देवी", 1).await;
    phone.says("लखनऊ", 1).await;
    phone.says("लखनऊ पूर्व", 1).await;
    phone.says("12", 1).await;
    let welcome = phone.taps("right", 2).await;
    phone.taps("yes", 1).await;
    welcome[0].text.clone()
}

async fn my_data(phone: &mut Phone<'_>) -> String {
    phone.says("मेरी जानकारी", 1).await.remove(0).text
}

fn is_member(data: &str) -> bool {
    data.contains("सुनीता देवी")
}

/// A note of the provider that this person is now somebody else.
fn change(kind: &str, new: &Value) -> Said {
    let mut system = json!({"type": kind, "body": "User सुनीता changed"});
    system.as_object_mut().unwrap().extend(new.as_object().unwrap().clone());
    let whole = json!({"type": "system", "system": system});
    Said::Raw(whole.as_object().unwrap().clone())
}

/// Posts `value` under this field, as the provider.
async fn post(house: &House, field: &str, value: Value) {
    let business = Business::default();
    let mut whole = json!({"messaging_product": "whatsapp", "metadata":
        {"display_phone_number": "1", "phone_number_id": business.phone_number_id}});
    whole.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": business.waba_id,
        "changes": [{"field": field, "value": whole}]}]});
    assert_eq!(house.sandbox.post_envelope(body.to_string().into_bytes()).await, Some(200));
}

async fn contacts(house: &House) -> u64 {
    house.metric("samvad_contacts").await
}

async fn house() -> House {
    House::new(Plan { sandbox: Some(|options| options.only_road = false), ..Plan::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_without_a_number_joins_and_is_the_same_when_the_number_comes() {
    let house = house().await;
    let _server = house.start();
    let mut nameless = Phone::new(&house, by_user(USER));
    let welcome = join(&mut nameless).await;
    assert!(welcome.contains("UP"), "{welcome}");
    assert!(nameless.heard.iter().all(|send| send.to == USER));
    let data = my_data(&mut nameless).await;
    assert!(is_member(&data) && data.contains("मोबाइल नंबर: दर्ज नहीं"), "{data}");
    nameless.taps("ok", 1).await;

    let mut known = Phone::new(&house, by_both(NUMBER, USER));
    let data = my_data(&mut known).await;
    assert!(is_member(&data) && data.contains("मोबाइल नंबर: दर्ज है"), "{data}");
    known.taps("ok", 1).await;

    // From either alone it is still the same person.
    let mut number_alone = Phone::new(&house, by_number(NUMBER));
    assert!(is_member(&my_data(&mut number_alone).await));
    let mut user_alone = Phone::new(&house, by_user(USER));
    assert!(is_member(&my_data(&mut user_alone).await));
    assert_eq!(contacts(&house).await, 1);
    assert_eq!(house.sandbox.verdict().refused, std::collections::BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_user_id_takes_the_member_along() {
    let house = house().await;
    let _server = house.start();
    let mut before = Phone::new(&house, by_user(USER));
    join(&mut before).await;
    let new = json!({"user_id": "IN.777", "parent_user_id": "IN.ENT.7"});
    before.sends(change("user_changed_user_id", &new), None, 0).await;
    assert!(house.sandbox.until_quiet(QUIET).await);
    let mut after = Phone::new(&house, by_user("IN.777"));
    assert!(is_member(&my_data(&mut after).await));
    assert_eq!(contacts(&house).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_number_takes_the_member_along_and_the_old_one_is_a_strangers() {
    let house = house().await;
    let _server = house.start();
    // Known by the number alone, and by the number with the user id.
    let mut before = Phone::new(&house, by_number(NUMBER));
    join(&mut before).await;
    let mut before = Phone::new(&house, by_both(NUMBER, USER));
    assert!(is_member(&my_data(&mut before).await));
    before.taps("ok", 1).await;
    let new = json!({"wa_id": "919811110001", "user_id": "IN.777"});
    before.sends(change("user_changed_user_id", &new), None, 0).await;
    assert!(house.sandbox.until_quiet(QUIET).await);

    let mut after = Phone::new(&house, by_both("919811110001", "IN.777"));
    let data = my_data(&mut after).await;
    assert!(is_member(&data), "{data}");
    after.taps("ok", 1).await;
    // Numbers are given to the next customer.
    let mut stranger = Phone::new(&house, by_number(NUMBER));
    let data = my_data(&mut stranger).await;
    assert!(!is_member(&data), "a stranger is shown somebody's data: {data}");
    assert_eq!(contacts(&house).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_number_is_given_up_whatever_the_new_identity_is() {
    let house = house().await;
    let _server = house.start();
    let news = [
        // A number of another country.
        (json!({"wa_id": "447700900123"}), by_number("447700900123"), "दर्ज है"),
        // A user id alone: the new number is not told.
        (json!({"user_id": "IN.778"}), by_user("IN.778"), "दर्ज नहीं"),
    ];
    for (place, (new, person, kept)) in news.into_iter().enumerate() {
        let number = format!("91981234567{place}");
        let mut before = Phone::new(&house, by_both(&number, &format!("{USER}{place}")));
        join(&mut before).await;
        // The same note twice makes nobody up.
        for _ in 0..2 {
            let key = Some(format!("wamid.change.{place}"));
            let said = change("user_changed_user_id", &new);
            house.sandbox.say(Saying { key, ..Saying::of(by_number(&number), said) });
            assert!(house.sandbox.until_quiet(QUIET).await);
        }
        let mut after = Phone::new(&house, person);
        let data = my_data(&mut after).await;
        assert!(is_member(&data), "{data}");
        assert!(data.contains(&format!("मोबाइल नंबर: {kept}")), "{data}");
        let mut stranger = Phone::new(&house, by_number(&number));
        let data = my_data(&mut stranger).await;
        assert!(!is_member(&data), "a stranger is shown somebody's data: {data}");
    }
    assert_eq!(contacts(&house).await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_number_in_the_middle_of_an_envelope_does_not_part_the_person() {
    let house = house().await;
    let _server = house.start();
    let (old, new) = (by_number(NUMBER), by_number("919811110001"));
    let text = |text: &str| Said::Text(text.to_owned());
    let said = [
        (&old, text("सदस्य")),
        (&old, text("हाँ")),
        (&old, change("user_changed_number", &json!({"wa_id": "919811110001"}))),
        (&new, text("1985")),
    ];
    let at = Clock::System.now();
    let updates: Vec<Update> = said
        .iter()
        .enumerate()
        .map(|(place, (person, said))| {
            Update::message(person, &format!("wamid.{place}"), said, None, at)
        })
        .collect();
    let body = envelope(&Business::default(), &updates, Layout::OneValue, true);
    for _ in 0..3 {
        assert_eq!(house.sandbox.post_envelope(body.clone()).await, Some(200));
    }
    let sandbox = &house.sandbox;
    assert!(sandbox.until(QUIET, |sandbox| sandbox.verdict().taken >= 3).await);
    let texts: Vec<String> = sandbox.sends().into_iter().map(|send| send.text).collect();
    assert_eq!(texts.len(), 3, "{texts:#?}");
    assert!(texts[2].contains("पूरा नाम"), "the conversation goes on in its order: {texts:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_abroad_is_answered_under_their_own_country() {
    let house = house().await;
    let _server = house.start();
    let mut abroad = Phone::new(&house, by_number("6591234567"));
    join(&mut abroad).await;
    assert!(abroad.heard.iter().all(|send| send.to == "6591234567"));
    let mut indian = Phone::new(&house, by_number("916591234567"));
    assert!(!is_member(&my_data(&mut indian).await), "65… is Singapore, +91 65… is not");
    assert_eq!(contacts(&house).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_messages_of_one_person_in_one_envelope_are_answered_in_their_order() {
    let house = house().await;
    let _server = house.start();
    let at = Clock::System.now();
    for layout in [Layout::OneValue, Layout::Changes, Layout::Entries] {
        let number = format!("9198{:08}", 10_000_000 + layout as u32);
        let person = by_number(&number);
        let said = ["सदस्य", "हाँ", "1985"];
        let updates: Vec<Update> = said
            .iter()
            .enumerate()
            .map(|(place, text)| {
                let key = format!("wamid.{number}.{place}");
                Update::message(&person, &key, &Said::Text((*text).to_owned()), None, at)
            })
            .collect();
        let body = envelope(&Business::default(), &updates, layout, true);
        assert_eq!(house.sandbox.post_envelope(body).await, Some(200));
        let sandbox = &house.sandbox;
        assert!(sandbox.until(QUIET, |sandbox| sandbox.sends_to(&number).len() >= 3).await);
        let texts: Vec<SendEntry> = sandbox.sends_to(&number);
        assert_eq!(texts.len(), 3, "{texts:#?}");
        assert!(texts[1].text.contains("साल"), "{texts:#?}");
        assert!(texts[2].text.contains("नाम"), "{texts:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_told_to_the_provider_shows_in_the_persons_data_and_so_does_the_return() {
    let house = house().await;
    let _server = house.start();
    let mut phone = Phone::new(&house, by_number(NUMBER));
    join(&mut phone).await;
    assert!(my_data(&mut phone).await.contains("की खबर: चालू"));
    for (word, shown) in [("stop", "बंद"), ("resume", "चालू")] {
        // Meta tells whole seconds; what was said here before is not to be within the same.
        let at = Clock::System.now().as_second() + if word == "stop" { 1 } else { 2 };
        let told = json!({"contacts": [{"wa_id": NUMBER}], "user_preferences": [{"wa_id": NUMBER,
            "category": "marketing_messages", "value": word, "timestamp": at}]});
        post(&house, "user_preferences", told).await;
        let data = my_data(&mut phone).await;
        for what in ["की खबर", "सदस्यता के संदेश"] {
            assert!(data.contains(&format!("{what}: {shown}")), "{word}: {data}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_refused_because_the_person_stopped_us_withdraws_their_consent() {
    let house = house().await;
    let _server = house.start();
    for (number, named) in [("919812345601", true), ("919812345602", false)] {
        let mut phone = Phone::new(&house, by_number(number));
        join(&mut phone).await;
        let last = phone.heard.last().unwrap().clone();
        let person = if named { by_number(number) } else { Person::default() };
        let stopped = (131_050, "User has stopped marketing messages");
        let failed = Update::status(
            &person,
            last.wamid.as_deref().unwrap(),
            StatusWord::Failed,
            last.opaque.as_deref(),
            Some(stopped),
            // Meta tells whole seconds; the consent is not to be within the same.
            Clock::System.now() + Duration::from_secs(1),
        );
        let body = envelope(&Business::default(), &[failed], Layout::OneValue, true);
        assert_eq!(house.sandbox.post_envelope(body).await, Some(200));
        let data = my_data(&mut phone).await;
        assert!(data.contains("की खबर: बंद"), "named {named}: {data}");
    }
    assert_eq!(contacts(&house).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_of_a_message_nobody_knows_is_taken_and_kept() {
    let house = house().await;
    let _server = house.start();
    for word in [StatusWord::Sent, StatusWord::Failed] {
        let at = Clock::System.now();
        let person = by_number(NUMBER);
        let status = Update::status(&person, "wamid.theirs", word, Some("sv1.9.9"), None, at);
        let body = envelope(&Business::default(), &[status], Layout::OneValue, false);
        assert_eq!(house.sandbox.post_envelope(body).await, Some(200));
    }
    assert_eq!(house.metric("samvad_unmatched_statuses").await, 2);
    assert_eq!(contacts(&house).await, 0);
}
