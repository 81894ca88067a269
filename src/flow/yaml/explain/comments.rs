//! Comments that reach too far, and such as end too early.

use super::{Line, Slip};
use crate::flow::code::Code;

/// Keys that may stand below a comment without being its next line.
const KEYS: [&str; 12] = [
    "flow", "about", "start", "steps", "remind", "expires", "rehearse", "talk", "then", "template",
    "words", "link",
];

/// A sentence below a comment, at the same column: its second line, without the `#`. The parser stops
/// there, or at the line below.
pub(super) fn comment_goes_on(stopped: Line<'_>, upto: &[Line<'_>]) -> Option<Slip> {
    let before = upto.iter().rev().skip(1).find(|line| !line.is_blank()).copied();
    let line = [Some(stopped), before].into_iter().flatten().find(|line| {
        let above = upto.iter().rev().find(|above| above.start < line.start);
        let comment = above.is_some_and(|above| {
            above.text.trim_start().starts_with('#') && above.indent() == line.indent()
        });
        comment && is_prose(line.content())
    })?;
    let (start, end) = line.span();
    Some(Slip {
        start,
        end,
        code: Code::YamlSyntax,
        message: "the line above is a comment, and this one goes on with it".to_owned(),
        hint: format!("write `# {}`", line.content()),
    })
}

/// Several words, or one with a full stop, and no sign of YAML among them.
fn is_prose(content: &str) -> bool {
    let first = content.split([' ', ':']).next().unwrap_or_default();
    let several = content.trim_end_matches(['.', '।', '۔']).contains(' ');
    let ends = content.ends_with(['.', '।', '۔', '!', '?']);
    let signs = content.contains(['{', '[', '=', '"', '\'', '}', ']'])
        || content.starts_with(['-', '–', '—', '•', '*'])
        || content.contains(": ")
        || content.ends_with(':');
    (several || ends) && !signs && !KEYS.contains(&first)
}

/// A ` #` behind an open bracket that makes a comment of the closing one.
pub(super) fn eaten_by_comment(text: &str, opened: usize, closing: char) -> Option<Slip> {
    let rest = text.get(opened..)?.lines().next()?;
    let hash = rest.find(" #")? + 1;
    let comment = rest.get(hash..)?;
    let opening = if closing == ']' { '[' } else { '{' };
    if comment.matches(closing).count() <= comment.matches(opening).count() {
        return None;
    }
    let before = rest.get(..hash)?;
    let begins = before.rfind(['[', '{', ',', ':']).map_or(0, |at| at + 1);
    let ends = comment.find([',', ']', '}']).unwrap_or(comment.len());
    let value = rest.get(begins..hash + ends)?.trim();
    Some(Slip {
        start: opened + hash,
        end: opened + rest.trim_end().len(),
        code: Code::NeedsQuotes,
        message: format!("behind ` #` everything is a comment, and so is the `{closing}`"),
        hint: format!("put quotes around it: '{value}'"),
    })
}
