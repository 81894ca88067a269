//! A line of text as outlines: shaped, so that conjuncts join and Urdu hangs together, in whichever of
//! the card's fonts has the letters.

use rustybuzz::ttf_parser::{GlyphId, OutlineBuilder};
use rustybuzz::{Direction, Face, UnicodeBuffer};
use tiny_skia::{Path, PathBuilder, Transform};
use unicode_segmentation::UnicodeSegmentation;

use super::DrawError;

const LATIN: &[u8] = include_bytes!("../../../data/fonts/NotoSans-Regular-Latin.ttf");
const LATIN_BOLD: &[u8] = include_bytes!("../../../data/fonts/NotoSans-Bold-Latin.ttf");
const DEVANAGARI: &[u8] = include_bytes!("../../../data/fonts/NotoSansDevanagari-Regular.ttf");
const DEVANAGARI_BOLD: &[u8] = include_bytes!("../../../data/fonts/NotoSansDevanagari-Bold.ttf");
const URDU: &[u8] = include_bytes!("../../../data/fonts/NotoNastaliqUrdu-Regular.ttf");

/// Nastaliq climbs along its line: at the size of the others it would not fit between them.
const URDU_SCALE: f32 = 0.78;

const ELLIPSIS: &str = "…";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// A line that fits its place.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) size: f32,
    /// Pixels.
    pub(super) width: f32,
    glyphs: Vec<Glyph>,
}

/// A glyph of one font, in pixels from the beginning of the line and its baseline (down is positive).
#[derive(Clone, Copy, Debug)]
struct Glyph {
    font: usize,
    id: u16,
    x: f32,
    y: f32,
    /// Pixels for a unit of the font.
    scale: f32,
}

/// What is set as one: letters of one script, or the space between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Space,
    LeftToRight(usize),
    RightToLeft(usize),
}

struct Font {
    face: Face<'static>,
    /// Relative to the size of the line.
    scale: f32,
}

pub(super) struct Typesetter {
    /// By weight: Latin, Devanagari, Urdu.
    fonts: Vec<Font>,
    from_right: bool,
}

impl Typesetter {
    pub(super) fn new(from_right: bool) -> Result<Typesetter, DrawError> {
        let files = [
            (LATIN, 1.0),
            (DEVANAGARI, 1.0),
            (URDU, URDU_SCALE),
            (LATIN_BOLD, 1.0),
            (DEVANAGARI_BOLD, 1.0),
            (URDU, URDU_SCALE),
        ];
        let mut fonts = Vec::with_capacity(files.len());
        for (bytes, scale) in files {
            let face = Face::from_slice(bytes, 0).ok_or(DrawError::Font)?;
            fonts.push(Font { face, scale });
        }
        Ok(Typesetter { fonts, from_right })
    }

    /// The text in at most `most` lines of this width: in the largest of the sizes in which it fits one
    /// line, else in the smallest over several, and what does not fit even so ends in dots.
    pub(super) fn fit(
        &self,
        text: &str,
        weight: Weight,
        width: f32,
        sizes: &[f32],
        most: usize,
    ) -> Vec<Line> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut smallest = 0.0;
        for size in sizes {
            let line = self.shape(&text, weight, *size);
            if line.width <= width {
                return if line.glyphs.is_empty() { Vec::new() } else { vec![line] };
            }
            smallest = *size;
        }
        let mut lines = Vec::new();
        let mut rest = text.as_str();
        while !rest.is_empty() && lines.len() < most {
            let is_last = lines.len() + 1 == most;
            let (line, after) = self.first_line(rest, weight, width, smallest, is_last);
            lines.push(line);
            rest = after;
        }
        lines
    }

    /// As many words as fit, and the rest; the last line takes dots for what is left.
    fn first_line<'t>(
        &self,
        text: &'t str,
        weight: Weight,
        width: f32,
        size: f32,
        is_last: bool,
    ) -> (Line, &'t str) {
        let whole = self.shape(text, weight, size);
        if whole.width <= width {
            return (whole, "");
        }
        let spaces = text.char_indices().filter(|(_, letter)| *letter == ' ');
        let ends: Vec<usize> = spaces.map(|(at, _)| at).collect();
        if !is_last {
            for end in ends.into_iter().rev() {
                let (head, rest) = text.split_at(end);
                let line = self.shape(head, weight, size);
                if line.width <= width {
                    return (line, rest.trim_start());
                }
            }
        }
        // One word that is too long, or the last line.
        let letters: Vec<(usize, &str)> = text.grapheme_indices(true).collect();
        for (end, _) in letters.into_iter().rev() {
            let head = text.get(..end).unwrap_or_default().trim_end();
            let line = self.shape(&format!("{head}{ELLIPSIS}"), weight, size);
            if line.width <= width {
                return (line, "");
            }
        }
        (self.shape(ELLIPSIS, weight, size), "")
    }

    /// Sets one line, whatever its width. What no font has is left out.
    fn shape(&self, text: &str, weight: Weight, size: f32) -> Line {
        let mut runs = self.runs(text, weight);
        if self.from_right {
            runs.reverse();
        }
        let mut line = Line { size, width: 0.0, glyphs: Vec::new() };
        for (kind, run) in runs {
            match kind {
                Kind::Space => line.width += size * 0.27,
                Kind::LeftToRight(font) => self.set(&mut line, font, &run, Direction::LeftToRight),
                Kind::RightToLeft(font) => self.set(&mut line, font, &run, Direction::RightToLeft),
            }
        }
        line
    }

    fn set(&self, line: &mut Line, at: usize, run: &str, direction: Direction) {
        let Some(font) = self.fonts.get(at) else { return };
        let units = f32::from(u16::try_from(font.face.units_per_em()).unwrap_or(1000));
        let scale = line.size * font.scale / units;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(run);
        buffer.set_direction(direction);
        buffer.guess_segment_properties();
        buffer.set_direction(direction);
        let shaped = rustybuzz::shape(&font.face, &[], buffer);
        for (info, place) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            line.glyphs.push(Glyph {
                font: at,
                id: u16::try_from(info.glyph_id).unwrap_or(0),
                x: line.width + units_to_pixels(place.x_offset, scale),
                y: -units_to_pixels(place.y_offset, scale),
                scale,
            });
            line.width += units_to_pixels(place.x_advance, scale);
        }
    }

    /// Parts of the text that one font sets in one direction.
    fn runs(&self, text: &str, weight: Weight) -> Vec<(Kind, String)> {
        let mut runs: Vec<(Kind, String)> = Vec::new();
        for letter in text.chars() {
            let before = runs.last().map(|(kind, _)| *kind);
            let Some(kind) = self.kind(letter, weight, before) else { continue };
            match runs.last_mut() {
                Some((last, run)) if *last == kind => run.push(letter),
                _ => runs.push((kind, letter.to_string())),
            }
        }
        runs
    }

    /// `None`: no font has it, and it is nothing but what it looks like.
    fn kind(&self, letter: char, weight: Weight, before: Option<Kind>) -> Option<Kind> {
        if letter == ' ' {
            return Some(Kind::Space);
        }
        // Joiners, and marks that stand on the letter before, belong to it.
        if let Some(kind @ (Kind::LeftToRight(font) | Kind::RightToLeft(font))) = before {
            let is_joiner = matches!(letter, '\u{200c}' | '\u{200d}');
            if is_joiner || (is_mark(letter) && self.has(font, letter)) {
                return Some(kind);
            }
        }
        let [latin, devanagari, urdu] = match weight {
            Weight::Regular => [0, 1, 2],
            Weight::Bold => [3, 4, 5],
        };
        if is_arabic_letter(letter) && self.has(urdu, letter) {
            return Some(Kind::RightToLeft(urdu));
        }
        // Digits run from the left everywhere.
        let font = [latin, devanagari, urdu].into_iter().find(|font| self.has(*font, letter))?;
        Some(Kind::LeftToRight(font))
    }

    fn has(&self, font: usize, letter: char) -> bool {
        self.fonts.get(font).is_some_and(|font| font.face.glyph_index(letter).is_some())
    }

    /// The outlines of the line with its beginning at `x` and its letters on `baseline`; `None` when
    /// nothing of it is to be seen.
    pub(super) fn outline(
        &self,
        line: &Line,
        x: f32,
        baseline: f32,
    ) -> Result<Option<Path>, DrawError> {
        let mut pen = Pen { path: PathBuilder::new(), transform: Transform::identity() };
        for glyph in &line.glyphs {
            let font = self.fonts.get(glyph.font).ok_or(DrawError::Font)?;
            // A font's y goes up, a picture's goes down.
            pen.transform = Transform::from_row(
                glyph.scale,
                0.0,
                0.0,
                -glyph.scale,
                x + glyph.x,
                baseline + glyph.y,
            );
            font.face.outline_glyph(GlyphId(glyph.id), &mut pen);
        }
        Ok(pen.path.finish())
    }

    /// Whether each letter of the text is set by a glyph of its font.
    #[cfg(test)]
    pub(super) fn is_whole(&self, text: &str) -> bool {
        let line = self.shape(text, Weight::Bold, 40.0);
        let runs = self.runs(text, Weight::Bold);
        let set: usize = runs.iter().map(|(_, run)| run.chars().count()).sum();
        set == text.chars().count() && line.glyphs.iter().all(|glyph| glyph.id != 0)
    }

    /// How many glyphs the text is set in.
    #[cfg(test)]
    pub(super) fn glyphs(&self, text: &str) -> usize {
        self.shape(text, Weight::Regular, 40.0).glyphs.len()
    }
}

/// Letters that are written from the right; digits among them are not.
fn is_arabic_letter(letter: char) -> bool {
    matches!(letter,
        '\u{0600}'..='\u{065f}' | '\u{066a}'..='\u{06ef}' | '\u{06fa}'..='\u{077f}'
        | '\u{08a0}'..='\u{08ff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// Marks of the scripts of the card.
fn is_mark(letter: char) -> bool {
    matches!(letter,
        '\u{0300}'..='\u{036f}' | '\u{0900}'..='\u{0903}' | '\u{093a}'..='\u{094f}'
        | '\u{0951}'..='\u{0957}' | '\u{0962}'..='\u{0963}' | '\u{064b}'..='\u{065f}' | '\u{0670}')
}

#[expect(clippy::cast_precision_loss, reason = "a font's units are thousands")]
fn units_to_pixels(units: i32, scale: f32) -> f32 {
    units as f32 * scale
}

/// Draws a glyph of a font into the path of a line.
struct Pen {
    path: PathBuilder,
    transform: Transform,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        let mut point = tiny_skia::Point::from_xy(x, y);
        self.transform.map_point(&mut point);
        (point.x, point.y)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
