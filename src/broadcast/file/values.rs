//! What fills the places of a broadcast's messages, and the short message itself.

use super::{Around, Reader, VALUE_KEYS};
use crate::broadcast::Sender;
use crate::broadcast::said::{Known, Piece, Said, Value, Words};
use crate::contact::Language;
use crate::dlt::Among;
use crate::flow::Code;
use crate::flow::author::{
    BROADCASTS, Kind, Node, Place, Word, english_name, get, known_keys, map, one_of_these,
    start_of, word,
};
use crate::locale::{Key, Pattern, Segment};
use crate::message::Channel;
use crate::template::{Declared, Piece as TemplatePiece, pieces};

/// A short message in its languages.
pub(super) type Texts = Vec<(Language, Vec<Piece>)>;

impl Reader<'_, '_, '_> {
    /// `sms: template`, the words of the template; or `sms: {say: …}`, a text of `broadcasts.ftl`.
    pub(super) fn sms(&mut self, node: &Node, declared: Option<&Declared>) -> Option<Texts> {
        if let Kind::Word(written) = &node.kind {
            if written == "template"
                && let Some(declared) = declared
            {
                return Some(of_template(declared));
            }
            let hint = if declared.is_some() {
                "write `sms: template` for the template's own words, or `sms: {say: …}` for a text of locales/*/broadcasts.ftl"
            } else {
                "write `sms: {say: …}`, a text of locales/*/broadcasts.ftl"
            };
            let message = format!("`{written}` says nothing by SMS");
            self.error(node.place, Code::UnknownWord, message, hint);
            return None;
        }
        let entries = map(node, "`sms`", self.findings)?;
        known_keys(entries, &["say"], self.findings);
        let Some(say) = get(entries, "say") else {
            self.error(
                start_of(node),
                Code::MissingKey,
                "`sms` does not say which text",
                "add `say: …`, the name of a text of locales/*/broadcasts.ftl",
            );
            return None;
        };
        let key = word(say, "`say`", self.findings)?;
        self.said.push(key.text.clone());
        let mut texts = Vec::new();
        for language in Language::ALL {
            if let Some(pieces) = self.text(&key, language) {
                texts.push((language, pieces));
            }
        }
        Some(texts)
    }

    fn text(&mut self, key: &Word, language: Language) -> Option<Vec<Piece>> {
        let catalogue = self.catalogue;
        if !catalogue.has(language) {
            return None;
        }
        let message = catalogue.message(language, BROADCASTS, &key.text);
        let Some(pattern) = message.and_then(|message| message.value.as_ref()) else {
            let code = language.code();
            self.error(
                key.place,
                Code::MissingText,
                format!("the text `{}` is missing in {}", key.text, english_name(language)),
                format!("write `{} = …` in locales/{code}/broadcasts.ftl", key.text),
            );
            return None;
        };
        let mut pieces = Vec::new();
        if let Err(what) = take_apart(pattern, &mut pieces) {
            self.error(
                key.place,
                Code::UnknownVariant,
                format!("{what} in `{}`, in {}", key.text, english_name(language)),
                "a broadcast's text has words and values: { $day }; write another text for another case",
            );
        }
        Some(pieces)
    }

    /// Every value a message names, and nothing else.
    pub(super) fn values(
        &mut self,
        entries: &[(Word, Node)],
        beginning: Place,
        declared: Option<&Declared>,
        texts: &Texts,
        said: &mut Said,
    ) {
        let mut named: Vec<String> =
            declared.map(|declared| declared.variables.clone()).unwrap_or_default();
        for piece in texts.iter().flat_map(|(_, pieces)| pieces) {
            if let Piece::Place(name) = piece
                && !named.contains(name)
            {
                named.push(name.clone());
            }
        }
        let mut languages: Vec<Language> = declared
            .map(|declared| declared.wordings.iter().map(|known| known.language).collect())
            .unwrap_or_default();
        languages.extend(texts.iter().map(|(language, _)| *language));
        languages.sort_unstable();
        languages.dedup();
        let given = get(entries, "values");
        let listed = given.and_then(|node| map(node, "`values`", self.findings));
        let listed = listed.unwrap_or_default();
        for (name, node) in listed {
            if !named.contains(&name.text) {
                let message = format!("no message of this broadcast has a place `{}`", name.text);
                let hint = if named.is_empty() {
                    "take it away: its messages have no places".to_owned()
                } else {
                    one_of_these(&name.text, named.iter().map(String::as_str))
                };
                self.error(name.place, Code::UnknownVariable, message, hint);
                continue;
            }
            if let Some(value) = self.value(name, node, &languages) {
                said.values.push((name.text.clone(), value));
            }
        }
        let place = given.map_or(beginning, start_of);
        for name in
            named.iter().filter(|name| !listed.iter().any(|(known, _)| known.text == **name))
        {
            let words = languages.iter().map(|language| format!("{}: …", language.code()));
            let words = words.collect::<Vec<_>>().join(", ");
            let hint = if Known::from_name(name).is_some() {
                format!(
                    "add under `values:` what is said where it is not known: `{name}: {{otherwise: {{{words}}}}}`"
                )
            } else {
                format!("add under `values:` `{name}: {{{words}}}`")
            };
            self.error(
                place,
                Code::UnknownVariable,
                format!("nothing fills the place `{name}`"),
                hint,
            );
        }
    }

    /// Words of the office, or what is known of the person with words in its stead.
    fn value(&mut self, name: &Word, node: &Node, languages: &[Language]) -> Option<Value> {
        let of_a_person = matches!(&node.kind, Kind::Map(entries)
            if entries.iter().any(|(key, _)| VALUE_KEYS.contains(&key.text.as_str())));
        if !of_a_person {
            return self.words(node, &format!("`{}`", name.text), languages).map(Value::Office);
        }
        let entries = map(node, "a value", self.findings)?;
        known_keys(entries, &VALUE_KEYS, self.findings);
        let known = match get(entries, "known") {
            Some(node) => word(node, "`known`", self.findings)?,
            None => name.clone(),
        };
        let Some(found) = Known::from_name(&known.text) else {
            let hint = one_of_these(&known.text, Known::ALL.map(Known::name));
            self.error(
                known.place,
                Code::UnknownVariable,
                format!("`{}` is not known of people", known.text),
                format!("{hint}: write `known: name` and so on, or words of the office"),
            );
            return None;
        };
        let Some(otherwise) = get(entries, "otherwise") else {
            self.error(
                start_of(node),
                Code::MissingKey,
                format!("not of everybody the {} is known", found.name()),
                "add `otherwise: {hi: …}`: what is said then",
            );
            return None;
        };
        let otherwise = self.words(otherwise, "`otherwise`", languages)?;
        Some(Value::Person { known: found, otherwise })
    }

    /// Words in every language a message is in; one word alone is said in all of them.
    fn words(&mut self, node: &Node, what: &str, languages: &[Language]) -> Option<Words> {
        if let Kind::Word(words) = &node.kind {
            return Some(Words::everywhere(words));
        }
        let entries = map(node, what, self.findings)?;
        let mut words = Vec::new();
        for (code, node) in entries {
            let Some(language) = Language::from_code(&code.text) else {
                let hint = one_of_these(&code.text, Language::ALL.map(Language::code));
                let message = format!("there is no language `{}`", code.text);
                self.error(code.place, Code::UnknownWord, message, hint);
                continue;
            };
            words.push((language, word(node, what, self.findings)?.text));
        }
        let words = Words::of(words);
        for language in languages.iter().copied().filter(|language| !words.has(*language)) {
            self.error(
                start_of(node),
                Code::MissingText,
                format!("{what} has no words in {}", english_name(language)),
                format!("add `{}: …`", language.code()),
            );
        }
        Some(words)
    }

    /// Without a registry in force nothing leaves by SMS, but by an account whose vendor puts the template.
    fn unregistered(&mut self, place: Place) {
        let Around { senders, templates_at_vendor, .. } = self.around;
        let mut accounts = senders.iter().filter(|sender| sender.channel == Channel::Sms);
        let is_lacking = |sender: &&Sender| !templates_at_vendor.contains(&sender.account);
        let Some(sender) = accounts.find(is_lacking) else { return };
        let hint = format!(
            "`samvad dlt` proposes what to register; where the vendor puts the template by itself, write templates_at_vendor = true in [sms.accounts.{}]",
            sender.account
        );
        self.findings
            .warn(
                place,
                "no registered DLT template carries the short message: it will be refused with `no_dlt_template`",
                hint,
            )
            .code(Code::DltTemplate);
    }

    /// Holds the short message against the registry, and keeps of that what carries it.
    pub(super) fn registered(&mut self, place: Place, said: &mut Said) {
        let Some(registry) = self.around.flows.registry().filter(|known| known.is_in_force())
        else {
            return self.unregistered(place);
        };
        let Some(languages) = said
            .sms
            .as_ref()
            .map(|sms| sms.texts.iter().map(|(language, _)| *language).collect::<Vec<Language>>())
        else {
            return;
        };
        let mut kept = crate::dlt::Registry { templates: Vec::new(), ..registry.clone() };
        for language in languages.into_iter().filter(|language| registry.speaks(*language)) {
            let Some(text) = said.short_of_nobody(language) else { continue };
            match registry.carry(&text, Among::Live) {
                Some(filled) if !kept.templates.contains(filled.template) => {
                    kept.templates.push(filled.template.clone());
                }
                Some(_) => {}
                None => {
                    let why = registry.why(&text, Among::Live);
                    let told = match &why {
                        crate::dlt::Refusal::NoTemplate(Some(nearest)) => nearest.words(),
                        other => other.office_words(),
                    };
                    self.error(
                        place,
                        Code::DltTemplate,
                        format!(
                            "no registered DLT template carries the short message in {}",
                            english_name(language)
                        ),
                        format!("{told}; register it, or say by SMS what is registered"),
                    );
                }
            }
        }
        if let Some(sms) = &mut said.sms {
            sms.registry = Some(kept);
        }
    }
}

/// The template's own words as a short message.
fn of_template(declared: &Declared) -> Texts {
    let mut texts = Vec::new();
    for wording in &declared.wordings {
        let found =
            pieces(&wording.body).unwrap_or_default().into_iter().map(|piece| match piece {
                TemplatePiece::Words(words) => Piece::Words(words.to_owned()),
                TemplatePiece::Place(number) => {
                    let name = number.checked_sub(1).and_then(|at| declared.variables.get(at));
                    Piece::Place(name.cloned().unwrap_or_default())
                }
            });
        texts.push((wording.language, found.collect()));
    }
    texts
}

/// The words and places of a text; what it has besides is told.
fn take_apart(pattern: &Pattern, pieces: &mut Vec<Piece>) -> Result<(), String> {
    for segment in &pattern.segments {
        match segment {
            Segment::Text(words) => pieces.push(Piece::Words(words.to_string())),
            Segment::Variable(name) => pieces.push(Piece::Place(name.to_string())),
            Segment::Call { variable, .. } => {
                return Err(format!("`${variable}` is written by a function"));
            }
            Segment::Select { variable, variants, default } if &**variable == "channel" => {
                let is_sms =
                    |key: &Key| matches!(key, Key::Word(word) if &**word == Channel::Sms.name());
                let own = variants.iter().find(|(key, _)| is_sms(key));
                if let Some((_, variant)) = own.or_else(|| variants.get(*default)) {
                    take_apart(variant, pieces)?;
                }
            }
            Segment::Select { variable, .. } => {
                return Err(format!("the words hang on `${variable}`"));
            }
        }
    }
    Ok(())
}
