//! Somebody with a browser or a program: cookies, idempotency keys, and answers that complain readably.

use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use uuid::Uuid;

/// Where the case service's resources begin.
pub const API: &str = "/api/v1";

/// One person's or program's view of the system: cookies of its own, a token when it has one.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    bearer: Option<String>,
}

/// What was answered, kept whole so that a failing test can show it.
#[derive(Debug)]
pub struct Answer {
    pub asked: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

/// A key nobody has used: one per intent, as the contract wants it.
pub fn fresh_key() -> Uuid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

impl Client {
    /// Somebody new at `base`, such as `http://127.0.0.1:40123`.
    pub fn new(base: &str) -> Self {
        let http = reqwest::Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client needs nothing");
        Self {
            http,
            base: base.to_owned(),
            bearer: None,
        }
    }

    /// The same, with an access token on every request.
    pub fn with_token(mut self, token: &str) -> Self {
        self.bearer = Some(token.to_owned());
        self
    }

    /// The access token it sends, when it has one.
    pub fn token(&self) -> Option<&str> {
        self.bearer.as_deref()
    }

    /// A request to be dressed up by hand; `path` is taken as it is.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.bearer {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends what was dressed up by hand.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request
            .build()
            .expect("the test asks something that can be asked");
        let asked = format!("{} {}", request.method(), request.url().path());
        let response = self.http.execute(request).await.expect("the service answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.expect("the answer arrives whole").to_vec();
        Answer {
            asked,
            status,
            headers,
            bytes,
        }
    }

    /// `GET` below `/api/v1`; none when nobody answers.
    pub async fn try_get(&self, path: &str) -> Option<Answer> {
        self.try_send(self.request(Method::GET, &format!("{API}{path}")))
            .await
    }

    /// `POST` as [`Client::post_as`]; none when nobody answers, and nobody knows what became of it.
    pub async fn try_post(&self, key: Uuid, path: &str, body: &Value) -> Option<Answer> {
        let request = self.request(Method::POST, &format!("{API}{path}"));
        self.try_send(request.header("idempotency-key", key.to_string()).json(body))
            .await
    }

    async fn try_send(&self, request: RequestBuilder) -> Option<Answer> {
        let request = request.build().ok()?;
        let asked = format!("{} {}", request.method(), request.url().path());
        let response = self.http.execute(request).await.ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.ok()?.to_vec();
        Some(Answer {
            asked,
            status,
            headers,
            bytes,
        })
    }

    /// `GET` below `/api/v1`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, &format!("{API}{path}")))
            .await
    }

    /// What lies at this path, from the root.
    pub async fn bytes_of(&self, path: &str) -> Vec<u8> {
        self.send(self.request(Method::GET, path)).await.whole()
    }

    /// Sends a file as the form field `document`, below `/api/v1`.
    pub async fn uploads(&self, path: &str, file: &[u8]) -> Value {
        let head =
            "--frontier\r\ncontent-disposition: form-data; name=\"document\"; filename=\"a.pdf\"\r\n\r\n";
        let body = [head.as_bytes(), file, b"\r\n--frontier--\r\n"].concat();
        let request = self.request(Method::POST, &format!("{API}{path}"));
        let request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=frontier");
        self.send(request.body(body)).await.ok()
    }

    /// `POST` below `/api/v1` under a key of its own.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_as(fresh_key(), path, body).await
    }

    /// `POST` under a given key: a retry uses the key of its first try.
    pub async fn post_as(&self, key: Uuid, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, &format!("{API}{path}"));
        self.send(request.header("idempotency-key", key.to_string()).json(body))
            .await
    }

    /// `POST` of bytes that need not be JSON, called JSON all the same.
    pub async fn post_raw(&self, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        let request = self.request(Method::POST, &format!("{API}{path}"));
        let request = request.header("idempotency-key", fresh_key().to_string());
        self.send(request.header(CONTENT_TYPE, "application/json").body(body))
            .await
    }

    /// `PUT` below `/api/v1`.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PUT, &format!("{API}{path}")).json(body))
            .await
    }

    /// `PATCH` below `/api/v1`.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, &format!("{API}{path}")).json(body))
            .await
    }

    /// `DELETE` below `/api/v1`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, &format!("{API}{path}")))
            .await
    }
}

impl Answer {
    /// The body as JSON, null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The bytes of a success.
    ///
    /// # Panics
    /// When it is none; the whole answer is shown.
    #[track_caller]
    pub fn whole(self) -> Vec<u8> {
        assert!((200..300).contains(&self.status), "{self}");
        self.bytes
    }

    /// The body of a success.
    ///
    /// # Panics
    /// When it is none; the whole answer is shown.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{self}");
        self.json()
    }

    /// The body of a refusal with this status and code, checked to be a proper problem.
    ///
    /// # Panics
    /// When it is anything else.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        let kind = self
            .headers
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        assert!(
            kind.starts_with("application/problem+json"),
            "{kind} is not a problem: {self}"
        );
        let body = self.json();
        assert_eq!(
            (self.status, body["code"].as_str()),
            (status, Some(code)),
            "{self}"
        );
        assert_eq!(body["status"], status, "{self}");
        assert_eq!(body["type"], format!("/problems/{code}"), "{self}");
        assert!(
            body["title"].as_str().is_some_and(|title| !title.is_empty()),
            "{self}"
        );
        body
    }

    /// A refusal of fields (422), which names this one and says something about it.
    ///
    /// # Panics
    /// When it is anything else.
    #[track_caller]
    pub fn names(self, field: &str) -> Value {
        let shown = self.to_string();
        let body = self.problem(422, "invalid_fields");
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        let named = errors.iter().find(|error| error["field"] == field);
        let message = named.and_then(|error| error["message"].as_str());
        assert!(
            message.is_some_and(|message| !message.is_empty()),
            "{field} is not named: {shown}"
        );
        body
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = String::from_utf8_lossy(&self.bytes);
        let short: String = text.chars().take(2_000).collect();
        write!(f, "{} answered {} {short}", self.asked, self.status)
    }
}
