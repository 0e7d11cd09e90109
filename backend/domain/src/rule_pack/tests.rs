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

/// Zhuji's file with another cap.
fn zhuji(cap: i64) -> String {
    format!(
        "region = \"cn-330681\"\nparent = \"cn-33\"\n\n[[edition]]\nin_force = \"2026-01-01T00:00:00+08:00\"\n\n[edition.values]\nself_pay_cap_fen = {{ value = {cap}, source = \"s\" }}\n"
    )
}

#[test]
fn a_file_of_ones_own_takes_the_place_of_the_built_in_one_and_a_later_layer_of_both() {
    let at = "2026-03-01T08:15:00+08:00".parse().unwrap();
    let (first, second) = (zhuji(300_000), zhuji(400_000));
    let packs = RulePacks::with(&[&[("own/zhuji.toml", &first)]]).unwrap();
    assert_eq!(packs.choose("330681", at).unwrap().self_pay_cap, Fen(300_000));
    assert_eq!(packs.choose("330602", at).unwrap().self_pay_cap, Fen(200_000));
    let packs = RulePacks::with(&[&[("a.toml", &first)], &[("b.toml", &second)]]).unwrap();
    assert_eq!(packs.choose("330681", at).unwrap().self_pay_cap, Fen(400_000));
}

#[test]
fn a_province_of_ones_own_reaches_the_built_in_city_below_it() {
    let at = "2026-03-01T08:15:00+08:00".parse().unwrap();
    let province = zhuji(1)
        .replace("cn-330681", "cn-33")
        .replace("parent = \"cn-33\"", "parent = \"cn\"");
    let province = province
        .replace("self_pay_cap_fen", "night_from_hour")
        .replace("value = 1", "value = 22");
    let packs = RulePacks::with(&[&[("p.toml", &province)]]).unwrap();
    assert_eq!(packs.choose("330681", at).unwrap().night_from_hour, 22);
}

#[test]
fn a_new_region_and_a_new_year_and_an_agreement_may_be_added() {
    let city = zhuji(1)
        .replace("cn-330681", "cn-4403")
        .replace("parent = \"cn-33\"", "parent = \"cn\"");
    let year = "year = 2028\nsource = \"s\"\n\n[[holiday]]\nname = \"元旦\"\nfrom = \"2028-01-01\"\nuntil = \"2028-01-01\"\n";
    let (_, agreements) = FILES
        .iter()
        .find(|(name, _)| name.contains("agreements"))
        .unwrap();
    let other = agreements.replace("330681", "330682");
    let packs = RulePacks::with(&[&[("c.toml", &city), ("y.toml", year), ("a.toml", &other)]]).unwrap();
    let at = "2026-03-01T08:15:00+08:00".parse().unwrap();
    // The city's file answers for its districts.
    assert_eq!(packs.choose("440305", at).unwrap().self_pay_cap, Fen(1));
    assert_eq!(packs.calendar.years().count(), 3);
    assert!(
        packs.agreements.choose("330682", at).is_some() && packs.agreements.choose("330681", at).is_some()
    );
    // One's own agreement of a region stands alone there.
    let own = agreements.replace("cn-330681-trust-2026", "ours");
    let packs = RulePacks::with(&[&[("a.toml", &own)]]).unwrap();
    let ids: Vec<&str> = packs.agreements.all().iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["ours"]);
}

#[test]
fn two_files_of_one_layer_may_not_say_the_same_and_everything_wrong_is_told_at_once() {
    let (one, bad) = (zhuji(1), zhuji(-1));
    let error = RulePacks::with(&[&[("a.toml", &one), ("b.toml", &one)]]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "b.toml:1: region cn-330681 stands twice, also in a.toml"
    );
    let error =
        RulePacks::with(&[&[("a.toml", &bad), ("b.toml", "region = 3\n"), ("c.toml", "x")]]).unwrap_err();
    let lines: Vec<String> = error.found.iter().map(ToString::to_string).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines[0].starts_with("a.toml:8: self_pay_cap_fen is out of range"),
        "{lines:?}"
    );
    assert!(
        lines[1].starts_with("b.toml:1: ") && lines[2].starts_with("c.toml:1: "),
        "{lines:?}"
    );
    assert!(
        error
            .to_string()
            .ends_with("(and 2 more: see kuaichu rules check)"),
        "{error}"
    );
}

#[test]
fn two_changes_within_one_month_have_names_of_their_own() {
    let second = "\n[[edition]]\nin_force = \"2026-01-15T00:00:00+08:00\"\n";
    let packs = RulePacks::with(&[&[("z.toml", &(zhuji(1) + second))]]).unwrap();
    let id = |at: &str| packs.choose("330681", at.parse().unwrap()).unwrap().id.clone();
    assert_eq!(id("2026-01-02T00:00:00+08:00"), "cn-330681@2026-01");
    assert_eq!(id("2026-01-15T00:00:00+08:00"), "cn-330681@2026-01-15");
}
