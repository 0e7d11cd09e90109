//! The built-in packs, and what a bad one is told.

use super::*;

fn chosen(region: &str, at: &str) -> &'static RulePack {
    built_in().unwrap().choose(region, at.parse().unwrap()).unwrap()
}

#[test]
fn the_time_and_place_of_the_accident_choose() {
    assert_eq!(
        chosen("330681", "2026-03-01T08:15:00+08:00").id,
        "cn-330681@2026-01"
    );
    assert_eq!(chosen("330602", "2026-03-01T08:15:00+08:00").id, "cn-33@2026-01");
    assert_eq!(chosen("110101", "2026-03-01T08:15:00+08:00").id, "cn@2020-09");
    assert_eq!(
        chosen("330681", "2025-03-01T08:15:00+08:00").id,
        "cn-330681@2020-09"
    );
    let packs = built_in().unwrap();
    assert_eq!(
        packs.choose("33068", "2026-03-01T08:15:00Z".parse().unwrap()),
        Err(NoPack::Region)
    );
    assert_eq!(
        packs.choose("330681", "2001-03-01T08:15:00Z".parse().unwrap()),
        Err(NoPack::TooEarly)
    );
}

#[test]
fn the_limits_of_compulsory_cover_change_on_the_day_they_did() {
    let before = chosen("330681", "2020-09-18T23:59:59.999999+08:00");
    let after = chosen("330681", "2020-09-19T00:00:00+08:00");
    assert_eq!(
        (before.ctp_fault.medical, before.ctp_no_fault.medical),
        (Fen(1_000_000), Fen(100_000))
    );
    assert_eq!(
        (after.ctp_fault.medical, after.ctp_no_fault.medical),
        (Fen(1_800_000), Fen(180_000))
    );
    assert_eq!(
        (before.ctp_fault.disability, after.ctp_fault.disability),
        (Fen(11_000_000), Fen(18_000_000))
    );
    assert_eq!(after.ctp_fault.property, Fen(200_000));
}

#[test]
fn every_value_says_where_it_comes_from() {
    let pack = chosen("330681", "2026-03-01T08:15:00+08:00");
    assert_eq!(pack.sources.len(), 32);
    assert!(pack.sources.values().all(|source| !source.is_empty()));
    assert!(pack.sources["self_pay_cap_fen"].contains("当地"));
}

#[test]
fn night_goes_over_midnight() {
    let pack = chosen("330681", "2026-03-01T08:15:00+08:00");
    assert!(pack.is_night("2026-03-01T20:00:00+08:00".parse().unwrap()));
    assert!(pack.is_night("2026-03-01T05:59:59+08:00".parse().unwrap()));
    assert!(!pack.is_night("2026-03-01T06:00:00+08:00".parse().unwrap()));
}

#[test]
fn a_bad_pack_is_refused_with_file_and_line() {
    let (name, nation) = FILES[0];
    let city = |body: &str| {
        format!(
            "region = \"cn-11\"\nparent = \"cn\"\n\n[[edition]]\nin_force = \"2026-01-01T00:00:00+08:00\"\n{body}"
        )
    };
    let cases = [
        (
            city("[edition.values]\nself_pay_cap_fen = { value = 1 }\n"),
            "x.toml:7: ",
        ),
        (
            city("[edition.values]\nself_pay_cap_fen = { value = 1, source = \"\" }\n"),
            "x.toml:7: self_pay_cap_fen lacks a source",
        ),
        (
            city("[edition.values]\nself_pay_cup = { value = 1, source = \"s\" }\n"),
            "x.toml:7: self_pay_cup is no value",
        ),
        (
            city("[edition.values]\nself_pay_cap_fen = { value = -1, source = \"s\" }\n"),
            "x.toml:7: self_pay_cap_fen is out of range",
        ),
        (
            city("[edition.switches]\nnigth = { value = true, source = \"s\" }\n"),
            "x.toml:7: nigth is no switch",
        ),
        (
            city("\n[[edition]]\nin_force = \"2026-01-01T00:00:00+08:00\"\n"),
            "x.toml:7: editions must follow each other in time",
        ),
        (
            city("until = \"2025-01-01T00:00:00+08:00\"\n"),
            "x.toml:4: the edition ends before it starts",
        ),
        (
            city("").replace("parent = \"cn\"", "parent = \"cn-1\""),
            "x.toml:2: parent cn-1 is not loaded",
        ),
        (
            city("").replace("parent = \"cn\"", "parent = \"cn-11\""),
            "x.toml:2: cn-11 does not lie in cn-11",
        ),
        (
            city("").replace("parent = \"cn\"", "parent = \"cn-33\""),
            "x.toml:2: cn-11 does not lie in cn-33",
        ),
    ];
    for (text, wanted) in cases {
        let error = RulePacks::parse(&[(name, nation), ("x.toml", &text)])
            .unwrap_err()
            .to_string();
        assert!(error.starts_with(wanted), "{error}\nwanted {wanted}");
    }
    let hole: String = nation
        .lines()
        .filter(|l| !l.starts_with("self_pay_cap"))
        .map(|l| format!("{l}\n"))
        .collect();
    let error = RulePacks::parse(&[(name, &hole)]).unwrap_err().to_string();
    assert_eq!(error, "rules/cn.toml:6: self_pay_cap_fen is missing");
}
