//! Where an answer leads: the id in it is a parameter of other operations, said as OpenAPI links, so that a program
//! (or one that looks for mistakes) can walk from a list to each of its things without a person's help.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use utoipa::openapi::link::{Link, LinkBuilder};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{OpenApi, RefOr};

/// An operation that takes an id as its last or only unknown: its path and its name.
struct Target {
    path: String,
    name: String,
}

/// Adds the links to every list and to everything that makes something.
pub(super) fn lead(document: &mut OpenApi) {
    let schemas = serde_json::to_value(&document.components).unwrap_or_default();
    let targets = targets(document);
    for (path, item) in &mut document.paths.paths {
        let leads = |id: &str| links(path, &targets, id);
        lead_from(
            &mut item.get,
            "200",
            |schema| holds_ids(&schemas, schema),
            || leads("$response.body#/items/0/id"),
        );
        lead_from(
            &mut item.post,
            "201",
            |schema| has_id(&schemas, schema),
            || leads("$response.body#/id"),
        );
        lead_from(
            &mut item.post,
            "202",
            |schema| has_id(&schemas, schema),
            || leads("$response.body#/id"),
        );
    }
}

fn targets(document: &OpenApi) -> Vec<Target> {
    let mut all = Vec::new();
    for (path, item) in &document.paths.paths {
        all.extend(operations(item).filter_map(|operation| {
            Some(Target {
                path: path.clone(),
                name: operation.operation_id.clone()?,
            })
        }));
    }
    all
}

fn operations(item: &PathItem) -> impl Iterator<Item = &Operation> {
    let all = [&item.get, &item.post, &item.put, &item.patch, &item.delete];
    all.into_iter().filter_map(Option::as_ref)
}

/// From `path` to whatever lies below `path/{id}` and needs no other id; what `path` itself needed is known.
fn links(path: &str, targets: &[Target], id: &str) -> BTreeMap<String, RefOr<Link>> {
    let mut links = BTreeMap::new();
    for target in targets {
        let Some((parameter, rest)) = target
            .path
            .strip_prefix(path)
            .and_then(|rest| rest.strip_prefix("/{"))
            .and_then(|rest| rest.split_once('}'))
        else {
            continue;
        };
        if rest.contains('{') {
            continue;
        }
        let mut parameters: BTreeMap<String, Value> = named(path)
            .map(|known| (format!("path.{known}"), json!(format!("$request.path.{known}"))))
            .collect();
        parameters.insert(format!("path.{parameter}"), json!(id));
        let mut link = LinkBuilder::new().operation_id(&target.name).build();
        link.parameters = parameters;
        links.insert(target.name.clone(), RefOr::T(link));
    }
    links
}

fn named(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}

fn lead_from(
    operation: &mut Option<Operation>,
    status: &str,
    fits: impl FnOnce(&Value) -> bool,
    links: impl FnOnce() -> BTreeMap<String, RefOr<Link>>,
) {
    let answers = operation
        .as_mut()
        .map(|operation| &mut operation.responses.responses);
    let Some(RefOr::T(answer)) = answers.and_then(|answers| answers.get_mut(status)) else {
        return;
    };
    let told = serde_json::to_value(answer.content.get("application/json")).unwrap_or_default();
    if fits(&told["schema"]) {
        answer.links.extend(links());
    }
}

/// A list whose things have ids.
fn holds_ids(components: &Value, schema: &Value) -> bool {
    has_id(
        components,
        &resolved(components, schema)["properties"]["items"]["items"],
    )
}

fn has_id(components: &Value, schema: &Value) -> bool {
    resolved(components, schema)["properties"].get("id").is_some()
}

fn resolved<'a>(components: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema["$ref"].as_str();
    match name.and_then(|name| name.strip_prefix("#/components/schemas/")) {
        Some(name) => &components["schemas"][name],
        None => schema,
    }
}
