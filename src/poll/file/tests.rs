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
    assert_eq!(poll.remind, Some(Remind { after: SignedDuration::from_hours(48), times: 2 }));
    assert_eq!(poll.electorate.on, jiff::civil::date(2028, 12, 31));
    assert_eq!(poll.seat(173, 35).map(|seat| seat.number), Some(35));
    assert_eq!(poll.seat(1, 1), None);
}

#[test]
fn what_is_not_said_has_a_careful_default() {
    let cut = SAMPLE.find("again:").unwrap();
    let poll = read_text(&SAMPLE[..cut]).unwrap();
    assert!(poll.secret);
    assert_eq!((poll.rules.threshold, poll.rules.panel), (10, 3));
    assert_eq!((poll.again, poll.remind), (Again::UntilClose, None));
}

#[test]
fn every_mistake_is_told_with_its_line_and_what_to_write() {
    insta::assert_snapshot!(told("method: rank", "method: ranked"), @"");
    insta::assert_snapshot!(told("  अमेठी:", "  दिल्ली:"), @"");
    insta::assert_snapshot!(told("post in [\"booth_president\"", "post in [\"booth_presdent\""), @"");
    insta::assert_snapshot!(told("closes: 2029-01-12 20:00", "closes: 2029-01-02 20:00"), @"");
    insta::assert_snapshot!(told("closes: 2029-01-12 20:00", "closes: 12-01-2029"), @"");
    insta::assert_snapshot!(told("threshold: 10", "threshold: 1"), @"");
    insta::assert_snapshot!(told("hi: कमला देवी", "hi: राजेश मौर्य"), @"");
    insta::assert_snapshot!(told("कौन हो?", "किसे वोट दिया?"), @"");
    insta::assert_snapshot!(told("rank_at_least", "approve_at_most"), @"");
    insta::assert_snapshot!(told("after: 2d", "after: 5d"), @"");
    insta::assert_snapshot!(told("on: 2028-12-31", "on: 2029-02-01"), @"");
    insta::assert_snapshot!(told("thresh", "tresh"), @"");
    insta::assert_snapshot!(told("poll: lok_sabha_2029", "poll: lok_sabha_2028"), @"");
}

#[test]
fn the_poll_of_the_docs_is_read() {
    let page = include_str!("../../../docs/polls.md");
    let (_, rest) = page.split_once("```yaml\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    let poll = read_text(text).unwrap();
    assert_eq!(poll, Poll { remind: None, ..read_text(SAMPLE).unwrap() });
}

#[test]
fn other_files_are_left_alone() {
    let file =
        |path: &str| SourceFile { path: path.to_owned(), text: "nothing of a poll".to_owned() };
    let sources = Sources { files: vec![file("flows/join.yaml"), file("polls/photos/a.jpg")] };
    assert_eq!(read(&sources, &Tree::new(&GEOGRAPHY), &Office), Ok(Vec::new()));
}
