//! A gallery of files as volunteers break them: each is refused at the right line, by the right
//! code, with a hint that says what to write. The snapshot shows each as the author sees it.

use super::fixture::{drawn, edited, file, geography, sources};
use super::*;

const JOIN: &str = "flows/join.yaml";
const GREETING: &str = "flows/greeting.yaml";
const HI: &str = "locales/hi/join.ftl";
const EN: &str = "locales/en/join.ftl";
const NAME: &str = "{ask: name, answer: person_name}";

/// One slip: in this file, these words for those; the code of what is found, and words of the line
/// it must be found in (those that were put in, if nothing is said).
struct Slip(&'static str, &'static str, &'static str, Code, &'static str);

const SLIPS: &[Slip] = &[
    // ---- YAML
    Slip(JOIN, "steps:", "steps", Code::MissingColon, "steps"),
    Slip(JOIN, "  name: {ask", "  name {ask", Code::MissingColon, "name {ask"),
    Slip(JOIN, "  name: {ask", "  name:{ask", Code::MissingColon, "name:{ask"),
    Slip(JOIN, "{ask: name,", "{ask:name,", Code::MissingColon, "{ask:name"),
    Slip(JOIN, "{from: 1, to: 800}", "{from 1, to: 800}", Code::MissingColon, "from 1"),
    Slip(JOIN, "flow: join", "flow join", Code::MissingColon, "flow join"),
    Slip(JOIN, "flow: join", "flow：join", Code::MissingColon, "flow"),
    Slip(JOIN, "  name: {ask", "\tname: {ask", Code::Tab, "name: {ask"),
    Slip(JOIN, "    ask: consent\n", "    \task: consent\n", Code::Tab, "ask: consent"),
    Slip(JOIN, "  name: {ask", "   name: {ask", Code::Indentation, "name: {ask"),
    Slip(JOIN, "  name: {ask", " name: {ask", Code::Indentation, "name: {ask"),
    Slip(JOIN, "  name: {ask", "name: {ask", Code::Indentation, "name: {ask"),
    Slip(JOIN, "    notice: membership", "      notice: membership", Code::Indentation, "notice"),
    Slip(JOIN, "    notice: membership", "   notice: membership", Code::Indentation, "notice"),
    Slip(JOIN, "    notice: membership", "  notice: membership", Code::Indentation, "notice"),
    Slip(
        JOIN,
        "    when: {no: declined}",
        "    when:\n    no: declined",
        Code::Indentation,
        "no: declined",
    ),
    Slip(
        JOIN,
        "consent:\n    ask: consent\n    answer: {one_of: [yes, no]}",
        "consent:\n  ask: consent\n  answer: {one_of: [yes, no]}",
        Code::Indentation,
        "  ask: consent",
    ),
    Slip(
        JOIN,
        "answer: person_name}",
        "answer: person_name",
        Code::Unclosed,
        "answer: person_name",
    ),
    Slip(
        JOIN,
        "{one_of: [right, change]}",
        "{one_of: [right, change}",
        Code::Unclosed,
        "[right, change}",
    ),
    Slip(JOIN, "answer: person_name}", "answer: person_name}}", Code::Unclosed, "person_name}}"),
    Slip(JOIN, "{from: 1, to: 800}", "{from: 1 to: 800}", Code::Unclosed, "from: 1 to"),
    Slip(JOIN, "words: [सदस्य, join us]", "words: [सदस्य, join us", Code::Unclosed, "words"),
    Slip(JOIN, "words: [सदस्य, join us]", "words: [सदस्य,, join us]", Code::YamlSyntax, "words"),
    Slip(JOIN, "about: A citizen", "about: 'A citizen", Code::Quotes, "about"),
    Slip(
        JOIN,
        "about: A citizen becomes",
        "about: Note: a citizen becomes",
        Code::NeedsQuotes,
        "about",
    ),
    Slip(JOIN, "about: A citizen", "about: @citizen", Code::NeedsQuotes, "about"),
    Slip(JOIN, "{if: member, then", "{if: !member, then", Code::NeedsQuotes, "!member"),
    Slip(
        JOIN,
        "{if: member, then",
        "{if: language in ['hi'], then",
        Code::NeedsQuotes,
        "language in",
    ),
    Slip(JOIN, "{if: member, then", "{if: \"language\" == 'hi', then", Code::Quotes, "language"),
    Slip(JOIN, "{if: member, then", "{if: “member”, then", Code::Quotes, "“member”"),
    Slip(JOIN, "words: [सदस्य, join us]", "words: [“सदस्य”, join us]", Code::Quotes, "words"),
    Slip(JOIN, "steps:", "---\nsteps:", Code::YamlSyntax, "---"),
    Slip(JOIN, "seat: {ask", "name: {ask", Code::DuplicateKey, "name: {ask: seat"),
    // ---- shapes
    Slip(JOIN, "steps:", "चरण:", Code::UnknownKey, "चरण"),
    Slip(JOIN, "expires: 7d", "timeout: 7d", Code::UnknownKey, "timeout"),
    Slip(JOIN, "words: [सदस्य, join us]", "keywords: [सदस्य, join us]", Code::UnknownKey, "keywords"),
    Slip(JOIN, NAME, "{ask: name, anwser: person_name}", Code::UnknownKey, "anwser"),
    Slip(JOIN, NAME, "{ask: name, type: person_name}", Code::UnknownKey, "type"),
    Slip(JOIN, NAME, "{sawal: name, answer: person_name}", Code::UnknownStepKind, "sawal"),
    Slip(JOIN, NAME, "{ask: name}", Code::MissingKey, "ask: name"),
    Slip(JOIN, NAME, "[ask: name, answer: person_name]", Code::WrongType, "[ask"),
    Slip(JOIN, NAME, "ask name", Code::WrongType, "ask name"),
    Slip(JOIN, "words: [सदस्य, join us]", "words: {सदस्य, join us}", Code::WrongType, "words"),
    Slip(
        JOIN,
        "{one_of: [right, change]}",
        "{one_of: right, change}",
        Code::WrongType,
        "right, change",
    ),
    Slip(JOIN, "{one_of: [right, change]}", "[right, change]", Code::WrongType, "[right, change]"),
    Slip(JOIN, "end: true}", "end: yes}", Code::WrongType, "end: yes"),
    Slip(JOIN, "name: {ask", "पूरा_नाम: {ask", Code::BadName, "पूरा_नाम"),
    Slip(
        JOIN,
        "known: {say: card, end: true}",
        "end: {say: card, end: true}",
        Code::BadName,
        "end: {say",
    ),
    Slip(JOIN, "after: 20h", "after: 20 hours", Code::BadDuration, "20 hours"),
    Slip(JOIN, "after: 20h", "after: 20", Code::BadDuration, "after: 20"),
    Slip(JOIN, "expires: 7d", "expires: 7 दिन", Code::BadDuration, "expires"),
    Slip(JOIN, "to: 800}", "to: eight}", Code::BadNumber, "eight"),
    Slip(JOIN, "{from: 1, to: 800}", "{from: 800, to: 1}", Code::BadBounds, "from: 800"),
    Slip(JOIN, "answer: person_name", "answer: {pattern: '[A-Z'}", Code::BadPattern, "pattern"),
    Slip(JOIN, "{say: done}", "{say: done, ask: name, answer: text}", Code::TwoThings, "done"),
    // ---- names
    Slip(JOIN, "answer: person_name", "answer: naam", Code::UnknownAnswerKind, "naam"),
    Slip(JOIN, "answer: person_name", "answer: string", Code::UnknownAnswerKind, "string"),
    Slip(JOIN, "do: enrol_member", "do: enroll_member", Code::UnknownAction, "enroll_member"),
    Slip(JOIN, "{no: declined}", "{no: declind}", Code::UnknownStep, "declind"),
    Slip(JOIN, "minor: too_young", "minor: too-young", Code::UnknownStep, "too-young}"),
    Slip(JOIN, "{no: declined}", "{nahi: declined}", Code::UnknownOutcome, "nahi"),
    Slip(JOIN, "{call: extra}", "{call: extras}", Code::UnknownFlow, "extras"),
    Slip(JOIN, "ask: birth-year", "ask: birth_year", Code::MissingText, "ask: birth_year"),
    Slip(JOIN, "say: done", "say: dune", Code::MissingText, "dune"),
    Slip(
        JOIN,
        "{one_of: [right, change]}",
        "{one_of: [right, change, later]}",
        Code::MissingLabel,
        "later",
    ),
    Slip(JOIN, "{assembly: {in: district}}", "{assembly: {in: zila}}", Code::UnknownStep, "zila"),
    Slip(JOIN, "notice: membership", "notice: member", Code::UnknownWord, "notice"),
    // ---- conditions
    Slip(JOIN, "if: member,", "if: member = true,", Code::ConditionSyntax, "member = true"),
    Slip(JOIN, "if: member,", "if: language = 'hi',", Code::ConditionSyntax, "language ="),
    Slip(JOIN, "if: member,", "if: member and has_phone,", Code::ConditionSyntax, "member and"),
    Slip(JOIN, "if: member,", "if: not member,", Code::ConditionSyntax, "not member"),
    Slip(JOIN, "if: member,", "if: $member,", Code::ConditionSyntax, "$member"),
    Slip(JOIN, "if: member,", "if: सदस्य,", Code::ConditionSyntax, "सदस्य, then"),
    Slip(JOIN, "if: member,", "if: language == ‘hi’,", Code::Quotes, "language"),
    Slip(JOIN, "if: member,", "if: membr,", Code::UnknownName, "membr"),
    Slip(JOIN, "if: member,", "if: consent == yes,", Code::UnknownName, "consent == yes"),
    Slip(JOIN, "if: member,", "if: member == 'yes',", Code::ConditionType, "member == 'yes'"),
    Slip(JOIN, "if: member,", "if: booth == '5',", Code::ConditionType, "booth == '5'"),
    Slip(JOIN, "if: member,", "if: consent > 5,", Code::ConditionType, "consent > 5"),
    Slip(JOIN, "if: member,", "if: language == 'hindi',", Code::NeverTrue, "hindi"),
    Slip(JOIN, "if: member,", "if: len(posts) > 0,", Code::UnknownFunction, "len(posts)"),
    // ---- how it begins, how it goes on
    Slip(JOIN, "words: [सदस्य, join us]", "words: [सदस्य, सदस्‍य]", Code::StartWordTwice, "words"),
    Slip(JOIN, "words: [सदस्य, join us]", "words: [सदस्य, नमस्ते]", Code::StartWordClash, "words"),
    Slip(JOIN, "start: {", "start: {default: true, ", Code::DefaultFlow, "default"),
    Slip(JOIN, "link: join", "link: सदस्य", Code::BadStartWord, "link"),
    Slip(JOIN, "{say: done}", "{say: done, end: true}", Code::UnreachableStep, "more: {call"),
    Slip(JOIN, "known: {say: card, end: true}", "known: {say: card}", Code::RunsOut, "known"),
    Slip(
        JOIN,
        "{say: declined, end: true}",
        "{say: declined, goto: declined}",
        Code::SilentCircle,
        "declined: {say",
    ),
    Slip(JOIN, "after: 20h", "after: 30h", Code::After24Hours, "30h"),
    // ---- texts
    Slip(HI, "name = नाम?", "name नाम?", Code::FluentSyntax, "name नाम"),
    Slip(HI, "name = नाम?", "name: नाम?", Code::FluentSyntax, "name: नाम"),
    Slip(HI, "birth-year = किस", "birth year = किस", Code::FluentSyntax, "birth year"),
    Slip(HI, "birth-year = किस", "birth_year = किस", Code::MissingText, "birth_year ="),
    Slip(HI, "name = नाम?", "नाम = नाम?", Code::FluentSyntax, "नाम = "),
    Slip(HI, "name = नाम?", "name =", Code::FluentSyntax, "name ="),
    Slip(HI, "name = नाम?", "name = नाम\nपूरा लिखिए", Code::FluentSyntax, "पूरा"),
    Slip(HI, "    .no = नहीं", "    no = नहीं", Code::FluentSyntax, "    no ="),
    Slip(HI, "    .no = नहीं", "\t.no = नहीं", Code::FluentSyntax, ".no ="),
    Slip(HI, "    .no = नहीं", "    .no नहीं", Code::FluentSyntax, ".no नहीं"),
    Slip(HI, "    .no = नहीं", "    .no =", Code::FluentSyntax, ".no ="),
    Slip(HI, "    .no = नहीं\n", "    .nahi = नहीं\n", Code::StrangeLabel, ".nahi"),
    Slip(EN, "    .change = Change", "    .chnage = Change", Code::StrangeLabel, ".chnage"),
    Slip(HI, "district = { $name } जी", "district = { $name जी", Code::FluentSyntax, "district ="),
    Slip(HI, "district = { $name } जी", "district = $name } जी", Code::FluentSyntax, "district ="),
    Slip(HI, "district = { $name } जी", "district = { $nmae } जी", Code::UnknownVariable, "nmae"),
    Slip(HI, "district = { $name } जी", "district = { name } जी", Code::MissingDollar, "{ name }"),
    Slip(
        HI,
        "district = { $name } जी",
        "district = { $ name } जी",
        Code::FluentSyntax,
        "district =",
    ),
    Slip(HI, "district = { $name } जी", "district = आपका", Code::VariableDiffers, "district ="),
    Slip(HI, "done = संख्या", "done = { -prty } संख्या", Code::UnknownTerm, "prty"),
    Slip(HI, "done = संख्या", "done = { ROUND($people) }", Code::UnknownFunction, "ROUND"),
    Slip(HI, "bye = ", "name = फिर?\nbye = ", Code::DuplicateText, "name = फिर"),
    Slip(HI, "bye = ", "extra-text = फिर?\nbye = ", Code::UnusedText, "extra-text"),
    Slip(HI, "    .no = नहीं", "    .no = नहीं, मैं इससे बिल्कुल सहमत नहीं", Code::LabelTooLong, ".no"),
    Slip(HI, "    .no = नहीं", "    .no = नहीं { $name }", Code::LabelVariable, ".no"),
    Slip(HI, "    .no = नहीं", "    .no = हां", Code::SameChoices, ".no"),
    Slip(HI, "    .change = बदलें", "    .change = वापस", Code::ChoiceIsCommand, ".change"),
    Slip(
        HI,
        "declined = कोई बात नहीं।",
        "declined = कोई बात नहीं।\n    .yes = हाँ",
        Code::StrangeLabel,
        ".yes",
    ),
    Slip(HI, "name = नाम?", "name = {\"\"}", Code::EmptyText, "name ="),
    // ---- law
    Slip(HI, "booth = बूथ?", "booth = आधार नंबर?", Code::IdentityNumber, "booth ="),
    Slip(EN, "booth = Booth?", "booth = Your caste?", Code::ReligionOrCaste, "booth ="),
    Slip(
        JOIN,
        "answer: person_name",
        "answer: {pattern: '[0-9]{12}'}",
        Code::IdentityNumber,
        "pattern",
    ),
    // ---- the greeting
    Slip(GREETING, "default: true, ", "", Code::DefaultFlow, "start:"),
    Slip(GREETING, "{flow: join}", "join", Code::UnknownStep, "when"),
    Slip(
        GREETING,
        "{id: card, if: member}",
        "{name: card, if: member}",
        Code::UnknownKey,
        "name: card",
    ),
];

/// The findings of the fixture with one slip in it.
fn found(slip: &Slip) -> (Vec<Diagnostic>, String) {
    let Slip(path, from, to, _, _) = *slip;
    let office = edited(path, |text| text.replacen(from, to, 1));
    let edited = office.files.iter().find(|file| file.path == path).unwrap().text.clone();
    let found = match prove(&office, geography(), Rules::default()) {
        Ok(flows) => flows.warnings().to_vec(),
        Err(found) => found,
    };
    (found, edited)
}

#[test]
fn every_slip_of_the_gallery_is_told_at_its_line() {
    let mut wrong = Vec::new();
    for slip in SLIPS {
        let Slip(path, from, to, code, fragment) = slip;
        let (found, text) = found(slip);
        let hit = found.iter().find(|finding| {
            finding.code == *code && (fragment.is_empty() || finding.text.contains(fragment))
        });
        match hit {
            None => wrong.push(format!(
                "{path}: {from:?} → {to:?}\n  wanted {} at a line with {fragment:?}\n{}",
                code.name(),
                drawn(&found)
            )),
            Some(hit) if hit.hint.is_none() => wrong.push(format!("{to:?} has no hint\n{hit}")),
            Some(hit) => {
                assert!(!text.is_empty());
                assert!(hit.end_column >= hit.column);
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n\n{}", wrong.len(), SLIPS.len(), wrong.join("\n\n----\n"));
}

#[test]
fn every_slip_of_the_gallery_looks_as_it_did() {
    let drawn: Vec<String> = SLIPS
        .iter()
        .map(|slip| {
            format!("---- {}: {:?} → {:?}\n{}", slip.0, slip.1, slip.2, drawn(&found(slip).0))
        })
        .collect();
    insta::assert_snapshot!(drawn.join("\n\n"));
}

#[test]
fn no_slip_is_told_more_than_three_times() {
    let many: Vec<String> = SLIPS
        .iter()
        .map(|slip| (slip, found(slip).0))
        .filter(|(_, found)| found.len() > 3)
        .map(|(slip, found)| format!("---- {:?} → {:?}\n{}", slip.1, slip.2, drawn(&found)))
        .collect();
    assert!(many.is_empty(), "{}\n{}", many.len(), many.join("\n\n"));
}

#[test]
fn a_colon_without_its_space_is_told_with_the_space() {
    let block = "\n    ask:name\n    answer: person_name";
    let office = edited(JOIN, |text| text.replace(NAME, block));
    let found = prove(&office, geography(), Rules::default()).unwrap_err();
    let hint = found.first().and_then(|finding| finding.hint.clone()).unwrap_or_default();
    assert_eq!(hint, "write `ask: name`, with a space behind the colon", "{}", drawn(&found));
}

#[test]
fn braces_that_would_use_up_the_stack_are_told_and_not_read() {
    let nested = format!("name = {}$x{}", "{ ".repeat(5_000), " }".repeat(5_000));
    let office = edited(HI, |text| text.replace("name = नाम?", &nested));
    let found = prove(&office, geography(), Rules::default()).unwrap_err();
    assert_eq!(found[0].code.name(), "fluent-syntax");
    assert!(found[0].message.contains("nested too deeply"), "{}", found[0].message);
}

#[test]
fn one_broken_file_hides_nothing_of_the_others_and_makes_no_follow_up() {
    let mut office = edited(JOIN, |text| text.replace("steps:", "steps"));
    for file in &mut office.files {
        if file.path == "flows/help.yaml" {
            file.text = file.text.replace("say: help-text", "say: helptext");
        }
        if file.path == "locales/en/extra.ftl" {
            file.text = file.text.replace("thanks = Thanks.", "thanks Thanks.");
        }
    }
    let found = prove(&office, geography(), Rules::default()).unwrap_err();
    let told: Vec<(&str, &str)> =
        found.iter().map(|finding| (finding.path.as_str(), finding.code.name())).collect();
    assert_eq!(
        told,
        [
            ("flows/join.yaml", "missing-colon"),
            ("locales/en/extra.ftl", "fluent-syntax"),
            ("flows/help.yaml", "missing-text"),
        ],
        "{}",
        drawn(&found)
    );
}

/// The codes of what is found when one file stands beside the fixture.
fn beside(path: &str, text: &str) -> Vec<(String, &'static str)> {
    let mut office = sources();
    office.files.push(file(path, text));
    let found = match prove(&office, geography(), Rules::default()) {
        Ok(flows) => flows.warnings().to_vec(),
        Err(found) => found,
    };
    found
        .into_iter()
        .filter(|finding| finding.path == path)
        .map(|finding| (finding.hint.unwrap_or_default(), finding.code.name()))
        .collect()
}

#[test]
fn a_file_in_the_wrong_folder_is_told_where_it_belongs() {
    let flow = "flow: vote\nsteps:\n  a: {end: true}\n";
    let rehearsal = "rehearse: join\ntalk:\n  - me: सदस्य\n  - bot: consent\n";
    for (path, text, belongs) in [
        ("flows/more/vote.yaml", flow, "flows/vote.yaml"),
        ("locales/hi/vote.yaml", flow, "flows/"),
        ("flows/rehearsals/vote.yaml", flow, "flows/"),
        ("flows/vote.yaml", rehearsal, "flows/rehearsals/"),
        ("flows/vote.ftl", "a = b\n", "locales/hi/vote.ftl"),
        ("locales/join.ftl", "a = b\n", "locales/hi/join.ftl"),
        ("locales/hindi/join.ftl", "a = b\n", "locales/hi"),
        ("flows/vote.yaml.txt", flow, "vote.yaml"),
    ] {
        let found = beside(path, text);
        assert!(
            matches!(found.as_slice(), [(hint, "wrong-folder" | "file-name")] if hint.contains(belongs)),
            "{path}: {found:?}"
        );
    }
}

#[test]
fn what_is_wrong_in_a_rehearsal_is_told_without_playing_it() {
    for (from, to, code) in [
        ("rehearse: join", "rehearse: jion", "unknown-flow"),
        ("rehearse: join\n", "", "missing-key"),
        ("channel: sms", "channel: smss", "unknown-word"),
        ("lang: hi", "lang: hindi", "unknown-word"),
        ("channel: sms", "chanel: sms", "unknown-key"),
        ("- bot: birth-year", "- bot: birth_year", "unknown-text"),
        ("- bot: birth-year", "- bot: birthyear", "unknown-text"),
        ("- tap: \"yes\"", "- tap: haan", "unknown-choice"),
        ("- tap: \"yes\"", "- tpa: \"yes\"", "unknown-key"),
        ("- me: सदस्य", "- me सदस्य", "missing-colon"),
        ("- me: सदस्य", "-me: सदस्य", "indentation"),
        ("- wait: 20h", "- wait: 20 hours", "bad-duration"),
        ("session: name", "session: nmae", "unknown-step"),
        ("talk:", "talks:", "unknown-key"),
        ("  - bot: consent", "  bot: consent", "missing-dash"),
        ("- wait: 20h", "- send: picture", "unknown-word"),
    ] {
        let rehearsal = "rehearse: join\nchannel: sms\nlang: hi\ntalk:\n  - me: सदस्य\n  - bot: consent\n  - tap: \"yes\"\n  - bot: birth-year\n  - wait: 20h\nthen: {session: name}\n";
        assert_eq!(beside("flows/rehearsals/one.yaml", rehearsal), vec![]);
        let text = rehearsal.replacen(from, to, 1);
        let found = beside("flows/rehearsals/one.yaml", &text);
        assert!(
            matches!(found.as_slice(), [(_, found)] if *found == code),
            "{from:?} → {to:?}: {found:?}"
        );
    }
}

#[test]
fn a_file_of_any_editor_is_read_or_told() {
    let carriage = |text: &str| text.replace('\n', "\r\n");
    let mark = |text: &str| format!("\u{feff}{text}");
    for path in [JOIN, HI] {
        let office = edited(path, carriage);
        assert!(prove(&office, geography(), Rules::default()).is_ok(), "{path} with CRLF");
        let office = edited(path, mark);
        let flows = prove(&office, geography(), Rules::default())
            .unwrap_or_else(|found| panic!("{}", drawn(&found)));
        let [warning] = flows.warnings() else { panic!("{}", drawn(flows.warnings())) };
        assert_eq!(warning.code, Code::ByteOrderMark);
        let office =
            edited(path, |text| text.replacen("नाम", "\u{fffd}", 1).replacen('o', "\u{fffd}", 1));
        let found = prove(&office, geography(), Rules::default()).unwrap_err();
        assert!(found.iter().any(|finding| finding.code == Code::NotUtf8), "{}", drawn(&found));
    }
}

#[test]
fn a_text_that_costs_too_much_by_sms_is_told_with_its_parts() {
    let long = "क".repeat(200);
    let office = edited(HI, |text| text.replace("done = संख्या", &format!("done = {long} संख्या")));
    let rules = Rules { sms_parts: 3, ..Rules::default() };
    let found = match prove(&office, geography(), rules.clone()) {
        Ok(flows) => flows.warnings().to_vec(),
        Err(found) => found,
    };
    let [finding] = found.as_slice() else { panic!("{}", drawn(&found)) };
    assert_eq!(finding.code, Code::SmsParts);
    assert!(finding.message.contains("`done` needs 4 SMS parts in Hindi"), "{finding}");
    assert!(finding.hint.as_deref().unwrap().contains("`$member_number`"), "{finding}");
    assert!(load(&office, geography()).is_ok(), "a running server minds no costs");
    let allowed = format!("# It may. sms-parts: 4\ndone = {long} संख्या");
    let office = edited(HI, |text| text.replace("done = संख्या", &allowed));
    assert!(prove(&office, geography(), rules).is_ok(), "the comment allows this one more");
}
