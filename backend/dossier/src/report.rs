//! What a check of an evidence file found, for machines (serde) and for people (Chinese sentences).

use domain::id::AccidentId;
use domain::time::Instant;
use serde::Serialize;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trouble {
    pub code: &'static str,
    /// The file in the archive that it is about.
    pub path: Option<String>,
    pub message: String,
}

impl Trouble {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            path: None,
            message: message.into(),
        }
    }

    pub(crate) fn of(code: &'static str, path: &str, message: impl Into<String>) -> Self {
        Self {
            path: Some(path.to_owned()),
            ..Self::new(code, message)
        }
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{path}：{}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// Who sealed the manifest, once the signature holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sealed {
    pub by: String,
    pub issuer: String,
    /// When the seal says it was.
    pub at: Option<Instant>,
}

/// One PDF of the evidence file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DocumentReport {
    pub path: String,
    pub valid: bool,
    /// A sentence a line, as `kuaichu verify` prints them.
    pub lines: Vec<String>,
}

/// Everything found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    pub valid: bool,
    /// Why it is refused; empty when it is valid.
    pub troubles: Vec<Trouble>,
    pub accident_id: Option<AccidentId>,
    pub number: Option<String>,
    pub unit: Option<String>,
    pub made_at: Option<Instant>,
    pub made_by: Option<String>,
    pub reason: Option<String>,
    pub sealed: Option<Sealed>,
    /// Facts whose chain holds.
    pub facts: u64,
    /// Files in the archive, the manifest's own included.
    pub files: u64,
    /// Of the archive.
    pub bytes: u64,
    pub documents: Vec<DocumentReport>,
}

impl Report {
    /// A sentence a line.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![if self.valid {
            "卷宗有效：由可信机构签发，签发后没有任何改动。".to_owned()
        } else {
            "卷宗无效或不完整。".to_owned()
        }];
        lines.extend(self.troubles.iter().map(|trouble| format!("原因：{trouble}")));
        let number = self.number.as_deref().unwrap_or("尚未出具认定书");
        if let (Some(unit), Some(at)) = (&self.unit, self.made_at) {
            let (by, reason) = (self.made_by.as_deref(), self.reason.as_deref());
            lines.push(format!("案件：{number}，{unit}"));
            lines.push(format!(
                "生成：{}，{}，事由：{}",
                at.china_text(),
                by.unwrap_or_default(),
                reason.unwrap_or_default()
            ));
        }
        if let Some(sealed) = &self.sealed {
            lines.push(format!("清单签章：{}（签发：{}）", sealed.by, sealed.issuer));
        }
        lines.push(format!(
            "共 {} 个文件，{} 字节；事实链 {} 项；文书 {} 份",
            self.files,
            self.bytes,
            self.facts,
            self.documents.len()
        ));
        for document in &self.documents {
            let state = if document.valid { "有效" } else { "无效" };
            lines.push(format!("文书 {}：{state}", document.path));
        }
        lines
    }
}
