//! Answers to a poll on their way through intake: sealed with their turn, once for each voter, and kept nowhere in clear.

use samvad::calendar::Calendar;
use samvad::gate::Rules;
use samvad::intake::Admission;
use samvad::message::{Channel, Inbound, InboundContent};
use samvad::poll::ballot::{Choice, Plain};
use samvad::poll::receipt::Receipt;
use samvad::records::{Bundled, Fault};

use super::rig::{Pair, Rig, SITA};
use crate::support::asked::NAMES;

promises! {
    an_answer_is_kept_sealed_and_nowhere_else,
    two_answers_at_once_are_one_current_ballot,
    where_the_first_answer_stands_a_second_in_the_same_envelope_changes_nothing,
    a_message_without_an_id_is_known_again_by_no_word_of_it,
    whoever_answers_after_the_close_hears_so_and_nothing_is_cast,
    a_message_put_aside_says_nothing_while_its_person_is_asked,
    what_is_said_while_the_poll_key_is_away_stands_in_no_row,
    from_the_first_poll_day_to_the_last_nobody_is_asked_and_nothing_is_taken_or_kept,
    an_answer_that_comes_in_the_silence_is_sealed_and_acknowledged_without_a_word_of_it,
    what_is_said_of_a_poll_after_its_close_stands_in_no_row_for_thirty_days,
    a_voice_note_of_somebody_who_is_asked_is_neither_kept_nor_fetched,
    an_edited_answer_changes_nothing_and_the_person_hears_that,
    a_receipt_that_is_asked_about_stands_in_no_row_and_leaves_other_words_alone,
}

/// Phases that close so many hours from now, and keep their seats silent for so many before: of one election, the rest
/// of the state after them in ten days.
fn election(rig: &Rig, closes_in: i64) {
    let phase = |name: &str, hours: i64, seats: &str| {
        let end = rig.now() + jiff::SignedDuration::from_hours(hours);
        let end = end.in_tz("Asia/Kolkata").unwrap();
        let (poll, close) = (end.strftime("%Y-%m-%d"), end.strftime("%H:%M"));
        format!(
            "[[phases]]\nname = \"{name}\"\npoll = \"{poll}\"\nclose = \"{close}\"\nassemblies = [{seats}]\n"
        )
    };
    let text = phase("पहला", closes_in, "\"1-403\"");
    let calendar = Calendar::read(&text).unwrap();
    rig.rules.replace(Rules { calendar, ..Rules::default() });
}

/// A voice note, or what else has no words.
fn voice() -> InboundContent {
    InboundContent::Media {
        kind: samvad::message::MediaKind::Audio,
        id: "voice-of-sita".to_owned(),
        mime_type: "audio/ogg".to_owned(),
        sha256: None,
        caption: None,
        filename: None,
        voice: true,
    }
}

async fn from_the_first_poll_day_to_the_last_nobody_is_asked_and_nothing_is_taken_or_kept(
    pair: Pair,
) {
    let rig = Rig::new(pair).await;
    let sita = rig.contact(SITA).await;
    let poll = rig.open_poll(&[sita], "").await;
    rig.say(SITA, "राय").await;
    let asked = rig.step(SITA).await;
    // The office writes the election into its calendar while the poll runs: today is the first poll day, and the
    // clock of the rig says noon.
    election(&rig, 6);
    for words in ["सुनीता वर्मा", "राय", "2"] {
        rig.say(SITA, words).await;
        assert_eq!(poll.choice(&rig.records, 1).await, None, "{words}");
        let replies = rig.replies(SITA).await;
        let last = replies.last().unwrap();
        assert!(last.contains("किसी से राय नहीं पूछी जाती"), "{last}");
        assert!(NAMES.iter().all(|name| !last.contains(name)), "{last}");
    }
    assert_eq!(rig.replies(SITA).await.len(), 4, "one sentence to each");
    assert_eq!(rig.heard(SITA).await, ["राय", SECRET, SECRET, SECRET]);
    // Nor does the reminder come, and the question is as it was.
    rig.wait(6);
    tokio::time::sleep(std::time::Duration::from_millis(2_300)).await;
    assert_eq!((rig.replies(SITA).await.len(), rig.step(SITA).await), (4, asked));
    // Half an hour after the last close.
    rig.clock.advance(std::time::Duration::from_mins(31));
    rig.say(SITA, "सुनीता वर्मा").await;
    assert_eq!(poll.choice(&rig.records, 1).await, Some(choice(1)));

    // A calendar that cannot be read lets nobody be asked, either.
    let doubted = rig.rules.get().calendar.clone().doubted();
    rig.rules.replace(Rules { calendar: doubted, ..Rules::default() });
    rig.say(SITA, "बदलें").await;
    let replies = rig.replies(SITA).await;
    assert!(replies.last().unwrap().contains("कुछ समय बाद फिर लिखिए"), "{replies:#?}");
}

async fn an_answer_that_comes_in_the_silence_is_sealed_and_acknowledged_without_a_word_of_it(
    pair: Pair,
) {
    let rig = Rig::new(pair).await;
    let sita = rig.contact(SITA).await;
    let poll = rig.open_poll(&[sita], "").await;
    rig.say(SITA, "राय").await;
    // Polling ends in forty hours: the silence has begun, and no poll day has.
    election(&rig, 40);
    rig.say(SITA, "अन्य मार्करसिंह").await;
    assert!(poll.choice(&rig.records, 1).await.is_some());
    let replies = rig.replies(SITA).await;
    assert_eq!(replies.len(), 2, "{replies:#?}");
    assert!(replies[1].contains("मुहरबंद करके जोड़ लिया गया"), "{replies:#?}");
    assert!(!replies[1].contains(MARKER));
    assert_eq!(rig.heard(SITA).await, ["राय", SECRET]);
    let kept = poll.answers(&rig.records, 1).await;
    assert!(kept.contains(&Plain::Other(MARKER.to_owned())), "{kept:?}");
    // Nothing is asked of whoever writes on their own, and they are not left to think that it counted.
    rig.say(SITA, "सुनीता वर्मा").await;
    assert_eq!(poll.answers(&rig.records, 1).await, kept);
    let replies = rig.replies(SITA).await;
    assert!(replies[2].contains("यह संदेश जवाब में नहीं जोड़ा गया"), "{replies:#?}");
}

async fn what_is_said_of_a_poll_after_its_close_stands_in_no_row_for_thirty_days(pair: Pair) {
    let rig = Rig::new(pair).await;
    let sita = rig.contact(SITA).await;
    let poll = rig.open_poll(&[sita], "").await;
    rig.say(SITA, "राय").await;
    rig.say(SITA, "अनिल यादव").await;
    rig.say(SITA, "छोड़ दें").await;
    poll.beside.begin_closing(poll.id, ("priya", None), rig.now()).await.unwrap();
    rig.ballots.refresh().await.unwrap();
    let told = "मैं तो सुनीता जी को ही चाहता था";
    rig.say(SITA, told).await;
    let bundled =
        samvad::records::Bundled { bundle_digest: [7; 32], roll_head: [8; 32], choices: 1 };
    poll.beside.finish_closing(poll.id, bundled, ("priya", None), rig.now()).await.unwrap();
    rig.ballots.refresh().await.unwrap();
    rig.wait(29 * 24);
    rig.ballots.refresh().await.unwrap();
    rig.say(SITA, told).await;
    rig.say(SITA, "2").await;
    // Nothing of it is asked or taken any more.
    rig.say(SITA, "राय").await;
    assert!(rig.replies(SITA).await.last().unwrap().contains("जवाब समय पर मिल गया था"));
    let heard = rig.heard(SITA).await;
    assert_eq!(heard[3..], [SECRET, SECRET, SECRET, "राय"], "{heard:?}");
    rig.wait(2 * 24);
    rig.ballots.refresh().await.unwrap();
    rig.say(SITA, told).await;
    assert_eq!(rig.heard(SITA).await.last().unwrap(), told, "it is over");
}

async fn a_voice_note_of_somebody_who_is_asked_is_neither_kept_nor_fetched(pair: Pair) {
    let rig = Rig::new(pair).await;
    let sita = rig.contact(SITA).await;
    let _poll = rig.open_poll(&[sita], "").await;
    // Out of nowhere, and to the open question.
    for _ in 0..2 {
        let message = Inbound { content: voice(), ..rig.text(SITA, "") };
        assert_eq!(rig.admit(vec![message]).await, Admission::Committed);
    }
    assert_eq!(rig.heard(SITA).await, [SECRET, SECRET]);
    let replies = rig.replies(SITA).await;
    assert!(replies[0].contains("एक नंबर या नाम"), "{replies:#?}");
    assert!(replies[1].contains("1. ") && replies[1].contains(NAMES[0]), "{replies:#?}");
    assert_eq!(rig.rows("effects"), 0, "nothing is fetched");
    // Whom nobody asks is heard as ever.
    let other = "9876500001";
    let message = Inbound { content: voice(), ..rig.text(other, "") };
    assert_eq!(rig.admit(vec![message]).await, Admission::Committed);
    assert_eq!(rig.heard(other).await, [""], "a medium, and no words");
}

async fn an_edited_answer_changes_nothing_and_the_person_hears_that(pair: Pair) {
    let rig = Rig::new(pair).await;
    let sita = rig.contact(SITA).await;
    let poll = rig.open_poll(&[sita], "").await;
    rig.say(SITA, "राय").await;
    let answer = rig.text(SITA, "अनिल यादव");
    assert_eq!(rig.admit(vec![answer.clone()]).await, Admission::Committed);
    rig.say(SITA, "छोड़ दें").await;
    let edited = InboundContent::Edited { message: answer.key };
    let message = Inbound { content: edited.clone(), ..rig.text(SITA, "") };
    assert_eq!(rig.admit(vec![message]).await, Admission::Committed);
    assert_eq!(poll.choice(&rig.records, 1).await, Some(choice(0)));
    let replies = rig.replies(SITA).await;
    assert!(replies.last().unwrap().contains("‘बदलें’ लिखिए"), "{replies:#?}");
    assert!(replies.last().unwrap().contains("एडिट"), "{replies:#?}");
    // Of whom nothing is asked, an edit is noted and no more.
    let other = "9876500001";
    rig.say(other, "नमस्ते").await;
    let told = rig.replies(other).await.len();
    let message = Inbound { content: edited, ..rig.text(other, "") };
    assert_eq!(rig.admit(vec![message]).await, Admission::Committed);
    assert_eq!((rig.replies(other).await.len(), rig.heard(other).await.len()), (told, 2));
}

/// What nobody may find.
const MARKER: &str = "मार्करसिंह";
const SECRET: &str = "[गुप्त]";
const RAM: &str = "9822222222";

fn choice(name: u8) -> Plain {
    Plain::Choice(Choice::Names(vec![name]))
}

async fn an_answer_is_kept_sealed_and_nowhere_else(pair: Pair) {
    let rig = Rig::new(pair).await;
    let sita = rig.contact(SITA).await;
    let poll = rig.open_poll(&[sita], "").await;
    let said = [
        "राय",
        "शायद मार्करसिंह",
        "अन्य मार्करसिंह",
        "मार्करसिंह हमारे गाँव के हैं",
        "बदलें",
        "सुनीता वर्मा",
        "छोड़ दें",
        "रसीद",
        // Out of nowhere, with nothing open.
        "मैं तो सुनीता जी को ही चाहता था",
    ];
    for words in said {
        rig.say(SITA, words).await;
    }
    assert_eq!(poll.choice(&rig.records, 1).await, Some(choice(1)));
    let heard = rig.heard(SITA).await;
    assert_eq!((heard[0].as_str(), heard.len()), ("राय", said.len()));
    for (words, kept) in said.iter().zip(&heard) {
        let begins = ["राय", "बदलें"].contains(words);
        assert!(kept == SECRET || (begins && kept == words), "{words} is kept as {kept}");
    }
    // What leaves after a crash is what is kept: no name beside the list, no receipt.
    let replies = rig.replies(SITA).await;
    for reply in &replies {
        assert!(!reply.contains(MARKER), "{reply}");
        assert!(!reply.contains("आपका जवाब: "), "{reply}");
    }
    let sealed = replies.iter().filter(|reply| reply.contains("मुहरबंद हो गया")).count();
    assert_eq!(sealed, 2, "{replies:#?}");
    assert!(replies.iter().any(|reply| reply.contains("???-???-???")), "{replies:#?}");
    // Neither the session, nor anything of the person, nor the live state.
    let snapshot = rig.snapshot(SITA).await;
    let kept = serde_json::to_string(&snapshot).unwrap();
    let cached = loop {
        // It is written behind the answer to the provider.
        match rig.state.get(sita).await.unwrap() {
            Some(cached) if cached.version == snapshot.contact.version => break cached,
            _ => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    };
    let opened = rig.keyring.open_sealed("state.snapshot", sita, &cached.sealed).unwrap();
    let live = String::from_utf8(opened).unwrap();
    for name in NAMES.iter().copied().chain([MARKER]) {
        assert!(!kept.contains(name) && !live.contains(name), "{name} in {kept} or {live}");
    }
    assert_eq!(poll.answers(&rig.records, 1).await.len(), 3);
}

async fn two_answers_at_once_are_one_current_ballot(pair: Pair) {
    let rig = Rig::new(pair).await;
    let other = rig.replica().await;
    let sita = rig.contact(SITA).await;
    let poll = rig.open_poll(&[sita], "").await;
    other.ballots.refresh().await.unwrap();
    rig.say(SITA, "राय").await;
    let (first, second) = (rig.text(SITA, "अनिल यादव"), rig.text(SITA, "इमरान अंसारी"));
    let landed = tokio::join!(rig.admit(vec![first]), other.admit(vec![second]));
    assert_eq!(landed, (Admission::Committed, Admission::Committed));
    let kept = poll.answers(&rig.records, 1).await;
    assert_eq!(kept.len(), 3, "an envelope of each kind: {kept:?}");
    let current = poll.choice(&rig.records, 1).await;
    assert!([Some(choice(0)), Some(choice(2))].contains(&current), "{current:?}");
    let turnout = poll.beside.turnout(poll.id).await.unwrap();
    let answered: u64 = turnout.iter().map(|row| row.turnout.answered).sum();
    assert_eq!(answered, 1);
}

async fn where_the_first_answer_stands_a_second_in_the_same_envelope_changes_nothing(pair: Pair) {
    let rig = Rig::new(pair).await;
    let sita = rig.contact(SITA).await;
    let poll = rig.open_poll(&[sita], "again: never").await;
    let messages = ["राय", "अनिल यादव", "छोड़ दें", "राय", "इमरान अंसारी"];
    let messages = messages.map(|words| rig.text(SITA, words));
    assert_eq!(rig.admit(messages.to_vec()).await, Admission::Committed);
    assert_eq!(poll.choice(&rig.records, 1).await, Some(choice(0)));
    let replies = rig.replies(SITA).await;
    assert!(replies.iter().any(|reply| reply.contains("पहला जवाब ही गिना जाता है")), "{replies:#?}");
}

async fn a_message_without_an_id_is_known_again_by_no_word_of_it(pair: Pair) {
    let rig = Rig::new(pair).await;
    let sita = rig.contact(SITA).await;
    let poll = rig.open_poll(&[sita], "").await;
    rig.say(SITA, "राय").await;
    let without_id = |words: &str, seconds: i64| {
        let text = rig.text(SITA, words);
        let sent_at = text.sent_at.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
        // As a decoder makes the key where a gateway gives none: over everything that is said.
        let key = format!("party:#{words}{seconds}");
        Inbound { channel: Channel::Sms, key, sent_at, ..text }
    };
    let answer = without_id("इमरान अंसारी", -2);
    assert_eq!(rig.admit(vec![answer.clone()]).await, Admission::Committed);
    let told = rig.replies(SITA).await.len();
    // The gateway sends it again: it is no remark.
    assert_eq!(rig.admit(vec![answer.clone()]).await, Admission::Committed);
    assert_eq!(rig.replies(SITA).await.len(), told);
    assert!(!rig.records.is_committed(Channel::Sms, &answer.key).await.unwrap());
    let remark = without_id("पानी पहले", -1);
    assert_eq!(rig.admit(vec![remark]).await, Admission::Committed);
    let kept = poll.answers(&rig.records, 1).await;
    assert!(kept.contains(&Plain::Remark("पानी पहले".to_owned())), "{kept:?}");
}

async fn whoever_answers_after_the_close_hears_so_and_nothing_is_cast(pair: Pair) {
    let rig = Rig::new(pair).await;
    let (sita, ram) = (rig.contact(SITA).await, rig.contact(RAM).await);
    let poll = rig.open_poll(&[sita, ram], "").await;
    rig.say(RAM, "राय").await;
    rig.say(RAM, "अनिल यादव").await;
    rig.say(RAM, "छोड़ दें").await;
    rig.say(SITA, "राय").await;
    poll.beside.begin_closing(poll.id, ("priya", None), rig.now()).await.unwrap();
    // The box looks every second; a turn that is made before it has looked loses.
    rig.ballots.refresh().await.unwrap();
    rig.say(SITA, "अनिल यादव").await;
    assert_eq!(poll.choice(&rig.records, 1).await, None);
    let replies = rig.replies(SITA).await;
    assert!(replies.last().unwrap().contains("समय पूरा हो गया"), "{replies:#?}");
    assert_eq!(rig.heard(SITA).await, ["राय", SECRET]);
    // Afterwards too: neither is told that they were never asked.
    for (who, told) in [(SITA, "कोई जवाब नहीं आया था"), (RAM, "जवाब समय पर मिल गया था")]
    {
        for words in ["राय", "बदलें", "रसीद"] {
            rig.say(who, words).await;
            let replies = rig.replies(who).await;
            assert!(replies.last().unwrap().contains(told), "{words}: {replies:#?}");
        }
    }
}

async fn a_message_put_aside_says_nothing_while_its_person_is_asked(pair: Pair) {
    let rig = Rig::new(pair).await;
    let sita = rig.contact(SITA).await;
    let _poll = rig.open_poll(&[sita], "").await;
    let message = rig.text(SITA, "कुछ भी");
    rig.records.inject(Fault::Refuse { key: message.key.clone() });
    assert_eq!(rig.admit(vec![message]).await, Admission::Committed);
    assert_eq!(rig.turns("parked"), 1);
    assert_eq!(rig.heard(SITA).await, [SECRET]);
}

async fn what_is_said_while_the_poll_key_is_away_stands_in_no_row(pair: Pair) {
    let rig = Rig::new(pair).await;
    let sita = rig.contact(SITA).await;
    let poll = rig.open_poll(&[sita], "").await;
    rig.say(SITA, "राय").await;
    // Another process, from which the key was taken.
    poll.hide_key();
    let other = rig.replica().await;
    other.ballots.refresh().await.unwrap();
    let answer = rig.text(SITA, "अनिल यादव");
    assert_eq!(other.admit(vec![answer]).await, Admission::Committed);
    assert_eq!(poll.kinds(&rig.records, 1).await, 0);
    assert_eq!(rig.heard(SITA).await, ["राय", SECRET]);
    let replies = rig.replies(SITA).await;
    assert!(replies.last().unwrap().contains("थोड़ी देर में फिर लिखिए"), "{replies:#?}");
    let content = InboundContent::Text { text: "सुनीता".to_owned() };
    let later = Inbound { content, ..rig.text(SITA, "") };
    assert_eq!(other.admit(vec![later]).await, Admission::Committed);
    assert_eq!(rig.heard(SITA).await, ["राय", SECRET, SECRET]);
}

async fn a_receipt_that_is_asked_about_stands_in_no_row_and_leaves_other_words_alone(pair: Pair) {
    let rig = Rig::new(pair).await;
    let receipt = Receipt::of(&[0xC5; 32]);
    // Nobody was ever asked anything: it is a text as every other.
    rig.say(SITA, &receipt.to_string()).await;
    assert_eq!(rig.heard(SITA).await, [receipt.to_string()]);
    let sita = rig.contact(SITA).await;
    let poll = rig.open_poll(&[sita], "").await;
    poll.beside.begin_closing(poll.id, ("priya", None), rig.now()).await.unwrap();
    poll.beside.keep_roll(poll.id, 0, &[[0xC5; 32]]).await.unwrap();
    let bundled = Bundled { bundle_digest: [7; 32], roll_head: [8; 32], choices: 1 };
    poll.beside.finish_closing(poll.id, bundled, ("priya", None), rig.now()).await.unwrap();
    rig.ballots.refresh().await.unwrap();
    let other = Receipt::of(&[0xC6; 32]);
    // Together, as they come after a dead zone: each is looked up for itself.
    let said = [format!("रसीद {receipt}"), other.to_string(), receipt.to_string()];
    let messages: Vec<Inbound> = said.iter().map(|words| rig.text(SITA, words)).collect();
    assert_eq!(rig.admit(messages).await, Admission::Committed);
    rig.say(SITA, "रसीद").await;
    rig.say(SITA, "मेरी रसीद गुम हो गई").await;
    let heard = rig.heard(SITA).await;
    assert_eq!(heard[1..], [SECRET, SECRET, SECRET, "रसीद", "मेरी रसीद गुम हो गई"], "{heard:?}");
    let replies = rig.replies(SITA).await;
    let looked = replies.iter().filter(|reply| reply.contains("रसीद देख ली गई")).count();
    assert_eq!(looked, 3, "{replies:#?}");
    // The word alone: of theirs there is none, whatever stands on the roll.
    assert!(replies.iter().any(|reply| reply.contains("कोई जवाब नहीं आया था")), "{replies:#?}");
    assert!(replies.iter().all(|reply| !reply.contains(&receipt.to_string())), "{replies:#?}");
    let snapshot = serde_json::to_string(&rig.snapshot(SITA).await).unwrap();
    assert!(!snapshot.contains(&receipt.to_string()), "{snapshot}");
}
