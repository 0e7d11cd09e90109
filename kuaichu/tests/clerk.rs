//! `kuaichu clerk` as an operator types it: what it prints, and what it refuses.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::path::Path;
use std::process::Command;

use backend::store::Db;

/// What is typed, and what is said to it.
const DONE: &[(&str, &str)] = &[
    ("list", "there are no clerks"),
    (
        "add liu --insurer PICC --name 刘芳 --role admin",
        "clerk liu is made; shown only now:",
    ),
    (
        "add he --insurer PAIC --name 何静",
        "otpauth://totp/kuaichu:he?secret=",
    ),
    ("list", "PICC  liu  刘芳  admin"),
    ("list --insurer PAIC", "PAIC  he  何静  viewer"),
    ("disable liu", "clerk liu is disabled and signed out"),
    ("list", "disabled at 2"),
    ("enable liu", "clerk liu may sign in again"),
    ("reset liu", "clerk liu has a new access; shown only now:"),
];

const REFUSED: &[(&str, &str)] = &[
    (
        "add liu --insurer PICC --name 刘芳",
        "somebody signs in as liu already",
    ),
    (
        "add Liu --insurer PICC --name 刘芳",
        "a login has 2 to 64 small letters",
    ),
    ("add wei --insurer picc --name 卫", "four capital letters"),
    (
        "add wei --insurer PICC --name 卫 --role boss",
        "a role is viewer, handler or admin",
    ),
    ("add wei --insurer PICC --name 🚗", "this is no name"),
    ("disable nobody", "there is no clerk nobody"),
    ("enable liu", "it is already so"),
];

fn kuaichu(database: &str, typed: &str) -> (bool, String) {
    let ended = Command::new(env!("CARGO_BIN_EXE_kuaichu"))
        .arg("clerk")
        .args(typed.split(' '))
        .args(["--database", database])
        .output()
        .unwrap();
    let said = [ended.stdout, ended.stderr].concat();
    (ended.status.success(), String::from_utf8(said).unwrap())
}

async fn made(file: &Path) -> String {
    let url = format!("sqlite://{}", file.display());
    let db = Db::connect(&url).await.unwrap();
    db.migrate().await.unwrap();
    db.close().await;
    url
}

#[tokio::test]
async fn an_operator_makes_the_first_administrator_and_helps_whoever_lost_the_way_in() {
    let folder = tempfile::tempdir().unwrap();
    let database = made(&folder.path().join("kuaichu.db")).await;
    for (typed, said) in DONE {
        let (ok, told) = kuaichu(&database, typed);
        assert!(ok && told.contains(said), "{typed}: {told}");
    }
    for (typed, said) in REFUSED {
        let (ok, told) = kuaichu(&database, typed);
        assert!(!ok && told.contains(said), "{typed}: {told}");
    }
    let (_, listed) = kuaichu(&database, "list --insurer PAIC");
    assert!(!listed.contains("PICC"), "{listed}");
}
