//! What is missing and stands there all the same: behind a `#`, or on the line of something else.

use super::diagnostic::{Findings, Place};

/// Where `name` is written behind a `#`, as a line that begins with it and one of these signs.
pub(super) fn in_a_comment(
    file: usize,
    name: &str,
    sign: char,
    findings: &Findings<'_>,
) -> Option<Place> {
    let mut lines = lines_of(file, findings);
    lines.find_map(|(start, line)| {
        let content = line.trim_start();
        let rest = content.strip_prefix('#')?.trim_start_matches('#').trim_start();
        let behind = rest.strip_prefix(name)?.trim_start();
        let start = start + (line.len() - content.len());
        behind.starts_with(sign).then(|| Place {
            file,
            start,
            end: start + content.trim_end().len(),
        })
    })
}

/// Where `name =` is written behind other words on their line.
pub(super) fn on_a_line(file: usize, name: &str, findings: &Findings<'_>) -> Option<Place> {
    let mut lines = lines_of(file, findings);
    lines.find_map(|(start, line)| {
        let other = line.split_once('=').map(|(key, _)| key.trim())?;
        let is_text = !other.is_empty() && !line.starts_with([' ', '#', '\t', '-']);
        let offset = line.find(&format!(" {name} = ")).filter(|_| is_text)? + 1;
        let at = start + offset;
        Some(Place { file, start: at, end: start + line.trim_end().len() })
    })
}

fn lines_of<'a>(
    file: usize,
    findings: &Findings<'a>,
) -> impl Iterator<Item = (usize, &'a str)> + use<'a> {
    let mut start = 0;
    findings.text_of(file).split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        (at, line)
    })
}
