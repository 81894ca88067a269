//! What the product is for: a newcomer opens the simulator in a real browser and joins in Hindi.

use std::path::Path;

use crate::support::browser::Browser;
use crate::support::server::Server;

/// A fresh program on its embedded defaults, as `cargo run --release` starts it.
fn fresh(folder: &Path) -> Server {
    Server::start(&folder.join("data"), 0, &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_joins_in_hindi_and_sees_a_member_number() {
    let folder = tempfile::tempdir().unwrap();
    let server = fresh(folder.path());
    let browser = Browser::start().await;
    let phone = browser.phone(&server.url("")).await;
    phone.say("सदस्य").await;
    phone.answer("सहमत हैं?").await;
    browser.screenshot("join-1-consent").await;
    phone.tap("हाँ, सहमत हूँ").await;
    phone.answer("किस साल").await;
    phone.say("१९८५").await;
    phone.answer("पूरा नाम").await;
    phone.say("मेरा नाम सुनीता देवी है").await;
    phone.answer("जिला").await;
    phone.say("लखनऊ").await;
    phone.answer("विधानसभा").await;
    phone.say("लखनऊ पूर्व").await;
    phone.answer("बूथ").await;
    phone.say("१२").await;
    phone.answer("सब ठीक है?").await;
    browser.screenshot("join-2-confirm").await;
    phone.tap("हाँ, सही है").await;
    phone.answer("सदस्य संख्या").await;
    browser.screenshot("join-3-member").await;
    let number = phone.field("member-number").await;
    let shown = phone.bubbles().await.into_iter().any(|bubble| bubble.words.contains(&number));
    assert!(number.starts_with("UP-") && shown, "the number {number:?} stands in no bubble");
    browser.resize(390, 844);
    // The panels slide out of the way.
    tokio::time::sleep(std::time::Duration::from_millis(800)).await;
    browser.screenshot("join-4-on-a-phone").await;
    assert_eq!(browser.complaints(), Vec::<String>::new());
    browser.close().await;
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_chooses_urdu_reads_it_from_the_right() {
    let folder = tempfile::tempdir().unwrap();
    let server = fresh(folder.path());
    let browser = Browser::start().await;
    let phone = browser.phone(&server.url("")).await;
    phone.say("भाषा").await;
    phone.answer("भाषा चुनिए").await;
    phone.tap("اردو").await;
    phone.answer("اب اردو میں بات کریں گے").await;
    phone.say("مینو").await;
    phone.answer("کیا کرنا ہے؟").await;
    let press = |what: &str| {
        let script = format!("document.querySelector('{what}').click()");
        let client = browser.client.clone();
        async move { client.execute(&script, Vec::new()).await.unwrap() }
    };
    press(".bubble:last-of-type .opener").await;
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    browser.screenshot("urdu-1-list").await;
    press("#veil").await;
    phone.tap("ممبر بنیں").await;
    phone.answer("راضی ہیں؟").await;
    phone.say("ہاں جی").await;
    phone.answer("پیدائش").await;
    phone.say("۱۹۸۵").await;
    phone.answer("پورا نام").await;
    phone.say("میرا نام شبانہ بیگم ہے").await;
    phone.answer("شکریہ شبانہ بیگم جی").await;
    phone.say("लखनऊ").await;
    phone.answer("ودھان سبھا").await;
    phone.say("173").await;
    phone.answer("بوتھ").await;
    phone.say("۱۲").await;
    phone.answer("سب ٹھیک ہے؟").await;
    browser.screenshot("urdu-2-confirm").await;
    let directions = browser
        .client
        .execute(
            "return [...document.querySelectorAll('.bubble.office .inside')].map(
                (inside) => getComputedStyle(inside).direction)",
            Vec::new(),
        )
        .await
        .unwrap();
    let directions: Vec<&str> =
        directions.as_array().unwrap().iter().filter_map(|value| value.as_str()).collect();
    let (hindi, urdu) = directions.split_first().unwrap();
    assert_eq!(*hindi, "ltr");
    assert!(urdu.iter().all(|direction| *direction == "rtl"), "{directions:?}");
    assert_eq!(browser.complaints(), Vec::<String>::new());
    browser.close().await;
    server.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_phones_at_once_do_not_share_a_session() {
    let folder = tempfile::tempdir().unwrap();
    let server = fresh(folder.path());
    let (one, two) = (Browser::start().await, Browser::start().await);
    let (first, second) = (one.phone(&server.url("")).await, two.phone(&server.url("")).await);
    first.say("सदस्य").await;
    first.answer("सहमत हैं?").await;
    second.say("नमस्ते").await;
    second.answer("क्या करना है?").await;
    first.tap("हाँ, सहमत हूँ").await;
    first.answer("किस साल").await;
    assert_ne!(first.id().await, second.id().await);
    assert!(second.bubbles().await.iter().all(|bubble| !bubble.words.contains("किस साल")));
    one.close().await;
    two.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missed_call_in_the_middle_goes_on_by_sms_and_back_on_whatsapp() {
    let folder = tempfile::tempdir().unwrap();
    let server = fresh(folder.path());
    let browser = Browser::start().await;
    let phone = browser.phone(&server.url("")).await;
    phone.say("सदस्य").await;
    phone.answer("सहमत हैं?").await;
    phone.tap("हाँ, सहमत हूँ").await;
    phone.answer("किस साल").await;
    let ring = "document.getElementById('ring').click()";
    browser.client.execute(ring, Vec::new()).await.unwrap();
    phone.answer("किस साल").await;
    let shown = phone.bubbles().await;
    assert_eq!(shown.len(), 2, "the call and its answer, in the thread of SMS");
    phone.say("1985").await;
    let name = phone.answer("पूरा नाम").await;
    assert!(name.buttons.is_empty());
    browser.screenshot("missed-call-sms").await;
    phone.rendering("whatsapp").await;
    phone.say("सुनीता देवी").await;
    phone.answer("जिला").await;
    browser.screenshot("missed-call-back-on-whatsapp").await;
    assert_eq!(browser.complaints(), Vec::<String>::new());
    browser.close().await;
    server.stop();
}
