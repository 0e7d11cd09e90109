//! Triage by example: which answers end remote handling, and what is done instead.

use super::*;
use crate::rule_pack::{Switches, built_in};

const NOON: &str = "2026-03-01T12:00:00+08:00";
const MIDNIGHT: &str = "2026-03-01T00:00:00+08:00";

fn judged(at: &str, answer: impl Fn(&mut Answers), switch: impl Fn(&mut Switches)) -> Outcome {
    let at = at.parse().unwrap();
    let mut pack = built_in().unwrap().choose("330681", at).unwrap().clone();
    switch(&mut pack.switches);
    let mut answers = Answers::default();
    answer(&mut answers);
    triage(&answers, at, &pack)
}

fn codes(outcome: &Outcome) -> Vec<&str> {
    match outcome {
        Outcome::Leave(stops) => stops.iter().map(|stop| stop.code.as_str()).collect(),
        _ => vec![],
    }
}

#[test]
fn two_cars_and_nothing_else_are_handled_remotely() {
    assert_eq!(judged(NOON, |_| {}, |_| {}), Outcome::Remote);
    assert_eq!(
        judged(MIDNIGHT, |a| a.motor_vehicles = 3, |_| {}),
        Outcome::Remote
    );
    assert_eq!(
        judged(NOON, |a| (a.motor_vehicles, a.others) = (1, 1), |_| {}),
        Outcome::Remote
    );
}

#[test]
fn a_slight_injury_asks_for_everybodys_consent() {
    assert_eq!(
        judged(NOON, |a| a.injury = Injury::Slight, |_| {}),
        Outcome::SlightInjuryNeedsConsent
    );
}

type Exclusion = (&'static str, &'static str, fn(&mut Answers), bool, bool);

/// Code, article, answer, call 122, call 120.
#[rustfmt::skip]
const EXCLUSIONS: [Exclusion; 12] = [
    ("death", "第十三条", |a| a.injury = Injury::Death, true, true),
    ("injury", "第十三条", |a| a.injury = Injury::Serious, true, true),
    ("dangerous_goods", "第十五条", |a| a.dangerous_goods = true, true, false),
    ("no_licence", "第十三条第一款第一项", |a| a.no_licence = true, true, false),
    ("alcohol_or_drugs", "第十三条第一款第二项", |a| a.alcohol_or_drugs = true, true, false),
    ("bus_overloaded_or_speeding", "第十三条第一款第三项", |a| a.bus_overloaded_or_speeding = true, true, false),
    ("bad_plate", "第十三条第一款第四项", |a| a.bad_plate = true, true, false),
    ("cannot_move", "第十三条第一款第五项", |a| a.cannot_move = true, true, false),
    ("party_left", "第十三条第一款第六项", |a| a.party_left = true, true, false),
    ("intent_suspected", "第十三条第一款第七项", |a| a.intent_suspected = true, true, false),
    ("crime_suspected", "第二十三条", |a| a.crime_suspected = true, true, false),
    ("scene_cleared", "第十六条", |a| a.scene_cleared = true, false, false),
];

#[test]
fn every_exclusion_that_no_switch_opens() {
    let everything_on = |s: &mut Switches| {
        *s = Switches {
            expressway: true,
            outside_property: true,
            missing_marks: true,
            single_vehicle: true,
            slight_injury: true,
            non_motor: true,
            three_vehicles: true,
            night: true,
        };
    };
    for (code, article, answer, call_122, call_120) in EXCLUSIONS {
        let outcome = judged(NOON, answer, everything_on);
        let Outcome::Leave(stops) = &outcome else {
            panic!("{code}: {outcome:?}")
        };
        assert_eq!(codes(&outcome), [code]);
        assert_eq!(stops[0].article, format!("《道路交通事故处理程序规定》{article}"));
        assert_eq!(
            (stops[0].call_122, stops[0].call_120),
            (call_122, call_120),
            "{code}"
        );
        assert!(
            stops[0].reason.ends_with('。') && stops[0].advice.ends_with('。'),
            "{code}"
        );
    }
}

#[test]
#[expect(clippy::type_complexity, reason = "a table")]
fn every_switch_opens_and_closes_its_own_exclusion() {
    let table: [(&str, &str, fn(&mut Answers), fn(&mut Switches, bool)); 8] = [
        (
            "expressway",
            NOON,
            |a| a.expressway = true,
            |s, on| s.expressway = on,
        ),
        (
            "facility_hit",
            NOON,
            |a| a.facility_hit = true,
            |s, on| s.outside_property = on,
        ),
        (
            "missing_marks",
            NOON,
            |a| a.missing_marks = true,
            |s, on| s.missing_marks = on,
        ),
        (
            "single_vehicle",
            NOON,
            |a| a.motor_vehicles = 1,
            |s, on| s.single_vehicle = on,
        ),
        (
            "slight_injury_closed",
            NOON,
            |a| a.injury = Injury::Slight,
            |s, on| s.slight_injury = on,
        ),
        (
            "non_motor",
            NOON,
            |a| (a.motor_vehicles, a.others) = (1, 1),
            |s, on| s.non_motor = on,
        ),
        (
            "three_vehicles",
            NOON,
            |a| a.motor_vehicles = 3,
            |s, on| s.three_vehicles = on,
        ),
        ("night", MIDNIGHT, |_| {}, |s, on| s.night = on),
    ];
    for (code, at, answer, switch) in table {
        assert_eq!(codes(&judged(at, answer, |s| switch(s, false))), [code]);
        assert_eq!(
            codes(&judged(at, answer, |s| switch(s, true))),
            Vec::<&str>::new(),
            "{code}"
        );
    }
}

#[test]
fn all_reasons_are_told_the_gravest_first() {
    let outcome = judged(
        NOON,
        |a| {
            a.scene_cleared = true;
            a.party_left = true;
            a.injury = Injury::Serious;
        },
        |_| {},
    );
    assert_eq!(codes(&outcome), ["injury", "party_left", "scene_cleared"]);
    let json = serde_json::to_value(&outcome).unwrap();
    assert_eq!(json["outcome"], "leave");
    assert_eq!(json["stops"][0]["call_120"], true);
    assert_eq!(
        serde_json::to_value(Outcome::Remote).unwrap(),
        serde_json::json!({"outcome": "remote"})
    );
}

#[test]
fn an_unknown_answer_is_refused_not_ignored() {
    assert!(serde_json::from_str::<Answers>(r#"{"injury":"none","intent":true}"#).is_err());
    assert!(serde_json::from_str::<Answers>(r#"{"injury":"a bit"}"#).is_err());
}
