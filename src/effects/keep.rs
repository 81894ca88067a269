//! Media of people are copied to our own folder before the provider forgets them.

use std::time::Duration;

use super::EffectsOptions;
use super::folder::MediaFolder;
use crate::channel::ErrorClass;
use crate::channel::whatsapp::{CallError, Sender};
use crate::clock::{jittered, later};
use crate::message::{Channel, MediaKind};
use crate::records::{DueEffect, EffectResult, Medium};

const MB: usize = 1024 * 1024;

/// What is kept, with the most bytes of each: what WhatsApp lets a person send, and no programs.
const KEPT: [(&str, usize); 19] = [
    ("image/jpeg", 16 * MB),
    ("image/png", 16 * MB),
    ("image/webp", MB),
    ("audio/aac", 16 * MB),
    ("audio/amr", 16 * MB),
    ("audio/mpeg", 16 * MB),
    ("audio/mp4", 16 * MB),
    ("audio/ogg", 16 * MB),
    ("audio/opus", 16 * MB),
    ("video/mp4", 16 * MB),
    ("video/3gpp", 16 * MB),
    ("text/plain", 16 * MB),
    ("application/pdf", 32 * MB),
    ("application/msword", 32 * MB),
    ("application/vnd.ms-excel", 32 * MB),
    ("application/vnd.ms-powerpoint", 32 * MB),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", 32 * MB),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 32 * MB),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", 32 * MB),
];

/// WhatsApp deletes what people send after seven days.
const GIVE_UP: Duration = Duration::from_hours(6 * 24);

/// How long one download may take with all its calls; with the writing it stays within the claim.
const DOWNLOAD: Duration = Duration::from_mins(3);

/// The first wait after a download that failed, doubled each time up to the longest.
const SHORTEST_WAIT: Duration = Duration::from_secs(30);
const LONGEST_WAIT: Duration = Duration::from_hours(6);

/// What stands for the medium of a simulated phone, behind which there are no bytes.
const SIMULATED: &[u8] = b"a medium of the phone simulator\n";

/// Downloads media and puts them into the folder. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Keeper {
    /// `None` while WhatsApp is off.
    pub whatsapp: Option<Sender>,
    pub folder: MediaFolder,
}

/// Why there are no bytes.
enum Missing {
    /// There never will be.
    Refused { size: Option<u64>, reason: String },
    /// Perhaps later.
    Later,
}

/// The most bytes of a type; `None` for one that is not kept.
fn most_bytes(mime_type: &str) -> Option<usize> {
    let plain = mime_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    KEPT.iter().find(|(known, _)| *known == plain).map(|(_, most)| *most)
}

impl Keeper {
    /// One attempt at a medium: what is to be recorded of it, and its name among the metrics.
    pub(super) async fn attempt(
        &self,
        effect: &DueEffect,
        kind: MediaKind,
        id: &str,
        mime_type: &str,
        options: &EffectsOptions,
    ) -> (&'static str, EffectResult) {
        let refused = |size: Option<u64>, reason: String| {
            let mime_type = mime_type.to_owned();
            ("refused", EffectResult::Refused { kind, mime_type, size, reason })
        };
        let Some(most) = most_bytes(mime_type) else {
            return refused(None, "files of this type are not kept".to_owned());
        };
        match self.download(effect, id, most).await {
            Ok((bytes, of_type)) => {
                let mime_type = of_type.unwrap_or_else(|| mime_type.to_owned());
                if most_bytes(&mime_type).is_none_or(|most| bytes.len() > most) {
                    let size = u64::try_from(bytes.len()).ok();
                    return refused(size, "files of this type and size are not kept".to_owned());
                }
                match self.put(effect, kind, mime_type, bytes).await {
                    Some(medium) => ("kept", EffectResult::Kept(medium)),
                    None => again(effect, options).unwrap_or_else(|| {
                        refused(None, "it could not be written in six days".to_owned())
                    }),
                }
            }
            Err(Missing::Refused { size, reason }) => refused(size, reason),
            Err(Missing::Later) => again(effect, options)
                .unwrap_or_else(|| refused(None, "it could not be fetched in six days".to_owned())),
        }
    }

    /// The bytes, and their type where the provider tells it.
    async fn download(
        &self,
        effect: &DueEffect,
        id: &str,
        most: usize,
    ) -> Result<(Vec<u8>, Option<String>), Missing> {
        match effect.road.channel {
            Channel::Simulator => Ok((SIMULATED.to_vec(), Some("text/plain".to_owned()))),
            Channel::Whatsapp => {
                // It may be switched on again.
                let sender = self.whatsapp.as_ref().ok_or(Missing::Later)?;
                let downloading = sender.download_media(&effect.road.account, id, most);
                let downloaded = tokio::time::timeout(DOWNLOAD, downloading).await;
                match downloaded.unwrap_or(Err(CallError::NoAnswer)) {
                    Ok(media) => Ok((media.bytes, media.mime_type)),
                    Err(error) => Err(judge(&error, effect.id)),
                }
            }
            _ => Err(Missing::Refused {
                size: None,
                reason: "this channel brings no media".to_owned(),
            }),
        }
    }

    async fn put(
        &self,
        effect: &DueEffect,
        kind: MediaKind,
        mime_type: String,
        bytes: Vec<u8>,
    ) -> Option<Medium> {
        let (folder, name, attempt) = (self.folder.clone(), effect.key.clone(), effect.attempts);
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let writing = tokio::task::spawn_blocking(move || folder.write(&name, attempt, bytes));
        match writing.await {
            Ok(Ok(written)) => Some(Medium {
                kind,
                mime_type,
                size,
                path: written.path,
                file_key: written.file_key,
            }),
            Ok(Err(error)) => {
                tracing::error!(effect = effect.id, %error, "a medium could not be written");
                None
            }
            Err(_) => {
                tracing::error!(effect = effect.id, "the writing of a medium panicked");
                None
            }
        }
    }
}

impl Keeper {
    /// The row of a file that was written will never be: nobody could open it.
    pub(super) async fn take_back(&self, path: String) {
        let folder = self.folder.clone();
        let removed = tokio::task::spawn_blocking(move || folder.remove(&path)).await;
        if let Ok(Err(error)) = removed {
            tracing::warn!(%error, "a file that nobody can open stays in the folder of media");
        }
    }
}

/// Meta could not fetch the medium from the phone: nobody has it.
const NOT_THERE: i64 = 131_052;

/// What Meta says of a medium that is gone, it also says of one that our token may not see just now
/// (code 100, a bare 400, 401, 403): only what cannot change ends a medium before its time.
fn judge(error: &CallError, effect: i64) -> Missing {
    let refused = |reason: String| Missing::Refused { size: None, reason };
    match error {
        CallError::TooLarge(most) => refused(format!("it has more than {} MB", most / MB)),
        CallError::Refused(refusal) if refusal.code == Some(NOT_THERE) => {
            refused("the provider does not have it".to_owned())
        }
        // The call was not made: the id is none.
        CallError::Refused(refusal)
            if refusal.class == ErrorClass::Never && refusal.http.is_none() =>
        {
            refused("its name is none of the provider's".to_owned())
        }
        _ => {
            tracing::info!(effect, %error, "a medium is fetched again later");
            Missing::Later
        }
    }
}

/// The next attempt; `None` when the provider has forgotten the medium by then.
fn again(effect: &DueEffect, options: &EffectsOptions) -> Option<(&'static str, EffectResult)> {
    let doubled = SHORTEST_WAIT.saturating_mul(1 << effect.attempts.min(16));
    let wait = jittered(doubled.min(LONGEST_WAIT), options.ids.seed());
    let not_before = later(options.clock.now(), wait);
    let is_in_time = not_before < later(effect.created, GIVE_UP);
    is_in_time.then_some(("again", EffectResult::Retry { not_before }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::SendError;
    use crate::channel::whatsapp::errors::{class_of, refusal};

    fn is_over(error: &CallError) -> bool {
        matches!(judge(error, 1), Missing::Refused { .. })
    }

    #[test]
    fn a_token_that_may_not_see_a_medium_today_may_see_it_tomorrow() {
        for (http, code) in [(401, 190), (400, 190), (403, 10), (403, 200), (403, 299), (400, 100)]
        {
            let body = format!(r#"{{"error":{{"code":{code}}}}}"#);
            let error = CallError::Refused(refusal(http, None, body.as_bytes()));
            assert!(!is_over(&error), "{http} {code}");
        }
        for http in [400, 401, 403, 404, 429, 500] {
            assert!(!is_over(&CallError::Refused(refusal(http, None, b""))), "{http}");
        }
        for error in [CallError::NoAnswer, CallError::NotSent, CallError::Lacks("url")] {
            assert!(!is_over(&error), "{error}");
        }
    }

    #[test]
    fn what_cannot_change_ends_a_medium_at_once() {
        let not_there = refusal(400, None, br#"{"error":{"code":131052}}"#);
        assert!(is_over(&CallError::Refused(not_there)));
        assert!(is_over(&CallError::TooLarge(16 * MB)));
        let class = class_of(None, None);
        let not_made = SendError { class, code: None, http: None, retry_after: None };
        assert!(is_over(&CallError::Refused(not_made)));
    }
}
