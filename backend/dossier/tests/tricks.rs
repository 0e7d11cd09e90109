//! The tricks that ZIP files are known for are refused, and a file of gigabytes is checked in little memory.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod common;

use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};

use common::check::{anchors, place, plain, refused};
use common::{case, good, house, now, parts};
use dossier::{INDEX, Plan, SUMS};
use zip::write::SimpleFileOptions;

const PHOTO: &str = "photos/0002-party-1-overview.jpg";

fn zip_of(more: impl FnOnce(&mut zip::ZipWriter<&mut Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let mut zip = zip::ZipWriter::new(&mut out);
    more(&mut zip);
    zip.finish().unwrap();
    out.into_inner()
}

#[test]
fn names_that_lead_out_of_the_folder_are_refused() {
    for name in [
        "../evil",
        "/etc/passwd",
        "a/../../b",
        "C:\\evil",
        "a\\..\\b",
        "folder/",
        "./a",
    ] {
        let file = zip_of(|zip| {
            zip.start_file(name, plain()).unwrap();
            zip.write_all(b"x").unwrap();
        });
        refused(&file, "zip_name");
    }
}

#[test]
fn symbolic_links_are_refused() {
    refused(
        &zip_of(|zip| zip.add_symlink("link", "/etc/passwd", plain()).unwrap()),
        "zip_symlink",
    );
}

#[test]
fn compressed_files_are_refused_before_they_are_opened() {
    let bomb = zip_of(|zip| {
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
        zip.start_file("photos/bomb.jpg", options).unwrap();
        io::copy(&mut io::repeat(0).take(64 << 20), zip).unwrap();
    });
    assert!(bomb.len() < 1 << 20);
    refused(&bomb, "zip_compressed");
}

#[test]
fn the_same_name_twice_is_refused_also_in_other_letters() {
    let file = good(&house(1));
    // The list says the name of another one.
    for name in [SUMS, "sha256sums"] {
        let mut twice = file.clone();
        let at = place(&file, INDEX.as_bytes(), place_count(&file, INDEX.as_bytes()) - 1);
        twice[at..at + 10].copy_from_slice(name.as_bytes());
        refused(&twice, "zip_duplicate");
    }
}

fn place_count(file: &[u8], needle: &[u8]) -> usize {
    file.windows(needle.len())
        .filter(|found| *found == needle)
        .count()
}

#[test]
fn a_second_list_of_files_is_refused_wherever_it_stands() {
    let file = good(&house(1));
    let other = good(&house(7));
    refused(&[&other[..], &file[..]].concat(), "zip_ambiguous");
    // A whole archive between the last file and the list, its numbers mended.
    let list = u32::from_le_bytes(file[file.len() - 6..file.len() - 2].try_into().unwrap());
    let at = usize::try_from(list).unwrap();
    let mut between = [&file[..at], &other[..], &file[at..]].concat();
    let moved = u32::try_from(at + other.len()).unwrap().to_le_bytes();
    let end = between.len();
    between[end - 6..end - 2].copy_from_slice(&moved);
    refused(&between, "zip_gap");
    // And before the first one: every offset would have to be wrong.
    let mut before = [&b"#!/bin/sh\n"[..], &file[..]].concat();
    let moved = (list + 10).to_le_bytes();
    let end = before.len();
    before[end - 6..end - 2].copy_from_slice(&moved);
    refused(&before, "zip_header");
}

#[test]
fn two_lists_that_tell_a_file_differently_are_refused() {
    let file = good(&house(1));
    let mut other = file.clone();
    let at = place(&file, PHOTO.as_bytes(), 0);
    other[at] = b'q';
    refused(&other, "zip_header");
    let mut encrypted = file.clone();
    let last = place(&file, b"PK\x01\x02", 0);
    encrypted[last + 8] |= 1;
    refused(&encrypted, "zip_header");
}

static SEVENS: [u8; 1 << 18] = [7; 1 << 18];

/// A file of many gigabytes of which only what was written exists.
struct Sparse {
    pieces: Vec<(u64, Vec<u8>)>,
    length: u64,
    at: u64,
}

impl Write for Sparse {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The film is all sevens: those are not kept.
        if bytes.len() > SEVENS.len() || bytes.len() < 64 << 10 || *bytes != SEVENS[..bytes.len()] {
            self.pieces.push((self.length, bytes.to_vec()));
        }
        self.length += u64::try_from(bytes.len()).unwrap();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Sparse {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let next = self
            .pieces
            .partition_point(|(start, bytes)| start + bytes.len() as u64 <= self.at);
        let left = usize::try_from(self.length - self.at)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let read = match self.pieces.get(next) {
            Some((start, bytes)) if *start <= self.at => {
                let from = usize::try_from(self.at - start).unwrap();
                let count = left.min(bytes.len() - from);
                buffer[..count].copy_from_slice(&bytes[from..from + count]);
                count
            }
            Some((start, _)) => {
                let count = left.min(usize::try_from(start - self.at).unwrap_or(usize::MAX));
                buffer[..count].fill(7);
                count
            }
            None => {
                buffer[..left].fill(7);
                left
            }
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => self.length.checked_add_signed(by).unwrap(),
            SeekFrom::Current(by) => self.at.checked_add_signed(by).unwrap(),
        };
        Ok(self.at)
    }
}

#[test]
fn more_than_four_gigabytes_are_checked_in_the_memory_of_a_small_case() {
    const BYTES: u64 = (1 << 32) + 77;
    let house = house(1);
    let case = case();
    let mut parts = parts(&case, &house);
    let film = parts.last_mut().unwrap();
    film.bytes = BYTES;
    film.source = Box::new(|| Ok(Box::new(common::Pattern { left: BYTES })));
    let mut file = Sparse {
        pieces: Vec::new(),
        length: 0,
        at: 0,
    };
    let seal = Box::new(|manifest: &[u8]| Ok(house.sign(manifest)));
    let plan = Plan::new(case, parts, Vec::new()).unwrap();
    plan.write(&mut file, seal, &mut |_, _| {}).unwrap();
    let kept: usize = file.pieces.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(kept < 1 << 20, "{kept}");
    let before = common::peak_kib();
    let mut last = (0, 0);
    let report = dossier::verify(&mut file, &anchors(1), now(), &mut |done, all| last = (done, all)).unwrap();
    // The film is not the one that was recorded, and nothing else is wrong.
    let codes: Vec<_> = report.troubles.iter().map(|trouble| trouble.code).collect();
    assert_eq!(codes, ["file_altered"]);
    assert!(report.bytes > BYTES && last.0 > BYTES && last.1 == report.bytes);
    let grown = common::peak_kib() - before;
    assert!(grown < 32 * 1024, "{grown} KiB more");
}
