//! What the result says of answers that could not be counted: whoever reads it is told, wherever they read it.

use super::{Report, number};
use crate::poll::bundle::Close;

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
