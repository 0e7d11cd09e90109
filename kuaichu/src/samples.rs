//! `kuaichu samples DIR`: one of every paper, complete and signed by everybody, with the certificate to trust beside them.
//!
//! People and cases are invented and always the same; keys, and so the signatures, are new each time. The papers go
//! the way every paper goes: drawn, given their places, certified by the unit, signed by the officer, then by each party.

#[path = "../../backend/papers/examples/sample/cases.rs"]
mod cases;
#[path = "../../backend/papers/examples/sample/forms.rs"]
#[expect(dead_code, reason = "the hardest cases are for the tests of the pages")]
mod forms;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use backend::clock::{Clock, Entropy, SystemClock, SystemEntropy};
use domain::time::Instant;
use pades::authority::{Authority, Event, Term};
use pades::keys::{KeyPair, certificate_pem};
use pades::{Signing, Subject, not_after};
use papers::{Fonts, Paper, Pdf, SignatureSlot, State};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Certificates of samples are good for so long.
const DAYS: u32 = 10 * 365;
/// How long the key of one signing may be used.
const KEY_FOR: Duration = Duration::from_secs(300);
const UNSIGNED: &str = "unsigned";
const UNIT: &str = "诸暨市公安局交通警察大队";

#[derive(clap::Args)]
pub struct Arguments {
    /// The folder to write to; it is made when there is none
    folder: PathBuf,
}

/// A house of its own that signs for nobody else.
struct House {
    authority: Authority,
    seal: KeyPair,
    fonts: Fonts,
    now: Instant,
}

/// # Errors
/// One sentence about what cannot be written.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let written = write(&arguments.folder, SystemClock.now(), &SystemEntropy)?;
    println!("{}: {written} papers and ca.pem", arguments.folder.display());
    Ok(ExitCode::SUCCESS)
}

/// Writes every sample; answers how many papers there are.
///
/// # Errors
/// As [`run`].
pub fn write(folder: &Path, now: Instant, entropy: &dyn Entropy) -> Result<usize> {
    let cannot = || format!("{} cannot be written", folder.display());
    // Drafts and void pages bear no signature: whoever checks the folder finds only signed papers in it.
    std::fs::create_dir_all(folder.join(UNSIGNED)).with_context(cannot)?;
    let house = House::new(now, entropy)?;
    let ca = certificate_pem(house.authority.certificate())?;
    std::fs::write(folder.join("ca.pem"), ca).with_context(cannot)?;
    let mut list = String::from(
        "样本：人物和案情均为虚构。签名核验的信任起点是 ca.pem。\n\
         Samples: people and cases are invented. ca.pem is the certificate to trust.\n\n\
         pdfsig FILE; kuaichu verify FILE --ca ca.pem\n\n",
    );
    let all = papers();
    let count = all.len();
    for (name, paper, state) in all {
        let title = paper.title().to_owned();
        let signed = house
            .signed(&paper, state, entropy)
            .with_context(|| format!("{name} cannot be made"))?;
        let note = match state {
            State::Issued => "",
            State::Draft => "（草稿，无效）",
            State::Void => "（已作废）",
        };
        let _ = writeln!(list, "{name}.pdf  {title}{note}");
        std::fs::write(folder.join(format!("{name}.pdf")), signed).with_context(cannot)?;
    }
    std::fs::write(folder.join("README.txt"), list).with_context(cannot)?;
    Ok(count)
}

/// One of every paper, and the finding in its other states and at its hardest.
fn papers() -> Vec<(&'static str, Paper, State)> {
    let mut all: Vec<(&'static str, Paper, State)> = forms::every()
        .into_iter()
        .map(|(name, paper)| (name, paper, State::Issued))
        .collect();
    all.extend([
        ("unsigned/finding-draft", cases::rear_end().into(), State::Draft),
        ("unsigned/finding-void", cases::rear_end().into(), State::Void),
        ("finding-six-parties", cases::six_parties().into(), State::Issued),
        ("finding-everything", cases::everything().into(), State::Issued),
        (
            "finding-mediated",
            cases::mediated(cases::rear_end(), 2).into(),
            State::Issued,
        ),
        (
            "finding-long-statement",
            cases::long_statement().into(),
            State::Issued,
        ),
    ]);
    all
}

impl House {
    fn new(now: Instant, entropy: &dyn Entropy) -> Result<Self> {
        let subject = |name| Subject {
            name,
            organisation: UNIT,
            role: "样本",
            number: "",
        };
        let from = now.minus(time::Duration::hours(1)).into_inner();
        let term = Term::days(from, DAYS);
        let authority = Authority::create(&subject("快处样本根证书"), term, &random(entropy))?;
        let seal = authority.seal(&subject(UNIT), term, None, &random(entropy))?;
        Ok(Self {
            authority,
            seal,
            fonts: Fonts::embedded()?,
            now,
        })
    }

    fn signed(&self, paper: &Paper, state: State, entropy: &dyn Entropy) -> Result<Vec<u8>> {
        let drawn = papers::render(&unsigned(paper)?, state, &self.fonts)?;
        if drawn.places.is_empty() {
            // A draft signs nothing, and a void page shows what once was signed.
            return Ok(papers::render(paper, state, &self.fonts)?.bytes);
        }
        let places: Vec<pades::Place> = drawn.places.iter().map(place).collect();
        let mut bytes = pades::with_fields(&drawn.bytes, &places)?;
        if drawn.places.iter().any(|place| place.name == "unit") {
            bytes = self.fill(bytes, "unit", (UNIT, None, true), entropy)?;
        }
        if let Some(officer) = drawn.places.iter().find(|place| place.name == "officer") {
            bytes = self.fill(bytes, "officer", (who(&officer.tooltip), None, false), entropy)?;
        }
        self.parties(bytes, &drawn, entropy)
    }

    /// Everybody who has a place of their own.
    fn parties(&self, mut bytes: Vec<u8>, drawn: &Pdf, entropy: &dyn Entropy) -> Result<Vec<u8>> {
        let own = drawn
            .places
            .iter()
            .filter(|place| !["unit", "officer"].contains(&place.name.as_str()));
        for place in own {
            let number = place
                .name
                .rsplit('-')
                .next()
                .and_then(|number| number.parse().ok());
            let index: usize = number.unwrap_or(1) - 1;
            let slot = SignatureSlot::Signed {
                ink: cases::ink(u16::try_from(index + 1)?),
                at: format!("{} 短信验证后手写签名", self.now.china_text()),
            };
            let look = papers::appearance(place, &slot, &self.fonts)?;
            let by = who(&place.tooltip);
            bytes = self.fill(bytes, &place.name, (by, Some(&look), false), entropy)?;
        }
        Ok(bytes)
    }

    fn fill(
        &self,
        bytes: Vec<u8>,
        field: &str,
        (by, look, certifies): (&str, Option<&[u8]>, bool),
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>> {
        let signing = Signing {
            field,
            at: self.now.into_inner(),
            by,
            reason: if certifies { "出具文书" } else { "签名" },
            location: UNIT,
            appearance: look,
            certifies,
        };
        if certifies {
            return Ok(pades::sign(&bytes, &signing, &self.seal)?);
        }
        let shown: [u8; 32] = Sha256::digest(&bytes).into();
        let event = Event {
            subject: Subject {
                name: by,
                ..Subject::default()
            },
            evidence: &shown,
            at: self.now.into_inner(),
            key_for: KEY_FOR,
            until: not_after(self.authority.certificate()),
            crl: None,
        };
        let signer = self.authority.event(&event, &random(entropy))?;
        Ok(pades::sign(&bytes, &signing, &signer)?)
    }
}

/// The same paper before any party signed it: the places are open.
fn unsigned(paper: &Paper) -> Result<Paper> {
    let mut value = serde_json::to_value(paper)?;
    let open = serde_json::to_value(SignatureSlot::Pending)?;
    clear(&mut value, &open);
    Ok(serde_json::from_value(value)?)
}

fn clear(value: &mut Value, open: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if name == "slot" {
                    *field = open.clone();
                } else {
                    clear(field, open);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| clear(item, open)),
        _ => {}
    }
}

/// The name in 甲方当事人 张伟 签名; a name may have blanks of its own.
fn who(tooltip: &str) -> &str {
    let named = tooltip.split_once(' ').map_or(tooltip, |(_, rest)| rest);
    named.rsplit_once(' ').map_or(named, |(name, _)| name)
}

fn place(place: &papers::Place) -> pades::Place {
    pades::Place {
        name: place.name.clone(),
        tooltip: place.tooltip.clone(),
        page: place.page,
        rect: place.rect,
    }
}

fn random(entropy: &dyn Entropy) -> [u8; 32] {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    bytes
}
