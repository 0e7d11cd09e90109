//! What a signature looks like: a one-page PDF, taken over as a form XObject with all it needs.
//!
//! The page's content is not looked into; it keeps its bytes. Fonts, pictures and states come along under new
//! numbers, each once.

use std::collections::{BTreeMap, VecDeque};

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use crate::error::PadesError;
use crate::revision::Revision;

/// How deep a page may lie in its tree; a ring of parents ends here too.
const DEPTH_MAX: usize = 32;

/// Takes the page over; the answer is the form's number.
pub fn import(revision: &mut Revision<'_>, pdf: &[u8]) -> Result<ObjectId, PadesError> {
    let unusable = |error: lopdf::Error| PadesError::Appearance(error.to_string());
    let source = Document::load_mem(pdf).map_err(unusable)?;
    let pages: Vec<ObjectId> = source.page_iter().take(2).collect();
    let [page] = pages[..] else {
        return Err(PadesError::Appearance("it must have exactly one page".to_owned()));
    };
    let mut form = content(&source, page)?;
    form.dict.set("Type", "XObject");
    form.dict.set("Subtype", "Form");
    let edges = inherited(&source, page, b"MediaBox")
        .ok_or_else(|| PadesError::Appearance("its page has no size".to_owned()))?;
    form.dict.set("BBox", edges);
    let mut copy = Copy {
        source: &source,
        numbers: BTreeMap::new(),
        waiting: VecDeque::new(),
    };
    let resources = inherited(&source, page, b"Resources").unwrap_or_else(|| Dictionary::new().into());
    form.dict.set("Resources", copy.renumbered(revision, &resources));
    let page = source.get_dictionary(page).map_err(unusable)?;
    if let Ok(group) = page.get_deref(b"Group", &source) {
        form.dict.set("Group", copy.renumbered(revision, group));
    }
    copy.rest(revision);
    Ok(revision.add(form))
}

/// The page's drawing as one stream: as it lies there, or, cut into several, put together and compressed again.
fn content(source: &Document, page: ObjectId) -> Result<Stream, PadesError> {
    let unusable = |error: lopdf::Error| PadesError::Appearance(error.to_string());
    let parts = source.get_page_contents(page);
    if let [only] = parts[..] {
        let stream = source
            .get_object(only)
            .and_then(Object::as_stream)
            .map_err(unusable)?;
        let mut kept = Stream::new(Dictionary::new(), stream.content.clone());
        for key in [b"Filter".as_slice(), b"DecodeParms"] {
            if let Ok(value) = stream.dict.get_deref(key, source) {
                kept.dict.set(key, value.clone());
            }
        }
        return Ok(kept);
    }
    let mut drawing = Vec::new();
    for part in parts {
        let stream = source
            .get_object(part)
            .and_then(Object::as_stream)
            .map_err(unusable)?;
        drawing.extend(stream.get_plain_content().map_err(unusable)?);
        drawing.push(b'\n');
    }
    let mut joined = Stream::new(Dictionary::new(), drawing);
    joined.compress().map_err(unusable)?;
    Ok(joined)
}

/// A page's value, or that of the nearest node above it that has one.
fn inherited(source: &Document, page: ObjectId, key: &[u8]) -> Option<Object> {
    let mut node = source.get_dictionary(page).ok()?;
    for _ in 0..DEPTH_MAX {
        if let Ok(value) = node.get_deref(key, source) {
            return Some(value.clone());
        }
        node = node.get_deref(b"Parent", source).and_then(Object::as_dict).ok()?;
    }
    None
}

/// Takes objects over in the order they are met, so that the same page always gets the same numbers.
struct Copy<'s> {
    source: &'s Document,
    numbers: BTreeMap<ObjectId, ObjectId>,
    waiting: VecDeque<ObjectId>,
}

impl Copy<'_> {
    /// `object` with every reference in it pointing to where its target will be.
    fn renumbered(&mut self, revision: &mut Revision<'_>, object: &Object) -> Object {
        match object {
            Object::Reference(id) => Object::Reference(self.number(revision, *id)),
            Object::Array(items) => items
                .iter()
                .map(|item| self.renumbered(revision, item))
                .collect::<Vec<_>>()
                .into(),
            Object::Dictionary(dictionary) => self.dictionary(revision, dictionary).into(),
            Object::Stream(stream) => {
                // A length that stands in an object of its own is written into the stream.
                let mut dictionary = self.dictionary(revision, &stream.dict);
                dictionary.remove(b"Length");
                Stream::new(dictionary, stream.content.clone()).into()
            }
            other => other.clone(),
        }
    }

    fn dictionary(&mut self, revision: &mut Revision<'_>, dictionary: &Dictionary) -> Dictionary {
        let mut copy = Dictionary::new();
        for (key, value) in dictionary {
            copy.set(key.clone(), self.renumbered(revision, value));
        }
        copy
    }

    fn number(&mut self, revision: &mut Revision<'_>, id: ObjectId) -> ObjectId {
        if let Some(known) = self.numbers.get(&id) {
            return *known;
        }
        let new = revision.new_id();
        self.numbers.insert(id, new);
        self.waiting.push_back(id);
        new
    }

    /// Everything that was pointed to, until nothing new is.
    fn rest(&mut self, revision: &mut Revision<'_>) {
        while let Some(id) = self.waiting.pop_front() {
            // A reference to nothing is null (7.3.10).
            let object = self.source.get_object(id).cloned().unwrap_or(Object::Null);
            let object = self.renumbered(revision, &object);
            let number = self.number(revision, id);
            revision.set(number, object);
        }
    }
}
