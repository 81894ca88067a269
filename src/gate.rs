//! May this message go to this person, on this channel, now? One pure function; when in doubt it
//! refuses, and every refusal says why in words an office can read.
//!
//! The order of the questions is the order of [`Refusal::ALL`]: the first refusal is the answer. It is asked
//! when a broadcast is planned and once more when each message leaves.
//!
//! | refusal | asked of | refused when |
//! |---|---|---|
//! | `halted` | everything | the office pulled the kill switch |
//! | `expired` | everything | `send_before` is reached |
//! | `blocked` | everything that needs to know the person | the office blocked them; what waits for them ends in the transaction that blocks, so that no answer is asked |
//! | `silence` | everything but an acknowledgment | the 48 hours before the poll of the person's own seat, or of anybody's on the phone; of any seat, where theirs is not known |
//! | `exit_poll` | a purpose of opinion | from the first poll day to half an hour after the last close |
//! | `withdrawn` | a purpose that needs consent | the person took that consent back, for every channel or for this one |
//! | `withdrawn` | a reminder of an answer | the person's last word was a withdrawal |
//! | `no_consent` | a purpose that needs consent | it was never given |
//! | `no_consent` | a broadcast | it names a purpose that needs no consent |
//! | `withdrawn` | a broadcast that asks for a consent | the person ever took any consent back |
//! | `agreed` | the same | they agreed already |
//! | `asked_once` | the same | they were asked for this one before |
//! | `window_closed` | an answer, on every channel | 24 hours have passed since the person's own message |
//! | `window_closed` | WhatsApp, other purposes | the same, unless there is an approved template for it |
//! | `no_dlt_template` | a broadcast by SMS | no DLT template of the registry carries it, and its account's vendor is not known to put one ([`Rules::templates_at_vendor`]) |
//! | `no_promotion` | a DLT template registered as advertising, and a broadcast by SMS without one | the operators say the person wants none |
//! | `no_dlt_consent` | the same | the operators know of no consent of the person |
//! | `no_certificate` | a broadcast | the code of conduct is in force and its text has no certificate |
//! | `capped` | a broadcast | the person was sent as many of its purpose as the office allows |
//! | `promotional_hours` | the same as `no_promotion` | it is not between 10:00 and 20:45 in India |
//!
//! The first and the last are no ends ([`Refusal::waits`]): what they refuse waits.
//!
//! An answer ([`Purpose::Answer`]) needs no consent: the person asked. It stays one for 24 hours
//! after their own message, as long as WhatsApp's customer service window, and the word after `बंद`
//! may go too. A reminder is our idea, not theirs: it may follow up on their conversation, but not
//! after they said stop and nothing since.
//!
//! What has a template besides its free words ([`Content::Windowed`]) is an answer or a reminder of one
//! while the person's window is open, whatever purpose it names; after that it is a message of its purpose and needs that
//! consent, on every channel.

mod certified;
mod rules;

use jiff::Timestamp;

pub use certified::{file_hash, is_certified};
pub use rules::{Caps, Rules, RulesHandle};

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
    /// Not looked at unless [`Needs::contact`] says so.
    pub contact: &'a Contact,
    /// The person's assembly seat ([`Contact::seat`]); `None` is in every silence. As `contact`, which has the
    /// seats of others on the phone.
    pub seat: Option<u16>,
    pub channel: Channel,
    /// Ours on that channel, where it leaves from; looked at for a broadcast by SMS.
    pub account: &'a str,
    pub purpose: Purpose,
    pub lane: Lane,
    pub content: &'a Content,
    /// When the person's 24-hour window closes; `None` when they never wrote on this channel.
    pub window_until: Option<Timestamp>,
    pub send_before: Option<Timestamp>,
    /// The office's kill switch.
    pub halted: bool,
    /// What election law and the office have in force.
    pub rules: &'a Rules,
    /// Whether what it says and shows has a certificate ([`is_certified`]). Not looked at unless [`Needs::certificate`] says so.
    pub certified: bool,
    /// How many broadcasts of this purpose the person was sent since [`Rules::counts_since`]. Not looked at
    /// unless [`Needs::told`] says so.
    pub told: u32,
}

/// Why a message may not go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    Halted,
    Expired,
    /// The office blocked the person.
    Blocked,
    /// The hours before the poll of the person's seat.
    Silence,
    /// Nobody is asked now how they voted.
    ExitPoll,
    Withdrawn,
    NoConsent,
    /// It asks for a consent, and the person gave it already.
    Agreed,
    /// It asks for a consent, and the person was asked for it before.
    AskedOnce,
    WindowClosed,
    /// A broadcast by SMS of which nobody knows the DLT template.
    NoDltTemplate,
    /// The operators say that the person wants no advertising.
    NoPromotion,
    /// The operators know of no consent of the person.
    NoDltConsent,
    /// The code of conduct is in force, and no committee certified the text.
    NoCertificate,
    /// The person was sent enough of this for these days.
    Capped,
    /// Advertising waits for the day.
    PromotionalHours,
}

impl Refusal {
    /// Every refusal, in the order the gate asks.
    pub const ALL: [Refusal; 16] = [
        Refusal::Halted,
        Refusal::Expired,
        Refusal::Blocked,
        Refusal::Silence,
        Refusal::ExitPoll,
        Refusal::Withdrawn,
        Refusal::NoConsent,
        Refusal::Agreed,
        Refusal::AskedOnce,
        Refusal::WindowClosed,
        Refusal::NoDltTemplate,
        Refusal::NoPromotion,
        Refusal::NoDltConsent,
        Refusal::NoCertificate,
        Refusal::Capped,
        Refusal::PromotionalHours,
    ];

    /// The lower-case name used in metrics and as the stored reason of a suppressed message.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Refusal::Halted => "halted",
            Refusal::Expired => "expired",
            Refusal::Blocked => "blocked",
            Refusal::Silence => "silence",
            Refusal::ExitPoll => "exit_poll",
            Refusal::Withdrawn => "withdrawn",
            Refusal::NoConsent => "no_consent",
            Refusal::Agreed => "agreed",
            Refusal::AskedOnce => "asked_once",
            Refusal::WindowClosed => "window_closed",
            Refusal::NoDltTemplate => "no_dlt_template",
            Refusal::NoPromotion => Mark::NoPromotion.name(),
            Refusal::NoDltConsent => Mark::NoDltConsent.name(),
            Refusal::NoCertificate => "no_certificate",
            Refusal::Capped => "capped",
            Refusal::PromotionalHours => "promotional_hours",
        }
    }

    /// The refusal of a stored name; `None` when a newer version wrote it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Refusal> {
        Refusal::ALL.into_iter().find(|refusal| refusal.name() == name)
    }

    /// Whether it is no end: what it refuses waits, and goes when the switch is turned back or the hour
    /// has come. A plan refuses nobody for it.
    #[must_use]
    pub const fn waits(self) -> bool {
        matches!(self, Refusal::Halted | Refusal::PromotionalHours)
    }

    /// Whether it says something of the broadcast and nothing of the person: nobody's turn is lost by it. A
    /// broadcast that meets it on its way waits whole until the office has mended that; a plan refuses it
    /// for everybody.
    #[must_use]
    pub const fn is_of_its_broadcast(self) -> bool {
        matches!(self, Refusal::NoCertificate | Refusal::NoDltTemplate)
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
            Refusal::Blocked => {
                ("कार्यालय ने इस व्यक्ति को ब्लॉक कर रखा है।", "The office has blocked this person.")
            }
            Refusal::Silence => (
                "इस व्यक्ति के क्षेत्र में मतदान से पहले का मौन चल रहा है; क्षेत्र मालूम न हो तो हर क्षेत्र का मौन लागू है।",
                "It is the silence before the poll in this person's seat; where the seat is not known, that of any seat counts.",
            ),
            Refusal::ExitPoll => (
                "मतदान के पहले दिन से आख़िरी मतदान के आधे घंटे बाद तक राय नहीं पूछी जाती।",
                "From the first poll day to half an hour after the last close nobody is asked for an opinion.",
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
            Refusal::Agreed => (
                "इस व्यक्ति ने यह सहमति पहले ही दे दी है; उनसे फिर नहीं पूछा जाता।",
                "This person has given this consent already; they are not asked again.",
            ),
            Refusal::AskedOnce => (
                "इस व्यक्ति से यह सहमति एक बार पूछी जा चुकी है; बिना उनके लिखे दोबारा नहीं पूछी जाती।",
                "This person was asked for this consent once; they are not asked again unless they write.",
            ),
            Refusal::WindowClosed => (
                "इस व्यक्ति के पिछले संदेश को 24 घंटे हो चुके हैं; अब केवल स्वीकृत टेम्पलेट जा सकता है।",
                "More than 24 hours have passed since this person wrote; only an approved template may go now.",
            ),
            Refusal::NoDltTemplate => (
                "इस SMS का DLT टेम्पलेट flows/dlt/ में नहीं है; बिना पंजीकृत टेम्पलेट के सामूहिक SMS नहीं जाता।",
                "No DLT template in flows/dlt/ carries this SMS; without a registered one no broadcast leaves by SMS.",
            ),
            Refusal::NoPromotion => (
                "इस व्यक्ति ने अपने मोबाइल ऑपरेटर से प्रचार के संदेश बंद करवा रखे हैं।",
                "This person has asked their operator for no advertising.",
            ),
            Refusal::NoDltConsent => (
                "मोबाइल ऑपरेटर के पास इस नंबर की सहमति दर्ज नहीं है।",
                "The operators have no consent on record for this number.",
            ),
            Refusal::NoCertificate => (
                "आचार संहिता लागू है, और प्रसारण की फ़ाइल में जिस MCMC प्रमाणपत्र का नंबर है, वह calendar.toml में इन शब्दों का नहीं है।",
                "The code of conduct is in force, and the MCMC certificate that its file names does not cover these words in calendar.toml.",
            ),
            Refusal::Capped => (
                "इस व्यक्ति को इन दिनों में जितने सामूहिक संदेश जा सकते थे, जा चुके हैं।",
                "This person has been sent as many broadcasts as the office allows for these days.",
            ),
            Refusal::PromotionalHours => (
                "प्रचार के SMS केवल सुबह 10:00 से रात 8:45 तक जाते हैं; यह तब जाएगा।",
                "Advertising by SMS leaves only between 10:00 and 20:45; it goes then.",
            ),
        }
    }
}

/// What the gate has to know of a person and a text before it can answer; what it need not know costs
/// nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// The person: an answer typed a moment ago goes out without another look into the records, unless
    /// somebody's seat is silent.
    pub contact: bool,
    /// Whether the text is certified.
    pub certificate: bool,
    /// How many broadcasts they were sent.
    pub told: bool,
}

/// What has to be known for such a message now.
#[must_use]
pub fn needs(
    purpose: Purpose,
    lane: Lane,
    content: &Content,
    rules: &Rules,
    now: Timestamp,
) -> Needs {
    let is_broadcast = lane == Lane::Broadcast;
    let minds_silence = purpose != Purpose::Acknowledgment && rules.calendar.is_anybody_silent(now);
    Needs {
        contact: is_our_idea(purpose, lane) || is_promotional(content) || minds_silence,
        certificate: is_broadcast && rules.calendar.is_under_conduct(now),
        told: is_broadcast && (rules.caps.most(purpose).is_some() || purpose.asks_for().is_some()),
    }
}

/// Whether the person did not ask for it just now.
fn is_our_idea(purpose: Purpose, lane: Lane) -> bool {
    match lane {
        Lane::Reply | Lane::Person => !purpose.is_of_a_conversation(),
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
    let Needs { contact: knows_contact, certificate, told } =
        needs(question.purpose, question.lane, question.content, question.rules, question.now);
    if knows_contact && question.contact.blocked {
        return Err(Refusal::Blocked);
    }
    election(question)?;
    let window_open = is_open(question.window_until, question.now);
    let of_a_conversation = matches!(question.lane, Lane::Reply | Lane::Reminder)
        && matches!(question.content, Content::Windowed { .. });
    let still_an_answer = window_open && of_a_conversation;
    if question.lane != Lane::Broadcast
        && (question.purpose.is_of_a_conversation() || still_an_answer)
    {
        answer(question, window_open)?;
    } else {
        on_our_own(question, window_open)?;
    }
    let by_sms = question.channel == Channel::Sms;
    let is_unregistered =
        by_sms && question.lane == Lane::Broadcast && question.content.registered().is_none();
    if is_unregistered && !question.rules.is_registered_at_vendor(question.account) {
        return Err(Refusal::NoDltTemplate);
    }
    // What nobody knows the category of is advertising.
    let is_advertising = is_unregistered || (by_sms && is_promotional(question.content));
    if is_advertising && let Some(refusal) = no_advertising(question.contact) {
        return Err(refusal);
    }
    if certificate && !question.certified {
        return Err(Refusal::NoCertificate);
    }
    let most = question.rules.caps.most(question.purpose);
    if told && most.is_some_and(|most| question.told >= most) {
        return Err(Refusal::Capped);
    }
    if is_advertising && promotional_opens(question.now) > question.now {
        return Err(Refusal::PromotionalHours);
    }
    Ok(())
}

/// What election law forbids now, whatever the person agreed to.
fn election(question: &Question<'_>) -> Result<(), Refusal> {
    let calendar = &question.rules.calendar;
    let beside = question.contact.seats_beside.iter().copied().map(Some);
    let seats = std::iter::once(question.seat).chain(beside);
    let is_silent = calendar.silence_of_any(seats, question.now).is_some();
    if is_silent && question.purpose != Purpose::Acknowledgment {
        return Err(Refusal::Silence);
    }
    let asks = question.purpose.asks_for().unwrap_or(question.purpose);
    if asks == Purpose::Opinion && calendar.exit_poll_lock(question.now).is_some() {
        return Err(Refusal::ExitPoll);
    }
    Ok(())
}

/// An answer within the conversation a person began.
fn answer(question: &Question<'_>, window_open: bool) -> Result<(), Refusal> {
    if is_our_idea(question.purpose, question.lane)
        && last_word_was_stop(question.contact, question.channel)
    {
        return Err(Refusal::Withdrawn);
    }
    if !window_open {
        return Err(Refusal::WindowClosed);
    }
    Ok(())
}

/// A message the person did not ask for just now. Nobody consents to being answered, so that a broadcast
/// that calls itself an answer goes to nobody.
fn on_our_own(question: &Question<'_>, window_open: bool) -> Result<(), Refusal> {
    if let Some(wanted) = question.purpose.asks_for() {
        return asking(question, wanted);
    }
    if question.contact.withdrew_on(question.purpose, question.channel) {
        return Err(Refusal::Withdrawn);
    }
    if question.purpose.is_of_a_conversation()
        || !question.contact.consents_on(question.purpose, question.channel)
    {
        return Err(Refusal::NoConsent);
    }
    let has_template = question.content.outside().is_some();
    if question.channel.has_window() && !window_open && !has_template {
        return Err(Refusal::WindowClosed);
    }
    Ok(())
}

/// The one question for a consent. Whoever took anything back is asked for nothing more; on a channel with a window
/// it leaves by an approved template in any case.
fn asking(question: &Question<'_>, wanted: Purpose) -> Result<(), Refusal> {
    if question.contact.consents.iter().any(|word| !word.given) {
        return Err(Refusal::Withdrawn);
    }
    if question.lane != Lane::Broadcast {
        return Err(Refusal::NoConsent);
    }
    if question.contact.consents_to(wanted) {
        return Err(Refusal::Agreed);
    }
    if question.told > 0 {
        return Err(Refusal::AskedOnce);
    }
    if question.channel.has_window() && question.content.outside().is_none() {
        return Err(Refusal::WindowClosed);
    }
    Ok(())
}

/// Whether the newest thing we know of the person on this channel is a withdrawal that still stands. The
/// ledger row of a stop is written in the turn of the message that asked for it, so its time is not before
/// that message's; anything they wrote later opens the conversation again.
fn last_word_was_stop(contact: &Contact, channel: Channel) -> bool {
    let stands = |only: Option<Channel>| only.is_none_or(|only| only == channel);
    let mut withdrawals =
        contact.consents.iter().filter(|consent| !consent.given && stands(consent.only));
    match contact.last_inbound {
        Some(last_inbound) => withdrawals.any(|withdrawal| withdrawal.at >= last_inbound),
        None => withdrawals.next().is_some(),
    }
}

#[cfg(test)]
mod tests;
