//! The chaos proxy: each of its faults is what it says, seen from both ends.

use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::support::chaos::{
    Chance, Chaos, Fault, Mark, Schedule, Sign, Struck, Towards, Trouble, tally,
};

/// Long enough for anything that is to come on one machine.
const SOON: Duration = Duration::from_secs(5);
/// Long enough to believe that nothing comes.
const NEVER: Duration = Duration::from_millis(150);

/// A proxy, and the listener behind it.
struct Pair {
    chaos: Chaos,
    behind: TcpListener,
}

impl Pair {
    async fn new() -> Pair {
        let behind = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("redis://{}/0", behind.local_addr().unwrap());
        Pair { chaos: Chaos::before(&url), behind }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.chaos.port())).await.unwrap()
    }

    /// Both ends of a connection that has passed something both ways.
    async fn talking(&self) -> (TcpStream, TcpStream) {
        let mut client = self.connect().await;
        let (mut server, _) = timeout(SOON, self.behind.accept()).await.unwrap().unwrap();
        passes(&mut client, &mut server, b"hello").await;
        passes(&mut server, &mut client, b"welcome").await;
        (client, server)
    }

    fn struck(&self) -> Struck {
        self.chaos.struck()
    }
}

async fn passes(from: &mut TcpStream, to: &mut TcpStream, bytes: &[u8]) {
    from.write_all(bytes).await.unwrap();
    let mut came = vec![0; bytes.len()];
    timeout(SOON, to.read_exact(&mut came)).await.expect("nothing came").unwrap();
    assert_eq!(came, bytes);
}

async fn vanishes(from: &mut TcpStream, to: &mut TcpStream, bytes: &[u8]) {
    from.write_all(bytes).await.unwrap();
    hears_nothing(to).await;
}

/// Neither a byte nor an end.
async fn hears_nothing(end: &mut TcpStream) {
    let heard = timeout(NEVER, end.read(&mut [0; 64])).await;
    assert!(heard.is_err(), "{heard:?}");
}

/// The connection has ended, this way or that.
async fn has_ended(end: &mut TcpStream) {
    let heard = timeout(SOON, end.read(&mut [0; 64])).await.expect("the connection goes on");
    assert!(matches!(heard, Ok(0) | Err(_)), "{heard:?}");
}

#[tokio::test]
async fn everything_passes_while_nothing_else_is_asked_for() {
    let pair = Pair::new().await;
    let (mut client, mut server) = pair.talking().await;
    let large = vec![7; 300_000];
    let (sent, ()) = tokio::join!(client.write_all(&large), async {
        let mut came = vec![0; large.len()];
        timeout(SOON, server.read_exact(&mut came)).await.unwrap().unwrap();
        assert_eq!(came, large);
    });
    sent.unwrap();
    client.shutdown().await.unwrap();
    has_ended(&mut server).await;
    passes(&mut server, &mut client, b"half of it is still open").await;
    assert_eq!(pair.struck(), Struck { connections: 1, ..Struck::default() });
}

#[tokio::test]
async fn a_url_of_the_server_is_led_through_the_proxy() {
    let pair = Pair::new().await;
    let behind = pair.behind.local_addr().unwrap();
    let url = pair.chaos.url(&format!("postgres://a:b@{behind}/c"));
    assert_eq!(url, format!("postgres://a:b@127.0.0.1:{}/c", pair.chaos.port()));
}

#[tokio::test]
async fn a_cut_ends_every_open_connection_at_both_ends_and_none_after() {
    let pair = Pair::new().await;
    let (mut client, mut server) = pair.talking().await;
    let (mut other_client, mut other_server) = pair.talking().await;
    pair.chaos.cut();
    for end in [&mut client, &mut server, &mut other_client, &mut other_server] {
        has_ended(end).await;
    }
    pair.talking().await;
    assert_eq!(pair.struck(), Struck { connections: 3, cut: 2, ..Struck::default() });
}

#[tokio::test]
async fn a_reset_is_an_error_at_both_ends() {
    let pair = Pair::new().await;
    let (mut client, mut server) = pair.talking().await;
    pair.chaos.reset();
    for end in [&mut client, &mut server] {
        let heard = timeout(SOON, end.read(&mut [0; 64])).await.unwrap();
        assert_eq!(heard.unwrap_err().kind(), ErrorKind::ConnectionReset);
    }
    assert_eq!(pair.struck(), Struck { connections: 1, reset: 1, ..Struck::default() });
}

#[tokio::test]
async fn a_refusal_closes_new_connections_and_leaves_the_open_ones() {
    let pair = Pair::new().await;
    let (mut client, mut server) = pair.talking().await;
    pair.chaos.set(Fault::Refuse);
    has_ended(&mut pair.connect().await).await;
    passes(&mut client, &mut server, b"still here").await;
    pair.chaos.pass();
    pair.talking().await;
    assert_eq!(pair.struck(), Struck { connections: 2, refused: 1, ..Struck::default() });
}

#[tokio::test]
async fn a_delay_holds_every_packet_up_and_loses_none() {
    let pair = Pair::new().await;
    let (mut client, mut server) = pair.talking().await;
    let by = Duration::from_millis(120);
    pair.chaos.set(Fault::Delay { by, jitter: Duration::from_millis(40) });
    let began = Instant::now();
    passes(&mut client, &mut server, b"there").await;
    passes(&mut server, &mut client, b"and back").await;
    assert!(began.elapsed() >= by * 2, "{:?}", began.elapsed());
    assert_eq!(pair.struck().delayed, 2);
}

#[tokio::test]
async fn a_half_open_connection_swallows_everything_and_closes_nothing() {
    let pair = Pair::new().await;
    let (mut client, mut server) = pair.talking().await;
    let (mut idle_client, mut idle_server) = pair.talking().await;
    pair.chaos.set(Fault::HalfOpen);
    vanishes(&mut client, &mut server, b"lost").await;
    vanishes(&mut server, &mut client, b"lost too").await;
    let mut newcomer = pair.connect().await;
    newcomer.write_all(b"anybody there?").await.unwrap();
    hears_nothing(&mut newcomer).await;

    // A stream with a hole stays dead when the world is whole again; one without is none the worse.
    pair.chaos.pass();
    vanishes(&mut client, &mut server, b"lost again").await;
    hears_nothing(&mut newcomer).await;
    passes(&mut idle_client, &mut idle_server, b"never noticed").await;
    drop(client);
    hears_nothing(&mut server).await;
    pair.talking().await;

    let struck = pair.struck();
    assert_eq!((struck.vanished, struck.vanished_back), (4 + 14 + 10, 8));
    pair.chaos.cut();
    has_ended(&mut server).await;
    has_ended(&mut newcomer).await;
}

#[tokio::test]
async fn half_open_on_the_way_back_the_request_arrives_and_the_answer_does_not() {
    let pair = Pair::new().await;
    let (mut client, mut server) = pair.talking().await;
    pair.chaos.set(Fault::HalfOpenBack);
    passes(&mut client, &mut server, b"COMMIT").await;
    vanishes(&mut server, &mut client, b"COMMIT").await;
    let struck = pair.struck();
    assert_eq!((struck.vanished, struck.vanished_back), (0, 6));
    drop(client);
    has_ended(&mut server).await;
}

#[tokio::test]
async fn a_slow_connection_passes_so_many_bytes_a_second() {
    let pair = Pair::new().await;
    let (mut client, mut server) = pair.talking().await;
    pair.chaos.set(Fault::Slow { bytes_per_second: 5_000 });
    let began = Instant::now();
    passes(&mut client, &mut server, &[1; 1_500]).await;
    let took = began.elapsed();
    assert!((Duration::from_millis(280)..SOON).contains(&took), "{took:?}");
    assert!(pair.struck().slowed > 0);
}

#[tokio::test]
async fn a_mark_cuts_right_after_the_request_that_bears_the_sign() {
    let pair = Pair::new().await;
    let (mut client, mut server) = pair.talking().await;
    let sign = Sign::bytes(b"COMMIT");
    pair.chaos.mark(Mark { towards: Towards::Server, sign, passed_on: true, times: 1 });
    passes(&mut client, &mut server, b"BEGIN").await;
    passes(&mut server, &mut client, b"an answer with COMMIT in it is no request").await;
    // The sign may be torn over two packets.
    passes(&mut client, &mut server, b"COM").await;
    passes(&mut client, &mut server, b"MIT").await;
    has_ended(&mut client).await;
    has_ended(&mut server).await;
    // Once is once.
    let (mut client, mut server) = pair.talking().await;
    passes(&mut client, &mut server, b"COMMIT").await;
    passes(&mut server, &mut client, b"COMMIT").await;
    assert_eq!(pair.struck(), Struck { connections: 2, marked: 1, ..Struck::default() });
}

#[tokio::test]
async fn a_lost_answer_never_arrives_and_the_connection_goes_with_it() {
    let pair = Pair::new().await;
    pair.chaos.lose_answers(b"COMMIT", 2);
    for _ in 0..2 {
        let (mut client, mut server) = pair.talking().await;
        passes(&mut client, &mut server, b"COMMIT").await;
        server.write_all(b"COMMIT").await.unwrap();
        has_ended(&mut client).await;
        has_ended(&mut server).await;
    }
    let (mut client, mut server) = pair.talking().await;
    passes(&mut server, &mut client, b"COMMIT").await;
    assert_eq!(pair.struck().marked, 2);
}

#[tokio::test]
async fn a_mark_can_count_bytes_and_can_be_taken_away() {
    let pair = Pair::new().await;
    let mark =
        |times| Mark { towards: Towards::Client, sign: Sign::Count(100), passed_on: false, times };
    let (mut client, mut server) = pair.talking().await;
    pair.chaos.mark(mark(1));
    passes(&mut server, &mut client, &[0; 99]).await;
    server.write_all(b"1").await.unwrap();
    has_ended(&mut client).await;
    pair.chaos.mark(mark(5));
    pair.chaos.unmark();
    let (mut client, mut server) = pair.talking().await;
    passes(&mut server, &mut client, &[0; 500]).await;
}

#[tokio::test]
async fn a_storm_makes_every_trouble_and_leaves_a_calm() {
    let pair = Pair::new().await;
    let ms = Duration::from_millis;
    let schedule = Schedule {
        lasts: ms(400),
        calm: (ms(1), ms(3)),
        stays: (ms(1), ms(5)),
        troubles: vec![
            Trouble::Cut,
            Trouble::Reset,
            Trouble::LoseAnswer(b"COMMIT"),
            Trouble::For(Fault::Refuse),
            Trouble::For(Fault::HalfOpen),
            Trouble::For(Fault::HalfOpenBack),
            Trouble::For(Fault::Delay { by: ms(5), jitter: ms(5) }),
            Trouble::For(Fault::Slow { bytes_per_second: 1_000 }),
        ],
    };
    let log = pair.chaos.storm(7, &schedule).await;
    let tally = tally(&log);
    assert_eq!(tally.len(), schedule.troubles.len(), "{tally:?}");
    let (most, least) = (tally.values().max().unwrap(), tally.values().min().unwrap());
    assert!(most - least <= 1, "each comes before any comes again: {tally:?}");
    assert!(log.is_sorted_by_key(|line| line.at));
    assert!(log[0].to_string().contains(&log[0].trouble.to_string()), "{}", log[0]);

    let (mut client, mut server) = pair.talking().await;
    passes(&mut server, &mut client, b"COMMIT").await;

    let again = pair.chaos.storm(7, &schedule).await;
    let both = log.len().min(again.len());
    let troubles = |log: &[_]| -> Vec<String> {
        log[..both]
            .iter()
            .map(|line: &crate::support::chaos::Line| line.trouble.to_string())
            .collect()
    };
    assert_eq!(troubles(&log), troubles(&again), "one seed is one storm");
}

#[tokio::test]
async fn a_storm_that_is_broken_off_leaves_a_calm() {
    let pair = Pair::new().await;
    let schedule = Schedule {
        lasts: SOON,
        calm: (Duration::ZERO, Duration::ZERO),
        stays: (SOON, SOON),
        troubles: vec![Trouble::For(Fault::Refuse)],
    };
    let storm = timeout(Duration::from_millis(50), pair.chaos.storm(1, &schedule)).await;
    assert!(storm.is_err());
    pair.talking().await;
}

#[test]
fn chance_keeps_to_its_bounds_and_repeats_itself() {
    let (mut one, mut other) = (Chance(1), Chance(1));
    let (least, most) = (Duration::from_millis(3), Duration::from_millis(9));
    for _ in 0..500 {
        let drawn = one.between(least, most);
        assert!((least..=most).contains(&drawn), "{drawn:?}");
        assert_eq!(drawn, other.between(least, most));
    }
}
