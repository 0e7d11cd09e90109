//! The three faces as files: built by Vite into `web/dist`, carried in the binary, in debug builds read from
//! the disk so that a new build needs no new binary.
//!
//! It answers only below its own names; everything else stays with the case service, so that an unknown
//! address is a problem and not somebody's page.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderName, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use backend::refusal::{AppError, Refusal};
use rust_embed::RustEmbed;

/// Where each face is served; its build lies in the folder of the same name.
const FACES: [&str; 3] = ["p", "console", "insurer"];
/// Names of files below `assets/` contain their digest, so they never change.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../web/dist"]
#[allow_missing = true]
struct Dist;

/// The pages, to be merged beside the case service.
pub fn router() -> Router {
    pages::<Dist>()
}

fn pages<F: RustEmbed + 'static>() -> Router {
    let mut router = Router::new()
        .route("/", get(|| async { Html(include_str!("web/landing.html")) }))
        .route("/landing.css", get(style))
        .route(
            "/assets/{*file}",
            get(|Path(file): Path<String>, headers: HeaderMap| async move {
                answer::<F>(&format!("assets/{file}"), &headers)
            }),
        );
    for face in FACES {
        router = router
            .route(
                &format!("/{face}"),
                get(move || async move { Redirect::permanent(&format!("/{face}/")) }),
            )
            .route(
                &format!("/{face}/"),
                get(move |headers: HeaderMap| async move { index::<F>(face, &headers) }),
            )
            .route(
                &format!("/{face}/{{*file}}"),
                get(move |Path(file): Path<String>, headers: HeaderMap| async move {
                    answer::<F>(&format!("{face}/{file}"), &headers)
                }),
            );
    }
    router
}

async fn style() -> impl IntoResponse {
    (
        [(CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"))],
        include_str!("web/landing.css"),
    )
}

fn index<F: RustEmbed>(face: &str, headers: &HeaderMap) -> Response {
    let path = format!("{face}/index.html");
    if F::get(&path).is_some() {
        return answer::<F>(&path, headers);
    }
    (
        StatusCode::SERVICE_UNAVAILABLE,
        Html(include_str!("web/unbuilt.html")),
    )
        .into_response()
}

/// One file, the smallest form of it that the browser takes; what the browser has is not sent again.
fn answer<F: RustEmbed>(path: &str, headers: &HeaderMap) -> Response {
    if path.split('/').any(|part| part == ".." || part.is_empty()) {
        return AppError::from(Refusal::not_found()).into_response();
    }
    let packed = ["br", "gzip"]
        .into_iter()
        .filter(|coding| takes(headers, coding))
        .find_map(|coding| {
            let ending = if coding == "gzip" { "gz" } else { coding };
            F::get(&format!("{path}.{ending}")).map(|file| (file, Some(coding)))
        });
    let Some((file, coding)) = packed.or_else(|| F::get(path).map(|file| (file, None))) else {
        return AppError::from(Refusal::not_found()).into_response();
    };
    let tag = tag(&file.metadata.sha256_hash());
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|seen| seen.to_str().ok())
        .is_some_and(|seen| {
            seen.split(',')
                .map(str::trim)
                .any(|one| one.strip_prefix("W/").unwrap_or(one) == tag)
        });
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data).into_response()
    };
    let cache = if path.starts_with("assets/") {
        FOREVER
    } else {
        ASK_AGAIN
    };
    let mut set = |name: HeaderName, value: Option<HeaderValue>| {
        if let Some(value) = value {
            response.headers_mut().insert(name, value);
        }
    };
    set(CACHE_CONTROL, Some(cache));
    set(VARY, Some(HeaderValue::from_static("accept-encoding")));
    set(ETAG, HeaderValue::from_str(&tag).ok());
    set(CONTENT_TYPE, HeaderValue::from_str(&media_type(path)).ok());
    set(CONTENT_ENCODING, coding.map(HeaderValue::from_static));
    response
}

fn media_type(path: &str) -> String {
    let guess = mime_guess::from_path(path).first_or_octet_stream();
    match guess.type_().as_str() {
        "text" => format!("{guess}; charset=utf-8"),
        _ => guess.to_string(),
    }
}

fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let Some(Ok(accepted)) = headers.get(ACCEPT_ENCODING).map(HeaderValue::to_str) else {
        return false;
    };
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next() == Some(coding) && !parts.any(|weight| weight == "q=0")
    })
}

fn tag(digest: &[u8]) -> String {
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;
    use axum::body::to_bytes;
    use axum::http::Request;
    use rust_embed::{EmbeddedFile, Metadata};
    use tower::ServiceExt;

    /// A build with a phone page and one script, as Vite leaves them.
    struct Built;

    impl RustEmbed for Built {
        fn get(path: &str) -> Option<EmbeddedFile> {
            let text = match path {
                "p/index.html" => "<!doctype html>phone",
                "assets/phone-1a2b.js" => "export {}",
                "assets/phone-1a2b.js.br" => "packed",
                _ => return None,
            };
            let mut digest = [0; 32];
            digest[0] = u8::try_from(path.len()).unwrap();
            let metadata = Metadata::__rust_embed_new(digest, None, None);
            Some(EmbeddedFile {
                data: Cow::Borrowed(text.as_bytes()),
                metadata,
            })
        }

        fn iter() -> impl Iterator<Item = Cow<'static, str>> + 'static {
            std::iter::empty()
        }
    }

    async fn ask(path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        pages::<Built>()
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap()
    }

    async fn text(response: Response) -> String {
        String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_face_is_its_page_with_and_without_the_slash() {
        let response = ask("/p/", &[]).await;
        assert_eq!(response.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(response.headers()[CACHE_CONTROL], "no-cache");
        assert_eq!(text(response).await, "<!doctype html>phone");
        let moved = ask("/p", &[]).await;
        assert_eq!(
            (moved.status(), &moved.headers()["location"]),
            (StatusCode::PERMANENT_REDIRECT, &"/p/".parse().unwrap())
        );
    }

    #[tokio::test]
    async fn hashed_files_are_kept_for_ever_and_sent_packed_to_whom_takes_it() {
        let plain = ask("/assets/phone-1a2b.js", &[("accept-encoding", "gzip, br;q=0")]).await;
        assert!(
            plain.headers()[CACHE_CONTROL]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        assert_eq!(plain.headers().get(CONTENT_ENCODING), None);
        assert_eq!(text(plain).await, "export {}");
        let packed = ask("/assets/phone-1a2b.js", &[("accept-encoding", "gzip, br")]).await;
        assert_eq!(packed.headers()[CONTENT_ENCODING], "br");
        assert_eq!(packed.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(text(packed).await, "packed");
    }

    #[tokio::test]
    async fn what_the_browser_has_is_not_sent_again() {
        let tag = ask("/p/", &[]).await.headers()[ETAG].to_str().unwrap().to_owned();
        let again = ask("/p/", &[("if-none-match", &tag)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(text(again).await, "");
    }

    #[tokio::test]
    async fn nothing_outside_the_build_is_served() {
        for path in [
            "/assets/nothing.js",
            "/assets/../Cargo.toml",
            "/p/../assets/phone-1a2b.js",
            "/assets//etc/passwd",
        ] {
            assert_eq!(ask(path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn a_face_that_is_not_built_says_so_and_the_first_page_leads_to_all_three() {
        assert_eq!(
            ask("/console/", &[]).await.status(),
            StatusCode::SERVICE_UNAVAILABLE
        );
        let landing = text(ask("/", &[]).await).await;
        for face in FACES {
            assert!(landing.contains(&format!("href=\"/{face}/\"")), "{face}");
        }
    }
}
