//! What is always true of a plan, over random accidents of one to eight parties.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use domain::liability::{Liability, PartyKind};
use domain::money::Fen;
use domain::rule_pack::{self, RulePack};
use domain::settlement::{
    Agreements, Cover, Ctp, Head, Losses, Method, OutsideProperty, OwnDamage, Payment, Plan, Rule,
    SettlementInput, SettlementParty, ThirdParty, settle,
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

/// Without what §3 itself takes in party order beyond a tied fen: third-party limits that run out. Shares are
/// given in every random accident, so nothing is left of the 34/33/33 of undivided percents either. Valid policies
/// everywhere, because only a policy's sentence tells that the second round was at work.
fn in_no_order(mut input: SettlementInput) -> SettlementInput {
    for party in &mut input.parties {
        if let Some(cover) = &mut party.third_party {
            cover.limit = Fen(domain::settlement::AMOUNT_FEN_MAX);
        }
        if let Some(ctp) = &mut party.ctp {
            ctp.valid_to = None;
        } else if party.kind == PartyKind::Motor {
            party.ctp = Some(Ctp {
                insurer: "YGBX".into(),
                policy: None,
                valid_from: None,
                valid_to: None,
            });
        }
    }
    input
}

/// The second round of compulsory cover paid something.
fn topped_up(plan: &Plan) -> bool {
    plan.payments
        .iter()
        .any(|payment| payment.because.contains("余额"))
}

/// The same accident with its parties in another order.
fn reordered(input: &SettlementInput, order: &[u32]) -> SettlementInput {
    let mut parties: Vec<_> = input.parties.iter().zip(order).collect();
    parties.sort_by_key(|(_, place)| **place);
    SettlementInput {
        parties: parties.into_iter().map(|(party, _)| party.clone()).collect(),
        ..input.clone()
    }
}

/// Both settle alike, but for tied fen.
fn assert_alike(input: &SettlementInput, (one, other): (&Plan, &Plan)) -> Result<(), TestCaseError> {
    prop_assert_eq!((one.method, one.losses), (other.method, other.losses));
    // Divisions a fen may pass through, times those it may move between.
    let tolerance = 3 * i64::try_from(input.parties.len() + input.outside_property.len()).unwrap();
    let (one, other) = (amounts(one, str::to_owned), amounts(other, str::to_owned));
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
    fn an_owner_who_should_have_insured_pays_no_more_than_the_policy_would_have(input in accident(8)) {
        let (plan, pack) = (planned(&input), pack(&input));
        for party in &input.parties {
            let limits = if party.liability.is_at_fault() { pack.ctp_fault } else { pack.ctp_no_fault };
            for (head, limit) in
                [(Head::Property, limits.property), (Head::Medical, limits.medical), (Head::Disability, limits.disability)]
            {
                let own = plan.payments.iter().filter(|p| p.rule == Rule::Uninsured && p.holder == party.label);
                prop_assert!(total(own.filter(|p| p.head == head)) <= limit.0);
            }
        }
    }

    #[test]
    fn a_reason_is_one_sentence_with_the_amount_and_both_names(input in accident(8)) {
        for payment in planned(&input).payments {
            let because = &payment.because;
            prop_assert!(because.ends_with('。') && because.matches('。').count() == 1, "{}", because);
            let amount = payment.amount.to_string().replace(' ', "");
            prop_assert!(because.contains(&amount), "{} is not in {}", amount, because);
            for name in [&payment.holder, &payment.payee] {
                // A figure never follows a name directly: labels may end in digits.
                prop_assert!(because.contains(name.as_str()), "{} is not in {}", name, because);
                prop_assert!(!because.split(name.as_str()).skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit())));
            }
            let refused = payment.rule == Rule::Personal && because.contains("没有投保三者险");
            let covered = input.parties.iter().any(|p| p.label == payment.holder && p.third_party.is_some());
            prop_assert!(!(refused && covered), "{}", because);
        }
    }

    #[test]
    fn names_change_nothing_but_the_names(input in accident(8)) {
        let new = |text: &str| text.replace("当事人", "浙D").replace("设施", "road");
        let mut renamed = input.clone();
        for party in &mut renamed.parties {
            party.label = new(&party.label);
        }
        for outside in &mut renamed.outside_property {
            outside.owner = new(&outside.owner);
        }
        let mut plan = planned(&input);
        for payment in &mut plan.payments {
            payment.holder = new(&payment.holder);
            payment.payee = new(&payment.payee);
            payment.because = new(&payment.because);
        }
        // 一方当事人 is a word of a warning too, but no random owner is named like a party.
        plan.warnings = plan.warnings.iter().map(|warning| new(warning)).collect();
        prop_assert_eq!(plan, planned(&renamed));
    }

    #[test]
    fn order_moves_no_more_than_tied_fen(input in accident(8), order in prop::collection::vec(any::<u32>(), 8)) {
        let input = in_no_order(input);
        let other = reordered(&input, &order);
        let plans = (planned(&input), planned(&other));
        prop_assume!(!topped_up(&plans.0) && !topped_up(&plans.1));
        assert_alike(&input, (&plans.0, &plans.1))?;
    }

    #[test]
    fn order_moves_no_more_than_tied_fen_between_two_whatever_runs_out(input in accident(2), order in prop::collection::vec(any::<u32>(), 2)) {
        let mut input = input;
        input.outside_property.clear();
        let other = reordered(&input, &order);
        assert_alike(&input, (&planned(&input), &planned(&other)))?;
    }

    #[test]
    fn order_changes_neither_method_nor_losses_nor_what_each_victim_gets_under_a_head(
        input in accident(8), order in prop::collection::vec(any::<u32>(), 8)
    ) {
        let (plan, other) = (planned(&input), planned(&reordered(&input, &order)));
        prop_assert_eq!((plan.method, plan.losses), (other.method, other.losses));
        let received = |plan: &Plan| {
            let mut sums: BTreeMap<(String, Head), i64> = BTreeMap::new();
            for payment in &plan.payments {
                *sums.entry((payment.payee.clone(), payment.head)).or_default() += payment.amount.0;
            }
            sums
        };
        prop_assert_eq!(received(&plan), received(&other));
    }

    #[test]
    fn order_and_names_change_no_refusal(input in accident(4), order in prop::collection::vec(any::<u32>(), 4)) {
        let mut input = input;
        for party in &mut input.parties {
            party.share = None;
        }
        let code = |input: &SettlementInput| settle(input, pack(input)).map(|plan| plan.method).map_err(|error| error.code);
        prop_assert_eq!(code(&input), code(&reordered(&input, &order)));
    }
}

fn plain(label: &str, kind: PartyKind, liability: Liability, vehicle: i64) -> SettlementParty {
    let ctp = Ctp {
        insurer: "PICC".into(),
        policy: None,
        valid_from: None,
        valid_to: None,
    };
    SettlementParty {
        label: label.into(),
        kind,
        liability,
        share: None,
        ctp: (kind == PartyKind::Motor).then_some(ctp),
        third_party: None,
        own_damage: None,
        losses: Losses {
            vehicle: Fen(vehicle),
            ..Losses::default()
        },
    }
}

fn of(parties: Vec<SettlementParty>, outside: Option<i64>) -> SettlementInput {
    SettlementInput {
        occurred_at: "2026-03-01T08:15:00+08:00".parse().unwrap(),
        region: "330681".into(),
        parties,
        outside_property: outside
            .map(|loss| OutsideProperty {
                owner: "路".into(),
                loss: Fen(loss),
            })
            .into_iter()
            .collect(),
        agreements: Agreements::default(),
    }
}

/// Who pays whom how much by this cover.
fn by(plan: &Plan, cover: Cover) -> Vec<(String, String, i64)> {
    let all = plan.payments.iter().filter(|payment| payment.cover == cover);
    all.map(|p| (p.holder.clone(), p.payee.clone(), p.amount.0))
        .collect()
}

/// §3.2: "one second round, CTPs in party order".
#[test]
fn the_first_exception_the_second_round_goes_in_party_order() {
    let party = |label: &str, share: u8, vehicle: i64| SettlementParty {
        share: Some(share),
        ..plain(
            label,
            PartyKind::Motor,
            if share == 40 {
                Liability::Primary
            } else {
                Liability::Secondary
            },
            vehicle,
        )
    };
    let (a, b, c) = (
        party("A", 40, 200_000),
        party("B", 30, 200_000),
        party("C", 30, 0),
    );
    let straight = planned(&of(vec![a.clone(), b.clone(), c.clone()], Some(60_000)));
    let swapped = planned(&of(vec![b, a, c], Some(60_000)));
    let to_road = |plan: &Plan, holder: &str| {
        let paid = by(plan, Cover::Ctp);
        paid.iter()
            .find(|(from, to, _)| from == holder && to == "路")
            .map(|(.., amount)| *amount)
    };
    assert_ne!(to_road(&straight, "A"), to_road(&swapped, "A"));
    assert_eq!(to_road(&straight, "A"), to_road(&swapped, "B"));
}

/// §3.3 with the signed-off case `second-round`: all-同等 divides a hundred whole percents.
#[test]
fn the_second_exception_a_hundred_percent_by_three_leaves_one_to_the_first() {
    let walker = |label: &str, vehicle: i64| plain(label, PartyKind::Pedestrian, Liability::Equal, vehicle);
    let own = |parties: Vec<SettlementParty>| {
        let plan = planned(&of(parties, None));
        by(&plan, Cover::Personal)
            .iter()
            .find(|(from, to, _)| from == "A" && to == "A")
            .map(|(.., amount)| *amount)
    };
    assert_eq!(
        own(vec![walker("A", 10_000), walker("B", 0), walker("C", 0)]),
        Some(3_400)
    );
    assert_eq!(
        own(vec![walker("B", 0), walker("A", 10_000), walker("C", 0)]),
        Some(3_300)
    );
}

/// §3.4: "a limit is used up in the order the payments arise".
#[test]
fn the_third_exception_a_limit_goes_to_whoever_is_listed_first() {
    let a = SettlementParty {
        third_party: Some(ThirdParty {
            insurer: "PAIC".into(),
            limit: Fen(100),
            deductible_percent: 0,
        }),
        ..plain("A", PartyKind::Motor, Liability::Full, 0)
    };
    let victim = |label: &str| plain(label, PartyKind::Motor, Liability::None, 200_100);
    let limit = |parties: Vec<SettlementParty>| by(&planned(&of(parties, None)), Cover::ThirdParty);
    let to = |name: &str| vec![("A".to_owned(), name.to_owned(), 100)];
    assert_eq!(limit(vec![a.clone(), victim("B"), victim("C")]), to("B"));
    assert_eq!(limit(vec![a, victim("C"), victim("B")]), to("C"));
}
