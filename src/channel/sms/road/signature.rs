//! Whether a call bears its vendor's signature.

use ring::hmac;

use super::file::{SignatureKind, SignaturePart};
use super::tree;
use crate::channel::sms::Callback;
use crate::channel::sms::config::Secret;
use crate::channel::sms::webhook::base64;
use crate::channel::whatsapp::signature::{hex, token_matches};

/// Whether the call was signed with `key`. `callback_url` is our address as the vendor knows it.
#[must_use]
pub(super) fn is_genuine(
    part: &SignaturePart,
    key: &Secret,
    callback_url: &str,
    callback: &Callback,
) -> bool {
    let mut given = callback.headers.iter().filter(|(name, _)| *name == part.header);
    let Some((_, value)) = given.next() else { return false };
    if given.next().is_some() {
        return false;
    }
    let Some(value) = value.trim().strip_prefix(part.prefix.as_str()) else { return false };
    let key = key.expose().as_bytes();
    let (algorithm, signed) = match part.kind {
        SignatureKind::Twilio => {
            let Some(signed) = twilio(callback_url, callback) else { return false };
            (hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, signed)
        }
        SignatureKind::HmacSha256 => (hmac::HMAC_SHA256, callback.body.clone()),
        SignatureKind::HmacSha1 => (hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, callback.body.clone()),
    };
    let key = hmac::Key::new(algorithm, key);
    if part.kind != SignatureKind::Twilio
        && value.len() == algorithm.digest_algorithm().output_len() * 2
    {
        let expected = hex(hmac::sign(&key, &signed).as_ref());
        return token_matches(&Secret::new(expected), &value.to_ascii_lowercase());
    }
    base64(value).is_some_and(|tag| hmac::verify(&key, &signed, &tag).is_ok())
}

/// What Twilio signs: the address with its query, then every name and value of the form, by name.
fn twilio(callback_url: &str, callback: &Callback) -> Option<Vec<u8>> {
    let mut signed = format!("{callback_url}{}", callback.target);
    let is_form = callback.content_type.as_deref() == Some("application/x-www-form-urlencoded");
    if callback.method == "POST" && is_form {
        let text = std::str::from_utf8(&callback.body).ok()?;
        let form = tree::form(text).ok()?;
        let mut fields: Vec<_> = form.as_object()?.iter().collect();
        fields.sort_by_key(|(name, _)| name.as_str());
        for (name, value) in fields {
            signed.push_str(name);
            signed.push_str(value.as_str()?);
        }
    }
    Some(signed.into_bytes())
}
