//! What the gate is asked by while the server is up: the calendar, read anew when the office edits it, and the
//! kill switch, looked at all the time.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

use crate::broadcast::Frozen;
use crate::calendar::Calendar;
use crate::config::read_calendar;
use crate::delivery::{Certified, Rulebook};
use crate::gate::{Rules, RulesHandle};
use crate::records::{Halt, Records, RecordsError};

/// How often the calendar and the kill switch are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// So many broadcasts are kept as they were frozen.
const MOST_KEPT: usize = 200;

/// Broadcasts by their numbers. What leaves of one is never changed any more.
type Kept = Arc<Mutex<HashMap<i64, Arc<Frozen>>>>;

/// The rules as delivery asks them: the words of a broadcast are those it was frozen with.
pub(super) fn rulebook(rules: &RulesHandle, records: &Records) -> Rulebook {
    let (records, kept) = (records.clone(), Kept::default());
    Rulebook::new(rules.clone(), move |asked| {
        Box::pin(is_certified(records.clone(), Arc::clone(&kept), asked))
    })
}

/// Whether the certificate that the broadcast names covers what leaves; of no broadcast nothing does.
async fn is_certified(
    records: Records,
    kept: Kept,
    asked: Certified,
) -> Result<bool, RecordsError> {
    let Some(id) = asked.broadcast else { return Ok(false) };
    let known = kept.lock().get(&id).cloned();
    let frozen = if let Some(frozen) = known {
        frozen
    } else {
        let Some(row) = records.broadcast_of(id).await? else { return Ok(false) };
        let read = match Frozen::from_json(&row.definition) {
            Ok(frozen) => Arc::new(frozen),
            Err(error) => {
                tracing::error!(broadcast = id, %error, "its words cannot be read, and are not certified");
                return Ok(false);
            }
        };
        let mut kept = kept.lock();
        if kept.len() >= MOST_KEPT {
            kept.clear();
        }
        kept.insert(id, Arc::clone(&read));
        read
    };
    let hash = frozen.certified_hash_of(&asked.content);
    let calendar = &asked.rules.calendar;
    Ok(frozen.is_certified(&asked.content, hash, calendar, asked.now))
}

/// The calendar file, and who is told of an edited one.
pub(super) struct CalendarWatch {
    pub rules: RulesHandle,
    pub path: PathBuf,
    pub shutdown: CancellationToken,
}

impl CalendarWatch {
    /// Puts an edited calendar in force when it can be read; keeps the old one, and says why, when it cannot. It is
    /// looked at all the time, however flows are reloaded: what the law forbids waits for no signal.
    pub(super) async fn keep_fresh(self) {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut hangup) = signal(SignalKind::hangup()) else {
            tracing::error!("SIGHUP cannot be heard; the calendar is not read again");
            return self.shutdown.cancelled().await;
        };
        let mut told: Option<Vec<String>> = None;
        loop {
            tokio::select! {
                () = self.shutdown.cancelled() => return,
                _ = hangup.recv() => told = None,
                () = tokio::time::sleep(LOOK) => {}
            }
            self.look(&mut told);
        }
    }

    /// `told` is what was last said against the file: the same is not said twice.
    fn look(&self, told: &mut Option<Vec<String>>) {
        let now = self.rules.get();
        // A calendar that is gone is no decision of the office: to end one, its file is emptied.
        let must_be_there = now.calendar != Calendar::default();
        match read_calendar(&self.path, must_be_there) {
            Ok(calendar) => {
                *told = None;
                if calendar != now.calendar {
                    self.rules.replace(Rules { calendar, ..(*now).clone() });
                    tracing::warn!("the edited calendar of elections is in force");
                }
            }
            Err(errors) => {
                // Nobody knows what it forbids now. The old one stays in force, and asking for opinions rests.
                if !now.calendar.is_in_doubt() {
                    let calendar = now.calendar.clone().doubted();
                    self.rules.replace(Rules { calendar, ..Rules::clone(&now) });
                }
                if told.as_ref() != Some(&errors) {
                    let words = errors.join("\n  - ");
                    tracing::error!(
                        "the calendar was not taken, the old one stays in force, and no poll asks or takes answers until it can be read:\n  - {words}"
                    );
                    *told = Some(errors);
                }
            }
        }
    }
}

/// The kill switch of this process.
pub(super) struct HaltWatch {
    pub records: Records,
    pub halted: Arc<AtomicBool>,
    /// The configuration says so, whatever the switch does.
    pub always: bool,
    pub stop: CancellationToken,
}

impl HaltWatch {
    /// Follows the switch; while the records do not answer it stays as it is.
    pub(super) async fn follow(self) {
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
            match self.records.halt().await {
                Ok(halt) => self.take(halt.as_ref()),
                Err(error) => tracing::debug!(%error, "the kill switch cannot be read"),
            }
        }
    }

    pub(super) fn take(&self, halt: Option<&Halt>) {
        let now = self.always || halt.is_some_and(|halt| halt.halted);
        if self.halted.swap(now, Ordering::Relaxed) == now {
            return;
        }
        let (by, why) = halt.map_or(("", ""), |halt| (halt.by.as_str(), halt.why.as_str()));
        if now {
            tracing::error!(
                by,
                why,
                "the kill switch is on: nothing is sent, what waits stays queued"
            );
        } else {
            tracing::warn!(by, why, "the kill switch is off: what waited goes on");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::broadcast::{Addressee, Wording as _};
    use crate::contact::Language;
    use crate::message::Channel;
    use crate::records::{Beside, NewBroadcast, RecordsOptions};

    const PHASE: &str = "[[phases]]\nname = \"पहला\"\npoll = \"2027-02-10\"\nclose = \"18:00\"\n";

    #[test]
    fn an_edited_calendar_is_taken_a_broken_or_lost_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let watch = CalendarWatch {
            rules: RulesHandle::default(),
            path: folder.path().join("calendar.toml"),
            shutdown: CancellationToken::new(),
        };
        let mut told = None;
        let mut look = |text: Option<&str>| {
            match text {
                Some(text) => std::fs::write(&watch.path, text).unwrap(),
                None => std::fs::remove_file(&watch.path).unwrap_or_default(),
            }
            watch.look(&mut told);
            let calendar = &watch.rules.get().calendar;
            assert_eq!(calendar.is_in_doubt(), told.is_some(), "what cannot be read is in doubt");
            (calendar.phases().len(), told.is_some())
        };
        assert_eq!(look(None), (0, false), "there need not be one");
        assert_eq!(look(Some(&format!("{PHASE}assemblies = [1]\n"))), (1, false));
        assert_eq!(look(Some(&format!("{PHASE}assemblies = [404]\n"))), (1, true));
        assert_eq!(look(Some(&format!("{PHASE}assemblies = [2]\n"))), (1, false));
        assert_eq!(look(None), (1, true), "a file that is gone is no decision");
        assert_eq!(look(Some("")), (0, false), "an empty one is");
        assert_eq!(look(Some("[[phases]]\n")), (0, true), "the first one of an election, too");
        assert_eq!(look(Some(&format!("{PHASE}assemblies = [1]\n"))), (1, false));
    }

    /// Records of a folder.
    fn options(folder: &std::path::Path) -> RecordsOptions {
        let keys = folder.join("keys.toml");
        let keyring =
            crate::seal::Keyring::open(&keys, true, &crate::clock::Ids::system()).unwrap();
        RecordsOptions {
            url: format!("sqlite://{}", folder.join("samvad.db").display()),
            connections: 1,
            clock: crate::clock::Clock::fixed("2026-11-21T06:30:00Z".parse().unwrap()),
            keyring: Arc::new(keyring),
            lease: Duration::from_secs(45),
            group: 100,
            membership: crate::config::MembershipSection::default(),
        }
    }

    #[tokio::test]
    async fn what_leaves_is_held_against_the_certificate_of_its_own_broadcast() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::open(options(folder.path())).await.unwrap();
        let beside = Beside::open(options(folder.path())).await.unwrap();
        let mut frozen = crate::broadcast::fixture::frozen();
        frozen.certificate = Some("UP/114".to_owned());
        let now = "2026-12-01T00:00:00Z".parse().unwrap();
        let new = NewBroadcast {
            name: frozen.name.clone(),
            purpose: frozen.purpose,
            author: "ravi".to_owned(),
            definition: frozen.to_json(),
            audience: String::new(),
            from: None,
            send_before: frozen.before,
            flow: None,
            templates: Vec::new(),
            fallback: None,
            certificate: frozen.certificate.clone(),
            test_of: None,
            repeats: false,
            at: now,
        };
        let id = beside.create_broadcast(new).await.unwrap();
        let hash = frozen.certified_hash(Channel::Whatsapp, Language::Hi).unwrap();
        let digits: Vec<String> = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let in_force = |number: &str| {
            let text = format!(
                "[[certificates]]\nnumber = \"{number}\"\ncommittee = \"राज्य\"\n\
                 date = \"2026-11-02\"\nsha256 = [\"{}\"]\n",
                digits.concat()
            );
            Arc::new(Rules { calendar: Calendar::read(&text).unwrap(), ..Rules::default() })
        };
        for (broadcast, language, number, certified) in [
            (Some(id), Language::Hi, "UP/114", true),
            (Some(id), Language::Ur, "UP/114", false),
            (Some(id), Language::Hi, "UP/115", false),
            (Some(id + 1), Language::Hi, "UP/114", false),
            (None, Language::Hi, "UP/114", false),
        ] {
            let to = Addressee { language, ..Addressee::default() };
            let content = frozen.content(&to, Channel::Whatsapp).unwrap();
            let asked = Certified { broadcast, content, rules: in_force(number), now };
            let answer = is_certified(records.clone(), Kept::default(), asked).await.unwrap();
            assert_eq!(answer, certified, "{broadcast:?} {} {number}", language.code());
        }
    }

    #[tokio::test]
    async fn the_switch_follows_the_records_unless_the_configuration_halts() {
        let folder = tempfile::tempdir().unwrap();
        let options = options(folder.path());
        let clock = options.clock.clone();
        let records = Records::open(options).await.unwrap();
        for always in [false, true] {
            let halted = Arc::new(AtomicBool::new(always));
            let (records, stop) = (records.clone(), CancellationToken::new());
            let watch = HaltWatch { records, halted: Arc::clone(&halted), always, stop };
            let turned = |on| Halt {
                halted: on,
                by: "संजय".to_owned(),
                why: "परीक्षण".to_owned(),
                at: clock.now(),
            };
            for (halt, expected) in [(None, false), (Some(true), true), (Some(false), false)] {
                watch.take(halt.map(turned).as_ref());
                assert_eq!(halted.load(Ordering::Relaxed), expected || always, "{halt:?}");
            }
        }
    }
}
