//! Invented citizens: each reads what reaches their phone and answers by the script.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use serde::Serialize;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::script::{Act, Script};
use super::{LoadError, Quantiles};
use crate::sandbox::check::Offered;
use crate::sandbox::envelope::{Person, Said};
use crate::sandbox::ledger::SendEntry;
use crate::sandbox::{SandboxHandle, Saying, Summary};

/// No flow asks so often; whoever is still talking goes round in circles.
const TURNS_MAX: usize = 60;
/// A single run plays at most so many.
const CITIZENS_MAX: usize = 1_000_000;

/// How many citizens come, how fast, and how patient they are.
#[derive(Clone, Debug)]
pub struct CitizenPlan {
    pub citizens: usize,
    /// How many begin each second.
    pub rate: f64,
    /// The most conversations at once.
    pub at_once: usize,
    /// The number of the first citizen: another run with other people begins elsewhere.
    pub first: usize,
    /// How long they look at a message before they answer.
    pub think: Duration,
    /// After the first message of an answer: so long without another, and it is complete.
    pub settle: Duration,
    /// So long without any message, and they give up.
    pub patience: Duration,
    /// The whole run ends after so long.
    pub limit: Duration,
    /// The account at a vendor of short messages by which they come; `None`: by WhatsApp.
    pub account: Option<String>,
}

impl Default for CitizenPlan {
    fn default() -> CitizenPlan {
        CitizenPlan {
            citizens: 100,
            rate: 20.0,
            at_once: 500,
            first: 0,
            think: Duration::ZERO,
            settle: Duration::from_millis(150),
            patience: Duration::from_secs(30),
            limit: Duration::from_mins(10),
            account: None,
        }
    }
}

/// How a citizen's conversation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
enum End {
    /// With a member number.
    Joined(String),
    /// Nobody answered any more, or the script knew no answer; after this message of ours.
    Stuck(String),
}

/// One citizen's conversation.
struct Life {
    end: End,
    /// Other member numbers told to the same citizen: there must be none.
    more_numbers: Vec<String>,
    answers: usize,
    again: usize,
    ack_ms: Vec<f64>,
    reply_ms: Vec<f64>,
}

/// What came of a load of citizens.
#[derive(Clone, Debug, Serialize)]
pub struct CitizenReport {
    pub citizens: usize,
    pub joined: usize,
    /// Those who did not get through, by the first line of the last message they got.
    pub stuck: BTreeMap<String, usize>,
    /// Citizens who never began: the time was up.
    pub not_begun: usize,
    /// Member numbers told to two citizens, and citizens told two: both must be empty.
    pub shared_numbers: Vec<String>,
    pub two_numbers: Vec<String>,
    /// Messages of ours that asked again.
    pub asked_again: usize,
    /// Messages of theirs.
    pub messages: usize,
    pub seconds: f64,
    /// From the first post of a message to its 200, retries included.
    pub acked: Quantiles,
    /// From the first post of a message to the first reply that the sandbox took.
    pub replied: Quantiles,
    pub summary: Summary,
}

/// The number of an invented phone: `9100000000` and on, with the country code. Nobody is called.
#[must_use]
pub fn phone_of(citizen: usize) -> String {
    format!("91{}", 9_100_000_000_u64 + citizen as u64)
}

/// Plays the plan on a running sandbox, whose webhook must be on this machine.
///
/// # Errors
/// A webhook elsewhere; a plan without citizens, without a rate, or with too many.
pub async fn play(
    sandbox: &SandboxHandle,
    script: Script,
    plan: &CitizenPlan,
    tracker: &TaskTracker,
    shutdown: &CancellationToken,
) -> Result<CitizenReport, LoadError> {
    super::require_loopback(sandbox.webhook())?;
    if !(1..=CITIZENS_MAX).contains(&plan.citizens) {
        return Err(LoadError::Plan("one to a million citizens"));
    }
    if !(plan.rate > 0.0 && plan.rate.is_finite()) || plan.at_once == 0 {
        return Err(LoadError::Plan("a rate above zero, and at least one citizen at once"));
    }
    let script = Arc::new(script);
    let started = Instant::now();
    let deadline = started + plan.limit;
    let lives = stream::iter(0..plan.citizens).map(|place| {
        let sandbox = sandbox.clone();
        let script = Arc::clone(&script);
        let plan = plan.clone();
        let shutdown = shutdown.clone();
        tracker.spawn(async move {
            #[expect(clippy::cast_precision_loss, reason = "a million fits an f64 exactly")]
            let begin = started + Duration::from_secs_f64(place as f64 / plan.rate);
            if begin >= deadline {
                return None;
            }
            tokio::select! {
                () = shutdown.cancelled() => return None,
                () = tokio::time::sleep_until(begin) => {}
            }
            let citizen = Citizen::new(&sandbox, &script, &plan, plan.first + place);
            let life = tokio::select! {
                () = shutdown.cancelled() => return None,
                life = citizen.live(deadline) => life,
            };
            Some(life)
        })
    });
    let mut lives = lives.buffer_unordered(plan.at_once);
    let mut tally = Tally::default();
    while let Some(life) = lives.next().await {
        match life {
            Ok(Some(life)) => tally.count(life),
            _ => tally.not_begun += 1,
        }
    }
    // The last statuses and retries, so that the verdict is whole.
    sandbox.until_quiet(Duration::from_secs(5)).await;
    Ok(tally.report(plan.citizens, started.elapsed(), sandbox.summary()))
}

/// Adds lives up.
#[derive(Default)]
struct Tally {
    joined: usize,
    stuck: BTreeMap<String, usize>,
    not_begun: usize,
    numbers: HashMap<String, usize>,
    two_numbers: Vec<String>,
    again: usize,
    messages: usize,
    ack_ms: Vec<f64>,
    reply_ms: Vec<f64>,
}

impl Tally {
    fn count(&mut self, life: Life) {
        match life.end {
            End::Joined(number) => {
                self.joined += 1;
                *self.numbers.entry(number).or_default() += 1;
            }
            End::Stuck(last) => *self.stuck.entry(last).or_default() += 1,
        }
        self.two_numbers.extend(life.more_numbers);
        self.again += life.again;
        self.messages += life.answers;
        self.ack_ms.extend(life.ack_ms);
        self.reply_ms.extend(life.reply_ms);
    }

    fn report(self, citizens: usize, took: Duration, summary: Summary) -> CitizenReport {
        let mut shared_numbers: Vec<String> = self
            .numbers
            .into_iter()
            .filter(|(_, times)| *times > 1)
            .map(|(number, _)| number)
            .collect();
        shared_numbers.sort();
        CitizenReport {
            citizens,
            joined: self.joined,
            stuck: self.stuck,
            not_begun: self.not_begun,
            shared_numbers,
            two_numbers: self.two_numbers,
            asked_again: self.again,
            messages: self.messages,
            seconds: took.as_secs_f64(),
            acked: Quantiles::of(self.ack_ms),
            replied: Quantiles::of(self.reply_ms),
            summary,
        }
    }
}

/// One invented person with a phone.
struct Citizen<'a> {
    sandbox: &'a SandboxHandle,
    script: &'a Script,
    plan: &'a CitizenPlan,
    number: usize,
    person: Person,
    inbox: UnboundedReceiver<SendEntry>,
    /// Opaque ids that reached them: a second copy is not read again.
    seen: HashSet<String>,
}

impl<'a> Citizen<'a> {
    fn new(
        sandbox: &'a SandboxHandle,
        script: &'a Script,
        plan: &'a CitizenPlan,
        number: usize,
    ) -> Citizen<'a> {
        let phone = phone_of(number);
        let inbox = sandbox.watch(&phone);
        let person = Person::phone(&phone);
        Citizen { sandbox, script, plan, number, person, inbox, seen: HashSet::new() }
    }

    async fn live(mut self, deadline: Instant) -> Life {
        let mut life = Life {
            end: End::Stuck("(nothing came)".to_owned()),
            more_numbers: Vec::new(),
            answers: 0,
            again: 0,
            ack_ms: Vec::new(),
            reply_ms: Vec::new(),
        };
        let mut keys: Vec<String> = Vec::new();
        let mut free = 0;
        let mut after_done = 0;
        let mut key = self.say(Said::Text(self.script.opening(self.number)), None);
        loop {
            life.answers += 1;
            keys.push(key.clone());
            let Some(mut last) = self.read(&key, &mut life, deadline).await else { break };
            if self.plan.account.is_some() {
                last.offered = numbered(&last.text);
            }
            let joined = matches!(life.end, End::Joined(_));
            if !joined {
                life.end = End::Stuck(first_line(&last.text));
            } else if after_done >= self.script.after_done || last.offered.is_empty() {
                break;
            } else {
                after_done += 1;
            }
            let turn = life.answers - 1;
            let act = self.script.answer(self.number, turn, free, &last.text, &last.offered);
            free += usize::from(self.script.is_guess(&last.text, &last.offered));
            let said = match act {
                Act::Text(text) => Said::Text(text),
                Act::Tap(place) if self.plan.account.is_some() => {
                    Said::Text((place + 1).to_string())
                }
                Act::Tap(place) => match last.offered.get(place) {
                    Some(choice) => tap(choice.id.clone(), choice.title.clone(), last.listed),
                    None => break,
                },
                Act::Lost => break,
            };
            if life.answers >= TURNS_MAX {
                break;
            }
            tokio::time::sleep(self.plan.think).await;
            let quoted = matches!(said, Said::Button { .. } | Said::Row { .. })
                .then(|| last.wamid.clone())
                .flatten();
            key = self.say(said, quoted);
        }
        for key in keys {
            life.ack_ms.extend(self.sandbox.inbound(&key).and_then(|entry| entry.ack_ms));
        }
        life
    }

    fn say(&self, said: Said, quoted: Option<String>) -> String {
        let account = self.plan.account.clone();
        let saying = Saying { quoted, account, ..Saying::of(self.person.clone(), said) };
        // The first business number is always there.
        self.sandbox.say(saying).unwrap_or_default()
    }

    /// Reads all that comes in answer; gives the message to be answered, the last one. `None`
    /// when nothing came for too long.
    async fn read(&mut self, key: &str, life: &mut Life, deadline: Instant) -> Option<SendEntry> {
        let mut last: Option<SendEntry> = None;
        let mut wait = self.plan.patience;
        let mut more_time = true;
        loop {
            let until = (Instant::now() + wait).min(deadline);
            let came = tokio::time::timeout_at(until, self.inbox.recv()).await;
            match came {
                Ok(Some(message)) => {
                    if let Some(opaque) = &message.opaque
                        && !self.seen.insert(opaque.clone())
                    {
                        continue;
                    }
                    if last.is_none()
                        && let Some(posted) =
                            self.sandbox.inbound(key).and_then(|entry| entry.posted)
                    {
                        life.reply_ms.push(posted.elapsed().as_secs_f64() * 1000.0);
                    }
                    self.note(&message, life);
                    wait = self.plan.settle;
                    last = Some(message);
                }
                // A message that the script cannot place may be followed by the one it can.
                Err(_)
                    if more_time
                        && Instant::now() < deadline
                        && last.as_ref().is_some_and(|message| {
                            self.script.is_guess(&message.text, &message.offered)
                                && !matches!(life.end, End::Joined(_))
                        }) =>
                {
                    more_time = false;
                    wait = self.plan.settle * 10;
                }
                Ok(None) | Err(_) => return last,
            }
        }
    }

    fn note(&self, message: &SendEntry, life: &mut Life) {
        life.again += usize::from(self.script.is_again(&message.text));
        let Some(number) = self.script.done(&message.text) else { return };
        match &life.end {
            End::Joined(known) if known != number => life.more_numbers.push(number.to_owned()),
            End::Joined(_) => {}
            End::Stuck(_) => life.end = End::Joined(number.to_owned()),
        }
    }
}

/// The choices of a short message, each on a line of its own behind its number.
fn numbered(text: &str) -> Vec<Offered> {
    let lines = text.lines().filter_map(|line| line.trim().split_once(". "));
    let choices = lines.filter(|(number, _)| number.parse::<u8>().is_ok());
    let offered =
        |(number, title): (&str, &str)| Offered { id: number.to_owned(), title: title.to_owned() };
    choices.map(offered).collect()
}

fn tap(id: String, title: String, listed: bool) -> Said {
    if listed { Said::Row { id, title, description: None } } else { Said::Button { id, title } }
}

/// Enough of a message to know which one it was.
fn first_line(text: &str) -> String {
    let line = text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    line.chars().take(60).collect()
}

impl fmt::Display for CitizenReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let f = formatter;
        writeln!(
            f,
            "{} of {} citizens joined in {:.1} s",
            self.joined, self.citizens, self.seconds
        )?;
        for (last, count) in &self.stuck {
            writeln!(f, "  {count} stuck after: {last}")?;
        }
        if self.not_begun > 0 {
            writeln!(f, "  {} never began", self.not_begun)?;
        }
        #[expect(clippy::cast_precision_loss, reason = "a count for people to read")]
        let rate = self.messages as f64 / self.seconds.max(0.001);
        writeln!(
            f,
            "messages of theirs: {} ({rate:.0}/s), asked again {}",
            self.messages, self.asked_again
        )?;
        writeln!(f, "message to 200:   {}", self.acked)?;
        writeln!(f, "message to reply: {}", self.replied)?;
        let verdict = &self.summary.verdict;
        writeln!(
            f,
            "ledger: {} of {} messages acked, {} replies taken ({} with the answer lost), \
             {} duplicates, {} repeats, {} unanswered, {} overlapping, refused {:?}, faults {:?}",
            verdict.acked,
            verdict.inbound,
            verdict.taken,
            verdict.lost,
            verdict.duplicates.len(),
            verdict.repeats.len(),
            verdict.unanswered.len(),
            verdict.overlaps,
            verdict.refused,
            verdict.faults,
        )?;
        writeln!(f, "webhook answered: {:?}", self.summary.webhook)?;
        if !self.shared_numbers.is_empty() || !self.two_numbers.is_empty() {
            writeln!(
                f,
                "WRONG: numbers told to two citizens {:?}, second numbers {:?}",
                self.shared_numbers, self.two_numbers
            )?;
        }
        Ok(())
    }
}
