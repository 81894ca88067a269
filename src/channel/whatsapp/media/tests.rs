use super::*;
use crate::channel::whatsapp::sender::tests::{Graph, LATE, NUMBER};

#[tokio::test]
async fn an_upload_is_a_form_with_the_file_and_its_type() {
    let graph = Graph::answering(vec![(200, &[], br#"{"id":"77"}"#.to_vec())]).await;
    let bytes = b"\x89PNG\r\n--\xff";
    let id = graph.sender().upload_media(NUMBER, bytes, "image/png", "card.png").await;
    assert_eq!(id, Ok("77".to_owned()));
    let call = graph.calls.lock().remove(0);
    assert_eq!(call.line, format!("POST /v25.0/{NUMBER}/media"));
    assert_eq!(call.authorization, "Bearer common-token");
    let boundary = call.content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    let mut expected = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"card.png\"\r\n\
         Content-Type: image/png\r\n\r\n"
    )
    .into_bytes();
    expected.extend_from_slice(bytes);
    expected.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    assert_eq!(call.body, expected);
}

#[tokio::test]
async fn a_name_that_breaks_out_of_its_header_is_not_uploaded() {
    let graph = Graph::answering(Vec::new()).await;
    for (mime, name) in [("image/png", "a\"b"), ("image/png\r\nX: y", "a"), ("", "a")] {
        let refused = graph.sender().upload_media(NUMBER, b"x", mime, name).await;
        assert_eq!(refused, Err(CallError::ours(ErrorClass::Never)));
    }
}

const ADDRESS: &[u8] = br#"{"url":"{url}/file?x=1","mime_type":"image/jpeg","sha256":"ab",
    "file_size":"3","id":"1479537","messaging_product":"whatsapp"}"#;

#[tokio::test]
async fn a_download_asks_for_the_address_and_fetches_it_with_the_token() {
    let graph = Graph::answering(vec![
        (200, &[], ADDRESS.to_vec()),
        (200, &[("content-type", "image/x")], b"\xff\xd8\xff".to_vec()),
    ])
    .await;
    let media = graph.sender().download_media(NUMBER, "1479537", MEDIA_MAX).await.unwrap();
    let expected = Media { bytes: b"\xff\xd8\xff".to_vec(), mime_type: Some("image/jpeg".into()) };
    assert_eq!(media, expected);
    let calls = graph.calls.lock().clone();
    assert_eq!(calls[0].line, format!("GET /v25.0/1479537?phone_number_id={NUMBER}"));
    assert_eq!(calls[1].line, "GET /file?x=1");
    assert_eq!(calls[1].authorization, "Bearer common-token");
}

#[tokio::test]
async fn an_address_that_ran_out_is_asked_for_once_more() {
    let graph = Graph::answering(vec![
        (200, &[], ADDRESS.to_vec()),
        (404, &[], Vec::new()),
        (200, &[], ADDRESS.to_vec()),
        (200, &[], b"abc".to_vec()),
    ])
    .await;
    let media = graph.sender().download_media(NUMBER, "1479537", 3).await.unwrap();
    assert_eq!(media.bytes, b"abc");

    let graph = Graph::answering(vec![
        (200, &[], ADDRESS.to_vec()),
        (404, &[], Vec::new()),
        (200, &[], ADDRESS.to_vec()),
        (404, &[], Vec::new()),
    ])
    .await;
    let gone = graph.sender().download_media(NUMBER, "1479537", 3).await;
    assert!(matches!(gone, Err(CallError::Refused(_))));
}

#[tokio::test]
async fn a_medium_above_the_limit_is_not_fetched_and_not_kept() {
    let graph = Graph::answering(vec![(200, &[], ADDRESS.to_vec())]).await;
    let announced = graph.sender().download_media(NUMBER, "1479537", 2).await;
    assert_eq!(announced, Err(CallError::TooLarge(2)));
    assert_eq!(graph.calls.lock().len(), 1);

    // A server that said three bytes and sends four.
    let graph =
        Graph::answering(vec![(200, &[], ADDRESS.to_vec()), (200, &[], b"abcd".to_vec())]).await;
    let larger = graph.sender().download_media(NUMBER, "1479537", 3).await;
    assert_eq!(larger, Err(CallError::TooLarge(3)));
}

#[tokio::test]
async fn bytes_may_take_longer_than_the_words_of_a_send() {
    // Longer than the client of these tests waits for an answer.
    let slow = (200, &[(LATE, "1000")] as &[_], b"abc".to_vec());
    let graph = Graph::answering(vec![(200, &[], ADDRESS.to_vec()), slow]).await;
    let media = graph.sender().download_media(NUMBER, "1479537", 3).await.unwrap();
    assert_eq!(media.bytes, b"abc");
}

#[tokio::test]
async fn an_id_that_is_no_id_reaches_no_other_path() {
    let graph = Graph::answering(Vec::new()).await;
    for id in ["", "../me", "1?fields=x", "1/2"] {
        let refused = graph.sender().media_address(NUMBER, id).await;
        assert_eq!(refused, Err(CallError::ours(ErrorClass::Never)));
    }
}
