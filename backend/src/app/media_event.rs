//! What the media service reports: who came, who left, and which recording is whole.

use domain::evidence::{Evidence, EvidenceKind};
use domain::fact::Actor;
use domain::id::{AccidentId, EvidenceId, PartyId, Sha256Hex};
use domain::time::Instant;
use serde::Deserialize;
use uuid::Uuid;

use super::{App, Begun, Scope};
use crate::refusal::{Refusal, Result};
use crate::store::media_events;

/// One callback; `docs/signaling.md` is its contract.
#[derive(Clone, Debug, Deserialize)]
pub struct MediaEvent {
    pub event_id: Uuid,
    pub room: AccidentId,
    pub at: Instant,
    pub event: MediaHappening,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum MediaHappening {
    Joined { participant: String },
    Left { participant: String },
    Segment(Segment),
}

#[derive(Clone, Debug, Deserialize)]
pub struct Segment {
    pub participant: String,
    /// Below the recordings folder.
    pub path: String,
    pub sha256: Sha256Hex,
    pub bytes: u64,
    pub started_at: Instant,
    pub ended_at: Instant,
    pub media_type: String,
}

impl App {
    /// Takes a callback in, once however often it comes. A room we do not know is answered as done: asking
    /// again would not help.
    ///
    /// # Errors
    /// A segment whose file is not there as described; the store's.
    pub async fn media_event(&self, event: MediaEvent) -> Result<()> {
        let by = (event.room, &Scope::Service, Actor::Service);
        let mut open = match self.open(by, None).await {
            Ok(Begun::Fresh(open)) => open,
            Ok(Begun::Done(_)) => return Ok(()),
            Err(crate::refusal::AppError::Refused(refusal)) if refusal == Refusal::not_found() => {
                tracing::warn!(room = %event.room, "a media event names an accident that is not there");
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if !media_events::insert_if_new(&mut open.tx, &event.event_id.to_string(), open.now).await? {
            return Ok(());
        }
        match event.event {
            MediaHappening::Joined { participant } => presence(&mut open, &participant, true)?,
            MediaHappening::Left { participant } => presence(&mut open, &participant, false)?,
            MediaHappening::Segment(segment) => {
                self.blobs
                    .adopt(&self.config.recordings, &segment.path, &segment.sha256)
                    .await?;
                self.keep_file(&mut open, &segment.sha256).await?;
                let evidence = self.recording(&open.accident, segment, open.now);
                open.happen(open.accident.take_evidence(evidence, usize::MAX)?)?;
            }
        }
        self.save(*open).await.map(drop)
    }

    fn recording(&self, accident: &domain::accident::Accident, segment: Segment, now: Instant) -> Evidence {
        let party = segment
            .participant
            .parse()
            .ok()
            .filter(|party: &PartyId| accident.party(*party).is_ok());
        Evidence {
            id: EvidenceId(self.new_id()),
            kind: EvidenceKind::Recording,
            shot: None,
            party,
            still: None,
            preview_of: None,
            sha256: segment.sha256,
            bytes: segment.bytes,
            media_type: segment.media_type,
            width: None,
            height: None,
            taken_at: Some(segment.started_at),
            received_at: now,
            position: None,
        }
    }
}

/// The officers come and go too; only parties are shown as online.
fn presence(open: &mut super::Open, participant: &str, online: bool) -> Result<()> {
    let Ok(party) = participant.parse::<PartyId>() else {
        return Ok(());
    };
    if let Ok(Some(fact)) = open.accident.media_presence(party, online) {
        open.happen(fact)?;
    }
    Ok(())
}
