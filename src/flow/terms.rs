//! Terms (`-party`) that a language lacks and another one defines: told once, in the file that lacks
//! them, and not at each text that names them.

use super::code::Code;
use super::diagnostic::{Findings, Place, nearest};
use super::wording::english_name;
use crate::contact::Language;
use crate::locale::{Book, Catalogue, Problem, ProblemKind};

/// The file whose terms every text may name.
const COMMON_BOOK: &str = "common";

/// Tells of every term that is missing in a language, and gives the problems that are none of that.
pub(super) fn told_where_they_are_missing(
    catalogue: &Catalogue,
    problems: Vec<Problem>,
    findings: &mut Findings<'_>,
) -> Vec<Problem> {
    let mut rest = Vec::new();
    let mut told: Vec<(Language, String)> = Vec::new();
    for problem in problems {
        match missing(catalogue, &problem) {
            Some(lack) => {
                let key = (lack.language, lack.name.to_owned());
                if !told.contains(&key) {
                    lack.tell(&problem, findings);
                    told.push(key);
                }
            }
            None => rest.push(problem),
        }
    }
    rest
}

/// A term that a language lacks.
struct Lack<'a> {
    name: &'a str,
    language: Language,
    /// Where its terms stand.
    here: &'a Book,
    /// A file of another language that defines it.
    there: &'a Book,
}

fn missing<'a>(catalogue: &'a Catalogue, problem: &'a Problem) -> Option<Lack<'a>> {
    if problem.kind != ProblemKind::Term {
        return None;
    }
    let name = problem.message.split_once("`-")?.1.split('`').next()?;
    let of_source = |language: &Language| {
        catalogue.books(*language).any(|(_, book)| book.source == problem.source)
    };
    let language = Language::ALL.into_iter().find(of_source)?;
    let mut commons = Language::ALL.into_iter().filter_map(|one| catalogue.book(one, COMMON_BOOK));
    let there = commons.find(|book| book.terms.contains_key(name))?;
    let here = catalogue.book(language, COMMON_BOOK)?;
    Some(Lack { name, language, here, there })
}

impl Lack<'_> {
    fn tell(&self, problem: &Problem, findings: &mut Findings<'_>) {
        let Lack { name, language, here, there } = *self;
        let at = |book: &Book, start: usize, end: usize| Place { file: book.source, start, end };
        let language = english_name(language);
        // A term like it that the other language does not have was meant for it.
        let strange = here.terms.keys().filter(|known| !there.terms.contains_key(*known));
        if let Some(near) = nearest(name, strange.map(String::as_str))
            && let Some(span) = here.terms.get(near)
        {
            let message =
                format!("the term `-{name}` is missing in {language}; this one is named `-{near}`");
            findings
                .error_hint(
                    at(here, span.start, span.end),
                    message,
                    format!("rename it: -{name} = …"),
                )
                .code(Code::UnknownTerm);
            return;
        }
        let named =
            Place { file: problem.source, start: problem.span.start, end: problem.span.end };
        let named = findings.spot(named);
        let own = there.terms.get(name).map_or(0, |span| span.start);
        let written = findings.spot(at(there, own, own));
        // Behind what stands before it in the other language.
        let terms = there.terms.iter().filter_map(|(key, span)| {
            Some((span.start, here.terms.get(key).map(|here| (here.start, here.end))?))
        });
        let texts = there.messages.iter().filter_map(|(key, message)| {
            let known = here.messages.get(key)?;
            Some((message.span.start, (known.span.start, known.span.end)))
        });
        let before = terms.chain(texts).filter(|(start, _)| *start < own).max();
        let (place, side) = if let Some((_, (start, end))) = before {
            (findings.end_of_message(at(here, start, end)), "below")
        } else {
            let first = here.terms.values().chain(here.messages.values().map(|text| &text.span));
            let first = first.min_by_key(|span| span.start);
            (first.map_or(at(here, 0, 1), |span| at(here, span.start, span.end)), "above")
        };
        findings
            .error_hint(
                place,
                format!("the term `-{name}` is missing in {language}"),
                format!(
                    "add {side} this line: `-{name} = …` (named in {named}, written in {written})"
                ),
            )
            .code(Code::UnknownTerm);
    }
}
