//! What is kept and what follows from it: the chain of facts, the numbers, the money, who may see it.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::collections::BTreeSet;

use backend::app::audit::{Broken, audit};
use backend::store::Db;
use domain::fact::ChainError;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::acting::{Driver, Officer};
use tests::on_both_databases;
use tests::people::{LI, Person, WANG};
use tests::world::World;

/// Both have signed: the case is settled.
async fn a_settled_case(world: &World) -> (Driver, Driver, Officer) {
    let (first, second, officer) = world.an_issued_finding().await;
    first.signs(world).await;
    second.signs(world).await;
    (first, second, officer)
}

/// What a burglar with the database's password would do.
async fn tamper(db: &Db, sql: &'static str) {
    let mut tx = db.write().await.unwrap();
    assert!(
        tx.query(sql).execute().await.unwrap() > 0,
        "{sql} changed nothing"
    );
    tx.commit().await.unwrap();
}

/// The only thing the audit finds.
async fn found(db: &Db) -> Broken {
    let audit = audit(db).await.unwrap();
    let [(_, broken)] = audit.findings.as_slice() else {
        panic!("{audit:?}")
    };
    broken.clone()
}

fn amounts(view: &Value) -> Vec<(String, String, String, i64)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let payments = view["settlement"]["payments"].as_array().unwrap();
    let mut all: Vec<_> = payments
        .iter()
        .map(|p| {
            (
                text(&p["cover"]),
                text(&p["holder"]),
                text(&p["payee"]),
                p["amount_fen"].as_i64().unwrap(),
            )
        })
        .collect();
    all.sort();
    all
}

on_both_databases! {
    async fn replaying_the_facts_gives_the_stored_rows(world) {
        a_settled_case(world).await;
        let audit = audit(&world.system.app.db).await.unwrap();
        assert_eq!((audit.accidents, audit.findings), (1, vec![]));
        assert!(audit.facts > 20);
    }

    async fn one_changed_byte_of_a_fact_is_found(world) {
        a_settled_case(world).await;
        let db = &world.system.app.db;
        tamper(db, "UPDATE facts SET body = REPLACE(body, '100000', '900000') WHERE kind = 'losses_assessed' AND body LIKE '%100000%'").await;
        assert!(matches!(found(db).await, Broken::Chain(ChainError::Changed { .. })));
    }

    async fn a_fact_cut_off_the_end_is_found(world) {
        a_settled_case(world).await;
        let db = &world.system.app.db;
        tamper(db, "DELETE FROM facts WHERE kind = 'paper_issued'").await;
        assert!(matches!(found(db).await, Broken::CutShort { .. }));
    }

    async fn a_row_that_its_facts_do_not_tell_is_found(world) {
        let (first, ..) = a_settled_case(world).await;
        let db = &world.system.app.db;
        let mut tx = db.write().await.unwrap();
        let id = first.accident.parse().unwrap();
        let mut row = backend::store::accidents::load::<Value>(&mut tx, id).await.unwrap().unwrap();
        row.state.0["reported_at"] = json!("2026-01-01T00:00:00.000000Z");
        let version = row.version;
        assert!(backend::store::accidents::save(&mut tx, &row, version).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(found(db).await, Broken::RowDiffers);
    }

    async fn numbers_have_no_gap_and_no_double_when_many_are_issued_at_once(world) {
        let officer = world.officer().await;
        let mut cases = Vec::new();
        for n in 0..4 {
            let phone = |side: u8| -> &'static str { format!("13{side}0000100{n}").leak() };
            let people = (Person { phone: phone(8), ..WANG }, Person { phone: phone(9), ..LI });
            cases.push(world.a_decided_case(&officer, people).await);
        }
        let issued = join_all(cases.iter().map(|(first, _)| officer.issues(first))).await;
        let numbers: BTreeSet<String> =
            issued.iter().map(|view| view["finding"]["number"].as_str().unwrap().to_owned()).collect();
        let year = &world.a_while_ago()[..4];
        let expected: BTreeSet<String> = (1..=4).map(|n| format!("330681{year}{n:06}")).collect();
        assert_eq!(numbers, expected);
    }

    async fn the_at_fault_side_pays_and_both_insurers_find_the_record(world) {
        let (first, ..) = a_settled_case(world).await;
        let pay = |cover: &str, holder: &str, payee: &str, fen| (cover.to_owned(), holder.to_owned(), payee.to_owned(), fen);
        assert_eq!(
            amounts(&first.view().await),
            [pay("ctp", "甲", "乙", 150_000), pay("ctp_advance", "甲", "甲", 10_000), pay("own_damage", "甲", "甲", 90_000)]
        );
        let record = world.insurer("PICC").await.get("/settlements").await.ok()["items"][0].clone();
        let names: Vec<_> = record["parties"].as_array().unwrap().iter().map(|p| p["own_insured"].clone()).collect();
        assert_eq!(names, [json!(true), json!(false)], "{record}");
        assert!(record["parties"][1]["name"].as_str().unwrap().contains('*'));
    }

    async fn an_insurer_without_a_policy_in_the_accident_finds_nothing(world) {
        let officer = world.officer().await;
        let both_picc = (WANG, Person { insurer: "PICC", ..LI });
        let (first, second) = world.a_decided_case(&officer, both_picc).await;
        officer.issues(&first).await;
        first.signs(world).await;
        second.signs(world).await;
        let record = world.insurer("PICC").await.get("/settlements").await.ok()["items"][0]["id"].clone();
        let stranger = world.insurer("PAIC").await;
        assert_eq!(stranger.get("/settlements").await.ok()["items"], json!([]));
        let path = format!("/settlements/{}", record.as_str().unwrap());
        stranger.get(&path).await.problem(404, "not_found");
        stranger.get(&format!("{path}/document")).await.problem(404, "not_found");
    }

    async fn each_insurer_pays_its_own_when_both_are_at_fault_and_agree(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        officer.assesses(&first, 180_000).await;
        officer.assesses(&second, 120_000).await;
        let mut decision = officer.rear_end(&first, &second).await;
        for party in decision["parties"].as_array_mut().unwrap() {
            *party = json!({ "party_id": party["party_id"], "violations": ["302"], "liability": "equal" });
        }
        officer.client.post(&first.path("decision"), &decision).await.ok();
        officer.issues(&first).await;
        assert_eq!(first.view().await["self_pay"]["eligible"], json!(true));
        for driver in [&first, &second] {
            driver.agrees(world, "self_pay", true).await;
            driver.signs(world).await;
        }
        let view = first.view().await;
        assert_eq!(view["settlement"]["method"], json!("self_pay"));
        let paid: Vec<_> = amounts(&view).into_iter().map(|(cover, _, payee, fen)| (cover, payee, fen)).collect();
        let own = |payee: &str, fen| ("ctp_self".to_owned(), payee.to_owned(), fen);
        assert_eq!(paid, [own("乙", 120_000), own("甲", 180_000)]);
    }

    async fn a_refusal_is_noted_and_does_not_block_the_money_or_the_closing(world) {
        let (first, second, officer) = world.an_issued_finding().await;
        first.signs(world).await;
        let refusal = json!({ "party_id": second.party, "what": "sign", "reason": "对责任认定有异议" });
        let view = officer.client.post(&first.path("refusals"), &refusal).await.ok();
        assert_eq!(view["stage"], json!("settling"));
        assert_eq!(view["finding"]["signatures"][1]["state"], json!("refused"));
        let closing = json!({ "seen": officer.version(&first).await, "closing_code": "4" });
        let closed = officer.client.post(&first.path("closing"), &closing).await.ok();
        assert_eq!(closed["stage"], json!("closed"));
    }

    async fn a_finding_taken_back_stays_visible_as_void_and_the_new_one_has_a_new_number(world) {
        let (first, second, officer) = world.an_issued_finding().await;
        first.signs(world).await;
        let old = officer.view(&first).await["finding"].clone();
        let voiding = json!({ "seen": officer.version(&first).await, "reason": "事故时间写错" });
        officer.client.post(&first.path("voiding"), &voiding).await.ok();
        officer.decides_rear_end(&first, &second).await;
        let new = officer.issues(&first).await["finding"].clone();
        assert_ne!(new["number"], old["number"]);
        assert_eq!(new["signatures"][0]["state"], json!("pending"));
        assert_eq!(new["earlier"][0]["number"], old["number"]);
        let verified = world.anyone().get(&verification(&old)).await.ok();
        assert_eq!(verified["state"], json!("void"));
    }
}

/// Where the QR code of a finding leads, as JSON.
fn verification(finding: &Value) -> String {
    finding["verify_url"]
        .as_str()
        .unwrap()
        .replacen("/v/", "/verification/", 1)
}
