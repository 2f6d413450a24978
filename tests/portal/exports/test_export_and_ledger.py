"""CSV exports and ledgers of every register."""

import csv
import datetime
import io
import re

import pytest
from django.template.loader import render_to_string
from pypdf import PdfReader

from community.units.models import Unit
from portal.access.user_access import Access
from portal.audit.models import AccessLog
from portal.pdf.rendering import PdfTimeoutError, render_pdf
from portal.registers.registry import all_registers
from portal.spreadsheets.writing_csv import write_csv
from tests.imports import run_jobs

pytestmark = pytest.mark.django_db
EXPORTED = [pytest.param(r, id=r.label) for r in all_registers() if r.export_right]


@pytest.fixture
def director(client, cast):
    client.force_login(cast["director"])
    return client


def _csv_rows(answer) -> list[list[str]]:
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("register", EXPORTED)
def test_csv_contains_the_rows_and_is_logged(register, house, cast, director):
    access, community = Access.of(cast["director"]), house.kuocang.ref
    answer = director.post(register.url("export", community), {"format": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    assert ".csv" in answer["Content-Disposition"]
    head, *body = _csv_rows(answer)
    assert head == [register.label_of(c) for c in register.visible(access, community, "exported")]
    ids = set(register.rows(access, community).values_list("pk", flat=True))
    if any(column.exported and column.total is not None for column in register.columns):
        assert body.pop()[0] == "合计"
    assert len(body) == len(ids)
    entry = AccessLog.objects.get(action="export", subject=register.model._meta.label)
    assert set(entry.ids) == ids


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "|", "%", "＝"])
@pytest.mark.parametrize("before", ["", " ", "\t", "\ufeff", "\u3000", "\x00\r"])
def test_csv_formula_field_is_quoted(before, sign):
    stream = io.BytesIO()
    write_csv(["甲"], [[f"{before}{sign}1+1"], ["1-1"], [-3]], stream)
    _, bad, good, number = csv.reader(io.StringIO(stream.getvalue().decode("utf-8-sig")))
    assert bad[0].startswith("'")
    assert (good, number) == (["1-1"], ["-3"])


def test_csv_of_a_register_has_no_formula(director, house):
    register = next(r for r in all_registers() if r.label == "community:unit")
    Unit.objects.create(community=house.kuocang, name=" =cmd", kinds=["located"])
    rows = _csv_rows(director.post(register.url("export", house.kuocang.ref), {"format": "csv"}))
    assert any(row[0].startswith("'") for row in rows)


# The ledger


@pytest.fixture
def laid_out(monkeypatch):
    """Template contexts of ledgers, with the slow PDF layout replaced."""
    contexts = []

    def lay_out(template, context):
        render_to_string(template, context)
        contexts.append(context)
        return b"%PDF-"

    monkeypatch.setattr("portal.exports.ledger.render_pdf", lay_out)
    return contexts


@pytest.mark.parametrize("register", EXPORTED)
def test_ledger_contains_the_rows_and_is_logged_as_print(register, house, cast, director, laid_out):
    access, community = Access.of(cast["director"]), house.kuocang.ref
    answer = director.post(register.url("ledger", community))
    assert answer["Content-Type"] == "application/pdf"
    ids = set(register.rows(access, community).values_list("pk", flat=True))
    assert len(laid_out[0]["rows"]) == len(ids)
    entry = AccessLog.objects.get(action="print", subject=register.model._meta.label)
    assert set(entry.ids) == ids


def test_ledger_shows_its_filters(house, director, laid_out):
    people = next(r for r in all_registers() if r.label == "residents:person")
    url = people.url("ledger", house.kuocang.ref)
    director.post(f"{url}?q=张&state=living")
    director.post(url)
    assert [context["condition"] for context in laid_out] == ["搜索：张；在册情况：现住本社区", ""]


def test_ledger_shows_a_row_filter_by_name(house, director, laid_out):
    stairwells = next(r for r in all_registers() if r.label == "community:stairwell")
    name = next(f for f in stairwells.filters if f in ("building", "area"))
    chosen = house.building if name == "building" else house.group
    director.post(f"{stairwells.url('ledger', house.kuocang.ref)}?{name}={chosen.pk}")
    assert str(chosen) in laid_out[0]["condition"]


def test_ledger_over_the_limit_is_refused(house, director, laid_out, monkeypatch):
    monkeypatch.setattr("portal.exports.views.ledger.LedgerView.limit", 0)
    people = next(r for r in all_registers() if r.label == "residents:person")
    answer = director.post(people.url("ledger", house.kuocang.ref), follow=True)
    assert "一次最多打印 0 行，请先筛选" in answer.content.decode()
    assert laid_out == []


def test_long_ledger_runs_as_a_job(house, cast, director, client, monkeypatch):
    """Laid out in parts: row and page numbers are continuous, and the header is on every page."""
    monkeypatch.setattr("portal.exports.views.ledger.SYNC_LIMIT", 2)
    monkeypatch.setattr("portal.exports.tasks.rows_of_part", lambda columns: 70)
    names = [f"{number}号单位" for number in range(100, 200)]
    Unit.objects.bulk_create(Unit(community=house.kuocang, name=name, kinds=["located"]) for name in names)
    units = next(r for r in all_registers() if r.label == "community:unit")
    answer = director.post(f"{units.url('ledger', house.kuocang.ref)}?kind=located")
    assert "排队中" in director.get(answer.url).content.decode()
    assert len(AccessLog.objects.get(action="print").ids) == 101
    assert run_jobs() == 1
    page = director.get(answer.url)
    assert page.status_code == 302
    assert "只有您本人可以下载" in director.get(page.url).content.decode()
    pdf = director.post(page.url)
    assert pdf["Content-Type"] == "application/pdf"
    texts = [p.extract_text() for p in PdfReader(io.BytesIO(pdf.content)).pages]
    assert len(texts) > 3, "more pages than parts"
    for number, text in enumerate(texts, start=1):
        assert "统一社会信用代码" in text
        assert f"第{number}页，共{len(texts)}页" in text.replace(" ", "")
    assert "类别：驻区单位。共101条" in texts[0]
    assert [name for text in texts for name in re.findall(r"\d{3}号单位", text)] == names
    client.force_login(cast["staff"])
    assert client.get(page.url).status_code == 404, "it is the file of who asked for it"


def test_pdf_error_of_a_ledger_is_shown(house, director, monkeypatch):
    def fail(*args, **options):
        raise PdfTimeoutError(120)

    monkeypatch.setattr("portal.exports.views.ledger.SYNC_LIMIT", 0)
    monkeypatch.setattr("portal.exports.ledger.render_pdf", fail)
    units = next(r for r in all_registers() if r.label == "community:unit")
    answer = director.post(units.url("ledger", house.kuocang.ref))
    run_jobs()
    assert "生成 PDF 超过 120 秒" in director.get(answer.url).content.decode()


def test_ledger_has_page_numbers_and_repeated_header():
    context = {
        "title": "居民",
        "place": "括苍社区",
        "dated": datetime.date(2026, 1, 5),
        "printed_by": "某某",
        "condition": "性别：女",
        "columns": [("姓名", False), ("年龄", True)],
        "widths": [60, 30],
        "rows": [[("张三", False), (30, True)]] * 80,
        "count": 80,
        "first": 1,
        "part": "",
    }
    pages = PdfReader(io.BytesIO(render_pdf("portal/exports/print_ledger.html", context))).pages
    texts = [page.extract_text() for page in pages]
    assert len(pages) > 1
    for number, (page, text) in enumerate(zip(pages, texts, strict=True), start=1):
        assert page.mediabox.width > page.mediabox.height
        assert "姓名" in text
        assert f"第{number}页，共{len(pages)}页" in text.replace(" ", "")
    assert "括苍社区居民台账" in texts[0]
    assert "性别：女" in texts[0]
