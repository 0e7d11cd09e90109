//! What is always true of a plan, over random accidents of one to eight parties.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use domain::liability::{Liability, PartyKind};
use domain::money::Fen;
use domain::rule_pack::{self, RulePack};
use domain::settlement::{
    Agreements, Cover, Ctp, Head, Losses, Method, OutsideProperty, OwnDamage, Payment, Plan, SettlementInput,
    SettlementParty, ThirdParty, settle,
};
use proptest::prelude::*;
use proptest::sample::select;

fn loss() -> impl Strategy<Value = Fen> {
    // Nothing, a few fen, around the limits, far beyond them.
    prop_oneof![
        Just(0),
        1..10_i64,
        1..30_000_i64,
        1..500_000_i64,
        1..40_000_000_i64
    ]
    .prop_map(Fen)
}

fn ctp() -> impl Strategy<Value = Option<Ctp>> {
    let day = |text: &str| domain::day::parse(text);
    let valid = Ctp {
        insurer: "PICC".into(),
        policy: None,
        valid_from: None,
        valid_to: None,
    };
    let expired = Ctp {
        valid_to: day("2025-12-31"),
        ..valid.clone()
    };
    prop_oneof![6 => Just(Some(valid)), 1 => Just(Some(expired)), 1 => Just(None)]
}

fn party() -> impl Strategy<Value = SettlementParty> {
    let kind = prop_oneof![6 => Just(PartyKind::Motor), 1 => Just(PartyKind::NonMotor), 1 => Just(PartyKind::Pedestrian)];
    let percent = || prop_oneof![Just(0_u8), Just(10), Just(20), 0..=100_u8];
    let third_party =
        prop::option::of(
            (loss(), percent()).prop_map(|(limit, deductible_percent)| ThirdParty {
                insurer: "PAIC".into(),
                limit,
                deductible_percent,
            }),
        );
    let own_damage = prop::option::of(percent().prop_map(|deductible_percent| OwnDamage {
        insurer: "CPIC".into(),
        deductible_percent,
    }));
    let injuries = prop_oneof![3 => Just((Fen(0), Fen(0))), 1 => (loss(), loss())];
    (
        kind,
        ctp(),
        third_party,
        own_damage,
        loss(),
        prop_oneof![4 => Just(Fen(0)), 1 => loss()],
        injuries,
    )
        .prop_map(
            |(kind, ctp, third_party, own_damage, vehicle, carried, (medical, disability))| SettlementParty {
                label: String::new(),
                kind,
                liability: Liability::None,
                share: None,
                ctp,
                third_party,
                own_damage,
                losses: Losses {
                    vehicle,
                    carried,
                    medical,
                    disability,
                },
            },
        )
}

/// Gives every party a label and a liability that is consistent with its share.
fn accident(parties_max: usize) -> impl Strategy<Value = SettlementInput> {
    let parties = prop::collection::vec((party(), 0..4_i64), 1..=parties_max);
    let outside = prop::collection::vec(loss(), 0..3);
    (
        parties,
        outside,
        any::<bool>(),
        select(vec!["2026-03-01T08:15:00+08:00", "2019-03-01T08:15:00+08:00"]),
    )
        .prop_map(|(parties, outside, self_pay, at)| {
            let weights: Vec<i64> = parties.iter().map(|(_, weight)| *weight).collect();
            let shares = Fen(100).divide(&weights).unwrap();
            let parties = parties.into_iter().zip(shares).enumerate();
            SettlementInput {
                occurred_at: at.parse().unwrap(),
                region: "330681".into(),
                parties: parties
                    .map(|(index, ((party, _), share))| SettlementParty {
                        label: format!("当事人{index}"),
                        liability: liability(share.0),
                        share: Some(u8::try_from(share.0).unwrap()),
                        ..party
                    })
                    .collect(),
                outside_property: outside
                    .into_iter()
                    .enumerate()
                    .map(|(index, loss)| OutsideProperty {
                        owner: format!("设施{index}"),
                        loss,
                    })
                    .collect(),
                agreements: Agreements { self_pay },
            }
        })
}

fn liability(share: i64) -> Liability {
    match share {
        0 => Liability::None,
        100 => Liability::Full,
        51.. => Liability::Primary,
        50 => Liability::Equal,
        _ => Liability::Secondary,
    }
}

fn pack(input: &SettlementInput) -> &'static RulePack {
    input.choose_pack(rule_pack::built_in().unwrap()).unwrap()
}

fn planned(input: &SettlementInput) -> Plan {
    settle(input, pack(input)).unwrap()
}

fn total<'p>(payments: impl Iterator<Item = &'p Payment>) -> i64 {
    payments.map(|payment| payment.amount.0).sum()
}

/// Every victim's losses by head.
fn losses(input: &SettlementInput) -> BTreeMap<(String, Head), i64> {
    let mut losses = BTreeMap::new();
    for party in &input.parties {
        let of = &party.losses;
        losses.insert((party.label.clone(), Head::Property), of.vehicle.0 + of.carried.0);
        losses.insert((party.label.clone(), Head::Medical), of.medical.0);
        losses.insert((party.label.clone(), Head::Disability), of.disability.0);
    }
    for outside in &input.outside_property {
        losses.insert((outside.owner.clone(), Head::Property), outside.loss.0);
    }
    losses
}

/// Amounts by what they are for, without names of rules or reasons.
fn amounts(plan: &Plan, rename: impl Fn(&str) -> String) -> BTreeMap<String, i64> {
    let mut amounts = BTreeMap::new();
    for p in &plan.payments {
        let key = format!(
            "{:?} {:?} {} {}",
            p.head,
            p.cover,
            rename(&p.holder),
            rename(&p.payee)
        );
        *amounts.entry(key).or_default() += p.amount.0;
    }
    amounts
}

/// Every loss at most `property` or `injury`, and third-party limits that nothing exhausts: those two
/// are the steps whose own rule takes parties in order.
fn gentle(mut input: SettlementInput, property: i64, injury: i64) -> SettlementInput {
    for party in &mut input.parties {
        let of = &mut party.losses;
        (of.vehicle.0, of.carried.0) = (of.vehicle.0.min(property), of.carried.0.min(property));
        (of.medical.0, of.disability.0) = (of.medical.0.min(injury), of.disability.0.min(injury));
        if let Some(cover) = &mut party.third_party {
            cover.limit = Fen(1_000_000_000);
        }
    }
    for outside in &mut input.outside_property {
        outside.loss.0 = outside.loss.0.min(property);
    }
    input
}

/// The same accident with its parties the other way round settles alike, but for tied fen.
fn assert_order_is_no_matter(input: &SettlementInput) -> Result<(), TestCaseError> {
    let mut reversed = input.clone();
    reversed.parties.reverse();
    let (one, other) = (planned(input), planned(&reversed));
    prop_assert_eq!((one.method, one.losses), (other.method, other.losses));
    // Divisions a fen may pass through, times those it may move between.
    let tolerance = 3 * i64::try_from(input.parties.len() + input.outside_property.len()).unwrap();
    let (one, other) = (amounts(&one, str::to_owned), amounts(&other, str::to_owned));
    for key in one.keys().chain(other.keys()) {
        let (a, b) = (
            one.get(key).copied().unwrap_or(0),
            other.get(key).copied().unwrap_or(0),
        );
        prop_assert!((a - b).abs() <= tolerance, "{key}: {a} and {b}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_loss_is_paid_or_borne_to_the_fen(input in accident(8)) {
        let plan = planned(&input);
        for ((victim, head), loss) in losses(&input) {
            let to = plan.payments.iter().filter(|p| p.payee == victim && p.head == head);
            prop_assert_eq!(total(to), loss, "{} {:?}", victim, head);
        }
        let borne = total(plan.payments.iter().filter(|p| p.is_borne()));
        prop_assert_eq!(plan.paid.0 + borne, plan.losses.0);
        prop_assert!(plan.payments.iter().all(|p| p.amount.0 > 0));
    }

    #[test]
    fn a_compulsory_policy_pays_its_own_vehicle_only_where_it_may(input in accident(8)) {
        let plan = planned(&input);
        let has = |cover: Cover| plan.payments.iter().any(|p| p.cover == cover);
        prop_assert!(!(has(Cover::CtpSelf) && has(Cover::CtpAdvance)));
        prop_assert_eq!(has(Cover::CtpSelf), plan.method == Method::SelfPay && plan.losses.0 > 0);
        for p in &plan.payments {
            match p.cover {
                Cover::Ctp | Cover::ThirdParty => prop_assert_ne!(&p.holder, &p.payee),
                Cover::CtpSelf | Cover::CtpAdvance | Cover::OwnDamage => prop_assert_eq!(&p.holder, &p.payee),
                Cover::Personal => prop_assert_eq!(&p.insurer, &None),
            }
        }
    }

    #[test]
    fn no_limit_is_exceeded(input in accident(8)) {
        let (plan, pack) = (planned(&input), pack(&input));
        for party in &input.parties {
            let limits = if party.liability.is_at_fault() { pack.ctp_fault } else { pack.ctp_no_fault };
            let by = |cover: Cover| plan.payments.iter().filter(move |p| p.cover == cover && p.holder == party.label);
            for (head, limit) in
                [(Head::Property, limits.property), (Head::Medical, limits.medical), (Head::Disability, limits.disability)]
            {
                prop_assert!(total(by(Cover::Ctp).filter(|p| p.head == head)) <= limit.0);
            }
            let third_party = party.third_party.as_ref().map_or(0, |cover| cover.limit.0);
            prop_assert!(total(by(Cover::ThirdParty)) <= third_party);
            prop_assert!(total(by(Cover::CtpSelf)) <= pack.self_pay_cap.0);
        }
        let motor = |p: &&SettlementParty| p.kind == PartyKind::Motor && !p.liability.is_at_fault();
        let no_fault = i64::try_from(input.parties.iter().filter(motor).count()).unwrap();
        let advanced = total(plan.payments.iter().filter(|p| p.cover == Cover::CtpAdvance));
        prop_assert!(advanced <= no_fault * pack.ctp_no_fault.property.0);
    }

    #[test]
    fn names_change_nothing(input in accident(8)) {
        let mut renamed = input.clone();
        for party in &mut renamed.parties {
            party.label = format!("Z{}", party.label);
        }
        prop_assert_eq!(amounts(&planned(&input), |name| format!("Z{name}")), amounts(&planned(&renamed), |name| {
            if name.starts_with('Z') { name.to_owned() } else { format!("Z{name}") }
        }));
    }

    #[test]
    fn order_moves_no_more_than_tied_fen(input in accident(8)) {
        // Eighteen losses of a hundred yuan stay within one property limit, eight of 220 within one
        // no-fault medical limit: no policy is used up, so no second round.
        assert_order_is_no_matter(&gentle(input, 10_000, 22_000))?;
    }

    #[test]
    fn order_moves_no_more_than_tied_fen_between_two_also_when_policies_are_used_up(input in accident(2)) {
        assert_order_is_no_matter(&gentle(input, i64::MAX, i64::MAX))?;
    }
}
