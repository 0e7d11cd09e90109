//! Stories that go on after the money was settled: paid, sent back, mediated, disputed.

use domain::codes::{ClosingCode, MediationKind};
use domain::id::Sha256Hex;
use domain::mediation::{AgreedPayment, Deadline, Terms};
use domain::money::Fen;

use super::super::play::{Case, Play};
use super::Insured;
use super::acts::{closes, due_of, everybody_confirms, pays};
use super::settled::rear_end;
use crate::app::Who;
use crate::refusal::{AppError, Result};

/// 乙 lets the own insurer pay first (代位求偿); it pays 甲's insurer's order and claims it back.
pub async fn paid_first(play: &mut Play, insured: Insured) -> Result<Case> {
    let case = rear_end(play, insured).await?;
    let second = case.side(1)?.by;
    let means = play.means();
    play.app.choose_subrogation(second, case.id, &means, true).await?;
    let due = due_of(play, &case, insured.first).await?;
    for (order, _) in due.iter().filter(|(_, payee)| payee == "乙") {
        pays(play, insured.second, *order, true).await?;
    }
    Ok(case)
}

/// Everything is paid, everybody has the money, the case is closed.
pub async fn paid(play: &mut Play, insured: Insured) -> Result<Case> {
    let case = rear_end(play, insured).await?;
    for (order, _) in due_of(play, &case, insured.first).await? {
        pays(play, insured.first, order, false).await?;
    }
    everybody_confirms(play, &case).await?;
    let how = (ClosingCode::Mediated, Some(MediationKind::BetweenParties));
    closes(play, &case, how, "双方同意按保险理算结果履行，已全部到账").await?;
    Ok(case)
}

/// 甲's insurer sends an order back.
pub async fn rejected(play: &mut Play, insured: Insured) -> Result<Case> {
    let case = rear_end(play, insured).await?;
    let due = due_of(play, &case, insured.first).await?;
    for (order, _) in due.iter().filter(|(_, payee)| payee == "乙") {
        play.passes(20);
        let means = play.means();
        play.app
            .reject_order(
                insured.first,
                *order,
                &means,
                "收款账户户名与驾驶人不一致，请核对",
            )
            .await?;
    }
    Ok(case)
}

/// 乙 does not agree with the finding.
pub async fn disputed(play: &mut Play, insured: Insured) -> Result<Case> {
    let case = rear_end(play, insured).await?;
    play.passes(60);
    let second = case.side(1)?.by;
    let means = play.means();
    let reason = Some("对方追尾前有急变道，认定书没有写明");
    play.app.object(second, case.id, &means, reason).await?;
    Ok(case)
}

/// Both ask for mediation and sign what they agree on.
pub async fn mediation(play: &mut Play, insured: Insured) -> Result<Case> {
    let case = super::settled::decided(play, insured).await?;
    super::acts::issues(play, &case).await?;
    for index in 0..case.sides.len() {
        super::acts::signs(play, &case, index).await?;
    }
    for side in &case.sides {
        play.passes(15);
        let means = play.means();
        play.app
            .answer_mediation(&Who::Party(side.by), case.id, &means, (None, true))
            .await?;
    }
    proposes(play, &case).await?;
    play.nearly_over(360);
    // A second code to the same phone comes no sooner.
    play.passes(65);
    for side in &case.sides {
        let document = result_of(play, &case).await?;
        play.app.send_signing_code(side.by, case.id).await?;
        let sent = play.signature(side, document).await?;
        let means = play.means();
        play.app.sign_mediation(side.by, case.id, &means, sent).await?;
    }
    let how = (ClosingCode::Mediated, Some(MediationKind::Administrative));
    closes(play, &case, how, "").await?;
    Ok(case)
}

/// 甲 pays 乙 three hundred yuan for lost time, in the words that the desk offers.
async fn proposes(play: &mut Play, case: &Case) -> Result<()> {
    play.passes(80);
    let desk = play.desk.clone();
    let terms = Terms {
        payments: vec![AgreedPayment {
            payer: "甲".to_owned(),
            payee: "乙".to_owned(),
            amount_fen: Fen::from_yuan(300),
        }],
        text: String::new(),
        performance: Some("微信转账".to_owned()),
        deadline: Some(Deadline::Within { days: 7 }),
        over_loss_reason: None,
    };
    let drafted = play.app.draft_mediation(&desk, case.id, terms.clone()).await?;
    let terms = Terms {
        text: drafted.text,
        ..terms
    };
    let seen = play.look(case).await?.version;
    let means = play.means();
    play.app
        .propose_mediation(&desk, case.id, (&means, Some(seen)), terms)
        .await
        .map(drop)
}

/// The page with the result that waits for signatures.
async fn result_of(play: &Play, case: &Case) -> Result<Sha256Hex> {
    let accident = play.look(case).await?;
    let proposal = accident
        .mediation
        .as_ref()
        .and_then(|mediation| mediation.proposal.as_ref());
    let document = proposal.map(|proposal| proposal.to_sign.sha256.clone());
    document.ok_or_else(|| AppError::Inconsistent("no result to sign".to_owned()))
}
