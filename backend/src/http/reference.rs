//! The API's reference as pages: every operation with its parameters, bodies and answers, every schema, every refusal.
//!
//! Rendered from the description itself, so it cannot say anything else; no script, one stylesheet.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::Html;
use serde_json::{Map, Value};

use super::openapi::{document, escape};
use crate::refusal::{Refusal, Result};

/// The refusals with their meaning; held against the code by a test.
const PROBLEMS: &str = include_str!("../../../docs/problems.md");
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// `GET /api`: everything on one page, to be searched in the browser.
pub(crate) async fn page() -> Html<&'static str> {
    static PAGE: LazyLock<String> = LazyLock::new(|| match serde_json::to_value(document()) {
        Ok(document) => whole(&document),
        Err(_) => frame(
            "kuaichu API",
            "<p>See <a href=\"/api/v1/openapi.json\">openapi.json</a>.</p>",
        ),
    });
    Html(PAGE.as_str())
}

/// `GET /problems/{code}`: what a refusal's `type` leads to.
pub(crate) async fn problem(Path(code): Path<String>) -> Result<Html<String>> {
    let known = problems().into_iter().find(|[known, ..]| *known == code);
    let [code, meaning, remedy] = known.ok_or_else(Refusal::not_found)?;
    let body = format!(
        "<h1><code>{}</code></h1><p>{}</p><p>{}</p><p><a href=\"/api#refusals\">All refusals</a></p>",
        escape(code),
        inline(meaning),
        inline(remedy)
    );
    Ok(Html(frame(code, &body)))
}

/// Code, meaning and remedy of every refusal that is explained.
pub(crate) fn problems() -> Vec<[&'static str; 3]> {
    let rows = PROBLEMS.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.strip_suffix(" |")?.split(" | ");
        Some([cells.next()?.strip_suffix('`')?, cells.next()?, cells.next()?])
    });
    rows.collect()
}

fn frame(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{}</title><link rel=\"stylesheet\" href=\"/api/style.css\">\
         <main class=\"wide\">{body}</main></html>",
        escape(title)
    )
}

fn whole(document: &Value) -> String {
    let mut page = format!(
        "<h1>快处 kuaichu API</h1><p>{}</p><p>Version {} · <a href=\"/api/v1/openapi.json\">openapi.json</a> (OpenAPI 3.1)</p><nav>",
        escape(text(&document["info"]["description"])),
        escape(text(&document["info"]["version"]))
    );
    let tags = document["tags"].as_array().map_or(&[][..], Vec::as_slice);
    for tag in tags {
        let name = escape(text(&tag["name"]));
        page.push_str(&format!("<a href=\"#tag-{name}\">{name}</a> "));
    }
    page.push_str("<a href=\"#webhooks\">webhooks</a> <a href=\"#schemas\">schemas</a> <a href=\"#refusals\">refusals</a></nav>");
    for tag in tags {
        let name = text(&tag["name"]);
        page.push_str(&format!(
            "<h2 id=\"tag-{0}\">{0}</h2><p>{1}</p>",
            escape(name),
            escape(text(&tag["description"]))
        ));
        operations(
            &document["paths"],
            |operation| first_tag(operation) == name,
            &mut page,
        );
    }
    page.push_str("<h2 id=\"webhooks\">webhooks</h2><p>What we send to endpoints of yours.</p>");
    operations(&document["webhooks"], |_| true, &mut page);
    schemas(document, &mut page);
    refusals(&mut page);
    frame("快处 API", &page)
}

fn operations(paths: &Value, wanted: impl Fn(&Value) -> bool, page: &mut String) {
    for (path, item) in fields(paths) {
        for method in METHODS {
            let operation = &item[method];
            if operation.is_object() && wanted(operation) {
                one(method, path, operation, page);
            }
        }
    }
}

fn one(method: &str, path: &str, operation: &Value, page: &mut String) {
    let id = escape(text(&operation["operationId"]));
    page.push_str(&format!(
        "<section id=\"{id}\"><h3><code>{} {}</code></h3><p>{}</p>",
        method.to_uppercase(),
        escape(path),
        escape(text(&operation["summary"]))
    ));
    if operation["description"] != operation["summary"] {
        page.push_str(&format!("<p>{}</p>", escape(text(&operation["description"]))));
    }
    if let Some(ways) = operation["security"].as_array() {
        let names: Vec<_> = ways
            .iter()
            .flat_map(fields)
            .map(|(name, _)| escape(name))
            .collect();
        page.push_str(&format!("<p class=\"soft\">For: {}</p>", names.join(", ")));
    }
    let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    if !parameters.is_empty() {
        page.push_str("<table><tbody>");
        for parameter in parameters {
            let needed = if parameter["required"] == true {
                ""
            } else {
                ", optional"
            };
            page.push_str(&row(
                text(&parameter["name"]),
                &format!(
                    "{} <span class=\"soft\">{}{needed}</span>",
                    kind(&parameter["schema"]),
                    escape(text(&parameter["in"]))
                ),
                text(&parameter["description"]),
            ));
        }
        page.push_str("</tbody></table>");
    }
    for (media, content) in fields(&operation["requestBody"]["content"]) {
        page.push_str(&format!(
            "<p>Body: {} <span class=\"soft\">{}</span></p>",
            kind(&content["schema"]),
            escape(media)
        ));
    }
    page.push_str("<p>Answers: ");
    for (status, answer) in fields(&operation["responses"]) {
        page.push_str(&format!("<code>{}</code> ", escape(status)));
        for (media, content) in fields(&answer["content"]) {
            let shown = if content["schema"].is_object() {
                kind(&content["schema"])
            } else {
                escape(media)
            };
            page.push_str(&format!("{shown} "));
        }
    }
    page.push_str("</p></section>");
}

fn schemas(document: &Value, page: &mut String) {
    page.push_str("<h2 id=\"schemas\">schemas</h2>");
    for (name, schema) in fields(&document["components"]["schemas"]) {
        page.push_str(&format!(
            "<section id=\"schema-{0}\"><h3><code>{0}</code></h3><p>{1}</p>",
            escape(name),
            escape(text(&schema["description"]))
        ));
        if fields(&schema["properties"]).next().is_none() {
            page.push_str(&format!("<p>{}</p></section>", kind(schema)));
            continue;
        }
        let needed = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
        page.push_str("<table><tbody>");
        for (field, of) in fields(&schema["properties"]) {
            let optional = if needed.iter().any(|one| one == field) {
                ""
            } else {
                " <span class=\"soft\">optional</span>"
            };
            page.push_str(&row(
                field,
                &format!("{}{optional}", kind(of)),
                text(&of["description"]),
            ));
        }
        page.push_str("</tbody></table></section>");
    }
}

fn refusals(page: &mut String) {
    page.push_str("<h2 id=\"refusals\">refusals</h2><table><tbody>");
    for [code, meaning, remedy] in problems() {
        page.push_str(&format!(
            "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td></tr>\n",
            escape(code),
            inline(meaning),
            inline(remedy)
        ));
    }
    page.push_str("</tbody></table>");
}

fn row(name: &str, kind: &str, told: &str) -> String {
    format!(
        "<tr><th scope=\"row\"><code>{}</code></th><td>{kind}</td><td>{}</td></tr>\n",
        escape(name),
        escape(told)
    )
}

/// A schema in a few words, as HTML: a link to a named one, the values of an enumeration, or its type and limits.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("<a href=\"#schema-{0}\">{0}</a>", escape(name));
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<_> = values
            .iter()
            .map(|value| format!("<code>{}</code>", escape(&plain(value))))
            .collect();
        return values.join(" ");
    }
    for (several, between) in [("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")] {
        if let Some(parts) = schema[several].as_array() {
            let parts: Vec<_> = parts.iter().map(kind).collect();
            return parts.join(between);
        }
    }
    if schema["items"].is_object() {
        return format!("list of {}", kind(&schema["items"]));
    }
    let mut words = match &schema["type"] {
        Value::Array(types) => types.iter().map(plain).collect::<Vec<_>>().join(" or "),
        one => plain(one),
    };
    for (limit, value) in fields(schema) {
        if matches!(
            limit.as_str(),
            "format" | "minimum" | "maximum" | "minLength" | "maxLength" | "pattern" | "const"
        ) {
            let said = if limit == "format" {
                plain(value)
            } else {
                format!("{limit} {}", plain(value))
            };
            // Writing to a string cannot fail.
            let _ = write!(words, ", {said}");
        }
    }
    escape(&words)
}

fn first_tag(operation: &Value) -> &str {
    text(&operation["tags"][0])
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A value as a person writes it: text without its quotes.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// Escaped text with `code` in it.
fn inline(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let shown = parts.map(|(at, part)| match at % 2 {
        1 => format!("<code>{}</code>", escape(part)),
        _ => escape(part),
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::http::openapi::codes;

    #[test]
    fn every_code_of_the_contract_is_explained_and_nothing_else() {
        let known: BTreeSet<_> = codes::all().collect();
        let explained: BTreeSet<_> = problems().into_iter().map(|[code, ..]| code).collect();
        let unexplained: Vec<_> = known.difference(&explained).collect();
        let unheard: Vec<_> = explained.difference(&known).collect();
        assert!(unexplained.is_empty(), "docs/problems.md lacks {unexplained:?}");
        assert!(
            unheard.is_empty(),
            "docs/problems.md explains {unheard:?}, which no route answers"
        );
    }

    #[test]
    fn the_page_has_every_operation_and_every_link_leads_somewhere() {
        let document = serde_json::to_value(document()).unwrap();
        let page = whole(&document);
        for (_, item) in fields(&document["paths"]) {
            for (_, operation) in fields(item).filter(|(method, _)| METHODS.contains(&method.as_str())) {
                let id = format!("<section id=\"{}\">", text(&operation["operationId"]));
                assert!(page.contains(&id), "{id}");
            }
        }
        for target in page
            .split("href=\"#")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            assert!(page.contains(&format!("id=\"{target}\"")), "#{target}");
        }
    }

    #[test]
    fn a_schema_is_told_in_a_few_words_and_cannot_break_the_page() {
        let told = |schema: Value| kind(&schema);
        assert_eq!(
            told(serde_json::json!({"$ref": "#/components/schemas/OrderId"})),
            "<a href=\"#schema-OrderId\">OrderId</a>"
        );
        assert_eq!(
            told(serde_json::json!({"type": ["string", "null"], "maxLength": 64})),
            "string or null, maxLength 64"
        );
        assert_eq!(
            told(serde_json::json!({"enum": ["own", "<b>"]})),
            "<code>own</code> <code>&lt;b&gt;</code>"
        );
        assert_eq!(
            told(serde_json::json!({"type": "array", "items": {"type": "integer"}})),
            "list of integer"
        );
    }
}
