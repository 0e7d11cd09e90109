//! Checking an evidence file offline: nothing is asked of a server, nothing is unpacked, memory stays small.
//!
//! The archive's shape first (see [`crate::archive`]), then who sealed the manifest, then whether every file is the
//! manifest's, whether the chain of facts holds and ends where the manifest says, whether the files are those that
//! the facts speak of, and what each PDF says of itself. It goes on after a finding, as far as it can.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek};

use domain::id::Sha256Hex;
use domain::time::Instant;
use pades::verify::Anchors;
use time::OffsetDateTime;

use crate::archive::{Archive, Entry, Refused, Visitor};
use crate::case::{Case, Made};
use crate::chain::Chained;
use crate::manifest::{CERTIFICATES, FACTS, File, INDEX, MANIFEST, Manifest, SIGNATURE, SUMS, sums};
use crate::pack::hex;
use crate::report::{DocumentReport, Report, Sealed, Trouble};
use crate::wanted::wanted;

/// Where the revocation list of the house lies in the evidence file (DER).
pub const REVOCATIONS: &str = "certificates/crl.der";

/// A manifest of 100,000 files is far below this.
const KEPT_BYTES_MAX: u64 = 64 << 20;

/// Judges the archive as of `at`, by what `anchors` trusts. `progress` is told how many bytes of how many are read.
///
/// # Errors
/// Only when it cannot be read; what is wrong with it is in the answer.
pub fn verify(
    reader: impl Read + Seek,
    anchors: &Anchors,
    at: OffsetDateTime,
    progress: &mut dyn FnMut(u64, u64),
) -> io::Result<Report> {
    let mut checker = Checker::new(anchors.clone(), at, progress);
    match checker.all(reader) {
        Ok(()) => {}
        Err(Refused::Io(error)) => return Err(error),
        Err(Refused::Shape { code, name, message }) => checker.troubles.push(Trouble {
            code,
            path: name,
            message,
        }),
    }
    Ok(checker.report())
}

struct Checker<'a> {
    anchors: Anchors,
    at: OffsetDateTime,
    progress: &'a mut dyn FnMut(u64, u64),
    troubles: Vec<Trouble>,
    manifest: Option<Manifest>,
    sealed: Option<Sealed>,
    length: u64,
    done: u64,
    /// What was found of each file.
    found: BTreeMap<String, (u64, Sha256Hex)>,
    files: u64,
    kept: Vec<u8>,
    keeps: bool,
    sums: Option<Vec<u8>>,
    chain: Option<Chained>,
    documents: Vec<DocumentReport>,
}

impl<'a> Checker<'a> {
    fn new(anchors: Anchors, at: OffsetDateTime, progress: &'a mut dyn FnMut(u64, u64)) -> Self {
        Self {
            anchors,
            at,
            progress,
            troubles: Vec::new(),
            manifest: None,
            sealed: None,
            length: 0,
            done: 0,
            found: BTreeMap::new(),
            files: 0,
            kept: Vec::new(),
            keeps: false,
            sums: None,
            chain: None,
            documents: Vec::new(),
        }
    }

    fn trouble(&mut self, code: &'static str, path: &str, message: impl Into<String>) {
        self.troubles.push(Trouble::of(code, path, message));
    }

    fn all(&mut self, reader: impl Read + Seek) -> Result<(), Refused> {
        let mut archive = Archive::open(reader)?;
        self.length = archive.length();
        if let Some(list) = archive.read(REVOCATIONS, KEPT_BYTES_MAX)? {
            match std::mem::take(&mut self.anchors).with_revocations(&list) {
                Ok(anchors) => self.anchors = anchors,
                Err(_) => self.trouble("crl_unreadable", REVOCATIONS, "无法识别吊销列表"),
            }
        }
        let manifest = archive.read(MANIFEST, KEPT_BYTES_MAX)?;
        let signature = archive.read(SIGNATURE, KEPT_BYTES_MAX)?;
        match manifest {
            Some(bytes) => self.sealed(&bytes, signature.as_deref()),
            None => self.trouble("manifest_missing", MANIFEST, "没有清单，不是本系统的卷宗"),
        }
        archive.walk(self)?;
        self.files();
        self.chain();
        Ok(())
    }

    fn sealed(&mut self, manifest: &[u8], signature: Option<&[u8]>) {
        match Manifest::read(manifest) {
            Some(read) => {
                self.chain = Some(Chained::of(read.accident_id));
                self.manifest = Some(read);
            }
            None => self.trouble("manifest_unreadable", MANIFEST, "清单无法识别，或不是规定的写法"),
        }
        let Some(signature) = signature else {
            return self.trouble("signature_missing", SIGNATURE, "清单没有签章");
        };
        let judged = pades::verify::verify_detached(manifest, signature, &self.anchors, self.at);
        for reason in &judged.reasons {
            self.trouble("signature_invalid", SIGNATURE, reason.sentence.clone());
        }
        let Some(certificate) = judged.certificate.filter(|_| judged.reasons.is_empty()) else {
            return;
        };
        self.sealed = Some(Sealed {
            by: certificate.subject,
            issuer: certificate.issuer,
            at: judged.at.map(Instant::new),
        });
    }

    /// What the manifest tells against what is there.
    fn files(&mut self) {
        let Some(manifest) = self.manifest.clone() else {
            return;
        };
        let found = std::mem::take(&mut self.found);
        for file in &manifest.files {
            self.file(file, found.get(&file.path));
        }
        let listed = |path: &str| {
            let at = manifest
                .files
                .binary_search_by(|file| file.path.as_str().cmp(path));
            at.is_ok() || [MANIFEST, SIGNATURE, SUMS].contains(&path)
        };
        for path in found.keys().filter(|path| !listed(path)) {
            self.trouble("not_in_manifest", path, "清单里没有这个文件：是后来放进去的");
        }
        for path in [INDEX, FACTS] {
            if !manifest.files.iter().any(|file| file.path == path) {
                self.trouble("file_missing", path, "卷宗应当有这个文件");
            }
        }
        for gone in &manifest.absent {
            let message = format!("缺失：{}（第 {} 项事实），卷宗不完整", gone.what, gone.fact);
            self.troubles.push(Trouble::new("absent", message));
        }
        let own = [MANIFEST, SIGNATURE].map(|path| (path, found.get(path).map(|(_, sha256)| sha256)));
        let own = own.iter().filter_map(|(path, sha256)| Some((*path, (*sha256)?)));
        let files = manifest
            .files
            .iter()
            .map(|file| (file.path.as_str(), &file.sha256));
        let wanted = sums(files.chain(own));
        match self.sums.take() {
            Some(sums) if sums == wanted.as_bytes() => {}
            Some(_) => self.trouble("sums_wrong", SUMS, "与清单不一致"),
            None => self.trouble("file_missing", SUMS, "卷宗应当有这个文件"),
        }
    }

    fn file(&mut self, file: &File, found: Option<&(u64, Sha256Hex)>) {
        let path = &file.path;
        match found {
            None => self.trouble("file_missing", path, "清单里有，压缩包里没有"),
            Some((bytes, sha256)) if *bytes != file.bytes || *sha256 != file.sha256 => {
                self.trouble("file_changed", path, "内容与清单的摘要不符，文件被改动");
            }
            Some(_) if file.is_altered() => {
                let message = "内容与办案时记载的摘要不符；制作卷宗时已如此，清单如实注明";
                self.trouble("file_altered", path, message);
            }
            Some(_) => {}
        }
        let ours = path == INDEX || path == FACTS || path.starts_with(CERTIFICATES);
        if file.recorded_sha256.is_none() && !ours {
            self.trouble("not_in_facts", path, "没有任何事实记载这个文件");
        }
    }

    /// The chain of facts, and that the files are just those it speaks of.
    fn chain(&mut self) {
        let (Some(manifest), Some(chain)) = (self.manifest.clone(), self.chain.as_mut()) else {
            return;
        };
        if let Some(trouble) = chain.trouble.take() {
            return self.troubles.push(trouble);
        }
        if chain.is_cut() || chain.ends() != manifest.chain {
            let message = "事实链的末尾与清单不一致：结尾被截断或被添加";
            return self.trouble("chain_end", FACTS, message);
        }
        let made = Made {
            at: manifest.made_at,
            by: manifest.made_by.clone(),
            reason: manifest.reason.clone(),
            unit: manifest.unit.clone(),
            officers: BTreeMap::new(),
        };
        let links = std::mem::take(&mut chain.links);
        let case = match Case::open(manifest.accident_id, links, made) {
            Ok(case) => case,
            Err(error) => return self.trouble("chain_broken", FACTS, error.to_string()),
        };
        if case.number() != manifest.number.as_deref() {
            self.trouble("number_wrong", MANIFEST, "文书编号与事实不符");
        }
        let wanted = wanted(case.accident(), case.facts());
        for one in &wanted {
            let is_it = |file: &&File| {
                let same = (&file.path, file.fact) == (&one.path, Some(one.fact));
                same && file.recorded_sha256.as_ref() == Some(&one.sha256)
            };
            let gone = |absent: &crate::Absent| absent.recorded_sha256 == one.sha256;
            if !manifest.files.iter().any(|file| is_it(&file)) && !manifest.absent.iter().any(gone) {
                let message = format!("第 {} 项事实记载的文件不在卷宗里：{}", one.fact, one.what);
                self.trouble("fact_file_missing", &one.path, message);
            }
        }
        for file in manifest
            .files
            .iter()
            .filter(|file| file.recorded_sha256.is_some())
        {
            if !wanted.iter().any(|one| one.path == file.path) {
                self.trouble("not_in_facts", &file.path, "没有任何事实记载这个文件");
            }
        }
    }

    fn document(&mut self, path: &str) {
        let report = pades::verify::verify(&self.kept, &self.anchors, self.at);
        if !report.is_valid() {
            let why: Vec<&str> = report
                .reasons
                .iter()
                .map(|reason| reason.sentence.as_str())
                .collect();
            let message = format!("{}{}", report.state.sentence(), why.join(""));
            self.trouble("document_invalid", path, message);
        }
        self.documents.push(DocumentReport {
            path: path.to_owned(),
            valid: report.is_valid(),
            lines: report.lines(),
        });
    }

    fn report(self) -> Report {
        let manifest = self.manifest.as_ref();
        Report {
            valid: self.troubles.is_empty() && self.sealed.is_some(),
            accident_id: manifest.map(|manifest| manifest.accident_id),
            number: manifest.and_then(|manifest| manifest.number.clone()),
            unit: manifest.map(|manifest| manifest.unit.clone()),
            made_at: manifest.map(|manifest| manifest.made_at),
            made_by: manifest.map(|manifest| manifest.made_by.clone()),
            reason: manifest.map(|manifest| manifest.reason.clone()),
            facts: self.chain.as_ref().map_or(0, |chain| chain.facts),
            files: self.files,
            bytes: self.length,
            troubles: self.troubles,
            sealed: self.sealed,
            documents: self.documents,
        }
    }
}

/// Files that are looked at whole: they are small.
fn is_kept(path: &str) -> bool {
    path == SUMS || is_document(path)
}

fn is_document(path: &str) -> bool {
    path.ends_with(".pdf")
}

impl Visitor for Checker<'_> {
    fn begin(&mut self, entry: &Entry) {
        self.kept.clear();
        self.keeps = is_kept(&entry.name) && entry.bytes <= KEPT_BYTES_MAX;
        if is_kept(&entry.name) && !self.keeps {
            self.trouble("file_too_large", &entry.name, "文件过大，无法核对");
        }
    }

    fn piece(&mut self, entry: &Entry, bytes: &[u8]) {
        if self.keeps {
            self.kept.extend_from_slice(bytes);
        }
        if entry.name == FACTS
            && let Some(chain) = &mut self.chain
        {
            chain.take(bytes);
        }
        self.done += u64::try_from(bytes.len()).unwrap_or(0);
        (self.progress)(self.done.min(self.length), self.length);
    }

    fn end(&mut self, entry: &Entry, sha256: [u8; 32]) {
        self.files += 1;
        self.found.insert(entry.name.clone(), (entry.bytes, hex(sha256)));
        if self.keeps && is_document(&entry.name) {
            self.document(&entry.name);
        }
        if self.keeps && entry.name == SUMS {
            self.sums = Some(std::mem::take(&mut self.kept));
        }
        // A big document must not stay in memory through the film that follows it.
        self.kept = Vec::new();
    }
}
