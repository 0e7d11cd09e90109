//! The insurers' face: what their programs and clerks pull, tell and manage. One file per resource.

mod assessments;
mod clearing;
mod clearing_files;
mod clerk_oidc;
mod clerk_session;
mod clerks;
mod clients;
mod dictionary;
mod evidence;
mod exports;
mod many;
pub mod oauth;
mod oauth_metadata;
pub mod paging;
mod payment_orders;
mod pictures;
mod plans;
mod price_list;
mod sandbox;
mod search;
mod settlements;
mod tagged;
mod webhook_deliveries;
mod webhook_endpoints;

use domain::id::InsurerCode;
use utoipa_axum::router::OpenApiRouter;

use super::who::Meant;
use crate::app::{App, Intent};
use crate::identity::extract::Insurer;
use crate::refusal::{Refusal, Result};

/// Below `/api/v1`.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(assessments::routes())
        .merge(clearing::routes())
        .merge(clerk_oidc::routes())
        .merge(clerk_session::routes())
        .merge(clerks::routes())
        .merge(clients::routes())
        .merge(dictionary::routes())
        .merge(evidence::routes())
        .merge(exports::routes())
        .merge(payment_orders::routes())
        .merge(plans::routes())
        .merge(price_list::routes())
        .merge(sandbox::routes())
        .merge(search::routes())
        .merge(settlements::routes())
        .merge(webhook_deliveries::routes())
        .merge(webhook_endpoints::routes())
}

/// The insurer's code as policies name it.
///
/// # Errors
/// `not_found` for a caller that was set up with none: nothing is theirs.
fn code_of(insurer: &Insurer) -> Result<InsurerCode> {
    insurer.insurer.parse().map_err(|_| Refusal::not_found().into())
}

/// One intent of this caller; two callers of one insurer may use the same key.
fn intent(insurer: &Insurer, meant: Meant) -> Intent {
    Intent {
        scope: insurer.by.to_string(),
        key: meant.0.key,
        digest: meant.0.digest,
    }
}
