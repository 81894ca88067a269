//! Everybody there might be, as far as some conditions tell them apart: every combination of the values
//! the names in them may have.

use std::collections::HashMap;

use cel::Value;

use super::possible::{Literals, World};
use super::{BUILT_INS, Condition, Known};

/// Some of the worlds: whether each of them, by its index, is meant.
pub(in crate::flow) type These = Vec<bool>;

/// More worlds than this are not looked at.
const MOST: usize = 600;

/// A name, and every value it may have.
struct Name {
    word: String,
    values: Vec<Value>,
    /// How far apart two worlds lie that differ in the next value of this name alone.
    stride: usize,
}

/// The worlds of some conditions.
pub(in crate::flow) struct Worlds {
    names: Vec<Name>,
    count: usize,
}

impl Worlds {
    /// Those these conditions tell apart, where an answer may also not be given; `None` where they
    /// cannot be counted, or are too many.
    pub(in crate::flow) fn of(
        conditions: &[&Condition],
        answers: &HashMap<String, Known>,
    ) -> Option<Worlds> {
        let mut literals = Literals::default();
        let mut used: Vec<&str> = Vec::new();
        for condition in conditions {
            if !literals.collect(condition.program.expression()) {
                return None;
            }
            used.extend(condition.names().iter().map(String::as_str));
        }
        used.sort_unstable();
        used.dedup();
        let mut names = Vec::with_capacity(used.len());
        let mut count = 1_usize;
        for name in used {
            let mut values = literals.domain(name, answers)?;
            if !BUILT_INS.contains(&name) {
                values.push(Value::Null);
            }
            let stride = count;
            count = count.checked_mul(values.len())?;
            if count > MOST {
                return None;
            }
            names.push(Name { word: name.to_owned(), values, stride });
        }
        Some(Worlds { names, count })
    }

    pub(in crate::flow) fn all(&self) -> These {
        vec![true; self.count]
    }

    pub(in crate::flow) fn none(&self) -> These {
        vec![false; self.count]
    }

    /// The worlds in which a condition holds that uses no other names.
    pub(in crate::flow) fn where_holds(&self, condition: &Condition) -> These {
        let holds = |world: usize| {
            let value = |name: &Name| name.value(world).cloned().unwrap_or(Value::Null);
            let values = self.names.iter().map(|name| (name.word.as_str(), value(name))).collect();
            matches!(condition.decide(&World { values }), Ok(Value::Bool(true)))
        };
        (0..self.count).map(holds).collect()
    }

    pub(in crate::flow) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| name.word.as_str())
    }

    /// The worlds that some of them become where a name takes each value that fits.
    pub(in crate::flow) fn with(
        &self,
        some: &[bool],
        name: &str,
        fits: impl Fn(&Value) -> bool,
    ) -> These {
        let Some(name) = self.names.iter().find(|known| known.word == name) else {
            return some.to_vec();
        };
        let mut become_of = self.none();
        for (world, _) in some.iter().enumerate().filter(|(_, meant)| **meant) {
            let without = world - name.place(world) * name.stride;
            for (place, _) in name.values.iter().enumerate().filter(|(_, value)| fits(value)) {
                if let Some(meant) = become_of.get_mut(without + place * name.stride) {
                    *meant = true;
                }
            }
        }
        become_of
    }

    /// Whether a name has no value in any of these worlds.
    pub(in crate::flow) fn lacks(&self, some: &[bool], name: &str) -> bool {
        let Some(name) = self.names.iter().find(|known| known.word == name) else { return false };
        let mut meant = some.iter().enumerate().filter(|(_, meant)| **meant);
        meant.all(|(world, _)| matches!(name.value(world), Some(Value::Null)))
    }
}

impl Name {
    /// The place of its value in a world.
    fn place(&self, world: usize) -> usize {
        world / self.stride % self.values.len().max(1)
    }

    fn value(&self, world: usize) -> Option<&Value> {
        self.values.get(self.place(world))
    }
}

/// Those of them in which this holds as well.
pub(in crate::flow) fn both(some: &[bool], others: &[bool]) -> These {
    some.iter().zip(others).map(|(one, other)| *one && *other).collect()
}

/// Those of them in which this does not hold.
pub(in crate::flow) fn without(some: &[bool], others: &[bool]) -> These {
    some.iter().zip(others).map(|(one, other)| *one && !*other).collect()
}
