//! `private_key_jwt`: each thing wrong in turn, once is once, and a key is worth what its registration says.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};

use super::machine::{ID, Signer, asking, denied, error, form, good, now_s};
use super::*;
use crate::identity::clients::public_key::{self, BadKey, PublicKey};
use crate::identity::clients::registry::{self, Change};
use crate::on_both;

const UNKNOWN: &str = "unknown or disabled client";

on_both! {
    async fn a_client_that_signs_who_it_is_gets_a_token_whatever_its_algorithm(db: Db) {
        let world = World::new(&db).await;
        let signers = [Algorithm::ES256, Algorithm::EdDSA, Algorithm::PS256, Algorithm::RS256]
            .map(|algorithm| Signer::new(public_key::name(algorithm), algorithm));
        let keys = signers.iter().map(|signer| signer.public.clone()).collect();
        world.client(Change::default(), keys).await;
        for signer in &signers {
            let answer = world.shows(&signer.assertion(&world)).await;
            assert_eq!((answer.status, &answer.body["scope"]), (StatusCode::OK, &json!("settlements:read")), "{}", answer.body);
            assert_eq!(world.reads(answer.body["access_token"].as_str().unwrap()).await.status, StatusCode::OK);
        }
        let named = format!("{}&client_id={ID}", form(&signers[0].assertion(&world)));
        assert_eq!(world.form("/oauth/token", &named).await.status, StatusCode::OK);
    }

    async fn o01_o04_each_claim_wrong_in_turn_is_refused_with_what_to_mend(db: Db) {
        let world = World::new(&db).await;
        let signer = Signer::new("k", Algorithm::ES256);
        world.client(Change::default(), vec![signer.public.clone()]).await;
        let now = now_s(&world);
        let issuer = "https://desk.example";
        for (name, value, why) in [
            ("iss", json!("paic-zj"), "iss and sub"),
            ("iss", Value::Null, "iss and sub"),
            ("sub", json!("paic-zj"), UNKNOWN),
            ("sub", Value::Null, "not a signed JWT"),
            ("aud", json!("https://desk.example/oauth/token"), "aud must be the issuer"),
            ("aud", json!([issuer, "https://evil.example"]), "aud must be the issuer"),
            ("aud", json!([]), "aud must be the issuer"),
            ("aud", json!("https://desk.example/"), "aud must be the issuer"),
            ("aud", Value::Null, "aud must be the issuer"),
            ("exp", json!(now - 5), "has expired"),
            ("exp", json!(now + 306), "more than 5 minutes"),
            ("exp", json!(i64::MAX), "more than 5 minutes"),
            ("exp", json!(i64::MIN), "has expired"),
            ("exp", json!("soon"), "another type"),
            ("exp", Value::Null, "exp is missing"),
            ("iat", json!(now + 6), "in the future"),
            ("iat", json!(now - 241), "lives longer"),
            ("iat", json!(i64::MIN), "lives longer"),
            ("nbf", json!(now + 6), "in the future"),
            ("jti", Value::Null, "jti is missing"),
            ("jti", json!(""), "jti is missing"),
            ("jti", json!("x".repeat(256)), "jti is missing"),
        ] {
            let mut claims = good(&world);
            claims[name] = value.clone();
            let answer = world.shows(&signer.sign(&claims)).await;
            let shown = format!("{name} {value}: {}", answer.body);
            assert_eq!((answer.status.as_u16(), &answer.body["error"]), (401, &json!("invalid_client")), "{shown}");
            assert!(answer.body["error_description"].as_str().unwrap().contains(why), "{shown}");
            assert!(answer.headers.contains_key("www-authenticate"));
        }
        for (name, value) in [
            ("aud", json!([issuer])),
            ("exp", json!(now + 300)),
            ("exp", json!(now - 4)),
            ("iat", json!(now + 5)),
            ("iat", Value::Null),
            ("nbf", Value::Null),
            ("more", json!({ "is": "ignored" })),
        ] {
            let mut claims = good(&world);
            claims[name] = value.clone();
            let answer = world.shows(&signer.sign(&claims)).await;
            assert_eq!(answer.status, StatusCode::OK, "{name} {value}: {}", answer.body);
        }
    }

    async fn nothing_in_the_assertion_chooses_how_it_is_verified(db: Db) {
        let world = World::new(&db).await;
        let (ec, rsa) = (Signer::new("ec", Algorithm::ES256), Signer::new("rsa", Algorithm::RS256));
        world.client(Change::default(), vec![ec.public.clone(), rsa.public.clone()]).await;
        let with = |edit: &dyn Fn(&mut jsonwebtoken::Header), key: &EncodingKey| {
            let mut header = ec.header();
            edit(&mut header);
            jsonwebtoken::encode(&header, &good(&world), key).unwrap()
        };
        // The public key as an HMAC secret, as it is written in every form.
        for secret in [ec.public_pem.clone(), rsa.public_pem.clone(), ec.public.jwk.to_string()] {
            for kid in ["ec", "rsa"] {
                let forged = with(&|header| { header.alg = Algorithm::HS256; header.kid = Some(kid.to_owned()) },
                    &EncodingKey::from_secret(secret.as_bytes()));
                denied(&world.shows(&forged).await, UNKNOWN);
            }
        }
        // Another algorithm than the key's own, even one the same key can do.
        let pss = with(&|header| { header.alg = Algorithm::PS256; header.kid = Some("rsa".to_owned()) }, &rsa.private);
        denied(&world.shows(&pss).await, UNKNOWN);
        let swapped = with(&|header| { header.alg = Algorithm::RS256; header.kid = Some("ec".to_owned()) }, &rsa.private);
        denied(&world.shows(&swapped).await, UNKNOWN);
        // A key it brings itself.
        let stranger = Signer::new("ec", Algorithm::ES256);
        let brought = with(&|header| header.jwk = serde_json::from_value(stranger.public.jwk.clone()).ok(), &stranger.private);
        denied(&world.shows(&brought).await, UNKNOWN);
        denied(&world.shows(&stranger.assertion(&world)).await, UNKNOWN);
        // None at all.
        let payload = URL_SAFE_NO_PAD.encode(good(&world).to_string());
        for alg in ["none", "None", "NONE", ""] {
            let head = URL_SAFE_NO_PAD.encode(json!({ "alg": alg, "kid": "ec" }).to_string());
            denied(&world.shows(&format!("{head}.{payload}.")).await, UNKNOWN);
        }
        let whole = ec.assertion(&world);
        let (signed, _) = whole.rsplit_once('.').unwrap();
        denied(&world.shows(&format!("{signed}.")).await, UNKNOWN);
    }

    async fn a_header_we_do_not_understand_is_refused(db: Db) {
        let world = World::new(&db).await;
        let signer = Signer::new("k", Algorithm::ES256);
        world.client(Change::default(), vec![signer.public.clone()]).await;
        let signed = |edit: &dyn Fn(&mut jsonwebtoken::Header)| {
            let mut header = signer.header();
            edit(&mut header);
            jsonwebtoken::encode(&header, &good(&world), &signer.private).unwrap()
        };
        denied(&world.shows(&signed(&|header| header.kid = None)).await, "not a signed JWT");
        denied(&world.shows(&signed(&|header| header.typ = Some("at+jwt".to_owned()))).await, "not a signed JWT");
        denied(&world.shows(&signed(&|header| header.crit = Some(vec!["exp".to_owned()]))).await, "not a signed JWT");
        denied(&world.shows(&signed(&|header| header.kid = Some("other".to_owned()))).await, UNKNOWN);
        for typ in [None, Some("client-authentication+jwt".to_owned())] {
            assert_eq!(world.shows(&signed(&|header| header.typ = typ.clone())).await.status, StatusCode::OK);
        }
        for nonsense in ["", "x", "a.b.c", "a.b.c.d", &"x".repeat(9_000)] {
            let answer = world.shows(nonsense).await;
            assert_eq!(error(&answer).1, "invalid_client", "{nonsense}");
        }
    }

    async fn o02_an_assertion_is_good_once_and_for_one_client(db: Db) {
        let world = World::new(&db).await;
        let signer = Signer::new("k", Algorithm::ES256);
        world.client(Change::default(), vec![signer.public.clone()]).await;
        let claims = good(&world);
        assert_eq!(world.shows(&signer.sign(&claims)).await.status, StatusCode::OK);
        denied(&world.shows(&signer.sign(&claims)).await, "jti was used before");
        // As long as it lives, also after what is old was forgotten.
        world.pass(Duration::seconds(64));
        world.app.forget_old().await.unwrap();
        denied(&world.shows(&signer.sign(&claims)).await, "jti was used before");
        world.pass(Duration::seconds(1));
        world.app.forget_old().await.unwrap();
        denied(&world.shows(&signer.sign(&claims)).await, "has expired");
        // The same words of another client are another assertion.
        let other = registry::New {
            client_id: "other".to_owned(),
            insurer: "CPIC".to_owned(),
            keys: vec![signer.public.clone()],
            ..registry::New::default()
        };
        registry::add(&db, other, world.clock.now()).await.unwrap();
        let mine = good(&world);
        let mut theirs = mine.clone();
        theirs["iss"] = json!("other");
        theirs["sub"] = json!("other");
        assert_eq!(world.shows(&signer.sign(&mine)).await.status, StatusCode::OK);
        assert_eq!(world.shows(&signer.sign(&theirs)).await.status, StatusCode::OK);
    }

    async fn of_sixteen_who_show_one_assertion_at_once_one_gets_a_token(db: Db) {
        let world = World::new(&db).await;
        let signer = Signer::new("k", Algorithm::ES256);
        world.client(Change::default(), vec![signer.public.clone()]).await;
        let assertion = signer.assertion(&world);
        let tasks = (0..16).map(|_| tokio::spawn(world.router.clone().oneshot(asking(&assertion))));
        let answers = futures_util::future::join_all(tasks).await;
        let statuses: Vec<u16> = answers.into_iter().map(|answer| answer.unwrap().unwrap().status().as_u16()).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 15, "{statuses:?}");
    }

    async fn a_client_proves_itself_in_one_way_and_may_only_narrow_its_scopes(db: Db) {
        let world = World::new(&db).await;
        let signer = Signer::new("k", Algorithm::ES256);
        let scopes = Some(vec!["settlements:read".to_owned(), "evidence:read".to_owned()]);
        world.client(Change { scopes, ..Change::default() }, vec![signer.public.clone()]).await;
        let ask = async |more: &str| {
            let answer = world.form("/oauth/token", &format!("{}{more}", form(&signer.assertion(&world)))).await;
            (answer.status.as_u16(), answer.body["error"].clone(), answer.body["scope"].clone())
        };
        assert_eq!(ask("&scope=evidence%3Aread").await, (200, Value::Null, json!("evidence:read")));
        for wider in ["payments%3Awrite", "evidence%3Aread+payments%3Awrite", "evidence%3Aread++settlements%3Aread", "*"] {
            assert_eq!(ask(&format!("&scope={wider}")).await.1, "invalid_scope", "{wider}");
        }
        assert_eq!(ask("&client_secret=x").await.1, "invalid_request");
        assert_eq!(ask("&client_id=picc-zj").await.1, "invalid_client");
        assert_eq!(ask("&client_assertion=again").await.1, "invalid_request");
        let other_type = form(&signer.assertion(&world)).replace("jwt-bearer", "saml2-bearer");
        assert_eq!(error(&world.form("/oauth/token", &other_type).await).1, "invalid_request");
        // It was never given a secret.
        let guessed = format!("grant_type=client_credentials&client_id={ID}&client_secret=");
        denied(&world.form("/oauth/token", &guessed).await, UNKNOWN);
    }
}

#[test]
fn a_key_is_taken_only_when_it_is_public_and_strong_and_meant_for_this() {
    let ec = Signer::new("k", Algorithm::ES256).public.jwk;
    let with = |name: &str, value: Value| {
        let mut jwk = ec.clone();
        jwk[name] = value;
        PublicKey::from_jwk(&jwk).map(|key| key.kid)
    };
    assert_eq!(with("x5t", json!("ignored")), Ok("k".to_owned()));
    assert_eq!(with("use", json!("sig")), Ok("k".to_owned()));
    assert_eq!(with("d", json!("AAAA")), Err(BadKey::Private));
    assert_eq!(with("use", json!("enc")), Err(BadKey::Purpose));
    assert_eq!(with("key_ops", json!(["sign"])), Err(BadKey::Purpose));
    assert_eq!(with("kid", Value::Null), Err(BadKey::Kid));
    assert_eq!(with("kid", json!("甲")), Err(BadKey::Kid));
    assert_eq!(
        with("alg", json!("HS256")),
        Err(BadKey::Algorithm("HS256".to_owned()))
    );
    assert_eq!(
        with("alg", json!("RS256")),
        Err(BadKey::Algorithm("RS256".to_owned()))
    );
    assert_eq!(with("crv", json!("P-384")), Err(BadKey::Kind));
    assert_eq!(with("x", json!("AAAA")), Err(BadKey::Kind));
    assert_eq!(with("kty", json!("oct")), Err(BadKey::Kind));
    let secret = json!({ "kty": "oct", "kid": "k", "k": "AAAA" });
    assert_eq!(
        PublicKey::from_jwk(&secret).map(|key| key.kid),
        Err(BadKey::Private)
    );
    let weak = json!({ "kty": "RSA", "kid": "k", "e": "AQAB", "n": URL_SAFE_NO_PAD.encode([0xff; 128]) });
    assert_eq!(
        PublicKey::from_jwk(&weak).map(|key| key.kid),
        Err(BadKey::RsaBits(1024))
    );
}

#[test]
fn keys_are_read_as_a_set_as_one_and_as_pem() {
    let signer = Signer::new("k", Algorithm::EdDSA);
    let kids = |text: &str| -> Result<Vec<String>, BadKey> {
        Ok(public_key::read(text, None, None)?
            .into_iter()
            .map(|key| key.kid)
            .collect())
    };
    assert_eq!(kids(&signer.jwks()), Ok(vec!["k".to_owned()]));
    assert_eq!(kids(&signer.public.jwk.to_string()), Ok(vec!["k".to_owned()]));
    // RFC 8037 appendix A: the key and its thumbprint.
    let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
    assert_eq!(
        kids(pem),
        Ok(vec!["kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k".to_owned()])
    );
    let twice = json!({ "keys": [signer.public.jwk, signer.public.jwk] }).to_string();
    assert_eq!(kids(&twice), Err(BadKey::Set));
    assert_eq!(kids(r#"{"keys":[]}"#), Err(BadKey::Set));
    assert_eq!(kids("{}"), Err(BadKey::Kid));
    assert_eq!(kids("nonsense"), Err(BadKey::Unreadable));
    assert_eq!(
        kids("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"),
        Err(BadKey::Private)
    );
    assert_eq!(
        kids("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
        Err(BadKey::Unreadable)
    );
}
