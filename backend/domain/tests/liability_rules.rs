//! The consistency rules of a decision, each broken by an example and kept by its neighbour, with the message that
//! the officer reads. The liabilities a decision may have are listed in full for up to four parties.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use Liability::{Equal, Full, None as NoFault, Primary, Secondary, Undetermined};
use PartyKind::{Motor, NonMotor, Pedestrian};
use domain::codes::{AccidentForm, CollisionForm};
use domain::liability::check::{Verdict, problems};
use domain::liability::{Liability, PartyKind};

fn verdicts(all: &[(PartyKind, Liability)]) -> Vec<Verdict> {
    all.iter()
        .zip(["甲", "乙", "丙", "丁"])
        .map(|((kind, liability), label)| Verdict {
            label: label.into(),
            kind: *kind,
            liability: *liability,
            share: None,
            violations: if liability.is_at_fault() {
                vec!["101".into()]
            } else {
                vec![]
            },
        })
        .collect()
}

fn motors(liabilities: &[Liability]) -> Vec<Verdict> {
    verdicts(
        &liabilities
            .iter()
            .map(|liability| (Motor, *liability))
            .collect::<Vec<_>>(),
    )
}

fn found(
    form: AccidentForm,
    collision: Option<CollisionForm>,
    verdicts: &[Verdict],
) -> Vec<(String, String, String)> {
    let problems = problems(form, collision, verdicts);
    problems
        .into_iter()
        .map(|p| (p.field, p.code, p.message))
        .collect()
}

fn moving(verdicts: &[Verdict]) -> Vec<(String, String, String)> {
    found(
        AccidentForm::MovingVehicle,
        Some(CollisionForm::RearEnd),
        verdicts,
    )
}

#[test]
fn each_rule_of_liability_names_the_party_and_says_what_is_wrong() {
    #[rustfmt::skip]
    let table: [(&[Liability], &str, &str, &str); 10] = [
        (&[Full, Full], "parties[1].liability", "full_twice", "只能有一方承担全部责任。"),
        (&[Full, Secondary], "parties[1].liability", "full_and_other", "一方承担全部责任时，其他各方应为无责任。"),
        (&[Equal, Full, NoFault], "parties[0].liability", "full_and_other", "一方承担全部责任时，其他各方应为无责任。"),
        (&[Primary, Secondary, Primary], "parties[2].liability", "primary_twice", "最多只能有一方承担主要责任。"),
        (&[NoFault, Primary], "parties[1].liability", "primary_without_secondary", "有主要责任时，还应有承担次要责任的一方。"),
        (&[Secondary, Secondary], "parties[0].liability", "secondary_without_primary", "有次要责任时，还应有承担主要责任的一方。"),
        (&[NoFault, Equal], "parties[1].liability", "equal_alone", "同等责任至少应有两方。"),
        (&[Equal, Equal, Secondary, Primary], "parties[0].liability", "equal_and_primary", "同等责任不能与主要责任、次要责任同时出现。"),
        (&[Undetermined, NoFault], "parties[1].liability", "undetermined_and_other", "责任无法认定时，各方都应为无法认定。"),
        (&[Undetermined, Undetermined, Full], "parties[2].liability", "undetermined_and_other", "责任无法认定时，各方都应为无法认定。"),
    ];
    for (liabilities, field, code, message) in table {
        let found = moving(&motors(liabilities));
        let wanted = (field.to_owned(), code.to_owned(), message.to_owned());
        assert!(found.contains(&wanted), "{liabilities:?}: {found:?}");
    }
}

/// Written from the rules' own words, one by one, to be compared with the code over every combination.
fn consistent(all: &[Liability]) -> bool {
    let count = |liability: Liability| all.iter().filter(|one| **one == liability).count();
    let (full, primary, equal, secondary, undetermined) = (
        count(Full),
        count(Primary),
        count(Equal),
        count(Secondary),
        count(Undetermined),
    );
    let full_alone = full == 0 || (full == 1 && count(NoFault) == all.len() - 1);
    let pair = primary <= 1 && (primary == 1) == (secondary > 0);
    let equals = equal != 1 && (equal == 0 || primary + secondary == 0);
    let nobody_knows = undetermined == 0 || undetermined == all.len();
    full_alone && pair && equals && nobody_knows
}

#[test]
fn every_combination_of_up_to_four_parties_is_let_through_exactly_when_it_is_consistent() {
    let mut passed = 0;
    for parties in 2..=4_u32 {
        for number in 0..6_usize.pow(parties) {
            let all: Vec<Liability> = (0..parties)
                .map(|place| Liability::ALL[number / 6_usize.pow(place) % 6])
                .collect();
            let found = moving(&motors(&all));
            assert_eq!(found.is_empty(), consistent(&all), "{all:?}: {found:?}");
            assert!(found.iter().all(|(_, _, message)| message.ends_with('。')));
            passed += usize::from(found.is_empty());
        }
    }
    assert!(passed > 20, "{passed}");
}

#[test]
fn the_form_asks_for_the_parties_it_speaks_of() {
    use AccidentForm::{FixedObject, MovingVehicle, PedestrianScraped, VehiclesOther};
    let rear = Some(CollisionForm::RearEnd);
    type Row = (
        AccidentForm,
        Option<CollisionForm>,
        &'static [(PartyKind, Liability)],
        &'static [&'static str],
    );
    #[rustfmt::skip]
    let table: [Row; 12] = [
        (MovingVehicle, rear, &[(Motor, Full), (NonMotor, NoFault)], &[]),
        (MovingVehicle, rear, &[(Motor, Full), (Pedestrian, NoFault)], &["form_needs_two_vehicles"]),
        (MovingVehicle, None, &[(Motor, Full), (Motor, NoFault)], &["collision_form_required"]),
        (VehiclesOther, None, &[(NonMotor, Full), (NonMotor, NoFault)], &[]),
        (VehiclesOther, None, &[(Motor, Full)], &["form_needs_two_vehicles"]),
        (FixedObject, None, &[(Motor, Full)], &[]),
        (FixedObject, rear, &[(Motor, Full)], &["collision_form_out_of_place"]),
        (FixedObject, None, &[(Pedestrian, Full)], &["form_needs_one_driver"]),
        (FixedObject, None, &[(Motor, Full), (Motor, NoFault)], &["form_needs_one_driver"]),
        (PedestrianScraped, None, &[(Motor, Full), (Pedestrian, NoFault)], &[]),
        (PedestrianScraped, None, &[(Motor, Full), (Motor, NoFault)], &["form_needs_pedestrian"]),
        (PedestrianScraped, None, &[(Pedestrian, Full), (Pedestrian, NoFault)], &["form_needs_vehicle"]),
    ];
    for (form, collision, parties, wanted) in table {
        let found = found(form, collision, &verdicts(parties));
        let codes: Vec<&str> = found.iter().map(|(_, code, _)| code.as_str()).collect();
        assert_eq!(codes, wanted, "{form:?} {parties:?}");
    }
}

#[test]
fn whoever_is_at_fault_has_a_recorded_violation() {
    for liability in [Full, Primary, Equal, Secondary] {
        let other = match liability {
            Full => NoFault,
            Primary => Secondary,
            Secondary => Primary,
            _ => Equal,
        };
        let mut all = motors(&[liability, other]);
        assert_eq!(moving(&all), []);
        all[0].violations.clear();
        let wanted = (
            "parties[0].violations",
            "violation_required",
            "甲承担责任，请至少选择一项违法行为。",
        );
        assert_eq!(
            moving(&all),
            [(wanted.0.to_owned(), wanted.1.to_owned(), wanted.2.to_owned())]
        );
    }
    assert_eq!(moving(&motors(&[NoFault, NoFault])), []);
    let nobody = problems(AccidentForm::MovingVehicle, None, &[]);
    assert_eq!(nobody[0].code, "no_parties");
}
