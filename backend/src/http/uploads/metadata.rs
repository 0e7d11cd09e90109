//! What `Upload-Metadata` says about a photo: pairs of a key and a Base64 value, read into the trade's types.

use std::collections::HashMap;
use std::str::FromStr;

use axum::http::HeaderValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::evidence::{EvidenceKind, Position, Shot};
use domain::id::{Sha256Hex, StillId};
use domain::time::Instant;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::app::upload::Described;
use crate::refusal::{FieldProblem, Refusal, Result};

/// A phone's clock may run ahead a little.
const AHEAD_MAX: time::Duration = time::Duration::minutes(5);

/// # Errors
/// Every field that cannot be, at once; keys we do not know are left alone, as tus wants it.
pub fn read(header: Option<&HeaderValue>, now: Instant) -> Result<Described> {
    let mut fields = Fields {
        pairs: pairs(header)?,
        problems: Vec::new(),
    };
    let kind = fields.required("kind", word::<EvidenceKind>);
    let sha256 = fields.required("sha256", |text| Sha256Hex::new(text.to_ascii_lowercase()).ok());
    let shot = fields.optional("shot", word::<Shot>);
    let still = fields.optional("still", parsed::<StillId>);
    let preview_of = fields.optional("preview_of", |text| {
        Sha256Hex::new(text.to_ascii_lowercase()).ok()
    });
    let taken_at = fields.optional("taken_at", |text| {
        parsed::<Instant>(text).filter(|at| *at <= now.plus(AHEAD_MAX))
    });
    let degrees = |most: f64| move |text: &str| parsed::<f64>(text).filter(|value| value.abs() <= most);
    let latitude = fields.optional("latitude", degrees(90.0));
    let longitude = fields.optional("longitude", degrees(180.0));
    let accuracy_m = fields.optional("accuracy_m", |text| {
        parsed::<f64>(text).filter(|m| (0.0..=1e6).contains(m))
    });
    match kind {
        Some(EvidenceKind::Still) if still.is_none() => fields.complain("still", "missing"),
        Some(EvidenceKind::Photo) if still.is_some() => fields.complain("still", "invalid"),
        Some(EvidenceKind::Recording) => fields.complain("kind", "unknown_value"),
        _ => {}
    }
    let (Some(kind), Some(sha256), true) = (kind, sha256, fields.problems.is_empty()) else {
        return Err(Refusal::invalid(fields.problems).into());
    };
    let position = latitude.zip(longitude).map(|(latitude, longitude)| Position {
        latitude,
        longitude,
        accuracy_m,
    });
    Ok(Described {
        kind,
        shot,
        still,
        preview_of,
        sha256,
        taken_at,
        position,
    })
}

struct Fields {
    pairs: HashMap<String, String>,
    problems: Vec<FieldProblem>,
}

impl Fields {
    fn required<T>(&mut self, key: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        if !self.pairs.contains_key(key) {
            self.complain(key, "missing");
        }
        self.optional(key, read)
    }

    fn optional<T>(&mut self, key: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = read(self.pairs.get(key)?);
        if value.is_none() {
            self.complain(key, "invalid");
        }
        value
    }

    fn complain(&mut self, key: &str, code: &str) {
        let message = format!("上传信息 {key} 缺失或不正确");
        self.problems.push(FieldProblem {
            field: format!("Upload-Metadata.{key}"),
            code: code.to_owned(),
            message,
        });
    }
}

/// `key base64,key base64`; a key alone has an empty value.
fn pairs(header: Option<&HeaderValue>) -> Result<HashMap<String, String>> {
    let text = header.and_then(|header| header.to_str().ok()).unwrap_or_default();
    let mut pairs = HashMap::new();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (key, coded) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = STANDARD
            .decode(coded.trim())
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let Some(value) = value else {
            let field = format!("Upload-Metadata.{key}");
            return Err(Refusal::invalid_field(field, "not_base64", "上传信息应以 Base64 编码").into());
        };
        pairs.insert(key.to_owned(), value);
    }
    Ok(pairs)
}

/// A word of one of the trade's closed lists.
fn word<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(Value::String(text.to_owned())).ok()
}

fn parsed<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::AppError;

    const SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const STILL: &str = "0195f0a0-0000-7000-8000-000000000001";

    fn header(pairs: &[(&str, &str)]) -> HeaderValue {
        let coded: Vec<_> = pairs
            .iter()
            .map(|(key, value)| format!("{key} {}", STANDARD.encode(value)))
            .collect();
        HeaderValue::from_str(&coded.join(",")).unwrap()
    }

    fn now() -> Instant {
        "2026-03-01T08:00:00Z".parse().unwrap()
    }

    #[test]
    fn what_the_phone_knows_is_read() {
        let header = header(&[
            ("kind", "still"),
            ("shot", "plate"),
            ("sha256", SHA256),
            ("still", STILL),
            ("taken_at", "2026-03-01T15:59:00+08:00"),
            ("latitude", "29.71"),
            ("longitude", "120.24"),
            ("filename", "IMG_1.jpg"),
        ]);
        let described = read(Some(&header), now()).unwrap();
        assert_eq!(
            (described.kind, described.shot),
            (EvidenceKind::Still, Some(Shot::Plate))
        );
        assert_eq!(described.still.unwrap().to_string(), STILL);
        assert_eq!(described.sha256.as_str(), SHA256);
        assert_eq!(described.taken_at, "2026-03-01T07:59:00Z".parse().ok());
        let position = Position {
            latitude: 29.71,
            longitude: 120.24,
            accuracy_m: None,
        };
        assert_eq!(described.position, Some(position));
    }

    #[test]
    fn everything_wrong_is_named_at_once() {
        let wrong = header(&[
            ("kind", "recording"),
            ("shot", "selfie"),
            ("taken_at", "2026-03-02T08:00:00Z"),
            ("latitude", "NaN"),
        ]);
        let Err(AppError::Refused(refusal)) = read(Some(&wrong), now()) else {
            panic!("taken")
        };
        let mut fields: Vec<_> = refusal.fields.iter().map(|field| field.field.as_str()).collect();
        fields.sort_unstable();
        let expected =
            ["kind", "latitude", "sha256", "shot", "taken_at"].map(|key| format!("Upload-Metadata.{key}"));
        assert_eq!(fields, expected);
    }

    #[test]
    fn a_still_answers_a_request_and_a_photo_does_not() {
        assert!(read(Some(&header(&[("kind", "still"), ("sha256", SHA256)])), now()).is_err());
        let photo = header(&[("kind", "photo"), ("sha256", SHA256), ("still", STILL)]);
        assert!(read(Some(&photo), now()).is_err());
        assert!(read(Some(&HeaderValue::from_static("kind !!!")), now()).is_err());
        assert!(read(None, now()).is_err());
    }
}
