//! What is read of a broadcast's file, and what is said of every mistake in one.

use jiff::Timestamp;

use crate::broadcast::fixture::{
    BROADCAST, TEMPLATE, definition, flows, frozen, read_at, read_with,
};
use crate::broadcast::{Before, Definition, Fallback, Frozen, Named, Value};
use crate::flow::{Diagnostic, Severity, SourceFile, fixture};
use crate::message::{Channel, Purpose};

/// What is told of the fixture with this line in the place of that one.
fn told(from: &str, to: &str) -> Vec<Diagnostic> {
    assert!(BROADCAST.contains(from), "{from}");
    read_with(&flows(None), &BROADCAST.replacen(from, to, 1)).1
}

#[test]
fn a_whole_file_is_read_whole() {
    let definition = definition();
    assert_eq!(definition.name, "meeting");
    assert_eq!(definition.purpose, Purpose::Samvad, "that of a template that markets");
    assert_eq!(definition.replies.as_deref(), Some("join"));
    assert_eq!(definition.senders.len(), 3, "a channel is all of its numbers");
    assert_eq!(definition.fallback, Some(Fallback { channel: Channel::Sms, after_ms: 21_600_000 }));
    assert!(matches!(definition.send.before, Before::SameDay(_)));
    let payloads = &definition.said.whatsapp.as_ref().unwrap().payloads;
    assert_eq!(payloads[0], ("come".to_owned(), "join".to_owned()));
    assert_eq!(payloads[1], ("stop".to_owned(), "STOP".to_owned()));
    assert!(matches!(definition.said.values[0].1, Value::Person { .. }));
}

#[test]
fn what_is_frozen_is_read_back_as_it_was() {
    let frozen = frozen();
    assert_eq!(frozen.from, Some("2026-12-06T04:30:00Z".parse::<Timestamp>().unwrap()));
    assert_eq!(frozen.before, "2026-12-06T14:30:00Z".parse::<Timestamp>().unwrap());
    let again = Frozen::from_json(&frozen.to_json()).unwrap();
    assert_eq!(again, frozen);
    assert_eq!(again.hash(), frozen.hash());
}

#[test]
fn another_word_is_another_hash() {
    let frozen = frozen();
    let mut other = frozen.clone();
    other.about.push('!');
    assert_ne!(other.hash(), frozen.hash());
}

#[test]
fn a_broadcast_that_comes_again_bears_its_day_in_its_name() {
    let weekly = weekly("repeat: weekly, until: 2027-03-07");
    let next = weekly.send.next("2026-12-08T00:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(weekly.freeze(&next).name, "meeting.2026-12-13");
}

/// The fixture, coming again.
fn weekly(repeat: &str) -> Definition {
    let text = BROADCAST.replacen("before: 20:00}", &format!("before: 20:00, {repeat}}}"), 1);
    let (mut all, found) = read_with(&flows(None), &text);
    assert!(found.is_empty(), "{found:?}");
    all.pop().unwrap()
}

#[test]
fn a_series_is_one_definition_and_each_of_its_days_says_the_same() {
    let series = weekly("repeat: weekly, until: 2026-12-20").freeze_series().unwrap();
    assert_eq!(series.name, "meeting");
    assert_eq!(series.before, "2026-12-20T14:30:00Z".parse::<Timestamp>().unwrap());
    let again = Frozen::from_json(&series.to_json()).unwrap();
    assert_eq!(again, series, "its days are read back");
    let days: Vec<Frozen> = series.series.unwrap().days().map(|day| series.on(&day)).collect();
    let names: Vec<&str> = days.iter().map(|day| day.name.as_str()).collect();
    assert_eq!(names, ["meeting.2026-12-06", "meeting.2026-12-13", "meeting.2026-12-20"]);
    assert_eq!(days[1].from, Some("2026-12-13T04:30:00Z".parse().unwrap()));
    assert_eq!(days[1].before, "2026-12-13T14:30:00Z".parse::<Timestamp>().unwrap());
    assert!(days.iter().all(|day| day.said == series.said && day.series.is_none()));
    assert!(definition().freeze_series().is_none(), "what comes once is no series");
}

#[test]
fn a_yes_to_a_series_is_to_its_words_audience_lists_and_days() {
    let yes = weekly("repeat: weekly, until: 2026-12-20").freeze_series().unwrap();
    let mut resolved = yes.clone();
    resolved.earlier.push(Named { name: "last".to_owned(), found: Some((7, "diwali".to_owned())) });
    assert!(yes.says_the_same(&resolved), "which one `last` is, is another answer every day");
    let longer = weekly("repeat: weekly, until: 2026-12-27").freeze_series().unwrap();
    assert!(!yes.says_the_same(&longer));
    let changes: [fn(&mut Frozen); 4] = [
        |frozen| frozen.about.push('!'),
        |frozen| frozen.audience = Some("true".to_owned()),
        |frozen| frozen.lists.push(("guests.csv".to_owned(), "00".to_owned())),
        |frozen| drop(frozen.senders.pop()),
    ];
    for change in changes {
        let mut other = yes.clone();
        change(&mut other);
        assert!(!yes.says_the_same(&other));
    }
}

/// Each mistake: the line, the line in its place, the code, and what has to stand in the hint.
const MISTAKES: [(&str, &str, &str, &str); 47] = [
    ("broadcast: meeting\n", "", "missing-key", "broadcast: meeting"),
    ("broadcast: meeting\n", "broadcast: diwali\n", "file-name", "broadcast: meeting"),
    ("broadcast: meeting\n", "broadcast: Meeting!\n", "bad-name", "small Latin letters"),
    ("audience:", "audiance:", "unknown-key", "audience"),
    (
        "audience: post == \"booth_president\" && place.within(\"lucknow\")\n",
        "",
        "missing-key",
        "list: guests.csv",
    ),
    ("\"booth_president\"", "\"both_president\"", "condition-syntax", "booth_president"),
    ("\"lucknow\"", "\"lukhnow\"", "condition-syntax", "lucknow"),
    ("about:", "list: gests.csv\nabout:", "missing-file", "guests.csv"),
    ("template: invitation", "template: invitaton", "unknown-template", "invitation"),
    ("about:", "purpose: membership\nabout:", "consent", "purpose: samvad"),
    ("about:", "purpose: news\nabout:", "unknown-word", "samvad"),
    ("about:", "asks: news\nabout:", "unknown-word", "samvad"),
    ("about:", "asks: samvad\npurpose: samvad\nabout:", "consent", "`asks`"),
    ("about:", "asks: membership\nabout:", "consent", "asks: samvad"),
    ("about:", "asks: samvad\nabout:", "consent", "notice: samvad"),
    ("about:", "asks: samvad\nabout:", "consent", "take it away"),
    (
        "name: {otherwise: {hi: साथी, en: friend, ur: ساتھی}}",
        "",
        "unknown-variable",
        "otherwise: {hi: …",
    ),
    ("day: {hi: रविवार, en: Sunday, ur: اتوار}", "", "unknown-variable", "day: {hi: …"),
    (
        "day: {hi: रविवार, en: Sunday, ur: اتوار}",
        "day: {hi: रविवार, en: Sunday}",
        "missing-text",
        "ur: …",
    ),
    ("day:", "dya: {hi: x}\n  day:", "unknown-variable", "day"),
    ("name: {otherwise", "name: {known: caste, otherwise", "unknown-variable", "name"),
    (
        "name: {otherwise: {hi: साथी, en: friend, ur: ساتھی}}",
        "name: {known: name}",
        "missing-key",
        "otherwise",
    ),
    ("come: join", "comes: join", "template-fits", "come"),
    ("come: join", "come: jion", "unknown-flow", "join"),
    ("replies: join", "replies: jion", "unknown-flow", "join"),
    ("sms: {say: meeting}", "sms: {say: meetings}", "missing-text", "meetings = …"),
    ("sms: {say: meeting}", "sms: meeting", "unknown-word", "sms: template"),
    ("senders: [whatsapp, office]", "senders: [whatsap, office]", "unknown-word", "whatsapp"),
    (
        "send: {from: 2026-12-06 10:00, before: 20:00}\n",
        "",
        "missing-key",
        "before: 2026-12-06 10:00",
    ),
    ("from: 2026-12-06 10:00", "from: 06-12-2026 10:00", "bad-date", "2026-12-06 10:00"),
    ("from: 2026-12-06 10:00, before: 20:00", "before: 20:00", "bad-date", "write the day too"),
    ("before: 20:00", "before: 09:00", "bad-bounds", "later than `from`"),
    ("before: 20:00", "before: 2027-01-06 10:01", "bad-bounds", "30 days after `from` at most"),
    (
        "before: 20:00",
        "before: 2026-12-07 10:01, repeat: daily, until: 2026-12-31",
        "bad-bounds",
        "before: 2026-12-07 10:00",
    ),
    (
        "before: 20:00",
        "before: 2026-12-13 10:01, repeat: weekly, until: 2026-12-31",
        "bad-bounds",
        "before: 2026-12-13 10:00",
    ),
    (
        "before: 20:00",
        "before: 2027-01-03 10:01, repeat: monthly, until: 2027-03-31",
        "bad-bounds",
        "before: 2027-01-03 10:00",
    ),
    ("before: 20:00", "before: 20:00, repeat: yearly", "unknown-word", "weekly"),
    ("before: 20:00", "before: 20:00, repeat: daily", "missing-key", "until: 2027-03-06"),
    ("before: 20:00", "before: 20:00, repeat: daily, until: soon", "bad-date", "2027-12-06"),
    (
        "before: 20:00",
        "before: 20:00, repeat: daily, until: 2026-12-05",
        "bad-bounds",
        "2026-12-06",
    ),
    (
        "before: 20:00",
        "before: 20:00, repeat: daily, until: 2027-12-07",
        "bad-bounds",
        "2027-12-06",
    ),
    ("before: 20:00", "before: 20:00, until: 2027-03-07", "unknown-key", "repeat: weekly"),
    (
        "from: 2026-12-06 10:00, before: 20:00",
        "before: 2026-12-06 20:00, repeat: daily",
        "missing-key",
        "from:",
    ),
    (
        "senders: [whatsapp, office]",
        "senders: [whatsapp]",
        "unknown-word",
        "add `sms` to `senders`",
    ),
    ("channel: sms", "channel: telegram", "unknown-word", "sms"),
    ("after: 6h", "after: six hours", "bad-duration", "h"),
    ("about:", "header: {image: \"http://example.org/a.png\"}\nabout:", "bad-address", "https://"),
];

#[test]
fn every_mistake_is_told_with_what_to_write_instead() {
    for (from, to, code, hint) in MISTAKES {
        let told = told(from, to);
        let errors: Vec<&Diagnostic> =
            told.iter().filter(|found| found.severity == Severity::Error).collect();
        let drawn: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert!(!errors.is_empty(), "nothing is told of {to:?}");
        let fits = |found: &&Diagnostic| {
            found.code.name() == code
                && found.hint.as_deref().is_some_and(|words| words.contains(hint))
        };
        assert!(errors.iter().any(fits), "{to:?}: {code} {hint}\n{}", drawn.join("\n"));
        assert!(errors.iter().all(|found| found.line > 0 && found.path.ends_with("meeting.yaml")));
    }
}

#[test]
fn what_leads_to_a_poll_asks_for_opinions_and_says_so() {
    // One that is no poll itself, and leaves for it.
    const BESIDE: &str = "flow: beside\nabout: On to the poll.\nstart: {words: [beside]}\n\
        steps:\n  on: {goto: {flow: opinion}}\n";
    let read = |purpose: &str, changes: &[(&str, &str)]| {
        let mut sources = crate::serve::read_sources(None, None).unwrap();
        let (path, text) = ("flows/beside.yaml".to_owned(), BESIDE.to_owned());
        sources.files.push(SourceFile { path, text });
        let category = format!("category: utility\npurpose: {purpose}");
        let text = TEMPLATE.replacen("category: marketing", &category, 1);
        let path = "flows/templates/invitation.yaml".to_owned();
        sources.files.push(SourceFile { path, text });
        let mut text = BROADCAST.to_owned();
        for (from, to) in changes {
            assert!(text.contains(from), "{from}");
            text = text.replacen(from, to, 1);
        }
        let (_, told) = read_with(&fixture::loaded(&sources), &text);
        let of_polls = |found: &Diagnostic| {
            found
                .hint
                .as_deref()
                .is_some_and(|words| words.contains("write `purpose: opinion`, with"))
        };
        told.into_iter().filter(of_polls).map(|found| found.line).collect::<Vec<usize>>()
    };
    let replies = ("replies: join", "replies: opinion");
    let button = ("come: join", "come: opinion");
    for (purpose, changes, lines) in [
        ("samvad", vec![replies], vec![10]),
        ("samvad", vec![button], vec![8]),
        ("samvad", vec![replies, button], vec![10]),
        ("samvad", vec![("replies: join", "replies: beside")], vec![10]),
        ("samvad", vec![], vec![]),
        ("opinion", vec![replies, button], vec![]),
    ] {
        assert_eq!(read(purpose, &changes), lines, "{purpose} {changes:?}");
    }
}

#[test]
fn a_mistake_is_shown_where_it_stands() {
    let told = told("\"lucknow\"", "\"lukhnow\"");
    insta::assert_snapshot!(told[0], @r#"
    error[condition-syntax]: `lukhnow` is not the name of one place
     --> broadcasts/meeting.yaml:3:54
      |
    3 | audience: post == "booth_president" && place.within("lukhnow")
      |                                                      ^^^^^^^
      |
      = help: did you mean "lucknow"?
    "#);
}

#[test]
fn a_text_nobody_says_is_told() {
    let found = told("sms: {say: meeting}\n", "");
    assert!(found.iter().any(|found| found.code.name() == "unused-text"), "{found:?}");
}

#[test]
fn a_broadcast_by_sms_alone_needs_no_template() {
    let mut text = BROADCAST.to_owned();
    for line in [
        "template: invitation\n",
        "buttons: {come: join, stop: stop}\n",
        "senders: [whatsapp, office]\n",
    ] {
        text = text.replacen(line, "", 1);
    }
    let (all, found) = read_with(&flows(None), &text);
    assert!(found.is_empty(), "{found:?}");
    assert!(all[0].said.whatsapp.is_none() && all[0].said.sms.is_some());
    assert_eq!(all[0].senders.len(), 1, "only what speaks");
}

#[test]
fn what_asks_for_a_consent_has_a_purpose_of_its_own() {
    let mut text = BROADCAST.replacen("about:", "asks: membership\nabout:", 1);
    for line in [
        "template: invitation\n",
        "buttons: {come: join, stop: stop}\n",
        "senders: [whatsapp, office]\n",
        "fallback: {channel: sms, after: 6h}\n",
    ] {
        text = text.replacen(line, "", 1);
    }
    let (all, found) = read_with(&flows(None), &text);
    assert!(found.is_empty(), "{found:?}");
    assert_eq!(all[0].purpose, Purpose::AskMembership);
    assert_eq!(all[0].purpose.asks_for(), Some(Purpose::Membership));
}

#[test]
fn a_short_message_without_a_registry_in_force_is_warned_of() {
    let (all, found) = read_at(&flows(None), BROADCAST, &[]);
    assert_eq!(all.len(), 1, "on WhatsApp it goes");
    let [told] = &found[..] else { panic!("{found:?}") };
    assert_eq!((told.severity, told.code.name()), (Severity::Warning, "dlt-template"));
    assert!(told.message.contains("no_dlt_template"), "{told}");
    let hint = told.hint.as_deref().unwrap();
    assert!(hint.contains("templates_at_vendor = true in [sms.accounts.office]"), "{hint}");
    let (_, found) = read_at(&flows(Some(REGISTRY)), BROADCAST, &[]);
    assert!(found.is_empty(), "{found:?}");
}

/// A registry in force with the meeting's text in Hindi, without English and Urdu.
const REGISTRY: &str = r#"entity: "1101159000000000001"
languages: [hi]
tested: [latin, devanagari]
headers: {UPSMVD: service}
templates:
  meeting_hi:
    id: "1107161000000000001"
    header: UPSMVD
    category: service
    language: hi
    text: "नमस्ते {#alphanumeric#} जी, बैठक {#alphanumeric#} को दस बजे है।"
"#;

#[test]
fn a_short_message_without_a_registered_template_is_refused() {
    let wrong = REGISTRY.replace("दस बजे", "बारह बजे");
    let (all, found) = read_with(&flows(Some(&wrong)), BROADCAST);
    assert!(all.is_empty());
    let told = found.iter().find(|found| found.code.name() == "dlt-template").unwrap();
    assert!(told.hint.as_deref().unwrap().contains("meeting_hi"), "{told}");
}

#[test]
fn what_carries_a_short_message_is_frozen_with_it() {
    let (all, found) = read_with(&flows(Some(REGISTRY)), BROADCAST);
    assert!(found.is_empty(), "{found:?}");
    let registry = all[0].said.sms.as_ref().unwrap().registry.as_ref().unwrap();
    assert_eq!(registry.templates.len(), 1);
}
