//! The signed-off cases, to the fen, and what a plan says besides amounts.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::rule_pack;
use domain::settlement::{Plan, SettlementError, SettlementInput, settle};
use serde_json::{Value, json};

const EXAMPLES: &str = include_str!("../../../tests/golden/settlement-examples.json");

fn settled(input: &Value) -> Result<Plan, SettlementError> {
    let input = SettlementInput::from_json(input.to_string().as_bytes())?;
    let pack = input.choose_pack(rule_pack::built_in().unwrap())?;
    settle(&input, pack)
}

fn example(id: &str) -> Value {
    let all: Vec<Value> = serde_json::from_str(EXAMPLES).unwrap();
    all.into_iter().find(|case| case["id"] == id).unwrap()["input"].clone()
}

/// What an example fixes of a payment, in the example's own order.
fn fixed(payments: &Value) -> Vec<String> {
    let fields = ["head", "cover", "holder", "payee", "amount"];
    let one = |payment: &Value| fields.map(|field| payment[field].to_string()).join(" ");
    let mut all: Vec<String> = payments.as_array().unwrap().iter().map(one).collect();
    all.sort();
    all
}

#[test]
fn every_signed_off_case_comes_out_to_the_fen() {
    let cases: Vec<Value> = serde_json::from_str(EXAMPLES).unwrap();
    assert_eq!(cases.len(), 22);
    for case in cases {
        let plan = serde_json::to_value(settled(&case["input"]).unwrap()).unwrap();
        assert_eq!(plan["method"], case["expect"]["method"], "{}", case["id"]);
        assert_eq!(
            fixed(&plan["payments"]),
            fixed(&case["expect"]["payments"]),
            "{}",
            case["id"]
        );
    }
}

#[test]
fn a_plan_has_exactly_the_fields_of_the_contract() {
    let plan = serde_json::to_value(settled(&example("full-none")).unwrap()).unwrap();
    assert_eq!(
        plan["payments"][0],
        json!({
            "head": "property", "cover": "ctp_advance", "holder": "甲", "insurer": "PICC", "payee": "甲",
            "amount": 10000, "rule": "ctp.advance",
            "because": "甲的损失中有100.00元本应由无责一方的交强险赔付，现由甲自己的交强险（人保财险）先行代付，甲不用向对方要。"
        })
    );
    assert_eq!(plan["rule_pack"], "cn-330681@2026-01");
    assert_eq!(
        (&plan["losses"], &plan["paid"], &plan["warnings"]),
        (&json!(250000), &json!(250000), &json!([]))
    );
    let names: Vec<&String> = plan.as_object().unwrap().keys().collect();
    assert_eq!(names.len(), 6, "{names:?}");
}

#[test]
fn every_sentence_is_whole_and_every_rule_names_its_source() {
    let cases: Vec<Value> = serde_json::from_str(EXAMPLES).unwrap();
    for payment in cases
        .iter()
        .flat_map(|case| settled(&case["input"]).unwrap().payments)
    {
        assert!(
            payment.because.ends_with('。') && !payment.because.contains("()"),
            "{}",
            payment.because
        );
        assert!(payment.because.contains(&payment.holder), "{}", payment.because);
        assert!(payment.rule.source().chars().count() > 10);
    }
}

#[test]
fn who_has_no_cover_bears_the_own_part() {
    let mut input = example("primary-secondary");
    input["parties"][0]["own_damage"] = Value::Null;
    let plan = settled(&input).unwrap();
    let own: Vec<_> = plan.payments.iter().filter(|p| p.is_borne()).collect();
    assert_eq!(own.len(), 1);
    assert_eq!(
        (own[0].holder.as_str(), own[0].payee.as_str(), own[0].amount.0),
        ("甲", "甲", 420_000)
    );
    assert_eq!(own[0].insurer, None);
    assert_eq!(plan.losses.0 - plan.paid.0, 420_000);
}

#[test]
fn a_third_party_limit_is_used_up_over_the_whole_accident() {
    let mut input = example("full-none-third-party");
    input["parties"][0]["third_party"]["limit"] = json!(500_000);
    input["parties"][1]["losses"]["medical"] = json!(2_000_000);
    let plan = settled(&input).unwrap();
    let of = |cover: &str| -> Vec<i64> {
        let plan = serde_json::to_value(&plan).unwrap();
        let all = plan["payments"].as_array().unwrap().clone();
        all.iter()
            .filter(|p| p["cover"] == cover)
            .map(|p| p["amount"].as_i64().unwrap())
            .collect()
    };
    // Property takes the whole limit of 5,000 yuan; medical finds nothing of it left.
    assert_eq!(of("third_party"), [500_000]);
    assert_eq!(of("personal"), [100_000, 200_000]);
    assert_eq!(
        plan.warnings,
        ["甲的三者险限额5,000.00元不够赔付，超出的部分由甲自己支付。"]
    );
}

#[test]
fn limits_follow_the_moment_of_the_accident() {
    let medical = |at: &str| {
        let mut input = example("slight-injury");
        input["occurred_at"] = json!(at);
        for party in 0..2 {
            input["parties"][party]["ctp"] = json!({"insurer": "PICC"});
        }
        input["parties"][1]["losses"]["medical"] = json!(5_000_000);
        let plan = serde_json::to_value(settled(&input).unwrap()).unwrap();
        let all = plan["payments"].as_array().unwrap().clone();
        all.iter()
            .find(|p| p["head"] == "medical" && p["cover"] == "ctp")
            .unwrap()["amount"]
            .as_i64()
            .unwrap()
    };
    assert_eq!(medical("2020-09-18T23:59:59+08:00"), 1_000_000);
    assert_eq!(medical("2020-09-19T00:00:00+08:00"), 1_800_000);
    assert_eq!(medical("2020-09-18T16:00:00Z"), 1_800_000);
}

#[test]
fn a_policy_covers_its_last_day_to_the_end() {
    let method = |valid_to: &str| {
        let mut input = example("self-pay");
        input["occurred_at"] = json!("2026-03-01T23:59:59+08:00");
        input["parties"][0]["ctp"]["valid_to"] = json!(valid_to);
        let plan = settled(&input).unwrap();
        (serde_json::to_value(plan.method).unwrap(), plan.warnings.len())
    };
    assert_eq!(method("2026-03-01"), (json!("self_pay"), 0));
    assert_eq!(method("2026-02-28"), (json!("standard"), 2));
}

#[test]
fn with_nobody_at_fault_no_fault_limits_pay_and_the_rest_is_borne() {
    let mut input = example("full-none");
    input["parties"][0]["liability"] = json!("none");
    let plan = serde_json::to_value(settled(&input).unwrap()).unwrap();
    assert_eq!(
        fixed(&plan["payments"]),
        fixed(&json!([
            {"head": "property", "cover": "ctp", "holder": "乙", "payee": "甲", "amount": 10000},
            {"head": "property", "cover": "ctp", "holder": "甲", "payee": "乙", "amount": 10000},
            {"head": "property", "cover": "personal", "holder": "甲", "payee": "甲", "amount": 90000},
            {"head": "property", "cover": "personal", "holder": "乙", "payee": "乙", "amount": 140000},
        ]))
    );
}

#[test]
fn a_bicycle_at_fault_pays_from_its_own_purse() {
    let mut input = example("e-bike-no-fault");
    input["parties"][0]["liability"] = json!("none");
    input["parties"][1]["liability"] = json!("full");
    let plan = serde_json::to_value(settled(&input).unwrap()).unwrap();
    assert_eq!(
        fixed(&plan["payments"]),
        fixed(&json!([
            {"head": "property", "cover": "ctp", "holder": "甲", "payee": "乙", "amount": 10000},
            {"head": "property", "cover": "personal", "holder": "乙", "payee": "甲", "amount": 80000},
            {"head": "property", "cover": "personal", "holder": "乙", "payee": "乙", "amount": 110000},
        ]))
    );
}

#[test]
fn several_at_fault_must_say_their_shares() {
    let mut input = example("three-at-fault");
    input["parties"][0]["liability"] = json!("primary");
    input["parties"][1]["liability"] = json!("secondary");
    input["parties"][2]["liability"] = json!("secondary");
    assert_eq!(settled(&input).unwrap_err().code, "shares_required");
    for (index, share) in [60, 30, 10].into_iter().enumerate() {
        input["parties"][index]["share"] = json!(share);
    }
    assert!(settled(&input).is_ok());
    input["parties"][2]["share"] = Value::Null;
    let error = settled(&input).unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.field.as_str()),
        ("shares_required", "parties[2].share")
    );
}

#[test]
fn bad_input_names_its_field() {
    #[rustfmt::skip]
    let table: [(&str, Value, &str, &str); 22] = [
        ("/parties/1/share", json!(120), "percent_out_of_range", "parties[1].share"),
        ("/parties/1/share", json!(10), "share_without_fault", "parties[1].share"),
        ("/parties/1/liability", json!("undetermined"), "liability_undetermined", "parties[1].liability"),
        ("/parties/1/liability", json!("guilty"), "unknown_value", "parties[1].liability"),
        ("/parties/0/kind", json!("tank"), "unknown_value", "parties[0].kind"),
        ("/parties/0/label", Value::Null, "required", "parties[0].label"),
        ("/parties/0/label", json!("乙"), "duplicate_label", "parties[1].label"),
        ("/parties/0/label", json!("长".repeat(101)), "too_long", "parties[0].label"),
        ("/parties/0/losses/vehicle", json!(-1), "negative_amount", "parties[0].losses.vehicle"),
        ("/parties/0/losses/vehicle", json!(1.5), "not_an_integer", "parties[0].losses.vehicle"),
        ("/parties/0/losses/vehicle", json!("1"), "wrong_type", "parties[0].losses.vehicle"),
        ("/parties/0/losses/vehicle", json!(u64::MAX), "amount_too_large", "parties[0].losses.vehicle"),
        ("/parties/0/losses/vehicle", json!(1e300), "amount_too_large", "parties[0].losses.vehicle"),
        ("/parties/0/third_party/limit", Value::Null, "required", "parties[0].third_party.limit"),
        ("/parties/0/third_party/deductible_percent", json!(101), "percent_out_of_range", "parties[0].third_party.deductible_percent"),
        ("/parties/0/ctp/valid_to", json!("2026-02-30"), "bad_date", "parties[0].ctp.valid_to"),
        ("/parties/0/ctp/valid_to", json!("2025-12-31"), "date_order", "parties[0].ctp.valid_to"),
        ("/parties/0/ctp/insurer", json!(""), "required", "parties[0].ctp.insurer"),
        ("/occurred_at", json!("2026-03-01T08:15:00"), "bad_time", "occurred_at"),
        ("/occurred_at", json!("1999-03-01T08:15:00Z"), "no_rule_pack", "occurred_at"),
        ("/region", json!("Zhuji"), "region_unknown", "region"),
        ("/parties", json!([]), "required", "parties"),
    ];
    for (pointer, value, code, field) in table {
        let mut input = example("full-none");
        input["parties"][1]["share"] = Value::Null;
        *input.pointer_mut(pointer).unwrap() = value;
        let error = settled(&input).unwrap_err();
        assert_eq!((error.code.as_str(), error.field.as_str()), (code, field));
        assert!(
            error.message.ends_with('。') && !error.message.contains('\n'),
            "{}",
            error.message
        );
    }
}

#[test]
fn a_field_that_stands_twice_is_refused_and_a_byte_order_mark_is_not() {
    let good = example("full-none").to_string();
    let twice = [
        (good.replacen('{', "{\"region\":\"330681\",", 1), "region"),
        (
            good.replacen("\"losses\":{", "\"losses\":{\"vehicle\":1,", 1),
            "parties[0].losses.vehicle",
        ),
    ];
    for (text, field) in twice {
        let error = SettlementInput::from_json(text.as_bytes()).unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.field.as_str()),
            ("duplicate_field", field)
        );
    }
    let marked = [b"\xef\xbb\xbf", good.as_bytes()].concat();
    assert_eq!(
        SettlementInput::from_json(&marked).unwrap(),
        SettlementInput::from_json(good.as_bytes()).unwrap()
    );
}

#[test]
fn a_misspelt_field_is_refused_not_ignored() {
    let mut input = example("full-none");
    input["parties"][0]["thrid_party"] = json!(null);
    let error = settled(&input).unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.field.as_str()),
        ("unknown_field", "parties[0].thrid_party")
    );
    let error = SettlementInput::from_json(b"{\"parties\":[}").unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.field.as_str()),
        ("malformed_json", "$")
    );
    assert_eq!(SettlementInput::from_json(b"[]").unwrap_err().field, "$");
    assert_eq!(
        SettlementInput::from_json(b"\xff").unwrap_err().code,
        "malformed_json"
    );
}

#[test]
fn the_largest_amounts_do_not_overflow() {
    let mut input = example("three-at-fault");
    for party in 0..3 {
        for loss in ["vehicle", "carried", "medical", "disability"] {
            input["parties"][party]["losses"][loss] = json!(domain::settlement::AMOUNT_FEN_MAX);
        }
        input["parties"][party]["third_party"] = Value::Null;
    }
    let plan = settled(&input).unwrap();
    let total: i64 = plan.payments.iter().map(|payment| payment.amount.0).sum();
    assert_eq!(total, plan.losses.0);
    assert_eq!(total, 12 * domain::settlement::AMOUNT_FEN_MAX);
}

/// Two cars at fault, one not, and somebody in the first is hurt: 3,000 yuan of medicine.
fn hurt_between_two() -> SettlementInput {
    let party = |label: &str, liability: &str, medical: i64| {
        json!({"label": label, "kind": "motor", "liability": liability, "share": null,
               "ctp": {"insurer": "PICC"}, "losses": {"medical": medical}})
    };
    let input = json!({"occurred_at": "2026-03-01T08:15:00+08:00", "region": "330681",
        "parties": [party("甲", "equal", 330_000), party("乙", "equal", 0), party("丙", "none", 0)]});
    SettlementInput::from_json(input.to_string().as_bytes()).unwrap()
}

#[test]
fn a_region_may_divide_an_injury_alike_instead_of_by_the_limits() {
    let input = hurt_between_two();
    let mut pack = input.choose_pack(rule_pack::built_in().unwrap()).unwrap().clone();
    let paid = |pack: &rule_pack::RulePack| {
        let plan = settle(&input, pack).unwrap();
        let one = |p: &domain::settlement::Payment| (p.holder.clone(), p.amount.0);
        plan.payments.iter().map(one).collect::<Vec<_>>()
    };
    // 18,000 to 1,800: ten parts of eleven.
    assert_eq!(
        paid(&pack),
        [("乙".to_owned(), 300_000), ("丙".to_owned(), 30_000)]
    );
    pack.injury_division = rule_pack::InjuryDivision::Equally;
    assert_eq!(
        paid(&pack),
        [("乙".to_owned(), 165_000), ("丙".to_owned(), 165_000)]
    );
}

#[test]
fn a_region_may_leave_each_its_own_when_no_motor_vehicle_is_at_fault() {
    let party = |label: &str| {
        json!({"label": label, "kind": "motor", "liability": "none", "ctp": {"insurer": "PICC"},
               "losses": {"vehicle": 50_000}})
    };
    let input = json!({"occurred_at": "2026-03-01T08:15:00+08:00", "region": "330681",
                       "parties": [party("甲"), party("乙")]});
    let input = SettlementInput::from_json(input.to_string().as_bytes()).unwrap();
    let mut pack = input.choose_pack(rule_pack::built_in().unwrap()).unwrap().clone();
    let crossed = settle(&input, &pack).unwrap();
    assert_eq!(crossed.paid.0, 20_000);
    pack.no_motor_at_fault = rule_pack::NoMotorAtFault::EachItsOwn;
    let own = settle(&input, &pack).unwrap();
    assert_eq!((own.paid.0, own.payments.len()), (0, 2));
    assert!(own.payments.iter().all(|p| p.holder == p.payee && p.is_borne()));
}
