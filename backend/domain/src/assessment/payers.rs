//! Who will pay for a vehicle's damage, and so has a say in what it comes to.

use std::collections::BTreeSet;

use crate::accident::Accident;
use crate::id::{InsurerCode, PartyId};
use crate::money::Fen;
use crate::rule_pack::RulePack;
use crate::settlement::{Cover, Head, Plan, SettlementInput, settle};
use crate::stage::StageName;

/// Those whose word the figure needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payers {
    pub insurers: BTreeSet<InsurerCode>,
    /// People without any insurer who pay themselves; with no insurer at all, the vehicle's own party too.
    pub parties: BTreeSet<PartyId>,
}

impl Payers {
    /// Once liability is decided: whoever pays in a trial plan with this loss in it. Before, and where no plan can
    /// be made yet: every insurer with a policy in the case, and without any every party.
    pub fn of(accident: &Accident, party: PartyId, total: Fen, pack: &RulePack) -> Self {
        trial(accident, party, total, pack)
            .and_then(|plan| Self::in_plan(accident, party, &plan))
            .unwrap_or_else(|| Self::before_decision(accident))
    }

    fn before_decision(accident: &Accident) -> Self {
        let insurers: BTreeSet<_> = accident.policy_insurers().collect();
        let parties = if insurers.is_empty() {
            accident.parties.iter().map(|party| party.id).collect()
        } else {
            BTreeSet::new()
        };
        Self { insurers, parties }
    }

    fn in_plan(accident: &Accident, party: PartyId, plan: &Plan) -> Option<Self> {
        let victim = accident.party(party).ok()?;
        let mut payers = Self::default();
        let for_it = plan
            .payments
            .iter()
            .filter(|payment| payment.head == Head::Property && payment.payee == victim.label);
        for payment in for_it {
            match (&payment.insurer, payment.cover) {
                (Some(insurer), _) => payers.insurers.extend(insurer.parse::<InsurerCode>().ok()),
                (None, Cover::Personal) => {
                    let holder = accident.parties.iter().find(|p| p.label == payment.holder)?;
                    if holder.id != party && holder.insurers().next().is_none() {
                        payers.parties.insert(holder.id);
                    }
                }
                (None, _) => {}
            }
        }
        if payers.insurers.is_empty() {
            payers.parties.insert(party);
        }
        Some(payers)
    }
}

/// The plan as it would be with this figure; none before the decision.
fn trial(accident: &Accident, party: PartyId, total: Fen, pack: &RulePack) -> Option<Plan> {
    let decided = matches!(
        accident.stage_name(),
        StageName::Decided | StageName::Signing | StageName::Settling | StageName::Closed
    );
    if !decided {
        return None;
    }
    let mut input = SettlementInput::of(accident);
    let index = accident.parties.iter().position(|known| known.id == party)?;
    input.parties.get_mut(index)?.losses.vehicle = total;
    settle(&input, pack).ok()
}
