//! The life of an accident, walked at random: nothing reaches a forbidden stage, and the facts give the row.

mod after;
mod kept;
mod signatures;

use proptest::prelude::*;
use uuid::Uuid;

use super::{Accident, DecideRequest, SignRequest};
use crate::catalogue;
use crate::codes::{AccidentForm, CollisionForm, Weather};
use crate::fact::{Actor, ChainError, Fact, Link, Recorded, genesis, open_chain};
use crate::finding::{Document, Finding};
use crate::id::{AccidentId, OfficerId, PartyId, Sha256Hex, StillId, UnitId};
use crate::liability::{Liability, PartyKind};
use crate::money::Fen;
use crate::party::{
    Consent, ConsentKind, DocumentKind, Injury, Losses, OwnDamageCover, PartyDetails, Vehicle,
};
use crate::refusal::Refusal;
use crate::rule_pack;
use crate::scene::{Place, PlaceSource, Scene};
use crate::settlement::{self, SettlementInput};
use crate::signing::{Ink, InkPoint, Refused, Signing};
use crate::stage::{PartyDecision, Settlement, StageName};
use crate::time::Instant;
use crate::triage::{Answers, Triage};

const PLATES: [&str; 3] = ["浙D12345", "浙D54321", "浙D67890"];

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn accident_id() -> AccidentId {
    AccidentId(id(1))
}

fn party_id(index: u8) -> PartyId {
    PartyId(id(100 + u128::from(index)))
}

fn officer_id(index: u8) -> OfficerId {
    OfficerId(id(200 + u128::from(index)))
}

fn start() -> Instant {
    "2026-11-01T08:00:00+08:00".parse().unwrap()
}

fn digest(n: u8) -> Sha256Hex {
    Sha256Hex::of(&[n])
}

fn document(revision: u32) -> Document {
    Document {
        sha256: digest(revision as u8),
        bytes: 1,
        pages: 1,
        revision,
        events: Vec::new(),
    }
}

fn ink() -> Ink {
    let point = |n: u8| InkPoint {
        t: f64::from(n),
        x: f64::from(n) * 9.0,
        y: f64::from(n) * 4.0,
        pressure: 0.5,
        tilt_x: None,
        tilt_y: None,
        pointer: None,
    };
    Ink {
        width: 300.0,
        height: 150.0,
        pixel_ratio: None,
        strokes: vec![(0..30).map(point).collect()],
    }
}

fn details(index: u8) -> PartyDetails {
    PartyDetails {
        kind: PartyKind::Motor,
        name: "张三".to_owned(),
        id_type: DocumentKind::IdCard,
        id_number: "11010519491231002X".to_owned(),
        injured: Injury::None,
        vehicle: Some(Vehicle {
            traffic_mode: "K3".parse().unwrap(),
            plate_kind: Some("02".parse().unwrap()),
            plate: PLATES[usize::from(index)].to_owned(),
            model: None,
            vin: None,
            ctp: None,
            third_party: None,
            own_damage: Some(OwnDamageCover {
                insurer: "PICC".to_owned(),
                deductible_percent: 0,
            }),
            direction: None,
            contact_part: None,
        }),
    }
}

/// Everything anybody can ask of an accident; `u8`s choose the party or the officer.
#[derive(Clone, Copy, Debug)]
enum Ask {
    Join(u8),
    Confirm(u8),
    Consent(u8, bool),
    SelfPay(u8),
    Triage(bool),
    Scene(bool),
    Party(u8),
    Queue(u8),
    Claim(u8),
    Release(u8, bool),
    Still(u8),
    Evacuate(u8),
    Acknowledge(u8),
    Losses(u8, u8),
    Decide(u8, bool),
    Issue(u8),
    Sign(u8, bool),
    Refuse(u8, u8),
    Void(u8),
    Settle,
    Close(u8, u8),
    After(after::Ask),
    Kept(kept::Ask),
    Escalate,
    Online(u8, bool),
}

fn ask() -> impl Strategy<Value = Ask> {
    let party = 0..3_u8;
    let officer = 0..2_u8;
    prop_oneof![
        1 => party.clone().prop_map(Ask::Join),
        1 => party.clone().prop_map(Ask::Confirm),
        1 => (party.clone(), prop::bool::weighted(0.9)).prop_map(|(p, yes)| Ask::Consent(p, yes)),
        1 => party.clone().prop_map(Ask::SelfPay),
        1 => prop::bool::weighted(0.02).prop_map(Ask::Triage),
        1 => any::<bool>().prop_map(Ask::Scene),
        1 => party.clone().prop_map(Ask::Party),
        1 => party.clone().prop_map(Ask::Queue),
        1 => officer.clone().prop_map(Ask::Claim),
        1 => (officer.clone(), any::<bool>()).prop_map(|(o, s)| Ask::Release(o, s)),
        1 => party.clone().prop_map(Ask::Still),
        1 => officer.clone().prop_map(Ask::Evacuate),
        1 => party.clone().prop_map(Ask::Acknowledge),
        1 => (officer.clone(), party.clone()).prop_map(|(o, p)| Ask::Losses(o, p)),
        1 => (officer.clone(), any::<bool>()).prop_map(|(o, b)| Ask::Decide(o, b)),
        1 => officer.clone().prop_map(Ask::Issue),
        1 => (party.clone(), any::<bool>()).prop_map(|(p, right)| Ask::Sign(p, right)),
        1 => (officer.clone(), party.clone()).prop_map(|(o, p)| Ask::Refuse(o, p)),
        1 => officer.clone().prop_map(Ask::Void),
        1 => Just(Ask::Settle),
        1 => (officer, any::<u8>()).prop_map(|(o, how)| Ask::Close(o, how)),
        12 => after::ask().prop_map(Ask::After),
        8 => kept::ask().prop_map(Ask::Kept),
        1 => prop::bool::weighted(0.05).prop_map(|yes| if yes { Ask::Escalate } else { Ask::Settle }),
        1 => (party, any::<bool>()).prop_map(|(p, on)| Ask::Online(p, on)),
    ]
}

fn judge(a: &Accident, ask: Ask, now: Instant) -> Result<Vec<Fact>, Refusal> {
    let one = |fact: Result<Fact, Refusal>| fact.map(|fact| vec![fact]);
    let some = |fact: Result<Option<Fact>, Refusal>| fact.map(|fact| fact.into_iter().collect());
    let consent = |kind, agreed| Consent {
        kind,
        agreed,
        text_version: ConsentKind::TEXT_VERSION.to_owned(),
        at: now,
    };
    match ask {
        Ask::Join(p) if a.party(party_id(p)).is_ok() => Ok(vec![]),
        Ask::Join(p) => one(a.join(party_id(p), 3)),
        Ask::Confirm(p) => some(a.confirm_phone(party_id(p), "13800138000")),
        Ask::Consent(p, yes) => one(a.answer_consent(party_id(p), consent(ConsentKind::RemoteHandling, yes))),
        Ask::SelfPay(p) => one(a.answer_consent(party_id(p), consent(ConsentKind::SelfPay, true))),
        Ask::Triage(stop) => {
            let answers = Answers {
                alcohol_or_drugs: stop,
                ..Answers::default()
            };
            let pack = rule_pack::built_in().unwrap().choose("330681", now).unwrap();
            a.answer_triage(Triage::judge(answers, now, pack), now)
        }
        Ask::Scene(by_officer) => one(a.record_scene(scene(), by_officer, now)),
        Ask::Party(p) => one(a.record_party(party_id(p), details(p), false)),
        Ask::Queue(p) => some(a.enter_queue(party_id(p))),
        Ask::Claim(o) => some(a.claim(officer_id(o))),
        Ask::Release(o, supervisor) => one(a.release(officer_id(o), supervisor)),
        Ask::Still(p) => one(a.request_still(officer_id(0), party_id(p), StillId(id(9)), now)),
        Ask::Evacuate(o) => some(a.order_evacuation(officer_id(o))),
        Ask::Acknowledge(p) => some(a.acknowledge_evacuation(party_id(p))),
        Ask::Online(p, on) => some(a.media_presence(party_id(p), on)),
        Ask::Losses(o, p) => {
            let losses = Losses {
                vehicle_fen: Fen(100_000),
                ..Losses::default()
            };
            one(a.assess_losses(officer_id(o), party_id(p), losses))
        }
        later => judge_later(a, later, now),
    }
}

fn judge_later(a: &Accident, ask: Ask, now: Instant) -> Result<Vec<Fact>, Refusal> {
    let one = |fact: Result<Fact, Refusal>| fact.map(|fact| vec![fact]);
    match ask {
        Ask::Decide(o, both) => one(a.decide(
            officer_id(o),
            catalogue::built_in().unwrap(),
            verdict(a, both),
            now,
        )),
        Ask::Issue(o) => {
            a.may_issue(officer_id(o))?;
            Ok(vec![Fact::FindingIssued {
                finding: finding(a, now),
            }])
        }
        Ask::Sign(p, right) => {
            let request = SignRequest {
                document: if right { digest(1) } else { digest(99) },
                ink: ink(),
                ink_sha256: digest(0),
                phone_masked: String::new(),
                read_s: 5,
                scrolled_to_end: true,
                circumstances: None,
            };
            let signature = a.sign(party_id(p), request, now)?;
            let revision = a.finding().unwrap().current.revision + 1;
            Ok(a.take_signature(
                Signing::Signed {
                    party: party_id(p),
                    signature,
                },
                document(revision),
            ))
        }
        Ask::Refuse(o, p) => {
            let refusal = a.refuse_signature(officer_id(o), party_id(p), Refused::Sign, "不同意", now)?;
            let revision = a.finding().unwrap().current.revision + 1;
            Ok(a.take_signature(
                Signing::Refused {
                    party: party_id(p),
                    refusal,
                },
                document(revision),
            ))
        }
        Ask::Void(o) => one(a.void_finding(officer_id(o), "写错了")),
        Ask::Settle => {
            let pack = rule_pack::built_in().unwrap().choose("330681", now).unwrap();
            let Ok(plan) = settlement::settle(&SettlementInput::of(a), pack) else {
                return Ok(vec![]);
            };
            one(a.settle(Settlement { plan, made_at: now }))
        }
        Ask::Close(o, how) => one(a.close(officer_id(o), after::closing(how), now)),
        Ask::After(ask) => after::judge(a, ask, now),
        Ask::Escalate => one(a.escalate("需要勘查", now)),
        _ => Ok(vec![]),
    }
}

fn scene() -> Scene {
    Scene {
        occurred_at: Some(start()),
        weather: Some(Weather::Sunny),
        road_type: None,
        collision: Some(CollisionForm::RearEnd),
        form: Some(AccidentForm::MovingVehicle),
        place: Some(Place {
            text: "艮塔路与滨江路口".to_owned(),
            road: None,
            direction: None,
            latitude: Some(29.713_456_789_012_345),
            longitude: Some(120.242_424_242_424),
            accuracy_m: Some(12.345_678),
            source: PlaceSource::Gps,
        }),
    }
}

fn verdict(a: &Accident, both: bool) -> DecideRequest {
    let parties = a.parties.iter().enumerate().map(|(index, party)| {
        let at_fault = index == 0 || (both && index == 1);
        PartyDecision {
            party: party.id,
            violations: if at_fault { vec!["101".to_owned()] } else { vec![] },
            liability: match (at_fault, both) {
                (true, true) => Liability::Equal,
                (true, false) => Liability::Full,
                (false, _) => Liability::None,
            },
            share: None,
        }
    });
    DecideRequest {
        seen: a.version,
        parties: parties.collect(),
        facts_text: "事实".to_owned(),
        liability_text: None,
        override_reason: None,
    }
}

pub(super) fn finding(a: &Accident, now: Instant) -> Finding {
    Finding {
        number: "3306812026000001".to_owned(),
        check_code: "ABCDEFGHJKLM".to_owned(),
        issued_at: now,
        officer_name: "陈警官".to_owned(),
        officer_badge: "330681".to_owned(),
        officer_ink: ink(),
        content_sha256: digest(0),
        to_sign: document(1),
        current: document(1),
        signings: a.open_signings(),
    }
}

/// Where a walk has led.
struct Walked {
    accident: Accident,
    facts: Vec<Recorded>,
    links: Vec<Link>,
}

fn walk(asks: &[Ask]) -> (Accident, Vec<Recorded>, Vec<Link>) {
    let Walked {
        accident,
        facts,
        links,
    } = walked(asks);
    (accident, facts, links)
}

/// Performs `asks`, chaining each fact.
fn walked(asks: &[Ask]) -> Walked {
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
    let mut accident = Accident::reported(accident_id(), &first).unwrap();
    let mut links = vec![Link::seal(accident_id(), &first, &genesis()).unwrap()];
    let mut facts = vec![first];
    for (step, ask) in (1_i64..).zip(asks) {
        let now = start().plus(::time::Duration::seconds(step));
        let judged = match ask {
            Ask::Kept(ask) => kept::judge(&accident, *ask, (&facts, &links), now),
            ask => judge(&accident, *ask, now),
        };
        for fact in judged.unwrap_or_default() {
            let before = accident.stage_name();
            let recorded = Recorded {
                seq: accident.version + 1,
                at: now,
                by: Actor::Service,
                fact,
            };
            accident.apply(&recorded);
            after::check(&accident);
            kept::check(&accident);
            let after = accident.stage_name();
            assert!(
                before == after || before.next().contains(&after),
                "{before:?} → {after:?} by {ask:?}"
            );
            let previous = links.last().map(|link| link.digest.clone()).unwrap();
            links.push(Link::seal(accident_id(), &recorded, &previous).unwrap());
            facts.push(recorded);
        }
    }
    Walked {
        accident,
        facts,
        links,
    }
}

/// The ordinary way through, so that random walks begin where something can happen.
fn ordinary(steps: usize) -> Vec<Ask> {
    let all = [
        Ask::Confirm(0),
        Ask::Triage(false),
        Ask::Consent(0, true),
        Ask::Scene(true),
        Ask::Party(0),
        Ask::Join(1),
        Ask::Confirm(1),
        Ask::Consent(1, true),
        Ask::Party(1),
        Ask::Queue(0),
        Ask::Claim(0),
        Ask::Losses(0, 0),
        Ask::Losses(0, 1),
        Ask::Decide(0, true),
        Ask::Issue(0),
        Ask::SelfPay(0),
        Ask::SelfPay(1),
        Ask::Sign(0, true),
        Ask::Sign(1, true),
        Ask::Settle,
        Ask::After(after::Ask::Wish(0, true)),
        Ask::After(after::Ask::Wish(1, true)),
        Ask::After(after::Ask::Propose(0, false)),
        Ask::After(after::Ask::Sign(0, true)),
        Ask::After(after::Ask::Sign(1, true)),
        Ask::Close(0, after::BY_POLICE),
    ];
    all.into_iter().take(steps).collect()
}

#[test]
fn the_ordinary_way_leads_from_the_report_to_the_closed_case() {
    let (accident, ..) = walk(&ordinary(usize::MAX));
    assert_eq!(accident.stage_name(), StageName::Closed);
    assert!(accident.settlement().is_some());
}

#[test]
fn a_hard_stop_ends_the_remote_flow_with_its_reasons() {
    let (accident, ..) = walk(&[
        Ask::Confirm(0),
        Ask::Triage(true),
        Ask::Scene(true),
        Ask::Queue(0),
        Ask::Claim(0),
    ]);
    assert_eq!(accident.stage_name(), StageName::Escalated);
    assert_eq!(accident.scene, None, "nothing is taken in once the case has left");
}

#[test]
fn a_finding_taken_back_stays_as_void_and_its_signatures_do_not_carry_over() {
    let mut asks = ordinary(18);
    asks.extend([Ask::Void(0), Ask::Decide(0, false), Ask::Issue(0)]);
    let (accident, ..) = walk(&asks);
    assert_eq!(accident.stage_name(), StageName::Signing);
    assert_eq!(accident.voided.len(), 1);
    assert!(
        accident
            .finding()
            .unwrap()
            .signings
            .iter()
            .all(Signing::is_pending)
    );
}

#[test]
fn an_override_needs_a_reason_and_a_stranger_may_not_decide() {
    let (accident, ..) = walk(&ordinary(13));
    let catalogue = catalogue::built_in().unwrap();
    let mut request = verdict(&accident, false);
    request.parties.reverse();
    request.parties[0].liability = Liability::Full;
    request.parties[0].violations = vec!["302".to_owned()];
    request.parties[1].liability = Liability::None;
    let refused = accident
        .decide(officer_id(0), catalogue, request.clone(), start())
        .unwrap_err();
    assert!(
        matches!(&refused, Refusal::Invalid(problems) if problems[0].field == "override_reason"),
        "{refused:?}"
    );
    request.override_reason = Some("甲有行车记录仪为证".to_owned());
    assert!(
        accident
            .decide(officer_id(1), catalogue, request.clone(), start())
            .is_err()
    );
    assert!(
        accident
            .decide(officer_id(0), catalogue, request, start())
            .is_ok()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is asked in whatever order: only allowed steps happen, and replaying the facts gives the
    /// accident, also after a detour through JSON.
    #[test]
    fn no_sequence_of_requests_reaches_a_forbidden_stage(
        known in 0..26_usize,
        asks in prop::collection::vec(ask(), 0..60),
    ) {
        let mut all = ordinary(known);
        all.extend(asks);
        let (accident, facts, links) = walk(&all);
        prop_assert_eq!(Accident::replay(accident_id(), &facts), Some(accident.clone()));
        let opened = open_chain(accident_id(), &links).unwrap();
        prop_assert_eq!(Accident::replay(accident_id(), &opened), Some(accident.clone()));
        let stored = serde_json::to_string(&accident).unwrap();
        prop_assert_eq!(serde_json::from_str::<Accident>(&stored).unwrap(), accident);
    }

    /// One changed byte anywhere in a chain is found, and so is a fact left out.
    #[test]
    fn a_chain_does_not_forgive(steps in 2..26_usize, at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let (_, _, links) = walk(&ordinary(steps));
        let which = at.index(links.len());
        let mut changed = links.clone();
        let mut body = changed[which].body.clone().into_bytes();
        let place = usize::from(byte) % body.len();
        body[place] = if body[place] == b'0' { b'1' } else { b'0' };
        changed[which].body = String::from_utf8_lossy(&body).into_owned();
        let seq = links[which].seq;
        prop_assert_eq!(open_chain(accident_id(), &changed), Err(ChainError::Changed { seq }));
        if which + 1 < links.len() {
            let mut cut = links;
            cut.remove(which);
            prop_assert_eq!(open_chain(accident_id(), &cut), Err(ChainError::Missing { seq }));
        }
    }
}
