//! `samvad doctor`: looks at everything an operator can get wrong and says what to do.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::{OriginArgs, halt, holds};
use crate::channel::sms;
use crate::channel::sms::config::{SmsAccount, SmsRoad};
use crate::channel::template_advice;
use crate::channel::whatsapp::errors::TEMPLATE_CODES;
use crate::clock::{Clock, Ids};
use crate::config::{Config, is_postgres};
use crate::dlt::Registry;
use crate::flow::Flows;
use crate::geography::Geography;
use crate::message::{Channel, Status};
use crate::records::{self, Beside, Records, RecordsError};
use crate::seal::Keyring;
use crate::serve::load_flows;
use crate::state::{State, StateOptions};
use crate::template::Declared;

/// What was found, worst last.
#[derive(Default)]
struct Findings {
    wrong: usize,
}

impl Findings {
    fn good(what: &str, words: &str) {
        println!("  ok     {what}: {words}");
    }

    fn doubtful(what: &str, words: &str) {
        println!("  mind   {what}: {words}");
    }

    fn bad(&mut self, what: &str, words: &str) {
        self.wrong += 1;
        println!("  WRONG  {what}: {words}");
    }
}

pub(super) fn run(origins: &OriginArgs) -> ExitCode {
    let mut findings = Findings::default();
    match origins.read() {
        Ok(config) => {
            Findings::good("configuration", "every key is understood");
            for warning in config.warnings() {
                Findings::doubtful("configuration", &warning);
            }
            examine(&config, &mut findings);
        }
        Err(errors) => findings.bad("configuration", &errors.to_string()),
    }
    if findings.wrong == 0 {
        println!("nothing is wrong.");
        ExitCode::SUCCESS
    } else {
        println!("{} thing(s) to mend.", findings.wrong);
        ExitCode::FAILURE
    }
}

fn examine(config: &Config, findings: &mut Findings) {
    examine_flows(config, findings);
    if config.whatsapp.is_some() {
        Findings::doubtful("whatsapp", crate::channel::whatsapp::POLICY_NOTICE);
    } else {
        Findings::good("whatsapp", "off");
    }
    if !config.key_file.exists() && !config.data.exists() && !is_postgres(config.records.expose()) {
        Findings::good(
            "data",
            "nothing is kept here yet; the first start makes the folder, the key file and the database",
        );
    }
    let Ok(runtime) = super::runtime() else {
        findings.bad("process", "no threads can be started");
        return;
    };
    runtime.block_on(async {
        examine_sms(config, findings).await;
        examine_holds(config, findings).await;
        examine_state(config, findings).await;
        examine_records(config, findings).await;
    });
}

fn examine_flows(config: &Config, findings: &mut Findings) {
    let geography = match Geography::shipped() {
        Ok(geography) => {
            let counts = format!(
                "{} districts, {} Lok Sabha and {} assembly seats",
                geography.districts.len(),
                geography.lok_sabha.len(),
                geography.assemblies.len()
            );
            Findings::good("places", &counts);
            Arc::new(geography)
        }
        Err(error) => return findings.bad("places", &error),
    };
    match load_flows(config.flows.as_deref(), config.locales.as_deref(), &geography) {
        Ok(flows) => {
            examine_templates(flows.templates());
            examine_dlt(config, flows.registry());
            examine_calls(config, &flows, findings);
            let place = config.flows.as_ref().map_or_else(
                || "the ones inside the program".to_owned(),
                |folder| folder.display().to_string(),
            );
            Findings::good("flows", &format!("{place} check"));
        }
        Err(error) => findings.bad("flows", &error.to_string()),
    }
}

/// What must stand at the provider as it stands here, word by word.
fn examine_templates(templates: &[Declared]) {
    if templates.is_empty() {
        return Findings::good("templates", "none: nothing is said after 24 hours on WhatsApp");
    }
    Findings::good(
        "templates",
        &format!(
            "{}; register them at the provider word by word, then nothing refuses them:",
            templates.len()
        ),
    );
    for line in templates.iter().map(Declared::to_register).collect::<String>().lines() {
        println!("           {line}");
    }
}

/// Whether each number for missed calls begins a flow that there is.
fn examine_calls(config: &Config, flows: &Flows, findings: &mut Findings) {
    let Some(calls) = &config.missed_calls else { return Findings::good("missed calls", "off") };
    let known: Vec<&str> = flows.names().collect();
    for unknown in calls.unknown_flows(&known) {
        findings.bad("missed calls", &unknown.to_string());
    }
    for account in calls.accounts.iter().filter(|one| known.contains(&one.flow.as_str())) {
        let words = format!("a call to {} begins the flow {}", account.name, account.flow);
        Findings::good("missed calls", &words);
    }
}

/// What is registered for SMS in India.
fn examine_dlt(config: &Config, registry: Option<&Registry>) {
    let accounts = config.sms.iter().flat_map(|sms| &sms.accounts);
    let names_template = |account: &SmsAccount| match &account.road {
        SmsRoad::Kannel(road) => road.dlt.template.is_some(),
        SmsRoad::Http(road) => road.dlt.template.is_some(),
    };
    let Some(registry) = registry else {
        let with_one = accounts.filter(|account| names_template(account)).count();
        return match with_one {
            0 => Findings::good("dlt", "no registry: texts leave by SMS as they are"),
            _ => Findings::doubtful(
                "dlt",
                "every text leaves by SMS under the one template of its account, and operators refuse what is not that text; `samvad dlt propose` begins a registry",
            ),
        };
    };
    let live = registry.templates.iter().filter(|template| template.is_live()).count();
    let others = registry.templates.len() - live;
    if registry.is_in_force() {
        let words = format!(
            "{live} templates; {others} more wait or are stopped. Nothing else leaves by SMS; `samvad check` tells what lacks"
        );
        Findings::good("dlt", &words);
    } else {
        let words = format!(
            "{others} templates wait for their ids; until one has its own, texts leave by SMS as they are"
        );
        Findings::doubtful("dlt", &words);
    }
}

/// What rests because its provider refuses it, also beside a running server.
async fn examine_holds(config: &Config, findings: &mut Findings) {
    if !config.key_file.exists() {
        return;
    }
    // What keeps the records from being read is told where they are looked at.
    let Ok(options) = super::keys::records_options(config) else { return };
    let Ok(records) = Beside::open(options).await else { return };
    if let Ok(Some(turned)) = records.halt().await
        && turned.halted
    {
        findings.bad("kill switch", &halt::words(Some(&turned)));
    }
    let Ok(holds) = records.holds().await else { return };
    for hold in holds {
        findings.bad(&holds::what(&hold), &holds::words(&hold));
    }
}

/// Templates the provider refused lately, and what to do about them.
async fn examine_refusals(records: &Records) {
    let now = Clock::System.now();
    let since = now.checked_sub(SignedDuration::from_hours(7 * 24)).unwrap_or(now);
    let refused = match records.failures(TEMPLATE_CODES, since).await {
        Ok(refused) => refused,
        Err(error) => return Findings::doubtful("templates", &error.to_string()),
    };
    for (code, count) in refused {
        let advice = template_advice(Channel::Whatsapp, code).unwrap_or("see the server's log");
        Findings::doubtful(
            "templates",
            &format!("the provider refused {count} messages with {code} in seven days: {advice}"),
        );
    }
}

/// Whether each gateway is there and knows us.
async fn examine_sms(config: &Config, findings: &mut Findings) {
    let Some(options) = &config.sms else { return Findings::good("sms", "off") };
    let client = match crate::serve::http_client(Duration::from_secs(5)) {
        Ok(client) => client,
        Err(error) => return findings.bad("sms", &error.to_string()),
    };
    let sender = match sms::Sender::new(options, &client, Clock::System) {
        Ok(sender) => sender,
        Err(error) => return findings.bad("sms", &error.to_string()),
    };
    for (account, words) in sender.examine().await {
        let what = format!("sms {account}");
        match words {
            Ok(words) => Findings::good(&what, &words),
            Err(words) => findings.bad(&what, &words),
        }
    }
}

async fn examine_state(config: &Config, findings: &mut Findings) {
    let options = StateOptions::new(config.state.expose(), &config.state_prefix, Clock::System);
    let state = match State::open(options) {
        Ok(state) => state,
        Err(error) => return findings.bad("state", &error.to_string()),
    };
    match state.ping().await {
        Ok(()) => Findings::good("state", &format!("{state:?} answers")),
        Err(error) => Findings::doubtful(
            "state",
            &format!(
                "{error}; conversations go on from the records, limits by delivery.share_without_state"
            ),
        ),
    }
}

/// Whether there is something in PostgreSQL to open.
async fn examine_postgres(config: &Config, findings: &mut Findings) -> bool {
    let keyring = if config.key_file.exists() {
        match Keyring::open(&config.key_file, false, &Ids::system()) {
            Ok(keyring) => Some(keyring),
            Err(error) => {
                findings.bad("key file", &error.to_string());
                return false;
            }
        }
    } else {
        None
    };
    let url = config.records.expose();
    let found = match records::examine_postgres(url, &Clock::System, keyring.as_ref()).await {
        Ok(Some(found)) => found,
        Ok(None) => return false,
        Err(error) => {
            findings.bad("records", &error.to_string());
            return false;
        }
    };
    Findings::good(
        "records",
        &format!(
            "PostgreSQL {} answers; {} connections for each process",
            found.version, config.records_connections
        ),
    );
    if found.is_skewed {
        Findings::doubtful(
            "clock",
            &format!(
                "PostgreSQL's and ours differ by {} s; set both by a time server",
                found.ahead.as_secs()
            ),
        );
    }
    if found.is_empty {
        Findings::good("migrations", "the database is empty; the first start makes its tables");
        return false;
    }
    if !found.pending.is_empty() {
        Findings::doubtful(
            "migrations",
            &format!("the next start applies {}; make a backup before", found.pending.join(", ")),
        );
        return false;
    }
    Findings::good("migrations", "the schema is this version's");
    if found.missing_months.is_empty() {
        Findings::good("months", "this month of the log and the next three stand ready");
    } else {
        Findings::doubtful(
            "months",
            &format!(
                "the log has no {} yet; a running server makes it within a day, a start at once",
                found.missing_months.join(", ")
            ),
        );
    }
    true
}

async fn examine_records(config: &Config, findings: &mut Findings) {
    if is_postgres(config.records.expose()) && !examine_postgres(config, findings).await {
        return;
    }
    if !config.key_file.exists() {
        if config.data.join("samvad.db").exists() {
            findings.bad(
                "key file",
                &format!("{} is missing, but there is a database: put the key file back before you start", config.key_file.display()),
            );
        }
        return;
    }
    let records = match super::keys::open_records(config).await {
        Ok(records) => records,
        Err(error) => {
            let is_setup = error
                .downcast_ref::<RecordsError>()
                .is_some_and(|error| matches!(error, RecordsError::Setup(_)));
            let words = error.to_string();
            // A running server holds the database: that is how it should be.
            if is_setup && words.contains("another") {
                return Findings::good(
                    "records",
                    "a running server has the database; ask it at /ready and /metrics",
                );
            }
            return findings.bad("records", &words);
        }
    };
    examine_refusals(&records).await;
    match records.report(Clock::System.now()).await {
        Ok(report) => {
            Findings::good(
                "records",
                &format!(
                    "{} contacts, {} members, {} more only on lists",
                    report.contacts, report.members, report.listed
                ),
            );
            let count = |status: Status| {
                report
                    .by_status
                    .iter()
                    .find(|(known, _)| *known == status)
                    .map_or(0, |(_, count)| *count)
            };
            if count(Status::Unknown) > 0 {
                Findings::doubtful(
                    "outgoing",
                    &format!("{} calls whose answer was never seen", count(Status::Unknown)),
                );
            }
            if count(Status::Queued) > 0 {
                Findings::doubtful(
                    "outgoing",
                    &format!("{} messages wait to be sent", count(Status::Queued)),
                );
            }
            let waited = report.oldest_effect.unwrap_or_default();
            if waited > Duration::from_mins(10) {
                Findings::doubtful(
                    "effects",
                    &format!(
                        "{} calls of flows or media of people wait, the oldest for {} minutes; the \
                         server's log says why",
                        report.effects,
                        waited.as_secs() / 60
                    ),
                );
            }
            if report.open_merges > 0 {
                Findings::doubtful(
                    "merges",
                    &format!(
                        "{} times the office has to say whether two contacts are one person: \
                         samvad merges list",
                        report.open_merges
                    ),
                );
            }
            if report.parked > 0 {
                Findings::doubtful(
                    "parked",
                    &format!(
                        "{} messages could not be turned; they wait for a person",
                        report.parked
                    ),
                );
            }
        }
        Err(error) => findings.bad("records", &error.to_string()),
    }
    if let Err(error) = records.close().await {
        findings.bad("records", &error.to_string());
    }
}
