//! `samvad serve`.

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::OriginArgs;
use crate::clock::{Clock, Ids};
use crate::config::{Config, Log, LogFormat};
use crate::serve::{Deps, serve};
use crate::vital::Vital;

pub(super) fn run(origins: &OriginArgs) -> anyhow::Result<()> {
    let config = origins.read()?;
    start_logs(&config.log)?;
    super::runtime()?.block_on(run_until_signal(config))
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
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().init(),
    }
    Ok(())
}
