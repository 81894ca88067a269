//! The plain form: `42: A > B = C`, `15: A` and `7: A, B`, `#` before a comment; or with the count behind, `A > B * 42`.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::{Ballots, Line, MOST_NAMES, Mistake, Profile, count_of, lines, number, trimmed};
use crate::poll::ballot::Method;
use crate::poll::tally::Few;

/// What lists the names before the first ballot: those whom nobody names too, and in the order that is wanted.
const CANDIDATES: [&str; 2] = ["candidates", "नाम"];

pub(super) fn read(text: &str, method: Method) -> Result<Profile, Mistake> {
    let mut reading = Reading { profile: Profile::default(), method, is_listed: false };
    for line in lines(text) {
        let content = without_comment(line.text);
        if content.trim().is_empty() {
            continue;
        }
        reading.line(line, content)?;
    }
    Ok(reading.profile)
}

struct Reading {
    profile: Profile,
    method: Method,
    /// The names were listed: another one is a slip.
    is_listed: bool,
}

/// A name, what stands behind it, and where the name begins.
struct Named {
    name: String,
    at: usize,
    behind: Option<char>,
    behind_at: usize,
}

impl Reading {
    fn line(&mut self, line: Line<'_>, content: &str) -> Result<(), Mistake> {
        let colon = outside_quotes(content).find(|(_, letter)| *letter == ':').map(|(at, _)| at);
        let Some(colon) = colon else {
            let (_, at) = trimmed(content, 0);
            // `A > B * 42`; a star in a name without a number behind it is one of its letters.
            let star = outside_quotes(content).filter(|(_, letter)| *letter == '*').last();
            let counted = star.and_then(|(star, _)| {
                let (ballot, behind) = content.split_at(star);
                let (count, at) = trimmed(behind.get(1..)?, star + 1);
                number(count).map(|_| (ballot, count, at))
            });
            let Some((ballot, count, count_at)) = counted else {
                return self.ballots(line, 1, (content, 0), at);
            };
            let count = count_of(line, count, count_at)?;
            return self.ballots(line, count, (ballot, 0), at);
        };
        let (before, behind) = content.split_at(colon);
        let behind = behind.get(1..).unwrap_or_default();
        let (count, at) = trimmed(before, 0);
        if CANDIDATES.iter().any(|word| word.eq_ignore_ascii_case(count)) {
            return self.candidates(line, (behind, colon + 1), at);
        }
        let count = count_of(line, count, at)?;
        self.ballots(line, count, (behind, colon + 1), at)
    }

    fn candidates(
        &mut self,
        line: Line<'_>,
        listed: (&str, usize),
        at: usize,
    ) -> Result<(), Mistake> {
        if self.is_listed || !self.profile.ballots.is_empty() {
            return Err(line.wrong(at, "the names are listed once, before the first ballot"));
        }
        for Named { name, at, behind, behind_at } in names(line, listed)? {
            if behind.is_some_and(|behind| behind != ',') {
                return Err(line.wrong(behind_at, "names are listed with `,` between them"));
            }
            if self.profile.names.contains(&name) {
                return Err(line.wrong(at, format!("`{name}` is listed twice")));
            }
            self.place(line, &name, at)?;
        }
        self.is_listed = true;
        Ok(())
    }

    fn ballots(
        &mut self,
        line: Line<'_>,
        count: u64,
        ballot: (&str, usize),
        at: usize,
    ) -> Result<(), Mistake> {
        let mut levels: Vec<Few> = vec![Few::first(0)];
        let mut seen = Few::first(0);
        for Named { name, at, behind, behind_at } in names(line, ballot)? {
            let place = self.place(line, &name, at)?;
            if seen.has(place) {
                return Err(line.wrong(at, format!("`{name}` stands twice on this ballot")));
            }
            seen = seen.with(place);
            if let Some(level) = levels.last_mut() {
                *level = level.with(place);
            }
            match (self.method, behind) {
                (_, None) | (Method::Rank, Some('=')) | (Method::Approve, Some(',')) => {}
                (Method::Rank, Some('>')) => levels.push(Few::first(0)),
                (Method::Rank, Some(_)) => {
                    let words = "in a ranking stands `>` between a name and the next, or `=` where both are level";
                    return Err(line.wrong(behind_at, words));
                }
                (Method::Approve, Some(_)) => {
                    let words =
                        "approvals have `,` between them; orders are counted with --method rank";
                    return Err(line.wrong(behind_at, words));
                }
                (Method::ChooseOne, Some(_)) => {
                    let words = "a ballot of one choice names one; several are counted with --method approve or rank";
                    return Err(line.wrong(behind_at, words));
                }
            }
        }
        let ballots = Ballots { count, levels, line: line.number };
        self.profile.add(ballots).map_err(|words| line.wrong(at, words))
    }

    fn place(&mut self, line: Line<'_>, name: &str, at: usize) -> Result<u8, Mistake> {
        if self.is_listed && !self.profile.names.iter().any(|known| known == name) {
            let known = self.profile.names.join(", ");
            return Err(line.wrong(at, format!("`{name}` is none of the names listed: {known}")));
        }
        self.profile
            .place_of(name)
            .ok_or_else(|| line.wrong(at, format!("more than {MOST_NAMES} names are not counted")))
    }
}

/// The letters outside of quotes, with their bytes.
fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut is_quoted = false;
    text.char_indices().filter(move |(_, letter)| {
        if *letter == '"' {
            is_quoted = !is_quoted;
        }
        !is_quoted
    })
}

/// What stands before a `#` that begins a word.
fn without_comment(text: &str) -> &str {
    let begins = |at: usize| {
        text.get(..at)
            .is_none_or(|before| before.is_empty() || before.ends_with(char::is_whitespace))
    };
    let comment = outside_quotes(text).find(|(at, letter)| *letter == '#' && begins(*at));
    comment.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// The names of a ballot and what stands between them. At least one.
fn names(line: Line<'_>, (text, from): (&str, usize)) -> Result<Vec<Named>, Mistake> {
    if text.matches('"').count() % 2 == 1 {
        let at = text.rfind('"').unwrap_or(0);
        return Err(line.wrong(from + at, "this quote is not closed"));
    }
    let separators =
        outside_quotes(text).filter(|(_, letter)| matches!(letter, '>' | '≻' | '=' | ','));
    let ends = separators.map(|(at, letter)| (at, Some(letter))).chain([(text.len(), None)]);
    let mut names = Vec::new();
    let mut begin = 0;
    for (end, separator) in ends {
        let (name, at) = trimmed(text.get(begin..end).unwrap_or_default(), from + begin);
        let quoted = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
        let words = quoted.unwrap_or(name);
        if words.contains('"') {
            return Err(line.wrong(at, "a quote stands around a whole name, or nowhere"));
        }
        let name = spelt(words);
        if name.is_empty() {
            return Err(line.wrong(at, "a name is missing here"));
        }
        let behind = separator.map(|letter| if letter == '≻' { '>' } else { letter });
        names.push(Named { name, at, behind, behind_at: from + end });
        begin = end + separator.map_or(0, char::len_utf8);
    }
    Ok(names)
}

/// One spelling of the same letters: composed, with single blanks.
pub(super) fn spelt(name: &str) -> String {
    let words = name.split_whitespace().collect::<Vec<_>>().join(" ");
    ComposingNormalizerBorrowed::new_nfc().normalize(&words).into_owned()
}
