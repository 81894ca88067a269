//! `samvad people lapse`, `flags`: memberships whose term is over, and sign-ups that people disown.

use super::super::OriginArgs;
use super::super::requests::{day, phone_of};
use crate::clock::Clock;
use crate::records::Beside;

/// So many lapse in one transaction.
const STEP: usize = 500;

/// What a server does every hour, at once.
pub(super) fn lapse(origins: &OriginArgs) -> anyhow::Result<()> {
    let options = super::super::keys::records_options(&origins.read()?)?;
    let lapsed = super::super::runtime()?.block_on(async {
        let records = Beside::open(options).await?;
        let mut lapsed = 0;
        loop {
            let some = records.lapse(Clock::System.now(), STEP).await?;
            lapsed += some;
            if some == 0 {
                return anyhow::Ok(lapsed);
            }
        }
    })?;
    match lapsed {
        0 => println!("No membership has come to the end of its term."),
        1 => println!("1 membership lapsed; it goes on when the person renews it."),
        many => println!("{many} memberships lapsed; each goes on when its person renews it."),
    }
    Ok(())
}

/// Who brought people who then said that they had not joined.
pub(super) fn flags(origins: &OriginArgs, limit: usize) -> anyhow::Result<()> {
    let options = super::super::keys::records_options(&origins.read()?)?;
    super::super::runtime()?.block_on(async {
        let records = Beside::open(options).await?;
        let disowned = records.disowned(limit).await?;
        for one in &disowned {
            let by = match one.enroller {
                Some(contact) => {
                    let (addresses, person) = records.person(contact).await?;
                    let name = person.and_then(|person| person.contact.name().map(str::to_owned));
                    let number = one.number.as_deref().unwrap_or("no member any more");
                    let name = name.unwrap_or_else(|| "—".to_owned());
                    format!("by the code of {number} {} {name}", phone_of(&addresses, false))
                }
                None => "by nobody's code".to_owned(),
            };
            let list = one.import.map(|import| format!(", from list {import}")).unwrap_or_default();
            println!("{:>5} times, last on {}: {by}{list}", one.times, day(one.last));
        }
        let times: u32 = disowned.iter().map(|one| one.times).sum();
        println!("{times} people said that they had not joined.");
        Ok(())
    })
}
