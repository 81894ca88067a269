//! A broadcast as an office sends it: from its file to its report, at the terminal, beside the running
//! program; and every example of docs/broadcasts.md.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::time;
use jiff::tz::{Offset, TimeZone};
use samvad::broadcast::BroadcastState;
use samvad::clock::Clock;
use samvad::geography::Geography;
use samvad::sandbox::envelope::{Person, Said};
use samvad::sandbox::faults::Faults;
use samvad::sandbox::options::ApprovedTemplate;
use samvad::sandbox::sms::Vendor;
use samvad::sandbox::{SandboxHandle, SandboxOptions};
use samvad::serve::load_flows;
use tempfile::TempDir;

use crate::support::broadcast as people;
use crate::support::house::{House, Plan};
use crate::support::phone::Phone;

const PATIENCE: Duration = Duration::from_mins(1);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What the office registered is what its flows declare.
fn registered(options: &mut SandboxOptions) {
    let geography = Arc::new(Geography::shipped().unwrap());
    let flows = load_flows(None, None, &geography).unwrap();
    options.templates = flows.templates().iter().flat_map(ApprovedTemplate::all_of).collect();
}

/// To everybody who agreed, for as long as the tests of a century run.
const EVERYBODY: &str = "\
broadcast: everybody
about: सबको न्योता।
audience: \"true\"
template: booth_meeting
values:
  name: {otherwise: {hi: साथी, en: friend, ur: ساتھی}}
  day: {hi: रविवार 10 जनवरी, en: Sunday 10 January, ur: اتوار 10 جنوری}
buttons: {stop: stop}
send: {before: 2099-12-31 20:00}
";

/// A folder of broadcasts with this file in it.
fn folder(name: &str, text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(format!("{name}.yaml")), text).unwrap();
    folder
}

async fn house(broadcasts: &TempDir, more: &[(&'static str, &str)]) -> House {
    house_with(broadcasts, more, &[]).await
}

async fn house_with(
    broadcasts: &TempDir,
    more: &[(&'static str, &str)],
    sms: &'static [Vendor],
) -> House {
    House::new(plan_with(broadcasts, more, sms)).await
}

fn plan_with(broadcasts: &TempDir, more: &[(&'static str, &str)], sms: &'static [Vendor]) -> Plan {
    let mut settings = vec![
        ("SAMVAD_BROADCAST_FOLDER", broadcasts.path().display().to_string()),
        ("SAMVAD_WHATSAPP_TIER", "0".to_owned()),
        ("SAMVAD_COSTS_WHATSAPP_MARKETING", "88.0".to_owned()),
    ];
    settings.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Plan { sandbox: Some(registered), sms, settings, ..Plan::default() }
}

/// Now, or eight in the evening before where advertising may not leave by SMS now: a test may run at any hour.
fn in_promotional_hours() -> Timestamp {
    let now = Clock::System.now();
    let india = TimeZone::fixed(Offset::from_seconds(19_800).unwrap());
    let shown = now.to_zoned(india.clone()).datetime();
    if (time(10, 5, 0, 0)..time(20, 30, 0, 0)).contains(&shown.time()) {
        return now;
    }
    let day = if shown.hour() < 20 { shown.date().yesterday().unwrap() } else { shown.date() };
    day.at(20, 0, 0, 0).to_zoned(india).unwrap().timestamp()
}

/// Somebody who asks for the office's messages, or refuses them.
async fn citizen<'h>(house: &'h House, number: &str, agrees: &str) -> Phone<'h> {
    let mut phone =
        Phone::new(house, Person { phone: Some(number.to_owned()), ..Person::default() });
    phone.says("संदेश चालू", 1).await;
    phone.taps(agrees, 1).await;
    phone
}

/// Asks whoever has the tag for the office's messages.
const ASKS: &str = "\
broadcast: ask
about: एक बार पूछना।
asks: samvad
audience: tagged(\"volunteer\")
template: booth_meeting
values:
  name: {otherwise: {hi: साथी, en: friend, ur: ساتھی}}
  day: {hi: रविवार 10 जनवरी, en: Sunday 10 January, ur: اتوار 10 جنوری}
buttons: {stop: stop}
replies: samvad
send: {before: 2099-12-31 20:00}
";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_came_by_a_list_is_asked_for_a_consent_once_and_their_yes_is_written_down() {
    let broadcasts = folder("ask", ASKS);
    fs::write(broadcasts.path().join("everybody.yaml"), EVERYBODY).unwrap();
    fs::write(
        broadcasts.path().join("again.yaml"),
        ASKS.replace("broadcast: ask", "broadcast: again"),
    )
    .unwrap();
    let house = house(&broadcasts, &[]).await;
    let _server = house.start();
    let mut ravi = citizen(&house, "919812345671", "yes").await;
    let roster = house.folder.path().join("volunteers.csv");
    fs::write(
        &roster,
        "मोबाइल,नाम,टैग\n9812345675,सुनीता देवी,Volunteer\n9812345676,राम यादव,volunteer\n",
    )
    .unwrap();
    let roster = roster.display().to_string();
    house.office(&["people", "import", &roster]);
    assert!(house.office(&["people", "tags"]).contains("2  volunteer"));
    let forbidden = house.office_fails(&["people", "tag", "muslim", &roster, "--by", "Ravi"]);
    assert!(forbidden.contains("religion"), "{forbidden}");

    let samvad = house.office(&["broadcast", "plan", "everybody", "--by", "Ravi"]);
    assert!(samvad.contains("1 will get it."), "a list is no consent: {samvad}");
    let planned = house.office(&["broadcast", "plan", "ask", "--by", "Ravi"]);
    assert!(planned.contains("2 of them in the audience: 2 will get it."), "{planned}");
    house.office(&["broadcast", "test", "ask", "--to", "9812345671", "--by", "Ravi"]);
    ravi.hears(1).await;
    house.office(&["broadcast", "run", "ask", "--by", "Ravi", "--detach"]);
    let mut sunita = Phone::new(&house, Person::phone("919812345675"));
    let mut ram = Phone::new(&house, Person::phone("919812345676"));
    sunita.hears(1).await;
    ram.hears(1).await;
    assert!(house.sandbox.until_quiet(PATIENCE).await);

    // Her yes opens the question that has the notice; that one is the consent.
    sunita.says("हाँ", 1).await;
    let who = ["consent", "show", "9812345675", "--by", "Ravi", "--why", "test"];
    assert!(house.office(&who).contains("no word of theirs"), "not yet");
    sunita.taps("yes", 1).await;
    assert!(house.office(&who).contains("yes samvad"), "{}", house.office(&who));

    // A tap that begins the flow is an answer as much as the words are.
    let question = ram.heard.last().and_then(|asked| asked.wamid.clone());
    let tapped = Said::TemplateButton {
        payload: "samvad".to_owned(),
        text: "हाँ, बताइए".to_owned(),
    };
    ram.sends(tapped, question, 1).await;
    let answers = house.office(&["broadcast", "answers", "ask", "--by", "Ravi"]);
    assert!(
        answers.contains("2 of 2 people answered.") && answers.contains("2  हाँ / yes"),
        "{answers}"
    );

    let again = house.office(&["broadcast", "plan", "again", "--by", "Ravi"]);
    assert!(again.contains("0 will get it.") && again.contains("asked"), "{again}");

    // Whoever cancels settles the rest by the command alone.
    let tagged =
        ["people", "untag", "volunteer", "--where", "tagged(\"volunteer\")", "--by", "Ravi"];
    assert!(house.office(&tagged).contains("taken from 2 people"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_goes_from_its_file_to_its_report_by_the_hands_of_two() {
    let broadcasts = folder("everybody", EVERYBODY);
    let house = house(&broadcasts, &[("SAMVAD_BROADCAST_APPROVE_ABOVE", "1")]).await;
    let _server = house.start();
    let mut ravi = citizen(&house, "919812345671", "yes").await;
    let mut sita = citizen(&house, "919812345672", "yes").await;
    let mohan = citizen(&house, "919812345673", "no").await;

    let planned = house.office(&["broadcast", "plan", "everybody", "--by", "Ravi"]);
    assert!(planned.contains("नमस्ते साथी जी!") && planned.contains("[संदेश बंद करें]"), "{planned}");
    assert!(planned.contains("3 of them in the audience: 2 will get it."), "{planned}");
    assert!(planned.contains("1 refused, "), "{planned}");
    assert!(planned.contains("It costs about ₹1.76."), "{planned}");
    assert!(planned.contains("everybody is a draft."), "{planned}");
    let again = house.office(&["broadcast", "plan", "everybody", "--by", "Ravi"]);
    assert!(again.contains("has not changed since"), "{again}");

    // Nobody is written to before it was tested and somebody else said yes.
    let early = house.office_fails(&["broadcast", "run", "everybody", "--by", "Ravi"]);
    assert!(early.contains("was not tested yet"), "{early}");
    let tested =
        house.office(&["broadcast", "test", "everybody", "--to", "9812345671", "--by", "Ravi"]);
    assert!(tested.contains("everybody.test1"), "{tested}");
    let test = ravi.hears(1).await;
    assert!(test[0].text.contains("बूथ अध्यक्षों की बैठक"), "{test:#?}");
    let alone = house.office_fails(&["broadcast", "run", "everybody", "--by", "Ravi"]);
    assert!(alone.contains("somebody else than Ravi"), "{alone}");
    let himself = house.office_fails(&["broadcast", "approve", "everybody", "--by", "ravi "]);
    assert!(himself.contains("somebody else has to say yes"), "{himself}");
    let another_script = house.office_fails(&["broadcast", "approve", "everybody", "--by", "रवि"]);
    assert!(another_script.contains("somebody else has to say yes"), "{another_script}");
    let approved = house.office(&["broadcast", "approve", "everybody", "--by", "Sunita"]);
    for shown in
        ["audience     true", "[संदेश बंद करें] → ", "second way   none", "Tested as everybody.test1"]
    {
        assert!(approved.contains(shown), "who says yes sees {shown}: {approved}");
    }

    let run = house.office(&["broadcast", "run", "everybody", "--by", "Ravi", "--detach"]);
    assert!(run.contains("3 recipients are written down: 2 get it, 1 do not."), "{run}");
    let heard = sita.hears(1).await;
    assert!(heard[0].text.contains("नमस्ते साथी जी!"), "{heard:#?}");
    ravi.hears(1).await;
    assert!(house.sandbox.until_quiet(PATIENCE).await);
    assert_eq!(house.sandbox.sends_to("919812345673").len(), mohan.heard.len(), "he said no");

    // Its own button ends these messages for her; nobody asks what she meant.
    let ended = sita.taps("STOP", 1).await;
    assert!(ended[0].text.contains("बंद"), "{ended:#?}");

    let status = house.office(&["broadcast", "status", "everybody"]);
    assert!(status.contains("approved by Sunita") && status.contains("running Ravi"), "{status}");
    let (csv, xlsx) = (house.folder.path().join("r.csv"), house.folder.path().join("r.xlsx"));
    let report = house.office(&[
        "broadcast",
        "report",
        "everybody",
        "--per",
        "channel",
        "--csv",
        &csv.display().to_string(),
        "--xlsx",
        &xlsx.display().to_string(),
    ]);
    assert!(report.contains("whatsapp"), "{report}");
    assert!(report.contains("1 took back a consent within 7 days of it."), "{report}");
    assert!(report.contains("It cost about ₹1.76."), "{report}");
    let written = fs::read_to_string(&csv).unwrap();
    assert!(written.starts_with('\u{feff}') && written.contains("कुल / all,3,1,0,2,"), "{written}");
    assert!(fs::metadata(&xlsx).unwrap().len() > 1_000);
    let twice = house.office_fails(&["broadcast", "run", "everybody", "--by", "Ravi"]);
    assert!(twice.contains("cannot be run"), "{twice}");
    let listed = house.office(&["broadcast", "list"]);
    assert!(listed.contains("everybody.test1"), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_broadcast_opens_its_dialogue_and_is_counted() {
    let broadcasts = folder("everybody", &format!("{EVERYBODY}replies: dialogue\n"));
    let house = house(&broadcasts, &[]).await;
    let _server = house.start();
    let mut sita = citizen(&house, "919812345672", "yes").await;
    house.office(&["broadcast", "plan", "everybody", "--by", "Ravi"]);
    house.office(&["broadcast", "test", "everybody", "--to", "9812345672", "--by", "Ravi"]);
    sita.hears(1).await;
    house.office(&["broadcast", "run", "everybody", "--by", "Ravi", "--detach"]);
    sita.hears(1).await;
    assert!(house.sandbox.until_quiet(PATIENCE).await);

    // What she writes is the answer: she is asked for nothing twice, and may go on from there.
    let more = sita.says("हमारे बूथ पर पानी नहीं आता", 1).await;
    assert!(more[0].text.contains("तक पहुँच गई, टिकट"), "{more:#?}");
    let requests = house.office(&["requests", "list"]);
    assert!(requests.contains("answer"), "{requests}");
    let thanked = sita.taps("enough", 1).await;
    assert!(thanked[0].text.contains("धन्यवाद"), "{thanked:#?}");

    let csv = house.folder.path().join("r.csv");
    let csv_path = csv.display().to_string();
    house.office(&["broadcast", "report", "everybody", "--csv", &csv_path]);
    let written = fs::read_to_string(&csv).unwrap();
    let mut lines = written.lines();
    let headers: Vec<&str> = lines.next().unwrap().split(',').collect();
    let replied = headers.iter().position(|header| header.contains("repl")).unwrap();
    let whole = lines.find(|line| line.starts_with("कुल")).unwrap();
    assert_eq!(whole.split(',').nth(replied), Some("1"), "{written}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_is_heard_by_answer_and_place_and_whoever_reads_it_is_written_down() {
    let broadcasts = folder("everybody", &format!("{EVERYBODY}replies: dialogue\n"));
    let house = house(&broadcasts, &[]).await;
    let _server = house.start();
    let roster = house.folder.path().join("roster.csv");
    fs::write(&roster, "मोबाइल,नाम,विधानसभा,बूथ\n9812345672,सुनीता देवी,173,45\n").unwrap();
    house.office(&["people", "import", &roster.display().to_string()]);
    let mut sunita = citizen(&house, "919812345672", "yes").await;
    let mut ram = citizen(&house, "919812345673", "yes").await;
    house.office(&["broadcast", "plan", "everybody", "--by", "Ravi"]);
    house.office(&["broadcast", "test", "everybody", "--to", "9812345672", "--by", "Ravi"]);
    sunita.hears(1).await;
    house.office(&["broadcast", "run", "everybody", "--by", "Ravi", "--detach"]);
    sunita.hears(1).await;
    let invitation = ram.hears(1).await.remove(0);
    assert!(house.sandbox.until_quiet(PATIENCE).await);

    sunita.says("हाँ जी, आऊँगी। मेरा दूसरा नंबर 9876543210 है", 1).await;
    ram.says("कितने बजे है?", 1).await;
    // What names the invitation answers it, whatever else is asked meanwhile.
    ram.sends(Said::Text("nahi aa paunga".to_owned()), invitation.wamid, 1).await;

    let asked = ["broadcast", "answers", "everybody", "--by", "Ravi"];
    let answers = house.office(&asked);
    for shown in [
        "everybody: 2 of 2 people answered.",
        "1  हाँ / yes",
        "1  नहीं / no",
        "विधानसभा 173 लखनऊ पूर्व",
        "सुनीता देवी",
        "booth 45",
        "98••••5672",
        "nahi aa paunga",
    ] {
        assert!(answers.contains(shown), "{shown}: {answers}");
    }
    for hidden in ["9812345672", "9876543210", "कितने बजे"] {
        assert!(!answers.contains(hidden), "{hidden}: {answers}");
    }
    let csv = house.folder.path().join("answers.csv");
    let out = csv.display().to_string();
    house.office(&[asked.as_slice(), &["--out", &out, "--numbers"]].concat());
    let written = fs::read_to_string(&csv).unwrap();
    assert!(written.contains("9812345672") && written.contains("हाँ जी, आऊँगी"), "{written}");
    let audit = house.office(&["audit"]);
    assert!(
        audit.contains("Ravi: broadcast answers, everybody, answers.csv, 2 persons"),
        "{audit}"
    );

    let erase = ["contact", "erase", "9812345673", "--by", "Ravi", "--why", "उन्होंने कहा", "--yes"];
    house.office(&erase);
    let answers = house.office(&asked);
    assert!(
        answers.contains("1 of 2 people answered.") && !answers.contains("paunga"),
        "{answers}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn under_the_code_of_conduct_what_is_certified_leaves_and_nothing_else() {
    const NUMBER: &str = "UP/MCMC/2027/114";
    let certified = format!("{EVERYBODY}certificate: {NUMBER}\n");
    let broadcasts = folder("everybody", &certified);
    let other =
        certified.replace("broadcast: everybody", "broadcast: other").replace("साथी", "दोस्त");
    fs::write(broadcasts.path().join("other.yaml"), other).unwrap();
    let calendar = broadcasts.path().join("calendar.toml");
    fs::write(&calendar, "").unwrap();
    let house = house(&broadcasts, &[("SAMVAD_CALENDAR", &calendar.display().to_string())]).await;
    // What the committee is shown, of one of the two.
    let texts = house.office(&["calendar", "texts"]);
    let shown = texts.lines().filter(|line| line.contains("  everybody "));
    let hashes: Vec<String> =
        shown.filter_map(|line| Some(format!("\"{}\"", line.split(' ').next()?))).collect();
    assert_eq!(hashes.len(), 3, "each language: {texts}");
    let election = format!(
        "[[conduct]]\nfrom = \"2020-01-01\"\nto = \"2099-12-31\"\n\n[[certificates]]\nnumber = \"{NUMBER}\"\n\
         committee = \"राज्य MCMC, लखनऊ\"\ndate = \"2020-01-02\"\nsha256 = [{}]\n",
        hashes.join(", ")
    );
    fs::write(&calendar, election).unwrap();
    let _server = house.start();
    let mut ravi = citizen(&house, "919812345671", "yes").await;
    let mut sita = citizen(&house, "919812345672", "yes").await;

    let planned = house.office(&["broadcast", "plan", "other", "--by", "Ravi"]);
    assert!(planned.contains("0 will get it.") && planned.contains("no_certificate"), "{planned}");
    let test = |name| ["broadcast", "test", name, "--to", "9812345671", "--by", "Ravi"];
    house.office_fails(&test("other"));

    let planned = house.office(&["broadcast", "plan", "everybody", "--by", "Ravi"]);
    assert!(planned.contains("2 will get it."), "{planned}");
    house.office(&test("everybody"));
    ravi.hears(1).await;
    house.office(&["broadcast", "run", "everybody", "--by", "Ravi", "--detach"]);
    for phone in [&mut ravi, &mut sita] {
        let heard = phone.hears(1).await;
        assert!(heard[0].text.contains("नमस्ते साथी जी!"), "{heard:#?}");
    }
    assert!(house.sandbox.until_quiet(PATIENCE).await);
    let report = house.office(&["broadcast", "report", "everybody"]);
    assert!(!report.contains("no_certificate"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_its_hour_can_be_paused_and_is_over_when_it_is_cancelled() {
    let text = EVERYBODY.replace("send: {before", "send: {from: 2099-12-30 10:00, before");
    let broadcasts = folder("everybody", &text);
    let house = house(&broadcasts, &[]).await;
    let _server = house.start();
    let mut ravi = citizen(&house, "919812345671", "yes").await;
    house.office(&["broadcast", "plan", "everybody", "--by", "Ravi"]);
    house.office(&["broadcast", "test", "everybody", "--to", "9812345671", "--by", "Ravi"]);
    ravi.hears(1).await;
    let run = house.office(&["broadcast", "run", "everybody", "--by", "Ravi", "--detach"]);
    assert!(run.contains("begins 30-12-2099 10:00"), "{run}");
    let status = house.office(&["broadcast", "status", "everybody"]);
    assert!(status.contains("0 of 1"), "nothing leaves before its hour: {status}");
    house.office(&["broadcast", "pause", "everybody", "--by", "Ravi", "--why", "बारिश"]);
    let status = house.office(&["broadcast", "status", "everybody"]);
    assert!(status.contains("is paused: बारिश"), "{status}");
    house.office(&["broadcast", "resume", "everybody", "--by", "Ravi"]);
    house.office(&["broadcast", "cancel", "everybody", "--by", "Ravi", "--why", "बैठक नहीं होगी"]);
    let over = house.office_fails(&["broadcast", "resume", "everybody", "--by", "Ravi"]);
    assert!(over.contains("it is over"), "{over}");
}

#[tokio::test(flavor = "multi_thread")]
async fn last_is_what_went_to_the_people_and_never_a_test() {
    let broadcasts = folder("everybody", EVERYBODY);
    let again = EVERYBODY
        .replace("broadcast: everybody", "broadcast: again")
        .replace("audience: \"true\"", "audience: '!sent(\"last\")'");
    fs::write(broadcasts.path().join("again.yaml"), again).unwrap();
    let house = house(&broadcasts, &[]).await;
    let _server = house.start();
    let mut ravi = citizen(&house, "919812345671", "yes").await;
    let first = house.office(&["broadcast", "plan", "again", "--by", "Ravi", "--look"]);
    assert!(first.contains("`last` was sent to nobody yet."), "{first}");
    house.office(&["broadcast", "plan", "everybody", "--by", "Ravi"]);
    let untested = house.office_fails(&["broadcast", "run", "everybody", "--by", "Ravi"]);
    assert!(untested.contains("was not tested yet"), "{untested}");
    house.office(&["broadcast", "test", "everybody", "--to", "9812345671", "--by", "Ravi"]);
    ravi.hears(1).await;
    house.office(&["broadcast", "run", "everybody", "--by", "Ravi", "--detach"]);
    ravi.hears(1).await;
    assert!(house.sandbox.until_quiet(PATIENCE).await);

    let _sita = citizen(&house, "919812345672", "yes").await;
    let planned = house.office(&["broadcast", "plan", "again", "--by", "Ravi"]);
    assert!(planned.contains("`last` is everybody."), "{planned}");
    assert!(planned.contains("1 of them in the audience: 1 will get it."), "{planned}");
    house.office(&["broadcast", "test", "again", "--to", "9812345671", "--by", "Ravi"]);
    ravi.hears(1).await;
    let replanned = house.office(&["broadcast", "plan", "again", "--by", "Ravi"]);
    assert!(replanned.contains("`last` is everybody."), "{replanned}");
    assert!(replanned.contains("its file has not changed since"), "{replanned}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yes_is_to_so_many_people_and_nothing_before_the_sending_is_a_dead_end() {
    let text = EVERYBODY.replace("audience: \"true\"", "list: guests.csv");
    let broadcasts = folder("everybody", &text);
    let guests = broadcasts.path().join("guests.csv");
    fs::write(&guests, "मोबाइल\n9812345671\n").unwrap();
    let house = house(&broadcasts, &[("SAMVAD_BROADCAST_APPROVE_ABOVE", "0")]).await;
    let _server = house.start();
    let mut ravi = citizen(&house, "919812345671", "yes").await;
    let mut sita = citizen(&house, "919812345672", "yes").await;
    let test = ["broadcast", "test", "everybody", "--to", "9812345671", "--by", "Ravi"];
    let plan = ["broadcast", "plan", "everybody", "--by", "Ravi"];
    let approve = ["broadcast", "approve", "everybody", "--by", "Sunita"];
    let run = ["broadcast", "run", "everybody", "--by", "Ravi", "--detach"];
    house.office(&plan);
    let early = house.office_fails(&approve);
    assert!(early.contains("test it first"), "{early}");
    house.office(&test);
    ravi.hears(1).await;
    let approved = house.office(&approve);
    assert!(approved.contains("approved by Sunita for 1 people"), "{approved}");
    assert!(approved.contains("1 will get it"), "who says yes sees to how many: {approved}");

    // The list grows after the yes: it is planned, tested and approved anew.
    fs::write(&guests, "मोबाइल\n9812345671\n9812345672\n").unwrap();
    let changed = house.office_fails(&run);
    assert!(changed.contains("a list of everybody changed"), "{changed}");
    let replanned = house.office(&plan);
    assert!(replanned.contains("everybody is a draft again"), "{replanned}");
    house.office(&test);
    ravi.hears(1).await;
    house.office(&approve);
    let ran = house.office(&run);
    assert!(ran.contains("2 get it, 0 do not."), "{ran}");
    sita.hears(1).await;
    ravi.hears(1).await;
    let status = house.office(&["broadcast", "status", "everybody"]);
    assert!(status.contains("approved by Sunita for 2 people"), "{status}");
}

/// By SMS to whom WhatsApp leaves silent.
const SECOND_WAY: &str = "sms: {say: booth-meeting}\nfallback: {channel: sms, after: 1s}\n";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_the_first_way_leaves_silent_gets_one_short_message() {
    const VENDORS: [Vendor; 2] = [Vendor::Gupshup, Vendor::Infobip];
    let broadcasts = folder("everybody", &format!("{EVERYBODY}{SECOND_WAY}"));
    let settings = [("SAMVAD_COSTS_SMS_PART", "20.0")];
    let clock = Clock::fixed(in_promotional_hours());
    let plan = Plan { clock: Some(clock.clone()), ..plan_with(&broadcasts, &settings, &VENDORS) };
    let house = House::new(plan).await;
    house.serve_here().await;
    let numbers = ["919812345671", "919812345672"];
    let mut ravi = citizen(&house, numbers[0], "yes").await;
    let sita = citizen(&house, numbers[1], "yes").await;
    let planned = house.office(&["broadcast", "plan", "everybody", "--by", "Ravi"]);
    assert!(planned.contains("by the second way sms to 2 at most"), "{planned}");
    assert!(planned.contains("should all of them need the second"), "{planned}");
    house.office(&["broadcast", "test", "everybody", "--to", "9812345671", "--by", "Ravi"]);
    ravi.hears(1).await;
    // From here on no word comes back of what WhatsApp took.
    house.sandbox.set_faults(Faults { drop_statuses: 1.0, ..Faults::none() }).unwrap();
    house.office(&["broadcast", "run", "everybody", "--by", "Ravi", "--detach"]);
    for (before, number) in [(ravi.heard.len(), numbers[0]), (sita.heard.len(), numbers[1])] {
        // Who stayed silent is looked for every half minute; the silence begins when the answer was written down.
        let until = Instant::now() + PATIENCE * 2;
        let both = |sandbox: &SandboxHandle| sandbox.sends_to(number).len() >= before + 2;
        while !house.sandbox.until(Duration::from_secs(1), both).await {
            assert!(Instant::now() < until, "{number} gets a short message too");
            clock.advance(Duration::from_secs(2));
        }
        let first = house.sandbox.sends_to(number).into_iter().nth(before);
        assert_eq!(first.map(|send| send.kind).as_deref(), Some("template"));
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    for number in numbers {
        let short = house
            .sandbox
            .sends_to(number)
            .into_iter()
            .filter(|send| VENDORS.iter().any(|vendor| vendor.name() == send.account));
        assert_eq!(short.count(), 1, "one by the second way");
    }
    let report = house.office(&["broadcast", "report", "everybody"]);
    assert!(report.contains("second way"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_failed_stops_the_run_and_may_be_repeated_after_the_yes() {
    let broadcasts = folder("everybody", EVERYBODY);
    let house = house(&broadcasts, &[("SAMVAD_BROADCAST_APPROVE_ABOVE", "0")]).await;
    let _server = house.start();
    let mut ravi = citizen(&house, "919812345671", "yes").await;
    let test = ["broadcast", "test", "everybody", "--to", "9812345671", "--by", "Ravi"];
    let run = ["broadcast", "run", "everybody", "--by", "Ravi", "--detach"];
    house.office(&["broadcast", "plan", "everybody", "--by", "Ravi"]);
    house.office(&test);
    ravi.hears(1).await;
    let refuses = Faults { refuse: [(131_026, 1.0)].into(), ..Faults::none() };
    house.sandbox.set_faults(refuses).unwrap();
    house.office(&test);
    // The request is in the ledger, refused.
    ravi.hears(1).await;
    let refused = house.office_fails(&run);
    assert!(refused.contains("everybody.test2 reached no phone by whatsapp"), "{refused}");
    let approved = house.office(&["broadcast", "approve", "everybody", "--by", "Sunita"]);
    assert!(approved.contains("failed: 131026"), "who says yes sees it: {approved}");
    assert!(approved.contains("BUT IT CANNOT BE RUN YET"), "{approved}");
    house.office_fails(&run);

    house.sandbox.set_faults(Faults::none()).unwrap();
    let again = house.office(&test);
    assert!(again.contains("then: samvad broadcast run everybody"), "{again}");
    ravi.hears(1).await;
    let planned = house.office(&["broadcast", "plan", "everybody", "--by", "Ravi"]);
    assert!(planned.contains("Next: samvad broadcast run everybody"), "{planned}");
    house.office(&run);
    ravi.hears(1).await;
    let status = house.office(&["broadcast", "status", "everybody"]);
    assert!(status.contains("approved by Sunita for 1 people"), "the yes stands: {status}");
}

/// More than are written down in one step, so that there is a middle.
const MANY: usize = 12_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_freezing_that_was_killed_is_begun_anew_and_everybody_gets_it_once() {
    let broadcasts = folder("everybody", EVERYBODY);
    let house = house(&broadcasts, &[("SAMVAD_WHATSAPP_THROUGHPUT", "1000")]).await;
    let _server = house.start();
    let mut ravi = citizen(&house, "919812345671", "yes").await;
    let beside = people::beside(&house.config()).await;
    people::people(&beside, MANY).await;
    house.office(&["broadcast", "plan", "everybody", "--by", "Ravi"]);
    house.office(&["broadcast", "test", "everybody", "--to", "9812345671", "--by", "Ravi"]);
    ravi.hears(1).await;
    house.office(&["broadcast", "approve", "everybody", "--by", "Sunita"]);
    let before = house.sandbox.taken();

    let run = ["broadcast", "run", "everybody", "--by", "Ravi", "--detach"];
    let row = || async { beside.broadcast("everybody").await.unwrap().unwrap() };
    let id = row().await.id;
    let mut freezing = house.begins(&run);
    let until = Instant::now() + PATIENCE;
    while beside.progress(id).await.unwrap().planned == 0 {
        assert!(Instant::now() < until, "nobody is written down");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    freezing.kill().unwrap();
    freezing.wait().unwrap();
    assert_eq!(row().await.state, BroadcastState::Freezing, "it was killed in the middle");
    let staged = beside.progress(id).await.unwrap().planned;
    assert!(staged <= MANY as u64, "not all of them: {staged}");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(house.sandbox.taken(), before, "what is half written down goes to nobody");

    let ran = house.office(&run);
    assert!(ran.contains("12,001 get it, 0 do not."), "{ran}");
    let until = Instant::now() + PATIENCE * 4;
    while row().await.state != BroadcastState::Done {
        assert!(Instant::now() < until, "{:?}", beside.progress(id).await.unwrap());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let sends = house.sandbox.sends().into_iter();
    let mut reached: Vec<String> =
        sends.filter(|send| send.answer.is_taken()).skip(before).map(|send| send.to).collect();
    assert_eq!(reached.len(), MANY + 1);
    reached.sort();
    reached.dedup();
    assert_eq!(reached.len(), MANY + 1, "everybody once");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_people_than_were_approved_need_another_yes() {
    let broadcasts = folder("everybody", EVERYBODY);
    let house = house(&broadcasts, &[("SAMVAD_BROADCAST_APPROVE_ABOVE", "0")]).await;
    let _server = house.start();
    let mut ravi = citizen(&house, "919812345671", "yes").await;
    let run = ["broadcast", "run", "everybody", "--by", "Ravi", "--detach"];
    let approve = ["broadcast", "approve", "everybody", "--by", "Sunita"];
    house.office(&["broadcast", "plan", "everybody", "--by", "Ravi"]);
    house.office(&["broadcast", "test", "everybody", "--to", "9812345671", "--by", "Ravi"]);
    ravi.hears(1).await;
    house.office(&approve);
    let mut sita = citizen(&house, "919812345672", "yes").await;
    let grown = house.office_fails(&run);
    assert!(grown.contains("goes to 2 people now; Sunita said yes to 1"), "{grown}");
    let approved = house.office(&approve);
    assert!(approved.contains("for 2 people"), "{approved}");
    house.office(&run);
    sita.hears(1).await;
    ravi.hears(1).await;
}

/// Runs `samvad` in a folder.
fn samvad(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_samvad"))
        .args(words)
        .current_dir(folder)
        .env_clear()
        .output()
        .unwrap()
}

/// The fenced blocks of a page: what stands behind the fence, and the block.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(kind)) => open = Some((kind.trim().to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some((_, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// An office as `samvad init` writes it, with everything of the page.
fn office_of_the_page() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let office = folder.path().join("office");
    assert!(samvad(folder.path(), &["init", "office"]).status.success());
    let page = fs::read_to_string(root().join("docs/broadcasts.md")).unwrap();
    let mut broadcasts = 0;
    for (kind, text) in blocks(&page) {
        let named = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key));
            line.unwrap_or_else(|| panic!("no {key} in\n{text}")).trim().to_owned()
        };
        match kind.as_str() {
            "yaml broadcast" => {
                let path = format!("broadcasts/{}.yaml", named("broadcast: "));
                fs::write(office.join(path), &text).unwrap();
                broadcasts += 1;
            }
            "yaml template" => {
                let path = format!("flows/templates/{}.yaml", named("template: "));
                fs::write(office.join(path), &text).unwrap();
            }
            "ftl" | "ftl en" | "ftl ur" => {
                let language = kind.strip_prefix("ftl ").unwrap_or("hi");
                let path = office.join(format!("locales/{language}/broadcasts.ftl"));
                let before = fs::read_to_string(&path).unwrap();
                fs::write(&path, format!("{before}\n{text}")).unwrap();
            }
            _ => {}
        }
    }
    assert!(broadcasts >= 3);
    folder
}

#[test]
fn every_broadcast_of_the_page_checks_as_it_stands() {
    let folder = office_of_the_page();
    let office = folder.path().join("office");
    let output = samvad(&office, &["broadcast", "check"]);
    let (said, wrong) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && wrong.is_empty(), "{said}{wrong}");
    assert!(said.starts_with("5 broadcasts check: "), "{said}");
    let all = samvad(&office, &["check", "--strict"]);
    assert!(all.status.success(), "{}", String::from_utf8_lossy(&all.stderr));
}

#[test]
fn every_expression_of_the_page_is_an_audience() {
    let folder = office_of_the_page();
    let office = folder.path().join("office");
    fs::write(office.join("broadcasts/guests.csv"), "मोबाइल\n9812345678\n").unwrap();
    fs::create_dir_all(office.join("polls")).unwrap();
    let poll = fs::read_to_string(root().join("src/poll/fixture/lok_sabha_2029.yaml")).unwrap();
    fs::write(office.join("polls/lok_sabha_2029.yaml"), poll).unwrap();
    let page = fs::read_to_string(root().join("docs/broadcasts.md")).unwrap();
    let rows = page.lines().skip_while(|line| *line != "## Whom it is for");
    let rows = rows.take_while(|line| !line.starts_with("## What"));
    let shipped = fs::read_to_string(root().join("broadcasts/booth_meeting.yaml")).unwrap();
    let mut tried = 0;
    for row in rows {
        let Some(expression) = row.strip_prefix("| `").and_then(|row| row.split('`').next()) else {
            continue;
        };
        let own = "post == \"booth_president\" && place.within(\"lucknow\")";
        let text = shipped.replace(own, &format!("'{expression}'"));
        assert_ne!(text, shipped);
        fs::write(office.join("broadcasts/booth_meeting.yaml"), text).unwrap();
        let output = samvad(&office, &["broadcast", "check", "booth_meeting"]);
        let wrong = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{expression}\n{wrong}");
        tried += 1;
    }
    assert!(tried >= 14, "{tried}");
}

#[test]
fn a_mistake_in_a_broadcast_fails_the_check_of_everything() {
    let folder = office_of_the_page();
    let office = folder.path().join("office");
    let path = office.join("broadcasts/thanks.yaml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("template: thanks", "template: thnaks")).unwrap();
    for words in [&["check"][..], &["broadcast", "check", "thanks"], &["broadcast", "check"]] {
        let output = samvad(&office, words);
        let wrong = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{words:?}");
        assert!(
            wrong.contains("broadcasts/thanks.yaml:4") && wrong.contains("did you mean `thanks`?"),
            "{wrong}"
        );
    }
    let missing = samvad(&office, &["broadcast", "check", "thnaks"]);
    assert!(String::from_utf8_lossy(&missing.stderr).contains("did you mean thanks?"));
}

#[test]
fn every_shipped_schema_of_broadcasts_fits_the_shipped_file() {
    let output = samvad(root(), &["schema", "broadcast"]);
    let written = fs::read(root().join("schemas/broadcast.json")).unwrap();
    assert_eq!(output.stdout, written, "`samvad schema --out schemas` writes it anew");
}
