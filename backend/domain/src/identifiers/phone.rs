//! Chinese mobile numbers: the only kind an SMS code can reach.

use super::{IdentifierError, checked_text, normalise, refused};

/// Eleven digits, the first `1`, the second `3` to `9`; a `+86` in front is dropped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

checked_text!(Phone);

impl Phone {
    /// # Errors
    /// When the number is no mobile number of the mainland.
    pub fn parse(raw: &str) -> Result<Self, IdentifierError> {
        let text = normalise(raw);
        let local = text
            .strip_prefix("+86")
            .or_else(|| text.strip_prefix("0086"))
            .unwrap_or(&text);
        if local.is_empty() || !local.bytes().all(|b| b.is_ascii_digit()) {
            return refused("phone_characters", "手机号码只能是数字，请重新填写。");
        }
        if local.len() != 11 {
            return refused("phone_length", "手机号码应为11位，请检查是否多填或漏填。");
        }
        if !(local.starts_with('1') && matches!(local.as_bytes().get(1), Some(b'3'..=b'9'))) {
            return refused("phone_not_mobile", "请填写能接收短信的大陆手机号码。");
        }
        Ok(Self(local.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mobile_number_is_accepted_however_it_is_typed() {
        for raw in [
            "13812341234",
            "+86 138-1234-1234",
            "0086 13812341234",
            "１３８１２３４１２３４",
        ] {
            assert_eq!(Phone::parse(raw).unwrap().as_str(), "13812341234", "{raw}");
        }
    }

    #[test]
    fn each_mistake_is_named() {
        for (raw, code) in [
            ("", "phone_characters"),
            ("138abcd1234", "phone_characters"),
            ("1381234123", "phone_length"),
            ("12812341234", "phone_not_mobile"),
            ("23812341234", "phone_not_mobile"),
        ] {
            assert_eq!(Phone::parse(raw).unwrap_err().code, code, "{raw}");
        }
    }
}
