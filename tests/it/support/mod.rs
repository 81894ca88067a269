//! What the tests stand on: child processes on free ports, the house, a browser.

pub(crate) mod asked;
pub(crate) mod balancer;
pub(crate) mod ballots;
pub(crate) mod bodies;
pub(crate) mod broadcast;
pub(crate) mod browser;
pub(crate) mod chaos;
pub(crate) mod desk;
pub(crate) mod ended_poll;
pub(crate) mod gateway;
#[expect(dead_code, reason = "the unit tests of the calls use the rest of it")]
pub(crate) mod helpdesk;
pub(crate) mod house;
pub(crate) mod joining;
pub(crate) mod kannel;
pub(crate) mod phone;
pub(crate) mod postgres;
pub(crate) mod raw;
pub(crate) mod redis;
pub(crate) mod redis_cluster;
pub(crate) mod redis_node;
pub(crate) mod redis_sentinel;
pub(crate) mod replica;
pub(crate) mod server;
pub(crate) mod smsc;
pub(crate) mod vendors;
pub(crate) mod warden;
