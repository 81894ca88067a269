//! A real PostgreSQL of a test's own: a child process on a free port, in a temporary folder, with a
//! password and TLS.
//!
//! Used by the unit tests of `records` as well, so nothing here names the crate it stands in. A
//! server never outlives its test process, however that ends: a small shell, the warden, holds the
//! read end of a pipe, and when the pipe closes it stops the server and removes the folder.

use std::fmt::Write as _;
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The one role of the server, its owner.
pub(crate) const USER: &str = "samvad";
/// Its password: opens a server that lives for one test, on this machine only.
pub(crate) const PASSWORD: &str = "kunji-of-a-test";

/// Stops the server of the folder `$1` and removes the folder, when its own input ends. The process
/// is taken for the server only when it runs in that folder; a number can have gone to another.
const WARDEN: &str = r#"
cat >/dev/null
runs() { [ "$(readlink "/proc/$1/cwd" 2>/dev/null)" = "$folder/data" ]; }
folder=$1
lock="$folder/data/postmaster.pid"
pid=$(head -n 1 "$lock" 2>/dev/null)
if [ -n "$pid" ]; then
  runs "$pid" && kill -QUIT "$pid"
  tries=0
  while runs "$pid" && [ "$tries" -lt 200 ]; do sleep 0.05; tries=$((tries + 1)); done
  runs "$pid" && kill -KILL "$pid"
  # A server that was killed leaves its shared memory behind.
  memory=$(sed -n 7p "$lock" 2>/dev/null)
  [ -n "$memory" ] && ipcrm -m "${memory##* }"
fi
rm -rf "$folder"
"#;

/// What a server may lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Writes nothing through to the disk: for tests that never kill it. Much faster.
    Careless,
    /// As in an office: a commit that was answered survives everything.
    Durable,
}

/// How a server is told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Ends the sessions, writes a checkpoint.
    Fast,
    /// Ends at once and recovers at the next start.
    Immediate,
}

/// A running (or stopped) PostgreSQL. The port stays the same over stop and start.
#[derive(Debug)]
pub(crate) struct PostgresServer {
    folder: PathBuf,
    binaries: PathBuf,
    port: u16,
    durability: Durability,
    settings: Vec<String>,
    /// PostgreSQL refuses to run as root; then it runs as the user of its package.
    runs_as: Option<(u32, u32)>,
    postmaster: Option<Child>,
    warden: Child,
    databases: AtomicU64,
}

impl PostgresServer {
    /// The one careless server of this test process, started at its first use.
    #[must_use]
    pub(crate) fn shared() -> &'static PostgresServer {
        static SHARED: OnceLock<PostgresServer> = OnceLock::new();
        SHARED.get_or_init(|| PostgresServer::start(Durability::Careless))
    }

    /// Makes a server in a folder of its own, and waits until it answers.
    ///
    /// # Panics
    /// When PostgreSQL is not installed: a test that cannot run has failed.
    #[must_use]
    pub(crate) fn start(durability: Durability) -> PostgresServer {
        PostgresServer::start_with(durability, &[])
    }

    /// The same, with settings over the usual ones: `["ssl=off"]`.
    #[must_use]
    pub(crate) fn start_with(durability: Durability, settings: &[&str]) -> PostgresServer {
        let folder = tempfile::Builder::new()
            .prefix("samvad-postgres-")
            .tempdir_in(place_for(durability))
            .expect("a temporary folder")
            .keep()
            .canonicalize()
            .expect("the folder made just now");
        let mut warden = Command::new("sh");
        // In a group of its own: an interrupt at the terminal ends the tests and not the warden.
        warden.args(["-c", WARDEN, "warden"]).arg(&folder).process_group(0);
        warden.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let warden = warden.spawn().expect("a shell");
        let is_root = std::fs::metadata(&folder).expect("our own folder").uid() == 0;
        let mut server = PostgresServer {
            folder,
            binaries: binaries(),
            port: 0,
            durability,
            settings: settings.iter().map(|&setting| setting.to_owned()).collect(),
            runs_as: is_root.then(|| user_of_the_package("postgres")),
            postmaster: None,
            warden,
            databases: AtomicU64::new(0),
        };
        if let Some((user, group)) = server.runs_as {
            chown(&server.folder, Some(user), Some(group)).expect("root may give a folder away");
        }
        server.make_cluster();
        server.make_certificates();
        // Between finding a free port and taking it, somebody else can; then another is found.
        for _ in 0..20 {
            server.port = free_port();
            if server.try_start() {
                return server;
            }
        }
        panic!("postgres did not start on any of twenty free ports; {}", server.log_text());
    }

    /// `postgres://USER:PASSWORD@127.0.0.1:PORT/DATABASE`; `postgres` is always there.
    #[must_use]
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes a database nobody else has, and gives its URL. It goes with the server.
    #[must_use]
    pub(crate) fn fresh_database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("fresh_{number}");
        // Copying files is quicker, but asks for a checkpoint, which is dear where the disk counts.
        let strategy = match self.durability {
            Durability::Careless => "FILE_COPY",
            Durability::Durable => "WAL_LOG",
        };
        self.psql(&format!("CREATE DATABASE {name} TEMPLATE template0 STRATEGY {strategy}"));
        self.url(&name)
    }

    /// The same, for as long as the value lives, and without TLS: for tests of what comes after the
    /// connection, each with a database of its own.
    #[must_use]
    pub(crate) fn lend_database(&'static self) -> LentDatabase {
        LentDatabase { server: self, url: format!("{}?sslmode=disable", self.fresh_database()) }
    }

    /// Runs SQL in the database `postgres`, for looking in from outside. Gives the rows, one a line,
    /// columns parted by `|`.
    pub(crate) fn psql(&self, sql: &str) -> String {
        self.psql_at(&self.url("postgres"), sql)
    }

    /// The same in the database of this URL.
    ///
    /// # Panics
    /// With psql's words when the SQL fails.
    pub(crate) fn psql_at(&self, url: &str, sql: &str) -> String {
        let output = Command::new(self.binaries.join("psql"))
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, "-d", url])
            .env("PGSSLMODE", "disable")
            .stdin(Stdio::null())
            .output()
            .expect("psql beside postgres");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "psql: {errors}{}", self.log_text());
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// One of PostgreSQL's own programs (`pg_dump`, `pg_restore`), to be run by the test.
    #[must_use]
    pub(crate) fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.binaries.join(name));
        command.env("PGSSLMODE", "disable").stdin(Stdio::null());
        command
    }

    /// The certificate of the authority that signed the server's: what `sslrootcert` is set to. The
    /// server's own names are `localhost` and 127.0.0.1.
    #[must_use]
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.join("authority.pem")
    }

    /// Stops it, and waits for its end. It must be running.
    pub(crate) fn stop(&mut self, how: Stop) {
        let signal = match how {
            Stop::Fast => "-INT",
            Stop::Immediate => "-QUIT",
        };
        let mut postmaster = self.postmaster.take().expect("a running server");
        let id = postmaster.id().to_string();
        let status = Command::new("kill").args([signal, &id]).status();
        assert!(status.is_ok_and(|status| status.success()), "kill {signal} {id}");
        let until = Instant::now() + Duration::from_secs(30);
        while postmaster.try_wait().expect("a child of ours").is_none() {
            assert!(Instant::now() < until, "postgres does not stop; {}", self.log_text());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// `kill -9` of the postmaster, as a machine that ran out of memory would. Its sessions notice
    /// and end by themselves.
    pub(crate) fn kill(&mut self) {
        if let Some(mut postmaster) = self.postmaster.take() {
            let _ = postmaster.kill();
            let _ = postmaster.wait();
        }
    }

    /// Starts it on the same port after [`PostgresServer::stop`] or [`PostgresServer::kill`].
    pub(crate) fn start_again(&mut self) {
        // Sessions of a killed server hold its memory for a moment.
        let until = Instant::now() + Duration::from_secs(20);
        while !self.try_start() {
            assert!(Instant::now() < until, "postgres does not start again; {}", self.log_text());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the server wrote to its log.
    #[must_use]
    pub(crate) fn log_text(&self) -> String {
        let text = std::fs::read_to_string(self.log()).unwrap_or_default();
        format!("its log:\n{text}")
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// A command of PostgreSQL's user, in the server's folder.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        if let Some((user, group)) = self.runs_as {
            command.uid(user).gid(group);
        }
        command.current_dir(&self.folder).stdin(Stdio::null());
        command
    }

    fn make_cluster(&self) {
        let password_file = self.folder.join("password");
        std::fs::write(&password_file, PASSWORD).expect("our own folder");
        let mut initdb = self.command(self.binaries.join("initdb"));
        initdb
            .args(["--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C.UTF-8"])
            .args(["--auth=scram-sha-256", "--username", USER, "--pwfile"])
            .arg(password_file)
            .arg("--pgdata")
            .arg(self.data());
        run(initdb, "initdb");
    }

    /// An authority, and the server's certificate signed by it.
    fn make_certificates(&self) {
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let mut authority = self.command("openssl");
        authority
            .args(["req", "-x509", "-days", "2", "-subj", "/CN=authority of a test"])
            .args(key)
            .args(["-keyout", "authority.key", "-out", "authority.pem"]);
        run(authority, "openssl");
        let mut certificate = self.command("openssl");
        certificate
            .args(["req", "-x509", "-days", "2", "-subj", "/CN=localhost"])
            .args(key)
            .args(["-CA", "authority.pem", "-CAkey", "authority.key"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .args(["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
            .args(["-keyout", "server.key", "-out", "server.pem"]);
        run(certificate, "openssl");
    }

    /// Whether the server came up; `false` when it ended (the port was taken, its memory was in use).
    fn try_start(&mut self) -> bool {
        let log = File::options().create(true).append(true).open(self.log()).expect("our folder");
        let mut postgres = self.command(self.binaries.join("postgres"));
        postgres.arg("-D").arg(self.data()).args(["-p", &self.port.to_string()]);
        let mut settings = vec![
            "listen_addresses=127.0.0.1".to_owned(),
            format!("unix_socket_directories={}", self.folder.display()),
            "max_connections=300".to_owned(),
            // In the folder, so that it goes with it.
            "dynamic_shared_memory_type=mmap".to_owned(),
            "ssl=on".to_owned(),
            format!("ssl_cert_file={}", self.folder.join("server.pem").display()),
            format!("ssl_key_file={}", self.folder.join("server.key").display()),
        ];
        if self.durability == Durability::Careless {
            for careless in ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] {
                settings.push(careless.to_owned());
            }
        }
        settings.extend(self.settings.iter().cloned());
        for setting in &settings {
            postgres.args(["-c", setting]);
        }
        let errors = log.try_clone().expect("an open file");
        // In a group of its own, as the warden: whoever interrupts the tests means the tests.
        postgres.stdout(log).stderr(errors).process_group(0);
        let mut child = postgres.spawn().expect("postgres beside initdb");
        let until = Instant::now() + Duration::from_mins(1);
        while !self.is_ready(child.id()) {
            if child.try_wait().expect("a child of ours").is_some() {
                return false;
            }
            if Instant::now() > until {
                let _ = child.kill();
                let _ = child.wait();
                panic!("postgres takes a minute to start; {}", self.log_text());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.postmaster = Some(child);
        true
    }

    /// As `pg_ctl` sees it: the eighth line of the lock file, when the first names this process.
    fn is_ready(&self, id: u32) -> bool {
        let text = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        let mut lines = text.lines();
        lines.next().is_some_and(|first| first.trim() == id.to_string())
            && lines.nth(6).is_some_and(|state| state.trim() == "ready")
    }
}

/// A database that goes when its test is over, whoever is still connected to it.
#[derive(Debug)]
pub(crate) struct LentDatabase {
    server: &'static PostgresServer,
    url: String,
}

impl LentDatabase {
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for LentDatabase {
    fn drop(&mut self) {
        let address = self.url.split('?').next().unwrap_or_default();
        let name = address.rsplit('/').next().unwrap_or_default();
        self.server.psql(&format!("DROP DATABASE {name} WITH (FORCE)"));
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        if let Some(mut postmaster) = self.postmaster.take() {
            let id = postmaster.id().to_string();
            let _ = Command::new("kill").args(["-QUIT", &id]).status();
            let _ = postmaster.wait();
        }
        // The warden's pipe closes; it removes the folder.
        drop(self.warden.stdin.take());
        let _ = self.warden.wait();
    }
}

/// Where a server's files go. One that may lose everything is kept in memory when there is room: a
/// database is a thousand small files, which take a disk its time.
fn place_for(durability: Durability) -> PathBuf {
    const IN_MEMORY: &str = "/dev/shm";
    const ROOM_IN_MEGABYTES: u64 = 6_000;
    let room = || {
        let output = Command::new("df").args(["-BM", "--output=avail", IN_MEMORY]).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.lines().nth(1)?.trim().trim_end_matches('M').parse::<u64>().ok()
    };
    match durability {
        Durability::Careless if room() > Some(ROOM_IN_MEGABYTES) => PathBuf::from(IN_MEMORY),
        _ => std::env::temp_dir(),
    }
}

/// Runs it to its end.
fn run(mut command: Command, name: &str) {
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => panic!("{name} cannot be started ({error}); run scripts/setup"),
    };
    if !output.status.success() {
        let mut words = String::new();
        for stream in [&output.stdout, &output.stderr] {
            let _ = write!(words, "{}", String::from_utf8_lossy(stream));
        }
        panic!("{name}: {words}");
    }
}

/// The programs of the newest PostgreSQL: where Debian puts them, or where the path finds them.
fn binaries() -> PathBuf {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let versions = installed.filter_map(|entry| {
        let path = entry.ok()?.path();
        let version: u32 = path.file_name()?.to_str()?.parse().ok()?;
        let folder = path.join("bin");
        folder.join("initdb").exists().then_some((version, folder))
    });
    if let Some((_, folder)) = versions.max() {
        return folder;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).find(|folder| folder.join("initdb").exists());
    found.expect("PostgreSQL is not installed; run scripts/setup")
}

/// The numbers of a user and its group.
fn user_of_the_package(name: &str) -> (u32, u32) {
    let text = std::fs::read_to_string(Path::new("/etc/passwd")).unwrap_or_default();
    let line = text.lines().find(|line| line.split(':').next() == Some(name));
    let mut numbers = line
        .unwrap_or_else(|| panic!("root cannot run PostgreSQL and there is no user {name}"))
        .split(':')
        .skip(2)
        .map(|number| number.parse().expect("a number in the table of users"));
    (numbers.next().expect("a user's number"), numbers.next().expect("a group's number"))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("a bound address").port()
}
