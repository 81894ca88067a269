//! Who may stand on a roster: every person on a phone, with the posts held on a day.

use super::import::{president, row, taken};
use super::*;
use crate::places::Place;
use crate::records::{HeldPost, Incoming, NewPost};

promises! {
    posts_are_told_as_they_were_held_on_the_day,
    everybody_else_on_a_phone_is_told_with_their_place,
}

async fn posts_are_told_as_they_were_held_on_the_day(home: Home) {
    let house = House::new(home).await;
    let day = house.now() - jiff::SignedDuration::from_hours(24 * 30);
    let since = NewPost { since: Some(day), ..president(42) };
    let rows =
        vec![Incoming { post: Some(since), ..row("9812345678", "रमेश यादव") }];
    taken(&house, rows).await;
    let beside = house.beside().await;
    let at = |hours: i64| day + jiff::SignedDuration::from_hours(hours);
    let held = beside.posts_at(0..=i64::MAX, at(1)).await.unwrap();
    let place = Place::Booth { assembly: 173, number: 42 };
    let [HeldPost { person: 0, post, place: there, .. }] = held.as_slice() else {
        panic!("{held:?}")
    };
    assert_eq!((post.as_str(), *there), ("booth_president", place));
    assert_eq!(beside.posts_at(0..=i64::MAX, at(-1)).await.unwrap(), [], "not given yet");
    let contact = held[0].contact;
    assert_eq!(beside.posts_at(contact + 1..=i64::MAX, at(1)).await.unwrap(), []);
}

async fn everybody_else_on_a_phone_is_told_with_their_place(home: Home) {
    let house = House::new(home).await;
    let first = row("9812345678", "रमेश यादव");
    let second = row("9812345678", "गीता यादव");
    taken(&house, vec![first, second]).await;
    let beside = house.beside().await;
    let further = beside.further_members(0..=i64::MAX).await.unwrap();
    assert_eq!(further.len(), 1, "{further:?}");
    assert_eq!(further[0].person, 1);
    assert_eq!(further[0].membership.home.booth, Some(42));
}
