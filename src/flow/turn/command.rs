//! Words that work everywhere, and what they do to the conversation under way.

use super::{DEEPEST_CALL, Lead, Run};
use crate::fact::{Consent, Fact};
use crate::flow::walk::sha256_hex;
use crate::message::{Channel, Purpose};
use crate::understanding::Command;

impl Run<'_> {
    /// Does what a word that works everywhere asks for; `false` when this office has nothing for it.
    pub(in crate::flow) fn command(&mut self, command: Command) -> bool {
        match command {
            Command::Menu => self.start(self.flows.default),
            Command::Stop => match self.flows.leave {
                Some(flow) => self.start(flow),
                None => return false,
            },
            Command::Help => return self.aside(self.flows.help),
            Command::Language => return self.aside(self.flows.language),
            Command::MyData => return self.aside(self.flows.my_data),
            Command::Restart => match self.flows.flow(self.flow) {
                Some(_) if self.open => self.again_from_the_beginning(self.flow),
                _ => self.start(self.flows.default),
            },
            Command::Back => self.back(),
            Command::Notice => return self.say_notice(),
        }
        true
    }

    /// Takes one channel out of what the person agreed to, or gives back what they took out; `false`: there
    /// is nothing to give back.
    pub(in crate::flow) fn narrow(&mut self, channel: Channel, wants: bool) -> bool {
        let taken_out = |purpose: &Purpose| {
            self.contact.consents_to(*purpose) && self.contact.withdrew_on(*purpose, channel)
        };
        let about: Vec<Purpose> = Purpose::ALL
            .into_iter()
            .filter(|purpose| !purpose.is_of_a_conversation())
            .filter(|purpose| !wants || taken_out(purpose))
            .collect();
        if about.is_empty() {
            return false;
        }
        for purpose in about {
            let word = if wants { "consent" } else { "withdraw" };
            let rule = format!("{word} {} on {channel}", purpose.name());
            self.fact(Fact::Consent(Consent {
                purpose,
                given: wants,
                notice: None,
                wording: Some(sha256_hex(&rule)),
                how: "keyword".to_owned(),
                only: Some(channel),
            }));
        }
        let common = &self.flows.common;
        let text = if wants { common.channel_back } else { common.channel_stopped };
        let name = match channel {
            Channel::Sms => "SMS",
            Channel::Whatsapp => "WhatsApp",
            other => other.name(),
        };
        self.say_about(text, "channel", name.to_owned());
        if self.open_question().is_some() {
            self.show(&[]);
        }
        true
    }

    /// A flow beside the open question: it comes back to that when it ends.
    fn aside(&mut self, flow: Option<usize>) -> bool {
        let Some(flow) = flow else { return false };
        if self.open && self.flow == flow {
            self.again_from_the_beginning(flow);
        } else if self.stands() && self.session.calls.len() < DEEPEST_CALL {
            self.interrupt(flow);
        } else {
            self.start(flow);
        }
        true
    }

    /// A flow begun by its own word while a question is open: the flows beside every other one come
    /// back to it, any other takes its place.
    pub(in crate::flow) fn turn_to(&mut self, flow: usize) {
        let beside = [self.flows.help, self.flows.language, self.flows.my_data];
        if beside.contains(&Some(flow)) {
            self.aside(Some(flow));
        } else {
            self.start(flow);
        }
    }

    fn say_notice(&mut self) -> bool {
        let asked = self.open_question().and_then(|(ask, _)| ask.notice);
        let purpose = asked.unwrap_or(Purpose::Membership);
        let Some(notice) = self.flows.notice(purpose) else { return false };
        self.say(notice.text);
        if self.open_question().is_some() {
            self.show(&[]);
        }
        true
    }

    /// One question back, by the way the person came; what was answered since is forgotten.
    fn back(&mut self) {
        if !self.open {
            self.start(self.flows.default);
            return;
        }
        let Some(flow) = self.flows.flow(self.flow) else {
            self.start(self.flows.default);
            return;
        };
        let current = self.session.step.clone();
        while let Some(name) = self.session.history.pop() {
            self.forget_unless_answered_before(&name);
            if let Some(step) = flow.step(&name) {
                self.forget_unless_answered_before(&current);
                self.same_ballot_again(step);
                self.walk(step);
                return;
            }
        }
        // The first question of a flow that was called leads back to the one before it.
        if !self.session.calls.is_empty() {
            self.leave_called_flow();
            return;
        }
        if self.open_question().is_some() {
            self.show(&[Lead::plain(self.flows.common.back_none)]);
        } else if self.session.rest.is_some() {
            self.say(self.flows.common.back_none);
        } else {
            self.resume_edited();
        }
    }

    /// The answer of a step the way back leads over. One that was given earlier on the way, and was
    /// only about to be changed, stays.
    fn forget_unless_answered_before(&mut self, step: &str) {
        if !self.session.history.iter().any(|known| known == step) {
            self.session.answers.remove(step);
        }
    }

    /// Back out of a called flow: to the question it interrupted, or the one before the call.
    fn leave_called_flow(&mut self) {
        let Some(frame) = self.session.calls.pop() else { return };
        let interrupted = frame.interrupted;
        self.session.answers.clear();
        self.come_back(frame);
        if interrupted && self.session.rest.is_some() {
            self.answer_at_rest();
        } else if interrupted {
            self.resume_edited();
        } else {
            self.back();
        }
    }
}
