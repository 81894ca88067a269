//! Variables that stand outside of their braces: `$people` would be said as it stands.

use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, Place};
use crate::locale::{Catalogue, Message, Pattern, Segment};

/// Looks through every text and label of every language.
pub(in crate::flow) fn stray(catalogue: &Catalogue, findings: &mut Findings<'_>) {
    for language in Language::ALL {
        for (_, book) in catalogue.books(language) {
            for message in book.messages.values() {
                let labels = message.attributes.iter().map(|label| &label.pattern);
                for pattern in message.value.iter().chain(labels) {
                    in_pattern(pattern, message, findings);
                }
            }
        }
    }
}

fn in_pattern(pattern: &Pattern, message: &Message, findings: &mut Findings<'_>) {
    for segment in &pattern.segments {
        match segment {
            Segment::Text(text) => {
                for bare in bare_variables(text) {
                    tell(&bare, message, findings);
                }
            }
            Segment::Variable(_) | Segment::Call { .. } => {}
            Segment::Select { variants, .. } => {
                for (_, inner) in variants {
                    in_pattern(inner, message, findings);
                }
            }
        }
    }
}

/// A variable without braces: as it stands, and its name.
#[derive(Debug, PartialEq, Eq)]
struct Bare {
    written: String,
    name: String,
}

/// `$people`, `$ people`, `｛ $people ｝`; a sum such as `$5` is none, nor is `US$ only`.
fn bare_variables(text: &str) -> Vec<Bare> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let before = rest.get(..at).unwrap_or_default();
        let behind = rest.get(at + 1..).unwrap_or_default();
        rest = behind;
        let is_currency = before.ends_with(|sign: char| sign.is_ascii_alphabetic());
        let spaces = behind.len() - behind.trim_start_matches(' ').len();
        let word = behind.get(spaces..).unwrap_or_default();
        let name: String = word
            .chars()
            .take_while(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-'))
            .collect();
        let is_name = name.starts_with(|sign: char| sign.is_ascii_alphabetic());
        if is_currency || !is_name || spaces > 1 {
            continue;
        }
        let name = name.trim_end_matches('-').to_owned();
        let written = format!("${}{name}", " ".repeat(spaces));
        found.push(Bare { written, name });
    }
    found
}

fn tell(bare: &Bare, message: &Message, findings: &mut Findings<'_>) {
    let place = outside_of_braces(message, &bare.written, findings);
    let name = bare.name.replace('-', "_").to_lowercase();
    findings
        .error_hint(
            place,
            format!("`{}` stands outside of braces and would be said as it stands", bare.written),
            format!("write {{ ${name} }}, with the braces of the keyboard"),
        )
        .code(Code::BareVariable);
}

/// Where these words stand behind the name of a message, and no brace or function right before them.
fn outside_of_braces(message: &Message, words: &str, findings: &Findings<'_>) -> Place {
    let name = Place { file: message.source, start: message.span.start, end: message.span.end };
    let mut place = name;
    loop {
        let found = findings.find_after(place, words);
        if found == place {
            return name;
        }
        let before = findings.source_of(Place { end: found.start, ..name }).trim_end();
        let of_function = before
            .strip_suffix('(')
            .is_some_and(|rest| rest.ends_with(|sign: char| sign.is_ascii_uppercase()));
        if !before.ends_with('{') && !of_function {
            return found;
        }
        place = found;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_known_by_its_dollar_and_a_sum_of_money_is_none() {
        let found = |text| -> Vec<String> {
            bare_variables(text).into_iter().map(|bare| bare.written).collect()
        };
        assert_eq!(found("the $people of"), ["$people"]);
        assert_eq!(found("the $ people, $name."), ["$ people", "$name"]);
        assert_eq!(found("｛ $people ｝"), ["$people"]);
        assert_eq!(found("($when-free)"), ["$when-free"]);
        for text in ["$5", "US$ only", "a $ b c".get(..3).unwrap(), "100$", "$", "$ 5 or $5"] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }
}
