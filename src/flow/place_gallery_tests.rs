//! Families of slips about where a thing belongs: keys inside of what they stand beside, steps below
//! other keys, a second flow in a file, signs behind a value. Each with its sisters, told once.

use super::fixture::{drawn, edited, file, sources, told};
use super::kin_gallery_tests::{Slip, told_once};
use super::*;

const JOIN: &str = "flows/join.yaml";
const GREETING: &str = "flows/greeting.yaml";
const EXTRA: &str = "flows/extra.yaml";
const LANGUAGE: &str = "flows/language.yaml";
const HI_EXTRA: &str = "locales/hi/extra.ftl";

const NAME: &str = "{ask: name, answer: person_name}";
const BOUNDS: &str = "{number: {from: 1, to: 800}}";
const CHOICES: &str = "{one_of: [hi, en]}";
const END: &str = "\nexpires: 7d\n";

const SLIPS: &[Slip] = &[
    // ---- signs and letters behind a value
    Slip(JOIN, END, "\nexpires: 7d।\n", Code::BadDuration, "7d।", "write 7d, without the `।`"),
    Slip(JOIN, END, "\nexpires: 7d.\n", Code::BadDuration, "7d.", "write 7d, without the `.`"),
    Slip(JOIN, END, "\nexpires: 7 दिन।\n", Code::BadDuration, "दिन।", "write 7d"),
    Slip(JOIN, END, "\nexpires: 7dd\n", Code::BadDuration, "7dd", "write 7d, without the `d`"),
    Slip(JOIN, END, "\nexpires: 1d 12h\n", Code::BadDuration, "1d 12h", "write 36h"),
    Slip(JOIN, END, "\nexpires: 2 months\n", Code::BadDuration, "months", "write 60d"),
    Slip(JOIN, "to: 800}", "to: 800।}", Code::BadNumber, "800।", "write 800, without the `।`"),
    Slip(JOIN, "to: 800}", "to: ८००।}", Code::BadNumber, "८००।", "write 800"),
    Slip(
        JOIN,
        NAME,
        "{ask: name, answer: {date: {to: 14d।}}}",
        Code::BadDate,
        "14d।",
        "write 14d, without the `।`",
    ),
    // ---- keys of a step inside its answer
    Slip(
        JOIN,
        "800}}, optional: true}",
        "800, optional: true}}}",
        Code::UnknownKey,
        "optional: true}}}",
        "belongs to the step, beside `answer:`",
    ),
    Slip(
        JOIN,
        "800}}, optional: true}",
        "800}, optional: true}}",
        Code::UnknownKey,
        "optional: true}}",
        "belongs to the step, beside `answer:`",
    ),
    Slip(
        LANGUAGE,
        CHOICES,
        "{one_of: [hi, en, optional: true]}",
        Code::UnknownKey,
        "optional: true]",
        "belongs to the step, beside `answer:`",
    ),
    Slip(
        JOIN,
        "remind: {after: 20h, times: 1}",
        "remind: {after: 20h, default: true}",
        Code::UnknownKey,
        "default: true",
        "under `start:`",
    ),
    // ---- bounds inside the brackets of the choices, and bounds that an answer does not have
    Slip(
        LANGUAGE,
        CHOICES,
        "{any_of: [hi, en, at_most: 1]}",
        Code::UnknownKey,
        "at_most: 1]",
        "{any_of: [hi, en], at_most: 1}",
    ),
    Slip(
        LANGUAGE,
        CHOICES,
        "{ranked: [hi, en, at_least: 1, at_most: 2]}",
        Code::UnknownKey,
        "at_least: 1, at_most",
        "{ranked: [hi, en], at_least: 1, at_most: 2}",
    ),
    Slip(
        LANGUAGE,
        CHOICES,
        "{one_of: [hi, en, at_most: 1]}",
        Code::UnknownKey,
        "at_most: 1]",
        "{any_of: [hi, en], at_most: 1}",
    ),
    Slip(
        LANGUAGE,
        CHOICES,
        "{one_of: [hi, en, shuffle: true]}",
        Code::UnknownKey,
        "shuffle: true]",
        "{one_of: {choices: [hi, en], shuffle: true}}",
    ),
    Slip(
        JOIN,
        BOUNDS,
        "{age: {from: 18, to: 60}}",
        Code::UnknownKey,
        "{age: {from",
        "{number: {from: 18, to: 60}}",
    ),
    Slip(
        JOIN,
        BOUNDS,
        "{age: {from: 18}}",
        Code::UnknownKey,
        "{age: {from",
        "write {age: {adult: true}}",
    ),
    Slip(
        JOIN,
        BOUNDS,
        "{year: {min: 1950, max: 2008}}",
        Code::UnknownKey,
        "{year: {min",
        "{number: {from: 1950, to: 2008}}",
    ),
    Slip(
        JOIN,
        BOUNDS,
        "{booth: {from: 1, to: 500}}",
        Code::UnknownKey,
        "{booth: {from",
        "write {booth: {to: 500}}",
    ),
    // ---- what a chat writes before a message
    Slip(
        JOIN,
        "  name: {ask",
        "[21/11/26, 10:32 AM] रमेश: name: {ask",
        Code::YamlSyntax,
        "रमेश",
        "begin the line with two spaces: name: {ask",
    ),
    Slip(
        JOIN,
        "  name: {ask",
        "21/11/26, 10:32 am - रमेश: name: {ask",
        Code::YamlSyntax,
        "रमेश",
        "begin the line with two spaces: name: {ask",
    ),
    Slip(
        JOIN,
        "\nexpires: 7d",
        "\n[2026-11-21, 10:32:07] Asha: expires: 7d",
        Code::YamlSyntax,
        "Asha",
        "begin the line with no space: expires: 7d",
    ),
    Slip(
        JOIN,
        "  name: {ask",
        "  [21.11.26, 10:32] रमेश: name: {ask",
        Code::YamlSyntax,
        "रमेश",
        "two spaces: name: {ask",
    ),
    Slip(
        HI_EXTRA,
        "thanks = ",
        "[21/11/26, 10:32 AM] रमेश: thanks = ",
        Code::FluentSyntax,
        "रमेश",
        "its own words: thanks = ",
    ),
    Slip(
        HI_EXTRA,
        "thanks = ",
        "21/11/26, 10:32 am - रमेश: thanks = ",
        Code::FluentSyntax,
        "रमेश",
        "its own words: thanks = ",
    ),
    // ---- steps under other keys of the file
    Slip(
        JOIN,
        END,
        "\nexpires: 7d\n  parking: {say: bye, end: true}\n",
        Code::Indentation,
        "parking:",
        "under `steps:` and above `remind:`",
    ),
    Slip(
        JOIN,
        END,
        "\nexpires: 7d\n  parking:\n    say: bye\n",
        Code::Indentation,
        "parking:",
        "under `steps:` and above `remind:`",
    ),
    Slip(
        JOIN,
        "about: A citizen becomes a member.\n",
        "about: A citizen\n  parking: {say: bye, end: true}\n",
        Code::Indentation,
        "parking:",
        "move it down, under `steps:`",
    ),
    Slip(
        JOIN,
        "remind: {after: 20h, times: 1}\n",
        "remind:\n  after: 20h\n  parking: {say: bye, end: true}\n",
        Code::Indentation,
        "parking:",
        "move it up, under `steps:`",
    ),
    // ---- conditions: functions of texts, asked of something else
    Slip(
        JOIN,
        "{if: member, then",
        "{if: posts.contains('booth_president'), then",
        Code::ConditionType,
        "posts.contains",
        "\"'booth_president' in posts\"",
    ),
    Slip(
        JOIN,
        "{if: member, then",
        "{if: posts.startsWith('booth'), then",
        Code::ConditionType,
        "posts.startsWith",
        "posts.exists(one, one.startsWith('booth'))",
    ),
    Slip(
        JOIN,
        "{if: member, then",
        "{if: consents.contains('samvad'), then",
        Code::ConditionType,
        "consents.contains",
        "write consents.samvad",
    ),
    Slip(
        JOIN,
        "{if: member, then",
        "{if: member.contains('yes'), then",
        Code::ConditionType,
        "member.contains",
        "write member alone",
    ),
    Slip(
        JOIN,
        "{if: member, then",
        "{if: size(days_left) > 3, then",
        Code::ConditionType,
        "size(days_left)",
        "compare it: days_left > 10",
    ),
    // ---- a backslash in double quotes
    Slip(
        JOIN,
        NAME,
        "{ask: name, answer: {pattern: \"\\d{1,2}:\\d{2}\"}}",
        Code::Quotes,
        "pattern",
        "single quotes: name: {ask: name, answer: {pattern: '\\d{1,2}:\\d{2}'}}",
    ),
    Slip(
        JOIN,
        NAME,
        "\n    ask: name\n    answer:\n      pattern: \"[A-Z]\\.\\w+\"",
        Code::Quotes,
        "pattern",
        "single quotes: pattern: '[A-Z]\\.\\w+'",
    ),
    Slip(
        JOIN,
        NAME,
        "{ask: name, answer: {pattern: \"it's \\d\"}}",
        Code::Quotes,
        "pattern",
        "{pattern: 'it''s \\d'}",
    ),
    // ---- arrows of an editor
    Slip(
        HI_EXTRA,
        "thanks = ",
        "thanks = { $people →\n    [one] एक\n   *[other] दो\n } ",
        Code::FluentSyntax,
        "→",
        "the hyphen and the greater-than: { $people ->",
    ),
    Slip(
        HI_EXTRA,
        "thanks = ",
        "thanks = { $people –>\n    [one] एक\n   *[other] दो\n } ",
        Code::FluentSyntax,
        "–>",
        "{ $people ->",
    ),
    Slip(
        HI_EXTRA,
        "thanks = ",
        "thanks = { $people =>\n    [one] एक\n   *[other] दो\n } ",
        Code::FluentSyntax,
        "=>",
        "{ $people ->",
    ),
    // ---- a second flow in a file
    Slip(
        EXTRA,
        "end: true}\n",
        "end: true}\n\nflow: parking\nsteps:\n  say: {say: thanks, end: true}\n",
        Code::DuplicateKey,
        "flow: parking",
        "move lines 8 to 10 to flows/parking.yaml",
    ),
    Slip(
        EXTRA,
        "end: true}\n",
        "end: true}\n\nflow: extra\nsteps:\n  say: {say: thanks, end: true}\n",
        Code::DuplicateKey,
        "flow: extra",
        "`extra` stands in the file twice: remove lines 8 to 10",
    ),
    Slip(
        EXTRA,
        "end: true}\n",
        "end: true}\n---\nflow: parking\nsteps:\n  say: {say: thanks, end: true}\n",
        Code::YamlSyntax,
        "---",
        "move what stands below to flows/parking.yaml",
    ),
    Slip(
        EXTRA,
        "flow: extra\n",
        "flow: extra\nflow: extra\n",
        Code::DuplicateKey,
        "flow",
        "line 1",
    ),
];

#[test]
fn what_stands_where_it_does_not_belong_is_told_once_with_its_place() {
    told_once(SLIPS);
}

#[test]
fn a_second_rehearsal_in_a_file_is_told_where_to_go() {
    let one = "rehearse: language\nchannel: sms\nlang: hi\ntalk:\n  - me: भाषा\n  - bot: which\n";
    let mut office = sources();
    office.files.push(file("flows/rehearsals/one.yaml", &format!("{one}\n{one}")));
    let found = told(&office);
    assert!(
        matches!(found.as_slice(), [only] if only.line == 8 && only.hint.as_deref()
            == Some("move lines 8 to 13 to flows/rehearsals/one-2.yaml")),
        "{}",
        drawn(&found)
    );
}

#[test]
fn results_a_called_flow_does_not_have_are_one_finding_that_says_which_it_has() {
    let ends = "  thanks: {say: thanks}\n  big: {if: people > 9, then: many, else: few}\n  many: {end: many}\n  few: {end: few}";
    let with = |when: &str| {
        let mut office =
            edited(EXTRA, |text| text.replacen("  thanks: {say: thanks, end: true}", ends, 1));
        for file in office.files.iter_mut().filter(|file| file.path == JOIN) {
            file.text = file.text.replacen("{call: extra}", when, 1);
        }
        told(&office)
    };
    for (when, message, hint) in [
        (
            "{call: extra, when: {yes: bye, no: bye}}",
            "`yes` or `no`",
            "with `many` or `few`: write",
        ),
        ("{call: extra, when: {adult: bye, few: bye}}", "`adult`", "write many here"),
        ("{call: extra, when: {mny: bye, few: bye}}", "`mny`", "did you mean `many`?"),
        ("{call: extra, when: {many: bye, few: bye, other: bye}}", "`other`", "remove it"),
    ] {
        let found = with(when);
        assert!(
            matches!(found.as_slice(), [only] if only.path == JOIN
                && only.message.contains(message)
                && only.hint.as_deref().is_some_and(|said| said.contains(hint))),
            "{when}\n{}",
            drawn(&found)
        );
    }
}

#[test]
fn a_step_that_only_a_failed_call_leads_to_is_told_at_the_call() {
    for ways in ["", "    when: {not_found: bye}\n"] {
        let call = format!(
            "  look:\n    fetch: https://api.example.org/look\n    keep: {{seats: /seats}}\n{ways}  more: {{call: extra}}"
        );
        let known = "  known: {say: card, end: true}";
        let office = edited(JOIN, |text| {
            text.replacen("  more: {call: extra}", &call, 1).replacen(
                known,
                &format!("{known}\n  no_luck: {{say: card, end: true}}"),
                1,
            )
        });
        let found = told(&office);
        assert!(
            matches!(found.as_slice(), [only] if only.severity == Severity::Error
                && only.text.contains("fetch:")
                && only.hint.as_deref().is_some_and(|said| said.contains("{failed: no_luck}"))),
            "{ways}\n{}",
            drawn(&found)
        );
    }
}

#[test]
fn a_folder_of_an_unknown_language_is_to_go_and_a_misspelt_one_to_be_renamed() {
    for (folder, hint) in [
        ("bn", "texts are in hi, en, ur: remove the folder"),
        ("mr", "remove the folder"),
        ("bengali", "remove the folder"),
        ("english", "rename the folder to locales/en"),
        ("urd", "rename the folder to locales/ur"),
    ] {
        let mut office = sources();
        office.files.push(file(&format!("locales/{folder}/extra.ftl"), "thanks = धन्यवाद\n"));
        let found = told(&office);
        assert!(
            matches!(found.as_slice(), [only] if only.code == Code::WrongFolder
                && only.hint.as_deref().is_some_and(|said| said.contains(hint))),
            "{folder}\n{}",
            drawn(&found)
        );
    }
}

#[test]
fn what_only_looks_like_these_slips_is_let_through() {
    for (path, from, to) in [
        (JOIN, BOUNDS, "{pattern: \"[A-Z]\\\\d+\"}"),
        (JOIN, BOUNDS, "{pattern: '\\d{2}'}"),
        (JOIN, "about: A citizen", "about: On 21/11/26, 10:32 - a citizen"),
        (JOIN, "{if: member, then", "{if: size(posts) > 0, then"),
        (JOIN, "{if: member, then", "{if: language.contains('h'), then"),
        (GREETING, "expires: 1d", "expires: 24h # d।"),
    ] {
        let found = told(&edited(path, |text| text.replacen(from, to, 1)));
        assert!(found.is_empty(), "{to:?}\n{}", drawn(&found));
    }
}
