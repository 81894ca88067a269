//! Why messages failed, as an office tells it apart: not by the codes of providers, but by what can be done.

use crate::channel::{self, ErrorClass};
use crate::message::Channel;

/// A kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Failure {
    /// The person is not there on this channel.
    NotThere,
    /// The person told the provider or the operators that they want none of it.
    SaidNo,
    /// The provider lets no more reach this person today.
    Enough,
    /// The template or what filled it.
    Template,
    /// Our number, account or registration.
    Account,
    /// The provider itself failed, however often it was tried.
    Provider,
    /// This message can never reach this person.
    Never,
    /// The code is nobody's we know, or there is none.
    Unknown,
}

impl Failure {
    pub(super) const ALL: [Failure; 8] = [
        Failure::NotThere,
        Failure::SaidNo,
        Failure::Enough,
        Failure::Template,
        Failure::Account,
        Failure::Provider,
        Failure::Never,
        Failure::Unknown,
    ];

    /// Of what is kept of a failed message.
    pub(super) fn of(on: Channel, code: Option<i64>) -> Failure {
        let Some(code) = code else { return Failure::Unknown };
        if channel::template_advice(on, code).is_some() {
            return Failure::Template;
        }
        match channel::failure(on, code) {
            Some(ErrorClass::OtherChannel) => Failure::NotThere,
            Some(ErrorClass::OptedOut | ErrorClass::Marked(_)) => Failure::SaidNo,
            Some(ErrorClass::Tomorrow | ErrorClass::WaitRecipient) => Failure::Enough,
            Some(ErrorClass::StopTemplate | ErrorClass::NeedsTemplate) => Failure::Template,
            Some(ErrorClass::PauseSender | ErrorClass::Throttle) => Failure::Account,
            Some(ErrorClass::Retry { .. }) => Failure::Provider,
            Some(ErrorClass::Never) => Failure::Never,
            None => Failure::Unknown,
        }
    }

    /// The head of its column.
    pub(super) const fn head(self) -> &'static str {
        match self {
            Failure::NotThere => "विफल: इस रास्ते पर नहीं / failed: not there",
            Failure::SaidNo => "विफल: मना किया / failed: said no",
            Failure::Enough => "विफल: आज और नहीं / failed: enough today",
            Failure::Template => "विफल: टेम्पलेट / failed: template",
            Failure::Account => "विफल: हमारा खाता / failed: account",
            Failure::Provider => "विफल: कंपनी की ओर से / failed: provider",
            Failure::Never => "विफल: नहीं जा सकता / failed: never",
            Failure::Unknown => "विफल: अन्य / failed: other",
        }
    }

    /// What it means, and what the office does about it, in Hindi and in English.
    pub(super) const fn office_words(self) -> (&'static str, &'static str) {
        match self {
            Failure::NotThere => (
                "व्यक्ति इस रास्ते पर नहीं मिलते: नंबर पर WhatsApp नहीं है या बहुत पुराना है। `fallback` से SMS भेजें।",
                "They are not there on this channel: no WhatsApp on the number, or too old. `fallback` writes to them by SMS.",
            ),
            Failure::SaidNo => (
                "व्यक्ति ने WhatsApp या अपने ऑपरेटर से ऐसे संदेश बंद करवा रखे हैं।",
                "They told WhatsApp or their operator that they want none of it.",
            ),
            Failure::Enough => (
                "WhatsApp इस व्यक्ति तक आज और प्रचार नहीं पहुँचाता; किसी और दिन भेजें।",
                "WhatsApp lets no more of this reach them today; another day it may.",
            ),
            Failure::Template => (
                "टेम्पलेट या उसमें भरे शब्द स्वीकृत नहीं हैं: `samvad doctor` और DLT पोर्टल देखें।",
                "The template, or what filled it, is not approved so: look at `samvad doctor` and the DLT portal.",
            ),
            Failure::Account => (
                "हमारा नंबर, खाता या पंजीकरण रुका है: `samvad doctor` देखें।",
                "Our number, account or registration is stopped: look at `samvad doctor`.",
            ),
            Failure::Provider => (
                "कंपनी का सिस्टम बार-बार विफल रहा।",
                "The provider itself failed, however often it was tried.",
            ),
            Failure::Never => {
                ("यह संदेश इस नंबर पर कभी नहीं जा सकता।", "This message can never go to this number.")
            }
            Failure::Unknown => (
                "कंपनी ने जो कारण बताया वह हमारी सूची में नहीं है।",
                "The provider gave a reason that is in none of our lists.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart_by_what_can_be_done() {
        for (on, code, failure) in [
            (Channel::Whatsapp, Some(131_026), Failure::NotThere),
            (Channel::Whatsapp, Some(131_050), Failure::SaidNo),
            (Channel::Whatsapp, Some(131_049), Failure::Enough),
            (Channel::Whatsapp, Some(132_015), Failure::Template),
            (Channel::Whatsapp, Some(131_042), Failure::Account),
            (Channel::Whatsapp, Some(131_000), Failure::Provider),
            (Channel::Whatsapp, Some(131_051), Failure::Never),
            (Channel::Whatsapp, Some(650), Failure::Unknown),
            (Channel::Sms, Some(650), Failure::SaidNo),
            (Channel::Sms, Some(600), Failure::Account),
            (Channel::Sms, Some(131_026), Failure::Unknown),
            (Channel::Sms, None, Failure::Unknown),
        ] {
            assert_eq!(Failure::of(on, code), failure, "{on} {code:?}");
        }
    }

    #[test]
    fn every_failure_has_its_column_in_both_languages() {
        for failure in Failure::ALL {
            assert!(failure.head().contains(" / failed: "), "{}", failure.head());
        }
    }
}
