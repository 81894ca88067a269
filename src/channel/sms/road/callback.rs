//! What a vendor calls us with: people's messages, and reports. Pure.

use jiff::Timestamp;

use super::file::{InboundPart, ReportPart, RoadFile};
use super::time::{is_no_moment, time};
use super::tree::{Row, Told};
use crate::channel::sms::{Callback, DecodeError, decode};
use crate::contact::Identities;
use crate::message::{Channel, Inbound, InboundContent, OutgoingId, Status, StatusUpdate};

/// Whose call it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whose<'a> {
    pub(super) road: &'a RoadFile,
    pub(super) account: &'a str,
    /// The word before every message at a shared number.
    pub(super) keyword: Option<&'a str>,
}

impl Whose<'_> {
    /// The messages of people in a call.
    ///
    /// # Errors
    /// [`DecodeError`] with the field as the vendor names it.
    pub(super) fn inbound(&self, callback: &Callback) -> Result<Vec<Inbound>, DecodeError> {
        let part = self.road.inbound.as_ref().ok_or_else(|| self.unknown("inbound"))?;
        let told = Told::of(callback, part.json_field.as_deref())?;
        let rows = told.rows(&part.rows)?;
        let mut messages = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let message = self.message(part, row, callback);
            messages.extend(message.map_err(|error| error.in_row(place, rows.len()))?);
        }
        Ok(messages)
    }

    fn message(
        &self,
        part: &InboundPart,
        row: &Row<'_>,
        callback: &Callback,
    ) -> Result<Option<Inbound>, DecodeError> {
        let (field, number) = row.first(&part.from).ok_or_else(|| missing(&part.from))?;
        let Some(from) = decode::sender(&number) else {
            if decode::is_machine(&number) {
                tracing::info!(
                    account = self.account,
                    "an sms of no person's number is left alone"
                );
                return Ok(None);
            }
            return Err(DecodeError::new(
                field,
                "is no phone number; a person's has ten digits, or a country code before them",
            ));
        };
        let text = part.text.iter().find_map(|path| row.text(path));
        let text = text.ok_or_else(|| missing(&part.text))?;
        let sent_at = self.at(&part.at, row)?.unwrap_or(callback.at);
        let key = if let Some((_, id)) = row.first(&part.id) {
            format!("{}:{id}", self.account)
        } else {
            let to = row.first(&part.to).map(|(_, to)| to).unwrap_or_default();
            decode::key(self.account, &[&number, &to], sent_at, &Ok(text.clone()))
        };
        let text = decode::without_keyword(&text, self.keyword).to_owned();
        Ok(Some(Inbound {
            channel: Channel::Sms,
            account: self.account.to_owned(),
            key,
            from,
            profile_name: None,
            sent_at,
            content: InboundContent::Text { text },
            quoted: None,
        }))
    }

    /// The words about messages of ours in a call.
    ///
    /// # Errors
    /// As [`Whose::inbound`].
    pub(super) fn reports(&self, callback: &Callback) -> Result<Vec<StatusUpdate>, DecodeError> {
        let part = self.road.report.as_ref().ok_or_else(|| self.unknown("report"))?;
        let told = Told::of(callback, part.json_field.as_deref())?;
        let rows = told.rows(&part.rows)?;
        // The address of a report names one message; a list of several came to any of theirs.
        let named = if rows.len() == 1 { callback.query("id") } else { None };
        let named = named.and_then(OutgoingId::from_opaque);
        let mut updates = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let update = self.update(part, row, named, callback);
            updates.extend(update.map_err(|error| error.in_row(place, rows.len()))?);
        }
        Ok(updates)
    }

    fn update(
        &self,
        part: &ReportPart,
        row: &Row<'_>,
        named: Option<OutgoingId>,
        callback: &Callback,
    ) -> Result<Option<StatusUpdate>, DecodeError> {
        let echoed = part.our_id.iter().filter_map(|path| row.text(path));
        let outgoing =
            named.or_else(|| echoed.into_iter().find_map(|id| OutgoingId::from_opaque(&id)));
        let told_id = row.first(&part.id).map(|(_, id)| id);
        let provider_id = told_id.or_else(|| outgoing.map(OutgoingId::to_opaque));
        let provider_id = provider_id.ok_or_else(|| missing(&part.id))?;
        let at = self.at(&part.at, row)?.unwrap_or(callback.at);
        let Some(status) = status(part, row)? else { return Ok(None) };
        let code = row.first(&part.code).map(|(_, code)| code.trim().to_owned());
        let code = code.filter(|_| status == Status::Failed);
        let error = code.as_deref().and_then(|code| code.parse().ok()).filter(|code| *code != 0);
        let asks = code.as_deref().and_then(|code| self.road.classes.in_report(code));
        Ok(Some(StatusUpdate {
            channel: Channel::Sms,
            account: self.account.to_owned(),
            provider_id,
            outgoing,
            status,
            at,
            error,
            asks,
            // Nobody signs for it: a number in a report names no contact of ours.
            recipient: Identities::default(),
        }))
    }

    /// `None`: the row tells no time.
    fn at(&self, paths: &[String], row: &Row<'_>) -> Result<Option<Timestamp>, DecodeError> {
        let (times, zone) = (&self.road.times, &self.road.zone);
        let moment = row.first(paths).filter(|(_, text)| !is_no_moment(text, times, zone));
        let Some((field, text)) = moment else { return Ok(None) };
        let read = time(&text, times, zone);
        read.map(Some).ok_or_else(|| {
            DecodeError::new(
                field,
                "is no time; \"2026-11-21 13:05:00\" or seconds since 1970 are, others are written under times in the road file",
            )
        })
    }

    fn unknown(&self, what: &str) -> DecodeError {
        let vendor = &self.road.vendor;
        DecodeError::new(
            what,
            format!(
                "no form of it is known for {vendor}; write [{what}] in a road file of your own"
            ),
        )
    }
}

/// The status a row tells; `None`: nothing new.
fn status(part: &ReportPart, row: &Row<'_>) -> Result<Option<Status>, DecodeError> {
    let mut strange = None;
    for path in &part.status {
        let Some(word) = row.text(path).filter(|word| !word.trim().is_empty()) else { continue };
        if let Some(known) = part.statuses.get(&word.trim().to_lowercase()) {
            return Ok(known.status());
        }
        strange.get_or_insert((path, word));
    }
    let Some((path, word)) = strange else { return Err(missing(&part.status)) };
    let is_word =
        word.len() <= 30 && word.bytes().all(|b| b.is_ascii_alphabetic() || b"_- ".contains(&b));
    let shown = if is_word { format!("\"{word}\"") } else { "this".to_owned() };
    Err(DecodeError::new(
        path,
        format!("{shown} is no known word; write it under [report.statuses] in the road file"),
    ))
}

fn missing(paths: &[String]) -> DecodeError {
    let field = paths.first().map_or("body", String::as_str);
    let reason = match paths.get(1..).unwrap_or_default() {
        [] => "is missing".to_owned(),
        others => format!("is missing, and so is {}", others.join(", ")),
    };
    DecodeError::new(field, reason)
}
