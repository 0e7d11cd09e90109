//! 概括放弃权利: words that give up every further claim.
//!
//! Whoever waives before their own insurer has paid loses the cover (保险法 art. 61), so where 代位求偿 is chosen
//! such words may not stand in the agreement. The list is data, `rules/waivers.txt`; this file only looks.

const LIST: &str = include_str!("../../rules/waivers.txt");
/// What `…` in the list stands for, in characters of one sentence.
const GAP_CHARS_MAX: usize = 20;
/// Words that turn 放弃 or 免除 into its opposite.
const DENIALS: [&str; 8] = ["不", "未", "没有", "不得", "不视为", "不构成", "不会", "不能"];

/// The first waiver in `text`, as it stands there once blanks and commas are gone.
pub fn find(text: &str) -> Option<String> {
    let plain = plain(text);
    plain
        .split('。')
        .find_map(|sentence| phrases().find_map(|phrase| within(sentence, phrase)))
}

/// The phrases of the list.
pub fn phrases() -> impl Iterator<Item = &'static str> {
    LIST.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Full-width letters made narrow, sentences ended by `。` alone, everything between words left out.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            c => c,
        })
        .filter_map(|c| match c {
            ';' | '!' | '?' | '.' | '\n' => Some('。'),
            '。' => Some(c),
            c if c.is_alphanumeric() => Some(c),
            _ => None,
        })
        .collect()
}

fn within(sentence: &str, phrase: &str) -> Option<String> {
    let (head, tail) = match phrase.split_once('…') {
        Some((head, tail)) => (head, Some(tail)),
        None => (phrase, None),
    };
    let deniable = head == "放弃" || head == "免除";
    sentence.match_indices(head).find_map(|(at, _)| {
        let (before, rest) = (&sentence[..at], &sentence[at + head.len()..]);
        if deniable && DENIALS.iter().any(|denial| before.ends_with(denial)) {
            return None;
        }
        match tail {
            None => Some(head.to_owned()),
            Some(tail) => {
                let end = rest.find(tail)?;
                (rest[..end].chars().count() <= GAP_CHARS_MAX)
                    .then(|| format!("{head}{}{tail}", &rest[..end]))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiver_is_found_however_it_is_spaced() {
        for (text, found) in [
            ("双方此后再无纠纷。", "再无纠纷"),
            ("双方 再 无　纠 纷", "再无纠纷"),
            ("乙方放弃对甲方的一切权利", "放弃对甲方的一切权利"),
            ("乙方放弃，其他“权利”", "放弃其他权利"),
            ("甲方付款后，一次性了结", "了结"),
            ("互不\n追究。双方互不追究", "互不追究"),
            ("乙方不再主张任何赔偿", "不再主张"),
            ("乙方不再向甲方及其保险公司主张", "不再向甲方及其保险公司主张"),
        ] {
            assert_eq!(find(text).as_deref(), Some(found), "{text}");
        }
    }

    #[test]
    fn keeping_a_right_is_no_waiver_and_words_of_two_sentences_are_not_joined() {
        for text in [
            "乙方不放弃对甲方请求赔偿的权利",
            "本协议不视为放弃任何权利",
            "放弃现场拍照。双方有权利查阅案卷",
            "保险公司追偿的权利不受本协议影响",
            "",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn every_phrase_of_the_list_finds_itself() {
        for phrase in phrases() {
            assert!(find(&phrase.replace('…', "其他")).is_some(), "{phrase}");
        }
        assert!(phrases().count() > 30);
    }
}
