//! Posts as authors write them: what a misspelt or translated one stands for.

use super::diagnostic::nearest;
use crate::contact::POSTS;

/// Parts of posts in Hindi, as they are written in Latin letters, and ours for them.
const PARTS: [(&str, &str); 22] = [
    ("adhyaksh", "president"),
    ("adhyaksha", "president"),
    ("pramukh", "president"),
    ("head", "president"),
    ("karyakarta", "worker"),
    ("mantri", "secretary"),
    ("mahamantri", "general_secretary"),
    ("sachiv", "secretary"),
    ("pravakta", "spokesperson"),
    ("koshadhyaksh", "treasurer"),
    ("incharge", "prabhari"),
    ("abhikarta", "agent"),
    ("jila", "district"),
    ("zila", "district"),
    ("nagar", "city"),
    ("pradesh", "state"),
    ("prant", "state"),
    ("kshetra", "zone"),
    ("khand", "block"),
    ("vidhansabha", "assembly"),
    ("loksabha", "lok_sabha"),
    ("boot", "booth"),
];

/// What is wrong with a post.
pub(super) enum Post {
    /// It is one of ours, in another spelling or language.
    Meant(String),
    /// None is like it; a hint at those there are. An office may have it all the same.
    Unknown(String),
}

/// What a post stands for that is none of [`POSTS`]; `None` for one of them.
pub(super) fn post(written: &str) -> Option<Post> {
    if POSTS.contains(&written) {
        return None;
    }
    let small = written.to_lowercase().replace([' ', '-'], "_");
    let ours = |part: &str| {
        let known = PARTS.iter().find(|(theirs, _)| *theirs == part);
        known.map_or_else(|| part.to_owned(), |(_, ours)| (*ours).to_owned())
    };
    let translated = small.split('_').map(ours).collect::<Vec<_>>().join("_");
    let exact = |word: &str| POSTS.into_iter().find(|known| *known == word);
    let meant = exact(&small).or_else(|| exact(&translated)).or_else(|| nearest(&small, POSTS));
    if let Some(meant) = meant {
        return Some(Post::Meant(meant.to_owned()));
    }
    let of_place = translated.split('_').next().unwrap_or_default();
    let alike: Vec<&str> =
        POSTS.into_iter().filter(|known| known.split('_').any(|part| part == of_place)).collect();
    let offered = if alike.is_empty() { POSTS.to_vec() } else { alike };
    Some(Post::Unknown(format!("one of: {}", offered.join(", "))))
}
