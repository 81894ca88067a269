//! What a turn says by SMS while a registry is in force: each message is one of its templates. What has
//! none is not said, and the office learns of it; nor is advertising to a number to which the operators
//! let none through.

use crate::contact::{Contact, Language};
use crate::dlt::{Among, Registry};
use crate::flow::Rendering;
use crate::flow::load::Flows;
use crate::flow::polling::RECEIPT;
use crate::flow::text::TextId;
use crate::flow::turn::{Run, Said};
use crate::gate;
use crate::message::{Content, Lane, Registered};

/// What a receipt looks like.
const A_RECEIPT: &str = "7K2-QXM-9ZT";

/// So many texts are looked for in one template.
const MOST_TOGETHER: usize = 6;

/// Something that could not be said by SMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsaid {
    /// The texts it was made of, by name.
    pub texts: Vec<String>,
    /// The reason's name in metrics.
    pub reason: &'static str,
    /// The reason for the office; holds nothing a person wrote.
    pub words: String,
}

impl Flows {
    /// The registry by which everything leaves on this channel; `None` where nothing has to.
    pub(in crate::flow) fn registry_for(&self, rendering: Rendering) -> Option<&Registry> {
        let registry = self.registry.as_ref()?;
        (rendering == Rendering::Sms && registry.is_in_force()).then_some(registry)
    }

    /// The language in which a person of this one is spoken to on this channel.
    pub(in crate::flow) fn spoken(&self, rendering: Rendering, language: Language) -> Language {
        self.registry_for(rendering).map_or(language, |registry| registry.spoken(language))
    }

    /// A text as it leaves on this channel; `None`: it may not.
    pub(in crate::flow) fn leaving(&self, rendering: Rendering, body: String) -> Option<Content> {
        let Some(registry) = self.registry_for(rendering) else {
            return Some(Content::Text { body });
        };
        let dlt = carried(registry, &body)?;
        Some(Content::Registered { body, dlt })
    }
}

fn carried(registry: &Registry, body: &str) -> Option<Registered> {
    // The receipt comes into its place when the answer is sealed.
    let body = body.replace(RECEIPT, A_RECEIPT);
    let filled = registry.carry(&body, Among::Live)?;
    registry.stamp(filled.template)
}

/// What carries texts to one person.
struct Carriage<'a> {
    registry: &'a Registry,
    /// Why no advertising goes to them.
    no_advertising: Option<gate::Refusal>,
}

impl<'a> Carriage<'a> {
    fn of(registry: &'a Registry, contact: &Contact) -> Carriage<'a> {
        Carriage { registry, no_advertising: gate::no_advertising(contact) }
    }

    fn carried(&self, body: &str) -> Option<Registered> {
        carried(self.registry, body).filter(|dlt| !dlt.promotional || self.no_advertising.is_none())
    }

    /// Why it does not carry this text: a name for metrics, and words for the office.
    fn why(&self, body: &str) -> (&'static str, String) {
        if let Some(refusal) = self.no_advertising
            && carried(self.registry, body).is_some()
        {
            return (refusal.name(), refusal.office_words().1.to_owned());
        }
        let refusal = self.registry.why(body, Among::Live);
        (refusal.name(), refusal.office_words())
    }
}

/// How the texts from one on are said best.
#[derive(Clone, Debug, Default)]
struct Best {
    unsaid: usize,
    messages: usize,
    /// How many of them the first message takes; 0: the first is not said.
    takes: usize,
    dlt: Option<Registered>,
}

impl Run<'_> {
    /// Whether each text is a message of its own until it is known which go together.
    pub(in crate::flow) fn is_registered(&self) -> bool {
        self.flows.registry_for(self.turn.rendering).is_some()
    }

    /// What is said, as registered messages: as much as possible, in as few as possible. `false`: no
    /// registry decides here.
    pub(in crate::flow) fn register(&mut self) -> bool {
        let flows = self.flows;
        let Some(registry) = flows.registry_for(self.turn.rendering) else { return false };
        let carriage = Carriage::of(registry, &self.contact);
        let asked = self.question.take();
        let mut said: Vec<Said> = std::mem::take(&mut self.said);
        for one in &mut said {
            the_words_alone(&carriage, one);
        }
        let plan = planned(&carriage, &said);
        let mut rest = said.into_iter().enumerate().peekable();
        let mut unsaid = Vec::new();
        while let Some((place, first)) = rest.next() {
            let Some(best) = plan.get(place) else { continue };
            let Some(dlt) = best.dlt.clone() else {
                let (reason, words) = carriage.why(first.content.body());
                unsaid.push(Unsaid { texts: names(flows, &first.keys), reason, words });
                continue;
            };
            let mut body = first.content.body().to_owned();
            let Said { mut keys, mut outside, .. } = first;
            let mut holds_question = asked == Some(place);
            for _ in 1..best.takes {
                let Some((place, next)) = rest.next() else { break };
                body.push('\n');
                body.push_str(next.content.body());
                keys.extend(next.keys);
                outside = outside.or(next.outside);
                holds_question |= asked == Some(place);
            }
            if holds_question {
                self.question = Some(self.said.len());
            }
            let content = Content::Registered { body, dlt };
            self.said.push(Said { outside, ..Said::new(content, keys) });
        }
        // What was never seen is not answered: whatever the person writes next shows it again, also on
        // another channel.
        if asked.is_some() && self.lane != Lane::Reminder {
            self.session.unasked = self.question.is_none();
        }
        if !unsaid.is_empty() && self.said.is_empty() {
            self.say_instead(&carriage);
        }
        self.unsaid = unsaid;
        true
    }

    /// Nothing of all that may leave: where else the person is heard, if that may.
    fn say_instead(&mut self, carriage: &Carriage<'_>) {
        let Some(instead) = self.flows.common.sms_instead else { return };
        let mut body = String::new();
        self.write(instead, &[], &mut body);
        if let Some(dlt) = carriage.carried(&body) {
            let content = Content::Registered { body, dlt };
            self.said.push(Said::new(content, vec![instead]));
        }
    }
}

/// A question whose choices no template has: its words, where those have one.
fn the_words_alone(carriage: &Carriage<'_>, said: &mut Said) {
    let Some(words) = said.words.take() else { return };
    if carriage.carried(said.content.body()).is_none() && carriage.carried(&words).is_some() {
        said.content = Content::Text { body: words };
    }
}

/// The best way to say the texts from each on.
fn planned(carriage: &Carriage<'_>, said: &[Said]) -> Vec<Best> {
    let mut plan = vec![Best::default(); said.len() + 1];
    for from in (0..said.len()).rev() {
        let after =
            |place: usize| plan.get(place).map_or((0, 0), |best| (best.unsaid, best.messages));
        let (unsaid, messages) = after(from + 1);
        let mut best = Best { unsaid: unsaid + 1, messages, takes: 0, dlt: None };
        let mut body = String::new();
        for (takes, one) in (1..=MOST_TOGETHER).zip(said.get(from..).unwrap_or_default()) {
            if takes > 1 {
                body.push('\n');
            }
            body.push_str(one.content.body());
            let (unsaid, messages) = after(from + takes);
            let is_better = (unsaid, messages + 1) < (best.unsaid, best.messages);
            if is_better && let Some(dlt) = carriage.carried(&body) {
                best = Best { unsaid, messages: messages + 1, takes, dlt: Some(dlt) };
            }
        }
        if let Some(place) = plan.get_mut(from) {
            *place = best;
        }
    }
    plan
}

fn names(flows: &Flows, keys: &[TextId]) -> Vec<String> {
    keys.iter().filter_map(|id| flows.text(*id)).map(|text| text.key.clone()).collect()
}
