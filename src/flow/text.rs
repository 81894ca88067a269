//! The texts flows name, looked up once for every language.

use super::session::SentKind;
use crate::contact::Language;
use crate::locale::{Arguments, Pattern, slot};

/// Index of a text among those of the loaded flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct TextId(pub(super) usize);

/// One message in every language; a language that lacks it has that of another.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// The name it has in the text files.
    pub(super) key: String,
    pub(super) patterns: [Pattern; 3],
}

impl Text {
    pub(super) fn pattern(&self, language: Language) -> &Pattern {
        // Three languages, three places: the fallback is never taken.
        self.patterns.get(slot(language)).unwrap_or(&self.patterns[0])
    }

    pub(super) fn write<A: Arguments + ?Sized>(
        &self,
        language: Language,
        arguments: &A,
        out: &mut String,
    ) {
        self.pattern(language).write(language, arguments, out);
    }
}

/// The label of a choice in every language. Labels have no variables, so that `check` can measure
/// them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) texts: [String; 3],
}

impl Label {
    pub(super) fn get(&self, language: Language) -> &str {
        self.texts.get(slot(language)).map_or("", String::as_str)
    }
}

/// The messages of `common.ftl` of which the engine uses the labels: kinds of messages, and the words
/// that work everywhere.
pub(super) const COMMON_LABELLED: [&str; 2] = [SENT, WORDS];
/// The text of `common.ftl` that an office may leave out.
pub(super) const SMS_INSTEAD: &str = "sms-instead";
pub(super) const SENT: &str = "sent";
pub(super) const WORDS: &str = "words";

/// The engine's own texts, of `common.ftl`.
#[derive(Clone, Debug)]
pub(super) struct Common {
    pub(super) again: TextId,
    pub(super) again_choices: TextId,
    pub(super) again_numbers: TextId,
    pub(super) hint_yes_no: TextId,
    pub(super) hint_any: TextId,
    pub(super) hint_any_most: TextId,
    pub(super) hint_ranked: TextId,
    pub(super) hint_age: TextId,
    pub(super) hint_booth: TextId,
    pub(super) hint_date: TextId,
    pub(super) hint_date_from: TextId,
    pub(super) hint_date_to: TextId,
    pub(super) hint_date_between: TextId,
    pub(super) hint_location: TextId,
    pub(super) hint_message: TextId,
    pub(super) choose_any: TextId,
    pub(super) choose_any_most: TextId,
    pub(super) choose_ranked: TextId,
    pub(super) choose_ranked_most: TextId,
    pub(super) hint_number: TextId,
    pub(super) hint_year: TextId,
    pub(super) hint_name: TextId,
    pub(super) hint_district: TextId,
    pub(super) hint_assembly: TextId,
    pub(super) hint_lok_sabha: TextId,
    pub(super) hint_phone: TextId,
    pub(super) hint_text: TextId,
    pub(super) did_you_mean: TextId,
    pub(super) unsupported: TextId,
    pub(super) back_none: TextId,
    pub(super) code_unknown: TextId,
    pub(super) late: TextId,
    pub(super) expired: TextId,
    pub(super) parked: TextId,
    pub(super) silence: TextId,
    pub(super) opinion_rests: TextId,
    pub(super) opinion_over: TextId,
    pub(super) opinion_kept: TextId,
    pub(super) opinion_in_words: TextId,
    pub(super) opinion_edited: TextId,
    pub(super) channel_stopped: TextId,
    pub(super) channel_back: TextId,
    pub(super) handover: TextId,
    pub(super) waiting: TextId,
    pub(super) one_moment: TextId,
    pub(super) salute: TextId,
    /// Said where nothing else may be said by SMS; an office may leave it out.
    pub(super) sms_instead: Option<TextId>,
    pub(super) sms_choose: Label,
    pub(super) list_open: Label,
    pub(super) more: Label,
    pub(super) skip: Label,
    pub(super) yes: Label,
    pub(super) no: Label,
    pub(super) none: Label,
    /// The words that work everywhere, in the order of `meant::COMMANDS`.
    pub(super) commands: [Label; 8],
    /// What a message of each kind is called, in the order of [`SentKind::ALL`].
    pub(super) sent: [Label; 6],
    /// Folded words that skip an optional question.
    pub(super) skip_words: Vec<String>,
    /// Folded words that turn a page.
    pub(super) more_words: Vec<String>,
}

impl Common {
    /// What a message of this kind is called.
    pub(super) fn sent(&self, kind: SentKind) -> &Label {
        let place = SentKind::ALL.iter().position(|known| *known == kind).unwrap_or_default();
        self.sent.get(place).unwrap_or(&self.none)
    }
}

/// What is told of a question that takes several choices: `exact` is `yes` where it takes just so
/// many, else `no`; `example` are numbers one may write.
const SEVERAL: [&str; 4] = ["least", "most", "exact", "example"];

/// The texts the engine says by itself, and the variables each may name.
pub(super) const COMMON: [(&str, &[&str]); 49] = [
    ("again", &[]),
    ("again-choices", &[]),
    ("again-numbers", &[]),
    ("hint-yes-no", &[]),
    ("hint-any", &SEVERAL),
    ("hint-any-most", &SEVERAL),
    ("hint-ranked", &SEVERAL),
    ("hint-age", &[]),
    ("hint-booth", &["to"]),
    ("hint-date", &[]),
    ("hint-date-from", &["from"]),
    ("hint-date-to", &["to"]),
    ("hint-date-between", &["from", "to"]),
    ("hint-location", &[]),
    ("hint-message", &["kinds"]),
    ("choose-any", &SEVERAL),
    ("choose-any-most", &SEVERAL),
    ("choose-ranked", &SEVERAL),
    ("choose-ranked-most", &SEVERAL),
    ("hint-number", &["from", "to"]),
    ("hint-year", &[]),
    ("hint-name", &[]),
    ("hint-district", &[]),
    ("hint-assembly", &["district"]),
    ("hint-lok-sabha", &[]),
    ("hint-phone", &[]),
    ("hint-text", &[]),
    ("did-you-mean", &["guess"]),
    ("unsupported", &[]),
    ("back-none", &[]),
    ("code-unknown", &["code"]),
    ("late", &[]),
    ("expired", &[]),
    ("parked", &[]),
    ("silence", &[]),
    ("opinion-rests", &["again", "until"]),
    ("opinion-over", &["state"]),
    ("opinion-kept", &[]),
    ("opinion-in-words", &[]),
    ("opinion-edited", &[]),
    ("channel-stopped", &["channel"]),
    ("channel-back", &["channel"]),
    ("handover", &[]),
    ("waiting", &[]),
    ("one-moment", &[]),
    ("salute", &[]),
    ("changed", &[]),
    ("remind", &[]),
    ("sms-choose", &[]),
];

/// Short texts of `common.ftl` that are labels: their name, the characters they may have.
pub(super) const COMMON_LABELS: [(&str, usize); 5] =
    [("list-open", 20), ("more", 24), ("skip", 20), ("yes", 20), ("no", 20)];
