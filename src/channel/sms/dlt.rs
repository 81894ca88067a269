//! What a message tells a gateway of its DLT registration: its own, else the account's.

use crate::channel::sms::config::DltIds;
use crate::message::Registered;

/// The ids that leave with a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ids<'a> {
    pub(super) entity: Option<&'a str>,
    pub(super) template: Option<&'a str>,
    /// Of the account in any case: it is that of the road.
    pub(super) chain: Option<&'a str>,
}

/// The ids of a message that leaves by an account.
pub(super) fn ids<'a>(account: &'a DltIds, registered: Option<&'a Registered>) -> Ids<'a> {
    let own_entity = registered.and_then(|dlt| dlt.entity.as_deref());
    Ids {
        entity: own_entity.or(account.entity.as_deref()),
        template: registered.map(|dlt| dlt.template.as_str()).or(account.template.as_deref()),
        chain: account.chain.as_deref(),
    }
}

/// The sender a phone shows: the account's, unless the template is registered for others only.
pub(super) fn sender<'a>(from: &'a str, registered: Option<&'a Registered>) -> &'a str {
    let headers = registered.map(|dlt| dlt.headers.as_slice()).unwrap_or_default();
    match headers.first() {
        Some(first) if headers.iter().all(|header| header != from) => first,
        _ => from,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registered(headers: &[&str]) -> Registered {
        Registered {
            entity: None,
            template: "7".to_owned(),
            headers: headers.iter().map(|name| (*name).to_owned()).collect(),
            promotional: false,
        }
    }

    #[test]
    fn a_message_has_its_own_template_and_what_it_does_not_say_is_the_account_s() {
        let account = DltIds {
            entity: Some("1".to_owned()),
            template: Some("2".to_owned()),
            chain: Some("3".to_owned()),
        };
        let own = registered(&[]);
        let expected = Ids { entity: Some("1"), template: Some("7"), chain: Some("3") };
        assert_eq!(ids(&account, Some(&own)), expected);
        assert_eq!(ids(&account, None), Ids { template: Some("2"), ..expected });
        let other = Registered { entity: Some("9".to_owned()), ..own };
        assert_eq!(ids(&account, Some(&other)), Ids { entity: Some("9"), ..expected });
    }

    #[test]
    fn a_message_leaves_under_a_header_of_its_template() {
        for (headers, sender_of) in
            [(&[][..], "56161"), (&["UPSMVD"], "UPSMVD"), (&["UPSMVD", "56161"], "56161")]
        {
            assert_eq!(sender("56161", Some(&registered(headers))), sender_of, "{headers:?}");
        }
        assert_eq!(sender("56161", None), "56161");
    }
}
