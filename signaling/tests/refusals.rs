//! What the media service does not put up with, and that it lives on.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "the whole file is a test")]

mod common;

use common::caller::Line;
use common::{Node, START};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;
use signaling::core::ticket::Ticket;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use uuid::Uuid;

#[tokio::test]
async fn a_ticket_that_does_not_hold_is_answered_with_4401() {
    let mut node = Node::start().await;
    let claims = node.claims("jia");
    let expired = Ticket {
        exp: START - 6,
        iat: START - 60,
        ..claims.clone()
    };
    let future = Ticket {
        iat: START + 600,
        ..claims.clone()
    };
    let elsewhere = Ticket {
        aud: "kuaichu-api".into(),
        ..claims.clone()
    };
    let climber = Ticket {
        sub: "../../etc".into(),
        ..claims.clone()
    };
    let header = Header {
        kid: Some(common::KEY_ID.into()),
        ..Header::new(Algorithm::HS256)
    };
    let symmetric = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(b"x")).unwrap();
    let mut forged = node.ticket("jia");
    forged.replace_range(forged.len() - 8.., "AAAAAAAA");
    let tickets = [expired, future, elsewhere, climber].map(|claims| node.sign(&claims));
    for ticket in tickets
        .iter()
        .chain([&symmetric, &forged, &"no jwt".to_owned(), &String::new()])
    {
        assert_eq!(
            Line::hello(node.address, ticket).await.closed_with().await,
            4401,
            "{ticket}"
        );
    }
    let mut rude = Line::open(node.address).await;
    rude.say(&json!({"type": "ping"})).await;
    assert_eq!(rude.closed_with().await, 4401, "hello comes first");
    node.stop().await;
}

#[tokio::test]
async fn a_ticket_of_another_room_is_answered_with_4403() {
    let mut node = Node::start().await;
    let mut line = Line::open(node.address).await;
    line.say(&json!({"type": "hello", "ticket": node.ticket("jia"), "room": Uuid::from_u128(1)}))
        .await;
    assert_eq!(line.closed_with().await, 4403);
    node.stop().await;
}

#[tokio::test]
async fn a_page_of_another_site_gets_no_websocket() {
    let mut node = Node::start().await;
    let mut request = format!("ws://{}/media/ws", node.address)
        .into_client_request()
        .unwrap();
    request
        .headers_mut()
        .insert("origin", "https://elsewhere.example".parse().unwrap());
    let refused = tokio_tungstenite::connect_async(request).await.unwrap_err();
    assert!(refused.to_string().contains("403"), "{refused}");
    let mut own = format!("ws://{}/media/ws", node.address)
        .into_client_request()
        .unwrap();
    own.headers_mut()
        .insert("origin", format!("http://{}", node.address).parse().unwrap());
    assert!(tokio_tungstenite::connect_async(own).await.is_ok());
    node.stop().await;
}

#[tokio::test]
async fn big_messages_are_answered_with_1009_and_floods_with_1008() {
    let mut node = Node::start().await;
    for bytes in [64 * 1024 + 1, 300 * 1024] {
        let mut big = Line::hello(node.address, &node.ticket("jia")).await;
        big.hear_of("welcome").await;
        big.say_text("x".repeat(bytes)).await;
        assert_eq!(big.closed_with().await, 1009, "{bytes} bytes");
    }
    let mut flood = Line::hello(node.address, &node.ticket("yi")).await;
    for _ in 0..200 {
        // The service closes somewhere on the way.
        if futures_util::SinkExt::send(
            &mut flood.0,
            tokio_tungstenite::tungstenite::Message::text(r#"{"type":"ping"}"#),
        )
        .await
        .is_err()
        {
            break;
        }
    }
    assert_eq!(flood.closed_with().await, 1008);
    node.stop().await;
}

#[tokio::test]
async fn nonsense_is_answered_with_an_error_and_the_call_goes_on() {
    let mut node = Node::start().await;
    let mut line = Line::hello(node.address, &node.ticket("jia")).await;
    line.hear_of("welcome").await;
    let lines = |n: usize| {
        let pair = |n: usize| {
            format!(
                "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:{}\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:{}\r\n",
                2 * n,
                2 * n + 1
            )
        };
        (0..n).map(pair).collect::<String>()
    };
    let offers = [
        String::new(),
        "v=0".to_owned(),
        "\u{0}\u{ffff}🚗".repeat(100),
        lines(5),
        format!("v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n{}", lines(5)),
        format!("v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n{}", lines(400)),
    ];
    for sdp in offers {
        line.say(&json!({"type": "offer", "sdp": sdp})).await;
        assert_eq!(line.hear_of("error").await["code"], "bad_sdp", "{sdp:?}");
    }
    line.say(&json!({"type": "candidate", "candidate": "candidate:nonsense", "mid": "0"}))
        .await;
    assert_eq!(line.hear_of("error").await["code"], "bad_candidate");
    for text in ["", "{", "[]", r#"{"type":"offer"}"#, r#"{"type":"dance"}"#] {
        line.say_text(text.to_owned()).await;
        assert_eq!(line.hear_of("error").await["code"], "bad_message", "{text:?}");
    }
    line.say(&json!({"type": "ping"})).await;
    line.hear_of("pong").await;
    node.stop().await;
}
