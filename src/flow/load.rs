//! Files in, checked and compiled flows out; or everything that is wrong with them, at once.

use std::collections::HashMap;
use std::sync::Arc;

use super::check;
use super::code::Code;
use super::condition::Known;
use super::definition::{Ask, Flow, Target};
use super::diagnostic::{Diagnostic, Findings, Place, Severity};
use super::dlt::{self, Lacking};
use super::draft::{self, FlowDraft};
use super::link::{self, Linker};
use super::polling::{Part, StagePolls};
use super::session::Session;
use super::template;
use super::terms;
use super::text::{Common, Label, Text, TextId};
use super::ways::{calls, ways};
use super::yaml;
use crate::contact::Language;
use crate::dlt::Registry;
use crate::geography::Geography;
use crate::locale::{Catalogue, ProblemKind, SourceText};
use crate::message::{Purpose, Template};
use crate::template::Declared;
use crate::understanding::{self, Phrase};

/// One file as it stands, its path from the folder that holds `flows/` and `locales/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    pub path: String,
    pub text: String,
}

/// The files of an office: `flows/*.yaml`, `flows/rehearsals/*.yaml`, `flows/templates/*.yaml`,
/// `flows/dlt/*.yaml`, `locales/<language>/*.ftl`.
/// Others may be among them and are left alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    pub files: Vec<SourceFile>,
}

impl Sources {
    /// The names of the flows there are files of, whether they can be loaded or not.
    #[must_use]
    pub fn flow_names(&self) -> Vec<String> {
        let files = self.files.iter().filter(|file| is_flow(&file.path));
        files.map(|file| stem_of(&file.path).to_owned()).collect()
    }

    /// The rehearsals among the files, by path.
    #[must_use]
    pub fn rehearsals(&self) -> Vec<&SourceFile> {
        let mut files: Vec<&SourceFile> =
            self.files.iter().filter(|file| is_rehearsal(&file.path)).collect();
        files.sort_by(|left, right| left.path.cmp(&right.path));
        files
    }
}

pub(super) fn is_rehearsal(path: &str) -> bool {
    path.contains("rehearsals/") && is_yaml(path)
}

pub(super) fn is_template(path: &str) -> bool {
    path.contains("flows/templates/") && is_yaml(path)
}

pub(super) fn is_dlt(path: &str) -> bool {
    path.contains("flows/dlt/") && is_yaml(path)
}

pub(super) fn is_flow(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    (folder == "flows" || folder.ends_with("/flows")) && is_yaml(path)
}

pub(super) fn is_yaml(path: &str) -> bool {
    let path = std::path::Path::new(path);
    path.extension().is_some_and(|ending| {
        ending.eq_ignore_ascii_case("yaml") || ending.eq_ignore_ascii_case("yml")
    })
}

/// Every flow and every text, checked and compiled. Cheap to share, swapped whole on reload.
#[derive(Debug)]
pub struct Flows {
    pub(super) list: Vec<Flow>,
    pub(super) by_name: HashMap<String, usize>,
    pub(super) texts: Vec<Text>,
    pub(super) common: Common,
    pub(super) notices: Vec<Notice>,
    pub(super) templates: Vec<Declared>,
    /// What the office registered for SMS; `None` without a file of it.
    pub(super) registry: Option<Registry>,
    /// Texts that no template of it carries; known where they were looked for.
    lacking: Vec<Lacking>,
    /// Folded start words.
    pub(super) starts: HashMap<String, usize>,
    /// What the start words sound like: the flow's index and the index of the word among its words.
    pub(super) sounds: Vec<((usize, usize), Phrase)>,
    /// Links in small letters.
    pub(super) links: HashMap<String, usize>,
    pub(super) default: usize,
    /// The languages there are texts in.
    pub(super) languages: Vec<Language>,
    pub(super) help: Option<usize>,
    pub(super) language: Option<usize>,
    pub(super) leave: Option<usize>,
    pub(super) my_data: Option<usize>,
    /// The flow that asks for the choice of a poll, and the step that does.
    pub(super) polled: Option<(usize, usize)>,
    /// Makes the polls of rehearsals.
    pub(super) stage: Option<StagePolls>,
    pub(super) geography: Arc<Geography>,
    /// The number of the office on WhatsApp, with its country code, digits alone.
    whatsapp_number: Option<String>,
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
        self.list.iter().map(|flow| flow.name.as_str())
    }

    /// A flow by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Flow> {
        self.list.get(*self.by_name.get(name)?)
    }

    /// Whether `shown` is how the choice with this id of a step with this name reads, in any
    /// language.
    pub(super) fn names_choice(&self, step: &str, id: &str, shown: &str) -> bool {
        let choices = self.list.iter().filter_map(|flow| flow.ask_named(step)?.choices());
        let mut named = choices.flat_map(|choices| &choices.list).filter(|choice| choice.id == id);
        named.any(|choice| choice.label.texts.iter().any(|label| label == shown))
    }

    /// What a button says that begins a flow: its link, or the first of its words. `None`: there is no such
    /// flow, or nothing begins it.
    #[must_use]
    pub fn beginning(&self, flow: &str) -> Option<&str> {
        let flow = self.get(flow)?;
        flow.link.as_deref().or_else(|| flow.words.first().map(String::as_str))
    }

    /// Every flow, in the order of their files.
    #[must_use]
    pub fn all(&self) -> &[Flow] {
        &self.list
    }

    /// The templates the office registered, in the order of their files.
    #[must_use]
    pub fn templates(&self) -> &[Declared] {
        &self.templates
    }

    /// What the office registered for SMS; `None` without a file of it.
    #[must_use]
    pub fn registry(&self) -> Option<&Registry> {
        self.registry.as_ref()
    }

    /// The texts that no DLT template carries, of flows that were proved.
    #[must_use]
    pub fn lacking(&self) -> &[Lacking] {
        &self.lacking
    }

    /// The words a person reads when this template leaves; its name where it is not declared here.
    #[must_use]
    pub fn read_template(&self, template: &Template) -> String {
        let read = self.templates.iter().find_map(|declared| declared.read(template));
        read.unwrap_or_else(|| template.name.clone())
    }

    /// The labels under this template's text, as a person reads them; none where it is not declared.
    #[must_use]
    pub fn template_labels(&self, template: &Template) -> &[String] {
        let labels = self.templates.iter().find_map(|declared| declared.labels(template));
        labels.unwrap_or_default()
    }

    /// What `check` found that does not keep the flows from running.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The same flows of an office that has this number on WhatsApp (digits, with the country code):
    /// members share links to it.
    #[must_use]
    pub fn with_whatsapp_number(mut self, number: Option<&str>) -> Flows {
        self.whatsapp_number = number.map(str::to_owned);
        self
    }

    /// The places they know.
    #[must_use]
    pub fn geography(&self) -> &Geography {
        &self.geography
    }

    /// The same flows with polls to rehearse: only the room of polls knows how their answers are read.
    #[must_use]
    pub fn with_polls(mut self, stage: StagePolls) -> Flows {
        self.stage = Some(stage);
        self
    }

    /// Whether whatever is written now may be an answer to a poll: its question is open, or waits for another one.
    #[must_use]
    pub fn asks_ballot(&self, session: Option<&Session>) -> bool {
        let Some(session) = session else { return false };
        let frames = session.calls.iter().map(|frame| (&frame.flow, &frame.step));
        std::iter::once((&session.flow, &session.step)).chain(frames).any(|(flow, step)| {
            self.get(flow)
                .and_then(|flow| flow.ask_named(step))
                .is_some_and(|ask| ask.ballot().is_some())
        })
    }

    /// Whether this is the flow by which polls are answered.
    #[must_use]
    pub fn is_of_polls(&self, flow: &str) -> bool {
        self.polled.is_some_and(|(polled, _)| self.by_name.get(flow) == Some(&polled))
    }

    /// Whether somebody in this flow may come to the flow by which polls are answered.
    #[must_use]
    pub fn leads_to_polls(&self, flow: &str) -> bool {
        let Some((polled, _)) = self.polled else { return false };
        let mut reached: Vec<usize> = self.by_name.get(flow).copied().into_iter().collect();
        let mut next = 0;
        while let Some(index) = reached.get(next).copied() {
            next += 1;
            let Some(known) = self.flow(index) else { continue };
            for step in 0..known.steps.len() {
                let left = ways(known, step).into_iter().filter_map(|way| match way.target {
                    Target::Flow(flow) => Some(flow),
                    _ => None,
                });
                for flow in calls(known, step).chain(left) {
                    if !reached.contains(&flow) {
                        reached.push(flow);
                    }
                }
            }
        }
        reached.contains(&polled)
    }

    /// What a member shares so that others come by their code: a link that opens WhatsApp with the words
    /// written, or, where the office has no number there, the words themselves.
    pub(super) fn referral_link(&self, code: &str) -> String {
        let word = self.get("join").and_then(|flow| flow.link.as_deref()).unwrap_or("join");
        match &self.whatsapp_number {
            Some(number) => format!("https://wa.me/{number}?text={word}%20{code}"),
            None => format!("{word} {code}"),
        }
    }

    /// Whether there are texts in this language.
    pub(super) fn speaks(&self, language: Language) -> bool {
        self.languages.contains(&language)
    }

    /// The question a flow asks under this name, or one of the flows it calls: their answers come back
    /// with them.
    pub(super) fn question(&self, flow: usize, name: &str) -> Option<&Ask> {
        let mut seen = vec![flow];
        let mut next = 0;
        while let Some(index) = seen.get(next).copied() {
            next += 1;
            let Some(known) = self.flow(index) else { continue };
            if let Some(ask) = known.ask_named(name) {
                return Some(ask);
            }
            // What a call of another computer keeps is no answer to a question.
            if known.keeps(name) {
                return None;
            }
            for called in (0..known.steps.len()).flat_map(|step| calls(known, step)) {
                if !seen.contains(&called) {
                    seen.push(called);
                }
            }
        }
        None
    }

    pub(super) fn flow(&self, index: usize) -> Option<&Flow> {
        self.list.get(index)
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
    // The first message of the day waits for no table.
    crate::understanding::prepare();
    examine(sources, geography, &Look::Load)
}

/// The same, with everything `samvad check` looks at besides: rehearsals, and what an SMS costs.
///
/// # Errors
/// Every finding, sorted by file and line, when at least one of them is an error.
pub fn prove(
    sources: &Sources,
    geography: Arc<Geography>,
    rules: Rules,
) -> Result<Flows, Vec<Diagnostic>> {
    examine(sources, geography, &Look::Prove(rules))
}

/// What the files of an office come to, and everything that is wrong with them.
#[derive(Debug)]
pub struct Proved {
    /// For other files that name them; also where something is wrong with them, as far as they could be read.
    /// `None`: there is no flow at all.
    pub flows: Option<Flows>,
    /// Nothing is wrong with them: only then they may be run.
    pub is_whole: bool,
    /// Sorted by file and line.
    pub found: Vec<Diagnostic>,
}

/// As [`prove`], for whoever looks at more files of the office in the same run.
#[must_use]
pub fn prove_all(sources: &Sources, geography: Arc<Geography>, rules: Rules) -> Proved {
    look_at(sources, geography, &Look::Prove(rules))
}

/// Reads and checks the files for what they lack at the DLT portal, see [`Flows::lacking`]: what is
/// lacking is no error here.
///
/// # Errors
/// As of [`load`].
pub fn propose(sources: &Sources, geography: Arc<Geography>) -> Result<Flows, Vec<Diagnostic>> {
    examine(sources, geography, &Look::Propose)
}

/// The principal entity of the office's DLT registry, whatever else is wrong with its flows; `None`: there
/// is no registry, or it cannot be read.
#[must_use]
pub fn registered_entity(sources: &Sources) -> Option<String> {
    let mut findings = Findings::new(sources);
    let read = dlt::read(sources, &mut findings);
    read.registry.entity.filter(|_| !read.broken)
}

/// Why the files are looked at.
enum Look {
    Load,
    Prove(Rules),
    Propose,
}

/// What an office allows its authors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Parts of an SMS a text may need at most, its longest answers filled in.
    pub sms_parts: usize,
    /// The secrets its calls may carry, by name; `None` when nobody knows them.
    pub secrets: Option<Vec<String>>,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules { sms_parts: 4, secrets: None }
    }
}

/// Everything that was read, for rules that look at all of it.
pub(super) struct Everything<'a> {
    pub(super) flows: &'a [Flow],
    pub(super) drafts: &'a [FlowDraft],
    pub(super) texts: &'a [Text],
    pub(super) common: &'a Common,
    pub(super) catalogue: &'a Catalogue,
    pub(super) geography: &'a Geography,
}

fn examine(
    sources: &Sources,
    geography: Arc<Geography>,
    look: &Look,
) -> Result<Flows, Vec<Diagnostic>> {
    match look_at(sources, geography, look) {
        Proved { flows: Some(flows), is_whole: true, .. } => Ok(flows),
        Proved { found, .. } => Err(found),
    }
}

fn look_at(sources: &Sources, geography: Arc<Geography>, look: &Look) -> Proved {
    let mut findings = Findings::new(sources);
    check::files(sources, &mut findings);
    let catalogue = read_texts(sources, &mut findings);
    let drafts = read_flows(sources, &mut findings);
    if drafts.is_empty() && !findings.has_errors() {
        let found = vec![Diagnostic {
            severity: Severity::Error,
            code: Code::NoFlows,
            path: "flows/".to_owned(),
            line: 1,
            column: 1,
            end_column: 1,
            text: String::new(),
            span: 0..0,
            message: "there is no flow".to_owned(),
            hint: Some("put a file like flows/greeting.yaml there".to_owned()),
        }];
        return Proved { flows: None, is_whole: false, found };
    }
    let templates = template::read(sources, &catalogue, &mut findings);
    let dlt = dlt::read(sources, &mut findings);
    let mut linker = Linker::new(&drafts, &templates, &catalogue, &mut findings);
    linker.lacking_files(sources);
    let common = linker.common();
    let notices = linker.notices();
    let flows: Vec<Flow> = drafts.iter().map(|draft| linker.flow(draft)).collect();
    let Linker { texts, by_name, interned, .. } = linker;
    let answers: Vec<HashMap<String, Known>> =
        drafts.iter().map(|draft| link::answers(draft, &drafts, &by_name)).collect();
    let (starts, links, default) = check::starts(&drafts, &mut findings);
    check::graph(&flows, &drafts, &mut findings);
    check::same_ways(&flows, &drafts, &by_name, &mut findings);
    check::calls(&drafts, &mut findings);
    check::handed(&flows, &drafts, &mut findings);
    check::consented(&flows, &drafts, &templates, &mut findings);
    check::late(&flows, &drafts, &answers, &mut findings);
    check::special_flows(&by_name, &drafts, default, &mut findings);
    check::stray(&catalogue, &mut findings);
    check::variants(&drafts, &answers, &catalogue, &mut findings);
    check::texts(&catalogue, &drafts, &interned, &mut findings);
    check::untranslated(&catalogue, &mut findings);
    check::choices(&flows, &drafts, &catalogue, &mut findings);
    check::questions(&flows, &drafts, &catalogue, &mut findings);
    let mut lacking = Vec::new();
    let all = Everything {
        flows: &flows,
        drafts: &drafts,
        texts: &texts,
        common: &common,
        catalogue: &catalogue,
        geography: &geography,
    };
    if let Look::Prove(rules) = look {
        check::answered(&flows, &drafts, &answers, &catalogue, &mut findings);
        check::alike(&drafts, &mut findings);
        check::settled(&flows, &drafts, &answers, &mut findings);
        check::strangers(&flows, &drafts, &catalogue, &mut findings);
        check::parts(&all, rules.sms_parts, &mut findings);
        if let Some(secrets) = &rules.secrets {
            check::secrets(&drafts, secrets, &mut findings);
        }
        let whole = drafts.iter().all(FlowDraft::is_whole);
        check::rehearsals(sources, &all, whole, &mut findings);
    }
    if !matches!(look, Look::Load) && !findings.has_errors() {
        let tells = matches!(look, Look::Prove(_));
        lacking = dlt::prove(&all, &notices, &dlt, tells, &mut findings);
    }
    let is_whole = !findings.has_errors();
    let found = findings.into_sorted();
    let sounds = flows.iter().enumerate().flat_map(|(flow, definition)| {
        let words = definition.words.iter().enumerate();
        // A word that works everywhere is heard by itself, and "bijli band hai" is no goodbye.
        let own = words.filter(|(_, word)| understanding::command(word).is_none());
        own.map(move |(index, word)| ((flow, index), Phrase::new(word)))
    });
    let sounds = sounds.collect();
    let named = |name: &str| by_name.get(name).copied();
    let polled = flows.iter().enumerate().find_map(|(index, flow)| {
        let asks_choice = |ask: &Ask| ask.ballot().is_some_and(|asked| asked.part == Part::Choice);
        let step = (0..flow.steps.len()).find(|step| flow.ask(*step).is_some_and(asks_choice))?;
        Some((index, step))
    });
    let flows = Flows {
        polled,
        stage: None,
        help: named("help"),
        language: named("language"),
        leave: named("leave"),
        my_data: named("my_data"),
        languages: Language::ALL.into_iter().filter(|known| catalogue.has(*known)).collect(),
        list: flows,
        templates: templates.into_iter().map(|read| read.declared).collect(),
        registry: dlt.is_there.then_some(dlt.registry),
        lacking,
        by_name,
        texts,
        common,
        notices,
        starts,
        sounds,
        links,
        default: default.unwrap_or(0),
        geography,
        whatsapp_number: None,
        warnings: found.clone(),
    };
    Proved { flows: Some(flows), is_whole, found }
}

/// Every flow file; of one that cannot be read, what can be guessed.
fn read_flows(sources: &Sources, findings: &mut Findings<'_>) -> Vec<FlowDraft> {
    let mut drafts: Vec<FlowDraft> = Vec::new();
    for (index, file) in sources.files.iter().enumerate() {
        if !is_flow(&file.path) {
            // What is told as misplaced is there all the same, and nobody misses it a second time.
            drafts.extend(
                check::strayed_flow(file).map(|name| FlowDraft::guessed(name, index, &file.text)),
            );
            continue;
        }
        let stem = stem_of(&file.path);
        let Some(root) = yaml::read(index, &file.text, findings) else {
            drafts.push(FlowDraft::guessed(stem, index, &file.text));
            continue;
        };
        if check::is_something_else(&root) {
            // Told as a file in the wrong folder.
            continue;
        }
        let mut draft = draft::flow(&root, stem, findings);
        if stem == draft.name.text {
            draft::identifier(&draft.name, findings);
        } else if !renamed(sources, index, stem, &mut draft, findings) {
            continue;
        }
        drafts.push(draft);
    }
    drafts
}

/// A file that is not named after its flow: told, and the flow named as everything else names it.
/// `false` for a copy of another flow's file, of which nothing more is to be said.
fn renamed(
    sources: &Sources,
    index: usize,
    stem: &str,
    draft: &mut FlowDraft,
    findings: &mut Findings<'_>,
) -> bool {
    let name = draft.name.text.clone();
    let has_file = |wanted: &str| {
        sources.files.iter().enumerate().any(|(other, file)| {
            other != index && is_flow(&file.path) && stem_of(&file.path) == wanted
        })
    };
    let has_texts = |wanted: &str| {
        let file = format!("/{wanted}.ftl");
        sources.files.iter().any(|known| known.path.ends_with(&file))
    };
    if has_file(&name) {
        let own = if is_name(stem) {
            format!("write `flow: {stem}` and give it words, a link and texts of its own")
        } else {
            "rename it, write its new name behind `flow:` and give it words and texts".to_owned()
        };
        findings
            .error_hint(
                draft.name.place,
                format!("this is a copy of flows/{name}.yaml: both say `flow: {name}`"),
                format!("remove the file; or, if it becomes another flow, {own}"),
            )
            .code(Code::FileName);
        return false;
    }
    let hint = if !is_name(stem) || (has_texts(&name) && !has_texts(stem)) {
        format!("rename the file to {name}.yaml")
    } else if !is_name(&name) || has_texts(stem) {
        format!("write `flow: {stem}`, as the file and its texts are named")
    } else {
        format!("write `flow: {stem}`, or rename the file to {name}.yaml")
    };
    // A file with a second ending is told as that.
    if !findings.has_any(index, &[Code::FileName]) {
        findings
            .error_hint(
                draft.name.place,
                format!("the file is not named after its flow `{name}`"),
                hint,
            )
            .code(Code::FileName);
    }
    // Everything else names the flow as its texts do, most likely.
    let by_file = is_name(stem) && (!has_texts(&name) || has_texts(stem));
    if by_file {
        stem.clone_into(&mut draft.name.text);
    }
    true
}

fn stem_of(path: &str) -> &str {
    let stem = std::path::Path::new(path).file_stem().and_then(|stem| stem.to_str());
    stem.unwrap_or_default()
}

/// Whether a flow can be named like this.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn read_texts(sources: &Sources, findings: &mut Findings<'_>) -> Catalogue {
    let texts: Vec<SourceText<'_>> = sources
        .files
        .iter()
        .map(|file| SourceText { path: &file.path, text: &file.text })
        .collect();
    let (catalogue, problems) = Catalogue::read(&texts);
    for problem in terms::told_where_they_are_missing(&catalogue, problems, findings) {
        let place =
            Place { file: problem.source, start: problem.span.start, end: problem.span.end };
        let told = match problem.hint {
            Some(hint) => findings.error_hint(place, problem.message, hint),
            None => findings.error(place, problem.message),
        };
        told.code(code_of(problem.kind));
    }
    catalogue
}

/// The code of a mistake in a text file.
const fn code_of(kind: ProblemKind) -> Code {
    match kind {
        ProblemKind::Syntax => Code::FluentSyntax,
        ProblemKind::Invisible => Code::InvisibleSign,
        ProblemKind::Conflict => Code::MergeConflict,
        ProblemKind::NoText => Code::NotText,
        ProblemKind::Twice => Code::DuplicateText,
        ProblemKind::Term => Code::UnknownTerm,
        ProblemKind::Message => Code::UnknownText,
        ProblemKind::Function => Code::UnknownFunction,
    }
}
