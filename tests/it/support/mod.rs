//! What several promises need: real servers as child processes.

pub(crate) mod redis;
