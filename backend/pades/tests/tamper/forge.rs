//! CMS messages as a forger would make them: a good one, and a hand in every part of it.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{ObjectIdentifier, OctetString, SetOfVec};
use der::{Any, Encode};
use pades::Signer;
use sha2_stable::{Digest, Sha256};
use x509_cert::attr::Attribute;
use x509_cert::spki::AlgorithmIdentifierOwned;

pub const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
pub const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";

type Hand<'a, T> = Box<dyn Fn(&mut T) + 'a>;

/// What is signed, and what is done to it.
pub struct Message<'a> {
    pub content_type: ObjectIdentifier,
    pub content: Option<&'a [u8]>,
    pub digest: Vec<u8>,
    /// The algorithm that the digest is said to be of.
    pub algorithm: &'a str,
    /// Before it is signed.
    pub attributes: Hand<'a, Vec<Attribute>>,
    /// After it was.
    pub data: Hand<'a, SignedData>,
}

pub fn attribute(oid: &str, value: Any) -> Attribute {
    Attribute {
        oid: ObjectIdentifier::new_unwrap(oid),
        values: SetOfVec::try_from([value]).unwrap(),
    }
}

pub fn octets(bytes: &[u8]) -> OctetString {
    OctetString::new(bytes).unwrap()
}

fn algorithm(oid: &str) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid: ObjectIdentifier::new_unwrap(oid),
        parameters: None,
    }
}

impl Message<'_> {
    /// A good one, over bytes elsewhere with this digest.
    pub fn new(digest: Vec<u8>) -> Self {
        Self {
            content_type: DATA,
            content: None,
            digest,
            algorithm: "2.16.840.1.101.3.4.2.1",
            attributes: Box::new(|_| {}),
            data: Box::new(|_| {}),
        }
    }

    pub fn signed(&self, signer: &dyn Signer) -> ContentInfo {
        let own = &signer.chain()[0];
        let binding = vec![vec![vec![octets(&Sha256::digest(own.to_der().unwrap()))]]];
        let mut attributes = vec![
            attribute(
                "1.2.840.113549.1.9.3",
                Any::encode_from(&self.content_type).unwrap(),
            ),
            attribute(
                "1.2.840.113549.1.9.4",
                Any::encode_from(&octets(&self.digest)).unwrap(),
            ),
            attribute(SIGNING_CERTIFICATE_V2, Any::encode_from(&binding).unwrap()),
        ];
        (self.attributes)(&mut attributes);
        let attributes = SetOfVec::try_from(attributes).unwrap();
        let signature = signer.sign(&attributes.to_der().unwrap()).unwrap();
        let digest = algorithm(self.algorithm);
        let info = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: own.tbs_certificate.issuer.clone(),
                serial_number: own.tbs_certificate.serial_number.clone(),
            }),
            digest_alg: digest.clone(),
            signed_attrs: Some(attributes),
            signature_algorithm: algorithm("1.2.840.10045.4.3.2"),
            signature: octets(&signature),
            unsigned_attrs: None,
        };
        let chain = signer
            .chain()
            .iter()
            .cloned()
            .map(CertificateChoices::Certificate);
        // RFC 5652, 5.1: version 3 for everything that is not plain data.
        let version = if self.content_type == DATA {
            CmsVersion::V1
        } else {
            CmsVersion::V3
        };
        let mut data = SignedData {
            version,
            digest_algorithms: SetOfVec::try_from([digest]).unwrap(),
            encap_content_info: EncapsulatedContentInfo {
                econtent_type: self.content_type,
                econtent: self
                    .content
                    .map(|content| Any::encode_from(&octets(content)).unwrap()),
            },
            certificates: Some(CertificateSet::try_from(chain.collect::<Vec<_>>()).unwrap()),
            crls: None,
            signer_infos: SignerInfos::try_from(vec![info]).unwrap(),
        };
        (self.data)(&mut data);
        ContentInfo {
            content_type: ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2"),
            content: Any::encode_from(&data).unwrap(),
        }
    }
}
