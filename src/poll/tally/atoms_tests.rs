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

fn tallied(groups: &[Group], rules: &Rules) -> SeatTally {
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
    tally
}

fn counted(groups: &[Group], rules: &Rules) -> Choices {
    let posts = ["booth_president".to_owned(), "booth_agent".to_owned()];
    tallied(groups, rules).result(rules, &posts).choices.unwrap()
}

/// By cell the group of booths whose weight it is part of.
fn groups_of_weights(groups: &[Group], rules: &Rules) -> Vec<usize> {
    let tally = tallied(groups, rules);
    let posts = ["booth_president".to_owned(), "booth_agent".to_owned()];
    let mut chosen = vec![0; 3];
    for counts in tally.cells.values() {
        for (total, count) in chosen.iter_mut().zip(&counts.chosen) {
            *total += count;
        }
    }
    let (_, atoms) = breakdown::breakdown(&tally, rules, &posts, &chosen);
    let parted = weighted::parted(&tally, rules, &atoms);
    let of = |cell: &Cell| parted.iter().position(|(cells, _)| cells.contains(cell)).unwrap();
    groups.iter().map(|group| of(&group.cell)).collect()
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

/// The cells of a row or group.
type Cells = Vec<usize>;
/// Of each group its cells, its booths and its ballots.
type Groups = Vec<(Cells, u64, u64)>;

/// What an adversary knows of a seat beside how many answered in every booth.
struct Known {
    /// Who chose the first, the second, and neither, in the whole seat.
    totals: [u64; 3],
    /// Of each row below the seat its cells, and for each name that is told how many chose it.
    rows: Vec<(Cells, Vec<(usize, u64)>)>,
    /// The weighted shares as they are published, and which cells and how many booths and ballots each of their groups
    /// has.
    weighted: Option<(Vec<u64>, Groups)>,
    parted: bool,
}

/// One table that may be: by cell who chose the first, the second, and neither.
type Table = Vec<[u64; 3]>;

impl Known {
    fn of_totals(choices: &Choices, rules: &Rules) -> Known {
        let spoilt = choices.refused + choices.invalid;
        let totals = [choices.chosen[0], choices.chosen[1], spoilt];
        let parted = rules.method != Method::Approve;
        Known { totals, rows: Vec::new(), weighted: None, parted }
    }

    fn of_all(groups: &[Group], choices: &Choices, rules: &Rules) -> Known {
        let shown = &choices.breakdown;
        let row = |row: &Row| {
            let inside = (0..groups.len()).filter(|at| is_in(row, groups[*at].cell)).collect();
            let names = shown.names.iter().map(|name| usize::from(*name));
            (inside, names.zip(row.counts.iter().copied()).collect())
        };
        let weighted = choices.weighted.as_ref().map(|weighted| {
            let of = groups_of_weights(groups, rules);
            let part = |number: usize| {
                let inside: Vec<usize> = (0..groups.len()).filter(|at| of[*at] == number).collect();
                let booths: std::collections::BTreeSet<(u16, u16)> = inside
                    .iter()
                    .map(|at| (groups[*at].cell.assembly, groups[*at].cell.booth))
                    .collect();
                let ballots = inside.iter().map(|at| groups[*at].ballots).sum();
                (inside, booths.len() as u64, ballots)
            };
            let parts = (0..usize::try_from(weighted.groups).unwrap()).map(part).collect();
            (weighted.shares.clone(), parts)
        });
        Known {
            rows: shown.rows.iter().map(row).collect(),
            weighted,
            ..Known::of_totals(choices, rules)
        }
    }

    fn fits(&self, table: &Table) -> bool {
        let sum = |inside: &[usize], name: usize| -> u64 {
            inside.iter().map(|group| table[*group][name]).sum()
        };
        let rows = self.rows.iter().all(|(inside, counts)| {
            counts.iter().all(|(name, count)| sum(inside, *name) == *count)
        });
        let Some((published, parts)) = self.weighted.as_ref().filter(|_| rows) else { return rows };
        let joined: Vec<weighted::Group> = parts
            .iter()
            .map(|(inside, booths, ballots)| weighted::Group {
                booths: *booths,
                valid: ballots - sum(inside, 2),
                chosen: vec![sum(inside, 0), sum(inside, 1), 0],
            })
            .collect();
        weighted::shares(&joined) == *published
    }

    /// For every cell and every choice the fewest people who can have made it, over all tables that fit; the last
    /// choice is none.
    fn fewest(&self, groups: &[Group]) -> Vec<[u64; 3]> {
        let mut fewest: Vec<[u64; 3]> = groups.iter().map(|group| [group.ballots; 3]).collect();
        self.walk(groups, &mut Vec::new(), self.totals, &mut fewest);
        fewest
    }

    /// All tables that begin so, while so much of the totals is left.
    fn walk(&self, groups: &[Group], table: &mut Table, left: [u64; 3], fewest: &mut [[u64; 3]]) {
        let Some(group) = groups.get(table.len()) else {
            if left == [0; 3] && self.fits(table) {
                for (known, row) in fewest.iter_mut().zip(table.iter()) {
                    for (known, count) in known.iter_mut().zip(row) {
                        *known = (*known).min(*count);
                    }
                }
            }
            return;
        };
        for split in every_split(group.ballots, self.parted) {
            let rest: Vec<u64> =
                left.iter().zip(split).filter_map(|(left, part)| left.checked_sub(part)).collect();
            if let Ok(rest) = <[u64; 3]>::try_from(rest) {
                table.push(split);
                self.walk(groups, table, rest, fewest);
                table.pop();
            }
        }
    }
}

/// Every way in which so many people choose the first, the second (approving: both), or neither.
fn every_split(people: u64, parted: bool) -> Vec<[u64; 3]> {
    let mut splits = Vec::new();
    for first in 0..=people {
        for second in 0..=people {
            let (least, most) = if parted {
                (first + second, first + second)
            } else {
                (first.max(second), people.min(first + second))
            };
            splits.extend((least..=most.min(people)).map(|valid| [first, second, people - valid]));
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
        // What the totals of the seat tell by themselves no table below them can hide.
        let totals = Known::of_totals(&choices, &rules);
        let all = Known::of_all(&groups, &choices, &rules);
        let (before, after) = (totals.fewest(&groups), all.fewest(&groups));
        for ((group, before), after) in groups.iter().zip(&before).zip(&after) {
            if group.ballots <= rules.threshold {
                prop_assert!(before == after, "of {group:?} it is known: {after:?} from {choices:?}");
                let told = choices.breakdown.names.iter().map(|name| after[usize::from(*name)]);
                prop_assert!(
                    choices.breakdown.rows.is_empty() || told.max() == Some(0),
                    "of {group:?} it is known: {after:?} from {choices:?}"
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
