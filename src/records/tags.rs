//! Words the office gives to people. A word is kept once; who has it is a row of numbers.

use std::ops::RangeInclusive;

use jiff::Timestamp;

use super::query::{Bulk, Step, Value};
use super::{Audit, Beside, RecordsError};

/// So many people are given a word, or lose it, in one transaction: a server waits as long as that takes.
const AT_ONCE: usize = 5_000;

const KNOW: &str = "
    INSERT INTO tags (tag, at) VALUES (?1, ?2)
    ON CONFLICT (tag) DO UPDATE SET tag = excluded.tag RETURNING id";

const ID: &str = "SELECT id FROM tags WHERE tag = ?1";

const GIVE: Bulk = Bulk {
    one: "INSERT INTO tagged (tag, contact, at) VALUES (?1, ?2, ?3)
          ON CONFLICT (tag, contact) DO NOTHING",
    all: "INSERT INTO tagged (tag, contact, at)
          SELECT * FROM unnest(?1::BIGINT[], ?2::BIGINT[], ?3::BIGINT[])
          ON CONFLICT (tag, contact) DO NOTHING",
};

const TAKE: Bulk = Bulk {
    one: "DELETE FROM tagged WHERE tag = ?1 AND contact = ?2",
    all: "DELETE FROM tagged USING unnest(?1::BIGINT[], ?2::BIGINT[]) AS gone (tag, contact)
          WHERE tagged.tag = gone.tag AND tagged.contact = gone.contact",
};

const COUNT: &str = "SELECT count(*) FROM tagged WHERE tag = ?1";

const ALL: &str = "
    SELECT tags.tag, count(*) FROM tags JOIN tagged ON tagged.tag = tags.id
    GROUP BY tags.tag ORDER BY tags.tag";

const TAGGED: &str = "
    SELECT tagged.contact FROM tagged JOIN tags ON tags.id = tagged.tag
    WHERE tags.tag = ?1 AND tagged.contact BETWEEN ?2 AND ?3 ORDER BY tagged.contact";

const WRITE_DOWN: &str =
    "INSERT INTO audit (actor, what, why, at, count) VALUES (?1, ?2, ?3, ?4, ?5)";

/// What goes over to the contact that stays when two are one person (`?1` stays, `?2` is given up).
pub(super) const MERGE: &str = "
    INSERT INTO tagged (tag, contact, at)
    SELECT tag, CAST(?1 AS BIGINT), at FROM tagged WHERE contact = ?2
    ON CONFLICT (tag, contact) DO NOTHING";

/// Behind it.
pub(super) const MERGED: &str = "DELETE FROM tagged WHERE contact = ?2 AND contact <> ?1";

impl Beside {
    /// The words somebody has, in their order, each with how many have it.
    pub async fn tags(&self) -> Result<Vec<(String, u64)>, RecordsError> {
        let mut tags = Vec::new();
        for row in self.query(ALL, Vec::new()).await? {
            tags.push((row.text(0)?.to_owned(), u64::try_from(row.int(1)?).unwrap_or(0)));
        }
        Ok(tags)
    }

    /// Gives a word to these people; how many had not had it. `audit`: by whom, where it is written down apart
    /// (the words of an import are in its file).
    pub async fn tag(
        &self,
        tag: &str,
        contacts: &[i64],
        at: Timestamp,
        audit: Option<&Audit>,
    ) -> Result<u64, RecordsError> {
        let ms = at.as_millisecond();
        let values = vec![tag.into(), ms.into()];
        let known = self.returned(Step { sql: KNOW, values }).await?;
        let Some(id) = known else { return Ok(0) };
        let before = self.how_many(id).await?;
        for some in contacts.chunks(AT_ONCE) {
            let columns = vec![vec![id; some.len()], some.to_vec(), vec![ms; some.len()]];
            self.add_many(GIVE, columns, Vec::new()).await?;
        }
        let given = self.how_many(id).await?.saturating_sub(before);
        self.write_down(tag, given, audit).await?;
        Ok(given)
    }

    /// Takes a word from these people; how many had it.
    pub async fn untag(
        &self,
        tag: &str,
        contacts: &[i64],
        audit: &Audit,
    ) -> Result<u64, RecordsError> {
        let rows = self.query(ID, vec![tag.into()]).await?;
        let Some(row) = rows.first() else { return Ok(0) };
        let id = row.int(0)?;
        let before = self.how_many(id).await?;
        for some in contacts.chunks(AT_ONCE) {
            self.add_many(TAKE, vec![vec![id; some.len()], some.to_vec()], Vec::new()).await?;
        }
        let taken = before.saturating_sub(self.how_many(id).await?);
        self.write_down(tag, taken, Some(audit)).await?;
        Ok(taken)
    }

    /// Who between two contacts, both included, has the word; in their order.
    pub async fn tagged(
        &self,
        tag: &str,
        contacts: RangeInclusive<i64>,
    ) -> Result<Vec<i64>, RecordsError> {
        let (first, last) = contacts.into_inner();
        let rows = self.query(TAGGED, vec![tag.into(), first.into(), last.into()]).await?;
        rows.iter().map(|row| row.int(0)).collect()
    }

    async fn how_many(&self, id: i64) -> Result<u64, RecordsError> {
        let rows = self.query(COUNT, vec![id.into()]).await?;
        let count = rows.first().map(|row| row.int(0)).transpose()?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
    }

    async fn write_down(
        &self,
        tag: &str,
        count: u64,
        audit: Option<&Audit>,
    ) -> Result<(), RecordsError> {
        let Some(audit) = audit.filter(|_| count > 0) else { return Ok(()) };
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let values: Vec<Value> = vec![
            audit.by.as_str().into(),
            audit.what.into(),
            tag.into(),
            audit.at.as_millisecond().into(),
            count.into(),
        ];
        let step = Step { sql: WRITE_DOWN, values };
        self.carry_out(step, Vec::new()).await.map(drop)
    }
}
