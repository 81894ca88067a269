//! Who was asked, and who was left out: it stands before what they said.

use std::collections::BTreeMap;

use super::{Report, number, post_name};
use crate::poll::bundle::Asked;

/// What heads the sentences where they have a place of their own.
pub(super) const HEAD: &str = "किनसे पूछा गया";

/// The sentences under their head, which the first of them does not say once more.
pub(super) fn under_head(report: &Report<'_>) -> Vec<String> {
    let plain = |words: String| match words.strip_prefix(HEAD) {
        Some(rest) => rest.trim_start_matches([':', ' ']).to_owned(),
        None => words,
    };
    words(report).into_iter().map(plain).collect()
}

/// Sentences in Hindi. Bundles of before say the posts alone.
pub(super) fn words(report: &Report<'_>) -> Vec<String> {
    let mut posts: BTreeMap<&str, u64> = BTreeMap::new();
    for (_, result) in report.seats() {
        for of_post in
            result.by_post.iter().filter(|of_post| of_post.eligible > 0 && !of_post.post.is_empty())
        {
            *posts.entry(&of_post.post).or_default() += of_post.eligible;
        }
    }
    let mut posts: Vec<(&str, u64)> = posts.into_iter().collect();
    posts.sort_by_key(|(_, people)| std::cmp::Reverse(*people));
    let posts: Vec<String> = posts
        .iter()
        .map(|(post, people)| format!("{} {}", post_name(post), number(*people)))
        .collect();
    let mut words = Vec::new();
    let asked = report.counted.header.close.asked.as_ref();
    if !posts.is_empty() {
        let on =
            asked.map(|asked| format!(", {} को जो इन पदों पर थे", asked.on.strftime("%d-%m-%Y")));
        words.push(format!("{HEAD}: {}{}।", posts.join(", "), on.unwrap_or_default()));
    }
    let Some(Asked { keep, elsewhere, nowhere, .. }) = asked else { return words };
    let mut left_out = Vec::new();
    if *elsewhere > 0 {
        left_out.push(format!("{} की सीट इस राय में नहीं है", number(*elsewhere)));
    }
    if *nowhere > 0 {
        left_out.push(format!("{} की सीट मालूम नहीं", number(*nowhere)));
    }
    if !left_out.is_empty() {
        words.push(format!("ऐसे पदों वाले जिनसे नहीं पूछा गया: {}।", left_out.join(", ")));
    }
    let kept = match keep.as_str() {
        "booth" => "बूथ, सेक्टर, विधानसभा",
        "sector" => "सेक्टर, विधानसभा",
        _ => "विधानसभा",
    };
    words.push(format!("मुहरबंद लिफाफे के साथ केवल जगह ({kept}) और पद गए, किसी का नाम या नंबर नहीं।"));
    words
}
