//! 定损互信, table by table: whose figure binds, who must answer, when a window ends, and that nothing gets stuck.

use proptest::prelude::*;
use time::Duration;
use uuid::Uuid;

use super::{AcceptRequest, Accident, ProposeRequest, TrustRules};
use crate::agreement::{Agreement, Days, Duty, MayAssess, Member, SupplementRule};
use crate::assessment::{Answer, Assessment, Assessor, Basis, Item, Operation, State, latest};
use crate::fact::{Actor, Fact, Recorded};
use crate::id::{AccidentId, AssessmentId, EvidenceId, InsurerCode, OfficerId, PartyId, Sha256Hex, UnitId};
use crate::liability::{Liability, PartyKind};
use crate::money::Fen;
use crate::party::{CtpCover, DocumentKind, Injury, OwnDamageCover, PartyDetails, ThirdPartyCover, Vehicle};
use crate::refusal::Refusal;
use crate::rule_pack::{RulePack, built_in};
use crate::scene::Scene;
use crate::settlement::{SettlementInput, settle};
use crate::signing::{Ink, InkPoint};
use crate::stage::{Decision, PartyDecision, Settlement, Stage};
use crate::time::Instant;

const CAP: i64 = 1_000_000;

fn code(text: &str) -> InsurerCode {
    text.parse().unwrap()
}

fn party_id(index: usize) -> PartyId {
    PartyId(Uuid::from_u128(100 + index as u128))
}

fn officer() -> OfficerId {
    OfficerId(Uuid::from_u128(200))
}

fn start() -> Instant {
    "2026-03-01T08:15:00+08:00".parse().unwrap()
}

fn pack() -> &'static RulePack {
    built_in().unwrap().choose("330681", start()).unwrap()
}

fn days(from: &str, until: Option<&str>) -> Days {
    let day = |text: &str| crate::day::parse(text).unwrap();
    Days {
        from: day(from),
        until: until.map(day),
    }
}

fn member(insurer: &str) -> Member {
    Member {
        insurer: code(insurer),
        days: days("2026-01-01", None),
        suspended: Vec::new(),
    }
}

/// PICC, PAIC and CPIC trust each other, CPIC is on duty, everybody may assess, nothing is sampled.
fn agreement() -> Agreement {
    Agreement {
        id: "test".to_owned(),
        region: "cn-330681".to_owned(),
        in_force: "2026-01-01T00:00:00+08:00".parse().unwrap(),
        until: None,
        source: "test".to_owned(),
        members: ["PICC", "PAIC", "CPIC"].map(member).to_vec(),
        cap_per_vehicle: Fen(CAP),
        assessors: vec![MayAssess::EitherInsurer, MayAssess::DutyInsurer, MayAssess::Desk],
        duty: Some(Duty {
            rotation: vec![code("CPIC")],
            since: days("2026-01-01", None).from,
            days: Vec::new(),
        }),
        objection_window_hours: 24,
        sample_percent: 0,
        supplement: SupplementRule::SameRules,
        sources: std::collections::BTreeMap::new(),
    }
}

fn rules(agreement: &Agreement) -> TrustRules<'_> {
    TrustRules {
        pack: pack(),
        agreement: Some(agreement),
    }
}

fn details(index: usize, insurer: Option<&str>) -> PartyDetails {
    let insurer = insurer.map(str::to_owned);
    PartyDetails {
        kind: PartyKind::Motor,
        name: "张三".to_owned(),
        id_type: DocumentKind::IdCard,
        id_number: "11010519491231002X".to_owned(),
        injured: Injury::None,
        vehicle: Some(Vehicle {
            traffic_mode: "K3".parse().unwrap(),
            plate_kind: Some("02".parse().unwrap()),
            plate: format!("浙D1234{index}"),
            model: None,
            vin: None,
            ctp: insurer.clone().map(|insurer| CtpCover {
                insurer,
                policy: "P".to_owned(),
                valid_from: None,
                valid_to: None,
            }),
            third_party: insurer.clone().map(|insurer| ThirdPartyCover {
                insurer,
                limit_fen: Fen(100_000_000),
                deductible_percent: 0,
            }),
            own_damage: insurer.map(|insurer| OwnDamageCover {
                insurer,
                deductible_percent: 0,
            }),
            direction: None,
            contact_part: None,
        }),
    }
}

/// A case in an officer's hands; one party per entry, with its insurer.
fn case(insurers: &[Option<&str>]) -> Accident {
    let first = Recorded {
        seq: 1,
        at: start(),
        by: Actor::Service,
        fact: Fact::Reported {
            unit: UnitId::new("330681").unwrap(),
            party: party_id(0),
            phone: None,
        },
    };
    let mut accident = Accident::reported(AccidentId(Uuid::from_u128(1)), &first).unwrap();
    accident.scene = Some(Scene {
        occurred_at: Some(start()),
        ..Scene::default()
    });
    for index in 1..insurers.len() {
        accident.add_party(party_id(index), None);
    }
    for (index, insurer) in insurers.iter().enumerate() {
        accident.parties[index].details = Some(details(index, *insurer));
    }
    accident.stage = Stage::Handling {
        officer: officer(),
        since: start(),
        draft: None,
    };
    accident
}

/// 甲 PICC drove into 乙 PAIC.
fn two() -> Accident {
    case(&[Some("PICC"), Some("PAIC")])
}

fn decision(liabilities: &[Liability]) -> Decision {
    Decision {
        parties: liabilities
            .iter()
            .enumerate()
            .map(|(index, liability)| PartyDecision {
                party: party_id(index),
                violations: Vec::new(),
                liability: *liability,
                share: None,
            })
            .collect(),
        facts_text: "事实".to_owned(),
        liability_text: String::new(),
        override_reason: None,
        at: start(),
    }
}

fn decided(mut accident: Accident, liabilities: &[Liability]) -> Accident {
    happen(
        &mut accident,
        Actor::Officer(officer()),
        start(),
        vec![Fact::Decided {
            decision: decision(liabilities),
        }],
    );
    accident
}

const FIRST_AT_FAULT: [Liability; 2] = [Liability::Full, Liability::None];

fn item(total: i64) -> Item {
    Item {
        part: "前保险杠皮".to_owned(),
        operation: Operation::Replace,
        quantity: 1,
        unit_price_fen: Fen(total),
        labour_fen: Fen(0),
    }
}

fn request(accident: &Accident, party: usize, total: i64) -> ProposeRequest {
    ProposeRequest {
        id: AssessmentId(Uuid::from_u128(1_000 + accident.assessments.len() as u128)),
        party: party_id(party),
        supplements: latest(&accident.assessments, party_id(party)).map(|last| last.id),
        items: vec![item(total)],
        photos: Vec::new(),
        note: None,
    }
}

fn happen(accident: &mut Accident, by: Actor, at: Instant, facts: Vec<Fact>) {
    for fact in facts {
        let by = match fact {
            Fact::AssessmentProposed { .. } | Fact::AssessmentAnswered { .. } => by,
            _ => Actor::Service,
        };
        let seq = accident.version + 1;
        accident.apply(&Recorded { seq, at, by, fact });
    }
}

fn actor(assessor: Assessor) -> Actor {
    match assessor {
        Assessor::Desk(officer) => Actor::Officer(officer),
        Assessor::Insurer(code) => Actor::Insurer(code),
    }
}

/// Assesses 乙's vehicle (or `party`'s) at the start; answers how it stands.
fn assessed(
    accident: &mut Accident,
    assessor: Assessor,
    (party, total): (usize, i64),
    rules: &TrustRules<'_>,
) -> State {
    let request = request(accident, party, total);
    let facts = accident
        .propose_assessment(assessor, request, rules, start())
        .unwrap();
    happen(accident, actor(assessor), start(), facts);
    standing(accident, party)
}

fn standing(accident: &Accident, party: usize) -> State {
    latest(&accident.assessments, party_id(party))
        .unwrap()
        .state
        .clone()
}

/// `binding mutual_trust`, `awaiting PICC,丙 `… as one short word for tables.
fn told(accident: &Accident, state: &State) -> String {
    match state {
        State::Awaiting(asked) | State::Objected(asked) => {
            let name = if matches!(state, State::Awaiting(_)) {
                "awaiting"
            } else {
                "objected"
            };
            let insurers = asked.insurers.iter().map(ToString::to_string);
            let labels = asked
                .parties
                .iter()
                .map(|id| accident.party(*id).unwrap().label.clone());
            format!("{name} {}", insurers.chain(labels).collect::<Vec<_>>().join(","))
        }
        State::Binding { basis, .. } => format!("binding {basis:?}"),
        State::Joint => "joint".to_owned(),
        State::Proposed => "proposed".to_owned(),
    }
}

fn desk() -> Assessor {
    Assessor::Desk(officer())
}

fn insurer(text: &str) -> Assessor {
    Assessor::Insurer(code(text))
}

#[expect(clippy::too_many_lines, reason = "a table is as long as what it lists")]
#[test]
fn a_figure_binds_at_once_only_among_members_of_that_day_within_the_cap_and_undrawn() {
    let change = |with: &dyn Fn(&mut Agreement)| {
        let mut changed = agreement();
        with(&mut changed);
        changed
    };
    let membership =
        |from: &str, until: Option<&str>| change(&|agreement| agreement.members[0].days = days(from, until));
    let suspended = |from: &str, until: &str| {
        change(&|agreement| agreement.members[0].suspended = vec![days(from, Some(until))])
    };
    // The first vehicle drove into the second: PICC pays, PAIC does not.
    let cases = [
        (
            "everybody trusts",
            agreement(),
            desk(),
            CAP,
            "binding MutualTrust",
        ),
        (
            "a fen above the cap",
            agreement(),
            desk(),
            CAP + 1,
            "awaiting PICC",
        ),
        (
            "drawn",
            change(&|a| a.sample_percent = 100),
            desk(),
            1,
            "awaiting PICC",
        ),
        (
            "joined that day",
            membership("2026-03-01", None),
            desk(),
            1,
            "binding MutualTrust",
        ),
        (
            "joined the day after",
            membership("2026-03-02", None),
            desk(),
            1,
            "awaiting PICC",
        ),
        (
            "left that evening",
            membership("2026-01-01", Some("2026-03-01")),
            desk(),
            1,
            "binding MutualTrust",
        ),
        (
            "left the day before",
            membership("2026-01-01", Some("2026-02-28")),
            desk(),
            1,
            "awaiting PICC",
        ),
        (
            "suspended that day",
            suspended("2026-03-01", "2026-03-01"),
            desk(),
            1,
            "awaiting PICC",
        ),
        (
            "suspended until the day before",
            suspended("2026-02-01", "2026-02-28"),
            desk(),
            1,
            "binding MutualTrust",
        ),
        (
            "PAIC pays nothing and need not trust",
            change(&|a| {
                a.members.remove(1);
            }),
            desk(),
            1,
            "binding MutualTrust",
        ),
        (
            "PAIC assesses and is no member",
            change(&|a| {
                a.members.remove(1);
            }),
            insurer("PAIC"),
            1,
            "awaiting PICC",
        ),
        (
            "a member assesses",
            agreement(),
            insurer("PAIC"),
            CAP,
            "binding MutualTrust",
        ),
        (
            "who pays assesses",
            agreement(),
            insurer("PICC"),
            CAP,
            "binding MutualTrust",
        ),
        (
            "who is on duty assesses",
            agreement(),
            insurer("CPIC"),
            CAP,
            "binding MutualTrust",
        ),
    ];
    for (what, agreement, assessor, total, wanted) in cases {
        let mut accident = decided(two(), &FIRST_AT_FAULT);
        let state = assessed(&mut accident, assessor, (1, total), &rules(&agreement));
        assert_eq!(told(&accident, &state), wanted, "{what}");
    }
    let mut accident = decided(two(), &FIRST_AT_FAULT);
    let none = TrustRules {
        pack: pack(),
        agreement: None,
    };
    let state = assessed(&mut accident, desk(), (1, 1), &none);
    assert_eq!(told(&accident, &state), "awaiting PICC", "no agreement in force");
}

#[test]
fn who_may_assess_is_what_the_agreement_says() {
    use MayAssess::{AtFaultInsurer, Desk, DutyInsurer, EitherInsurer};
    let assessors = [
        desk(),
        insurer("PICC"),
        insurer("PAIC"),
        insurer("CPIC"),
        insurer("GPIC"),
    ];
    // Desk, the at-fault side's PICC, the other side's PAIC, CPIC on duty, GPIC from nowhere.
    let cases = [
        (vec![Desk], [true, false, false, false, false]),
        (vec![AtFaultInsurer], [false, true, false, false, false]),
        (vec![EitherInsurer], [false, true, true, false, false]),
        (vec![DutyInsurer], [false, false, false, true, false]),
        (vec![Desk, DutyInsurer], [true, false, false, true, false]),
        (vec![], [false; 5]),
    ];
    let accident = decided(two(), &FIRST_AT_FAULT);
    for (allowed, wanted) in cases {
        let agreement = Agreement {
            assessors: allowed.clone(),
            ..agreement()
        };
        let may = assessors.map(|who| accident.may_be_assessed_by(who, &rules(&agreement)).is_ok());
        assert_eq!(may, wanted, "{allowed:?}");
    }
    let none = TrustRules {
        pack: pack(),
        agreement: None,
    };
    let may = assessors.map(|who| accident.may_be_assessed_by(who, &none).is_ok());
    assert_eq!(may, [true, true, true, false, false], "without an agreement");
    let at_fault = Agreement {
        assessors: vec![AtFaultInsurer],
        ..agreement()
    };
    let undecided = two().may_be_assessed_by(insurer("PICC"), &rules(&at_fault));
    assert!(undecided.is_err(), "nobody is at fault before the decision");
}

#[test]
fn a_decision_frees_who_does_not_pay_and_pulls_in_who_does() {
    let stranger = Agreement {
        members: ["PICC", "CPIC"].map(member).to_vec(),
        ..agreement()
    };
    let rules = rules(&stranger);
    let mut accident = two();
    let state = assessed(&mut accident, desk(), (1, 500), &rules);
    assert_eq!(
        told(&accident, &state),
        "awaiting PAIC,PICC",
        "everybody with a policy is asked"
    );
    let mut freed = decided(accident.clone(), &FIRST_AT_FAULT);
    let facts = freed.assessments_follow(&rules, start());
    happen(&mut freed, Actor::Service, start(), facts);
    assert_eq!(
        told(&freed, &standing(&freed, 1)),
        "binding MutualTrust",
        "PAIC does not pay"
    );
    let again = freed.assessments_follow(&rules, start());
    assert_eq!(again, [], "nothing follows twice");

    let mut pulled = decided(freed, &[Liability::None, Liability::Full]);
    let later = start().plus(Duration::hours(30));
    let facts = pulled.assessments_follow(&rules, later);
    happen(&mut pulled, Actor::Service, later, facts);
    assert_eq!(
        told(&pulled, &standing(&pulled, 1)),
        "awaiting PAIC",
        "now PAIC pays for its own"
    );
    let until = latest(&pulled.assessments, party_id(1))
        .unwrap()
        .asked()
        .unwrap()
        .until;
    assert_eq!(
        until,
        later.plus(Duration::hours(24)),
        "with a whole window of its own"
    );
}

#[test]
fn a_payer_without_any_insurer_answers_for_themselves() {
    let agreement = agreement();
    let rules = rules(&agreement);
    let mut accident = decided(case(&[None, Some("PAIC")]), &FIRST_AT_FAULT);
    let state = assessed(&mut accident, desk(), (1, 500), &rules);
    assert_eq!(
        told(&accident, &state),
        "awaiting 甲,乙",
        "no insurer pays: both parties' word binds"
    );
    let signed = |accident: &Accident, party: usize| {
        let id = latest(&accident.assessments, party_id(1)).unwrap().id;
        accident.sign_assessment(id, party_id(party), ink(), start())
    };
    for party in [0, 1] {
        let facts = signed(&accident, party).unwrap();
        happen(&mut accident, Actor::Party(party_id(party)), start(), facts);
    }
    let facts = accident.assessments_follow(&rules, start());
    happen(&mut accident, Actor::Service, start(), facts);
    assert_eq!(told(&accident, &standing(&accident, 1)), "binding Accepted");
    assert!(matches!(
        signed(&accident, 0),
        Err(Refusal::NotNow {
            code: "not_your_vehicle",
            ..
        })
    ));
}

fn ink() -> AcceptRequest {
    let point = |n: u8| InkPoint {
        t: f64::from(n),
        x: f64::from(n) * 9.0,
        y: f64::from(n) * 4.0,
        pressure: 0.5,
        tilt_x: None,
        tilt_y: None,
        pointer: None,
    };
    AcceptRequest {
        total_fen: None,
        ink: Ink {
            width: 300.0,
            height: 150.0,
            pixel_ratio: None,
            strokes: vec![(0..30).map(point).collect()],
        },
        ink_sha256: Sha256Hex::of(b"ink"),
    }
}

fn refused(result: Result<Vec<Fact>, Refusal>) -> &'static str {
    match result {
        Err(Refusal::NotNow { code, .. }) => code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_window_ends_to_the_microsecond_and_an_insurers_silence_accepts() {
    let agreement = agreement();
    let rules = rules(&agreement);
    let mut accident = decided(two(), &FIRST_AT_FAULT);
    assessed(&mut accident, desk(), (1, CAP + 1), &rules);
    let id = accident.assessments[0].id;
    let end = start().plus(Duration::hours(24));
    let before = end.minus(Duration::microseconds(1));
    assert!(
        accident
            .object_to_assessment(id, code("PICC"), ("价格偏高", Fen(1)), before)
            .is_ok()
    );
    assert!(accident.accept_assessment(id, code("PICC"), before).is_ok());
    assert_eq!(accident.assessments_follow(&rules, before), []);
    assert_eq!(
        refused(accident.object_to_assessment(id, code("PICC"), ("价格偏高", Fen(1)), end)),
        "window_ended"
    );
    assert_eq!(
        refused(accident.accept_assessment(id, code("PICC"), end)),
        "window_ended"
    );
    let facts = accident.assessments_follow(&rules, end);
    happen(&mut accident, Actor::Service, end, facts);
    assert_eq!(told(&accident, &standing(&accident, 1)), "binding Silence");
    let given = &accident.assessments[0].answers[0];
    assert_eq!(
        (given.by, given.at, &given.answer),
        (Actor::Insurer(code("PICC")), end, &Answer::Silent)
    );
    assert_eq!(accident.parties[1].losses.unwrap().vehicle_fen, Fen(CAP + 1));
}

#[test]
fn a_persons_silence_is_no_acceptance() {
    let agreement = agreement();
    let mut accident = decided(case(&[None, Some("PAIC")]), &FIRST_AT_FAULT);
    assessed(&mut accident, desk(), (1, 500), &rules(&agreement));
    let end = start().plus(Duration::hours(24));
    let facts = accident.assessments_follow(&rules(&agreement), end);
    happen(&mut accident, Actor::Service, end, facts);
    assert_eq!(told(&accident, &standing(&accident, 1)), "joint");
}

#[test]
fn an_objection_leads_to_the_joint_figure_and_that_one_is_final() {
    let agreement = agreement();
    let rules = rules(&agreement);
    let mut accident = decided(
        case(&[Some("PICC"), Some("PAIC"), Some("CPIC")]),
        &[Liability::Primary, Liability::Secondary, Liability::None],
    );
    let state = assessed(&mut accident, desk(), (2, CAP + 1), &rules);
    assert_eq!(told(&accident, &state), "awaiting PAIC,PICC");
    let id = accident.assessments[0].id;
    assert_eq!(
        refused(accident.accept_assessment(id, code("CPIC"), start())),
        "not_asked"
    );
    assert_eq!(
        refused(accident.assess_jointly(officer(), id, (vec![item(5)], None))),
        "no_objection"
    );

    let objection = accident.object_to_assessment(id, code("PICC"), ("保险杠只需喷漆", Fen(300)), start());
    happen(
        &mut accident,
        Actor::Insurer(code("PICC")),
        start(),
        objection.unwrap(),
    );
    assert_eq!(
        told(&accident, &standing(&accident, 2)),
        "objected PAIC",
        "PAIC may still be heard"
    );
    assert_eq!(
        refused(accident.accept_assessment(id, code("PICC"), start())),
        "already_answered"
    );
    assert!(matches!(
        accident.assessments_bind(),
        Err(Refusal::NotNow {
            code: "assessment_not_binding",
            ..
        })
    ));
    let accepted = accident.accept_assessment(id, code("PAIC"), start()).unwrap();
    happen(&mut accident, Actor::Insurer(code("PAIC")), start(), accepted);
    assert_eq!(
        accident.assessments_follow(&rules, start()).len(),
        1,
        "everybody is heard"
    );
    let facts = accident.assessments_follow(&rules, start());
    happen(&mut accident, Actor::Service, start(), facts);
    assert_eq!(told(&accident, &standing(&accident, 2)), "joint");

    let joint = accident
        .assess_jointly(officer(), id, (vec![item(800)], None))
        .unwrap();
    happen(&mut accident, Actor::Officer(officer()), start(), joint);
    assert_eq!(told(&accident, &standing(&accident, 2)), "binding Joint");
    assert_eq!(accident.parties[2].losses.unwrap().vehicle_fen, Fen(800));
    let contest = accident.contest_assessment(id, party_id(2), ("太低了", None), start());
    assert_eq!(refused(contest), "joint_binds");
    assert_eq!(
        accident.assessments_follow(&rules, start().plus(Duration::days(9))),
        []
    );
}

#[test]
fn a_driver_may_object_to_a_binding_figure_until_they_have_signed_for_it() {
    let agreement = agreement();
    let rules = rules(&agreement);
    let mut accident = decided(two(), &FIRST_AT_FAULT);
    assessed(&mut accident, desk(), (1, 500), &rules);
    let id = accident.assessments[0].id;
    let contest = |accident: &Accident| {
        accident.contest_assessment(id, party_id(1), ("后备箱也坏了", Some(Fen(900))), start())
    };
    let mut objecting = accident.clone();
    let facts = contest(&objecting).unwrap();
    happen(&mut objecting, Actor::Party(party_id(1)), start(), facts);
    assert_eq!(told(&objecting, &standing(&objecting, 1)), "joint");

    let stale = AcceptRequest {
        total_fen: Some(Fen(499)),
        ..ink()
    };
    assert_eq!(
        refused(accident.sign_assessment(id, party_id(1), stale, start())),
        "figure_superseded"
    );
    let blank = AcceptRequest {
        ink: Ink {
            strokes: vec![],
            ..ink().ink
        },
        ..ink()
    };
    assert!(matches!(
        accident.sign_assessment(id, party_id(1), blank, start()),
        Err(Refusal::Invalid(_))
    ));
    assert_eq!(
        refused(accident.sign_assessment(id, party_id(0), ink(), start())),
        "not_your_vehicle"
    );
    let facts = accident.sign_assessment(id, party_id(1), ink(), start()).unwrap();
    happen(&mut accident, Actor::Party(party_id(1)), start(), facts);
    assert_eq!(told(&accident, &standing(&accident, 1)), "binding MutualTrust");
    assert_eq!(refused(contest(&accident)), "already_signed");
    assert_eq!(
        refused(accident.sign_assessment(id, party_id(1), ink(), start())),
        "already_signed"
    );
}

#[test]
fn a_supplement_names_the_last_binding_assessment_and_is_judged_anew() {
    let agreement = agreement();
    let mut accident = decided(two(), &FIRST_AT_FAULT);
    let none = ProposeRequest {
        supplements: Some(AssessmentId(Uuid::from_u128(9))),
        ..request(&accident, 1, 500)
    };
    let invalid = |accident: &Accident, request: ProposeRequest, rules: &TrustRules<'_>| match accident
        .propose_assessment(desk(), request, rules, start())
    {
        Err(Refusal::Invalid(problems)) => (problems[0].field.clone(), problems[0].code.clone()),
        other => panic!("{other:?}"),
    };
    let not_latest = ("supplements".to_owned(), "not_the_latest".to_owned());
    assert_eq!(invalid(&accident, none, &rules(&agreement)), not_latest);
    assessed(&mut accident, desk(), (1, 500), &rules(&agreement));
    let unnamed = ProposeRequest {
        supplements: None,
        ..request(&accident, 1, 900)
    };
    assert_eq!(invalid(&accident, unnamed, &rules(&agreement)), not_latest);
    let stranger = ProposeRequest {
        photos: vec![EvidenceId(Uuid::from_u128(5))],
        ..request(&accident, 1, 900)
    };
    assert_eq!(
        invalid(&accident, stranger, &rules(&agreement)),
        ("photos[0]".to_owned(), "unknown_photo".to_owned())
    );

    let strict = Agreement {
        supplement: SupplementRule::AlwaysAnswered,
        ..agreement.clone()
    };
    let mut answered = accident.clone();
    let state = assessed(&mut answered, desk(), (1, 900), &rules(&strict));
    assert_eq!(told(&answered, &state), "awaiting PICC");
    assert_eq!(
        answered.parties[1].losses.unwrap().vehicle_fen,
        Fen(500),
        "the old figure stands until then"
    );
    let third = answered.propose_assessment(desk(), request(&answered, 1, 950), &rules(&strict), start());
    assert_eq!(refused(third), "assessment_open");

    let state = assessed(&mut accident, desk(), (1, 900), &rules(&agreement));
    assert_eq!(told(&accident, &state), "binding MutualTrust");
    assert_eq!(accident.assessments[1].ordinal, 2, "the second draw");
    let old = accident.assessments[0].id;
    assert_eq!(
        refused(accident.sign_assessment(old, party_id(1), ink(), start())),
        "assessment_superseded"
    );
}

#[test]
fn an_assessed_vehicles_loss_is_not_typed_any_more_but_the_other_heads_are() {
    let agreement = agreement();
    let mut accident = decided(two(), &FIRST_AT_FAULT);
    assessed(&mut accident, desk(), (1, 500), &rules(&agreement));
    let losses = |vehicle, medical| crate::party::Losses {
        vehicle_fen: Fen(vehicle),
        medical_fen: Fen(medical),
        ..Default::default()
    };
    assert!(
        accident
            .assess_losses(officer(), party_id(1), losses(500, 7))
            .is_ok()
    );
    assert!(
        accident
            .assess_losses(officer(), party_id(0), losses(123, 0))
            .is_ok(),
        "not assessed"
    );
    let typed = accident.assess_losses(officer(), party_id(1), losses(501, 7));
    assert!(matches!(typed, Err(Refusal::Invalid(problems)) if problems[0].code == "vehicle_assessed"));
}

/// What may happen to the assessments of a case; small numbers choose who.
#[derive(Clone, Copy, Debug)]
enum Step {
    Propose(usize, usize, bool),
    Accept(usize),
    Object(usize),
    Sign(usize, usize),
    Contest(usize, usize),
    Joint(usize),
    Wait(i64),
    Decide(usize),
    Insure(usize, usize),
}

const INSURERS: [Option<&str>; 5] = [Some("PICC"), Some("PAIC"), Some("CPIC"), Some("YAIC"), None];

fn step() -> impl Strategy<Value = Step> {
    let three = 0..3_usize;
    prop_oneof![
        3 => (0..5_usize, three.clone(), any::<bool>()).prop_map(|(who, party, large)| Step::Propose(who, party, large)),
        3 => (0..4_usize).prop_map(Step::Accept),
        2 => (0..4_usize).prop_map(Step::Object),
        2 => (three.clone(), three.clone()).prop_map(|(party, whose)| Step::Sign(party, whose)),
        2 => (three.clone(), three.clone()).prop_map(|(party, whose)| Step::Contest(party, whose)),
        2 => three.clone().prop_map(Step::Joint),
        2 => (0..30_i64).prop_map(Step::Wait),
        2 => (0..4_usize).prop_map(Step::Decide),
        1 => (three, 0..5_usize).prop_map(|(party, insurer)| Step::Insure(party, insurer)),
    ]
}

fn last_of(accident: &Accident, party: usize) -> AssessmentId {
    latest(&accident.assessments, party_id(party)).map_or(AssessmentId(Uuid::nil()), |last| last.id)
}

/// Every assessment somebody's answer could go to.
fn any_asking(accident: &Accident, insurer: InsurerCode) -> AssessmentId {
    let asking = accident.assessments.iter().find(|assessment| {
        let asked = assessment.asked();
        asked.is_some_and(|asked| asked.asks(Actor::Insurer(insurer)))
    });
    asking.map_or(AssessmentId(Uuid::nil()), |assessment| assessment.id)
}

fn judge(
    accident: &Accident,
    step: Step,
    rules: &TrustRules<'_>,
    now: Instant,
) -> (Actor, Result<Vec<Fact>, Refusal>) {
    let insurer = |index: usize| INSURERS[index].map_or(code("GPIC"), code);
    let person = |index: usize| Actor::Party(party_id(index));
    match step {
        Step::Propose(who, party, large) => {
            let assessor = if who == 4 {
                desk()
            } else {
                Assessor::Insurer(insurer(who))
            };
            let request = request(accident, party, if large { CAP + 1 } else { 500 });
            (
                actor(assessor),
                accident.propose_assessment(assessor, request, rules, now),
            )
        }
        Step::Accept(who) => {
            let id = any_asking(accident, insurer(who));
            (
                Actor::Insurer(insurer(who)),
                accident.accept_assessment(id, insurer(who), now),
            )
        }
        Step::Object(who) => {
            let id = any_asking(accident, insurer(who));
            let objection = accident.object_to_assessment(id, insurer(who), ("偏高", Fen(3)), now);
            (Actor::Insurer(insurer(who)), objection)
        }
        Step::Sign(party, whose) => {
            let id = last_of(accident, whose);
            (
                person(party),
                accident.sign_assessment(id, party_id(party), ink(), now),
            )
        }
        Step::Contest(party, whose) => {
            let id = last_of(accident, whose);
            (
                person(party),
                accident.contest_assessment(id, party_id(party), ("不对", None), now),
            )
        }
        Step::Joint(party) => {
            let id = last_of(accident, party);
            (
                Actor::Officer(officer()),
                accident.assess_jointly(officer(), id, (vec![item(700)], None)),
            )
        }
        Step::Decide(how) => {
            let mut liabilities = [Liability::None; 3];
            match how {
                3 => liabilities = [Liability::Equal; 3],
                at_fault => liabilities[at_fault] = Liability::Full,
            }
            let decision = decision(&liabilities);
            (Actor::Officer(officer()), Ok(vec![Fact::Decided { decision }]))
        }
        Step::Insure(party, insurer) => {
            let details = details(party, INSURERS[insurer]);
            let party = party_id(party);
            (
                Actor::Officer(officer()),
                Ok(vec![Fact::PartyRecorded { party, details }]),
            )
        }
        Step::Wait(_) => (Actor::Service, Ok(Vec::new())),
    }
}

/// As a deed does before it is saved: one vehicle after the other, until nothing more follows.
fn follow_all(accident: &mut Accident, rules: &TrustRules<'_>, now: Instant) {
    for _ in 0..=accident.parties.len() {
        let follow = accident.assessments_follow(rules, now);
        happen(accident, Actor::Service, now, follow);
    }
}

/// Somebody can do something about it, or time does.
fn has_a_next_step(accident: &Accident, assessment: &Assessment, now: Instant) -> bool {
    match &assessment.state {
        State::Proposed => false,
        State::Awaiting(asked) | State::Objected(asked) => {
            let answer = |by: InsurerCode| accident.accept_assessment(assessment.id, by, now).is_ok();
            !asked.is_empty() && asked.until > now && asked.insurers.iter().all(|by| answer(*by))
        }
        State::Joint => accident
            .assess_jointly(officer(), assessment.id, (vec![item(1)], None))
            .is_ok(),
        State::Binding { .. } => true,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is put forward, answered, decided and waited for: every assessment has a next step, only binding
    /// figures are losses that a plan may use, and the end of all windows leaves nothing awaiting.
    #[test]
    fn no_sequence_of_answers_gets_stuck_and_only_binding_figures_reach_a_plan(
        steps in prop::collection::vec(step(), 1..40),
        percent in prop_oneof![Just(0_u8), Just(50_u8)],
        with_agreement in prop::bool::weighted(0.8),
    ) {
        let agreement = Agreement { sample_percent: percent, ..agreement() };
        let rules = TrustRules { pack: pack(), agreement: with_agreement.then_some(&agreement) };
        let mut accident = case(&INSURERS[..3]);
        let mut now = start();
        for step in steps {
            if let Step::Wait(hours) = step {
                now = now.plus(Duration::hours(hours));
            }
            let (by, judged) = judge(&accident, step, &rules, now);
            happen(&mut accident, by, now, judged.unwrap_or_default());
            follow_all(&mut accident, &rules, now);
            prop_assert_eq!(accident.assessments_follow(&rules, now), vec![], "it follows at once or never");
            for party in accident.parties.clone() {
                let Some(last) = latest(&accident.assessments, party.id) else { continue };
                prop_assert!(has_a_next_step(&accident, last, now), "{:?} after {step:?}", last.state);
                if last.is_binding() {
                    prop_assert_eq!(party.losses.map(|losses| losses.vehicle_fen), Some(last.figure()));
                }
            }
            let open = accident.parties.iter().any(|party| {
                latest(&accident.assessments, party.id).is_some_and(|last| !last.is_binding())
            });
            prop_assert_eq!(accident.assessments_bind().is_err(), open);
        }
        // A figure bound by silence may bring somebody new in for another vehicle, who has a window of their own.
        for round in 1..=4 {
            follow_all(&mut accident, &rules, now.plus(Duration::days(2 * round)));
        }
        let waiting = accident.assessments.iter().find(|assessment| assessment.asked().is_some());
        prop_assert_eq!(waiting, None);
    }
}

#[test]
fn a_plan_is_made_again_only_when_it_differs_and_only_from_binding_figures() {
    let agreement = agreement();
    let strict = Agreement {
        supplement: SupplementRule::AlwaysAnswered,
        ..agreement.clone()
    };
    let mut accident = decided(two(), &FIRST_AT_FAULT);
    assessed(&mut accident, desk(), (0, 300), &rules(&agreement));
    assessed(&mut accident, desk(), (1, 500), &rules(&agreement));
    let Stage::Decided { officer, decision } = accident.stage.clone() else {
        panic!("{:?}", accident.stage);
    };
    let settlement = |accident: &Accident| Settlement {
        plan: settle(&SettlementInput::of(accident), pack()).unwrap(),
        made_at: start(),
    };
    accident.stage = Stage::Settling {
        officer,
        decision,
        finding: super::tests::finding(&accident, start()),
        settlement: None,
    };
    assert!(accident.ready_to_settle());
    let settled = accident.settle(settlement(&accident)).unwrap();
    happen(&mut accident, Actor::Service, start(), vec![settled]);
    assert_eq!(accident.settle_again(settlement(&accident)), Ok(None));

    assessed(&mut accident, desk(), (1, 900), &rules(&strict));
    assert!(matches!(
        accident.settle_again(settlement(&accident)),
        Err(Refusal::NotNow {
            code: "assessment_not_binding",
            ..
        })
    ));
    let id = accident.assessments[2].id;
    let facts = accident.accept_assessment(id, code("PICC"), start()).unwrap();
    happen(&mut accident, Actor::Insurer(code("PICC")), start(), facts);
    let facts = accident.assessments_follow(&rules(&strict), start());
    happen(&mut accident, Actor::Service, start(), facts);
    assert_eq!(
        told(&accident, &standing(&accident, 1)),
        format!("binding {:?}", Basis::Accepted)
    );
    let again = accident.settle_again(settlement(&accident)).unwrap().unwrap();
    happen(&mut accident, Actor::Service, start(), vec![again]);
    assert_eq!(accident.earlier_plans.len(), 1);
    assert_eq!(accident.settlement().unwrap().plan.losses, Fen(1_200));
}
