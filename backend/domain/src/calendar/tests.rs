//! The calendar against the published days, counted the slow way.

use proptest::prelude::*;

use super::*;
use crate::rule_pack::built_in;

fn calendar() -> &'static Calendar {
    &built_in().unwrap().calendar
}

fn day(text: &str) -> Date {
    crate::day::parse(text).unwrap()
}

/// As the notice and the law have it, written out again by hand.
const OFF: &[(&str, &str)] = &[
    ("2026-01-01", "2026-01-03"),
    ("2026-02-15", "2026-02-23"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
    ("2027-01-01", "2027-01-01"),
    ("2027-02-05", "2027-02-10"),
    ("2027-04-05", "2027-04-05"),
    ("2027-05-01", "2027-05-04"),
    ("2027-06-09", "2027-06-09"),
    ("2027-09-15", "2027-09-15"),
    ("2027-10-01", "2027-10-05"),
];
const WORK: &[&str] = &[
    "2026-01-04",
    "2026-02-14",
    "2026-02-28",
    "2026-05-09",
    "2026-09-20",
    "2026-10-10",
];

/// The slow way: what the lists above say of one day.
fn works(on: Date) -> bool {
    let text = crate::day::text(on);
    let off = OFF
        .iter()
        .any(|(from, until)| (*from..=*until).contains(&text.as_str()));
    let weekend = matches!(on.weekday(), Weekday::Saturday | Weekday::Sunday);
    WORK.contains(&text.as_str()) || (!weekend && !off)
}

#[test]
fn every_day_of_two_years_is_as_published() {
    let mut on = day("2026-01-01");
    let mut working = [0, 0];
    while on.year() < 2028 {
        assert_eq!(calendar().is_working_day(on), Ok(works(on)), "{on}");
        working[usize::from(on.year() == 2027)] += u32::from(works(on));
        on = on.next_day().unwrap();
    }
    // 365 days less weekends, less the 13 days that the law gives, whatever a notice moves.
    assert_eq!(working, [248, 248]);
}

#[test]
fn a_term_passes_over_the_spring_festival_and_counts_its_make_up_days() {
    // Friday the 13th; Saturday the 14th is a make-up working day, then nine days off.
    let counted = calendar().add_working_days(day("2026-02-13"), 3).unwrap();
    assert_eq!(counted.day, day("2026-02-25"));
    assert!(!counted.provisional);
    assert_eq!(
        calendar().add_working_days(day("2026-02-13"), 0).unwrap().day,
        day("2026-02-13")
    );
}

#[test]
fn a_term_that_reaches_into_a_provisional_year_says_so() {
    let counted = calendar().add_working_days(day("2026-12-30"), 3).unwrap();
    assert_eq!((counted.day, counted.provisional), (day("2027-01-05"), true));
    let within = calendar().add_working_days(day("2026-12-28"), 3).unwrap();
    assert_eq!((within.day, within.provisional), (day("2026-12-31"), false));
}

#[test]
fn a_year_without_a_file_is_an_error_also_when_a_term_only_crosses_into_it() {
    let none = |year| Err(NoCalendar { year });
    assert_eq!(calendar().is_working_day(day("2025-12-31")), none(2025));
    assert_eq!(calendar().is_working_day(day("2028-01-01")), none(2028));
    assert_eq!(
        calendar().add_working_days(day("2027-12-30"), 3),
        Err(NoCalendar { year: 2028 })
    );
    assert_eq!(
        calendar().add_working_days(day("2025-12-30"), 1),
        Err(NoCalendar { year: 2025 })
    );
    assert_eq!(
        NoCalendar { year: 2028 }.to_string(),
        "缺少2028年的节假日安排，无法计算工作日"
    );
}

#[test]
fn a_new_years_arrangement_may_reach_back_into_december() {
    let read = |year: i32, body: &str| {
        let text = format!("year = {year}\nsource = \"s\"\n{body}");
        (year, Year::read("c.toml", &text).unwrap())
    };
    let next = "[[holiday]]\nname = \"元旦\"\nfrom = \"2026-12-31\"\nuntil = \"2027-01-02\"\nwork = [\"2026-12-26\"]\n";
    let none = "holiday = []\n";
    let both = Calendar::new([read(2026, none), read(2027, next)].into());
    assert_eq!(both.is_working_day(day("2026-12-31")), Ok(false));
    assert_eq!(both.is_working_day(day("2026-12-26")), Ok(true));
}

#[test]
fn a_bad_year_is_refused_with_file_and_line() {
    let good = "year = 2026\nsource = \"s\"\n\n[[holiday]]\nname = \"元旦\"\nfrom = \"2026-01-01\"\nuntil = \"2026-01-03\"\nwork = [\"2026-01-04\"]\n";
    assert!(Year::read("c.toml", good).is_ok());
    for (from, to, wanted) in [
        (
            "source = \"s\"",
            "source = \"  \"",
            "c.toml:2: the calendar lacks a source",
        ),
        ("source = \"s\"\n", "", "c.toml:1: missing field `source`"),
        ("2026-01-03", "2025-12-03", "c.toml:4: 元旦 does not end within"),
        ("2026-01-03", "2026-03-03", "c.toml:4: 元旦 does not end within"),
        ("2026-01-04", "2026-01-06", "c.toml:4: 2026-01-06 is no weekend"),
        (
            "2026-01-04",
            "2026-01-03",
            "c.toml:4: 2026-01-03 is both off and at work",
        ),
        (
            "2026-01-04",
            "2027-01-03",
            "c.toml:4: 2027-01-03 of 元旦 does not lie in 2026",
        ),
        ("2026-01-04", "2026-02-30", "c.toml:8: not a day"),
        ("year = 2026", "year = 26", "c.toml:1: 26 is no year"),
        ("name =", "nam =", "c.toml:5: unknown field `nam`"),
    ] {
        let text = good.replacen(from, to, 1);
        let found = Year::read("c.toml", &text).unwrap_err();
        let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(
            lines.iter().any(|line| line.starts_with(wanted)),
            "{lines:?}\nwanted {wanted}"
        );
    }
}

proptest! {
    /// Counting lands on working days only, agrees with counting on the fingers, and more days end later.
    #[test]
    fn counting_is_monotone_lands_on_working_days_and_agrees_with_the_fingers(
        start in 0_i64..600,
        n in 1_u32..40,
    ) {
        let from = day("2026-01-01") + Duration::days(start);
        let counted = calendar().add_working_days(from, n).unwrap().day;
        prop_assert!(works(counted));
        let mut fingers = 0;
        let mut on = from;
        while fingers < n {
            on = on.next_day().unwrap();
            fingers += u32::from(works(on));
        }
        prop_assert_eq!(counted, on);
        prop_assert!(calendar().add_working_days(from, n + 1).unwrap().day > counted);
        let later = calendar().add_working_days(from.next_day().unwrap(), n).unwrap().day;
        prop_assert!(later >= counted);
    }
}
