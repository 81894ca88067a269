//! Pictures made of lines and boxes (SVG), without a script.

use std::fmt::Write as _;

use crate::geography::{Geography, each_row};
use crate::markup::escaped;

/// One bar: a label, a share from 0 to 1, what is written behind it, and between what it may lie.
pub(super) struct Bar<'b> {
    pub(super) label: &'b str,
    pub(super) share: f64,
    pub(super) words: String,
    pub(super) between: Option<(f64, f64)>,
}

const WIDTH: f64 = 640.0;
const LABEL: f64 = 200.0;
const REACH: f64 = 300.0;
const HEIGHT: f64 = 30.0;

/// Bars one below the other, with their numbers in words for whoever does not see them.
pub(super) fn bars(title: &str, bars: &[Bar<'_>]) -> String {
    let mut y = 6.0;
    let mut body = String::new();
    for bar in bars {
        let middle = y + HEIGHT / 2.0;
        let length = bar.share.clamp(0.0, 1.0) * REACH;
        let _ = write!(
            body,
            "<text x=\"{x:.0}\" y=\"{middle:.0}\" text-anchor=\"end\" dominant-baseline=\"central\">{label}</text>\
             <rect x=\"{LABEL:.0}\" y=\"{top:.0}\" width=\"{length:.1}\" height=\"{thick:.0}\" class=\"bar\"/>",
            x = LABEL - 8.0,
            label = escaped(bar.label),
            top = y + 5.0,
            thick = HEIGHT - 10.0,
        );
        let mut end = LABEL + length;
        if let Some((low, high)) = bar.between {
            let (from, to) = (LABEL + low * REACH, LABEL + high * REACH);
            end = end.max(to);
            let _ = write!(
                body,
                "<path d=\"M{from:.1} {middle:.0}H{to:.1}M{from:.1} {a:.0}v8M{to:.1} {a:.0}v8\" class=\"reach\"/>",
                a = middle - 4.0,
            );
        }
        let _ = write!(
            body,
            "<text x=\"{x:.1}\" y=\"{middle:.0}\" dominant-baseline=\"central\" class=\"number\">{words}</text>",
            x = end + 8.0,
            words = escaped(&bar.words),
        );
        y += HEIGHT;
    }
    format!(
        "<svg viewBox=\"0 0 {WIDTH:.0} {height:.0}\" role=\"img\"><title>{title}</title>{body}</svg>",
        height = y + 6.0,
        title = escaped(title),
    )
}

const TILE: f64 = 46.0;

/// The Lok Sabha seats of the state as tiles, shaded by a share; a seat without one is empty.
pub(super) fn tiles(
    title: &str,
    geography: &Geography,
    share: &dyn Fn(u16) -> Option<(f64, String)>,
) -> String {
    let mut body = String::new();
    let (mut columns, mut rows) = (0_u32, 0_u32);
    let table = include_str!("../../../data/tilegrid_lok_sabha.csv");
    let read = each_row("data/tilegrid_lok_sabha.csv", table, |row| {
        let number = |name: &str| row.cell(name).map(|cell| cell.parse::<u32>().unwrap_or(0));
        let (seat, column, line) = (number("number")?, number("column")?, number("row")?);
        (columns, rows) = (columns.max(column + 1), rows.max(line + 1));
        let seat = u16::try_from(seat).unwrap_or(0);
        let known = geography.lok_sabha.iter().find(|known| known.number == seat);
        let name = known.map_or("", |known| known.name_hi.as_str());
        let (x, y) = (f64::from(column) * TILE, f64::from(line) * TILE);
        let (fill, words) = match share(seat) {
            Some((share, words)) => (shade(share), format!("{seat} {name}: {words}")),
            None => ("#f4f4f4", format!("{seat} {name}")),
        };
        let _ = write!(
            body,
            "<g><title>{words}</title><rect x=\"{x:.0}\" y=\"{y:.0}\" width=\"{side:.0}\" height=\"{side:.0}\" \
             fill=\"{fill}\" class=\"tile\"/><text x=\"{a:.0}\" y=\"{b:.0}\" class=\"tile-number\">{seat}</text>\
             <text x=\"{a:.0}\" y=\"{c:.0}\" class=\"tile-name\">{short}</text></g>",
            words = escaped(&words),
            side = TILE - 2.0,
            a = x + TILE / 2.0 - 1.0,
            b = y + 17.0,
            c = y + 33.0,
            short = escaped(&short(name)),
        );
        Ok(())
    });
    // The table is part of the program, and a test reads it.
    if read.is_err() {
        return String::new();
    }
    format!(
        "<svg viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" class=\"map\"><title>{title}</title>{body}</svg>",
        width = f64::from(columns) * TILE,
        height = f64::from(rows) * TILE,
        title = escaped(title),
    )
}

/// Five steps from light to dark, which also print in grey.
fn shade(share: f64) -> &'static str {
    match share {
        share if share < 0.2 => "#e3f1e7",
        share if share < 0.4 => "#bfe0c9",
        share if share < 0.6 => "#8dc79f",
        share if share < 0.8 => "#57a773",
        _ => "#2a7d4b",
    }
}

/// The first letters of a name, as people see letters.
fn short(name: &str) -> String {
    let letters = unicode_segmentation::UnicodeSegmentation::graphemes(name, true);
    letters.take(4).collect()
}
