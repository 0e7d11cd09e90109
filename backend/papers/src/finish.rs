//! The finishing pass: what an archive asks of a PDF beyond what can be seen (PDF/A-2u).
//!
//! Language, colour profile, metadata in XMP that agrees with /Info, and an /ID that follows from the content:
//! nothing here depends on the machine or the hour. Signatures by certificates are later revisions of the
//! bytes made here; they are appended, never mixed in.

use lopdf::{Dictionary, Document, Object, Stream, StringFormat, dictionary, text_string};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use crate::form::Marks;
use crate::{RenderError, hex, icc};

const PRODUCER: &str = "kuaichu";

pub fn finish(mut pdf: Document, marks: &Marks) -> Result<Vec<u8>, RenderError> {
    let made_at = OffsetDateTime::parse(marks.made_at, &Rfc3339).map_err(|_| RenderError::BadField {
        field: "made_at".to_owned(),
        why: "not a time of rfc 3339",
    })?;
    let identity = identity(&pdf, marks);
    let title = format!("{} {}", marks.title, marks.number.unwrap_or_default());
    let title = title.trim_end();
    pdf.version = "1.7".to_owned();
    info(&mut pdf, title, made_at)?;
    let metadata = xmp(title, marks, made_at, &identity)?;
    let metadata = Stream::new(
        dictionary! { "Type" => "Metadata", "Subtype" => "XML" },
        metadata.into_bytes(),
    );
    let metadata = pdf.add_object(metadata.with_compression(false));
    let profile = pdf.add_object(Stream::new(dictionary! { "N" => 3 }, icc::srgb()));
    let intent = dictionary! {
        "Type" => "OutputIntent",
        "S" => "GTS_PDFA1",
        "OutputConditionIdentifier" => Object::string_literal("sRGB IEC61966-2-1"),
        "Info" => Object::string_literal("sRGB IEC61966-2-1"),
        "DestOutputProfile" => profile,
    };
    let catalog = pdf
        .catalog_mut()
        .map_err(|error| RenderError::Writer(error.to_string()))?;
    catalog.set("Lang", Object::string_literal("zh-CN"));
    catalog.set("Metadata", metadata);
    catalog.set("OutputIntents", vec![Object::Dictionary(intent)]);
    catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    catalog.set("PageLayout", "SinglePage");
    mixing_space(&mut pdf)?;
    save(pdf, &identity)
}

/// Stamp ink shines through: pages name the space in which colours are mixed, or every reader takes its own.
fn mixing_space(pdf: &mut Document) -> Result<(), RenderError> {
    for id in pdf.get_pages().into_values() {
        let page = pdf
            .get_object_mut(id)
            .and_then(Object::as_dict_mut)
            .map_err(|error| RenderError::Writer(error.to_string()))?;
        let group = dictionary! { "Type" => "Group", "S" => "Transparency", "CS" => "DeviceRGB" };
        page.set("Group", group);
    }
    Ok(())
}

/// A page that is laid into another file: whole and the same every time, but no archive file by itself.
pub fn bare(mut pdf: Document) -> Result<Vec<u8>, RenderError> {
    let mut digest = Sha256::new();
    contents(&pdf, &mut digest);
    pdf.version = "1.7".to_owned();
    if let Ok(id) = pdf.trailer.get(b"Info").and_then(Object::as_reference) {
        pdf.objects.remove(&id);
    }
    pdf.trailer.remove(b"Info");
    save(pdf, &shortened(digest))
}

fn save(mut pdf: Document, identity: &[u8; 16]) -> Result<Vec<u8>, RenderError> {
    let id = Object::String(identity.to_vec(), StringFormat::Hexadecimal);
    pdf.trailer.set("ID", vec![id.clone(), id]);
    pdf.compress();
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes)
        .map_err(|error| RenderError::Writer(error.to_string()))?;
    Ok(bytes)
}

fn contents(pdf: &Document, digest: &mut Sha256) {
    for stream in pdf.objects.values().filter_map(|object| object.as_stream().ok()) {
        digest.update(&stream.content);
    }
}

fn shortened(digest: Sha256) -> [u8; 16] {
    let mut identity = [0; 16];
    identity.copy_from_slice(&digest.finalize()[..16]);
    identity
}

/// 16 bytes that follow from everything on the pages, the fonts, and when it was made.
fn identity(pdf: &Document, marks: &Marks) -> [u8; 16] {
    let mut digest = Sha256::new();
    contents(pdf, &mut digest);
    digest.update(marks.revision.to_be_bytes());
    digest.update(marks.made_at);
    shortened(digest)
}

fn info(pdf: &mut Document, title: &str, made_at: OffsetDateTime) -> Result<(), RenderError> {
    let local = made_at
        .format(format_description!(
            "D:[year][month][day][hour][minute][second][offset_hour sign:mandatory]'[offset_minute]'"
        ))
        .map_err(|error| RenderError::Writer(error.to_string()))?;
    let mut info = Dictionary::new();
    info.set("Title", text_string(title));
    info.set("Producer", text_string(PRODUCER));
    info.set("CreationDate", Object::string_literal(local.as_str()));
    info.set("ModDate", Object::string_literal(local.as_str()));
    let id = pdf.trailer.get(b"Info").and_then(Object::as_reference);
    match id {
        Ok(id) => {
            pdf.objects.insert(id, Object::Dictionary(info));
        }
        Err(_) => {
            let id = pdf.add_object(info);
            pdf.trailer.set("Info", id);
        }
    }
    Ok(())
}

fn xmp(
    title: &str,
    marks: &Marks,
    made_at: OffsetDateTime,
    identity: &[u8; 16],
) -> Result<String, RenderError> {
    let when = made_at
        .format(format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second][offset_hour sign:mandatory]:[offset_minute]"
        ))
        .map_err(|error| RenderError::Writer(error.to_string()))?;
    let unit = escaped(&marks.unit.concat());
    let (title, id) = (escaped(title), hex(identity));
    Ok(format!(
        r#"<?xpacket begin="{bom}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:publisher><rdf:Bag><rdf:li>{unit}</rdf:li></rdf:Bag></dc:publisher>
<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{when}</xmp:CreateDate><xmp:ModifyDate>{when}</xmp:ModifyDate>
<pdf:Producer>{PRODUCER}</pdf:Producer>
<xmpMM:DocumentID>uuid:{id}</xmpMM:DocumentID><xmpMM:VersionID>{revision}</xmpMM:VersionID>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"#,
        bom = '\u{FEFF}',
        revision = marks.revision,
    ))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
