//! Keys that change and end, and keys that a client publishes at an address of its own.

use std::sync::Mutex;

use jsonwebtoken::Algorithm;

use super::machine::{ID, Signer, denied};
use super::*;
use crate::identity::clients::registry::{self, Change};
use crate::on_both;
use crate::outbound::testing::{Answer as Said, Site};

const UNKNOWN: &str = "unknown or disabled client";

/// A site whose keys a test may change.
async fn publishing(said: &Arc<Mutex<Said>>) -> Site {
    let said = Arc::clone(said);
    Site::new(move |_| said.lock().unwrap().clone()).await
}

async fn world(db: &Db, site: &Site, outbound: crate::outbound::Outbound) -> World {
    let config = Config {
        outbound,
        ..config("https://desk.example")
    };
    let world = World::with(db, config).await;
    let change = Change {
        jwks_url: Some(Some(site.url("/keys"))),
        ..Change::default()
    };
    world.client(change, Vec::new()).await;
    world
}

fn says(said: &Mutex<Said>, what: Said) {
    *said.lock().unwrap() = what;
}

on_both! {
    async fn o13_the_old_and_the_new_key_count_side_by_side_until_the_old_one_ends(db: Db) {
        let world = World::new(&db).await;
        let (old, new) = (Signer::new("2026-a", Algorithm::ES256), Signer::new("2026-b", Algorithm::ES256));
        world.client(Change::default(), vec![old.public.clone()]).await;
        let start = world.clock.now();
        world.adds(&new, start.plus(Duration::hours(1)), Some(start.plus(Duration::hours(9)))).await;
        let counts = async || {
            let one = async |signer: &Signer| world.shows(&signer.assertion(&world)).await.status == StatusCode::OK;
            (one(&old).await, one(&new).await)
        };
        assert_eq!(counts().await, (true, false), "the new one does not count yet");
        world.pass(Duration::hours(1));
        assert_eq!(counts().await, (true, true));
        registry::end_key(&db, ID, "2026-a", start.plus(Duration::hours(2))).await.unwrap();
        assert_eq!(counts().await, (true, true), "the end was announced");
        world.pass(Duration::hours(1) - Duration::microseconds(1));
        let token = world.token(&old).await;
        world.pass(Duration::microseconds(1));
        assert_eq!(counts().await, (false, true));
        assert_eq!(world.reads(&token).await.status, StatusCode::OK, "what it was given before lives out its time");
        world.pass(Duration::hours(7));
        assert_eq!(counts().await, (false, false));
    }

    async fn a_key_that_was_taken_away_takes_its_tokens_along(db: Db) {
        let world = World::new(&db).await;
        let (lost, new) = (Signer::new("lost", Algorithm::ES256), Signer::new("new", Algorithm::EdDSA));
        world.client(Change::default(), vec![lost.public.clone(), new.public.clone()]).await;
        let token = world.token(&lost).await;
        registry::remove_key(&db, ID, "lost", world.clock.now()).await.unwrap();
        assert_eq!(world.reads(&token).await.code(), (401, "invalid_token"));
        denied(&world.shows(&lost.assertion(&world)).await, UNKNOWN);
        world.pass(Duration::seconds(1));
        let fresh = world.token(&new).await;
        assert_eq!(world.reads(&fresh).await.status, StatusCode::OK);
        assert!(registry::remove_key(&db, ID, "lost", world.clock.now()).await.is_err());
    }

    async fn keys_that_a_client_publishes_are_read_and_read_again_when_one_is_new(db: Db) {
        let (old, new) = (Signer::new("a", Algorithm::ES256), Signer::new("b", Algorithm::ES256));
        let said = Arc::new(Mutex::new(Said::body(&old.jwks())));
        let site = publishing(&said).await;
        let world = world(&db, &site, site.outbound()).await;
        for _ in 0..3 {
            world.token(&old).await;
        }
        assert_eq!(site.asked(), 1, "an answer is kept");
        says(&said, Said::body(&new.jwks()));
        denied(&world.shows(&new.assertion(&world)).await, UNKNOWN);
        assert_eq!(site.asked(), 1, "not more often than once a minute");
        world.pass(Duration::minutes(1));
        world.token(&new).await;
        assert_eq!(site.asked(), 2);
        // What is published no more counts no more.
        denied(&world.shows(&old.assertion(&world)).await, UNKNOWN);
        // Nobody can make us ask by inventing ids.
        for kid in ["c", "d", "e"] {
            denied(&world.shows(&Signer::new(kid, Algorithm::ES256).assertion(&world)).await, UNKNOWN);
        }
        assert_eq!(site.asked(), 2);
    }

    async fn a_published_key_that_is_withdrawn_dies_within_ten_minutes(db: Db) {
        let signer = Signer::new("a", Algorithm::ES256);
        let said = Arc::new(Mutex::new(Said::body(&signer.jwks())));
        let site = publishing(&said).await;
        let world = world(&db, &site, site.outbound()).await;
        world.token(&signer).await;
        says(&said, Said::body(r#"{"keys":[]}"#));
        world.pass(Duration::minutes(10) - Duration::seconds(1));
        world.token(&signer).await;
        world.pass(Duration::seconds(1));
        denied(&world.shows(&signer.assertion(&world)).await, UNKNOWN);
    }

    async fn an_address_that_fails_for_a_while_locks_nobody_out(db: Db) {
        let signer = Signer::new("a", Algorithm::ES256);
        let said = Arc::new(Mutex::new(Said::body(&signer.jwks())));
        let site = publishing(&said).await;
        let world = world(&db, &site, site.outbound()).await;
        world.token(&signer).await;
        for failure in [
            Said { status: 500, ..Said::body("{}") },
            Said::moved(&site.url("/elsewhere")),
            Said::body(&"x".repeat(64 * 1024 + 1)),
            Said::body("<html>maintenance</html>"),
        ] {
            says(&said, failure);
            world.pass(Duration::minutes(11));
            world.token(&signer).await;
        }
        assert_eq!(site.asked(), 5, "each time it was asked once, and no redirect was followed");
        world.pass(Duration::minutes(16));
        denied(&world.shows(&signer.assertion(&world)).await, UNKNOWN);
    }

    async fn a_published_set_may_hold_keys_for_others_and_none_of_ours_twice(db: Db) {
        let (ours, strange) = (Signer::new("a", Algorithm::EdDSA), json!({ "kty": "EC", "crv": "P-521", "kid": "z" }));
        let set = json!({ "keys": [strange, { "no": "key" }, ours.public.jwk] }).to_string();
        let said = Arc::new(Mutex::new(Said::body(&set)));
        let site = publishing(&said).await;
        let world = world(&db, &site, site.outbound()).await;
        world.token(&ours).await;
        let twice = json!({ "keys": [ours.public.jwk, ours.public.jwk] }).to_string();
        says(&said, Said::body(&twice));
        world.pass(Duration::minutes(10));
        denied(&world.shows(&ours.assertion(&world)).await, UNKNOWN);
    }

    async fn an_address_inside_the_house_is_never_asked(db: Db) {
        let signer = Signer::new("a", Algorithm::ES256);
        let said = Arc::new(Mutex::new(Said::body(&signer.jwks())));
        let site = publishing(&said).await;
        let strict = config("https://desk.example").outbound;
        let world = world(&db, &site, strict).await;
        denied(&world.shows(&signer.assertion(&world)).await, UNKNOWN);
        assert_eq!(site.asked(), 0);
    }
}
