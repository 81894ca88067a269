//! What `check` finds, and how it is told.

use super::fixture::{drawn, edited, file, geography, replaced, sources};
use super::*;

/// The findings of an office with words of one file replaced.
fn found(path: &str, from: &str, to: &str) -> String {
    match load(&replaced(path, from, to), geography()) {
        Ok(flows) => drawn(flows.warnings()),
        Err(findings) => drawn(&findings),
    }
}

#[test]
fn the_fixture_is_in_order() {
    let flows = load(&sources(), geography()).unwrap_or_else(|found| panic!("{}", drawn(&found)));
    assert_eq!(drawn(flows.warnings()), "");
}

/// Each mistake of a flow file, with what is said about it. One snapshot, so that a person can read
/// them one after the other.
#[test]
fn every_mistake_in_a_flow_is_told_with_its_place_and_a_hint() {
    let join = "flows/join.yaml";
    let mistakes = [
        (join, "steps:", "stesp:"),
        (join, "flow: join", "flow: joyn"),
        (join, "answer: person_name", "answer: persn_name"),
        (join, "answer: person_name", "answer: ranked"),
        (join, "{ask: name, answer: person_name}", "{ask: name, anwser: person_name}"),
        (join, "{ask: name, answer: person_name}", "{ask: name}"),
        (join, "{ask: name, answer: person_name}", "{ask: name, say: bye, answer: text}"),
        (join, "{say: done}", "{say: done, attach: card}"),
        (join, "{ask: name, answer: person_name}", "[ask, name]"),
        (join, "ask: name,", "ask: nmae,"),
        (join, "change: name", "change: nam"),
        (join, "change: name", "chnage: name"),
        (join, "change: name", "change: {flow: jion}"),
        (join, "change: name", "change: help"),
        (join, "minor: too_young", "major: too_young"),
        (join, "{year: {adult: true}}", "year"),
        (join, "optional: true", "optional: yes"),
        (join, "notice: membership", "notice: opinion"),
        (join, "notice: membership", "notice: membreship"),
        (join, "{if: member, then: known}", "{if: membre, then: known}"),
        (join, "{if: member, then: known}", "{if: 'member &&', then: known}"),
        (join, "{if: member, then: known}", "{if: language, then: known}"),
        (join, "{if: member, then: known}", "{if: \"booth > 'x'\", then: known}"),
        (join, "{if: member, then: known}", "{if: \"consent == 'yess'\", then: known}"),
        (join, "{if: member, then: known}", "{if: consents.samwad, then: known}"),
        (join, "do: enrol_member", "do: enroll_member"),
        (join, "{in: district}", "{in: name}"),
        (join, "name: {ask", "Full-Name: {ask"),
        (join, "seat: {ask", "name: {ask"),
        (join, "after: 20h", "after: 20 hours"),
        (join, "after: 20h", "after: 30h"),
        (join, "words: [सदस्य, join us]", "words: [सदस्य, नमस्ते]"),
        (join, "words: [सदस्य, join us]", "words: [सदस्य, मदद]"),
        (join, "link: join", "link: menu"),
        (join, "link: join", "link: join us"),
        (join, "start: {", "start: {default: true, "),
        (join, "{say: done}", "{say: done, goto: bye}"),
        (join, "known: {say: card, end: true}", "known: {say: card}"),
        (join, "declined: {say: declined, end: true}", "declined: {say: declined, goto: declined}"),
        (join, "more: {call: extra}", "more: {goto: consent}"),
        (join, "more: {call: extra}", "more: {call: help}\n  less: {goto: done}"),
        (join, "  name: {ask", "\tname: {ask"),
        (join, "{ask: name, answer: person_name}", "{ask: name, answer: {one_of: [a, a]}}"),
        (
            join,
            "{ask: name, answer: person_name}",
            "{ask: name, answer: {number: {from: 9, to: 1}}}",
        ),
        (join, "{ask: name, answer: person_name}", "{ask: name, answer: {pattern: '['}}"),
        ("flows/extra.yaml", "people: {", "name: {"),
        ("flows/greeting.yaml", "default: true, ", ""),
        ("flows/leave.yaml", "[samvad, membership]", "[samvat]"),
        ("flows/language.yaml", "{language: which}", "{language: whch}"),
        ("flows/language.yaml", "[hi, en]", "[hi, english]"),
        ("flows/my_data.yaml", "request: access", "request: delete"),
    ];
    let told: Vec<String> = mistakes
        .into_iter()
        .map(|(path, from, to)| {
            let told = found(path, from, to);
            assert!(!told.is_empty(), "nothing was found after {from:?} → {to:?}");
            format!("---- {from} → {to}\n{told}")
        })
        .collect();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn every_mistake_in_a_text_is_told_with_its_place_and_a_hint() {
    let (hi, en) = ("locales/hi/join.ftl", "locales/en/join.ftl");
    let mistakes = [
        (en, "name = Name?\n", ""),
        (hi, "name = नाम?", "nam = नाम?"),
        (en, "    .no = No\n", ""),
        (en, "    .no = No\n", "    .nope = No\n"),
        (en, "    .no = No\n", "    .no = No, I do not agree to that\n"),
        (hi, "    .no = नहीं\n", "    .no = नहीं { $name }\n"),
        (hi, "{ $people } लोग", "{ $poeple } लोग"),
        (hi, "done = संख्या", "done = { -dal } संख्या"),
        (hi, "done = संख्या", "done संख्या"),
        (hi, "done = संख्या", "done = { RUPEE($people) }"),
        (hi, "bye = ", "bye = { $people"),
        (en, "declined = Never mind.\n", "declined = Never mind.\n    .yes = Yes\n"),
        ("locales/hi/common.ftl", "again = समझ नहीं आया।\n", ""),
        ("locales/hi/common.ftl", "list-open = चुनिए", "list-open = यहाँ से कोई एक चुन लीजिए"),
        ("locales/hi/common.ftl", "{ $from } से", "{ $form } से"),
        (
            "locales/en/greeting.ftl",
            ".join-hint = Three minutes",
            ".join-hint = It takes three minutes, sometimes four, and never more than five, we promise you that",
        ),
    ];
    let told: Vec<String> = mistakes
        .into_iter()
        .map(|(path, from, to)| {
            let told = found(path, from, to);
            assert!(!told.is_empty(), "nothing was found after {from:?} → {to:?}");
            format!("---- {path}: {from} → {to}\n{told}")
        })
        .collect();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn a_text_too_long_for_its_channel_is_refused() {
    let long = "बहुत लंबी बात ".repeat(80);
    let found = found("locales/hi/join.ftl", "consent = सहमत हैं?", &format!("consent = {long}"));
    assert!(found.contains("the text `consent` has 1119 characters, 1024 fit"), "{found}");
}

#[test]
fn without_flows_there_is_a_word_for_it() {
    let findings = load(&Sources::default(), geography()).unwrap_err();
    assert_eq!(findings[0].message, "there is no flow");
}

#[test]
fn other_files_beside_are_left_alone() {
    let mut office = sources();
    office.files.push(file("flows/README.md", "# flows"));
    office.files.push(file("flows/rehearsals/join.yaml", "rehearse: join\ntalk: []\n"));
    office.files.push(file("locales/hi/notes.txt", "x"));
    assert!(load(&office, geography()).is_ok());
}

#[test]
fn a_choice_named_yes_or_no_is_a_word() {
    // YAML 1.1 would make booleans of them; `on` and `off` as well.
    let office = edited("flows/greeting.yaml", |text| {
        text.replace("[join, {id: card, if: member}, info]", "[on, off, join]").replace(
            "{join: {flow: join}, card: card, info: info}",
            "{on: card, off: info, join: {flow: join}}",
        )
    });
    let office = Sources {
        files: office
            .files
            .into_iter()
            .map(|mut file| {
                file.text = file.text.replace(".card =", ".on =").replace(".info =", ".off =");
                file
            })
            .collect(),
    };
    let flows = load(&office, geography()).unwrap_or_else(|found| panic!("{}", drawn(&found)));
    let ask = flows.get("greeting").unwrap().ask(0).unwrap();
    let ids: Vec<&str> =
        ask.choices().unwrap().list.iter().map(|choice| choice.id.as_str()).collect();
    assert_eq!(ids, ["on", "off", "join"]);
}
