//! What a turn established, as data: the shell commits it with the session and the replies.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contact::{ConsentNow, Contact, Language, Member};
use crate::message::{Channel, Purpose};

/// The name under which a request says which broadcast it answers.
pub const BROADCAST: &str = "broadcast";

/// One thing a conversation made true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A citizen became a member. The number came with the turn; of somebody whom a list of the office knew
    /// it is the number they had.
    EnrolMember(NewMember),
    /// Somebody came by a member's referral code. The records keep it once, at first touch, and only
    /// for a person who is no member; a code nobody has, and one's own, are dropped silently.
    Referred {
        /// The number of the member whose code it is.
        member: String,
    },
    /// The membership lasts until this moment from now on.
    RenewMembership { ends: Timestamp },
    /// What is kept of the member, whole, as it is after the change.
    UpdateMember(MemberDetails),
    /// The member gave the membership back, and with it the posts they held.
    LeaveMembership,
    /// The person says that the membership they have is none of their doing: whoever brought them is
    /// remembered with it. Said before [`Fact::LeaveMembership`].
    DisownMembership,
    /// A row for the consent ledger.
    Consent(Consent),
    /// The person chose a language; or, `guessed`, writes in it and chose none yet.
    Language {
        language: Language,
        #[serde(default, skip_serializing_if = "is_false")]
        guessed: bool,
    },
    /// A person of the office is asked to take over; the bot is mute from here on.
    HandOver { reason: String },
    /// The person gave a missed call, and it is answered: those soon after it are the same wish.
    Rang,
    /// The person asked for the menu: the bot speaks again.
    TakeBack,
    /// The message answers a broadcast that came to this person; the first answer counts.
    Answered { broadcast: i64 },
    /// The person asked the office for something: one of their rights (`erasure`, `correction`,
    /// `access`), a complaint, a number that was lost. The ticket came with the turn.
    Request {
        kind: String,
        ticket: String,
        /// What they said of it, in the order of the flow.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        details: Vec<Detail>,
    },
}

/// A broadcast that came to a person, when they write: it may be what they speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    pub broadcast: i64,
    /// What the office calls it.
    pub name: String,
    /// The flow an answer to it opens.
    pub flow: Option<String>,
    /// They quoted it or tapped its button; else it is only the newest that reached them, within 48 hours.
    pub named: bool,
    /// When its message was made.
    pub at: Timestamp,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands the field by reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// A member as the flow knows one at enrolment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMember {
    pub number: String,
    pub name: String,
    /// The district's code in `data/districts.csv` (LGD), as text.
    pub district: String,
    /// The seat's number, 1 to 403.
    pub assembly: u16,
    pub booth: Option<u16>,
    pub birth_year: Option<u16>,
    /// When the membership runs out; `None`: never by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Timestamp>,
}

/// What can be changed of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberDetails {
    pub name: String,
    /// The district's code, as in [`NewMember`]; the seat lies in it.
    pub district: String,
    pub assembly: u16,
    pub booth: Option<u16>,
}

/// One answer that goes with a request. `Debug` does not show the words.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// The step that asked.
    pub name: String,
    /// The answer as the person reads it: a place by its name, their own words as they wrote them.
    pub text: String,
}

impl fmt::Debug for Detail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Detail").field("name", &self.name).finish_non_exhaustive()
    }
}

/// One word of a person about one purpose (DPDP Act 2023, section 6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    pub purpose: Purpose,
    pub given: bool,
    /// The version of the notice that was shown; `None` for a withdrawal.
    pub notice: Option<String>,
    /// SHA-256 of the exact words that were shown or, for a withdrawal, of the rule that read it; lower-case hex.
    pub wording: Option<String>,
    /// What the person did: `button`, `text`, `keyword`, `provider`.
    pub how: String,
    /// The one channel it is said of; `None`: of every one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Channel>,
}

impl Contact {
    /// The contact after the fact, as the next turn must see it before anything is committed.
    /// The records apply the same change in SQL; a test holds the two together.
    pub fn apply(&mut self, fact: &Fact, now: Timestamp) {
        match fact {
            // An active member stays the member they are: nobody gets a second number.
            Fact::EnrolMember(_) if self.membership.is_some() => {}
            Fact::EnrolMember(member) => {
                // Somebody else than the one of the list: the list's posts are not theirs.
                if self.listed.take().is_some_and(|listed| listed.number != member.number) {
                    self.posts.clear();
                }
                self.membership = Some(Member {
                    number: member.number.clone(),
                    name: member.name.clone(),
                    district: member.district.clone(),
                    assembly: member.assembly,
                    booth: member.booth,
                    since: now,
                    ends: member.ends,
                });
            }
            Fact::RenewMembership { ends } => {
                if let Some(member) = &mut self.membership {
                    member.ends = Some(*ends);
                }
            }
            Fact::UpdateMember(details) => {
                if let Some(member) = &mut self.membership {
                    member.name.clone_from(&details.name);
                    member.district.clone_from(&details.district);
                    member.assembly = details.assembly;
                    member.booth = details.booth;
                }
            }
            Fact::LeaveMembership => {
                self.membership = None;
                self.listed = None;
                self.posts.clear();
            }
            Fact::Consent(consent) => {
                self.hear(ConsentNow {
                    purpose: consent.purpose,
                    given: consent.given,
                    at: now,
                    only: consent.only,
                });
            }
            Fact::Language { language, guessed } => {
                self.language = *language;
                self.language_chosen = !guessed;
            }
            Fact::Rang => self.rang = Some(now),
            Fact::HandOver { .. } => self.handed_over = true,
            Fact::TakeBack => self.handed_over = false,
            // Kept by the records alone: no turn asks for them.
            Fact::Referred { .. }
            | Fact::DisownMembership
            | Fact::Request { .. }
            | Fact::Answered { .. } => {}
        }
    }
}
