//! Every way in which an address that somebody else chose could lead us where we must not go.

use super::testing::{Answer, Site};
use super::*;

const PATIENCE: Patience = Patience {
    bytes_max: 1_000,
    within: Duration::from_secs(20),
};

fn strict() -> Outbound {
    Outbound::new(Vec::new(), &[]).unwrap()
}

#[test]
fn only_addresses_of_the_public_network_are_public() {
    for inside in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "fc00::1",
        "fd00::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        assert!(!is_public(inside.parse().unwrap()), "{inside}");
    }
    for public in [
        "1.1.1.1",
        "8.8.8.8",
        "100.128.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "198.20.0.1",
        "223.5.5.5",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2400:3200::1",
        "2606:4700:4700::1111",
    ] {
        assert!(is_public(public.parse().unwrap()), "{public}");
    }
}

#[test]
fn an_address_that_will_never_be_asked_is_refused_when_it_is_written_down() {
    for address in [
        "",
        "keys",
        "http://picc.example/keys",
        "ftp://picc.example/keys",
        "https://user@picc.example/keys",
        "https://:secret@picc.example/keys",
        "https://picc.example/keys#one",
        "https://127.0.0.1/keys",
        "https://2130706433/keys",
        "https://0x7f.1/keys",
        "https://[::1]/keys",
        "https://[::ffff:10.0.0.1]/keys",
        "https://169.254.169.254/latest/meta-data",
        "https://8.8.8.8:22/keys",
    ] {
        assert!(strict().look_at(address).is_err(), "{address}");
    }
    for address in [
        "https://picc.example/keys?v=1",
        "https://8.8.8.8/keys",
        "https://8.8.8.8:8443/keys",
    ] {
        assert!(strict().look_at(address).is_ok(), "{address}");
    }
}

#[tokio::test]
async fn a_name_that_leads_inside_is_not_asked() {
    let site = Site::new(|_| Answer::body("{}")).await;
    let asked = strict().get(&site.url("/keys"), PATIENCE).await;
    assert!(matches!(asked, Err(Unreachable::Inside(_))), "{asked:?}");
    assert_eq!(site.asked(), 0);
}

#[tokio::test]
async fn a_network_the_operator_named_is_asked_under_a_certificate_the_operator_trusts() {
    let site = Site::new(Answer::body).await;
    assert_eq!(
        site.outbound()
            .get(&site.url("/keys?v=1"), PATIENCE)
            .await
            .unwrap(),
        "/keys?v=1"
    );
    let untrusting = Outbound::new(
        vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
        &[],
    )
    .unwrap();
    let asked = untrusting.get(&site.url("/keys"), PATIENCE).await;
    assert!(matches!(asked, Err(Unreachable::Connection(_))), "{asked:?}");
}

#[tokio::test]
async fn nothing_is_followed_and_nothing_is_read_for_ever() {
    let site = Site::new(|path| match path {
        "/moved" => Answer::moved("https://169.254.169.254/"),
        "/error" => Answer {
            status: 500,
            ..Answer::body("{}")
        },
        "/huge" => Answer::body(&"x".repeat(1_001)),
        "/endless" => Answer {
            endless: true,
            ..Answer::body("")
        },
        "/just" => Answer::body(&"x".repeat(1_000)),
        _ => Answer {
            silent: true,
            ..Answer::body("")
        },
    })
    .await;
    let outbound = site.outbound();
    let get = async |path| outbound.get(&site.url(path), PATIENCE).await;
    assert!(matches!(get("/moved").await, Err(Unreachable::Status(status)) if status == 302));
    assert!(matches!(get("/error").await, Err(Unreachable::Status(status)) if status == 500));
    assert!(matches!(get("/huge").await, Err(Unreachable::Body(_))));
    assert!(matches!(get("/endless").await, Err(Unreachable::Body(_))));
    assert_eq!(get("/just").await.unwrap().len(), 1_000);
    let short = Patience {
        within: Duration::from_millis(300),
        ..PATIENCE
    };
    let slow = outbound.get(&site.url("/silent"), short).await;
    assert!(matches!(slow, Err(Unreachable::Slow(_))), "{slow:?}");
}

#[test]
fn certificates_that_are_none_are_named() {
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(Outbound::new(Vec::new(), broken.as_bytes()).is_err());
}

#[derive(Debug)]
struct Turning(std::sync::atomic::AtomicUsize);

impl Names for Turning {
    /// Leads to this machine first, then to a neighbour that may not be asked.
    fn addresses<'a>(
        &'a self,
        _: &'a str,
        port: u16,
    ) -> futures_util::future::BoxFuture<'a, std::io::Result<Vec<SocketAddr>>> {
        let asked = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let address = if asked == 0 {
            [127, 0, 0, 1]
        } else {
            [169, 254, 169, 254]
        };
        Box::pin(async move { Ok(vec![SocketAddr::from((address, port))]) })
    }
}

#[tokio::test]
async fn a_name_is_asked_for_once_and_judged_each_time() {
    let site = Site::new(|_| Answer::body("{}")).await;
    let names = Arc::new(Turning(std::sync::atomic::AtomicUsize::new(0)));
    let outbound = site.outbound().with_names(names.clone());
    assert_eq!(outbound.get(&site.url("/keys"), PATIENCE).await.unwrap(), "{}");
    assert_eq!(names.0.load(std::sync::atomic::Ordering::SeqCst), 1);
    let turned = outbound.get(&site.url("/keys"), PATIENCE).await;
    assert!(matches!(turned, Err(Unreachable::Inside(_))), "{turned:?}");
    assert_eq!(site.asked(), 1);
}

#[test]
fn without_tls_only_a_sandbox_goes_and_only_where_the_operator_said() {
    let here: Vec<IpNet> = vec!["127.0.0.0/8".parse().unwrap()];
    let earnest = Outbound::new(here, &[]).unwrap();
    assert!(matches!(
        earnest.look_at("http://127.0.0.1:8080/"),
        Err(Unreachable::NotAllowedUrl)
    ));
    let sandbox = earnest.plain_inside(true);
    assert!(sandbox.look_at("http://127.0.0.1:8080/").is_ok());
    assert!(sandbox.look_at("https://8.8.8.8/").is_ok());
    assert!(matches!(
        sandbox.look_at("http://8.8.8.8/"),
        Err(Unreachable::Plain(_))
    ));
    assert!(matches!(
        sandbox.look_at("http://10.0.0.1/"),
        Err(Unreachable::Inside(_))
    ));
    assert!(sandbox.look_at("ftp://127.0.0.1/").is_err());
}

#[tokio::test]
async fn what_is_posted_is_answered_with_whatever_status_and_a_long_body_is_cut() {
    let site = Site::new(|path| match path {
        "/moved" => Answer::moved("https://169.254.169.254/"),
        "/endless" => Answer {
            endless: true,
            ..Answer::body("")
        },
        _ => Answer {
            status: 410,
            ..Answer::body("gone")
        },
    })
    .await;
    let outbound = site.outbound();
    let send = async |path: &str| {
        let outgoing = Outgoing {
            url: site.url(path),
            content_type: "application/json".to_owned(),
            headers: vec![("webhook-id".to_owned(), "msg_1".to_owned())],
            body: Bytes::from_static(b"{}"),
        };
        outbound.send(&outgoing, PATIENCE).await.unwrap()
    };
    assert_eq!(send("/moved").await.status, 302);
    let gone = send("/gone").await;
    assert_eq!(
        (gone.status.as_u16(), &gone.body[..], gone.whole),
        (410, &b"gone"[..], true)
    );
    let cut = send("/endless").await;
    assert_eq!(
        (cut.status.as_u16(), cut.body.len(), cut.whole),
        (200, 1_000, false)
    );
    assert_eq!(site.asked(), 3);
}
