//! What is said days later, through HTTP: words while the person's window is open, the approved
//! template outside it, and nothing to who did not agree. The program and the sandbox share a clock.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use samvad::clock::Clock;
use samvad::geography::Geography;
use samvad::sandbox::SandboxOptions;
use samvad::sandbox::envelope::Person;
use samvad::sandbox::ledger::{Answer, SendEntry};
use samvad::sandbox::options::ApprovedTemplate;
use samvad::serve::load_flows;

use crate::support::house::{House, Plan};
use crate::support::phone::Phone;

const PATIENCE: Duration = Duration::from_secs(30);
const HOUR: Duration = Duration::from_hours(1);

/// What the office registered is what its flows declare.
fn registered(options: &mut SandboxOptions) {
    let geography = Arc::new(Geography::shipped().unwrap());
    let flows = load_flows(None, None, &geography).unwrap();
    options.templates = flows.templates().iter().flat_map(ApprovedTemplate::all_of).collect();
    assert!(!options.templates.is_empty());
}

/// The provider knows a template, and not this one.
fn registered_elsewhere(options: &mut SandboxOptions) {
    let other = ApprovedTemplate { name: "other".to_owned(), ..ApprovedTemplate::default() };
    options.templates.push(other);
}

async fn house(
    sandbox: fn(&mut SandboxOptions),
    settings: Vec<(&'static str, String)>,
) -> (House, Clock) {
    let clock = Clock::fixed("2026-11-21T06:30:00Z".parse().unwrap());
    let plan =
        Plan { sandbox: Some(sandbox), settings, clock: Some(clock.clone()), ..Plan::default() };
    let house = House::new(plan).await;
    house.serve_here().await;
    (house, clock)
}

fn citizen() -> Person {
    Person { phone: Some("919812345678".to_owned()), ..Person::default() }
}

/// Files a complaint; `may_we` is what they answer to the question whether they may be asked later.
async fn complains(house: &House, phone: &mut Phone<'_>, may_we: &str) -> String {
    phone.says("शिकायत", 1).await;
    phone.says("गोंडा", 1).await;
    phone.says("गोंडा", 1).await;
    phone.says("हैंडपंप सूखा है", 1).await;
    let said = phone.taps("yes", 2).await;
    phone.taps(may_we, 0).await;
    assert!(house.sandbox.until_quiet(PATIENCE).await);
    let ticket = said[0].text.split_whitespace().find(|word| word.starts_with('T')).unwrap();
    ticket.trim_end_matches([',', '।']).to_owned()
}

/// The next message to the person, whatever it is and whether it was taken or not.
async fn next(house: &House, before: usize) -> SendEntry {
    let phone = citizen().phone.unwrap();
    let came = house.sandbox.until(PATIENCE, |sandbox| sandbox.sends_to(&phone).len() > before);
    assert!(came.await, "nothing more was sent");
    let sends = house.sandbox.sends_to(&phone);
    assert_eq!(sends.len(), before + 1, "{sends:#?}");
    sends[before].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_days_later_the_question_is_the_approved_template_and_its_quick_reply_the_choice() {
    let (house, clock) = house(registered, Vec::new()).await;
    let mut phone = Phone::new(&house, citizen());
    let ticket = complains(&house, &mut phone, "yes").await;
    clock.advance(HOUR * 71);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(house.sandbox.sends_to("919812345678").len(), phone.heard.len(), "not before");
    clock.advance(HOUR);
    let asked = next(&house, phone.heard.len()).await;
    assert_eq!((asked.kind.as_str(), asked.answer), ("template", Answer::Accepted), "{asked:#?}");
    assert!(asked.text.contains(&ticket), "{} in {}", ticket, asked.text);
    let labels: Vec<&str> = asked.offered.iter().map(|offered| offered.title.as_str()).collect();
    assert_eq!(labels, ["हाँ, दूर हो गई", "नहीं, अभी नहीं"]);

    phone.heard.push(asked);
    let told = phone.taps("no", 1).await;
    assert_eq!(told[0].kind, "text");
    assert!(told[0].text.contains("दोबारा भेज दी"), "{told:#?}");
    assert!(house.sandbox.until_quiet(PATIENCE).await);
    assert_eq!(house.metric("samvad_outgoing{status=\"suppressed\"}").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_wrote_on_the_third_day_is_asked_in_words_with_buttons() {
    let (house, clock) = house(registered, Vec::new()).await;
    let mut phone = Phone::new(&house, citizen());
    complains(&house, &mut phone, "yes").await;
    clock.advance(HOUR * 60);
    phone.says("धन्यवाद", 1).await;
    assert!(house.sandbox.until_quiet(PATIENCE).await);
    clock.advance(HOUR * 12);
    let asked = next(&house, phone.heard.len()).await;
    assert_eq!((asked.kind.as_str(), asked.answer), ("interactive", Answer::Accepted));
    phone.heard.push(asked);
    let told = phone.taps("yes", 1).await;
    assert!(told[0].text.contains("जानकर अच्छा लगा"), "{told:#?}");
}

/// The shipped files, with words of one of them replaced.
fn edited(into: &Path, from: &str, to: &str) -> Vec<(&'static str, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["flows", "locales"] {
        copy(&root.join(folder), &into.join(folder));
    }
    let path = into.join("flows/complaint.yaml");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(&path, text.replace(from, to)).unwrap();
    let named = |folder: &str| into.join(folder).display().to_string();
    vec![("SAMVAD_FLOWS", named("flows")), ("SAMVAD_LOCALES", named("locales"))]
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_said_no_is_not_asked_even_by_a_flow_that_tries() {
    let folder = tempfile::tempdir().unwrap();
    let asks_all_the_same = "when: {yes: rest, no: rest}";
    let settings = edited(folder.path(), "when: {yes: rest, no: not_asked}", asks_all_the_same);
    let path = folder.path().join("flows/complaint.yaml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("  not_asked: {say: not-asked, end: true}\n", "")).unwrap();
    let (house, clock) = house(registered, settings).await;
    let mut phone = Phone::new(&house, citizen());
    complains(&house, &mut phone, "no").await;
    clock.advance(HOUR * 72);
    for _ in 0..200 {
        if house.metric("samvad_outgoing{status=\"suppressed\"}").await == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(house.metric("samvad_outgoing{status=\"suppressed\"}").await, 1);
    assert_eq!(house.sandbox.sends_to("919812345678").len(), phone.heard.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_that_was_never_registered_is_refused_once_and_the_conversation_goes_on() {
    let (house, clock) = house(registered_elsewhere, Vec::new()).await;
    let mut phone = Phone::new(&house, citizen());
    complains(&house, &mut phone, "yes").await;
    clock.advance(HOUR * 72);
    let refused = next(&house, phone.heard.len()).await;
    assert_eq!((refused.kind.as_str(), refused.answer), ("template", Answer::Refused(132_001)));
    phone.heard.push(refused);
    let told = phone.says("नहीं", 1).await;
    assert!(told[0].text.contains("दोबारा भेज दी"), "{told:#?}");
    assert_eq!(house.metric("samvad_outgoing{status=\"failed\"}").await, 1);
}
