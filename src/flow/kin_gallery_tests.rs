//! A gallery of slips in families: each is one class, here with its sisters. Every one is told once,
//! at its line, with what to write.

use super::fixture::{drawn, edited, file, geography, sources, told};
use super::*;

const JOIN: &str = "flows/join.yaml";
const GREETING: &str = "flows/greeting.yaml";
const EXTRA: &str = "flows/extra.yaml";
const HI: &str = "locales/hi/join.ftl";
const EN: &str = "locales/en/join.ftl";
const HI_EXTRA: &str = "locales/hi/extra.ftl";

/// In this file, these words for those; the code of what is found, words of its line, and words of its
/// hint.
pub(super) struct Slip(
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) Code,
    pub(super) &'static str,
    pub(super) &'static str,
);

const NAME: &str = "{ask: name, answer: person_name}";
const ALREADY: &str = "already: {if: member, then: known}";
const MORE: &str = "  more: {call: extra}";
const ENROL: &str = "  enrol: {do: enrol_member}";

/// A call before `more`, with these keys.
macro_rules! call {
    ($keys:literal, $then:literal) => {
        concat!(
            "  look:\n    fetch: https://api.example.org/look\n",
            $keys,
            $then,
            "  more: {call: extra}"
        )
    };
}

const SLIPS: &[Slip] = &[
    // ---- a variant for what is never passed over
    Slip(
        HI_EXTRA,
        "thanks = ",
        "thanks = { $people ->\n    [skip] एक\n   *[other] दो\n } ",
        Code::UnknownVariant,
        "[skip]",
        "add `optional: true` to the step `people`",
    ),
    Slip(
        HI,
        "bye = ",
        "bye = { $confirm ->\n    [skip] एक\n   *[other] दो\n } ",
        Code::UnknownVariant,
        "[skip]",
        "add `optional: true` to the step `confirm`",
    ),
    Slip(
        HI,
        "bye = ",
        "bye = { $name ->\n    [skip] एक\n   *[other] दो\n } ",
        Code::UnknownVariant,
        "[skip]",
        "add `optional: true` to the step `name`",
    ),
    // ---- links that are somebody else's
    Slip(
        GREETING,
        "[नमस्ते]",
        "[नमस्ते, Join]",
        Code::StartWordClash,
        "link: join",
        "flows/greeting.yaml:3",
    ),
    Slip(
        EXTRA,
        "steps:",
        "start: {words: [अतिरिक्त], link: stop}\nsteps:",
        Code::StartWordIsCommand,
        "link: stop",
        "choose a word that is not",
    ),
    // ---- comments that reach too far, and such as end too early
    Slip(
        JOIN,
        "[सदस्य, join us]",
        "[सदस्य #1, join us]",
        Code::NeedsQuotes,
        "#1",
        "quotes around it: 'सदस्य #1'",
    ),
    Slip(
        JOIN,
        NAME,
        "{ask: name #2, answer: person_name}",
        Code::NeedsQuotes,
        "#2",
        "quotes around it: 'name #2'",
    ),
    Slip(
        JOIN,
        "about: A citizen",
        "about: Ward #5: a citizen",
        Code::NeedsQuotes,
        "#5",
        "'Ward #5: a citizen becomes a member.'",
    ),
    Slip(
        JOIN,
        "flow: join",
        "# A flow for all\nwho want to come.\nflow: join",
        Code::YamlSyntax,
        "who want to come.",
        "write `# who want to come.`",
    ),
    Slip(
        JOIN,
        "  name: {ask",
        "  # The name as\n  it stands in the list\n  name: {ask",
        Code::YamlSyntax,
        "it stands in the list",
        "write `# it stands",
    ),
    Slip(
        JOIN,
        "flow: join",
        "# A flow for\nall who come: everybody\nflow: join",
        Code::YamlSyntax,
        "all who come",
        "put `# ` before",
    ),
    Slip(
        HI,
        "declined = ",
        "# जो नहीं चाहते,\nउनके लिए यह है।\ndeclined = ",
        Code::FluentSyntax,
        "उनके लिए",
        "write `# उनके",
    ),
    // ---- sides exchanged
    Slip(
        JOIN,
        MORE,
        call!("    keep: {/a/b: team, /free: seats}\n    when: {failed: declined}\n", ""),
        Code::BadAddress,
        "keep:",
        "write keep: {team: /a/b, seats: /free}",
    ),
    Slip(
        JOIN,
        MORE,
        call!("    keep: {data.state: team}\n    when: {failed: declined}\n", ""),
        Code::BadAddress,
        "keep:",
        "write keep: {team: /data/state}",
    ),
    Slip(
        JOIN,
        MORE,
        call!("    when: {declined: failed}\n", ""),
        Code::UnknownOutcome,
        "when:",
        "write {failed: declined}",
    ),
    Slip(
        JOIN,
        "{no: declined}",
        "{declined: no}",
        Code::UnknownOutcome,
        "declined: no",
        "write {no: declined}",
    ),
    Slip(
        JOIN,
        "{no: declined}",
        "{नहीं: declined}",
        Code::UnknownOutcome,
        "नहीं",
        "the choice is called `no`",
    ),
    // ---- commas in numbers
    Slip(
        JOIN,
        ALREADY,
        "already: {if: days_left > 1,000, then: known}",
        Code::BadNumber,
        "1,000",
        "write days_left > 1000",
    ),
    Slip(
        JOIN,
        ALREADY,
        "already:\n    if: days_left > 1,000\n    then: known",
        Code::ConditionSyntax,
        "1,000",
        "write days_left > 1000",
    ),
    Slip(
        JOIN,
        ALREADY,
        "already: {if: days_left > 1,00,000, then: known}",
        Code::BadNumber,
        "1,00,000",
        "write days_left > 100000",
    ),
    Slip(
        JOIN,
        ENROL,
        "  score: {count: booth + 1,000}\n  enrol: {do: enrol_member}",
        Code::BadNumber,
        "1,000",
        "write booth + 1000",
    ),
    Slip(
        JOIN,
        "{one_of: [right, change]}",
        "{one_of: [right, {id: change, if: days_left > 1,000}]}",
        Code::BadNumber,
        "1,000",
        "write days_left > 1000",
    ),
    // ---- lists in braces, and without their dashes
    Slip(
        JOIN,
        "{one_of: [right, change]}",
        "{one_of: {right, change}}",
        Code::WrongType,
        "{right, change}",
        "write one_of: [right, change]",
    ),
    Slip(
        JOIN,
        "{one_of: [right, change]}",
        "{one_of: {choices: {right, change}}}",
        Code::WrongType,
        "{right, change}",
        "write [right, change]",
    ),
    Slip(
        EXTRA,
        "answer: photo,",
        "answer: {message: {text, photo}},",
        Code::WrongType,
        "{text, photo}",
        "write [text, photo]",
    ),
    Slip(
        JOIN,
        "    answer: {one_of: [yes, no]}",
        "    answer:\n      one_of:\n        yes\n        no",
        Code::MissingDash,
        "yes",
        "write `- yes` and so on, or all on one line: [yes, no]",
    ),
    Slip(
        JOIN,
        "start: {words: [सदस्य, join us], link: join}",
        "start:\n  link: join\n  words:\n    सदस्य\n    join us",
        Code::MissingDash,
        "सदस्य",
        "[सदस्य, join us]",
    ),
    // ---- ways that are none
    Slip(
        JOIN,
        ALREADY,
        "already: {if: member, then: consent}",
        Code::SameWays,
        "then: consent",
        "add `else: known`",
    ),
    Slip(
        JOIN,
        ALREADY,
        "already: {if: member, then: known, else: known}",
        Code::SameWays,
        "else: known",
        "take the condition away",
    ),
    Slip(
        JOIN,
        "  bye: {say: bye, end: true}",
        "  back: {goto: name, at_most: 2, else: name}\n  bye: {say: bye, end: true}",
        Code::SameWays,
        "else: name",
        "lead `else` elsewhere",
    ),
    Slip(
        JOIN,
        MORE,
        call!(
            "    keep: {seats: /free}\n    when: {ok: offer, failed: offer}\n",
            "  offer: {if: seats > 0, then: more, else: declined}\n"
        ),
        Code::SameWays,
        "failed: offer",
        "lead `failed` to a step that says it: {failed: …}",
    ),
    Slip(
        GREETING,
        "when: {join: {flow: join}, card: card, info: info}",
        "when: {join: {flow: join}, card: card}",
        Code::SameWays,
        "info]",
        "add to `when`: info: …",
    ),
    // ---- a way that leaps over what is shown
    Slip(
        JOIN,
        "  name: {ask",
        "  hurry: {ask: consent, answer: {one_of: [yes, no]}, when: {yes: district}}\n  name: {ask",
        Code::NotYetAnswered,
        "district = ",
        "`yes` of `hurry` leads past `name` (flows/join.yaml:12)",
    ),
    // ---- functions on what they do not write
    Slip(HI, "{ $people }", "{ DAY($people) }", Code::UnknownFunction, "DAY(", "write { $people }"),
    Slip(
        HI,
        "{ $birth_year },",
        "{ WEEKDAY($birth_year) },",
        Code::UnknownFunction,
        "WEEKDAY(",
        "write { $birth_year }",
    ),
    Slip(
        HI,
        "done = संख्या { $member_number }",
        "done = संख्या { DATE($member_number) }",
        Code::UnknownFunction,
        "DATE(",
        "write { $member_number }",
    ),
    // ---- texts of another language
    Slip(
        EN,
        "declined = Never mind.",
        "declined = कोई बात नहीं।",
        Code::Untranslated,
        "declined",
        "translate it into English",
    ),
    Slip(EN, ".right = Right", ".right = सही", Code::Untranslated, ".right", "translate it"),
    Slip(
        "locales/hi/common.ftl",
        "hint-ranked = क्रम से, जैसे { $example }।",
        "hint-ranked = In order, like { $example }.",
        Code::Untranslated,
        "hint-ranked",
        "translate it into Hindi",
    ),
    // ---- labels that work everywhere
    Slip(
        HI,
        ".change = बदलें",
        ".change = शुरू से",
        Code::ChoiceIsCommand,
        "शुरू से",
        "say it in other words",
    ),
    Slip(HI, ".change = बदलें", ".change = वापस", Code::ChoiceIsCommand, "वापस", "two words"),
    // ---- texts
    Slip(
        HI,
        "    .right = सही\n    .change = बदलें",
        "    .right = हाँ, सब सही लिखा है\n    -change = बदलें",
        Code::MissingLabel,
        "-change",
        ".change = बदलें",
    ),
    Slip(
        HI,
        "too-young = अभी नहीं।",
        "too-young = अभी:\n    *नहीं*।",
        Code::FluentSyntax,
        "*नहीं*",
        "write {\"*\"}नहीं*।",
    ),
    Slip(
        HI,
        "too-young = अभी नहीं।",
        "too-young = अभी:\n    [नहीं]।",
        Code::FluentSyntax,
        "[नहीं]",
        "write {\"[\"}नहीं]।",
    ),
    Slip(
        JOIN,
        "known: {say: card, end: true}",
        "known: {say: card, attach: poster.jpg, end: true}",
        Code::UnknownWord,
        "poster.jpg",
        "only the card of a member",
    ),
];

#[test]
fn every_slip_of_a_family_is_told_once_at_its_line_with_what_to_write() {
    told_once(SLIPS);
}

/// Each slip alone is one finding.
pub(super) fn told_once(slips: &[Slip]) {
    let mut wrong = Vec::new();
    for Slip(path, from, to, code, line, hint) in slips {
        let found = told(&edited(path, |text| text.replacen(from, to, 1)));
        let hit = matches!(found.as_slice(), [only] if only.code == *code
            && only.text.contains(line)
            && only.hint.as_deref().is_some_and(|said| said.contains(hint)));
        if !hit {
            wrong.push(format!(
                "{path}: {from:?} → {to:?}\n  wanted {} alone at {line:?} with {hint:?}\n{}",
                code.name(),
                drawn(&found)
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n\n{}", wrong.len(), slips.len(), wrong.join("\n\n----\n"));
}

#[test]
fn what_is_no_slip_of_these_families_is_let_through() {
    for (path, from, to) in [
        // Passed over: numbers, photos.
        (HI, "{ $booth }?", "{ $booth ->\n    [skip] बिना बूथ\n   *[other] { $booth }\n }?"),
        (HI_EXTRA, "thanks = ", "thanks = { $photo ->\n    [skip] एक\n   *[other] दो\n } "),
        (HI, "bye = ", "bye = { $photo ->\n    [skip] एक\n   *[other] दो\n } "),
        // Comments, and signs that are none.
        (JOIN, "flow: join", "# A flow for all\n\nflow: join"),
        (JOIN, "about: A citizen", "about: A citizen # who is asked\n# and this"),
        (JOIN, "about: A citizen", "about: Ward#5 citizen"),
        (JOIN, "[सदस्य, join us]", "['सदस्य #1', join us]"),
        // A choice that goes on, beside one that does not.
        (GREETING, "info: info}", "info: info}\n  # [a, b] #1"),
        (JOIN, "{no: declined}", "{no: declined, yes: birth_year}"),
        // Functions on what they write.
        (HI, "{ $people }", "{ NUMBER($people) }"),
        // Names and signs in other letters.
        (EN, "declined = Never mind.", "declined = Never mind. नमस्ते!"),
        (HI, "declined = कोई बात नहीं।", "declined = OK, bye."),
        (HI, ".change = बदलें", ".change = शुरू का नाम"),
        (HI, ".change = बदलें", ".change = वापस जाएँ"),
        (HI, "too-young = अभी नहीं।", "too-young = अभी:\n    {\"*\"}नहीं*।"),
    ] {
        let found = told(&edited(path, |text| text.replacen(from, to, 1)));
        assert!(found.is_empty(), "{to:?}\n{}", drawn(&found));
    }
}

#[test]
fn a_comment_about_sms_that_is_not_heard_is_told_why() {
    let long = "क".repeat(200);
    for (above, hint) in [
        ("# sms-parts: 4\n\n", "take the blank line out below `# sms-parts: 4`"),
        ("# sms_parts: 4\n", "as # sms-parts: 4, right above the text"),
        ("## sms-parts: 4\n\n", "as # sms-parts: 4, right above the text"),
        ("# sms-parts: 3\n", "allows 3: write # sms-parts: 4"),
        ("", "by a comment above it: # sms-parts: 4"),
    ] {
        let office =
            edited(HI, |text| text.replace("done = संख्या", &format!("{above}done = {long} संख्या")));
        let rules = Rules { sms_parts: 3, ..Rules::default() };
        let found = prove(&office, geography(), rules).unwrap_err();
        let hit = matches!(found.as_slice(), [only]
            if only.hint.as_deref().is_some_and(|said| said.contains(hint))
                || only.message.contains(hint));
        assert!(hit, "{above:?}\n{}", drawn(&found));
    }
}

#[test]
fn a_label_that_is_tapped_in_a_rehearsal_is_told_its_name() {
    for (line, hint) in [
        ("- tap: नहीं", "the choice is called `no`"),
        ("- tap: No", "the choice is called `no`"),
        ("- buttons: [हाँ, \"no\"]", "the choice is called `yes`"),
    ] {
        let talk = format!("rehearse: join\ntalk:\n  - me: सदस्य\n  - bot: consent\n  {line}\n");
        let mut office = sources();
        office.files.push(file("flows/rehearsals/one.yaml", &talk));
        let found = told(&office);
        assert!(
            matches!(found.as_slice(), [only] if only.hint.as_deref().is_some_and(|said| said.contains(hint))),
            "{line}\n{}",
            drawn(&found)
        );
    }
}
