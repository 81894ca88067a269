//! What the tests stand on: child processes on free ports.

pub(crate) mod house;
pub(crate) mod redis;
pub(crate) mod server;
