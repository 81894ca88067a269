//! Files in, checked and compiled flows out; or everything that is wrong with them, at once.

use std::collections::HashMap;
use std::sync::Arc;

use super::check;
use super::definition::Flow;
use super::diagnostic::{Diagnostic, Findings, Place, Severity};
use super::draft;
use super::link::Linker;
use super::text::{Common, Label, Text, TextId};
use super::yaml;
use crate::geography::Geography;
use crate::locale::{Catalogue, SourceText};
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
    let mut findings = Findings::new(sources);
    let catalogue = read_texts(sources, &mut findings);
    let mut drafts = Vec::new();
    let mut whole = true;
    for (index, file) in sources.files.iter().enumerate() {
        if !is_flow(&file.path) {
            continue;
        }
        let root = yaml::read(index, &file.text, &mut findings);
        let Some(mut draft) = root.and_then(|root| draft::flow(&root, &mut findings)) else {
            whole = false;
            continue;
        };
        let stem = std::path::Path::new(&file.path).file_stem().and_then(|stem| stem.to_str());
        if stem != Some(draft.name.text.as_str()) {
            findings.error_hint(
                draft.name.place,
                format!("the file is not named after its flow `{}`", draft.name.text),
                format!("rename it to {}.yaml", draft.name.text),
            );
            // Everything else names the flow as the file does, most likely.
            stem.unwrap_or_default().clone_into(&mut draft.name.text);
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
    if !whole {
        // Names that lead into a file nobody could read would all be told as mistakes.
        return Err(findings.into_sorted());
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
