//! What an author and a person expect without looking it up: reminders inside a called flow, the way
//! back while something is changed, what was passed over, codes, the language somebody writes.

use jiff::SignedDuration;

use super::fixture::{self, drawn, file, geography, loaded};
use super::text::{COMMON, COMMON_LABELLED, COMMON_LABELS};
use super::{Code, Flows, Rendering, SourceFile, Sources, Talk, load, rehearse, unplayed};
use crate::contact::{Contact, Language};

fn office(flows: &[(&str, &str, &str)]) -> Sources {
    let mut sources = fixture::sources();
    for (name, flow, texts) in flows {
        sources.files.push(file(&format!("flows/{name}.yaml"), flow));
        for language in ["hi", "en"] {
            sources.files.push(file(&format!("locales/{language}/{name}.ftl"), texts));
        }
    }
    sources
}

fn talk() -> Talk {
    Talk::new(Contact { language_chosen: true, ..Contact::default() }, Rendering::Whatsapp)
}

/// The names of the texts said to the last of the words.
fn after(flows: &Flows, talk: &mut Talk, words: &[&str]) -> Vec<String> {
    let mut said = Vec::new();
    for text in words {
        said = talk.write(flows, text).1.concat();
    }
    said
}

fn body(flows: &Flows, talk: &mut Talk, text: &str) -> String {
    let (replies, _) = talk.write(flows, text);
    replies.last().map_or(String::new(), |reply| reply.content.body().to_owned())
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

// ---- a called flow -----------------------------------------------------------------------------

const OUTER: &str = "\
flow: outer
start: {words: [रैली]}
steps:
  first: {ask: first, answer: text}
  check: {call: inner}
  last: {ask: last, answer: text}
  over: {say: over, end: true}
remind: {after: 2h, times: 1}
expires: 1d
";
const OUTER_TEXTS: &str = "first = ?\nlast = ?\nover = { $kind ->\n    [a] A\n   *[b] B\n }.\n";
const INNER: &str = "\
flow: inner
steps:
  kind: {ask: kind, answer: {one_of: [a, b]}}
  done: {end: true}
";
const INNER_TEXTS: &str = "kind = ?\n    .a = सेब\n    .b = केला\nsoon = soon\n";

fn rally(inner: &str) -> Flows {
    loaded(&office(&[("outer", OUTER, OUTER_TEXTS), ("inner", inner, INNER_TEXTS)]))
}

#[test]
fn a_question_of_a_called_flow_is_reminded_of_and_expires_as_the_caller_says() {
    let flows = rally(INNER);
    let mut person = talk();
    assert_eq!(after(&flows, &mut person, &["रैली", "x"]), ["kind"]);
    assert_eq!(person.wait(&flows, hours(2)).1.concat(), ["remind", "kind"]);
    assert!(person.wait(&flows, hours(21)).1.is_empty());
    assert!(person.session.is_some());
    person.wait(&flows, hours(1));
    assert_eq!(person.session, None, "a day without a word closes it");
}

#[test]
fn what_the_called_flow_says_of_its_questions_wins() {
    let own = format!("{INNER}remind: {{after: 1h, times: 1, say: soon}}\nexpires: 3h\n");
    let flows = rally(&own);
    let mut person = talk();
    after(&flows, &mut person, &["रैली", "x"]);
    assert_eq!(person.wait(&flows, hours(1)).1.concat(), ["soon", "kind"]);
    person.wait(&flows, hours(2));
    assert_eq!(person.session, None);
    // Back in the caller its own word counts again.
    let mut other = talk();
    assert_eq!(after(&flows, &mut other, &["रैली", "x", "सेब"]), ["last"]);
    assert!(other.wait(&flows, hours(1)).1.is_empty());
    assert_eq!(other.wait(&flows, hours(1)).1.concat(), ["remind", "last"]);
}

#[test]
fn an_answer_that_came_back_with_a_called_flow_chooses_variants_by_its_name() {
    let flows = rally(INNER);
    let mut person = talk();
    after(&flows, &mut person, &["रैली", "x", "सेब"]);
    assert_eq!(body(&flows, &mut person, "y"), "A.");
}

#[test]
fn a_flow_that_is_only_called_is_played_by_whoever_rehearses_the_caller() {
    let flows = rally(INNER);
    let text = "rehearse: outer\nlang: hi\ntalk:\n  - me: रैली\n  - bot: first\n  - me: x\n  - bot: kind\n  - wait: 2h\n  - bot: [remind, kind]\n";
    let report = rehearse(&flows, &file("flows/rehearsals/outer-one.yaml", text));
    assert!(report.passed(), "{report}");
    let left = unplayed(&flows, &[report]);
    assert!(!left.contains(&"inner") && !left.contains(&"outer"), "{left:?}");
    assert!(left.contains(&"extra"), "{left:?}");
}

#[test]
fn back_after_a_called_flow_leads_through_it_again_and_its_new_answers_count() {
    let flows = rally(INNER);
    let mut person = talk();
    assert_eq!(after(&flows, &mut person, &["रैली", "x", "सेब"]), ["last"]);
    assert_eq!(after(&flows, &mut person, &["वापस"]), ["kind"]);
    assert_eq!(after(&flows, &mut person, &["वापस"]), ["first"]);
    assert_eq!(after(&flows, &mut person, &["x", "सेब", "वापस", "केला"]), ["last"]);
    assert_eq!(body(&flows, &mut person, "y"), "B.");
}

// ---- the way back ------------------------------------------------------------------------------

const CHANGE: &str = "\
flow: change
start: {words: [शिविर]}
steps:
  name: {ask: name, answer: text}
  go_on: {if: \"what == 'name'\", then: look, else: note}
  note: {ask: note, answer: text, optional: true}
  look: {ask: look, answer: {one_of: [right, change]}, when: {change: what}}
  file_it: {do: {request: {kind: visit, with: [name, note]}}}
  over: {say: over, end: true}
  what: {ask: what, answer: {one_of: [name, note]}, when: {name: name, note: note}}
";
const CHANGE_TEXTS: &str = "\
name = ?
note = ?
look = { $name }{ $note ->
    [skip] {\"\"}
   *[other] : { $note }
 }
    .right = सही
    .change = बदलें
what = ?
    .name = नाम
    .note = टिप्पणी
over = { $name } { $note }
";

fn camp() -> Flows {
    loaded(&office(&[("change", CHANGE, CHANGE_TEXTS)]))
}

#[test]
fn back_while_an_answer_is_changed_leads_to_the_question_before_and_keeps_the_old_answer() {
    let flows = camp();
    let mut person = talk();
    let to_name = ["शिविर", "राम", "कुछ नहीं जी", "बदलें", "नाम"];
    assert_eq!(after(&flows, &mut person, &to_name), ["name"]);
    assert_eq!(after(&flows, &mut person, &["वापस"]), ["what"]);
    assert_eq!(body(&flows, &mut person, "वापस"), "राम: कुछ नहीं जी");
    assert_eq!(after(&flows, &mut person, &["बदलें", "नाम", "श्याम"]), ["look"]);
    assert_eq!(after(&flows, &mut person, &["वापस"]), ["name"]);
    assert_eq!(after(&flows, &mut person, &["वापस"]), ["what"]);
    // All the way back to the beginning, and not in a circle.
    for expected in ["look", "note", "name", "back-none"] {
        assert_eq!(after(&flows, &mut person, &["वापस"])[0], expected);
    }
}

#[test]
fn the_way_back_stays_short_however_often_a_question_comes_again() {
    let flows = camp();
    let mut person = talk();
    after(&flows, &mut person, &["शिविर", "राम", "जी"]);
    for _ in 0..40 {
        after(&flows, &mut person, &["बदलें", "नाम", "राम"]);
    }
    assert!(person.session.as_ref().unwrap().history.len() <= 60);
}

#[test]
fn what_was_passed_over_is_a_dash_or_a_line_left_out_and_no_detail() {
    let flows = camp();
    let mut person = talk();
    after(&flows, &mut person, &["शिविर", "राम"]);
    assert_eq!(body(&flows, &mut person, "छोड़ दें"), "राम");
    assert_eq!(body(&flows, &mut person, "सही"), "राम —");
    let text = "rehearse: change\nlang: en\ntalk:\n  - me: शिविर\n  - bot: name\n  - me: Ram\n  - bot: note\n  - me: skip\n  - bot: look\n  - tap: right\n  - bot: over\nthen: {request: visit, details: {name: Ram, note: none}}\n";
    let report = rehearse(&flows, &file("flows/rehearsals/change-one.yaml", text));
    assert!(report.passed(), "{report}");
}

// ---- codes -------------------------------------------------------------------------------------

#[test]
fn whoever_mistypes_a_code_is_told_and_begins_all_the_same() {
    let flows = fixture::flows();
    for text in ["join UP-5725", "सदस्य UP-5725", "join us up 5725", "join UP-0000-0572-5"]
    {
        let mut person = talk();
        assert_eq!(after(&flows, &mut person, &[text]), ["code-unknown", "consent"], "{text}");
        assert_eq!(person.referred_by(), None);
        assert_eq!(after(&flows, &mut person, &["join UP-5724"]), ["consent"]);
        assert_eq!(person.referred_by(), Some("UP-0000-0572-4"));
    }
    let mut person = talk();
    assert_eq!(after(&flows, &mut person, &["join poster7"]), ["consent"], "no code at all");
}

// ---- an order ----------------------------------------------------------------------------------

#[test]
fn an_order_is_one_of_all_choices_unless_a_bound_says_otherwise() {
    for (bounds, wrong, right) in [
        ("", Some("2 1"), "2 1 3"),
        (", at_most: 2", None, "2"),
        (", at_least: 2", Some("2"), "2 1"),
        (", at_least: 1", None, "3"),
    ] {
        let flow = format!(
            "flow: order\nstart: {{words: [क्रम]}}\nsteps:\n  order: {{ask: order, answer: {{ranked: [a, b, c]{bounds}}}}}\n  done: {{say: done, end: true}}\n"
        );
        let texts = "order = ?\n    .a = A\n    .b = B\n    .c = C\ndone = .\n";
        let flows = loaded(&office(&[("order", &flow, texts)]));
        let mut person = talk();
        after(&flows, &mut person, &["क्रम"]);
        if let Some(wrong) = wrong {
            assert_eq!(after(&flows, &mut person, &[wrong]), ["again", "hint-ranked", "order"]);
        }
        assert_eq!(after(&flows, &mut person, &[right]), ["done"], "{bounds}");
    }
}

// ---- the language somebody writes --------------------------------------------------------------

/// What the person speaks after these words, and whether they count as having chosen it.
fn spoken(flows: &Flows, words: &[&str]) -> (Language, bool) {
    let mut person = Talk::new(Contact::default(), Rendering::Whatsapp);
    after(flows, &mut person, words);
    (person.contact.language, person.contact.language_chosen)
}

#[test]
fn a_stranger_is_answered_in_the_language_they_write() {
    let shipped = crate::serve::read_sources(None, None).unwrap();
    let flows = loaded(&shipped);
    for (words, language) in [
        (["السلام علیکم"].as_slice(), Language::Ur),
        (&["مدد"], Language::Ur),
        (&["I want to become a member"], Language::En),
        (&["नमस्ते"], Language::Hi),
        (&["hello"], Language::Hi),
        (&["join"], Language::Hi),
        (&["sadasya banna hai"], Language::Hi),
        // Within a conversation the letters of an answer decide nothing.
        (&["सदस्य", "ہاں"], Language::Hi),
        // The next one is heard anew.
        (&["I want to become a member", "stop", "नमस्ते"], Language::Hi),
    ] {
        assert_eq!(spoken(&flows, words), (language, false), "{words:?}");
    }
}

#[test]
fn a_chosen_language_stays_whatever_somebody_writes() {
    let flows = loaded(&crate::serve::read_sources(None, None).unwrap());
    assert_eq!(spoken(&flows, &["भाषा", "English", "नमस्ते"]), (Language::En, true));
    let mut person = talk();
    after(&flows, &mut person, &["السلام علیکم"]);
    assert_eq!(person.contact.language, Language::Hi);
}

#[test]
fn an_office_without_a_language_does_not_answer_in_it() {
    // The small office has no Urdu.
    assert_eq!(spoken(&fixture::flows(), &["السلام علیکم"]), (Language::Hi, false));
}

// ---- the engine's own words --------------------------------------------------------------------

/// A text file without one of its messages.
fn without(text: &str, key: &str) -> String {
    let mut kept = String::new();
    let mut gone = false;
    for line in text.lines() {
        let begins = !line.starts_with([' ', '#', '\t', '}']) && !line.is_empty();
        if begins {
            gone = line.split('=').next().is_some_and(|name| name.trim() == key);
        }
        if !gone {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[test]
fn check_tells_each_text_of_the_engine_an_office_lacks() {
    let shipped = crate::serve::read_sources(None, None).unwrap();
    let keys = COMMON.iter().map(|(key, _)| *key);
    let keys = keys.chain(COMMON_LABELS.iter().map(|(key, _)| *key)).chain(COMMON_LABELLED);
    // Each text in one of two languages, in turn: a whole load of the flows for each takes its time.
    let paths = ["locales/hi/common.ftl", "locales/ur/common.ftl"].into_iter().cycle();
    for (key, path) in keys.zip(paths) {
        let mut sources = shipped.clone();
        let common = sources.files.iter_mut().find(|file| file.path == path);
        let common: &mut SourceFile = common.unwrap();
        let shorter = without(&common.text, key);
        assert_ne!(shorter, common.text, "{key}");
        common.text = shorter;
        let found = load(&sources, geography()).expect_err(key);
        let told = found.iter().any(|told| {
            matches!(told.code, Code::MissingText) && told.message.contains(&format!("`{key}`"))
        });
        assert!(told, "{path} without {key}:\n{}", drawn(&found));
    }
}

// ---- counting ----------------------------------------------------------------------------------

const QUIZ: &str = "\
flow: quiz
start: {words: [क्विज़]}
steps:
  river: {ask: river, answer: {one_of: [a, b]}}
  year: {ask: year, answer: {number: {from: 1, to: 9000}}, optional: true}
  right: {count: [\"river == 'a'\", year == 1950, member]}
  twice: {count: year * 2 + right}
  over: {if: right >= 1, then: some, else: none}
  some: {say: some, end: true}
  none: {say: none, end: true}
";
const QUIZ_TEXTS: &str = "\
river = ?
    .a = गोमती
    .b = गंगा
year = ?
some = { $right } of 2, { $twice }{ $right ->
    [2] !
   *[other] .
 }
none = { $right }
";

#[test]
fn conditions_that_hold_are_counted_and_numbers_are_summed() {
    let flows = loaded(&office(&[("quiz", QUIZ, QUIZ_TEXTS)]));
    for (year, river, said) in [
        ("1950", "गोमती", "2 of 2, 3,902!"),
        ("1947", "गोमती", "1 of 2, 3,895."),
        ("1950", "गंगा", "1 of 2, 3,901."),
        ("1947", "गंगा", "0"),
    ] {
        let mut person = talk();
        assert_eq!(after(&flows, &mut person, &["क्विज़", river]), ["year"]);
        assert_eq!(body(&flows, &mut person, year), said);
    }
    // A sum of what was not answered is nothing, and a condition on it does not hold.
    let mut person = talk();
    after(&flows, &mut person, &["क्विज़", "गोमती", "छोड़ दें"]);
    assert_eq!(person.session, None);
}

#[test]
fn what_cannot_be_counted_is_told() {
    for (count, message, hint) in [
        ("member", "this is a condition, not a whole number", "[member, "),
        ("river", "this is a word, not a whole number", "a sum is made of numbers"),
        ("yaer + 1", "knows nothing of `yaer`", "did you mean `year`?"),
        ("[year]", "this is a number, not a condition", ""),
        ("[]", "there is nothing to count", "conditions"),
    ] {
        let quiz = QUIZ.replace("year * 2 + right", count);
        let found = load(&office(&[("quiz", &quiz, QUIZ_TEXTS)]), geography()).expect_err(count);
        let told = drawn(&found);
        assert!(told.contains(message) && told.contains(hint), "{count}: {told}");
    }
}
