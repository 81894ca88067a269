//! Files that hold something else than what their ending says, whatever language they are in.

use std::ops::Range;

use super::compile::{Problem, ProblemKind};

/// What a file is that is no text: how it begins, what it is, how one gets the text out.
const OTHERS: [(&str, &str, &str); 6] = [
    (
        "PK\u{3}\u{4}",
        "this is a file of Word, Excel or a zip archive",
        "open it there, choose `Save as`, and plain text in UTF-8; another ending alone changes nothing",
    ),
    ("%PDF", "this is a PDF", "copy its text into a new file in a plain text editor"),
    (
        "{\\rtf",
        "this is a file of a word processor (RTF)",
        "choose `Save as` there, and plain text in UTF-8",
    ),
    ("<!DOCTYPE", "this is a page of the web", "copy the text alone, not the page it is shown on"),
    ("<html", "this is a page of the web", "copy the text alone, not the page it is shown on"),
    ("\u{fffd}PNG", "this is a picture", "type its text into a new file in a plain text editor"),
];

/// What a file is that holds no text, and what to do; `None` for a text.
#[must_use]
pub(crate) fn no_text(text: &str) -> Option<(&'static str, &'static str)> {
    // The older files of Word and Excel begin with eight bytes that are no letters.
    if text.starts_with("\u{fffd}\u{fffd}\u{11}\u{fffd}") {
        return OTHERS.first().map(|(_, what, hint)| (*what, *hint));
    }
    let begins = OTHERS.iter().find(|(beginning, _, _)| text.trim_start().starts_with(beginning));
    if let Some((_, what, hint)) = begins {
        return Some((what, hint));
    }
    text.contains('\0').then_some((
        "the file is saved in two bytes a letter (UTF-16)",
        "in the editor choose `Save as`, encoding UTF-8",
    ))
}

/// The first line a version control system left behind where two versions differ.
#[must_use]
pub(crate) fn conflict(text: &str) -> Option<Range<usize>> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let marks = ["<<<<<<<", ">>>>>>>"];
        let marked = marks.iter().any(|mark| {
            content.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        });
        if marked || content == "=======" {
            return Some(start..start + content.len());
        }
        start += line.len();
    }
    None
}

/// What to do about such a line.
pub(crate) const CONFLICT: (&str, &str) = (
    "two versions of this file were put together, and nobody chose between them",
    "keep the lines of one version, and remove the other with the lines <<<<<<<, ======= and >>>>>>>",
);

/// What a chat puts before a message that is copied from it, `[21/11/26, 10:32 AM] name: ` or
/// `21/11/26, 10:32 am - name: `: its bytes in the line, or `None` where there is nothing of the kind.
#[must_use]
pub(crate) fn chat_stamp(line: &str) -> Option<Range<usize>> {
    let content = line.trim_start_matches(|sign: char| sign.is_whitespace() || is_invisible(sign));
    let (stamp, said) = match content.strip_prefix('[') {
        Some(inner) => inner.split_once("] ")?,
        None => content.split_once(" - ")?,
    };
    let (day, time) = stamp.split_once([',', ' '])?;
    let number =
        |part: &str| (1..=4).contains(&part.chars().count()) && part.chars().all(char::is_numeric);
    let parts: Vec<&str> = day.split(['/', '.', '-']).collect();
    let (hour, rest) = time.trim().split_once([':', '.'])?;
    let minute: String = rest.chars().take_while(|sign| sign.is_numeric()).collect();
    if parts.len() != 3 || !parts.into_iter().all(number) || !number(hour) || !number(&minute) {
        return None;
    }
    let words = said.split_once(": ").map_or(said, |(_, words)| words);
    Some(line.len() - content.len()..line.len() - words.len())
}

/// What is wrong with such a line.
pub(crate) const CHAT_STAMP: &str = "what a chat writes before a message was copied along with it";

/// Either of them as a problem of a text file.
pub(super) fn problem(source: usize, text: &str) -> Option<Problem> {
    if let Some((message, hint)) = no_text(text) {
        return Some(Problem {
            source,
            kind: ProblemKind::NoText,
            span: 0..1,
            message: message.to_owned(),
            hint: Some(hint.to_owned()),
        });
    }
    conflict(text).map(|span| Problem {
        source,
        kind: ProblemKind::Conflict,
        span,
        message: CONFLICT.0.to_owned(),
        hint: Some(CONFLICT.1.to_owned()),
    })
}

/// Signs nobody sees, pasted from a page or a chat. Those that join letters of Hindi and Urdu belong
/// there; in a name of ours they do not.
#[must_use]
pub(crate) fn is_invisible(sign: char) -> bool {
    matches!(sign,
        '\u{a0}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2007}' | '\u{202a}'..='\u{202f}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
