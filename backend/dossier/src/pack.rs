//! Packing: files go by one after the other, their digests are taken on the way, and the manifest with what was
//! found comes last. Memory does not grow with the files, and the length is known before the first byte.

use std::io::{self, Read, Write};

use domain::id::Sha256Hex;

use crate::archive::{Stamp, Writer, length};
use crate::case::Case;
use crate::index;
use crate::manifest::{
    Absent, CERTIFICATES, FACTS, FORMAT, FactLine, File, INDEX, MANIFEST, Manifest, SIGNATURE, SUMS, sums,
};

/// Room that is kept for the seal's signature, whose length is known only when it is made.
const SIGNATURE_BYTES_MAX: usize = 16 * 1024;
/// Carried in one go.
const PIECE_BYTES: usize = 128 * 1024;

/// Opens the bytes of a part when its turn comes.
pub type Source = Box<dyn FnOnce() -> io::Result<Box<dyn Read>> + Send>;

/// One file to be put in.
pub struct Part {
    pub path: String,
    /// In Chinese.
    pub what: String,
    /// The fact that names it.
    pub fact: Option<u64>,
    /// The digest that the fact names.
    pub recorded: Option<Sha256Hex>,
    pub bytes: u64,
    pub source: Source,
}

impl Part {
    /// Of bytes at hand; no fact names them.
    pub fn of(path: impl Into<String>, what: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self {
            path: path.into(),
            what: what.into(),
            fact: None,
            recorded: None,
            bytes: len(&bytes),
            source: Box::new(move || Ok(Box::new(io::Cursor::new(bytes)))),
        }
    }
}

/// Signs the manifest: its bytes to a detached CMS signature in DER.
pub type Seal<'a> = dyn FnOnce(&[u8]) -> Result<Vec<u8>, SealError> + 'a;
pub type SealError = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error("a file cannot be read or the evidence file cannot be written: {0}")]
    Io(#[from] io::Error),
    #[error("the manifest cannot be signed: {0}")]
    Seal(SealError),
    #[error("the record cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the record has no facts")]
    Empty,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    pub bytes: u64,
    pub files: u64,
    /// Paths of files that are no longer what was recorded.
    pub altered: Vec<String>,
    pub absent: usize,
}

/// An evidence file that is ready to be written.
pub struct Plan {
    case: Case,
    parts: Vec<Part>,
    absent: Vec<Absent>,
    manifest: Manifest,
    index_bytes: usize,
}

impl Plan {
    /// `parts` in the order they are to lie in the file; the chain of facts, the page and the manifest are added.
    ///
    /// # Errors
    /// When the record cannot be written as JSON, or has no facts.
    pub fn new(case: Case, mut parts: Vec<Part>, absent: Vec<Absent>) -> Result<Self, PackError> {
        let mut lines = Vec::new();
        for link in &case.links {
            serde_json::to_writer(&mut lines, &FactLine::from(link))?;
            lines.push(b'\n');
        }
        let facts = Part::of(FACTS, "事实链：办理过程中发生的每一件事，逐项以摘要相连", lines);
        // Media last: whoever opens half a download still sees the words.
        let media = parts
            .iter()
            .position(|part| !part.path.starts_with(CERTIFICATES))
            .unwrap_or(parts.len());
        parts.insert(media, facts);
        let files: Vec<File> = parts.iter().map(expected).collect();
        let index_bytes = page_bytes_max(&case, &files, &absent);
        let manifest = Manifest {
            absent: absent.clone(),
            accident_id: case.accident.id,
            chain: case.chain().ok_or(PackError::Empty)?,
            files,
            format: FORMAT.to_owned(),
            made_at: case.made.at,
            made_by: case.made.by.clone(),
            number: case.number().map(str::to_owned),
            reason: case.made.reason.clone(),
            unit: case.made.unit.clone(),
        };
        Ok(Self {
            case,
            parts,
            absent,
            manifest,
            index_bytes,
        })
    }

    /// How many bytes [`Plan::write`] will write: exactly.
    ///
    /// # Errors
    /// When the record cannot be written as JSON.
    pub fn length(&self) -> Result<u64, PackError> {
        let mut manifest = self.manifest.clone();
        let page = File {
            bytes: u64::try_from(self.index_bytes).unwrap_or(u64::MAX),
            ..page_file(&[])
        };
        manifest.files.push(page);
        manifest.files.sort_by(|one, next| one.path.cmp(&next.path));
        let bytes = manifest.to_bytes()?;
        let sums = sums_of(&manifest, &bytes, &[]);
        let ours = [
            (INDEX, u64::try_from(self.index_bytes).unwrap_or(u64::MAX)),
            (MANIFEST, len(&bytes)),
            (SIGNATURE, 0),
            (SUMS, len(sums.as_bytes())),
        ];
        let parts = self.parts.iter().map(|part| (part.path.as_str(), part.bytes));
        let room = u16::try_from(SIGNATURE_BYTES_MAX).unwrap_or(u16::MAX);
        Ok(length(parts.chain(ours), room))
    }

    /// Writes it. `progress` is told how many bytes of how many are done.
    ///
    /// # Errors
    /// When a file cannot be read any more or changes its length on the way, when `seal` fails, or when the
    /// writing does. What was written till then is no ZIP.
    pub fn write(
        self,
        out: impl Write,
        seal: Box<Seal<'_>>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Packed, PackError> {
        let all = self.length()?;
        let Self {
            case,
            parts,
            absent,
            mut manifest,
            index_bytes,
        } = self;
        let stamp = Stamp::of(case.made.at.into_inner());
        let mut writer = Writer::new(out, stamp);
        let mut done = 0;
        let mut report = |bytes: u64| {
            done += bytes;
            progress(done, all);
        };
        report(0);
        let mut buffer = vec![0; PIECE_BYTES];
        for (part, file) in parts.into_iter().zip(&mut manifest.files) {
            file.sha256 = carry(&mut writer, part, &mut buffer, &mut report)?;
        }
        let mut page = index::page(&case, &manifest.files, &absent).into_bytes();
        // Blank lines at the end take the place of notices that were not needed.
        page.resize(index_bytes.max(page.len()), b'\n');
        manifest.files.push(page_file(&page));
        manifest.files.sort_by(|one, next| one.path.cmp(&next.path));
        let bytes = manifest.to_bytes()?;
        let signature = seal(&bytes).map_err(PackError::Seal)?;
        let room = SIGNATURE_BYTES_MAX.checked_sub(signature.len());
        let room = room.and_then(|room| u16::try_from(room).ok());
        let room = room.ok_or_else(|| PackError::Seal("the signature is too long".into()))?;
        let sums = sums_of(&manifest, &bytes, &signature);
        let ours = [
            (INDEX, page.as_slice()),
            (MANIFEST, &bytes),
            (SIGNATURE, &signature),
            (SUMS, sums.as_bytes()),
        ];
        for (name, bytes) in ours {
            let mut adding = writer.add(name, len(bytes))?;
            adding.put(bytes)?;
            adding.end()?;
        }
        let written = writer.finish(room)?;
        progress(written, all);
        let altered = manifest.files.iter().filter(|file| file.is_altered());
        Ok(Packed {
            bytes: written,
            files: u64::try_from(manifest.files.len()).unwrap_or(u64::MAX),
            altered: altered.map(|file| file.path.clone()).collect(),
            absent: absent.len(),
        })
    }
}

fn carry<W: Write>(
    writer: &mut Writer<W>,
    part: Part,
    buffer: &mut [u8],
    report: &mut dyn FnMut(u64),
) -> Result<Sha256Hex, PackError> {
    let mut source = (part.source)()?;
    let mut adding = writer.add(&part.path, part.bytes)?;
    loop {
        let read = match source.read(buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        adding.put(&buffer[..read])?;
        report(u64::try_from(read).unwrap_or(0));
    }
    Ok(hex(adding.end()?))
}

/// A part before it was read: its digest is a guess that is corrected.
fn expected(part: &Part) -> File {
    File {
        bytes: part.bytes,
        fact: part.fact,
        path: part.path.clone(),
        recorded_sha256: part.recorded.clone(),
        sha256: part.recorded.clone().unwrap_or_else(|| Sha256Hex::of(&[])),
        what: part.what.clone(),
    }
}

fn page_file(page: &[u8]) -> File {
    File {
        bytes: len(page),
        fact: None,
        path: INDEX.to_owned(),
        recorded_sha256: None,
        sha256: Sha256Hex::of(page),
        what: "本卷宗的阅读页".to_owned(),
    }
}

/// The longest the page can become, whatever is found on the way.
fn page_bytes_max(case: &Case, files: &[File], absent: &[Absent]) -> usize {
    let worst: Vec<File> = files
        .iter()
        .map(|file| File {
            sha256: Sha256Hex::of(b"something else"),
            ..file.clone()
        })
        .collect();
    let lengths = [files, &worst].map(|files| index::page(case, files, absent).len());
    lengths.into_iter().max().unwrap_or(0)
}

fn sums_of(manifest: &Manifest, bytes: &[u8], signature: &[u8]) -> String {
    let (of_manifest, of_signature) = (Sha256Hex::of(bytes), Sha256Hex::of(signature));
    let files = manifest
        .files
        .iter()
        .map(|file| (file.path.as_str(), &file.sha256));
    sums(files.chain([(MANIFEST, &of_manifest), (SIGNATURE, &of_signature)]))
}

pub(crate) fn hex(digest: [u8; 32]) -> Sha256Hex {
    let text: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    // 32 bytes are always 64 such digits.
    Sha256Hex::new(text).unwrap_or_else(|_| Sha256Hex::of(&[]))
}

fn len(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
