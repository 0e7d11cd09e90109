//! Signature fields: put in before the first signature, found again when somebody signs.
//!
//! A field added after the certification makes checkers call the document altered, so every place where anybody
//! may sign is a field from the start. Only timestamps add fields of their own later, which the standard allows.

use lopdf::{Dictionary, Object, ObjectId, Stream, dictionary, text_string};

use crate::error::PadesError;
use crate::revision::Revision;

/// /F of an annotation: it prints. PDF/A wants this bit and none of those that hide.
const PRINTS: i64 = 4;

/// /SigFlags: there are signatures, and the file may only be appended to.
const APPEND_ONLY: i64 = 3;

/// Where somebody will sign.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Letters, digits and hyphens, such as `party-1`.
    pub name: String,
    /// What a viewer says about the place.
    pub tooltip: String,
    /// From 1.
    pub page: u32,
    /// Left, bottom, right, top in PDF points from the page's lower left corner.
    pub rect: [f32; 4],
}

/// Puts an empty signature field at each place, as one revision behind the bytes that were there.
///
/// # Errors
/// [`PadesError::BadPlace`] names the place; [`PadesError::AlreadySigned`] when anybody has signed.
pub fn with_fields(pdf: &[u8], places: &[Place]) -> Result<Vec<u8>, PadesError> {
    let mut revision = Revision::of(pdf)?;
    if fields(&revision)?.iter().any(|field| field.signed) {
        return Err(PadesError::AlreadySigned);
    }
    for place in places {
        let bad = |why| PadesError::BadPlace {
            name: place.name.clone(),
            why,
        };
        check(place).map_err(bad)?;
        if find(&revision, &place.name)?.is_some() {
            return Err(bad("there is a field with this name already"));
        }
        let page = revision
            .page(place.page)
            .ok_or_else(|| bad("there is no such page"))?;
        let [left, bottom, right, top] = place.rect;
        let nothing = revision.add(empty_form(right - left, top - bottom));
        let mut widget = widget(&place.name, place.rect, PRINTS);
        widget.set("TU", text_string(&place.tooltip));
        widget.set("AP", dictionary! { "N" => nothing });
        add(&mut revision, page, widget)?;
    }
    Ok(revision.finish()?.0)
}

fn check(place: &Place) -> Result<(), &'static str> {
    let allowed = |character: char| character.is_ascii_alphanumeric() || character == '-';
    if place.name.is_empty() || !place.name.chars().all(allowed) {
        return Err("a name has Latin letters, digits and hyphens");
    }
    let [left, bottom, right, top] = place.rect;
    if !place.rect.iter().all(|edge| edge.is_finite()) || right <= left || top <= bottom {
        return Err("its rectangle has no inside (left, bottom, right, top)");
    }
    Ok(())
}

/// A field that is its own only widget.
fn widget(name: &str, rect: [f32; 4], flags: i64) -> Dictionary {
    dictionary! {
        "Type" => "Annot",
        "Subtype" => "Widget",
        "FT" => "Sig",
        "T" => Object::string_literal(name),
        "F" => flags,
        "Rect" => rect.map(Object::from).to_vec(),
    }
}

/// The field of a document timestamp: it is seen nowhere.
pub fn add_unseen(revision: &mut Revision<'_>, name: &str, value: ObjectId) -> Result<(), PadesError> {
    let page = revision.page(1).ok_or(PadesError::Missing("page"))?;
    // Prints, and is locked: nobody drags a timestamp about.
    let mut widget = widget(name, [0.0; 4], PRINTS | 128);
    widget.set("V", value);
    add(revision, page, widget)
}

/// An appearance that shows nothing: PDF/A wants one, and resources of its own even then.
fn empty_form(width: f32, height: f32) -> Stream {
    let form = dictionary! {
        "Type" => "XObject",
        "Subtype" => "Form",
        "BBox" => vec![0.into(), 0.into(), width.into(), height.into()],
        "Resources" => Dictionary::new(),
    };
    Stream::new(form, Vec::new())
}

fn add(revision: &mut Revision<'_>, page: ObjectId, mut widget: Dictionary) -> Result<(), PadesError> {
    widget.set("P", page);
    let field = revision.add(widget);
    let mut annotations = list(revision, revision.dictionary(page)?.get(b"Annots").ok())?;
    annotations.1.push(field.into());
    match annotations.0 {
        Some(id) => revision.set(id, annotations.1),
        None => {
            // A list of its own, so that later revisions need not touch the page.
            let id = revision.add(annotations.1);
            let mut changed = revision.dictionary(page)?.clone();
            changed.set("Annots", id);
            revision.set(page, changed);
        }
    }
    let (id, mut form) = form(revision)?;
    let mut all = list(revision, form.get(b"Fields").ok())?;
    all.1.push(field.into());
    form.set("SigFlags", APPEND_ONLY);
    match all.0 {
        Some(list) => revision.set(list, all.1),
        None => form.set("Fields", all.1),
    }
    match id {
        Some(id) => revision.set(id, form),
        None => {
            let id = revision.add(form);
            let mut catalog = revision.catalog()?.clone();
            catalog.set("AcroForm", id);
            revision.set(revision.catalog_id()?, catalog);
        }
    }
    Ok(())
}

/// An array with the number of its object, when it is one.
fn list(
    revision: &Revision<'_>,
    value: Option<&Object>,
) -> Result<(Option<ObjectId>, Vec<Object>), PadesError> {
    let Some(value) = value else {
        return Ok((None, Vec::new()));
    };
    let items = revision.resolved(value)?.as_array()?.clone();
    Ok((value.as_reference().ok(), items))
}

/// The form with the number of its object, when it is one; an empty one when the document has none.
fn form(revision: &Revision<'_>) -> Result<(Option<ObjectId>, Dictionary), PadesError> {
    let Ok(value) = revision.catalog()?.get(b"AcroForm") else {
        return Ok((None, Dictionary::new()));
    };
    let form = revision.resolved(value)?.as_dict()?.clone();
    Ok((value.as_reference().ok(), form))
}

/// A signature field as it stands.
pub struct Field {
    pub id: ObjectId,
    pub name: String,
    pub signed: bool,
}

/// The signature fields, in their order. Fields inside other fields are not ours and not looked at.
pub fn fields(revision: &Revision<'_>) -> Result<Vec<Field>, PadesError> {
    let (_, form) = form(revision)?;
    let (_, all) = list(revision, form.get(b"Fields").ok())?;
    let mut found = Vec::new();
    for id in all.iter().filter_map(|field| field.as_reference().ok()) {
        let field = revision.dictionary(id)?;
        let is_signature = field
            .get(b"FT")
            .and_then(Object::as_name)
            .is_ok_and(|kind| kind == b"Sig");
        if let (true, Ok(name)) = (is_signature, field.get(b"T").and_then(Object::as_str)) {
            found.push(Field {
                id,
                name: String::from_utf8_lossy(name).into_owned(),
                signed: field.has(b"V"),
            });
        }
    }
    Ok(found)
}

pub fn find(revision: &Revision<'_>, name: &str) -> Result<Option<Field>, PadesError> {
    Ok(fields(revision)?.into_iter().find(|field| field.name == name))
}
