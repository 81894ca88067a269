//! Every way a number is written is one number, and no number is taken for another.

use proptest::prelude::*;

use super::*;

#[test]
fn every_form_of_an_indian_number_is_one_number() {
    for text in [
        "9812345678",
        "09812345678",
        "919812345678",
        "+919812345678",
        "00919812345678",
        "0919812345678",
        "+91 98123 45678",
        "+91-98123-45678",
        "+91 (0) 98123 45678",
        "91 098123 45678",
        "98123.45678",
        "(+91) 98123–45678",
        "\u{202a}+91\u{a0}98123\u{2011}45678\u{202c}",
        "९८१२३४५६७८",
        "+९१ ९८१२३ ४५६७८",
        "०९८१२३४५६७८",
        "۹۸۱۲۳۴۵۶۷۸",
        "＋９１９８１２３４５６７８",
    ] {
        let number = PhoneNumber::parse(text).unwrap_or_else(|_| panic!("{text}"));
        assert_eq!(number.digits(), "9812345678", "{text}");
    }
}

#[test]
fn a_fixed_line_of_india_is_no_mobile_and_no_foreign_number() {
    for text in [
        "05222234567",
        "0522-2234567",
        "+91 522 2234567",
        "915222234567",
        "0091 11 23456789",
        "1123456789",
        "०५२२ २२३४५६७",
    ] {
        assert_eq!(Written::read(text), Some(Written::FixedLine), "{text}");
        assert_eq!(PhoneNumber::parse(text), Err(NotAPhoneNumber), "{text}");
    }
}

#[test]
fn a_foreign_number_stays_what_it_is_in_every_form() {
    for (text, digits) in [
        ("+16505551234", "16505551234"),
        ("0016505551234", "16505551234"),
        ("1 650 555-1234", "16505551234"),
        // Ten digits with a country are not ten digits of India.
        ("+65 9123 4567", "6591234567"),
        ("00 65 9123 4567", "6591234567"),
        ("+98 912 345 67", "9891234567"),
        ("+977 9812345678", "9779812345678"),
        ("9779812345678", "9779812345678"),
        ("+44 7700 900123", "447700900123"),
    ] {
        assert_eq!(Written::read(text), Some(Written::Foreign(digits.to_owned())), "{text}");
        assert_eq!(PhoneNumber::parse(text), Err(NotAPhoneNumber), "{text}");
    }
}

#[test]
fn what_is_no_number_is_none() {
    for text in [
        "",
        "+",
        "AD-UPSAMV",
        "53733",
        "981234567",
        "+91 98123 4567",
        "91981234567",
        "98123456789012345678",
        "98123x5678",
        "9812345678, 9812345679",
        "++919812345678",
        "0",
        "000000000000",
        "+0919812345678",
    ] {
        let read = Written::read(text);
        assert!(!matches!(read, Some(Written::Mobile(_) | Written::FixedLine)), "{text}: {read:?}");
    }
}

/// Digits in one of the scripts phones in India type.
fn in_script(digits: &str, zero: char) -> String {
    let sign = |digit: char| {
        digit
            .to_digit(10)
            .and_then(|value| char::from_u32(u32::from(zero) + value))
            .unwrap_or(digit)
    };
    digits.chars().map(sign).collect()
}

proptest! {
    #[test]
    fn a_number_is_found_again_behind_any_prefix_script_and_spacing(
        number in "[6-9][0-9]{9}",
        prefix in prop_oneof![
            Just(""), Just("0"), Just("91"), Just("+91"), Just("0091"), Just("091"), Just("+91 0"),
        ],
        gap in prop_oneof![Just(""), Just(" "), Just("-"), Just("\u{a0}"), Just(" - ")],
        cut in 1..9_usize,
        zero in prop_oneof![Just('0'), Just('०'), Just('۰'), Just('০')],
    ) {
        let (head, tail) = number.split_at(cut);
        let text = in_script(&format!("{prefix}{gap}{head}{gap}{tail}"), zero);
        prop_assert_eq!(PhoneNumber::parse(&text).map(|read| read.digits().to_owned()), Ok(number));
    }

    #[test]
    fn two_numbers_are_never_taken_for_one(one in "[0-9+ ]{8,16}", other in "[0-9+ ]{8,16}") {
        // Whatever is read as the same mobile ends in the same ten digits.
        if let (Ok(first), Ok(second)) = (PhoneNumber::parse(&one), PhoneNumber::parse(&other)) {
            let end = |text: &str| {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                digits[digits.len() - 10..].to_owned()
            };
            prop_assert_eq!(first == second, end(&one) == end(&other));
        }
    }

    #[test]
    fn nothing_that_is_typed_makes_it_stumble(text in "\\PC{0,30}") {
        let _ = Written::read(&text);
    }
}
