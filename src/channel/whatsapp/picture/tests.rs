use super::*;
use crate::channel::SendAnswer;
use crate::channel::whatsapp::sender::tests::{Graph, NUMBER, outgoing};
use crate::contact::Language;

fn card(body: &str) -> Outgoing {
    let picture = Picture::MembershipCard {
        language: Language::Hi,
        number: "UP-0000-0123-7".to_owned(),
        name: "सुनीता देवी".to_owned(),
        district: "बरेली".to_owned(),
        seat: "बरेली कैंट".to_owned(),
        since: "21 नवंबर 2026".to_owned(),
        link: None,
    };
    Outgoing { content: Content::Picture { body: body.to_owned(), picture }, ..outgoing() }
}

fn accepted() -> (u16, &'static [(&'static str, &'static str)], Vec<u8>) {
    let body = br#"{"messaging_product":"whatsapp","messages":[{"id":"wamid.1"}]}"#;
    (200, &[], body.to_vec())
}

fn sent_as(call: &[u8]) -> serde_json::Value {
    let call: serde_json::Value = serde_json::from_slice(call).unwrap();
    call[call["type"].as_str().unwrap()].clone()
}

/// As delivery does it.
async fn prepared_and_sent(sender: &Sender, outgoing: &Outgoing) -> SendAnswer {
    sender.prepare(outgoing).await;
    sender.send(outgoing).await
}

#[tokio::test]
async fn a_picture_is_uploaded_and_sent_with_its_words_under_it() {
    let graph = Graph::answering(vec![(200, &[], br#"{"id":"77"}"#.to_vec()), accepted()]).await;
    let answer = prepared_and_sent(&graph.sender(), &card("स्वागत है!")).await;
    assert!(matches!(answer, SendAnswer::Accepted { .. }), "{answer:?}");
    let calls = graph.calls.lock().clone();
    assert_eq!(calls[0].line, format!("POST /v25.0/{NUMBER}/media"));
    assert!(calls[0].body.windows(8).any(|bytes| bytes == b"\x89PNG\r\n\x1a\n"));
    let sent = serde_json::json!({"id": "77", "caption": "स्वागत है!"});
    assert_eq!(sent_as(&calls[1].body), sent);
}

#[tokio::test]
async fn a_message_that_goes_again_is_not_uploaded_again() {
    let busy = (429, &[] as &[_], br#"{"error":{"code":130429}}"#.to_vec());
    let upload = (200, &[] as &[_], br#"{"id":"77"}"#.to_vec());
    let graph = Graph::answering(vec![upload, busy, accepted()]).await;
    let sender = graph.sender();
    assert!(matches!(prepared_and_sent(&sender, &card("a")).await, SendAnswer::Refused(_)));
    assert!(matches!(prepared_and_sent(&sender, &card("a")).await, SendAnswer::Accepted { .. }));
    let calls = graph.calls.lock().clone();
    let uploads = calls.iter().filter(|call| call.line.ends_with("/media")).count();
    assert_eq!((uploads, calls.len()), (1, 3));
    assert_eq!(sent_as(&calls[2].body)["id"], "77");
}

#[tokio::test]
async fn where_the_picture_cannot_be_uploaded_the_words_go_alone() {
    let refused = (500, &[] as &[_], Vec::new());
    let graph = Graph::answering(vec![refused, accepted()]).await;
    let answer = prepared_and_sent(&graph.sender(), &card("स्वागत है!")).await;
    assert!(matches!(answer, SendAnswer::Accepted { .. }), "{answer:?}");
    let calls = graph.calls.lock().clone();
    assert_eq!(sent_as(&calls[1].body)["body"], "स्वागत है!");
}

#[tokio::test]
async fn words_too_long_for_a_caption_go_alone() {
    let graph = Graph::answering(vec![accepted()]).await;
    let long = "क".repeat(CAPTION_MAX + 1);
    let answer = prepared_and_sent(&graph.sender(), &card(&long)).await;
    assert!(matches!(answer, SendAnswer::Accepted { .. }), "{answer:?}");
    let calls = graph.calls.lock().clone();
    assert_eq!((calls.len(), sent_as(&calls[0].body)["body"].as_str()), (1, Some(long.as_str())));
}
