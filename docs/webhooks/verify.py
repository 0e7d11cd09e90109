"""Whether a delivery comes from us: Standard Webhooks, with nothing but Python's standard library.

    verify.py SECRET WEBHOOK_ID WEBHOOK_TIMESTAMP WEBHOOK_SIGNATURE < body
"""

import base64
import hashlib
import hmac
import sys
import time

TOLERANCE_S = 5 * 60


def is_ours(secret: str, message_id: str, timestamp: str, signatures: str, body: bytes, now: float) -> bool:
    """`body` is the request's bytes as they came, before anything parsed them."""
    if not timestamp.isdigit() or abs(now - int(timestamp)) > TOLERANCE_S:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    # While a secret is being rotated there are two signatures, separated by a space.
    shown = (one.split(",", 1) for one in signatures.split(" "))
    return any(one[0] == "v1" and hmac.compare_digest(one[-1].encode(), expected) for one in shown)


if __name__ == "__main__":
    sys.exit(0 if is_ours(*sys.argv[1:5], sys.stdin.buffer.read(), time.time()) else 1)
