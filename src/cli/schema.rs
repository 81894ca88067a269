//! `samvad schema`: what editors complete and underline by.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::{broadcast, config, flow, poll};

#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Of which kind of file
    #[arg(value_enum, required_unless_present = "out")]
    pub of: Option<Of>,
    /// Write all of them into this folder instead
    #[arg(long, value_name = "DIR", conflicts_with = "of")]
    pub out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Of {
    /// flows/*.yaml
    Flow,
    /// flows/rehearsals/*.yaml
    Rehearsal,
    /// flows/templates/*.yaml
    Template,
    /// flows/dlt/*.yaml
    Dlt,
    /// broadcasts/*.yaml
    Broadcast,
    /// polls/*.yaml
    Poll,
    /// samvad.toml
    Config,
}

impl Of {
    /// Every kind, with the name of its file.
    pub const ALL: [(Of, &'static str); 7] = [
        (Of::Flow, "flow.json"),
        (Of::Rehearsal, "rehearsal.json"),
        (Of::Template, "template.json"),
        (Of::Dlt, "dlt.json"),
        (Of::Broadcast, "broadcast.json"),
        (Of::Poll, "poll.json"),
        (Of::Config, "config.json"),
    ];

    /// The schema.
    #[must_use]
    pub fn schema(self) -> Value {
        match self {
            Of::Flow => flow::flow_schema(),
            Of::Rehearsal => flow::rehearsal_schema(),
            Of::Template => flow::template_schema(),
            Of::Dlt => flow::dlt_schema(),
            Of::Broadcast => broadcast::schema(),
            Of::Poll => poll::schema(),
            Of::Config => config::schema(),
        }
    }

    /// The text of its file.
    #[must_use]
    pub fn text(self) -> String {
        // A tree of words and numbers has always a text.
        let mut text = serde_json::to_string_pretty(&self.schema()).unwrap_or_default();
        text.push('\n');
        text
    }
}

pub(super) fn run(args: &SchemaArgs) -> ExitCode {
    if let Some(of) = args.of {
        print!("{}", of.text());
        return ExitCode::SUCCESS;
    }
    let Some(folder) = &args.out else { return ExitCode::FAILURE };
    let written = std::fs::create_dir_all(folder).and_then(|()| {
        Of::ALL.into_iter().try_for_each(|(of, name)| std::fs::write(folder.join(name), of.text()))
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{} cannot be written: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}
