//! The office's broadcasts as the command line opens them.

use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;

use crate::broadcast::{Costs, Occurrence, renderings};
use crate::calendar::{TextHash, text_hash};
use crate::cli::OriginArgs;
use crate::geography::Geography;
use crate::mailing::Office;
use crate::serve::{load_flows, read_sources};

/// Everything but the records.
///
/// # Errors
/// The configuration, or the flows, in the words of `samvad check`.
pub(super) fn open(origins: &OriginArgs) -> anyhow::Result<Office> {
    let config = origins.read_without_secrets()?;
    let geography = Arc::new(Geography::shipped().map_err(anyhow::Error::msg)?);
    let folders = (config.flows.as_deref(), config.locales.as_deref());
    let flows = load_flows(folders.0, folders.1, &geography)
        .context("`samvad check` says more; broadcasts wait until the flows are right")?;
    let texts = read_sources(folders.0, folders.1)?;
    Ok(Office::new(config, geography, flows, &texts)?)
}

/// What a broadcast says in a language on a channel, as a committee certifies it.
pub(in crate::cli) struct Said {
    pub(in crate::cli) name: String,
    /// What the hash is of, byte for byte.
    pub(in crate::cli) text: String,
    pub(in crate::cli) hash: TextHash,
    /// The number that its file names.
    pub(in crate::cli) certificate: Option<String>,
}

/// What the broadcasts of an office say, in the order of their names; for `samvad calendar texts`.
///
/// # Errors
/// As [`open`].
pub(in crate::cli) fn texts(origins: &OriginArgs) -> anyhow::Result<Vec<Said>> {
    let office = open(origins)?;
    let any_day = Occurrence { from: None, before: Timestamp::MAX, day: None };
    let mut texts = Vec::new();
    for definition in office.definitions(&[]).0 {
        let frozen = definition.freeze(&any_day);
        for rendering in renderings(&frozen, Costs::default(), None) {
            let (channel, language) = (rendering.channel, rendering.language);
            let Some(text) = frozen.certified_text(channel, language) else { continue };
            let name = format!("{} {channel} {}", frozen.name, language.code());
            let (hash, certificate) = (text_hash(&text), frozen.certificate.clone());
            texts.push(Said { name, text, hash, certificate });
        }
    }
    Ok(texts)
}
