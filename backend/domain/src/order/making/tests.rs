//! Orders add up to the newest plan, whatever plans and payments follow each other.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use super::*;
use crate::order::Paid;
use crate::settlement::{Head, Method, Rule};

fn code(text: &str) -> InsurerCode {
    text.parse().unwrap()
}

fn at(second: i64) -> Instant {
    Instant::from_unix_micros((1_780_000_000 + second) * 1_000_000).unwrap()
}

fn payment(insurer: Option<&str>, payee: &str, cover: Cover, fen: i64) -> Payment {
    Payment {
        head: Head::Property,
        cover,
        holder: payee.to_owned(),
        insurer: insurer.map(str::to_owned),
        payee: payee.to_owned(),
        amount: Fen(fen),
        rule: Rule::Standard,
        because: String::new(),
    }
}

fn plan(payments: Vec<Payment>) -> Plan {
    Plan {
        method: Method::Standard,
        payments,
        rule_pack: "cn@2026-01".to_owned(),
        losses: Fen::ZERO,
        paid: Fen::ZERO,
        warnings: Vec::new(),
    }
}

fn no_fault(count: usize) -> Vec<(String, InsurerCode)> {
    let insurers = ["CPIC", "GPIC", "CCIC"];
    (0..count)
        .map(|index| (format!("N{index}"), code(insurers[index % insurers.len()])))
        .collect()
}

/// Ids in the order of drawing.
struct Ids(u128);

impl Ids {
    fn draw(&mut self) -> OrderId {
        self.0 += 1;
        OrderId(Uuid::from_u128(self.0))
    }
}

fn take(orders: &mut Vec<Order>, made: Made) {
    for order in orders.iter_mut() {
        if made.replaced.contains(&order.id) {
            assert!(order.paid().is_none(), "a paid order is never replaced");
            order.state = OrderState::Replaced;
        }
    }
    orders.extend(made.orders);
}

fn paid(order: &Order, now: Instant) -> OrderState {
    OrderState::Paid(Paid {
        by: order.insurer,
        on_behalf: None,
        paid_at: now,
        reference: "R".to_owned(),
        booked_at: now,
    })
}

#[test]
fn a_plan_becomes_one_order_per_insurer_and_payee_and_personal_payments_none() {
    let plan = plan(vec![
        payment(Some("PICC"), "乙", Cover::Ctp, 200_000),
        payment(Some("PICC"), "乙", Cover::ThirdParty, 50_000),
        payment(None, "乙", Cover::Personal, 700),
        payment(Some("PAIC"), "乙", Cover::OwnDamage, 0),
        payment(Some("PICC"), "护栏所有人", Cover::Ctp, 1),
    ]);
    let owed = owed(&plan, &[]).unwrap();
    let mut ids = Ids(0);
    let made = make(&[], &owed, at(0), || ids.draw());
    let told: Vec<_> = made
        .orders
        .iter()
        .map(|order| {
            (
                order.insurer.to_string(),
                order.payee.as_str(),
                order.amount_fen.0,
                order.lines.len(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("PICC".to_owned(), "乙", 250_000, 2),
            ("PICC".to_owned(), "护栏所有人", 1, 1)
        ]
    );
}

#[test]
fn a_name_that_is_no_insurers_code_is_told_with_its_cover() {
    let bad = plan(vec![payment(Some("人保"), "乙", Cover::ThirdParty, 1)]);
    let unknown = owed(&bad, &[]).unwrap_err();
    assert_eq!(
        (unknown.insurer.as_str(), unknown.cover),
        ("人保", Cover::ThirdParty)
    );
}

#[test]
fn a_due_order_that_still_says_what_is_owed_stays_and_a_changed_one_is_replaced() {
    let mut ids = Ids(0);
    let first = owed(&plan(vec![payment(Some("PICC"), "乙", Cover::Ctp, 5)]), &[]).unwrap();
    let mut orders = make(&[], &first, at(0), || ids.draw()).orders;
    assert_eq!(make(&orders, &first, at(1), || ids.draw()), Made::default());
    let second = owed(&plan(vec![payment(Some("PICC"), "乙", Cover::Ctp, 7)]), &[]).unwrap();
    let made = make(&orders, &second, at(1), || ids.draw());
    assert_eq!(
        (made.replaced.as_slice(), made.orders[0].amount_fen),
        (&[orders[0].id][..], Fen(7))
    );
    orders[0].state = OrderState::Rejected {
        reason: "户名不符".to_owned(),
        rejected_at: at(1),
    };
    assert_eq!(
        make(&orders, &first, at(2), || ids.draw()).replaced,
        [orders[0].id]
    );
}

#[test]
fn what_was_paid_too_much_is_recovered_and_what_was_too_little_is_paid_on_top() {
    let mut ids = Ids(0);
    let of = |fen| owed(&plan(vec![payment(Some("PICC"), "乙", Cover::Ctp, fen)]), &[]).unwrap();
    let mut orders = make(&[], &of(100), at(0), || ids.draw()).orders;
    orders[0].state = paid(&orders[0], at(1));
    let more = make(&orders, &of(130), at(2), || ids.draw());
    assert_eq!(
        (more.orders[0].direction, more.orders[0].amount_fen),
        (Direction::Pay, Fen(30))
    );
    let less = make(&orders, &of(60), at(2), || ids.draw());
    assert_eq!(
        (less.orders[0].direction, less.orders[0].amount_fen),
        (Direction::Recover, Fen(40))
    );
    let gone = make(&orders, &[], at(2), || ids.draw());
    assert_eq!(
        (gone.orders[0].direction, gone.orders[0].amount_fen),
        (Direction::Recover, Fen(100))
    );
}

#[test]
fn an_advance_that_vanishes_behind_an_equal_sum_is_taken_back_all_the_same() {
    let mut ids = Ids(0);
    let before = plan(vec![payment(Some("PICC"), "甲", Cover::CtpAdvance, 10_000)]);
    let mut orders = make(&[], &owed(&before, &no_fault(1)).unwrap(), at(0), || ids.draw()).orders;
    orders[0].state = paid(&orders[0], at(1));
    let after = plan(vec![payment(Some("PICC"), "甲", Cover::OwnDamage, 10_000)]);
    let made = make(&orders, &owed(&after, &no_fault(1)).unwrap(), at(2), || {
        ids.draw()
    });
    let told: Vec<_> = made
        .orders
        .iter()
        .map(|order| (order.direction, order.amount_fen.0))
        .collect();
    assert_eq!(told, [(Direction::Pay, 10_000), (Direction::Recover, 10_000)]);
    assert_eq!(made.orders[1].lines[0].reimbursed_by[0].amount_fen, Fen(10_000));
}

#[test]
fn the_odd_fen_of_several_advances_never_brings_a_vehicle_above_its_hundred_yuan() {
    // Three at fault share two no-fault vehicles' 200 yuan: 66.67, 66.67 and 66.66.
    let advances = [6_667, 6_667, 6_666];
    let payments = ["甲", "乙", "丙"].into_iter().zip(advances);
    let plan = plan(
        payments
            .map(|(payee, fen)| payment(Some("PICC"), payee, Cover::CtpAdvance, fen))
            .collect(),
    );
    let mut each: BTreeMap<String, i64> = BTreeMap::new();
    for owed in owed(&plan, &no_fault(2)).unwrap() {
        for part in &owed.lines[0].reimbursed_by {
            *each.entry(part.party.clone()).or_default() += part.amount_fen.0;
        }
    }
    assert_eq!(each.into_values().collect::<Vec<_>>(), [10_000, 10_000]);
}

const INSURERS: [&str; 3] = ["PICC", "PAIC", "CPIC"];
const PAYEES: [&str; 3] = ["甲", "乙", "护栏"];
const COVERS: [Cover; 4] = [Cover::Ctp, Cover::CtpAdvance, Cover::ThirdParty, Cover::OwnDamage];

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    Plan(Vec<(usize, usize, usize, i64)>),
    Pay(usize),
    Reject(usize),
    Reissue(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let amount = select(vec![0, 1, 2, 3_333, 10_000, 99_999]);
    let row = (0..3_usize, 0..3_usize, 0..4_usize, amount);
    prop_oneof![
        2 => prop::collection::vec(row, 0..8).prop_map(Step::Plan),
        4 => any::<usize>().prop_map(Step::Pay),
        1 => any::<usize>().prop_map(Step::Reject),
        1 => any::<usize>().prop_map(Step::Reissue),
    ]
}

fn plan_of(rows: &[(usize, usize, usize, i64)]) -> Plan {
    let payments = rows.iter().map(|(insurer, payee, cover, fen)| {
        payment(Some(INSURERS[*insurer]), PAYEES[*payee], COVERS[*cover], *fen)
    });
    plan(payments.collect())
}

type Pair = (String, String);

fn wanted(plan: &Plan) -> BTreeMap<Pair, i64> {
    let mut all = BTreeMap::new();
    for payment in &plan.payments {
        let insurer = payment.insurer.clone().unwrap();
        *all.entry((insurer, payment.payee.clone())).or_default() += payment.amount.0;
    }
    all
}

fn standing(orders: &[Order]) -> BTreeMap<Pair, i64> {
    let mut all = BTreeMap::new();
    for order in orders.iter().filter(|order| order.stands()) {
        *all.entry((order.insurer.to_string(), order.payee.clone()))
            .or_default() += order.signed().0;
    }
    all
}

fn without_zero(mut all: BTreeMap<Pair, i64>) -> BTreeMap<Pair, i64> {
    all.retain(|_, fen| *fen != 0);
    all
}

/// What each no-fault vehicle answers for over these orders.
fn reimbursed<'o>(orders: impl Iterator<Item = &'o Order>) -> BTreeMap<String, i64> {
    let mut all = BTreeMap::new();
    for order in orders {
        let sign = if order.direction == Direction::Pay { 1 } else { -1 };
        for part in order.lines.iter().flat_map(|line| &line.reimbursed_by) {
            *all.entry(part.party.clone()).or_default() += sign * part.amount_fen.0;
        }
    }
    all.retain(|_, fen| *fen != 0);
    all
}

/// The `index`-th of the orders in this state, counted round.
fn pick(orders: &mut [Order], index: usize, of: fn(&Order) -> bool) -> Option<&mut Order> {
    let count = orders.iter().filter(|order| of(order)).count();
    let wanted = index.checked_rem(count)?;
    orders.iter_mut().filter(|order| of(order)).nth(wanted)
}

proptest! {
    /// Whatever plans and payments follow each other: for every insurer and payee, paid + due − to be
    /// recovered = the newest plan; every order's lines make its amount; and the no-fault vehicles bear
    /// together just the newest plan's advances, divided alike but for odd fen of what was paid before.
    #[test]
    fn orders_that_stand_always_add_up_to_the_newest_plan(steps in prop::collection::vec(step(), 1..24), vehicles in 1..4_usize) {
        let (mut orders, mut ids, mut newest) = (Vec::<Order>::new(), Ids(0), plan(vec![]));
        for (second, step) in (0..).zip(&steps) {
            let now = at(second);
            match step {
                Step::Plan(rows) => {
                    newest = plan_of(rows);
                    let owed = owed(&newest, &no_fault(vehicles)).unwrap();
                    let made = make(&orders, &owed, now, || ids.draw());
                    take(&mut orders, made);
                }
                Step::Pay(index) => {
                    if let Some(order) = pick(&mut orders, *index, |order| order.state == OrderState::Due) {
                        order.state = paid(order, now);
                    }
                }
                Step::Reject(index) => {
                    if let Some(order) = pick(&mut orders, *index, |order| order.state == OrderState::Due) {
                        order.state = OrderState::Rejected { reason: "x".to_owned(), rejected_at: now };
                    }
                }
                Step::Reissue(index) => {
                    let rejected = |order: &Order| matches!(order.state, OrderState::Rejected { .. });
                    if let Some(order) = pick(&mut orders, *index, rejected) {
                        order.state = OrderState::Due;
                    }
                }
            }
            prop_assert_eq!(without_zero(standing(&orders)), without_zero(wanted(&newest)));
            for order in orders.iter().filter(|order| order.stands()) {
                prop_assert!(order.amount_fen.0 > 0);
                prop_assert_eq!(total(&order.lines), order.amount_fen);
            }
            let advances = newest.payments.iter().filter(|p| p.cover == Cover::CtpAdvance);
            let all = Fen(advances.map(|p| p.amount.0).sum());
            let borne = reimbursed(orders.iter().filter(|order| order.stands()));
            prop_assert_eq!(borne.values().sum::<i64>(), all.0);
            // What is paid stays divided as it was: a plan made again moves an odd fen per order at most.
            let odd = i64::try_from(orders.len()).unwrap();
            for ((party, _), alike) in no_fault(vehicles).iter().zip(all.divide_equally(vehicles).unwrap()) {
                let off = borne.get(party).copied().unwrap_or_default() - alike.0;
                prop_assert!(off.abs() <= odd, "{party} is {off} fen off");
            }
        }
    }
}
