//! What we send: one entry per kind of message in the section `webhooks` of the API's description.

use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{
    Components, ContentBuilder, Paths, PathsBuilder, Ref, Required, ResponseBuilder, ResponsesBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use crate::insurer::event::{Event, EventKind};

/// The headers of a delivery, each with its sentence.
const HEADERS: [(&str, &str); 3] = [
    (
        "webhook-id",
        "Names the message; the same at every attempt. What you have seen before, you answer with 2xx and leave.",
    ),
    (
        "webhook-timestamp",
        "Seconds since 1970 at which this attempt was signed; refuse what is more than five minutes off.",
    ),
    (
        "webhook-signature",
        "`v1,` and the base64 of HMAC-SHA256 over id, timestamp and body, joined by full stops; two of them, with a \
         space between, while a secret is being replaced.",
    ),
];

/// Every kind of message.
pub(super) fn described() -> Paths {
    EventKind::ALL
        .iter()
        .fold(PathsBuilder::new(), |paths, kind| {
            paths.path(kind.as_str(), item(*kind))
        })
        .build()
}

/// The shapes that the entries refer to.
pub(super) fn share(components: &mut Components) {
    let mut schemas = vec![(Event::name().into_owned(), Event::schema())];
    Event::schemas(&mut schemas);
    for (name, schema) in schemas {
        components.schemas.entry(name).or_insert(schema);
    }
}

fn item(kind: EventKind) -> PathItem {
    let body = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(Event::name())))
        .build();
    let answers = [
        ("2XX", "It has arrived; what else you answer is not read."),
        ("410", "Send nothing here any more: the endpoint is disabled."),
        ("429", "Later; `Retry-After` is kept, as with 503."),
        (
            "default",
            "It has not arrived and is sent again, for more than three days.",
        ),
    ];
    let mut operation = OperationBuilder::new()
        .operation_id(Some(format!("on_{}", kind.as_str().replace('.', "_"))))
        .tag("webhooks")
        .summary(Some(kind.told()))
        .request_body(Some(
            RequestBodyBuilder::new()
                .content("application/json", body)
                .required(Some(Required::True))
                .build(),
        ))
        .responses(
            answers
                .into_iter()
                .fold(ResponsesBuilder::new(), |all, (status, told)| {
                    all.response(status, ResponseBuilder::new().description(told).build())
                })
                .build(),
        );
    for (name, told) in HEADERS {
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Header)
                .required(Required::True)
                .description(Some(told))
                .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
                .build(),
        );
    }
    PathItem::new(HttpMethod::Post, operation.build())
}
