//! Files: upload, address, download, deletion.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ring::digest;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::check::check_file;
use super::graph::{admit, check_token, find_business, refusal};
use super::graph_error::{Checked, GraphError};
use super::state::{MediaFile, Shared};

/// How long a download address holds.
const ADDRESS_HOLDS: Duration = Duration::from_mins(5);

/// `POST /{version}/{phone_number_id}/media`
pub(super) async fn upload(
    State(shared): State<Arc<Shared>>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let taken = admit(&shared, &version, &headers)
        .and_then(|()| find_business(&shared, &id))
        .and_then(|_| read_upload(&headers, &body));
    match taken {
        Ok(file) => {
            let media_id = shared.new_id("9");
            shared.media.lock().insert(media_id.clone(), file);
            Json(json!({"id": media_id})).into_response()
        }
        Err(error) => refusal(&shared, &error),
    }
}

fn read_upload(headers: &HeaderMap, body: &Bytes) -> Checked<MediaFile> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let parts = kind
        .filter(|kind| kind.starts_with("multipart/form-data"))
        .and_then(|kind| parameter(kind, "boundary"))
        .and_then(|boundary| read_parts(body, &boundary))
        .ok_or_else(|| GraphError::of(100, "The body must be multipart/form-data."))?;
    let find = |name: &str| parts.iter().find(|part| part.name == name);
    let product = find("messaging_product").map(|part| part.bytes.as_ref());
    if product != Some(b"whatsapp".as_slice()) {
        return Err(GraphError::of(100, "The parameter messaging_product is required."));
    }
    let file =
        find("file").ok_or_else(|| GraphError::of(131_008, "The parameter file is required."))?;
    let mime_type = file.mime_type.clone().unwrap_or_default();
    check_file(&mime_type, file.bytes.len())?;
    Ok(MediaFile { bytes: file.bytes.clone(), mime_type, url_given: None })
}

/// One part of a form.
#[derive(Debug)]
struct Part {
    name: String,
    mime_type: Option<String>,
    bytes: Bytes,
}

/// Reads a form (RFC 7578). `None` for anything that is none.
fn read_parts(body: &Bytes, boundary: &str) -> Option<Vec<Part>> {
    let opening = format!("--{boundary}\r\n");
    let closing = format!("\r\n--{boundary}");
    let mut parts = Vec::new();
    let mut from = find(body, opening.as_bytes(), 0)? + opening.len();
    loop {
        let head_end = find(body, b"\r\n\r\n", from)?;
        let end = find(body, closing.as_bytes(), head_end + 4)?;
        let head = std::str::from_utf8(body.get(from..head_end)?).ok()?;
        let mut name = None;
        let mut mime_type = None;
        for line in head.split("\r\n") {
            let (key, value) = line.split_once(':')?;
            match key.trim().to_ascii_lowercase().as_str() {
                "content-disposition" => name = parameter(value, "name"),
                "content-type" => mime_type = Some(value.trim().to_owned()),
                _ => {}
            }
        }
        parts.push(Part { name: name?, mime_type, bytes: body.slice(head_end + 4..end) });
        let rest = end + closing.len();
        if body.get(rest..rest + 2) == Some(b"--") {
            return Some(parts);
        }
        if body.get(rest..rest + 2) != Some(b"\r\n") {
            return None;
        }
        from = rest + 2;
    }
}

fn find(body: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let place = body.get(from..)?.windows(wanted.len()).position(|window| window == wanted)?;
    Some(from + place)
}

/// The value of `; name=value` or `; name="value"` in a header.
fn parameter(header: &str, name: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        let is_it = key.trim().eq_ignore_ascii_case(name);
        is_it.then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// `GET /{version}/{media_id}`: the address, good for five minutes.
pub(super) fn describe(shared: &Shared, id: &str) -> Checked<Value> {
    let mut media = shared.media.lock();
    let file = media.get_mut(id).ok_or_else(|| GraphError::of(33, format!("No media {id}.")))?;
    file.url_given = Some(Instant::now());
    let mut sha256 = String::with_capacity(64);
    for byte in digest::digest(&digest::SHA256, &file.bytes).as_ref() {
        // Writing to a String cannot fail.
        let _ = write!(sha256, "{byte:02x}");
    }
    Ok(json!({
        "url": format!("http://{}/_sandbox/media/{id}", shared.address),
        "mime_type": file.mime_type,
        "sha256": sha256,
        "file_size": file.bytes.len(),
        "id": id,
        "messaging_product": "whatsapp",
    }))
}

/// The address that [`describe`] gives; asks for the same token.
pub(super) async fn download(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    if let Err(error) = check_token(&shared, &headers) {
        return refusal(&shared, &error);
    }
    let media = shared.media.lock();
    let fresh = media
        .get(&id)
        .filter(|file| file.url_given.is_some_and(|given| given.elapsed() <= ADDRESS_HOLDS));
    match fresh {
        Some(file) => {
            let kind = [(header::CONTENT_TYPE, file.mime_type.clone())];
            (kind, file.bytes.clone()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `DELETE /{version}/{media_id}`
pub(super) async fn delete(
    State(shared): State<Arc<Shared>>,
    Path((version, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let gone = admit(&shared, &version, &headers).and_then(|()| {
        let file = shared.media.lock().remove(&id);
        file.ok_or_else(|| GraphError::of(33, format!("No media {id}.")))
    });
    match gone {
        Ok(_) => Json(json!({"success": true})).into_response(),
        Err(error) => refusal(&shared, &error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_whole() {
        let body = Bytes::from_static(
            b"--XX\r\ncontent-disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\
              \r\n--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\
              Content-Type: image/png\r\n\r\n\x89PNG\r\n\r\n--X\r\n--XX--\r\n",
        );
        let parts = read_parts(&body, "XX").unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].bytes.as_ref(), b"whatsapp");
        assert_eq!(parts[1].mime_type.as_deref(), Some("image/png"));
        assert_eq!(parts[1].bytes.as_ref(), b"\x89PNG\r\n\r\n--X");
    }

    #[test]
    fn a_form_cut_short_is_none() {
        let body =
            Bytes::from_static(b"--XX\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\nw");
        assert!(read_parts(&body, "XX").is_none());
    }
}
