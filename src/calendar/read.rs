//! `calendar.toml` as an office writes it.

use jiff::civil::{Date, DateTime, Time, time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use toml::Spanned;

use super::{Calendar, Certificate, Phase, SHORTEST_SILENCE, Span, TextHash};

/// Assembly seats of the state (Delimitation Order 2008).
const SEATS: u16 = 403;
/// Longer is taken for a slip: a week of silence was never ordered.
const LONGEST_SILENCE_HOURS: i64 = 24 * 7;
/// Exit polls are locked for this long after the last close (section 126A).
const AFTER_THE_CLOSE: SignedDuration = SignedDuration::from_mins(30);

/// What is wrong with a calendar, for whoever wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("calendar.toml line {line}: {words}")]
pub struct CalendarError {
    /// From 1; 0 where the whole file is meant.
    pub line: usize,
    pub words: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    phases: Vec<WrittenPhase>,
    #[serde(default)]
    conduct: Vec<WrittenConduct>,
    #[serde(default)]
    certificates: Vec<WrittenCertificate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPhase {
    name: Spanned<String>,
    poll: Spanned<String>,
    close: Spanned<String>,
    #[serde(default)]
    silence_hours: Option<Spanned<i64>>,
    assemblies: Spanned<Vec<Spanned<Seats>>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Seats {
    One(i64),
    Written(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenConduct {
    from: Spanned<String>,
    to: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCertificate {
    number: Spanned<String>,
    committee: Spanned<String>,
    date: Spanned<String>,
    sha256: Spanned<Vec<Spanned<String>>>,
}

impl Calendar {
    /// Reads `calendar.toml`: `[[phases]]` with `name`, `poll` (`"2027-02-10"`), `close` (`"18:00"`, by
    /// the clocks of India), `assemblies` (`["1-58", 60]`) and, where it is longer than 48,
    /// `silence_hours`; `[[conduct]]` with `from` and `to`, two days, both included; `[[certificates]]` with
    /// `number`, `committee`, `date` and `sha256`, the hashes of the certified texts. The time in which
    /// nobody is asked how they voted follows from the phases: those less than 60 days apart are one
    /// election.
    ///
    /// # Errors
    /// [`CalendarError`] for every mistake, in the order of the file; nothing of it counts then.
    pub fn read(text: &str) -> Result<Calendar, Vec<CalendarError>> {
        let file: File = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => {
                let line = error.span().map_or(0, |span| line_of(text, span.start));
                return Err(vec![CalendarError { line, words: error.message().to_owned() }]);
            }
        };
        let mut reader = Reader { text, errors: Vec::new() };
        let mut phases: Vec<(Phase, Date)> = Vec::new();
        for written in &file.phases {
            phases.extend(reader.phase(written));
        }
        phases.sort_by_key(|(phase, _)| phase.close);
        let conduct = file.conduct.iter().filter_map(|written| reader.conduct(written)).collect();
        let written = file.certificates.iter();
        let certificates = written.filter_map(|written| reader.certificate(written)).collect();
        if !reader.errors.is_empty() {
            reader.errors.sort_by_key(|error| error.line);
            return Err(reader.errors);
        }
        let exit_polls = exit_polls(&phases);
        let phases = phases.into_iter().map(|(phase, _)| phase).collect();
        Ok(Calendar { phases, conduct, exit_polls, certificates, in_doubt: false })
    }
}

/// Phases further apart than this are different elections.
const ONE_ELECTION: SignedDuration = SignedDuration::from_hours(24 * 60);

/// From the beginning of the first poll day to half an hour after the last close, for each election.
fn exit_polls(phases: &[(Phase, Date)]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for (phase, day) in phases {
        let Some(from) = in_india(day.to_datetime(Time::midnight())) else { continue };
        let until = phase.close + AFTER_THE_CLOSE;
        match spans.last_mut() {
            Some(last) if from.duration_since(last.until) <= ONE_ELECTION => {
                last.from = last.from.min(from);
                last.until = last.until.max(until);
            }
            _ => spans.push(Span { from, until }),
        }
    }
    spans
}

struct Reader<'t> {
    text: &'t str,
    errors: Vec<CalendarError>,
}

impl Reader<'_> {
    fn phase(&mut self, written: &WrittenPhase) -> Option<(Phase, Date)> {
        let day = self.day(&written.poll);
        let close = written.close.get_ref().trim().parse::<Time>().ok();
        if close.is_none_or(|close| close == time(0, 0, 0, 0)) {
            self.refuse(
                &written.close,
                "the hour at which the poll closes, by the clocks of India: \"18:00\"",
            );
        }
        let silence = self.silence(written.silence_hours.as_ref());
        let seats = self.seats(&written.assemblies);
        let (day, close_time, silence, seats) = (day?, close?, silence?, seats?);
        let close = in_india(day.to_datetime(close_time))?;
        let silent_from = close.checked_sub(silence).ok()?;
        let name = written.name.get_ref().trim().to_owned();
        Some((Phase { name, seats, silent_from, close }, day))
    }

    fn silence(&mut self, hours: Option<&Spanned<i64>>) -> Option<SignedDuration> {
        let Some(hours) = hours else { return Some(SHORTEST_SILENCE) };
        let said = *hours.get_ref();
        if said < SHORTEST_SILENCE.as_hours() {
            self.refuse(hours, "silence is never shorter than 48 hours (Representation of the People Act, section 126)");
            return None;
        }
        if said > LONGEST_SILENCE_HOURS {
            self.refuse(hours, "more than a week of silence: hours are meant, 48 or 72");
            return None;
        }
        Some(SignedDuration::from_hours(said))
    }

    fn seats(&mut self, written: &Spanned<Vec<Spanned<Seats>>>) -> Option<Vec<(u16, u16)>> {
        let mut seats: Vec<(u16, u16)> = Vec::new();
        let before = self.errors.len();
        for one in written.get_ref() {
            let range = match one.get_ref() {
                Seats::One(number) => u16::try_from(*number).ok().map(|one| (one, one)),
                Seats::Written(text) => range_of(text),
            };
            match range {
                Some((first, last)) if 0 < first && first <= last && last <= SEATS => {
                    seats.push((first, last));
                }
                _ => self.refuse(
                    one,
                    "seats are numbers from 1 to 403, or from one to another: [\"1-58\", 60]",
                ),
            }
        }
        if seats.is_empty() && self.errors.len() == before {
            self.refuse(written, "say in which seats people vote: [\"1-58\", 60]");
        }
        seats.sort_unstable();
        let twice =
            seats.windows(2).find(|pair| matches!(pair, [left, right] if right.0 <= left.1));
        if let Some([_, (seat, _)]) = twice {
            self.refuse(written, &format!("seat {seat} stands in it twice"));
        }
        (self.errors.len() == before).then_some(seats)
    }

    fn conduct(&mut self, written: &WrittenConduct) -> Option<Span> {
        let (from, to) = (self.day(&written.from), self.day(&written.to));
        let (first, last) = (from?, to?);
        if last < first {
            self.refuse(&written.to, "it ends before it begins");
            return None;
        }
        let from = in_india(first.to_datetime(Time::midnight()))?;
        let until = in_india(last.tomorrow().ok()?.to_datetime(Time::midnight()))?;
        Some(Span { from, until })
    }

    fn certificate(&mut self, written: &WrittenCertificate) -> Option<Certificate> {
        let number = self.words(&written.number, "the number of the certificate");
        let committee = self.words(
            &written.committee,
            "which committee gave it: \"राज्य MCMC, लखनऊ\", \"जिला MCMC, गोंडा\"",
        );
        let date = self.day(&written.date);
        let mut texts = Vec::new();
        for one in written.sha256.get_ref() {
            match hash_of(one.get_ref()) {
                Some(hash) => texts.push(hash),
                None => self.refuse(
                    one,
                    "the SHA-256 of a certified text, 64 hexadecimal digits: `samvad calendar texts` tells that of each",
                ),
            }
        }
        if written.sha256.get_ref().is_empty() {
            self.refuse(
                &written.sha256,
                "name the texts it covers by their SHA-256: `samvad calendar texts` tells that of each",
            );
        }
        let from = in_india(date?.to_datetime(Time::midnight()))?;
        Some(Certificate { number: number?, committee: committee?, from, texts })
    }

    /// Words there must be.
    fn words(&mut self, written: &Spanned<String>, what: &str) -> Option<String> {
        let words = written.get_ref().trim();
        if words.is_empty() {
            self.refuse(written, &format!("it is empty: write {what}"));
            return None;
        }
        Some(words.to_owned())
    }

    fn day(&mut self, written: &Spanned<String>) -> Option<Date> {
        let day = written.get_ref().trim().parse::<Date>().ok();
        if day.is_none() {
            self.refuse(written, "a day is written year, month, day: \"2027-02-10\"");
        }
        day
    }

    fn refuse<T>(&mut self, at: &Spanned<T>, words: &str) {
        let line = line_of(self.text, at.span().start);
        self.errors.push(CalendarError { line, words: words.to_owned() });
    }
}

/// `1-58`, with any dash, or `60`.
fn range_of(text: &str) -> Option<(u16, u16)> {
    let number = |part: &str| part.trim().parse::<u16>().ok();
    match text.split_once(['-', '–', '—']) {
        Some((first, last)) => Some((number(first)?, number(last)?)),
        None => number(text).map(|one| (one, one)),
    }
}

/// 64 hexadecimal digits.
fn hash_of(text: &str) -> Option<TextHash> {
    let digits = text.trim();
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut hash = [0; 32];
    for (place, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(place * 2..place * 2 + 2)?, 16).ok()?;
    }
    Some(hash)
}

fn in_india(at: DateTime) -> Option<Timestamp> {
    let half_past_five = Offset::from_seconds(19_800).ok()?;
    at.to_zoned(TimeZone::fixed(half_past_five)).ok().map(|zoned| zoned.timestamp())
}

fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1
}
