//! Between what an import decides and how records hold it: sealed, hashed, counted.

use super::{
    Details, FromList, Held, Known, MemberState, OnPhone, Person, Standing, gender_code, gender_of,
};
use crate::clock::from_ms;
use crate::contact::{Address, AddressKind, PhoneNumber};
use crate::message::Purpose;
use crate::records::RecordsError;
use crate::records::common::{cannot_seal, halves, place, sound_of};
use crate::seal::Keyring;

/// A row of the members as it is read.
pub(in crate::records) struct PersonRow {
    pub(in crate::records) member: i64,
    pub(in crate::records) person: i64,
    pub(in crate::records) name: Vec<u8>,
    pub(in crate::records) father: Option<Vec<u8>>,
    pub(in crate::records) gender: Option<i64>,
    pub(in crate::records) birth_year: Option<i64>,
    pub(in crate::records) district: String,
    pub(in crate::records) assembly: i64,
    pub(in crate::records) sector: Option<i64>,
    pub(in crate::records) booth: Option<i64>,
    pub(in crate::records) until: Option<i64>,
    pub(in crate::records) state: i64,
    /// It ended because it is another member's, by the word of the office.
    pub(in crate::records) is_same: bool,
    /// As [`FromList`].
    pub(in crate::records) from_list: i64,
}

/// The details of a member as they are written. A seat nobody said is 0, such a district empty.
pub(in crate::records) struct ReadyDetails {
    pub(in crate::records) father: Option<Vec<u8>>,
    pub(in crate::records) gender: Option<i64>,
    pub(in crate::records) birth_year: Option<i64>,
    pub(in crate::records) district: String,
    pub(in crate::records) assembly: i64,
    pub(in crate::records) sector: Option<i64>,
    pub(in crate::records) booth: Option<i64>,
    pub(in crate::records) twin_hash: Option<i64>,
}

pub(in crate::records) fn ready_details(
    keyring: &Keyring,
    contact: i64,
    name: &str,
    details: &Details,
) -> Result<ReadyDetails, RecordsError> {
    let seal = |father: &String| seal(keyring, place::MEMBER_FATHER, contact, father);
    Ok(ReadyDetails {
        father: details.father.as_ref().map(seal).transpose()?,
        gender: details.gender.map(gender_code),
        birth_year: details.birth_year.map(i64::from),
        district: details.district.clone().unwrap_or_default(),
        assembly: details.assembly.map_or(0, i64::from),
        sector: details.sector.map(i64::from),
        booth: details.booth.map(i64::from),
        twin_hash: details.twin_hash(keyring, name),
    })
}

/// Seals a text of a person for its contact.
pub(in crate::records) fn seal(
    keyring: &Keyring,
    place: &'static str,
    contact: i64,
    text: &str,
) -> Result<Vec<u8>, RecordsError> {
    keyring.seal(place, contact, text.as_bytes()).map_err(|error| cannot_seal(&error))
}

impl Details {
    /// [`twin_hash`] of somebody of whom father, seat and booth are known. Without one of them they are no
    /// twins: too many are.
    fn twin_hash(&self, keyring: &Keyring, name: &str) -> Option<i64> {
        let at = (i64::from(self.assembly?), i64::from(self.booth?));
        Some(twin_hash(keyring, name, self.father.as_deref()?, at))
    }
}

/// The keyed hash under which people who may be one and the same on two phones meet: of one name and
/// father's name by their sounds, of one seat and booth.
pub(in crate::records) fn twin_hash(
    keyring: &Keyring,
    name: &str,
    father: &str,
    (seat, booth): (i64, i64),
) -> i64 {
    let mut sounds = sound_of(name).bytes().to_vec();
    sounds.push(0);
    sounds.extend_from_slice(sound_of(father).bytes());
    halves(keyring.keyed_hash("twin", seat * 10_000 + booth, &sounds)).0
}

pub(in crate::records) fn open_person(
    keyring: &Keyring,
    contact: i64,
    row: PersonRow,
) -> Result<Person, RecordsError> {
    let id = row.member;
    let broken = |column: &'static str, reason: String| RecordsError::Broken {
        table: "members",
        column,
        id,
        reason,
    };
    let open = |column: &'static str, place: &'static str, sealed: &[u8]| {
        let plain = keyring.open_sealed(place, contact, sealed);
        let plain = plain.map_err(|error| broken(column, error.to_string()))?;
        String::from_utf8(plain).map_err(|_| broken(column, "not a text".to_owned()))
    };
    let small = |column: &'static str, value: i64| {
        u16::try_from(value).map_err(|_| broken(column, "out of range".to_owned()))
    };
    let father = row.father.as_deref();
    let year = |year: i64| {
        i16::try_from(year).map_err(|_| broken("birth_year", "out of range".to_owned()))
    };
    let seat = Some(row.assembly).filter(|seat| *seat != 0);
    let details = Details {
        father: father.map(|father| open("father", place::MEMBER_FATHER, father)).transpose()?,
        gender: row.gender.and_then(gender_of),
        birth_year: row.birth_year.map(year).transpose()?,
        district: Some(row.district).filter(|code| !code.is_empty()),
        assembly: seat.map(|seat| small("assembly", seat)).transpose()?,
        sector: row.sector.map(|sector| small("sector", sector)).transpose()?,
        booth: row.booth.map(|booth| small("booth", booth)).transpose()?,
    };
    Ok(Person {
        member: id,
        place: row.person,
        name: open("name", place::MEMBER_NAME, &row.name)?,
        details,
        standing: Standing::of(row.until, row.state, row.is_same),
        // The others on a phone never speak for themselves there.
        own_word: row.person == 0 && row.state >= MemberState::Confirmed.code(),
        from_list: FromList(row.from_list),
    })
}

/// A post as the records have it: id, person, post, place, since, the import that brought it, until.
pub(in crate::records) type HeldRow = (i64, i64, String, i64, i64, Option<i64>, Option<i64>);

/// An import writes days as their beginning, and its own moment where a row said none.
pub(in crate::records) fn held(row: HeldRow) -> Held {
    let (id, person, post, place, since, import, until) = row;
    let moment = from_ms(since);
    let day = crate::locale::india_midnight(crate::locale::india_date(moment));
    let is_since_unsaid = import.is_some() && day != Some(moment);
    Held { id: Some(id), person, post, place, since, is_since_unsaid, until }
}

/// The keyed hash by which the contact of a number is found.
pub(in crate::records) fn phone_hash(keyring: &Keyring, phone: PhoneNumber) -> [u8; 16] {
    keyring.address_hash(&Address::new(AddressKind::Phone, phone.digits()))
}

impl OnPhone {
    /// Takes the next word of the ledger; those before it do not stand any more. A purpose we do not know is
    /// nobody's here.
    pub(in crate::records) fn hear(&mut self, person: i64, purpose: &str, given: bool) {
        let Some(purpose) = Purpose::from_name(purpose) else { return };
        self.said.retain(|(who, about, _)| (*who, *about) != (person, purpose));
        self.said.push((person, purpose, given));
    }
}

impl Known {
    /// The single posts of these rows: each with its place's code, once.
    pub(in crate::records) fn single_posts(batch: &[super::Incoming]) -> Vec<(&'static str, i64)> {
        let posts = batch.iter().filter_map(|row| row.post.as_ref());
        let single = posts.filter(|post| post.single);
        let mut posts: Vec<(&'static str, i64)> =
            single.map(|post| (post.post, super::code(post.place))).collect();
        posts.sort_unstable();
        posts.dedup();
        posts
    }
}
