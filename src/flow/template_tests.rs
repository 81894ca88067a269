//! What is said days later: as free words while the person's window is open, by a template outside it.

use jiff::SignedDuration;

use super::fixture::{self, drawn, file, geography, loaded};
use super::*;
use crate::contact::{ConsentNow, Contact};
use crate::gate::Refusal;
use crate::message::{Content, InboundContent, Lane, Purpose, Template, TemplateButtonKind};

const LATER: &str = "\
flow: later
about: Asks again after two days.
start: {words: [बाद में], link: later}
steps:
  who: {ask: who, answer: text}
  rest: {wait: 2d}
  solved:
    ask: solved
    answer: {one_of: [yes, no]}
    template: solved
    when: {no: sorry}
  glad: {say: glad, end: true}
  sorry: {say: sorry, end: true}
remind: {after: 2d, template: remember}
expires: 7d
";

const SOLVED: &str = "\
template: solved
category: utility
purpose: follow_up
variables: [who]
languages:
  hi:
    body: नमस्ते {{1}} जी, क्या काम हो गया?
    buttons: {yes: हाँ, no: नहीं}
  en:
    code: en_US
    body: Dear {{1}}, is the work done?
    buttons: {yes: Yes, no: No}
";

const REMEMBER: &str = "\
template: remember
category: marketing
languages:
  hi: {body: हमने कुछ पूछा था।, buttons: {go_on: आगे}}
  en: {body: We had asked you something., buttons: {go_on: Go on}}
";

/// Where people agree to what the two templates go for.
const AGREED: &str = "\
flow: agreed
about: Keeps two consents.
start: {words: [मंजूर है]}
steps:
  kept: {do: {consent: [samvad, follow_up]}, end: true}
";

const TEXTS: [(&str, &str); 2] = [
    (
        "hi",
        "who = नाम?\nsolved = नमस्ते { $who } जी,\n    क्या काम हो गया?\n    .yes = हाँ\n    .no = नहीं\nglad = वाह\nsorry = क्षमा\n",
    ),
    (
        "en",
        "who = Name?\nsolved = { $channel ->\n    [sms] { $who }: done?\n   *[other] Dear { $who }, is the work done?\n }\n    .yes = Yes\n    .no = No\nglad = fine\nsorry = sorry\n",
    ),
];

fn office() -> Sources {
    let mut office = fixture::sources();
    office.files.push(file("flows/later.yaml", LATER));
    office.files.push(file("flows/agreed.yaml", AGREED));
    office.files.push(file("flows/templates/solved.yaml", SOLVED));
    office.files.push(file("flows/templates/remember.yaml", REMEMBER));
    for (language, texts) in TEXTS {
        office.files.push(file(&format!("locales/{language}/later.ftl"), texts));
    }
    office
}

/// The office with words of one of its files replaced.
fn edited(path: &str, from: &str, to: &str) -> Sources {
    let mut office = office();
    let found = office.files.iter_mut().find(|file| file.path == path).unwrap();
    assert!(found.text.contains(from), "{from}");
    found.text = found.text.replacen(from, to, 1);
    office
}

fn found(office: &Sources) -> String {
    match load(office, geography()) {
        Ok(flows) => drawn(flows.warnings()),
        Err(findings) => drawn(&findings),
    }
}

fn person(rendering: Rendering) -> Talk {
    let consents = [Purpose::Samvad, Purpose::FollowUp].map(|purpose| ConsentNow {
        purpose,
        given: true,
        at: crate::clock::from_ms(0),
        only: None,
    });
    Talk::new(Contact { consents: consents.to_vec(), ..Contact::default() }, rendering)
}

/// At the step `rest`.
fn resting(flows: &Flows, rendering: Rendering) -> Talk {
    let mut talk = person(rendering);
    talk.write(flows, "बाद में");
    talk.write(flows, "सुनीता\nदेवी");
    talk
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn by_template(talk: &Talk) -> &Template {
    match talk.left.as_slice() {
        [Left::ByTemplate(template)] => template,
        other => panic!("{other:?}"),
    }
}

fn step(talk: &Talk) -> &str {
    talk.session.as_ref().map_or("none", |session| session.step.as_str())
}

#[test]
fn the_office_of_these_tests_is_in_order() {
    assert_eq!(found(&office()), "");
}

#[test]
fn a_question_days_later_carries_both_ways_of_asking_it() {
    let flows = loaded(&office());
    let mut talk = resting(&flows, Rendering::Whatsapp);
    let (replies, trace) = talk.wait(&flows, days(2));
    assert_eq!(trace.concat(), ["solved"]);
    let [Reply { content: Content::Windowed { inside, outside }, lane, purpose }] =
        replies.as_slice()
    else {
        panic!("{replies:#?}");
    };
    assert_eq!((*lane, *purpose), (Lane::Reminder, Purpose::FollowUp));
    let Content::Buttons { body, choices } = inside.as_ref() else { panic!("{inside:#?}") };
    assert_eq!(body, "नमस्ते सुनीता\nदेवी जी,\nक्या काम हो गया?");
    assert_eq!(flows.read_template(outside), "नमस्ते सुनीता देवी जी, क्या काम हो गया?");
    let payloads: Vec<&str> = outside
        .buttons
        .iter()
        .map(|button| match &button.kind {
            TemplateButtonKind::QuickReply { payload } => payload.as_str(),
            TemplateButtonKind::UrlSuffix { text } => text.as_str(),
        })
        .collect();
    let ids: Vec<&str> = choices.iter().map(|choice| choice.id.as_str()).collect();
    assert_eq!(payloads, ids);
    assert_eq!(by_template(&talk), outside);
}

#[test]
fn a_tapped_quick_reply_is_the_choice_by_its_id_whatever_its_label_says() {
    let flows = loaded(&office());
    let mut talk = resting(&flows, Rendering::Whatsapp);
    talk.wait(&flows, days(2));
    let Some(InboundContent::Button { payload, .. }) = talk.tapped("no") else { panic!("button") };
    let tap = InboundContent::Button { payload, text: "हाँ".to_owned() };
    assert_eq!(talk.send(&flows, &tap).1.concat(), ["sorry"]);
    assert_eq!(step(&talk), "none");
}

#[test]
fn the_language_of_the_person_is_the_template_s() {
    let flows = loaded(&office());
    let mut talk = resting(&flows, Rendering::Whatsapp);
    talk.contact.language = crate::contact::Language::En;
    talk.wait(&flows, days(2));
    assert_eq!(by_template(&talk).language, "en_US");
}

#[test]
fn whoever_wrote_within_the_day_is_asked_in_free_words() {
    let flows = loaded(&office());
    let mut talk = resting(&flows, Rendering::Whatsapp);
    talk.wait(&flows, SignedDuration::from_hours(40));
    talk.write(&flows, "जी");
    let (_, trace) = talk.wait(&flows, SignedDuration::from_hours(8));
    assert_eq!((trace.concat(), &talk.left), (vec!["solved".to_owned()], &vec![Left::Said]));
    assert!(matches!(talk.tapped("yes"), Some(InboundContent::Choice { .. })));
}

#[test]
fn without_the_consent_nothing_leaves_days_later() {
    let flows = loaded(&office());
    for rendering in [Rendering::Whatsapp, Rendering::Sms] {
        let mut talk = resting(&flows, rendering);
        talk.contact.consents.clear();
        talk.wait(&flows, days(2));
        assert_eq!(talk.left, [Left::KeptBack(Refusal::NoConsent)], "{rendering:?}");
    }
}

#[test]
fn a_short_message_days_later_is_the_ordinary_one_and_needs_the_same_consent() {
    let flows = loaded(&office());
    let mut talk = resting(&flows, Rendering::Sms);
    talk.contact.language = crate::contact::Language::En;
    let (replies, _) = talk.wait(&flows, days(2));
    assert_eq!(talk.left, [Left::Said]);
    assert_eq!(replies[0].purpose, Purpose::FollowUp);
    assert!(replies[0].content.body().starts_with("सुनीता\nदेवी: done?"), "{replies:#?}");
}

#[test]
fn asked_again_at_once_it_is_an_answer_like_any_other() {
    let flows = loaded(&office());
    let mut talk = resting(&flows, Rendering::Whatsapp);
    talk.wait(&flows, days(2));
    let (replies, _) = talk.write(&flows, "???");
    assert_eq!(replies[0].purpose, Purpose::Answer);
    assert!(matches!(replies[0].content, Content::Buttons { .. }), "{replies:#?}");
}

#[test]
fn a_reminder_after_days_is_a_template_whose_button_shows_the_question() {
    let flows = loaded(&office());
    let mut talk = person(Rendering::Whatsapp);
    talk.write(&flows, "बाद में");
    let (replies, trace) = talk.wait(&flows, days(2));
    assert_eq!(trace.concat(), ["remind", "who"]);
    assert_eq!((replies[0].lane, replies[0].purpose), (Lane::Reminder, Purpose::Samvad));
    let template = by_template(&talk);
    assert_eq!(template.name, "remember");
    let [button] = template.buttons.as_slice() else { panic!("{template:?}") };
    let TemplateButtonKind::QuickReply { payload } = &button.kind else { panic!("{button:?}") };
    let tap = InboundContent::Button { payload: payload.clone(), text: "आगे".to_owned() };
    assert_eq!(talk.send(&flows, &tap).1.concat(), ["who"]);
    assert_eq!(step(&talk), "who");
}

fn rehearsed(talk: &str) -> String {
    let head = "rehearse: later\nlang: hi\nconsents: {follow_up: true}\ntalk:\n";
    let file = file("flows/rehearsals/later.yaml", &format!("{head}{talk}"));
    rehearse(&loaded(&office()), &file).to_string()
}

#[test]
fn a_rehearsal_sees_what_leaves_as_a_template_and_what_never_leaves() {
    let good = "  - me: बाद में\n  - bot: who\n  - me: सुनीता\n  - wait: 2d\n  - bot: solved\n";
    assert_eq!(
        rehearsed(&format!("{good}  - template: solved\n  - tap: \"yes\"\n  - bot: glad\n")),
        "ok   flows/rehearsals/later.yaml (8 lines)"
    );
    let kept = "  - me: बाद में\n  - bot: who\n  - wait: 2d\n  - bot: [remind, who]\n";
    assert_eq!(
        rehearsed(&format!("{kept}  - kept_back: no_consent\n")),
        "ok   flows/rehearsals/later.yaml (5 lines)"
    );
    let wrong = [
        format!("{good}  - template: solvd\n"),
        format!("{good}  - template: remember\n"),
        format!("{good}  - kept_back: no_consent\n"),
        format!("{good}  - kept_back: consent\n"),
        kept.to_owned(),
        "  - me: बाद में\n  - bot: who\n  - template: solved\n".to_owned(),
    ];
    let told: Vec<String> = wrong.iter().map(|talk| rehearsed(talk)).collect();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn a_recorded_talk_says_what_left_as_a_template() {
    let flows = loaded(&office());
    let head = "lang: hi\nconsents: {follow_up: true}\n";
    let mut talk = person_of(&flows, head).unwrap();
    let mut recording = Recording::new(head);
    for text in ["बाद में", "सुनीता"] {
        let (replies, said) = talk.write(&flows, text);
        recording.add("me", text, &replies, &said);
        recording.left(&flows, &talk.left);
    }
    let (replies, said) = talk.wait(&flows, days(2));
    recording.add("wait", "2d", &replies, &said);
    recording.left(&flows, &talk.left);
    let written = recording.write(&flows, &talk, "later").unwrap();
    assert!(written.contains("  - bot: solved\n  - template: solved\n"), "{written}");
    assert!(rehearse(&flows, &file("flows/rehearsals/r.yaml", &written)).passed());
}

#[test]
fn a_template_among_the_flows_is_told_where_it_belongs() {
    let mut office = office();
    office.files.retain(|file| file.path != "flows/templates/solved.yaml");
    office.files.push(file("flows/solved.yaml", SOLVED));
    let told = found(&office);
    assert!(told.contains("move the file to flows/templates/"), "{told}");
    assert!(!told.contains("which flow it is"), "{told}");
}

#[test]
fn a_notice_without_a_yes_is_told_and_not_that_the_template_cannot_ask_it() {
    let mut office = edited(
        "flows/later.yaml",
        "answer: {one_of: [yes, no]}",
        "answer: {one_of: [aye, no]}\n    notice: membership",
    );
    for file in office.files.iter_mut().filter(|file| file.path.contains("later.ftl")) {
        file.text = file.text.replace(".yes =", ".aye =");
    }
    for file in office.files.iter_mut().filter(|file| file.path.contains("solved.yaml")) {
        file.text = file.text.replace("yes:", "aye:");
    }
    let found = load(&office, geography()).unwrap_err();
    let [one] = found.as_slice() else { panic!("{}", drawn(&found)) };
    assert_eq!((one.code, one.line), (Code::Consent, 10), "{one}");
}

#[test]
fn a_template_or_text_file_of_another_name_is_one_finding() {
    for (from, to, hint) in [
        ("flows/templates/solved.yaml", "flows/templates/solved-it.yaml", "to solved.yaml"),
        ("locales/hi/later.ftl", "locales/hi/laters.ftl", "to later.ftl"),
        ("locales/hi/later.ftl", "locales/hindi/later.ftl", "to locales/hi"),
    ] {
        let mut office = office();
        for file in office.files.iter_mut().filter(|file| file.path == from) {
            to.clone_into(&mut file.path);
        }
        let found = load(&office, geography()).unwrap_err();
        let [one] = found.as_slice() else { panic!("{to}\n{}", drawn(&found)) };
        assert_eq!(one.path, to);
        assert!(one.hint.as_deref().unwrap_or_default().contains(hint), "{one}");
    }
}

/// Each mistake, with what is said about it.
#[test]
fn every_mistake_about_a_template_is_told_with_its_place_and_a_hint() {
    const FLOW: &str = "flows/later.yaml";
    const FILE: &str = "flows/templates/solved.yaml";
    let long = format!("क {}", "शब्द ".repeat(220));
    let mistakes: &[(&str, &str, &str)] = &[
        // ---- the step that names it
        (FLOW, "    template: solved\n", ""),
        (FLOW, "template: solved", "template: slved"),
        (FLOW, "template: solved", "template: remember"),
        (FLOW, "rest: {wait: 2d}", "rest: {wait: 2d, template: solved}"),
        (FLOW, "glad: {say: glad,", "glad: {say: glad, template: solved,"),
        (FLOW, "  who: {ask", "  name: {ask"),
        (FLOW, "one_of: [yes, no]", "one_of: [yes, no, later]"),
        (FLOW, "one_of: [yes, no]", "one_of: [yes, {id: no, if: member}]"),
        (FLOW, "    when: {no", "    notice: membership\n    when: {no"),
        (FLOW, "template: remember", "template: solved"),
        (FLOW, "after: 2d, template: remember", "after: 2d"),
        // ---- what comes after a wait by another way
        (FLOW, "    template: solved\n", "    template: solved\n    optional: true\n"),
        (FLOW, "  solved:\n", "  hello: {say: glad}\n  solved:\n"),
        (FLOW, "  solved:\n", "  aside: {call: extra}\n  solved:\n"),
        ("flows/agreed.yaml", "[samvad, follow_up]", "[samvad]"),
        // ---- its file
        (FILE, "template: solved", "template: slved"),
        (FILE, "template: solved\n", ""),
        (FILE, "category: utility\n", ""),
        (FILE, "category: utility", "category: utilty"),
        (FILE, "category: utility", "category: authentication"),
        (FILE, "category: utility", "category: marketing"),
        (FILE, "purpose: follow_up\n", ""),
        (FILE, "purpose: follow_up", "purpose: followup"),
        (FILE, "variables: [who]", "variables: [hwo]"),
        (FILE, "variables: [who]", "variables: [who, ticket]"),
        (FILE, "variables: [who]\n", ""),
        (FILE, "variables", "variable"),
        (FILE, "category", "registered_as: remember\ncategory"),
        (FILE, "category", "registered_as: Solved-2\ncategory"),
        (FILE, "{{1}}", "{{2}}"),
        (FILE, "yes: Yes, no: No", "yse: Yes, no: No"),
        (FILE, "{{1}}", "{{naam}}"),
        (FILE, "{{1}}", "{{1"),
        (FILE, "नमस्ते {{1}} जी,", "'{{1}} जी,"),
        (FILE, "नमस्ते {{1}} जी, क्या काम हो गया?", "नमस्ते {{1}} जी।"),
        (FILE, "नमस्ते {{1}} जी, क्या काम हो गया?", "क्या काम हो गया, {{1}}?"),
        (FILE, "नमस्ते {{1}} जी, क्या", "'नमस्ते {{1}} जी,      क्या"),
        (FILE, "नमस्ते", &long),
        (FILE, "क्या काम हो गया?", "काम हुआ क्या?"),
        (FILE, "no: नहीं", "nahi: नहीं"),
        (FILE, "no: नहीं", "no: हाँ"),
        (FILE, "no: नहीं", "no: नहीं, अभी तक बिलकुल नहीं हुआ"),
        (FILE, "no: नहीं", "no: नहीं जी अभी तक बिलकुल नहीं हुआ"),
        (FILE, "no: नहीं", "no: 'नहीं {{1}}'"),
        (FILE, "yes: Yes, no: No", "no: No, yes: Yes"),
        (FILE, "code: en_US", "code: english"),
        (FILE, "  en:\n", "  eng:\n"),
        (
            FILE,
            "  en:\n    code: en_US\n    body: Dear {{1}}, is the work done?\n    buttons: {yes: Yes, no: No}\n",
            "",
        ),
        ("locales/hi/later.ftl", "क्या काम", "क्या वह काम"),
        ("locales/en/later.ftl", ".no = No", ".no = Not yet"),
    ];
    let told: Vec<String> = mistakes
        .iter()
        .map(|(path, from, to)| {
            // A quote that is opened is closed at the end of its line.
            let mut office = edited(path, from, to);
            if to.starts_with('\'') {
                let file = office.files.iter_mut().find(|file| file.path == *path).unwrap();
                file.text = file.text.replacen("गया?", "गया?'", 1);
            }
            let told = found(&office);
            assert_ne!(told, "", "{from} -> {to}");
            let to: String = to.chars().take(60).collect();
            format!("==== {path}: {from:?} -> {to:?}\n{told}")
        })
        .collect();
    insta::assert_snapshot!(told.join("\n\n"));
}

/// The office whose flow asks for the consent of its template itself, by this step.
fn asking(step: &str) -> Sources {
    let mut office = office();
    office.files.retain(|file| file.path != "flows/agreed.yaml");
    for text in &mut office.files {
        match text.path.as_str() {
            "flows/later.yaml" => {
                let with = format!("{step}\n  rest: {{wait: 2d}}");
                text.text = text.text.replacen("  rest: {wait: 2d}", &with, 1);
                text.text = text.text.replacen(", template: remember", "", 1);
                text.text = text.text.replacen("remind: {after: 2d}", "remind: {after: 2h}", 1);
            }
            "locales/hi/later.ftl" => text.text.push_str("may = हम पूछ लें?\n"),
            "locales/en/later.ftl" => text.text.push_str("may = May we ask?\n"),
            path if path.ends_with("notices.ftl") => {
                text.text.push_str("follow_up = -\n    .version = 2026-11-21\n");
            }
            _ => {}
        }
    }
    office
}

#[test]
fn a_template_to_which_only_those_come_who_refused_is_told_at_the_way_that_leads_the_others_off() {
    let consents = |step: &str| -> Vec<Diagnostic> {
        let found = fixture::told(&asking(step));
        found.into_iter().filter(|finding| finding.code == Code::Consent).collect()
    };
    for (step, hint) in [
        (
            "  may: {ask: may, answer: yes_no, notice: follow_up, when: {yes: sorry}}",
            "was `no: sorry` meant?",
        ),
        (
            "  may: {ask: may, answer: yes_no, notice: follow_up, when: {yes: sorry, no: rest}}",
            "lead those here who said `yes` to `may`",
        ),
        (
            "  may: {do: {withdraw: [follow_up]}}\n  sure: {ask: may, answer: yes_no, notice: follow_up, when: {yes: sorry}}",
            "was `no: sorry` meant?",
        ),
        (
            "  sure: {ask: may, answer: yes_no, notice: follow_up}\n  may: {do: {withdraw: [follow_up]}}",
            "`may` (flows/later.yaml:7) withdraws it",
        ),
        ("  may: {ask: may, answer: yes_no}", "add `notice: follow_up` to `may`"),
    ] {
        let found = consents(step);
        let hit = found.iter().any(|one| {
            one.severity == Severity::Error
                && one.path == "flows/later.yaml"
                && one.hint.as_deref().is_some_and(|said| said.contains(hint))
        });
        assert!(hit, "{step}\n{}", drawn(&found));
    }
    for step in [
        "  may: {ask: may, answer: yes_no, notice: follow_up, when: {no: sorry}}",
        "  may: {ask: may, answer: yes_no, notice: follow_up}",
        "  agree: {do: {consent: [follow_up]}}",
    ] {
        let found = consents(step);
        assert!(found.is_empty(), "{step}\n{}", drawn(&found));
    }
}

#[test]
fn a_template_that_is_kept_back_is_told_with_its_reason_in_every_line() {
    let flows = loaded(&office());
    let talk = "rehearse: later\nchannel: whatsapp\nlang: hi\nconsents: {follow_up: false}\ntalk:\n  - me:                 बाद में\n  - bot: who\n  - me: सुनीता\n  - wait: 2d\n  - bot: solved\n";
    for (line, message, hint) in [
        ("  - template: solved\n", "and nothing leaves", "write `- kept_back: withdrawn`"),
        ("  - kept_back: no_consent\n", "`withdrawn` does", "Write `- kept_back: withdrawn`"),
        ("", "it never leaves", "has said no to messages of this kind"),
    ] {
        let report = rehearse(&flows, &file("flows/rehearsals/r.yaml", &format!("{talk}{line}")));
        let [one] = report.differences.as_slice() else { panic!("{line}: {report}") };
        assert!(one.message.contains(message), "{line}: {one}");
        assert!(one.hint.as_deref().is_some_and(|said| said.contains(hint)), "{line}: {one}");
    }
    let expected = format!("{talk}  - kept_back: withdrawn\n");
    let report = rehearse(&flows, &file("flows/rehearsals/r.yaml", &expected));
    assert!(report.passed(), "{report}");
}
