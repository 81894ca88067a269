//! Whom the expression of an audience means, for commands that send nothing.

use super::Desk;
use crate::broadcast::is_in;
use crate::cli::OriginArgs;
use crate::mailing::{Crowd, audience_from, known, names_of, resolved};
use crate::places::{Place, Tree};

/// The contacts it is true of, in their order.
///
/// # Errors
/// The expression, or the flows and the broadcasts it is read among, in the words of `samvad check`.
pub(in crate::cli) fn contacts_where(origins: &OriginArgs, text: &str) -> anyhow::Result<Vec<i64>> {
    let desk = Desk::open(origins)?;
    let rows = desk.runtime.block_on(known(&desk.records))?;
    let names = names_of(&rows);
    let reading = audience_from(&desk.records, &desk.office, text, &names);
    let audience = desk.runtime.block_on(reading)?;
    let tree = Tree::new(&desk.office.geography);
    let seats_of = |place: Place| tree.seats_under(place);
    let now = desk.clock.now();
    desk.runtime.block_on(async {
        let earlier = resolved(&desk.records, Some(&audience), "", &rows).await?;
        let mut crowd =
            Crowd::of_audience(&desk.records, &desk.office, &audience, &earlier).await?;
        let mut contacts = Vec::new();
        loop {
            let (batch, earlier) = crowd.next().await?;
            if batch.is_empty() {
                return Ok(contacts);
            }
            let inside = batch.iter().filter(|one| is_in(&audience, one, &earlier, now, &seats_of));
            contacts.extend(inside.map(|one| one.contact.id));
        }
    })
}
