//! How fast the parts are that work for every case: `cargo xtask bench [NAME…]`. Nothing here asserts a time.
//!
//! Absolute numbers belong to one machine on one day; the last column compares each with hashing a mebibyte
//! in the same run, which travels better. `insurers` runs alone: a whole system, its messages and its money.

#![allow(
    clippy::expect_used,
    reason = "a benchmark that cannot run says so by panicking"
)]

#[path = "../../../../backend/papers/examples/sample/cases.rs"]
mod cases;
mod insurers;

use std::hint::black_box;
use std::time::{Duration, Instant};

use domain::rule_pack;
use domain::settlement::{SettlementInput, settle};
use domain::triage::{Answers, triage};
use papers::{Fonts, State, render};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Long enough for the slowest of them to be done several times.
const MEASURED_FOR: Duration = Duration::from_secs(3);

/// Small things are done so often between two looks at the clock.
const BATCH: u64 = 256;

const SETTLEMENTS: &str = include_str!("../../../golden/settlement-examples.json");

struct Bench {
    name: &'static str,
    what: &'static str,
    /// Does it once and answers how many were done.
    run: Box<dyn FnMut() -> u64>,
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if wanted.iter().any(|name| name == "insurers") {
        return insurers::run();
    }
    let reference = per_second(&mut hashing().run);
    println!(
        "{:<12} {:<44} {:>14} {:>12} {:>12}",
        "name", "what", "per second", "µs each", "of 1 MiB"
    );
    let two = example("full-none-third-party");
    let benches = [
        hashing(),
        settling("settle-two", "settlement plans, two cars, one core", &two),
        settling(
            "settle-six",
            "settlement plans, six parties, one core",
            &six_parties(),
        ),
        reading(),
        loading(),
        screening(),
        drawing(),
    ];
    for mut bench in benches {
        if wanted.is_empty() || wanted.iter().any(|name| name == bench.name) {
            let rate = per_second(&mut bench.run);
            println!(
                "{:<12} {:<44} {rate:>14.1} {:>12.2} {:>12.4}",
                bench.name,
                bench.what,
                1e6 / rate,
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

/// One accident, settled again and again on one core.
fn settling(name: &'static str, what: &'static str, accident: &str) -> Bench {
    let packs = rule_pack::built_in().expect("the built-in rule packs are valid");
    let input = SettlementInput::from_json(accident.as_bytes()).expect("the accident is valid");
    let run = move || {
        for _ in 0..BATCH {
            let pack = input.choose_pack(packs).expect("the accident has a rule pack");
            black_box(settle(black_box(&input), pack).expect("the accident settles"));
        }
        BATCH
    };
    Bench {
        name,
        what,
        run: Box::new(run),
    }
}

/// A signed-off example by its id.
fn example(id: &str) -> String {
    let cases: Vec<Value> = serde_json::from_str(SETTLEMENTS).expect("the examples are JSON");
    let case = cases.iter().find(|case| case["id"] == id);
    case.expect("the example is there")["input"].to_string()
}

/// Six vehicles, four of them at fault, one uninsured, one person hurt, a guard rail hit.
fn six_parties() -> String {
    let share = [40, 30, 20, 10, 0, 0];
    let liability = ["primary", "secondary", "secondary", "secondary", "none", "none"];
    let parties: Vec<Value> = (0..6_usize)
        .map(|at| {
            let ctp = (at != 2).then(|| json!({ "insurer": "PICC" }));
            let medical = if at == 5 { 2_500_000 } else { 0 };
            json!({ "label": format!("车{at}"), "kind": "motor", "liability": liability[at], "share": share[at],
                    "ctp": ctp, "third_party": { "insurer": "PAIC", "limit": 10_000_000, "deductible_percent": 10 },
                    "own_damage": { "insurer": "CPIC", "deductible_percent": 15 },
                    "losses": { "vehicle": 300_000 + 70_000 * at, "medical": medical } })
        })
        .collect();
    json!({ "occurred_at": "2026-03-01T08:15:00+08:00", "region": "330681", "parties": parties,
            "outside_property": [{ "owner": "护栏", "loss": 80_000 }] })
    .to_string()
}

/// Reading a settlement file, checks included.
fn reading() -> Bench {
    let accident = example("full-none-third-party");
    let run = move || {
        for _ in 0..BATCH {
            black_box(SettlementInput::from_json(black_box(accident.as_bytes())).expect("valid"));
        }
        BATCH
    };
    Bench {
        name: "read",
        what: "settlement files read and checked, two cars",
        run: Box::new(run),
    }
}

/// The built-in rule files, from their text to packs that can be chosen.
fn loading() -> Bench {
    let run = || {
        black_box(rule_pack::RulePacks::with(black_box(&[])).expect("the built-in rules are valid"));
        1
    };
    Bench {
        name: "rules",
        what: "all built-in rule files loaded and checked",
        run: Box::new(run),
    }
}

/// The screening answers of one caller.
fn screening() -> Bench {
    let at = "2026-03-01T12:00:00+08:00".parse().expect("a time");
    let packs = rule_pack::built_in().expect("the built-in rule packs are valid");
    let pack = packs.choose("330681", at).expect("the place has a pack");
    let run = move || {
        for _ in 0..BATCH {
            black_box(triage(black_box(&Answers::default()), at, pack));
        }
        BATCH
    };
    Bench {
        name: "triage",
        what: "screening answers judged, nothing against it",
        run: Box::new(run),
    }
}

fn drawing() -> Bench {
    let fonts = Fonts::embedded().expect("the fonts are built in");
    let paper = cases::rear_end();
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
