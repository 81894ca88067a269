//! The files of `polls/`, read with what an office has beside them.

use std::path::Path;

use anyhow::{Context as _, bail};
use jiff::Timestamp;

use crate::calendar::Calendar;
use crate::cli::OriginArgs;
use crate::cli::broadcast::preview::clock_of;
use crate::clock::Clock;
use crate::config::Config;
use crate::flow::{self, Code, Diagnostic, Severity, SourceFile, Sources};
use crate::geography::Geography;
use crate::mailing::{OfficeNames, names_in};
use crate::places::Tree;
use crate::poll::file::{self, LARGEST_PHOTO, PhotoError, Poll, check_photo};
use crate::poll::law::{self, Lock};

/// Everything but the records.
pub(super) struct Office {
    pub(super) config: Config,
    pub(super) geography: Geography,
    sources: Sources,
}

impl Office {
    /// # Errors
    /// The configuration, or a folder that cannot be read.
    pub(super) fn open(origins: &OriginArgs) -> anyhow::Result<Office> {
        let config = origins.read_without_secrets()?;
        let geography = Geography::shipped().map_err(anyhow::Error::msg)?;
        let sources = sources(config.polls.as_deref())?;
        Ok(Office { config, geography, sources })
    }

    /// The folder of the polls.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn folder(&self) -> anyhow::Result<&Path> {
        let Some(folder) = &self.config.polls else {
            bail!(
                "there is no folder polls/ here; docs/polls.md shows how one begins, or name it in samvad.toml: [poll] folder"
            );
        };
        Ok(folder)
    }

    /// Every poll, and everything that is wrong.
    pub(super) fn polls(&self) -> (Vec<Poll>, Vec<Diagnostic>) {
        read(&self.config, &self.geography, &self.sources)
    }

    /// One of them, with its text.
    ///
    /// # Errors
    /// There is none of this name, or it has mistakes, which are shown.
    pub(super) fn poll(&self, name: &str) -> anyhow::Result<(Poll, String)> {
        let folder = self.folder()?;
        let own = format!("polls/{name}.yaml");
        let Some(file) = self.sources.files.iter().find(|file| file.path == own) else {
            let names: Vec<&str> = self.names().collect();
            let hint = match flow::nearest(name, names.iter().copied()) {
                Some(near) => format!("; did you mean {near}?"),
                None if names.is_empty() => String::new(),
                None => format!("; there are {}", names.join(", ")),
            };
            bail!("there is no {}{hint}", folder.join(format!("{name}.yaml")).display());
        };
        let alone = Sources { files: vec![file.clone()] };
        let (polls, found) = read(&self.config, &self.geography, &alone);
        let Some(poll) = polls.into_iter().next() else {
            let words: Vec<String> = found.iter().map(ToString::to_string).collect();
            bail!("{}", words.join("\n\n"))
        };
        Ok((poll, file.text.clone()))
    }

    /// The names of the files.
    fn names(&self) -> impl Iterator<Item = &str> {
        let paths = self.sources.files.iter().map(|file| file.path.as_str());
        paths.filter_map(|path| path.strip_prefix("polls/")?.strip_suffix(".yaml"))
    }
}

/// Everything wrong in the polls of an office, for `samvad check`, and the files that were read.
///
/// # Errors
/// The folder cannot be read.
pub(in crate::cli) fn found(
    config: &Config,
    geography: &Geography,
) -> anyhow::Result<(Vec<Diagnostic>, Vec<String>)> {
    let sources = sources(config.polls.as_deref())?;
    let (_, found) = read(config, geography, &sources);
    let paths = sources.files.iter().map(|file| on_disk(config, &file.path)).collect();
    Ok((found, paths))
}

fn read(config: &Config, geography: &Geography, sources: &Sources) -> (Vec<Poll>, Vec<Diagnostic>) {
    let names = OfficeNames::of_places(geography);
    let (mut polls, mut found) = match file::read(sources, &Tree::new(geography), &names) {
        Ok(polls) => (polls, Vec::new()),
        Err(found) => (Vec::new(), found),
    };
    let now = Clock::System.now();
    polls.retain(|poll| {
        let wrong = photos(config, poll, sources);
        let is_right = wrong.is_empty();
        found.extend(wrong);
        is_right
    });
    for poll in &polls {
        found.extend(locked(&config.rules.calendar, poll, sources, now));
    }
    for finding in &mut found {
        finding.path = on_disk(config, &finding.path);
    }
    (polls, found)
}

/// The pictures of a poll that are not there, or that no phone can show.
fn photos(config: &Config, poll: &Poll, sources: &Sources) -> Vec<Diagnostic> {
    let Some(folder) = &config.polls else { return Vec::new() };
    let own = format!("polls/{}.yaml", poll.name);
    let Some(file) = sources.files.iter().find(|file| file.path == own) else { return Vec::new() };
    let mut wrong = Vec::new();
    for photo in poll.photos() {
        let path = folder.join(photo);
        let looked = match std::fs::metadata(&path) {
            Ok(known) if known.len() > LARGEST_PHOTO => {
                Err(PhotoError::TooLarge { bytes: known.len() }.to_string())
            }
            Ok(_) => match std::fs::read(&path) {
                Ok(bytes) => check_photo(&bytes).map_err(|error| error.to_string()),
                Err(error) => Err(format!("it cannot be read ({error})")),
            },
            Err(_) => Err(format!("there is no {}", path.display())),
        };
        let Err(why) = looked else { continue };
        let start = file.text.find(photo).unwrap_or_default();
        let message = format!("the picture `{photo}` cannot be shown: {why}");
        let hint = "put the file there, or leave `photo` away".to_owned();
        let place = start..start + photo.len();
        let finding =
            flow::at(file, Severity::Error, Code::UnknownWord, place, message, Some(hint));
        wrong.push(finding);
    }
    wrong
}

/// A poll in a time in which nobody may be asked.
fn locked(
    calendar: &Calendar,
    poll: &Poll,
    sources: &Sources,
    now: Timestamp,
) -> Option<Diagnostic> {
    if poll.closes <= now {
        return None;
    }
    let lock = law::in_the_way(calendar, poll)?;
    let own = format!("polls/{}.yaml", poll.name);
    let file = sources.files.iter().find(|file| file.path == own)?;
    let start = file.text.find("opens:").unwrap_or_default();
    let length = file.text.get(start..)?.lines().next()?.len();
    Some(flow::at(
        file,
        Severity::Warning,
        Code::BadDate,
        start..start + length,
        format!("within the days of this poll nobody may be asked: {}", in_words(&lock)),
        Some(
            "choose other days; the times stand in calendar.toml (`samvad calendar show`)"
                .to_owned(),
        ),
    ))
}

/// A time in which nobody is asked and nothing shown, in plain words.
pub(super) fn in_words(lock: &Lock) -> String {
    match lock {
        Lock::ExitPolls { until } => format!(
            "until {} exit polls are forbidden, and nobody is asked for an opinion or told one (Representation of the People Act 1951, section 126A)",
            clock_of(*until)
        ),
        Lock::Silence { phase, until } => format!(
            "until {} it is the silence before the poll of {phase} (Representation of the People Act 1951, section 126)",
            clock_of(*until)
        ),
    }
}

/// As the author finds it.
fn on_disk(config: &Config, path: &str) -> String {
    let found = config.polls.as_ref().zip(path.strip_prefix("polls/"));
    found.map_or_else(|| path.to_owned(), |(folder, name)| folder.join(name).display().to_string())
}

fn sources(folder: Option<&Path>) -> anyhow::Result<Sources> {
    let mut files = Vec::new();
    for name in names_in(folder)? {
        let is_poll = Path::new(&name).extension().is_some_and(|ending| ending == "yaml");
        let Some(folder) = folder.filter(|_| is_poll) else { continue };
        let bytes = std::fs::read(folder.join(&name))
            .with_context(|| format!("{} cannot be read", folder.join(&name).display()))?;
        // What is not UTF-8 is told at its place.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        files.push(SourceFile { path: format!("polls/{name}"), text });
    }
    Ok(Sources { files })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALENDAR: &str = "[[phases]]\nname = \"पहला चरण\"\npoll = \"2029-01-10\"\nclose = \"18:00\"\nassemblies = [\"1-403\"]\n";

    #[test]
    fn a_poll_in_the_silence_before_an_election_is_told_at_its_days() {
        let text = include_str!("../../poll/fixture/lok_sabha_2029.yaml");
        let geography = Geography::shipped().unwrap();
        let file =
            SourceFile { path: "polls/lok_sabha_2029.yaml".to_owned(), text: text.to_owned() };
        let sources = Sources { files: vec![file] };
        let names = OfficeNames::of_places(&geography);
        let poll = file::read(&sources, &Tree::new(&geography), &names).unwrap().pop().unwrap();
        let calendar = Calendar::read(CALENDAR).unwrap();
        let told = |now: &str| locked(&calendar, &poll, &sources, now.parse().unwrap());
        let finding = told("2028-12-01T10:00:00Z").unwrap();
        assert_eq!((finding.line, finding.text.as_str()), (23, "opens: 2029-01-05 10:00"));
        assert!(finding.message.contains("silence before the poll of पहला चरण"), "{finding}");
        assert!(told("2029-02-01T10:00:00Z").is_none(), "what is over is not told");
        assert!(locked(&Calendar::default(), &poll, &sources, poll.opens).is_none());
    }
}
