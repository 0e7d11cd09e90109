//! Reading a settlement file by hand, so that what is wrong is named by its path.

mod unique;

use serde_json::{Map, Value};
use time::Date;

use super::{
    AMOUNT_FEN_MAX, Agreements, Ctp, Losses, OutsideProperty, OwnDamage, SettlementError, SettlementInput,
    SettlementParty, ThirdParty,
};
use crate::liability::{Liability, PartyKind};
use crate::money::Fen;

type Read<T> = Result<T, SettlementError>;

pub(super) fn read(bytes: &[u8]) -> Read<SettlementInput> {
    let value = unique::read(bytes)?;
    let root = Fields::new("", &value)?;
    root.only(&[
        "occurred_at",
        "region",
        "parties",
        "outside_property",
        "agreements",
    ])?;
    let at = root.text("occurred_at")?;
    let occurred_at = at.parse().map_err(|_| {
        root.error(
            "bad_time",
            "occurred_at",
            "时间应带时区，例如2026-03-01T08:15:00+08:00。",
        )
    })?;
    Ok(SettlementInput {
        occurred_at,
        region: root.text("region")?.to_owned(),
        parties: root
            .list("parties")?
            .iter()
            .enumerate()
            .map(party)
            .collect::<Read<_>>()?,
        outside_property: match root.get("outside_property") {
            None => vec![],
            Some(_) => root
                .list("outside_property")?
                .iter()
                .enumerate()
                .map(outside)
                .collect::<Read<_>>()?,
        },
        agreements: root
            .object("agreements")?
            .map_or(Ok(Agreements::default()), |fields| agreements(&fields))?,
    })
}

fn party((index, value): (usize, &Value)) -> Read<SettlementParty> {
    let fields = Fields::new(&format!("parties[{index}]"), value)?;
    fields.only(&[
        "label",
        "kind",
        "liability",
        "share",
        "ctp",
        "third_party",
        "own_damage",
        "losses",
    ])?;
    let kind = PartyKind::from_word(fields.text("kind")?)
        .ok_or_else(|| fields.error("unknown_value", "kind", "应为motor、non_motor或pedestrian。"))?;
    let liability = Liability::from_word(fields.text("liability")?).ok_or_else(|| {
        fields.error(
            "unknown_value",
            "liability",
            "应为full、primary、equal、secondary、none或undetermined。",
        )
    })?;
    Ok(SettlementParty {
        label: fields.text("label")?.to_owned(),
        kind,
        liability,
        share: fields.percent("share")?,
        ctp: fields.object("ctp")?.map(|fields| ctp(&fields)).transpose()?,
        third_party: fields
            .object("third_party")?
            .map(|fields| third_party(&fields))
            .transpose()?,
        own_damage: fields
            .object("own_damage")?
            .map(|fields| own_damage(&fields))
            .transpose()?,
        losses: fields
            .object("losses")?
            .map_or(Ok(Losses::default()), |fields| losses(&fields))?,
    })
}

fn ctp(fields: &Fields<'_>) -> Read<Ctp> {
    fields.only(&["insurer", "policy", "valid_from", "valid_to"])?;
    Ok(Ctp {
        insurer: fields.text("insurer")?.to_owned(),
        policy: match fields.get("policy") {
            None => None,
            Some(_) => Some(fields.text("policy")?.to_owned()),
        },
        valid_from: fields.day("valid_from")?,
        valid_to: fields.day("valid_to")?,
    })
}

fn third_party(fields: &Fields<'_>) -> Read<ThirdParty> {
    fields.only(&["insurer", "limit", "deductible_percent"])?;
    Ok(ThirdParty {
        insurer: fields.text("insurer")?.to_owned(),
        limit: fields
            .amount("limit")?
            .ok_or_else(|| fields.error("required", "limit", "缺少这一项。"))?,
        deductible_percent: fields.percent("deductible_percent")?.unwrap_or_default(),
    })
}

fn own_damage(fields: &Fields<'_>) -> Read<OwnDamage> {
    fields.only(&["insurer", "deductible_percent"])?;
    Ok(OwnDamage {
        insurer: fields.text("insurer")?.to_owned(),
        deductible_percent: fields.percent("deductible_percent")?.unwrap_or_default(),
    })
}

fn losses(fields: &Fields<'_>) -> Read<Losses> {
    fields.only(&["vehicle", "carried", "medical", "disability"])?;
    let of = |name: &str| fields.amount(name).map(Option::unwrap_or_default);
    Ok(Losses {
        vehicle: of("vehicle")?,
        carried: of("carried")?,
        medical: of("medical")?,
        disability: of("disability")?,
    })
}

fn outside((index, value): (usize, &Value)) -> Read<OutsideProperty> {
    let fields = Fields::new(&format!("outside_property[{index}]"), value)?;
    fields.only(&["owner", "loss"])?;
    Ok(OutsideProperty {
        owner: fields.text("owner")?.to_owned(),
        loss: fields.amount("loss")?.unwrap_or_default(),
    })
}

fn agreements(fields: &Fields<'_>) -> Read<Agreements> {
    fields.only(&["self_pay"])?;
    match fields.get("self_pay") {
        None => Ok(Agreements::default()),
        Some(Value::Bool(self_pay)) => Ok(Agreements { self_pay: *self_pay }),
        Some(_) => Err(fields.error("wrong_type", "self_pay", "应为true或false。")),
    }
}

/// One JSON object and where it stands. A `null` counts as absent.
struct Fields<'v> {
    at: String,
    map: &'v Map<String, Value>,
}

impl<'v> Fields<'v> {
    fn new(at: &str, value: &'v Value) -> Read<Self> {
        let map = value.as_object().ok_or_else(|| {
            SettlementError::new(
                "wrong_type",
                if at.is_empty() { "$" } else { at },
                "应为一个JSON对象。",
            )
        })?;
        Ok(Self {
            at: at.to_owned(),
            map,
        })
    }

    fn path(&self, name: &str) -> String {
        if self.at.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.at)
        }
    }

    fn error(&self, code: &str, name: &str, message: &str) -> SettlementError {
        SettlementError::new(code, self.path(name), message)
    }

    /// A misspelt cover would silently change who pays, so nothing unknown is let through.
    fn only(&self, known: &[&str]) -> Read<()> {
        match self.map.keys().find(|name| !known.contains(&name.as_str())) {
            // A hostile name could be long, or break the one line that errors are.
            Some(name) => {
                let shown: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
                Err(self.error("unknown_field", &shown, "没有这一项，请检查拼写。"))
            }
            None => Ok(()),
        }
    }

    fn get(&self, name: &str) -> Option<&'v Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    fn required(&self, name: &str) -> Read<&'v Value> {
        self.get(name)
            .ok_or_else(|| self.error("required", name, "缺少这一项。"))
    }

    fn text(&self, name: &str) -> Read<&'v str> {
        self.required(name)?
            .as_str()
            .ok_or_else(|| self.error("wrong_type", name, "应为文字。"))
    }

    fn list(&self, name: &str) -> Read<&'v Vec<Value>> {
        self.required(name)?
            .as_array()
            .ok_or_else(|| self.error("wrong_type", name, "应为列表。"))
    }

    fn object(&self, name: &str) -> Read<Option<Fields<'v>>> {
        self.get(name)
            .map(|value| Fields::new(&self.path(name), value))
            .transpose()
    }

    /// Whole fen; no fraction, no sign, nothing beyond the limit.
    fn amount(&self, name: &str) -> Read<Option<Fen>> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let Value::Number(number) = value else {
            return Err(self.error("wrong_type", name, "金额应为整数，单位是分。"));
        };
        match number.as_i64() {
            Some(fen) if fen < 0 => Err(self.error("negative_amount", name, "金额不能为负数。")),
            Some(fen) if fen <= AMOUNT_FEN_MAX => Ok(Some(Fen(fen))),
            Some(_) => Err(self.too_large(name)),
            None if number.is_u64() || number.as_f64().is_some_and(|n| n.abs() >= 9.0e18) => {
                Err(self.too_large(name))
            }
            None => Err(self.error("not_an_integer", name, "金额应为整数，单位是分。")),
        }
    }

    fn too_large(&self, name: &str) -> SettlementError {
        self.error(
            "amount_too_large",
            name,
            &format!("金额过大，单项不能超过{AMOUNT_FEN_MAX}分。"),
        )
    }

    fn percent(&self, name: &str) -> Read<Option<u8>> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let Value::Number(number) = value else {
            return Err(self.error("wrong_type", name, "比例应为整数。"));
        };
        if number.is_f64() {
            return Err(self.error("not_an_integer", name, "比例应为整数。"));
        }
        let percent = number
            .as_u64()
            .and_then(|n| u8::try_from(n).ok())
            .filter(|n| *n <= 100);
        percent
            .map(Some)
            .ok_or_else(|| self.error("percent_out_of_range", name, "比例应在0到100之间。"))
    }

    fn day(&self, name: &str) -> Read<Option<Date>> {
        if self.get(name).is_none() {
            return Ok(None);
        }
        let day = crate::day::parse(self.text(name)?);
        day.map(Some)
            .ok_or_else(|| self.error("bad_date", name, "日期应写作2026-03-01的样子。"))
    }
}
