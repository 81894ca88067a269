//! The JSON Schema of poll files, for editors. `samvad poll check` knows more.

use serde_json::{Map, Value, json};

use super::ballot::{MOST_CANDIDATES, Method};
use super::file::{Aspect, KEYS, KEYS_OF_INVALID, Keep, LANGUAGES};
use crate::flow::author::{closed, described, moment, titled};

/// What a poll cannot be without.
const NEEDED: [&str; 8] =
    ["poll", "question", "method", "level", "seats", "electorate", "opens", "closes"];

/// The schema of a file in `polls/`.
#[must_use]
pub fn schema() -> Value {
    let properties = KEYS.map(|key| (key.to_owned(), of(key)));
    titled(closed(Value::Object(Map::from_iter(properties)), &NEEDED), "A poll of Samvad")
}

/// Words in Hindi and English, and in Urdu if one likes.
fn wording(more: &[(&str, Value)]) -> Value {
    let texts =
        LANGUAGES.map(|language| (language.to_owned(), json!({"type": ["string", "number"]})));
    let more = more.iter().map(|(key, of)| ((*key).to_owned(), of.clone()));
    closed(Value::Object(texts.into_iter().chain(more).collect()), &["hi", "en"])
}

fn of(key: &str) -> Value {
    match key {
        "poll" => described(
            json!({"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}),
            "Its name, that of the file.",
        ),
        "about" => json!({"type": "string"}),
        "question" => described(
            wording(&[]),
            "What is asked. How somebody voted, caste and religion are not.",
        ),
        "reviewed_by" => described(
            json!({"type": "string"}),
            "Who read the question and found it fit to be asked.",
        ),
        "method" => described(
            json!({"enum": Method::ALL.map(Method::name)}),
            "One name, every name one would accept, or names in one's order.",
        ),
        "level" => described(json!({"enum": ["lok_sabha", "assembly"]}), "What the seats are."),
        "seats" => {
            let photo =
                json!({"type": "string", "pattern": "\\.([jJ][pP][eE]?[gG]|[pP][nN][gG])$"});
            let photo = described(photo, "A picture beside this file, or below it.");
            json!({
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {
                    "type": "array",
                    "minItems": 2,
                    "maxItems": MOST_CANDIDATES,
                    "items": wording(&[("photo", photo)]),
                },
                "description": "Who might stand, by the number of a seat or its name.",
            })
        }
        "other" => described(flag(), "Whether people may write a name that is not listed."),
        "ratings" => described(
            json!({"type": "array", "items": {"enum": Aspect::ALL.map(Aspect::name)}}),
            "Marks from 1 to 5.",
        ),
        "remark" => described(flag(), "Whether a remark may be added."),
        "electorate" => {
            let day = json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"});
            let who = described(
                json!({"type": "string"}),
                "post in [\"booth_president\"] && place.within(\"lucknow\")",
            );
            let on = described(day, "The day on which they hold the post.");
            described(closed(json!({"who": who, "on": on}), &["who", "on"]), "Who may answer.")
        }
        "opens" | "closes" => described(moment(), "By the clocks of India: 2029-01-05 10:00"),
        "again" => described(
            json!({"enum": ["until_close", "never"]}),
            "Whether the last answer counts, or the first.",
        ),
        "secret" => described(flag(), "Whether nobody learns who chose what."),
        "threshold" => described(
            json!({"type": "integer", "minimum": 1, "maximum": 1000}),
            "The smallest group that is shown.",
        ),
        "panel" => described(
            json!({"type": "integer", "minimum": 2, "maximum": 3}),
            "The names in the panel.",
        ),
        "tables" => described(
            json!({"enum": ["place", "post", "both"]}),
            "By what choices are told apart below the seat.",
        ),
        "keep" => described(
            json!({"enum": Keep::ALL.map(Keep::name)}),
            "The smallest place that leaves with an envelope. With booth, the key and the envelopes together show the \
             choice of whoever alone holds a post at a booth.",
        ),
        "remind" => {
            let properties = json!({
                "after": {"type": "string", "pattern": "^[0-9]+ ?[smhd]$"},
                "times": {"type": "integer", "minimum": 1, "maximum": 3},
            });
            described(closed(properties, &["after"]), "To those who have not answered.")
        }
        "invalid" => {
            let [repeated, at_most, at_least] = KEYS_OF_INVALID;
            let number = json!({"type": "integer", "minimum": 1, "maximum": MOST_CANDIDATES});
            let properties = json!({
                repeated: {"enum": ["cut", "reject"]},
                at_most: number,
                at_least: number,
            });
            described(closed(properties, &[]), "Which ballots the rules refuse.")
        }
        _ => json!({}),
    }
}

fn flag() -> Value {
    json!({"type": "boolean"})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_its_schema() {
        for key in KEYS {
            assert_ne!(of(key), json!({}), "{key}");
        }
        for key in NEEDED {
            assert!(KEYS.contains(&key), "{key}");
        }
    }
}
