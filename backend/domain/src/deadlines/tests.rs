//! Terms by the calendar of 2026, counted by hand.

use super::*;
use crate::rule_pack::{RulePack, built_in};

fn pack() -> &'static RulePack {
    let at = "2026-03-01T08:15:00+08:00".parse().unwrap();
    built_in().unwrap().choose("330681", at).unwrap()
}

fn day(text: &str) -> Date {
    crate::day::parse(text).unwrap()
}

fn due(term: Term, from: &str) -> Result<Counted, NoCalendar> {
    term.due(day(from), &pack().terms, &built_in().unwrap().calendar)
}

#[test]
fn every_term_ends_on_the_day_that_the_law_says() {
    for (term, from, wanted) in [
        // Friday: Monday, Tuesday, Wednesday.
        (Term::Finding, "2026-03-06", "2026-03-11"),
        // The day before the Spring Festival's make-up Saturday: 14 February counts.
        (Term::LateReport, "2026-02-13", "2026-02-25"),
        // Over the National Day: 8 and 9 October, and Saturday the 10th is made up.
        (Term::Review, "2026-09-30", "2026-10-10"),
        (Term::ReviewForward, "2026-05-08", "2026-05-11"),
        (Term::ReviewFile, "2026-04-03", "2026-04-13"),
        // Calendar days, whatever they are.
        (Term::ReviewDecision, "2026-01-31", "2026-03-02"),
        (Term::RetainFile, "2026-03-01", "2028-12-31"),
        (Term::RetainVideo, "2026-08-31", "2027-02-28"),
        (Term::RetainVideo, "2026-03-01", "2026-09-01"),
    ] {
        let counted = due(term, from).unwrap();
        assert_eq!(counted.day, day(wanted), "{term:?} from {from}");
        assert!(!counted.provisional, "{term:?}");
    }
}

#[test]
fn a_term_ends_with_the_end_of_its_last_day_in_china() {
    assert_eq!(
        end_of(day("2026-03-04")).to_string(),
        "2026-03-04T15:59:59.999999Z"
    );
    let midnight: Instant = "2026-03-05T00:00:00+08:00".parse().unwrap();
    assert!(end_of(day("2026-03-04")) < midnight);
}

#[test]
fn a_term_that_may_move_says_so_and_one_without_a_calendar_has_no_day() {
    let counted = due(Term::Review, "2026-12-30").unwrap();
    assert_eq!(
        Term::Review.text(counted),
        "对认定有异议的，可以在2027年1月5日前（含当日）提出书面复核申请，以一次为限。（2027年的节假日安排尚未公布，公布后这一日期可能变动。）"
    );
    assert_eq!(due(Term::Review, "2027-12-30"), Err(NoCalendar { year: 2028 }));
    // Calendar days need no working calendar.
    assert_eq!(
        due(Term::ReviewDecision, "2027-12-30").unwrap().day,
        day("2028-01-29")
    );
}

#[test]
fn every_term_has_a_name_of_its_own_an_article_and_a_sentence() {
    let codes: std::collections::BTreeSet<&str> = Term::ALL.iter().map(|term| term.code()).collect();
    assert_eq!(codes.len(), Term::ALL.len());
    for term in Term::ALL {
        assert_eq!(serde_json::to_value(term).unwrap(), term.code());
        let text = term.text(due(term, "2026-03-02").unwrap());
        assert!(text.contains("2026年") || text.contains("2028年"), "{text}");
        assert!(!term.article().is_empty());
    }
}
