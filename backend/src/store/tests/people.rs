//! Officers, sessions, links, codes, messages, keys and secrets.

use domain::id::{GuestId, OfficerId};

use super::*;
use crate::on_both;
use crate::store::codes::CodeRow;
use crate::store::guest_links::GuestLinkRow;
use crate::store::keys::KeyRow;
use crate::store::links::LinkRow;
use crate::store::officers::OfficerRow;
use crate::store::sessions::SessionRow;
use crate::store::{codes, guest_links, keys, links, officers, outbox, secrets, sessions, throttles};

fn officer(n: u128, login: &str) -> OfficerRow {
    OfficerRow {
        id: OfficerId(Uuid::from_u128(n)),
        unit: unit(),
        login: login.to_owned(),
        name: "陈志远".to_owned(),
        badge: "330681001".to_owned(),
        role: "officer".to_owned(),
        password_hash: "$argon2id$…".to_owned(),
        totp_secret: "ABC".to_owned(),
        totp_step: 0,
        ink: None,
        created_at: at("08:00:00"),
        disabled_at: None,
    }
}

fn session(of: &str) -> SessionRow {
    SessionRow {
        digest: digest(of),
        kind: "driver".to_owned(),
        level: "full".to_owned(),
        officer_id: None,
        accident_id: Some(accident_id(1)),
        party_id: Some(party_id(11)),
        guest_id: None,
        clerk_id: None,
        created_at: at("08:00:00"),
        seen_at: at("08:00:00"),
        revoked_at: None,
    }
}

fn link(generation: i64, party: Option<PartyId>) -> LinkRow {
    LinkRow {
        digest: digest(&format!("{generation} {party:?}")),
        kind: if party.is_some() { "personal" } else { "join" }.to_owned(),
        accident_id: accident_id(1),
        party_id: party,
        generation,
        created_at: at("08:00:00"),
        expires_at: at("08:30:00"),
        phone: None,
        first_used_at: None,
        revoked_at: None,
    }
}

fn code(n: u128, phone: &str, minute: &str) -> CodeRow {
    CodeRow {
        id: Uuid::from_u128(n),
        accident_id: accident_id(1),
        phone: digest(phone),
        purpose: "confirm".to_owned(),
        digest: digest("123456"),
        tries: 0,
        created_at: at(minute),
        expires_at: at("09:00:00"),
        used_at: None,
    }
}

fn key(kid: &str, minute: &str) -> KeyRow {
    KeyRow {
        kid: kid.to_owned(),
        private: "pem".to_owned(),
        x: "x".to_owned(),
        y: "y".to_owned(),
        created_at: at(minute),
        retired_at: None,
    }
}

on_both! {
    async fn an_officer_is_found_by_id_and_login_and_spends_each_step_once(db: Db) {
        let mut tx = with_accidents(&db, &[]).await;
        let chen = officer(1, "chen");
        assert!(officers::insert_if_new(&mut tx, &chen).await.unwrap());
        assert!(!officers::insert_if_new(&mut tx, &officer(2, "chen")).await.unwrap());
        assert_eq!(officers::by_login(&mut tx, "chen").await.unwrap(), Some(chen.clone()));
        assert_eq!(officers::by_login(&mut tx, "Chen").await.unwrap(), None);
        assert!(officers::spend_step(&mut tx, chen.id, 7).await.unwrap());
        assert!(!officers::spend_step(&mut tx, chen.id, 7).await.unwrap());
        assert!(!officers::spend_step(&mut tx, chen.id, 6).await.unwrap(), "an older code is dead too");
        let ink = serde_json::from_value(json!({ "width": 300.5, "height": 150.0, "strokes": [] })).unwrap();
        officers::keep_ink(&mut tx, chen.id, &ink).await.unwrap();
        assert!(officers::disable(&mut tx, chen.id, at("09:00:00")).await.unwrap());
        assert!(!officers::disable(&mut tx, chen.id, at("09:00:01")).await.unwrap());
        let now = OfficerRow {
            totp_step: 7, ink: Some(Json(ink)), disabled_at: Some(at("09:00:00")), ..chen
        };
        assert_eq!(officers::load(&mut tx, now.id).await.unwrap(), Some(now));
    }

    async fn a_session_is_touched_forward_and_ended_once(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        sessions::insert(&mut tx, &session("s")).await.unwrap();
        sessions::touch(&mut tx, &digest("s"), at("08:10:00")).await.unwrap();
        sessions::touch(&mut tx, &digest("s"), at("08:05:00")).await.unwrap();
        let seen = async |tx: &mut Tx, since| {
            sessions::party_seen_since(tx, accident_id(1), party_id(11), at(since)).await.unwrap()
        };
        assert!(seen(&mut tx, "08:10:00").await);
        assert!(!seen(&mut tx, "08:10:00.000001").await);
        assert!(sessions::revoke(&mut tx, &digest("s"), at("08:11:00")).await.unwrap());
        assert!(!sessions::revoke(&mut tx, &digest("s"), at("08:12:00")).await.unwrap());
        assert!(!seen(&mut tx, "08:00:00").await);
        let now = SessionRow {
            seen_at: at("08:10:00"), revoked_at: Some(at("08:11:00")), ..session("s")
        };
        assert_eq!(sessions::load(&mut tx, &digest("s")).await.unwrap(), Some(now));
        assert_eq!(sessions::forget(&mut tx, at("08:00:00.000001")).await.unwrap(), 1);
        assert_eq!(sessions::load(&mut tx, &digest("s")).await.unwrap(), None);
    }

    async fn a_guest_s_link_and_session_are_found_by_what_was_shown(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        let guest = GuestId(party_id(21).0);
        let link = GuestLinkRow {
            digest: digest("guest"),
            accident_id: accident_id(1),
            guest_id: guest,
            created_at: at("08:00:00"),
        };
        guest_links::insert(&mut tx, &link).await.unwrap();
        assert_eq!(guest_links::load(&mut tx, &digest("guest")).await.unwrap(), Some(link.clone()));
        assert_eq!(guest_links::load(&mut tx, &digest("other")).await.unwrap(), None);
        let theirs = SessionRow {
            kind: "guest".to_owned(), party_id: None, guest_id: Some(guest), ..session("g")
        };
        sessions::insert(&mut tx, &theirs).await.unwrap();
        assert_eq!(sessions::load(&mut tx, &digest("g")).await.unwrap(), Some(theirs));
        let second = GuestLinkRow { digest: digest("again"), ..link };
        assert!(guest_links::insert(&mut tx, &second).await.is_err(), "one guest, one link");
    }

    async fn the_newest_link_of_each_purpose_is_found(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        let party = Some(party_id(11));
        for row in [link(1, party), link(2, party), link(1, None), link(1, Some(party_id(12)))] {
            links::insert(&mut tx, &row).await.unwrap();
        }
        let newest = async |tx: &mut Tx, kind, party| links::newest(tx, accident_id(1), kind, party).await.unwrap();
        assert_eq!(newest(&mut tx, "personal", party).await, Some(link(2, party)));
        assert_eq!(newest(&mut tx, "join", None).await, Some(link(1, None)));
        assert_eq!(newest(&mut tx, "personal", None).await, None);
        let one = link(2, party).digest;
        links::use_first(&mut tx, &one, at("08:01:00")).await.unwrap();
        links::use_first(&mut tx, &one, at("08:02:00")).await.unwrap();
        links::note_phone(&mut tx, &one, Some("13812341234")).await.unwrap();
        links::revoke(&mut tx, &one, at("08:03:00")).await.unwrap();
        let now = LinkRow {
            first_used_at: Some(at("08:01:00")),
            phone: Some("13812341234".to_owned()),
            revoked_at: Some(at("08:03:00")),
            ..link(2, party)
        };
        assert_eq!(links::load(&mut tx, &one).await.unwrap(), Some(now));
    }

    async fn only_the_newest_code_counts_and_its_tries_end(db: Db) {
        let mut tx = with_accidents(&db, &[1]).await;
        for row in [code(1, "a", "08:00:00"), code(2, "a", "08:02:00"), code(3, "b", "08:03:00")] {
            codes::insert(&mut tx, &row).await.unwrap();
        }
        let newest = codes::newest(&mut tx, accident_id(1), &digest("a"), "confirm").await.unwrap();
        assert_eq!(newest, Some(code(2, "a", "08:02:00")));
        assert_eq!(codes::newest(&mut tx, accident_id(1), &digest("a"), "sign").await.unwrap(), None);
        let id = Uuid::from_u128(2);
        assert_eq!(codes::count_try(&mut tx, id, 2).await.unwrap(), Some(1));
        assert_eq!(codes::count_try(&mut tx, id, 2).await.unwrap(), Some(2));
        assert_eq!(codes::count_try(&mut tx, id, 2).await.unwrap(), None);
        assert!(codes::spend(&mut tx, id, at("08:04:00")).await.unwrap());
        assert!(!codes::spend(&mut tx, id, at("08:05:00")).await.unwrap());
        let lately = codes::sent_after(&mut tx, &digest("a"), "confirm", at("07:59:59")).await.unwrap();
        assert_eq!((lately.count, lately.first, lately.last), (2, Some(at("08:00:00")), Some(at("08:02:00"))));
        let none = codes::sent_after(&mut tx, &digest("a"), "sign", at("08:00:00")).await.unwrap();
        assert_eq!((none.count, none.first), (0, None));
    }

    async fn a_message_is_taken_once_and_again_when_its_time_comes(db: Db) {
        let mut tx = db.write().await.unwrap();
        outbox::insert(&mut tx, Uuid::from_u128(1), "138", "a", at("08:00:00")).await.unwrap();
        outbox::insert(&mut tx, Uuid::from_u128(2), "139", "b", at("08:00:01")).await.unwrap();
        assert_eq!(outbox::next_tries(&mut tx, at("07:00:00")).await.unwrap(), None);
        assert_eq!(outbox::next_tries(&mut tx, at("08:00:01")).await.unwrap(), Some(0));
        let first = outbox::take(&mut tx, at("08:00:01"), at("08:01:00")).await.unwrap().unwrap();
        assert_eq!((first.body.as_str(), first.tries), ("a", 1));
        let second = outbox::take(&mut tx, at("08:00:01"), at("08:01:00")).await.unwrap().unwrap();
        assert_eq!(outbox::take(&mut tx, at("08:00:01"), at("08:01:00")).await.unwrap(), None);
        outbox::done(&mut tx, first.id, at("08:00:02"), false).await.unwrap();
        let again = outbox::take(&mut tx, at("08:01:00"), at("08:02:00")).await.unwrap().unwrap();
        assert_eq!((again.id, again.tries), (second.id, 2));
        outbox::done(&mut tx, again.id, at("08:01:01"), true).await.unwrap();
        let kept = outbox::list(&mut tx, 10).await.unwrap();
        let kept: Vec<_> = kept.iter().map(|row| (row.recipient.as_str(), row.body.as_str())).collect();
        assert_eq!(kept, [("139", "b"), ("", "")]);
    }

    async fn tries_are_counted_in_their_window(db: Db) {
        let mut tx = db.write().await.unwrap();
        let mut count = async |now, cutoff| {
            throttles::count(&mut tx, "password", "x", at(now), at(cutoff)).await.unwrap()
        };
        assert_eq!(count("08:00:00", "07:45:00").await.tries, 1);
        let second = count("08:10:00", "07:55:00").await;
        assert_eq!((second.tries, second.since), (2, at("08:00:00")));
        let anew = count("08:15:01", "08:00:01").await;
        assert_eq!((anew.tries, anew.since), (1, at("08:15:01")));
        throttles::clear(&mut tx, "password", "x").await.unwrap();
        let cleared = throttles::count(&mut tx, "password", "x", at("08:16:00"), at("08:01:00")).await.unwrap();
        assert_eq!(cleared.tries, 1);
    }

    async fn retired_keys_are_listed_until_their_time_is_over(db: Db) {
        let mut tx = db.write().await.unwrap();
        keys::insert(&mut tx, &key("a", "08:00:00")).await.unwrap();
        keys::retire_all(&mut tx, at("08:30:00")).await.unwrap();
        keys::insert(&mut tx, &key("b", "08:30:00")).await.unwrap();
        let mut kids = async |since| -> Vec<String> {
            let listed = keys::list(&mut tx, at(since)).await.unwrap();
            listed.into_iter().map(|key| key.kid).collect()
        };
        assert_eq!(kids("08:30:00").await, ["b", "a"]);
        assert_eq!(kids("08:30:01").await, ["b"]);
    }

    async fn sixteen_who_make_a_secret_get_the_same(db: Db) {
        let tasks = (0..16).map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut tx = db.write().await.unwrap();
                let kept = secrets::load_or_insert(&mut tx, "server", &format!("made by {n}")).await.unwrap();
                tx.commit().await.unwrap();
                kept
            })
        });
        let kept = futures_util::future::join_all(tasks).await;
        let first = kept[0].as_ref().unwrap();
        assert!(kept.iter().all(|secret| secret.as_ref().unwrap() == first));
        let mut tx = db.read().await.unwrap();
        assert_eq!(secrets::load(&mut tx, "server").await.unwrap().as_ref(), Some(first));
        assert_eq!(secrets::load(&mut tx, "other").await.unwrap(), None);
    }
}
