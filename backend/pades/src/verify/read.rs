//! A reader of PDF objects that reads one way or not at all.
//!
//! Viewers mend what is broken, each in its own way, and forgeries live in the difference. This reader mends
//! nothing: no comments inside of a file, no key twice, no length that is written elsewhere, nothing unknown.

use std::collections::BTreeMap;

use super::value::{Dict, Id, Object, Text, Value};

/// How deep arrays and dictionaries may lie in each other.
const DEPTH_MAX: u32 = 24;

/// What was read is not how we write. The place is a byte of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    Broken,
    /// A comment, where other programs would skip over it.
    Comment,
    /// A dictionary with one key twice: readers differ in which one counts.
    KeyTwice,
    /// More values than a document of ours can have.
    TooMuch,
}

type Read<T> = Result<T, Unread>;

pub struct Reader<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
    /// How many values may still be read, in all.
    values_left: u32,
}

pub fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(
        byte,
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8], values_max: u32) -> Self {
        Self {
            bytes,
            at: 0,
            values_left: values_max,
        }
    }

    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub fn spaces(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }

    /// Takes these very bytes.
    pub fn eat(&mut self, wanted: &[u8]) -> bool {
        let is_there = self.rest().starts_with(wanted);
        if is_there {
            self.at += wanted.len();
        }
        is_there
    }

    /// One end of a line.
    pub fn line_end(&mut self) -> bool {
        self.eat(b"\r\n") || self.eat(b"\n") || self.eat(b"\r")
    }

    /// A word that ends where it ends: `endobj`, not `endobject`.
    pub fn word(&mut self, word: &[u8]) -> Read<()> {
        let before = self.at;
        let ends = |byte: u8| is_space(byte) || is_delimiter(byte);
        if self.eat(word) && self.peek().is_none_or(ends) {
            return Ok(());
        }
        self.at = before;
        Err(self.unread())
    }

    fn unread(&self) -> Unread {
        if self.peek() == Some(b'%') {
            Unread::Comment
        } else {
            Unread::Broken
        }
    }

    /// A number without sign, of at most ten digits.
    pub fn count(&mut self) -> Read<u64> {
        let digits = self
            .rest()
            .iter()
            .take(11)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if digits == 0 || digits > 10 {
            return Err(self.unread());
        }
        let number = self.rest()[..digits]
            .iter()
            .fold(0, |number, digit| number * 10 + u64::from(digit - b'0'));
        self.at += digits;
        Ok(number)
    }

    /// `7 0 obj … endobj`, stream included. Gives the number with it.
    pub fn object(&mut self) -> Read<(Id, Object)> {
        let start = self.at;
        let id = self.head()?;
        self.spaces();
        let value = self.value(0)?;
        self.spaces();
        let stream = match &value {
            Value::Dict(dict) if self.rest().starts_with(b"stream") => Some(self.stream(dict)?),
            _ => None,
        };
        self.spaces();
        self.word(b"endobj")?;
        let object = Object { value, stream, start };
        Ok((id, object))
    }

    fn head(&mut self) -> Read<Id> {
        let id = self.count()?;
        let separated = self.eat(b" ") && self.eat(b"0") && self.eat(b" ");
        if !separated || id == 0 {
            return Err(Unread::Broken);
        }
        self.word(b"obj")?;
        Id::try_from(id).map_err(|_| Unread::Broken)
    }

    fn stream(&mut self, dict: &Dict) -> Read<std::ops::Range<usize>> {
        self.at += b"stream".len();
        if !(self.eat(b"\r\n") || self.eat(b"\n")) {
            return Err(Unread::Broken);
        }
        let length = dict.get("Length").and_then(Value::int);
        let length = length
            .and_then(|length| usize::try_from(length).ok())
            .ok_or(Unread::Broken)?;
        let start = self.at;
        let end = start.checked_add(length).ok_or(Unread::Broken)?;
        if end > self.bytes.len() {
            return Err(Unread::Broken);
        }
        self.at = end;
        self.line_end();
        self.word(b"endstream")?;
        Ok(start..end)
    }

    pub fn value(&mut self, depth: u32) -> Read<Value> {
        self.values_left = self.values_left.checked_sub(1).ok_or(Unread::TooMuch)?;
        if depth > DEPTH_MAX {
            return Err(Unread::TooMuch);
        }
        let first = self.peek().ok_or(Unread::Broken)?;
        match first {
            b'/' => Ok(Value::Name(self.name()?)),
            b'(' => Ok(Value::Text(self.literal()?)),
            b'[' => self.array(depth),
            b'<' if self.rest().starts_with(b"<<") => Ok(Value::Dict(self.dict(depth)?)),
            b'<' => Ok(Value::Text(self.hex()?)),
            b'+' | b'-' | b'.' | b'0'..=b'9' => self.number(),
            b't' => self.word(b"true").map(|()| Value::Bool(true)),
            b'f' => self.word(b"false").map(|()| Value::Bool(false)),
            b'n' => self.word(b"null").map(|()| Value::Null),
            _ => Err(self.unread()),
        }
    }

    fn array(&mut self, depth: u32) -> Read<Value> {
        self.at += 1;
        let mut values = Vec::new();
        loop {
            self.spaces();
            if self.eat(b"]") {
                return Ok(Value::Array(values));
            }
            values.push(self.value(depth + 1)?);
        }
    }

    pub fn dict(&mut self, depth: u32) -> Read<Dict> {
        if !self.eat(b"<<") {
            return Err(self.unread());
        }
        let mut dict = BTreeMap::new();
        loop {
            self.spaces();
            if self.eat(b">>") {
                return Ok(Dict(dict));
            }
            if self.peek() != Some(b'/') {
                return Err(self.unread());
            }
            let key = self.name()?;
            self.spaces();
            let value = self.value(depth + 1)?;
            if dict.insert(key, value).is_some() {
                return Err(Unread::KeyTwice);
            }
        }
    }

    fn name(&mut self) -> Read<Vec<u8>> {
        self.at += 1;
        let mut name = Vec::new();
        while let Some(byte) = self
            .peek()
            .filter(|byte| !is_space(*byte) && !is_delimiter(*byte))
        {
            self.at += 1;
            if byte != b'#' {
                name.push(byte);
                continue;
            }
            let digits = self.rest().get(..2).ok_or(Unread::Broken)?;
            name.push(
                nibble(digits[0]).ok_or(Unread::Broken)? << 4 | nibble(digits[1]).ok_or(Unread::Broken)?,
            );
            self.at += 2;
        }
        Ok(name)
    }

    fn hex(&mut self) -> Read<Text> {
        let start = self.at;
        let length = self
            .rest()
            .iter()
            .position(|byte| *byte == b'>')
            .ok_or(Unread::Broken)?;
        let digits = &self.rest()[1..length];
        self.at += length + 1;
        let (mut bytes, mut half) = (Vec::with_capacity(digits.len() / 2), None);
        for byte in digits.iter().filter(|byte| !is_space(**byte)) {
            let digit = nibble(*byte).ok_or(Unread::Broken)?;
            match half.take() {
                None => half = Some(digit),
                Some(high) => bytes.push(high << 4 | digit),
            }
        }
        // A single last digit counts as if a 0 followed.
        bytes.extend(half.map(|high: u8| high << 4));
        let span = start..self.at;
        Ok(Text { bytes, span })
    }

    fn literal(&mut self) -> Read<Text> {
        let start = self.at;
        self.at += 1;
        let (mut bytes, mut open) = (Vec::new(), 1_u32);
        loop {
            let byte = self.peek().ok_or(Unread::Broken)?;
            self.at += 1;
            match byte {
                b'(' => open += 1,
                b')' => open -= 1,
                b'\\' => {
                    self.escape(&mut bytes)?;
                    continue;
                }
                _ => {}
            }
            if open == 0 {
                let span = start..self.at;
                return Ok(Text { bytes, span });
            }
            bytes.push(byte);
        }
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> Read<()> {
        if self.line_end() {
            return Ok(());
        }
        let byte = self.peek().ok_or(Unread::Broken)?;
        if (b'0'..=b'7').contains(&byte) {
            let digits = self.rest().iter().take(3);
            let digits: Vec<u8> = digits
                .take_while(|byte| (b'0'..=b'7').contains(byte))
                .copied()
                .collect();
            let code = digits
                .iter()
                .fold(0_u32, |code, digit| code * 8 + u32::from(digit - b'0'));
            bytes.push(u8::try_from(code & 0xFF).unwrap_or_default());
            self.at += digits.len();
            return Ok(());
        }
        self.at += 1;
        bytes.push(match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            other => other,
        });
        Ok(())
    }

    /// A number, or a reference when two whole numbers and an `R` stand there.
    fn number(&mut self) -> Read<Value> {
        let start = self.at;
        if let Some(id) = self.reference() {
            return Ok(Value::Ref(id));
        }
        self.at = start;
        while self
            .peek()
            .is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.'))
        {
            self.at += 1;
        }
        let text = std::str::from_utf8(&self.bytes[start..self.at]).map_err(|_| Unread::Broken)?;
        let follows = self.peek();
        if text.len() > 40 || follows.is_some_and(|byte| !is_space(byte) && !is_delimiter(byte)) {
            return Err(Unread::Broken);
        }
        if text.contains('.') {
            text.parse().map(Value::Real).map_err(|_| Unread::Broken)
        } else {
            text.parse().map(Value::Int).map_err(|_| Unread::Broken)
        }
    }

    fn reference(&mut self) -> Option<Id> {
        let id = self.count().ok()?;
        self.eat(b" 0 R").then_some(())?;
        let follows = self.peek();
        if follows.is_some_and(|byte| !is_space(byte) && !is_delimiter(byte)) {
            return None;
        }
        Id::try_from(id).ok()
    }
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}
