//! A name, a sentence and a place for every operation, taken from its method, its path and its own first line.

use utoipa::openapi::Tag;
use utoipa::openapi::path::Operation;

/// Tags and what they hold; an operation's tag that is not here is listed without a sentence.
const TAGS: [(&str, &str); 20] = [
    ("insurers", "What insurers' programs and clerks pull and tell."),
    (
        "webhooks",
        "Where insurers are told of what happened, and what came of it.",
    ),
    (
        "clerks",
        "Insurers' people: sign-in, accounts, and the keys of their programs.",
    ),
    ("sandbox", "A place to try everything; not there in earnest."),
    ("catalogue", "Codes and their labels, for everybody."),
    ("verification", "Whether a document is ours, for everybody."),
    ("who", "Sign-in of drivers and officers, and their first step."),
    ("accidents", "A case, for those in it."),
    (
        "assessments",
        "Damage assessed at the desk and answered by the drivers.",
    ),
    ("desk", "What officers do with a case."),
    ("papers", "Documents, signatures and their state."),
    ("mediation", "Mediation of what the parties do not agree on."),
    ("orders", "Payment orders, for the desk and for payees."),
    ("clearing", "What insurers owe each other, for the desk."),
    ("archive", "Closing, review, holding and destroying cases."),
    ("guests", "Somebody invited who is no party."),
    ("evidence", "Photographs and films of a case."),
    ("uploads", "Photographs on their way up, by tus 1.0."),
    ("events", "Streams that say: read again."),
    (
        "demo",
        "What stands in for SMS and authenticators in a demonstration; not there in earnest.",
    ),
];

/// Names the operation by method and path, so that no two share a name and adding a route renames no other:
/// `GET /api/v1/settlements/{record}` is `get_settlements_record`.
pub(super) fn name(method: &str, path: &str, operation: &mut Operation) {
    operation.operation_id = Some(id(method, path));
    for text in [&mut operation.summary, &mut operation.description] {
        if let Some(told) = text.as_deref() {
            *text = Some(sentence(told));
        }
    }
    if operation.description == operation.summary {
        operation.description = None;
    }
}

fn id(method: &str, path: &str) -> String {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let last = segments.len().saturating_sub(1);
    let mut id = method.to_ascii_lowercase();
    for (place, segment) in segments.iter().enumerate() {
        let inner = segment.starts_with('{') && place < last;
        let word = segment.trim_matches(['{', '}', '.']);
        if !inner && !word.is_empty() {
            id.push('_');
            id.push_str(&word.replace(['-', '.'], "_"));
        }
    }
    id
}

/// Method and path stand beside the sentence already: `` `GET /x`: what it is `` becomes `What it is`.
fn sentence(told: &str) -> String {
    let rest = match told.strip_prefix('`').and_then(|told| told.split_once("`: ")) {
        Some((_, rest)) => rest,
        None => told,
    };
    let mut letters = rest.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The list of tags in use, known ones first and in their order.
pub(super) fn tags(used: impl IntoIterator<Item = String>) -> Vec<Tag> {
    let mut used: Vec<String> = used.into_iter().collect();
    used.sort_unstable();
    used.dedup();
    let place = |tag: &str| TAGS.iter().position(|(known, _)| *known == tag);
    used.sort_by_key(|tag| place(tag).unwrap_or(TAGS.len()));
    used.iter()
        .map(|tag| {
            let mut told = Tag::new(tag);
            told.description = place(tag).map(|place| TAGS[place].1.to_owned());
            told
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_follows_from_method_and_path() {
        for (method, path, name) in [
            ("GET", "/api/v1/settlements", "get_settlements"),
            ("GET", "/api/v1/settlements/{record}", "get_settlements_record"),
            (
                "POST",
                "/api/v1/assessments/{assessment}/acceptance",
                "post_assessments_acceptance",
            ),
            ("GET", "/.well-known/jwks.json", "get_well_known_jwks_json"),
        ] {
            assert_eq!(id(method, path), name);
        }
    }

    #[test]
    fn a_sentence_does_not_repeat_method_and_path() {
        assert_eq!(sentence("`GET /queue`: who waits."), "Who waits.");
        assert_eq!(
            sentence("`code` says why: it is stable."),
            "`code` says why: it is stable."
        );
    }
}
