//! The orders of PrefLib, with ties or without, complete or not: `# ALTERNATIVE NAME 1: A` and then `42: 1,2,{3,4}`; and
//! the older form, in which the names and the sums stand in lines of their own.

use super::{
    Ballots, Line, MOST_NAMES, Mistake, Profile, count_of, lines, number, numbered_name, trimmed,
};
use crate::poll::tally::Few;

pub(super) fn read(text: &str) -> Result<Profile, Mistake> {
    let mut content = lines(text).filter(|line| !line.text.trim().is_empty()).peekable();
    let is_old = content.peek().is_some_and(|line| !line.text.trim_start().starts_with('#'));
    let mut reading = Reading { profile: Profile::default(), voters: None };
    if is_old {
        reading.old_head(&mut content)?;
    }
    for line in content {
        if line.text.trim_start().starts_with('#') {
            reading.head(line)?;
        } else {
            reading.ballots(line, if is_old { ',' } else { ':' })?;
        }
    }
    match reading.voters {
        Some((line, at, voters)) if voters != reading.profile.total() => {
            let total = reading.profile.total();
            Err(line.wrong(at, format!("here stand {voters} voters, and the lines give {total}")))
        }
        _ => Ok(reading.profile),
    }
}

struct Reading<'t> {
    profile: Profile,
    /// How many there should be, and where that stands.
    voters: Option<(Line<'t>, usize, u64)>,
}

impl<'t> Reading<'t> {
    /// `# KEY: VALUE`; what is not needed is passed over.
    fn head(&mut self, line: Line<'t>) -> Result<(), Mistake> {
        let Some((key, value)) = line.text.split_once(':') else { return Ok(()) };
        let from = key.len() + 1;
        let key = key.trim_start_matches(['#', ' ']).trim().to_uppercase();
        let (value, at) = trimmed(value, from);
        let whole =
            || number(value).ok_or_else(|| line.wrong(at, format!("`{value}` is no number")));
        if key == "NUMBER ALTERNATIVES" {
            self.size(line, at, whole()?)?;
        } else if key == "NUMBER VOTERS" {
            self.voters = Some((line, at, whole()?));
        } else if let Some(place) = key.strip_prefix("ALTERNATIVE NAME ") {
            let place = number(place.trim()).and_then(|place| usize::try_from(place).ok());
            let slot = place.and_then(|place| place.checked_sub(1));
            let Some(slot) = slot.and_then(|slot| self.profile.names.get_mut(slot)) else {
                return Err(line.wrong(
                    0,
                    "a name has a number among the alternatives, which are counted above",
                ));
            };
            value.clone_into(slot);
        }
        Ok(())
    }

    fn size(&mut self, line: Line<'t>, at: usize, names: u64) -> Result<(), Mistake> {
        let names = usize::try_from(names).ok().filter(|names| (1..=MOST_NAMES).contains(names));
        let Some(names) = names else {
            return Err(line.wrong(at, format!("from 1 to {MOST_NAMES} names are counted")));
        };
        self.profile.names = (1..=names).map(|name| name.to_string()).collect();
        Ok(())
    }

    /// So many names, a line of each, and `VOTERS,SUM,UNIQUE`.
    fn old_head(&mut self, content: &mut impl Iterator<Item = Line<'t>>) -> Result<(), Mistake> {
        let Some(first) = content.next() else { return Ok(()) };
        let (names, at) = trimmed(first.text, 0);
        let whole = number(names);
        let names =
            whole.ok_or_else(|| first.wrong(at, "the first line says how many names there are"))?;
        self.size(first, at, names)?;
        for slot in &mut self.profile.names {
            let Some(line) = content.next() else {
                return Err(first.wrong(at, "the file ends before all of these names"));
            };
            let Some((_, name)) = line.text.split_once(',') else {
                return Err(line.wrong(0, "a name stands as `1,A`"));
            };
            name.trim().clone_into(slot);
        }
        if let Some(line) = content.next() {
            let voters = line.text.split(',').next().unwrap_or_default().trim();
            let voters =
                number(voters).ok_or_else(|| line.wrong(0, "here stand `VOTERS,SUM,UNIQUE`"))?;
            self.voters = Some((line, 0, voters));
        }
        Ok(())
    }

    fn ballots(&mut self, line: Line<'t>, end_of_count: char) -> Result<(), Mistake> {
        let Some((count, order)) = line.text.split_once(end_of_count) else {
            return Err(line.wrong(0, format!("a line of ballots is `42{end_of_count} 1,2,3`")));
        };
        let (counted, at) = trimmed(count, 0);
        let count_at = at;
        let count = count_of(line, counted, at)?;
        let mut levels: Vec<Few> = Vec::new();
        let mut seen = Few::first(0);
        let mut is_open = false;
        let mut begin = line.text.len() - order.len();
        for part in order.split(',') {
            let (mut text, mut at) = trimmed(part, begin);
            begin += part.len() + 1;
            let opens = text.starts_with('{');
            if opens {
                (text, at) = trimmed(text.get(1..).unwrap_or_default(), at + 1);
            }
            if opens && is_open {
                return Err(line.wrong(at, "a group stands within a group"));
            }
            let closes = text.ends_with('}');
            if closes {
                text = text.get(..text.len() - 1).unwrap_or_default().trim_end();
            }
            if closes && !(opens || is_open) {
                return Err(line.wrong(at, "this group was not opened"));
            }
            let name = numbered_name(line, (text, at), self.profile.names.len(), &mut seen)?;
            match levels.last_mut().filter(|_| is_open) {
                Some(level) => *level = level.with(name),
                None => levels.push(Few::first(0).with(name)),
            }
            is_open = (is_open || opens) && !closes;
        }
        if is_open {
            return Err(line.wrong(line.text.len(), "this group is not closed: `}` is missing"));
        }
        let ballots = Ballots { count, levels, line: line.number };
        self.profile.add(ballots).map_err(|words| line.wrong(count_at, words))
    }
}
