//! The functions a text may call on a variable: `{ RUPEES($amount) }`, `{ DAY($date) }`.

use std::borrow::Cow;

use jiff::civil::Date;

use super::numbers::{civil_date, day_and_month, grouped, weekday};
use super::pattern::{Arguments, Value};
use crate::contact::Language;

/// How a variable is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `12,34,567`; also of words that are a number.
    Number,
    /// `₹12,34,567`; in an English SMS `Rs 12,34,567`, because one ₹ doubles its price.
    Rupees,
    /// `21 नवंबर 2026`.
    Date,
    /// `21 नवंबर`.
    Day,
    /// `शनिवार`.
    Weekday,
}

impl Function {
    pub const ALL: [Function; 5] =
        [Function::Number, Function::Rupees, Function::Date, Function::Day, Function::Weekday];

    /// The name it has in a text.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Function::Number => "NUMBER",
            Function::Rupees => "RUPEES",
            Function::Date => "DATE",
            Function::Day => "DAY",
            Function::Weekday => "WEEKDAY",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Function> {
        Function::ALL.into_iter().find(|function| function.name() == name)
    }

    /// Appends the value; one that is no number or no day is written as it stands.
    pub(super) fn write<A: Arguments + ?Sized>(
        self,
        value: &Value<'_>,
        language: Language,
        arguments: &A,
        out: &mut String,
    ) {
        match self {
            Function::Number | Function::Rupees => {
                let Some((whole, fraction)) = number_of(value) else {
                    return as_it_stands(value, language, out);
                };
                if self == Function::Rupees {
                    let on_sms = matches!(
                        arguments.value("channel"),
                        Some(Value::Text(channel)) if channel == "sms"
                    );
                    let plain = on_sms && language == Language::En;
                    out.push_str(if plain { "Rs " } else { "₹" });
                }
                grouped(whole, out);
                out.push_str(&fraction);
            }
            Function::Date | Function::Day | Function::Weekday => {
                let Some(day) = day_of(value) else {
                    return as_it_stands(value, language, out);
                };
                match self {
                    Function::Day => day_and_month(day, language, out),
                    Function::Weekday => weekday(day, language, out),
                    _ => civil_date(day, language, out),
                }
            }
        }
    }
}

fn as_it_stands(value: &Value<'_>, language: Language, out: &mut String) {
    match value {
        Value::Text(text) => out.push_str(text),
        Value::Number(number) => grouped(*number, out),
        Value::Plain(number) => out.push_str(&number.to_string()),
        Value::Date(day) => civil_date(*day, language, out),
    }
}

/// The whole number and what stands behind its point, `.50`.
fn number_of<'v>(value: &'v Value<'_>) -> Option<(i64, Cow<'v, str>)> {
    match value {
        Value::Number(number) | Value::Plain(number) => Some((*number, Cow::Borrowed(""))),
        Value::Text(text) => {
            let text = text.trim();
            let (whole, fraction) = match text.find('.') {
                Some(point) => (text.get(..point)?, text.get(point..)?),
                None => (text, ""),
            };
            let digits = fraction.strip_prefix('.').unwrap_or_default();
            let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            (plain && digits.len() <= 6).then_some((whole.parse().ok()?, Cow::Borrowed(fraction)))
        }
        Value::Date(_) => None,
    }
}

fn day_of(value: &Value<'_>) -> Option<Date> {
    match value {
        Value::Date(day) => Some(*day),
        Value::Text(text) => text.get(..10)?.parse().ok(),
        Value::Number(_) | Value::Plain(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct On(&'static str);

    impl Arguments for On {
        fn value(&self, name: &str) -> Option<Value<'_>> {
            (name == "channel").then_some(Value::Text(Cow::Borrowed(self.0)))
        }
    }

    fn written(
        function: Function,
        value: &Value<'_>,
        language: Language,
        on: &'static str,
    ) -> String {
        let mut out = String::new();
        function.write(value, language, &On(on), &mut out);
        out
    }

    #[test]
    fn numbers_rupees_and_days_are_written_as_people_here_read_them() {
        let text = |text: &'static str| Value::Text(Cow::Borrowed(text));
        let day = Value::Date(Date::constant(2026, 11, 21));
        for (function, value, hindi, english) in [
            (Function::Number, Value::Plain(1_234_567), "12,34,567", "12,34,567"),
            (Function::Number, text("250000"), "2,50,000", "2,50,000"),
            (Function::Number, text("बहुत"), "बहुत", "बहुत"),
            (Function::Rupees, Value::Number(1_234_567), "₹12,34,567", "₹12,34,567"),
            (Function::Rupees, text("1499.50"), "₹1,499.50", "₹1,499.50"),
            (Function::Date, day.clone(), "21 नवंबर 2026", "21 November 2026"),
            (Function::Date, text("2026-11-21T10:00:00Z"), "21 नवंबर 2026", "21 November 2026"),
            (Function::Date, text("कल"), "कल", "कल"),
            (Function::Day, day.clone(), "21 नवंबर", "21 November"),
            (Function::Weekday, day, "शनिवार", "Saturday"),
            (Function::Day, Value::Plain(7), "7", "7"),
        ] {
            let name = function.name();
            assert_eq!(written(function, &value, Language::Hi, "whatsapp"), hindi, "{name}");
            assert_eq!(written(function, &value, Language::En, "whatsapp"), english, "{name}");
        }
    }

    #[test]
    fn an_english_sms_stays_in_the_cheap_alphabet() {
        let value = Value::Number(5000);
        assert_eq!(written(Function::Rupees, &value, Language::En, "sms"), "Rs 5,000");
        assert_eq!(written(Function::Rupees, &value, Language::Hi, "sms"), "₹5,000");
    }

    #[test]
    fn a_name_is_read_back_as_its_function() {
        for function in Function::ALL {
            assert_eq!(Function::from_name(function.name()), Some(function));
        }
    }
}
