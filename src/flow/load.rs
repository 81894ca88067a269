//! Files in, checked and compiled flows out; or everything that is wrong with them, at once.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::SignedDuration;

use super::check;
use super::condition::{Compiler, Known, PURPOSES};
use super::definition::{
    Action, Answer, Ask, Choice, Choices, Flow, Remind, Step, StepKind, Target,
};
use super::diagnostic::{Diagnostic, Findings, Place, Severity, did_you_mean, one_of_these};
use super::draft::{
    self, ActionDraft, AnswerDraft, AskDraft, ChoiceDraft, FlowDraft, KindDraft, StepDraft,
    TargetDraft,
};
use super::text::{COMMON, COMMON_LABELS, Common, Label, Text, TextId};
use super::yaml::{self, Word};
use crate::contact::Language;
use crate::geography::Geography;
use crate::locale::{Catalogue, Message, Pattern, SourceText, fallback};
use crate::message::Purpose;
use crate::understanding::{self, ChoiceWords};

/// One file as it stands, its path from the folder that holds `flows/` and `locales/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    pub path: String,
    pub text: String,
}

/// The files of an office: `flows/*.yaml`, `flows/rehearsals/*.yaml`, `locales/<language>/*.ftl`.
/// Others may be among them and are left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    pub files: Vec<SourceFile>,
}

impl Sources {
    /// The rehearsals among the files, by path.
    #[must_use]
    pub fn rehearsals(&self) -> Vec<&SourceFile> {
        let mut files: Vec<&SourceFile> =
            self.files.iter().filter(|file| is_rehearsal(&file.path)).collect();
        files.sort_by(|left, right| left.path.cmp(&right.path));
        files
    }
}

fn is_rehearsal(path: &str) -> bool {
    path.contains("rehearsals/") && is_yaml(path)
}

fn is_flow(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    (folder == "flows" || folder.ends_with("/flows")) && is_yaml(path)
}

fn is_yaml(path: &str) -> bool {
    let path = std::path::Path::new(path);
    path.extension().is_some_and(|ending| {
        ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml")
    })
}

/// Every flow and every text, checked and compiled. Cheap to share, swapped whole on reload.
#[derive(Debug)]
pub struct Flows {
    pub(super) flows: Vec<Flow>,
    pub(super) by_name: HashMap<String, usize>,
    pub(super) texts: Vec<Text>,
    pub(super) common: Common,
    pub(super) notices: Vec<Notice>,
    /// Folded start words.
    pub(super) starts: HashMap<String, usize>,
    /// Links in small letters.
    pub(super) links: HashMap<String, usize>,
    pub(super) default: usize,
    pub(super) help: Option<usize>,
    pub(super) language: Option<usize>,
    pub(super) leave: Option<usize>,
    pub(super) my_data: Option<usize>,
    pub(super) geography: Arc<Geography>,
    warnings: Vec<Diagnostic>,
}

/// A privacy notice.
#[derive(Debug)]
pub(super) struct Notice {
    pub(super) purpose: Purpose,
    pub(super) text: TextId,
    pub(super) version: Label,
}

impl Flows {
    /// The names of the flows, in the order of their files.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.flows.iter().map(|flow| flow.name.as_str())
    }

    /// A flow by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Flow> {
        self.flows.get(*self.by_name.get(name)?)
    }

    /// Every flow, in the order of their files.
    #[must_use]
    pub fn all(&self) -> &[Flow] {
        &self.flows
    }

    /// What `check` found that does not keep the flows from running.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    pub(super) fn flow(&self, index: usize) -> Option<&Flow> {
        self.flows.get(index)
    }

    pub(super) fn text(&self, id: TextId) -> Option<&Text> {
        self.texts.get(id.0)
    }

    pub(super) fn notice(&self, purpose: Purpose) -> Option<&Notice> {
        self.notices.iter().find(|notice| notice.purpose == purpose)
    }
}

/// Reads, checks and compiles the files.
///
/// # Errors
/// Every finding, sorted by file and line, when at least one of them is an error.
pub fn load(sources: &Sources, geography: Arc<Geography>) -> Result<Flows, Vec<Diagnostic>> {
    let mut findings = Findings::new(sources);
    let catalogue = read_texts(sources, &mut findings);
    let mut drafts = Vec::new();
    for (index, file) in sources.files.iter().enumerate() {
        if !is_flow(&file.path) {
            continue;
        }
        let Some(root) = yaml::read(index, &file.text, &mut findings) else { continue };
        let Some(draft) = draft::flow(&root, &mut findings) else { continue };
        let stem = std::path::Path::new(&file.path).file_stem().and_then(|stem| stem.to_str());
        if stem != Some(draft.name.text.as_str()) {
            findings.error_hint(
                draft.name.place,
                format!("the file is not named after its flow `{}`", draft.name.text),
                format!("rename it to {}.yaml", draft.name.text),
            );
        }
        drafts.push(draft);
    }
    if drafts.is_empty() && !findings.has_errors() {
        return Err(vec![Diagnostic {
            severity: Severity::Error,
            path: "flows/".to_owned(),
            line: 1,
            column: 1,
            text: String::new(),
            span: 0..0,
            message: "there is no flow".to_owned(),
            hint: Some("put a file like flows/greeting.yaml there".to_owned()),
        }]);
    }
    let mut linker = Linker::new(&drafts, &catalogue, &mut findings);
    let common = linker.common();
    let notices = linker.notices();
    let flows: Vec<Flow> = drafts.iter().map(|draft| linker.flow(draft)).collect();
    let Linker { texts, by_name, .. } = linker;
    let (starts, links, default) = check::starts(&drafts, &mut findings);
    check::graph(&flows, &drafts, &mut findings);
    check::special_flows(&by_name, &drafts, default, &mut findings);
    let failed = findings.has_errors();
    let list = findings.into_sorted();
    if failed {
        return Err(list);
    }
    let named = |name: &str| by_name.get(name).copied();
    Ok(Flows {
        help: named("help"),
        language: named("language"),
        leave: named("leave"),
        my_data: named("my_data"),
        flows,
        by_name,
        texts,
        common,
        notices,
        starts,
        links,
        default: default.unwrap_or(0),
        geography,
        warnings: list,
    })
}

fn read_texts(sources: &Sources, findings: &mut Findings<'_>) -> Catalogue {
    let texts: Vec<SourceText<'_>> = sources
        .files
        .iter()
        .map(|file| SourceText { path: &file.path, text: &file.text })
        .collect();
    let (catalogue, problems) = Catalogue::read(&texts);
    for problem in problems {
        let place =
            Place { file: problem.source, start: problem.span.start, end: problem.span.end };
        match problem.hint {
            Some(hint) => findings.error_hint(place, problem.message, hint),
            None => findings.error(place, problem.message),
        }
    }
    catalogue
}

/// Variables every text may name.
pub(super) const PERSON_VARIABLES: [&str; 11] = [
    "member_number",
    "member_name",
    "member_since",
    "member_district",
    "member_seat",
    "member_booth",
    "ticket",
    "phone_known",
    "consent_samvad",
    "consent_membership",
    "language_name",
];

/// The longest text a channel takes, and the longest above buttons or a list, in characters.
const LONGEST_TEXT: usize = 4096;
const LONGEST_QUESTION: usize = 1024;
/// The longest label of a button, of a list row, and of the line under it.
pub(super) const LONGEST_BUTTON: usize = 20;
pub(super) const LONGEST_ROW: usize = 24;
const LONGEST_HINT: usize = 72;

/// Looks names up: steps, flows, texts, conditions.
struct Linker<'a, 'f, 's> {
    drafts: &'a [FlowDraft],
    catalogue: &'a Catalogue,
    findings: &'f mut Findings<'s>,
    by_name: HashMap<String, usize>,
    texts: Vec<Text>,
    interned: HashMap<(String, String), TextId>,
    compiler: Compiler,
}

impl<'a, 'f, 's> Linker<'a, 'f, 's> {
    fn new(
        drafts: &'a [FlowDraft],
        catalogue: &'a Catalogue,
        findings: &'f mut Findings<'s>,
    ) -> Linker<'a, 'f, 's> {
        let mut by_name = HashMap::new();
        for (index, draft) in drafts.iter().enumerate() {
            if by_name.insert(draft.name.text.clone(), index).is_some() {
                findings.error_hint(
                    draft.name.place,
                    format!("there are two flows `{}`", draft.name.text),
                    "rename or remove one",
                );
            }
        }
        Linker {
            drafts,
            catalogue,
            findings,
            by_name,
            texts: Vec::new(),
            interned: HashMap::new(),
            compiler: Compiler::new(),
        }
    }

    // ---- texts -----------------------------------------------------------------------------

    /// A message in a language: the flow's own, else that of common.ftl.
    fn message(&self, language: Language, book: &str, key: &str) -> Option<&'a Message> {
        self.catalogue
            .message(language, book, key)
            .or_else(|| self.catalogue.message(language, "common", key))
    }

    /// The languages there are texts for.
    fn languages(&self) -> impl Iterator<Item = Language> + use<'a> {
        let catalogue = self.catalogue;
        Language::ALL.into_iter().filter(move |language| catalogue.has(*language))
    }

    /// A text for every language. What lacks, or names variables it may not, is told at `place`
    /// (or, for a variable, where it stands).
    fn text(&mut self, book: &str, key: &str, variables: &[&str], place: Option<Place>) -> TextId {
        for language in self.languages() {
            let message = self.message(language, book, key);
            let Some(pattern) = message.and_then(|message| message.value.as_ref()) else {
                if let Some(place) = place {
                    self.missing_text(language, book, key, place);
                }
                continue;
            };
            self.variables(message, pattern, variables, key);
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

    fn missing_text(&mut self, language: Language, book: &str, key: &str, place: Place) {
        let code = language.code();
        let file = format!("locales/{code}/{book}.ftl");
        let elsewhere = Language::ALL
            .into_iter()
            .any(|other| self.message(other, book, key).is_some_and(|found| found.value.is_some()));
        let names: Vec<&str> = self
            .catalogue
            .book(language, book)
            .map(|book| book.messages.keys().map(String::as_str).collect())
            .unwrap_or_default();
        let near = if elsewhere { None } else { did_you_mean(key, names) };
        let hint = near.unwrap_or_else(|| format!("add `{key} = …` to {file}"));
        self.findings.error_hint(
            place,
            format!("the text `{key}` is missing in {}", english_name(language)),
            hint,
        );
    }

    /// Tells of variables nobody will ever fill in.
    fn variables(
        &mut self,
        message: Option<&Message>,
        pattern: &Pattern,
        allowed: &[&str],
        key: &str,
    ) {
        let mut named = Vec::new();
        pattern.variables(&mut named);
        for variable in named {
            if allowed.contains(&variable) || PERSON_VARIABLES.contains(&variable) {
                continue;
            }
            let mut known: Vec<&str> = allowed.to_vec();
            known.extend(PERSON_VARIABLES);
            self.findings.error_hint(
                place_of(message),
                format!("the text `{key}` names `${variable}`, which is never answered"),
                one_of_these(variable, known),
            );
        }
    }

    fn length(&mut self, book: &str, key: &str, most: usize) {
        for language in self.languages() {
            let Some(message) = self.message(language, book, key) else { continue };
            let Some(pattern) = &message.value else { continue };
            let length = pattern.longest_constant();
            if length > most {
                self.findings.error_hint(
                    place_of(Some(message)),
                    format!("the text `{key}` has {length} characters, {most} fit"),
                    "say it in fewer words, or in two steps",
                );
            }
        }
    }

    /// An attribute as a label, in every language. Labels hold no variables.
    fn label(
        &mut self,
        book: &str,
        key: &str,
        attribute: &str,
        most: usize,
        required: Option<Place>,
    ) -> Option<Label> {
        for language in self.languages() {
            let message = self.message(language, book, key);
            let Some(found) = message.and_then(|message| message.attribute(attribute)) else {
                // Without the message itself there is nothing to say about its labels.
                if let (Some(place), Some(_)) = (required, message) {
                    self.findings.error_hint(
                        place,
                        format!(
                            "the choice `{attribute}` has no label in {}",
                            english_name(language)
                        ),
                        format!(
                            "add `.{attribute} = …` under `{key}` in locales/{}/{book}.ftl",
                            language.code()
                        ),
                    );
                }
                continue;
            };
            let place = Place {
                file: message.map_or(0, |message| message.source),
                start: found.span.start,
                end: found.span.end,
            };
            self.measure(place, attribute, &found.pattern, most);
        }
        let texts = Language::ALL.map(|language| {
            fallback(language).into_iter().find_map(|language| {
                let found = self.message(language, book, key)?.attribute(attribute)?;
                Some(found.pattern.as_constant().unwrap_or_default().to_owned())
            })
        });
        if texts.iter().all(Option::is_none) {
            return None;
        }
        Some(Label { texts: texts.map(Option::unwrap_or_default) })
    }

    fn measure(&mut self, place: Place, name: &str, pattern: &Pattern, most: usize) {
        let Some(text) = pattern.as_constant() else {
            self.findings.error_hint(
                place,
                format!("the label `{name}` has a variable in it"),
                "put it into the question: a label must be short enough whatever is filled in",
            );
            return;
        };
        let length = text.chars().count();
        if length > most {
            self.findings.error_hint(
                place,
                format!("the label `{name}` has {length} characters, {most} fit"),
                "shorten it; in Devanagari every matra counts",
            );
        }
    }

    /// A message of common.ftl that is a label by itself.
    fn common_label(&mut self, key: &str, most: usize) -> Label {
        for language in self.languages() {
            let Some(message) = self.catalogue.message(language, "common", key) else { continue };
            let Some(pattern) = &message.value else { continue };
            self.measure(place_of(Some(message)), key, pattern, most);
        }
        let id = self.text("common", key, &[], self.common_place());
        let text = self.texts.get(id.0);
        let texts = Language::ALL.map(|language| {
            text.and_then(|text| text.pattern(language).as_constant()).unwrap_or(key).to_owned()
        });
        Label { texts }
    }

    /// Where to tell of what common.ftl lacks: its own beginning, or the first flow's name.
    fn common_place(&self) -> Option<Place> {
        let book = self.catalogue.book(Language::Hi, "common");
        book.map(|book| Place { file: book.source, start: 0, end: 1 })
            .or_else(|| self.drafts.first().map(|draft| draft.name.place))
    }

    fn common(&mut self) -> Common {
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
        let guess_label = |linker: &mut Self, attribute: &str| {
            linker
                .label("common", "did-you-mean", attribute, LONGEST_BUTTON, place)
                .unwrap_or_default()
        };
        let (yes, no, none) =
            (guess_label(self, "yes"), guess_label(self, "no"), guess_label(self, "none"));
        let id = |key: &str| ids.get(key).copied().unwrap_or(TextId(0));
        let label = |key: &str| labels.get(key).cloned().unwrap_or_default();
        let (skip, more) = (label("skip"), label("more"));
        Common {
            again: id("again"),
            again_choices: id("again-choices"),
            hint_yes_no: id("hint-yes-no"),
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
            late: id("late"),
            expired: id("expired"),
            parked: id("parked"),
            handover: id("handover"),
            sms_choose,
            list_open: label("list-open"),
            skip_words: folded(&skip, &["skip", "छोड़ें", "छोड़ो", "chhodo", "chhod do", "chhoden"]),
            more_words: folded(&more, &["more", "और", "aur", "next"]),
            more,
            skip,
            yes,
            no,
            none,
        }
    }

    fn notices(&mut self) -> Vec<Notice> {
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

    // ---- flows -----------------------------------------------------------------------------

    fn flow(&mut self, draft: &FlowDraft) -> Flow {
        let by_name: HashMap<String, usize> = draft
            .steps
            .iter()
            .enumerate()
            .map(|(index, step)| (step.name.text.clone(), index))
            .collect();
        let scope = self.scope(draft, &by_name);
        let steps =
            (0..draft.steps.len()).filter_map(|index| self.step(draft, index, &scope)).collect();
        let variables: Vec<&str> = scope.answers.keys().map(String::as_str).collect();
        let name = draft.name.text.as_str();
        let remind = draft.remind.as_ref().map(|remind| {
            let key = remind.say.as_ref().map_or("remind", |word| word.text.as_str());
            let place = remind.say.as_ref().map_or(remind.place, |word| word.place);
            if remind.after >= 86_400 {
                self.findings.warn(
                    remind.place,
                    "WhatsApp lets nothing through after 24 hours without a word of the person",
                    "remind before: 20h",
                );
            }
            if draft.expires.is_some_and(|expires| expires <= remind.after) {
                self.findings.warn(
                    remind.place,
                    "the conversation expires before it is reminded of",
                    "let `expires` be longer than `remind: {after: …}`",
                );
            }
            Remind {
                after: SignedDuration::from_secs(remind.after),
                times: remind.times,
                say: self.text(name, key, &variables, Some(place)),
            }
        });
        let changed = self.text(name, "changed", &[], None);
        Flow {
            name: name.to_owned(),
            about: draft.about.clone(),
            words: draft.words.iter().map(|word| word.text.clone()).collect(),
            link: draft.link.as_ref().map(|word| word.text.clone()),
            default: draft.default.is_some(),
            steps,
            by_name,
            remind,
            expires: draft.expires.map(SignedDuration::from_secs),
            changed,
            place: draft.name.place,
        }
    }

    /// The answers texts and conditions of a flow may name: its own, and those of the flows it
    /// calls, which come back with them.
    fn scope<'d>(
        &mut self,
        draft: &'d FlowDraft,
        by_name: &'d HashMap<String, usize>,
    ) -> Scope<'d> {
        let mut answers = HashMap::new();
        own_answers(draft, &mut answers);
        let mut seen = vec![draft.name.text.as_str()];
        let mut waiting = called(draft);
        while let Some(word) = waiting.pop() {
            if seen.contains(&word.text.as_str()) {
                continue;
            }
            seen.push(&word.text);
            let Some(other) =
                self.by_name.get(&word.text).and_then(|index| self.drafts.get(*index))
            else {
                continue;
            };
            let mut theirs = HashMap::new();
            own_answers(other, &mut theirs);
            for (name, known) in theirs {
                let clash = draft
                    .steps
                    .iter()
                    .any(|step| step.name.text == name && matches!(step.kind, KindDraft::Ask(_)));
                if clash {
                    self.findings.error_hint(
                        word.place,
                        format!("both this flow and `{}` keep an answer as `{name}`", word.text),
                        "rename the step in one of them",
                    );
                }
                answers.entry(name).or_insert(known);
            }
            waiting.extend(called(other));
        }
        Scope { draft, by_name, answers }
    }

    fn step(&mut self, draft: &FlowDraft, index: usize, scope: &Scope<'_>) -> Option<Step> {
        let step = draft.steps.get(index)?;
        let variables: Vec<&str> = scope.answers.keys().map(String::as_str).collect();
        let book = draft.name.text.as_str();
        let next = match &step.next {
            Some(target) => self.target(target, scope),
            None if index + 1 < draft.steps.len() => Target::Step(index + 1),
            None => Target::End,
        };
        let kind = match &step.kind {
            KindDraft::Say(word) => {
                self.length(book, &word.text, LONGEST_TEXT);
                self.no_labels(book, &word.text);
                StepKind::Say(self.text(book, &word.text, &variables, Some(word.place)))
            }
            KindDraft::Ask(ask) => StepKind::Ask(Box::new(self.ask(ask, step, scope, &variables))),
            KindDraft::Do(action) => StepKind::Do(self.action(action, scope)),
            KindDraft::Branch(ways) => {
                let mut compiled = Vec::new();
                for (condition, target) in ways {
                    let target = self.target(target, scope);
                    match condition {
                        None => compiled.push((None, target)),
                        Some(word) => {
                            let condition =
                                self.compiler.compile(word, &scope.answers, self.findings);
                            compiled.extend(condition.map(|condition| (Some(condition), target)));
                        }
                    }
                }
                StepKind::Branch(compiled)
            }
            KindDraft::Goto => StepKind::Goto,
            KindDraft::Call(word) => self.flow_index(word).map_or(StepKind::Goto, StepKind::Call),
        };
        Some(Step { name: step.name.text.clone(), kind, next, place: step.name.place })
    }

    fn target(&mut self, target: &TargetDraft, scope: &Scope<'_>) -> Target {
        match target {
            TargetDraft::End => Target::End,
            TargetDraft::Step(word) => {
                self.step_index(word, scope).map_or(Target::End, Target::Step)
            }
            TargetDraft::Flow(word) => self.flow_index(word).map_or(Target::End, Target::Flow),
            TargetDraft::Call(word) => self.flow_index(word).map_or(Target::End, Target::Call),
        }
    }

    fn step_index(&mut self, word: &Word, scope: &Scope<'_>) -> Option<usize> {
        let found = scope.by_name.get(&word.text).copied();
        if found.is_none() {
            let hint = if self.by_name.contains_key(&word.text) {
                format!("that is a flow: write {{flow: {}}}", word.text)
            } else {
                one_of_these(
                    &word.text,
                    scope.draft.steps.iter().map(|step| step.name.text.as_str()),
                )
            };
            self.findings.error_hint(
                word.place,
                format!("there is no step `{}` in this flow", word.text),
                hint,
            );
        }
        found
    }

    fn flow_index(&mut self, word: &Word) -> Option<usize> {
        let found = self.by_name.get(&word.text).copied();
        if found.is_none() {
            let names = self.drafts.iter().map(|draft| draft.name.text.as_str());
            self.findings.error_hint(
                word.place,
                format!("there is no flow `{}`", word.text),
                one_of_these(&word.text, names),
            );
        }
        found
    }

    fn ask(
        &mut self,
        ask: &AskDraft,
        step: &StepDraft,
        scope: &Scope<'_>,
        variables: &[&str],
    ) -> Ask {
        let book = scope.draft.name.text.as_str();
        let key = ask.message.text.as_str();
        let text = self.text(book, key, variables, Some(ask.message.place));
        let answer = self.answer(&ask.answer, ask, scope);
        let has_choices = matches!(answer, Answer::OneOf(_) | Answer::YesNo(_)) || ask.optional;
        self.length(book, key, if has_choices { LONGEST_QUESTION } else { LONGEST_TEXT });
        let outcomes = outcomes(&ask.answer, ask.optional);
        let mut when: Vec<(String, Target)> = Vec::new();
        for (outcome, target) in &ask.when {
            if !outcomes.contains(&outcome.text.as_str()) {
                let hint = match (outcome.text.as_str(), outcomes.is_empty()) {
                    ("skip", _) => "add `optional: true`".to_owned(),
                    ("minor", _) => "write `answer: {year: {adult: true}}`".to_owned(),
                    (_, true) => format!(
                        "the answer has no ways of its own; use `goto`, or an `if` \
                         on `{}` in the next step",
                        step.name.text
                    ),
                    (wrong, false) => one_of_these(wrong, outcomes.iter().copied()),
                };
                self.findings.error_hint(
                    outcome.place,
                    format!("`{}` is never the outcome of this question", outcome.text),
                    hint,
                );
                continue;
            }
            let target = self.target(target, scope);
            when.push((outcome.text.clone(), target));
        }
        let notice = ask.notice.as_ref().and_then(|word| {
            let purpose = self.purpose(word)?;
            let known = self
                .languages()
                .all(|language| self.catalogue.message(language, "notices", &word.text).is_some());
            if !known {
                self.findings.error_hint(
                    word.place,
                    format!("there is no notice `{}`", word.text),
                    format!(
                        "add the message `{}` with a `.version` to notices.ftl of every language",
                        word.text
                    ),
                );
            }
            if !outcomes.contains(&"yes") {
                self.findings.error_hint(
                    word.place,
                    "a consent is given by a `yes`, and this question has none",
                    "use `answer: {one_of: [yes, no]}`",
                );
            }
            Some(purpose)
        });
        let fingerprint = fingerprint(&ask.answer);
        Ask { text, answer, when, optional: ask.optional, notice, fingerprint }
    }

    fn answer(&mut self, draft: &AnswerDraft, ask: &AskDraft, scope: &Scope<'_>) -> Answer {
        match draft {
            AnswerDraft::OneOf(choices) => Answer::OneOf(self.choices(choices, ask, scope)),
            AnswerDraft::YesNo(place) => {
                let word = |text: &str| Word { text: text.to_owned(), place: *place };
                let choices = ["yes", "no"].map(|id| ChoiceDraft { id: word(id), condition: None });
                Answer::YesNo(self.yes_no(&choices, ask, scope))
            }
            AnswerDraft::Number { from, to } => Answer::Number { from: *from, to: *to },
            AnswerDraft::Year { adult } => Answer::Year { adult: *adult },
            AnswerDraft::Assembly { district } => {
                let district = district.as_ref().and_then(|word| {
                    let index = self.step_index(word, scope)?;
                    let asks_district = scope.draft.steps.get(index).is_some_and(|step| {
                        matches!(&step.kind, KindDraft::Ask(ask)
                            if matches!(&ask.answer, AnswerDraft::Plain(kind) if kind.text == "district"))
                    });
                    if !asks_district {
                        self.findings.error_hint(
                            word.place,
                            format!("the step `{}` does not ask for a district", word.text),
                            "name the step with `answer: district`",
                        );
                    }
                    Some(index)
                });
                Answer::Assembly { district }
            }
            AnswerDraft::Pattern(word) => {
                // The whole answer must fit, and a pattern of an office must not eat the memory.
                let anchored = format!("^(?:{})$", word.text);
                match regex::RegexBuilder::new(&anchored).size_limit(1 << 20).build() {
                    Ok(regex) => Answer::Pattern(regex),
                    Err(error) => {
                        let text = error.to_string();
                        let reason = text.lines().last().unwrap_or_default().to_owned();
                        self.findings.error_hint(
                            word.place,
                            format!("this pattern cannot be read: {reason}"),
                            "a regular expression, in single quotes: '[A-Z]{2}[0-9]+'",
                        );
                        Answer::Text
                    }
                }
            }
            AnswerDraft::Plain(word) => match word.text.as_str() {
                "person_name" => Answer::PersonName,
                "phone" => Answer::Phone,
                "district" => Answer::District,
                "lok_sabha" => Answer::LokSabha,
                "location" => Answer::Location,
                "photo" => Answer::Photo,
                "voice" => Answer::Voice,
                "file" => Answer::File,
                _ => Answer::Text,
            },
        }
    }

    fn choices(&mut self, drafts: &[ChoiceDraft], ask: &AskDraft, scope: &Scope<'_>) -> Choices {
        let book = scope.draft.name.text.as_str();
        let key = ask.message.text.as_str();
        let mut list = Vec::new();
        for draft in drafts {
            let id = draft.id.text.as_str();
            let label = self.label(book, key, id, LONGEST_ROW, Some(draft.id.place));
            let hint = self.label(book, key, &format!("{id}-hint"), LONGEST_HINT, None);
            let condition = draft
                .condition
                .as_ref()
                .and_then(|word| self.compiler.compile(word, &scope.answers, self.findings));
            list.push(Choice {
                id: id.to_owned(),
                condition,
                label: label.unwrap_or_default(),
                hint,
            });
        }
        self.button_lengths(&list, drafts);
        let ids: Vec<&str> = drafts.iter().map(|draft| draft.id.text.as_str()).collect();
        self.strange_labels(book, key, &ids);
        finish_choices(list)
    }

    /// `yes_no` has the labels of its question, or else those of common.ftl.
    fn yes_no(&mut self, drafts: &[ChoiceDraft], ask: &AskDraft, scope: &Scope<'_>) -> Choices {
        let book = scope.draft.name.text.as_str();
        let key = ask.message.text.as_str();
        let mut list = Vec::new();
        for draft in drafts {
            let id = draft.id.text.as_str();
            let own = self.label(book, key, id, LONGEST_ROW, None);
            let label = match own {
                Some(label) => label,
                None => self.common_label(id, LONGEST_BUTTON),
            };
            list.push(Choice { id: id.to_owned(), condition: None, label, hint: None });
        }
        self.strange_labels(book, key, &["yes", "no"]);
        finish_choices(list)
    }

    /// Three choices are buttons when every label has at most 20 characters; a longer one makes a
    /// list of them, which a person must open first.
    fn button_lengths(&mut self, list: &[Choice], drafts: &[ChoiceDraft]) {
        if list.len() > 3 {
            return;
        }
        for (choice, draft) in list.iter().zip(drafts) {
            for language in self.languages() {
                let length = choice.label.get(language).chars().count();
                if length > LONGEST_BUTTON && length <= LONGEST_ROW {
                    self.findings.warn(
                        draft.id.place,
                        format!(
                            "the label of `{}` has {length} characters in {}: no button, but a list",
                            choice.id,
                            english_name(language)
                        ),
                        "up to three choices with 20 characters each are buttons",
                    );
                }
            }
        }
    }

    /// Labels under a question that belong to no choice.
    fn strange_labels(&mut self, book: &str, key: &str, ids: &[&str]) {
        for language in self.languages() {
            let Some(message) = self.message(language, book, key) else { continue };
            for attribute in &message.attributes {
                let id = attribute.name.strip_suffix("-hint").unwrap_or(&attribute.name);
                if ids.contains(&id) {
                    continue;
                }
                let place = Place {
                    file: message.source,
                    start: attribute.span.start,
                    end: attribute.span.end,
                };
                self.findings.error_hint(
                    place,
                    format!("the label `.{}` belongs to no choice of `{key}`", attribute.name),
                    one_of_these(id, ids.iter().copied()),
                );
            }
        }
    }

    /// A text that is only said shows no choices.
    fn no_labels(&mut self, book: &str, key: &str) {
        for language in self.languages() {
            let Some(message) = self.catalogue.message(language, book, key) else { continue };
            let Some(attribute) = message.attributes.first() else { continue };
            // A text may be said in one step and asked in another.
            let asked = self.drafts.iter().any(|draft| {
                draft.name.text == book
                    && draft.steps.iter().any(
                        |step| matches!(&step.kind, KindDraft::Ask(ask) if ask.message.text == key),
                    )
            });
            if !asked {
                let place = Place {
                    file: message.source,
                    start: attribute.span.start,
                    end: attribute.span.end,
                };
                self.findings.error_hint(
                    place,
                    format!("the text `{key}` is said, not asked: nobody sees this label"),
                    "use `ask` in the flow, or remove the label",
                );
            }
        }
    }

    fn action(&mut self, draft: &ActionDraft, scope: &Scope<'_>) -> Action {
        match draft {
            ActionDraft::EnrolMember(place) => {
                check::enrolment(scope.draft, *place, self.findings);
                Action::EnrolMember
            }
            ActionDraft::LeaveMembership => Action::LeaveMembership,
            ActionDraft::HandOver => Action::HandOver,
            ActionDraft::Withdraw(words) => Action::Withdraw(self.purposes(words)),
            ActionDraft::Consent(words) => Action::Consent(self.purposes(words)),
            ActionDraft::Language(word) => match Language::from_code(&word.text) {
                Some(language) => Action::Language(language),
                None => {
                    let index = self.step_index(word, scope);
                    if let Some(index) = index {
                        self.language_step(word, index, scope);
                    }
                    index.map_or(Action::Language(Language::Hi), Action::LanguageOf)
                }
            },
            ActionDraft::Request(word) => {
                let kinds = ["erasure", "correction", "access"];
                if !kinds.contains(&word.text.as_str()) {
                    self.findings.error_hint(
                        word.place,
                        format!("there is no request `{}`", word.text),
                        one_of_these(&word.text, kinds),
                    );
                }
                Action::Request(word.text.clone())
            }
        }
    }

    /// The step a language comes from must offer languages.
    fn language_step(&mut self, word: &Word, index: usize, scope: &Scope<'_>) {
        let offers = scope.draft.steps.get(index).is_some_and(|step| {
            matches!(&step.kind, KindDraft::Ask(ask)
                if matches!(&ask.answer, AnswerDraft::OneOf(choices)
                    if choices.iter().all(|choice| Language::from_code(&choice.id.text).is_some())))
        });
        if !offers {
            self.findings.error_hint(
                word.place,
                format!("the step `{}` does not offer languages", word.text),
                "its choices must be hi, en or ur",
            );
        }
    }

    fn purposes(&mut self, words: &[Word]) -> Vec<Purpose> {
        words.iter().filter_map(|word| self.purpose(word)).collect()
    }

    fn purpose(&mut self, word: &Word) -> Option<Purpose> {
        let found = PURPOSES.into_iter().find(|purpose| purpose.name() == word.text);
        if found.is_none() {
            self.findings.error_hint(
                word.place,
                format!("there is no purpose `{}`", word.text),
                one_of_these(&word.text, PURPOSES.map(Purpose::name)),
            );
        }
        found
    }
}

/// What names inside a flow mean.
struct Scope<'a> {
    draft: &'a FlowDraft,
    by_name: &'a HashMap<String, usize>,
    answers: HashMap<String, Known>,
}

fn own_answers(draft: &FlowDraft, answers: &mut HashMap<String, Known>) {
    for step in &draft.steps {
        let KindDraft::Ask(ask) = &step.kind else { continue };
        let known = match &ask.answer {
            AnswerDraft::OneOf(choices) => {
                Known::Choice(choices.iter().map(|choice| choice.id.text.clone()).collect())
            }
            AnswerDraft::YesNo(_) => Known::Choice(vec!["yes".to_owned(), "no".to_owned()]),
            AnswerDraft::Number { .. }
            | AnswerDraft::Year { .. }
            | AnswerDraft::Assembly { .. } => Known::Number,
            AnswerDraft::Plain(word) if word.text == "lok_sabha" => Known::Number,
            AnswerDraft::Plain(_) | AnswerDraft::Pattern(_) => Known::Text,
        };
        answers.insert(step.name.text.clone(), known);
    }
}

/// The flows a flow calls, with the places where it does.
fn called(draft: &FlowDraft) -> Vec<&Word> {
    let mut words = Vec::new();
    for step in &draft.steps {
        match &step.kind {
            KindDraft::Call(word) => words.push(word),
            KindDraft::Ask(ask) => {
                words.extend(ask.when.iter().filter_map(|(_, target)| called_by(target)));
            }
            KindDraft::Branch(ways) => {
                words.extend(ways.iter().filter_map(|(_, target)| called_by(target)));
            }
            _ => {}
        }
        words.extend(step.next.as_ref().and_then(called_by));
    }
    words
}

fn called_by(target: &TargetDraft) -> Option<&Word> {
    match target {
        TargetDraft::Call(word) => Some(word),
        _ => None,
    }
}

/// What `when` may name.
fn outcomes(answer: &AnswerDraft, optional: bool) -> Vec<&str> {
    let mut outcomes: Vec<&str> = match answer {
        AnswerDraft::OneOf(choices) => {
            choices.iter().map(|choice| choice.id.text.as_str()).collect()
        }
        AnswerDraft::YesNo(_) => vec!["yes", "no"],
        AnswerDraft::Year { adult: true } => vec!["minor"],
        _ => Vec::new(),
    };
    if optional {
        outcomes.push("skip");
    }
    outcomes
}

fn finish_choices(list: Vec<Choice>) -> Choices {
    let words = list
        .iter()
        .map(|choice| {
            let mut folded: Vec<String> = Vec::new();
            for label in &choice.label.texts {
                let form = understanding::fold(label);
                if !form.is_empty() && !folded.contains(&form) {
                    folded.push(form);
                }
            }
            ChoiceWords { id: choice.id.clone(), folded }
        })
        .collect();
    let conditional = list.iter().any(|choice| choice.condition.is_some());
    Choices { list, words, conditional }
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

/// FNV-1a over what decides whether an old answer still fits.
fn fingerprint(answer: &AnswerDraft) -> u32 {
    let shape = match answer {
        AnswerDraft::OneOf(choices) => {
            let ids: Vec<&str> = choices.iter().map(|choice| choice.id.text.as_str()).collect();
            format!("one_of {}", ids.join(" "))
        }
        AnswerDraft::YesNo(_) => "yes_no".to_owned(),
        AnswerDraft::Number { from, to } => format!("number {from} {to}"),
        AnswerDraft::Year { .. } => "year".to_owned(),
        AnswerDraft::Assembly { .. } => "assembly".to_owned(),
        AnswerDraft::Pattern(word) => format!("pattern {}", word.text),
        AnswerDraft::Plain(word) => word.text.clone(),
    };
    shape.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn place_of(message: Option<&Message>) -> Place {
    message.map_or_else(Place::default, |message| Place {
        file: message.source,
        start: message.span.start,
        end: message.span.end,
    })
}

const fn english_name(language: Language) -> &'static str {
    match language {
        Language::Hi => "Hindi",
        Language::En => "English",
        Language::Ur => "Urdu",
    }
}
