//! What the result says of its close: that it was early, and of answers that could not be counted. Whoever reads it is
//! told, wherever they read it.

use super::{Report, hour, number};
use crate::poll::bundle::{Close, Early};

/// Sentences in Hindi; none where nothing was missing.
pub(super) fn words(report: &Report<'_>) -> Vec<String> {
    let header = &report.counted.header;
    let Close { missing, torn, missing_by, early, .. } = &header.close;
    let mut words = Vec::new();
    if let Some(Early { at, by, why }) = early {
        let why = if why.is_empty() { String::new() } else { format!(" कारण: {why}।") };
        words.push(format!(
            "राय लेना तय समय ({}) से पहले, {} को बंद किया गया; बंद करने वाले: {by}।{why}",
            hour(header.closes.as_millisecond()),
            hour(at.as_millisecond())
        ));
    }
    if *missing > 0 {
        words.push(format!(
            "{} जवाब गिने नहीं जा सके: वे दिए गए थे, पर राय लेना बंद करते समय मिले नहीं या खुले नहीं।",
            number(*missing)
        ));
    }
    if *torn > 0 {
        words.push(format!(
            "{} जवाबों में पसंद गिनी गई, पर उनके अंक, लिखा हुआ नाम या टिप्पणी पढ़ी नहीं जा सकी।",
            number(*torn)
        ));
    }
    if missing + torn > 0 {
        words.push(format!("यह जानते हुए {missing_by} ने काम आगे बढ़ाया।"));
    }
    words
}
