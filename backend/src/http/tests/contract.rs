//! What the API says of itself: complete, and the same for every route.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::header::ALLOW;
use axum::http::{Request, StatusCode};
use serde_json::Value;

use super::{edge, problem};
use crate::http::openapi::document;

fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let every = paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().unwrap();
        item.iter()
            .map(move |(method, operation)| (format!("{method} {path}"), operation))
    });
    every.collect()
}

#[test]
fn every_operation_has_a_name_of_its_own_a_sentence_and_a_place() {
    let document = serde_json::to_value(document()).unwrap();
    let mut names = BTreeSet::new();
    for (route, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name.to_owned()), "{route}: {name} is taken");
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{route}");
        assert!(!operation["tags"][0].as_str().unwrap().is_empty(), "{route}");
    }
    assert!(names.len() > 100, "{}", names.len());
}

#[test]
fn every_answer_is_told_and_no_route_hides_behind_a_default() {
    let document = serde_json::to_value(document()).unwrap();
    for (route, operation) in operations(&document) {
        let answers = operation["responses"].as_object().unwrap();
        assert!(
            answers.contains_key("429") && answers.contains_key("5XX"),
            "{route}"
        );
        assert!(!answers.contains_key("default"), "{route}");
        assert!(
            operation.get("security").is_none() || answers.contains_key("401"),
            "{route}"
        );
        for (status, answer) in answers {
            let answer = match answer["$ref"].as_str() {
                Some(shared) => document.pointer(&shared[1..]).unwrap(),
                None => answer,
            };
            assert!(
                !answer["description"].as_str().unwrap().is_empty(),
                "{route} {status}"
            );
            let refusal = status.starts_with(['4', '5']);
            let has_body = answer["content"]
                .as_object()
                .is_some_and(|content| !content.is_empty());
            assert!(!refusal || has_body, "{route} {status}");
        }
    }
}

fn refs<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("$ref").and_then(Value::as_str));
            fields.values().for_each(|field| refs(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| refs(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn whatever_the_description_points_at_is_in_it() {
    let document = serde_json::to_value(document()).unwrap();
    let mut found = BTreeSet::new();
    refs(&document, &mut found);
    let missing: Vec<_> = found
        .into_iter()
        .filter(|place| document.pointer(&place[1..]).is_none())
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_kind_of_message_is_described_with_its_headers_and_its_body() {
    use crate::insurer::event::EventKind;
    let document = serde_json::to_value(document()).unwrap();
    let told = document["webhooks"].as_object().unwrap();
    assert_eq!(told.len(), EventKind::ALL.len());
    for kind in EventKind::ALL {
        let sent = &told[kind.as_str()]["post"];
        let headers: Vec<_> = sent["parameters"].as_array().unwrap().iter().collect();
        let names: Vec<_> = headers
            .iter()
            .map(|header| header["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["webhook-id", "webhook-timestamp", "webhook-signature"]);
        let body = sent["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str();
        let schema = document.pointer(&body.unwrap()[1..]).unwrap();
        assert!(schema["properties"]["data"].is_object(), "{schema}");
        assert!(sent["summary"].as_str().unwrap().len() > 10, "{sent}");
    }
}

#[tokio::test]
async fn another_method_is_refused_with_those_that_are_there() {
    use tower::ServiceExt;
    let request = Request::delete("/api/v1/keyed").body(Body::empty()).unwrap();
    let response = edge().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[ALLOW], "POST");
    let (_, body) = problem(response).await;
    assert_eq!(body["code"], "method_not_allowed");
}

#[test]
fn a_list_leads_to_its_things_and_to_what_may_be_done_with_them() {
    let document = serde_json::to_value(document()).unwrap();
    let links = &document["paths"]["/api/v1/payment-orders"]["get"]["responses"]["200"]["links"];
    assert_eq!(
        links["post_payment_orders_payment"]["parameters"]["path.order"],
        "$response.body#/items/0/id"
    );
    assert!(links.get("get_payment_orders_order").is_some(), "{links}");
}
