//! What compulsory cover leaves, divided by share: commercial covers first, then the parties' own purses.

use super::Standard;
use crate::money::{Fen, MoneyError};
use crate::settlement::because::{self, Gap, Why};
use crate::settlement::{Cover, Head};

impl Standard<'_> {
    /// What is left of each loss, by share.
    pub(super) fn remainder(&mut self, head: Head, left: &[Fen]) -> Result<(), MoneyError> {
        let nobody = self.shares.iter().all(|share| *share == 0);
        for (victim, rest) in left.iter().enumerate().filter(|(_, rest)| !rest.is_zero()) {
            if nobody {
                self.pay(head, Cover::Personal, (victim, victim), *rest, Why::Borne);
                continue;
            }
            for (party, part) in rest.divide(&self.shares)?.into_iter().enumerate() {
                if party == victim {
                    self.own_part(head, party, part)?;
                } else {
                    self.others_part(head, party, victim, part)?;
                }
            }
        }
        Ok(())
    }

    /// The victim's own part: its 车损险 pays property, less the deductible; the rest it bears.
    fn own_part(&mut self, head: Head, party: usize, part: Fen) -> Result<(), MoneyError> {
        let holder = &self.input.parties[party];
        let property = head == Head::Property;
        let cover = holder.own_damage.as_ref().filter(|_| property);
        let share = self.shares[party];
        let motor = holder.is_motor();
        let covered = match cover {
            Some(cover) => less(part, cover.deductible_percent)?,
            None => Fen::ZERO,
        };
        let deductible = cover.map(|cover| cover.deductible_percent);
        let paid = Why::OwnDamage {
            share,
            deductible: deductible.unwrap_or_default(),
            motor,
        };
        self.pay(head, Cover::OwnDamage, (party, party), covered, paid);
        let borne = Why::Own {
            share,
            deductible,
            uninsured: property && motor,
        };
        self.pay(
            head,
            Cover::Personal,
            (party, party),
            Fen(part.0 - covered.0),
            borne,
        );
        Ok(())
    }

    /// Another party's part: its 三者险 pays, less the deductible and up to its limit; the rest it pays itself.
    fn others_part(&mut self, head: Head, party: usize, victim: usize, part: Fen) -> Result<(), MoneyError> {
        let holder = &self.input.parties[party];
        let share = self.shares[party];
        let Some(cover) = holder.third_party.as_ref().filter(|_| holder.is_motor()) else {
            let gap = if holder.is_motor() {
                Gap::NoCover
            } else {
                Gap::NoVehicle
            };
            self.pay(
                head,
                Cover::Personal,
                (party, victim),
                part,
                Why::Personal { share, gap },
            );
            return Ok(());
        };
        let percent = cover.deductible_percent;
        let wanted = less(part, percent)?;
        let covered = wanted.min(self.third_party_left[party]);
        self.third_party_left[party].0 -= covered.0;
        let (deductible, over) = (Fen(part.0 - wanted.0), Fen(wanted.0 - covered.0));
        if !over.is_zero() {
            let warning = because::limit_too_small(&holder.label, cover.limit);
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        let paid = Why::ThirdParty {
            share,
            deductible: percent,
            used_up: (!over.is_zero()).then_some(cover.limit),
        };
        self.pay(head, Cover::ThirdParty, (party, victim), covered, paid);
        let gap = match (deductible.is_zero(), over.is_zero()) {
            (_, true) => Gap::Deductible { percent },
            (true, false) => Gap::OverLimit { limit: cover.limit },
            (false, false) => Gap::Both {
                percent,
                deductible,
                over,
                limit: cover.limit,
            },
        };
        let personal = Why::Personal { share, gap };
        self.pay(
            head,
            Cover::Personal,
            (party, victim),
            Fen(deductible.0 + over.0),
            personal,
        );
        Ok(())
    }
}

/// The part less its deductible; the deductible is rounded half up to the fen.
fn less(part: Fen, percent: u8) -> Result<Fen, MoneyError> {
    let deductible = part.percent(percent).ok_or(MoneyError::Overflow)?;
    part.checked_sub(deductible).ok_or(MoneyError::Overflow)
}
