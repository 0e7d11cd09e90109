//! The catalogue of situations: what a party did, the articles it breached, and whom that puts at
//! fault by default. Data (`lists/catalogue.toml`), read by a lawyer as much as by this code.
//!
//! It proposes; it never decides.

mod statute;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use time::Date;
use toml::Spanned;

pub use statute::{Act, StatuteRef, chinese_number};

use crate::codes::code_list;
use crate::data::{BadData, line_at, parse_toml};
use crate::liability::Liability;
use crate::rule_pack::RulePack;

const FILE: &str = "lists/catalogue.toml";
const TEXT: &str = include_str!("../lists/catalogue.toml");

code_list! {
    /// 事故情形: the options of the agreement form; the form gives no codes, ours count in its order.
    FormOption {
        RearEnd = "1" "未保持安全车距与前车追尾", WrongWay = "2" "逆行", Reversing = "3" "倒车",
        Rolling = "4" "溜车", Door = "5" "开关车门", Signal = "6" "违反交通信号灯",
        Yield = "7" "未按规定让行", Parking = "8" "停车",
        LaneChange = "9" "变更车道与其他车辆刮擦", Other = "10" "其他",
    }
}

/// What the situation makes of the party that has it (`own`) and of the other when it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DefaultPair {
    pub own: Liability,
    pub other: Liability,
}

/// One row of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Situation {
    pub code: String,
    /// Short, for the picker: 追尾.
    pub label: String,
    pub form_option: FormOption,
    pub default_liability: DefaultPair,
    /// In the order they are cited.
    pub statutes: Vec<StatuteRef>,
    /// What the party did, as a clause of the finding: 未与同车道前车保持安全距离.
    pub fact_text: String,
    /// National, or the code of the region that adds the row.
    pub region: String,
    #[serde(with = "crate::day")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Date))]
    pub in_force: Date,
    /// Where the situation was found.
    pub source: String,
    /// The situation ends remote handling: the case goes to field officers.
    #[serde(default)]
    pub leaves_remote: bool,
    /// An article here comes from general knowledge: a lawyer looks at it before it is printed.
    #[serde(default)]
    pub check_before_print: bool,
    /// What the officer should weigh.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// All rows, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    situations: Vec<Situation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    region: String,
    #[serde(with = "crate::day")]
    in_force: Date,
    situation: Vec<Spanned<Row>>,
}

/// A row as a person writes it; what is left out takes the default of the national lists.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    code: String,
    label: String,
    option: String,
    #[serde(default)]
    liability: Option<DefaultPair>,
    statutes: Vec<String>,
    fact: String,
    source: String,
    #[serde(default)]
    leaves_remote: bool,
    #[serde(default)]
    check: bool,
    #[serde(default)]
    note: Option<String>,
}

impl Catalogue {
    /// # Errors
    /// With file, line and reason of the first row that is wrong.
    pub fn parse(file: &str, text: &str) -> Result<Self, BadData> {
        let data: File = parse_toml(file, text)?;
        let mut seen = BTreeSet::new();
        let mut situations = Vec::with_capacity(data.situation.len());
        for spanned in data.situation {
            let line = line_at(text, spanned.span().start);
            let bad = |reason: String| BadData {
                file: file.to_owned(),
                line,
                reason,
            };
            let row = spanned.into_inner();
            if !seen.insert(row.code.clone()) {
                return Err(bad(format!("code {} stands twice", row.code)));
            }
            situations.push(row.checked(&data.region, data.in_force).map_err(bad)?);
        }
        Ok(Self { situations })
    }

    pub fn situations(&self) -> &[Situation] {
        &self.situations
    }

    /// The catalogue as the region's pack has it: without what it does not accept, and with what it
    /// weighs otherwise.
    #[must_use]
    pub fn under(&self, pack: &RulePack) -> Self {
        let regional = pack.situations;
        let accepted = self
            .situations
            .iter()
            .filter(|situation| match situation.code.as_str() {
                "315" => regional.situation_315,
                "327" => regional.situation_327,
                _ => true,
            });
        let weighed = accepted.cloned().map(|mut situation| {
            if situation.code == "404" {
                let (own, other) = regional.illegal_parking.pair();
                situation.default_liability = DefaultPair { own, other };
            }
            situation
        });
        Self {
            situations: weighed.collect(),
        }
    }

    pub fn find(&self, code: &str) -> Option<&Situation> {
        self.situations.iter().find(|situation| situation.code == code)
    }
}

impl Row {
    fn checked(self, region: &str, in_force: Date) -> Result<Situation, String> {
        let option = FormOption::ALL
            .iter()
            .copied()
            .find(|option| option.label() == self.option)
            .ok_or_else(|| format!("{} is no option of the form", self.option))?;
        let statutes = self
            .statutes
            .iter()
            .map(|s| s.parse())
            .collect::<Result<Vec<_>, _>>();
        if self.fact.is_empty() || self.source.is_empty() {
            return Err("fact and source must not be empty".to_owned());
        }
        Ok(Situation {
            code: self.code,
            label: self.label,
            form_option: option,
            default_liability: self.liability.unwrap_or(DefaultPair {
                own: Liability::Full,
                other: Liability::None,
            }),
            statutes: statutes.map_err(|error: statute::BadStatute| error.to_string())?,
            fact_text: self.fact,
            region: region.to_owned(),
            in_force,
            source: self.source,
            leaves_remote: self.leaves_remote,
            check_before_print: self.check,
            note: self.note,
        })
    }
}

static BUILT_IN: LazyLock<Result<Catalogue, BadData>> = LazyLock::new(|| Catalogue::parse(FILE, TEXT));

/// The catalogue that was built in.
///
/// # Errors
/// When the file does not parse; every caller gets the same answer, the server refuses to start.
pub fn built_in() -> Result<&'static Catalogue, BadData> {
    BUILT_IN.as_ref().map_err(Clone::clone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_lists_is_there() {
        let catalogue = built_in().unwrap();
        let codes: Vec<&str> = catalogue.situations().iter().map(|s| s.code.as_str()).collect();
        let mut wanted: Vec<String> = Vec::new();
        for range in [101..=106, 201..=206, 301..=328, 401..=410, 501..=503] {
            wanted.extend(range.map(|code: u32| code.to_string()));
        }
        assert_eq!(codes, wanted);
    }

    #[test]
    fn every_row_that_blames_cites_an_article_it_can_print() {
        for situation in built_in().unwrap().situations() {
            assert!(
                !situation.statutes.is_empty() || situation.code == "501",
                "{}",
                situation.code
            );
            assert!(!situation.fact_text.ends_with(['。', '，']), "{}", situation.code);
            for statute in &situation.statutes {
                assert!(statute.text().starts_with('《'), "{}", situation.code);
            }
        }
    }

    #[test]
    fn a_rear_end_collision_rests_on_the_opening_sentence() {
        let statute = &built_in().unwrap().find("101").unwrap().statutes[0];
        assert!(statute.opening_sentence);
        assert_eq!((statute.article, statute.item), (43, None));
    }

    #[test]
    fn a_region_leaves_situations_out_and_weighs_illegal_parking_its_own_way() {
        use crate::rule_pack::{IllegalParking, built_in as packs};
        let at = "2026-03-01T08:15:00+08:00".parse().unwrap();
        let mut pack = packs().unwrap().choose("330681", at).unwrap().clone();
        assert_eq!(&built_in().unwrap().under(&pack), built_in().unwrap());
        pack.situations.situation_327 = false;
        pack.situations.illegal_parking = IllegalParking::Equal;
        let regional = built_in().unwrap().under(&pack);
        assert!(regional.find("327").is_none() && regional.find("315").is_some());
        let pair = regional.find("404").unwrap().default_liability;
        assert_eq!((pair.own, pair.other), (Liability::Equal, Liability::Equal));
        pack.situations.situation_315 = false;
        assert!(built_in().unwrap().under(&pack).find("315").is_none());
    }

    #[test]
    fn a_bad_row_is_named_by_file_and_line() {
        let head = "region = \"cn\"\nin_force = \"2018-05-01\"\n\n";
        let row = "[[situation]]\ncode = \"1\"\nlabel = \"x\"\noption = \"逆行\"\nstatutes = [\"道交法35\"]\nfact = \"f\"\nsource = \"s\"\n";
        assert!(Catalogue::parse("c.toml", &format!("{head}{row}")).is_ok());
        let cases = [
            (format!("{head}{row}\n{row}"), "c.toml:12: code 1 stands twice"),
            (
                format!("{head}{}", row.replace("逆行", "飞行")),
                "c.toml:4: 飞行 is no option of the form",
            ),
            (
                format!("{head}{}", row.replace("道交法35", "道交法")),
                "c.toml:4: ",
            ),
            (format!("{head}{}", row.replace("fact =", "fakt =")), "c.toml:"),
        ];
        for (text, wanted) in cases {
            let error = Catalogue::parse("c.toml", &text).unwrap_err().to_string();
            assert!(error.starts_with(wanted), "{error}");
        }
    }
}
