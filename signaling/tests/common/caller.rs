//! Somebody who calls: a WebSocket, and if wanted a peer connection of the crate `webrtc`.

use futures_util::{SinkExt, StreamExt};
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::MIME_TYPE_VP8;
use rtc::rtp;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use webrtc::media_stream::track_local::TrackLocal;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCIceCandidateInit,
    RTCPeerConnectionIceEvent, RTCPeerConnectionState, RTCSessionDescription, Registry,
    register_default_interceptors,
};
use webrtc::rtp_transceiver::{RTCRtpTransceiverDirection, RTCRtpTransceiverInit};

pub struct Line(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Line {
    pub async fn open(address: SocketAddr) -> Self {
        let (socket, _) = tokio_tungstenite::connect_async(format!("ws://{address}/media/ws"))
            .await
            .unwrap();
        Self(socket)
    }

    pub async fn hello(address: SocketAddr, ticket: &str) -> Self {
        let mut line = Self::open(address).await;
        line.say(&json!({"type": "hello", "ticket": ticket})).await;
        line
    }

    pub async fn say(&mut self, message: &Value) {
        self.say_text(message.to_string()).await;
    }

    pub async fn say_text(&mut self, text: String) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// The next message, or the close code.
    pub async fn hear(&mut self) -> Result<Value, u16> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(Some(frame)))) => return Err(frame.code.into()),
                Some(Ok(_)) => {}
                other => panic!("the line broke without a close frame: {other:?}"),
            }
        }
    }

    /// The next message of that type; what comes before is skipped.
    pub async fn hear_of(&mut self, kind: &str) -> Value {
        loop {
            let message = self.hear().await.expect("the line is open");
            if message["type"] == kind {
                return message;
            }
        }
    }

    pub async fn closed_with(&mut self) -> u16 {
        loop {
            if let Err(code) = self.hear().await {
                return code;
            }
        }
    }
}

/// Events of a caller's peer connection.
struct Ears {
    candidates: mpsc::UnboundedSender<RTCIceCandidateInit>,
    packets: mpsc::UnboundedSender<rtp::Packet>,
    connected: mpsc::UnboundedSender<()>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Ears {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        let _ = self.candidates.send(event.candidate.to_json().unwrap());
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        if state == RTCPeerConnectionState::Connected {
            let _ = self.connected.send(());
        }
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        let packets = self.packets.clone();
        tokio::spawn(async move {
            while let Some(event) = track.poll().await {
                if let TrackRemoteEvent::OnRtpPacket(packet) = event {
                    let _ = packets.send(packet);
                }
            }
        });
    }
}

pub struct Caller {
    pub line: Line,
    pub peer: Arc<dyn PeerConnection>,
    pub slots: Value,
    /// Every packet that arrives, on whatever slot.
    pub packets: mpsc::UnboundedReceiver<rtp::Packet>,
    video: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    sent: u16,
}

fn key_frame(first_byte: u8) -> Vec<u8> {
    let mut payload = vec![0x10, first_byte, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01];
    payload.extend([0x55; 200]);
    payload
}

/// The VP8 payload that a caller sends as picture `n`.
pub fn picture(n: u16) -> Vec<u8> {
    let mut payload = key_frame(if n.is_multiple_of(10) { 0 } else { 1 });
    payload.extend(n.to_be_bytes());
    payload
}

async fn peer(ears: Ears) -> Arc<dyn PeerConnection> {
    let mut media = MediaEngine::default();
    media.register_default_codecs().unwrap();
    let registry = register_default_interceptors(Registry::new(), &mut media).unwrap();
    let peer = PeerConnectionBuilder::new()
        .with_media_engine(media)
        .with_interceptor_registry(registry)
        .with_handler(Arc::new(ears) as Arc<dyn PeerConnectionEventHandler>)
        .with_udp_addrs(vec!["127.0.0.1:0"])
        .build()
        .await
        .unwrap();
    Arc::new(peer)
}

fn track(ssrc: u32, kind: RtpCodecKind, codec: RTCRtpCodec) -> Arc<TrackLocalStaticRTP> {
    let coding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters {
            ssrc: Some(ssrc),
            ..Default::default()
        },
        codec,
        ..Default::default()
    };
    let name = format!("mine-{ssrc}");
    Arc::new(TrackLocalStaticRTP::new(MediaStreamTrack::new(
        name.clone(),
        name.clone(),
        name,
        kind,
        vec![coding],
    )))
}

fn opus() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: "audio/opus".into(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".into(),
        ..Default::default()
    }
}

fn vp8() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: MIME_TYPE_VP8.into(),
        clock_rate: 90_000,
        ..Default::default()
    }
}

impl Caller {
    /// Joins and connects; returns when media can flow.
    pub async fn join(address: SocketAddr, ticket: &str, ssrc: u32) -> Self {
        let mut line = Line::hello(address, ticket).await;
        line.hear_of("welcome").await;
        let (candidates, mut to_trickle) = mpsc::unbounded_channel();
        let (packet_sender, packets) = mpsc::unbounded_channel();
        let (connected_sender, mut connected) = mpsc::unbounded_channel();
        let peer = peer(Ears {
            candidates,
            packets: packet_sender,
            connected: connected_sender,
        })
        .await;
        let video = track(ssrc, RtpCodecKind::Video, vp8());
        peer.add_transceiver_from_track(track(ssrc + 1, RtpCodecKind::Audio, opus()), None)
            .await
            .unwrap();
        peer.add_transceiver_from_track(video.clone(), None)
            .await
            .unwrap();
        for _ in 1..5 {
            for kind in [RtpCodecKind::Audio, RtpCodecKind::Video] {
                let direction = RTCRtpTransceiverDirection::Recvonly;
                let init = RTCRtpTransceiverInit {
                    direction,
                    ..Default::default()
                };
                peer.add_transceiver_from_kind(kind, Some(init)).await.unwrap();
            }
        }
        let offer = peer.create_offer(None).await.unwrap();
        let sdp = offer.sdp.clone();
        peer.set_local_description(offer).await.unwrap();
        line.say(&json!({"type": "offer", "sdp": sdp})).await;
        let mut slots = None;
        loop {
            tokio::select! {
                Some(candidate) = to_trickle.recv() => {
                    let message = json!({
                        "type": "candidate", "candidate": candidate.candidate, "mid": candidate.sdp_mid,
                        "line": candidate.sdp_mline_index,
                    });
                    line.say(&message).await;
                }
                message = line.hear() => {
                    let message = message.expect("the line is open");
                    match message["type"].as_str().unwrap() {
                        "answer" => {
                            let sdp = message["sdp"].as_str().unwrap().to_owned();
                            peer.set_remote_description(RTCSessionDescription::answer(sdp).unwrap()).await.unwrap();
                        }
                        "candidate" => take_candidate(peer.as_ref(), &message).await,
                        "slots" => slots = Some(message["slots"].clone()),
                        "error" => panic!("{message}"),
                        _ => {}
                    }
                }
                Some(()) = connected.recv() => break,
            }
        }
        let slots = slots.expect("slots are told before the connection can stand");
        Self {
            line,
            peer,
            slots,
            packets,
            video,
            ssrc,
            sent: 0,
        }
    }

    /// Sends one picture.
    pub async fn send_picture(&mut self) {
        let header = rtp::header::Header {
            version: 2,
            marker: true,
            payload_type: 96,
            sequence_number: self.sent.wrapping_add(60_000),
            timestamp: u32::from(self.sent) * 3_000,
            ssrc: self.ssrc,
            ..Default::default()
        };
        let payload = picture(self.sent).into();
        self.video
            .write_rtp(rtp::Packet { header, payload })
            .await
            .unwrap();
        self.sent += 1;
    }

    /// Sends a picture every 10 ms until `other` has received `count` packets.
    pub async fn send_until_received(&mut self, other: &mut Self, count: usize) -> Vec<rtp::Packet> {
        let mut every = tokio::time::interval(Duration::from_millis(10));
        let mut received = Vec::new();
        while received.len() < count {
            tokio::select! {
                _ = every.tick() => self.send_picture().await,
                Some(packet) = other.packets.recv() => received.push(packet),
            }
        }
        received
    }
}

async fn take_candidate(peer: &dyn PeerConnection, message: &Value) {
    let init = RTCIceCandidateInit {
        candidate: message["candidate"].as_str().unwrap().to_owned(),
        sdp_mid: message["mid"].as_str().map(str::to_owned),
        sdp_mline_index: message["line"].as_u64().map(|line| u16::try_from(line).unwrap()),
        ..Default::default()
    };
    peer.add_ice_candidate(init).await.unwrap();
}
