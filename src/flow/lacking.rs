//! What a language lacks: whole files, texts, labels. Told where the line is to be added, and once
//! for all that a missing file would hold.

use super::code::Code;
use super::diagnostic::{Place, nearest};
use super::draft::{ActionDraft, AnswerDraft, FlowDraft, KindDraft};
use super::link::{Linker, outcomes};
use super::load::{Sources, is_flow};
use super::put_aside::{in_a_comment, on_a_line};
use super::wording::{english_name, place_of};
use super::yaml::Word;
use crate::contact::Language;
use crate::locale::{Book, Message};

/// The texts of the engine itself.
const COMMON_BOOK: &str = "common";

impl Linker<'_, '_, '_> {
    /// Tells of every file of texts that is not there or holds nothing, each once.
    pub(super) fn lacking_files(&mut self, sources: &Sources) {
        self.lacking_languages();
        let drafts = self.drafts;
        let flows =
            drafts.iter().filter(|draft| draft.is_whole()).map(|draft| draft.name.text.as_str());
        let books: Vec<&str> = std::iter::once(COMMON_BOOK).chain(flows).collect();
        for book in books {
            let written = |language: &Language| {
                self.catalogue.book(*language, book).is_some_and(|found| !holds_nothing(found))
            };
            let Some(model) = Language::ALL.into_iter().find(written) else {
                self.flow_without_texts(book);
                continue;
            };
            for language in self.languages() {
                let found = self.catalogue.book(language, book);
                if found.is_none() {
                    self.absent_file(sources, language, book, model);
                } else if let Some(found) = found.filter(|found| holds_nothing(found)) {
                    self.findings
                        .error_hint(
                            Place { file: found.source, start: 0, end: 1 },
                            format!("this file is empty: {}", of_flow(book, language)),
                            copy_from(model, book),
                        )
                        .code(Code::MissingFile);
                    self.absent.push((language, book.to_owned()));
                }
            }
        }
    }

    /// A flow of which no text is written yet in any language.
    fn flow_without_texts(&mut self, book: &str) {
        let drafts = self.drafts;
        let Some(draft) = drafts.iter().find(|draft| draft.name.text == book) else { return };
        let languages: Vec<Language> = self.languages().collect();
        let mut named: Vec<&str> = Vec::new();
        for step in &draft.steps {
            let word = match &step.kind {
                KindDraft::Say { text, .. } | KindDraft::Handoff(text) => text,
                KindDraft::Ask(ask) => &ask.message,
                _ => continue,
            };
            let nowhere = languages
                .iter()
                .all(|language| self.message(*language, book, &word.text).is_none());
            if nowhere && !named.contains(&word.text.as_str()) {
                named.push(&word.text);
            }
        }
        if named.len() < 2 || languages.is_empty() {
            return;
        }
        self.absent.extend(languages.iter().map(|language| (*language, book.to_owned())));
        self.findings
            .error_hint(
                draft.name.place,
                format!("the flow `{book}` has no texts yet"),
                format!("make {} with `{} = …`", paths(&languages, book), named.join(" = …`, `")),
            )
            .code(Code::MissingFile);
    }

    /// A language of which no text is there, and that is spoken all the same: Hindi always, the
    /// others where people may choose them.
    fn lacking_languages(&mut self) {
        let Some(model) = Language::ALL.into_iter().find(|known| self.catalogue.has(*known)) else {
            return;
        };
        let drafts = self.drafts;
        for language in Language::ALL {
            if self.catalogue.has(language) {
                continue;
            }
            let code = language.code();
            let offered = drafts.iter().find_map(|draft| offers_language(draft, code));
            let hint = format!(
                "copy locales/{}/ to locales/{code}/ and translate its texts",
                model.code()
            );
            let message = format!("there are no texts in {}", english_name(language));
            if let Some(choice) = offered {
                let message = format!("`{code}` can be chosen here, and {message}");
                let hint = format!("{hint}; or take `{code}` out of the choices");
                self.findings.error_hint(choice.place, message, hint).code(Code::MissingFile);
            } else if language == Language::Hi {
                self.findings.absent(format!("locales/{code}/"), Code::MissingFile, message, hint);
            }
        }
    }

    fn absent_file(&mut self, sources: &Sources, language: Language, book: &str, model: Language) {
        self.absent.push((language, book.to_owned()));
        let path = format!("locales/{}/{book}.ftl", language.code());
        // A file of another name that holds these texts was meant for it.
        if let Some(stray) = self.misnamed_book(language, book, model) {
            if self.findings.has_any(stray, &[Code::FileName]) {
                return;
            }
            self.findings
                .error_hint(
                    Place { file: stray, start: 0, end: 1 },
                    format!(
                        "the texts of `{book}` in {} are looked for in {path}",
                        english_name(language)
                    ),
                    format!("rename this file to {book}.ftl"),
                )
                .code(Code::FileName);
            return;
        }
        // One in the wrong folder, or with a second ending, is told as that.
        let name = format!("{book}.ftl");
        let astray = sources.files.iter().any(|file| {
            let found = file.path.rsplit('/').next().unwrap_or_default();
            let folder = file.path.rsplit('/').nth(1).unwrap_or_default();
            let elsewhere = found == name && Language::from_code(folder).is_none();
            let other_ending = folder == language.code()
                && found.split('.').next() == Some(book)
                && found.split_once('.').is_none_or(|(_, ending)| ending != "ftl");
            elsewhere || other_ending
        });
        if !astray {
            let message = format!("this file is missing: {}", of_flow(book, language));
            self.findings.absent(path, Code::MissingFile, message, copy_from(model, book));
        }
    }

    /// A file of this language that belongs to no flow and holds at least half of these texts.
    fn misnamed_book(&self, language: Language, book: &str, model: Language) -> Option<usize> {
        let wanted = &self.catalogue.book(model, book)?.messages;
        let of_nobody = self.catalogue.books(language).filter(|(name, _)| {
            !self.by_name.contains_key(*name) && self.catalogue.book(model, name).is_none()
        });
        let mut fitting = of_nobody.filter(|(_, found)| {
            let shared = found.messages.keys().filter(|key| wanted.contains_key(*key)).count();
            shared * 2 >= wanted.len() && shared > 0
        });
        fitting.next().map(|(_, found)| found.source)
    }

    /// Whether a file of this language could not be read whole, or is missing itself: what seems to
    /// be missing was told already.
    pub(super) fn is_broken(&self, language: Language, book: &str) -> bool {
        [book, COMMON_BOOK].into_iter().any(|name| {
            self.catalogue.book(language, name).is_some_and(|book| book.broken)
                || self.absent.iter().any(|(absent, known)| *absent == language && known == name)
        })
    }

    /// Tells of the languages that lack a text: in their files when another language has it, else
    /// once at `place`.
    pub(super) fn missing_text(
        &mut self,
        lacking: &[Language],
        book: &str,
        key: &str,
        place: Place,
    ) {
        let has = |language: &Language| {
            self.message(*language, book, key).is_some_and(|found| found.value.is_some())
        };
        let model = Language::ALL.into_iter().find(has);
        let mut rest: Vec<Language> = Vec::new();
        for language in lacking.iter().copied() {
            if !self.is_broken(language, book)
                && !self.told_in_its_file(language, book, key, model.is_some())
            {
                rest.push(language);
            }
        }
        if rest.is_empty() {
            return;
        }
        if let Some(model) = model {
            for language in rest {
                self.text_to_add(language, model, book, key, place);
            }
            return;
        }
        let names: Vec<&str> = rest
            .iter()
            .filter_map(|language| self.catalogue.book(*language, book))
            .flat_map(|book| book.messages.keys().map(String::as_str))
            .collect();
        let hint = match nearest(key, names) {
            _ if key.contains('#') => {
                let (name, comment) = key.split_once('#').unwrap_or((key, ""));
                format!(
                    "a comment needs a space before its #: {} # {}",
                    name.trim(),
                    comment.trim()
                )
            }
            _ if !is_name_of_text(key) => format!(
                "here stands the name of a text; its words stand in {} as `name = words`",
                paths(&rest, book)
            ),
            Some(near) if near.replace('-', "_") == key => {
                format!("names of texts have hyphens: `{near}`")
            }
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                let files = paths(&rest, book);
                let new = rest.iter().all(|one| self.catalogue.book(*one, book).is_none());
                if new {
                    format!("make {files} with `{key} = …` in it")
                } else {
                    format!("add `{key} = …` to {files}")
                }
            }
        };
        let languages: Vec<&str> = rest.into_iter().map(english_name).collect();
        self.findings
            .error_hint(
                place,
                format!("the text `{key}` is missing in {}", languages.join(" and ")),
                hint,
            )
            .code(Code::MissingText);
    }

    /// A text that another language has, told behind the text it follows there.
    fn text_to_add(
        &mut self,
        language: Language,
        model: Language,
        book: &str,
        key: &str,
        place: Place,
    ) {
        let name = english_name(language);
        let own = self.catalogue.message(model, book, key).is_some();
        let home = if own { book } else { COMMON_BOOK };
        let theirs = self.catalogue.book(model, home);
        let Some((here, theirs)) = self.catalogue.book(language, home).zip(theirs) else {
            let hint = format!("make {} with `{key} = …` in it", paths(&[language], home));
            self.findings
                .error_hint(place, format!("the text `{key}` is missing in {name}"), hint)
                .code(Code::MissingText);
            return;
        };
        let start_there = theirs.messages.get(key).map_or(0, |message| message.span.start);
        let before = theirs
            .messages
            .iter()
            .filter(|(_, message)| message.span.start < start_there)
            .filter_map(|(name, message)| Some((message.span.start, here.messages.get(name)?)))
            .max_by_key(|(start, _)| *start);
        let there = Place { file: theirs.source, start: start_there, end: start_there };
        let there = self.findings.spot(there);
        let (at, side) = match before {
            Some((_, message)) => (self.findings.end_of_message(place_of(Some(message))), "below"),
            None => (Place { file: here.source, start: 0, end: 1 }, "above"),
        };
        // The engine's own texts are named in no flow.
        let said = self.findings.spot(place);
        let said = if is_flow_line(&said) { format!("named in {said}, ") } else { String::new() };
        self.findings
            .error_hint(
                at,
                format!("the text `{key}` is missing in {name}"),
                format!("add {side} this line: `{key} = …` ({said}written in {there})"),
            )
            .code(Code::MissingText);
    }

    /// A text that is there by another name, or with its labels alone.
    fn told_in_its_file(
        &mut self,
        language: Language,
        book: &str,
        key: &str,
        elsewhere: bool,
    ) -> bool {
        let name = english_name(language);
        if let Some(message) = self.catalogue.message(language, book, key) {
            self.findings
                .error_hint(
                    place_of(Some(message)),
                    format!("`{key}` has labels and no text in {name}"),
                    format!("write the question behind it: {key} = …"),
                )
                .code(Code::EmptyText);
            return true;
        }
        let Some(known) = self.catalogue.book(language, book) else { return false };
        if let Some(at) = in_a_comment(known.source, key, '=', self.findings) {
            let written = self.findings.source_of(at).trim_start_matches(['#', ' ']);
            let hint = format!("take the `#` away: `{}`", first_words(written));
            let message =
                format!("the text `{key}` is missing in {name}: it stands behind a `#` here");
            self.findings.error_hint(at, message, hint).code(Code::MissingText);
            return true;
        }
        if let Some(at) = on_a_line(known.source, key, self.findings) {
            let written = first_words(self.findings.source_of(at)).to_owned();
            self.findings
                .error_hint(
                    at,
                    format!("the text `{key}` stands on the line of another text"),
                    format!("put a line break before it: `{written}` begins a line of its own"),
                )
                .code(Code::MissingText);
            return true;
        }
        // A name like it that no other language has was meant by the translator.
        let strange = known.messages.keys().map(String::as_str).filter(|name| {
            Language::ALL.into_iter().all(|other| {
                other == language || self.catalogue.message(other, book, name).is_none()
            })
        });
        let near = nearest(key, strange).filter(|_| elsewhere);
        let Some(message) = near.and_then(|near| known.messages.get(near)) else { return false };
        self.findings
            .error_hint(
                place_of(Some(message)),
                format!(
                    "the text `{key}` is missing in {name}; this one is named `{}`",
                    near.unwrap_or_default()
                ),
                format!("rename it: {key} = …"),
            )
            .code(Code::MissingText);
        true
    }

    /// A label that stands in its message and is read as text, told where it stands.
    fn label_as_text(&mut self, message: &Message, label: &str) -> bool {
        let lines = self.findings.lines_of_message(place_of(Some(message)));
        let hashed = lines
            .iter()
            .skip(1)
            .map(|(place, line)| (*place, line.trim_start()))
            .find(|(_, line)| line.starts_with('#') && stands_as_text(line, label).is_some())
            .map(|(place, _)| place);
        let hashed = hashed
            .or_else(|| in_a_comment(message.source, &format!(".{label}"), '=', self.findings));
        if let Some(at) = hashed {
            let written = self.findings.source_of(at).trim_start_matches(['#', ' ', '\t']);
            let hint = format!("take the `#` away: `    {}`", first_words(written));
            let message = format!("the label `.{label}` stands behind a `#`");
            self.findings.error_hint(at, message, hint).code(Code::MissingLabel);
            return true;
        }
        let mut found = lines
            .into_iter()
            .skip(1)
            .filter_map(|(place, line)| Some((place, line, stands_as_text(line, label)?)));
        let Some((place, line, offset)) = found.next() else { return false };
        let at = Place { start: place.start + offset, end: place.start + line.len(), ..place };
        let behind = line.get(..offset).unwrap_or_default().contains(char::is_alphanumeric);
        let message = if behind {
            format!("the label `.{label}` stands behind another one")
        } else {
            format!("`{label}` is read as text, not as a label")
        };
        let said = line.get(offset..).unwrap_or_default().trim_start_matches(['.', '-']);
        let said = said.strip_prefix(label).unwrap_or(said);
        let said = said.trim_start_matches(|sign: char| !sign.is_alphanumeric());
        let hint = format!("write on a line of its own: `    .{label} = {said}`");
        self.findings.error_hint(at, message, hint).code(Code::MissingLabel);
        true
    }

    /// Where a message's first label is written below: its name, or the last line of a longer text.
    fn end_of_text(&self, message: &Message) -> Place {
        let place = place_of(Some(message));
        let lines = self.findings.lines_of_message(place);
        let of_text = lines.iter().take_while(|(_, line)| !line.trim_start().starts_with('.'));
        match of_text.enumerate().last() {
            Some((index, (line, words))) if index > 0 => {
                let indent = words.len() - words.trim_start().len();
                Place { start: line.start + indent, ..*line }
            }
            _ => place,
        }
    }

    /// Tells of the languages that lack a label: once at `place` when none has it, else in their
    /// files.
    pub(super) fn missing_label(
        &mut self,
        lacking: &[(Language, &Message)],
        book: &str,
        key: &str,
        attribute: &str,
        place: Place,
    ) {
        // A label of a similar name that belongs to no choice is told as such.
        let asks = self.drafts.iter().filter(|draft| draft.name.text == book);
        let offered: Vec<&str> = asks
            .flat_map(|draft| &draft.steps)
            .filter_map(|step| match &step.kind {
                KindDraft::Ask(ask) if ask.message.text == key => Some(ask),
                _ => None,
            })
            .flat_map(|ask| outcomes(&ask.answer, ask.optional))
            .collect();
        let rest: Vec<(Language, &Message)> = lacking
            .iter()
            .copied()
            .filter(|(language, message)| {
                let names = message.attributes.iter().map(|found| found.name.as_str());
                let mut strange = names.filter(|name| !offered.contains(name));
                !self.is_broken(*language, book)
                    && !strange.any(|name| nearest(name, [attribute]).is_some())
            })
            .collect();
        let what = if offered.contains(&attribute) {
            format!("the choice `{attribute}` of `{key}` has no label")
        } else {
            format!("`{key}` has no `.{attribute}`")
        };
        let model = Language::ALL.into_iter().find_map(|language| {
            self.message(language, book, key)?.attribute(attribute)?.pattern.as_constant()
        });
        if model.is_none() && rest.len() > 1 {
            let languages: Vec<Language> = rest.iter().map(|(language, _)| *language).collect();
            let files = paths(&languages, book);
            let hint = format!("add `    .{attribute} = …` under `{key}` in {files}");
            self.findings.error_hint(place, what, hint).code(Code::MissingLabel);
            return;
        }
        for (language, message) in rest {
            if self.label_as_text(message, attribute) {
                continue;
            }
            // Behind the label of the choice before it.
            let upto = offered.iter().take_while(|id| **id != attribute);
            let before = upto.filter_map(|id| message.attribute(id)).last();
            let at = before.map_or_else(
                || self.end_of_text(message),
                |label| Place {
                    file: message.source,
                    start: label.span.start,
                    end: label.span.end,
                },
            );
            let hint = match model {
                Some(model) if model.starts_with(|sign: char| sign.is_ascii_digit()) => {
                    format!("add below this line: `    .{attribute} = {model}`")
                }
                Some(model) => {
                    format!(
                        "add below this line: `    .{attribute} = …`; elsewhere it is `{model}`"
                    )
                }
                None => format!("add below this line: `    .{attribute} = …`"),
            };
            self.findings
                .error_hint(at, format!("{what} in {}", english_name(language)), hint)
                .code(Code::MissingLabel);
        }
    }
}

/// A line, or so much of it as a hint shows.
fn first_words(line: &str) -> &str {
    const MOST: usize = 60;
    let end = line.char_indices().nth(MOST).map_or(line.len(), |(end, _)| end);
    line.get(..end).unwrap_or(line).trim_end()
}

/// Whether a text can be named like this.
fn is_name_of_text(key: &str) -> bool {
    key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// How a label looks that was taken for text: `own: …`, `-own = …`, or behind another label.
fn stands_as_text(line: &str, label: &str) -> Option<usize> {
    let content = line.trim_start_matches(|sign: char| !sign.is_ascii_alphanumeric());
    let begins = content.strip_prefix(label).map(str::trim_start);
    if begins.is_some_and(|rest| rest.starts_with([':', '=', '-', '–', '：', '＝'])) {
        return Some(line.len() - content.len());
    }
    let inside = format!(".{label} =");
    line.find(&inside).filter(|offset| !line.get(..*offset).unwrap_or_default().trim().is_empty())
}

/// Whether this is a line of a flow: `flows/join.yaml:7`.
fn is_flow_line(spot: &str) -> bool {
    spot.rsplit_once(':').is_some_and(|(path, _)| is_flow(path))
}

fn holds_nothing(book: &Book) -> bool {
    book.messages.is_empty() && !book.broken && book.terms.is_empty()
}

/// What cannot be said without a file.
fn of_flow(book: &str, language: Language) -> String {
    let name = english_name(language);
    if book == COMMON_BOOK {
        format!("what every flow says is not there in {name}")
    } else {
        format!("the flow `{book}` says nothing in {name}")
    }
}

fn copy_from(model: Language, book: &str) -> String {
    format!(
        "copy locales/{}/{book}.ftl there and translate what stands behind each `=`",
        model.code()
    )
}

/// The files of several languages, as one names them.
fn paths(languages: &[Language], book: &str) -> String {
    let files: Vec<String> = languages
        .iter()
        .map(|language| format!("locales/{}/{book}.ftl", language.code()))
        .collect();
    match files.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => files.concat(),
    }
}

/// The choice by which a flow lets people take this language.
fn offers_language<'d>(draft: &'d FlowDraft, code: &str) -> Option<&'d Word> {
    let chosen = draft.steps.iter().find_map(|step| match &step.kind {
        KindDraft::Do(ActionDraft::Language(answer)) => Some(answer),
        _ => None,
    })?;
    let asked = draft.steps.iter().find(|step| step.name.text == chosen.text)?;
    let KindDraft::Ask(ask) = &asked.kind else { return None };
    let AnswerDraft::OneOf(choices) = &ask.answer else { return None };
    choices.list.iter().map(|choice| &choice.id).find(|id| id.text == code)
}
