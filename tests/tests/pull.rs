//! What an insurer pulls beside the lists: it finds a record, reads the case's papers, sees its pictures, and answers
//! many at once; and the desk sees that it did.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use reqwest::Method;
use serde_json::{Value, json};
use tests::acting::{Driver, Officer, text};
use tests::client::{API, Answer, Client, fresh_key};
use tests::on_both_databases;
use tests::people::{LI, Person, WANG};
use tests::upload::{jpeg, sha256};
use tests::world::World;

fn items(answer: &Value) -> Vec<Value> {
    answer["items"].as_array().unwrap().clone()
}

/// 甲 (PICC) drove into 乙 (PAIC), with a photo each; both have signed.
async fn a_settled_case(world: &World) -> (Driver, Driver, Officer) {
    let (first, second) = world.two_in_the_queue().await;
    assert_eq!(first.uploads(jpeg(1), &world.a_while_ago()).await.status, 204);
    assert_eq!(second.uploads(jpeg(2), &world.a_while_ago()).await.status, 204);
    let officer = world.officer().await;
    officer.client.post(&first.path("claim"), &json!({})).await.ok();
    officer.assesses(&first, 100_000).await;
    officer.assesses(&second, 150_000).await;
    officer.decides_rear_end(&first, &second).await;
    officer.issues(&first).await;
    first.signs(world).await;
    second.signs(world).await;
    (first, second, officer)
}

async fn found(insurer: &Client, query: &str) -> Vec<String> {
    let answer = insurer.get(&format!("/settlements/search?{query}")).await.ok();
    items(&answer).iter().map(|item| text(&item["id"])).collect()
}

/// The one record there is.
async fn record(insurer: &Client) -> Value {
    items(&insurer.get("/settlements").await.ok())[0].clone()
}

async fn known(insurer: &Client, path: &str, tag: &str) -> Answer {
    let request = insurer.request(Method::GET, path).header("if-none-match", tag);
    insurer.send(request).await
}

/// Kind and subject of every look at the case by this insurer, newest first.
async fn looks(officer: &Officer, driver: &Driver, insurer: &str) -> Vec<(String, String)> {
    let answer = officer.client.get(&driver.path("insurer-reads")).await.ok();
    let own = items(&answer)
        .into_iter()
        .filter(|look| look["insurer"]["code"] == insurer);
    own.map(|look| (text(&look["kind"]), text(&look["subject"])))
        .collect()
}

on_both_databases! {
    async fn a_record_is_found_by_plate_number_day_and_ones_own_policy(world) {
        a_settled_case(world).await;
        let (picc, paic) = (world.insurer("PICC").await, world.insurer("PAIC").await);
        let own = record(&picc).await;
        let (id, number) = (text(&own["id"]), text(&own["finding_number"]));
        let all = vec![id];
        for q in [WANG.plate, "浙d·12a45", "D12A", LI.plate, &number, WANG.policy, "ctp 2026 0001", ""] {
            assert_eq!(found(&picc, &format!("q={q}")).await, all, "{q}");
        }
        for q in [LI.policy, "京", "12A45", &"9".repeat(64)] {
            assert_eq!(found(&picc, &format!("q={q}")).await, [] as [String; 0], "{q}");
        }
        assert_eq!(found(&paic, &format!("q={}", LI.policy)).await, all);
        assert_eq!(found(&paic, &format!("q={}", WANG.policy)).await, [] as [String; 0], "the other side's policy");
        let day = world.system.app.clock.now().china_day();
        let (day, next) = (domain::day::text(day), domain::day::text(day.next_day().unwrap()));
        assert_eq!(found(&picc, &format!("from={day}&to={day}")).await, all);
        assert_eq!(found(&picc, &format!("from={next}")).await, [] as [String; 0]);
        let answer = picc.get("/settlements/search?limit=1").await.ok();
        assert_eq!((items(&answer).len(), &answer["next"]), (1, &Value::Null));
        for (query, field) in [("from=x", "from"), ("to=2026-13-01", "to"), ("from=2026-02-01&to=2026-01-01", "to"),
                               ("before=x", "before"), ("limit=0", "limit"), ("limit=201", "limit")] {
            picc.get(&format!("/settlements/search?{query}")).await.names(field);
        }
        picc.get(&format!("/settlements/search?q={}", "9".repeat(65))).await.names("q");
    }

    async fn a_record_is_sent_again_only_when_it_changed(world) {
        a_settled_case(world).await;
        let picc = world.insurer("PICC").await;
        let path = format!("{API}/settlements/{}", text(&record(&picc).await["id"]));
        let tag = picc.send(picc.request(Method::GET, &path)).await.headers["etag"].clone();
        let again = known(&picc, &path, tag.to_str().unwrap()).await;
        assert_eq!((again.status, again.bytes.len()), (304, 0));
        assert_eq!(known(&picc, &path, "\"other\"").await.status, 200);
    }

    async fn the_papers_that_concern_an_insurer_are_listed_with_their_digests(world) {
        let (first, _, officer) = a_settled_case(world).await;
        let (picc, paic) = (world.insurer("PICC").await, world.insurer("PAIC").await);
        let id = text(&record(&picc).await["id"]);
        let papers = items(&picc.get(&format!("/settlements/{id}/documents")).await.ok());
        let (current, issued) = (&papers[0], &papers[1]);
        assert_eq!((&current["kind"], &current["state"]), (&json!("finding"), &json!("current")));
        assert_eq!((&issued["kind"], &issued["state"]), (&json!("finding"), &json!("issued")));
        let kinds: Vec<_> = papers.iter().map(|paper| text(&paper["kind"])).collect();
        assert_eq!(kinds.iter().filter(|kind| *kind == "settlement").count(), 2, "it insures 甲 and pays 乙: {kinds:?}");
        for paper in &papers {
            let answer = picc.send(picc.request(Method::GET, &text(&paper["url"]))).await;
            assert_eq!((answer.status, sha256(&answer.bytes)), (200, text(&paper["sha256"])), "{paper}");
            assert_eq!(json!(answer.bytes.len()), paper["bytes"]);
        }
        let seen = looks(&officer, &first, "PICC").await;
        let read = seen.iter().filter(|(kind, _)| kind == "document").count();
        assert_eq!(read, papers.len(), "{seen:?}");
        // PAIC pays nobody but its own.
        let others = items(&paic.get(&format!("/settlements/{id}/documents")).await.ok());
        assert_eq!(others.iter().filter(|paper| paper["kind"] == "settlement").count(), 1);
        let closed = papers.iter().find(|paper| paper["kind"] == "settlement" && !others.iter().any(|other| other["id"] == paper["id"])).unwrap();
        let path = format!("/settlements/{id}/documents/{}", text(&closed["id"]));
        paic.get(&path).await.problem(404, "not_found");
    }

    async fn a_picture_carries_who_took_it_and_is_never_the_original(world) {
        let (first, _, officer) = a_settled_case(world).await;
        let (picc, paic) = (world.insurer("PICC").await, world.insurer("PAIC").await);
        let id = text(&record(&picc).await["id"]);
        let list = items(&picc.get(&format!("/settlements/{id}/evidence")).await.ok());
        let told: Vec<_> = list.iter().map(|item| (text(&item["title"]), text(&item["sha256"]))).collect();
        assert_eq!(told, [("甲 现场全景".to_owned(), sha256(&jpeg(1))), ("乙 现场全景".to_owned(), sha256(&jpeg(2)))]);
        assert_eq!((&list[0]["width"], &list[0]["height"]), (&json!(320), &json!(240)));
        let url = text(&list[0]["url"]);
        let (one, other) = (picc.send(picc.request(Method::GET, &url)).await, paic.send(paic.request(Method::GET, &url)).await);
        for answer in [&one, &other] {
            assert_eq!((answer.status, answer.headers["content-type"].to_str().unwrap()), (200, "image/jpeg"));
            let picture = image::load_from_memory(&answer.bytes).unwrap();
            assert_eq!((picture.width(), picture.height()), (320, 240));
            assert_ne!(sha256(&answer.bytes), text(&list[0]["sha256"]));
        }
        assert_ne!(one.bytes, other.bytes, "each insurer has a mark of its own");
        let tag = one.headers["etag"].to_str().unwrap();
        assert_eq!(known(&picc, &url, tag).await.status, 304);
        assert_eq!(known(&paic, &url, tag).await.status, 200);
        let seen = looks(&officer, &first, "PAIC").await;
        assert_eq!(seen.iter().filter(|(kind, _)| kind == "evidence").count(), 2, "{seen:?}");
        first.client.get(&first.path("insurer-reads")).await.problem(401, "session_missing");
    }

    async fn the_desk_sees_pages_and_searches_that_its_case_was_on(world) {
        let (first, _, officer) = a_settled_case(world).await;
        let picc = world.insurer("PICC").await;
        let own = record(&picc).await;
        found(&picc, &format!("q={}", WANG.plate)).await;
        picc.get("/payment-orders").await.ok();
        let next = text(&picc.get("/settlements").await.ok()["next"]);
        picc.get(&format!("/settlements?since={next}")).await.ok();
        let kinds: Vec<_> = looks(&officer, &first, "PICC").await.into_iter().map(|(kind, _)| kind).collect();
        let count = |kind: &str| kinds.iter().filter(|known| *known == kind).count();
        assert_eq!((count("settlements"), count("search"), count("payment_orders")), (2, 1, 1), "an empty page shows nothing");
        assert_eq!(looks(&officer, &first, "PAIC").await, []);
        let page = officer.client.get(&first.path("insurer-reads?limit=1")).await.ok();
        let older = officer.client.get(&first.path(&format!("insurer-reads?before={}", text(&page["next"])))).await.ok();
        assert_eq!(items(&older).len(), kinds.len() - 1);
        officer.client.get(&first.path("insurer-reads?before=x")).await.names("before");
        assert_eq!(own["void"], Value::Null);
    }

    async fn many_answers_each_have_a_result_of_their_own_and_a_retry_changes_nothing(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        let part = |fen: i64| json!([{ "part": "前保险杠皮", "operation": "replace", "quantity": 1, "unit_price_fen": fen, "labour_fen": 0 }]);
        for driver in [&first, &second] {
            let body = json!({ "party_id": driver.party, "items": part(2_000_000) });
            officer.client.post(&first.path("assessments"), &body).await.ok();
        }
        let picc = world.insurer("PICC").await;
        let all = items(&picc.get("/assessments").await.ok());
        let (one, other) = (all[0]["id"].clone(), all[1]["id"].clone());
        let unknown = json!("0195f0a0-0000-7000-8000-000000000001");
        let (key, body) = (fresh_key(), json!({ "items": [{ "id": one }, { "id": unknown }, { "id": one }] }));
        let told = picc.post_as(key, "/assessments/acceptances", &body).await.ok();
        let codes: Vec<_> = items(&told).iter().map(|item| item["problem"]["code"].clone()).collect();
        assert_eq!(codes, [Value::Null, json!("not_found"), json!("already_answered")]);
        assert_eq!((&told["answered"], &told["refused"], &told["items"][0]["assessment"]["own_answer"]), (&json!(1), &json!(2), &json!("accepted")));
        assert_eq!(picc.post_as(key, "/assessments/acceptances", &body).await.ok(), told);
        picc.post_as(key, "/assessments/acceptances", &json!({ "items": [{ "id": other }] })).await.problem(422, "idempotency_key_reused");
        let objections = json!({ "items": [{ "id": other, "reason": " ", "own_figure_fen": 1 }, { "id": other, "reason": "只需喷漆", "own_figure_fen": 30_000 }] });
        let told = picc.post("/assessments/objections", &objections).await.ok();
        assert_eq!((&told["items"][0]["problem"]["errors"][0]["field"], &told["items"][1]["ok"]), (&json!("reason"), &json!(true)));
        picc.post("/assessments/acceptances", &json!({ "items": [] })).await.names("items");
    }

    async fn many_orders_go_back_to_the_desk_at_once(world) {
        a_settled_case(world).await;
        let picc = world.insurer("PICC").await;
        let all = items(&picc.get("/payment-orders").await.ok());
        let item = |order: &Value, reason: &str| json!({ "id": order["id"], "reason": reason });
        let (key, body) = (fresh_key(), json!({ "items": [item(&all[0], "户名不符"), item(&all[1], " "), item(&all[0], "再退")] }));
        let told = picc.post_as(key, "/payment-orders/rejections", &body).await.ok();
        assert_eq!((&told["rejected"], &told["refused"], &told["items"][0]["order"]["state"]), (&json!(1), &json!(2), &json!("rejected")));
        assert_eq!(told["items"][1]["problem"]["errors"][0]["field"], "reason");
        assert_eq!(picc.post_as(key, "/payment-orders/rejections", &body).await.ok(), told);
    }

    async fn an_insurer_without_a_policy_in_the_case_finds_nothing_of_it(world) {
        let officer = world.officer().await;
        let (first, second) = world.a_decided_case(&officer, (WANG, Person { insurer: "PICC", ..LI })).await;
        officer.issues(&first).await;
        first.signs(world).await;
        second.signs(world).await;
        let stranger = world.insurer("PAIC").await;
        let id = text(&record(&world.insurer("PICC").await).await["id"]);
        for below in ["", "/document", "/documents", "/documents/1", "/evidence", "/evidence/0195f0a0-0000-7000-8000-000000000001"] {
            stranger.get(&format!("/settlements/{id}{below}")).await.problem(404, "not_found");
        }
        assert_eq!(found(&stranger, &format!("q={}", WANG.plate)).await, [] as [String; 0]);
    }

    async fn a_long_list_comes_as_a_file_for_whoever_asked_and_for_a_day(world) {
        let (first, _, officer) = a_settled_case(world).await;
        let (picc, paic) = (world.insurer("PICC").await, world.insurer("PAIC").await);
        let number = text(&record(&picc).await["finding_number"]);
        let key = fresh_key();
        let ask = json!({ "kind": "settlements", "format": "csv" });
        let asked = picc.post_as(key, "/exports", &ask).await;
        assert_eq!(asked.status, 202);
        let id = text(&asked.ok()["id"]);
        assert_eq!(text(&picc.post_as(key, "/exports", &ask).await.ok()["id"]), id, "a retry is the same file");
        picc.post_as(key, "/exports", &json!({ "kind": "settlements", "format": "xlsx" })).await.problem(422, "idempotency_key_reused");
        let app = &world.system.app;
        while app.write_export().await.unwrap() {}
        let path = format!("/exports/{id}");
        let done = loop {
            // The system's own worker may have taken it.
            let view = picc.get(&path).await.ok();
            if view["state"] != "queued" && view["state"] != "running" {
                break view;
            }
        };
        assert_eq!((&done["state"], &done["done"], &done["total"]), (&json!("done"), &json!(1), &json!(1)));
        let file = picc.send(picc.request(Method::GET, &text(&done["url"]))).await;
        assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
        let csv = String::from_utf8(file.bytes).unwrap();
        assert!(csv.starts_with('\u{feff}') && csv.contains(&number) && csv.contains("2500.00"), "{csv}");
        assert!(csv.contains("甲王建国") && !csv.contains(LI.name) && csv.contains("全部责任"), "{csv}");
        paic.get(&path).await.problem(404, "not_found");
        paic.get(&format!("{path}/file")).await.problem(404, "not_found");
        let seen = looks(&officer, &first, "PICC").await;
        assert!(seen.iter().any(|(kind, _)| kind == "settlements_export"), "{seen:?}");
        for (bad, field) in [(json!({ "kind": "settlements", "format": "csv", "state": "due" }), "state"),
                             (json!({ "kind": "payment_orders", "format": "csv", "state": "lost" }), "state"),
                             (json!({ "kind": "assessments", "format": "csv", "from": "x" }), "from"),
                             (json!({ "kind": "assessments", "format": "pdf" }), "format")] {
            picc.post("/exports", &bad).await.names(field);
        }
        world.time_passes(std::time::Duration::from_secs(24 * 3_600));
        app.forget_exports().await.unwrap();
        let (folder, evidence) = (app.config.evidence.parent().unwrap().join("exports"), &app.config.evidence);
        assert!(evidence.exists() && std::fs::read_dir(folder).unwrap().next().is_none(), "the file is gone");
    }

    async fn whoever_stops_writing_a_file_has_lost_it_and_the_next_writes_it_whole(world) {
        a_settled_case(world).await;
        let picc = world.insurer("PICC").await;
        let app = &world.system.app;
        let ask = json!({ "kind": "payment_orders", "format": "xlsx", "state": "due" });
        let id = text(&picc.post("/exports", &ask).await.ok()["id"]);
        // Somebody took it, wrote half and was killed; or the system's own worker was faster, and it is there.
        let mut tx = app.db.write().await.unwrap();
        let now = app.wall.now();
        let until = now.plus(time::Duration::minutes(1));
        let taken = backend::store::exports::claim(&mut tx, now, until).await.unwrap();
        tx.commit().await.unwrap();
        if taken.is_some() {
            assert!(!app.write_export().await.unwrap(), "it is held");
            assert_eq!(picc.get(&format!("/exports/{id}")).await.ok()["state"], "running");
            picc.get(&format!("/exports/{id}/file")).await.problem(409, "export_not_done");
            world.time_passes(std::time::Duration::from_secs(60));
            while app.write_export().await.unwrap() {}
        }
        let done = loop {
            let view = picc.get(&format!("/exports/{id}")).await.ok();
            if view["state"] != "running" && view["state"] != "queued" {
                break view;
            }
        };
        assert_eq!((&done["state"], &done["done"]), (&json!("done"), &json!(2)));
        let file = picc.send(picc.request(Method::GET, &text(&done["url"]))).await;
        assert!(file.status == 200 && file.bytes.starts_with(b"PK"));
    }

    async fn the_dictionary_is_for_everybody_and_is_sent_again_only_when_it_changed(world) {
        let anyone = world.anyone();
        let answer = anyone.get("/data-dictionary").await;
        let tag = answer.headers["etag"].to_str().unwrap().to_owned();
        let lists = answer.ok()["code_lists"].as_array().unwrap().clone();
        let named = |name: &str| lists.iter().find(|list| list["name"] == name).unwrap().clone();
        assert_eq!(named("OrderStateName")["items"][0], json!({ "code": "due", "label": "待付款", "meaning": "To be paid." }));
        assert_eq!(named("ClosingCode")["items"][0]["label"], "调解结案");
        assert_eq!(named("Insurer")["items"].as_array().unwrap().len(), 31);
        assert_eq!(known(&anyone, &format!("{API}/data-dictionary"), &tag).await.status, 304);
    }
}
