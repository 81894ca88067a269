//! The compose file and the Dockerfile say what the binary reads: ports, variables, commands.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use samvad::config::{Config, DEFAULTS, Origins, PostgresUrl};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn compose() -> Value {
    let text = fs::read_to_string(root().join("docker-compose.yml")).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

fn dockerfile() -> Vec<(String, String)> {
    let text = fs::read_to_string(root().join("Dockerfile")).unwrap().replace("\\\n", " ");
    text.lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (word, rest) = line.split_once(' ').unwrap();
            (word.to_owned(), rest.trim().to_owned())
        })
        .collect()
}

/// The environment of the samvad service over that of its image.
fn environment() -> Vec<(String, String)> {
    let mut environment = BTreeMap::new();
    for (word, rest) in dockerfile() {
        if word == "ENV" {
            for pair in rest.split_whitespace() {
                let (key, value) = pair.split_once('=').unwrap();
                environment.insert(key.to_owned(), value.to_owned());
            }
        }
    }
    for (key, value) in compose()["services"]["samvad"]["environment"].as_object().unwrap() {
        environment.insert(key.clone(), value.as_str().unwrap().to_owned());
    }
    environment.into_iter().collect()
}

/// What the binary makes of it, the secrets as the container would find them.
fn configuration() -> Config {
    let folder = tempfile::tempdir().unwrap();
    let mut environment = environment();
    for (_, value) in &mut environment {
        if let Some(name) = value.strip_prefix("/run/secrets/") {
            let file = folder.path().join(name);
            fs::write(&file, "geheim\n").unwrap();
            *value = file.display().to_string();
        }
    }
    Config::read(&Origins { environment, ..Origins::default() }).unwrap()
}

/// The records' address in the samvad service.
fn records() -> PostgresUrl {
    PostgresUrl::parse(configuration().records.expose()).unwrap()
}

#[test]
fn the_compose_file_gives_a_configuration_the_binary_accepts() {
    let config = configuration();
    assert!(!config.listen.ip().is_loopback(), "inside a container loopback is nobody");
    assert!(!config.serves_simulator(), "an open address must not serve the simulator unasked");
}

#[test]
fn the_published_port_is_the_one_that_is_listened_on() {
    let port = configuration().listen.port().to_string();
    let published = compose()["services"]["samvad"]["ports"][0].as_str().unwrap().to_owned();
    assert_eq!(published.rsplit(':').next().unwrap(), port);
    let exposed = dockerfile().into_iter().find(|(word, _)| word == "EXPOSE").unwrap().1;
    assert_eq!(exposed, port);
}

#[test]
fn the_state_address_names_the_redis_service() {
    let compose = compose();
    let state = compose["services"]["samvad"]["environment"]["SAMVAD_STATE"].as_str().unwrap();
    let host = state.strip_prefix("redis://").unwrap().split(':').next().unwrap();
    assert!(compose["services"].get(host).is_some(), "no service {host}");
    let command = compose["services"][host]["command"].to_string();
    assert!(
        command.contains("--appendonly\",\"yes"),
        "redis must keep an append-only file: {command}"
    );
}

#[test]
fn the_data_folder_is_a_volume() {
    let compose = compose();
    let data = environment().into_iter().find(|(key, _)| key == "SAMVAD_DATA").unwrap().1;
    let volume = compose["services"]["samvad"]["volumes"][0].as_str().unwrap().to_owned();
    assert_eq!(volume.split(':').nth(1).unwrap(), data);
}

#[test]
fn the_records_stand_in_the_postgresql_of_the_file() {
    let compose = compose();
    let records = records();
    let [host] = records.hosts.as_slice() else { panic!("one host: {records}") };
    let postgres = &compose["services"][&host.name];
    let image = postgres["image"].as_str().unwrap();
    let version = image.strip_prefix("postgres:").unwrap().split('-').next().unwrap();
    assert!(version.parse::<u32>().unwrap() >= 13, "{image}");
    assert_eq!(host.port, 5432, "the port of the image");
    assert_eq!(postgres["environment"]["POSTGRES_USER"], records.user);
    assert_eq!(postgres["environment"]["POSTGRES_DB"], records.database);
    assert!(postgres["profiles"].is_null(), "it is started with the rest");
    assert!(postgres["ports"].is_null(), "nobody outside may reach it");
    let command = postgres["command"].to_string();
    for careless in ["fsync", "synchronous_commit", "full_page_writes"] {
        assert!(!command.contains(careless), "what was answered must be on the disk: {command}");
    }
}

#[test]
fn a_password_is_read_from_a_secret_and_stands_in_no_file_of_ours() {
    let compose = compose();
    let environment: BTreeMap<String, String> = environment().into_iter().collect();
    let written = PostgresUrl::parse(&environment["SAMVAD_RECORDS"]).unwrap();
    assert!(written.password.is_none());
    let file = environment["SAMVAD_RECORDS_PASSWORD_FILE"].as_str();
    let secret = file.strip_prefix("/run/secrets/").unwrap();
    assert_eq!(compose["services"]["postgres"]["environment"]["POSTGRES_PASSWORD_FILE"], file);
    for service in ["samvad", "postgres"] {
        let secrets = compose["services"][service]["secrets"].as_array().unwrap();
        assert!(secrets.iter().any(|name| name == secret), "{service} is not given {secret}");
    }
    let source = compose["secrets"][secret]["file"].as_str().unwrap();
    let ignored = fs::read_to_string(root().join(".gitignore")).unwrap();
    let folder = source.trim_start_matches("./").split('/').next().unwrap();
    assert!(ignored.lines().any(|line| line == format!("/{folder}")), "{source} can be committed");
}

#[test]
fn the_server_waits_until_its_stores_are_healthy() {
    let compose = compose();
    for store in ["postgres", "redis"] {
        assert!(compose["services"][store]["healthcheck"]["test"].is_array(), "{store}");
        let condition = &compose["services"]["samvad"]["depends_on"][store]["condition"];
        assert_eq!(condition, "service_healthy", "{store}");
    }
}

#[test]
fn what_is_kept_lies_in_volumes() {
    let compose = compose();
    for (service, path) in [("postgres", "/var/lib/postgresql/data"), ("redis", "/data")] {
        let volume = compose["services"][service]["volumes"][0].as_str().unwrap();
        let (name, inside) = volume.split_once(':').unwrap();
        assert_eq!(inside, path);
        assert!(compose["volumes"].as_object().unwrap().contains_key(name), "{name}");
    }
}

#[test]
fn every_command_of_the_image_is_one_the_binary_knows() {
    let mut commands = Vec::new();
    let compose = compose();
    commands.push(compose["services"]["samvad"]["command"].clone());
    let check =
        compose["services"]["samvad"]["healthcheck"]["test"].as_array().unwrap()[1..].to_vec();
    commands.push(Value::Array(check));
    for (word, rest) in dockerfile() {
        if word == "CMD" {
            commands.push(serde_json::from_str(&rest).unwrap());
        }
    }
    for command in commands {
        let words: Vec<&str> =
            command.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        assert_eq!(words[0], "samvad");
        samvad::cli::parse(&words).unwrap_or_else(|error| panic!("{words:?}: {error}"));
    }
}

#[test]
fn the_image_copies_every_folder_that_the_build_reads() {
    let copied: Vec<String> = dockerfile()
        .into_iter()
        .filter(|(word, rest)| word == "COPY" && !rest.starts_with("--from"))
        .flat_map(|(_, rest)| rest.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    for needed in ["src", "data", "flows", "locales", "migrations", "samvad.toml", "Cargo.lock"] {
        assert!(copied.iter().any(|path| path == needed), "{needed} is not copied");
        assert!(root().join(needed).exists(), "{needed} does not exist");
    }
}

#[test]
fn the_grace_period_is_longer_than_a_call_to_a_provider() {
    let compose = compose();
    let grace = compose["services"]["samvad"]["stop_grace_period"]
        .as_str()
        .unwrap()
        .trim_end_matches('s')
        .parse::<u64>()
        .unwrap();
    let config = Config::read(&Origins::default()).unwrap();
    assert!(grace > config.delivery.timeout_seconds);
    assert!(DEFAULTS.contains("timeout_seconds"));
}
