//! Samvad (संवाद): Hindi-first WhatsApp and SMS conversations from flow files a person can read.
//!
//! The rooms and the way of data are told in `docs/architecture.md`. A room only calls rooms to
//! its right in `channel → intake → flow → records → delivery → channel`, and the shared
//! vocabulary: [`message`], [`contact`], [`geography`].

pub mod audience;
pub mod ballot_box;
pub mod broadcast;
pub mod calendar;
pub mod channel;
pub mod cli;
pub mod clock;
pub mod config;
pub mod console;
pub mod contact;
pub mod delivery;
pub mod dlt;
pub mod effects;
pub mod fact;
pub mod flow;
pub mod gate;
pub mod geography;
pub mod intake;
pub mod locale;
pub mod mailing;
pub mod markup;
pub mod membership;
pub mod message;
pub mod metrics;
pub mod people;
pub mod places;
pub mod poll;
pub mod records;
pub mod sandbox;
pub mod seal;
pub mod segments;
pub mod serve;
pub mod sheet;
pub mod state;
pub mod template;
pub mod understanding;
pub mod vital;
