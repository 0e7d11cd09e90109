//! Every exclusion of 程序规定 arts. 13 to 15, 18 and 23 under every position of the regional switches.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::rule_pack::{RulePack, Switches, built_in};
use domain::triage::{Answers, Injury, Outcome, triage};

const NOON: &str = "2026-03-01T12:00:00+08:00";

const PROTECT: &str = "请不要移动车辆，保护好现场，在车后放置警示标志，人员到安全处等候，立即拨打122报警。";
const RESCUE: &str = "请立即拨打120救人、122报警，保护好现场，不要随意移动伤者，在车后放置警示标志。";
const STUCK: &str = "请打开危险报警闪光灯，在车后放置警示标志，车上人员撤到路外安全处等候，立即拨打122报警。";
const GOODS: &str = "请所有人立即撤到上风方向的安全地带，远离车辆，禁止烟火，立即拨打122报警并说明所载物品。";
const LEFT: &str = "请记下对方的号牌、车型和离开方向，保护好现场，立即拨打122报警。";
const DESK: &str = "请先拍照固定现场、把能动的车移到不妨碍交通的地方，再拨打122报警，等待民警处理。";
const MOTORWAY: &str = "请开启危险报警闪光灯，在车后150米外放置警示标志，人员撤到护栏外，立即拨打122报警。";

type Answer = fn(&mut Answers);
type Opens = fn(&Switches) -> bool;
type Exclusion = (
    &'static str,
    &'static str,
    &'static str,
    bool,
    Answer,
    Option<Opens>,
);

/// Code, article (empty: the local rule), what to do now, call 120, the answer, and the switch that opens it to the
/// desk (none: nothing does). Everybody is told to call 122. In the order in which reasons are told.
#[rustfmt::skip]
const EXCLUSIONS: [Exclusion; 18] = [
    ("death", "第十三条第一款", RESCUE, true, |a| a.injury = Injury::Death, None),
    ("injury", "第十三条第一款", RESCUE, true, |a| a.injury = Injury::Serious, None),
    ("dangerous_goods", "第十五条", GOODS, false, |a| a.dangerous_goods = true, None),
    ("no_licence", "第十三条第一款第一项", PROTECT, false, |a| a.no_licence = true, None),
    ("alcohol_or_drugs", "第十三条第一款第二项", PROTECT, false, |a| a.alcohol_or_drugs = true, None),
    ("bus_overloaded_or_speeding", "第十三条第一款第三项", PROTECT, false, |a| a.bus_overloaded_or_speeding = true, None),
    ("bad_plate", "第十三条第一款第四项", PROTECT, false, |a| a.bad_plate = true, None),
    ("cannot_move", "第十三条第一款第五项", STUCK, false, |a| a.cannot_move = true, None),
    ("party_left", "第十三条第一款第六项", LEFT, false, |a| a.party_left = true, None),
    ("intent_suspected", "第十三条第一款第七项", PROTECT, false, |a| a.intent_suspected = true, None),
    ("crime_suspected", "第二十三条第一款", PROTECT, false, |a| a.crime_suspected = true, None),
    ("slight_injury_closed", "第十三条第一款", RESCUE, true, |a| a.injury = Injury::Slight, Some(|s| s.slight_injury)),
    ("missing_marks", "第十四条第一项", DESK, false, |a| a.missing_marks = true, Some(|s| s.missing_marks)),
    ("facility_hit", "第十四条第二项", DESK, false, |a| a.facility_hit = true, Some(|s| s.outside_property)),
    ("expressway", "", MOTORWAY, false, |a| a.expressway = true, Some(|s| s.expressway)),
    ("single_vehicle", "", DESK, false, |a| a.motor_vehicles = 1, Some(|s| s.single_vehicle)),
    ("non_motor", "", DESK, false, |a| (a.motor_vehicles, a.others) = (1, 1), Some(|s| s.non_motor)),
    ("three_vehicles", "", DESK, false, |a| a.motor_vehicles = 3, Some(|s| s.three_vehicles)),
];

/// All 256 positions of the eight switches.
fn every_position() -> impl Iterator<Item = Switches> {
    (0_u16..256).map(|bits| {
        let on = |bit: u8| bits >> bit & 1 == 1;
        Switches {
            expressway: on(0),
            outside_property: on(1),
            missing_marks: on(2),
            single_vehicle: on(3),
            slight_injury: on(4),
            non_motor: on(5),
            three_vehicles: on(6),
            night: on(7),
        }
    })
}

fn pack(at: &str, switches: Switches) -> RulePack {
    let mut pack = built_in()
        .unwrap()
        .choose("330681", at.parse().unwrap())
        .unwrap()
        .clone();
    pack.switches = switches;
    pack
}

fn judged(at: &str, pack: &RulePack, answer: impl Fn(&mut Answers)) -> Outcome {
    let mut answers = Answers::default();
    answer(&mut answers);
    triage(&answers, at.parse().unwrap(), pack)
}

#[test]
fn every_exclusion_under_every_position_of_the_switches_says_article_advice_and_whom_to_call() {
    for switches in every_position() {
        let pack = pack(NOON, switches);
        for (code, article, advice, call_120, answer, opens) in EXCLUSIONS {
            let outcome = judged(NOON, &pack, answer);
            if opens.is_some_and(|opens| opens(&switches)) {
                let open = if code == "slight_injury_closed" {
                    Outcome::SlightInjuryNeedsConsent
                } else {
                    Outcome::Remote
                };
                assert_eq!(outcome, open, "{code} {switches:?}");
                continue;
            }
            let Outcome::Leave(stops) = &outcome else {
                panic!("{code} {switches:?}: {outcome:?}")
            };
            let [stop] = stops.as_slice() else {
                panic!("{code} {switches:?}: {stops:?}")
            };
            let article = match article {
                "" => "本地远程处理规则".to_owned(),
                article => format!("《道路交通事故处理程序规定》{article}"),
            };
            assert_eq!(
                (
                    stop.code.as_str(),
                    &stop.article,
                    stop.advice.as_str(),
                    stop.call_122,
                    stop.call_120
                ),
                (code, &article, advice, true, call_120),
                "{switches:?}"
            );
            assert!(stop.reason.ends_with('。'), "{}", stop.reason);
            assert_eq!(outcome.told(), (article.as_str(), advice));
        }
    }
}

#[test]
fn any_two_exclusions_together_are_both_told_in_the_order_of_the_table() {
    let closed = Switches {
        expressway: false,
        outside_property: false,
        missing_marks: false,
        single_vehicle: false,
        slight_injury: false,
        non_motor: false,
        three_vehicles: false,
        night: true,
    };
    let pack = pack(NOON, closed);
    // These three all say how many there were: one replaces the other.
    let counts = ["single_vehicle", "non_motor", "three_vehicles"];
    let mut pairs = 0;
    for (at, (first, .., one, _)) in EXCLUSIONS.iter().enumerate() {
        for (second, .., other, _) in &EXCLUSIONS[at + 1..] {
            let (mut answers, mut reversed) = (Answers::default(), Answers::default());
            one(&mut answers);
            other(&mut answers);
            other(&mut reversed);
            one(&mut reversed);
            if answers != reversed || (counts.contains(first) && counts.contains(second)) {
                continue;
            }
            let Outcome::Leave(stops) = triage(&answers, NOON.parse().unwrap(), &pack) else {
                panic!("{first} {second}")
            };
            let told: Vec<&str> = stops.iter().map(|stop| stop.code.as_str()).collect();
            assert_eq!(told, [*first, *second]);
            pairs += 1;
        }
    }
    // All pairs but three of injuries and three of counts.
    assert_eq!(pairs, 18 * 17 / 2 - 6);
}

#[test]
fn the_night_begins_and_ends_on_its_hour() {
    let hours = [
        ("2026-03-01T19:59:59+08:00", false),
        ("2026-03-01T20:00:00+08:00", true),
        ("2026-03-01T23:59:59+08:00", true),
        ("2026-03-02T00:00:00+08:00", true),
        ("2026-03-02T05:59:59+08:00", true),
        ("2026-03-02T06:00:00+08:00", false),
        // The same moments as a phone in another zone tells them.
        ("2026-03-01T11:59:59Z", false),
        ("2026-03-01T12:00:00Z", true),
    ];
    for switches in every_position() {
        for (at, night) in hours {
            let closed = night && !switches.night;
            let outcome = judged(at, &pack(at, switches), |_| {});
            match outcome {
                Outcome::Leave(stops) => {
                    assert!(closed, "{at}");
                    let told: Vec<_> = stops
                        .iter()
                        .map(|s| (s.code.as_str(), s.call_122, s.call_120))
                        .collect();
                    assert_eq!(told, [("night", true, false)]);
                    assert_eq!(
                        (stops[0].article.as_str(), stops[0].advice.as_str()),
                        ("本地远程处理规则", DESK)
                    );
                }
                Outcome::Remote => assert!(!closed, "{at}"),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn a_cleared_scene_is_a_late_report_wherever_nothing_else_stands_against_it() {
    for switches in every_position() {
        let pack = pack(NOON, switches);
        assert_eq!(
            judged(NOON, &pack, |a| a.scene_cleared = true),
            Outcome::LateReport
        );
        for (code, .., answer, opens) in EXCLUSIONS {
            let outcome = judged(NOON, &pack, |a| {
                answer(a);
                a.scene_cleared = true;
            });
            let open = opens.is_some_and(|opens| opens(&switches));
            assert_eq!(outcome == Outcome::LateReport, open, "{code} {switches:?}");
        }
    }
}
