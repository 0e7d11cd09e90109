//! Agreements: who takes part, who is on duty, what is drawn, and what a bad file is told.

use proptest::prelude::*;
use time::Duration;

use super::*;
use crate::rule_pack::built_in;

const GOOD: &str = r#"[[agreement]]
id = "a"
region = "cn-330681"
in_force = "2026-01-01T00:00:00+08:00"
source = "s"

[agreement.values]
cap_per_vehicle_fen = { value = 1_000_000, source = "s" }
objection_window_hours = { value = 24, source = "s" }
sample_percent = { value = 5, source = "s" }
assessors = { value = ["desk"], source = "s" }
supplement = { value = "same_rules", source = "s" }

[agreement.duty]
rotation = ["PICC", "PAIC"]
since = "2026-01-01"
source = "s"
days = [{ day = "2026-02-01", insurer = "PAIC" }]

[[agreement.member]]
insurer = "PICC"
from = "2026-01-01"
suspended = [{ from = "2026-03-01", until = "2026-03-31" }]

[[agreement.member]]
insurer = "PAIC"
from = "2026-01-01"
until = "2026-06-30"
"#;

fn agreement() -> Agreement {
    read("a.toml", GOOD).unwrap().remove(0)
}

fn day(text: &str) -> Date {
    crate::day::parse(text).unwrap()
}

fn insurer(code: &str) -> InsurerCode {
    code.parse().unwrap()
}

#[test]
fn membership_counts_both_ends_and_a_suspension_interrupts_it() {
    let agreement = agreement();
    for (code, on, member) in [
        ("PICC", "2025-12-31", false),
        ("PICC", "2026-01-01", true),
        ("PICC", "2026-02-28", true),
        ("PICC", "2026-03-01", false),
        ("PICC", "2026-03-31", false),
        ("PICC", "2026-04-01", true),
        ("PAIC", "2026-06-30", true),
        ("PAIC", "2026-07-01", false),
        ("CPIC", "2026-02-01", false),
    ] {
        assert_eq!(agreement.is_member(insurer(code), day(on)), member, "{code} {on}");
    }
}

#[test]
fn duty_goes_round_day_by_day_and_passes_over_who_is_suspended() {
    let agreement = agreement();
    for (on, wanted) in [
        ("2025-12-31", None),
        ("2026-01-01", Some("PICC")),
        ("2026-01-02", Some("PAIC")),
        ("2026-01-03", Some("PICC")),
        ("2026-01-31", Some("PICC")),
        // A swapped day, which would have been PAIC's turn or not: the roster says so.
        ("2026-02-01", Some("PAIC")),
        // PICC is suspended in March.
        ("2026-03-02", Some("PAIC")),
        ("2026-03-03", Some("PAIC")),
        // PAIC left at the end of June.
        ("2026-07-02", Some("PICC")),
    ] {
        assert_eq!(agreement.duty_insurer(day(on)), wanted.map(insurer), "{on}");
    }
}

#[test]
fn the_place_and_time_of_the_accident_choose_the_agreement() {
    let agreements = &built_in().unwrap().agreements;
    let at = |text: &str| text.parse::<Instant>().unwrap();
    let chosen = agreements
        .choose("330681", at("2026-03-01T08:15:00+08:00"))
        .unwrap();
    assert_eq!(chosen.id, "cn-330681-trust-2026");
    assert_eq!(
        (
            chosen.cap_per_vehicle,
            chosen.objection_window_hours,
            chosen.sample_percent
        ),
        (Fen(1_000_000), 24, 5)
    );
    assert!(chosen.source.contains("产品缺省值"));
    assert!(
        chosen
            .sources
            .values()
            .all(|source| source.contains("产品缺省值"))
    );
    assert!(
        agreements
            .choose("330681", at("2025-12-31T23:59:59+08:00"))
            .is_none()
    );
    assert!(
        agreements
            .choose("330602", at("2026-03-01T08:15:00+08:00"))
            .is_none()
    );
    assert!(
        agreements
            .choose("33068", at("2026-03-01T08:15:00+08:00"))
            .is_none()
    );
}

#[test]
fn five_percent_of_the_cases_are_drawn_and_everybody_draws_the_same() {
    let mut agreement = agreement();
    let number = |n: u32| format!("第330681120260{n:06}号");
    let drawn = (0..100_000).filter(|n| agreement.sampled(&number(*n), 1)).count();
    // Five standard deviations of a fair draw are 345.
    assert!((4_655..=5_345).contains(&drawn), "{drawn}");
    let again = (0..100_000).filter(|n| agreement.sampled(&number(*n), 2)).count();
    assert!((4_655..=5_345).contains(&again), "{again}");
    agreement.sample_percent = 0;
    assert!((0..1_000).all(|n| !agreement.sampled(&number(n), 1)));
    agreement.sample_percent = 100;
    assert!((0..1_000).all(|n| agreement.sampled(&number(n), 1)));
}

#[test]
fn the_recipe_of_the_draw_is_the_one_in_the_rules_document() {
    // printf '%s' 'a/3306811202600001/1' | sha256sum: the first eight digits, by hand.
    let agreement = agreement();
    for (number, ordinal) in [
        ("3306811202600001", 1),
        ("3306811202600001", 2),
        ("快处2026-7", 1),
    ] {
        let digest = crate::id::Sha256Hex::of(format!("a/{number}/{ordinal}").as_bytes());
        let first = u64::from_str_radix(digest.as_str().get(..8).unwrap(), 16).unwrap();
        let by_hand = first * 100 < 5 * 4_294_967_296;
        assert_eq!(agreement.sampled(number, ordinal), by_hand, "{number}/{ordinal}");
    }
}

#[allow(clippy::too_many_lines, reason = "a table is as long as what it lists")]
#[test]
fn a_bad_agreement_is_refused_with_file_and_line() {
    let cases = [
        (
            "source = \"s\"\n\n[agreement.v",
            "source = \" \"\n\n[agreement.v",
            "a.toml:5: the agreement lacks a source",
        ),
        (
            "5, source = \"s\"",
            "5, source = \"\"",
            "a.toml:10: sample_percent lacks a source",
        ),
        (
            "5, source = \"s\"",
            "101, source = \"s\"",
            "a.toml:10: sample_percent is out of range",
        ),
        (
            "24, source",
            "0, source",
            "a.toml:9: objection_window_hours is out of range",
        ),
        ("[\"desk\"]", "[]", "a.toml:11: assessors names nobody"),
        (
            "[\"desk\"]",
            "[\"police\"]",
            "a.toml:11: unknown variant `police`",
        ),
        (
            "same_rules",
            "some_rules",
            "a.toml:12: unknown variant `some_rules`",
        ),
        (
            "sample_percent =",
            "sample_rate =",
            "a.toml:10: unknown field `sample_rate`",
        ),
        (
            "sample_percent = { value = 5, source = \"s\" }\n",
            "",
            "a.toml:7: missing field `sample_percent`",
        ),
        ("cn-330681", "zhuji", "a.toml:3: zhuji is no region"),
        (
            "rotation = [\"PICC\"",
            "rotation = [\"CPIC\"",
            "a.toml:14: CPIC is on duty but no member",
        ),
        (
            "until = \"2026-06-30\"",
            "until = \"2025-06-30\"",
            "a.toml:25: the days of PAIC from 2026-01-01 end before they start",
        ),
        (
            "insurer = \"PAIC\"\nfrom",
            "insurer = \"PICC\"\nfrom",
            "a.toml:14: PAIC is on duty but no member",
        ),
        (
            "insurer = \"PAIC\"\nfrom",
            "insurer = \"paic\"\nfrom",
            "a.toml:26: ",
        ),
        (
            "source = \"s\"\n\n[agreement.v",
            "source = \"s\"\nuntil = \"2025-01-01T00:00:00+08:00\"\n\n[agreement.v",
            "a.toml:1: the agreement ends before it starts",
        ),
    ];
    for (from, to, wanted) in cases {
        assert!(GOOD.contains(from), "{from}");
        let text = GOOD.replacen(from, to, 1);
        let found = read("a.toml", &text).unwrap_err();
        let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(
            lines.iter().any(|line| line.starts_with(wanted)),
            "{lines:?}\nwanted {wanted}"
        );
    }
    let twice = format!("{GOOD}\n{GOOD}");
    let lines: Vec<String> = read("a.toml", &twice)
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        lines,
        [
            "a.toml:30: agreement a stands twice",
            "a.toml:30: a and a overlap in time"
        ]
    );
}

proptest! {
    /// Whoever is on duty is a member that day; somebody is, while any of the rotation is a member.
    #[test]
    fn only_members_are_on_duty(offset in 0_i64..2_000) {
        let agreement = agreement();
        let on = day("2026-01-01") + Duration::days(offset);
        let able = agreement.duty.as_ref().unwrap().rotation.iter().any(|one| agreement.is_member(*one, on));
        let duty = agreement.duty_insurer(on);
        prop_assert_eq!(duty.is_some(), able);
        prop_assert!(duty.is_none_or(|one| agreement.is_member(one, on)));
    }
}
