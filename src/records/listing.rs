//! People as the office lists them.

use jiff::Timestamp;

use super::RecordsError;
use super::common::place;
use super::import::MemberState;
use crate::clock::from_ms;
use crate::contact::{Identities, PhoneNumber};
use crate::seal::Keyring;

/// Which people are listed: members that stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Of a seat, or of one booth in it; in one state, or in any.
    At { assembly: u16, booth: Option<u16>, state: Option<MemberState> },
    /// Of a name, by the hash [`Beside::people_called`](super::Beside::people_called) makes of it.
    Named { hash: i64 },
    /// Everybody on a phone.
    On(PhoneNumber),
    /// Those who may be one person on two phones: one behind the other.
    Twins,
}

/// A member in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    pub contact: i64,
    /// 0: the one whose conversations the phone's are.
    pub person: i64,
    pub number: String,
    pub name: String,
    pub state: MemberState,
    /// The code of a district; empty where nobody said.
    pub district: String,
    pub assembly: Option<u16>,
    pub sector: Option<u16>,
    pub booth: Option<u16>,
    pub since: Timestamp,
    pub addresses: Identities,
}

/// A row of the members as it is listed.
pub(super) struct ListedRow {
    pub(super) id: i64,
    pub(super) contact: i64,
    pub(super) person: i64,
    pub(super) number: String,
    pub(super) name: Vec<u8>,
    pub(super) state: i64,
    pub(super) district: String,
    pub(super) assembly: i64,
    pub(super) sector: Option<i64>,
    pub(super) booth: Option<i64>,
    pub(super) since: i64,
}

pub(super) fn open_listed(
    keyring: &Keyring,
    row: ListedRow,
    addresses: Identities,
) -> Result<Listed, RecordsError> {
    let ListedRow { id, contact, person, number, name: sealed, state, .. } = row;
    let ListedRow { district, assembly, sector, booth, since, .. } = row;
    let broken = |column: &'static str, reason: String| RecordsError::Broken {
        table: "members",
        column,
        id,
        reason,
    };
    let name = keyring.open_sealed(place::MEMBER_NAME, contact, &sealed);
    let name = name.map_err(|error| broken("name", error.to_string()))?;
    let small = |number: i64| u16::try_from(number).ok().filter(|number| *number > 0);
    Ok(Listed {
        contact,
        person,
        number,
        name: String::from_utf8(name).map_err(|_| broken("name", "not a text".to_owned()))?,
        state: MemberState::from_code(state)
            .ok_or_else(|| broken("state", format!("unknown state {state}")))?,
        district,
        assembly: small(assembly),
        sector: sector.and_then(small),
        booth: booth.and_then(small),
        since: from_ms(since),
        addresses,
    })
}
