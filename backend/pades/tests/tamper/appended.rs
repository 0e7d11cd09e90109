//! Updates that nobody signed, behind a good document: every one a correct PDF that viewers would show.

use pades::verify::Code;

use crate::house::{CATALOG, CONTENT, House, INFO, METADATA, PAGE, PAGES, base, ink};
use crate::tools::{Update, field, form, free, object, reference};
use crate::{case, refused};

fn new() -> Update {
    Update::default()
}

#[test]
fn what_a_page_shows_cannot_be_changed() {
    let house = House::new(1);
    let pdf = house.document();
    let next = free(&pdf);
    let text = object(&pdf, CONTENT);
    let cheap = text.split("stream\n").nth(1).unwrap().replace("1200", "0120");
    let cheap = cheap.trim_end_matches("endstream").trim_end();
    let annotations = reference(&pdf, PAGE, "/Annots");
    let page = format!("<</Type/Page/Parent {PAGES} 0 R/MediaBox[0 0 595 842]>>");
    let cover = "<</Type/Annot/Subtype/FreeText/Rect[50 690 300 720]/Contents(0 yuan)/DA(/F1 12 Tf)/F 4>>";
    let draw = "BT /F1 12 Tf 60 700 Td (0 yuan) Tj ET";
    let listed = object(&pdf, annotations);
    let with_cover = listed.replace(']', &format!(" {next} 0 R]"));
    let font = reference(&pdf, PAGE, "/F1");
    let cases = vec![
        case(
            "amount changed in the content stream",
            Code::PageChanged,
            new().stream(CONTENT, "", cheap).append(&pdf),
        ),
        case("page given other content", Code::PageChanged, {
            let content = format!("/Contents {CONTENT} 0 R");
            new()
                .changed(&pdf, PAGE, &content, &format!("/Contents {next} 0 R"))
                .stream(next, "", draw)
                .append(&pdf)
        }),
        case("overlay on a page", Code::PageChanged, {
            let content = format!("/Contents {CONTENT} 0 R");
            let both = format!("/Contents[{CONTENT} 0 R {next} 0 R]");
            new()
                .changed(&pdf, PAGE, &content, &both)
                .stream(next, "", draw)
                .append(&pdf)
        }),
        case(
            "page turned",
            Code::PageChanged,
            new()
                .changed(&pdf, PAGE, "/Type/Page", "/Rotate 180/Type/Page")
                .append(&pdf),
        ),
        case(
            "page made smaller",
            Code::PageChanged,
            new()
                .changed(&pdf, PAGE, "/Type/Page", "/CropBox[0 0 9 9]/Type/Page")
                .append(&pdf),
        ),
        case("page replaced", Code::PagesChanged, {
            new()
                .changed(&pdf, PAGES, &format!("[{PAGE} 0 R"), &format!("[{next} 0 R"))
                .object(next, page.clone())
                .append(&pdf)
        }),
        case("page added", Code::PagesChanged, {
            new()
                .changed(
                    &pdf,
                    PAGES,
                    &format!("[{PAGE} 0 R"),
                    &format!("[{next} 0 R {PAGE} 0 R"),
                )
                .object(next, page.clone())
                .append(&pdf)
        }),
        case(
            "page removed",
            Code::PagesChanged,
            new()
                .changed(&pdf, PAGES, &format!("[{PAGE} 0 R"), "[")
                .append(&pdf),
        ),
        case("pages in another tree", Code::PagesChanged, {
            let tree = object(&pdf, PAGES);
            new()
                .changed(
                    &pdf,
                    CATALOG,
                    &format!("/Pages {PAGES} 0 R"),
                    &format!("/Pages {next} 0 R"),
                )
                .object(next, tree)
                .append(&pdf)
        }),
        case(
            "annotation over the amount",
            Code::AnnotationAdded,
            new()
                .object(annotations, with_cover)
                .object(next, cover)
                .append(&pdf),
        ),
        case(
            "annotations removed",
            Code::AnnotationChanged,
            new().object(annotations, "[]").append(&pdf),
        ),
        case(
            "font replaced",
            Code::ContentChanged,
            new().changed(&pdf, font, "Helvetica", "Symbol").append(&pdf),
        ),
        case(
            "object that nothing needs",
            Code::ObjectUnused,
            new()
                .stream(next, "/Type/XObject/Subtype/Form/BBox[0 0 1 1]", draw)
                .append(&pdf),
        ),
    ];
    refused(&house, &house.anchors(), cases);
}

#[test]
fn fields_and_signatures_cannot_be_changed() {
    let house = House::new(1);
    let pdf = house.document();
    let next = free(&pdf);
    let (one, two, three) = (
        field(&pdf, "party-1"),
        field(&pdf, "party-2"),
        field(&pdf, "party-3"),
    );
    let (sig_one, sig_two) = (reference(&pdf, one, "/V"), reference(&pdf, two, "/V"));
    let look = reference(&pdf, one, "/AP<</N");
    let value = |sig: u32| format!("/V {sig} 0 R");
    let form = form(&pdf);
    let rect = |id: u32| {
        let text = object(&pdf, id);
        text[text.find("/Rect").unwrap()..]
            .split_inclusive(']')
            .next()
            .unwrap()
            .to_owned()
    };
    let with_field =
        |extra: u32| object(&pdf, form).replacen("/Fields[", &format!("/Fields[{extra} 0 R "), 1);
    let listed = object(&pdf, form);
    let list = listed.contains("/Fields[");
    assert!(list, "{listed}");
    let last = |extra: u32| listed.replacen(" 0 R]", &format!(" 0 R {extra} 0 R]"), 1);
    let widget = |name: &str| {
        format!("<</Type/Annot/Subtype/Widget/FT/Sig/T({name})/F 4/Rect[300 60 400 100]/P {PAGE} 0 R>>")
    };
    let cases = vec![
        case(
            "widget moved",
            Code::FieldMoved,
            new()
                .changed(&pdf, one, &rect(one), "/Rect[300 500 400 540]")
                .append(&pdf),
        ),
        case(
            "widget of an open place moved",
            Code::FieldMoved,
            new()
                .changed(&pdf, three, &rect(three), "/Rect[300 500 400 540]")
                .append(&pdf),
        ),
        case(
            "widget hidden",
            Code::FieldChanged,
            new().changed(&pdf, one, "/F 4", "/F 2").append(&pdf),
        ),
        case(
            "field renamed",
            Code::FieldChanged,
            new().changed(&pdf, three, "party-3", "party-9").append(&pdf),
        ),
        case("appearance of a signature replaced", Code::AppearanceChanged, {
            new()
                .changed(&pdf, one, &format!("/N {look} 0 R"), &format!("/N {next} 0 R"))
                .stream(next, "/Type/XObject/Subtype/Form/BBox[0 0 9 9]", "")
                .append(&pdf)
        }),
        case("ink of a signature overwritten", Code::AppearanceChanged, {
            new()
                .stream(look, "/Type/XObject/Subtype/Form/BBox[0 0 9 9]", "0 0 9 9 re f")
                .append(&pdf)
        }),
        case("ink drawn on an open place", Code::AppearanceChanged, {
            let empty = reference(&pdf, three, "/AP<</N");
            new()
                .changed(&pdf, three, &format!("/N {empty} 0 R"), &format!("/N {look} 0 R"))
                .append(&pdf)
        }),
        case(
            "signature removed",
            Code::SignatureReplaced,
            new().changed(&pdf, one, &value(sig_one), "").append(&pdf),
        ),
        case(
            "signature of another put in",
            Code::SignatureReplaced,
            new()
                .changed(&pdf, one, &value(sig_one), &value(sig_two))
                .append(&pdf),
        ),
        case("signatures swapped between fields", Code::SignatureReplaced, {
            new()
                .changed(&pdf, one, &value(sig_one), &value(sig_two))
                .changed(&pdf, two, &value(sig_two), &value(sig_one))
                .append(&pdf)
        }),
        case(
            "signature dictionary overwritten",
            Code::SignatureReplaced,
            new()
                .object(sig_one, object(&pdf, sig_one).replacen("/Reason", "/Reasox", 1))
                .append(&pdf),
        ),
        case("signature used twice", Code::SignatureShared, {
            new()
                .changed(&pdf, three, "/FT/Sig", &format!("/FT/Sig{}", value(sig_one)))
                .append(&pdf)
        }),
        case("signature dictionary copied", Code::ByteRange, {
            let filled = new().changed(&pdf, three, "/FT/Sig", &format!("/FT/Sig{}", value(next)));
            filled.object(next, object(&pdf, sig_one)).append(&pdf)
        }),
        case("signature without contents", Code::SignatureMissing, {
            let filled = new().changed(&pdf, three, "/FT/Sig", &format!("/FT/Sig{}", value(next)));
            filled
                .object(next, "<</Type/Sig/Filter/Adobe.PPKLite>>")
                .append(&pdf)
        }),
        case("signature without byte range", Code::ByteRange, {
            let filled = new().changed(&pdf, three, "/FT/Sig", &format!("/FT/Sig{}", value(next)));
            filled.object(next, "<</Type/Sig/Contents<00>>>").append(&pdf)
        }),
        case(
            "field added",
            Code::FieldAdded,
            new()
                .object(form, last(next))
                .object(next, widget("party-4"))
                .append(&pdf),
        ),
        case(
            "field added in front",
            Code::FormChanged,
            new()
                .object(form, with_field(next))
                .object(next, widget("party-4"))
                .append(&pdf),
        ),
        case(
            "field of the same name",
            Code::FieldNameTwice,
            new()
                .object(form, last(next))
                .object(next, widget("party-1"))
                .append(&pdf),
        ),
        case(
            "text field added",
            Code::FieldUnreadable,
            new()
                .object(form, last(next))
                .object(next, "<</FT/Tx/T(amount)/V(0)>>")
                .append(&pdf),
        ),
        case(
            "fields removed",
            Code::FormChanged,
            new().object(form, "<</Fields[]/SigFlags 3>>").append(&pdf),
        ),
        case(
            "appearances to be made by the viewer",
            Code::ActiveContent,
            new()
                .object(
                    form,
                    listed.replacen("/SigFlags", "/NeedAppearances true/SigFlags", 1),
                )
                .append(&pdf),
        ),
        case(
            "form of another kind",
            Code::ActiveContent,
            new()
                .object(form, listed.replacen("/SigFlags", "/XFA[]/SigFlags", 1))
                .append(&pdf),
        ),
    ];
    refused(&house, &house.anchors(), cases);
}

#[test]
fn what_the_document_says_of_itself_cannot_be_changed() {
    let house = House::new(1);
    let pdf = house.document();
    let next = free(&pdf);
    let kind = "/Type/Catalog";
    let into = |key: &str| {
        new()
            .changed(&pdf, CATALOG, kind, &format!("{kind}{key}"))
            .append(&pdf)
    };
    let permissions = object(&pdf, CATALOG);
    let permissions = permissions[permissions.find("/Perms").unwrap()..]
        .split_inclusive(">>")
        .next()
        .unwrap()
        .to_owned();
    let certificate = "<</Certs[]>>";
    let cases = vec![
        case(
            "info changed",
            Code::MetadataChanged,
            new().changed(&pdf, INFO, "Finding 42", "Finding 43").append(&pdf),
        ),
        case(
            "metadata changed",
            Code::MetadataChanged,
            new()
                .stream(METADATA, "/Type/Metadata/Subtype/XML", "<x/>")
                .append(&pdf),
        ),
        case("metadata elsewhere", Code::MetadataChanged, {
            let old = format!("/Metadata {METADATA} 0 R");
            new()
                .changed(&pdf, CATALOG, &old, &format!("/Metadata {next} 0 R"))
                .stream(next, "/Type/Metadata", "<x/>")
                .append(&pdf)
        }),
        case(
            "language changed",
            Code::CatalogChanged,
            new().changed(&pdf, CATALOG, "zh-CN", "en-GB").append(&pdf),
        ),
        case(
            "permissions removed",
            Code::PermissionsMissing,
            new().changed(&pdf, CATALOG, &permissions, "").append(&pdf),
        ),
        case(
            "script on opening",
            Code::ActiveContent,
            into("/OpenAction<</S/JavaScript/JS(this.print\\(\\))>>"),
        ),
        case(
            "script by name",
            Code::ActiveContent,
            into("/Names<</JavaScript<</Names[]>>>>"),
        ),
        case(
            "layers to hide by",
            Code::ActiveContent,
            into("/OCProperties<</OCGs[]/D<<>>>>"),
        ),
        case(
            "validation data at the end",
            Code::UnsignedRevision,
            into(&format!("/DSS{certificate}")),
        ),
        case(
            "a level of extension at the end",
            Code::UnsignedRevision,
            into("/Extensions<<>>"),
        ),
        case(
            "nothing changed at all",
            Code::UnsignedRevision,
            new().append(&pdf),
        ),
    ];
    refused(&house, &house.anchors(), cases);
}

/// The shadow attack "replace": something on the page speaks of an object that comes only later.
#[test]
fn what_was_prepared_before_the_seal_cannot_be_finished_after_it() {
    let house = House::new(1);
    let prepared = base(1_200);
    let dangling = free(&prepared) + 40;
    let shadow = new()
        .changed(
            &prepared,
            PAGE,
            "/Font<<",
            &format!("/XObject<</X {dangling} 0 R>>/Font<<"),
        )
        .append(&prepared);
    let pdf = house.certified(&crate::house::prepared(&shadow, 1));
    assert!(house.verify(&pdf).is_valid());
    let shown = new()
        .stream(
            dangling,
            "/Type/XObject/Subtype/Form/BBox[0 0 595 842]",
            "0 0 595 842 re f",
        )
        .append(&pdf);
    let signed = house.signed(&shown, "party-1", 5, &ink(1));
    let cases = vec![
        case("shadow shown", Code::ObjectUnused, shown),
        case("shadow shown and signed over", Code::ObjectUnused, signed),
    ];
    refused(&house, &house.anchors(), cases);
}
