//! What a party may claim after the finding: that it is wrong (对认定有异议), and that their own insurer pays
//! first (代位求偿). Neither changes the finding; review (复核) is asked for in writing.

use crate::accident::Accident;
use crate::fact::{Fact, Recorded};
use crate::id::PartyId;
use crate::liability::Liability;
use crate::mediation::{BarKind, Mediation, Objection};
use crate::refusal::Refusal;
use crate::signing::reason_problem;
use crate::stage::Stage;
use crate::time::Instant;

impl Accident {
    /// When the finding was served: with the last signature or refusal; none while one is missing.
    pub fn served_at(&self) -> Option<Instant> {
        self.finding()?.served_at()
    }

    /// 我对认定有异议: said by the party, with the reason.
    ///
    /// # Errors
    /// Before the finding is issued and after the case is closed; without a reason; a second time.
    pub fn object(&self, party: PartyId, reason: &str) -> Result<Fact, Refusal> {
        self.party(party)?;
        if !matches!(self.stage, Stage::Signing { .. } | Stage::Settling { .. }) {
            return Err(self.not_in("认定书出具后、结案前才能提出异议"));
        }
        if self.mediation.as_ref().is_some_and(Mediation::agreed) {
            return Err(Refusal::not_now(
                "already_agreed",
                "各方已经签署调解结果，如有异议请书面申请复核",
            ));
        }
        if self.objections.iter().any(|objection| objection.party == party) {
            return Err(Refusal::not_now("already_objected", "您的异议已经记录"));
        }
        Refusal::if_any(reason_problem("reason", reason).into_iter().collect())?;
        Ok(Fact::FindingObjected {
            party,
            reason: reason.trim().to_owned(),
        })
    }

    /// The party takes the objection back.
    ///
    /// # Errors
    /// Without an objection; after the case is closed.
    pub fn withdraw_objection(&self, party: PartyId) -> Result<Fact, Refusal> {
        self.party(party)?;
        if !matches!(self.stage, Stage::Signing { .. } | Stage::Settling { .. }) {
            return Err(self.not_in("不能再更改"));
        }
        if self.objections.iter().all(|objection| objection.party != party) {
            return Err(Refusal::not_now("no_objection", "没有需要撤回的异议"));
        }
        Ok(Fact::ObjectionWithdrawn { party })
    }

    /// Who may let their own insurer pay first: without fault, and with own-damage cover.
    pub fn subrogation_offered(&self) -> Vec<PartyId> {
        let Some(decision) = self.decision().filter(|_| self.finding().is_some()) else {
            return Vec::new();
        };
        let offered = self.parties.iter().filter(|party| {
            let decided = decision.of(party.id);
            decided.is_some_and(|decided| decided.liability == Liability::None)
                && party
                    .vehicle()
                    .is_some_and(|vehicle| vehicle.own_damage.is_some())
        });
        offered.map(|party| party.id).collect()
    }

    /// 代位求偿 chosen, or not any more; saying it twice adds nothing.
    ///
    /// # Errors
    /// For a party it is not offered to; before the finding is issued and after the case is closed; once an
    /// agreement is signed that leaves no claim to pass on.
    pub fn choose_subrogation(&self, party: PartyId, chosen: bool) -> Result<Option<Fact>, Refusal> {
        self.party(party)?;
        if !matches!(self.stage, Stage::Signing { .. } | Stage::Settling { .. }) {
            return Err(self.not_in("认定书出具后、结案前才能选择代位求偿"));
        }
        if chosen && !self.subrogation_offered().contains(&party) {
            return Err(Refusal::not_now(
                "subrogation_not_offered",
                "只有无责任且投保了车损险的一方可以选择代位求偿",
            ));
        }
        let agreed = self.mediation.as_ref().filter(|mediation| mediation.agreed());
        if chosen && agreed.is_some_and(Mediation::waives) {
            return Err(Refusal::not_now(
                "blanket_waiver",
                "您已签署的调解结果放弃了权利，不能再选择代位求偿",
            ));
        }
        let known = self.subrogation.contains(&party) == chosen;
        Ok((!known).then_some(Fact::SubrogationAnswered { party, chosen }))
    }

    /// What these facts do.
    pub(super) fn apply_to_claims(&mut self, recorded: &Recorded) {
        match &recorded.fact {
            Fact::FindingObjected { party, reason } => self.objections.push(Objection {
                party: *party,
                reason: reason.clone(),
                at: recorded.at,
            }),
            Fact::ObjectionWithdrawn { party } => {
                self.objections.retain(|objection| objection.party != *party);
                if let Some(mediation) = &mut self.mediation {
                    mediation.lift(*party, BarKind::ObjectsToFinding);
                }
            }
            Fact::SubrogationAnswered { party, chosen } => {
                self.subrogation.retain(|other| other != party);
                if *chosen {
                    self.subrogation.push(*party);
                }
            }
            _ => {}
        }
    }
}
