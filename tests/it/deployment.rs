//! The compose file and the Dockerfile say what the binary reads: ports, variables, commands.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use samvad::config::{Config, DEFAULTS, Origins};

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

#[test]
fn the_compose_file_gives_a_configuration_the_binary_accepts() {
    let origins = Origins { environment: environment(), ..Origins::default() };
    let config = Config::read(&origins).unwrap();
    assert!(!config.listen.ip().is_loopback(), "inside a container loopback is nobody");
    assert!(!config.serves_simulator(), "an open address must not serve the simulator unasked");
}

#[test]
fn the_published_port_is_the_one_that_is_listened_on() {
    let origins = Origins { environment: environment(), ..Origins::default() };
    let port = Config::read(&origins).unwrap().listen.port().to_string();
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
fn postgresql_is_there() {
    let compose = compose();
    let image = compose["services"]["postgres"]["image"].as_str().unwrap();
    assert!(image.starts_with("postgres:"));
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
