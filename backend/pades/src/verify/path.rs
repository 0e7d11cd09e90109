//! From a signer's certificate to an authority that is trusted, after RFC 5280, as far as our certificates go.

use cms::cert::x509::ext::Extension;
use der::oid::ObjectIdentifier;
use der::oid::db::{rfc5280, rfc5912};
use der::{Decode, Encode};
use time::OffsetDateTime;
use x509_cert::Certificate;
use x509_cert::crl::CertificateList;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, PrivateKeyUsagePeriod};

use super::code::Code;
use super::{arithmetic, message};
use crate::names::{not_after, not_before};

/// Signer, two below the root, root.
const LENGTH_MAX: usize = 5;

/// What a signer's certificate must be good for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Document,
    Timestamp,
}

/// The certificates from the signer's up to and with the anchor.
///
/// # Errors
/// [`Code::SelfSigned`], [`Code::Impostor`] or [`Code::Untrusted`] when no way leads to an anchor.
pub fn find(
    leaf: &Certificate,
    others: &[Certificate],
    anchors: &[Certificate],
) -> Result<Vec<Certificate>, Code> {
    let mut path = vec![leaf.clone()];
    loop {
        let last = path.last().ok_or(Code::Untrusted)?;
        // A signer who is an anchor would be an authority that signs documents; `judge` refuses it.
        if anchors.contains(last) {
            return Ok(path);
        }
        let issued = |candidate: &&Certificate| {
            let named = candidate.tbs_certificate.subject == last.tbs_certificate.issuer;
            named && candidate != &last && message::issued(last, candidate).is_ok()
        };
        let next = anchors.iter().find(issued).or_else(|| others.iter().find(issued));
        match next {
            Some(next) if path.len() < LENGTH_MAX && !path.contains(next) => path.push(next.clone()),
            _ => return Err(lost(leaf, last, anchors)),
        }
    }
}

fn lost(leaf: &Certificate, last: &Certificate, anchors: &[Certificate]) -> Code {
    let issuer = &last.tbs_certificate.issuer;
    let by_name = |anchor: &Certificate| anchor.tbs_certificate.subject == *issuer;
    if anchors.iter().any(by_name) {
        Code::Impostor
    } else if leaf.tbs_certificate.issuer == leaf.tbs_certificate.subject {
        Code::SelfSigned
    } else {
        Code::Untrusted
    }
}

/// Everything that is wrong with the way at a time: validity, usage, constraints.
pub fn judge(path: &[Certificate], at: OffsetDateTime, wanted: Use) -> Vec<Code> {
    let mut faults = Vec::new();
    let Some((leaf, above)) = path.split_first() else {
        return vec![Code::CertificateMissing];
    };
    for certificate in path {
        // Certificates count in whole seconds.
        if at.unix_timestamp() < not_before(certificate).unix_timestamp() {
            faults.push(Code::CertificateNotYetValid);
        }
        if at.unix_timestamp() > not_after(certificate).unix_timestamp() {
            faults.push(Code::CertificateExpired);
        }
        if unknown_rule(certificate) {
            faults.push(Code::CertificateUnknownRule);
        }
    }
    let issuers = above.iter().enumerate();
    let is_used_rightly = may_sign(leaf, wanted)
        && issuers
            .into_iter()
            .all(|(below, issuer)| may_issue(issuer, below));
    if !is_used_rightly {
        faults.push(Code::CertificateUsage);
    }
    faults.sort_unstable();
    faults.dedup();
    faults
}

fn may_sign(leaf: &Certificate, wanted: Use) -> bool {
    let tbs = &leaf.tbs_certificate;
    let (Ok(limits), Ok(usage), Ok(extended)) = (
        tbs.get::<BasicConstraints>(),
        tbs.get::<KeyUsage>(),
        tbs.get::<ExtendedKeyUsage>(),
    ) else {
        return false;
    };
    if limits.is_some_and(|(_, limits)| limits.ca) {
        return false;
    }
    let signs = usage.is_some_and(|(_, usage)| {
        usage.0.contains(KeyUsages::DigitalSignature) || usage.0.contains(KeyUsages::NonRepudiation)
    });
    let stamps = rfc5280::ID_KP_TIME_STAMPING;
    signs
        && match wanted {
            // RFC 3161, 2.3: critical, and nothing else.
            Use::Timestamp => extended.is_some_and(|(critical, extended)| critical && extended.0 == [stamps]),
            Use::Document => extended.is_none_or(|(_, extended)| {
                let foreign = [stamps, rfc5280::ID_KP_SERVER_AUTH, rfc5280::ID_KP_CODE_SIGNING];
                !extended.0.iter().all(|purpose| foreign.contains(purpose))
            }),
        }
}

fn may_issue(issuer: &Certificate, below: usize) -> bool {
    let tbs = &issuer.tbs_certificate;
    let limits = tbs.get::<BasicConstraints>().ok().flatten();
    let usage = tbs.get::<KeyUsage>().ok().flatten();
    limits.is_some_and(|(_, limits)| {
        limits.ca
            && limits
                .path_len_constraint
                .is_none_or(|most| below <= usize::from(most))
    }) && usage.is_none_or(|(_, usage)| usage.0.contains(KeyUsages::KeyCertSign))
}

/// A rule that must be kept and that we do not know (RFC 5280, 4.2).
fn unknown_rule(certificate: &Certificate) -> bool {
    const KNOWN: [ObjectIdentifier; 5] = [
        rfc5912::ID_CE_BASIC_CONSTRAINTS,
        rfc5912::ID_CE_KEY_USAGE,
        rfc5912::ID_CE_EXT_KEY_USAGE,
        rfc5912::ID_CE_CERTIFICATE_POLICIES,
        rfc5912::ID_CE_SUBJECT_ALT_NAME,
    ];
    let extensions: &[Extension] = certificate
        .tbs_certificate
        .extensions
        .as_deref()
        .unwrap_or_default();
    extensions
        .iter()
        .any(|extension| extension.critical && !KNOWN.contains(&extension.extn_id))
}

/// Whether the time lies outside of the time the key was to be used in.
pub fn outside_key_period(leaf: &Certificate, at: OffsetDateTime) -> bool {
    let Ok(Some((_, period))) = leaf.tbs_certificate.get::<PrivateKeyUsagePeriod>() else {
        return false;
    };
    let seconds = |time: der::asn1::GeneralizedTime| {
        i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
    };
    let at = at.unix_timestamp();
    period.not_before.is_some_and(|from| at < seconds(from))
        || period.not_after.is_some_and(|to| at > seconds(to))
}

/// When a certificate of the way was revoked, by lists that its issuer signed; the earliest counts.
pub fn revoked_at(path: &[Certificate], lists: &[CertificateList]) -> Option<OffsetDateTime> {
    let pairs = path.iter().zip(path.iter().skip(1));
    let times = pairs.flat_map(|(certificate, issuer)| {
        let own = lists.iter().filter(|list| is_of(list, issuer));
        own.flat_map(|list| list.tbs_cert_list.revoked_certificates.iter().flatten())
            .filter(|revoked| revoked.serial_number == certificate.tbs_certificate.serial_number)
            .map(|revoked| OffsetDateTime::UNIX_EPOCH + revoked.revocation_date.to_unix_duration())
    });
    times.min()
}

fn is_of(list: &CertificateList, issuer: &Certificate) -> bool {
    let Ok(signed) = list.tbs_cert_list.to_der() else {
        return false;
    };
    let key = &issuer.tbs_certificate.subject_public_key_info;
    list.tbs_cert_list.issuer == issuer.tbs_certificate.subject
        && list.signature.as_bytes().is_some_and(|value| {
            arithmetic::verify(key, &list.signature_algorithm, None, &signed, value).is_ok()
        })
}

/// A revocation list as its authority publishes it.
pub fn list(der: &[u8]) -> der::Result<CertificateList> {
    CertificateList::from_der(der)
}
