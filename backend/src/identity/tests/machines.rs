//! Insurers' clients, access tokens, keys and tickets.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::id::ClientId;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use signaling_core::ticket::Ticket;

use super::*;
use crate::identity::clients::{self, Claims, SCOPES, TOKEN_LIFE, audience};
use crate::identity::keys::{self, Keyring, OVERLAP};
use crate::on_both;

const FORM: &str = "application/x-www-form-urlencoded";

async fn ask(world: &World, basic: Option<(&str, &str)>, body: &str) -> Answer {
    let mut request = Request::post("/oauth/token").header(CONTENT_TYPE, FORM);
    if let Some((id, secret)) = basic {
        request = request.header(
            "authorization",
            format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))),
        );
    }
    world
        .call(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

fn picc(world: &World) -> (String, String) {
    let client = world
        .secrets
        .clients
        .iter()
        .find(|client| client.insurer == "PICC")
        .unwrap();
    (client.client_id.clone(), client.secret.clone())
}

async fn token(world: &World) -> String {
    let (id, secret) = picc(world);
    let answer = ask(world, Some((&id, &secret)), "grant_type=client_credentials").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.body["token_type"], "Bearer");
    assert_eq!(answer.body["expires_in"], 600);
    assert_eq!(answer.body["scope"], SCOPES.join(" "));
    answer.body["access_token"].as_str().unwrap().to_owned()
}

fn good(world: &World) -> Claims {
    let now = world.clock.now().unix_micros() / 1_000_000;
    Claims {
        iss: world.app.config.public_url.clone(),
        aud: audience(&world.app),
        sub: "picc-zj".to_owned(),
        client_id: "picc-zj".to_owned(),
        scope: "settlements:read".to_owned(),
        iat: now,
        exp: now + 600,
        nbf: None,
        jti: "1".to_owned(),
    }
}

on_both! {
    async fn a_client_is_who_its_secret_says(db: Db) {
        let world = World::new(&db).await;
        let known = clients::check(&world.app, &token(&world).await).await.unwrap();
        assert_eq!((known.insurer.as_str(), known.scopes.as_slice()), ("PICC", SCOPES.map(str::to_owned).as_slice()));
        let (id, secret) = picc(&world);
        let in_body = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}&scope=settlements%3Aread");
        let fewer = ask(&world, None, &in_body).await;
        assert_eq!((fewer.status, &fewer.body["scope"]), (StatusCode::OK, &json!("settlements:read")));
    }

    async fn a_refusal_speaks_rfc_6749(db: Db) {
        let world = World::new(&db).await;
        let (id, secret) = picc(&world);
        let right = Some((id.as_str(), secret.as_str()));
        let body = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        for (basic, body, status, error) in [
            (Some((id.as_str(), "wrong")), "grant_type=client_credentials", 401, "invalid_client"),
            (Some(("nobody", "wrong")), "grant_type=client_credentials", 401, "invalid_client"),
            (Some(("甲", "wrong")), "grant_type=client_credentials", 401, "invalid_client"),
            (None, "grant_type=client_credentials", 401, "invalid_client"),
            (right, "grant_type=password", 400, "unsupported_grant_type"),
            (right, "", 400, "invalid_request"),
            (right, "grant_type=client_credentials&grant_type=client_credentials", 400, "invalid_request"),
            (right, body.as_str(), 400, "invalid_request"),
            (right, "grant_type=client_credentials&scope=everything", 400, "invalid_scope"),
        ] {
            let answer = ask(&world, basic, body).await;
            assert_eq!((answer.status.as_u16(), answer.body["error"].as_str().unwrap()), (status, error), "{body}");
            assert_eq!(answer.headers.contains_key("www-authenticate"), status == 401);
        }
        let json = Request::post("/oauth/token").header(CONTENT_TYPE, "application/json").body(Body::from("{}"));
        assert_eq!(world.call(json.unwrap()).await.body["error"], "invalid_request");
    }

    async fn o06_o08_a_token_is_taken_only_as_it_was_meant(db: Db) {
        let world = World::new(&db).await;
        let sign = async |typ: &str, claims: Value| keys::sign(&world.app, typ, &claims).await.unwrap();
        let with = |name: &str, value: Value| {
            let mut claims = json!(good(&world));
            claims[name] = value;
            claims
        };
        let without = |name: &str| {
            let mut claims = json!(good(&world));
            claims.as_object_mut().unwrap().remove(name);
            claims
        };
        let now = good(&world).iat;
        assert!(clients::check(&world.app, &sign("at+jwt", json!(good(&world))).await).await.is_ok());
        for claims in [
            without("aud"), without("iss"), without("sub"), without("exp"), without("iat"), without("jti"),
            with("aud", json!("kuaichu-media")),
            with("iss", json!("https://evil.example")),
            with("exp", json!(now - 30)),
            with("exp", json!(now - 5)),
            with("exp", json!(now + 86_400)),
            with("iat", json!(now + 60)),
            with("nbf", json!(now + 60)),
            with("sub", json!("nobody")),
        ] {
            let shown = sign("at+jwt", claims.clone()).await;
            assert_eq!(refused(clients::check(&world.app, &shown).await).code, "invalid_token", "{claims}");
        }
        let ticket = sign("JWT", json!(good(&world))).await;
        assert_eq!(refused(clients::check(&world.app, &ticket).await).code, "invalid_token", "a ticket is none");
        for nonsense in ["", "x", "a.b.c"] {
            assert_eq!(refused(clients::check(&world.app, nonsense).await).code, "invalid_token");
        }
    }

    async fn a_token_of_another_signature_or_none_is_refused(db: Db) {
        let world = World::new(&db).await;
        let real = token(&world).await;
        let (head, signature) = real.rsplit_once('.').unwrap();
        let flipped = if signature.starts_with('A') { "B" } else { "A" };
        let forged = format!("{head}.{flipped}{}", &signature[1..]);
        assert!(clients::check(&world.app, &forged).await.is_err());
        let claims = head.split_once('.').unwrap().1;
        let none = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"at+jwt"}"#);
        assert!(clients::check(&world.app, &format!("{none}.{claims}.")).await.is_err());
    }

    async fn a_token_ends_by_our_clock(db: Db) {
        let world = World::new(&db).await;
        let token = token(&world).await;
        world.pass(TOKEN_LIFE + Duration::seconds(4));
        assert!(clients::check(&world.app, &token).await.is_ok());
        world.pass(Duration::seconds(1));
        assert_eq!(refused(clients::check(&world.app, &token).await).code, "invalid_token");
    }

    async fn o12_a_disabled_client_is_out_with_its_tokens(db: Db) {
        let world = World::new(&db).await;
        let token = token(&world).await;
        let mut tx = db.write().await.unwrap();
        let id = ClientId::new("picc-zj").unwrap();
        assert!(crate::store::clients::disable(&mut tx, &id, world.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(refused(clients::check(&world.app, &token).await).code, "invalid_token");
        let (id, secret) = picc(&world);
        let again = ask(&world, Some((&id, &secret)), "grant_type=client_credentials").await;
        assert_eq!(again.body["error"], "invalid_client");
    }

    async fn o13_an_old_key_verifies_for_a_while(db: Db) {
        let world = World::new(&db).await;
        let old = token(&world).await;
        let kid = jsonwebtoken::decode_header(&old).unwrap().kid.unwrap();
        let newer = keys::rotate(&world.app).await.unwrap();
        assert_ne!(kid, newer);
        assert!(clients::check(&world.app, &old).await.is_ok());
        assert_eq!(jsonwebtoken::decode_header(token(&world).await).unwrap().kid, Some(newer));
        world.pass(OVERLAP + Duration::seconds(1));
        assert!(keys::decoding_key(&world.app, &kid).await.unwrap().is_none());
        assert_eq!(keys::jwks(&world.app).await.unwrap().keys.len(), 1);
    }

    async fn the_keys_that_verify_are_published_and_nothing_more(db: Db) {
        let world = World::new(&db).await;
        let jwks = world.get("/.well-known/jwks.json", "").await;
        let key = &jwks.body["keys"][0];
        assert_eq!((&key["kty"], &key["alg"], &key["use"]), (&json!("EC"), &json!("ES256"), &json!("sig")));
        assert!(key.get("d").is_none() && !jwks.body.to_string().contains("PRIVATE"));
        let about = world.get("/.well-known/oauth-authorization-server", "").await;
        assert_eq!(about.body["token_endpoint"], "https://desk.example/oauth/token");
        // What is published verifies what was signed.
        let public = DecodingKey::from_ec_components(key["x"].as_str().unwrap(), key["y"].as_str().unwrap()).unwrap();
        let mut validation = Validation::new(Algorithm::ES256);
        validation.validate_exp = false;
        validation.set_audience(&[audience(&world.app)]);
        assert!(jsonwebtoken::decode::<Claims>(token(&world).await, &public, &validation).is_ok());
    }

    async fn a_ticket_is_verified_with_the_ring_and_is_no_access_token(db: Db) {
        let world = World::new(&db).await;
        let now = good(&world).iat;
        let ticket: Ticket = serde_json::from_value(json!({
            "iss": "kuaichu", "aud": "kuaichu-media", "sub": "party-1", "room": uuid::Uuid::from_u128(7),
            "role": "driver", "label": "甲", "iat": now, "exp": now + 60, "jti": uuid::Uuid::from_u128(8),
        })).unwrap();
        let minted = keys::mint_ticket(&world.app, &ticket).await.unwrap();
        let ring = Keyring::default();
        let kid = jsonwebtoken::decode_header(&minted).unwrap().kid.unwrap();
        assert!(ring.key(&kid).is_none());
        ring.refresh(&db, world.clock.now()).await.unwrap();
        let mut validation = Validation::new(Algorithm::ES256);
        validation.validate_exp = false;
        validation.set_audience(&["kuaichu-media"]);
        let read = jsonwebtoken::decode::<Ticket>(&minted, &ring.key(&kid).unwrap(), &validation).unwrap();
        assert_eq!(read.claims, ticket);
        assert_eq!(refused(clients::check(&world.app, &minted).await).code, "invalid_token");
    }

    async fn the_demo_is_made_once_and_keeps_its_secrets(db: Db) {
        let world = World::new(&db).await;
        assert_eq!(world.secrets.officers.len(), 3);
        assert_eq!(seed::demo(&world.app, &world.secrets).await.unwrap(), world.secrets);
        assert_eq!(seed::demo(&world.app, &seed::Secrets::default()).await.unwrap(), seed::Secrets::default());
        world.sign_in("zhao").await;
    }
}
