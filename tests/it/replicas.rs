//! Two replicas on PostgreSQL and Redis behind a balancer. Replicas are killed and frozen, PostgreSQL
//! is restarted and killed, Redis flushed and killed, and both networks are in a storm, all at once
//! and under load: judged by the sandbox's ledger alone.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use samvad::sandbox::load::CitizenPlan;

use crate::support::chaos::{Chance, Chaos, Fault, Line, Schedule, Trouble, tally};
use crate::support::house::{House, Plan, all, until_up};
use crate::support::joining::{everybody_joined_once, exactly_one_answer, join_under};
use crate::support::postgres::{Durability, PostgresServer, Stop};
use crate::support::redis::RedisServer;
use crate::support::redis_cluster::{ClusterPlan, RedisCluster};
use crate::support::replica::Replica;

const REPLICAS: usize = 2;
/// A replica that says nothing for so long is taken for dead by the other.
const LEASE: Duration = Duration::from_secs(8);

/// How long the trouble lasts.
fn lasts() -> Duration {
    if all() { Duration::from_mins(5) } else { Duration::from_secs(35) }
}

/// The calm between two troubles of a kind. In the long form there are several kinds at any time of
/// which some last, and it is about many things happening and not about nothing working.
fn calm() -> (Duration, Duration) {
    if all() { (ms(1_500), ms(8_000)) } else { (ms(500), ms(3_000)) }
}

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn plan(records: String, state: String) -> Plan {
    Plan {
        records,
        state,
        replicas: REPLICAS,
        settings: vec![
            ("SAMVAD_DELIVERY_LEASE_SECONDS", LEASE.as_secs().to_string()),
            // Longer than any outage, and than the queue outside after it: statuses must be heard
            // first. An office waits 120 seconds.
            (
                "SAMVAD_DELIVERY_UNKNOWN_AFTER_SECONDS",
                if all() { "60".to_owned() } else { "20".to_owned() },
            ),
        ],
        ..Plan::default()
    }
}

/// Without TLS: a mark must see what passes. The calm test has it.
fn readable(url: &str) -> String {
    format!("{url}?sslmode=disable")
}

/// The parts that can be struck.
struct Parts<'a> {
    replicas: Vec<Replica>,
    postgres: PostgresServer,
    state: StateHome<'a>,
    /// The server of the cluster that was killed last.
    dead: Option<usize>,
}

/// Where the sessions live.
enum StateHome<'a> {
    /// One server, behind the chaos proxy.
    One(&'a Chaos, RedisServer),
    /// Six, met directly: a cluster tells its own addresses.
    Cluster(RedisCluster),
}

impl StateHome<'_> {
    fn flush(&self) {
        match self {
            StateHome::One(_, redis) => {
                redis.command(&["FLUSHALL"]);
            }
            StateHome::Cluster(cluster) => cluster.flush(),
        }
    }

    /// Kills a server that holds keys. A single one comes back; in a cluster, whoever was killed
    /// before comes back, and another takes the place of the one killed now.
    fn kill(&mut self, dead: &mut Option<usize>, down: Duration, key: &str) {
        match self {
            StateHome::One(_, redis) => {
                redis.stop();
                std::thread::sleep(down);
                redis.resume();
            }
            StateHome::Cluster(cluster) => {
                if let Some(node) = dead.take() {
                    cluster.restart(node);
                    cluster.wait_until_whole();
                }
                *dead = Some(cluster.kill_master_of(key));
            }
        }
    }
}

/// What is done to a part.
const BLOWS: [&str; 8] = [
    "replica killed",
    "replica killed",
    "replica frozen",
    "PostgreSQL restarted fast",
    "PostgreSQL restarted immediate",
    "PostgreSQL killed",
    "Redis flushed",
    "Redis killed",
];
/// Frozen past its lease: taken for dead while it lives. Takes long, so only in the long form.
const FENCED: &str = "replica frozen past its lease";

impl Parts<'_> {
    /// One blow after the other, each once before any comes again, for so long and until each came.
    async fn strike(&mut self, seed: u64, lasts: Duration) -> BTreeMap<&'static str, u64> {
        let mut chance = Chance(seed);
        let mut struck = BTreeMap::new();
        let mut left: Vec<&str> = Vec::new();
        let mut round = 0;
        let until = Instant::now() + lasts;
        while Instant::now() < until || BLOWS.iter().any(|blow| !struck.contains_key(blow)) {
            tokio::time::sleep(chance.between(calm().0, calm().1)).await;
            if left.is_empty() {
                left = BLOWS.to_vec();
                left.extend((all() && round % 3 == 0).then_some(FENCED));
                round += 1;
            }
            let drawn = chance.below(left.len() as u64);
            let blow = left.swap_remove(usize::try_from(drawn).unwrap());
            tokio::task::block_in_place(|| self.blow(blow, &mut chance));
            *struck.entry(blow).or_default() += 1;
        }
        struck
    }

    fn blow(&mut self, blow: &str, chance: &mut Chance) {
        let replica = &self.replicas[usize::try_from(chance.below(REPLICAS as u64)).unwrap()];
        let down = chance.between(ms(50), ms(1_500));
        match blow {
            "replica killed" => replica.kill(down),
            "replica frozen" => replica.freeze(down),
            FENCED => replica.freeze(LEASE * 2),
            "PostgreSQL restarted fast" => self.restart(|postgres| postgres.stop(Stop::Fast), down),
            "PostgreSQL restarted immediate" => {
                self.restart(|postgres| postgres.stop(Stop::Immediate), down);
            }
            "PostgreSQL killed" => self.restart(PostgresServer::kill, down),
            "Redis flushed" => self.state.flush(),
            "Redis killed" => {
                self.state.kill(&mut self.dead, down, &chance.below(1_000).to_string());
            }
            other => panic!("nobody knows how to do that: {other}"),
        }
    }

    fn restart(&mut self, stop: impl FnOnce(&mut PostgresServer), down: Duration) {
        stop(&mut self.postgres);
        std::thread::sleep(down);
        self.postgres.start_again();
    }
}

/// What the network between the replicas and PostgreSQL does.
fn records_weather() -> Schedule {
    Schedule {
        lasts: lasts(),
        calm: calm(),
        stays: (ms(100), ms(1_500)),
        troubles: vec![
            Trouble::Cut,
            Trouble::Reset,
            // The tag of a commit's answer: the commit happened, and nobody hears of it.
            Trouble::LoseAnswer(b"COMMIT\0"),
            Trouble::LoseAnswer(b"COMMIT\0"),
            Trouble::For(Fault::Refuse),
            Trouble::For(Fault::HalfOpen),
            Trouble::For(Fault::HalfOpenBack),
            Trouble::For(Fault::Delay { by: ms(30), jitter: ms(60) }),
            Trouble::For(Fault::Slow { bytes_per_second: 200_000 }),
        ],
    }
}

/// What the network between the replicas and Redis does.
fn state_weather() -> Schedule {
    Schedule {
        lasts: lasts(),
        calm: calm(),
        stays: (ms(100), ms(1_500)),
        troubles: vec![
            Trouble::Cut,
            Trouble::Reset,
            Trouble::For(Fault::Refuse),
            Trouble::For(Fault::HalfOpen),
            Trouble::For(Fault::HalfOpenBack),
            Trouble::For(Fault::Delay { by: ms(300), jitter: ms(500) }),
        ],
    }
}

/// A table of what was survived, for whoever reads the output of the long form.
fn print_survived(
    blows: &BTreeMap<&str, u64>,
    storms: &[(&str, &Vec<Line>)],
    replicas: &[Replica],
    house: &House,
) {
    println!("{:<48} times", "survived");
    for (blow, times) in blows {
        println!("{blow:<48} {times:>5}");
    }
    for (where_to, log) in storms {
        let sorted: BTreeMap<String, u64> = tally(log).into_iter().collect();
        for (trouble, times) in sorted {
            println!("{:<48} {times:>5}", format!("network to {where_to}: {trouble}"));
        }
    }
    let ended: u64 = replicas.iter().map(Replica::ended_by_itself).sum();
    let failed: u64 = replicas.iter().map(Replica::failed_starts).sum();
    println!("{:<48} {ended:>5}", "replicas that stopped by themselves");
    println!("{:<48} {failed:>5}", "starts that failed and were tried again");
    let balancer = house.balancer();
    println!("{:<48} {:>5}", "requests past a replica that was down", balancer.passed_over());
    println!("{:<48} {:>5}", "requests nobody could answer (502, 504)", balancer.given_up());
    println!("{:<48} {:?}", "requests answered by each replica", balancer.answered());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_replicas_share_the_work_and_nobody_notices() {
    let postgres = PostgresServer::shared();
    let redis = RedisServer::start();
    let house = House::new(plan(postgres.fresh_database(), redis.url())).await;
    let replicas = house.supervise_all().await;
    let citizens = CitizenPlan { citizens: 60, ..CitizenPlan::default() };
    let (report, ()) = join_under(&house, &citizens, async {}).await;
    everybody_joined_once(&report);
    exactly_one_answer(&house);
    let answered = house.balancer().answered();
    let (least, most) = (answered.iter().min().unwrap(), answered.iter().max().unwrap());
    assert!(most - least <= most / 10, "{answered:?}");
    assert_eq!(house.balancer().given_up(), 0);
    // What stands in the records is told alike by all, what each counted adds up.
    for port in &house.ports {
        assert_eq!(crate::support::house::metric(*port, "samvad_members").await, 60);
    }
    let won = "samvad_turns_total{channel=\"whatsapp\",outcome=\"won\"}";
    assert_eq!(house.metric_of_all(won).await, u64::try_from(report.messages).unwrap());
    stop_all(replicas);
}

/// Citizens join while all of it comes together; then everybody's ledger is read.
async fn a_bad_time(house: &House, to_records: &Chaos, database: &str, mut parts: Parts<'_>) {
    // What is tried is trouble and not throughput: more than half of the time something is away.
    let rate = if all() { 2.5 } else { 4.0 };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "some hundreds of citizens"
    )]
    let citizens = ((lasts().as_secs_f64() + 8.0) * rate) as usize;
    let load = CitizenPlan {
        citizens,
        rate,
        patience: Duration::from_mins(4),
        limit: lasts() + Duration::from_mins(6),
        ..CitizenPlan::default()
    };
    let (at_records, at_state) = (records_weather(), state_weather());
    let to_state = match parts.state {
        StateHome::One(to_state, _) => Some(to_state),
        StateHome::Cluster(_) => None,
    };
    let state_storm = async {
        match to_state {
            Some(to_state) => to_state.storm(2, &at_state).await,
            None => Vec::new(),
        }
    };
    let trouble = async {
        tokio::join!(
            parts.strike(20_261_121, lasts()),
            to_records.storm(1, &at_records),
            state_storm,
        )
    };
    let (report, (blows, records_storm, state_storm)) = join_under(house, &load, trouble).await;
    println!("{report}");
    let storms = [("PostgreSQL", &records_storm), ("Redis", &state_storm)];
    print_survived(&blows, &storms, &parts.replicas, house);
    println!("to PostgreSQL: {:?}", to_records.struck());
    until_up(&parts.replicas).await;
    everybody_joined_once(&report);
    exactly_one_answer(house);
    let members = parts.postgres.psql_at(database, "SELECT count(*) FROM members");
    assert_eq!(members, citizens.to_string(), "members in the records");
    assert_eq!(house.metric("samvad_members").await.to_string(), members);
    assert!(to_records.struck().marked > 0, "no answer of a commit was lost");
    stop_all(parts.replicas);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_accepted_message_has_exactly_one_answer_whatever_is_killed_and_cut() {
    let postgres = PostgresServer::start(Durability::Durable);
    let redis = RedisServer::start();
    let database = readable(&postgres.fresh_database());
    let to_records = Chaos::before(&database);
    let to_state = Chaos::before(&redis.url());
    let plan = plan(to_records.url(&database), to_state.url(&redis.url()));
    let house = House::new(plan).await;
    let replicas = house.supervise_all().await;
    let state = StateHome::One(&to_state, redis);
    let parts = Parts { replicas, postgres, state, dead: None };
    a_bad_time(&house, &to_records, &database, parts).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_accepted_message_has_exactly_one_answer_over_a_cluster_whose_masters_are_killed() {
    let postgres = PostgresServer::start(Durability::Durable);
    let cluster = RedisCluster::start(ClusterPlan::default());
    let database = readable(&postgres.fresh_database());
    let to_records = Chaos::before(&database);
    let house = House::new(plan(to_records.url(&database), cluster.url())).await;
    let replicas = house.supervise_all().await;
    let state = StateHome::Cluster(cluster);
    let parts = Parts { replicas, postgres, state, dead: None };
    a_bad_time(&house, &to_records, &database, parts).await;
}

fn stop_all(replicas: Vec<Replica>) {
    for replica in replicas {
        tokio::task::block_in_place(|| replica.stop());
    }
}
