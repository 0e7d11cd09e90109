//! `kuaichu audit verify`: whether what is stored is whole, for whoever may not trust us.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use backend::store::Db;

use crate::system::database_in;

/// Exit code when something is broken; 1 is for not being able to look.
const BROKEN: u8 = 2;

/// Checks every accident and every closed month, and prints one line for each that is broken.
///
/// # Errors
/// When the database cannot be read.
pub async fn verify(database: Option<String>, data: &Path) -> anyhow::Result<ExitCode> {
    let url = database.unwrap_or_else(|| database_in(data));
    let db = Db::connect(&url).await.context("the database cannot be opened")?;
    let audit = backend::app::audit::audit(&db)
        .await
        .context("the database cannot be read")?;
    for (accident, broken) in &audit.findings {
        println!("accident {accident}: {broken}");
    }
    for (unit, broken) in &audit.clearing {
        println!("clearing of unit {unit}: {broken}");
    }
    println!(
        "{} accidents, {} facts, {} closed months, {} broken",
        audit.accidents,
        audit.facts,
        audit.months,
        audit.findings.len() + audit.clearing.len()
    );
    Ok(if audit.is_whole() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(BROKEN)
    })
}
