//! The API's own description as a test uses it: every operation, and a body of the shape that it asks for.

use backend::http::openapi::document;
use serde_json::{Map, Value, json};

/// One operation of the API.
#[derive(Clone, Debug)]
pub struct Operation {
    /// `GET`, `POST` …
    pub method: String,
    /// From the root, with names in braces.
    pub path: String,
    /// The smallest body that has the right shape; none when the operation takes no JSON.
    pub body: Option<Value>,
}

impl Operation {
    /// As a table of operations writes it: `GET /settlements`.
    pub fn row(&self) -> String {
        let path = self.path.strip_prefix("/api/v1").unwrap_or(&self.path);
        format!("{} {path}", self.method)
    }
}

/// Every operation there is.
///
/// # Panics
/// When the description is none.
pub fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(document()).expect("the description is JSON");
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("there are paths") {
        for (method, operation) in item.as_object().expect("a path has operations") {
            let schema = operation.pointer("/requestBody/content/application~1json/schema");
            all.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                body: schema.map(|schema| example(&document, schema)),
            });
        }
    }
    all
}

/// The smallest value of this schema.
fn example(document: &Value, schema: &Value) -> Value {
    if let Some(place) = schema["$ref"].as_str() {
        let schema = document
            .pointer(&place[1..])
            .expect("a schema that is pointed at is there");
        return example(document, schema);
    }
    if let Some(one) = schema["enum"].get(0).or(schema.get("const")) {
        return one.clone();
    }
    for alternatives in ["oneOf", "anyOf"] {
        if let Some(one) = schema[alternatives].as_array().and_then(|all| all.last()) {
            return example(document, one);
        }
    }
    if let Some(all) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in all {
            if let Value::Object(fields) = example(document, part) {
                whole.extend(fields);
            }
        }
        return Value::Object(whole);
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds[0].as_str(),
        kind => kind.as_str(),
    };
    match kind {
        Some("null") => Value::Null,
        Some("boolean") => json!(false),
        Some("integer") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("number") => json!(1.0),
        Some("array") => json!([example(document, &schema["items"])]),
        Some("string") => json!(text(schema)),
        _ => object(document, schema),
    }
}

fn object(document: &Value, schema: &Value) -> Value {
    let mut whole = Map::new();
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap_or_default();
        whole.insert(name.to_owned(), example(document, &schema["properties"][name]));
    }
    Value::Object(whole)
}

fn text(schema: &Value) -> &'static str {
    match (schema["format"].as_str(), schema["pattern"].as_str()) {
        (Some("uuid"), _) => "0195f0a0-0000-7000-8000-000000000001",
        (Some("date-time"), _) => "2026-11-20T08:00:00Z",
        (Some("date"), _) => "2026-11-20",
        (_, Some("^[A-Z]{4}$")) => "PICC",
        _ => "330681",
    }
}
