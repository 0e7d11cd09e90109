//! The case that an evidence file is about, as its facts tell it, with the names that facts do not have.

use std::collections::BTreeMap;

use domain::accident::Accident;
use domain::codes::insurer_name;
use domain::fact::{Actor, ChainError, Link, Recorded, open_chain};
use domain::id::{AccidentId, OfficerId, PartyId};
use domain::time::Instant;

use crate::manifest::Chain;

/// Everything the evidence file says in words.
#[derive(Clone, Debug)]
pub struct Case {
    pub(crate) accident: Accident,
    pub(crate) facts: Vec<Recorded>,
    pub(crate) links: Vec<Link>,
    pub(crate) made: Made,
}

/// What the facts do not tell.
#[derive(Clone, Debug)]
pub struct Made {
    pub at: Instant,
    /// Who asked for the evidence file, as it is to be printed.
    pub by: String,
    /// What for.
    pub reason: String,
    /// 承办单位
    pub unit: String,
    /// How the officers in the facts are called: 张三（警号 012345）.
    pub officers: BTreeMap<OfficerId, String>,
}

/// The facts do not make a case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCase {
    #[error(transparent)]
    Chain(#[from] ChainError),
    #[error("the facts do not begin with a report")]
    NoReport,
}

impl Case {
    /// Opens the chain of facts and replays it.
    ///
    /// # Errors
    /// When the chain does not hold: of a record that is broken no evidence file is made.
    pub fn open(id: AccidentId, links: Vec<Link>, made: Made) -> Result<Self, BadCase> {
        let facts = open_chain(id, &links)?;
        let accident = Accident::replay(id, &facts).ok_or(BadCase::NoReport)?;
        Ok(Self {
            accident,
            facts,
            links,
            made,
        })
    }

    pub fn accident(&self) -> &Accident {
        &self.accident
    }

    pub fn facts(&self) -> &[Recorded] {
        &self.facts
    }

    /// 文书编号: of the finding that stands, or of the last one that was voided.
    pub fn number(&self) -> Option<&str> {
        let standing = self.accident.finding();
        let voided = || self.accident.voided.last().map(|void| &void.finding);
        standing.or_else(voided).map(|finding| finding.number.as_str())
    }

    pub(crate) fn chain(&self) -> Option<Chain> {
        let last = self.links.last()?;
        Some(Chain {
            facts: last.seq,
            last_digest: last.digest.clone(),
        })
    }

    /// 甲方 王建国
    pub(crate) fn party(&self, id: PartyId) -> String {
        let Ok(party) = self.accident.party(id) else {
            return "当事人".to_owned();
        };
        let name = party.details.as_ref().map(|details| details.name.as_str());
        match name {
            Some(name) => format!("{}方 {name}", party.label),
            None => format!("{}方", party.label),
        }
    }

    pub(crate) fn actor(&self, actor: Actor) -> String {
        match actor {
            Actor::Party(party) => self.party(party),
            Actor::Officer(officer) => {
                let known = self.made.officers.get(&officer);
                format!("民警 {}", known.map_or("（姓名未记载）", String::as_str))
            }
            Actor::Insurer(code) => insurer_name(code.as_str()).to_owned(),
            Actor::Service => "系统".to_owned(),
        }
    }
}
