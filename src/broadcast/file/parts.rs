//! The parts of a broadcast's file beside its words: header, buttons, senders, hours, the other way.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, ToSpan as _};

use super::{
    CHANNELS, EXAMPLE_MOMENT, FALLBACK_KEYS, HEADERS, Reader, SEND_KEYS, STOP, STOP_PAYLOAD,
};
use crate::broadcast::frozen::{Fallback, Sender};
use crate::broadcast::said::Said;
use crate::broadcast::send::{Before, LONGEST_DAYS, Repeat, Times, hour_of_day, moment};
use crate::flow::Code;
use crate::flow::author::{
    Node, Place, Word, duration, get, known_keys, map, one_of_these, start_of, word, words,
};
use crate::message::{Channel, MediaKind, MediaSource, TemplateHeader};
use crate::template::Declared;

/// From the first message to the last. What left longer ago is no more looked for when somebody answers.
const LONGEST: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Reader<'_, '_, '_> {
    /// `header: {image: https://…}`.
    pub(super) fn header(&mut self, node: &Node) -> Option<TemplateHeader> {
        let entries = map(node, "`header`", self.findings)?;
        known_keys(entries, &HEADERS.map(MediaKind::name), self.findings);
        let (kind, source) = HEADERS
            .into_iter()
            .find_map(|kind| get(entries, kind.name()).map(|node| (kind, node)))?;
        let source = word(source, "a header", self.findings)?;
        if !source.text.starts_with("https://") {
            self.error(
                source.place,
                Code::BadAddress,
                "WhatsApp fetches a header by https alone",
                "write its address: https://…",
            );
        }
        Some(TemplateHeader::Media { kind, source: MediaSource::Link(source.text) })
    }

    /// `buttons: {yes: join}`: the flow a tap begins.
    pub(super) fn buttons(&mut self, node: &Node, declared: &Declared) -> Vec<(String, String)> {
        let entries = map(node, "`buttons`", self.findings).unwrap_or_default();
        let mut payloads = Vec::new();
        for (choice, node) in entries {
            if !declared.buttons.contains(&choice.text) {
                let hint = if declared.buttons.is_empty() {
                    "take it away: the template has no buttons".to_owned()
                } else {
                    one_of_these(&choice.text, declared.buttons.iter().map(String::as_str))
                };
                let message =
                    format!("the template `{}` has no button `{}`", declared.name, choice.text);
                self.error(choice.place, Code::TemplateFits, message, hint);
                continue;
            }
            if node.word().is_some_and(|word| word.text == STOP) {
                payloads.push((choice.text.clone(), STOP_PAYLOAD.to_owned()));
                continue;
            }
            let Some(flow) = self.flow(node, "a button's flow") else { continue };
            match self.around.flows.beginning(&flow) {
                Some(payload) => payloads.push((choice.text.clone(), payload.to_owned())),
                None => self.error(
                    start_of(node),
                    Code::UnknownFlow,
                    format!("nothing begins the flow `{flow}`"),
                    format!("give it `start: {{link: {flow}}}`"),
                ),
            }
        }
        payloads
    }

    /// The name of a flow there is.
    pub(super) fn flow(&mut self, node: &Node, what: &str) -> Option<String> {
        let written = word(node, what, self.findings)?;
        if self.around.flows.get(&written.text).is_some() {
            return Some(written.text);
        }
        let hint = one_of_these(&written.text, self.around.flows.names().collect::<Vec<_>>());
        let message = format!("there is no flow `{}`", written.text);
        self.error(written.place, Code::UnknownFlow, message, hint);
        None
    }

    /// Those that are named, or all of the channels it speaks on.
    pub(super) fn senders(
        &mut self,
        node: Option<&Node>,
        said: &Said,
        beginning: Place,
    ) -> Vec<Sender> {
        let all: Vec<Sender> = self
            .around
            .senders
            .iter()
            .filter(|sender| said.speaks_on(sender.channel))
            .cloned()
            .collect();
        let Some(node) = node else {
            if all.is_empty() && !self.around.senders.is_empty() {
                self.findings
                    .warn(
                        beginning,
                        "the office has no number or account for what this broadcast says",
                        "switch on [whatsapp], or an account of [sms.accounts], in samvad.toml",
                    )
                    .code(Code::ConfigValue);
            }
            return all;
        };
        let mut senders = Vec::new();
        for named in words(node, "`senders`", self.findings) {
            // A channel is all of its numbers.
            let of: Vec<Sender> = all
                .iter()
                .filter(|known| known.account == named.text || known.channel.name() == named.text)
                .cloned()
                .collect();
            if of.is_empty() && !self.around.senders.is_empty() {
                let mut known: Vec<&str> = all.iter().map(|known| known.account.as_str()).collect();
                for channel in CHANNELS.into_iter().filter(|channel| said.speaks_on(*channel)) {
                    known.push(channel.name());
                }
                let hint = one_of_these(&named.text, known);
                let message =
                    format!("no number or account `{}` sends what this broadcast says", named.text);
                self.error(named.place, Code::UnknownWord, message, hint);
            }
            senders.extend(of);
        }
        senders.sort_unstable();
        senders.dedup();
        senders
    }

    /// `fallback: {channel: sms, after: 6h}`.
    pub(super) fn fallback(
        &mut self,
        node: &Node,
        said: &Said,
        senders: &[Sender],
    ) -> Option<Fallback> {
        let entries = map(node, "`fallback`", self.findings)?;
        known_keys(entries, &FALLBACK_KEYS, self.findings);
        let (Some(channel), Some(after)) = (get(entries, "channel"), get(entries, "after")) else {
            self.error(
                start_of(node),
                Code::MissingKey,
                "the other way needs its channel and its time",
                "write `fallback: {channel: sms, after: 6h}`",
            );
            return None;
        };
        let written = word(channel, "`channel`", self.findings)?;
        let Some(found) = CHANNELS.into_iter().find(|known| known.name() == written.text) else {
            let hint = one_of_these(&written.text, CHANNELS.map(Channel::name));
            let message = format!("there is no channel `{}`", written.text);
            self.error(written.place, Code::UnknownWord, message, hint);
            return None;
        };
        if !said.speaks_on(found) {
            let hint = match found {
                Channel::Sms => "add `sms: {say: …}`",
                _ => "add `template: …`",
            };
            let message = format!("the broadcast says nothing by {}", written.text);
            self.error(written.place, Code::MissingText, message, hint);
        } else if !senders.iter().any(|sender| sender.channel == found) {
            self.no_sender_of(&written, found);
        }
        let seconds = duration(after, self.findings)?;
        Some(Fallback { channel: found, after_ms: seconds.saturating_mul(1_000) })
    }

    /// By the other way nothing would leave. Where the office has no number or account at all yet, that is told for
    /// all of it.
    fn no_sender_of(&mut self, written: &Word, channel: Channel) {
        if self.around.senders.is_empty() {
            return;
        }
        let is_ours = self.around.senders.iter().any(|sender| sender.channel == channel);
        let hint = match channel {
            _ if is_ours => format!("add `{}` to `senders`, or take `fallback` away", written.text),
            Channel::Sms => {
                "switch on an account of [sms.accounts] in samvad.toml, or take `fallback` away"
                    .to_owned()
            }
            _ => "switch on [whatsapp] in samvad.toml, or take `fallback` away".to_owned(),
        };
        let message = format!(
            "none of its `senders` sends by {}: nobody would be reached the second way",
            written.text
        );
        self.error(written.place, Code::UnknownWord, message, hint);
    }

    /// `send: {from: 2026-12-06 10:00, before: 20:00, repeat: weekly, until: 2027-03-07}`.
    pub(super) fn send(&mut self, node: &Node) -> Option<Times> {
        let entries = map(node, "`send`", self.findings)?;
        known_keys(entries, &SEND_KEYS, self.findings);
        let from = match get(entries, "from") {
            Some(node) => Some(self.moment(node, "`from`")?),
            None => None,
        };
        let repeat = match get(entries, "repeat") {
            Some(node) => {
                let written = word(node, "`repeat`", self.findings)?;
                let found = Repeat::from_name(&written.text);
                if found.is_none() {
                    let hint = one_of_these(&written.text, Repeat::ALL.map(Repeat::name));
                    let message = format!("nothing comes again `{}`", written.text);
                    self.error(written.place, Code::UnknownWord, message, hint);
                }
                found
            }
            None => None,
        };
        let Some(node_before) = get(entries, "before") else {
            self.error(
                start_of(node),
                Code::MissingKey,
                "`send` does not say when it must be over",
                format!("add `before: {EXAMPLE_MOMENT}`: nothing leaves after that"),
            );
            return None;
        };
        let hour = node_before.word().and_then(|word| hour_of_day(&word.text));
        let before = match (hour, from) {
            (Some(hour), Some(_)) => Before::SameDay(hour),
            (Some(_), None) => {
                self.error(
                    start_of(node_before),
                    Code::BadDate,
                    "an hour alone is of the day it begins on, and no `from` says that",
                    format!("write the day too: `before: {EXAMPLE_MOMENT}`"),
                );
                return None;
            }
            (None, _) => Before::At(self.moment(node_before, "`before`")?),
        };
        if repeat.is_some() && from.is_none() {
            self.error(
                start_of(node),
                Code::MissingKey,
                "what comes again needs its first day and hour",
                format!("add `from: {EXAMPLE_MOMENT}`"),
            );
            return None;
        }
        let is_backwards = from.is_some_and(|from| match before {
            Before::At(before) => before <= from,
            Before::SameDay(hour) => hour <= from.time(),
        });
        if is_backwards {
            self.error(
                start_of(node_before),
                Code::BadBounds,
                "it is over before it begins",
                "`before` is later than `from`",
            );
            return None;
        }
        let is_endless = from.is_some_and(|from| match before {
            Before::At(before) => before.duration_since(from) > LONGEST,
            Before::SameDay(_) => false,
        });
        if is_endless {
            self.error(
                start_of(node_before),
                Code::BadBounds,
                "from its beginning to its end it is more than 30 days",
                "`before` is 30 days after `from` at most: answers to what left longer ago are known as answers no more",
            );
            return None;
        }
        self.is_over_by_the_next(node_before, (from, before), repeat)?;
        let until = self.until(node, get(entries, "until"), repeat, from).ok()?;
        Some(Times { from, before, repeat, until })
    }

    /// What comes again is over when its next day begins; `None`: it is not, and that is told.
    fn is_over_by_the_next(
        &mut self,
        node: &Node,
        (from, before): (Option<DateTime>, Before),
        repeat: Option<Repeat>,
    ) -> Option<()> {
        let (Some(from), Some(repeat), Before::At(before)) = (from, repeat, before) else {
            return Some(());
        };
        let next = from.checked_add(repeat.shortest()).ok()?;
        if before <= next {
            return Some(());
        }
        let latest = next.strftime("%Y-%m-%d %H:%M");
        self.error(
            start_of(node),
            Code::BadBounds,
            format!("it comes again ({}) before it is over", repeat.name()),
            format!("`before: {latest}` is the latest: its next day begins then"),
        );
        None
    }

    /// The last day of what comes again: it leaves by itself, and nobody's yes is without an end. What is wrong is told,
    /// and no more of it known than that.
    fn until(
        &mut self,
        send: &Node,
        node: Option<&Node>,
        repeat: Option<Repeat>,
        from: Option<DateTime>,
    ) -> Result<Option<Date>, ()> {
        let (Some(_), Some(from)) = (repeat, from) else {
            if let Some(node) = node {
                self.error(
                    start_of(node),
                    Code::UnknownKey,
                    "`until` is the last day of what comes again, and this comes once",
                    "add `repeat: weekly`, or take it away",
                );
            }
            return Ok(None);
        };
        let first = from.date();
        let longest = first.checked_add((LONGEST_DAYS - 1).days()).unwrap_or(Date::MAX);
        let Some(node) = node else {
            let some = first.checked_add(3.months()).unwrap_or(longest);
            self.error(
                start_of(send),
                Code::MissingKey,
                "what comes again leaves by itself, and needs its last day",
                format!("add `until: {some}`; {longest} is the latest"),
            );
            return Err(());
        };
        let written = word(node, "`until`", self.findings).ok_or(())?;
        let Ok(until) = written.text.parse::<Date>() else {
            self.error(
                written.place,
                Code::BadDate,
                format!("`{}` is no day", written.text),
                format!("year, month and day: {longest}"),
            );
            return Err(());
        };
        if until < first || until > longest {
            self.error(
                written.place,
                Code::BadBounds,
                "the last day lies before the first, or more than a year behind it",
                format!("a day from {first} to {longest}"),
            );
            return Err(());
        }
        Ok(Some(until))
    }

    fn moment(&mut self, node: &Node, what: &str) -> Option<DateTime> {
        let written = word(node, what, self.findings)?;
        let found = moment(&written.text);
        if found.is_none() {
            self.error(
                written.place,
                Code::BadDate,
                format!("`{}` is no day and hour", written.text),
                format!("year, month, day and the hour in India: {EXAMPLE_MOMENT}"),
            );
        }
        found
    }
}
