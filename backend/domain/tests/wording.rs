//! Findings as they would be printed. The golden texts were read by a person; set UPDATE_GOLDEN=1
//! to write them anew, then read them again.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use domain::catalogue::built_in;
use domain::codes::{CollisionForm, ContactPart, TransportMode};
use domain::liability::Liability;
use domain::wording::{FactsInput, FactsParty, WordingError, wording};

fn party(name: &str, plate: &str, liability: Liability, violations: &[&str]) -> FactsParty {
    FactsParty {
        name: name.into(),
        mode: TransportMode::SmallCar,
        plate: Some(plate.into()),
        road: Some("艮塔路".into()),
        from: Some("西".into()),
        to: Some("东".into()),
        standing: false,
        contact: None,
        damaged: true,
        slightly_injured: false,
        violations: violations.iter().map(|code| (*code).to_owned()).collect(),
        liability,
    }
}

fn accident(parties: Vec<FactsParty>) -> FactsInput {
    FactsInput {
        occurred_at: "2026-03-01T08:15:00+08:00".parse().unwrap(),
        place: "诸暨市暨阳街道艮塔路与东一路交叉口".into(),
        collision: Some(CollisionForm::SideSameDirection),
        parties,
    }
}

fn golden(name: &str, input: &FactsInput) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/golden/wording")
        .join(format!("{name}.txt"));
    let text = wording(input, built_in().unwrap()).unwrap().text() + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(&path).unwrap(), "{name}");
}

fn one_at_fault(code: &str) -> FactsInput {
    accident(vec![
        party("张三", "浙D12345", Liability::Full, &[code]),
        party("李䶮", "浙DD12345", Liability::None, &[]),
    ])
}

fn contacts(mut input: FactsInput, first: ContactPart, second: ContactPart) -> FactsInput {
    input.parties[0].contact = Some(first);
    input.parties[1].contact = Some(second);
    input
}

#[test]
fn a_rear_end_collision_cites_the_bare_article() {
    let mut input = contacts(one_at_fault("101"), ContactPart::Front, ContactPart::Rear);
    input.collision = Some(CollisionForm::RearEnd);
    let text = wording(&input, built_in().unwrap()).unwrap().text();
    assert!(
        text.contains("《中华人民共和国道路交通安全法》第四十三条的规定，承担全部责任。"),
        "{text}"
    );
    golden("rear_end", &input);
}

#[test]
fn a_lane_change_cites_the_paragraph() {
    let mut input = contacts(
        one_at_fault("302"),
        ContactPart::RightSide,
        ContactPart::FrontLeft,
    );
    input.collision = Some(CollisionForm::ScrapeSameDirection);
    golden("lane_change", &input);
}

#[test]
fn a_car_that_reverses_into_one_that_stands() {
    let mut input = contacts(one_at_fault("103"), ContactPart::Rear, ContactPart::Front);
    input.parties[1].standing = true;
    golden("reversing", &input);
}

#[test]
fn both_are_to_blame_equally() {
    let mut input = accident(vec![
        party("张三", "浙D12345", Liability::Equal, &["302"]),
        party("李䶮", "浙DD12345", Liability::Equal, &["319", "401"]),
    ]);
    input.parties[1].road = Some("东一路".into());
    input = contacts(input, ContactPart::FrontRight, ContactPart::LeftSide);
    golden("both_equal", &input);
}

#[test]
fn the_second_party_may_be_the_one_at_fault() {
    let mut input = one_at_fault("316");
    input.parties.reverse();
    golden("leaving_a_car_park", &input);
}

#[test]
fn an_electric_bicycle_and_a_slight_injury() {
    let mut input = one_at_fault("105");
    input.parties[0].standing = true;
    input.parties[1].mode = TransportMode::ElectricBicycle;
    input.parties[1].plate = None;
    input.parties[1].slightly_injured = true;
    golden("door_and_electric_bicycle", &input);
}

#[test]
fn a_pedestrian_has_no_vehicle() {
    let mut input = one_at_fault("322");
    input.parties[1].mode = TransportMode::OnFoot;
    input.parties[1].plate = None;
    input.parties[1].damaged = false;
    golden("pedestrian", &input);
}

#[test]
fn three_vehicles_in_a_row() {
    let mut input = one_at_fault("101");
    input
        .parties
        .push(party("王𬀩", "浙D66666", Liability::None, &[]));
    input = contacts(input, ContactPart::Front, ContactPart::Rear);
    golden("three_vehicles", &input);
}

#[test]
fn a_broken_down_car_without_a_warning_sign_bears_less() {
    let mut input = accident(vec![
        party("张三", "浙D12345", Liability::Primary, &["101"]),
        party("李䶮", "浙DD12345", Liability::Secondary, &["502"]),
    ]);
    input.parties[1].standing = true;
    input = contacts(input, ContactPart::Front, ContactPart::Rear);
    golden("broken_down", &input);
}

#[test]
fn one_vehicle_alone() {
    let mut input = accident(vec![party("张三", "浙D12345", Liability::Full, &["406"])]);
    input.collision = None;
    golden("alone", &input);
}

#[test]
fn a_red_light_and_what_cannot_be_determined() {
    let mut input = one_at_fault("201");
    input.parties[1].road = Some("东一路".into());
    (input.parties[1].from, input.parties[1].to) = (Some("北".into()), Some("南".into()));
    golden(
        "red_light",
        &contacts(input, ContactPart::Front, ContactPart::LeftSide),
    );
    let mut input = one_at_fault("201");
    for party in &mut input.parties {
        party.liability = Liability::Undetermined;
        party.violations.clear();
    }
    golden("undetermined", &input);
}

#[test]
fn nobody_is_to_blame() {
    let mut input = accident(vec![
        party("张三", "浙D12345", Liability::None, &[]),
        party("李䶮", "浙DD12345", Liability::None, &[]),
    ]);
    input.parties[1].standing = true;
    input = contacts(input, ContactPart::RightSide, ContactPart::FrontLeft);
    golden("no_fault", &input);
    input.parties.truncate(1);
    golden("no_fault_alone", &input);
}

#[test]
fn two_meet_head_on_and_the_officer_departs_from_the_proposal() {
    let mut input = accident(vec![
        party("张三", "浙D12345", Liability::Primary, &["402"]),
        party("李䶮", "浙DD12345", Liability::Secondary, &["303"]),
    ]);
    (input.parties[1].from, input.parties[1].to) = (Some("东".into()), Some("西".into()));
    input.collision = Some(CollisionForm::HeadOn);
    input = contacts(input, ContactPart::FrontLeft, ContactPart::FrontLeft);
    golden("override", &input);
}

#[test]
fn one_that_met_the_other_head_on() {
    let mut input = one_at_fault("102");
    (input.parties[1].from, input.parties[1].to) = (Some("东".into()), Some("西".into()));
    input.collision = Some(CollisionForm::HeadOn);
    golden(
        "wrong_way",
        &contacts(input, ContactPart::Front, ContactPart::Front),
    );
}

#[test]
fn several_violations_of_one_party_are_cited_in_the_order_of_the_articles() {
    let mut input = accident(vec![
        party("张三", "浙D12345", Liability::Full, &["302", "101", "401"]),
        party("李䶮", "浙DD12345", Liability::None, &[]),
    ]);
    input.parties[0].slightly_injured = true;
    golden(
        "several_violations",
        &contacts(input, ContactPart::Front, ContactPart::Rear),
    );
}

#[test]
fn a_rider_at_fault_and_hurt() {
    let mut input = accident(vec![
        party("张三", "浙D12345", Liability::Secondary, &["404"]),
        party("王𬀩", "", Liability::Primary, &["408"]),
    ]);
    input.parties[0].standing = true;
    input.parties[1].mode = TransportMode::ElectricBicycle;
    input.parties[1].plate = Some("诸暨123456".into());
    input.parties[1].slightly_injured = true;
    golden(
        "rider_at_fault",
        &contacts(input, ContactPart::Rear, ContactPart::Front),
    );
}

#[test]
fn a_bicycle_that_ran_into_a_walker() {
    let mut input = accident(vec![
        party("张三", "", Liability::Full, &["408"]),
        party("李䶮", "", Liability::None, &[]),
    ]);
    input.parties[0].mode = TransportMode::Bicycle;
    input.parties[0].plate = None;
    input.parties[0].contact = Some(ContactPart::Front);
    input.parties[1].mode = TransportMode::OnFoot;
    input.parties[1].plate = None;
    input.parties[1].slightly_injured = true;
    input.parties[1].damaged = false;
    golden("bicycle_and_walker", &input);
}

#[test]
fn three_vehicles_two_of_them_to_blame() {
    let mut input = accident(vec![
        party("张三", "浙D12345", Liability::Primary, &["101"]),
        party("李䶮", "浙DD12345", Liability::Secondary, &["502"]),
        party("王𬀩", "浙D66666", Liability::None, &[]),
    ]);
    input.parties[2].road = Some("东一路".into());
    golden(
        "three_vehicles_two_at_fault",
        &contacts(input, ContactPart::Front, ContactPart::Rear),
    );
}

#[test]
fn a_violation_that_nobody_knows_is_named() {
    let error = wording(&one_at_fault("999"), built_in().unwrap()).unwrap_err();
    assert_eq!(
        error,
        WordingError::UnknownSituation {
            party: 0,
            code: "999".into()
        }
    );
    assert_eq!(
        wording(&accident(vec![]), built_in().unwrap()),
        Err(WordingError::NoParties)
    );
}
