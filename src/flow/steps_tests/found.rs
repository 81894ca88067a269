//! What check says of these steps.

use super::*;
use crate::flow::{Rules, prove};

#[test]
fn the_flow_of_these_tests_is_in_order() {
    assert_eq!(found(VISIT), "");
    assert_eq!(found(LOOP), "");
}

/// Each mistake, with what is said about it.
#[test]
fn every_mistake_in_a_step_is_told_with_its_place_and_a_hint() {
    let mistakes = [
        ("wait: 2h", "wait: 2 hours"),
        ("wait: 2h", "wait: 2d"),
        ("{wait: 2h}", "{wait: 2h, reply: non_yet}"),
        ("{wait: 2h}", "{wait: 2h, attach: membership_card}"),
        ("{wait: 2h}", "{wait: 2h, times: 3}"),
        ("https://api.example.org", "api.example.org"),
        ("https://api.example.org", "http://api.example.org"),
        ("https://api.example.org", "https://{who}.example.org"),
        ("https://api.example.org", "https://me:secret@api.example.org"),
        ("https://api.example.org", "https:///x"),
        ("/t/{who}?", "/t/../{who}?"),
        ("/t/{who}?", "/t/{hwo}?"),
        ("/t/{who}?", "/t/{who?"),
        ("words: 'of {who}'", "words: 'of {nobody}'"),
        ("method: post", "method: POST"),
        ("method: post", "method: get"),
        ("{secret: helpdesk}", "{secrte: helpdesk}"),
        ("{secret: helpdesk}", "'Bearer 1234'"),
        ("x-kind: visit", "host: example.org"),
        ("x-kind: visit", "authorization: visit"),
        ("timeout: 5s", "timeout: 5m"),
        ("eta: /data/eta", "eta: data.eta"),
        ("status: /status", "member: /status"),
        ("status: /status", "who: /status"),
        ("not_found: nothing", "notfound: nothing"),
        ("failed: sorry, ", ""),
        ("'eta < 3'", "'etta < 3'"),
        ("{handoff: person}", "{handoff: persn}"),
        ("{say: after, end: true}", "{say: after, end: ture}"),
        ("{say: after, end: true}", "{say: after, end: yes}"),
        ("{say: after, end: true}", "{say: after, end: done}"),
        ("{say: tell}", "{say: tell, attach: membership_cart}"),
        ("{ask: who, answer: text}", "{ask: who, answer: text, attach: membership_card}"),
        ("  tell: {say: tell}", "  tell: {goto: sorry, at_most: 3}"),
        ("  tell: {say: tell}", "  tell: {goto: sorry, at_most: 300, else: nothing}"),
        ("  tell: {say: tell}", "  tell: {goto: rest, at_most: 3, else: look_up}"),
        ("  tell: {say: tell}", "  tell: {goto: rested}"),
        ("  tell: {say: tell}", "  tell: {call: help, when: {done: sorry}}"),
    ];
    let told: Vec<String> = mistakes
        .into_iter()
        .map(|(from, to)| {
            let visit = VISIT.replacen(from, to, 1);
            assert_ne!(visit, VISIT, "{from}");
            let told = found(&visit);
            assert!(!told.is_empty(), "nothing was found after {from:?} → {to:?}");
            format!("---- {from} → {to}\n{told}")
        })
        .collect();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn an_address_that_cannot_be_asked_says_what_to_write() {
    for (address, hint) in [
        ("https://api.example.org/t/{ $who }", "write {who}"),
        ("https://api.example.org/t/{{who}}", "write {who}"),
        ("https://api.example.org/t/${who}", "write {who}"),
        ("https://api.example.org\\t\\{who}", "write / for it"),
        ("https://api.example.org/t\\{who}", "write / for it"),
        ("https://api.example.org/t–{who}", "the - of the keyboard"),
        ("https://api.example.org/t/‘{who}’", "take it out"),
        ("https://api.example.org/t/{who} ?a=1", "write %20"),
    ] {
        let visit = VISIT.replacen(
            "https://api.example.org/t/{who}?from={member_number}&in={language}",
            &format!("'{address}'"),
            1,
        );
        let told = found(&visit);
        assert!(told.contains("bad-address") && told.contains(hint), "{address}\n{told}");
    }
    let devanagari = VISIT.replacen("org/t/{who}?from", "org/सूची/{who}?from", 1);
    assert_eq!(found(&devanagari), "");
}

/// With everything `samvad check` looks at, texts of any price allowed.
fn proved(office: &Sources, secrets: &[&str]) -> String {
    let secrets = Some(secrets.iter().map(|name| (*name).to_owned()).collect());
    match prove(office, geography(), Rules { sms_parts: 99, secrets }) {
        Ok(flows) => faults(flows.warnings()),
        Err(findings) => faults(&findings),
    }
}

#[test]
fn a_secret_the_office_does_not_have_is_told() {
    let office = sources(VISIT);
    assert_eq!(proved(&office, &["helpdesk"]), "");
    insta::assert_snapshot!(proved(&office, &["help_desk", "other"]));
}

#[test]
fn words_that_may_grow_too_long_for_their_picture_are_told() {
    let mut office = sources(&VISIT.replace("{say: tell}", "{say: tell, attach: membership_card}"));
    for file in &mut office.files {
        if file.path == "locales/en/visit.ftl" {
            let long = format!("tell = {} {{ $who }} {{ $member_name }} ", "x".repeat(900));
            file.text = file.text.replace("tell = ", &long);
        }
    }
    let told = proved(&office, &["helpdesk"]);
    assert!(told.contains("1024 fit under a picture"), "{told}");
    assert!(told.starts_with("warning[text-too-long]"), "{told}");
    let plain = sources(VISIT);
    assert!(!proved(&plain, &["helpdesk"]).contains("picture"));
}

#[test]
fn results_and_ways_are_held_against_each_other() {
    let caller = CALLER.replace("  outer: {call: visit2, when: {unsure: verified}}\n", "");
    let mut told = Vec::new();
    for (from, to) in [
        ("{verified: verified, ", "{verifid: verified, "),
        ("{verified: verified, refused: {end: unsure}}", "{verified: verified}"),
        ("{verified: verified, refused: {end: unsure}}", "{refused: verified, verified: end}"),
        (", when: {verified: verified, refused: {end: unsure}}", ""),
    ] {
        let mut office = sources(&caller.replace(from, to));
        office.files.push(file("flows/verify.yaml", VERIFY));
        let found = match load(&office, geography()) {
            Ok(flows) => faults(flows.warnings()),
            Err(findings) => faults(&findings),
        };
        told.push(format!("---- {from} → {to}\n{found}"));
    }
    insta::assert_snapshot!(told.join("\n\n"));
}
