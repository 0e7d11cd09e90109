//! A timestamp authority in the process: it answers what [`pades::stamp_request`] asks.

use cms::content_info::ContentInfo;
use der::asn1::{GeneralizedTime, Int, ObjectIdentifier};
use der::oid::AssociatedOid;
use der::{Any, Decode, Encode};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use pades::{Certificate, Signer, SignerError};
use sha2_stable::{Digest, Sha256};
use time::OffsetDateTime;
use x509_cert::builder::{Builder, CertificateBuilder, Profile};
use x509_cert::ext::pkix::ExtendedKeyUsage;
use x509_cert::ext::{AsExtension, Extension};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::SubjectPublicKeyInfoOwned;
use x509_cert::time::Validity;
use x509_tsp::{TimeStampReq, TspVersion, TstInfo};

use crate::forge::Message;

const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

pub struct Clock {
    key: SigningKey,
    own: Vec<Certificate>,
    root: Certificate,
}

/// Critical, as RFC 3161 wants it.
#[derive(der::Sequence)]
struct Stamps {
    purpose: ObjectIdentifier,
}

impl AssociatedOid for Stamps {
    const OID: ObjectIdentifier = ExtendedKeyUsage::OID;
}

impl AsExtension for Stamps {
    fn critical(&self, _: &Name, _: &[Extension]) -> bool {
        true
    }
}

impl Signer for Clock {
    fn chain(&self) -> &[Certificate] {
        &self.own
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignerError> {
        let signature: DerSignature = self.key.sign(message);
        Ok(signature.as_bytes().to_vec())
    }
}

impl Clock {
    /// A key that signs by a certificate that it signed itself.
    pub fn alone(common: &str, key: &[u8; 32]) -> Self {
        let key = SigningKey::from_slice(key).unwrap();
        let profile = Profile::Leaf {
            issuer: name(common),
            enable_key_agreement: false,
            enable_key_encipherment: false,
        };
        let own = certificate(profile, &name(common), &key, &key, false);
        let (root, own) = (own.clone(), vec![own]);
        Self { key, own, root }
    }

    pub fn new(root_key: &[u8; 32], key: &[u8; 32]) -> Self {
        let [root_key, key] = [root_key, key].map(|bytes| SigningKey::from_slice(bytes).unwrap());
        let (above, name) = (name("时间戳根"), name("时间戳"));
        let root = certificate(Profile::Root, &above, &root_key, &root_key, false);
        let leaf = Profile::Leaf {
            issuer: above,
            enable_key_agreement: false,
            enable_key_encipherment: false,
        };
        let own = certificate(leaf, &name, &key, &root_key, true);
        let own = vec![own];
        Self { key, own, root }
    }

    pub fn root(&self) -> &Certificate {
        &self.root
    }

    pub fn stamp(&self, pdf: &[u8], at: OffsetDateTime) -> Vec<u8> {
        let stamping = pades::stamp_request(pdf, 42).unwrap();
        let token = self.token(stamping.request(), at);
        // A response: granted, and the token.
        let mut inner = vec![0x30, 3, 2, 1, 0];
        inner.extend(token.to_der().unwrap());
        let response = Any::new(der::Tag::Sequence, inner).unwrap().to_der().unwrap();
        stamping.finish(&response).unwrap()
    }

    fn token(&self, request: &[u8], at: OffsetDateTime) -> ContentInfo {
        let request = TimeStampReq::from_der(request).unwrap();
        let at = std::time::Duration::from_secs(u64::try_from(at.unix_timestamp()).unwrap());
        let info = TstInfo {
            version: TspVersion::V1,
            policy: ObjectIdentifier::new_unwrap("1.2.3.4"),
            message_imprint: request.message_imprint,
            serial_number: Int::new(&[1]).unwrap(),
            gen_time: GeneralizedTime::from_unix_duration(at).unwrap(),
            accuracy: None,
            ordering: false,
            nonce: request.nonce,
            tsa: None,
            extensions: None,
        };
        let content = info.to_der().unwrap();
        let message = Message {
            content_type: TST_INFO,
            content: Some(&content),
            ..Message::new(Sha256::digest(&content).to_vec())
        };
        message.signed(self)
    }
}

fn name(common: &str) -> Name {
    format!("CN={common}").parse().unwrap()
}

fn certificate(
    profile: Profile,
    subject: &Name,
    key: &SigningKey,
    issuer: &SigningKey,
    stamps: bool,
) -> Certificate {
    let start = std::time::Duration::from_secs(1_790_000_000);
    let validity = Validity {
        not_before: der::asn1::UtcTime::from_unix_duration(start).unwrap().into(),
        not_after: der::asn1::UtcTime::from_unix_duration(start * 11 / 10)
            .unwrap()
            .into(),
    };
    let spki = SubjectPublicKeyInfoOwned::from_key(*key.verifying_key()).unwrap();
    let serial = SerialNumber::from(u32::from(stamps) + 1);
    let builder = CertificateBuilder::new(profile, serial, validity, subject.clone(), spki, issuer);
    let mut builder = builder.unwrap();
    if stamps {
        let purpose = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
        builder.add_extension(&Stamps { purpose }).unwrap();
    }
    builder.build::<DerSignature>().unwrap()
}
