//! 身份证 (GB 11643-1999) and the other papers that name a person.

use serde::{Deserialize, Serialize};
use time::{Date, Month};

use super::{IdentifierError, checked_text, normalise, refused};

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [u8; 11] = *b"10X98765432";

/// A resident identity number: 17 digits and a check digit, with a birth date that exists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdNumber(String);

checked_text!(IdNumber);

impl IdNumber {
    /// # Errors
    /// With what is wrong: length, characters, birth date or check digit.
    pub fn parse(raw: &str) -> Result<Self, IdentifierError> {
        let text = normalise(raw);
        let bytes = text.as_bytes();
        if bytes.len() == 15 && bytes.iter().all(u8::is_ascii_digit) {
            return refused(
                "id_number_fifteen_digits",
                "15位旧身份证号已停用，请填写18位身份证号码。",
            );
        }
        if text.chars().count() != 18 {
            return refused("id_number_length", "身份证号码应为18位，请对照证件重新填写。");
        }
        let (Some(body), Some(last)) = (bytes.get(..17), bytes.get(17)) else {
            return refused(
                "id_number_characters",
                "身份证号码只能是数字，末位可以是X，请重新填写。",
            );
        };
        if bytes.len() != 18
            || !body.iter().all(u8::is_ascii_digit)
            || !(last.is_ascii_digit() || *last == b'X')
        {
            return refused(
                "id_number_characters",
                "身份证号码只能是数字，末位可以是X，请重新填写。",
            );
        }
        if birth_date(body).is_none() {
            return refused(
                "id_number_birth_date",
                "身份证号码中的出生日期不存在，请对照证件检查第7至14位。",
            );
        }
        let sum: u32 = body
            .iter()
            .zip(WEIGHTS)
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        if CHECKS[(sum % 11) as usize] != *last {
            return refused(
                "id_number_check_digit",
                "身份证号码校验不通过，可能有一位填错，请对照证件逐位检查。",
            );
        }
        Ok(Self(text))
    }
}

fn birth_date(body: &[u8]) -> Option<Date> {
    let number = |from: usize, to: usize| {
        body.get(from..to)?
            .iter()
            .try_fold(0_u16, |n, d| n.checked_mul(10)?.checked_add(u16::from(d - b'0')))
    };
    let month = Month::try_from(u8::try_from(number(10, 12)?).ok()?).ok()?;
    Date::from_calendar_date(
        i32::from(number(6, 10)?),
        month,
        u8::try_from(number(12, 14)?).ok()?,
    )
    .ok()
}

/// Which paper a number stands on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    #[default]
    IdCard,
    Passport,
    HkMacaoPermit,
    TaiwanPermit,
    ForeignerPermanentResidence,
    Other,
}

impl DocumentKind {
    pub const fn label(self) -> &'static str {
        match self {
            Self::IdCard => "居民身份证",
            Self::Passport => "护照",
            Self::HkMacaoPermit => "港澳居民来往内地通行证",
            Self::TaiwanPermit => "台湾居民来往大陆通行证",
            Self::ForeignerPermanentResidence => "外国人永久居留身份证",
            Self::Other => "其他证件",
        }
    }
}

/// A paper and its number. Only 身份证 has a check that we know; the others are taken as they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "Unchecked")]
pub struct Document {
    pub kind: DocumentKind,
    pub number: String,
}

/// As it arrives, before anybody looked at it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    #[serde(default)]
    kind: DocumentKind,
    number: String,
}

impl TryFrom<Unchecked> for Document {
    type Error = IdentifierError;

    fn try_from(raw: Unchecked) -> Result<Self, IdentifierError> {
        Self::parse(raw.kind, &raw.number)
    }
}

impl Document {
    /// # Errors
    /// An identity number that fails its check; another number that is no plain text of 4 to 30 characters.
    pub fn parse(kind: DocumentKind, raw: &str) -> Result<Self, IdentifierError> {
        if kind == DocumentKind::IdCard {
            return Ok(Self {
                kind,
                number: IdNumber::parse(raw)?.0,
            });
        }
        let number = normalise(raw);
        if !(4..=30).contains(&number.chars().count()) {
            return refused("document_length", "证件号码长度应为4至30位，请对照证件重新填写。");
        }
        if !number
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '(' | ')' | '/'))
        {
            return refused("document_characters", "证件号码只能包含字母和数字，请重新填写。");
        }
        Ok(Self { kind, number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(raw: &str) -> &'static str {
        IdNumber::parse(raw).unwrap_err().code
    }

    #[test]
    fn a_true_number_is_accepted_however_it_is_typed() {
        for raw in [
            "11010519491231002X",
            "110105 19491231 002x",
            "１１０１０５１９４９１２３１００２Ｘ",
            "440524188001010014",
        ] {
            assert!(IdNumber::parse(raw).is_ok(), "{raw}");
        }
        assert_eq!(
            IdNumber::parse(" 110105-19491231-002x ").unwrap().as_str(),
            "11010519491231002X"
        );
    }

    #[test]
    fn each_mistake_is_named() {
        assert_eq!(code("110105194912310021"), "id_number_check_digit");
        assert_eq!(code("110105194902310021"), "id_number_birth_date");
        assert_eq!(code("110105491231002"), "id_number_fifteen_digits");
        assert_eq!(code("1101051949123100"), "id_number_length");
        assert_eq!(code("1101051949123100AX"), "id_number_characters");
        assert_eq!(
            code("一二三四五六七八九十一二三四五六七八"),
            "id_number_characters"
        );
        assert_eq!(code(""), "id_number_length");
    }

    #[test]
    fn another_paper_is_accepted_as_such() {
        let passport = Document::parse(DocumentKind::Passport, " e-1234 5678 ").unwrap();
        assert_eq!(passport.number, "E12345678");
        assert!(Document::parse(DocumentKind::Passport, "😀😀😀😀").is_err());
        let json = r#"{"kind":"id_card","number":"110105194912310021"}"#;
        let error = serde_json::from_str::<Document>(json).unwrap_err();
        assert!(error.to_string().contains("校验不通过"), "{error}");
    }
}
