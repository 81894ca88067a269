//! What holds for every text and every order of events.

use jiff::SignedDuration;
use proptest::prelude::*;

use super::fixture;
use super::*;
use crate::contact::Contact;
use crate::message::{Content, InboundContent, MediaKind};

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    Write(String),
    /// The choice at this place of what is on the screen.
    Tap(usize),
    /// Any id at all.
    Id(String),
    Send(InboundContent),
    WaitHours(i64),
    /// A timer that may be of any visit.
    Timer(TimerKind, u32),
}

/// Words that mean something to a flow, so that random talks get far.
const WORDS: [&str; 44] = [
    "सदस्य",
    "join",
    "हाँ",
    "नहीं",
    "1",
    "२",
    "0",
    "00",
    "1985",
    "2012",
    "सुनीता देवी",
    "लखनऊ",
    "लखनऊ पूर्व",
    "दिल्ली",
    "वापस",
    "मदद",
    "भाषा",
    "English",
    "बंद",
    "menu",
    "शुरू से",
    "सूचना",
    "मेरी जानकारी",
    "skip",
    "और देखें",
    "सही",
    "survey",
    "survey",
    "1 3",
    "3,1",
    "sab",
    "सड़क और पानी",
    "2 1",
    "13",
    "213",
    "1-3",
    "kal",
    "कल",
    "15 अगस्त",
    "34",
    "booth 12",
    "bnd",
    "maddad",
    "sadsya bnna h",
];

/// The office of the fixture with a survey of every kind of answer.
fn office() -> &'static Flows {
    static LOADED: std::sync::LazyLock<Flows> =
        std::sync::LazyLock::new(super::answer_tests::survey);
    &LOADED
}

fn content() -> impl Strategy<Value = InboundContent> {
    prop_oneof![
        Just(InboundContent::Welcome),
        any::<Option<String>>().prop_map(|caption| InboundContent::Media {
            kind: MediaKind::Image,
            id: "m".to_owned(),
            mime_type: "image/jpeg".to_owned(),
            sha256: None,
            caption,
            filename: None,
            voice: false,
        }),
        (any::<f64>(), any::<f64>()).prop_map(|(latitude, longitude)| InboundContent::Location {
            latitude,
            longitude,
            name: None,
            address: None,
        }),
        any::<String>()
            .prop_map(|phone| InboundContent::Contacts { phones: vec![phone], requested: true }),
        (any::<String>(), any::<String>())
            .prop_map(|(payload, text)| InboundContent::Button { payload, text }),
        any::<String>().prop_map(|kind| InboundContent::Other { kind }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => prop::sample::select(WORDS.to_vec()).prop_map(|word| Step::Write(word.to_owned())),
        4 => (0..12_usize).prop_map(Step::Tap),
        2 => any::<String>().prop_map(Step::Write),
        1 => "c:[0-9]{1,10}:[a-z+?0-9-]{0,6}".prop_map(Step::Id),
        1 => content().prop_map(Step::Send),
        1 => (0..200_i64).prop_map(Step::WaitHours),
        1 => any::<(bool, u32)>().prop_map(|(remind, visit)| {
            Step::Timer(if remind { TimerKind::Remind } else { TimerKind::Expire }, visit)
        }),
    ]
}

/// Plays one thing; `shown` are the ids on the screen.
fn play(
    flows: &Flows,
    talk: &mut Talk,
    shown: &mut Vec<String>,
    step: &Step,
) -> (Vec<Reply>, Trace) {
    let (replies, trace) = match step {
        Step::Write(text) => talk.write(flows, text),
        Step::Tap(index) => {
            let id = shown.get(*index).cloned().unwrap_or_default();
            talk.send(flows, &InboundContent::Choice { id, title: "x".to_owned() })
        }
        Step::Id(id) => {
            talk.send(flows, &InboundContent::Choice { id: id.clone(), title: String::new() })
        }
        Step::Send(content) => talk.send(flows, content),
        Step::WaitHours(hours) => talk.wait(flows, SignedDuration::from_hours(*hours)),
        Step::Timer(kind, visit) => talk.event(flows, Event::Timer { kind: *kind, visit: *visit }),
    };
    for reply in &replies {
        if let Content::Buttons { choices, .. } | Content::List { choices, .. } = &reply.content {
            *shown = choices.iter().map(|choice| choice.id.clone()).collect();
        }
    }
    (replies, trace)
}

/// What the providers take (facts of WhatsApp: interactive messages).
fn fits(content: &Content) -> Result<(), TestCaseError> {
    let length = |text: &str| text.chars().count();
    match content {
        Content::Text { body } => prop_assert!((1..=4096).contains(&length(body)), "{body:?}"),
        Content::Buttons { body, choices } => {
            prop_assert!((1..=1024).contains(&length(body)), "{body:?}");
            prop_assert!((1..=3).contains(&choices.len()));
            for choice in choices {
                prop_assert!((1..=20).contains(&length(&choice.title)), "{choice:?}");
                prop_assert!(choice.id.len() <= 200);
            }
        }
        Content::List { body, open, choices } => {
            prop_assert!((1..=1024).contains(&length(body)), "{body:?}");
            prop_assert!((1..=20).contains(&length(open)));
            prop_assert!((1..=10).contains(&choices.len()));
            for choice in choices {
                prop_assert!((1..=24).contains(&length(&choice.title)), "{choice:?}");
                prop_assert!(choice.id.len() <= 200);
            }
        }
        other => prop_assert!(false, "{other:?}"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_events_is_answered_within_bounds_and_the_same_from_a_stored_session(
        steps in prop::collection::vec(step(), 1..30),
        sms in any::<bool>(),
        member in any::<bool>(),
    ) {
        let flows = office();
        let rendering = if sms { Rendering::Sms } else { Rendering::Whatsapp };
        let contact = Contact {
            membership: member.then(|| crate::contact::Member {
                number: "1".to_owned(),
                name: "अ".to_owned(),
                district: "162".to_owned(),
                assembly: 173,
                booth: None,
                since: Timestamp::UNIX_EPOCH,
        ends: None,
            }),
            ..Contact::default()
        };
        let mut talk = Talk::new(contact.clone(), rendering);
        let mut stored = Talk::new(contact, rendering);
        let (mut shown, mut shown_stored) = (Vec::new(), Vec::new());
        for step in &steps {
            let (replies, trace) = play(flows, &mut talk, &mut shown, step);
            // The same from the serialised form.
            stored.session = stored.session.map(|session| {
                serde_json::from_str(&serde_json::to_string(&session).unwrap()).unwrap()
            });
            let other = play(flows, &mut stored, &mut shown_stored, step);
            prop_assert_eq!(&replies, &other.0);
            prop_assert_eq!(&talk.session, &stored.session);
            prop_assert_eq!(&talk.facts, &stored.facts);
            prop_assert_eq!(trace.len(), replies.len());
            prop_assert!(replies.len() <= 4, "{:?}", replies);
            prop_assert!(!trace.concat().contains(&"parked".to_owned()), "{:?}", trace);
            for reply in &replies {
                fits(&reply.content)?;
            }
            if let Some(session) = &talk.session {
                prop_assert!(serde_json::to_string(session).unwrap().len() < 4_000);
                prop_assert!(flows.get(&session.flow).unwrap().ask_named(&session.step).is_some());
            }
        }
    }

    #[test]
    fn files_of_any_content_never_panic_the_check(
        flow in ".{0,200}",
        text in ".{0,200}",
        cut in 0..900_usize,
    ) {
        let mut office = fixture::sources();
        let cut_short: String = fixture::JOIN.chars().take(cut).chain(flow.chars()).collect();
        office.files.push(fixture::file("flows/strange.yaml", &flow));
        office.files.push(fixture::file("flows/cut.yaml", &cut_short));
        office.files.push(fixture::file("locales/hi/strange.ftl", &text));
        if let Err(findings) = load(&office, fixture::geography()) {
            for finding in findings {
                prop_assert!(!finding.to_string().is_empty());
            }
        }
    }
}
