//! What every operation can answer, told once: derived from what the operation is, not written by hand on each.
//!
//! A route declares its own answers; this adds what surrounds it (identity, limits, the reading of bodies, the key
//! of an intent) and the shape of every refusal. What a route declared is never taken away.

use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{
    Components, Content, ContentBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Schema,
};

use super::codes;

const PROBLEM: &str = "application/problem+json";
const KEY: &str = "Idempotency-Key";
const KNOWN_TAG: &str = "If-None-Match";
const STANDING: [&str; 3] = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];

/// The refusals and headers that operations point at.
pub(super) fn share(components: &mut Components) {
    for (status, name, told) in REFUSALS {
        let mut response = ResponseBuilder::new()
            .description(described(told, codes::of(status)))
            .content(PROBLEM, problem())
            .extensions(Some(Extensions::from_iter([("x-codes", codes::of(status))])));
        response = match status {
            "401" => response.header_ref("WWW-Authenticate", shared_header("WWW-Authenticate")),
            "408" | "429" | "5XX" => response.header_ref("Retry-After", shared_header("Retry-After")),
            _ => response,
        };
        components
            .responses
            .insert(name.to_owned(), RefOr::T(response.build()));
    }
    for (name, header) in headers() {
        components.headers.insert(name.to_owned(), header.into());
    }
}

/// Status, name, and when.
const REFUSALS: [(&str, &str, &str); 12] = [
    (
        "400",
        "Malformed",
        "The request lacks something, or is not written as it should be.",
    ),
    (
        "401",
        "Unauthenticated",
        "Nobody knows who is asking: no proof, or one that no longer counts.",
    ),
    ("403", "Forbidden", "The caller is known and may not do this."),
    (
        "404",
        "NotFound",
        "Not there, or not the caller's to see; which of the two is not told.",
    ),
    ("408", "RequestTimeout", "The body came too slowly."),
    (
        "409",
        "Conflict",
        "Not possible as things stand: read again, then decide.",
    ),
    ("410", "Gone", "It was there and is over."),
    ("413", "TooLarge", "More bytes than this route takes."),
    (
        "415",
        "UnsupportedMediaType",
        "Not a kind of content this route takes.",
    ),
    (
        "422",
        "Invalid",
        "Something in the request is wrong; `errors` names the fields.",
    ),
    (
        "429",
        "TooMany",
        "Too often; `Retry-After` says in how many seconds again.",
    ),
    (
        "5XX",
        "Fault",
        "Our fault, or we are busy; the same request may be sent again.",
    ),
];

fn described(told: &str, codes: &[&str]) -> String {
    match codes {
        [] => told.to_owned(),
        codes => format!("{told} `code`: `{}`", codes.join("`, `")),
    }
}

fn problem() -> Content {
    ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build()
}

fn headers() -> Vec<(&'static str, Header)> {
    vec![
        (
            "ETag",
            text_header("Names this version of the answer; send it as If-None-Match next time."),
        ),
        (
            "Retry-After",
            seconds_header("Seconds until the request is worth sending again."),
        ),
        (
            STANDING[0],
            seconds_header("Requests this client may send at once."),
        ),
        (STANDING[1], seconds_header("Requests that are left of it now.")),
        (
            STANDING[2],
            seconds_header("Seconds until the limit is whole again."),
        ),
        (
            "WWW-Authenticate",
            text_header("How to prove who is asking (RFC 6750), when a token was shown."),
        ),
    ]
}

fn text_header(told: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .description(Some(told))
        .build()
}

fn seconds_header(told: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(
            ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(0)),
        ))
        .description(Some(told))
        .build()
}

fn shared_header(name: &str) -> Ref {
    Ref::new(format!("#/components/headers/{name}"))
}

/// Completes one operation.
pub(super) fn complete(method: &str, operation: &mut Operation) {
    let what = What::of(method, operation);
    let answers = &mut operation.responses.responses;
    for answer in answers.values_mut() {
        if let RefOr::T(answer) = answer {
            bytes_as_bytes(answer);
        }
    }
    if what.stored_bytes {
        let mut part = Response::default();
        if let Some(RefOr::T(whole)) = answers.get("200") {
            part.content = whole.content.clone();
        }
        answers.entry("206".to_owned()).or_insert(RefOr::T(part));
        answers
            .entry("304".to_owned())
            .or_insert_with(|| RefOr::T(Response::default()));
    }
    for status in what.refusals() {
        answers
            .entry(status.to_owned())
            .or_insert_with(|| RefOr::Ref(shared(status)));
    }
    let tagged = what.stored_bytes || answers.contains_key("304");
    let codes: Vec<String> = answers.keys().cloned().collect();
    for status in codes {
        if let Some(RefOr::T(answer)) = answers.get_mut(&status) {
            if let Some(refused) = finish(&status, answer) {
                answers.insert(status, refused);
                continue;
            }
            head(&status, answer, &what, tagged);
        }
    }
    parameters(operation, tagged);
}

/// What it is about an operation that decides its answers.
struct What {
    deed: bool,
    keyed: bool,
    body: bool,
    query: bool,
    path: bool,
    secured: bool,
    insurer: bool,
    /// Public, and hands out a session or opens a link: proofs are shown in the body.
    proof: bool,
    sandbox: bool,
    /// Answered from the folder of evidence: with a tag, in whole or in part.
    stored_bytes: bool,
}

impl What {
    fn of(method: &str, operation: &Operation) -> Self {
        let given = || operation.parameters.iter().flatten().filter_map(plain);
        let schemes: Vec<String> = operation
            .security
            .iter()
            .flatten()
            .filter_map(|one| serde_json::to_value(one).ok())
            .filter_map(|one| one.as_object().and_then(|one| one.keys().next().cloned()))
            .collect();
        let tagged = |wanted: &[&str]| {
            operation
                .tags
                .iter()
                .flatten()
                .any(|tag| wanted.contains(&tag.as_str()))
        };
        let deed = matches!(method, "POST" | "PUT" | "PATCH" | "DELETE");
        Self {
            deed,
            keyed: given().any(|one| one.name == KEY),
            body: operation.request_body.is_some() || matches!(method, "POST" | "PUT" | "PATCH"),
            query: given().any(|one| matches!(one.parameter_in, ParameterIn::Query)),
            path: given().any(|one| matches!(one.parameter_in, ParameterIn::Path)),
            secured: !schemes.is_empty(),
            insurer: schemes.iter().any(|scheme| scheme == "insurer"),
            proof: deed && schemes.is_empty() && tagged(&["who", "guests", "clerks"]),
            sandbox: tagged(&["sandbox"]),
            stored_bytes: method == "GET" && answers_bytes(operation),
        }
    }

    fn refusals(&self) -> Vec<&'static str> {
        let mut all = vec!["429", "5XX"];
        if self.secured || self.proof {
            all.extend(["401", "403"]);
        }
        // A deed may name what it is about in its body; outside a sandbox none of its routes is there.
        if self.path || self.proof || self.keyed || self.sandbox {
            all.push("404");
        }
        if self.body {
            all.extend(["400", "408", "413", "415"]);
        }
        if self.body || self.query {
            all.push("422");
        }
        if self.keyed || (self.deed && self.path) {
            all.extend(["400", "409"]);
        }
        if self.keyed {
            all.push("422");
        }
        if self.secured && !self.insurer || self.proof {
            all.push("410");
        }
        all
    }
}

fn answers_bytes(operation: &Operation) -> bool {
    let Some(RefOr::T(answer)) = operation.responses.responses.get("200") else {
        return false;
    };
    let mut kinds = answer.content.keys();
    kinds.any(|kind| kind == "application/pdf" || kind.starts_with("image/"))
}

/// A file is a file, not a list of numbers.
fn bytes_as_bytes(answer: &mut Response) {
    for (kind, content) in &mut answer.content {
        let RefOr::T(content) = content else { continue };
        let listed = matches!(&content.schema, Some(RefOr::T(Schema::Array(_))));
        if listed && !kind.contains("json") {
            content.schema = Some(RefOr::T(Schema::Object(
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
                    .build(),
            )));
        }
    }
}

fn plain(one: &RefOr<Parameter>) -> Option<&Parameter> {
    match one {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    }
}

/// Gives an answer its words and, to a refusal, its shape. Some: a refusal about which the route says no more
/// than everybody does.
fn finish(status: &str, answer: &mut Response) -> Option<RefOr<Response>> {
    let refusal = status.starts_with(['4', '5']);
    if refusal && answer.content.is_empty() {
        if answer.description.is_empty() && REFUSALS.iter().any(|(known, ..)| *known == status) {
            return Some(RefOr::Ref(shared(status)));
        }
        answer.content.insert(PROBLEM.to_owned(), problem().into());
    }
    if answer.description.is_empty() {
        answer.description = words(status).to_owned();
    }
    None
}

fn shared(status: &str) -> Ref {
    let named = REFUSALS.iter().find(|(known, ..)| *known == status);
    Ref::new(format!(
        "#/components/responses/{}",
        named.map_or("Fault", |(_, name, _)| *name)
    ))
}

fn words(status: &str) -> &'static str {
    match status {
        "200" => "Here it is.",
        "201" => "It was made.",
        "202" => "It will be done.",
        "204" => "Done; there is nothing to say.",
        "206" => "The part that `Range` asked for.",
        "303" => "Go on there.",
        "304" => "What the caller has is what there is.",
        _ => "Refused.",
    }
}

fn head(status: &str, answer: &mut Response, what: &What, tagged: bool) {
    let mut tell = |name: &str| {
        answer
            .headers
            .entry(name.to_owned())
            .or_insert_with(|| RefOr::Ref(shared_header(name)));
    };
    if tagged && matches!(status, "200" | "206" | "304") {
        tell("ETag");
    }
    if what.insurer && status.starts_with('2') {
        STANDING.iter().for_each(|name| tell(name));
    }
}

/// The key of an intent has a shape; a caller that knows an answer may say so.
fn parameters(operation: &mut Operation, tagged: bool) {
    let given = operation.parameters.get_or_insert_default();
    for one in given.iter_mut() {
        let RefOr::T(one) = one else { continue };
        if one.name == KEY {
            one.schema = Some(RefOr::T(Schema::Object(
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some(1))
                    .max_length(Some(128))
                    .pattern(Some("^[!-~]+$"))
                    .build(),
            )));
            one.description.get_or_insert_with(|| {
                "One intent, for instance a UUID: the same key with the same body has no second effect."
                    .to_owned()
            });
        }
    }
    let named = given
        .iter()
        .filter_map(plain)
        .any(|one| one.name.eq_ignore_ascii_case(KNOWN_TAG));
    if tagged && !named {
        given.push(RefOr::T(
            ParameterBuilder::new()
                .name(KNOWN_TAG)
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some("The ETag of the answer the caller has."))
                .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
                .build(),
        ));
    }
    if given.is_empty() {
        operation.parameters = None;
    }
}
