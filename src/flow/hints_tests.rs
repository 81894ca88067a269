//! Slips of a keyboard, of a telephone and of the habits of Word and Excel: the first thing told is
//! the cause, at its line, with what to write instead, and nothing that only follows from it.

use super::fixture::{drawn, edited, file, renamed, sources, told};
use super::*;

const JOIN: &str = "flows/join.yaml";
const HI: &str = "locales/hi/join.ftl";
const EN: &str = "locales/en/join.ftl";
const EXTRA: &str = "locales/hi/extra.ftl";
const PARTY: &str = "locales/hi/common.ftl";

/// In this file, these words for those; the code of the first finding, words of its line, and words
/// of its hint.
struct Slip(&'static str, &'static str, &'static str, Code, &'static str, &'static str);

const CHOICES: &str = "[right, change]";
const BOUNDS: &str = "{number: {from: 1, to: 800}}";
const NAME: &str = "  name: {ask: name, answer: person_name}";
const PEOPLE: &str = "bye = { $people } लोग।";
const VARIANTS: &str = "bye = { $people ->\n    [one] एक\n   *[other] { $people } लोग\n }";

const SLIPS: &[Slip] = &[
    // ---- lines too far left or right, and dashes
    Slip(JOIN, "  seat: {ask", "seat: {ask", Code::Indentation, "seat: {ask", "2 spaces"),
    Slip(
        JOIN,
        "  consent:\n",
        "  - consent:\n",
        Code::MissingDash,
        "- consent:",
        "without the `- `",
    ),
    Slip(JOIN, "\nsteps:\n", "\n  steps:\n", Code::Indentation, "  steps:", "no space"),
    Slip(JOIN, "\nremind: {", "\n  remind: {", Code::Indentation, "  remind:", "at the margin"),
    Slip(
        JOIN,
        "{say: bye, end: true}",
        "{say: bye}\n  end: true",
        Code::Indentation,
        "  end: true",
        "put it into the braces: bye: {…, end: true}",
    ),
    Slip(
        JOIN,
        "    notice: membership",
        "    – notice: membership",
        Code::MissingDash,
        "– notice",
        "write `notice: …`",
    ),
    Slip(
        JOIN,
        "{one_of: [yes, no]}",
        "\n      one_of:\n      yes\n      no",
        Code::MissingDash,
        "      yes",
        "write `- yes`",
    ),
    Slip(
        JOIN,
        "    when: {no: declined}",
        "    when:\n      - {no: declined}\n      -{yes: declined}",
        Code::MissingDash,
        "-{yes",
        "`- {yes: declined}`",
    ),
    // ---- what stands at another step, or in another flow
    Slip(
        JOIN,
        NAME,
        "  name: {ask: name, answer: text}",
        Code::Enrolment,
        "answer: text",
        "`answer: person_name`",
    ),
    Slip(
        JOIN,
        "    when: {no: declined}",
        "    then: declined",
        Code::UnknownKey,
        "then: declined",
        "`when: {no: …}`",
    ),
    Slip(
        JOIN,
        "{if: member, then",
        "{if: member.name == 'x', then",
        Code::ConditionType,
        "member.name",
        "true or false",
    ),
    Slip(
        JOIN,
        "{if: member, then",
        "{if: \"name.matches('x')\", then",
        Code::UnknownFunction,
        "matches",
        "startsWith",
    ),
    // ---- colons, commas, braces
    Slip(
        JOIN,
        NAME,
        "  name: ask: name, answer: person_name",
        Code::NeedsBraces,
        "name: ask: name",
        "`name: {ask: name, answer: person_name}`",
    ),
    Slip(
        JOIN,
        "when: {no: declined}",
        "when: no: declined",
        Code::NeedsBraces,
        "when: no",
        "`when: {no: declined}`",
    ),
    Slip(
        JOIN,
        "when: {no: declined}",
        "when: {no declined}",
        Code::MissingColon,
        "no declined",
        "no: declined",
    ),
    Slip(
        JOIN,
        "when: {no: declined}",
        "when: {no -> declined}",
        Code::MissingColon,
        "->",
        "no: declined",
    ),
    Slip(
        JOIN,
        "when: {no: declined}",
        "when: (no: declined)",
        Code::NeedsBraces,
        "(no",
        "{no: declined}",
    ),
    Slip(
        JOIN,
        "when: {no: declined}",
        "when: [no: declined]",
        Code::WrongType,
        "[no",
        "{no: declined}",
    ),
    Slip(
        JOIN,
        "    ask: consent\n",
        "    ask; consent\n",
        Code::MissingColon,
        "ask;",
        "`ask: consent`",
    ),
    Slip(
        JOIN,
        "{if: member, then",
        "{if member, then",
        Code::MissingColon,
        "if member",
        "`if: member`",
    ),
    Slip(
        JOIN,
        "{do: enrol_member}",
        "{do: enrol_member: {term: 3y}}",
        Code::NeedsBraces,
        "enrol_member:",
        "do: {enrol_member: {term: 3y}}",
    ),
    Slip(
        JOIN,
        "{say: bye, end: true}",
        "{say: bye, end: true},",
        Code::YamlSyntax,
        "true},",
        "remove it",
    ),
    Slip(JOIN, CHOICES, "[right. change]", Code::MissingComma, "right. change", "right, change"),
    Slip(JOIN, CHOICES, "[right change]", Code::MissingComma, "right change", "right, change"),
    Slip(JOIN, CHOICES, "[right، change]", Code::MissingComma, "right،", "right, change"),
    Slip(JOIN, CHOICES, "(right, change)", Code::WrongType, "(right", "{one_of: [right, change]}"),
    Slip(JOIN, CHOICES, "[Right, change]", Code::BadName, "[Right", "`right`"),
    Slip(JOIN, CHOICES, "[1, 2]", Code::BadName, "[1, 2]", "name each choice"),
    Slip(JOIN, CHOICES, "[right, right]", Code::DuplicateKey, "[right, right]", "remove one"),
    Slip(
        JOIN,
        "{one_of: [yes, no]}",
        "one_of [yes, no]",
        Code::MissingColon,
        "one_of [",
        "{one_of: [yes, no]}",
    ),
    Slip(
        JOIN,
        "words: [सदस्य, join us]",
        "words: सदस्य, sadasya",
        Code::WrongType,
        "sadasya",
        "[सदस्य, sadasya]",
    ),
    Slip(
        JOIN,
        "\n",
        "\n<<<<<<< HEAD\n",
        Code::MergeConflict,
        "<<<<<<<",
        "keep the lines of one version",
    ),
    // ---- numbers and lengths of time
    Slip(
        JOIN,
        BOUNDS,
        "{number: [1, 800]}",
        Code::WrongType,
        "[1, 800]",
        "{number: {from: 1, to: 800}}",
    ),
    Slip(JOIN, BOUNDS, "{number: 1-800}", Code::WrongType, "1-800", "{number: {from: 1, to: 800}}"),
    Slip(JOIN, "to: 800}", "to: ८००}", Code::BadNumber, "८००", "write 800"),
    Slip(JOIN, "to: 800}", "to: 1,00,000}", Code::BadNumber, "1,00,000", "write 100000"),
    Slip(
        JOIN,
        "remind: {after: 20h, times: 1}",
        "remind: 20h",
        Code::WrongType,
        "remind: 20h",
        "{after: 20h, times: 1}",
    ),
    Slip(
        JOIN,
        "{after: 20h, times: 1}",
        "{after 20h, times: 1}",
        Code::MissingColon,
        "after 20h",
        "`after: 20h`",
    ),
    Slip(JOIN, "after: 20h", "after: 1.5h", Code::BadDuration, "1.5h", "90m"),
    // ---- names
    Slip(JOIN, "{if: member, then", "{if: member, than", Code::UnknownKey, "than", "`then`"),
    Slip(
        JOIN,
        "{call: extra}",
        "{call: {flow: extra}}",
        Code::WrongType,
        "{flow: extra}",
        "`call: extra`",
    ),
    Slip(JOIN, "flow: join", "flow: my-join", Code::FileName, "my-join", "`flow: join`"),
    Slip(JOIN, "flow: join", "“flow”: join", Code::Quotes, "“flow”", "`flow: …`"),
    Slip(
        JOIN,
        "say: bye",
        "say: bye\u{200b}",
        Code::InvisibleSign,
        "say: bye",
        "type it anew: bye",
    ),
    Slip(JOIN, "say: bye", "say: धन्यवाद जी", Code::MissingText, "धन्यवाद", "the name of a text"),
    Slip(
        JOIN,
        "    ask: consent\n",
        "    ask: consent\n    ask: consent\n",
        Code::DuplicateKey,
        "ask: consent",
        "line 7 already",
    ),
    // ---- texts
    Slip(HI, "    .no = नहीं", "    .no: नहीं", Code::FluentSyntax, ".no:", ".no = नहीं"),
    Slip(HI, "    .no = नहीं", "    ۔no = नहीं", Code::FluentSyntax, "۔no", ".no = …"),
    Slip(HI, "    .no = नहीं", "    no: नहीं", Code::MissingLabel, "no: नहीं", "`    .no = नहीं`"),
    Slip(
        HI,
        "    .no = नहीं",
        "    .no = नहीं\n    .no = ना",
        Code::DuplicateText,
        ".no = ना",
        "keep one",
    ),
    Slip(HI, "    .no = नहीं\n", "", Code::MissingLabel, ".yes", "below this line: `    .no"),
    Slip(HI, "name = नाम?", "name == नाम?", Code::FluentSyntax, "==", "name = नाम?"),
    Slip(HI, "name = नाम?", "name – नाम?", Code::FluentSyntax, "–", "name = नाम?"),
    Slip(HI, "name = नाम?", "name\u{a0}= नाम?", Code::InvisibleSign, "नाम?", "anew"),
    Slip(HI, "name = नाम?\n", "", Code::MissingText, "birth-year", "below this line: `name = …`"),
    Slip(
        HI,
        "name = नाम?",
        "=======\nname = नाम?",
        Code::MergeConflict,
        "=======",
        "keep the lines",
    ),
    Slip(HI, PEOPLE, "bye = { $people लोग।", Code::FluentSyntax, "$people", "{ $people }"),
    Slip(HI, PEOPLE, "bye = { $ people } लोग।", Code::FluentSyntax, "$ people", "{ $people }"),
    Slip(
        HI,
        "district = { $name }",
        "district = { name }",
        Code::MissingDollar,
        "{ name }",
        "{ $name }",
    ),
    Slip(HI, "यह { -party", "यह { –party", Code::FluentSyntax, "–party", "{ -party }"),
    Slip(
        EN,
        "bye = { $people } people",
        "bye = {$people people",
        Code::FluentSyntax,
        "{$people",
        "{ $people }",
    ),
    Slip(PARTY, "-party = दल", "party = दल", Code::UnknownTerm, "party = दल", "-party = …"),
    Slip(PARTY, "-party = दल", "-party =", Code::FluentSyntax, "-party =", "-party = …"),
];

/// What is found in the fixture with one file edited.
fn found(path: &str, from: &str, to: &str) -> Vec<Diagnostic> {
    let path = if from.contains("-party") && path == HI { "locales/hi/greeting.ftl" } else { path };
    told(&edited(path, |text| text.replacen(from, to, 1)))
}

#[test]
fn the_first_finding_is_the_slip_and_says_what_to_write() {
    let mut wrong = Vec::new();
    for Slip(path, from, to, code, line, hint) in SLIPS {
        let found = found(path, from, to);
        let fits = found.first().is_some_and(|first| {
            first.code == *code
                && first.text.contains(line)
                && first.hint.as_deref().unwrap_or_default().contains(hint)
        });
        if !fits || found.len() > 2 {
            wrong.push(format!(
                "{path}: {from:?} → {to:?}\n  wanted {} at {line:?} with {hint:?}, {} findings\n{}",
                code.name(),
                found.len(),
                drawn(&found)
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n\n{}", wrong.len(), SLIPS.len(), wrong.join("\n\n----\n"));
}

#[test]
fn slips_in_variants_are_told_at_their_line() {
    for (from, to, line, hint) in [
        ("\n }", "\n", 2, "below the last of them, line 4"),
        ("*[other]", "[other]", 4, "*[other]"),
        ("    [one]", "   *[one]", 3, "[one] without its star"),
        ("    [one]", "    (one)", 3, "[one] एक"),
        ("*[other]", "* [other]", 4, "*[other]"),
        ("$people ->", "$people >", 2, "{ $people ->"),
        ("{ $people ->", "{ people ->", 2, "{ $people ->"),
        ("   *[other] { $people }", "   *[other] { people }", 4, "{ $people }"),
    ] {
        let whole = VARIANTS.replacen(from, to, 1);
        let text = format!("people = कितने?\n{whole}\n");
        let office = edited(HI, |old| format!("{text}{}", old.replace(PEOPLE, "ending =")));
        let found = told(&office);
        let first = found.iter().find(|finding| finding.path == HI).unwrap();
        assert_eq!(first.line, line, "{to}: {first}");
        assert!(first.hint.as_deref().unwrap_or_default().contains(hint), "{to}: {first}");
    }
}

#[test]
fn a_missing_or_empty_file_of_texts_is_one_finding() {
    let codes = |found: &[Diagnostic]| -> Vec<(String, &'static str)> {
        found.iter().map(|one| (one.path.clone(), one.code.name())).collect()
    };
    for path in [PARTY, EXTRA, HI] {
        let mut office = sources();
        office.files.retain(|file| file.path != path);
        assert_eq!(codes(&told(&office)), [(path.to_owned(), "missing-file")], "{path}");
        let office = edited(path, |_| String::new());
        assert_eq!(codes(&told(&office)), [(path.to_owned(), "missing-file")], "{path} empty");
    }
    let mut office = sources();
    office.files.retain(|file| !file.path.starts_with("locales/hi/"));
    let found = told(&office);
    assert_eq!(codes(&found), [("flows/language.yaml".to_owned(), "missing-file")]);
    assert!(found[0].hint.as_deref().unwrap().contains("copy locales/en/ to locales/hi/"));
}

#[test]
fn a_file_under_another_name_is_one_finding() {
    for (path, name, hint) in [
        (JOIN, "flows/Join.yaml", "rename the file to join.yaml"),
        (JOIN, "flows/join.yaml.txt", "rename it to join.yaml"),
        (JOIN, "flows/join.yaml.docx", "rename it to join.yaml"),
        (JOIN, "flows/join", "rename it to join.yaml"),
        (JOIN, "flows/new/join.yaml", "flows/join.yaml"),
        (HI, "locales/hi/joins.ftl", "rename this file to join.ftl"),
        (HI, "locales/hi/join.txt", "rename it to join.ftl"),
        (HI, "locales/join.ftl", "locales/hi/join.ftl"),
        (HI, "flows/join.ftl", "locales/hi/join.ftl"),
    ] {
        let found = told(&renamed(path, name));
        assert_eq!(found.len(), 1, "{name}\n{}", drawn(&found));
        assert_eq!(found[0].path, name);
        assert!(found[0].hint.as_deref().unwrap_or_default().contains(hint), "{}", found[0]);
    }
}

#[test]
fn a_copy_of_a_flow_is_told_as_a_copy() {
    for name in ["flows/join2.yaml", "flows/join - Copy.yaml"] {
        let mut office = sources();
        office.files.push(file(name, super::fixture::JOIN));
        let found = told(&office);
        assert_eq!(found.len(), 1, "{}", drawn(&found));
        assert_eq!(found[0].path, name);
        assert!(found[0].message.contains("copy of flows/join.yaml"), "{}", found[0]);
    }
}

#[test]
fn a_file_that_is_no_text_is_told_by_what_it_is() {
    let archive = "PK\u{3}\u{4}\u{14}\0\u{6}\0\u{fffd}";
    let wide: String = "flow: join".chars().flat_map(|sign| [sign, '\0']).collect();
    for path in [JOIN, HI] {
        for (text, code) in [(archive, Code::NotText), (&wide, Code::NotUtf8)] {
            let found = told(&edited(path, |_| text.to_owned()));
            assert_eq!(found.len(), 1, "{path}\n{}", drawn(&found));
            assert_eq!((found[0].code, found[0].line), (code, 1), "{}", found[0]);
            assert!(found[0].hint.as_deref().unwrap_or_default().contains("Save as"));
        }
    }
}

#[test]
fn a_start_word_of_two_flows_names_both_places() {
    let office = edited("flows/help.yaml", |text| text.replace("[मदद]", "[मदद, sadasy, सदस्य]"));
    let found = told(&office);
    let clash = found.iter().find(|one| one.code == Code::StartWordClash).unwrap();
    assert_eq!((clash.path.as_str(), clash.line), ("flows/help.yaml", 2));
    assert!(clash.hint.as_deref().unwrap().contains("flows/join.yaml:3"), "{clash}");
}

#[test]
fn the_slips_of_a_rehearsal_say_what_to_write() {
    let rehearsal = "rehearse: join\nchannel: sms\nlang: hi\ntalk:\n  - me: सदस्य\n  - bot: consent\n  - tap: \"yes\"\n  - bot: birth-year\nthen: {session: birth_year}\n";
    for (from, to, line, hint) in [
        ("  - me: सदस्य", "  – me: सदस्य", 5, "`- me: सदस्य`"),
        ("  - me: सदस्य", "  * me: सदस्य", 5, "`- me: सदस्य`"),
        ("  - me: सदस्य", "   - me: सदस्य\n  - me: सदस्य", 6, "3 spaces"),
        ("rehearse: join", "flow: join", 1, "`rehearse: join`"),
        ("rehearse: join", "rehearsal: join", 1, "`rehearse`"),
        ("  - bot: consent", "  - bot:consent", 6, "`- bot: consent`"),
        ("  - me: सदस्य", "  - me:सदस्य", 5, "`- me: सदस्य`"),
        ("lang: hi", "lang: Hindi", 3, "`hi`"),
        ("\nthen:", "\n  then:", 9, "at the margin"),
        ("then: {session: birth_year}", "then: session: birth_year", 9, "{session: birth_year}"),
        ("bot: consent", "bot: (consent, birth-year)", 6, "[consent, birth-year]"),
    ] {
        let mut office = sources();
        office.files.push(file("flows/rehearsals/one.yaml", &rehearsal.replacen(from, to, 1)));
        let found = told(&office);
        assert_eq!(found.len(), 1, "{to}\n{}", drawn(&found));
        assert_eq!(found[0].line, line, "{}", found[0]);
        assert!(found[0].hint.as_deref().unwrap_or_default().contains(hint), "{}", found[0]);
    }
}
