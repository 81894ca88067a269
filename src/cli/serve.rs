//! `samvad serve`.

use std::ffi::OsString;
use std::io::IsTerminal as _;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::OriginArgs;
use crate::clock::{Clock, Ids};
use crate::config::{Config, Log, LogFormat};
use crate::flow::Diagnostic;
use crate::geography::Geography;
use crate::serve::{Deps, serve};
use crate::vital::Vital;

pub(super) fn run(origins: &OriginArgs) -> anyhow::Result<()> {
    let config = origins.read()?;
    start_logs(&config.log)?;
    tell_polls(&config);
    super::runtime()?.block_on(run_until_signal(config))
}

/// What is wrong in the files of polls keeps nobody from being served: no poll is opened from such a file.
fn tell_polls(config: &Config) {
    let found = Geography::shipped()
        .map_err(anyhow::Error::msg)
        .and_then(|geography| super::poll::found(config, &geography));
    match found {
        Ok((found, _)) => {
            for Diagnostic { path, line, message, .. } in found {
                tracing::warn!(path, line, "{message}; `samvad poll check` says more");
            }
        }
        Err(error) => tracing::warn!("the polls cannot be read: {error:#}"),
    }
}

async fn run_until_signal(config: Config) -> anyhow::Result<()> {
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!(
            "cannot listen on {}: is another server there? Choose another with --listen",
            config.listen
        )
    })?;
    let shutdown = CancellationToken::new();
    let stop = shutdown.clone();
    let deps =
        Deps { clock: Clock::System, ids: Ids::system(), announce: true, vital: Vital::default() };
    let server = serve(config, listener, shutdown, deps);
    tokio::pin!(server);
    tokio::select! {
        ended = &mut server => return Ok(ended?),
        signal = wait_for_signal() => {
            tracing::info!(signal = signal?, "stopping: no new work is taken, what is under way is finished");
            stop.cancel();
        }
    }
    // A second signal ends it at once; what is uncommitted was not acknowledged.
    tokio::select! {
        ended = &mut server => Ok(ended?),
        _ = wait_for_signal() => anyhow::bail!("stopped by a second signal before everything was finished"),
    }
}

async fn wait_for_signal() -> anyhow::Result<&'static str> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    })
}

fn start_logs(log: &Log) -> anyhow::Result<()> {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_new(&log.level)
        .with_context(|| format!("log.level: \"{}\" is no level and no filter", log.level))?;
    let coloured = is_coloured(std::io::stderr().is_terminal(), std::env::var_os("NO_COLOR"));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(coloured)
        .with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().init(),
    }
    Ok(())
}

/// Whether the log is coloured. A file and a journal would keep the signs that only a terminal reads as
/// colours; `NO_COLOR` with anything in it wants none (no-color.org).
fn is_coloured(is_terminal: bool, no_color: Option<OsString>) -> bool {
    is_terminal && no_color.is_none_or(|value| value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_terminal_that_wants_them_gets_colours() {
        let given = |value: &str| Some(OsString::from(value));
        for (is_terminal, no_color, coloured) in [
            (true, None, true),
            (true, given(""), true),
            (true, given("1"), false),
            (false, None, false),
            (false, given("1"), false),
        ] {
            assert_eq!(is_coloured(is_terminal, no_color.clone()), coloured, "{no_color:?}");
        }
    }
}
