//! The live feed: what it tells, where it resumes, and when it ends.

use axum::body::{Body, BodyDataStream};
use axum::http::{Request, Response, StatusCode};
use domain::fact::Fact;
use futures_util::StreamExt;
use serde_json::{Value, json};

use super::world::{World, refused, report};
use crate::on_both;
use crate::store::events;

/// Reads the stream until `count` events have come; answers id and data of each.
async fn read(stream: &mut BodyDataStream, count: usize) -> Vec<(i64, Value)> {
    let mut text = String::new();
    loop {
        let told: Vec<_> = text.split_inclusive("\n\n").filter_map(event).collect();
        if told.len() >= count {
            return told;
        }
        let chunk = stream.next().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(&chunk).unwrap());
    }
}

fn event(block: &str) -> Option<(i64, Value)> {
    let field = |name: &str| {
        block
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .map(str::trim)
    };
    assert!(field("event:").is_none_or(|kind| kind == "accident"), "{block}");
    let whole = block.ends_with("\n\n");
    whole.then_some(())?;
    Some((
        field("id:")?.parse().unwrap(),
        serde_json::from_str(field("data:")?).unwrap(),
    ))
}

fn stream(response: Response<Body>) -> BodyDataStream {
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response.into_body().into_data_stream()
}

async fn joined(world: &World) {
    let party = domain::id::PartyId(world.app.new_id());
    world.happen(Fact::PartyJoined { party }).await;
}

on_both! {
    async fn a_watcher_resumes_after_the_last_event_it_saw(db: Db) {
        let world = World::new(db).await;
        let path = format!("/api/v1/accidents/{}/events", world.accident);
        joined(&world).await;
        joined(&world).await;
        let from_the_start = world.get(&world.driver, &format!("{path}?after=0")).await;
        let told = read(&mut stream(from_the_start), 3).await;
        let versions: Vec<_> = told.iter().map(|(_, data)| data["version"].clone()).collect();
        assert_eq!(versions, [json!(1), json!(2), json!(3)]);
        let expected = json!({ "accident_id": world.accident, "version": 1, "stage": "reporting" });
        assert_eq!(told[0].1, expected);

        let request = Request::get(&path).header("last-event-id", told[1].0);
        let resumed = world.send(&world.driver, request, Body::empty()).await;
        assert_eq!(read(&mut stream(resumed), 1).await, told[2..]);
    }

    async fn a_change_reaches_an_open_stream(db: Db) {
        let world = World::new(db).await;
        let mut live = stream(world.get(&world.officer, "/api/v1/events").await);
        assert!(live.next().await.is_some(), "a greeting, at once");
        joined(&world).await;
        let told = read(&mut live, 1).await;
        let mut tx = world.app.db.read().await.unwrap();
        assert_eq!(told[0].0, events::newest(&mut tx).await.unwrap());
        assert_eq!(told[0].1["accident_id"], json!(world.accident));
    }
}

#[tokio::test]
async fn nobody_watches_what_is_not_theirs() {
    let test = crate::store::testing::sqlite().await;
    let world = World::new(test.db.clone()).await;
    let (other, _) = report(&world.app).await;
    let foreign = world
        .get(&world.driver, &format!("/api/v1/accidents/{other}/events"))
        .await;
    assert_eq!(
        refused(foreign).await,
        (StatusCode::NOT_FOUND, "not_found".to_owned())
    );
    assert_eq!(
        refused(world.get(&world.driver, "/api/v1/events").await).await.0,
        StatusCode::UNAUTHORIZED
    );
    let senseless = world.get(&world.officer, "/api/v1/events?after=yesterday").await;
    assert_eq!(
        refused(senseless).await,
        (StatusCode::UNPROCESSABLE_ENTITY, "invalid_fields".to_owned())
    );
}
