//! Broadcasts that come again: approved once at the terminal, run by the server on each of their days.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan as _};
use samvad::broadcast::BroadcastState::{self, Approved, Cancelled, Done, Expired};
use samvad::broadcast::in_india;
use samvad::clock::Clock;
use samvad::config::{Config, Origins};
use samvad::geography::Geography;
use samvad::records::Beside;
use samvad::sandbox::SandboxOptions;
use samvad::sandbox::envelope::Person;
use samvad::sandbox::ledger::SendEntry;
use samvad::sandbox::options::ApprovedTemplate;
use samvad::serve::load_flows;
use tempfile::TempDir;

use crate::support::broadcast::beside;
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

/// The records beside the server.
async fn records(house: &House) -> Beside {
    let settings = house.settings().iter();
    let mut environment: Vec<(String, String)> =
        settings.map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    environment.push(("SAMVAD_DATA".to_owned(), house.data().display().to_string()));
    beside(&Config::read(&Origins { environment, ..Origins::default() }).unwrap()).await
}

/// Waits until a broadcast stands so, for this reason where one is named.
async fn until_it_is(records: &Beside, name: &str, state: BroadcastState, why: &str) {
    let until = Instant::now() + PATIENCE;
    loop {
        let row = records.broadcast(name).await.unwrap();
        let is_so = row.as_ref().is_some_and(|row| {
            row.state == state && row.why.as_deref().unwrap_or_default().contains(why)
        });
        if is_so {
            return;
        }
        let stands = row.map(|row| (row.state, row.why));
        assert!(Instant::now() < until, "{name} is never {}, {why}: {stands:?}", state.name());
        tokio::time::sleep(Duration::from_millis(100)).await;
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

    let records = records(&house).await;
    for day in &days[..2] {
        until(&clock, ten_o_clock(*day));
        let heard = next(&house, &mut sita).await;
        assert!(heard.text.contains("नमस्ते साथी जी!"), "{heard:#?}");
        next(&house, &mut ravi).await;
        assert!(house.sandbox.until_quiet(PATIENCE).await);
        until_it_is(&records, &format!("news.{day}"), Done, "").await;
    }
    let report = house.office(&["broadcast", "report", "news"]);
    assert!(report.contains(&format!("news.{}", days[1])), "the newest day: {report}");
    // It is approved as one, and no day by itself.
    let day = format!("news.{}", days[1]);
    let alone = house.office_fails(&["broadcast", "approve", &day, "--by", "Sunita"]);
    assert!(alone.contains("is a day of news"), "{alone}");

    // Other words than somebody said yes to.
    fs::write(&path, file("और कुछ।", &send)).unwrap();
    until(&clock, ten_o_clock(days[2]));
    let last = format!("news.{}", days[2]);
    until_it_is(&records, &last, Approved, "changed since it was approved").await;
    let status = house.office(&["broadcast", "status", "news"]);
    assert!(status.contains(&format!("{last} waits: its file")), "{status}");
    assert!(status.contains(&format!("news.{} done, 2 recipients, 2 sent", days[0])), "{status}");
    assert_eq!(house.metric("samvad_broadcast_days_waiting").await, 1);
    until(&clock, ten_o_clock(days[2]) + jiff::SignedDuration::from_hours(10));
    until_it_is(&records, &last, Expired, "changed since it was approved").await;
    until_it_is(&records, "news", Done, "").await;
    let status = house.office(&["broadcast", "status", "news"]);
    assert!(status.contains("news is done"), "{status}");
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

    // A pause lasts over the hour of a day; resumed before its end, it is sent.
    house.office(&[&["broadcast", "pause", "news"][..], &why].concat());
    until(&clock, ten_o_clock(days[1]));
    let records = records(&house).await;
    until_it_is(&records, &names[1], Approved, "news is paused: होली").await;
    house.office(&["broadcast", "resume", "news", "--by", "Ravi"]);
    next(&house, &mut sita).await;
    next(&house, &mut ravi).await;
    until_it_is(&records, &names[1], Done, "").await;
    until_it_is(&records, &names[0], Cancelled, "होली").await;

    // Somebody more came than anybody said yes to.
    let _mohan = citizen(&house, "919812345673").await;
    until(&clock, ten_o_clock(days[2]));
    until_it_is(&records, &names[2], Approved, "3 people; Sunita said yes to 2").await;
    let over = house.office(&[&["broadcast", "cancel", "news"][..], &why].concat());
    assert!(over.contains("none of its days comes any more"), "{over}");
    until_it_is(&records, &names[2], Cancelled, "होली").await;
    until(&clock, ten_o_clock(days[3]));
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(records.broadcast(&names[3]).await.unwrap(), None, "nothing more comes");
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
    let url = database.url().to_owned();
    let plan = Plan { records: url, replicas: 2, ..plan(&broadcasts) };
    let house = House::new(plan).await;
    let servers = [house.start_replica(0), house.start_replica(1)];
    let mut ravi = citizen(&house, "919812345671").await;
    let mut sita = citizen(&house, "919812345672").await;
    begun(&house, &mut ravi).await;
    next(&house, &mut sita).await;
    next(&house, &mut ravi).await;
    until_it_is(&records(&house).await, &format!("news.{day}"), Done, "").await;
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
