//! Who signed, by what, when: foreign certificates, messages with a hand in them, times that cannot be.

use std::time::Duration;

use cms::signed_data::SignedData;
use der::asn1::{ObjectIdentifier, SetOfVec};
use der::{Any, Encode};
use pades::authority::{CrlReason, Revoked, Term};
use pades::verify::{Anchors, Code, State};
use pades::{Signer, Signing, Subject, sign};
use x509_cert::attr::Attribute;

use crate::clock::Clock;
use crate::forge::{Message, SIGNING_CERTIFICATE_V2, attribute, octets};
use crate::house::{CATALOG, House, START, UNIT, base, ink, prepared, random, signing};
use crate::tools::{Update, by, field, filled, free, hollow, last, next};
use crate::{Case, case, refused};

fn minutes(minutes: u64) -> time::OffsetDateTime {
    START + Duration::from_secs(60 * minutes)
}

/// A certified document with a place that `party-1` may fill.
fn issued(house: &House) -> Vec<u8> {
    house.certified(&prepared(&base(1_200), 2))
}

/// The place of `party-1` filled, with more in the signature's dictionary; the signature itself is missing.
fn hollowed(pdf: &[u8], more: &str) -> Vec<u8> {
    let sig = free(pdf);
    let value = format!("/FT/Sig/V {sig} 0 R");
    Update::default()
        .changed(pdf, field(pdf, "party-1"), "/FT/Sig", &value)
        .object(sig, hollow(more))
        .append(pdf)
}

fn der_of(message: &Message<'_>, signer: &dyn Signer) -> Vec<u8> {
    message.signed(signer).to_der().unwrap()
}

#[test]
fn only_certificates_of_our_authority_count() {
    let house = House::new(1);
    let pdf = issued(&house);
    let hollow = hollowed(&pdf, "");
    let signed = |signer: &dyn Signer| filled(&hollow, None, &by(signer));
    // The same names, other keys.
    let double = House::new(500);
    let other = pades::authority::Authority::create(
        &Subject {
            name: "别的平台",
            ..Subject::default()
        },
        Term::days(START, 10),
        &random(77),
    )
    .unwrap();
    let foreign = other
        .seal(&UNIT, Term::days(START, 10), None, &random(78))
        .unwrap();
    let alone = Clock::alone("当事人 party-1", &random(79));
    let wholly = |pdf: Vec<u8>, code| Case {
        state: State::NotOurs,
        ..case("a document of a house with the same name", code, pdf)
    };
    let foreign_seal = {
        let signing = Signing {
            certifies: true,
            ..signing("unit", START)
        };
        sign(&prepared(&base(1), 1), &signing, &foreign).unwrap()
    };
    let cases = vec![
        case("signer certified by himself", Code::SelfSigned, signed(&alone)),
        case(
            "signer of a house with the same name",
            Code::Impostor,
            signed(&double.event("当事人", minutes(20), 3)),
        ),
        case("signer of another house", Code::Untrusted, signed(&foreign)),
        wholly(double.document(), Code::Impostor),
        Case {
            name: "a document sealed by another house",
            ..wholly(foreign_seal, Code::Untrusted)
        },
        case(
            "timestamp's certificate signs a document",
            Code::CertificateUsage,
            signed(&house.clock),
        ),
    ];
    let anchors = Anchors {
        authorities: vec![house.authority.certificate().clone(), house.clock.root().clone()],
        ..house.anchors()
    };
    refused(&house, &anchors, cases);
}

#[test]
fn a_message_is_about_this_file_and_nothing_else() {
    let house = House::new(1);
    let pdf = issued(&house);
    let hollow = hollowed(&pdf, "");
    let signer = || house.event("当事人 party-1", minutes(20), 5);
    let forged = |make: &dyn Fn(Message<'static>) -> Message<'static>| {
        filled(&hollow, None, &|digest| {
            der_of(&make(Message::new(digest)), &signer())
        })
    };
    let attributes = |hand: fn(&mut Vec<Attribute>)| {
        forged(&move |message| Message {
            attributes: Box::new(hand),
            ..message
        })
    };
    let data = |hand: fn(&mut SignedData)| {
        forged(&move |message| Message {
            data: Box::new(hand),
            ..message
        })
    };
    assert!(house.verify(&forged(&|message| message)).is_valid());
    let cases = vec![
        case(
            "digest by SHA-1",
            Code::WeakAlgorithm,
            forged(&|message| Message {
                algorithm: "1.3.14.3.2.26",
                digest: vec![1; 20],
                ..message
            }),
        ),
        case(
            "message about other bytes",
            Code::DigestMismatch,
            forged(&|message| Message {
                digest: vec![1; 32],
                ..message
            }),
        ),
        case(
            "message with content of its own",
            Code::MessageContent,
            forged(&|message| Message {
                content: Some(b"page"),
                ..message
            }),
        ),
        case(
            "message of another kind",
            Code::MessageContent,
            forged(&|message| Message {
                content_type: ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4"),
                ..message
            }),
        ),
        case(
            "message that names no certificate",
            Code::CertificateBinding,
            attributes(|attributes| {
                attributes.retain(|attribute| attribute.oid.to_string() != SIGNING_CERTIFICATE_V2);
            }),
        ),
        case(
            "message that names another certificate",
            Code::CertificateBinding,
            attributes(|attributes| {
                attributes.retain(|attribute| attribute.oid.to_string() != SIGNING_CERTIFICATE_V2);
                let other = vec![vec![vec![octets(&[9; 32])]]];
                attributes.push(attribute(
                    SIGNING_CERTIFICATE_V2,
                    Any::encode_from(&other).unwrap(),
                ));
            }),
        ),
        case(
            "message without digest",
            Code::SignedAttributes,
            attributes(|attributes| {
                attributes.retain(|attribute| attribute.oid.to_string() != "1.2.840.113549.1.9.4");
            }),
        ),
        case(
            "two signers in one message",
            Code::SeveralSigners,
            data(|data| {
                let mut second = data.signer_infos.0.get(0).unwrap().clone();
                second.signature = octets(&[1; 70]);
                data.signer_infos.0.insert(second).unwrap();
            }),
        ),
        case(
            "no signer in the message",
            Code::SeveralSigners,
            data(|data| data.signer_infos = Vec::new().try_into().unwrap()),
        ),
        case(
            "message without certificates",
            Code::CertificateMissing,
            data(|data| data.certificates = None),
        ),
        case(
            "signature by nobody",
            Code::SignatureWrong,
            data(|data| {
                let mut info = data.signer_infos.0.get(0).unwrap().clone();
                info.signature = octets(&[0x30, 6, 2, 1, 1, 2, 1, 1]);
                data.signer_infos = vec![info].try_into().unwrap();
            }),
        ),
        case(
            "attributes that nobody signed",
            Code::UnknownAttribute,
            data(|data| {
                let mut info = data.signer_infos.0.get(0).unwrap().clone();
                let note = attribute("1.2.3.4", Any::encode_from(&octets(b"note")).unwrap());
                info.unsigned_attrs = Some(SetOfVec::try_from([note]).unwrap());
                data.signer_infos = vec![info].try_into().unwrap();
            }),
        ),
        case(
            "algorithms that are not used",
            Code::MessageMalformed,
            data(|data| {
                let mut more = data.digest_algorithms.get(0).unwrap().clone();
                more.oid = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
                data.digest_algorithms.insert(more).unwrap();
            }),
        ),
        case("certificates that are not needed", Code::UnknownAttribute, {
            let more = cms::cert::CertificateChoices::Certificate(house.clock.chain()[0].clone());
            filled(&hollow, None, &|digest| {
                let more = more.clone();
                let data = Box::new(move |data: &mut SignedData| {
                    data.certificates
                        .as_mut()
                        .unwrap()
                        .0
                        .insert(more.clone())
                        .unwrap()
                });
                der_of(
                    &Message {
                        data,
                        ..Message::new(digest)
                    },
                    &signer(),
                )
            })
        }),
        case(
            "bytes hidden behind the message",
            Code::MessagePadding,
            filled(&hollow, None, &|digest| {
                [der_of(&Message::new(digest), &signer()), b"hidden".to_vec()].concat()
            }),
        ),
        case(
            "no message at all",
            Code::MessageMalformed,
            filled(&hollow, None, &|_| b"none".to_vec()),
        ),
        case("a message of another format", Code::SignatureForm, {
            let hollow = hollowed(&pdf, "/SubFilter/adbe.pkcs7.detached");
            filled(&hollow, None, &by(&signer()))
        }),
    ];
    refused(&house, &house.anchors(), cases);
}

/// The signature holds over what it names; what it names is not everything.
#[test]
fn a_byte_range_leaves_out_the_signature_and_nothing_else() {
    let house = House::new(1);
    let pdf = issued(&house);
    let hollow = hollowed(&pdf, "");
    let signer = || house.event("当事人 party-1", minutes(20), 5);
    let start = last(&hollow, "/Contents <0") + "/Contents ".len();
    let end = next(&hollow, start, ">") + 1;
    let with = |range: [usize; 4]| filled(&hollow, Some(range), &by(&signer()));
    let rest = hollow.len() - end;
    let spaced = {
        // A blank among the digits: some readers skip it, some end there.
        let mut pdf = filled(&hollow, None, &by(&signer()));
        pdf[end - 3] = b' ';
        pdf
    };
    let cases = vec![
        case(
            "hole before the signature",
            Code::ByteRange,
            with([0, start - 40, end, rest]),
        ),
        case(
            "hole behind the signature",
            Code::ByteRange,
            with([0, start, end + 10, rest - 10]),
        ),
        case(
            "end not covered",
            Code::ByteRange,
            with([0, start, end, rest - 7]),
        ),
        case(
            "beginning not covered",
            Code::ByteRange,
            with([9, start - 9, end, rest]),
        ),
        case(
            "older revision covered only",
            Code::ByteRange,
            with([0, 100, 200, pdf.len() - 200]),
        ),
        case("contents with a blank", Code::ByteRange, spaced),
    ];
    refused(&house, &house.anchors(), cases);
}

#[test]
fn the_first_signature_is_the_seal_and_fixes_what_may_change() {
    let house = House::new(1);
    let plain = prepared(&base(1_200), 2);
    let sig = free(&plain);
    let unit = field(&plain, "unit");
    let sealed = |more: &str, permissions: &str, signer: &dyn Signer| {
        let update = Update::default()
            .changed(&plain, unit, "/FT/Sig", &format!("/FT/Sig/V {sig} 0 R"))
            .changed(
                &plain,
                CATALOG,
                "/Type/Catalog",
                &format!("/Type/Catalog{permissions}"),
            )
            .object(sig, hollow(more));
        filled(&update.append(&plain), None, &by(signer))
    };
    let level = |level: u8| {
        format!("/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</P {level}/V/1.2>>>>]")
    };
    let perms = format!("/Perms<</DocMDP {sig} 0 R>>");
    let two = level(2);
    let seal = &house.seal;
    let good = sealed(&two, &perms, seal);
    assert!(
        house.verify(&good).is_valid(),
        "{:#?}",
        house.verify(&good).lines()
    );
    let event = house.event("当事人 party-1", minutes(20), 5);
    let cases = vec![
        case(
            "seal that allows notes",
            Code::PermissionsWrong,
            sealed(&level(3), &perms, seal),
        ),
        case(
            "seal that allows nothing",
            Code::PermissionsWrong,
            sealed(&level(1), &perms, seal),
        ),
        case(
            "seal that is not registered",
            Code::PermissionsMissing,
            sealed(&two, "", seal),
        ),
        case(
            "another seal is registered",
            Code::PermissionsMissing,
            sealed(&two, &format!("/Perms<</DocMDP {unit} 0 R>>"), seal),
        ),
        case(
            "seal that fixes nothing",
            Code::NotCertified,
            sealed("", "", seal),
        ),
        case(
            "seal by a party",
            Code::CertificateUsage,
            sealed(&two, &perms, &event),
        ),
        case(
            "party before the seal",
            Code::NotCertified,
            house.signed(&plain, "party-1", 3, &ink(1)),
        ),
        case(
            "timestamp before the seal",
            Code::NotCertified,
            house.stamped(&plain, 0),
        ),
    ];
    refused(&house, &house.anchors(), cases);
    let unsigned = house.verify(&plain);
    assert_eq!(unsigned.state, State::Unsigned);
    assert!(unsigned.has(Code::NoSignature));
}

#[test]
fn a_time_must_be_possible() {
    let house = House::new(1);
    let pdf = issued(&house);
    let at =
        |time: &str, signer: &dyn Signer| filled(&hollowed(&pdf, &format!("/M({time})")), None, &by(signer));
    let event = || house.event("当事人 party-1", minutes(20), 5);
    let short = house
        .authority
        .seal(&UNIT, Term::days(START, 1), None, &random(9))
        .unwrap();
    let later = house.signed(&pdf, "party-1", 60, &ink(1));
    let cases = vec![
        case(
            "signed when the key was gone",
            Code::KeyPeriod,
            at("D:20261124093500+08'00'", &event()),
        ),
        case(
            "signed before the key was there",
            Code::CertificateNotYetValid,
            at("D:20261124080000+08'00'", &event()),
        ),
        case(
            "signed after the certificate's end",
            Code::CertificateExpired,
            at("D:20261125100000+08'00'", &short),
        ),
        case(
            "signed next year",
            Code::SignedInFuture,
            at("D:20271124092000+08'00'", &event()),
        ),
        case(
            "signed without a time",
            Code::TimeMissing,
            at("yesterday", &event()),
        ),
        case(
            "signed at no place of the earth",
            Code::TimeMissing,
            at("D:20261124092000", &event()),
        ),
        case(
            "signed in the year 9999",
            Code::TimeMissing,
            at("D:99991231235959-12'00'", &event()),
        ),
        case(
            "stamped before it was signed",
            Code::TimestampBeforeSignature,
            house.stamped(&later, 30),
        ),
    ];
    refused(&house, &house.anchors(), cases);
}

#[test]
fn timestamps_are_about_the_file_and_by_somebody_trusted() {
    let house = House::new(1);
    let pdf = issued(&house);
    let stamped = house.stamped(&pdf, 5);
    let other = house.stamped(&house.certified(&prepared(&base(9_999), 2)), 5);
    let start = |pdf: &[u8]| last(pdf, "/Contents <") + "/Contents <".len();
    let length = next(&stamped, start(&stamped), ">") - start(&stamped);
    let mut changed = stamped.clone();
    let token = other[start(&other)..start(&other) + length].to_vec();
    changed[start(&stamped)..start(&stamped) + length].copy_from_slice(&token);
    let stranger = House {
        clock: Clock::new(&random(800), &random(801)),
        ..House::new(1)
    };
    let unknown = stranger.stamped(&pdf, 5);
    let cases = vec![
        case("timestamp of another file", Code::TimestampWrong, changed),
        case(
            "timestamp by a stranger",
            Code::TimestampUntrusted,
            unknown.clone(),
        ),
    ];
    refused(&house, &house.anchors(), cases);

    // Who trusts nobody for time is told so, and the document stands.
    let anchors = Anchors::new(vec![house.authority.certificate().clone()]);
    let report = pades::verify::verify(&unknown, &anchors, minutes(60));
    assert!(report.is_valid());
    let told: Vec<Code> = report.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(told, [Code::TimestampUntrusted, Code::TimeNotProven]);
    assert_eq!(report.signatures[0].proven_at, None);
}

#[test]
fn what_is_revoked_does_not_count_unless_it_was_proven_before() {
    let house = House::new(1);
    let pdf = house.signed(&issued(&house), "party-1", 20, &ink(1));
    let stamped = house.stamped(&pdf, 25);
    let list = |of: &str, at| {
        let report = house.verify(&pdf);
        let signature = report
            .signatures
            .iter()
            .find(|signature| signature.field == of)
            .unwrap();
        let digits = &signature.certificate.as_ref().unwrap().serial;
        let serial: Vec<u8> = (0..digits.len() / 2)
            .map(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).unwrap())
            .collect();
        let revoked = Revoked {
            serial: x509_cert::serial_number::SerialNumber::new(&serial).unwrap(),
            at,
            why: CrlReason::KeyCompromise,
        };
        let list = house
            .authority
            .revocations(&[revoked], 1, minutes(40), minutes(4_000))
            .unwrap();
        house.anchors().with_revocations(&list).unwrap()
    };
    let case = |name, pdf: &[u8]| vec![case(name, Code::Revoked, pdf.to_vec())];
    refused(
        &house,
        &list("unit", minutes(30)),
        case("seal revoked without a timestamp", &pdf),
    );
    refused(
        &house,
        &list("unit", minutes(22)),
        case("seal revoked before the timestamp", &stamped),
    );
    refused(
        &house,
        &list("party-1", minutes(30)),
        case("signing taken back", &stamped),
    );

    let proven = pades::verify::verify(&stamped, &list("unit", minutes(30)), minutes(60));
    assert!(proven.is_valid(), "{:#?}", proven.lines());
    // A list of somebody else revokes nothing.
    let mut foreign = house.anchors();
    foreign.revocations = House::new(500)
        .anchors()
        .with_revocations(
            &House::new(500)
                .authority
                .revocations(&[], 1, minutes(40), minutes(50))
                .unwrap(),
        )
        .unwrap()
        .revocations;
    assert!(pades::verify::verify(&stamped, &foreign, minutes(60)).is_valid());
}
