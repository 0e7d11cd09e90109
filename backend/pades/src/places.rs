//! The signature fields of a file, as whoever fills one needs them: how large the place is, and whether it is free.

use lopdf::Object;

use crate::error::PadesError;
use crate::fields::{self, Place};
use crate::revision::Revision;

/// A place of a file as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownPlace {
    pub place: Place,
    pub signed: bool,
}

/// The places of a file, in their order.
///
/// # Errors
/// If the file cannot be read, or a field has no rectangle.
pub fn places(pdf: &[u8]) -> Result<Vec<KnownPlace>, PadesError> {
    let revision = Revision::of(pdf)?;
    let mut known = Vec::new();
    for field in fields::fields(&revision)? {
        let widget = revision.dictionary(field.id)?;
        let corners = widget.get(b"Rect").and_then(Object::as_array)?;
        let corners: Vec<f32> = corners
            .iter()
            .filter_map(|corner| corner.as_float().ok())
            .collect();
        let rect = <[f32; 4]>::try_from(corners).map_err(|_| PadesError::Missing("/Rect of a field"))?;
        let tooltip = widget
            .get(b"TU")
            .and_then(lopdf::decode_text_string)
            .unwrap_or_default();
        let on = widget.get(b"P").and_then(Object::as_reference).ok();
        let page = (1..).map_while(|number| Some((number, revision.page(number)?)));
        let page = page
            .filter(|(_, id)| Some(*id) == on)
            .map(|(number, _)| number)
            .next();
        known.push(KnownPlace {
            place: Place {
                name: field.name,
                tooltip,
                page: page.unwrap_or(1),
                rect,
            },
            signed: field.signed,
        });
    }
    Ok(known)
}
