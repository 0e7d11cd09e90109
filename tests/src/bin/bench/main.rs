//! How fast the parts are that work for every case: `cargo xtask bench [NAME…]`. Nothing here asserts a time.
//!
//! Absolute numbers belong to one machine on one day; the last column compares each with hashing a mebibyte
//! in the same run, which travels better.

#![allow(
    clippy::expect_used,
    reason = "a benchmark that cannot run says so by panicking"
)]

#[allow(
    dead_code,
    reason = "the crate writes findings of more kinds than are measured"
)]
#[path = "../../../../backend/finding/examples/sample/papers.rs"]
mod papers;

use std::hint::black_box;
use std::time::{Duration, Instant};

use domain::rule_pack;
use domain::settlement::{SettlementInput, settle};
use finding::{Fonts, State, render};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Long enough for the slowest of them to be done several times.
const MEASURED_FOR: Duration = Duration::from_secs(3);

const SETTLEMENTS: &str = include_str!("../../../golden/settlement-examples.json");

struct Bench {
    name: &'static str,
    what: &'static str,
    /// Does it once and answers how many were done.
    run: Box<dyn FnMut() -> u64>,
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let reference = per_second(&mut hashing().run);
    println!(
        "{:<12} {:<44} {:>14} {:>12}",
        "name", "what", "per second", "of 1 MiB"
    );
    for mut bench in [hashing(), settling(), drawing()] {
        if wanted.is_empty() || wanted.iter().any(|name| name == bench.name) {
            let rate = per_second(&mut bench.run);
            println!(
                "{:<12} {:<44} {rate:>14.1} {:>12.3}",
                bench.name,
                bench.what,
                reference / rate
            );
        }
    }
}

fn per_second(run: &mut dyn FnMut() -> u64) -> f64 {
    run();
    let (began, mut done) = (Instant::now(), 0_u64);
    while began.elapsed() < MEASURED_FOR {
        done += run();
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate is shown with one decimal")]
    let done = done as f64;
    done / began.elapsed().as_secs_f64()
}

fn hashing() -> Bench {
    let bytes = vec![7_u8; 1 << 20];
    let run = move || {
        black_box(Sha256::digest(black_box(&bytes)));
        1
    };
    Bench {
        name: "sha256",
        what: "SHA-256 of 1 MiB, the yardstick",
        run: Box::new(run),
    }
}

fn settling() -> Bench {
    let packs = rule_pack::built_in().expect("the built-in rule packs are valid");
    let cases: Vec<Value> = serde_json::from_str(SETTLEMENTS).expect("the examples are JSON");
    let inputs: Vec<SettlementInput> = cases
        .iter()
        .map(|case| {
            SettlementInput::from_json(case["input"].to_string().as_bytes()).expect("an example is valid")
        })
        .collect();
    let run = move || {
        for input in &inputs {
            let pack = input.choose_pack(packs).expect("an example has a rule pack");
            black_box(settle(black_box(input), pack).expect("an example settles"));
        }
        u64::try_from(inputs.len()).unwrap_or(u64::MAX)
    };
    Bench {
        name: "settle",
        what: "settlement plans, the signed-off examples",
        run: Box::new(run),
    }
}

fn drawing() -> Bench {
    let fonts = Fonts::embedded().expect("the fonts are built in");
    let paper = papers::rear_end();
    let run = move || {
        black_box(render(black_box(&paper), State::Issued, &fonts).expect("the sample can be drawn"));
        1
    };
    Bench {
        name: "finding",
        what: "findings drawn as PDF, two parties signed",
        run: Box::new(run),
    }
}
