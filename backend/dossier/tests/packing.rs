//! What is packed can be opened and checked by programs that are not ours.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod common;

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, Output};

use common::{House, case, good, house, packed, parts};
use domain::id::Sha256Hex;
use dossier::{Absent, Manifest, Part, Plan};

fn ran(folder: &Path, program: &str, arguments: &[&str]) -> Output {
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// The program's own words, when it was content.
fn content(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let output = ran(folder, program, arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

fn unpacked(file: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("case.zip"), file).unwrap();
    content(folder.path(), "unzip", &["-q", "case.zip"]);
    folder
}

#[test]
fn unzip_finds_every_file_whole() {
    let folder = unpacked(&good(&house(1)));
    let said = content(folder.path(), "unzip", &["-t", "case.zip"]);
    assert!(said.contains("No errors detected"), "{said}");
    let photo = fs::read(folder.path().join("photos/0002-party-1-overview.jpg")).unwrap();
    assert_eq!(photo, common::PHOTO);
}

#[test]
fn another_library_reads_the_same_files() {
    let file = good(&house(1));
    let mut archive = zip::ZipArchive::new(io::Cursor::new(&file)).unwrap();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        assert_eq!(entry.last_modified().unwrap().hour(), 14, "on the Chinese clock");
    }
    assert_eq!(archive.len(), 8);
}

#[test]
fn sha256sum_and_openssl_agree_with_the_manifest() {
    let folder = unpacked(&good(&house(1)));
    content(
        folder.path(),
        "sha256sum",
        &["--strict", "--quiet", "-c", "SHA256SUMS"],
    );
    let verify = |ca: &str| {
        let arguments = [
            "cms",
            "-verify",
            "-binary",
            "-inform",
            "DER",
            "-purpose",
            "any",
            "-in",
            "manifest.json.p7s",
            "-content",
            "manifest.json",
            "-CAfile",
            ca,
            "-out",
            "read.json",
        ];
        let arguments = [&arguments[..], &["-attime", "1795500000"]].concat();
        ran(folder.path(), "openssl", &arguments).status.success()
    };
    assert!(verify(dossier::ANCHOR));
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert_eq!(read("read.json"), read("manifest.json"));
    fs::write(folder.path().join("other.pem"), house(7).ca_pem()).unwrap();
    assert!(
        !verify("other.pem"),
        "another house of the same name is another house"
    );
}

#[test]
fn the_script_on_the_page_checks_the_chain() {
    let folder = unpacked(&good(&house(1)));
    let page = fs::read_to_string(folder.path().join("index.html")).unwrap();
    let start = page.find("python3 - &lt;&lt;'END'\n").unwrap() + "python3 - &lt;&lt;'END'\n".len();
    let script = &page[start..start + page[start..].find("END</pre>").unwrap()];
    let script = script
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&amp;", "&");
    assert!(content(folder.path(), "python3", &["-c", &script]).starts_with("OK"));
    let facts = folder.path().join("facts/facts.jsonl");
    let changed = fs::read_to_string(&facts)
        .unwrap()
        .replace("13800000001", "13800000002");
    fs::write(&facts, changed).unwrap();
    assert!(!ran(folder.path(), "python3", &["-c", &script]).status.success());
}

#[test]
fn the_length_is_known_to_the_byte_before_anything_is_read() {
    let house = house(1);
    let case = case();
    let parts = parts(&case, &house);
    let plan = Plan::new(case, parts, Vec::new()).unwrap();
    let told = plan.length().unwrap();
    let mut steps = Vec::new();
    let mut out = Vec::new();
    let seal = Box::new(|manifest: &[u8]| Ok(house.sign(manifest)));
    let done = plan
        .write(&mut out, seal, &mut |done, all| steps.push((done, all)))
        .unwrap();
    assert_eq!((u64::try_from(out.len()).unwrap(), done.bytes), (told, told));
    assert!(steps.is_sorted() && steps.iter().all(|(_, all)| *all == told));
    assert_eq!(steps.last(), Some(&(told, told)));
}

/// The parts of the sample case, with the bytes of one path replaced.
fn with_other_bytes(house: &House, path: &str, bytes: &'static [u8]) -> (Vec<u8>, u64, Vec<String>) {
    let case = case();
    let mut parts = parts(&case, house);
    let part = parts.iter_mut().find(|part| part.path == path).unwrap();
    part.bytes = u64::try_from(bytes.len()).unwrap();
    part.source = Box::new(move || Ok(Box::new(bytes)));
    let plan = Plan::new(case, parts, Vec::new()).unwrap();
    let told = plan.length().unwrap();
    let mut out = Vec::new();
    let seal = Box::new(|manifest: &[u8]| Ok(house.sign(manifest)));
    let done = plan.write(&mut out, seal, &mut |_, _| {}).unwrap();
    (out, told, done.altered)
}

#[test]
fn a_kept_file_that_is_not_what_was_recorded_is_told_and_not_hidden() {
    let path = "photos/0002-party-1-overview.jpg";
    let (file, told, altered) = with_other_bytes(&house(1), path, b"retouched");
    assert_eq!(u64::try_from(file.len()).unwrap(), told);
    assert_eq!(altered, [path]);
    let folder = unpacked(&file);
    let page = fs::read_to_string(folder.path().join("index.html")).unwrap();
    assert!(page.contains("请注意：1 个文件的内容与办案时记载的摘要不符"));
    assert!(page.contains("<td class=\"bad\">不符</td>"));
    let manifest = fs::read(folder.path().join("manifest.json")).unwrap();
    let manifest = Manifest::read(&manifest).unwrap();
    let file = manifest.files.iter().find(|file| file.path == path).unwrap();
    assert_eq!(file.sha256, Sha256Hex::of(b"retouched"));
    assert_eq!(file.recorded_sha256, Some(Sha256Hex::of(common::PHOTO)));
}

#[test]
fn a_file_that_is_gone_is_told_and_not_hidden() {
    let house = house(1);
    let case = case();
    let mut parts = parts(&case, &house);
    let gone = parts.remove(1);
    let absent = Absent {
        fact: gone.fact.unwrap(),
        recorded_sha256: gone.recorded.unwrap(),
        what: gone.what,
    };
    let folder = unpacked(&packed(Plan::new(case, parts, vec![absent]).unwrap(), &house));
    let page = fs::read_to_string(folder.path().join("index.html")).unwrap();
    assert!(page.contains("1 个文件已不在库中") && page.contains("缺失：照片（现场全景），甲方"));
}

#[test]
fn a_file_that_changes_its_length_on_the_way_ends_the_writing() {
    let house = house(1);
    for length in [common::PHOTO.len() - 1, common::PHOTO.len() + 1] {
        let case = case();
        let mut parts = parts(&case, &house);
        parts[1].source = Box::new(move || Ok(Box::new(io::repeat(7).take(u64::try_from(length).unwrap()))));
        let plan = Plan::new(case, parts, Vec::new()).unwrap();
        let seal = Box::new(|manifest: &[u8]| Ok(house.sign(manifest)));
        let ended = plan.write(&mut Vec::new(), seal, &mut |_, _| {}).unwrap_err();
        assert!(ended.to_string().contains("0002-party-1-overview.jpg"), "{ended}");
    }
}

#[test]
fn names_that_lead_elsewhere_or_come_twice_are_not_written() {
    let house = house(1);
    for name in [
        "../secret",
        "/etc/passwd",
        "a//b",
        "a\\b",
        ".hidden",
        "卷宗.pdf",
        "",
        "certificates/CA.PEM",
    ] {
        let case = case();
        let mut parts = parts(&case, &house);
        parts.push(Part::of(name, "别处", b"x".to_vec()));
        let plan = Plan::new(case, parts, Vec::new()).unwrap();
        let seal = Box::new(|manifest: &[u8]| Ok(house.sign(manifest)));
        assert!(
            plan.write(&mut Vec::new(), seal, &mut |_, _| {}).is_err(),
            "{name}"
        );
    }
}

#[test]
fn what_people_wrote_stays_text_on_the_page_and_no_script_may_run() {
    let folder = unpacked(&good(&house(1)));
    let page = fs::read_to_string(folder.path().join("index.html")).unwrap();
    assert!(page.contains("诸暨市人民法院调取 &lt;2026&gt; 第 1 号"));
    assert!(page.contains("script-src 'none'") && !page.contains("<script"));
}

/// Counts what goes by.
struct Sink(u64);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += u64::try_from(bytes.len()).unwrap();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn more_than_four_gigabytes_take_no_more_memory_than_a_little_and_their_length_is_still_exact() {
    // Beyond what fits the sizes of the old format.
    const BYTES: u64 = (1 << 32) + 77;
    let house = house(1);
    let case = case();
    let mut parts = parts(&case, &house);
    let film = parts.last_mut().unwrap();
    film.bytes = BYTES;
    film.source = Box::new(|| Ok(Box::new(common::Pattern { left: BYTES })));
    parts.push(Part::of("recordings/after.webm", "后一段", b"small".to_vec()));
    let plan = Plan::new(case, parts, Vec::new()).unwrap();
    let told = plan.length().unwrap();
    let before = common::peak_kib();
    let mut sink = Sink(0);
    let seal = Box::new(|manifest: &[u8]| Ok(house.sign(manifest)));
    plan.write(&mut sink, seal, &mut |_, _| {}).unwrap();
    assert_eq!(sink.0, told);
    let grown = common::peak_kib() - before;
    assert!(grown < 32 * 1024, "{grown} KiB more");
}
