//! Bytes by their digest: photos, documents, and the pictures made from photos for showing.
//!
//! A blob's name is the SHA-256 of its bytes, so it never changes, is never overwritten and can be checked
//! at any time. It counts only once the bytes and their name are on the disk. Who may see a blob is not
//! decided here.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::id::Sha256Hex;
use sha2::{Digest, Sha256};

use crate::refusal::{AppError, Refusal, Result};

/// The picture made from a photo for showing.
pub const SHOWN: &str = "1600.jpg";

/// The folder of blobs; cheap to clone.
///
/// All of it works on the disk at once and blocks; from async code go through
/// [`tokio::task::spawn_blocking`], as [`Blobs::put`] and [`Blobs::get`] do.
#[derive(Clone, Debug)]
pub struct Blobs {
    root: Arc<PathBuf>,
    scratch: Arc<AtomicU64>,
}

impl Blobs {
    /// # Errors
    /// When the folders cannot be made.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        for below in ["blobs", "derived", "uploads", "scratch"] {
            fs::create_dir_all(root.join(below))?;
        }
        Ok(Self {
            root: Arc::new(root),
            scratch: Arc::default(),
        })
    }

    /// Where the blob lies, whether it is there or not.
    pub fn path(&self, digest: &Sha256Hex) -> PathBuf {
        let hex = digest.as_str();
        self.root.join("blobs").join(&hex[..2]).join(hex)
    }

    /// Where a picture made from the blob is kept; it can be thrown away and made again.
    pub fn derived(&self, digest: &Sha256Hex, what: &str) -> PathBuf {
        self.root.join("derived").join(format!("{digest}-{what}"))
    }

    /// Where an upload under way grows.
    pub fn upload(&self, id: domain::id::UploadId) -> PathBuf {
        self.root.join("uploads").join(id.to_string())
    }

    /// Keeps `bytes`; a second time is no effort.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn put(&self, bytes: impl Into<bytes::Bytes>) -> io::Result<Sha256Hex> {
        let (here, bytes) = (self.clone(), bytes.into());
        tokio::task::spawn_blocking(move || here.put_now(&bytes))
            .await
            .map_err(io::Error::other)?
    }

    /// The bytes of `digest`; `None` when there is no such blob.
    ///
    /// # Errors
    /// When the disk fails, or the bytes are no longer those that were kept.
    pub async fn get(&self, digest: &Sha256Hex) -> io::Result<Option<Vec<u8>>> {
        let (here, digest) = (self.clone(), digest.clone());
        tokio::task::spawn_blocking(move || here.get_now(&digest))
            .await
            .map_err(io::Error::other)?
    }

    /// [`Blobs::put`] on this thread.
    pub(crate) fn put_now(&self, bytes: &[u8]) -> io::Result<Sha256Hex> {
        let digest = Sha256Hex::of(bytes);
        if !self.path(&digest).exists() {
            let scratch = self.scratch();
            let mut file = File::create(&scratch)?;
            file.write_all(bytes)?;
            drop(file);
            self.take_over(&scratch, &digest)?;
        }
        Ok(digest)
    }

    /// [`Blobs::get`] on this thread.
    pub(crate) fn get_now(&self, digest: &Sha256Hex) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path(digest)) {
            Ok(bytes) if Sha256Hex::of(&bytes) == *digest => Ok(Some(bytes)),
            Ok(_) => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("blob {digest} has been altered"),
            )),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps a copy of the file `relative` below `folder`, which must have the digest it is said to have.
    /// On one file system the copy takes no space; the file itself stays its owner's.
    ///
    /// # Errors
    /// Invalid `path` when it leads out of the folder or to no file; invalid `sha256` when the bytes are
    /// others; when the disk fails.
    pub async fn adopt(&self, folder: &Path, relative: &str, digest: &Sha256Hex) -> Result<()> {
        let (here, digest) = (self.clone(), digest.clone());
        let from = below(folder, relative)?;
        let adopting = move || {
            if here.path(&digest).exists() {
                return Ok(());
            }
            match digest_of(&from) {
                Ok(found) if found == digest => {}
                Ok(_) => {
                    return Err(Refusal::invalid_field("sha256", "digest_mismatch", "文件与摘要不符").into());
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(no_such_file()),
                Err(error) => return Err(error.into()),
            }
            let scratch = here.scratch();
            if fs::hard_link(&from, &scratch).is_err() {
                fs::copy(&from, &scratch)?;
            }
            Ok(here.take_over(&scratch, &digest)?)
        };
        tokio::task::spawn_blocking(adopting)
            .await
            .map_err(|error| AppError::Inconsistent(format!("a file could not be adopted: {error}")))?
    }

    /// Moves the file at `from`, whose digest the caller has just computed, into the folder. It must be
    /// on the same file system.
    ///
    /// # Errors
    /// When the disk fails.
    pub(crate) fn take_over(&self, from: &Path, digest: &Sha256Hex) -> io::Result<()> {
        let to = self.path(digest);
        if to.exists() {
            return fs::remove_file(from);
        }
        File::open(from)?.sync_all()?;
        settle(from, &to)
    }

    /// Writes a picture made from a blob to `path`, whole or not at all.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn keep_derived(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let scratch = self.scratch();
        fs::write(&scratch, bytes)?;
        fs::rename(scratch, path)
    }

    /// Takes the blob and the pictures made from it off the disk; none there is no effort.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn remove(&self, digest: &Sha256Hex) -> io::Result<()> {
        for path in [self.path(digest), self.derived(digest, SHOWN)] {
            match tokio::fs::remove_file(path).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    fn scratch(&self) -> PathBuf {
        let count = self.scratch.fetch_add(1, Ordering::Relaxed);
        self.root
            .join("scratch")
            .join(format!("{}-{count}", std::process::id()))
    }
}

/// Takes a folder away with all that is in it; none there is no effort.
///
/// # Errors
/// When the disk fails.
pub async fn remove_folder(folder: PathBuf) -> io::Result<()> {
    match tokio::fs::remove_dir_all(folder).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

/// `relative` below `folder`, and nowhere else.
fn below(folder: &Path, relative: &str) -> Result<PathBuf> {
    let relative = Path::new(relative);
    let plain = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    if plain && relative.components().next().is_some() {
        Ok(folder.join(relative))
    } else {
        Err(no_such_file())
    }
}

fn no_such_file() -> AppError {
    Refusal::invalid_field("path", "no_such_file", "没有这个文件").into()
}

/// Moves a file to its name and makes the name last: the folder is synced, and a new folder's parent too.
fn settle(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(Path::new("."));
    if !folder.exists() {
        fs::create_dir_all(folder)?;
        if let Some(parent) = folder.parent() {
            File::open(parent)?.sync_all()?;
        }
    }
    fs::rename(from, to)?;
    File::open(folder)?.sync_all()
}

/// SHA-256 of a file, read in pieces.
///
/// # Errors
/// When the disk fails.
pub fn digest_of(path: &Path) -> io::Result<Sha256Hex> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            break;
        }
        hasher.update(&piece[..read]);
    }
    let hex: String = hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Sha256Hex::new(hex).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Blobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(folder.path()).unwrap();
        (folder, blobs)
    }

    #[tokio::test]
    async fn what_is_kept_comes_back_under_its_digest() {
        let (_folder, blobs) = folder();
        let digest = blobs.put("abc".as_bytes().to_vec()).await.unwrap();
        assert_eq!(digest, Sha256Hex::of(b"abc"));
        assert_eq!(blobs.put("abc".as_bytes().to_vec()).await.unwrap(), digest);
        assert_eq!(blobs.get(&digest).await.unwrap().as_deref(), Some(&b"abc"[..]));
        assert_eq!(blobs.get(&Sha256Hex::of(b"other")).await.unwrap(), None);
    }

    #[test]
    fn an_altered_blob_is_an_error_and_not_an_answer() {
        let (_folder, blobs) = folder();
        let digest = blobs.put_now(b"abc").unwrap();
        fs::write(blobs.path(&digest), b"abd").unwrap();
        assert_eq!(
            blobs.get_now(&digest).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
    }

    #[test]
    fn a_file_taken_over_moves_and_a_second_one_of_the_same_bytes_disappears() {
        let (folder, blobs) = folder();
        for name in ["one", "two"] {
            let from = folder.path().join(name);
            fs::write(&from, b"photo").unwrap();
            let digest = digest_of(&from).unwrap();
            blobs.take_over(&from, &digest).unwrap();
            assert!(!from.exists());
            assert_eq!(blobs.get_now(&digest).unwrap().unwrap(), b"photo");
        }
        assert_eq!(fs::read_dir(folder.path().join("scratch")).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_file_is_adopted_only_from_its_folder_and_only_with_its_digest() {
        let (folder, blobs) = folder();
        let recordings = folder.path().join("recordings");
        fs::create_dir_all(recordings.join("room")).unwrap();
        fs::write(recordings.join("room/a.webm"), b"video").unwrap();
        fs::write(folder.path().join("secret"), b"video").unwrap();
        let digest = Sha256Hex::of(b"video");
        let absolute = folder.path().join("secret").display().to_string();
        for outside in [
            "../secret",
            "room/../../secret",
            absolute.as_str(),
            "",
            "room/b.webm",
        ] {
            let refused = blobs.adopt(&recordings, outside, &digest).await;
            assert!(matches!(refused, Err(AppError::Refused(_))), "{outside}");
        }
        let other = blobs
            .adopt(&recordings, "room/a.webm", &Sha256Hex::of(b"film"))
            .await;
        assert!(matches!(other, Err(AppError::Refused(_))));

        blobs.adopt(&recordings, "room/a.webm", &digest).await.unwrap();
        blobs.adopt(&recordings, "room/a.webm", &digest).await.unwrap();
        assert_eq!(blobs.get_now(&digest).unwrap().unwrap(), b"video");
        assert!(recordings.join("room/a.webm").exists());
    }
}
