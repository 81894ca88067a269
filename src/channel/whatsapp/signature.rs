//! Who may speak to the webhook: Meta's signature over the raw body, and the handshake's token.

use axum::http::HeaderMap;
use ring::hmac;

use crate::channel::whatsapp::config::Secret;

/// The header that carries `sha256=` and 64 hex digits.
pub const HEADER: &str = "x-hub-signature-256";

/// The app secrets a body may be signed with: one, or two while the secret is being changed.
#[derive(Clone)]
pub struct AppSecrets {
    keys: Vec<hmac::Key>,
}

impl std::fmt::Debug for AppSecrets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "AppSecrets({})", self.keys.len())
    }
}

impl AppSecrets {
    /// Takes the secrets in the order they are tried. None at all means that nothing is accepted.
    #[must_use]
    pub fn new(secrets: &[Secret]) -> AppSecrets {
        let keys = secrets
            .iter()
            .map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes()))
            .collect();
        AppSecrets { keys }
    }

    /// Whether one of the secrets made the signature in the headers over exactly these bytes.
    ///
    /// The comparison takes the same time wherever the tags differ (RFC 2104 over SHA-256, by `ring`).
    #[must_use]
    pub fn accept(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        let Some(tag) = tag_of(headers) else { return false };
        self.keys.iter().any(|key| hmac::verify(key, body, &tag).is_ok())
    }

    /// The header's value for a body, under the first secret; `None` without any. For whoever plays Meta.
    #[must_use]
    pub fn sign(&self, body: &[u8]) -> Option<String> {
        let tag = hmac::sign(self.keys.first()?, body);
        Some(format!("sha256={}", hex(tag.as_ref())))
    }
}

/// The tag in the headers; `None` unless there is one header, `sha256=` and 64 hex digits.
pub(super) fn tag_of(headers: &HeaderMap) -> Option<[u8; 32]> {
    let mut values = headers.get_all(HEADER).iter();
    let value = values.next()?;
    if values.next().is_some() {
        return None;
    }
    let digits = value.as_bytes().strip_prefix(b"sha256=")?;
    if digits.len() != 64 {
        return None;
    }
    let mut tag = [0; 32];
    for (byte, pair) in tag.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = hex_digit(*high)? << 4 | hex_digit(*low)?;
    }
    Some(tag)
}

const fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Lower-case hex.
pub(in crate::channel) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Whether the handshake's token is ours. What is compared, in constant time, are HMACs of the two
/// under our own, so that the time tells nothing of where they differ.
#[must_use]
pub fn token_matches(ours: &Secret, given: &str) -> bool {
    let token = ours.expose().as_bytes();
    let key = hmac::Key::new(hmac::HMAC_SHA256, token);
    let expected = hmac::sign(&key, token);
    !token.is_empty() && hmac::verify(&key, given.as_bytes(), expected.as_ref()).is_ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const BODY: &[u8] = "{\"object\":\"whatsapp_business_account\",\"न\":1}".as_bytes();

    fn secrets(texts: &[&str]) -> AppSecrets {
        AppSecrets::new(&texts.iter().map(|text| Secret::new(*text)).collect::<Vec<_>>())
    }

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, HeaderValue::from_str(value).unwrap());
        headers
    }

    /// RFC 4231, test case 2.
    #[test]
    fn the_signature_is_hmac_sha256_of_the_body() {
        let value = secrets(&["Jefe"]).sign(b"what do ya want for nothing?").unwrap();
        assert_eq!(
            value,
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_body_signed_with_any_of_our_secrets_is_accepted() {
        let old = secrets(&["old"]).sign(BODY).unwrap();
        let both = secrets(&["new", "old"]);
        assert!(both.accept(&headers(&old), BODY));
        assert!(both.accept(&headers(&both.sign(BODY).unwrap()), BODY));
        assert!(!secrets(&["new"]).accept(&headers(&old), BODY));
    }

    #[test]
    fn a_changed_byte_a_missing_header_and_no_secret_are_refused() {
        let ours = secrets(&["secret"]);
        let signature = ours.sign(BODY).unwrap();
        let mut changed = BODY.to_vec();
        changed[3] ^= 1;
        assert!(!ours.accept(&headers(&signature), &changed));
        assert!(!ours.accept(&HeaderMap::new(), BODY));
        assert!(!secrets(&[]).accept(&headers(&signature), BODY));
    }

    #[test]
    fn the_header_is_exactly_sha256_and_64_hex_digits() {
        let ours = secrets(&["secret"]);
        let signature = ours.sign(BODY).unwrap();
        let digits = signature.strip_prefix("sha256=").unwrap();
        for wrong in [
            digits.to_owned(),
            format!("sha1={digits}"),
            format!("SHA256={digits}"),
            format!("{signature}0"),
            format!("sha256={}", &digits[1..]),
            format!("sha256={}g", &digits[1..]),
            format!(" {signature}"),
            "sha256=".to_owned(),
            String::new(),
        ] {
            assert!(!ours.accept(&headers(&wrong), BODY), "{wrong}");
        }
        let mut twice = headers(&signature);
        twice.append(HEADER, HeaderValue::from_str(&signature).unwrap());
        assert!(!ours.accept(&twice, BODY));
    }

    #[test]
    fn only_our_own_token_matches_and_an_empty_one_never() {
        assert!(token_matches(&Secret::new("नमस्ते-42"), "नमस्ते-42"));
        for wrong in ["", "नमस्ते-4", "नमस्ते-421", "x"] {
            assert!(!token_matches(&Secret::new("नमस्ते-42"), wrong));
        }
        assert!(!token_matches(&Secret::new(""), ""));
    }
}
