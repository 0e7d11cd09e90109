//! `GET /data-dictionary`: what every code and field of these routes means.

use axum::http::HeaderMap;
use axum::response::Response;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::tagged;
use crate::app::App;
use crate::insurer::dictionary::{self, DataDictionary};
use crate::refusal::Result;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read))
}

/// `GET /data-dictionary`: codes and fields with label, meaning, unit and standard; for everybody, with an ETag.
#[utoipa::path(get, path = "/data-dictionary", tag = "catalogue",
    responses((status = 200, body = DataDictionary), (status = 304)))]
async fn read(headers: HeaderMap) -> Result<Response> {
    let whole = dictionary::whole();
    tagged::json(&headers, &whole.version, || whole)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use crate::http::openapi::document;
    use crate::insurer::dictionary::whole;

    /// Names of the schemas that this points at, with theirs.
    fn reach(value: &Value, schemas: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                let named = fields.get("$ref").and_then(Value::as_str);
                if let Some(name) = named.and_then(|place| place.strip_prefix("#/components/schemas/"))
                    && found.insert(name.to_owned())
                {
                    reach(&schemas[name], schemas, found);
                }
                fields.values().for_each(|field| reach(field, schemas, found));
            }
            Value::Array(items) => items.iter().for_each(|item| reach(item, schemas, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn codes(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                let listed = fields.get("enum").and_then(Value::as_array);
                let texts = listed.into_iter().flatten().filter_map(Value::as_str);
                found.extend(texts.map(str::to_owned));
                fields.values().for_each(|field| codes(field, found));
            }
            Value::Array(items) => items.iter().for_each(|item| codes(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn every_code_of_the_insurers_routes_has_its_line() {
        let document = serde_json::to_value(document()).unwrap();
        let mut names = BTreeSet::new();
        let operations = document["paths"].as_object().unwrap().values();
        for operation in operations.flat_map(|item| item.as_object().unwrap().values()) {
            if operation["tags"][0] == "insurers" {
                reach(operation, &document["components"]["schemas"], &mut names);
            }
        }
        assert!(
            names.contains("SettlementRecord") && names.len() > 50,
            "{names:?}"
        );
        // The settlement file of `/plans` is described with the rules, and refusals by their own codes.
        names.retain(|name| !name.starts_with("SettlementFile") && name != "Problem");
        let mut missing = Vec::new();
        for name in names {
            let mut found = BTreeSet::new();
            let schema = &document["components"]["schemas"][&name];
            codes(schema, &mut found);
            let list = whole().code_lists.iter().find(|list| list.name == name);
            let known =
                |code: &String| list.is_some_and(|list| list.items.iter().any(|item| item.code == *code));
            missing.extend(
                found
                    .into_iter()
                    .filter(|code| !known(code))
                    .map(|code| format!("{name}: {code}")),
            );
        }
        assert_eq!(missing, [] as [String; 0]);
    }

    #[test]
    fn every_field_of_the_records_has_its_line_and_no_line_is_of_nothing() {
        let document = serde_json::to_value(document()).unwrap();
        for record in &whole().records {
            let fields = document["components"]["schemas"][record.name]["properties"]
                .as_object()
                .unwrap();
            let told: BTreeSet<&str> = record.fields.iter().map(|field| field.field).collect();
            let there: BTreeSet<&str> = fields.keys().map(String::as_str).collect();
            assert_eq!(told, there, "{}", record.name);
            for field in &record.fields {
                assert!(
                    !field.field.ends_with("_fen") || field.unit == Some("fen"),
                    "{}",
                    field.field
                );
                let list = field
                    .codes
                    .is_none_or(|name| whole().code_lists.iter().any(|list| list.name == name));
                assert!(list, "{}", field.field);
            }
        }
    }
}
