//! The standard rule: compulsory cover head by head, then what remains by share.

mod remainder;

use time::Date;

use super::because::{self, Reach, Why};
use super::ctp::{Payer, allocate};
use super::{Cover, Head, Payment, SettlementError, SettlementInput, SettlementParty};
use crate::liability::shares;
use crate::money::{Fen, MoneyError};
use crate::rule_pack::{CtpLimits, InjuryDivision, NoMotorAtFault, RulePack};

/// One computation under way.
struct Standard<'a> {
    input: &'a SettlementInput,
    pack: &'a RulePack,
    day: Date,
    /// Percent per party.
    shares: Vec<i64>,
    /// Motor vehicles at fault and not at fault, in party order.
    at_fault: Vec<usize>,
    no_fault: Vec<usize>,
    /// What each party's third-party cover has left; used up in the order payments arise.
    third_party_left: Vec<Fen>,
    payments: Vec<Payment>,
    warnings: Vec<String>,
}

/// The payments, and what a reader should know about them.
pub(super) fn payments(
    input: &SettlementInput,
    pack: &RulePack,
    day: Date,
) -> Result<(Vec<Payment>, Vec<String>), SettlementError> {
    let given: Vec<_> = input
        .parties
        .iter()
        .map(|party| (party.liability, party.share))
        .collect();
    let shares = shares(&given, pack.default_shares())
        .map_err(|error| SettlementError::new(error.code(), error.field(), error.message()))?;
    let motors = |at_fault: bool| {
        let all = input.parties.iter().enumerate();
        let wanted = all.filter(|(_, p)| p.is_motor() && p.liability.is_at_fault() == at_fault);
        wanted.map(|(index, _)| index).collect::<Vec<_>>()
    };
    let limit = |party: &SettlementParty| party.third_party.as_ref().map_or(Fen::ZERO, |cover| cover.limit);
    let mut standard = Standard {
        input,
        pack,
        day,
        shares: shares.into_iter().map(i64::from).collect(),
        at_fault: motors(true),
        no_fault: motors(false),
        third_party_left: input.parties.iter().map(limit).collect(),
        payments: Vec::new(),
        warnings: Vec::new(),
    };
    for head in Head::ALL {
        // Validated amounts neither overflow nor are negative, so this never happens.
        standard.head(head).map_err(|_| {
            SettlementError::new(
                "amount_too_large",
                "parties",
                "金额过大，无法计算，请检查各项损失。",
            )
        })?;
    }
    Ok((standard.payments, standard.warnings))
}

impl<'a> Standard<'a> {
    fn head(&mut self, head: Head) -> Result<(), MoneyError> {
        let mut left = self.losses(head);
        if left.iter().all(|loss| loss.is_zero()) {
            return Ok(());
        }
        if head == Head::Property && !self.at_fault.is_empty() {
            self.no_fault_side(&mut left)?;
        }
        self.compulsory(head, &mut left)?;
        self.remainder(head, &left)
    }

    /// Losses under one head: parties in order, outside property after them.
    fn losses(&self, head: Head) -> Vec<Fen> {
        let of = |party: &SettlementParty| match head {
            Head::Property => party.property(),
            Head::Medical => party.losses.medical,
            Head::Disability => party.losses.disability,
        };
        let mut losses: Vec<Fen> = self.input.parties.iter().map(of).collect();
        if head == Head::Property {
            losses.extend(self.input.outside_property.iter().map(|outside| outside.loss));
        }
        losses
    }

    /// The no-fault vehicles' hundred yuan for the vehicles at fault: advanced by the latter's own
    /// insurers when all are insured and nobody is hurt, paid directly otherwise.
    fn no_fault_side(&mut self, left: &mut [Fen]) -> Result<(), MoneyError> {
        let each = self.pack.ctp_no_fault.property;
        if self.advance_applies() {
            let count = i64::try_from(self.no_fault.len()).map_err(|_| MoneyError::Overflow)?;
            let all = Fen(each.0.checked_mul(count).ok_or(MoneyError::Overflow)?);
            for (index, limit) in self
                .at_fault
                .clone()
                .into_iter()
                .zip(all.divide_equally(self.at_fault.len())?)
            {
                let amount = limit.min(left[index]);
                left[index].0 -= amount.0;
                let own = (index, index);
                self.pay(Head::Property, Cover::CtpAdvance, own, amount, Why::Advance);
            }
            return Ok(());
        }
        // Where the no-fault vehicles together would pay more than a loss, they share it alike, so
        // that no order of parties decides who pays.
        let alike = vec![1; self.no_fault.len()];
        for (victim, part) in self
            .at_fault
            .clone()
            .into_iter()
            .zip(each.divide_equally(self.at_fault.len())?)
        {
            let count = i64::try_from(self.no_fault.len()).map_err(|_| MoneyError::Overflow)?;
            let all = Fen(part.0.checked_mul(count).ok_or(MoneyError::Overflow)?).min(left[victim]);
            left[victim].0 -= all.0;
            for (payer, amount) in self.no_fault.clone().into_iter().zip(all.divide(&alike)?) {
                self.pay_ctp(Head::Property, payer, victim, (amount, Reach::Within));
            }
        }
        Ok(())
    }

    fn advance_applies(&self) -> bool {
        let mut motors = self.at_fault.iter().chain(&self.no_fault);
        let insured = motors.all(|index| self.input.parties[*index].valid_ctp(self.day).is_some());
        insured && !self.input.parties.iter().any(SettlementParty::is_injured)
    }

    /// What compulsory cover pays to others.
    fn compulsory(&mut self, head: Head, left: &mut [Fen]) -> Result<(), MoneyError> {
        let nobody = head == Head::Property && self.at_fault.is_empty();
        if nobody && self.pack.no_motor_at_fault == NoMotorAtFault::EachItsOwn {
            return Ok(());
        }
        let payers = self.payers(head);
        // Without anybody at fault no-fault policies answer for parties, not for outside property.
        let reach = if nobody {
            self.input.parties.len()
        } else {
            left.len()
        };
        let Some(reached) = left.get_mut(..reach) else {
            return Ok(());
        };
        let rows = allocate(&payers, reached, !nobody)?;
        for victim in 0..reach {
            for (payer, row) in payers.iter().zip(&rows) {
                self.pay_ctp(head, payer.party, victim, (row.paid[victim], row.reach(victim)));
            }
        }
        Ok(())
    }

    /// Property: the vehicles at fault alike, or all when none is. Injuries: every motor vehicle, as
    /// the region's strategy divides them.
    fn payers(&self, head: Head) -> Vec<Payer> {
        let parties = self
            .input
            .parties
            .iter()
            .enumerate()
            .filter(|(_, party)| party.is_motor());
        let only_at_fault = head == Head::Property && !self.at_fault.is_empty();
        parties
            .filter(|(_, party)| !only_at_fault || party.liability.is_at_fault())
            .map(|(index, _)| {
                let limit = self.limit(head, index);
                Payer {
                    party: index,
                    limit,
                    weight: match (head, self.pack.injury_division) {
                        (Head::Property, _) | (_, InjuryDivision::Equally) => 1,
                        (_, InjuryDivision::ByLimit) => limit.0,
                    },
                }
            })
            .collect()
    }

    fn limit(&self, head: Head, party: usize) -> Fen {
        let at_fault = self.input.parties[party].liability.is_at_fault();
        let CtpLimits {
            property,
            medical,
            disability,
        } = if at_fault {
            self.pack.ctp_fault
        } else {
            self.pack.ctp_no_fault
        };
        match head {
            Head::Property => property,
            Head::Medical => medical,
            Head::Disability => disability,
        }
    }

    /// From a compulsory policy, or from the owner who should have had one.
    fn pay_ctp(&mut self, head: Head, payer: usize, victim: usize, (amount, reach): (Fen, Reach)) {
        let party = &self.input.parties[payer];
        if party.valid_ctp(self.day).is_none() {
            self.pay(head, Cover::Personal, (payer, victim), amount, Why::Uninsured);
            return;
        }
        let why = Why::Compulsory {
            at_fault: party.liability.is_at_fault(),
            limit: self.limit(head, payer),
            reach,
        };
        self.pay(head, Cover::Ctp, (payer, victim), amount, why);
    }

    /// Notes a payment; nothing is left out but zero.
    fn pay(&mut self, head: Head, cover: Cover, (holder, payee): (usize, usize), amount: Fen, why: Why) {
        if amount.is_zero() {
            return;
        }
        let insurer = self.input.parties.get(holder).and_then(|party| match cover {
            Cover::Ctp | Cover::CtpSelf | Cover::CtpAdvance => party.ctp.as_ref().map(|c| &c.insurer),
            Cover::ThirdParty => party.third_party.as_ref().map(|c| &c.insurer),
            Cover::OwnDamage => party.own_damage.as_ref().map(|c| &c.insurer),
            Cover::Personal => None,
        });
        let (holder, payee) = (self.name(holder), self.name(payee));
        let because = because::sentence(&because::Told {
            why,
            head,
            holder,
            payee,
            insurer: insurer.map(String::as_str),
            amount,
        });
        self.payments.push(Payment {
            head,
            cover,
            holder: holder.to_owned(),
            insurer: insurer.cloned(),
            payee: payee.to_owned(),
            amount,
            rule: why.rule(),
            because,
        });
    }

    /// A party's label, or the owner of the outside property that follows the parties.
    fn name(&self, victim: usize) -> &'a str {
        let parties = &self.input.parties;
        let outside = || self.input.outside_property.get(victim - parties.len());
        parties
            .get(victim)
            .map(|party| party.label.as_str())
            .or_else(|| outside().map(|outside| outside.owner.as_str()))
            .unwrap_or_default()
    }
}
