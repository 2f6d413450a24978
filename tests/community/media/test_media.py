"""Publicity media (宣传阵地): validation, to-do entries and counts."""

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from community.media.models import Medium
from community.media.reports import media_counts
from tests.imports import Pages, run_jobs
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db
LIST = "/c/kuocang/media/"


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


def register(client, **fields):
    form = client.get(f"{LIST}new/").context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    return client.post(f"{LIST}new/", values | fields)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"kind": "board"}, "请选择楼道，或写明位置"),
        ({"kind": "slogan", "place": "小区南门"}, "标语须填写长度"),
        ({"kind": "board", "place": "小区南门", "length_m": "3"}, "其他宣传阵地不填长度"),
        ({"kind": "slogan", "place": "小区南门", "length_m": "-3"}, "标语须填写长度"),
        ({"kind": "board", "place": "小区南门", "until": "2026-12-31"}, "请写明张贴内容"),
    ],
)
def test_invalid_medium_is_refused_with_a_sentence(staff, house, options, sentence):
    answer = register(staff, **options)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    fields = {"community": house.kuocang, "place": ""} | options
    with pytest.raises(IntegrityError), transaction.atomic():
        Medium.objects.create(**fields)


def test_medium_is_unique_by_kind_and_place(staff, house):
    panel = {"kind": "panel", "stairwell": house.first.pk}
    assert "这个位置已登记同类宣传阵地" in register(staff, **panel).content.decode()
    assert register(staff, **panel | {"place": "二楼"}).status_code == 302
    assert register(staff, kind="slogan", place="小区南门", length_m="12.5").status_code == 302
    assert (
        "3幢1单元二楼楼道宣传板"
        in staff.get(f"{LIST}{Medium.objects.get(place='二楼').uuid}/").content.decode()
    )


def test_media_are_imported_from_a_spreadsheet(staff, house):
    pages = Pages(staff, "kuocang", "community:medium")
    header = ["序号", "类别", "楼道", "位置", "长度（米）", "张贴内容", "张贴至"]
    batch = pages.check(
        workbook(
            [
                header,
                [1, "楼道宣传板", "3幢1单元", "", "", "垃圾分类", "2026-12-31"],
                [2, "标语", "", "小区南门", 12.5, "", ""],
                [3, "标语", "", "小区北门", "", "", ""],
                [4, "橱窗", "9幢9单元", "", "", "", ""],
            ]
        )
    )
    counts = batch.report["counts"]
    assert (counts["changed"], counts["new"], counts["error"]) == (1, 1, 2)
    errors = pages.show(batch, show="error").content.decode()
    assert "标语须填写长度" in errors
    assert "没有找到这个楼道" in errors
    staff.post(pages.url("import_apply", batch))
    run_jobs()
    assert Medium.objects.get(stairwell=house.first).until == datetime.date(2026, 12, 31)
    assert Medium.objects.get(kind="slogan").length_m == Decimal("12.5")


def test_outdated_media_are_due(staff, cast, house):
    today = timezone.localdate()
    Medium.objects.update(content="防汛", until=today - datetime.timedelta(days=1))
    Medium.objects.create(community=house.kuocang, kind="window", place="南门", content="反诈", until=today)
    page = staff.get("/c/kuocang/").content.decode()
    assert "宣传内容到期待更换 1处" in page
    page_text = staff.get(LIST, {"state": "outdated"}).content.decode()
    assert "防汛" in page_text
    assert "反诈" not in page_text
    staff.force_login(cast["party"])
    assert "宣传内容" not in staff.get("/c/kuocang/").content.decode()


def test_media_counts_by_kind_with_slogans_in_metres(house):
    for place, length in (("南门", "12.5"), ("北门", "7.5")):
        Medium.objects.create(community=house.kuocang, kind="slogan", place=place, length_m=length)
    Medium.objects.create(community=house.beizheng, kind="board", place="南门")
    counts = media_counts(house.kuocang)
    assert counts == {"board": 0, "panel": 1, "slogan": 20, "newspaper": 0, "window": 0}


def test_media_are_found_by_page_head_search(staff, house):
    Medium.objects.create(community=house.kuocang, kind="window", place="小区南门", content="反诈宣传")
    answer = staff.post("/c/kuocang/search/", {"q": "反诈"}, follow=True)
    assert "小区南门" in answer.content.decode()
