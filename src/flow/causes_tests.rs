//! One slip is one finding: the cause, at the place where it is put right, and nothing that only
//! follows from it.

use super::fixture::{drawn, edited, file, geography, loaded, renamed, sources, told};
use super::*;

const JOIN: &str = "flows/join.yaml";
const EXTRA: &str = "flows/extra.yaml";
const LANGUAGE: &str = "flows/language.yaml";
const HI: &str = "locales/hi/join.ftl";
const EN: &str = "locales/en/join.ftl";
const PARTY: &str = "locales/hi/common.ftl";
const NAME: &str = "{ask: name, answer: person_name}";
const KNOWN: &str = "  known: {say: card, end: true}";

/// In this file, these words for those; the code of what is found, where (the path, and words of the
/// line), and words of the hint.
struct Slip(
    &'static str,
    &'static str,
    &'static str,
    Code,
    (&'static str, &'static str),
    &'static str,
);

const SLIPS: &[Slip] = &[
    // ---- where steps lead
    Slip(
        JOIN,
        "{say: done}",
        "{say: done, end: true}",
        Code::UnreachableStep,
        (JOIN, "more: {call"),
        "lead here",
    ),
    Slip(
        JOIN,
        "{say: declined, end: true}",
        "{say: declined, goto: declined}",
        Code::SilentCircle,
        (JOIN, "goto: declined"),
        "ask",
    ),
    Slip(
        JOIN,
        "  more: {call: extra}\n",
        "  more: {call: extra}\n  rest: {wait: 2h}\n  again: {goto: rest}\n",
        Code::SilentCircle,
        (JOIN, "again: {goto: rest}"),
        "at_most: 3",
    ),
    Slip(
        LANGUAGE,
        "{say: done, end: true}",
        "{say: done, goto: which}",
        Code::NoEnd,
        (LANGUAGE, "goto: which"),
        "end: true",
    ),
    Slip(
        EXTRA,
        "  thanks: {say: thanks, end: true}",
        "  thanks: {say: thanks}\n  again: {call: join}\n  over: {end: true}",
        Code::CallsItself,
        (EXTRA, "again: {call: join}"),
        "take this call out",
    ),
    Slip(
        JOIN,
        "    when: {no: declined}\n  birth_year:",
        "    when: {no: birth_year}\n    birth_year:",
        Code::Indentation,
        (JOIN, "    birth_year:"),
        "two",
    ),
    // ---- names that two flows have
    Slip(
        EXTRA,
        "  people: {ask: people, answer: {number: {from: 1, to: 5000}}}",
        "  people: {ask: people, answer: {number: {from: 1, to: 5000}}}\n  booth: {ask: photo, answer: text}",
        Code::SameAnswer,
        (EXTRA, "  booth: {ask"),
        "flows/join.yaml:15",
    ),
    Slip(
        EXTRA,
        "steps:",
        "start: {words: [मदद]}\nsteps:",
        Code::StartWordClash,
        (EXTRA, "words: [मदद]"),
        "flows/help.yaml:2",
    ),
    Slip(
        EXTRA,
        "steps:",
        "start: {words: [नया], default: true}\nsteps:",
        Code::DefaultFlow,
        (EXTRA, "default: true"),
        "flows/greeting.yaml:3",
    ),
    // ---- numbers that identify
    Slip(
        JOIN,
        NAME,
        "{ask: name, answer: {pattern: '[0-9]{12}'}}",
        Code::IdentityNumber,
        (JOIN, "pattern"),
        "take it out",
    ),
    // ---- values
    Slip(
        JOIN,
        NAME,
        "{ask: name, answer: {date: {from: today, to: 30 days}}}",
        Code::BadDate,
        (JOIN, "30 days"),
        "write 30d",
    ),
    Slip(
        JOIN,
        NAME,
        "{ask: name, answer: {date: {from: today, to: 31/12/2027}}}",
        Code::BadDate,
        (JOIN, "31/12/2027"),
        "write 2027-12-31",
    ),
    Slip(
        JOIN,
        KNOWN,
        "  known: {say: card, end: true}\n  score:\n    count:\n      - 'yes' == consent",
        Code::Quotes,
        (JOIN, "- 'yes' == consent"),
        "double quotes: \"'yes' == consent\"",
    ),
    // ---- texts
    Slip(PARTY, "-party = दल\n", "", Code::UnknownTerm, (PARTY, "again ="), "`-party = …`"),
    Slip(PARTY, "-party =", "-prty =", Code::UnknownTerm, (PARTY, "-prty ="), "rename it: -party"),
    Slip(PARTY, "again = समझ नहीं आया।\n", "", Code::MissingText, (PARTY, "-party"), "written in"),
    Slip(
        HI,
        "district = { $name } जी, जिला?",
        "name = { $name } जी, जिला?",
        Code::DuplicateText,
        (HI, "name = {"),
        "keep one",
    ),
    Slip(
        EN,
        "    .change = Change",
        "    .change = Rights",
        Code::SameChoices,
        (EN, ".change = Rights"),
        "different words",
    ),
    Slip(
        "locales/en/notices.ftl",
        "membership = Notice of { -party }\n    .version = 2026-11-21",
        "membership = Notice of { -party }\n    and more of it\n    to the end",
        Code::MissingLabel,
        ("locales/en/notices.ftl", "to the end"),
        "below this line: `    .version",
    ),
    Slip(
        "locales/hi/my_data.ftl",
        "{ $ticket }",
        "{ $ticket }, { $people }",
        Code::UnknownVariable,
        ("locales/hi/my_data.ftl", "$people"),
        "answer of the flow `extra`",
    ),
    Slip(
        EN,
        "    .change = Change",
        "    .change = Change whatever you like here",
        Code::LabelTooLong,
        (EN, ".change ="),
        "shorten it",
    ),
];

#[test]
fn one_slip_is_one_finding_at_the_place_where_it_is_put_right() {
    let mut wrong = Vec::new();
    for Slip(path, from, to, code, (at, line), hint) in SLIPS {
        let found = told(&edited(path, |text| text.replacen(from, to, 1)));
        let fits = matches!(found.as_slice(), [one] if one.code == *code
            && one.path == *at
            && one.text.contains(line)
            && one.hint.as_deref().unwrap_or_default().contains(hint));
        if !fits {
            wrong.push(format!(
                "{path}: {from:?} → {to:?}\n  wanted {} at {at} {line:?} with {hint:?}\n{}",
                code.name(),
                drawn(&found)
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n\n{}", wrong.len(), SLIPS.len(), wrong.join("\n\n----\n"));
}

#[test]
fn a_step_nobody_reaches_is_told_beside_a_circle_that_has_nothing_to_do_with_it() {
    let office = edited(JOIN, |text| {
        text.replacen(
            KNOWN,
            "  lost: {say: card, end: true}\n  known: {say: card}\n  naps: {wait: 2h}\n  on: {goto: naps}",
            1,
        )
    });
    let found = told(&office);
    let codes: Vec<_> = found.iter().map(|one| (one.severity, one.code, one.line)).collect();
    let wanted =
        [(Severity::Error, Code::UnreachableStep, 23), (Severity::Warning, Code::SilentCircle, 26)];
    assert_eq!(codes, wanted, "{}", drawn(&found));
}

#[test]
fn a_result_without_a_way_explains_one_step_that_nobody_reaches_and_no_other() {
    let ends = "  thanks: {say: thanks}\n  big: {if: people > 9, then: many, else: few}\n  many: {end: many}\n  few: {end: few}";
    let with = |more: &str, last: &str| {
        let mut office =
            edited(EXTRA, |text| text.replacen("  thanks: {say: thanks, end: true}", ends, 1));
        for file in office.files.iter_mut().filter(|file| file.path == JOIN) {
            file.text = file.text.replacen("{call: extra}", more, 1);
            file.text = file.text.replacen(KNOWN, &format!("{KNOWN}\n{last}"), 1);
        }
        told(&office)
    };
    let crowd = "  crowd: {say: card, end: true}";
    let way = "{call: extra, when: {few: bye, many: crowd}}";
    assert_eq!(with(way, crowd).len(), 0);
    let way = "{call: extra, when: {few: bye}}";
    let found = with(way, crowd);
    assert!(
        matches!(found.as_slice(), [one] if one.severity == Severity::Error && one.message.contains("`many`")),
        "{}",
        drawn(&found)
    );
    let found = with(way, &format!("{crowd}\n  lost: {{say: card, end: true}}"));
    assert_eq!(found.len(), 2, "{}", drawn(&found));
}

#[test]
fn a_link_of_two_flows_is_told_at_the_office_s_own() {
    let mut office =
        edited(EXTRA, |text| text.replacen("steps:", "start: {link: join}\nsteps:", 1));
    // Whichever is read first.
    for _ in 0..2 {
        let found = told(&office);
        assert!(
            matches!(found.as_slice(), [one] if one.code == Code::StartWordClash && one.path == EXTRA),
            "{}",
            drawn(&found)
        );
        office.files.reverse();
    }
}

#[test]
fn a_sign_that_costs_parts_of_an_sms_is_named_first() {
    let long = "We’ll write some days before it begins, and tell where it is, how to come there, what to bring and whom to ask for. ";
    let office =
        edited(EN, |text| text.replacen("bye = ", &format!("bye = {}", long.repeat(2)), 1));
    let rules = Rules { sms_parts: 3, ..Rules::default() };
    let found = prove(&office, geography(), rules).unwrap_err();
    let [one] = found.as_slice() else { panic!("{}", drawn(&found)) };
    let hint = one.hint.as_deref().unwrap_or_default();
    assert_eq!(one.code, Code::SmsParts);
    assert!(hint.starts_with("write `'` for `’`: then it needs 2"), "{hint}");
    assert_eq!(one.text.get(one.span.clone()), Some("’"));
}

#[test]
fn a_text_file_without_a_folder_is_told_the_one_folder_that_lacks_it() {
    let found = told(&renamed(HI, "locales/join.ftl"));
    let [one] = found.as_slice() else { panic!("{}", drawn(&found)) };
    assert_eq!(one.hint.as_deref(), Some("move the file to locales/hi/join.ftl"));
}

const REHEARSAL: &str = "rehearse: join\nchannel: whatsapp\nlang: hi\ntalk:\n  - me: सदस्य\n  - bot: consent\n  - tap: \"yes\"\n  - bot: birth-year\nthen: {session: birth_year}\n";

#[test]
fn a_tap_that_is_no_choice_is_told_the_choices_of_the_question_before_it() {
    let mut office = sources();
    let text = REHEARSAL.replacen("\"yes\"", "ja", 1);
    office.files.push(file("flows/rehearsals/one.yaml", &text));
    let found = told(&office);
    let [one] = found.as_slice() else { panic!("{}", drawn(&found)) };
    assert_eq!(one.hint.as_deref(), Some("one of: no, yes"));
}

#[test]
fn a_start_word_that_is_guessed_at_is_named_with_its_flow() {
    let office =
        edited(EXTRA, |text| text.replacen("steps:", "start: {words: [बिजली]}\nsteps:", 1));
    let text = "rehearse: greeting\nchannel: whatsapp\nlang: hi\ntalk:\n  - me: bijli band hai\n  - bot: menu\n";
    let report = rehearse(&loaded(&office), &file("flows/rehearsals/one.yaml", text));
    let [one] = report.differences.as_slice() else { panic!("{report}") };
    let hint = one.hint.as_deref().unwrap_or_default();
    assert!(hint.starts_with("`बिजली` is a start word of the flow `extra`"), "{one}");
}

#[test]
fn a_talk_that_goes_otherwise_says_what_the_person_s_words_were_taken_for() {
    let flows = loaded(&sources());
    for (from, to, hint) in [
        ("  - tap: \"yes\"", "  - me: कखग", "`कखग` is no answer to the question"),
        ("  - tap: \"yes\"", "  - me: मदद", "`मदद` is a start word of the flow `help`"),
        ("{session: birth_year}", "{session: name}", "write `session: join/birth_year`"),
    ] {
        let text = REHEARSAL.replacen(from, to, 1);
        let report = rehearse(&flows, &file("flows/rehearsals/one.yaml", &text));
        let [one] = report.differences.as_slice() else { panic!("{to}: {report}") };
        assert!(one.hint.as_deref().unwrap_or_default().contains(hint), "{to}: {one}");
    }
}

#[test]
fn a_talk_that_stands_still_says_what_it_waits_for() {
    let said = "  said: {say: said, end: true}\n";
    for (steps, heard, hint) in [
        (
            format!("  rest: {{wait: 3h}}\n{said}"),
            "",
            "(step `rest`): add the line `- wait: 3h` above",
        ),
        (
            format!("  look: {{fetch: 'https://api.example.org/look'}}\n{said}"),
            "",
            "`- fetched: {status: 200, body: {…}}` above",
        ),
        (format!("  talk: {{handoff: talk}}\n{said}"), "  - bot: talk\n", "`- office: done` above"),
        ("  over: {end: true}\n".to_owned(), "", "the conversation is over"),
        (
            format!("  which: {{ask: which, answer: text}}\n{said}"),
            "  - bot: which\n",
            "the bot waits for the person",
        ),
    ] {
        let flow = format!(
            "flow: slow\nabout: Takes its time.\nstart: {{words: [धीरे]}}\nsteps:\n  hello: {{say: hello}}\n{steps}"
        );
        let mut office = sources();
        office.files.push(file("flows/slow.yaml", &flow));
        for language in ["hi", "en"] {
            let texts = "hello = क\nwhich = ख\nsaid = ग\ntalk = घ\n";
            office.files.push(file(&format!("locales/{language}/slow.ftl"), texts));
        }
        let talk =
            "rehearse: slow\nchannel: whatsapp\nlang: hi\ntalk:\n  - me: धीरे\n  - bot: hello\n";
        let text = format!("{talk}{heard}  - bot: said\n");
        let report = rehearse(&loaded(&office), &file("flows/rehearsals/slow.yaml", &text));
        let [last] = report.differences.as_slice() else { panic!("{steps}: {report}") };
        let because = last.hint.as_deref().unwrap_or_default();
        assert!(because.contains(hint), "{steps}: {last}");
    }
}
