//! The composition root: builds stores, channels, workers and the web, and shuts them down in the
//! order in which nothing is lost.

mod flows;
mod http;
mod mailing;
mod members;
mod rules;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use jiff::SignedDuration;
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use flows::{FlowsError, Stamp, load_flows, read_sources, stamp};
pub use http::client as http_client;

use crate::ballot_box::{BallotBox, BallotBoxOptions, PollKeys};
use crate::broadcast::Frozen;
use crate::channel::sms::webhook::Door;
use crate::channel::{Senders, missed_call, simulator, sms, whatsapp};
use crate::clock::{Clock, Ids};
use crate::config::{CallAnswer, Config, MissedCalls, Presence, Reload, Role, UnknownFlow};
use crate::console::polls;
use crate::console::simulator::{self as page, Office};
use crate::contact::Road;
use crate::delivery::{
    self, ChannelLimits, DeliveryMetrics, DeliveryOptions, DeliverySettings, Known, Registrar,
    Reports, RunnerOptions, Wordings,
};
use crate::dlt::Standing;
use crate::effects::{self, EffectsOptions, Fetcher, Keeper, MediaFolder};
use crate::flow::Flows;
use crate::gate::RulesHandle;
use crate::geography::Geography;
use crate::intake::{self, CallPlan, CallPlans, FlowsHandle, Intake, IntakeOptions};
use crate::mailing::{DaysMetrics, keep_days};
use crate::message::Channel;
use crate::metrics::Metrics;
use crate::records::{Lease, Records, RecordsError, RecordsOptions, keep_lease};
use crate::seal::{Keyring, SealError};
use crate::state::{Bucket, State, StateOptions};
use crate::vital::Vital;

/// How long the last messages may take to leave at a stop.
const FINISH: Duration = Duration::from_secs(40);

/// What a server is given besides its configuration.
#[derive(Clone, Debug)]
pub struct Deps {
    pub clock: Clock,
    pub ids: Ids,
    /// Print the addresses for the person at the terminal.
    pub announce: bool,
    /// Watches the tasks the server cannot do without.
    pub vital: Vital,
}

/// Why a server did not start, or stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("the data folder {path} cannot be used: {error}")]
    Data { path: String, error: std::io::Error },
    #[error(transparent)]
    Seal(#[from] SealError),
    #[error(transparent)]
    Records(#[from] RecordsError),
    #[error("{0}")]
    State(String),
    #[error("data/: {0}")]
    Geography(String),
    #[error(transparent)]
    Flows(#[from] FlowsError),
    #[error("the HTTP client cannot be built: {0}")]
    Client(String),
    #[error(transparent)]
    CallFlow(#[from] UnknownFlow),
    #[error("short messages cannot be sent:\n  - {0}")]
    Sms(#[from] sms::road::BadRoad),
    #[error("the web server stopped: {0}")]
    Web(std::io::Error),
    #[error(
        "another process took this one for dead (it stood still longer than delivery.lease_seconds); it stops so that nothing is sent twice"
    )]
    Fenced,
    #[error(
        "{0} ended without being told to; this is a bug, and the process must be started again"
    )]
    Lost(&'static str),
}

/// Serves until `shutdown`, then finishes what is under way.
///
/// # Errors
/// [`ServeError`] in words for the person at the terminal.
pub async fn serve(
    config: Config,
    listener: TcpListener,
    shutdown: CancellationToken,
    deps: Deps,
) -> Result<(), ServeError> {
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    make_data_folder(&config)?;
    let keyring = Arc::new(Keyring::open(&config.key_file, true, &deps.ids)?);
    let records_options = RecordsOptions {
        url: config.records.expose().to_owned(),
        connections: config.records_connections,
        clock: deps.clock.clone(),
        keyring: Arc::clone(&keyring),
        lease: config.delivery.lease(),
        group: config.commit.group,
        membership: config.membership.clone(),
    };
    let records = Records::open(records_options.clone()).await?;
    let web_tracker = TaskTracker::new();
    let state = State::open(StateOptions {
        tracker: web_tracker.clone(),
        shutdown: shutdown.clone(),
        ids: deps.ids.clone(),
        // A restored copy is another incarnation: what stands in Redis is not about its contacts.
        ..StateOptions::new(
            config.state.expose(),
            format!("{}:{}", config.state_prefix, records.incarnation()),
            deps.clock.clone(),
        )
    })
    .map_err(|error| ServeError::State(error.to_string()))?;
    let geography = Arc::new(Geography::shipped().map_err(ServeError::Geography)?);
    let loaded = load_flows(config.flows.as_deref(), config.locales.as_deref(), &geography)?;
    check_call_flows(&config, &loaded)?;
    let flows = FlowsHandle::new(loaded.with_whatsapp_number(config.whatsapp_phone()));
    let rules = RulesHandle::new(config.rules.clone());

    let mut registry = Registry::with_prefix("samvad");
    let metrics = Metrics::register(&mut registry);
    let client = http::client(config.delivery.timeout())
        .map_err(|error| ServeError::Client(error.to_string()))?;
    let hub = config.serves_simulator().then(|| {
        let limits = simulator::HubLimits { phones: config.simulator.phones, ..Default::default() };
        simulator::Hub::new(deps.clock.clone(), &deps.ids, limits)
    });
    let sms_sender = config
        .sms
        .as_ref()
        .map(|options| sms::Sender::new(options, &client, deps.clock.clone()))
        .transpose()?;
    let senders = Senders {
        whatsapp: config.whatsapp.as_ref().map(|options| {
            let tokens = whatsapp_secrets(options).access_tokens;
            whatsapp::Sender::new(client, options.graph_url.clone(), tokens)
        }),
        typing: config
            .whatsapp
            .as_ref()
            .is_some_and(|options| options.presence == Presence::Typing),
        simulator: hub.clone(),
        sms: sms_sender.clone(),
    };

    let media_keeper = Keeper {
        whatsapp: senders.whatsapp.clone(),
        folder: MediaFolder::new(config.media.clone(), deps.ids.clone()),
    };

    let vital = deps.vital;
    let fenced = CancellationToken::new();
    // Whoever writes keeps a lease, whatever else it does.
    let lease = Lease::new(deps.clock.clone());
    let stop_lease = CancellationToken::new();
    let lease_tracker = TaskTracker::new();
    let keeper = keep_lease(
        records.clone(),
        lease.clone(),
        config.delivery.lease(),
        fenced.clone(),
        stop_lease.clone(),
    );
    lease_tracker.spawn(vital.until(&stop_lease, "the heartbeat", keeper));
    let writer = {
        let (records, stop) = (records.clone(), stop_lease.clone());
        async move {
            stop.run_until_cancelled(records.until_ended()).await;
        }
    };
    lease_tracker.spawn(vital.until(&stop_lease, "what writes the records", writer));
    let stop_delivery = CancellationToken::new();
    let delivery_tracker = TaskTracker::new();
    let halted = Arc::new(AtomicBool::new(config.delivery.halted));
    let switch = rules::HaltWatch {
        records: records.clone(),
        halted: Arc::clone(&halted),
        always: config.delivery.halted,
        stop: stop_delivery.clone(),
    };
    // Before anything is sent.
    switch.take(records.halt().await?.as_ref());
    delivery_tracker.spawn(vital.until(
        &stop_delivery,
        "the watch over the kill switch",
        switch.follow(),
    ));
    let delivery = config.does(Role::Delivery).then(|| {
        delivery::start(DeliveryOptions {
            records: records.clone(),
            state: state.clone(),
            senders,
            registrar: registrar(&flows),
            rulebook: rules::rulebook(&rules, &records),
            clock: deps.clock.clone(),
            ids: deps.ids.clone(),
            halted: Arc::clone(&halted),
            tracker: delivery_tracker.clone(),
            shutdown: stop_delivery.clone(),
            fenced: fenced.clone(),
            lease: lease.clone(),
            vital: vital.clone(),
            metrics: DeliveryMetrics::register(&mut registry),
            settings: delivery_settings(&config),
        })
    });

    if let Some(delivery) = &delivery {
        delivery::run_broadcasts(RunnerOptions {
            records: records.clone(),
            delivery: delivery.clone(),
            wordings: wordings(),
            clock: deps.clock.clone(),
            halted: Arc::clone(&halted),
            // It ends before delivery does.
            tracker: web_tracker.clone(),
            shutdown: shutdown.clone(),
            vital: vital.clone(),
        });
    }

    if config.does(Role::Delivery) {
        let days = mailing::days(
            (&config, &deps.clock, &deps.ids),
            (&rules, &geography),
            &records_options,
            halted,
            DaysMetrics::register(&mut registry),
            &shutdown,
        );
        web_tracker.spawn(vital.until(&shutdown, "the days of broadcasts", keep_days(days)));
    }

    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let ballots = BallotBox::start(BallotBoxOptions {
        records: records.clone(),
        keys: PollKeys::beside(&config.key_file),
        geography: Arc::clone(&geography),
        tracker: web_tracker.clone(),
        shutdown: shutdown.clone(),
        vital: vital.clone(),
    });
    let ballots = ballots.await?;
    let intake = Intake::start(&IntakeOptions {
        records: records.clone(),
        state: state.clone(),
        flows: flows.clone(),
        rules: rules.clone(),
        calls: Arc::new(call_plans(&config)),
        keyring,
        clock: deps.clock.clone(),
        ids: deps.ids.clone(),
        delivery,
        ballots: Some(ballots),
        reports: Reports::new(records.clone(), deps.clock.clone(), &delivery_settings(&config)),
        capacity: config.intake.capacity,
        shards: if config.intake.shards == 0 { cores } else { config.intake.shards },
        state_ttl: Duration::from_secs(u64::from(config.intake.state_hours) * 3600),
        tracker: web_tracker.clone(),
        shutdown: shutdown.clone(),
        fenced: fenced.clone(),
        vital: vital.clone(),
        patience: intake::PATIENCE,
        metrics: Arc::clone(&metrics),
    });
    let fetcher = Fetcher::new(config.fetch_allow.clone(), config.secrets.clone())
        .map_err(|error| ServeError::Client(error.to_string()))?;
    effects::start(EffectsOptions {
        records: records.clone(),
        intake: intake.clone(),
        fetcher,
        keeper: media_keeper,
        clock: deps.clock.clone(),
        ids: deps.ids.clone(),
        tracker: web_tracker.clone(),
        shutdown: shutdown.clone(),
        vital: vital.clone(),
        metrics: Arc::clone(&metrics),
    });
    let fresh = flows::keep_fresh(flows::Watch {
        handle: flows.clone(),
        flows: config.flows.clone(),
        locales: config.locales.clone(),
        whatsapp_number: config.whatsapp_phone().map(str::to_owned),
        geography: Arc::clone(&geography),
        automatic: config.reload == Reload::Auto,
        state: state.clone(),
        metrics: Arc::clone(&metrics),
        shutdown: shutdown.clone(),
    });
    web_tracker.spawn(vital.until(&shutdown, "the watch over the flows", fresh));
    let members = members::keep(records.clone(), deps.clock.clone());
    let stop = shutdown.clone();
    let members = async move {
        stop.run_until_cancelled(members).await;
    };
    web_tracker.spawn(vital.until(&shutdown, "what looks after memberships", members));

    let calendar =
        rules::CalendarWatch { rules, path: config.calendar.clone(), shutdown: shutdown.clone() };
    web_tracker.spawn(vital.until(&shutdown, "the watch over the calendar", calendar.keep_fresh()));

    let webhook_metrics = Arc::clone(&metrics);
    let mut app = http::operation_routes(http::Operation {
        registry: Arc::new(registry),
        metrics,
        records: records.clone(),
        state: state.clone(),
        clock: deps.clock.clone(),
        vital: vital.clone(),
        lease,
        simulator: hub.is_some() && config.does(Role::Web),
    });
    if config.does(Role::Web) {
        if let Some(options) = &config.whatsapp {
            tracing::warn!("{}", whatsapp::POLICY_NOTICE);
            let secrets = whatsapp_secrets(options);
            let webhook = whatsapp::WebhookState::new(&secrets, intake.clone(), deps.clock.clone());
            app = app.merge(whatsapp::routes(webhook));
        }
        app = app.merge(polls::routes(polls::PollPages {
            records: records.clone(),
            geography: Arc::clone(&geography),
            clock: deps.clock.clone(),
            limit: Arc::new(page::PerAddress::new(5.0, 100.0)),
        }));
        if let (Some(options), Some(sender)) = (&config.sms, &sms_sender) {
            app = app.merge(sms::webhook::routes(sms::webhook::WebhookState {
                doors: sender.doors(options),
                intake: intake.clone(),
                clock: deps.clock.clone(),
                client_address: options.client_address.clone(),
                metrics: Arc::clone(&webhook_metrics),
            }));
        }
        if let Some(options) = &config.missed_calls {
            app = app.merge(sms::webhook::call_routes(sms::webhook::WebhookState {
                doors: call_doors(options),
                intake: intake.clone(),
                clock: deps.clock.clone(),
                client_address: options.client_address.clone(),
                metrics: Arc::clone(&webhook_metrics),
            }));
        }
        if let Some(hub) = hub {
            let office = Office {
                intake: intake.clone(),
                records: records.clone(),
                state: state.clone(),
                flows: flow_cards(&flows),
                geography: Arc::clone(&geography),
            };
            let reports = page::report_statuses(hub.clone(), office.clone(), shutdown.clone());
            web_tracker.spawn(vital.until(&shutdown, "the simulator's reports", reports));
            app = app.merge(page::routes(page::SimulatorState {
                desk: office,
                hub,
                clock: deps.clock.clone(),
                ids: deps.ids.clone(),
                limit: Arc::new(page::PerAddress::new(20.0, 200.0)),
                stop: shutdown.clone(),
            }));
        }
    }
    let app = http::guarded(app);
    drop(intake);
    if deps.announce {
        announce(&config, &listener);
    }

    let stopping = {
        let (shutdown, fenced, vital) = (shutdown.clone(), fenced.clone(), vital.clone());
        async move {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = fenced.cancelled() => {}
                () = vital.until_lost() => {}
            }
            // Pages that are open for long end by it.
            shutdown.cancel();
        }
    };
    let served = axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stopping);
    let overdue = async {
        shutdown.cancelled().await;
        tokio::time::sleep(FINISH).await;
    };
    let served = tokio::select! {
        served = served.into_future() => served,
        // A request that is never sent to its end must not keep the process.
        () = overdue => Ok(()),
    };
    // The web is quiet now; the lanes finish, then the last replies leave, then the lease goes back.
    shutdown.cancel();
    finish(&web_tracker, "lanes").await;
    stop_delivery.cancel();
    finish(&delivery_tracker, "deliveries").await;
    stop_lease.cancel();
    finish(&lease_tracker, "the heartbeat").await;
    if fenced.is_cancelled() {
        return Err(ServeError::Fenced);
    }
    let closed = records.close().await;
    if let Some(task) = vital.lost() {
        return Err(ServeError::Lost(task));
    }
    closed?;
    served.map_err(ServeError::Web)
}

async fn finish(tracker: &TaskTracker, what: &str) {
    tracker.close();
    if tokio::time::timeout(FINISH, tracker.wait()).await.is_err() {
        tracing::warn!(what, "not everything was finished in time; the records know what is open");
    }
}

fn make_data_folder(config: &Config) -> Result<(), ServeError> {
    std::fs::create_dir_all(&config.data)
        .map_err(|error| ServeError::Data { path: config.data.display().to_string(), error })
}

/// # Errors
/// [`ServeError::CallFlow`]: a number for missed calls begins a flow there is not.
fn check_call_flows(config: &Config, flows: &Flows) -> Result<(), ServeError> {
    let Some(calls) = &config.missed_calls else { return Ok(()) };
    let known: Vec<&str> = flows.names().collect();
    match calls.unknown_flows(&known).into_iter().next() {
        Some(unknown) => Err(unknown.into()),
        None => Ok(()),
    }
}

/// What a missed call to each number leads to.
fn call_plans(config: &Config) -> CallPlans {
    let accounts = config.missed_calls.iter().flat_map(|calls| &calls.accounts);
    let plans = accounts.map(|account| {
        let channel = match account.answer {
            CallAnswer::Sms => Channel::Sms,
            CallAnswer::Whatsapp => Channel::Whatsapp,
        };
        let plan = CallPlan {
            flow: account.flow.clone(),
            road: Road { channel, account: account.account.clone() },
            once_in: account.once_in,
        };
        ((Channel::MissedCall, account.name.clone()), plan)
    });
    let mut plans: CallPlans = plans.collect();
    if config.serves_simulator() {
        let road = Road { channel: Channel::Simulator, account: simulator::CALLS.to_owned() };
        let flow = plans.values().next().map_or_else(String::new, |plan| plan.flow.clone());
        // Whoever tries it out does not wait for an hour.
        let plan = CallPlan { flow, road: road.clone(), once_in: SignedDuration::from_mins(1) };
        plans.insert((road.channel, road.account), plan);
    }
    plans
}

/// The numbers for missed calls, as their vendors tell of a call.
fn call_doors(calls: &MissedCalls) -> BTreeMap<String, Door> {
    let doors = calls.accounts.iter().map(|account| {
        let decoder = missed_call::MissedCalls::new(account.name.clone(), account.vendor);
        let door = Door { guard: account.guard.clone(), decoder: Arc::new(decoder) };
        (account.name.clone(), door)
    });
    doors.collect()
}

fn whatsapp_secrets(options: &crate::config::Whatsapp) -> whatsapp::config::WhatsappSecrets {
    whatsapp::config::WhatsappSecrets {
        verify_token: options.verify_token.clone(),
        app_secrets: options.app_secrets.clone(),
        access_tokens: whatsapp::config::AccessTokens::from_lines(&options.access_tokens),
    }
}

/// The flows of the picker, as they are in force when it is opened.
fn flow_cards(flows: &FlowsHandle) -> Arc<dyn Fn() -> Vec<page::FlowCard> + Send + Sync> {
    let flows = flows.clone();
    Arc::new(move || {
        let flows = flows.get();
        let cards = flows.all().iter().map(|flow| page::FlowCard {
            name: flow.name.clone(),
            about: flow.about.clone(),
            start_word: flow.words.first().cloned(),
        });
        cards.collect()
    })
}

/// How DLT templates stand in the registry in force, asked when a message leaves.
fn registrar(flows: &FlowsHandle) -> Registrar {
    let flows = flows.clone();
    Registrar::new(move |template| {
        let flows = flows.get();
        let Some(registry) = flows.registry() else { return Known::No };
        match registry.by_id(template) {
            Some(known) if known.standing == Standing::Stopped => Known::Stopped,
            Some(known) => registry.stamp(known).map_or(Known::No, Known::Live),
            None => Known::No,
        }
    })
}

/// What a broadcast says, from its definition as it was frozen.
fn wordings() -> Wordings {
    Wordings::new(|definition| match Frozen::from_json(definition) {
        Ok(frozen) => Ok(Arc::new(frozen)),
        Err(error) => Err(error.to_string()),
    })
}

/// The figures of delivery as the configuration gives them.
fn delivery_settings(config: &Config) -> DeliverySettings {
    let section = &config.delivery;
    let mut settings = DeliverySettings {
        concurrency: section.concurrency,
        // The client's own timeout comes first: it knows more of what happened.
        call_timeout: section.timeout() + Duration::from_secs(2),
        // A graceful stop waits for every call to end by itself.
        drain: section.timeout() + Duration::from_secs(3),
        lease: section.lease(),
        sweep: Duration::from_secs(section.sweep_seconds),
        unknown_after: Duration::from_secs(section.unknown_after_seconds),
        pause: Duration::from_secs(section.breaker_minutes * 60),
        share: section.share_without_state,
        ..DeliverySettings::default()
    };
    settings.limits.clear();
    for account in config.sms.iter().flat_map(|sms| &sms.accounts) {
        if let Some(per_second) = account.per_second {
            settings.throughput.insert(account.name.clone(), per_second);
        }
    }
    if let Some(whatsapp) = &config.whatsapp {
        settings.mark_read = whatsapp.presence != Presence::Off;
        settings.limits.insert(
            Channel::Whatsapp,
            ChannelLimits {
                per_second: Some(f64::from(whatsapp.throughput)),
                pair: Some(Bucket {
                    per_second: 1.0 / whatsapp.pair_seconds,
                    burst: f64::from(whatsapp.pair_burst),
                }),
                people_a_day: whatsapp.tier,
            },
        );
    }
    settings
}

/// The lines a person at the terminal looks for.
fn announce(config: &Config, listener: &TcpListener) {
    let address =
        listener.local_addr().map_or_else(|_| config.listen.to_string(), |at| at.to_string());
    println!("Samvad (संवाद) is up.");
    if config.serves_simulator() {
        println!("  phone simulator   http://{address}/simulator");
    }
    if config.whatsapp.is_some() {
        println!("  WhatsApp webhook  http://{address}/webhooks/whatsapp");
    }
    for account in config.sms.iter().flat_map(|sms| &sms.accounts) {
        println!("  SMS of {:<11}http://{address}/webhooks/sms/{}/…", account.name, account.name);
    }
    for account in config.missed_calls.iter().flat_map(|calls| &calls.accounts) {
        let name = &account.name;
        println!("  calls to {name:<9}http://{address}/webhooks/missed-call/{name}/…");
    }
    println!("  health            http://{address}/health   ready: /ready   metrics: /metrics");
    println!("  data              {}", config.data.display());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Origins;

    #[test]
    fn the_embedded_defaults_start_without_a_warning() {
        let config = Config::read(&Origins::default()).unwrap();
        let settings = delivery_settings(&config);
        assert_eq!(settings.warnings(), Vec::<String>::new());
        assert!(settings.drain < FINISH, "the stop must outlast the last call");
    }
}
