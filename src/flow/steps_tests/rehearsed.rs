//! Rehearsals of flows that take time.

use super::*;
use crate::flow::rehearse;

/// Plays a transcript of the flow `visit`; empty when all went as written.
fn rehearsed(talk: &str) -> String {
    let text = format!("rehearse: visit\ntalk:{talk}");
    faults(&rehearse(&flows(VISIT), &file("flows/rehearsals/visit.yaml", &text)).differences)
}

const TO_CALL: &str = "
  - me: मुलाकात
  - bot: who
  - me: सुनीता
  - wait: 2h
  - bot: rested
";

#[test]
fn a_rehearsal_waits_and_answers_calls() {
    let whole = "
  - me: क्या हुआ
  - bot: one-moment
  - fetched: {status: 200, body: {status: open, data: {eta: 2}}}
  - bot: [tell, person]
  - me: जी
  - office: done
  - bot: after
";
    assert_eq!(rehearsed(&format!("{}{whole}", TO_CALL.trim_end())), "");
    for line in [
        "fetched: never",
        "fetched: failed\n  - bot: [sorry, person]",
        "fetched: {status: 404}\n  - bot: [nothing, none_yet]",
        "wait: 40s\n  - bot: [sorry, person]",
    ] {
        assert_eq!(rehearsed(&format!("{TO_CALL}  - {line}\n")), "", "{line}");
    }
}

#[test]
fn a_reply_out_of_order_is_written_with_its_age() {
    let talk = "
  - me: मुलाकात
  - bot: who
  - me: {text: सुनीता, late: 2h}
  - bot: [late, who]
  - me: {text: सुनीता, late: 5m}
  - wait: 2h
  - bot: rested
  - fetched: never
";
    assert_eq!(rehearsed(talk), "");
}

#[test]
fn what_a_rehearsal_gets_wrong_is_told() {
    let mut told = vec![rehearsed(TO_CALL)];
    for line in [
        "fetched: {status: 900}",
        "fetched: [1]",
        "fetched: {status: 404}\n  - bot: [nothing, none_yet]\n  - fetched: failed",
        "picture: membership_card",
        "picture: card",
        "office: done",
        "me: {late: 2h}",
        "fetchd: failed",
    ] {
        told.push(format!("---- {line}\n{}", rehearsed(&format!("{TO_CALL}  - {line}\n"))));
    }
    insta::assert_snapshot!(told.join("\n\n"));
}
