//! The rules about the source itself that a compiler does not know: sizes, walls, documents that tell the truth.
//!
//! Each test names every offender at once. A rule that is wrong is changed here, not worked around.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};

use tests::tree::{Source, root, sources};

/// A file is one thought; test modules are not counted.
const LINES_MAX: usize = 400;

/// Lists, not thoughts: the API's shapes, generated and as the pages name them.
const LISTS: [&str; 2] = ["web/shared/openapi.d.ts", "web/shared/contract.ts"];

fn nobody(offenders: &[String], rule: &str) {
    assert!(offenders.is_empty(), "{rule}:\n  {}", offenders.join("\n  "));
}

fn rust(sources: &[Source]) -> impl Iterator<Item = &Source> {
    sources.iter().filter(|source| source.is(".rs"))
}

/// Lists of examples grow with what is promised; they are not cut by length.
fn is_test(source: &Source) -> bool {
    source.is("tests.rs") || source.path.contains("/tests/") || source.path.contains(".test.")
}

#[test]
fn every_file_is_one_thought_of_at_most_400_lines() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|source| {
            [".rs", ".ts", ".vue", ".sql"]
                .iter()
                .any(|ending| source.is(ending))
        })
        .filter(|source| !LISTS.contains(&source.path.as_str()))
        .filter(|source| !is_test(source))
        .map(|source| (source, source.without_tests().lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(source, lines)| format!("{} has {lines} lines", source.path))
        .collect();
    nobody(&long, "files are cut where the thought changes");
}

#[test]
fn every_rust_file_says_what_it_is() {
    let silent: Vec<String> = rust(&sources())
        .filter(|source| !source.text.starts_with("//! "))
        .map(|source| source.path.clone())
        .collect();
    nobody(&silent, "a file begins with `//! what it is`");
}

#[test]
fn no_test_is_switched_off_and_none_waits_by_sleeping() {
    let words = [
        concat!("#[", "ignore"),
        concat!("thread::", "sleep("),
        concat!("time::", "sleep("),
        concat!("test.", "skip("),
        concat!("test.", "only("),
        concat!("it.", "skip("),
        concat!("it.", "only("),
        concat!("describe.", "only("),
        concat!("waitFor", "Timeout("),
    ];
    let sources = sources();
    let offenders: Vec<String> = sources
        .iter()
        .filter(|source| {
            source.within("tests") || source.path.contains("/tests/") || source.path.contains(".test.")
        })
        .flat_map(|source| {
            let found = words.iter().filter(|word| source.text.contains(**word));
            found.map(|word| format!("{}: {word}", source.path))
        })
        .collect();
    nobody(&offenders, "a test waits for what it waits for, and always runs");
}

#[test]
fn no_machine_shines_through() {
    let places = [
        concat!("/wo", "rk/"),
        concat!("/tmp/", "wt"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
    ];
    let offenders: Vec<String> = sources()
        .iter()
        .flat_map(|source| {
            let found = places.iter().filter(|place| source.text.contains(**place));
            found
                .map(|place| format!("{}: {place}", source.path))
                .collect::<Vec<_>>()
        })
        .collect();
    nobody(&offenders, "paths of one machine do not belong in the project");
}

/// `table(column, column…)` of every migration of one database; indexes and constraints are left out.
fn tables(sources: &[Source], database: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let folder = format!("migrations/{database}");
    for source in sources.iter().filter(|source| source.within(&folder)) {
        let text: String = source
            .text
            .lines()
            .filter(|line| !line.trim_start().starts_with("--"))
            .collect::<Vec<_>>()
            .join("\n");
        for create in text.split("CREATE TABLE").skip(1) {
            let (name, rest) = create.split_once('(').expect("a table has columns");
            let name = name.replace("IF NOT EXISTS", "").trim().to_owned();
            let columns = rest
                .lines()
                .map(str::trim_start)
                .take_while(|line| !line.starts_with(')'));
            let named = columns.filter_map(|line| line.split_whitespace().next());
            let columns = named.filter(|word| {
                word.chars()
                    .all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit())
            });
            tables.entry(name).or_default().extend(columns.map(str::to_owned));
        }
    }
    tables
}

#[test]
fn both_databases_have_the_same_migrations_tables_and_columns() {
    let sources = sources();
    let names = |database: &str| -> BTreeSet<String> {
        let folder = format!("migrations/{database}/");
        sources
            .iter()
            .filter_map(|source| source.path.strip_prefix(&folder).map(str::to_owned))
            .collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert_eq!(tables(&sources, "sqlite"), tables(&sources, "postgres"));
    assert!(
        !tables(&sources, "sqlite").is_empty(),
        "no table was found: is the reading of SQL broken?"
    );
}

/// The crates named in the dependency tables of a manifest.
fn dependencies(sources: &[Source], manifest: &str) -> BTreeSet<String> {
    let manifest = sources
        .iter()
        .find(|source| source.path == manifest)
        .expect("the crate has a manifest");
    let tables = manifest
        .text
        .split("\n[")
        .filter(|table| table.starts_with("dependencies]"));
    tables
        .flat_map(str::lines)
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty() && !name.contains(']'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_walls_between_the_crates_stand() {
    const IO: [&str; 8] = [
        "tokio",
        "axum",
        "sqlx",
        "reqwest",
        "webrtc",
        "rand",
        "tower",
        "tracing-subscriber",
    ];
    let sources = sources();
    let mut offenders = Vec::new();
    let mut forbid = |manifest: &str, others: &[&str]| {
        let found = dependencies(&sources, manifest);
        let known = others.iter().filter(|other| found.contains(**other));
        offenders.extend(known.map(|other| format!("{manifest} depends on {other}")));
    };
    forbid("backend/domain/Cargo.toml", &IO);
    forbid("signaling/core/Cargo.toml", &IO);
    forbid(
        "backend/domain/Cargo.toml",
        &[
            "backend",
            "signaling",
            "signaling-core",
            "papers",
            "pades",
            "dossier",
        ],
    );
    forbid(
        "signaling/core/Cargo.toml",
        &["backend", "domain", "signaling", "papers", "pades"],
    );
    forbid(
        "signaling/Cargo.toml",
        &["backend", "domain", "papers", "pades", "sqlx"],
    );
    forbid(
        "backend/papers/Cargo.toml",
        &["backend", "domain", "pades", "sqlx"],
    );
    forbid("backend/pades/Cargo.toml", &["backend", "domain", "sqlx"]);
    forbid("backend/dossier/Cargo.toml", &["backend", "papers", "sqlx"]);
    forbid("backend/Cargo.toml", &["signaling", "kuaichu"]);
    nobody(&offenders, "who may know whom is in docs/architecture.md");
}

#[test]
fn sql_is_written_in_the_store_alone_and_handlers_change_nothing_without_a_deed() {
    let sources = sources();
    let mut offenders = Vec::new();
    for source in rust(&sources).filter(|source| source.within("backend/src") && !is_test(source)) {
        // A failure of the store may travel through every layer; its type is all they know.
        let text = source.without_tests().replace("sqlx::Error", "");
        if !source.within("backend/src/store") && text.contains("sqlx::") {
            offenders.push(format!("{} uses sqlx", source.path));
        }
        if source.within("backend/src/http") && text.contains("db.write()") {
            offenders.push(format!("{} writes without a deed", source.path));
        }
        if source.within("backend/src/app") && (text.contains("crate::http") || text.contains("StatusCode")) {
            offenders.push(format!("{} knows of HTTP", source.path));
        }
    }
    nobody(&offenders, "who may know whom is in docs/architecture.md");
}

/// Words in a document that look like a path from the root of the repository.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    const FOLDERS: [&str; 9] = [
        "backend/",
        "signaling/",
        "kuaichu/",
        "tests/",
        "web/",
        "xtask/",
        "docs/",
        "migrations/",
        ".ci/",
    ];
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "/._-{},*<>".contains(c)))
        .map(|word| word.trim_end_matches(['.', ',']))
        .filter(|word| FOLDERS.iter().any(|folder| word.starts_with(folder)))
        .filter(|word| !word.contains(['{', '*', '<', ',']))
        .filter(|word| !word.starts_with("web/dist"))
}

#[test]
fn documents_mention_only_files_that_exist() {
    let sources = sources();
    let documents = sources.iter().filter(|source| source.is(".md"));
    let missing: BTreeSet<String> = documents
        .flat_map(|document| {
            let gone = paths(&document.text).filter(|path| !root().join(path).exists());
            gone.map(|path| format!("{}: {path}", document.path))
                .collect::<Vec<_>>()
        })
        .collect();
    nobody(
        &missing.into_iter().collect::<Vec<_>>(),
        "a document follows the tree",
    );
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut broken = Vec::new();
    for document in sources().iter().filter(|source| source.is(".md")) {
        let folder = root()
            .join(&document.path)
            .parent()
            .expect("a file has a folder")
            .to_path_buf();
        for link in document
            .text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split([')', '#', ' ']).next())
        {
            if !link.is_empty() && !link.contains("://") && !folder.join(link).exists() {
                broken.push(format!("{}: {link}", document.path));
            }
        }
    }
    nobody(&broken, "a link leads to a file");
}
