//! A call of a vendor to the program, and what proves that the vendor made it.

use std::fmt::Write as _;

use axum::body::Bytes;
use reqwest::{Method, Url};
use ring::hmac;

use super::{SmsAccount, Vendor};

/// One call to the program, as plain data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub method: Method,
    /// With its query.
    pub url: String,
    /// Names in small letters.
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
    /// Whether the vendor looks by a HEAD whether the address is there.
    pub head_first: bool,
}

impl Call {
    /// A GET with these fields in its query, after those of the address.
    pub(in crate::sandbox) fn get(address: &str, fields: &[(&str, String)]) -> Call {
        let url = Url::parse_with_params(address, fields);
        let url = url.map_or_else(|_| address.to_owned(), String::from);
        Call {
            method: Method::GET,
            url,
            headers: Vec::new(),
            body: Bytes::new(),
            head_first: false,
        }
    }

    /// A POST of a form.
    pub(in crate::sandbox) fn form(address: &str, fields: &[(&str, String)]) -> Call {
        let written = Url::parse_with_params("form:/", fields).ok();
        let body = written.and_then(|url| url.query().map(str::to_owned)).unwrap_or_default();
        Call::post(address, "application/x-www-form-urlencoded", body)
    }

    /// A POST of JSON.
    pub(in crate::sandbox) fn json(address: &str, value: &serde_json::Value) -> Call {
        Call::post(address, "application/json", value.to_string())
    }

    fn post(address: &str, content_type: &str, body: String) -> Call {
        Call {
            method: Method::POST,
            url: address.to_owned(),
            headers: vec![("content-type", content_type.to_owned())],
            body: Bytes::from(body),
            head_first: false,
        }
    }
}

/// The call with the vendor's signature, where it has one, and the account's basic authentication.
pub(super) fn signed(account: &SmsAccount, mut call: Call) -> Call {
    match account.vendor {
        Vendor::Twilio => {
            let signature = hmac_of(
                hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
                &account.password,
                twilio_text(&call).as_bytes(),
            );
            call.headers.push(("x-twilio-signature", base64(&signature)));
        }
        Vendor::Infobip => {
            let signature = hmac_of(hmac::HMAC_SHA256, &account.signature_key, &call.body);
            let mut value = "sha256=".to_owned();
            for byte in signature {
                // Writing to a String cannot fail.
                let _ = write!(value, "{byte:02x}");
            }
            call.headers.push(("x-hub-signature", value));
        }
        Vendor::Gupshup | Vendor::Msg91 | Vendor::Exotel | Vendor::Kaleyra => {}
    }
    with_basic(call, account.basic.as_ref())
}

/// The call with a user and a password, where it bears them.
pub(in crate::sandbox) fn with_basic(mut call: Call, basic: Option<&(String, String)>) -> Call {
    if let Some((user, password)) = basic {
        let word = base64(format!("{user}:{password}").as_bytes());
        call.headers.push(("authorization", format!("Basic {word}")));
    }
    call
}

/// What Twilio signs: the address, then names and values of the form in the order of the names.
fn twilio_text(call: &Call) -> String {
    let mut text = call.url.clone();
    let Ok(mut reader) = Url::parse("form:/") else { return text };
    let form = String::from_utf8_lossy(&call.body);
    reader.set_query((!form.is_empty()).then_some(&form));
    let mut fields: Vec<(String, String)> = reader.query_pairs().into_owned().collect();
    fields.sort();
    for (name, value) in fields {
        text.push_str(&name);
        text.push_str(&value);
    }
    text
}

fn hmac_of(algorithm: hmac::Algorithm, key: &str, bytes: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(algorithm, key.as_bytes()), bytes).as_ref().to_vec()
}

/// Base64 of the usual alphabet, padded (RFC 4648, section 4).
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let octet = |place: usize| u32::from(chunk.get(place).copied().unwrap_or_default());
        let group = octet(0) << 16 | octet(1) << 8 | octet(2);
        for place in 0..4 {
            let digit = DIGITS.get((group >> (18 - 6 * place) & 63) as usize);
            let is_there = place <= chunk.len();
            text.push(if is_there { digit.copied().map_or('=', char::from) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        // RFC 4648, section 10.
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn twilio_signs_as_its_document_shows() {
        let fields = [
            ("Digits", "1234"),
            ("To", "+18005551212"),
            ("From", "+14158675309"),
            ("Caller", "+14158675309"),
            ("CallSid", "CA1234567890ABCDE"),
        ];
        let fields = fields.map(|(name, value)| (name, value.to_owned()));
        let account = SmsAccount {
            password: "12345".to_owned(),
            ..SmsAccount::new(Vendor::Twilio, "http://127.0.0.1:1")
        };
        let call = Call::form("https://mycompany.com/myapp.php?foo=1&bar=2", &fields);
        let call = account.signed(call);
        let signature = ("x-twilio-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=".to_owned());
        assert!(call.headers.contains(&signature), "{call:?}");
    }
}
