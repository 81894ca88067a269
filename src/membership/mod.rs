//! Membership: the member number with its check digit, and the card.
//!
//! A number is written `UP-0000-0123-7`: the state, the serial in groups of four, the check digit.
//! The groups are short enough to be read aloud and held in mind, and the letters tell a member
//! number from a phone number. A ticket is written `T-0123-7`, so that the two are not confused.

pub mod card;

/// The states whose offices use Samvad: Uttar Pradesh.
const MEMBER_PREFIX: &str = "UP";
const TICKET_PREFIX: &str = "T";
const MEMBER_DIGITS: usize = 8;
const TICKET_DIGITS: usize = 4;
const GROUP: usize = 4;

/// Damm's quasigroup of order 10: totally anti-symmetric, with a zero diagonal (H. M. Damm, 2004).
/// The check digit over it catches every single wrong digit and every swap of two neighbours.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// A member number: a serial that is never given twice, with a check digit (Damm), so that a
/// mistyped or misheard number is noticed. Serials above eight digits get more groups of four.
#[must_use]
pub fn member_number(serial: u64) -> String {
    numbered(MEMBER_PREFIX, serial, MEMBER_DIGITS)
}

/// A ticket number of the same make, `T` in front, at least four digits.
#[must_use]
pub fn ticket_number(serial: u64) -> String {
    numbered(TICKET_PREFIX, serial, TICKET_DIGITS)
}

/// The serial of a member number as a person types it back: in any decimal digits, with or without
/// `UP`, hyphens, spaces and leading zeros. `None` when the check digit does not fit, or when
/// anything else stands in the text.
#[must_use]
pub fn parse_member_number(text: &str) -> Option<u64> {
    parse(MEMBER_PREFIX, text)
}

/// The serial of a ticket number; the same leniency as [`parse_member_number`].
#[must_use]
pub fn parse_ticket_number(text: &str) -> Option<u64> {
    parse(TICKET_PREFIX, text)
}

/// The code by which a member brings others, from their member number: `UP-5724` for
/// `UP-0000-0572-4`. The letters are those of member numbers, the last digit is the check digit, and
/// it says nothing of the member's phone. A number of another make is its own code.
#[must_use]
pub fn referral_code(member_number: &str) -> String {
    let Some(serial) = parse_member_number(member_number) else { return member_number.to_owned() };
    let check = damm(serial.to_string().bytes().map(|digit| digit - b'0'));
    format!("{MEMBER_PREFIX}-{serial}{check}")
}

/// The member number a referral code belongs to, read as people type it: small letters, without the
/// hyphen, any decimal digits. `None` when the check digit does not fit or the letters are missing: a
/// bare number may be anything.
#[must_use]
pub fn parse_referral_code(text: &str) -> Option<String> {
    let cleaned = crate::geography::clean(text);
    let head = cleaned.trim_start().get(..MEMBER_PREFIX.len())?;
    if !head.eq_ignore_ascii_case(MEMBER_PREFIX) {
        return None;
    }
    parse_member_number(&cleaned).map(member_number)
}

/// Whether a text has the letters and digits of a referral code, with or without a check digit that
/// fits: `UP-5725` is one mistyped.
#[must_use]
pub fn looks_like_referral_code(text: &str) -> bool {
    let cleaned = crate::geography::clean(text);
    let Some((head, rest)) = cleaned.trim().split_at_checked(MEMBER_PREFIX.len()) else {
        return false;
    };
    head.eq_ignore_ascii_case(MEMBER_PREFIX)
        && rest.chars().filter(char::is_ascii_digit).count() >= 2
        && rest.chars().all(|letter| letter.is_ascii_digit() || letter == ' ')
}

fn numbered(prefix: &str, serial: u64, least_digits: usize) -> String {
    let digits = format!("{serial:0least_digits$}");
    let padded_length = digits.len().div_ceil(GROUP) * GROUP;
    let padded = format!("{digits:0>padded_length$}");
    let check = damm(padded.bytes().map(|digit| digit - b'0'));
    let mut number = prefix.to_owned();
    for (index, digit) in padded.chars().enumerate() {
        if index % GROUP == 0 {
            number.push('-');
        }
        number.push(digit);
    }
    number.push('-');
    number.push(char::from(b'0' + check));
    number
}

fn parse(prefix: &str, text: &str) -> Option<u64> {
    let folded = crate::geography::clean(text);
    let without_prefix = folded.trim_start();
    let prefix_length = prefix.len();
    let digits_only = match without_prefix.get(..prefix_length) {
        Some(head) if head.eq_ignore_ascii_case(prefix) => without_prefix.get(prefix_length..)?,
        _ => without_prefix,
    };
    let mut digits: Vec<u8> = Vec::with_capacity(MEMBER_DIGITS + 1);
    for character in digits_only.chars() {
        match character {
            '0'..='9' => digits.push(character as u8 - b'0'),
            ' ' => {}
            _ => return None,
        }
    }
    let (check, serial_digits) = digits.split_last()?;
    // A leading zero changes nothing: 0 is the start of the chain and its row begins with 0.
    if serial_digits.is_empty() || damm(serial_digits.iter().copied()) != *check {
        return None;
    }
    let mut serial: u64 = 0;
    for digit in serial_digits {
        serial = serial.checked_mul(10)?.checked_add(u64::from(*digit))?;
    }
    Some(serial)
}

/// The check digit over `digits`, each 0 to 9; anything larger is taken as 0.
fn damm(digits: impl Iterator<Item = u8>) -> u8 {
    let mut interim: u8 = 0;
    for digit in digits {
        let row = DAMM.get(usize::from(interim)).copied().unwrap_or_default();
        interim = row.get(usize::from(digit)).copied().unwrap_or_default();
    }
    interim
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn digit_places(number: &str) -> Vec<usize> {
        (0..number.len()).filter(|place| number.as_bytes()[*place].is_ascii_digit()).collect()
    }

    #[test]
    fn a_member_number_is_read_aloud_in_groups() {
        assert_eq!(member_number(572), "UP-0000-0572-4");
        assert_eq!(member_number(0), "UP-0000-0000-0");
        assert_eq!(member_number(123_456_789), "UP-0001-2345-6789-4");
        assert_eq!(ticket_number(572), "T-0572-4");
    }

    #[test]
    fn a_member_number_is_understood_as_people_type_it() {
        for text in
            ["UP-0000-0572-4", "up 0000 0572 4", "५७२४", "UP०००००५७२४", " 0572-4 ", "ＵＰ 5724"]
        {
            assert_eq!(parse_member_number(text), Some(572), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_member_number_is_refused() {
        for text in ["", "UP", "UP-0000-0572-5", "T-0572-4", "0", "hello", "UP 5724 hai"] {
            assert_eq!(parse_member_number(text), None, "{text}");
        }
        let far_too_long = "9".repeat(60);
        assert_eq!(parse_member_number(&far_too_long), None);
    }

    #[test]
    fn a_referral_code_is_short_and_read_as_people_type_it() {
        assert_eq!(referral_code("UP-0000-0572-4"), "UP-5724");
        assert_eq!(referral_code("10000017x"), "10000017x");
        for text in ["UP-5724", "up5724", "Up 5724", "up-५७२४", "UP-0000-0572-4", "ＵＰ-5724"]
        {
            let number = parse_referral_code(text);
            assert_eq!(number.as_deref(), Some("UP-0000-0572-4"), "{text}");
        }
        for text in ["5724", "UP-5725", "UP", "", "AB12CD", "upar 5724", "us"] {
            assert_eq!(parse_referral_code(text), None, "{text}");
        }
    }

    #[test]
    fn a_mistyped_referral_code_still_looks_like_one() {
        for text in ["UP-5724", "up5725", "Up 5725", "up-५७२५", "ＵＰ-5725", "UP-0000-0572-5"]
        {
            assert!(looks_like_referral_code(text), "{text}");
        }
        for text in ["5724", "UP", "UP-1", "", "AB12CD", "upar 5724", "us", "UP mein 12", "SP-4711"]
        {
            assert!(!looks_like_referral_code(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_referral_code_leads_back_to_its_member(serial in any::<u64>()) {
            let number = member_number(serial);
            prop_assert_eq!(parse_referral_code(&referral_code(&number)), Some(number));
        }

        #[test]
        fn every_number_is_read_back(serial in any::<u64>()) {
            prop_assert_eq!(parse_member_number(&member_number(serial)), Some(serial));
            prop_assert_eq!(parse_ticket_number(&ticket_number(serial)), Some(serial));
        }

        #[test]
        fn every_single_wrong_digit_is_noticed(serial in 0_u64..10_000_000_000) {
            let number = member_number(serial);
            for place in digit_places(&number) {
                for digit in b'0'..=b'9' {
                    let mut bytes = number.clone().into_bytes();
                    if bytes[place] == digit {
                        continue;
                    }
                    bytes[place] = digit;
                    let wrong = String::from_utf8(bytes).unwrap();
                    prop_assert_eq!(parse_member_number(&wrong), None, "{}", wrong);
                }
            }
        }

        #[test]
        fn every_swap_of_neighbours_is_noticed(serial in 0_u64..10_000_000_000) {
            let number = member_number(serial);
            let places = digit_places(&number);
            for pair in places.windows(2) {
                let mut bytes = number.clone().into_bytes();
                if bytes[pair[0]] == bytes[pair[1]] {
                    continue;
                }
                bytes.swap(pair[0], pair[1]);
                let wrong = String::from_utf8(bytes).unwrap();
                prop_assert_eq!(parse_member_number(&wrong), None, "{}", wrong);
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in any::<String>()) {
            let _ = parse_member_number(&text);
            let _ = parse_ticket_number(&text);
        }
    }
}
