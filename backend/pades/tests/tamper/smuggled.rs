//! Changes inside of a revision that somebody really signed, or before one: the signature holds, the document does not.

use std::time::Duration;

use pades::Signer;
use pades::verify::Code;

use crate::house::{CATALOG, CONTENT, House, PAGE, START, ink};
use crate::tools::{Update, by, field, filled, form, free, hollow, object, reference};
use crate::{Case, case, refused};

struct Bench {
    house: House,
    pdf: Vec<u8>,
    /// The place that is filled.
    place: u32,
    /// The number of its signature.
    sig: u32,
    next: u32,
}

impl Bench {
    fn new() -> Self {
        let house = House::new(1);
        let pdf = house.document();
        let (place, sig) = (field(&pdf, "party-3"), free(&pdf));
        Self {
            house,
            pdf,
            place,
            sig,
            next: sig + 1,
        }
    }

    fn signer(&self) -> impl Signer + use<> {
        self.house.event("丙", START + Duration::from_secs(20 * 60), 99)
    }

    /// The place filled, with more in its dictionary.
    fn fill(&self, more: &str) -> Update {
        let filled = format!("/FT/Sig/V {} 0 R{more}", self.sig);
        let field = object(&self.pdf, self.place);
        let field = if more.contains("/AP") {
            let (before, after) = field.split_once("/AP<<").unwrap();
            let after = after.split_once(">>").unwrap().1;
            format!("{before}{after}")
        } else {
            field
        };
        let field = field.replacen("/FT/Sig", &filled, 1);
        Update::default()
            .object(self.place, field)
            .object(self.sig, hollow(""))
    }

    fn signed(&self, update: &Update) -> Vec<u8> {
        filled(&update.append(&self.pdf), None, &by(&self.signer()))
    }

    fn case(&self, name: &'static str, code: Code, update: &Update) -> Case {
        case(name, code, self.signed(update))
    }
}

const FORM: &str = "/Type/XObject/Subtype/Form/BBox[0 0 160 40]";

#[test]
fn the_tool_itself_signs_well() {
    let bench = Bench::new();
    let plain = bench.signed(&bench.fill(""));
    assert!(
        bench.house.verify(&plain).is_valid(),
        "{:#?}",
        bench.house.verify(&plain).lines()
    );
    let look = bench
        .fill(&format!("/AP<</N {} 0 R>>", bench.next))
        .stream(bench.next, FORM, "0 0 m 9 9 l S");
    let look = bench.signed(&look);
    assert!(
        bench.house.verify(&look).is_valid(),
        "{:#?}",
        bench.house.verify(&look).lines()
    );
}

#[test]
fn a_signature_brings_nothing_but_itself() {
    let bench = Bench::new();
    let pdf = &bench.pdf;
    let next = bench.next;
    let fill = || bench.fill("");
    let look = |dict: &str, content: &str| {
        bench
            .fill(&format!("/AP<</N {next} 0 R>>"))
            .stream(next, &format!("{FORM}{dict}"), content)
    };
    let annotations = reference(pdf, PAGE, "/Annots");
    let listed = object(pdf, annotations).replace(']', &format!(" {next} 0 R]"));
    let one = field(pdf, "party-1");
    let ink_of_one = reference(pdf, one, "/AP<</N");
    let cover = "<</Type/Annot/Subtype/Square/Rect[50 690 300 720]/IC[1 1 1]/F 4>>";
    let dss = |update: Update, value: &str| {
        update.changed(
            pdf,
            CATALOG,
            "/Type/Catalog",
            &format!("/Type/Catalog/DSS {value}"),
        )
    };
    let cases = vec![
        bench.case(
            "page changed under a signature",
            Code::PageChanged,
            &fill().stream(CONTENT, "", "BT ET"),
        ),
        bench.case(
            "object beside a signature",
            Code::ObjectUnused,
            &fill().object(next, "<</A 1>>"),
        ),
        bench.case(
            "annotation beside a signature",
            Code::AnnotationAdded,
            &fill().object(annotations, listed).object(next, cover),
        ),
        bench.case(
            "another widget moved beside a signature",
            Code::FieldMoved,
            &fill().changed(pdf, one, "/Rect[", "/Rect[1.5 ").object(one, {
                let text = object(pdf, one);
                let rect = text[text.find("/Rect").unwrap()..]
                    .split_inclusive(']')
                    .next()
                    .unwrap()
                    .to_owned();
                text.replace(&rect, "/Rect[1 1 2 2]")
            }),
        ),
        bench.case(
            "own widget moved while signing",
            Code::FieldMoved,
            &fill().object(bench.place, {
                let text =
                    object(pdf, bench.place).replacen("/FT/Sig", &format!("/FT/Sig/V {} 0 R", bench.sig), 1);
                let rect = text[text.find("/Rect").unwrap()..]
                    .split_inclusive(']')
                    .next()
                    .unwrap()
                    .to_owned();
                text.replace(&rect, "/Rect[0 0 595 842]")
            }),
        ),
        bench.case(
            "script on a signed field",
            Code::HiddenContent,
            &bench.fill("/AA<</E<</S/JavaScript/JS(1)>>>>"),
        ),
        bench.case(
            "link on a signed field",
            Code::HiddenContent,
            &bench.fill("/A<</S/URI/URI(http://x)>>"),
        ),
        bench.case(
            "appearance that can be switched",
            Code::HiddenContent,
            &bench
                .fill(&format!("/AP<</N {next} 0 R/D {next} 0 R>>"))
                .stream(next, FORM, ""),
        ),
        bench.case(
            "appearance in a hidden layer",
            Code::HiddenContent,
            &look("/OC<</Type/OCG/Name(x)>>", ""),
        ),
        bench.case(
            "appearance from another file",
            Code::HiddenContent,
            &look("/Ref<</F(x.pdf)/Page 0>>", ""),
        ),
        bench.case(
            "appearance that loads a file",
            Code::HiddenContent,
            &look("/F(x.bin)", ""),
        ),
        bench.case(
            "appearance with a hole for later",
            Code::HiddenContent,
            &look(&format!("/Resources<</XObject<</X {} 0 R>>>>", next + 5), "/X Do"),
        ),
        bench.case(
            "appearance with a page inside",
            Code::HiddenContent,
            &look(&format!("/Resources<</XObject<</X {} 0 R>>>>", next + 1), "")
                .object(next + 1, "<</Type/Page>>"),
        ),
        bench.case(
            "ink of somebody else",
            Code::HiddenContent,
            &bench.fill(&format!("/AP<</N {ink_of_one} 0 R>>")),
        ),
        bench.case(
            "page as ink",
            Code::HiddenContent,
            &bench.fill(&format!("/AP<</N {CONTENT} 0 R>>")),
        ),
        bench.case(
            "second certification",
            Code::PermissionsWrong,
            &fill().object(
                bench.sig,
                hollow("/Reference[<</TransformMethod/DocMDP/TransformParams<</P 3>>>>]"),
            ),
        ),
        bench.case(
            "page in the validation data",
            Code::HiddenContent,
            &dss(fill(), &format!("<</Certs[{next} 0 R]>>")).object(next, "<</Type/Page>>"),
        ),
    ];
    refused(&bench.house, &bench.house.anchors(), cases);
}

#[test]
fn validation_data_may_come_with_a_signature() {
    let bench = Bench::new();
    let next = bench.next;
    let with = bench.fill("").changed(
        &bench.pdf,
        CATALOG,
        "/Type/Catalog",
        &format!("/Type/Catalog/DSS<</Certs[{next} 0 R]>>"),
    );
    let signed = bench.signed(&with.stream(next, "", "certificate"));
    assert!(
        bench.house.verify(&signed).is_valid(),
        "{:#?}",
        bench.house.verify(&signed).lines()
    );
}

#[test]
fn two_people_do_not_sign_in_one_revision() {
    let house = House::new(1);
    let pdf = house.certified(&crate::house::prepared(&crate::house::base(1), 2));
    let (one, two, sig) = (field(&pdf, "party-1"), field(&pdf, "party-2"), free(&pdf));
    let value = format!("/FT/Sig/V {sig} 0 R");
    let both = Update::default()
        .changed(&pdf, one, "/FT/Sig", &value)
        .changed(&pdf, two, "/FT/Sig", &value)
        .object(sig, hollow(""));
    let signer = house.event("丙", START + Duration::from_secs(20 * 60), 99);
    let both = filled(&both.append(&pdf), None, &by(&signer));
    refused(
        &house,
        &house.anchors(),
        vec![
            case("two fields at once", Code::TwoSignatures, both.clone()),
            case("one signature for two fields", Code::SignatureShared, both),
        ],
    );
}

/// Somebody who signs later does not heal what was appended before.
#[test]
fn a_later_signature_over_a_change_does_not_make_it_good() {
    let house = House::new(1);
    let pdf = house.document();
    let text = object(&pdf, CONTENT);
    let length = text
        .split("stream\n")
        .nth(1)
        .unwrap()
        .trim_end_matches("endstream")
        .trim_end()
        .to_owned();
    let changed = Update::default()
        .stream(CONTENT, "", &length.replace("1200", "0120"))
        .append(&pdf);
    let next = free(&pdf);
    let widget =
        format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(party-4)/F 4/Rect[300 60 400 100]/P {PAGE} 0 R>>");
    let form = form(&pdf);
    let more = object(&pdf, form).replacen(" 0 R]", &format!(" 0 R {next} 0 R]"), 1);
    let added = Update::default()
        .object(form, more)
        .object(next, widget)
        .append(&pdf);
    let cases = vec![
        case(
            "amount changed and signed over",
            Code::PageChanged,
            house.signed(&changed, "party-3", 20, &ink(1)),
        ),
        case(
            "amount changed and stamped over",
            Code::PageChanged,
            house.stamped(&changed, 20),
        ),
        case(
            "field added and signed",
            Code::FieldAdded,
            house.signed(&added, "party-4", 20, &ink(1)),
        ),
    ];
    for case in &cases {
        assert!(
            !house.verify(&case.pdf).has(Code::UnsignedRevision),
            "{}",
            case.name
        );
    }
    refused(&house, &house.anchors(), cases);
}
