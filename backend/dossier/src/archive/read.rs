//! Reading: only what [`super::Writer`] writes, byte for byte accounted for.
//!
//! There is no place for a second list of entries, for anything before, between or behind the files, and none
//! for a file that two lists tell differently.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek, SeekFrom};

use sha2::{Digest, Sha256};

use super::{
    ATTRIBUTES, CENTRAL, CENTRAL_BYTES, END, END_64, END_64_BYTES, END_BYTES, EXTRA_64, EXTRA_PADDING, Entry,
    FLAGS, LOCATOR_64, LOCATOR_BYTES, STORED, Stamp, central_header, descriptor, end, is_plain, local_header,
};

/// More files than any case has; a list of this many still fits into memory.
const ENTRIES_MAX: u64 = 100_000;
/// Read in one go.
const PIECE_BYTES: usize = 64 * 1024;

/// Why a ZIP is none of ours.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("文件读取失败：{0}")]
    Io(#[from] io::Error),
    /// Code for machines, the file it is about, and a sentence.
    #[error("{message}")]
    Shape {
        code: &'static str,
        name: Option<String>,
        message: String,
    },
}

fn shape(code: &'static str, message: impl Into<String>) -> Refused {
    Refused::Shape {
        code,
        name: None,
        message: message.into(),
    }
}

fn shape_of(code: &'static str, name: &str, message: impl Into<String>) -> Refused {
    Refused::Shape {
        code,
        name: Some(name.to_owned()),
        message: message.into(),
    }
}

/// An archive whose list of entries has been read.
pub struct Archive<R> {
    reader: R,
    entries: Vec<Entry>,
    /// Where the list begins, and so the last file ends.
    list: u64,
    length: u64,
}

/// The numbers at the end of the file.
struct Ending {
    entries: u64,
    size: u64,
    offset: u64,
    /// Where the list must end.
    begins: u64,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the list of entries.
    ///
    /// # Errors
    /// [`Refused`] when it is not just as [`super::Writer`] writes it.
    pub fn open(mut reader: R) -> Result<Self, Refused> {
        let length = reader.seek(SeekFrom::End(0))?;
        let ending = ending(&mut reader, length)?;
        if ending.entries > ENTRIES_MAX {
            return Err(shape("zip_too_many", "文件数量过多，不是本系统的卷宗"));
        }
        reader.seek(SeekFrom::Start(ending.offset))?;
        let mut list = io::BufReader::new((&mut reader).take(ending.size));
        let mut entries = Vec::new();
        let mut names = BTreeSet::new();
        for index in 0..ending.entries {
            let entry = listed(&mut list, index + 1 == ending.entries)?;
            if !names.insert(entry.name.to_ascii_lowercase()) {
                return Err(shape_of("zip_duplicate", &entry.name, "同名文件出现了两次"));
            }
            entries.push(entry);
        }
        if list.read(&mut [0])? != 0 {
            return Err(shape("zip_ambiguous", "目录中有多余的内容"));
        }
        drop(list);
        Ok(Self {
            reader,
            entries,
            list: ending.offset,
            length,
        })
    }

    /// Of the whole archive.
    pub fn length(&self) -> u64 {
        self.length
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The content of one small file, ahead of its turn; nothing is checked yet. `None` when there is no such file.
    ///
    /// # Errors
    /// [`Refused`] when it is longer than `bytes_max` or its header is not where it should be.
    pub fn read(&mut self, name: &str, bytes_max: u64) -> Result<Option<Vec<u8>>, Refused> {
        let Some(entry) = self.entries.iter().find(|entry| entry.name == name) else {
            return Ok(None);
        };
        if entry.bytes > bytes_max {
            return Err(shape_of("zip_too_large", name, "文件过大，不是本系统的卷宗"));
        }
        self.reader.seek(SeekFrom::Start(entry.offset))?;
        let header = local_header(&entry.name, entry.bytes, entry.stamp);
        expect(&mut self.reader, &header, || {
            shape_of("zip_header", name, "文件头与目录的记载不一致")
        })?;
        let mut bytes = vec![0; usize::try_from(entry.bytes).unwrap_or(0)];
        match self.reader.read_exact(&mut bytes) {
            Ok(()) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Err(shape_of("zip_short", name, "文件不完整：内容没有到头"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Goes through every file in order. `begin` is told which comes; `piece` gets its content; `end` its digest.
    ///
    /// # Errors
    /// [`Refused`] at the first byte that is not as it must be.
    pub fn walk(&mut self, visitor: &mut dyn Visitor) -> Result<(), Refused> {
        let mut reader = io::BufReader::with_capacity(PIECE_BYTES, &mut self.reader);
        reader.seek(SeekFrom::Start(0))?;
        let mut at = 0;
        let mut buffer = vec![0; PIECE_BYTES];
        for entry in &self.entries {
            if entry.offset != at {
                let message = "与前一个文件之间有夹带的内容，或与其重叠";
                return Err(shape_of("zip_gap", &entry.name, message));
            }
            let header = local_header(&entry.name, entry.bytes, entry.stamp);
            let wrong = "文件头与目录的记载不一致";
            expect(&mut reader, &header, || {
                shape_of("zip_header", &entry.name, wrong)
            })?;
            visitor.begin(entry);
            let crc = content(&mut reader, entry, &mut buffer, visitor)?;
            let tail = descriptor(entry.crc, entry.bytes);
            expect(&mut reader, &tail, || {
                shape_of("zip_header", &entry.name, "文件尾与目录的记载不一致")
            })?;
            if crc != entry.crc {
                return Err(shape_of(
                    "zip_checksum",
                    &entry.name,
                    "内容与校验码不符，文件已损坏或被改动",
                ));
            }
            let around = header.len() + tail.len();
            at += entry.bytes + u64::try_from(around).unwrap_or(u64::MAX);
        }
        if at == self.list {
            Ok(())
        } else {
            Err(shape("zip_gap", "最后一个文件与目录之间有夹带的内容"))
        }
    }
}

/// What is done with the files as they pass.
pub trait Visitor {
    fn begin(&mut self, entry: &Entry);
    fn piece(&mut self, entry: &Entry, bytes: &[u8]);
    fn end(&mut self, entry: &Entry, sha256: [u8; 32]);
}

fn content(
    reader: &mut impl Read,
    entry: &Entry,
    buffer: &mut [u8],
    visitor: &mut dyn Visitor,
) -> Result<u32, Refused> {
    let (mut crc, mut sha256) = (crc32fast::Hasher::new(), Sha256::new());
    let mut left = entry.bytes;
    while left > 0 {
        let most = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let read = reader.read(&mut buffer[..most])?;
        if read == 0 {
            return Err(shape_of("zip_short", &entry.name, "文件不完整：内容没有到头"));
        }
        let piece = &buffer[..read];
        crc.update(piece);
        sha256.update(piece);
        visitor.piece(entry, piece);
        left -= u64::try_from(read).unwrap_or(left);
    }
    visitor.end(entry, sha256.finalize().into());
    Ok(crc.finalize())
}

/// The next bytes must be these.
fn expect(reader: &mut impl Read, wanted: &[u8], otherwise: impl Fn() -> Refused) -> Result<(), Refused> {
    let mut found = vec![0; wanted.len()];
    match reader.read_exact(&mut found) {
        Ok(()) if found == wanted => Ok(()),
        Ok(()) => Err(otherwise()),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(otherwise()),
        Err(error) => Err(error.into()),
    }
}

fn ending(reader: &mut (impl Read + Seek), length: u64) -> Result<Ending, Refused> {
    let no_zip = || shape("zip_end", "不是完整的 ZIP 文件，或结尾后还有别的内容");
    let begins = length.checked_sub(END_BYTES).ok_or_else(no_zip)?;
    let tail = read_at(reader, begins, END_BYTES)?;
    if u32_at(&tail, 0) != END {
        return Err(no_zip());
    }
    let old = Ending {
        entries: u64::from(u16_at(&tail, 10)),
        size: u64::from(u32_at(&tail, 12)),
        offset: u64::from(u32_at(&tail, 16)),
        begins,
    };
    let found = match begins.checked_sub(LOCATOR_BYTES + END_64_BYTES) {
        Some(at) => end_64(reader, at)?.unwrap_or(old),
        None => old,
    };
    if found.offset.checked_add(found.size) != Some(found.begins) {
        let message = "目录与文件结尾之间不连续：可能有两个目录或夹带内容";
        return Err(shape("zip_ambiguous", message));
    }
    // Made anew from these numbers it must be the same, whichever of both forms it has.
    let list = found.offset..found.begins;
    let wanted = end(found.entries, &list);
    let there = length - found.begins;
    if u64::try_from(wanted.len()) != Ok(there) || read_at(reader, found.begins, there)? != wanted {
        return Err(shape("zip_end", "ZIP 结尾的记载前后不一致"));
    }
    Ok(found)
}

fn end_64(reader: &mut (impl Read + Seek), at: u64) -> Result<Option<Ending>, Refused> {
    let bytes = read_at(reader, at, END_64_BYTES + LOCATOR_BYTES)?;
    let locator = usize::try_from(END_64_BYTES).unwrap_or(0);
    if u32_at(&bytes, locator) != LOCATOR_64 || u32_at(&bytes, 0) != END_64 {
        return Ok(None);
    }
    Ok(Some(Ending {
        entries: u64_at(&bytes, 32),
        size: u64_at(&bytes, 40),
        offset: u64_at(&bytes, 48),
        begins: at,
    }))
}

fn read_at(reader: &mut (impl Read + Seek), at: u64, bytes: u64) -> Result<Vec<u8>, Refused> {
    reader.seek(SeekFrom::Start(at))?;
    let mut found = vec![0; usize::try_from(bytes).unwrap_or(0)];
    reader.read_exact(&mut found)?;
    Ok(found)
}

/// The next line of the list; named tricks get their own sentence, everything else odd a general one.
fn listed(list: &mut impl Read, last: bool) -> Result<Entry, Refused> {
    let short = |error: io::Error| match error.kind() {
        io::ErrorKind::UnexpectedEof => shape("zip_list", "目录不完整"),
        _ => error.into(),
    };
    let mut head = vec![0; CENTRAL_BYTES];
    list.read_exact(&mut head).map_err(short)?;
    if u32_at(&head, 0) != CENTRAL {
        return Err(shape("zip_list", "目录不完整，或条目数与记载不符"));
    }
    let lengths = [28, 30, 32].map(|at| usize::from(u16_at(&head, at)));
    let mut rest = vec![0; lengths.iter().sum()];
    list.read_exact(&mut rest).map_err(short)?;
    let (name, rest_of) = rest.split_at(lengths[0]);
    let (extra, _comment) = rest_of.split_at(lengths[1]);
    let shown = String::from_utf8_lossy(name).into_owned();
    let refuse = |code, message: &str| Err(shape_of(code, &shown, message));
    if !is_plain(&shown) {
        return refuse("zip_name", "文件名可疑：可能指向别处（绝对路径、“..”、特殊字符）");
    }
    let kind = (u32_at(&head, 38) >> 16) & 0o170_000;
    if kind == 0o120_000 {
        return refuse("zip_symlink", "是符号链接，不是文件");
    }
    if u16_at(&head, 10) != STORED {
        return refuse("zip_compressed", "是压缩的：卷宗不压缩，压缩的内容可能是解压炸弹");
    }
    if u16_at(&head, 8) != FLAGS || u32_at(&head, 38) != ATTRIBUTES {
        return refuse("zip_header", "带有卷宗不使用的标志（例如加密）");
    }
    let mut entry = Entry {
        name: shown.clone(),
        bytes: u64::from(u32_at(&head, 20)),
        crc: u32_at(&head, 16),
        offset: u64::from(u32_at(&head, 42)),
        stamp: Stamp(u32_at(&head, 12)),
    };
    let padding = extras(extra, &mut entry);
    // Made anew from what was understood it must be the same: nothing else is said anywhere.
    let wanted = central_header(&entry, last.then_some(padding));
    let found: Vec<u8> = head.into_iter().chain(rest).collect();
    if found == wanted {
        Ok(entry)
    } else {
        refuse("zip_header", "目录条目不是本系统写出的样子")
    }
}

/// Takes in the big sizes; answers how much padding there is. What is odd shows when it is made anew.
fn extras(mut extra: &[u8], entry: &mut Entry) -> u16 {
    let mut padding = 0;
    while let [a, b, c, d, rest @ ..] = extra {
        let (kind, length) = (u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d]));
        let (body, after) = rest.split_at(usize::from(length).min(rest.len()));
        if kind == EXTRA_64 {
            let mut numbers = body
                .as_chunks::<8>()
                .0
                .iter()
                .map(|bytes| u64::from_le_bytes(*bytes));
            if entry.bytes == u64::from(u32::MAX) {
                // Stored: twice the same number, as the comparison insists.
                entry.bytes = numbers.next().unwrap_or(entry.bytes);
                numbers.next();
            }
            if entry.offset == u64::from(u32::MAX) {
                entry.offset = numbers.next().unwrap_or(entry.offset);
            }
        } else if kind == EXTRA_PADDING {
            padding = length;
        }
        extra = after;
    }
    padding
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes
        .get(at..at + 2)
        .map_or(0, |two| u16::from_le_bytes([two[0], two[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | (u32::from(u16_at(bytes, at + 2)) << 16)
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | (u64::from(u32_at(bytes, at + 4)) << 32)
}
