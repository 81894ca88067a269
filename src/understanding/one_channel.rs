//! A wish about one way of reaching a person alone: "सिर्फ SMS बंद करो", "whatsapp par mat bhejo", "SMS चालू".
//!
//! `SMS` alone is what many people call any message, so that a stop is narrowed only by a word that does so:
//! सिर्फ, केवल, only, or पर, par, on behind the channel. Everything else stops everything.

use super::{Command, command, fold};
use crate::message::Channel;

/// What people call each way, folded when asked.
const NAMES: [(Channel, &[&str]); 2] = [
    (Channel::Sms, &["sms", "एसएमएस", "एस एम एस", "ایس ایم ایس"]),
    (
        Channel::Whatsapp,
        &[
            "whatsapp",
            "whats app",
            "whatsap",
            "watsapp",
            "watsap",
            "vhatsap",
            "व्हाट्सऐप",
            "व्हाट्सएप",
            "वॉट्सऐप",
            "वाट्सएप",
            "व्हाट्सअप",
            "واٹس ایپ",
            "وٹس ایپ",
        ],
    ),
];
const ONLY: [&str; 8] = ["sirf", "सिर्फ", "सिर्फ़", "keval", "केवल", "only", "just", "صرف"];
const ON: [&str; 9] = ["par", "pe", "पर", "पे", "on", "by", "se", "से", "پر"];
/// What may stand around a wish to hear from us again.
const BACK: [&str; 12] = [
    "chalu",
    "चालू",
    "shuru",
    "शुरू",
    "start",
    "resume",
    "wapas",
    "वापस",
    "چالو",
    "شروع",
    "on",
    "vapas",
];
const AROUND: [&str; 28] = [
    "karo",
    "kar",
    "do",
    "kijiye",
    "karen",
    "karein",
    "kare",
    "करो",
    "कर",
    "दो",
    "कीजिए",
    "करें",
    "करे",
    "phir",
    "fir",
    "फिर",
    "se",
    "से",
    "par",
    "पर",
    "sandesh",
    "message",
    "संदेश",
    "मैसेज",
    "please",
    "کرو",
    "پیغام",
    "पे",
];

/// The one channel a wish is about, and whether the person wants it (`true`) or wants it stopped; `None`:
/// no wish, or one about everything.
#[must_use]
pub fn one_channel(text: &str) -> Option<(Channel, bool)> {
    // Nobody needs more words for it, and a longer text is rather a complaint.
    const LONGEST: usize = 60;
    if text.chars().count() > LONGEST {
        return None;
    }
    let folded = format!(" {} ", fold(text));
    let mut found: Option<(Channel, String)> = None;
    for (channel, names) in NAMES {
        for name in names {
            let name = format!(" {} ", fold(name));
            if !folded.contains(&name) {
                continue;
            }
            if found.as_ref().is_some_and(|(other, _)| *other != channel) {
                return None;
            }
            found.get_or_insert((channel, name));
        }
    }
    let (channel, name) = found?;
    let (before, after) = folded.split_once(&name)?;
    let is = |word: &str, listed: &[&str]| listed.iter().any(|one| fold(one) == word);
    let on_it = after.split_whitespace().next().is_some_and(|word| is(word, &ON));
    let rest: Vec<&str> = before.split_whitespace().chain(after.split_whitespace()).collect();
    let only = rest.iter().any(|word| is(word, &ONLY));

    let wish: Vec<&str> = rest.iter().copied().filter(|word| !is(word, &ONLY)).collect();
    let wants = wish.iter().any(|word| is(word, &BACK))
        && wish.iter().all(|word| is(word, &BACK) || is(word, &AROUND));
    if wants {
        return Some((channel, true));
    }
    let without_on = wish.iter().copied().enumerate().filter(|(place, word)| {
        let behind_the_name = *place == before.split_whitespace().filter(|w| !is(w, &ONLY)).count();
        !(behind_the_name && is(word, &ON))
    });
    let stop: Vec<&str> = without_on.map(|(_, word)| word).collect();
    let stops = (only || on_it) && command(&stop.join(" ")) == Some(Command::Stop);
    stops.then_some((channel, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_is_narrowed_only_by_a_word_that_does_so() {
        for (text, expected) in [
            ("सिर्फ SMS बंद करो", Some((Channel::Sms, false))),
            ("sirf sms band karo", Some((Channel::Sms, false))),
            ("केवल व्हाट्सऐप बंद", Some((Channel::Whatsapp, false))),
            ("whatsapp par message mat bhejo", Some((Channel::Whatsapp, false))),
            ("SMS पर मत भेजो", Some((Channel::Sms, false))),
            ("stop only sms", Some((Channel::Sms, false))),
            ("sms band karo", None),
            ("बंद करो", None),
            ("sms aur whatsapp par band karo", None),
            ("whatsapp par baat karni hai", None),
            ("sirf sms", None),
        ] {
            assert_eq!(one_channel(text), expected, "{text}");
        }
    }

    #[test]
    fn it_is_undone_by_saying_so() {
        for (text, expected) in [
            ("SMS चालू", Some((Channel::Sms, true))),
            ("sms chalu karo", Some((Channel::Sms, true))),
            ("whatsapp फिर से शुरू करो", Some((Channel::Whatsapp, true))),
            ("start sms", Some((Channel::Sms, true))),
            ("संदेश चालू", None),
            ("whatsapp kaise chalu hota hai", None),
        ] {
            assert_eq!(one_channel(text), expected, "{text}");
        }
    }
}
