//! Infobip, by the examples of its documents.

use super::*;

#[test]
fn infobip_is_asked_as_its_document_says() {
    insta::assert_snapshot!(shown(&preset("infobip"), "हाँ"), @r#"
    Post https://abc.api.infobip.com/sms/3/messages
    Accept: application/json
    Authorization: App token-of-ours
    {
      "messages": [
        {
          "content": {
            "text": "हाँ"
          },
          "destinations": [
            {
              "messageId": "sv1.300.1795000000000",
              "to": "919812345678"
            }
          ],
          "options": {
            "regional": {
              "indiaDlt": {
                "contentTemplateId": "1107161000000000002",
                "principalEntityId": "1101159000000000001"
              }
            }
          },
          "sender": "UPSMVD",
          "webhooks": {
            "delivery": {
              "url": "https://sms.example.in/webhooks/sms/office/0123456789abcdef/report?id=sv1.300.1795000000000"
            }
          }
        }
      ]
    }
    "#);
    let told = |group: &str, id: u16| {
        format!(
            r#"{{"bulkId":"1","messages":[{{"messageId":"{OURS}","status":{{"groupId":1,"groupName":"{group}","id":{id}}},"destination":"919812345678"}}]}}"#
        )
    };
    assert_eq!(answer("infobip", 200, &told("PENDING", 26)), taken(OURS));
    assert_eq!(
        class(&answer("infobip", 200, &told("REJECTED", 12))),
        Some(ErrorClass::PauseSender)
    );
    let unauthorized = r#"{"requestError":{"serviceException":{"messageId":"UNAUTHORIZED","text":"Invalid login details"}}}"#;
    assert_eq!(class(&answer("infobip", 401, unauthorized)), Some(ErrorClass::PauseSender));
}

#[test]
fn infobip_calls_are_read() {
    let body = r#"{"results":[{"messageId":"817790313235066447","from":"919812345678","to":"56161","text":"SAMVAD सदस्य बनना है","cleanText":"सदस्य बनना है","keyword":"SAMVAD","receivedAt":"2026-11-21T06:00:00.000+0000","smsCount":1,"callbackData":"x"}],"messageCount":1,"pendingMessageCount":0}"#;
    let (number, text, sent_at, key) = message("infobip", &json(body));
    assert_eq!((number.as_str(), text.as_str()), ("9812345678", HINDI));
    assert_eq!((sent_at, key.as_str()), (now(), "office:817790313235066447"));
    assert_eq!(preset("infobip").inbound(&json(r#"{"results":[]}"#)).unwrap(), []);

    let report = format!(
        r#"{{"results":[{{"bulkId":"1","messageId":"{OURS}","to":"919812345678","sentAt":"2026-11-21T05:59:58.000+0000","doneAt":"2026-11-21T06:00:00.000+0000","status":{{"groupId":3,"groupName":"DELIVERED","id":5,"name":"DELIVERED_TO_HANDSET"}},"error":{{"groupId":0,"id":0,"name":"NO_ERROR"}}}},
        {{"messageId":"other","doneAt":"2026-11-21T11:30:00.000+0530","status":{{"groupId":5,"groupName":"REJECTED","id":6,"name":"REJECTED_NETWORK"}},"error":{{"id":8}}}}]}}"#
    );
    assert_eq!(
        reports("infobip", &json(&report)),
        [
            (OURS.to_owned(), Some(300), Status::Delivered, now(), None),
            ("other".to_owned(), None, Status::Failed, now(), Some(8)),
        ]
    );
}
