"""What leaves a register as CSV or ledger, walked from the declarations."""

import csv
import io

import pytest

from community.models import Unit
from portal.access import Access
from portal.models import AccessLog
from portal.registers import all_registers
from portal.spreadsheets.writing_csv import write_csv

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
def test_csv_holds_the_rows_and_is_logged(register, house, cast, director):
    access, community = Access.of(cast["director"]), house.kuocang.ref
    answer = director.post(register.url("export", community), {"format": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    assert ".csv" in answer["Content-Disposition"]
    head, *body = _csv_rows(answer)
    assert head == [register.label_of(c) for c in register.visible(access, community, "exported")]
    ids = set(register.rows(access, community).values_list("pk", flat=True))
    assert len(body) == len(ids)
    entry = AccessLog.objects.get(action="export", subject=register.model._meta.label)
    assert set(entry.ids) == ids


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "|", "%", "＝"])
@pytest.mark.parametrize("before", ["", " ", "\t", "\ufeff", "\u3000", "\x00\r"])
def test_csv_field_that_begins_like_a_formula_gets_a_quote(before, sign):
    stream = io.BytesIO()
    write_csv(["甲"], [[f"{before}{sign}1+1"], ["1-1"], [-3]], stream)
    _, bad, good, number = csv.reader(io.StringIO(stream.getvalue().decode("utf-8-sig")))
    assert bad[0].startswith("'")
    assert (good, number) == (["1-1"], ["-3"])


def test_csv_of_a_register_starts_no_formula(director, house):
    register = next(r for r in all_registers() if r.label == "community:unit")
    Unit.objects.create(community=house.kuocang, name=" =cmd", kind="located")
    rows = _csv_rows(director.post(register.url("export", house.kuocang.ref), {"format": "csv"}))
    assert any(row[0].startswith("'") for row in rows)
