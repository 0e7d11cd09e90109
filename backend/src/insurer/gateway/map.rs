//! From what an insurer may see to the fields an older gateway wants: names, formats and code tables.

use std::collections::BTreeMap;

use domain::time::Instant;
use serde_json::{Map, Value};

use super::Unwritten;
use super::path::Path;
use super::text::{Pattern, Word, Words, yuan};

/// One field of a message.
#[derive(Debug)]
pub struct Field {
    /// Where it goes: `body`, `caseNo`.
    pub target: Vec<String>,
    pub source: Source,
    pub form: Form,
    /// In the place of nothing.
    pub or: Option<Value>,
    /// Nothing is an error; otherwise the field is left out.
    pub required: bool,
}

#[derive(Debug)]
pub enum Source {
    Constant(Value),
    From(Path),
    Words(Words),
    /// A list, one thing for each of ours.
    Each(Path, Vec<Field>),
}

/// How a value is written.
#[derive(Debug)]
pub enum Form {
    AsIs,
    /// Numbers and yes/no as text.
    Text,
    Time(Pattern),
    /// From fen.
    Yuan,
    Table(BTreeMap<String, String>),
}

impl Field {
    /// Whether anything of it comes from `root`.
    pub fn reads(&self, root: &str) -> bool {
        match &self.source {
            Source::Constant(_) => false,
            Source::From(path) => path.root() == root,
            Source::Words(words) => words
                .names()
                .any(|name| name.split(['.', '[']).next() == Some(root)),
            Source::Each(path, fields) => path.root() == root || fields.iter().any(|field| field.reads(root)),
        }
    }
}

/// All fields, from what is told.
///
/// # Errors
/// A required one of nothing; a value that cannot be written as it should be.
pub fn fill(fields: &[Field], told: &Value) -> Result<Map<String, Value>, Unwritten> {
    let mut body = Map::new();
    for field in fields {
        if let Some(value) = one(field, told)? {
            put(&mut body, &field.target, value);
        }
    }
    Ok(body)
}

fn one(field: &Field, told: &Value) -> Result<Option<Value>, Unwritten> {
    let wrong = |why: String| Unwritten::Field {
        field: field.target.join("."),
        why,
    };
    let found = match &field.source {
        Source::Constant(value) => value.clone(),
        Source::From(path) => path.find(told).clone(),
        Source::Words(words) => said(words, told).map_err(wrong)?,
        Source::Each(path, fields) => each(path, fields, told)?,
    };
    if found.is_null() {
        return match &field.or {
            Some(value) => Ok(Some(value.clone())),
            None if field.required => Err(wrong("there is nothing to put here".to_owned())),
            None => Ok(None),
        };
    }
    formed(&field.form, found).map(Some).map_err(wrong)
}

fn each(path: &Path, fields: &[Field], told: &Value) -> Result<Value, Unwritten> {
    let mut things = Vec::new();
    for thing in path.find(told).as_array().into_iter().flatten() {
        let mut told = told.clone();
        told["item"] = thing.clone();
        things.push(Value::Object(fill(fields, &told)?));
    }
    Ok(Value::Array(things))
}

fn said(words: &Words, told: &Value) -> Result<Value, String> {
    let mut text = String::new();
    for word in &words.0 {
        match word {
            Word::Text(part) => text.push_str(part),
            Word::Name(name) => text.push_str(&plain(Path::read(name)?.find(told))),
        }
    }
    Ok(Value::String(text))
}

fn formed(form: &Form, found: Value) -> Result<Value, String> {
    Ok(match form {
        Form::AsIs => found,
        Form::Text => Value::String(plain(&found)),
        Form::Time(pattern) => {
            let at: Instant = found
                .as_str()
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| format!("{found} is no moment"))?;
            Value::String(pattern.write(at))
        }
        Form::Yuan => {
            let fen = found
                .as_i64()
                .ok_or_else(|| format!("{found} is no amount in fen"))?;
            Value::String(yuan(fen))
        }
        Form::Table(table) => {
            let code = plain(&found);
            let written = table
                .get(&code)
                .ok_or_else(|| format!("the table has nothing for {code}"))?;
            Value::String(written.clone())
        }
    })
}

/// A value as text; a list or an object as JSON.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Puts a value where `target` says, making the objects on the way.
pub fn put(body: &mut Map<String, Value>, target: &[String], value: Value) {
    let Some((first, rest)) = target.split_first() else {
        return;
    };
    if rest.is_empty() {
        body.insert(first.clone(), value);
        return;
    }
    let inner = body
        .entry(first.clone())
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = inner {
        put(inner, rest, value);
    }
}

/// `name=value` of the top fields in order of their names, joined by `&`: what many gateways sign. Empty ones are
/// left out.
pub fn sorted(body: &Map<String, Value>) -> String {
    let ordered: BTreeMap<&String, String> = body.iter().map(|(name, value)| (name, plain(value))).collect();
    let pairs: Vec<String> = ordered
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}
