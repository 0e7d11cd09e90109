//! What nothing refers to any more is taken off the disk: later than the deed that destroyed it, and as often as it
//! takes. A crash in between leaves it on the list.

use domain::id::Sha256Hex;
use time::Duration;

use super::{App, Open};
use crate::refusal::{Refusal, Result};
use crate::store::archive::{self, Doomed};

/// A case that came to use the same file just then has committed by now, or never will.
pub const DOOMED_FOR: Duration = Duration::minutes(10);
/// Taken away in one go; what is left comes in the next.
const DOOMED_MAX: u32 = 1_000;

impl App {
    /// To be done now and then, by any number of processes: whoever comes second finds nothing left to do.
    ///
    /// # Errors
    /// The store's and the disk's; what was not taken away comes again.
    pub async fn take_away_doomed(&self) -> Result<()> {
        let before = self.clock.now().minus(DOOMED_FOR);
        let mut tx = self.db.read().await?;
        let doomed = archive::doomed(&mut tx, before, DOOMED_MAX).await?;
        drop(tx);
        if doomed.is_empty() {
            return Ok(());
        }
        for one in doomed {
            let mut tx = self.db.write().await?;
            // The row is locked until the commit: whoever wants the file back waits, and then finds it gone.
            if !archive::done(&mut tx, &one).await? {
                continue;
            }
            match &one {
                Doomed::Blob(sha256) if archive::is_used(&mut tx, sha256).await? => {}
                Doomed::Blob(sha256) => self.blobs.remove(sha256).await?,
                Doomed::Recordings(accident) => {
                    let folder = self.config.recordings.join(accident.to_string());
                    crate::blobs::remove_folder(folder).await?;
                }
            }
            tx.commit().await?;
        }
        Ok(self.db.wipe_log().await?)
    }

    /// The file is wanted: it is not taken away any more, and it is still there.
    ///
    /// # Errors
    /// `file_gone`: it was taken away in this very moment and must be sent again.
    pub(super) async fn keep_file(&self, open: &mut Open, sha256: &Sha256Hex) -> Result<()> {
        archive::use_file(&mut open.tx, open.accident.id, sha256).await?;
        if tokio::fs::try_exists(self.blobs.path(sha256)).await? {
            Ok(())
        } else {
            Err(Refusal::conflict("file_gone", "文件没有保存成功，请重新上传").into())
        }
    }
}
