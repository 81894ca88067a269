//! One person, one lane: what comes at once is turned in order, whatever wins and loses.

use samvad::intake::Admission;
use samvad::records::Fault;

use super::rig::{JOINING, Pair, Rig, SITA};

promises! {
    a_whole_conversation_in_one_envelope_is_the_same_conversation,
    a_hundred_messages_of_one_person_at_once_are_one_chain,
    what_runs_again_after_a_refused_turn_keeps_its_order,
    the_same_message_fifty_times_at_once_is_turned_once,
    a_member_number_is_never_given_twice_not_even_by_another_process,
}

async fn a_whole_conversation_in_one_envelope_is_the_same_conversation(pair: Pair) {
    let slow = Rig::new(pair).await;
    for (words, step) in JOINING {
        assert_eq!(slow.step(SITA).await, step, "before {words}");
        slow.say(SITA, words).await;
    }
    let fast = Rig::new(pair).await;
    let messages = JOINING.map(|(words, _)| fast.text(SITA, words));
    assert_eq!(fast.admit(messages.to_vec()).await, Admission::Committed);
    assert_eq!(without_numbers(&fast.talk(SITA).await), without_numbers(&slow.talk(SITA).await));
    let member = fast.snapshot(SITA).await.contact.membership.unwrap();
    assert_eq!((member.name.as_str(), member.assembly), ("सुनीता देवी", 125));
    assert_eq!(fast.records.report(fast.now()).await.unwrap().members, 1);
}

/// The talk with every member number alike: which block a shard was given first is a matter of chance.
fn without_numbers(talk: &[String]) -> Vec<String> {
    let number = regex::Regex::new(r"UP(-\d{4}){2}-\d").unwrap();
    talk.iter().map(|line| number.replace_all(line, "UP-…").into_owned()).collect()
}

async fn a_hundred_messages_of_one_person_at_once_are_one_chain(pair: Pair) {
    let rig = Rig::new(pair).await;
    let words: Vec<String> = (0..100).map(|number| format!("बात {number}")).collect();
    let messages = words.iter().map(|words| rig.text(SITA, words)).collect();
    assert_eq!(rig.admit(messages).await, Admission::Committed);
    assert_eq!(rig.heard(SITA).await, words);
    assert_eq!(rig.turns("won"), 100);
    assert_eq!(rig.snapshot(SITA).await.contact.version, 100);
}

/// The first of a chain loses or is refused: all behind it are in flight and run again.
async fn what_runs_again_after_a_refused_turn_keeps_its_order(pair: Pair) {
    let rig = Rig::new(pair).await;
    rig.say(SITA, "नमस्ते").await;
    let words: Vec<String> = (0..40).map(|number| format!("बात {number}")).collect();
    let messages: Vec<_> = words.iter().map(|words| rig.text(SITA, words)).collect();
    for place in [0, 7, 8, 20] {
        rig.records.inject(Fault::Refuse { key: messages[place].key.clone() });
    }
    assert_eq!(rig.admit(messages).await, Admission::Committed);
    assert_eq!(rig.heard(SITA).await[1..], words);
    assert_eq!(rig.turns("parked"), 4);
    assert!(rig.turns("conflict") > 0, "nothing ran again");
}

async fn the_same_message_fifty_times_at_once_is_turned_once(pair: Pair) {
    let rig = Rig::new(pair).await;
    let message = rig.text(SITA, "सदस्य");
    let copies = (0..50).map(|_| rig.admit(vec![message.clone()]));
    let answers = futures_util::future::join_all(copies).await;
    assert!(answers.iter().all(|answer| *answer == Admission::Committed));
    assert_eq!((rig.turns("won"), rig.replies(SITA).await.len()), (1, 1));
    assert_eq!(rig.rows("contacts"), 1);
}

async fn a_member_number_is_never_given_twice_not_even_by_another_process(pair: Pair) {
    let mut rig = Rig::new(pair).await;
    let mut numbers = Vec::new();
    for life in 0..3 {
        for person in 0..3 {
            let phone = format!("98{life}{person:07}");
            let messages = JOINING.map(|(words, _)| rig.text(&phone, words));
            assert_eq!(rig.admit(messages.to_vec()).await, Admission::Committed);
            numbers.push(rig.snapshot(&phone).await.contact.membership.unwrap().number);
        }
        rig = rig.restart().await;
    }
    let mut different = numbers.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), 9, "{numbers:?}");
}
