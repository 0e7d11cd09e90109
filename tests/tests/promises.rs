//! What holds whatever anybody asks, in whatever order: stages, no fault of ours, facts that replay.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use backend::app::audit::audit;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tests::acting::{Driver, Officer};
use tests::client::Answer;
use tests::people;
use tests::world::World;

/// Requests of one random case; enough to get from the report to the end and back again.
const REQUESTS_MAX: usize = 40;
const CASES: u32 = 8;

/// From where to where one request may take an accident, besides leaving it where it is.
const ALLOWED: [(&str, &str); 19] = [
    ("reporting", "waiting"),
    ("reporting", "escalated"),
    ("waiting", "handling"),
    ("waiting", "escalated"),
    ("handling", "waiting"),
    ("handling", "decided"),
    ("handling", "escalated"),
    ("decided", "waiting"),
    ("decided", "handling"),
    ("decided", "signing"),
    ("decided", "escalated"),
    ("signing", "handling"),
    ("signing", "decided"),
    ("signing", "settling"),
    ("signing", "closed"),
    ("settling", "handling"),
    ("settling", "decided"),
    ("settling", "closed"),
    // A review orders it to be made anew.
    ("closed", "handling"),
];

#[derive(Clone, Copy, Debug)]
enum Deed {
    Triage,
    Queue,
    OfficerOnSite,
    Claim,
    Release,
    Still,
    Evacuate,
    Assess(i64),
    Decide,
    Issue,
    Sign(bool),
    Refuse(bool),
    Void,
    Settle,
    Close,
    Escalate,
    Review(bool),
    ForwardReview,
    ConcludeReview(bool),
    Hold,
    Destroy,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        1 => Just(Deed::Triage),
        4 => Just(Deed::Queue),
        1 => Just(Deed::OfficerOnSite),
        6 => Just(Deed::Claim),
        1 => Just(Deed::Release),
        2 => Just(Deed::Still),
        2 => Just(Deed::Evacuate),
        3 => (0_i64..500_000).prop_map(Deed::Assess),
        6 => Just(Deed::Decide),
        6 => Just(Deed::Issue),
        8 => any::<bool>().prop_map(Deed::Sign),
        3 => any::<bool>().prop_map(Deed::Refuse),
        1 => Just(Deed::Void),
        2 => Just(Deed::Settle),
        2 => Just(Deed::Close),
        1 => Just(Deed::Escalate),
        3 => any::<bool>().prop_map(Deed::Review),
        3 => Just(Deed::ForwardReview),
        3 => any::<bool>().prop_map(Deed::ConcludeReview),
        1 => Just(Deed::Hold),
        1 => Just(Deed::Destroy),
    ]
}

struct Scene {
    world: World,
    parties: [Driver; 2],
    officer: Officer,
}

impl Scene {
    async fn new() -> Self {
        let world = World::on_sqlite().await;
        let first = world.reports(&people::WANG).await;
        first.tells_everything(&world).await;
        let second = world.joins(&first, &people::LI).await;
        second.tells_own(&world).await;
        let officer = world.officer().await;
        Self {
            world,
            parties: [first, second],
            officer,
        }
    }

    async fn stage(&self) -> String {
        tests::acting::text(&self.officer.view(&self.parties[0]).await["stage"])
    }

    /// Asks for it, whether it is the time or not; what is refused must be refused properly.
    async fn ask(&self, deed: Deed) {
        let [first, second] = &self.parties;
        let side = |which: bool| if which { first } else { second };
        let seen = self.officer.version(first).await;
        let (driver, desk) = (&first.client, &self.officer.client);
        let nothing = json!({});
        let answer = match deed {
            Deed::Triage => driver.post(&first.path("triage"), &people::harmless()).await,
            Deed::Queue => driver.post(&first.path("queue"), &nothing).await,
            Deed::OfficerOnSite => driver.post(&first.path("officer-on-site"), &nothing).await,
            Deed::Claim => desk.post(&first.path("claim"), &nothing).await,
            Deed::Release => desk.post(&first.path("release"), &nothing).await,
            Deed::Still => {
                desk.post(&first.path("still-requests"), &json!({ "party_id": first.party }))
                    .await
            }
            Deed::Evacuate => desk.post(&first.path("evacuation"), &nothing).await,
            Deed::Assess(fen) => {
                let path = second.path(&format!("parties/{}/losses", second.party));
                desk.put(&path, &people::vehicle_loss(fen)).await
            }
            Deed::Decide => {
                desk.post(
                    &first.path("decision"),
                    &self.officer.rear_end(first, second).await,
                )
                .await
            }
            Deed::Issue => {
                desk.post(
                    &first.path("finding"),
                    &json!({ "seen": seen, "ink": people::ink() }),
                )
                .await
            }
            Deed::Sign(which) => return self.sign(side(which)).await,
            Deed::Refuse(which) => {
                let body = json!({ "party_id": side(which).party, "what": "sign", "reason": "对认定有异议" });
                desk.post(&first.path("refusals"), &body).await
            }
            Deed::Void => {
                desk.post(
                    &first.path("voiding"),
                    &json!({ "seen": seen, "reason": "录入有误" }),
                )
                .await
            }
            Deed::Settle => desk.post(&first.path("settlement"), &nothing).await,
            Deed::Close => {
                desk.post(
                    &first.path("closing"),
                    &json!({ "seen": seen, "closing_code": "1", "mediation_code": "1", "note": "按理算结果履行" }),
                )
                .await
            }
            Deed::Escalate => {
                desk.post(&first.path("escalation"), &json!({ "reason": "需现场勘查" }))
                    .await
            }
            later => self.ask_later(later).await,
        };
        assert!(answer.status < 500, "{answer}");
    }

    async fn ask_later(&self, deed: Deed) -> Answer {
        let [first, second] = &self.parties;
        let desk = &self.officer.client;
        match deed {
            Deed::Review(which) => {
                let driver = if which { first } else { second };
                let application =
                    json!({ "request": "重新认定", "reasons": "对方压线", "evidence_text": "录像" });
                let body = json!({ "application": application });
                driver.client.post(&driver.path("review"), &body).await
            }
            Deed::ForwardReview => {
                let body = json!({ "to": "绍兴市公安局交通警察支队" });
                desk.post(&first.path("review/forwarding"), &body).await
            }
            Deed::ConcludeReview(redo) => {
                let outcome = if redo { "redo" } else { "upheld" };
                let body = json!({ "conclusion": { "outcome": outcome, "reason": "经审查", "decided_on": "2026-11-23" } });
                desk.post(&first.path("review/conclusion"), &body).await
            }
            Deed::Hold => {
                let body = json!({ "why": "suit", "reason": "法院来函" });
                desk.post(&first.path("holds"), &body).await
            }
            _ => {
                let body = json!({ "what": "file", "reason": "保存期满" });
                desk.post(&first.path("destruction"), &body).await
            }
        }
    }

    async fn sign(&self, driver: &Driver) {
        let sha256 = driver.view().await["finding"]["to_sign_sha256"].clone();
        self.world.time_passes(std::time::Duration::from_secs(61));
        let sent = driver.client.post(&driver.path("signing-code"), &json!({})).await;
        assert!(sent.status < 500, "{sent}");
        if sent.status != 202 || sha256 == Value::Null {
            return;
        }
        let code = self.world.code_sent_to(driver.person.phone).await;
        let body = json!({ "document_sha256": sha256, "code": code, "ink": people::ink(), "read_s": 5,
                           "scrolled_to_end": true });
        let answer = driver.client.post(&driver.path("signatures"), &body).await;
        assert!(answer.status < 500, "{answer}");
    }
}

/// No sequence of requests reaches a forbidden stage or a fault of ours, and replaying the facts gives the
/// stored rows after each of them.
#[test]
fn no_sequence_of_requests_reaches_a_forbidden_stage() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        max_shrink_iters: 30,
        ..Config::default()
    });
    let deeds = prop::collection::vec(deed(), 1..REQUESTS_MAX);
    let outcome = runner.run(&deeds, |deeds| {
        runtime.block_on(async {
            let scene = Scene::new().await;
            let mut stage = scene.stage().await;
            for deed in deeds {
                scene.ask(deed).await;
                let now = scene.stage().await;
                let allowed = now == stage || ALLOWED.contains(&(stage.as_str(), now.as_str()));
                assert!(allowed, "{deed:?} led from {stage} to {now}");
                stage = now;
            }
            let found = audit(&scene.world.system.app.db).await.unwrap();
            assert_eq!(found.findings, []);
            scene.world.ends().await;
        });
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
