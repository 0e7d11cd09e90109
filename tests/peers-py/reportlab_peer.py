"""ReportLab with its page layout (Platypus). It takes TrueType outlines only, so the fonts are converted once."""

import io
import pathlib
import re
import sys

import segno
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont as Registered
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from measure import FORM, finding, measure, strokes


def converted(source):
    """The font with quadratic outlines, kept beside the original."""
    target = source.with_suffix(".ttf")
    if target.exists():
        return target
    font = TTFont(source)
    order, glyphs = font.getGlyphOrder(), {}
    for name, glyph in zip(order, map(font.getGlyphSet().__getitem__, order)):
        pen = TTGlyphPen(None)
        glyph.draw(Cu2QuPen(pen, 1.0, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    del font["CFF "]
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    for field in (
        "maxZones maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements "
        "maxSizeOfInstructions maxComponentElements maxPoints maxContours maxCompositePoints "
        "maxCompositeContours maxComponentDepth"
    ).split():
        setattr(maxp, field, 1 if field == "maxZones" else 0)
    font["post"].formatType = 3.0
    font.sfntVersion = "\0\1\0\0"
    font.save(target)
    return target


class Drawing(Flowable):
    """Anything drawn by `draw(canvas)` in a box."""

    def __init__(self, width, height, draw):
        super().__init__()
        self.width, self.height, self.drawn = width, height, draw

    def draw(self):
        self.drawn(self.canv)


def ink(data, width=139, height=36):
    def draw(canvas):
        canvas.setStrokeColorRGB(0.05, 0.08, 0.28)
        canvas.setLineWidth(1.2)
        canvas.setLineCap(1)
        path = canvas.beginPath()
        for stroke in strokes(data, width, height):
            path.moveTo(stroke[0][0], height - stroke[0][1])
            for x, y in stroke[1:]:
                path.lineTo(x, height - y)
        canvas.drawPath(path)

    return Drawing(width, height, draw)


def qr(url, side=19 * mm):
    rows = list(segno.make(url, error="m", micro=False).matrix)
    module = side / len(rows)

    def draw(canvas):
        for y, row in enumerate(rows):
            for x, dark in enumerate(row):
                if dark:
                    canvas.rect(x * module, side - (y + 1) * module, module, module, stroke=0, fill=1)

    return Drawing(side, side, draw)


def seal(svg, side=38 * mm):
    """The seal's outlines: M, L, C and Z of one path."""
    steps = re.findall(r"([MLCZ])([^MLCZ\"]*)", re.search(r' d="([^"]*)"', svg)[1])

    def draw(canvas):
        canvas.setFillColorRGB(0.84, 0.09, 0.11)
        path, scale = canvas.beginPath(), side / 200
        for kind, numbers in steps:
            n = [float(number) * scale for number in numbers.split()]
            n = [side - value if index % 2 else value for index, value in enumerate(n)]
            {"M": path.moveTo, "L": path.lineTo, "C": path.curveTo, "Z": path.close}[kind](*n)
        canvas.drawPath(path, stroke=0, fill=1, fillMode=1)

    return Drawing(side, side, draw)


def styles():
    def style(name, size, font="Body", **more):
        return ParagraphStyle(name, fontName=font, fontSize=size, leading=1.45 * size, wordWrap="CJK", **more)

    return {
        "body": style("body", 10.5, firstLineIndent=21),
        "value": style("value", 10.5),
        "small": style("small", 9, firstLineIndent=18),
        "note": style("note", 7),
        "label": style("label", 9, "Heading", alignment=TA_CENTER),
        "title": style("title", 18, "Heading", alignment=TA_CENTER),
        "unit": style("unit", 14, "Heading", alignment=TA_CENTER),
        "number": style("number", 11, alignment=TA_CENTER),
    }


def story(data):
    document, s = data["document"], styles()
    p = lambda text, style: Paragraph(text, s[style])
    line = ("GRID", (0, 0), (-1, -1), 0.5, "#000000")
    middle = ("VALIGN", (0, 0), (-1, -1), "MIDDLE")
    wide = 170 * mm
    yield Table(
        [[[qr(document["verification_url"]), p("扫码核验", "note")],
          [p(document["unit"][0], "unit"), p(document["unit"][1], "unit"),
           p("道路交通事故认定书（简易程序）", "title"), p(f"第 {document['number']} 号", "number")], ""]],
        colWidths=[24 * mm, wide - 48 * mm, 24 * mm])
    yield Table(
        [[p("事故时间", "label"), p(document["occurred_at"], "value"), p("天气", "label"), p(document["weather"], "value")],
         [p("事故地点", "label"), p(document["place"], "value"), "", ""]],
        colWidths=[20 * mm, wide - 72 * mm, 20 * mm, 32 * mm], style=[line, middle, ("SPAN", (1, 1), (3, 1))])
    for party in document["parties"]:
        rows = [[p(party["label"] + "方", "label") if index == 0 else "", p(left, "label"),
                 p(party[one] or "—", "value"), p(right, "label"), p(party[other] or "—", "value")]
                for index, (left, one, right, other) in enumerate(FORM)]
        half = (wide - 57 * mm) / 2
        yield Table(rows, colWidths=[9 * mm, 24 * mm, half, 24 * mm, half], style=[line, middle, ("SPAN", (0, 0), (0, 3))])
    facts = [p("交通事故事实及责任：", "value")] + [p(t, "body") for t in [document["facts"], *document["liability"]]]
    yield Table([[facts]], colWidths=[wide], style=[line])
    signed = [[p(f"{x['label']}方当事人签名：", "value"), p(x["name"], "value"), ink(x["slot"]["ink"]), p(x["slot"]["at"], "note")]
              for x in document["signatures"]]
    yield Table([signed], colWidths=[wide / 2] * 2, style=[line])
    officer = document["officer"]
    left = [p(f"交通警察：{officer['name']}", "value"), p(f"警号：{officer['badge']}", "value"), p("签名：", "value"), ink(officer["ink"])]
    yield Table([[left, [seal(data["seal"]), p(document["date"], "value")]]], colWidths=[wide / 2] * 2, style=[line])
    yield Table([[[p(text, "small") for text in document["rights"].split("\n")]]], colWidths=[wide], style=[line])
    yield Spacer(1, 4)
    yield p(f"编号 {document['number']} 第 {document['revision']} 版 内容摘要 SHA-256 {document['digest']}", "note")


def main():
    data, folder = finding(), pathlib.Path(sys.argv[1])
    pdfmetrics.registerFont(Registered("Body", converted(folder / "serif.otf")))
    pdfmetrics.registerFont(Registered("Heading", converted(folder / "sans-bold.otf")))

    def make():
        out = io.BytesIO()
        SimpleDocTemplate(out, pagesize=A4, leftMargin=20 * mm, rightMargin=20 * mm, topMargin=8 * mm,
                          bottomMargin=8 * mm, title="道路交通事故认定书（简易程序）").build(list(story(data)))
        return out.getvalue()

    measure(make)


main()
