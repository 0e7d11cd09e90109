//! A small case as its facts tell it, and the seal of a house that nobody knows.

#![allow(dead_code, reason = "each test file takes what it needs")]

pub mod check;

use std::io::{self, Read};

use domain::evidence::{Evidence, EvidenceKind, Shot};
use domain::fact::{Actor, Fact, Link, Recorded, genesis};
use domain::id::{AccidentId, EvidenceId, OfficerId, PartyId, Sha256Hex, UnitId};
use domain::time::Instant;
use dossier::{Case, Content, Made, Part, Plan};
use pades::authority::{Authority, Term};
use pades::keys::{KeyPair, certificate_pem};
use pades::{Signer, Subject};
use time::macros::datetime;

pub const PHOTO: &[u8] = b"\xff\xd8\xff not really a picture";
pub const FILM: &[u8] = b"\x1a\x45\xdf\xa3 not really a film";

pub fn now() -> time::OffsetDateTime {
    datetime!(2026-11-23 06:00 UTC)
}

pub fn at(minute: i64) -> Instant {
    Instant::new(datetime!(2026-11-23 02:00 UTC) + time::Duration::minutes(minute))
}

fn id<T: From<uuid::Uuid>>(number: u128) -> T {
    uuid::Uuid::from_u128(0x0195_f0a0_0000_7000_8000_0000_0000_0000 + number).into()
}

pub fn accident() -> AccidentId {
    id(1)
}

fn evidence(number: u128, kind: EvidenceKind, bytes: &[u8], media_type: &str) -> Fact {
    Fact::EvidenceTaken {
        evidence: Evidence {
            id: id::<EvidenceId>(100 + number),
            kind,
            shot: (kind == EvidenceKind::Photo).then_some(Shot::Overview),
            party: Some(id(2)),
            still: None,
            preview_of: None,
            sha256: Sha256Hex::of(bytes),
            bytes: u64::try_from(bytes.len()).unwrap(),
            media_type: media_type.to_owned(),
            width: None,
            height: None,
            taken_at: None,
            received_at: at(3),
            position: None,
        },
    }
}

/// What happened, by whom.
pub fn happenings() -> Vec<(Actor, Fact)> {
    let (party, officer) = (id::<PartyId>(2), id::<OfficerId>(3));
    let by = Actor::Party(party);
    vec![
        (
            by,
            Fact::Reported {
                unit: UnitId::new("330681").unwrap(),
                party,
                phone: Some("13800000001".to_owned()),
            },
        ),
        (by, evidence(1, EvidenceKind::Photo, PHOTO, "image/jpeg")),
        (
            Actor::Service,
            evidence(2, EvidenceKind::Recording, FILM, "video/webm"),
        ),
        (by, Fact::Queued),
        (Actor::Officer(officer), Fact::Claimed { officer }),
    ]
}

pub fn links(happenings: Vec<(Actor, Fact)>) -> Vec<Link> {
    let mut previous = genesis();
    let numbered = (1..).zip(happenings);
    numbered
        .map(|(seq, (by, fact))| {
            let at = at(i64::try_from(seq).unwrap());
            let link = Link::seal(accident(), &Recorded { seq, at, by, fact }, &previous).unwrap();
            previous = link.digest.clone();
            link
        })
        .collect()
}

pub fn made() -> Made {
    Made {
        at: Instant::new(now()),
        by: "张三（警号 012345）".to_owned(),
        reason: "诸暨市人民法院调取 <2026> 第 1 号".to_owned(),
        unit: "诸暨市公安局交通警察大队".to_owned(),
        officers: [(id(3), "张三（警号 012345）".to_owned())].into(),
    }
}

pub fn case() -> Case {
    Case::open(accident(), links(happenings()), made()).unwrap()
}

/// The bytes that stand behind a digest, as the store would give them.
pub fn kept(sha256: &Sha256Hex) -> Option<&'static [u8]> {
    [PHOTO, FILM]
        .into_iter()
        .find(|bytes| Sha256Hex::of(bytes) == *sha256)
}

pub struct House {
    pub authority: Authority,
    pub seal: KeyPair,
}

/// The house's own authority; another `random` makes another house of the same name.
pub fn house(random: u8) -> House {
    let subject = |name| Subject {
        name,
        organisation: "诸暨市公安局交通警察大队",
        ..Subject::default()
    };
    let term = Term::days(now() - time::Duration::days(1), 3650);
    let authority = Authority::create(&subject("快处根证书"), term, &[random; 32]).unwrap();
    let seal = authority
        .seal(
            &subject("诸暨市公安局交通警察大队"),
            term,
            None,
            &[random + 1; 32],
        )
        .unwrap();
    House { authority, seal }
}

impl House {
    pub fn ca_pem(&self) -> String {
        certificate_pem(self.authority.certificate()).unwrap()
    }

    pub fn sign(&self, manifest: &[u8]) -> Vec<u8> {
        pades::detached::sign(&digest(manifest), now(), &self.seal as &dyn Signer).unwrap()
    }
}

pub fn digest(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(bytes).into()
}

/// The parts of a case whose files are as `kept` has them.
pub fn parts(case: &Case, house: &House) -> Vec<Part> {
    let mut parts = vec![Part::of(dossier::ANCHOR, "根证书", house.ca_pem().into_bytes())];
    for wanted in dossier::wanted(case.accident(), case.facts()) {
        let bytes = match wanted.content {
            Content::Here(bytes) => bytes,
            Content::Kept => kept(&wanted.sha256).unwrap().to_vec(),
        };
        parts.push(Part {
            fact: Some(wanted.fact),
            recorded: Some(wanted.sha256),
            ..Part::of(wanted.path, wanted.what, bytes)
        });
    }
    parts
}

/// The whole evidence file in memory.
pub fn packed(plan: Plan, house: &House) -> Vec<u8> {
    let mut out = Vec::new();
    plan.write(
        &mut out,
        Box::new(|manifest| Ok(house.sign(manifest))),
        &mut |_, _| {},
    )
    .unwrap();
    out
}

pub fn good(house: &House) -> Vec<u8> {
    let case = case();
    let parts = parts(&case, house);
    packed(Plan::new(case, parts, Vec::new()).unwrap(), house)
}

/// The same byte, over and over, without ever having them all.
pub struct Pattern {
    pub left: u64,
}

impl Read for Pattern {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        buffer[..most].fill(7);
        self.left -= u64::try_from(most).unwrap();
        Ok(most)
    }
}

/// Most memory this process ever had, in KiB.
pub fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
