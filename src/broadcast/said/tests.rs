use super::*;
use crate::broadcast::fixture::frozen;
use crate::dlt::{Category, ContentTemplate, Limits, Script, Standing, pieces};
use crate::message::{Template, TemplateButtonKind};

fn sunita() -> Addressee {
    Addressee {
        contact: 7,
        name: Some("सुनीता देवी".to_owned()),
        assembly: Some(173),
        language: Language::Hi,
        ..Addressee::default()
    }
}

fn template(content: Option<Content>) -> Template {
    let Some(Content::Template(template)) = content else { panic!("no template") };
    template
}

fn in_force(said: &mut Said, tested: &[Script], longest: usize) {
    let template = ContentTemplate {
        name: "meeting_hi".to_owned(),
        id: Some("1107161000000000001".to_owned()),
        headers: vec!["UPSMVD".to_owned()],
        category: Category::Service,
        language: None,
        tested: tested.to_vec(),
        standing: Standing::Approved,
        pieces: pieces("नमस्ते {#alphanumeric#} जी, बैठक {#alphanumeric#} को दस बजे है।").unwrap(),
    };
    let limits = Limits { longest, ..Limits::default() };
    let registry = Registry { templates: vec![template], limits, ..Registry::default() };
    said.sms.as_mut().unwrap().registry = Some(registry);
}

#[test]
fn a_person_reads_their_name_and_the_office_s_day_in_their_language() {
    let said = frozen().said;
    assert_eq!(
        said.read(&sunita(), Channel::Whatsapp).as_deref(),
        Some("नमस्ते सुनीता देवी जी, बैठक रविवार को दस बजे है। आइएगा।")
    );
    let english = Addressee { name: None, language: Language::En, ..sunita() };
    assert_eq!(
        said.read(&english, Channel::Sms).as_deref(),
        Some("Namaste friend, the meeting is on Sunday at ten.")
    );
}

#[test]
fn a_button_says_what_begins_its_flow() {
    let template = template(frozen().content(&sunita(), Channel::Whatsapp));
    let payloads: Vec<&str> = template
        .buttons
        .iter()
        .map(|button| match &button.kind {
            TemplateButtonKind::QuickReply { payload } => payload.as_str(),
            TemplateButtonKind::UrlSuffix { .. } => "",
        })
        .collect();
    assert_eq!(payloads, ["join", "STOP"]);
}

#[test]
fn a_name_that_a_dlt_template_does_not_take_gives_way_to_the_office_s_words() {
    let mut said = frozen().said;
    in_force(&mut said, &[Script::Latin, Script::Devanagari], 30);
    let long = Addressee { name: Some("सुनीता".repeat(8)), ..sunita() };
    for (to, expected) in [(sunita(), "सुनीता देवी"), (long, "साथी")] {
        let Some(Content::Registered { body, dlt }) = said.content(&to, Channel::Sms) else {
            panic!("not registered")
        };
        assert!(body.starts_with(&format!("नमस्ते {expected} जी")), "{body}");
        assert_eq!(dlt.template, "1107161000000000001");
    }
}

#[test]
fn what_no_dlt_template_carries_is_not_said() {
    let mut said = frozen().said;
    in_force(&mut said, &[Script::Latin], 30);
    assert_eq!(said.content(&sunita(), Channel::Sms), None);
}

#[test]
fn a_place_is_named_by_the_tables_and_the_office_s_words_stand_in() {
    let mut said = frozen().said;
    said.values[1].1 = Value::Person {
        known: Known::Seat,
        otherwise: Words::everywhere("आपकी सीट"),
    };
    said.name_seats(&crate::flow::fixture::geography());
    let read = |to: &Addressee| said.read(to, Channel::Whatsapp).unwrap();
    assert!(read(&sunita()).contains("लखनऊ पूर्व"), "{}", read(&sunita()));
    let nowhere = Addressee { assembly: None, ..sunita() };
    assert!(read(&nowhere).contains("आपकी सीट"));
}

#[test]
fn nothing_is_said_on_a_channel_without_words() {
    let mut said = frozen().said;
    said.sms = None;
    assert!(!said.speaks_on(Channel::Sms));
    assert_eq!(said.content(&sunita(), Channel::Sms), None);
    assert_eq!(said.content(&sunita(), Channel::Telegram), None);
}

#[test]
fn a_language_that_has_no_words_hears_hindi() {
    let words = Words::of([(Language::Hi, "रविवार".to_owned())]);
    assert_eq!(words.get(Language::Ur), "रविवार");
    assert_eq!(Words::default().get(Language::Ur), "");
}
