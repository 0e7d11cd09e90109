//! The deeds: one file each. A deed loads, asks the domain, appends facts, saves the row, adds outbox
//! lines and commits; nothing leaves the house before the commit.

pub mod answer_assessment;
pub mod archive;
pub mod assess;
pub mod assess_vehicle;
pub mod audit;
pub mod call;
pub mod claim;
pub mod clear;
pub mod close;
pub mod consent;
pub mod decide;
pub mod deliver;
pub mod doomed;
pub mod escalate;
pub mod evacuate;
pub mod evidence_file;
pub mod export;
mod fields;
pub mod forget;
pub mod guest;
pub mod insurer_reads;
pub mod issue_finding;
pub mod issue_paper;
pub mod join;
pub mod judge_file;
pub mod late_report;
pub mod many;
pub mod media_event;
pub mod mediate;
mod mediation_paper;
pub mod open;
pub mod paper;
pub mod pay;
pub mod queue;
pub mod record;
pub mod replay;
pub mod report;
pub mod review;
pub mod revoke;
mod seal;
pub mod settle;
pub mod sign;
pub mod sign_mediation;
pub mod sign_paper;
pub mod stamp;
pub mod still;
pub mod subrogate;
pub mod take_evidence;
mod tell;
pub mod triage;
pub mod trust;
pub mod upload;
pub mod verify;
pub mod void;
pub mod webhooks;

use std::sync::Arc;

use domain::id::{AccidentId, OfficerId, PartyId, UnitId};
use domain::rule_pack::RulePacks;
use uuid::Uuid;

use crate::blobs::Blobs;
use crate::clock::{self, Clock, Entropy};
use crate::config::Config;
use crate::live::Live;
use crate::pki::Pki;
use crate::sandbox::Sandbox;
use crate::store::Db;

pub use open::{Begun, Intent, Open, Scope};

/// Everything a deed needs; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub db: Db,
    pub config: Arc<Config>,
    /// What time it is for cases: what happened when, what ends when.
    pub clock: Arc<dyn Clock>,
    /// What time it is for everybody outside: tokens, codes, signatures on messages. The same, except in a sandbox,
    /// where time for cases can be moved on.
    pub wall: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub blobs: Blobs,
    pub live: Live,
    pub fonts: Arc<papers::Fonts>,
    /// The rule packs, the calendar and the agreements of this installation.
    pub rules: Arc<RulePacks>,
    /// Who signs: the authority, the units' seals.
    pub pki: Arc<Pki>,
    /// Who stamps the time on signed pages; none: nobody.
    pub stamps: Option<Arc<stamp::Authority>>,
    /// There to play accidents and to move time for cases on; none outside a sandbox.
    pub sandbox: Option<Arc<Sandbox>>,
}

impl App {
    /// A new id of version 7.
    pub fn new_id(&self) -> Uuid {
        clock::uuid(self.clock.now(), &*self.entropy)
    }
}

/// A driver at a phone: one party of one accident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByParty {
    pub accident: AccidentId,
    pub party: PartyId,
}

/// An officer at the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByOfficer {
    pub id: OfficerId,
    pub unit: UnitId,
    pub supervisor: bool,
}

impl ByParty {
    pub fn scope(&self) -> Scope {
        Scope::Party {
            accident: self.accident,
            party: self.party,
        }
    }
}

impl ByOfficer {
    pub fn scope(&self) -> Scope {
        Scope::Unit(self.unit.clone())
    }
}

/// Whoever may touch an accident through its routes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    Party(ByParty),
    Officer(ByOfficer),
}

impl Who {
    pub fn scope(&self) -> Scope {
        match self {
            Self::Party(party) => party.scope(),
            Self::Officer(officer) => officer.scope(),
        }
    }

    pub fn actor(&self) -> domain::fact::Actor {
        match self {
            Self::Party(party) => domain::fact::Actor::Party(party.party),
            Self::Officer(officer) => domain::fact::Actor::Officer(officer.id),
        }
    }

    pub fn is_officer(&self) -> bool {
        matches!(self, Self::Officer(_))
    }
}
