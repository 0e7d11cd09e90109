//! JSON in which no name stands twice in one object: of two amounts one would be lost without a word.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::settlement::SettlementError;

/// What editors on Windows put before a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// A hostile name could be long.
const NAME_CHARS_SHOWN: usize = 40;

/// Reads one JSON document; a byte order mark before it is no mistake.
pub(super) fn read(bytes: &[u8]) -> Result<Value, SettlementError> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let twice = RefCell::new(None);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let whole = Unique {
        at: String::new(),
        twice: &twice,
    };
    let read = whole
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| match twice.take() {
        Some(path) => SettlementError::new("duplicate_field", path, "这一项出现了两次，请只保留一个。"),
        None => {
            let message = format!(
                "不是有效的JSON：第{}行第{}列附近有误。",
                error.line(),
                error.column()
            );
            SettlementError::new("malformed_json", "$", message)
        }
    })
}

/// Reads the value at a path.
struct Unique<'t> {
    at: String,
    /// The path that stood twice.
    twice: &'t RefCell<Option<String>>,
}

impl Unique<'_> {
    fn below(&self, name: &str) -> Self {
        Self {
            at: if self.at.is_empty() {
                name.to_owned()
            } else {
                format!("{}.{name}", self.at)
            },
            twice: self.twice,
        }
    }

    fn item(&self, index: usize) -> Self {
        Self {
            at: format!("{}[{index}]", self.at),
            twice: self.twice,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Unique<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element_seed(self.item(all.len()))? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let shown: String = name
                .chars()
                .filter(|c| !c.is_control())
                .take(NAME_CHARS_SHOWN)
                .collect();
            let below = self.below(&shown);
            if all.contains_key(&name) {
                *self.twice.borrow_mut() = Some(below.at);
                return Err(A::Error::custom("a name stands twice"));
            }
            let value = entries.next_value_seed(below)?;
            all.insert(name, value);
        }
        Ok(Value::Object(all))
    }
}
