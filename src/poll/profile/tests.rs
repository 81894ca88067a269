use proptest::prelude::*;

use super::*;

fn own(text: &str, method: Method) -> Outcome {
    let profile = read(text, Form::Own, method).unwrap_or_else(|mistake| panic!("{mistake}"));
    Outcome::of(&profile, method, 3)
}

fn ranked(text: &str) -> Outcome {
    own(text, Method::Rank)
}

fn orders(outcome: &Outcome) -> &outcome::Orders {
    outcome.orders.as_ref().unwrap()
}

fn schulze(outcome: &Outcome) -> String {
    let place = |names: &Vec<u8>| {
        names
            .iter()
            .map(|name| outcome.names[usize::from(*name)].as_str())
            .collect::<Vec<_>>()
            .join(" = ")
    };
    orders(outcome).schulze.iter().map(place).collect::<Vec<_>>().join(" > ")
}

fn at(outcome: &Outcome, name: &str) -> u8 {
    u8::try_from(outcome.names.iter().position(|known| known == name).unwrap()).unwrap()
}

fn pair(outcome: &Outcome, one: &str, other: &str) -> (u64, u64) {
    let (one, other) = (at(outcome, one), at(outcome, other));
    let pairs = &orders(outcome).pairs;
    (pairs.preferring(one, other), pairs.preferring(other, one))
}

fn condorcet(outcome: &Outcome) -> Option<&str> {
    orders(outcome).condorcet_winner.map(|name| outcome.names[usize::from(name)].as_str())
}

fn winners(outcome: &Outcome) -> Vec<&str> {
    match &orders(outcome).run_off {
        RunOff::Counted(irv) => {
            irv.winners.iter().map(|name| outcome.names[usize::from(*name)].as_str()).collect()
        }
        RunOff::Level { .. } => panic!("not counted"),
    }
}

/// M. Schulze, *A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election
/// method*, Social Choice and Welfare 36, 2011, and *The Schulze Method of Voting*, arXiv:1804.02973: 45 voters.
const SCHULZE_45: &str = "candidates: A, B, C, D, E
5: A > C > B > E > D
5: A > D > E > C > B
8: B > E > D > A > C
3: C > A > B > E > D
7: C > A > E > B > D
2: C > B > A > D > E
7: D > C > E > B > A
8: E > B > A > D > C
";

#[test]
fn schulze_s_forty_five_voters_choose_e_by_the_published_paths() {
    let found = ranked(SCHULZE_45);
    assert_eq!(schulze(&found), "E > A > C > B > D");
    assert_eq!((found.ballots, condorcet(&found)), (45, None));
    assert_eq!(pair(&found, "A", "B"), (20, 25));
    assert_eq!(pair(&found, "E", "D"), (31, 14));
    let published = [
        [0, 28, 28, 30, 24],
        [25, 0, 28, 33, 24],
        [25, 29, 0, 29, 24],
        [25, 28, 28, 0, 24],
        [25, 28, 28, 31, 0],
    ];
    for (one, row) in (0..).zip(published) {
        for (other, strength) in (0..).zip(row) {
            assert_eq!(orders(&found).paths.preferring(one, other), strength, "{one} to {other}");
        }
    }
}

/// The same papers: 21 voters choose d, and the comparisons are printed.
#[test]
fn schulze_s_twenty_one_voters_choose_d() {
    let found = ranked("8: a>c>d>b\n2: b>a>d>c\n4: c>d>b>a\n4: d>b>a>c\n3: d>c>b>a\n");
    assert_eq!(schulze(&found), "d > a > c > b");
    assert_eq!(pair(&found, "a", "b"), (8, 13));
    assert_eq!(pair(&found, "a", "c"), (14, 7));
    assert_eq!(pair(&found, "c", "d"), (12, 9));
    assert_eq!(pair(&found, "d", "b"), (19, 2));
}

/// Wikipedia, *Schulze method*, of the year 2010: 30 voters and the comparisons as they are printed there.
#[test]
fn wikipedia_s_thirty_voters_choose_c() {
    let found = ranked("3: A>C>D>B\n9: B>A>C>D\n8: C>D>A>B\n5: D>A>B>C\n5: D>B>C>A\n");
    for (one, other, published) in [
        ("A", "B", (16, 14)),
        ("A", "C", (17, 13)),
        ("D", "A", (18, 12)),
        ("B", "C", (19, 11)),
        ("C", "D", (20, 10)),
        ("D", "B", (21, 9)),
    ] {
        assert_eq!(pair(&found, one, other), published, "{one} {other}");
    }
    assert_eq!(schulze(&found).split(' ').next(), Some("C"));
}

/// Schulze's papers: nine voters, with B and D level at the top; and the examples 3 to 9 as the tests of the library
/// Condorcet (julien-boudry/Condorcet) have them, each with who is elected by winning votes.
#[test]
fn the_other_examples_of_schulze_s_papers_elect_whom_they_print() {
    for (ballots, elected) in [
        ("3: A>B>C>D\n2: D>A>B>C\n2: D>B>C>A\n2: C>B>D>A\n", "B = D"),
        ("12: A>B>C>D\n6: A>D>B>C\n9: B>C>D>A\n15: C>D>A>B\n21: D>B>A>C\n", "D"),
        ("6: A>C>D>B\n1: B>A>D>C\n3: C>B>D>A\n3: D>B>A>C\n2: D>C>B>A\n", "A = D"),
        (
            "3: A>D>E>B>C>F\n3: B>F>E>C>D>A\n4: C>A>B>F>D>E\n1: D>B>C>E>F>A\n4: D>E>F>A>B>C\n2: E>C>B>D>F>A\n2: F>A>C>D>B>E\n",
            "A",
        ),
        (
            "3: A>D>E>B>C>F\n3: B>F>E>C>D>A\n4: C>A>B>F>D>E\n1: D>B>C>E>F>A\n4: D>E>F>A>B>C\n2: E>C>B>D>F>A\n2: F>A>C>D>B>E\n2: A>E>F>C>B>D\n",
            "D",
        ),
        (
            "3: A>B>D>C\n5: A>D>B>C\n1: A>D>C>B\n2: B>A>D>C\n2: B>D>C>A\n4: C>A>B>D\n6: C>B>A>D\n2: D>B>C>A\n5: D>C>A>B\n",
            "A",
        ),
        (
            "3: A>B>D>E>C\n5: A>D>E>B>C\n1: A>D>E>C>B\n2: B>A>D>E>C\n2: B>D>E>C>A\n4: C>A>B>D>E\n6: C>B>A>D>E\n2: D>B>E>C>A\n5: D>E>C>A>B\n",
            "B",
        ),
        (
            "6: A>B>C>D\n8: A=B\n8: A=C\n18: A=C>D\n8: A=C=D\n40: B\n4: C>B>D\n9: C>D>A\n8: C=D\n14: D>A>B\n11: D>B>C\n4: D>C>A\n",
            "D",
        ),
        (
            "9: A>D>B>E>C\n6: B>C>A>D>E\n5: B>C>D>E>A\n2: C>D>B>E>A\n6: D>E>C>B>A\n14: E>A>C>B>D\n2: E>C>A>B>D\n1: E>D>A>C>B\n",
            "B",
        ),
        (
            "9: A>D>B>E>C\n1: B>A>C>E>D\n6: C>B>A>D>E\n2: C>D>B>E>A\n5: C>D>E>A>B\n6: D>E>C>A>B\n14: E>B>A>C>D\n2: E>B>C>A>D\n",
            "E",
        ),
    ] {
        let found = ranked(ballots);
        let first = schulze(&found);
        assert_eq!(first.split(" > ").next(), Some(elected), "{ballots}");
    }
}

/// R. LeGrand's 921 voters (cs.wustl.edu/~legrand/rbvote): Schulze's method elects Abby.
#[test]
fn of_nine_hundred_and_twenty_one_voters_abby_is_elected() {
    let found = ranked(
        "98: Abby>Cora>Erin>Dave>Brad\n64: Brad>Abby>Erin>Cora>Dave\n12: Brad>Abby>Erin>Dave>Cora\n\
         98: Brad>Erin>Abby>Cora>Dave\n13: Brad>Erin>Abby>Dave>Cora\n125: Brad>Erin>Dave>Abby>Cora\n\
         124: Cora>Abby>Erin>Dave>Brad\n76: Cora>Erin>Abby>Dave>Brad\n21: Dave>Abby>Brad>Erin>Cora\n\
         30: Dave>Brad>Abby>Erin>Cora\n98: Dave>Brad>Erin>Cora>Abby\n139: Dave>Cora>Abby>Brad>Erin\n\
         23: Dave>Cora>Brad>Abby>Erin\n",
    );
    assert_eq!(found.ballots, 921);
    assert_eq!(schulze(&found), "Abby > Brad > Erin > Dave > Cora");
}

/// The capital of Tennessee, in Wikipedia's articles on Condorcet methods, instant-runoff and approval voting.
const TENNESSEE: &str = "# the capital of Tennessee
42: Memphis > Nashville > Chattanooga > Knoxville
26: Nashville > Chattanooga > Knoxville > Memphis
15: Chattanooga > Knoxville > Nashville > Memphis
17: Knoxville > Chattanooga > Nashville > Memphis
";

#[test]
fn tennessee_has_another_capital_by_each_method() {
    let found = ranked(TENNESSEE);
    assert_eq!(condorcet(&found), Some("Nashville"));
    assert_eq!(schulze(&found), "Nashville > Chattanooga > Knoxville > Memphis");
    assert_eq!(winners(&found), ["Knoxville"]);
    assert_eq!(pair(&found, "Nashville", "Memphis"), (58, 42));
    assert_eq!(pair(&found, "Nashville", "Chattanooga"), (68, 32));
    assert_eq!(pair(&found, "Chattanooga", "Knoxville"), (83, 17));
    let one =
        own("42: Memphis\n26: Nashville\n15: Chattanooga\n17: Knoxville\n", Method::ChooseOne);
    assert_eq!(one.panel.names, [[0], [1], [3]]);
    let two = "42: Memphis, Nashville\n26: Nashville, Chattanooga\n15: Chattanooga, Knoxville\n17: Knoxville, Chattanooga\n";
    let two = own(two, Method::Approve);
    assert_eq!(two.chosen, [42, 68, 58, 32]);
    assert_eq!(two.panel.names[0], [1]);
    insta::assert_snapshot!("tennessee", found.to_string());
}

/// Burlington's mayor, 2009, as published from the city's ballots (rangevoting.org/Burlington.html; Wikipedia, *2009
/// Burlington mayoral election*): the three that mattered, many ballots truncated.
#[test]
fn burlington_elects_kiss_by_run_off_and_montroll_by_pairs() {
    let found = ranked(
        "1332: Montroll > Kiss > Wright\n767: Montroll > Wright > Kiss\n455: Montroll\n\
         2043: Kiss > Montroll > Wright\n371: Kiss > Wright > Montroll\n568: Kiss\n\
         1513: Wright > Montroll > Kiss\n495: Wright > Kiss > Montroll\n1289: Wright\n",
    );
    assert_eq!(winners(&found), ["Kiss"]);
    assert_eq!(condorcet(&found), Some("Montroll"));
    assert_eq!(schulze(&found), "Montroll > Kiss > Wright");
    assert_eq!(pair(&found, "Montroll", "Kiss"), (4067, 3477));
    assert_eq!(pair(&found, "Montroll", "Wright"), (4597, 3668));
    assert_eq!(pair(&found, "Kiss", "Wright"), (4314, 4064));
}

/// Condorcet, *Essai sur l'application de l'analyse*, 1785, p. lviij (gallica.bnf.fr, bpt6k417181): sixty voters of whom
/// most name A first, and a majority prefers either of the others to A; C, whom fewest name first, beats both.
#[test]
fn condorcet_s_sixty_voters_name_a_first_and_prefer_c_to_both() {
    let found = ranked("23: A>C>B\n19: B>C>A\n16: C>B>A\n2: C>A>B\n");
    assert_eq!(found.names, ["A", "C", "B"]);
    assert_eq!(found.chosen, [23, 18, 19]);
    assert_eq!(condorcet(&found), Some("C"));
    assert_eq!(pair(&found, "B", "A"), (35, 25));
    assert_eq!(pair(&found, "C", "A"), (37, 23));
    assert_eq!(pair(&found, "C", "B"), (41, 19));
    assert_eq!(schulze(&found), "C > B > A");
    let one = own("23: A\n19: B\n18: C\n", Method::ChooseOne);
    assert_eq!(one.winners(), [0]);
}

/// A circle, with every step counted by hand: A over B 23 + 10 = 33 of 60, B over C 23 + 17 + 2 = 42, C over A
/// 17 + 10 + 8 = 35. The weakest step gives way, and B, whom nobody beats then, is elected.
#[test]
fn of_a_circle_the_weakest_step_gives_way() {
    let found = ranked("23: A>B>C\n17: B>C>A\n2: B>A>C\n10: C>A>B\n8: C>B>A\n");
    assert_eq!(condorcet(&found), None);
    assert_eq!(pair(&found, "A", "B"), (33, 27));
    assert_eq!(pair(&found, "B", "C"), (42, 18));
    assert_eq!(pair(&found, "C", "A"), (35, 25));
    assert_eq!(schulze(&found), "B > C > A");
    let paradox = ranked("1: A>B>C\n1: B>C>A\n1: C>A>B\n");
    assert_eq!(schulze(&paradox), "A = B = C");
    assert_eq!(winners(&paradox), ["A", "B", "C"]);
}

/// Condorcet's eighty-one voters, in the *Stanford Encyclopedia of Philosophy*, "Voting Methods", 3.1: A has eight first
/// places fewer than B and eight second places more, so that no points for places elect A; and A beats both others.
#[test]
fn condorcet_s_eighty_one_voters_prefer_a_to_everybody() {
    let found = ranked("30: A>B>C\n1: A>C>B\n29: B>A>C\n10: B>C>A\n10: C>A>B\n1: C>B>A\n");
    assert_eq!(condorcet(&found), Some("A"));
    assert_eq!(pair(&found, "A", "B"), (41, 40));
    assert_eq!(pair(&found, "A", "C"), (60, 21));
    assert_eq!(pair(&found, "B", "C"), (69, 12));
    assert_eq!(found.chosen, [31, 39, 11]);
    assert_eq!(winners(&found), ["A"]);
}

/// Wikipedia, *Condorcet loser criterion*, the example of minimax: A, B and C are the Smith set, each of them beats L, and
/// they stand in a circle of equal strength. Minimax elects L; Schulze's method elects out of the Smith set.
#[test]
fn whoever_is_outside_the_smith_set_stands_last() {
    let found = ranked("1: A>B>C>L\n1: A>B>L>C\n3: B>C>A>L\n1: C>L>A>B\n1: L>A>B>C\n2: L>C>A>B\n");
    for one in ["A", "B", "C"] {
        assert_eq!(pair(&found, one, "L"), (5, 4), "{one}");
    }
    assert_eq!(pair(&found, "A", "B"), (6, 3));
    assert_eq!(pair(&found, "B", "C"), (6, 3));
    assert_eq!(pair(&found, "C", "A"), (6, 3));
    assert_eq!(schulze(&found), "A = B = C > L");
}

/// *Stanford Encyclopedia of Philosophy*, "Voting Methods", on monotonicity (of three names the run-off is the plurality
/// with run-off told there): two voters raise A, who had won, to their first place, and C wins.
#[test]
fn in_a_run_off_more_votes_for_the_winner_can_make_them_lose() {
    let before = ranked("6: A>B>C\n5: C>A>B\n4: B>C>A\n2: B>A>C\n");
    let after = ranked("6: A>B>C\n5: C>A>B\n4: B>C>A\n2: A>B>C\n");
    assert_eq!((winners(&before), winners(&after)), (vec!["A"], vec!["C"]));
}

/// Wikipedia, *Instant-runoff voting*, the examples of five voters: Sue wins in the second round.
#[test]
fn of_five_voters_sue_wins_in_the_second_round() {
    let found = ranked(
        "Bob > Bill > Sue\nSue > Bob > Bill\nBill > Sue > Bob\nBob > Bill > Sue\nSue > Bob > Bill\n",
    );
    assert_eq!(winners(&found), ["Sue"]);
    let RunOff::Counted(irv) = &orders(&found).run_off else { panic!() };
    assert_eq!(irv.rounds.len(), 2);
}

#[test]
fn level_names_are_preferred_to_neither_and_are_not_counted_by_run_off() {
    let found = ranked("42: A > B > C\n15: A = B > C\n7: C > A = B\n");
    assert_eq!(pair(&found, "A", "B"), (42, 0));
    assert_eq!(pair(&found, "A", "C"), (57, 7));
    assert_eq!(pair(&found, "B", "C"), (57, 7));
    assert_eq!((found.chosen.as_slice(), found.headless), ([42, 0, 7].as_slice(), 15));
    assert_eq!(orders(&found).run_off, RunOff::Level { ballots: 15, line: 2 });
    let words = found.to_string();
    assert!(words.contains("15 ballots rank names level (first in line 2)"), "{words}");
}

#[test]
fn one_name_no_ballots_and_a_name_nobody_ranks_are_counted_too() {
    let none = ranked("candidates: A, B\n");
    assert_eq!((none.ballots, none.winners()), (0, [].as_slice()));
    assert_eq!((condorcet(&none), winners(&none)), (None, vec!["A", "B"]));
    assert!(own("candidates: A, B\n", Method::Approve).to_string().contains("Winner: none"));
    let alone = ranked("7: A\n");
    assert_eq!((alone.winners(), winners(&alone)), ([0].as_slice(), vec!["A"]));
    let unnamed = ranked("candidates: A, B, C\n4: A > B\n3: B\n");
    assert_eq!((schulze(&unnamed).as_str(), winners(&unnamed)), ("A > B > C", vec!["A"]));
    let level = own("3: A\n3: B\n1: C\n", Method::ChooseOne);
    assert_eq!(level.winners(), [0, 1]);
    assert!(level.to_string().contains("Tied for the first place: A, B"), "{level}");
    assert_eq!(level.to_json()["winners"], serde_json::json!(["A", "B"]));
    let many: Vec<String> = (0..MOST_NAMES).map(|name| format!("n{name}")).collect();
    let many = ranked(&format!("candidates: {}\n", many.join(", ")));
    assert_eq!(winners(&many).len(), MOST_NAMES, "and at once");
}

#[test]
fn ballots_whose_names_are_all_out_are_exhausted() {
    let found = ranked("40: A\n35: B > A\n25: C\n");
    let RunOff::Counted(irv) = &orders(&found).run_off else { panic!() };
    assert_eq!(irv.rounds.iter().map(|round| round.exhausted).collect::<Vec<_>>(), [0, 25]);
    assert_eq!(winners(&found), ["A"]);
}

#[test]
fn tables_of_names_and_of_ranks_say_the_same_as_lines() {
    let plain = ranked("42: A > B > C\n15: A = B > C\n7: C > A\n");
    let starred = ranked("A > B > C * 42\nA = B > C *15\nC > A * 7\n");
    assert_eq!((&starred.orders, &starred.chosen), (&plain.orders, &plain.chosen));
    for text in [
        "count,first,second,third\n42,A,B,C\n15,A = B,C,\n7,C,A,\n",
        "\u{feff}id;A;B;C;votes\n1;1;2;3;42\n2;1;1;2;15\n3;2;;1;7\n",
        "first\tcount\tsecond\tthird\n\"A\"\t42\tB\tC\nA=B\t15\t\tC\nC\t7\tA\n\n",
    ] {
        let profile =
            read(text, Form::Table, Method::Rank).unwrap_or_else(|found| panic!("{found}"));
        let found = Outcome::of(&profile, Method::Rank, 3);
        assert_eq!((&found.names, &found.ballots), (&plain.names, &plain.ballots), "{text}");
        assert_eq!(
            (&found.orders.as_ref().unwrap().pairs, &found.chosen),
            (&orders(&plain).pairs, &plain.chosen)
        );
    }
    for (text, method, chosen) in [
        ("name,count\nA,5\nB,3\n", Method::ChooseOne, [5, 3].as_slice()),
        ("first,second\nA,B\nB,\n", Method::Approve, &[1, 2]),
        ("A,B,count\n1,1,4\n0,1,2\n", Method::Approve, &[4, 6]),
        ("A,B\n", Method::ChooseOne, &[0, 0]),
    ] {
        let profile = read(text, Form::Table, method).unwrap_or_else(|found| panic!("{found}"));
        assert_eq!(Outcome::of(&profile, method, 2).chosen, chosen, "{text}");
    }
    for (text, method, line, words) in [
        ("", Method::Rank, 1, "there is no ballot"),
        ("count,votes\n1,2\n", Method::Rank, 1, "two columns say"),
        ("count,first,second\n1,A,A\n", Method::Rank, 2, "`A` stands twice"),
        ("count,first\nfive,A\n", Method::Rank, 2, "`five` is no count"),
        ("A,A\n1,2\n", Method::Rank, 1, "heads two columns"),
        ("A,B\n1,2\n0,1\n", Method::Rank, 3, "a rank is 1 or more"),
        ("A,B\n1,2\n", Method::Approve, 2, "chosen with 1"),
        ("first,second\nA,B\n", Method::ChooseOne, 2, "names one"),
        ("A,B\n1,2\n2,x\n", Method::Rank, 3, "`x`, cell 2, is no number, unlike `1` in line 2"),
        ("first,second\nA,B\nB,1\n", Method::Rank, 3, "`1`, cell 2, is a number, unlike `A`"),
        ("A,\n1,\n1,2\n", Method::Rank, 3, "`2`, cell 2, stands under no head"),
        ("A,B\n1,2,3\n", Method::Rank, 2, "`3`, cell 3, stands under no head"),
        ("ballot\nA,B\n", Method::Rank, 2, "`B`, cell 2, stands under no head"),
    ] {
        let mistake = read(text, Form::Table, method).unwrap_err();
        assert!(mistake.words.contains(words) && mistake.line == line, "{text}: {mistake}");
    }
}

#[test]
fn a_blank_ballot_of_a_table_is_counted_as_one() {
    for (text, ballots) in [
        ("A,B\n1,2\n,\n2,1\n", 3),
        ("first,second\nA,B\n,\n,\n", 3),
        ("id,A,B\n1,1,2\n2,,\n", 2),
        ("A,B,count\n1,2,4\n,,2\n,,\n", 6),
        ("A,B\n1,2\n\n", 1),
        (",\nA,B\n1,2\n", 1),
    ] {
        let profile =
            read(text, Form::Table, Method::Rank).unwrap_or_else(|found| panic!("{found}"));
        assert_eq!(Outcome::of(&profile, Method::Rank, 2).ballots, ballots, "{text}");
    }
}

/// Names level behind all others are as good as left out, in a run-off too.
#[test]
fn level_names_at_the_end_of_a_ballot_are_left_out() {
    let level = ranked("3: A > B = C\n2: B > A = C\n2: C > B = A\n");
    let short = ranked("3: A\n2: B\n2: C\n");
    assert_eq!(orders(&level).run_off, orders(&short).run_off);
    assert_eq!(orders(&level).pairs, orders(&short).pairs);
}

#[test]
fn names_in_any_script_are_one_name_however_they_are_composed() {
    let text = "\u{feff}# टिप्पणी\r\nनाम: अनिल यादव, सुनीता, عمران, \"A > B, C: D\"\r\n\r\n\
                ४२: अनिल  यादव > सुनीता # पहले\r\n1,332: عمران ≻ \"A > B, C: D\"\r\nसुनीता\r\n۷: क\u{93c}\r\n";
    let wrong = read(text, Form::Own, Method::Rank).unwrap_err();
    assert_eq!((wrong.line, wrong.column), (7, 4));
    let text = text.replace("۷: क\u{93c}\r\n", "");
    let found = ranked(&text);
    assert_eq!(found.names, ["अनिल यादव", "सुनीता", "عمران", "A > B, C: D"]);
    assert_eq!((found.ballots, found.chosen.as_slice()), (1375, [42, 1, 1332, 0].as_slice()));
    let both = ranked("1: \u{958}\n1: क\u{93c}\n1: e\u{301}\n1: \u{e9}\n");
    assert_eq!(both.names.len(), 2);
}

#[test]
fn a_mistake_is_told_at_its_line_and_column_and_nothing_is_counted() {
    let names: Vec<String> = (0..32).map(|name| format!("n{name}")).collect();
    let too_many = format!("1: {}", names.join(" > "));
    let table: [(&str, Method, usize, usize, &str); 19] = [
        ("", Method::Rank, 1, 1, "there is no ballot"),
        ("# nothing\n\n", Method::Rank, 2, 1, "there is no ballot"),
        ("5: A > B\nx: A > B\n", Method::Rank, 2, 1, "`x` is no count"),
        ("5: A > B\n  -3: A\n", Method::Rank, 2, 3, "`-3` is no count"),
        ("0: A\n", Method::Rank, 1, 1, "0 times"),
        ("5: A > > B\n", Method::Rank, 1, 8, "a name is missing"),
        ("5: A >\n", Method::Rank, 1, 7, "a name is missing"),
        ("5:\n", Method::Rank, 1, 3, "a name is missing"),
        ("5: अनिल > अनिल\n", Method::Rank, 1, 11, "`अनिल` stands twice"),
        ("5: A, B\n", Method::Rank, 1, 5, "in a ranking stands `>`"),
        ("5: A > B\n", Method::Approve, 1, 6, "approvals have `,`"),
        ("5: A, B\n", Method::ChooseOne, 1, 5, "names one"),
        ("5: \"A > B\n", Method::Rank, 1, 4, "this quote is not closed"),
        ("5: A\"B\" > C\n", Method::Rank, 1, 4, "a quote stands around a whole name"),
        ("candidates: A, A\n", Method::Rank, 1, 16, "listed twice"),
        ("candidates: A, B\n3: C\n", Method::Rank, 2, 4, "`C` is none of the names listed: A, B"),
        ("1: A\ncandidates: A\n", Method::Rank, 2, 1, "before the first ballot"),
        ("18446744073709551616: A\n", Method::Rank, 1, 1, "is no count"),
        (&too_many, Method::Rank, 1, 180, "more than 31 names"),
    ];
    for (text, method, line, column, words) in table {
        let mistake = read(text, Form::Own, method).unwrap_err();
        assert!(mistake.words.contains(words), "{text:?}: {mistake}");
        assert_eq!((mistake.line, mistake.column), (line, column), "{text:?}: {mistake}");
    }
    let full = format!("{MOST_BALLOTS}: A > B\n1: B > A\n");
    let mistake = read(&full, Form::Own, Method::Rank).unwrap_err();
    assert_eq!((mistake.line, mistake.column), (2, 1), "{mistake}");
}

#[test]
fn the_largest_counts_are_exact() {
    let half = MOST_BALLOTS / 2;
    let found = ranked(&format!("{half}: A > B\n{}: B > A\n1: B\n", half - 1));
    assert_eq!(pair(&found, "B", "A"), (half, half));
    assert_eq!(schulze(&found), "A = B");
    assert_eq!(winners(&found), ["A", "B"]);
    assert_eq!(condorcet(&found), None);
}

const TOC: &str = "# FILE NAME: 00001-00000001.toc
# TITLE: Example
# DATA TYPE: toc
# NUMBER ALTERNATIVES: 3
# NUMBER VOTERS: 64
# NUMBER UNIQUE ORDERS: 3
# ALTERNATIVE NAME 1: A
# ALTERNATIVE NAME 2: B
# ALTERNATIVE NAME 3: C
42: 1,2,3
15: {1,2},3
7: 3,{1, 2}
";

#[test]
fn the_forms_of_preflib_and_blt_say_the_same() {
    let plain = ranked("42: A > B > C\n15: A = B > C\n7: C > A = B\n");
    let old = "3\n1,A\n2,B\n3,C\n64,64,3\n42,1,2,3\n15,{1,2},3\n7,3,{1,2}\n";
    let blt = "3 1\n# made up\n42 1 2 3 0\n(2) 15 1=2 3 0\n7 3 1=2 0\n0\n\"A\"\n\"B\"\n\"C\"\n\"Example\"\n";
    for (form, text) in [(Form::PrefLib, TOC), (Form::PrefLib, old), (Form::Blt, blt)] {
        let profile = read(text, form, Method::Rank).unwrap_or_else(|mistake| panic!("{mistake}"));
        let found = Outcome::of(&profile, Method::Rank, 3);
        assert_eq!(found.names, plain.names);
        assert_eq!(orders(&found).pairs, orders(&plain).pairs, "{text}");
        assert_eq!(found.chosen, plain.chosen);
    }
    for (ending, form) in
        [("soc", Form::PrefLib), ("TOI", Form::PrefLib), ("blt", Form::Blt), ("txt", Form::Own)]
    {
        assert_eq!(Form::of_ending(ending), form);
    }
}

#[test]
fn what_is_wrong_in_the_other_forms_is_told_at_its_place() {
    let changed = |from: &str, to: &str| TOC.replace(from, to);
    for (form, text, line, column, words) in [
        (
            Form::PrefLib,
            changed("42: 1,2,3", "42: 1,4,3"),
            10,
            7,
            "`4` is no number of a name; there are 1 to 3",
        ),
        (Form::PrefLib, changed("15: {1,2},3", "15: {1,2,3"), 11, 11, "`}` is missing"),
        (Form::PrefLib, changed("15: {1,2},3", "15: 1,2},3"), 11, 7, "this group was not opened"),
        (
            Form::PrefLib,
            changed("15: {1,2},3", "15: {1,{2},3"),
            11,
            9,
            "a group stands within a group",
        ),
        (Form::PrefLib, changed("7: 3,{1, 2}", "7: 3,{1, 3}"), 12, 10, "3 stands twice"),
        (
            Form::PrefLib,
            changed("7: 3,{1, 2}", "8: 3,{1, 2}"),
            5,
            18,
            "here stand 64 voters, and the lines give 65",
        ),
        (
            Form::PrefLib,
            changed("ALTERNATIVES: 3", "ALTERNATIVES: 300"),
            4,
            24,
            "from 1 to 31 names",
        ),
        (Form::PrefLib, "3\n1,A\n2,B\n".to_owned(), 1, 1, "ends before all of these names"),
        (Form::Blt, "2 1\n5 1 2\n0\n\"A\"\n\"B\"\n".to_owned(), 2, 6, "ends with `0`"),
        (Form::Blt, "2 1\n-1\n5 1 0\n0\n\"A\"\n\"B\"\n".to_owned(), 2, 1, "withdrawn"),
        (Form::Blt, "2 1\n5 1=3 0\n0\n\"A\"\n\"B\"\n".to_owned(), 2, 5, "`3` is no number"),
        (Form::Blt, "2 1\n5 1 0\n0\n\"A\"\nB\n".to_owned(), 5, 1, "in quotes"),
        (Form::Blt, "2 1\n5 1 0\n".to_owned(), 1, 1, "a line `0` is missing"),
    ] {
        let mistake = read(&text, form, Method::Rank).unwrap_err();
        assert!(mistake.words.contains(words), "{text}: {mistake}");
        assert_eq!((mistake.line, mistake.column), (line, column), "{text}: {mistake}");
    }
    let other = read(TOC, Form::PrefLib, Method::Approve).unwrap_err();
    assert!(other.words.contains("hold rankings"), "{other}");
}

#[test]
fn the_json_tells_names_and_every_number() {
    let told = ranked("3: A>B>C>D\n2: D>A>B>C\n2: D>B>C>A\n2: C>B>D>A\n").to_json();
    assert_eq!(told["schulze"], serde_json::json!([["B", "D"], ["A", "C"]]));
    assert_eq!(told["condorcet_winner"], serde_json::Value::Null);
    assert_eq!(told["pairs"][0], serde_json::json!([0, 5, 5, 3]));
    assert_eq!(told["run_off"]["counted"], true);
    assert_eq!(told["panel"]["open"], true);
    let level = ranked("3: A=B\n1: C\n").to_json();
    assert_eq!(
        level["run_off"],
        serde_json::json!({"counted": false, "level_ballots": 3, "first_line": 1})
    );
    assert_eq!(own("3: A, B\n", Method::Approve).to_json().get("pairs"), None);
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in "\\PC{0,40}(\n[0-9A-C:>=,{} \"#-]{0,20}){0,6}") {
        for form in [Form::Own, Form::PrefLib, Form::Blt, Form::Table] {
            for method in Method::ALL {
                if let Ok(profile) = read(&text, form, method) {
                    let outcome = Outcome::of(&profile, method, 3);
                    let _ = (outcome.to_string(), outcome.to_json());
                }
            }
        }
    }
}
