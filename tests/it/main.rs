//! One binary for every test that looks at the whole: the real program, the real stores, a real
//! browser, and the sandbox for what lives on the internet.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected has failed"
)]

mod accounted;
mod after_commit;
mod author;
mod balancer;
mod broadcast;
mod broadcast_stops;
mod broadcasts;
mod chaos;
mod check;
mod conversation;
mod deployment;
mod dirty;
mod docs;
mod faults;
mod handover;
mod identities;
mod init;
mod intake;
mod kannel;
mod layers;
mod listings;
mod migrate_data;
mod missed_calls;
mod model;
mod newcomer;
mod one_person;
mod operations;
mod opinion;
mod parts;
mod people;
mod persons;
mod places;
mod poll_tally;
mod polls;
mod postgres_rig;
mod reload;
mod replicas;
mod rests;
mod rosters;
mod schemas;
mod series;
mod shipped_flows;
mod simulator_page;
mod state_conformance;
mod state_failover;
mod stop;
mod support;
mod templates;
mod understand;
mod vendors;
mod webhook_bodies;
