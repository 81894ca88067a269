//! Reports on what we sent, and preferences.

use super::*;

#[test]
fn statuses_say_what_became_of_which_message() {
    let status = |fields: &str| decoded(&messages(&format!(r#""statuses":[{{{fields}}}]"#)));
    let envelope = status(
        r#""id":"wamid.S","status":"sent","timestamp":"1750030073","recipient_id":"919812345678",
        "biz_opaque_callback_data":"sv1.42.1750030070000","conversation":{"id":"c",
        "origin":{"type":"marketing"}},"pricing":{"billable":true,"category":"marketing"}"#,
    );
    let expected = StatusUpdate {
        channel: Channel::Whatsapp,
        account: NUMBER.to_owned(),
        provider_id: "wamid.S".to_owned(),
        outgoing: Some(OutgoingId { id: 42, created_ms: 1_750_030_070_000 }),
        status: Status::Sent,
        at: at(1_750_030_073),
        error: None,
        asks: None,
        recipient: Identities::of(AddressKind::Phone, "9812345678"),
    };
    assert_eq!(envelope.statuses, [expected]);
    assert_eq!(envelope.len(), 1);

    for (word, reported) in [
        ("delivered", Some(Status::Delivered)),
        ("read", Some(Status::Read)),
        ("played", Some(Status::Read)),
        ("failed", Some(Status::Failed)),
        ("deleted", None),
        ("warning", None),
        ("next_year", None),
    ] {
        let envelope = status(&format!(
            r#""id":"wamid.S","status":"{word}","timestamp":1750030073,
            "biz_opaque_callback_data":"not ours""#
        ));
        let words: Vec<_> = envelope.statuses.iter().map(|update| update.status).collect();
        assert_eq!(words, reported.into_iter().collect::<Vec<_>>(), "{word}");
        assert_eq!(envelope.events, []);
        assert!(envelope.statuses.iter().all(|update| update.outgoing.is_none()));
    }

    for errors in [
        r#"[{"code":131049,"title":"x","error_data":{"details":"d"},"href":"h"}]"#,
        r#"[{"title":"no code"},{"code":"131049"},{"code":1}]"#,
    ] {
        let failed =
            status(&format!(r#""id":"w","status":"failed","timestamp":"1","errors":{errors}"#));
        assert_eq!(failed.statuses[0].error, Some(131_049));
    }
}

#[test]
fn a_status_tells_every_name_of_the_recipient() {
    let mut both = Identities::of(AddressKind::Phone, "9812345678");
    both.add(AddressKind::WhatsappUser, "IN.13");
    let mut all = both.clone();
    all.add(AddressKind::WhatsappParentUser, "IN.ENT.1");
    let user = Identities::of(AddressKind::WhatsappUser, "IN.13");
    let card = r#"{"wa_id":"919812345678","user_id":"IN.13","parent_user_id":"IN.ENT.1"}"#;
    let others = r#"{"wa_id":"919800000000","user_id":"IN.14"}"#;
    let cases = [
        (r#""recipient_id":"919812345678","recipient_user_id":"IN.13""#, "", both),
        (r#""recipient_user_id":"IN.13""#, "", user),
        (r#""recipient_id":"919812345678""#, card, all.clone()),
        (r#""recipient_user_id":"IN.13""#, card, all),
        (
            r#""recipient_id":"919812345678""#,
            others,
            Identities::of(AddressKind::Phone, "9812345678"),
        ),
        (r#""x":1"#, card, Identities::default()),
    ];
    for (names, card, expected) in cases {
        let envelope = decoded(&messages(&format!(
            r#""contacts":[{card}],"statuses":[{{"id":"w","status":"sent","timestamp":"1",{names}}}]"#
        )));
        assert_eq!(envelope.statuses[0].recipient, expected, "{names} {card}");
    }
}

#[test]
fn a_message_refused_because_the_person_stopped_us_is_a_withdrawal() {
    let failed = |rest: &str, code: i64| {
        decoded(&messages(&format!(
            r#""statuses":[{{"id":"w","status":"failed","timestamp":"1750030073",{rest}
            "errors":[{{"code":{code}}}]}}]"#
        )))
    };
    let withdrawal = |from, about| PreferenceUpdate {
        channel: Channel::Whatsapp,
        account: NUMBER.to_owned(),
        from,
        about,
        stop: true,
        at: at(1_750_030_073),
    };
    let ours = OutgoingId { id: 42, created_ms: 7 };
    let user = Identities::of(AddressKind::WhatsappUser, "IN.13");
    let cases = [
        (r#""recipient_id":"919812345678","#, withdrawal(sita(), None)),
        (r#""recipient_user_id":"IN.13","#, withdrawal(user, None)),
        (
            r#""biz_opaque_callback_data":"sv1.42.7","#,
            withdrawal(Identities::default(), Some(ours)),
        ),
    ];
    for (rest, expected) in cases {
        let envelope = failed(rest, 131_050);
        assert_eq!(envelope.preferences, [expected], "{rest}");
        assert_eq!(envelope.statuses[0].error, Some(131_050));
        assert_eq!(failed(rest, 131_049).preferences, [], "{rest}");
    }
    assert_eq!(failed("", 131_050).preferences, [], "nobody is named");
}

#[test]
fn a_status_needs_meta_s_id_or_ours() {
    let ours = decoded(&messages(
        r#""statuses":[{"status":"sent","biz_opaque_callback_data":"sv1.42.7"}]"#,
    ));
    assert_eq!(ours.statuses[0].provider_id, "");
    assert!(ours.statuses[0].outgoing.is_some());
    for odd in [r#"{"status":"sent"}"#, r#"{"id":"w"}"#, "7", r#"{"id":"w","status":3}"#] {
        let envelope = decoded(&messages(&format!(r#""statuses":[{odd}]"#)));
        assert_eq!((envelope.len(), envelope.events[0].kind.as_str()), (1, UNREADABLE), "{odd}");
    }
}

#[test]
fn account_fields_are_kept_with_their_json() {
    let cases = [
        (
            "message_template_status_update",
            r#"{"event":"PAUSED","message_template_id":594425479261596,"message_template_name":"samvad_1","message_template_language":"hi","reason":null}"#,
        ),
        (
            "message_template_quality_update",
            r#"{"previous_quality_score":"GREEN","new_quality_score":"YELLOW"}"#,
        ),
        (
            "template_category_update",
            r#"{"new_category":"MARKETING","correct_category":"MARKETING"}"#,
        ),
        ("message_template_components_update", r#"{"message_template_element":"नमस्ते {{1}}"}"#),
        (
            "phone_number_quality_update",
            r#"{"display_phone_number":"1555","event":"THROUGHPUT_UPGRADE","current_limit":"TIER_2K"}"#,
        ),
        (
            "business_capability_update",
            r#"{"max_daily_conversations_per_business":-1,"max_phone_numbers_per_waba":25}"#,
        ),
        (
            "account_update",
            r#"{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"RESTRICTED_BIZ_INITIATED_MESSAGING","expiration":1681424123}]}"#,
        ),
        ("account_review_update", r#"{"decision":"APPROVED"}"#),
        ("account_alerts", r#"{"entity_type":"WABA","alert_info":{"alert_severity":"CRITICAL"}}"#),
        ("security", r#"{"display_phone_number":"1555","event":"PIN_CHANGED"}"#),
        ("phone_number_name_update", r#"{"decision":"APPROVED","requested_verified_name":"संवाद"}"#),
        ("business_username_update", r#"{"username":"samvad"}"#),
        ("a_field_of_next_year", r#"{"anything":[1,2.5,"x",null,true]}"#),
    ];
    for (field, value) in cases {
        let envelope = decoded(&change(field, value));
        let event = AccountEvent {
            channel: Channel::Whatsapp,
            account: "WABA1".to_owned(),
            kind: field.to_owned(),
            at: at(1_743_451_903),
            json: value.to_owned(),
        };
        assert_eq!(envelope.events, [event]);
        assert_eq!(envelope.len(), 1);
    }
}

#[test]
fn a_preference_is_a_withdrawal_or_a_return_and_an_event() {
    let value = format!(
        r#"{{"messaging_product":"whatsapp","metadata":{{"phone_number_id":"{NUMBER}"}},
        "contacts":[{{"profile":{{"name":"A"}},"wa_id":"919812345678","user_id":"IN.13"}}],
        "user_preferences":[
        {{"wa_id":"919812345678","detail":"User requested to stop marketing messages",
        "category":"marketing_messages","value":"stop","timestamp":1750030073}},
        {{"user_id":"IN.14","value":"resume","category":"marketing_messages","timestamp":1750030073}},
        {{"wa_id":"919812345678","value":"signup","timestamp":1750030073}},
        {{"value":"stop"}},7]}}"#
    );
    let envelope = decoded(&change("user_preferences", &value));
    let mut first = sita();
    first.add(AddressKind::WhatsappUser, "IN.13");
    let preference = |from, stop| PreferenceUpdate {
        channel: Channel::Whatsapp,
        account: NUMBER.to_owned(),
        from,
        about: None,
        stop,
        at: at(1_750_030_073),
    };
    let second = Identities::of(AddressKind::WhatsappUser, "IN.14");
    assert_eq!(envelope.preferences, [preference(first, true), preference(second, false)]);
    assert_eq!(envelope.events.len(), 1);
    assert_eq!(envelope.events[0].kind, "user_preferences");

    // Who it is may stand in `contacts` alone.
    let value = r#"{"contacts":[{"user_id":"IN.13"}],"user_preferences":[{"value":"stop"}]}"#;
    let envelope = decoded(&change("user_preferences", value));
    assert_eq!(envelope.preferences[0].from, Identities::of(AddressKind::WhatsappUser, "IN.13"));
}
