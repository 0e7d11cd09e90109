//! Which claims a payment makes, and that netting loses nothing.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use uuid::Uuid;

use super::*;
use crate::fact::{Actor, ChainError, genesis};
use crate::order::{Line, OrderState, Reimbursement};
use crate::settlement::{Cover, Head};

fn code(text: &str) -> InsurerCode {
    text.parse().unwrap()
}

fn at(micros: i64) -> Instant {
    Instant::from_unix_micros(1_795_000_000_000_000 + micros).unwrap()
}

fn unit() -> UnitId {
    UnitId::new("330681").unwrap()
}

fn november() -> Month {
    "2026-11".parse().unwrap()
}

fn accident() -> AccidentId {
    AccidentId(Uuid::from_u128(7))
}

fn order(insurer: &str, direction: Direction, fen: i64, reimbursed: &[(&str, i64)]) -> Order {
    Order {
        id: OrderId(Uuid::from_u128(1)),
        insurer: code(insurer),
        payee: "甲".to_owned(),
        direction,
        amount_fen: Fen(fen),
        lines: vec![Line {
            head: Head::Property,
            cover: Cover::CtpAdvance,
            holder: "甲".to_owned(),
            amount_fen: Fen(fen),
            reimbursed_by: reimbursed
                .iter()
                .map(|(insurer, fen)| Reimbursement {
                    party: "乙".to_owned(),
                    insurer: code(insurer),
                    amount_fen: Fen(*fen),
                })
                .collect(),
        }],
        made_at: at(0),
        note: None,
        state: OrderState::Due,
    }
}

fn paid(by: &str, on_behalf: Option<OnBehalf>) -> Paid {
    Paid {
        by: code(by),
        on_behalf,
        paid_at: at(1),
        reference: "R".to_owned(),
        booked_at: at(2),
    }
}

/// (kind, creditor, debtor, fen) of each claim.
fn told(order: &Order, paid: &Paid) -> Vec<(ClaimKind, String, String, i64)> {
    claims_of_payment((accident(), "N1"), order, paid)
        .into_iter()
        .map(|claim| {
            (
                claim.kind,
                claim.creditor.to_string(),
                claim.debtor.to_string(),
                claim.amount_fen.0,
            )
        })
        .collect()
}

#[test]
fn an_advance_is_claimed_from_the_no_fault_vehicles_insurers_and_never_from_oneself() {
    let order = order(
        "PICC",
        Direction::Pay,
        30_000,
        &[("PAIC", 10_000), ("PICC", 10_000), ("PAIC", 10_000)],
    );
    let claims = told(&order, &paid("PICC", None));
    assert_eq!(
        claims,
        [(ClaimKind::CtpAdvance, "PICC".into(), "PAIC".into(), 20_000)]
    );
}

#[test]
fn whoever_pays_for_another_claims_the_whole_order_and_the_advance_stays_the_orders_insurers() {
    let order = order("PICC", Direction::Pay, 10_000, &[("PAIC", 10_000)]);
    let claims = told(&order, &paid("CPIC", Some(OnBehalf::MutualTrust)));
    let expected = [
        (ClaimKind::CtpAdvance, "PICC".into(), "PAIC".into(), 10_000),
        (ClaimKind::MutualTrust, "CPIC".into(), "PICC".into(), 10_000),
    ];
    assert_eq!(claims, expected);
}

#[test]
fn a_recovered_advance_takes_its_claim_back() {
    let order = order("PICC", Direction::Recover, 10_000, &[("PAIC", 10_000)]);
    let claims = told(&order, &paid("PICC", None));
    assert_eq!(
        claims,
        [(ClaimKind::CtpAdvance, "PICC".into(), "PAIC".into(), -10_000)]
    );
}

#[test]
fn a_pair_is_one_row_in_code_order_with_the_direction_in_the_sign() {
    let one = claim(0, "PICC", "PAIC", 10_000);
    let other = claim(1, "PAIC", "PICC", 4_000);
    let statement = Statement::of(unit(), november(), [one, other]);
    let [row] = statement.rows.as_slice() else {
        panic!("{statement:?}")
    };
    assert_eq!((row.first, row.second), (code("PAIC"), code("PICC")));
    assert_eq!(row.net_fen, Fen(6_000));
    assert_eq!(statement.moves(), Fen(6_000));
    assert_eq!(statement.balances()[&code("PICC")], Fen(6_000));
    assert_eq!(statement.balances()[&code("PAIC")], Fen(-6_000));
}

#[test]
fn an_insurer_sees_only_the_rows_in_which_it_is_a_side() {
    let claims = [claim(0, "PICC", "PAIC", 1), claim(1, "CPIC", "GPIC", 2)];
    let seen = Statement::of(unit(), november(), claims).seen_by(code("GPIC"));
    assert_eq!(seen.rows.len(), 1);
    assert_eq!(seen.rows[0].first, code("CPIC"));
}

#[test]
fn a_closed_month_opens_in_its_place_and_nowhere_else_and_a_changed_byte_is_found() {
    let statement = Statement::of(unit(), november(), [claim(0, "PICC", "PAIC", 1)]);
    let officer = Actor::Service;
    let first = ClosedMonth::seal(&statement, (1, &genesis()), officer, at(9)).unwrap();
    assert_eq!(first.open(1, &genesis()).unwrap(), statement);
    let second = ClosedMonth::seal(&statement, (2, &first.digest), officer, at(9)).unwrap();
    assert!(second.open(2, &first.digest).is_ok());
    assert_eq!(second.open(2, &genesis()), Err(ChainError::NotChained { seq: 2 }));
    assert_eq!(second.open(3, &first.digest), Err(ChainError::Missing { seq: 3 }));
    let mut changed = first.clone();
    changed.body = changed.body.replace(":1,", ":9,");
    assert_ne!(changed.body, first.body);
    assert_eq!(changed.open(1, &genesis()), Err(ChainError::Changed { seq: 1 }));
}

const CODES: [&str; 4] = ["PICC", "PAIC", "CPIC", "GPIC"];

fn claim(number: u128, creditor: &str, debtor: &str, fen: i64) -> Claim {
    Claim {
        booked_at: at(0),
        finding_number: format!("N{number}"),
        accident: accident(),
        order: OrderId(Uuid::from_u128(number)),
        kind: ClaimKind::CtpAdvance,
        creditor: code(creditor),
        debtor: code(debtor),
        amount_fen: Fen(fen),
    }
}

fn claims() -> impl Strategy<Value = Vec<Claim>> {
    let one = (
        any::<u128>(),
        select(&CODES[..]),
        select(&CODES[..]),
        -1_000_000..1_000_000_i64,
    )
        .prop_filter("nobody owes themselves", |(_, creditor, debtor, _)| {
            creditor != debtor
        })
        .prop_map(|(number, creditor, debtor, fen)| claim(number, creditor, debtor, fen));
    prop::collection::vec(one, 0..40)
}

proptest! {
    /// Over all insurers the nets add up to zero, and no claim is lost or doubled.
    #[test]
    fn nets_add_up_to_zero_and_every_claim_is_in_exactly_one_row(claims in claims()) {
        let statement = Statement::of(unit(), november(), claims.clone());
        prop_assert_eq!(statement.balances().values().map(|fen| fen.0).sum::<i64>(), 0);
        let (mut given, mut kept) = (claims, statement.claims().cloned().collect::<Vec<_>>());
        given.sort();
        kept.sort();
        prop_assert_eq!(given, kept);
        let mut pairs: Vec<_> = statement.rows.iter().map(|row| (row.first, row.second)).collect();
        prop_assert!(pairs.iter().all(|(first, second)| first < second));
        let rows = pairs.len();
        pairs.dedup();
        prop_assert_eq!(pairs.len(), rows);
    }

    /// A row is the sum of its claims, seen from its first insurer.
    #[test]
    fn a_row_is_the_sum_of_its_claims(claims in claims()) {
        for row in Statement::of(unit(), november(), claims).rows {
            let owed: i64 = row.claims.iter().filter(|claim| claim.debtor == row.first).map(|claim| claim.amount_fen.0).sum();
            let due: i64 = row.claims.iter().filter(|claim| claim.creditor == row.first).map(|claim| claim.amount_fen.0).sum();
            prop_assert_eq!(row.net_fen.0, owed - due);
        }
    }

    /// The same claims in any order freeze to the same bytes.
    #[test]
    fn the_order_of_claims_does_not_matter(claims in claims(), swaps in prop::collection::vec(any::<(Index, Index)>(), 0..40)) {
        let mut shuffled = claims.clone();
        if !shuffled.is_empty() {
            for (one, other) in swaps {
                let (one, other) = (one.index(shuffled.len()), other.index(shuffled.len()));
                shuffled.swap(one, other);
            }
        }
        let seal = |claims| {
            let statement = Statement::of(unit(), november(), claims);
            ClosedMonth::seal(&statement, (1, &genesis()), Actor::Service, at(9)).unwrap().digest
        };
        prop_assert_eq!(seal(claims), seal(shuffled));
    }
}
