//! What a turn promises, one promise a test.

use jiff::SignedDuration;

use super::fixture::{self, edited, loaded, replaced};
use super::walk::sha256_hex;
use super::*;
use crate::contact::{Contact, Language};
use crate::fact::Fact;
use crate::message::{Content, InboundContent, Lane, MediaKind, Purpose};

fn talk() -> Talk {
    Talk::new(Contact::default(), Rendering::Whatsapp)
}

fn sms() -> Talk {
    Talk::new(Contact::default(), Rendering::Sms)
}

/// Writes the texts and gives the names of what was said to the last.
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

fn step(talk: &Talk) -> &str {
    talk.session.as_ref().map_or("none", |session| session.step.as_str())
}

/// The seat 173.
const SEAT: &str = "लखनऊ पूर्व";

const TO_NAME: [&str; 3] = ["सदस्य", "हाँ", "1985"];

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

// ---- beginnings --------------------------------------------------------------------------------

#[test]
fn an_unknown_first_message_is_a_greeting_with_a_menu() {
    let flows = fixture::flows();
    for text in ["गाँव में बिजली नहीं", "??", "", "12345", "बिजली बंद है"]
    {
        assert_eq!(after(&flows, &mut talk(), &[text]), ["menu"], "{text}");
    }
    for content in [InboundContent::Welcome, photo(None)] {
        assert_eq!(talk().send(&flows, &content).1.concat(), ["menu"]);
    }
}

#[test]
fn a_start_word_begins_its_flow_in_any_spelling_and_a_link_with_a_code_behind_it() {
    let flows = fixture::flows();
    for text in ["सदस्य", "  सदस्य ", "join", "JOIN", "Join AB12CD", "menu"] {
        let expected = if text == "menu" { "menu" } else { "consent" };
        assert_eq!(after(&flows, &mut talk(), &[text]), [expected], "{text}");
    }
    assert_eq!(after(&flows, &mut talk(), &["join the fun today"]), ["menu"]);
}

#[test]
fn the_menu_shows_what_the_role_allows() {
    let flows = fixture::flows();
    let mut person = talk();
    person.write(&flows, "नमस्ते");
    assert!(person.clone().tap(&flows, "card").is_none());
    person.contact.membership = Some(member());
    let (replies, _) = person.write(&flows, "menu");
    let Content::Buttons { choices, .. } = &replies[0].content else { panic!("{replies:?}") };
    assert_eq!(choices.len(), 3);
    assert_eq!(body(&person.tap(&flows, "card").unwrap().0), "सुनीता: 1000017");
}

fn member() -> crate::contact::Member {
    crate::contact::Member {
        number: "1000017".to_owned(),
        name: "सुनीता".to_owned(),
        district: "162".to_owned(),
        assembly: 173,
        booth: None,
        since: Timestamp::UNIX_EPOCH,
        ends: None,
    }
}

// ---- answers -----------------------------------------------------------------------------------

#[test]
fn a_whole_conversation_makes_one_member() {
    let flows = fixture::flows();
    let mut person = talk();
    let said =
        after(&flows, &mut person, &["सदस्य", "हाँ", "1985", "सुनीता देवी", "लखनऊ", SEAT, "12", "सही"]);
    assert_eq!(said, ["done", "people"]);
    let (replies, _) = person.write(&flows, "1234");
    assert_eq!(body(&replies), "फोटो?");
    let (replies, trace) = person.write(&flows, "छोड़ दें");
    assert_eq!(trace.concat(), ["thanks", "bye"]);
    assert_eq!(body(&replies), "1,234 लोग। नमस्ते।", "an answer comes back with a called flow");
    assert_eq!(person.session, None);
    let member = person.contact.membership.unwrap();
    assert_eq!((member.assembly, member.booth), (173, Some(12)));
    assert_eq!(member.number, person.reserved.member_number);
}

#[test]
fn places_years_and_empty_answers_are_shown_as_people_write_them() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &TO_NAME);
    after(&flows, &mut person, &["सुनीता देवी", "लखनऊ", SEAT]);
    let (replies, _) = person.tap(&flows, "-").unwrap();
    let seat = flows.geography.assembly(173).unwrap();
    assert_eq!(body(&replies), format!("सुनीता देवी, 1985, लखनऊ, {}, —?", seat.name_hi));
    person.contact.language = Language::En;
    let (replies, _) = person.write(&flows, "गगन मगन");
    assert!(body(&replies).contains(&format!("1985, Lucknow, {}", seat.name_en)), "{replies:?}");
}

#[test]
fn a_member_is_never_enrolled_twice() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &TO_NAME);
    after(&flows, &mut person, &["सुनीता देवी", "लखनऊ", SEAT, "12"]);
    // Meanwhile an office worker enrolled the person by hand.
    person.contact.membership = Some(member());
    let said = after(&flows, &mut person, &["सही"]);
    assert_eq!(said, ["done", "people"]);
    assert!(!person.facts.iter().any(|fact| matches!(fact, Fact::EnrolMember(_))));
    assert_eq!(person.contact.membership.unwrap().number, "1000017");
}

#[test]
fn somebody_under_eighteen_takes_the_way_minor() {
    let flows = fixture::flows();
    for (year, said) in [("2008", "name"), ("2009", "too-young"), ("2012", "too-young")] {
        assert_eq!(after(&flows, &mut talk(), &["सदस्य", "हाँ", year]), [said], "{year}");
    }
}

#[test]
fn an_optional_question_is_passed_over_by_button_word_and_zero() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &TO_NAME);
    after(&flows, &mut person, &["सुनीता देवी", "लखनऊ", SEAT]);
    for text in ["छोड़ दें", "skip", "0", "०"] {
        let mut one = person.clone();
        assert_eq!(after(&flows, &mut one, &[text]), ["confirm"], "{text}");
        assert_eq!(one.session.unwrap().answers["booth"], Given::Skipped);
    }
    assert_eq!(after(&flows, &mut person, &["12"]), ["confirm"]);
}

#[test]
fn a_photo_answers_the_question_for_one() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &TO_NAME);
    after(&flows, &mut person, &["सुनीता देवी", "लखनऊ", SEAT, "12", "सही", "5"]);
    let (_, trace) = person.send(&flows, &photo(None));
    assert_eq!(trace.concat(), ["thanks", "bye"]);
}

fn photo(caption: Option<&str>) -> InboundContent {
    InboundContent::Media {
        kind: MediaKind::Image,
        id: "m1".to_owned(),
        mime_type: "image/jpeg".to_owned(),
        sha256: None,
        caption: caption.map(str::to_owned),
        filename: None,
        voice: false,
    }
}

// ---- taps --------------------------------------------------------------------------------------

#[test]
fn a_tap_counts_by_its_id_whatever_its_title_says() {
    let flows = fixture::flows();
    let mut person = talk();
    person.write(&flows, "सदस्य");
    let visit = person.session.as_ref().unwrap().visit;
    let content =
        InboundContent::Choice { id: format!("c:{visit}:no"), title: "हाँ".to_owned() };
    assert_eq!(person.send(&flows, &content).1.concat(), ["declined"]);
}

#[test]
fn an_old_button_never_answers_the_question_that_is_open() {
    let flows = fixture::flows();
    let mut person = talk();
    person.write(&flows, "सदस्य");
    let old = InboundContent::Choice {
        id: format!("c:{}:yes", person.session.as_ref().unwrap().visit),
        title: "हाँ".to_owned(),
    };
    after(&flows, &mut person, &["हाँ", "1985"]);
    assert_eq!(person.send(&flows, &old).1.concat(), ["late", "name"]);
    assert_eq!(step(&person), "name");
    // And not one of a later conversation either.
    after(&flows, &mut person, &["menu", "सदस्य"]);
    assert_eq!(person.send(&flows, &old).1.concat(), ["late", "consent"]);
    // With no question open it is only its title.
    person.session = None;
    assert_eq!(person.send(&flows, &old).1.concat(), ["menu"]);
}

#[test]
fn a_seat_of_another_district_is_no_answer() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &TO_NAME);
    after(&flows, &mut person, &["सुनीता देवी", "लखनऊ"]);
    let visit = person.session.as_ref().unwrap().visit;
    for (seat, said) in [(1, "late"), (999, "late"), (173, "booth")] {
        let id = format!("c:{visit}:{seat}");
        let content = InboundContent::Choice { id, title: String::new() };
        assert_eq!(person.send(&flows, &content).1.concat()[0], said, "{seat}");
    }
}

#[test]
fn strange_ids_are_no_answers() {
    let flows = fixture::flows();
    let mut person = talk();
    person.write(&flows, "सदस्य");
    let visit = person.session.as_ref().unwrap().visit;
    for what in ["maybe", "-", "?0", "?x", "", "157"] {
        let id = format!("c:{visit}:{what}");
        let content = InboundContent::Choice { id, title: "हाँ".to_owned() };
        assert_eq!(person.send(&flows, &content).1.concat(), ["late", "consent"], "{what}");
    }
}

// ---- not understood ----------------------------------------------------------------------------

#[test]
fn asking_again_is_gentle_then_different_and_then_a_person_takes_over() {
    let flows = fixture::flows();
    let mut person = talk();
    person.write(&flows, "सदस्य");
    assert_eq!(after(&flows, &mut person, &["गगन मगन"]), ["again", "hint-yes-no", "consent"]);
    assert_eq!(after(&flows, &mut person, &["गगन मगन"]), ["again-choices", "consent"]);
    assert_eq!(after(&flows, &mut person, &["गगन मगन"]), ["handover"]);
    assert!(person.contact.handed_over);
    assert_eq!(person.facts.len(), 1);
    // Now the office talks: the bot keeps quiet, and no timer breaks in.
    let (replies, _) = person.write(&flows, "गगन मगन");
    assert_eq!(replies, []);
    assert_eq!(person.wait(&flows, hours(24 * 30)).0, []);
    // A stop is heard, and the office goes on.
    assert_eq!(after(&flows, &mut person, &["बंद"]), ["stopped"]);
    assert!(person.contact.handed_over);
    // The menu brings the bot back for good.
    assert_eq!(after(&flows, &mut person, &["menu"]), ["menu"]);
    assert!(!person.contact.handed_over);
    assert_eq!(person.tap(&flows, "info").unwrap().1.concat(), ["info"]);
    assert_eq!(after(&flows, &mut person, &["गगन मगन"]), ["menu"]);
}

#[test]
fn the_second_asking_offers_the_districts_in_pages() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &TO_NAME);
    person.write(&flows, "सुनीता देवी");
    assert_eq!(after(&flows, &mut person, &["दिल्ली"]), ["again", "hint-district", "district"]);
    let (replies, _) = person.write(&flows, "दिल्ली");
    let Content::List { choices, .. } = &replies[0].content else { panic!("{replies:?}") };
    assert_eq!(choices.len(), 10);
    assert_eq!(choices[9].title, "और देखें");
    let (replies, _) = person.tap(&flows, "+1").unwrap();
    let Content::List { choices, .. } = &replies[0].content else { panic!("{replies:?}") };
    let code = choices[0].id.rsplit(':').next().unwrap().to_owned();
    assert_eq!(code, flows.geography.districts[9].code);
    assert_eq!(person.tap(&flows, &code).unwrap().1.concat(), ["seat"]);
}

#[test]
fn a_short_message_offers_districts_by_number_in_any_digits() {
    let flows = fixture::flows();
    let mut person = sms();
    after(&flows, &mut person, &TO_NAME);
    after(&flows, &mut person, &["सुनीता देवी", "दिल्ली", "दिल्ली"]);
    let (replies, _) = person.write(&flows, "०");
    assert!(body(&replies).contains("\n10. "), "{replies:?}");
    assert_eq!(after(&flows, &mut person, &["१०"]), ["seat"]);
    let code = &flows.geography.districts[9].code;
    assert_eq!(person.session.unwrap().answers["district"], Given::Text(code.clone()));
}

#[test]
fn what_cannot_be_read_is_asked_for_in_words() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &TO_NAME);
    let (_, trace) = person.send(&flows, &photo(None));
    assert_eq!(trace.concat(), ["unsupported", "hint-name", "name"]);
    // Words under a photo are words.
    assert_eq!(person.send(&flows, &photo(Some("सुनीता देवी"))).1.concat(), ["district"]);
}

#[test]
fn what_is_no_message_changes_nothing() {
    let flows = fixture::flows();
    let mut person = talk();
    person.write(&flows, "सदस्य");
    let before = person.clone();
    let reaction = InboundContent::Reaction { message: "x".to_owned(), emoji: "👍".to_owned() };
    let (replies, _) = person.send(&flows, &reaction);
    assert_eq!((replies, &person.session), (vec![], &before.session));
    // Its timers stand as well.
    assert_eq!(person.wait(&flows, hours(21)).1.concat(), ["remind", "consent"]);
}

#[test]
fn an_unsure_answer_is_asked_back_and_a_yes_takes_it() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &TO_NAME);
    person.write(&flows, "सुनीता देवी");
    let lucknow = flows.geography.districts.iter().find(|one| one.name_en == "Lucknow").unwrap();
    let agra = flows.geography.districts.iter().find(|one| one.name_en == "Agra").unwrap();
    let session = person.session.as_mut().unwrap();
    session.guess = vec![Given::Text(lucknow.code.clone())];
    let mut yes = person.clone();
    assert_eq!(after(&flows, &mut yes, &["हाँ"]), ["seat"]);
    let mut no = person.clone();
    assert_eq!(after(&flows, &mut no, &["नहीं"]), ["again", "hint-district", "district"]);
    let mut other = person.clone();
    assert_eq!(after(&flows, &mut other, &["आगरा"]), ["seat"], "a plain answer counts as well");
    // Several candidates are choices by themselves.
    let session = person.session.as_mut().unwrap();
    session.guess = vec![Given::Text(lucknow.code.clone()), Given::Text(agra.code.clone())];
    let late = InboundContent::Choice { id: "x".to_owned(), title: String::new() };
    let (replies, _) = person.send(&flows, &late);
    let Content::Buttons { body, choices } = &replies[0].content else { panic!("{replies:?}") };
    assert!(body.ends_with("क्या लखनऊ / आगरा?"), "{body}");
    let titles: Vec<&str> = choices.iter().map(|choice| choice.title.as_str()).collect();
    assert_eq!(titles, ["लखनऊ", "आगरा", "कोई नहीं"]);
    let mut second = person.clone();
    second.write(&flows, "2");
    assert_eq!(second.session.unwrap().answers["district"], Given::Text(agra.code.clone()));
    assert_eq!(person.tap(&flows, "?x").unwrap().1.concat()[0], "again");
}

// ---- words that work everywhere ------------------------------------------------------------------

#[test]
fn help_and_language_come_back_to_the_question() {
    let flows = fixture::flows();
    let mut person = talk();
    person.write(&flows, "सदस्य");
    assert_eq!(after(&flows, &mut person, &["मदद"]), ["help-text", "consent"]);
    assert_eq!(after(&flows, &mut person, &["भाषा"]), ["which"]);
    let (replies, trace) = person.tap(&flows, "en").unwrap();
    assert_eq!(trace.concat(), ["done", "consent"]);
    assert_eq!((replies[0].content.body(), body(&replies)), ("In English.", "Agree?"));
    let session = person.session.as_ref().unwrap();
    assert!(session.calls.is_empty() && session.answers.is_empty(), "{session:?}");
}

#[test]
fn back_goes_one_question_back_and_forgets_its_answer() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &TO_NAME);
    assert_eq!(after(&flows, &mut person, &["वापस"]), ["birth-year"]);
    assert!(!person.session.as_ref().unwrap().answers.contains_key("birth_year"));
    assert_eq!(after(&flows, &mut person, &["वापस"]), ["consent"]);
    assert_eq!(after(&flows, &mut person, &["वापस"]), ["back-none", "consent"]);
}

#[test]
fn back_leads_out_of_a_flow_beside() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &["सदस्य", "हाँ", "भाषा"]);
    assert_eq!(after(&flows, &mut person, &["वापस"]), ["birth-year"]);
}

#[test]
fn restart_asks_from_the_first_question() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &TO_NAME);
    assert_eq!(after(&flows, &mut person, &["शुरू से"]), ["consent"]);
    assert!(person.session.unwrap().answers.is_empty());
}

#[test]
fn stop_withdraws_at_once_and_is_no_part_of_a_sentence() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &TO_NAME);
    assert_eq!(after(&flows, &mut person, &["बंद"]), ["stopped"]);
    assert!(
        person.contact.withdrew(Purpose::Samvad) && person.contact.withdrew(Purpose::Membership)
    );
    let Some(Fact::Consent(consent)) = person.facts.last() else { panic!("no consent") };
    assert_eq!((consent.how.as_str(), &consent.notice), ("keyword", &None));
    assert_eq!(consent.wording.as_ref().map(String::len), Some(64));
    let mut other = talk();
    other.write(&flows, "सदस्य");
    assert_eq!(after(&flows, &mut other, &["बिजली बंद है"])[0], "again");
}

#[test]
fn the_notice_is_said_again_and_the_question_with_it() {
    let flows = fixture::flows();
    let mut person = talk();
    assert_eq!(after(&flows, &mut person, &["सूचना"]), ["notices.membership"]);
    assert_eq!(person.session, None);
    after(&flows, &mut person, &["सदस्य"]);
    assert_eq!(after(&flows, &mut person, &["सूचना"]), ["notices.membership", "consent"]);
}

#[test]
fn a_start_word_counts_where_it_is_no_answer() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &["सदस्य", "हाँ"]);
    assert_eq!(after(&flows, &mut person, &["join us"]), ["consent"]);
}

// ---- consent -----------------------------------------------------------------------------------

#[test]
fn a_consent_keeps_the_hash_of_the_very_message_that_asked() {
    let flows = fixture::flows();
    for rendering in [Rendering::Whatsapp, Rendering::Sms] {
        for (answer, given) in [("हाँ", true), ("नहीं", false)] {
            let mut person = Talk::new(Contact::default(), rendering);
            let (replies, _) = person.write(&flows, "सदस्य");
            let asked = body(&replies).to_owned();
            person.write(&flows, answer);
            let Some(Fact::Consent(consent)) = person.facts.first() else { panic!("no consent") };
            assert_eq!(consent.given, given);
            assert_eq!(consent.purpose, Purpose::Membership);
            assert_eq!(consent.notice.as_deref(), Some("2026-11-21"));
            assert_eq!(consent.wording, Some(sha256_hex(&asked)));
            assert_eq!(consent.how, "text");
        }
    }
    let mut person = talk();
    person.write(&flows, "सदस्य");
    person.tap(&flows, "yes");
    assert!(matches!(&person.facts[0], Fact::Consent(consent) if consent.how == "button"));
}

// ---- time --------------------------------------------------------------------------------------

#[test]
fn late_is_late() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &["सदस्य", "हाँ"]);
    let answer = InboundContent::Text { text: "1985".to_owned() };
    let sent = |minutes: i64, wait: i64| {
        let mut one = person.clone();
        let sent_at = one.now.checked_add(SignedDuration::from_mins(minutes)).unwrap();
        one.now = one.now.checked_add(SignedDuration::from_mins(wait)).unwrap();
        one.event(&flows, Event::Message { content: &answer, sent_at }).1.concat()
    };
    assert_eq!(sent(-61, 0), ["late", "birth-year"], "written before the question");
    assert_eq!(sent(-59, 0), ["name"]);
    assert_eq!(sent(1, 62), ["late", "birth-year"], "an hour under way");
    assert_eq!(sent(600, 601), ["name"], "answered after ten hours");
}

#[test]
fn an_open_question_is_reminded_of_once_and_then_expires_in_silence() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &["सदस्य", "हाँ"]);
    let (replies, trace) = person.wait(&flows, hours(20));
    assert_eq!(trace.concat(), ["remind", "birth-year"]);
    assert_eq!((replies[0].lane, replies[0].purpose), (Lane::Reminder, Purpose::Answer));
    assert_eq!(person.wait(&flows, hours(24 * 6)).0, []);
    assert_eq!(step(&person), "birth_year");
    assert_eq!(person.wait(&flows, hours(24)).0, []);
    assert_eq!(person.session, None);
}

#[test]
fn a_timer_of_another_visit_does_nothing() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &["सदस्य", "हाँ"]);
    let visit = person.session.as_ref().unwrap().visit;
    for kind in [TimerKind::Remind, TimerKind::Expire] {
        let before = person.session.clone();
        let (replies, _) = person.event(&flows, Event::Timer { kind, visit: visit - 1 });
        assert_eq!((replies, &person.session), (vec![], &before));
    }
}

#[test]
fn what_ran_out_is_begun_afresh_even_before_its_timer() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &["सदस्य", "हाँ"]);
    person.now = person.now.checked_add(hours(24 * 8)).unwrap();
    let mut again = person.clone();
    assert_eq!(after(&flows, &mut again, &["सदस्य"]), ["consent"]);
    assert_eq!(after(&flows, &mut person, &["1985"]), ["expired", "menu"]);
}

// ---- flows that are edited under way ---------------------------------------------------------------

#[test]
fn an_edited_flow_goes_on_at_the_same_step() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &["सदस्य", "हाँ"]);
    let longer =
        loaded(&replaced("flows/join.yaml", "  name: {", "  hello: {say: bye}\n  name: {"));
    assert_eq!(after(&longer, &mut person, &["1985"]), ["bye", "name"]);
}

#[test]
fn a_question_put_in_behind_a_person_is_asked_from_the_beginning_and_nobody_is_enrolled_without_it()
{
    let flows = fixture::flows();
    let mut person = talk();
    let texts = [&TO_NAME[..], &["सुनीता देवी", "लखनऊ", SEAT, "12"]].concat();
    assert_eq!(after(&flows, &mut person, &texts), ["confirm"]);
    // The session as it is when `seat` came into the flow after the person had passed its place.
    person.session.as_mut().unwrap().answers.remove("seat");
    let (_, said) = person.tap(&flows, "right").unwrap();
    assert_eq!(said.concat(), ["changed", "consent"]);
    assert!(person.contact.membership.is_none());
    assert_eq!(step(&person), "consent");
}

#[test]
fn a_step_that_is_gone_leads_to_the_first_one_with_a_word_of_sorry() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &["सदस्य", "हाँ"]);
    person.session.as_mut().unwrap().step = "gone".to_owned();
    assert_eq!(after(&flows, &mut person, &["1985"]), ["changed", "consent"]);
    assert_eq!(step(&person), "consent");
    person.session.as_mut().unwrap().flow = "gone".to_owned();
    assert_eq!(after(&flows, &mut person, &["1985"]), ["changed", "menu"]);
}

#[test]
fn a_question_that_takes_another_answer_now_is_asked_again() {
    let flows = fixture::flows();
    let mut person = talk();
    after(&flows, &mut person, &TO_NAME);
    let other = loaded(&replaced(
        "flows/join.yaml",
        "name: {ask: name, answer: person_name}\n  district",
        "name: {ask: name, answer: person_name}\n  extra_district: {ask: bye, answer: text}\n  district",
    ));
    assert_eq!(after(&other, &mut person, &["सुनीता देवी"]), ["bye"]);
    let mut person = talk();
    after(&flows, &mut person, &TO_NAME);
    after(&flows, &mut person, &["सुनीता देवी", "लखनऊ", SEAT]);
    let other = loaded(&replaced("flows/join.yaml", "to: 800", "to: 900"));
    assert_eq!(after(&other, &mut person, &["12"]), ["booth"]);
    assert_eq!(after(&other, &mut person, &["12"]), ["confirm"]);
}

// ---- bounds ------------------------------------------------------------------------------------

#[test]
fn a_turn_without_end_is_cut_off_gently_and_without_facts() {
    let many: Vec<String> = (0..250).map(|step| format!("  s{step}: {{say: info}}\n")).collect();
    let many = many.concat();
    let flows = loaded(&edited("flows/greeting.yaml", |text| {
        text.replace(
            "  info: {say",
            &format!("  info: {{do: {{language: en}}}}\n{many}  last: {{say"),
        )
    }));
    let mut person = talk();
    person.write(&flows, "नमस्ते");
    let (_, trace) = person.tap(&flows, "info").unwrap();
    assert_eq!(trace.concat(), ["parked"]);
    assert_eq!((person.session, person.facts), (None, vec![]));
}

#[test]
fn what_is_said_in_one_turn_is_one_short_message_and_several_bubbles() {
    let flows = fixture::flows();
    for (mut person, replies) in [(talk(), 2), (sms(), 1)] {
        after(&flows, &mut person, &TO_NAME);
        after(&flows, &mut person, &["सुनीता देवी", "लखनऊ", SEAT, "12"]);
        assert_eq!(person.write(&flows, "1").0.len(), replies);
    }
}

#[test]
fn the_ticket_of_a_request_is_told() {
    let flows = fixture::flows();
    let mut person = talk();
    let (replies, _) = person.write(&flows, "मेरी जानकारी");
    assert_eq!(body(&replies), format!("टिकट {}", person.reserved.ticket));
    assert!(matches!(&person.facts[0], Fact::Request { kind, .. } if kind == "access"));
}

// ---- a conversation as people see it -------------------------------------------------------------

/// What is on the screen after a reply.
fn drawn(reply: &Reply) -> String {
    let (body, choices) = match &reply.content {
        Content::Buttons { body, choices } | Content::List { body, choices, .. } => {
            (body, choices.as_slice())
        }
        other => return format!("    bot: {}", other.body().replace('\n', "\n         ")),
    };
    let buttons: Vec<String> = choices.iter().map(|choice| format!("[{}]", choice.title)).collect();
    format!("    bot: {}\n         {}", body.replace('\n', "\n         "), buttons.join(" "))
}

#[test]
fn a_conversation_looks_as_it_did() {
    let flows = fixture::flows();
    let texts = [
        "क्या है",
        "सदस्य",
        "पता नहीं",
        "हाँ",
        "1985",
        "भाषा",
        "English",
        "सुनीता देवी",
        "दिल्ली",
        "दिल्ली",
        "लखनऊ",
        SEAT,
        "skip",
        "सूचना",
        "सही",
        "५०",
        "skip",
    ];
    let screens = [talk(), sms()].map(|mut person| {
        let mut screen = vec![format!("==== {}", person.rendering.name())];
        for text in texts {
            screen.push(format!("me: {text}"));
            screen.extend(person.write(&flows, text).0.iter().map(drawn));
        }
        screen.join("\n")
    });
    insta::assert_snapshot!(screens.join("\n\n"));
}

#[test]
fn one_channel_is_taken_out_and_given_back_by_saying_so() {
    let flows = fixture::flows();
    let mut person = talk();
    let given =
        |purpose| crate::contact::ConsentNow { purpose, given: true, at: person.now, only: None };
    person.contact.consents = vec![given(Purpose::Samvad)];
    let sms = crate::message::Channel::Sms;
    let on_sms = |person: &Talk| person.contact.consents_on(Purpose::Samvad, sms);
    assert_eq!(after(&flows, &mut person, &["सिर्फ SMS बंद करो"]), ["channel-stopped"]);
    assert!(!on_sms(&person) && person.contact.consents_to(Purpose::Samvad));
    assert_eq!(after(&flows, &mut person, &["SMS चालू"]), ["channel-back"]);
    assert!(on_sms(&person));
    // There is nothing more to give back: it is a word like any other.
    assert_ne!(after(&flows, &mut person, &["SMS चालू"]), ["channel-back"]);
    // Whoever stopped everything is not brought back by one channel's word, which shows no notice.
    after(&flows, &mut person, &["बंद", "SMS चालू"]);
    assert!(!on_sms(&person));
}
