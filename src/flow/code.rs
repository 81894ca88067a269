//! The names of everything `samvad check` finds. They are promised: editors and scripts may rely on
//! them, and docs/check-codes.md lists them all.

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($variant:ident $name:literal $about:literal)+) => {
        /// What kind of mistake a finding is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $about] $variant,)+
        }

        impl Code {
            /// Every code, in the order of the reference page.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)+];

            /// Its name, in small letters with hyphens.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)+ }
            }

            /// One line for the reference page.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self { $(Code::$variant => $about,)+ }
            }
        }
    };
}

codes! {
    // ---- a file that cannot be read
    YamlSyntax "yaml-syntax" "The file is not YAML."
    Tab "tab" "A tab where only spaces may stand."
    Indentation "indentation" "A line begins too far left or right."
    MissingColon "missing-colon" "A key without its colon, or a colon without the space after it."
    Quotes "quotes" "Typographic quotes, or a quote that is not closed."
    Unclosed "unclosed" "A bracket or brace that is not closed, or closed twice."
    NeedsQuotes "needs-quotes" "A value with a special sign in it that needs quotes around it."
    NeedsBraces "needs-braces" "Keys on one line without { and } around them."
    MissingComma "missing-comma" "A comma that is missing, or another sign in its place."
    MissingDash "missing-dash" "A line of a list without its `- `, or one that has it and belongs to no list."
    InvisibleSign "invisible-sign" "A sign nobody sees, pasted from elsewhere."
    MergeConflict "merge-conflict" "The marks of two versions that were put together and not decided."
    NotText "not-text" "A file of a word processor, a spreadsheet or the like under another name."
    NotUtf8 "not-utf8" "The file is not saved as UTF-8."
    ByteOrderMark "byte-order-mark" "An invisible mark at the beginning of the file."
    FluentSyntax "fluent-syntax" "A text file that is not Fluent."
    TomlSyntax "toml-syntax" "The configuration is not TOML."
    WrongFolder "wrong-folder" "A file in a folder where nobody looks for it."
    FileName "file-name" "A file that is not named after its flow, or ends in a wrong ending."
    MissingFile "missing-file" "A file of texts that is not there, or is empty."
    NoFlows "no-flows" "There is no flow at all."

    // ---- shapes
    UnknownKey "unknown-key" "A key that is not known at this place."
    MissingKey "missing-key" "A key that must be there is not."
    DuplicateKey "duplicate-key" "A name that is written twice."
    WrongType "wrong-type" "A list where a word stands, a word where keys stand, and so on."
    BadName "bad-name" "A name that is not made of small Latin letters, digits and _."
    BadNumber "bad-number" "Something else where a number is expected, or one out of bounds."
    BadDuration "bad-duration" "Something else where a length of time is expected, or one out of bounds."
    BadDate "bad-date" "Something else where a day is expected."
    BadBounds "bad-bounds" "A lower bound above the upper one."
    BadPattern "bad-pattern" "A regular expression that cannot be read."
    BadAddress "bad-address" "An address that cannot be called."
    TwoThings "two-things" "A step that does two things, or leads two ways."

    // ---- names
    UnknownStepKind "unknown-step-kind" "A kind of step that does not exist."
    UnknownAnswerKind "unknown-answer-kind" "A kind of answer that does not exist."
    UnknownAction "unknown-action" "Something a flow cannot do."
    UnknownStep "unknown-step" "A step that is not in this flow."
    UnknownFlow "unknown-flow" "A flow that does not exist."
    UnknownChoice "unknown-choice" "A choice no question offers."
    UnknownOutcome "unknown-outcome" "An outcome this question never has."
    UnknownText "unknown-text" "A text that does not exist."
    UnknownVariable "unknown-variable" "A variable of a text that is never filled in."
    MissingDollar "missing-dollar" "An answer in braces without its dollar."
    UnknownName "unknown-name" "A name a condition does not know."
    UnknownTerm "unknown-term" "A term (`-party`) that is not defined in this language."
    UnknownFunction "unknown-function" "A function that texts or conditions do not have."
    UnknownWord "unknown-word" "A purpose, language, channel, district or the like that does not exist."
    WrongStep "wrong-step" "A step that is there and does not ask for what is needed."

    // ---- conditions
    ConditionSyntax "condition-syntax" "A condition that cannot be read."
    ConditionType "condition-type" "A condition that is no yes or no, or compares what cannot be compared."
    NeverTrue "never-true" "A condition that never holds, or holds of nobody who comes to it."

    // ---- texts
    BareVariable "bare-variable" "A variable outside of its braces, which would be said as it stands."
    UnknownVariant "unknown-variant" "A variant of a text that its variable never chooses."
    MissingText "missing-text" "A text that is missing in a language."
    MissingLabel "missing-label" "A choice without a label in a language."
    StrangeLabel "strange-label" "A label that belongs to no choice."
    EmptyText "empty-text" "A text or label with nothing in it."
    DuplicateText "duplicate-text" "A text that is written twice in one file."
    UnusedText "unused-text" "A text nobody uses."
    TextWithoutFlow "text-without-flow" "A text file that belongs to no flow."
    VariableDiffers "variable-differs" "A variable one language shows and another does not."
    Untranslated "untranslated" "A text that stands in another language than its file."
    TextTooLong "text-too-long" "A text longer than a channel takes."
    LabelTooLong "label-too-long" "A label longer than 20, 24 or 72 characters."
    LabelBreak "label-break" "A label over more than one line."
    LabelVariable "label-variable" "A label with a variable in it."
    NoButton "no-button" "A label that makes a list of what could be buttons."
    TooManyChoices "too-many-choices" "More choices than anybody can look through."
    SameChoices "same-choices" "Two choices nobody can tell apart by typing."
    ChoiceIsCommand "choice-is-command" "A choice whose label is a word that works everywhere."
    SmsParts "sms-parts" "A text that needs more SMS parts than the office allows."
    DltTemplate "dlt-template" "A text that no registered DLT template carries by SMS."
    DltValue "dlt-value" "A value that a DLT template's place does not take."
    DltText "dlt-text" "A DLT template that operators do not approve."
    DltWaits "dlt-waits" "A DLT template that is not registered yet."
    DltEntity "dlt-entity" "An SMS account with another DLT entity than the registry's."
    SmsUnicode "sms-unicode" "A sign for which an English SMS holds 70 letters a part and not 160."

    // ---- how flows begin
    StartWordClash "start-word-clash" "A word or link that starts two flows."
    StartWordTwice "start-word-twice" "A start word that stands twice in a flow, in the same or another spelling."
    StartWordIsCommand "start-word-is-command" "A start word that works everywhere and never starts its flow."
    BadStartWord "bad-start-word" "A start word or link nobody can write."
    DefaultFlow "default-flow" "No flow, or more than one, answers an unknown first message."
    MissingFlow "missing-flow" "A flow that a word which works everywhere leads to is not there."

    // ---- how flows go on
    UnreachableStep "unreachable-step" "A step nobody ever reaches."
    NoEnd "no-end" "A conversation that never ends."
    RunsOut "runs-out" "A flow that runs on past its last step."
    NotYetAnswered "not-yet-answered" "An answer that a text, a condition or a call names before it was given."
    SameWays "same-ways" "Ways of a step that lead to one place, or a choice without the way the others have."
    CallsItself "calls-itself" "A flow that calls itself, or flows that call each other in a circle."
    SilentCircle "silent-circle" "A circle of steps that asks nothing, or a reply that leads back to its wait in silence."
    HandedOver "handed-over" "A question that is asked once the office has taken over."
    After24Hours "after-24-hours" "A message that WhatsApp does not let through without a template."
    UnknownTemplate "unknown-template" "A template that is not declared."
    TemplateText "template-text" "A template's text or label that the provider does not approve."
    TemplateFits "template-fits" "A template whose variables or buttons do not fit the step that says it."
    TemplateDiffers "template-differs" "A template that says something else than the flow does."
    ExpiresFirst "expires-first" "A conversation that expires before it goes on."
    SameAnswer "same-answer" "An answer that a flow and one it calls both keep."
    Enrolment "enrolment" "A member is enrolled without what a member needs."
    Ballot "ballot" "A question of a poll without what is said of its answers, a way for whoever cannot answer, or its choice."
    Consent "consent" "A consent asked without a notice or a yes, or a template nobody agreed to who comes to it."

    // ---- law
    IdentityNumber "identity-number" "A question that collects identity or account numbers."
    ReligionOrCaste "religion-or-caste" "A question that collects religion, caste or community."

    // ---- rehearsals and configuration
    RehearsalDiffers "rehearsal-differs" "A conversation that does not go as written."
    ConfigValue "config-value" "A value of the configuration that cannot be used."
    Other "other" "Anything else."
}

/// The codes of findings that are told without one, by what they say. Where a finding is told, its
/// code may be said as well, and then that one counts.
const BY_WORDS: &[(&str, Code)] = &[
    ("is no kind of step", Code::UnknownStepKind),
    ("comes with a later version", Code::UnknownStepKind),
    ("does nothing", Code::MissingKey),
    ("does two things", Code::TwoThings),
    ("both goes on and ends", Code::TwoThings),
    ("cannot stand beside", Code::TwoThings),
    ("does not belong to", Code::UnknownKey),
    ("is not known here", Code::UnknownKey),
    ("does not say", Code::MissingKey),
    ("without `then`", Code::MissingKey),
    ("has no pattern", Code::MissingKey),
    ("has no choices", Code::MissingKey),
    ("has no `id`", Code::MissingKey),
    ("there is nothing to choose", Code::MissingKey),
    ("no message would be an answer", Code::MissingKey),
    ("nobody talks", Code::MissingKey),
    ("says three things", Code::MissingKey),
    ("has a condition and a step", Code::MissingKey),
    ("when the call fails", Code::MissingKey),
    ("and that has no way here", Code::MissingKey),
    ("are never taken", Code::UnreachableStep),
    ("goes in a circle", Code::SilentCircle),
    ("there is no answer `", Code::UnknownAnswerKind),
    ("there is no message of the kind", Code::UnknownAnswerKind),
    ("is nothing a flow can do", Code::UnknownAction),
    ("makes one thing true", Code::WrongType),
    ("is written otherwise", Code::WrongType),
    ("there is no step `", Code::UnknownStep),
    ("there is no flow `", Code::UnknownFlow),
    ("there are two flows", Code::DuplicateKey),
    ("is there twice", Code::DuplicateKey),
    ("there is no choice `", Code::UnknownChoice),
    ("is never the outcome", Code::UnknownOutcome),
    ("never ends with", Code::UnknownOutcome),
    ("no flow asks whether", Code::UnknownOutcome),
    ("leads nowhere", Code::WrongType),
    ("does not ask for", Code::WrongStep),
    ("does not offer languages", Code::WrongStep),
    ("there is no notice", Code::Consent),
    ("a consent is given by a `yes`", Code::Consent),
    ("which is no channel", Code::UnknownWord),
    ("cannot be sent in a rehearsal", Code::UnknownWord),
    ("there is no ", Code::UnknownWord),
    ("this pattern cannot be read", Code::BadPattern),
    ("no number is from", Code::BadBounds),
    ("no day is within", Code::BadBounds),
    ("no booth is within", Code::BadBounds),
    ("nobody can choose at least", Code::BadBounds),
    ("a loop is taken", Code::BadNumber),
    ("a call may take", Code::BadDuration),
    ("this is no day", Code::BadDate),
    ("no address", Code::BadAddress),
    ("can read what goes over http", Code::BadAddress),
    ("no place in an answer", Code::BadAddress),
    ("header", Code::BadAddress),
    ("sends no body", Code::BadAddress),
    ("looks like a password", Code::BadAddress),
    ("keep an answer as", Code::SameAnswer),
    ("lets nothing through after 24 hours", Code::After24Hours),
    ("expires before", Code::ExpiresFirst),
    ("is a list", Code::WrongType),
    ("this is a", Code::WrongType),
    ("this is keys", Code::WrongType),
    ("this is nothing", Code::WrongType),
    ("takes no details", Code::WrongType),
    ("is of one kind", Code::WrongType),
    ("is `true` or", Code::WrongType),
    ("a line is one thing", Code::TwoThings),
    ("this flow has no answer", Code::UnknownStep),
    ("is never answered", Code::RehearsalDiffers),
    ("nothing was asked that could be answered", Code::RehearsalDiffers),
    ("nobody of the office is talking", Code::RehearsalDiffers),
    ("a status is 100 to 599", Code::BadNumber),
    ("nothing comes back like this", Code::WrongType),
    ("the person says nothing", Code::MissingKey),
    ("expected", Code::RehearsalDiffers),
    ("the bot also says", Code::RehearsalDiffers),
];

impl Code {
    /// The code of a finding by what it says.
    pub(super) fn by_words(message: &str) -> Code {
        let known = BY_WORDS.iter().find(|(words, _)| message.contains(words));
        known.map_or(Code::Other, |(_, code)| *code)
    }

    /// Whether the words are wrong as they stand: what they would have meant is not looked at.
    pub(super) const fn is_about_signs(self) -> bool {
        matches!(
            self,
            Code::MissingColon
                | Code::Quotes
                | Code::NeedsQuotes
                | Code::Tab
                | Code::InvisibleSign
                | Code::MissingComma
        )
    }

    /// Whether it keeps a file, or a part of it, from being understood: what is said of the rest
    /// may only follow from it.
    pub(super) fn is_about_shape(self) -> bool {
        self <= Code::TwoThings
            || matches!(self, Code::UnknownStepKind | Code::UnknownAnswerKind | Code::UnknownAction)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// The page, as the codes say it must stand.
    fn page() -> String {
        let mut page = String::from(
            "# What `samvad check` finds\n\n\
             `samvad check` reads flows, rehearsals, texts and the configuration, and shows everything it finds\n\
             at once; `samvad check flows/join.yaml` shows only what is found there. It ends with 1 when there\n\
             is an error, with `--strict` on a warning too. `--format editor` writes one line a finding\n\
             (`path:line:column: severity: message`), `--format json` one document for programs.\n\n\
             Every finding has a code that stays the same from version to version: `error[unknown-step]: …`.\n\n\
             A text that must cost more by SMS than `[check] sms_parts` allows says so in the comment above it:\n\
             `# sms-parts: 6`.\n\n\
             Editors that know the YAML language server or Taplo complete and underline by the schemas in\n\
             `schemas/`; the first line of each file names its own. `samvad schema --out schemas` writes them.\n\n\
             | code | means |\n|---|---|\n",
        );
        for code in Code::ALL {
            let _ = writeln!(page, "| `{}` | {} |", code.name(), code.about());
        }
        page
    }

    #[test]
    fn every_code_stands_in_the_reference_page() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/check-codes.md");
        if std::env::var_os("UPDATE_FILES").is_some() {
            std::fs::write(&path, page()).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(written, page(), "run the tests with UPDATE_FILES=1 to write it anew");
    }

    /// What the snapshots of this room show, file by file.
    fn snapshots(folder: &std::path::Path, out: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                snapshots(&path, out);
            } else if path.extension().is_some_and(|ending| ending == "snap") {
                out.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }

    #[test]
    fn every_mistake_of_the_snapshots_has_a_code_of_its_own() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/flow");
        let mut shown = Vec::new();
        snapshots(&folder, &mut shown);
        assert!(!shown.is_empty());
        for (path, text) in shown {
            let other = text.lines().find(|line| line.contains("[other]"));
            assert_eq!(other, None, "{path}");
        }
    }

    #[test]
    fn no_two_codes_have_one_name() {
        let mut names: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(names.iter().all(|name| {
            name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        }));
    }
}
