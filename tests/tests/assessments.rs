//! 定损互信 through the API: a figure that binds, one that waits, an objection, a window, hidden damage after closing.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::time::Duration;

use backend::app::audit::audit;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::acting::{Driver, Officer, text};
use tests::client::Client;
use tests::on_both_databases;
use tests::people::{self, LI, Person, WANG};
use tests::upload::{jpeg, sha256};
use tests::world::World;

/// The cap of the agreement that tests live under.
const CAP: i64 = 1_000_000;
const WINDOW: Duration = Duration::from_secs(24 * 3_600);

fn items(fen: i64) -> Value {
    json!([{ "part": "前保险杠皮", "operation": "replace", "quantity": 1, "unit_price_fen": fen - 5_000, "labour_fen": 5_000 }])
}

/// What the desk sends to assess this driver's vehicle, supplementing its newest assessment.
async fn request(officer: &Officer, driver: &Driver, fen: i64) -> Value {
    let view = officer.view(driver).await;
    let all = view["assessments"].as_array().unwrap();
    let last = all
        .iter()
        .rev()
        .find(|own| own["party_id"] == json!(driver.party));
    let supplements = last.map_or(Value::Null, |own| own["id"].clone());
    json!({ "party_id": driver.party, "supplements": supplements, "items": items(fen), "photos": [], "note": null })
}

async fn assess(officer: &Officer, driver: &Driver, fen: i64) -> Value {
    let body = request(officer, driver, fen).await;
    officer.client.post(&driver.path("assessments"), &body).await.ok()
}

/// The newest assessment of this driver's vehicle in a view.
fn newest(view: &Value, driver: &Driver) -> Value {
    let all = view["assessments"].as_array().unwrap();
    let own = all
        .iter()
        .rev()
        .find(|own| own["party_id"] == json!(driver.party));
    own.unwrap_or_else(|| panic!("no assessment: {view}")).clone()
}

/// 追尾 decided, the finding issued and signed by both.
async fn served(world: &World, officer: &Officer, (first, second): (&Driver, &Driver)) {
    officer.decides_rear_end(first, second).await;
    officer.issues(first).await;
    first.signs(world).await;
    second.signs(world).await;
}

async fn closes(officer: &Officer, driver: &Driver) {
    let closing = json!({ "seen": officer.version(driver).await, "closing_code": "1", "mediation_code": "1", "note": "按理算结果履行" });
    officer.client.post(&driver.path("closing"), &closing).await.ok();
}

async fn records(insurer: &Client) -> Vec<Value> {
    insurer.get("/assessments").await.ok()["items"]
        .as_array()
        .unwrap()
        .clone()
}

/// The rows are what the facts say, whatever happened.
async fn audited(world: &World) {
    let audit = audit(&world.system.app.db).await.unwrap();
    assert_eq!(audit.findings, vec![]);
}

fn changed(view: &Value, insurer: &str) -> i64 {
    let changes = view["plan_changes"].as_array().unwrap();
    let insurers = changes[0]["insurers"].as_array().unwrap();
    let one = insurers
        .iter()
        .find(|change| change["insurer"]["code"] == json!(insurer));
    one.map_or(0, |change| change["change_fen"].as_i64().unwrap())
}

on_both_databases! {
    async fn the_desks_figure_binds_members_at_once_and_becomes_the_loss_of_the_plan(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        assess(&officer, &first, 100_000).await;
        let view = assess(&officer, &second, CAP).await;
        let own = newest(&view, &second);
        assert_eq!((&own["state"], &own["basis"]), (&json!("binding"), &json!("mutual_trust")));
        assert_eq!((&own["total_fen"], &own["label"]), (&json!(CAP), &json!("乙")));
        assert_eq!(view["agreement"]["cap_fen"], json!(CAP));
        assert_eq!(view["parties"][1]["losses"]["vehicle_fen"], json!(CAP));
        let typed = first.path(&format!("parties/{}/losses", second.party));
        officer.client.put(&typed, &people::vehicle_loss(5)).await.names("losses.vehicle_fen");
        served(world, &officer, (&first, &second)).await;
        let view = first.view().await;
        assert_eq!(view["settlement"]["losses_fen"], json!(CAP + 100_000));
        let others = newest(&view, &second);
        assert_eq!((&others["total_fen"], &others["items"]), (&json!(CAP), &json!([])), "the figure, not the items");
        assert_eq!(newest(&view, &first)["items"].as_array().unwrap().len(), 1);
        audited(world).await;
    }

    async fn a_repeated_request_assesses_once_and_bad_lines_are_named(world) {
        let (first, _, officer) = world.a_claimed_case().await;
        let body = request(&officer, &first, 50_000).await;
        let key = uuid::Uuid::from_u128(7);
        let path = first.path("assessments");
        let once = officer.client.post_as(key, &path, &body).await.ok();
        let twice = officer.client.post_as(key, &path, &body).await.ok();
        assert_eq!((once["assessments"].as_array().unwrap().len(), &once["version"]), (1, &twice["version"]));
        let mut bad = request(&officer, &first, 50_000).await;
        bad["items"][0]["quantity"] = json!(0);
        officer.client.post(&path, &bad).await.names("items[0].quantity");
        bad["items"] = items(50_000);
        bad["photos"] = json!(["0195f0a0-0000-7000-8000-000000000001"]);
        officer.client.post(&path, &bad).await.names("photos[0]");
        bad["total_fen"] = json!(1);
        assert_eq!(officer.client.post(&path, &bad).await.status, 422, "a total is never typed");
        first.client.post(&path, &body).await.problem(401, "session_missing");
    }

    async fn above_the_cap_whoever_pays_answers_and_until_then_nothing_is_settled(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        assess(&officer, &first, 100_000).await;
        let own = newest(&assess(&officer, &second, CAP + 1).await, &second);
        assert_eq!(own["must_answer"].as_array().unwrap().len(), 2, "undecided: both insurers");
        served(world, &officer, (&first, &second)).await;
        let view = officer.view(&first).await;
        assert_eq!((&view["stage"], &view["settlement"]), (&json!("settling"), &Value::Null));
        let own = newest(&view, &second);
        assert_eq!(own["must_answer"][0]["insurer"]["code"], json!("PICC"), "decided: only who pays");
        let refused = officer.client.post(&first.path("settlement"), &json!({})).await.problem(409, "assessment_not_binding");
        assert_eq!(refused["errors"][0]["field"], json!(format!("losses.{}", second.party)));

        let id = text(&own["id"]);
        let (picc, paic) = (world.insurer("PICC").await, world.insurer("PAIC").await);
        let accept = format!("/assessments/{id}/acceptance");
        paic.post(&accept, &json!({})).await.problem(409, "not_asked");
        let record = picc.get(&format!("/assessments/{id}")).await.ok();
        assert_eq!((&record["must_answer_own"], &record["own_answer"]), (&json!(true), &Value::Null));
        assert!(record["parties"][1]["name"].as_str().unwrap().contains('*'), "{record}");
        assert!(!record["parties"][0]["name"].as_str().unwrap().contains('*'), "{record}");
        let key = uuid::Uuid::from_u128(8);
        let once = picc.post_as(key, &accept, &json!({})).await.ok();
        let twice = picc.post_as(key, &accept, &json!({})).await.ok();
        assert_eq!((&once["basis"], &once["change"]), (&json!("accepted"), &twice["change"]));
        picc.post(&accept, &json!({})).await.problem(409, "already_answered");
        assert_eq!(first.view().await["settlement"]["losses_fen"], json!(CAP + 100_001), "settled by the answer");
        audited(world).await;
    }

    async fn a_window_ends_in_acceptance_at_its_microsecond_and_only_once(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        assess(&officer, &first, 100_000).await;
        served_but_assessed(world, &officer, (&first, &second)).await;
        let app = &world.system.app;
        world.time_passes(WINDOW - Duration::from_micros(1));
        app.end_windows().await.unwrap();
        // A day later somebody else is on duty.
        let officer = world.officer().await;
        assert_eq!(newest(&officer.view(&first).await, &second)["state"], json!("awaiting"));
        let before = officer.version(&first).await;
        world.time_passes(Duration::from_micros(1));
        for ended in join_all((0..4).map(|_| app.end_windows())).await {
            ended.unwrap();
        }
        let view = officer.view(&first).await;
        let own = newest(&view, &second);
        assert_eq!((&own["basis"], &own["answers"][0]["answer"]), (&json!("silence"), &json!("silent")));
        assert_eq!(view["settlement"]["losses_fen"], json!(CAP + 100_001));
        assert_eq!(view["version"], json!(before + 6), "bound, settled, ordered and told to the owner and both parties, once");
        let picc = world.insurer("PICC").await;
        let late = json!({ "reason": "价格偏高", "own_figure_fen": 1 });
        picc.post(&format!("/assessments/{}/objection", text(&own["id"])), &late).await.problem(409, "already_answered");
        audited(world).await;
    }

    async fn an_insurers_objection_is_assessed_together_and_the_joint_figure_settles(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        assess(&officer, &first, 100_000).await;
        served_but_assessed(world, &officer, (&first, &second)).await;
        let id = text(&newest(&officer.view(&first).await, &second)["id"]);
        let picc = world.insurer("PICC").await;
        let path = format!("/assessments/{id}/objection");
        picc.post(&path, &json!({ "reason": " ", "own_figure_fen": 1 })).await.names("reason");
        let objection = json!({ "reason": "保险杠只需喷漆", "own_figure_fen": 300_000 });
        let record = picc.post(&path, &objection).await.ok();
        assert_eq!((&record["state"], &record["own_answer"]), (&json!("joint"), &json!("objected")));
        let other = newest(&first.view().await, &second);
        assert_eq!(other["answers"][0]["reason"], Value::Null, "reasons are for the vehicle's own driver");
        let joint = json!({ "items": items(400_000), "note": "三方视频核定", "seen": officer.version(&first).await });
        let view = officer.client.post(&first.path(&format!("assessments/{id}/joint")), &joint).await.ok();
        let own = newest(&view, &second);
        assert_eq!((&own["basis"], &own["total_fen"], &own["joint"]["note"]), (&json!("joint"), &json!(400_000), &json!("三方视频核定")));
        assert_eq!(own["items"][0]["unit_price_fen"], json!(CAP + 1 - 5_000), "what was put forward stays");
        assert_eq!(view["settlement"]["losses_fen"], json!(500_000));
        audited(world).await;
    }

    async fn a_driver_signs_for_the_figure_or_objects_until_then(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        assess(&officer, &first, 100_000).await;
        let view = assess(&officer, &second, 200_000).await;
        let answer = |own: &Value| format!("assessments/{}/answer", text(&own["id"]));
        let (mine, theirs) = (newest(&view, &first), newest(&view, &second));
        let ink = json!({ "answer": "accepted", "ink": people::ink(), "total_fen": 100_000 });
        second.client.post(&first.path(&answer(&mine)), &ink).await.problem(409, "not_your_vehicle");
        let stale = json!({ "answer": "accepted", "ink": people::ink(), "total_fen": 99_999 });
        first.client.post(&first.path(&answer(&mine)), &stale).await.problem(409, "figure_superseded");
        let blank = json!({ "answer": "accepted", "ink": { "width": 640.0, "height": 240.0, "strokes": [] } });
        first.client.post(&first.path(&answer(&mine)), &blank).await.names("ink.strokes");
        let signed = newest(&first.client.post(&first.path(&answer(&mine)), &ink).await.ok(), &first);
        assert_eq!(signed["may"], json!({ "accept": false, "object": false, "joint": false, "supplement": false }));
        let objection = json!({ "answer": "objected", "reason": "后备箱也变形了", "own_figure_fen": 250_000 });
        first.client.post(&first.path(&answer(&mine)), &objection).await.problem(409, "already_signed");
        let view = second.client.post(&second.path(&answer(&theirs)), &objection).await.ok();
        assert_eq!(newest(&view, &second)["state"], json!("joint"));
        assert_eq!(newest(&officer.view(&second).await, &second)["may"]["joint"], json!(true));
        audited(world).await;
    }

    async fn hidden_damage_after_closing_makes_the_plan_again_and_shows_the_difference(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        assess(&officer, &first, 100_000).await;
        assess(&officer, &second, 150_000).await;
        served(world, &officer, (&first, &second)).await;
        closes(&officer, &first).await;
        let picc = world.insurer("PICC").await;
        let before = picc.get("/settlements").await.ok();
        // The workshop's insurer finds more; PAIC knows the case by its settlement record.
        let paic = world.insurer("PAIC").await;
        let settlement = paic.get("/settlements").await.ok()["items"][0]["id"].clone();
        let old = newest(&first.view().await, &second)["id"].clone();
        let supplement = json!({ "settlement_id": settlement, "party": "乙", "supplements": old, "items": items(260_000), "note": "拆检发现" });
        let key = uuid::Uuid::from_u128(9);
        let once = paic.post_as(key, "/assessments", &supplement).await.ok();
        let twice = paic.post_as(key, "/assessments", &supplement).await.ok();
        assert_eq!((&once["id"], &once["difference_fen"]), (&twice["id"], &json!(110_000)));
        let view = first.view().await;
        assert_eq!((&view["stage"], &view["settlement"]["losses_fen"]), (&json!("closed"), &json!(360_000)));
        assert_eq!((changed(&view, "PICC"), changed(&view, "PAIC")), (110_000, 0));
        let parties = view["plan_changes"][0]["parties"].as_array().unwrap();
        assert_eq!((&parties[0]["label"], &parties[0]["receives_before_fen"], &parties[0]["receives_after_fen"]),
                   (&json!("乙"), &json!(150_000), &json!(260_000)));
        assert_eq!(view["assessments"].as_array().unwrap().len(), 3, "the old one stays");
        let after = picc.get(&format!("/settlements?since={}", text(&before["next"]))).await.ok();
        assert_eq!((&after["items"][0]["id"], &after["items"][0]["losses_fen"]), (&before["items"][0]["id"], &json!(360_000)));
        assert_eq!(after["items"][0]["plan_changes"][0]["insurers"][0]["change_fen"], json!(110_000));
        audited(world).await;
    }

    async fn a_supplement_over_the_cap_of_self_pay_goes_back_to_the_standard_rule(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        assess(&officer, &first, 180_000).await;
        assess(&officer, &second, 120_000).await;
        let mut decision = officer.rear_end(&first, &second).await;
        for party in decision["parties"].as_array_mut().unwrap() {
            *party = json!({ "party_id": party["party_id"], "violations": ["302"], "liability": "equal" });
        }
        officer.client.post(&first.path("decision"), &decision).await.ok();
        officer.issues(&first).await;
        for driver in [&first, &second] {
            driver.agrees(world, "self_pay", true).await;
            driver.signs(world).await;
        }
        assert_eq!(first.view().await["settlement"]["method"], json!("self_pay"));
        closes(&officer, &first).await;
        let view = assess(&officer, &second, 300_000).await;
        assert_eq!(view["settlement"]["method"], json!("standard"));
        assert_eq!(changed(&view, "PICC") + changed(&view, "PAIC"), 180_000, "all of the new damage");
        assert_ne!(changed(&view, "PICC"), 0, "the other side pays now");
        audited(world).await;
    }

    async fn an_insurer_without_a_policy_in_the_case_finds_nothing_of_it(world) {
        let officer = world.officer().await;
        let both_picc = (WANG, Person { insurer: "PICC", ..LI });
        let (first, second) = world.a_decided_case(&officer, both_picc).await;
        let own = newest(&assess(&officer, &second, CAP + 1).await, &second);
        let id = text(&own["id"]);
        assert_eq!(records(&world.insurer("PICC").await).await.len(), 1);
        let stranger = world.insurer("PAIC").await;
        assert_eq!(records(&stranger).await, Vec::<Value>::new());
        stranger.get(&format!("/assessments/{id}")).await.problem(404, "not_found");
        stranger.get(&format!("/assessments/{id}/photos/{id}")).await.problem(404, "not_found");
        stranger.post(&format!("/assessments/{id}/acceptance"), &json!({})).await.problem(404, "not_found");
        let objection = json!({ "reason": "价格偏高", "own_figure_fen": 1 });
        stranger.post(&format!("/assessments/{id}/objection"), &objection).await.problem(404, "not_found");
        let assessing = json!({ "accident_id": first.accident, "party": "甲", "items": items(10_000) });
        stranger.post("/assessments", &assessing).await.problem(404, "not_found");
    }

    async fn an_insurer_sees_the_photos_an_assessment_names_and_who_looked_is_noted(world) {
        let (first, second) = world.two_in_the_queue().await;
        assert_eq!(first.uploads(jpeg(1), &world.a_while_ago()).await.status, 204);
        assert_eq!(first.uploads(jpeg(2), &world.a_while_ago()).await.status, 204);
        let officer = world.officer().await;
        officer.client.post(&first.path("claim"), &json!({})).await.ok();
        let evidence = officer.view(&first).await["evidence"].clone();
        let mut body = request(&officer, &second, 80_000).await;
        body["photos"] = json!([evidence[0]["id"]]);
        let view = officer.client.post(&first.path("assessments"), &body).await.ok();
        let id = text(&newest(&view, &second)["id"]);
        let picc = world.insurer("PICC").await;
        let record = picc.get(&format!("/assessments/{id}")).await.ok();
        let url = text(&record["photos"][0]["url"]);
        let photo = picc.send(picc.request(reqwest::Method::GET, &url)).await;
        assert_eq!((photo.status, photo.headers["content-type"].to_str().unwrap()), (200, "image/jpeg"));
        let unnamed = format!("/assessments/{id}/photos/{}", text(&evidence[1]["id"]));
        picc.get(&unnamed).await.problem(404, "not_found");
        assert_ne!(sha256(&photo.bytes), text(&evidence[0]["sha256"]), "never the bytes that are kept");
        let looks = officer.client.get(&first.path("insurer-reads")).await.ok();
        let looked: Vec<_> = looks["items"].as_array().unwrap().iter().map(|look| (text(&look["insurer"]["code"]), text(&look["kind"]), text(&look["subject"]))).collect();
        let look = |kind: &str, subject: String| ("PICC".to_owned(), kind.to_owned(), subject);
        assert_eq!(looked.len(), 2, "{looked:?}");
        // Of one moment there is no order.
        for own in [look("assessment_photo", format!("{id}/{}", text(&evidence[0]["id"]))), look("assessment", id.clone())] {
            assert!(looked.contains(&own), "{looked:?}");
        }
    }

    async fn a_reader_that_follows_the_cursor_misses_no_change(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        let picc = world.insurer("PICC").await;
        let start = picc.get("/assessments").await.ok()["next"].clone();
        assess(&officer, &first, 100_000).await;
        assess(&officer, &second, CAP + 1).await;
        let page = picc.get(&format!("/assessments?since={}&limit=1", text(&start))).await.ok();
        assert_eq!((page["items"].as_array().unwrap().len(), &page["more"]), (1, &json!(true)));
        let rest = picc.get(&format!("/assessments?since={}", text(&page["next"]))).await.ok();
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["more"]), (1, &json!(false)));
        let awaiting = picc.get("/assessments?state=awaiting").await.ok();
        assert_eq!(awaiting["items"][0]["party"], json!("乙"));
        officer.decides_rear_end(&first, &second).await;
        let news = picc.get(&format!("/assessments?since={}", text(&rest["next"]))).await.ok();
        let asked: Vec<_> = news["items"].as_array().unwrap().iter().map(|own| own["must_answer"].as_array().unwrap().len()).collect();
        assert_eq!(asked, [0, 1], "decided: PAIC is not asked any more, and both records show the liability");
        picc.get("/assessments?since=17").await.names("since");
    }
}

/// As [`served`], with 乙 assessed a fen above the cap: it waits for PICC.
async fn served_but_assessed(world: &World, officer: &Officer, (first, second): (&Driver, &Driver)) {
    officer.decides_rear_end(first, second).await;
    officer.issues(first).await;
    first.signs(world).await;
    second.signs(world).await;
    assess(officer, second, CAP + 1).await;
}

on_both_databases! {
    async fn the_price_list_is_searched_by_a_piece_of_a_name(world) {
        let found = world.anyone().get("/price-list?q=%E5%89%8D%E4%BF%9D&limit=3").await.ok();
        assert_eq!(found["items"].as_array().unwrap().len(), 3);
        assert!(found["items"][0]["part"].as_str().unwrap().starts_with("前保"));
        assert!(found["source"].as_str().unwrap().contains("示例"));
        world.anyone().get("/price-list?limit=0").await.names("limit");
    }
}
