//! Stories about the figure: one that waits for an answer, one that was objected to, one that grew.

use domain::assessment::Operation;
use domain::id::InsurerCode;
use domain::money::Fen;

use super::super::play::{Case, Play};
use super::Insured;
use super::acts::{
    self, HEAVY, assesses, decides_rear_end, everybody_accepts, everybody_signs, issues, rear_end_at_the_desk,
};
use super::settled::rear_end;
use crate::app::answer_assessment::InsurerAnswer;
use crate::app::assess_vehicle::{Named, Proposed};
use crate::refusal::{AppError, Result};

/// 乙's damage is above the cap: 甲's insurer has a day to say something, and the money waits for it.
pub async fn awaiting(play: &mut Play, insured: Insured) -> Result<Case> {
    let case = rear_end_at_the_desk(play, insured).await?;
    decides_rear_end(play, &case).await?;
    issues(play, &case).await?;
    everybody_signs(play, &case).await?;
    let lines = acts::front(play);
    assesses(play, &case, 0, lines).await?;
    everybody_accepts(play, &case).await?;
    assesses(play, &case, 1, HEAVY).await?;
    Ok(case)
}

/// 甲's insurer finds the figure too high; both sides look together, and the desk writes down what they find.
pub async fn objection(play: &mut Play, insured: Insured) -> Result<Case> {
    let case = awaiting(play, insured).await?;
    let accident = play.look(&case).await?;
    if !acts::is_asked(&accident, insured.first) {
        return Err(AppError::Inconsistent(
            "nobody is asked about a figure above the cap".to_owned(),
        ));
    }
    let assessment = accident.assessments.last().map(|last| last.id);
    let assessment = assessment.ok_or_else(|| AppError::Inconsistent("no assessment".to_owned()))?;
    let answer = InsurerAnswer::Objected {
        reason: "后纵梁无明显变形，校正工时偏高".to_owned(),
        own_figure_fen: Fen::from_yuan(9_800),
    };
    let means = play.means();
    play.app
        .answer_as_insurer(insured.first, assessment, &means, answer)
        .await?;
    play.passes(15);
    let lines = HEAVY.get(..HEAVY.len() - 1).unwrap_or_default();
    let (means, desk) = (play.means(), play.desk.clone());
    let found = (
        acts::items(lines),
        Some("三方视频复核：后纵梁无需校正".to_owned()),
    );
    play.app
        .assess_jointly(&desk, (case.id, assessment), (&means, None), found)
        .await?;
    Ok(case)
}

/// The workshop found more: 乙's insurer says so after the money was settled.
pub async fn supplement(play: &mut Play, insured: Insured) -> Result<Case> {
    let case = rear_end(play, insured).await?;
    play.passes(40);
    supplements(play, &case, insured.second).await?;
    everybody_accepts(play, &case).await?;
    Ok(case)
}

/// Everything that was there, and one part more.
async fn supplements(play: &mut Play, case: &Case, by: InsurerCode) -> Result<()> {
    let second = case.side(1)?.by.party;
    let accident = play.look(case).await?;
    let last = accident.assessments.iter().rev().find(|own| own.party == second);
    let mut items = last.map(|last| last.items.clone()).unwrap_or_default();
    items.extend(acts::items(&[("后纵梁校正", Operation::Repair, 0, 520)]));
    let proposed = Proposed {
        supplements: last.map(|last| last.id),
        items,
        photos: case.photos.get(1).copied().into_iter().collect(),
        note: Some("拆检发现后纵梁轻微变形".to_owned()),
    };
    let means = play.means();
    play.app
        .assess_as_insurer(by, Named::Accident(case.id), &means, ("乙", proposed))
        .await
        .map(drop)
}
