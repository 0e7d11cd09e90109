//! A signature's dictionary with room kept free in it, and the file around that hole.
//!
//! What is signed is the whole file except the hole: /ByteRange says so with numbers that are known only when
//! everything else is written, so both are written at their full width first and filled in place.

use std::ops::Range;

use lopdf::{Dictionary, ObjectId};
use sha2_stable::{Digest, Sha256};

use crate::error::PadesError;
use crate::object::{hex, write_entry};
use crate::revision::Revision;

const NO_RANGE: &str = "[0 0000000000 0000000000 0000000000]";

/// A file in which nothing but the signature is missing.
pub struct Holed {
    bytes: Vec<u8>,
    /// The signature's digits with the brackets around them.
    hole: Range<usize>,
}

impl Holed {
    /// Ends the revision with `signature` as object `id` and `room` bytes for the signature in it.
    pub fn new(
        mut revision: Revision<'_>,
        id: ObjectId,
        signature: &Dictionary,
        room: usize,
    ) -> Result<Self, PadesError> {
        let mut text = b"<<".to_vec();
        for (key, value) in signature {
            write_entry(&mut text, key, value);
        }
        text.extend(b"/ByteRange ");
        let range_at = text.len();
        text.extend(NO_RANGE.bytes());
        text.extend(b"/Contents ");
        let hole_at = text.len();
        text.push(b'<');
        text.resize(hole_at + 1 + room * 2, b'0');
        text.extend(b">>>");
        revision.set_written(id, text);
        let (mut bytes, at) = revision.finish()?;
        let at = at.ok_or(PadesError::Missing("signature"))?;
        let hole = at + hole_at..at + hole_at + room * 2 + 2;
        let range = format!("[0 {} {} {}]", hole.start, hole.end, bytes.len() - hole.end);
        let range = format!("{range:<width$}", width = NO_RANGE.len());
        bytes[at + range_at..at + range_at + NO_RANGE.len()].copy_from_slice(range.as_bytes());
        Ok(Self { bytes, hole })
    }

    /// SHA-256 of what is signed.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::new()
            .chain_update(&self.bytes[..self.hole.start])
            .chain_update(&self.bytes[self.hole.end..])
            .finalize()
            .into()
    }

    /// The file with the signature in its place.
    pub fn filled(mut self, signature: &[u8]) -> Result<Vec<u8>, PadesError> {
        let room = self.hole.len() / 2 - 1;
        if signature.len() > room {
            let needed = signature.len();
            return Err(PadesError::NoRoom { needed, room });
        }
        let start = self.hole.start + 1;
        self.bytes[start..start + signature.len() * 2].copy_from_slice(hex(signature).as_bytes());
        Ok(self.bytes)
    }
}
