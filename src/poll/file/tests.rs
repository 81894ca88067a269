use std::sync::LazyLock;

use super::*;
use crate::audience::{Area, Names, Seats};
use crate::flow::{SourceFile, Sources};
use crate::geography::Geography;
use crate::places::Tree;
use crate::poll::tally::{Repeated, Tables};

const SAMPLE: &str = include_str!("../fixture/lok_sabha_2029.yaml");

static GEOGRAPHY: LazyLock<Geography> = LazyLock::new(|| Geography::shipped().unwrap());

struct Office;

impl Names for Office {
    fn area(&self, text: &str) -> Result<Area, String> {
        match text {
            "lucknow" => Ok(Area::Seats(Seats::of([173]))),
            _ => Err("did you mean \"lucknow\"?".to_owned()),
        }
    }

    fn broadcasts(&self) -> Vec<String> {
        Vec::new()
    }

    fn tags(&self) -> Vec<String> {
        Vec::new()
    }

    fn lists(&self) -> Vec<String> {
        Vec::new()
    }
}

fn read_text(text: &str) -> Result<Poll, String> {
    let geography = &*GEOGRAPHY;
    let file = SourceFile { path: "polls/lok_sabha_2029.yaml".to_owned(), text: text.to_owned() };
    let sources = Sources { files: vec![file] };
    let polls = read(&sources, &Tree::new(geography), &Office);
    match polls {
        Ok(mut polls) => Ok(polls.pop().unwrap()),
        Err(findings) => {
            let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
            Err(told.join("\n"))
        }
    }
}

/// What is told of the sample after one change.
fn told(from: &str, to: &str) -> String {
    assert!(SAMPLE.contains(from), "{from}");
    read_text(&SAMPLE.replacen(from, to, 1)).expect_err(to)
}

#[test]
fn the_sample_is_read_whole() {
    let poll = read_text(SAMPLE).unwrap();
    assert_eq!(poll.name, "lok_sabha_2029");
    assert_eq!(poll.opens, "2029-01-05T10:00:00+05:30".parse().unwrap());
    assert_eq!(poll.closes, "2029-01-12T20:00:00+05:30".parse().unwrap());
    assert!(poll.is_open(poll.opens) && !poll.is_open(poll.closes));
    let seats: Vec<Place> = poll.seats.iter().map(|seat| seat.place).collect();
    assert_eq!(seats, [Place::LokSabha(35), Place::LokSabha(37)]);
    let names: Vec<&str> =
        poll.seats[0].candidates.iter().map(|one| one.name.text(Language::Ur)).collect();
    assert_eq!(names, ["अनिल यादव", "सुनीता वर्मा", "عمران انصاری"]);
    assert_eq!(
        poll.rules,
        Rules {
            method: Method::Rank,
            threshold: 10,
            panel: 3,
            other: true,
            repeated: Repeated::Cut,
            approve_at_most: None,
            rank_at_least: 1,
            tables: Tables::Place,
        }
    );
    assert_eq!(poll.ratings, Aspect::ALL);
    assert!(poll.remark && poll.secret);
    assert_eq!((poll.again, poll.keep), (Again::UntilClose, Keep::Booth));
    assert!(poll.keep_is_said && poll.reviewed_by.as_deref() == Some("Sunita"));
    assert_eq!(poll.remind, Some(Remind { after: SignedDuration::from_hours(48), times: 2 }));
    assert_eq!(poll.electorate.on, jiff::civil::date(2028, 12, 31));
    assert_eq!(poll.seat(173, 35).map(|seat| seat.number), Some(35));
    assert_eq!(poll.seat(1, 1), None);
}

#[test]
fn an_envelope_is_bound_to_no_more_than_is_kept() {
    let poll = read_text(&SAMPLE.replace("keep: booth", "keep: sector")).unwrap();
    let cell = Cell { assembly: 173, sector: 4, booth: 45, post: 1 };
    let origin = poll.origin(&poll.seats[0], cell);
    assert_eq!(origin, Origin { seat: 35, cell: Cell { booth: 0, ..cell } });
}

#[test]
fn what_is_not_said_has_a_careful_default() {
    let cut = SAMPLE.find("again:").unwrap();
    let poll = read_text(&SAMPLE[..cut]).unwrap();
    assert!(poll.secret);
    assert_eq!((poll.rules.threshold, poll.rules.panel), (10, 3));
    assert_eq!((poll.again, poll.remind), (Again::UntilClose, None));
    assert_eq!((poll.keep, poll.keep_is_said, poll.reviewed_by), (Keep::Booth, false, None));
}

#[test]
fn every_mistake_is_told_with_its_line_and_what_to_write() {
    insta::assert_snapshot!(told("method: rank", "method: ranked"), @r#"
    error[unknown-word]: `method` cannot be `ranked`
     --> polls/lok_sabha_2029.yaml:7:9
      |
    7 | method: ranked
      |         ^^^^^^
      |
      = help: did you mean `rank`?
    "#);
    insta::assert_snapshot!(told("  अमेठी:", "  दिल्ली:"), @r#"
    error[unknown-word]: no lok_sabha seat is called `दिल्ली`
      --> polls/lok_sabha_2029.yaml:14:3
       |
    14 |   दिल्ली:
       |   ^^^^^
       |
       = help: write its number or its name as in data/lok_sabha.csv
    "#);
    insta::assert_snapshot!(told("post in [\"booth_president\"", "post in [\"booth_presdent\""), @r#"
    error[condition-syntax]: there is no post `booth_presdent`
      --> polls/lok_sabha_2029.yaml:21:8
       |
    21 |   who: post in ["booth_presdent", "booth_agent"]
       |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: did you mean "booth_president"?
    "#);
    insta::assert_snapshot!(told("closes: 2029-01-12 20:00", "closes: 2029-01-02 20:00"), @r#"
    error[bad-bounds]: the poll closes before it opens
      --> polls/lok_sabha_2029.yaml:24:9
       |
    24 | closes: 2029-01-02 20:00
       |         ^^^^^^^^^^^^^^^^
       |
       = help: write a later moment, or an earlier `opens`
    "#);
    insta::assert_snapshot!(told("closes: 2029-01-12 20:00", "closes: 12-01-2029"), @r#"
    error[bad-date]: this is no moment
      --> polls/lok_sabha_2029.yaml:24:9
       |
    24 | closes: 12-01-2029
       |         ^^^^^^^^^^
       |
       = help: a day and an hour by the clocks of India: 2029-01-05 10:00
    "#);
    insta::assert_snapshot!(told("threshold: 10", "threshold: 1"), @r#"
    error[bad-number]: `threshold` is 1, and goes from 5 to 1000
      --> polls/lok_sabha_2029.yaml:27:12
       |
    27 | threshold: 1
       |            ^
       |
       = help: write `threshold: 10`, or leave it away
    "#);
    insta::assert_snapshot!(told("hi: कमला देवी", "hi: राजेश मौर्य"), @r#"
    error[same-choices]: two candidates of `अमेठी` are called राजेश मौर्य
      --> polls/lok_sabha_2029.yaml:16:7
       |
    16 |     - {hi: राजेश मौर्य, en: Kamla Devi}
       |       ^
       |
       = help: add what tells them apart, as people say it: the father's name, the village
    "#);
    insta::assert_snapshot!(told("कौन हो?", "किसे वोट दिया?"), @r#"
    error[unknown-word]: `वोट दिया` is not asked in a poll
     --> polls/lok_sabha_2029.yaml:5:3
      |
    5 |   hi: आपके क्षेत्र से लोकसभा का प्रत्याशी किसे वोट दिया?
      |   ^
      |
      = help: nobody is asked how they voted (Representation of the People Act 1951, sections 126A and 128): ask who should stand
    "#);
    insta::assert_snapshot!(told("rank_at_least", "approve_at_most"), @r#"
    error[unknown-word]: `approve_at_most` says nothing of a poll by `rank`
      --> polls/lok_sabha_2029.yaml:31:26
       |
    31 | invalid: {repeated: cut, approve_at_most: 1}
       |                          ^^^^^^^^^^^^^^^
       |
       = help: leave it away, or write `method: approve`
    "#);
    insta::assert_snapshot!(told("after: 2d", "after: 5d"), @r#"
    error[bad-duration]: a reminder would come after the close
      --> polls/lok_sabha_2029.yaml:32:17
       |
    32 | remind: {after: 5d, times: 2}
       |                 ^^
       |
       = help: write a shorter `after`, or fewer `times`
    "#);
    insta::assert_snapshot!(told("on: 2028-12-31", "on: 2029-02-01"), @r#"
    error[bad-date]: who may answer is not known yet when the poll opens
      --> polls/lok_sabha_2029.yaml:22:7
       |
    22 |   on: 2029-02-01
       |       ^^^^^^^^^^
       |
       = help: write a day before `opens`
    "#);
    insta::assert_snapshot!(told("thresh", "tresh"), @r#"
    error[unknown-key]: the key `treshold` is not known here
      --> polls/lok_sabha_2029.yaml:27:1
       |
    27 | treshold: 10
       | ^^^^^^^^
       |
       = help: did you mean `threshold`?
    "#);
    insta::assert_snapshot!(told("poll: lok_sabha_2029", "poll: lok_sabha_2028"), @r#"
    error[file-name]: the file is not named after its poll `lok_sabha_2028`
     --> polls/lok_sabha_2029.yaml:2:7
      |
    2 | poll: lok_sabha_2028
      |       ^^^^^^^^^^^^^^
      |
      = help: write `poll: lok_sabha_2029`, or rename the file to lok_sabha_2028.yaml
    "#);
}

#[test]
fn the_poll_of_the_docs_is_read() {
    let page = include_str!("../../../docs/polls.md");
    let (_, rest) = page.split_once("```yaml\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    let poll = read_text(text).unwrap();
    let sample = read_text(SAMPLE).unwrap();
    assert_eq!(poll, Poll { remind: None, keep: Keep::Assembly, ..sample });
}

#[test]
fn what_was_opened_is_read_whatever_is_refused_since() {
    let text = SAMPLE.replace("प्रत्याशी कौन हो?", "प्रत्याशी किस समाज का हो?");
    assert!(read_text(&text).unwrap_err().contains("is not asked in a poll"));
    let file = SourceFile { path: "polls/lok_sabha_2029.yaml".to_owned(), text };
    let frozen = read_frozen(&Sources { files: vec![file] }, &Tree::new(&GEOGRAPHY), &Office);
    assert_eq!(frozen.unwrap().len(), 1);
}

#[test]
fn a_photo_lies_in_the_folder_of_the_polls() {
    let told = told("photos/anil.jpg", "../anil.gif");
    assert!(told.contains("`../anil.gif` is no picture in the folder of the polls"), "{told}");
    assert!(told.contains("polls/lok_sabha_2029.yaml:11:"), "{told}");
    assert!(told.contains("= help: write a .jpg or .png beside this file"), "{told}");
}

#[test]
fn other_files_are_left_alone() {
    let file =
        |path: &str| SourceFile { path: path.to_owned(), text: "nothing of a poll".to_owned() };
    let sources = Sources { files: vec![file("flows/join.yaml"), file("polls/photos/a.jpg")] };
    assert_eq!(read(&sources, &Tree::new(&GEOGRAPHY), &Office), Ok(Vec::new()));
}
