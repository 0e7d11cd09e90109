//! Insurers' clerks, their providers, and the lines about changes.

use domain::id::{ClerkId, InsurerCode};

use super::*;
use crate::on_both;
use crate::store::clerks::ClerkRow;
use crate::store::insurer_changes::ChangeRow;
use crate::store::insurer_oidc::{AttemptRow, ProviderRow};
use crate::store::sessions::SessionRow;
use crate::store::{clerks, insurer_changes, insurer_oidc, sessions};

fn picc() -> InsurerCode {
    "PICC".parse().unwrap()
}

fn clerk(n: u128, login: Option<&str>, role: &str) -> ClerkRow {
    ClerkRow {
        id: ClerkId(Uuid::from_u128(n)),
        insurer: picc(),
        login: login.map(str::to_owned),
        name: "刘芳".to_owned(),
        email: None,
        role: role.to_owned(),
        password_hash: login.map(|_| "$argon2id$…".to_owned()),
        totp_secret: login.map(|_| "ABC".to_owned()),
        totp_step: 0,
        issuer: login.is_none().then(|| "https://id.picc.example".to_owned()),
        subject: login.is_none().then(|| "7".to_owned()),
        created_at: at("08:00:00"),
        disabled_at: None,
    }
}

fn session(of: &str, clerk: ClerkId, level: &str) -> SessionRow {
    SessionRow {
        digest: digest(of),
        kind: "clerk".to_owned(),
        level: level.to_owned(),
        officer_id: None,
        accident_id: None,
        party_id: None,
        guest_id: None,
        clerk_id: Some(clerk),
        created_at: at("08:00:00"),
        seen_at: at("08:00:00"),
        revoked_at: None,
    }
}

on_both! {
    async fn a_clerk_is_found_by_login_and_by_what_the_insurer_calls_them(db: Db) {
        let mut tx = db.write().await.unwrap();
        let (liu, zhou) = (clerk(1, Some("liu"), "admin"), clerk(2, None, "viewer"));
        for row in [&liu, &zhou] {
            assert!(clerks::insert_if_new(&mut tx, row).await.unwrap());
        }
        assert!(!clerks::insert_if_new(&mut tx, &clerk(3, Some("liu"), "viewer")).await.unwrap());
        assert!(!clerks::insert_if_new(&mut tx, &clerk(4, None, "viewer")).await.unwrap(), "one subject, one clerk");
        assert_eq!(clerks::by_login(&mut tx, "liu").await.unwrap(), Some(liu.clone()));
        let known = ("https://id.picc.example", "7");
        assert_eq!(clerks::by_subject(&mut tx, picc(), known).await.unwrap(), Some(zhou.clone()));
        let elsewhere = ("https://id.example", "7");
        assert_eq!(clerks::by_subject(&mut tx, picc(), elsewhere).await.unwrap(), None);
        assert_eq!(clerks::list(&mut tx, Some(picc()), 10).await.unwrap(), [liu.clone(), zhou.clone()]);
        assert_eq!(clerks::list(&mut tx, None, 1).await.unwrap(), std::slice::from_ref(&liu));
        assert_eq!(clerks::hold_admins(&mut tx, picc(), zhou.id).await.unwrap(), 1);
        assert_eq!(clerks::hold_admins(&mut tx, picc(), liu.id).await.unwrap(), 0);
        clerks::set_role(&mut tx, liu.id, "handler").await.unwrap();
        clerks::set_disabled(&mut tx, liu.id, Some(at("09:00:00"))).await.unwrap();
        assert!(clerks::spend_step(&mut tx, liu.id, 7).await.unwrap());
        assert!(!clerks::spend_step(&mut tx, liu.id, 7).await.unwrap());
        let now = ClerkRow {
            role: "handler".to_owned(), disabled_at: Some(at("09:00:00")), totp_step: 7, ..liu.clone()
        };
        assert_eq!(clerks::load(&mut tx, liu.id).await.unwrap(), Some(now.clone()));
        clerks::set_access(&mut tx, liu.id, "$new", "DEF").await.unwrap();
        let now = ClerkRow {
            password_hash: Some("$new".to_owned()), totp_secret: Some("DEF".to_owned()), totp_step: 0, ..now
        };
        assert_eq!(clerks::load(&mut tx, liu.id).await.unwrap(), Some(now));
    }

    async fn sessions_end_by_clerk_and_by_insurer(db: Db) {
        let mut tx = db.write().await.unwrap();
        let (liu, zhou) = (clerk(1, Some("liu"), "admin"), clerk(2, None, "viewer"));
        for row in [&liu, &zhou] {
            clerks::insert_if_new(&mut tx, row).await.unwrap();
        }
        for (of, who, level) in [("a", liu.id, "full"), ("b", zhou.id, "oidc")] {
            sessions::insert(&mut tx, &session(of, who, level)).await.unwrap();
        }
        assert_eq!(sessions::load(&mut tx, &digest("b")).await.unwrap(), Some(session("b", zhou.id, "oidc")));
        sessions::end_vouched_for(&mut tx, picc()).await.unwrap();
        assert_eq!(sessions::load(&mut tx, &digest("b")).await.unwrap(), None);
        assert!(sessions::load(&mut tx, &digest("a")).await.unwrap().is_some(), "a password is our own");
        sessions::end_of_clerk(&mut tx, liu.id).await.unwrap();
        assert_eq!(sessions::load(&mut tx, &digest("a")).await.unwrap(), None);
    }

    async fn a_provider_is_replaced_and_a_state_is_good_for_one_return(db: Db) {
        let mut tx = db.write().await.unwrap();
        let provider = ProviderRow {
            insurer: picc(),
            issuer: "https://id.picc.example".to_owned(),
            client_id: "kuaichu".to_owned(),
            client_secret: "s".to_owned(),
            new_role: None,
            changed_at: at("08:00:00"),
        };
        insurer_oidc::set(&mut tx, &provider).await.unwrap();
        let other = ProviderRow { new_role: Some("viewer".to_owned()), changed_at: at("09:00:00"), ..provider };
        insurer_oidc::set(&mut tx, &other).await.unwrap();
        assert_eq!(insurer_oidc::load(&mut tx, picc()).await.unwrap(), Some(other.clone()));
        assert_eq!(insurer_oidc::list(&mut tx, 10).await.unwrap(), [other]);
        assert!(insurer_oidc::remove(&mut tx, picc()).await.unwrap());
        assert!(!insurer_oidc::remove(&mut tx, picc()).await.unwrap());
        let attempt = AttemptRow {
            digest: digest("state"),
            browser: digest("cookie"),
            insurer: picc(),
            issuer: "https://id.picc.example".to_owned(),
            nonce: "n".to_owned(),
            verifier: "v".to_owned(),
            created_at: at("08:00:00"),
        };
        insurer_oidc::begin(&mut tx, &attempt).await.unwrap();
        assert_eq!(insurer_oidc::spend(&mut tx, &digest("state")).await.unwrap(), Some(attempt.clone()));
        assert_eq!(insurer_oidc::spend(&mut tx, &digest("state")).await.unwrap(), None);
        insurer_oidc::begin(&mut tx, &attempt).await.unwrap();
        assert_eq!(insurer_oidc::forget(&mut tx, at("08:00:00")).await.unwrap(), 0);
        assert_eq!(insurer_oidc::forget(&mut tx, at("08:00:00.000001")).await.unwrap(), 1);
    }

    async fn changes_are_listed_from_the_newest_on_for_their_insurer(db: Db) {
        let mut tx = db.write().await.unwrap();
        let change = |n: u128, insurer: &str| ChangeRow {
            id: Uuid::from_u128(n),
            insurer: insurer.parse().unwrap(),
            kind: "key_added".to_owned(),
            about: "picc-zj a".to_owned(),
            by_whom: "operator".to_owned(),
            by_name: None,
            at: at("08:00:00"),
        };
        for row in [change(1, "PICC"), change(2, "PAIC"), change(3, "PICC")] {
            insurer_changes::insert(&mut tx, &row).await.unwrap();
        }
        let all = insurer_changes::list(&mut tx, picc(), None, 10).await.unwrap();
        assert_eq!(all, [change(3, "PICC"), change(1, "PICC")]);
        let older = insurer_changes::list(&mut tx, picc(), Some(Uuid::from_u128(3)), 10).await.unwrap();
        assert_eq!(older, [change(1, "PICC")]);
    }
}
