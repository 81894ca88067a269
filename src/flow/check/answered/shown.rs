//! The variables a text shows.

use crate::contact::Language;
use crate::flow::diagnostic::Place;
use crate::locale::{Catalogue, Message, Pattern, Segment};

/// A variable a text shows.
pub(in crate::flow::check) struct Shown {
    pub(in crate::flow::check) name: String,
    /// Whether only a variant shows it, which may be chosen only where it is there.
    pub(in crate::flow::check) in_a_variant: bool,
    /// The name of the message, in the first language that shows it.
    pub(in crate::flow::check) message: Place,
}

/// The variables a text shows in any language.
pub(in crate::flow::check) fn shown_by(book: &str, key: &str, catalogue: &Catalogue) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    for language in Language::ALL {
        let message = catalogue
            .message(language, book, key)
            .or_else(|| catalogue.message(language, "common", key));
        let Some(message) = message else { continue };
        if let Some(pattern) = &message.value {
            collect(pattern, false, message, &mut found);
        }
    }
    found
}

fn collect(pattern: &Pattern, in_a_variant: bool, message: &Message, found: &mut Vec<Shown>) {
    for segment in &pattern.segments {
        match segment {
            Segment::Text(_) => {}
            Segment::Variable(name) | Segment::Call { variable: name, .. } => {
                if found.iter().all(|known| *known.name != **name) {
                    found.push(Shown {
                        name: name.to_string(),
                        in_a_variant,
                        message: Place {
                            file: message.source,
                            start: message.span.start,
                            end: message.span.end,
                        },
                    });
                }
            }
            Segment::Select { variable, variants, .. } => {
                // Which channel or language it is, is known from the beginning.
                let of_answers = variable.as_ref() != "channel";
                for (_, inner) in variants {
                    collect(inner, in_a_variant || of_answers, message, found);
                }
            }
        }
    }
}
