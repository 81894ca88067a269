//! `.blt`: the numbers of names and seats, a line of each ballot as `42 2 1=3 0`, a line `0`, and the names in quotes.

use super::{
    Ballots, Line, MOST_NAMES, Mistake, Profile, count_of, lines, number, numbered_name, trimmed,
};
use crate::poll::tally::Few;

pub(super) fn read(text: &str) -> Result<Profile, Mistake> {
    let mut content = lines(text).filter(|line| {
        let text = line.text.trim();
        !text.is_empty() && !text.starts_with('#')
    });
    let mut profile = Profile::default();
    let Some(first) = content.next() else { return Ok(profile) };
    let mut numbers = words(first);
    let names = numbers.next().and_then(|(text, _)| usize::try_from(number(text)?).ok());
    let Some(names) = names.filter(|names| (1..=MOST_NAMES).contains(names)) else {
        let words = format!("the first line is `NAMES SEATS`, with 1 to {MOST_NAMES} names");
        return Err(first.wrong(0, words));
    };
    let mut is_ended = false;
    for line in content.by_ref() {
        if line.text.trim() == "0" {
            is_ended = true;
            break;
        }
        let ballots = ballots(line, names)?;
        profile.add(ballots).map_err(|words| line.wrong(0, words))?;
    }
    if !is_ended {
        return Err(first.wrong(0, "the ballots have no end: a line `0` is missing"));
    }
    for number in 1..=names {
        let Some(line) = content.next() else {
            return Err(first
                .wrong(0, format!("{names} names are said, and {} stand at the end", number - 1)));
        };
        let (name, at) = trimmed(line.text, 0);
        let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
        let Some(name) = name.filter(|name| !name.is_empty()) else {
            return Err(line.wrong(at, "a name stands in quotes: \"A\""));
        };
        profile.names.push(name.to_owned());
    }
    Ok(profile)
}

fn ballots(line: Line<'_>, names: usize) -> Result<Ballots, Mistake> {
    let mut parts = words(line).peekable();
    // Some programs number their ballots: `(17) 1 2 3 0`.
    if parts.peek().is_some_and(|(text, _)| text.starts_with('(')) {
        parts.next();
    }
    let Some((count, at)) = parts.next() else { return Err(line.wrong(0, "a ballot is missing")) };
    if count.starts_with('-') {
        return Err(
            line.wrong(at, "names that were withdrawn are not read: take them off the ballots")
        );
    }
    let count = count_of(line, count, at)?;
    let mut levels: Vec<Few> = Vec::new();
    let mut seen = Few::first(0);
    let mut is_ended = false;
    for (text, at) in parts {
        if is_ended {
            return Err(line.wrong(at, "behind the `0` of a ballot stands nothing"));
        }
        if text == "0" {
            is_ended = true;
            continue;
        }
        let mut level = Few::first(0);
        let mut begin = at;
        for name in text.split('=') {
            level = level.with(numbered_name(line, (name, begin), names, &mut seen)?);
            begin += name.len() + 1;
        }
        levels.push(level);
    }
    if !is_ended {
        return Err(line.wrong(line.text.len(), "a ballot ends with `0`"));
    }
    Ok(Ballots { count, levels, line: line.number })
}

/// The words of a line, each with where it begins.
fn words(line: Line<'_>) -> impl Iterator<Item = (&str, usize)> {
    let text = line.text;
    text.split_whitespace().map(move |word| (word, word.as_ptr().addr() - text.as_ptr().addr()))
}
