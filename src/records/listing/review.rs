//! Members who may be one person, for the office to say; and what the office did with the data of persons.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::try_join_all;
use jiff::Timestamp;

use super::{Listed, joined, open_father};
use crate::clock::from_ms;
use crate::records::common::{name_words, open_name, words_of};
use crate::records::import::MemberState;
use crate::records::import::ready::twin_hash;
use crate::records::query::{Bulk, Cells, Step, Value};
use crate::records::sql::{contacts, facts, listings as sql, process, states};
use crate::records::totals::Total;
use crate::records::{Beside, RecordsError};

/// Two members who may be one person.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The one with the lower row first.
    pub one: Listed,
    pub other: Listed,
    pub why: WhyDuplicate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyDuplicate {
    /// On one phone, and every word of one name is in the other.
    OnePhone,
    /// The same name and father's name by their sounds, in one booth.
    Twins,
}

/// What came of the office's word about two members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// They are two persons, and nobody is asked again.
    Two,
    /// They are one: the membership with this number stands, the other has ended.
    One { stays: String, ended: String },
    /// One of the two is no member any more, or there never were two such.
    Gone,
}

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    pub at: Timestamp,
    pub actor: String,
    pub what: String,
    pub detail: String,
    /// How many persons; `None`: it was not finished.
    pub count: Option<u64>,
}

/// The hash of twins (`?2`) for a member (`?1`) whose name, seat and booth are those it was made from.
const SET_TWINS: Bulk = Bulk {
    one: "UPDATE members SET twin_hash = ?2
          WHERE id = ?1 AND until IS NULL AND twin_hash IS NULL
            AND name_hash = ?3 AND assembly = ?4 AND booth = ?5",
    all: "UPDATE members SET twin_hash = told.twin
          FROM unnest(?1::BIGINT[], ?2::BIGINT[], ?3::BIGINT[], ?4::BIGINT[], ?5::BIGINT[])
            AS told (id, twin, name, assembly, booth)
          WHERE members.id = told.id AND members.until IS NULL AND members.twin_hash IS NULL
            AND members.name_hash = told.name AND members.assembly = told.assembly
            AND members.booth = told.booth",
};

/// The bits of a name's words (`?2`) for a member (`?1`) whose name it is still.
const SET_WORDS: Bulk = Bulk {
    one: "UPDATE members SET name_words = ?2
          WHERE id = ?1 AND until IS NULL AND name_words IS NULL AND name_hash = ?3",
    all: "UPDATE members SET name_words = told.words
          FROM unnest(?1::BIGINT[], ?2::BIGINT[], ?3::BIGINT[]) AS told (id, words, name)
          WHERE members.id = told.id AND members.until IS NULL AND members.name_words IS NULL
            AND members.name_hash = told.name",
};

/// Whoever is on a shared phone, with the bits of their name's words; a name that was said or changed in a
/// conversation has none yet.
struct OnPhone {
    contact: i64,
    member: i64,
    words: Option<i64>,
}

impl OnPhone {
    /// Whether one name may be within the other.
    fn may_be(&self, other: &OnPhone) -> bool {
        let (Some(one), Some(other)) = (self.words, other.words) else { return true };
        one & other == one || one & other == other
    }
}

/// The words of a member's name, each by its sound.
type NameWords = BTreeSet<Vec<u8>>;

/// So many groups are looked at in one step at most, and at least.
const STEP: usize = 500;
const FEW: usize = 50;
/// So many phones at first, and at most: tens of thousands have several people, and a page of pairs may be found on
/// few of them. They are read in so many parts at once.
const FIRST_PHONES: usize = 1_000;
const PHONES: usize = 8_000;
const PARTS: usize = 8;
/// Of a group no more pairs are made than of so many members.
const MOST_OF_A_GROUP: usize = 6;

/// Which of the two stays: whoever came further, then whoever is the one who speaks, then the older.
fn stays(one: &Listed, other: &Listed) -> bool {
    let rank = |listed: &Listed| match listed.state {
        MemberState::Active => 0,
        MemberState::Verified => 1,
        MemberState::Confirmed => 2,
        MemberState::Details => 3,
        MemberState::Lapsed => 4,
        MemberState::Withdrawn => 5,
    };
    let key = |listed: &Listed| (rank(listed), listed.person, listed.since, listed.member);
    // On one phone the one whose conversations these are is never the one who goes.
    let speaks = |listed: &Listed| one.contact == other.contact && listed.person == 0;
    match (speaks(one), speaks(other)) {
        (true, _) => true,
        (_, true) => false,
        _ => key(one) <= key(other),
    }
}

impl Beside {
    /// Members who may be one person and of whom the office has not said anything, at most `limit`: first
    /// those on one phone, then those on two.
    pub async fn duplicates(&self, limit: usize) -> Result<Vec<Pair>, RecordsError> {
        let mut pairs = self.on_one_phone(limit).await?;
        if pairs.len() < limit {
            self.complete_twins().await?;
            pairs.extend(self.twins(limit - pairs.len()).await?);
        }
        Ok(pairs)
    }

    /// Whoever joined or changed what stands of them has no hash of twins: a turn does not open what a list
    /// said of the father. It is made before anybody looks.
    async fn complete_twins(&self) -> Result<(), RecordsError> {
        let mut after = 0_i64;
        loop {
            let rows = self.query(sql::TWINLESS, vec![after.into(), STEP.into()]).await?;
            if rows.is_empty() {
                return Ok(());
            }
            let mut columns = [const { Vec::<i64>::new() }; 5];
            for row in &rows {
                after = row.int(0)?;
                let (assembly, booth) = (row.int(4)?, row.int(5)?);
                // A row that does not open keeps nobody else from being found; `doctor` tells of it.
                let Ok((name, father)) = self.name_and_father(row) else { continue };
                let twin = twin_hash(self.keyring(), &name, &father, (assembly, booth));
                for (column, value) in
                    columns.iter_mut().zip([after, twin, row.int(6)?, assembly, booth])
                {
                    column.push(value);
                }
            }
            self.add_many(SET_TWINS, columns.to_vec(), Vec::new()).await?;
            if rows.len() < STEP {
                return Ok(());
            }
        }
    }

    /// Of a row: member, contact, both sealed.
    fn name_and_father(&self, row: &Cells) -> Result<(String, String), RecordsError> {
        let (member, contact) = (row.int(0)?, row.int(1)?);
        let name =
            open_name(self.keyring(), contact, member, row.maybe_bytes(2)?.unwrap_or_default())?;
        let father = open_father(self.keyring(), contact, member, row.maybe_bytes(3)?)?;
        Ok((name, father.unwrap_or_default()))
    }

    async fn on_one_phone(&self, limit: usize) -> Result<Vec<Pair>, RecordsError> {
        let mut pairs = Vec::new();
        let (mut after, mut phones) = (0_i64, FIRST_PHONES);
        while pairs.len() < limit {
            let rows = self.query(sql::SHARED, vec![after.into(), phones.into()]).await?;
            phones = PHONES.min(phones * 2);
            let contacts: Vec<i64> =
                rows.iter().map(|row| row.int(0)).collect::<Result<_, RecordsError>>()?;
            let Some(last) = contacts.last() else { break };
            after = *last;
            // What is read lies in many places: in parts at once they wait for the disk together.
            let parts = contacts.chunks(contacts.len().div_ceil(PARTS));
            let alike = try_join_all(parts.map(|part| self.alike_on(part))).await?.concat();
            let found = self.pairs_of(&alike).await?;
            pairs.extend(self.unsettled(found).await?);
        }
        pairs.truncate(limit);
        Ok(pairs)
    }

    /// The rows on each of these phones of which all words of one name are in the other.
    async fn alike_on(&self, contacts: &[i64]) -> Result<Vec<(i64, i64)>, RecordsError> {
        let mut people = Vec::new();
        for row in self.query(sql::on_phones(&joined(contacts)), Vec::new()).await? {
            let (contact, member) = (row.int(0)?, row.int(1)?);
            people.push(OnPhone { contact, member, words: row.maybe_int(2)? });
        }
        // By the bits nearly all are other people, and tens of thousands of names need not be opened.
        let mut maybe = Vec::new();
        for group in people.chunk_by(|one, other| one.contact == other.contact) {
            for (place, one) in group.iter().enumerate() {
                let others = group.iter().skip(place + 1).filter(|other| one.may_be(other));
                maybe.extend(others.map(|other| (one, other)));
            }
        }
        let is_told: BTreeSet<i64> =
            people.iter().filter_map(|one| one.words.map(|_| one.member)).collect();
        let opened: BTreeSet<i64> =
            maybe.iter().flat_map(|(one, other)| [one.member, other.member]).collect();
        let opened: Vec<i64> = opened.into_iter().collect();
        let words = self.name_words_of(&opened, &is_told).await?;
        let is_alike = |(one, other): &(&OnPhone, &OnPhone)| {
            let (one, other) = (words.get(&one.member)?, words.get(&other.member)?);
            Some(one.is_subset(other) || other.is_subset(one))
        };
        let alike = maybe.iter().filter(|pair| is_alike(pair) == Some(true));
        Ok(alike.map(|(one, other)| (one.member, other.member)).collect())
    }

    /// The words of the names of these; the bits of those who have none yet are written beside them.
    async fn name_words_of(
        &self,
        members: &[i64],
        is_told: &BTreeSet<i64>,
    ) -> Result<BTreeMap<i64, NameWords>, RecordsError> {
        let mut names = BTreeMap::new();
        if members.is_empty() {
            return Ok(names);
        }
        let mut columns = [const { Vec::<i64>::new() }; 3];
        for row in self.query(sql::names_of(&joined(members)), Vec::new()).await? {
            let (member, contact) = (row.int(0)?, row.int(1)?);
            let sealed = row.maybe_bytes(2)?.unwrap_or_default();
            let name = open_name(self.keyring(), contact, member, sealed)?;
            if !is_told.contains(&member)
                && let Some(hash) = row.maybe_int(3)?
            {
                let told = [member, name_words(self.keyring(), &name), hash];
                for (column, value) in columns.iter_mut().zip(told) {
                    column.push(value);
                }
            }
            let words = words_of(&name).iter().map(|word| word.bytes().to_vec()).collect();
            names.insert(member, words);
        }
        if columns.iter().any(|column| !column.is_empty()) {
            self.add_many(SET_WORDS, columns.to_vec(), Vec::new()).await?;
        }
        Ok(names)
    }

    /// The members of such pairs of rows.
    async fn pairs_of(&self, alike: &[(i64, i64)]) -> Result<Vec<Pair>, RecordsError> {
        if alike.is_empty() {
            return Ok(Vec::new());
        }
        let rows: BTreeSet<i64> = alike.iter().flat_map(|(one, other)| [*one, *other]).collect();
        let rows: Vec<i64> = rows.into_iter().collect();
        let people = self.listed(sql::members_of(&joined(&rows)), Vec::new()).await?;
        let people: BTreeMap<i64, Listed> =
            people.into_iter().map(|one| (one.member, one)).collect();
        let pair = |(one, other): &(i64, i64)| {
            let (one, other) = (people.get(one)?.clone(), people.get(other)?.clone());
            Some(Pair { one, other, why: WhyDuplicate::OnePhone })
        };
        Ok(alike.iter().filter_map(pair).collect())
    }

    async fn twins(&self, limit: usize) -> Result<Vec<Pair>, RecordsError> {
        let mut pairs = Vec::new();
        let mut after = i64::MIN;
        while pairs.len() < limit {
            // Most groups are a pair that nobody has said anything of.
            let groups = STEP.min((limit - pairs.len()).max(FEW));
            let rows = self.query(sql::TWINS, vec![after.into(), groups.into()]).await?;
            let mut groups: Vec<(i64, Vec<i64>)> = Vec::new();
            for row in &rows {
                let (hash, member) = (row.int(0)?, row.int(1)?);
                match groups.last_mut() {
                    Some((known, members)) if *known == hash => members.push(member),
                    _ => groups.push((hash, vec![member])),
                }
            }
            let Some((last, _)) = groups.last() else { break };
            after = *last;
            let ids: Vec<i64> = groups.iter().flat_map(|(_, members)| members.clone()).collect();
            let people = self.listed(sql::members_of(&joined(&ids)), Vec::new()).await?;
            let people: BTreeMap<i64, Listed> =
                people.into_iter().map(|one| (one.member, one)).collect();
            let mut found = Vec::new();
            for (_, members) in &groups {
                let here: Vec<&Listed> =
                    members.iter().filter_map(|id| people.get(id)).take(MOST_OF_A_GROUP).collect();
                for (place, one) in here.iter().enumerate() {
                    for other in here.iter().skip(place + 1) {
                        // Those on one phone were told already.
                        if one.contact != other.contact {
                            let (one, other) = ((*one).clone(), (*other).clone());
                            found.push(Pair { one, other, why: WhyDuplicate::Twins });
                        }
                    }
                }
            }
            pairs.extend(self.unsettled(found).await?);
        }
        pairs.truncate(limit);
        Ok(pairs)
    }

    async fn unsettled(&self, mut pairs: Vec<Pair>) -> Result<Vec<Pair>, RecordsError> {
        let firsts: Vec<i64> = pairs.iter().map(|pair| pair.one.member).collect();
        let mut settled = BTreeSet::new();
        for row in self.query(sql::settled(&joined(&firsts)), Vec::new()).await? {
            settled.insert((row.int(0)?, row.int(1)?));
        }
        pairs.retain(|pair| !settled.contains(&(pair.one.member, pair.other.member)));
        Ok(pairs)
    }

    /// The office says whether two members, by their rows, are one person. Where they are, the membership
    /// that came further stays, of two alike the older, and on one phone that of whoever speaks; the other
    /// ends, and its posts are held by the one who stays.
    pub async fn settle_duplicate(
        &self,
        (one, other): (i64, i64),
        is_one: bool,
        actor: &str,
        at: Timestamp,
    ) -> Result<Settled, RecordsError> {
        let (one, other) = (one.min(other), one.max(other));
        let people = self.listed(sql::members_of(&joined(&[one, other])), Vec::new()).await?;
        let [first, second] = people.as_slice() else { return Ok(Settled::Gone) };
        let at = at.as_millisecond();
        let values = vec![
            one.into(),
            other.into(),
            i64::from(if is_one { 1_u8 } else { 2 }).into(),
            at.into(),
            actor.into(),
        ];
        let word = Step { sql: sql::SETTLE_DUPLICATE, values };
        if !is_one {
            self.carry_out(word, Vec::new()).await?;
            return Ok(Settled::Two);
        }
        let (kept, ends) = if stays(first, second) { (first, second) } else { (second, first) };
        let ended = Step {
            sql: sql::END_DUPLICATE,
            values: vec![
                ends.member.into(),
                at.into(),
                kept.member.into(),
                ends.state.code().into(),
            ],
        };
        let why = vec![ends.member.into(), at.into(), actor.into()];
        let one_less = |total: Total| Step {
            sql: process::ADD_TO_TOTAL,
            values: vec![total.name().into(), 0_i64.into(), Value::Int(-1)],
        };
        let mut steps =
            vec![word, Step { sql: sql::SAY_DUPLICATE, values: why }, one_less(Total::Members)];
        if ends.state == MemberState::Details {
            steps.push(one_less(Total::Listed));
        }
        // In the order in which everybody holds contacts.
        for contact in BTreeSet::from([ends.contact, kept.contact]) {
            steps.push(Step { sql: contacts::MOVE_VERSION, values: vec![contact.into()] });
        }
        if ends.person == 0 {
            // Whoever brought them sees another count.
            steps.push(Step { sql: facts::MOVE_REFERRER, values: vec![ends.contact.into()] });
        }
        let goes: [Value; 4] = [ends.contact.into(), ends.person.into(), at.into(), actor.into()];
        steps.push(Step { sql: states::END_POSTS, values: goes.to_vec() });
        let stays: [Value; 2] = [kept.contact.into(), kept.person.into()];
        steps.push(Step { sql: sql::GIVE_POSTS, values: [goes.as_slice(), &stays].concat() });
        if !self.carry_out(ended, steps).await? {
            return Ok(Settled::Gone);
        }
        Ok(Settled::One { stays: kept.number.clone(), ended: ends.number.clone() })
    }

    /// The guard changes a row, or nothing is done; `false` then.
    pub(in crate::records) async fn carry_out(
        &self,
        guard: Step,
        steps: Vec<Step>,
    ) -> Result<bool, RecordsError> {
        on!(self, store => store.carry_out(guard, steps).await)
    }

    pub(in crate::records) async fn returned(
        &self,
        step: Step,
    ) -> Result<Option<i64>, RecordsError> {
        on!(self, store => store.returned(step).await)
    }

    /// Writes into the audit log that somebody begins to do something with the data of persons; its number.
    pub async fn begin_audit(
        &self,
        actor: &str,
        what: &str,
        detail: &str,
        at: Timestamp,
    ) -> Result<i64, RecordsError> {
        let values = vec![at.as_millisecond().into(), actor.into(), what.into(), detail.into()];
        let written = self.returned(Step { sql: sql::BEGIN_AUDIT, values }).await?;
        written.ok_or_else(|| RecordsError::Refused("the audit log took no row".to_owned()))
    }

    /// It was finished, and was about so many persons.
    pub async fn end_audit(&self, id: i64, count: u64) -> Result<(), RecordsError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let values = vec![id.into(), count.into()];
        self.carry_out(Step { sql: sql::END_AUDIT, values }, Vec::new()).await.map(drop)
    }

    /// The audit log, the newest first, at most `limit`.
    pub async fn audit(&self, limit: usize) -> Result<Vec<Audited>, RecordsError> {
        let mut log = Vec::new();
        for row in self.query(sql::AUDIT, vec![limit.into()]).await? {
            log.push(Audited {
                at: from_ms(row.int(0)?),
                actor: row.text(1)?.to_owned(),
                what: row.text(2)?.to_owned(),
                detail: row.text(3)?.to_owned(),
                count: row.maybe_int(4)?.and_then(|count| u64::try_from(count).ok()),
            });
        }
        Ok(log)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::clock::Ids;
    use crate::seal::Keyring;

    fn on_phone(words: i64) -> OnPhone {
        OnPhone { contact: 1, member: 1, words: Some(words) }
    }

    proptest! {
        #[test]
        fn a_name_within_another_is_never_taken_for_somebody_else(
            more in "[a-z]{1,8}( [a-z]{1,8}){0,3}",
            name in "[a-z]{1,8}( [a-z]{1,8}){0,2}",
        ) {
            let keyring = Keyring::in_memory(&Ids::system()).unwrap();
            let whole = name_words(&keyring, &format!("{more} {name}"));
            let part = name_words(&keyring, &name);
            prop_assert!(whole >= 0, "63 bits");
            prop_assert!(on_phone(part).may_be(&on_phone(whole)));
            prop_assert!(on_phone(whole).may_be(&on_phone(part)));
        }
    }

    #[test]
    fn hardly_any_two_other_names_are_opened() {
        let keyring = Keyring::in_memory(&Ids::system()).unwrap();
        let names =
            ["राम कुमार", "सीता देवी", "मोहम्मद आरिफ़", "گیتا یادو", "Suresh Singh", "अनीता मौर्य"];
        let bits: Vec<OnPhone> =
            names.iter().map(|name| on_phone(name_words(&keyring, name))).collect();
        let pairs = bits.iter().enumerate().flat_map(|(place, one)| {
            bits.iter().skip(place + 1).map(move |other| one.may_be(other))
        });
        assert!(pairs.filter(|may_be| *may_be).count() <= 1, "of fifteen pairs");
    }
}
