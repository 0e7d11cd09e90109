//! A house that issues documents: authority, seal, clock, and small pages to sign.

use std::time::Duration;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, Stream, StringFormat, dictionary};
use pades::authority::{Authority, Event, EventSigner, Term};
use pades::keys::KeyPair;
use pades::verify::{Anchors, Report};
use pades::{Place, Signing, Subject, sign, with_fields};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::clock::Clock;

/// When the first document is issued.
pub const START: OffsetDateTime = datetime!(2026-11-24 09:00 +8);

/// The numbers of the base's objects, in the order they are added.
pub const CATALOG: u32 = 1;
pub const PAGES: u32 = 2;
pub const PAGE: u32 = 3;
pub const CONTENT: u32 = 5;
pub const INFO: u32 = 8;
pub const METADATA: u32 = 9;

const XMP: &[u8] = br#"<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""/></rdf:RDF>
</x:xmpmeta>"#;

pub const ISSUER: Subject<'static> = Subject {
    name: "事故处理平台",
    organisation: "平台",
    role: "",
    number: "",
};
pub const UNIT: Subject<'static> = Subject {
    name: "诸暨市公安局交通警察大队",
    organisation: "公安局",
    role: "",
    number: "",
};

pub struct House {
    pub authority: Authority,
    pub seal: KeyPair,
    pub clock: Clock,
}

pub fn random(seed: u64) -> [u8; 32] {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    bytes
}

impl House {
    /// `seed` makes the keys: two houses of different seeds have the same names and nothing else in common.
    pub fn new(seed: u64) -> Self {
        let term = Term::days(START - Duration::from_secs(3600), 20_000);
        let authority = Authority::create(&ISSUER, term, &random(seed)).unwrap();
        let seal = authority
            .seal(&UNIT, Term::days(term.from, 1_100), None, &random(seed + 1))
            .unwrap();
        let clock = Clock::new(&random(seed + 2), &random(seed + 3));
        Self {
            authority,
            seal,
            clock,
        }
    }

    pub fn anchors(&self) -> Anchors {
        Anchors::new(vec![self.authority.certificate().clone()])
            .with_timestamps(vec![self.clock.root().clone()])
    }

    pub fn verify(&self, pdf: &[u8]) -> Report {
        pades::verify::verify(pdf, &self.anchors(), START + Duration::from_secs(86_400))
    }

    /// The certificate of one signing.
    pub fn event(&self, name: &str, at: OffsetDateTime, seed: u64) -> EventSigner {
        let event = Event {
            subject: Subject {
                name,
                role: "当事人",
                ..Subject::default()
            },
            evidence: &random(seed),
            at,
            key_for: Duration::from_secs(600),
            until: START + Duration::from_secs(20 * 365 * 86_400),
            crl: None,
        };
        self.authority.event(&event, &random(seed)).unwrap()
    }

    /// Certified by the unit's seal.
    pub fn certified(&self, pdf: &[u8]) -> Vec<u8> {
        let signing = Signing {
            certifies: true,
            by: UNIT.name,
            ..signing("unit", START)
        };
        sign(pdf, &signing, &self.seal).unwrap()
    }

    /// One person's signature in a field, with ink.
    pub fn signed(&self, pdf: &[u8], field: &str, minute: u32, ink: &[u8]) -> Vec<u8> {
        let at = START + Duration::from_secs(60 * u64::from(minute));
        let name = format!("当事人 {field}");
        let seed =
            u64::from(minute) * 1_000 + field.len() as u64 + u64::from(field.as_bytes()[field.len() - 1]);
        let signer = self.event(&name, at, seed);
        let signing = Signing {
            by: &name,
            appearance: Some(ink),
            ..signing(field, at)
        };
        sign(pdf, &signing, &signer).unwrap()
    }

    pub fn stamped(&self, pdf: &[u8], minute: u32) -> Vec<u8> {
        let at = START + Duration::from_secs(60 * u64::from(minute));
        self.clock.stamp(pdf, at)
    }

    /// Certified, signed by the officer, one and two, stamped.
    pub fn document(&self) -> Vec<u8> {
        let ink = ink(1);
        let pdf = self.certified(&prepared(&base(1_200), 3));
        let pdf = self.signed(&pdf, "officer", 1, &ink);
        let pdf = self.signed(&pdf, "party-1", 5, &ink);
        let pdf = self.signed(&pdf, "party-2", 9, &self::ink(2));
        self.stamped(&pdf, 12)
    }
}

pub fn signing(field: &str, at: OffsetDateTime) -> Signing<'_> {
    Signing {
        field,
        at,
        by: "",
        reason: "已阅，无异议",
        location: "诸暨",
        appearance: None,
        certifies: false,
    }
}

/// A finding as small as one can be: two pages, one of them with an amount.
pub fn base(amount: u32) -> Vec<u8> {
    let mut pdf = Document::with_version("1.7");
    pdf.reference_table.cross_reference_type = lopdf::xref::XrefType::CrossReferenceTable;
    let ids: Vec<_> = (0..9).map(|_| pdf.new_object_id()).collect();
    let page = |content| {
        dictionary! {
            "Type" => "Page",
            "Parent" => ids[1],
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
            "Resources" => dictionary! { "Font" => dictionary! { "F1" => ids[6] } },
            "Contents" => content,
        }
    };
    let catalog = dictionary! { "Type" => "Catalog", "Pages" => ids[1], "Metadata" => ids[8], "Lang" => Object::string_literal("zh-CN") };
    let pages = dictionary! { "Type" => "Pages", "Count" => 2, "Kids" => vec![ids[2].into(), ids[3].into()] };
    let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    let info = dictionary! { "Title" => Object::string_literal("Finding 42"), "Producer" => Object::string_literal("kuaichu") };
    let metadata = dictionary! { "Type" => "Metadata", "Subtype" => "XML" };
    for (id, object) in ids.iter().zip([
        Object::from(catalog),
        pages.into(),
        page(ids[4]).into(),
        page(ids[5]).into(),
        text(&format!("Party 1 pays {amount}.00 yuan")).into(),
        text("Rights").into(),
        font.into(),
        info.into(),
        Stream::new(metadata, XMP.to_vec()).into(),
    ]) {
        pdf.objects.insert(*id, object);
    }
    pdf.trailer.set("Root", ids[0]);
    pdf.trailer.set("Info", ids[7]);
    let id = Object::String(vec![4; 16], StringFormat::Hexadecimal);
    pdf.trailer.set("ID", vec![id.clone(), id]);
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).unwrap();
    bytes
}

fn text(words: &str) -> Stream {
    let operations = vec![
        Operation::new("BT", vec![]),
        Operation::new("Tf", vec!["F1".into(), 12.into()]),
        Operation::new("Td", vec![60.into(), 700.into()]),
        Operation::new("Tj", vec![Object::string_literal(words)]),
        Operation::new("ET", vec![]),
    ];
    Stream::new(Dictionary::new(), Content { operations }.encode().unwrap())
}

/// With a place for the unit, the officer and so many parties.
pub fn prepared(pdf: &[u8], parties: u32) -> Vec<u8> {
    let names = ["unit".to_owned(), "officer".to_owned()].into_iter();
    let names = names.chain((1..=parties).map(|party| format!("party-{party}")));
    let places: Vec<Place> = names
        .zip(0_u8..)
        .map(|(name, row)| Place {
            tooltip: format!("签名 {name}"),
            name,
            page: 1,
            rect: [
                60.0,
                60.0 + 50.0 * f32::from(row),
                220.0,
                100.0 + 50.0 * f32::from(row),
            ],
        })
        .collect();
    with_fields(pdf, &places).unwrap()
}

/// What fills a place: a page of its size with a line on it.
pub fn ink(slope: i64) -> Vec<u8> {
    let mut pdf = Document::with_version("1.7");
    pdf.reference_table.cross_reference_type = lopdf::xref::XrefType::CrossReferenceTable;
    let (pages, page) = (pdf.new_object_id(), pdf.new_object_id());
    let line = format!("0 0 m 100 {} l S", 20 * slope);
    let content = pdf.add_object(Stream::new(Dictionary::new(), line.into_bytes()));
    pdf.objects.insert(
        page,
        dictionary! {
            "Type" => "Page", "Parent" => pages, "Contents" => content, "Resources" => Dictionary::new(),
            "MediaBox" => vec![0.into(), 0.into(), 160.into(), 40.into()],
        }
        .into(),
    );
    pdf.objects.insert(
        pages,
        dictionary! { "Type" => "Pages", "Count" => 1, "Kids" => vec![page.into()] }.into(),
    );
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    pdf.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).unwrap();
    bytes
}
