//! What the operators' DLT scrubbing answers, as data: the code, its name, and what to do about it.
//! The codes come as an error of the gateway or in a report of delivery. Sources: the lists that
//! smsgatewayhub and Exotel publish (2025).

/// What is done about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Remedy {
    /// The office's registration, a telemarketer or a header is at fault: every message of the account
    /// would be refused. It rests and the office is told.
    StopAccount,
    /// This template is at fault: what would leave by it is held and the office is told.
    StopTemplate,
    /// This message's values do not fit its template: it is never sent; others may be.
    NeverThis,
    /// The person does not want advertising on this number.
    NoPromotion,
    /// The operators know of no consent of this number.
    NoConsent,
    /// The scrubbing itself failed: again, later.
    Retry,
}

impl Remedy {
    /// The name in metrics and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Remedy::StopAccount => "stop_account",
            Remedy::StopTemplate => "stop_template",
            Remedy::NeverThis => "never_this",
            Remedy::NoPromotion => "no_promotion",
            Remedy::NoConsent => "no_consent",
            Remedy::Retry => "retry",
        }
    }
}

/// A code of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    pub number: i64,
    pub name: &'static str,
    pub remedy: Remedy,
    /// What the office does about it.
    pub advice: &'static str,
}

const ENTITY: &str = "look at `entity` in flows/dlt/ and at the registration on the DLT portal";
const CHAIN: &str =
    "declare the chain of telemarketers on the DLT portal, and ask the aggregator for its ids";
const HEADER: &str = "look at the header in flows/dlt/ and on the DLT portal; capitals count";
const TEMPLATE: &str = "look at the template on the DLT portal: write its id as it stands there, or `status: stopped` until it is approved again";
const TEXT: &str = "compare the template's text in flows/dlt/ with the portal's, letter by letter";

macro_rules! codes {
    ($($number:literal $name:literal $remedy:ident $advice:expr;)+) => {
        /// Every code that is published, in their order.
        pub const CODES: &[Code] = &[
            $(Code { number: $number, name: $name, remedy: Remedy::$remedy, advice: $advice },)+
        ];
    };
}

codes! {
    600 "ENTITY_NOT_FOUND" StopAccount ENTITY;
    601 "ENTITY_NOT_REGISTERED" StopAccount ENTITY;
    602 "ENTITY_INACTIVE" StopAccount ENTITY;
    603 "ENTITY_BLACKLISTED" StopAccount ENTITY;
    604 "INVALID_ENTITY_ID" StopAccount ENTITY;
    605 "ENTITY_ID_NOT_ALLOWED_FOR_TM" StopAccount CHAIN;
    610 "TELEMARKETER_NOT_REGISTERED" StopAccount CHAIN;
    611 "TELEMARKETER_INACTIVE" StopAccount CHAIN;
    612 "TELEMARKETER_BLACKLISTED" StopAccount CHAIN;
    613 "TM_NOT_ALLOWED_FOR_ENTITY" StopAccount CHAIN;
    614 "PE_TM_HASH_NOT_RECEIVED" StopAccount CHAIN;
    615 "PE_TM_HASH_NOT_REGISTERED" StopAccount CHAIN;
    616 "PE_TM_HASH_INACTIVE" StopAccount CHAIN;
    617 "PE_TM_HASH_BLACKLISTED" StopAccount CHAIN;
    618 "PE_TM_HASH_SUSPENDED" StopAccount CHAIN;
    620 "HEADER_NOT_FOUND" StopAccount HEADER;
    621 "HEADER_INACTIVE" StopAccount HEADER;
    622 "HEADER_BLACKLISTED" StopAccount HEADER;
    623 "PEID_NOT_MATCHED_WITH_HEADER" StopAccount HEADER;
    624 "HEADER_SUSPENDED_VALIDITY" StopAccount HEADER;
    625 "HEADER_SUSPENDED_USAGE" StopAccount HEADER;
    630 "TEMPLATE_NOT_FOUND" StopTemplate TEMPLATE;
    631 "TEMPLATE_INACTIVE" StopTemplate TEMPLATE;
    632 "TEMPLATE_BLACKLISTED" StopTemplate TEMPLATE;
    633 "TEMPLATE_NOT_MATCHED" StopTemplate TEXT;
    634 "HEADER_NOT_REGISTERED_FOR_TEMPLATE" StopTemplate HEADER;
    635 "TEMPLATE_VARIABLE_EXCEEDED_MAX_LENGTH" NeverThis "write a smaller `longest` in flows/dlt/: this operator takes less";
    636 "ERROR_IDENTIFYING_TEMPLATE" StopTemplate TEXT;
    637 "INVALID_TEMPLATE_ID" StopTemplate TEMPLATE;
    650 "PREFERENCE_NOT_MATCHED" NoPromotion "nothing: no promotional SMS goes to this number";
    660 "CONSENT_FAILED" NoConsent "nothing: what needs a consent at the operators goes to this number no more";
    670 "SCRUBBING_FAILED" Retry "nothing: it goes again";
}

/// The code of the list; `None` for one that is not published, see [`remedy`].
#[must_use]
pub fn code(number: i64) -> Option<&'static Code> {
    CODES.iter().find(|code| code.number == number)
}

/// What the office does about a template that is refused with this code; `None` for the code of
/// something else.
#[must_use]
pub const fn template_advice(number: i64) -> Option<&'static str> {
    match number {
        633 | 636 => Some(TEXT),
        634 => Some(HEADER),
        630..=649 => Some(TEMPLATE),
        _ => None,
    }
}

/// What is done about a code; codes that are not published go by their family. `None`: it is no code of
/// the scrubbing.
#[must_use]
pub fn remedy(number: i64) -> Option<Remedy> {
    if let Some(code) = code(number) {
        return Some(code.remedy);
    }
    Some(match number {
        600..=629 => Remedy::StopAccount,
        630..=649 => Remedy::StopTemplate,
        650..=659 => Remedy::NoPromotion,
        660..=669 => Remedy::NoConsent,
        670..=699 => Remedy::Retry,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_list_is_told_what_to_do_and_others_go_by_their_family() {
        for (number, expected) in [
            (599, None),
            (600, Some(Remedy::StopAccount)),
            (609, Some(Remedy::StopAccount)),
            (614, Some(Remedy::StopAccount)),
            (623, Some(Remedy::StopAccount)),
            (630, Some(Remedy::StopTemplate)),
            (633, Some(Remedy::StopTemplate)),
            (635, Some(Remedy::NeverThis)),
            (649, Some(Remedy::StopTemplate)),
            (650, Some(Remedy::NoPromotion)),
            (660, Some(Remedy::NoConsent)),
            (670, Some(Remedy::Retry)),
            (671, Some(Remedy::Retry)),
            (700, None),
        ] {
            assert_eq!(remedy(number), expected, "{number}");
        }
        assert!(CODES.is_sorted_by_key(|code| code.number));
    }
}
