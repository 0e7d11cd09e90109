//! What follows the finding, walked and tabled: mediation opens only when everybody wants it and nothing of
//! art. 26 stands against it, and a closing code says only what happened.

use proptest::prelude::*;

use super::{Ask as AnyAsk, digest, document, ink, officer_id, ordinary, party_id, start, walk};
use crate::accident::{Accident, CloseRequest, SignRequest};
use crate::codes::{ClosingCode, MediationKind};
use crate::fact::Fact;
use crate::guest::{Guest, GuestRole};
use crate::id::GuestId;
use crate::mediation::{AgreedPayment, BarKind, Deadline, Ending, Mediation, Terms, waiver};
use crate::money::Fen;
use crate::refusal::{Problem, Refusal};
use crate::signing::{Refused, Signing};
use crate::stage::{Stage, StageName};
use crate::time::Instant;

/// `u8`s choose the party, the officer, the bar or the guest.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ask {
    Object(u8),
    Withdraw(u8),
    Subrogate(u8, bool),
    Wish(u8, bool),
    NoteWish(u8, u8),
    Bar(u8, u8, u8),
    Propose(u8, bool),
    Sign(u8, bool),
    Refuse(u8, u8),
    End(u8),
    Invite(u8, bool),
    Remove(u8, u8),
}

pub(super) fn ask() -> impl Strategy<Value = Ask> {
    let (party, officer) = (0..3_u8, prop::bool::weighted(0.1).prop_map(u8::from));
    let mostly = prop::bool::weighted(0.85);
    prop_oneof![
        1 => party.clone().prop_map(Ask::Object),
        1 => party.clone().prop_map(Ask::Withdraw),
        1 => (party.clone(), any::<bool>()).prop_map(|(p, yes)| Ask::Subrogate(p, yes)),
        4 => (party.clone(), mostly).prop_map(|(p, yes)| Ask::Wish(p, yes)),
        1 => (officer.clone(), party.clone()).prop_map(|(o, p)| Ask::NoteWish(o, p)),
        1 => (officer.clone(), party.clone(), 0..3_u8).prop_map(|(o, p, why)| Ask::Bar(o, p, why)),
        4 => (officer.clone(), prop::bool::weighted(0.3)).prop_map(|(o, waives)| Ask::Propose(o, waives)),
        6 => (party.clone(), mostly).prop_map(|(p, right)| Ask::Sign(p, right)),
        1 => (officer.clone(), party).prop_map(|(o, p)| Ask::Refuse(o, p)),
        1 => officer.clone().prop_map(Ask::End),
        1 => (officer.clone(), any::<bool>()).prop_map(|(o, insurer)| Ask::Invite(o, insurer)),
        1 => (officer, 0..3_u8).prop_map(|(o, which)| Ask::Remove(o, which)),
    ]
}

fn next_document(a: &Accident) -> crate::finding::Document {
    document(a.finding().unwrap().current.revision + 1)
}

fn pays(fen: i64) -> Vec<AgreedPayment> {
    vec![AgreedPayment {
        payer: "甲".to_owned(),
        payee: "乙".to_owned(),
        amount_fen: Fen(fen),
    }]
}

fn terms(a: &Accident, waives: bool) -> Terms {
    let payments = pays(5_000);
    let waiver = if waives { "\n双方再无纠纷。" } else { "" };
    Terms {
        text: format!("{}{waiver}", a.draft_terms(&payments)),
        payments,
        performance: Some("银行转账".to_owned()),
        deadline: Some(Deadline::Within { days: 7 }),
        over_loss_reason: None,
    }
}

pub(super) fn judge(a: &Accident, ask: Ask, now: Instant) -> Result<Vec<Fact>, Refusal> {
    let one = |fact: Result<Fact, Refusal>| fact.map(|fact| vec![fact]);
    let some = |fact: Result<Option<Fact>, Refusal>| fact.map(|fact| fact.into_iter().collect());
    match ask {
        Ask::Object(p) => one(a.object(party_id(p), "对责任有异议")),
        Ask::Withdraw(p) => one(a.withdraw_objection(party_id(p))),
        Ask::Subrogate(p, chosen) => some(a.choose_subrogation(party_id(p), chosen)),
        Ask::Wish(p, wanted) => some(a.answer_mediation(party_id(p), wanted)),
        Ask::NoteWish(o, p) => some(a.note_wish(officer_id(o), party_id(p), true)),
        Ask::Bar(o, p, why) => {
            let why = BarKind::ALL[usize::from(why)];
            let bar = a.note_bar(officer_id(o), (party_id(p), why), "当事人当场表示", now)?;
            Ok(a.take_bar(bar, next_document(a)))
        }
        Ask::Propose(o, waives) => {
            let terms = a.propose_terms(officer_id(o), terms(a, waives), now)?;
            let document = next_document(a);
            Ok(vec![Fact::MediationProposed { terms, document }])
        }
        Ask::Sign(p, right) => {
            let shown = a.may_sign_mediation(party_id(p))?.to_sign.sha256.clone();
            let request = SignRequest {
                document: if right { shown } else { digest(99) },
                ink: ink(),
                ink_sha256: digest(0),
                phone_masked: String::new(),
                read_s: 5,
                scrolled_to_end: true,
                circumstances: None,
            };
            let signature = a.sign_mediation(party_id(p), request, now)?;
            let party = party_id(p);
            Ok(a.take_mediation_signature(Signing::Signed { party, signature }, next_document(a), now))
        }
        Ask::Refuse(o, p) => {
            let party = party_id(p);
            let refusal = a.refuse_mediation(officer_id(o), (party, Refused::Sign), "金额过低", now)?;
            Ok(a.take_mediation_signature(Signing::Refused { party, refusal }, next_document(a), now))
        }
        Ask::End(o) => {
            let ending = a.end_mediation(officer_id(o), "双方分歧较大", now)?;
            let document = Some(next_document(a));
            Ok(vec![Fact::MediationEnded { ending, document }])
        }
        Ask::Invite(o, insurer) => one(a.invite_guest(officer_id(o), guest(a, insurer, now), now)),
        Ask::Remove(o, which) => {
            let known = a.guests.get(usize::from(which)).map(|guest| guest.id);
            some(a.remove_guest(officer_id(o), known.unwrap_or(GuestId(super::id(999)))))
        }
    }
}

fn guest(a: &Accident, insurer: bool, now: Instant) -> Guest {
    Guest {
        id: GuestId(super::id(300 + a.guests.len() as u128)),
        role: if insurer {
            GuestRole::Insurer
        } else {
            GuestRole::Mediator
        },
        name: "赵六".to_owned(),
        insurer: insurer.then(|| "PICC".parse().unwrap()),
        invited_at: now,
        removed_at: None,
    }
}

/// 1 调解结案, 3 行政调解, without a note.
pub(super) const BY_POLICE: u8 = 3 << 2;

/// Two bits of code, three of 调解方式 (0: none), one for the note.
pub(super) fn closing(how: u8) -> CloseRequest {
    let kind = usize::from(how >> 2 & 0b111);
    CloseRequest {
        closing: ClosingCode::ALL[usize::from(how & 0b11)],
        mediation: kind
            .checked_sub(1)
            .and_then(|kind| MediationKind::ALL.get(kind).copied()),
        note: (how >> 5 & 1 == 1).then(|| "双方自行协商一致".to_owned()),
    }
}

/// What holds after every single fact, in whatever order things were asked.
pub(super) fn check(a: &Accident) {
    let none = Mediation::default();
    let mediation = a.mediation.as_ref().unwrap_or(&none);
    if let Some(finding) = a.finding() {
        assert_eq!(
            finding.to_sign,
            document(1),
            "the page that was signed never changes"
        );
    }
    if let Some(proposal) = &mediation.proposal {
        let order: Vec<_> = proposal.signings.iter().map(Signing::party).collect();
        assert_eq!(order, a.parties.iter().map(|p| p.id).collect::<Vec<_>>());
        for signing in &proposal.signings {
            if let Signing::Signed { signature, .. } = signing {
                assert_eq!(
                    signature.document, proposal.to_sign.sha256,
                    "no signature moves to other words"
                );
            }
        }
        if mediation.agreed() {
            assert!(
                proposal
                    .signings
                    .iter()
                    .all(|s| matches!(s, Signing::Signed { .. }))
            );
            assert!(mediation.wishes.iter().all(|wish| wish.wanted));
            assert_eq!(a.bars(), []);
            let waives = waiver::find(&proposal.terms.text).is_some();
            assert!(!waives || a.subrogation.is_empty(), "a waiver took 代位求偿 away");
        }
    } else {
        assert!(!mediation.agreed(), "an agreement without words");
    }
    if let Stage::Closed { closing, .. } = &a.stage {
        let why: Vec<_> = a.bars().iter().map(|standing| standing.bar.why).collect();
        let failed = matches!(mediation.ending, Some(Ending::Failed { .. }));
        match (closing.closing, closing.mediation) {
            (ClosingCode::Mediated, Some(MediationKind::Administrative)) => assert!(mediation.agreed()),
            (ClosingCode::Mediated, kind) => assert!(kind.is_some()),
            (ClosingCode::MediationDeclined, None) => {
                assert!(failed || why.contains(&BarKind::DoesNotAgree));
            }
            (ClosingCode::FindingDisputed, None) => assert!(why.contains(&BarKind::ObjectsToFinding)),
            (ClosingCode::SignatureRefused, None) => assert!(why.contains(&BarKind::RefusedToSign)),
            (code, kind) => panic!("{code} with {kind:?}"),
        }
    }
}

/// The case of the ordinary way with the money settled; the second party signed the finding or refused to.
fn settled(second_refuses: bool, asks: &[Ask]) -> Accident {
    let mut all = ordinary(18);
    all.push(if second_refuses {
        AnyAsk::Refuse(0, 1)
    } else {
        AnyAsk::Sign(1, true)
    });
    all.push(AnyAsk::Settle);
    all.extend(asks.iter().map(|ask| AnyAsk::After(*ask)));
    let (accident, ..) = walk(&all);
    assert_eq!(accident.stage_name(), StageName::Settling);
    accident
}

/// One way to stand before closing, and what must be true of it.
struct Row {
    asks: Vec<Ask>,
    second_refuses: bool,
    bars: Vec<BarKind>,
    open: bool,
    agreed: bool,
    failed: bool,
}

/// Every combination of: the second party's wish, an objection, a refused signature, and how far it went.
fn table() -> Vec<Row> {
    let mut rows = Vec::new();
    for wish in [None, Some(true), Some(false)] {
        for objects in [false, true] {
            for second_refuses in [false, true] {
                for end in ["", "proposed", "agreed", "refused", "ended"] {
                    rows.push(row(wish, objects, second_refuses, end));
                }
            }
        }
    }
    rows
}

fn row(wish: Option<bool>, objects: bool, second_refuses: bool, end: &str) -> Row {
    let mut asks = vec![Ask::Wish(0, true)];
    asks.extend(wish.map(|wanted| Ask::Wish(1, wanted)));
    if objects {
        asks.push(Ask::Object(1));
    }
    let free = wish == Some(true) && !objects && !second_refuses;
    match end {
        "proposed" => asks.push(Ask::Propose(0, false)),
        "agreed" => asks.extend([Ask::Propose(0, false), Ask::Sign(0, true), Ask::Sign(1, true)]),
        "refused" => asks.extend([Ask::Propose(0, false), Ask::Sign(0, true), Ask::Refuse(0, 1)]),
        "ended" => asks.push(Ask::End(0)),
        _ => {}
    }
    let mut bars = Vec::new();
    if objects {
        bars.push(BarKind::ObjectsToFinding);
    }
    if second_refuses {
        bars.push(BarKind::RefusedToSign);
    }
    if wish == Some(false) {
        bars.push(BarKind::DoesNotAgree);
    }
    Row {
        asks,
        second_refuses,
        bars,
        // After a failure they may try again with other words.
        open: free && end != "agreed",
        agreed: free && end == "agreed",
        failed: end == "ended" || (free && end == "refused"),
    }
}

#[test]
fn mediation_is_open_exactly_when_all_want_it_and_nothing_bars_it() {
    for row in table() {
        let a = settled(row.second_refuses, &row.asks);
        let why: Vec<_> = a.bars().iter().map(|standing| standing.bar.why).collect();
        assert_eq!(why, row.bars, "{:?}", row.asks);
        assert_eq!(a.why_not_mediate().is_empty(), row.open, "{:?}", row.asks);
        assert_eq!(
            a.mediation.as_ref().is_some_and(Mediation::agreed),
            row.agreed,
            "{:?}",
            row.asks
        );
        let proposed = a.propose_terms(officer_id(0), terms(&a, false), start());
        assert_eq!(proposed.is_ok(), row.open, "{:?}", row.asks);
    }
}

#[test]
fn a_closing_code_says_only_what_happened() {
    let mut allowed = 0;
    for row in table() {
        let a = settled(row.second_refuses, &row.asks);
        for how in 0..64 {
            let request = closing(how);
            let told = request.note.is_some();
            let expected = match (request.closing, request.mediation) {
                (ClosingCode::Mediated, Some(MediationKind::Administrative)) => row.agreed,
                (ClosingCode::Mediated, Some(_)) => told && !row.agreed,
                (ClosingCode::Mediated, None) => false,
                (_, Some(_)) => false,
                (ClosingCode::MediationDeclined, None) => {
                    !row.agreed && (row.failed || row.bars.contains(&BarKind::DoesNotAgree))
                }
                (ClosingCode::FindingDisputed, None) => row.bars.contains(&BarKind::ObjectsToFinding),
                (ClosingCode::SignatureRefused, None) => row.bars.contains(&BarKind::RefusedToSign),
            };
            let closed = a.close(officer_id(0), request.clone(), start());
            assert_eq!(closed.is_ok(), expected, "{request:?} after {:?}", row.asks);
            allowed += usize::from(expected);
            if let Err(Refusal::Invalid(problems)) = closed {
                assert!(
                    problems
                        .iter()
                        .all(|p| ["closing_code", "mediation_code", "note"].contains(&p.field.as_str()))
                );
            }
        }
    }
    assert!(allowed > 0);
}

#[test]
fn a_people_s_mediator_in_the_session_makes_it_a_people_s_mediation() {
    let agreed = [Ask::Propose(0, false), Ask::Sign(0, true), Ask::Sign(1, true)];
    let mut asks = vec![Ask::Wish(0, true), Ask::Wish(1, true)];
    asks.extend(agreed);
    let peoples = || CloseRequest {
        closing: ClosingCode::Mediated,
        mediation: Some(MediationKind::PeoplesMediation),
        note: None,
    };
    assert!(
        settled(false, &asks)
            .close(officer_id(0), peoples(), start())
            .is_err()
    );
    asks.insert(0, Ask::Invite(0, false));
    assert!(
        settled(false, &asks)
            .close(officer_id(0), peoples(), start())
            .is_ok()
    );
}

#[test]
fn who_says_yes_after_all_lifts_the_no_that_was_noted_and_an_objection_can_be_taken_back() {
    let not_agreeing = [Ask::Wish(0, true), Ask::Bar(0, 1, 2)];
    let a = settled(false, &not_agreeing);
    assert_eq!(a.bars().len(), 1);
    assert!(a.bars()[0].noted);
    let a = settled(false, &[&not_agreeing[..], &[Ask::Wish(1, true)]].concat());
    assert!(a.why_not_mediate().is_empty());
    let both = [
        Ask::Wish(0, true),
        Ask::Wish(1, true),
        Ask::Object(0),
        Ask::Bar(0, 0, 0),
    ];
    assert!(!settled(false, &both).why_not_mediate().is_empty());
    let a = settled(false, &[&both[..], &[Ask::Withdraw(0)]].concat());
    assert!(a.why_not_mediate().is_empty());
}

#[test]
fn a_new_proposal_starts_without_signatures_and_a_noted_bar_ends_one_that_waits() {
    let both = [
        Ask::Wish(0, true),
        Ask::Wish(1, true),
        Ask::Propose(0, true),
        Ask::Sign(0, true),
    ];
    let a = settled(false, &[&both[..], &[Ask::Propose(0, false)]].concat());
    let pending = a.mediation.as_ref().unwrap().pending().unwrap();
    assert!(pending.signings.iter().all(Signing::is_pending));
    let a = settled(false, &[&both[..], &[Ask::Bar(0, 1, 2)]].concat());
    assert!(matches!(
        a.mediation.as_ref().unwrap().ending,
        Some(Ending::Failed { .. })
    ));
    assert!(a.may_sign_mediation(party_id(1)).is_err());
}

#[test]
fn somebody_with_a_phone_speaks_for_themselves_and_a_signature_is_no_refusal() {
    let a = settled(false, &[]);
    let refused = a.note_wish(officer_id(0), party_id(1), true).unwrap_err();
    assert!(matches!(refused, Refusal::Invalid(problems) if problems[0].field == "party_id"));
    let bar = (party_id(1), BarKind::RefusedToSign);
    assert!(a.note_bar(officer_id(0), bar, "拒签", start()).is_err());
    assert!(
        a.note_bar(
            officer_id(1),
            (party_id(1), BarKind::DoesNotAgree),
            "不同意",
            start()
        )
        .is_err()
    );
}

/// 甲 ran into 乙, who has own-damage cover: only 乙 may choose 代位求偿.
fn one_at_fault(asks: &[Ask]) -> Accident {
    let mut all = ordinary(13);
    all.extend([
        AnyAsk::Decide(0, false),
        AnyAsk::Issue(0),
        AnyAsk::Sign(0, true),
        AnyAsk::Sign(1, true),
    ]);
    all.push(AnyAsk::Settle);
    all.extend(asks.iter().map(|ask| AnyAsk::After(*ask)));
    walk(&all).0
}

#[test]
fn where_subrogation_is_chosen_no_waiver_is_proposed_or_signed() {
    let both = [Ask::Wish(0, true), Ask::Wish(1, true)];
    let a = one_at_fault(&both);
    assert_eq!(a.subrogation_offered(), [party_id(1)]);
    assert!(a.choose_subrogation(party_id(0), true).is_err());
    assert!(a.propose_terms(officer_id(0), terms(&a, true), start()).is_ok());
    let chosen = one_at_fault(&[&both[..], &[Ask::Subrogate(1, true)]].concat());
    let refused = chosen
        .propose_terms(officer_id(0), terms(&chosen, true), start())
        .unwrap_err();
    let Refusal::Invalid(problems) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        (problems[0].field.as_str(), problems[0].code.as_str()),
        ("text", "blanket_waiver")
    );
    assert!(problems[0].message.contains("再无纠纷"));
    assert!(
        chosen
            .propose_terms(officer_id(0), terms(&chosen, false), start())
            .is_ok()
    );
    // Chosen after the words were out: they cannot be signed any more.
    let late = one_at_fault(&[&both[..], &[Ask::Propose(0, true), Ask::Subrogate(1, true)]].concat());
    let refused = late.may_sign_mediation(party_id(0)).unwrap_err();
    assert!(matches!(
        refused,
        Refusal::NotNow {
            code: "blanket_waiver",
            ..
        }
    ));
}

#[test]
fn a_voided_finding_takes_what_was_said_of_it_along() {
    let mut all = ordinary(19);
    all.extend([Ask::Wish(0, true), Ask::Object(1), Ask::Subrogate(1, true)].map(AnyAsk::After));
    all.push(AnyAsk::Void(0));
    let (a, ..) = walk(&all);
    assert_eq!(a.stage_name(), StageName::Handling);
    assert_eq!(
        (a.mediation, a.objections.len(), a.subrogation.len()),
        (None, 0, 0)
    );
}

#[test]
fn only_an_insurer_with_a_policy_here_and_only_so_many_guests_are_invited() {
    let a = settled(false, &[]);
    let mut stranger = guest(&a, true, start());
    stranger.insurer = Some("PAIC".parse().unwrap());
    let refused = a.invite_guest(officer_id(0), stranger, start()).unwrap_err();
    assert!(matches!(refused, Refusal::Invalid(problems) if problems[0].field == "insurer"));
    let full = settled(
        false,
        &[Ask::Invite(0, true), Ask::Invite(0, false), Ask::Invite(0, false)],
    );
    let now = full.guests[2].invited_at;
    assert!(
        full.invite_guest(officer_id(0), guest(&full, false, now), now)
            .is_err()
    );
    assert!(full.guest(full.guests[0].id, now).is_some());
    let later = now.plus(crate::guest::INVITED_FOR);
    assert!(
        full.guest(full.guests[2].id, later).is_none(),
        "two hours are over"
    );
    assert!(
        full.invite_guest(officer_id(0), guest(&full, false, later), later)
            .is_ok()
    );
    let out = settled(false, &[Ask::Invite(0, true), Ask::Remove(0, 0)]);
    assert!(out.guest(out.guests[0].id, out.guests[0].invited_at).is_none());
}

type Change = fn(&mut Terms);

#[test]
fn what_is_wrong_with_terms_is_named_by_its_field() {
    let a = settled(false, &[Ask::Wish(0, true), Ask::Wish(1, true)]);
    let named = |change: Change| {
        let mut terms = terms(&a, false);
        change(&mut terms);
        match a.propose_terms(officer_id(0), terms, start()) {
            Err(Refusal::Invalid(problems)) => {
                let name = |p: &Problem| format!("{} {}", p.field, p.code);
                problems.iter().map(name).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        }
    };
    let cases: [(&str, Change); 13] = [
        ("payments[0].payer unknown_party", |t| {
            t.payments[0].payer = "丙".to_owned()
        }),
        ("payments[0].payee same_party", |t| {
            t.payments[0].payee = "甲".to_owned()
        }),
        ("payments[0].amount_fen not_positive", |t| {
            t.payments[0].amount_fen = Fen(0)
        }),
        ("payments[1].payee duplicate", |t| t.payments.extend(pays(5_000))),
        ("over_loss_reason missing", |t| {
            t.payments[0].amount_fen = Fen(100_001)
        }),
        ("performance missing", |t| t.performance = Some(" ".to_owned())),
        ("deadline missing", |t| t.deadline = None),
        ("deadline.days out_of_range", |t| {
            t.deadline = Some(Deadline::Within { days: 0 })
        }),
        ("deadline.date in_the_past", |t| {
            t.deadline = Some(Deadline::On {
                date: crate::day::parse("2026-10-31").unwrap(),
            });
        }),
        ("text missing", |t| t.text = "\n ".to_owned()),
        ("text too_long", |t| t.text.push_str(&"长".repeat(2_000))),
        ("text party_not_named", |t| t.text = "甲方付50.00元".to_owned()),
        ("text amount_not_named", |t| t.payments[0].amount_fen = Fen(5_001)),
    ];
    for (expected, change) in cases {
        let found = named(change);
        assert!(found.contains(&expected.to_owned()), "{expected} in {found:?}");
    }
}

#[test]
fn more_than_the_loss_needs_a_reason_and_a_reason_that_is_not_needed_is_dropped() {
    let a = settled(false, &[Ask::Wish(0, true), Ask::Wish(1, true)]);
    let more = Terms {
        payments: pays(150_000),
        text: a.draft_terms(&pays(150_000)),
        over_loss_reason: Some("含误工和交通费用".to_owned()),
        ..terms(&a, false)
    };
    let kept = a.propose_terms(officer_id(0), more.clone(), start()).unwrap();
    assert_eq!(kept.over_loss_reason, more.over_loss_reason);
    let less = Terms {
        over_loss_reason: more.over_loss_reason,
        ..terms(&a, false)
    };
    assert_eq!(
        a.propose_terms(officer_id(0), less, start())
            .unwrap()
            .over_loss_reason,
        None
    );
}
