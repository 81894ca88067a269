//! Files in, checked and compiled flows out; or everything that is wrong with them, at once.

use std::collections::HashMap;
use std::sync::Arc;

use super::check;
use super::code::Code;
use super::condition::Known;
use super::definition::Flow;
use super::diagnostic::{Diagnostic, Findings, Place, Severity};
use super::draft::{self, FlowDraft};
use super::link::{self, Linker};
use super::text::{Common, Label, Text, TextId};
use super::yaml;
use crate::geography::Geography;
use crate::locale::{Catalogue, ProblemKind, SourceText};
use crate::message::Purpose;
use crate::understanding::{self, Phrase};

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

pub(super) fn is_rehearsal(path: &str) -> bool {
    path.contains("rehearsals/") && is_yaml(path)
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
    /// Folded start words.
    pub(super) starts: HashMap<String, usize>,
    /// What the start words sound like: the flow's index and the index of the word among its words.
    pub(super) sounds: Vec<((usize, usize), Phrase)>,
    /// Links in small letters.
    pub(super) links: HashMap<String, usize>,
    pub(super) default: usize,
    pub(super) help: Option<usize>,
    pub(super) language: Option<usize>,
    pub(super) leave: Option<usize>,
    pub(super) my_data: Option<usize>,
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

    /// Every flow, in the order of their files.
    #[must_use]
    pub fn all(&self) -> &[Flow] {
        &self.list
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

    /// What a member shares so that others come by their code: a link that opens WhatsApp with the words
    /// written, or, where the office has no number there, the words themselves.
    pub(super) fn referral_link(&self, code: &str) -> String {
        let word = self.get("join").and_then(|flow| flow.link.as_deref()).unwrap_or("join");
        match &self.whatsapp_number {
            Some(number) => format!("https://wa.me/{number}?text={word}%20{code}"),
            None => format!("{word} {code}"),
        }
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
    examine(sources, geography, None)
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
    examine(sources, geography, Some(rules))
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
    rules: Option<Rules>,
) -> Result<Flows, Vec<Diagnostic>> {
    let mut findings = Findings::new(sources);
    check::files(sources, &mut findings);
    let catalogue = read_texts(sources, &mut findings);
    let drafts = read_flows(sources, &mut findings);
    if drafts.is_empty() && !findings.has_errors() {
        return Err(vec![Diagnostic {
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
        }]);
    }
    let mut linker = Linker::new(&drafts, &catalogue, &mut findings);
    linker.strayed = check::strayed_texts(sources);
    let common = linker.common();
    let notices = linker.notices();
    let flows: Vec<Flow> = drafts.iter().map(|draft| linker.flow(draft)).collect();
    let Linker { texts, by_name, interned, .. } = linker;
    let answers: Vec<HashMap<String, Known>> =
        drafts.iter().map(|draft| link::answers(draft, &drafts, &by_name)).collect();
    let (starts, links, default) = check::starts(&drafts, &mut findings);
    check::graph(&flows, &drafts, &mut findings);
    check::calls(&drafts, &mut findings);
    check::late(&flows, &drafts, &answers, &mut findings);
    check::special_flows(&by_name, &drafts, default, &mut findings);
    check::stray(&catalogue, &mut findings);
    check::variants(&drafts, &answers, &catalogue, &mut findings);
    check::texts(&catalogue, &drafts, &interned, &mut findings);
    check::choices(&flows, &drafts, &catalogue, &mut findings);
    check::questions(&flows, &drafts, &catalogue, &mut findings);
    if let Some(rules) = rules {
        let all = Everything {
            flows: &flows,
            drafts: &drafts,
            texts: &texts,
            common: &common,
            catalogue: &catalogue,
            geography: &geography,
        };
        check::answered(&flows, &drafts, &answers, &catalogue, &mut findings);
        check::parts(&all, rules.sms_parts, &mut findings);
        if let Some(secrets) = &rules.secrets {
            check::secrets(&drafts, secrets, &mut findings);
        }
        let whole = drafts.iter().all(FlowDraft::is_whole);
        check::rehearsals(sources, &all, whole, &mut findings);
    }
    let failed = findings.has_errors();
    let list = findings.into_sorted();
    if failed {
        return Err(list);
    }
    let sounds = flows.iter().enumerate().flat_map(|(flow, definition)| {
        let words = definition.words.iter().enumerate();
        // A word that works everywhere is heard by itself, and "bijli band hai" is no goodbye.
        let own = words.filter(|(_, word)| understanding::command(word).is_none());
        own.map(move |(index, word)| ((flow, index), Phrase::new(word)))
    });
    let sounds = sounds.collect();
    let named = |name: &str| by_name.get(name).copied();
    Ok(Flows {
        help: named("help"),
        language: named("language"),
        leave: named("leave"),
        my_data: named("my_data"),
        list: flows,
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
        warnings: list,
    })
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
        let stem = std::path::Path::new(&file.path).file_stem().and_then(|stem| stem.to_str());
        let stem = stem.unwrap_or_default();
        let Some(root) = yaml::read(index, &file.text, findings) else {
            drafts.push(FlowDraft::guessed(stem, index, &file.text));
            continue;
        };
        if check::is_a_rehearsal(&root) {
            // Told as a file in the wrong folder.
            continue;
        }
        let mut draft = draft::flow(&root, stem, findings);
        let name = draft.name.text.clone();
        if stem != name {
            let has_file = |folder: &str, ending: &str| {
                let path = format!("{folder}{name}{ending}");
                sources.files.iter().any(|file| file.path.ends_with(&path))
            };
            if has_file("flows/", ".yaml") || has_file("flows/", ".yml") {
                findings
                    .error_hint(
                        draft.name.place,
                        format!("this is another flow `{name}`: flows/{name}.yaml holds that"),
                        format!(
                            "remove the copy, or write `flow: {stem}` and give it texts of its own"
                        ),
                    )
                    .code(Code::FileName);
                continue;
            }
            findings
                .error_hint(
                    draft.name.place,
                    format!("the file is not named after its flow `{name}`"),
                    format!("write `flow: {stem}`, or rename the file to {name}.yaml"),
                )
                .code(Code::FileName);
            // Everything else names the flow as the file does, most likely; unless its texts are there by
            // the other name.
            let texts_of_stem = format!("/{stem}.ftl");
            let stem_has_texts =
                sources.files.iter().any(|file| file.path.ends_with(&texts_of_stem));
            if stem_has_texts || !has_file("/", ".ftl") {
                stem.clone_into(&mut draft.name.text);
            }
        }
        drafts.push(draft);
    }
    drafts
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
        ProblemKind::Twice => Code::DuplicateText,
        ProblemKind::Term => Code::UnknownTerm,
        ProblemKind::Message => Code::UnknownText,
        ProblemKind::Function => Code::UnknownFunction,
    }
}
