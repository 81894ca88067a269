//! What a server runs the days of broadcasts with that come again: the files of the office, read anew for each.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio_util::sync::CancellationToken;

use super::{load_flows, read_sources};
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::gate::RulesHandle;
use crate::geography::Geography;
use crate::mailing::{DaysMetrics, DaysOptions, MailingError, Office};
use crate::records::RecordsOptions;

pub(super) fn days(
    (config, clock, ids): (&Config, &Clock, &Ids),
    (rules, geography): (&RulesHandle, &Arc<Geography>),
    records: &RecordsOptions,
    halted: Arc<AtomicBool>,
    metrics: DaysMetrics,
    shutdown: &CancellationToken,
) -> DaysOptions {
    let (own, places) = (config.clone(), Arc::clone(geography));
    DaysOptions {
        records: records.clone(),
        reads: Arc::new(move || office(&own, &places)),
        rules: rules.clone(),
        clock: clock.clone(),
        ids: ids.clone(),
        halted,
        metrics,
        shutdown: shutdown.clone(),
    }
}

/// The files of the office as they stand on the disk now: what is compared with what somebody said yes to.
fn office(config: &Config, geography: &Arc<Geography>) -> Result<Office, MailingError> {
    let (flows, locales) = (config.flows.as_deref(), config.locales.as_deref());
    let loaded = load_flows(flows, locales, geography).map_err(|error| {
        tracing::debug!(%error, "the flows are wrong");
        MailingError::Said("the flows on the disk are wrong: samvad check".to_owned())
    })?;
    let texts = read_sources(flows, locales)
        .map_err(|error| MailingError::Said(format!("samvad check: {error}")))?;
    Office::new(config.clone(), Arc::clone(geography), loaded, &texts)
}
