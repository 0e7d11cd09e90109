//! A photo on its way up: tus 1.0 spoken by hand, so that a test can stop it wherever it likes.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::Method;
use sha2::{Digest, Sha256};

use crate::acting::Driver;
use crate::client::{API, Answer};

/// A small real JPEG; `shade` makes two of them differ.
pub fn jpeg(shade: u8) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(320, 240, |x, y| {
        let stripe = u8::try_from((x / 8 + y / 8) % 2).unwrap_or(0);
        image::Rgb([shade, stripe.wrapping_mul(200), 90])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .expect("a picture can be written");
    bytes.into_inner()
}

/// A real PNG of one colour, `side` × `side` pixels: small on the wire, large in memory.
pub fn flat_png(side: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::GrayImage::new(side, side)
        .write_to(&mut bytes, image::ImageFormat::Png)
        .expect("a picture can be written");
    bytes.into_inner()
}

/// SHA-256 in hex, as the phone computes it before it sends.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Driver {
    /// Announces a photo of `length` bytes with this digest.
    pub async fn announces(&self, length: usize, sha256: &str, taken_at: &str) -> Answer {
        let pairs = [
            ("kind", "photo"),
            ("shot", "overview"),
            ("sha256", sha256),
            ("taken_at", taken_at),
        ];
        let metadata: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name} {}", BASE64_STANDARD.encode(value)))
            .collect();
        let request = self
            .client
            .request(Method::POST, &format!("{API}{}", self.path("uploads")));
        let request = request
            .header("tus-resumable", "1.0.0")
            .header("upload-length", length.to_string());
        self.client
            .send(request.header("upload-metadata", metadata.join(",")))
            .await
    }

    /// Sends bytes from an offset on.
    pub async fn sends(&self, upload: &str, offset: usize, bytes: Vec<u8>) -> Answer {
        let request = self.client.request(Method::PATCH, upload);
        let request = request
            .header("tus-resumable", "1.0.0")
            .header("upload-offset", offset.to_string());
        let request = request.header("content-type", "application/offset+octet-stream");
        self.client.send(request.body(bytes)).await
    }

    /// How many bytes have arrived.
    pub async fn arrived(&self, upload: &str) -> Option<usize> {
        let request = self
            .client
            .request(Method::HEAD, upload)
            .header("tus-resumable", "1.0.0");
        let answer = self.client.send(request).await;
        answer.headers.get("upload-offset")?.to_str().ok()?.parse().ok()
    }

    /// A whole photo in one go, answered by its last PATCH.
    pub async fn uploads(&self, bytes: Vec<u8>, taken_at: &str) -> Answer {
        let announced = self.announces(bytes.len(), &sha256(&bytes), taken_at).await;
        if announced.status != 201 {
            return announced;
        }
        let upload = location(&announced);
        self.sends(&upload, 0, bytes).await
    }
}

/// The path of an announced upload.
pub fn location(announced: &Answer) -> String {
    let place = announced
        .headers
        .get("location")
        .and_then(|place| place.to_str().ok());
    let place = place.unwrap_or_else(|| panic!("nothing was announced: {announced}"));
    match place.split_once("://").and_then(|(_, rest)| rest.split_once('/')) {
        Some((_, path)) => format!("/{path}"),
        None => place.to_owned(),
    }
}
