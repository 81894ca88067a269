//! `samvad graph`: flows as pictures.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::OriginArgs;
use crate::contact::Language;
use crate::flow::{self, Flows, GraphFormat};

#[derive(Debug, Args)]
pub struct GraphArgs {
    /// The flow to draw; otherwise all of them and how they lead to one another
    flow: Option<String>,
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The language of texts and choices: hi, en or ur
    #[arg(long, value_name = "LANGUAGE", default_value = "hi", value_parser = super::chat::language)]
    lang: Language,
    /// Write every flow, and `flows` for all together, into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Mermaid,
    Svg,
}

pub(super) fn run(origins: &OriginArgs, args: &GraphArgs) -> ExitCode {
    match draw(origins, args) {
        Ok(words) => {
            print!("{words}");
            ExitCode::SUCCESS
        }
        Err(words) => {
            eprintln!("{words}");
            ExitCode::FAILURE
        }
    }
}

fn draw(origins: &OriginArgs, args: &GraphArgs) -> Result<String, String> {
    let (flows, _) = super::check::load(origins)?;
    let (format, ending) = match args.format {
        Format::Mermaid => (GraphFormat::Mermaid, "mmd"),
        Format::Svg => (GraphFormat::Svg, "svg"),
    };
    let one = |name: &str| {
        flow::graph(&flows, name, args.lang, format).ok_or_else(|| {
            let names: Vec<&str> = flows.names().collect();
            format!("there is no flow `{name}`; there are {}", names.join(", "))
        })
    };
    let Some(folder) = &args.out else {
        return match &args.flow {
            Some(name) => one(name),
            None => Ok(flow::graph_of_flows(&flows, args.lang, format)),
        };
    };
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    let mut written = Vec::new();
    for name in chosen(&flows, args.flow.as_deref()) {
        written.push(write(folder, name, ending, &one(name)?)?);
    }
    if args.flow.is_none() {
        let all = flow::graph_of_flows(&flows, args.lang, format);
        written.push(write(folder, "flows", ending, &all)?);
    }
    Ok(written.concat())
}

fn chosen<'f>(flows: &'f Flows, only: Option<&'f str>) -> Vec<&'f str> {
    only.map_or_else(|| flows.names().collect(), |name| vec![name])
}

fn write(folder: &Path, name: &str, ending: &str, text: &str) -> Result<String, String> {
    let path = folder.join(format!("{name}.{ending}"));
    std::fs::write(&path, text)
        .map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    Ok(format!("{}\n", path.display()))
}
