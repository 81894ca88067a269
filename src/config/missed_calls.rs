//! `[missed_calls]` and `[missed_calls.accounts.NAME]`: the numbers people ring and hang up.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use toml::Table;

use super::reader::suggestion;
use super::sms::{Guard, Keys, Sections, Sms, header_of};
use super::whatsapp::Whatsapp;

/// What a variable with a secret of an account begins with.
pub(super) const VARIABLE: &str = "SAMVAD_MISSED_CALLS_ACCOUNTS_";

const SECTION: &str = "missed_calls.accounts";

/// Calls of one person this close together are one wish, unless the office says otherwise.
const ONCE_IN_MINUTES: f64 = 60.0;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct MissedCallsSection {
    client_address: String,
    accounts: Table,
}

/// Missed calls, switched on: there is at least one number.
#[derive(Clone, Debug)]
pub struct MissedCalls {
    /// The header in which our own proxy names whoever called it, in small letters.
    pub client_address: Option<String>,
    /// In the order of their names.
    pub accounts: Vec<CallAccount>,
}

/// One number people ring.
#[derive(Clone, Debug)]
pub struct CallAccount {
    /// Letters, digits, `-` and `_`; it stands in the path and in metrics.
    pub name: String,
    pub vendor: CallVendor,
    pub guard: Guard,
    /// The flow a call begins.
    pub flow: String,
    /// How a call is answered, and by which account of that channel.
    pub answer: CallAnswer,
    pub account: String,
    pub once_in: SignedDuration,
}

/// How a call is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallAnswer {
    Sms,
    Whatsapp,
}

/// Whose form a call is told in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallVendor {
    Exotel,
    Knowlarity,
    Ozonetel,
}

impl CallVendor {
    pub const ALL: [CallVendor; 3] =
        [CallVendor::Exotel, CallVendor::Knowlarity, CallVendor::Ozonetel];

    /// As in `vendor`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            CallVendor::Exotel => "exotel",
            CallVendor::Knowlarity => "knowlarity",
            CallVendor::Ozonetel => "ozonetel",
        }
    }
}

impl MissedCalls {
    /// What works but is dangerous, in plain words.
    pub(super) fn warnings(&self) -> impl Iterator<Item = String> {
        let open = self.accounts.iter().filter(|account| account.guard.allow.is_empty());
        open.map(|account| {
            format!(
                "{SECTION}.{0}: whoever learns its path can have us write to anybody; write the vendor's networks, allow = [\"10.1.2.3\"], in [{SECTION}.{0}]",
                account.name
            )
        })
    }
}

impl MissedCallsSection {
    /// The section with its secrets, or `None` without a number.
    pub(super) fn complete(
        &self,
        environment: &[(String, String)],
        place: &dyn Fn(&str) -> String,
        (sms, whatsapp): (Option<&Sms>, Option<&Whatsapp>),
        problems: &mut Vec<String>,
    ) -> Option<MissedCalls> {
        if self.accounts.is_empty() {
            return None;
        }
        let sections = Sections { section: SECTION, variables: VARIABLE, environment, place };
        let accounts = sections.read(&self.accounts, problems, |keys| {
            let account = account(keys, sms, whatsapp);
            keys.refuse_unknown();
            account
        });
        Some(MissedCalls { client_address: header_of(&self.client_address), accounts })
    }
}

fn account(
    keys: &mut Keys<'_>,
    sms: Option<&Sms>,
    whatsapp: Option<&Whatsapp>,
) -> Option<CallAccount> {
    let before = keys.problems.len();
    let vendor = vendor(keys);
    let flow = keys.needed("flow", "the flow a call begins, \"join\"");
    let road = answer(keys, sms, whatsapp);
    let once_in = keys.number("once_in_minutes", 1.0, 10_080.0).unwrap_or(ONCE_IN_MINUTES);
    let guard = keys.guard();
    if keys.problems.len() > before {
        return None;
    }
    let (answer, account) = road?;
    #[expect(clippy::cast_possible_truncation, reason = "a week at most")]
    let once_in = SignedDuration::from_secs((once_in * 60.0) as i64);
    Some(CallAccount {
        name: keys.name.to_owned(),
        vendor: vendor?,
        guard: guard?,
        flow: flow?,
        answer,
        account,
        once_in,
    })
}

fn vendor(keys: &mut Keys<'_>) -> Option<CallVendor> {
    let names = CallVendor::ALL.map(CallVendor::name);
    let known = names.join("\", \"");
    let told = keys.needed("vendor", &format!("\"{known}\""))?;
    let vendor = CallVendor::ALL.into_iter().find(|vendor| vendor.name() == told);
    if vendor.is_none() {
        let hint = suggestion(&told, names.into_iter());
        keys.wrong("vendor", &format!("\"{told}\" is no vendor; write \"{known}\"{hint}"));
    }
    vendor
}

/// `answer` and `account`: it must be there.
fn answer(
    keys: &mut Keys<'_>,
    sms: Option<&Sms>,
    whatsapp: Option<&Whatsapp>,
) -> Option<(CallAnswer, String)> {
    let told = keys.needed("answer", "\"sms\" or \"whatsapp\"");
    let account = keys.text("account");
    let (answer, roads): (CallAnswer, Vec<&str>) = match told?.as_str() {
        "sms" => {
            let accounts = sms.iter().flat_map(|sms| &sms.accounts);
            (CallAnswer::Sms, accounts.map(|account| account.name.as_str()).collect())
        }
        "whatsapp" => {
            let numbers = whatsapp.iter().flat_map(|whatsapp| &whatsapp.numbers);
            (CallAnswer::Whatsapp, numbers.map(String::as_str).collect())
        }
        other => {
            let hint = suggestion(other, ["sms", "whatsapp"].into_iter());
            let words = format!("\"{other}\" cannot answer; write \"sms\" or \"whatsapp\"{hint}");
            keys.wrong("answer", &words);
            return None;
        }
    };
    let Some(first) = roads.first() else {
        let words = match answer {
            CallAnswer::Sms => "sms is not switched on; see [sms.accounts.NAME]",
            CallAnswer::Whatsapp => "whatsapp is not switched on; see [whatsapp]",
        };
        keys.wrong("answer", words);
        return None;
    };
    let account = match account {
        Some(account) if roads.contains(&account.as_str()) => account,
        Some(account) => {
            let hint = suggestion(&account, roads.iter().copied());
            let known = roads.join("\", \"");
            keys.wrong("account", &format!("there is no \"{account}\"; write \"{known}\"{hint}"));
            return None;
        }
        None if roads.len() == 1 => (*first).to_owned(),
        None => {
            let known = roads.join("\", \"");
            keys.wrong("account", &format!("is missing; there are several: \"{known}\""));
            return None;
        }
    };
    Some((answer, account))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Origins};

    const OFFICE: &str = "[sms]\ncallback_url = \"http://127.0.0.1:8080\"\n[sms.accounts.party]\n\
        road = \"kannel\"\nfrom = \"56161\"\nurl = \"http://127.0.0.1:13013/cgi-bin/sendsms\"\n\
        username = \"samvad\"\nallow = [\"127.0.0.1\"]\n[missed_calls.accounts.helpline]\n";

    fn read(numbers: &str) -> Result<Config, String> {
        let secrets = ["SMS_ACCOUNTS_PARTY_PASSWORD", "SMS_ACCOUNTS_PARTY_SECRET"];
        let calls = ["MISSED_CALLS_ACCOUNTS_HELPLINE_SECRET"];
        let environment = secrets.into_iter().chain(calls);
        let secret = "0123456789abcdef";
        let environment = environment.map(|name| (format!("SAMVAD_{name}"), secret.to_owned()));
        Config::read(&Origins {
            file: Some(("office.toml".into(), format!("{OFFICE}{numbers}"))),
            environment: environment.collect(),
            ..Origins::default()
        })
        .map_err(|errors| errors.to_string())
    }

    #[test]
    fn a_number_needs_little_and_takes_the_only_way_to_answer() {
        let config = read("vendor = \"exotel\"\nflow = \"join\"\nanswer = \"sms\"\n").unwrap();
        let calls = config.missed_calls.as_ref().unwrap();
        let account = &calls.accounts[0];
        assert_eq!((account.name.as_str(), account.vendor), ("helpline", CallVendor::Exotel));
        assert_eq!((account.answer, account.account.as_str()), (CallAnswer::Sms, "party"));
        assert_eq!(account.once_in, SignedDuration::from_hours(1));
        let warnings = config.warnings();
        assert!(warnings[0].contains("missed_calls.accounts.helpline"), "{warnings:?}");
        assert!(!format!("{config:?}").contains("0123456789abcdef"));
    }

    #[test]
    fn every_mistake_of_a_number_is_said_with_its_place_and_what_to_write() {
        let file = "vendor = \"exotell\"\nanswer = \"whatsapp\"\nonce_in_minutes = 0\n\
            flwo = \"join\"\n[missed_calls.accounts.second]\nvendor = \"ozonetel\"\nflow = \"join\"\n\
            answer = \"sms\"\naccount = \"prty\"\n";
        insta::assert_snapshot!(read(file).unwrap_err(), @r#"
        the configuration cannot be used:
          - office.toml line 10: missed_calls.accounts.helpline.vendor: "exotell" is no vendor; write "exotel", "knowlarity", "ozonetel"; did you mean "exotel"?
          - office.toml: missed_calls.accounts.helpline.flow: is missing; write the flow a call begins, "join"
          - office.toml line 11: missed_calls.accounts.helpline.answer: whatsapp is not switched on; see [whatsapp]
          - office.toml line 12: missed_calls.accounts.helpline.once_in_minutes: expected a number from 1 to 10080
          - office.toml line 13: there is no key missed_calls.accounts.helpline.flwo; did you mean "flow"?
          - office.toml line 18: missed_calls.accounts.second.account: there is no "prty"; write "party"; did you mean "party"?
          - office.toml: missed_calls.accounts.second.secret_file: name a file that holds it, or set SAMVAD_MISSED_CALLS_ACCOUNTS_SECOND_SECRET
        "#);
    }
}
