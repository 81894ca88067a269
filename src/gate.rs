//! May this message go to this person, on this channel, now? One pure function; when in doubt it
//! refuses, and every refusal says why in words an office can read.
//!
//! The order of the questions is the order of [`Refusal::ALL`]: the first refusal is the answer.
//!
//! | refusal | asked of | refused when |
//! |---|---|---|
//! | `halted` | everything | the office pulled the kill switch |
//! | `expired` | everything | `send_before` is reached |
//! | `withdrawn` | a purpose that needs consent | the person took that consent back |
//! | `withdrawn` | a reminder of an answer | the person's last word was a withdrawal |
//! | `no_consent` | a purpose that needs consent | it was never given |
//! | `window_closed` | an answer, on every channel | 24 hours have passed since the person's own message |
//! | `window_closed` | WhatsApp, other purposes | the same, unless there is an approved template for it |
//! | `no_promotion` | a DLT template registered as advertising | the operators say the person wants none |
//! | `no_dlt_consent` | the same | the operators know of no consent of the person |
//! | `not_yet` | a broadcast | always, until the consent rules are whole |
//! | `promotional_hours` | a DLT template registered as advertising | it is not between 10:00 and 20:45 in India |
//!
//! The last is no end: what is refused by it waits until [`promotional_opens`].
//!
//! An answer ([`Purpose::Answer`]) needs no consent: the person asked. It stays one for 24 hours
//! after their own message, as long as WhatsApp's customer service window, and the word after `बंद`
//! may go too. A reminder is our idea, not theirs: it may follow up on their conversation, but not
//! after they said stop and nothing since.
//!
//! What has a template besides its free words ([`Content::Windowed`]) is an answer or a reminder of one
//! while the person's window is open, whatever purpose it names; after that it is a message of its purpose and needs that
//! consent, on every channel.

use jiff::Timestamp;

use crate::clock::from_ms;
use crate::contact::Contact;
use crate::message::{Channel, Content, Lane, Mark, Purpose};

/// India is five and a half hours ahead all year.
const IST_MS: i64 = 19_800_000;
const DAY_MS: i64 = 86_400_000;
/// When advertising may leave by SMS, from midnight in India. The law says 10:00 to 21:00; what leaves at
/// its end is still on its way then, so that vendors stop at 20:45.
const OPENS_MS: i64 = 36_000_000;
const CLOSES_MS: i64 = 74_700_000;

/// What the gate looks at.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    pub now: Timestamp,
    /// Not looked at unless [`needs_contact`] says so.
    pub contact: &'a Contact,
    pub channel: Channel,
    pub purpose: Purpose,
    pub lane: Lane,
    pub content: &'a Content,
    /// When the person's 24-hour window closes; `None` when they never wrote on this channel.
    pub window_until: Option<Timestamp>,
    pub send_before: Option<Timestamp>,
    /// The office's kill switch.
    pub halted: bool,
}

/// Why a message may not go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    Halted,
    Expired,
    Withdrawn,
    NoConsent,
    WindowClosed,
    /// The operators say that the person wants no advertising.
    NoPromotion,
    /// The operators know of no consent of the person.
    NoDltConsent,
    /// Broadcasts wait for the consent rules to be whole.
    NotYet,
    /// Advertising waits for the day.
    PromotionalHours,
}

impl Refusal {
    /// Every refusal, in the order the gate asks.
    pub const ALL: [Refusal; 9] = [
        Refusal::Halted,
        Refusal::Expired,
        Refusal::Withdrawn,
        Refusal::NoConsent,
        Refusal::WindowClosed,
        Refusal::NoPromotion,
        Refusal::NoDltConsent,
        Refusal::NotYet,
        Refusal::PromotionalHours,
    ];

    /// The lower-case name used in metrics and as the stored reason of a suppressed message.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Refusal::Halted => "halted",
            Refusal::Expired => "expired",
            Refusal::Withdrawn => "withdrawn",
            Refusal::NoConsent => "no_consent",
            Refusal::WindowClosed => "window_closed",
            Refusal::NoPromotion => Mark::NoPromotion.name(),
            Refusal::NoDltConsent => Mark::NoDltConsent.name(),
            Refusal::NotYet => "not_yet",
            Refusal::PromotionalHours => "promotional_hours",
        }
    }

    /// The refusal of a stored name; `None` when a newer version wrote it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Refusal> {
        Refusal::ALL.into_iter().find(|refusal| refusal.name() == name)
    }

    /// The reason as a sentence for the office, in Hindi and in English.
    #[must_use]
    pub const fn office_words(self) -> (&'static str, &'static str) {
        match self {
            Refusal::Halted => (
                "भेजना रोका गया है: कार्यालय ने सभी संदेश बंद कर रखे हैं।",
                "Sending is stopped: the office has switched all messages off.",
            ),
            Refusal::Expired => (
                "भेजने का समय निकल गया, इसलिए संदेश नहीं गया।",
                "The time to send this message has passed, so it did not go.",
            ),
            // Of one consent or of all of them: what was refused is not sent.
            Refusal::Withdrawn => (
                "इस व्यक्ति ने ऐसे संदेशों के लिए मना किया है।",
                "This person has said no to messages of this kind.",
            ),
            Refusal::NoConsent => (
                "इस व्यक्ति ने ऐसे संदेशों के लिए सहमति नहीं दी है।",
                "This person has not agreed to messages of this kind.",
            ),
            Refusal::WindowClosed => (
                "इस व्यक्ति के पिछले संदेश को 24 घंटे हो चुके हैं; अब केवल स्वीकृत टेम्पलेट जा सकता है।",
                "More than 24 hours have passed since this person wrote; only an approved template may go now.",
            ),
            Refusal::NotYet => (
                "सामूहिक संदेश अभी चालू नहीं हैं: सहमति के नियम पूरे होने पर जाएँगे।",
                "Broadcasts are not switched on yet: they wait until the consent rules are complete.",
            ),
            Refusal::NoPromotion => (
                "इस व्यक्ति ने अपने मोबाइल ऑपरेटर से प्रचार के संदेश बंद करवा रखे हैं।",
                "This person has asked their operator for no advertising.",
            ),
            Refusal::NoDltConsent => (
                "मोबाइल ऑपरेटर के पास इस नंबर की सहमति दर्ज नहीं है।",
                "The operators have no consent on record for this number.",
            ),
            Refusal::PromotionalHours => (
                "प्रचार के SMS केवल सुबह 10:00 से रात 8:45 तक जाते हैं; यह तब जाएगा।",
                "Advertising by SMS leaves only between 10:00 and 20:45; it goes then.",
            ),
        }
    }
}

/// Whether the gate looks at the person at all for such a message. Delivery reads the contact only
/// when it does: an answer typed a moment ago goes out without another look into the records.
#[must_use]
pub fn needs_contact(purpose: Purpose, lane: Lane, content: &Content) -> bool {
    is_our_idea(purpose, lane) || is_promotional(content)
}

/// Whether the person did not ask for it just now.
fn is_our_idea(purpose: Purpose, lane: Lane) -> bool {
    match lane {
        Lane::Reply | Lane::Person => purpose != Purpose::Answer,
        Lane::Reminder | Lane::Broadcast => true,
    }
}

/// Whether it is registered at the operators as advertising.
fn is_promotional(content: &Content) -> bool {
    content.registered().is_some_and(|dlt| dlt.promotional)
}

/// The mark for which no advertising goes to this person by SMS.
#[must_use]
pub fn no_advertising(contact: &Contact) -> Option<Refusal> {
    contact.marks.first().map(|mark| match mark {
        Mark::NoPromotion => Refusal::NoPromotion,
        Mark::NoDltConsent => Refusal::NoDltConsent,
    })
}

/// When advertising may leave by SMS: the moment itself, or the next opening.
#[must_use]
pub fn promotional_opens(now: Timestamp) -> Timestamp {
    let now_ms = now.as_millisecond();
    let of_day = (now_ms + IST_MS).rem_euclid(DAY_MS);
    if of_day < OPENS_MS {
        from_ms(now_ms - of_day + OPENS_MS)
    } else if of_day >= CLOSES_MS {
        from_ms(now_ms - of_day + DAY_MS + OPENS_MS)
    } else {
        now
    }
}

/// The end of the hours in which advertising may leave by SMS, of a day in India.
#[must_use]
pub fn promotional_closes(now: Timestamp) -> Timestamp {
    let now_ms = now.as_millisecond();
    from_ms(now_ms - (now_ms + IST_MS).rem_euclid(DAY_MS) + CLOSES_MS)
}

/// Whether the person's window is open: what is said now still answers them.
#[must_use]
pub fn is_open(window_until: Option<Timestamp>, now: Timestamp) -> bool {
    window_until.is_some_and(|until| now < until)
}

/// Decides.
///
/// # Errors
/// The first [`Refusal`] in the order of [`Refusal::ALL`].
pub fn gate(question: &Question<'_>) -> Result<(), Refusal> {
    if question.halted {
        return Err(Refusal::Halted);
    }
    if question.send_before.is_some_and(|last| question.now >= last) {
        return Err(Refusal::Expired);
    }
    let window_open = is_open(question.window_until, question.now);
    let of_a_conversation = matches!(question.lane, Lane::Reply | Lane::Reminder)
        && matches!(question.content, Content::Windowed { .. });
    let still_an_answer = window_open && of_a_conversation;
    if question.purpose == Purpose::Answer || still_an_answer {
        answer(question, window_open)?;
    } else {
        on_our_own(question, window_open)?;
    }
    let is_advertising = question.channel == Channel::Sms && is_promotional(question.content);
    if is_advertising && let Some(refusal) = no_advertising(question.contact) {
        return Err(refusal);
    }
    if question.lane == Lane::Broadcast {
        return Err(Refusal::NotYet);
    }
    if is_advertising && promotional_opens(question.now) > question.now {
        return Err(Refusal::PromotionalHours);
    }
    Ok(())
}

/// An answer within the conversation a person began.
fn answer(question: &Question<'_>, window_open: bool) -> Result<(), Refusal> {
    if is_our_idea(question.purpose, question.lane) && last_word_was_stop(question.contact) {
        return Err(Refusal::Withdrawn);
    }
    if !window_open {
        return Err(Refusal::WindowClosed);
    }
    Ok(())
}

/// A message the person did not ask for just now.
fn on_our_own(question: &Question<'_>, window_open: bool) -> Result<(), Refusal> {
    if question.contact.withdrew(question.purpose) {
        return Err(Refusal::Withdrawn);
    }
    if !question.contact.consents_to(question.purpose) {
        return Err(Refusal::NoConsent);
    }
    let has_template = question.content.outside().is_some();
    if question.channel.has_window() && !window_open && !has_template {
        return Err(Refusal::WindowClosed);
    }
    Ok(())
}

/// Whether the newest thing we know of the person is a withdrawal that still stands. The ledger row
/// of a stop is written in the turn of the message that asked for it, so its time is not before
/// that message's; anything they wrote later opens the conversation again.
fn last_word_was_stop(contact: &Contact) -> bool {
    let mut withdrawals = contact.consents.iter().filter(|consent| !consent.given);
    match contact.last_inbound {
        Some(last_inbound) => withdrawals.any(|withdrawal| withdrawal.at >= last_inbound),
        None => withdrawals.next().is_some(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;
    use crate::contact::ConsentNow;
    use crate::message::{Registered, Template};

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + hours * 3600).unwrap()
    }

    fn text() -> Content {
        Content::Text { body: "नमस्ते".to_owned() }
    }

    fn template() -> Content {
        Content::Template(Template {
            name: "samvad_1".to_owned(),
            language: "hi".to_owned(),
            header: None,
            body: Vec::new(),
            buttons: Vec::new(),
        })
    }

    /// A short message by a DLT template.
    fn registered(promotional: bool) -> Content {
        let dlt = Registered {
            entity: None,
            template: "1107161000000000002".to_owned(),
            headers: Vec::new(),
            promotional,
        };
        Content::Registered { body: "नमस्ते".to_owned(), dlt }
    }

    /// A text that goes as that template once the window is closed.
    fn windowed() -> Content {
        let Content::Template(outside) = template() else { panic!("a template") };
        Content::Windowed { inside: Box::new(text()), outside }
    }

    fn person(consents: &[(Purpose, bool, i64)], last_inbound: i64) -> Contact {
        Contact {
            consents: consents
                .iter()
                .map(|(purpose, given, hours)| ConsentNow {
                    purpose: *purpose,
                    given: *given,
                    at: at(*hours),
                })
                .collect(),
            last_inbound: Some(at(last_inbound)),
            ..Contact::default()
        }
    }

    /// A reply to a person who wrote an hour ago.
    fn reply<'a>(contact: &'a Contact, content: &'a Content) -> Question<'a> {
        Question {
            now: at(1),
            contact,
            channel: Channel::Whatsapp,
            purpose: Purpose::Answer,
            lane: Lane::Reply,
            content,
            window_until: Some(at(24)),
            send_before: None,
            halted: false,
        }
    }

    #[test]
    fn an_answer_needs_no_consent() {
        let (stranger, content) = (person(&[], 0), text());
        assert_eq!(gate(&reply(&stranger, &content)), Ok(()));
    }

    #[test]
    fn the_word_after_stop_may_go() {
        let gone = person(&[(Purpose::Samvad, false, 0), (Purpose::Membership, false, 0)], 0);
        let content = text();
        assert_eq!(gate(&reply(&gone, &content)), Ok(()));
    }

    #[test]
    fn an_answer_is_one_for_24_hours_and_no_longer_on_any_channel() {
        let (contact, content) = (person(&[], 0), text());
        for channel in Channel::ALL {
            let mut question = Question { channel, ..reply(&contact, &content) };
            question.now = at(24) - SignedDuration::from_millis(1);
            assert_eq!(gate(&question), Ok(()), "{channel}");
            question.now = at(24);
            assert_eq!(gate(&question), Err(Refusal::WindowClosed), "{channel}");
            question.window_until = None;
            assert_eq!(gate(&question), Err(Refusal::WindowClosed), "{channel}, never wrote");
        }
    }

    #[test]
    fn a_template_does_not_make_a_late_answer_an_answer() {
        let (contact, content) = (person(&[], 0), template());
        let question = Question { now: at(25), ..reply(&contact, &content) };
        assert_eq!(gate(&question), Err(Refusal::WindowClosed));
    }

    #[test]
    fn the_kill_switch_and_send_before_bind_an_answer() {
        let (contact, content) = (person(&[], 0), text());
        let halted = Question { halted: true, ..reply(&contact, &content) };
        assert_eq!(gate(&halted), Err(Refusal::Halted));
        let late = Question { send_before: Some(at(1)), ..reply(&contact, &content) };
        assert_eq!(gate(&late), Err(Refusal::Expired));
        let in_time = Question {
            send_before: Some(at(1) + SignedDuration::from_millis(1)),
            ..reply(&contact, &content)
        };
        assert_eq!(gate(&in_time), Ok(()));
    }

    #[test]
    fn a_reminder_stops_with_the_last_word_and_returns_with_the_person() {
        let content = text();
        let cases = [
            ("never said anything of it", person(&[], 0), Ok(())),
            ("agreed", person(&[(Purpose::Samvad, true, 0)], 0), Ok(())),
            (
                "stop was the last word",
                person(&[(Purpose::Samvad, false, 0)], 0),
                Err(Refusal::Withdrawn),
            ),
            (
                "left the membership with the last word",
                person(&[(Purpose::Membership, false, 0)], 0),
                Err(Refusal::Withdrawn),
            ),
            ("wrote again since", person(&[(Purpose::Samvad, false, -5)], 0), Ok(())),
            (
                "withdrew at the provider since",
                person(&[(Purpose::Samvad, false, 1)], 0),
                Err(Refusal::Withdrawn),
            ),
        ];
        for (name, contact, expected) in &cases {
            let question = Question { lane: Lane::Reminder, ..reply(contact, &content) };
            assert_eq!(gate(&question), *expected, "{name}");
        }
    }

    #[test]
    fn a_reminder_goes_only_inside_the_window() {
        let (contact, content) = (person(&[], 0), text());
        let late = Question { lane: Lane::Reminder, now: at(24), ..reply(&contact, &content) };
        assert_eq!(gate(&late), Err(Refusal::WindowClosed));
    }

    #[test]
    fn every_other_purpose_needs_its_own_consent() {
        let content = text();
        for purpose in [Purpose::Membership, Purpose::Opinion, Purpose::Samvad] {
            for lane in [Lane::Reply, Lane::Person, Lane::Reminder] {
                let all_but_this: Vec<_> = Purpose::ALL
                    .into_iter()
                    .filter(|other| *other != purpose)
                    .map(|other| (other, true, 0))
                    .collect();
                let never = person(&all_but_this, 0);
                let withdrawn = person(&[(purpose, false, 0)], 0);
                let given = person(&[(purpose, true, 0)], 0);
                let ask = |contact: &Contact| {
                    gate(&Question { purpose, lane, ..reply(contact, &content) })
                };
                assert_eq!(ask(&never), Err(Refusal::NoConsent), "{purpose:?} {lane:?}");
                assert_eq!(ask(&withdrawn), Err(Refusal::Withdrawn), "{purpose:?} {lane:?}");
                assert_eq!(ask(&given), Ok(()), "{purpose:?} {lane:?}");
            }
        }
    }

    #[test]
    fn outside_the_window_whatsapp_takes_only_a_template() {
        let member = person(&[(Purpose::Membership, true, 0)], 0);
        let (words, approved) = (text(), template());
        let ask = |channel, content| {
            gate(&Question {
                channel,
                purpose: Purpose::Membership,
                lane: Lane::Reminder,
                now: at(25),
                ..reply(&member, content)
            })
        };
        assert_eq!(ask(Channel::Whatsapp, &words), Err(Refusal::WindowClosed));
        assert_eq!(ask(Channel::Whatsapp, &approved), Ok(()));
        assert_eq!(ask(Channel::Sms, &words), Ok(()));
    }

    #[test]
    fn what_has_a_template_is_an_answer_for_a_day_and_needs_its_consent_after() {
        let content = windowed();
        let stranger = person(&[], 0);
        let willing = person(&[(Purpose::FollowUp, true, 0)], 0);
        let gone = person(&[(Purpose::FollowUp, false, 0)], 0);
        let other = person(&[(Purpose::Samvad, true, 0)], 0);
        for channel in Channel::ALL {
            for lane in [Lane::Reply, Lane::Reminder] {
                let ask = |contact: &Contact, hours: i64| {
                    gate(&Question {
                        channel,
                        purpose: Purpose::FollowUp,
                        lane,
                        now: at(hours),
                        ..reply(contact, &content)
                    })
                };
                assert_eq!(ask(&stranger, 23), Ok(()), "{channel} {lane:?}");
                assert_eq!(ask(&stranger, 24), Err(Refusal::NoConsent), "{channel} {lane:?}");
                assert_eq!(ask(&other, 24), Err(Refusal::NoConsent), "{channel} {lane:?}");
                assert_eq!(ask(&gone, 24), Err(Refusal::Withdrawn), "{channel} {lane:?}");
                assert_eq!(ask(&willing, 24), Ok(()), "{channel} {lane:?}");
            }
            let reminder = Question {
                channel,
                purpose: Purpose::FollowUp,
                lane: Lane::Reminder,
                ..reply(&gone, &content)
            };
            assert_eq!(gate(&reminder), Err(Refusal::Withdrawn), "{channel}: after a stop");
        }
    }

    #[test]
    fn a_broadcast_waits_for_the_consent_rules() {
        let willing = person(&[(Purpose::Samvad, true, 0)], 0);
        let content = template();
        let question = Question {
            purpose: Purpose::Samvad,
            lane: Lane::Broadcast,
            ..reply(&willing, &content)
        };
        assert_eq!(gate(&question), Err(Refusal::NotYet));
    }

    #[test]
    fn the_first_refusal_in_order_is_the_answer() {
        // Everything is wrong at once; each cure uncovers the next reason.
        let withdrawn = person(&[(Purpose::Samvad, false, 0)], 0);
        let never = person(&[], 0);
        let given = person(&[(Purpose::Samvad, true, 0)], 0);
        let words = text();
        let mut question = Question {
            now: at(30),
            contact: &withdrawn,
            channel: Channel::Whatsapp,
            purpose: Purpose::Samvad,
            lane: Lane::Broadcast,
            content: &words,
            window_until: None,
            send_before: Some(at(29)),
            halted: true,
        };
        let mut seen = vec![gate(&question).unwrap_err()];
        question.halted = false;
        seen.push(gate(&question).unwrap_err());
        question.send_before = None;
        seen.push(gate(&question).unwrap_err());
        question.contact = &never;
        seen.push(gate(&question).unwrap_err());
        question.contact = &given;
        seen.push(gate(&question).unwrap_err());
        let advertising = registered(true);
        question.content = &advertising;
        question.channel = Channel::Sms;
        let refused_both = Contact { marks: Mark::ALL.to_vec(), ..given.clone() };
        question.contact = &refused_both;
        seen.push(gate(&question).unwrap_err());
        let refused_one = Contact { marks: vec![Mark::NoDltConsent], ..given.clone() };
        question.contact = &refused_one;
        seen.push(gate(&question).unwrap_err());
        question.contact = &given;
        seen.push(gate(&question).unwrap_err());
        question.lane = Lane::Person;
        seen.push(gate(&question).unwrap_err());
        assert_eq!(seen, Refusal::ALL);
        question.now = promotional_opens(question.now);
        assert_eq!(gate(&question), Ok(()));
    }

    #[test]
    fn advertising_leaves_by_sms_from_ten_to_a_quarter_to_nine_in_india() {
        for (now, opens) in [
            ("2026-11-21T00:00:00+05:30", "2026-11-21T10:00:00+05:30"),
            ("2026-11-21T09:59:59.999+05:30", "2026-11-21T10:00:00+05:30"),
            ("2026-11-21T10:00:00+05:30", "2026-11-21T10:00:00+05:30"),
            ("2026-11-21T20:44:59.999+05:30", "2026-11-21T20:44:59.999+05:30"),
            ("2026-11-21T20:45:00+05:30", "2026-11-22T10:00:00+05:30"),
            ("2026-11-21T23:59:59+05:30", "2026-11-22T10:00:00+05:30"),
            ("1969-12-31T23:00:00+05:30", "1970-01-01T10:00:00+05:30"),
        ] {
            let (now, opens): (Timestamp, Timestamp) =
                (now.parse().unwrap(), opens.parse().unwrap());
            assert_eq!(promotional_opens(now), opens, "{now}");
            let (contact, advertising, service) =
                (person(&[], 0), registered(true), registered(false));
            let window_until = now.checked_add(SignedDuration::from_hours(1)).ok();
            let ask = |channel, content| {
                gate(&Question { now, channel, window_until, ..reply(&contact, content) })
            };
            let expected = if now == opens { Ok(()) } else { Err(Refusal::PromotionalHours) };
            assert_eq!(ask(Channel::Sms, &advertising), expected, "{now}");
            assert_eq!(ask(Channel::Sms, &service), Ok(()), "{now}: at any hour");
            assert_eq!(ask(Channel::Whatsapp, &advertising), Ok(()), "{now}: on WhatsApp");
        }
    }

    #[test]
    fn who_wants_no_advertising_gets_none_by_sms_and_everything_else() {
        let (advertising, service, words) = (registered(true), registered(false), text());
        for (mark, refusal) in
            [(Mark::NoPromotion, Refusal::NoPromotion), (Mark::NoDltConsent, Refusal::NoDltConsent)]
        {
            let marked = Contact { marks: vec![mark], ..person(&[], 0) };
            let ask = |channel, content| gate(&Question { channel, ..reply(&marked, content) });
            assert_eq!(ask(Channel::Sms, &advertising), Err(refusal));
            assert_eq!(ask(Channel::Sms, &service), Ok(()));
            assert_eq!(ask(Channel::Sms, &words), Ok(()));
            assert_eq!(ask(Channel::Whatsapp, &advertising), Ok(()));
        }
    }

    #[test]
    fn every_refusal_has_a_name_of_its_own_and_words_in_both_languages() {
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::from_name(refusal.name()), Some(refusal));
            let (hindi, english) = refusal.office_words();
            assert!(hindi.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c)), "{refusal:?}");
            assert!(english.is_ascii(), "{refusal:?}");
        }
    }

    fn any_contact() -> impl Strategy<Value = Contact> {
        let consent = (0..Purpose::ALL.len(), any::<bool>(), -50..50_i64);
        let marks = proptest::sample::subsequence(Mark::ALL.to_vec(), 0..=2);
        (proptest::collection::vec(consent, 0..4), proptest::option::of(-50..50_i64), marks)
            .prop_map(|(consents, last_inbound, marks)| Contact {
                marks,
                consents: consents
                    .into_iter()
                    .map(|(purpose, given, hours)| ConsentNow {
                        purpose: Purpose::ALL[purpose],
                        given,
                        at: at(hours),
                    })
                    .collect(),
                last_inbound: last_inbound.map(at),
                ..Contact::default()
            })
    }

    prop_compose! {
        fn any_case()(
            contact in any_contact(),
            channel in 0..6_usize,
            purpose in 0..Purpose::ALL.len(),
            lane in 0..4_usize,
            content in prop_oneof![
                Just(text()), Just(template()), Just(windowed()), Just(registered(true)),
                Just(registered(false)),
            ],
            window in proptest::option::of(-50..50_i64),
            send_before in proptest::option::of(-50..50_i64),
            halted in any::<bool>(),
        ) -> (Contact, Channel, Purpose, Lane, Content, Option<Timestamp>, Option<Timestamp>, bool) {
            (
                contact, Channel::ALL[channel], Purpose::ALL[purpose], Lane::ALL[lane],
                content,
                window.map(at), send_before.map(at), halted,
            )
        }
    }

    proptest! {
        #[test]
        fn when_in_doubt_it_refuses(case in any_case()) {
            let (contact, channel, purpose, lane, content, window_until, send_before, halted) = case;
            let question = Question {
                now: at(0), contact: &contact, channel, purpose, lane, content: &content,
                window_until, send_before, halted,
            };
            let open = gate(&question).is_ok();
            prop_assert!(!open || !halted);
            prop_assert!(!open || lane != Lane::Broadcast);
            prop_assert!(!open || send_before.is_none_or(|last| last > at(0)));
            let in_window = window_until.is_some_and(|until| until > at(0));
            prop_assert!(!open || purpose != Purpose::Answer || in_window);
            let is_answer = purpose == Purpose::Answer
                || (in_window
                    && matches!(lane, Lane::Reply | Lane::Reminder)
                    && matches!(content, Content::Windowed { .. }));
            prop_assert!(!open || is_answer || contact.consents_to(purpose));
            // Contradictory rows of one purpose are a doubt.
            prop_assert!(!open || is_answer || !contact.withdrew(purpose));
            let leaves = content.leaving(channel, in_window);
            let is_template = matches!(*leaves, Content::Template(_));
            prop_assert!(!open || channel != Channel::Whatsapp || in_window || is_template);
            let is_refused = channel == Channel::Sms && is_promotional(&content);
            prop_assert!(!open || !is_refused || contact.marks.is_empty());
        }

        #[test]
        fn a_contact_it_does_not_need_changes_nothing(case in any_case(), other in any_contact()) {
            let (contact, channel, purpose, any_lane, content, window_until, send_before, halted) = case;
            let (purpose, lane, content) = if needs_contact(purpose, any_lane, &content) {
                (Purpose::Answer, Lane::Reply, text())
            } else {
                (purpose, any_lane, content)
            };
            prop_assert!(!needs_contact(purpose, lane, &content));
            let ask = |contact: &Contact| gate(&Question {
                now: at(0), contact, channel, purpose, lane, content: &content,
                window_until, send_before, halted,
            });
            prop_assert_eq!(ask(&contact), ask(&other));
        }
    }
}
