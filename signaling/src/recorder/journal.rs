//! What is known of each recorded segment, kept beside it until the case service has acknowledged it.
//!
//! `<file>.webm.json` is written before the file's first byte and removed after the acknowledgement, so whatever
//! happens in between, the next start finds it and reports it.

use crate::config::{Clock, new_id, now, rfc3339};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use signaling_core::ticket::ParticipantId;
use signaling_core::time::Moment;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use uuid::Uuid;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    pub room: Uuid,
    pub participant: ParticipantId,
    /// Relative to the recordings folder, with `/`.
    pub path: String,
    pub started_at: String,
    /// `None` while the file is being written, or if we crashed then.
    pub closed: Option<Closed>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Closed {
    pub event_id: Uuid,
    pub at: String,
    pub sha256: String,
    pub bytes: u64,
    pub ended_at: String,
}

#[derive(Clone)]
pub struct Journal {
    root: PathBuf,
    clock: Clock,
}

/// A new, empty file for a segment, with its entry written.
pub struct Opened {
    pub file: File,
    pub entry: Entry,
}

impl Journal {
    pub fn new(root: PathBuf, clock: Clock) -> Self {
        Self { root, clock }
    }

    /// The next free number for this participant.
    pub fn open(&self, room: Uuid, participant: &ParticipantId, started: Moment) -> io::Result<Opened> {
        let folder = self.root.join(room.to_string());
        fs::create_dir_all(&folder)?;
        for n in 1..u32::MAX {
            let path = format!("{room}/{}-{n}.webm", participant.as_str());
            let file = match File::create_new(self.root.join(&path)) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            };
            let participant = participant.clone();
            let entry = Entry {
                room,
                participant,
                path,
                started_at: rfc3339(started),
                closed: None,
            };
            self.write(&entry)?;
            return Ok(Opened { file, entry });
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Notes that the file is complete; `None` if there is nothing in it, and then it is gone.
    pub fn close(&self, mut entry: Entry, ended: Moment) -> io::Result<Option<Entry>> {
        let path = self.root.join(&entry.path);
        let (sha256, bytes) = digest(&path)?;
        if bytes == 0 {
            fs::remove_file(path)?;
            self.forget(&entry.path)?;
            return Ok(None);
        }
        let at = now(&self.clock);
        let (event_id, at) = (new_id(at), rfc3339(at));
        entry.closed = Some(Closed {
            event_id,
            at,
            sha256,
            bytes,
            ended_at: rfc3339(ended),
        });
        self.write(&entry)?;
        Ok(Some(entry))
    }

    /// The case service has it.
    pub fn forget(&self, path: &str) -> io::Result<()> {
        match fs::remove_file(self.sidecar(path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Everything that was never acknowledged; files that a crash left open are closed as they stand.
    pub fn recover(&self) -> io::Result<Vec<Entry>> {
        let mut found = Vec::new();
        for room in fs::read_dir(&self.root)? {
            let room = room?;
            if !room.file_type()?.is_dir() {
                continue;
            }
            for file in fs::read_dir(room.path())? {
                let path = file?.path();
                if path.to_str().is_some_and(|path| path.ends_with(".webm.json")) {
                    match self.recover_one(&path) {
                        Ok(entry) => found.extend(entry),
                        Err(error) => tracing::error!(%error, "a recording could not be recovered"),
                    }
                }
            }
        }
        found.sort_by(|a, b| (&a.started_at, &a.path).cmp(&(&b.started_at, &b.path)));
        Ok(found)
    }

    fn recover_one(&self, sidecar: &Path) -> io::Result<Option<Entry>> {
        let entry: Entry = serde_json::from_slice(&fs::read(sidecar)?)?;
        if entry.closed.is_some() {
            return Ok(Some(entry));
        }
        let written = fs::metadata(self.root.join(&entry.path))?.modified()?;
        let written = written.duration_since(UNIX_EPOCH).map_err(io::Error::other)?;
        self.close(
            entry,
            Moment(i64::try_from(written.as_micros()).map_err(io::Error::other)?),
        )
    }

    fn write(&self, entry: &Entry) -> io::Result<()> {
        let path = self.sidecar(&entry.path);
        let draft = path.with_extension("tmp");
        let mut file = File::create(&draft)?;
        file.write_all(&serde_json::to_vec(entry)?)?;
        file.sync_all()?;
        fs::rename(draft, path)
    }

    fn sidecar(&self, path: &str) -> PathBuf {
        self.root.join(format!("{path}.json"))
    }
}

/// sha-256 in lower-case hex, and the size in bytes.
fn digest(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        bytes += read as u64;
    }
    Ok((
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
        bytes,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn journal(root: &Path) -> Journal {
        Journal::new(root.to_owned(), Arc::new(|| 1_700_000_000_000_000))
    }

    #[test]
    fn what_was_not_acknowledged_is_found_again_under_the_same_id() {
        let folder = tempfile::tempdir().unwrap();
        let participant = ParticipantId::parse("p").unwrap();
        let mut opened = journal(folder.path())
            .open(Uuid::nil(), &participant, Moment(0))
            .unwrap();
        opened.file.write_all(b"abc").unwrap();
        let closed = journal(folder.path())
            .close(opened.entry, Moment(5))
            .unwrap()
            .unwrap();
        let closed_as = closed.closed.unwrap();
        assert_eq!(
            (closed_as.bytes, closed_as.sha256.as_str()),
            (
                3,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            )
        );
        let found = journal(folder.path()).recover().unwrap();
        assert_eq!(found[0].closed.as_ref().unwrap().event_id, closed_as.event_id);
        journal(folder.path()).forget(&closed.path).unwrap();
        assert!(journal(folder.path()).recover().unwrap().is_empty());
    }

    #[test]
    fn a_file_left_open_by_a_crash_is_closed_as_it_stands_and_an_empty_one_disappears() {
        let folder = tempfile::tempdir().unwrap();
        let participant = ParticipantId::parse("p").unwrap();
        let mut half = journal(folder.path())
            .open(Uuid::nil(), &participant, Moment(0))
            .unwrap();
        half.file.write_all(b"half").unwrap();
        let empty = journal(folder.path())
            .open(Uuid::nil(), &participant, Moment(0))
            .unwrap();
        assert_ne!(half.entry.path, empty.entry.path);
        let found = journal(folder.path()).recover().unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].closed.as_ref().unwrap().bytes, 4);
        assert!(!folder.path().join(empty.entry.path).exists());
    }
}
