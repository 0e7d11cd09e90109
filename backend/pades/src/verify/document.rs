//! The document as it stood at one revision: catalog, form, signature fields.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::code::Code;
use super::revisions::Revision;
use super::value::{Dict, Id, Object, Value};

/// Every object as the latest of the first revisions has it.
#[derive(Clone)]
pub struct Document<'a> {
    objects: BTreeMap<Id, &'a Object>,
    pub root: Id,
    pub info: Option<Id>,
}

/// A signature field, which is its own widget on the page.
#[derive(Clone)]
pub struct Field<'a> {
    pub id: Id,
    pub name: String,
    pub dict: &'a Dict,
}

/// The dictionary of a signature, and where its bytes lie.
pub struct Signature<'a> {
    pub dict: &'a Dict,
    /// The object that it is, when it is one of its own.
    pub id: Option<Id>,
    pub byte_range: [usize; 4],
    pub contents: &'a [u8],
    /// Where the contents are written, brackets included.
    pub contents_at: Range<usize>,
}

impl<'a> Document<'a> {
    /// The document after these revisions.
    pub fn new(revisions: &'a [Revision]) -> Result<Self, Code> {
        let trailer = &revisions.last().ok_or(Code::BrokenStructure)?.trailer;
        let root = trailer.get("Root").and_then(Value::reference);
        let mut document = Self {
            objects: BTreeMap::new(),
            root: root.ok_or(Code::BrokenStructure)?,
            info: trailer.get("Info").and_then(Value::reference),
        };
        for revision in revisions {
            document.follow(revision);
        }
        document.catalog()?;
        Ok(document)
    }

    /// The same document one revision later.
    pub fn follow(&mut self, revision: &'a Revision) {
        self.objects
            .extend(revision.objects.iter().map(|(id, object)| (*id, object)));
    }

    pub fn object(&self, id: Id) -> Option<&'a Object> {
        self.objects.get(&id).copied()
    }

    pub fn ids(&self) -> impl Iterator<Item = Id> + '_ {
        self.objects.keys().copied()
    }

    /// The value itself, when it is a reference to one. A reference to a reference is none of ours.
    pub fn value(&self, value: &'a Value) -> Option<&'a Value> {
        match value {
            Value::Ref(id) => match &self.object(*id)?.value {
                Value::Ref(_) | Value::Null => None,
                value => Some(value),
            },
            Value::Null => None,
            value => Some(value),
        }
    }

    pub fn get(&self, dict: &'a Dict, key: &str) -> Option<&'a Value> {
        dict.get(key).and_then(|value| self.value(value))
    }

    pub fn dict_at(&self, id: Id) -> Option<&'a Dict> {
        self.object(id)?.value.dict()
    }

    pub fn catalog(&self) -> Result<&'a Dict, Code> {
        let catalog = self.dict_at(self.root).filter(|dict| dict.is("Type", "Catalog"));
        catalog.ok_or(Code::BrokenStructure)
    }

    pub fn form(&self) -> Option<&'a Dict> {
        let catalog = self.catalog().ok()?;
        self.get(catalog, "AcroForm")?.dict()
    }

    /// The references to the form's fields, as written.
    pub fn field_ids(&self) -> Result<Vec<Id>, Code> {
        let Some(form) = self.form() else {
            return Ok(Vec::new());
        };
        let Some(fields) = self.get(form, "Fields") else {
            return Ok(Vec::new());
        };
        let fields = fields.array().ok_or(Code::FieldUnreadable)?;
        let ids: Option<Vec<Id>> = fields.iter().map(Value::reference).collect();
        ids.ok_or(Code::FieldUnreadable)
    }

    /// The fields: signature fields, flat, each with a name that no other has.
    pub fn fields(&self) -> Result<Vec<Field<'a>>, Code> {
        let mut names = BTreeSet::new();
        let mut fields = Vec::new();
        for id in self.field_ids()? {
            let dict = self.dict_at(id).ok_or(Code::FieldUnreadable)?;
            let is_flat = dict.get("Kids").is_none() && dict.get("Parent").is_none();
            let name = dict.get("T").and_then(Value::text).map(|name| name.readable());
            let name = name.filter(|name| !name.is_empty() && is_flat && dict.is("FT", "Sig"));
            let name = name.ok_or(Code::FieldUnreadable)?;
            if !names.insert(name.clone()) {
                return Err(Code::FieldNameTwice);
            }
            fields.push(Field { id, name, dict });
        }
        Ok(fields)
    }

    /// The pages, in order: the identifiers of their dictionaries.
    pub fn pages(&self) -> Vec<Id> {
        let mut pages = Vec::new();
        let mut seen = BTreeSet::new();
        let root = self
            .catalog()
            .ok()
            .and_then(|catalog| catalog.get("Pages")?.reference());
        let mut open: Vec<Id> = root.into_iter().collect();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            let Some(dict) = self.dict_at(id) else { continue };
            match self.get(dict, "Kids").and_then(Value::array) {
                Some(kids) => open.extend(kids.iter().rev().filter_map(Value::reference)),
                None => pages.push(id),
            }
        }
        pages
    }
}

impl<'a> Field<'a> {
    pub fn is_signed(&self) -> bool {
        self.dict.get("V").is_some()
    }

    /// The signature in the field.
    ///
    /// # Errors
    /// When what stands there is no whole signature dictionary.
    pub fn signature(&self, document: &Document<'a>) -> Result<Signature<'a>, Code> {
        let value = self.dict.get("V").ok_or(Code::SignatureMissing)?;
        let dict = document
            .value(value)
            .and_then(Value::dict)
            .ok_or(Code::SignatureMissing)?;
        let contents = dict
            .get("Contents")
            .and_then(Value::text)
            .ok_or(Code::SignatureMissing)?;
        let range = dict.get("ByteRange").and_then(Value::array);
        let range: Option<Vec<usize>> = range.and_then(|range| {
            let numbers = range.iter().map(|number| usize::try_from(number.int()?).ok());
            numbers.collect()
        });
        let byte_range = range
            .and_then(|range| range.try_into().ok())
            .ok_or(Code::ByteRange)?;
        Ok(Signature {
            dict,
            id: value.reference(),
            byte_range,
            contents: &contents.bytes,
            contents_at: contents.span.clone(),
        })
    }
}

impl Signature<'_> {
    pub fn is_timestamp(&self) -> bool {
        self.dict.is("Type", "DocTimeStamp")
    }

    pub fn words(&self, key: &str) -> Option<String> {
        Some(self.dict.get(key)?.text()?.readable())
    }

    /// Whether it covers everything up to the end of its revision, but for its own contents, which are
    /// written as one unbroken hexadecimal string.
    pub fn covers(&self, pdf: &[u8], revision: &Revision) -> bool {
        let [start, before, after, rest] = self.byte_range;
        let written = pdf.get(self.contents_at.clone()).unwrap_or_default();
        let is_hex = written.len() >= 2 && is_plain_hex(&written[1..written.len() - 1]);
        let end = after.checked_add(rest);
        start == 0
            && before == self.contents_at.start
            && after == self.contents_at.end
            && (end == Some(revision.end) || end == Some(revision.end_of_line))
            && is_hex
    }

    /// The end of what it covers.
    pub fn end(&self) -> usize {
        self.byte_range[2].saturating_add(self.byte_range[3])
    }
}

/// Pairs of digits in one case: a digit whose case changed would change nothing else.
fn is_plain_hex(digits: &[u8]) -> bool {
    let (mut lower, mut upper) = (false, false);
    for digit in digits {
        match digit {
            b'0'..=b'9' => {}
            b'a'..=b'f' => lower = true,
            b'A'..=b'F' => upper = true,
            _ => return false,
        }
    }
    digits.len().is_multiple_of(2) && !(lower && upper)
}
