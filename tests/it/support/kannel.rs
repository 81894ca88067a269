//! A real Kannel: bearerbox and smsbox as child processes on free ports, a configuration of the test's
//! own, an SMPP centre behind one of its lines and Kannel's own fake phone behind the other. All of it
//! ends with the value, each process by its own id.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::redis_node::free_port;
use super::smsc::{PASSWORD, SYSTEM_ID, Smsc};
use super::warden::Warden;

/// Kannel's own phone.
const FAKESMSC: &str = "/usr/lib/kannel/test/fakesmsc";
/// How long a part may take to come up.
const UP: Duration = Duration::from_secs(30);

/// The number of the operator's line, and that of the fake one.
pub(crate) const OPERATOR: &str = "56161";
pub(crate) const VILLAGE: &str = "56171";

/// The user of `sendsms`.
pub(crate) const USER: &str = "samvad";
pub(crate) const USER_PASSWORD: &str = "kannel-password";
/// What stands in the paths that Kannel calls.
pub(crate) const SECRET: &str = "0123456789abcdef";

/// How the configuration differs from the usual one.
#[derive(Clone, Copy, Default)]
pub(crate) struct Setup {
    /// Whether people's messages come by `get-url` rather than `post-url`.
    pub(crate) get: bool,
    /// Whether it keeps nothing on disk, which is as fast as it gets.
    pub(crate) forgetful: bool,
}

impl Setup {
    /// Where what waits and the reports of it are kept.
    fn stores(self, folder: &std::path::Path) -> String {
        if self.forgetful {
            return "dlr-storage = internal".to_owned();
        }
        let folder = folder.display();
        format!(
            "store-type = spool\nstore-location = \"{folder}/spool\"\n\
             dlr-storage = spool\ndlr-spool = \"{folder}/dlr\""
        )
    }
}

/// A process of Kannel.
struct Part {
    child: Child,
    _warden: Warden,
}

impl Part {
    fn start(mut command: Command) -> Part {
        let name = command.get_program().to_owned();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let spawned = command.spawn();
        let child = spawned.unwrap_or_else(|error| {
            panic!("{} cannot be started ({error}); run scripts/setup", name.display())
        });
        Part { _warden: Warden::over(&child), child }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) struct Kannel {
    folder: TempDir,
    pub(crate) smsc: Smsc,
    admin: u16,
    http: u16,
    bearerbox: Option<Part>,
    smsbox: Option<Part>,
    fake_port: u16,
}

impl Kannel {
    /// Starts it in front of a server that will listen on `app`.
    pub(crate) fn start(app: u16, setup: Setup) -> Kannel {
        let smsc = Smsc::start();
        let [admin, link, http, fake_port] = [(); 4].map(|()| free_port());
        let folder = tempfile::tempdir().unwrap();
        let ports = Ports { app, admin, link, http, fake: fake_port, smpp: smsc.port };
        let text = configuration(folder.path(), &ports, setup);
        for name in ["dlr", "spool"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        std::fs::write(folder.path().join("kannel.conf"), text).unwrap();
        let mut kannel =
            Kannel { folder, smsc, admin, http, bearerbox: None, smsbox: None, fake_port };
        kannel.resume();
        kannel
    }

    /// The address of `sendsms`.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/cgi-bin/sendsms", self.http)
    }

    /// `kill -9` of both boxes.
    pub(crate) fn kill(&mut self) {
        self.smsbox = None;
        self.bearerbox = None;
    }

    /// Starts both boxes, again after a kill, and waits until the operator's line is bound.
    pub(crate) fn resume(&mut self) {
        let file = self.folder.path().join("kannel.conf");
        let boxed = |name: &str| {
            let mut command = Command::new(name);
            command.args(["-v", "4"]).arg(&file);
            Part::start(command)
        };
        self.bearerbox = Some(boxed("/usr/sbin/bearerbox"));
        self.until_listening(self.admin);
        self.smsbox = Some(boxed("/usr/sbin/smsbox"));
        self.until_listening(self.http);
        self.smsc.until("kannel does not bind to its operator", Smsc::is_bound);
        self.until_status("smsbox:", 1);
    }

    /// Waits until so many messages of people have come in since Kannel's start.
    pub(crate) fn until_received(&self, count: usize) {
        self.until_status(&format!("SMS: received {count} "), 1);
    }

    /// Kannel's own phone, on the fake line.
    pub(crate) fn fake_phone(&self) -> FakePhone {
        let phone = FakePhone::connect(self.fake_port());
        self.until_status("FAKE:", 1);
        self.until_status("(online", 2);
        phone
    }

    /// Stops smsbox where it is: what it is asked it does not answer any more.
    pub(crate) fn freeze_smsbox(&self) {
        let id = self.smsbox.as_ref().unwrap().child.id().to_string();
        let status = Command::new("kill").args(["-STOP", &id]).status();
        assert!(status.unwrap().success());
    }

    /// The port of the fake line, where a phone connects.
    pub(crate) fn fake_port(&self) -> u16 {
        self.fake_port
    }

    /// What smsbox wrote of the requests it took.
    pub(crate) fn access_log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("access.log")).unwrap_or_default()
    }

    fn until_listening(&self, port: u16) {
        let until = Instant::now() + UP;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "kannel does not come up: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the status page has so many of these words.
    fn until_status(&self, words: &str, count: usize) {
        let until = Instant::now() + UP;
        loop {
            let page = self.status();
            if page.matches(words).count() >= count {
                return;
            }
            assert!(Instant::now() < until, "no {words} in {page}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kannel's own page of what it is doing.
    pub(crate) fn status(&self) -> String {
        use std::io::Read as _;
        let Ok(mut line) = TcpStream::connect(("127.0.0.1", self.admin)) else {
            return String::new();
        };
        let _ = line.write_all(b"GET /status.txt?password=admin HTTP/1.0\r\n\r\n");
        let mut page = String::new();
        let _ = line.read_to_string(&mut page);
        page
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("bearerbox.log")).unwrap_or_default()
    }
}

impl Drop for Kannel {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // For whoever looks for the reason.
            self.folder.disable_cleanup(true);
            eprintln!("kannel's logs are in {}", self.folder.path().display());
        }
    }
}

struct Ports {
    app: u16,
    admin: u16,
    link: u16,
    http: u16,
    fake: u16,
    smpp: u16,
}

fn configuration(folder: &std::path::Path, ports: &Ports, setup: Setup) -> String {
    let Ports { app, admin, link, http, fake, smpp } = ports;
    let stores = setup.stores(folder);
    let folder = folder.display();
    let service = |account: &str, smsc: &str| {
        let url = format!("http://127.0.0.1:{app}/webhooks/sms/{account}/{SECRET}/inbound");
        let call = if setup.get {
            format!("get-url = \"{url}?from=%p&to=%P&text=%b&id=%I&at=%T\"")
        } else {
            format!("post-url = \"{url}?id=%I\"\nsend-sender = true")
        };
        format!(
            "group = sms-service\nname = {account}\nkeyword-regex = .*\ncatch-all = true\n\
             accepted-smsc = {smsc}\n{call}\nmax-messages = 0\n\n"
        )
    };
    format!(
        r#"group = core
admin-port = {admin}
admin-interface = "127.0.0.1"
admin-password = admin
smsbox-port = {link}
smsbox-interface = "127.0.0.1"
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"
log-file = "{folder}/bearerbox.log"
log-level = 2
{stores}
sms-combine-concatenated-mo = true
sms-resend-freq = 1
sms-resend-retry = 2

group = smsc
smsc = smpp
smsc-id = operator
host = 127.0.0.1
port = {smpp}
transceiver-mode = true
smsc-username = {SYSTEM_ID}
smsc-password = {PASSWORD}
system-type = ""
reconnect-delay = 1
max-pending-submits = 20
source-addr-autodetect = yes
dest-addr-ton = 1
dest-addr-npi = 1
allowed-smsc-id = "operator"

group = smsc
smsc = fake
smsc-id = village
port = {fake}
our-host = 127.0.0.1
connect-allow-ip = "127.0.0.1"
allowed-smsc-id = "village"

group = smpp-tlv
name = PE_ID
tag = 0x1400
type = octetstring
length = 30
smsc-id = operator

group = smpp-tlv
name = TEMPLATE_ID
tag = 0x1401
type = octetstring
length = 30
smsc-id = operator

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {link}
sendsms-interface = "127.0.0.1"
sendsms-port = {http}
log-file = "{folder}/smsbox.log"
log-level = 2
access-log = "{folder}/access.log"
mo-recode = true
http-request-retry = 10
http-queue-delay = 1

group = sendsms-user
username = {USER}
password = {USER_PASSWORD}
concatenation = true
max-messages = 10

{operator}{village}"#,
        operator = service("operator", "operator"),
        village = service("village", "village"),
    )
}

/// The accounts of [`configuration`] at this `sendsms` as samvad.toml says them, and the variables with their secrets.
pub(crate) fn accounts(url: &str, app: u16) -> (String, Vec<(&'static str, String)>) {
    let account = |name: &str, from: &str, more: &str| {
        format!(
            "[sms.accounts.{name}]\nroad = \"kannel\"\nfrom = \"{from}\"\nurl = \"{url}\"\n\
             username = \"{USER}\"\nsmsc = \"{name}\"\nallow = [\"127.0.0.1\"]\n{more}\n"
        )
    };
    let meta = "meta = \"?smpp?PE_ID={entity}&TEMPLATE_ID={template}&TM_ID={chain}\"\n\
                entity = \"1201159000000000001\"\ntemplate = \"1207161000000000002\"\n\
                validity_minutes = 90\ntemplates_at_vendor = true";
    let file = format!(
        "[sms]\ncallback_url = \"http://127.0.0.1:{app}\"\n{}{}",
        account("operator", OPERATOR, meta),
        account("village", VILLAGE, "keyword = \"SAMVAD\""),
    );
    let secrets = vec![
        ("SAMVAD_SMS_ACCOUNTS_OPERATOR_PASSWORD", USER_PASSWORD.to_owned()),
        ("SAMVAD_SMS_ACCOUNTS_OPERATOR_SECRET", SECRET.to_owned()),
        ("SAMVAD_SMS_ACCOUNTS_VILLAGE_PASSWORD", USER_PASSWORD.to_owned()),
        ("SAMVAD_SMS_ACCOUNTS_VILLAGE_SECRET", SECRET.to_owned()),
    ];
    (file, secrets)
}

/// `fakesmsc`: lines in, lines out.
pub(crate) struct FakePhone {
    _part: Part,
    keys: ChildStdin,
    lines: Arc<Mutex<Vec<String>>>,
}

impl FakePhone {
    fn connect(port: u16) -> FakePhone {
        let mut command = Command::new("stdbuf");
        // It keeps lines in its own buffers otherwise, and the second of two waits.
        command.args(["-i0", "-oL", FAKESMSC, "-v", "0", "-i", "0.001", "-r", &port.to_string()]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("fakesmsc; run scripts/setup");
        let keys = child.stdin.take().unwrap();
        let said = child.stderr.take().unwrap();
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&lines);
        std::thread::spawn(move || {
            for line in BufReader::new(said).split(b'\n').map_while(Result::ok) {
                kept.lock().unwrap().push(String::from_utf8_lossy(&line).into_owned());
            }
        });
        FakePhone { _part: Part { _warden: Warden::over(&child), child }, keys, lines }
    }

    /// A person's message in UCS-2.
    pub(crate) fn says(&mut self, from: &str, to: &str, text: &str) {
        write!(self.keys, "{from} {to} ucs2 ").unwrap();
        for octet in text.encode_utf16().flat_map(u16::to_be_bytes) {
            write!(self.keys, "%{octet:02X}").unwrap();
        }
        writeln!(self.keys).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits until so many messages or parts came to a number's screen.
    pub(crate) fn until(&self, number: &str, count: usize) {
        let until = Instant::now() + UP;
        while self.screen(number).len() < count {
            assert!(Instant::now() < until, "{:#?}", self.lines.lock().unwrap());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What came to its screen, in UCS-2: the text of each message or part.
    pub(crate) fn screen(&self, number: &str) -> Vec<String> {
        let lines = self.lines.lock().unwrap().clone();
        let mut shown = Vec::new();
        for line in lines {
            let Some((_, rest)) = line.split_once("Got message ") else { continue };
            let Some((_, message)) = rest.split_once('<') else { continue };
            let words: Vec<&str> = message.trim_end_matches('>').split(' ').collect();
            let coded = match words.as_slice() {
                [_, to, "ucs-2", text] if *to == number => text,
                [_, to, "udh", _, "data", text] if *to == number => text,
                _ => continue,
            };
            let octets = url_decoded(coded);
            let pairs = octets.chunks_exact(2);
            let units: Vec<u16> =
                pairs.map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            shown.push(String::from_utf16(&units).unwrap());
        }
        shown
    }
}

fn url_decoded(text: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    let mut signs = text.bytes();
    while let Some(sign) = signs.next() {
        octets.push(match sign {
            b'+' => b' ',
            b'%' => {
                let digits = [signs.next().unwrap(), signs.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    octets
}
