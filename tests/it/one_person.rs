//! One person, whatever they write by: a number is one contact on WhatsApp and by SMS, and a
//! conversation goes on where they are.

use samvad::sandbox::envelope::Person;

use crate::support::gateway::Gateway;
use crate::support::house::{House, Plan};
use crate::support::phone::Phone;

const NUMBER: &str = "919812345678";

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
    for said in ["1985", "सुनीता देवी", "लखनऊ", "लखनऊ पूर्व", "12"] {
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
