//! 复核 and 归档, walked and tabled: a term ends with its last day, a review happens once, nothing held or young is
//! destroyed, two people do it, and what is left proves without telling.

use proptest::prelude::*;
use time::Duration;

use super::{
    Ask as AnyAsk, Walked, accident_id, details, digest, officer_id, ordinary, party_id, walk, walked,
};
use crate::accident::{Accident, Keeping, ReviewRequest};
use crate::archive::{HoldKind, What};
use crate::deadlines::{self, Term, end_of};
use crate::evidence::{Evidence, EvidenceKind};
use crate::fact::{ChainError, Fact, Link, Recorded, open_chain};
use crate::id::EvidenceId;
use crate::refusal::Refusal;
use crate::review::{Application, Conclusion, Filed, Outcome};
use crate::rule_pack::{RulePack, built_in};
use crate::stage::StageName;
use crate::time::Instant;

/// `u8`s choose the party, the officer or the outcome.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ask {
    Request(u8),
    Forward(u8),
    Conclude(u8, u8),
    Withdraw(u8),
    Hold(u8, bool),
    Lift(u8, u8),
    Record(u8),
    /// Long after everything else, so that terms are over.
    Propose(u8, bool),
    Decline,
    Approve(u8),
}

pub(super) fn ask() -> impl Strategy<Value = Ask> {
    let (party, officer) = (0..3_u8, 0..2_u8);
    prop_oneof![
        2 => party.clone().prop_map(Ask::Request),
        2 => officer.clone().prop_map(Ask::Forward),
        2 => (officer.clone(), 0..3_u8).prop_map(|(o, how)| Ask::Conclude(o, how)),
        1 => party.clone().prop_map(Ask::Withdraw),
        1 => (officer.clone(), any::<bool>()).prop_map(|(o, suit)| Ask::Hold(o, suit)),
        2 => (officer.clone(), 0..4_u8).prop_map(|(o, which)| Ask::Lift(o, which)),
        1 => party.prop_map(Ask::Record),
        2 => (officer.clone(), any::<bool>()).prop_map(|(o, file)| Ask::Propose(o, file)),
        1 => Just(Ask::Decline),
        2 => officer.prop_map(Ask::Approve),
    ]
}

fn pack() -> &'static RulePack {
    let at = "2026-11-01T08:00:00+08:00".parse().unwrap();
    built_in().unwrap().choose("330681", at).unwrap()
}

fn keeping(now: Instant) -> Keeping<'static> {
    Keeping {
        terms: &pack().terms,
        calendar: &built_in().unwrap().calendar,
        now,
    }
}

fn until(a: &Accident) -> Option<crate::calendar::Counted> {
    let served = a.served_at()?.china_day();
    Term::Review
        .due(served, &pack().terms, &built_in().unwrap().calendar)
        .ok()
}

fn application(evidence: Vec<EvidenceId>) -> Application {
    Application {
        request: "请求撤销原认定，重新认定".to_owned(),
        reasons: "对方压线\n原认定没有采纳行车记录仪录像".to_owned(),
        evidence,
        evidence_text: "行车记录仪录像".to_owned(),
    }
}

fn applies(evidence: Vec<EvidenceId>) -> ReviewRequest {
    ReviewRequest {
        application: application(evidence),
        on_paper: None,
    }
}

fn conclusion(outcome: Outcome, now: Instant) -> Conclusion {
    Conclusion {
        outcome,
        reason: "经审查，原认定事实清楚".to_owned(),
        number: Some("绍公交复字〔2026〕第12号".to_owned()),
        decided_on: now.china_day(),
    }
}

fn recording(n: u8, now: Instant) -> Evidence {
    Evidence {
        id: EvidenceId(super::id(400 + u128::from(n))),
        kind: EvidenceKind::Recording,
        shot: None,
        party: None,
        still: None,
        preview_of: None,
        sha256: digest(40 + n),
        bytes: 1_000,
        media_type: "video/webm".to_owned(),
        width: None,
        height: None,
        taken_at: None,
        received_at: now,
        position: None,
    }
}

pub(super) fn judge(
    a: &Accident,
    ask: Ask,
    (facts, links): (&[Recorded], &[Link]),
    now: Instant,
) -> Result<Vec<Fact>, Refusal> {
    let one = |fact: Result<Fact, Refusal>| fact.map(|fact| vec![fact]);
    let late = keeping(now.plus(Duration::days(1_200)));
    match ask {
        Ask::Request(p) => a.request_review(party_id(p), applies(vec![]), (until(a), now)),
        Ask::Forward(o) => one(a.forward_review((officer_id(o), false), "绍兴市公安局交通警察支队")),
        Ask::Conclude(o, how) => {
            let outcome = Outcome::ALL[usize::from(how)];
            a.decide_review((officer_id(o), true), conclusion(outcome, now), now)
        }
        Ask::Withdraw(p) => one(a.withdraw_review(party_id(p))),
        Ask::Hold(o, suit) => {
            let why = if suit { HoldKind::Suit } else { HoldKind::Complaint };
            one(a.place_hold(officer_id(o), why, "法院来函", now))
        }
        Ask::Lift(o, which) => one(a.lift_hold(officer_id(o), u32::from(which), "判决已经生效")),
        Ask::Record(n) => one(a.take_evidence(recording(n, now), usize::MAX)),
        Ask::Propose(o, file) => {
            let what = if file { What::File } else { What::Video };
            one(a.propose_destruction(officer_id(o), (what, "保存期满"), &late))
        }
        Ask::Decline => one(a.decline_destruction("再保存一年")),
        Ask::Approve(o) => {
            let head = &links.last().unwrap().digest;
            one(a.approve_destruction(officer_id(o), (facts, head), &late))
        }
    }
}

/// What holds after every single fact.
pub(super) fn check(a: &Accident) {
    let standing = a.archive.standing().filter(|hold| hold.why == HoldKind::Review);
    assert_eq!(
        standing.count(),
        usize::from(a.under_review()),
        "a review holds its case as long as it lasts"
    );
    assert!(!a.archive.is_held() || a.archive.proposal.is_none());
}

/// A whole way, closed, and then these.
fn closed(asks: &[Ask]) -> Walked {
    let mut all = ordinary(usize::MAX);
    all.extend(asks.iter().map(|ask| AnyAsk::Kept(*ask)));
    walked(&all)
}

fn code(refused: &Refusal) -> &str {
    match refused {
        Refusal::NotNow { code, .. } => code,
        Refusal::Invalid(problems) => &problems[0].code,
        Refusal::Unknown(what) => what,
    }
}

#[test]
fn a_review_is_asked_for_until_the_last_moment_of_the_third_working_day() {
    let (a, ..) = walk(&ordinary(20));
    // Served on Sunday, 1 November 2026.
    let last = end_of(crate::day::parse("2026-11-04").unwrap());
    let ask = |now| a.request_review(party_id(0), applies(vec![]), (until(&a), now));
    assert!(ask(last).is_ok());
    let refused = ask(last.plus(Duration::microseconds(1))).unwrap_err();
    assert_eq!(code(&refused), "review_term_over");
    assert!(refused.to_string().contains("2026年11月4日"), "{refused}");
    // A gap in our calendar is not the party's fault.
    assert!(
        a.request_review(party_id(0), applies(vec![]), (None, last))
            .is_ok()
    );
}

#[test]
fn a_paper_application_counts_from_the_day_it_was_handed_in() {
    let (a, ..) = walk(&ordinary(20));
    let now = "2026-11-20T09:00:00+08:00".parse().unwrap();
    let ask = |day: &str| {
        let request = ReviewRequest {
            on_paper: Some((Filed::Above, crate::day::parse(day).unwrap())),
            ..applies(vec![])
        };
        a.request_review(party_id(0), request, (until(&a), now))
    };
    assert!(ask("2026-11-04").is_ok());
    assert_eq!(code(&ask("2026-11-05").unwrap_err()), "review_term_over");
    assert_eq!(code(&ask("2026-10-31").unwrap_err()), "impossible_day");
    assert_eq!(code(&ask("2026-11-21").unwrap_err()), "impossible_day");
}

#[test]
fn an_application_says_what_is_asked_why_and_by_which_evidence() {
    let (a, ..) = walk(&ordinary(20));
    let now = a.served_at().unwrap();
    let empty = Application {
        request: " ".to_owned(),
        reasons: String::new(),
        evidence: vec![],
        evidence_text: String::new(),
    };
    let request = ReviewRequest {
        application: empty,
        on_paper: None,
    };
    let Err(Refusal::Invalid(problems)) = a.request_review(party_id(0), request, (until(&a), now)) else {
        panic!("an empty application was taken");
    };
    let fields: Vec<_> = problems.iter().map(|problem| problem.field.as_str()).collect();
    assert_eq!(fields, ["request", "reasons", "evidence_text"]);
    let foreign = applies(vec![EvidenceId(super::id(999))]);
    let refused = a.request_review(party_id(0), foreign, (until(&a), now));
    assert_eq!(code(&refused.unwrap_err()), "unknown_evidence");
    let stranger = a.request_review(party_id(2), applies(vec![]), (until(&a), now));
    assert_eq!(stranger, Err(Refusal::Unknown("party")));
}

#[test]
fn before_service_there_is_nothing_to_review() {
    for steps in 1..19 {
        let (a, ..) = walk(&ordinary(steps));
        let asked = a.request_review(party_id(0), applies(vec![]), (None, super::start()));
        assert_eq!(
            code(&asked.unwrap_err()),
            "invalid_transition",
            "after {steps} steps"
        );
    }
}

/// What each deed of a review answers, after what was done before: the life of a review as a table.
#[test]
fn the_life_of_a_review() {
    let (request, forward, withdraw) = (Ask::Request(0), Ask::Forward(0), Ask::Withdraw(0));
    let conclude = |how| Ask::Conclude(0, how);
    let rows: [(&[Ask], Ask, &str); 17] = [
        (&[], request, ""),
        (&[], forward, "no_review"),
        (&[], conclude(0), "no_review"),
        (&[], withdraw, "no_review"),
        (&[request], request, "review_under_way"),
        (&[request], Ask::Request(1), "review_under_way"),
        (&[request], Ask::Forward(1), "already_claimed"),
        (&[request], conclude(0), "review_not_forwarded"),
        (&[request], Ask::Withdraw(1), "not_your_review"),
        (&[request], withdraw, ""),
        (&[request, withdraw], Ask::Request(1), ""),
        (&[request, forward], forward, "already_forwarded"),
        (&[request, forward], conclude(0), ""),
        (&[request, forward, withdraw], request, "review_once"),
        (&[request, forward, conclude(0)], request, "review_once"),
        (&[request, forward, conclude(2)], withdraw, "no_review"),
        (&[request, forward, conclude(0)], conclude(0), "no_review"),
    ];
    for (before, ask, wanted) in rows {
        let world = closed(before);
        let now = super::start().plus(Duration::hours(1));
        let judged = judge(&world.accident, ask, (&world.facts, &world.links), now);
        match judged {
            Ok(_) => assert_eq!(wanted, "", "{ask:?} after {before:?}"),
            Err(refused) => assert_eq!(code(&refused), wanted, "{ask:?} after {before:?}"),
        }
    }
}

#[test]
fn only_an_order_to_make_it_anew_voids_the_finding_and_then_also_a_closed_one() {
    for (outcome, stage, voided) in [
        (0, StageName::Closed, 0),
        (1, StageName::Handling, 1),
        (2, StageName::Closed, 0),
    ] {
        let a = closed(&[Ask::Request(0), Ask::Forward(0), Ask::Conclude(0, outcome)]).accident;
        assert_eq!(a.stage_name(), stage);
        assert_eq!(a.voided.len(), voided);
        assert!(!a.under_review());
        assert!(!a.archive.is_held());
        assert_eq!(a.earlier_plans.len(), voided, "the plan waits for the next one");
    }
    // The officer may not void it meanwhile, and the new finding is not reviewed again.
    let a = closed(&[Ask::Request(0)]).accident;
    assert_eq!(
        code(&a.void_finding(officer_id(0), "写错了").unwrap_err()),
        "under_review"
    );
    let mut all = ordinary(20);
    let review = [Ask::Request(0), Ask::Forward(0), Ask::Conclude(0, 1)];
    all.extend(review.map(AnyAsk::Kept));
    all.extend([
        AnyAsk::Decide(0, false),
        AnyAsk::Issue(0),
        AnyAsk::Sign(0, true),
        AnyAsk::Sign(1, true),
    ]);
    all.push(AnyAsk::Settle);
    let (a, ..) = walk(&all);
    assert_eq!(a.stage_name(), StageName::Settling);
    assert!(a.settlement().is_some());
    let again = a.request_review(party_id(1), applies(vec![]), (until(&a), a.served_at().unwrap()));
    assert_eq!(code(&again.unwrap_err()), "review_once");
}

#[test]
fn whoever_applies_also_objects_and_so_bars_mediation() {
    let mut all = ordinary(20);
    all.push(AnyAsk::Kept(Ask::Request(1)));
    let (a, ..) = walk(&all);
    assert_eq!(a.objections.len(), 1);
    assert_eq!(a.objections[0].party, party_id(1));
    assert_eq!(a.objections[0].reason, "对方压线原认定没有采纳行车记录仪录像");
    assert!(!a.why_not_mediate().is_empty());
}

#[test]
fn the_units_terms_begin_with_the_application_and_with_its_arrival() {
    let of = |asks: &[Ask]| {
        let a = closed(asks).accident;
        let now = super::start().plus(Duration::hours(1));
        deadlines::of(&a, &pack().terms, &built_in().unwrap().calendar, now)
    };
    let due = |asks: &[Ask], term| {
        let all = of(asks);
        let found = all.into_iter().find(|deadline| deadline.term == term)?;
        Some((crate::day::text(found.due.unwrap().day), found.done))
    };
    let day = |text: &str, done| Some((text.to_owned(), done));
    let (request, forward) = (Ask::Request(0), Ask::Forward(0));
    assert_eq!(due(&[], Term::Review), day("2026-11-04", false));
    assert_eq!(due(&[request], Term::Review), day("2026-11-04", true));
    assert_eq!(due(&[request], Term::ReviewForward), day("2026-11-03", false));
    assert_eq!(due(&[request], Term::ReviewDecision), None);
    assert_eq!(
        due(&[request, forward], Term::ReviewForward),
        day("2026-11-03", true)
    );
    assert_eq!(
        due(&[request, forward], Term::ReviewDecision),
        day("2026-12-01", false)
    );
    let ended = [request, forward, Ask::Conclude(0, 0)];
    assert_eq!(due(&ended, Term::ReviewDecision), day("2026-12-01", true));
}

#[test]
fn a_hold_stands_until_it_is_lifted_and_a_reviews_own_ends_with_it() {
    let a = closed(&[Ask::Hold(0, true), Ask::Hold(1, false), Ask::Request(0)]).accident;
    assert_eq!(a.archive.standing().count(), 3);
    let lift = |a: &Accident, number| a.lift_hold(officer_id(1), number, "判决已经生效").map(drop);
    assert_eq!(lift(&a, 1), Ok(()));
    assert_eq!(code(&lift(&a, 3).unwrap_err()), "review_holds_itself");
    assert_eq!(lift(&a, 4), Err(Refusal::Unknown("hold")));
    let by_hand = a.place_hold(officer_id(0), HoldKind::Review, "复核", super::start());
    assert_eq!(code(&by_hand.unwrap_err()), "review_holds_itself");
    assert!(
        a.place_hold(officer_id(0), HoldKind::Suit, " ", super::start())
            .is_err()
    );
    let a = closed(&[Ask::Hold(0, true), Ask::Lift(1, 1)]).accident;
    assert_eq!(code(&lift(&a, 1).unwrap_err()), "already_lifted");
    assert!(!a.archive.is_held());
}

#[test]
fn a_case_may_be_destroyed_from_the_day_after_its_last_one() {
    // Closed on 1 November 2026: two years from the year after closing.
    let a = closed(&[]).accident;
    let last = end_of(crate::day::parse("2028-12-31").unwrap());
    let may = |now| a.why_not_destroy(What::File, &keeping(now)).is_empty();
    assert!(!may(last));
    assert!(may(last.plus(Duration::microseconds(1))));
    // Six months for video, which only then is there to be destroyed.
    let a = closed(&[Ask::Record(0)]).accident;
    let video = end_of(crate::day::parse("2027-05-01").unwrap());
    let may = |now| a.why_not_destroy(What::Video, &keeping(now)).is_empty();
    assert!(!may(video));
    assert!(may(video.plus(Duration::microseconds(1))));
}

/// What stands against a destruction, each alone: who asks, after what, and what is said.
#[test]
fn what_stands_against_a_destruction() {
    let (propose, approve) = (Ask::Propose(0, true), Ask::Approve(1));
    let rows: [(&[Ask], Ask, &str); 12] = [
        (&[], approve, "not_proposed"),
        (&[], Ask::Decline, "not_proposed"),
        (&[], Ask::Propose(0, false), "may_not_be_destroyed"),
        (&[Ask::Hold(0, true)], propose, "may_not_be_destroyed"),
        (&[Ask::Request(0)], propose, "may_not_be_destroyed"),
        (&[Ask::Hold(0, true), Ask::Lift(0, 1)], propose, ""),
        (&[propose], propose, "already_proposed"),
        (&[propose], Ask::Approve(0), "same_officer"),
        (&[propose, Ask::Decline], approve, "not_proposed"),
        (&[propose, Ask::Hold(0, false)], approve, "not_proposed"),
        (&[propose], approve, ""),
        (&[propose, approve], Ask::Hold(0, true), "invalid_transition"),
    ];
    for (before, ask, wanted) in rows {
        let world = closed(before);
        let now = super::start().plus(Duration::hours(1));
        let judged = judge(&world.accident, ask, (&world.facts, &world.links), now);
        match judged {
            Ok(_) => assert_eq!(wanted, "", "{ask:?} after {before:?}"),
            Err(refused) => assert_eq!(code(&refused), wanted, "{ask:?} after {before:?}"),
        }
    }
    // An open case has no term that could be over.
    for steps in 1..26 {
        let (a, facts, links) = walk(&ordinary(steps));
        let now = super::start().plus(Duration::hours(1));
        let refused = judge(&a, propose, (&facts, &links), now).unwrap_err();
        assert_eq!(code(&refused), "may_not_be_destroyed", "after {steps} steps");
    }
}

#[test]
fn destroyed_video_leaves_the_file_and_what_is_cited_stays() {
    let mut all = ordinary(20);
    all.push(AnyAsk::Kept(Ask::Record(0)));
    all.push(AnyAsk::Kept(Ask::Record(1)));
    let (mut a, ..) = walk(&all);
    let cited = a.evidence[0].id;
    let request = a.request_review(
        party_id(0),
        applies(vec![cited]),
        (until(&a), a.served_at().unwrap()),
    );
    for fact in request.unwrap() {
        a.apply(&Recorded {
            seq: a.version + 1,
            at: super::start(),
            by: crate::fact::Actor::Service,
            fact,
        });
    }
    let loose: Vec<_> = a.loose_recordings().map(|item| item.id).collect();
    assert_eq!(loose, [a.evidence[1].id]);

    let a = closed(&[Ask::Record(0), Ask::Propose(0, false), Ask::Approve(1)]).accident;
    assert_eq!(a.stage_name(), StageName::Closed);
    assert_eq!(a.archive.gone, [a.evidence[0].id]);
    assert_eq!(a.loose_recordings().count(), 0);
    assert_eq!(a.evidence.len(), 1, "that it was stays");
}

fn destroyed() -> Walked {
    closed(&[Ask::Record(0), Ask::Propose(0, true), Ask::Approve(1)])
}

#[test]
fn nothing_of_a_person_is_left_of_a_destroyed_case_and_what_is_left_proves() {
    let world = destroyed();
    let a = &world.accident;
    assert_eq!(a.stage_name(), StageName::Destroyed);
    let left = serde_json::to_string(a).unwrap();
    let person = details(0);
    let plate = person.vehicle.unwrap().plate;
    for secret in [
        person.name.as_str(),
        &person.id_number,
        &plate,
        "13800138000",
        "艮塔路",
        "strokes",
    ] {
        assert!(!left.contains(secret), "{secret} is still there: {left}");
    }
    // Nor the digest of a single fact, from which a phone number could be guessed back.
    let (last, before) = world.links.split_last().unwrap();
    for link in &before[..before.len() - 1] {
        assert!(
            !left.contains(link.digest.as_str()),
            "the digest of fact {}",
            link.seq
        );
        assert!(
            !last.body.contains(link.digest.as_str()),
            "the digest of fact {}",
            link.seq
        );
    }
    let record = a.destroyed().unwrap();
    assert_eq!(record.head, before.last().unwrap().digest);
    assert_eq!(record.steps.len(), before.len());
    assert_eq!(record.findings[0].number, "3306812026000001");
    // As issued, signed twice, with the mediation, signed twice again.
    assert_eq!(record.findings[0].documents.len(), 6);
    assert!(record.findings[0].served_at.is_some());
    assert!(
        record
            .files
            .iter()
            .any(|file| file.what == "recording" && file.sha256 == digest(40))
    );
    assert!(record.files.iter().any(|file| file.what == "ink"));
    assert_eq!(record.approval.proposal.by, officer_id(0));
    assert_eq!(record.approval.approved_by, officer_id(1));
}

#[test]
fn the_one_link_of_a_destroyed_case_verifies_and_forgives_nothing() {
    let world = destroyed();
    let last = world.links.last().unwrap().clone();
    let opened = open_chain(accident_id(), std::slice::from_ref(&last)).unwrap();
    assert_eq!(Accident::replay(accident_id(), &opened), Some(world.accident));
    let one = |change: &dyn Fn(&mut Link)| {
        let mut link = last.clone();
        change(&mut link);
        open_chain(accident_id(), &[link]).unwrap_err()
    };
    let seq = last.seq;
    assert_eq!(
        one(&|link| link.body = link.body.replace("3306812026000001", "3306812026000002")),
        ChainError::Changed { seq }
    );
    assert_eq!(
        one(&|link| link.previous_digest = digest(7)),
        ChainError::Changed { seq }
    );
    assert_eq!(
        one(&|link| link.by = "service".to_owned() + "s"),
        ChainError::Changed { seq }
    );
    assert_eq!(one(&|link| link.seq += 1), ChainError::Changed { seq: seq + 1 });
    // A record that is whole in itself and stands in another place than it says.
    let recorded = &opened[0];
    let elsewhere = Link::seal(accident_id(), recorded, &digest(7)).unwrap();
    assert_eq!(
        open_chain(accident_id(), &[elsewhere]),
        Err(ChainError::NotCovered)
    );
    let more = [last.clone(), last];
    assert_eq!(
        open_chain(accident_id(), &more),
        Err(ChainError::NotChained { seq })
    );
}
