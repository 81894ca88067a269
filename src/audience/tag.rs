//! A word the office gives to people so that it finds them again.

use std::fmt;

use crate::flow::never_kept;

/// Longer is a sentence.
const LONGEST: usize = 40;
/// More digits are somebody's number.
const MOST_DIGITS: usize = 6;

/// A tag: small letters of any script, digits, blanks, `-` and `_`. Never a religion, caste or community, and no
/// number of a person: those are kept of nobody.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(String);

/// Why some words are no tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagError {
    #[error("a tag is a word or a few, and this is empty")]
    Empty,
    #[error("a tag has at most {LONGEST} letters")]
    TooLong,
    #[error(
        "a tag has letters, digits, blanks, - and _ and nothing else, and begins with a letter or digit"
    )]
    Signs,
    #[error("a tag is no number of a person: at most {MOST_DIGITS} digits")]
    Number,
    /// What it names.
    #[error(
        "a tag never names {0}: it is kept of nobody (Representation of the People Act 1951, section 123(3))"
    )]
    Forbidden(&'static str),
}

impl Tag {
    /// From words as somebody writes them: capitals and blanks make no other tag.
    ///
    /// # Errors
    /// [`TagError`].
    pub fn parse(text: &str) -> Result<Tag, TagError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let tag = words.join(" ").to_lowercase();
        let Some(first) = tag.chars().next() else { return Err(TagError::Empty) };
        if tag.chars().count() > LONGEST {
            return Err(TagError::TooLong);
        }
        // Vowel signs and joiners are parts of a letter.
        let is_part = |sign: char| {
            sign.is_alphanumeric()
                || matches!(sign, ' ' | '-' | '_' | '\u{900}'..='\u{97f}' | '\u{64b}'..='\u{65f}' | '\u{200c}' | '\u{200d}')
        };
        let is_danda = |sign: char| matches!(sign, '\u{964}' | '\u{965}');
        if !first.is_alphanumeric() || !tag.chars().all(|sign| is_part(sign) && !is_danda(sign)) {
            return Err(TagError::Signs);
        }
        if tag.chars().filter(|sign| sign.is_numeric()).count() > MOST_DIGITS {
            return Err(TagError::Number);
        }
        match never_kept(&tag.replace(['_', '-'], " ")) {
            Some(what) => Err(TagError::Forbidden(what)),
            None => Ok(Tag(tag)),
        }
    }

    /// Those of a cell that may hold several, set apart by commas and their like, each once.
    ///
    /// # Errors
    /// [`TagError`] of the first that is none.
    pub fn several(text: &str) -> Result<Vec<Tag>, TagError> {
        let written = text.split([',', ';', '،', '؛', '\n']).filter(|part| !part.trim().is_empty());
        let mut tags = written.map(Tag::parse).collect::<Result<Vec<_>, _>>()?;
        tags.sort_unstable();
        tags.dedup();
        Ok(tags)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_the_same_however_it_is_written() {
        for written in ["Volunteer 2026", "  volunteer   2026 ", "VOLUNTEER 2026"] {
            assert_eq!(Tag::parse(written).unwrap().as_str(), "volunteer 2026");
        }
        assert_eq!(Tag::parse("बूथ-सहयोगी").unwrap().as_str(), "बूथ-सहयोगी");
    }

    #[test]
    fn religion_caste_and_community_are_no_tags_in_any_script() {
        for written in [
            "muslim",
            "Hindu voters",
            "हिन्दू",
            "मुसलमान",
            "OBC",
            "ओबीसी मोर्चा",
            "dalit",
            "ब्राह्मण",
            "यादव",
            "यादव समाज",
            "yadav samaj",
            "sc",
            "ST",
            "sc-st",
            "ews",
            "jati",
            "caste_general",
            "धर्म",
            "مسلمان",
            "सिख",
            "समुदाय",
            "अनुसूचित जाति",
        ] {
            assert!(matches!(Tag::parse(written), Err(TagError::Forbidden(_))), "{written}");
        }
    }

    #[test]
    fn words_of_the_offices_work_are_tags() {
        for written in [
            "volunteer",
            "doctor",
            "महिला",
            "युवा",
            "किसान",
            "community hall",
            "हिंदू कॉलेज",
            "sc road",
            "general",
            "रैली 15 जनवरी",
            "vip",
            "social media",
            "رضاکار",
        ] {
            assert!(Tag::parse(written).is_ok(), "{written}: {:?}", Tag::parse(written));
        }
    }

    #[test]
    fn what_is_no_word_is_refused_with_what_to_write() {
        assert_eq!(Tag::parse(" "), Err(TagError::Empty));
        assert_eq!(Tag::parse(&"a".repeat(41)), Err(TagError::TooLong));
        assert_eq!(Tag::parse("=cmd()"), Err(TagError::Signs));
        assert_eq!(Tag::parse("हाँ।"), Err(TagError::Signs));
        assert_eq!(Tag::parse("9812345678"), Err(TagError::Number));
        assert_eq!(Tag::parse("1234 5678 9012"), Err(TagError::Number));
    }

    #[test]
    fn a_cell_may_hold_several() {
        let tags = Tag::several("Volunteer, doctor; volunteer").unwrap();
        assert_eq!(tags.iter().map(Tag::as_str).collect::<Vec<_>>(), ["doctor", "volunteer"]);
        assert!(Tag::several("doctor, muslim").is_err());
        assert_eq!(Tag::several(" , "), Ok(Vec::new()));
    }
}
