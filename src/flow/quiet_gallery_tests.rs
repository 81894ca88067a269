//! Slips that no single word shows: labels that are other choices' numbers, questions behind
//! `hand_over`, a member's name said to strangers. Each has a sister, and what is right stays quiet.

use super::fixture::{drawn, edited, told};
use super::*;

const JOIN: &str = "flows/join.yaml";
const GREETING: &str = "flows/greeting.yaml";
const HI: &str = "locales/hi/join.ftl";
const EN: &str = "locales/en/join.ftl";
const ENROL: &str = "  enrol: {do: enrol_member}";

/// In this file, these words for those; the code of what is found, words of its line, and of its hint.
struct Slip(&'static str, &'static str, &'static str, Code, &'static str, &'static str);

const SLIPS: &[Slip] = &[
    Slip(EN, ".change = Change", ".change = 1", Code::SameChoices, ".change", "a word before it"),
    Slip(HI, ".right = सही", ".right = (२)", Code::SameChoices, ".right", "1 बजे"),
    Slip(EN, ".right = Right", ".right = 2. Right", Code::SameChoices, ".right", "a word before"),
    Slip(HI, ".right = सही", ".right = सब\n        सही", Code::LabelBreak, ".right", "सब सही"),
    Slip(
        EN,
        ".no = No",
        ".no =\n        No,\n        thanks",
        Code::LabelBreak,
        ".no",
        "No, thanks",
    ),
    Slip(
        JOIN,
        ENROL,
        "  enrol: {do: enrol_member}\n  test: {if: \"name == ''\", then: done, else: declined}",
        Code::NeverTrue,
        "name == ''",
        "skip",
    ),
    Slip(
        JOIN,
        ENROL,
        "  enrol: {do: enrol_member}\n  test: {if: 'size(name) == 0', then: done, else: declined}",
        Code::NeverTrue,
        "size(name)",
        "at `name`",
    ),
    Slip(
        GREETING,
        "{id: card, if: member}",
        "{id: card, if: \"'mohalla_captain' in posts\"}",
        Code::UnknownWord,
        "mohalla_captain",
        "booth_president",
    ),
    Slip(
        GREETING,
        "{id: card, if: member}",
        "{id: card, if: \"'jila_adhyaksh' in posts\"}",
        Code::NeverTrue,
        "jila_adhyaksh",
        "`district_president`",
    ),
    Slip(
        JOIN,
        "  booth: {ask",
        "  talk: {do: hand_over}\n  booth: {ask",
        Code::HandedOver,
        "talk: {do",
        "end: true",
    ),
    Slip(
        JOIN,
        "  more: {call: extra}",
        "  talk: {do: hand_over}\n  more: {call: extra}",
        Code::HandedOver,
        "{call: extra}",
        "handoff",
    ),
    Slip(
        HI,
        "consent = सहमत",
        "consent = { $member_name } जी, सहमत",
        Code::UnknownVariable,
        "consent =",
        "take { $member_name } out",
    ),
    Slip(
        EN,
        "name = Name?",
        "name = Name, { $member_number }?",
        Code::UnknownVariable,
        "name =",
        "say the text to members",
    ),
];

#[test]
fn every_slip_that_no_single_word_shows_is_told_at_its_line_with_what_to_write() {
    let mut wrong = Vec::new();
    for Slip(path, from, to, code, line, hint) in SLIPS {
        let found = told(&edited(path, |text| text.replacen(from, to, 1)));
        let hit = found.iter().any(|finding| {
            finding.code == *code
                && finding.text.contains(line)
                && finding.hint.as_deref().is_some_and(|said| said.contains(hint))
        });
        if !hit {
            wrong.push(format!("{to:?}\n{}", drawn(&found)));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n\n{}", wrong.len(), SLIPS.len(), wrong.join("\n\n"));
}

#[test]
fn what_is_like_those_slips_and_right_stays_quiet() {
    for (path, from, to) in [
        (EN, ".right = Right", ".right = 1. Right"),
        (EN, ".change = Change", ".change = 1 PM"),
        (EN, ".change = Change", ".change = 10"),
        (EN, ".change = Change", ".change = 1.5 km"),
        (
            JOIN,
            "  bye: {say: bye, end: true}",
            "  talk: {do: hand_over}\n  bye: {say: bye, end: true}",
        ),
    ] {
        let found = told(&edited(path, |text| text.replacen(from, to, 1)));
        assert!(found.is_empty(), "{to:?}\n{}", drawn(&found));
    }
}
