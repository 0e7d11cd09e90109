//! Number plates, GA 36-2018. Zhuji is 浙D.

use super::{IdentifierError, IdentifierWarning, checked_text, normalise, refused};

const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
/// The letters that mark a new-energy vehicle.
const NEW_ENERGY: &[char] = &['D', 'A', 'B', 'C', 'E', 'F', 'G', 'H', 'J', 'K'];
/// Last characters of plates for special use.
const SPECIAL_LAST: &[char] = &['学', '警', '挂', '港', '澳', '领', '使', '试', '超', '临'];

/// A plate as it is stored and printed: no dot, no space, capitals.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Plate(String);

checked_text!(Plate);

impl Plate {
    /// Accepts ordinary and new-energy plates, and special ones with a [`Plate::warning`].
    ///
    /// # Errors
    /// With the first thing that is wrong.
    pub fn parse(raw: &str) -> Result<Self, IdentifierError> {
        let text = normalise(raw);
        let chars: Vec<char> = text.chars().collect();
        if chars.is_empty() {
            return refused("plate_empty", "请填写号牌号码。");
        }
        if is_special(&chars) {
            return Ok(Self(text));
        }
        let [province, authority, serial @ ..] = chars.as_slice() else {
            return refused(
                "plate_length",
                "号牌号码应为7位，新能源号牌为8位，请检查是否多填或漏填。",
            );
        };
        if !PROVINCES.contains(*province) {
            return refused("plate_province", "号牌号码应以省份简称开头，例如浙D12345。");
        }
        if !authority.is_ascii_uppercase() || matches!(authority, 'I' | 'O') {
            return refused(
                "plate_authority",
                "省份简称后应为一位发牌机关字母，例如浙D12345。",
            );
        }
        if !matches!(serial.len(), 5 | 6) {
            return refused(
                "plate_length",
                "号牌号码应为7位，新能源号牌为8位，请检查是否多填或漏填。",
            );
        }
        if serial.iter().any(|c| matches!(c, 'I' | 'O')) {
            return refused(
                "plate_letter_i_or_o",
                "号牌序号中没有字母I和O，请检查是否为数字1或0。",
            );
        }
        if !serial
            .iter()
            .all(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
        {
            return refused("plate_characters", "号牌序号只能是字母和数字，请重新填写。");
        }
        if serial.len() == 6 && !is_new_energy(serial) {
            return refused(
                "plate_new_energy",
                "8位新能源号牌的格式不对，请对照号牌逐位检查。",
            );
        }
        Ok(Self(text))
    }

    /// A green plate of eight characters.
    pub fn is_new_energy(&self) -> bool {
        let serial: Vec<char> = self.0.chars().skip(2).collect();
        serial.len() == 6 && self.warning().is_none()
    }

    /// Set for plates of special use, which are accepted but worth a second look.
    pub fn warning(&self) -> Option<IdentifierWarning> {
        let chars: Vec<char> = self.0.chars().collect();
        is_special(&chars).then_some(IdentifierWarning {
            code: "plate_special",
            message: "这是特殊号牌，请对照车辆核对。",
        })
    }
}

/// Small: the letter first, a letter or digit, then digits. Large: five digits, the letter last.
fn is_new_energy(serial: &[char]) -> bool {
    let [first, second, .., last] = serial else {
        return false;
    };
    let small = NEW_ENERGY.contains(first)
        && second.is_ascii_alphanumeric()
        && serial.iter().skip(2).all(char::is_ascii_digit);
    let large = NEW_ENERGY.contains(last) && serial.iter().take(5).all(char::is_ascii_digit);
    small || large
}

fn is_special(chars: &[char]) -> bool {
    let plain = |c: &char| c.is_ascii_digit() || c.is_ascii_uppercase();
    match chars {
        // 武警: WJ, possibly a province, then the serial.
        ['W', 'J', rest @ ..] => {
            (5..=7).contains(&rest.len()) && rest.iter().all(|c| plain(c) || PROVINCES.contains(*c))
        }
        // 使馆: the character first, then digits.
        ['使', rest @ ..] => (5..=7).contains(&rest.len()) && rest.iter().all(plain),
        // Military: two letters and five digits.
        [a, b, rest @ ..] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => {
            rest.len() == 5 && rest.iter().all(char::is_ascii_digit)
        }
        // A temporary plate carries 临 in front of, within or behind its serial.
        _ if chars.contains(&'临') => {
            (6..=9).contains(&chars.len())
                && chars
                    .iter()
                    .all(|c| plain(c) || *c == '临' || PROVINCES.contains(*c))
        }
        [province, middle @ .., last] if PROVINCES.contains(*province) && SPECIAL_LAST.contains(last) => {
            (4..=6).contains(&middle.len()) && middle.iter().all(plain)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(raw: &str) -> &'static str {
        Plate::parse(raw).unwrap_err().code
    }

    #[test]
    fn ordinary_plates_are_accepted_however_they_are_typed() {
        for raw in [
            "浙D12345",
            "浙d·12345",
            "浙D 123 45",
            "浙Ｄ１２３４５",
            "浙D-12345",
        ] {
            assert_eq!(Plate::parse(raw).unwrap().as_str(), "浙D12345", "{raw}");
        }
        assert_eq!(Plate::parse("京AF0236").unwrap().warning(), None);
    }

    #[test]
    fn new_energy_plates_have_eight_characters() {
        for raw in ["浙DD12345", "浙DF12345", "浙DDA1234", "浙D12345D"] {
            assert!(Plate::parse(raw).unwrap().is_new_energy(), "{raw}");
        }
        assert!(!Plate::parse("浙D12345").unwrap().is_new_energy());
        for raw in ["浙DL12345", "浙DDAB234", "浙D12345L", "浙D123456"] {
            assert_eq!(code(raw), "plate_new_energy", "{raw}");
        }
    }

    #[test]
    fn special_plates_are_accepted_with_a_warning() {
        for raw in [
            "浙D1234学",
            "浙D1234警",
            "浙D1234挂",
            "粤Z1234港",
            "粤ZA123澳",
            "使224001",
            "沪A0023领",
            "WJ浙12345",
            "VA12345",
            "浙D临1234",
        ] {
            assert_eq!(
                Plate::parse(raw).unwrap().warning().map(|w| w.code),
                Some("plate_special"),
                "{raw}"
            );
        }
    }

    #[test]
    fn each_mistake_is_named() {
        assert_eq!(code("浙D1234I"), "plate_letter_i_or_o");
        assert_eq!(code("浙DO2345"), "plate_letter_i_or_o");
        assert_eq!(code("浙D1234"), "plate_length");
        assert_eq!(code("浙D1234567"), "plate_length");
        assert_eq!(code("D123456"), "plate_province");
        assert_eq!(code("浙112345"), "plate_authority");
        assert_eq!(code("浙D12😀45"), "plate_characters");
        assert_eq!(code(""), "plate_empty");
        assert_eq!(code("浙"), "plate_length");
    }
}
