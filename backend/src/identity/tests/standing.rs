//! How a client stands after it was let in: disabled, given back, from elsewhere, too often.

use jsonwebtoken::Algorithm;

use super::machine::{ID, Signer, asking, denied, error, form, from, reading};
use super::*;
use crate::identity::clients::registry::{self, Change, New, Trouble};
use crate::on_both;

async fn world(db: &Db, change: Change) -> (World, Signer) {
    let proxy = "10.0.0.1".parse().unwrap();
    let config = Config {
        trusted_proxies: vec![proxy],
        ..config("https://desk.example")
    };
    let world = World::with(db, config).await;
    let signer = Signer::new("k", Algorithm::ES256);
    world.client(change, vec![signer.public.clone()]).await;
    (world, signer)
}

fn number(answer: &Answer, name: &str) -> u32 {
    answer.headers[name].to_str().unwrap().parse().unwrap()
}

on_both! {
    async fn o12_a_disabled_client_is_out_at_once_and_comes_back_with_new_tokens(db: Db) {
        let (world, signer) = world(&db, Change::default()).await;
        let token = world.token(&signer).await;
        registry::disable(&db, ID, world.clock.now()).await.unwrap();
        let refused = world.reads(&token).await;
        assert_eq!(refused.code(), (401, "invalid_token"));
        assert!(refused.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer "));
        denied(&world.shows(&signer.assertion(&world)).await, "unknown or disabled client");
        assert!(matches!(registry::disable(&db, ID, world.clock.now()).await, Err(Trouble::AlreadySo)));
        registry::enable(&db, ID).await.unwrap();
        world.pass(Duration::seconds(1));
        assert_eq!(world.reads(&token).await.code(), (401, "invalid_token"), "the old tokens stay dead");
        let fresh = world.token(&signer).await;
        assert_eq!(world.reads(&fresh).await.status, StatusCode::OK);
    }

    async fn a_token_given_back_is_dead_and_no_other(db: Db) {
        let (world, signer) = world(&db, Change::default()).await;
        let (one, two) = (world.token(&signer).await, world.token(&signer).await);
        let give_back = async |token: &str| {
            let body = format!("{}&token={token}&token_type_hint=access_token", form(&signer.assertion(&world)));
            world.form("/oauth/revoke", &body).await
        };
        for shown in [one.as_str(), one.as_str(), "nonsense"] {
            assert_eq!(give_back(shown).await.status, StatusCode::OK, "{shown}");
        }
        assert_eq!(world.reads(&one).await.code(), (401, "invalid_token"));
        assert_eq!(world.reads(&two).await.status, StatusCode::OK);
        world.pass(Duration::minutes(11));
        assert_eq!(give_back(&two).await.status, StatusCode::OK, "it is over anyway");
        // Nobody gives back what is another's, and nobody unknown gives back anything.
        let picc = world.secrets.clients.iter().find(|client| client.insurer == "PICC").unwrap();
        let by_picc = format!("client_id={}&client_secret={}", picc.client_id, picc.secret);
        let mine = world.token(&signer).await;
        let answer = world.form("/oauth/revoke", &format!("{by_picc}&token={mine}")).await;
        assert_eq!((error(&answer).0, error(&answer).1), (400, "unauthorized_client"));
        assert_eq!(error(&world.form("/oauth/revoke", &by_picc).await).1, "invalid_request");
        denied(&world.form("/oauth/revoke", &format!("token={mine}")).await, "no proof");
        assert_eq!(world.reads(&mine).await.status, StatusCode::OK);
    }

    async fn a_client_with_a_list_comes_only_from_its_networks(db: Db) {
        let networks = Some(vec!["192.0.2.0/24".to_owned(), "2001:db8:1::/48".to_owned()]);
        let (world, signer) = world(&db, Change { networks, ..Change::default() }).await;
        let ask = async |address: &str| world.call(from(asking(&signer.assertion(&world)), address)).await;
        let answer = ask("192.0.2.7").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let token = answer.body["access_token"].as_str().unwrap().to_owned();
        for elsewhere in ["198.51.100.7", "2001:db8:2::1"] {
            denied(&ask(elsewhere).await, "this address");
            let stolen = world.call(from(reading(&token), elsewhere)).await;
            assert_eq!(stolen.code(), (403, "address_not_allowed"));
        }
        for listed in ["192.0.2.255", "::ffff:192.0.2.1", "2001:db8:1:ffff::1"] {
            assert_eq!(world.call(from(reading(&token), listed)).await.status, StatusCode::OK, "{listed}");
        }
        // A proxy of ours says who it is; nobody else is believed.
        let forwarded = |peer: &str, said: &'static str| {
            let mut request = from(reading(&token), peer);
            request.headers_mut().insert("x-forwarded-for", said.parse().unwrap());
            request
        };
        assert_eq!(world.call(forwarded("10.0.0.1", "192.0.2.7")).await.status, StatusCode::OK);
        let code = world.call(forwarded("10.0.0.1", "192.0.2.7, 198.51.100.7")).await;
        assert_eq!(code.code(), (403, "address_not_allowed"));
        let code = world.call(forwarded("198.51.100.7", "192.0.2.7")).await;
        assert_eq!(code.code(), (403, "address_not_allowed"));
        // Whoever has no address is on no list.
        assert_eq!(world.reads(&token).await.code(), (403, "address_not_allowed"));
        registry::change(&db, ID, Change { networks: Some(Vec::new()), ..Change::default() }).await.unwrap();
        assert_eq!(world.reads(&token).await.status, StatusCode::OK);
    }

    async fn a_client_is_told_how_it_stands_and_when_to_come_back(db: Db) {
        let (world, signer) = world(&db, Change { per_minute: Some(3), ..Change::default() }).await;
        let token = world.token(&signer).await;
        for left in [2, 1, 0] {
            let answer = world.reads(&token).await;
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!((number(&answer, "ratelimit-limit"), number(&answer, "ratelimit-remaining")), (3, left));
            assert!((1..=60).contains(&number(&answer, "ratelimit-reset")));
        }
        let refused = world.reads(&token).await;
        assert_eq!(refused.code(), (429, "rate_limited"));
        assert!((1..=20).contains(&refused.retry_after_s()));
        assert_eq!((number(&refused, "ratelimit-limit"), number(&refused, "ratelimit-remaining")), (3, 0));
        // Others are not touched, nor is the asking for tokens, which has a limit of its own.
        let picc = world.secrets.clients.iter().find(|client| client.insurer == "PICC").unwrap();
        let body = format!("grant_type=client_credentials&client_id={}&client_secret={}", picc.client_id, picc.secret);
        let other = world.form("/oauth/token", &body).await;
        assert_eq!(number(&other, "ratelimit-limit"), 60);
        assert_eq!(world.reads(other.body["access_token"].as_str().unwrap()).await.status, StatusCode::OK);
        // A higher limit counts from the next request on.
        registry::change(&db, ID, Change { per_minute: Some(6_000), ..Change::default() }).await.unwrap();
        assert_eq!(number(&world.reads(&token).await, "ratelimit-limit"), 6_000);
    }

    async fn a_client_that_asks_for_tokens_all_the_time_is_held_back(db: Db) {
        let (world, signer) = world(&db, Change::default()).await;
        for _ in 0..60 {
            world.token(&signer).await;
        }
        let mut last = world.shows(&signer.assertion(&world)).await;
        // A token may have come back meanwhile: the sixty-second cannot have one too.
        if last.status == StatusCode::OK {
            last = world.shows(&signer.assertion(&world)).await;
        }
        assert_eq!(last.code(), (429, "rate_limited"));
        assert!(last.retry_after_s() >= 1);
        // Whoever proves nothing uses up nothing of the client's.
        denied(&world.shows(&Signer::new("k", Algorithm::ES256).assertion(&world)).await, "unknown");
    }

    async fn what_an_operator_writes_wrongly_is_named_and_changes_nothing(db: Db) {
        let (world, signer) = world(&db, Change::default()).await;
        let now = world.clock.now();
        let add = async |client_id: &str, insurer: &str, change: Change| {
            let new = New { client_id: client_id.to_owned(), insurer: insurer.to_owned(), change, keys: Vec::new() };
            registry::add(&db, new, now).await.unwrap_err().to_string()
        };
        let list = |items: &[&str]| Some(items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>());
        assert!(add("picc zj", "PICC", Change::default()).await.contains("picc zj"));
        assert!(add("new", "picc", Change::default()).await.contains("PICC"));
        assert!(add(ID, "CPIC", Change::default()).await.contains("already"));
        let scopes = Change { scopes: list(&["settlements:write"]), ..Change::default() };
        assert!(add("new", "PICC", scopes).await.contains("settlements:write"));
        let networks = Change { networks: list(&["192.0.2.0/33"]), ..Change::default() };
        assert!(add("new", "PICC", networks).await.contains("192.0.2.0/33"));
        let rate = Change { per_minute: Some(0), ..Change::default() };
        assert!(add("new", "PICC", rate).await.contains("a minute"));
        let url = Change { jwks_url: Some(Some("http://picc.example/keys".to_owned())), ..Change::default() };
        assert!(add("new", "PICC", url).await.contains("https://"));
        let period = registry::Period { from: now, until: Some(now) };
        let keys = [signer.public.clone()];
        assert!(matches!(registry::add_keys(&db, ID, &keys, period, now).await, Err(Trouble::Period)));
        let period = registry::Period { from: now, until: None };
        assert!(matches!(registry::add_keys(&db, ID, &keys, period, now).await, Err(Trouble::KeyTaken(_))));
        assert!(matches!(registry::add_keys(&db, "nobody", &keys, period, now).await, Err(Trouble::NoClient(_))));
        assert!(matches!(registry::end_key(&db, ID, "other", now).await, Err(Trouble::NoKey(_))));
        let names: Vec<String> = registry::list(&db).await.unwrap().iter().map(|shown| shown.client.client_id.to_string()).collect();
        assert_eq!(names, [ID, "paic-zj", "picc-zj"]);
    }

    async fn a_secret_is_a_clients_only_when_an_operator_gave_it_one(db: Db) {
        let (world, signer) = world(&db, Change::default()).await;
        let ask = async |secret: &str| {
            world.form("/oauth/token", &format!("grant_type=client_credentials&client_id={ID}&client_secret={secret}")).await
        };
        denied(&ask("anything").await, "unknown");
        let first = registry::new_secret(&db, &*world.app.entropy, ID, world.clock.now()).await.unwrap();
        let second = registry::new_secret(&db, &*world.app.entropy, ID, world.clock.now()).await.unwrap();
        denied(&ask(&first).await, "unknown");
        let token = ask(&second).await.body["access_token"].as_str().unwrap().to_owned();
        registry::remove_secret(&db, ID, world.clock.now()).await.unwrap();
        denied(&ask(&second).await, "unknown");
        assert_eq!(world.reads(&token).await.code(), (401, "invalid_token"));
        world.token(&signer).await;
    }
}
