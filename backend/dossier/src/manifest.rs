//! The manifest: what lies in the evidence file and what it is. Its bytes are what the seal signs.
//!
//! Canonical: keys and files in the order of their names, no blanks, one line. Two readers cannot read it two
//! ways, and its length is known before any file has been read: every digest is as long as every other.

use domain::fact::Link;
use domain::id::{AccidentId, Sha256Hex};
use domain::time::Instant;
use serde::{Deserialize, Serialize};

pub const FORMAT: &str = "kuaichu-evidence-file/1";

pub const MANIFEST: &str = "manifest.json";
pub const SIGNATURE: &str = "manifest.json.p7s";
pub const SUMS: &str = "SHA256SUMS";
pub const INDEX: &str = "index.html";
pub const FACTS: &str = "facts/facts.jsonl";
pub const CERTIFICATES: &str = "certificates/";

// Fields stand in the order of their names: that is what makes it canonical.

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Files that facts name and that are not to be had any more: told, not hidden.
    pub absent: Vec<Absent>,
    pub accident_id: AccidentId,
    pub chain: Chain,
    pub files: Vec<File>,
    pub format: String,
    pub made_at: Instant,
    /// Who asked for it.
    pub made_by: String,
    /// 文书编号 of the finding; none while there is none.
    pub number: Option<String>,
    /// What it was asked for.
    pub reason: String,
    pub unit: String,
}

/// Where the chain of facts ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    pub facts: u64,
    pub last_digest: Sha256Hex,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub bytes: u64,
    /// The fact that names it.
    pub fact: Option<u64>,
    pub path: String,
    /// As the fact says; another than `sha256` means that what was kept is no longer what was recorded.
    pub recorded_sha256: Option<Sha256Hex>,
    /// Of the bytes in this evidence file.
    pub sha256: Sha256Hex,
    pub what: String,
}

impl File {
    pub fn is_altered(&self) -> bool {
        self.recorded_sha256
            .as_ref()
            .is_some_and(|recorded| *recorded != self.sha256)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absent {
    pub fact: u64,
    pub recorded_sha256: Sha256Hex,
    pub what: String,
}

impl Manifest {
    /// The bytes that are signed.
    ///
    /// # Errors
    /// Only if it cannot be written as JSON, which its types do not allow.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads it, if these are the only bytes it can have.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let manifest: Self = serde_json::from_slice(bytes).ok()?;
        let sorted = manifest.files.is_sorted_by(|one, next| one.path < next.path);
        (sorted && manifest.format == FORMAT && manifest.to_bytes().ok()? == bytes).then_some(manifest)
    }
}

/// One fact as a line of [`FACTS`]: the stored body as a JSON string, so that its very bytes are kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactLine {
    pub at: Instant,
    pub body: String,
    pub by: String,
    pub digest: Sha256Hex,
    pub kind: String,
    pub previous_digest: Sha256Hex,
    pub seq: u64,
}

impl From<&Link> for FactLine {
    fn from(link: &Link) -> Self {
        Self {
            at: link.at,
            body: link.body.clone(),
            by: link.by.clone(),
            digest: link.digest.clone(),
            kind: link.kind.clone(),
            previous_digest: link.previous_digest.clone(),
            seq: link.seq,
        }
    }
}

impl From<FactLine> for Link {
    fn from(line: FactLine) -> Self {
        Self {
            seq: line.seq,
            kind: line.kind,
            body: line.body,
            at: line.at,
            by: line.by,
            digest: line.digest,
            previous_digest: line.previous_digest,
        }
    }
}

/// `SHA256SUMS` of these files, as `sha256sum -c` reads it.
pub fn sums<'a>(files: impl IntoIterator<Item = (&'a str, &'a Sha256Hex)>) -> String {
    let lines = files.into_iter();
    lines
        .map(|(path, sha256)| format!("{sha256}  {path}\n"))
        .collect()
}
