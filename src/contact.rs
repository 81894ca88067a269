//! Persons as we know them: their addresses, language and standing.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::message::{Channel, Mark, Purpose};

/// A mobile number of India: ten digits, the first 6 to 9 (DoT numbering plan).
///
/// `Debug` and `Display` are masked (`98••••1234`); the digits come out only by [`PhoneNumber::digits`]
/// and [`PhoneNumber::e164`], so that a log line cannot hold them by accident.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneNumber([u8; 10]);

/// The text is not a mobile number of India.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an Indian mobile number: ten digits, the first of them 6 to 9")]
pub struct NotAPhoneNumber;

impl PhoneNumber {
    /// Reads `9812345678`, `+91 98123-45678`, `0091…`, `091…`, `09812345678`, in any decimal digits.
    ///
    /// # Errors
    /// [`NotAPhoneNumber`] for anything that is not ten digits after a known prefix, or has letters, and
    /// for a number of another country: behind `+` or `00` stands the country, and that is 91.
    pub fn parse(text: &str) -> Result<PhoneNumber, NotAPhoneNumber> {
        match Written::read(text) {
            Some(Written::Mobile(number)) => Ok(number),
            _ => Err(NotAPhoneNumber),
        }
    }

    /// The ten national digits.
    #[must_use]
    pub fn digits(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// `+91` and the ten digits (ITU-T E.164).
    #[must_use]
    pub fn e164(&self) -> String {
        format!("+91{}", self.digits())
    }

    /// `98••••1234`, for logs and pages.
    #[must_use]
    pub fn masked(&self) -> String {
        mask(self.digits())
    }
}

/// A number as people and gateways in India write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// A mobile of India.
    Mobile(PhoneNumber),
    /// A line of India that gets no messages (`0522 2234567`).
    FixedLine,
    /// A number of another country: its code and digits, without a sign in front.
    Foreign(String),
}

impl Written {
    /// The longest number there is (ITU-T E.164), and the least we take for one.
    const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

    /// Reads a number with or without its country, with spaces and dashes, in any decimal digits. One of
    /// ten digits without a country is of India, for so it is dialled here. `None`: it is no number.
    #[must_use]
    pub fn read(text: &str) -> Option<Written> {
        let mut digits: Vec<u8> = Vec::with_capacity(15);
        let mut has_plus = false;
        for character in text.chars() {
            match character {
                '+' | '\u{ff0b}' if digits.is_empty() && !has_plus => has_plus = true,
                _ if is_between_digits(character) => {}
                _ => digits.push(decimal_digit(character)?),
            }
            // The longest form: 00, the country, a needless 0, ten digits.
            if digits.len() > *Self::DIGITS.end() + 2 {
                return None;
            }
        }
        match digits.as_slice() {
            [0, 0, abroad @ ..] if !has_plus => Written::with_country(abroad),
            all if has_plus => Written::with_country(all),
            [0, 9, 1, national @ ..]
            | [9, 1, 0, national @ ..]
            | [9, 1, national @ ..]
            | [0, national @ ..]
            | national
                if national.len() == 10 =>
            {
                Written::national(national)
            }
            // One of ours with a digit too many or too few.
            [9, 1, ..] => None,
            // Gateways write the country without a sign; no country's code begins with 0, and so short a
            // number is rather a broken one of ours.
            [1..=9, ..] if digits.len() > 10 => Written::abroad(&digits),
            _ => None,
        }
    }

    fn with_country(digits: &[u8]) -> Option<Written> {
        match digits {
            [9, 1, 0, national @ ..] | [9, 1, national @ ..] if national.len() == 10 => {
                Written::national(national)
            }
            [9, 1, ..] | [0, ..] => None,
            _ => Written::abroad(digits),
        }
    }

    /// Ten digits of India: mobiles begin with 6 to 9. Some lines do so too (`080…`); their numbers are
    /// nobody else's.
    fn national(digits: &[u8]) -> Option<Written> {
        let national: [u8; 10] = digits.try_into().ok()?;
        match national.first()? {
            6..=9 => Some(Written::Mobile(PhoneNumber(national.map(|digit| digit + b'0')))),
            1..=5 => Some(Written::FixedLine),
            _ => None,
        }
    }

    fn abroad(digits: &[u8]) -> Option<Written> {
        let is_number = Self::DIGITS.contains(&digits.len());
        is_number.then(|| {
            Written::Foreign(digits.iter().map(|digit| char::from(digit + b'0')).collect())
        })
    }
}

/// What people and address books write between digits.
fn is_between_digits(character: char) -> bool {
    matches!(
        character,
        ' ' | '-'
            | '.'
            | '('
            | ')'
            | '\u{a0}'
            | '\u{2009}'..='\u{2015}'
            | '\u{202a}'..='\u{202f}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
    )
}

/// The value of a decimal digit of any script that phones in India type.
fn decimal_digit(character: char) -> Option<u8> {
    const ZEROS: [char; 6] = ['0', '०', '০', '૦', '۰', '０'];
    ZEROS.into_iter().find_map(|zero| {
        let offset = (character as u32).checked_sub(zero as u32)?;
        u8::try_from(offset).ok().filter(|digit| *digit < 10)
    })
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.masked())
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.masked())
    }
}

impl Serialize for PhoneNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.digits())
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        PhoneNumber::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// What one address is. The stored form is [`AddressKind::code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    /// An Indian mobile number, ten digits. The same row serves WhatsApp, SMS and missed calls.
    Phone,
    /// A number outside India, as the provider writes it (digits, no plus).
    ForeignPhone,
    /// WhatsApp's business-scoped user id, `IN.…`.
    WhatsappUser,
    WhatsappParentUser,
    TelegramUser,
    /// One phone of the simulator.
    Simulator,
}

impl AddressKind {
    pub const ALL: [AddressKind; 6] = [
        AddressKind::Phone,
        AddressKind::ForeignPhone,
        AddressKind::WhatsappUser,
        AddressKind::WhatsappParentUser,
        AddressKind::TelegramUser,
        AddressKind::Simulator,
    ];

    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            AddressKind::Phone => 1,
            AddressKind::ForeignPhone => 2,
            AddressKind::WhatsappUser => 3,
            AddressKind::WhatsappParentUser => 4,
            AddressKind::TelegramUser => 5,
            AddressKind::Simulator => 6,
        }
    }

    /// Whether whoever has such an address need not be asked for a number. One phone of the simulator is a
    /// phone.
    #[must_use]
    pub const fn is_of_a_phone(self) -> bool {
        match self {
            AddressKind::Phone | AddressKind::ForeignPhone | AddressKind::Simulator => true,
            AddressKind::WhatsappUser
            | AddressKind::WhatsappParentUser
            | AddressKind::TelegramUser => false,
        }
    }

    #[must_use]
    pub fn from_code(code: i64) -> Option<AddressKind> {
        AddressKind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// One address of a person. `Debug` is masked.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Address {
    pub kind: AddressKind,
    /// Canonical: ten digits for [`AddressKind::Phone`], the provider's spelling otherwise.
    pub value: String,
}

impl Address {
    #[must_use]
    pub fn new(kind: AddressKind, value: impl Into<String>) -> Address {
        Address { kind, value: value.into() }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}:{}", self.kind, mask(&self.value))
    }
}

/// The first two and last four characters with dots between; short values become dots alone.
#[must_use]
pub fn mask(value: &str) -> String {
    let length = value.chars().count();
    if length < 10 {
        return "••••".to_owned();
    }
    let head: String = value.chars().take(2).collect();
    let tail: String = value.chars().skip(length - 4).collect();
    format!("{head}••••{tail}")
}

/// Every identifier a message carried of its sender. A person may have no phone number
/// (WhatsApp user names, 2026). The order is the order of trust: the first that is known wins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identities {
    pub addresses: Vec<Address>,
}

impl Identities {
    /// One address alone.
    #[must_use]
    pub fn of(kind: AddressKind, value: impl Into<String>) -> Identities {
        Identities { addresses: vec![Address::new(kind, value)] }
    }

    #[must_use]
    pub fn phone(number: PhoneNumber) -> Identities {
        Identities::of(AddressKind::Phone, number.digits())
    }

    /// Adds an address unless it is there.
    pub fn add(&mut self, kind: AddressKind, value: impl Into<String>) {
        let address = Address::new(kind, value);
        if !self.addresses.contains(&address) {
            self.addresses.push(address);
        }
    }

    #[must_use]
    pub fn get(&self, kind: AddressKind) -> Option<&str> {
        self.addresses
            .iter()
            .find(|address| address.kind == kind)
            .map(|address| address.value.as_str())
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty()
    }
}

/// The languages Samvad speaks. Hindi is the default and the fallback.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    #[default]
    Hi,
    En,
    Ur,
}

impl Language {
    pub const ALL: [Language; 3] = [Language::Hi, Language::En, Language::Ur];

    /// The language tag and folder name under `locales/`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Language::Hi => "hi",
            Language::En => "en",
            Language::Ur => "ur",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.code() == code)
    }
}

/// The codes of the posts offices of the state commonly hold. An office may have others; these are what a
/// misspelt one is compared with.
pub const POSTS: [&str; 21] = [
    "assembly_prabhari",
    "block_president",
    "booth_agent",
    "booth_president",
    "booth_worker",
    "city_president",
    "district_prabhari",
    "district_president",
    "general_secretary",
    "lok_sabha_prabhari",
    "mandal_president",
    "panna_pramukh",
    "prabhari",
    "sector_prabhari",
    "sector_president",
    "secretary",
    "spokesperson",
    "state_president",
    "treasurer",
    "ward_president",
    "zone_president",
];

/// What a turn and the gate need to know of a person; a copy of the records at `version`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    pub id: i64,
    /// Moves with everything that changes the contact or its session; a turn wins only against the
    /// version it read.
    pub version: i64,
    pub language: Language,
    /// `true` once the person chose a language themselves.
    pub language_chosen: bool,
    pub membership: Option<Member>,
    /// Whom a list of the office puts on this phone, until they say so themselves; no member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed: Option<Listed>,
    /// Posts held, by their code (`booth_president`); empty for a citizen.
    pub posts: Vec<String>,
    /// The person is talking to a human; the bot is mute.
    pub handed_over: bool,
    /// The consents that stand now, by purpose; absent means never given.
    pub consents: Vec<ConsentNow>,
    /// Whether a number of the person is known, in India or abroad.
    pub has_phone: bool,
    pub last_inbound: Option<Timestamp>,
    /// When the last missed call rang that was answered.
    #[serde(default)]
    pub rang: Option<Timestamp>,
    /// How many are members now who first came by this person's referral code.
    #[serde(default)]
    pub brought: u32,
    /// What the operators refuse this person's number, by the order of the marks.
    #[serde(default)]
    pub marks: Vec<Mark>,
    /// The office writes to this person no more, and answers nothing.
    #[serde(default)]
    pub blocked: bool,
    /// The seats of others on the phone, ascending, as far as they are known: in the silence of any of them nothing
    /// goes to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seats_beside: Vec<u16>,
}

impl Contact {
    /// The name that a member gave, or a list of the office.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        let member = self.membership.as_ref().map(|member| member.name.as_str());
        member.or_else(|| self.listed.as_ref().map(|listed| listed.name.as_str()))
    }

    /// Whether consent for the purpose stands on every channel that was not taken out of it. Withdrawn and
    /// never given are both `false`.
    #[must_use]
    pub fn consents_to(&self, purpose: Purpose) -> bool {
        self.whole(purpose).any(|consent| consent.given)
    }

    /// Whether the person withdrew this purpose whole (rather than never having given it).
    #[must_use]
    pub fn withdrew(&self, purpose: Purpose) -> bool {
        self.whole(purpose).any(|consent| !consent.given)
    }

    /// Whether consent for the purpose stands on this channel.
    #[must_use]
    pub fn consents_on(&self, purpose: Purpose, channel: Channel) -> bool {
        match self.narrowed(purpose, channel) {
            Some(word) => word.given,
            None => self.consents_to(purpose),
        }
    }

    /// Whether the person withdrew this purpose, whole or for this channel.
    #[must_use]
    pub fn withdrew_on(&self, purpose: Purpose, channel: Channel) -> bool {
        match self.narrowed(purpose, channel) {
            Some(word) => !word.given,
            None => self.withdrew(purpose),
        }
    }

    /// The person's assembly seat, where it is known, by their own word or a list of the office: a membership of
    /// which nobody said it has seat 0.
    #[must_use]
    pub fn seat(&self) -> Option<u16> {
        let own = self.membership.as_ref().map(|member| member.assembly);
        let seat = own.or_else(|| self.listed.as_ref().map(|listed| listed.assembly));
        seat.filter(|seat| *seat != 0)
    }

    /// The seats of everybody on the phone, their own first; `None` is one that is not known.
    pub fn seats(&self) -> impl Iterator<Item = Option<u16>> {
        std::iter::once(self.seat()).chain(self.seats_beside.iter().copied().map(Some))
    }

    /// Takes a word into what stands: one for every channel takes the place of all before it, one for a
    /// channel that of what was said of this channel.
    pub fn hear(&mut self, word: ConsentNow) {
        self.consents.retain(|known| {
            known.purpose != word.purpose || (word.only.is_some() && known.only != word.only)
        });
        self.consents.push(word);
        self.consents.sort_by_key(|known| (known.purpose, known.only));
    }

    fn whole(&self, purpose: Purpose) -> impl Iterator<Item = &ConsentNow> {
        self.consents
            .iter()
            .filter(move |consent| consent.purpose == purpose && consent.only.is_none())
    }

    /// What was said of this channel alone, since the last word that was for every one.
    fn narrowed(&self, purpose: Purpose, channel: Channel) -> Option<&ConsentNow> {
        self.consents
            .iter()
            .find(|consent| consent.purpose == purpose && consent.only == Some(channel))
    }
}

/// Somebody known from a list of the office alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// The number they have and keep when they join.
    pub number: String,
    pub name: String,
    /// The seat's number; 0 where nobody said.
    pub assembly: u16,
    pub booth: Option<u16>,
}

/// The newest word of the consent ledger for a purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentNow {
    pub purpose: Purpose,
    pub given: bool,
    pub at: Timestamp,
    /// The one channel it was said of; `None`: of every one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Channel>,
}

/// A member as flows see one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub number: String,
    pub name: String,
    /// The district's code in `data/` (LGD), and its seat's number.
    pub district: String,
    pub assembly: u16,
    pub booth: Option<u16>,
    pub since: Timestamp,
    /// When the membership runs out; `None`: never by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Timestamp>,
}

impl Member {
    /// Whether the membership has run out.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }

    /// Whole days until it runs out, 0 on the last; negative after it. `None`: it never does.
    #[must_use]
    pub fn days_left(&self, now: Timestamp) -> Option<i64> {
        const DAY: i64 = 86_400;
        self.ends.map(|ends| (ends.as_second() - now.as_second()).div_euclid(DAY))
    }
}

/// The channel a contact last used and the account it came to; answers leave there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Road {
    pub channel: Channel,
    pub account: String,
}

#[cfg(test)]
mod tests;
