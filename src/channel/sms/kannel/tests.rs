use super::*;
use crate::channel::sms::config::{DltIds, Secret, SmsRoad};
use crate::channel::sms::fixture::{account, client};
use crate::contact::{AddressKind, Identities};
use crate::message::{Asks, Content, Mark, Purpose};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + seconds).unwrap()
}

fn road() -> KannelRoad {
    KannelRoad {
        url: "http://127.0.0.1:13013/cgi-bin/sendsms".to_owned(),
        username: "samvad".to_owned(),
        password: Secret::new("geheim"),
        smsc: Some("operator".to_owned()),
        priority: true,
        validity_minutes: Some(1440),
        meta: Some("?smpp?PE_ID={entity}&TEMPLATE_ID={template}&TM_ID={chain}".to_owned()),
        dlt: DltIds {
            entity: Some("1201".to_owned()),
            template: Some("1207".to_owned()),
            chain: None,
        },
    }
}

fn kannel_with(road: &KannelRoad) -> Kannel {
    let account = account("56161", "0123456789abcdef", SmsRoad::Kannel(road.clone()));
    Kannel::new(client(), "http://127.0.0.1:8080", &account, road)
}

fn kannel() -> Kannel {
    kannel_with(&road())
}

fn outgoing(lane: Lane, send_before: Option<Timestamp>) -> Outgoing {
    Outgoing {
        id: OutgoingId { id: 300, created_ms: 1_795_000_000_000 },
        contact: 1,
        channel: Channel::Sms,
        account: "office".to_owned(),
        to: Identities::of(AddressKind::Phone, "9812345678"),
        lane,
        purpose: Purpose::Answer,
        content: Content::Text { body: String::new() },
        answers: None,
        attempts: 0,
        send_before,
        window_until: None,
        parts_taken: 0,
        broadcast: None,
        kept: None,
    }
}

fn lines(requests: &[Request]) -> String {
    let mut lines = Vec::new();
    for request in requests {
        lines.extend(request.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        lines.push(request.text.clone());
    }
    lines.join("\n")
}

#[test]
fn a_short_hindi_text_is_one_request_with_coding_and_our_id_where_it_reports() {
    let requests =
        kannel().inner.requests(&outgoing(Lane::Reply, None), "919812345678", "नमस्ते", at(0));
    insta::assert_snapshot!(lines(&requests), @"
    X-Kannel-From: 56161
    X-Kannel-To: 919812345678
    X-Kannel-Coding: 2
    X-Kannel-Account: sv1.300.1795000000000
    X-Kannel-DLR-Mask: 31
    X-Kannel-DLR-URL: http://127.0.0.1:8080/webhooks/sms/office/0123456789abcdef/report?id=sv1.300.1795000000000&part=1&of=1&t=%d&at=%T&smsc=%i&answer=%A
    X-Kannel-SMSC: operator
    X-Kannel-Priority: 3
    X-Kannel-Validity: 1440
    X-Kannel-Meta-Data: ?smpp?PE_ID=1201&TEMPLATE_ID=1207
    नमस्ते
    ");
}

#[test]
fn a_long_text_is_a_request_a_part_and_the_last_reports_it_all() {
    let plain =
        KannelRoad { smsc: None, priority: false, validity_minutes: None, meta: None, ..road() };
    let text = "a".repeat(153) + "b";
    let text = text + &"c".repeat(10);
    let requests = kannel_with(&plain).inner.requests(
        &outgoing(Lane::Broadcast, Some(at(-5))),
        "919812345678",
        &text,
        at(0),
    );
    let told = lines(&requests).replace(&"a".repeat(153), "a…");
    insta::assert_snapshot!(told, @"
    X-Kannel-From: 56161
    X-Kannel-To: 919812345678
    X-Kannel-Coding: 0
    X-Kannel-Account: sv1.300.1795000000000
    X-Kannel-DLR-Mask: 18
    X-Kannel-DLR-URL: http://127.0.0.1:8080/webhooks/sms/office/0123456789abcdef/report?id=sv1.300.1795000000000&part=1&of=2&t=%d&at=%T&smsc=%i&answer=%A
    X-Kannel-UDH: %05%00%03%2C%02%01
    X-Kannel-Validity: 1
    a…
    X-Kannel-From: 56161
    X-Kannel-To: 919812345678
    X-Kannel-Coding: 0
    X-Kannel-Account: sv1.300.1795000000000
    X-Kannel-DLR-Mask: 31
    X-Kannel-DLR-URL: http://127.0.0.1:8080/webhooks/sms/office/0123456789abcdef/report?id=sv1.300.1795000000000&part=2&of=2&t=%d&at=%T&smsc=%i&answer=%A
    X-Kannel-UDH: %05%00%03%2C%02%02
    X-Kannel-Validity: 1
    bcccccccccc
    ");
}

#[test]
fn an_operator_tries_no_longer_than_the_message_may_go() {
    let kannel = kannel();
    let minutes = |send_before: Option<i64>| kannel.inner.minutes(send_before.map(at), at(0));
    assert_eq!(minutes(None), Some(1440));
    assert_eq!(minutes(Some(600)), Some(10));
    assert_eq!(minutes(Some(10 * 86_400)), Some(1440));
    assert_eq!(minutes(Some(20)), Some(1));
}

#[test]
fn lanes_are_priorities_and_an_answer_is_the_first() {
    assert_eq!(Lane::ALL.map(priority), ["3", "2", "1", "0"]);
}

#[test]
fn meta_data_keeps_its_own_words_and_drops_tags_without_a_value() {
    let meta = |pattern: &str, dlt: DltIds| {
        kannel_with(&KannelRoad { meta: Some(pattern.to_owned()), dlt, ..road() }).inner.meta(None)
    };
    let entity = DltIds { entity: Some("12".to_owned()), ..DltIds::default() };
    let told = meta("?smpp?dlt_pe={entity}&dlt_tid={template}&fixed=1", entity);
    assert_eq!(told.as_deref(), Some("?smpp?dlt_pe=12&fixed=1"));
    assert_eq!(meta("?smpp?PE_ID={entity}", DltIds::default()), None);
}

#[test]
fn every_answer_has_its_meaning() {
    let meaning = |http: u16, words: &str| read_answer(StatusCode::from_u16(http).unwrap(), words);
    let accepted = SendAnswer::Accepted { provider_id: None, held: false };
    for words in ["0: Accepted for delivery", "3: Queued for later delivery"] {
        assert_eq!(meaning(202, words), accepted);
    }
    for (http, words) in [(200, "<html>"), (204, ""), (502, ""), (504, "")] {
        assert_eq!(meaning(http, words), SendAnswer::NoAnswer, "{http}");
    }
    for (http, words, class) in [
        (503, "Temporal failure, try again later.", ErrorClass::Throttle),
        (429, "", ErrorClass::Throttle),
        (500, "", ErrorClass::Retry { times: 8 }),
        (403, "Not routable. Do not try again.", ErrorClass::Retry { times: 12 }),
        (403, "Authorization failed for sendsms", ErrorClass::PauseSender),
        (401, "", ErrorClass::PauseSender),
        (404, "Unknown request.", ErrorClass::PauseSender),
        (302, "", ErrorClass::PauseSender),
        (400, "Missing receiver(s) number(s), rejected", ErrorClass::Never),
    ] {
        assert_eq!(meaning(http, words), refused(class, Some(http)), "{http} {words}");
    }
    assert_eq!(harmless("no route to 919812345678"), "no route to ••••••••••••");
}

fn posted_by_kannel(headers: &[(&str, &str)], query: &[(&str, &str)], body: &[u8]) -> Callback {
    let pairs = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    Callback {
        method: "POST".to_owned(),
        headers: pairs(headers),
        query: pairs(query),
        body: body.to_vec(),
        at: at(0),
        ..Callback::default()
    }
}

const UTF_8: (&str, &str) = ("content-type", "text/plain; charset=\"UTF-8\"");
const FROM: (&str, &str) = ("x-kannel-from", "+919812345678");
const TIME: (&str, &str) = ("x-kannel-time", "2026-11-21 13:53:12");

#[test]
fn a_posted_message_has_its_sender_text_time_and_kannels_id_as_its_key() {
    let callback =
        posted_by_kannel(&[UTF_8, FROM, TIME], &[("id", "6451a475")], "samvad सदस्य  🙏".as_bytes());
    let inbound = kannel().inbound(&callback).unwrap().remove(0);
    assert_eq!(inbound.from.get(AddressKind::Phone), Some("9812345678"));
    assert_eq!(inbound.content.text(), Some("सदस्य  🙏"));
    assert_eq!(inbound.key, "office:6451a475");
    assert_eq!(inbound.sent_at.to_string(), "2026-11-21T13:53:12Z");
    assert_eq!((inbound.channel, inbound.account.as_str()), (Channel::Sms, "office"));
}

#[test]
fn without_an_id_the_key_is_made_of_who_when_and_what() {
    let key = |headers: &[(&str, &str)], body: &str| {
        let callback = posted_by_kannel(headers, &[], body.as_bytes());
        kannel().inbound(&callback).unwrap().remove(0).key
    };
    let one = key(&[UTF_8, FROM, TIME], "हाँ");
    assert_eq!(one, key(&[TIME, UTF_8, FROM], "हाँ"));
    assert_ne!(one, key(&[UTF_8, FROM, TIME], "नहीं"));
    assert_ne!(one, key(&[UTF_8, FROM, ("x-kannel-time", "2026-11-21 13:53:13")], "हाँ"));
}

#[test]
fn octets_that_are_no_text_are_kept_by_their_kind() {
    let kind = [("content-type", "application/octet-stream"), FROM];
    let callback = posted_by_kannel(&kind, &[], &[0, 1, 2]);
    let inbound = kannel().inbound(&callback).unwrap().remove(0);
    assert_eq!(inbound.content, InboundContent::Other { kind: "binary".to_owned() });
}

fn asked_by_kannel(target: &str) -> Callback {
    let uri: axum::http::Uri = format!("/inbound?{target}").parse().unwrap();
    let query = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri).unwrap();
    let method = "GET".to_owned();
    Callback { method, target: uri.to_string(), query: query.0, at: at(0), ..Callback::default() }
}

#[test]
fn a_get_url_says_the_same_in_its_query() {
    let hindi = "%E0%A4%B9%E0%A4%BE%E0%A4%81";
    let callback = asked_by_kannel(&format!(
        "from=%2B919812345678&to=56161&text={hindi}+%20x&id=77&at=1795269162"
    ));
    let inbound = kannel().inbound(&callback).unwrap().remove(0);
    assert_eq!(inbound.content.text(), Some("हाँ  x"), "blanks are kept");
    assert_eq!((inbound.key.as_str(), inbound.sent_at.as_second()), ("office:77", 1_795_269_162));
    for (target, field) in [
        ("text=x", "from"),
        ("from=&text=x", "from"),
        ("from=919812345678", "text"),
        // Octets of UTF-16: Kannel was not told to recode.
        ("from=919812345678&text=%09%28%D8%3D", "text"),
    ] {
        let error = kannel().inbound(&asked_by_kannel(target)).unwrap_err();
        assert_eq!(error.field, field, "{target}");
        assert!(!error.to_string().contains("9812345678"));
    }
}

fn report(query: &str) -> Result<Vec<StatusUpdate>, DecodeError> {
    kannel().reports(&asked_by_kannel(query))
}

#[test]
fn each_bit_of_a_report_is_a_status() {
    for (bits, status) in [
        (8, Status::Sent),
        (1, Status::Delivered),
        (2, Status::Failed),
        (4, Status::Sent),
        (16, Status::Failed),
        (32, Status::Failed),
        (34, Status::Failed),
        (66, Status::Sent),
        (9, Status::Delivered),
    ] {
        let update = report(&format!("id=sv1.5.99&part=2&of=2&t={bits}&at=1795269162")).unwrap();
        assert_eq!(update[0].status, status, "{bits}");
        assert_eq!(update[0].outgoing, Some(OutgoingId { id: 5, created_ms: 99 }));
        assert_eq!(update[0].at.as_second(), 1_795_269_162);
    }
}

#[test]
fn of_an_earlier_part_only_its_failure_is_the_messages() {
    for (bits, told) in [(8, 0), (1, 0), (4, 0), (66, 0), (2, 1), (16, 1), (34, 1)] {
        let updates = report(&format!("id=sv1.5.99&part=1&of=2&t={bits}")).unwrap();
        assert_eq!(updates.len(), told, "{bits}");
    }
}

#[test]
fn a_failure_brings_the_operators_code() {
    for (answer, code) in [
        ("NACK%2F0x0000000b%2FInvalid+Destination+Address", Some(11)),
        ("NACK%2F1061%2Funknown", Some(1061)),
        ("id%3A1+sub%3A001+stat%3AUNDELIV+err%3A001+text%3Aerr%3A9", Some(1)),
        ("stat%3AEXPIRED+err%3A1fa+text%3A", Some(0x1fa)),
        ("NACK%2F", None),
        ("", None),
    ] {
        let updates = report(&format!("id=sv1.5.99&part=1&of=1&t=2&answer={answer}")).unwrap();
        assert_eq!(updates[0].error, code, "{answer}");
    }
}

#[test]
fn a_code_of_the_operators_scrubbing_asks_in_a_report_for_what_it_asks_in_an_answer() {
    for (code, asks) in [
        ("623", Some(Asks::Rest)),
        ("633", Some(Asks::StopTemplate)),
        ("635", None),
        ("650", Some(Asks::Mark(Mark::NoPromotion))),
        ("660", Some(Asks::Mark(Mark::NoDltConsent))),
        ("670", Some(Asks::Again)),
        ("001", None),
    ] {
        let answer = format!("stat%3AREJECTD+err%3A{code}+text%3A");
        let query = format!("id=sv1.5.99&part=1&of=1&t=2&answer={answer}");
        assert_eq!(report(&query).unwrap()[0].asks, asks, "{code}");
        let delivered = format!("id=sv1.5.99&part=1&of=1&t=1&answer={answer}");
        assert_eq!(report(&delivered).unwrap()[0].asks, None, "{code}");
    }
}

#[test]
fn a_report_that_cannot_be_read_names_its_field() {
    for (query, field) in [
        ("t=1", "id"),
        ("id=7&t=1", "id"),
        ("id=sv1.5.99", "t"),
        ("id=sv1.5.99&t=x", "t"),
        ("id=sv1.5.99&t=0", "t"),
        ("id=sv1.5.99&t=999", "t"),
    ] {
        assert_eq!(report(query).unwrap_err().field, field, "{query}");
    }
}

#[test]
fn what_is_told_in_memory_and_is_too_long_leaves_as_it_is_kept() {
    let road = crate::channel::sms::Road::Kannel(kannel());
    let text = |body: &str| Content::Text { body: body.to_owned() };
    let kept = Some(Box::new(text("आपका उत्तर मिल गया।")));
    let told = |body: &str| Outgoing {
        content: text(body),
        kept: kept.clone(),
        ..outgoing(Lane::Reply, None)
    };
    let short = told("आपने सुनीता जी को चुना।");
    assert_eq!(road.leaving(&short).content, short.content);
    let long = told(&"सुनीता जी ".repeat(200));
    assert_eq!(road.leaving(&long).content, text("आपका उत्तर मिल गया।"));
    // What has one text alone is told that it is too long, as ever.
    let plain = Outgoing { kept: None, ..long };
    assert_eq!(road.leaving(&plain).content, plain.content);
}
