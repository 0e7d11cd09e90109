//! The values of a PDF, as far as a judgement about changes needs them: compared by what they mean, not by how
//! they are written.

use std::collections::BTreeMap;
use std::ops::Range;

/// An object's number. Generations other than 0 do not occur in what we issue.
pub type Id = u32;

#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Real(f64),
    Name(Vec<u8>),
    Text(Text),
    Array(Vec<Value>),
    Dict(Dict),
    Ref(Id),
}

/// A string, and where it is written, brackets included.
#[derive(Clone, Debug)]
pub struct Text {
    pub bytes: Vec<u8>,
    pub span: Range<usize>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dict(pub BTreeMap<Vec<u8>, Value>);

/// An object of a file, and where it is written.
#[derive(Clone, Debug)]
pub struct Object {
    pub value: Value,
    /// The bytes of the stream, when it is one.
    pub stream: Option<Range<usize>>,
    pub start: usize,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Name(a), Self::Name(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a.bytes == b.bytes,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Dict(a), Self::Dict(b)) => a == b,
            (Self::Ref(a), Self::Ref(b)) => a == b,
            _ => match (self.number(), other.number()) {
                // 100 and 100.0 are one place on a page.
                (Some(a), Some(b)) => a == b,
                _ => false,
            },
        }
    }
}

impl Value {
    pub fn number(&self) -> Option<f64> {
        match self {
            // Numbers beyond 2^53 never meet each other in anything that is compared.
            Self::Int(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            _ => None,
        }
    }

    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    pub fn name(&self) -> Option<&[u8]> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&Text> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(values) => Some(values),
            _ => None,
        }
    }

    pub fn dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    pub fn reference(&self) -> Option<Id> {
        match self {
            Self::Ref(id) => Some(*id),
            _ => None,
        }
    }

    /// Every object this value speaks of, in the order written.
    pub fn references(&self, into: &mut Vec<Id>) {
        match self {
            Self::Ref(id) => into.push(*id),
            Self::Array(values) => values.iter().for_each(|value| value.references(into)),
            Self::Dict(dict) => dict.0.values().for_each(|value| value.references(into)),
            _ => {}
        }
    }
}

impl Dict {
    /// The value of a key; a null is as good as nothing (ISO 32000-1, 7.3.7).
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0
            .get(key.as_bytes())
            .filter(|value| !matches!(value, Value::Null))
    }

    pub fn is(&self, key: &str, name: &str) -> bool {
        self.get(key).and_then(Value::name) == Some(name.as_bytes())
    }

    /// The keys whose values differ between the two.
    pub fn differences<'a>(&'a self, other: &'a Self) -> Vec<&'a [u8]> {
        let keys = self
            .0
            .keys()
            .chain(other.0.keys().filter(|key| !self.0.contains_key(*key)));
        keys.filter(|key| self.0.get(*key) != other.0.get(*key))
            .map(Vec::as_slice)
            .collect()
    }
}

impl Text {
    /// As a person reads it: UTF-16 with its mark, else UTF-8, else byte by byte.
    pub fn readable(&self) -> String {
        if let Some(wide) = self.bytes.strip_prefix(b"\xFE\xFF") {
            let units: Vec<u16> = wide
                .chunks(2)
                .map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)))
                .collect();
            return String::from_utf16_lossy(&units);
        }
        let plain = self.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.bytes);
        match std::str::from_utf8(plain) {
            Ok(text) => text.to_owned(),
            Err(_) => plain.iter().map(|byte| char::from(*byte)).collect(),
        }
    }
}
