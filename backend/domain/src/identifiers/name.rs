//! A person's name, rare characters included.

use unicode_normalization::UnicodeNormalization;

use super::{IdentifierError, checked_text, refused};

/// Longest name taken, in characters; the longest minority names stay well under it.
pub const NAME_CHARS_MAX: usize = 60;

/// A name in NFC: characters of every Unicode plane stay what they are (䶮, 𬀩); emoji and control
/// characters are refused, because no document can print them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName(String);

checked_text!(PersonName);

impl PersonName {
    /// # Errors
    /// An empty or overlong name, or one with a character that is no letter.
    pub fn parse(raw: &str) -> Result<Self, IdentifierError> {
        let words: Vec<&str> = raw.split_whitespace().collect();
        let text: String = words.join(" ").nfc().map(middle_dot).collect();
        if text.is_empty() {
            return refused("name_empty", "请填写姓名。");
        }
        if raw
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
        {
            return refused(
                "name_control_character",
                "姓名中有看不见的控制字符，请删除后重新填写。",
            );
        }
        if text.chars().count() > NAME_CHARS_MAX {
            return refused("name_too_long", "姓名不能超过60个字，请核对后重新填写。");
        }
        if text.chars().any(is_emoji) {
            return refused("name_emoji", "姓名中不能有表情符号，请按证件上的姓名填写。");
        }
        if !text.chars().all(is_name_character) || !text.chars().any(char::is_alphanumeric) {
            return refused("name_character", "姓名中有不能使用的符号，请按证件上的姓名填写。");
        }
        Ok(Self(text))
    }
}

/// The dots that keyboards offer between the parts of a name are one dot.
fn middle_dot(c: char) -> char {
    if matches!(c, '•' | '・' | '‧' | '∙' | '．') {
        '·'
    } else {
        c
    }
}

fn is_emoji(c: char) -> bool {
    matches!(u32::from(c),
        0x1F000..=0x1FBFF | 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0x2300..=0x23FF
        | 0xFE00..=0xFE0F | 0x200D | 0x20E3 | 0xE0000..=0xE007F)
}

fn is_name_character(c: char) -> bool {
    // Planes 2 and 3 hold Chinese characters that newer Unicode versions go on adding.
    let rare_han = (0x20000..=0x3FFFF).contains(&u32::from(c));
    let combining = (0x0300..=0x036F).contains(&u32::from(c));
    c.is_alphanumeric() || rare_han || combining || matches!(c, ' ' | '·' | '-' | '\'' | '’' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(raw: &str) -> &'static str {
        PersonName::parse(raw).unwrap_err().code
    }

    #[test]
    fn rare_characters_stay_what_they_are() {
        for name in [
            "张䶮",
            "㛃",
            "王𬀩",
            "𠅤𬱖",
            "〇一",
            "阿卜杜热西提·买买提",
            "O'Brien Jr.",
            "Nguyễn Văn A",
        ] {
            assert_eq!(PersonName::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn a_name_is_put_into_one_spelling() {
        assert_eq!(PersonName::parse("  张　三 ").unwrap().as_str(), "张 三");
        assert_eq!(PersonName::parse("Jose\u{301}").unwrap().as_str(), "José");
        assert_eq!(PersonName::parse("买买提•艾力").unwrap().as_str(), "买买提·艾力");
    }

    #[test]
    fn what_no_document_can_print_is_refused_and_said() {
        assert_eq!(code("张三😀"), "name_emoji");
        assert_eq!(code("❤张"), "name_emoji");
        assert_eq!(code("张\u{0}三"), "name_control_character");
        assert_eq!(code("张\u{202E}三"), "name_character");
        assert_eq!(code("<b>张三</b>"), "name_character");
        assert_eq!(code("   "), "name_empty");
        assert_eq!(code("··"), "name_character");
        assert_eq!(code(&"张".repeat(61)), "name_too_long");
        assert!(PersonName::parse(&"𬀩".repeat(60)).is_ok());
    }
}
