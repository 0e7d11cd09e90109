//! What insurers owe each other: the month's statement, closing it once, its files, and what an audit finds.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::time::Duration;

use backend::app::audit::{Broken, BrokenClearing, audit};
use backend::store::Db;
use domain::fact::ChainError;
use serde_json::{Value, json};
use tests::acting::{Officer, text};
use tests::client::Answer;
use tests::on_both_databases;
use tests::world::World;

const MONTH: &str = "/clearing/2026-11";
/// From the test clock's beginning on 23 November into December.
const UNTIL_DECEMBER: Duration = Duration::from_secs(9 * 24 * 3600);

/// A case whose orders PICC has paid: PAIC owes PICC the advance of 100 yuan. Answers the supervisor.
async fn a_paid_case(world: &World) -> Officer {
    let (first, second, _) = world.an_issued_finding().await;
    first.signs(world).await;
    second.signs(world).await;
    let insurer = world.insurer("PICC").await;
    let page = insurer.get("/payment-orders").await.ok();
    for order in page["items"].as_array().unwrap() {
        let path = format!("/payment-orders/{}/payment", text(&order["id"]));
        let body = json!({ "paid_at": world.now(), "reference": "BANK-1" });
        insurer.post(&path, &body).await.ok();
    }
    world.supervisor().await
}

async fn run(db: &Db, sql: &'static str) {
    let mut tx = db.write().await.unwrap();
    assert!(
        tx.query(sql).execute().await.unwrap() > 0,
        "{sql} changed nothing"
    );
    tx.commit().await.unwrap();
}

fn header(answer: &Answer, name: &str) -> String {
    answer.headers[name].to_str().unwrap().to_owned()
}

on_both_databases! {
    async fn a_months_statement_nets_the_advance_and_each_row_names_its_case(world) {
        let supervisor = a_paid_case(world).await;
        let statement = supervisor.client.get(MONTH).await.ok();
        assert_eq!((&statement["state"], &statement["may_close"], &statement["frozen"]), (&json!("preview"), &json!(false), &Value::Null));
        let [row] = statement["rows"].as_array().unwrap().as_slice() else { panic!("{statement}") };
        assert_eq!((&row["first"]["code"], &row["second"]["code"], &row["net_fen"]), (&json!("PAIC"), &json!("PICC"), &json!(10_000)));
        let claim = &row["claims"][0];
        assert_eq!((&claim["kind"], &claim["creditor"], &claim["debtor"]), (&json!("ctp_advance"), &json!("PICC"), &json!("PAIC")));
        let record = world.insurer("PAIC").await.get("/settlements").await.ok()["items"][0].clone();
        assert_eq!(claim["finding_number"], record["finding_number"]);
        let balances: Vec<_> = statement["balances"].as_array().unwrap().iter().map(|b| (text(&b["insurer"]["code"]), b["net_fen"].as_i64().unwrap())).collect();
        assert_eq!(balances, [("PAIC".to_owned(), -10_000), ("PICC".to_owned(), 10_000)]);
        let months = supervisor.client.get("/clearing").await.ok();
        assert_eq!((&months["months"][0]["month"], &months["months"][0]["moves_fen"]), (&json!("2026-11"), &json!(10_000)));
        assert_eq!(months["months"].as_array().unwrap().len(), 1);
    }

    async fn only_a_supervisor_sees_and_closes_the_clearing(world) {
        let officer = world.officer().await;
        officer.client.get("/clearing").await.problem(403, "supervisor_only");
        officer.client.get(MONTH).await.problem(403, "supervisor_only");
        officer.client.get("/clearing/2026-11.xlsx").await.problem(403, "supervisor_only");
        officer.client.post("/clearing/2026-10/closing", &json!({})).await.problem(403, "supervisor_only");
        world.supervisor().await.client.get("/clearing/2026-13").await.problem(404, "not_found");
    }

    async fn a_month_is_closed_once_it_is_over_and_never_again(world) {
        let supervisor = a_paid_case(world).await;
        let close = format!("{MONTH}/closing");
        supervisor.client.post(&close, &json!({})).await.problem(409, "month_not_over");
        world.time_passes(UNTIL_DECEMBER);
        let supervisor = world.supervisor().await;
        assert_eq!(supervisor.client.get(MONTH).await.ok()["may_close"], true);
        let body = json!({});
        let (one, other) = tokio::join!(supervisor.client.post(&close, &body), supervisor.client.post(&close, &body));
        let (done, late) = if one.status == 200 { (one, other) } else { (other, one) };
        late.problem(409, "month_closed");
        let frozen = done.ok();
        assert_eq!((&frozen["state"], &frozen["frozen"]["seq"], &frozen["may_close"]), (&json!("frozen"), &json!(1), &json!(false)));
        assert_eq!(frozen["frozen"]["previous_digest"], json!("0".repeat(64)));
        assert_eq!(supervisor.client.get(MONTH).await.ok(), frozen);
        let empty = supervisor.client.post("/clearing/2026-10/closing", &json!({})).await.ok();
        assert_eq!((&empty["frozen"]["seq"], &empty["frozen"]["previous_digest"]), (&json!(2), &frozen["frozen"]["digest"]));
        let audit = audit(&world.system.app.db).await.unwrap();
        assert_eq!((audit.months, audit.is_whole()), (2, true));
    }

    async fn a_payment_cannot_be_booked_into_a_closed_month(world) {
        let (first, second, _) = world.an_issued_finding().await;
        first.signs(world).await;
        second.signs(world).await;
        run(&world.system.app.db, "INSERT INTO clearing_months (unit, month, closed_at) VALUES ('330681', '2026-11', '2026-11-01T00:00:00.000000Z')").await;
        let insurer = world.insurer("PICC").await;
        let order = insurer.get("/payment-orders").await.ok()["items"][0].clone();
        let path = format!("/payment-orders/{}", text(&order["id"]));
        let body = json!({ "paid_at": world.now(), "reference": "R" });
        insurer.post(&format!("{path}/payment"), &body).await.problem(409, "month_closed");
        assert_eq!(insurer.get(&path).await.ok()["state"], "due");
    }

    async fn a_statement_is_had_as_files_for_a_spreadsheet(world) {
        let supervisor = a_paid_case(world).await;
        let csv = supervisor.client.get("/clearing/2026-11.csv").await;
        assert_eq!(header(&csv, "content-type"), "text/csv; charset=utf-8");
        assert!(header(&csv, "content-disposition").starts_with("attachment; "));
        let text = String::from_utf8(csv.bytes).unwrap();
        assert!(text.starts_with('\u{feff}') && text.contains("2026-11,PAIC,平安产险,PICC,人保财险,10000,100.00,1,"), "{text}");
        let detail = supervisor.client.get("/clearing/2026-11.csv?part=detail").await;
        assert!(String::from_utf8(detail.bytes).unwrap().contains("无责代赔,PICC,人保财险,PAIC,平安产险,10000,100.00,"));
        let xlsx = supervisor.client.get("/clearing/2026-11.xlsx").await;
        assert_eq!((xlsx.status, &xlsx.bytes[..2]), (200, &b"PK"[..]));
        supervisor.client.get("/clearing/2026-11.pdf").await.problem(404, "not_found");
        let insurer = world.insurer("PAIC").await;
        let months = insurer.get("/clearing-statements").await.ok();
        assert_eq!((&months["months"][0]["month"], &months["months"][0]["rows"]), (&json!("2026-11"), &json!(1)));
        for ending in ["", ".csv", ".xlsx"] {
            assert_eq!(insurer.get(&format!("/clearing-statements/2026-11{ending}")).await.status, 200);
        }
        insurer.get("/clearing-statements/2026-11?unit=330682").await.problem(404, "not_found");
    }

    async fn a_claim_that_no_fact_makes_is_found(world) {
        a_paid_case(world).await;
        let db = &world.system.app.db;
        run(db, "UPDATE clearing_claims SET amount_fen = 1").await;
        let found = audit(db).await.unwrap();
        assert_eq!(found.findings.iter().map(|(_, broken)| broken).collect::<Vec<_>>(), [&Broken::ClaimsDiffer]);
    }

    async fn a_changed_byte_of_a_closed_month_is_found(world) {
        a_paid_case(world).await;
        world.time_passes(UNTIL_DECEMBER);
        let supervisor = world.supervisor().await;
        supervisor.client.post(&format!("{MONTH}/closing"), &json!({})).await.ok();
        let db = &world.system.app.db;
        run(db, "UPDATE clearing_facts SET body = REPLACE(body, '10000', '90000')").await;
        let broken = audit(db).await.unwrap().clearing;
        assert!(matches!(broken.as_slice(), [(_, BrokenClearing::Chain(ChainError::Changed { seq: 1 }))]), "{broken:?}");
        run(db, "DELETE FROM clearing_facts").await;
        let broken = audit(db).await.unwrap().clearing;
        assert!(matches!(broken.as_slice(), [(_, BrokenClearing::CutShort { closed: 1, chain: 0 })]), "{broken:?}");
    }
}
