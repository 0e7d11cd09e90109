"""Signs a PDF as pyHanko does it: fields first, a certifying signature, then one field after the other.

    pades_pyhanko.py BASE FOLDER

writes ca.pem, tsa.pem and, in FOLDER, documents of several kinds; prints the Unix time they were signed at.
"""

import asyncio
import datetime
import io
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from asn1crypto import keys, x509 as asn1_x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko.stamp import TextStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
PLACES = ["unit", "officer", "party-1", "party-2", "party-3"]


def certificate(name, key, issuer, issuer_key, *, ca=False, stamps=False):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = dict.fromkeys(
        ["key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"], False
    )
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - datetime.timedelta(hours=1))
        .not_valid_after(NOW + datetime.timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not ca, content_commitment=not ca, key_cert_sign=ca, crl_sign=ca, **usage
            ),
            critical=True,
        )
    )
    if stamps:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        built = built.add_extension(purpose, critical=True)
    return built.sign(issuer_key or key, hashes.SHA256())


def loaded(cert):
    return asn1_x509.Certificate.load(cert.public_bytes(serialization.Encoding.DER))


def loaded_key(key):
    return keys.PrivateKeyInfo.load(
        key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


class House:
    def __init__(self, name):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = certificate(name, self.key, None, None, ca=True)
        self.stamp_key = rsa.generate_private_key(65537, 2048)
        self.stamp_root = certificate(name + " time", self.stamp_key, None, None, ca=True)

    def signer(self, name):
        key = ec.generate_private_key(ec.SECP256R1())
        own = certificate(name, key, self.certificate, self.key)
        return signers.SimpleSigner(
            signing_cert=loaded(own),
            signing_key=loaded_key(key),
            cert_registry=SimpleCertificateStore.from_certs([loaded(self.certificate)]),
        )

    def stamper(self):
        key = rsa.generate_private_key(65537, 2048)
        own = certificate("clock", key, self.stamp_root, self.stamp_key, stamps=True)
        return timestamps.DummyTimeStamper(
            tsa_cert=loaded(own),
            tsa_key=loaded_key(key),
            certs_to_embed=SimpleCertificateStore.from_certs([loaded(self.stamp_root)]),
        )


def with_fields(base):
    writer = IncrementalPdfFileWriter(io.BytesIO(base))
    for row, name in enumerate(PLACES):
        box = (60, 60 + 50 * row, 220, 100 + 50 * row)
        fields.append_signature_field(writer, fields.SigFieldSpec(name, on_page=0, box=box))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def sign(pdf, signer, name, *, stamper=None, **more):
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    metadata = signers.PdfSignatureMetadata(
        field_name=name,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        reason="已阅，无异议",
        location="诸暨",
        **more,
    )
    worker = signers.PdfSigner(
        metadata, signer, timestamper=stamper, stamp_style=TextStampStyle(stamp_text="%(signer)s")
    )
    return worker.sign_pdf(writer, existing_fields_only=True).getvalue()


def certify(pdf, signer, **more):
    level = fields.MDPPerm.FILL_FORMS
    return sign(pdf, signer, "unit", certify=True, docmdp_permissions=level, **more)


def stamped(pdf, stamper):
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    worker = signers.PdfTimeStamper(stamper)
    return asyncio.run(worker.async_timestamp_pdf(writer, "sha256", None)).getvalue()


def main():
    base, folder = pathlib.Path(sys.argv[1]).read_bytes(), pathlib.Path(sys.argv[2])
    house, stranger = House("事故处理平台"), House("事故处理平台")
    for name, cert in [("ca", house.certificate), ("tsa", house.stamp_root)]:
        (folder / f"{name}.pem").write_bytes(cert.public_bytes(serialization.Encoding.PEM))

    def keep(name, pdf):
        (folder / f"{name}.pdf").write_bytes(pdf)
        return pdf

    prepared = with_fields(base)
    keep("touched", sign(certify(prepared, house.signer("大队")), house.signer("李四"), "party-1"))

    # pyHanko writes the day of every change into /Info; under a certification that is a change of its own.
    IncrementalPdfFileWriter._update_meta = lambda self: None
    sealed = keep("sealed", certify(prepared, house.signer("大队")))
    for count in (1, 2, 3):
        pdf = sign(sealed, house.signer("警官"), "officer")
        for party in range(count):
            pdf = sign(pdf, house.signer(f"当事人{party + 1}"), f"party-{party + 1}")
        keep(f"signed-{count}", pdf)
    keep("stamped", stamped(pdf, house.stamper()))
    clock = house.stamper()
    pdf = sign(certify(prepared, house.signer("大队"), stamper=clock), house.signer("王五"), "party-2", stamper=clock)
    keep("stamped-each", stamped(pdf, clock))
    keep("uncertified", sign(prepared, house.signer("李四"), "party-1"))
    keep("stranger", sign(certify(prepared, stranger.signer("大队")), stranger.signer("李四"), "party-1"))
    keep("stranger-within", sign(sealed, stranger.signer("李四"), "party-1"))
    print(int(NOW.timestamp()) + 60)


main()
