//! Signing a field: one revision with the signature, what it looks like, and for the first one the certification.

use lopdf::{Dictionary, Object, ObjectId, dictionary, text_string};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::appearance;
use crate::error::PadesError;
use crate::fields;
use crate::hole::Holed;
use crate::revision::Revision;
use crate::signature;
use crate::signer::{Signer, in_force, leaf};

/// DocMDP: after the certification forms may be filled in and signed, and nothing else (ISO 32000-1, table 254).
const FILL_AND_SIGN: i64 = 2;

/// One signature to be made.
#[derive(Debug, Clone, Copy)]
pub struct Signing<'a> {
    /// The field's name.
    pub field: &'a str,
    /// The time the signature claims.
    pub at: OffsetDateTime,
    /// Who signs, as a viewer shows it.
    pub by: &'a str,
    pub reason: &'a str,
    pub location: &'a str,
    /// A one-page PDF that fills the field; without one the field stays as empty as it was.
    pub appearance: Option<&'a [u8]>,
    /// Whether this signature certifies the document: the first one may, and it lets others only fill and sign.
    pub certifies: bool,
}

/// Signs: the old bytes, then one revision.
///
/// The same parameters give the same bytes as long as the signer is deterministic (keys in memory are).
///
/// # Errors
/// [`PadesError::NoSuchField`], [`PadesError::FieldSigned`], [`PadesError::AlreadySigned`] for a certification that
/// comes late, [`PadesError::Certificate`] when the certificate is not valid at that time, and whatever the signer says.
pub fn sign(pdf: &[u8], signing: &Signing<'_>, signer: &dyn Signer) -> Result<Vec<u8>, PadesError> {
    in_force(leaf(signer)?, signing.at)?;
    let mut revision = Revision::of(pdf)?;
    let all = fields::fields(&revision)?;
    if signing.certifies && all.iter().any(|field| field.signed) {
        return Err(PadesError::AlreadySigned);
    }
    let field = all.into_iter().find(|field| field.name == signing.field);
    let field = field.ok_or_else(|| PadesError::NoSuchField(signing.field.to_owned()))?;
    if field.signed {
        return Err(PadesError::FieldSigned(field.name));
    }
    let id = revision.new_id();
    fill(&mut revision, field.id, id, signing.appearance)?;
    if signing.certifies {
        let mut catalog = revision.catalog()?.clone();
        catalog.set("Perms", dictionary! { "DocMDP" => id });
        revision.set(revision.catalog_id()?, catalog);
    }
    let room = signature::room(signer.chain())?;
    let holed = Holed::new(revision, id, &dictionary_of(signing)?, room)?;
    let signature = signature::signed(&holed.digest(), None, signer)?;
    holed.filled(&signature)
}

fn fill(
    revision: &mut Revision<'_>,
    field: ObjectId,
    signature: ObjectId,
    appearance: Option<&[u8]>,
) -> Result<(), PadesError> {
    let form = appearance
        .map(|page| appearance::import(revision, page))
        .transpose()?;
    let mut changed = revision.dictionary(field)?.clone();
    changed.set("V", signature);
    if let Some(form) = form {
        changed.set("AP", dictionary! { "N" => form });
    }
    revision.set(field, changed);
    Ok(())
}

fn dictionary_of(signing: &Signing<'_>) -> Result<Dictionary, PadesError> {
    let mut dictionary = dictionary! {
        "Type" => "Sig",
        "Filter" => "Adobe.PPKLite",
        "SubFilter" => "ETSI.CAdES.detached",
        "M" => Object::string_literal(pdf_time(signing.at)?),
    };
    for (key, text) in [
        ("Name", signing.by),
        ("Reason", signing.reason),
        ("Location", signing.location),
    ] {
        if !text.is_empty() {
            dictionary.set(key, text_string(text));
        }
    }
    if signing.certifies {
        dictionary.set("Reference", vec![Object::Dictionary(certification())]);
    }
    Ok(dictionary)
}

/// PDF/A-2 (6.4.3) forbids digests in here; the signature itself covers everything.
fn certification() -> Dictionary {
    dictionary! {
        "Type" => "SigRef",
        "TransformMethod" => "DocMDP",
        "TransformParams" => dictionary! { "Type" => "TransformParams", "P" => FILL_AND_SIGN, "V" => "1.2" },
    }
}

fn pdf_time(at: OffsetDateTime) -> Result<String, PadesError> {
    at.format(format_description!(
        "D:[year][month][day][hour][minute][second][offset_hour sign:mandatory]'[offset_minute]'"
    ))
    .map_err(|error| PadesError::Unreadable(error.to_string()))
}
