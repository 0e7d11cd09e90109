//! The one shape of ZIP that an evidence file has: everything stored, file behind file, nothing in between.
//!
//! Uncompressed, so that its length is known before the first byte, and a small file can never become a big
//! one. Reading and writing share the functions below: a reader makes each header anew and compares, so what
//! was not written just like this is refused. It is no ZIP library: it opens no other ZIP.

mod read;
mod write;

use std::ops::Range;

use time::OffsetDateTime;

pub use read::{Archive, Refused, Visitor};
pub use write::{Writer, length};

/// Longest name, in bytes.
pub const NAME_BYTES_MAX: usize = 200;

const LOCAL: u32 = 0x0403_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
const END: u32 = 0x0605_4b50;

/// Size and checksum follow the data: the checksum is known only then.
const FLAGS: u16 = 1 << 3;
const STORED: u16 = 0;
/// Made on Unix, by version 4.5 of the format (the one with ZIP64).
const MADE_BY: u16 = (3 << 8) | 45;
/// A plain file, readable by everybody.
const ATTRIBUTES: u32 = 0o100_644 << 16;
/// From here on a size does not fit the old fields.
const OLD_MAX: u64 = 0xffff_ffff;
const OLD_ENTRIES_MAX: u64 = 0xffff;
/// Extra field of ZIP64, and the one that ZIP aligners use for zeros that mean nothing.
const EXTRA_64: u16 = 0x0001;
const EXTRA_PADDING: u16 = 0xd935;
/// The extra field of padding has a head of its own.
const PADDING_HEAD_BYTES: u64 = 4;

const CENTRAL_BYTES: usize = 46;
const END_BYTES: u64 = 22;
const END_64_BYTES: u64 = 56;
const LOCATOR_BYTES: u64 = 20;

/// One file in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    /// Of its content.
    pub bytes: u64,
    pub crc: u32,
    /// Where its header begins.
    pub offset: u64,
    stamp: Stamp,
}

/// Date and time as ZIP has them: two seconds exact, and no zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp(u32);

impl Stamp {
    /// On the Chinese clock; before 1980 it is the beginning of 1980.
    pub fn of(at: OffsetDateTime) -> Self {
        let at = at.to_offset(domain::time::CHINA);
        let Ok(year) = u32::try_from(at.year() - 1980) else {
            return Self(0x0021_0000);
        };
        let date = (year.min(127) << 9) | (u32::from(u8::from(at.month())) << 5) | u32::from(at.day());
        let time =
            (u32::from(at.hour()) << 11) | (u32::from(at.minute()) << 5) | (u32::from(at.second()) / 2);
        Self((date << 16) | time)
    }
}

/// A name that leads nowhere but below the folder it is unpacked in, on any system.
pub fn is_plain(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with('.');
    name.len() <= NAME_BYTES_MAX && name.bytes().all(allowed) && name.split('/').all(part)
}

fn is_big(bytes: u64) -> bool {
    bytes >= OLD_MAX
}

/// Bytes put one behind the other, the low one first.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn u16(mut self, value: u16) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    fn u32(mut self, value: u32) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    fn u64(mut self, value: u64) -> Self {
        self.0.extend(value.to_le_bytes());
        self
    }

    /// A size where there is room for 32 bits; a bigger one is elsewhere.
    fn old_size(self, value: u64) -> Self {
        self.u32(u32::try_from(value).unwrap_or(u32::MAX))
    }

    fn length(self, length: usize) -> Self {
        // Names and extra fields are short: both are checked where they are made.
        self.u16(u16::try_from(length).unwrap_or(u16::MAX))
    }

    fn all(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }
}

fn local_header(name: &str, bytes: u64, stamp: Stamp) -> Vec<u8> {
    let big = is_big(bytes);
    let extra = if big {
        Bytes::default().u16(EXTRA_64).u16(16).u64(0).u64(0).0
    } else {
        Vec::new()
    };
    let size = if big { u32::MAX } else { 0 };
    let head = Bytes::default().u32(LOCAL).u16(45).u16(FLAGS).u16(STORED);
    let head = head.u32(stamp.0).u32(0).u32(size).u32(size);
    let head = head.length(name.len()).length(extra.len());
    head.all(name.as_bytes()).all(&extra).0
}

fn descriptor(crc: u32, bytes: u64) -> Vec<u8> {
    let head = Bytes::default().u32(DESCRIPTOR).u32(crc);
    if is_big(bytes) {
        head.u64(bytes).u64(bytes).0
    } else {
        head.old_size(bytes).old_size(bytes).0
    }
}

/// `padding` zeros may stand in the last one.
fn central_header(entry: &Entry, padding: Option<u16>) -> Vec<u8> {
    let mut extra = Bytes::default();
    let (big, far) = (is_big(entry.bytes), is_big(entry.offset));
    if big || far {
        let length = if big { 16 } else { 0 } + if far { 8 } else { 0 };
        extra = extra.u16(EXTRA_64).u16(length);
        if big {
            extra = extra.u64(entry.bytes).u64(entry.bytes);
        }
        if far {
            extra = extra.u64(entry.offset);
        }
    }
    if let Some(padding) = padding {
        let zeros = vec![0; usize::from(padding)];
        extra = extra.u16(EXTRA_PADDING).u16(padding).all(&zeros);
    }
    let head = Bytes::default().u32(CENTRAL).u16(MADE_BY).u16(45);
    let head = head.u16(FLAGS).u16(STORED).u32(entry.stamp.0).u32(entry.crc);
    let head = head.old_size(entry.bytes).old_size(entry.bytes);
    let head = head.length(entry.name.len()).length(extra.0.len());
    // No comment, first disk, no internal attributes.
    let head = head.u16(0).u16(0).u16(0).u32(ATTRIBUTES);
    let head = head.old_size(entry.offset);
    head.all(entry.name.as_bytes()).all(&extra.0).0
}

/// What stands behind the list of entries.
fn end(entries: u64, list: &Range<u64>) -> Vec<u8> {
    let size = list.end - list.start;
    let mut all = Bytes::default();
    if entries >= OLD_ENTRIES_MAX || is_big(size) || is_big(list.start) {
        all = all.u32(END_64).u64(END_64_BYTES - 12).u16(MADE_BY).u16(45);
        all = all.u32(0).u32(0).u64(entries).u64(entries);
        all = all.u64(size).u64(list.start);
        all = all.u32(LOCATOR_64).u32(0).u64(list.end).u32(1);
    }
    let old = u16::try_from(entries).unwrap_or(u16::MAX);
    let all = all.u32(END).u16(0).u16(0).u16(old).u16(old);
    all.old_size(size).old_size(list.start).u16(0).0
}
