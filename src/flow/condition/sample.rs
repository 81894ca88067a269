//! Somebody with answers of the right types, on whom a condition is tried.

use std::collections::HashMap;
use std::sync::Arc;

use cel::Value;

use super::{Facts, Known, purposes};
use crate::contact::Language;
use crate::message::Purpose;

pub(super) struct Sample<'a> {
    pub(super) answers: &'a HashMap<String, Known>,
    pub(super) truth: bool,
}

impl Facts for Sample<'_> {
    fn value(&self, name: &str) -> Value {
        match name {
            "member" | "has_phone" | "term_over" => Value::Bool(self.truth),
            "my_count" | "days_left" => Value::Int(i64::from(self.truth)),
            "posts" => {
                let post = self.truth.then(|| Value::from("booth_president"));
                Value::List(Arc::new(post.into_iter().collect()))
            }
            "language" => Value::from(Language::Hi.code()),
            "channel" => Value::from("whatsapp"),
            "consents" | "withdrawn" => purposes(|_| self.truth),
            answer => match self.answers.get(answer) {
                Some(Known::Number { .. }) => Value::Int(i64::from(self.truth)),
                Some(Known::Choice(ids)) => {
                    let id = if self.truth { ids.first() } else { ids.last() };
                    Value::from(id.map_or("", String::as_str))
                }
                Some(Known::List { ids, .. }) => {
                    let id = if self.truth { ids.first() } else { ids.last() };
                    Value::List(Arc::new(
                        id.map(|id| Value::from(id.as_str())).into_iter().collect(),
                    ))
                }
                Some(Known::Date) => Value::from("2026-11-21"),
                Some(Known::Text) => Value::from("text"),
                Some(Known::Sent) => Value::from("photo"),
                Some(Known::Anything) | None => Value::Null,
            },
        }
    }

    fn member(&self) -> bool {
        self.truth
    }

    fn has_phone(&self) -> bool {
        self.truth
    }

    fn has_posts(&self) -> bool {
        self.truth
    }

    fn consents_to(&self, _purpose: Purpose) -> bool {
        self.truth
    }

    fn withdrew(&self, _purpose: Purpose) -> bool {
        self.truth
    }

    fn word(&self, name: &str) -> Option<&str> {
        match name {
            "language" => Some(Language::Hi.code()),
            "channel" => Some("whatsapp"),
            answer => match self.answers.get(answer)? {
                Known::Choice(ids) => {
                    let id = if self.truth { ids.first() } else { ids.last() };
                    id.map(String::as_str)
                }
                Known::Text | Known::Sent => Some("text"),
                Known::Date => Some("2026-11-21"),
                Known::Number { .. } | Known::List { .. } | Known::Anything => None,
            },
        }
    }
}
