//! MSG91, by the examples of its documents.

use super::*;

#[test]
fn msg91_is_asked_as_its_document_says() {
    insta::assert_snapshot!(shown(&preset("msg91"), "हाँ"), @r#"
    Post https://api.msg91.com/api/v2/sendsms
    authkey: token-of-ours
    {
      "DLT_TE_ID": "1107161000000000002",
      "country": "91",
      "route": "4",
      "sender": "UPSMVD",
      "sms": [
        {
          "message": "हाँ",
          "to": [
            "919812345678"
          ]
        }
      ],
      "unicode": 1
    }
    "#);
    assert!(!shown(&preset("msg91"), "plain").contains("unicode"));
    let took = r#"{"message":"5762846b4f8d285d378b4567","type":"success"}"#;
    assert_eq!(answer("msg91", 200, took), taken("5762846b4f8d285d378b4567"));
    let refused = r#"{"type":"error","message":"Missing Authentication Key","code":"106"}"#;
    assert_eq!(class(&answer("msg91", 200, refused)), Some(ErrorClass::PauseSender));
}

#[test]
fn msg91_reports_are_lists_in_lists_in_a_field_or_flat() {
    let list = r#"[{"senderId":"UPSMVD","requestId":"546b38","report":[{"date":"2026-11-21 11:30:00","number":"919812345678","status":"1","desc":"DELIVERED","failedReason":""},{"date":"2026-11-21 11:30:05","number":"919812345679","status":"2","desc":"FAILED","failedReason":"650"}],"userId":"1","campaignName":"API"}]"#;
    let body = reqwest::Url::parse_with_params("http://x", [("data", list)]).unwrap();
    let read = reports("msg91", &form(body.query().unwrap()));
    assert_eq!(
        read,
        [
            ("546b38".to_owned(), None, Status::Delivered, at("2026-11-21T06:00:00Z"), None),
            ("546b38".to_owned(), None, Status::Failed, at("2026-11-21T06:00:05Z"), Some(650)),
        ]
    );
    let flat = r#"{"date":"2026-11-21 11:30:00","number":"919812345678","senderId":"UPSMVD","requestId":"546b38","credit":"1","status":"1"}"#;
    assert_eq!(reports("msg91", &json(flat))[0].2, Status::Delivered);
    let error = preset("msg91").inbound(&get("mobile=919812345678&message=1")).unwrap_err();
    assert_eq!(error.field, "inbound");
    assert!(error.reason.contains("[inbound]"), "{error}");
}
