//! The membership card as a picture: the same data give the same bytes.
//!
//! 1080 by 680 pixels, the shape of a bank card. The member's name is the largest thing on it; the
//! number stands as it is read aloud; a QR code leads others in through this member. In Urdu
//! everything runs from the right.

mod text;

use qrcodegen::{QrCode, QrCodeEcc};
use tiny_skia::{Color, Paint, Pixmap, Rect, Transform};

use self::text::{Line, Typesetter, Weight};
use crate::contact::Language;
use crate::message::Picture;

/// Pixels.
pub const WIDTH: u32 = 1080;
pub const HEIGHT: u32 = 680;

const MARGIN: f32 = 60.0;
const BAND: f32 = 116.0;
const STRIPE: f32 = 8.0;
/// The side of the QR code at most, with its quiet zone.
const QR_SIDE: f32 = 312.0;
/// Modules of white that a reader wants around the code (ISO/IEC 18004).
const QUIET: i32 = 4;

const PAPER: (u8, u8, u8) = (0xfd, 0xfb, 0xf6);
const INK: (u8, u8, u8) = (0x1c, 0x24, 0x2e);
const FAINT: (u8, u8, u8) = (0x5d, 0x66, 0x70);
const BLUE: (u8, u8, u8) = (0x1d, 0x3f, 0x66);
const AMBER: (u8, u8, u8) = (0xe2, 0x8a, 0x1e);
const WHITE: (u8, u8, u8) = (0xff, 0xff, 0xff);

/// Why a picture could not be drawn. It has no person's words in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrawError {
    #[error("a font of the card cannot be read")]
    Font,
    #[error("the picture cannot be made")]
    Canvas,
}

/// The fixed words of the card.
struct Words {
    title: &'static str,
    number: &'static str,
    district: &'static str,
    seat: &'static str,
    since: &'static str,
    scan: &'static str,
}

const fn words(language: Language) -> Words {
    match language {
        Language::Hi => Words {
            title: "सदस्यता कार्ड",
            number: "सदस्य संख्या",
            district: "जिला",
            seat: "विधानसभा",
            since: "सदस्यता तिथि",
            scan: "जुड़ने के लिए स्कैन करें",
        },
        Language::En => Words {
            title: "Membership card",
            number: "Member number",
            district: "District",
            seat: "Assembly seat",
            since: "Member since",
            scan: "Scan to join",
        },
        Language::Ur => Words {
            title: "رکنیت کارڈ",
            number: "رکنیت نمبر",
            district: "ضلع",
            seat: "اسمبلی حلقہ",
            since: "رکنیت کی تاریخ",
            scan: "شامل ہونے کے لیے اسکین کریں",
        },
    }
}

/// Draws the picture; gives the bytes of a PNG file.
///
/// # Errors
/// [`DrawError`], which no data can cause.
pub fn draw(picture: &Picture) -> Result<Vec<u8>, DrawError> {
    let Picture::MembershipCard { language, number, name, district, seat, since, link } = picture;
    let mut card = Card::new(*language)?;
    let words = words(*language);
    card.fill(0.0, 0.0, width(), height(), PAPER)?;
    card.fill(0.0, 0.0, width(), BAND, BLUE)?;
    card.fill(0.0, BAND, width(), STRIPE, AMBER)?;
    let whole = Column { start: MARGIN, width: width() - 2.0 * MARGIN };
    let title_baseline = if card.from_right { 82.0 } else { 76.0 };
    let title_size = if card.from_right { 44.0 } else { 50.0 };
    card.write(words.title, Weight::Bold, title_size, whole, title_baseline, WHITE)?;

    let code = link.as_ref().and_then(|link| QrCode::encode_text(link, QrCodeEcc::Medium).ok());
    let with_code = Column { start: MARGIN, width: width() - 3.0 * MARGIN - QR_SIDE };
    let column = if code.is_some() { with_code } else { whole };

    let name_lines = card.typesetter.fit(name, Weight::Bold, column.width, &[66.0, 56.0, 48.0], 2);
    let mut baseline = if name_lines.len() > 1 { 202.0 } else { 226.0 };
    for line in &name_lines {
        card.set(line, column, baseline, INK)?;
        baseline += line.size * 1.22;
    }
    card.write(words.number, Weight::Regular, 27.0, column, 336.0, FAINT)?;
    card.write(number, Weight::Bold, 46.0, column, 388.0, BLUE)?;

    let half = (column.width - MARGIN / 2.0) / 2.0;
    let first = Column { start: column.start, width: half };
    let second = Column { start: column.start + half + MARGIN / 2.0, width: half };
    card.field(words.district, district, first, 458.0)?;
    card.field(words.seat, seat, second, 458.0)?;
    card.field(words.since, since, column, 578.0)?;

    if let Some(code) = code {
        let place = Column { start: width() - MARGIN - QR_SIDE, width: QR_SIDE };
        card.code(&code, place, 186.0)?;
        let caption =
            card.typesetter.fit(words.scan, Weight::Regular, QR_SIDE, &[27.0, 24.0, 21.0], 1);
        for line in &caption {
            let inset = (QR_SIDE - line.width) / 2.0;
            let centred = Column { start: place.start + inset, width: line.width };
            card.set(line, centred, 186.0 + QR_SIDE + 46.0, FAINT)?;
        }
    }
    card.canvas.encode_png().map_err(|_| DrawError::Canvas)
}

/// A place across the card, from its reading side: from the left, in Urdu from the right.
#[derive(Clone, Copy)]
struct Column {
    start: f32,
    width: f32,
}

struct Card {
    canvas: Pixmap,
    typesetter: Typesetter,
    from_right: bool,
}

impl Card {
    fn new(language: Language) -> Result<Card, DrawError> {
        let from_right = language == Language::Ur;
        Ok(Card {
            canvas: Pixmap::new(WIDTH, HEIGHT).ok_or(DrawError::Canvas)?,
            typesetter: Typesetter::new(from_right)?,
            from_right,
        })
    }

    /// A label with what it names under it; the value becomes smaller, then two lines.
    fn field(
        &mut self,
        label: &str,
        value: &str,
        column: Column,
        baseline: f32,
    ) -> Result<(), DrawError> {
        self.write(label, Weight::Regular, 27.0, column, baseline, FAINT)?;
        let sizes = [36.0, 31.0, 27.0];
        // Nastaliq climbs high over its baseline.
        let mut under = baseline + if self.from_right { 56.0 } else { 46.0 };
        for line in self.typesetter.fit(value, Weight::Regular, column.width, &sizes, 2) {
            self.set(&line, column, under, INK)?;
            under += line.size * 1.05;
        }
        Ok(())
    }

    /// One line, smaller when it is too long for its column.
    fn write(
        &mut self,
        text: &str,
        weight: Weight,
        size: f32,
        column: Column,
        baseline: f32,
        color: (u8, u8, u8),
    ) -> Result<(), DrawError> {
        for line in self.typesetter.fit(text, weight, column.width, &[size, size * 0.8], 1) {
            self.set(&line, column, baseline, color)?;
        }
        Ok(())
    }

    fn set(
        &mut self,
        line: &Line,
        column: Column,
        baseline: f32,
        color: (u8, u8, u8),
    ) -> Result<(), DrawError> {
        let x = if self.from_right { width() - column.start - line.width } else { column.start };
        let Some(path) = self.typesetter.outline(line, x, baseline)? else { return Ok(()) };
        self.canvas.fill_path(
            &path,
            &paint(color),
            tiny_skia::FillRule::Winding,
            Transform::identity(),
            None,
        );
        Ok(())
    }

    fn fill(
        &mut self,
        x: f32,
        y: f32,
        wide: f32,
        high: f32,
        color: (u8, u8, u8),
    ) -> Result<(), DrawError> {
        let rect = Rect::from_xywh(x, y, wide, high).ok_or(DrawError::Canvas)?;
        self.canvas.fill_rect(rect, &paint(color), Transform::identity(), None);
        Ok(())
    }

    /// The code on white, its modules whole pixels.
    fn code(&mut self, code: &QrCode, place: Column, top: f32) -> Result<(), DrawError> {
        let left = if self.from_right { width() - place.start - place.width } else { place.start };
        self.fill(left, top, place.width, place.width, WHITE)?;
        let modules = code.size() + 2 * QUIET;
        let module = (place.width / pixels(modules)).floor().max(1.0);
        let inset = ((place.width - module * pixels(modules)) / 2.0).floor();
        for row in 0..code.size() {
            for column in 0..code.size() {
                if code.get_module(column, row) {
                    let x = left + inset + module * pixels(column + QUIET);
                    let y = top + inset + module * pixels(row + QUIET);
                    self.fill(x, y, module, module, INK)?;
                }
            }
        }
        Ok(())
    }
}

fn paint((red, green, blue): (u8, u8, u8)) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(Color::from_rgba8(red, green, blue, 0xff));
    paint.anti_alias = true;
    paint
}

fn width() -> f32 {
    pixels(WIDTH.cast_signed())
}

fn height() -> f32 {
    pixels(HEIGHT.cast_signed())
}

#[expect(clippy::cast_precision_loss, reason = "counts of pixels are small")]
fn pixels(count: i32) -> f32 {
    count as f32
}

#[cfg(test)]
mod tests;
