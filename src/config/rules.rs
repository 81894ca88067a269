//! What the gate is given: the calendar of elections, and how often people are written to.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Origins;
use crate::calendar::Calendar;
use crate::gate::{Caps, Rules};
use crate::message::Purpose;

/// The usual name of the calendar, beside the office's configuration.
pub const CALENDAR: &str = "calendar.toml";

/// `[caps]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct CapsSection {
    days: u16,
    membership: u32,
    opinion: u32,
    samvad: u32,
    follow_up: u32,
}

impl CapsSection {
    pub(super) fn complete(&self, problems: &mut Vec<String>) -> Caps {
        if self.days > 366 {
            problems.push(format!(
                "caps.days: {} is more than a year; days are meant, 7 or 30 (0: no cap)",
                self.days
            ));
        }
        Caps::new(
            self.days,
            [
                (Purpose::Membership, self.membership),
                (Purpose::Opinion, self.opinion),
                (Purpose::Samvad, self.samvad),
                (Purpose::FollowUp, self.follow_up),
            ],
        )
    }
}

/// Where the calendar stands: the file that was named, or the usual one beside the office's file.
pub(super) fn calendar_of(named: &Path, origins: &Origins) -> PathBuf {
    if !named.as_os_str().is_empty() {
        return named.to_owned();
    }
    let beside = origins.file.as_ref().and_then(|(path, _)| path.parent());
    beside.unwrap_or(Path::new("")).join(CALENDAR)
}

/// Reads the calendar. One that is not there is empty, unless `must_be_there`.
///
/// # Errors
/// Everything that is wrong with it, a sentence each; nothing of it counts then.
pub fn read_calendar(path: &Path, must_be_there: bool) -> Result<Calendar, Vec<String>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_be_there => {
            return Ok(Calendar::default());
        }
        Err(error) => {
            return Err(vec![format!("calendar: {} cannot be read: {error}", path.display())]);
        }
    };
    Calendar::read(&text)
        .map_err(|errors| errors.into_iter().map(|error| format!("calendar: {error}")).collect())
}

/// The rules in force, of which the calendar may be read again while the server is up.
pub(super) fn rules_of(
    path: &Path,
    is_named: bool,
    caps: Caps,
    problems: &mut Vec<String>,
) -> Rules {
    match read_calendar(path, is_named) {
        Ok(calendar) => Rules { calendar, caps, ..Rules::default() },
        Err(errors) => {
            problems.extend(errors);
            Rules { caps, ..Rules::default() }
        }
    }
}
