//! What one word does in a message about a place.

use super::super::super::heard::Word;
use super::super::super::words::{
    DOUBT, FILLER, IS, JI, MAT, NO, NUMBER_FRAME, OR, PART, PLACE_FRAME, POLITE, QUESTION, URBAN,
    WHY,
};
use super::super::lexicon::{Level, Use, is_common_word, used};
use super::super::table::Table;
use super::Class;
use crate::geography::Meant;

/// `shehar jaunpur`, `रामपुर शहर`: a word for a city beside the name of a district is no part of it.
pub(super) fn frame_cities(words: &[Word<'_>], classes: &mut [Class], table: &Table<'_>) {
    let mut shared = false;
    for (word, class) in words.iter().zip(classes) {
        let city = word.is(URBAN) && !matches!(word.folded, "nagar" | "nager" | "नगर");
        if *class == Class::Part && city && !shared {
            *class = Class::Frame;
        }
        // "kanpur shehar" is one of two.
        shared = matches!(table.index.lesser(word.folded), Some(Meant::Several(_)));
    }
}

/// What the word at a place does. What it is for places comes before what it is elsewhere.
pub(super) fn classify(words: &[Word<'_>], place: usize, before: Option<Class>) -> Class {
    let Some(word) = words.get(place) else { return Class::Frame };
    if word.is_digits() {
        return Class::Digits;
    }
    let next = words.get(place + 1).map(|next| next.folded);
    // `uttar` of `uttar pradesh`.
    if matches!(word.folded, "utar" | "uttar" | "उतर")
        && next.is_some_and(|next| next.starts_with("pra") || next.starts_with("परद"))
    {
        return Class::Frame;
    }
    // `ghazia bad`, `फिरोजा बाद`.
    if matches!(word.folded, "bad" | "बाद" | "abad" | "आबाद") && before == Some(Class::Unknown)
    {
        return Class::Unknown;
    }
    // `pata: …` is an address, `pata nahi` a doubt.
    if matches!(word.folded, "pata" | "पता")
        && !words.iter().skip(place + 1).any(|later| later.is(NO | QUESTION))
        && !place.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|before| before.is(NO))
        && words.len() > 1
    {
        return Class::Frame;
    }
    // "kya batau": the answer follows.
    let says = |next: &str| {
        matches!(
            next,
            "batau" | "bataun" | "bolu" | "bolun" | "kahu" | "kahun" | "बताउं" | "बताउ" | "बताऊ"
        )
    };
    if matches!(word.folded, "kya" | "क्या" | "कया") && next.is_some_and(says) {
        return Class::Frame;
    }
    // "kushinagar, aur kya": what else.
    let and_before = place
        .checked_sub(1)
        .and_then(|at| words.get(at))
        .is_some_and(|word| matches!(word.folded, "aur" | "ओर"));
    if matches!(word.folded, "kya" | "क्या" | "कया") && and_before {
        return Class::Frame;
    }
    // "X hai na", "jo X hai na vahi": a tag, no denial.
    let is_tag = matches!(word.folded, "na" | "ना" | "न")
        && place.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|word| word.is(IS));
    if is_tag {
        return Class::Frame;
    }
    // `lok sabha` is one label.
    if word.folded == "sabha" || word.folded == "सभा" {
        return Class::Frame;
    }
    match used(word.folded) {
        Some(Use::Label(level)) => return Class::Label(level),
        Some(Use::Smaller) => return Class::Smaller,
        Some(Use::Larger) => return Class::Larger,
        Some(Use::Frame) => return Class::Frame,
        Some(Use::Everyday) => return Class::Everyday,
        Some(Use::Withheld) => return Class::Question,
        Some(Use::Counted) => return Class::Counted,
        Some(Use::Beside) => return Class::Beside,
        Some(Use::Between) => return Class::Between,
        None => {}
    }
    // The English "no" before a number is its frame.
    if word.is(NO) && !word.is(NUMBER_FRAME) {
        return Class::Not;
    }
    if word.is(QUESTION | MAT | WHY) {
        return Class::Question;
    }
    if word.is(DOUBT) {
        return Class::Doubt;
    }
    if word.is(OR) {
        return Class::Or;
    }
    if word.is(PART) {
        return Class::Part;
    }
    if word.is(FILLER | POLITE | JI | PLACE_FRAME | NUMBER_FRAME) {
        return Class::Frame;
    }
    if word.sense.number.is_some() {
        return Class::Number;
    }
    if !word.sense.roles.is_empty() {
        return Class::Other;
    }
    let everyday = is_future(word.folded) || is_common_word(word.folded);
    if everyday { Class::Everyday } else { Class::Unknown }
}

/// The key of a word to which a label of the level that is asked for is glued: `bastijila`, `हरदोईजिलासे`.
pub(super) fn without_label(folded: &str, table: &Table<'_>) -> String {
    let labels: &[&str] = match table.level {
        Level::District => &["jila", "jile", "janpad", "district", "जिला", "जिले", "जनपद"],
        Level::Seat => &["vidhansabha", "विधानसभा"],
        Level::LokSabha => &["loksabha", "लोकसभा"],
    };
    let small = ["se", "me", "ka", "ki", "से", "में", "मे", "का", "कि"];
    let framed = small.into_iter().find_map(|end| folded.strip_suffix(end));
    let within = |text: &str| {
        labels.iter().find_map(|label| {
            let name = text.strip_suffix(label).or_else(|| text.strip_prefix(label))?;
            (!table.index.exact(name).is_empty()).then(|| name.to_owned())
        })
    };
    let name = within(folded).or_else(|| framed.and_then(within));
    name.unwrap_or_else(|| folded.to_owned())
}

/// `jaunga`, `करेंगे`: what somebody will do is no name.
fn is_future(folded: &str) -> bool {
    ["unga", "ungi", "enge", "engi", "ूंगा", "ुंगा", "ऊंगा", "उंगा", "ुंगि", "उंगि", "ेंगे", "एंगे"]
        .into_iter()
        .any(|ending| folded.ends_with(ending))
}
