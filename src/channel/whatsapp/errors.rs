//! Meta's error codes as data, and how an error body is read.

use std::time::Duration;

use crate::channel::whatsapp::json::Json;
use crate::channel::{ErrorClass, SendError};

/// A fault of Meta's side that is likely gone in minutes.
const PASSING: ErrorClass = ErrorClass::Retry { times: 10 };
/// A fault that may be ours: a few times, then no more.
const DOUBTFUL: ErrorClass = ErrorClass::Retry { times: 3 };

/// One line of the table: codes from `first` to `last`, what to do, and how long to wait at least.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    pub first: i64,
    pub last: i64,
    pub class: ErrorClass,
    /// Seconds before the next call of this kind; 0 leaves it to the sender.
    pub wait: u64,
}

const fn row(code: i64, class: ErrorClass) -> Row {
    Row { first: code, last: code, class, wait: 0 }
}

const fn rows(first: i64, last: i64, class: ErrorClass) -> Row {
    Row { first, last, class, wait: 0 }
}

/// What each published code asks of us (Cloud API error codes, 2026), in the order of the codes.
pub const TABLE: &[Row] = &[
    // The token: invalid, expired, of another app.
    row(0, ErrorClass::PauseSender),
    row(1, DOUBTFUL),
    // Downtime or overload.
    row(2, PASSING),
    // A permission or capability is missing.
    row(3, ErrorClass::PauseSender),
    // Too many calls of the app. The quota opens over minutes; the halved rate sees to those, and a
    // person who waits for an answer does not wait a minute for one refusal.
    Row { first: 4, last: 4, class: ErrorClass::Throttle, wait: 5 },
    row(10, ErrorClass::PauseSender),
    // The business number was deleted, or its id is wrong.
    row(33, ErrorClass::PauseSender),
    // A wrong parameter: our fault, and the same again the next time.
    row(100, ErrorClass::Never),
    row(102, ErrorClass::PauseSender),
    row(190, ErrorClass::PauseSender),
    rows(200, 299, ErrorClass::PauseSender),
    // The account is restricted for a breach of policy.
    row(368, ErrorClass::PauseSender),
    // Too many calls of the account.
    row(80_007, ErrorClass::Throttle),
    // We blocked this person.
    row(130_403, ErrorClass::Never),
    // The number's throughput is used up.
    row(130_429, ErrorClass::Throttle),
    // The person is in an experiment of Meta's without marketing messages.
    row(130_472, ErrorClass::OtherChannel),
    // The account may not write to this country.
    row(130_497, ErrorClass::PauseSender),
    row(131_000, DOUBTFUL),
    row(131_005, ErrorClass::PauseSender),
    // Missing or invalid parameter.
    rows(131_008, 131_009, ErrorClass::Never),
    row(131_016, PASSING),
    // The recipient is ourselves.
    row(131_021, ErrorClass::Never),
    // Not on WhatsApp, too old a version, terms not accepted.
    row(131_026, ErrorClass::OtherChannel),
    // A test number that was not allow-listed.
    row(131_030, ErrorClass::Never),
    row(131_031, ErrorClass::PauseSender),
    // The display name is not approved.
    row(131_037, ErrorClass::PauseSender),
    // Payment.
    row(131_042, ErrorClass::PauseSender),
    // The number is not registered.
    row(131_045, ErrorClass::PauseSender),
    // More than 24 hours since the person's last message.
    row(131_047, ErrorClass::NeedsTemplate),
    // Too many of our messages were taken for spam.
    row(131_048, ErrorClass::PauseSender),
    // Meta's cap of marketing messages for one person.
    Row { first: 131_049, last: 131_049, class: ErrorClass::Tomorrow, wait: 24 * 60 * 60 },
    row(131_050, ErrorClass::OptedOut),
    // A type that cannot be sent.
    row(131_051, ErrorClass::Never),
    // Media that could not be fetched (theirs) or taken (ours).
    row(131_052, ErrorClass::Never),
    row(131_053, ErrorClass::Retry { times: 2 }),
    // The Marketing Messages API was meant.
    row(131_055, ErrorClass::Never),
    // More than one message in six seconds to the same person.
    row(131_056, ErrorClass::WaitRecipient),
    // The number is being upgraded or maintained.
    Row { first: 131_057, last: 131_057, class: PASSING, wait: 60 },
    // Not to a business-scoped user id.
    row(131_062, ErrorClass::Never),
    rows(131_063, 131_064, ErrorClass::PauseSender),
    // The template: number of variables, missing, too long, policy, format, parameters.
    rows(132_000, 132_001, ErrorClass::Never),
    row(132_005, ErrorClass::Never),
    rows(132_007, 132_008, ErrorClass::Never),
    row(132_012, ErrorClass::Never),
    // Paused and disabled templates.
    rows(132_015, 132_016, ErrorClass::Never),
    row(132_018, ErrorClass::Never),
    // Blocked and throttled forms.
    rows(132_068, 132_069, ErrorClass::Never),
    // Registration and PIN of the number.
    row(133_000, ErrorClass::PauseSender),
    row(133_004, PASSING),
    rows(133_005, 133_006, ErrorClass::PauseSender),
    rows(133_008, 133_010, ErrorClass::PauseSender),
    rows(133_015, 133_016, ErrorClass::PauseSender),
    rows(134_100, 134_102, ErrorClass::Never),
    row(135_000, ErrorClass::Never),
];

/// The codes that speak of a template, first and last.
pub const TEMPLATE_CODES: (i64, i64) = (132_000, 132_018);

/// What an operator does about a template that is refused with this code (Cloud API error codes,
/// 2026); `None` for a code that says nothing about one.
#[must_use]
pub const fn template_advice(code: i64) -> Option<&'static str> {
    Some(match code {
        132_000 => {
            "the number of its variables is not the approved one; register the text as `samvad doctor` \
             shows it, or change flows/templates to what is approved"
        }
        132_001 => {
            "it does not exist in this language, or is not approved yet; register it as `samvad doctor` \
             shows it and wait for the approval"
        }
        132_005 => "filled in it is too long; shorten the text or what fills it",
        132_007 => "its text breaks the provider's policy; word it anew and register it again",
        132_008 | 132_012 | 132_018 => {
            "a variable has not the approved form; compare flows/templates with what is approved"
        }
        132_015 => {
            "it is paused for low quality (3 hours, then 6, then for good); send it to fewer people \
             and mend its text"
        }
        132_016 => {
            "it is disabled for low quality for good; register a better text under a new name and put \
             that name into flows/templates"
        }
        _ => return None,
    })
}

/// Whether the template is refused whoever it is sent to, and not for what it was filled in with.
#[must_use]
pub const fn refuses_template(code: i64) -> bool {
    matches!(code, 132_000 | 132_001 | 132_007 | 132_015 | 132_016)
}

fn find(code: i64) -> Option<&'static Row> {
    TABLE.iter().find(|row| (row.first..=row.last).contains(&code))
}

/// The class of a published code; `None` for any other.
#[must_use]
pub fn published(code: i64) -> Option<ErrorClass> {
    find(code).map(|row| row.class)
}

/// What to do about a code, from a call (with its HTTP status) or from a status webhook (without).
///
/// An HTTP 429 slows the number down whatever code it carries, unless that code asks for more. A
/// code the table does not have is judged by the HTTP status, and without one is `Never`.
#[must_use]
pub fn class_of(code: Option<i64>, http: Option<u16>) -> ErrorClass {
    let by_code = code.and_then(find).map(|row| row.class);
    let class = by_code.unwrap_or_else(|| by_http(code.is_some(), http));
    match class {
        ErrorClass::Never | ErrorClass::Retry { .. } if http == Some(429) => ErrorClass::Throttle,
        _ => class,
    }
}

/// `has_code`: the answer came from the Graph API and not from something on the way to it.
const fn by_http(has_code: bool, http: Option<u16>) -> ErrorClass {
    match http {
        Some(429) => ErrorClass::Throttle,
        Some(401 | 403) => ErrorClass::PauseSender,
        Some(500..) => PASSING,
        Some(408) => DOUBTFUL,
        // Not the Graph API's words at all: a wrong address, a proxy. No message is at fault.
        Some(300..=399 | 404..=407) if !has_code => ErrorClass::PauseSender,
        _ => ErrorClass::Never,
    }
}

/// Makes the error of a refused call from what came back; the body may be anything.
///
/// `retry_after` is the value of the header of that name; only seconds are read.
#[must_use]
pub fn refusal(http: u16, retry_after: Option<&str>, body: &[u8]) -> SendError {
    let code = code_of(body);
    let said = retry_after.and_then(|value| value.trim().parse::<u64>().ok());
    let known = code.and_then(find).map(|row| row.wait).filter(|seconds| *seconds > 0);
    // More than a day is no wait but a fault of the header.
    let seconds = said.or(known).map(|seconds| seconds.min(24 * 60 * 60));
    SendError {
        class: class_of(code, Some(http)),
        code,
        http: Some(http),
        retry_after: seconds.map(Duration::from_secs),
    }
}

/// The `error.code` of an error body.
#[must_use]
pub fn code_of(body: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(body).ok()?;
    Json::parse(text).ok()?.get("error")?.integer("code")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published table, once more and by what each code asks for.
    #[test]
    fn every_published_code_has_its_class() {
        let expected: &[(ErrorClass, &[i64])] = &[
            (
                ErrorClass::PauseSender,
                &[
                    0, 190, 102, 3, 10, 200, 201, 230, 299, 131_005, 33, 368, 131_031, 130_497,
                    131_037, 131_042, 131_045, 133_010, 133_000, 133_006, 131_048, 131_063,
                    131_064, 133_005, 133_008, 133_009, 133_015, 133_016,
                ],
            ),
            (ErrorClass::Retry { times: 3 }, &[1, 131_000]),
            (ErrorClass::Retry { times: 10 }, &[2, 131_016, 131_057, 133_004]),
            (ErrorClass::Retry { times: 2 }, &[131_053]),
            (ErrorClass::Throttle, &[4, 80_007, 130_429]),
            (ErrorClass::WaitRecipient, &[131_056]),
            (
                ErrorClass::Never,
                &[
                    100, 130_403, 131_008, 131_009, 131_021, 135_000, 131_030, 131_051, 131_052,
                    131_055, 134_100, 134_101, 134_102, 131_062, 132_000, 132_001, 132_005,
                    132_007, 132_008, 132_012, 132_018, 132_015, 132_016, 132_068, 132_069,
                ],
            ),
            (ErrorClass::OtherChannel, &[130_472, 131_026]),
            (ErrorClass::NeedsTemplate, &[131_047]),
            (ErrorClass::Tomorrow, &[131_049]),
            (ErrorClass::OptedOut, &[131_050]),
        ];
        for (class, codes) in expected {
            for code in *codes {
                assert_eq!(class_of(Some(*code), None), *class, "{code} in a status");
                assert_eq!(class_of(Some(*code), Some(400)), *class, "{code} with 400");
                assert_eq!(class_of(Some(*code), Some(500)), *class, "{code} with 500");
            }
        }
        let listed: usize = expected.iter().map(|(_, codes)| codes.len()).sum();
        // Of 200-299 four are tried above; every other code of the table is.
        let in_table: i64 = TABLE.iter().map(|row| row.last - row.first + 1).sum();
        assert_eq!(i64::try_from(listed).unwrap(), in_table - 100 + 4);
    }

    #[test]
    fn every_code_about_a_template_says_what_to_do() {
        let (first, last) = TEMPLATE_CODES;
        for row in TABLE {
            for code in row.first..=row.last {
                let about_templates = (first..=last).contains(&code);
                assert_eq!(template_advice(code).is_some(), about_templates, "{code}");
            }
        }
    }

    #[test]
    fn the_table_is_in_order_and_has_no_code_twice() {
        for pair in TABLE.windows(2) {
            assert!(pair[0].first <= pair[0].last && pair[0].last < pair[1].first, "{pair:?}");
        }
    }

    #[test]
    fn an_unknown_code_is_judged_by_its_http_status() {
        let cases = [
            (Some(999_999), None, ErrorClass::Never),
            (Some(999_999), Some(400), ErrorClass::Never),
            (Some(999_999), Some(404), ErrorClass::Never),
            (Some(999_999), Some(403), ErrorClass::PauseSender),
            (Some(999_999), Some(503), PASSING),
            (None, Some(400), ErrorClass::Never),
            (None, Some(401), ErrorClass::PauseSender),
            (None, Some(404), ErrorClass::PauseSender),
            (None, Some(302), ErrorClass::PauseSender),
            (None, Some(408), DOUBTFUL),
            (None, Some(429), ErrorClass::Throttle),
            (None, Some(500), PASSING),
            (None, Some(599), PASSING),
            (None, None, ErrorClass::Never),
        ];
        for (code, http, class) in cases {
            assert_eq!(class_of(code, http), class, "{code:?} {http:?}");
        }
    }

    #[test]
    fn a_429_slows_the_number_down_unless_its_code_asks_for_more() {
        assert_eq!(class_of(Some(100), Some(429)), ErrorClass::Throttle);
        assert_eq!(class_of(Some(131_000), Some(429)), ErrorClass::Throttle);
        assert_eq!(class_of(Some(131_056), Some(429)), ErrorClass::WaitRecipient);
        assert_eq!(class_of(Some(190), Some(429)), ErrorClass::PauseSender);
    }

    #[test]
    fn an_error_body_gives_its_code_and_waits() {
        let body = br#"{"error":{"message":"(#130429) Rate limit hit","type":"OAuthException",
            "code":130429,"error_data":{"messaging_product":"whatsapp","details":"x"},
            "error_subcode":2494055,"fbtrace_id":"A"}}"#;
        let error = refusal(400, Some("7"), body);
        assert_eq!(
            error,
            SendError {
                class: ErrorClass::Throttle,
                code: Some(130_429),
                http: Some(400),
                retry_after: Some(Duration::from_secs(7)),
            }
        );
        assert_eq!(refusal(400, None, body).retry_after, None);
        let upgrade = refusal(500, None, br#"{"error":{"code":"131057"}}"#);
        assert_eq!(upgrade.retry_after, Some(Duration::from_mins(1)));
    }

    #[test]
    fn any_body_and_any_header_are_read_without_harm() {
        for body in
            [&b""[..], b"<html>", b"null", b"[]", b"{\"error\":1}", b"\xff", b"{\"error\":{}}"]
        {
            let error = refusal(503, Some("Wed, 21 Oct 2026 07:28:00 GMT"), body);
            assert_eq!((error.class, error.code, error.retry_after), (PASSING, None, None));
        }
        assert_eq!(refusal(429, Some("99999999"), b"").retry_after, Some(Duration::from_hours(24)));
    }
}
