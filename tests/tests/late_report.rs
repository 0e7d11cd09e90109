//! 事后报案: filed by a driver after the scene was cleared, taken on or refused by the desk; and what screening asks.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use serde_json::{Value, json};
use tests::acting::{Driver, Officer};
use tests::on_both_databases;
use tests::people::{self, LI, WANG};
use tests::world::World;

const STATEMENT: &str = "当时下着大雨，双方以为没有大碍就先离开了，回家才发现后保险杠开裂。";

fn cleared() -> Value {
    let mut body = people::harmless();
    body["answers"]["scene_cleared"] = json!(true);
    body
}

/// A driver who has told everything about an accident whose scene is no more.
async fn a_driver_too_late(world: &World) -> Driver {
    let driver = world.reports(&WANG).await;
    driver.tells_everything(world).await;
    driver.client.post(&driver.path("triage"), &cleared()).await.ok();
    driver
}

async fn files(driver: &Driver) -> Value {
    let body = json!({ "statement": STATEMENT });
    driver.client.post(&driver.path("late-report"), &body).await.ok()
}

/// Filed, and in the hands of an officer.
async fn a_late_report_at_the_desk(world: &World) -> (Driver, Driver, Officer) {
    let first = a_driver_too_late(world).await;
    let second = world.joins(&first, &LI).await;
    second.tells_own(world).await;
    files(&first).await;
    let officer = world.officer().await;
    officer.client.post(&first.path("claim"), &json!({})).await.ok();
    (first, second, officer)
}

fn missing(problem: &Value) -> Vec<String> {
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    errors
        .iter()
        .map(|error| error["field"].as_str().unwrap().to_owned())
        .collect()
}

on_both_databases! {
    async fn a_cleared_scene_is_no_dead_stop_but_a_report_in_writing(world) {
        let driver = a_driver_too_late(world).await;
        let view = driver.view().await;
        assert_eq!(view["stage"], "reporting");
        assert_eq!(view["triage"]["outcome"], "late_report");
        assert_eq!(view["triage"]["article"], "《道路交通事故处理程序规定》第十八条");
        assert_eq!(view["missing_for_queue"][0]["field"], "late_report");
        let refused = driver.client.post(&driver.path("queue"), &json!({})).await;
        assert_eq!(missing(&refused.problem(409, "something_missing")), ["late_report"]);

        let view = files(&driver).await;
        assert_eq!(view["stage"], "waiting");
        assert_eq!(view["late_report"]["statement"], STATEMENT);
        assert_eq!(view["late_report"]["acceptance"], Value::Null);
        // Three working days at least, to the last second of a Chinese day.
        let decide_by = view["late_report"]["decide_by"].as_str().unwrap();
        assert!(decide_by.ends_with("T15:59:59.000000Z"), "{decide_by}");

        let queue = world.officer().await.client.get("/queue").await.ok();
        assert_eq!(queue["waiting"][0]["late_report"], true);
        assert_eq!(queue["waiting"][0]["decide_by"], view["late_report"]["decide_by"]);
    }

    async fn a_late_report_that_is_taken_on_goes_on_like_any_other(world) {
        let (first, second, officer) = a_late_report_at_the_desk(world).await;
        let decision = officer.rear_end(&first, &second).await;
        let refused = officer.client.post(&first.path("decision"), &decision).await;
        assert_eq!(missing(&refused.problem(409, "something_missing")), ["late_report.acceptance"]);

        let path = first.path("late-report/acceptance");
        let view = officer.client.post(&path, &json!({ "accepted": true, "reason": "" })).await.ok();
        assert_eq!((&view["stage"], &view["late_report"]["acceptance"]["accepted"]), (&json!("handling"), &json!(true)));
        assert_eq!(view["late_report"]["acceptance"]["notice"], Value::Null);
        let again = officer.client.post(&path, &json!({ "accepted": false, "reason": "证据不足" })).await;
        again.problem(409, "acceptance_decided");
        assert_eq!(officer.decides_rear_end(&first, &second).await["stage"], "decided");
    }

    async fn a_refusal_is_written_names_its_article_and_the_remedy_and_ends_the_case(world) {
        let (first, _, officer) = a_late_report_at_the_desk(world).await;
        let path = first.path("late-report/acceptance");
        officer.client.post(&path, &json!({ "accepted": false, "reason": " " })).await.names("reason");
        let refusal = json!({ "accepted": false, "reason": "现场照片、行车记录均未能证明事故事实存在。" });
        officer.client.post(&path, &refusal).await.ok();

        let view = first.view().await;
        assert_eq!(view["stage"], "escalated");
        assert_eq!(view["escalation"]["reason"], "事后报案不予受理");
        let notice = view["late_report"]["acceptance"]["notice"].as_str().unwrap().to_owned();
        for part in [
            "事后报案不予受理告知书",
            "王建国、李䶮：",
            "现场照片、行车记录均未能证明事故事实存在。根据《道路交通事故处理程序规定》第十八条的规定，决定不予受理",
            "向人民法院提起民事诉讼",
            "行政复议",
        ] {
            assert!(notice.contains(part), "{part} is not in {notice}");
        }
        files_nothing_more(&first).await;
    }

    async fn only_what_the_answers_call_for_is_filed_and_only_once(world) {
        let punctual = world.reports(&LI).await;
        punctual.tells_everything(world).await;
        let body = json!({ "statement": STATEMENT });
        punctual.client.post(&punctual.path("late-report"), &body).await.problem(409, "not_a_late_report");

        let driver = world.reports(&WANG).await;
        driver.client.post(&driver.path("triage"), &cleared()).await.ok();
        for statement in ["", "   ", "忘了", &"长".repeat(501), "当时下着大雨\u{7}先离开了现场"] {
            let body = json!({ "statement": statement });
            driver.client.post(&driver.path("late-report"), &body).await.names("statement");
        }
        let refused = driver.client.post(&driver.path("late-report"), &body).await;
        let lacks = missing(&refused.problem(409, "something_missing"));
        assert!(lacks.contains(&"scene".to_owned()) && lacks.contains(&"party".to_owned()), "{lacks:?}");

        driver.tells_everything(world).await;
        driver.client.post(&driver.path("triage"), &cleared()).await.ok();
        files(&driver).await;
        driver.client.post(&driver.path("late-report"), &body).await.problem(409, "late_report_filed");
        let other = world.anyone().post(&driver.path("late-report"), &body).await;
        other.problem(401, "session_missing");
    }

    async fn a_question_left_out_is_named_and_nothing_is_taken_for_a_no(world) {
        let driver = world.reports(&WANG).await;
        let all = people::harmless();
        for question in all["answers"].as_object().unwrap().keys() {
            let mut body = all.clone();
            body["answers"].as_object_mut().unwrap().remove(question);
            driver.client.post(&driver.path("triage"), &body).await.names(&format!("answers.{question}"));
            body["answers"][question] = Value::Null;
            driver.client.post(&driver.path("triage"), &body).await.names(&format!("answers.{question}"));
        }
        let nothing = driver.client.post(&driver.path("triage"), &json!({ "answers": {} })).await;
        assert_eq!(nothing.problem(422, "invalid_fields")["errors"].as_array().unwrap().len(), 13);
        assert_eq!(driver.view().await["triage"], Value::Null);
    }

    async fn a_slight_injury_goes_no_further_without_each_partys_recorded_consent(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        let mut hurt = people::harmless();
        hurt["answers"]["injury"] = json!("slight");
        let view = first.client.post(&first.path("triage"), &hurt).await.ok();
        assert_eq!(view["triage"]["outcome"], "slight_injury");
        assert_eq!(view["triage"]["article"], "《道路交通事故处理程序规定》第二十三条第一款第二项");

        let consent = |driver: &Driver| format!("parties.{}.consents.slight_injury", driver.party);
        let decision = officer.rear_end(&first, &second).await;
        let refused = officer.client.post(&first.path("decision"), &decision).await;
        assert_eq!(missing(&refused.problem(409, "something_missing")), [consent(&first), consent(&second)]);

        first.agrees(world, "slight_injury", true).await;
        second.agrees(world, "slight_injury", false).await;
        let decision = officer.rear_end(&first, &second).await;
        let refused = officer.client.post(&first.path("decision"), &decision).await;
        assert_eq!(missing(&refused.problem(409, "something_missing")), [consent(&second)]);

        second.agrees(world, "slight_injury", true).await;
        assert_eq!(officer.decides_rear_end(&first, &second).await["stage"], "decided");
    }
}

async fn files_nothing_more(driver: &Driver) {
    let body = json!({ "statement": STATEMENT });
    driver
        .client
        .post(&driver.path("late-report"), &body)
        .await
        .problem(409, "invalid_transition");
}
