//! A gallery of slips that only whoever follows the ways of a flow sees: conditions that a branch before
//! has settled, ways that leave a step without its own, calls that show what is not there yet. And what
//! stands there and is not seen: behind a `#`, behind another line, in one pair of quotes.

use super::fixture::{drawn, edited, file, geography, sources, told};
use super::kin_gallery_tests::{Slip, told_once};
use super::*;

const JOIN: &str = "flows/join.yaml";
const GREETING: &str = "flows/greeting.yaml";
const EXTRA: &str = "flows/extra.yaml";
const HI: &str = "locales/hi/join.ftl";
const EN: &str = "locales/en/join.ftl";

const MORE: &str = "  more: {call: extra}";
const NAME: &str = "  name: {ask: name, answer: person_name}";
const PEOPLE: &str = "  people: {ask: people, answer: {number: {from: 1, to: 5000}}}";

const SLIPS: &[Slip] = &[
    // ---- a branch before has settled it
    Slip(
        JOIN,
        "one_of: [yes, no]}",
        "one_of: [yes, {id: no, if: member}]}",
        Code::NeverTrue,
        "if: member}]",
        "turn it round: if: '!member'",
    ),
    Slip(
        JOIN,
        NAME,
        "  again: {if: member, then: known}\n  name: {ask: name, answer: person_name}",
        Code::NeverTrue,
        "again: {if",
        "turn it round (if: '!member')",
    ),
    Slip(
        JOIN,
        NAME,
        "  said: {if: \"consent == 'no'\", then: declined}\n  name: {ask: name, answer: person_name}",
        Code::NeverTrue,
        "said: {if",
        "lead others here",
    ),
    Slip(
        JOIN,
        "  done: {say: done}",
        "  new: {if: \"!member\", then: declined}\n  done: {say: done}",
        Code::NeverTrue,
        "new: {if",
        "if: member",
    ),
    Slip(
        JOIN,
        "already: {if: member, then: known}",
        "already: {if: 'size(posts) > 0 || member', then: known}\n  post: {if: \"'booth_president' in posts\", then: known}",
        Code::NeverTrue,
        "post: {if",
        "take this condition away",
    ),
    Slip(
        JOIN,
        "already: {if: member, then: known}",
        "already: {if: \"channel == 'sms'\", then: known}\n  other: {if: \"channel != 'whatsapp'\", then: declined}",
        Code::NeverTrue,
        "other: {if",
        "turn it round",
    ),
    // ---- another way of the same switch has taken everybody
    Slip(
        JOIN,
        "already: {if: member, then: known}",
        "already: {switch: [{if: member, goto: known}, {if: \"member && 'booth_president' in posts\", goto: declined}, {else: consent}]}",
        Code::NeverTrue,
        "already: {switch",
        "the narrower condition comes first",
    ),
    Slip(
        JOIN,
        "already: {if: member, then: known}",
        "already: {switch: [{if: member, goto: known}, {if: member, goto: declined}, {else: consent}]}",
        Code::NeverTrue,
        "already: {switch",
        "take one of the two away",
    ),
    Slip(
        JOIN,
        "  done: {say: done}",
        "  big: {switch: [{if: booth > 5, goto: done}, {if: booth > 50, goto: declined}, {else: done}]}\n  done: {say: done}",
        Code::NeverTrue,
        "big: {switch",
        "put this way above",
    ),
    Slip(
        JOIN,
        "  done: {say: done}",
        "  tongue: {switch: [{if: \"language == 'hi' || language == 'ur'\", goto: done}, {if: \"language == 'ur'\", goto: declined}, {else: done}]}\n  done: {say: done}",
        Code::NeverTrue,
        "tongue: {switch",
        "put this way above",
    ),
    // ---- how many may hold
    Slip(
        EXTRA,
        PEOPLE,
        "  people: {ask: people, answer: {number: {from: 1, to: 5000}}}\n  score: {count: [people > 5, people > 50]}\n  many: {if: score > 2, then: thanks}",
        Code::NeverTrue,
        "many: {if",
        "from 0 to 2",
    ),
    // ---- ways that leave a step without its own
    Slip(
        JOIN,
        "when: {change: name}}",
        "when: {right: name, change: name}}",
        Code::SameWays,
        "right: name, change: name",
        "`right: enrol` or `change: enrol`",
    ),
    Slip(
        JOIN,
        "    when: {no: declined}",
        "    when: {yes: declined, no: declined}",
        Code::SameWays,
        "yes: declined, no: declined",
        "`yes: birth_year` or `no: birth_year`",
    ),
    Slip(
        EXTRA,
        "  photo: {ask: photo",
        "  rest: {wait: 2h, reply: rest}\n  photo: {ask: photo",
        Code::SilentCircle,
        "reply: rest",
        "leave `reply` away",
    ),
    Slip(
        EXTRA,
        "  photo: {ask: photo",
        "  rest: {wait: 2h, reply: back}\n  on: {goto: photo}\n  back: {goto: rest}\n  photo: {ask: photo",
        Code::SilentCircle,
        "reply: back",
        "leave `reply` away",
    ),
    Slip(
        EXTRA,
        "  photo: {ask: photo",
        "  on: {goto: photo}\n  lost: {say: thanks}\n  photo: {ask: photo",
        Code::UnreachableStep,
        "lost: {say",
        "`on` above it leads to `photo`",
    ),
    Slip(
        EXTRA,
        "  photo: {ask: photo",
        "  look: {fetch: 'https://api.example.org/look', keep: {found: /found}, when: {ok: photo, failed: look}}\n  lost: {say: thanks}\n  photo: {ask: photo",
        Code::SilentCircle,
        "failed: look",
        "lead it to `lost`",
    ),
    Slip(
        EXTRA,
        "  thanks: {say: thanks, end: true}",
        "  tell: {fetch: 'https://api.example.org/tell', method: post}\n  thanks: {say: thanks, end: true}\n  sorry: {say: thanks, end: true}",
        Code::MissingKey,
        "tell: {fetch",
        "`when: {failed: sorry}`",
    ),
    Slip(
        GREETING,
        "    when: {join: {flow: join}, card: card, info: info}\n  card: {say: card, end: true}",
        "  nothing: {end: true}\n  card: {say: card, end: true}",
        Code::SameWays,
        "one_of: [join",
        "add `when: {card: card, info: info}`",
    ),
    // ---- what a call shows before it is there
    Slip(
        EXTRA,
        "  photo: {ask: photo",
        "  look: {fetch: 'https://api.example.org/look?of={found}', keep: {found: /found}, when: {failed: thanks}}\n  photo: {ask: photo",
        Code::NotYetAnswered,
        "{found}",
        "perhaps {people}",
    ),
    Slip(
        EXTRA,
        PEOPLE,
        "  look: {fetch: 'https://api.example.org/look?of={people}'}\n  people: {ask: people, answer: {number: {from: 1, to: 5000}}}",
        Code::NotYetAnswered,
        "{people}",
        "put this call behind `people`",
    ),
    Slip(
        EXTRA,
        "  photo: {ask: photo",
        "  look: {fetch: 'https://api.example.org/look', method: post, body: {of: ['{ticket}']}}\n  file_it: {do: {request: {kind: look, with: [people]}}}\n  photo: {ask: photo",
        Code::NotYetAnswered,
        "{ticket}",
        "put `file_it`",
    ),
    Slip(
        JOIN,
        "  name: {ask: name, answer: person_name}\n  district: {ask: district, answer: district}",
        "  district: {ask: district, answer: district}\n  name: {ask: name, answer: person_name}",
        Code::NotYetAnswered,
        "{ask: district",
        "put `name`",
    ),
    // ---- it stands there, and is not seen
    Slip(
        EN,
        "declined = Never",
        "# declined = Never",
        Code::MissingText,
        "# declined",
        "take the `#` away",
    ),
    Slip(
        EN,
        "declined = Never mind.\ntoo-young = Not yet.\n",
        "declined = Never mind. too-young = Not yet.\n",
        Code::MissingText,
        "declined = ",
        "begins a line of its own",
    ),
    Slip(
        EN,
        "    .change = Change",
        "    # .change = Change",
        Code::MissingLabel,
        "# .change",
        "take the `#` away",
    ),
    Slip(
        JOIN,
        "  known: {say: card, end: true}",
        "  # known: {say: card, end: true}",
        Code::UnknownStep,
        "then: known",
        "take the `#` away",
    ),
    Slip(
        JOIN,
        "words: [सदस्य, join us]",
        "words: [\"सदस्य, join us\"]",
        Code::MissingComma,
        "words: [\"",
        "take the quotes away: [सदस्य, join us]",
    ),
    Slip(
        GREETING,
        "{one_of: [join, {id: card, if: member}, info]}",
        "{one_of: ['join, card, info']}",
        Code::MissingComma,
        "['join",
        "take the quotes away: join, card, info",
    ),
    // ---- two lines that became one
    Slip(
        JOIN,
        "{say: bye, end: true}\n  declined",
        "{say: bye, end: true}  declined",
        Code::YamlSyntax,
        "bye: {say",
        "line break before `declined:` and begin it with 2 spaces",
    ),
    Slip(
        JOIN,
        "    notice: membership\n",
        "    notice: membership    ",
        Code::YamlSyntax,
        "notice: membership",
        "line break before `when:` and begin it with 4 spaces",
    ),
    Slip(
        JOIN,
        "times: 1}\nexpires: 7d",
        "times: 1} expires: 7d",
        Code::YamlSyntax,
        "expires: 7d",
        "line break before `expires:` and begin it with no space",
    ),
    // ---- start words that are one word in another script or spelling
    Slip(
        GREETING,
        "[नमस्ते]",
        "[नमस्ते, sadasya]",
        Code::StartWordClash,
        "[सदस्य",
        "out of flows/greeting.yaml:3",
    ),
    // ---- days a condition does not know
    Slip(
        EXTRA,
        PEOPLE,
        "  people: {ask: people, answer: date}\n  free: {if: \"people == 'sunday'\", then: thanks}",
        Code::NeverTrue,
        "free: {if",
        "no days of the week",
    ),
    Slip(
        EXTRA,
        PEOPLE,
        "  people: {ask: people, answer: date}\n  free: {if: \"people == 'today'\", then: thanks}",
        Code::NeverTrue,
        "free: {if",
        "knows no today",
    ),
];

#[test]
fn every_slip_along_the_ways_is_told_once_with_what_to_write() {
    told_once(SLIPS);
}

#[test]
fn what_a_branch_leaves_open_is_let_through() {
    for (path, from, to) in [
        // Whoever comes back from another flow may have joined there.
        (JOIN, MORE, "  more: {call: extra}\n  again: {if: member, then: known}"),
        // Each way of a switch takes some.
        (
            JOIN,
            "already: {if: member, then: known}",
            "already: {switch: [{if: \"member && 'booth_president' in posts\", goto: declined}, {if: member, goto: known}, {else: consent}]}",
        ),
        (
            JOIN,
            "already: {if: member, then: known}",
            "already: {switch: [{if: \"channel == 'sms'\", goto: consent}, {if: \"channel == 'whatsapp'\", goto: known}, {else: declined}]}",
        ),
        // The language may change while a question is open.
        (
            JOIN,
            "already: {if: member, then: known}",
            "already: {if: member, then: known}\n  urdu: {if: \"language == 'ur'\", then: declined}",
        ),
        // A circle brings answers of later questions.
        (
            JOIN,
            "  district: {ask: district, answer: district}",
            "  corrects: {if: \"confirm == 'change'\", then: district, else: district_first}\n  district_first: {goto: district}\n  district: {ask: district, answer: district}",
        ),
        // So many may be chosen.
        (
            EXTRA,
            PEOPLE,
            "  people: {ask: people, answer: {number: {from: 1, to: 5000}}}\n  score: {count: [people > 5, people > 50]}\n  many: {if: score == 2, then: thanks}",
        ),
        // A choice for members, where members come.
        (
            JOIN,
            "answer: {one_of: [right, change]}",
            "answer: {one_of: [right, {id: change, if: has_phone}]}",
        ),
        // Both choices alike, and nothing is lost by it.
        (JOIN, "when: {change: name}}", "when: {right: enrol, change: enrol}}"),
        // A reply that says something before it waits on.
        (
            EXTRA,
            "  photo: {ask: photo",
            "  rest: {wait: 2h, reply: patience}\n  on: {goto: photo}\n  patience: {say: thanks, goto: rest}\n  photo: {ask: photo",
        ),
        // Answers that are there.
        (
            EXTRA,
            "  photo: {ask: photo",
            "  look: {fetch: 'https://api.example.org/look?of={people}', keep: {found: /found}, when: {failed: thanks}}\n  photo: {ask: photo",
        ),
        // Letters that spell nothing, papers nobody asks for.
        (HI, "declined = कोई बात नहीं।", "declined = बस आई है, डी ब्लॉक में रुकिए।"),
        (HI, "declined = कोई बात नहीं।", "declined = हम ओ टी पी या पास बुक कभी नहीं माँगते।"),
        (EN, "declined = Never mind.", "declined = Never mind. # stands for a number"),
    ] {
        let found = told(&edited(path, |text| text.replacen(from, to, 1)));
        assert!(found.is_empty(), "{to:?}\n{}", drawn(&found));
    }
}

#[test]
fn a_term_that_fills_the_texts_it_stands_in_is_told_once_where_it_is_written() {
    let long = "क".repeat(200);
    let mut office = sources();
    for text in office.files.iter_mut().filter(|file| file.path.starts_with("locales/hi/")) {
        let path = text.path.clone();
        if path.ends_with("common.ftl") {
            text.text = text.text.replacen("-party = दल", &format!("-party = {long}"), 1);
        }
        text.text = text.text.replacen("declined = कोई", "declined = { -party } कोई", 1);
    }
    let rules = Rules { sms_parts: 2, ..Rules::default() };
    let found = prove(&office, geography(), rules).unwrap_err();
    let of_term: Vec<_> = found.iter().filter(|finding| finding.code == Code::SmsParts).collect();
    assert!(
        matches!(of_term.as_slice(), [only] if only.path == "locales/hi/common.ftl"
            && only.message.contains("has 200 characters in Hindi, and `info` and 1 more texts need")),
        "{}",
        drawn(&found)
    );
}

#[test]
fn choices_that_fill_the_parts_are_what_is_to_be_said_shorter() {
    let office = edited(EN, |text| {
        let long = "x".repeat(150);
        text.replacen(".right = Right", &format!(".right = R{long}"), 1)
    });
    let rules = Rules { sms_parts: 1, ..Rules::default() };
    let found = prove(&office, geography(), rules).unwrap_err();
    let told = found.iter().find(|finding| finding.code == Code::LabelTooLong);
    assert!(told.is_some(), "{}", drawn(&found));
    let office = edited("locales/hi/greeting.ftl", |text| {
        text.replacen(".join = सदस्य बनें", ".join = सदस्य बनें, अभी यहीं", 1).replacen(
            ".info = जानकारी",
            ".info = दल की जानकारी लें",
            1,
        )
    });
    let found =
        prove(&office, geography(), Rules { sms_parts: 0, ..Rules::default() }).unwrap_err();
    let menu = found.iter().find(|finding| finding.message.starts_with("`menu` with its choices"));
    let hint = menu.and_then(|finding| finding.hint.as_deref()).unwrap_or_default();
    assert!(hint.contains("its 3 choices take"), "{}", drawn(&found));
}

#[test]
fn the_words_of_a_text_in_a_rehearsal_are_told_its_name() {
    for (line, hint) in [
        ("- bot: कोई बात नहीं।", "write `- bot: declined`"),
        ("- bot: Never mind.", "write `- bot: declined`"),
        ("- bot: कुछ और ही कहा", "the name stands before the `=`"),
    ] {
        let mut office = sources();
        let talk =
            format!("rehearse: join\nchannel: sms\nlang: hi\ntalk:\n  - me: सदस्य\n  {line}\n");
        office.files.push(file("flows/rehearsals/join-words.yaml", &talk));
        let found = told(&office);
        let hit = matches!(found.as_slice(), [only]
            if only.hint.as_deref().is_some_and(|said| said.contains(hint)));
        assert!(hit, "{line}\n{}", drawn(&found));
    }
}

#[test]
fn a_rehearsal_line_that_became_one_with_the_next_is_told() {
    let mut office = sources();
    let talk = "rehearse: join\nchannel: sms\nlang: hi\ntalk:\n  - me: सदस्य  - bot: consent\n";
    office.files.push(file("flows/rehearsals/join-joined.yaml", talk));
    let found = told(&office);
    let hit = matches!(found.as_slice(), [only] if only.code == Code::YamlSyntax
        && only.hint.as_deref().is_some_and(|said| said.contains("line break before `bot:`")));
    assert!(hit, "{}", drawn(&found));
}

#[test]
fn how_many_may_be_chosen_bounds_what_is_compared_with_it() {
    for (answer, condition, hint) in [
        ("{any_of: [a, b, c], at_most: 2}", "size(people) > 2", "`at_least` and `at_most`"),
        ("{ranked: [a, b, c]}", "people.size() == 4", "`at_least` and `at_most`"),
        ("{any_of: [a, b, c]}", "size(people) < 1", "from 1 to 3"),
        (
            "{any_of: [a, b, c], at_most: 2}",
            "'a' in people && 'b' in people && 'c' in people",
            "exclude",
        ),
        ("{any_of: [a, b, c], at_most: 2}", "'a' in people && size(people) == 2", ""),
        ("{any_of: [a, b, c], at_least: 0}", "size(people) == 0", ""),
    ] {
        let mut office = edited(EXTRA, |text| {
            let with = format!(
                "  people: {{ask: people, answer: {answer}}}\n  many: {{if: \"{condition}\", then: thanks}}"
            );
            text.replacen(PEOPLE, &with, 1)
        });
        for text in office.files.iter_mut().filter(|file| file.path.ends_with("/extra.ftl")) {
            text.text = text.text.replacen('\n', "\n    .a = A\n    .b = B\n    .c = C\n", 1);
        }
        let found = told(&office);
        let never: Vec<_> =
            found.iter().filter(|finding| finding.code == Code::NeverTrue).collect();
        let hit = match never.as_slice() {
            [] => hint.is_empty(),
            [only] => {
                !hint.is_empty() && only.hint.as_deref().is_some_and(|said| said.contains(hint))
            }
            _ => false,
        };
        assert!(hit, "{answer} {condition}\n{}", drawn(&found));
    }
}

#[test]
fn identity_papers_are_known_letter_by_letter_and_in_three_scripts() {
    for text in [
        "अपना वोटर आई डी नंबर लिखिए।",
        "पासबुक की फोटो भेजिए।",
        "अपना यू पी आई आई डी लिखिए।",
        "जो ओ टी पी आया, लिखिए।",
        "اپنا ووٹر آئی ڈی نمبر لکھیے۔",
        "پاسپورٹ نمبر؟",
        "ڈرائیونگ لائسنس نمبر؟",
        "اپنا یو پی آئی آئی ڈی لکھیے۔",
        "جو او ٹی پی آیا، لکھیے۔",
        "Your pass book photo?",
        "Send the O.T.P. you got.",
    ] {
        let found = told(&edited(HI, |known| known.replacen("बूथ?", text, 1)));
        let hit = found.iter().any(|finding| finding.code == Code::IdentityNumber);
        assert!(hit, "{text}\n{}", drawn(&found));
    }
}

#[test]
fn a_question_at_the_end_says_which_of_its_answers_comes_to_no_step() {
    let last = "  more: {ask: thanks, answer: yes_no, when: {yes: people}}";
    let found =
        told(&edited(EXTRA, |text| text.replacen("  thanks: {say: thanks, end: true}", last, 1)));
    let hit = found.iter().any(|finding| {
        finding.code == Code::RunsOut
            && finding.hint.as_deref().is_some_and(|said| said.contains("`no` comes to no step"))
    });
    assert!(hit, "{}", drawn(&found));
}
