//! A settlement file through the API: every signed-off case to the fen, every mistake in the command's words.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use serde_json::{Value, json};
use tests::on_both_databases;

const EXAMPLES: &str = include_str!("../golden/settlement-examples.json");

fn examples() -> Vec<Value> {
    serde_json::from_str(EXAMPLES).unwrap()
}

/// What an example fixes of a payment.
fn fixed(payments: &Value) -> Vec<String> {
    let fields = ["head", "cover", "holder", "payee", "amount"];
    let one = |payment: &Value| fields.map(|field| payment[field].to_string()).join(" ");
    let mut all: Vec<String> = payments.as_array().unwrap().iter().map(one).collect();
    all.sort();
    all
}

/// What the command prints for the same file: a plan, or an error.
fn of_the_command(input: &[u8]) -> Value {
    let mut line: Vec<u8> = input.iter().copied().filter(|byte| *byte != b'\n').collect();
    line.push(b'\n');
    let packs = domain::rule_pack::built_in().unwrap();
    let mut out = Vec::new();
    kuaichu::settle::run(line.as_slice(), true, packs, &mut out, &mut Vec::new()).unwrap();
    serde_json::from_slice(&out).unwrap()
}

on_both_databases! {
    async fn every_signed_off_case_comes_out_of_the_api_to_the_fen(world) {
        let insurer = world.insurer("PICC").await;
        let cases = examples();
        assert_eq!(cases.len(), 22);
        for case in cases {
            let plan = insurer.post("/plans", &case["input"]).await.ok();
            assert_eq!(plan["method"], case["expect"]["method"], "{}", case["id"]);
            assert_eq!(fixed(&plan["payments"]), fixed(&case["expect"]["payments"]), "{}", case["id"]);
            assert_eq!(plan, of_the_command(case["input"].to_string().as_bytes()), "{}", case["id"]);
        }
    }

    async fn what_is_wrong_with_a_file_is_told_with_the_commands_code_field_and_message(world) {
        let officer = world.officer().await;
        let good = examples().remove(0)["input"].clone();
        let mut three = examples()[11]["input"].clone();
        three["parties"][0]["liability"] = json!("primary");
        let changed = |path: &str, value: Value| {
            let mut input = good.clone();
            *input.pointer_mut(path).unwrap() = value;
            input
        };
        let bad = [
            three,
            changed("/parties/1/losses/vehicle", json!(-5)),
            changed("/parties/0/losses/vehicle", json!(1.5)),
            changed("/parties/0/liability", json!("undetermined")),
            changed("/parties/0/label", json!("乙")),
            changed("/region", json!("3306")),
            changed("/occurred_at", json!("1999-01-01T00:00:00+08:00")),
            changed("/occurred_at", json!("yesterday")),
            changed("/parties", json!([])),
            json!({ "parties": [] }),
            json!([]),
        ];
        for input in bad {
            let error = of_the_command(input.to_string().as_bytes())["error"].clone();
            let answer = officer.client.post("/plans", &input).await;
            let problem = answer.problem(422, error["code"].as_str().unwrap());
            assert_eq!(problem["errors"], json!([error]));
            assert_eq!(problem["detail"], error["message"]);
        }
        let error = of_the_command(b"{")["error"].clone();
        let problem = officer.client.post_raw("/plans", "{").await.problem(400, "malformed_json");
        assert_eq!(problem["errors"], json!([error]));
    }

    async fn a_plan_is_for_officers_and_insurers_only(world) {
        let input = examples().remove(0)["input"].clone();
        let driver = world.reports(&tests::people::WANG).await;
        driver.client.post("/plans", &input).await.problem(401, "session_missing");
        world.anyone().post("/plans", &input).await.problem(401, "session_missing");
        world.anyone().with_token("x").post("/plans", &input).await.problem(401, "invalid_token");
        let officer = world.officer().await;
        let request = officer.client.request(reqwest::Method::POST, "/api/v1/plans").body(input.to_string());
        officer.client.send(request.header("content-type", "text/plain")).await.problem(415, "unsupported_media_type");
    }
}
