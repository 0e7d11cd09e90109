//! Document timestamps (RFC 3161, PAdES 5.4.3): an authority's word that the file existed, as a revision of its own.
//!
//! Asking is somebody else's: this gives the question as bytes and takes the answer as bytes. An answer is taken
//! when it is about this very file and this very question; whether the authority is to be trusted is `verify`'s.

use cms::content_info::ContentInfo;
use cms::signed_data::EncapsulatedContentInfo;
use der::asn1::{AnyRef, Int, ObjectIdentifier, OctetString};
use der::{Any, Decode, Encode, Reader, Tag, Tagged};
use lopdf::dictionary;
use x509_cert::spki::AlgorithmIdentifier;
use x509_tsp::{MessageImprint, TimeStampReq, TimeStampResp, TspVersion};

use crate::error::PadesError;
use crate::fields;
use crate::hole::Holed;
use crate::revision::Revision;
use crate::signature::SHA_256;

/// Bytes kept for an answer: authorities send their chain along, four to seven thousand bytes in all.
const ROOM: usize = 10 * 1024;

const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// A file that waits for its timestamp.
pub struct Stamping {
    holed: Holed,
    question: TimeStampReq,
    request: Vec<u8>,
}

/// Prepares a timestamp over everything that is in the file. `nonce` is random and makes the answer this one's.
///
/// # Errors
/// If the file cannot be read or has no page.
pub fn stamp_request(pdf: &[u8], nonce: u64) -> Result<Stamping, PadesError> {
    let mut revision = Revision::of(pdf)?;
    let all = fields::fields(&revision)?;
    let taken = all
        .iter()
        .filter(|field| field.name.starts_with("timestamp-"))
        .count();
    let id = revision.new_id();
    fields::add_unseen(&mut revision, &format!("timestamp-{}", taken + 1), id)?;
    let signature = dictionary! {
        "Type" => "DocTimeStamp",
        "Filter" => "Adobe.PPKLite",
        "SubFilter" => "ETSI.RFC3161",
    };
    let holed = Holed::new(revision, id, &signature, ROOM)?;
    let question = TimeStampReq {
        version: TspVersion::V1,
        message_imprint: MessageImprint {
            // Authorities exist that want the parameters to be there, as RFC 3161's own time wrote them.
            hash_algorithm: AlgorithmIdentifier {
                oid: SHA_256,
                parameters: Some(Any::null()),
            },
            hashed_message: OctetString::new(holed.digest().as_slice())?,
        },
        req_policy: None,
        nonce: Some(integer(nonce)?),
        cert_req: true,
        extensions: None,
    };
    let request = question.to_der()?;
    Ok(Stamping {
        holed,
        question,
        request,
    })
}

impl Stamping {
    /// What to send: RFC 3161, `application/timestamp-query`.
    #[must_use]
    pub fn request(&self) -> &[u8] {
        &self.request
    }

    /// The file with the timestamp that `response` (`application/timestamp-reply`) brings.
    ///
    /// # Errors
    /// [`PadesError::StampRefused`] with the authority's reason; [`PadesError::BadStamp`] when the answer is to
    /// another question.
    pub fn finish(self, response: &[u8]) -> Result<Vec<u8>, PadesError> {
        let unreadable = |_| PadesError::BadStamp("it is no timestamp response");
        let answer = TimeStampResp::from_der(response).map_err(unreadable)?;
        let status = answer.status.status as u8;
        // 0 is granted, 1 is granted with changes (RFC 3161, 2.4.2).
        let Some(token) = answer.time_stamp_token.filter(|_| status <= 1) else {
            let words = answer.status.status_string.unwrap_or_default();
            let why = words
                .iter()
                .map(|word| word.as_str())
                .collect::<Vec<_>>()
                .join("; ");
            return Err(PadesError::StampRefused { status, why });
        };
        let said = said(&token)?;
        let asked = &self.question;
        let (imprint, wanted) = (&said.imprint, &asked.message_imprint);
        if imprint.hash_algorithm.oid != SHA_256 || imprint.hashed_message != wanted.hashed_message {
            return Err(PadesError::BadStamp("it is about another file"));
        }
        if said.nonce != asked.nonce {
            return Err(PadesError::BadStamp("it answers another question"));
        }
        self.holed.filled(&token.to_der()?)
    }
}

/// What a token says about whom.
struct Said {
    imprint: MessageImprint,
    nonce: Option<Int>,
}

/// Reads the two things that must agree and passes over everything else: authorities write fractions of seconds
/// and send a certificate twice, which stricter readers refuse.
fn said(token: &ContentInfo) -> Result<Said, PadesError> {
    let unreadable = |_| PadesError::BadStamp("its token cannot be read");
    let inner: EncapsulatedContentInfo = token
        .content
        .sequence(|data| {
            let (_version, _digests) = (AnyRef::decode(data)?, AnyRef::decode(data)?);
            let inner = EncapsulatedContentInfo::decode(data)?;
            rest(data)?;
            Ok(inner)
        })
        .map_err(unreadable)?;
    if inner.econtent_type != TST_INFO {
        return Err(PadesError::BadStamp("its token is no timestamp"));
    }
    let content = inner.econtent.ok_or(PadesError::BadStamp("its token is empty"))?;
    let content: OctetString = content.decode_as().map_err(unreadable)?;
    let info = AnyRef::from_der(content.as_bytes()).map_err(unreadable)?;
    info.sequence(|info| {
        let (_version, _policy) = (AnyRef::decode(info)?, AnyRef::decode(info)?);
        let imprint = MessageImprint::decode(info)?;
        let (_serial, _time) = (AnyRef::decode(info)?, AnyRef::decode(info)?);
        // After the time only the nonce is a plain number: accuracy is a sequence, ordering a boolean.
        let number = rest(info)?.into_iter().find(|part| part.tag() == Tag::Integer);
        let nonce = number.map(|part| part.decode_as()).transpose()?;
        Ok(Said { imprint, nonce })
    })
    .map_err(unreadable)
}

fn rest<'a>(reader: &mut impl Reader<'a>) -> der::Result<Vec<AnyRef<'a>>> {
    let mut parts = Vec::new();
    while !reader.is_finished() {
        parts.push(AnyRef::decode(reader)?);
    }
    Ok(parts)
}

/// A positive number in as few bytes as DER wants.
fn integer(value: u64) -> der::Result<Int> {
    let bytes = u128::from(value).to_be_bytes();
    let mut bytes = &bytes[7..];
    while bytes.len() > 1 && bytes[0] == 0 && bytes[1] < 0x80 {
        bytes = &bytes[1..];
    }
    Int::new(bytes)
}
