//! A term (`-party`) that has grown so long that the texts it stands in need too many parts: told once,
//! where it is written.

use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, Place};
use crate::flow::sms::sms_size;
use crate::flow::wording::english_name;
use crate::locale::{Catalogue, Message};

/// A term of so many characters is no longer than a name needs.
const OF_A_NAME: usize = 60;

/// Terms that fill the parts of texts.
#[derive(Default)]
pub(super) struct LongTerms {
    found: Vec<LongTerm>,
}

struct LongTerm {
    place: Place,
    name: String,
    language: Language,
    characters: usize,
    /// The texts it makes too long: the first of them, and how many.
    first: String,
    texts: usize,
}

impl LongTerms {
    /// Whether a text is too long because of a term in it, and not by its own words.
    pub(super) fn explain(
        &mut self,
        (message, body): (&Message, &str),
        (language, book, key): (Language, &str, &str),
        most: usize,
        (catalogue, findings): (&Catalogue, &Findings<'_>),
    ) -> bool {
        let own = Place { file: message.source, start: message.span.start, end: message.span.end };
        let lines = findings.lines_of_message(own);
        let books = [book, "common"].into_iter().filter_map(|name| catalogue.book(language, name));
        for book in books {
            for (name, span) in &book.terms {
                let named = format!("-{name}");
                if !lines.iter().any(|(_, line)| line.contains(&named)) {
                    continue;
                }
                let place = Place { file: book.source, start: span.start, end: span.end };
                let value = value_of(place, findings);
                let characters = value.chars().count();
                let fits = sms_size(&body.replace(&value, "-")).parts <= most;
                if characters <= OF_A_NAME || !body.contains(&value) || !fits {
                    continue;
                }
                match self.found.iter_mut().find(|term| term.place == place) {
                    Some(term) => term.texts += 1,
                    None => self.found.push(LongTerm {
                        place,
                        name: name.clone(),
                        language,
                        characters,
                        first: key.to_owned(),
                        texts: 1,
                    }),
                }
                return true;
            }
        }
        false
    }

    pub(super) fn tell(self, findings: &mut Findings<'_>) {
        for term in self.found {
            let LongTerm { place, name, language, characters, first, texts } = term;
            let whose = match texts {
                1 => format!("`{first}` needs"),
                _ => format!("`{first}` and {} more texts need", texts - 1),
            };
            findings
                .error_hint(
                    place,
                    format!(
                        "the term `-{name}` has {characters} characters in {}, and {whose} too many SMS \
                         parts because of it",
                        english_name(language)
                    ),
                    "a term stands in many texts: write the name alone; an address or a time belongs \
                     into a text of its own",
                )
                .code(Code::SmsParts);
        }
    }
}

/// What a term says, as it is written behind its `=`.
fn value_of(place: Place, findings: &Findings<'_>) -> String {
    let lines = findings.lines_of_message(place);
    let words: Vec<&str> = lines.iter().map(|(_, line)| line.trim()).collect();
    let written = words.join("\n");
    written.split_once('=').map_or_else(String::new, |(_, value)| value.trim().to_owned())
}
