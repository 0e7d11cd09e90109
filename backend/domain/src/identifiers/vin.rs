//! Vehicle identification numbers, GB 16735.

use super::{IdentifierError, IdentifierWarning, checked_text, normalise, refused};

const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/// Seventeen characters without I, O and Q. A wrong check digit is a warning: imports may fail it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vin(String);

checked_text!(Vin);

impl Vin {
    /// # Errors
    /// Wrong length or characters.
    pub fn parse(raw: &str) -> Result<Self, IdentifierError> {
        let text = normalise(raw);
        if text.chars().count() != 17 {
            return refused("vin_length", "车辆识别代号应为17位，请对照行驶证重新填写。");
        }
        if text.chars().any(|c| matches!(c, 'I' | 'O' | 'Q')) {
            return refused(
                "vin_letter_i_o_q",
                "车辆识别代号中没有字母I、O、Q，请检查是否为数字1或0。",
            );
        }
        if !text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
            return refused("vin_characters", "车辆识别代号只能是字母和数字，请重新填写。");
        }
        Ok(Self(text))
    }

    /// Set when the check digit at position 9 does not agree.
    pub fn warning(&self) -> Option<IdentifierWarning> {
        let sum: u32 = self
            .0
            .bytes()
            .zip(WEIGHTS)
            .map(|(byte, weight)| value(byte) * weight)
            .sum();
        let check = match sum % 11 {
            10 => b'X',
            digit => b'0' + (digit as u8),
        };
        (self.0.as_bytes().get(8) != Some(&check)).then_some(IdentifierWarning {
            code: "vin_check_digit",
            message: "车辆识别代号的校验位不符，进口车可能如此，请对照行驶证核对。",
        })
    }
}

/// A..H are 1..8, J..N 1..5, P 7, R 9, S..Z 2..9.
fn value(byte: u8) -> u32 {
    let value = match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'H' => byte - b'A' + 1,
        b'J'..=b'N' => byte - b'J' + 1,
        b'P' => 7,
        b'R' => 9,
        b'S'..=b'Z' => byte - b'S' + 2,
        _ => 0,
    };
    u32::from(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_a_warning_not_an_error() {
        assert_eq!(Vin::parse("1m8gdm9axkp042788").unwrap().warning(), None);
        let imported = Vin::parse("1M8GDM9A0KP042788").unwrap();
        assert_eq!(imported.warning().map(|w| w.code), Some("vin_check_digit"));
    }

    #[test]
    fn each_mistake_is_named() {
        for (raw, code) in [
            ("1M8GDM9AXKP04278", "vin_length"),
            ("1M8GDM9AXKP04278O", "vin_letter_i_o_q"),
            ("1M8GDM9AXKP04278车", "vin_characters"),
        ] {
            assert_eq!(Vin::parse(raw).unwrap_err().code, code, "{raw}");
        }
    }
}
