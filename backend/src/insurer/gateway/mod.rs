//! Older partner gateways, as configuration: the market's insurers have taken claims by such for years, each with
//! names, codes, envelope and signature of its own, and none of that is worth a line of code here.
//!
//! A gateway is a TOML file (see `docs/gateways/example.toml`). This folder reads it ([`config`]), fills its fields
//! from what the insurer may see anyway ([`map`]), signs ([`sign`]) and judges the answer ([`answer`]). It asks
//! nobody and keeps nothing: delivery, order and retries are those of every other endpoint. JSON and forms are
//! written; XML is not, because nobody asked for one yet.

pub mod answer;
pub mod config;
pub mod known;
pub mod map;
pub mod path;
pub mod sign;
mod text;

use std::collections::BTreeMap;
use std::io;

use domain::data::BadData;
use domain::id::Sha256Hex;
use domain::time::Instant;
use serde_json::{Map, Value};

use answer::Rule;
use map::Field;
use path::Step;
use sign::{Place, Signature};
use text::{Pattern, Words};

/// What a message cannot be written for, or signed.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Unwritten {
    #[error("this gateway has no message for {0}")]
    NoMessage(String),
    #[error("{field}: {why}")]
    Field { field: String, why: String },
    #[error("the signature cannot be made: {0}")]
    Signature(String),
}

/// A request as an older gateway wants it, all but its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub content_type: &'static str,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// One file.
#[derive(Debug)]
pub struct Gateway {
    pub name: String,
    form: bool,
    timestamp: Pattern,
    headers: Vec<(String, Words)>,
    signature: Option<Signature>,
    pub answer: Rule,
    messages: Vec<Message>,
}

/// What is told of some events.
#[derive(Debug)]
struct Message {
    events: Vec<String>,
    fields: Vec<Field>,
}

/// All of an installation's gateways by their names.
#[derive(Debug, Default)]
pub struct Gateways {
    by_name: BTreeMap<String, Gateway>,
}

impl Gateways {
    /// Reads every file, given as its name and text. `secret` reads the key file that a gateway names.
    ///
    /// # Errors
    /// The first thing that is wrong: file, line, reason. Two files of one name are wrong.
    pub fn read(
        files: &[(String, String)],
        secret: &dyn Fn(&str, &str) -> io::Result<String>,
    ) -> Result<Self, BadData> {
        let mut by_name = BTreeMap::new();
        for (file, text) in files {
            let gateway = config::read(file, text, &|key| secret(file, key))?;
            if by_name.contains_key(&gateway.name) {
                return Err(BadData {
                    file: file.clone(),
                    line: 1,
                    reason: format!("another file has a gateway named {}", gateway.name),
                });
            }
            by_name.insert(gateway.name.clone(), gateway);
        }
        Ok(Self { by_name })
    }

    pub fn get(&self, name: &str) -> Option<&Gateway> {
        self.by_name.get(name)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }
}

impl Gateway {
    /// The events it has a message for.
    pub fn events(&self) -> impl Iterator<Item = &str> {
        self.messages
            .iter()
            .flat_map(|message| message.events.iter().map(String::as_str))
    }

    /// Whether a message for this event is made of the record of this kind (`settlement`, `order`, `assessment`).
    pub fn reads(&self, event: &str, root: &str) -> bool {
        let message = self.message(event);
        message.is_some_and(|message| message.fields.iter().any(|field| field.reads(root)))
    }

    fn message(&self, event: &str) -> Option<&Message> {
        self.messages
            .iter()
            .find(|message| message.events.iter().any(|known| known == event))
    }

    /// The request that tells of an event: `told` holds `event`, `settlement`, `order` and `assessment` as far as
    /// they are there; `id` is the message's own, the same at every try.
    ///
    /// # Errors
    /// [`Unwritten`]: no message for this event, a required field that is empty, a code no table has.
    pub fn write(
        &self,
        event: &str,
        mut told: Map<String, Value>,
        (id, at): (&str, Instant),
    ) -> Result<Written, Unwritten> {
        let message = self
            .message(event)
            .ok_or_else(|| Unwritten::NoMessage(event.to_owned()))?;
        let timestamp = self.timestamp.write(at);
        let sent = serde_json::json!({ "id": id, "at": at, "timestamp": timestamp });
        told.insert("sent".to_owned(), sent);
        let mut body = map::fill(&message.fields, &Value::Object(told))?;
        let mut headers = Vec::new();
        let mut spoken = BTreeMap::from([("id", id.to_owned()), ("timestamp", timestamp)]);
        for (name, words) in &self.headers {
            headers.push((name.clone(), words.say(&spoken)));
        }
        if let Some(signature) = &self.signature {
            let written = self.encode(&body);
            spoken.insert("body_sha256", Sha256Hex::of(&written).as_str().to_owned());
            spoken.insert("body", String::from_utf8_lossy(&written).into_owned());
            spoken.insert("sorted", map::sorted(&body));
            let over = signature.over.say(&spoken);
            let signed = signature.sign(over.as_bytes()).map_err(Unwritten::Signature)?;
            match &signature.place {
                Place::Header(name) => headers.push((name.clone(), signed)),
                Place::Field(target) => map::put(&mut body, target, Value::String(signed)),
            }
        }
        Ok(Written {
            content_type: if self.form {
                "application/x-www-form-urlencoded; charset=utf-8"
            } else {
                "application/json; charset=utf-8"
            },
            headers,
            body: self.encode(&body),
        })
    }

    fn encode(&self, body: &Map<String, Value>) -> Vec<u8> {
        if !self.form {
            return Value::Object(body.clone()).to_string().into_bytes();
        }
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in body {
            form.append_pair(name, &map::plain(value));
        }
        form.finish().into_bytes()
    }
}

/// A way from the top of what is told, as steps.
type Steps = Vec<Step>;

#[cfg(test)]
mod tests;
