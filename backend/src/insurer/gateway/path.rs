//! Where a value lies: `settlement.parties[own_insured=true].plate`.
//!
//! Names with dots between them; `[0]` is a place in a list, `[name=value]` the first thing in it of which that is
//! true. No functions, no arithmetic: whoever needs them wants another field in our record.

use serde_json::Value;

/// One step of a way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Name(String),
    Place(usize),
    Where(String, String),
}

/// A way from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(pub super::Steps);

impl Path {
    /// # Errors
    /// What is wrong with it, for a person.
    pub fn read(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a path such as settlement.parties[0].plate");
        let mut steps = Vec::new();
        let mut rest = text;
        loop {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            if name.is_empty()
                || !name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            {
                return Err(wrong());
            }
            steps.push(Step::Name(name.to_owned()));
            rest = after;
            while let Some(inside) = rest.strip_prefix('[') {
                let (inside, after) = inside.split_once(']').ok_or_else(wrong)?;
                steps.push(match inside.split_once('=') {
                    Some((name, value)) => Step::Where(name.to_owned(), value.to_owned()),
                    None => Step::Place(inside.parse().map_err(|_| wrong())?),
                });
                rest = after;
            }
            match rest.strip_prefix('.') {
                Some(after) => rest = after,
                None if rest.is_empty() => return Ok(Self(steps)),
                None => return Err(wrong()),
            }
        }
    }

    /// The name it begins with.
    pub fn root(&self) -> &str {
        match self.0.first() {
            Some(Step::Name(name)) => name,
            _ => "",
        }
    }

    /// What lies there; null when nothing does.
    pub fn find<'a>(&self, told: &'a Value) -> &'a Value {
        self.0.iter().fold(told, |value, step| match step {
            Step::Name(name) => &value[name.as_str()],
            Step::Place(place) => &value[*place],
            Step::Where(name, wanted) => {
                let things = value.as_array().into_iter().flatten();
                let mut fitting = things.filter(|thing| {
                    let found = &thing[name.as_str()];
                    found.as_str().map_or_else(|| found.to_string(), str::to_owned) == *wanted
                });
                fitting.next().unwrap_or(&Value::Null)
            }
        })
    }
}
