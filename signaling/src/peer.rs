//! One participant's peer connection: the offer, the answer, the slots it sends on.
//!
//! It knows the crate `webrtc` so that nothing else has to. What is published goes to the [`Switchboard`], what is
//! subscribed comes out of a bounded queue.

use crate::config::{Clock, Config};
use crate::forward::{KeyFrames, Kind, SUBSCRIBER_QUEUE, Switchboard};
use crate::key_frame_requests::KeyFrameRequests;
use crate::outgoing::{self, SlotTracks};
use crate::publisher;
use crate::recorder::Lane;
use rtc::interceptor::Slot;
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_OPUS, MIME_TYPE_VP8};
use rtc::rtp_transceiver::rtp_sender::{RTCRtpCodec, RTCRtpCodecParameters, RtpCodecKind};
use signaling_core::offer::{self, OfferError};
use signaling_core::protocol::{Candidate, SlotMids};
use signaling_core::ticket::ParticipantId;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
    RTCIceCandidateInit, RTCPeerConnectionIceEvent, RTCPeerConnectionState, RTCSessionDescription, Registry,
    SettingEngine, SettingEngineBuilder, configure_nack, configure_rtcp_reports,
    configure_twcc_receiver_only,
};

/// Candidates of ours on their way to the client; there are as many as addresses.
const CANDIDATES: usize = 64;

#[derive(Debug, thiserror::Error)]
pub enum PeerError {
    #[error(transparent)]
    Offer(#[from] OfferError),
    #[error("the offer cannot be answered")]
    Sdp(#[from] webrtc::error::Error),
    #[error("no udp port is free")]
    NoPort,
}

/// What all peer connections of this node share.
pub struct Ground {
    pub config: Config,
    pub clock: Clock,
    next_port: AtomicU16,
}

impl Ground {
    pub fn new(config: Config, clock: Clock) -> Self {
        Self {
            config,
            clock,
            next_port: AtomicU16::new(0),
        }
    }

    /// Addresses with a port that is free on all of them.
    fn addresses(&self) -> Result<Vec<SocketAddr>, PeerError> {
        let (first, last) = self.config.udp_ports.clone().into_inner();
        let count = last.saturating_sub(first).saturating_add(1);
        for _ in 0..count {
            let turn = self.next_port.fetch_add(1, Ordering::Relaxed);
            let port = first + turn % count;
            let addresses: Vec<_> = self
                .config
                .media_addresses
                .iter()
                .map(|ip| SocketAddr::new(*ip, port))
                .collect();
            if addresses.iter().all(|address| UdpSocket::bind(address).is_ok()) {
                return Ok(addresses);
            }
        }
        Err(PeerError::NoPort)
    }
}

/// Where a participant's media belong.
pub struct Place {
    pub room: Uuid,
    pub participant: ParticipantId,
    pub switchboard: Arc<Switchboard>,
}

pub struct Peer {
    connection: Arc<dyn PeerConnection>,
    pub lines: Vec<SlotMids>,
    stop: CancellationToken,
    /// Everything that runs for this connection.
    tasks: TaskTracker,
    /// A second offer waits until the first is answered.
    negotiating: Mutex<()>,
}

impl Peer {
    /// Answers a first offer. Our candidates come out of the receiver, for as long as there are any.
    pub async fn open(
        ground: &Ground,
        place: Arc<Place>,
        sdp: String,
    ) -> Result<(Self, String, mpsc::Receiver<Candidate>), PeerError> {
        let lines = offer::lines(&sdp)?;
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (candidates, our_candidates) = mpsc::channel(CANDIDATES);
        let connected = CancellationToken::new();
        let handler = Arc::new(Events {
            place: Arc::clone(&place),
            clock: Arc::clone(&ground.clock),
            candidates,
            connected: connected.clone(),
            stop: stop.clone(),
            tasks: tasks.clone(),
            audio_taken: AtomicBool::new(false),
            video_taken: AtomicBool::new(false),
        });
        let connection: Arc<dyn PeerConnection> = Arc::new(build(ground, handler).await?);
        let peer = Self {
            connection,
            lines,
            stop,
            tasks,
            negotiating: Mutex::new(()),
        };
        match peer.answer_first(ground, &place, sdp, connected).await {
            Ok(answer) => Ok((peer, answer, our_candidates)),
            Err(error) => {
                // Dropping it would leave its socket open.
                peer.close().await;
                Err(error)
            }
        }
    }

    async fn answer_first(
        &self,
        ground: &Ground,
        place: &Arc<Place>,
        sdp: String,
        connected: CancellationToken,
    ) -> Result<String, PeerError> {
        self.connection
            .set_remote_description(RTCSessionDescription::offer(sdp)?)
            .await?;
        let slots = outgoing::add_slots(self.connection.as_ref(), self.lines.len()).await?;
        let answer = self.answer().await?;
        self.start_outgoing(ground, place, slots, connected);
        Ok(answer)
    }

    /// Answers a further offer (an ICE restart); the media lines must be the ones of the first.
    pub async fn answer_again(&self, sdp: String) -> Result<String, PeerError> {
        if offer::lines(&sdp)? != self.lines {
            return Err(OfferError::Lines.into());
        }
        let _turn = self.negotiating.lock().await;
        self.connection
            .set_remote_description(RTCSessionDescription::offer(sdp)?)
            .await?;
        self.answer().await
    }

    async fn answer(&self) -> Result<String, PeerError> {
        let answer = self.connection.create_answer(None).await?;
        let text = answer.sdp.clone();
        self.connection.set_local_description(answer).await?;
        Ok(text)
    }

    pub async fn candidate(&self, candidate: Candidate) -> Result<(), PeerError> {
        // The end of candidates, and names that only the phone's own network can resolve: the phone's
        // first packet tells us its address.
        if candidate.candidate.is_empty() || candidate.candidate.contains(".local ") {
            return Ok(());
        }
        let init = RTCIceCandidateInit {
            candidate: candidate.candidate,
            sdp_mid: candidate.mid,
            sdp_mline_index: candidate.line,
            ..RTCIceCandidateInit::default()
        };
        Ok(self.connection.add_ice_candidate(init).await?)
    }

    /// Media flow to the participant as soon as the connection stands.
    fn start_outgoing(
        &self,
        ground: &Ground,
        place: &Arc<Place>,
        slots: Vec<SlotTracks>,
        connected: CancellationToken,
    ) {
        let (outlet, deliveries) = mpsc::channel(SUBSCRIBER_QUEUE);
        for (number, slot) in slots.iter().enumerate() {
            let requests = outgoing::pass_requests(Arc::clone(place), number, Arc::clone(&slot.video.track));
            let stop = self.stop.clone();
            self.tasks
                .spawn(async move { stop.run_until_cancelled(requests).await });
        }
        let send = outgoing::send(Arc::clone(place), Arc::clone(&ground.clock), slots, deliveries);
        let (place, stop) = (Arc::clone(place), self.stop.clone());
        self.tasks.spawn(async move {
            let whole = async {
                // What is sent before is lost, and with it the first key frame.
                connected.cancelled().await;
                place.switchboard.connect(&place.participant, outlet);
                send.await;
            };
            stop.run_until_cancelled(whole).await
        });
    }

    pub async fn close(&self) {
        self.stop.cancel();
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "a peer connection did not close cleanly");
        }
        // After this nothing of it reaches the switchboard or the recorder.
        self.tasks.close();
        self.tasks.wait().await;
    }
}

async fn build(ground: &Ground, handler: Arc<Events>) -> Result<impl PeerConnection + use<>, PeerError> {
    let mut media = MediaEngine::default();
    media.register_codec(
        codec(MIME_TYPE_OPUS, 48_000, 2, "minptime=10;useinbandfec=1", 111),
        RtpCodecKind::Audio,
    )?;
    media.register_codec(codec(MIME_TYPE_VP8, 90_000, 0, "", 96), RtpCodecKind::Video)?;
    let registry = configure_nack(Registry::new(), &mut media);
    let registry = configure_twcc_receiver_only(registry, &mut media)?;
    let registry = configure_rtcp_reports(registry);
    // Nearest to us, so that everything that reads RTCP has read it before.
    let registry = registry.with(Slot::from(14_000), KeyFrameRequests::default());
    Ok(PeerConnectionBuilder::new()
        .with_configuration(RTCConfigurationBuilder::new().build())
        .with_setting_engine(settings())
        .with_media_engine(media)
        .with_interceptor_registry(registry)
        .with_handler(handler as Arc<dyn PeerConnectionEventHandler>)
        .with_udp_addrs(ground.addresses()?)
        .build()
        .await?)
}

fn settings() -> SettingEngine {
    SettingEngineBuilder::new()
        .with_ice_timeouts(
            Some(Duration::from_secs(5)),
            Some(Duration::from_secs(10)),
            Some(Duration::from_secs(2)),
        )
        // Twice the default's patience in four times as many checks.
        .with_ice_connection_attempts(Some(Duration::from_millis(50)), Some(60))
        .with_multicast_dns_mode(rtc::ice::mdns::MulticastDnsMode::Disabled)
        .with_include_loopback_candidate(true)
        .build()
}

fn codec(mime: &str, clock_rate: u32, channels: u16, fmtp: &str, payload_type: u8) -> RTCRtpCodecParameters {
    RTCRtpCodecParameters {
        rtp_codec: RTCRtpCodec {
            mime_type: mime.to_owned(),
            clock_rate,
            channels,
            sdp_fmtp_line: fmtp.to_owned(),
            rtcp_feedback: vec![],
        },
        payload_type,
    }
}

struct Events {
    place: Arc<Place>,
    clock: Clock,
    candidates: mpsc::Sender<Candidate>,
    connected: CancellationToken,
    stop: CancellationToken,
    tasks: TaskTracker,
    audio_taken: AtomicBool,
    video_taken: AtomicBool,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Events {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        if let Ok(init) = event.candidate.to_json() {
            let (mid, line) = (init.sdp_mid, init.sdp_mline_index);
            // Full: far more candidates than addresses, which nobody needs.
            let _ = self.candidates.try_send(Candidate {
                candidate: init.candidate,
                mid,
                line,
            });
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        tracing::debug!(%state, room = %self.place.room, "peer connection");
        if state == RTCPeerConnectionState::Connected {
            self.connected.cancel();
        }
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let (kind, taken) = match track.kind().await {
            RtpCodecKind::Audio => (Kind::Audio, &self.audio_taken),
            RtpCodecKind::Video => (Kind::Video, &self.video_taken),
            _ => return,
        };
        // One microphone and one camera each; whatever else is sent is not taken.
        if taken.swap(true, Ordering::Relaxed) {
            return;
        }
        let (key_frames, asked) = KeyFrames::new();
        let lane = Arc::new(Lane {
            room: self.place.room,
            participant: self.place.participant.clone(),
            key_frames: key_frames.clone(),
        });
        if kind == Kind::Video {
            self.place
                .switchboard
                .publishes_video(&self.place.participant, key_frames);
        }
        let publish = publisher::publish(
            Arc::clone(&self.place),
            Arc::clone(&self.clock),
            track,
            kind,
            lane,
            asked,
        );
        let stop = self.stop.clone();
        self.tasks
            .spawn(async move { stop.run_until_cancelled(publish).await });
    }
}
