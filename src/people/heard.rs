//! What cells say, each heard once: a list says the same places, posts, days and names in thousands of rows.

use std::collections::HashMap;
use std::hash::Hash;

use jiff::civil::Date;

use super::names::{self, Named};
use super::places::{self, Seat};
use super::posts::{Post, post_and_level};
use crate::geography::Geography;
use crate::places::Level;
use crate::understanding::{Kind, Meaning, Reading, read as hear};

/// Words heard so far, of one list.
#[derive(Clone, Debug, Default)]
pub(super) struct Heard {
    districts: HashMap<String, Result<String, String>>,
    seats: HashMap<(String, String), Seat>,
    posts: HashMap<String, Said>,
    days: HashMap<String, Option<Date>>,
    names: HashMap<String, Result<Named, String>>,
}

/// A post with the level its words say, or those that sound nearly so.
type Said = Result<(&'static Post, Option<Level>), Vec<&'static Post>>;

/// More different words of one kind are not kept: they hardly come again.
const MOST: usize = 50_000;

fn once<K: Eq + Hash, V: Clone>(
    known: &mut HashMap<K, V>,
    key: K,
    hear: impl FnOnce(&K) -> V,
) -> V {
    if let Some(value) = known.get(&key) {
        return value.clone();
    }
    let value = hear(&key);
    if known.len() < MOST {
        known.insert(key, value.clone());
    }
    value
}

impl Heard {
    /// The code of the district a cell names.
    pub(super) fn district(&mut self, text: &str, geography: &Geography) -> Result<String, String> {
        once(&mut self.districts, text.to_owned(), |text| {
            places::district(text, geography).map(|district| district.code.clone())
        })
    }

    /// The seat a cell names, beside the code of a district.
    pub(super) fn seat(
        &mut self,
        text: &str,
        district: Option<&str>,
        geography: &Geography,
    ) -> Seat {
        let key = (district.unwrap_or_default().to_owned(), text.to_owned());
        once(&mut self.seats, key, |(_, text)| places::assembly(text, district, geography))
    }

    /// The post a cell names.
    pub(super) fn post(&mut self, text: &str) -> Said {
        once(&mut self.posts, text.to_owned(), |text| post_and_level(text))
    }

    /// The day a cell names in words or numbers.
    pub(super) fn day(&mut self, text: &str, today: Date, geography: &Geography) -> Option<Date> {
        once(&mut self.days, text.to_owned(), |text| {
            let text = text.strip_suffix("00:00:00").map_or(text.as_str(), str::trim_end);
            match hear(Kind::Date { today, from: None, to: None }, text, geography) {
                Reading::Sure(Meaning::Date(day)) => Some(day),
                _ => None,
            }
        })
    }

    /// Who a cell names; else why it names nobody.
    pub(super) fn name(&mut self, text: &str) -> Result<Named, String> {
        once(&mut self.names, text.to_owned(), |text| names::read(text))
    }
}
