//! 复核 and 归档 through the API: asked for once and in time, made anew when ordered, held, kept for its term, and then
//! destroyed by two officers so that nothing of a person is left and what is left still proves.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::time::Duration;

use backend::app::audit::{Broken, audit};
use backend::app::media_event::{MediaEvent, MediaHappening, Segment};
use backend::store::facts;
use domain::id::{AccidentId, Sha256Hex};
use domain::time::Instant;
use serde_json::{Value, json};
use tests::acting::{Driver, Officer, text};
use tests::on_both_databases;
use tests::people::{LI, WANG};
use tests::upload::jpeg;
use tests::world::World;

const DAY: Duration = Duration::from_secs(86_400);

async fn a_settled_case(world: &World) -> (Driver, Driver, Officer) {
    let (first, second, officer) = world.an_issued_finding().await;
    first.signs(world).await;
    second.signs(world).await;
    (first, second, officer)
}

/// Every payment order of the case is paid.
async fn all_is_paid(world: &World) {
    let insurer = world.insurer("PICC").await;
    let page = insurer.get("/payment-orders?state=due").await.ok();
    for order in page["items"].as_array().unwrap() {
        let path = format!("/payment-orders/{}/payment", text(&order["id"]));
        let body = json!({ "paid_at": world.now(), "reference": "BANK-1" });
        insurer.post(&path, &body).await.ok();
    }
}

async fn closes(officer: &Officer, driver: &Driver) -> Value {
    let body = json!({ "seen": officer.version(driver).await, "closing_code": "1", "mediation_code": "1",
                       "note": "按理算结果履行" });
    officer.client.post(&driver.path("closing"), &body).await.ok()
}

async fn a_closed_case(world: &World) -> (Driver, Driver, Officer) {
    let (first, second, officer) = a_settled_case(world).await;
    all_is_paid(world).await;
    closes(&officer, &first).await;
    (first, second, officer)
}

fn application() -> Value {
    json!({ "application": { "request": "请求撤销原认定，重新认定", "reasons": "对方压线行驶，原认定没有采纳行车记录仪录像",
                             "evidence_text": "行车记录仪录像一份" } })
}

fn conclusion(outcome: &str, day: &str) -> Value {
    json!({ "conclusion": { "outcome": outcome, "reason": "原认定事实不清", "number": "绍公交复字〔2026〕第12号",
                            "decided_on": day } })
}

async fn listed(officer: &Officer, list: &str) -> Vec<Value> {
    let answer = officer.client.get(&format!("/archive/{list}")).await.ok();
    answer["cases"].as_array().unwrap().clone()
}

async fn proposes(officer: &Officer, driver: &Driver, what: &str) -> Value {
    let body = json!({ "what": what, "reason": "保存期满" });
    officer.client.post(&driver.path("destruction"), &body).await.ok()
}

async fn approval(officer: &Officer, driver: &Driver) -> Value {
    json!({ "seen": officer.version(driver).await })
}

/// Proposed by one, approved by the supervisor, and taken off the disk.
async fn is_destroyed(world: &World, officer: &Officer, driver: &Driver, what: &str) -> Value {
    proposes(officer, driver, what).await;
    let second = world.supervisor().await;
    let body = approval(&second, driver).await;
    let view = second
        .client
        .post(&driver.path("destruction/approval"), &body)
        .await
        .ok();
    world.time_passes(Duration::from_secs(11 * 60));
    world.system.app.take_away_doomed().await.unwrap();
    view
}

fn id(driver: &Driver) -> AccidentId {
    driver.accident.parse().unwrap()
}

async fn stored_facts(world: &World, driver: &Driver) -> Vec<facts::FactRow> {
    let mut tx = world.system.app.db.read().await.unwrap();
    facts::list(&mut tx, id(driver)).await.unwrap()
}

fn kept(world: &World, digest: &Sha256Hex) -> bool {
    world.system.app.blobs.path(digest).exists()
}

async fn is_whole(world: &World) {
    let found = audit(&world.system.app.db).await.unwrap();
    assert!(found.is_whole(), "{found:?}");
}

on_both_databases! {
    async fn a_driver_asks_for_review_once_and_the_others_learn_only_that_there_is_one(world) {
        let (first, second, officer) = a_settled_case(world).await;
        let before = first.view().await["review"].clone();
        assert_eq!((&before["open"], &before["until"]), (&json!(true), &json!("2026-11-26")));
        let view = first.client.post(&first.path("review"), &application()).await.ok();
        assert_eq!(view["review"]["open"], false);
        let standing = &view["review"]["standing"];
        assert_eq!((&standing["under_way"], &standing["filed"]), (&json!(true), &json!("here")));
        assert_eq!(standing["application"]["request"], "请求撤销原认定，重新认定");
        assert_eq!(view["objections"][0]["party_id"], json!(first.party));
        assert_eq!(view["archive"], Value::Null, "how it is kept is the desk's");

        let other = second.view().await["review"]["standing"].clone();
        assert_eq!((&other["under_way"], &other["application"]), (&json!(true), &Value::Null));
        second.client.post(&second.path("review"), &application()).await.problem(409, "review_under_way");
        second.client.post(&second.path("review/withdrawal"), &json!({})).await.problem(409, "not_your_review");
        let desk = officer.view(&first).await;
        assert_eq!((&desk["archive"]["held"], &desk["archive"]["holds"][0]["why"]), (&json!(true), &json!("review")));
        let voiding = json!({ "seen": desk["version"], "reason": "录入有误" });
        officer.client.post(&first.path("voiding"), &voiding).await.problem(409, "under_review");

        let reviews = listed(&officer, "reviews").await;
        assert_eq!(reviews.len(), 1);
        let terms: Vec<_> = reviews[0]["deadlines"].as_array().unwrap().iter().map(|d| (text(&d["kind"]), text(&d["due"]))).collect();
        assert_eq!(terms, [("review_forward".to_owned(), "2026-11-25".to_owned())]);

        let view = first.client.post(&first.path("review/withdrawal"), &json!({})).await.ok();
        assert_eq!(view["review"]["open"], true, "it never reached the higher unit");
        assert_eq!(listed(&officer, "reviews").await, [] as [Value; 0]);
        assert_eq!(officer.view(&first).await["archive"]["held"], false);
        is_whole(world).await;
    }

    async fn a_late_application_is_refused_with_the_day(world) {
        let (first, _, officer) = a_settled_case(world).await;
        let paper = |day: &str| {
            let mut body = application();
            body["party_id"] = json!(first.party);
            body["filed"] = json!("above");
            body["filed_on"] = json!(day);
            body
        };
        officer.client.post(&first.path("review"), &application()).await.names("party_id");
        first.client.post(&first.path("review"), &paper("2026-11-23")).await.names("filed_on");
        officer.client.post(&first.path("review"), &paper("2026-11-24")).await.names("filed_on");
        let mut empty = application();
        empty["application"] = json!({ "request": "", "reasons": " " });
        first.client.post(&first.path("review"), &empty).await.names("request");

        world.time_passes(7 * DAY);
        let officer = world.officer().await;
        let refused = officer.client.post(&first.path("review"), &paper("2026-11-27")).await;
        let problem = refused.problem(409, "review_term_over");
        assert!(problem["detail"].as_str().unwrap().contains("2026年11月26日"), "{problem}");
        let view = officer.client.post(&first.path("review"), &paper("2026-11-26")).await.ok();
        assert_eq!(view["review"]["standing"]["filed"], "above");
        let terms: Vec<_> = listed(&officer, "reviews").await[0]["deadlines"].as_array().unwrap().iter().map(|d| text(&d["kind"])).collect();
        assert_eq!(terms, ["review_file", "review_decision"]);
    }

    async fn an_order_to_make_it_anew_voids_the_finding_and_what_was_paid_stays_paid(world) {
        let (first, second, officer) = a_closed_case(world).await;
        let old = officer.view(&first).await["finding"].clone();
        first.client.post(&first.path("review"), &application()).await.ok();
        let path = first.path("review/conclusion");
        officer.client.post(&path, &conclusion("redo", "2026-11-23")).await.problem(409, "review_not_forwarded");
        officer.client.post(&first.path("review/forwarding"), &json!({ "to": " " })).await.names("to");
        let to = json!({ "to": "绍兴市公安局交通警察支队" });
        officer.client.post(&first.path("review/forwarding"), &to).await.ok();
        officer.client.post(&path, &conclusion("redo", "2026-11-24")).await.names("decided_on");
        let view = officer.client.post(&path, &conclusion("redo", "2026-11-23")).await.ok();
        assert_eq!(view["stage"], "handling");
        assert_eq!(view["review"], Value::Null, "nothing is served now");
        let paid: Vec<_> = view["orders"].as_array().unwrap().iter().map(|order| text(&order["state"])).collect();
        assert_eq!(paid, ["paid", "paid"]);

        // The other way round this time.
        officer.decides_rear_end(&second, &first).await;
        let issued = officer.issues(&first).await;
        assert_ne!(issued["finding"]["number"], old["number"]);
        world.time_passes(Duration::from_secs(61));
        first.signs(world).await;
        second.signs(world).await;
        let view = officer.view(&first).await;
        assert_eq!(view["stage"], "settling");
        let orders = view["orders"].as_array().unwrap();
        assert!(orders.iter().any(|order| order["direction"] == "recover" && order["insurer"]["code"] == "PICC"), "{orders:?}");
        assert!(orders.iter().any(|order| order["direction"] == "pay" && order["insurer"]["code"] == "PAIC"), "{orders:?}");
        second.client.post(&second.path("review"), &application()).await.problem(409, "review_once");
        is_whole(world).await;
    }

    async fn a_case_is_destroyed_only_after_its_term_never_while_held_and_never_by_one_alone(world) {
        let (first, _, officer) = a_closed_case(world).await;
        let refused = officer.client.post(&first.path("destruction"), &json!({ "what": "file", "reason": "保存期满" })).await;
        let problem = refused.problem(409, "may_not_be_destroyed");
        assert!(problem["detail"].as_str().unwrap().contains("2028年12月31日"), "{problem}");
        officer.client.post(&first.path("holds"), &json!({ "why": "review", "reason": "复核" })).await.names("why");
        officer.client.post(&first.path("holds"), &json!({ "why": "suit", "reason": "（2026）浙0681民初1号" })).await.ok();
        assert_eq!(listed(&officer, "holds").await.len(), 1);

        world.time_passes(800 * DAY);
        let officer = world.officer().await;
        assert_eq!(listed(&officer, "due").await, [] as [Value; 0], "it is held");
        officer.client.post(&first.path("holds/1/lifting"), &json!({ "reason": "判决已经生效" })).await.ok();
        officer.client.post(&first.path("holds/1/lifting"), &json!({ "reason": "判决已经生效" })).await.problem(409, "already_lifted");
        let due = listed(&officer, "due").await;
        assert_eq!(due.len(), 1);
        assert_eq!(due[0]["archive"]["keeping"][1]["why_not"], json!([]));

        proposes(&officer, &first, "file").await;
        assert_eq!(listed(&officer, "proposals").await.len(), 1);
        let own = approval(&officer, &first).await;
        officer.client.post(&first.path("destruction/approval"), &own).await.problem(409, "same_officer");
        let second = world.supervisor().await;
        second.client.post(&first.path("destruction/refusal"), &json!({ "reason": "再核对一次" })).await.ok();
        second.client.post(&first.path("destruction/approval"), &own).await.problem(409, "stale");
        let body = approval(&second, &first).await;
        second.client.post(&first.path("destruction/approval"), &body).await.problem(409, "not_proposed");
        proposes(&officer, &first, "file").await;
        let body = approval(&second, &first).await;
        let view = second.client.post(&first.path("destruction/approval"), &body).await.ok();
        assert_eq!(view["stage"], "destroyed");
        let left = listed(&officer, "destroyed").await;
        assert_eq!(left.len(), 1);
        assert_eq!(left[0]["archive"]["destroyed"]["approval"]["approved_by"], json!(second_id(&second).await));
        second.client.post(&first.path("holds"), &json!({ "why": "suit", "reason": "起诉" })).await.problem(409, "invalid_transition");
    }

    async fn nothing_of_a_person_is_left_and_what_is_left_is_audited(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        let (own, shared) = (jpeg(40), jpeg(41));
        let digest = |bytes: &[u8]| Sha256Hex::of(bytes);
        for photo in [&own, &shared] {
            assert_eq!(first.uploads(photo.clone(), &world.a_while_ago()).await.status, 204);
        }
        officer.assesses(&first, 100_000).await;
        officer.assesses(&second, 150_000).await;
        officer.decides_rear_end(&first, &second).await;
        officer.issues(&first).await;
        first.signs(world).await;
        second.signs(world).await;
        let page = officer.view(&first).await["finding"]["document"]["sha256"].clone();
        all_is_paid(world).await;
        closes(&officer, &first).await;
        let head = stored_facts(world, &first).await.last().unwrap().digest.clone();
        // Somebody else's case shows the very same picture.
        let other = world.reports(&tests::people::Person { phone: "13700000003", ..LI }).await;
        assert_eq!(other.uploads(shared.clone(), &world.a_while_ago()).await.status, 204);
        assert!(kept(world, &digest(&own)));

        world.time_passes(800 * DAY);
        let officer = world.officer().await;
        let view = is_destroyed(world, &officer, &first, "file").await;
        let record = &view["archive"]["destroyed"];
        let facts = stored_facts(world, &first).await;
        assert_eq!(facts.len(), 1, "one fact is left");
        assert_eq!(record["steps"].as_array().unwrap().last().unwrap()["kind"], "destruction_proposed");
        assert_ne!(record["head"], json!(head), "the proposal came after it");
        assert_eq!(record["head"], json!(facts[0].previous_digest));
        let documents = record["findings"][0]["documents"].as_array().unwrap();
        assert!(documents.contains(&page), "{page} is not among {documents:?}");
        let files: Vec<_> = record["files"].as_array().unwrap().iter().map(|file| text(&file["sha256"])).collect();
        for bytes in [&own, &shared] {
            assert!(files.contains(&digest(bytes).to_string()));
        }

        assert!(!kept(world, &digest(&own)), "the case's own picture is off the disk");
        assert!(kept(world, &digest(&shared)), "another case needs this one");
        assert!(!kept(world, &page.as_str().unwrap().parse().unwrap()));
        let told = format!("{view} {:?}", facts);
        for secret in [WANG.name, WANG.id_number, WANG.phone, WANG.plate, LI.name, LI.id_number, LI.phone, LI.plate, "暨阳路"] {
            assert!(!told.contains(secret), "{secret} is still told: {told}");
        }
        for insurer in ["PICC", "PAIC"] {
            let client = world.insurer(insurer).await;
            for list in ["/payment-orders", "/settlements"] {
                assert_eq!(client.get(list).await.ok()["items"], json!([]), "{insurer} {list}");
            }
        }
        first.client.get(&format!("/accidents/{}", first.accident)).await.problem(401, "session_missing");
        is_whole(world).await;

        // What is left proves: one changed character is found.
        let mut tx = world.system.app.db.write().await.unwrap();
        let body = facts[0].body.replace("destruction_proposed", "destruction_declined");
        tx.query("UPDATE facts SET body = $2 WHERE accident_id = $1").bind(id(&first)).bind(&body).execute().await.unwrap();
        tx.commit().await.unwrap();
        let found = audit(&world.system.app.db).await.unwrap();
        assert!(matches!(found.findings.as_slice(), [(case, Broken::Chain(_))] if *case == id(&first)), "{found:?}");
    }

    async fn a_case_whose_record_does_not_hold_is_not_destroyed(world) {
        let (first, _, _) = a_closed_case(world).await;
        world.time_passes(800 * DAY);
        let officer = world.officer().await;
        proposes(&officer, &first, "file").await;
        let mut tx = world.system.app.db.write().await.unwrap();
        tx.query("UPDATE facts SET by_whom = 'service' WHERE accident_id = $1 AND seq = 2").bind(id(&first)).execute().await.unwrap();
        tx.commit().await.unwrap();
        let second = world.supervisor().await;
        let body = approval(&second, &first).await;
        second.client.post(&first.path("destruction/approval"), &body).await.problem(409, "chain_broken");
        assert!(stored_facts(world, &first).await.len() > 1);
    }

    async fn video_goes_before_the_file_and_says_so(world) {
        let (first, second, officer) = world.an_issued_finding().await;
        let video = b"webm".to_vec();
        is_recorded(world, &first, &video).await;
        first.signs(world).await;
        second.signs(world).await;
        closes(&officer, &first).await;
        let recordings = officer.view(&first).await["archive"].clone();
        assert_eq!(recordings["keeping"][0]["until"], "2027-05-23");
        world.time_passes(200 * DAY);
        let officer = world.officer().await;
        let due = listed(&officer, "due").await;
        assert_eq!(due[0]["archive"]["keeping"][0]["why_not"], json!([]));
        let view = is_destroyed(world, &officer, &first, "video").await;
        assert_eq!((&view["stage"], view["archive"]["gone"].as_array().unwrap().len()), (&json!("closed"), 1));
        assert!(!kept(world, &Sha256Hex::of(&video)));
        assert!(!world.system.app.config.recordings.join(&first.accident).exists());
        let gone = first.path(&format!("evidence/{}", text(&view["archive"]["gone"][0])));
        officer.client.get(&gone).await.problem(410, "destroyed");
        assert_eq!(listed(&officer, "due").await, [] as [Value; 0]);
        is_whole(world).await;
    }
}

/// The file of the database itself holds nothing of a destroyed case any more, not even on pages it no longer uses.
#[tokio::test]
async fn not_even_the_free_pages_of_the_file_remember() {
    let world = World::on_sqlite().await;
    let (first, ..) = a_closed_case(&world).await;
    world.time_passes(800 * DAY);
    let officer = world.officer().await;
    let view = is_destroyed(&world, &officer, &first, "file").await;
    let number = text(&view["archive"]["destroyed"]["findings"][0]["number"]);
    world.system.app.db.wipe_log().await.unwrap();
    let file = world.database_file();
    let log = file.with_extension("sqlite-wal");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.extend(std::fs::read(log).unwrap_or_default());
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(&number), "the test looks into the right file");
    for secret in [
        WANG.name,
        WANG.id_number,
        WANG.phone,
        LI.name,
        LI.id_number,
        LI.phone,
    ] {
        assert!(!holds(secret), "{secret} is still in the file");
    }
    world.ends().await;
}

async fn second_id(officer: &Officer) -> String {
    text(&officer.client.get("/officer/session").await.ok()["id"])
}

/// The media service has recorded a piece of the session.
async fn is_recorded(world: &World, driver: &Driver, video: &[u8]) {
    let app = &world.system.app;
    let folder = app.config.recordings.join(&driver.accident);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.webm"), video).unwrap();
    let at: Instant = world.now().parse().unwrap();
    let segment = Segment {
        participant: driver.party.clone(),
        path: format!("{}/a.webm", driver.accident),
        sha256: Sha256Hex::of(video),
        bytes: u64::try_from(video.len()).unwrap(),
        started_at: at,
        ended_at: at,
        media_type: "video/webm".to_owned(),
    };
    let event = MediaEvent {
        event_id: uuid::Uuid::from_u128(1),
        room: id(driver),
        at,
        event: MediaHappening::Segment(segment),
    };
    app.media_event(event).await.unwrap();
}
