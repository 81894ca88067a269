//! A missed call: a wish without a word.

use jiff::SignedDuration;

use super::Run;
use crate::fact::Fact;
use crate::message::InboundContent;

impl Run<'_> {
    /// Whoever rings asks for what is open, or for the flow the office chose for this number.
    pub(super) fn rang(&mut self, flow: &str, once_in: SignedDuration) {
        let since = |rang| self.turn.now.duration_since(rang);
        if self.contact.rang.is_some_and(|rang| since(rang) < once_in) {
            return;
        }
        self.fact(Fact::Rang);
        self.rung_for = self.flows.by_name.get(flow).copied();
        // It is as if they had opened the chat; a call is never too late for a question.
        self.message(&InboundContent::Welcome, self.turn.now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::Contact;
    use crate::flow::shipped_tests::shipped;
    use crate::flow::{Event, Flows, Rendering, Talk};

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    fn flows() -> Flows {
        shipped().1
    }

    fn rings(talk: &mut Talk, flows: &Flows) -> Vec<String> {
        let (replies, _) = talk.event(flows, Event::Rang { flow: "join", once_in: HOUR });
        replies.iter().map(|reply| reply.content.body().to_owned()).collect()
    }

    fn caller() -> Talk {
        Talk::new(Contact { id: 1, ..Contact::default() }, Rendering::Sms)
    }

    #[test]
    fn a_missed_call_begins_the_flow_of_the_number() {
        let (flows, mut talk) = (flows(), caller());
        let said = rings(&mut talk, &flows);
        assert_eq!(said.len(), 1);
        let mut writer = caller();
        let (asked, _) = writer.write(&flows, "सदस्य बनना है");
        assert_eq!(said[0], asked[0].content.body());
    }

    #[test]
    fn rings_close_together_are_one_wish_and_later_ones_another() {
        let (flows, mut talk) = (flows(), caller());
        assert_eq!(rings(&mut talk, &flows).len(), 1);
        for _ in 0..3 {
            talk.wait(&flows, SignedDuration::from_mins(10));
            assert_eq!(rings(&mut talk, &flows), Vec::<String>::new());
        }
        talk.wait(&flows, SignedDuration::from_mins(30));
        assert_eq!(rings(&mut talk, &flows).len(), 1, "an hour after the one that was answered");
    }

    #[test]
    fn a_ring_in_the_middle_asks_the_open_question_again() {
        let (flows, mut talk) = (flows(), caller());
        talk.write(&flows, "सदस्य बनना है");
        let (year, _) = talk.write(&flows, "1");
        let again = rings(&mut talk, &flows);
        assert!(again[0].ends_with(year[0].content.body().lines().last().unwrap()), "{again:?}");
        let (name, _) = talk.write(&flows, "1985");
        assert!(name[0].content.body().contains("नाम"), "the conversation goes on: {name:?}");
    }

    #[test]
    fn a_number_for_a_flow_that_is_gone_begins_the_default_one() {
        let (flows, mut talk) = (flows(), caller());
        let (said, _) = talk.event(&flows, Event::Rang { flow: "gone", once_in: HOUR });
        let (greeted, _) = caller().send(&flows, &InboundContent::Welcome);
        assert_eq!(said, greeted);
    }
}
