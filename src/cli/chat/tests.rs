//! Chats as an author sees them.

use super::*;
use crate::flow::fixture;

/// A chat with the small office of the tests; what stands on the screen at the end.
fn screen(head: &str, flow: Option<&str>, lines: &str) -> String {
    talk(&mut chat(head), flow, lines, &mut || None).unwrap()
}

fn chat(head: &str) -> Chat {
    Chat::new(fixture::flows(), head).unwrap()
}

fn talk(
    chat: &mut Chat,
    flow: Option<&str>,
    lines: &str,
    changed: &mut dyn FnMut() -> Option<Result<Flows, String>>,
) -> Result<String, String> {
    let mut out = Vec::new();
    chat.talk(flow, lines.as_bytes(), &mut out, true, changed).unwrap()?;
    Ok(String::from_utf8(out).unwrap())
}

const WHATSAPP: &str = "channel: whatsapp\nlang: en\n";

#[test]
fn a_chat_shows_replies_as_the_channel_would() {
    let lines =
        ":tap join\n:tap 1\n1985\nSunita Devi\nkanpur\n:tap 2\nnowhere\nnot known\n:session\n";
    insta::assert_snapshot!(screen(WHATSAPP, Some("greeting"), lines));
}

#[test]
fn a_short_message_is_counted_in_parts() {
    let sms = "channel: sms\nlang: hi\n";
    insta::assert_snapshot!(screen(sms, Some("greeting"), ":tap 1\n1\n"));
}

#[test]
fn time_media_and_mistakes_at_the_prompt() {
    let lines =
        "हाँ\n:photo\n:undo\n:wait 20h\n:wait soon\n:tap 7\n:dance\n:)\n:wait 8d\n:session\n";
    insta::assert_snapshot!(screen("lang: hi\n", Some("join"), lines));
}

#[test]
fn days_later_the_template_stands_on_the_screen_or_why_nothing_leaves() {
    let geography = std::sync::Arc::new(crate::geography::Geography::shipped().unwrap());
    let shipped = || crate::serve::load_flows(None, None, &geography).unwrap();
    let filed = "गोंडा\nगोंडा\nनल सूखा है\n:tap yes\n:tap yes\n";
    let mut asked = Chat::new(shipped(), "lang: hi\n").unwrap();
    let lines = format!("{filed}:wait 3d\n:tap no\n");
    let screen = talk(&mut asked, Some("complaint"), &lines, &mut || None).unwrap();
    let (_, days_later) = screen.split_once("bot · solved").unwrap();
    insta::assert_snapshot!(days_later);
    let mut gone = Chat::new(shipped(), "lang: hi\n").unwrap();
    talk(&mut gone, Some("complaint"), filed, &mut || None).unwrap();
    gone.talk.contact.consents.clear();
    let screen = talk(&mut gone, None, ":wait 3d\n", &mut || None).unwrap();
    assert!(screen.contains("(it does not leave: This person has not agreed"), "{screen}");
}

#[test]
fn what_is_taken_back_never_happened() {
    let mut chat = self::chat(WHATSAPP);
    let shown =
        talk(&mut chat, Some("join"), "yes\n1985\n:undo\n:undo\n:undo\n:undo\n", &mut || None);
    assert!(shown.unwrap().contains("nothing to take back"));
    assert!(chat.talk.session.is_none() && chat.recording.is_empty());
    assert!(chat.talk.contact.consents.is_empty());
}

#[test]
fn edited_flows_are_in_force_with_the_next_line_and_the_conversation_goes_on() {
    let mut chat = self::chat(WHATSAPP);
    let mut edits = vec![
        None,
        Some(Err("the file is broken".to_owned())),
        Some(Ok(fixture::loaded(&fixture::replaced(
            "locales/en/join.ftl",
            "Name?",
            "THE NEW WORDS",
        )))),
    ];
    let shown = talk(&mut chat, Some("join"), "yes\n:session\n1985\n", &mut || edits.remove(0));
    let shown = shown.unwrap();
    assert!(shown.contains("the file is broken\n(edited flows were not taken"), "{shown}");
    assert!(shown.contains("(edited flows are in force)\nbot · name\n"), "{shown}");
    assert!(shown.contains("THE NEW WORDS"), "{shown}");
}

#[test]
fn a_saved_chat_is_a_rehearsal_that_plays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chat.yaml");
    let person = PersonArgs {
        channel: ChannelArg::Whatsapp,
        lang: Some(Language::En),
        member: true,
        posts: vec!["booth_president".to_owned()],
        consents: Vec::new(),
        poll: false,
    };
    let mut chat = self::chat(&person.head());
    let lines = format!(
        "नमस्ते\n:tap card\n:undo\n:sticker\n:wait 2h\n:tap 3\nमेरी जानकारी\n:save {0}\n:save {0}\n",
        file.display()
    );
    let shown = talk(&mut chat, None, &lines, &mut || None).unwrap();
    assert!(shown.contains("is written\nok   "), "{shown}");
    assert!(shown.contains("is there already"), "{shown}");
    insta::assert_snapshot!(std::fs::read_to_string(&file).unwrap());
}

#[test]
fn a_flow_nobody_begins_by_a_word_is_told() {
    let mut chat = self::chat(WHATSAPP);
    let unknown = talk(&mut chat, Some("joyn"), "", &mut || None).unwrap_err();
    assert!(unknown.starts_with("there is no flow `joyn`; there are "), "{unknown}");
}

#[test]
fn a_flow_without_a_word_of_its_own_says_where_to_go() {
    let mut chat = self::chat(WHATSAPP);
    let unnamed = talk(&mut chat, Some("extra"), "", &mut || None).unwrap_err();
    assert!(unnamed.contains("no word begins the flow `extra`"), "{unnamed}");
}

/// Steps that take time, a call, an office that takes over, a loop with a limit.
const EXTRA: &str = "\
flow: extra
about: Everything that takes time.
start: {words: [अतिरिक्त]}
steps:
  people: {ask: people, answer: {number: {from: 1, to: 5000}}}
  rest: {wait: 2h, reply: look}
  look:
    fetch: https://api.example.org/halls/{people}
    keep: {hall: /hall}
    when: {ok: photo, not_found: again}
  person: {handoff: thanks}
  after: {goto: thanks}
  photo: {ask: photo, answer: photo, optional: true, goto: thanks}
  again: {goto: people, at_most: 1, else: thanks}
  thanks: {say: thanks, end: true}
";

fn office_with_time() -> Flows {
    fixture::loaded(&fixture::sources_with("flows/extra.yaml", EXTRA))
}

#[test]
fn waits_calls_and_the_office_are_played_and_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chat.yaml");
    let lines = format!(
        ":fetched 200 {{}}\n:office\n12\n:session\n:wait 1h\n:late 3h hello\n:wait 1h\n\
         :fetched 404\n20\nhello\n:fetched 200 {{bad\n:fetched failed\n:office\n:save {}\n",
        file.display()
    );
    let mut chat = Chat::new(office_with_time(), WHATSAPP).unwrap();
    let shown = talk(&mut chat, Some("extra"), &lines, &mut || None).unwrap();
    let shown = shown.replace(&folder.path().display().to_string(), "");
    insta::assert_snapshot!(shown);
    insta::assert_snapshot!(std::fs::read_to_string(&file).unwrap());
}

#[test]
fn the_numbers_of_a_chat_have_the_form_that_people_get() {
    let chat = chat(WHATSAPP);
    let numbers = &chat.talk.reserved;
    assert_eq!(crate::membership::parse_member_number(&numbers.member_number), Some(17));
    assert_eq!(crate::membership::parse_ticket_number(&numbers.ticket), Some(25));
    assert!(numbers.member_number.starts_with("UP-0000-0017-"), "{}", numbers.member_number);
    let member =
        Chat::new(fixture::flows(), "member: {name: सुनीता देवी}\n").unwrap().talk.contact.membership;
    assert!(crate::membership::parse_member_number(&member.unwrap().number).is_some());
}
