//! What people ask the office for and whom they bring, from the phone to the office's terminal.

use std::time::Duration;

use samvad::sandbox::envelope::{Person, Said};

use crate::support::house::{House, Plan};
use crate::support::phone::Phone;

/// What the office reads of its requests, beside the running server.
fn office(house: &House, words: &[&str]) -> String {
    house.office(&[&["requests"], words].concat())
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
    office(&house, &["done", &ticket]);
    assert!(office(&house, &["list"]).starts_with("0 open"), "settled beside the server");
    server.stop();
}

/// A photo as WhatsApp tells of it: a name by which it can be fetched.
fn photo(id: &str) -> Said {
    let message = serde_json::json!({
        "type": "image",
        "image": {"id": id, "mime_type": "image/jpeg", "sha256": "q+8="},
    });
    let serde_json::Value::Object(members) = message else { unreachable!() };
    Said::Raw(members)
}

async fn until_listed(house: &House, what: &str) -> String {
    for _ in 0..400 {
        let listed = house.office(&["media", "list"]);
        if listed.contains(what) {
            return listed;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no {what} in {}", house.office(&["media", "list"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_of_a_complaint_is_kept_sealed_opened_at_the_office_and_erased() {
    let house = House::new(Plan::default()).await;
    let server = house.start();
    let mut phone = Phone::new(&house, Person::phone("919812345678"));
    let bytes = b"\xff\xd8\xff the photo of a broken pump".repeat(2_000);
    let id = house.sandbox.put_media("image/jpeg", bytes.clone());
    for words in ["शिकायत", "गोंडा", "गोंडा"] {
        phone.says(words, 1).await;
    }
    phone.sends(photo(&id), None, 1).await;
    let done = phone.taps("yes", 2).await;
    let listed = office(&house, &["list"]);
    let ticket = listed.split_whitespace().next().unwrap().to_owned();
    assert!(done[0].text.contains(&ticket), "{listed} {done:#?}");

    let media = until_listed(&house, "image/jpeg").await;
    assert!(media.contains("98••••5678") && !media.contains("9812345678"), "{media}");
    let number = media.split_whitespace().next().unwrap().to_owned();
    let shown = office(&house, &["show", &ticket]);
    assert!(shown.contains(&format!(": {number} image image/jpeg")), "{shown}");
    let clear = |(_, file): &(_, Vec<u8>)| file.windows(11).any(|part| part == b"broken pump");
    assert!(!house.everything_on_disk().iter().any(clear), "it lies in clear somewhere");

    let out = house.folder.path().join("exported.jpg");
    let path = out.display().to_string();
    house.office(&["media", "export", &number, "--out", &path]);
    assert_eq!(std::fs::read(&out).unwrap(), bytes);
    std::fs::remove_file(&out).unwrap();

    let folder = house.data().join("media");
    let files = || {
        let mut count = 0;
        for shelf in std::fs::read_dir(&folder).unwrap() {
            count += std::fs::read_dir(shelf.unwrap().path()).unwrap().count();
        }
        count
    };
    assert_eq!(files(), 1);
    house.office(&["media", "erase", &number]);
    assert_eq!(files(), 0);
    assert!(house.office(&["media", "list"]).starts_with("0 media"));
    // The server has noticed nothing, and the person goes on.
    phone.says("शिकायत", 1).await;
    server.stop();
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
