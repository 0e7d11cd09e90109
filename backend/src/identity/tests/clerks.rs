//! Insurers' clerks: their sign-in, what each role may, and what administrators do about people and keys.

use super::*;
use crate::on_both;

const SESSION: &str = "/api/v1/clerk/session";

fn totp_of(world: &World, login: &str) -> String {
    let secret = world
        .secrets
        .clerks
        .iter()
        .find(|clerk| clerk.login == login)
        .unwrap();
    totp::current(&secret.totp_secret, world.clock.now()).unwrap().0
}

async fn password(world: &World, login: &str, password: &str) -> Answer {
    world
        .post(SESSION, "", &json!({ "name": login, "password": password }))
        .await
}

async fn code(world: &World, cookie: &str, code: &str) -> Answer {
    world
        .post(&format!("{SESSION}/totp"), cookie, &json!({ "code": code }))
        .await
}

async fn first_step(world: &World, login: &str) -> String {
    let secret = world
        .secrets
        .clerks
        .iter()
        .find(|clerk| clerk.login == login)
        .unwrap();
    let shown = password(world, login, &secret.password).await;
    assert_eq!(shown.body, json!({ "mfa_required": true }));
    shown.cookie()
}

async fn enters(world: &World, login: &str) -> String {
    let first = first_step(world, login).await;
    let entered = code(world, &first, &totp_of(world, login)).await;
    assert_eq!(entered.status, StatusCode::OK, "{}", entered.body);
    entered.cookie()
}

async fn patch(world: &World, path: &str, cookie: &str, body: &Value) -> Answer {
    let request = Request::patch(path)
        .header(CONTENT_TYPE, "application/json")
        .header(COOKIE, cookie)
        .body(Body::from(body.to_string()));
    world.call(request.unwrap()).await
}

async fn delete(world: &World, path: &str, cookie: &str) -> Answer {
    world
        .call(
            Request::delete(path)
                .header(COOKIE, cookie)
                .body(Body::empty())
                .unwrap(),
        )
        .await
}

async fn id_of(world: &World, admin: &str, login: &str) -> String {
    let all = world.get("/api/v1/clerks", admin).await;
    let items = all.body["items"].as_array().unwrap();
    let found = items.iter().find(|clerk| clerk["login"] == login).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

/// The token of the demo's program of this insurer.
async fn program(world: &World, insurer: &str) -> String {
    let client = world
        .secrets
        .clients
        .iter()
        .find(|client| client.insurer == insurer)
        .unwrap();
    let body = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        client.client_id, client.secret
    );
    let request = Request::post("/oauth/token").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let granted = world.call(request.body(Body::from(body)).unwrap()).await;
    granted.body["access_token"].as_str().unwrap().to_owned()
}

async fn with_token(world: &World, path: &str, token: &str, cookie: &str) -> Answer {
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    world
        .call(request.header(COOKIE, cookie).body(Body::empty()).unwrap())
        .await
}

on_both! {
    async fn a_clerk_signs_in_with_two_factors_and_uses_the_insurers_own_api(db: Db) {
        let world = World::new(&db).await;
        let liu = enters(&world, "liu").await;
        assert!(liu.starts_with("__Host-kc_clerk="), "{liu}");
        let me = world.get(SESSION, &liu).await.body;
        assert_eq!((&me["name"], &me["login"], &me["role"]), (&json!("刘芳"), &json!("liu"), &json!("admin")));
        assert_eq!(me["insurer"]["code"], "PICC");
        assert_eq!(me["via"], "password");
        assert_eq!(me["scopes"], json!([
            "settlements:read", "evidence:read", "assessments:write", "payments:write", "webhooks:manage",
            "keys:manage", "clerks:manage",
        ]));
        let list = world.get("/api/v1/settlements", &liu).await;
        assert_eq!((list.status, &list.body["items"]), (StatusCode::OK, &json!([])));
        assert_eq!(delete(&world, SESSION, &liu).await.status, StatusCode::NO_CONTENT);
        assert_eq!(world.get("/api/v1/settlements", &liu).await.code(), (401, "session_revoked"));
    }

    async fn the_first_factor_alone_opens_nothing_and_a_code_works_once(db: Db) {
        let world = World::new(&db).await;
        let first = first_step(&world, "liu").await;
        assert_eq!(world.get("/api/v1/settlements", &first).await.code(), (403, "mfa_required"));
        assert_eq!(world.get(SESSION, &first).await.code(), (403, "mfa_required"));
        assert_eq!(code(&world, &first, "000000").await.code(), (401, "otp_wrong"));
        let now = totp_of(&world, "liu");
        assert_eq!(code(&world, &first, &now).await.status, StatusCode::OK);
        let second = first_step(&world, "liu").await;
        assert_eq!(code(&world, &second, &now).await.code(), (401, "otp_reused"));
    }

    async fn wrong_passwords_are_counted_for_clerks_apart_from_officers(db: Db) {
        let world = World::new(&db).await;
        for _ in 0..5 {
            assert_eq!(password(&world, "liu", "wrong").await.code(), (401, "invalid_credentials"));
        }
        let secret = world.secrets.clerks[0].password.clone();
        let sixth = password(&world, "liu", &secret).await;
        assert_eq!(sixth.code(), (429, "too_many_attempts"));
        assert!(sixth.retry_after_s() > 800);
        assert_eq!(password(&world, "nobody", "x").await.code(), (401, "invalid_credentials"));
        enters(&world, "he").await;
        world.sign_in("chen").await;
        // An officer is no clerk, and the other way round.
        let chen = world.secret("chen").password.clone();
        assert_eq!(password(&world, "chen", &chen).await.code(), (401, "invalid_credentials"));
        let officer = world.sign_in("wang").await;
        assert_eq!(world.get(SESSION, &officer).await.code(), (401, "session_missing"));
    }

    async fn a_clerks_session_ends_by_idleness_and_by_age(db: Db) {
        let world = World::new(&db).await;
        let liu = enters(&world, "liu").await;
        world.pass(Duration::minutes(15));
        assert_eq!(world.get("/api/v1/settlements", &liu).await.code(), (401, "session_expired"));
        let again = enters(&world, "liu").await;
        for _ in 0..51 {
            world.pass(Duration::minutes(14));
            assert_eq!(world.get(SESSION, &again).await.status, StatusCode::OK);
        }
        world.pass(Duration::minutes(6));
        assert_eq!(world.get(SESSION, &again).await.code(), (401, "session_expired"));
    }

    async fn each_role_may_what_it_says_and_a_program_manages_nobody(db: Db) {
        let world = World::new(&db).await;
        let (liu, sun) = (enters(&world, "liu").await, enters(&world, "sun").await);
        assert_eq!(world.get("/api/v1/payment-orders", &sun).await.status, StatusCode::OK);
        assert_eq!(world.get("/api/v1/clerks", &sun).await.code(), (403, "insufficient_scope"));
        assert_eq!(world.get("/api/v1/clients", &sun).await.code(), (403, "insufficient_scope"));
        let path = format!("/api/v1/clerks/{}", id_of(&world, &liu, "sun").await);
        assert_eq!(patch(&world, &path, &liu, &json!({ "role": "viewer" })).await.status, StatusCode::OK);
        assert_eq!(world.get("/api/v1/payment-orders", &sun).await.code(), (403, "insufficient_scope"), "at once");
        assert_eq!(world.get("/api/v1/settlements", &sun).await.status, StatusCode::OK);
        let token = program(&world, "PICC").await;
        for path in ["/api/v1/clerks", "/api/v1/clients", "/api/v1/insurer-changes"] {
            assert_eq!(with_token(&world, path, &token, "").await.code(), (403, "insufficient_scope"), "{path}");
        }
        // A token shown is the one that counts, whatever cookie comes along.
        assert_eq!(with_token(&world, "/api/v1/clerks", &token, &liu).await.code(), (403, "insufficient_scope"));
        assert_eq!(with_token(&world, "/api/v1/settlements", "x", &liu).await.code(), (401, "invalid_token"));
    }

    async fn another_sites_page_does_nothing_with_a_clerks_cookie(db: Db) {
        let world = World::new(&db).await;
        let liu = enters(&world, "liu").await;
        let request = Request::post("/api/v1/clerks")
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", "k")
            .header("origin", "https://evil.example")
            .header("host", "desk.example")
            .header(COOKIE, &liu)
            .body(Body::from(json!({ "login": "eve", "name": "伊", "role": "admin" }).to_string()));
        assert_eq!(world.call(request.unwrap()).await.code(), (403, "csrf_failed"));
    }

    async fn a_new_colleague_is_told_the_way_in_once_and_again_to_the_same_intent(db: Db) {
        let world = World::new(&db).await;
        let liu = enters(&world, "liu").await;
        let body = json!({ "login": "wei@picc.example", "name": "卫兰", "role": "handler" });
        let made = world.post_as("k", "/api/v1/clerks", &liu, &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        assert!(made.body["totp_qr"].as_str().unwrap().contains("<svg"), "{}", made.body);
        assert_eq!(made.body["disabled_at"], Value::Null);
        let again = world.post_as("k", "/api/v1/clerks", &liu, &body).await;
        assert_eq!(again.body, made.body, "an answer that was lost is given again");
        assert_eq!(world.get("/api/v1/clerks", &liu).await.body["items"].as_array().unwrap().len(), 3);
        let other = json!({ "login": "wei@picc.example", "name": "卫兰", "role": "admin" });
        assert_eq!(world.post_as("k", "/api/v1/clerks", &liu, &other).await.code(), (422, "idempotency_key_reused"));
        let taken = world.post("/api/v1/clerks", &liu, &json!({ "login": "he", "name": "某", "role": "viewer" })).await;
        assert_eq!(taken.body["errors"][0]["code"], "login_taken", "{}", taken.body);

        let text = |name: &str| made.body[name].as_str().unwrap().to_owned();
        let first = password(&world, "wei@picc.example", &text("password")).await;
        let secret = text("totp_url").split("secret=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        let digits = totp::current(&secret, world.clock.now()).unwrap().0;
        assert_eq!(code(&world, &first.cookie(), &digits).await.body["role"], "handler");
    }

    async fn a_reset_ends_sessions_and_takes_the_old_way_in(db: Db) {
        let world = World::new(&db).await;
        let (liu, sun) = (enters(&world, "liu").await, enters(&world, "sun").await);
        let path = format!("/api/v1/clerks/{}", id_of(&world, &liu, "sun").await);
        let reset = patch(&world, &path, &liu, &json!({ "reset": true })).await;
        assert_eq!(world.get(SESSION, &sun).await.code(), (401, "session_missing"));
        let old = world.secrets.clerks[1].password.clone();
        assert_eq!(password(&world, "sun", &old).await.code(), (401, "invalid_credentials"));
        let new = reset.body["password"].as_str().unwrap();
        assert_eq!(password(&world, "sun", new).await.status, StatusCode::OK);
        let plain = patch(&world, &path, &liu, &json!({})).await;
        assert_eq!(plain.body["password"], Value::Null);
    }

    async fn a_disabled_clerk_is_out_with_the_next_request(db: Db) {
        let world = World::new(&db).await;
        let (liu, sun) = (enters(&world, "liu").await, enters(&world, "sun").await);
        let path = format!("/api/v1/clerks/{}", id_of(&world, &liu, "sun").await);
        let disabled = patch(&world, &path, &liu, &json!({ "disabled": true })).await;
        assert!(disabled.body["disabled_at"].is_string(), "{}", disabled.body);
        assert_eq!(world.get("/api/v1/settlements", &sun).await.status, StatusCode::UNAUTHORIZED);
        let secret = world.secrets.clerks[1].password.clone();
        assert_eq!(password(&world, "sun", &secret).await.code(), (401, "invalid_credentials"));
        assert_eq!(patch(&world, &path, &liu, &json!({ "disabled": false })).await.status, StatusCode::OK);
        assert_eq!(password(&world, "sun", &secret).await.status, StatusCode::OK);
        assert_eq!(world.get("/api/v1/settlements", &sun).await.status, StatusCode::UNAUTHORIZED, "old sessions stay dead");
    }

    async fn the_last_administrator_stays_one(db: Db) {
        let world = World::new(&db).await;
        let liu = enters(&world, "liu").await;
        let own = format!("/api/v1/clerks/{}", id_of(&world, &liu, "liu").await);
        let suns = format!("/api/v1/clerks/{}", id_of(&world, &liu, "sun").await);
        for body in [json!({ "disabled": true }), json!({ "role": "handler" })] {
            assert_eq!(patch(&world, &own, &liu, &body).await.code(), (409, "last_admin"));
        }
        patch(&world, &suns, &liu, &json!({ "role": "admin", "disabled": true })).await;
        let disabled = patch(&world, &own, &liu, &json!({ "role": "viewer" })).await;
        assert_eq!(disabled.code(), (409, "last_admin"), "one who is disabled does not count");
        patch(&world, &suns, &liu, &json!({ "disabled": false })).await;
        assert_eq!(patch(&world, &own, &liu, &json!({ "role": "viewer" })).await.status, StatusCode::OK);
        assert_eq!(world.get("/api/v1/clerks", &liu).await.code(), (403, "insufficient_scope"));
    }

    async fn of_two_administrators_who_take_each_others_rights_at_once_one_is_left(db: Db) {
        let world = World::new(&db).await;
        let (liu, sun) = (enters(&world, "liu").await, enters(&world, "sun").await);
        let lius = format!("/api/v1/clerks/{}", id_of(&world, &liu, "liu").await);
        let suns = format!("/api/v1/clerks/{}", id_of(&world, &liu, "sun").await);
        patch(&world, &suns, &liu, &json!({ "role": "admin" })).await;
        let down = json!({ "role": "viewer" });
        let (a, b) = tokio::join!(patch(&world, &suns, &liu, &down), patch(&world, &lius, &sun, &down));
        assert_eq!([a.status, b.status].iter().filter(|status| status.is_success()).count(), 1);
    }

    async fn other_insurers_people_and_programs_are_not_there(db: Db) {
        let world = World::new(&db).await;
        let (liu, he) = (enters(&world, "liu").await, enters(&world, "he").await);
        let his = format!("/api/v1/clerks/{}", id_of(&world, &he, "he").await);
        assert_eq!(patch(&world, &his, &liu, &json!({ "disabled": true })).await.code(), (404, "not_found"));
        let all = world.get("/api/v1/clients", &liu).await.body;
        assert_eq!(all["items"].as_array().unwrap().len(), 1);
        assert_eq!((&all["items"][0]["client_id"], &all["items"][0]["has_secret"]), (&json!("picc-zj"), &json!(true)));
        for path in ["/api/v1/clients/paic-zj/token-revocations", "/api/v1/clients/nobody/token-revocations"] {
            assert_eq!(world.post(path, &liu, &json!({})).await.code(), (404, "not_found"));
        }
        let key = json!({ "key": PEM, "kid": "a" });
        assert_eq!(world.post("/api/v1/clients/paic-zj/keys", &liu, &key).await.code(), (404, "not_found"));
        assert_eq!(delete(&world, "/api/v1/clients/paic-zj/keys/a", &liu).await.code(), (404, "not_found"));
        let lines = world.get("/api/v1/insurer-changes", &he).await.body;
        assert_eq!(lines["items"].as_array().unwrap().len(), 1, "of the own insurer only: {lines}");
    }

    async fn keys_are_added_and_removed_and_tokens_ended_by_the_insurer_itself(db: Db) {
        let world = World::new(&db).await;
        let liu = enters(&world, "liu").await;
        let keys = "/api/v1/clients/picc-zj/keys";
        let body = json!({ "key": PEM, "kid": "2026-a" });
        let added = world.post_as("k", keys, &liu, &body).await;
        assert_eq!((added.status, &added.body["keys"][0]["alg"]), (StatusCode::CREATED, &json!("EdDSA")));
        assert_eq!(world.post_as("k", keys, &liu, &body).await.body, added.body, "the same intent adds nothing");
        let twice = world.post(keys, &liu, &body).await;
        assert_eq!(twice.body["errors"][0]["code"], "kid_taken", "{}", twice.body);
        let private = world.post(keys, &liu, &json!({ "key": "-----BEGIN PRIVATE KEY-----\nMC4=" })).await;
        assert_eq!(private.body["errors"][0]["code"], "private_key", "{}", private.body);
        assert_eq!(world.post(keys, &liu, &json!({ "key": "?" })).await.body["errors"][0]["field"], "key");

        let token = program(&world, "PICC").await;
        assert_eq!(with_token(&world, "/api/v1/settlements", &token, "").await.status, StatusCode::OK);
        let ended = world.post("/api/v1/clients/picc-zj/token-revocations", &liu, &json!({})).await;
        assert_eq!(ended.status, StatusCode::NO_CONTENT);
        assert_eq!(with_token(&world, "/api/v1/settlements", &token, "").await.code(), (401, "invalid_token"));
        world.pass(Duration::seconds(2));
        let next = program(&world, "PICC").await;
        assert_eq!(delete(&world, &format!("{keys}/2026-a"), &liu).await.status, StatusCode::NO_CONTENT);
        assert_eq!(with_token(&world, "/api/v1/settlements", &next, "").await.code(), (401, "invalid_token"));
        assert_eq!(delete(&world, &format!("{keys}/2026-a"), &liu).await.code(), (404, "not_found"));

        let lines = world.get("/api/v1/insurer-changes?limit=3", &liu).await.body;
        let told: Vec<_> = lines["items"].as_array().unwrap().iter().map(|line| &line["kind"]).collect();
        assert_eq!(told[0], "key_removed", "{lines}");
        assert_eq!((&lines["items"][0]["by"], &lines["items"][0]["about"]), (&json!("刘芳"), &json!("picc-zj 2026-a")));
        let rest = format!("/api/v1/insurer-changes?before={}", lines["next"].as_str().unwrap());
        let rest = world.get(&rest, &liu).await.body;
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (2, &Value::Null), "{rest}");
    }
}

const PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
                   MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n\
                   -----END PUBLIC KEY-----\n";
