//! `kuaichu client` as an operator types it: what it prints, and what it refuses.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::path::Path;
use std::process::Command;

use backend::store::Db;

const KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
                   MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n\
                   -----END PUBLIC KEY-----\n";

/// What is typed, and what is said to it.
const DONE: &[(&str, &str)] = &[
    ("list", "there are no clients"),
    (
        "add picc-zj --insurer PICC --key key.pem --scope settlements:read --scope evidence:read",
        "client picc-zj is made",
    ),
    (
        "keys list picc-zj",
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k  EdDSA  counts",
    ),
    (
        "keys add picc-zj key.pem --kid 2027 --from 2027-01-01T00:00:00Z",
        "has the key 2027",
    ),
    (
        "keys list picc-zj",
        "2027  EdDSA  not yet  from 2027-01-01T00:00:00",
    ),
    (
        "keys end picc-zj kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        "ends at 2",
    ),
    ("keys list picc-zj", "EdDSA  over"),
    ("keys remove picc-zj 2027", "no key 2027 and no token"),
    (
        "change picc-zj --network 192.0.2.0/24 --per-minute 60",
        "is changed",
    ),
    ("list", "from     192.0.2.0/24"),
    ("list", "rate     60 requests a minute"),
    ("list", "may      settlements:read evidence:read"),
    (
        "change picc-zj --any-network --jwks-url https://picc.example/keys",
        "is changed",
    ),
    ("list", "from     anywhere"),
    ("list", "keys at  https://picc.example/keys"),
    ("secret picc-zj", "shown only now: "),
    ("list", "secret   yes"),
    ("secret picc-zj --remove", "no secret"),
    ("disable picc-zj", "is disabled"),
    ("list", "disabled at 2"),
    ("enable picc-zj", "may ask"),
    ("add box --insurer PAIC --secret", "its secret, shown only now: "),
];

const REFUSED: &[(&str, &str)] = &[
    ("add picc-zj --insurer PICC", "there is a client picc-zj already"),
    ("add new --insurer picc", "four capital letters"),
    (
        "add new --insurer PICC --key absent.pem",
        "absent.pem cannot be read",
    ),
    (
        "add new --insurer PICC --network 10.0.0.0",
        "a network is written",
    ),
    ("change nobody --per-minute 5", "there is no client nobody"),
    ("keys list nobody", "there is no client nobody"),
    ("keys end picc-zj none", "the client has no key none"),
    ("disable nobody", "there is no client nobody"),
];

/// Whether it went well, and everything it printed.
fn kuaichu(data: &Path, arguments: &str) -> (bool, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_kuaichu"))
        .current_dir(data)
        .arg("client")
        .args(arguments.split(' '))
        .args(["--data", "."])
        .output()
        .unwrap();
    let text = [ran.stdout, ran.stderr].concat();
    (ran.status.success(), String::from_utf8(text).unwrap())
}

#[tokio::test]
async fn an_operator_makes_a_client_changes_it_and_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    std::fs::write(data.join("key.pem"), KEY).unwrap();
    let (went_well, said) = kuaichu(data, "list");
    assert!(!went_well && said.contains("there is no database"), "{said}");
    let db = Db::connect(&format!("sqlite://{}", data.join("kuaichu.db").display()))
        .await
        .unwrap();
    db.close().await;

    for (arguments, answer) in DONE {
        let (went_well, said) = kuaichu(data, arguments);
        assert!(went_well && said.contains(answer), "{arguments}: {said}");
    }
    for (arguments, answer) in REFUSED {
        let (went_well, said) = kuaichu(data, arguments);
        let one_line = said.lines().count() == 1;
        assert!(
            !went_well && one_line && said.contains(answer),
            "{arguments}: {said}"
        );
    }
}
