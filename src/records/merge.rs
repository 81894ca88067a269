//! When two contacts are found to be one person: what is decided, alike on both engines. Pure.
//!
//! A person without a number gives it by a message whose sender and number the provider vouches for
//! ([`Records::adopt`](super::Records::adopt)). The contact of that number, where there is one, and the
//! person's own become one:
//!
//! - the older contact stays, the other points to it (`contacts.merged_into`) and carries the mark of
//!   those that gave an address up, so that every process looks its senders up again;
//! - a withdrawal of either outlives what the other said;
//! - of two memberships the older holds, the other ends; but somebody of another name whom only a list of
//!   the office puts on the number is another person: they stay, as one of the others on that phone;
//! - the conversation of the one who speaks stands, with its timers; where they have none, the other's.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::RecordsError;
use super::common::cannot_seal;
use super::effects::{ReadyEffect, ready_effect};
use super::import::MemberState;
use crate::contact::AddressKind;
use crate::flow::Effect;
use crate::seal::Keyring;

/// What became of a number that somebody gave as their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adopted {
    /// It was known as theirs.
    Known,
    /// It was nobody's and is theirs now.
    Added { contact: i64 },
    /// It was another contact's: the two are one now.
    Merged { kept: i64, given_up: i64 },
    /// They may be two persons ([`WhyTwo`]): a person of the office decides, or has decided so.
    Refused,
}

impl Adopted {
    /// What came of two addresses of one sender: whatever changed most.
    pub(super) fn and(self, other: Adopted) -> Adopted {
        let weight = |came: Adopted| match came {
            Adopted::Known => 0,
            Adopted::Added { .. } => 1,
            Adopted::Refused => 2,
            Adopted::Merged { .. } => 3,
        };
        if weight(other) > weight(self) { other } else { self }
    }
}

/// Two contacts of which a provider said that they are one, and of which the office decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenMerge {
    pub id: i64,
    /// Who wrote, or gave the number.
    pub speaker: i64,
    /// Who had the address until then.
    pub owner: i64,
    /// Which kind of address it is.
    pub kind: AddressKind,
    pub at: Timestamp,
}

/// Why two contacts that share an address may be two persons all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyTwo {
    /// Each has a number.
    TwoNumbers,
    /// Each has a user id at WhatsApp, which makes a new one for a new number: the number may have a new
    /// owner.
    TwoUsers,
    /// One of them gave a number up before: the number they have now may have been somebody else's, and the
    /// other contact be that person's.
    NumberChanged,
}

impl WhyTwo {
    /// For the office.
    #[must_use]
    pub const fn office_words(self) -> &'static str {
        match self {
            WhyTwo::TwoNumbers => "each has a number of their own",
            WhyTwo::TwoUsers => {
                "WhatsApp knows each by another id: the number may have got a new owner"
            }
            WhyTwo::NumberChanged => {
                "one of them changed the number before: the other may be who had the new number \
                 until then"
            }
        }
    }
}

/// What deciding needs of whoever has an address.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub(super) kinds: Vec<AddressKind>,
    /// Whether an address was given up before: a number or an id changed.
    pub(super) gave_up: bool,
}

/// What deciding needs of one contact.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    pub(super) id: i64,
    pub(super) referred_by: Option<i64>,
    /// Since when they are a member, in which state, and the hash of the name.
    pub(super) since: Option<i64>,
    pub(super) state: Option<i64>,
    pub(super) name_hash: Option<i64>,
}

/// What is decided of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Whose membership ends, because the other's holds.
    pub(super) leaves: Option<i64>,
    /// Whose member is somebody else on the same phone.
    pub(super) aside: Option<i64>,
    /// Who brought the person: as it stands with the membership that holds.
    pub(super) referred_by: Option<i64>,
}

/// The contact that stays, and the other.
pub(super) fn kept_and_given_up(one: i64, other: i64) -> (i64, i64) {
    (one.min(other), one.max(other))
}

/// Of each of these groups a person has one address.
const ONE_OF_EACH: [&[AddressKind]; 2] =
    [&[AddressKind::Phone, AddressKind::ForeignPhone], &[AddressKind::WhatsappUser]];

/// Why two contacts may be two persons although the provider says that an address of the one is the
/// other's; `None` where they are one.
pub(super) fn why_two(one: &Known, other: &Known) -> Option<WhyTwo> {
    let [numbers, users] = ONE_OF_EACH;
    let both = |among: &[AddressKind]| {
        [one, other].iter().all(|known| known.kinds.iter().any(|kind| among.contains(kind)))
    };
    if both(numbers) {
        return Some(WhyTwo::TwoNumbers);
    }
    if both(users) {
        return Some(WhyTwo::TwoUsers);
    }
    (one.gave_up || other.gave_up).then_some(WhyTwo::NumberChanged)
}

/// One address of one of two contacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) id: i64,
    pub(super) kind: AddressKind,
    pub(super) by_owner: bool,
}

/// The addresses that are given up when the office says that the two are one. What the provider named last
/// stands: the address that brought the two together, and beside it what the speaker has.
pub(super) fn given_up_addresses(held: &[Held], named: AddressKind) -> Vec<i64> {
    let mut given_up = Vec::new();
    for group in ONE_OF_EACH {
        let of_group = || held.iter().filter(|held| group.contains(&held.kind));
        let is_of_both =
            of_group().any(|held| held.by_owner) && of_group().any(|held| !held.by_owner);
        let owner_stands = group.contains(&named);
        let surplus = of_group().filter(|held| is_of_both && held.by_owner != owner_stands);
        given_up.extend(surplus.map(|held| held.id));
    }
    given_up
}

/// `sides` are those of both, in any order.
pub(super) fn plan(sides: &[Side], kept: i64, given_up: i64) -> Plan {
    let side = |id| sides.iter().find(|side| side.id == id);
    let since = |id| side(id).and_then(|side| side.since);
    let aside = side(kept).zip(side(given_up)).and_then(|(own, other)| listed_aside(own, other));
    let (holds, leaves) = match (since(kept), since(given_up)) {
        _ if aside == Some(kept) => (Some(given_up), None),
        _ if aside == Some(given_up) => (Some(kept), None),
        (Some(own), Some(other)) if other < own => (Some(given_up), Some(kept)),
        (Some(_), Some(_)) => (Some(kept), Some(given_up)),
        (Some(_), None) => (Some(kept), None),
        (None, Some(_)) => (Some(given_up), None),
        (None, None) => (None, None),
    };
    let brought = |id| {
        let by = side(id).and_then(|side| side.referred_by);
        by.filter(|by| *by != kept && *by != given_up)
    };
    let referred_by = match holds {
        Some(holder) => brought(holder),
        None => brought(kept).or_else(|| brought(given_up)),
    };
    Plan { leaves, aside, referred_by }
}

/// Of two members with different names, the one known from a list alone.
fn listed_aside(one: &Side, other: &Side) -> Option<i64> {
    if one.since.is_none() || other.since.is_none() {
        return None;
    }
    let (name, other_name) = one.name_hash.zip(other.name_hash)?;
    let listed = |side: &Side| side.state == Some(MemberState::Details.code());
    match (listed(one), listed(other)) {
        (true, false) if name != other_name => Some(one.id),
        (false, true) if name != other_name => Some(other.id),
        _ => None,
    }
}

/// The effect by which a merge that the office decided is done: of the same merge always the same.
pub(super) fn ready_unite(keyring: &Keyring, merge: i64) -> Result<ReadyEffect, RecordsError> {
    ready_effect(keyring, "unite", merge, &Effect::Unite { merge })
}

/// One word of the ledgers of two contacts.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) contact: i64,
    pub(super) purpose: String,
    pub(super) given: bool,
    /// Told to the provider, not to us.
    pub(super) by_provider: bool,
}

/// The purposes of which one contact's last word is a withdrawal and the newest word of both is not. What
/// was told to us is also looked at alone, for a provider's return gives back what was last told to us.
/// Oldest word first.
pub(super) fn withdrawals(ledger: &[Word]) -> BTreeSet<&str> {
    let mut outlived = outlived_by(ledger.iter());
    outlived.extend(outlived_by(ledger.iter().filter(|word| !word.by_provider)));
    outlived
}

fn outlived_by<'l>(ledger: impl Iterator<Item = &'l Word>) -> BTreeSet<&'l str> {
    let mut last: BTreeMap<(&str, i64), bool> = BTreeMap::new();
    let mut newest: BTreeMap<&str, bool> = BTreeMap::new();
    for word in ledger {
        last.insert((&word.purpose, word.contact), word.given);
        newest.insert(&word.purpose, word.given);
    }
    let withdrawn = |purpose: &str| last.iter().any(|((of, _), given)| *of == purpose && !given);
    newest
        .into_iter()
        .filter(|(purpose, given)| *given && withdrawn(purpose))
        .map(|(purpose, _)| purpose)
        .collect()
}

/// What is sealed for one contact, sealed for the other: `(to, from)`. `id` is the row's, for whoever
/// looks for one that cannot be read back.
pub(super) fn reseal(
    keyring: &Keyring,
    place: &'static str,
    id: i64,
    (to, from): (i64, i64),
    sealed: &[u8],
) -> Result<Vec<u8>, RecordsError> {
    let (table, column) = place.split_once('.').unwrap_or((place, ""));
    let plain = keyring.open_sealed(place, from, sealed).map_err(|error| RecordsError::Broken {
        table,
        column,
        id,
        reason: error.to_string(),
    })?;
    keyring.seal(place, to, &plain).map_err(|error| cannot_seal(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(id: i64, referred_by: Option<i64>, since: Option<i64>) -> Side {
        Side { id, referred_by, since, state: Some(2), name_hash: None }
    }

    #[test]
    fn somebody_of_another_name_whom_only_a_list_knows_stays_beside_the_one_who_speaks() {
        let of = |id, since, state, name_hash| Side {
            id,
            referred_by: None,
            since: Some(since),
            state: Some(state),
            name_hash: Some(name_hash),
        };
        for (kept, given_up, aside, leaves) in [
            (of(1, 10, 1, 7), of(2, 20, 2, 8), Some(1), None),
            (of(1, 10, 2, 7), of(2, 20, 1, 8), Some(2), None),
            // The same name is the same person; two who joined themselves are one.
            (of(1, 10, 1, 7), of(2, 20, 2, 7), None, Some(2)),
            (of(1, 10, 2, 7), of(2, 20, 2, 8), None, Some(2)),
        ] {
            let plan = plan(&[kept, given_up], 1, 2);
            assert_eq!((plan.aside, plan.leaves), (aside, leaves), "{kept:?} {given_up:?}");
        }
    }

    #[test]
    fn of_two_memberships_the_older_holds_with_whoever_brought_it() {
        for (kept, given_up, leaves, brought) in [
            ((Some(7), Some(10)), (Some(8), Some(20)), Some(2), Some(7)),
            ((Some(7), Some(20)), (Some(8), Some(10)), Some(1), Some(8)),
            ((Some(7), Some(10)), (Some(8), Some(10)), Some(2), Some(7)),
            ((None, Some(10)), (Some(8), None), None, None),
            ((Some(7), None), (None, Some(10)), None, None),
            ((None, None), (Some(8), None), None, Some(8)),
            // Nobody brings themselves.
            ((Some(2), None), (Some(1), None), None, None),
        ] {
            let sides = [side(2, given_up.0, given_up.1), side(1, kept.0, kept.1)];
            let expected = Plan { leaves, aside: None, referred_by: brought };
            assert_eq!(plan(&sides, 1, 2), expected, "{kept:?} {given_up:?}");
        }
    }

    #[test]
    fn a_withdrawal_of_either_outlives_the_others_younger_consent() {
        let told = |contact, given, by_provider| Word {
            contact,
            purpose: "samvad".to_owned(),
            given,
            by_provider,
        };
        let word = |contact, given| told(contact, given, false);
        for (ledger, wins) in [
            (vec![word(1, false), word(2, true)], true),
            (vec![word(2, false), word(1, true)], true),
            (vec![word(1, true), word(2, false)], false),
            (vec![word(1, true), word(2, true)], false),
            // They took it back themselves.
            (vec![word(1, false), word(1, true), word(2, true)], false),
            (vec![word(1, false), word(1, true)], false),
            // A return told to the provider would bring the other's yes back.
            (vec![word(1, false), word(2, true), told(2, false, true)], true),
            (vec![word(1, true), told(1, false, true), word(2, true)], true),
        ] {
            assert_eq!(withdrawals(&ledger).contains("samvad"), wins, "{ledger:?}");
        }
    }

    #[test]
    fn two_numbers_or_two_user_ids_are_two_persons_and_so_may_be_who_changed_theirs() {
        use AddressKind::{ForeignPhone, Phone, Simulator, WhatsappParentUser, WhatsappUser};
        use WhyTwo::{NumberChanged, TwoNumbers, TwoUsers};
        for (one, other, gave_up, why) in [
            (vec![WhatsappUser, WhatsappParentUser], vec![Phone], false, None),
            (vec![WhatsappUser], vec![Phone, WhatsappUser], false, Some(TwoUsers)),
            (vec![WhatsappUser, Phone], vec![Phone], false, Some(TwoNumbers)),
            (vec![WhatsappUser, ForeignPhone], vec![Phone], false, Some(TwoNumbers)),
            (vec![Simulator], vec![Phone], false, None),
            (vec![WhatsappUser], vec![Phone], true, Some(NumberChanged)),
        ] {
            let changed = Known { kinds: one, gave_up };
            let other = Known { kinds: other, gave_up: false };
            assert_eq!(why_two(&changed, &other), why, "{changed:?} {other:?}");
            assert_eq!(why_two(&other, &changed), why, "{other:?} {changed:?}");
        }
    }

    #[test]
    fn what_was_named_last_stands_of_what_only_one_can_be() {
        use AddressKind::{Phone, TelegramUser, WhatsappUser};
        let held = |id, kind, by_owner| Held { id, kind, by_owner };
        let speaker_has_a_stale_user = [
            held(1, Phone, false),
            held(2, WhatsappUser, false),
            held(3, WhatsappUser, true),
            held(4, TelegramUser, true),
        ];
        let owner_has_a_stale_user =
            [held(1, WhatsappUser, false), held(2, Phone, true), held(3, WhatsappUser, true)];
        let both_changed = [
            held(1, Phone, false),
            held(2, WhatsappUser, false),
            held(3, Phone, true),
            held(4, WhatsappUser, true),
        ];
        for (held, named, given_up) in [
            (&speaker_has_a_stale_user[..], WhatsappUser, vec![2]),
            (&owner_has_a_stale_user[..], Phone, vec![3]),
            (&both_changed[..], Phone, vec![1, 4]),
            (&[held(1, WhatsappUser, false), held(2, Phone, true)][..], Phone, vec![]),
        ] {
            assert_eq!(given_up_addresses(held, named), given_up, "{held:?}");
        }
    }
}
