//! Bad input: each is answered with a problem that names the field, nothing is lost, nothing is a 500.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use serde_json::{Value, json};
use tests::people::{self, LI, WANG};
use tests::{acting, on_both_databases};

on_both_databases! {
    async fn malformed_json_is_told_from_wrong_content(world) {
        let driver = world.reports(&WANG).await;
        for body in ["", "{", "{\"answers\": ", "\u{0}"] {
            driver.client.post_raw(&driver.path("triage"), body).await.problem(400, "malformed_json");
        }
        driver.client.post_raw(&driver.path("triage"), "[]").await.problem(422, "invalid_fields");
    }

    async fn a_wrong_type_is_named_by_its_path(world) {
        let driver = world.reports(&WANG).await;
        let mut body = people::harmless();
        body["answers"]["intent_suspected"] = json!("no");
        driver.client.post(&driver.path("triage"), &body).await.names("answers.intent_suspected");
        let mut body = people::scene(&world.a_while_ago());
        body["scene"]["place"]["latitude"] = json!("north");
        driver.client.put(&driver.path("scene"), &body).await.names("scene.place.latitude");
        assert_eq!(driver.view().await["triage"], Value::Null);
    }

    async fn a_missing_field_is_named(world) {
        let driver = world.reports(&WANG).await;
        let mut body = people::scene(&world.a_while_ago());
        body["scene"]["place"].as_object_mut().unwrap().remove("text");
        driver.client.put(&driver.path("scene"), &body).await.names("scene.place.text");
        let mut party = WANG.party();
        party["vehicle"].as_object_mut().unwrap().remove("plate");
        let path = driver.path(&format!("parties/{}", driver.party));
        driver.client.put(&path, &json!({ "party": party })).await.names("party.vehicle.plate");
    }

    async fn unknown_values_of_a_list_are_named(world) {
        let driver = world.reports(&WANG).await;
        let mut body = people::harmless();
        body["answers"]["injury"] = json!("a_little");
        driver.client.post(&driver.path("triage"), &body).await.names("answers.injury");
        let mut party = WANG.party();
        party["kind"] = json!("spaceship");
        let path = driver.path(&format!("parties/{}", driver.party));
        driver.client.put(&path, &json!({ "party": party })).await.names("party.kind");
        let mut body = people::scene(&world.a_while_ago());
        body["scene"]["weather"] = json!("77");
        driver.client.put(&driver.path("scene"), &body).await.names("scene.weather");
    }

    async fn ten_megabytes_of_text_are_too_large_and_change_nothing(world) {
        let driver = world.reports(&WANG).await;
        driver.tells_everything(world).await;
        let before = driver.view().await;
        let mut party = WANG.party();
        party["name"] = json!("长".repeat(10_000_000 / 3));
        let path = driver.path(&format!("parties/{}", driver.party));
        driver.client.put(&path, &json!({ "party": party })).await.problem(413, "too_large");
        assert_eq!(driver.view().await["version"], before["version"]);
    }

    async fn a_text_longer_than_its_field_is_named(world) {
        let driver = world.reports(&WANG).await;
        let mut party = WANG.party();
        party["name"] = json!("长".repeat(5_000));
        let path = driver.path(&format!("parties/{}", driver.party));
        driver.client.put(&path, &json!({ "party": party })).await.names("party.name");
    }

    async fn plates_with_letters_that_no_plate_has_are_named(world) {
        let driver = world.reports(&WANG).await;
        let path = driver.path(&format!("parties/{}", driver.party));
        for plate in ["浙D1I345", "浙DO2345", "浙D12", "ABC", ""] {
            let mut party = WANG.party();
            party["vehicle"]["plate"] = json!(plate);
            driver.client.put(&path, &json!({ "party": party })).await.names("party.vehicle.plate");
        }
    }

    async fn an_identity_number_with_a_wrong_check_digit_is_named(world) {
        let driver = world.reports(&WANG).await;
        let path = driver.path(&format!("parties/{}", driver.party));
        for number in ["110105194912310021", "11010519491331002X", "110105491231002", "not a number"] {
            let mut party = WANG.party();
            party["id_number"] = json!(number);
            driver.client.put(&path, &json!({ "party": party })).await.names("party.id_number");
        }
        assert_eq!(driver.view().await["parties"][0]["id_number"], "");
    }

    async fn an_accident_in_the_future_is_named(world) {
        let driver = world.reports(&WANG).await;
        let body = people::scene("2126-11-23T08:00:00Z");
        driver.client.put(&driver.path("scene"), &body).await.names("scene.occurred_at");
        let body = people::scene("yesterday");
        driver.client.put(&driver.path("scene"), &body).await.names("scene.occurred_at");
    }

    async fn rare_characters_in_names_come_back_as_they_were(world) {
        let driver = world.reports(&WANG).await;
        let path = driver.path(&format!("parties/{}", driver.party));
        for name in ["䶮", "王𬀩", "李㛃𠅤", "买买提·艾力", "𬱖"] {
            let mut party = WANG.party();
            party["name"] = json!(name);
            let view = driver.client.put(&path, &json!({ "party": party })).await.ok();
            assert_eq!(view["parties"][0]["name"], name);
        }
    }

    async fn emoji_in_a_name_is_refused_by_name_or_kept_whole(world) {
        let driver = world.reports(&WANG).await;
        let path = driver.path(&format!("parties/{}", driver.party));
        let mut party = WANG.party();
        party["name"] = json!("王🚗👨‍👩‍👧");
        let answer = driver.client.put(&path, &json!({ "party": party })).await;
        if answer.status == 422 {
            answer.names("party.name");
        } else {
            assert_eq!(answer.ok()["parties"][0]["name"], "王🚗👨‍👩‍👧");
        }
    }

    async fn a_post_without_an_idempotency_key_is_refused(world) {
        let driver = world.reports(&WANG).await;
        let path = format!("{}{}", tests::client::API, driver.path("queue"));
        let request = driver.client.request(reqwest::Method::POST, &path).json(&json!({}));
        driver.client.send(request).await.problem(400, "idempotency_key_required");
    }

    async fn nobody_finds_what_does_not_exist_and_every_answer_is_a_problem(world) {
        let anyone = world.anyone();
        anyone.get("/nothing/here").await.problem(404, "not_found");
        anyone.delete("/reports").await.problem(405, "method_not_allowed");
        let request = anyone.request(reqwest::Method::POST, "/api/v1/reports").body("unit=330681");
        let request = request.header("idempotency-key", tests::client::fresh_key().to_string());
        let request = request.header("content-type", "text/plain");
        anyone.send(request).await.problem(415, "unsupported_media_type");
    }

    async fn the_queue_names_what_is_missing(world) {
        let driver = world.reports(&WANG).await;
        let answer = driver.client.post(&driver.path("queue"), &json!({})).await;
        let problem = answer.problem(409, "something_missing");
        assert!(!problem["errors"].as_array().unwrap().is_empty(), "{problem}");
    }

    async fn shares_that_do_not_sum_to_a_hundred_are_named(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        let mut decision = officer.rear_end(&first, &second).await;
        for (liability, shares) in [("primary", [70, 20]), ("primary", [70, 40]), ("primary", [200, 0])] {
            decision["parties"][0]["liability"] = json!(liability);
            decision["parties"][1]["liability"] = json!("secondary");
            decision["parties"][1]["violations"] = json!(["403"]);
            decision["parties"][0]["share"] = json!(shares[0]);
            decision["parties"][1]["share"] = json!(shares[1]);
            let answer = officer.client.post(&first.path("decision"), &decision).await;
            let problem = answer.problem(422, "invalid_fields");
            assert!(problem["errors"][0]["field"].as_str().is_some_and(|f| f.contains("share")), "{problem}");
        }
        assert_eq!(officer.view(&first).await["stage"], "handling");
    }

    async fn a_decision_about_somebody_else_or_nobody_is_refused(world) {
        let (first, second, officer) = world.a_claimed_case().await;
        let mut decision = officer.rear_end(&first, &second).await;
        decision["parties"][1]["party_id"] = json!("00000000-0000-7000-8000-000000000000");
        let answer = officer.client.post(&first.path("decision"), &decision).await;
        assert!(matches!(answer.status, 404 | 422), "{answer}");
        let mut decision = officer.rear_end(&first, &second).await;
        decision["parties"].as_array_mut().unwrap().pop();
        officer.client.post(&first.path("decision"), &decision).await.problem(422, "invalid_fields");
    }

    async fn a_party_is_seen_masked_by_the_other(world) {
        let (first, second) = world.two_in_the_queue().await;
        let view = second.view().await;
        let other = view["parties"].as_array().unwrap().iter().find(|party| party["id"] == *first.party);
        let shown = other.expect("the other party is on the list").to_string();
        for secret in [WANG.id_number, WANG.phone] {
            assert!(!shown.contains(secret), "{shown}");
        }
        let own = acting::text(&view["me"]["party_id"]);
        let mine = view["parties"].as_array().unwrap().iter().find(|party| party["id"] == *own).unwrap();
        assert_eq!((&mine["name"], &mine["id_number"]), (&json!(LI.name), &json!(LI.id_number)));
    }
}
