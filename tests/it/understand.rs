//! `samvad understand --jsonl` as programs call it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn understand(input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_samvad"))
        .env_remove("SAMVAD_CONFIG")
        .args(["understand", "--jsonl", "--today", "2026-11-21"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn answers(output: &Output) -> Vec<Value> {
    let told = std::str::from_utf8(&output.stdout).unwrap();
    told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_line_is_answered_in_order() {
    let lines = [
        (json!({"kind": "yes_no", "text": "हाँ जी"}), json!("yes")),
        (json!({"kind": "age", "text": "meri umar 25 saal hai"}), json!(25)),
        (json!({"kind": "stop", "text": "मैसेज बंद करो"}), json!("stop")),
        (json!({"kind": "date", "text": "15/8/90"}), json!("1990-08-15")),
        (json!({"kind": "gender", "text": "पता नहीं"}), Value::Null),
        (json!({"kind": "district", "text": "lakhnau"}), json!("Lucknow")),
    ];
    let asked: Vec<String> = lines.iter().map(|(line, _)| line.to_string()).collect();
    let input = asked.join("\n");
    let output = understand(input.as_bytes());
    assert_eq!(output.status.code(), Some(0));
    let answers = answers(&output);
    assert_eq!(answers.len(), lines.len());
    for ((line, expected), answer) in lines.iter().zip(&answers) {
        assert_eq!(&answer["value"], expected, "{line}");
        assert_eq!(answer["sure"], json!(!expected.is_null()), "{line}");
        assert!(answer["candidates"].is_array(), "{line}");
    }
}

#[test]
fn a_line_that_cannot_be_read_is_answered_in_its_place_and_the_end_tells() {
    let input = b"{\"kind\": \"yes_no\", \"text\": \"haan\"}\n\
        not json\n\
        {\"kind\": \"colour\", \"text\": \"red\"}\n\
        \xff\xfe\n\
        {\"kind\": \"yes_no\", \"text\": \"nahi\"}";
    let output = understand(input);
    assert_eq!(output.status.code(), Some(1));
    let answers = answers(&output);
    assert_eq!(answers.len(), 5);
    assert_eq!(answers[0]["value"], "yes");
    for bad in &answers[1..4] {
        assert!(bad["error"].is_string(), "{bad}");
        assert!(bad.get("value").is_none(), "{bad}");
    }
    assert_eq!(answers[4]["value"], "no");
}

#[test]
fn no_line_is_no_answer_and_no_failure() {
    let output = understand(b"");
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.is_empty());
}
