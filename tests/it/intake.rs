//! Inbound → turn → commit, in this process: the real lanes and stores, the shipped flows, and faults
//! put in the way on purpose. Every promise is stamped on every pair of stores.

/// Stamps promises on the pairs. Each is an `async fn` that takes a `Pair`; one that is not named here
/// is dead code, and the compiler says so.
macro_rules! promises {
    ($($name:ident,)*) => {
        promises!(on sqlite_and_memory, SqliteMemory: $($name)*);
        promises!(on sqlite_and_redis, SqliteRedis: $($name)*);
        promises!(on postgres_and_redis, PostgresRedis: $($name)*);
        promises!(on postgres_and_cluster, PostgresCluster: $($name)*);
    };
    (on $stores:ident, $pair:ident: $($name:ident)*) => {
        mod $stores {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    use crate::intake::rig::Pair;
                    if Pair::$pair.is_asked() {
                        super::$name(Pair::$pair).await;
                    }
                }
            )*
        }
    };
}

mod at_once;
mod effects;
mod faults;
mod opinion;
mod replicas;
mod rig;
mod stale;
mod story;
mod timers;
