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

#[test]
fn a_scene_that_was_cleared_is_filed_in_writing_unless_something_graver_stands_against_it() {
    let late = judged(NOON, |a| a.scene_cleared = true, |_| {});
    assert_eq!(late, Outcome::LateReport);
    let hurt = |a: &mut Answers| (a.scene_cleared, a.injury) = (true, Injury::Slight);
    assert_eq!(judged(NOON, hurt, |_| {}), Outcome::LateReport);
    let left = |a: &mut Answers| (a.scene_cleared, a.party_left) = (true, true);
    assert_eq!(codes(&judged(NOON, left, |_| {})), ["party_left"]);
}

#[test]
fn every_outcome_names_its_article_and_what_to_do_now() {
    for (outcome, article) in [
        (Outcome::Remote, "第十九条"),
        (Outcome::SlightInjuryNeedsConsent, "第二十三条第一款第二项"),
        (Outcome::LateReport, "第十八条"),
        (judged(NOON, |a| a.dangerous_goods = true, |_| {}), "第十五条"),
    ] {
        let (told, advice) = outcome.told();
        assert!(told.contains(article), "{told}");
        assert!(advice.ends_with('。'), "{advice}");
    }
}

#[test]
fn all_reasons_are_told_the_gravest_first() {
    let outcome = judged(
        NOON,
        |a| {
            a.cannot_move = true;
            a.party_left = true;
            a.injury = Injury::Serious;
        },
        |_| {},
    );
    assert_eq!(codes(&outcome), ["injury", "cannot_move", "party_left"]);
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
