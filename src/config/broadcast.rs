//! Broadcasts and polls: where their files are, who has to say yes to them, and what messages cost.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct BroadcastSection {
    pub folder: PathBuf,
    pub approve_above: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PollSection {
    pub folder: PathBuf,
}

/// In paise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CostsSection {
    pub whatsapp_marketing: f64,
    pub whatsapp_utility: f64,
    pub sms_part: f64,
}

impl BroadcastSection {
    pub(super) fn complete(&self, problems: &mut Vec<String>) {
        if !self.folder.as_os_str().is_empty() && !self.folder.is_dir() {
            problems
                .push(format!("broadcast.folder: there is no folder {}", self.folder.display()));
        }
    }
}

impl PollSection {
    pub(super) fn complete(&self, problems: &mut Vec<String>) {
        if !self.folder.as_os_str().is_empty() && !self.folder.is_dir() {
            problems.push(format!("poll.folder: there is no folder {}", self.folder.display()));
        }
    }
}

impl CostsSection {
    pub(super) fn complete(self, problems: &mut Vec<String>) {
        let costs = [
            ("whatsapp_marketing", self.whatsapp_marketing),
            ("whatsapp_utility", self.whatsapp_utility),
            ("sms_part", self.sms_part),
        ];
        for (key, paise) in costs {
            if !(0.0..=10_000.0).contains(&paise) {
                problems.push(format!(
                    "costs.{key}: {paise} is outside 0 to 10000; it is paise for one message"
                ));
            }
        }
    }
}
