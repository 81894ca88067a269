//! What is wrong in a flow or text file, told so that a volunteer can put it right: file, line,
//! column, the line itself, a mark under it, a hint.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use super::causes;
use super::code::Code;
use super::load::{SourceFile, Sources};
use super::synonyms;

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
    pub code: Code,
    pub path: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The first column behind the marked words.
    pub end_column: usize,
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
        let mut group = level.primary_title(message).id(self.code.name()).element(snippet);
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.message(hint.as_str()));
        }
        let renderer = Renderer::plain().decor_style(DecorStyle::Ascii);
        formatter.write_str(&renderer.render(&[group]))
    }
}

/// A place in one of the sources: bytes of its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) file: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Collects findings while files are read and checked.
#[derive(Debug)]
pub(crate) struct Findings<'a> {
    sources: &'a Sources,
    list: Vec<Diagnostic>,
    /// What was told already: place and words.
    told: HashSet<(Place, String)>,
    /// What of each file was told: file and code.
    codes: HashSet<(usize, Code)>,
    /// Words that are wrong as they stand.
    signs: Vec<Place>,
}

/// A finding just told, for its code. Nothing when the same was told before.
#[derive(Debug)]
pub(crate) struct Told<'f>(Option<(&'f mut Diagnostic, Place, Notes<'f>)>);

/// What is remembered of findings besides themselves.
#[derive(Debug)]
struct Notes<'f> {
    codes: &'f mut HashSet<(usize, Code)>,
    signs: &'f mut Vec<Place>,
}

impl Told<'_> {
    /// Says what kind of mistake it is.
    pub(crate) fn code(self, code: Code) {
        let Some((finding, place, notes)) = self.0 else { return };
        notes.codes.remove(&(place.file, finding.code));
        notes.codes.insert((place.file, code));
        finding.code = code;
        if code.is_about_signs() {
            notes.signs.push(place);
        }
    }
}

impl<'a> Findings<'a> {
    pub(crate) fn new(sources: &'a Sources) -> Findings<'a> {
        Findings {
            sources,
            list: Vec::new(),
            told: HashSet::new(),
            codes: HashSet::new(),
            signs: Vec::new(),
        }
    }

    pub(crate) fn error(&mut self, place: Place, message: impl Into<String>) -> Told<'_> {
        self.push(Severity::Error, place, message.into(), None)
    }

    pub(crate) fn error_hint(
        &mut self,
        place: Place,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Told<'_> {
        self.push(Severity::Error, place, message.into(), Some(hint.into()))
    }

    pub(crate) fn warn(
        &mut self,
        place: Place,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Told<'_> {
        self.push(Severity::Warning, place, message.into(), Some(hint.into()))
    }

    fn push(
        &mut self,
        severity: Severity,
        place: Place,
        message: String,
        hint: Option<String>,
    ) -> Told<'_> {
        let Some(file) = self.sources.files.get(place.file) else { return Told(None) };
        let inside = |sign: &Place| {
            sign.file == place.file && sign.start <= place.start && place.end <= sign.end
        };
        if self.signs.iter().any(inside) || !self.told.insert((place, message.clone())) {
            return Told(None);
        }
        let code = Code::by_words(&message);
        self.codes.insert((place.file, code));
        self.list.push(at(file, severity, code, place.start..place.end, message, hint));
        let notes = Notes { codes: &mut self.codes, signs: &mut self.signs };
        Told(self.list.last_mut().map(|finding| (finding, place, notes)))
    }

    /// Says nothing more about a place: what is wrong there is told already.
    pub(super) fn mute(&mut self, place: Place) {
        self.signs.push(place);
    }

    /// Whether any of these was told of a file.
    pub(super) fn has_any(&self, file: usize, codes: &[Code]) -> bool {
        codes.iter().any(|code| self.codes.contains(&(file, *code)))
    }

    /// The whole of a file.
    pub(super) fn text_of(&self, file: usize) -> &'a str {
        let sources: &'a Sources = self.sources;
        sources.files.get(file).map_or("", |file| file.text.as_str())
    }

    /// The words of a place as they stand in the file, quotes and all.
    pub(super) fn source_of(&self, place: Place) -> &'a str {
        let sources: &'a Sources = self.sources;
        let text = sources.files.get(place.file).map_or("", |file| file.text.as_str());
        text.get(place.start..place.end).unwrap_or_default()
    }

    /// Where these words stand inside a place; the whole place when they do not.
    pub(super) fn find_in(&self, place: Place, words: &str) -> Place {
        self.source_of(place).find(words).map_or(place, |offset| {
            let start = place.start + offset;
            Place { start, end: start + words.len(), ..place }
        })
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

    pub(crate) fn has_errors(&self) -> bool {
        self.list.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Tells of a file that ought to be there and is not.
    pub(super) fn absent(
        &mut self,
        path: String,
        code: Code,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let file = SourceFile { path, text: String::new() };
        let hint = Some(hint.into());
        self.list.push(at(&file, Severity::Error, code, 0..0, message.into(), hint));
    }

    /// The last line of a message of a text file that begins at this place: where one adds a line
    /// to it, or the next message.
    pub(super) fn end_of_message(&self, place: Place) -> Place {
        let last = self.lines_of_message(place).pop();
        last.map_or(place, |(line, words)| {
            let start = line.start + (words.len() - words.trim_start().len());
            Place { start, end: line.start + words.trim_end().len(), ..place }
        })
    }

    /// The lines of a message that begins at this place, without blank ones, each with its place.
    pub(super) fn lines_of_message(&self, place: Place) -> Vec<(Place, &'a str)> {
        let sources: &'a Sources = self.sources;
        let text = sources.files.get(place.file).map_or("", |file| file.text.as_str());
        let before = text.get(..place.start).unwrap_or_default();
        let mut start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let mut lines = Vec::new();
        for (index, line) in text.get(start..).unwrap_or_default().split_inclusive('\n').enumerate()
        {
            let goes_on = index == 0 || line.starts_with([' ', '\t', '}', '\r', '\n']);
            if !goes_on {
                break;
            }
            let words = line.trim_end();
            if !words.is_empty() {
                lines.push((Place { start, end: start + words.len(), ..place }, words));
            }
            start += line.len();
        }
        lines
    }

    /// The path of a file and the line, from 1, of a place in it: `flows/join.yaml:7`.
    pub(super) fn spot(&self, place: Place) -> String {
        self.sources.files.get(place.file).map_or_else(String::new, |file| {
            format!("{}:{}", file.path, line_of(&file.text, place.start))
        })
    }

    /// Everything found: causes before what may follow from them, then by file and line.
    pub(crate) fn into_sorted(self) -> Vec<Diagnostic> {
        causes::settle(self.list)
    }
}

/// The line, from 1, that a byte of a text stands on.
pub(super) fn line_of(text: &str, byte: usize) -> usize {
    let start = boundary_before(text, byte.min(text.len()));
    text.get(..start).unwrap_or_default().matches('\n').count() + 1
}

/// A finding at bytes of a file's text. A span over several lines is cut at the end of its first.
#[must_use]
pub fn at(
    file: &SourceFile,
    severity: Severity,
    code: Code,
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
    let marked = line_text.get(span_start..span_end).unwrap_or_default();
    Diagnostic {
        severity,
        code,
        path: file.path.clone(),
        line,
        column,
        end_column: column + marked.chars().count(),
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
    nearest(wrong, right).map(|word| format!("did you mean `{word}`?"))
}

/// The word that was meant, most likely: small and capital letters, `-` and `_` count as one, and
/// so do the words for the same thing in other languages.
pub(crate) fn nearest<'a>(
    wrong: &str,
    right: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let plain = |word: &str| word.to_lowercase().replace(['-', ' '], "_");
    let wanted = plain(wrong);
    let allowed = (wanted.chars().count() / 3).max(1);
    let meant = synonyms::of(&wanted);
    right
        .into_iter()
        .filter_map(|word| {
            if meant.contains(&word) {
                return Some((0, word));
            }
            let distance = distance(&wanted, &plain(word));
            (distance <= allowed && distance < wanted.chars().count())
                .then_some((distance + 1, word))
        })
        .min()
        .map(|(_, word)| word)
}

/// The near word, or all that would have been right.
pub(crate) fn one_of_these<'a>(
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
                let finding =
                    at(&file, Severity::Error, Code::Other, start..end, "wrong".to_owned(), None);
                assert!(finding.to_string().contains("flows/a.yaml"));
            }
        }
    }
}
