//! What the engine does with words it is not sure of: it asks.

use super::fixture;
use super::*;
use crate::contact::{Contact, Language};
use crate::message::{Content, InboundContent};

fn whatsapp() -> Talk {
    Talk::new(Contact::default(), Rendering::Whatsapp)
}

fn after(flows: &Flows, talk: &mut Talk, texts: &[&str]) -> Vec<String> {
    let mut said = Vec::new();
    for text in texts {
        said = talk.write(flows, text).1.concat();
    }
    said
}

fn body(replies: &[Reply]) -> &str {
    replies.last().unwrap().content.body()
}

#[test]
fn a_misspelt_command_is_asked_back_and_done_only_on_a_yes() {
    let flows = fixture::flows();
    for (text, meant, done) in [
        ("bnd", "‘बंद’", "stopped"),
        ("maddad", "‘मदद’", "help-text"),
        ("maddad chahiye", "‘मदद’", "help-text"),
        ("bhassha", "‘भाषा’", "which"),
        ("menue", "‘मेन्यू’", "menu"),
    ] {
        for before in [&[][..], &["सदस्य"], &["सदस्य", "हाँ"]] {
            let mut talk = whatsapp();
            after(&flows, &mut talk, before);
            let facts = talk.facts.len();
            let (replies, trace) = talk.write(&flows, text);
            assert_eq!(trace.concat(), ["did-you-mean"], "{text}");
            assert_eq!(body(&replies), format!("क्या {meant}?"));
            assert_eq!(talk.facts.len(), facts, "nothing is done unasked");
            let Content::Buttons { choices, .. } = &replies[0].content else {
                panic!("{replies:?}")
            };
            assert_eq!(choices.len(), 2);
            let said = after(&flows, &mut talk.clone(), &["haan ji"]);
            assert_eq!(said[0], done, "{text} after {before:?}");
            let (_, trace) = talk.tap(&flows, "!0").unwrap();
            assert_eq!(trace.concat()[0], done, "{text} after {before:?}");
        }
    }
}

#[test]
fn a_no_to_a_command_leads_back_to_the_question() {
    let flows = fixture::flows();
    for (before, question) in [(&[][..], "menu"), (&["सदस्य", "हाँ"], "birth-year")]
    {
        let mut talk = whatsapp();
        after(&flows, &mut talk, before);
        assert_eq!(after(&flows, &mut talk, &["bnd"]), ["did-you-mean"]);
        assert_eq!(after(&flows, &mut talk.clone(), &["nahi"]), [question]);
        assert_eq!(talk.tap(&flows, "!x").unwrap().1.concat(), [question]);
        assert!(talk.session.unwrap().ways.is_empty());
    }
}

#[test]
fn a_yes_to_another_question_does_no_command() {
    let flows = fixture::flows();
    let mut talk = whatsapp();
    after(&flows, &mut talk, &["सदस्य", "हाँ", "1985", "सुनीता देवी", "lakhimpoor kheeree x"]);
    let visit = talk.session.as_ref().unwrap().visit;
    assert_eq!(after(&flows, &mut talk, &["bnd"]), ["did-you-mean"]);
    // The yes of an earlier "did you mean …?" of the same question.
    let old = InboundContent::Choice { id: format!("c:{visit}:?0"), title: "हाँ".to_owned() };
    let facts = talk.facts.len();
    talk.send(&flows, &old);
    assert_eq!(talk.facts.len(), facts);
}

#[test]
fn other_words_after_a_question_about_a_command_are_an_answer() {
    let flows = fixture::flows();
    let mut talk = whatsapp();
    assert_eq!(after(&flows, &mut talk, &["सदस्य", "हाँ", "bnd", "1985"]), ["name"]);
    assert_eq!(after(&flows, &mut whatsapp(), &["bnd", "सदस्य"]), ["consent"]);
    assert_eq!(after(&flows, &mut whatsapp(), &["bnd", "बंद"]), ["stopped"]);
}

#[test]
fn what_may_be_an_answer_is_never_asked_about_as_a_command() {
    let flows = fixture::flows();
    let mut talk = whatsapp();
    // A name may sound like anything.
    let said = after(&flows, &mut talk, &["सदस्य", "हाँ", "1985", "Madan Bend"]);
    assert_eq!(said, ["district"]);
    assert_eq!(after(&flows, &mut talk, &["banda"]), ["seat"], "a district, not a goodbye");
}

#[test]
fn a_first_message_near_a_start_word_asks_for_it() {
    let flows = fixture::flows();
    for text in ["sadsya bnna h", "sadasy banna hai", "मुझे सदस्य बनना है"]
    {
        let mut talk = whatsapp();
        let (replies, trace) = talk.write(&flows, text);
        assert_eq!(trace.concat(), ["did-you-mean"], "{text}");
        assert_eq!(body(&replies), "क्या ‘सदस्य’?", "{text}");
        assert_eq!(after(&flows, &mut talk.clone(), &["1"]), ["consent"]);
        assert_eq!(after(&flows, &mut talk, &["नहीं"]), ["menu"]);
    }
    let mut sms =
        Talk::new(Contact { language: Language::En, ..Contact::default() }, Rendering::Sms);
    let (replies, _) = sms.write(&flows, "sadsya bnna h");
    assert_eq!(body(&replies), "Do you mean 'सदस्य'?\nWrite a number:\n1. Yes\n2. No");
    for text in ["गाँव में बिजली नहीं", "namste", "बांदा", "12345"]
    {
        assert_eq!(after(&flows, &mut whatsapp(), &[text]), ["menu"], "{text}");
    }
}

#[test]
fn a_start_word_in_another_script_begins_its_flow_unasked() {
    let flows = fixture::flows();
    for text in ["sadasya", "Sadasy", "SADASYA!", "सदस्‍य"] {
        assert_eq!(after(&flows, &mut whatsapp(), &[text]), ["consent"], "{text}");
    }
    assert_eq!(after(&flows, &mut whatsapp(), &["meri jankari"]), ["said"]);
    // Beside a question it begins its flow as it does in its own script.
    let mut talk = whatsapp();
    assert_eq!(after(&flows, &mut talk, &["सदस्य", "meri jankari"]), ["said", "consent"]);
}

#[test]
fn a_buttons_id_counts_before_what_it_says() {
    let flows = fixture::flows();
    let mut talk = whatsapp();
    after(&flows, &mut talk, &["सदस्य"]);
    let visit = talk.session.as_ref().unwrap().visit;
    // A button that says "बंद" and is the yes of the question.
    let content =
        InboundContent::Button { payload: format!("c:{visit}:yes"), text: "बंद".to_owned() };
    assert_eq!(talk.send(&flows, &content).1.concat(), ["birth-year"]);
    let starts =
        InboundContent::Button { payload: "join".to_owned(), text: "बंद".to_owned() };
    assert_eq!(whatsapp().send(&flows, &starts).1.concat(), ["consent"]);
    let words = InboundContent::Button { payload: "x".to_owned(), text: "बंद".to_owned() };
    assert_eq!(whatsapp().send(&flows, &words).1.concat(), ["stopped"]);
}
