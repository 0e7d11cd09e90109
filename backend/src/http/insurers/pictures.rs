//! A picture for an insurer: the smaller one that everybody is shown, with who took it written across. Never the bytes
//! that are kept.

use axum::http::HeaderMap;
use axum::response::Response;
use domain::evidence::Evidence;
use domain::id::Sha256Hex;

use super::tagged;
use crate::app::App;
use crate::http::evidence;
use crate::identity::extract::Insurer;
use crate::insurer::record::NamedInsurer;
use crate::refusal::Result;
use crate::watermark;

/// The picture, for whoever was found to be allowed to see it and whose look was noted; `number` is of the case.
///
/// # Errors
/// `not_found` when the bytes are gone; our own.
pub async fn answer(
    app: &App,
    insurer: &Insurer,
    (evidence, number): (&Evidence, &str),
    headers: &HeaderMap,
) -> Result<Response> {
    let text = format!(
        "{} · {} · {} · {number}",
        NamedInsurer::of(&insurer.insurer).name,
        insurer.name,
        domain::day::text(app.wall.now().china_day()),
    );
    // The same for the same reader on the same day.
    let mark = Sha256Hex::of(text.as_bytes());
    let tag = format!("{}-{}", evidence.sha256, &mark.as_str()[..16]);
    if tagged::is_known(headers, &tag) {
        return tagged::not_modified(&tag);
    }
    let path = evidence::shown(app, evidence).await?;
    let jpeg = watermark::marked(path, text).await?;
    tagged::jpeg(jpeg, &tag, &format!("{}.jpg", evidence.id))
}
