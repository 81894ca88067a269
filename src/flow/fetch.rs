//! The HTTP calls of flows: an address and a body with places for answers, and what is kept of what
//! comes back. Nothing here calls anybody: the shell does, after the commit.

use serde_json::Value;

use super::definition::Target;
use super::session::{Came, Given};
use super::{Fetched, HeaderValue, Method};

/// The longest address that is asked.
const LONGEST_ADDRESS: usize = 8_000;
/// The longest text that is kept of an answer, in characters.
const LONGEST_KEPT: usize = 2_000;

/// A `fetch` step.
#[derive(Debug)]
pub(super) struct Fetching {
    pub(super) method: Method,
    pub(super) url: Template,
    pub(super) headers: Vec<(String, HeaderValue)>,
    pub(super) body: Option<Tree>,
    pub(super) timeout_seconds: u32,
    /// The names of answers, and the JSON pointers (RFC 6901) at which they stand.
    pub(super) keep: Vec<(String, String)>,
    pub(super) when: Vec<(Came, Target)>,
}

/// Words with places for answers in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template(pub(super) Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Words(String),
    /// The name of an answer or a variable.
    Name(String),
}

/// JSON with places for answers in its words.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    Value(Value),
    Words(Template),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

impl Template {
    /// Reads `text {name} text`; `{{` and `}}` are braces.
    ///
    /// # Errors
    /// What is wrong, for a person, when a brace stands alone.
    pub(super) fn read(text: &str) -> Result<Template, &'static str> {
        let mut parts = Vec::new();
        let mut words = String::new();
        let mut rest = text.chars().peekable();
        while let Some(character) = rest.next() {
            match character {
                '{' | '}' if rest.peek() == Some(&character) => {
                    words.push(character);
                    rest.next();
                }
                '{' => {
                    let mut name = String::new();
                    loop {
                        match rest.next() {
                            Some('}') => break,
                            Some('{') | None => return Err("a `{` is never closed"),
                            Some(letter) => name.push(letter),
                        }
                    }
                    if !words.is_empty() {
                        parts.push(Part::Words(std::mem::take(&mut words)));
                    }
                    parts.push(Part::Name(name.trim().to_owned()));
                }
                '}' => return Err("a `}` closes nothing"),
                other => words.push(other),
            }
        }
        if !words.is_empty() {
            parts.push(Part::Words(words));
        }
        Ok(Template(parts))
    }

    /// As it was written.
    pub(super) fn words(&self) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Words(words) => words.clone(),
            Part::Name(name) => format!("{{{name}}}"),
        });
        parts.collect()
    }

    /// The names in it, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Name(name) => Some(name.as_str()),
            Part::Words(_) => None,
        })
    }

    /// As JSON: a place that stands alone is the answer itself (a number stays a number, what was
    /// not answered is `null`), anything else a text.
    fn value(&self, values: &dyn Fn(&str) -> Value) -> Value {
        if let [Part::Name(name)] = self.0.as_slice() {
            return values(name);
        }
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Words(words) => text.push_str(words),
                Part::Name(name) => text.push_str(&plain(&values(name))),
            }
        }
        Value::String(text)
    }
}

impl Tree {
    fn value(&self, values: &dyn Fn(&str) -> Value) -> Value {
        match self {
            Tree::Value(value) => value.clone(),
            Tree::Words(template) => template.value(values),
            Tree::List(items) => {
                Value::Array(items.iter().map(|item| item.value(values)).collect())
            }
            Tree::Map(entries) => Value::Object(
                entries.iter().map(|(key, tree)| (key.clone(), tree.value(values))).collect(),
            ),
        }
    }
}

impl Fetching {
    /// The address with every answer in its place, percent-encoded; `None` when an answer would
    /// make another address of it (`..` as a step of the path), or one too long to ask.
    pub(super) fn address(&self, values: &dyn Fn(&str) -> Value) -> Option<String> {
        let mut address = String::new();
        for part in &self.url.0 {
            match part {
                Part::Words(words) => address.push_str(words),
                Part::Name(name) => percent_encode(&plain(&values(name)), &mut address),
            }
        }
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let leads_away = path.split('/').any(|step| matches!(step, "." | ".."));
        (!leads_away && address.len() <= LONGEST_ADDRESS).then_some(address)
    }

    /// The body as JSON.
    pub(super) fn body(&self, values: &dyn Fn(&str) -> Value) -> Option<String> {
        self.body.as_ref().map(|tree| tree.value(values).to_string())
    }

    /// What an answer means, and what is kept of it.
    pub(super) fn came(&self, answer: &Fetched) -> (Came, Vec<(String, Given)>) {
        match answer {
            Fetched::Answer { status: 200..=299, body } => {
                let mut kept = Vec::new();
                for (name, pointer) in &self.keep {
                    let Some(given) = body.pointer(pointer).and_then(answered) else {
                        return (Came::Failed, Vec::new());
                    };
                    kept.push((name.clone(), given));
                }
                (Came::Ok, kept)
            }
            Fetched::Answer { status: 404, .. } => (Came::NotFound, Vec::new()),
            Fetched::Answer { .. } | Fetched::Failed { .. } => (Came::Failed, Vec::new()),
        }
    }

    /// The way for what came; `None`: on to the next step. What is not found has failed, unless it
    /// has a way of its own.
    pub(super) fn way(&self, came: Came) -> Option<Target> {
        let way = |wanted| self.when.iter().find(|(known, _)| *known == wanted);
        way(came)
            .or_else(|| if came == Came::NotFound { way(Came::Failed) } else { None })
            .map(|(_, target)| *target)
    }
}

/// A value of an answer as the flow keeps it: `true` and `false` are `yes` and `no`, as in every
/// condition and text, and a text without a word counts as not answered. `None` for what no answer
/// can be.
fn answered(value: &Value) -> Option<Given> {
    match value {
        Value::String(text) if text.chars().count() <= LONGEST_KEPT => {
            let readable = |letter: &char| *letter == '\n' || !letter.is_control();
            let words: String = text.trim().chars().filter(readable).collect();
            Some(if words.is_empty() { Given::Skipped } else { Given::Text(words) })
        }
        Value::Number(number) => Some(match number.as_i64() {
            Some(whole) => Given::Number(whole),
            None => Given::Text(number.to_string()),
        }),
        Value::Bool(flag) => Some(Given::Text(if *flag { "yes" } else { "no" }.to_owned())),
        Value::String(_) | Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A value within other words.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// Every byte that is not unreserved (RFC 3986, section 2.3) as `%XX`.
pub(super) fn percent_encode(text: &str, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 15] {
                out.push(char::from(DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0')));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn fetching(url: &str, keep: &[(&str, &str)]) -> Fetching {
        Fetching {
            method: Method::Get,
            url: Template::read(url).unwrap(),
            headers: Vec::new(),
            body: None,
            timeout_seconds: 10,
            keep: keep.iter().map(|(name, at)| ((*name).to_owned(), (*at).to_owned())).collect(),
            when: Vec::new(),
        }
    }

    #[test]
    fn an_answer_in_an_address_is_percent_encoded() {
        let fetching = fetching("https://example.org/{a}/x?q={b}&n={n}&none={none}", &[]);
        let values = |name: &str| match name {
            "a" => json!("लखनऊ/पूर्व"),
            "b" => json!("a&b=c #?%"),
            "n" => json!(173),
            _ => Value::Null,
        };
        assert_eq!(
            fetching.address(&values).unwrap(),
            "https://example.org/%E0%A4%B2%E0%A4%96%E0%A4%A8%E0%A4%8A%2F%E0%A4%AA%E0%A5%82%E0%A4%B0%E0%A5%8D%E0%A4%B5/x?q=a%26b%3Dc%20%23%3F%25&n=173&none="
        );
    }

    #[test]
    fn no_answer_leads_to_another_path() {
        for (url, value, asked) in [
            ("https://example.org/a/{x}", "..", false),
            ("https://example.org/a/{x}", ".", false),
            ("https://example.org/a/.{x}/b", ".", false),
            ("https://example.org/a/{x}", "...", true),
            ("https://example.org/a/{x}.json", ".", true),
            ("https://example.org/a?b={x}", "..", true),
            ("https://example.org/a?b={x}", &"क".repeat(1_000), false),
        ] {
            let address = fetching(url, &[]).address(&|_| json!(value));
            assert_eq!(address.is_some(), asked, "{url} {address:?}");
        }
    }

    #[test]
    fn a_place_alone_keeps_its_kind_and_among_words_it_is_text() {
        let words = |text| Tree::Words(Template::read(text).unwrap());
        let tree = Tree::Map(vec![
            ("seat".to_owned(), words("{seat}")),
            ("text".to_owned(), words("{text}")),
            ("none".to_owned(), words("{none}")),
            (
                "all".to_owned(),
                Tree::List(vec![words("{{{seat}}}: {text}{none}"), Tree::Value(json!(2))]),
            ),
        ]);
        let values = |name: &str| match name {
            "seat" => json!(173),
            "text" => json!("\"बिजली\"\n"),
            _ => Value::Null,
        };
        assert_eq!(
            tree.value(&values),
            json!({"seat": 173, "text": "\"बिजली\"\n", "none": null, "all": ["{173}: \"बिजली\"\n", 2]})
        );
    }

    #[test]
    fn a_brace_alone_is_a_mistake() {
        for text in ["{", "a}", "{a", "{a{b}}", "{{a}"] {
            assert!(Template::read(text).is_err(), "{text}");
        }
        assert_eq!(Template::read("{{a}}").unwrap(), Template(vec![Part::Words("{a}".to_owned())]));
    }

    #[test]
    fn what_comes_back_is_ok_only_with_everything_that_is_kept() {
        let keep = [("status", "/status"), ("eta", "/data/0/eta"), ("open", "/open")];
        let fetching = fetching("https://example.org", &keep);
        let whole = json!({"status": "नया", "data": [{"eta": 3}], "open": true});
        let given = |status, body| fetching.came(&Fetched::Answer { status, body });
        let (came, kept) = given(200, whole.clone());
        assert_eq!(came, Came::Ok);
        let kept: Vec<(&str, Given)> =
            kept.iter().map(|(name, given)| (name.as_str(), given.clone())).collect();
        assert_eq!(
            kept,
            [
                ("status", Given::Text("नया".to_owned())),
                ("eta", Given::Number(3)),
                ("open", Given::Text("yes".to_owned())),
            ]
        );
        for (status, body, expected) in [
            (204, Value::Null, Came::Failed),
            (200, json!({"status": "x", "data": [{"eta": null}], "open": true}), Came::Failed),
            (200, json!({"status": ["x"], "data": [{"eta": 1}], "open": true}), Came::Failed),
            (
                200,
                json!({"status": "x".repeat(3_000), "data": [{"eta": 1}], "open": true}),
                Came::Failed,
            ),
            (404, whole.clone(), Came::NotFound),
            (302, whole.clone(), Came::Failed),
            (500, whole, Came::Failed),
        ] {
            assert_eq!(given(status, body), (expected, Vec::new()), "{status}");
        }
        let failed = Fetched::Failed { reason: "no answer in time".to_owned() };
        assert_eq!(fetching.came(&failed).0, Came::Failed);
    }

    #[test]
    fn what_is_kept_can_be_shown() {
        assert_eq!(answered(&json!(" \u{7}\t ")), Some(Given::Skipped));
        assert_eq!(answered(&json!(" क\u{0}ल\n")), Some(Given::Text("कल".to_owned())));
        assert_eq!(answered(&json!(12.5)), Some(Given::Text("12.5".to_owned())));
        assert_eq!(
            answered(&json!(18_446_744_073_709_551_615_u64)),
            Some(Given::Text("18446744073709551615".to_owned()))
        );
    }

    proptest! {
        #[test]
        fn no_answer_gets_out_of_its_place(value in any::<String>()) {
            let fetching = fetching("https://example.org/a/{x}/b?c={x}", &[]);
            if let Some(address) = fetching.address(&|_| json!(value)) {
                prop_assert!(address.starts_with("https://example.org/a/"));
                prop_assert_eq!(address.matches('/').count(), 5);
                prop_assert_eq!(address.matches(['?', '&', '#', ' ']).count(), 1);
                prop_assert!(address.is_ascii());
            }
        }

        #[test]
        fn a_body_is_json_whatever_was_answered(value in any::<String>(), words in any::<String>()) {
            if let Ok(template) = Template::read(&words) {
                let tree = Tree::Map(vec![(words, Tree::Words(template))]);
                let body = tree.value(&|_| json!(value)).to_string();
                prop_assert!(serde_json::from_str::<Value>(&body).is_ok());
            }
        }
    }
}
