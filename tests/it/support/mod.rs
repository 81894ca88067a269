//! What several promises need: real servers as child processes.

pub mod redis;
