//! What a revision after the certification changed, and whether it was only a signature.
//!
//! The rule is a list of what may be, not of what may not: a revision fills one field that was there and empty,
//! or adds one timestamp that cannot be seen, or adds validation data (DSS). Each object that it writes must be
//! needed for that; whatever is left over is a reason, named by what it touches.

use std::collections::BTreeSet;

use super::code::Code;
use super::document::{Document, Field};
use super::revisions::Revision;
use super::value::{Dict, Id, Value};

/// What may and may not be told of one revision.
#[derive(Default)]
pub struct Change {
    /// The fields that were filled or, with timestamps, added.
    pub signed: Vec<String>,
    pub faults: BTreeSet<(Code, Option<String>)>,
}

struct Judge<'a, 'd> {
    before: &'d Document<'a>,
    after: &'d Document<'a>,
    revision: &'a Revision,
    /// Objects whose being there is explained.
    explained: BTreeSet<Id>,
    /// Timestamp fields that this revision added.
    stamps: Vec<Id>,
    change: Change,
}

/// Compares two states of the document, the later one by `revision` only.
pub fn judge<'a>(before: &Document<'a>, after: &Document<'a>, revision: &'a Revision) -> Change {
    let mut judge = Judge {
        before,
        after,
        revision,
        explained: BTreeSet::new(),
        stamps: Vec::new(),
        change: Change::default(),
    };
    if let Err(code) = judge.all() {
        judge.fault(code, None);
    }
    judge.change
}

impl<'a> Judge<'a, '_> {
    fn fault(&mut self, code: Code, field: Option<&str>) {
        self.change.faults.insert((code, field.map(str::to_owned)));
    }

    fn all(&mut self) -> Result<(), Code> {
        let old = self.before.fields()?;
        let new = self.after.fields()?;
        self.fields(&old, &new);
        self.catalog()?;
        self.pages();
        self.leftovers();
        Ok(())
    }

    fn is_changed(&self, id: Id) -> bool {
        self.revision.objects.contains_key(&id)
    }

    /// Fields stay in their order; only a timestamp's may be added behind them.
    fn fields(&mut self, old: &[Field<'a>], new: &[Field<'a>]) {
        let kept = new.len() >= old.len() && old.iter().zip(new).all(|(old, new)| old.id == new.id);
        if !kept {
            self.fault(Code::FormChanged, None);
        }
        for field in old {
            if self.is_changed(field.id)
                && let Some(dict) = self.after.dict_at(field.id)
            {
                self.field(field, dict);
            }
        }
        for field in new
            .iter()
            .filter(|field| old.iter().all(|old| old.id != field.id))
        {
            if self.is_hidden_stamp(field) && self.stamps.is_empty() {
                self.explained.insert(field.id);
                self.stamps.push(field.id);
                self.change.signed.push(field.name.clone());
                self.explain(field.dict.get("V"));
            } else {
                self.fault(Code::FieldAdded, Some(&field.name));
            }
        }
    }

    /// A timestamp's field: new, without a place on the page, without anything to see or to do.
    fn is_hidden_stamp(&self, field: &Field<'a>) -> bool {
        const KEYS: [&[u8]; 10] = [
            b"Type", b"Subtype", b"FT", b"T", b"V", b"F", b"Ff", b"Rect", b"P", b"TU",
        ];
        let is_new = self.before.object(field.id).is_none() && self.is_changed(field.id);
        let known = field.dict.0.keys().all(|key| KEYS.contains(&key.as_slice()));
        let has_no_place = match field.dict.get("Rect") {
            None => true,
            Some(rect) => rect
                .array()
                .is_some_and(|rect| rect.iter().all(|number| number.number() == Some(0.0))),
        };
        let stamp = field
            .signature(self.after)
            .is_ok_and(|signature| signature.is_timestamp());
        is_new && known && has_no_place && stamp
    }

    /// An older field may get its signature, and with it its appearance.
    fn field(&mut self, old: &Field<'a>, new: &'a Dict) {
        let differences = old.dict.differences(new);
        let name = old.name.as_str();
        self.explained.insert(old.id);
        let is_filled = !old.is_signed() && new.get("V").is_some();
        if is_filled {
            self.change.signed.push(old.name.clone());
            self.explain(new.get("V"));
            // A place may also stay as empty as it was.
            if differences.contains(&b"AP".as_slice()) {
                self.appearance(new, name);
            }
        }
        for key in differences {
            match key {
                b"V" | b"AP" if is_filled => {}
                b"V" => self.fault(Code::SignatureReplaced, Some(name)),
                b"AP" => self.fault(Code::AppearanceChanged, Some(name)),
                b"Rect" | b"P" => self.fault(Code::FieldMoved, Some(name)),
                b"A" | b"AA" | b"OC" => self.fault(Code::HiddenContent, Some(name)),
                _ => self.fault(Code::FieldChanged, Some(name)),
            }
        }
    }

    /// What fills a place is one form, and a new one: it can draw nowhere else than in the place.
    fn appearance(&mut self, field: &'a Dict, name: &str) {
        let Some(appearance) = self.after.get(field, "AP") else {
            return;
        };
        self.explain(field.get("AP"));
        let normal = appearance
            .dict()
            .filter(|states| states.0.len() == 1)
            .and_then(|states| states.get("N")?.reference())
            // An older form would be somebody else's ink.
            .filter(|normal| self.before.object(*normal).is_none());
        let is_form = normal.and_then(|id| self.after.object(id)).is_some_and(|form| {
            let is_form = |dict: &Dict| dict.is("Subtype", "Form") && dict.get("BBox").is_some();
            form.stream.is_some() && form.value.dict().is_some_and(is_form)
        });
        if !is_form {
            self.fault(Code::HiddenContent, Some(name));
        }
    }

    /// Marks the new objects that a value needs.
    fn explain(&mut self, value: Option<&'a Value>) {
        let mut open = Vec::new();
        value.into_iter().for_each(|value| value.references(&mut open));
        while let Some(id) = open.pop() {
            if self.before.object(id).is_some() || self.explained.contains(&id) {
                continue;
            }
            let Some(object) = self.revision.objects.get(&id) else {
                // Whatever a later revision puts there would be seen here.
                self.fault(Code::HiddenContent, None);
                continue;
            };
            self.explained.insert(id);
            if hides(&object.value, object.stream.is_some()) {
                self.fault(Code::HiddenContent, None);
            }
            object.value.references(&mut open);
        }
    }

    fn catalog(&mut self) -> Result<(), Code> {
        let (old, new) = (self.before.catalog()?, self.after.catalog()?);
        self.explained.insert(self.after.root);
        for key in old.differences(new) {
            let code = match key {
                b"DSS" => continue,
                // Agreed between readers, says which level of the format is used, draws nothing.
                b"Extensions" => continue,
                b"AcroForm" => continue,
                b"Perms" => Code::PermissionsMissing,
                b"Pages" => Code::PagesChanged,
                b"Metadata" => Code::MetadataChanged,
                b"OpenAction" | b"AA" | b"OCProperties" | b"Names" => Code::ActiveContent,
                _ => Code::CatalogChanged,
            };
            self.fault(code, None);
        }
        if let Some(permissions) = old.get("Perms").and_then(Value::reference)
            && self.is_changed(permissions)
        {
            self.fault(Code::PermissionsMissing, None);
        }
        if old.get("DSS").is_some() && new.get("DSS").is_none() {
            self.fault(Code::CatalogChanged, None);
        }
        self.validation_data(old.get("DSS"), new.get("DSS"));
        self.form(old, new);
        Ok(())
    }

    /// DSS grows; its dictionary may be written anew.
    fn validation_data(&mut self, old: Option<&'a Value>, new: Option<&'a Value>) {
        if let Some(id) = old.and_then(Value::reference)
            && old == new
            && self.is_changed(id)
        {
            self.explained.insert(id);
            let dict = self.after.object(id).map(|object| &object.value);
            self.explain(dict);
        }
        self.explain(new);
    }

    fn form(&mut self, old_catalog: &'a Dict, new_catalog: &'a Dict) {
        let (old, new) = (self.before.form(), self.after.form());
        let (Some(old), Some(new)) = (old, new) else {
            if old.is_some() != new.is_some() {
                self.fault(Code::FormChanged, None);
            }
            return;
        };
        for key in old.differences(new) {
            // That the fields themselves only grew by timestamps was judged with the fields.
            if !matches!(key, b"Fields" | b"SigFlags") {
                self.fault(Code::FormChanged, None);
            }
        }
        let flags = |form: &Dict| form.get("SigFlags").and_then(Value::int).unwrap_or(0);
        if flags(new) != flags(old) && flags(new) != 3 {
            self.fault(Code::FormChanged, None);
        }
        for (holder_old, holder_new, key) in [(old_catalog, new_catalog, "AcroForm"), (old, new, "Fields")] {
            let id = |dict: &Dict| dict.get(key).and_then(Value::reference);
            // The same object written anew, or one that was not there before.
            self.explained.extend(
                id(holder_new)
                    .filter(|new| id(holder_old) == Some(*new) || self.before.object(*new).is_none()),
            );
        }
    }

    /// A page may be told of a timestamp's field, which has no place on it.
    fn pages(&mut self) {
        let pages = self.before.pages();
        if pages != self.after.pages() {
            self.fault(Code::PagesChanged, None);
        }
        for page in pages {
            let (Some(old), Some(new)) = (self.before.dict_at(page), self.after.dict_at(page)) else {
                continue;
            };
            let id = |dict: &Dict| dict.get("Annots").and_then(Value::reference);
            let list = id(new).filter(|list| self.is_changed(*list));
            if !self.is_changed(page) && list.is_none() {
                continue;
            }
            self.explained.insert(page);
            self.explained
                .extend(list.filter(|list| id(old) == Some(*list) || self.before.object(*list).is_none()));
            if old.differences(new).iter().any(|key| *key != b"Annots") {
                self.fault(Code::PageChanged, None);
            }
            self.annotations(old, new);
        }
    }

    fn annotations(&mut self, old: &'a Dict, new: &'a Dict) {
        let list = |document: &Document<'a>, page| {
            let list = document.get(page, "Annots").and_then(Value::array);
            list.unwrap_or_default().to_vec()
        };
        let (old, mut new) = (list(self.before, old), list(self.after, new));
        if !self.stamps.is_empty() {
            new.retain(|annotation| !annotation.reference().is_some_and(|id| self.stamps.contains(&id)));
        }
        if new.len() > old.len() && new.starts_with(&old) {
            self.fault(Code::AnnotationAdded, None);
        } else if new != old {
            self.fault(Code::AnnotationChanged, None);
        }
    }

    /// Every object that nothing explains is named by what it is.
    fn leftovers(&mut self) {
        let old_references = self.references_before();
        for (id, object) in &self.revision.objects {
            let is_new = self.before.object(*id).is_none();
            if self.explained.contains(id) {
                // An old page that speaks of a number nobody used yet would show what gets it.
                if is_new && old_references.contains(id) {
                    self.fault(Code::HiddenContent, None);
                }
                continue;
            }
            let old = self.before.object(*id);
            if old.is_some_and(|old| {
                old.value == object.value && old.stream.is_none() && object.stream.is_none()
            }) {
                continue;
            }
            let dict = old.unwrap_or(object).value.dict();
            self.fault(self.leftover(*id, dict, is_new), None);
        }
    }

    fn leftover(&self, id: Id, dict: Option<&Dict>, is_new: bool) -> Code {
        let is = |key: &str, name: &str| dict.is_some_and(|dict| dict.is(key, name));
        if Some(id) == self.before.info || is("Type", "Metadata") {
            Code::MetadataChanged
        } else if is("Type", "Page") || is("Type", "Pages") {
            Code::PagesChanged
        } else if is_new {
            Code::ObjectUnused
        } else if is("Type", "Sig") || is("Type", "DocTimeStamp") {
            Code::SignatureReplaced
        } else if is("Type", "Annot") || dict.is_some_and(|dict| dict.get("Rect").is_some()) {
            Code::AnnotationChanged
        } else if self.is_on_a_page(id) {
            Code::PageChanged
        } else if self.is_an_appearance(id) {
            Code::AppearanceChanged
        } else {
            Code::ContentChanged
        }
    }

    fn is_on_a_page(&self, id: Id) -> bool {
        self.before.pages().into_iter().any(|page| {
            let mut references = Vec::new();
            let contents = self.before.dict_at(page).and_then(|page| page.get("Contents"));
            contents
                .into_iter()
                .for_each(|value| value.references(&mut references));
            references.contains(&id)
        })
    }

    fn is_an_appearance(&self, id: Id) -> bool {
        let fields = self.before.fields().unwrap_or_default();
        fields.iter().any(|field| {
            let mut references = Vec::new();
            let appearance = self.before.get(field.dict, "AP");
            appearance
                .into_iter()
                .for_each(|value| value.references(&mut references));
            references.contains(&id)
        })
    }

    fn references_before(&self) -> BTreeSet<Id> {
        let mut references = Vec::new();
        for object in self.before.ids().filter_map(|id| self.before.object(id)) {
            object.value.references(&mut references);
        }
        references.into_iter().collect()
    }
}

/// Whether an object that a signature brings could show or do something else than a picture.
fn hides(value: &Value, is_stream: bool) -> bool {
    const TYPES: [&[u8]; 9] = [
        b"Catalog",
        b"Pages",
        b"Page",
        b"Annot",
        b"OCG",
        b"OCMD",
        b"Action",
        b"Filespec",
        b"EmbeddedFile",
    ];
    let Some(dict) = value.dict() else { return false };
    let kind = dict.get("Type").and_then(Value::name);
    let keys: &[&str] = if is_stream {
        &["OC", "Ref", "OPI", "Alternates", "F"]
    } else {
        &["JS", "OCGs"]
    };
    kind.is_some_and(|kind| TYPES.contains(&kind)) || keys.iter().any(|key| dict.get(key).is_some())
}
