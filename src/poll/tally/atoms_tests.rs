//! An adversary who knows every shown number and how many answered in every booth, and tries all tables that fit.

use proptest::prelude::*;

use super::*;
use crate::places::Place;

/// A cell and its ballots: so many for each of two candidates, so many for neither.
#[derive(Clone, Debug)]
struct Group {
    cell: Cell,
    ballots: u64,
    chosen: [u64; 2],
}

fn counted(groups: &[Group], rules: &Rules) -> Choices {
    let mut tally = SeatTally::new(2);
    for group in groups {
        let mut choices: Vec<Vec<u8>> = vec![Vec::new(); usize::try_from(group.ballots).unwrap()];
        if rules.method == Method::Approve {
            for (name, count) in (0_u8..).zip(group.chosen) {
                for ballot in choices.iter_mut().take(usize::try_from(count).unwrap()) {
                    ballot.push(name);
                }
            }
        } else {
            let names = [0_u8].repeat(usize::try_from(group.chosen[0]).unwrap());
            let names =
                names.into_iter().chain([1].repeat(usize::try_from(group.chosen[1]).unwrap()));
            for (ballot, name) in choices.iter_mut().zip(names) {
                ballot.push(name);
            }
        }
        for names in choices {
            let choice = if names.is_empty() { Choice::Refused } else { Choice::Names(names) };
            tally.add(group.cell, &choice, rules);
        }
    }
    let posts = ["booth_president".to_owned(), "booth_agent".to_owned()];
    tally.result(rules, &posts).choices.unwrap()
}

fn is_in(row: &Row, cell: Cell) -> bool {
    let place = match row.place {
        None => true,
        Some(Place::Assembly(assembly)) => cell.assembly == assembly,
        Some(Place::Sector { assembly, number }) => {
            (cell.assembly, cell.sector) == (assembly, number)
        }
        Some(Place::Booth { assembly, number }) => {
            (cell.assembly, cell.booth) == (assembly, number)
        }
        Some(other) => panic!("{other} is no row of a seat"),
    };
    let post = match row.post.as_deref() {
        None => true,
        Some("booth_president") => cell.post == 0,
        Some("booth_agent") => cell.post == 1,
        Some(other) => panic!("{other}"),
    };
    place && post
}

/// For every cell and every choice the fewest people who can have made it, over all tables that give the
/// shown rows; the last choice is everything else where a ballot makes one choice.
fn fewest(groups: &[Group], shown: &Breakdown, total: &[u64], parted: bool) -> Vec<Vec<u64>> {
    let told = shown.names.len();
    let width = told + usize::from(parted);
    let mut fewest: Vec<Vec<u64>> = groups.iter().map(|group| vec![group.ballots; width]).collect();
    let rows: Vec<(Vec<usize>, &Row)> = shown
        .rows
        .iter()
        .map(|row| {
            let inside = (0..groups.len()).filter(|at| is_in(row, groups[*at].cell)).collect();
            (inside, row)
        })
        .collect();
    let possible: Vec<Vec<Vec<u64>>> =
        groups.iter().map(|group| every_split(group.ballots, told, parted)).collect();
    let mut at = vec![0_usize; groups.len()];
    'tables: loop {
        let value = |group: usize, name: usize| possible[group][at[group]][name];
        let fits = rows.iter().all(|(inside, row)| {
            (0..told).all(|name| {
                inside.iter().map(|group| value(*group, name)).sum::<u64>() == row.counts[name]
            })
        }) && (0..told).all(|name| {
            (0..groups.len()).map(|group| value(group, name)).sum::<u64>() == total[name]
        });
        if fits {
            for (group, row) in fewest.iter_mut().enumerate() {
                for (name, known) in row.iter_mut().enumerate() {
                    *known = (*known).min(value(group, name));
                }
            }
        }
        for (place, choices) in at.iter_mut().zip(&possible) {
            *place += 1;
            if *place < choices.len() {
                continue 'tables;
            }
            *place = 0;
        }
        return fewest;
    }
}

/// Every way in which so many people choose among `told` names, and the rest behind them.
fn every_split(people: u64, told: usize, parted: bool) -> Vec<Vec<u64>> {
    let mut splits: Vec<Vec<u64>> = vec![Vec::new()];
    for _ in 0..told {
        let mut longer = Vec::new();
        for split in &splits {
            let used: u64 = if parted { split.iter().sum() } else { 0 };
            longer.extend((0..=people - used).map(|next| {
                let mut split = split.clone();
                split.push(next);
                split
            }));
        }
        splits = longer;
    }
    if parted {
        for split in &mut splits {
            split.push(people - split.iter().sum::<u64>());
        }
    }
    splits
}

fn any_groups() -> impl Strategy<Value = Vec<Group>> {
    let group = (1..=2_u16, 1..=2_u16, 0..=1_u16, 1..=4_u64, 0.0..1.0_f64, 0.0..1.0_f64);
    prop::collection::vec(group, 2..5).prop_map(|groups| {
        let mut by_cell: BTreeMap<Cell, Group> = BTreeMap::new();
        for (sector, booth, post, ballots, first, second) in groups {
            let cell = Cell { assembly: 9, sector, booth: sector * 10 + booth, post };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
            let part = |of: u64, share: f64| (share::as_float(of + 1) * share).floor() as u64;
            let one = part(ballots, first);
            let two = part(ballots - one, second);
            by_cell.insert(cell, Group { cell, ballots, chosen: [one, two] });
        }
        by_cell.into_values().collect()
    })
}

fn rules(method: Method, tables: Tables) -> Rules {
    Rules {
        method,
        threshold: 2,
        panel: 2,
        other: false,
        repeated: Repeated::Cut,
        approve_at_most: None,
        rank_at_least: 1,
        tables,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Whatever is shown, of a group smaller than the threshold nothing is known to have been chosen by anybody.
    #[test]
    fn no_small_group_is_found_out_by_subtraction_or_bounds(
        groups in any_groups(),
        tables in prop::sample::select(vec![Tables::Place, Tables::Post, Tables::Both]),
        approve in any::<bool>(),
    ) {
        let method = if approve { Method::Approve } else { Method::ChooseOne };
        let rules = rules(method, tables);
        let people: u64 = groups.iter().map(|group| group.ballots).sum();
        if people < rules.threshold {
            return Ok(());
        }
        let choices = counted(&groups, &rules);
        let shown = &choices.breakdown;
        if shown.rows.is_empty() {
            // Nothing below the seat is told.
            return Ok(());
        }
        let total: Vec<u64> =
            shown.names.iter().map(|name| choices.chosen[usize::from(*name)]).collect();
        let known = fewest(&groups, shown, &total, !approve);
        for (group, fewest) in groups.iter().zip(&known) {
            if group.ballots <= rules.threshold {
                prop_assert!(
                    fewest.iter().all(|least| *least == 0),
                    "of {group:?} it is known: {fewest:?} from {shown:?}"
                );
            }
        }
    }

    /// No number that is shown of people below the seat is smaller than the threshold, nor is what it leaves.
    #[test]
    fn no_small_number_is_shown_below_the_seat(
        ballots in prop::collection::vec((1..=2_u16, 1..=4_u16, 1..=6_u16, 0..=1_u16, 0..4_u8), 10..400),
        tables in prop::sample::select(vec![Tables::Place, Tables::Post, Tables::Both]),
        threshold in 2..9_u64,
    ) {
        let rules = Rules { threshold, ..rules(Method::ChooseOne, tables) };
        let mut tally = SeatTally::new(4);
        for (assembly, sector, booth, post, name) in ballots {
            let cell = Cell { assembly, sector, booth: sector * 10 + booth, post };
            tally.add(cell, &Choice::Names(vec![name]), &rules);
        }
        let posts = ["a".to_owned(), "b".to_owned()];
        let shown = tally.result(&rules, &posts).choices.unwrap().breakdown;
        for row in &shown.rows {
            prop_assert!(row.ballots >= threshold);
            for count in &row.counts {
                let left = row.ballots - count;
                prop_assert!(*count == 0 || (*count >= threshold && left >= threshold), "{row:?}");
            }
        }
        // Of two rows one of which lies within the other, the same holds of the difference.
        for (outer, inner) in pairs_within(&shown.rows) {
            let ballots = outer.ballots - inner.ballots;
            prop_assert!(ballots == 0 || ballots >= threshold, "{outer:?} less {inner:?}");
            for (all, part) in outer.counts.iter().zip(&inner.counts) {
                prop_assert!(all == part || all - part >= threshold, "{outer:?} less {inner:?}");
            }
        }
    }
}

fn pairs_within(rows: &[Row]) -> Vec<(&Row, &Row)> {
    let mut pairs = Vec::new();
    for outer in rows {
        for inner in rows {
            let post = outer.post.is_none() || outer.post == inner.post;
            let place = match (outer.place, inner.place) {
                (None, _) => true,
                (Some(Place::Assembly(seat)), Some(place)) => place.assembly() == Some(seat),
                (one, other) => one == other,
            };
            if outer != inner && post && place {
                pairs.push((outer, inner));
            }
        }
    }
    pairs
}

#[test]
fn large_booths_are_shown_and_small_ones_joined_with_their_neighbours() {
    let rules = Rules { threshold: 5, ..rules(Method::ChooseOne, Tables::Place) };
    let group = |sector, booth, ballots, chosen| Group {
        cell: Cell { assembly: 9, sector, booth, post: 0 },
        ballots,
        chosen,
    };
    let groups = [
        group(1, 1, 30, [20, 10]),
        group(1, 2, 3, [3, 0]),
        group(1, 3, 12, [6, 6]),
        group(2, 4, 12, [7, 5]),
        group(3, 5, 4, [4, 0]),
    ];
    let shown = counted(&groups, &rules).breakdown;
    let rows: Vec<String> = shown
        .rows
        .iter()
        .map(|row| format!("{} {} {:?}", row.place.unwrap(), row.ballots, row.counts))
        .collect();
    insta::assert_snapshot!(rows.join("\n"), @r"
    sector:9/1 45 [29, 16]
    booth:9/1 30 [20, 10]
    ");
}

#[test]
fn a_unanimous_booth_is_not_shown() {
    let rules = Rules { threshold: 3, ..rules(Method::ChooseOne, Tables::Place) };
    let group = |booth, chosen: [u64; 2]| Group {
        cell: Cell { assembly: 9, sector: booth, booth, post: 0 },
        ballots: chosen.iter().sum(),
        chosen,
    };
    let shown =
        counted(&[group(1, [20, 0]), group(2, [10, 10]), group(3, [9, 8])], &rules).breakdown;
    let places: Vec<Option<Place>> = shown.rows.iter().map(|row| row.place).collect();
    let booth = |number| Some(Place::Booth { assembly: 9, number });
    assert!(!places.contains(&booth(1)), "{places:?}");
    assert!(places.contains(&booth(2)), "{places:?}");
}
