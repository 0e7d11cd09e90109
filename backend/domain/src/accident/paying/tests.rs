//! Who may do what to an order, and in which state.

use uuid::Uuid;

use super::*;
use crate::fact::{Actor, Recorded};
use crate::id::{AccidentId, UnitId};
use crate::money::Fen;
use crate::order::Line;
use crate::party::{CtpCover, DocumentKind, Injury, OwnDamageCover, PartyDetails, Vehicle};

fn code(text: &str) -> InsurerCode {
    text.parse().unwrap()
}

fn start() -> Instant {
    "2026-11-01T08:00:00+08:00".parse().unwrap()
}

fn now() -> Instant {
    start().plus(Duration::hours(1))
}

fn party_id(index: u128) -> PartyId {
    PartyId(Uuid::from_u128(100 + index))
}

fn order_id() -> OrderId {
    OrderId(Uuid::from_u128(7))
}

fn details(ctp: &str, own_damage: &str) -> PartyDetails {
    PartyDetails {
        kind: PartyKind::Motor,
        name: "张三".to_owned(),
        id_type: DocumentKind::IdCard,
        id_number: "11010519491231002X".to_owned(),
        injured: Injury::None,
        vehicle: Some(Vehicle {
            traffic_mode: "K3".parse().unwrap(),
            plate_kind: Some("02".parse().unwrap()),
            plate: "浙D12345".to_owned(),
            model: None,
            vin: None,
            ctp: Some(CtpCover {
                insurer: ctp.to_owned(),
                policy: String::new(),
                valid_from: None,
                valid_to: None,
            }),
            third_party: None,
            own_damage: Some(OwnDamageCover {
                insurer: own_damage.to_owned(),
                deductible_percent: 0,
            }),
            direction: None,
            contact_part: None,
        }),
    }
}

/// 甲 (PICC) owes 乙 (CTP PAIC, vehicle CPIC, no phone) through one order of this head and direction.
fn owing(head: Head, direction: Direction) -> Accident {
    let mut facts = vec![
        Fact::Reported {
            unit: UnitId::new("330681").unwrap(),
            party: party_id(0),
            phone: Some("13800000001".to_owned()),
        },
        Fact::PartyJoined { party: party_id(1) },
        Fact::PartyRecorded {
            party: party_id(0),
            details: details("PICC", "PICC"),
        },
        Fact::PartyRecorded {
            party: party_id(1),
            details: details("PAIC", "CPIC"),
        },
    ];
    let line = Line {
        head,
        cover: Cover::Ctp,
        holder: "甲".to_owned(),
        amount_fen: Fen(1_000),
        reimbursed_by: Vec::new(),
    };
    let order = Order {
        id: order_id(),
        insurer: code("PICC"),
        payee: "乙".to_owned(),
        direction,
        amount_fen: Fen(1_000),
        lines: vec![line],
        made_at: start(),
        note: None,
        state: OrderState::Due,
    };
    facts.push(Fact::OrdersMade {
        orders: vec![order],
        replaced: Vec::new(),
    });
    let facts: Vec<Recorded> = (1..)
        .zip(facts)
        .map(|(seq, fact)| Recorded {
            seq,
            at: start(),
            by: Actor::Service,
            fact,
        })
        .collect();
    Accident::replay(AccidentId(Uuid::from_u128(1)), &facts).unwrap()
}

fn happens(accident: &mut Accident, fact: Fact) {
    accident.apply(&Recorded {
        seq: accident.version + 1,
        at: now(),
        by: Actor::Service,
        fact,
    });
}

fn request(on_behalf: bool) -> PayRequest {
    PayRequest {
        paid_at: now(),
        reference: " R-1 ".to_owned(),
        on_behalf,
    }
}

fn pays(accident: &Accident, by: &str, on_behalf: bool, trusted: bool) -> Result<Paid, Refusal> {
    let fact = accident.pay_order(code(by), order_id(), request(on_behalf), (trusted, now()))?;
    let Fact::OrderPaid { paid, .. } = fact else {
        panic!("{fact:?}")
    };
    Ok(paid)
}

fn refused(outcome: Result<Paid, Refusal>) -> &'static str {
    match outcome {
        Err(Refusal::NotNow { code, .. }) => code,
        Err(Refusal::Unknown(what)) => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_orders_insurer_pays_and_its_reference_is_kept_without_the_blanks_around_it() {
    let paid = pays(&owing(Head::Property, Direction::Pay), "PICC", false, false).unwrap();
    assert_eq!(
        (paid.reference.as_str(), paid.on_behalf, paid.booked_at),
        ("R-1", None, now())
    );
}

#[test]
fn a_fellow_member_may_pay_first_and_nobody_else() {
    let accident = owing(Head::Property, Direction::Pay);
    let paid = pays(&accident, "PAIC", true, true).unwrap();
    assert_eq!(paid.on_behalf, Some(OnBehalf::MutualTrust));
    assert_eq!(refused(pays(&accident, "PAIC", true, false)), "may_not_pay_for");
    assert_eq!(
        refused(pays(&accident, "GPIC", true, true)),
        "order",
        "no policy in the accident"
    );
    assert_eq!(
        refused(pays(&accident, "PAIC", false, true)),
        "order",
        "it did not say on whose behalf"
    );
}

#[test]
fn the_payees_vehicle_insurer_pays_first_when_the_payee_chose_subrogation_for_the_vehicle() {
    let mut accident = owing(Head::Property, Direction::Pay);
    assert_eq!(refused(pays(&accident, "CPIC", true, false)), "may_not_pay_for");
    let chosen = |chosen| Fact::SubrogationAnswered {
        party: party_id(1),
        chosen,
    };
    happens(&mut accident, chosen(true));
    let paid = pays(&accident, "CPIC", true, true).unwrap();
    assert_eq!(paid.on_behalf, Some(OnBehalf::Subrogation));
    assert_eq!(
        refused(pays(&accident, "PAIC", true, false)),
        "may_not_pay_for",
        "not the vehicle's insurer"
    );
    happens(&mut accident, chosen(false));
    assert_eq!(refused(pays(&accident, "CPIC", true, false)), "may_not_pay_for");

    let mut injured = owing(Head::Medical, Direction::Pay);
    happens(&mut injured, chosen(true));
    assert_eq!(
        refused(pays(&injured, "CPIC", true, false)),
        "may_not_pay_for",
        "an injury is no vehicle"
    );
}

#[test]
fn nobody_recovers_on_anothers_behalf() {
    let accident = owing(Head::Property, Direction::Recover);
    assert_eq!(refused(pays(&accident, "PAIC", true, true)), "may_not_pay_for");
    assert!(pays(&accident, "PICC", false, false).is_ok());
}

#[test]
fn an_order_goes_from_due_over_rejected_and_due_to_paid_and_confirmed() {
    let mut accident = owing(Head::Property, Direction::Pay);
    let mut step = |judge: &dyn Fn(&Accident) -> Result<Fact, Refusal>| {
        let fact = judge(&accident).unwrap();
        happens(&mut accident, fact);
        accident.order(order_id()).unwrap().clone()
    };
    step(&|a| a.reject_order(code("PICC"), order_id(), "户名不符"));
    let again = step(&|a| a.reissue_order(order_id(), "已核对"));
    assert_eq!(
        (again.note.as_deref(), &again.state),
        (Some("已核对"), &OrderState::Due)
    );
    step(&|a| a.pay_order(code("PICC"), order_id(), request(false), (false, now())));
    let done = step(&|a| a.confirm_order(order_id(), Confirmer::Desk));
    assert!(matches!(done.state, OrderState::Confirmed { .. }));
}

#[test]
fn the_desk_confirms_for_a_payee_without_a_phone_and_only_for_them() {
    let mut accident = owing(Head::Property, Direction::Pay);
    let paid = accident
        .pay_order(code("PICC"), order_id(), request(false), (false, now()))
        .unwrap();
    happens(&mut accident, paid);
    let by = |accident: &Accident, by| accident.confirm_order(order_id(), by).is_ok();
    assert!(by(&accident, Confirmer::Desk));
    assert!(by(&accident, Confirmer::Party(party_id(1))));
    assert!(!by(&accident, Confirmer::Party(party_id(0))));
    let phone = "13900000002".to_owned();
    happens(
        &mut accident,
        Fact::PhoneConfirmed {
            party: party_id(1),
            phone,
        },
    );
    assert!(!by(&accident, Confirmer::Desk));
}

#[test]
fn the_clock_stands_at_all_paid_only_when_nothing_is_due() {
    let mut accident = owing(Head::Property, Direction::Pay);
    assert_eq!(accident.clock().all_paid_at, None);
    let paid = accident
        .pay_order(code("PICC"), order_id(), request(false), (false, now()))
        .unwrap();
    happens(&mut accident, paid);
    let clock = accident.clock();
    assert_eq!(
        (clock.reported_at, clock.first_paid_at, clock.all_paid_at),
        (start(), Some(now()), Some(now()))
    );
    let more = Order {
        id: OrderId(Uuid::from_u128(8)),
        state: OrderState::Due,
        ..accident.orders[0].clone()
    };
    let made = Fact::OrdersMade {
        orders: vec![more],
        replaced: Vec::new(),
    };
    happens(&mut accident, made);
    assert_eq!(
        (accident.clock().first_paid_at, accident.clock().all_paid_at),
        (Some(now()), None)
    );
}
