//! What a photo must be before it is evidence, and the smaller picture that is shown of it.
//!
//! The original bytes are never touched: what the phone wrote into the file is evidence too. A file is
//! believed to be a photo only after its header was found within the limits and then every pixel decoded.

use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use tokio::sync::Semaphore;

use crate::config::{PHOTO_PX_MAX, PHOTO_SIDE_PX_MAX};
use crate::refusal::{AppError, Kind, Refusal, Result};

/// Memory one decode may take, in bytes.
const DECODE_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Longest side of the picture that is shown, in pixels.
pub const SHOWN_SIDE_PX_MAX: u32 = 1600;
pub(crate) const SHOWN_QUALITY: u8 = 82;

/// One decode at a time per core: each may take [`DECODE_BYTES_MAX`] of memory.
static DECODERS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)));

/// A file that is a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Photo {
    pub media_type: &'static str,
    /// Pixels as stored; a turned phone's orientation mark is not applied.
    pub width: u32,
    pub height: u32,
}

/// Looks at the file at `path` and decodes it whole.
///
/// # Errors
/// `unsupported_media_type` when it is no JPEG, PNG or WebP, or ends too early; `image_too_large` by
/// its header alone, before anything is decoded.
pub async fn inspect(path: PathBuf) -> Result<Photo> {
    decoding(move || decode(&path).map(|(photo, _)| photo)).await
}

/// The picture that is shown of the photo at `path`: upright, at most [`SHOWN_SIDE_PX_MAX`], JPEG, and
/// with nothing of the original but its pixels.
///
/// # Errors
/// As [`inspect`].
pub async fn shown(path: PathBuf) -> Result<Vec<u8>> {
    decoding(move || {
        let (_, picture) = decode(&path)?;
        let fitting = if picture.width().max(picture.height()) > SHOWN_SIDE_PX_MAX {
            picture.thumbnail(SHOWN_SIDE_PX_MAX, SHOWN_SIDE_PX_MAX)
        } else {
            picture
        };
        let mut jpeg = Cursor::new(Vec::new());
        JpegEncoder::new_with_quality(&mut jpeg, SHOWN_QUALITY)
            .encode_image(&fitting.into_rgb8())
            .map_err(|error| AppError::Inconsistent(format!("a picture could not be written: {error}")))?;
        Ok(jpeg.into_inner())
    })
    .await
}

/// Work on a picture off the async threads, no more of it at once than there are cores.
pub(crate) async fn decoding<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let _permit = DECODERS
        .acquire()
        .await
        .map_err(|_| AppError::Inconsistent("the decoders are closed".to_owned()))?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| AppError::Inconsistent(format!("a decoder ended early: {error}")))?
}

fn decode(path: &Path) -> Result<(Photo, DynamicImage)> {
    let file = BufReader::new(File::open(path)?);
    let mut reader = ImageReader::new(file).with_guessed_format()?;
    let media_type = match reader.format() {
        Some(ImageFormat::Jpeg) => "image/jpeg",
        Some(ImageFormat::Png) => "image/png",
        Some(ImageFormat::WebP) => "image/webp",
        _ => return Err(not_a_photo()),
    };
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(DECODE_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    if width.max(height) > PHOTO_SIDE_PX_MAX || u64::from(width) * u64::from(height) > PHOTO_PX_MAX {
        return Err(too_many_pixels());
    }
    let orientation = decoder.orientation().map_err(refused)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    picture.apply_orientation(orientation);
    Ok((
        Photo {
            media_type,
            width,
            height,
        },
        picture,
    ))
}

fn refused(error: ImageError) -> AppError {
    match error {
        ImageError::Limits(_) => too_many_pixels(),
        ImageError::IoError(error) if error.kind() != std::io::ErrorKind::UnexpectedEof => error.into(),
        _ => not_a_photo(),
    }
}

fn not_a_photo() -> AppError {
    let message = "这个文件不是照片，请上传 JPEG、PNG 或 WebP 图片";
    Refusal::new(Kind::UnsupportedMedia, "unsupported_media_type", message).into()
}

fn too_many_pixels() -> AppError {
    let mut refusal = Refusal::invalid_field(
        "photo",
        "image_too_large",
        "照片像素过大，请用普通照片模式重新拍摄",
    );
    refusal.code = "image_too_large";
    refusal.into()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use image::{Rgb, RgbImage};

    /// A real photo of this size, as a phone would send it.
    pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
        let picture = RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, (x ^ y) as u8]));
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
        bytes.into_inner()
    }

    /// A PNG that claims this size and holds no pixel.
    pub(crate) fn png_header(width: u32, height: u32) -> Vec<u8> {
        let mut chunk = b"IHDR".to_vec();
        chunk.extend_from_slice(&width.to_be_bytes());
        chunk.extend_from_slice(&height.to_be_bytes());
        chunk.extend_from_slice(&[8, 2, 0, 0, 0]);
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        bytes.extend_from_slice(&13_u32.to_be_bytes());
        bytes.extend_from_slice(&chunk);
        bytes.extend_from_slice(&crc32(&chunk).to_be_bytes());
        let mut data = b"IDAT".to_vec();
        data.extend_from_slice(&[0x78, 0x9c]);
        bytes.extend_from_slice(&2_u32.to_be_bytes());
        bytes.extend_from_slice(&data);
        bytes.extend_from_slice(&crc32(&data).to_be_bytes());
        bytes
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| {
                (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
            })
        })
    }

    async fn code_of(bytes: &[u8]) -> &'static str {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        match inspect(path).await {
            Err(AppError::Refused(refusal)) => refusal.code,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_photo_is_known_by_its_bytes_and_shown_smaller() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("photo");
        std::fs::write(&path, jpeg(2000, 500)).unwrap();
        let photo = inspect(path.clone()).await.unwrap();
        assert_eq!(
            photo,
            Photo {
                media_type: "image/jpeg",
                width: 2000,
                height: 500
            }
        );
        let shown = image::load_from_memory(&shown(path).await.unwrap()).unwrap();
        assert_eq!((shown.width(), shown.height()), (1600, 400));
    }

    #[tokio::test]
    async fn what_is_not_a_photo_is_refused_whatever_it_calls_itself() {
        let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
        let whole = jpeg(64, 64);
        for bytes in [
            &b""[..],
            b"%PDF-1.7",
            svg,
            b"\xff\xd8\xff\xe0 not really",
            &whole[..whole.len() / 2],
        ] {
            assert_eq!(
                code_of(bytes).await,
                "unsupported_media_type",
                "{:?}",
                &bytes[..bytes.len().min(12)]
            );
        }
    }

    #[tokio::test]
    async fn a_hundred_megapixels_are_refused_by_the_header_alone() {
        assert_eq!(code_of(&png_header(10_000, 10_000)).await, "image_too_large");
        assert_eq!(code_of(&png_header(30_000, 30_000)).await, "image_too_large");
        assert_eq!(code_of(&png_header(12_001, 1)).await, "image_too_large");
        assert_eq!(code_of(&png_header(100, 100)).await, "unsupported_media_type");
    }
}
