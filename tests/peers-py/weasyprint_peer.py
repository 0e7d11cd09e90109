"""WeasyPrint: HTML and CSS to PDF."""

import sys

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

from measure import finding, measure
from page import html

data, fonts = finding(), FontConfiguration()
measure(lambda: HTML(string=html(data, sys.argv[1])).write_pdf(font_config=fonts))
