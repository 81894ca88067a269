//! Referral codes, terms, changes of a member, requests with details: one promise a test.

use super::fixture::{drawn, file, geography, loaded, sources};
use super::*;
use crate::contact::{Contact, Listed, Member};
use crate::fact::{Detail, Fact, MemberDetails};
use crate::membership::member_number;
use crate::message::{InboundContent, MediaKind};

const MINE: &str = "\
flow: mine
start: {words: [मेरा], link: mine}
steps:
  many: {if: my_count >= 5, then: thanks, else: due}
  thanks: {say: thanks}
  due: {if: term_over || days_left <= 60, then: renewed, else: name}
  renewed: {do: {renew_membership: {term: 3y}}}
  name: {ask: name, answer: person_name, optional: true}
  district: {ask: district, answer: district, optional: true}
  seat: {ask: seat, answer: {assembly: {in: district}}, optional: true}
  booth: {ask: booth, answer: {number: {from: 1, to: 800}}, optional: true}
  changed: {do: update_member}
  filed: {do: {request: {kind: complaint, with: [name, district, booth]}}}
  over: {say: bye, end: true}
";

const TEXTS: &str = "thanks = { $my_count }\nname = { $my_code } { $my_link } { $member_until }?\n\
district = D?\nseat = S?\nbooth = B?\nbye = { $ticket }\n";

/// The small office with one flow more.
fn office(edit: impl Fn(&str) -> String) -> Sources {
    let mut all = sources();
    all.files.push(file("flows/mine.yaml", &edit(MINE)));
    all.files.push(file("locales/hi/mine.ftl", TEXTS));
    all.files.push(file("locales/en/mine.ftl", TEXTS));
    all
}

fn flows() -> Flows {
    loaded(&office(str::to_owned))
}

/// A member of seat 173, Lucknow, booth 12.
fn sunita() -> Contact {
    let membership = Some(Member {
        number: "UP-0000-0572-4".to_owned(),
        name: "सुनीता".to_owned(),
        district: geography().assembly(173).unwrap().district_code.clone(),
        assembly: 173,
        booth: Some(12),
        since: Timestamp::UNIX_EPOCH,
        ends: None,
    });
    Contact { membership, ..Contact::default() }
}

fn talk(contact: Contact) -> Talk {
    Talk::new(contact, Rendering::Whatsapp)
}

fn after(talk: &mut Talk, flows: &Flows, texts: &[&str]) -> String {
    let mut said = String::new();
    for text in texts {
        let (replies, _) = talk.write(flows, text);
        said = replies.last().map_or(String::new(), |reply| reply.content.body().to_owned());
    }
    said
}

fn referrals(talk: &Talk) -> Vec<&str> {
    talk.facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::Referred { member } => Some(member.as_str()),
            _ => None,
        })
        .collect()
}

#[test]
fn the_code_behind_a_link_or_a_start_word_is_kept_with_the_first_word() {
    let flows = flows();
    for text in ["join UP-5724", "JOIN up5724", "सदस्य UP-५७२४", "join us up 5724", "menu UP-5724"]
    {
        let mut person = talk(Contact::default());
        person.write(&flows, text);
        assert_eq!(referrals(&person), ["UP-0000-0572-4"], "{text}");
        assert!(person.session.is_some(), "{text}");
    }
}

#[test]
fn what_is_no_code_is_dropped_and_the_link_works_all_the_same() {
    let flows = flows();
    for text in ["join UP-5725", "join AB12CD", "join"] {
        let mut person = talk(Contact::default());
        person.write(&flows, text);
        assert_eq!(referrals(&person), Vec::<&str>::new(), "{text}");
        assert_eq!(person.session.as_ref().unwrap().flow, "join", "{text}");
    }
}

#[test]
fn a_member_is_referred_by_nobody() {
    let flows = flows();
    let mut person = talk(sunita());
    person.write(&flows, "join UP-5724");
    assert_eq!(person.facts, []);
}

#[test]
fn a_member_shares_a_link_where_the_office_has_a_number_and_words_where_it_has_none() {
    let words = after(&mut talk(sunita()), &flows(), &["मेरा"]);
    assert_eq!(words, "UP-5724 join UP-5724 —?");
    let flows = flows().with_whatsapp_number(Some("919812345678"));
    let link = after(&mut talk(sunita()), &flows, &["मेरा"]);
    assert_eq!(link, "UP-5724 https://wa.me/919812345678?text=join%20UP-5724 —?");
}

#[test]
fn a_condition_sees_how_many_came() {
    let flows = flows();
    for (brought, replies) in [(4, 1), (5, 2)] {
        let mut person = talk(Contact { brought, ..sunita() });
        assert_eq!(person.write(&flows, "मेरा").0.len(), replies);
    }
}

#[test]
fn a_term_is_added_to_what_is_left_and_never_to_what_is_over() {
    let flows = flows();
    // The talk stands at noon of 21 November 2026 in India.
    for (ends, then) in [
        (None, None),
        (Some("2028-01-01T00:00:00Z"), Some("2028-01-01T00:00:00Z")),
        (Some("2026-12-31T18:00:00Z"), Some("2029-12-31T18:29:59Z")),
        (Some("2026-11-21T06:29:59Z"), Some("2029-11-21T18:29:59Z")),
        (Some("2020-01-01T00:00:00Z"), Some("2029-11-21T18:29:59Z")),
    ] {
        let mut contact = sunita();
        let moment = |at: Option<&str>| at.map(|at| at.parse::<Timestamp>().unwrap());
        contact.membership.as_mut().unwrap().ends = moment(ends);
        let mut person = talk(contact);
        person.write(&flows, "मेरा");
        assert_eq!(person.contact.membership.unwrap().ends, moment(then), "{ends:?}");
    }
}

#[test]
fn a_term_of_a_new_member_begins_today() {
    let join = super::fixture::replaced(
        "flows/join.yaml",
        "do: enrol_member",
        "do: {enrol_member: {term: 365d}}",
    );
    let mut person = talk(Contact::default());
    let texts = ["सदस्य", "हाँ", "1985", "सुनीता देवी", "लखनऊ", "लखनऊ पूर्व", "12", "सही"];
    after(&mut person, &loaded(&join), &texts);
    let ends = person.contact.membership.unwrap().ends.unwrap();
    assert_eq!(ends.to_string(), "2027-11-21T18:29:59Z");
}

/// What the flow made of the member by these answers.
fn changed(answers: [&str; 4]) -> Option<MemberDetails> {
    let mut person = talk(sunita());
    person.write(&flows(), "मेरा");
    after(&mut person, &flows(), &answers);
    person.facts.into_iter().find_map(|fact| match fact {
        Fact::UpdateMember(details) => Some(details),
        _ => None,
    })
}

#[test]
fn only_what_was_answered_is_changed() {
    assert_eq!(changed(["0", "0", "0", "0"]), None);
    let renamed = changed(["सुनीता देवी", "0", "0", "0"]).unwrap();
    assert_eq!((renamed.name.as_str(), renamed.booth), ("सुनीता देवी", Some(12)));
    assert_eq!(changed(["0", "0", "0", "43"]).unwrap().booth, Some(43));
}

#[test]
fn a_new_seat_brings_its_district_and_leaves_the_old_booth_behind() {
    let moved = changed(["0", "बरेली", "बरेली कैंट", "0"]).unwrap();
    let seat = geography().assembly(moved.assembly).unwrap().district_code.clone();
    assert_eq!((moved.district, moved.booth), (seat, None));
    assert_ne!(moved.assembly, 173);
}

#[test]
fn a_district_without_a_seat_in_it_changes_nothing() {
    assert_eq!(changed(["0", "बरेली", "0", "0"]), None);
}

#[test]
fn a_request_takes_the_answers_it_names_as_the_person_reads_them() {
    let mut person = talk(sunita());
    let flows = flows();
    let said = after(&mut person, &flows, &["मेरा", "0", "बरेली", "0", "43"]);
    assert_eq!(said, person.reserved.ticket);
    let detail = |name: &str, text: &str| Detail { name: name.to_owned(), text: text.to_owned() };
    let Some(Fact::Request { kind, details, .. }) = person.facts.last() else {
        panic!("{:?}", person.facts)
    };
    assert_eq!(kind, "complaint");
    assert_eq!(*details, [detail("district", "बरेली"), detail("booth", "43")]);
}

/// What is told of an answer that may come in any way.
fn told_of(content: &InboundContent, rendering: Rendering) -> String {
    let told = "\
flow: told
start: {words: [बताना]}
steps:
  what: {ask: what, answer: {message: [text, voice, photo, location]}}
  filed: {do: {request: {kind: complaint, with: [what]}}}
  over: {say: bye, end: true}
";
    let mut all = sources();
    all.files.push(file("flows/told.yaml", told));
    for language in ["hi", "en"] {
        let words = "what = W?\nbye = { $ticket }\n";
        all.files.push(file(&format!("locales/{language}/told.ftl"), words));
    }
    let flows = loaded(&all);
    let mut person = Talk::new(Contact::default(), rendering);
    person.write(&flows, "बताना");
    let (replies, _) = person.send(&flows, content);
    match person.facts.last() {
        Some(Fact::Request { details, .. }) => details[0].text.clone(),
        _ => replies[0].content.body().to_owned(),
    }
}

#[test]
fn a_request_says_in_which_way_it_was_told_and_the_words_that_came_with_it() {
    let photo = |words: Option<&str>| InboundContent::Media {
        kind: MediaKind::Image,
        id: "media-1".to_owned(),
        mime_type: "image/jpeg".to_owned(),
        sha256: None,
        caption: words.map(str::to_owned),
        filename: None,
        voice: false,
    };
    let told = |content: &InboundContent| told_of(content, Rendering::Whatsapp);
    let bare = told(&photo(None));
    assert_eq!(told(&photo(Some("चौराहे पर"))), format!("{bare}: चौराहे पर"));
    assert_ne!(told(&sendable("voice").unwrap()), bare);
    let place = told(&sendable("location").unwrap());
    assert!(place.ends_with(": 26.846700,80.946200"), "{place}");
    assert_eq!(told(&InboundContent::Text { text: "नल सूखा है".to_owned() }), "नल सूखा है");
}

#[test]
fn who_writes_by_sms_is_asked_for_words_and_not_for_a_photo() {
    let empty = InboundContent::Text { text: " ".to_owned() };
    let (sms, whatsapp) = (told_of(&empty, Rendering::Sms), told_of(&empty, Rendering::Whatsapp));
    let hint = |said: &str| said.lines().nth(1).map(str::to_owned);
    assert_ne!(hint(&sms), hint(&whatsapp), "{sms} {whatsapp}");
}

#[test]
fn mistakes_in_what_is_done_for_a_member_are_told() {
    let mistakes = [
        ("{renew_membership: {term: 3y}}", "renew_membership"),
        ("{renew_membership: {term: 3y}}", "{renew_membership: {term: 3 years}}"),
        ("{renew_membership: {term: 3y}}", "{renew_membership: {for: 3y}}"),
        ("with: [name, district, booth]", "with: [name, distrct]"),
        ("kind: complaint, ", ""),
        ("  seat: {ask: seat, answer: {assembly: {in: district}}, optional: true}\n", ""),
        ("my_count >= 5", "my_cuont >= 5"),
        ("my_count >= 5", "my_count >= 'five'"),
    ];
    let told = mistakes.map(|(from, to)| {
        let found = load(&office(|text| text.replacen(from, to, 1)), geography()).unwrap_err();
        format!("---- {from} → {to}\n{}", drawn(&found))
    });
    insta::assert_snapshot!(told.join("\n\n"));
}

/// What somebody says who joins.
fn joining(name: &str, booth: &'static str) -> Vec<String> {
    ["सदस्य", "हाँ", "1990", name, "लखनऊ", "लखनऊ पूर्व", booth, "सही"].map(str::to_owned).to_vec()
}

/// Somebody whom a list of the office puts on this phone joins: the number they get, and the booth.
fn joins(listed: &str, name: &str, booth: &'static str) -> (String, Option<u16>) {
    let there = Listed {
        number: "UP-0000-0572-4".to_owned(),
        name: listed.to_owned(),
        assembly: 173,
        booth: Some(12),
    };
    let contact = Contact { listed: Some(there), ..Contact::default() };
    let (flows, mut person) = (flows(), talk(contact));
    for word in joining(name, booth) {
        person.write(&flows, &word);
    }
    let enrolled = person.facts.iter().find_map(|fact| match fact {
        Fact::EnrolMember(member) => Some((member.number.clone(), member.booth)),
        _ => None,
    });
    let enrolled = enrolled.unwrap();
    let known = person.contact.membership.unwrap();
    assert_eq!((known.number, person.contact.listed), (enrolled.0.clone(), None));
    enrolled
}

#[test]
fn whom_a_list_knows_joins_with_the_number_they_have_there() {
    assert_eq!(joins("रमेश", "Ramesh Kumar Yadav", "7"), ("UP-0000-0572-4".to_owned(), Some(7)));
    let kept = joins("रमेश यादव", "रमेश", "छोड़ दें");
    assert_eq!(kept, ("UP-0000-0572-4".to_owned(), Some(12)), "the booth nobody said anew");
}

#[test]
fn whoever_is_somebody_else_gets_a_number_of_their_own() {
    let (number, booth) = joins("रमेश यादव", "सीता यादव", "छोड़ दें");
    assert_eq!((number.as_str(), booth), (member_number(17).as_str(), None));
}
