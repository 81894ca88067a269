//! Tasks the process cannot do without. One that ends before its time leaves a process that looks
//! well and does half its work; so the loss is told, `/ready` says no, and the process ends in good
//! order, for whoever runs it to start it again.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};

use futures_util::FutureExt;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Watches tasks; every clone is the same watch.
#[derive(Clone, Debug, Default)]
pub struct Vital {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    lost: CancellationToken,
    /// The task that was lost first.
    first: OnceLock<&'static str>,
    /// The task a test strikes down; `None` where no test can.
    struck: Option<watch::Sender<&'static str>>,
}

impl Vital {
    /// A watch whose tasks can be made to panic, for tests.
    #[doc(hidden)]
    #[must_use]
    pub fn fragile() -> Vital {
        let struck = Some(watch::Sender::new(""));
        Vital { inner: Arc::new(Inner { struck, ..Inner::default() }) }
    }

    /// Makes the tasks of this name panic.
    #[doc(hidden)]
    pub fn strike(&self, name: &'static str) {
        if let Some(struck) = &self.inner.struck {
            struck.send_replace(name);
        }
    }

    /// A task that goes on until `stop`: whatever ends it before that is its loss.
    pub fn until<F>(
        &self,
        stop: &CancellationToken,
        name: &'static str,
        task: F,
    ) -> impl Future<Output = ()> + use<F>
    where
        F: Future<Output = ()>,
    {
        let (vital, stop) = (self.clone(), stop.clone());
        async move {
            let went_well = vital.run(name, task).await;
            if !went_well || !stop.is_cancelled() {
                vital.lose(name);
            }
        }
    }

    /// A task that knows itself when its work is done: only a panic is its loss.
    pub fn whole<F>(&self, name: &'static str, task: F) -> impl Future<Output = ()> + use<F>
    where
        F: Future<Output = ()>,
    {
        let vital = self.clone();
        async move {
            if !vital.run(name, task).await {
                vital.lose(name);
            }
        }
    }

    /// The name of a task that was lost; `None` while all is well.
    #[must_use]
    pub fn lost(&self) -> Option<&'static str> {
        self.inner.first.get().copied()
    }

    /// Waits until a task is lost.
    pub async fn until_lost(&self) {
        self.inner.lost.cancelled().await;
    }

    fn lose(&self, name: &'static str) {
        let _ = self.inner.first.set(name);
        tracing::error!(
            task = name,
            "a task ended that this process cannot do without; it stops and must be started again"
        );
        self.inner.lost.cancel();
    }

    /// Runs the task to its end; `false` when it panicked.
    async fn run(&self, name: &'static str, task: impl Future<Output = ()>) -> bool {
        let guarded = async {
            let Some(struck) = &self.inner.struck else { return task.await };
            let mut struck = struck.subscribe();
            tokio::select! {
                () = task => {}
                _ = struck.wait_for(|fallen| *fallen == name) => std::panic::panic_any("injected"),
            }
        };
        AssertUnwindSafe(guarded).catch_unwind().await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_panics_or_ends_too_early_is_lost_by_name() {
        let (running, stopped) = (CancellationToken::new(), CancellationToken::new());
        stopped.cancel();
        let panics = || async { panic!("a bug") };
        let ends = || async {};

        let vital = Vital::default();
        vital.until(&stopped, "told to", ends()).await;
        vital.whole("done", ends()).await;
        assert_eq!(vital.lost(), None);

        vital.until(&running, "too early", ends()).await;
        assert_eq!(vital.lost(), Some("too early"));
        vital.until_lost().await;

        for stop in [&running, &stopped] {
            let vital = Vital::default();
            vital.until(stop, "first", panics()).await;
            vital.whole("second", panics()).await;
            assert_eq!(vital.lost(), Some("first"));
        }
        let vital = Vital::default();
        vital.whole("panics", panics()).await;
        assert_eq!(vital.lost(), Some("panics"));
    }

    #[tokio::test]
    async fn only_a_watch_made_for_it_strikes_tasks_down_and_only_those_named() {
        let whole = Vital::default();
        whole.strike("task");
        whole.whole("task", async {}).await;
        assert_eq!(whole.lost(), None);

        let fragile = Vital::fragile();
        fragile.strike("task");
        fragile.whole("other", async {}).await;
        assert_eq!(fragile.lost(), None);
        fragile.whole("task", std::future::pending()).await;
        assert_eq!(fragile.lost(), Some("task"));
    }
}
