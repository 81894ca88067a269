//! Texts of flows looked up, measured and compared with what their questions offer.

mod labels;

use std::collections::HashMap;

use super::code::Code;
use super::condition::PURPOSES;
use super::diagnostic::{Place, did_you_mean, one_of_these};
use super::draft::KindDraft;
use super::link::{Linker, brought};
use super::load::Notice;
use super::meant::COMMANDS;
use super::session::SentKind;
use super::text::{
    COMMON, COMMON_LABELLED, COMMON_LABELS, Common, Label, SENT, SMS_INSTEAD, Text, TextId, WORDS,
};
use crate::contact::Language;
use crate::locale::{Message, Pattern, fallback};
use crate::message::Rendering;
use crate::understanding;

/// Variables every text may name.
pub(super) const PERSON_VARIABLES: [&str; 21] = [
    "member_number",
    "member_name",
    "member_since",
    "member_district",
    "member_seat",
    "member_booth",
    "member_until",
    "my_code",
    "my_link",
    "my_count",
    "ticket",
    "phone_known",
    "consent_samvad",
    "consent_membership",
    "language_name",
    // Of whom a list of the office says something that they have not said themselves.
    "listed",
    "listed_name",
    "listed_seat",
    "listed_booth",
    "my_posts",
    // `whatsapp` or `sms`: what must differ between them is a selector over it.
    "channel",
];

/// Variables the texts of a flow with a question of a poll may name besides.
pub(super) const POLL_VARIABLES: [&str; 19] = [
    "poll_question",
    "poll_seat",
    "poll_candidates",
    "poll_closes",
    "poll_who",
    // `choose_one`, `approve` or `rank`.
    "poll_method",
    // `yes` or `no`: whether several people are asked on the phone, and so on.
    "poll_several",
    // Whether more than one poll asks on it.
    "poll_many",
    "poll_secret",
    "poll_may_change",
    "poll_answered",
    "poll_others",
    "poll_aspects",
    "poll_example",
    // What was understood, and the receipt: kept nowhere.
    "poll_choice",
    "poll_number",
    "poll_receipt",
    // Of a published roll: how many choices stand on it, and the first signs of its head.
    "poll_count",
    "poll_head",
];

/// The longest text a channel takes, and the longest above buttons or a list, in characters.
pub(super) const LONGEST_TEXT: usize = 4096;
pub(super) const LONGEST_QUESTION: usize = 1024;
/// The longest label of a button, of a list row, and of the line under it.
pub(super) const LONGEST_BUTTON: usize = 20;
pub(super) const LONGEST_ROW: usize = 24;
pub(super) const LONGEST_HINT: usize = 72;
/// The longest label of a choice that is only ever a numbered line.
pub(super) const LONGEST_LINE: usize = 60;

impl<'a> Linker<'a, '_, '_> {
    /// A message in a language: the flow's own, else that of common.ftl.
    pub(super) fn message(&self, language: Language, book: &str, key: &str) -> Option<&'a Message> {
        self.catalogue
            .message(language, book, key)
            .or_else(|| self.catalogue.message(language, "common", key))
    }

    /// The languages there are texts for.
    pub(super) fn languages(&self) -> impl Iterator<Item = Language> + 'a {
        let catalogue = self.catalogue;
        Language::ALL.into_iter().filter(move |language| catalogue.has(*language))
    }

    /// A text for every language. What lacks, or names variables it may not, is told at `place`
    /// (or, for a variable, where it stands).
    pub(super) fn text(
        &mut self,
        book: &str,
        key: &str,
        variables: &[&str],
        place: Option<Place>,
    ) -> TextId {
        let mut lacking = Vec::new();
        for language in self.languages() {
            let message = self.message(language, book, key);
            let Some(pattern) = message.and_then(|message| message.value.as_ref()) else {
                lacking.push(language);
                continue;
            };
            self.variables(message, pattern, variables, (book, key));
            self.channels(message, pattern, key);
        }
        if let Some(place) = place {
            self.missing_text(&lacking, book, key, place);
        }
        let known = (book.to_owned(), key.to_owned());
        if let Some(id) = self.interned.get(&known) {
            return *id;
        }
        let patterns = Language::ALL.map(|language| {
            fallback(language)
                .into_iter()
                .find_map(|language| self.message(language, book, key)?.value.clone())
                .unwrap_or_else(|| Pattern::constant(key))
        });
        let id = TextId(self.texts.len());
        // A notice may be named like a text of its flow; rehearsals tell them apart.
        let shown = if book == "notices" { format!("notices.{key}") } else { key.to_owned() };
        self.texts.push(Text { key: shown, patterns });
        self.interned.insert(known, id);
        id
    }

    /// Tells of variables nobody will ever fill in.
    fn variables(
        &mut self,
        message: Option<&Message>,
        pattern: &Pattern,
        allowed: &[&str],
        (book, key): (&str, &str),
    ) {
        // Where a step or a called flow is misnamed, nobody knows what would have been answered.
        let lost = [Code::UnknownFlow, Code::BadName, Code::UnknownStepKind];
        let own = self.by_name.get(book).and_then(|index| self.drafts.get(*index));
        if own.is_some_and(|draft| self.findings.has_any(draft.name.place.file, &lost)) {
            return;
        }
        let calls_unread = |draft| {
            brought(draft, self.drafts, &self.by_name).iter().any(|(_, other)| !other.is_whole())
        };
        if own.is_some_and(calls_unread) {
            return;
        }
        let mut named = Vec::new();
        pattern.variables(&mut named);
        for variable in named {
            if allowed.contains(&variable) || PERSON_VARIABLES.contains(&variable) {
                continue;
            }
            let mut sorted = allowed.to_vec();
            sorted.sort_unstable();
            let known = sorted.iter().copied().chain(PERSON_VARIABLES);
            let foreign = self.drafts.iter().find(|draft| {
                draft.steps.iter().any(|step| {
                    step.name.text == variable && matches!(step.kind, KindDraft::Ask(_))
                })
            });
            let hint = did_you_mean(variable, known).unwrap_or_else(|| {
                if let Some(foreign) = foreign {
                    format!("`{variable}` is an answer of the flow `{}`", foreign.name.text)
                } else if sorted.is_empty() {
                    "only what is known of every person can stand here".to_owned()
                } else {
                    one_of_these(variable, sorted.iter().copied())
                }
            });
            let place = self.findings.find_after(place_of(message), &format!("${variable}"));
            self.findings
                .error_hint(
                    place,
                    format!("the text `{key}` names `${variable}`, which is never answered"),
                    hint,
                )
                .code(Code::UnknownVariable);
        }
    }

    pub(super) fn length(&mut self, book: &str, key: &str, most: usize) {
        for language in self.languages() {
            let Some(message) = self.message(language, book, key) else { continue };
            let Some(pattern) = &message.value else { continue };
            // Each channel has its own variant of a text, and its own room for it: only WhatsApp
            // shows less above buttons than elsewhere.
            let room = [(Rendering::Whatsapp, most), (Rendering::Sms, most.max(LONGEST_TEXT))];
            for (rendering, most) in room {
                let length = pattern.longest_constant_on(rendering.name());
                if length > most {
                    self.findings
                        .error_hint(
                            place_of(Some(message)),
                            format!("the text `{key}` has {length} characters, {most} fit"),
                            "say it in fewer words, or in two steps",
                        )
                        .code(Code::TextTooLong);
                    break;
                }
            }
        }
    }

    /// Variants for channels nobody writes on.
    fn channels(&mut self, message: Option<&Message>, pattern: &Pattern, key: &str) {
        let mut named = Vec::new();
        pattern.channels(&mut named);
        for channel in named {
            let known = [Rendering::Whatsapp.name(), Rendering::Sms.name(), "other"];
            if known.contains(&channel) {
                continue;
            }
            let place = self.findings.find_after(place_of(message), &format!("[{channel}]"));
            self.findings
                .error_hint(
                    place,
                    format!("the text `{key}` has a variant for `{channel}`, which is no channel"),
                    one_of_these(channel, known),
                )
                .code(Code::UnknownWord);
        }
    }

    /// Where to tell of what common.ftl lacks: its own beginning, or the first flow's name.
    fn common_place(&self) -> Option<Place> {
        let book = self.catalogue.book(Language::Hi, "common");
        book.map(|book| Place { file: book.source, start: 0, end: 1 })
            .or_else(|| self.drafts.first().map(|draft| draft.name.place))
    }

    pub(super) fn common(&mut self) -> Common {
        let place = self.common_place();
        let mut ids = HashMap::new();
        for (key, variables) in COMMON {
            ids.insert(key, self.text("common", key, variables, place));
            self.length("common", key, LONGEST_QUESTION);
        }
        let mut labels = HashMap::new();
        for (key, most) in COMMON_LABELS {
            labels.insert(key, self.common_label(key, most));
        }
        let sms_choose = self.common_label("sms-choose", 80);
        let says_instead = self
            .languages()
            .any(|language| self.catalogue.message(language, "common", SMS_INSTEAD).is_some());
        let sms_instead = says_instead.then(|| self.text("common", SMS_INSTEAD, &[], place));
        let guess_label = |linker: &mut Self, attribute: &str| {
            linker
                .label("common", "did-you-mean", attribute, LONGEST_BUTTON, place)
                .unwrap_or_default()
        };
        let (yes, no, none) =
            (guess_label(self, "yes"), guess_label(self, "no"), guess_label(self, "none"));
        // Their labels are used, and are told as missing only where the text itself is there.
        for key in COMMON_LABELLED {
            self.text("common", key, &[], place);
        }
        let sent = SentKind::ALL.map(|kind| {
            self.label("common", SENT, kind.name(), LONGEST_BUTTON, place).unwrap_or_default()
        });
        let commands = COMMANDS.map(|(name, _)| {
            self.label("common", WORDS, name, LONGEST_BUTTON, place).unwrap_or_default()
        });
        let id = |key: &str| ids.get(key).copied().unwrap_or(TextId(0));
        let label = |key: &str| labels.get(key).cloned().unwrap_or_default();
        let (skip, more) = (label("skip"), label("more"));
        Common {
            again: id("again"),
            again_choices: id("again-choices"),
            again_numbers: id("again-numbers"),
            hint_yes_no: id("hint-yes-no"),
            hint_any: id("hint-any"),
            hint_any_most: id("hint-any-most"),
            hint_ranked: id("hint-ranked"),
            hint_age: id("hint-age"),
            hint_booth: id("hint-booth"),
            hint_date: id("hint-date"),
            hint_date_from: id("hint-date-from"),
            hint_date_to: id("hint-date-to"),
            hint_date_between: id("hint-date-between"),
            hint_location: id("hint-location"),
            hint_message: id("hint-message"),
            choose_any: id("choose-any"),
            choose_any_most: id("choose-any-most"),
            choose_ranked: id("choose-ranked"),
            choose_ranked_most: id("choose-ranked-most"),
            hint_number: id("hint-number"),
            hint_year: id("hint-year"),
            hint_name: id("hint-name"),
            hint_district: id("hint-district"),
            hint_assembly: id("hint-assembly"),
            hint_lok_sabha: id("hint-lok-sabha"),
            hint_phone: id("hint-phone"),
            hint_text: id("hint-text"),
            did_you_mean: id("did-you-mean"),
            unsupported: id("unsupported"),
            back_none: id("back-none"),
            code_unknown: id("code-unknown"),
            late: id("late"),
            expired: id("expired"),
            parked: id("parked"),
            silence: id("silence"),
            opinion_rests: id("opinion-rests"),
            opinion_over: id("opinion-over"),
            opinion_kept: id("opinion-kept"),
            opinion_in_words: id("opinion-in-words"),
            opinion_edited: id("opinion-edited"),
            channel_stopped: id("channel-stopped"),
            channel_back: id("channel-back"),
            handover: id("handover"),
            waiting: id("waiting"),
            one_moment: id("one-moment"),
            salute: id("salute"),
            sms_instead,
            sms_choose,
            list_open: label("list-open"),
            skip_words: folded(
                &skip,
                &["skip", "छोड़ें", "छोड़ो", "chhodo", "chhod do", "chhoden", "چھوڑو", "چھوڑیں"],
            ),
            more_words: folded(&more, &["more", "और", "aur", "next", "اور"]),
            more,
            skip,
            yes,
            no,
            none,
            commands,
            sent,
        }
    }

    pub(super) fn notices(&mut self) -> Vec<Notice> {
        let mut notices = Vec::new();
        for purpose in PURPOSES {
            let key = purpose.name();
            if !self
                .languages()
                .any(|language| self.catalogue.message(language, "notices", key).is_some())
            {
                continue;
            }
            let place = self
                .catalogue
                .message(Language::Hi, "notices", key)
                .map(|message| place_of(Some(message)));
            let text = self.text("notices", key, &[], place);
            self.length("notices", key, LONGEST_TEXT);
            let version = self.label("notices", key, "version", 40, place).unwrap_or_default();
            notices.push(Notice { purpose, text, version });
        }
        notices
    }
}

fn folded(label: &Label, others: &[&str]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for text in label.texts.iter().map(String::as_str).chain(others.iter().copied()) {
        let form = understanding::fold(text);
        if !form.is_empty() && !words.contains(&form) {
            words.push(form);
        }
    }
    words
}

pub(super) fn place_of(message: Option<&Message>) -> Place {
    message.map_or_else(Place::default, |message| Place {
        file: message.source,
        start: message.span.start,
        end: message.span.end,
    })
}

pub(crate) const fn english_name(language: Language) -> &'static str {
    match language {
        Language::Hi => "Hindi",
        Language::En => "English",
        Language::Ur => "Urdu",
    }
}
