//! What part of the answers says something, and how far that can be trusted.

/// The 97.5 % point of the normal distribution: intervals hold 95 of 100 times.
const Z: f64 = 1.959_963_984_540_054;

/// The interval of Wilson for `part` of `whole` (E. B. Wilson, JASA 22, 1927), as shares from 0 to 1.
///
/// It says how far a share may lie from that of all, had those who answered been drawn by lot. They were not:
/// everybody on the roster was asked, and who answers chose to. It is shown with those words; what holds without
/// any such assumption are the [`bounds`].
#[must_use]
pub fn wilson(part: u64, whole: u64) -> (f64, f64) {
    if whole == 0 {
        return (0.0, 1.0);
    }
    let (part, whole) = (as_float(part.min(whole)), as_float(whole));
    let share = part / whole;
    let square = Z * Z;
    let middle = share + square / (2.0 * whole);
    let reach = Z * (share * (1.0 - share) / whole + square / (4.0 * whole * whole)).sqrt();
    let scale = 1.0 + square / whole;
    (((middle - reach) / scale).max(0.0), ((middle + reach) / scale).min(1.0))
}

/// Between what the share of the whole roster lies for certain: all who did not answer against it, or for it.
#[must_use]
pub fn bounds(part: u64, answered: u64, roster: u64) -> (f64, f64) {
    if roster == 0 {
        return (0.0, 1.0);
    }
    let silent = roster.saturating_sub(answered);
    (as_float(part) / as_float(roster), (as_float(part + silent) / as_float(roster)).min(1.0))
}

/// Exact up to 2^53, which no count of people comes near.
#[expect(clippy::cast_precision_loss, reason = "counts of people stay far below 2^53")]
pub(crate) fn as_float(count: u64) -> f64 {
    count as f64
}

/// A share in whole tenths of a percent, for tables: `43.7`.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let tenths = (u128::from(part) * 1000 + u128::from(whole) / 2) / u128::from(whole);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A share from 0 to 1 in whole percent, half up.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
pub(crate) fn whole_percent(share: f64) -> u64 {
    (share.clamp(0.0, 1.0) * 100.0 + 0.5).floor() as u64
}
