//! What the tests stand on: child processes on free ports.

pub mod server;
