//! What is done after a commit, by the real program: a picture that reaches the phone, a call that
//! reaches a web service. The turns that want them are written into the records by hand, while the
//! program is away.

use std::sync::Arc;
use std::time::Duration;

use samvad::clock::{Clock, Ids};
use samvad::contact::{AddressKind, Identities, Language, Road};
use samvad::flow::{Effect, Fetch, HeaderValue, Method};
use samvad::message::{Channel, Content, Inbound, InboundContent, Lane, Picture, Purpose, Reply};
use samvad::records::{Chain, Records, RecordsOptions, TurnCommit, Verdict};
use samvad::seal::Keyring;

use crate::support::helpdesk::Helpdesk;
use crate::support::house::{House, Plan};

const PHONE: &str = "919812345678";
const PATIENCE: Duration = Duration::from_secs(30);

/// The person says something and is answered; then the program ends.
async fn greeted(house: &House) {
    let server = house.start();
    house.sandbox.say_text(PHONE, "नमस्ते");
    let answered = house.sandbox.until(PATIENCE, |sandbox| !sandbox.sends_to(PHONE).is_empty());
    assert!(answered.await);
    assert!(house.sandbox.until_quiet(PATIENCE).await);
    server.stop();
}

/// A turn of the person that says and wants this, committed while nobody else has the records.
async fn turned(house: &House, replies: Vec<Reply>, effects: Vec<Effect>) {
    let keyring = Keyring::open(&house.data().join("keys.toml"), false, &Ids::system()).unwrap();
    let clock = Clock::System;
    let records = Records::open(RecordsOptions {
        url: format!("sqlite://{}", house.data().join("samvad.db").display()),
        connections: 2,
        clock: clock.clone(),
        keyring: Arc::new(keyring),
        lease: Duration::from_secs(20),
        group: 10,
        membership: samvad::config::MembershipSection::default(),
    })
    .await
    .unwrap();
    let digits = PHONE.trim_start_matches("91");
    let from = Identities::of(AddressKind::Phone, digits);
    let contact = records.resolve(vec![(Channel::Whatsapp, from)]).await.unwrap()[0];
    let snapshot = records.snapshot(contact).await.unwrap().unwrap();
    let Some(Road { channel, account }) = snapshot.road.clone() else { panic!("no road") };
    let verdict = records.commit(TurnCommit {
        contact,
        expected_version: snapshot.contact.version,
        chain: Chain::default(),
        place: 0,
        inbound: Inbound {
            channel: Channel::Internal,
            account: String::new(),
            key: "by hand".to_owned(),
            from: Identities::default(),
            profile_name: None,
            sent_at: clock.now(),
            content: InboundContent::Other { kind: "timer".to_owned() },
            quoted: None,
        },
        received_at: clock.now(),
        road: Road { channel, account },
        session: snapshot.session,
        replies,
        facts: Vec::new(),
        timers: Vec::new(),
        effects,
        cast: None,
        claim: false,
        parked: None,
    });
    assert!(matches!(verdict.await, Ok(Verdict::Won { .. })));
    records.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_membership_card_reaches_the_phone_as_one_image_with_its_words_under_it() {
    let house = House::new(Plan::default()).await;
    greeted(&house).await;
    let picture = Picture::MembershipCard {
        language: Language::Hi,
        number: "UP-0000-0123-7".to_owned(),
        name: "सुनीता देवी".to_owned(),
        district: "बरेली".to_owned(),
        seat: "बरेली कैंट".to_owned(),
        since: "21 नवंबर 2026".to_owned(),
        link: Some("https://wa.me/919812345678?text=join%20SP-4711".to_owned()),
    };
    let content =
        Content::Picture { body: "आपका स्वागत है!".to_owned(), picture };
    let reply = Reply { content, lane: Lane::Reply, purpose: Purpose::Answer };
    turned(&house, vec![reply], Vec::new()).await;

    let _server = house.start();
    let is_image = |sandbox: &samvad::sandbox::SandboxHandle| {
        sandbox.sends_to(PHONE).iter().any(|send| send.kind == "image")
    };
    assert!(house.sandbox.until(PATIENCE, is_image).await, "{:#?}", house.sandbox.sends_to(PHONE));
    assert!(house.sandbox.until_quiet(PATIENCE).await);
    let sends = house.sandbox.sends_to(PHONE);
    let images: Vec<_> = sends.iter().filter(|send| send.kind == "image").collect();
    assert_eq!((images.len(), images[0].text.as_str()), (1, "आपका स्वागत है!"), "{sends:#?}");
    assert!(images[0].wamid.is_some(), "the sandbox took it: {images:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_of_a_flow_is_made_by_whoever_starts_next_with_the_secret_of_the_configuration() {
    let desk = Helpdesk::answering(200, r#"{"ticket": 7}"#);
    let settings = vec![
        ("SAMVAD_FETCH_ALLOW", format!("127.0.0.1:{}", desk.port)),
        ("SAMVAD_SECRETS_HELPDESK", "Bearer streng-geheim".to_owned()),
    ];
    let house = House::new(Plan { settings, ..Plan::default() }).await;
    greeted(&house).await;
    let fetch = Effect::Fetch(Fetch {
        visit: 1,
        method: Method::Post,
        url: desk.url("/tickets?of=9812345678"),
        headers: vec![("authorization".to_owned(), HeaderValue::Secret("helpdesk".to_owned()))],
        body: Some(r#"{"text": "नल टूटा है"}"#.to_owned()),
        timeout_seconds: 10,
    });
    turned(&house, Vec::new(), vec![fetch]).await;

    let server = house.start();
    let done = house.sandbox.until(PATIENCE, |_| !desk.calls().is_empty());
    assert!(done.await, "{}", server.log_text());
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(house.metric("samvad_effects_waiting").await, 0);
    server.stop();
    let calls = desk.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].header("authorization"), Some("Bearer streng-geheim"));
    assert_eq!(calls[0].body, r#"{"text": "नल टूटा है"}"#);
    // Neither secret nor address nor words lie anywhere in clear.
    for (path, bytes) in house.everything_on_disk() {
        for secret in ["streng-geheim", "of=9812345678", "नल टूटा है"] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} in {}", path.display());
        }
    }
}
