//! The lines of an assessment: limits, and a total that is computed and never typed.

use super::Item;
use crate::money::Fen;
use crate::problem::Problem;

/// Most lines of one assessment.
pub const ITEMS_MAX: usize = 100;
/// Most pictures one assessment names.
pub const PHOTOS_MAX: usize = 30;
const PART_CHARS_MAX: usize = 40;
const QUANTITY_MAX: u16 = 99;
/// A million yuan for one part or one job: beyond it somebody mistyped.
const AMOUNT_MAX: Fen = Fen(100_000_000);
/// Ten million yuan, as for any loss: above it the fast desk is the wrong place.
const TOTAL_MAX: Fen = Fen(1_000_000_000);

/// What the lines come to; `None` when it does not fit.
pub fn total(items: &[Item]) -> Option<Fen> {
    items.iter().try_fold(Fen::ZERO, |sum, item| {
        let parts = item.unit_price_fen.0.checked_mul(i64::from(item.quantity))?;
        sum.checked_add(Fen(parts))?.checked_add(item.labour_fen)
    })
}

/// The lines with their names trimmed, and what they come to.
///
/// # Errors
/// Every line that cannot be taken, at once.
pub fn checked_items(mut items: Vec<Item>) -> Result<(Vec<Item>, Fen), Vec<Problem>> {
    if items.is_empty() {
        return Err(vec![Problem::new("items", "missing", "请至少填写一项定损项目")]);
    }
    if items.len() > ITEMS_MAX {
        let message = format!("最多{ITEMS_MAX}项，请合并相近的项目");
        return Err(vec![Problem::new("items", "too_many", message)]);
    }
    let mut problems = Vec::new();
    for (index, item) in items.iter_mut().enumerate() {
        item.part = item.part.trim().to_owned();
        problems.extend(problems_of(index, item));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    match total(&items) {
        Some(total) if total > Fen::ZERO && total <= TOTAL_MAX => Ok((items, total)),
        Some(Fen(0)) => Err(vec![Problem::new(
            "items",
            "nothing",
            "各项金额都是0，请填写单价或工时费",
        )]),
        _ => Err(vec![Problem::new(
            "items",
            "too_large",
            "合计超过一千万元，请核对；如属实不适用快速处理",
        )]),
    }
}

fn problems_of(index: usize, item: &Item) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut complain = |field: &str, code: &str, message: String| {
        problems.push(Problem::new(format!("items[{index}].{field}"), code, message));
    };
    if item.part.is_empty() {
        complain("part", "missing", "请填写配件或部位".to_owned());
    } else if item.part.chars().count() > PART_CHARS_MAX {
        complain(
            "part",
            "too_long",
            format!("配件名称请不要超过{PART_CHARS_MAX}个字"),
        );
    } else if item.part.chars().any(char::is_control) {
        complain("part", "control_character", "请去掉换行等特殊字符".to_owned());
    }
    if !(1..=QUANTITY_MAX).contains(&item.quantity) {
        complain(
            "quantity",
            "out_of_range",
            format!("数量应在1到{QUANTITY_MAX}之间"),
        );
    }
    for (field, amount) in [
        ("unit_price_fen", item.unit_price_fen),
        ("labour_fen", item.labour_fen),
    ] {
        if amount.is_negative() {
            complain(field, "negative", "金额不能小于0".to_owned());
        } else if amount > AMOUNT_MAX {
            complain(field, "too_large", "单项金额超过一百万元，请核对".to_owned());
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::Operation;

    fn item(quantity: u16, price: i64, labour: i64) -> Item {
        Item {
            part: " 前保险杠 ".to_owned(),
            operation: Operation::Replace,
            quantity,
            unit_price_fen: Fen(price),
            labour_fen: Fen(labour),
        }
    }

    #[test]
    fn the_total_is_parts_times_price_plus_labour() {
        let (items, total) = checked_items(vec![item(2, 10_050, 3_000), item(1, 0, 500)]).unwrap();
        assert_eq!(total, Fen(23_600));
        assert_eq!(items[0].part, "前保险杠");
    }

    #[test]
    fn every_line_that_cannot_be_is_named_with_its_place() {
        let named = |items: Vec<Item>| -> Vec<(String, String)> {
            let problems = checked_items(items).unwrap_err();
            problems.into_iter().map(|p| (p.field, p.code)).collect()
        };
        let at = |field: &str, code: &str| (field.to_owned(), code.to_owned());
        let nameless = Item {
            part: " ".to_owned(),
            ..item(1, 1, 1)
        };
        let two_lines = Item {
            part: "前\n后".to_owned(),
            ..item(1, 1, 1)
        };
        let cases = [
            (vec![], at("items", "missing")),
            (vec![item(1, 1, 1); ITEMS_MAX + 1], at("items", "too_many")),
            (
                vec![item(1, 1, 1), item(0, 1, 1)],
                at("items[1].quantity", "out_of_range"),
            ),
            (vec![item(100, 1, 1)], at("items[0].quantity", "out_of_range")),
            (vec![item(1, -1, 1)], at("items[0].unit_price_fen", "negative")),
            (
                vec![item(1, 1, 100_000_001)],
                at("items[0].labour_fen", "too_large"),
            ),
            (vec![nameless], at("items[0].part", "missing")),
            (vec![two_lines], at("items[0].part", "control_character")),
            (vec![item(1, 0, 0)], at("items", "nothing")),
            (vec![item(11, 100_000_000, 0)], at("items", "too_large")),
        ];
        for (items, wanted) in cases {
            assert_eq!(named(items), [wanted]);
        }
        assert!(checked_items(vec![item(10, 100_000_000, 0)]).is_ok());
    }
}
