//! The DLT registry at work: its files, what leaves by it, and the proof that texts have templates.

use std::sync::Arc;

use super::fixture;
use super::{Diagnostic, Flows, Rendering, Severity, SourceFile, Sources, Talk, load, prove};
use crate::contact::{Contact, Language};
use crate::flow::Rules;
use crate::message::{Content, Mark, Reply};

/// A registry of one template.
const REGISTRY: &str = "\
entity: '1101161000000000001'
headers: {UPSMVD: service}
templates:
  card:
    id: '1107161000000000001'
    header: UPSMVD
    language: hi
    text: |-
      x
";

fn with(registry: &str) -> Sources {
    let mut sources = fixture::sources();
    let path = "flows/dlt/registry.yaml".to_owned();
    sources.files.push(SourceFile { path, text: registry.to_owned() });
    sources
}

fn told(registry: &str) -> String {
    let findings = match load(&with(registry), fixture::geography()) {
        Ok(flows) => flows.warnings().to_vec(),
        Err(findings) => findings,
    };
    let of_file = findings.iter().filter(|found| found.path.starts_with("flows/dlt/"));
    of_file.map(ToString::to_string).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn a_registry_as_it_should_be_is_told_nothing_of() {
    assert_eq!(told(REGISTRY), "");
}

#[test]
fn every_mistake_in_a_registry_is_told_with_its_place_and_a_hint() {
    let mistakes = [
        "entity: 1.101161e18\n",
        "entiti: '1101161000000000001'\n",
        "headers: {VM-UPSMVD: service}\n",
        "headers: {UPSMVD: servis}\n",
        "headers: {UPSMVD: promotional}\n",
        "longest: 400\n",
        "urls: samvad.example.in\n",
        "templates:\n  a: {id: '1107161000000000001', text: नमस्ते जी}\n",
        "templates:\n  a: {id: 1107161000000000001, text: नमस्ते जी, status: proposed, header: UPSMVD}\n",
        "templates:\n  a: {id: '110716', text: नमस्ते जी, status: proposed}\n",
        "templates:\n  a: {text: 'नमस्ते {#name#} जी'}\n",
        "templates:\n  a: {text: 'नमस्ते {#VAR#} जी'}\n",
        "templates:\n  a: {text: 'नमस्ते { $name } जी'}\n",
        "templates:\n  a: {text: 'नमस्ते {#var# जी'}\n",
        "templates:\n  a: {text: 'आपका नाम {#var#}।'}\n",
        "templates:\n  a: {status: approved, text: नमस्ते जी}\n",
        "templates:\n  a: {header: UPSMVD}\n",
        "templates:\n  a: {text: नमस्ते जी, tested: [hindi]}\n",
        "templates:\n  a b: {text: नमस्ते जी}\n",
        "brands: [दल]\ntemplates:\n  a: {text: नमस्ते जी}\n",
        "headers: {UPSMVD: service}\ntemplates:\n  a: {text: नमस्ते जी, header: UPSMV}\n  b: {text: नमस्ते, header: UPSMVD, category: promotional}\n",
    ];
    let shown: Vec<String> = mistakes.iter().map(|text| told(text)).collect();
    assert!(shown.iter().all(|told| !told.is_empty()), "{shown:#?}");
    insta::assert_snapshot!(shown.join("\n\n"));
}

/// The templates of everything the office of the tests says, all of them registered.
fn registered(change: impl Fn(&mut String)) -> String {
    let flows = super::propose(&fixture::sources(), fixture::geography()).unwrap();
    let mut registry = "entity: '1101161000000000001'\nheaders: {UPSMVD: service}\npasses: '-,./'\nlongest: 60\nurls: [https://wa.me]\ntemplates:\n".to_owned();
    for (number, lacking) in flows.lacking().iter().enumerate() {
        let known = crate::dlt::Registry {
            headers: vec![crate::dlt::Header {
                name: "UPSMVD".to_owned(),
                category: crate::dlt::Category::Service,
            }],
            limits: crate::dlt::Limits { longest: 60, ..crate::dlt::Limits::default() },
            ..crate::dlt::Registry::default()
        };
        let entry = lacking.proposal.entry(&known, crate::dlt::Category::Service);
        let (head, body) = entry.split_once(":\n").unwrap();
        let id = format!("11071610000{number:08}");
        let lines =
            [head, ":\n    id: '", &id, "'\n    tested: [latin, devanagari, arabic]\n", body];
        registry.push_str(&lines.concat());
    }
    change(&mut registry);
    registry
}

fn loaded(registry: &str) -> Flows {
    load(&with(registry), fixture::geography()).unwrap_or_else(|found| {
        panic!("{}", found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

fn proved(registry: &str) -> Vec<String> {
    found_of(registry).iter().map(ToString::to_string).collect()
}

fn found_of(registry: &str) -> Vec<Diagnostic> {
    let mut found = match prove(&with(registry), fixture::geography(), Rules::default()) {
        Ok(flows) => flows.warnings().to_vec(),
        Err(found) => found,
    };
    let codes = ["dlt-template", "dlt-value", "dlt-waits", "unknown-flow"];
    found.retain(|found| codes.contains(&found.code.name()));
    found
}

/// A text without the lines that begin so.
fn without(text: &str, beginning: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with(beginning));
    let mut left = lines.collect::<Vec<_>>().join("\n");
    left.push('\n');
    left
}

/// The registry of a beginner: everything is proposed.
fn proposed(registry: &str) -> String {
    without(registry, "id:")
}

fn talk() -> Talk {
    let contact = Contact { language: Language::Hi, language_chosen: true, ..Contact::default() };
    Talk::new(contact, Rendering::Sms)
}

fn bodies(replies: &[Reply]) -> Vec<&str> {
    replies.iter().map(|reply| reply.content.body()).collect()
}

#[test]
fn what_is_proposed_and_registered_is_all_there_is_to_say() {
    let registry = registered(|_| {});
    assert_eq!(proved(&registry), Vec::<String>::new());
    let flows = loaded(&registry);
    let mut talk = talk();
    for said in ["सदस्य", "1", "1972", "राम प्रसाद", "बरेली", "बरेली कैंट", "45", "1", "12"]
    {
        let (replies, _) = talk.write(&flows, said);
        assert!(!replies.is_empty(), "{said}");
        assert_eq!(talk.unsaid, [], "{said}");
        for reply in &replies {
            let dlt = reply.content.registered().expect("every message has a template");
            assert_eq!(dlt.entity.as_deref(), Some("1101161000000000001"));
            assert_eq!(dlt.headers, ["UPSMVD"]);
        }
    }
}

#[test]
fn a_text_without_a_template_is_told_where_it_stands_with_the_nearest_one() {
    let registry = registered(|text| *text = text.replacen("1. हाँ", "1. हां", 1));
    insta::assert_snapshot!(proved(&registry).join("\n\n"));
}

#[test]
fn what_may_not_leave_is_not_said_and_the_question_is_asked_again() {
    let all = registered(|_| {});
    let flows = loaded(&registered(|text| {
        let consent = text.find("  join-consent-hi:").unwrap();
        let id = text[consent..].find("    id:").unwrap() + consent;
        let end = id + text[id..].find('\n').unwrap();
        text.replace_range(id..end, "    status: stopped");
    }));
    let mut talk = talk();
    let (replies, _) = talk.write(&flows, "सदस्य");
    assert_eq!(bodies(&replies), ["कार्यालय से पूछिए।"]);
    let reasons: Vec<(&str, &str)> =
        talk.unsaid.iter().map(|unsaid| (unsaid.reason, unsaid.texts[0].as_str())).collect();
    assert_eq!(reasons, [("stopped", "consent")]);
    // Nobody consents to what they never read, also not when it may be said again.
    let flows = loaded(&all);
    let (replies, _) = talk.write(&flows, "1");
    assert!(talk.contact.consents.is_empty(), "{:?}", talk.facts);
    assert_eq!(replies.len(), 1);
    talk.write(&flows, "1");
    assert_eq!(talk.contact.consents.len(), 1);
}

#[test]
fn a_value_that_does_not_fit_is_refused_when_it_is_planned() {
    let flows = loaded(&registered(|text| {
        *text = text.replace("longest: 60", "longest: 20");
        *text = text.replace("tested: [latin, devanagari, arabic]", "tested: [latin, devanagari]");
    }));
    for (name, reason) in [("राम प्रसाद", None), ("राम प्रसाद कुमार सिंह यादव", Some("too_long"))]
    {
        let mut talk = talk();
        for said in ["सदस्य", "1", "1972", name, "बरेली", "बरेली कैंट", "45"]
        {
            talk.write(&flows, said);
        }
        assert_eq!(talk.unsaid.first().map(|unsaid| unsaid.reason), reason, "{name}");
        let told = talk.unsaid.iter().map(|unsaid| unsaid.words.as_str()).collect::<String>();
        assert!(!told.contains("राम"), "{told}");
    }
}

#[test]
fn without_templates_that_may_be_used_everything_leaves_as_ever() {
    let only_proposed = proposed(&registered(|_| {}));
    for flows in [loaded(&only_proposed), fixture::flows()] {
        let (replies, _) = talk().write(&flows, "सदस्य");
        assert!(matches!(replies[0].content, Content::Text { .. }), "{replies:?}");
    }
}

#[test]
fn what_leaves_by_other_channels_needs_no_template() {
    let flows = loaded(REGISTRY);
    let contact = Contact { language: Language::Hi, ..Contact::default() };
    let (replies, _) = Talk::new(contact, Rendering::Whatsapp).write(&flows, "सदस्य");
    assert!(matches!(replies[0].content, Content::Buttons { .. }), "{replies:?}");
}

#[test]
fn what_is_said_together_is_one_message_where_a_template_has_it_and_else_several() {
    let separate = registered(|_| {});
    let mut counts = Vec::new();
    for together in [false, true] {
        let registry = if together {
            let one = "  both:\n    id: '1107161009999999999'\n    header: UPSMVD\n    text: |-\n      समझ नहीं आया।\n      चार अंक।\n";
            format!("{separate}{one}")
        } else {
            separate.clone()
        };
        let flows = loaded(&registry);
        let mut talk = talk();
        talk.write(&flows, "सदस्य");
        talk.write(&flows, "1");
        let (replies, _) = talk.write(&flows, "क ख ग");
        counts.push(replies.len());
    }
    assert_eq!(counts, [3, 2]);
}

#[test]
fn the_shipped_flows_have_a_template_for_every_text_once_they_are_proposed() {
    let sources = crate::serve::read_sources(None, None).unwrap();
    let geography = Arc::new(crate::geography::Geography::shipped().unwrap());
    let flows = super::propose(&sources, geography).unwrap();
    let lacking = flows.lacking();
    assert!(lacking.len() > 300, "{}", lacking.len());
    let names: std::collections::HashSet<&str> =
        lacking.iter().map(|lacking| lacking.proposal.name.as_str()).collect();
    assert_eq!(names.len(), lacking.len(), "no name twice");
}

/// A registry of one template that is only proposed.
const FIRST: &str = "entity: '1101161000000000001'\ntemplates:\n  first: {text: नमस्ते जी}\n";

#[test]
fn until_the_first_id_what_lacks_is_a_warning_once_for_each_flow() {
    let found = found_of(FIRST);
    assert!(found.iter().all(|one| one.severity == Severity::Warning), "{found:#?}");
    let lacking = found.iter().filter(|one| one.code.name() == "dlt-template");
    let books: Vec<&str> = lacking.clone().map(|one| one.path.as_str()).collect();
    let mut once = books.clone();
    once.dedup();
    assert_eq!(books, once, "one finding a flow");
    let of_join = lacking.clone().find(|one| one.path == "flows/join.yaml").unwrap();
    insta::assert_snapshot!(of_join);
}

#[test]
fn from_the_first_id_on_what_lacks_is_an_error_once_for_each_flow() {
    let first = FIRST.replace("{text", "{id: '1107161000000000001', text");
    let found = found_of(&first);
    let of_join: Vec<&Diagnostic> =
        found.iter().filter(|one| one.path == "flows/join.yaml").collect();
    assert!(matches!(of_join.as_slice(), [one] if one.severity == Severity::Error), "{found:#?}");
}

#[test]
fn templates_that_wait_for_their_ids_are_told_together() {
    let waiting: Vec<String> = proved(&proposed(&registered(|_| {})));
    let [only] = waiting.as_slice() else { panic!("{}", waiting.join("\n\n")) };
    assert!(only.contains("nothing leaves by ") && only.contains(" more"), "{only}");
}

#[test]
fn values_that_do_not_fit_are_told_together() {
    let found = found_of(&registered(|text| {
        *text = text.replace("tested: [latin, devanagari, arabic]", "tested: [latin]");
    }));
    let of_join: Vec<&Diagnostic> = found
        .iter()
        .filter(|one| one.path.contains("join") && one.code.name() == "dlt-value")
        .collect();
    let [only] = of_join.as_slice() else { panic!("{of_join:#?}") };
    insta::assert_snapshot!(only);
}

#[test]
fn what_was_tried_is_said_once_for_all_templates_that_do_not_say_it() {
    let values = |registry: &str| {
        let found = found_of(registry);
        found.iter().filter(|one| one.code.name() == "dlt-value").count()
    };
    let silent = registered(|text| *text = without(text, "tested:"));
    assert!(values(&silent) > 0);
    assert_eq!(values(&format!("tested: [latin, devanagari]\n{silent}")), 0);
    // A template's own word counts for it.
    let other = silent.replacen("    category: ", "    tested: [latin]\n    category: ", 1_000);
    assert_eq!(values(&format!("tested: [latin, devanagari]\n{other}")), values(&silent));
    assert!(told("tested: [hindi]\n").contains("there is no script `hindi`"));
}

#[test]
fn templates_that_do_not_name_the_party_are_told_together() {
    let told = told(
        "brands: [दल]\ntemplates:\n  a: {text: नमस्ते जी}\n  b: {text: फिर मिलेंगे}\n  c: {text: दल की ओर से}\n",
    );
    assert_eq!(told.matches("do not name the party").count(), 1, "{told}");
    assert!(told.contains("2 templates of this file do not name the party: `a`, `b`"), "{told}");
}

#[test]
fn only_the_languages_and_flows_that_go_by_sms_need_templates() {
    let only = |keys: &str| found_of(&format!("{keys}{FIRST}"));
    let told = |keys: &str| -> String {
        let found = only(keys);
        let lacking = found.iter().filter(|one| one.code.name() == "dlt-template");
        lacking.map(|one| format!("{} {}", one.path, one.message)).collect::<Vec<_>>().join("\n")
    };
    let hindi = told("languages: [hi]\n");
    assert!(hindi.contains(" in Hindi") && !hindi.contains(" in English"), "{hindi}");
    let join = told("flows: [join]\n");
    assert!(join.contains("flows/join.yaml") && join.contains("`common`"), "{join}");
    assert!(!join.contains("flows/greeting.yaml"), "{join}");
    let wrong = only("flows: [jion, notices]\nlanguages: [hi]\n");
    let wrong: Vec<String> = wrong
        .iter()
        .filter(|one| one.code.name() == "unknown-flow")
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(wrong.join("\n\n"));
    let language = told("languages: [hindi]\n");
    assert_eq!(language, "", "what cannot be read is told, and nothing else");
}

#[test]
fn who_speaks_another_language_is_spoken_to_in_the_first_that_goes_by_sms() {
    let all = registered(|text| text.insert_str(0, "languages: [hi]\n"));
    let flows = loaded(&all);
    let contact = Contact { language: Language::En, language_chosen: true, ..Contact::default() };
    let mut by_sms = Talk::new(contact.clone(), Rendering::Sms);
    let (replies, _) = by_sms.write(&flows, "join");
    assert_eq!(by_sms.unsaid, []);
    assert!(bodies(&replies)[0].starts_with("सहमत हैं?"), "{replies:?}");
    assert_eq!(by_sms.contact.language, Language::En, "it stays what they chose");
    let (replies, _) = Talk::new(contact, Rendering::Whatsapp).write(&flows, "join");
    assert!(bodies(&replies)[0].starts_with("Agree?"), "{replies:?}");
}

#[test]
fn every_key_of_a_registry_is_in_the_documents() {
    let page = include_str!("../../docs/operations.md");
    let (_, section) = page.split_once("\n## DLT\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let (of_registry, of_template) = section.split_once("| key of a template |").unwrap();
    for key in super::dlt::KEYS {
        assert!(of_registry.contains(&format!("| `{key}` |")), "{key}");
    }
    for key in super::dlt::TEMPLATE_KEYS {
        assert!(of_template.contains(&format!("| `{key}` |")), "{key} of a template");
    }
}

#[test]
fn what_is_said_instead_is_proposed_in_every_language_of_the_shipped_texts() {
    let shipped = crate::serve::read_sources(None, None).unwrap();
    let flows = super::propose(&shipped, fixture::geography()).unwrap();
    for language in Language::ALL {
        let name = format!("common-sms-instead-{}", language.code());
        let proposal = flows.lacking().iter().find(|lacking| lacking.proposal.name == name);
        let longest = proposal.expect(&name).proposal.longest();
        assert!(crate::segments::measure(&longest).parts <= 2, "{longest}");
    }
    // Whoever has no such text is told what comes of it.
    let mut sources = with(FIRST);
    for file in &mut sources.files {
        file.text = without(&file.text, "sms-instead");
    }
    let found = match prove(&sources, fixture::geography(), Rules::default()) {
        Ok(flows) => flows.warnings().to_vec(),
        Err(found) => found,
    };
    assert!(
        found.iter().any(|one| one.message.contains("does not say `sms-instead`")),
        "{found:#?}"
    );
}
#[test]
fn advertising_to_a_marked_number_is_not_planned_and_told_by_the_mark() {
    let flows = loaded(&registered(|text| {
        *text = text.replace("{UPSMVD: service}", "{'561610': promotional}");
        *text = text.replace("header: [UPSMVD]", "header: ['561610']");
        *text = text.replace("category: service", "category: promotional");
    }));
    for mark in Mark::ALL {
        let mut talk = talk();
        let (replies, _) = talk.write(&flows, "सदस्य");
        assert_eq!(replies.len(), 1, "to others it is said");
        assert!(replies[0].content.registered().is_some_and(|dlt| dlt.promotional));
        talk.contact.marks = vec![mark];
        let (replies, _) = talk.write(&flows, "सदस्य");
        assert_eq!(bodies(&replies), Vec::<&str>::new());
        assert_eq!(talk.unsaid[0].reason, mark.name());
    }
}

/// The shipped flows with a registry in which every text of theirs is registered, in Hindi; nothing but letters, digits and
/// blanks was tried in its places.
fn shipped_and_registered() -> Flows {
    let geography = Arc::new(crate::geography::Geography::shipped().unwrap());
    let mut sources = crate::serve::read_sources(None, None).unwrap();
    let head =
        "entity: '1101161000000000001'\nheaders: {UPSMVD: service}\npasses: '-'\nlanguages: [hi]\n";
    let flows = super::propose(&sources, Arc::clone(&geography)).unwrap();
    let known = crate::dlt::Registry {
        headers: vec![crate::dlt::Header {
            name: "UPSMVD".to_owned(),
            category: crate::dlt::Category::Service,
        }],
        ..crate::dlt::Registry::default()
    };
    let mut registry = format!("{head}templates:\n");
    let of_hindi =
        flows.lacking().iter().filter(|lacking| lacking.proposal.language == Language::Hi);
    for (number, lacking) in of_hindi.enumerate() {
        let entry = lacking.proposal.entry(&known, crate::dlt::Category::Service);
        let (name, body) = entry.split_once(":\n").unwrap();
        let id = format!("11071610000{number:08}");
        let lines =
            [name, ":\n    id: '", &id, "'\n    tested: [latin, devanagari, arabic]\n", body];
        registry.push_str(&lines.concat());
    }
    let path = "flows/dlt/registry.yaml".to_owned();
    sources.files.push(super::SourceFile { path, text: registry });
    load(&sources, geography).unwrap_or_else(|found| {
        panic!("{}", found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

#[test]
fn a_poll_is_answered_by_sms_with_names_and_marks_in_lines_that_operators_let_through() {
    let flows = shipped_and_registered();
    let contact = Contact { language: Language::Hi, language_chosen: true, ..Contact::default() };
    let mut talk = Talk::new(contact, Rendering::Sms);
    let poll = super::StagedPoll {
        method: "choose_one".to_owned(),
        candidates: ["डॉ. अनिल यादव", "सुनीता वर्मा", "इमरान अंसारी"].map(str::to_owned).to_vec(),
        ratings: ["honesty", "work"].map(str::to_owned).to_vec(),
        may_change: true,
        closes_after: jiff::SignedDuration::from_hours(48),
        ..super::StagedPoll::default()
    };
    talk.ask_opinion(crate::poll::asked::staged(&poll, talk.now));
    let mut said = Vec::new();
    for words in ["राय", "2", "5 4 3 3 1 2", "रसीद"] {
        let (replies, _) = talk.write(&flows, words);
        assert_eq!(talk.unsaid, [], "{words}");
        for reply in &replies {
            let Content::Registered { body, .. } = &reply.content else {
                panic!("{words}: {:?}", reply.content)
            };
            said.push(body.clone());
        }
    }
    let told = said.join("\n\n");
    assert!(told.contains("1 डॉ अनिल यादव 2 सुनीता वर्मा 3 इमरान अंसारी 4 नहीं बताना"), "{told}");
    assert!(told.contains("जैसे 5 4 3 4 4 2"), "{told}");
    assert!(told.contains("आपका जवाब: सुनीता वर्मा") && told.contains("7K2-QXM-9ZT"), "{told}");

    // Names that no template holds: nothing that would be refused leaves, and the worker hears where to go.
    let mut talk = Talk::new(talk.contact.clone(), Rendering::Sms);
    let many = (1..=12).map(|number| format!("बहुत लंबे नाम वाले प्रत्याशी जी {number}"));
    let poll = super::StagedPoll { candidates: many.collect(), ..poll };
    talk.ask_opinion(crate::poll::asked::staged(&poll, talk.now));
    let (replies, trace) = talk.write(&flows, "राय");
    assert_eq!((replies.len(), trace), (1, vec![vec!["sms-instead".to_owned()]]));
    assert!(matches!(replies[0].content, Content::Registered { .. }));
}
