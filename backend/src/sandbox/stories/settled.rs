//! Stories from the crash to the money, and the one that leaves the remote flow.

use domain::codes::ClosingCode;
use domain::money::Fen;
use domain::party::{ConsentKind, Losses};
use domain::signing::Refused;
use domain::triage::Injury;

use super::super::play::{Case, Play};
use super::acts::{
    self, SCRATCHED, assesses, decides, decides_rear_end, everybody_accepts, everybody_signs, issues,
    rear_end_at_the_desk, signs,
};
use super::{Insured, Setting, hurt};
use crate::refusal::Result;
use crate::sandbox::scene::View;

/// 互碰自赔: both changed lanes, both are to blame alike, each is paid by their own insurer.
pub async fn self_pay(play: &mut Play, insured: Insured) -> Result<Case> {
    let people = vec![play.person(0, insured.first), play.person(1, insured.second)];
    let setting = Setting::of(play, people, View::SideBySide);
    let case = play.comes_to_the_desk(setting).await?;
    assesses(play, &case, 0, SCRATCHED).await?;
    assesses(play, &case, 1, SCRATCHED).await?;
    decides(play, &case, &[&["302"], &["302"]]).await?;
    everybody_accepts(play, &case).await?;
    issues(play, &case).await?;
    for side in &case.sides {
        play.agrees(side, ConsentKind::SelfPay).await?;
    }
    everybody_signs(play, &case).await?;
    Ok(case)
}

/// 甲 drove into 乙: 甲's insurer pays 乙, and 甲 a hundred yuan in place of 乙's insurer.
pub async fn rear_end(play: &mut Play, insured: Insured) -> Result<Case> {
    let case = decided(play, insured).await?;
    issues(play, &case).await?;
    everybody_signs(play, &case).await?;
    Ok(case)
}

/// As far as the decision.
pub async fn decided(play: &mut Play, insured: Insured) -> Result<Case> {
    let case = rear_end_at_the_desk(play, insured).await?;
    damage_is_assessed(play, &case).await?;
    decides_rear_end(play, &case).await?;
    everybody_accepts(play, &case).await?;
    Ok(case)
}

/// 甲's front, and everybody else's rear.
async fn damage_is_assessed(play: &mut Play, case: &Case) -> Result<()> {
    for index in 0..case.sides.len() {
        let lines = if index == 0 {
            acts::front(play)
        } else {
            acts::rear(play)
        };
        assesses(play, case, index, lines).await?;
    }
    Ok(())
}

/// 甲 pushed 乙 into 丙.
pub async fn three_cars(play: &mut Play, insured: Insured) -> Result<Case> {
    let people = vec![
        play.person(0, insured.first),
        play.person(1, insured.second),
        play.person(2, insured.second),
    ];
    let setting = Setting::of(play, people, View::ThreeInARow);
    let case = play.comes_to_the_desk(setting).await?;
    damage_is_assessed(play, &case).await?;
    decides_rear_end(play, &case).await?;
    everybody_accepts(play, &case).await?;
    issues(play, &case).await?;
    everybody_signs(play, &case).await?;
    Ok(case)
}

/// 乙's neck hurts: medical costs and a few days off work.
pub async fn injury(play: &mut Play, insured: Insured) -> Result<Case> {
    let mut people = vec![play.person(0, insured.first), play.person(1, insured.second)];
    if let Some(second) = people.get_mut(1) {
        Play::hurt(second);
    }
    let setting = hurt(Setting::of(play, people, View::RearEnd), Injury::Slight);
    let case = play.comes_to_the_desk(setting).await?;
    damage_is_assessed(play, &case).await?;
    let second = case.side(1)?.by.party;
    let known = play.look(&case).await?;
    let vehicle_fen = known.party(second)?.losses.unwrap_or_default().vehicle_fen;
    let losses = Losses {
        vehicle_fen,
        carried_fen: Fen(0),
        medical_fen: Fen::from_yuan(860),
        disability_fen: Fen::from_yuan(1_200),
    };
    let desk = play.desk.clone();
    play.app
        .assess_losses(&desk, case.id, (second, None), losses)
        .await?;
    decides_rear_end(play, &case).await?;
    everybody_accepts(play, &case).await?;
    issues(play, &case).await?;
    everybody_signs(play, &case).await?;
    Ok(case)
}

/// Somebody is hurt more than slightly: the case goes to the field at the first question.
pub async fn field(play: &mut Play, insured: Insured) -> Result<Case> {
    let people = vec![play.person(0, insured.first)];
    let setting = Setting::of(play, people, View::RearEnd);
    play.nearly_over(600);
    let case = play.is_reported(setting).await?;
    let answers = domain::triage::Answers {
        injury: Injury::Serious,
        ..domain::triage::Answers::default()
    };
    let means = play.means();
    let first = case.side(0)?.by;
    play.app.answer_triage(first, case.id, &means, answers).await?;
    Ok(case)
}

/// 乙 does not sign; the officer notes it, and the finding is served all the same.
pub async fn refusal(play: &mut Play, insured: Insured) -> Result<Case> {
    let case = decided(play, insured).await?;
    issues(play, &case).await?;
    play.nearly_over(300);
    signs(play, &case, 0).await?;
    let second = case.side(1)?.by.party;
    let noted = (second, Refused::Sign, "认为对方车速过快，不认可事故经过");
    let means = play.means();
    let desk = play.desk.clone();
    play.app.refuse_signature(&desk, case.id, &means, noted).await?;
    acts::closes(play, &case, (ClosingCode::SignatureRefused, None), "").await?;
    Ok(case)
}

/// The finding named the wrong lane: taken back after one had signed, and issued anew.
pub async fn voided(play: &mut Play, insured: Insured) -> Result<Case> {
    let case = decided(play, insured).await?;
    issues(play, &case).await?;
    signs(play, &case, 0).await?;
    let desk = play.desk.clone();
    let seen = play.look(&case).await?.version;
    let means = play.means();
    let reason = "事故事实中行驶车道记录有误，撤销后重新出具";
    play.app
        .void_finding(&desk, case.id, (&means, Some(seen)), reason)
        .await?;
    play.passes(90);
    decides_rear_end(play, &case).await?;
    issues(play, &case).await?;
    everybody_signs(play, &case).await?;
    Ok(case)
}
