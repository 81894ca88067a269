//! Reading flow files from disk or from inside the program, and keeping them fresh.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rust_embed::RustEmbed;
use tokio_util::sync::CancellationToken;

use crate::flow::{self, Diagnostic, Flows, SourceFile, Sources};
use crate::geography::Geography;
use crate::intake::FlowsHandle;
use crate::metrics::Metrics;
use crate::state::{LiveEvent, State};

#[derive(RustEmbed)]
#[folder = "flows"]
struct EmbeddedFlows;

#[derive(RustEmbed)]
#[folder = "locales"]
struct EmbeddedLocales;

/// Why flows are not in force.
#[derive(Debug)]
pub enum FlowsError {
    Unreadable {
        path: PathBuf,
        error: std::io::Error,
    },
    /// Everything `check` found, errors among it.
    Wrong(Vec<Diagnostic>),
}

impl fmt::Display for FlowsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FlowsError::Unreadable { path, error } => {
                write!(formatter, "{} cannot be read: {error}", path.display())
            }
            FlowsError::Wrong(diagnostics) => {
                writeln!(formatter, "the flows do not check:")?;
                for diagnostic in diagnostics {
                    writeln!(formatter, "{diagnostic}")?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for FlowsError {}

/// Every flow, text and rehearsal: from the folders, or from inside the program where none is named.
///
/// # Errors
/// [`FlowsError::Unreadable`].
pub fn read_sources(flows: Option<&Path>, locales: Option<&Path>) -> Result<Sources, FlowsError> {
    let mut files = BTreeMap::new();
    match flows {
        Some(folder) => read_folder(folder, folder, "flows", &mut files)?,
        None => read_embedded::<EmbeddedFlows>("flows", &mut files),
    }
    match locales {
        Some(folder) => read_folder(folder, folder, "locales", &mut files)?,
        None => read_embedded::<EmbeddedLocales>("locales", &mut files),
    }
    let files = files.into_iter().map(|(path, text)| SourceFile { path, text }).collect();
    Ok(Sources { files })
}

/// Reads and checks; what does not check is not given.
///
/// # Errors
/// [`FlowsError`] with everything that is wrong.
pub fn load_flows(
    flows: Option<&Path>,
    locales: Option<&Path>,
    geography: &Arc<Geography>,
) -> Result<Flows, FlowsError> {
    let sources = read_sources(flows, locales)?;
    let flows = flow::load(&sources, Arc::clone(geography)).map_err(FlowsError::Wrong)?;
    Ok(flows.with_polls(crate::poll::asked::staged))
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

/// Whether a file of the folders is one of ours: editors leave half-written copies beside it.
fn counts(relative: &str) -> bool {
    is_source(relative) && !relative.contains("/.") && !relative.starts_with('.')
}

fn is_source(path: &str) -> bool {
    // Some editors put their own ending behind ours, or in its place; `check` says so.
    let extension = Path::new(path).extension().and_then(std::ffi::OsStr::to_str);
    let small = extension.map(str::to_ascii_lowercase);
    match small.as_deref() {
        None | Some("yaml" | "yml" | "ftl" | "txt") => true,
        Some("doc" | "docx" | "odt" | "rtf" | "json") => has_our_ending_inside(path),
        Some(_) => false,
    }
}

fn has_our_ending_inside(path: &str) -> bool {
    [".yaml.", ".yml.", ".ftl."].iter().any(|ours| path.contains(ours))
}

/// Whether a file is none of ours whatever its place: notes and the like, which an office may keep
/// beside its flows. A flow that lost its ending is told by `check`.
fn is_a_note(path: &str, text: &str) -> bool {
    let extension = Path::new(path).extension().and_then(std::ffi::OsStr::to_str);
    let plain = extension.is_none_or(|extension| extension.eq_ignore_ascii_case("txt"));
    let begins_like_ours = text.lines().any(|line| {
        ["flow:", "rehearse:", "template:"].iter().any(|first| line.starts_with(first))
    });
    plain && !has_our_ending_inside(path) && !begins_like_ours
}

fn read_embedded<E: RustEmbed>(name: &str, files: &mut BTreeMap<String, String>) {
    for path in E::iter() {
        if is_source(&path)
            && let Some(file) = E::get(&path)
        {
            let text = String::from_utf8_lossy(&file.data).into_owned();
            files.insert(format!("{name}/{path}"), text);
        }
    }
}

fn read_folder(
    root: &Path,
    folder: &Path,
    name: &str,
    files: &mut BTreeMap<String, String>,
) -> Result<(), FlowsError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error| FlowsError::Unreadable { path, error }
    };
    for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        if path.is_dir() {
            read_folder(root, &path, name, files)?;
            continue;
        }
        let relative = relative(root, &path);
        if counts(&relative) {
            // What is not UTF-8 is told by `check` at its place, beside everything else.
            let bytes = std::fs::read(&path).map_err(unreadable(&path))?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if !is_a_note(&relative, &text) {
                files.insert(format!("{name}/{relative}"), text);
            }
        }
    }
    Ok(())
}

/// What is watched, and who is told.
pub(super) struct Watch {
    pub handle: FlowsHandle,
    pub flows: Option<PathBuf>,
    pub locales: Option<PathBuf>,
    /// Our number in the links members share.
    pub whatsapp_number: Option<String>,
    pub geography: Arc<Geography>,
    /// Look by ourselves; otherwise only on SIGHUP.
    pub automatic: bool,
    pub state: State,
    pub metrics: Arc<Metrics>,
    pub shutdown: CancellationToken,
}

/// How often the folders are looked at. An edited file is taken at the second look in a row that
/// finds it the same: one that is still being written is left alone.
const LOOK: Duration = Duration::from_millis(400);

/// Puts edited flows in force when they check; keeps the old ones, and says why, when they do not.
pub(super) async fn keep_fresh(watch: Watch) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        tracing::error!("SIGHUP cannot be heard; flows are not reloaded");
        return watch.shutdown.cancelled().await;
    };
    // The files as they were when they were last read, and at the last look.
    let mut read = watch.stamp();
    let mut looked = read.clone();
    let mut told = None;
    loop {
        tokio::select! {
            () = watch.shutdown.cancelled() => return,
            _ = hangup.recv() => {
                looked = watch.stamp();
                read.clone_from(&looked);
                told = None;
                watch.reload(&mut told).await;
            }
            () = tokio::time::sleep(LOOK), if watch.automatic => {
                let stamp = watch.stamp();
                let rests = stamp == looked;
                looked = stamp;
                // What could not be read (a file between two names, say) is tried again.
                if rests && looked != read && watch.reload(&mut told).await == Reloaded::Settled {
                    read.clone_from(&looked);
                }
            }
        }
    }
}

/// Whether the files were read, whatever came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reloaded {
    Settled,
    Unreadable,
}

impl Watch {
    /// `told` is what was last said against the files: the same is not said twice.
    async fn reload(&self, told: &mut Option<String>) -> Reloaded {
        match load_flows(self.flows.as_deref(), self.locales.as_deref(), &self.geography) {
            Ok(flows) => {
                let number = self.whatsapp_number.as_deref();
                self.handle.replace(flows.with_whatsapp_number(number));
                self.metrics.flows_reloaded.inc();
                self.state.publish(LiveEvent::FlowsReloaded).await;
                tracing::info!("edited flows are in force");
                *told = None;
                Reloaded::Settled
            }
            Err(error) => {
                let words = error.to_string();
                if told.as_ref() != Some(&words) {
                    self.metrics.flows_refused.inc();
                    tracing::warn!(
                        "edited flows were not taken, the old ones stay in force\n{words}"
                    );
                    *told = Some(words);
                }
                match error {
                    FlowsError::Wrong(_) => Reloaded::Settled,
                    FlowsError::Unreadable { .. } => Reloaded::Unreadable,
                }
            }
        }
    }

    /// Path and time of change of every file that counts.
    fn stamp(&self) -> Stamp {
        stamp([self.flows.as_deref(), self.locales.as_deref()])
    }
}

/// Path and time of change of files: by it one sees that one of them changed.
pub type Stamp = Vec<(PathBuf, Option<SystemTime>)>;

/// That of every file of flows and texts in these folders.
#[must_use]
pub fn stamp(folders: [Option<&Path>; 2]) -> Stamp {
    let mut stamp = Vec::new();
    for folder in folders.into_iter().flatten() {
        stamp_folder(folder, folder, &mut stamp);
    }
    stamp.sort();
    stamp
}

fn stamp_folder(root: &Path, folder: &Path, stamp: &mut Stamp) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            stamp_folder(root, &path, stamp);
        } else if counts(&relative(root, &path)) {
            let changed = entry.metadata().and_then(|metadata| metadata.modified()).ok();
            stamp.push((path, changed));
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_new_file_in_an_embedded_folder_makes_the_program_anew() {
        let build = include_str!("../../build.rs");
        for source in [include_str!("flows.rs"), include_str!("../console/simulator/assets.rs")] {
            let embedded = source.lines().filter_map(|line| line.strip_prefix("#[folder = \""));
            let folders: Vec<&str> = embedded.filter_map(|rest| rest.split('"').next()).collect();
            assert!(!folders.is_empty());
            for folder in folders {
                let named = format!("\"{}\"", folder.trim_end_matches('/'));
                assert!(build.contains(&named), "build.rs does not watch {folder}");
            }
        }
    }
}
