"""PDF/UA: language, title, tags, alternative texts, and header cells with scope and ID."""

import subprocess
import sys
from io import BytesIO

import pytest
from django.template.loader import render_to_string
from pypdf import PdfReader

from portal.charts.chart import Chart, Series, description_of, draw
from portal.exports.ledger import long_ledger
from portal.pdf.rendering import render_pdf
from tests.portal.pdf.test_layout import collect_tags, static_files_uncollected  # noqa: F401 - a fixture

CHART = Chart("c", "近两月增减", "人", ("2026年9月", "2026年10月"), (Series("迁入", (3, 12)),), "月份")
TABLE = {"caption": "明细", "header": ["项目", "金额"], "rows": [["楼道灯", "12.50"]] * 60}


def snapshot() -> dict:
    """A bulletin with a table over several pages, a chart and the QR code."""
    chart = {"alt": description_of(CHART), "svg": draw(CHART), "tables": [TABLE]}
    part = {"title": "财务", "paragraphs": ["支出如下。"], "tables": [TABLE], "charts": [chart]}
    return {
        "title": "括苍社区2026年10月居务公开",
        "lead": "现公开如下。",
        "organisation": "括苍社区居民委员会",
        "address": "https://liren.example/p/kuocang/bulletins/2026-10/",
        "parts": [part],
        "dated": None,
    }


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return render_pdf("community/bulletins/print.html", snapshot())


@pytest.fixture(scope="module")
def kinds(pdf) -> dict[str, list]:
    """Elements of the structure tree by their type."""
    elements: dict[str, list] = {}
    collect_tags(PdfReader(BytesIO(pdf)).root_object["/StructTreeRoot"], elements)
    return elements


def test_every_figure_has_alternative_text(kinds):
    assert [figure["/Alt"] for figure in kinds["/Figure"]] == [
        "柱形图：近两月增减（人），2026年9月至2026年10月。迁入最少3、最多12。数字见表。",
        "二维码：https://liren.example/p/kuocang/bulletins/2026-10/",
    ]


def test_the_title_is_displayed_and_the_language_said(pdf):
    root = PdfReader(BytesIO(pdf)).root_object
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712  pypdf's own boolean
    assert root["/Lang"] == "zh-CN"


def test_header_cells_have_scope_and_unique_ids(pdf, kinds):
    cells = kinds["/TH"]
    scopes = [cell["/A"]["/Scope"] for cell in cells]
    assert scopes.count("/Row") == 120
    assert scopes.count("/Column") == len(cells) - 120 > 4, "the header stands on every page"
    names = [cell["/ID"] for cell in cells]
    assert len(set(names)) == len(names)
    listed = PdfReader(BytesIO(pdf)).root_object["/StructTreeRoot"]["/IDTree"]["/Names"]
    assert listed[::2] == sorted(names)
    assert all(set(cell["/A"]["/Headers"]) <= set(names) for cell in kinds["/TD"])


def test_a_ledger_of_one_part_is_tagged_and_of_two_is_not():
    context = {
        "title": "居民", "place": "括苍社区", "dated": None, "printed_by": "某某", "condition": "",
        "columns": [("姓名", False)], "widths": [95], "count": 2,
    }  # fmt: skip
    part = lambda: [[("张三", False)]]  # noqa: E731
    one, two = (
        PdfReader(BytesIO(long_ledger(context, parts, lambda done: None))).root_object
        for parts in ([part], [part, part])
    )
    assert "/StructTreeRoot" in one
    assert "/StructTreeRoot" not in two


RENDER = """
import os, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
import django; django.setup()
time.time = lambda: 2_000_000_000.0
from portal.pdf.rendering import pdf_from_html
sys.stdout.buffer.write(pdf_from_html(sys.stdin.buffer.read().decode()))
"""


def test_output_is_reproducible_across_processes(pdf):
    html = render_to_string("community/bulletins/print.html", snapshot())
    process = subprocess.run(
        [sys.executable, "-c", RENDER], input=html.encode(), capture_output=True, check=True
    )
    assert process.stdout == pdf


def test_chart_has_no_script_date_or_foreign_elements():
    svg = draw(CHART)
    assert svg == draw(CHART)
    assert not [word for word in ("<script", "<!--", "pygal.org", "2026-11") if word in svg]
    assert 'xml:lang="zh-CN"' in svg
    assert "Noto Sans CJK SC" in svg
