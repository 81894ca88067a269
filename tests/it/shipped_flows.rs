//! The shipped flows from a phone, in every language: every question, list and text of theirs
//! leaves in a form that Meta takes.

use std::collections::BTreeMap;
use std::time::Duration;

use samvad::sandbox::envelope::Person;
use samvad::sandbox::ledger::{Answer, SendEntry};

use crate::support::house::{House, Plan};
use crate::support::phone::Phone;

/// What one language calls things by.
struct Words {
    language: &'static str,
    hello: &'static str,
    my_data: &'static str,
    join: &'static str,
    stop: &'static str,
    on: &'static str,
    menu: &'static str,
    help: &'static str,
    notice: &'static str,
    unsure: [&'static str; 2],
    /// A word of `my_data` that stands there when messages are on, and one when they are not.
    on_off: [&'static str; 2],
}

const HINDI: Words = Words {
    language: "hi",
    hello: "नमस्ते",
    my_data: "मेरी जानकारी",
    join: "सदस्य बनना है",
    stop: "बंद",
    on: "संदेश चालू",
    menu: "मेन्यू",
    help: "मदद",
    notice: "सूचना",
    unsure: ["पता नहीं", "नहीं मालूम"],
    on_off: ["की खबर: चालू", "की खबर: बंद"],
};

const ENGLISH: Words = Words {
    language: "en",
    hello: "hello",
    my_data: "my data",
    join: "join",
    stop: "stop",
    on: "resume",
    menu: "menu",
    help: "help",
    notice: "notice",
    unsure: ["???", "!!!"],
    on_off: ["office: on", "office: off"],
};

const URDU: Words = Words {
    language: "ur",
    hello: "آداب",
    my_data: "میری معلومات",
    join: "ممبر بننا ہے",
    stop: "بند",
    on: "پیغام چالو",
    menu: "مینو",
    help: "مدد",
    notice: "نوٹس",
    unsure: ["پتہ نہیں", "نہیں معلوم"],
    on_off: ["کی خبر: چالو", "کی خبر: بند"],
};

#[tokio::test(flavor = "multi_thread")]
async fn every_shipped_flow_leaves_in_hindi_as_meta_takes_it() {
    walk_through_everything(&HINDI).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shipped_flow_leaves_in_english_as_meta_takes_it() {
    walk_through_everything(&ENGLISH).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_shipped_flow_leaves_in_urdu_as_meta_takes_it() {
    walk_through_everything(&URDU).await;
}

/// A phone sets a line from the right when its first letter is one of Urdu's; a name or an English
/// word in front would turn the whole line around.
#[test]
fn every_line_in_urdu_begins_in_urdu() {
    let sources = samvad::serve::read_sources(None, None).unwrap();
    let mut seen = 0;
    for file in sources.files.iter().filter(|file| file.path.starts_with("locales/ur/")) {
        for line in file.text.lines() {
            let said = line.split_once(" = ").map_or(line, |(_, said)| said).trim();
            let names_a_key = line.trim_end().ends_with(['=', '>']);
            // The names of the languages stand in their own letters.
            let foreign = line.trim().starts_with(".hi =") || line.trim().starts_with(".en =");
            // What goes on behind a choice of words, and lists, whose lines begin with a number.
            let goes_on = line.trim_start().starts_with('}');
            let is_list =
                ["{ $poll_candidates }", "{ $poll_example }", "{ $poll_question }"].contains(&said);
            let skipped =
                line.starts_with('#') || line.contains(".version =") || goes_on || is_list;
            if said.is_empty() || names_a_key || foreign || skipped {
                continue;
            }
            let term = said.strip_prefix("{ -");
            let said = said.trim_start_matches(['[', '*']);
            let begins = said.chars().find(|first| first.is_alphabetic() || *first == '$');
            let urdu = |first: char| ('\u{600}'..='\u{6ff}').contains(&first);
            let variant = line.trim_start().starts_with(['[', '*']);
            assert!(term.is_some() || variant || begins.is_none_or(urdu), "{}: {line}", file.path);
            seen += 1;
        }
    }
    assert!(seen > 100, "only {seen} lines of Urdu");
}

/// Three phones, because one person is sent no more than a burst of 45 in a short while.
async fn walk_through_everything(words: &Words) {
    let house = House::new(Plan::default()).await;
    let server = house.start();
    let mut phones = Vec::new();
    for number in ["919812345678", "919812345679", "919812345680"] {
        let mut phone = Phone::new(&house, Person::phone(number));
        phone.says(HINDI.hello, 1).await;
        phone.taps("language", 1).await;
        phone.taps(words.language, 1).await;
        phones.push(phone);
    }
    let [stranger, member, leaver] = phones.as_mut_slice() else { unreachable!() };
    look_around(stranger, words).await;
    join_by_the_list(member, words).await;
    stay(member, words).await;
    join_by_the_list(leaver, words).await;
    leave(leaver, words).await;

    assert!(house.sandbox.until_quiet(Duration::from_secs(30)).await);
    let verdict = house.sandbox.verdict();
    assert_eq!(verdict.refused, BTreeMap::new(), "our sends break Meta's rules");
    assert!(verdict.unanswered.is_empty() && verdict.overlaps == 0, "{verdict:#?}");
    let heard: Vec<&SendEntry> = phones.iter().flat_map(|phone| &phone.heard).collect();
    assert_eq!(verdict.sends, heard.len());
    for send in heard {
        fits_a_phone(send);
    }
    server.stop();
}

async fn look_around(phone: &mut Phone<'_>, words: &Words) {
    phone.says(words.hello, 1).await;
    phone.taps("help", 1).await;
    phone.taps("menu", 1).await;
    phone.taps("my_data", 1).await;
    phone.says(words.notice, 2).await;
    phone.taps("ok", 1).await;
    phone.says(words.stop, 1).await;
    phone.says(words.help, 1).await;
    phone.taps("person", 1).await;
    phone.says(words.menu, 1).await;
}

/// Who does not know the seat is shown a list of several pages.
async fn join_by_the_list(phone: &mut Phone<'_>, words: &Words) {
    phone.says(words.join, 1).await;
    phone.taps("yes", 1).await;
    phone.says("1985", 1).await;
    phone.says("सुनीता देवी", 1).await;
    phone.says("प्रयागराज", 1).await;
    phone.says(words.unsure[0], 1).await;
    let first = phone.says(words.unsure[1], 1).await;
    assert!(first[0].listed, "{first:#?}");
    let second = phone.taps("+1", 1).await;
    let back = phone.taps("+0", 1).await;
    assert_eq!(titles(&first), titles(&back));
    assert_ne!(titles(&first), titles(&second));
    let seat = back[0].offered[2].id.rsplit(':').next().unwrap().to_owned();
    phone.taps(&seat, 1).await;
    phone.taps("-", 1).await;
    phone.taps("change", 1).await;
    phone.taps("booth", 1).await;
    phone.says("१२", 1).await;
    phone.taps("right", 2).await;
    phone.taps("yes", 1).await;
}

/// A member looks, stops, comes back.
async fn stay(phone: &mut Phone<'_>, words: &Words) {
    phone.says(words.menu, 1).await;
    let data = phone.taps("my_data", 1).await;
    assert!(data[0].text.contains(words.on_off[0]), "{data:#?}");
    phone.taps("correct", 1).await;
    phone.says("नाम में मात्रा", 1).await;
    phone.says(words.on, 1).await;
    phone.says(words.stop, 1).await;
    phone.taps("undo", 1).await;
    phone.says(words.stop, 1).await;
    phone.taps("give_up", 1).await;
    phone.taps("no", 1).await;
    let data = phone.says(words.my_data, 1).await;
    assert!(data[0].text.contains(words.on_off[1]), "{data:#?}");
    phone.taps("ok", 1).await;
    phone.says(words.on, 1).await;
    phone.taps("yes", 1).await;
    phone.taps("yes", 1).await;
}

async fn leave(phone: &mut Phone<'_>, words: &Words) {
    phone.says(words.join, 1).await;
    phone.says(words.my_data, 1).await;
    phone.taps("erase", 1).await;
    phone.taps("yes", 1).await;
    phone.says(words.on, 1).await;
    phone.taps("yes", 1).await;
    phone.taps("no", 1).await;
    phone.says(words.stop, 1).await;
    phone.taps("give_up", 1).await;
    phone.taps("yes", 1).await;
    phone.says(words.hello, 1).await;
}

fn titles(sends: &[SendEntry]) -> Vec<&str> {
    sends.iter().flat_map(|send| &send.offered).map(|offered| offered.title.as_str()).collect()
}

/// Meta's limits once more, counted here and not by the sandbox.
fn fits_a_phone(send: &SendEntry) {
    let letters = |text: &str| text.chars().count();
    assert_eq!(send.answer, Answer::Accepted, "{send:#?}");
    let longest = if send.kind == "text" { 4096 } else { 1024 };
    assert!((1..=longest).contains(&letters(&send.text)), "{send:#?}");
    let (most, longest) = if send.listed { (10, 24) } else { (3, 20) };
    assert!(send.offered.len() <= most, "{send:#?}");
    for offered in &send.offered {
        assert!((1..=longest).contains(&letters(&offered.title)), "{send:#?}");
        assert!((1..=200).contains(&offered.id.len()), "{send:#?}");
    }
    // A person reads this on a small screen.
    assert!(send.text.lines().count() <= 30, "{send:#?}");
}
