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
    flow::load(&sources, Arc::clone(geography)).map_err(FlowsError::Wrong)
}

fn is_source(path: &str) -> bool {
    let extension = Path::new(path).extension().and_then(std::ffi::OsStr::to_str);
    matches!(extension, Some("yaml" | "yml" | "ftl"))
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
        let relative = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        // Editors leave half-written copies beside the file.
        if is_source(&relative) && !relative.contains("/.") && !relative.starts_with('.') {
            let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
            files.insert(format!("{name}/{relative}"), text);
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

/// Puts edited flows in force when they check; keeps the old ones, and says why, when they do not.
pub(super) async fn keep_fresh(watch: Watch) {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut hangup) = signal(SignalKind::hangup()) else {
        tracing::error!("SIGHUP cannot be heard; flows are not reloaded");
        return watch.shutdown.cancelled().await;
    };
    let mut seen = watch.stamp();
    loop {
        tokio::select! {
            () = watch.shutdown.cancelled() => return,
            _ = hangup.recv() => {
                seen = watch.stamp();
                watch.reload().await;
            }
            () = tokio::time::sleep(Duration::from_secs(1)), if watch.automatic => {
                let stamp = watch.stamp();
                if stamp != seen {
                    seen = stamp;
                    watch.reload().await;
                }
            }
        }
    }
}

impl Watch {
    async fn reload(&self) {
        match load_flows(self.flows.as_deref(), self.locales.as_deref(), &self.geography) {
            Ok(flows) => {
                let number = self.whatsapp_number.as_deref();
                self.handle.replace(flows.with_whatsapp_number(number));
                self.metrics.flows_reloaded.inc();
                self.state.publish(LiveEvent::FlowsReloaded).await;
                tracing::info!("edited flows are in force");
            }
            Err(error) => {
                self.metrics.flows_refused.inc();
                tracing::warn!("edited flows were not taken, the old ones stay in force\n{error}");
            }
        }
    }

    /// Path and time of change of every file that counts.
    fn stamp(&self) -> Vec<(PathBuf, Option<SystemTime>)> {
        let mut stamp = Vec::new();
        for folder in [&self.flows, &self.locales].into_iter().flatten() {
            stamp_folder(folder, &mut stamp);
        }
        stamp.sort();
        stamp
    }
}

fn stamp_folder(folder: &Path, stamp: &mut Vec<(PathBuf, Option<SystemTime>)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            stamp_folder(&path, stamp);
        } else {
            let changed = entry.metadata().and_then(|metadata| metadata.modified()).ok();
            stamp.push((path, changed));
        }
    }
}
