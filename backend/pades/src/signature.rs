//! CMS signatures (RFC 5652) with the attributes CAdES asks for (ETSI EN 319 122-1): over a digest, content apart.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec};
use der::{Any, Encode, Sequence};
use sha2_stable::{Digest, Sha256};
use time::OffsetDateTime;
use x509_cert::Certificate;
use x509_cert::attr::Attribute;
use x509_cert::spki::AlgorithmIdentifierOwned;

use crate::error::PadesError;
use crate::names::to_x509;
use crate::signer::{Signer, leaf, sign_checked};

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
pub const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const ECDSA_WITH_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// RFC 5035: which certificate signed, by its digest. Only what SHA-256 needs: the algorithm is the default, and
/// EN 319 122-1 (5.2.2.3) wants issuer and serial left out.
#[derive(Sequence)]
struct SigningCertificateV2 {
    certs: Vec<EssCertIdV2>,
}

#[derive(Sequence)]
struct EssCertIdV2 {
    cert_hash: OctetString,
}

/// The most bytes [`signed`] takes for this chain.
pub fn room(chain: &[Certificate]) -> Result<usize, PadesError> {
    // Attributes, algorithm names and the signature itself take less than 600 bytes; the issuer's name stands
    // in the signer's info once more.
    let mut room = 700;
    for certificate in chain {
        room += certificate.to_der()?.len();
    }
    if let Some(leaf) = chain.first() {
        room += leaf.tbs_certificate.issuer.to_der()?.len();
    }
    Ok(room)
}

/// Signed data over content with this SHA-256, the content itself apart.
///
/// `at` becomes the signing-time attribute, which CAdES wants and PAdES forbids (the PDF says it in /M).
pub fn signed(
    digest: &[u8; 32],
    at: Option<OffsetDateTime>,
    signer: &dyn Signer,
) -> Result<Vec<u8>, PadesError> {
    let own = leaf(signer)?;
    let attributes = attributes(digest, at, own)?;
    let signature = sign_checked(signer, &attributes.to_der()?)?;
    let info = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: own.tbs_certificate.issuer.clone(),
            serial_number: own.tbs_certificate.serial_number.clone(),
        }),
        digest_alg: algorithm(SHA_256),
        signed_attrs: Some(attributes),
        signature_algorithm: algorithm(ECDSA_WITH_SHA_256),
        signature: OctetString::new(signature)?,
        unsigned_attrs: None,
    };
    let chain = signer.chain().iter().cloned();
    let data = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from([algorithm(SHA_256)])?,
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: DATA,
            econtent: None,
        },
        certificates: Some(CertificateSet::try_from(
            chain.map(CertificateChoices::Certificate).collect::<Vec<_>>(),
        )?),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![info])?,
    };
    let whole = ContentInfo {
        content_type: SIGNED_DATA,
        content: Any::encode_from(&data)?,
    };
    Ok(whole.to_der()?)
}

fn attributes(
    digest: &[u8; 32],
    at: Option<OffsetDateTime>,
    own: &Certificate,
) -> Result<SetOfVec<Attribute>, PadesError> {
    let which = SigningCertificateV2 {
        certs: vec![EssCertIdV2 {
            cert_hash: OctetString::new(Sha256::digest(own.to_der()?).as_slice())?,
        }],
    };
    let mut attributes = vec![
        attribute(CONTENT_TYPE, Any::encode_from(&DATA)?)?,
        attribute(
            MESSAGE_DIGEST,
            Any::encode_from(&OctetString::new(digest.as_slice())?)?,
        )?,
        attribute(SIGNING_CERTIFICATE_V2, Any::encode_from(&which)?)?,
    ];
    if let Some(at) = at {
        attributes.push(attribute(SIGNING_TIME, Any::encode_from(&to_x509(at)?)?)?);
    }
    Ok(SetOfVec::try_from(attributes)?)
}

fn attribute(oid: ObjectIdentifier, value: Any) -> der::Result<Attribute> {
    Ok(Attribute {
        oid,
        values: SetOfVec::try_from([value])?,
    })
}

/// An algorithm without parameters, as RFC 5754 and RFC 5758 want these two.
pub fn algorithm(oid: ObjectIdentifier) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid,
        parameters: None,
    }
}
