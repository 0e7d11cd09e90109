//! What the tests of the checker share: files that somebody has been at, and what is found in them.

use std::io::{self, Cursor};

use dossier::{Part, Plan, Report};
use pades::verify::Anchors;
use zip::write::SimpleFileOptions;

use super::{case, house, now, packed, parts};

pub fn anchors(random: u8) -> Anchors {
    Anchors::from_pem(&house(random).ca_pem()).unwrap()
}

pub fn checked(file: &[u8]) -> Report {
    dossier::verify(Cursor::new(file), &anchors(1), now(), &mut |_, _| {}).unwrap()
}

/// The codes of what is wrong.
#[track_caller]
pub fn codes(file: &[u8]) -> Vec<&'static str> {
    let report = checked(file);
    let codes: Vec<_> = report.troubles.iter().map(|trouble| trouble.code).collect();
    assert_eq!(report.valid, codes.is_empty(), "{report:?}");
    codes
}

#[track_caller]
pub fn refused(file: &[u8], code: &str) {
    let found = codes(file);
    assert!(found.contains(&code), "{code} is not among {found:?}");
}

/// Where `needle` stands in `file`, the `nth` time.
pub fn place(file: &[u8], needle: &[u8], nth: usize) -> usize {
    let all = file
        .windows(needle.len())
        .enumerate()
        .filter(|(_, found)| *found == needle);
    all.map(|(at, _)| at).nth(nth).unwrap()
}

/// The same file with a CRC that fits the content again, as somebody with a hex editor would leave it.
pub fn mended(file: &[u8], change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) -> Vec<u8> {
    use dossier::archive::{Archive, Stamp, Writer};
    let mut archive = Archive::open(Cursor::new(file)).unwrap();
    let names: Vec<String> = archive.entries().iter().map(|entry| entry.name.clone()).collect();
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out, Stamp::of(now()));
    for name in names {
        let bytes = archive.read(&name, u64::MAX).unwrap().unwrap();
        if let Some(bytes) = change(&name, bytes) {
            let mut adding = writer.add(&name, u64::try_from(bytes.len()).unwrap()).unwrap();
            adding.put(&bytes).unwrap();
            adding.end().unwrap();
        }
    }
    writer.finish(0).unwrap();
    out
}

/// One file's text replaced.
pub fn replaced(file: &[u8], path: &str, from: &str, to: &str) -> Vec<u8> {
    mended(file, |name, bytes| {
        Some(if name == path {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains(from), "{text}");
            text.replacen(from, to, 1).into_bytes()
        } else {
            bytes
        })
    })
}

/// Packed anew with another file beside, every list of it made to fit: only the seal is missing.
pub fn resealed(extra: impl FnOnce(&mut Vec<Part>), by: u8) -> Vec<u8> {
    let case = case();
    let mut parts = parts(&case, &house(1));
    extra(&mut parts);
    packed(Plan::new(case, parts, Vec::new()).unwrap(), &house(by))
}

pub fn plain() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored)
}

pub fn zip_with(file: &[u8], more: impl FnOnce(&mut zip::ZipWriter<&mut Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let mut zip = zip::ZipWriter::new(&mut out);
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        zip.start_file(entry.name().unwrap().into_owned(), plain())
            .unwrap();
        io::copy(&mut entry, &mut zip).unwrap();
    }
    more(&mut zip);
    zip.finish().unwrap();
    out.into_inner()
}
