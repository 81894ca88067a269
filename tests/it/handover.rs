//! A conversation that a person of the office takes over and gives back: the flow goes on at once, with
//! both engines of the records, while the server runs.

use std::path::Path;

use samvad::sandbox::envelope::Person;

use crate::reload::copy;
use crate::support::house::{House, Plan};
use crate::support::phone::Phone;
use crate::support::postgres::PostgresServer;

const FLOW: &str = "\
flow: pump
about: Somebody of the office asks about a pump.
start: {words: [पंप]}
steps:
  office: {handoff: office}
  rating: {ask: rating, answer: {number: {from: 1, to: 5}}}
  done: {say: done, end: true}
expires: 7d
";

const TEXTS: &str = "\
office = SOMEBODY WILL ANSWER.
rating = HOW WAS IT?
done = THANK YOU.
changed = THE QUESTIONS CHANGED.
";

async fn a_conversation_given_back_goes_on_at_once(records: String) {
    let folder = tempfile::tempdir().unwrap();
    let (flows, locales) = (folder.path().join("flows"), folder.path().join("locales"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    copy(&root.join("flows"), &flows);
    copy(&root.join("locales"), &locales);
    std::fs::write(flows.join("pump.yaml"), FLOW).unwrap();
    for language in std::fs::read_dir(&locales).unwrap() {
        std::fs::write(language.unwrap().path().join("pump.ftl"), TEXTS).unwrap();
    }
    let settings = vec![
        ("SAMVAD_FLOWS", flows.display().to_string()),
        ("SAMVAD_LOCALES", locales.display().to_string()),
    ];
    let house = House::new(Plan { records, settings, ..Plan::default() }).await;
    let server = house.start();
    let mut phone = Phone::new(&house, Person::phone("919812345678"));
    assert!(phone.says("पंप", 1).await[0].text.contains("SOMEBODY WILL ANSWER."));
    phone.says("मेरी बात सुनिए", 0).await;

    let listed = house.office(&["handover", "list"]);
    assert!(listed.contains("98••••5678 handoff: pump/office"), "{listed}");
    let id = listed.split_whitespace().next().unwrap();
    house.office(&["handover", "return", id]);
    assert!(phone.hears(1).await[0].text.contains("HOW WAS IT?"));
    assert!(phone.says("5", 1).await[0].text.contains("THANK YOU."));

    assert!(house.office(&["handover", "list"]).starts_with("0 conversations"));
    let twice = house.office_fails(&["handover", "return", id]);
    assert!(twice.contains("`samvad handover list` shows those it has"), "{twice}");
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_sqlite() {
    a_conversation_given_back_goes_on_at_once(String::new()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_postgresql() {
    let database = PostgresServer::shared().lend_database();
    a_conversation_given_back_goes_on_at_once(database.url().to_owned()).await;
}
