//! Who may do what: links, codes, sessions, and things that can be done only once.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::time::Duration;

use serde_json::json;
use tests::on_both_databases;
use tests::people::{LI, WANG};

on_both_databases! {
    async fn an_expired_link_is_gone(world) {
        let anyone = world.anyone();
        let link = anyone.post("/reports", &json!({})).await.ok();
        world.time_passes(Duration::from_secs(31 * 60));
        anyone.post("/driver/link", &json!({ "token": link["token"] })).await.problem(410, "link_expired");
    }

    async fn a_link_with_one_character_changed_is_not_found(world) {
        let driver = world.reports(&WANG).await;
        let mut token = driver.token.clone();
        let last = token.pop().unwrap();
        token.push(if last == 'a' { 'b' } else { 'a' });
        let stranger = world.anyone();
        stranger.post("/driver/link", &json!({ "token": token })).await.problem(404, "link_not_found");
    }

    async fn opening_a_link_often_does_not_use_it_up(world) {
        let driver = world.reports(&WANG).await;
        for _ in 0..3 {
            let seen = world.anyone().post("/driver/link", &json!({ "token": driver.token })).await.ok();
            assert_eq!(seen["accident_id"], driver.accident);
        }
    }

    async fn a_driver_sees_no_accident_but_the_own(world) {
        let own = world.reports(&WANG).await;
        let foreign = world.reports(&LI).await;
        own.client.get(&format!("/accidents/{}", foreign.accident)).await.problem(404, "not_found");
        own.client.post(&foreign.path("queue"), &json!({})).await.problem(404, "not_found");
        let path = foreign.path(&format!("parties/{}", foreign.party));
        own.client.put(&path, &json!({ "party": WANG.party() })).await.problem(404, "not_found");
        world.anyone().get(&format!("/accidents/{}", own.accident)).await.problem(401, "session_missing");
    }

    async fn a_code_guessed_six_times_is_locked_even_for_the_right_one(world) {
        let client = world.anyone();
        let link = client.post("/reports", &json!({})).await.ok();
        let asked = json!({ "token": link["token"], "phone": WANG.phone });
        client.post("/driver/code", &asked).await.ok();
        let right = world.code_sent_to(WANG.phone).await;
        let wrong = if right == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            let guess = json!({ "token": link["token"], "code": wrong });
            client.post("/driver/session", &guess).await.problem(401, "code_wrong");
        }
        let late = json!({ "token": link["token"], "code": right });
        client.post("/driver/session", &late).await.problem(429, "code_locked");
    }

    async fn a_second_code_within_the_minute_is_refused_with_a_time(world) {
        let client = world.anyone();
        let link = client.post("/reports", &json!({})).await.ok();
        let asked = json!({ "token": link["token"], "phone": WANG.phone });
        client.post("/driver/code", &asked).await.ok();
        let answer = client.post("/driver/code", &asked).await;
        assert!(answer.headers.contains_key("retry-after"), "{answer}");
        answer.problem(429, "sms_rate_limited");
    }

    async fn something_that_is_no_phone_number_is_named(world) {
        let client = world.anyone();
        let link = client.post("/reports", &json!({})).await.ok();
        for phone in ["", "123", "1380000000a", "23800000001", "+8613800000001 ext 9"] {
            client.post("/driver/code", &json!({ "token": link["token"], "phone": phone })).await.names("phone");
        }
    }

    async fn of_two_officers_claiming_at_once_one_gets_it(world) {
        let (first, _) = world.two_in_the_queue().await;
        let (one, other) = (world.officer().await, world.officer().await);
        let (path, body) = (first.path("claim"), json!({}));
        let (a, b) = tokio::join!(one.client.post(&path, &body), other.client.post(&path, &body));
        let mut answers = [a, b];
        answers.sort_by_key(|answer| answer.status);
        let [won, lost] = answers;
        assert_eq!(won.ok()["stage"], "handling");
        lost.problem(409, "already_claimed");
    }

    async fn a_password_alone_opens_nothing(world) {
        let client = world.anyone();
        client.get("/queue").await.problem(401, "session_missing");
        world.gives_password(&client).await;
        client.get("/queue").await.problem(403, "mfa_required");
    }

    async fn signing_twice_changes_nothing_and_an_older_document_is_not_signed(world) {
        let (first, second, officer) = world.an_issued_finding().await;
        let older = second.signature(world).await;
        let twice = first.signature(world).await;
        let signed = first.client.post(&first.path("signatures"), &twice).await.ok();
        let again = first.client.post(&first.path("signatures"), &twice).await.ok();
        assert_eq!(again, signed, "whoever has signed is shown that it is done");

        let seen = officer.version(&first).await;
        let voiding = json!({ "seen": seen, "reason": "号牌号码录入有误" });
        officer.client.post(&first.path("voiding"), &voiding).await.ok();
        officer.decides_rear_end(&first, &second).await;
        officer.issues(&first).await;
        second.client.post(&second.path("signatures"), &older).await.problem(409, "document_superseded");
    }

    async fn a_stale_decision_is_told_the_version_that_stands(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        let mut decision = officer.rear_end(&first, &second).await;
        let current = decision["seen"].as_u64().unwrap();
        decision["seen"] = json!(current - 1);
        let problem = officer.client.post(&first.path("decision"), &decision).await.problem(409, "stale");
        assert_eq!(problem["current_version"], current);
    }

    async fn a_retried_request_has_one_effect(world) {
        let anyone = world.anyone();
        let key = tests::client::fresh_key();
        let first = anyone.post_as(key, "/reports", &json!({})).await.ok();
        let again = anyone.post_as(key, "/reports", &json!({})).await.ok();
        assert_eq!(first["accident_id"], again["accident_id"]);
        let other = anyone.post_as(key, "/reports", &json!({ "unit": "330681" })).await;
        other.problem(422, "idempotency_key_reused");
    }

    async fn a_foreign_page_changes_nothing(world) {
        let driver = world.reports(&WANG).await;
        let path = format!("{}{}", tests::client::API, driver.path("officer-on-site"));
        let request = driver.client.request(reqwest::Method::POST, &path).json(&json!({}));
        let request = request.header("idempotency-key", tests::client::fresh_key().to_string());
        let request = request.header("origin", "https://evil.example");
        driver.client.send(request).await.problem(403, "csrf_failed");
        assert_eq!(driver.view().await["stage"], "reporting");
    }
}
