//! Flows edited while people are inside them, with the real server: by itself, and on SIGHUP.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use samvad::sandbox::envelope::Person;

use crate::support::house::{House, Plan, metric};
use crate::support::phone::Phone;
use crate::support::postgres::PostgresServer;
use crate::support::redis::RedisServer;
use crate::support::server::Server;

const FLOW: &str = "\
flow: mela
about: A visit to the fair.
start: {words: [मेला]}
steps:
  person: {ask: person, answer: person_name}
  people: {ask: people, answer: {number: {from: 1, to: 50}}}
  day: {ask: day, answer: {one_of: [today, tomorrow]}}
  done: {say: done, end: true}
expires: 7d
";

const TEXTS: &str = "\
person = NAME?
people = HOW MANY?
day = WHICH DAY?
    .today = Today
    .tomorrow = Tomorrow
done = WELCOME { $person }, { $people }.
changed = THE QUESTIONS CHANGED.
";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Auto,
    Signal,
}

/// A house whose flows can be edited: the shipped ones, and one more.
struct Office {
    house: House,
    flows: PathBuf,
    locales: PathBuf,
    mode: Mode,
    server: Server,
}

impl Office {
    async fn open(mode: Mode) -> Office {
        let house = House::new(Plan { settings: settings(mode), ..Plan::default() }).await;
        let (flows, locales) = folders(&house);
        let server = start(&house, 0);
        Office { house, flows, locales, mode, server }
    }

    fn phone(&self) -> Phone<'_> {
        Phone::new(&self.house, Person::phone("919812345678"))
    }

    /// Puts a flow or its texts in place of the old ones, and tells the server where it must be told.
    fn edit(&self, edit: Edit<'_>) {
        apply(&self.flows, &self.locales, edit);
        self.tell();
    }

    fn tell(&self) {
        if self.mode == Mode::Signal {
            self.server.signal("HUP");
        }
    }

    async fn counted(&self, name: &str) -> u64 {
        metric(self.house.port, name).await
    }

    /// Edits, and waits until it is in force.
    async fn takes(&self, edit: Edit<'_>) {
        let before = self.counted(RELOADED).await;
        self.edit(edit);
        self.until_more_than(RELOADED, before).await;
    }

    /// Edits, and waits until it is refused; the log says so with these words.
    async fn refuses(&self, edit: Edit<'_>, words: &[&str]) {
        let before = (self.counted(REFUSED).await, self.counted(RELOADED).await);
        self.edit(edit);
        self.until_more_than(REFUSED, before.0).await;
        assert_eq!(self.counted(RELOADED).await, before.1);
        let log = self.server.log_text();
        for word in words.iter().chain(&["the old ones stay in force"]) {
            assert!(log.contains(word), "{word} does not stand in the log: {log}");
        }
    }

    async fn until_more_than(&self, name: &str, before: u64) {
        until_more_than(self.house.port, name, before).await;
    }
}

const RELOADED: &str = "samvad_flows_reloaded_total";
const REFUSED: &str = "samvad_flows_refused_total";

async fn until_more_than(port: u16, name: &str, before: u64) {
    let until = Instant::now() + Duration::from_secs(30);
    while metric(port, name).await <= before {
        assert!(Instant::now() < until, "{name} stays {before}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[derive(Clone, Copy)]
enum Edit<'e> {
    Flow(&'e str),
    Texts(&'e str),
    Gone,
}

fn apply(flows: &Path, locales: &Path, edit: Edit<'_>) {
    match edit {
        Edit::Flow(text) => put(&flows.join("mela.yaml"), text),
        Edit::Texts(text) => {
            for language in fs::read_dir(locales).unwrap() {
                put(&language.unwrap().path().join("mela.ftl"), text);
            }
        }
        Edit::Gone => fs::remove_file(flows.join("mela.yaml")).unwrap(),
    }
}

/// As a careful editor saves: the new file takes the place of the old one at once.
fn put(path: &Path, text: &str) {
    let beside = path.with_file_name(".being-written");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, path).unwrap();
}

fn settings(mode: Mode) -> Vec<(&'static str, String)> {
    let reload = match mode {
        Mode::Auto => "auto",
        Mode::Signal => "signal",
    };
    vec![("SAMVAD_RELOAD", reload.to_owned())]
}

/// Copies the shipped flows into the house, with one more.
fn folders(house: &House) -> (PathBuf, PathBuf) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (flows, locales) = (house.folder.path().join("flows"), house.folder.path().join("locales"));
    copy(&root.join("flows"), &flows);
    copy(&root.join("locales"), &locales);
    apply(&flows, &locales, Edit::Flow(FLOW));
    apply(&flows, &locales, Edit::Texts(TEXTS));
    (flows, locales)
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let there = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &there);
        } else {
            fs::copy(&path, &there).unwrap();
        }
    }
}

/// Starts a replica on the folders of the house.
fn start(house: &House, replica: usize) -> Server {
    let mut settings = house.settings().to_vec();
    for name in ["flows", "locales"] {
        let key = if name == "flows" { "SAMVAD_FLOWS" } else { "SAMVAD_LOCALES" };
        settings.push((key, house.folder.path().join(name).display().to_string()));
    }
    let name = if replica == 0 { "data".to_owned() } else { format!("data-{replica}") };
    Server::start(&house.folder.path().join(name), house.ports[replica], &settings)
}

/// The person says something, and this is what the one answer holds.
async fn answers(phone: &mut Phone<'_>, text: &str, words: &[&str]) {
    let answer = phone.says(text, 1).await;
    for word in words {
        assert!(answer[0].text.contains(word), "no {word} in {:?} to {text}", answer[0].text);
    }
}

/// Runs a case in both modes.
macro_rules! in_both_modes {
    ($($(#[$doc:meta])* async fn $name:ident($office:ident) $body:block)+) => {$(
        mod $name {
            use super::*;

            async fn case($office: &Office) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn by_itself() {
                let office = Office::open(Mode::Auto).await;
                case(&office).await;
                office.server.stop();
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_sighup() {
                let office = Office::open(Mode::Signal).await;
                case(&office).await;
                office.server.stop();
            }
        }
    )+};
}

in_both_modes! {
    async fn a_step_that_was_kept_goes_on_with_new_words(office) {
        let mut phone = office.phone();
        answers(&mut phone, "मेला", &["NAME?"]).await;
        answers(&mut phone, "राम कुमार", &["HOW MANY?"]).await;
        // Steps come before and after; the one where the person stands is still there.
        let flow = FLOW
            .replace("  people:", "  hello: {say: hello}\n  people:")
            .replace("  done:", "  again: {ask: again, answer: yes_no}\n  done:");
        let texts = TEXTS.replace("WHICH DAY?", "ON WHICH DAY THEN?");
        office.takes(Edit::Texts(&format!("{texts}hello = HELLO.\nagain = REALLY?\n"))).await;
        office.takes(Edit::Flow(&flow)).await;
        answers(&mut phone, "4", &["ON WHICH DAY THEN?"]).await;
        phone.taps("today", 1).await;
        answers(&mut phone, "हाँ", &["WELCOME राम कुमार, 4."]).await;
    }

    async fn a_text_alone_that_was_edited_leaves_the_question_open(office) {
        let mut phone = office.phone();
        answers(&mut phone, "मेला", &["NAME?"]).await;
        answers(&mut phone, "राम कुमार", &["HOW MANY?"]).await;
        phone.says("4", 1).await;
        office.takes(Edit::Texts(&TEXTS.replace("WELCOME", "GREETINGS").replace("Today", "At once"))).await;
        // The button that was shown before still answers, whatever it is called now.
        let done = phone.taps("today", 1).await;
        assert!(done[0].text.contains("GREETINGS राम कुमार, 4."), "{done:?}");
    }

    async fn a_step_that_is_gone_says_so_and_begins_again(office) {
        let mut phone = office.phone();
        answers(&mut phone, "मेला", &["NAME?"]).await;
        answers(&mut phone, "राम कुमार", &["HOW MANY?"]).await;
        office.takes(Edit::Flow(&FLOW.replace("  people: {ask: people,", "  visitors: {ask: people,")
            .replace("{say: done,", "{say: person,"))).await;
        let told = phone.says("4", 2).await;
        assert!(told[0].text.contains("THE QUESTIONS CHANGED."), "{told:?}");
        assert!(told[1].text.contains("NAME?"), "{told:?}");
        answers(&mut phone, "सीता देवी", &["HOW MANY?"]).await;
    }

    async fn a_question_that_takes_another_answer_is_asked_again(office) {
        let mut phone = office.phone();
        answers(&mut phone, "मेला", &["NAME?"]).await;
        answers(&mut phone, "राम कुमार", &["HOW MANY?"]).await;
        let flow = FLOW.replace("{number: {from: 1, to: 50}}", "{one_of: [few, many]}");
        // Told of once both are there: half an edit may be in force for a moment as well.
        let texts =
            TEXTS.replace("HOW MANY?", "FEW OR MANY?\n    .few = A few\n    .many = Many");
        apply(&office.flows, &office.locales, Edit::Texts(&texts));
        office.takes(Edit::Flow(&flow)).await;
        // An answer to the old question is none to the new one.
        answers(&mut phone, "4", &["FEW OR MANY?"]).await;
        let next = phone.taps("few", 1).await;
        assert!(next[0].text.contains("WHICH DAY?"), "{next:?}");
    }

    async fn a_flow_that_was_removed_lets_everybody_out(office) {
        let mut phone = office.phone();
        answers(&mut phone, "मेला", &["NAME?"]).await;
        office.takes(Edit::Gone).await;
        let told = phone.says("राम कुमार", 2).await;
        assert!(!told[1].offered.is_empty(), "the menu stands at its end: {told:?}");
        // Its word means nothing now, and the others mean what they did.
        answers(&mut phone, "सदस्य", &["सहमत हैं?"]).await;
    }

    async fn a_broken_flow_file_is_refused_and_the_old_one_goes_on(office) {
        let mut phone = office.phone();
        answers(&mut phone, "मेला", &["NAME?"]).await;
        let broken = FLOW.replace("ask: people", "ask: peopel");
        office.refuses(Edit::Flow(&broken), &["flows/mela.yaml:6", "peopel", "did you mean"]).await;
        answers(&mut phone, "राम कुमार", &["HOW MANY?"]).await;
        office.refuses(Edit::Flow("flow: [mela\n"), &["flows/mela.yaml"]).await;
        answers(&mut phone, "4", &["WHICH DAY?"]).await;
        office.takes(Edit::Flow(&FLOW.replace("to: 50", "to: 60"))).await;
        phone.taps("today", 1).await;
    }

    async fn a_broken_text_file_is_refused_and_the_old_one_goes_on(office) {
        let mut phone = office.phone();
        answers(&mut phone, "मेला", &["NAME?"]).await;
        office.refuses(Edit::Texts(&TEXTS.replace("{ $people }", "{ $poeple }")), &["poeple"]).await;
        answers(&mut phone, "राम कुमार", &["HOW MANY?"]).await;
        office.refuses(Edit::Texts(&TEXTS.replace("day = WHICH DAY?\n", "")), &["mela"]).await;
        answers(&mut phone, "4", &["WHICH DAY?"]).await;
        office.takes(Edit::Texts(&TEXTS.replace("WELCOME", "BACK AGAIN"))).await;
        let done = phone.taps("tomorrow", 1).await;
        assert!(done[0].text.contains("BACK AGAIN"), "{done:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_written_file_is_left_alone_until_it_rests() {
    let office = Office::open(Mode::Auto).await;
    let mut phone = office.phone();
    answers(&mut phone, "मेला", &["NAME?"]).await;
    // The first half alone would check, and would end after the first question.
    let new = FLOW.replace("  people:", "  hello: {say: done, end: true}\n  people:");
    let (first, _) = new.split_once("  people:").unwrap();
    let path = office.flows.join("mela.yaml");
    for part in 1..=12 {
        fs::write(&path, format!("{first}# {}\n", "x".repeat(part))).unwrap();
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    assert_eq!((office.counted(RELOADED).await, office.counted(REFUSED).await), (0, 0));
    office.takes(Edit::Flow(&FLOW.replace("to: 50", "to: 60"))).await;
    assert_eq!(office.counted(RELOADED).await, 1);
    answers(&mut phone, "राम कुमार", &["HOW MANY?"]).await;
    office.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_signal_nothing_changes_where_signals_are_waited_for() {
    let office = Office::open(Mode::Signal).await;
    let mut phone = office.phone();
    apply(&office.flows, &office.locales, Edit::Texts(&TEXTS.replace("NAME?", "WHO IS IT?")));
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    answers(&mut phone, "मेला", &["NAME?"]).await;
    assert_eq!(office.counted(RELOADED).await, 0);
    office.tell();
    office.until_more_than(RELOADED, 0).await;
    answers(&mut phone, "मेन्यू", &[]).await;
    answers(&mut phone, "मेला", &["WHO IS IT?"]).await;
    office.server.stop();
}

/// What editors and people leave beside the files is nothing to reload for.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_an_editor_leaves_beside_is_nothing() {
    let office = Office::open(Mode::Auto).await;
    for name in [".mela.yaml.swp", "mela.yaml~", ".#mela.yaml"] {
        fs::write(office.flows.join(name), "flow: [broken").unwrap();
    }
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!((office.counted(RELOADED).await, office.counted(REFUSED).await), (0, 0));
    office.takes(Edit::Flow(&FLOW.replace("to: 50", "to: 60"))).await;
    office.server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_beside_the_flows_are_no_flows() {
    let office = Office::open(Mode::Auto).await;
    for name in ["notes.txt", "README"] {
        fs::write(office.flows.join(name), "Ask Suresh: [which ground?").unwrap();
    }
    office.takes(Edit::Flow(&FLOW.replace("to: 50", "to: 60"))).await;
    assert_eq!(office.counted(REFUSED).await, 0);
    office.server.stop();
}

/// One replica has the new flows before the other: whoever answers, nobody is lost.
#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_take_an_edit_one_after_the_other_and_nobody_is_lost() {
    let redis = RedisServer::start();
    let postgres = PostgresServer::shared();
    let plan = Plan {
        records: postgres.fresh_database(),
        state: redis.url(),
        replicas: 2,
        settings: settings(Mode::Signal),
        ..Plan::default()
    };
    let house = House::new(plan).await;
    let (flows, locales) = folders(&house);
    let first = start(&house, 0);
    let second = start(&house, 1);
    let mut phones: Vec<Phone<'_>> = (0..6)
        .map(|number| Phone::new(&house, Person::phone(&format!("91981234560{number}"))))
        .collect();
    for phone in &mut phones {
        answers(phone, "मेला", &["NAME?"]).await;
    }
    let flow = FLOW.replace("  day:", "  again: {ask: again, answer: yes_no}\n  day:");
    let texts = TEXTS.replace("HOW MANY?", "HOW MANY OF YOU?");
    apply(&flows, &locales, Edit::Texts(&format!("{texts}again = REALLY?\n")));
    apply(&flows, &locales, Edit::Flow(&flow));
    first.signal("HUP");
    until_more_than(house.ports[0], RELOADED, 0).await;
    // Old words or new ones, by whichever answers; the question is the next one either way.
    for phone in &mut phones {
        answers(phone, "राम कुमार", &["HOW MANY"]).await;
    }
    second.signal("HUP");
    until_more_than(house.ports[1], RELOADED, 0).await;
    for phone in &mut phones {
        answers(phone, "4", &["REALLY?"]).await;
        answers(phone, "हाँ", &["WHICH DAY?"]).await;
        let done = phone.taps("today", 1).await;
        assert!(done[0].text.contains("WELCOME राम कुमार, 4."), "{done:?}");
    }
    first.stop();
    second.stop();
}
