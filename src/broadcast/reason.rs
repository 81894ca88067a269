//! Why somebody of the audience gets nothing: by the gate, or because no message of theirs can be made or
//! leave. One table of names and words for the plan, the run and the report.

use crate::gate::Refusal;

/// A reason, as the row of a recipient or of its message keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    Gate(Refusal),
    /// They have no address on any channel of the broadcast, or none any more.
    NoAddress,
    /// Who is meant shares a phone with the one it belongs to, who is not meant.
    SharedPhone,
    /// The broadcast says nothing on their channel, or no registered template carries it.
    NoWords,
    /// What is known of them cannot be read back.
    Unreadable,
    /// They turned out to be somebody else who gets it.
    SamePerson,
    /// They are gone from the records.
    NoContact,
    /// Its DLT template is stopped.
    TemplateStopped,
    /// The number or account it leaves from is not switched on.
    NoSender,
    /// The broadcast was cancelled first.
    Cancelled,
    /// The person had everything of theirs erased first.
    Erased,
}

impl From<Refusal> for Reason {
    fn from(refusal: Refusal) -> Reason {
        Reason::Gate(refusal)
    }
}

impl Reason {
    /// Those that are not the gate's.
    pub const OWN: [Reason; 10] = [
        Reason::NoAddress,
        Reason::SharedPhone,
        Reason::NoWords,
        Reason::Unreadable,
        Reason::SamePerson,
        Reason::NoContact,
        Reason::TemplateStopped,
        Reason::NoSender,
        Reason::Cancelled,
        Reason::Erased,
    ];

    /// The lower-case name that is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Reason::Gate(refusal) => refusal.name(),
            Reason::NoAddress => "no_address",
            Reason::SharedPhone => "shared_phone",
            Reason::NoWords => "no_words",
            Reason::Unreadable => "unreadable",
            Reason::SamePerson => "same_person",
            Reason::NoContact => "no_contact",
            Reason::TemplateStopped => "template_stopped",
            Reason::NoSender => "no_sender",
            Reason::Cancelled => "cancelled",
            Reason::Erased => "erased",
        }
    }

    /// The reason of a stored name; `None` when a newer version wrote it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Reason> {
        let own = Reason::OWN.into_iter().find(|reason| reason.name() == name);
        own.or_else(|| Refusal::from_name(name).map(Reason::Gate))
    }

    /// A sentence for the office, in Hindi and in English.
    #[must_use]
    pub const fn office_words(self) -> (&'static str, &'static str) {
        match self {
            Reason::Gate(refusal) => refusal.office_words(),
            Reason::NoAddress => (
                "इस प्रसारण के किसी भी रास्ते पर इनका नंबर नहीं है।",
                "They have no address on any of its channels.",
            ),
            Reason::SharedPhone => (
                "पद जिनके पास है, वे किसी और के फ़ोन पर दर्ज हैं; संदेश उस फ़ोन के मालिक के नाम से जाता, इसलिए नहीं गया।",
                "Who holds the post is known on somebody else's phone, whose name and consent would be used; give them a number of their own.",
            ),
            Reason::NoWords => (
                "इस रास्ते और भाषा के लिए संदेश के शब्द नहीं हैं, या वे किसी पंजीकृत DLT टेम्पलेट में नहीं बैठते।",
                "It has no words for this channel and language, or no registered DLT template carries them.",
            ),
            Reason::Unreadable => (
                "इनका रिकॉर्ड पढ़ा नहीं जा सका; `samvad doctor` चलाकर देखें।",
                "Their record cannot be read back; `samvad doctor` says more.",
            ),
            Reason::SamePerson => (
                "ये वही व्यक्ति निकले जिन्हें यह संदेश दूसरे नंबर से मिल रहा है।",
                "They turned out to be somebody who gets it already.",
            ),
            Reason::NoContact => {
                ("इस व्यक्ति का संपर्क अब रिकॉर्ड में नहीं है।", "This person is in the records no more.")
            }
            Reason::TemplateStopped => (
                "इसका DLT टेम्पलेट बंद है (flows/dlt/ देखें)।",
                "Its DLT template is stopped; look at flows/dlt/.",
            ),
            Reason::NoSender => (
                "जिस नंबर या खाते से यह जाता, वह samvad.toml में चालू नहीं है।",
                "The number or account it leaves from is not switched on in samvad.toml.",
            ),
            Reason::Cancelled => {
                ("उससे पहले प्रसारण रद्द कर दिया गया।", "The broadcast was cancelled first.")
            }
            Reason::Erased => (
                "इस व्यक्ति की जानकारी उनके कहने पर मिटा दी गई।",
                "This person had everything of theirs erased.",
            ),
        }
    }
}

/// The words of a stored reason in both languages; of one that a newer version wrote, that.
#[must_use]
pub fn reason_words(name: &str) -> (&'static str, &'static str) {
    Reason::from_name(name).map_or(
        ("यह कारण नए संस्करण का है।", "A newer version of Samvad wrote this reason."),
        Reason::office_words,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_read_back_and_has_words() {
        let of_the_gate = Refusal::ALL.into_iter().map(Reason::Gate);
        for reason in Reason::OWN.into_iter().chain(of_the_gate) {
            assert_eq!(Reason::from_name(reason.name()), Some(reason), "{}", reason.name());
            let (hindi, english) = reason.office_words();
            assert!(hindi.chars().any(|sign| ('\u{900}'..='\u{97f}').contains(&sign)), "{hindi}");
            assert!(english.ends_with('.'), "{english}");
        }
    }

    #[test]
    fn a_reason_of_a_newer_version_is_told_as_such() {
        assert_eq!(Reason::from_name("of_tomorrow"), None);
        assert!(reason_words("of_tomorrow").1.contains("newer version"));
    }
}
