//! The template a text was rendered from, and what stands in each of its places; or why there is none.
//!
//! A template is walked along the text: words must stand there, a place takes signs up to where the next
//! words stand. Where that can be done in more than one way, places take as little as they can, and of
//! places side by side the first takes as much as it can. Each point of the walk (piece, place in the
//! text) is tried once, so that no text makes it long.

use std::collections::HashSet;
use std::fmt::Write as _;

use unicode_segmentation::UnicodeSegmentation as _;

use super::text::{Piece, Tag, plain};
use super::value::{Why, takes};
use super::{Among, ContentTemplate, Registry, Standing};

/// No value is looked for beyond so many characters.
const FARTHEST: usize = 300;
/// A template that shares fewer characters with a text than this is not like it, nor is one with which it
/// shares less than half of the text, or a third of the template's own words.
const LIKE: usize = 8;
/// So many characters are shown around a difference.
const SHOWN: usize = 16;

/// A text as one of the registry's templates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled<'r> {
    pub template: &'r ContentTemplate,
    /// What stands in each place, in their order.
    pub values: Vec<String>,
}

/// Why a text may not leave. Of a person's text it holds nothing but what a template has, too; see
/// [`Nearest`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No template has this text, and this one nearly.
    NoTemplate(Option<Nearest>),
    /// This template has it, and has no id yet.
    NotRegistered { template: String },
    /// This one has it, and was stopped.
    Stopped { template: String },
    /// This one has it but for a value: of which place (from 1), and why.
    Value { template: String, place: usize, why: Why },
}

/// A template that is nearly a text's own: of those that share enough with it, the one that shares most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearest {
    pub template: String,
    /// The last words both have.
    pub after: String,
    /// How the template goes on; empty: it ends.
    pub template_has: String,
    /// How the text goes on; empty: it ends. Of a text that a person's words stand in, this must not be
    /// logged.
    pub text_has: String,
}

impl Refusal {
    /// Every name of [`Refusal::name`].
    pub const NAMES: [&str; 7] = [
        "no_template",
        "not_registered",
        "stopped",
        "too_long",
        "wrong_tag",
        "script",
        "not_listed",
    ];

    /// The name in metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Refusal::NoTemplate(_) => "no_template",
            Refusal::NotRegistered { .. } => "not_registered",
            Refusal::Stopped { .. } => "stopped",
            Refusal::Value { why, .. } => why.name(),
        }
    }

    /// For the office's log: nothing a person wrote stands in it.
    #[must_use]
    pub fn office_words(&self) -> String {
        match self {
            Refusal::NoTemplate(None) => "no template has its text".to_owned(),
            Refusal::NoTemplate(Some(nearest)) => {
                format!("no template has its text; `{}` is the nearest", nearest.template)
            }
            Refusal::NotRegistered { template } => {
                format!("its template `{template}` has no id yet")
            }
            Refusal::Stopped { template } => format!("its template `{template}` was stopped"),
            Refusal::Value { template, place, why } => {
                format!("the value of place {place} of the template `{template}` {}", why.words())
            }
        }
    }
}

impl Nearest {
    /// For the author of the text.
    #[must_use]
    pub fn words(&self) -> String {
        let goes_on = |words: &str| match words {
            "" => "ends".to_owned(),
            words => format!("goes on with {}", shown(words)),
        };
        let mut out = format!("`{}` is the nearest: ", self.template);
        let (template, text) = (goes_on(&self.template_has), goes_on(&self.text_has));
        // Writing into a string cannot fail.
        let _ =
            write!(out, "after {} the template {template}, the text {text}", shown(&self.after));
        out
    }
}

/// Words between quotes, line ends and blanks made visible.
fn shown(words: &str) -> String {
    let mut out = String::from("`");
    for sign in words.chars() {
        match sign {
            '\n' => out.push('⏎'),
            ' ' => out.push(' '),
            sign if sign.is_whitespace() || sign.is_control() || is_unseen(sign) => {
                let _ = write!(out, "U+{:04X}", u32::from(sign));
            }
            sign => out.push(sign),
        }
    }
    out.push('`');
    out
}

const fn is_unseen(sign: char) -> bool {
    matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

impl Registry {
    /// The template this text was rendered from, with what stands in its places. Of several the one with
    /// the most words of its own.
    #[must_use]
    pub fn carry(&self, text: &str, among: Among) -> Option<Filled<'_>> {
        let text = plain(text);
        let mut best: Option<(usize, Filled<'_>)> = None;
        for template in self.templates.iter().filter(|template| among.counts(template)) {
            let own = words_of(template);
            if best.as_ref().is_some_and(|(known, _)| *known >= own) {
                continue;
            }
            let strict =
                |tag: Tag, value: &str| takes(tag, value, &template.tested, &self.limits).is_ok();
            if let Ok(values) = walk(template, &text, (self.limits.longest, false), &strict) {
                let values = values.into_iter().map(str::to_owned).collect();
                best = Some((own, Filled { template, values }));
            }
        }
        best.map(|(_, filled)| filled)
    }

    /// Why [`Registry::carry`] finds nothing for this text: what comes nearest to being a way.
    #[must_use]
    pub fn why(&self, text: &str, among: Among) -> Refusal {
        let text = plain(text);
        let mut nearest: Option<(usize, Option<Nearest>)> = None;
        let mut refused = None;
        for template in &self.templates {
            let anything = |_: Tag, _: &str| true;
            match walk(template, &text, (FARTHEST, true), &anything) {
                Ok(values) => {
                    let found = self.refusal_of(template, &values, among);
                    // A value can be put right by whoever writes it; an id comes in days.
                    if refused.is_none() || matches!(found, Refusal::Value { .. }) {
                        refused = Some(found);
                    }
                }
                Err(met) => {
                    let shared = shared_with(template, &text, &met);
                    if nearest.as_ref().is_none_or(|(known, _)| *known < shared) {
                        let is_like = shared >= LIKE
                            && shared * 2 >= text.chars().count()
                            && shared * 3 >= words_of(template);
                        let told = is_like.then(|| near(template, &text, &met));
                        nearest = Some((shared, told));
                    }
                }
            }
        }
        if let Some(refused) = refused {
            return refused;
        }
        Refusal::NoTemplate(nearest.and_then(|(_, told)| told))
    }

    /// Why a template with the text's words does not carry it.
    fn refusal_of(&self, template: &ContentTemplate, values: &[&str], among: Among) -> Refusal {
        let name = || template.name.clone();
        if template.standing == Standing::Stopped {
            return Refusal::Stopped { template: name() };
        }
        if !among.counts(template) {
            return Refusal::NotRegistered { template: name() };
        }
        let tags = template.pieces.iter().filter_map(|piece| match piece {
            Piece::Place(tag) => Some(*tag),
            Piece::Words(_) => None,
        });
        for (index, (tag, value)) in tags.zip(values).enumerate() {
            if let Err(why) = takes(tag, value, &template.tested, &self.limits) {
                return Refusal::Value { template: name(), place: index + 1, why };
            }
        }
        // Every value would do by itself: only together they do not.
        let characters = values.iter().map(|value| value.chars().count()).max().unwrap_or_default();
        let most = self.limits.longest;
        Refusal::Value { template: name(), place: 1, why: Why::TooLong { characters, most } }
    }
}

/// Characters of a template's own words.
fn words_of(template: &ContentTemplate) -> usize {
    let words = template.pieces.iter().map(|piece| match piece {
        Piece::Words(words) => words.chars().count(),
        Piece::Place(_) => 0,
    });
    words.sum()
}

/// Characters that a text and a template share: up to where they part, and from the end back.
fn shared_with(template: &ContentTemplate, text: &str, met: &Met) -> usize {
    let (before, behind) = text.split_at_checked(met.at).unwrap_or((text, ""));
    let end = match template.pieces.last() {
        Some(Piece::Words(words)) => words.as_str(),
        _ => "",
    };
    let pairs = behind.chars().rev().zip(end.chars().rev());
    before.chars().count() + pairs.take_while(|(left, right)| left == right).count()
}

fn near(template: &ContentTemplate, text: &str, met: &Met) -> Nearest {
    let first = |words: &str| words.chars().take(SHOWN).collect::<String>();
    let shared = text.get(..met.at).unwrap_or_default();
    let of_template = format!("{shared}{}", met.wanted);
    // A letter is shown with all its signs, also where both have the letter.
    let at = letter_before(text, met.at).min(letter_before(&of_template, met.at));
    let before: Vec<char> = text.get(..at).unwrap_or_default().chars().collect();
    let start = before.len().saturating_sub(SHOWN);
    Nearest {
        template: template.name.clone(),
        after: before.get(start..).unwrap_or_default().iter().collect(),
        template_has: first(of_template.get(at..).unwrap_or_default()),
        text_has: first(text.get(at..).unwrap_or_default()),
    }
}

/// Where the letter begins that a byte of a text belongs to; the byte itself where a letter begins there.
fn letter_before(text: &str, at: usize) -> usize {
    let begins = text.grapheme_indices(true).map(|(start, _)| start);
    let begins = begins.chain([text.len()]).take_while(|start| *start <= at);
    begins.last().unwrap_or_default()
}

/// Where a walk came no farther: the place in the text, and what the template has there.
struct Met {
    at: usize,
    wanted: String,
}

struct Walk<'t> {
    pieces: &'t [Piece],
    text: &'t str,
    /// Characters a value may have.
    longest: usize,
    takes: &'t dyn Fn(Tag, &str) -> bool,
    /// Points from which the end is not reached.
    dead: HashSet<(usize, usize)>,
    /// Values so far.
    values: Vec<&'t str>,
    /// Whether somebody asks where it ended.
    explains: bool,
    met: Met,
}

/// The values of a template in a text.
fn walk<'t>(
    template: &'t ContentTemplate,
    text: &'t str,
    (longest, explains): (usize, bool),
    takes: &'t dyn Fn(Tag, &str) -> bool,
) -> Result<Vec<&'t str>, Met> {
    let mut walk = Walk {
        pieces: template.pieces.as_slice(),
        text,
        longest,
        takes,
        dead: HashSet::new(),
        values: Vec::new(),
        explains,
        met: Met { at: 0, wanted: String::new() },
    };
    if walk.goes(0, 0) { Ok(walk.values) } else { Err(walk.met) }
}

impl Walk<'_> {
    /// Whether the pieces from this one on are the text from this byte on. As deep as there are pieces.
    fn goes(&mut self, piece: usize, at: usize) -> bool {
        let pieces = self.pieces;
        let text = self.text;
        let Some(rest) = text.get(at..) else { return false };
        match pieces.get(piece) {
            None => {
                if !rest.is_empty() {
                    self.meets(at, "");
                }
                rest.is_empty()
            }
            Some(Piece::Words(words)) => {
                if rest.starts_with(words.as_str()) {
                    return self.goes(piece + 1, at + words.len());
                }
                let shared = shared_bytes(rest, words);
                self.meets(at + shared, words.get(shared..).unwrap_or_default());
                false
            }
            Some(Piece::Place(tag)) => {
                if self.dead.contains(&(piece, at)) {
                    return false;
                }
                for end in self.ends(piece, at) {
                    let Some(value) = text.get(at..end) else { continue };
                    let empty_beside = value.is_empty();
                    if !empty_beside && !(self.takes)(*tag, value) {
                        continue;
                    }
                    self.values.push(value);
                    if self.goes(piece + 1, end) {
                        return true;
                    }
                    self.values.pop();
                }
                self.meets(at, &tag.written());
                if self.explains {
                    self.nearly(piece, at);
                }
                self.dead.insert((piece, at));
                false
            }
        }
    }

    /// Where the value of a place may end, in the order of trying.
    fn ends(&self, piece: usize, at: usize) -> Vec<usize> {
        let is_place = |index: Option<usize>| {
            index.is_some_and(|index| matches!(self.pieces.get(index), Some(Piece::Place(_))))
        };
        let rest = self.text.get(at..).unwrap_or_default();
        let mut ends = Vec::new();
        // Beside another place it may be empty.
        if is_place(piece.checked_sub(1)) {
            ends.push(at);
        }
        let signs = rest.char_indices().take(self.longest).take_while(|(_, sign)| *sign != '\n');
        ends.extend(signs.map(|(offset, sign)| at + offset + sign.len_utf8()));
        let follows = self.pieces.get(piece + 1);
        ends.retain(|end| {
            let behind = self.text.get(*end..).unwrap_or_default();
            match follows {
                Some(Piece::Words(words)) => behind.starts_with(words.as_str()),
                Some(Piece::Place(_)) => true,
                None => behind.is_empty(),
            }
        });
        if is_place(Some(piece + 1)) {
            ends.reverse();
        }
        ends
    }

    /// Where the words behind a place begin to stand, and then something else.
    fn nearly(&mut self, piece: usize, at: usize) {
        let Some(Piece::Words(words)) = self.pieces.get(piece + 1) else { return };
        let text = self.text;
        let rest = text.get(at..).unwrap_or_default();
        let signs = rest.char_indices().take(self.longest).take_while(|(_, sign)| *sign != '\n');
        for (offset, sign) in signs {
            let end = at + offset + sign.len_utf8();
            let shared = shared_bytes(text.get(end..).unwrap_or_default(), words);
            if shared > 0 {
                self.meets(end + shared, words.get(shared..).unwrap_or_default());
            }
        }
    }

    fn meets(&mut self, at: usize, wanted: &str) {
        let is_first = self.met.at == 0 && self.met.wanted.is_empty();
        if at > self.met.at || is_first {
            wanted.clone_into(&mut self.met.wanted);
            self.met.at = at;
        }
    }
}

/// Bytes both begin with, whole characters.
fn shared_bytes(left: &str, right: &str) -> usize {
    let pairs = left.chars().zip(right.chars());
    pairs.take_while(|(left, right)| left == right).map(|(sign, _)| sign.len_utf8()).sum()
}
