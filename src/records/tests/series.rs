//! Broadcasts that come again: approved once, their days each in one process's hands.

use super::broadcasts::{moved, new, people, recipient};
use super::*;
use crate::broadcast::BroadcastState;
use crate::clock::later;
use crate::records::{BroadcastRow, DayOpened, DayOpening, Froze, Moved, NewBroadcast, PlanCounts};

promises! {
    a_day_is_made_once_and_is_in_one_hand_at_a_time,
    of_many_who_want_a_day_at_once_one_has_it,
    a_day_that_is_cancelled_while_somebody_takes_it_stays_cancelled,
    what_is_paused_just_before_its_hour_does_not_begin,
    what_a_dead_process_staged_of_a_day_is_thrown_away_and_the_day_is_frozen_once,
    a_day_is_not_written_down_of_a_series_that_was_paused_or_planned_anew_meanwhile,
    a_series_is_not_sent_itself_and_no_other_broadcast_repeats,
    no_day_is_run_of_what_nobody_said_yes_to,
    a_day_that_was_not_run_in_its_time_is_missed_and_never_taken_up,
    a_day_of_that_name_that_was_planned_by_hand_is_not_run_again,
}

const HOLD: Duration = Duration::from_mins(1);

/// A series that repeats, approved by Anil for a hundred people.
async fn repeating(house: &House, name: &str) -> BroadcastRow {
    use BroadcastState::{Approved, Repeating, Tested};
    let beside = house.beside().await;
    let series = NewBroadcast { repeats: true, ..new(house, name) };
    let id = beside.create_broadcast(series).await.unwrap();
    let shown = beside.broadcast(name).await.unwrap().unwrap().hash;
    assert!(matches!(moved(house, id, Tested).await, Moved::Yes { .. }));
    beside.move_as_shown((id, shown), Approved, Some(100), "anil", house.now()).await.unwrap();
    assert_eq!(moved(house, id, Repeating).await, Moved::Yes { from: Approved });
    beside.broadcast(name).await.unwrap().unwrap()
}

fn opening(house: &House, series: &BroadcastRow, day: &str, holder: &str) -> DayOpening {
    let name = format!("{}.{day}", series.name);
    DayOpening {
        series: series.id,
        shown: (series.hash, series.state),
        day: NewBroadcast { author: series.author.clone(), ..new(house, &name) },
        holder: holder.to_owned(),
        until: later(house.now(), HOLD),
    }
}

async fn opened(house: &House, series: &BroadcastRow, day: &str, holder: &str) -> DayOpened {
    let opening = opening(house, series, day, holder);
    house.beside().await.open_day(opening).await.unwrap()
}

/// Lets a day go at once.
async fn left(house: &House, day: i64, holder: &str, why: &str) -> bool {
    let beside = house.beside().await;
    beside.leave_day(day, holder, why, house.now()).await.unwrap()
}

async fn taken(house: &House, series: &BroadcastRow, day: &str, holder: &str) -> BroadcastRow {
    match opened(house, series, day, holder).await {
        DayOpened::Yes(row) => *row,
        other => panic!("{holder} does not have {day}: {other:?}"),
    }
}

async fn a_day_is_made_once_and_is_in_one_hand_at_a_time(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let series = repeating(&house, "news").await;
    assert_eq!((series.begun, series.repeats), (Some(house.now()), true));
    let day = taken(&house, &series, "2027-01-08", "a").await;
    assert_eq!((day.state, day.series), (BroadcastState::Approved, Some(series.id)));
    assert_eq!((day.approved_by.as_deref(), day.approved_for), (Some("anil"), Some(100)));
    assert_eq!(opened(&house, &series, "2027-01-08", "b").await, DayOpened::Held);
    assert_eq!(taken(&house, &series, "2027-01-08", "a").await.id, day.id, "it is theirs");

    house.wait(HOLD);
    assert_eq!(taken(&house, &series, "2027-01-08", "b").await.id, day.id, "a is gone");
    let until = later(house.now(), HOLD);
    assert!(!beside.hold_day(day.id, "a", until).await.unwrap());
    assert!(beside.hold_day(day.id, "b", until).await.unwrap());
    assert!(!left(&house, day.id, "a", "wrong").await);
    assert!(left(&house, day.id, "b", "the kill switch is on").await);
    let again = taken(&house, &series, "2027-01-08", "a").await;
    assert_eq!(again.why.as_deref(), Some("the kill switch is on"), "it stays told");
    assert!(!left(&house, day.id, "a", "the kill switch is on").await, "not told twice");
    let log = beside.broadcast_log(day.id).await.unwrap();
    let log: Vec<_> = log.iter().map(|line| (line.actor.as_str(), line.what.as_str())).collect();
    assert_eq!(log, [("priya", "approved"), ("server", "waits")]);

    taken(&house, &series, "2027-01-15", "a").await;
    let days = beside.days_of(series.id).await.unwrap();
    let names: Vec<&str> = days.iter().map(|day| day.name.as_str()).collect();
    assert_eq!(names, ["news.2027-01-15", "news.2027-01-08"]);
    let mut states = beside.day_states(series.id).await.unwrap();
    states.sort_by_key(|(id, ..)| *id);
    let first = (day.id, "news.2027-01-08".to_owned(), BroadcastState::Approved);
    assert_eq!((states.len(), &states[0]), (2, &first));
}

async fn a_day_that_is_cancelled_while_somebody_takes_it_stays_cancelled(home: Home) {
    use BroadcastState::Cancelled;
    let house = House::new(home).await;
    let series = repeating(&house, "news").await;
    for number in 1..=25 {
        let name = format!("2027-01-{number:02}");
        let day = taken(&house, &series, &name, "a").await.id;
        let (taking, cancelling) = (house.beside().await, house.beside().await);
        let (opening, now) = (opening(&house, &series, &name, "a"), house.now());
        let both = tokio::join!(
            taking.open_day(opening),
            cancelling.move_broadcast(day, Cancelled, "ravi", None, now),
        );
        assert!(matches!(both.1.unwrap(), Moved::Yes { .. }), "a day that is open is cancelled");
        both.0.unwrap();
        let stands = opened(&house, &series, &name, "b").await;
        assert_eq!(stands, DayOpened::Over(Cancelled), "{name}");
    }
}

async fn what_is_paused_just_before_its_hour_does_not_begin(home: Home) {
    use BroadcastState::{Freezing, Frozen, Paused, Running, Tested};
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contacts = people(&house, 1).await;
    let id = beside.create_broadcast(new(&house, "diwali")).await.unwrap();
    moved(&house, id, Tested).await;
    moved(&house, id, Freezing).await;
    beside.stage(id, vec![recipient(contacts[0])]).await.unwrap();
    let expected = PlanCounts { planned: 1, refused: 0 };
    beside.freeze(id, expected, &[1; 32], "ravi", house.now()).await.unwrap();
    moved(&house, id, Paused).await;
    let begun = house.records.begin_broadcast(id, "server", house.now()).await.unwrap();
    assert_eq!(begun, Moved::No { stands: Paused });
    let again = beside.move_broadcast(id, Running, "ravi", None, house.now()).await.unwrap();
    assert_eq!(again, Moved::Yes { from: Paused }, "a person resumes it");

    let id = beside.create_broadcast(new(&house, "holi")).await.unwrap();
    moved(&house, id, Tested).await;
    moved(&house, id, Freezing).await;
    beside.stage(id, vec![recipient(contacts[0])]).await.unwrap();
    beside.freeze(id, expected, &[1; 32], "ravi", house.now()).await.unwrap();
    let begun = house.records.begin_broadcast(id, "server", house.now()).await.unwrap();
    assert_eq!(begun, Moved::Yes { from: Frozen });
}

async fn of_many_who_want_a_day_at_once_one_has_it(home: Home) {
    let house = House::new(home).await;
    let series = repeating(&house, "news").await;
    let mut wanting = Vec::new();
    for holder in 0..6 {
        let beside = house.beside().await;
        let opening = opening(&house, &series, "2027-01-08", &holder.to_string());
        wanting.push(async move { beside.open_day(opening).await.unwrap() });
    }
    let came = futures_of(wanting).await;
    let have = came.iter().filter(|one| matches!(one, DayOpened::Yes(_))).count();
    assert_eq!(have, 1, "{came:?}");
    assert!(came.iter().all(|one| matches!(one, DayOpened::Yes(_) | DayOpened::Held)), "{came:?}");
    assert_eq!(house.rows("broadcasts WHERE series IS NOT NULL"), 1);
}

/// All of them at once.
async fn futures_of<T: Send + 'static>(
    all: Vec<impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let mut set = tokio::task::JoinSet::new();
    for one in all {
        set.spawn(one);
    }
    set.join_all().await
}

async fn what_a_dead_process_staged_of_a_day_is_thrown_away_and_the_day_is_frozen_once(home: Home) {
    use BroadcastState::{Freezing, Frozen, Running};
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contacts = people(&house, 3).await;
    let series = repeating(&house, "news").await;
    let day = taken(&house, &series, "2027-01-08", "dead").await;
    moved(&house, day.id, Freezing).await;
    beside.stage(day.id, vec![recipient(contacts[0]), recipient(contacts[1])]).await.unwrap();

    house.wait(HOLD);
    taken(&house, &series, "2027-01-08", "b").await;
    moved(&house, day.id, Freezing).await;
    beside.throw_away_staged(day.id).await.unwrap();
    let whole: Vec<_> = contacts.iter().map(|contact| recipient(*contact)).collect();
    beside.stage(day.id, whole).await.unwrap();
    let expected = PlanCounts { planned: 3, refused: 0 };
    let froze = beside.freeze(day.id, expected, &[1; 32], "server", house.now()).await.unwrap();
    assert_eq!(froze, Froze::Yes);
    moved(&house, day.id, Running).await;

    // Whoever was taken for dead wakes.
    let late = beside.stage(day.id, vec![recipient(contacts[2])]).await;
    assert!(matches!(late, Err(RecordsError::Refused(_))), "{late:?}");
    let froze = beside.freeze(day.id, expected, &[2; 32], "server", house.now()).await.unwrap();
    assert_eq!(froze, Froze::No);
    assert!(!left(&house, day.id, "dead", "wrong").await);
    let stands = opened(&house, &series, "2027-01-08", "dead").await;
    assert_eq!(stands, DayOpened::Over(Running));
    assert_eq!(beside.progress(day.id).await.unwrap().planned, 3);
    let log = beside.broadcast_log(day.id).await.unwrap();
    assert_eq!(log.iter().filter(|line| line.what == Frozen.name()).count(), 1);
}

async fn a_day_is_not_written_down_of_a_series_that_was_paused_or_planned_anew_meanwhile(
    home: Home,
) {
    use BroadcastState::{Approved, Freezing, Paused, Repeating, Tested};
    let house = House::new(home).await;
    let beside = house.beside().await;
    let contacts = people(&house, 1).await;
    let series = repeating(&house, "news").await;
    let day = taken(&house, &series, "2027-01-08", "a").await;
    moved(&house, day.id, Freezing).await;
    beside.stage(day.id, vec![recipient(contacts[0])]).await.unwrap();
    let expected = PlanCounts { planned: 1, refused: 0 };
    let freeze =
        async || beside.freeze(day.id, expected, &[1; 32], "server", house.now()).await.unwrap();
    moved(&house, series.id, Paused).await;
    assert_eq!(freeze().await, Froze::No, "it was paused while the day was counted");
    let again = opened(&house, &series, "2027-01-08", "a").await;
    assert_eq!(again, DayOpened::Changed, "it was read while it repeated");

    house.wait(HOLD);
    let anew = NewBroadcast { repeats: true, ..new(&house, "news") };
    beside.redefine_broadcast(series.id, anew).await.unwrap();
    assert_eq!(freeze().await, Froze::No, "it was planned anew");
    moved(&house, series.id, Tested).await;
    moved(&house, series.id, Approved).await;
    moved(&house, series.id, Repeating).await;
    assert_eq!(freeze().await, Froze::No, "the day was taken with another yes");

    let series = beside.broadcast("news").await.unwrap().unwrap();
    taken(&house, &series, "2027-01-08", "b").await;
    moved(&house, day.id, Freezing).await;
    assert_eq!(freeze().await, Froze::Yes);
}

async fn a_series_is_not_sent_itself_and_no_other_broadcast_repeats(home: Home) {
    use BroadcastState::{Approved, Freezing, Paused, Repeating, Running, Tested};
    let house = House::new(home).await;
    let beside = house.beside().await;
    let series = repeating(&house, "news").await;
    let only = std::slice::from_ref(&series);
    assert_eq!(beside.series().await.unwrap(), only);
    assert_eq!(house.records.series().await.unwrap(), only, "what a provider stops");
    moved(&house, series.id, Paused).await;
    assert_eq!(moved(&house, series.id, Running).await, Moved::No { stands: Paused });
    let at_work = house.records.running_broadcasts(house.now()).await.unwrap();
    assert!(at_work.is_empty(), "a server sends its days alone: {at_work:?}");
    assert_eq!(beside.series().await.unwrap().len(), 1, "a paused one has days to tell of");
    house.wait(HOLD);
    moved(&house, series.id, Repeating).await;
    let again = beside.broadcast("news").await.unwrap().unwrap();
    assert_eq!(again.begun, series.begun, "its days are counted from its run");

    let id = beside.create_broadcast(new(&house, "diwali")).await.unwrap();
    moved(&house, id, Tested).await;
    moved(&house, id, Approved).await;
    assert_eq!(moved(&house, id, Repeating).await, Moved::No { stands: Approved });
    let other = NewBroadcast { repeats: true, ..new(&house, "holi") };
    let holi = beside.create_broadcast(other).await.unwrap();
    moved(&house, holi, Tested).await;
    moved(&house, holi, Approved).await;
    assert_eq!(moved(&house, holi, Freezing).await, Moved::No { stands: Approved });
}

async fn no_day_is_run_of_what_nobody_said_yes_to(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let series = repeating(&house, "news").await;
    let other = BroadcastRow { hash: [9; 32], ..series.clone() };
    assert_eq!(opened(&house, &other, "2027-01-08", "a").await, DayOpened::Changed);
    let open = taken(&house, &series, "2027-01-08", "a").await;
    // The office plans it anew: it is a draft, and none of its days begins.
    let definition = r#"{"words":"नई खबर"}"#.to_owned();
    let anew = NewBroadcast { repeats: true, definition, ..new(&house, "news") };
    let redefined = beside.redefine_broadcast(series.id, anew).await.unwrap();
    assert_eq!(redefined, Moved::Yes { from: BroadcastState::Repeating });
    assert_eq!(opened(&house, &series, "2027-01-15", "a").await, DayOpened::Changed);
    let draft = beside.broadcast("news").await.unwrap().unwrap();
    assert_eq!(opened(&house, &draft, "2027-01-15", "a").await, DayOpened::Changed);
    assert!(beside.series().await.unwrap().is_empty());
    let day = beside.redefine_broadcast(open.id, new(&house, "news.2027-01-08")).await.unwrap();
    assert!(matches!(day, Moved::No { .. }), "a day is what its series is: {day:?}");
}

async fn a_day_that_was_not_run_in_its_time_is_missed_and_never_taken_up(home: Home) {
    use BroadcastState::Expired;
    let house = House::new(home).await;
    let beside = house.beside().await;
    let series = repeating(&house, "news").await;
    let contacts = people(&house, 1).await;
    let day = taken(&house, &series, "2027-01-08", "a").await;
    moved(&house, day.id, BroadcastState::Freezing).await;
    beside.stage(day.id, vec![recipient(contacts[0])]).await.unwrap();
    assert!(left(&house, day.id, "a", "its file changed").await);
    assert!(beside.missed_days(house.now()).await.unwrap().is_empty());
    house.wait(Duration::from_hours(8));
    let missed = beside.missed_days(house.now()).await.unwrap();
    let names: Vec<_> = missed.iter().map(|day| (day.name.as_str(), day.why.as_deref())).collect();
    assert_eq!(names, [("news.2027-01-08", Some("its file changed"))]);
    beside.throw_away_staged(day.id).await.unwrap();
    assert_eq!(house.rows("recipients"), 0, "nobody was its recipient");
    moved(&house, day.id, Expired).await;
    assert!(beside.missed_days(house.now()).await.unwrap().is_empty());
    assert_eq!(opened(&house, &series, "2027-01-08", "a").await, DayOpened::Over(Expired));
}

async fn a_day_of_that_name_that_was_planned_by_hand_is_not_run_again(home: Home) {
    let house = House::new(home).await;
    let beside = house.beside().await;
    let by_hand = new(&house, "news.2027-01-08");
    let id = beside.create_broadcast(by_hand).await.unwrap();
    let series = repeating(&house, "news").await;
    let stands = opened(&house, &series, "2027-01-08", "a").await;
    assert_eq!(stands, DayOpened::Over(BroadcastState::Draft));
    assert_eq!(beside.broadcast("news.2027-01-08").await.unwrap().unwrap().id, id);
}
