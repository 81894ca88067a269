//! What the channel is given of the configuration; see `[sms.accounts.NAME]` in samvad.toml.

pub use crate::config::{
    DltIds, Guard, HttpRoad, KannelRoad, Network, Secret, Sms, SmsAccount, SmsRoad,
};
