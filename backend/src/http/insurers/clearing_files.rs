//! A statement as a file for spreadsheets: CSV, or XLSX with a summary and a detail sheet.
//!
//! It says what the statement says and computes nothing. Texts that a spreadsheet would read as a formula
//! are written as texts.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::clearing::{Claim, Row, Statement};
use domain::codes::insurer_name;
use domain::id::InsurerCode;
use domain::money::Fen;
use rust_xlsxwriter::{DocProperties, Format, Workbook, Worksheet, XlsxError};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::clear::Shown;
use crate::http::files::disposition;
use crate::refusal::{AppError, Result};
use crate::tables::{BOM, guarded, moment, number, yuan};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Csv,
    Xlsx,
}

impl Kind {
    pub fn from_ending(ending: &str) -> Option<Self> {
        match ending {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// Which table a CSV holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// One row per pair of insurers.
    #[default]
    Summary,
    /// One row per claim.
    Detail,
}

/// A cell: text, whole fen, or the same fen in yuan.
enum Cell {
    Text(String),
    Fen(Fen),
    Yuan(Fen),
    Count(usize),
}

struct Table {
    name: &'static str,
    /// Heading and width in characters.
    columns: &'static [(&'static str, f64)],
    rows: Vec<Vec<Cell>>,
}

const SUMMARY: [(&str, f64); 9] = [
    ("月份", 10.0),
    ("保险公司甲", 12.0),
    ("甲名称", 18.0),
    ("保险公司乙", 12.0),
    ("乙名称", 18.0),
    ("甲应付乙（分）", 16.0),
    ("甲应付乙（元）", 16.0),
    ("笔数", 8.0),
    ("认定书编号", 48.0),
];
const DETAIL: [(&str, f64); 13] = [
    ("月份", 10.0),
    ("保险公司甲", 12.0),
    ("保险公司乙", 12.0),
    ("认定书编号", 22.0),
    ("种类", 16.0),
    ("债权人", 10.0),
    ("债权人名称", 18.0),
    ("债务人", 10.0),
    ("债务人名称", 18.0),
    ("金额（分）", 14.0),
    ("金额（元）", 14.0),
    ("付款单", 38.0),
    ("入账时间", 24.0),
];

fn summary(statement: &Statement) -> Table {
    let row = |row: &Row| {
        let mut numbers: Vec<&str> = row
            .claims
            .iter()
            .map(|claim| claim.finding_number.as_str())
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        vec![
            Cell::Text(statement.month.to_string()),
            code(row.first),
            name(row.first),
            code(row.second),
            name(row.second),
            Cell::Fen(row.net_fen),
            Cell::Yuan(row.net_fen),
            Cell::Count(row.claims.len()),
            Cell::Text(numbers.join("、")),
        ]
    };
    Table {
        name: "汇总",
        columns: &SUMMARY,
        rows: statement.rows.iter().map(row).collect(),
    }
}

fn detail(statement: &Statement) -> Table {
    let line = |row: &Row, claim: &Claim| {
        vec![
            Cell::Text(statement.month.to_string()),
            code(row.first),
            code(row.second),
            Cell::Text(claim.finding_number.clone()),
            Cell::Text(claim.kind.label().to_owned()),
            code(claim.creditor),
            name(claim.creditor),
            code(claim.debtor),
            name(claim.debtor),
            Cell::Fen(claim.amount_fen),
            Cell::Yuan(claim.amount_fen),
            Cell::Text(claim.order.to_string()),
            Cell::Text(claim.booked_at.china_text()),
        ]
    };
    let rows = statement
        .rows
        .iter()
        .flat_map(|row| row.claims.iter().map(move |claim| line(row, claim)));
    Table {
        name: "明细",
        columns: &DETAIL,
        rows: rows.collect(),
    }
}

fn code(insurer: InsurerCode) -> Cell {
    Cell::Text(insurer.to_string())
}

fn name(insurer: InsurerCode) -> Cell {
    Cell::Text(insurer_name(insurer.as_str()).to_owned())
}

/// The statement as a file to be saved.
///
/// # Errors
/// Only our own: a file that cannot be written.
pub fn answer(shown: &Shown, kind: Kind, part: Part) -> Result<Response> {
    let statement = &shown.statement;
    let tables = [summary(statement), detail(statement)];
    let [summary, detail] = &tables;
    let (bytes, media_type, name) = match (kind, part) {
        (Kind::Csv, Part::Summary) => (csv(summary)?, "text/csv; charset=utf-8", "清算单.csv"),
        (Kind::Csv, Part::Detail) => (csv(detail)?, "text/csv; charset=utf-8", "清算明细.csv"),
        (Kind::Xlsx, _) => (xlsx(&tables, shown).map_err(broken)?, XLSX, "清算单.xlsx"),
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    let name = disposition(&format!("{}{name}", statement.month)).replacen("inline", "attachment", 1);
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(broken)?);
    Ok(response)
}

fn broken(error: impl std::fmt::Display) -> AppError {
    AppError::Inconsistent(format!("a clearing file cannot be written: {error}"))
}

fn csv(table: &Table) -> Result<Vec<u8>> {
    let mut writer = ::csv::WriterBuilder::new()
        .terminator(::csv::Terminator::CRLF)
        .from_writer(BOM.as_bytes().to_vec());
    let write = |writer: &mut ::csv::Writer<Vec<u8>>| -> ::csv::Result<()> {
        writer.write_record(table.columns.iter().map(|(heading, _)| *heading))?;
        for row in &table.rows {
            writer.write_record(row.iter().map(|cell| match cell {
                Cell::Text(text) => guarded(text),
                Cell::Fen(amount) => amount.0.to_string(),
                Cell::Yuan(amount) => yuan(*amount),
                Cell::Count(count) => count.to_string(),
            }))?;
        }
        Ok(())
    };
    write(&mut writer).map_err(broken)?;
    writer.into_inner().map_err(broken)
}

fn xlsx(tables: &[Table; 2], shown: &Shown) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The library would ask the machine what time it is; the file of a frozen month is always the same.
    let made = shown
        .closed
        .as_ref()
        .map_or(shown.statement.month.ends_at(), |closed| closed.at);
    let created = moment(made)?;
    let title = format!("{}清算单", shown.statement.month);
    workbook.set_properties(
        &DocProperties::new()
            .set_title(&title)
            .set_creation_datetime(&created),
    );
    for table in tables {
        write_sheet(workbook.add_worksheet(), table)?;
    }
    workbook.save_to_buffer()
}

fn write_sheet(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    let heading = Format::new().set_bold();
    let fen = Format::new().set_num_format("0");
    let yuan = Format::new().set_num_format("#,##0.00");
    sheet.set_name(table.name)?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, (text, width)) in (0_u16..).zip(table.columns) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(0, column, *text, &heading)?;
    }
    for (row, cells) in (1_u32..).zip(&table.rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                // A string cell is never a formula.
                Cell::Text(text) => sheet.write_string(row, column, text)?,
                Cell::Fen(amount) => sheet.write_number_with_format(row, column, number(*amount), &fen)?,
                Cell::Yuan(amount) => {
                    sheet.write_number_with_format(row, column, number(*amount) / 100.0, &yuan)?
                }
                Cell::Count(count) => {
                    let count = u32::try_from(*count).unwrap_or(u32::MAX);
                    sheet.write_number(row, column, f64::from(count))?
                }
            };
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
