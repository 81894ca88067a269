//! `samvad sandbox`: Meta's side and that of SMS vendors on this machine, and load to go with it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::OriginArgs;
use super::rows::Progress;
use crate::clock::{Clock, Ids};
use crate::config::CallVendor;
use crate::geography::Geography;
use crate::sandbox::calls::CallAccount;
use crate::sandbox::envelope::Business;
use crate::sandbox::faults::Faults;
use crate::sandbox::load::{self, CitizenPlan, RawPlan, Script};
use crate::sandbox::made_up::{self, Plan, Written};
use crate::sandbox::options::{
    ApprovedTemplate, DEFAULT_ACCESS_TOKEN, DEFAULT_APP_SECRET, DEFAULT_VERIFY_TOKEN,
    SandboxOptions,
};
use crate::sandbox::sms::{SmsAccount, Vendor};
use crate::sandbox::{self, SandboxHandle};
use crate::serve::{Stamp, stamp};

/// Play Meta's WhatsApp Cloud API, and vendors of SMS, on this machine: take sends strictly, call the
/// webhooks back, go wrong on demand, keep a ledger.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct SandboxArgs {
    #[command(subcommand)]
    command: Option<SandboxCommand>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Subcommand, Debug)]
enum SandboxCommand {
    /// Let invented citizens walk through a flow and say how it went.
    Load(Box<LoadArgs>),
    /// Post signed envelopes as fast as the webhook takes them, or at a rate, and say how fast.
    Raw(RawArgs),
    /// Write a made-up state as files: booths, workers, members, for `samvad places import` and `samvad people
    /// import`. Nobody in it exists.
    State(StateArgs),
}

/// How large a state, and how well kept.
#[derive(Args, Debug)]
struct StateArgs {
    /// The folder for booths.csv, workers.csv and members.csv; made when it is not there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The same seed makes the same files.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 1 is the whole state: 403 seats, 162,000 booths, 1,600,000 workers, 3,000,000 members; less takes fewer seats.
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// Spoil some rows in every hundred, as offices do.
    #[arg(long)]
    dirty: bool,
}

/// What a sandbox is and what it gets wrong.
#[derive(Args, Debug)]
struct ServeArgs {
    /// Where the sandbox listens: what takes the place of https://graph.facebook.com.
    #[arg(long, default_value = "127.0.0.1:9100")]
    listen: SocketAddr,
    /// The WhatsApp webhook of the program under test.
    #[arg(long, default_value = "http://127.0.0.1:8080/webhooks/whatsapp")]
    webhook: String,
    /// Signs the callbacks.
    #[arg(long, default_value = DEFAULT_APP_SECRET)]
    app_secret: String,
    /// Shown when the webhook is asked for its handshake.
    #[arg(long, default_value = DEFAULT_VERIFY_TOKEN)]
    verify_token: String,
    /// The bearer token that sends must carry.
    #[arg(long, default_value = DEFAULT_ACCESS_TOKEN)]
    access_token: String,
    /// A business number by its Graph id; may be given several times.
    #[arg(long = "phone-number-id")]
    phone_number_ids: Vec<String>,
    /// A vendor of SMS to play as well: gupshup, msg91, exotel, kaleyra, infobip, twilio; several with
    /// commas. Citizens of a load come by the first of them.
    #[arg(long, value_name = "VENDOR", value_parser = parse_vendor, value_delimiter = ',')]
    sms: Vec<Vendor>,
    /// A vendor of numbers for missed calls to play as well: exotel, knowlarity, ozonetel; several with
    /// commas. Calls are answered by the first vendor of SMS, or on WhatsApp where there is none.
    #[arg(long, value_name = "VENDOR", value_parser = parse_call_vendor, value_delimiter = ',')]
    calls: Vec<CallVendor>,
    /// Write the ledger to this file as JSON lines. It holds the (invented) numbers and texts.
    #[arg(long)]
    ledger: Option<PathBuf>,
    /// The same seed and the same messages meet the same faults.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Take free-form messages to people who never wrote here, and the reading of any message.
    #[arg(long)]
    not_only_road: bool,
    /// Enforce the pair limit: bursts of 45, then one in six seconds.
    #[arg(long)]
    pair_limit: bool,
    /// Enforce a throughput of so many messages a second and business number.
    #[arg(long)]
    throughput: Option<u32>,
    /// The most callbacks on their way at once.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    #[command(flatten)]
    faults: FaultArgs,
}

/// Each rate is 0 (never) to 1 (always).
#[derive(Args, Debug)]
struct FaultArgs {
    /// A little of everything; the other fault options change it.
    #[arg(long)]
    bad_day: bool,
    /// Answer late.
    #[arg(long, value_name = "RATE")]
    slow: Option<f64>,
    /// How late, in milliseconds: FROM-TO.
    #[arg(long, value_name = "FROM-TO", value_parser = parse_span)]
    slow_ms: Option<(u64, u64)>,
    /// Take the message and close the connection without an answer.
    #[arg(long, value_name = "RATE")]
    lost: Option<f64>,
    /// Close the connection before anything is taken.
    #[arg(long, value_name = "RATE")]
    death: Option<f64>,
    /// Answer HTTP 429.
    #[arg(long, value_name = "RATE")]
    too_many: Option<f64>,
    /// Answer HTTP 500 or 503.
    #[arg(long, value_name = "RATE")]
    server_error: Option<f64>,
    /// Refuse with a code of Graph's, or of the vendor of SMS: CODE=RATE, several with commas
    /// (130429=0.05,131056=0.01). Vendors of SMS say Graph's in their own way.
    #[arg(long, value_name = "CODE=RATE", value_parser = parse_code, value_delimiter = ',')]
    refuse: Vec<(i64, f64)>,
    /// Take the message and let it fail with such a code: CODE=RATE (131049=0.05).
    #[arg(long, value_name = "CODE=RATE", value_parser = parse_code, value_delimiter = ',')]
    fail: Vec<(i64, f64)>,
    /// Never tell any status.
    #[arg(long, value_name = "RATE")]
    drop_statuses: Option<f64>,
    /// Deliver callbacks twice.
    #[arg(long, value_name = "RATE")]
    duplicate: Option<f64>,
    /// Deliver callbacks late and statuses in the wrong order, some before the send's answer.
    #[arg(long, value_name = "RATE")]
    disorder: Option<f64>,
    /// Put several updates in one envelope.
    #[arg(long, value_name = "RATE")]
    batch: Option<f64>,
}

impl FaultArgs {
    fn faults(&self) -> Faults {
        let mut faults = if self.bad_day { Faults::bad_day() } else { Faults::none() };
        let rates = [
            (self.slow, &mut faults.slow),
            (self.lost, &mut faults.lost),
            (self.death, &mut faults.death),
            (self.too_many, &mut faults.too_many),
            (self.server_error, &mut faults.server_error),
            (self.drop_statuses, &mut faults.drop_statuses),
            (self.duplicate, &mut faults.duplicate),
            (self.disorder, &mut faults.disorder),
            (self.batch, &mut faults.batch),
        ];
        for (given, rate) in rates {
            if let Some(given) = given {
                *rate = given;
            }
        }
        if let Some(span) = self.slow_ms {
            faults.slow_ms = span;
        }
        faults.refuse.extend(self.refuse.iter().copied().collect::<BTreeMap<i64, f64>>());
        faults.fail.extend(self.fail.iter().copied().collect::<BTreeMap<i64, f64>>());
        faults
    }
}

/// `50-500`
fn parse_span(text: &str) -> Result<(u64, u64), String> {
    let read = |part: &str| part.trim().parse::<u64>().ok();
    text.split_once('-')
        .and_then(|(from, to)| Some((read(from)?, read(to)?)))
        .ok_or_else(|| "two numbers with a hyphen are wanted, as in 50-500".to_owned())
}

/// `gupshup`
fn parse_vendor(text: &str) -> Result<Vendor, String> {
    let names = Vendor::ALL.map(Vendor::name).join(", ");
    Vendor::named(text).ok_or_else(|| format!("the sandbox plays {names}"))
}

/// `ozonetel`
fn parse_call_vendor(text: &str) -> Result<CallVendor, String> {
    let names = CallVendor::ALL.map(CallVendor::name).join(", ");
    let named = CallVendor::ALL.into_iter().find(|vendor| vendor.name() == text);
    named.ok_or_else(|| format!("the sandbox plays {names}"))
}

/// `131056=0.1`
fn parse_code(text: &str) -> Result<(i64, f64), String> {
    text.split_once('=')
        .and_then(|(code, rate)| Some((code.trim().parse().ok()?, rate.trim().parse().ok()?)))
        .ok_or_else(|| "a code and a rate are wanted, as in 131056=0.1".to_owned())
}

/// How many citizens, and how they come.
#[derive(Args, Debug)]
struct LoadArgs {
    #[command(flatten)]
    serve: ServeArgs,
    /// The flow whose script is played.
    #[arg(long, default_value = "join")]
    flow: String,
    /// A script of your own, YAML or JSON, in place of the flow's.
    #[arg(long)]
    script: Option<PathBuf>,
    #[arg(long, default_value_t = 100)]
    citizens: usize,
    /// How many begin each second.
    #[arg(long, default_value_t = 20.0)]
    rate: f64,
    /// The most conversations at once.
    #[arg(long, default_value_t = 500)]
    at_once: usize,
    /// The number of the first citizen; other citizens for another run.
    #[arg(long, default_value_t = 0)]
    first: usize,
    /// How long they think before they answer, in milliseconds.
    #[arg(long, default_value_t = 0)]
    think_ms: u64,
    /// How long they wait for a reply before they give up, in seconds.
    #[arg(long, default_value_t = 30)]
    patience: u64,
    /// The longest the run may take, in seconds.
    #[arg(long, default_value_t = 600)]
    limit: u64,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// What to pour.
#[derive(Args, Debug)]
struct RawArgs {
    /// The WhatsApp webhook, on this machine.
    #[arg(long, default_value = "http://127.0.0.1:8080/webhooks/whatsapp")]
    webhook: String,
    /// Signs the envelopes.
    #[arg(long, default_value = DEFAULT_APP_SECRET)]
    app_secret: String,
    /// The business number they come to, by its Graph id.
    #[arg(long)]
    phone_number_id: Option<String>,
    #[arg(long, default_value_t = 20_000)]
    envelopes: usize,
    /// Messages in each envelope.
    #[arg(long, default_value_t = 1)]
    updates: usize,
    /// From so many persons in turn.
    #[arg(long, default_value_t = 1_000)]
    citizens: usize,
    /// What each of them says; given more than once, one text after the other.
    #[arg(long, default_value = "सदस्य")]
    text: Vec<String>,
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// The longest the run may take, in seconds.
    #[arg(long, default_value_t = 60)]
    limit: u64,
    /// Envelopes a second; as fast as they are taken when not given.
    #[arg(long)]
    rate: Option<f64>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command until it is done or interrupted.
///
/// # Errors
/// An address that cannot be listened on, options that make no sense, a load that cannot run.
pub(super) async fn run(origins: &OriginArgs, arguments: SandboxArgs) -> anyhow::Result<()> {
    if let Some(SandboxCommand::State(state)) = &arguments.command {
        return make_up(state);
    }
    let edited = Edited::new(origins);
    let templates = registered(origins).unwrap_or_else(|words| {
        eprintln!("{words} The sandbox goes on, and takes every WhatsApp template");
        Vec::new()
    });
    let shutdown = CancellationToken::new();
    let tracker = TaskTracker::new();
    let interrupted = shutdown.clone();
    // Not tracked: it would keep the tracker waiting for an interrupt that never comes.
    let interrupt = async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            interrupted.cancel();
        }
        std::future::pending::<()>().await;
    };
    let work = async {
        match arguments.command {
            None => play_meta(&arguments.serve, (templates, edited), &tracker, &shutdown).await,
            Some(SandboxCommand::Load(load)) => {
                play_citizens(&load, templates, &tracker, &shutdown).await
            }
            Some(SandboxCommand::Raw(raw)) => pour_raw(&raw, &tracker, &shutdown).await,
            Some(SandboxCommand::State(state)) => make_up(&state),
        }
    };
    let outcome = tokio::select! {
        outcome = work => outcome,
        () = interrupt => Ok(()),
    };
    shutdown.cancel();
    tracker.close();
    tracker.wait().await;
    outcome
}

/// Writes a made-up state.
fn make_up(arguments: &StateArgs) -> anyhow::Result<()> {
    if !(arguments.scale > 0.0 && arguments.scale <= 1.0) {
        bail!("--scale is more than 0 and at most 1");
    }
    let geography = Geography::shipped().map_err(anyhow::Error::msg)?;
    std::fs::create_dir_all(&arguments.out)
        .with_context(|| format!("{} cannot be made", arguments.out.display()))?;
    let plan = Plan { seed: arguments.seed, scale: arguments.scale, dirty: arguments.dirty };
    let mut progress = Progress::new();
    let mut tell = |rows, of| progress.tell(rows, Some(of));
    let written = made_up::write(&arguments.out, plan, &geography, &mut tell);
    progress.end();
    let Written { booths, workers, members, spoilt } = written?;
    println!(
        "{} holds {booths} booths, {workers} workers and {members} members, {spoilt} of the rows spoilt.",
        arguments.out.display()
    );
    Ok(())
}

/// The templates that the flows of this configuration declare: they count as approved, and no others.
///
/// # Errors
/// The flows do not load, and why.
fn registered(origins: &OriginArgs) -> Result<Vec<ApprovedTemplate>, String> {
    // Where the sandbox listens is not where the program does.
    match super::check::load(&OriginArgs { listen: None, ..origins.clone() }) {
        Ok((flows, _)) => Ok(flows.templates().iter().flat_map(ApprovedTemplate::all_of).collect()),
        Err(words) => Err(format!("{words}\n\nthe flows do not load: mend what is told above.")),
    }
}

async fn start(
    arguments: &ServeArgs,
    templates: Vec<ApprovedTemplate>,
    tracker: &TaskTracker,
    shutdown: &CancellationToken,
) -> anyhow::Result<SandboxHandle> {
    let mut options = SandboxOptions::new(arguments.webhook.clone());
    options.app_secret.clone_from(&arguments.app_secret);
    options.verify_token.clone_from(&arguments.verify_token);
    options.access_token.clone_from(&arguments.access_token);
    if !arguments.phone_number_ids.is_empty() {
        options.businesses = arguments
            .phone_number_ids
            .iter()
            .enumerate()
            .map(|(place, id)| Business {
                phone_number_id: id.clone(),
                display_phone_number: format!("91522000{place:04}"),
                ..Business::default()
            })
            .collect();
    }
    let program = program(&arguments.webhook);
    options.sms = arguments.sms.iter().map(|vendor| SmsAccount::new(*vendor, &program)).collect();
    options.calls =
        arguments.calls.iter().map(|vendor| CallAccount::new(*vendor, &program)).collect();
    options.ledger.clone_from(&arguments.ledger);
    options.faults = arguments.faults.faults();
    options.seed = arguments.seed;
    options.templates = templates;
    options.only_road = !arguments.not_only_road;
    options.pair_limit = arguments.pair_limit;
    options.throughput = arguments.throughput;
    options.connections = arguments.connections;
    options.tracker = tracker.clone();
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| {
            format!(
                "the sandbox cannot listen on {}: is another one there? Choose another address with --listen",
                arguments.listen
            )
        })?;
    Ok(sandbox::serve(options, listener, shutdown.clone()).await?)
}

/// Scheme, host and port of an address.
fn program(webhook: &str) -> String {
    let url = reqwest::Url::parse(webhook);
    url.map_or_else(|_| webhook.to_owned(), |url| url.origin().ascii_serialization())
}

/// What the program is to be told so that it takes the sandbox for the world, and how to start it.
fn start_words(sandbox: &SandboxHandle, arguments: &ServeArgs) -> String {
    let accounts: Vec<SmsAccount> =
        arguments.sms.iter().filter_map(|vendor| sandbox.sms_account(vendor.name())).collect();
    let program = program(&arguments.webhook);
    let numbers: Vec<CallAccount> =
        arguments.calls.iter().map(|vendor| CallAccount::new(*vendor, &program)).collect();
    let mut words = String::new();
    if accounts.is_empty() {
        words.push_str(&whatsapp_words(sandbox, arguments));
    }
    if accounts.is_empty() && numbers.is_empty() {
        words.push_str("samvad serve\n");
        return words;
    }
    words.push_str("cat > sandbox.toml <<'END'\n");
    if !accounts.is_empty() {
        words.extend(["[sms]\ncallback_url = \"", &program, "\"\n\n"]);
    }
    for account in &accounts {
        let base = sandbox.sms_url(account.vendor);
        words.push_str(&account.section(account.vendor.name(), &base));
        words.push('\n');
    }
    let business = business_number(arguments);
    let answer = match accounts.first() {
        Some(account) => ("sms", account.name.as_str()),
        None => ("whatsapp", business.as_str()),
    };
    for number in &numbers {
        words.push_str(&number.section("join", answer));
        words.push('\n');
    }
    words.push_str("END\n");
    let secrets = accounts.iter().flat_map(SmsAccount::secrets);
    for (name, value) in secrets.chain(numbers.iter().flat_map(CallAccount::secrets)) {
        words.extend(["export ", &name, "=", &value, "\n"]);
    }
    words.push_str("samvad --config sandbox.toml serve\n");
    words
}

fn whatsapp_words(sandbox: &SandboxHandle, arguments: &ServeArgs) -> String {
    format!(
        "export SAMVAD_WHATSAPP_ENABLED=true SAMVAD_WHATSAPP_ACKNOWLEDGE_POLICY=true\n\
         export SAMVAD_WHATSAPP_NUMBERS={}\n\
         export SAMVAD_WHATSAPP_GRAPH_URL={}\n\
         export SAMVAD_WHATSAPP_VERIFY_TOKEN={}\n\
         export SAMVAD_WHATSAPP_APP_SECRET={}\n\
         export SAMVAD_WHATSAPP_ACCESS_TOKEN={}\n",
        business_number(arguments),
        sandbox.graph_url(),
        arguments.verify_token,
        arguments.app_secret,
        arguments.access_token,
    )
}

/// The business number that people write to.
fn business_number(arguments: &ServeArgs) -> String {
    let first = arguments.phone_number_ids.first();
    first.map_or_else(|| Business::default().phone_number_id, Clone::clone)
}

/// How a person says something by the first road that is played, and how one rings and hangs up.
fn say_words(base: &str, arguments: &ServeArgs) -> String {
    let account = arguments.sms.first().map(|vendor| format!("\"account\":\"{}\",", vendor.name()));
    let said = format!(
        "curl {base}/_sandbox/inbound -H 'content-type: application/json' \
         -d '{{\"from\":\"+919100000000\",{}\"text\":\"सदस्य\"}}'",
        account.unwrap_or_default()
    );
    let Some(number) = arguments.calls.first() else { return said };
    let name = CallAccount::new(*number, &program(&arguments.webhook)).name;
    format!(
        "{said}\ncurl {base}/_sandbox/rings -H 'content-type: application/json' \
         -d '{{\"from\":\"+919100000001\",\"account\":\"{name}\"}}'"
    )
}

/// Whom the sandbox plays.
fn played(arguments: &ServeArgs) -> String {
    let vendors: Vec<&str> = arguments.sms.iter().map(|vendor| vendor.name()).collect();
    let world = match vendors.as_slice() {
        [] => "WhatsApp's Cloud API".to_owned(),
        vendors => format!("the SMS of {}", vendors.join(", ")),
    };
    let calls: Vec<&str> = arguments.calls.iter().map(|vendor| vendor.name()).collect();
    match calls.as_slice() {
        [] => world,
        calls => format!("{world} and the missed calls of {}", calls.join(", ")),
    }
}

/// How often it is looked whether a flow that is edited declares another template.
const LOOK: Duration = Duration::from_secs(1);

/// The files that declare templates, as they stood when they were read.
struct Edited {
    origins: OriginArgs,
    folders: [Option<PathBuf>; 2],
    read: Stamp,
}

impl Edited {
    fn new(origins: &OriginArgs) -> Edited {
        let origins = OriginArgs { listen: None, ..origins.clone() };
        let config = origins.read_without_secrets().ok();
        let folders = config.map_or([None, None], |config| [config.flows, config.locales]);
        let read = stamp(folders.each_ref().map(|folder| folder.as_deref()));
        Edited { origins, folders, read }
    }

    /// Templates of flows that are edited meanwhile are approved like those that were there at the start.
    async fn keep_approving(mut self, sandbox: &SandboxHandle) {
        let mut looked = self.read.clone();
        loop {
            tokio::time::sleep(LOOK).await;
            let now = stamp(self.folders.each_ref().map(|folder| folder.as_deref()));
            // A file that is still being written is left alone.
            let rests = now == looked;
            looked = now;
            if !rests || looked == self.read {
                continue;
            }
            self.read.clone_from(&looked);
            let origins = self.origins.clone();
            match tokio::task::spawn_blocking(move || registered(&origins)).await {
                Ok(Ok(templates)) => sandbox.approve(templates),
                Ok(Err(words)) => {
                    eprintln!("{words} The templates that were approved before stay so");
                }
                Err(_) => {}
            }
        }
    }
}

async fn play_meta(
    arguments: &ServeArgs,
    (templates, edited): (Vec<ApprovedTemplate>, Edited),
    tracker: &TaskTracker,
    shutdown: &CancellationToken,
) -> anyhow::Result<()> {
    let sandbox = start(arguments, templates, tracker, shutdown).await?;
    let base = sandbox.base_url();
    print(&format!(
        "The sandbox plays {} at {base}. Ctrl-C ends it.\n\n\
         1. In a second terminal start samvad, so that it takes the sandbox for the world (the secrets open \
         nothing else):\n\n{}\n\
         2. In a third let a person write, and look at what came of it:\n\n{}\n\
         curl {base}/_sandbox/transcript/919100000000\n\
         curl {base}/_sandbox/summary\n\n",
        played(arguments),
        start_words(&sandbox, arguments),
        say_words(&base, arguments),
    ))?;
    // Vendors of SMS ask for no handshake.
    if arguments.sms.is_empty() {
        match sandbox.handshake().await {
            Ok(()) => print("samvad is up and knows the sandbox: go on with 2.\n")?,
            Err(error) => print(&format!(
                "At {} nobody answers as samvad would yet ({error}). What people write waits until it is up.\n",
                sandbox.webhook()
            ))?,
        }
    }
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = edited.keep_approving(&sandbox) => {}
    }
    Ok(())
}

async fn play_citizens(
    arguments: &LoadArgs,
    templates: Vec<ApprovedTemplate>,
    tracker: &TaskTracker,
    shutdown: &CancellationToken,
) -> anyhow::Result<()> {
    load::require_loopback(&arguments.serve.webhook)?;
    let script = match &arguments.script {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("the script {} cannot be read", path.display()))?;
            Script::read(&text)?
        }
        None => Script::shipped(&arguments.flow)?,
    };
    let plan = CitizenPlan {
        citizens: arguments.citizens,
        rate: arguments.rate,
        at_once: arguments.at_once,
        first: arguments.first,
        think: Duration::from_millis(arguments.think_ms),
        patience: Duration::from_secs(arguments.patience),
        limit: Duration::from_secs(arguments.limit),
        account: arguments.serve.sms.first().map(|vendor| vendor.name().to_owned()),
        ..CitizenPlan::default()
    };
    let sandbox = start(&arguments.serve, templates, tracker, shutdown).await?;
    let report = load::play(&sandbox, script, &plan, tracker, shutdown).await?;
    if arguments.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&report)?))?;
    } else {
        print(&report.to_string())?;
    }
    if report.joined < report.citizens {
        let lost = report.citizens - report.joined;
        let faults = arguments.serve.faults.faults();
        let by_sms = !arguments.serve.sms.is_empty();
        let why = if report.summary.verdict.acked == 0 {
            let with = sms_option(&arguments.serve);
            format!(
                "; nobody took a message at {}. Start samvad first, as `samvad sandbox{with}` tells, and the load in another terminal",
                program(&arguments.serve.webhook)
            )
        } else if by_sms && faults.lost + faults.death > 0.0 {
            "; by SMS what may have been sent is not sent again, so a lost call is a lost message: \
             `--lost 0 --death 0` leaves such calls out"
                .to_owned()
        } else {
            String::new()
        };
        bail!("{lost} of {} citizens did not get through{why}", report.citizens);
    }
    Ok(())
}

/// ` --sms gupshup,twilio` as it was given.
fn sms_option(arguments: &ServeArgs) -> String {
    let vendors: Vec<&str> = arguments.sms.iter().map(|vendor| vendor.name()).collect();
    if vendors.is_empty() { String::new() } else { format!(" --sms {}", vendors.join(",")) }
}

async fn pour_raw(
    arguments: &RawArgs,
    tracker: &TaskTracker,
    shutdown: &CancellationToken,
) -> anyhow::Result<()> {
    let mut business = Business::default();
    if let Some(id) = &arguments.phone_number_id {
        business.phone_number_id.clone_from(id);
    }
    let plan = RawPlan {
        webhook: arguments.webhook.clone(),
        replicas: Vec::new(),
        app_secret: arguments.app_secret.clone(),
        business,
        envelopes: arguments.envelopes,
        updates: arguments.updates,
        citizens: arguments.citizens,
        texts: arguments.text.clone(),
        connections: arguments.connections,
        limit: Duration::from_secs(arguments.limit),
        rate: arguments.rate,
        run: format!("{:016X}", Ids::system().seed()),
        at: Clock::System.now(),
    };
    let report = load::pour(&plan, tracker, shutdown).await?;
    if arguments.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&report)?))
    } else {
        print(&report.to_string())
    }
}

/// To standard output; a reader that went away (`| head`) is no error of ours to panic about.
fn print(text: &str) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    output.write_all(text.as_bytes()).context("standard output is closed")?;
    output.flush().context("standard output is closed")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser, Debug)]
    struct Wrapped {
        #[command(flatten)]
        sandbox: SandboxArgs,
    }

    #[test]
    fn fault_options_change_the_bad_day() {
        let wrapped = Wrapped::try_parse_from([
            "sandbox",
            "--bad-day",
            "--lost",
            "0.5",
            "--refuse",
            "131056=0.2,130429=0",
            "--slow-ms",
            "1-2",
        ])
        .unwrap();
        let faults = wrapped.sandbox.serve.faults.faults();
        assert!((faults.lost - 0.5).abs() < f64::EPSILON);
        assert_eq!(faults.refuse, BTreeMap::from([(130_429, 0.0), (131_056, 0.2)]));
        assert_eq!(faults.slow_ms, (1, 2));
        assert!(faults.batch > 0.0);
    }

    #[test]
    fn a_subcommand_has_its_own_options() {
        let wrapped =
            Wrapped::try_parse_from(["sandbox", "load", "--citizens", "5", "--lost", "0.1"]);
        let Some(SandboxCommand::Load(load)) = wrapped.unwrap().sandbox.command else {
            panic!("a load");
        };
        assert_eq!(load.citizens, 5);
        assert!((load.serve.faults.faults().lost - 0.1).abs() < f64::EPSILON);
        assert!(Wrapped::try_parse_from(["sandbox", "--refuse", "x=1"]).is_err());
    }

    #[tokio::test]
    async fn a_load_goes_to_this_machine_only() {
        let wrapped = Wrapped::try_parse_from([
            "sandbox",
            "load",
            "--listen",
            "127.0.0.1:0",
            "--webhook",
            "http://192.0.2.1/webhook",
        ])
        .unwrap();
        let error = run(&OriginArgs::default(), wrapped.sandbox).await.unwrap_err();
        assert!(error.to_string().contains("this machine"), "{error}");
    }
}
