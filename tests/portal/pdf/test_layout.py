"""Layout of official documents, measured in the PDF: GB/T 9704-2012."""

import datetime
import re
import subprocess
from dataclasses import dataclass
from io import BytesIO

import pytest
from django.conf import settings
from django.template import engines
from django.test import override_settings
from pypdf import PdfReader

from portal.pdf.rendering import pdf_from_html, render_pdf

MM = 72 / 25.4
PITCH = 28.99
TYPE = 15.75
CONTEXT = {
    "title": "括苍社区居务公开",
    "organisation": "括苍社区居民委员会",
    "dated": datetime.date(2026, 11, 5),
}
LONG_TABLE = (
    "<table><caption>支出明细</caption>"
    '<thead><tr><th scope="col">项目</th><th scope="col">金额</th></tr></thead>'
    "<tbody>" + '<tr><th scope="row">楼道灯</th><td class="number">12.50</td></tr>' * 60 + "</tbody></table>"
)


@pytest.fixture(scope="module", autouse=True)
def static_files_uncollected():
    """Use the style sheet in static/, not a collected copy."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
        yield


@dataclass(frozen=True)
class Line:
    """A printed line; distances in points from the upper left corner of the paper."""

    text: str
    left: float
    right: float
    middle: float


def official(body: str, **blocks: str) -> bytes:
    """A document with this body (HTML)."""
    filled = "".join(f"{{% block {name} %}}{html}{{% endblock %}}" for name, html in blocks.items())
    template = engines["django"].from_string(
        "{% extends 'print/official.html' %}{% block body %}{{ body|safe }}{% endblock %}" + filled
    )
    return pdf_from_html(template.render({**CONTEXT, "body": body}))


def read_pages(pdf: bytes) -> list[list[Line]]:
    """The lines of each page, in reading order, as poppler sees them."""
    command = ["pdftotext", "-bbox-layout", "-", "-"]
    xml = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    pages = []
    for page in xml.split("<page ")[1:]:
        lines = []
        for x1, y1, x2, y2, words in re.findall(
            r'<line xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</line>', page, re.DOTALL
        ):
            text = " ".join(re.findall(r">([^<]+)</word>", words))
            lines.append(Line(text, float(x1), float(x2), (float(y1) + float(y2)) / 2))
        pages.append(lines)
    return pages


def is_page_number(line: Line) -> bool:
    return line.text.startswith("—")


@pytest.fixture(scope="module")
def han() -> list[list[Line]]:
    """Pages of nothing but Han characters, without punctuation."""
    return read_pages(official("<p>" + "居民委员会公开事务" * 200 + "</p>"))


@pytest.fixture(scope="module")
def tabled() -> bytes:
    return official("<h2>财务</h2><p>支出如下。</p>" + LONG_TABLE)


def test_page_of_han_has_22_lines_of_28_characters(han):
    lines = [line for line in han[1] if not is_page_number(line)]

    assert [len(line.text) for line in lines] == [28] * 22


def test_first_page_keeps_the_grid_under_the_title(han):
    title, *lines = [line for line in han[0] if not is_page_number(line)]

    assert title.text == CONTEXT["title"]
    assert [len(line.text) for line in lines] == [26] + [28] * 18
    rows = [(line.middle - 37 * MM) / PITCH for line in lines]
    assert rows == pytest.approx([row + 0.5 for row in range(3, 22)], abs=0.02)


def test_text_block_has_the_margins_of_the_standard(han):
    lines = [line for line in han[1] if not is_page_number(line)]

    assert lines[0].middle - PITCH / 2 == pytest.approx(37 * MM, abs=0.5)
    assert lines[-1].middle + PITCH / 2 == pytest.approx((297 - 35) * MM, abs=0.5)
    assert {round(line.left, 1) for line in lines} == {round(28 * MM, 1)}
    # 28 characters of 15.75pt leave 1.2pt of the 156 mm.
    assert {round(line.right - line.left, 1) for line in lines} == {28 * TYPE}
    assert max(line.right for line in lines) <= (210 - 26) * MM


def test_paper_is_a4(han, tabled):
    box = PdfReader(BytesIO(tabled)).pages[0].mediabox

    assert (float(box.width), float(box.height)) == pytest.approx((210 * MM, 297 * MM), abs=0.1)


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages(han):
    numbers = [next(line for line in page if is_page_number(line)) for page in han]

    assert [number.text for number in numbers] == [f"— {page} —" for page in range(1, len(han) + 1)]
    assert len(numbers) >= 3
    for page, number in enumerate(numbers, start=1):
        if page % 2:
            assert number.right == pytest.approx((210 - 26) * MM - 14, abs=0.5)
        else:
            assert number.left == pytest.approx(28 * MM + 14, abs=0.5)
        assert number.middle == pytest.approx((297 - 35 + 7) * MM + 7, abs=1)


def test_levels_are_numbered_and_start_again_below_their_parent():
    body = "<h2>党务</h2><h3>会议</h3><h4>支部</h4><h5>议题</h5><h5>决定</h5><h3>学习</h3><h4>上课</h4>"
    body += "<h2>居务</h2><h3>走访</h3>"
    pages = read_pages(official(body))

    headings = [line.text for line in pages[0][1:10]]
    assert headings == [
        *("一、党务", "（一）会议", "1.支部", "（1）议题", "（2）决定", "（二）学习", "1.上课"),
        *("二、居务", "（一）走访"),
    ]


def test_levels_count_in_chinese_beyond_ten():
    text = PdfReader(BytesIO(official("<h2>事项</h2>" * 12))).pages[0].extract_text()

    assert re.findall("(.+)、事项", text) == [*"一二三四五六七八九十", "十一", "十二"]


def test_every_font_is_embedded_and_of_its_stack():
    pdf = official("<h2>黑体</h2><h3>楷体</h3><p>仿宋</p>", subtitle='<p class="subtitle">（10月）</p>')
    names = set()
    for font in PdfReader(BytesIO(pdf)).pages[0]["/Resources"]["/Font"].values():
        (descendant,) = font.get_object()["/DescendantFonts"]
        descriptor = descendant.get_object()["/FontDescriptor"]
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor), descriptor["/FontName"]
        names.add(descriptor["/FontName"])

    # Title, body, Hei, Kai. A fifth would be a fallback for a missing family.
    assert len(names) == 4
    assert not [name for name in names if "CJK-JP" in name or "DejaVu" in name]


def test_document_is_tagged_for_accessibility(tabled):
    reader = PdfReader(BytesIO(tabled))

    assert reader.root_object["/MarkInfo"]["/Marked"] == True  # noqa: E712  pypdf's own boolean
    assert reader.root_object["/Lang"] == "zh-CN"
    assert reader.metadata.title == CONTEXT["title"]
    assert "pdfuaid:part" in reader.root_object["/Metadata"].get_object().get_data().decode()
    kinds = {}
    collect_tags(reader.root_object["/StructTreeRoot"], kinds)
    assert {"/H1", "/H2", "/P", "/Table", "/Caption", "/THead", "/TR", "/TH", "/TD"} <= set(kinds)
    # Each cell names the headers of its column and of its row.
    headers = {header["/ID"]: header for header in kinds["/TH"]}
    assert len(kinds["/TD"]) == 60
    for cell in kinds["/TD"]:
        assert len({*cell["/A"]["/Headers"]} & set(headers)) == 2


def collect_tags(element, kinds: dict[str, list]) -> None:
    """Fill kinds with the elements of the structure tree by their type."""
    element = element.get_object()
    if not isinstance(element, dict):
        return
    if "/S" in element:
        kinds.setdefault(element["/S"], []).append(element)
    children = element.get("/K", [])
    for child in children if isinstance(children, list) else [children]:
        collect_tags(child, kinds)


def test_table_repeats_its_header_on_every_page(tabled):
    pages = read_pages(tabled)
    texts = [[line.text for line in page] for page in pages]
    rows = [sum("楼道灯" in text for text in page) for page in texts]

    assert sum(rows) == 60
    assert len([row for row in rows if row]) >= 2
    for page, count in zip(texts, rows, strict=True):
        assert any("项目" in text for text in page) == (count > 0)
    assert sum("支出明细" in text for page in texts for text in page) == 1


def test_table_heading_stays_with_its_first_row():
    # 15 lines of text leave room for heading, caption, header and one row; 16 do not.
    for lines, expected in ((15, 0), (16, 1)):
        body = "<p>" + "和" * (28 * lines - 2) + "</p><h2>财务</h2>" + LONG_TABLE
        pages = [" ".join(line.text for line in page) for page in read_pages(official(body))]
        for text in ("一、财务", "支出明细", "项目", "楼道灯"):
            assert next(n for n, page in enumerate(pages) if text in page) == expected, (lines, text)


def test_signature_is_centred_over_the_date_four_characters_from_the_edge():
    lines = read_pages(official("<p>特此公开。</p>"))[0]
    organisation, date = (line for line in lines if line.text in ("括苍社区居民委员会", "2026年11月5日"))

    assert organisation.middle < date.middle
    assert organisation.right == pytest.approx((210 - 26) * MM - 4 * TYPE, abs=0.5)
    assert (organisation.left + organisation.right) == pytest.approx(date.left + date.right, abs=1)


def test_signature_never_stands_on_a_page_without_text():
    for lines in (17, 18, 19):
        pages = read_pages(official("<p>" + "和" * (28 * lines - 2) + "</p>"))
        last = [line.text for line in pages[-1]]
        assert any("委员会" in text for text in last)
        assert any("和" in text for text in last), lines


def test_attachment_starts_a_page_with_its_mark():
    attachment = '<section class="attachment"><p class="attachment-mark">附件</p><h2>清单</h2></section>'
    pages = read_pages(official("<p>正文</p>", attachments=attachment))

    assert [line.text for line in pages[1]][:2] == ["附件", "清单"]
    assert pages[1][0].left == pytest.approx(28 * MM, abs=0.5)


def test_same_input_gives_the_same_bytes():
    first, second = (official("<h2>财务</h2>" + LONG_TABLE) for _ in range(2))

    assert first == second
    assert official("<h2>党务</h2>") != official("<h2>居务</h2>")


def test_creation_date_is_the_document_date(tabled):
    assert PdfReader(BytesIO(tabled)).metadata.creation_date_raw == "D:20261105"


def test_draft_without_date_has_no_creation_date():
    pdf = render_pdf("print/official.html", {**CONTEXT, "dated": None})

    assert PdfReader(BytesIO(pdf)).metadata.creation_date_raw is None


def test_text_of_the_context_is_escaped():
    pdf = render_pdf("print/official.html", {**CONTEXT, "title": "<img src='file:///etc/passwd'>"})

    assert "<img src='file:///etc/passwd'>" in PdfReader(BytesIO(pdf)).pages[0].extract_text()
