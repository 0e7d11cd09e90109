//! What others may see of a person: enough to recognise, not enough to use. Plates stay as they are.

/// `张*`, `欧**`: the first character and a star for each further one.
pub fn mask_name(name: &str) -> String {
    name.chars()
        .enumerate()
        .map(|(at, c)| if at == 0 { c } else { '*' })
        .collect()
}

/// `330***********002X`; a shorter number keeps two characters at either end, a very short one none.
pub fn mask_document(number: &str) -> String {
    match number.chars().count() {
        18.. => mask(number, 3, 4),
        7..18 => mask(number, 2, 2),
        _ => mask(number, 0, 0),
    }
}

/// `138****1234`.
pub fn mask_phone(phone: &str) -> String {
    if phone.chars().count() >= 11 {
        mask(phone, 3, 4)
    } else {
        mask(phone, 0, 2)
    }
}

/// Every place in `text` where these words stand, masked; a text that people typed may hold them anywhere.
pub fn mask_within(text: String, words: &str, mask: fn(&str) -> String) -> String {
    if words.is_empty() {
        text
    } else {
        text.replace(words, &mask(words))
    }
}

fn mask(text: &str, keep_first: usize, keep_last: usize) -> String {
    let length = text.chars().count();
    text.chars()
        .enumerate()
        .map(|(at, c)| {
            if at < keep_first || at + keep_last >= length {
                c
            } else {
                '*'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_recognisable_and_not_usable() {
        assert_eq!(mask_name("张三"), "张*");
        assert_eq!(mask_name("𬀩𬱖"), "𬀩*");
        assert_eq!(mask_name(""), "");
        assert_eq!(mask_document("33068119491231002X"), "330***********002X");
        assert_eq!(mask_document("E12345678"), "E1*****78");
        assert_eq!(mask_document("1234"), "****");
        assert_eq!(mask_phone("13812341234"), "138****1234");
        assert_eq!(mask_phone("12345"), "***45");
        let told = mask_within("张三付给李四，张三到场".to_owned(), "张三", mask_name);
        assert_eq!(told, "张*付给李四，张*到场");
        assert_eq!(mask_within("无名".to_owned(), "", mask_name), "无名");
    }
}
