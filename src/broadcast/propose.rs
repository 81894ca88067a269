//! What of a broadcast's short message is still to be registered at the operators.

use super::said::{Piece, Value};
use super::{Definition, Said};
use crate::contact::Language;
use crate::dlt::{Among, Hole, Proposal, Registry, Say, Tag};

/// The book of the texts that broadcasts say.
pub const BOOK: &str = "broadcasts";

impl Definition {
    /// A template for each language whose short message none of the registry carries, nothing known of the person. What the
    /// file fills in is a place: another day the same template says another word there.
    #[must_use]
    pub fn proposals(&self, registry: &Registry) -> Vec<Proposal> {
        let texts = self.said.sms.iter().flat_map(|sms| &sms.texts);
        let spoken = texts.filter(|(language, _)| registry.speaks(*language));
        let lacking = spoken.filter(|(language, _)| {
            let text = self.said.short_of_nobody(*language).unwrap_or_default();
            registry.carry(&text, Among::Declared).is_none()
        });
        let propose = |(language, pieces): &(Language, Vec<Piece>)| Proposal {
            name: format!("{BOOK}-{}-{}", self.name, language.code()),
            book: BOOK.to_owned(),
            language: *language,
            says: pieces.iter().map(|piece| say(piece, &self.said, *language)).collect(),
        };
        lacking.map(propose).collect()
    }
}

fn say(piece: &Piece, said: &Said, language: Language) -> Say {
    match piece {
        Piece::Words(words) => Say::Words(words.clone()),
        Piece::Place(name) => {
            let value = said.values.iter().find(|(known, _)| known == name);
            // Of a person whose own does not fit there the office's words are said.
            let longest = match value.map(|(_, value)| value) {
                Some(Value::Office(words) | Value::Person { otherwise: words, .. }) => {
                    words.get(language).to_owned()
                }
                None => String::new(),
            };
            Say::Hole(Hole { name: name.clone(), tag: Tag::Alphanumeric, longest })
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::broadcast::fixture::definition;
    use crate::dlt::{Category, Registry};

    #[test]
    fn the_short_message_of_a_broadcast_is_proposed_with_its_places_open() {
        let proposals = definition().proposals(&Registry::default());
        let names: Vec<&str> = proposals.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(
            names,
            ["broadcasts-meeting-hi", "broadcasts-meeting-en", "broadcasts-meeting-ur"]
        );
        let entry = proposals[1].entry(&Registry::default(), Category::Service);
        let text = "Namaste {#alphanumeric#}, the meeting is on {#alphanumeric#} at ten.";
        assert!(entry.contains(text), "{entry}");
        assert!(entry.contains("is $name, for example friend"), "{entry}");
    }
}
