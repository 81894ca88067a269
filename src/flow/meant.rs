//! "Did you mean …?" about a way to go: a word that works everywhere, ill spelt, or a word another
//! flow begins with. It is asked and never done unasked.

use super::turn::Run;
use crate::message::InboundContent;
use crate::understanding::{self, Command};

/// Words that work everywhere by their names, in the order of [`Common::commands`].
///
/// [`Common::commands`]: super::text::Common
pub(super) const COMMANDS: [(&str, Command); 8] = [
    ("menu", Command::Menu),
    ("help", Command::Help),
    ("back", Command::Back),
    ("restart", Command::Restart),
    ("language", Command::Language),
    ("stop", Command::Stop),
    ("notice", Command::Notice),
    ("my_data", Command::MyData),
];

/// What stands before the name of a word that works everywhere, which no flow's name does.
const MARK: char = '!';

impl Run<'_> {
    /// A first message that begins nothing: whether it may have been meant to. The conversation
    /// stands at the first question of the greeting meanwhile, where a "no" leads.
    pub(super) fn asks_what_was_meant(&mut self, content: &InboundContent) -> bool {
        let InboundContent::Text { text } = content else { return false };
        let mut ways: Vec<String> = self.command_meant(text).into_iter().collect();
        if ways.is_empty() {
            let sounds = self.flows.sounds.iter().map(|(place, phrase)| (*place, phrase));
            for (flow, word) in understanding::phrases_like(text, sounds) {
                // The greeting comes anyway.
                if flow == self.flows.default {
                    break;
                }
                let Some(flow) = self.flows.flow(flow) else { continue };
                let way = format!("{}/{word}", flow.name);
                let known = |known: &String| {
                    known.split_once('/').is_some_and(|(name, _)| name == flow.name)
                };
                if !ways.iter().any(known) {
                    ways.push(way);
                }
            }
        }
        if ways.is_empty() {
            return false;
        }
        self.start(self.flows.default);
        // A greeting that asks nothing, or does something, is what there is to say.
        if !self.failed && self.facts.is_empty() && self.open_question().is_some() {
            self.said.clear();
            self.session.ways = ways;
            self.show(&[]);
        }
        true
    }

    /// The word that works everywhere a text may be, ill spelt, where this office has a use for it.
    pub(super) fn command_meant(&self, text: &str) -> Option<String> {
        let command = understanding::command_like(text)?;
        let useful = match command {
            Command::Stop => self.flows.leave.is_some(),
            Command::Help => self.flows.help.is_some(),
            Command::Language => self.flows.language.is_some(),
            Command::MyData => self.flows.my_data.is_some(),
            Command::Back | Command::Restart => self.open,
            Command::Menu | Command::Notice => true,
        };
        let (name, _) = COMMANDS.into_iter().find(|(_, known)| *known == command)?;
        useful.then(|| format!("{MARK}{name}"))
    }

    /// Goes the way that was meant; `false` when it is there no longer.
    pub(super) fn go_way(&mut self, index: usize) -> bool {
        let ways = std::mem::take(&mut self.session.ways);
        let Some(way) = ways.get(index) else { return false };
        if let Some(name) = way.strip_prefix(MARK) {
            let Some((_, command)) = COMMANDS.into_iter().find(|(known, _)| *known == name) else {
                return false;
            };
            return self.command(command);
        }
        let name = way.split_once('/').map_or(way.as_str(), |(name, _)| name);
        let Some(flow) = self.flows.by_name.get(name).copied() else { return false };
        self.turn_to(flow);
        true
    }

    /// None of the ways was meant: the open question stands.
    pub(super) fn go_no_way(&mut self) {
        self.session.ways.clear();
        self.show(&[]);
    }

    /// The ways as a person reads them: the word of the flow as it is written, in quotes.
    pub(super) fn way_titles(&self) -> Vec<String> {
        let language = self.spoken();
        let quoted = |word: &str| match language {
            // Plain quotes keep an English SMS in the cheap alphabet.
            crate::contact::Language::En => format!("'{word}'"),
            _ => format!("‘{word}’"),
        };
        let title = |way: &String| {
            if let Some(name) = way.strip_prefix(MARK) {
                let place = COMMANDS.iter().position(|(known, _)| *known == name)?;
                return Some(quoted(self.flows.common.commands.get(place)?.get(language)));
            }
            let (name, word) = way.split_once('/')?;
            let flow = self.flows.get(name)?;
            Some(quoted(flow.words.get(word.parse::<usize>().ok()?)?))
        };
        self.session.ways.iter().map(|way| title(way).unwrap_or_else(|| way.clone())).collect()
    }
}
