//! What a turn established, as data: the shell commits it with the session and the replies.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contact::{ConsentNow, Contact, Language, Member};
use crate::message::Purpose;

/// One thing a conversation made true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A citizen became a member. The number came with the turn.
    EnrolMember(NewMember),
    /// The member gave the membership back.
    LeaveMembership,
    /// A row for the consent ledger.
    Consent(Consent),
    /// The person chose a language.
    Language { language: Language },
    /// A person of the office is asked to take over; the bot is mute from here on.
    HandOver { reason: String },
    /// The person asked for the menu: the bot speaks again.
    TakeBack,
    /// The person asked for one of their rights (`erasure`, `correction`, `access`); the ticket came
    /// with the turn.
    Request { kind: String, ticket: String },
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
}

impl Contact {
    /// The contact after the fact, as the next turn must see it before anything is committed.
    /// The records apply the same change in SQL; a test holds the two together.
    pub fn apply(&mut self, fact: &Fact, now: Timestamp) {
        match fact {
            // An active member stays the member they are: nobody gets a second number.
            Fact::EnrolMember(_) if self.membership.is_some() => {}
            Fact::EnrolMember(member) => {
                self.membership = Some(Member {
                    number: member.number.clone(),
                    name: member.name.clone(),
                    district: member.district.clone(),
                    assembly: member.assembly,
                    booth: member.booth,
                    since: now,
                });
            }
            Fact::LeaveMembership => self.membership = None,
            Fact::Consent(consent) => {
                self.consents.retain(|known| known.purpose != consent.purpose);
                self.consents.push(ConsentNow {
                    purpose: consent.purpose,
                    given: consent.given,
                    at: now,
                });
                self.consents.sort_by_key(|known| known.purpose);
            }
            Fact::Language { language } => {
                self.language = *language;
                self.language_chosen = true;
            }
            Fact::HandOver { .. } => self.handed_over = true,
            Fact::TakeBack => self.handed_over = false,
            Fact::Request { .. } => {}
        }
    }
}
