//! An outcome in words and as JSON.

use std::fmt;

use serde_json::{Value, json};

use super::outcome::{Orders, Outcome, RunOff};
use crate::poll::ballot::Method;
use crate::poll::tally::{Irv, Pairs, numbered, percent};

impl Outcome {
    fn name(&self, name: u8) -> &str {
        self.names.get(usize::from(name)).map_or("", String::as_str)
    }

    fn list(&self, names: &[u8]) -> String {
        names.iter().map(|name| self.name(*name)).collect::<Vec<_>>().join(", ")
    }

    /// `1. B = D (tied)  3. A`.
    fn places(&self, order: &[Vec<u8>]) -> String {
        let place = |(number, names): (usize, &Vec<u8>)| {
            let tied = if names.len() > 1 { " (tied)" } else { "" };
            let names: Vec<&str> = names.iter().map(|name| self.name(*name)).collect();
            format!("{number}. {}{tied}", names.join(" = "))
        };
        numbered(order).map(place).collect::<Vec<_>>().join("  ")
    }

    fn all(&self) -> impl Iterator<Item = u8> {
        (0_u8..).take(self.names.len())
    }

    /// Everything as JSON; names stand by themselves, who share a place in one list.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let names = |names: &[u8]| names.iter().map(|name| self.name(*name)).collect::<Vec<_>>();
        let order = |order: &[Vec<u8>]| order.iter().map(|place| names(place)).collect::<Vec<_>>();
        let matrix = |pairs: &Pairs| {
            let row = |one: u8| {
                self.all().map(|other| pairs.preferring(one, other)).collect::<Vec<u64>>()
            };
            self.all().map(row).collect::<Vec<_>>()
        };
        let panel = json!({
            "places": order(&self.panel.names),
            "open": self.panel.is_open,
            "unbeaten_outside": names(&self.panel.unbeaten),
        });
        let mut told = json!({
            "method": self.method.name(),
            "ballots": self.ballots,
            "names": self.names,
            "chosen": self.chosen,
            "winners": names(self.winners()),
            "panel": panel,
        });
        let Some(orders) = &self.orders else { return told };
        let run_off = match &orders.run_off {
            RunOff::Level { ballots, line } => {
                json!({"counted": false, "level_ballots": ballots, "first_line": line})
            }
            RunOff::Counted(irv) => {
                let rounds: Vec<Value> = irv
                    .rounds
                    .iter()
                    .map(|round| {
                        let counts: Vec<Value> = round
                            .counts
                            .iter()
                            .map(
                                |(name, count)| json!({"name": self.name(*name), "ballots": count}),
                            )
                            .collect();
                        json!({
                            "counts": counts,
                            "exhausted": round.exhausted,
                            "out": names(&round.out),
                            "tied": names(&round.tied),
                        })
                    })
                    .collect();
                json!({
                    "counted": true,
                    "rounds": rounds,
                    "winners": names(&irv.winners),
                    "all_ways": irv.all_ways,
                })
            }
        };
        for (key, value) in [
            ("headless", json!(self.headless)),
            ("pairs", json!(matrix(&orders.pairs))),
            ("condorcet_winner", json!(orders.condorcet_winner.map(|name| self.name(name)))),
            ("schulze", json!(order(&orders.schulze))),
            ("strongest_paths", json!(matrix(&orders.paths))),
            ("run_off", run_off),
        ] {
            if let Some(object) = told.as_object_mut() {
                object.insert(key.to_owned(), value);
            }
        }
        told
    }

    fn tell_matrix(&self, pairs: &Pairs, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = |one: u8| self.all().map(move |other| pairs.preferring(one, other));
        let widest = self.all().flat_map(numbers).max().unwrap_or(0).to_string().len().max(3) + 1;
        write!(out, "   ")?;
        for other in self.all() {
            write!(out, "{:>widest$}", u32::from(other) + 1)?;
        }
        writeln!(out)?;
        for one in self.all() {
            write!(out, "{:>3}", u32::from(one) + 1)?;
            for (other, count) in self.all().zip(numbers(one)) {
                if one == other {
                    write!(out, "{:>widest$}", "–")?;
                } else {
                    write!(out, "{count:>widest$}")?;
                }
            }
            writeln!(out, "  {}", self.name(one))?;
        }
        Ok(())
    }

    fn tell_orders(&self, orders: &Orders, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "\nPairs: ballots that prefer the name of the row to that of the column")?;
        self.tell_matrix(&orders.pairs, out)?;
        match orders.condorcet_winner {
            Some(name) => writeln!(out, "Condorcet winner: {}", self.name(name))?,
            None => writeln!(out, "Condorcet winner: none; nobody beats every other name")?,
        }
        writeln!(out, "\nSchulze: {}", self.places(&orders.schulze))?;
        let is_level = |one: u8, other: u8| {
            one != other && !orders.paths.is_ahead(one, other) && !orders.paths.is_ahead(other, one)
        };
        let place = |name: u8| orders.schulze.iter().position(|place| place.contains(&name));
        for one in self.all() {
            let apart = |other: &u8| is_level(one, *other) && place(one) < place(*other);
            for other in self.all().filter(apart) {
                writeln!(
                    out,
                    "  {} does not beat {}, which somebody else beats",
                    self.name(one),
                    self.name(other)
                )?;
            }
        }
        writeln!(out, "Strongest paths from the row to the column, by winning votes; 0: none")?;
        self.tell_matrix(&orders.paths, out)?;
        writeln!(out)?;
        match &orders.run_off {
            RunOff::Counted(irv) => self.tell_run_off(irv, out),
            RunOff::Level { ballots, line } => writeln!(
                out,
                "Instant run-off: not counted. {ballots} ballots rank names level (first in line {line}), and a run-off has no one rule for them."
            ),
        }
    }

    fn tell_run_off(&self, irv: &Irv, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "Instant run-off")?;
        for (number, round) in (1..).zip(&irv.rounds) {
            let mut counts = round.counts.clone();
            counts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
            let counts = counts.iter().map(|(name, count)| format!("{} {count}", self.name(*name)));
            write!(out, "  round {number}: {}", counts.collect::<Vec<_>>().join(", "))?;
            if round.exhausted > 0 {
                write!(out, "; exhausted {}", round.exhausted)?;
            }
            if !round.out.is_empty() {
                write!(out, "; out: {}", self.list(&round.out))?;
            }
            if round.tied.len() > 1 {
                write!(out, "; tied for the last place: {}", self.list(&round.tied))?;
            }
            writeln!(out)?;
        }
        match irv.winners.as_slice() {
            [only] => writeln!(out, "  winner: {}", self.name(*only))?,
            several => writeln!(
                out,
                "  tied: by how ties are broken may win {}; the rounds shown are one way",
                self.list(several)
            )?,
        }
        if !irv.all_ways {
            writeln!(
                out,
                "  there are too many ways to break the ties to follow all: nobody who may win is missing, and not everybody told may"
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.method {
            Method::ChooseOne => "one choice",
            Method::Approve => "approvals",
            Method::Rank => "rankings",
        };
        writeln!(out, "{} ballots, {} names: {what}", self.ballots, self.names.len())?;
        let what = match self.method {
            Method::ChooseOne => "Chosen",
            Method::Approve => "Approved",
            Method::Rank => "First names",
        };
        writeln!(out, "\n{what}")?;
        let mut names: Vec<(u8, u64)> = self.all().zip(self.chosen.iter().copied()).collect();
        names.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
        for (name, count) in names {
            writeln!(out, "{count:>12} {:>5}%  {}", percent(count, self.ballots), self.name(name))?;
        }
        if self.headless > 0 {
            writeln!(out, "{:>12}         nobody alone at the head", self.headless)?;
        }
        match &self.orders {
            Some(orders) => self.tell_orders(orders, out)?,
            None => match self.winners() {
                [] => writeln!(out, "Winner: none; nobody is named")?,
                [only] => writeln!(out, "Winner: {}", self.name(*only))?,
                several => writeln!(out, "Tied for the first place: {}", self.list(several))?,
            },
        }
        writeln!(out, "\nPanel: {}", self.places(&self.panel.names))?;
        if !self.panel.unbeaten.is_empty() {
            writeln!(
                out,
                "  open: not everybody in its last place beats {}",
                self.list(&self.panel.unbeaten)
            )?;
        } else if self.panel.is_open {
            writeln!(out, "  open: a tie in its last place gives more names than were wanted")?;
        }
        Ok(())
    }
}
