//! One CMS message with one signer, read so that nothing in it goes unjudged.

use cms::cert::CertificateChoices;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{ObjectIdentifier, OctetString, OctetStringRef};
use der::oid::db::rfc5911;
use der::{Any, Decode, Encode, Reader, Sequence, SliceReader, Tag, Tagged};
use x509_cert::Certificate;
use x509_cert::attr::Attributes;
use x509_cert::ext::pkix::SubjectKeyIdentifier;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::arithmetic::{self, Sha};
use super::code::Code;

/// id-data: a message about bytes that are somewhere else.
pub const DATA: ObjectIdentifier = rfc5911::ID_DATA;
/// id-ct-TSTInfo (RFC 3161).
pub const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
/// A timestamp over the signature's value.
pub const SIGNATURE_TIMESTAMP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");

/// More certificates than a chain can need are ballast.
const CERTIFICATES_MAX: usize = 16;

/// A message whose signature holds. Whom its signer's certificate is worth is another question.
pub struct Message {
    pub signer: Certificate,
    /// Every certificate that came along, the signer's included.
    pub others: Vec<Certificate>,
    /// The value of the signature, which a timestamp speaks about.
    pub value: Vec<u8>,
    /// The timestamp over it, when there is one.
    pub stamp: Option<ContentInfo>,
    /// What is signed, when it lies within.
    pub content: Option<Vec<u8>>,
}

#[derive(Sequence)]
struct SigningCertificate {
    certs: Vec<CertId>,
    policies: Option<Any>,
}

#[derive(Sequence)]
struct CertId {
    hash: OctetString,
    issuer_serial: Option<Any>,
}

#[derive(Sequence)]
struct SigningCertificateV2 {
    certs: Vec<CertIdV2>,
    policies: Option<Any>,
}

#[derive(Sequence)]
struct CertIdV2 {
    hash_algorithm: Option<AlgorithmIdentifierOwned>,
    hash: OctetString,
    issuer_serial: Option<Any>,
}

/// The message in the padded bytes of a `/Contents`.
///
/// # Errors
/// [`Code::MessagePadding`] when anything but zeros follows it.
pub fn unpad(contents: &[u8]) -> Result<ContentInfo, Code> {
    let mut reader = SliceReader::new(contents).map_err(|_| Code::MessageMalformed)?;
    let message = ContentInfo::decode(&mut reader).map_err(|_| Code::MessageMalformed)?;
    let left = reader.remaining_len();
    let padding = reader.read_slice(left).map_err(|_| Code::MessageMalformed)?;
    if padding.iter().any(|byte| *byte != 0) {
        return Err(Code::MessagePadding);
    }
    Ok(message)
}

/// That a message is written in the one way DER allows, so that no byte of it can be changed unseen.
fn canonical(message: &ContentInfo, data: &SignedData) -> Result<(), Code> {
    let again = data.to_der().map_err(|_| Code::MessageMalformed)?;
    let written = message.content.to_der().map_err(|_| Code::MessageMalformed)?;
    let one = data.signer_infos.0.get(0).map(|info| &info.digest_alg);
    let same = data.digest_algorithms.len() == 1 && data.digest_algorithms.get(0) == one;
    let versions = data.version == CmsVersion::V1
        && data.signer_infos.0.iter().all(|info| {
            let by_name = matches!(info.sid, SignerIdentifier::IssuerAndSerialNumber(_));
            info.version == if by_name { CmsVersion::V1 } else { CmsVersion::V3 }
        });
    let is_ours = again == written && same && versions && data.crls.is_none();
    is_ours.then_some(()).ok_or(Code::MessageMalformed)
}

/// A signature over bytes that lie outside, `pieces`.
///
/// # Errors
/// The first thing that does not hold.
pub fn detached(message: &ContentInfo, pieces: &[&[u8]]) -> Result<Message, Code> {
    let data = signed_data(message)?;
    let encapsulated = &data.encap_content_info;
    if encapsulated.econtent_type != DATA || encapsulated.econtent.is_some() {
        return Err(Code::MessageContent);
    }
    let signed = check(&data, DATA, pieces, None, true)?;
    canonical(message, &data)?;
    Ok(signed)
}

/// A timestamp token: its content lies within.
///
/// # Errors
/// The first thing that does not hold.
pub fn token(message: &ContentInfo) -> Result<Message, Code> {
    let data = signed_data(message)?;
    let encapsulated = &data.encap_content_info;
    if encapsulated.econtent_type != TST_INFO {
        return Err(Code::SignatureForm);
    }
    let content = encapsulated.econtent.as_ref().ok_or(Code::MessageMalformed)?;
    let content: OctetStringRef<'_> = content.decode_as().map_err(|_| Code::MessageMalformed)?;
    let content = content.as_bytes().to_vec();
    check(&data, TST_INFO, &[&content], Some(content.clone()), false)
}

fn signed_data(message: &ContentInfo) -> Result<SignedData, Code> {
    if message.content_type != rfc5911::ID_SIGNED_DATA {
        return Err(Code::SignatureForm);
    }
    message.content.decode_as().map_err(|_| Code::MessageMalformed)
}

fn check(
    data: &SignedData,
    content_type: ObjectIdentifier,
    pieces: &[&[u8]],
    content: Option<Vec<u8>>,
    is_ours: bool,
) -> Result<Message, Code> {
    let [info] = data.signer_infos.0.as_slice() else {
        return Err(Code::SeveralSigners);
    };
    let others = certificates(data)?;
    let signer = signer(info, &others)?;
    let sha = Sha::of(&info.digest_alg)?;
    let attributes = info.signed_attrs.as_ref().ok_or(Code::SignedAttributes)?;
    let says: ObjectIdentifier = one(attributes, rfc5911::ID_CONTENT_TYPE)?;
    let digest: OctetString = one(attributes, rfc5911::ID_MESSAGE_DIGEST)?;
    if says != content_type {
        return Err(Code::SignedAttributes);
    }
    bound(attributes, &signer, is_ours)?;
    // The bytes that are signed are the attributes as a SET, not as the field they are written in (RFC 5652, 5.4).
    let signed = attributes.to_der().map_err(|_| Code::MessageMalformed)?;
    let key = &signer.tbs_certificate.subject_public_key_info;
    let value = info.signature.as_bytes();
    arithmetic::verify(key, &info.signature_algorithm, Some(sha), &signed, value)?;
    if digest.as_bytes() != sha.digest(pieces) {
        return Err(Code::DigestMismatch);
    }
    Ok(Message {
        stamp: stamp(info, is_ours)?,
        value: value.to_vec(),
        signer,
        others,
        content,
    })
}

fn certificates(data: &SignedData) -> Result<Vec<Certificate>, Code> {
    let set = data.certificates.as_ref().ok_or(Code::CertificateMissing)?;
    let plain = set.0.iter().map(|choice| match choice {
        CertificateChoices::Certificate(certificate) => Ok(certificate.clone()),
        CertificateChoices::Other(_) => Err(Code::MessageMalformed),
    });
    let certificates: Vec<Certificate> = plain.collect::<Result<_, _>>()?;
    if certificates.len() > CERTIFICATES_MAX {
        return Err(Code::MessageMalformed);
    }
    Ok(certificates)
}

fn signer(info: &SignerInfo, certificates: &[Certificate]) -> Result<Certificate, Code> {
    let is_meant = |certificate: &&Certificate| {
        let certificate = &certificate.tbs_certificate;
        match &info.sid {
            SignerIdentifier::IssuerAndSerialNumber(sid) => {
                certificate.issuer == sid.issuer && certificate.serial_number == sid.serial_number
            }
            SignerIdentifier::SubjectKeyIdentifier(sid) => certificate
                .get::<SubjectKeyIdentifier>()
                .is_ok_and(|found| found.is_some_and(|(_, found)| found == *sid)),
        }
    };
    let mut meant = certificates.iter().filter(is_meant);
    match (meant.next(), meant.next()) {
        (Some(certificate), None) => Ok(certificate.clone()),
        (Some(_), Some(_)) => Err(Code::CertificateBinding),
        (None, _) => Err(Code::CertificateMissing),
    }
}

/// The one value of an attribute that must be there once.
fn one<'a, T: der::Choice<'a> + der::DecodeValue<'a>>(
    attributes: &'a Attributes,
    oid: ObjectIdentifier,
) -> Result<T, Code> {
    any(attributes, oid)?
        .ok_or(Code::SignedAttributes)?
        .decode_as()
        .map_err(|_| Code::SignedAttributes)
}

fn any(attributes: &Attributes, oid: ObjectIdentifier) -> Result<Option<&Any>, Code> {
    let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some(attribute), None) => match attribute.values.as_slice() {
            [value] => Ok(Some(value)),
            _ => Err(Code::SignedAttributes),
        },
        (Some(_), Some(_)) => Err(Code::SignedAttributes),
    }
}

/// That the signer meant this certificate and no other with the same name or key.
fn bound(attributes: &Attributes, signer: &Certificate, is_ours: bool) -> Result<(), Code> {
    let der = signer.to_der().map_err(|_| Code::MessageMalformed)?;
    let malformed = |_| Code::CertificateBinding;
    if let Some(value) = any(attributes, SIGNING_CERTIFICATE_V2)? {
        let binding: SigningCertificateV2 = decoded(value).map_err(malformed)?;
        let first = binding.certs.first().ok_or(Code::CertificateBinding)?;
        let sha = first.hash_algorithm.as_ref().map_or(Ok(Sha::Sha256), Sha::of)?;
        return (first.hash.as_bytes() == sha.digest(&[&der]))
            .then_some(())
            .ok_or(Code::CertificateBinding);
    }
    match any(attributes, SIGNING_CERTIFICATE)?.filter(|_| !is_ours) {
        Some(value) => {
            let binding: SigningCertificate = decoded(value).map_err(malformed)?;
            let first = binding.certs.first().ok_or(Code::CertificateBinding)?;
            let is_meant = first.hash.as_bytes() == arithmetic::sha1(&der);
            is_meant.then_some(()).ok_or(Code::CertificateBinding)
        }
        None => Err(Code::CertificateBinding),
    }
}

fn decoded<T: for<'a> Decode<'a>>(value: &Any) -> der::Result<T> {
    if value.tag() != Tag::Sequence {
        return Err(value.tag().value_error());
    }
    T::from_der(&value.to_der()?)
}

/// The timestamp among what is not signed. Of ours, nothing else may be there: nobody would notice it change.
fn stamp(info: &SignerInfo, is_ours: bool) -> Result<Option<ContentInfo>, Code> {
    let Some(attributes) = info.unsigned_attrs.as_ref() else {
        return Ok(None);
    };
    if is_ours
        && attributes
            .iter()
            .any(|attribute| attribute.oid != SIGNATURE_TIMESTAMP)
    {
        return Err(Code::UnknownAttribute);
    }
    let stamp = any(attributes, SIGNATURE_TIMESTAMP).map_err(|_| Code::UnknownAttribute)?;
    stamp
        .map(|stamp| decoded(stamp).map_err(|_| Code::TimestampWrong))
        .transpose()
}

/// Whether a certificate's own signature is by an algorithm that counts; see [`arithmetic::verify`].
pub fn issued(certificate: &Certificate, issuer: &Certificate) -> Result<(), Code> {
    let signed = certificate
        .tbs_certificate
        .to_der()
        .map_err(|_| Code::MessageMalformed)?;
    if certificate.signature_algorithm != certificate.tbs_certificate.signature {
        return Err(Code::SignatureWrong);
    }
    let value = certificate.signature.as_bytes().ok_or(Code::SignatureWrong)?;
    let key = &issuer.tbs_certificate.subject_public_key_info;
    arithmetic::verify(key, &certificate.signature_algorithm, None, &signed, value)
}
