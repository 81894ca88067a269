//! `samvad init`: the folder an office begins with, from inside the program alone.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::schema::Of;
use crate::serve::read_sources;

/// The first flow of an office's own, with its words and transcripts, and what an office configures.
/// The tutorial of docs/flows.md explains them.
const STARTER: [(&str, &str); 9] = [
    ("samvad.toml", include_str!("starter/samvad.toml")),
    ("polls/sample_poll.yaml", include_str!("../../polls/sample_poll.yaml")),
    ("broadcasts/booth_meeting.yaml", include_str!("../../broadcasts/booth_meeting.yaml")),
    ("flows/meeting.yaml", include_str!("starter/flows/meeting.yaml")),
    (
        "flows/rehearsals/meeting-sms.yaml",
        include_str!("starter/flows/rehearsals/meeting-sms.yaml"),
    ),
    (
        "flows/rehearsals/meeting-urdu-cannot-come.yaml",
        include_str!("starter/flows/rehearsals/meeting-urdu-cannot-come.yaml"),
    ),
    ("locales/hi/meeting.ftl", include_str!("starter/locales/hi/meeting.ftl")),
    ("locales/en/meeting.ftl", include_str!("starter/locales/en/meeting.ftl")),
    ("locales/ur/meeting.ftl", include_str!("starter/locales/ur/meeting.ftl")),
];

/// What an office keeps to itself.
const GITIGNORE: &str = "/samvad-data\n/secrets\n";

/// So many files that are in the way are named.
const MOST_NAMED: usize = 5;

/// Writes the folder, and says what to do there.
///
/// # Errors
/// When a file of it is there already (then nothing is written), or the folder cannot be written.
pub(super) fn run(folder: &Path) -> anyhow::Result<()> {
    let files = files()?;
    let there: Vec<String> = files
        .iter()
        .filter(|(path, _)| folder.join(path).exists())
        .map(|(path, _)| folder.join(path).display().to_string())
        .collect();
    if !there.is_empty() {
        let named = there.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = match there.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        bail!("nothing is written, because {named}{more} would be overwritten; name a new folder");
    }
    for (path, text) in &files {
        let path = folder.join(path);
        write_new(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    print!("{}", what_now(folder, files.len()));
    Ok(())
}

/// Every file of the folder, by its path in it.
fn files() -> anyhow::Result<Vec<(PathBuf, String)>> {
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    for (path, text) in STARTER {
        files.push((PathBuf::from(path), text.to_owned()));
    }
    files.push((PathBuf::from(".gitignore"), GITIGNORE.to_owned()));
    for (of, name) in Of::ALL {
        files.push((Path::new("schemas").join(name), of.text()));
    }
    for file in read_sources(None, None)?.files {
        files.push((PathBuf::from(file.path), file.text));
    }
    Ok(files)
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}

fn what_now(folder: &Path, count: usize) -> String {
    format!(
        "\
{count} files are written. The first flow of your own is `meeting`:
  flows/meeting.yaml               the order of things
  locales/hi/meeting.ftl           its words; also in en and ur
  flows/rehearsals/meeting-*.yaml  transcripts that prove it
Everything else in flows and locales came with Samvad and is yours to change; samvad.toml is what the
office configures. Go on with:
  cd {}
  samvad check             is everything right?
  samvad chat meeting      talk to it here
  samvad rehearse meeting  play its transcripts
  samvad                   start the server, with a phone to try it on
",
        folder.display()
    )
}
