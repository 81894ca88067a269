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
    /// What a message needs before it is sent, in a time of its own: a picture is drawn and uploaded.
    /// Where that cannot be, its words will go alone. Safe to repeat; nothing reaches the person.
    pub async fn prepare(&self, outgoing: &Outgoing) {
        let Content::Picture { body, picture } = &outgoing.content else { return };
        if body.chars().count() > CAPTION_MAX {
            tracing::warn!(
                outgoing = outgoing.id.id,
                "the words are too long to stand under a picture"
            );
            return;
        }
        // In a box: drawing and uploading would make the way of every message as large as theirs.
        let upload = Box::pin(self.upload(outgoing, picture));
        let uploading = tokio::time::timeout(PICTURE_WAIT, upload);
        if uploading.await.is_err() {
            tracing::warn!(outgoing = outgoing.id.id, "a picture took too long");
        }
    }

    /// The message as it is sent: a picture as the uploaded image, or, where there is none, as it is,
    /// and the encoder sends its words.
    pub(super) fn with_image<'a>(&self, outgoing: &'a Outgoing) -> Cow<'a, Outgoing> {
        let Content::Picture { body, .. } = &outgoing.content else {
            return Cow::Borrowed(outgoing);
        };
        let Some(media_id) = self.uploads().of(outgoing.id) else {
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

    /// Uploads the picture of this message, unless an earlier attempt did.
    async fn upload(&self, outgoing: &Outgoing, picture: &Picture) {
        if self.uploads().of(outgoing.id).is_some() {
            return;
        }
        let Some(png) = drawn(picture).await else { return };
        match self.upload_media(&outgoing.account, &png, PICTURE_TYPE, "card.png").await {
            Ok(media_id) => self.uploads().keep(outgoing.id, media_id),
            Err(error) => {
                tracing::warn!(outgoing = outgoing.id.id, %error, "a picture could not be uploaded");
            }
        }
    }
}

#[cfg(test)]
mod tests;
