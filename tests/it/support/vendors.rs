//! Accounts at the SMS vendors that the sandbox plays, as samvad.toml says them.

use std::path::Path;

use samvad::channel::sms::road::PRESETS;
use samvad::sandbox::SandboxHandle;
use samvad::sandbox::calls::CallAccount;
use samvad::sandbox::sms::{SmsAccount, Vendor};

/// The fields that the sandbox's MSG91 brings a person's message with: no document names any.
const MSG91_INBOUND: &str = "\n[inbound]\nfrom = [\"mobile\"]\nto = [\"number\"]\n\
                             text = [\"message\"]\nat = [\"received\"]\n";

/// The sandbox's account at a vendor, for a program on this port. Kaleyra's calls bear a password.
pub(crate) fn account(vendor: Vendor, port: u16) -> SmsAccount {
    let account = SmsAccount::new(vendor, &format!("http://127.0.0.1:{port}"));
    let basic = ("kaleyra".to_owned(), "a-password-for-calls".to_owned());
    SmsAccount { basic: (vendor == Vendor::Kaleyra).then_some(basic), ..account }
}

/// Writes the office's file for the accounts of the sandbox; gives the variables that name it and hold
/// the secrets.
pub(crate) fn configure(
    folder: &Path,
    port: u16,
    sandbox: &SandboxHandle,
    vendors: &[Vendor],
    calls: &[CallAccount],
) -> Vec<(&'static str, String)> {
    let mut file = format!("[sms]\ncallback_url = \"http://127.0.0.1:{port}\"\n");
    let mut settings = Vec::new();
    for vendor in vendors {
        let name = vendor.name();
        let account = sandbox.sms_account(name).expect("an account of the sandbox");
        let mut road = name.to_owned();
        if *vendor == Vendor::Msg91 {
            let (_, preset) = PRESETS.iter().find(|(known, _)| *known == name).unwrap();
            let path = folder.join("msg91.toml");
            std::fs::write(&path, format!("{preset}{MSG91_INBOUND}")).unwrap();
            road = path.display().to_string();
        }
        file.push_str(&account.section(&road, &sandbox.sms_url(*vendor)));
        // A handful of names, for as long as the tests run.
        let secrets = account.secrets().into_iter();
        settings.extend(secrets.map(|(name, value)| (&*name.leak(), value)));
    }
    for number in calls {
        file.push_str(&number.section("join", ("sms", vendors[0].name())));
        settings.extend(number.secrets().into_iter().map(|(name, value)| (&*name.leak(), value)));
    }
    let path = folder.join("office.toml");
    std::fs::write(&path, file).unwrap();
    settings.push(("SAMVAD_CONFIG", path.display().to_string()));
    settings
}
