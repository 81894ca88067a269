//! `samvad dlt`: what an office registers at India's operators so that its flows may speak by SMS.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};

use super::{OriginArgs, broadcast};
use crate::broadcast::BOOK;
use crate::contact::Language;
use crate::dlt::{Category, Proposal, Registry, Standing};
use crate::flow::{self, Diagnostic, Flows, Severity, SourceFile, Sources};
use crate::geography::Geography;
use crate::segments::measure;
use crate::serve::read_sources;

#[derive(Debug, Subcommand)]
pub enum DltCommand {
    /// Write the templates that the texts of flows and broadcasts need and the registry lacks, as a file of flows/dlt/
    Propose(ProposeArgs),
}

#[derive(Debug, Args)]
pub struct ProposeArgs {
    /// The file to write, flows/dlt/proposed.yaml; must not exist yet. Without it they are printed
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Only of these languages: hi, en, ur
    #[arg(long, value_name = "LANGUAGE", value_delimiter = ',')]
    pub language: Vec<String>,
    /// Only of these flows; `common` and `notices` are what every flow says, `broadcasts` what broadcasts say
    #[arg(long, value_name = "FLOW", value_delimiter = ',')]
    pub flow: Vec<String>,
    /// What they are registered for
    #[arg(long, value_enum, default_value_t)]
    pub category: Registered,
}

/// What a template is registered for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Registered {
    /// About what the person asked for
    #[default]
    Service,
    /// Whatever advertises
    Promotional,
    /// One-time codes
    Transactional,
}

impl Registered {
    const fn category(self) -> Category {
        match self {
            Registered::Service => Category::Service,
            Registered::Promotional => Category::Promotional,
            Registered::Transactional => Category::Transactional,
        }
    }
}

pub(super) fn run(origins: &OriginArgs, command: &DltCommand) -> ExitCode {
    let DltCommand::Propose(args) = command;
    match propose(origins, args) {
        Ok(words) => {
            eprintln!("{words}");
            ExitCode::SUCCESS
        }
        Err(words) => {
            eprintln!("{words}");
            ExitCode::FAILURE
        }
    }
}

fn propose(origins: &OriginArgs, args: &ProposeArgs) -> Result<String, String> {
    let unknown = args.language.iter().find(|code| Language::from_code(code).is_none());
    if let Some(unknown) = unknown {
        return Err(format!("there is no language {unknown}; hi, en or ur"));
    }
    let Loaded { flows, broadcasts } = load(origins)?;
    let known: Vec<&str> = flows.names().chain(["common", "notices", BOOK]).collect();
    if let Some(unknown) = args.flow.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(format!("there is no flow {unknown}; one of: {}", known.join(", ")));
    }
    leaves_out(&flows, args)?;
    let (text, count) = file(&flows, &broadcasts, args);
    let waiting = waiting(&flows);
    if count == 0 {
        let mut told = "nothing is lacking: every text has its template".to_owned();
        if let Some(waiting) = waiting {
            told.push_str("; but ");
            told.push_str(&waiting);
        }
        return Ok(told);
    }
    let mut told = format!(
        "{count} templates are to be registered. Look them over first: operators want the party's name in each, and no variable at its end"
    );
    if let Some(waiting) = waiting {
        told.push_str(". Besides: ");
        told.push_str(&waiting);
    }
    let Some(path) = &args.out else {
        print!("{text}");
        return Ok(told);
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let made = folder.map_or(Ok(()), std::fs::create_dir_all);
    let written = made.and_then(|()| {
        let mut file = std::fs::File::create_new(path)?;
        std::io::Write::write_all(&mut file, text.as_bytes())
    });
    match written {
        Ok(()) => Ok(format!("{told}. They stand in {}", path.display())),
        Err(error) => Err(format!("{} cannot be written: {error}", path.display())),
    }
}

/// # Errors
/// What is asked for does not go by SMS, as the registry says.
fn leaves_out(flows: &Flows, args: &ProposeArgs) -> Result<(), String> {
    let Some(registry) = flows.registry() else { return Ok(()) };
    let asked = args.language.iter().filter_map(|code| Language::from_code(code));
    if let Some(language) = asked.into_iter().find(|language| !registry.speaks(*language)) {
        return Err(format!(
            "{} does not go by SMS: write it under `languages` in flows/dlt/ first",
            language.code()
        ));
    }
    // What a broadcast says by SMS its own file tells.
    let asked = args.flow.iter().filter(|flow| *flow != BOOK);
    match asked.into_iter().find(|flow| !registry.has_flow(flow)) {
        Some(flow) => Err(format!(
            "the flow {flow} does not go by SMS: write it under `flows` in flows/dlt/ first"
        )),
        None => Ok(()),
    }
}

/// How many templates of the registry have no id yet, and what comes next; `None` when all have one.
fn waiting(flows: &Flows) -> Option<String> {
    let templates = &flows.registry()?.templates;
    let waiting =
        templates.iter().filter(|template| template.standing == Standing::Proposed).count();
    let next = "register each text on the DLT portal, and write its `id` as it comes";
    match waiting {
        0 => None,
        all if all == templates.len() => Some(format!(
            "none of the {all} templates in flows/dlt/ has its id: {next}. From the first id on nothing else leaves by SMS"
        )),
        some => Some(format!(
            "{some} of the {} templates in flows/dlt/ have no id: {next}. Nothing leaves by them until then",
            templates.len()
        )),
    }
}

/// What an office says by SMS.
struct Loaded {
    flows: Flows,
    /// What its broadcasts lack.
    broadcasts: Vec<Proposal>,
}

fn load(origins: &OriginArgs) -> Result<Loaded, String> {
    let config = origins.read_without_secrets().map_err(|errors| errors.to_string())?;
    let sources = read_sources(config.flows.as_deref(), config.locales.as_deref());
    let sources = sources.map_err(|error| error.to_string())?;
    let geography = Arc::new(Geography::shipped()?);
    let wrong = |findings: Vec<Diagnostic>| {
        let errors = findings.iter().filter(|found| found.severity == Severity::Error);
        errors.map(Diagnostic::to_string).collect::<Vec<_>>().join("\n\n")
    };
    let flows = flow::propose(&sources, Arc::clone(&geography)).map_err(wrong)?;
    let is_of_registry = |file: &SourceFile| file.path.starts_with("flows/dlt/");
    let files = sources.files.iter().filter(|file| !is_of_registry(file)).cloned().collect();
    let unbound = flow::load(&Sources { files }, Arc::clone(&geography)).map_err(wrong)?;
    let none = Registry::default();
    let registry = flows.registry().unwrap_or(&none);
    let broadcasts = broadcast::proposals(&config, &unbound, &geography, &sources, registry)
        .map_err(|error| format!("{error:#}"))?;
    Ok(Loaded { flows, broadcasts })
}

/// The file, and how many templates stand in it.
fn file(flows: &Flows, broadcasts: &[Proposal], args: &ProposeArgs) -> (String, usize) {
    let none = Registry::default();
    let registry = flows.registry().unwrap_or(&none);
    let wanted = |proposal: &Proposal| {
        let of_language = args.language.is_empty()
            || args.language.iter().any(|code| code == proposal.language.code());
        let of_flow = args.flow.is_empty() || args.flow.contains(&proposal.book);
        of_language && of_flow
    };
    let lacking = flows.lacking().iter().map(|lacking| &lacking.proposal);
    let proposals: Vec<_> = lacking.chain(broadcasts).filter(|proposal| wanted(proposal)).collect();
    let parts: usize = proposals.iter().map(|one| measure(&one.longest()).parts).sum();
    let mut text = format!(
        "# {} DLT templates to be registered, written by `samvad dlt propose`. With the longest values\n\
         # they are {parts} parts of an SMS together. Register each text exactly as it stands here, then\n\
         # write the id that the portal gave it: id: '1107…'. Nothing leaves by one that has no id.\n",
        proposals.len()
    );
    if registry.entity.is_none() {
        text.push_str("# entity: '1101…'        # the principal entity's 19 digits\n");
    }
    text.push_str("templates:\n");
    for proposal in &proposals {
        text.push_str(&proposal.entry(registry, args.category.category()));
    }
    (text, proposals.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::fixture;

    fn office(registry: &str) -> Flows {
        let mut sources = fixture::sources();
        let path = "flows/dlt/registry.yaml".to_owned();
        sources.files.push(SourceFile { path, text: registry.to_owned() });
        flow::load(&sources, fixture::geography()).unwrap()
    }

    #[test]
    fn templates_without_an_id_are_counted_with_what_comes_next() {
        let entity = "entity: '1101161000000000001'\ntemplates:\n";
        let one = "  a: {id: '1107161000000000001', text: नमस्ते जी}\n";
        let (b, c) = ("  b: {text: धन्यवाद जी}\n", "  c: {text: फिर मिलेंगे जी}\n");
        let told =
            |templates: &[&str]| waiting(&office(&format!("{entity}{}", templates.concat())));
        assert_eq!(told(&[one]), None);
        let some = told(&[one, b, c]).unwrap();
        assert!(some.starts_with("2 of the 3 templates") && some.contains("portal"), "{some}");
        let none = told(&[b, c]).unwrap();
        assert!(none.starts_with("none of the 2 templates"), "{none}");
        assert_eq!(waiting(&fixture::flows()), None);
    }

    #[test]
    fn what_does_not_go_by_sms_is_not_proposed() {
        let flows = office("languages: [hi]\nflows: [join]\n");
        let asked = |language: &[&str], flow: &[&str]| {
            let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
            let args = ProposeArgs {
                out: None,
                language: list(language),
                flow: list(flow),
                category: Registered::Service,
            };
            leaves_out(&flows, &args)
        };
        assert_eq!(asked(&["hi"], &["join", "common"]), Ok(()));
        assert!(asked(&["hi", "en"], &[]).unwrap_err().contains("`languages`"));
        assert!(asked(&[], &["greeting"]).unwrap_err().contains("`flows`"));
    }
}
