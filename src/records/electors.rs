//! Who may stand on the roster of a poll: every person on a phone by themselves, with the posts they held on a day.

use std::ops::RangeInclusive;

use jiff::Timestamp;

use super::broadcasts::MemberRow;
use super::sql::electors as sql;
use super::{Beside, RecordsError};
use crate::broadcast::Membership;
use crate::places::Place;

/// A post that somebody held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldPost {
    pub contact: i64,
    /// Which of those on the phone; 0 is the one whose conversations the phone's are.
    pub person: i64,
    pub post: String,
    pub place: Place,
}

/// A further person on a phone, who is a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FurtherMember {
    pub contact: i64,
    /// From 1.
    pub person: i64,
    pub membership: Membership,
}

impl Beside {
    /// The posts that the contacts between two, both included, held at a moment: by contact and person, of each in
    /// the order in which they were given.
    pub async fn posts_at(
        &self,
        contacts: RangeInclusive<i64>,
        at: Timestamp,
    ) -> Result<Vec<HeldPost>, RecordsError> {
        let (first, last) = contacts.into_inner();
        let values = vec![first.into(), last.into(), at.as_millisecond().into()];
        let mut posts = Vec::new();
        for row in self.query(sql::POSTS_AT, values).await? {
            // One of another delimitation is no place of now.
            if let Some((_, place)) = Place::from_code(row.int(3)?) {
                let (contact, person) = (row.int(0)?, row.int(1)?);
                posts.push(HeldPost { contact, person, post: row.text(2)?.to_owned(), place });
            }
        }
        Ok(posts)
    }

    /// The members on the phones of the contacts between two, both included, beside the one whose conversations each
    /// phone's are: by contact and person.
    pub async fn further_members(
        &self,
        contacts: RangeInclusive<i64>,
    ) -> Result<Vec<FurtherMember>, RecordsError> {
        let (first, last) = contacts.into_inner();
        let mut members = Vec::new();
        for row in self.query(sql::FURTHER, vec![first.into(), last.into()]).await? {
            let contact = row.int(0)?;
            let member = MemberRow {
                contact,
                id: row.int(2)?,
                number: String::new(),
                name: Vec::new(),
                district: String::new(),
                state: row.int(3)?,
                assembly: row.int(4)?,
                sector: row.maybe_int(5)?,
                booth: row.maybe_int(6)?,
                gender: row.maybe_int(7)?,
                since: row.int(8)?,
                ends: row.maybe_int(9)?,
            };
            if let Some(membership) = member.without_name()? {
                members.push(FurtherMember { contact, person: row.int(1)?, membership });
            }
        }
        Ok(members)
    }
}
