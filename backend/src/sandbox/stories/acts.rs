//! What many stories have in common: deciding, issuing, signing, assessing, paying.

use domain::accident::{Accident, Choice, CloseRequest, DecideRequest, PayRequest};
use domain::assessment::{Item, Operation};
use domain::codes::{ClosingCode, MediationKind};
use domain::fact::Actor;
use domain::id::{InsurerCode, OrderId};
use domain::liability::Liability;
use domain::money::Fen;
use domain::order::{Direction, OrderState};
use domain::stage::PartyDecision;

use super::super::play::{Case, Play};
use super::{Insured, Setting};
use crate::app::Who;
use crate::app::answer_assessment::{DriverAnswer, InsurerAnswer};
use crate::app::assess_vehicle::Proposed;
use crate::refusal::{AppError, Result};
use crate::sandbox::scene::View;

/// The case waits for nobody this long before a story's end.
const SIGNED_BEFORE_S: i64 = 420;

/// One line of an assessment: what, how, price of the part, labour, in yuan.
pub type Line = (&'static str, Operation, i32, i32);

/// What breaks at a front that drove into somebody; which of them is the dice's.
const FRONTS: [&[Line]; 4] = [
    &[
        ("前保险杠皮", Operation::Replace, 650, 150),
        ("前保险杠皮", Operation::Paint, 380, 120),
    ],
    &[
        ("前保险杠皮", Operation::Repair, 0, 260),
        ("前牌照架", Operation::Replace, 30, 10),
    ],
    &[
        ("前保险杠皮", Operation::Replace, 650, 150),
        ("前中网", Operation::Replace, 320, 60),
        ("前雾灯（左）", Operation::Replace, 180, 40),
    ],
    &[
        ("前大灯总成（右）", Operation::Replace, 980, 80),
        ("前翼子板（右）", Operation::Repair, 0, 340),
    ],
];
/// And at a rear that was driven into.
const REARS: [&[Line]; 4] = [
    &[
        ("后保险杠皮", Operation::Replace, 600, 150),
        ("后保险杠皮", Operation::Paint, 360, 120),
        ("后尾灯总成（左）", Operation::Replace, 420, 60),
    ],
    &[
        ("后保险杠皮", Operation::Repair, 0, 320),
        ("后保险杠皮", Operation::Paint, 360, 120),
    ],
    &[
        ("后保险杠皮", Operation::Replace, 600, 150),
        ("后备箱盖", Operation::Repair, 0, 580),
        ("后备箱盖", Operation::Paint, 420, 160),
    ],
    &[
        ("后备箱盖", Operation::Replace, 1_150, 200),
        ("后保险杠皮", Operation::Replace, 600, 150),
        ("后保险杠骨架", Operation::Replace, 400, 120),
    ],
];
pub const SCRATCHED: &[Line] = &[
    ("外后视镜总成（左）", Operation::Replace, 420, 50),
    ("前门总成（左）", Operation::Paint, 480, 160),
];
/// Above the cap of ten thousand yuan under which members trust each other.
pub const HEAVY: &[Line] = &[
    ("后备箱盖", Operation::Replace, 1_150, 200),
    ("后保险杠皮", Operation::Replace, 600, 150),
    ("后保险杠骨架", Operation::Replace, 400, 120),
    ("后尾灯总成（左）", Operation::Replace, 2_420, 60),
    ("后尾灯总成（右）", Operation::Replace, 2_420, 60),
    ("后围板", Operation::Repair, 0, 2_600),
    ("后纵梁校正", Operation::Repair, 0, 2_500),
];

/// A front that drove into somebody, as the story's dice have it.
pub fn front(play: &mut Play) -> &'static [Line] {
    play.dice.pick(&FRONTS).copied().unwrap_or_default()
}

/// A rear that was driven into.
pub fn rear(play: &mut Play) -> &'static [Line] {
    play.dice.pick(&REARS).copied().unwrap_or_default()
}

pub fn items(lines: &[Line]) -> Vec<Item> {
    lines
        .iter()
        .map(|(part, operation, price, labour)| Item {
            part: (*part).to_owned(),
            operation: *operation,
            quantity: 1,
            unit_price_fen: Fen::from_yuan(*price),
            labour_fen: Fen::from_yuan(*labour),
        })
        .collect()
}

/// 甲 drove into 乙, and the desk has the case.
pub async fn rear_end_at_the_desk(play: &mut Play, insured: Insured) -> Result<Case> {
    let people = vec![play.person(0, insured.first), play.person(1, insured.second)];
    let setting = Setting::of(play, people, View::RearEnd);
    play.comes_to_the_desk(setting).await
}

/// 追尾: all of it 甲's fault.
pub async fn decides_rear_end(play: &mut Play, case: &Case) -> Result<()> {
    let nothing: &[&str] = &[];
    let mut violations = vec![["101"].as_slice()];
    violations.resize(case.sides.len(), nothing);
    decides(play, case, &violations).await
}

/// The officer picks these situations, and takes liability and words as the rules propose them.
pub async fn decides(play: &mut Play, case: &Case, violations: &[&[&str]]) -> Result<()> {
    play.passes(90);
    let choices: Vec<Choice> = case
        .sides
        .iter()
        .zip(violations)
        .map(|(side, codes)| Choice {
            party: side.by.party,
            violations: codes.iter().map(|code| (*code).to_owned()).collect(),
            liability: None,
            share: None,
        })
        .collect();
    let desk = play.desk.clone();
    let drafted = play.app.preview_decision(&desk, case.id, choices.clone()).await?;
    let proposed = |choice: &Choice| {
        let of = |(party, _): &&(_, _)| *party == choice.party;
        let found = drafted.draft.proposal.iter().find(of);
        found.map_or(Liability::None, |(_, liability)| *liability)
    };
    let parties = choices
        .iter()
        .map(|choice| PartyDecision {
            party: choice.party,
            violations: choice.violations.clone(),
            liability: proposed(choice),
            share: None,
        })
        .collect();
    let request = DecideRequest {
        seen: play.look(case).await?.version,
        parties,
        facts_text: drafted.draft.facts_text.clone(),
        liability_text: None,
        override_reason: None,
    };
    let means = play.means();
    play.app.decide(&desk, case.id, &means, request).await.map(drop)
}

pub async fn issues(play: &mut Play, case: &Case) -> Result<()> {
    play.passes(60);
    let (seen, ink) = (play.look(case).await?.version, play.officers_ink());
    let means = play.means();
    let desk = play.desk.clone();
    play.app
        .issue_finding(&desk, case.id, (&means, Some(seen)), Some(ink))
        .await
        .map(drop)
}

/// This party signs the finding.
pub async fn signs(play: &mut Play, case: &Case, index: usize) -> Result<()> {
    let side = case.side(index)?;
    play.passes(25);
    play.app.send_signing_code(side.by, case.id).await?;
    let accident = play.look(case).await?;
    let finding = accident.finding();
    let document = finding.map(|finding| finding.to_sign.sha256.clone());
    let document = document.ok_or_else(|| AppError::Inconsistent("nothing to sign".to_owned()))?;
    let sent = play.signature(side, document).await?;
    let means = play.means();
    play.app.sign(side.by, case.id, &means, sent).await.map(drop)
}

pub async fn everybody_signs(play: &mut Play, case: &Case) -> Result<()> {
    play.nearly_over(SIGNED_BEFORE_S);
    for index in 0..case.sides.len() {
        signs(play, case, index).await?;
    }
    Ok(())
}

/// The desk assesses this party's vehicle by its pictures.
pub async fn assesses(play: &mut Play, case: &Case, index: usize, lines: &[Line]) -> Result<()> {
    play.passes(70);
    let party = case.side(index)?.by.party;
    let proposed = Proposed {
        supplements: None,
        items: items(lines),
        photos: case.photos.get(index).copied().into_iter().collect(),
        note: None,
    };
    let means = play.means();
    let desk = play.desk.clone();
    play.app
        .assess_vehicle(&desk, case.id, (&means, None), (party, proposed))
        .await
        .map(drop)
}

/// Whoever is still asked for an answer accepts: a figure may have been drawn for re-inspection.
pub async fn everybody_accepts(play: &mut Play, case: &Case) -> Result<()> {
    let accident = play.look(case).await?;
    for assessment in &accident.assessments {
        let Some(asked) = assessment.asked().cloned() else {
            continue;
        };
        for insurer in asked.insurers {
            let means = play.means();
            play.app
                .answer_as_insurer(insurer, assessment.id, &means, InsurerAnswer::Accepted)
                .await?;
        }
        for side in case
            .sides
            .iter()
            .filter(|side| asked.parties.contains(&side.by.party))
        {
            let answer = DriverAnswer::Accepted {
                ink: side.person.ink.clone(),
                total_fen: None,
            };
            let means = play.means();
            play.app
                .answer_as_driver(side.by, (case.id, assessment.id), &means, answer)
                .await?;
        }
    }
    Ok(())
}

/// The orders that ask this insurer for money, with the label of who gets it.
pub async fn due_of(play: &Play, case: &Case, insurer: InsurerCode) -> Result<Vec<(OrderId, String)>> {
    let accident: Accident = play.look(case).await?;
    let due = accident.orders.iter().filter(|order| {
        order.insurer == insurer && order.state == OrderState::Due && order.direction == Direction::Pay
    });
    Ok(due.map(|order| (order.id, order.payee.clone())).collect())
}

/// This insurer pays an order; `on_behalf` when it is another's.
pub async fn pays(play: &mut Play, by: InsurerCode, order: OrderId, on_behalf: bool) -> Result<()> {
    play.passes(8);
    let means = play.means();
    let request = PayRequest {
        paid_at: play.now(),
        reference: format!("SX{}", means.scope.replace("sandbox:", "") + &means.key),
        on_behalf,
    };
    play.app.pay_order(by, order, &means, request).await.map(drop)
}

/// Whoever was paid says that the money has come.
pub async fn everybody_confirms(play: &mut Play, case: &Case) -> Result<()> {
    let accident = play.look(case).await?;
    for order in accident.orders.iter().filter(|order| order.paid().is_some()) {
        let payee = accident.parties.iter().find(|party| party.label == order.payee);
        let side = payee.and_then(|party| case.sides.iter().find(|side| side.by.party == party.id));
        let Some(side) = side else { continue };
        play.passes(5);
        let means = play.means();
        play.app
            .confirm_order(&Who::Party(side.by), (case.id, order.id), &means)
            .await?;
    }
    Ok(())
}

pub async fn closes(
    play: &mut Play,
    case: &Case,
    (closing, mediation): (ClosingCode, Option<MediationKind>),
    note: &str,
) -> Result<()> {
    play.passes(10);
    let seen = play.look(case).await?.version;
    let request = CloseRequest {
        closing,
        mediation,
        note: Some(note.to_owned()).filter(|note| !note.is_empty()),
    };
    let means = play.means();
    let desk = play.desk.clone();
    play.app
        .close(&desk, case.id, (&means, Some(seen)), request)
        .await
        .map(drop)
}

/// Whether an assessment of the case waits for this insurer's answer.
pub fn is_asked(accident: &Accident, insurer: InsurerCode) -> bool {
    let mut asked = accident.assessments.iter().filter_map(|own| own.asked());
    asked.any(|asked| asked.asks(Actor::Insurer(insurer)))
}
