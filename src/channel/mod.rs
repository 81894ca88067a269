//! The roads: decode what comes in, encode and send what goes out. A channel knows its provider's
//! formats and errors, and nothing of flows, limits or retries.

pub mod missed_call;
pub mod picture;
pub mod simulator;
pub mod sms;
pub mod whatsapp;

use std::future::Future;
use std::time::Duration;

use crate::intake::{Admission, Intake};
use crate::message::{Asks, Channel, Envelope, Mark, Outgoing};

/// Who takes an envelope: the intake, or a test's stand-in for it.
pub trait Admit: Clone + Send + Sync + 'static {
    /// Takes one envelope whole and answers when all of it is committed.
    fn admit(&self, envelope: Envelope) -> impl Future<Output = Admission> + Send;
}

impl Admit for Intake {
    fn admit(&self, envelope: Envelope) -> impl Future<Output = Admission> + Send {
        Intake::admit(self, envelope)
    }
}

/// What a call to a provider came to, in classes the sender acts on without knowing the provider.
#[derive(Clone, Debug, PartialEq)]
pub enum SendAnswer {
    /// The provider took it. `held`: it keeps it for a quality check first.
    Accepted {
        provider_id: Option<String>,
        held: bool,
    },
    Refused(SendError),
    /// The request left, or may have left, and no answer was seen. Never retried blindly.
    NoAnswer,
    /// The request certainly did not leave (connection refused, name not found): safe to retry.
    NotSent,
    /// The provider has the first parts of it, so many, and this is its answer to the next.
    Partly {
        taken: u32,
        answer: Box<SendAnswer>,
    },
}

/// A provider's refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct SendError {
    pub class: ErrorClass,
    /// The provider's code (`130429`), where there is one.
    pub code: Option<i64>,
    pub http: Option<u16>,
    pub retry_after: Option<Duration>,
}

/// What to do about a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The same message again, later, with growing jittered waits, at most so often.
    Retry { times: u32 },
    /// Too fast for this number of ours: slow every message of it down, then again.
    Throttle,
    /// Too fast for this person: wait for this person only (4^attempt seconds), then again.
    WaitRecipient,
    /// The account, number or token is at fault: stop this sender, keep the queue, call the operator.
    PauseSender,
    /// The template it is sent by is at fault: hold what leaves by it, call the operator.
    StopTemplate,
    /// Never this message to this person on this channel.
    Never,
    /// Never here, but another channel may reach them.
    OtherChannel,
    /// Outside the window: only an approved template may go.
    NeedsTemplate,
    /// The person told the provider to stop us: never, and a withdrawal for the ledger.
    OptedOut,
    /// Not before a day has passed, at most once more.
    Tomorrow,
    /// Never this message: the operators keep such a mark of the number.
    Marked(Mark),
}

impl ErrorClass {
    /// What a refusal of this class asks for beyond its message. The same for the answer to a call and for
    /// a report, but that a report tells of [`ErrorClass::Retry`] only where the provider itself failed.
    #[must_use]
    pub const fn asks(self) -> Option<Asks> {
        match self {
            ErrorClass::PauseSender => Some(Asks::Rest),
            ErrorClass::StopTemplate => Some(Asks::StopTemplate),
            ErrorClass::Marked(mark) => Some(Asks::Mark(mark)),
            ErrorClass::OptedOut => Some(Asks::OptOut),
            ErrorClass::Retry { .. } => Some(Asks::Again),
            ErrorClass::Throttle
            | ErrorClass::WaitRecipient
            | ErrorClass::Never
            | ErrorClass::OtherChannel
            | ErrorClass::NeedsTemplate
            | ErrorClass::Tomorrow => None,
        }
    }
}

/// What an operator does about a template that the provider refuses with this code; `None` for a code
/// that says nothing about a template.
#[must_use]
pub const fn template_advice(channel: Channel, code: i64) -> Option<&'static str> {
    match channel {
        Channel::Whatsapp => whatsapp::errors::template_advice(code),
        Channel::Sms => sms::template_advice(code),
        _ => None,
    }
}

/// Whether a provider's code says that the template is refused whoever it is sent to.
#[must_use]
pub const fn refuses_template(channel: Channel, code: i64) -> bool {
    matches!(channel, Channel::Whatsapp) && whatsapp::errors::refuses_template(code)
}

/// The class of a failure by the code that is kept of it: of WhatsApp's own codes, and by SMS of those of
/// India's operators, which are the same with every vendor. `None` for any other.
#[must_use]
pub fn failure(channel: Channel, code: i64) -> Option<ErrorClass> {
    match channel {
        Channel::Whatsapp => whatsapp::errors::published(code),
        Channel::Sms => sms::road::classes::scrubbed(code),
        _ => None,
    }
}

/// What a code of India's operators is called, and what an office does about it; `None` for any other.
#[must_use]
pub fn scrubbing(channel: Channel, code: i64) -> Option<(&'static str, &'static str)> {
    match channel {
        Channel::Sms => sms::scrubbing(code),
        _ => None,
    }
}

/// The senders of all configured channels.
#[derive(Clone, Debug, Default)]
pub struct Senders {
    pub whatsapp: Option<whatsapp::Sender>,
    /// Shows the person that we are typing, beside that their message was read.
    pub typing: bool,
    pub simulator: Option<simulator::Hub>,
    pub sms: Option<sms::Sender>,
}

impl Senders {
    /// What the message needs before it is sent, where its channel wants something: at most some
    /// seconds, whatever a send may take.
    pub async fn prepare(&self, outgoing: &Outgoing) {
        if let (Channel::Whatsapp, Some(sender)) = (outgoing.channel, &self.whatsapp) {
            sender.prepare(outgoing).await;
        }
    }

    /// Makes the one call that sends this message. `None`: no sender is configured for its channel.
    pub async fn send(&self, outgoing: &Outgoing) -> Option<SendAnswer> {
        match outgoing.channel {
            Channel::Whatsapp => Some(self.whatsapp.as_ref()?.send(outgoing).await),
            Channel::Simulator => Some(self.simulator.as_ref()?.send(outgoing)),
            // In a box: its parts and roads would make every message's way as large as theirs.
            Channel::Sms => Some(Box::pin(self.sms.as_ref()?.send(outgoing)).await),
            _ => None,
        }
    }

    /// The short messages a message leaves as; `None` on another channel.
    #[must_use]
    pub fn parts(&self, outgoing: &Outgoing) -> Option<usize> {
        match (outgoing.channel, &self.sms) {
            (Channel::Sms, Some(sender)) => sender.parts(outgoing),
            _ => None,
        }
    }

    /// Shows the person that the message this one answers was read; best effort, not worth a retry.
    pub async fn mark_read(&self, outgoing: &Outgoing) {
        if outgoing.channel != Channel::Whatsapp {
            return;
        }
        let (Some(sender), Some(message)) = (&self.whatsapp, &outgoing.answers) else { return };
        if let Err(error) = sender.mark_read(&outgoing.account, message, self.typing).await {
            tracing::debug!(%error, "a message could not be marked as read");
        }
    }
}
