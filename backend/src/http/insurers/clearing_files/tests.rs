//! What a spreadsheet gets to read.

use domain::clearing::{Claim, ClaimKind};
use domain::id::{AccidentId, OrderId, UnitId};

use super::*;
use crate::store::Json;
use crate::store::units::UnitRow;

fn shown(number: &str) -> Shown {
    let claim = Claim {
        booked_at: "2026-11-30T15:00:00Z".parse().unwrap(),
        finding_number: number.to_owned(),
        accident: AccidentId(uuid::Uuid::from_u128(1)),
        order: OrderId(uuid::Uuid::from_u128(2)),
        kind: ClaimKind::CtpAdvance,
        creditor: "PAIC".parse().unwrap(),
        debtor: "PICC".parse().unwrap(),
        amount_fen: Fen(123_405),
    };
    let unit = UnitId::new("330681").unwrap();
    Shown {
        statement: Statement::of(unit.clone(), "2026-11".parse().unwrap(), [claim]),
        unit: UnitRow {
            code: unit,
            name: "诸暨".to_owned(),
            lines: Json(Vec::new()),
            number_template: String::new(),
        },
        closed: None,
        may_close: false,
    }
}

#[test]
fn a_csv_begins_with_the_mark_that_excel_wants_and_has_amounts_in_fen_and_in_yuan() {
    let text = String::from_utf8(csv(&summary(&shown("330681202600001").statement)).unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("\u{feff}月份,保险公司甲,"), "{text}");
    assert_eq!(
        lines[1],
        "2026-11,PAIC,平安产险,PICC,人保财险,-123405,-1234.05,1,330681202600001"
    );
    let text = String::from_utf8(csv(&detail(&shown("330681202600001").statement)).unwrap()).unwrap();
    assert!(
        text.contains(",无责代赔,PAIC,平安产险,PICC,人保财险,123405,1234.05,"),
        "{text}"
    );
}

#[test]
fn a_text_that_a_spreadsheet_would_compute_stays_a_text_and_a_negative_amount_a_number() {
    for evil in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
        let text = String::from_utf8(csv(&summary(&shown(evil).statement)).unwrap()).unwrap();
        assert!(text.contains(&format!("'{evil}")), "{text}");
        assert!(text.contains(",-1234.05,"), "{text}");
    }
}

#[test]
fn the_same_statement_is_the_same_file_to_the_byte() {
    let shown = shown("330681202600001");
    let file = || {
        let tables = [summary(&shown.statement), detail(&shown.statement)];
        xlsx(&tables, &shown).unwrap()
    };
    let bytes = file();
    assert_eq!(&bytes[..2], b"PK");
    assert_eq!(bytes, file());
}

#[test]
fn yuan_always_have_two_decimals() {
    for (fen, text) in [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (123_400, "1234.00")] {
        assert_eq!(yuan(Fen(fen)), text);
    }
}
