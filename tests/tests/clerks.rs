//! Clerks who sign in at their insurer: against oidc-provider (npm), which nobody here wrote, in a process of its own.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

#[path = "clerks/provider.rs"]
mod provider;

use backend::identity::clerks::people::By;
use backend::identity::clerks::providers::{self, New};
use backend::store::clerks;
use provider::{Provider, is_there};
use reqwest::Method;
use serde_json::json;
use tests::client::{API, Client};
use tests::world::World;

/// What it takes to be somebody at the insurer, and nobody here yet.
struct Scene {
    world: World,
    provider: Provider,
}

impl Scene {
    /// PICC's clerks sign in at its provider; somebody new gets this role.
    async fn new(new_role: Option<&str>) -> Self {
        let certificate = provider::Certificate::new();
        let world = World::on_sqlite_reaching(certificate.outbound()).await;
        let callback = format!("{}{API}/clerk/oidc/callback", world.system.base_url);
        let provider = Provider::start(&certificate, &callback, world.system.app.wall.now()).await;
        let scene = Self { world, provider };
        scene.told(new_role).await;
        scene
    }

    async fn told(&self, new_role: Option<&str>) {
        let app = &self.world.system.app;
        let by = By {
            clerk: None,
            now: app.wall.now(),
            entropy: &*app.entropy,
        };
        let new = New {
            insurer: "PICC".to_owned(),
            issuer: self.provider.issuer(),
            client_id: "kuaichu".to_owned(),
            client_secret: "a secret of the provider".to_owned(),
            new_role: new_role.map(str::to_owned),
        };
        providers::set(&app.db, new, by).await.unwrap();
    }

    /// Where a browser is sent by us.
    async fn sent(&self, browser: &Client, path: &str) -> String {
        let answer = browser.send(browser.request(Method::GET, path)).await;
        assert_eq!(answer.status, 303, "{answer}");
        answer.headers["location"].to_str().unwrap().to_owned()
    }

    /// Begins; answers the provider's address.
    async fn leaves(&self, browser: &Client) -> String {
        self.sent(browser, &format!("{API}/clerk/oidc?insurer=PICC"))
            .await
    }

    /// Comes back from the provider with this; answers where we send the browser.
    async fn returns(&self, browser: &Client, callback: &str) -> String {
        let path = callback.strip_prefix(&self.world.system.base_url).unwrap();
        self.sent(browser, path).await
    }

    /// The whole way, as this person at the insurer.
    async fn signs_in(&self, browser: &Client, login: &str) -> String {
        let there = self.leaves(browser).await;
        let back = self.provider.vouches(&there, login).await;
        self.returns(browser, &back).await
    }
}

/// The value of one name in an address.
fn part(address: &str, name: &str) -> String {
    let query = address.split_once('?').unwrap().1;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(found, _)| *found == name).unwrap().1.to_owned()
}

#[tokio::test]
async fn whoever_the_insurer_vouches_for_comes_in_and_is_the_same_person_next_time() {
    if !is_there() {
        return;
    }
    let scene = Scene::new(Some("handler")).await;
    let browser = scene.world.anyone();
    let providers = browser.get("/clerk/oidc/providers").await.ok();
    assert_eq!(providers["items"][0]["insurer"]["code"], "PICC");
    assert_eq!(scene.signs_in(&browser, "zhoumin").await, "/insurer/");
    let me = browser.get("/clerk/session").await.ok();
    assert_eq!(
        (&me["name"], &me["login"], &me["role"], &me["via"]),
        (
            &json!("周敏"),
            &json!("zhoumin@picc.example"),
            &json!("handler"),
            &json!("oidc")
        )
    );
    browser.get("/settlements").await.ok();
    browser.get("/clerks").await.problem(403, "insufficient_scope");
    let again = scene.world.anyone();
    assert_eq!(scene.signs_in(&again, "zhoumin").await, "/insurer/");
    assert_eq!(again.get("/clerk/session").await.ok()["id"], me["id"]);
    // The insurer's administrator sees the newcomer, and may take their access away at once.
    let liu = scene.world.clerk("liu").await;
    let all = liu.get("/clerks").await.ok();
    assert_eq!(all["items"].as_array().unwrap().len(), 3);
    let path = format!("/clerks/{}", me["id"].as_str().unwrap());
    liu.patch(&path, &json!({ "reset": true }))
        .await
        .problem(409, "no_password");
    liu.patch(&path, &json!({ "disabled": true })).await.ok();
    browser.get("/settlements").await.problem(401, "session_missing");
    let late = scene.world.anyone();
    assert_eq!(
        scene.signs_in(&late, "zhoumin").await,
        "/insurer/?sign_in=disabled"
    );
    late.get("/clerk/session").await.problem(401, "session_missing");
    scene.world.ends().await;
}

#[tokio::test]
async fn nobody_new_comes_in_where_the_operator_named_no_role() {
    if !is_there() {
        return;
    }
    let scene = Scene::new(None).await;
    let browser = scene.world.anyone();
    assert_eq!(
        scene.signs_in(&browser, "zhoumin").await,
        "/insurer/?sign_in=unknown_clerk"
    );
    scene.told(Some("viewer")).await;
    assert_eq!(scene.signs_in(&browser, "zhoumin").await, "/insurer/");
    scene.told(None).await;
    let known = scene.world.anyone();
    assert_eq!(
        scene.signs_in(&known, "zhoumin").await,
        "/insurer/",
        "whoever is known stays known"
    );
    assert_eq!(
        scene.signs_in(&known, "other").await,
        "/insurer/?sign_in=unknown_clerk"
    );
    let app = &scene.world.system.app;
    let mut tx = app.db.read().await.unwrap();
    assert_eq!(clerks::list(&mut tx, None, 100).await.unwrap().len(), 4);
    drop(tx);
    scene.world.ends().await;
}

#[tokio::test]
async fn a_return_counts_once_in_the_browser_that_left_and_only_for_what_it_asked() {
    if !is_there() {
        return;
    }
    let scene = Scene::new(Some("viewer")).await;
    let browser = scene.world.anyone();
    let there = scene.leaves(&browser).await;
    let back = scene.provider.vouches(&there, "zhoumin").await;
    let state = part(&there, "state");

    // In another browser, as somebody who was handed the address.
    let stranger = scene.world.anyone();
    assert_eq!(scene.returns(&stranger, &back).await, "/insurer/?sign_in=expired");
    // The one who left comes in, once.
    assert_eq!(scene.returns(&browser, &back).await, "/insurer/");
    assert_eq!(scene.returns(&browser, &back).await, "/insurer/?sign_in=expired");

    // A state that was never given out.
    let there = scene.leaves(&browser).await;
    let back = scene.provider.vouches(&there, "zhoumin").await;
    let forged = back.replace(&part(&there, "state"), &state);
    assert_eq!(
        scene.returns(&browser, &forged).await,
        "/insurer/?sign_in=expired"
    );

    // A code once more, under a new state: the provider refuses it.
    let there = scene.leaves(&browser).await;
    let back = scene.provider.vouches(&there, "zhoumin").await;
    assert_eq!(scene.returns(&browser, &back).await, "/insurer/");
    let next = scene.leaves(&browser).await;
    let replayed = back.replace(&part(&there, "state"), &part(&next, "state"));
    assert_eq!(
        scene.returns(&browser, &replayed).await,
        "/insurer/?sign_in=failed"
    );

    // A nonce that is not the one we sent.
    let there = scene.leaves(&browser).await;
    let other = there.replace(&part(&there, "nonce"), "n-0S6_WzA2Mj");
    let back = scene.provider.vouches(&other, "zhoumin").await;
    assert_eq!(scene.returns(&browser, &back).await, "/insurer/?sign_in=failed");

    // Somebody who takes longer than ten minutes.
    let there = scene.leaves(&browser).await;
    let back = scene.provider.vouches(&there, "zhoumin").await;
    scene.world.time_passes(std::time::Duration::from_secs(600));
    assert_eq!(scene.returns(&browser, &back).await, "/insurer/?sign_in=expired");

    // Somebody who goes back at the provider.
    let there = scene.leaves(&browser).await;
    let denied = format!(
        "{}{API}/clerk/oidc/callback?error=access_denied&state={}",
        scene.world.system.base_url,
        part(&there, "state")
    );
    assert_eq!(scene.returns(&browser, &denied).await, "/insurer/?sign_in=denied");
    scene.world.ends().await;
}

#[tokio::test]
async fn a_provider_that_is_down_or_absent_is_told_calmly() {
    if !is_there() {
        return;
    }
    let scene = Scene::new(Some("viewer")).await;
    let browser = scene.world.anyone();
    for insurer in ["PAIC", "nobody", ""] {
        let path = format!("{API}/clerk/oidc?insurer={insurer}");
        assert_eq!(scene.sent(&browser, &path).await, "/insurer/?sign_in=no_provider");
    }
    let there = scene.leaves(&browser).await;
    let back = scene.provider.vouches(&there, "zhoumin").await;
    let Scene { world, mut provider } = scene;
    provider.stops().await;
    let scene = Scene { world, provider };
    assert_eq!(
        scene.returns(&browser, &back).await,
        "/insurer/?sign_in=provider_unreachable"
    );
    assert_eq!(
        scene.leaves(&browser).await,
        "/insurer/?sign_in=provider_unreachable"
    );
    let app = &scene.world.system.app;
    let by = By {
        clerk: None,
        now: app.wall.now(),
        entropy: &*app.entropy,
    };
    providers::remove(&app.db, "PICC", by).await.unwrap();
    assert_eq!(scene.leaves(&browser).await, "/insurer/?sign_in=no_provider");
    scene.world.ends().await;
}
