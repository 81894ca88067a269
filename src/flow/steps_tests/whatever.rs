//! What holds for every order of events.

use proptest::prelude::*;

use super::*;
use crate::flow::{Event, Reply, Session, TimerKind, Trace};

/// Waits, calls and sub-flows in one another, with loops and flows beside them.
const MAZE: &str = "\
flow: visit
start: {words: [मुलाकात], link: visit}
steps:
  who: {ask: who, answer: text}
  pause: {wait: 10m, reply: look_up}
  look_up:
    fetch: https://api.example.org/t/{who}
    keep: {status: /status}
    when: {failed: again, not_found: person}
  sub: {call: verify, when: {verified: tell, refused: again}}
  tell: {say: tell}
  again: {goto: pause, at_most: 3, else: person}
  person: {handoff: person}
  after: {ask: asked, answer: {one_of: [verified, refused]}, when: {verified: {flow: join}}}
  bye: {say: after, end: true}
remind: {after: 1h}
expires: 1d
";

const MAZE_SUB: &str = "\
flow: verify
steps:
  first: {wait: 1m}
  which: {ask: asked, answer: {number: {from: 1, to: 3}}, optional: true}
  look_further: {fetch: 'https://api.example.org/v/{which}', when: {ok: {end: verified}, failed: refused}}
  refused: {wait: 3h}
  over: {end: refused}
";

#[derive(Clone, Debug)]
enum Happens {
    Write(&'static str),
    Late(&'static str, i64),
    Wait(i64),
    Fetched(u16, bool),
    Timer(TimerKind, i64),
    AnyFetched(i64),
    Office,
    /// The flows are edited: one of the editions takes the place of the other.
    Edit,
}

fn happens() -> impl Strategy<Value = Happens> {
    let words = [
        "मुलाकात",
        "सुनीता",
        "1",
        "2",
        "..",
        "मदद",
        "भाषा",
        "English",
        "वापस",
        "शुरू से",
        "menu",
        "बंद",
        "सूचना",
        "मेरी जानकारी",
        "skip",
        "सदस्य",
        "हाँ",
        "",
    ];
    let kind = prop::sample::select(vec![
        TimerKind::Wait,
        TimerKind::Wait,
        TimerKind::Expire,
        TimerKind::Remind,
    ]);
    prop_oneof![
        8 => prop::sample::select(words.to_vec()).prop_map(Happens::Write),
        1 => (prop::sample::select(words.to_vec()), 0..200_i64)
            .prop_map(|(word, late)| Happens::Late(word, late)),
        5 => prop::sample::select(vec![1, 5, 11, 70, 200, 1500]).prop_map(Happens::Wait),
        5 => (prop::sample::select(vec![200, 204, 404, 500]), any::<bool>())
            .prop_map(|(status, kept)| Happens::Fetched(status, kept)),
        1 => (kind, -3..3_i64).prop_map(|(kind, off)| Happens::Timer(kind, off)),
        1 => (-3..3_i64).prop_map(Happens::AnyFetched),
        1 => Just(Happens::Office),
        1 => Just(Happens::Edit),
    ]
}

fn office(edited: bool) -> Flows {
    let visit = if edited {
        MAZE.replace("pause: {wait: 10m, reply: look_up}", "pause: {ask: asked, answer: text}")
            .replace("  person: {handoff: person}\n", "  person: {wait: 1h}\n")
    } else {
        MAZE.to_owned()
    };
    let mut office = sources(&visit);
    for file in &mut office.files {
        file.text = file.text.replace("{ $status } in { $eta }", "{ $status }");
        if file.path.ends_with("visit.ftl") {
            file.text = file
                .text
                .replace("asked = asked", "asked = a\n    .verified = v\n    .refused = r");
        }
    }
    let sub = if edited {
        MAZE_SUB.replace("first: {wait: 1m}", "start: {wait: 2m}")
    } else {
        MAZE_SUB.to_owned()
    };
    office.files.push(file("flows/verify.yaml", &sub));
    loaded(&office)
}

fn both() -> &'static [Flows; 2] {
    static BOTH: std::sync::LazyLock<[Flows; 2]> =
        std::sync::LazyLock::new(|| [office(false), office(true)]);
    &BOTH
}

fn play(flows: &Flows, talk: &mut Talk, happens: &Happens) -> (Vec<Reply>, Trace) {
    let visit = talk.session.as_ref().map_or(0, |session| session.visit);
    let near = |off: i64| u32::try_from(i64::from(visit) + off).unwrap_or(0);
    match happens {
        Happens::Write(text) => talk.write(flows, text),
        Happens::Late(text, late) => {
            let content = crate::message::InboundContent::Text { text: (*text).to_owned() };
            talk.send_late(flows, &content, minutes(*late))
        }
        Happens::Wait(time) => talk.wait(flows, minutes(*time)),
        Happens::Fetched(status, kept) => {
            let body = if *kept { json!({"status": "x"}) } else { Value::Null };
            talk.fetched(flows, &answer(*status, body)).unwrap_or_default()
        }
        Happens::Timer(kind, off) => {
            talk.event(flows, Event::Timer { kind: *kind, visit: near(*off) })
        }
        Happens::AnyFetched(off) => {
            let answer = good();
            talk.event(flows, Event::Fetched { visit: near(*off), answer: &answer })
        }
        Happens::Office => talk.give_back(flows),
        Happens::Edit => (Vec::new(), Vec::new()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_events_panics_loops_or_leaves_anybody_behind(
        all in prop::collection::vec(happens(), 1..40),
        sms in any::<bool>(),
    ) {
        let rendering = if sms { Rendering::Sms } else { Rendering::Whatsapp };
        let mut talk = Talk::new(Contact::default(), rendering);
        let mut stored = talk.clone();
        let mut edition = 0;
        for happens in std::iter::once(&Happens::Write("मुलाकात")).chain(&all) {
            if matches!(happens, Happens::Edit) {
                edition = 1 - edition;
            }
            let flows = &both()[edition];
            stored.session = stored.session.map(|session| {
                serde_json::from_str(&serde_json::to_string(&session).unwrap()).unwrap()
            });
            let (replies, trace) = play(flows, &mut talk, happens);
            let other = play(flows, &mut stored, happens);
            prop_assert_eq!(&replies, &other.0);
            prop_assert_eq!(&talk.session, &stored.session);
            prop_assert!(!trace.concat().contains(&"parked".to_owned()), "{:?}", trace);
            let Some(session) = &talk.session else { continue };
            prop_assert!(serde_json::to_string(session).unwrap().len() < 4_000);
            if edition == 1 {
                continue;
            }
            // Nobody waits for ever, unless a person of the office has the conversation.
            let rests = |session: &Session| {
                let frames = session.calls.iter().filter_map(|frame| frame.rest);
                session.rest.into_iter().chain(frames).collect::<Vec<_>>()
            };
            let before = rests(session);
            let mut later = talk.clone();
            later.wait(flows, minutes(60 * 24 * 400));
            let Some(session) = later.session.filter(|session| !session.muted) else { continue };
            prop_assert!(!rests(&session).iter().any(|rest| before.contains(rest)), "{session:?}");
        }
    }
}
