//! `samvad init`: the folder an office begins with is whole, and overwrites nothing.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::support::house::client;
use crate::support::server::Server;

/// The program, started in a folder, without anything of this process's environment.
fn samvad(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samvad"));
    for (name, _) in std::env::vars() {
        if name.starts_with("SAMVAD_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).current_dir(folder).output().unwrap()
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_new_office_checks_and_its_rehearsals_pass() {
    let folder = tempfile::tempdir().unwrap();
    let made = samvad(folder.path(), &["init", "office"]);
    assert!(made.status.success(), "{}", words(&made.stderr));
    let office = folder.path().join("office");
    let checked = samvad(&office, &["check", "--strict"]);
    assert!(checked.status.success(), "{}", words(&checked.stderr));
    assert!(words(&checked.stdout).contains("meeting"));
    let rehearsed = samvad(&office, &["rehearse"]);
    let said = words(&rehearsed.stdout);
    assert!(rehearsed.status.success(), "{said}");
    assert!(said.contains("ok   flows/rehearsals/meeting-sms.yaml"), "{said}");
    assert!(!said.contains("mind:"), "{said}");
    // The first line of each kind of file leads an editor to its schema.
    for (name, schema) in [
        ("flows/meeting.yaml", "../schemas/flow.json"),
        ("flows/rehearsals/meeting-sms.yaml", "../../schemas/rehearsal.json"),
        ("samvad.toml", "schemas/config.json"),
    ] {
        let path = office.join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.lines().next().unwrap().ends_with(schema), "{name}");
        assert!(path.parent().unwrap().join(schema).is_file(), "{name}");
    }
}

#[test]
fn init_overwrites_nothing_and_writes_nothing_then() {
    let folder = tempfile::tempdir().unwrap();
    let office = folder.path().join("office");
    std::fs::create_dir_all(office.join("flows")).unwrap();
    std::fs::write(office.join("flows/meeting.yaml"), "mine").unwrap();
    let refused = samvad(folder.path(), &["init", "office"]);
    assert!(!refused.status.success());
    let said = words(&refused.stderr);
    assert!(said.contains("office/flows/meeting.yaml would be overwritten"), "{said}");
    assert_eq!(std::fs::read_to_string(office.join("flows/meeting.yaml")).unwrap(), "mine");
    assert_eq!(std::fs::read_dir(&office).unwrap().count(), 1);
}

#[test]
fn a_configuration_in_the_folder_is_read_without_being_named() {
    let folder = tempfile::tempdir().unwrap();
    samvad(folder.path(), &["init", "office"]);
    let office = folder.path().join("office");
    let path = office.join("samvad.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("sms_parts = 4", "sms_parts = 1")).unwrap();
    let checked = samvad(&office, &["check", "flows/meeting.yaml", "locales/hi/meeting.ftl"]);
    assert!(words(&checked.stderr).contains("error[sms-parts]"), "{}", words(&checked.stderr));
    std::fs::write(&path, "flows = \"nowhere\"\n").unwrap();
    let chat = samvad(&office, &["chat", "meeting"]);
    assert!(!chat.status.success(), "the folder the file names is the one that is read");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_starts_with_the_flows_of_a_new_office() {
    let folder = tempfile::tempdir().unwrap();
    samvad(folder.path(), &["init", "office"]);
    let office = folder.path().join("office");
    let (flows, locales) = (office.join("flows"), office.join("locales"));
    let config = office.join("samvad.toml");
    let named = |path: &Path| path.display().to_string();
    let settings = [
        ("SAMVAD_FLOWS", named(&flows)),
        ("SAMVAD_LOCALES", named(&locales)),
        ("SAMVAD_CONFIG", named(&config)),
    ];
    let server = Server::start(&office.join("samvad-data"), 0, &settings);
    let page = client().get(server.url("/simulator")).send().await.unwrap();
    assert_eq!(page.status(), 200);
    server.stop();
}

#[test]
fn the_chat_of_the_tutorial_goes_as_the_page_shows_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/flows.md")).unwrap();
    let shown =
        page.split("```text\n(`meeting` begins").nth(1).unwrap().split("```").next().unwrap();
    let shown = format!("(`meeting` begins{shown}");
    let folder = tempfile::tempdir().unwrap();
    samvad(folder.path(), &["init", "office"]);
    let mut chat = Command::new(env!("CARGO_BIN_EXE_samvad"))
        .args(["chat", "meeting", "--as", "sms", "--lang", "hi"])
        .current_dir(folder.path().join("office"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    chat.stdin.take().unwrap().write_all("haan ji\n".as_bytes()).unwrap();
    let said = words(&chat.wait_with_output().unwrap().stdout);
    assert!(said.starts_with(&shown), "{said}");
}
