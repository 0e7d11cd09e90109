//! The words of the insurers' API: every code with its Chinese label, what it means and whose it is; every field of the
//! three records with its meaning and unit. A test holds it against the contract, so that none is missing.

use std::sync::LazyLock;

use domain::codes::{ClosingCode, MediationKind};
use domain::id::Sha256Hex;
use serde::Serialize;
use utoipa::ToSchema;

mod codes;
mod fields;

/// GA/T: the police's own standards; GB: national ones.
const CASES: &str = "《道路交通事故处理程序规定》（公安部令第146号）";
const CLOSING: &str = "GA/T 946 道路交通事故信息代码";
const OURS: &str = "我方";

/// What every code and field of the insurers' API means.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DataDictionary {
    /// Changes with the content.
    pub version: String,
    /// Lists of codes, by the name the contract has for them.
    pub code_lists: Vec<DictionaryList>,
    pub records: Vec<DictionaryRecord>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DictionaryList {
    /// The schema in the contract: `OrderStateName`.
    pub name: &'static str,
    pub label: &'static str,
    /// Where the codes come from; 我方: we made them.
    pub standard: &'static str,
    pub items: Vec<DictionaryCode>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DictionaryCode {
    pub code: String,
    pub label: String,
    /// In English.
    pub meaning: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DictionaryRecord {
    /// The schema in the contract: `SettlementRecord`.
    pub name: &'static str,
    pub label: &'static str,
    pub fields: Vec<DictionaryField>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DictionaryField {
    pub field: &'static str,
    pub label: &'static str,
    pub meaning: &'static str,
    /// `fen`, `percent`, `bytes`, `instant` (RFC 3339, UTC), `count`; none for texts, codes and parts.
    pub unit: Option<&'static str>,
    /// The list its codes come from.
    pub codes: Option<&'static str>,
}

/// Made once: it only changes with the program.
pub fn whole() -> &'static DataDictionary {
    static WHOLE: LazyLock<DataDictionary> = LazyLock::new(|| {
        let code_lists = lists();
        let records = fields::records();
        let text = serde_json::to_string(&(&code_lists, &records)).unwrap_or_default();
        DataDictionary {
            version: Sha256Hex::of(text.as_bytes()).as_str()[..16].to_owned(),
            code_lists,
            records,
        }
    });
    &WHOLE
}

/// The Chinese label of a code; the code itself when it has none.
pub fn label(list: &str, code: &str) -> String {
    let known = whole().code_lists.iter().find(|known| known.name == list);
    known
        .and_then(|known| known.items.iter().find(|item| item.code == code))
        .map_or_else(|| code.to_owned(), |item| item.label.clone())
}

fn lists() -> Vec<DictionaryList> {
    let ours = codes::OURS_AND_OTHERS.iter().map(|list| DictionaryList {
        name: list.name,
        label: list.label,
        standard: list.standard,
        items: list
            .items
            .iter()
            .map(|(code, label, meaning)| DictionaryCode {
                code: (*code).to_owned(),
                label: (*label).to_owned(),
                meaning: (*meaning).to_owned(),
            })
            .collect(),
    });
    // Whatever the catalogue lists is taken from the very same lists.
    let official = |code: &str, label: &str, meaning: &str| DictionaryCode {
        code: code.to_owned(),
        label: label.to_owned(),
        meaning: meaning.to_owned(),
    };
    let closing = ClosingCode::ALL.iter().zip(codes::CLOSINGS);
    let mediation = MediationKind::ALL.iter().zip(codes::MEDIATIONS);
    let insurers = domain::codes::insurers().unwrap_or_default();
    ours.chain([
        DictionaryList {
            name: "ClosingCode",
            label: "结案方式",
            standard: CLOSING,
            items: closing
                .map(|(item, meaning)| official(item.code(), item.label(), meaning))
                .collect(),
        },
        DictionaryList {
            name: "MediationKind",
            label: "调解方式",
            standard: CLOSING,
            items: mediation
                .map(|(item, meaning)| official(item.code(), item.label(), meaning))
                .collect(),
        },
        DictionaryList {
            name: "Insurer",
            label: "保险公司",
            standard: "行业四位代码",
            items: insurers
                .iter()
                .map(|insurer| official(&insurer.code, &insurer.name, "An insurer."))
                .collect(),
        },
    ])
    .collect()
}
