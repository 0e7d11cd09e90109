//! What stands against mediation (程序规定 art. 26), and whether it is open (art. 25): noted by the officer, or
//! following from what a party did.

use crate::accident::Accident;
use crate::id::PartyId;
use crate::mediation::{self, Bar, BarKind, Mediation, Wish};
use crate::refusal::Problem;
use crate::signing::Signing;
use crate::stage::Stage;

/// A bar as it stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingBar {
    pub bar: Bar,
    /// Noted by the officer; otherwise it follows from what the party did.
    pub noted: bool,
}

impl Accident {
    /// What stands against mediation now, party by party; what the officer noted comes before what follows
    /// by itself, and nothing is said twice.
    pub fn bars(&self) -> Vec<StandingBar> {
        let parties = self.parties.iter().map(|party| party.id);
        parties.flat_map(|party| self.bars_of(party)).collect()
    }

    pub(super) fn bars_of(&self, party: PartyId) -> Vec<StandingBar> {
        let noted = self.mediation.iter().flat_map(|mediation| &mediation.bars);
        let mut all: Vec<_> = noted
            .filter(|bar| bar.party == party)
            .map(|bar| StandingBar {
                bar: bar.clone(),
                noted: true,
            })
            .collect();
        for bar in self.derived_bars(party) {
            if all.iter().all(|known| known.bar.why != bar.why) {
                all.push(StandingBar { bar, noted: false });
            }
        }
        all
    }

    pub(super) fn derived_bars(&self, party: PartyId) -> impl Iterator<Item = Bar> {
        let bar = move |why, note: &str, at| Bar {
            party,
            why,
            note: note.to_owned(),
            at,
        };
        let objection = self.objections.iter().find(|objection| objection.party == party);
        let objects = objection.map(|found| bar(BarKind::ObjectsToFinding, &found.reason, found.at));
        // Who refuses to receive the finding has not signed it either.
        let signings = self.finding().map(|finding| finding.signings.as_slice());
        let refused = signings
            .unwrap_or_default()
            .iter()
            .find_map(|signing| match signing {
                Signing::Refused { party: who, refusal } if *who == party => {
                    Some(bar(BarKind::RefusedToSign, &refusal.reason, refusal.at))
                }
                Signing::Refused { .. } | Signing::Signed { .. } | Signing::Pending { .. } => None,
            });
        let wish = self
            .mediation
            .as_ref()
            .and_then(|mediation| mediation.wish(party));
        let declined = wish
            .filter(|wish| !wish.wanted)
            .map(|wish| bar(BarKind::DoesNotAgree, "当事人不申请调解", wish.at));
        [objects, refused, declined].into_iter().flatten()
    }

    /// Why no result may be proposed now; empty: it may. Mediation is open only when every party asks for it
    /// and nothing of art. 26 stands against it.
    pub fn why_not_mediate(&self) -> Vec<Problem> {
        if !matches!(self.stage, Stage::Settling { .. }) {
            let message = format!("案件现在是“{}”，认定书送达后才能调解", self.stage_name().label());
            return vec![Problem::new("stage", "invalid_transition", message)];
        }
        if self.mediation.as_ref().is_some_and(Mediation::agreed) {
            return vec![Problem::new("ending", "already_agreed", "调解已经达成协议")];
        }
        let mut why: Vec<_> = self
            .bars()
            .iter()
            .map(|standing| {
                let bar = &standing.bar;
                let message = format!("{}{}，不适用调解", self.side_of(bar.party), bar.why.label());
                Problem::new(format!("bars.{}", bar.party), "barred", message)
            })
            .collect();
        let unanswered = self
            .parties
            .iter()
            .filter(|party| self.wish_of(party.id).is_none());
        why.extend(unanswered.map(|party| {
            let message = format!("{}还没有答复是否申请调解", mediation::side(&party.label));
            Problem::new(format!("wishes.{}", party.id), "missing", message)
        }));
        why
    }

    pub(super) fn wish_of(&self, party: PartyId) -> Option<&Wish> {
        self.mediation.as_ref()?.wish(party)
    }

    /// 甲方, 乙方 …
    pub fn side_of(&self, party: PartyId) -> String {
        self.party(party)
            .map(|party| mediation::side(&party.label))
            .unwrap_or_default()
    }
}
