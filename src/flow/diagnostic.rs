//! What is wrong in a flow or text file, told so that a volunteer can put it right: file, line,
//! column, the line itself, a mark under it, a hint.

use std::fmt;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use super::load::{SourceFile, Sources};

/// Whether the files may be used all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The files are refused.
    Error,
    /// They work; a person would be served better.
    Warning,
}

/// One finding, plain data; `Display` draws it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    pub severity: Severity,
    pub path: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The line as it stands in the file.
    pub text: String,
    /// The marked bytes of `text`.
    pub span: Range<usize>,
    pub message: String,
    pub hint: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        // Control characters of a file must not reach a terminal.
        let message = annotate_snippets::normalize_untrusted_str(&self.message);
        let snippet = Snippet::source(self.text.as_str())
            .path(self.path.as_str())
            .line_start(self.line)
            .annotation(AnnotationKind::Primary.span(self.span.clone()));
        let mut group = level.primary_title(message).element(snippet);
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.message(hint.as_str()));
        }
        let renderer = Renderer::plain().decor_style(DecorStyle::Ascii);
        formatter.write_str(&renderer.render(&[group]))
    }
}

/// A place in one of the sources: bytes of its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Collects findings while files are read and checked.
#[derive(Debug)]
pub(super) struct Findings<'a> {
    sources: &'a Sources,
    list: Vec<Diagnostic>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(sources: &'a Sources) -> Findings<'a> {
        Findings { sources, list: Vec::new() }
    }

    pub(super) fn error(&mut self, place: Place, message: impl Into<String>) {
        self.push(Severity::Error, place, message.into(), None);
    }

    pub(super) fn error_hint(
        &mut self,
        place: Place,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(Severity::Error, place, message.into(), Some(hint.into()));
    }

    pub(super) fn warn(
        &mut self,
        place: Place,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(Severity::Warning, place, message.into(), Some(hint.into()));
    }

    fn push(&mut self, severity: Severity, place: Place, message: String, hint: Option<String>) {
        let Some(file) = self.sources.files.get(place.file) else { return };
        let diagnostic = at(file, severity, place.start..place.end, message, hint);
        if !self.list.contains(&diagnostic) {
            self.list.push(diagnostic);
        }
    }

    /// Where these words stand next after a place; the place itself when they do not.
    pub(super) fn find_after(&self, place: Place, words: &str) -> Place {
        let text = self.sources.files.get(place.file).map_or("", |file| file.text.as_str());
        let rest = text.get(place.end..).unwrap_or_default();
        rest.find(words).map_or(place, |offset| {
            let start = place.end + offset;
            Place { start, end: start + words.len(), ..place }
        })
    }

    /// What stands at a place, as it was written.
    pub(super) fn written_at(&self, place: Place) -> &str {
        let text = self.sources.files.get(place.file).map_or("", |file| file.text.as_str());
        text.get(place.start..place.end).unwrap_or_default()
    }

    pub(super) fn has_errors(&self) -> bool {
        self.list.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Everything found, by file and line.
    pub(super) fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.list.sort_by(|left, right| {
            (&left.path, left.line, left.column).cmp(&(&right.path, right.line, right.column))
        });
        self.list
    }
}

/// The line, from 1, that a byte of a text stands on.
pub(super) fn line_of(text: &str, byte: usize) -> usize {
    let start = boundary_before(text, byte.min(text.len()));
    text.get(..start).unwrap_or_default().matches('\n').count() + 1
}

/// A finding at bytes of a file's text. A span over several lines is cut at the end of its first.
pub(super) fn at(
    file: &SourceFile,
    severity: Severity,
    bytes: Range<usize>,
    message: String,
    hint: Option<String>,
) -> Diagnostic {
    let text = file.text.as_str();
    let start = boundary_before(text, bytes.start.min(text.len()));
    let before = text.get(..start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let rest = text.get(line_start..).unwrap_or_default();
    let line_text = rest.split('\n').next().unwrap_or_default().trim_end_matches('\r');
    let line = before.matches('\n').count() + 1;
    let column = text.get(line_start..start).unwrap_or_default().chars().count() + 1;
    let span_start = (start - line_start).min(line_text.len());
    let wanted_end = bytes.end.max(start).saturating_sub(line_start).min(line_text.len());
    let span_end = boundary_before(line_text, wanted_end).max(span_start);
    Diagnostic {
        severity,
        path: file.path.clone(),
        line,
        column,
        text: line_text.to_owned(),
        span: span_start..span_end,
        message,
        hint,
    }
}

fn boundary_before(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|position| text.is_char_boundary(*position)).unwrap_or(0)
}

/// "did you mean …?" among the words that would have been right; `None` when none is near.
pub(super) fn did_you_mean<'a>(
    wrong: &str,
    right: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let allowed = (wrong.chars().count() / 3).max(1);
    right
        .into_iter()
        .map(|word| (distance(wrong, word), word))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, word)| format!("did you mean `{word}`?"))
}

/// The near word, or all that would have been right.
pub(super) fn one_of_these<'a>(
    wrong: &str,
    right: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    did_you_mean(wrong, right.clone()).unwrap_or_else(|| {
        let all: Vec<&str> = right.into_iter().collect();
        format!("one of: {}", all.join(", "))
    })
}

/// Insertions, deletions, exchanges and swaps of neighbours that make one word of the other
/// (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let width = right.len() + 1;
    let mut table: Vec<usize> = (0..width).collect();
    let mut rows: Vec<Vec<usize>> = vec![table.clone()];
    for (i, left_character) in left.iter().enumerate() {
        table = vec![i + 1; width];
        for (j, right_character) in right.iter().enumerate() {
            let above = cell(&rows, i, j + 1);
            let diagonal = cell(&rows, i, j);
            let beside = table.get(j).copied().unwrap_or_default();
            let exchange = diagonal + usize::from(left_character != right_character);
            let mut best = exchange.min(above + 1).min(beside + 1);
            let swapped = i > 0
                && j > 0
                && left.get(i - 1) == Some(right_character)
                && right.get(j - 1) == Some(left_character);
            if swapped {
                best = best.min(cell(&rows, i - 1, j - 1) + 1);
            }
            if let Some(slot) = table.get_mut(j + 1) {
                *slot = best;
            }
        }
        rows.push(table.clone());
    }
    table.last().copied().unwrap_or_default()
}

fn cell(rows: &[Vec<usize>], row: usize, column: usize) -> usize {
    rows.get(row).and_then(|cells| cells.get(column)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_word_is_offered_and_a_far_one_not() {
        let words = ["district", "assembly", "year"];
        assert_eq!(did_you_mean("distrcit", words), Some("did you mean `district`?".to_owned()));
        assert_eq!(did_you_mean("yaer", words), Some("did you mean `year`?".to_owned()));
        assert_eq!(did_you_mean("photo", words), None);
    }

    #[test]
    fn a_place_anywhere_even_inside_a_letter_is_drawn() {
        let file =
            SourceFile { path: "flows/a.yaml".to_owned(), text: "क: ख\r\nग".to_owned() };
        for start in 0..14 {
            for end in 0..14 {
                let finding = at(&file, Severity::Error, start..end, "wrong".to_owned(), None);
                assert!(finding.to_string().contains("flows/a.yaml"));
            }
        }
    }
}
