//! Questions of a poll. The turn knows what is asked and how an answer is repeated; how it is read and sealed only the
//! poll knows, which is handed in as a [`Ballot`].
//!
//! An answer is complete in one message. Nothing of it stays: the session holds that it was given, the row of a reply
//! says its plain form, and what it really says ([`Unkept`]) is in memory alone until it has left. See docs/secrecy.md.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::calendar::Recess;
use crate::contact::Language;
use crate::geography::Geography;
use crate::message::{Content, Inbound, InboundContent};
use crate::understanding;

/// Stands in a reply where the receipt will stand, and is exactly as long: an answer is sealed after its turn.
pub const RECEIPT: &str = "???-???-???";

/// Stands in the row of a message that may tell a choice.
pub const SECRET: &str = "[गुप्त]";

/// What one shows the receipt of a current answer by, wherever one is.
const RECEIPT_WORDS: [&str; 8] =
    ["रसीद", "मेरी रसीद", "raseed", "rasid", "rseed", "receipt", "my receipt", "رسید"];

/// Whether a text asks for the receipt of the answer that counts.
#[must_use]
pub fn asks_receipt(text: &str) -> bool {
    let said = understanding::fold(text);
    RECEIPT_WORDS.iter().any(|word| understanding::fold(word) == said)
}

/// Words that may stand between that word and the receipt itself.
const RECEIPT_NUMBER: [&str; 8] = ["नंबर", "नम्बर", "संख्या", "number", "no", "num", "code", "نمبر"];

/// What stands behind the word for a receipt, where a text begins with it and more follows.
#[must_use]
pub fn behind_receipt_word(text: &str) -> Option<&str> {
    let is_between =
        |sign: char| sign.is_whitespace() || matches!(sign, ':' | '-' | '–' | '.' | '#');
    let mut rest = text.trim_start();
    let mut is_named = false;
    // "मेरी रसीद नंबर 7K2-…": the first words, as long as they are of this kind.
    for _ in 0..4 {
        let end = rest.find(is_between).unwrap_or(rest.len());
        let (word, behind) = rest.split_at_checked(end)?;
        let known = |words: &[&str]| {
            let folded = understanding::fold(word);
            words.iter().any(|known| understanding::fold(known) == folded)
        };
        if known(&RECEIPT_WORDS) {
            is_named = true;
        } else if !(known(&["मेरी", "meri", "my", "میری"]) || is_named && known(&RECEIPT_NUMBER))
        {
            break;
        }
        rest = behind.trim_start_matches(is_between);
    }
    (is_named && !rest.is_empty()).then_some(rest)
}

/// What somebody wants to know of a receipt, looked up before the turn; see docs/polls.md.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceiptCheck {
    /// As it is written in threes; `None`: the word for it alone.
    pub receipt: Option<String>,
    /// Behind the word for it: it can be nothing else. A bare one stands back behind an answer.
    pub is_named: bool,
    /// Whether there is any published roll to look in.
    pub has_rolls: bool,
    /// The rolls it stands on.
    pub on: Vec<OnRoll>,
}

impl fmt::Debug for ReceiptCheck {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ReceiptCheck(…)")
    }
}

/// What became of the polls on whose rosters somebody stands, where none of them asks any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// It takes answers from a later hour on.
    Soon,
    /// No answer is taken any more. Whether one of this phone had come in time is known; which envelope it is, is not.
    Closed { answered: bool },
    /// Given up: nothing of it is counted.
    Cancelled,
    /// It is open, and cannot take an answer for the moment.
    Shut,
}

impl Over {
    /// The name it has in texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Over::Soon => "soon",
            Over::Closed { answered: true } => "answered",
            Over::Closed { answered: false } => "unanswered",
            Over::Cancelled => "cancelled",
            Over::Shut => "shut",
        }
    }
}

/// A published roll, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnRoll {
    /// What the poll asked, in the languages in their order.
    pub question: [String; Language::ALL.len()],
    /// The choices on it.
    pub choices: u64,
    /// The first signs of its head.
    pub head: String,
}

impl OnRoll {
    /// What the poll asked.
    #[must_use]
    pub fn question(&self, language: Language) -> &str {
        let mut all = Language::ALL.iter().zip(&self.question);
        all.find(|(known, _)| **known == language).map_or("", |(_, text)| text)
    }
}

/// A poll that asks this person now, as the turn sees it: one voter of its roster. Several of them are several polls,
/// or several people on one phone.
pub trait Ballot: fmt::Debug + Send + Sync {
    /// The poll, by its number in the records.
    fn poll(&self) -> i64;

    /// The row of its roster.
    fn voter(&self) -> i64;

    /// The voter's name, where several people are asked on this phone.
    fn who(&self) -> Option<&str>;

    /// Whether an answer of theirs counts already.
    fn answered(&self) -> bool;

    /// Whether whoever answered may answer again.
    fn may_change(&self) -> bool;

    /// Whether nobody learns who chose what.
    fn is_secret(&self) -> bool;

    /// How it is answered, as the poll's file names it (`rank`).
    fn method(&self) -> &'static str;

    fn closes(&self) -> Timestamp;

    fn question(&self, language: Language) -> String;

    /// The name of the seat.
    fn seat(&self, language: Language) -> String;

    /// The names in this voter's order.
    fn candidates(&self, language: Language) -> Vec<String>;

    /// Whether somebody who is not on the list may be named; that line stands behind the names, and refusing last.
    fn takes_others(&self) -> bool;

    /// What the candidates are marked for, as the poll's file names it (`honesty`).
    fn aspects(&self) -> Vec<&'static str>;

    /// Whether the poll asks for this.
    fn has(&self, part: Part) -> bool;

    /// The receipt of the answer that counts, where it was looked up.
    fn receipt(&self) -> Option<&str>;

    /// Reads a whole message.
    fn read(
        &self,
        part: Part,
        text: &str,
        geography: &Geography,
        language: Language,
    ) -> HeardBallot;

    /// What stands for a part that was passed over: as long as any answer.
    fn nothing(&self, part: Part) -> Sealed;

    /// Whether a text may tell a choice, whatever it was written to: it reads as one, or names somebody of the list.
    fn may_tell(&self, text: &str, geography: &Geography) -> bool;

    /// While nobody may be asked for an opinion, until when: it is not shown then.
    fn recess(&self) -> Option<Recess>;

    /// When the answer that counts was given, where it is known.
    fn answered_at(&self) -> Option<Timestamp>;

    /// Whether the answer that counts cannot be changed any more.
    fn is_final(&self) -> bool {
        self.answered() && !self.may_change()
    }
}

/// What a poll asks for, one question each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Choice,
    /// Marks for every candidate.
    Ratings,
    Remark,
}

impl Part {
    pub const ALL: [Part; 3] = [Part::Choice, Part::Ratings, Part::Remark];

    /// The name it has in flow files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Part::Choice => "choice",
            Part::Ratings => "ratings",
            Part::Remark => "remark",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|part| part.name() == name)
    }
}

/// What a message is as an answer. Its `Debug` tells nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub enum HeardBallot {
    Sure {
        /// How it is repeated, in the language of the person; `None`: a refusal.
        said: Option<String>,
        sealed: Sealed,
    },
    /// Somebody who is not on the list, and not whom.
    WhoElse,
    /// Somebody was written in who stands on the list under this number, from 1.
    Listed { name: String, number: usize },
    /// More than there is room for.
    TooLong,
    /// Not sure: to be asked again as a whole.
    Again,
}

impl fmt::Debug for HeardBallot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("HeardBallot(…)")
    }
}

/// Answers in the clear, by the letter of their envelope: in memory only. It cannot be serialised, and `Debug` shows
/// nothing of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sealed(Vec<(char, Vec<u8>)>);

impl Sealed {
    /// Of plaintexts that have the size of their kind.
    #[must_use]
    pub const fn new(parts: Vec<(char, Vec<u8>)>) -> Sealed {
        Sealed(parts)
    }

    /// Letters and plaintexts.
    #[must_use]
    pub fn parts(&self) -> &[(char, Vec<u8>)] {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sealed(…)")
    }
}

/// An answer of this turn, to be sealed and committed with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cast {
    pub poll: i64,
    pub voter: i64,
    pub answers: Sealed,
}

/// What a reply says in truth: in memory only. Its row holds what stands in [`Outcome::replies`](super::Outcome), and
/// that is what leaves when this process does not live to send it.
#[derive(Clone, PartialEq)]
pub struct Unkept {
    /// The reply, by its place.
    pub reply: usize,
    pub content: Content,
}

impl fmt::Debug for Unkept {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Unkept(…)")
    }
}

impl Unkept {
    /// The content with the receipt in its place.
    #[must_use]
    pub fn with_receipt(self, receipt: &str) -> Content {
        let mut content = self.content;
        if let Some(body) = content.body_mut() {
            *body = body.replace(RECEIPT, receipt);
        }
        content
    }
}

/// Where a conversation stands in the polls that ask the person. It tells that answers were given, and none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Polled {
    #[serde(rename = "p")]
    pub poll: i64,
    #[serde(rename = "v")]
    pub voter: i64,
    /// Their choice was given, or passed over.
    #[serde(rename = "d", default, skip_serializing_if = "std::ops::Not::not")]
    pub done: bool,
    /// The conversation began when everybody had answered: each may change what they said.
    #[serde(rename = "c", default, skip_serializing_if = "std::ops::Not::not")]
    pub changes: bool,
    /// Those whose choice was asked in this conversation, with the one it stands at: poll and voter.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<(i64, i64)>,
}

/// The message as its row has it, when it may tell a choice: no words, no medium, and a key from which neither can be
/// found out by trying. Such a key is still the same whenever the same message comes again.
#[must_use]
pub fn without_words(message: Inbound) -> Inbound {
    let key = if is_of_content(&message.key) { key_without_words(&message) } else { message.key };
    Inbound { content: InboundContent::Text { text: SECRET.to_owned() }, key, ..message }
}

/// The key its row would have after [`without_words`], where that is another one.
#[must_use]
pub fn secret_key(message: &Inbound) -> Option<String> {
    is_of_content(&message.key).then(|| key_without_words(message))
}

/// Whether a decoder made the key from what the message says, because its provider gives none.
fn is_of_content(key: &str) -> bool {
    key.starts_with("sha256.") || key.contains(":#")
}

/// From the road, the sender and the provider's time alone: two answers of one person in the same moment are one.
fn key_without_words(message: &Inbound) -> String {
    let addresses = message.from.addresses.iter();
    let sender: Vec<&str> = addresses.map(|address| address.value.as_str()).collect();
    let moment = message.sent_at.as_millisecond();
    let told = format!("{}\n{}\n{}\n{moment}", message.channel, message.account, sender.join(" "));
    format!("{}:secret.{}", message.account, super::walk::sha256_hex(&told))
}

/// A poll as a rehearsal tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StagedPoll {
    /// `choose_one`, `approve` or `rank`.
    pub method: String,
    /// As they are written, and shown in this order.
    pub candidates: Vec<String>,
    pub others: bool,
    /// `availability`, `honesty`, `work`.
    pub ratings: Vec<String>,
    pub remark: bool,
    /// Whether whoever answered may answer again.
    pub may_change: bool,
    /// Several people who are asked on the phone; none: its owner.
    pub people: Vec<String>,
    /// Whether they answered before.
    pub answered: bool,
    /// After the beginning of the rehearsal.
    pub closes_after: SignedDuration,
}

/// Makes the ballots of a rehearsal: for each person on the phone one.
pub type StagePolls = fn(&StagedPoll, Timestamp) -> Vec<std::sync::Arc<dyn Ballot>>;
