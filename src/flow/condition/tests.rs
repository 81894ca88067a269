//! Conditions decided fast and slowly, and those that are not read.

use super::*;
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::load::Sources;

/// Somebody with some answers.
struct Person {
    flags: u32,
    coming: Option<&'static str>,
}

impl Person {
    fn flag(&self, bit: u32) -> bool {
        self.flags & (1 << bit) != 0
    }
}

impl Facts for Person {
    fn value(&self, name: &str) -> Value {
        match name {
            "member" => Value::Bool(self.member()),
            "has_phone" => Value::Bool(self.has_phone()),
            "posts" => {
                let post = self.has_posts().then(|| Value::from("prabhari"));
                Value::List(Arc::new(post.into_iter().collect()))
            }
            "consents" => purposes(|purpose| self.consents_to(purpose)),
            "withdrawn" => purposes(|purpose| self.withdrew(purpose)),
            "people" => Value::Int(i64::from(self.flags)),
            word => self.word(word).map_or(Value::Null, Value::from),
        }
    }

    fn member(&self) -> bool {
        self.flag(0)
    }

    fn has_phone(&self) -> bool {
        self.flag(1)
    }

    fn has_posts(&self) -> bool {
        self.flag(2)
    }

    fn consents_to(&self, purpose: Purpose) -> bool {
        self.flag(if purpose == Purpose::Samvad { 3 } else { 4 })
    }

    fn withdrew(&self, purpose: Purpose) -> bool {
        !self.consents_to(purpose)
    }

    fn word(&self, name: &str) -> Option<&str> {
        match name {
            "language" => Some("hi"),
            "channel" => Some("sms"),
            _ => self.coming,
        }
    }
}

pub(super) fn compiled(source: &str) -> Condition {
    let answers = HashMap::from([
        ("coming".to_owned(), Known::Choice(vec!["yes".to_owned(), "no".to_owned()])),
        ("people".to_owned(), Known::Number { from: 0, to: 100 }),
    ]);
    let sources = Sources::default();
    let mut findings = Findings::new(&sources);
    let word = Word { text: source.to_owned(), place: Place::default() };
    Compiler::new().compile(&word, &answers, &mut findings).unwrap()
}

#[test]
fn the_simple_form_of_a_condition_decides_as_cel_does() {
    let simple = [
        "member",
        "!member",
        "has_phone && member",
        "size(posts) > 0",
        "consents.samvad",
        "withdrawn.membership || !consents.opinion",
        "coming == 'yes'",
        "'no' == coming",
        "coming != 'yes'",
        "language == 'hi' && channel == \"sms\"",
        "member && has_phone && !(coming == 'no' || consents.samvad)",
    ];
    for source in simple {
        let condition = compiled(source);
        assert!(condition.quick.is_some(), "{source}");
        for flags in 0..32 {
            for coming in [None, Some("yes"), Some("no")] {
                let person = Person { flags, coming };
                let slow = matches!(condition.decide(&person), Ok(Value::Bool(true)));
                assert_eq!(condition.holds(&person), slow, "{source} {flags} {coming:?}");
            }
        }
    }
}

#[test]
fn what_is_not_simple_is_left_to_cel() {
    let person = Person { flags: 5, coming: None };
    for (source, holds) in [
        ("people > 4", true),
        ("people > 4 && member", true),
        ("posts.exists(post, post == 'prabhari')", true),
        ("'prabhari' in posts", true),
        ("coming in ['yes', 'no']", false),
        ("size(posts) > 1", false),
    ] {
        let condition = compiled(source);
        assert!(condition.quick.is_none(), "{source}");
        assert_eq!(condition.holds(&person), holds, "{source}");
    }
}

#[test]
fn what_would_use_up_the_stack_is_not_read() {
    let nested = format!("{}member{}", "(".repeat(500), ")".repeat(500));
    let denied = format!("{}member", "!".repeat(500));
    let long = vec!["member"; 300].join(" && ");
    for source in [nested, denied, long] {
        let sources = Sources::default();
        let mut findings = Findings::new(&sources);
        let word = Word { text: source, place: Place::default() };
        assert!(Compiler::new().compile(&word, &HashMap::new(), &mut findings).is_none());
    }
    let many = format!("{} || member", ["(has_phone && !member)"; 12].join(" || "));
    assert!(too_involved(&many).is_none());
}
