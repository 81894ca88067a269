//! What people ask the office for and whom they bring, from the phone to the office's terminal.

use std::process::Command;

use samvad::sandbox::envelope::Person;

use crate::support::house::{House, Plan};
use crate::support::phone::Phone;

/// What the office reads at its terminal, beside the running server.
fn office(house: &House, words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_samvad"))
        .args(["requests", "--data"])
        .arg(house.data())
        .args(words)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

async fn joins(phone: &mut Phone<'_>, first: &str) {
    phone.says(first, 1).await;
    phone.taps("yes", 1).await;
    for words in ["1985", "सुनीता देवी", "गोंडा", "गोंडा", "१२"]
    {
        phone.says(words, 1).await;
    }
    phone.taps("right", 2).await;
    phone.taps("no", 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_complaint_is_read_at_the_office_in_the_persons_own_words() {
    let house = House::new(Plan::default()).await;
    let server = house.start();
    let mut phone = Phone::new(&house, Person::phone("919812345678"));
    for words in ["शिकायत", "गोंडा", "गोंडा", "नल सूखा है, 9898989898 पर पूछ लें"]
    {
        phone.says(words, 1).await;
    }
    let done = phone.taps("yes", 2).await;

    let listed = office(&house, &["list"]);
    let ticket = listed.split_whitespace().next().unwrap().to_owned();
    assert!(done[0].text.contains(&ticket), "{listed} {done:#?}");
    assert!(listed.contains("complaint") && listed.contains("98••••5678"), "{listed}");
    assert!(!listed.contains("नल"), "the words are shown one request at a time: {listed}");
    let shown = office(&house, &["show", &ticket.to_lowercase()]);
    assert!(shown.contains("what: नल सूखा है, 98••••9898 पर पूछ लें"), "{shown}");
    let whole = office(&house, &["show", &ticket, "--numbers"]);
    assert!(whole.contains("9898989898") && whole.contains("9812345678"), "{whole}");
    server.stop();
    office(&house, &["done", &ticket]);
    assert!(office(&house, &["list"]).starts_with("0 open"), "settled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_sees_at_once_who_joined_by_their_link() {
    let settings = vec![("SAMVAD_WHATSAPP_PHONE", "+91 98000 00000".to_owned())];
    let house = House::new(Plan { settings, ..Plan::default() }).await;
    let server = house.start();
    let mut sunita = Phone::new(&house, Person::phone("919812345678"));
    joins(&mut sunita, "सदस्य").await;
    let shared = sunita.says("साथी जोड़ें", 2).await;
    let (_, link) = shared[1].text.split_once("https://wa.me/919800000000?text=").unwrap();
    let words = link.replace("%20", " ");

    let mut ramesh = Phone::new(&house, Person::phone("919812345679"));
    joins(&mut ramesh, &words).await;
    let counted = sunita.says("साथी जोड़ें", 2).await;
    assert!(counted[0].text.contains("जुड़े साथी: 1"), "{counted:#?}");
    ramesh.says("बंद", 1).await;
    ramesh.taps("give_up", 1).await;
    ramesh.taps("yes", 1).await;
    let fewer = sunita.says("साथी जोड़ें", 2).await;
    assert!(!fewer[0].text.contains("जुड़े साथी"), "{fewer:#?}");
    server.stop();
}
