//! The simulator's page and what it loads. Everything is ours and embedded; the policy allows
//! nothing from elsewhere and no script or style inside the page.

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "src/console/assets/"]
struct Assets;

/// The files the page loads, by the name it knows them under.
const LOADED: [&str; 7] = [
    "simulator.css",
    "simulator.js",
    "simulator-words.js",
    "simulator-bubble.js",
    "simulator-session.js",
    "simulator-texts.json",
    "simulator-wallpaper.svg",
];

/// The one file in which the addresses of the others stand.
const PAGE: &str = "simulator.html";

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'self'";

/// The page at `/simulator` and its files below it.
pub(super) fn routes() -> Router {
    Router::new().route("/simulator", get(page)).route("/simulator/assets/{name}", get(asset))
}

async fn page() -> Response {
    let Some(file) = Assets::get(PAGE) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut html = String::from_utf8_lossy(&file.data).into_owned();
    for name in LOADED {
        let address = format!("/simulator/assets/{name}");
        html = html.replace(&address, &format!("{address}?{}", version(name)));
    }
    let headers: [(HeaderName, &str); 6] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ];
    (headers, html).into_response()
}

async fn asset(Path(name): Path<String>, RawQuery(query): RawQuery) -> Response {
    let Some(file) = LOADED.contains(&name.as_str()).then(|| Assets::get(&name)).flatten() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let content_type = match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/json",
    };
    // The page names each file by its content, so a named one never changes.
    let is_named = query.is_some_and(|query| query == version(&name));
    let cache = if is_named { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, cache),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, file.data).into_response()
}

/// The first twelve hex digits of the file's SHA-256.
fn version(name: &str) -> String {
    use std::fmt::Write as _;
    let Some(file) = Assets::get(name) else { return String::new() };
    let hash = file.metadata.sha256_hash();
    hash.iter().take(6).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn read(name: &str) -> String {
        String::from_utf8(Assets::get(name).unwrap().data.into_owned()).unwrap()
    }

    #[test]
    fn every_text_of_the_page_stands_in_both_languages() {
        type Texts = BTreeMap<String, BTreeMap<String, String>>;
        let texts: Texts = serde_json::from_str(&read("simulator-texts.json")).unwrap();
        let keys = |language: &str| texts[language].keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(keys("hi"), keys("en"));

        let attribute =
            regex::Regex::new(r#"data-(?:text|label|placeholder)="([a-z_]+)""#).unwrap();
        let call = regex::Regex::new(r#"\b(?:text|heading)\("([a-z_]+)""#).unwrap();
        let mut used: BTreeSet<String> = BTreeSet::new();
        for name in [PAGE].into_iter().chain(LOADED) {
            let source = read(name);
            for pattern in [&attribute, &call] {
                used.extend(pattern.captures_iter(&source).map(|found| found[1].to_owned()));
            }
        }
        let written = keys("hi");
        let missing: Vec<&String> = used.difference(&written).collect();
        assert!(used.len() > 40 && missing.is_empty(), "no text for {missing:?}");
    }

    #[test]
    fn the_page_holds_nothing_its_policy_would_refuse() {
        let html = read(PAGE);
        for refused in [" style=", "<style", "javascript:", " onclick", "<script>"] {
            assert!(!html.contains(refused), "{refused}");
        }
        for name in LOADED {
            let source = read(name);
            for refused in ["innerHTML", "insertAdjacentHTML", "eval(", "setAttribute(\"style"] {
                assert!(!source.contains(refused), "{refused} in {name}");
            }
        }
    }
}
