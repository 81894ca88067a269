//! Two replicas on one set of records: what one of them knows and the other does not.

use samvad::contact::{AddressKind, Identities};
use samvad::intake::Admission;
use samvad::message::{Inbound, InboundContent};

use super::rig::{Pair, Rig, SITA};

promises! {
    a_replica_that_did_not_hear_of_a_change_of_number_takes_nobody_for_the_old_owner,
}

const NEW: &str = "9898989898";

/// The provider's note that she has another number now.
fn change_of_number(rig: &Rig) -> Inbound {
    let mut change = rig.text(SITA, "");
    change.content =
        InboundContent::IdentityChanged { new: Identities::of(AddressKind::Phone, NEW) };
    change
}

async fn a_replica_that_did_not_hear_of_a_change_of_number_takes_nobody_for_the_old_owner(
    pair: Pair,
) {
    let rig = Rig::new(pair).await;
    let other = rig.replica().await;
    // Both know her by her number.
    rig.say(SITA, "सदस्य").await;
    assert_eq!(other.admit(vec![rig.text(SITA, "हाँ")]).await, Admission::Committed);
    let sita = rig.contact(SITA).await;
    assert_eq!(rig.admit(vec![change_of_number(&rig)]).await, Admission::Committed);

    // Whoever has her number now writes to the other replica, more than once in one envelope.
    let reaction = Inbound {
        content: InboundContent::Reaction {
            message: "wamid.1".to_owned(), emoji: "👍".to_owned()
        },
        ..rig.text(SITA, "")
    };
    let messages = vec![rig.text(SITA, "नमस्ते"), reaction, rig.text(SITA, "सदस्य")];
    assert_eq!(other.admit(messages.clone()).await, Admission::Committed);
    assert_ne!(rig.contact(SITA).await, sita);
    assert_eq!(rig.heard(SITA).await.iter().filter(|words| !words.is_empty()).count(), 2);
    assert_eq!(rig.step(SITA).await, "consent");
    assert_eq!(rig.step(NEW).await, "birth_year", "she is where she was");
    assert_eq!(rig.heard(NEW).await, ["सदस्य", "हाँ", ""], "and heard nothing of the stranger");
    assert!(other.turns("stranger") > 0, "the other replica remembered her");
    assert_eq!(other.admit(messages).await, Admission::Committed, "once is enough");
    assert_eq!(rig.rows("contacts"), 2);
}
