//! Insurers' clients: what they may, their keys and secrets, and what was used up.

use domain::id::ClientId;

use super::*;
use crate::on_both;
use crate::store::client_keys::{self, ClientKeyRow, KeySetRow};
use crate::store::clients::{self, ClientRow};
use crate::store::spent;

fn picc() -> ClientRow {
    ClientRow {
        client_id: ClientId::new("picc-zj").unwrap(),
        insurer: "PICC".to_owned(),
        scopes: Json(vec!["settlements:read".to_owned()]),
        jwks_url: None,
        networks: Json(Vec::new()),
        per_minute: 600,
        tokens_from: None,
        created_at: at("08:00:00"),
        disabled_at: None,
    }
}

fn key(kid: &str, minute: &str) -> ClientKeyRow {
    ClientKeyRow {
        kid: kid.to_owned(),
        alg: "ES256".to_owned(),
        jwk: Json(json!({ "kty": "EC", "kid": kid })),
        not_before: at(minute),
        not_after: None,
        created_at: at(minute),
    }
}

async fn with_picc(db: &Db) -> (Tx, ClientId) {
    let mut tx = db.write().await.unwrap();
    assert!(clients::insert_if_new(&mut tx, &picc()).await.unwrap());
    (tx, picc().client_id)
}

on_both! {
    async fn a_client_is_made_once_changed_and_listed(db: Db) {
        let (mut tx, id) = with_picc(&db).await;
        assert!(!clients::insert_if_new(&mut tx, &picc()).await.unwrap());
        assert_eq!(clients::load(&mut tx, &id).await.unwrap(), Some(picc()));
        let changed = ClientRow {
            scopes: Json(vec!["evidence:read".to_owned()]),
            jwks_url: Some("https://picc.example/keys".to_owned()),
            networks: Json(vec!["192.0.2.0/24".to_owned()]),
            per_minute: 5,
            ..picc()
        };
        clients::change(&mut tx, &changed).await.unwrap();
        assert_eq!(clients::list(&mut tx, 10).await.unwrap(), [changed]);
        assert_eq!(clients::list(&mut tx, 0).await.unwrap(), []);
    }

    async fn a_client_is_disabled_once_and_its_tokens_stay_dead(db: Db) {
        let (mut tx, id) = with_picc(&db).await;
        assert!(!clients::enable(&mut tx, &id).await.unwrap());
        assert!(clients::disable(&mut tx, &id, at("09:00:00")).await.unwrap());
        assert!(!clients::disable(&mut tx, &id, at("09:00:01")).await.unwrap());
        let now = clients::load(&mut tx, &id).await.unwrap().unwrap();
        assert_eq!((now.disabled_at, now.tokens_from), (Some(at("09:00:00")), Some(at("09:00:00"))));
        assert!(clients::enable(&mut tx, &id).await.unwrap());
        let now = clients::load(&mut tx, &id).await.unwrap().unwrap();
        assert_eq!((now.disabled_at, now.tokens_from), (None, Some(at("09:00:00"))));
        clients::end_tokens(&mut tx, &id, at("10:00:00")).await.unwrap();
        assert_eq!(clients::load(&mut tx, &id).await.unwrap().unwrap().tokens_from, Some(at("10:00:00")));
    }

    async fn a_client_has_a_secret_only_when_it_was_given_one(db: Db) {
        let (mut tx, id) = with_picc(&db).await;
        assert_eq!(clients::secret(&mut tx, &id).await.unwrap(), None);
        for (secret, when) in [("one", "08:00:00"), ("two", "09:00:00")] {
            clients::set_secret(&mut tx, &id, &digest(secret), at(when)).await.unwrap();
            let kept = clients::secret(&mut tx, &id).await.unwrap().unwrap();
            assert_eq!((kept.digest, kept.created_at), (digest(secret), at(when)));
        }
        assert!(clients::remove_secret(&mut tx, &id).await.unwrap());
        assert!(!clients::remove_secret(&mut tx, &id).await.unwrap());
    }

    async fn a_key_keeps_its_id_and_ends_when_it_is_said(db: Db) {
        let (mut tx, id) = with_picc(&db).await;
        assert!(client_keys::insert_if_new(&mut tx, &id, &key("a", "08:00:00")).await.unwrap());
        assert!(client_keys::insert_if_new(&mut tx, &id, &key("b", "09:00:00")).await.unwrap());
        assert!(!client_keys::insert_if_new(&mut tx, &id, &key("a", "10:00:00")).await.unwrap());
        assert!(client_keys::end(&mut tx, &id, "a", at("11:00:00")).await.unwrap());
        assert!(!client_keys::end(&mut tx, &id, "c", at("11:00:00")).await.unwrap());
        let ended = ClientKeyRow { not_after: Some(at("11:00:00")), ..key("a", "08:00:00") };
        assert_eq!(client_keys::load(&mut tx, &id, "a").await.unwrap(), Some(ended.clone()));
        assert_eq!(client_keys::list(&mut tx, &id, 10).await.unwrap(), [ended, key("b", "09:00:00")]);
        assert!(client_keys::remove(&mut tx, &id, "a").await.unwrap());
        assert!(!client_keys::remove(&mut tx, &id, "a").await.unwrap());
        assert_eq!(client_keys::list(&mut tx, &id, 10).await.unwrap(), [key("b", "09:00:00")]);
    }

    async fn a_clients_own_address_is_asked_by_one_at_a_time(db: Db) {
        let (mut tx, id) = with_picc(&db).await;
        assert_eq!(client_keys::set(&mut tx, &id).await.unwrap(), None);
        let mut claim = async |now, cutoff| {
            client_keys::claim_asking(&mut tx, &id, at(now), at(cutoff)).await.unwrap()
        };
        assert!(claim("08:00:00", "07:59:00").await);
        assert!(!claim("08:00:59", "07:59:59").await);
        assert!(claim("08:01:00", "08:00:00").await);
        client_keys::keep_set(&mut tx, &id, "{}", at("08:01:01")).await.unwrap();
        let kept = KeySetRow { body: Some("{}".to_owned()), fetched_at: Some(at("08:01:01")), tried_at: at("08:01:00") };
        assert_eq!(client_keys::set(&mut tx, &id).await.unwrap(), Some(kept));
        client_keys::forget_set(&mut tx, &id).await.unwrap();
        assert_eq!(client_keys::set(&mut tx, &id).await.unwrap(), None);
    }

    async fn an_assertion_is_spent_once_even_by_sixteen_at_the_same_time(db: Db) {
        let (tx, id) = with_picc(&db).await;
        tx.commit().await.unwrap();
        let tasks = (0..16).map(|_| {
            let (db, id) = (db.clone(), id.clone());
            tokio::spawn(async move {
                let mut tx = db.write().await.unwrap();
                let first = spent::spend_assertion(&mut tx, &id, &digest("jti"), at("09:00:00")).await.unwrap();
                tx.commit().await.unwrap();
                first
            })
        });
        let firsts = futures_util::future::join_all(tasks).await;
        assert_eq!(firsts.into_iter().filter(|first| *first.as_ref().unwrap()).count(), 1);
    }

    async fn what_was_used_up_is_forgotten_when_its_age_refuses_it(db: Db) {
        let (mut tx, id) = with_picc(&db).await;
        let spend = async |tx: &mut Tx| {
            spent::spend_assertion(tx, &id, &digest("jti"), at("09:00:00")).await.unwrap()
        };
        assert!(spend(&mut tx).await);
        spent::revoke_token(&mut tx, "t", at("09:00:00")).await.unwrap();
        spent::revoke_token(&mut tx, "t", at("09:00:00")).await.unwrap();
        assert_eq!(spent::forget(&mut tx, at("09:00:00")).await.unwrap(), 0);
        assert!(!spend(&mut tx).await);
        assert!(spent::is_token_revoked(&mut tx, "t").await.unwrap());
        assert!(!spent::is_token_revoked(&mut tx, "u").await.unwrap());
        assert_eq!(spent::forget(&mut tx, at("09:00:00.000001")).await.unwrap(), 2);
        assert!(spend(&mut tx).await);
        assert!(!spent::is_token_revoked(&mut tx, "t").await.unwrap());
    }
}
