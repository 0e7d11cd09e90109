//! What a plan that was made again changes: per insurer, and per party or owner. It compares two plans and
//! knows nothing of what was already paid.

use std::collections::BTreeMap;

use super::{Plan, sum};
use crate::money::Fen;

/// Two plans side by side; who is the same in both is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// By code.
    pub insurers: Vec<InsurerChange>,
    /// In the order in which the plans name them.
    pub parties: Vec<PartyChange>,
}

/// What an insurer pays in all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsurerChange {
    pub insurer: String,
    pub before: Fen,
    pub after: Fen,
}

/// How a party, or the owner of outside property, stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyChange {
    pub label: String,
    pub before: Standing,
    pub after: Standing,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// From others and from insurers.
    pub receives: Fen,
    /// To others, out of the own pocket.
    pub pays: Fen,
    /// Of the own loss.
    pub bears: Fen,
}

/// `new` against `old`.
pub fn difference(old: &Plan, new: &Plan) -> Difference {
    let (before, after) = (by_insurer(old), by_insurer(new));
    let codes: std::collections::BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let amount = |of: &BTreeMap<&str, Fen>, code: &str| of.get(code).copied().unwrap_or_default();
    let insurers = codes
        .into_iter()
        .map(|code| InsurerChange {
            insurer: code.to_owned(),
            before: amount(&before, code),
            after: amount(&after, code),
        })
        .filter(|change| change.before != change.after)
        .collect();
    let mut labels: Vec<&str> = Vec::new();
    for payment in old.payments.iter().chain(&new.payments) {
        for label in [payment.payee.as_str(), payment.holder.as_str()] {
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
    }
    let parties = labels
        .into_iter()
        .map(|label| PartyChange {
            label: label.to_owned(),
            before: standing(old, label),
            after: standing(new, label),
        })
        .filter(|change| change.before != change.after)
        .collect();
    Difference { insurers, parties }
}

fn by_insurer(plan: &Plan) -> BTreeMap<&str, Fen> {
    let mut all: BTreeMap<&str, Fen> = BTreeMap::new();
    for payment in &plan.payments {
        if let Some(insurer) = payment.insurer.as_deref() {
            let paid = all.entry(insurer).or_default();
            *paid = sum([*paid, payment.amount].into_iter());
        }
    }
    all
}

fn standing(plan: &Plan, label: &str) -> Standing {
    let of = |wanted: &dyn Fn(&super::Payment) -> bool| {
        sum(plan
            .payments
            .iter()
            .filter(|payment| wanted(payment))
            .map(|payment| payment.amount))
    };
    Standing {
        receives: of(&|payment| payment.payee == label && !payment.is_borne()),
        pays: of(&|payment| payment.holder == label && payment.insurer.is_none() && !payment.is_borne()),
        bears: of(&|payment| payment.payee == label && payment.is_borne()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settlement::{Cover, Head, Method, Payment, Rule};
    use proptest::prelude::*;

    fn payment(insurer: Option<&str>, holder: &str, payee: &str, amount: i64, rule: Rule) -> Payment {
        Payment {
            head: Head::Property,
            cover: if insurer.is_some() {
                Cover::Ctp
            } else {
                Cover::Personal
            },
            holder: holder.to_owned(),
            insurer: insurer.map(str::to_owned),
            payee: payee.to_owned(),
            amount: Fen(amount),
            rule,
            because: String::new(),
        }
    }

    fn plan(payments: Vec<Payment>) -> Plan {
        Plan {
            method: Method::Standard,
            payments,
            rule_pack: "x".to_owned(),
            losses: Fen::ZERO,
            paid: Fen::ZERO,
            warnings: Vec::new(),
        }
    }

    #[test]
    fn only_who_pays_or_gets_something_else_is_named() {
        let old = plan(vec![
            payment(Some("PICC"), "甲", "乙", 150_000, Rule::Standard),
            payment(Some("CPIC"), "丙", "丙", 5, Rule::SelfPay),
            payment(None, "乙", "乙", 10, Rule::Own),
        ]);
        let new = plan(vec![
            payment(Some("PICC"), "甲", "乙", 200_000, Rule::Standard),
            payment(Some("PAIC"), "乙", "乙", 30_000, Rule::OwnDamage),
            payment(Some("CPIC"), "丙", "丙", 5, Rule::SelfPay),
            payment(None, "甲", "乙", 7, Rule::Personal),
        ]);
        let change = |insurer: &str, before, after| InsurerChange {
            insurer: insurer.to_owned(),
            before: Fen(before),
            after: Fen(after),
        };
        let Difference { insurers, parties } = difference(&old, &new);
        assert_eq!(
            insurers,
            [change("PAIC", 0, 30_000), change("PICC", 150_000, 200_000)]
        );
        let told: Vec<_> = parties
            .iter()
            .map(|p| {
                (
                    p.label.as_str(),
                    p.after.receives.0 - p.before.receives.0,
                    p.after.pays.0,
                    p.after.bears.0,
                )
            })
            .collect();
        assert_eq!(told, [("乙", 80_007, 0, 0), ("甲", 0, 7, 0)]);
        assert_eq!(difference(&old, &old), Difference::default());
    }

    fn some_plan() -> impl Strategy<Value = Plan> {
        let one = (0..4_usize, 0..3_usize, 0..3_usize, 1..1_000_i64).prop_map(
            |(insurer, holder, payee, amount)| {
                let labels = ["甲", "乙", "丙"];
                let insurer = [None, Some("PICC"), Some("PAIC"), Some("CPIC")][insurer];
                let rule = match insurer {
                    Some(_) => Rule::Standard,
                    None if holder == payee => Rule::Own,
                    None => Rule::Personal,
                };
                payment(insurer, labels[holder], labels[payee], amount, rule)
            },
        );
        prop::collection::vec(one, 0..12).prop_map(plan)
    }

    proptest! {
        /// Whatever the plans: what is paid more is received more, and looking back turns every sign.
        #[test]
        fn what_some_pay_more_others_receive_more(old in some_plan(), new in some_plan()) {
            let there = difference(&old, &new);
            let insurers: i64 = there.insurers.iter().map(|c| c.after.0 - c.before.0).sum();
            let pays: i64 = there.parties.iter().map(|c| c.after.pays.0 - c.before.pays.0).sum();
            let receives: i64 = there.parties.iter().map(|c| c.after.receives.0 - c.before.receives.0).sum();
            prop_assert_eq!(insurers + pays, receives);
            let back = difference(&new, &old);
            prop_assert_eq!(back.insurers.len(), there.insurers.len());
            for (a, b) in there.insurers.iter().zip(&back.insurers) {
                prop_assert_eq!((&a.insurer, a.before, a.after), (&b.insurer, b.after, b.before));
            }
        }
    }
}
