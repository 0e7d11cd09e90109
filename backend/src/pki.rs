//! Keys and certificates of this installation: its authority, a seal per unit, one certificate per signing.
//!
//! The authority and the seals it makes lie in the database, so that every node has the same; a configured seal
//! (a file, a token) takes the place of ours. Private halves leave the store only to sign, and never reach a log
//! or an answer. What a signature means is not decided here.

mod seals;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use domain::id::{Sha256Hex, UnitId};
use domain::time::Instant;
use pades::authority::{Authority, CrlReason, Revoked, Term};
use pades::keys::{KeyPair, certificate_pem, certificates_from_pem};
use pades::{Certificate, Signer, Subject, common_name, fingerprint, not_after, not_before};
use time::Duration;

use crate::app::App;
use crate::refusal::{AppError, Refusal, Result};
use crate::store::certificates::{self, CertificateRow};
use crate::store::seals::{self as stored, SealRow};
use crate::store::units::UnitRow;
use crate::store::{Tx, secrets};

pub use seals::{SealsError, read as read_seals};

/// The name of the authority's key among the secrets.
const AUTHORITY: &str = "signing-authority";
/// Findings are kept for decades; the root outlives them all.
const ROOT_DAYS: u32 = 60 * 365;
const SEAL_DAYS: u32 = 10 * 365;
/// A seal that ends sooner is renewed, or its keeper is warned.
const RENEW_BEFORE: Duration = Duration::days(30);
/// Clocks of several nodes differ a little: a certificate begins before it is used.
const CLOCKS_DIFFER: Duration = Duration::hours(1);
/// How long a list of revoked certificates is good for.
const LIST_LIFE: Duration = Duration::days(7);

/// What the installation was told about keys.
#[derive(Default)]
pub struct Pki {
    seals: HashMap<UnitId, Arc<dyn Signer>>,
    /// Configured, or read once from the store.
    authority: OnceLock<Arc<Authority>>,
    crl_url: Option<String>,
}

impl Pki {
    /// `crl_url` is where others reach the list of revoked certificates; none while nobody outside can.
    pub fn new(
        authority: Option<Authority>,
        seals: HashMap<UnitId, Arc<dyn Signer>>,
        crl_url: Option<String>,
    ) -> Self {
        let known = OnceLock::new();
        if let Some(authority) = authority {
            // A new lock is empty.
            let _ = known.set(Arc::new(authority));
        }
        Self {
            seals,
            authority: known,
            crl_url,
        }
    }

    /// Whoever stands at the top of each configured seal.
    pub fn roots(&self) -> impl Iterator<Item = Certificate> {
        self.seals
            .values()
            .filter_map(|seal| seal.chain().last().cloned())
    }

    pub fn crl_url(&self) -> Option<&str> {
        self.crl_url.as_deref()
    }
}

impl std::fmt::Debug for Pki {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pki")
            .field("seals", &self.seals.keys().collect::<Vec<_>>())
            .field("crl_url", &self.crl_url)
            .finish_non_exhaustive()
    }
}

impl App {
    /// Makes the authority when there is none, and remembers it. Several nodes that start at once get the same.
    ///
    /// # Errors
    /// Only our own.
    pub async fn ready_to_sign(&self) -> Result<Arc<Authority>> {
        if let Some(known) = self.pki.authority.get() {
            return Ok(Arc::clone(known));
        }
        let mut tx = self.db.write().await?;
        let authority = self.authority(&mut tx).await?;
        tx.commit().await?;
        // Only what is committed is remembered.
        Ok(Arc::clone(self.pki.authority.get_or_init(|| authority)))
    }

    /// The authority, within a deed.
    ///
    /// # Errors
    /// Only our own.
    pub(crate) async fn authority(&self, tx: &mut Tx) -> Result<Arc<Authority>> {
        if let Some(known) = self.pki.authority.get() {
            return Ok(Arc::clone(known));
        }
        let pem = match secrets::load(tx, AUTHORITY).await? {
            Some(pem) => pem,
            None => {
                let made = self.new_authority()?.to_pem().map_err(broken)?;
                secrets::load_or_insert(tx, AUTHORITY, &made).await?
            }
        };
        let authority = Authority::from_pem(&pem).map_err(broken)?;
        let row = self.row_of(authority.certificate(), "authority")?;
        certificates::insert_if_new(tx, &row).await?;
        Ok(Arc::new(authority))
    }

    fn new_authority(&self) -> Result<Authority> {
        let random = self.random();
        // Two installations are told apart by a number in their root's name.
        let number = hex(&self.random()[..4]);
        let subject = Subject {
            name: "快处电子文书签名根证书",
            organisation: "快处",
            role: "",
            number: &number,
        };
        let from = self.clock.now().minus(CLOCKS_DIFFER);
        Authority::create(&subject, Term::days(from.into_inner(), ROOT_DAYS), &random).map_err(broken)
    }

    pub(crate) fn random(&self) -> [u8; 32] {
        let mut random = [0; 32];
        self.entropy.fill(&mut random);
        random
    }

    /// What seals for this unit now. Ours is made at its first use and renewed in time.
    ///
    /// # Errors
    /// `seal_expired` or `seal_not_yet_valid` for a configured seal: nothing is ever sealed with one.
    pub(crate) async fn seal_of(&self, tx: &mut Tx, unit: &UnitRow) -> Result<Arc<dyn Signer>> {
        if let Some(seal) = self.pki.seals.get(&unit.code) {
            let certificate = seal
                .chain()
                .first()
                .ok_or_else(|| broken("a seal without a certificate"))?;
            in_force(certificate, self.clock.now())?;
            let row = CertificateRow {
                unit: Some(unit.code.to_string()),
                ..self.row_of(certificate, "unit")?
            };
            certificates::insert_if_new(tx, &row).await?;
            return Ok(Arc::clone(seal));
        }
        let now = self.clock.now();
        let known = stored::newest(tx, &unit.code).await?;
        if let Some(known) = known
            .as_ref()
            .filter(|known| known.not_after.since(now) > RENEW_BEFORE)
        {
            return Ok(Arc::new(KeyPair::from_pem(&known.private).map_err(broken)?));
        }
        let authority = self.authority(tx).await?;
        let term = Term::days(now.minus(CLOCKS_DIFFER).into_inner(), SEAL_DAYS);
        let (random, crl) = (self.random(), self.pki.crl_url());
        let seal = match known {
            Some(known) => {
                let before = KeyPair::from_pem(&known.private).map_err(broken)?;
                authority.renew(before.certificate(), term, crl, &random)
            }
            None => authority.seal(&unit_subject(unit), term, crl, &random),
        };
        let seal = seal.map_err(broken)?;
        let row = CertificateRow {
            unit: Some(unit.code.to_string()),
            ..self.row_of(seal.certificate(), "unit")?
        };
        let private = SealRow {
            serial: row.serial.clone(),
            unit: unit.code.clone(),
            private: seal.to_pem().map_err(broken)?,
            not_after: row.not_after,
            created_at: now,
        };
        certificates::insert_if_new(tx, &row).await?;
        stored::insert(tx, &private).await?;
        tracing::info!(unit = %unit.code, serial = row.serial, until = %row.not_after, "a seal was made");
        Ok(Arc::new(seal))
    }

    /// Since when this unit can sign; what it signs with is made when it is not there.
    ///
    /// # Errors
    /// Only our own.
    pub(crate) async fn signs_since(&self, unit: &UnitRow) -> Result<Instant> {
        let mut tx = self.db.write().await?;
        let seal = match self.pki.seals.get(&unit.code) {
            Some(configured) => Arc::clone(configured),
            None => self.seal_of(&mut tx, unit).await?,
        };
        let authority = self.authority(&mut tx).await?;
        tx.commit().await?;
        let certificates = seal.chain().first().into_iter().chain([authority.certificate()]);
        let since = certificates.map(|certificate| Instant::from(not_before(certificate)));
        Ok(since.max().unwrap_or_else(|| self.clock.now()))
    }

    /// A certificate as it is recorded.
    pub(crate) fn row_of(&self, certificate: &Certificate, kind: &str) -> Result<CertificateRow> {
        Ok(CertificateRow {
            serial: serial(certificate),
            kind: kind.to_owned(),
            subject: common_name(certificate),
            unit: None,
            accident_id: None,
            field: None,
            sha256: digest(certificate)?,
            evidence_sha256: None,
            pem: certificate_pem(certificate).map_err(broken)?,
            not_before: not_before(certificate).into(),
            not_after: not_after(certificate).into(),
            created_at: self.clock.now(),
            revoked_at: None,
            reason: None,
        })
    }

    /// The list of revoked certificates (DER), made as it is asked for.
    ///
    /// # Errors
    /// Only our own.
    pub async fn revocation_list(&self) -> Result<Vec<u8>> {
        let authority = self.ready_to_sign().await?;
        let mut tx = self.db.read().await?;
        let rows = certificates::revoked(&mut tx).await?;
        drop(tx);
        // Programs outside hold it against their own clocks.
        let now = self.wall.now();
        let mut revoked = Vec::with_capacity(rows.len());
        for row in rows {
            let certificate = certificates_from_pem(&row.pem).map_err(broken)?.remove(0);
            revoked.push(Revoked {
                serial: certificate.tbs_certificate.serial_number,
                at: row.revoked_at.into_inner(),
                why: CrlReason::PrivilegeWithdrawn,
            });
        }
        // Seconds grow with every list, on every node.
        let number = u64::try_from(now.unix_micros() / 1_000_000).unwrap_or(0);
        let next = now.plus(LIST_LIFE).into_inner();
        authority
            .revocations(&revoked, number, now.into_inner(), next)
            .map_err(broken)
    }
}

fn unit_subject(unit: &UnitRow) -> Subject<'_> {
    Subject {
        name: &unit.name,
        organisation: unit.lines.0.first().map_or("", String::as_str),
        role: "道路交通事故处理专用章",
        number: unit.code.as_str(),
    }
}

fn in_force(certificate: &Certificate, now: Instant) -> Result<()> {
    let (from, until) = (
        Instant::from(not_before(certificate)),
        Instant::from(not_after(certificate)),
    );
    if now > until {
        let message = format!(
            "本单位电子签章的证书已于{}到期，请联系管理员更换后再出具",
            until.china_day_text()
        );
        return Err(Refusal::conflict("seal_expired", message).into());
    }
    if now < from {
        let message = format!("本单位电子签章的证书从{}起才有效", from.china_day_text());
        return Err(Refusal::conflict("seal_not_yet_valid", message).into());
    }
    if until.since(now) <= RENEW_BEFORE {
        tracing::warn!(seal = common_name(certificate), %until, "a configured seal ends soon: get the next one");
    }
    Ok(())
}

/// Of a certificate, as lower-case hex.
pub(crate) fn serial(certificate: &Certificate) -> String {
    hex(certificate.tbs_certificate.serial_number.as_bytes())
}

/// SHA-256 of a certificate's DER.
pub(crate) fn digest(certificate: &Certificate) -> Result<Sha256Hex> {
    let hex = fingerprint(certificate).map_err(broken)?;
    Sha256Hex::new(hex).map_err(broken)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn broken(error: impl std::fmt::Display) -> AppError {
    AppError::Inconsistent(format!("a certificate or its key cannot be used: {error}"))
}
