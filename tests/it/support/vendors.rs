//! Accounts at the SMS vendors that the sandbox plays, as samvad.toml says them.

use std::fmt::Write as _;
use std::path::Path;

use samvad::channel::sms::road::PRESETS;
use samvad::sandbox::SandboxHandle;
use samvad::sandbox::sms::{DEFAULT_SECRET, SmsAccount, Vendor};

/// The user and password with which Kaleyra's calls prove themselves; the others bear none.
pub(crate) const BASIC: (&str, &str) = ("kaleyra", "a-password-for-calls");

/// The fields that the sandbox's MSG91 brings a person's message with: no document names any.
const MSG91_INBOUND: &str = "\n[inbound]\nfrom = [\"mobile\"]\nto = [\"number\"]\n\
                             text = [\"message\"]\nat = [\"received\"]\n";

/// The sandbox's account at a vendor, for a program on this port.
pub(crate) fn account(vendor: Vendor, port: u16) -> SmsAccount {
    let account = SmsAccount::new(vendor, &format!("http://127.0.0.1:{port}"));
    let basic = (vendor == Vendor::Kaleyra).then(|| (BASIC.0.to_owned(), BASIC.1.to_owned()));
    SmsAccount { basic, ..account }
}

/// Writes the office's file for the accounts of the sandbox; gives the variables that name it and hold
/// the secrets.
pub(crate) fn configure(
    folder: &Path,
    port: u16,
    sandbox: &SandboxHandle,
    vendors: &[Vendor],
) -> Vec<(&'static str, String)> {
    let mut file = format!("[sms]\ncallback_url = \"http://127.0.0.1:{port}\"\n");
    let mut settings = Vec::new();
    for vendor in vendors {
        let name = vendor.name();
        let account = sandbox.sms_account(name).expect("an account of the sandbox");
        let mut road = name.to_owned();
        if *vendor == Vendor::Msg91 {
            let preset = PRESETS.iter().find(|(known, _)| *known == name).unwrap().1;
            let path = folder.join("msg91.toml");
            std::fs::write(&path, format!("{preset}{MSG91_INBOUND}")).unwrap();
            road = path.display().to_string();
        }
        let SmsAccount { from, username, sid, entity, .. } = &account;
        let base = sandbox.sms_url(*vendor);
        write!(
            file,
            "[sms.accounts.{name}]\nroad = \"{road}\"\nfrom = \"{from}\"\nbase = \"{base}\"\n\
             username = \"{username}\"\nentity = \"{entity}\"\ntemplate = \"1107161000000000002\"\n\
             values = {{ sid = \"{sid}\" }}\nallow = [\"127.0.0.1\"]\n"
        )
        .unwrap();
        let [password, secret] = variables(*vendor);
        settings.push((password, account.password.clone()));
        settings.push((secret, DEFAULT_SECRET.to_owned()));
        if *vendor == Vendor::Infobip {
            let key = account.signature_key.clone();
            settings.push(("SAMVAD_SMS_ACCOUNTS_INFOBIP_SIGNATURE_KEY", key));
        }
        if let Some((user, password)) = &account.basic {
            writeln!(file, "basic_user = \"{user}\"").unwrap();
            settings.push(("SAMVAD_SMS_ACCOUNTS_KALEYRA_BASIC_PASSWORD", password.clone()));
        }
    }
    let path = folder.join("office.toml");
    std::fs::write(&path, file).unwrap();
    settings.push(("SAMVAD_CONFIG", path.display().to_string()));
    settings
}

const fn variables(vendor: Vendor) -> [&'static str; 2] {
    match vendor {
        Vendor::Gupshup => {
            ["SAMVAD_SMS_ACCOUNTS_GUPSHUP_PASSWORD", "SAMVAD_SMS_ACCOUNTS_GUPSHUP_SECRET"]
        }
        Vendor::Msg91 => ["SAMVAD_SMS_ACCOUNTS_MSG91_PASSWORD", "SAMVAD_SMS_ACCOUNTS_MSG91_SECRET"],
        Vendor::Exotel => {
            ["SAMVAD_SMS_ACCOUNTS_EXOTEL_PASSWORD", "SAMVAD_SMS_ACCOUNTS_EXOTEL_SECRET"]
        }
        Vendor::Kaleyra => {
            ["SAMVAD_SMS_ACCOUNTS_KALEYRA_PASSWORD", "SAMVAD_SMS_ACCOUNTS_KALEYRA_SECRET"]
        }
        Vendor::Infobip => {
            ["SAMVAD_SMS_ACCOUNTS_INFOBIP_PASSWORD", "SAMVAD_SMS_ACCOUNTS_INFOBIP_SECRET"]
        }
        Vendor::Twilio => {
            ["SAMVAD_SMS_ACCOUNTS_TWILIO_PASSWORD", "SAMVAD_SMS_ACCOUNTS_TWILIO_SECRET"]
        }
    }
}
