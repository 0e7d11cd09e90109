//! One signature: what it covers, whether it holds, whose it is, and when it was made.

use std::ops::Range;

use der::Encode;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, PrimitiveDateTime, UtcOffset};
use x509_cert::Certificate;

use super::arithmetic::Sha;
use super::code::Code;
use super::document::{Document, Field, Signature};
use super::message::{self, Message};
use super::path::{self, Use};
use super::report::{CertificateSummary, Kind, Reason, SignatureReport, hex};
use super::revisions::Revision;
use super::stamp::{self, Stamp};
use super::value::{Dict, Value};
use super::{Anchors, reason};
use crate::authority::evidence;
use crate::names::{common_name, not_after, not_before};

/// How far two clocks may differ.
pub const CLOCKS: Duration = Duration::minutes(5);

/// The years in which anything can have been signed.
pub const YEARS: Range<i32> = 2000..2200;

/// Where a signature was found.
pub struct Place<'a> {
    pub pdf: &'a [u8],
    pub revision: &'a Revision,
    /// From 1.
    pub number: usize,
    /// Whether no signature came before it.
    pub is_first: bool,
}

/// A signature, judged but for the times, which depend on later timestamps.
pub struct Examined {
    pub report: SignatureReport,
    /// The signer's certificates up to the anchor, when there is a way.
    path: Vec<Certificate>,
    /// What a timestamp says about it, or what it says itself when it is one.
    stamp: Option<Stamp>,
}

/// Judges the signature in a field; and how far into the file it reaches.
pub fn examine(
    document: &Document<'_>,
    field: &Field<'_>,
    place: &Place<'_>,
    anchors: &Anchors,
) -> (Examined, usize) {
    let mut examined = Examined {
        report: SignatureReport {
            field: field.name.clone(),
            kind: Kind::Approval,
            revision: place.number,
            by: None,
            reason: None,
            location: None,
            at: None,
            proven_at: None,
            certificate: None,
            evidence: None,
            is_valid: false,
            reasons: Vec::new(),
        },
        path: Vec::new(),
        stamp: None,
    };
    match field.signature(document) {
        Ok(signature) => {
            let covers = signature.covers(place.pdf, place.revision);
            if covers {
                examined.all(document, &signature, place, anchors);
            } else {
                examined.fault(Code::ByteRange);
            }
            examined.words(&signature);
            (examined, if covers { signature.end() } else { 0 })
        }
        Err(code) => {
            examined.fault(code);
            (examined, 0)
        }
    }
}

impl Examined {
    fn fault(&mut self, code: Code) {
        let reason = reason(code, Some(self.report.revision), Some(&self.report.field));
        self.report.reasons.push(reason);
    }

    pub fn into_report(mut self) -> SignatureReport {
        self.report.is_valid = self.report.reasons.is_empty();
        self.report
    }

    /// What the signer wrote beside the signature.
    fn words(&mut self, signature: &Signature<'_>) {
        self.report.reason = signature.words("Reason");
        self.report.location = signature.words("Location");
        if self.report.kind != Kind::Timestamp {
            self.report.at = signature.words("M").as_deref().and_then(date);
        }
    }

    fn all(
        &mut self,
        document: &Document<'_>,
        signature: &Signature<'_>,
        place: &Place<'_>,
        anchors: &Anchors,
    ) {
        let [_, before, after, _] = signature.byte_range;
        let pieces = [0..before, after..signature.end()].map(|range: Range<usize>| &place.pdf[range]);
        if signature.is_timestamp() {
            self.report.kind = Kind::Timestamp;
            if place.is_first {
                self.fault(Code::NotCertified);
            }
            self.document_stamp(signature, &pieces, anchors);
            return;
        }
        self.permissions(document, signature, place.is_first);
        if !signature.dict.is("SubFilter", "ETSI.CAdES.detached") {
            return self.fault(Code::SignatureForm);
        }
        let message =
            message::unpad(signature.contents).and_then(|message| message::detached(&message, &pieces));
        match message {
            Ok(message) => self.signer(&message, anchors),
            Err(code) => self.fault(code),
        }
    }

    /// The first signature fixes what may change (DocMDP, level 2: filling in forms); no other one does.
    fn permissions(&mut self, document: &Document<'_>, signature: &Signature<'_>, is_first: bool) {
        let level = permissions(document, signature.dict);
        if !is_first {
            if signature.dict.get("Reference").is_some() {
                self.fault(Code::PermissionsWrong);
            }
            return;
        }
        self.report.kind = Kind::Certification;
        match level {
            Some(2) => {}
            Some(_) => self.fault(Code::PermissionsWrong),
            None => self.fault(Code::NotCertified),
        }
        let registered = document.catalog().ok().and_then(|catalog| {
            let permissions = document.get(catalog, "Perms")?.dict()?;
            permissions.get("DocMDP")?.reference()
        });
        if registered.is_none() || registered != signature.id {
            self.fault(Code::PermissionsMissing);
        }
    }

    fn signer(&mut self, message: &Message, anchors: &Anchors) {
        self.name(&message.signer);
        self.report.evidence = evidence(&message.signer).map(|digest| hex(&digest));
        if self.report.kind == Kind::Certification && self.report.evidence.is_some() {
            // The key of one person's one signing seals nothing.
            self.fault(Code::CertificateUsage);
        }
        match path::find(&message.signer, &message.others, &anchors.authorities) {
            Ok(path) if message.others.iter().any(|other| !path.contains(other)) => {
                self.fault(Code::UnknownAttribute)
            }
            Ok(path) => self.path = path,
            Err(code) => self.fault(code),
        }
        let Some(token) = &message.stamp else { return };
        match stamp::read(token, &[&message.value], &anchors.timestamps) {
            Ok(stamp) => self.stamped(stamp, anchors),
            Err(code) => self.fault(code),
        }
    }

    fn document_stamp(&mut self, signature: &Signature<'_>, pieces: &[&[u8]], anchors: &Anchors) {
        if !signature.dict.is("SubFilter", "ETSI.RFC3161") {
            return self.fault(Code::SignatureForm);
        }
        let stamp = message::unpad(signature.contents)
            .and_then(|token| stamp::read(&token, pieces, &anchors.timestamps));
        match stamp {
            Ok(stamp) => {
                self.name(&stamp.by);
                self.report.at = Some(stamp.at);
                self.stamped(stamp, anchors);
            }
            Err(code) => self.fault(code),
        }
    }

    /// Without anybody trusted for timestamps, one that nobody vouches for is only told of.
    fn stamped(&mut self, stamp: Stamp, anchors: &Anchors) {
        if let Some(code) = stamp.distrust.filter(|_| !anchors.timestamps.is_empty()) {
            self.fault(Code::TimestampUntrusted);
            self.fault(code);
        }
        self.stamp = Some(stamp);
    }

    fn name(&mut self, certificate: &Certificate) {
        self.report.by = Some(common_name(certificate));
        self.report.certificate = summary(certificate).ok();
    }

    /// Judged at the time the signer says, which is the only one there is when nobody stamped it.
    fn judge_time(&mut self, anchors: &Anchors, now: OffsetDateTime) {
        let Some(at) = self.report.at else {
            return self.fault(Code::TimeMissing);
        };
        if at > now + CLOCKS {
            self.fault(Code::SignedInFuture);
        }
        if self.report.proven_at.is_some_and(|proven| at > proven + CLOCKS) {
            self.fault(Code::TimestampBeforeSignature);
        }
        let Some(leaf) = self.path.first() else { return };
        let mut faults = path::judge(&self.path, at, Use::Document);
        if path::outside_key_period(leaf, at) {
            faults.push(Code::KeyPeriod);
        }
        let is_event = self.report.evidence.is_some();
        let revoked = path::revoked_at(&self.path, &anchors.revocations);
        // A seal that was revoked still stands for what it is proven to have signed before. An event has one
        // signing only: revoking it revokes just that.
        let counts = |revoked| is_event || self.report.proven_at.is_none_or(|proven| proven >= revoked);
        if revoked.is_some_and(counts) {
            faults.push(Code::Revoked);
        }
        faults.into_iter().for_each(|code| self.fault(code));
    }
}

/// Judges every signature at its time, by its own timestamp and those after it. Gives what a reader should know.
pub fn judge_times(signatures: &mut [Examined], anchors: &Anchors, now: OffsetDateTime) -> Vec<Reason> {
    let mut warnings = Vec::new();
    let mut earliest: Option<OffsetDateTime> = None;
    let mut unproven = false;
    for examined in signatures.iter_mut().rev() {
        let trusted = examined.stamp.as_ref().filter(|stamp| stamp.distrust.is_none());
        if let Some(stamp) = trusted.filter(|_| examined.report.reasons.is_empty()) {
            let at = stamp.at;
            if examined.report.kind == Kind::Timestamp {
                earliest = Some(earliest.map_or(at, |earliest| earliest.min(at)));
            }
            examined.report.proven_at = Some(earliest.map_or(at, |earliest| earliest.min(at)));
        } else {
            examined.report.proven_at = earliest;
        }
        let untrusted = examined
            .stamp
            .as_ref()
            .is_some_and(|stamp| stamp.distrust.is_some());
        if untrusted && anchors.timestamps.is_empty() {
            let report = &examined.report;
            warnings.push(reason(
                Code::TimestampUntrusted,
                Some(report.revision),
                Some(&report.field),
            ));
        }
        if examined.report.kind != Kind::Timestamp && examined.report.certificate.is_some() {
            unproven |= examined.report.proven_at.is_none();
            examined.judge_time(anchors, now);
        }
    }
    if unproven {
        warnings.push(reason(Code::TimeNotProven, None, None));
    }
    warnings
}

fn permissions(document: &Document<'_>, signature: &Dict) -> Option<i64> {
    let [reference] = document.get(signature, "Reference")?.array()? else {
        return None;
    };
    let reference = document.value(reference)?.dict()?;
    if !reference.is("TransformMethod", "DocMDP") {
        return None;
    }
    let parameters = document.get(reference, "TransformParams")?.dict()?;
    // 2 is what counts when nothing is said (ISO 32000-1, table 254).
    parameters.get("P").map_or(Some(2), Value::int)
}

pub fn summary(certificate: &Certificate) -> der::Result<CertificateSummary> {
    let tbs = &certificate.tbs_certificate;
    Ok(CertificateSummary {
        subject: tbs.subject.to_string(),
        issuer: tbs.issuer.to_string(),
        serial: hex(tbs.serial_number.as_bytes()),
        digest: hex(&Sha::Sha256.digest(&[&certificate.to_der()?])),
        not_before: not_before(certificate),
        not_after: not_after(certificate),
    })
}

/// `D:20261123213000+08'00'` (ISO 32000-1, 7.9.4), to the second and with its offset: nothing is guessed.
fn date(text: &str) -> Option<OffsetDateTime> {
    let text = text.strip_prefix("D:")?;
    let (local, zone) = text.split_at_checked(14)?;
    let local = PrimitiveDateTime::parse(
        local,
        format_description!("[year][month][day][hour][minute][second]"),
    )
    .ok()?;
    let offset = match zone {
        "Z" | "Z00'00'" | "Z00'00" => UtcOffset::UTC,
        _ => {
            let sign = match zone.get(..1)? {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let (hours, minutes) = zone.get(1..)?.trim_end_matches('\'').split_once('\'')?;
            let part = |text: &str| i8::try_from(text.parse::<u8>().ok()?).ok();
            UtcOffset::from_hms(sign * part(hours)?, sign * part(minutes)?, 0).ok()?
        }
    };
    // Far from the ends of what can be counted with.
    YEARS.contains(&local.year()).then(|| local.assume_offset(offset))
}
