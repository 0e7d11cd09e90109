"""One contender's loop: draw once to warm up, then as often as the time allows, on one core."""

import json
import pathlib
import sys
import time


def measure(make):
    """`make()` draws the finding and answers the bytes; the arguments are FOLDER NAME SECONDS."""
    folder, name, seconds = pathlib.Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    document = make()
    (folder / f"{name}.pdf").write_bytes(document)
    began, done = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        document = make()
        done += 1
    took = time.monotonic() - began
    print(json.dumps({"documents": done, "seconds": took, "bytes": len(document)}))


def finding():
    """The folder's finding with everything that is drawn."""
    return json.loads((pathlib.Path(sys.argv[1]) / "finding.json").read_text("utf-8"))


FORM = (
    ("当事人", "name", "驾驶证或身份证件号码", "document_number"),
    ("联系电话", "phone", "交通方式", "traffic_mode"),
    ("机动车型号/号牌种类", "vehicle", "号牌号码", "plate"),
    ("保险公司", "insurer", "保险凭证号", "policy_number"),
)


def strokes(ink, width, height):
    """The ink's strokes as lists of points, fitted into width × height with y down."""
    points = [point for stroke in ink["strokes"] for point in stroke]
    left, top = min(p["x"] for p in points), min(p["y"] for p in points)
    wide = max(p["x"] for p in points) - left or 1
    high = max(p["y"] for p in points) - top or 1
    scale = min(width / wide, height / high)
    return [
        [((p["x"] - left) * scale, (p["y"] - top) * scale) for p in stroke]
        for stroke in ink["strokes"]
    ]
