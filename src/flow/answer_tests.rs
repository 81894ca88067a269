//! Answers of every kind in whole turns, on WhatsApp and SMS.

use super::fixture::{self, loaded};
use super::*;
use crate::contact::{Contact, Language};
use crate::message::{Content, InboundContent, MediaKind};

const SURVEY: &str = "\
flow: survey
start: {words: [survey]}
steps:
  likes: {ask: likes, answer: {any_of: [road, water, power, school], at_most: 3}}
  order: {ask: order, answer: {ranked: [ramesh, sunita, imran], at_most: 2}}
  day: {ask: day, answer: {date: {from: today, to: 60d}}}
  age: {ask: age, answer: {age: {adult: true}}, when: {minor: young}}
  booth: {ask: booth, answer: {booth: {to: 500}}}
  what:
    ask: what
    answer: {message: [text, voice, photo]}
    when: {voice: heard}
  seen: {if: '\"road\" in likes && order[0] == \"sunita\" && day > \"2026-11-21\"', then: done, else: other}
  done: {say: done, end: true}
  other: {say: other, end: true}
  heard: {say: heard, end: true}
  young: {say: young, end: true}
";

const SURVEY_HI: &str = "\
likes = क्या चाहिए?
    .road = सड़क
    .water = पानी
    .power = बिजली
    .school = स्कूल और शिक्षा
order = कौन पहले?
    .ramesh = रमेश
    .sunita = सुनीता
    .imran = इमरान
day = किस दिन?
age = उम्र?
booth = बूथ?
what = बताइए।
done = { $likes }; { $order }; { $day } ({ WEEKDAY($day) }); { $age }; बूथ { $booth }; { $what }
other = ठीक।
heard = सुना: { $what }
young = अभी नहीं।
";

const SURVEY_EN: &str = "\
likes = What do you want?
    .road = Road
    .water = Water
    .power = Power
    .school = School and learning
order = Who first?
    .ramesh = Ramesh
    .sunita = Sunita
    .imran = Imran
day = Which day?
age = Age?
booth = Booth?
what = Tell us.
done = { $likes }; { $order }; { $day } ({ WEEKDAY($day) }); { $age }; booth { $booth }; { $what }
other = Fine.
heard = Heard: { $what }
young = Not yet.
";

fn office(flow: &str, hi: &str, en: &str) -> Flows {
    let mut sources = fixture::sources();
    sources.files.push(fixture::file("flows/survey.yaml", flow));
    sources.files.push(fixture::file("locales/hi/survey.ftl", hi));
    sources.files.push(fixture::file("locales/en/survey.ftl", en));
    loaded(&sources)
}

pub(super) fn survey() -> Flows {
    office(SURVEY, SURVEY_HI, SURVEY_EN)
}

fn whatsapp() -> Talk {
    Talk::new(Contact::default(), Rendering::Whatsapp)
}

fn body(replies: &[Reply]) -> &str {
    replies.last().unwrap().content.body()
}

fn media(kind: MediaKind, mime_type: &str) -> InboundContent {
    InboundContent::Media {
        kind,
        id: "media.1".to_owned(),
        mime_type: mime_type.to_owned(),
        sha256: None,
        caption: None,
        filename: None,
        voice: kind == MediaKind::Audio,
    }
}

fn step(talk: &Talk) -> &str {
    talk.session.as_ref().map_or("none", |session| session.step.as_str())
}

/// Writes the texts, gives the last reply's words.
fn after(flows: &Flows, talk: &mut Talk, texts: &[&str]) -> String {
    let mut said = String::new();
    for text in texts {
        said = body(&talk.write(flows, text).0).to_owned();
    }
    said
}

#[test]
fn a_survey_of_every_kind_is_answered_in_each_way_people_write() {
    let flows = survey();
    let ways: [(&[&str], &str); 4] = [
        (
            &["survey", "1 3", "2 1", "25 disambar", "३४", "booth no. 12", "नल टूटा है"],
            "सड़क और बिजली; सुनीता, रमेश; 25 दिसंबर 2026 (शुक्रवार); 34; बूथ 12; नल टूटा है",
        ),
        (
            &[
                "survey",
                "सड़क, पानी और बिजली",
                "पहले सुनीता फिर इमरान",
                "कल",
                "मेरी उम्र ३४ है",
                "१२",
                "ठीक",
            ],
            "सड़क, पानी और बिजली; सुनीता, इमरान; 22 नवंबर 2026 (रविवार); 34; बूथ 12; ठीक",
        ),
        (
            &["survey", "sadak aur bijli", "sunita", "25/12", "34 sal", "बारह", "x y"],
            "सड़क और बिजली; सुनीता; 25 दिसंबर 2026 (शुक्रवार); 34; बूथ 12; x y",
        ),
        (
            &[
                "survey",
                "pehla aur chautha",
                "sunita phir ramesh",
                "2026-12-01",
                "age 34",
                "12 number",
                "ok ji",
            ],
            "सड़क और स्कूल और शिक्षा; सुनीता, रमेश; 1 दिसंबर 2026 (मंगलवार); 34; बूथ 12; ok ji",
        ),
    ];
    for rendering in [Rendering::Whatsapp, Rendering::Sms] {
        for (texts, said) in ways {
            let mut talk = Talk::new(Contact::default(), rendering);
            assert_eq!(after(&flows, &mut talk, texts), said, "{texts:?}");
        }
    }
    let mut english = whatsapp();
    english.contact.language = Language::En;
    assert_eq!(
        after(
            &flows,
            &mut english,
            &["survey", "road and power", "2, 1", "tomorrow", "34", "12", "ok"]
        ),
        "Road and Power; Sunita, Ramesh; 22 November 2026 (Sunday); 34; booth 12; ok"
    );
}

#[test]
fn several_choices_are_numbered_on_every_channel() {
    let flows = survey();
    let mut bodies = Vec::new();
    for rendering in [Rendering::Whatsapp, Rendering::Sms] {
        for language in [Language::Hi, Language::En] {
            let mut talk = Talk::new(Contact { language, ..Contact::default() }, rendering);
            let (replies, _) = talk.write(&flows, "survey");
            assert!(matches!(replies[0].content, Content::Text { .. }), "{replies:?}");
            bodies.push(body(&replies).to_owned());
            bodies.push(after(&flows, &mut talk, &["1 3"]));
        }
    }
    assert_eq!(bodies[..4], bodies[4..], "the same on both");
    insta::assert_snapshot!(bodies[..4].join("\n\n"), @r#"
    क्या चाहिए?
    3 तक नंबर, जैसे 1 3:
    1. सड़क
    2. पानी
    3. बिजली
    4. स्कूल और शिक्षा

    कौन पहले?
    पहले 2, जैसे 2 1:
    1. रमेश
    2. सुनीता
    3. इमरान

    What do you want?
    Up to 3 numbers, like 1 3:
    1. Road
    2. Water
    3. Power
    4. School and learning

    Who first?
    First 2, like 2 1:
    1. Ramesh
    2. Sunita
    3. Imran
    "#);
}

#[test]
fn a_wrong_answer_is_asked_again_with_what_is_right() {
    let flows = survey();
    let mut asked = Vec::new();
    for (texts, wrong) in [
        (&["survey"][..], "1 2 3 4"),
        (&["survey", "1"], "7"),
        (&["survey", "1", "2 1"], "15/8/1990"),
        (&["survey", "1", "2 1", "kal"], "0"),
        (&["survey", "1", "2 1", "kal", "34"], "501"),
    ] {
        let mut talk = whatsapp();
        after(&flows, &mut talk, texts);
        let at = step(&talk).to_owned();
        let first = after(&flows, &mut talk, &[wrong]);
        let second = after(&flows, &mut talk, &[wrong]);
        assert_eq!(step(&talk), at);
        assert_ne!(first, second, "the second time differently");
        asked.push(format!("{first}\n--\n{second}"));
    }
    insta::assert_snapshot!(asked.join("\n\n"), @r#"
    समझ नहीं आया।
    3 तक।

    क्या चाहिए?
    3 तक नंबर, जैसे 1 3:
    1. सड़क
    2. पानी
    3. बिजली
    4. स्कूल और शिक्षा
    --
    सूची देखिए।
    3 तक।

    क्या चाहिए?
    3 तक नंबर, जैसे 1 3:
    1. सड़क
    2. पानी
    3. बिजली
    4. स्कूल और शिक्षा

    समझ नहीं आया।
    क्रम से, जैसे 2 1।

    कौन पहले?
    पहले 2, जैसे 2 1:
    1. रमेश
    2. सुनीता
    3. इमरान
    --
    सूची देखिए।
    क्रम से, जैसे 2 1।

    कौन पहले?
    पहले 2, जैसे 2 1:
    1. रमेश
    2. सुनीता
    3. इमरान

    समझ नहीं आया।
    21 नवंबर 2026 से 20 जनवरी 2027।

    किस दिन?
    --
    21 नवंबर 2026 से 20 जनवरी 2027।

    किस दिन?

    समझ नहीं आया।
    उम्र, जैसे 34।

    उम्र?
    --
    उम्र, जैसे 34।

    उम्र?

    समझ नहीं आया।
    1 से 500 तक।

    बूथ?
    --
    1 से 500 तक।

    बूथ?
    "#);
}

#[test]
fn what_is_unsure_among_several_is_asked_back_and_agreed_to() {
    let flows = survey();
    let mut talk = whatsapp();
    assert_eq!(after(&flows, &mut talk, &["survey", "13"]), "क्या सड़क और बिजली?");
    after(&flows, &mut talk, &["haan"]);
    assert_eq!(step(&talk), "order");
    assert_eq!(after(&flows, &mut talk, &["2 1 3"]), "क्या सुनीता, रमेश?");
    after(&flows, &mut talk, &["1"]);
    let session = talk.session.as_ref().unwrap();
    assert_eq!(session.step, "day");
    let ids = |ids: &[&str]| Given::List(ids.iter().map(ToString::to_string).collect());
    assert_eq!(session.answers["likes"], ids(&["road", "power"]));
    assert_eq!(session.answers["order"], ids(&["sunita", "ramesh"]));
}

#[test]
fn a_message_keeps_which_kind_it_was() {
    let flows = survey();
    let before = ["survey", "1", "2 1", "kal", "34", "12"];
    let mut talk = whatsapp();
    after(&flows, &mut talk, &before);
    let (replies, _) = talk.send(&flows, &media(MediaKind::Audio, "audio/ogg"));
    assert_eq!(body(&replies), "सुना: आवाज़");
    let mut photo = whatsapp();
    after(&flows, &mut photo, &before);
    let (replies, _) = photo.send(&flows, &media(MediaKind::Document, "image/png"));
    assert!(body(&replies).ends_with("; फोटो"), "{replies:?}");
    for wrong in [media(MediaKind::Sticker, "image/webp"), media(MediaKind::Video, "video/mp4")] {
        let mut other = whatsapp();
        after(&flows, &mut other, &before);
        let (replies, _) = other.send(&flows, &wrong);
        assert_eq!(body(&replies), "समझ नहीं आया।\nसंदेश, आवाज़ या फोटो भेजिए।\n\nबताइए।");
    }
}

#[test]
fn a_photo_as_a_document_is_a_photo_and_a_sticker_never() {
    let flows = fixture::flows();
    for (content, taken) in [
        (media(MediaKind::Image, "image/jpeg"), true),
        (media(MediaKind::Document, "image/heic"), true),
        (media(MediaKind::Document, "IMAGE/PNG"), true),
        (media(MediaKind::Document, "application/pdf"), false),
        (media(MediaKind::Sticker, "image/webp"), false),
        (media(MediaKind::Video, "video/mp4"), false),
    ] {
        let mut talk = whatsapp();
        after(
            &flows,
            &mut talk,
            &["सदस्य", "हाँ", "1985", "सुनीता देवी", "लखनऊ", "लखनऊ पूर्व", "12", "सही", "5"],
        );
        assert_eq!(step(&talk), "photo");
        talk.send(&flows, &content);
        assert_eq!(talk.session.is_none(), taken, "{content:?}");
    }
}

#[test]
fn a_minor_is_told_by_age_too() {
    let flows = survey();
    assert_eq!(after(&flows, &mut whatsapp(), &["survey", "1", "2 1", "kal", "17"]), "अभी नहीं।");
    for (born, asked) in [("2010", "क्या 16?"), ("22/11/2008", "क्या 17?")] {
        let mut talk = whatsapp();
        assert_eq!(after(&flows, &mut talk, &["survey", "1", "2 1", "kal", born]), asked);
        assert_eq!(after(&flows, &mut talk, &["haan"]), "अभी नहीं।", "{born}");
    }
    assert_eq!(after(&flows, &mut whatsapp(), &["survey", "1", "2 1", "kal", "18"]), "बूथ?");
}

const MAY_BE_NONE: &str = "\
flow: survey
start: {words: [survey]}
steps:
  likes: {ask: likes, answer: {any_of: [road, water], at_least: 0}, when: {none: nothing}}
  some: {if: 'size(likes) == 2', then: both, else: one}
  both: {say: both, end: true}
  one: {say: one, end: true}
  nothing: {say: nothing, end: true}
";

#[test]
fn none_of_them_is_an_outcome_where_it_is_allowed() {
    let text = "likes = क्या?\n    .road = सड़क\n    .water = पानी\nboth = दोनों: { $likes }\none = { $likes }\nnothing = कुछ नहीं: { $likes }\n";
    let flows = office(MAY_BE_NONE, text, text);
    for (said, expected) in [
        ("0", "कुछ नहीं: कोई नहीं"),
        ("koi nahi", "कुछ नहीं: कोई नहीं"),
        ("इनमें से कोई नहीं", "कुछ नहीं: कोई नहीं"),
        ("sab", "दोनों: सड़क और पानी"),
        ("dono", "दोनों: सड़क और पानी"),
        ("2", "पानी"),
    ] {
        assert_eq!(after(&flows, &mut whatsapp(), &["survey", said]), expected, "{said}");
    }
    let asked = after(&flows, &mut whatsapp(), &["survey"]);
    assert_eq!(asked, "क्या?\nनंबर, जैसे 1 2:\n1. सड़क\n2. पानी\n0. कोई नहीं");
}

#[test]
fn many_choices_of_several_are_paged_and_named_by_their_numbers() {
    let ids: Vec<String> = (1..=12).map(|number| format!("c{number}")).collect();
    let labels: Vec<String> =
        ids.iter().map(|id| format!("    .{id} = {}", id.replace('c', "क"))).collect();
    let labels = labels.join("\n");
    let flow = format!(
        "flow: survey\nstart: {{words: [survey]}}\nsteps:\n  likes: {{ask: likes, answer: {{any_of: [{}], at_least: 0}}}}\n  done: {{say: done, end: true}}\n",
        ids.join(", ")
    );
    let text = format!("likes = क्या?\n{labels}\ndone = {{ $likes }}\n");
    let flows = office(&flow, &text, &text);
    for rendering in [Rendering::Whatsapp, Rendering::Sms] {
        let mut talk = Talk::new(Contact::default(), rendering);
        let first = after(&flows, &mut talk, &["survey"]);
        assert!(first.ends_with("8. क8\n0. और देखें\n00. कोई नहीं"), "{first}");
        let second = after(&flows, &mut talk, &["0"]);
        assert!(
            second.ends_with("9. क9\n10. क10\n11. क11\n12. क12\n0. और देखें\n00. कोई नहीं"),
            "{second}"
        );
        assert_eq!(after(&flows, &mut talk.clone(), &["1 12"]), "क1 और क12");
        assert_eq!(after(&flows, &mut talk, &["00"]), "कोई नहीं");
    }
}

#[test]
fn the_shipped_words_tell_how_many_may_be_chosen() {
    let sources = crate::serve::read_sources(None, None).unwrap();
    let mut lines = Vec::new();
    for (bounds, kind) in [
        ("", "any_of"),
        (", at_least: 2", "any_of"),
        (", at_most: 2", "any_of"),
        (", at_least: 2, at_most: 2", "any_of"),
        ("", "ranked"),
        (", at_most: 2", "ranked"),
    ] {
        let flow = format!(
            "flow: survey\nstart: {{words: [survey]}}\nsteps:\n  likes: {{ask: likes, answer: {{{kind}: [a, b, c]{bounds}}}}}\n  done: {{say: done, end: true}}\n"
        );
        let text = "likes = ?\n    .a = A\n    .b = B\n    .c = C\ndone = .\nchanged = .\n";
        let mut office = sources.clone();
        office.files.push(fixture::file("flows/survey.yaml", &flow));
        for language in Language::ALL {
            let common = format!("locales/{}/common.ftl", language.code());
            if !sources.files.iter().any(|file| file.path == common) {
                continue;
            }
            let path = format!("locales/{}/survey.ftl", language.code());
            office.files.push(fixture::file(&path, text));
        }
        let flows = loaded(&office);
        for language in [Language::Hi, Language::En] {
            let mut talk = Talk::new(Contact { language, ..Contact::default() }, Rendering::Sms);
            let asked = after(&flows, &mut talk, &["survey"]);
            let hint = after(&flows, &mut talk, &["7"]);
            lines.push(format!(
                "{} | {}",
                asked.lines().nth(1).unwrap(),
                hint.lines().nth(1).unwrap()
            ));
        }
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    एक या ज्यादा नंबर लिखिए, जैसे 1 3: | एक या ज्यादा नंबर लिखिए, जैसे 1 3।
    Reply with one or more numbers, like 1 3: | Please write one or more numbers, like 1 3.
    कम से कम 2 नंबर लिखिए, जैसे 1 3: | कम से कम 2 नंबर लिखिए, जैसे 1 3।
    Reply with at least 2 numbers, like 1 3: | Please write at least 2 numbers, like 1 3.
    2 तक नंबर लिखिए, जैसे 1 3: | 2 से ज्यादा मत चुनिए। नंबर ऐसे लिखिए: 1 3
    Reply with up to 2 numbers, like 1 3: | Please choose no more than 2. Write the numbers like this: 1 3
    2 नंबर लिखिए, जैसे 1 3: | पूरे 2 चुनिए, न कम न ज्यादा। नंबर ऐसे लिखिए: 1 3
    Reply with 2 numbers, like 1 3: | Please choose exactly 2. Write the numbers like this: 1 3
    पसंद के क्रम में नंबर लिखिए, जैसे 2 1 3: | पूरे 3 नंबर पसंद के क्रम में लिखिए, जैसे 2 1 3।
    Reply with the numbers in your order, like 2 1 3: | Please write all 3 numbers in the order you prefer, like 2 1 3.
    पहली 2 पसंद के नंबर क्रम से लिखिए, जैसे 2 1: | नंबर पसंद के क्रम में लिखिए, जैसे 2 1।
    Reply with the numbers of your first 2, like 2 1: | Please write the numbers in the order you prefer, like 2 1.
    "#);
}

const SHUFFLED: &str = "\
flow: survey
start: {words: [survey]}
steps:
  who: {ask: who, answer: {one_of: {choices: [other, a, b, c, d], shuffle: true, last: [other]}}, when: {other: rest}}
  done: {say: done, end: true}
  rest: {say: rest, end: true}
";

#[test]
fn shuffled_choices_keep_their_order_while_the_question_is_open() {
    let text = "who = कौन?\n    .a = अनिल\n    .b = बबली\n    .c = चंदन\n    .d = दीपा\n    .other = और कोई\ndone = { $who }\nrest = { $who }\n";
    let flows = office(SHUFFLED, text, text);
    let mut orders = Vec::new();
    for seed in 0..12 {
        let mut talk = Talk::new(Contact::default(), Rendering::Sms);
        talk.seed = seed;
        let asked = after(&flows, &mut talk, &["survey"]);
        let labels: Vec<String> =
            asked.lines().skip(2).map(|line| line.split_once(". ").unwrap().1.to_owned()).collect();
        assert_eq!(labels.last().unwrap(), "और कोई");
        // Another turn has another seed, and the question still stands as it was shown.
        talk.seed = seed + 1000;
        assert!(
            after(&flows, &mut talk, &["गगन मगन"]).ends_with(asked.split_once('\n').unwrap().1)
        );
        assert_eq!(after(&flows, &mut talk.clone(), &["2"]), labels[1], "{asked}");
        assert_eq!(after(&flows, &mut talk, &[&labels[3]]), labels[3]);
        if !orders.contains(&labels) {
            orders.push(labels);
        }
    }
    assert!(orders.len() > 5, "{orders:?}");
}

#[test]
fn a_text_says_it_otherwise_on_another_channel() {
    let flow = "flow: survey\nstart: {words: [survey]}\nsteps:\n  done: {say: done, end: true}\n";
    let text = "done = { $channel ->\n    [sms] छोटा\n   *[other] बहुत लंबा\n }\n";
    let flows = office(flow, text, text);
    assert_eq!(after(&flows, &mut whatsapp(), &["survey"]), "बहुत लंबा");
    let mut sms = Talk::new(Contact::default(), Rendering::Sms);
    assert_eq!(after(&flows, &mut sms, &["survey"]), "छोटा");
}

#[test]
fn each_variant_of_a_channel_is_measured_by_its_own_room() {
    let flow = "flow: survey\nstart: {words: [survey]}\nsteps:\n  ok: {ask: ok, answer: yes_no}\n  done: {say: done, end: true}\n";
    let text = |whatsapp: &str, key: &str, sms: &str| {
        format!("ok = {{ $channel ->\n    [{key}] {sms}\n   *[other] {whatsapp}\n }}\ndone = .\n")
    };
    let long = "क".repeat(1100);
    let told = |text: &str| {
        let mut sources = fixture::sources();
        sources.files.push(fixture::file("flows/survey.yaml", flow));
        sources.files.push(fixture::file("locales/hi/survey.ftl", text));
        sources.files.push(fixture::file("locales/en/survey.ftl", "ok = .\ndone = .\n"));
        let findings = load(&sources, fixture::geography()).err().unwrap_or_default();
        let line = |finding: Diagnostic| {
            format!("{} ({})", finding.message, finding.hint.unwrap_or_default())
        };
        findings.into_iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(told(&text("छोटा", "sms", &long)), Vec::<String>::new(), "room enough on SMS");
    assert_eq!(
        told(&text(&long, "sms", "छोटा")),
        ["the text `ok` has 1100 characters, 1024 fit (say it in fewer words, or in two steps)"]
    );
    assert_eq!(
        told(&text("लंबा", "smss", "छोटा")),
        ["the text `ok` has a variant for `smss`, which is no channel (did you mean `sms`?)"]
    );
}

#[test]
fn conditions_over_several_choices_and_days_are_checked() {
    let mut told = Vec::new();
    for condition in [
        "\"rod\" in likes",
        "likes == \"road\"",
        "\"sunita\" in day",
        "day < \"31/12/2027\"",
        "what == \"voic\"",
        "likes > 3",
    ] {
        let flow = SURVEY.replacen(
            "\"road\" in likes && order[0] == \"sunita\" && day > \"2026-11-21\"",
            condition,
            1,
        );
        let mut sources = fixture::sources();
        sources.files.push(fixture::file("flows/survey.yaml", &flow));
        sources.files.push(fixture::file("locales/hi/survey.ftl", SURVEY_HI));
        sources.files.push(fixture::file("locales/en/survey.ftl", SURVEY_EN));
        let findings = load(&sources, fixture::geography()).unwrap_err();
        let hint = |finding: &Diagnostic| finding.hint.clone().unwrap_or_default();
        for finding in &findings {
            told.push(format!("{condition}: {} ({})", finding.message, hint(finding)));
        }
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    "rod" in likes: `rod` is never in `likes` (did you mean `road`?)
    likes == "road": `likes` is a list of choices, not one (write "'road' in likes", with the double quotes)
    "sunita" in day: `day` is one word, not a list (write day == 'sunita')
    day < "31/12/2027": `31/12/2027` is no day to compare `day` with (the year first, then month and day: '2027-12-31')
    what == "voic": `what` is never `voic` (did you mean `voice`?)
    likes > 3: `likes` is a list of choices, not a number (write size(likes))
    "#);
}
