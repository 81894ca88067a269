//! What a provider tells of a template or of an account stops the broadcasts that leave by it.

use jiff::Timestamp;

use super::Reports;
use crate::broadcast::BroadcastState;
use crate::message::{AccountEvent, Channel};
use crate::records::{BroadcastRow, Moved, RecordsError};

/// What must stand still for an event.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stops {
    Template {
        name: String,
        word: String,
    },
    /// All that leaves by the channel.
    Account {
        word: String,
    },
}

/// Words of WhatsApp after which nothing leaves by a template.
const TEMPLATE_STOPS: [&str; 7] =
    ["PAUSED", "DISABLED", "REJECTED", "PENDING_DELETION", "DELETED", "LOCKED", "ARCHIVED"];
/// Words of WhatsApp after which an account may not begin a conversation.
const ACCOUNT_STOPS: [&str; 4] =
    ["ACCOUNT_RESTRICTION", "ACCOUNT_VIOLATION", "DISABLED_UPDATE", "ACCOUNT_DELETED"];

/// The events of WhatsApp that say how many people may be written to a day, outside their window.
pub const TIER_EVENTS: [&str; 2] = ["business_capability_update", "phone_number_quality_update"];
/// Where they say it: of the whole portfolio since October 2025, of one number before.
const TIER_KEYS: [&str; 3] =
    ["max_daily_conversations_per_business", "max_daily_conversation_per_phone", "current_limit"];

/// How many people a day may be written to by an event, the lowest where it says several; `u64::MAX`: as many as one
/// likes. `None`: it says nothing of that.
fn people_a_day(event: &AccountEvent) -> Option<u64> {
    if event.channel != Channel::Whatsapp || !TIER_EVENTS.contains(&event.kind.as_str()) {
        return None;
    }
    let json: serde_json::Value = serde_json::from_str(&event.json).ok()?;
    TIER_KEYS.iter().filter_map(|key| tier(json.get(key)?)).min()
}

/// `2000`, `"2000"`, `-1`, `"TIER_2K"`, `"TIER_UNLIMITED"`: it is written in each of these ways.
fn tier(value: &serde_json::Value) -> Option<u64> {
    let of_number = |number: i64| {
        u64::try_from(number).map_or(Some(u64::MAX), |most| (most > 0).then_some(most))
    };
    if let Some(number) = value.as_i64() {
        return of_number(number);
    }
    let word = value.as_str()?;
    let word = word.strip_prefix("TIER_").unwrap_or(word);
    if word == "UNLIMITED" {
        return Some(u64::MAX);
    }
    let (digits, times) = match word.strip_suffix('K') {
        Some(thousands) => (thousands, 1_000),
        None => (word, 1),
    };
    of_number(digits.parse::<i64>().ok()?.checked_mul(times)?)
}

/// The newest that a provider said of it: of several events that which came last.
#[must_use]
pub fn newest_people_a_day(events: &[AccountEvent]) -> Option<u64> {
    let said = events.iter().filter_map(|event| Some((event.at, people_a_day(event)?)));
    said.max_by_key(|(at, _)| *at).map(|(_, most)| most)
}

impl Reports {
    /// Pauses broadcasts, and those that come again, that leave by what the provider stopped; every server sees it
    /// within a second.
    ///
    /// # Errors
    /// As every write of the records.
    pub async fn heed_events(&self, events: &[AccountEvent]) -> Result<(), RecordsError> {
        for event in events {
            let Some(stops) = read(event) else { continue };
            let now = self.clock.now();
            // Those that come again first: no day of them is written down behind the second look.
            let mut concerned = self.records.series().await?;
            concerned.retain(|series| series.state == BroadcastState::Repeating);
            for broadcast in &concerned {
                self.pause_by(&stops, event, broadcast, now).await?;
            }
            for broadcast in &self.records.running_broadcasts(now).await? {
                self.pause_by(&stops, event, broadcast, now).await?;
            }
        }
        Ok(())
    }

    /// Pauses one broadcast, where it leaves by what was stopped.
    async fn pause_by(
        &self,
        stops: &Stops,
        event: &AccountEvent,
        broadcast: &BroadcastRow,
        now: Timestamp,
    ) -> Result<(), RecordsError> {
        let why = match stops {
            Stops::Template { name, word } if broadcast.templates.contains(name) => {
                format!("WhatsApp says of the template {name}: {word}")
            }
            // Only what leaves by WhatsApp has templates of it.
            Stops::Account { word } if !broadcast.templates.is_empty() => {
                format!("WhatsApp says of the account {}: {word}", event.account)
            }
            _ => return Ok(()),
        };
        let to = BroadcastState::Paused;
        let moved =
            self.records.move_broadcast(broadcast.id, to, "whatsapp", Some(&why), now).await?;
        if matches!(moved, Moved::Yes { .. }) {
            tracing::error!(broadcast = broadcast.name, "a broadcast is paused: {why}");
        }
        Ok(())
    }
}

fn read(event: &AccountEvent) -> Option<Stops> {
    if event.channel != Channel::Whatsapp {
        return None;
    }
    let json: serde_json::Value = serde_json::from_str(&event.json).ok()?;
    if event.kind == "template_category_update" {
        return moved_category(&json);
    }
    let word = json.get("event")?.as_str()?;
    match event.kind.as_str() {
        "message_template_status_update" if TEMPLATE_STOPS.contains(&word) => {
            let name = json.get("message_template_name")?.as_str()?.to_owned();
            Some(Stops::Template { name, word: word.to_owned() })
        }
        "account_update" if ACCOUNT_STOPS.contains(&word) => {
            // Ban that was lifted is told by the same word.
            let ban = json.get("ban_info").and_then(|ban| ban.get("waba_ban_state"));
            let is_lifted = ban.and_then(|state| state.as_str()) == Some("REINSTATE");
            (!is_lifted).then(|| Stops::Account { word: word.to_owned() })
        }
        _ => None,
    }
}

/// A template that is of another category now has another price, and needs another consent than the one it was
/// planned under. A forecast of it (`correct_category` alone) stops nothing yet.
fn moved_category(json: &serde_json::Value) -> Option<Stops> {
    let word = |key: &str| json.get(key).and_then(|value| value.as_str());
    let (name, now) = (word("message_template_name")?, word("new_category")?);
    if word("previous_category") == Some(now) {
        return None;
    }
    let word = format!("its category is {now} now; write that into its file and plan anew");
    Some(Stops::Template { name: name.to_owned(), word })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, json: &str) -> AccountEvent {
        AccountEvent {
            channel: Channel::Whatsapp,
            account: "106540352242922".to_owned(),
            kind: kind.to_owned(),
            at: Timestamp::UNIX_EPOCH,
            json: json.to_owned(),
        }
    }

    #[test]
    fn how_many_people_a_day_is_read_however_it_is_written() {
        let says = |kind: &str, json: &str| people_a_day(&event(kind, json));
        let [capability, quality] = TIER_EVENTS;
        for (kind, json, expected) in [
            (capability, r#"{"max_daily_conversations_per_business":2000}"#, Some(2_000)),
            (capability, r#"{"max_daily_conversation_per_phone":"250"}"#, Some(250)),
            (capability, r#"{"max_daily_conversations_per_business":-1}"#, Some(u64::MAX)),
            (capability, r#"{"max_phone_numbers_per_waba":25}"#, None),
            (quality, r#"{"event":"DOWNGRADE","current_limit":"TIER_1K"}"#, Some(1_000)),
            (quality, r#"{"event":"ONBOARDING","current_limit":"TIER_NOT_SET"}"#, None),
            (
                quality,
                r#"{"current_limit":"TIER_10K","max_daily_conversations_per_business":"TIER_2K"}"#,
                Some(2_000),
            ),
            (
                quality,
                r#"{"max_daily_conversations_per_business":"TIER_UNLIMITED"}"#,
                Some(u64::MAX),
            ),
            ("account_update", r#"{"current_limit":"TIER_250"}"#, None),
            (capability, "no JSON", None),
        ] {
            assert_eq!(says(kind, json), expected, "{kind} {json}");
        }
    }

    #[test]
    fn of_two_words_about_a_day_the_newer_counts() {
        let older = event(TIER_EVENTS[0], r#"{"max_daily_conversations_per_business":250}"#);
        let at = Timestamp::from_second(60).unwrap();
        let newer = AccountEvent { at, ..event(TIER_EVENTS[1], r#"{"current_limit":"TIER_10K"}"#) };
        assert_eq!(newest_people_a_day(&[newer, older.clone()]), Some(10_000));
        assert_eq!(newest_people_a_day(&[older]), Some(250));
        assert_eq!(newest_people_a_day(&[]), None);
    }

    #[test]
    fn events_that_stop_something_are_known_from_those_that_do_not() {
        let template = |word: &str| {
            let json = format!(r#"{{"event":"{word}","message_template_name":"samvad_1"}}"#);
            read(&event("message_template_status_update", &json))
        };
        let account = |json: &str| read(&event("account_update", json));
        let name = "samvad_1".to_owned();
        assert_eq!(template("PAUSED"), Some(Stops::Template { name, word: "PAUSED".to_owned() }));
        assert_eq!(template("APPROVED"), None);
        assert_eq!(template("FLAGGED"), None, "it still goes");
        let word = "ACCOUNT_RESTRICTION".to_owned();
        let restricted = account(r#"{"event":"ACCOUNT_RESTRICTION","restriction_info":[]}"#);
        assert_eq!(restricted, Some(Stops::Account { word }));
        let lifted = r#"{"event":"DISABLED_UPDATE","ban_info":{"waba_ban_state":"REINSTATE"}}"#;
        assert_eq!(account(lifted), None);
        assert_eq!(account(r#"{"event":"VOLUME_BASED_PRICING_TIER_UPDATE"}"#), None);
        let category = |json: &str| read(&event("template_category_update", json));
        let moved = r#"{"message_template_name":"samvad_1","previous_category":"UTILITY","new_category":"MARKETING"}"#;
        let Some(Stops::Template { name, word }) = category(moved) else { panic!("it stops") };
        assert!(name == "samvad_1" && word.contains("MARKETING"), "{name}: {word}");
        assert_eq!(category(&moved.replace("MARKETING", "UTILITY")), None, "as it was");
        let forecast = r#"{"message_template_name":"samvad_1","correct_category":"MARKETING"}"#;
        assert_eq!(category(forecast), None, "not yet");
        assert_eq!(read(&event("security", "{}")), None);
        assert_eq!(read(&event("account_update", "no JSON")), None);
    }
}
