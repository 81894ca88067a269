//! Broadcasts that come again: approved once at the terminal, run by the server on each of their days.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan as _};
use samvad::broadcast::in_india;
use samvad::clock::Clock;
use samvad::geography::Geography;
use samvad::sandbox::SandboxOptions;
use samvad::sandbox::envelope::Person;
use samvad::sandbox::ledger::SendEntry;
use samvad::sandbox::options::ApprovedTemplate;
use samvad::serve::load_flows;
use tempfile::TempDir;

use crate::support::house::{House, Plan};
use crate::support::phone::Phone;
use crate::support::postgres::PostgresServer;

const PATIENCE: Duration = Duration::from_mins(2);

/// What the office registered is what its flows declare.
fn registered(options: &mut SandboxOptions) {
    let geography = Arc::new(Geography::shipped().unwrap());
    let flows = load_flows(None, None, &geography).unwrap();
    options.templates = flows.templates().iter().flat_map(ApprovedTemplate::all_of).collect();
}

fn file(about: &str, send: &str) -> String {
    format!(
        "broadcast: news
about: {about}
audience: \"true\"
template: booth_meeting
values:
  name: {{otherwise: {{hi: साथी, en: friend, ur: ساتھی}}}}
  day: {{hi: रविवार 10 जनवरी, en: Sunday 10 January, ur: اتوار 10 جنوری}}
buttons: {{stop: stop}}
send: {{{send}}}
"
    )
}

/// A folder of broadcasts with this one in it.
fn folder(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("news.yaml");
    fs::write(&path, text).unwrap();
    (folder, path)
}

fn plan(broadcasts: &TempDir) -> Plan {
    let settings = vec![
        ("SAMVAD_BROADCAST_FOLDER", broadcasts.path().display().to_string()),
        ("SAMVAD_WHATSAPP_TIER", "0".to_owned()),
    ];
    Plan { sandbox: Some(registered), settings, ..Plan::default() }
}

/// Somebody who asked for the office's messages.
async fn citizen<'h>(house: &'h House, number: &str) -> Phone<'h> {
    let mut phone =
        Phone::new(house, Person { phone: Some(number.to_owned()), ..Person::default() });
    phone.says("संदेश चालू", 1).await;
    phone.taps("yes", 1).await;
    phone
}

/// Planned, tested and approved by two, and run.
async fn begun(house: &House, ravi: &mut Phone<'_>) {
    let planned = house.office(&["broadcast", "plan", "news", "--by", "Ravi"]);
    assert!(planned.contains("news is a draft."), "{planned}");
    assert!(planned.contains("says yes to all its days"), "{planned}");
    house.office(&["broadcast", "test", "news", "--to", "9812345671", "--by", "Ravi"]);
    ravi.hears(1).await;
    let alone = house.office_fails(&["broadcast", "run", "news", "--by", "Ravi"]);
    assert!(alone.contains("somebody else than Ravi says yes to it first"), "{alone}");
    let approved = house.office(&["broadcast", "approve", "news", "--by", "Sunita"]);
    assert!(approved.contains("for 2 people on each of its days"), "{approved}");
    let ran = house.office(&["broadcast", "run", "news", "--by", "Ravi"]);
    assert!(ran.contains("news repeats from here on"), "{ran}");
}

/// The next message to the phone: flows are read and checked before a day leaves.
async fn next(house: &House, phone: &mut Phone<'_>) -> SendEntry {
    let (id, before) = (phone.person.phone.clone().unwrap(), phone.heard.len());
    let came = house.sandbox.until(PATIENCE, |sandbox| sandbox.sends_to(&id).len() > before);
    assert!(came.await, "nothing more was sent");
    phone.hears(1).await.remove(0)
}

/// Waits until the status of the broadcast says this.
async fn until_told(house: &House, name: &str, words: &str) -> String {
    let until = Instant::now() + PATIENCE;
    loop {
        let status = house.office(&["broadcast", "status", name]);
        if status.contains(words) {
            return status;
        }
        assert!(Instant::now() < until, "never {words}: {status}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

fn today() -> Date {
    let india = TimeZone::fixed(Offset::from_seconds(19_800).unwrap());
    Clock::System.now().to_zoned(india).date()
}

fn ten_o_clock(day: Date) -> Timestamp {
    in_india(day.at(10, 0, 0, 0)).unwrap()
}

/// The clock goes on to this moment.
fn until(clock: &Clock, moment: Timestamp) {
    clock.advance(Duration::try_from(moment.duration_since(clock.now())).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_day_of_a_series_leaves_by_itself_once_and_a_changed_file_stops_the_next_with_its_reason()
 {
    let days: Vec<Date> = (1..=3).map(|day| today().saturating_add(day.days())).collect();
    let send = format!("from: {} 10:00, before: 20:00, repeat: daily, until: {}", days[0], days[2]);
    let (broadcasts, path) = folder(&file("रोज की खबर।", &send));
    let clock = Clock::fixed(Clock::System.now());
    let house = House::new(Plan { clock: Some(clock.clone()), ..plan(&broadcasts) }).await;
    house.serve_here().await;
    let mut ravi = citizen(&house, "919812345671").await;
    let mut sita = citizen(&house, "919812345672").await;
    begun(&house, &mut ravi).await;
    let status = house.office(&["broadcast", "status", "news"]);
    assert!(status.contains("news repeats daily until"), "{status}");
    let nothing = house.office_fails(&["broadcast", "report", "news"]);
    assert!(nothing.contains("no day of news was sent yet"), "{nothing}");

    for day in &days[..2] {
        until(&clock, ten_o_clock(*day));
        let heard = next(&house, &mut sita).await;
        assert!(heard.text.contains("नमस्ते साथी जी!"), "{heard:#?}");
        next(&house, &mut ravi).await;
        assert!(house.sandbox.until_quiet(PATIENCE).await);
        let name = format!("news.{day}");
        until_told(&house, "news", &format!("{name} done, 2 recipients, 2 sent")).await;
        let report = house.office(&["broadcast", "report", "news"]);
        assert!(report.contains(&name), "the newest day: {report}");
    }
    // It is approved as one, and no day by itself.
    let day = format!("news.{}", days[1]);
    let alone = house.office_fails(&["broadcast", "approve", &day, "--by", "Sunita"]);
    assert!(alone.contains("is a day of news"), "{alone}");

    // Other words than somebody said yes to.
    fs::write(&path, file("और कुछ।", &send)).unwrap();
    until(&clock, ten_o_clock(days[2]));
    let last = format!("news.{}", days[2]);
    let waits = until_told(&house, "news", &format!("{last} waits")).await;
    assert!(waits.contains("changed since it was approved"), "{waits}");
    assert_eq!(house.metric("samvad_broadcast_days_waiting").await, 1);
    until(&clock, ten_o_clock(days[2]) + jiff::SignedDuration::from_hours(10));
    let missed = until_told(&house, "news", &format!("{last} expired")).await;
    assert!(missed.contains("changed since it was approved"), "the reason stays: {missed}");
    until_told(&house, "news", "news is done").await;
    // From there on nothing brings it back.
    fs::write(&path, file("रोज की खबर।", &send)).unwrap();
    tokio::time::sleep(Duration::from_secs(5)).await;
    for phone in [&ravi, &sita] {
        let id = phone.person.phone.clone().unwrap();
        assert_eq!(house.sandbox.sends_to(&id).len(), phone.heard.len(), "once each day");
    }
    assert_eq!(house.metric("samvad_broadcast_days_total{outcome=\"run\"}").await, 2);
    assert_eq!(house.metric("samvad_broadcast_days_total{outcome=\"missed\"}").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_can_be_left_out_a_series_paused_and_more_people_than_were_approved_stop_it() {
    let days: Vec<Date> = (1..=4).map(|day| today().saturating_add(day.days())).collect();
    let send = format!("from: {} 10:00, before: 20:00, repeat: daily, until: {}", days[0], days[3]);
    let (broadcasts, _) = folder(&file("रोज की खबर।", &send));
    let clock = Clock::fixed(Clock::System.now());
    let mut settings = plan(&broadcasts).settings;
    settings.push(("SAMVAD_BROADCAST_APPROVE_ABOVE", "0".to_owned()));
    let house =
        House::new(Plan { clock: Some(clock.clone()), settings, ..plan(&broadcasts) }).await;
    house.serve_here().await;
    let mut ravi = citizen(&house, "919812345671").await;
    let mut sita = citizen(&house, "919812345672").await;
    begun(&house, &mut ravi).await;
    let names: Vec<String> = days.iter().map(|day| format!("news.{day}")).collect();

    // Before it comes, one day is left out.
    let why = ["--by", "Ravi", "--why", "होली"];
    let left_out = house.office(&[&["broadcast", "cancel", &names[0]][..], &why].concat());
    assert!(left_out.contains(&format!("{} is cancelled", names[0])), "{left_out}");
    until(&clock, ten_o_clock(days[0]));
    tokio::time::sleep(Duration::from_secs(5)).await;
    let status = house.office(&["broadcast", "status", "news"]);
    assert!(status.contains(&format!("{} cancelled: होली", names[0])), "{status}");

    // A pause lasts over the hour of a day; resumed before its end, it is sent.
    house.office(&[&["broadcast", "pause", "news"][..], &why].concat());
    until(&clock, ten_o_clock(days[1]));
    let waits = until_told(&house, "news", &format!("{} waits", names[1])).await;
    assert!(waits.contains("news is paused: होली"), "{waits}");
    house.office(&["broadcast", "resume", "news", "--by", "Ravi"]);
    next(&house, &mut sita).await;
    next(&house, &mut ravi).await;
    until_told(&house, "news", &format!("{} done", names[1])).await;

    // Somebody more came than anybody said yes to.
    let _mohan = citizen(&house, "919812345673").await;
    until(&clock, ten_o_clock(days[2]));
    let waits = until_told(&house, "news", &format!("{} waits", names[2])).await;
    assert!(waits.contains("3 people; Sunita said yes to 2"), "{waits}");
    let over = house.office(&[&["broadcast", "cancel", "news"][..], &why].concat());
    assert!(over.contains("none of its days comes any more"), "{over}");
    until(&clock, ten_o_clock(days[3]));
    tokio::time::sleep(Duration::from_secs(5)).await;
    for phone in [&ravi, &sita] {
        let id = phone.person.phone.clone().unwrap();
        assert_eq!(house.sandbox.sends_to(&id).len(), phone.heard.len(), "on one day alone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_servers_one_runs_a_day_and_nobody_gets_it_twice() {
    // Its only day began before anybody was up, and is not over.
    let day = today().saturating_add((-1).days());
    let end = today().saturating_add(2.days());
    let send = format!("from: {day} 10:00, before: {end} 20:00, repeat: weekly, until: {day}");
    let (broadcasts, _) = folder(&file("हफ्ते की खबर।", &send));
    let database = PostgresServer::shared().lend_database();
    let records = database.url().to_owned();
    let plan = Plan { records, replicas: 2, ..plan(&broadcasts) };
    let house = House::new(plan).await;
    let servers = [house.start_replica(0), house.start_replica(1)];
    let mut ravi = citizen(&house, "919812345671").await;
    let mut sita = citizen(&house, "919812345672").await;
    begun(&house, &mut ravi).await;
    next(&house, &mut sita).await;
    next(&house, &mut ravi).await;
    until_told(&house, "news", &format!("news.{day} done, 2 recipients, 2 sent")).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    for phone in [&ravi, &sita] {
        let id = phone.person.phone.clone().unwrap();
        assert_eq!(house.sandbox.sends_to(&id).len(), phone.heard.len(), "once");
    }
    let run = "samvad_broadcast_days_total{outcome=\"run\"}";
    assert_eq!(house.metric_of_all(run).await, 1, "by one of them");
    for server in servers {
        server.stop();
    }
}
