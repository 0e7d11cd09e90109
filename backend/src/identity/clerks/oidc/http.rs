//! The requests of the library, by our own way out: only to addresses that [`crate::outbound`] allows.

use std::pin::Pin;
use std::time::Duration as Wait;

use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Response};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

use crate::app::App;
use crate::outbound::{Outbound, Outgoing, Patience, Unreachable};

/// Documents of a provider are small, and come soon.
const PATIENCE: Patience = Patience {
    bytes_max: 256 * 1024,
    within: Wait::from_secs(8),
};
/// The library's requests, by our own way out.
pub(super) struct Http(Outbound);

impl Http {
    pub(super) fn of(app: &App) -> Self {
        Self(app.config.outbound.clone())
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Unreachable;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unreachable>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(ask(&self.0, request))
    }
}

async fn ask(outbound: &Outbound, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
    let url = request.uri().to_string();
    if request.method() == Method::GET {
        let body = outbound.get(&url, PATIENCE).await?;
        return Ok(Response::new(body.to_vec()));
    }
    let headers = request.headers();
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let others = headers.iter().filter(|(name, _)| **name != CONTENT_TYPE);
    let outgoing = Outgoing {
        url,
        content_type: text(CONTENT_TYPE).unwrap_or_default().to_owned(),
        headers: others
            .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
            .collect(),
        body: request.body().clone().into(),
    };
    let answer = outbound.send(&outgoing, PATIENCE).await?;
    if !answer.whole {
        return Err(Unreachable::Body(PATIENCE.bytes_max));
    }
    let mut response = Response::new(answer.body.to_vec());
    *response.status_mut() = answer.status;
    if let Some(kind) = answer.headers.get(CONTENT_TYPE) {
        response.headers_mut().insert(CONTENT_TYPE, kind.clone());
    }
    Ok(response)
}
