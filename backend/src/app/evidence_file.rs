//! 调取卷宗: everything of a case as one sealed file. That it was handed out, to whom and what for, is a fact first; what
//! goes out is the case as it stands right after that fact.
//!
//! What the file looks like is the business of the crate `dossier`; here is where its parts come from.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use domain::accident::Accident;
use domain::fact::Actor;
use domain::id::{AccidentId, OfficerId};
use domain::time::Instant;
use dossier::{ANCHOR, Absent, CERTIFICATES, Case, Content, Made, PackError, Packed, Part, Plan};
use pades::Signer;
use pades::keys::certificate_pem;
use sha2::{Digest, Sha256};

use super::open::link_of;
use super::{App, Begun, ByOfficer, Scope};
use crate::refusal::{AppError, Refusal, Result};
use crate::store::certificates::{self, CertificateRow};
use crate::store::units::{self, UnitRow};
use crate::store::{Tx, accidents, facts, officers};

/// An evidence file that is ready to be written.
pub struct EvidenceFile {
    plan: Plan,
    seal: Arc<dyn Signer>,
    made_at: Instant,
    /// Proposed when it is saved.
    pub name: String,
    /// In bytes: exactly.
    pub length: u64,
}

/// Who asks for it.
#[derive(Clone, Copy, Debug)]
pub enum Asking<'a> {
    Desk(&'a ByOfficer),
    /// Whoever runs the installation.
    House,
}

impl App {
    /// Records that the case is handed out and prepares the file. No file of the case has been read by then.
    ///
    /// # Errors
    /// `not_your_case`, without a reason, once the case is destroyed; `seal_expired`.
    pub async fn evidence_file(&self, by: Asking<'_>, id: AccidentId, reason: &str) -> Result<EvidenceFile> {
        let (scope, actor) = match by {
            Asking::Desk(officer) => (officer.scope(), Actor::Officer(officer.id)),
            Asking::House => (Scope::Service, Actor::Service),
        };
        let begun = self.open((id, &scope, actor), None).await?;
        let Begun::Fresh(mut open) = begun else {
            return Err(inconsistent("a deed without an intent was done before"));
        };
        let fact = match by {
            Asking::Desk(officer) => open.accident.hand_out(officer.id, officer.supervisor, reason)?,
            Asking::House => open.accident.hand_out_by_the_house(reason)?,
        };
        open.happen(fact)?;
        let unit = units::load(&mut open.tx, &open.accident.unit).await?;
        let unit = unit.ok_or_else(|| inconsistent("the accident's unit is not in the store"))?;
        let seal = self.seal_of(&mut open.tx, &unit).await?;
        let made_at = open.now;
        self.save(*open).await?;
        let case = self.case(id, &unit, (actor, made_at, reason)).await?;
        let mut parts = self.certificates(id, &*seal).await?;
        let (files, absent) = self.kept(&case).await?;
        parts.extend(files);
        let name = format!(
            "卷宗-{}.zip",
            case.number().map_or_else(|| id.to_string(), str::to_owned)
        );
        // The page is drawn to know how long it is: that takes a moment with thousands of facts.
        let (plan, length) = blocking(move || {
            let plan = Plan::new(case, parts, absent).map_err(inconsistent)?;
            let length = plan.length().map_err(inconsistent)?;
            Ok((plan, length))
        })
        .await?;
        Ok(EvidenceFile {
            plan,
            seal,
            made_at,
            name,
            length,
        })
    }

    /// The case in one consistent look.
    async fn case(
        &self,
        id: AccidentId,
        unit: &UnitRow,
        (by, at, reason): (Actor, Instant, &str),
    ) -> Result<Case> {
        let mut tx = self.db.read().await?;
        let row = accidents::load::<Accident>(&mut tx, id).await?;
        let row = row.ok_or_else(Refusal::not_found)?;
        let links: Vec<_> = facts::list(&mut tx, id).await?.into_iter().map(link_of).collect();
        let officers = self.officers(&mut tx, &links).await?;
        drop(tx);
        let made = Made {
            at,
            by: match by {
                Actor::Officer(id) => officers.get(&id).cloned().unwrap_or_default(),
                _ => "系统管理员".to_owned(),
            },
            reason: reason.trim().to_owned(),
            unit: unit.name.clone(),
            officers,
        };
        let version = row.version;
        let case = Case::open(id, links, made).map_err(broken_record)?;
        if *case.accident() != row.state.0 || case.accident().version != version {
            return Err(broken_record("the stored row is not what its facts say"));
        }
        Ok(case)
    }

    /// How the officers in the facts are called.
    async fn officers(
        &self,
        tx: &mut Tx,
        links: &[domain::fact::Link],
    ) -> Result<BTreeMap<OfficerId, String>> {
        let mut names = BTreeMap::new();
        for link in links {
            let Ok(Actor::Officer(id)) = link.by.parse() else {
                continue;
            };
            if names.contains_key(&id) {
                continue;
            }
            if let Some(row) = officers::load(tx, id).await? {
                names.insert(id, format!("{}（警号 {}）", row.name, row.badge));
            }
        }
        Ok(names)
    }

    /// What a checker needs beside the files: who is trusted, who sealed, who signed, and what is revoked.
    async fn certificates(&self, id: AccidentId, seal: &dyn Signer) -> Result<Vec<Part>> {
        let authority = self.ready_to_sign().await?;
        let mut tx = self.db.read().await?;
        let events = certificates::of_accident(&mut tx, id).await?;
        drop(tx);
        let mut anchors = certificate_pem(authority.certificate()).map_err(inconsistent)?;
        let own = seal.chain();
        // A configured seal may come from an authority that is not ours.
        if let Some(root) = own
            .last()
            .filter(|root| *root != authority.certificate() && own.len() > 1)
        {
            anchors += &certificate_pem(root).map_err(inconsistent)?;
        }
        let chain: std::result::Result<String, _> = own.iter().map(certificate_pem).collect();
        let chain = chain.map_err(inconsistent)?;
        let list = self.revocation_list().await?;
        let mut parts = vec![
            Part::of(ANCHOR, "根证书：核对签名的信任起点", anchors.into_bytes()),
            Part::of("certificates/seal.pem", "单位电子签章的证书", chain.into_bytes()),
            Part::of(dossier::REVOCATIONS, "已撤销证书的清单", list),
        ];
        parts.extend((1..).zip(events).map(event));
        Ok(parts)
    }

    /// Every file that the facts speak of; what is gone is told.
    async fn kept(&self, case: &Case) -> Result<(Vec<Part>, Vec<Absent>)> {
        let wanted = dossier::wanted(case.accident(), case.facts());
        let blobs = self.blobs.clone();
        blocking(move || {
            let (mut parts, mut absent) = (Vec::with_capacity(wanted.len()), Vec::new());
            for one in wanted {
                let part = match one.content {
                    Content::Here(bytes) => Part::of(one.path, one.what, bytes),
                    Content::Kept => {
                        let path = blobs.path(&one.sha256);
                        match std::fs::metadata(&path) {
                            Ok(found) => Part {
                                bytes: found.len(),
                                source: source(path),
                                ..Part::of(one.path, one.what, Vec::new())
                            },
                            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                                absent.push(Absent {
                                    fact: one.fact,
                                    recorded_sha256: one.sha256,
                                    what: one.what,
                                });
                                continue;
                            }
                            Err(error) => return Err(error.into()),
                        }
                    }
                };
                parts.push(Part {
                    fact: Some(one.fact),
                    recorded: Some(one.sha256),
                    ..part
                });
            }
            Ok((parts, absent))
        })
        .await
    }
}

impl EvidenceFile {
    /// Writes it, on this thread. `progress` is told how many bytes of how many are done.
    ///
    /// # Errors
    /// When a file disappears or changes its length on the way, or the writing fails.
    pub fn write(self, out: impl Write, progress: &mut dyn FnMut(u64, u64)) -> Result<Packed, PackError> {
        let Self {
            plan, seal, made_at, ..
        } = self;
        let seal = move |manifest: &[u8]| {
            let digest: [u8; 32] = Sha256::digest(manifest).into();
            Ok(pades::detached::sign(&digest, made_at.into_inner(), &*seal)?)
        };
        let packed = plan.write(out, Box::new(seal), progress)?;
        for path in &packed.altered {
            tracing::error!(path, "a kept file is not what was recorded");
        }
        Ok(packed)
    }
}

fn source(path: PathBuf) -> dossier::Source {
    Box::new(move || Ok(Box::new(File::open(path)?) as Box<dyn Read>))
}

fn event((number, row): (u32, CertificateRow)) -> Part {
    let path = format!("{CERTIFICATES}events/{number:03}-{}.pem", row.kind);
    let revoked = if row.revoked_at.is_some() {
        "，已撤销"
    } else {
        ""
    };
    let what = format!("{}的一次性签名证书{revoked}", row.subject);
    Part::of(path, what, row.pem.into_bytes())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(inconsistent)?
}

/// Of a record that is broken no sealed file is made.
fn broken_record(error: impl std::fmt::Display) -> AppError {
    tracing::error!(%error, "the record of a case is broken");
    let message = "案件记录核对不一致，不能生成卷宗。请联系管理员运行 kuaichu audit verify";
    Refusal::conflict("record_broken", message).into()
}

fn inconsistent(error: impl std::fmt::Display) -> AppError {
    AppError::Inconsistent(format!("the evidence file cannot be made: {error}"))
}
