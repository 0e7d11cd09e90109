//! Officers: sign-in, sessions, and what ends them.

use super::*;
use crate::identity::sessions::{OFFICER_IDLE, OFFICER_LIFE};
use crate::on_both;
use crate::store::officers;

const SESSION: &str = "/api/v1/officer/session";

on_both! {
    async fn both_factors_open_the_desk(db: Db) {
        let world = World::new(&db).await;
        let cookie = world.sign_in("chen").await;
        assert!(cookie.starts_with("__Host-kc_officer="), "{cookie}");
        let who = world.get(SESSION, &cookie).await;
        assert_eq!(who.body["name"], "陈志远");
        assert_eq!(who.body["role"], "officer");
        assert_eq!(who.body["unit"], json!({ "code": "330681", "name": "诸暨市公安局交通警察大队" }));
        assert_eq!(who.body["has_ink"], false);
    }

    async fn a01_a_wrong_password_and_a_name_that_does_not_exist_are_told_the_same(db: Db) {
        let world = World::new(&db).await;
        let wrong = world.show_password("chen", "wrong").await;
        let nobody = world.show_password("nobody", "wrong").await;
        assert_eq!(wrong.code(), (401, "invalid_credentials"));
        assert_eq!(wrong.body, nobody.body);
        let long = world.show_password("chen", &"x".repeat(100_000)).await;
        assert_eq!(long.code(), (401, "invalid_credentials"));
    }

    async fn a03_the_sixth_try_is_too_many_even_with_the_right_password(db: Db) {
        let world = World::new(&db).await;
        for _ in 0..5 {
            assert_eq!(world.show_password("chen", "wrong").await.code(), (401, "invalid_credentials"));
        }
        let right = world.secret("chen").password.clone();
        let sixth = world.show_password("chen", &right).await;
        assert_eq!(sixth.code(), (429, "too_many_attempts"));
        assert_eq!(sixth.retry_after_s(), 15 * 60 + 1);
        world.sign_in("wang").await;
        world.pass(Duration::seconds(15 * 60 + 1));
        assert_eq!(world.show_password("chen", &right).await.status, StatusCode::OK);
        assert_eq!(world.show_password("chen", "wrong").await.code(), (401, "invalid_credentials"));
    }

    async fn a04_a_code_opens_the_desk_once(db: Db) {
        let world = World::new(&db).await;
        let code = world.totp("chen");
        world.sign_in("chen").await;
        let again = world.show_password("chen", &world.secret("chen").password).await.cookie();
        assert_eq!(world.show_totp(&again, &code).await.code(), (401, "otp_reused"));
        world.pass(Duration::seconds(30));
        assert_eq!(world.show_totp(&again, &code).await.code(), (401, "otp_reused"), "still in the window");
        assert_eq!(world.show_totp(&again, &world.totp("chen")).await.status, StatusCode::OK);
    }

    async fn a_code_is_good_one_step_before_and_after_and_no_longer(db: Db) {
        let world = World::new(&db).await;
        let first = world.show_password("chen", &world.secret("chen").password).await.cookie();
        let code = world.totp("chen");
        world.pass(Duration::seconds(60));
        for wrong in [code.as_str(), "abcdef", "", "00000000"] {
            assert_eq!(world.show_totp(&first, wrong).await.code(), (401, "otp_wrong"), "{wrong}");
        }
        let code = world.totp("chen");
        world.pass(Duration::seconds(30));
        assert_eq!(world.show_totp(&first, &code).await.status, StatusCode::OK);
    }

    async fn codes_cannot_be_tried_out(db: Db) {
        let world = World::new(&db).await;
        let first = world.show_password("chen", &world.secret("chen").password).await.cookie();
        for _ in 0..5 {
            assert_eq!(world.show_totp(&first, "abcdef").await.code(), (401, "otp_wrong"));
        }
        let right = world.totp("chen");
        assert_eq!(world.show_totp(&first, &right).await.code(), (429, "too_many_attempts"));
    }

    async fn a_second_step_whose_answer_was_lost_may_be_repeated(db: Db) {
        let world = World::new(&db).await;
        let first = world.show_password("chen", &world.secret("chen").password).await.cookie();
        let body = json!({ "code": world.totp("chen") });
        let path = "/api/v1/officer/session/totp";
        let lost = world.post_as("k", path, &first, &body).await;
        let repeated = world.post_as("k", path, &first, &body).await;
        assert_eq!((lost.status, repeated.status), (StatusCode::OK, StatusCode::OK));
        assert_eq!(world.get(SESSION, &repeated.cookie()).await.status, StatusCode::OK);
        let other = world.post_as("k", path, &first, &json!({ "code": "000000" })).await;
        assert_eq!(other.code(), (422, "idempotency_key_reused"));
    }

    async fn a06_the_password_alone_opens_nothing(db: Db) {
        let world = World::new(&db).await;
        let first = world.show_password("chen", &world.secret("chen").password).await.cookie();
        assert_eq!(world.get(SESSION, &first).await.code(), (403, "mfa_required"));
        assert_eq!(world.get(SESSION, "").await.code(), (401, "session_missing"));
        assert_eq!(world.get(SESSION, "__Host-kc_officer=x").await.code(), (401, "session_missing"));
    }

    async fn a07_a_cookie_is_worth_nothing_after_signing_out(db: Db) {
        let world = World::new(&db).await;
        let cookie = world.sign_in("chen").await;
        let out = Request::delete(SESSION).header(COOKIE, &cookie).body(Body::empty()).unwrap();
        let out = world.call(out).await;
        assert_eq!(out.status, StatusCode::NO_CONTENT);
        assert!(out.headers[SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
        assert_eq!(world.get(SESSION, &cookie).await.code(), (401, "session_revoked"));
    }

    async fn a09_a_session_ends_when_idle_and_after_a_shift(db: Db) {
        let world = World::new(&db).await;
        let cookie = world.sign_in("chen").await;
        world.pass(OFFICER_IDLE - Duration::seconds(1));
        assert_eq!(world.get(SESSION, &cookie).await.status, StatusCode::OK);
        world.pass(OFFICER_IDLE);
        assert_eq!(world.get(SESSION, &cookie).await.code(), (401, "session_expired"));

        let busy = world.sign_in("chen").await;
        let mut passed = Duration::ZERO;
        while passed + OFFICER_IDLE < OFFICER_LIFE {
            world.pass(OFFICER_IDLE - Duration::minutes(1));
            passed += OFFICER_IDLE - Duration::minutes(1);
            assert_eq!(world.get(SESSION, &busy).await.status, StatusCode::OK, "{passed}");
        }
        world.pass(OFFICER_LIFE - passed);
        assert_eq!(world.get(SESSION, &busy).await.code(), (401, "session_expired"));
    }

    async fn a10_another_site_changes_nothing(db: Db) {
        let world = World::new(&db).await;
        let cookie = world.sign_in("chen").await;
        let foreign = |method: &str, path: &str| {
            Request::builder()
                .method(method)
                .uri(path)
                .header("origin", "https://evil.example")
                .header("host", "desk.example")
                .header("idempotency-key", "k")
                .header(CONTENT_TYPE, "application/json")
                .header(COOKIE, &cookie)
                .body(Body::from("{}"))
                .unwrap()
        };
        for (method, path) in [("POST", SESSION), ("DELETE", SESSION), ("PUT", "/api/v1/officer/ink")] {
            assert_eq!(world.call(foreign(method, path)).await.code(), (403, "csrf_failed"), "{method} {path}");
        }
        assert_eq!(world.get(SESSION, &cookie).await.status, StatusCode::OK);
    }

    async fn a14_an_officer_who_is_disabled_is_out_at_once(db: Db) {
        let world = World::new(&db).await;
        let cookie = world.sign_in("chen").await;
        let mut tx = db.write().await.unwrap();
        let chen = officers::by_login(&mut tx, "chen").await.unwrap().unwrap();
        assert!(officers::disable(&mut tx, chen.id, world.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(world.get(SESSION, &cookie).await.code(), (401, "session_revoked"));
        let right = world.secret("chen").password.clone();
        assert_eq!(world.show_password("chen", &right).await.code(), (401, "invalid_credentials"));
    }

    async fn an_officer_keeps_a_signature_that_is_one(db: Db) {
        let world = World::new(&db).await;
        let cookie = world.sign_in("chen").await;
        let put = async |ink: Value| {
            let request = Request::put("/api/v1/officer/ink")
                .header(CONTENT_TYPE, "application/json")
                .header(COOKIE, &cookie)
                .body(Body::from(json!({ "ink": ink }).to_string()));
            world.call(request.unwrap()).await
        };
        let blank = put(json!({ "width": 300, "height": 150, "strokes": [] })).await;
        assert_eq!(blank.code(), (422, "invalid_fields"));
        let points: Vec<Value> =
            (0..40).map(|n| json!({ "t": n * 16, "x": 20 + n * 5, "y": 40 + (n % 8) * 9, "pressure": 0.5 })).collect();
        let drawn = put(json!({ "width": 300, "height": 150, "strokes": [points] })).await;
        assert_eq!(drawn.status, StatusCode::NO_CONTENT, "{}", drawn.body);
        assert_eq!(world.get(SESSION, &cookie).await.body["has_ink"], true);
    }

    async fn a_post_without_an_idempotency_key_is_refused(db: Db) {
        let world = World::new(&db).await;
        let request = Request::post(SESSION).header(CONTENT_TYPE, "application/json");
        let answer = world.call(request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(answer.code(), (400, "idempotency_key_required"));
    }

    async fn cookies_of_a_plain_http_demo_work_without_https(db: Db) {
        let world = World::with(&db, config("http://192.0.2.7:8080")).await;
        let first = world.show_password("chen", &world.secret("chen").password).await;
        let set = first.headers[SET_COOKIE].to_str().unwrap();
        assert!(set.starts_with("kc_officer=") && !set.contains("Secure"), "{set}");
        assert!(set.contains("HttpOnly; SameSite=Lax"), "{set}");
        let world = World::new(&db).await;
        assert!(world.app.config.secure());
    }
}
