//! Members drawn by lot, whom another district asks whether what stands of them is true. Which ones they
//! are follows from the seed, so that anybody can see afterwards that nobody chose them.

use jiff::Timestamp;
use ring::digest;

use super::{Listed, MEMBER_COLUMNS, Whom, open_member};
use crate::clock::from_ms;
use crate::records::query::{Bulk, Step};
use crate::records::sql::listings as sql;
use crate::records::{Beside, MemberState, RecordsError};

/// A sample as it was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    pub id: i64,
    /// As [`Place`](crate::places::Place) is written.
    pub place: String,
    pub state: MemberState,
    /// 1 to 100.
    pub percent: u8,
    pub seed: i64,
    /// Of so many it was drawn.
    pub population: u64,
    pub at: Timestamp,
    pub actor: String,
}

/// One member of a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampled {
    pub member: Listed,
    /// The LGD code of the district that asks: never the member's own.
    pub district: u16,
}

/// So many rows are written at once.
const STEP: usize = 10_000;

const ADD_MEMBERS: Bulk = Bulk {
    one: "INSERT INTO sample_members (sample, member, district) VALUES (?1, ?2, ?3)
          ON CONFLICT (sample, member) DO NOTHING",
    all: "INSERT INTO sample_members (sample, member, district)
          SELECT * FROM unnest(?1::BIGINT[], ?2::BIGINT[], ?3::BIGINT[])
          ON CONFLICT (sample, member) DO NOTHING",
};

/// A member's lot: whoever has the lowest ones is drawn.
fn lot(seed: i64, number: i64) -> u64 {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&seed.to_be_bytes());
    context.update(&number.to_be_bytes());
    let mut first = [0; 8];
    for (byte, from) in first.iter_mut().zip(context.finish().as_ref()) {
        *byte = *from;
    }
    u64::from_be_bytes(first)
}

/// How many of so many are drawn: the share, rounded up.
fn share(population: usize, percent: u8) -> usize {
    population.saturating_mul(usize::from(percent.min(100))).div_ceil(100)
}

/// The district that asks the members of another: one for all of them, by the seed; `None` where there is
/// no other.
fn asks(seed: i64, own: u16, districts: &[u16]) -> Option<u16> {
    let others = districts.iter().filter(|district| **district != own);
    others
        .copied()
        .min_by_key(|district| lot(seed, i64::from(own) * 1_000_000 + i64::from(*district)))
}

impl Beside {
    /// Draws so many percent of the members in a state at some places, and for each of their districts
    /// another one that asks; writes both down. `districts` are the codes of all there are, `district_of`
    /// gives that of a seat. Members of whom neither district nor seat is known are not among those drawn
    /// from: nobody could tell that another district asks.
    pub async fn draw(
        &self,
        (place, whom): (&str, &Whom),
        (percent, seed): (u8, i64),
        (districts, district_of): (&[u16], &(dyn Fn(u16) -> Option<u16> + Sync)),
        (actor, at): (&str, Timestamp),
    ) -> Result<Sample, RecordsError> {
        let mut lots: Vec<(u64, i64, u16)> = Vec::new();
        for seat in self.count(whom).await?.into_keys() {
            let there = Whom { seats: Some(vec![seat]), ..whom.clone() };
            let own_of_seat = district_of(seat);
            for row in self.query(sql::population(&there.condition()), Vec::new()).await? {
                let (member, said) = (row.int(0)?, row.text(1)?.parse().ok());
                // Where the two say different things the seat decides: it is what people vote in.
                let Some(own) = own_of_seat.or(said) else { continue };
                lots.push((lot(seed, member), member, own));
            }
        }
        let population = lots.len();
        let drawn = share(population, percent);
        if drawn < population {
            lots.select_nth_unstable(drawn);
            lots.truncate(drawn);
        }
        lots.sort_unstable_by_key(|(_, member, _)| *member);
        let state = whom.state.unwrap_or(MemberState::Confirmed);
        let counted = i64::try_from(population).unwrap_or(i64::MAX);
        let values = vec![
            place.into(),
            state.code().into(),
            i64::from(percent).into(),
            seed.into(),
            counted.into(),
            at.as_millisecond().into(),
            actor.into(),
        ];
        let id = self.returned(Step { sql: sql::ADD_SAMPLE, values }).await?;
        let id = id.ok_or_else(|| RecordsError::Refused("the sample took no row".to_owned()))?;
        for some in lots.chunks(STEP) {
            let mut columns = [Vec::new(), Vec::new(), Vec::new()];
            for (_, member, own) in some {
                let Some(district) = asks(seed, *own, districts) else { continue };
                let [samples, members, asking] = &mut columns;
                samples.push(id);
                members.push(*member);
                asking.push(i64::from(district));
            }
            self.add_many(ADD_MEMBERS, columns.to_vec(), Vec::new()).await?;
        }
        Ok(Sample {
            id,
            place: place.to_owned(),
            state,
            percent,
            seed,
            population: u64::try_from(population).unwrap_or(u64::MAX),
            at,
            actor: actor.to_owned(),
        })
    }

    /// One sample by its number, or with 0 the newest ones, at most `limit`.
    pub async fn samples(&self, id: i64, limit: usize) -> Result<Vec<Sample>, RecordsError> {
        let mut samples = Vec::new();
        for row in self.query(sql::SAMPLES, vec![id.into(), limit.into()]).await? {
            let state = MemberState::from_code(row.int(2)?);
            samples.push(Sample {
                id: row.int(0)?,
                place: row.text(1)?.to_owned(),
                state: state.unwrap_or(MemberState::Confirmed),
                percent: u8::try_from(row.int(3)?).unwrap_or(100),
                seed: row.int(4)?,
                population: u64::try_from(row.int(5)?).unwrap_or(0),
                at: from_ms(row.int(6)?),
                actor: row.text(7)?.to_owned(),
            });
        }
        Ok(samples)
    }

    /// The newest sample a member (by their row) is in, and the LGD code of the district that asks them; `None`
    /// where nobody drew them.
    pub async fn asked_by(&self, member: i64) -> Result<Option<(i64, u16)>, RecordsError> {
        let rows = self.query(sql::ASKED_BY, vec![member.into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some((row.int(0)?, u16::try_from(row.int(1)?).unwrap_or(0))))
    }

    /// Who is in a sample and still a member, in the order of their rows behind one, at most `limit`.
    pub async fn sampled(
        &self,
        sample: i64,
        after: i64,
        limit: usize,
    ) -> Result<Vec<Sampled>, RecordsError> {
        let values = vec![sample.into(), after.into(), limit.into()];
        let mut sampled = Vec::new();
        for row in self.query(sql::SAMPLED, values).await? {
            let district = u16::try_from(row.int(MEMBER_COLUMNS)?).unwrap_or(0);
            sampled.push(Sampled { member: open_member(self.keyring(), &row)?, district });
        }
        Ok(sampled)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_share_is_rounded_up_and_never_more_than_all() {
        for (population, percent, drawn) in
            [(0, 10, 0), (1, 1, 1), (100, 5, 5), (101, 5, 6), (3, 100, 3), (3, 255, 3)]
        {
            assert_eq!(share(population, percent), drawn, "{population} {percent}");
        }
    }

    proptest! {
        #[test]
        fn no_district_asks_its_own_members(seed in any::<i64>(), own in 1..200_u16) {
            let districts: Vec<u16> = (118..193).collect();
            let asking = asks(seed, own, &districts).unwrap();
            prop_assert_ne!(asking, own);
            prop_assert_eq!(asks(seed, own, &districts), Some(asking), "the seed says it");
        }
    }

    #[test]
    fn where_there_is_no_other_district_nobody_asks() {
        assert_eq!(asks(7, 162, &[162]), None);
    }
}
