//! A driver's whole way in, through the routes as the phone calls them.

use super::*;
use crate::on_both;

const PHONE: &str = "13812341234";
const SESSION: &str = "/api/v1/driver/session";

/// A new report; answers its personal token and the accident.
async fn report(world: &World) -> (String, String) {
    let reported = world.post("/api/v1/reports", "", &json!({})).await;
    assert_eq!(reported.status, StatusCode::CREATED, "{}", reported.body);
    let text = |name: &str| reported.body[name].as_str().unwrap().to_owned();
    (text("token"), text("accident_id"))
}

/// Asks for a code; answers it as it reached the phone.
async fn code(world: &World, token: &str) -> String {
    let sent = world
        .post(
            "/api/v1/driver/code",
            "",
            &json!({ "token": token, "phone": PHONE }),
        )
        .await;
    assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.body);
    assert_eq!(
        sent.body,
        json!({ "phone_masked": "138****1234", "resend_after_s": 60 })
    );
    let inbox = world.get("/api/v1/demo/inbox", "").await;
    let text = inbox.body["messages"][0]["text"].as_str().unwrap().to_owned();
    text.chars().skip_while(|c| !c.is_ascii_digit()).take(6).collect()
}

async fn show(world: &World, token: &str, code: &str) -> Answer {
    world
        .post(SESSION, "", &json!({ "token": token, "code": code }))
        .await
}

on_both! {
    async fn link_code_session(db: Db) {
        let world = World::new(&db).await;
        let (token, accident) = report(&world).await;
        let link = world.post("/api/v1/driver/link", "", &json!({ "token": token })).await;
        assert_eq!((&link.body["accident_id"], &link.body["label"]), (&json!(accident), &json!("甲")));
        assert_eq!((&link.body["confirmed"], &link.body["session"]), (&json!(false), &json!(false)));
        let code = code(&world, &token).await;
        let entered = show(&world, &token, &code).await;
        assert_eq!(entered.status, StatusCode::CREATED, "{}", entered.body);
        assert_eq!(entered.body["id"], json!(accident));
        assert_eq!(entered.body["me"]["role"], "driver");
        assert_eq!(entered.body["parties"][0]["confirmed"], true);
        let cookie = entered.cookie();
        assert!(cookie.starts_with("__Host-kc_driver="), "{cookie}");
        assert_eq!(world.get(SESSION, &cookie).await.body["accident_id"], json!(accident));
        let again = world.post("/api/v1/driver/link", &cookie, &json!({ "token": token })).await;
        assert_eq!((&again.body["confirmed"], &again.body["session"]), (&json!(true), &json!(true)));
        assert_eq!(again.body["phone_masked"], "138****1234");
    }

    async fn an_answer_that_was_lost_is_given_again(db: Db) {
        let world = World::new(&db).await;
        let (token, _) = report(&world).await;
        let body = json!({ "token": token, "code": code(&world, &token).await });
        let lost = world.post_as("k", SESSION, "", &body).await;
        let repeated = world.post_as("k", SESSION, "", &body).await;
        assert_eq!((lost.status, repeated.status), (StatusCode::CREATED, StatusCode::CREATED));
        assert_eq!(lost.body["version"], repeated.body["version"], "nothing happened twice");
        assert_eq!(world.get(SESSION, &repeated.cookie()).await.status, StatusCode::OK);
        assert_eq!(world.post_as("k2", SESSION, "", &body).await.code(), (401, "code_wrong"), "spent");
    }

    async fn a_wrong_code_does_not_use_the_intent_up(db: Db) {
        let world = World::new(&db).await;
        let (token, _) = report(&world).await;
        let right = code(&world, &token).await;
        let wrong = json!({ "token": token, "code": "x" });
        for _ in 0..5 {
            assert_eq!(world.post_as("k", SESSION, "", &wrong).await.code(), (401, "code_wrong"));
        }
        let sixth = world.post_as("k", SESSION, "", &wrong).await;
        assert_eq!((sixth.code(), sixth.retry_after_s()), ((429, "code_locked"), 60));
        assert_eq!(show(&world, &token, &right).await.code(), (429, "code_locked"), "the code is dead");
    }

    async fn d10_a_drivers_session_opens_no_other_case(db: Db) {
        let world = World::new(&db).await;
        let (token, own) = report(&world).await;
        let (_, other) = report(&world).await;
        let cookie = show(&world, &token, &code(&world, &token).await).await.cookie();
        let path = |id: &str| format!("/api/v1/accidents/{id}");
        assert_eq!(world.get(&path(&own), &cookie).await.status, StatusCode::OK);
        assert_eq!(world.get(&path(&other), &cookie).await.code(), (404, "not_found"));
        assert_eq!(world.get(&path(&own), "").await.code(), (401, "session_missing"));
    }

    async fn in_one_browser_each_page_is_who_it_says(db: Db) {
        let world = World::new(&db).await;
        let (token, own) = report(&world).await;
        let driver = show(&world, &token, &code(&world, &token).await).await.cookie();
        let officer = world.sign_in("chen").await;
        let path = format!("/api/v1/accidents/{own}");
        let role = async |header: Option<&str>| {
            let mut request = Request::get(&path).header(COOKIE, format!("{driver}; {officer}"));
            if let Some(meant) = header {
                request = request.header("kuaichu-as", meant);
            }
            world.call(request.body(Body::empty()).unwrap()).await.body["me"]["role"].clone()
        };
        assert_eq!(role(None).await, "driver", "the own case is the driver's");
        assert_eq!(role(Some("driver")).await, "driver");
        assert_eq!(role(Some("officer")).await, "officer");
    }

    async fn after_leaving_the_cookie_is_worth_nothing(db: Db) {
        let world = World::new(&db).await;
        let (token, _) = report(&world).await;
        let cookie = show(&world, &token, &code(&world, &token).await).await.cookie();
        let leave = Request::delete(SESSION).header(COOKIE, &cookie).body(Body::empty()).unwrap();
        assert_eq!(world.call(leave).await.status, StatusCode::NO_CONTENT);
        assert_eq!(world.get(SESSION, &cookie).await.code(), (401, "session_revoked"));
    }

    async fn another_site_cannot_put_its_own_session_into_a_browser(db: Db) {
        let world = World::new(&db).await;
        let (token, _) = report(&world).await;
        let body = json!({ "token": token, "code": code(&world, &token).await });
        let request = Request::post(SESSION)
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", "k")
            .header("origin", "https://evil.example")
            .header("host", "desk.example")
            .body(Body::from(body.to_string()));
        assert_eq!(world.call(request.unwrap()).await.code(), (403, "csrf_failed"));
    }

    async fn o10_an_insurers_route_asks_for_a_token(db: Db) {
        let world = World::new(&db).await;
        assert_eq!(world.get("/api/v1/settlements", "").await.code(), (401, "invalid_token"));
        let cookie = world.sign_in("chen").await;
        assert_eq!(world.get("/api/v1/settlements", &cookie).await.code(), (401, "invalid_token"));
    }
}
