//! `samvad check`: every flow, text, rehearsal and the configuration, proved before they run.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{OriginArgs, USUAL_CONFIG, broadcast, poll};
use crate::config::{self, Config, ConfigErrors, FileProblem, FileProblemKind, SmsRoad};
use crate::flow::{self, Code, Diagnostic, Proved, Rules, Severity, SourceFile};
use crate::geography::Geography;
use crate::locale::no_text;
use crate::serve::{FlowsError, load_flows, read_sources};

/// The version of the JSON document: it changes when a field changes its meaning or goes.
const JSON_VERSION: u32 = 1;

#[derive(Debug, Default, Args)]
pub struct CheckArgs {
    /// Only show what is found in these files and folders
    #[arg(value_name = "PATHS")]
    pub paths: Vec<PathBuf>,
    /// How findings are written
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Exit 1 on warnings too
    #[arg(long)]
    pub strict: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: the line, a mark under it, and what to write instead
    #[default]
    Text,
    /// One document for programs
    Json,
    /// path:line:column: severity: message, one a line
    Editor,
}

/// The document of `--format json`.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    errors: usize,
    warnings: usize,
    findings: &'a [Diagnostic],
}

pub(super) fn run(origins: &OriginArgs, args: &CheckArgs) -> ExitCode {
    let Examined { mut findings, names, paths } = match examine(origins) {
        Ok(examined) => examined,
        Err(words) => {
            eprintln!("{words}");
            return ExitCode::FAILURE;
        }
    };
    let read = |wanted: &&PathBuf| paths.iter().any(|path| shown(path, &[(*wanted).clone()]));
    if let Some(missing) = args.paths.iter().find(|wanted| !read(wanted)) {
        eprintln!("there is no {} among the files that are checked", missing.display());
        return ExitCode::FAILURE;
    }
    findings.retain(|finding| shown(&finding.path, &args.paths));
    let errors = findings.iter().filter(|found| found.severity == Severity::Error).count();
    let warnings = findings.len() - errors;
    match args.format {
        Format::Json => {
            let document =
                Document { version: JSON_VERSION, errors, warnings, findings: &findings };
            match serde_json::to_string_pretty(&document) {
                Ok(text) => tell(&text),
                Err(error) => eprintln!("{error}"),
            }
        }
        Format::Editor => {
            for finding in &findings {
                tell(&editor_line(finding));
            }
        }
        Format::Text => {
            for finding in &findings {
                eprintln!("{finding}\n");
            }
            let counted = format!("{errors} error(s), {warnings} warning(s)");
            if errors > 0 {
                eprintln!("{counted}");
            } else {
                let flows: Vec<&str> = names
                    .iter()
                    .map(String::as_str)
                    .filter(|name| shown(&format!("flows/{name}.yaml"), &args.paths))
                    .collect();
                if flows.is_empty() {
                    tell(&format!("{counted}."));
                } else {
                    tell(&format!("{} flows check: {}. {counted}.", flows.len(), flows.join(", ")));
                }
            }
        }
    }
    if errors > 0 || (args.strict && warnings > 0) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// A line for whoever reads; when nobody does any more (`| head`), that is no fault.
fn tell(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Tells of files of one kind, a `poll` or a `broadcast`: what was found in them, then how many check. `false`:
/// something is wrong.
pub(super) fn told_of_files(kind: &str, names: &[&str], found: &[Diagnostic]) -> bool {
    for finding in found {
        eprintln!("{finding}\n");
    }
    let errors = found.iter().filter(|found| found.severity == Severity::Error).count();
    let counted = format!("{errors} error(s), {} warning(s)", found.len() - errors);
    if errors > 0 {
        eprintln!("{counted}");
        return false;
    }
    let count = match names.len() {
        1 => format!("1 {kind} checks"),
        several => format!("{several} {kind}s check"),
    };
    println!("{count}: {}. {counted}.", names.join(", "));
    true
}

/// One line an editor can jump to.
fn editor_line(finding: &Diagnostic) -> String {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let hint = finding.hint.as_deref().map(|hint| format!(" ({hint})")).unwrap_or_default();
    let words = format!(
        "{}:{}:{}: {severity}: {} [{}]{hint}",
        finding.path,
        finding.line,
        finding.column,
        finding.message,
        finding.code.name()
    );
    words.replace(['\n', '\r'], " ")
}

/// Whether a path is one of those asked for, or lies in one of them.
fn shown(path: &str, wanted: &[PathBuf]) -> bool {
    let plain = |path: &Path| -> PathBuf {
        let parts = path.components().filter(|part| *part != std::path::Component::CurDir);
        parts.collect()
    };
    let path = plain(Path::new(path));
    wanted.is_empty()
        || wanted.iter().any(|wanted| {
            let wanted = plain(wanted);
            path.starts_with(&wanted) || path.ends_with(&wanted) || wanted.ends_with(&path)
        })
}

/// Everything found.
struct Examined {
    findings: Vec<Diagnostic>,
    /// The flows, when they could be loaded.
    names: Vec<String>,
    /// Every file that was read.
    paths: Vec<String>,
}

fn examine(origins: &OriginArgs) -> Result<Examined, String> {
    let mut findings = Vec::new();
    let mut paths = Vec::new();
    let named = origins.config.clone();
    let usual = PathBuf::from(USUAL_CONFIG);
    let mut file = SourceFile { path: "the configuration".to_owned(), text: String::new() };
    if let Some(path) = named.or_else(|| usual.is_file().then_some(usual)) {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        file = SourceFile { path: path.display().to_string(), text };
        findings.extend(configuration(&path)?);
        paths.push(path.display().to_string());
    }
    let unread = if paths.is_empty() { unread_configuration() } else { None };
    if let Some(unread) = &unread {
        paths.push(unread.path.clone());
        findings.push(unread.clone());
    }
    let config = match origins.read_without_secrets() {
        Ok(config) => Some(config),
        // The file is told line by line; what else is wrong keeps nobody from checking flows.
        Err(errors) => {
            findings.extend(elsewhere(&errors, !findings.is_empty(), &file));
            None
        }
    };
    let folder = |of: fn(&Config) -> Option<&PathBuf>, given: Option<&PathBuf>, usual: &str| {
        let named = config.as_ref().and_then(of).or(given).cloned();
        let beside = PathBuf::from(usual);
        named.or_else(|| (config.is_none() && beside.is_dir()).then_some(beside))
    };
    let flows = folder(|config| config.flows.as_ref(), origins.flows.as_ref(), "flows");
    let locales = folder(|config| config.locales.as_ref(), origins.locales.as_ref(), "locales");
    let rules = config.as_ref().map_or_else(Rules::default, |config| Rules {
        sms_parts: config.check.sms_parts,
        // What a file nobody reads names is not known.
        secrets: unread.is_none().then(|| config.secrets.names().map(str::to_owned).collect()),
    });
    let geography = Arc::new(Geography::shipped()?);
    let sources =
        read_sources(flows.as_deref(), locales.as_deref()).map_err(|error| error.to_string())?;
    let Proved { flows: read, is_whole, found } =
        flow::prove_all(&sources, Arc::clone(&geography), rules);
    if let (Some(config), Some(read)) = (&config, &read) {
        let told = broadcast::found(config, read, &geography, &sources);
        let (told, files) = told.map_err(|error| format!("{error:#}"))?;
        // Warnings of texts nobody says can wait until the flows are right.
        let is_told = |told: &Diagnostic| {
            !comes_of(told, &found) && (is_whole || told.code != Code::UnusedText)
        };
        findings.extend(told.into_iter().filter(is_told));
        paths.extend(files);
    }
    let names = read
        .filter(|_| is_whole)
        .map_or_else(Vec::new, |flows| flows.names().map(str::to_owned).collect());
    if let Some(config) = &config {
        let (told, files) =
            poll::found(config, &geography).map_err(|error| format!("{error:#}"))?;
        findings.extend(told);
        paths.extend(files);
        findings.extend(call_flows(config, &sources, &file));
    }
    // As the author finds them on disk.
    let on_disk = |path: &str| {
        let folders = [("flows/", &flows), ("locales/", &locales)];
        let found = folders.into_iter().find_map(|(name, folder)| {
            Some(folder.as_ref()?.join(path.strip_prefix(name)?).display().to_string())
        });
        found.unwrap_or_else(|| path.to_owned())
    };
    paths.extend(sources.files.iter().map(|file| on_disk(&file.path)));
    findings.extend(found.into_iter().map(|mut finding| {
        finding.path = on_disk(&finding.path);
        finding
    }));
    let has_registry = sources.files.iter().any(|file| file.path.starts_with("flows/dlt/"));
    if let Some(config) = config.as_ref().filter(|_| !has_registry) {
        findings.extend(one_template(config, &file));
    }
    if let (Some(config), Some(entity)) = (&config, flow::registered_entity(&sources)) {
        findings.extend(other_entities(config, &file, &entity));
    }
    Ok(Examined { findings, names, paths })
}

/// Whether what is said of a broadcast only comes of a mistake in a file it names: a template that cannot be read, a
/// registry that is broken. That one is told where it is.
fn comes_of(told: &Diagnostic, found: &[Diagnostic]) -> bool {
    let is_behind_it = |path: &str| match told.code {
        Code::UnknownTemplate | Code::TemplateFits => path.starts_with("flows/templates/"),
        Code::DltTemplate => path.starts_with("flows/dlt/"),
        // The line names the flow that is broken.
        Code::UnknownFlow | Code::Consent => {
            let stem = Path::new(path).file_stem().and_then(|stem| stem.to_str());
            stem.is_some_and(|stem| path.starts_with("flows/") && told.text.contains(stem))
        }
        _ => false,
    };
    let mut wrong = found.iter().filter(|other| other.severity == Severity::Error);
    wrong.any(|other| is_behind_it(&other.path))
}

/// Numbers for missed calls that begin a flow there is not: `serve` refuses them.
fn call_flows(config: &Config, sources: &flow::Sources, file: &SourceFile) -> Vec<Diagnostic> {
    let Some(calls) = &config.missed_calls else { return Vec::new() };
    let files: Vec<String> = sources.flow_names();
    let known: Vec<&str> = files.iter().map(String::as_str).collect();
    let told = calls.unknown_flows(&known).into_iter().map(|unknown| {
        let key = ["missed_calls", "accounts", unknown.account.as_str(), "flow"];
        let message = format!("{}: there is no flow `{}`", key.join("."), unknown.flow);
        let place = config::place_in(&file.text, &key).unwrap_or_default();
        flow::at(file, Severity::Error, Code::UnknownFlow, place, message, Some(unknown.hint()))
    });
    told.collect()
}

/// An SMS account whose every text is to be one template's.
fn one_template(config: &Config, file: &SourceFile) -> Option<Diagnostic> {
    let accounts = config.sms.iter().flat_map(|sms| &sms.accounts);
    let mut named = accounts.filter_map(|account| match &account.road {
        SmsRoad::Kannel(road) => road.dlt.template.as_deref(),
        SmsRoad::Http(road) => road.dlt.template.as_deref(),
    });
    let template = named.next()?;
    let start = file.text.find(template).unwrap_or_default();
    let span = start..(start + template.len()).min(file.text.len());
    Some(flow::at(
        file,
        Severity::Warning,
        Code::DltTemplate,
        span,
        "every SMS leaves under this one DLT template, and operators refuse what is not its text"
            .to_owned(),
        Some(
            "`samvad dlt propose --out flows/dlt/proposed.yaml` writes what has to be registered"
                .to_owned(),
        ),
    ))
}

/// SMS accounts that name another principal entity than the registry does.
fn other_entities(config: &Config, file: &SourceFile, registered: &str) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for account in config.sms.iter().flat_map(|sms| &sms.accounts) {
        let dlt = match &account.road {
            SmsRoad::Kannel(road) => &road.dlt,
            SmsRoad::Http(road) => &road.dlt,
        };
        let Some(entity) = dlt.entity.as_deref().filter(|entity| *entity != registered) else {
            continue;
        };
        // Its own section's: two accounts may name the same one.
        let section = file.text.find(&format!("[sms.accounts.{}]", account.name));
        let from = section.unwrap_or_default();
        let below = file.text.get(from..).and_then(|rest| rest.find(entity));
        let start = below.map_or(from, |place| from + place);
        let span = start..(start + entity.len()).min(file.text.len());
        findings.push(flow::at(
            file,
            Severity::Error,
            Code::DltEntity,
            span,
            format!(
                "the account {} names the DLT entity {entity}, the registry in flows/dlt/ {registered}",
                account.name
            ),
            Some(format!(
                "the operators refuse what leaves for another entity than the registered one: write entity = \"{registered}\" here, or mend `entity` in flows/dlt/"
            )),
        ));
    }
    findings
}

/// What is wrong in the configuration file.
fn configuration(path: &Path) -> Result<Vec<Diagnostic>, String> {
    let bytes = std::fs::read(path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let file = SourceFile { path: path.display().to_string(), text };
    if let Some((message, hint)) = no_text(&file.text) {
        let (message, hint) = (message.to_owned(), Some(hint.to_owned()));
        return Ok(vec![flow::at(&file, Severity::Error, Code::NotText, 0..1, message, hint)]);
    }
    let problems = config::examine(path, &file.text);
    Ok(problems
        .into_iter()
        .map(|problem| {
            let code = match problem.kind {
                FileProblemKind::Syntax => Code::TomlSyntax,
                FileProblemKind::UnknownKey => Code::UnknownKey,
                FileProblemKind::WrongType => Code::WrongType,
                FileProblemKind::Value | FileProblemKind::Secret | FileProblemKind::Absent => {
                    Code::ConfigValue
                }
            };
            let severity = match problem.kind {
                FileProblemKind::Absent => Severity::Warning,
                _ => Severity::Error,
            };
            if problem.kind == FileProblemKind::Secret {
                return hidden(&file, code, problem);
            }
            flow::at(&file, severity, code, problem.span, problem.message, problem.hint)
        })
        .collect())
}

/// A finding whose words are not shown: they may be a secret.
fn hidden(file: &SourceFile, code: Code, problem: FileProblem) -> Diagnostic {
    const IN_ITS_PLACE: &str = "••••••••";
    let FileProblem { span, message, hint, .. } = problem;
    let mut text = file.text.clone();
    text.replace_range(span.clone(), IN_ITS_PLACE);
    let masked = SourceFile { path: file.path.clone(), text };
    let shown = span.start..span.start + IN_ITS_PLACE.len();
    flow::at(&masked, Severity::Error, code, shown, message, hint)
}

/// What is wrong with the environment or the command line; with a broken file only what does not
/// come from there. What a section lacks is shown where `file` switches it on.
fn elsewhere(errors: &ConfigErrors, file_is_told: bool, file: &SourceFile) -> Vec<Diagnostic> {
    let of_file =
        |said: &str| !(said.starts_with("the environment") || said.starts_with("the command"));
    let nowhere = SourceFile { path: "the configuration".to_owned(), text: String::new() };
    errors
        .0
        .iter()
        .filter(|said| !(file_is_told && of_file(said)))
        .map(|said| {
            let section = said.split_once('.').map_or("", |(section, _)| section);
            let (file, bytes) = match switched_on(&file.text, section) {
                Some(bytes) => (file, bytes),
                None => (&nowhere, 0..0),
            };
            flow::at(file, Severity::Error, Code::ConfigValue, bytes, said.clone(), None)
        })
        .collect()
}

/// The line of a configuration file that switches a section on, or the section's own line.
fn switched_on(text: &str, section: &str) -> Option<std::ops::Range<usize>> {
    let mut start = 0;
    let mut found = None;
    for line in text.split_inclusive('\n') {
        let words = line.trim();
        let place = start..start + line.trim_end().len();
        start += line.len();
        if words.starts_with('[') {
            if found.is_some() {
                break;
            }
            found = (words == format!("[{section}]")).then_some(place);
        } else if found.is_some() && words.starts_with("enabled") {
            return Some(place);
        }
    }
    found
}

/// A configuration that is not read, since an editor put its own ending behind the name:
/// `samvad.toml.txt`.
fn unread_configuration() -> Option<Diagnostic> {
    let mut names: Vec<String> = std::fs::read_dir(".")
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| is_unread_configuration(name))
        .collect();
    names.sort_unstable();
    let name = names.into_iter().next()?;
    let text = std::fs::read_to_string(&name).unwrap_or_default();
    let line = text.lines().next().unwrap_or_default().to_owned();
    Some(Diagnostic {
        severity: Severity::Error,
        code: Code::FileName,
        path: name.clone(),
        line: 1,
        column: 1,
        end_column: 2,
        span: 0..line.chars().next().map_or(0, char::len_utf8),
        text: line,
        message: format!("the configuration is called `{name}` and is not read"),
        hint: Some(format!(
            "rename it to {USUAL_CONFIG}; where the ending does not show, let the folder show endings"
        )),
    })
}

/// Whether a file is most likely meant to be the configuration, under a name nobody reads.
fn is_unread_configuration(name: &str) -> bool {
    let small = name.to_lowercase();
    let endings = [".txt", ".toml", ".text", ".doc", ".docx", ".rtf", ".yaml", ".yml"];
    let doubled = small.strip_prefix(USUAL_CONFIG).is_some_and(|rest| endings.contains(&rest));
    name != USUAL_CONFIG && (doubled || small == USUAL_CONFIG || small == "samvad.txt")
}

/// The flows and their sources, or everything that is wrong, worded for the author.
pub(super) fn load(origins: &OriginArgs) -> Result<(flow::Flows, flow::Sources), String> {
    let config = origins.read_without_secrets().map_err(|errors| errors.to_string())?;
    let geography = Arc::new(Geography::shipped()?);
    let (flows, locales) = (config.flows.as_deref(), config.locales.as_deref());
    let sources = read_sources(flows, locales).map_err(|error| error.to_string())?;
    match load_flows(flows, locales, &geography) {
        Ok(loaded) => Ok((loaded, sources)),
        Err(FlowsError::Wrong(diagnostics)) => {
            let is_error = |found: &&Diagnostic| found.severity == Severity::Error;
            let errors = diagnostics.iter().filter(is_error).count();
            let mut words: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
            words.push(format!("{errors} error(s), {} warning(s)", diagnostics.len() - errors));
            let mut files: Vec<&str> =
                diagnostics.iter().filter(is_error).map(|found| found.path.as_str()).collect();
            files.dedup();
            words.push(format!(
                "no flow runs until every file is right; to be put right: {}",
                files.join(", ")
            ));
            Err(words.join("\n\n"))
        }
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_section_lacks_is_shown_where_it_is_switched_on() {
        let text = "data = \"x\"\n[sms]\nenabled = false\n\n[whatsapp]\n  enabled = true\n[log]\n";
        let line = |section| switched_on(text, section).and_then(|place| text.get(place));
        assert_eq!(line("whatsapp"), Some("  enabled = true"));
        assert_eq!(line("log"), Some("[log]"));
        assert_eq!(line("console"), None);
    }

    #[test]
    fn a_configuration_with_the_ending_of_an_editor_is_known() {
        let known = ["samvad.toml.txt", "samvad.toml.toml", "Samvad.toml", "samvad.txt"];
        for name in known {
            assert!(is_unread_configuration(name), "{name}");
        }
        for name in ["samvad.toml", "samvad.toml~", "samvad.toml.bak", "other.toml.txt"] {
            assert!(!is_unread_configuration(name), "{name}");
        }
    }

    #[test]
    fn a_missed_call_that_begins_no_flow_is_told_where_it_stands() {
        let text = "[sms]\ncallback_url = \"http://127.0.0.1:8080\"\n[sms.accounts.office]\n\
            road = \"kannel\"\nfrom = \"56161\"\nurl = \"http://127.0.0.1:13013/\"\nusername = \"x\"\n\
            [missed_calls.accounts.helpline]\nvendor = \"exotel\"\nflow = \"jion\"\nanswer = \"sms\"\n";
        let config = Config::read_without_secrets(&config::Origins {
            file: Some(("office.toml".into(), text.to_owned())),
            ..config::Origins::default()
        });
        let flow = SourceFile { path: "flows/join.yaml".to_owned(), text: String::new() };
        let sources = flow::Sources { files: vec![flow] };
        let file = SourceFile { path: "office.toml".to_owned(), text: text.to_owned() };
        let told = call_flows(&config.unwrap(), &sources, &file);
        assert_eq!(told.len(), 1);
        insta::assert_snapshot!(told[0], @r#"
        error[unknown-flow]: missed_calls.accounts.helpline.flow: there is no flow `jion`
          --> office.toml:10:8
           |
        10 | flow = "jion"
           |        ^^^^^^
           |
           = help: did you mean "join"?
        "#);
    }

    #[test]
    fn a_finding_about_the_environment_has_no_line_of_the_file() {
        let file = SourceFile { path: "samvad.toml".to_owned(), text: "[sms]\n".to_owned() };
        let errors = ConfigErrors(vec![
            "sms.gateway: name one".to_owned(),
            "the environment says nothing".to_owned(),
        ]);
        let paths: Vec<_> =
            elsewhere(&errors, false, &file).into_iter().map(|one| one.path).collect();
        assert_eq!(paths, ["samvad.toml", "the configuration"]);
        assert_eq!(elsewhere(&errors, true, &file).len(), 1);
    }
}
