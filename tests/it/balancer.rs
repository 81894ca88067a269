//! The balancer before replicas: by request in turn, past whoever is down.

use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::support::balancer::Balancer;
use crate::support::chaos::ground;
use crate::support::house::client;
use crate::support::server::free_port;

/// A replica that says its name, the way and body it was asked, and ends with the value.
struct Replica(CancellationToken);

impl Replica {
    async fn start(name: &'static str, port: u16) -> Replica {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        let app = Router::new().fallback(
            async move |uri: axum::http::Uri, headers: HeaderMap, body: String| {
                let host = headers["host"].to_str().unwrap().to_owned();
                (StatusCode::ACCEPTED, [("x-host", host)], format!("{name} {uri} {body}"))
            },
        );
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        ground().spawn(async move {
            tokio::select! {
                () = stopped.cancelled() => {}
                served = axum::serve(listener, app) => served.unwrap(),
            }
        });
        Replica(stop)
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

async fn ask(balancer: SocketAddr, client: &reqwest::Client) -> (StatusCode, String) {
    let url = format!("http://{balancer}/w?x=1");
    let answer = client.post(url).body("hello").send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn requests_of_one_kept_connection_go_to_the_replicas_in_turn_past_one_that_is_down() {
    let ports = [free_port(), free_port()];
    let balancer = Balancer::start(&ports);
    let client = client();
    let _one = Replica::start("one", ports[0]).await;
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(ask(balancer.address, &client).await);
    }
    let one = (StatusCode::ACCEPTED, "one /w?x=1 hello".to_owned());
    assert_eq!(answers, vec![one.clone(); 3], "the other is down");
    assert_eq!((balancer.answered(), balancer.passed_over()), (vec![3, 0], 1));

    let _other = Replica::start("other", ports[1]).await;
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.push(ask(balancer.address, &client).await.1);
    }
    assert_eq!(balancer.answered(), [5, 2], "{answers:?}");
    assert_eq!(balancer.given_up(), 0);
}

#[tokio::test]
async fn what_the_caller_said_arrives_and_what_the_replica_said_comes_back() {
    let port = free_port();
    let balancer = Balancer::start(&[port]);
    let _replica = Replica::start("one", port).await;
    let answer = client().get(format!("http://{}/", balancer.address)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    assert_eq!(answer.headers()["x-host"], balancer.address.to_string());
}

#[tokio::test]
async fn with_nobody_there_the_answer_is_502() {
    let balancer = Balancer::start(&[free_port(), free_port()]);
    let (status, _) = ask(balancer.address, &client()).await;
    assert_eq!((status, balancer.given_up()), (StatusCode::BAD_GATEWAY, 1));
}

#[tokio::test]
async fn a_request_that_a_replica_died_with_is_given_to_nobody_else() {
    let dying = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let other = free_port();
    let balancer = Balancer::start(&[dying.local_addr().unwrap().port(), other]);
    let _other = Replica::start("other", other).await;
    let dies = async {
        let (mut stream, _) = dying.accept().await.unwrap();
        assert!(stream.read(&mut [0; 16]).await.unwrap() > 0, "a request began");
    };
    let client = client();
    let ((status, _), ()) = tokio::join!(ask(balancer.address, &client), dies);
    assert_eq!((status, balancer.answered()), (StatusCode::BAD_GATEWAY, vec![0, 0]));
}
