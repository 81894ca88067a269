//! The configuration read, refused and kept secret.

use super::reader::{RECORDS_PASSWORD, SECRET_VARIABLES};
use super::*;

fn with_file(text: &str) -> Result<Config, ConfigErrors> {
    Config::read(&Origins {
        file: Some((PathBuf::from("office.toml"), text.to_owned())),
        ..Origins::default()
    })
}

#[test]
fn the_embedded_defaults_are_a_whole_configuration() {
    let config = Config::read(&Origins::default()).unwrap();
    assert_eq!(config.listen.port(), 8080);
    assert!(config.whatsapp.is_none());
    assert!(config.serves_simulator());
    assert_eq!(config.warnings(), Vec::<String>::new());
}

#[test]
fn every_default_key_has_a_comment_above_it() {
    let mut described = false;
    for line in DEFAULTS.lines() {
        let line = line.trim();
        if line.starts_with('#') {
            described = true;
        } else if line.is_empty() || line.starts_with('[') {
            described = false;
        } else if line.contains('=') {
            assert!(described, "no comment above: {line}");
        }
    }
}

#[test]
fn every_error_is_said_at_once_with_its_place_and_a_hint() {
    let errors = with_file("listn = \"x\"\nlisten = 7\n[delivery]\nlease_seconds = \"long\"\nattempts = 0\n[whatsap]\nenabled = true\n").unwrap_err();
    insta::assert_snapshot!(errors.to_string(), @r#"
    the configuration cannot be used:
      - office.toml line 6: there is no section [whatsap]; did you mean "whatsapp"?
      - office.toml line 2: listen: invalid type: integer `7`, expected socket address
      - office.toml line 1: there is no key listn; did you mean "listen"?
      - office.toml line 4: delivery.lease_seconds: invalid type: string "long", expected u64
      - delivery.attempts: 0 is outside 1 to 100; how often one message is tried
    "#);
}

#[test]
fn the_environment_wins_over_the_file_and_the_command_line_over_both() {
    let origins = Origins {
        file: Some((
            PathBuf::from("office.toml"),
            "listen = \"127.0.0.1:1\"\ndata = \"from-file\"\n[delivery]\nattempts = 2\n".to_owned(),
        )),
        environment: vec![
            ("SAMVAD_LISTEN".to_owned(), "127.0.0.1:2".to_owned()),
            ("SAMVAD_DELIVERY_ATTEMPTS".to_owned(), "3".to_owned()),
            ("PATH".to_owned(), "/bin".to_owned()),
        ],
        arguments: vec![("listen".to_owned(), "127.0.0.1:3".to_owned())],
    };
    let config = Config::read(&origins).unwrap();
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.delivery.attempts, 3);
    assert_eq!(config.data, PathBuf::from("from-file"));
}

#[test]
fn a_misspelt_variable_is_refused() {
    let origins = Origins {
        environment: vec![("SAMVAD_LISTN".to_owned(), "127.0.0.1:2".to_owned())],
        ..Origins::default()
    };
    let errors = Config::read(&origins).unwrap_err();
    assert_eq!(
        errors.0,
        [
            "the environment: SAMVAD_LISTN is no key of the configuration; did you mean \"SAMVAD_LISTEN\"?"
        ]
    );
}

#[test]
fn whatsapp_needs_its_acknowledgement_numbers_and_secrets() {
    let errors = with_file("[whatsapp]\nenabled = true\n").unwrap_err();
    assert_eq!(errors.0.len(), 5, "{errors}");
}

#[test]
fn secrets_and_passwords_do_not_show_themselves() {
    let origins = Origins {
        file: Some((PathBuf::from("office.toml"), "state = \"redis://:geheim@127.0.0.1:6379\"\n[whatsapp]\nenabled = true\nacknowledge_policy = true\nnumbers = [\"1\"]\n".to_owned())),
        environment: SECRET_VARIABLES.iter().map(|name| ((*name).to_owned(), "geheim".to_owned())).collect(),
        ..Origins::default()
    };
    let config = Config::read(&origins).unwrap();
    assert!(!format!("{config:?}").contains("geheim"));
    let errors =
        with_file("state = \"rediss:geheim\"\nrecords = \"postgres://u:geheim@h\"").unwrap_err();
    assert!(!errors.to_string().contains("geheim"), "{errors}");
}

/// The records on PostgreSQL, the password in a file or in the environment.
fn on_postgres(records: &str, file: Option<&str>, variable: Option<&str>) -> Origins {
    let file = file.map(|path| format!("\nrecords_password_file = \"{path}\""));
    let text = format!("records = \"{records}\"{}", file.unwrap_or_default());
    let variable = variable.map(|value| (RECORDS_PASSWORD.to_owned(), value.to_owned()));
    Origins {
        file: Some((PathBuf::from("office.toml"), text)),
        environment: variable.into_iter().collect(),
        ..Origins::default()
    }
}

#[test]
fn the_password_of_the_records_stands_in_a_file_the_environment_or_the_address() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "ge@heim\n").unwrap();
    let file = file.to_str().unwrap();
    let (bare, whole) = ("postgres://u@h/d", "postgres://u:ge%40heim@h:5432/d?sslmode=prefer");
    for origins in [
        on_postgres(bare, Some(file), None),
        on_postgres(bare, Some(file), Some("other")),
        on_postgres(bare, None, Some("ge@heim")),
        on_postgres("postgresql://u:ge%40heim@h/d", None, None),
    ] {
        let config = Config::read(&origins).unwrap();
        assert_eq!(config.records.expose(), whole);
        assert!(!format!("{config:?} {:?}", config.warnings()).contains("heim"));
    }
    let refused = |origins: &Origins| Config::read(origins).unwrap_err().to_string();
    let told = refused(&on_postgres("postgres://u:geheim@h/d", None, Some("geheim")));
    assert!(told.contains("keep one of them") && !told.contains("geheim"), "{told}");
    let told = refused(&on_postgres(bare, Some("/there/is/none"), None));
    assert!(told.contains("cannot be read"), "{told}");
    let told = refused(&on_postgres("sqlite:", Some(file), None));
    assert!(told.contains("SQLite has no password"), "{told}");
}

#[test]
fn a_way_to_the_records_that_may_be_read_along_is_warned_about() {
    let config = Config::read(&on_postgres("postgres://u@db.example/d", None, None)).unwrap();
    assert!(config.warnings()[0].contains("sslmode=verify-full"), "{:?}", config.warnings());
    let safe = on_postgres("postgres://u@db.example/d?sslmode=verify-full", None, None);
    assert_eq!(Config::read(&safe).unwrap().warnings(), Vec::<String>::new());
}

#[test]
fn records_of_no_known_kind_are_told_both_kinds() {
    let told = with_file("records = \"mysql://u:geheim@h/d\"").unwrap_err().to_string();
    assert!(told.contains("sqlite:") && told.contains("postgres://USER@HOST"), "{told}");
    assert!(!told.contains("geheim"), "{told}");
    let told = with_file("records_connections = 1").unwrap_err().to_string();
    assert!(told.contains("records_connections: 1 is outside"), "{told}");
}

#[test]
fn a_state_that_cannot_be_reached_as_written_is_refused_at_the_start() {
    let told = |state: &str| with_file(&format!("state = \"{state}\"\n")).unwrap_err().0;
    assert_eq!(
        told("redis-cluster://:geheim@a:1/2"),
        [
            "state: a Redis Cluster has no numbered databases; take away what stands behind the hosts"
        ]
    );
    assert!(told("redis-sentinel://a:1")[0].starts_with("state: the name of the master"));
    assert!(told("mongodb://a")[0].starts_with("state: this is no kind of state store"));
    let good = with_file("state = \"redis-sentinel://:geheim@a,b,c/main\"\n").unwrap();
    assert!(!format!("{good:?}").contains("geheim"));
}

#[test]
fn an_intake_that_cannot_hold_two_large_envelopes_is_refused() {
    let errors = with_file("[intake]\ncapacity = 1999\n").unwrap_err();
    assert!(errors.0[0].starts_with("intake.capacity: 1999 is outside"), "{errors}");
}

#[test]
fn a_lease_shorter_than_a_call_is_warned_about() {
    let config = with_file("[delivery]\nlease_seconds = 10\n").unwrap();
    assert!(config.warnings()[0].contains("a reply can go twice"));
}

#[test]
fn a_laptop_without_secrets_reads_the_configuration_and_only_serving_needs_them() {
    let file = "records = \"postgres://samvad@127.0.0.1/samvad\"\nrecords_password_file = \"no/pg\"\n\
        [sms]\ncallback_url = \"http://127.0.0.1:8080\"\n[sms.accounts.office]\nroad = \"kannel\"\n\
        from = \"56161\"\nurl = \"http://127.0.0.1:13013/\"\nusername = \"samvad\"\n\
        password_file = \"no/password\"\nallow = [\"127.0.0.1\"]\n[missed_calls.accounts.line]\n\
        vendor = \"exotel\"\nflow = \"join\"\nanswer = \"sms\"\nallow = [\"10.1.2.3\"]\n\
        [secrets]\nhelpdesk = \"no/helpdesk\"\n[whatsapp]\nenabled = true\n\
        acknowledge_policy = true\nnumbers = [\"106540352242922\"]\n";
    let origins =
        Origins { file: Some(("office.toml".into(), file.to_owned())), ..Origins::default() };
    let config = Config::read_without_secrets(&origins).unwrap();
    assert!(config.sms.is_some() && config.missed_calls.is_some() && config.whatsapp.is_some());
    assert_eq!(config.secrets.names().collect::<Vec<_>>(), ["helpdesk"]);
    let refused = Config::read(&origins).unwrap_err();
    assert_eq!(config.absent.len(), 8, "{:?}", config.absent);
    for lack in &config.absent {
        assert!(refused.0.contains(lack), "{lack}: {refused}");
    }
    // What is wrong besides is told to everybody.
    let wrong = file.replace("10.1.2.3", "10.1");
    let origins = Origins { file: Some(("office.toml".into(), wrong)), ..Origins::default() };
    let told = Config::read_without_secrets(&origins).unwrap_err();
    assert!(
        matches!(told.0.as_slice(), [only] if only.contains("\"10.1\" is no network")),
        "{told}"
    );
}
