//! What the bot says in a rehearsal, held against what is written: its texts in their order, buttons and
//! pictures, and whether they leave.

use super::{Heard, PICTURES, Stage, template_name};
use crate::contact::Language;
use crate::flow::code::Code;
use crate::flow::diagnostic::{Findings, did_you_mean, one_of_these};
use crate::flow::draft::word;
use crate::flow::talk::Left;
use crate::flow::text::Text;
use crate::flow::yaml::{Kind as YamlKind, Node, Word};
use crate::gate::Refusal;
use crate::understanding;

impl Stage<'_> {
    /// The next text of the bot has this name.
    pub(super) fn bot(&mut self, key: &Word, findings: &mut Findings<'_>) -> Option<()> {
        for heard in &mut self.said {
            let from = heard.matched.unwrap_or(0);
            let rest = heard.keys.get(from..).unwrap_or_default();
            if let Some(found) = rest.iter().position(|known| *known == key.text) {
                heard.matched = Some(from + found + 1);
                return Some(());
            }
            // A reply may hold more than the transcript names, but none may be passed over.
            if heard.matched.is_none() {
                break;
            }
        }
        let next = self.said.iter().find(|heard| heard.matched.is_none());
        let known = self.flows.texts.iter().any(|text| text.key == key.text);
        let message = match next {
            Some(heard) => {
                format!("expected `{}`, got `{}`", key.text, heard.keys.join("` + `"))
            }
            None => format!("expected `{}`, got nothing more", key.text),
        };
        let hint = match next {
            _ if !known => self.no_such_text(&key.text, next),
            Some(heard) => {
                let because = self.why_otherwise(heard).unwrap_or_default();
                format!("{because}the bot says: {}", heard.body.replace('\n', " / "))
            }
            None => self.stands_still(),
        };
        findings.error_hint(key.place, message, hint);
        None
    }

    /// A name no text has: near to one, or the words of one.
    fn no_such_text(&self, wanted: &str, next: Option<&Heard>) -> String {
        let texts = || self.flows.texts.iter();
        let keys: Vec<&str> = texts().map(|text| text.key.as_str()).collect();
        if let Some(meant) = did_you_mean(wanted, keys.iter().copied()) {
            return format!("no text is named `{wanted}`; {meant}");
        }
        let folded = understanding::fold(wanted);
        let said = self.said.iter().find(|heard| {
            !folded.is_empty() && understanding::fold(&heard.body).starts_with(&folded)
        });
        let reads_so = |text: &&Text| {
            Language::ALL.into_iter().any(|language| {
                let words = text.pattern(language).as_constant().unwrap_or_default();
                !folded.is_empty() && understanding::fold(words) == folded
            })
        };
        let named = texts().find(reads_so).map(|text| text.key.as_str());
        if let Some(name) =
            named.or_else(|| said.and_then(|heard| heard.keys.first()).map(String::as_str))
        {
            return format!(
                "`bot:` takes the name of a text, and these are its words: write `- bot: {name}`"
            );
        }
        match next.and_then(|heard| heard.keys.first()) {
            Some(name) => format!("`bot:` takes the name of a text; what the bot says is `{name}`"),
            None => format!("no text is named `{wanted}`; {}", self.stands_still()),
        }
    }

    /// Why nothing more is said, and which line would let the talk go on.
    fn stands_still(&self) -> String {
        let Some(session) = &self.talk.session else {
            return "the conversation is over".to_owned();
        };
        let step = &session.step;
        if self.talk.asked().is_some() {
            return format!(
                "the flow waits for the other computer (step `{step}`): add the line \
                 `- fetched: {{status: 200, body: {{…}}}}` above, or `- fetched: failed`"
            );
        }
        if self.talk.contact.handed_over {
            return "somebody of the office talks here: add the line `- office: done` above"
                .to_owned();
        }
        let rests = session.rest.as_ref().and_then(|rest| rest.until);
        match rests {
            Some(until) => {
                let left = (until - self.talk.now.as_millisecond()) / 1_000;
                format!(
                    "the flow rests (step `{step}`): add the line `- wait: {}` above",
                    in_a_word(left)
                )
            }
            None => "the bot waits for the person".to_owned(),
        }
    }

    /// What the person wrote, where the bot took it otherwise than the transcript: for no answer, or
    /// for the start word of a flow.
    fn why_otherwise(&self, heard: &Heard) -> Option<String> {
        let (wrote, begun) = self.wrote.as_ref()?;
        if heard.keys.first().is_some_and(|key| key == "again") {
            return Some(format!("`{wrote}` is no answer to the question; "));
        }
        if heard.keys.first().is_some_and(|key| key == "did-you-mean") {
            let mut words = self
                .flows
                .list
                .iter()
                .flat_map(|flow| flow.words.iter().map(move |word| (flow, word)));
            let (flow, word) = words.find(|(_, word)| heard.body.contains(word.as_str()))?;
            return Some(format!("`{word}` is a start word of the flow `{}`; ", flow.name));
        }
        let flow = begun.as_ref()?;
        Some(format!("`{wrote}` is a start word of the flow `{flow}`; "))
    }

    /// Before the person speaks again, every reply must have been named, and whether it leaves.
    pub(super) fn nothing_unheard(&mut self, findings: &mut Findings<'_>) -> Option<()> {
        let Some(heard) = self.said.iter().find(|heard| heard.matched.is_none()) else {
            return self.nothing_kept_back(findings);
        };
        findings.error_hint(
            self.place,
            format!("the bot also says `{}` to this", heard.keys.join("` + `")),
            format!("add the line `- bot: {}`", heard.keys.last().map_or("", String::as_str)),
        );
        None
    }

    /// What nobody would ever read is no conversation, unless the transcript says that it is so.
    fn nothing_kept_back(&self, findings: &mut Findings<'_>) -> Option<()> {
        let kept = self.said.iter().find_map(|heard| match heard.left {
            Left::KeptBack(refusal) if !heard.known_kept_back => Some((heard, refusal)),
            _ => None,
        });
        let Some((heard, refusal)) = kept else { return Some(()) };
        let (_, words) = refusal.office_words();
        let cure = match refusal {
            Refusal::NoConsent => "Ask for it before (`notice: …`)",
            Refusal::WindowClosed => "Give the step a template",
            _ => "Let the conversation go another way",
        };
        findings.error_hint(
            self.place,
            format!("expected the bot to say `{}`, and it never leaves", heard.keys.join("` + `")),
            format!("{words} {cure}, or, if that is meant, add `- kept_back: {}`", refusal.name()),
        );
        None
    }

    /// A reply of the newest turn left by this template.
    pub(super) fn template(&self, value: &Node, findings: &mut Findings<'_>) -> Option<()> {
        let wanted = word(value, "`template`", findings)?;
        let declared = self.flows.templates.iter().map(|declared| declared.name.as_str());
        if !declared.clone().any(|name| name == wanted.text) {
            findings
                .error_hint(
                    wanted.place,
                    format!("there is no template `{}`", wanted.text),
                    one_of_these(&wanted.text, declared),
                )
                .code(Code::UnknownTemplate);
            return None;
        }
        let mut left = self.said.iter().filter_map(|heard| match &heard.left {
            Left::ByTemplate(template) => Some(template_name(self.flows, template)),
            _ => None,
        });
        if left.any(|name| name == wanted.text) {
            return Some(());
        }
        findings.error_hint(
            wanted.place,
            match self.kept() {
                Some(_) => format!("expected the template `{}`, and nothing leaves", wanted.text),
                None => format!("expected the template `{}`, got free words", wanted.text),
            },
            match self.kept() {
                Some(refusal) => {
                    let (_, words) = refusal.office_words();
                    format!("{words} Or, if that is meant, write `- kept_back: {}`", refusal.name())
                }
                None => "a template leaves on WhatsApp when the person was silent for 24 hours"
                    .to_owned(),
            },
        );
        None
    }

    /// The gate keeps a reply of the newest turn back, for this reason.
    pub(super) fn kept_back(&mut self, value: &Node, findings: &mut Findings<'_>) -> Option<()> {
        let wanted = word(value, "`kept_back`", findings)?;
        let Some(reason) = Refusal::from_name(&wanted.text) else {
            findings
                .error_hint(
                    wanted.place,
                    format!("there is no reason `{}`", wanted.text),
                    one_of_these(&wanted.text, Refusal::ALL.map(Refusal::name)),
                )
                .code(Code::UnknownWord);
            return None;
        };
        let mut kept = false;
        for heard in &mut self.said {
            if heard.left == Left::KeptBack(reason) {
                heard.known_kept_back = true;
                kept = true;
            }
        }
        if kept {
            return Some(());
        }
        let (message, hint) = match self.kept() {
            Some(other) => (
                format!("`{}` keeps nothing back here, `{}` does", wanted.text, other.name()),
                format!("{} Write `- kept_back: {}`", other.office_words().1, other.name()),
            ),
            None => (
                format!(
                    "expected that `{}` keeps something back, and everything leaves",
                    wanted.text
                ),
                "take the line out".to_owned(),
            ),
        };
        findings.error_hint(wanted.place, message, hint);
        None
    }

    /// Why something of the newest turn does not leave, where the transcript has not said so yet.
    fn kept(&self) -> Option<Refusal> {
        self.said.iter().find_map(|heard| match heard.left {
            Left::KeptBack(refusal) if !heard.known_kept_back => Some(refusal),
            _ => None,
        })
    }

    pub(super) fn shown_choices(&self) -> Vec<String> {
        self.said
            .iter()
            .rev()
            .find(|heard| !heard.choices.is_empty())
            .map(|heard| heard.choices.clone())
            .unwrap_or_default()
    }

    pub(super) fn buttons(&self, value: &Node, findings: &mut Findings<'_>) -> Option<()> {
        let YamlKind::List(items) = &value.kind else {
            findings.error_hint(value.place, "`buttons` is a list", "buttons: [yes, no]");
            return None;
        };
        let wanted: Vec<String> =
            items.iter().filter_map(Node::word).map(|word| word.text).collect();
        let shown = self.shown_choices();
        if wanted == shown {
            return Some(());
        }
        let place = items.first().map_or(value.place, |item| item.place);
        findings.error(
            place,
            format!("expected the buttons [{}], got [{}]", wanted.join(", "), shown.join(", ")),
        );
        None
    }

    /// A reply of the newest turn is this picture.
    pub(super) fn picture(&self, value: &Node, findings: &mut Findings<'_>) -> Option<()> {
        let wanted = word(value, "`picture`", findings)?;
        if !PICTURES.contains(&wanted.text.as_str()) {
            findings.error_hint(
                wanted.place,
                format!("there is no picture `{}`", wanted.text),
                one_of_these(&wanted.text, PICTURES),
            );
            return None;
        }
        let shown = self.said.iter().filter_map(|heard| heard.picture);
        if shown.into_iter().any(|shown| shown == wanted.text) {
            return Some(());
        }
        findings.error_hint(
            wanted.place,
            format!("expected the picture `{}`, got words alone", wanted.text),
            "only a member has a card, and a short message has no pictures",
        );
        None
    }
}

/// `2d`, `3h`, `90m`: so many seconds as a rehearsal writes them.
fn in_a_word(seconds: i64) -> String {
    let units = [(86_400, 'd'), (3_600, 'h'), (60, 'm')];
    let whole = units.into_iter().find(|(unit, _)| seconds > 0 && seconds % unit == 0);
    whole.map_or_else(
        || format!("{}s", seconds.max(1)),
        |(unit, letter)| format!("{}{letter}", seconds / unit),
    )
}
