//! Makes a failing plan short: parts are left out as long as it goes on failing.

use super::step::{Act, Plan};

/// Leaves out what a failure does not need. `fails` carries a plan out; at most `tries` times.
pub(super) fn shrink(plan: &Plan, tries: usize, mut fails: impl FnMut(&Plan) -> bool) -> Plan {
    let mut best = plan.clone();
    let mut left = tries;
    let mut size = best.acts.len().div_ceil(2);
    while size > 0 && left > 0 {
        let mut at = 0;
        let mut shorter = false;
        while at < best.acts.len() && left > 0 {
            let end = (at + size).min(best.acts.len());
            let mut acts: Vec<Act> = best.acts[..at].to_vec();
            acts.extend_from_slice(&best.acts[end..]);
            let candidate = Plan { acts, ..best.clone() };
            left -= 1;
            if fails(&candidate) {
                best = candidate;
                shorter = true;
            } else {
                at = end;
            }
        }
        if !shorter || size > 1 {
            size = if size == 1 && shorter { 1 } else { size / 2 };
        }
    }
    best
}
