//! Keeps a child process from outliving its test process, however that ends.

use std::process::{Child, Command, Stdio};

/// Reads from a pipe that only the test process holds open; when it closes, the child is killed.
const WATCH: &str = r#"cat >/dev/null; kill -KILL "$1""#;

/// A small shell that kills the child of this number when the test process ends. Dropped, it lets it
/// live: whoever drops it has seen to the child.
#[derive(Debug)]
pub(crate) struct Warden(Child);

impl Warden {
    pub(crate) fn over(child: &Child) -> Warden {
        use std::os::unix::process::CommandExt as _;
        let mut shell = Command::new("sh");
        // In a group of its own: an interrupt at the terminal ends the tests and not the warden.
        shell.args(["-c", WATCH, "warden", &child.id().to_string()]).process_group(0);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Warden(shell.spawn().expect("a shell"))
    }
}

impl Drop for Warden {
    fn drop(&mut self) {
        // Before its pipe closes.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
