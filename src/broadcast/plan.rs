//! Whom a broadcast goes to: the audience, then the gate, asked of each candidate; and what it comes to.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::candidate::turn_of;
use super::{Addressee, Candidate, Frozen, Reason, Recipient, Sender, Wording};
use crate::audience::{Audience, Event, Home, Number, Person, Standing};
use crate::contact::Language;
use crate::gate::{Question, Rules, gate};
use crate::message::{Channel, Content, Lane, Purpose};
use crate::places::Place;
use crate::segments::measure;
use crate::template::Category;

/// In which order a channel is chosen for whoever has used none of ours.
const CHANNELS: [Channel; 3] = [Channel::Whatsapp, Channel::Sms, Channel::Simulator];

/// What the providers bill for one message, in paise; 0: nobody knows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Costs {
    pub whatsapp_marketing: f64,
    pub whatsapp_utility: f64,
    /// Of one part.
    pub sms_part: f64,
}

/// What became of an earlier broadcast for somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Took {
    pub sent: bool,
    pub delivered: bool,
    pub replied: bool,
    pub failed: bool,
}

/// What an audience asks beside the candidate itself.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    /// By the places of [`Audience::broadcasts`], those who took part.
    pub broadcasts: Vec<HashMap<i64, Took>>,
    /// By the places of [`Audience::polls`], those on the roster, and whether they have answered.
    pub polls: Vec<HashMap<i64, bool>>,
    /// By the places of [`Audience::lists`], their contacts.
    pub lists: Vec<Arc<HashSet<i64>>>,
    /// By the words of [`Audience::tags`], those who have them.
    pub tags: HashMap<String, HashSet<i64>>,
    /// How many broadcasts of this purpose they were sent in the days a cap counts.
    pub told: HashMap<i64, u32>,
}

/// What a part of the recipients comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Share {
    pub people: u64,
    /// Short messages, where nothing is known of anybody; on other channels 0.
    pub parts: u64,
    pub paise: f64,
    /// What they cost at most, should what is known of everybody be as long as it can be.
    pub most_paise: f64,
}

/// What a plan comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    pub looked_at: u64,
    /// In the audience.
    pub chosen: u64,
    /// To whom it goes.
    pub goes: u64,
    /// Of the audience, and it does not go to them: by the reason, the most first.
    pub refused: Vec<(Reason, u64)>,
    /// Further people of the audience, by a post of theirs, on the phone of one who is counted: nothing goes to them
    /// either, and they have no row of their own.
    pub beside: u64,
    pub shares: BTreeMap<(Channel, Language), Share>,
    pub senders: BTreeMap<Sender, u64>,
    /// Whom the second way could reach, should the first reach none of them, and what that comes to.
    pub second: Share,
}

impl Tally {
    #[must_use]
    pub fn paise(&self) -> f64 {
        self.shares.values().map(|share| share.paise).sum()
    }

    /// What it costs at most: names are longer than the words that stand in for them, and the first way may reach
    /// nobody and be billed all the same.
    #[must_use]
    pub fn most_paise(&self) -> f64 {
        let first: f64 = self.shares.values().map(|share| share.most_paise).sum();
        first + self.second.most_paise
    }

    #[must_use]
    pub fn parts(&self) -> u64 {
        self.shares.values().map(|share| share.parts).sum()
    }

    #[must_use]
    pub fn refused_in_all(&self) -> u64 {
        self.refused.iter().map(|(_, count)| count).sum()
    }
}

/// One message in one language on one channel, as somebody reads it of whom nothing is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendering {
    pub channel: Channel,
    pub language: Language,
    pub text: String,
    /// Under it, as buttons.
    pub labels: Vec<String>,
    /// Short messages it fills; on other channels 0.
    pub parts: usize,
    pub paise: f64,
    /// The same for whom the longest is known that a place takes.
    pub most_parts: usize,
    pub most_paise: f64,
}

/// The short messages that a message fills; on other channels 0.
#[must_use]
pub fn parts_of(content: &Content, channel: Channel) -> usize {
    if channel == Channel::Sms { measure(content.body()).parts } else { 0 }
}

/// Everything a broadcast says, language by language; with what it says of whom nothing is known, or of
/// `example`.
#[must_use]
pub fn renderings(frozen: &Frozen, costs: Costs, example: Option<&Addressee>) -> Vec<Rendering> {
    let mut all: Vec<Rendering> = Vec::new();
    for channel in CHANNELS {
        if channel == Channel::Simulator || !frozen.said.speaks_on(channel) {
            continue;
        }
        for language in Language::ALL {
            let spoken = frozen.said.language_on(channel, language);
            if all.iter().any(|known| known.channel == channel && known.language == spoken) {
                continue;
            }
            let to = Addressee { language: spoken, ..example.cloned().unwrap_or_default() };
            let Some(text) = frozen.said.read(&to, channel) else { continue };
            let parts = if channel == Channel::Sms { measure(&text).parts } else { 0 };
            let most_parts = most_parts(frozen, channel, spoken, parts);
            let labels = match &frozen.said.whatsapp {
                Some(by) if channel == Channel::Whatsapp => by
                    .declared
                    .wording(spoken)
                    .map(|wording| wording.labels.clone())
                    .unwrap_or_default(),
                _ => Vec::new(),
            };
            let (paise, most_paise) =
                (costs.of(frozen, channel, parts), costs.of(frozen, channel, most_parts));
            let language = spoken;
            all.push(Rendering {
                channel,
                language,
                text,
                labels,
                parts,
                paise,
                most_parts,
                most_paise,
            });
        }
    }
    all
}

/// The parts of a short message with the longest value in each place of a person; `usual` are those of whom
/// nothing is known.
fn most_parts(frozen: &Frozen, channel: Channel, language: Language, usual: usize) -> usize {
    if channel != Channel::Sms {
        return usual;
    }
    let longest = frozen.said.short_of_the_longest(language);
    longest.map_or(usual, |text| measure(&text).parts.max(usual))
}

impl Costs {
    /// Of so many messages that a provider bills, short ones in so many parts.
    #[must_use]
    pub fn billed(&self, frozen: &Frozen, channel: Channel, messages: u64, parts: u64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "messages are some crores")]
        let count = if channel == Channel::Sms { parts } else { messages } as f64;
        count * self.of(frozen, channel, 1)
    }

    /// Of one message.
    fn of(&self, frozen: &Frozen, channel: Channel, parts: usize) -> f64 {
        match channel {
            Channel::Whatsapp => {
                match frozen.said.whatsapp.as_ref().map(|by| by.declared.category) {
                    Some(Category::Marketing) => self.whatsapp_marketing,
                    Some(Category::Utility) => self.whatsapp_utility,
                    None => 0.0,
                }
            }
            Channel::Sms => {
                let parts = u32::try_from(parts).unwrap_or(u32::MAX);
                self.sms_part * f64::from(parts)
            }
            _ => 0.0,
        }
    }
}

/// What is said in a language on a channel, as the gate looks at it, and what it costs.
struct Sample {
    content: Content,
    /// Whether election law lets the text out, as far as that is a question.
    certified: bool,
    parts: usize,
    paise: f64,
    most_paise: f64,
}

/// Gives the seats of a place above the seat. A server plans, too, on any of its threads.
type SeatsOf<'a> = dyn Fn(Place) -> Vec<u16> + Sync + 'a;

/// A plan under way: candidates go in one after the other, in the order of their contacts.
pub struct Plan<'a> {
    frozen: &'a Frozen,
    audience: Option<&'a Audience>,
    costs: Costs,
    /// When it begins to leave; the day audiences count from.
    at: Timestamp,
    seats_of: &'a SeatsOf<'a>,
    rules: &'a Rules,
    samples: HashMap<(Channel, Language), Option<Sample>>,
    tally: Tally,
    rows: ring::digest::Context,
}

impl<'a> Plan<'a> {
    /// `seats_of` gives the seats of a place above the seat; `rules` are those in force.
    #[must_use]
    pub fn new(
        frozen: &'a Frozen,
        audience: Option<&'a Audience>,
        costs: Costs,
        now: Timestamp,
        seats_of: &'a SeatsOf<'a>,
        rules: &'a Rules,
    ) -> Plan<'a> {
        Plan {
            frozen,
            audience,
            costs,
            at: frozen.from.map_or(now, |from| from.max(now)),
            seats_of,
            rules,
            samples: HashMap::new(),
            tally: Tally::default(),
            rows: ring::digest::Context::new(&ring::digest::SHA256),
        }
    }

    /// The row of a candidate, or none: they are not in the audience. Whoever is, and gets nothing, has a
    /// row with the reason.
    pub fn ask(&mut self, candidate: &Candidate, earlier: &Earlier) -> Option<Recipient> {
        self.tally.looked_at += 1;
        let is_meant = self.is_meant(candidate, earlier);
        let beside = self.meant_beside(candidate, earlier);
        if !is_meant && beside == 0 {
            return None;
        }
        self.tally.chosen += 1;
        // Where the phone's own person is not meant, one of the others has the row.
        self.tally.beside += beside.saturating_sub(u64::from(!is_meant));
        let road = self.road(candidate).cloned();
        let (Sender { channel, account }, is_reached) = match road {
            Some(sender) => (sender, true),
            None => (Sender { channel: Channel::Internal, account: String::new() }, false),
        };
        let language = self.frozen.said.language_on(channel, candidate.contact.language);
        let refused = if !is_meant {
            Some(Reason::SharedPhone)
        } else if is_reached {
            let told = earlier.told.get(&candidate.contact.id).copied().unwrap_or_default();
            self.refusal(candidate, (channel, &account), language, told)
        } else {
            Some(Reason::NoAddress)
        };
        let recipient =
            Recipient { contact: candidate.contact.id, channel, account, language, refused };
        self.count(&recipient);
        self.count_second(candidate, &recipient);
        Some(recipient)
    }

    /// Whether the one whose conversations the phone's are is in the audience.
    fn is_meant(&self, candidate: &Candidate, earlier: &Earlier) -> bool {
        let is_meant = |audience| is_in(audience, candidate, earlier, self.at, self.seats_of);
        self.audience.is_none_or(is_meant)
    }

    /// How many others on the phone would be, by a post of theirs: nothing more is known of them than
    /// its place, which stands for their home.
    fn meant_beside(&self, candidate: &Candidate, earlier: &Earlier) -> u64 {
        let Some(audience) = self.audience else { return 0 };
        let is_meant = |post: &str, place: Place| {
            let (home, posts) = (home_at(place), vec![(post, place)]);
            let view = View { candidate, posts, home, earlier, now: self.at };
            audience.holds(&view, self.seats_of)
        };
        let held = candidate.posts_beside.iter();
        let held = held.filter(|(_, post, place)| is_meant(post, *place));
        let people: BTreeSet<i64> = held.map(|(person, ..)| *person).collect();
        u64::try_from(people.len()).unwrap_or(u64::MAX)
    }

    /// The way they know, where it is one of the broadcast's; else one of its numbers, always the same for
    /// the same person.
    fn road(&self, candidate: &Candidate) -> Option<&'a Sender> {
        let frozen = self.frozen;
        let fits = |sender: &Sender| {
            frozen.said.speaks_on(sender.channel) && candidate.is_on(sender.channel)
        };
        for road in &candidate.roads {
            let known = frozen.senders.iter().find(|sender| {
                sender.channel == road.channel && sender.account == road.account && fits(sender)
            });
            if known.is_some() {
                return known;
            }
        }
        // The channel they write on, from another number of ours.
        let used = candidate.roads.iter().map(|road| road.channel);
        for channel in used.chain(CHANNELS) {
            let of: Vec<&Sender> = frozen
                .senders
                .iter()
                .filter(|sender| sender.channel == channel && fits(sender))
                .collect();
            if let Some(sender) = of.get(turn_of(candidate.contact.id, of.len())) {
                return Some(sender);
            }
        }
        None
    }

    /// What the gate says; or that nothing is said on this channel.
    fn refusal(
        &mut self,
        candidate: &Candidate,
        (channel, account): (Channel, &str),
        language: Language,
        told: u32,
    ) -> Option<Reason> {
        let (at, frozen, rules) = (self.at, self.frozen, self.rules);
        let Some(sample) = self.sample(channel, language) else { return Some(Reason::NoWords) };
        let question = Question {
            now: at,
            contact: &candidate.contact,
            channel,
            account,
            purpose: frozen.purpose,
            lane: Lane::Broadcast,
            content: &sample.content,
            window_until: candidate.window_until(channel, account),
            send_before: Some(frozen.before),
            halted: false,
            seat: candidate.member.as_ref().and_then(|member| member.home.assembly),
            rules,
            certified: sample.certified,
            told,
        };
        gate(&question).err().filter(|refusal| !refusal.waits()).map(Reason::Gate)
    }

    fn sample(&mut self, channel: Channel, language: Language) -> Option<&Sample> {
        let (frozen, costs, rules, at) = (self.frozen, self.costs, self.rules, self.at);
        let sample = self.samples.entry((channel, language)).or_insert_with(|| {
            let nobody = Addressee { language, ..Addressee::default() };
            let content = frozen.said.content(&nobody, channel)?;
            let parts = parts_of(&content, channel);
            let most_parts = most_parts(frozen, channel, language, parts);
            let hash = frozen.certified_hash(channel, language);
            let certified = frozen.is_certified(&content, hash, &rules.calendar, at);
            let (paise, most_paise) =
                (costs.of(frozen, channel, parts), costs.of(frozen, channel, most_parts));
            Some(Sample { content, certified, parts, paise, most_paise })
        });
        sample.as_ref()
    }

    fn count(&mut self, recipient: &Recipient) {
        let reason = recipient.refused.map_or("", Reason::name);
        let row = format!(
            "{} {} {} {} {reason}\n",
            recipient.contact,
            recipient.channel.name(),
            recipient.account,
            recipient.language.code(),
        );
        self.rows.update(row.as_bytes());
        if let Some(refusal) = recipient.refused {
            let refused = &mut self.tally.refused;
            match refused.iter_mut().find(|(known, _)| *known == refusal) {
                Some((_, count)) => *count += 1,
                None => refused.push((refusal, 1)),
            }
            return;
        }
        let (channel, language) = (recipient.channel, recipient.language);
        let (parts, paise, most_paise) = self
            .sample(channel, language)
            .map_or((0, 0.0, 0.0), |sample| (sample.parts as u64, sample.paise, sample.most_paise));
        self.tally.goes += 1;
        let share = self.tally.shares.entry((channel, language)).or_default();
        share.people += 1;
        share.parts += parts;
        share.paise += paise;
        share.most_paise += most_paise;
        let sender = Sender { channel, account: recipient.account.clone() };
        *self.tally.senders.entry(sender).or_default() += 1;
    }

    /// What it comes to when the first way does not reach them.
    fn count_second(&mut self, candidate: &Candidate, recipient: &Recipient) {
        let Some(fallback) = self.frozen.fallback else { return };
        let channel = fallback.channel;
        if recipient.refused.is_some()
            || recipient.channel == channel
            || !candidate.is_on(channel)
            || !self.frozen.senders.iter().any(|sender| sender.channel == channel)
        {
            return;
        }
        let Some(sample) = self.sample(channel, recipient.language) else { return };
        let (parts, paise, most_paise) = (sample.parts as u64, sample.paise, sample.most_paise);
        let second = &mut self.tally.second;
        second.people += 1;
        second.parts += parts;
        second.paise += paise;
        second.most_paise += most_paise;
    }

    /// What it came to, and the SHA-256 of its rows.
    #[must_use]
    pub fn finish(mut self) -> (Tally, Vec<u8>) {
        self.tally.refused.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        (self.tally, self.rows.finish().as_ref().to_vec())
    }
}

/// Whether a candidate is in an audience on the day of `now`. `seats_of` gives the seats of a place above the
/// seat.
#[must_use]
pub fn is_in(
    audience: &Audience,
    candidate: &Candidate,
    earlier: &Earlier,
    now: Timestamp,
    seats_of: &dyn Fn(Place) -> Vec<u16>,
) -> bool {
    let posts = candidate.posts.iter().map(|(post, place)| (post.as_str(), *place)).collect();
    let home = candidate.member.as_ref().map(|member| member.home).unwrap_or_default();
    audience.holds(&View { candidate, posts, home, earlier, now }, seats_of)
}

/// A place as a home.
const fn home_at(place: Place) -> Home {
    let (sector, booth) = match place {
        Place::Sector { number, .. } => (Some(number), None),
        Place::Booth { number, .. } => (None, Some(number)),
        _ => (None, None),
    };
    Home { assembly: place.assembly(), sector, booth }
}

/// A candidate as an audience asks.
struct View<'a> {
    candidate: &'a Candidate,
    posts: Vec<(&'a str, Place)>,
    home: Home,
    earlier: &'a Earlier,
    now: Timestamp,
}

impl View<'_> {
    fn days_since(&self, then: Option<Timestamp>) -> Option<i64> {
        then.map(|then| self.now.duration_since(then).as_hours().div_euclid(24))
    }
}

impl Person for View<'_> {
    fn standing(&self) -> Option<Standing> {
        self.candidate.member.as_ref().map(|member| member.standing)
    }

    fn home(&self) -> Home {
        self.home
    }

    fn posts(&self) -> &[(&str, Place)] {
        &self.posts
    }

    fn language(&self) -> Language {
        self.candidate.contact.language
    }

    fn channel(&self) -> Option<Channel> {
        self.candidate.roads.first().map(|road| road.channel)
    }

    fn has_phone(&self) -> bool {
        self.candidate.contact.has_phone
    }

    fn gender(&self) -> Option<&str> {
        self.candidate.member.as_ref().and_then(|member| member.gender)
    }

    fn consents_to(&self, purpose: Purpose) -> bool {
        self.candidate.contact.consents_to(purpose)
    }

    fn withdrew(&self, purpose: Purpose) -> bool {
        self.candidate.contact.withdrew(purpose)
    }

    fn number(&self, of: Number) -> Option<i64> {
        match of {
            Number::DaysSinceWrote => self.days_since(self.candidate.contact.last_inbound),
            Number::DaysSinceJoined => {
                self.days_since(self.candidate.member.as_ref().map(|member| member.since))
            }
            Number::Brought => Some(i64::from(self.candidate.contact.brought)),
            Number::Posts => i64::try_from(self.posts.len()).ok(),
        }
    }

    fn took_part(&self, broadcast: usize, event: Event) -> bool {
        let took = self.earlier.broadcasts.get(broadcast);
        let Some(took) = took.and_then(|known| known.get(&self.candidate.contact.id)) else {
            return false;
        };
        match event {
            Event::Sent => took.sent,
            Event::Delivered => took.delivered,
            Event::Replied => took.replied,
            Event::Failed => took.failed,
        }
    }

    fn opined(&self, poll: usize) -> Option<bool> {
        self.earlier.polls.get(poll)?.get(&self.candidate.contact.id).copied()
    }

    fn is_tagged(&self, tag: &str) -> bool {
        let who = self.earlier.tags.get(tag);
        who.is_some_and(|known| known.contains(&self.candidate.contact.id))
    }

    fn is_listed(&self, list: usize) -> bool {
        let list = self.earlier.lists.get(list);
        list.is_some_and(|known| known.contains(&self.candidate.contact.id))
    }
}

#[cfg(test)]
mod tests;
