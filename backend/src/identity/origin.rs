//! Whether a change comes from our own pages.
//!
//! A browser sends our cookies along with whatever another site makes it send; `SameSite=Lax` stops most of
//! that, and this stops the rest. Programs that are no browser send neither header and have no one else's
//! cookies.

use axum::extract::FromRequestParts;
use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

use crate::app::App;
use crate::config::Config;
use crate::refusal::{AppError, Kind, Refusal};

/// The request comes from our own pages, or from no page at all.
#[derive(Clone, Copy, Debug)]
pub struct OurOrigin;

impl FromRequestParts<App> for OurOrigin {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        check(&parts.method, &parts.headers, &app.config)?;
        Ok(Self)
    }
}

/// # Errors
/// `csrf_failed` for a change that another site's page asks for.
pub fn check(method: &Method, headers: &HeaderMap, config: &Config) -> Result<(), Refusal> {
    if method.is_safe() || is_ours(headers, config) {
        return Ok(());
    }
    Err(Refusal::new(
        Kind::Forbidden,
        "csrf_failed",
        "请求来自其他网站，已拒绝，请从本系统页面操作",
    ))
}

fn is_ours(headers: &HeaderMap, config: &Config) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    match text("sec-fetch-site") {
        Some("same-origin" | "none") | None => {}
        Some(_) => return false,
    }
    let Some(origin) = text(ORIGIN.as_str()) else {
        return true;
    };
    if origin == config.public_url {
        return true;
    }
    // The phone in the room knows us by another name of this machine than the public one.
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    authority.is_some() && authority == text(HOST.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    fn config() -> Config {
        crate::identity::tests::config("https://desk.example")
    }

    fn refused(method: Method, headers: &[(&'static str, &'static str)]) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    axum::http::HeaderValue::from_static(value),
                )
            })
            .collect();
        check(&method, &headers, &config()).is_err()
    }

    #[test]
    fn a_change_asked_for_by_another_site_is_refused() {
        for headers in [
            [("origin", "https://evil.example"), ("host", "desk.example")],
            [
                ("origin", "https://desk.example.evil.example"),
                ("host", "desk.example"),
            ],
            [("origin", "null"), ("host", "desk.example")],
            [
                ("origin", "https://desk.example"),
                ("sec-fetch-site", "cross-site"),
            ],
            [("host", "desk.example"), ("sec-fetch-site", "same-site")],
        ] {
            assert!(refused(Method::POST, &headers), "{headers:?}");
            assert!(refused(Method::DELETE, &headers), "{headers:?}");
            assert!(!refused(Method::GET, &headers), "looking is no change");
        }
    }

    #[test]
    fn a_change_from_our_own_pages_or_from_a_program_is_taken() {
        assert!(!refused(
            Method::POST,
            &[
                ("origin", "https://desk.example"),
                ("sec-fetch-site", "same-origin")
            ]
        ));
        assert!(!refused(
            Method::POST,
            &[("origin", "https://192.0.2.7:8443"), ("host", "192.0.2.7:8443")]
        ));
        assert!(!refused(Method::POST, &[]));
    }
}
