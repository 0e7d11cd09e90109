//! A client's machine as a test has it: a key pair, and what it signs.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use domain::time::Instant;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rcgen::{KeyPair, RsaKeySize};

use super::*;
use crate::identity::clients::assertion::TYPE;
use crate::identity::clients::public_key::{self, PublicKey};
use crate::identity::clients::registry::{self, Change, New, Period};

/// The client every test here has.
pub(super) const ID: &str = "cpic-hq";

/// A key pair and what its owner registers of it.
pub(super) struct Signer {
    pub kid: String,
    pub algorithm: Algorithm,
    pub private: EncodingKey,
    pub public_pem: String,
    pub public: PublicKey,
}

impl Signer {
    pub fn new(kid: &str, algorithm: Algorithm) -> Self {
        let pair = match algorithm {
            Algorithm::ES256 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256),
            Algorithm::EdDSA => KeyPair::generate_for(&rcgen::PKCS_ED25519),
            _ => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_2048),
        }
        .unwrap();
        let (pem, public_pem) = (pair.serialize_pem(), pair.public_key_pem());
        let private = match algorithm {
            Algorithm::ES256 => EncodingKey::from_ec_pem(pem.as_bytes()),
            Algorithm::EdDSA => EncodingKey::from_ed_pem(pem.as_bytes()),
            _ => EncodingKey::from_rsa_pem(pem.as_bytes()),
        }
        .unwrap();
        let name = public_key::name(algorithm);
        let public = PublicKey::from_pem(&public_pem, Some(kid.to_owned()), Some(name)).unwrap();
        Self {
            kid: kid.to_owned(),
            algorithm,
            private,
            public_pem,
            public,
        }
    }

    pub fn header(&self) -> Header {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.kid.clone());
        header
    }

    pub fn sign(&self, claims: &Value) -> String {
        jsonwebtoken::encode(&self.header(), claims, &self.private).unwrap()
    }

    /// A good assertion for `world`, new each time.
    pub fn assertion(&self, world: &World) -> String {
        self.sign(&good(world))
    }

    pub fn jwks(&self) -> String {
        json!({ "keys": [self.public.jwk] }).to_string()
    }
}

/// Claims with which a token is given; `jti` is another each time.
pub(super) fn good(world: &World) -> Value {
    let now = now_s(world);
    let jti = crate::clock::uuid(world.clock.now(), &*world.app.entropy);
    json!({
        "iss": ID, "sub": ID, "aud": "https://desk.example", "iat": now, "nbf": now, "exp": now + 60,
        "jti": jti.to_string(),
    })
}

pub(super) fn now_s(world: &World) -> i64 {
    world.clock.now().unix_micros() / 1_000_000
}

pub(super) fn form(assertion: &str) -> String {
    let ours = form_urlencoded::byte_serialize(TYPE.as_bytes()).collect::<String>();
    format!("grant_type=client_credentials&client_assertion_type={ours}&client_assertion={assertion}")
}

fn post(path: &str, body: &str) -> Request<Body> {
    Request::post(path)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

pub(super) fn from(mut request: Request<Body>, address: &str) -> Request<Body> {
    let address: IpAddr = address.parse().unwrap();
    request
        .extensions_mut()
        .insert(ConnectInfo(SocketAddr::from((address, 4711))));
    request
}

pub(super) fn asking(assertion: &str) -> Request<Body> {
    post("/oauth/token", &form(assertion))
}

pub(super) fn reading(token: &str) -> Request<Body> {
    Request::get("/api/v1/settlements")
        .header("authorization", format!("Bearer {token}"))
        .body(Body::empty())
        .unwrap()
}

impl World {
    /// A world with the client, and what may be changed of it.
    pub(super) async fn client(&self, change: Change, keys: Vec<PublicKey>) {
        let new = New {
            client_id: ID.to_owned(),
            insurer: "CPIC".to_owned(),
            change,
            keys,
        };
        registry::add(&self.app.db, new, self.clock.now()).await.unwrap();
    }

    pub(super) async fn form(&self, path: &str, body: &str) -> Answer {
        self.call(post(path, body)).await
    }

    pub(super) async fn shows(&self, assertion: &str) -> Answer {
        self.call(asking(assertion)).await
    }

    pub(super) async fn token(&self, signer: &Signer) -> String {
        let answer = self.shows(&signer.assertion(self)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body["access_token"].as_str().unwrap().to_owned()
    }

    pub(super) async fn reads(&self, token: &str) -> Answer {
        self.call(reading(token)).await
    }

    pub(super) async fn adds(&self, signer: &Signer, from: Instant, until: Option<Instant>) {
        let keys = [signer.public.clone()];
        let period = Period { from, until };
        registry::add_keys(&self.app.db, ID, &keys, period, self.clock.now())
            .await
            .unwrap();
    }
}

/// The OAuth error and what it says.
pub(super) fn error(answer: &Answer) -> (u16, &str, &str) {
    let text = |name: &str| answer.body[name].as_str().unwrap_or_default();
    (answer.status.as_u16(), text("error"), text("error_description"))
}

#[track_caller]
pub(super) fn denied(answer: &Answer, why: &str) {
    let (status, error, said) = error(answer);
    assert_eq!((status, error), (401, "invalid_client"), "{}", answer.body);
    assert!(said.contains(why), "{said:?} does not say {why:?}");
}
