//! The officer decides: the texts stay as they were edited, and no reason overrides what must be consistent.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use serde_json::{Value, json};
use tests::acting::{Driver, Officer};
use tests::on_both_databases;
use tests::world::World;

const OWN_FACTS: &str = "王建国因低头看手机，驾车追撞前方等候信号灯的李䶮，两车受损。";
const OWN_LIABILITY: &str = "王建国未保持安全距离，承担全部责任。\n李䶮在等候信号灯，无责任。";

async fn a_case(world: &World) -> (Driver, Driver, Officer) {
    world.a_claimed_case().await
}

async fn previewed(officer: &Officer, first: &Driver, second: &Driver, codes: [&[&str]; 2]) -> Value {
    let parties = [first, second].into_iter().zip(codes);
    let parties: Vec<Value> = parties
        .map(|(driver, codes)| json!({ "party_id": driver.party, "violations": codes }))
        .collect();
    officer
        .client
        .post(&first.path("preview"), &json!({ "parties": parties }))
        .await
        .ok()
}

fn proposed(preview: &Value) -> Vec<&str> {
    let all = preview["proposal"].as_array().unwrap();
    all.iter().map(|one| one["liability"].as_str().unwrap()).collect()
}

on_both_databases! {
    async fn what_the_officer_wrote_is_never_written_over(world) {
        let (first, second, officer) = a_case(world).await;
        let mut decision = officer.rear_end(&first, &second).await;
        decision["facts_text"] = json!(OWN_FACTS);
        decision["liability_text"] = json!(OWN_LIABILITY);
        let view = officer.client.post(&first.path("decision"), &decision).await.ok();
        assert_eq!(view["decision"]["facts_text"], OWN_FACTS);
        assert_eq!(view["decision"]["liability_text"], OWN_LIABILITY);

        // Neither a preview nor new data of a party nor the issued page brings the rules' text back.
        previewed(&officer, &first, &second, [&["101"], &[]]).await;
        officer.assesses(&first, 90_000).await;
        let issued = officer.issues(&first).await;
        assert_eq!(issued["decision"]["facts_text"], OWN_FACTS);
        assert_eq!(issued["decision"]["liability_text"], OWN_LIABILITY);
        assert_eq!(first.view().await["decision"]["liability_text"], OWN_LIABILITY);

        // Taken back, the words are still the officer's.
        let void = json!({ "seen": officer.version(&first).await, "reason": "号牌有误" });
        officer.client.post(&first.path("voiding"), &void).await.ok();
        let view = officer.view(&first).await;
        assert_eq!(view["decision"]["facts_text"], OWN_FACTS);
        assert_eq!(view["decision"]["liability_text"], OWN_LIABILITY);
    }

    async fn left_out_the_liability_is_said_in_the_words_of_the_rules(world) {
        let (first, second, officer) = a_case(world).await;
        let view = officer.decides_rear_end(&first, &second).await;
        let text = view["decision"]["liability_text"].as_str().unwrap();
        assert!(text.contains("违反了《中华人民共和国道路交通安全法》第四十三条的规定，承担全部责任。"), "{text}");
    }

    async fn an_edited_text_may_not_contradict_the_decision(world) {
        let (first, second, officer) = a_case(world).await;
        for text in ["王建国承担主要责任，李䶮承担次要责任。", "王建国应负责。", " ", "王建国承担全部责任\u{7}"] {
            let mut decision = officer.rear_end(&first, &second).await;
            decision["liability_text"] = json!(text);
            officer.client.post(&first.path("decision"), &decision).await.names("liability_text");
        }
        assert_eq!(officer.view(&first).await["stage"], "handling");
    }

    async fn both_at_fault_are_proposed_equal_and_departing_from_a_proposal_needs_a_reason(world) {
        let (first, second, officer) = a_case(world).await;
        assert_eq!(proposed(&previewed(&officer, &first, &second, [&["101"], &["302", "401"]]).await), ["equal", "equal"]);
        assert_eq!(proposed(&previewed(&officer, &first, &second, [&["101"], &["502"]]).await), ["primary", "secondary"]);
        assert_eq!(proposed(&previewed(&officer, &first, &second, [&[], &["103"]]).await), ["none", "full"]);
        assert_eq!(proposed(&previewed(&officer, &first, &second, [&[], &[]]).await), [""; 0]);

        let mut decision = officer.rear_end(&first, &second).await;
        decision["parties"][0]["liability"] = json!("primary");
        decision["parties"][0]["share"] = json!(70);
        decision["parties"][1]["liability"] = json!("secondary");
        decision["parties"][1]["share"] = json!(30);
        decision["parties"][1]["violations"] = json!(["302", "404"]);
        officer.client.post(&first.path("decision"), &decision).await.names("override_reason");
        decision["override_reason"] = json!("前车变更车道的作用较小");
        let view = officer.client.post(&first.path("decision"), &decision).await.ok();
        assert_eq!(view["decision"]["override_reason"], "前车变更车道的作用较小");
        let text = view["decision"]["liability_text"].as_str().unwrap();
        assert!(text.contains("第五十六条和") && text.contains("第四十四条第二款的规定，承担次要责任"), "{text}");
    }

    async fn no_reason_overrides_what_must_be_consistent(world) {
        let (first, second, officer) = a_case(world).await;
        let mut decision = officer.rear_end(&first, &second).await;
        decision["override_reason"] = json!("情况特殊");
        decision["parties"][1]["liability"] = json!("full");
        officer.client.post(&first.path("decision"), &decision).await.names("parties[1].liability");

        let mut decision = officer.rear_end(&first, &second).await;
        decision["override_reason"] = json!("情况特殊");
        decision["parties"][0]["violations"] = json!([]);
        officer.client.post(&first.path("decision"), &decision).await.names("parties[0].violations");

        for code in ["409", "501", "999"] {
            let mut decision = officer.rear_end(&first, &second).await;
            decision["override_reason"] = json!("情况特殊");
            decision["parties"][0]["violations"] = json!(["101", code]);
            officer.client.post(&first.path("decision"), &decision).await.names("parties[0].violations");
        }
        assert_eq!(officer.view(&first).await["decision"], Value::Null);
    }

    async fn a_drivers_word_decides_nothing(world) {
        let (first, second, officer) = a_case(world).await;
        let decision = officer.rear_end(&first, &second).await;
        first.client.post(&first.path("decision"), &decision).await.problem(401, "session_missing");
        second.client.post(&first.path("preview"), &json!({ "parties": [] })).await.problem(401, "session_missing");
        assert_eq!(officer.view(&first).await["decision"], Value::Null);
    }
}
