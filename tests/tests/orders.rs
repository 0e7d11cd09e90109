//! From the plan to the money: payment orders, who may touch them, and what insurers owe each other for them.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use backend::app::audit::audit;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::acting::{Driver, Officer, text};
use tests::client::{Client, fresh_key};
use tests::on_both_databases;
use tests::people::{LI, Person, WANG};
use tests::world::World;

/// 甲 (PICC) drove into 乙 (PAIC), both have signed. PICC owes 乙 1,500.00 and 甲 100.00 in advance for PAIC
/// and 900.00 from the vehicle's own cover; PAIC owes nobody.
async fn a_settled_case(world: &World) -> (Driver, Driver, Officer) {
    let (first, second, officer) = world.an_issued_finding().await;
    first.signs(world).await;
    second.signs(world).await;
    (first, second, officer)
}

fn items(page: &Value) -> Vec<Value> {
    page["items"].as_array().unwrap().clone()
}

/// The insurer's own order for this payee.
async fn order_for(insurer: &Client, payee: &str) -> Value {
    let page = insurer.get("/payment-orders").await.ok();
    let mut mine = items(&page).into_iter().filter(|order| order["payee"] == payee);
    mine.next()
        .unwrap_or_else(|| panic!("no order for {payee}: {page}"))
}

fn path(order: &Value, deed: &str) -> String {
    format!("/payment-orders/{}/{deed}", text(&order["id"]))
}

fn within(driver: &Driver, order: &Value, deed: &str) -> String {
    driver.path(&format!("orders/{}/{deed}", text(&order["id"])))
}

fn payment(world: &World) -> Value {
    json!({ "paid_at": world.now(), "reference": "BANK-1" })
}

/// An assessment of this total.
fn damage(mut body: Value, fen: i64) -> Value {
    body["items"] = json!([{ "part": "前保险杠皮", "operation": "replace", "quantity": 1, "unit_price_fen": fen - 5_000, "labour_fen": 5_000 }]);
    body["note"] = Value::Null;
    body
}

fn nothing() -> Value {
    json!({})
}

on_both_databases! {
    async fn a_settled_plan_is_one_order_per_insurer_and_payee(world) {
        let (first, ..) = a_settled_case(world).await;
        let insurer = world.insurer("PICC").await;
        let page = insurer.get("/payment-orders").await.ok();
        let mut told: Vec<_> = items(&page).iter().map(|o| (text(&o["payee"]), text(&o["payee_name"]), o["amount_fen"].as_i64().unwrap(), text(&o["state"]))).collect();
        told.sort();
        let due = || "due".to_owned();
        assert_eq!(told, [
            ("乙".to_owned(), LI.name.to_owned(), 150_000, due()),
            ("甲".to_owned(), WANG.name.to_owned(), 100_000, due()),
        ]);
        let own = order_for(&insurer, "甲").await;
        let advance = own["lines"].as_array().unwrap().iter().find(|line| line["cover"] == "ctp_advance").unwrap();
        assert_eq!(advance["reimbursed_by"], json!([{ "party": "乙", "insurer": { "code": "PAIC", "name": "平安产险" }, "amount_fen": 10_000 }]));
        assert_eq!(items(&world.insurer("PAIC").await.get("/payment-orders").await.ok()), [] as [Value; 0]);
        // The driver sees the order that pays them, and no other.
        let seen = first.view().await["orders"].clone();
        assert_eq!(seen.as_array().unwrap().len(), 1);
        assert_eq!(seen[0]["payee"], "甲");
    }

    async fn an_order_is_paid_once_and_confirmed_by_its_payee(world) {
        let (first, second, officer) = a_settled_case(world).await;
        let insurer = world.insurer("PICC").await;
        let order = order_for(&insurer, "乙").await;
        second.client.post(&within(&second, &order, "confirmation"), &nothing()).await.problem(409, "not_paid");
        let key = fresh_key();
        let body = payment(world);
        let paid = insurer.post_as(key, &path(&order, "payment"), &body).await.ok();
        assert_eq!((&paid["state"], &paid["paid"]["reference"], &paid["paid"]["by"]["code"]), (&json!("paid"), &json!("BANK-1"), &json!("PICC")));
        assert_eq!(insurer.post_as(key, &path(&order, "payment"), &body).await.ok(), paid, "a retry says how it stands");
        insurer.post(&path(&order, "payment"), &body).await.problem(409, "already_paid");
        insurer.post(&path(&order, "rejection"), &json!({ "reason": "户名不符" })).await.problem(409, "already_paid");
        first.client.post(&within(&first, &order, "confirmation"), &nothing()).await.problem(404, "not_found");
        officer.client.post(&within(&first, &order, "confirmation"), &nothing()).await.problem(409, "payee_confirms");
        let view = second.client.post(&within(&second, &order, "confirmation"), &nothing()).await.ok();
        assert_eq!(view["orders"][0]["state"], "confirmed");
        second.client.post(&within(&second, &order, "confirmation"), &nothing()).await.problem(409, "already_confirmed");
        let clock = officer.view(&first).await["clock"].clone();
        assert_eq!(clock["first_paid_at"], body["paid_at"]);
        assert_eq!(clock["all_paid_at"], Value::Null, "the other order is open");
        let own = order_for(&insurer, "甲").await;
        insurer.post(&path(&own, "payment"), &body).await.ok();
        assert_eq!(officer.view(&first).await["clock"]["all_paid_at"], body["paid_at"]);
    }

    async fn what_an_insurer_sends_back_the_desk_mends_and_issues_again(world) {
        let (first, second, officer) = a_settled_case(world).await;
        let insurer = world.insurer("PICC").await;
        let order = order_for(&insurer, "乙").await;
        officer.client.post(&within(&first, &order, "reissue"), &json!({ "note": "x" })).await.problem(409, "not_rejected");
        insurer.post(&path(&order, "rejection"), &json!({ "reason": " " })).await.names("reason");
        let back = insurer.post(&path(&order, "rejection"), &json!({ "reason": "户名不符" })).await.ok();
        assert_eq!((&back["state"], &back["rejected"]["reason"]), (&json!("rejected"), &json!("户名不符")));
        insurer.post(&path(&order, "payment"), &payment(world)).await.problem(409, "order_rejected");
        second.client.post(&within(&first, &order, "reissue"), &json!({ "note": "x" })).await.problem(401, "session_missing");
        officer.client.post(&within(&first, &order, "reissue"), &json!({ "note": "" })).await.names("note");
        let view = officer.client.post(&within(&first, &order, "reissue"), &json!({ "note": "已核对户名" })).await.ok();
        let again = view["orders"].as_array().unwrap().iter().find(|o| o["id"] == order["id"]).unwrap().clone();
        assert_eq!((&again["state"], &again["note"], &again["rejected"]), (&json!("due"), &json!("已核对户名"), &Value::Null));
        insurer.post(&path(&order, "payment"), &payment(world)).await.ok();
    }

    async fn bad_payments_are_named_by_their_field(world) {
        a_settled_case(world).await;
        let insurer = world.insurer("PICC").await;
        let order = order_for(&insurer, "乙").await;
        let pay = path(&order, "payment");
        insurer.post(&pay, &json!({ "paid_at": "2126-01-01T00:00:00Z", "reference": "R" })).await.names("paid_at");
        insurer.post(&pay, &json!({ "paid_at": "2025-01-01T00:00:00Z", "reference": "R" })).await.names("paid_at");
        insurer.post(&pay, &json!({ "paid_at": "yesterday", "reference": "R" })).await.names("paid_at");
        insurer.post(&pay, &json!({ "paid_at": world.now(), "reference": "" })).await.names("reference");
        insurer.post(&pay, &json!({ "paid_at": world.now() })).await.names("reference");
        insurer.post(&pay, &json!({ "paid_at": world.now(), "reference": "R", "on_behalf": true })).await.names("on_behalf");
        insurer.get("/payment-orders?limit=0").await.names("limit");
        insurer.get("/payment-orders?since=x").await.names("since");
        insurer.get("/payment-orders?state=lost").await.names("state");
        assert_eq!(order_for(&insurer, "乙").await["state"], "due");
    }

    async fn many_payments_each_have_a_result_of_their_own_and_a_retry_changes_nothing(world) {
        a_settled_case(world).await;
        let insurer = world.insurer("PICC").await;
        let (one, other) = (order_for(&insurer, "乙").await, order_for(&insurer, "甲").await);
        let item = |id: &Value, reference: &str| json!({ "id": id, "paid_at": world.now(), "reference": reference });
        let unknown = json!("0195f0a0-0000-7000-8000-000000000001");
        let body = json!({ "items": [item(&one["id"], "A"), item(&unknown, "B"), item(&other["id"], ""), item(&one["id"], "C")] });
        let key = fresh_key();
        let told = insurer.post_as(key, "/payment-orders/payments", &body).await.ok();
        assert_eq!((&told["paid"], &told["refused"]), (&json!(1), &json!(3)));
        let codes: Vec<_> = items(&told).iter().map(|item| item["problem"]["code"].clone()).collect();
        assert_eq!(codes, [Value::Null, json!("not_found"), json!("invalid_fields"), json!("already_paid")]);
        assert_eq!(told["items"][2]["problem"]["errors"][0]["field"], "reference");
        assert_eq!(insurer.post_as(key, "/payment-orders/payments", &body).await.ok(), told);
        let changed = json!({ "items": [item(&other["id"], "D")] });
        insurer.post_as(key, "/payment-orders/payments", &changed).await.problem(422, "idempotency_key_reused");
        insurer.post("/payment-orders/payments", &json!({ "items": [] })).await.names("items");
        let many: Vec<_> = (0..201).map(|_| item(&unknown, "A")).collect();
        insurer.post("/payment-orders/payments", &json!({ "items": many })).await.names("items");
    }

    async fn one_order_is_read_again_only_when_it_changed(world) {
        a_settled_case(world).await;
        let insurer = world.insurer("PICC").await;
        let order = order_for(&insurer, "乙").await;
        let path_of = format!("/api/v1/payment-orders/{}", text(&order["id"]));
        let first = insurer.send(insurer.request(reqwest::Method::GET, &path_of)).await;
        let tag = first.headers["etag"].clone();
        let again = || insurer.send(insurer.request(reqwest::Method::GET, &path_of).header("if-none-match", tag.clone()));
        assert_eq!(again().await.status, 304);
        insurer.post(&path(&order, "payment"), &payment(world)).await.ok();
        assert_eq!(again().await.status, 200);
    }

    async fn a_fellow_member_pays_first_and_claims_it_back(world) {
        a_settled_case(world).await;
        let (owes, fellow) = (world.insurer("PICC").await, world.insurer("PAIC").await);
        let order = order_for(&owes, "乙").await;
        let others = items(&fellow.get("/payment-orders?whose=others").await.ok());
        assert_eq!(others.len(), 2);
        assert!(others.iter().all(|order| order["own"] == false));
        let names: Vec<_> = others.iter().map(|order| (text(&order["payee"]), text(&order["payee_name"]).contains('*'))).collect();
        assert!(names.contains(&("乙".to_owned(), false)) && names.contains(&("甲".to_owned(), true)), "{names:?}");
        fellow.post(&path(&order, "payment"), &payment(world)).await.problem(404, "not_found");
        fellow.post(&path(&order, "rejection"), &json!({ "reason": "x" })).await.problem(404, "not_found");
        let mut body = payment(world);
        body["on_behalf"] = json!(true);
        let paid = fellow.post(&path(&order, "payment"), &body).await.ok();
        assert_eq!((&paid["paid"]["by"]["code"], &paid["paid"]["on_behalf"]), (&json!("PAIC"), &json!("mutual_trust")));
        owes.post(&path(&order, "payment"), &payment(world)).await.problem(409, "already_paid");
        let statement = fellow.get("/clearing-statements/2026-11").await.ok();
        assert_eq!((&statement["state"], statement["rows"].as_array().unwrap().len()), (&json!("preview"), 1));
        let row = &statement["rows"][0];
        assert_eq!((&row["first"]["code"], &row["second"]["code"], &row["net_fen"]), (&json!("PAIC"), &json!("PICC"), &json!(-150_000)));
        assert_eq!(row["claims"][0]["kind"], "mutual_trust");
        assert_eq!(row["claims"][0]["order_id"], order["id"]);
    }

    async fn an_insurer_without_a_policy_in_the_accident_finds_no_order(world) {
        let officer = world.officer().await;
        let (first, second) = world.a_decided_case(&officer, (WANG, Person { insurer: "PICC", ..LI })).await;
        officer.issues(&first).await;
        first.signs(world).await;
        second.signs(world).await;
        let order = order_for(&world.insurer("PICC").await, "乙").await;
        let stranger = world.insurer("PAIC").await;
        for whose in ["own", "others"] {
            assert_eq!(stranger.get(&format!("/payment-orders?whose={whose}")).await.ok()["items"], json!([]));
        }
        let mut body = payment(world);
        body["on_behalf"] = json!(true);
        stranger.get(&format!("/payment-orders/{}", text(&order["id"]))).await.problem(404, "not_found");
        stranger.post(&path(&order, "payment"), &body).await.problem(404, "not_found");
        stranger.post(&path(&order, "rejection"), &json!({ "reason": "x" })).await.problem(404, "not_found");
        let many = json!({ "items": [{ "id": order["id"], "paid_at": body["paid_at"], "reference": "R", "on_behalf": true }] });
        assert_eq!(stranger.post("/payment-orders/payments", &many).await.ok()["items"][0]["problem"]["code"], "not_found");
        stranger.get("/clearing-statements/2026-11").await.problem(404, "not_found");
    }

    async fn a_driver_and_an_officer_have_no_way_to_an_insurers_routes_nor_an_insurer_to_theirs(world) {
        let (first, _, officer) = a_settled_case(world).await;
        let insurer = world.insurer("PICC").await;
        let order = order_for(&insurer, "乙").await;
        for client in [&first.client, &officer.client, &world.anyone()] {
            client.get("/payment-orders").await.problem(401, "invalid_token");
            client.post(&path(&order, "payment"), &payment(world)).await.problem(401, "invalid_token");
            client.post(&path(&order, "rejection"), &json!({ "reason": "x" })).await.problem(401, "invalid_token");
            client.get("/clearing-statements").await.problem(401, "invalid_token");
        }
        for client in [&first.client, &insurer, &world.anyone()] {
            client.get("/clearing").await.problem(401, "session_missing");
            client.get("/clearing/2026-11").await.problem(401, "session_missing");
            client.post("/clearing/2026-11/closing", &nothing()).await.problem(401, "session_missing");
        }
        insurer.post(&within(&first, &order, "confirmation"), &nothing()).await.problem(401, "session_missing");
        insurer.post(&within(&first, &order, "reissue"), &json!({ "note": "x" })).await.problem(401, "session_missing");
        let stranger = world.reports(&Person { phone: "13700000003", ..WANG }).await;
        stranger.client.post(&within(&first, &order, "confirmation"), &nothing()).await.problem(404, "not_found");
    }

    async fn hidden_damage_leaves_what_is_paid_and_asks_for_the_difference(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        for (driver, fen) in [(&first, 100_000), (&second, 150_000)] {
            officer.client.post(&first.path("assessments"), &damage(json!({ "party_id": driver.party, "photos": [] }), fen)).await.ok();
        }
        officer.decides_rear_end(&first, &second).await;
        officer.issues(&first).await;
        first.signs(world).await;
        second.signs(world).await;
        let (picc, paic) = (world.insurer("PICC").await, world.insurer("PAIC").await);
        let (paid, untouched) = (order_for(&picc, "乙").await, order_for(&picc, "甲").await);
        picc.post(&path(&paid, "payment"), &payment(world)).await.ok();
        let record = paic.get("/settlements").await.ok()["items"][0]["id"].clone();
        let old = officer.view(&second).await["assessments"][1]["id"].clone();
        let found = damage(json!({ "settlement_id": record, "party": "乙", "supplements": old }), 260_000);
        paic.post("/assessments", &found).await.ok();
        let mut told: Vec<_> = items(&picc.get("/payment-orders").await.ok())
            .iter()
            .map(|o| (text(&o["payee"]), text(&o["direction"]), o["amount_fen"].as_i64().unwrap(), text(&o["state"])))
            .collect();
        told.sort();
        let order = |payee: &str, fen, state: &str| (payee.to_owned(), "pay".to_owned(), fen, state.to_owned());
        assert_eq!(told, [order("乙", 110_000, "due"), order("乙", 150_000, "paid"), order("甲", 100_000, "due")]);
        assert_eq!(order_for(&picc, "甲").await["id"], untouched["id"], "what stays owed stays the same order");
        assert_eq!(officer.view(&first).await["clock"]["all_paid_at"], Value::Null);
        assert!(audit(&world.system.app.db).await.unwrap().is_whole());
    }

    async fn a_cursor_skips_nothing_while_orders_are_paid_at_once(world) {
        a_settled_case(world).await;
        let insurer = world.insurer("PICC").await;
        let orders = [order_for(&insurer, "甲").await, order_for(&insurer, "乙").await];
        let body = payment(world);
        let reading = async {
            let (mut since, mut seen) = (String::new(), Vec::new());
            // Read until both payments have come by, however the writers and this reader interleave.
            loop {
                let query = if since.is_empty() { String::new() } else { format!("&since={since}") };
                let page = insurer.get(&format!("/payment-orders?limit=1{query}")).await.ok();
                since = text(&page["next"]);
                seen.extend(items(&page));
                let paid = seen.iter().filter(|order| order["state"] == "paid").count();
                if paid == 2 {
                    break seen;
                }
            }
        };
        let pays: Vec<_> = orders.iter().map(|order| path(order, "payment")).collect();
        let paying = join_all(pays.iter().map(|pay| insurer.post(pay, &body)));
        let (seen, paid) = tokio::join!(reading, paying);
        assert!(paid.iter().all(|answer| answer.status == 200));
        let changes: Vec<_> = seen.iter().map(|order| order["change"].as_i64().unwrap()).collect();
        assert!(changes.windows(2).all(|pair| pair[0] < pair[1]), "{changes:?}");
    }

    async fn of_many_who_pay_one_order_at_once_exactly_one_has_paid_it(world) {
        a_settled_case(world).await;
        let (owes, fellow) = (world.insurer("PICC").await, world.insurer("PAIC").await);
        let order = order_for(&owes, "乙").await;
        let (mut behalf, own, pay) = (payment(world), payment(world), path(&order, "payment"));
        behalf["on_behalf"] = json!(true);
        let answers = join_all((0..8).map(|turn| if turn % 2 == 0 { owes.post(&pay, &own) } else { fellow.post(&pay, &behalf) })).await;
        let mut paid = 0;
        for answer in answers {
            match answer.status {
                200 => paid += 1,
                _ => drop(answer.problem(409, "already_paid")),
            }
        }
        assert_eq!(paid, 1);
    }
}
