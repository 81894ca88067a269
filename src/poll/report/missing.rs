//! What the result says of answers that could not be counted: whoever reads it is told, wherever they read it.

use super::{Report, number};
use crate::poll::bundle::Close;
use crate::poll::tally::percent;

/// Sentences in Hindi; none where nothing was missing.
pub(super) fn words(report: &Report<'_>) -> Vec<String> {
    let Close { missing, torn, missing_by, .. } = &report.counted.header.close;
    let mut words = Vec::new();
    if *missing > 0 {
        words.push(format!(
            "{} उत्तर गिने नहीं जा सके: वे दिए गए थे, पर राय लेना बंद करते समय मिले नहीं या खुले नहीं।",
            number(*missing)
        ));
    }
    if *torn > 0 {
        words.push(format!(
            "{} उत्तरों में पसंद गिनी गई, पर उनके अंक, लिखा हुआ नाम या टिप्पणी पढ़ी नहीं जा सकी।",
            number(*torn)
        ));
    }
    if !words.is_empty() {
        words.push(format!("यह जानते हुए {missing_by} ने काम आगे बढ़ाया।"));
    }
    words
}

/// The same as rows of a table, of no seat.
pub(super) fn rows(report: &Report<'_>) -> Vec<[String; 8]> {
    let Close { missing, torn, .. } = &report.counted.header.close;
    let answered: u64 = report.counted.seats.values().map(|seat| seat.answered).sum();
    let mut rows = Vec::new();
    for (what, count) in [("गिने नहीं जा सके", *missing), ("आधे ही पढ़े जा सके", *torn)]
    {
        if count > 0 {
            let mut row: [String; 8] = Default::default();
            let [_, _, told, _, _, _, times, share] = &mut row;
            what.clone_into(told);
            *times = count.to_string();
            *share = percent(count, answered + missing);
            rows.push(row);
        }
    }
    rows
}
