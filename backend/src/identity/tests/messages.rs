//! SMS on their way out, and the demo's inbox.

use axum::extract::{Query, State};
use axum::routing::post;
use std::collections::HashMap;
use tokio::net::TcpListener;

use super::*;
use crate::on_both;
use crate::sms::{self, Gateway, Sender};
use crate::store::outbox;

const TEXT: &str = "【事故快处】验证码123456 & 100%";

#[derive(Clone, Default)]
struct Received(Arc<Mutex<Vec<(String, String)>>>, Arc<Mutex<u32>>);

/// A gateway that fails as often as it was told and then takes what comes.
async fn gateway(received: Received) -> String {
    async fn take(
        State(received): State<Received>,
        Query(query): Query<HashMap<String, String>>,
    ) -> StatusCode {
        let mut failures = received.1.lock().unwrap();
        if *failures > 0 {
            *failures -= 1;
            return StatusCode::BAD_GATEWAY;
        }
        received
            .0
            .lock()
            .unwrap()
            .push((query["to"].clone(), query["msg"].clone()));
        StatusCode::OK
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/send", post(take)).with_state(received);
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/send?to={{phone}}&msg={{text}}")
}

async fn queue(world: &World) {
    let mut tx = world.app.db.write().await.unwrap();
    sms::queue(&mut tx, &world.app, "13812341234", TEXT, world.clock.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

fn production() -> Config {
    Config {
        demo: false,
        ..config("https://desk.example")
    }
}

on_both! {
    async fn a_message_reaches_the_gateway_as_it_was_written_and_is_forgotten(db: Db) {
        let world = World::with(&db, production()).await;
        queue(&world).await;
        let received = Received::default();
        let sender = Sender::Gateway(Gateway::new(&gateway(received.clone()).await).unwrap());
        assert_eq!(sms::send_due(&world.app, &sender).await.unwrap(), 1);
        assert_eq!(sms::send_due(&world.app, &sender).await.unwrap(), 0);
        assert_eq!(*received.0.lock().unwrap(), [("13812341234".to_owned(), TEXT.to_owned())]);
        let mut tx = db.read().await.unwrap();
        let kept = outbox::list(&mut tx, 10).await.unwrap().remove(0);
        assert_eq!((kept.recipient.as_str(), kept.body.as_str()), ("", ""));
    }

    async fn a_gateway_that_fails_is_tried_again_later(db: Db) {
        let world = World::with(&db, production()).await;
        queue(&world).await;
        let received = Received::default();
        *received.1.lock().unwrap() = 2;
        let sender = Sender::Gateway(Gateway::new(&gateway(received.clone()).await).unwrap());
        assert_eq!(sms::send_due(&world.app, &sender).await.unwrap(), 0);
        assert_eq!(sms::send_due(&world.app, &sender).await.unwrap(), 0, "not at once");
        world.pass(Duration::seconds(15));
        assert_eq!(sms::send_due(&world.app, &sender).await.unwrap(), 0);
        world.pass(Duration::seconds(30));
        assert_eq!(sms::send_due(&world.app, &sender).await.unwrap(), 1);
        assert_eq!(received.0.lock().unwrap().len(), 1);
    }

    async fn a_message_that_nobody_takes_is_given_up(db: Db) {
        let world = World::with(&db, production()).await;
        queue(&world).await;
        let received = Received::default();
        *received.1.lock().unwrap() = u32::MAX;
        let sender = Sender::Gateway(Gateway::new(&gateway(received.clone()).await).unwrap());
        for _ in 0..10 {
            sms::send_due(&world.app, &sender).await.unwrap();
            world.pass(Duration::hours(1));
        }
        assert_eq!(*received.1.lock().unwrap(), u32::MAX - 6, "six tries");
    }

    async fn the_demo_shows_its_messages_and_codes_to_who_tries_it(db: Db) {
        let world = World::new(&db).await;
        queue(&world).await;
        assert_eq!(sms::send_due(&world.app, &Sender::Log).await.unwrap(), 1);
        let inbox = world.get("/api/v1/demo/inbox", "").await;
        assert_eq!(inbox.body["messages"][0]["to"], "13812341234");
        assert_eq!(inbox.body["messages"][0]["text"], TEXT);
        let page = world.get("/demo/inbox", "").await;
        assert!(page.body.as_str().unwrap().contains("验证码123456 &amp; 100%"), "{}", page.body);
        let code = world.get("/api/v1/demo/totp?name=chen", "").await;
        assert_eq!(code.body, json!({ "code": world.totp("chen"), "valid_for_s": 30 }));
        assert_eq!(world.get("/api/v1/demo/totp?name=nobody", "").await.code(), (404, "not_found"));
    }

    async fn outside_the_demo_there_is_no_inbox(db: Db) {
        let world = World::with(&db, production()).await;
        for path in ["/api/v1/demo/inbox", "/api/v1/demo/totp?name=chen", "/demo/inbox"] {
            assert_eq!(world.get(path, "").await.code(), (404, "not_found"), "{path}");
        }
    }
}

#[test]
fn a_gateway_needs_to_be_told_whom_and_what() {
    assert!(Gateway::new("https://sms.example/send").is_err());
    assert!(Gateway::new("ftp://sms.example/{phone}/{text}").is_err());
    assert!(Gateway::new("https://sms.example/{phone}/{text}").is_ok());
}
