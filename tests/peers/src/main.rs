//! Our catalogue beside a general rules engine on the same table, in the same run, with the same answers.
//!
//! The table: code of a situation in, default liability of its party and of the other out. The engine gets it as a
//! compiled decision table, the way its own benchmarks use one; we look it up in our typed catalogue.

#![allow(
    clippy::expect_used,
    reason = "a benchmark that cannot run says so by panicking"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use domain::catalogue::{Catalogue, DefaultPair, built_in};
use serde_json::{Value, json};
use tokio::runtime::Builder;
use zen_engine::DecisionEngine;
use zen_engine::model::DecisionContent;

const MEASURED_FOR: Duration = Duration::from_secs(3);

/// The catalogue as the engine's own format writes a decision table.
fn table(catalogue: &Catalogue) -> Value {
    let quoted = |text: &str| format!("\"{text}\"");
    let rules: Vec<Value> = catalogue
        .situations()
        .iter()
        .map(|situation| {
            let DefaultPair { own, other } = situation.default_liability;
            json!({ "_id": situation.code, "code": quoted(&situation.code), "own": quoted(own.word()),
                    "other": quoted(other.word()) })
        })
        .collect();
    let column = |name: &str| json!({ "id": name, "name": name, "field": name });
    let node = |id: &str, kind: &str, content: Value| {
        json!({ "id": id, "name": id, "type": kind, "content": content, "position": { "x": 0, "y": 0 } })
    };
    let edge = |id: &str, from: &str, to: &str| {
        json!({ "id": id, "type": "edge", "sourceId": from, "targetId": to })
    };
    json!({
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            node("request", "inputNode", json!({})),
            node("liability", "decisionTableNode", json!({
                "hitPolicy": "first", "inputs": [column("code")], "outputs": [column("own"), column("other")],
                "rules": rules,
            })),
            node("response", "outputNode", json!({})),
        ],
        "edges": [edge("one", "request", "liability"), edge("two", "liability", "response")],
    })
}

/// Answers per second: `run` goes through the table once.
fn per_second(rows: usize, mut run: impl FnMut()) -> f64 {
    run();
    let (began, mut rounds) = (Instant::now(), 0_u32);
    while began.elapsed() < MEASURED_FOR {
        run();
        rounds += 1;
    }
    let answers = f64::from(rounds) * f64::from(u32::try_from(rows).expect("a small table"));
    answers / began.elapsed().as_secs_f64()
}

fn main() {
    let catalogue = built_in().expect("the built-in catalogue is valid");
    let codes: Vec<&str> = catalogue.situations().iter().map(|s| s.code.as_str()).collect();
    let content: DecisionContent = serde_json::from_value(table(catalogue)).expect("the engine reads the table");
    let engine = DecisionEngine::default();
    let mut decision = engine.create_decision(content.into()).expect("the engine takes the table");
    decision.compile();
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    let inputs: Vec<_> = codes.iter().map(|code| json!({ "code": code }).into()).collect();

    // First that both say the same, row by row.
    runtime.block_on(async {
        for (situation, input) in catalogue.situations().iter().zip(&inputs) {
            let answer = decision.evaluate(Clone::clone(input)).await.expect("the engine answers");
            let answer: Value = serde_json::from_str(&answer.result.to_string()).expect("an answer is JSON");
            let DefaultPair { own, other } = situation.default_liability;
            assert_eq!(answer, json!({ "own": own.word(), "other": other.word() }), "{}", situation.code);
        }
    });

    let theirs = per_second(codes.len(), || {
        runtime.block_on(async {
            for input in &inputs {
                black_box(decision.evaluate(Clone::clone(input)).await.expect("the engine answers"));
            }
        });
    });
    let ours = per_second(codes.len(), || {
        for code in &codes {
            black_box(catalogue.find(black_box(code)).map(|situation| situation.default_liability));
        }
    });
    println!("{:<44} {:>14} {:>12}", "default liability of a situation", "per second", "ns each");
    println!("{:<44} {theirs:>14.0} {:>12.1}", "zen-engine 2.1.6, compiled decision table", 1e9 / theirs);
    println!("{:<44} {ours:>14.0} {:>12.1}", "our catalogue", 1e9 / ours);
    println!("ours answers {:.0} times as often", ours / theirs);
}
