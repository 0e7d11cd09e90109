//! The sandbox: accidents made to order, events brought about, and time for cases moved on.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use backend::app::audit::audit;
use backend::sandbox::{Kind, seeds};
use serde_json::{Value, json};
use tests::acting::text;
use tests::client::{Answer, Client, fresh_key};
use tests::world::World;
use tests::{in_both_sandboxes, on_both_databases};

/// The window of the agreement, and a second.
const WINDOW_S: i64 = 24 * 3_600 + 1;

#[track_caller]
fn created(answer: Answer) -> Value {
    assert_eq!(answer.status, 201, "{answer}");
    answer.json()
}

async fn make(insurer: &Client, kind: &str) -> Value {
    let body = json!({ "kind": kind });
    created(insurer.post("/sandbox/accidents", &body).await)
}

/// The caller's record of a settled accident.
async fn record(insurer: &Client, made: &Value) -> Value {
    let id = text(&made["settlement_id"]);
    insurer.get(&format!("/settlements/{id}")).await.ok()
}

/// Who pays whom by which cover.
fn payments(record: &Value) -> Vec<(String, String, String)> {
    let all = record["payments"].as_array().unwrap().iter();
    let mut told: Vec<_> = all
        .map(|payment| {
            let insurer = &payment["insurer"]["code"];
            (
                insurer.as_str().unwrap_or("-").to_owned(),
                text(&payment["cover"]),
                text(&payment["payee"]),
            )
        })
        .collect();
    told.sort();
    told
}

/// The orders of one accident that this insurer sees.
async fn orders(insurer: &Client, made: &Value, whose: &str) -> Vec<Value> {
    let page = insurer
        .get(&format!("/payment-orders?whose={whose}&limit=200"))
        .await
        .ok();
    let all = page["items"].as_array().unwrap().iter();
    all.filter(|order| order["finding_number"] == made["finding_number"])
        .cloned()
        .collect()
}

async fn newest_assessment(insurer: &Client, made: &Value) -> Value {
    let page = insurer.get("/assessments?limit=200").await.ok();
    let all = page["items"].as_array().unwrap().iter();
    let mut own = all.filter(|own| own["accident_id"] == made["accident_id"]);
    own.next_back()
        .unwrap_or_else(|| panic!("no assessment: {page}"))
        .clone()
}

fn row(insurer: &str, cover: &str, payee: &str) -> (String, String, String) {
    (insurer.to_owned(), cover.to_owned(), payee.to_owned())
}

async fn is_whole(world: &World) {
    let audit = audit(&world.system.app.db).await.unwrap();
    assert_eq!(audit.findings, vec![]);
    assert!(audit.is_whole());
}

in_both_sandboxes! {
    async fn every_kind_can_be_made_again_and_again(world) {
        let insurer = world.insurer("PICC").await;
        let mut accidents = std::collections::HashSet::new();
        for kind in Kind::ALL {
            let kind = serde_json::to_value(kind).unwrap();
            for _ in 0..2 {
                let made = make(&insurer, kind.as_str().unwrap()).await;
                assert_eq!(made["kind"], kind);
                assert!(accidents.insert(text(&made["accident_id"])), "{made}");
                let settled = !matches!(kind.as_str(), Some("field" | "awaiting"));
                assert_eq!(made["settlement_id"].is_string(), settled, "{made}");
                assert_eq!(made["finding_number"].is_string(), kind != "field", "{made}");
            }
        }
        is_whole(world).await;
    }

    async fn in_self_pay_each_insurer_pays_its_own(world) {
        let insurer = world.insurer("PICC").await;
        let record = record(&insurer, &make(&insurer, "self_pay").await).await;
        assert_eq!(record["method"], "self_pay");
        assert_eq!(payments(&record), [row("PAIC", "ctp_self", "乙"), row("PICC", "ctp_self", "甲")]);
    }

    async fn in_an_advance_the_callers_insurer_pays_for_the_one_without_fault(world) {
        let insurer = world.insurer("PAIC").await;
        let made = make(&insurer, "advance").await;
        let record = record(&insurer, &made).await;
        assert!(payments(&record).contains(&row("PAIC", "ctp_advance", "甲")), "{record}");
        assert!(payments(&record).contains(&row("PAIC", "ctp", "乙")), "{record}");
        assert!(orders(&insurer, &made, "own").await.iter().all(|order| order["state"] == "due"));
    }

    async fn in_a_first_payment_the_callers_insurer_has_paid_anothers_order(world) {
        let insurer = world.insurer("PICC").await;
        let made = make(&insurer, "paid_first").await;
        let others = orders(&insurer, &made, "others").await;
        let paid: Vec<_> = others.iter().filter(|order| order["state"] == "paid").collect();
        assert_eq!(paid.len(), 1, "{others:?}");
        assert_eq!((&paid[0]["paid"]["by"]["code"], &paid[0]["paid"]["on_behalf"]), (&json!("PICC"), &json!("subrogation")));
    }

    async fn three_cars_are_three_parties_and_one_is_to_blame(world) {
        let insurer = world.insurer("PICC").await;
        let record = record(&insurer, &make(&insurer, "three_cars").await).await;
        let liabilities: Vec<_> = record["parties"].as_array().unwrap().iter().map(|party| party["liability"].clone()).collect();
        assert_eq!(liabilities, [json!("full"), json!("none"), json!("none")]);
    }

    async fn an_injury_is_paid_under_its_own_heads(world) {
        let insurer = world.insurer("PICC").await;
        let record = record(&insurer, &make(&insurer, "injury").await).await;
        let heads: Vec<_> = record["payments"].as_array().unwrap().iter().map(|payment| payment["head"].clone()).collect();
        assert!(heads.contains(&json!("medical")) && heads.contains(&json!("disability")), "{heads:?}");
    }

    async fn whoever_refuses_to_sign_is_settled_all_the_same(world) {
        let insurer = world.insurer("PICC").await;
        let record = record(&insurer, &make(&insurer, "refusal").await).await;
        let signed: Vec<_> = record["parties"].as_array().unwrap().iter().map(|party| party["signature"].clone()).collect();
        assert_eq!(signed, [json!("signed"), json!("refused")]);
        assert_eq!(record["outcome"]["closing"]["code"], "4");
    }

    async fn a_mediation_is_agreed_and_closed(world) {
        let insurer = world.insurer("PICC").await;
        let record = record(&insurer, &make(&insurer, "mediation").await).await;
        assert_eq!(record["outcome"]["mediation"]["ending"], "agreed");
        assert_eq!(record["outcome"]["closing"]["mediation_code"], "3");
    }

    async fn a_dispute_a_supplement_a_rejection_and_a_payment_say_what_they_are(world) {
        let insurer = world.insurer("PICC").await;
        let disputed = record(&insurer, &make(&insurer, "disputed").await).await;
        assert_eq!(disputed["outcome"]["objecting"], json!(["乙"]));
        let grown = record(&insurer, &make(&insurer, "supplement").await).await;
        assert_eq!(grown["plan_changes"].as_array().unwrap().len(), 1);
        let made = make(&insurer, "rejected").await;
        let states: Vec<_> = orders(&insurer, &made, "own").await.iter().map(|order| (text(&order["payee"]), text(&order["state"]))).collect();
        assert!(states.contains(&("乙".to_owned(), "rejected".to_owned())), "{states:?}");
        let made = make(&insurer, "paid").await;
        let all = orders(&insurer, &made, "own").await;
        assert!(!all.is_empty() && all.iter().all(|order| order["state"] == "confirmed"), "{all:?}");
    }

    async fn a_void_finding_is_replaced_by_one_with_another_number(world) {
        let insurer = world.insurer("PICC").await;
        let made = make(&insurer, "voided").await;
        let id = text(&made["accident_id"]).parse().unwrap();
        let accident = world.system.app.look(id, &backend::app::Scope::Service).await.unwrap();
        let [void] = accident.voided.as_slice() else { panic!("{:?}", accident.voided) };
        assert_ne!(json!(void.finding.number), made["finding_number"]);
    }

    async fn an_objection_ends_in_a_figure_found_together(world) {
        let insurer = world.insurer("PAIC").await;
        let made = make(&insurer, "objection").await;
        let own = newest_assessment(&insurer, &made).await;
        assert_eq!((&own["state"], &own["basis"]), (&json!("binding"), &json!("joint")));
        assert!(own["answers"].as_array().unwrap().iter().any(|given| given["answer"] == "objected"), "{own}");
    }

    async fn an_assessment_that_nobody_answers_binds_once_the_clock_is_past_its_window(world) {
        let insurer = world.insurer("PICC").await;
        let made = make(&insurer, "awaiting").await;
        let own = newest_assessment(&insurer, &made).await;
        assert_eq!((&own["state"], &own["must_answer_own"]), (&json!("awaiting"), &json!(true)));
        let before = insurer.get("/sandbox").await.ok()["now"].clone();
        let key = fresh_key();
        let on = json!({ "advance_s": WINDOW_S });
        let moved = insurer.post_as(key, "/sandbox/clock", &on).await.ok();
        assert_ne!(moved["now"], before);
        let own = newest_assessment(&insurer, &made).await;
        assert_eq!((&own["state"], &own["basis"]), (&json!("binding"), &json!("silence")));
        let again = insurer.post_as(key, "/sandbox/clock", &on).await.ok();
        assert_eq!(again, moved, "a retry moves nothing");
        assert_eq!(insurer.get("/sandbox").await.ok()["now"], moved["now"]);
        is_whole(world).await;
    }

    async fn a_token_lives_in_real_time_however_far_the_clock_is_moved(world) {
        let insurer = world.insurer("PICC").await;
        for _ in 0..3 {
            insurer.post("/sandbox/clock", &json!({ "advance_s": 90 * 86_400 })).await.ok();
        }
        insurer.get("/settlements").await.ok();
        let officer = world.officer().await;
        officer.client.get("/queue").await.ok();
        make(&insurer, "advance").await;
    }

    async fn the_clock_goes_forward_only_and_not_too_far(world) {
        let insurer = world.insurer("PICC").await;
        for seconds in [0, -1, 90 * 86_400 + 1] {
            insurer.post("/sandbox/clock", &json!({ "advance_s": seconds })).await.names("advance_s");
        }
        insurer.post("/sandbox/accidents", &json!({ "kind": "meteor" })).await.names("kind");
        insurer.post("/sandbox/events", &json!({ "type": "meteor.fell" })).await.names("type");
    }

    async fn every_event_can_be_brought_about_and_a_retry_brings_about_nothing_more(world) {
        let insurer = world.insurer("PICC").await;
        let known = insurer.get("/sandbox").await.ok();
        for event in known["events"].as_array().unwrap() {
            let (key, body) = (fresh_key(), json!({ "type": event }));
            let fired = created(insurer.post_as(key, "/sandbox/events", &body).await);
            assert_eq!(&fired["type"], event);
            let again = created(insurer.post_as(key, "/sandbox/events", &body).await);
            assert_eq!(again, fired, "{event}");
        }
        let months = insurer.get("/clearing-statements").await.ok()["months"].clone();
        let frozen = months.as_array().unwrap().iter().filter(|month| month["state"] == "frozen");
        assert_eq!(frozen.count(), 1, "{months}");
    }

    async fn a_seeded_sandbox_is_whole_and_is_seeded_once(world) {
        let app = &world.system.app;
        let mut told = 0;
        seeds::tell_all(app, |so_far| told = so_far).await.unwrap();
        assert_eq!(told, seeds::count());
        let audit = audit(&app.db).await.unwrap();
        assert!(audit.is_whole(), "{:?}", audit.findings);
        assert_eq!((usize::try_from(audit.accidents).unwrap(), audit.months), (seeds::count(), 1));
        seeds::tell_all(app, |_| {}).await.unwrap();
        let again = backend::app::audit::audit(&app.db).await.unwrap();
        assert_eq!(again.accidents, audit.accidents, "told once");
        for code in ["PICC", "PAIC"] {
            let insurer = world.insurer(code).await;
            let page = insurer.get("/settlements?limit=200").await.ok();
            assert!(page["items"].as_array().unwrap().len() > 10, "{code}");
        }
    }
}

on_both_databases! {
    async fn outside_a_sandbox_none_of_it_is_there(world) {
        let insurer = world.insurer("PICC").await;
        insurer.get("/sandbox").await.problem(404, "not_found");
        insurer.post("/sandbox/accidents", &json!({ "kind": "advance" })).await.problem(404, "not_found");
        insurer.post("/sandbox/events", &json!({ "type": "settlement.created" })).await.problem(404, "not_found");
        insurer.post("/sandbox/clock", &json!({ "advance_s": 60 })).await.problem(404, "not_found");
        assert!(world.system.app.sandbox.is_none());
    }

    async fn without_a_token_nobody_learns_whether_there_is_a_sandbox(world) {
        world.anyone().get("/sandbox").await.problem(401, "invalid_token");
    }
}
