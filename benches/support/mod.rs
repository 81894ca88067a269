//! The servers of the tests.

#[path = "../../tests/it/support/postgres.rs"]
pub(crate) mod postgres;
#[path = "../../tests/it/support/redis.rs"]
pub(crate) mod redis;
#[path = "../../tests/it/support/redis_cluster.rs"]
pub(crate) mod redis_cluster;
#[path = "../../tests/it/support/redis_node.rs"]
pub(crate) mod redis_node;
