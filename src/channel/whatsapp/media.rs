//! Media: ours up, theirs down.

use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::{Method, StatusCode};
use ring::digest;

use crate::channel::ErrorClass;
use crate::channel::whatsapp::json::Json;
use crate::channel::whatsapp::picture::PICTURE_WAIT;
use crate::channel::whatsapp::sender::{CallError, Sender, failure, finish, read_body};
use crate::channel::whatsapp::signature::hex;

/// The largest medium Meta takes or gives, in bytes (documents).
pub const MEDIA_MAX: usize = 100 * 1024 * 1024;

/// How long the bytes of a medium may take to come: 16 MB from afar, not the few words of a send.
pub const DOWNLOAD_WAIT: Duration = Duration::from_secs(150);

/// Where a medium of a person can be fetched for the next five minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaAddress {
    pub url: String,
    pub mime_type: Option<String>,
    /// As Meta writes it here: lower-case hex.
    pub sha256: Option<String>,
    /// Bytes.
    pub size: Option<i64>,
}

/// A medium of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    pub bytes: Vec<u8>,
    pub mime_type: Option<String>,
}

impl Sender {
    /// Uploads a medium and gives its id, which Meta keeps for 30 days.
    ///
    /// # Errors
    /// [`CallError`]. Safe to repeat: a second upload gets an id of its own.
    pub async fn upload_media(
        &self,
        account: &str,
        bytes: &[u8],
        mime_type: &str,
        filename: &str,
    ) -> Result<String, CallError> {
        let form = Multipart::of_file(bytes, mime_type, filename)
            .ok_or(CallError::ours(ErrorClass::Never))?;
        let request = self
            .request(Method::POST, account, account, "/media", &[])?
            .header(CONTENT_TYPE, form.content_type)
            .timeout(PICTURE_WAIT)
            .body(form.body);
        let text = finish(request).await?.success()?;
        let json = Json::parse(&text).map_err(|_| CallError::NoAnswer)?;
        json.id("id").ok_or(CallError::Lacks("id"))
    }

    /// Asks where a medium can be fetched.
    ///
    /// # Errors
    /// [`CallError`]. Safe to repeat.
    pub async fn media_address(
        &self,
        account: &str,
        media_id: &str,
    ) -> Result<MediaAddress, CallError> {
        let query = [("phone_number_id", account)];
        let request = self.request(Method::GET, account, media_id, "", &query)?;
        let text = finish(request).await?.success()?;
        let json = Json::parse(&text).map_err(|_| CallError::NoAnswer)?;
        Ok(MediaAddress {
            url: json.id("url").ok_or(CallError::Lacks("url"))?,
            mime_type: json.id("mime_type"),
            sha256: json.id("sha256"),
            size: json.integer("file_size"),
        })
    }

    /// Fetches a medium of at most `limit` bytes; an address that ran out is asked for once more.
    ///
    /// # Errors
    /// [`CallError::TooLarge`] above the limit; otherwise as any call. Safe to repeat.
    pub async fn download_media(
        &self,
        account: &str,
        media_id: &str,
        limit: usize,
    ) -> Result<Media, CallError> {
        let address = self.media_address(account, media_id).await?;
        match self.fetch(account, &address, limit).await {
            Err(CallError::Refused(error)) if error.http == Some(404) => {
                let fresh = self.media_address(account, media_id).await?;
                self.fetch(account, &fresh, limit).await
            }
            fetched => fetched,
        }
    }

    async fn fetch(
        &self,
        account: &str,
        address: &MediaAddress,
        limit: usize,
    ) -> Result<Media, CallError> {
        // The token must not travel in clear where the API itself does not.
        if self.graph_is_https() && !address.url.starts_with("https://") {
            return Err(CallError::Lacks("https address"));
        }
        if address.size.and_then(|size| usize::try_from(size).ok()).is_some_and(|size| size > limit)
        {
            return Err(CallError::TooLarge(limit));
        }
        let request = self.authorised(Method::GET, account, &address.url)?.timeout(DOWNLOAD_WAIT);
        let response = request.send().await.map_err(|error| failure(&error))?;
        let http = response.status();
        if http != StatusCode::OK {
            let error = crate::channel::whatsapp::errors::refusal(http.as_u16(), None, b"");
            return Err(CallError::Refused(error));
        }
        let header = |name| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let mime_type = address.mime_type.clone().or_else(|| header(CONTENT_TYPE));
        let announced: Option<usize> = header(CONTENT_LENGTH).and_then(|text| text.parse().ok());
        if announced.is_some_and(|length| length > limit) {
            return Err(CallError::TooLarge(limit));
        }
        let bytes = read_body(response, limit).await?;
        Ok(Media { bytes, mime_type })
    }
}

/// A `multipart/form-data` body (RFC 7578) with the two fields of an upload.
struct Multipart {
    content_type: String,
    body: Vec<u8>,
}

impl Multipart {
    /// `None` for a type or name that would break out of its header.
    fn of_file(bytes: &[u8], mime_type: &str, filename: &str) -> Option<Multipart> {
        let is_safe = |text: &str| !text.is_empty() && !text.contains(['"', '\r', '\n', '\\']);
        if !is_safe(mime_type) || !is_safe(filename) {
            return None;
        }
        // A hash of the file cannot stand in the file, but by a chance nobody has seen.
        let boundary = hex(digest::digest(&digest::SHA256, bytes).as_ref());
        let mut body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"messaging_product\"\r\n\r\n\
             whatsapp\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; \
             filename=\"{filename}\"\r\nContent-Type: {mime_type}\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        Some(Multipart { content_type: format!("multipart/form-data; boundary={boundary}"), body })
    }
}

#[cfg(test)]
mod tests;
