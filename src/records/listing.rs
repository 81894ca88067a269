//! People as the office lists, finds and counts them. The questions are one text for both engines
//! ([`query`](super::query)); names and numbers are opened row by row.

mod answers;
mod found;
mod review;
mod samples;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;

use super::common::{halves, open_name, place};
use super::import::{MemberState, gender_of};
use super::places::{CodeRange, PostColumns, PostRow, post_of};
use super::query::{Cells, Value};
use super::sql::{listings as sql, posts as posts_sql};
use super::{Beside, RecordsError};
use crate::clock::from_ms;
use crate::contact::{AddressKind, Identities};
use crate::seal::Keyring;
use crate::understanding::Gender;

pub use self::answers::Answered;
pub use self::found::{Indexed, Wanted};
pub use self::review::{Audited, Pair, Settled, WhyDuplicate};
pub use self::samples::{Sample, Sampled};

/// A member in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The row of the membership.
    pub member: i64,
    pub contact: i64,
    /// 0: the one whose conversations the phone's are.
    pub person: i64,
    pub number: String,
    pub name: String,
    pub father: Option<String>,
    pub gender: Option<Gender>,
    pub birth_year: Option<i64>,
    pub state: MemberState,
    /// The code of a district; empty where nobody said.
    pub district: String,
    pub assembly: Option<u16>,
    pub sector: Option<u16>,
    pub booth: Option<u16>,
    pub since: Timestamp,
    /// The number the person is called on, where they have one.
    pub addresses: Identities,
}

/// Which members: of all who stand those of some places, in one state or in any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whom {
    /// Of these assembly seats; 0 is that of those whose seat nobody said. `None`: of the whole state.
    pub seats: Option<Vec<u16>>,
    /// Of a place below the one seat.
    pub below: Option<Below>,
    pub state: Option<MemberState>,
}

/// A place below a seat. Whoever has a booth belongs to the sector in which it lies now, whatever a list once said of
/// the sector; whoever has none, or one of no known sector, to that which was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Below {
    Booth(u16),
    Sector {
        number: u16,
        booths: Vec<u16>,
        /// Booths of the seat that lie in other sectors.
        elsewhere: Vec<u16>,
    },
}

impl Whom {
    /// As a condition on the members `m`. It is made of numbers alone, so that it may stand in the text.
    pub(super) fn condition(&self) -> String {
        let mut words = String::new();
        match self.seats.as_deref() {
            None => {}
            Some([seat]) => {
                // Writing into a String cannot fail.
                let _ = write!(words, " AND m.assembly = {seat}");
            }
            Some(seats) => {
                let _ = write!(words, " AND m.assembly IN ({})", joined(seats));
            }
        }
        match &self.below {
            None => {}
            Some(Below::Booth(booth)) => {
                let _ = write!(words, " AND m.booth = {booth}");
            }
            Some(Below::Sector { number, booths, elsewhere }) => {
                let (booths, elsewhere) = (joined(booths), joined(elsewhere));
                let _ = write!(
                    words,
                    " AND (m.booth IN ({booths}) OR (m.sector = {number} AND (m.booth IS NULL OR m.booth NOT IN \
                     ({elsewhere}))))"
                );
            }
        }
        if let Some(state) = self.state {
            let _ = write!(words, " AND m.state = {}", state.code());
        }
        words
    }
}

/// Numbers for a list in a statement; one that no row has where there are none.
fn joined<N: ToString>(numbers: &[N]) -> String {
    if numbers.is_empty() {
        return "-1".to_owned();
    }
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A post with whoever holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct Holding {
    pub post: PostRow,
    /// `None`: a contact of whom no membership is known.
    pub holder: Option<Listed>,
    /// The number the holder is called on, where they have one.
    pub addresses: Identities,
}

/// So many columns are a member's.
const MEMBER_COLUMNS: usize = 18;

fn broken(column: &'static str, id: i64, reason: String) -> RecordsError {
    RecordsError::Broken { table: "members", column, id, reason }
}

/// Opens a member from the first columns of a row.
pub(super) fn open_member(keyring: &Keyring, row: &Cells) -> Result<Listed, RecordsError> {
    let (member, contact) = (row.int(0)?, row.int(1)?);
    let small = |number: i64| u16::try_from(number).ok().filter(|number| *number > 0);
    let state = row.int(8)?;
    Ok(Listed {
        member,
        contact,
        person: row.int(2)?,
        number: row.text(3)?.to_owned(),
        name: open_name(keyring, contact, member, row.maybe_bytes(4)?.unwrap_or_default())?,
        father: open_father(keyring, contact, member, row.maybe_bytes(5)?)?,
        gender: row.maybe_int(6)?.and_then(gender_of),
        birth_year: row.maybe_int(7)?,
        state: MemberState::from_code(state)
            .ok_or_else(|| broken("state", member, format!("unknown state {state}")))?,
        district: row.text(9)?.to_owned(),
        assembly: small(row.int(10)?),
        sector: row.maybe_int(11)?.and_then(small),
        booth: row.maybe_int(12)?.and_then(small),
        since: from_ms(row.int(13)?),
        addresses: open_number(keyring, row)?,
    })
}

/// The father's name of a member, where a list said it.
fn open_father(
    keyring: &Keyring,
    contact: i64,
    member: i64,
    sealed: Option<&[u8]>,
) -> Result<Option<String>, RecordsError> {
    let Some(sealed) = sealed else { return Ok(None) };
    let plain = keyring.open_sealed(place::MEMBER_FATHER, contact, sealed);
    let plain = plain.map_err(|error| broken("father", member, error.to_string()))?;
    let text = String::from_utf8(plain);
    text.map(Some).map_err(|_| broken("father", member, "not a text".to_owned()))
}

/// The number in the last of a member's columns.
fn open_number(keyring: &Keyring, row: &Cells) -> Result<Identities, RecordsError> {
    let Some(id) = row.maybe_int(14)? else { return Ok(Identities::default()) };
    let kind = row.int(15)?;
    let value = open_address(keyring, id, row.maybe_bytes(16)?, row.maybe_bytes(17)?)?;
    let kind = AddressKind::from_code(kind).unwrap_or(AddressKind::Phone);
    Ok(Identities::of(kind, value))
}

fn open_address(
    keyring: &Keyring,
    id: i64,
    hash: Option<&[u8]>,
    sealed: Option<&[u8]>,
) -> Result<String, RecordsError> {
    let broken = |column: &'static str, reason: String| RecordsError::Broken {
        table: "addresses",
        column,
        id,
        reason,
    };
    let hash = <[u8; 16]>::try_from(hash.unwrap_or_default())
        .map_err(|_| broken("hash", "not of sixteen bytes".to_owned()))?;
    let plain = keyring
        .open_sealed(place::ADDRESS, halves(hash).0, sealed.unwrap_or_default())
        .map_err(|error| broken("sealed", error.to_string()))?;
    String::from_utf8(plain).map_err(|_| broken("sealed", "not a text".to_owned()))
}

impl Beside {
    pub(super) async fn query(
        &self,
        text: impl Into<String>,
        values: Vec<Value>,
    ) -> Result<Vec<Cells>, RecordsError> {
        let text = text.into();
        on!(self, store => store.query(text, values).await)
    }

    pub(super) fn keyring(&self) -> &Keyring {
        on!(self, store => store.keyring())
    }

    pub(super) async fn listed(
        &self,
        text: impl Into<String>,
        values: Vec<Value>,
    ) -> Result<Vec<Listed>, RecordsError> {
        let rows = self.query(text, values).await?;
        rows.iter().map(|row| open_member(self.keyring(), row)).collect()
    }

    /// Members by seat and booth (those of no known booth behind the others), at most `limit`. All rows of
    /// the places are looked at: ask seat by seat.
    pub async fn members(&self, whom: &Whom, limit: usize) -> Result<Vec<Listed>, RecordsError> {
        self.listed(sql::members_at(&whom.condition()), vec![limit.into()]).await
    }

    /// Members of the whole state in the order of their rows, behind one (0: from the first), at most
    /// `limit`: what comes meanwhile is met at the end.
    pub async fn members_behind(
        &self,
        state: Option<MemberState>,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Listed>, RecordsError> {
        let whom = Whom { state, ..Whom::default() };
        let text = sql::members_behind(&whom.condition());
        self.listed(text, vec![after.into(), limit.into()]).await
    }

    /// How many members there are, by seat; under 0 those whose seat nobody said. Four questions at once: somebody who
    /// moves meanwhile may be counted twice, or not.
    pub async fn count(&self, whom: &Whom) -> Result<BTreeMap<u16, u64>, RecordsError> {
        let mut counts = BTreeMap::new();
        // Of a whole state a count reads an index from end to end: in four parts it waits for the disk once.
        let condition = whom.condition();
        let part = |seats: &str| {
            self.query(sql::count(&format!(" AND m.assembly {seats}{condition}")), Vec::new())
        };
        let (first, second, third, fourth) = tokio::try_join!(
            part("< 100"),
            part("BETWEEN 100 AND 199"),
            part("BETWEEN 200 AND 299"),
            part("> 299"),
        )?;
        for row in [first, second, third, fourth].iter().flatten() {
            let seat = u16::try_from(row.int(0)?).unwrap_or(0);
            *counts.entry(seat).or_insert(0) += u64::try_from(row.int(1)?).unwrap_or(0);
        }
        Ok(counts)
    }

    /// The posts held at these places with their holders, as [`Beside::posts`] pages through them: of one
    /// post or any, of holders in one state or any.
    pub async fn holdings(
        &self,
        range: CodeRange,
        (post, state): (Option<&'static str>, Option<MemberState>),
        after: i64,
        limit: usize,
    ) -> Result<Vec<Holding>, RecordsError> {
        let text = posts_sql::held_by(&holding_condition(post, state));
        let values = vec![range.from.into(), range.to.into(), after.into(), limit.into()];
        let mut held = Vec::new();
        for row in self.query(text, values).await? {
            let at = MEMBER_COLUMNS;
            let columns: PostColumns = (
                row.int(at)?,
                row.int(at + 1)?,
                row.int(at + 2)?,
                row.text(at + 3)?.to_owned(),
                row.int(at + 4)?,
                row.int(at + 5)? != 0,
                row.int(at + 6)?,
            );
            let Some(post) = post_of(columns) else { continue };
            let holder = match row.maybe_int(0)? {
                Some(_) => Some(open_member(self.keyring(), &row)?),
                None => None,
            };
            let addresses = open_number(self.keyring(), &row)?;
            held.push(Holding { post, holder, addresses });
        }
        Ok(held)
    }

    /// How many they are.
    pub async fn count_holdings(
        &self,
        range: CodeRange,
        (post, state): (Option<&'static str>, Option<MemberState>),
    ) -> Result<u64, RecordsError> {
        let text = posts_sql::how_many(&holding_condition(post, state));
        let rows = self.query(text, vec![range.from.into(), range.to.into()]).await?;
        let count = rows.first().map_or(Ok(0), |row| row.int(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The booths with at least so many members whom the office has checked: seat and number.
    pub async fn covered(&self, whom: &Whom, k: u32) -> Result<Vec<(u16, u16)>, RecordsError> {
        let rows = self.query(sql::covered(&whom.condition()), vec![i64::from(k).into()]).await?;
        let mut booths = Vec::with_capacity(rows.len());
        for row in &rows {
            let numbers = (u16::try_from(row.int(0)?), u16::try_from(row.int(1)?));
            if let (Ok(seat), Ok(booth)) = numbers {
                booths.push((seat, booth));
            }
        }
        Ok(booths)
    }

    /// Members of some places by how many people who came by their code are members whom the office has
    /// checked; those with none are left out.
    pub async fn leaders(
        &self,
        whom: &Whom,
        limit: usize,
    ) -> Result<Vec<(Listed, u64)>, RecordsError> {
        let rows = self.query(sql::leaders(&whom.condition()), vec![limit.into()]).await?;
        let mut leaders = Vec::with_capacity(rows.len());
        for row in &rows {
            let brought = u64::try_from(row.int(MEMBER_COLUMNS)?).unwrap_or(0);
            leaders.push((open_member(self.keyring(), row)?, brought));
        }
        Ok(leaders)
    }
}

/// A condition on the posts `p` and their holders `m`; a post's code is of the catalogue.
fn holding_condition(post: Option<&'static str>, state: Option<MemberState>) -> String {
    let post = post.map_or(String::new(), |code| format!(" AND p.post = '{code}'"));
    let state = state.map_or(String::new(), |state| format!(" AND m.state = {}", state.code()));
    post + &state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_of_numbers_alone() {
        for (whom, expected) in [
            (Whom::default(), ""),
            (Whom { seats: Some(vec![173]), ..Whom::default() }, " AND m.assembly = 173"),
            (Whom { seats: Some(vec![1, 2]), ..Whom::default() }, " AND m.assembly IN (1, 2)"),
            (Whom { seats: Some(vec![]), ..Whom::default() }, " AND m.assembly IN (-1)"),
            (
                Whom {
                    seats: Some(vec![173]),
                    below: Some(Below::Sector {
                        number: 4,
                        booths: vec![7, 8],
                        elsewhere: vec![9],
                    }),
                    state: Some(MemberState::Verified),
                },
                " AND m.assembly = 173 AND (m.booth IN (7, 8) OR (m.sector = 4 AND (m.booth IS NULL OR \
                 m.booth NOT IN (9)))) AND m.state = 3",
            ),
            (
                Whom { seats: Some(vec![173]), below: Some(Below::Booth(45)), state: None },
                " AND m.assembly = 173 AND m.booth = 45",
            ),
        ] {
            assert_eq!(whom.condition(), expected);
        }
    }
}
