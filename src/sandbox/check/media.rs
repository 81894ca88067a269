//! Pictures, voices, films and papers, by id or by link; and the files they are made of.

use super::params::{Length, Params, check_link};
use super::{Checked, GraphError, Payload};

/// A message of a media type.
pub(super) fn check(params: &Params<'_>, kind: &str) -> Checked<Payload> {
    let (media, caption) = check_source(params, kind, true)?;
    Ok(Payload { text: caption.unwrap_or_default(), media, ..Payload::default() })
}

/// `{"id"}` or `{"link"}` under the key of its kind. Gives the uploaded id and the caption.
/// `captioned`: whether a caption has a place here (headers have none).
pub(super) fn check_source(
    params: &Params<'_>,
    kind: &str,
    captioned: bool,
) -> Checked<(Option<String>, Option<String>)> {
    let mut keys = vec!["id", "link"];
    if captioned && matches!(kind, "image" | "video" | "document") {
        keys.push("caption");
    }
    if kind == "document" {
        keys.push("filename");
    }
    if kind == "audio" {
        keys.push("voice");
    }
    let source = params.object(kind, &keys)?;
    let id = source.optional_text("id", Length::up_to(128))?;
    let link = source.optional_text("link", Length::up_to(2000))?;
    match (id, link) {
        (Some(_), Some(_)) => {
            return Err(GraphError::of(100, format!("{kind}: only one of id and link.")));
        }
        (None, None) => return Err(source.missing("id")),
        (Some(_), None) => {}
        (None, Some(link)) => check_link(&source.at("link"), link)?,
    }
    let caption = source.optional_text("caption", Length::up_to(1024))?;
    source.optional_text("filename", Length::up_to(240))?;
    source.optional_flag("voice")?;
    Ok((id.map(str::to_owned), caption.map(str::to_owned)))
}

const MB: usize = 1024 * 1024;

/// The files that may be uploaded: type and the most bytes (Cloud API media reference).
const FILES: &[(&str, usize)] = &[
    ("image/jpeg", 5 * MB),
    ("image/png", 5 * MB),
    ("image/webp", 500 * 1024),
    ("audio/aac", 16 * MB),
    ("audio/amr", 16 * MB),
    ("audio/mpeg", 16 * MB),
    ("audio/mp4", 16 * MB),
    ("audio/ogg", 16 * MB),
    ("video/mp4", 16 * MB),
    ("video/3gpp", 16 * MB),
    ("text/plain", 100 * MB),
    ("application/pdf", 100 * MB),
    ("application/msword", 100 * MB),
    ("application/vnd.ms-excel", 100 * MB),
    ("application/vnd.ms-powerpoint", 100 * MB),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", 100 * MB),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 100 * MB),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", 100 * MB),
];

/// Checks a file to upload. `mime_type` may carry parameters (`audio/ogg; codecs=opus`).
///
/// # Errors
/// 131053 for a type nobody takes or too many bytes.
pub(in crate::sandbox) fn check_file(mime_type: &str, bytes: usize) -> Checked<()> {
    let plain = mime_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let Some((_, most)) = FILES.iter().find(|(listed, _)| *listed == plain) else {
        return Err(GraphError::of(131_053, format!("File type {plain} is not supported.")));
    };
    if bytes == 0 || bytes > *most {
        return Err(GraphError::of(131_053, format!("File of {bytes} bytes. Max: {most}")));
    }
    Ok(())
}
