//! The API's description, taken from the routes themselves, as OpenAPI 3.1; `reference` makes pages of it.

use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, RefOr, Schema, Server};
use utoipa::{PartialSchema, ToSchema};

use crate::http;
use crate::http::problem::ProblemBody;

mod answers;
pub mod codes;
mod links;
mod names;
mod webhooks;

/// The whole API; needs no running service.
pub fn document() -> OpenApi {
    let mut document = http::api().split_for_parts().1;
    answers::share(document.components.get_or_insert_default());
    webhooks::share(document.components.get_or_insert_default());
    document.webhooks = Some(webhooks::described());
    let mut tags = Vec::new();
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations_mut(item) {
            names::name(method, path, operation);
            answers::complete(method, operation);
            let_clerks_in(operation);
            tags.extend(operation.tags.iter().flatten().cloned());
        }
    }
    document.tags = Some(names::tags(tags));
    links::lead(&mut document);
    document
}

/// What an insurer's program may, its clerks may too.
fn let_clerks_in(operation: &mut Operation) {
    let way = |name: &str| SecurityRequirement::new::<_, _, String>(name, []);
    if let Some(ways) = &mut operation.security
        && ways.contains(&way("insurer"))
    {
        ways.push(way("clerk"));
    }
}

/// What every route's description is merged into.
pub(crate) fn preamble() -> OpenApi {
    let info = InfoBuilder::new()
        .title("快处 kuaichu")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Remote handling of traffic accidents. JSON in snake_case; instants are RFC 3339 in UTC; money is \
             integer fen. Refusals are application/problem+json (RFC 9457). Every POST carries an \
             Idempotency-Key, except /oauth/token, uploads and /plans.",
        ))
        .build();
    let here = Server::new("/");
    let mut document = OpenApiBuilder::new().info(info).servers(Some([here])).build();
    let components = document.components.get_or_insert_default();
    components.schemas.extend(problem_schemas());
    let cookie = |name: &str| SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(name)));
    components.add_security_scheme("officer", cookie("kc_officer"));
    components.add_security_scheme("driver", cookie("kc_driver"));
    components.add_security_scheme("guest", cookie("kc_guest"));
    components.add_security_scheme("clerk", cookie("kc_clerk"));
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    components.add_security_scheme("insurer", SecurityScheme::Http(bearer));
    document
}

/// What every refusal looks like, whatever the route.
fn problem_schemas() -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    schemas
}

/// `GET /api/v1/openapi.json`.
pub(crate) async fn json() -> Response {
    match document().to_pretty_json() {
        Ok(text) => (
            [(CONTENT_TYPE, HeaderValue::from_static("application/json"))],
            text,
        )
            .into_response(),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the api cannot be written down"
            );
            http::problem::internal()
        }
    }
}

/// `GET /api/style.css`.
pub(crate) async fn style() -> impl IntoResponse {
    (
        [(CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"))],
        STYLE,
    )
}

pub(crate) const STYLE: &str = include_str!("pages/plain.css");

fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("GET", &mut item.get),
        ("POST", &mut item.post),
        ("PUT", &mut item.put),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
        ("HEAD", &mut item.head),
        ("OPTIONS", &mut item.options),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Text as HTML text or attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}
