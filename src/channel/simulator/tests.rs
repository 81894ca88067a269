use super::*;
use crate::clock::from_ms;
use crate::message::{Lane, Purpose};

fn hub(limits: HubLimits) -> Hub {
    Hub::new(Clock::fixed(from_ms(1_000)), &Ids::counted(), limits)
}

fn phone(number: u8) -> PhoneId {
    PhoneId::parse(&hex(&[number; 16])).unwrap()
}

fn outgoing(to: &PhoneId, id: i64, words: &str) -> Outgoing {
    Outgoing {
        id: OutgoingId { id, created_ms: 1_000 },
        contact: 7,
        channel: Channel::Simulator,
        account: "whatsapp".to_owned(),
        to: to.identities(),
        lane: Lane::Reply,
        purpose: Purpose::Answer,
        content: Content::Text { body: words.to_owned() },
        answers: None,
        attempts: 0,
        send_before: None,
        window_until: None,
        parts_taken: 0,
        broadcast: None,
        kept: None,
    }
}

fn inbound(from: &PhoneId, words: &str, at: i64) -> Inbound {
    Inbound {
        channel: Channel::Simulator,
        account: "whatsapp".to_owned(),
        key: from.inbound_key(words),
        from: from.identities(),
        profile_name: None,
        sent_at: from_ms(at),
        content: InboundContent::Text { text: words.to_owned() },
        quoted: None,
    }
}

/// The words on the phone's screen, the person's with `>` before them.
fn screen(hub: &Hub, phone: &PhoneId) -> Vec<String> {
    let mut words = Vec::new();
    for change in hub.changes(phone, 0).changes {
        let Change::Bubble(bubble) = change else { continue };
        words.push(match bubble.side {
            Side::Person { content, .. } => format!("> {}", content.text().unwrap_or_default()),
            Side::Office { content, .. } => content.body().to_owned(),
        });
    }
    words
}

fn history(id: i64, at: i64, words: &str) -> HistoryLine {
    let content = Content::Text { body: words.to_owned() };
    HistoryLine { id, at: from_ms(at), what: HistoryKind::Us { content, status: Status::Read } }
}

#[test]
fn a_message_reaches_its_phone_alone_and_is_reported_delivered_then_read() {
    let hub = hub(HubLimits::default());
    let mut reports = hub.reports().unwrap();
    let answer = hub.send(&outgoing(&phone(1), 5, "नमस्ते"));
    let SendAnswer::Accepted { provider_id: Some(provider_id), held: false } = answer else {
        panic!("not accepted: {answer:?}");
    };
    assert_eq!(screen(&hub, &phone(1)), ["नमस्ते"]);
    assert!(screen(&hub, &phone(2)).is_empty());
    hub.seen(&phone(1), Rendering::Whatsapp);
    hub.seen(&phone(1), Rendering::Whatsapp);
    let mut told = Vec::new();
    while let Ok(update) = reports.try_recv() {
        assert_eq!(update.provider_id, provider_id);
        assert_eq!(update.outgoing.map(|outgoing| outgoing.id), Some(5));
        told.push(update.status);
    }
    assert_eq!(told, [Status::Delivered, Status::Read]);
}

#[test]
fn a_message_for_no_phone_is_refused_for_good() {
    let mut nowhere = outgoing(&phone(1), 5, "नमस्ते");
    nowhere.to = Identities::of(AddressKind::Simulator, "not a phone");
    let answer = hub(HubLimits::default()).send(&nowhere);
    let SendAnswer::Refused(error) = answer else { panic!("not refused: {answer:?}") };
    assert_eq!(error.class, ErrorClass::Never);
}

#[test]
fn a_page_that_looks_again_gets_only_what_changed() {
    let hub = hub(HubLimits::default());
    hub.heard(&phone(1), "first", &inbound(&phone(1), "सदस्य", 900));
    let cursor = hub.changes(&phone(1), 0).cursor;
    let _ = hub.send(&outgoing(&phone(1), 5, "नाम?"));
    let changes = hub.changes(&phone(1), cursor);
    let seen: Vec<String> = changes
        .changes
        .iter()
        .map(|change| match change {
            Change::Bubble(bubble) => format!("bubble {}", bubble.id),
            Change::Status { id, status } => format!("{id} {}", status.name()),
        })
        .collect();
    assert_eq!(seen, ["pfirst read", "bubble o5"]);
    assert!(hub.changes(&phone(1), changes.cursor).changes.is_empty());
}

#[test]
fn a_message_stands_before_an_answer_that_was_quicker_and_shows_once() {
    let hub = hub(HubLimits::default());
    let _ = hub.send(&outgoing(&phone(1), 5, "नाम?"));
    hub.heard(&phone(1), "first", &inbound(&phone(1), "सदस्य", 900));
    hub.heard(&phone(1), "first", &inbound(&phone(1), "सदस्य", 900));
    assert_eq!(screen(&hub, &phone(1)), ["> सदस्य", "नाम?"]);
}

#[test]
fn a_phone_the_hub_forgot_is_filled_from_the_history_and_nothing_stands_twice() {
    let hub = hub(HubLimits::default());
    let _ = hub.send(&outgoing(&phone(1), 5, "याद दिलाना"));
    assert!(!hub.is_whole(&phone(1)));
    hub.fill(&phone(1), 7, vec![history(1, 100, "नाम?"), history(2, 990, "याद दिलाना")]);
    assert!(hub.is_whole(&phone(1)));
    assert_eq!(screen(&hub, &phone(1)), ["नाम?", "याद दिलाना"]);
    hub.fill(&phone(1), 7, vec![history(1, 100, "नाम?")]);
    assert_eq!(screen(&hub, &phone(1)), ["नाम?", "याद दिलाना"]);
}

#[test]
fn the_phone_unused_for_longest_makes_room_but_not_one_on_a_screen() {
    let hub = hub(HubLimits { phones: 2, bubbles: 2 });
    hub.make(&phone(1));
    let _watched = hub.bell(&phone(1));
    hub.make(&phone(2));
    hub.make(&phone(3));
    assert!(hub.is_whole(&phone(1)));
    assert!(!hub.is_whole(&phone(2)));
    for id in 0..5 {
        let _ = hub.send(&outgoing(&phone(1), id, &id.to_string()));
    }
    assert_eq!(screen(&hub, &phone(1)), ["3", "4"]);
}

#[test]
fn only_our_own_ids_are_phones() {
    let made = PhoneId::generate(&Ids::counted()).unwrap();
    assert_eq!(PhoneId::parse(made.as_str()), Some(made.clone()));
    for text in ["", "1", "0011223344556677-899aabbccddeef", &"A".repeat(32), &"a".repeat(33)] {
        assert_eq!(PhoneId::parse(text), None, "{text}");
    }
    assert!(!format!("{made:?}").contains(made.as_str()));
}

#[test]
fn a_picture_is_under_its_own_bubble_of_its_own_phone() {
    let hub = hub(HubLimits::default());
    let (mine, other) = (phone(1), phone(2));
    let picture = Picture::MembershipCard {
        language: crate::contact::Language::Hi,
        number: "UP-0000-0123-7".to_owned(),
        name: "सुनीता देवी".to_owned(),
        district: "बरेली".to_owned(),
        seat: "बरेली कैंट".to_owned(),
        since: "21 नवंबर 2026".to_owned(),
        link: None,
    };
    let content =
        Content::Picture { body: "स्वागत".to_owned(), picture: picture.clone() };
    let _ = hub.send(&Outgoing { content, ..outgoing(&mine, 1, "") });
    let _ = hub.send(&outgoing(&mine, 2, "नमस्ते"));
    let _ = hub.send(&outgoing(&other, 3, "नमस्ते"));
    assert_eq!(hub.picture(&mine, "o1"), Some(picture));
    assert_eq!(hub.picture(&mine, "o2"), None);
    assert_eq!(hub.picture(&other, "o1"), None);
    assert_eq!(screen(&hub, &mine), ["स्वागत", "नमस्ते"]);
}
