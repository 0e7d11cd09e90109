//! A plan that was made again against the one before it, as everybody who may see the plan sees it.

use domain::accident::Accident;
use domain::money::Fen;
use domain::settlement::{Plan, difference};
use domain::stage::Settlement;
use domain::time::Instant;
use serde::{Deserialize, Serialize};

use super::record::NamedInsurer;

/// A plan that was made again, against the one before it.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PlanChange {
    pub made_at: Instant,
    pub insurers: Vec<InsurerChangeView>,
    pub parties: Vec<PartyChangeView>,
}

#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InsurerChangeView {
    pub insurer: NamedInsurer,
    pub before_fen: i64,
    pub after_fen: i64,
    pub change_fen: i64,
}

/// A party or the owner of outside property.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PartyChangeView {
    pub label: String,
    /// From others and from insurers.
    pub receives_before_fen: i64,
    pub receives_after_fen: i64,
    /// To others, out of the own pocket.
    pub pays_before_fen: i64,
    pub pays_after_fen: i64,
    /// Of the own loss.
    pub bears_before_fen: i64,
    pub bears_after_fen: i64,
}

/// Every plan against the one before it.
pub fn of(accident: &Accident) -> Vec<PlanChange> {
    let plans: Vec<&Settlement> = accident
        .earlier_plans
        .iter()
        .chain(accident.settlement())
        .collect();
    plans
        .windows(2)
        .filter_map(|pair| match pair {
            [old, new] => Some(plan_change(&old.plan, &new.plan, new.made_at)),
            _ => None,
        })
        .collect()
}

fn plan_change(old: &Plan, new: &Plan, made_at: Instant) -> PlanChange {
    let changed = difference(old, new);
    PlanChange {
        made_at,
        insurers: changed
            .insurers
            .iter()
            .map(|change| InsurerChangeView {
                insurer: NamedInsurer::of(&change.insurer),
                before_fen: change.before.0,
                after_fen: change.after.0,
                change_fen: change.after.checked_sub(change.before).unwrap_or(Fen::ZERO).0,
            })
            .collect(),
        parties: changed
            .parties
            .iter()
            .map(|change| PartyChangeView {
                label: change.label.clone(),
                receives_before_fen: change.before.receives.0,
                receives_after_fen: change.after.receives.0,
                pays_before_fen: change.before.pays.0,
                pays_after_fen: change.after.pays.0,
                bears_before_fen: change.before.bears.0,
                bears_after_fen: change.after.bears.0,
            })
            .collect(),
    }
}
