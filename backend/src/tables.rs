//! Tables for spreadsheets, written row by row: CSV or XLSX. What looks like a formula is written as a text.
//!
//! It holds one row at a time, however long the table is; what stands in the rows is decided elsewhere.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use domain::money::Fen;
use domain::time::{CHINA, Instant};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as Look, Workbook, XlsxError};

/// Excel tells UTF-8 from the local code page by this alone.
pub const BOM: &str = "\u{feff}";
/// Rows that a sheet may have; behind them the next sheet begins.
const SHEET_ROWS_MAX: u32 = 1_000_000;

/// The kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
}

/// Heading and width in characters.
pub type Column = (&'static str, f64);

/// A cell of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    /// In yuan, as a number.
    Yuan(Fen),
    Count(u32),
    Empty,
}

/// Why a table was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("the disk failed: {0}")]
    Disk(#[from] std::io::Error),
    #[error("the rows cannot be written: {0}")]
    Csv(#[from] csv::Error),
    #[error("the sheet cannot be written: {0}")]
    Xlsx(#[from] XlsxError),
}

/// Yuan with two decimals, as a number: `-1234.05`.
pub fn yuan(amount: Fen) -> String {
    let fen = amount.0.unsigned_abs();
    let sign = if amount.is_negative() { "-" } else { "" };
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

/// A text that begins like a formula is led by an apostrophe, which a spreadsheet shows as text.
pub fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// Spreadsheets know only floats; up to 2^53 fen every amount is exact in one.
#[expect(
    clippy::cast_precision_loss,
    reason = "what an accident costs is far below 2^53 fen"
)]
pub fn number(amount: Fen) -> f64 {
    amount.0 as f64
}

/// Writes `columns` and then every row that `rows` gives to a new file at `path`. Blocks.
///
/// # Errors
/// [`WriteError`]; the file is then of no use.
pub fn write(
    path: &Path,
    format: Format,
    (columns, made_at): (&[Column], Instant),
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Result<(), WriteError> {
    match format {
        Format::Csv => as_csv(path, columns, rows),
        Format::Xlsx => as_xlsx(path, (columns, made_at), rows),
    }
}

fn as_csv(path: &Path, columns: &[Column], rows: impl Iterator<Item = Vec<Cell>>) -> Result<(), WriteError> {
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(BOM.as_bytes())?;
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(file);
    writer.write_record(columns.iter().map(|(heading, _)| *heading))?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| match cell {
            Cell::Text(text) => guarded(text),
            Cell::Yuan(amount) => yuan(*amount),
            Cell::Count(count) => count.to_string(),
            Cell::Empty => String::new(),
        }))?;
    }
    writer.flush()?;
    let file = writer.into_inner().map_err(|error| error.into_error())?;
    let file = file.into_inner().map_err(|error| error.into_error())?;
    Ok(file.sync_all()?)
}

fn as_xlsx(
    path: &Path,
    (columns, made_at): (&[Column], Instant),
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Result<(), WriteError> {
    let mut workbook = Workbook::new();
    if let Some(folder) = path.parent() {
        workbook.set_tempdir(folder)?;
    }
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&moment(made_at)?));
    let money = Look::new().set_num_format("#,##0.00");
    let mut sheets = 0;
    let mut at = SHEET_ROWS_MAX;
    let mut rows = rows.peekable();
    // A sheet with headings alone, when there is nothing to say.
    while sheets == 0 || rows.peek().is_some() {
        if at >= SHEET_ROWS_MAX {
            begin_sheet(&mut workbook, columns, sheets + 1)?;
            (sheets, at) = (sheets + 1, 1);
        }
        let Some(row) = rows.next() else { break };
        let sheet = workbook.worksheet_from_index(sheets - 1)?;
        for (column, cell) in (0_u16..).zip(&row) {
            match cell {
                // A string cell is never a formula.
                Cell::Text(text) => sheet.write_string(at, column, text)?,
                Cell::Yuan(amount) => {
                    sheet.write_number_with_format(at, column, number(*amount) / 100.0, &money)?
                }
                Cell::Count(count) => sheet.write_number(at, column, f64::from(*count))?,
                Cell::Empty => continue,
            };
        }
        at += 1;
    }
    workbook.save(path)?;
    Ok(File::open(path)?.sync_all()?)
}

fn begin_sheet(workbook: &mut Workbook, columns: &[Column], number: usize) -> Result<(), XlsxError> {
    let heading = Look::new().set_bold();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name(format!("数据{number}"))?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, (text, width)) in (0_u16..).zip(columns) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(0, column, *text, &heading)?;
    }
    Ok(())
}

/// The library would ask the machine what time it is.
pub fn moment(at: Instant) -> Result<ExcelDateTime, XlsxError> {
    let at = at.into_inner().to_offset(CHINA);
    let year = u16::try_from(at.year()).unwrap_or(1900);
    let day = ExcelDateTime::from_ymd(year, u8::from(at.month()), at.day())?;
    day.and_hms(u16::from(at.hour()), at.minute(), at.second())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 3] = [("说明", 20.0), ("金额（元）", 12.0), ("件数", 8.0)];

    fn rows() -> Vec<Vec<Cell>> {
        [
            "=HYPERLINK(\"http://x\")",
            "+1",
            "-1",
            "@x",
            "\tx",
            "浙D12A45",
            "a,\"b\"\nc",
        ]
        .into_iter()
        .map(|text| {
            vec![
                Cell::Text(text.to_owned()),
                Cell::Yuan(Fen(-123_405)),
                Cell::Count(2),
            ]
        })
        .chain([vec![Cell::Text(String::new()), Cell::Empty, Cell::Empty]])
        .collect()
    }

    #[test]
    fn a_text_is_never_a_formula_and_chinese_is_read_by_spreadsheets() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let made_at = "2026-11-24T00:00:00Z".parse().unwrap();
        write(&path, Format::Csv, (&COLUMNS, made_at), rows().into_iter()).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("\u{feff}说明,金额（元）,件数\r\n"), "{text}");
        let mut reader = csv::Reader::from_reader(text.trim_start_matches(BOM).as_bytes());
        let read: Vec<_> = reader.records().map(|row| row.unwrap()).collect();
        assert_eq!(read.len(), 8);
        for row in &read[..5] {
            assert!(row[0].starts_with('\''), "{row:?}");
        }
        assert_eq!(
            (&read[5][0], &read[5][1], &read[6][0]),
            ("浙D12A45", "-1234.05", "a,\"b\"\nc")
        );
    }

    #[test]
    fn a_sheet_is_a_workbook_with_texts_as_texts_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.xlsx");
        let made_at = "2026-11-24T00:00:00Z".parse().unwrap();
        write(&path, Format::Xlsx, (&COLUMNS, made_at), rows().into_iter()).unwrap();
        assert!(std::fs::read(&path).unwrap().starts_with(b"PK"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        let empty = folder.path().join("b.xlsx");
        write(&empty, Format::Xlsx, (&COLUMNS, made_at), std::iter::empty()).unwrap();
        assert!(std::fs::read(&empty).unwrap().starts_with(b"PK"));
    }
}
