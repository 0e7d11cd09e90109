//! Time stamps: when a page has its last signature, an authority outside says that it exists now (RFC 3161). The
//! stamp is one more revision of the file.
//!
//! Nobody waits for it. A service that is dead or refuses is asked again, later and later; the page holds without.

use std::time::Duration as Wait;

use domain::fact::Actor;
use domain::finding::{Document, Stamp};
use time::Duration;

use super::issue_finding::replace;
use super::paper::Drawn;
use super::{App, Begun, Open, Scope};
use crate::refusal::{AppError, Result};
use crate::store::stampings::{self, StampingRow};

/// How often the list is looked at.
const POLL_EVERY: Wait = Wait::from_secs(2);
/// A service that takes longer has failed.
const TIMEOUT: Wait = Wait::from_secs(15);
/// Largest answer, in bytes; authorities send some thousands.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// After the first failure; doubles with each, up to six hours.
const RETRY_AFTER: Duration = Duration::seconds(15);
const RETRY_AFTER_MAX: Duration = Duration::hours(6);
/// Facts that put another page in the place of the one before.
const PAGES: [&str; 7] = [
    "finding_issued",
    "signed",
    "signature_refused",
    "mediation_barred",
    "mediation_signed",
    "mediation_refused",
    "mediation_ended",
];

/// A time stamp authority.
#[derive(Clone, Debug)]
pub struct Authority {
    client: reqwest::Client,
    url: String,
}

/// Why a stamp did not come.
#[derive(Debug, thiserror::Error)]
enum NoStamp {
    #[error("the service cannot be asked")]
    Service(#[from] reqwest::Error),
    #[error("the answer is longer than {ANSWER_BYTES_MAX} bytes")]
    TooLong,
    #[error(transparent)]
    Answer(#[from] pades::PadesError),
    #[error("a thread was lost")]
    Thread(#[from] tokio::task::JoinError),
}

impl Authority {
    /// `url` takes `application/timestamp-query` by POST.
    ///
    /// # Errors
    /// When no client can be made, or `url` is none.
    pub fn new(url: &str) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        client.post(url).build()?;
        Ok(Self {
            client,
            url: url.to_owned(),
        })
    }

    /// Whom the record names: the service without its path, which may hold a password.
    fn name(&self) -> String {
        let url = self.client.post(&self.url).build();
        let host = url
            .ok()
            .and_then(|request| request.url().host_str().map(str::to_owned));
        host.unwrap_or_default()
    }

    async fn ask(&self, question: Vec<u8>) -> Result<Vec<u8>, NoStamp> {
        let asking = self
            .client
            .post(&self.url)
            .header(reqwest::header::CONTENT_TYPE, "application/timestamp-query")
            .body(question)
            .send();
        let without_url = reqwest::Error::without_url;
        let mut answer = asking
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(without_url)?;
        let mut bytes = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(without_url)? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > ANSWER_BYTES_MAX {
                return Err(NoStamp::TooLong);
            }
        }
        Ok(bytes)
    }
}

impl App {
    /// Within a deed: the page that has just got its last signature is to be stamped.
    pub(super) async fn keep_stamping(&self, open: &mut Open) -> Result<()> {
        if self.stamps.is_none() || !PAGES.iter().any(|kind| open.happened(kind)) {
            return Ok(());
        }
        let Some(page) = open.accident.complete_page().cloned() else {
            return Ok(());
        };
        Ok(stampings::insert_if_new(&mut open.tx, &page.sha256, open.accident.id, open.now).await?)
    }

    /// Stamps what is due; answers how many pages were stamped.
    ///
    /// # Errors
    /// Only the store's: an authority that fails is asked again.
    pub async fn stamp_due(&self) -> Result<u32> {
        let Some(authority) = &self.stamps else {
            return Ok(0);
        };
        let mut stamped = 0;
        while let Some(row) = self.take_stamping().await? {
            let Some(pdf) = self.blobs.get(&row.sha256).await? else {
                return Err(AppError::Inconsistent(format!(
                    "the page {} is not there",
                    row.sha256
                )));
            };
            // The network is asked outside of every transaction.
            let bytes = match self.stamped(authority, pdf).await {
                Ok(bytes) => bytes,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(page = %row.sha256, tries = row.tries, error, "no time stamp yet, trying again");
                    continue;
                }
            };
            if self.put_stamp(&row, bytes, authority.name()).await? {
                stamped += 1;
                tracing::info!(page = %row.sha256, tries = row.tries, "a page was stamped");
            } else {
                tracing::info!(page = %row.sha256, "a page was replaced before its stamp came");
            }
        }
        Ok(stamped)
    }

    async fn stamped(&self, authority: &Authority, pdf: Vec<u8>) -> Result<Vec<u8>, NoStamp> {
        let mut nonce = [0; 8];
        self.entropy.fill(&mut nonce);
        let nonce = u64::from_be_bytes(nonce);
        let asking = tokio::task::spawn_blocking(move || pades::stamp_request(&pdf, nonce)).await??;
        let answer = authority.ask(asking.request().to_vec()).await?;
        Ok(tokio::task::spawn_blocking(move || asking.finish(&answer)).await??)
    }

    async fn take_stamping(&self) -> Result<Option<StampingRow>> {
        let now = self.clock.now();
        let mut tx = self.db.read().await?;
        let Some(tries) = stampings::next_tries(&mut tx, now).await? else {
            return Ok(None);
        };
        drop(tx);
        let doubled = RETRY_AFTER * 2_i32.saturating_pow(u32::try_from(tries).unwrap_or(0).min(16));
        let mut tx = self.db.write().await?;
        let row = stampings::take(&mut tx, now, now.plus(doubled.min(RETRY_AFTER_MAX))).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// The stamped page takes the place of the page it stamps, unless another one has meanwhile.
    async fn put_stamp(&self, row: &StampingRow, bytes: Vec<u8>, authority: String) -> Result<bool> {
        let (scope, by) = (Scope::Service, Actor::Service);
        let Begun::Fresh(mut open) = self.open((row.accident_id, &scope, by), None).await? else {
            return Ok(false);
        };
        let now = open.now;
        let standing = open.accident.complete_page().cloned();
        let Some(page) = standing.filter(|page| page.sha256 == row.sha256) else {
            stampings::done(&mut open.tx, &row.sha256, now, "superseded").await?;
            open.tx.commit().await?;
            return Ok(false);
        };
        let drawn = Drawn {
            bytes,
            pages: page.pages,
        };
        let document: Document = self.keep(&mut open.tx, drawn, page.revision + 1, now).await?;
        let stamp = Stamp {
            of: row.sha256.clone(),
            at: now,
            authority,
        };
        if let Some(finding) = open.accident.finding().cloned() {
            replace(&mut open, &finding, &document).await?;
        }
        if let Some(fact) = open.accident.stamped(document, stamp) {
            open.follow(fact)?;
        }
        stampings::done(&mut open.tx, &row.sha256, now, "stamped").await?;
        self.publish(&mut open).await?;
        self.save(*open).await?;
        Ok(true)
    }
}

/// Stamps for ever; dropped when the service stops. The next start finds what was left.
pub async fn run(app: App) {
    let mut beat = tokio::time::interval(POLL_EVERY);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        if let Err(error) = app.stamp_due().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "pages cannot be stamped"
            );
        }
    }
}
