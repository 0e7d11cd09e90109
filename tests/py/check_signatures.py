"""What pyHanko says about every signature of PDF files, as JSON.

usage: check_signatures.py ROOTS.pem FILE...
"""

import json
import logging
import sys

from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

# What it thinks goes into the answer, not beside it.
logging.disable(logging.CRITICAL)


def said(signature, roots):
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    stamp = str(signature.sig_object.get("/Type")) == "/DocTimeStamp"
    if stamp:
        status = validate_pdf_timestamp(signature, context)
    else:
        status = validate_pdf_signature(signature, context)
    return {
        "field": signature.field_name,
        "timestamp": stamp,
        "by": status.signing_cert.subject.native["common_name"],
        "intact": status.intact,
        "valid": status.valid,
        "trusted": status.trusted,
        "coverage": status.coverage.name,
        "modification": status.modification_level.name if status.modification_level else None,
        "certification_kept": bool(status.docmdp_ok),
        # Everything at once; for timestamps pyHanko has no such word.
        "fine": status.intact and status.valid and status.trusted if stamp else status.bottom_line,
    }


def main():
    roots = list(load_certs_from_pemder([sys.argv[1]]))
    answers = []
    for path in sys.argv[2:]:
        with open(path, "rb") as file:
            reader = PdfFileReader(file)
            answers.append([said(signature, roots) for signature in reader.embedded_signatures])
    json.dump(answers, sys.stdout)


main()
