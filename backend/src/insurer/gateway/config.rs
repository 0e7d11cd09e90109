//! A gateway's file: read whole and checked whole before anything is delivered by it. A file that is wrong stops the
//! start, with file, line and reason, as a rule file does.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use domain::data::{BadData, parse_toml};
use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use super::answer::Rule;
use super::known::Known;
use super::map::{Field, Form, Source};
use super::path::Path;
use super::sign::{Algorithm, Encoding, Key, Place, Signature};
use super::text::{Pattern, Words};
use super::{Gateway, Message};
use crate::insurer::event::EventKind;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Spanned<String>,
    #[serde(default)]
    body: Body,
    timestamp: Option<Spanned<String>>,
    #[serde(default)]
    headers: BTreeMap<String, Spanned<String>>,
    signature: Option<Spanned<Signed>>,
    answer: Spanned<Answered>,
    #[serde(default)]
    tables: BTreeMap<String, BTreeMap<String, String>>,
    message: Vec<Spanned<Told>>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Body {
    #[default]
    Json,
    Form,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    algorithm: Algorithm,
    /// A file beside this one.
    key: Spanned<String>,
    over: Spanned<String>,
    #[serde(default)]
    encoding: Encoding,
    header: Option<String>,
    field: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    #[serde(default = "ok")]
    status: Vec<u16>,
    code: Option<Spanned<String>>,
    #[serde(default)]
    accepted: Vec<String>,
    #[serde(default)]
    refused: Vec<String>,
}

fn ok() -> Vec<u16> {
    vec![200]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    events: Vec<Spanned<String>>,
    fields: Fields,
}

type Fields = BTreeMap<Spanned<String>, Spanned<OneField>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OneField {
    constant: Option<toml::Value>,
    from: Option<String>,
    template: Option<String>,
    each: Option<String>,
    fields: Option<Fields>,
    #[serde(default)]
    text: bool,
    time: Option<String>,
    #[serde(default)]
    yuan: bool,
    table: Option<String>,
    or: Option<toml::Value>,
    #[serde(default)]
    required: bool,
}

/// What an event's message may be made of.
const EVENTS: [(&str, &[&str]); 3] = [
    ("settlement.", &["event", "sent", "settlement"]),
    ("payment_order.", &["event", "sent", "settlement", "order"]),
    ("assessment.", &["event", "sent", "settlement", "assessment"]),
];
/// Of events without a record of their own.
const BARE: &[&str] = &["event", "sent"];

/// Reads a file; `secret` reads the key file it names.
///
/// # Errors
/// The first thing that is wrong.
pub fn read(name: &str, text: &str, secret: &dyn Fn(&str) -> io::Result<String>) -> Result<Gateway, BadData> {
    let file: File = parse_toml(name, text)?;
    let reader = Reader {
        file: name,
        text,
        known: Known::of_records(),
        tables: &file.tables,
    };
    let own = file.name.as_ref();
    if own.is_empty()
        || !own
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    {
        return Err(reader.at(file.name.span(), "a name has small letters, digits and hyphens"));
    }
    let timestamp = match &file.timestamp {
        Some(pattern) => Pattern::read(pattern.as_ref()).map_err(|why| reader.at(pattern.span(), why))?,
        None => Pattern::Unix,
    };
    let mut headers = Vec::new();
    for (header, words) in &file.headers {
        reader.header(header, words.span())?;
        let read = Words::of(words.as_ref(), &["id", "timestamp"]);
        headers.push((header.clone(), read.map_err(|why| reader.at(words.span(), why))?));
    }
    let signature = match &file.signature {
        Some(signed) => Some(reader.signature(signed, secret)?),
        None => None,
    };
    let answer = reader.answer(&file.answer)?;
    let mut messages = Vec::new();
    for told in &file.message {
        messages.push(reader.message(told, &messages)?);
    }
    Ok(Gateway {
        name: own.clone(),
        form: file.body == Body::Form,
        timestamp,
        headers,
        signature,
        answer,
        messages,
    })
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    known: Known,
    tables: &'a BTreeMap<String, BTreeMap<String, String>>,
}

/// Where a field stands: what it may be made of, and the shapes of `item`.
#[derive(Clone, Copy)]
struct Within<'a> {
    roots: &'a [&'static str],
    item: Option<&'a [Value]>,
}

impl Reader<'_> {
    fn at(&self, span: Range<usize>, reason: impl Into<String>) -> BadData {
        let before = self.text.get(..span.start).unwrap_or_default();
        BadData {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            reason: reason.into(),
        }
    }

    fn header(&self, name: &str, span: Range<usize>) -> Result<(), BadData> {
        let good = axum::http::HeaderName::from_bytes(name.as_bytes()).is_ok();
        let ours = ["host", "content-length", "content-type", "connection"];
        if good && !ours.contains(&name.to_ascii_lowercase().as_str()) {
            return Ok(());
        }
        Err(self.at(span, format!("{name:?} cannot be a header of your own")))
    }

    fn signature(
        &self,
        signed: &Spanned<Signed>,
        secret: &dyn Fn(&str) -> io::Result<String>,
    ) -> Result<Signature, BadData> {
        let said = signed.as_ref();
        let key = secret(said.key.as_ref())
            .map_err(|error| self.at(said.key.span(), format!("the key cannot be read: {error}")))?;
        let key = Key::read(said.algorithm, &key).map_err(|why| self.at(said.key.span(), why))?;
        let names = ["id", "timestamp", "body", "body_sha256", "sorted"];
        let over = Words::of(said.over.as_ref(), &names).map_err(|why| self.at(said.over.span(), why))?;
        let place = match (&said.header, &said.field) {
            (Some(header), None) => {
                self.header(header, signed.span())?;
                Place::Header(header.clone())
            }
            (None, Some(field)) => Place::Field(field.split('.').map(str::to_owned).collect()),
            _ => {
                let reason = "a signature goes into a header or into a field: name one of them";
                return Err(self.at(signed.span(), reason));
            }
        };
        Ok(Signature {
            key,
            over,
            encoding: said.encoding,
            place,
        })
    }

    fn answer(&self, answered: &Spanned<Answered>) -> Result<Rule, BadData> {
        let said = answered.as_ref();
        let code = match &said.code {
            Some(path) => Some(Path::read(path.as_ref()).map_err(|why| self.at(path.span(), why))?),
            None => None,
        };
        if code.is_some() == said.accepted.is_empty() {
            let reason =
                "code says where the answer's code lies, accepted which ones are good: give both or neither";
            return Err(self.at(answered.span(), reason));
        }
        Ok(Rule {
            statuses: said.status.clone(),
            code,
            accepted: said.accepted.clone(),
            refused: said.refused.clone(),
        })
    }

    fn message(&self, told: &Spanned<Told>, before: &[Message]) -> Result<Message, BadData> {
        let mut roots: Vec<&'static str> = vec!["event", "sent", "settlement", "order", "assessment"];
        let mut events: Vec<String> = Vec::new();
        for event in &told.as_ref().events {
            let word = event.as_ref();
            if EventKind::from_word(word).is_none() {
                return Err(self.at(event.span(), format!("there is no event {word}")));
            }
            let known = EVENTS.iter().find(|(prefix, _)| word.starts_with(prefix));
            let may = known.map_or(BARE, |(_, roots)| roots);
            roots.retain(|root| may.contains(root));
            let taken = before.iter().any(|message| message.events.contains(word)) || events.contains(word);
            if taken {
                return Err(self.at(event.span(), format!("{word} is told twice")));
            }
            events.push(word.clone());
        }
        let within = Within {
            roots: &roots,
            item: None,
        };
        let fields = self.fields(&told.as_ref().fields, within)?;
        Ok(Message { events, fields })
    }

    fn fields(&self, fields: &Fields, within: Within<'_>) -> Result<Vec<Field>, BadData> {
        let mut read: Vec<Field> = Vec::new();
        for (target, field) in fields {
            let steps: Vec<String> = target.as_ref().split('.').map(str::to_owned).collect();
            let clash = read
                .iter()
                .any(|other| other.target.starts_with(&steps) || steps.starts_with(&other.target));
            if clash || steps.iter().any(String::is_empty) {
                let reason = format!("{:?} cannot go there", target.as_ref());
                return Err(self.at(target.span(), reason));
            }
            let wrong = |why: String| self.at(field.span(), format!("{}: {why}", target.as_ref()));
            let (source, form) = self.source(field.as_ref(), within).map_err(|error| match error {
                Wrong::Here(why) => wrong(why),
                Wrong::Within(found) => found,
            })?;
            let or = field
                .as_ref()
                .or
                .as_ref()
                .map(constant)
                .transpose()
                .map_err(wrong)?;
            read.push(Field {
                target: steps,
                source,
                form,
                or,
                required: field.as_ref().required,
            });
        }
        Ok(read)
    }

    fn source(&self, field: &OneField, within: Within<'_>) -> Result<(Source, Form), Wrong> {
        let form = self.form(field)?;
        let source = match (&field.constant, &field.from, &field.template, &field.each) {
            (Some(value), None, None, None) => Source::Constant(constant(value)?),
            (None, Some(path), None, None) => Source::From(self.path(path, within)?.0),
            (None, None, Some(template), None) => {
                let words = Words::read(template)?;
                for name in words.names() {
                    self.path(name, within)?;
                }
                Source::Words(words)
            }
            (None, None, None, Some(path)) => {
                let (path, shapes) = self.path(path, within)?;
                let things = self.known.things(&shapes, path.root())?;
                let Some(fields) = &field.fields else {
                    return Err(Wrong::Here("each needs fields".to_owned()));
                };
                let within = Within {
                    item: Some(&things),
                    ..within
                };
                Source::Each(path, self.fields(fields, within).map_err(Wrong::Within)?)
            }
            _ => {
                let why = "give one of constant, from, template or each";
                return Err(Wrong::Here(why.to_owned()));
            }
        };
        Ok((source, form))
    }

    fn path(&self, text: &str, within: Within<'_>) -> Result<(Path, Vec<Value>), String> {
        let path = Path::read(text)?;
        let root = path.root();
        if root != "item" && !within.roots.contains(&root) {
            return Err(format!(
                "{text}: these events tell of {} only",
                within.roots.join(", ")
            ));
        }
        let shapes = self
            .known
            .look(&path, within.item)
            .map_err(|why| format!("{text}: {why}"))?;
        Ok((path, shapes))
    }

    fn form(&self, field: &OneField) -> Result<Form, String> {
        let many = [
            field.text,
            field.time.is_some(),
            field.yuan,
            field.table.is_some(),
        ];
        if many.iter().filter(|one| **one).count() > 1 {
            return Err("give one of text, time, yuan or table".to_owned());
        }
        Ok(match (&field.time, &field.table) {
            (Some(pattern), _) => Form::Time(Pattern::read(pattern)?),
            (_, Some(table)) => {
                let rows = self.tables.get(table);
                Form::Table(
                    rows.cloned()
                        .ok_or_else(|| format!("there is no table {table}"))?,
                )
            }
            _ if field.yuan => Form::Yuan,
            _ if field.text => Form::Text,
            _ => Form::AsIs,
        })
    }
}

/// Wrong in this field, or in one of the fields in it.
enum Wrong {
    Here(String),
    Within(BadData),
}

impl From<String> for Wrong {
    fn from(why: String) -> Self {
        Self::Here(why)
    }
}

fn constant(value: &toml::Value) -> Result<Value, String> {
    serde_json::to_value(value).map_err(|error| error.to_string())
}
