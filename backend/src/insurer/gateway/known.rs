//! What may stand in a field: the shapes of our own records, so that a typing error is found at the start and not
//! at night.

use serde_json::{Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::path::{Path, Step};
use crate::insurer::assessment_record::AssessmentRecord;
use crate::insurer::event::Event;
use crate::insurer::order::PaymentOrder;
use crate::insurer::record::SettlementRecord;

/// The shapes of everything a path may begin with.
pub struct Known {
    schemas: Value,
    roots: Value,
}

impl Known {
    pub fn of_records() -> Self {
        let mut all: Vec<(String, RefOr<Schema>)> = Vec::new();
        Event::schemas(&mut all);
        SettlementRecord::schemas(&mut all);
        PaymentOrder::schemas(&mut all);
        AssessmentRecord::schemas(&mut all);
        let schemas = all
            .into_iter()
            .map(|(name, schema)| (name, written(&schema)))
            .collect();
        let text = || json!({ "type": "string" });
        let fields = |names: &[&str]| {
            let fields: serde_json::Map<String, Value> =
                names.iter().map(|name| ((*name).to_owned(), text())).collect();
            json!({ "properties": fields })
        };
        Self {
            schemas: Value::Object(schemas),
            roots: json!({
                "event": written(&Event::schema()),
                "sent": fields(&["id", "at", "timestamp"]),
                "settlement": written(&SettlementRecord::schema()),
                "order": written(&PaymentOrder::schema()),
                "assessment": written(&AssessmentRecord::schema()),
            }),
        }
    }

    /// The shapes that lie at `path`; `item`, when there is one, is what `item` means.
    ///
    /// # Errors
    /// Which name is not there, and which are.
    pub fn look(&self, path: &Path, item: Option<&[Value]>) -> Result<Vec<Value>, String> {
        let mut steps = path.0.iter();
        let mut walked = String::new();
        let mut shapes = match (steps.next(), item) {
            (Some(Step::Name(name)), Some(item)) if name == "item" => item.to_vec(),
            (Some(Step::Name(name)), _) if self.roots.get(name).is_some() => vec![self.roots[name].clone()],
            _ => {
                let also = if item.is_some() { ", item" } else { "" };
                return Err(format!(
                    "a path begins with event, sent, settlement, order or assessment{also}"
                ));
            }
        };
        walked.push_str(path.root());
        for step in steps {
            shapes = match step {
                Step::Name(name) => self.named(&shapes, name, &walked)?,
                Step::Place(_) => self.things(&shapes, &walked)?,
                Step::Where(name, _) => {
                    let things = self.things(&shapes, &walked)?;
                    self.named(&things, name, &walked)?;
                    things
                }
            };
            if let Step::Name(name) = step {
                walked.push('.');
                walked.push_str(name);
            }
        }
        Ok(shapes)
    }

    /// What a list holds.
    ///
    /// # Errors
    /// When it is none.
    pub fn things(&self, shapes: &[Value], walked: &str) -> Result<Vec<Value>, String> {
        let plain = self.plain(shapes);
        let things: Vec<Value> = plain
            .iter()
            .filter_map(|shape| shape.get("items").cloned())
            .collect();
        if things.is_empty() {
            return Err(format!("{walked} is not a list"));
        }
        Ok(things)
    }

    fn named(&self, shapes: &[Value], name: &str, walked: &str) -> Result<Vec<Value>, String> {
        let plain = self.plain(shapes);
        let found: Vec<Value> = plain
            .iter()
            .filter_map(|shape| shape["properties"].get(name).cloned())
            .collect();
        if !found.is_empty() {
            return Ok(found);
        }
        let mut there: Vec<&str> = plain
            .iter()
            .filter_map(|shape| shape["properties"].as_object())
            .flat_map(|fields| fields.keys().map(String::as_str))
            .collect();
        there.sort_unstable();
        there.dedup();
        Err(if there.is_empty() {
            format!("{walked} holds nothing named {name}")
        } else {
            format!("{walked} has no {name}; it has {}", there.join(", "))
        })
    }

    /// Shapes without references and choices: every one that may be there.
    fn plain(&self, shapes: &[Value]) -> Vec<Value> {
        let mut plain = Vec::new();
        let mut open: Vec<Value> = shapes.to_vec();
        while let Some(shape) = open.pop() {
            let named = shape["$ref"].as_str().and_then(|place| place.rsplit('/').next());
            if let Some(name) = named {
                open.push(self.schemas[name].clone());
                continue;
            }
            for choice in ["oneOf", "anyOf", "allOf"] {
                open.extend(shape[choice].as_array().into_iter().flatten().cloned());
            }
            plain.push(shape);
        }
        plain
    }
}

fn written(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}
