//! 调解 judged: who wants it, what may stand on the page, who may sign it (程序规定 art. 25).

use crate::accident::{Accident, SignRequest};
use crate::fact::Fact;
use crate::finding::Document;
use crate::id::{OfficerId, PartyId};
use crate::mediation::{
    self, AgreedPayment, Bar, BarKind, Difference, Ending, Mediation, Proposal, Terms, TermsParty,
};
use crate::money::Fen;
use crate::party::Party;
use crate::refusal::{Problem, Refusal};
use crate::signing::{Refused, Signature, SignatureRefusal, Signing, reason_problem};
use crate::stage::Stage;
use crate::time::Instant;

impl Accident {
    fn may_talk_of_mediation(&self) -> Result<(), Refusal> {
        if !matches!(self.stage, Stage::Settling { .. }) {
            return Err(self.not_in("认定书送达后才能调解"));
        }
        if self.mediation.as_ref().is_some_and(Mediation::agreed) {
            return Err(Refusal::not_now("already_agreed", "调解已经达成协议"));
        }
        Ok(())
    }

    fn may_mediate(&self) -> Result<(), Refusal> {
        self.may_talk_of_mediation()?;
        let missing = self.why_not_mediate();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Refusal::NotNow {
            code: "mediation_not_open",
            message: missing[0].message.clone(),
            missing,
        })
    }

    /// 申请调解 or 不申请, said by the party; saying it twice adds nothing.
    ///
    /// # Errors
    /// Before the finding is served; once an agreement is reached.
    pub fn answer_mediation(&self, party: PartyId, wanted: bool) -> Result<Option<Fact>, Refusal> {
        self.party(party)?;
        self.may_talk_of_mediation()?;
        let known = self.wish_of(party).is_some_and(|wish| wish.wanted == wanted);
        let lifts = wanted
            && self
                .bars_of(party)
                .iter()
                .any(|b| b.bar.why == BarKind::DoesNotAgree);
        Ok((!known || lifts).then_some(Fact::MediationAnswered { party, wanted }))
    }

    /// The same, noted by the officer for a party who has no phone to say it with.
    ///
    /// # Errors
    /// As [`Accident::answer_mediation`]; for a party who can speak for themselves.
    pub fn note_wish(
        &self,
        officer: OfficerId,
        party: PartyId,
        wanted: bool,
    ) -> Result<Option<Fact>, Refusal> {
        self.held_by(officer)?;
        if self.party(party)?.confirmed_at.is_some() {
            let message = format!("{}的手机已验证，请由本人在手机上答复", self.side_of(party));
            return Err(Refusal::invalid("party_id", "has_phone", message));
        }
        self.answer_mediation(party, wanted)
    }

    /// 注明: why the police do not mediate, as the officer saw or heard it.
    ///
    /// # Errors
    /// Without a note; a refusal to sign where there is a signature; once an agreement is reached.
    pub fn note_bar(
        &self,
        officer: OfficerId,
        (party, why): (PartyId, BarKind),
        note: &str,
        now: Instant,
    ) -> Result<Bar, Refusal> {
        self.held_by(officer)?;
        self.party(party)?;
        self.may_talk_of_mediation()?;
        let mut problems: Vec<_> = reason_problem("note", note).into_iter().collect();
        let refused = || {
            self.derived_bars(party)
                .any(|bar| bar.why == BarKind::RefusedToSign)
        };
        if why == BarKind::RefusedToSign && !refused() {
            let message = format!("{}已在认定书上签名", self.side_of(party));
            problems.push(Problem::new("why", "has_signed", message));
        }
        Refusal::if_any(problems)?;
        Ok(Bar {
            party,
            why,
            note: note.trim().to_owned(),
            at: now,
        })
    }

    /// The facts that a noted bar makes, with the page it is on; it ends a proposal that waits for signatures.
    pub fn take_bar(&self, bar: Bar, document: Document) -> Vec<Fact> {
        let ended = self
            .mediation
            .as_ref()
            .and_then(Mediation::pending)
            .map(|_| Fact::MediationEnded {
                ending: Ending::Failed {
                    reason: format!("{}{}", self.side_of(bar.party), bar.why.label()),
                    at: bar.at,
                },
                document: None,
            });
        let document = Some(document);
        std::iter::once(Fact::MediationBarred { bar, document })
            .chain(ended)
            .collect()
    }

    /// The parties as the terms see them.
    pub fn terms_parties(&self) -> Vec<TermsParty> {
        let told = |party: &Party| TermsParty {
            label: party.label.clone(),
            name: party
                .details
                .as_ref()
                .map(|details| details.name.clone())
                .unwrap_or_default(),
            losses: party.losses.map_or(Fen::ZERO, |losses| losses.total()),
            subrogated: self.subrogation.contains(&party.id),
        };
        self.parties.iter().map(told).collect()
    }

    /// What the plan leaves to the parties themselves.
    pub fn suggested_terms(&self) -> Vec<AgreedPayment> {
        self.settlement().map_or_else(Vec::new, |settlement| {
            mediation::terms::suggestion(&settlement.plan, &self.terms_parties())
        })
    }

    /// How these payments compare with the plan.
    pub fn terms_difference(&self, payments: &[AgreedPayment]) -> Vec<Difference> {
        mediation::terms::difference(&self.suggested_terms(), payments)
    }

    /// The words for these payments; a draft.
    pub fn draft_terms(&self, payments: &[AgreedPayment]) -> String {
        let insured = self
            .settlement()
            .is_some_and(|settlement| settlement.plan.payments.iter().any(|p| p.insurer.is_some()));
        mediation::draft::draft(&self.terms_parties(), payments, insured)
    }

    /// Judges the terms that shall go onto the page; an earlier proposal that nobody agreed to gives way.
    ///
    /// # Errors
    /// While mediation is not open; everything that is wrong with the terms.
    pub fn propose_terms(&self, officer: OfficerId, terms: Terms, now: Instant) -> Result<Terms, Refusal> {
        self.held_by(officer)?;
        self.may_mediate()?;
        let parties = self.terms_parties();
        let terms = terms.tidied(&parties);
        Refusal::if_any(terms.problems(&parties, now))?;
        Ok(terms)
    }

    /// The proposal with its place for this party's signature.
    ///
    /// # Errors
    /// When none waits for signatures, or this party has signed; when somebody objects or declines meanwhile.
    pub fn may_sign_mediation(&self, party: PartyId) -> Result<&Proposal, Refusal> {
        let proposal = self.awaits_mediation_signature(party)?;
        self.may_mediate()?;
        // Somebody may have chosen 代位求偿 after the words were put on the page.
        let problems = proposal
            .terms
            .problems(&self.terms_parties(), proposal.proposed_at);
        if let Some(waiver) = problems.iter().find(|problem| problem.code == "blanket_waiver") {
            return Err(Refusal::not_now(
                "blanket_waiver",
                format!("{}。请民警修改调解结果后再签名", waiver.message),
            ));
        }
        Ok(proposal)
    }

    fn awaits_mediation_signature(&self, party: PartyId) -> Result<&Proposal, Refusal> {
        self.party(party)?;
        let none = || Refusal::not_now("no_proposal", "现在没有待签名的调解结果");
        let mediation = self.mediation.as_ref().ok_or_else(none)?;
        self.may_talk_of_mediation()?;
        let proposal = mediation.pending().ok_or_else(none)?;
        match proposal.signings.iter().find(|slot| slot.party() == party) {
            Some(Signing::Pending { .. }) => Ok(proposal),
            Some(Signing::Signed { .. }) => {
                Err(Refusal::not_now("already_signed", "您已经在调解结果上签过名了"))
            }
            Some(Signing::Refused { .. }) => Err(Refusal::not_now(
                "already_refused",
                "民警已记录拒绝签名，不能再签",
            )),
            None => Err(Refusal::Unknown("signature")),
        }
    }

    /// Judges a signature under the result.
    ///
    /// # Errors
    /// As [`Accident::may_sign_mediation`]; another page than the one out now; a signature that is none.
    pub fn sign_mediation(
        &self,
        party: PartyId,
        request: SignRequest,
        now: Instant,
    ) -> Result<Signature, Refusal> {
        let proposal = self.may_sign_mediation(party)?;
        let shown = (&proposal.to_sign.sha256, proposal.signings.as_slice());
        request.judged(shown, "调解结果已更新，请重新阅读后再签名", now)
    }

    /// Judges a refusal to sign the result, noted by the officer: nothing is agreed then.
    ///
    /// # Errors
    /// Without a reason; when the party has signed; when no proposal waits.
    pub fn refuse_mediation(
        &self,
        officer: OfficerId,
        (party, what): (PartyId, Refused),
        reason: &str,
        now: Instant,
    ) -> Result<SignatureRefusal, Refusal> {
        self.held_by(officer)?;
        self.awaits_mediation_signature(party)?;
        Refusal::if_any(reason_problem("reason", reason).into_iter().collect())?;
        Ok(SignatureRefusal {
            what,
            reason: reason.trim().to_owned(),
            at: now,
            events: Vec::new(),
        })
    }

    /// The facts that a signature or refusal makes, with the page it is on. The last signature is the
    /// agreement, any refusal its end.
    pub fn take_mediation_signature(&self, slot: Signing, document: Document, now: Instant) -> Vec<Fact> {
        let pending = self.mediation.as_ref().and_then(Mediation::pending);
        let others_signed = pending.is_some_and(|proposal| {
            proposal
                .signings
                .iter()
                .all(|other| other.party() == slot.party() || matches!(other, Signing::Signed { .. }))
        });
        let ended = |ending| Fact::MediationEnded {
            ending,
            document: None,
        };
        match slot {
            Signing::Pending { .. } => Vec::new(),
            Signing::Signed { party, signature } => {
                let signed = Fact::MediationSigned {
                    party,
                    signature,
                    document,
                };
                let agreed = others_signed.then(|| ended(Ending::Agreed { at: now }));
                std::iter::once(signed).chain(agreed).collect()
            }
            Signing::Refused { party, refusal } => {
                let reason = self.refused_words(party, &refusal);
                let refused = Fact::MediationRefused {
                    party,
                    refusal,
                    document,
                };
                vec![refused, ended(Ending::Failed { reason, at: now })]
            }
        }
    }

    /// 乙方拒绝签字：认为金额过低
    pub fn refused_words(&self, party: PartyId, refusal: &SignatureRefusal) -> String {
        format!(
            "{}拒绝{}：{}",
            self.side_of(party),
            refusal.what.text(),
            refusal.reason
        )
    }

    /// No agreement is reached, says the officer.
    ///
    /// # Errors
    /// Without a reason; when nobody asked for mediation, it has ended, or an agreement is signed.
    pub fn end_mediation(&self, officer: OfficerId, reason: &str, now: Instant) -> Result<Ending, Refusal> {
        self.held_by(officer)?;
        self.may_talk_of_mediation()?;
        let begun = self
            .mediation
            .as_ref()
            .filter(|mediation| mediation.ending.is_none());
        if begun.is_none_or(|mediation| mediation.wishes.is_empty()) {
            return Err(Refusal::not_now("no_mediation", "现在没有正在进行的调解"));
        }
        Refusal::if_any(reason_problem("reason", reason).into_iter().collect())?;
        Ok(Ending::Failed {
            reason: reason.trim().to_owned(),
            at: now,
        })
    }
}
