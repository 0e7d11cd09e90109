//! Whether a document is what was issued, with nothing but signatures added since.
//!
//! Readers of PDF ask less: that some signature covers some bytes. Here every byte of the file must belong to a
//! revision that somebody signed, the first signature must be a unit's that fixes what may change, and each later
//! revision may only have filled a place that was there and empty, or stamped the time. It never decompresses,
//! never draws, never mends, and does not know which document the number on the page belongs to.

mod arithmetic;
mod beside;
mod change;
mod code;
mod document;
mod message;
mod path;
mod read;
mod report;
mod revisions;
mod signatures;
mod stamp;
mod value;

use std::collections::BTreeSet;

use der::DecodePem;
use time::OffsetDateTime;
use x509_cert::Certificate;
use x509_cert::crl::CertificateList;

pub use beside::{Beside, verify_detached};
pub use code::Code;
pub use report::{CertificateSummary, Kind, Reason, Report, RevisionReport, SignatureReport, State};

use arithmetic::Sha;
use document::Document;
use report::hex;
use revisions::Revision;
use signatures::{Examined, Place};

/// The largest file that is looked at: a finding with every picture has below 5 MB.
pub const SIZE_MAX: usize = 64 << 20;

/// Whom a checker trusts, and what it knows to be revoked.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    /// Authorities that issue seals and event certificates.
    pub authorities: Vec<Certificate>,
    /// Authorities behind timestamps. With none, timestamps are told of and prove nothing.
    pub timestamps: Vec<Certificate>,
    /// Revocation lists; each counts only below the authority that signed it.
    pub revocations: Vec<CertificateList>,
}

impl Anchors {
    /// Trusts these authorities for signatures.
    #[must_use]
    pub fn new(authorities: Vec<Certificate>) -> Self {
        Self {
            authorities,
            ..Self::default()
        }
    }

    /// Trusts the certificates of a PEM text, one or more.
    ///
    /// # Errors
    /// When it holds none, or one that cannot be read.
    pub fn from_pem(text: &str) -> der::Result<Self> {
        Ok(Self::new(certificates(text)?))
    }

    /// Trusts these authorities for timestamps, too.
    #[must_use]
    pub fn with_timestamps(mut self, timestamps: Vec<Certificate>) -> Self {
        self.timestamps = timestamps;
        self
    }

    /// Knows a revocation list, too (DER).
    ///
    /// # Errors
    /// When it is none.
    pub fn with_revocations(mut self, list: &[u8]) -> der::Result<Self> {
        self.revocations.push(path::list(list)?);
        Ok(self)
    }
}

/// Every certificate of a PEM text; what stands around them does not matter.
///
/// # Errors
/// When there is none, or one cannot be read.
pub fn certificates(text: &str) -> der::Result<Vec<Certificate>> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let blocks = text.split(BEGIN).skip(1).map(|block| {
        let inner = block.split(END).next().unwrap_or_default();
        Certificate::from_pem(format!("{BEGIN}{}\n{END}\n", inner.trim_end()))
    });
    let found: Vec<Certificate> = blocks.collect::<der::Result<_>>()?;
    if found.is_empty() {
        return Err(der::ErrorKind::Failed.into());
    }
    Ok(found)
}

/// Judges a file by itself, `at` a time.
#[must_use]
pub fn verify(pdf: &[u8], anchors: &Anchors, at: OffsetDateTime) -> Report {
    let mut judge = Judge::new(pdf, anchors, at);
    judge.all();
    judge.report()
}

/// The same, and whether the file is the last of the stored revisions: `stored` has their SHA-256, oldest first.
///
/// A file that was cut back to an earlier signature is a genuine earlier document; only whoever keeps the later
/// ones can tell.
#[must_use]
pub fn verify_stored(pdf: &[u8], anchors: &Anchors, at: OffsetDateTime, stored: &[[u8; 32]]) -> Report {
    let mut report = verify(pdf, anchors, at);
    let digests: Vec<String> = stored.iter().map(|digest| hex(digest)).collect();
    if digests.last() == Some(&report.digest) {
        return report;
    }
    let (code, state) = if digests.contains(&report.digest) {
        (Code::LaterSignaturesMissing, State::Outdated)
    } else {
        (Code::NotTheStored, State::Altered)
    };
    report.reasons.push(reason(code, None, None));
    if report.state == State::Valid {
        report.state = state;
    }
    report
}

fn reason(code: Code, revision: Option<usize>, field: Option<&str>) -> Reason {
    let place = match (revision, field) {
        (Some(revision), Some(field)) => format!("（第 {revision} 版，{field}）"),
        (Some(revision), None) => format!("（第 {revision} 版）"),
        (None, Some(field)) => format!("（{field}）"),
        (None, None) => String::new(),
    };
    Reason {
        code,
        sentence: format!("{}{place}", code.sentence()),
        revision,
        field: field.map(str::to_owned),
    }
}

struct Judge<'a> {
    pdf: &'a [u8],
    anchors: &'a Anchors,
    at: OffsetDateTime,
    reasons: Vec<Reason>,
    revisions: Vec<RevisionReport>,
    signatures: Vec<Examined>,
    open_fields: Vec<String>,
}

impl<'a> Judge<'a> {
    fn new(pdf: &'a [u8], anchors: &'a Anchors, at: OffsetDateTime) -> Self {
        Self {
            pdf,
            anchors,
            at,
            reasons: Vec::new(),
            revisions: Vec::new(),
            signatures: Vec::new(),
            open_fields: Vec::new(),
        }
    }

    fn fault(&mut self, code: Code, revision: Option<usize>, field: Option<&str>) {
        self.reasons.push(reason(code, revision, field));
    }

    fn all(&mut self) {
        if self.pdf.len() > SIZE_MAX {
            return self.fault(Code::TooLarge, None, None);
        }
        let revisions = match revisions::read(self.pdf) {
            Ok(revisions) => revisions,
            Err(fault) => return self.fault(fault.code, fault.revision, None),
        };
        if let Err((code, revision)) = self.document(&revisions) {
            self.fault(code, Some(revision), None);
        }
    }

    /// Walks through the revisions in the order they were made.
    fn document(&mut self, revisions: &[Revision]) -> Result<(), (Code, usize)> {
        let mut document = Document::new(&revisions[..1]).map_err(|code| (code, 1))?;
        let mut last_covered = 0;
        for (index, revision) in revisions.iter().enumerate() {
            let number = index + 1;
            let before = document.clone();
            document.follow(revision);
            let signed = if self.signatures.is_empty() {
                let old = if index == 0 {
                    Vec::new()
                } else {
                    signed_names(&before).map_err(|code| (code, number))?
                };
                let mut new = signed_names(&document).map_err(|code| (code, number))?;
                new.retain(|name| !old.contains(name));
                new
            } else {
                let change = change::judge(&before, &document, revision);
                for (code, field) in &change.faults {
                    self.fault(*code, Some(number), field.as_deref());
                }
                change.signed
            };
            if signed.len() > 1 {
                self.fault(Code::TwoSignatures, Some(number), None);
            }
            let fields = document.fields().map_err(|code| (code, number))?;
            for field in fields.iter().filter(|field| signed.contains(&field.name)) {
                let place = Place {
                    pdf: self.pdf,
                    revision,
                    number,
                    is_first: self.signatures.is_empty(),
                };
                let (examined, end) = signatures::examine(&document, field, &place, self.anchors);
                last_covered = end.max(last_covered);
                self.signatures.push(examined);
            }
            self.revisions.push(RevisionReport {
                size: revision.end_of_line,
                digest: hex(&Sha::Sha256.digest(&[&self.pdf[..revision.end_of_line]])),
                signed,
            });
        }
        self.finish(&document, last_covered)
            .map_err(|code| (code, revisions.len()))
    }

    /// What can be said only of the whole.
    fn finish(&mut self, document: &Document<'_>, last_covered: usize) -> Result<(), Code> {
        let fields = document.fields()?;
        let mut used = BTreeSet::new();
        for field in &fields {
            if !field.is_signed() {
                self.open_fields.push(field.name.clone());
            } else if let Some(id) = field.signature(document).ok().and_then(|signature| signature.id)
                && !used.insert(id)
            {
                self.fault(Code::SignatureShared, None, Some(&field.name));
            }
        }
        if !self.signatures.is_empty() && last_covered != self.pdf.len() {
            self.fault(Code::UnsignedRevision, None, None);
        }
        if is_active(document) {
            self.fault(Code::ActiveContent, None, None);
        }
        Ok(())
    }

    fn report(mut self) -> Report {
        let mut warnings = signatures::judge_times(&mut self.signatures, self.anchors, self.at);
        warnings.dedup();
        let is_foreign = self.signatures.first().is_some_and(|first| {
            first
                .report
                .reasons
                .iter()
                .any(|reason| reason.code.is_about_trust())
        });
        let signatures: Vec<SignatureReport> =
            self.signatures.into_iter().map(Examined::into_report).collect();
        let mut reasons = self.reasons;
        reasons.extend(
            signatures
                .iter()
                .flat_map(|signature| signature.reasons.iter().cloned()),
        );
        let first_is = |reason: &Reason| reason.revision.is_none_or(|revision| revision == 1);
        let structure = reasons
            .iter()
            .any(|reason| reason.code == Code::ForeignStructure && first_is(reason));
        let state = if reasons.iter().any(|reason| reason.code.is_unreadable()) {
            State::Unreadable
        } else if signatures.is_empty() && !speaks_of_signatures(self.pdf) {
            reasons.insert(0, reason(Code::NoSignature, None, None));
            State::Unsigned
        } else if is_foreign || structure && signatures.is_empty() {
            State::NotOurs
        } else if !reasons.is_empty() || signatures.is_empty() {
            State::Altered
        } else {
            State::Valid
        };
        Report {
            state,
            reasons,
            warnings: if state == State::Valid {
                warnings
            } else {
                Vec::new()
            },
            digest: hex(&Sha::Sha256.digest(&[self.pdf])),
            size: self.pdf.len(),
            revisions: self.revisions,
            signatures,
            open_fields: self.open_fields,
        }
    }
}

fn signed_names(document: &Document<'_>) -> Result<Vec<String>, Code> {
    let fields = document.fields()?.into_iter();
    Ok(fields
        .filter(|field| field.is_signed())
        .map(|field| field.name)
        .collect())
}

/// Whether the file was ever meant to be signed, as far as can be seen without reading it.
fn speaks_of_signatures(pdf: &[u8]) -> bool {
    pdf.windows(10).any(|ten| ten == b"/ByteRange")
}

/// Scripts, automatic actions, layers: what would let one document show two faces.
fn is_active(document: &Document<'_>) -> bool {
    let Ok(catalog) = document.catalog() else {
        return false;
    };
    let scripts = document
        .get(catalog, "Names")
        .and_then(|names| names.dict()?.get("JavaScript"));
    let form = document.form().is_some_and(|form| {
        let remade = matches!(form.get("NeedAppearances"), Some(value::Value::Bool(true)));
        form.get("XFA").is_some() || remade
    });
    let keys = ["OpenAction", "AA", "OCProperties"];
    keys.iter().any(|key| catalog.get(key).is_some()) || scripts.is_some() || form
}
