//! Media from one participant to another, into a file, and the news of it to the case service.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "the whole file is a test")]

mod common;

use common::caller::{Caller, Line, picture};
use common::{Node, modified};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::path::Path;

fn digest(path: &Path) -> String {
    Sha256::digest(std::fs::read(path).unwrap())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_exchange_video_and_what_was_sent_is_recorded_and_reported() {
    // The case service is down for the first three events.
    let mut node = Node::start_with(tempfile::tempdir().unwrap(), 3).await;
    let mut first = Caller::join(node.address, &node.ticket("jia"), 100).await;
    let mut second = Caller::join(node.address, &node.ticket("officer"), 200).await;
    assert_eq!(second.slots[0]["participant"], "jia");
    let slots = first.line.hear_of("slots").await;
    assert_eq!(slots["slots"][0]["participant"], "officer");

    let received = first.send_until_received(&mut second, 40).await;
    assert_eq!(
        received[0].payload[..],
        *picture(u16_at_end(&received[0].payload)),
        "unchanged"
    );
    assert!(
        signaling::core::vp8::starts_key_frame(&received[0].payload),
        "a video begins with a key frame"
    );
    for pair in received.windows(2) {
        assert_eq!(
            pair[1].header.sequence_number,
            pair[0].header.sequence_number.wrapping_add(1)
        );
        assert!(pair[1].header.extensions.is_empty());
    }
    let back = second.send_until_received(&mut first, 5).await;
    assert!(signaling::core::vp8::starts_key_frame(&back[0].payload));

    first.line.say(&json!({"type": "leave"})).await;
    assert_eq!(first.line.closed_with().await, 1000);
    let left = second.line.hear_of("left").await;
    assert_eq!(left["participant"], "jia");

    let joined = node.event().await;
    assert_eq!(joined["event"], json!({"type": "joined", "participant": "jia"}));
    assert_eq!(joined["room"], node.room.to_string());
    assert!(
        joined["at"].as_str().unwrap().starts_with("2027-01-15T08:00:"),
        "{joined}"
    );
    let segment = node.event_of("segment").await;
    let segment = &segment["event"];
    assert_eq!(segment["path"], format!("{}/jia-1.webm", node.room));
    assert_eq!(segment["media_type"], "video/webm");
    let file = node.folder.path().join(segment["path"].as_str().unwrap());
    assert_eq!(segment["sha256"], digest(&file));
    assert_eq!(segment["bytes"], std::fs::metadata(&file).unwrap().len());
    let recorded = std::fs::read(&file).unwrap();
    for packet in &received {
        let frame = &packet.payload[1..];
        assert!(
            recorded.windows(frame.len()).any(|window| window == frame),
            "a picture is missing"
        );
    }

    node.stop().await;
    let second_segment = node.event_of("segment").await;
    assert_eq!(second_segment["event"]["participant"], "officer");
    let acknowledged = std::fs::read_dir(node.folder.path().join(node.room.to_string())).unwrap();
    let names: Vec<_> = acknowledged.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "two files and no journal entry: {names:?}");
}

fn u16_at_end(payload: &[u8]) -> u16 {
    u16::from_be_bytes(payload[payload.len() - 2..].try_into().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_back_is_seen_again_on_the_same_slot() {
    let mut node = Node::start().await;
    let mut officer = Caller::join(node.address, &node.ticket("officer"), 200).await;
    let mut driver = Caller::join(node.address, &node.ticket("jia"), 100).await;
    driver.send_until_received(&mut officer, 5).await;
    let mut again = Caller::join(node.address, &node.ticket("jia"), 300).await;
    assert_eq!(driver.line.closed_with().await, 4409);
    assert_eq!(again.slots[0]["participant"], "officer");
    while officer.packets.try_recv().is_ok() {}
    let received = again.send_until_received(&mut officer, 20).await;
    let ssrcs: std::collections::BTreeSet<u32> = received.iter().map(|packet| packet.header.ssrc).collect();
    assert_eq!(ssrcs.len(), 1, "one stream, whoever is behind it");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ice_restart_is_answered_with_new_credentials() {
    let mut node = Node::start().await;
    let mut caller = Caller::join(node.address, &node.ticket("jia"), 100).await;
    let before = caller.peer.remote_description().await.unwrap().sdp;
    caller.peer.restart_ice().await.unwrap();
    let offer = caller.peer.create_offer(None).await.unwrap();
    let sdp = offer.sdp.clone();
    caller.peer.set_local_description(offer).await.unwrap();
    caller.line.say(&json!({"type": "offer", "sdp": sdp})).await;
    let answer = caller.line.hear_of("answer").await;
    let password = |sdp: &str| {
        sdp.lines()
            .find(|line| line.starts_with("a=ice-pwd"))
            .unwrap()
            .to_owned()
    };
    assert_ne!(password(answer["sdp"].as_str().unwrap()), password(&before));
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_people_fill_a_room_and_the_sixth_sees_the_other_five() {
    let mut node = Node::start().await;
    let mut callers = Vec::new();
    for n in 1..=6 {
        let ticket = node.ticket(&format!("p{n}"));
        callers.push(Caller::join(node.address, &ticket, n * 100).await);
    }
    let mut sixth = callers.pop().unwrap();
    let mut streams = std::collections::BTreeSet::new();
    for caller in &mut callers {
        let received = caller.send_until_received(&mut sixth, 5).await;
        streams.extend(received.last().map(|packet| packet.header.ssrc));
    }
    assert_eq!(streams.len(), 5, "each on a slot of their own");
    let mut seventh = Line::hello(node.address, &node.ticket("p7")).await;
    assert_eq!(seventh.closed_with().await, 4423);
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_offer_and_a_participant_who_left_give_their_port_back() {
    let mut node = Node::start_with_one_port().await;
    let lines: String = (0..10)
        .map(|n| {
            format!(
                "m={} 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:{n}\r\n",
                ["audio", "video"][n % 2]
            )
        })
        .collect();
    let unanswerable = format!("v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n{lines}");
    let mut line = Line::hello(node.address, &node.ticket("yi")).await;
    for _ in 0..3 {
        line.say(&json!({"type": "offer", "sdp": unanswerable})).await;
        let error = line.hear_of("error").await;
        assert!(!error["message"].as_str().unwrap().contains("port"), "{error}");
    }
    for _ in 0..2 {
        let mut caller = Caller::join(node.address, &node.ticket("jia"), 100).await;
        caller.line.say(&json!({"type": "leave"})).await;
        assert_eq!(caller.line.closed_with().await, 1000);
        line.hear_of("left").await;
    }
    node.stop().await;
}

#[tokio::test]
async fn what_a_crash_left_behind_is_reported_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let room = uuid::Uuid::from_u128(0xdead);
    let place = folder.path().join(room.to_string());
    std::fs::create_dir(&place).unwrap();
    let file = place.join("yi-3.webm");
    std::fs::write(&file, b"as far as it got").unwrap();
    let entry = json!({
        "room": room, "participant": "yi", "path": format!("{room}/yi-3.webm"),
        "started_at": "2026-05-01T08:00:00Z", "closed": null,
    });
    std::fs::write(place.join("yi-3.webm.json"), entry.to_string()).unwrap();

    let mut node = Node::start_with(folder, 2).await;
    let event = node.event().await;
    assert_eq!(event["event"]["sha256"], digest(&file));
    assert_eq!(event["event"]["started_at"], "2026-05-01T08:00:00Z");
    let ended = event["event"]["ended_at"].as_str().unwrap();
    let ended = time::OffsetDateTime::parse(ended, &time::format_description::well_known::Rfc3339).unwrap();
    assert_eq!(ended.unix_timestamp(), modified(&file));
    node.stop().await;
    assert!(!place.join("yi-3.webm.json").exists(), "acknowledged");
}
