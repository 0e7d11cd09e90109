//! The sRGB colour profile that archives ask for, built from its published numbers.
//!
//! ICC.1:2004-10 (version 4), matrix and curve, adapted to D50. Six hundred bytes instead of three kilobytes
//! of somebody's file.

/// Primaries and white in XYZ, D50.
const RED: [f32; 3] = [0.436_07, 0.222_49, 0.013_92];
const GREEN: [f32; 3] = [0.385_15, 0.716_87, 0.097_08];
const BLUE: [f32; 3] = [0.143_07, 0.060_61, 0.714_10];
const WHITE: [f32; 3] = [0.964_2, 1.0, 0.824_9];
/// From D65 to D50 by Bradford.
const ADAPTATION: [f32; 9] = [
    1.047_88, 0.022_92, -0.050_19, 0.029_59, 0.990_48, -0.017_06, -0.009_25, 0.015_08, 0.751_68,
];
/// IEC 61966-2-1: y = (a x + b)^g above d, c x below; in the order g a b c d.
const CURVE: [f32; 5] = [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.040_45];

const HEADER_BYTES: usize = 128;

pub fn srgb() -> Vec<u8> {
    let tags: [(&[u8; 4], Vec<u8>); 10] = [
        (b"desc", text("sRGB IEC61966-2-1")),
        (b"cprt", text("public domain")),
        (b"wtpt", numbers(b"XYZ ", &WHITE)),
        (b"chad", numbers(b"sf32", &ADAPTATION)),
        (b"rXYZ", numbers(b"XYZ ", &RED)),
        (b"gXYZ", numbers(b"XYZ ", &GREEN)),
        (b"bXYZ", numbers(b"XYZ ", &BLUE)),
        (b"rTRC", curve()),
        (b"gTRC", curve()),
        (b"bTRC", curve()),
    ];
    let mut table = length(tags.len());
    let mut body = Vec::new();
    let start = HEADER_BYTES + 4 + 12 * tags.len();
    for (name, bytes) in tags {
        table.extend_from_slice(name);
        table.extend(length(start + body.len()));
        table.extend(length(bytes.len()));
        body.extend(bytes);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let mut profile = header(start + body.len());
    profile.extend(table);
    profile.extend(body);
    profile
}

fn header(size: usize) -> Vec<u8> {
    let mut header = length(size);
    header.extend([0; 4]);
    header.extend([4, 0x20, 0, 0]);
    header.extend_from_slice(b"mntrRGB XYZ ");
    // 2026-01-01 00:00:00: a fixed date, so that every document carries the same bytes.
    header.extend([0x07, 0xEA, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    header.extend_from_slice(b"acsp");
    header.resize(68, 0);
    header.extend(WHITE.iter().flat_map(|&value| fixed(value)));
    header.resize(HEADER_BYTES, 0);
    header
}

fn length(value: usize) -> Vec<u8> {
    u32::try_from(value).unwrap_or(u32::MAX).to_be_bytes().to_vec()
}

/// s15Fixed16
fn fixed(value: f32) -> [u8; 4] {
    ((value * 65536.0).round() as i32).to_be_bytes()
}

fn numbers(kind: &[u8; 4], values: &[f32]) -> Vec<u8> {
    let mut tag = kind.to_vec();
    tag.extend([0; 4]);
    tag.extend(values.iter().flat_map(|&value| fixed(value)));
    tag
}

fn curve() -> Vec<u8> {
    let mut tag = b"para".to_vec();
    tag.extend([0, 0, 0, 0, 0, 3, 0, 0]);
    tag.extend(CURVE.iter().flat_map(|&value| fixed(value)));
    tag
}

fn text(ascii: &str) -> Vec<u8> {
    let utf16: Vec<u8> = ascii.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut tag = b"mluc".to_vec();
    tag.extend([0; 4]);
    tag.extend([0, 0, 0, 1, 0, 0, 0, 12]);
    tag.extend_from_slice(b"enUS");
    tag.extend(length(utf16.len()));
    tag.extend([0, 0, 0, 28]);
    tag.extend(utf16);
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_states_its_own_size_and_stays_small() {
        let profile = srgb();
        assert_eq!(profile[..4], length(profile.len())[..]);
        assert_eq!(&profile[36..40], b"acsp");
        assert!(profile.len() < 700, "{}", profile.len());
    }
}
