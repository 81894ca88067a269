//! The signature Meta puts on a callback.

use std::fmt::Write as _;

use ring::hmac;

/// The value of `X-Hub-Signature-256` for these raw bytes: `sha256=` and 64 lower-case hex digits
/// of HMAC-SHA256 under the app secret.
#[must_use]
pub fn sign(secret: &str, bytes: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    sign_with(&key, bytes)
}

/// The same with a key made once, for loads that sign many thousands.
pub(super) fn sign_with(key: &hmac::Key, bytes: &[u8]) -> String {
    let mut header = String::with_capacity(71);
    header.push_str("sha256=");
    for byte in hmac::sign(key, bytes).as_ref() {
        // Writing to a String cannot fail.
        let _ = write!(header, "{byte:02x}");
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_published_hmac_of_the_raw_bytes() {
        // RFC 4231, test case 2.
        assert_eq!(
            sign("Jefe", b"what do ya want for nothing?"),
            "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
