//! How many short messages a text of a flow fills, as operators bill it.

pub use crate::segments::{Size as SmsSize, measure as sms_size};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_as_operators_bill_them() {
        let rows = [
            (String::new(), 1, false),
            ("a".repeat(160), 1, false),
            ("a".repeat(161), 2, false),
            ("a".repeat(306), 2, false),
            ("a".repeat(307), 3, false),
            // A bracket takes two places, and is not split at the edge of a part.
            (format!("{}[", "a".repeat(158)), 1, false),
            (format!("{}[", "a".repeat(159)), 2, false),
            (format!("{}[{}", "a".repeat(152), "a".repeat(152)), 3, false),
            ("क".repeat(70), 1, true),
            ("क".repeat(71), 2, true),
            ("क".repeat(134), 2, true),
            ("क".repeat(135), 3, true),
            ("₹5".to_owned(), 1, true),
            ("🙏".repeat(36), 2, true),
            ("€".repeat(80), 1, false),
            ("€".repeat(81), 2, false),
            // One curly quote costs the whole alphabet; a sign of two units is not cut in two.
            (format!("’{}", "x".repeat(100)), 2, true),
            (format!("{}🙏", "क".repeat(66)), 1, true),
            (format!("{}🙏{}", "क".repeat(66), "क".repeat(66)), 3, true),
        ];
        for (text, parts, unicode) in rows {
            let size = sms_size(&text);
            assert_eq!((size.parts, size.unicode), (parts, unicode), "{text}");
        }
    }
}
