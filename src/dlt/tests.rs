use proptest::prelude::*;

use super::text::written;
use super::*;

fn template(name: &str, text: &str) -> ContentTemplate {
    ContentTemplate {
        name: name.to_owned(),
        id: Some("1107161000000000002".to_owned()),
        headers: vec!["UPSMVD".to_owned()],
        category: Category::Service,
        language: Some(Language::Hi),
        tested: vec![Script::Latin, Script::Devanagari],
        standing: Standing::Approved,
        pieces: pieces(text).unwrap(),
    }
}

fn registry(texts: &[&str]) -> Registry {
    let templates = texts.iter().enumerate();
    Registry {
        entity: Some("1101161000000000001".to_owned()),
        templates: templates.map(|(index, text)| template(&format!("t{index}"), text)).collect(),
        ..Registry::default()
    }
}

/// The values of the only template in a text.
fn values(text: &str, said: &str) -> Option<Vec<String>> {
    registry(&[text]).carry(said, Among::Live).map(|filled| filled.values)
}

#[test]
fn a_text_is_its_template_letter_by_letter_and_every_place_has_its_value() {
    let a30 = "a".repeat(30);
    let long = format!("{a30}bb");
    let [full, over, beside] = [&a30, &format!("{a30}b"), &long].map(|name| format!("नाम {name}।"));
    let rows: Vec<(&str, &str, Option<Vec<&str>>)> = vec![
        ("नमस्ते जी।", "नमस्ते जी।", Some(vec![])),
        ("नमस्ते जी।", "नमस्ते  जी।", None),
        ("नमस्ते जी।", " नमस्ते जी।\n", Some(vec![])),
        ("नमस्ते जी।", "नमस्ते जी", None),
        ("एक\r\nदो", "एक\nदो", Some(vec![])),
        ("नंबर {#numeric#} है", "नंबर 45 है", Some(vec!["45"])),
        ("नंबर {#numeric#} है", "नंबर  है", None),
        ("नंबर {#numeric#} है", "नंबर ४५ है", None),
        ("नंबर {#numeric#} है", "नंबर 4 5 है", None),
        ("{#var#} जी, {#var#} में स्वागत है", "राम जी, बरेली में स्वागत है", Some(vec!["राम", "बरेली"])),
        // What stands between may stand in a value, too.
        ("{#var#}, {#var#}.", "a, b, c.", Some(vec!["a", "b, c"])),
        ("{#numeric#} {#var#}.", "4 5 b.", Some(vec!["4", "5 b"])),
        ("नाम {#var#}।", &full, Some(vec![&a30])),
        ("नाम {#var#}।", &over, None),
        // A long value over places side by side.
        ("नाम {#var#}{#var#}।", &beside, Some(vec![&a30, "bb"])),
        ("नाम {#var#}{#var#}।", "नाम राम।", Some(vec!["राम", ""])),
        ("नाम {#var#}{#var#}।", "नाम ।", None),
        // No value goes over the end of a line.
        ("a {#var#}.", "a b\nc.", None),
        ("Id {#alphanumeric#} ok", "Id T0572 ok", Some(vec!["T0572"])),
        ("Id {#alphanumeric#} ok", "Id T-0572 ok", None),
        ("Mail {#email#} ok", "Mail a@b.in ok", Some(vec!["a@b.in"])),
        ("Mail {#email#} ok", "Mail a@b ok", None),
    ];
    for (text, said, expected) in rows {
        let found = values(text, said);
        let expected: Option<Vec<String>> =
            expected.map(|list| list.into_iter().map(str::to_owned).collect());
        assert_eq!(found, expected, "{text} / {said}");
    }
}

#[test]
fn of_several_templates_the_one_with_the_most_words_of_its_own_carries_a_text() {
    let registry = registry(&["{#var#} का स्वागत है", "राम का स्वागत है"]);
    let carried =
        |text| registry.carry(text, Among::Live).map(|filled| filled.template.name.clone());
    assert_eq!(carried("राम का स्वागत है").as_deref(), Some("t1"));
    assert_eq!(carried("सीता का स्वागत है").as_deref(), Some("t0"));
}

#[test]
fn what_was_not_tried_or_is_not_on_the_list_is_refused() {
    let mut registry = registry(&["नाम {#alphanumeric#} है", "देखिए {#url#} पर", "फ़ोन {#cbn#} पर"]);
    let why = |registry: &Registry, text: &str| match registry.carry(text, Among::Live) {
        Some(filled) => format!("{:?}", filled.values),
        None => registry.why(text, Among::Live).office_words(),
    };
    registry.templates[0].tested = vec![Script::Latin];
    registry.limits.urls = vec!["https://samvad.example".to_owned()];
    registry.limits.callback_numbers = vec!["1800 123 4567".to_owned()];
    for (text, expected) in [
        ("नाम Ram Prasad है", "[\"Ram Prasad\"]"),
        (
            "नाम राम है",
            "the value of place 1 of the template `t0` is in devanagari, in which the template was not tried",
        ),
        (
            "नाम 😀 है",
            "the value of place 1 of the template `t0` holds a sign of no script that was tried",
        ),
        (
            "नाम R/M है",
            "the value of place 1 of the template `t0` holds a sign that {#alphanumeric#} does not take",
        ),
        (
            "नाम Ramprasadramprasadramprasadramprasad है",
            "the value of place 1 of the template `t0` has 36 characters, 30 fit",
        ),
        ("देखिए https://samvad.example/a पर", "[\"https://samvad.example/a\"]"),
        (
            "देखिए https://samvad.example.evil.in पर",
            "the value of place 1 of the template `t1` is not on the list that {#url#} is held against",
        ),
        (
            "देखिए https://evil.example/a पर",
            "the value of place 1 of the template `t1` is not on the list that {#url#} is held against",
        ),
        ("फ़ोन 1800-123-4567 पर", "[\"1800-123-4567\"]"),
        (
            "फ़ोन 98123 45678 पर",
            "the value of place 1 of the template `t2` is not on the list that {#cbn#} is held against",
        ),
    ] {
        assert_eq!(why(&registry, text), expected, "{text}");
    }
    registry.limits.passes = "/".to_owned();
    assert_eq!(why(&registry, "नाम R/M है"), "[\"R/M\"]");
}

#[test]
fn the_nearest_template_and_the_first_difference_are_told() {
    let registry = registry(&["कुछ और", "आपका स्वागत है, {#var#} जी। धन्यवाद।"]);
    let nearest = |text: &str| match registry.why(text, Among::Live) {
        Refusal::NoTemplate(Some(nearest)) => nearest.words(),
        other => other.office_words(),
    };
    assert_eq!(
        nearest("आपका स्वागत है, राम जी। शुक्रिया।"),
        "`t1` is the nearest: after `ागत है, राम जी। ` the template goes on with `धन्यवाद।`, the text goes on with `शुक्रिया।`"
    );
    assert_eq!(
        nearest("आपका स्वागत है, राम जी। धन्यवाद।\nफिर मिलेंगे"),
        "`t1` is the nearest: after `राम जी। धन्यवाद।` the template ends, the text goes on with `⏎फिर मिलेंगे`"
    );
    assert_eq!(
        nearest("आपका स्वागत है"),
        "`t1` is the nearest: after `आपका स्वागत है` the template goes on with `, `, the text ends"
    );
    assert_eq!(nearest("Hello"), "no template has its text");
}

#[test]
fn a_template_that_is_far_from_a_text_is_not_called_the_nearest() {
    let registry = registry(&[
        "माफ कीजिए, यह समझ नहीं आया। एक बार फिर लिखिए।",
        "प्रश्न 1/5\nआपका जन्म किस साल हुआ? जैसे 1985",
        "ठीक है, संदेश बंद कर दिए। अब हमारी ओर से कुछ नहीं आएगा।",
    ]);
    let near = |text: &str| match registry.why(text, Among::Live) {
        Refusal::NoTemplate(nearest) => nearest.map(|one| one.template),
        other => panic!("{other:?}"),
    };
    // They begin alike, and say something else.
    assert_eq!(near("माफ कीजिए, हमारी ओर से गड़बड़ हुई। थोड़ी देर में फिर लिखिए।"), None);
    assert_eq!(near("प्रश्न 1/5\nआपका पूरा नाम क्या है? जैसे राम प्रसाद, या सुनीता देवी"), None);
    assert_eq!(near("ठीक है, सदस्यता बनी हुई है।"), None);
    // One word is another, wherever it stands.
    assert_eq!(near("अच्छा है, संदेश बंद कर दिए। अब हमारी ओर से कुछ नहीं आएगा।").as_deref(), Some("t2"));
    assert_eq!(near("प्रश्न 1/5\nआपका जन्म किस साल हुआ? जैसे 1990").as_deref(), Some("t1"));
}

#[test]
fn what_goes_by_sms_is_what_the_registry_names_and_what_all_flows_share() {
    let all = Registry::default();
    assert!(all.speaks(Language::Ur) && all.has_flow("join"));
    assert_eq!(all.spoken(Language::Ur), Language::Ur);
    let some = Registry {
        languages: vec![Language::Hi, Language::En],
        flows: vec!["join".to_owned()],
        ..Registry::default()
    };
    assert!(some.speaks(Language::En) && !some.speaks(Language::Ur));
    assert_eq!(
        (some.spoken(Language::En), some.spoken(Language::Ur)),
        (Language::En, Language::Hi)
    );
    let flows = ["join", "leave", "common", "notices"].map(|book| some.has_flow(book));
    assert_eq!(flows, [true, false, true, true]);
}

#[test]
fn a_template_without_its_id_or_a_stopped_one_carries_nothing() {
    let mut registry = registry(&["एक {#numeric#} है", "दो है"]);
    registry.templates[0].id = None;
    registry.templates[1].standing = Standing::Stopped;
    let why = |text| registry.why(text, Among::Live).office_words();
    assert!(!registry.is_in_force());
    assert_eq!(why("एक 5 है"), "its template `t0` has no id yet");
    assert_eq!(why("दो है"), "its template `t1` was stopped");
    assert!(registry.carry("एक 5 है", Among::Live).is_none());
    assert!(registry.carry("एक 5 है", Among::Declared).is_some());
    assert!(registry.carry("दो है", Among::Declared).is_none());
}

#[test]
fn what_is_no_place_is_told() {
    for (text, problem, hint) in [
        (
            "a {#name#}",
            "there is no tag `name`",
            "one of: var, numeric, number, alphanumeric, url, urlott, cbn, email",
        ),
        (
            "a {#VAR#} b",
            "there is no tag `VAR`",
            "small letters, {#var#}: operators tell them apart",
        ),
        (
            "a {{1}} b",
            "`{{1}` is no place of a DLT template",
            "a place looks like {#alphanumeric#}: its tag between {# and #}",
        ),
        (
            "a { $name } b",
            "`{ $name }` is no place of a DLT template",
            "a place looks like {#alphanumeric#}: its tag between {# and #}",
        ),
        (
            "a {#var# b",
            "a place of the template is not closed",
            "a place looks like {#alphanumeric#}",
        ),
    ] {
        let bad = pieces(text).unwrap_err();
        assert_eq!((bad.problem.as_str(), bad.hint.as_str()), (problem, hint));
        assert!(text.contains(&bad.words), "{bad:?}");
    }
}

#[test]
fn a_proposal_is_a_file_that_can_be_read_back_and_carries_its_own_text() {
    let proposal = Proposal {
        name: "join-welcome-hi".to_owned(),
        book: "join".to_owned(),
        language: Language::Hi,
        says: vec![
            Say::Words("स्वागत है, ".to_owned()),
            Say::Hole(Hole {
                name: "member_name".to_owned(),
                tag: Tag::Alphanumeric,
                longest: "क".repeat(40),
            }),
            Say::Words(" जी।\n- दल".to_owned()),
        ],
    };
    let mut registry = registry(&[]);
    registry.headers = vec![Header { name: "UPSMVD".to_owned(), category: Category::Service }];
    let entry = proposal.entry(&registry, Category::Service);
    let lines: Vec<&str> = entry.lines().collect();
    let example =
        format!("    # {{#alphanumeric#}} is $member_name, for example {}", "क".repeat(30));
    assert_eq!(
        lines,
        [
            "  join-welcome-hi:",
            example.as_str(),
            "    header: [UPSMVD]",
            "    category: service",
            "    language: hi",
            "    text: |-",
            "      स्वागत है, {#alphanumeric#}{#alphanumeric#} जी।",
            "      - दल",
        ]
    );
    let text = written(&proposal.pieces(30));
    assert!(values(&text, &proposal.longest()).is_some());
}

#[test]
fn an_example_of_a_proposal_stays_on_the_line_of_its_comment() {
    let example = "1: 5\n2: 4".to_owned();
    let hole = Hole { name: "lines".to_owned(), tag: Tag::Alphanumeric, longest: example };
    let proposal = Proposal {
        name: "opinion-ratings-hi".to_owned(),
        book: "opinion".to_owned(),
        language: Language::Hi,
        says: vec![Say::Words("जैसे ".to_owned()), Say::Hole(hole)],
    };
    let entry = proposal.entry(&registry(&[]), Category::Service);
    let comment = "    # {#alphanumeric#} is $lines, for example 1: 5 2: 4";
    assert_eq!(entry.lines().nth(1), Some(comment));
}

/// Texts of templates, with values that fit their places.
fn filled() -> impl Strategy<Value = (String, String)> {
    let words = "[a-zक-ह ।,\n]{1,12}";
    let place = prop_oneof![
        ("[0-9]{1,30}").prop_map(|value| ("{#numeric#}".to_owned(), value)),
        ("[a-zA-Z0-9क-ह]{1,30}").prop_map(|value| ("{#alphanumeric#}".to_owned(), value)),
        ("[a-z0-9क-ह,./]{1,30}").prop_map(|value| ("{#var#}".to_owned(), value)),
    ];
    let piece = prop_oneof![words.prop_map(|words| (words.clone(), words)), place];
    proptest::collection::vec(piece, 1..8).prop_map(|pieces| {
        let text = pieces.iter().map(|(text, _)| text.as_str()).collect();
        (text, pieces.iter().map(|(_, said)| said.as_str()).collect())
    })
}

proptest! {
    #[test]
    fn a_text_rendered_from_a_template_is_carried_by_it((text, said) in filled()) {
        prop_assume!(!plain_is_empty(&text));
        let registry = registry(&[&text]);
        let carried = registry.carry(&said, Among::Live);
        prop_assert!(carried.is_some(), "{:?}", registry.why(&said, Among::Live));
        // The values put back into their places are the text again.
        let filled = carried.unwrap();
        let mut values = filled.values.iter();
        let again: String = filled.template.pieces.iter().map(|piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Place(_) => values.next().unwrap().clone(),
        }).collect();
        prop_assert_eq!(again, said.trim());
    }

    #[test]
    fn no_text_and_no_template_make_it_stumble(text in "[a{#vr}\n é😀]{0,40}", said in "[a{#vr}\n é😀]{0,400}") {
        if let Ok(pieces) = pieces(&text) {
            let mut registry = registry(&[""]);
            registry.templates[0].pieces = pieces;
            match registry.carry(&said, Among::Live) {
                Some(filled) => prop_assert!(filled.values.iter().all(|value| value.chars().count() <= 30)),
                None => { let _ = registry.why(&said, Among::Live).office_words(); }
            }
        }
    }
}

fn plain_is_empty(text: &str) -> bool {
    text.trim().is_empty()
}
