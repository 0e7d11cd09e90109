//! The consistency rules of a decision. The officer may not override them; all that is wrong is
//! said at once.

use serde::{Deserialize, Serialize};

use super::{Liability, PartyKind, ShareError, shares};
use crate::codes::{AccidentForm, CollisionForm};
use crate::problem::Problem;

/// What is decided about one party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// 甲, 乙 … for the messages.
    pub label: String,
    pub kind: PartyKind,
    pub liability: Liability,
    /// Percent, 0 to 100; empty takes the default of the liability.
    #[serde(default)]
    pub share: Option<u8>,
    /// Catalogue codes of the recorded violations.
    #[serde(default)]
    pub violations: Vec<String>,
}

/// Everything that keeps this decision from being issued; empty when it may be.
pub fn problems(form: AccidentForm, collision: Option<CollisionForm>, verdicts: &[Verdict]) -> Vec<Problem> {
    let mut found = Vec::new();
    if verdicts.is_empty() {
        found.push(Problem::new(
            "parties",
            "no_parties",
            "还没有当事人，请先录入当事人。",
        ));
        return found;
    }
    check_liabilities(verdicts, &mut found);
    check_form(form, collision, verdicts, &mut found);
    check_violations(verdicts, &mut found);
    check_shares(verdicts, &mut found);
    found
}

fn at(index: usize, field: &str) -> String {
    format!("parties[{index}].{field}")
}

fn with(verdicts: &[Verdict], liability: Liability) -> Vec<usize> {
    let all = verdicts.iter().enumerate();
    all.filter(|(_, verdict)| verdict.liability == liability)
        .map(|(index, _)| index)
        .collect()
}

fn check_liabilities(verdicts: &[Verdict], found: &mut Vec<Problem>) {
    let mut say = |index: usize, code: &str, message: &str| {
        found.push(Problem::new(at(index, "liability"), code, message))
    };
    let full = with(verdicts, Liability::Full);
    let primary = with(verdicts, Liability::Primary);
    let secondary = with(verdicts, Liability::Secondary);
    let equal = with(verdicts, Liability::Equal);
    let undetermined = with(verdicts, Liability::Undetermined);

    for index in full.iter().skip(1) {
        say(*index, "full_twice", "只能有一方承担全部责任。");
    }
    if !full.is_empty() {
        for (index, verdict) in verdicts.iter().enumerate() {
            if !matches!(verdict.liability, Liability::Full | Liability::None) {
                say(
                    index,
                    "full_and_other",
                    "一方承担全部责任时，其他各方应为无责任。",
                );
            }
        }
    }
    for index in primary.iter().skip(1) {
        say(*index, "primary_twice", "最多只能有一方承担主要责任。");
    }
    if let (Some(index), true) = (primary.first(), secondary.is_empty()) {
        say(
            *index,
            "primary_without_secondary",
            "有主要责任时，还应有承担次要责任的一方。",
        );
    }
    if let (Some(index), true) = (secondary.first(), primary.is_empty()) {
        say(
            *index,
            "secondary_without_primary",
            "有次要责任时，还应有承担主要责任的一方。",
        );
    }
    if let [index] = equal.as_slice() {
        say(*index, "equal_alone", "同等责任至少应有两方。");
    }
    if let (Some(index), false) = (equal.first(), primary.is_empty() && secondary.is_empty()) {
        say(
            *index,
            "equal_and_primary",
            "同等责任不能与主要责任、次要责任同时出现。",
        );
    }
    if !undetermined.is_empty() && undetermined.len() < verdicts.len() {
        for (index, verdict) in verdicts.iter().enumerate() {
            if verdict.liability != Liability::Undetermined {
                say(
                    index,
                    "undetermined_and_other",
                    "责任无法认定时，各方都应为无法认定。",
                );
            }
        }
    }
}

fn check_form(
    form: AccidentForm,
    collision: Option<CollisionForm>,
    verdicts: &[Verdict],
    found: &mut Vec<Problem>,
) {
    let vehicles = verdicts.iter().filter(|v| v.kind.is_vehicle()).count();
    let mut say = |field: &str, code: &str, message: &str| found.push(Problem::new(field, code, message));
    if form.is_between_vehicles() && vehicles < 2 {
        say(
            "accident_form",
            "form_needs_two_vehicles",
            "车辆间事故至少应有两辆车，请检查事故形态或补录当事人。",
        );
    }
    if form.is_single_vehicle() && (vehicles != 1 || verdicts.len() != 1) {
        say(
            "accident_form",
            "form_needs_one_driver",
            "单车事故只能有一名驾驶人，请检查事故形态或当事人。",
        );
    }
    if form.is_with_pedestrian() {
        if !verdicts.iter().any(|v| v.kind == PartyKind::Pedestrian) {
            say(
                "accident_form",
                "form_needs_pedestrian",
                "车与人的事故应有行人，请检查事故形态或补录当事人。",
            );
        }
        if vehicles == 0 {
            say(
                "accident_form",
                "form_needs_vehicle",
                "车与人的事故应有车辆，请检查事故形态或补录当事人。",
            );
        }
    }
    if form.needs_collision_form() && collision.is_none() {
        say(
            "collision_form",
            "collision_form_required",
            "请选择车辆间事故的碰撞形态。",
        );
    }
    if !form.is_between_vehicles() && collision.is_some() {
        say(
            "collision_form",
            "collision_form_out_of_place",
            "只有车辆间事故才填写碰撞形态。",
        );
    }
}

fn check_violations(verdicts: &[Verdict], found: &mut Vec<Problem>) {
    for (index, verdict) in verdicts.iter().enumerate() {
        if verdict.liability.is_at_fault() && verdict.violations.is_empty() {
            let message = format!("{}承担责任，请至少选择一项违法行为。", verdict.label);
            found.push(Problem::new(
                at(index, "violations"),
                "violation_required",
                message,
            ));
        }
    }
}

fn check_shares(verdicts: &[Verdict], found: &mut Vec<Problem>) {
    // Shares only make sense once the liabilities do; and without determination there are none.
    if !found.is_empty() || verdicts.iter().any(|v| v.liability == Liability::Undetermined) {
        return;
    }
    let given: Vec<_> = verdicts.iter().map(|v| (v.liability, v.share)).collect();
    match shares(&given, super::DefaultShares::default()) {
        // Shares that nobody gave may still be agreed on later, before money is computed.
        Ok(_) | Err(ShareError::Required { none_given: true, .. }) => {}
        Err(error) => found.push(Problem::new(error.field(), error.code(), error.message())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Liability::{Equal, Full, None as NoFault, Primary, Secondary, Undetermined};

    fn verdicts(liabilities: &[Liability]) -> Vec<Verdict> {
        liabilities
            .iter()
            .zip(["甲", "乙", "丙", "丁"])
            .map(|(liability, label)| Verdict {
                label: label.into(),
                kind: PartyKind::Motor,
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

    fn codes(liabilities: &[Liability]) -> Vec<String> {
        let found = problems(
            AccidentForm::MovingVehicle,
            Some(CollisionForm::RearEnd),
            &verdicts(liabilities),
        );
        found.into_iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn a_consistent_decision_has_no_problem() {
        for good in [
            &[Full, NoFault] as &[_],
            &[Equal, Equal],
            &[Primary, Secondary],
            &[Primary, Secondary, Secondary],
            &[Equal, Equal, NoFault],
            &[NoFault, NoFault],
            &[Undetermined, Undetermined],
        ] {
            assert_eq!(codes(good), Vec::<String>::new(), "{good:?}");
        }
    }

    #[test]
    fn each_broken_rule_is_named() {
        for (bad, code) in [
            (&[Full, Full] as &[_], "full_twice"),
            (&[Full, Secondary], "full_and_other"),
            (&[Primary, Primary, Secondary], "primary_twice"),
            (&[Primary, NoFault], "primary_without_secondary"),
            (&[Secondary, NoFault], "secondary_without_primary"),
            (&[Equal, NoFault], "equal_alone"),
            (&[Equal, Equal, Primary], "equal_and_primary"),
            (&[Undetermined, Full], "undetermined_and_other"),
        ] {
            assert!(
                codes(bad).contains(&code.to_owned()),
                "{bad:?} → {:?}",
                codes(bad)
            );
        }
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let mut bad = verdicts(&[Full, Secondary]);
        bad[0].violations.clear();
        let found = problems(AccidentForm::PedestrianScraped, Some(CollisionForm::HeadOn), &bad);
        let fields: Vec<_> = found.iter().map(|p| p.field.as_str()).collect();
        for field in [
            "parties[1].liability",
            "accident_form",
            "collision_form",
            "parties[0].violations",
        ] {
            assert!(fields.contains(&field), "{field} in {fields:?}");
        }
        assert!(found.iter().all(|p| p.message.ends_with('。')));
    }

    #[test]
    fn a_form_asks_for_its_parties() {
        let one = |form, kind| {
            let mut verdicts = verdicts(&[Full]);
            verdicts[0].kind = kind;
            problems(form, None, &verdicts)
                .into_iter()
                .map(|p| p.code)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            one(AccidentForm::FixedObject, PartyKind::Motor),
            Vec::<String>::new()
        );
        assert_eq!(
            one(AccidentForm::FixedObject, PartyKind::Pedestrian),
            ["form_needs_one_driver"]
        );
        assert_eq!(
            one(AccidentForm::VehiclesOther, PartyKind::Motor),
            ["form_needs_two_vehicles"]
        );
        assert_eq!(
            one(AccidentForm::PedestrianOther, PartyKind::Motor),
            ["form_needs_pedestrian"]
        );
        assert_eq!(
            one(AccidentForm::MovingVehicle, PartyKind::Motor),
            ["form_needs_two_vehicles", "collision_form_required"]
        );
    }

    #[test]
    fn given_shares_must_sum_to_one_hundred() {
        let mut verdicts = verdicts(&[Primary, Secondary]);
        verdicts[0].share = Some(80);
        verdicts[1].share = Some(30);
        let found = problems(
            AccidentForm::MovingVehicle,
            Some(CollisionForm::RearEnd),
            &verdicts,
        );
        assert_eq!(
            found.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(),
            ["share_sum"]
        );
    }
}
