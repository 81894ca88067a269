//! The conversations that come with the program.

use super::*;

pub(in crate::flow) fn shipped() -> (Sources, Flows) {
    let sources = crate::serve::read_sources(None, None).unwrap();
    let flows = load(&sources, super::fixture::geography())
        .unwrap_or_else(|findings| panic!("{}", super::fixture::drawn(&findings)));
    (sources, flows.with_polls(crate::poll::asked::staged))
}

#[test]
fn the_shipped_flows_pass_the_check_without_a_warning() {
    let (_, flows) = shipped();
    let warnings: Vec<String> = flows.warnings().iter().map(ToString::to_string).collect();
    assert!(warnings.is_empty(), "{}", warnings.join("\n\n"));
}

#[test]
fn every_shipped_rehearsal_goes_as_written() {
    let (sources, flows) = shipped();
    let reports: Vec<RehearsalReport> =
        sources.rehearsals().into_iter().map(|file| rehearse(&flows, file)).collect();
    let failed: Vec<String> =
        reports.iter().filter(|report| !report.passed()).map(ToString::to_string).collect();
    assert!(failed.is_empty(), "{} of {}\n{}", failed.len(), reports.len(), failed.join("\n\n"));
}

#[test]
fn the_rehearsals_visit_at_least_ninety_five_percent_of_the_branches_of_every_shipped_flow() {
    let (sources, flows) = shipped();
    let reports: Vec<RehearsalReport> =
        sources.rehearsals().into_iter().map(|file| rehearse(&flows, file)).collect();
    let covered = coverage(&flows, &sources, &reports);
    let below: Vec<String> = covered.below(95).map(ToString::to_string).collect();
    assert!(below.is_empty(), "{}", below.join("\n"));
}

#[test]
fn whom_only_a_list_knows_is_told_what_it_says_and_others_that_none_names_them() {
    use crate::contact::{Contact, Language, Listed};
    let (_, flows) = shipped();
    let listed = |booth| Listed {
        number: "UP-0000-0572-4".to_owned(),
        name: "सुनीता देवी".to_owned(),
        assembly: 173,
        booth,
    };
    let told = |contact: Contact, word: &str| {
        let mut talk = Talk::new(contact, Rendering::Whatsapp);
        let (replies, _) = talk.write(&flows, word);
        replies.last().map_or(String::new(), |reply| reply.content.body().to_owned())
    };
    for (language, word, all, without, none) in [
        (
            Language::Hi,
            "मेरी जानकारी",
            "नाम सुनीता देवी, विधानसभा लखनऊ पूर्व, बूथ 12, पद बूथ अध्यक्ष और पन्ना प्रमुख।",
            "बूथ —, पद —।",
            "किसी सूची में आपके नाम से कुछ नहीं",
        ),
        (
            Language::En,
            "my data",
            "name सुनीता देवी, assembly seat Lucknow East, booth 12, post booth president and panna pramukh.",
            "booth -, post -.",
            "No list of the office",
        ),
        (
            Language::Ur,
            "میری معلومات",
            "بوتھ 12، عہدہ بوتھ صدر",
            "بوتھ —، عہدہ —۔",
            "دفتر کی کسی فہرست میں",
        ),
    ] {
        let person = Contact { language, language_chosen: true, ..Contact::default() };
        let posts = vec!["booth_president".to_owned(), "panna_pramukh".to_owned()];
        let known = Contact { listed: Some(listed(Some(12))), posts, ..person.clone() };
        let known = told(known, word);
        assert!(known.contains(all), "{known}");
        let bare = told(Contact { listed: Some(listed(None)), ..person.clone() }, word);
        assert!(bare.contains(without), "{bare}");
        let stranger = told(person, word);
        assert!(stranger.contains(none) && !stranger.contains("—"), "{stranger}");
    }
}

/// Every text of a language, without the lines that only authors read.
fn lines_of(language: &str) -> Vec<(String, String)> {
    let folder = format!("locales/{language}/");
    let (sources, _) = shipped();
    let files = sources.files.into_iter().filter(|file| file.path.starts_with(&folder));
    let lines = files.flat_map(|file| {
        let lines: Vec<(String, String)> =
            file.text.lines().map(|line| (file.path.clone(), line.to_owned())).collect();
        lines
    });
    lines.filter(|(_, line)| !line.starts_with('#')).collect()
}

#[test]
fn each_hindi_word_is_written_in_one_way() {
    for (path, line) in lines_of("hi") {
        // जिला, जरूरत, माफ, आवाज: a nukta stands under ड and ढ alone, where it is a letter of its own.
        let letters: Vec<char> = line.chars().collect();
        for pair in letters.windows(2) {
            let is_other = pair[1] == '\u{93c}' && !matches!(pair[0], 'ड' | 'ढ');
            assert!(!is_other, "{path}: {line}");
        }
        assert!(!line.contains("लिखें"), "{path}: लिखिए is the way to ask: {line}");
        assert!(!line.contains("के बीच"), "{path}: … से … तक: {line}");
    }
    for (path, line) in lines_of("ur") {
        assert!(!line.contains("لکھیں"), "{path}: {line}");
    }
}

#[test]
fn the_quick_words_of_the_simulator_are_those_the_texts_teach() {
    let page: serde_json::Value =
        serde_json::from_str(include_str!("../console/assets/simulator-texts.json")).unwrap();
    for language in ["hi", "en"] {
        let quick = page[language]["quick_words"].as_str().unwrap();
        let quick: Vec<&str> = quick.split('|').collect();
        let lines = lines_of(language);
        for label in ["menu", "help", "back", "restart", "language", "stop"] {
            let begins = format!("    .{label} = ");
            let of_common = |(path, _): &&(String, String)| path.ends_with("/common.ftl");
            let words = lines.iter().filter(of_common);
            let taught = words
                .filter_map(|(_, line)| line.strip_prefix(&begins))
                .any(|word| quick.contains(&word));
            assert!(taught, "{language} {label}: {quick:?}");
        }
    }
}

#[test]
fn whoever_undoes_a_stop_gets_back_exactly_what_it_took() {
    use crate::contact::{ConsentNow, Contact};
    use crate::message::{Channel, Purpose};
    let (_, flows) = shipped();
    let word =
        |purpose, given, only| ConsentNow { purpose, given, at: jiff::Timestamp::UNIX_EPOCH, only };
    let stood = vec![
        word(Purpose::Opinion, true, None),
        word(Purpose::Samvad, true, None),
        word(Purpose::Samvad, false, Some(Channel::Whatsapp)),
        word(Purpose::FollowUp, true, Some(Channel::Sms)),
    ];
    let mut contact = Contact::default();
    for word in stood {
        contact.hear(word);
    }
    let before = contact.clone();
    let mut talk = Talk::new(contact, Rendering::Sms);
    talk.write(&flows, "बंद");
    for purpose in Purpose::ALL {
        assert!(!talk.contact.consents_on(purpose, Channel::Sms), "{purpose:?}");
    }
    talk.write(&flows, "वापस चालू");
    for purpose in Purpose::ALL {
        for channel in [Channel::Whatsapp, Channel::Sms] {
            let of = |contact: &Contact| contact.consents_on(purpose, channel);
            assert_eq!(of(&talk.contact), of(&before), "{purpose:?} {channel}");
        }
    }
}
