//! What an office's broadcasts are read with: its flows, texts, places, numbers and lists.

use std::path::Path;
use std::sync::Arc;

use super::MailingError;
use crate::audience::{Area, Names, area_of};
use crate::broadcast::{Around, Costs, Definition, Load, Sender, is_broadcast, read};
use crate::config::Config;
use crate::dlt::{Proposal, Registry};
use crate::flow::{self, Diagnostic, Flows, Severity, SourceFile, Sources};
use crate::geography::Geography;
use crate::message::Channel;
use crate::places::{Booths, Tree};

/// What a list of numbers may be.
const LISTS: [&str; 2] = ["csv", "xlsx"];

/// Everything but the records.
pub struct Office {
    pub config: Config,
    pub geography: Arc<Geography>,
    pub flows: Flows,
    /// The files of `broadcasts/` and the texts.
    sources: Sources,
    senders: Vec<Sender>,
    /// The tags somebody has; `None`: the records were not asked.
    tags: Option<Vec<String>>,
    /// How many people a day WhatsApp said last that may be written to, as far as the records know.
    people_a_day_said: Option<u64>,
}

impl Office {
    /// `texts` are the sources of these flows: what broadcasts say by SMS stands among them.
    ///
    /// # Errors
    /// The folder of the broadcasts cannot be read.
    pub fn new(
        config: Config,
        geography: Arc<Geography>,
        flows: Flows,
        texts: &Sources,
    ) -> Result<Office, MailingError> {
        let sources = sources(config.broadcasts.as_deref(), texts)?;
        let senders = senders(&config);
        Ok(Office {
            config,
            geography,
            flows,
            sources,
            senders,
            tags: None,
            people_a_day_said: None,
        })
    }

    /// From here on an audience may name these tags and no other.
    pub fn know_tags(&mut self, tags: Vec<String>) {
        self.tags = Some(tags);
    }

    /// From here on times are reckoned with what the provider allows.
    pub fn know_tier(&mut self, people_a_day: Option<u64>) {
        self.people_a_day_said = people_a_day.filter(|said| *said != u64::MAX);
    }

    /// The folder of the broadcasts.
    ///
    /// # Errors
    /// There is none.
    pub fn folder(&self) -> Result<&Path, MailingError> {
        let Some(folder) = &self.config.broadcasts else {
            return Err(MailingError::said(
                "there is no folder broadcasts/ here; docs/broadcasts.md shows how one begins, or name it in samvad.toml: [broadcast] folder",
            ));
        };
        Ok(folder)
    }

    /// Every broadcast that is right, and everything that is wrong; `known`: broadcasts that were sent.
    pub fn definitions(&self, known: &[String]) -> (Vec<Definition>, Vec<Diagnostic>) {
        let names = self.names(known, None);
        let around = Around {
            flows: &self.flows,
            geography: &self.geography,
            names: &names,
            senders: &self.senders,
            templates_at_vendor: &self.config.rules.templates_at_vendor,
        };
        let (definitions, mut found) = read(&self.sources, &around);
        for finding in &mut found {
            finding.path = on_disk(&self.config, &finding.path);
        }
        (definitions, found)
    }

    /// One of them.
    ///
    /// # Errors
    /// There is none of this name, or it has mistakes, which are shown.
    pub fn definition(&self, name: &str, known: &[String]) -> Result<Definition, MailingError> {
        let folder = self.folder()?;
        let (definitions, found) = self.definitions(known);
        if let Some(definition) = definitions.into_iter().find(|one| one.name == name) {
            return Ok(definition);
        }
        let own = format!("{name}.yaml");
        let mine: Vec<String> = found
            .iter()
            .filter(|finding| finding.severity == Severity::Error && finding.path.ends_with(&own))
            .map(ToString::to_string)
            .collect();
        if !mine.is_empty() {
            return Err(MailingError::said(mine.join("\n\n")));
        }
        let files: Vec<&str> = files_of(&self.sources);
        let hint = match flow::nearest(name, files.iter().copied()) {
            Some(near) => format!("; did you mean {near}?"),
            None if files.is_empty() => String::new(),
            None => format!("; there are {}", files.join(", ")),
        };
        Err(MailingError::said(format!("there is no {}{hint}", folder.join(own).display())))
    }

    /// `booths` are those of the records; `None`: nobody asked for them, and every sector may have some.
    pub fn names(&self, known: &[String], booths: Option<Booths>) -> OfficeNames<'_> {
        let mut broadcasts: Vec<String> =
            files_of(&self.sources).into_iter().map(str::to_owned).collect();
        broadcasts.extend(known.iter().cloned());
        OfficeNames {
            tree: Tree::new(&self.geography),
            broadcasts,
            polls: polls(&self.config),
            lists: self.config.broadcasts.as_deref().map(lists).unwrap_or_default(),
            tags: self.tags.clone(),
            booths,
        }
    }

    pub fn costs(&self) -> Costs {
        let costs = self.config.costs;
        Costs {
            whatsapp_marketing: costs.whatsapp_marketing,
            whatsapp_utility: costs.whatsapp_utility,
            sms_part: costs.sms_part,
        }
    }

    /// What so many people by each number of ours are for the clock.
    pub fn loads<'s>(
        &self,
        people: impl IntoIterator<Item = (&'s Sender, u64)>,
        by_day: bool,
    ) -> Vec<Load> {
        let mut loads = Vec::new();
        let mut on_whatsapp = 0;
        for (sender, people) in people {
            let per_second = if sender.channel == Channel::Whatsapp {
                on_whatsapp += people;
                self.config.whatsapp.as_ref().map(|known| f64::from(known.throughput))
            } else {
                let mut accounts = self.config.sms.iter().flat_map(|sms| &sms.accounts);
                let own = accounts.find(|known| known.name == sender.account);
                own.and_then(|account| account.per_second)
            };
            let by_day = by_day && sender.channel == Channel::Sms;
            loads.push(Load { people, per_second, per_day: None, by_day });
        }
        // All numbers share what a day allows.
        let own = self.config.whatsapp.as_ref().and_then(|known| known.tier);
        if let Some(tier) = own.into_iter().chain(self.people_a_day_said).min() {
            loads.push(Load {
                people: on_whatsapp,
                per_second: None,
                per_day: Some(tier),
                by_day: false,
            });
        }
        loads
    }
}

/// What audiences may name.
pub struct OfficeNames<'g> {
    pub tree: Tree<'g>,
    broadcasts: Vec<String>,
    polls: Vec<String>,
    lists: Vec<String>,
    tags: Option<Vec<String>>,
    booths: Option<Booths>,
}

impl OfficeNames<'_> {
    /// Where nothing but places is asked about.
    pub fn of_places(geography: &Geography) -> OfficeNames<'_> {
        OfficeNames {
            tree: Tree::new(geography),
            broadcasts: Vec::new(),
            polls: Vec::new(),
            lists: Vec::new(),
            tags: None,
            booths: None,
        }
    }

    /// What the files of an office name; nobody looks into its records.
    fn of_files<'g>(
        config: &Config,
        geography: &'g Geography,
        sources: &Sources,
    ) -> OfficeNames<'g> {
        OfficeNames {
            tree: Tree::new(geography),
            broadcasts: files_of(sources).into_iter().map(str::to_owned).collect(),
            polls: polls(config),
            lists: config.broadcasts.as_deref().map(lists).unwrap_or_default(),
            tags: None,
            booths: None,
        }
    }

    /// A sector with its booths.
    ///
    /// # Errors
    /// It has none: nobody could be found in it by their booth or post.
    fn sector(&self, assembly: u16, number: u16) -> Result<Area, String> {
        let known = self.booths.as_ref().map(|booths| booths.of_sector(assembly, number));
        if known.as_ref().is_some_and(Vec::is_empty) {
            return Err(format!(
                "no booth lies in it: `samvad places list assembly:{assembly}` shows the sectors, `samvad places import` takes them"
            ));
        }
        let elsewhere = self.booths.as_ref().map(|booths| booths.elsewhere(assembly, number));
        let (booths, elsewhere) = (known.unwrap_or_default(), elsewhere.unwrap_or_default());
        Ok(Area::Sector { assembly, number, booths, elsewhere })
    }
}

impl Names for OfficeNames<'_> {
    fn area(&self, text: &str) -> Result<Area, String> {
        match area_of(&self.tree, text)? {
            Area::Sector { assembly, number, .. } => self.sector(assembly, number),
            other => Ok(other),
        }
    }

    fn broadcasts(&self) -> Vec<String> {
        self.broadcasts.clone()
    }

    fn polls(&self) -> Vec<String> {
        self.polls.clone()
    }

    fn tags(&self) -> Vec<String> {
        self.tags.clone().unwrap_or_default()
    }

    fn knows_tags(&self) -> bool {
        self.tags.is_some()
    }

    fn lists(&self) -> Vec<String> {
        self.lists.clone()
    }
}

/// Everything wrong in the broadcasts of an office whose flows are right; for `samvad check`.
///
/// # Errors
/// The folder cannot be read.
pub fn found(
    config: &Config,
    flows: &Flows,
    geography: &Geography,
    texts: &Sources,
) -> Result<(Vec<Diagnostic>, Vec<String>), MailingError> {
    let sources = sources(config.broadcasts.as_deref(), texts)?;
    let names = OfficeNames::of_files(config, geography, &sources);
    let senders = senders(config);
    let templates_at_vendor = &config.rules.templates_at_vendor;
    let around = Around { flows, geography, names: &names, senders: &senders, templates_at_vendor };
    let (_, mut found) = read(&sources, &around);
    for finding in &mut found {
        finding.path = on_disk(config, &finding.path);
    }
    let paths = sources.files.iter().filter(|file| is_broadcast(&file.path));
    Ok((found, paths.map(|file| on_disk(config, &file.path)).collect()))
}

/// What is to be registered at the operators before the broadcasts of an office may speak by SMS. `flows` are those
/// of an office without a registry: by one of its own a broadcast that lacks a template is wrong, and not read.
///
/// # Errors
/// The folder cannot be read.
pub fn proposals(
    config: &Config,
    flows: &Flows,
    geography: &Geography,
    texts: &Sources,
    registry: &Registry,
) -> Result<Vec<Proposal>, MailingError> {
    let sources = sources(config.broadcasts.as_deref(), texts)?;
    let names = OfficeNames::of_files(config, geography, &sources);
    let senders = senders(config);
    let templates_at_vendor = &config.rules.templates_at_vendor;
    let around = Around { flows, geography, names: &names, senders: &senders, templates_at_vendor };
    let (definitions, _) = read(&sources, &around);
    Ok(definitions.iter().flat_map(|definition| definition.proposals(registry)).collect())
}

/// As the author finds it.
fn on_disk(config: &Config, path: &str) -> String {
    let folders = [("broadcasts/", &config.broadcasts), ("locales/", &config.locales)];
    let found = folders.into_iter().find_map(|(name, folder)| {
        Some(folder.as_ref()?.join(path.strip_prefix(name)?).display().to_string())
    });
    found.unwrap_or_else(|| path.to_owned())
}

fn files_of(sources: &Sources) -> Vec<&str> {
    let files = sources.files.iter().filter(|file| is_broadcast(&file.path));
    files
        .filter_map(|file| Path::new(&file.path).file_stem().and_then(|stem| stem.to_str()))
        .collect()
}

/// The files of the folder, and the texts.
fn sources(folder: Option<&Path>, texts: &Sources) -> Result<Sources, MailingError> {
    let mut files: Vec<SourceFile> =
        texts.files.iter().filter(|file| file.path.starts_with("locales/")).cloned().collect();
    for name in names_in(folder)? {
        let path = format!("broadcasts/{name}");
        let Some(folder) = folder.filter(|_| is_broadcast(&path)) else { continue };
        let own = folder.join(&name);
        let bytes = std::fs::read(&own).map_err(|error| MailingError::unreadable(&own, &error))?;
        // What is not UTF-8 is told at its place.
        files.push(SourceFile { path, text: String::from_utf8_lossy(&bytes).into_owned() });
    }
    Ok(Sources { files })
}

/// The files of a folder by their names, in order; what an editor leaves beside them is not among them.
///
/// # Errors
/// It cannot be read.
pub fn names_in(folder: Option<&Path>) -> Result<Vec<String>, MailingError> {
    let Some(folder) = folder else { return Ok(Vec::new()) };
    let cannot = |error: std::io::Error| MailingError::unreadable(folder, &error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        if let Ok(name) = entry.map_err(cannot)?.file_name().into_string()
            && !name.starts_with('.')
        {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// The polls that have a file.
fn polls(config: &Config) -> Vec<String> {
    let names = names_in(config.polls.as_deref()).unwrap_or_default();
    let stems = names.iter().filter_map(|name| name.strip_suffix(".yaml"));
    stems.map(str::to_owned).collect()
}

/// The files of numbers beside the broadcasts.
pub fn lists(folder: &Path) -> Vec<String> {
    let names = names_in(Some(folder)).unwrap_or_default();
    let is_list = |name: &String| {
        let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| LISTS.contains(&ending.to_lowercase().as_str()))
    };
    names.into_iter().filter(is_list).collect()
}

/// The numbers and accounts the configuration names.
fn senders(config: &Config) -> Vec<Sender> {
    let numbers = config.whatsapp.iter().flat_map(|whatsapp| &whatsapp.numbers);
    let numbers =
        numbers.map(|number| Sender { channel: Channel::Whatsapp, account: number.clone() });
    let accounts = config.sms.iter().flat_map(|sms| &sms.accounts);
    let accounts =
        accounts.map(|account| Sender { channel: Channel::Sms, account: account.name.clone() });
    numbers.chain(accounts).collect()
}
