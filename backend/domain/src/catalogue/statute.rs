//! A reference to an article, kept in parts, and how a document cites it.
//!
//! Written short in the data (`条例52(三)`, `道交法48-1`, `道交法43首句`), printed in full.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The acts that findings cite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Act {
    RoadTrafficSafetyLaw,
    ImplementingRegulation,
    AccidentProcedure,
}

impl Act {
    const ALL: [(Self, &'static str); 3] = [
        (Self::RoadTrafficSafetyLaw, "道交法"),
        (Self::ImplementingRegulation, "条例"),
        (Self::AccidentProcedure, "程序规定"),
    ];

    /// As a document names it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::RoadTrafficSafetyLaw => "《中华人民共和国道路交通安全法》",
            Self::ImplementingRegulation => "《中华人民共和国道路交通安全法实施条例》",
            Self::AccidentProcedure => "《道路交通事故处理程序规定》",
        }
    }
}

/// Act, article, paragraph (款), item (项).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StatuteRef {
    pub act: Act,
    pub article: u16,
    #[serde(default)]
    pub paragraph: Option<u8>,
    #[serde(default)]
    pub item: Option<u8>,
    /// Rests on the words before the items: then no item may be cited (the trap of 追尾).
    #[serde(default)]
    pub opening_sentence: bool,
    /// Rests on the exception (但书) of the item.
    #[serde(default)]
    pub proviso: bool,
}

impl StatuteRef {
    /// `《中华人民共和国道路交通安全法实施条例》第四十四条第二款`.
    pub fn text(&self) -> String {
        format!("{}{}", self.act.title(), self.place())
    }

    /// Without the act: `第五十二条第三项`.
    pub fn place(&self) -> String {
        let mut text = format!("第{}条", chinese_number(self.article));
        if let Some(paragraph) = self.paragraph {
            text += &format!("第{}款", chinese_number(paragraph.into()));
        }
        if let Some(item) = self.item {
            text += &format!("第{}项", chinese_number(item.into()));
        }
        text
    }

    /// The short form of the data files.
    pub fn short(&self) -> String {
        let act = Act::ALL
            .iter()
            .find(|(act, _)| *act == self.act)
            .map_or("", |(_, short)| short);
        let paragraph = self.paragraph.map(|p| format!("-{p}")).unwrap_or_default();
        let item = self
            .item
            .map(|i| format!("({})", chinese_number(i.into())))
            .unwrap_or_default();
        let opening = if self.opening_sentence { "首句" } else { "" };
        let proviso = if self.proviso { "但书" } else { "" };
        format!("{act}{}{paragraph}{item}{opening}{proviso}", self.article)
    }
}

/// A reference that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no reference such as 条例52(三), 道交法48-1 or 道交法43首句")]
pub struct BadStatute(String);

impl FromStr for StatuteRef {
    type Err = BadStatute;

    fn from_str(text: &str) -> Result<Self, BadStatute> {
        read(text).ok_or_else(|| BadStatute(text.to_owned()))
    }
}

fn read(text: &str) -> Option<StatuteRef> {
    let (act, rest) = Act::ALL
        .iter()
        .find_map(|(act, short)| Some((*act, text.strip_prefix(short)?)))?;
    let (rest, proviso) = strip_end(rest, "但书");
    let (rest, opening_sentence) = strip_end(rest, "首句");
    let (rest, item) = match rest.strip_suffix(')').and_then(|inner| inner.split_once('(')) {
        Some((before, numeral)) => (
            before,
            Some((1..=20).find(|n| chinese_number((*n).into()) == numeral)?),
        ),
        None => (rest, None),
    };
    let (article, paragraph) = match rest.split_once('-') {
        Some((article, paragraph)) => (article, Some(paragraph.parse().ok().filter(|p| *p > 0)?)),
        None => (rest, None),
    };
    let article = article
        .parse()
        .ok()
        .filter(|article| (1..1000).contains(article))?;
    if opening_sentence && item.is_some() {
        return None;
    }
    Some(StatuteRef {
        act,
        article,
        paragraph,
        item,
        opening_sentence,
        proviso,
    })
}

fn strip_end<'t>(text: &'t str, end: &str) -> (&'t str, bool) {
    text.strip_suffix(end).map_or((text, false), |rest| (rest, true))
}

/// 1..=999 as an article is numbered: 七, 十, 四十三, 一百零七, 一百一十二.
pub fn chinese_number(number: u16) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: u16| DIGITS.get(usize::from(n)).copied().unwrap_or("");
    let (hundreds, tens, ones) = (number / 100, number / 10 % 10, number % 10);
    let mut text = String::new();
    if hundreds > 0 {
        text += digit(hundreds);
        text += "百";
    }
    match tens {
        0 if hundreds > 0 && ones > 0 => text += "零",
        0 => {}
        // Ten alone is 十, after a hundred it is 一十.
        1 if hundreds == 0 => text += "十",
        tens => {
            text += digit(tens);
            text += "十";
        }
    }
    if ones > 0 || number == 0 {
        text += digit(ones);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(short: &str) -> String {
        let statute: StatuteRef = short.parse().unwrap();
        assert_eq!(statute.short(), short);
        statute.text()
    }

    #[test]
    fn a_reference_is_printed_in_full_with_chinese_numerals() {
        assert_eq!(
            printed("道交法43首句"),
            "《中华人民共和国道路交通安全法》第四十三条"
        );
        assert_eq!(
            printed("道交法43(一)"),
            "《中华人民共和国道路交通安全法》第四十三条第一项"
        );
        assert_eq!(
            printed("条例44-2"),
            "《中华人民共和国道路交通安全法实施条例》第四十四条第二款"
        );
        assert_eq!(
            printed("条例38-1(三)"),
            "《中华人民共和国道路交通安全法实施条例》第三十八条第一款第三项"
        );
        assert_eq!(
            printed("条例48(二)但书"),
            "《中华人民共和国道路交通安全法实施条例》第四十八条第二项"
        );
        assert_eq!(printed("程序规定61"), "《道路交通事故处理程序规定》第六十一条");
    }

    #[test]
    fn numbers_read_as_articles_do() {
        for (number, text) in [
            (7, "七"),
            (10, "十"),
            (18, "十八"),
            (40, "四十"),
            (107, "一百零七"),
            (112, "一百一十二"),
            (200, "二百"),
        ] {
            assert_eq!(chinese_number(number), text);
        }
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for text in [
            "",
            "道交法",
            "刑法133",
            "条例52(百)",
            "条例52-0",
            "道交法43(一)首句",
            "条例0",
            "条例52(三",
        ] {
            assert!(text.parse::<StatuteRef>().is_err(), "{text}");
        }
    }
}
