//! schemathesis (PyPI) let loose on a running system with an insurer's real credentials: every check it has, on
//! routes that such a program can reach, walking from answer to request by the links of the description.

use std::path::Path;
use std::time::Duration;

use backend::identity::clients::registry::{self, Change, New};
use tempfile::TempDir;

use crate::python;
use crate::tree::root;
use crate::world::World;

/// What it found.
#[derive(Debug)]
pub struct Fuzzed {
    /// Requests it made up.
    pub cases: u32,
    /// Nothing.
    pub clean: bool,
    pub said: String,
}

/// The client that asks; its limit does not stand in the way.
const CLIENT: &str = "fuzz";
const PER_MINUTE: u32 = 60_000;
const SCOPES: [&str; 5] = [
    "settlements:read",
    "evidence:read",
    "assessments:write",
    "payments:write",
    "webhooks:manage",
];

/// Makes cases to be found and lets it go; `arguments` are those of `schemathesis run`.
///
/// # Panics
/// When the system or Python cannot be prepared.
pub async fn fuzz(world: &World, python: &Path, arguments: &[&str]) -> Fuzzed {
    for _ in 0..2 {
        let (first, second, _) = world.an_issued_finding().await;
        first.signs(world).await;
        second.signs(world).await;
        // The same people again, once they may be sent codes.
        world.time_passes(Duration::from_secs(2 * 24 * 3600));
    }
    let (app, base) = (&world.system.app, world.system.base_url.as_str());
    let change = Change {
        scopes: Some(SCOPES.map(str::to_owned).to_vec()),
        per_minute: Some(PER_MINUTE),
        ..Change::default()
    };
    let new = New {
        client_id: CLIENT.to_owned(),
        insurer: "PICC".to_owned(),
        change,
        keys: Vec::new(),
    };
    let now = app.wall.now();
    registry::add(&app.db, new, now).await.expect("a new client");
    let secret = registry::new_secret(&app.db, &*app.entropy, CLIENT, now)
        .await
        .expect("a secret");
    let folder = TempDir::new().expect("a folder");
    let settings = root().join("tests/py/schemathesis.toml");
    let description = format!("{base}/api/v1/openapi.json");
    let mut line = vec!["-m", "schemathesis.cli", "--config-file"];
    line.push(settings.to_str().expect("a plain folder name"));
    line.extend(["run", &description, "--no-color"]);
    line.extend(arguments);
    let env = [
        ("SCHEMATHESIS_HOOKS", "fuzz_hooks"),
        ("KUAICHU_BASE", base),
        ("KUAICHU_CLIENT", CLIENT),
        ("KUAICHU_SECRET", &secret),
    ];
    let ended = python::run(python, &line, (folder.path(), &env)).await;
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr)
    );
    Fuzzed {
        cases: cases(&said),
        clean: ended.status.success(),
        said,
    }
}

/// `1379 generated, …` at the end of what it says.
fn cases(said: &str) -> u32 {
    let told = said.rsplit_once(" generated").map(|(before, _)| before);
    let number = told.and_then(|before| before.rsplit(char::is_whitespace).next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
