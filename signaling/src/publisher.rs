//! One track that a participant sends: its packets go to the switchboard, requests for key frames come back.

use crate::config::{Clock, now};
use crate::forward::{Kind, Packet};
use crate::peer::Place;
use crate::recorder::Lane;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use signaling_core::forwarding::{KEY_FRAME_EVERY, KeyFrameGate, Seen};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

/// Numbers streams; never reset, so no two streams of this process are taken for one.
static STREAMS: AtomicU64 = AtomicU64::new(1);

/// Runs until the track ends.
pub async fn publish(
    place: Arc<Place>,
    clock: Clock,
    track: Arc<dyn TrackRemote>,
    kind: Kind,
    lane: Arc<Lane>,
    mut asked: mpsc::Receiver<()>,
) {
    let stream = STREAMS.fetch_add(1, Ordering::Relaxed);
    let mut seen = Seen::default();
    let mut gate = KeyFrameGate::default();
    let mut ssrc = None;
    let mut later = tokio::time::interval(KEY_FRAME_EVERY);
    loop {
        let ask = tokio::select! {
            event = track.poll() => match event {
                Some(TrackRemoteEvent::OnRtpPacket(packet)) => {
                    ssrc = Some(packet.header.ssrc);
                    if seen.is_new(packet.header.sequence_number) {
                        let packet = Packet {
                            kind,
                            stream,
                            sequence: packet.header.sequence_number,
                            timestamp: packet.header.timestamp,
                            marker: packet.header.marker,
                            payload: packet.payload,
                            arrived: now(&clock),
                        };
                        place.switchboard.publish(&place.participant, &lane, packet);
                    }
                    false
                }
                None | Some(TrackRemoteEvent::OnEnded) => return,
                Some(_) => false,
            },
            Some(()) = asked.recv() => gate.ask(now(&clock)),
            _ = later.tick() => gate.due(now(&clock)),
        };
        if let (true, Kind::Video, Some(media_ssrc)) = (ask, kind, ssrc) {
            let request = PictureLossIndication {
                sender_ssrc: 0,
                media_ssrc,
            };
            if let Err(error) = track.write_rtcp(vec![Box::new(request)]).await {
                tracing::debug!(%error, "a key frame could not be asked for");
            }
        }
    }
}
