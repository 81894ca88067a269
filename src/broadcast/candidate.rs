//! What is known of somebody when a broadcast is planned: all that an audience and the gate ask.

use jiff::{SignedDuration, Timestamp};

use crate::audience::{Home, Standing};
use crate::contact::{AddressKind, Contact};
use crate::message::Channel;
use crate::places::Place;

/// How long somebody may be answered freely after their own message.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// One contact. Nobody's name is in it: a plan of lakhs opens none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidate {
    /// As the gate looks at them; `membership` is `None`, see [`Candidate::member`].
    pub contact: Contact,
    /// Of the one whose conversations the phone's are.
    pub member: Option<Membership>,
    /// The posts they hold, each with its place, in the order they were given.
    pub posts: Vec<(String, Place)>,
    /// The same of others on the phone, to whom nothing goes; before each which of them it is.
    pub posts_beside: Vec<(i64, String, Place)>,
    /// The roads they are known on: that of the last message first.
    pub roads: Vec<KnownRoad>,
    /// The kinds of their addresses.
    pub kinds: Vec<AddressKind>,
}

/// A membership without the name on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub standing: Standing,
    pub home: Home,
    /// `male`, `female`, `other`.
    pub gender: Option<&'static str>,
    pub since: Timestamp,
    /// When it runs out by itself.
    pub ends: Option<Timestamp>,
}

/// A channel and a number of ours that somebody has used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRoad {
    pub channel: Channel,
    pub account: String,
    /// When they last wrote on it.
    pub wrote: Option<Timestamp>,
}

/// Whose turn it is among so many of ours, for this contact.
pub(super) fn turn_of(contact: i64, count: usize) -> usize {
    let count = i64::try_from(count).unwrap_or(i64::MAX).max(1);
    usize::try_from(contact.rem_euclid(count)).unwrap_or_default()
}

impl Candidate {
    /// When the window closes in which they may be answered freely by this road: where the provider counts
    /// the hours, of that road alone; elsewhere after their last message on any. `None`: it never opened.
    #[must_use]
    pub fn window_until(&self, channel: Channel, account: &str) -> Option<Timestamp> {
        let wrote = if channel.has_window() {
            let known = |road: &&KnownRoad| road.channel == channel && road.account == account;
            self.roads.iter().find(known).and_then(|road| road.wrote)
        } else {
            self.contact.last_inbound
        };
        wrote.and_then(|wrote| wrote.checked_add(WINDOW).ok())
    }

    /// Which of our accounts of a channel writes to them: the one they know, else one of them, always the same for
    /// the same person. `None`: there is none.
    #[must_use]
    pub fn account_of<'a>(&self, channel: Channel, ours: &'a [String]) -> Option<&'a String> {
        let mut known = self.roads.iter().filter(|road| road.channel == channel);
        let known = known.find_map(|road| ours.iter().find(|own| **own == road.account));
        known.or_else(|| ours.get(turn_of(self.contact.id, ours.len())))
    }

    /// Whether one of their addresses is of this channel.
    #[must_use]
    pub fn is_on(&self, channel: Channel) -> bool {
        let is_of = |kind: &AddressKind| match channel {
            Channel::Whatsapp => matches!(
                kind,
                AddressKind::Phone | AddressKind::ForeignPhone | AddressKind::WhatsappUser
            ),
            Channel::Sms => *kind == AddressKind::Phone,
            Channel::Telegram => *kind == AddressKind::TelegramUser,
            Channel::Simulator => *kind == AddressKind::Simulator,
            Channel::MissedCall | Channel::Internal => false,
        };
        self.kinds.iter().any(is_of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + hours * 3600).unwrap()
    }

    fn road(channel: Channel, account: &str, hours: i64) -> KnownRoad {
        KnownRoad { channel, account: account.to_owned(), wrote: Some(at(hours)) }
    }

    #[test]
    fn a_window_of_whatsapp_is_that_of_the_number_of_ours() {
        let mut candidate = Candidate {
            roads: vec![road(Channel::Sms, "HEADER", 9), road(Channel::Whatsapp, "one", 5)],
            ..Candidate::default()
        };
        candidate.contact.last_inbound = Some(at(9));
        assert_eq!(candidate.window_until(Channel::Whatsapp, "one"), Some(at(29)));
        assert_eq!(candidate.window_until(Channel::Whatsapp, "two"), None);
        assert_eq!(candidate.window_until(Channel::Sms, "any"), Some(at(33)));
    }

    #[test]
    fn the_second_way_is_the_account_they_know_or_always_the_same() {
        let ours = ["one", "two", "three"].map(str::to_owned);
        let of = |contact: i64, roads: Vec<KnownRoad>| {
            let mut candidate = Candidate { roads, ..Candidate::default() };
            candidate.contact.id = contact;
            candidate.account_of(Channel::Sms, &ours).cloned().unwrap_or_default()
        };
        let by_turn: Vec<String> = (7..10).map(|contact| of(contact, Vec::new())).collect();
        assert_eq!(by_turn, ["two", "three", "one"], "each has its share");
        let knows = vec![road(Channel::Whatsapp, "one", 9), road(Channel::Sms, "three", 5)];
        assert_eq!(of(7, knows), "three");
        assert_eq!(of(7, vec![road(Channel::Sms, "gone", 5)]), "two");
        assert_eq!(Candidate::default().account_of(Channel::Sms, &[]), None);
    }

    #[test]
    fn a_number_abroad_gets_no_short_message() {
        let candidate =
            Candidate { kinds: vec![AddressKind::ForeignPhone], ..Candidate::default() };
        assert!(candidate.is_on(Channel::Whatsapp));
        assert!(!candidate.is_on(Channel::Sms));
        assert!(!candidate.is_on(Channel::Telegram));
    }
}
