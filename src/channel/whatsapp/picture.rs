//! A picture of ours on its way: drawn, uploaded once, and sent as an image with its words under it.
//! The words never wait for it longer than ten seconds.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::Duration;

use parking_lot::Mutex;

use crate::channel::picture::{PICTURE_TYPE, drawn};
use crate::channel::whatsapp::encode::CAPTION_MAX;
use crate::channel::whatsapp::sender::Sender;
use crate::message::{Content, MediaKind, MediaSource, Outgoing, OutgoingId, Picture};

/// After this long the words go alone.
pub const PICTURE_WAIT: Duration = Duration::from_secs(10);

/// So many uploads are remembered for messages that go again.
const REMEMBERED: usize = 1_000;

/// The uploads of messages that may go again, the newest at the end.
#[derive(Debug, Default)]
pub(super) struct Uploads {
    made: Mutex<VecDeque<(OutgoingId, String)>>,
}

impl Uploads {
    fn of(&self, message: OutgoingId) -> Option<String> {
        let made = self.made.lock();
        made.iter().find(|(known, _)| *known == message).map(|(_, media_id)| media_id.clone())
    }

    fn keep(&self, message: OutgoingId, media_id: String) {
        let mut made = self.made.lock();
        if made.len() >= REMEMBERED {
            made.pop_front();
        }
        made.push_back((message, media_id));
    }
}

impl Sender {
    /// The message as it is sent: a picture as an uploaded image, or, where that cannot be in time, as
    /// it is, and the encoder sends its words.
    pub(super) async fn with_image<'a>(&self, outgoing: &'a Outgoing) -> Cow<'a, Outgoing> {
        let Content::Picture { body, picture } = &outgoing.content else {
            return Cow::Borrowed(outgoing);
        };
        if body.chars().count() > CAPTION_MAX {
            tracing::warn!(
                outgoing = outgoing.id.id,
                "the words are too long to stand under a picture"
            );
            return Cow::Borrowed(outgoing);
        }
        let uploading = tokio::time::timeout(PICTURE_WAIT, self.uploaded(outgoing, picture));
        let Ok(Some(media_id)) = uploading.await else {
            tracing::warn!(
                outgoing = outgoing.id.id,
                "the picture is not there; the words go alone"
            );
            return Cow::Borrowed(outgoing);
        };
        let caption = (!body.trim().is_empty()).then(|| body.clone());
        let content = Content::Media {
            kind: MediaKind::Image,
            source: MediaSource::Id(media_id),
            caption,
            filename: None,
        };
        Cow::Owned(Outgoing { content, ..outgoing.clone() })
    }

    /// The id of the uploaded picture of this message; the same when the message goes again.
    async fn uploaded(&self, outgoing: &Outgoing, picture: &Picture) -> Option<String> {
        if let Some(media_id) = self.uploads().of(outgoing.id) {
            return Some(media_id);
        }
        let png = drawn(picture).await?;
        match self.upload_media(&outgoing.account, &png, PICTURE_TYPE, "card.png").await {
            Ok(media_id) => {
                self.uploads().keep(outgoing.id, media_id.clone());
                Some(media_id)
            }
            Err(error) => {
                tracing::warn!(outgoing = outgoing.id.id, %error, "a picture could not be uploaded");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
