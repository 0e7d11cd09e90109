"""The finding as HTML, for the contenders that print web pages."""

import io
import pathlib
from html import escape

import segno

from measure import FORM, strokes

STYLE = """
@font-face { font-family: Body; src: url("%(fonts)s/serif.otf"); }
@font-face { font-family: Heading; src: url("%(fonts)s/sans-bold.otf"); }
@page { size: A4; margin: 15mm 20mm; }
body { font: 10.5pt/1.5 Body; margin: 0; }
h1, h2, th, h3 { font-family: Heading; font-weight: normal; text-align: center; margin: 0; }
h1 { font-size: 18pt } h2 { font-size: 14pt } h3 { font-size: 10.5pt; text-align: left }
table { border-collapse: collapse; width: 100%%; }
td, th { border: 0.5pt solid #000; padding: 2pt 4pt; font-weight: normal; vertical-align: middle }
th { font-size: 9pt } p { margin: 0; text-indent: 2em } .plain { text-indent: 0 } .small { font-size: 9pt }
.note, .foot { color: #6b6b6b; font-size: 7pt; text-indent: 0 } .foot { text-align: center }
.qr { position: absolute; left: 0; top: 0 } .seal { position: absolute; right: 19mm; top: -10mm }
"""


def ink_svg(ink, width=139, height=36):
    lines = "".join(
        '<polyline points="%s"/>' % " ".join(f"{x:.2f},{y:.2f}" for x, y in stroke)
        for stroke in strokes(ink, width, height)
    )
    return (
        f'<svg width="{width}pt" height="{height}pt" viewBox="0 0 {width} {height}">'
        f'<g fill="none" stroke="#0d1447" stroke-width="1.2" stroke-linecap="round">{lines}</g></svg>'
    )


def qr_svg(url):
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", xmldecl=False, border=0, scale=1.4)
    return out.getvalue().decode()


def signature(signature):
    slot = signature["slot"]
    return (
        f'<td>{signature["label"]}方当事人签名：<br>{escape(signature["name"])}'
        f'{ink_svg(slot["ink"])}<p class="note">{escape(slot["at"])}</p></td>'
    )


def html(finding, folder):
    document, seal = finding["document"], finding["seal"]
    fonts = pathlib.Path(folder).resolve().as_uri()
    rows = ""
    for party in document["parties"]:
        for index, (left, one, right, other) in enumerate(FORM):
            lead = f'<th rowspan="4">{party["label"]}<br>方</th>' if index == 0 else ""
            rows += (
                f"<tr>{lead}<th>{left}</th><td>{escape(party[one] or '—')}</td>"
                f"<th>{right}</th><td>{escape(party[other] or '—')}</td></tr>"
            )
    body = "".join(f"<p>{escape(text)}</p>" for text in [document["facts"], *document["liability"]])
    rights = "".join(f'<p class="small">{escape(text)}</p>' for text in document["rights"].split("\n"))
    officer = document["officer"]
    return f"""<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>道路交通事故认定书（简易程序） {document["number"]}</title>
<style>{STYLE % {"fonts": fonts}}</style><body>
<div style="position: relative"><div class="qr">{qr_svg(document["verification_url"])}<p class="note">扫码核验</p></div>
<h2>{document["unit"][0]}</h2><h2>{document["unit"][1]}</h2><h1>道路交通事故认定书（简易程序）</h1>
<p class="plain" style="text-align: center">第 {document["number"]} 号</p></div>
<table><tr><th>事故时间</th><td>{document["occurred_at"]}</td><th>天气</th><td>{document["weather"]}</td></tr>
<tr><th>事故地点</th><td colspan="3">{escape(document["place"])}</td></tr></table>
<table>{rows}</table>
<table><tr><td colspan="2"><h3>交通事故事实及责任：</h3>{body}</td></tr>
<tr>{"".join(map(signature, document["signatures"]))}</tr>
<tr><td colspan="2"><div style="position: relative"><p class="plain">交通警察：{officer["name"]}</p>
<p class="plain">警号：{officer["badge"]}</p>签名：{ink_svg(officer["ink"])}
<div class="seal">{seal}</div><p class="plain" style="text-align: right">{document["date"]}</p></div></td></tr>
<tr><td colspan="2">{rights}</td></tr></table>
<p class="foot">编号 {document["number"]} 第 {document["revision"]} 版 内容摘要 SHA-256 {document["digest"]}</p>
</body></html>"""
