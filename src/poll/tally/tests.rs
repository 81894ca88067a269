use proptest::prelude::*;

use super::*;

fn rules(method: Method) -> Rules {
    Rules {
        method,
        threshold: 2,
        panel: 3,
        other: true,
        repeated: Repeated::Cut,
        approve_at_most: None,
        rank_at_least: 1,
        tables: Tables::Place,
    }
}

/// Ballots as examples are printed: so many of one order, a letter a name.
fn rankings(ballots: &[(u64, &str)]) -> Rankings {
    let mut rankings = Rankings::default();
    for (count, order) in ballots {
        let names: Vec<u8> = order.bytes().map(|letter| letter - b'A').collect();
        rankings.add(&names, *count);
    }
    rankings
}

fn letters(order: &[Vec<u8>]) -> String {
    let place =
        |names: &Vec<u8>| -> String { names.iter().map(|name| char::from(b'A' + name)).collect() };
    order.iter().map(place).collect::<Vec<_>>().join(" > ")
}

/// Schulze 2011, section 3.1 (also the example of the encyclopedias): 45 voters, five candidates.
const SCHULZE_1: [(u64, &str); 8] = [
    (5, "ACBED"),
    (5, "ADECB"),
    (8, "BEDAC"),
    (3, "CABED"),
    (7, "CAEBD"),
    (2, "CBADE"),
    (7, "DCEBA"),
    (8, "EBADC"),
];

#[test]
fn schulze_s_first_example_elects_e_by_the_published_paths() {
    let pairs = Pairs::of(&rankings(&SCHULZE_1), 5);
    assert_eq!(letters(&pairs.order()), "E > A > C > B > D");
    let row = |from: u8| -> Vec<u64> { (0..5).map(|to| pairs.preferring(from, to)).collect() };
    assert_eq!(row(0), [0, 20, 26, 30, 22]);
    assert_eq!(row(4), [23, 27, 21, 31, 0]);
    let paths = pairs.paths();
    let strongest = |from: u8, to: u8| paths.preferring(from, to);
    let published = [
        [0, 28, 28, 30, 24],
        [25, 0, 28, 33, 24],
        [25, 29, 0, 29, 24],
        [25, 28, 28, 0, 24],
        [25, 28, 28, 31, 0],
    ];
    for (from, row) in (0..).zip(published) {
        for (to, strength) in (0..).zip(row).filter(|(to, _)| *to != from) {
            // The matrix as published holds paths; a direct comparison that is lost is none.
            assert_eq!(strongest(from, to), strength, "{from} to {to}");
        }
    }
    assert_eq!(pairs.condorcet_winner(), None);
}

/// Schulze 2011: nine voters; B and D are both unbeaten.
#[test]
fn schulze_s_example_of_nine_voters_ends_in_a_tie_that_is_told() {
    let ballots = [(3, "ABCD"), (2, "DABC"), (2, "DBCA"), (2, "CBDA")];
    assert_eq!(letters(&Pairs::of(&rankings(&ballots), 4).order()), "BD > AC");
}

/// The capital of Tennessee (A Memphis, B Nashville, C Chattanooga, D Knoxville), the example of
/// Wikipedia's articles on Condorcet, instant run-off and approval voting.
const TENNESSEE: [(u64, &str); 4] = [(42, "ABCD"), (26, "BCDA"), (15, "CDBA"), (17, "DCBA")];

#[test]
fn tennessee_chooses_knoxville_by_run_off_and_nashville_by_pairs() {
    let rankings = rankings(&TENNESSEE);
    let run_off = irv(&rankings, Few::first(4));
    assert_eq!(run_off.winners, [3]);
    let out: Vec<&[u8]> = run_off.rounds.iter().map(|round| round.out.as_slice()).collect();
    assert_eq!(out, [[2].as_slice(), &[1], &[]]);
    assert_eq!(run_off.rounds[2].counts, [(0, 42), (3, 58)]);
    let pairs = Pairs::of(&rankings, 4);
    assert_eq!(pairs.condorcet_winner(), Some(1));
    assert_eq!(letters(&pairs.order()), "B > C > D > A");
}

#[test]
fn tennessee_chooses_memphis_by_first_names_and_nashville_by_approval_of_two() {
    let tally = |method: Method, kept: usize| {
        let rules = rules(method);
        let mut tally = SeatTally::new(4);
        for (count, order) in TENNESSEE {
            let names: Vec<u8> = order.bytes().take(kept).map(|letter| letter - b'A').collect();
            for _ in 0..count {
                tally.add(Cell::default(), &Choice::Names(names.clone()), &rules);
            }
        }
        tally.result(&rules, &[]).choices.unwrap()
    };
    let first = tally(Method::ChooseOne, 1);
    assert_eq!(first.chosen, [42, 26, 15, 17]);
    assert_eq!(letters(&first.panel.names), "A > B > D");
    let approved = tally(Method::Approve, 2);
    assert_eq!(approved.chosen, [42, 68, 58, 32]);
    assert_eq!(letters(&approved.panel.names), "B > C > A");
}

/// Burlington's mayor, 2009 (A Kiss, B Montroll, C Wright): the ballots of the three that mattered, many of
/// them truncated, as published from the city's records (rangevoting.org/Burlington.html; Wikipedia).
#[test]
fn burlington_elects_kiss_by_run_off_and_montroll_by_pairs() {
    let rankings = rankings(&[
        (1332, "BAC"),
        (767, "BCA"),
        (455, "B"),
        (2043, "ABC"),
        (371, "ACB"),
        (568, "A"),
        (1513, "CBA"),
        (495, "CAB"),
        (1289, "C"),
    ]);
    let run_off = irv(&rankings, Few::first(3));
    assert_eq!(run_off.rounds[0].counts, [(0, 2982), (1, 2554), (2, 3297)]);
    assert_eq!(run_off.rounds[1].counts, [(0, 4314), (2, 4064)]);
    assert_eq!(run_off.rounds[1].exhausted, 455);
    assert_eq!(run_off.winners, [0]);
    let pairs = Pairs::of(&rankings, 3);
    assert_eq!((pairs.preferring(1, 0), pairs.preferring(0, 1)), (4067, 3477));
    assert_eq!((pairs.preferring(1, 2), pairs.preferring(2, 1)), (4597, 3668));
    assert_eq!(pairs.condorcet_winner(), Some(1));
    assert_eq!(letters(&pairs.order()), "B > A > C");
}

#[test]
fn condorcet_s_circle_is_a_tie_of_all_three() {
    let circle = rankings(&[(1, "ABC"), (1, "BCA"), (1, "CAB")]);
    assert_eq!(letters(&Pairs::of(&circle, 3).order()), "ABC");
    let run_off = irv(&circle, Few::first(3));
    assert_eq!(run_off.winners, [0, 1, 2]);
    assert_eq!(run_off.rounds[0].tied, [0, 1, 2]);
}

#[test]
fn a_tie_of_twenty_names_ends_at_once_and_leaves_no_possible_winner_out() {
    // Each alone on as many ballots: whoever is left is tied, and every set of names may be left.
    let mut rankings = Rankings::default();
    for name in 0..20_u8 {
        rankings.add(&[name], 1_000);
    }
    let run_off = irv(&rankings, Few::first(20));
    assert!(!run_off.all_ways);
    assert_eq!(run_off.winners, (0..20).collect::<Vec<u8>>());
}

#[test]
fn a_tie_for_the_last_place_is_counted_in_every_way() {
    // B and C are equal; whichever goes, the other gets their ballots and wins.
    let rankings = rankings(&[(4, "A"), (3, "BC"), (3, "CB")]);
    let run_off = irv(&rankings, Few::first(3));
    assert_eq!(run_off.winners, [1, 2]);
    assert_eq!(run_off.rounds[0].tied, [1, 2]);
    assert_eq!(run_off.rounds[0].out, [1]);
}

#[test]
fn a_tie_that_decides_nothing_has_one_winner() {
    let rankings = rankings(&[(9, "A"), (3, "BA"), (3, "CA"), (4, "D")]);
    let run_off = irv(&rankings, Few::first(4));
    assert_eq!(run_off.rounds[0].tied, [1, 2]);
    assert_eq!(run_off.winners, [0]);
}

#[test]
fn the_panel_says_when_a_tie_gives_too_many_names() {
    let order = vec![vec![2], vec![0, 1, 3], vec![4]];
    let panel = |wanted: u8, is_named: &dyn Fn(u8) -> bool| {
        Panel::of(order.clone(), wanted, is_named, |_, _| true)
    };
    let two = panel(2, &|_| true);
    assert_eq!((letters(&two.names).as_str(), two.is_open), ("C > ABD", true));
    let one = panel(1, &|_| true);
    assert_eq!((letters(&one.names).as_str(), one.is_open), ("C", false));
    let three = panel(3, &|name| name != 1);
    assert_eq!((letters(&three.names).as_str(), three.is_open), ("C > AD", false));
    let places: Vec<usize> = numbered(&order).map(|(number, _)| number).collect();
    assert_eq!(places, [1, 2, 5], "after a tie the places that it takes are passed over");
}

/// A beats B, and C is level with both: that B stands behind C says nothing of the two.
#[test]
fn a_panel_is_open_when_somebody_outside_is_not_beaten_by_everybody_of_its_last_place() {
    let mut tally = SeatTally::new(3);
    let rules = Rules { panel: 2, ..rules(Method::Rank) };
    for names in [[0, 1].as_slice(), &[2]] {
        for _ in 0..10 {
            tally.add(Cell::default(), &Choice::Names(names.to_vec()), &rules);
        }
    }
    let panel = |wanted: u8| {
        let rules = Rules { panel: wanted, ..rules.clone() };
        tally.result(&rules, &[]).choices.unwrap().panel
    };
    let two = panel(2);
    assert_eq!(letters(&two.names), "AC");
    assert_eq!((two.is_open, two.unbeaten.as_slice()), (true, [1].as_slice()));
    let three = panel(3);
    assert_eq!(letters(&three.names), "AC > B");
    assert_eq!((three.is_open, three.unbeaten.len()), (false, 0));
}

/// Newcombe, *Two-sided confidence intervals for the single proportion*, Statistics in Medicine 17, 1998,
/// table I, method 3.
#[test]
fn wilson_s_intervals_are_the_published_ones() {
    for (part, whole, low, high) in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ] {
        let (found_low, found_high) = wilson(part, whole);
        assert!((found_low - low).abs() < 0.000_05, "{part} of {whole}: {found_low}");
        assert!((found_high - high).abs() < 0.000_05, "{part} of {whole}: {found_high}");
    }
    assert_eq!(wilson(0, 0), (0.0, 1.0));
    assert_eq!(bounds(30, 60, 100), (0.3, 0.7));
}

#[test]
fn a_ballot_is_judged_by_the_rules_of_its_poll() {
    use Judged::{Invalid, Refused, Valid};
    let names = |names: &[u8]| Choice::Names(names.to_vec());
    let one = rules(Method::ChooseOne);
    let approve = Rules { approve_at_most: Some(2), ..rules(Method::Approve) };
    let rank = Rules { rank_at_least: 2, ..rules(Method::Rank) };
    let strict = Rules { repeated: Repeated::Reject, other: false, ..rules(Method::Rank) };
    for (rules, choice, judged) in [
        (&one, Choice::Refused, Refused),
        (&one, names(&[]), Invalid),
        (&one, names(&[2]), Valid(vec![2])),
        (&one, names(&[3]), Invalid),
        (&one, names(&[0, 1]), Invalid),
        (&one, names(&[OTHER]), Valid(vec![OTHER])),
        (&approve, names(&[2, 0]), Valid(vec![2, 0])),
        (&approve, names(&[2, 2, 0]), Valid(vec![2, 0])),
        (&approve, names(&[0, 1, 2]), Invalid),
        (&rank, names(&[1, 0]), Valid(vec![1, 0])),
        (&rank, names(&[1]), Invalid),
        (&rank, names(&[1, 0, 1, 2]), Valid(vec![1, 0])),
        (&rank, names(&[1, 1, 2]), Invalid),
        (&strict, names(&[1, 0, 1]), Invalid),
        (&strict, names(&[1, OTHER]), Invalid),
    ] {
        assert_eq!(rules.judge(&choice, 3), judged, "{choice:?} {rules:?}");
    }
}

/// Booths of one sector with so many ballots for each of two names.
fn booths(rules: &Rules, booths: &[(u16, usize, usize)]) -> Choices {
    let mut tally = SeatTally::new(2);
    for (booth, first, second) in booths {
        let cell = Cell { assembly: 1, sector: 1, booth: *booth, post: 0 };
        for name in [0].repeat(*first).into_iter().chain([1].repeat(*second)) {
            tally.add(cell, &Choice::Names(vec![name]), rules);
        }
    }
    tally.result(rules, &[]).choices.unwrap()
}

#[test]
fn every_booth_weighs_the_same_in_the_weighted_count() {
    let rules = Rules { threshold: 3, ..rules(Method::ChooseOne) };
    let large = booths(&rules, &[(1, 40, 10), (2, 3, 7), (3, 4, 6)]);
    assert_eq!(large.chosen, [47, 23]);
    // 80 %, 30 % and 40 %, a third each.
    let shares = vec![50, 50, 0];
    assert_eq!(large.weighted, Some(Weighted { shares, booths: 3, groups: 3 }));
}

#[test]
fn a_booth_in_which_few_answered_is_joined_and_its_group_weighs_the_booths_in_it() {
    let rules = Rules { threshold: 3, ..rules(Method::ChooseOne) };
    let joined = booths(&rules, &[(1, 8, 4), (2, 6, 6), (3, 0, 1), (4, 1, 0)]);
    // 3 and 4 go with 1: 9 of 14, three booths; 6 of 12, one booth.
    let shares = vec![61, 39, 0];
    assert_eq!(joined.weighted, Some(Weighted { shares, booths: 4, groups: 2 }));
    let one_group = booths(&rules, &[(1, 8, 4), (2, 1, 0), (3, 0, 1)]);
    assert_eq!(one_group.weighted, None, "one group is the plain count");
}

/// One answer in one booth and twenty in each of nine: the plain counts are equal, whoever the one chose.
#[test]
fn the_weighted_shares_do_not_say_whom_the_only_one_of_a_booth_chose() {
    let rules = Rules { threshold: 10, ..rules(Method::ChooseOne) };
    let told = |one: (usize, usize), neighbour: (usize, usize)| {
        let mut all = vec![(1, one.0, one.1), (2, neighbour.0, neighbour.1)];
        all.extend((3..=10).map(|booth| (booth, 10, 10)));
        booths(&rules, &all)
    };
    let (first, second) = (told((1, 0), (10, 10)), told((0, 1), (11, 9)));
    assert_eq!(first.chosen, second.chosen);
    assert!(first.weighted.is_some());
    assert_eq!(first.weighted, second.weighted);
    assert_eq!(first.breakdown, second.breakdown);
}

#[test]
fn turnout_is_of_every_booth_and_choices_only_of_enough_people() {
    let rules = Rules { threshold: 3, ..rules(Method::ChooseOne) };
    let mut tally = SeatTally::new(2);
    let cell = |booth| Cell { assembly: 7, sector: 1, booth, post: 0 };
    tally.add_eligible(cell(1), 5);
    tally.add_eligible(cell(2), 4);
    tally.add(cell(1), &Choice::Names(vec![0]), &rules);
    tally.add(cell(1), &Choice::Refused, &rules);
    let result = tally.result(&rules, &[]);
    assert_eq!((result.eligible, result.answered), (9, 2));
    assert_eq!(result.choices, None);
    let row =
        |booth, eligible, answered| Turnout { assembly: 7, sector: 1, booth, eligible, answered };
    assert_eq!(result.turnout, [row(1, 5, 2), row(2, 4, 0)]);
    tally.add(cell(2), &Choice::Names(vec![1, 1]), &rules);
    let choices = tally.result(&rules, &[]).choices.unwrap();
    assert_eq!((choices.refused, choices.invalid, choices.valid), (1, 1, 1));
}

#[test]
fn marks_are_told_as_a_mean_of_enough_people() {
    let rules = Rules { threshold: 3, ..rules(Method::ChooseOne) };
    let mut tally = SeatTally::new(2);
    for marks in [[5, 4, 0], [4, 4, 0], [4, 1, 2]] {
        tally.rate(&[marks, [0, 0, 0]]);
        tally.add(Cell::default(), &Choice::Refused, &rules);
    }
    let ratings = tally.result(&rules, &[]).choices.unwrap().ratings;
    let of_three = |tenths| Some(Rating { people: 3, tenths });
    assert_eq!(ratings, [[of_three(43), of_three(30), None], [None, None, None]]);
}

fn any_rankings() -> impl Strategy<Value = Vec<(u64, Vec<u8>)>> {
    let order = Just((0..5_u8).collect::<Vec<u8>>()).prop_shuffle();
    let ballot = (1..9_u64, order, 1..=5_usize);
    prop::collection::vec(ballot, 1..8).prop_map(|ballots| {
        let cut = ballots.into_iter().map(|(count, mut order, kept)| {
            order.truncate(kept);
            (count, order)
        });
        cut.collect()
    })
}

fn gathered(ballots: &[(u64, Vec<u8>)]) -> Rankings {
    let mut rankings = Rankings::default();
    for (count, order) in ballots {
        rankings.add(order, *count);
    }
    rankings
}

proptest! {
    /// Whoever beats everybody in pairs is alone at the top.
    #[test]
    fn a_condorcet_winner_is_always_elected_by_schulze(ballots in any_rankings()) {
        let pairs = Pairs::of(&gathered(&ballots), 5);
        let order = pairs.order();
        prop_assert_eq!(order.iter().map(Vec::len).sum::<usize>(), 5);
        if let Some(winner) = pairs.condorcet_winner() {
            prop_assert_eq!(&order[0], &vec![winner]);
        }
    }

    /// The names are counted, not their places in the list.
    #[test]
    fn who_wins_does_not_hang_on_the_order_of_the_list(
        ballots in any_rankings(),
        names in Just((0..5_u8).collect::<Vec<u8>>()).prop_shuffle(),
    ) {
        let renamed: Vec<(u64, Vec<u8>)> = ballots
            .iter()
            .map(|(count, order)| (*count, order.iter().map(|name| names[usize::from(*name)]).collect()))
            .collect();
        let rename = |winners: &[u8]| {
            let mut renamed: Vec<u8> = winners.iter().map(|name| names[usize::from(*name)]).collect();
            renamed.sort_unstable();
            renamed
        };
        let one = irv(&gathered(&ballots), Few::first(5));
        let other = irv(&gathered(&renamed), Few::first(5));
        prop_assert_eq!(rename(&one.winners), other.winners);
        let one: Vec<Vec<u8>> =
            Pairs::of(&gathered(&ballots), 5).order().iter().map(|place| rename(place)).collect();
        prop_assert_eq!(one, Pairs::of(&gathered(&renamed), 5).order());
    }

    /// Ranking the winner higher never makes them lose (which instant run-off does not promise).
    #[test]
    fn schulze_s_winner_still_wins_when_raised(ballots in any_rankings(), which in any::<prop::sample::Index>()) {
        let before = Pairs::of(&gathered(&ballots), 5).order();
        let winner = before[0][0];
        let mut raised = ballots.clone();
        let order = &mut which.get_mut(&mut raised).1;
        order.retain(|name| *name != winner);
        order.insert(0, winner);
        let after = Pairs::of(&gathered(&raised), 5).order();
        prop_assert!(after[0].contains(&winner));
    }

    /// Of all ballots each is in every round, with a name or exhausted.
    #[test]
    fn no_ballot_is_lost_between_rounds(ballots in any_rankings()) {
        let rankings = gathered(&ballots);
        for round in irv(&rankings, Few::first(5)).rounds {
            let counted: u64 = round.counts.iter().map(|(_, count)| count).sum();
            prop_assert_eq!(counted + round.exhausted, rankings.ballots());
        }
    }
}
