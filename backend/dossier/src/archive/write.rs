//! Writing: forwards only, so that it may go straight to whoever downloads it.

use std::collections::BTreeSet;
use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::{
    CENTRAL_BYTES, END_64_BYTES, END_BYTES, Entry, LOCATOR_BYTES, OLD_ENTRIES_MAX, PADDING_HEAD_BYTES, Stamp,
    central_header, descriptor, end, is_big, is_plain, local_header,
};

/// An archive on its way out. Memory: a list of names and numbers, however much goes through.
pub struct Writer<W> {
    out: W,
    at: u64,
    stamp: Stamp,
    entries: Vec<Entry>,
    names: BTreeSet<String>,
}

/// One file on its way into the archive.
pub struct Adding<'a, W> {
    writer: &'a mut Writer<W>,
    name: String,
    offset: u64,
    announced: u64,
    written: u64,
    crc: crc32fast::Hasher,
    sha256: Sha256,
}

impl<W: Write> Writer<W> {
    pub fn new(out: W, stamp: Stamp) -> Self {
        Self {
            out,
            at: 0,
            stamp,
            entries: Vec::new(),
            names: BTreeSet::new(),
        }
    }

    /// Begins a file of just so many bytes.
    ///
    /// # Errors
    /// When the name is not plain or was used before; when the writing fails.
    pub fn add(&mut self, name: &str, bytes: u64) -> io::Result<Adding<'_, W>> {
        if !is_plain(name) || !self.names.insert(name.to_ascii_lowercase()) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("{name:?} cannot be the name of a file in the archive"),
            ));
        }
        let offset = self.at;
        self.put(&local_header(name, bytes, self.stamp))?;
        Ok(Adding {
            writer: self,
            name: name.to_owned(),
            offset,
            announced: bytes,
            written: 0,
            crc: crc32fast::Hasher::new(),
            sha256: Sha256::new(),
        })
    }

    /// Writes the list of entries and the end, with `padding` zeros that mean nothing; answers the length.
    ///
    /// # Errors
    /// When the writing fails.
    pub fn finish(mut self, padding: u16) -> io::Result<u64> {
        let start = self.at;
        let entries = std::mem::take(&mut self.entries);
        for (index, entry) in entries.iter().enumerate() {
            let last = index + 1 == entries.len();
            self.put(&central_header(entry, last.then_some(padding)))?;
        }
        let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        self.put(&end(count, &(start..self.at)))?;
        self.out.flush()?;
        Ok(self.at)
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.at += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(())
    }
}

impl<W: Write> Adding<'_, W> {
    /// # Errors
    /// When more comes than was announced, or the writing fails.
    pub fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.written += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if self.written > self.announced {
            return Err(self.other_length());
        }
        self.crc.update(bytes);
        self.sha256.update(bytes);
        self.writer.put(bytes)
    }

    /// Ends the file; answers the digest of what it is.
    ///
    /// # Errors
    /// When less came than was announced, or the writing fails.
    pub fn end(self) -> io::Result<[u8; 32]> {
        if self.written != self.announced {
            return Err(self.other_length());
        }
        let entry = Entry {
            name: self.name,
            bytes: self.announced,
            crc: self.crc.finalize(),
            offset: self.offset,
            stamp: self.writer.stamp,
        };
        self.writer.put(&descriptor(entry.crc, entry.bytes))?;
        self.writer.entries.push(entry);
        Ok(self.sha256.finalize().into())
    }

    fn other_length(&self) -> io::Error {
        let Self { name, announced, .. } = self;
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("{name} is not the {announced} bytes long that it was a moment ago"),
        )
    }
}

/// How long the archive of these files will be, to the byte: name and length of each, in order.
pub fn length<'a>(files: impl IntoIterator<Item = (&'a str, u64)>, padding: u16) -> u64 {
    let stamp = Stamp(0);
    let size = |bytes: Vec<u8>| u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let (mut at, mut list, mut count) = (0, 0, 0);
    for (name, bytes) in files {
        let offset = at;
        at += size(local_header(name, bytes, stamp)) + bytes + size(descriptor(0, bytes));
        let extra = match (is_big(bytes), is_big(offset)) {
            (false, false) => 0,
            (false, true) => 4 + 8,
            (true, false) => 4 + 16,
            (true, true) => 4 + 24,
        };
        list += u64::try_from(CENTRAL_BYTES + name.len()).unwrap_or(u64::MAX) + extra;
        count += 1;
    }
    if count > 0 {
        list += PADDING_HEAD_BYTES + u64::from(padding);
    }
    let big = count >= OLD_ENTRIES_MAX || is_big(list) || is_big(at);
    let end_64 = if big { END_64_BYTES + LOCATOR_BYTES } else { 0 };
    at + list + end_64 + END_BYTES
}
