//! A gallery of slips that look right and work wrong: comparisons that never hold, answers shown before
//! they are given, waits that add up to more than a day. Each is told at its line, with a hint that
//! says what to write.

use super::fixture::{drawn, edited, file, renamed, sources, told};
use super::*;

const JOIN: &str = "flows/join.yaml";
const EXTRA: &str = "flows/extra.yaml";
const HI: &str = "locales/hi/join.ftl";
const EN: &str = "locales/en/join.ftl";
const EN_EXTRA: &str = "locales/en/extra.ftl";

/// In this file, these words for those; the code of what is found, words of its line, and words of its
/// hint.
struct Slip(&'static str, &'static str, &'static str, Code, &'static str, &'static str);

/// A step behind everything that is asked, with this condition.
macro_rules! condition {
    ($condition:literal) => {
        concat!(
            "  enrol: {do: enrol_member}\n  test: {if: \"",
            $condition,
            "\", then: done, else: declined}"
        )
    };
}

const ENROL: &str = "  enrol: {do: enrol_member}";
const THANKS: &str = "  thanks: {say: thanks, end: true}";

const SLIPS: &[Slip] = &[
    // ---- conditions that never hold
    Slip(
        JOIN,
        ENROL,
        condition!("consents.samvad == 'yes'"),
        Code::ConditionType,
        "samvad ==",
        "write consents.samvad alone",
    ),
    Slip(
        JOIN,
        ENROL,
        condition!("withdrawn.samvad == 'no'"),
        Code::ConditionType,
        "samvad ==",
        "write !withdrawn.samvad",
    ),
    Slip(
        JOIN,
        ENROL,
        condition!("consents.samvad == 1"),
        Code::ConditionType,
        "samvad ==",
        "alone",
    ),
    Slip(JOIN, ENROL, condition!("confirm == consent"), Code::NeverTrue, "confirm ==", "in quotes"),
    Slip(
        JOIN,
        ENROL,
        condition!("confirm == booth"),
        Code::ConditionType,
        "confirm ==",
        "compare numbers with numbers",
    ),
    Slip(JOIN, ENROL, condition!("name == name"), Code::NeverTrue, "name ==", "compare it with"),
    Slip(
        JOIN,
        ENROL,
        condition!("'confirm' == 'right'"),
        Code::ConditionType,
        "'confirm'",
        "confirm == 'right'",
    ),
    Slip(JOIN, ENROL, condition!("booth > 900"), Code::NeverTrue, "booth > 900", "from 1 to 800"),
    Slip(JOIN, ENROL, condition!("900 <= booth"), Code::NeverTrue, "900 <=", "from 1 to 800"),
    Slip(
        JOIN,
        ENROL,
        condition!("confirm == 5"),
        Code::ConditionType,
        "confirm == 5",
        "confirm == 'right'",
    ),
    Slip(
        JOIN,
        ENROL,
        condition!("language == 1"),
        Code::ConditionType,
        "language",
        "language == 'hi'",
    ),
    Slip(
        JOIN,
        ENROL,
        condition!("size(posts) > 'two'"),
        Code::ConditionType,
        "size(posts)",
        "digits",
    ),
    Slip(
        JOIN,
        ENROL,
        condition!("'booth_presidnt' in posts"),
        Code::NeverTrue,
        "presidnt",
        "did you mean `booth_president`?",
    ),
    Slip(
        JOIN,
        ENROL,
        condition!("'Booth President' in posts"),
        Code::NeverTrue,
        "Booth President",
        "`booth_president`",
    ),
    Slip(
        JOIN,
        ENROL,
        condition!("confirm == 'right' && confirm == 'change'"),
        Code::NeverTrue,
        "&&",
        "exclude each other",
    ),
    Slip(
        JOIN,
        ENROL,
        condition!("member && !member"),
        Code::NeverTrue,
        "!member",
        "exclude each other",
    ),
    Slip(
        EXTRA,
        THANKS,
        "  test: {if: \"photo == '-'\", then: thanks}\n  thanks: {say: thanks, end: true}",
        Code::ConditionType,
        "photo ==",
        "when: {skip: …}",
    ),
    Slip(
        JOIN,
        "if: member,",
        "if: booth > 5,",
        Code::NotYetAnswered,
        "booth > 5",
        "behind `booth`",
    ),
    // ---- several words in one
    Slip(
        JOIN,
        "[सदस्य, join us]",
        "[सदस्य، join us]",
        Code::MissingComma,
        "words",
        "write [सदस्य, join us]",
    ),
    Slip(
        JOIN,
        "[सदस्य, join us]",
        "[सदस्य। join us]",
        Code::MissingComma,
        "words",
        "write [सदस्य, join us]",
    ),
    Slip(
        JOIN,
        "[सदस्य, join us]",
        "[सदस्य，join us]",
        Code::MissingComma,
        "words",
        "write [सदस्य, join us]",
    ),
    Slip(JOIN, "[सदस्य, join us]", "join us", Code::WrongType, "words", "write [join us]"),
    Slip(
        JOIN,
        "[right, change]",
        "[right، change]",
        Code::MissingComma,
        "right،",
        "write right, change",
    ),
    // ---- texts
    Slip(
        HI,
        "declined = ",
        "declined = $name जी, ",
        Code::BareVariable,
        "$name",
        "write { $name }",
    ),
    Slip(
        HI,
        "name = नाम?",
        "name = { $channel ->\n    [sms] नाम?\n   *[other] { $channel } पर $member_name?\n }",
        Code::BareVariable,
        "$member_name",
        "write { $member_name }",
    ),
    Slip(
        HI,
        "declined = ",
        "declined = $ name जी, ",
        Code::BareVariable,
        "$ name",
        "write { $name }",
    ),
    Slip(
        HI,
        "declined = ",
        "declined = ｛ $name ｝ जी, ",
        Code::BareVariable,
        "$name",
        "braces of the keyboard",
    ),
    Slip(
        HI,
        "declined = ",
        "declined = { $name } जी, ",
        Code::NotYetAnswered,
        "$name",
        "ask `name` before",
    ),
    Slip(
        HI,
        "declined = ",
        "declined = { $ticket }: ",
        Code::NotYetAnswered,
        "$ticket",
        "file the request before",
    ),
    Slip(
        HI,
        "declined = ",
        "declined = { $consent ->\n    [noo] क\n   *[other] ख\n } ",
        Code::UnknownVariant,
        "[noo]",
        "did you mean `no`?",
    ),
    Slip(
        HI,
        "declined = ",
        "declined = { $consent ->\n   *[yes] क\n } ",
        Code::UnknownVariant,
        "*[yes]",
        "add [no]",
    ),
    Slip(
        HI,
        "declined = ",
        "declined = { $phone_known ->\n    [true] क\n   *[other] ख\n } ",
        Code::UnknownVariant,
        "[true]",
        "yes",
    ),
    Slip(
        HI,
        "confirm = ",
        "confirm = { $booth ->\n    [few] क\n   *[other] ख\n } ",
        Code::UnknownVariant,
        "[few]",
        "[one] and *[other]",
    ),
    Slip(
        HI,
        "confirm = ",
        "confirm = { $booth ->\n    [900] क\n   *[other] ख\n } ",
        Code::UnknownVariant,
        "[900]",
        "bounds",
    ),
    Slip(EN, "name = Name?", "name = “Name”?", Code::SmsUnicode, "“Name”", "write \" in its place"),
    Slip(
        EN,
        "name = Name?",
        "name = Name — please?",
        Code::SmsUnicode,
        "—",
        "write - in its place",
    ),
    Slip(EN, "name = Name?", "name = Name 🙏?", Code::SmsUnicode, "🙏", "$channel"),
    // ---- time
    Slip(
        JOIN,
        "after: 20h, times: 1",
        "after: 13h, times: 2",
        Code::After24Hours,
        "after: 13h",
        "11h at most",
    ),
    Slip(
        JOIN,
        "  more: {call: extra}",
        "  rest: {wait: 13h}\n  again: {wait: 13h}\n  more: {call: extra}",
        Code::After24Hours,
        "again: {wait",
        "10h at most",
    ),
    Slip(
        JOIN,
        "  more: {call: extra}",
        "  rest: {wait: 30h}\n  more: {call: extra}",
        Code::After24Hours,
        "rest: {wait",
        "20h",
    ),
    // ---- numbers a step counts
    Slip(
        JOIN,
        ENROL,
        "  score: {count: [member, has_phone]}\n  test: {if: 'score > 2', then: enrol, else: declined}\n  enrol: {do: enrol_member}",
        Code::NeverTrue,
        "score > 2",
        "from 0 to 2",
    ),
    Slip(
        JOIN,
        ENROL,
        "  test: {if: 'score > 1', then: enrol, else: score}\n  score: {count: [member, has_phone]}\n  enrol: {do: enrol_member}",
        Code::NotYetAnswered,
        "score > 1",
        "behind `score`",
    ),
    Slip(
        JOIN,
        "  name: {ask: name",
        "  near: {count: 'booth + 1'}\n  name: {ask: name",
        Code::NotYetAnswered,
        "booth + 1",
        "behind `booth`",
    ),
    // ---- flows
    Slip(
        EXTRA,
        THANKS,
        "  thanks: {say: thanks}\n  again: {call: join}\n  over: {end: true}",
        Code::CallsItself,
        "call: ",
        "leave for it",
    ),
    Slip(
        EXTRA,
        THANKS,
        "  thanks: {say: thanks}\n  again: {call: extra}\n  over: {end: true}",
        Code::CallsItself,
        "call: extra",
        "leave for it",
    ),
    // ---- law
    Slip(
        EN,
        "declined = ",
        "declined = Please send your Aadhaar number. ",
        Code::IdentityNumber,
        "Aadhaar",
        "take it out",
    ),
    Slip(
        EN,
        "name = Name?",
        "name = Are you Hindu or Muslim?",
        Code::ReligionOrCaste,
        "Hindu",
        "take it out",
    ),
    Slip(
        EN,
        "    .change = Change",
        "    .change = SC/ST",
        Code::ReligionOrCaste,
        ".change",
        "take it out",
    ),
    Slip(
        EN_EXTRA,
        "thanks = ",
        "thanks = Reply with the OTP you got. ",
        Code::IdentityNumber,
        "OTP",
        "take it out",
    ),
];

fn found(slip: &Slip) -> Vec<Diagnostic> {
    let Slip(path, from, to, ..) = *slip;
    told(&edited(path, |text| text.replacen(from, to, 1)))
}

#[test]
fn the_files_without_a_slip_are_quiet() {
    let found = told(&sources());
    assert!(found.is_empty(), "{}", drawn(&found));
}

#[test]
fn every_slip_that_looks_right_is_told_at_its_line_with_what_to_write() {
    let mut wrong = Vec::new();
    for slip in SLIPS {
        let Slip(path, from, to, code, line, hint) = slip;
        let found = found(slip);
        let hit = found.iter().any(|finding| {
            finding.code == *code
                && finding.text.contains(line)
                && finding.hint.as_deref().is_some_and(|said| said.contains(hint))
        });
        if !hit {
            wrong.push(format!(
                "{path}: {from:?} → {to:?}\n  wanted {} at {line:?} with {hint:?}\n{}",
                code.name(),
                drawn(&found)
            ));
        }
        if found.len() > 3 {
            wrong.push(format!("{to:?} is told {} times\n{}", found.len(), drawn(&found)));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n\n{}", wrong.len(), SLIPS.len(), wrong.join("\n\n----\n"));
}

#[test]
fn what_only_looks_like_such_a_slip_is_let_through() {
    for (path, from, to) in [
        (JOIN, ENROL, condition!("consents.samvad == true || booth > 799")),
        (JOIN, ENROL, condition!("birth_year < 1990 && district == name")),
        (
            JOIN,
            "  more: {call: extra}",
            "  gate: {if: \"channel == 'sms'\", then: rest, else: more}\n  rest: {wait: 30h}\n  more: {call: extra}",
        ),
        (JOIN, "after: 20h, times: 1", "after: 11h, times: 2"),
        (
            JOIN,
            ENROL,
            "  score: {count: [member, \"confirm == 'right'\"]}\n  test: {if: 'score == 2 || score + 1 > booth', then: enrol, else: declined}\n  enrol: {do: enrol_member}",
        ),
        (JOIN, "  more: {call: extra}", "  rest: {wait: 13h, reply: more}\n  more: {call: extra}"),
        (HI, "declined = ", "declined = { $consent ->\n    [yes] क\n   *[other] ख\n } "),
        (EN, "declined = ", "declined = We never ask for your Aadhaar number. It costs $5. "),
    ] {
        let found = told(&edited(path, |text| text.replacen(from, to, 1)));
        assert!(found.is_empty(), "{to:?}\n{}", drawn(&found));
    }
}

#[test]
fn a_way_on_which_an_answer_lacks_is_told_step_by_step() {
    let office = edited(JOIN, |text| {
        text.replacen(
            "  birth_year: {",
            "  short: {if: has_phone, then: district}\n  birth_year: {",
            1,
        )
    });
    let found = told(&office);
    let warning = found.iter().find(|finding| finding.code == Code::NotYetAnswered);
    let said = warning.map(|finding| finding.message.as_str()).unwrap_or_default();
    assert!(
        said.contains("`$name`") && said.contains("consent → short → district"),
        "{}",
        drawn(&found)
    );
}

#[test]
fn a_way_that_contradicts_itself_is_no_way() {
    // Whoever said `no` never comes to the second `if`.
    let office = edited(JOIN, |text| {
        text.replacen(
            "  enrol: {do: enrol_member}",
            "  enrol: {do: enrol_member}\n  sure: {if: \"consent == 'yes'\", then: done, else: known}",
            1,
        )
    });
    let found = told(&office);
    assert!(found.iter().all(|finding| finding.code != Code::NotYetAnswered), "{}", drawn(&found));
}

#[test]
fn whoever_wants_to_leave_must_find_a_flow_for_it() {
    for (path, severity) in [
        ("flows/leave.yaml", Severity::Error),
        ("flows/my_data.yaml", Severity::Error),
        ("flows/language.yaml", Severity::Warning),
    ] {
        let mut office = sources();
        office.files.retain(|file| file.path != path);
        let found = told(&office);
        let missing = found.iter().find(|finding| finding.code == Code::MissingFlow);
        assert_eq!(missing.map(|finding| finding.severity), Some(severity), "{}", drawn(&found));
    }
}

#[test]
fn the_person_of_a_rehearsal_is_spelt_as_everything_else_is() {
    let head = "rehearse: join\nchannel: sms\nlang: hi\nposts: [booth_president]\nconsents: {samvad: true}\nmember: {district: lucknow, seat: 173}\ntalk:\n  - me: सदस्य\n  - bot: card\nthen: {request: none, consents: {samvad: true}}\n";
    let findings = |text: &str| {
        let mut office = sources();
        office.files.push(file("flows/rehearsals/one.yaml", text));
        told(&office)
    };
    assert!(findings(head).is_empty(), "{}", drawn(&findings(head)));
    for (from, to, hint) in [
        ("lucknow", "lukhnow", "did you mean `lucknow`?"),
        ("seat: 173", "seat: 500", "from 1 to 403"),
        ("seat: 173", "seat: 1", "the seats of Lucknow are"),
        ("{samvad: true}\nmember", "{samwad: true}\nmember", "did you mean `samvad`?"),
        ("{samvad: true}\nmember", "{samvad: yes}\nmember", "write `samvad: true`"),
        ("booth_president", "booth_presidant", "did you mean `booth_president`?"),
        ("lang: hi", "lang: hi\nphone: no", "write `phone: false`"),
        ("lang: hi", "lang: hi\nbrought: many", "a whole number in digits"),
        ("seat: 173", "seat: 173, until: 31-12-2027", "2027-12-31"),
        ("request: none", "request: nothing", "none"),
        ("then: {", "then: {language: hindi, ", "did you mean `hi`?"),
        ("then: {", "then: {handed_over: yes, ", "write `handed_over: true`"),
    ] {
        let found = findings(&head.replacen(from, to, 1));
        assert!(
            matches!(found.as_slice(), [one] if one.hint.as_deref().is_some_and(|said| said.contains(hint))),
            "{from:?} → {to:?}\n{}",
            drawn(&found)
        );
    }
}

#[test]
fn a_misspelt_key_is_told_once_and_not_as_missing_too() {
    for (path, from, to) in [
        (JOIN, "flow: join", "flwo: join"),
        (JOIN, "steps:", "stpes:"),
        (JOIN, "about:", "abuot:"),
        (JOIN, "{ask: name, answer", "{ask: name, anwser"),
        (JOIN, "{after: 20h", "{aftr: 20h"),
        (JOIN, "{if: member, then: known}", "{if: member, thn: known}"),
        (JOIN, "{call: extra}", "{cal: extra}"),
        (EXTRA, "steps:", "step:"),
    ] {
        let found = told(&edited(path, |text| text.replacen(from, to, 1)));
        assert_eq!(found.len(), 1, "{to:?}\n{}", drawn(&found));
    }
}

#[test]
fn a_copy_of_a_flow_is_one_finding() {
    let mut office = sources();
    let copied = office.files.iter().find(|file| file.path == JOIN).unwrap().text.clone();
    office.files.push(file("flows/join2.yaml", &copied));
    let found = told(&office);
    assert!(
        matches!(found.as_slice(), [one] if one.code == Code::FileName && one.path == "flows/join2.yaml"),
        "{}",
        drawn(&found)
    );
}

#[test]
fn a_file_that_is_renamed_or_moved_is_one_finding() {
    for (from, to) in [
        ("flows/extra.yaml", "flows/extras.yaml"),
        ("flows/join.yaml", "flows/joining.yaml"),
        ("flows/extra.yaml", "flows/old/extra.yaml"),
        ("flows/extra.yaml", "flows/extra.yaml.txt"),
        ("flows/join.yaml", "flows/rehearsals/join.yaml"),
        ("locales/hi/join.ftl", "locales/hi/joins.ftl"),
        ("locales/hi/join.ftl", "locales/join.ftl"),
        ("locales/hi/join.ftl", "locales/hi/join.ftl.txt"),
        ("locales/hi/join.ftl", "flows/join.ftl"),
    ] {
        let found = told(&renamed(from, to));
        assert!(
            (1..=2).contains(&found.len()),
            "{from} → {to}: {}\n{}",
            found.len(),
            drawn(&found)
        );
        assert!(found.iter().any(|finding| finding.path == to), "{from} → {to}\n{}", drawn(&found));
    }
}
