//! Texts that stand in a language's file in the letters, or the words, of another.

use std::ops::Range;

use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::wording::english_name;
use crate::locale::{Book, Catalogue, Message, Pattern, Segment};

/// From so many words on, the same words in two languages are no name but a text left standing.
const A_TEXT: usize = 3;

/// A text, or a label of it, that stands in another language.
struct Left {
    place: Place,
    name: String,
    language: Language,
}

/// Tells once of each file: of the first such text, and which others there are.
pub(in crate::flow) fn untranslated(catalogue: &Catalogue, findings: &mut Findings<'_>) {
    for language in Language::ALL {
        for (name, book) in catalogue.books(language) {
            let english = catalogue.book(Language::En, name).filter(|_| language != Language::En);
            let mut left: Vec<Left> = Vec::new();
            for (key, message) in &book.messages {
                in_message((key, message), language, english, &mut left);
            }
            left.sort_by_key(|left| left.place.start);
            let Some((first, others)) = left.split_first() else { continue };
            let names: Vec<String> =
                others.iter().take(3).map(|other| format!("`{}`", other.name)).collect();
            let more = match (names.is_empty(), others.len() - names.len()) {
                (true, _) => String::new(),
                (false, 0) => format!("; and so {}", names.join(", ")),
                (false, more) => format!("; and so {} and {more} more", names.join(", ")),
            };
            findings
                .warn(
                    first.place,
                    format!(
                        "`{}` stands in {} in the file for {}",
                        first.name,
                        english_name(first.language),
                        english_name(language)
                    ),
                    format!("translate it into {}{more}", english_name(language)),
                )
                .code(Code::Untranslated);
        }
    }
}

fn in_message(
    (key, message): (&str, &Message),
    language: Language,
    english: Option<&Book>,
    left: &mut Vec<Left>,
) {
    let place =
        |span: &Range<usize>| Place { file: message.source, start: span.start, end: span.end };
    let theirs = english.and_then(|book| book.messages.get(key)?.value.as_ref());
    if let Some(value) = &message.value {
        let same = theirs.is_some_and(|theirs| is_same(value, theirs));
        let found = if same { Some(Language::En) } else { in_letters(value, language, 2) };
        left.extend(found.map(|other| Left {
            place: place(&message.span),
            name: key.to_owned(),
            language: other,
        }));
    }
    for label in &message.attributes {
        // Languages are named in their own letters.
        if Language::from_code(&label.name).is_some() {
            continue;
        }
        left.extend(in_letters(&label.pattern, language, 1).map(|other| Left {
            place: place(&label.span),
            name: format!(".{}", label.name),
            language: other,
        }));
    }
}

/// The words of a text beside its variants.
fn words_of(pattern: &Pattern) -> String {
    let mut words = String::new();
    for segment in &pattern.segments {
        if let Segment::Text(text) = segment {
            words.push_str(text);
            words.push(' ');
        }
    }
    words
}

/// How many words have letters of a language.
fn count(words: &str, language: Language) -> usize {
    let of_it = |word: &&str| word.chars().any(|letter| script_of(letter) == Some(language));
    words.split_whitespace().filter(of_it).count()
}

/// The language of a text, or of a variant in it, that has at least so many words in its letters and
/// none in those of its own.
fn in_letters(pattern: &Pattern, language: Language, least: usize) -> Option<Language> {
    let words = words_of(pattern);
    if count(&words, language) == 0 {
        // Latin letters may be names, links and Hindi as people write it.
        let others = [Language::Hi, Language::Ur].into_iter().filter(|other| *other != language);
        let found = others.into_iter().find(|other| count(&words, *other) >= least);
        if found.is_some() {
            return found;
        }
    }
    pattern.segments.iter().find_map(|segment| match segment {
        // A variant of one word may be a name.
        Segment::Select { variants, .. } => {
            variants.iter().find_map(|(_, inner)| in_letters(inner, language, least.max(2)))
        }
        _ => None,
    })
}

/// The language that is written in a letter.
const fn script_of(letter: char) -> Option<Language> {
    match letter {
        'a'..='z' | 'A'..='Z' => Some(Language::En),
        '\u{904}'..='\u{939}' | '\u{958}'..='\u{961}' => Some(Language::Hi),
        '\u{620}'..='\u{64a}' | '\u{66e}'..='\u{6d3}' | '\u{6fa}'..='\u{6ff}' => Some(Language::Ur),
        _ => None,
    }
}

/// Whether a text is the English one, word by word.
fn is_same(text: &Pattern, english: &Pattern) -> bool {
    let (text, english) = (words_of(text), words_of(english));
    count(&text, Language::En) >= A_TEXT && text == english
}
