//! The posts of the organisation, from `data/posts.csv`: at which level each is held, whether only one
//! person can hold it at a place, and what it is called.

use std::sync::LazyLock;

use crate::contact::{Language, POSTS};
use crate::geography::each_row;
use crate::places::Level;
use crate::understanding::{Phrase, fold, phrase_said, phrases_like};

/// A post as the catalogue has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// One of [`POSTS`].
    pub code: &'static str,
    /// Where it is held; `None`: at whatever place its holder is named for.
    pub level: Option<Level>,
    /// One holder at a place.
    pub single: bool,
    name_hi: String,
    name_en: String,
    name_ur: String,
    others: Vec<String>,
}

impl Post {
    #[must_use]
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::Hi => &self.name_hi,
            Language::En => &self.name_en,
            Language::Ur => &self.name_ur,
        }
    }
}

fn read(file: &str, text: &str) -> Result<Vec<Post>, String> {
    let mut posts: Vec<Post> = Vec::with_capacity(POSTS.len());
    each_row(file, text, |row| {
        let code = row.filled("code")?;
        let known = POSTS.into_iter().find(|known| *known == code);
        let code = known.ok_or_else(|| row.error(&format!("no post has the code {code}")))?;
        if posts.iter().any(|post| post.code == code) {
            return Err(row.error("the post stands already above"));
        }
        let level = match row.cell("level")? {
            "" => None,
            name => Some(
                Level::from_name(name).ok_or_else(|| row.error("`level` is no level of places"))?,
            ),
        };
        let single = match row.cell("single")? {
            "0" => false,
            "1" if level.is_some() => true,
            _ => return Err(row.error("`single` is 0 or 1, and 1 only at a level")),
        };
        let others = row.cell("others")?.split('|').filter(|name| !name.is_empty());
        posts.push(Post {
            code,
            level,
            single,
            name_hi: row.filled("name_hi")?,
            name_en: row.filled("name_en")?,
            name_ur: row.filled("name_ur")?,
            others: others.map(str::to_owned).collect(),
        });
        Ok(())
    })?;
    Ok(posts)
}

static CATALOGUE: LazyLock<Vec<Post>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the table is part of the program; a test reads it")]
    read("data/posts.csv", include_str!("../../data/posts.csv")).expect("data/posts.csv is whole")
});

/// Every post, by its code.
#[must_use]
pub fn catalogue() -> &'static [Post] {
    &CATALOGUE
}

/// The post of a code.
#[must_use]
pub fn post(code: &str) -> Option<&'static Post> {
    CATALOGUE.iter().find(|post| post.code == code)
}

static PHRASES: LazyLock<Vec<(usize, Phrase)>> = LazyLock::new(|| {
    let mut phrases = Vec::new();
    for (place, post) in CATALOGUE.iter().enumerate() {
        let official = [&post.name_hi, &post.name_en, &post.name_ur];
        for name in official.into_iter().chain(&post.others) {
            phrases.push((place, Phrase::new(name)));
        }
    }
    phrases
});

/// The post that somebody's words name, by its code or by a name in any spelling.
///
/// # Errors
/// Those that sound nearly so, the likeliest first; perhaps none.
pub fn post_said(text: &str) -> Result<&'static Post, Vec<&'static Post>> {
    let code = fold(text).replace(' ', "_");
    if let Some(post) = post(text.trim()).or_else(|| post(&code)) {
        return Ok(post);
    }
    let at = |place: usize| CATALOGUE.get(place);
    let names = || PHRASES.iter().map(|(place, phrase)| (*place, phrase));
    match phrase_said(text, names()).and_then(at) {
        Some(post) => Ok(post),
        None => Err(phrases_like(text, names()).into_iter().filter_map(at).collect()),
    }
}

/// Words before a post that say at which level it is held.
const LEVELS: [(Level, &[&str]); 4] = [
    (Level::State, &["प्रदेश", "pradesh", "state", "राज्य"]),
    (Level::District, &["जिला", "ज़िला", "जनपद", "zila", "jila", "district"]),
    (Level::LokSabha, &["लोकसभा", "loksabha"]),
    (Level::Assembly, &["विधानसभा", "vidhansabha", "assembly"]),
];

/// As [`post_said`], and the level that the words say of a post which is held at any: `जिला महासचिव`.
pub(super) fn post_and_level(
    text: &str,
) -> Result<(&'static Post, Option<Level>), Vec<&'static Post>> {
    let near = match post_said(text) {
        Ok(post) => return Ok((post, None)),
        Err(near) => near,
    };
    let Some((first, rest)) = text.trim().split_once(char::is_whitespace) else { return Err(near) };
    let first = fold(first);
    let said = LEVELS.iter().find(|(_, words)| words.iter().any(|word| fold(word) == first));
    match (said, post_said(rest)) {
        (Some((level, _)), Ok(post)) if post.level.is_none() => Ok((post, Some(*level))),
        _ => Err(near),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_has_every_post_and_no_other() {
        let codes: Vec<&str> = catalogue().iter().map(|post| post.code).collect();
        assert_eq!(codes, POSTS);
    }

    #[test]
    fn every_name_of_a_post_means_that_post() {
        for post in catalogue() {
            let official = [&post.name_hi, &post.name_en, &post.name_ur];
            for name in official.into_iter().chain(&post.others) {
                assert_eq!(post_said(name), Ok(post), "{name}");
            }
            assert_eq!(post_said(post.code), Ok(post));
        }
    }

    #[test]
    fn the_level_of_a_post_may_stand_before_it() {
        for (text, code, level) in [
            ("जिला महासचिव", "general_secretary", Some(Level::District)),
            ("Pradesh Sachiv", "secretary", Some(Level::State)),
            ("प्रदेश अध्यक्ष", "state_president", None),
            ("महासचिव", "general_secretary", None),
            ("कार्यकर्ता", "booth_worker", None),
        ] {
            let (post, said) = post_and_level(text).unwrap();
            assert_eq!((post.code, said), (code, level), "{text}");
        }
        assert!(post_and_level("जिला ड्राइवर").is_err());
    }

    #[test]
    fn a_line_of_the_catalogue_that_says_nothing_clear_is_refused() {
        let header = "code,level,single,name_hi,name_en,name_ur,others\n";
        for (line, words) in [
            ("boss,,0,क,k,ک,", "no post has the code boss"),
            ("secretary,village,0,क,k,ک,", "no level of places"),
            ("secretary,,1,क,k,ک,", "`single`"),
            ("secretary,,0,,k,ک,", "`name_hi` is empty"),
        ] {
            let said = read("posts.csv", &format!("{header}{line}\n")).unwrap_err();
            assert!(said.contains("line 2") && said.contains(words), "{said}");
        }
    }
}
