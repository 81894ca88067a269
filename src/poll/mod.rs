//! Polls: who should stand? A secret, countable opinion of the workers. Pure: what is asked ([`file`]), how an answer is
//! read ([`answer`]) and sealed ([`envelope`]), how it is counted ([`tally`], [`count`]) and how anybody can check it
//! ([`roll`], [`count::audit`]). What an insider can learn and what not is told in docs/secrecy.md.

pub mod answer;
pub mod asked;
pub mod ballot;
pub mod bundle;
pub mod cells;
pub mod count;
pub mod electorate;
pub mod envelope;
pub mod file;
pub mod keys;
pub mod law;
pub mod life;
pub mod marks;
pub mod order;
pub mod profile;
pub mod receipt;
pub mod report;
pub mod result;
pub mod roll;
pub mod roster;
mod schema;
mod shares;
pub mod signals;
pub mod tally;
pub mod texts;

pub use schema::schema;
