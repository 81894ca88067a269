//! The DLT registry and the flows: its files, what leaves by it, and the proof that every text has a
//! template. The registry itself is the room [`crate::dlt`].
//!
//! | file | subject |
//! |---|---|
//! | `read.rs` | the files of `flows/dlt/`, every mistake with its place |
//! | `plan.rs` | what a turn says by SMS, as registered messages |
//! | `forms.rs` | every form in which every text may be said |
//! | `prove.rs` | that each of them has a template; those that lack, to be registered |

mod forms;
mod plan;
mod prove;
mod read;

pub use self::plan::Unsaid;
pub use self::prove::Lacking;
pub(super) use self::prove::prove;
pub(super) use self::read::{KEYS, TEMPLATE_KEYS, read};

/// So many of a list are named.
const NAMED: usize = 3;

/// The first of a list, and how many more there are.
fn some_of(mut list: impl ExactSizeIterator<Item = String>) -> String {
    let more = list.len().saturating_sub(NAMED);
    let named: Vec<String> = list.by_ref().take(NAMED).collect();
    let named = named.join(", ");
    if more == 0 { named } else { format!("{named} and {more} more") }
}
