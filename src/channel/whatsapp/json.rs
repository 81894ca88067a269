//! A webhook body as a tree that borrows from it.
//!
//! Meta's bodies grow fields before they are documented, and one odd message must not spoil the
//! other 999. So nothing here is refused for its shape: the body is parsed once into [`Json`], and
//! the readers ask it for what they know, by name.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Number;

/// One JSON value. Texts without escapes point into the body.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    /// In the order of the body; of a key given twice the last counts.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// Parses a whole text. At most 128 levels deep (a limit of `serde_json`).
    pub(super) fn parse(text: &'a str) -> Result<Json<'a>, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The field of an object; `None` when this is no object, the field is absent or `null`.
    pub(super) fn get(&self, key: &str) -> Option<&Json<'a>> {
        let Json::Object(fields) = self else { return None };
        let (_, value) = fields.iter().rev().find(|(name, _)| name == key)?;
        if *value == Json::Null { None } else { Some(value) }
    }

    /// The items of a field that is a list; nothing for anything else.
    pub(super) fn list(&self, key: &str) -> &[Json<'a>] {
        match self.get(key) {
            Some(Json::List(items)) => items,
            _ => &[],
        }
    }

    /// A field that is a text.
    pub(super) fn str(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// A field that is a text, or a whole number that should have been one (ids, numbers).
    pub(super) fn text(&self, key: &str) -> Option<Cow<'_, str>> {
        match self.get(key)? {
            Json::Text(text) => Some(Cow::Borrowed(text)),
            Json::Number(number) if !number.is_f64() => Some(Cow::Owned(number.to_string())),
            _ => None,
        }
    }

    /// The same as [`Json::text`], owned, and `None` when it is empty.
    pub(super) fn id(&self, key: &str) -> Option<String> {
        let text = self.text(key)?;
        if text.is_empty() { None } else { Some(text.into_owned()) }
    }

    /// A field that is a whole number, or a text that spells one.
    pub(super) fn integer(&self, key: &str) -> Option<i64> {
        match self.get(key)? {
            Json::Number(number) => number.as_i64(),
            Json::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A field that is a finite number, or a text that spells one.
    pub(super) fn float(&self, key: &str) -> Option<f64> {
        let value = match self.get(key)? {
            Json::Number(number) => number.as_f64()?,
            Json::Text(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        value.is_finite().then_some(value)
    }

    /// A field that says `true`.
    pub(super) fn is_true(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Json::Bool(true)))
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) const fn is_object(&self) -> bool {
        matches!(self, Json::Object(_))
    }

    /// The value as JSON in UTF-8: equal for bodies that differ only in `\u` escapes and spaces.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json<'a>, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Json<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json<'de>, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json<'de>, A::Error> {
        let mut fields = Vec::new();
        while let Some(Key(name)) = access.next_key()? {
            fields.push((name, access.next_value()?));
        }
        Ok(Json::Object(fields))
    }
}

/// An object's key, borrowed where it has no escapes (a bare `Cow` would always be copied).
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Key<'a>, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Key<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Owned(text.to_owned())))
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Null => serializer.serialize_unit(),
            Json::Bool(value) => serializer.serialize_bool(*value),
            Json::Number(number) => number.serialize(serializer),
            Json::Text(text) => serializer.serialize_str(text),
            Json::List(items) => serializer.collect_seq(items),
            Json::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

/// Replaces every lone surrogate escape (`\ud83d` without its second half) by `\ufffd`, as phones
/// cut emoji in two and JSON parsers refuse the halves. `None` when there is none.
pub(super) fn repair_surrogates(text: &str) -> Option<String> {
    let mut repaired: Option<String> = None;
    let mut copied = 0;
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b == b'\\')) {
        let escape = at + found;
        let Some(unit) = unicode_escape(bytes, escape) else {
            // `\\`, `\n`, … or the end: the escaped character is never the start of another escape.
            at = escape + 2;
            continue;
        };
        at = escape + ESCAPE_LENGTH;
        let is_first = (0xd800..0xdc00).contains(&unit);
        let is_second = (0xdc00..0xe000).contains(&unit);
        if is_first
            && let Some(next) = unicode_escape(bytes, at)
            && (0xdc00..0xe000).contains(&next)
        {
            at += ESCAPE_LENGTH;
            continue;
        }
        if is_first || is_second {
            let out = repaired.get_or_insert_with(|| String::with_capacity(text.len()));
            out.push_str(text.get(copied..escape)?);
            out.push_str("\\ufffd");
            copied = at;
        }
    }
    let mut out = repaired?;
    out.push_str(text.get(copied..)?);
    Some(out)
}

/// Bytes of `\u0928`.
const ESCAPE_LENGTH: usize = 6;

/// The UTF-16 unit of the `\uXXXX` escape that starts at `at`.
fn unicode_escape(bytes: &[u8], at: usize) -> Option<u32> {
    let [b'\\', b'u', digits @ ..] = bytes.get(at..at + ESCAPE_LENGTH)? else { return None };
    digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_a_key_given_twice_counts_and_null_is_absent() {
        let json = Json::parse(r#"{"a":1,"a":"two","b":null}"#).unwrap();
        assert_eq!(json.str("a"), Some("two"));
        assert_eq!(json.get("b"), None);
    }

    #[test]
    fn numbers_and_texts_stand_in_for_each_other() {
        let json =
            Json::parse(r#"{"a":918000000001,"b":" 12 ","c":"26.8","d":18446744073709551615}"#)
                .unwrap();
        assert_eq!(json.id("a").as_deref(), Some("918000000001"));
        assert_eq!(json.integer("b"), Some(12));
        assert_eq!(json.float("c"), Some(26.8));
        assert_eq!(json.integer("d"), None);
    }

    #[test]
    fn what_is_written_again_keeps_order_numbers_and_letters() {
        let text = r#"{"b":[1,-2,2.5,18446744073709551615,true,null],"a":"नमस्ते \"\n"}"#;
        let spaced = text.replace(',', " , ").replace('न', "\\u0928");
        assert_eq!(Json::parse(&spaced).unwrap().to_json(), text);
    }

    #[test]
    fn texts_without_escapes_are_borrowed() {
        let json = Json::parse(r#"{"plain":"सदस्य","escaped":"\u0928"}"#).unwrap();
        let Json::Object(fields) = &json else { panic!("an object") };
        assert!(matches!(fields[0], (Cow::Borrowed(_), Json::Text(Cow::Borrowed(_)))));
        assert!(matches!(fields[1], (Cow::Borrowed(_), Json::Text(Cow::Owned(_)))));
    }

    #[test]
    fn lone_surrogates_become_replacement_characters_and_nothing_else_changes() {
        let cases = [
            (r#""\ud83d""#, Some(r#""\ufffd""#)),
            (r#""\ud83d x \udc4d""#, Some(r#""\ufffd x \ufffd""#)),
            (r#""\ud83d\ud83d\udc4d""#, Some(r#""\ufffd\ud83d\udc4d""#)),
            (r#""\ud83d\u0928न""#, Some(r#""\ufffd\u0928न""#)),
            (r#""\uD83D\uDC4D""#, None),
            (r#""\\ud83d""#, None),
            (r#""\"\\\ud83d""#, Some(r#""\"\\\ufffd""#)),
            (r#""\ud8"#, None),
            ("\\", None),
        ];
        for (text, expected) in cases {
            assert_eq!(repair_surrogates(text).as_deref(), expected, "{text}");
        }
    }
}
