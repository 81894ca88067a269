//! What people answered a broadcast with, for the office to read: a message in the log, and who wrote it.

use std::fmt;

use jiff::Timestamp;

use super::{Listed, MEMBER_COLUMNS, open_member, open_number};
use crate::clock::from_ms;
use crate::contact::Identities;
use crate::message::{Channel, InboundContent};
use crate::records::common::{StoredInbound, place};
use crate::records::sql::listings as sql;
use crate::records::{Beside, RecordsError};

/// A message by which somebody answered a broadcast. `Debug` does not show the words.
#[derive(Clone, PartialEq)]
pub struct Answered {
    /// Behind these two [`Beside::answers`] goes on.
    pub mark: (i64, i64),
    /// Who they are now: of two contacts that were found to be one person, the one that stayed.
    pub contact: i64,
    /// `None`: a contact of whom no membership is known.
    pub member: Option<Listed>,
    /// The number they are called on, where they have one.
    pub addresses: Identities,
    pub at: Timestamp,
    /// `None`: a channel of a newer version.
    pub channel: Option<Channel>,
    /// As the log has it: of what may tell a choice in a poll it keeps no words.
    pub content: InboundContent,
}

impl fmt::Debug for Answered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Answered { mark, contact, at, channel, .. } = self;
        formatter
            .debug_struct("Answered")
            .field("mark", mark)
            .field("contact", contact)
            .field("at", at)
            .field("channel", channel)
            .finish_non_exhaustive()
    }
}

impl Beside {
    /// The messages by which people answered a broadcast, behind a mark (from `(0, 0)` on), at most `limit`: person by
    /// person, of each the oldest first. Whoever was erased has none.
    ///
    /// # Errors
    /// [`RecordsError::Broken`]: a message or a name does not open.
    pub async fn answers(
        &self,
        broadcast: i64,
        (contact, message): (i64, i64),
        limit: usize,
    ) -> Result<Vec<Answered>, RecordsError> {
        let values = vec![broadcast.into(), contact.into(), message.into(), limit.into()];
        let mut answers = Vec::new();
        for row in self.query(sql::ANSWERS, values).await? {
            let at = MEMBER_COLUMNS;
            let member = match row.maybe_int(0)? {
                Some(_) => Some(open_member(self.keyring(), &row)?),
                None => None,
            };
            let message = row.int(at + 1)?;
            let broken = |reason: String| RecordsError::Broken {
                table: "messages",
                column: "content",
                id: message,
                reason,
            };
            let plain = self
                .keyring()
                .open_sealed(place::MESSAGE, message, row.bytes(at + 5)?)
                .map_err(|error| broken(error.to_string()))?;
            let stored: StoredInbound = serde_json::from_slice(&plain)
                .map_err(|error| broken(format!("{:?}", error.classify())))?;
            answers.push(Answered {
                mark: (row.int(at)?, message),
                contact: row.int(at + 2)?,
                member,
                addresses: open_number(self.keyring(), &row)?,
                at: from_ms(row.int(at + 3)?),
                channel: Channel::from_code(row.int(at + 4)?),
                content: stored.content,
            });
        }
        Ok(answers)
    }
}
