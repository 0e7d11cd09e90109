//! What one participant is sent: five pairs of tracks that never change, only their sources do.

use crate::config::{Clock, now};
use crate::forward::{Delivery, Kind};
use crate::peer::{PeerError, Place};
use rtc::media_stream::MediaStreamTrack;
use rtc::peer_connection::configuration::media_engine::{MIME_TYPE_OPUS, MIME_TYPE_VP8};
use rtc::rtp;
use rtc::rtp_transceiver::rtp_sender::{
    RTCRtpCodec, RTCRtpCodingParameters, RTCRtpEncodingParameters, RtpCodecKind,
};
use signaling_core::forwarding::{Numbers, Renumber, Verdict};
use signaling_core::vp8;
use std::sync::Arc;
use tokio::sync::mpsc;
use webrtc::media_stream::track_local::static_rtp::TrackLocalStaticRTP;
use webrtc::media_stream::track_local::{TrackLocal, TrackLocalEvent};
use webrtc::peer_connection::PeerConnection;

pub struct OutTrack {
    pub track: Arc<TrackLocalStaticRTP>,
    ssrc: u32,
    payload_type: u8,
    renumber: Renumber,
}

pub struct SlotTracks {
    pub audio: OutTrack,
    pub video: OutTrack,
}

/// Puts a track on every media line of the offer, in the order of the lines.
pub async fn add_slots(connection: &dyn PeerConnection, slots: usize) -> Result<Vec<SlotTracks>, PeerError> {
    let mut tracks = Vec::with_capacity(slots);
    for slot in 0..slots {
        // Any number will do as long as those of one connection differ.
        let ssrc = u32::try_from(slot).unwrap_or(0) * 2 + 0x6b63_0000;
        let audio = add(connection, slot, ssrc, RtpCodecKind::Audio).await?;
        let video = add(connection, slot, ssrc + 1, RtpCodecKind::Video).await?;
        tracks.push(SlotTracks { audio, video });
    }
    Ok(tracks)
}

async fn add(
    connection: &dyn PeerConnection,
    slot: usize,
    ssrc: u32,
    kind: RtpCodecKind,
) -> Result<OutTrack, PeerError> {
    let (name, mime_type, clock_rate, channels, renumber) = match kind {
        RtpCodecKind::Video => ("video", MIME_TYPE_VP8, 90_000, 0, Renumber::video()),
        _ => ("audio", MIME_TYPE_OPUS, 48_000, 2, Renumber::audio()),
    };
    let codec = RTCRtpCodec {
        mime_type: mime_type.to_owned(),
        clock_rate,
        channels,
        ..RTCRtpCodec::default()
    };
    let coding = RTCRtpEncodingParameters {
        rtp_coding_parameters: RTCRtpCodingParameters {
            ssrc: Some(ssrc),
            ..Default::default()
        },
        codec,
        ..RTCRtpEncodingParameters::default()
    };
    let id = format!("{name}-{slot}");
    let track = MediaStreamTrack::new(format!("slot-{slot}"), id.clone(), id, kind, vec![coding]);
    let track = Arc::new(TrackLocalStaticRTP::new(track));
    let sender = connection
        .add_track(Arc::clone(&track) as Arc<dyn TrackLocal>)
        .await?;
    let parameters = sender.get_parameters().await?;
    // The offer decides the number of a codec.
    let payload_type = parameters
        .rtp_parameters
        .codecs
        .iter()
        .find(|codec| codec.rtp_codec.mime_type.eq_ignore_ascii_case(mime_type))
        .map(|codec| codec.payload_type)
        .ok_or(webrtc::error::Error::ErrCodecNotFound)?;
    Ok(OutTrack {
        track,
        ssrc,
        payload_type,
        renumber,
    })
}

/// Sends what the switchboard delivers. Waiting for the connection happens here, in this subscriber's own task.
pub async fn send(
    place: Arc<Place>,
    clock: Clock,
    mut slots: Vec<SlotTracks>,
    mut deliveries: mpsc::Receiver<Delivery>,
) {
    while let Some((number, packet)) = deliveries.recv().await {
        let Some(slot) = slots.get_mut(number) else {
            continue;
        };
        let (out, key_frame) = match packet.kind {
            Kind::Audio => (&mut slot.audio, false),
            Kind::Video => (&mut slot.video, vp8::starts_key_frame(&packet.payload)),
        };
        let numbers = Numbers {
            sequence: packet.sequence,
            timestamp: packet.timestamp,
        };
        match out.renumber.place(packet.stream, numbers, key_frame, now(&clock)) {
            Verdict::Send(numbers) => {
                let header = rtp::header::Header {
                    version: 2,
                    marker: packet.marker,
                    payload_type: out.payload_type,
                    sequence_number: numbers.sequence,
                    timestamp: numbers.timestamp,
                    ssrc: out.ssrc,
                    ..Default::default()
                };
                let packet = rtp::Packet {
                    header,
                    payload: packet.payload.clone(),
                };
                if out.track.write_rtp(packet).await.is_err() {
                    // The connection is closed.
                    return;
                }
            }
            Verdict::WaitForKeyFrame => {
                place.switchboard.ask_key_frame_on(&place.participant, number);
            }
            Verdict::TooOld => {}
        }
    }
}

/// Passes the subscriber's requests for key frames on to whoever is on that slot.
pub async fn pass_requests(place: Arc<Place>, slot: usize, track: Arc<TrackLocalStaticRTP>) {
    while let Some(TrackLocalEvent::OnRtcpPacket(_)) = track.poll().await {
        place.switchboard.ask_key_frame_on(&place.participant, slot);
    }
}
