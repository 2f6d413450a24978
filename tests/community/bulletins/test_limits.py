"""The last that is still allowed, and the first that is not."""

import datetime
import io
from decimal import Decimal

import pytest
from PIL import Image

from community.bulletins.actions import files, workflow
from community.bulletins.forms.editing import RecipientForm
from community.bulletins.models.files import BulletinPhoto
from community.bulletins.rules import DUE_DAY, notice_until
from community.bulletins.views.drafts import _month_row
from community.notices.personal_data import TextFinding
from portal.access.user_access import Access
from portal.values.months import month_before
from tests.community.bulletins.drafting import MONTH, make_people, publish, write_draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage", "quick_pdf")]


@pytest.mark.parametrize(("count", "more"), [(5, False), (6, True)])
def test_five_findings_are_listed(count, more):
    findings = [TextFinding("党务公开", "手机号码", f"1380000000{n}", "") for n in range(count)]
    sentence = str(workflow.OpenFindings(findings))
    assert f"发现{count}处" in sentence
    assert sum(str(finding) in sentence for finding in findings) == 5
    assert ("等。" in sentence) is more


def test_a_version_has_twenty_photos_at_most(house, cast, monkeypatch):
    monkeypatch.setattr(files, "MOST_PHOTOS", 2)
    version = publish(house.kuocang, cast)
    photo = {"version": version, "medium": None, "posted_on": datetime.date(2026, 11, 5), "by": cast["staff"]}
    for n in range(2):
        files.add_photo(place=f"公告栏{n}", name="a.jpg", content=picture(n), **photo)
    with pytest.raises(workflow.BulletinError, match="最多 2 张"):
        files.add_photo(place="公告栏3", name="a.jpg", content=picture(3), **photo)
    assert BulletinPhoto.objects.count() == 2


def picture(shade: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 40), (shade, shade, shade)).save(stream, "JPEG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("amount", "is_valid"), [("0", True), ("0.01", True), ("-0.01", False), ("-1", False)]
)
def test_aid_is_never_negative(house, cast, amount, is_valid):
    (person, *_) = make_people(house.kuocang)
    form = RecipientForm(
        {"person": person.uuid, "aid": "临时救助", "amount": amount, "token": "0" * 32},
        access=Access.of(cast["staff"]),
        community=house.kuocang.ref,
    )
    assert form.is_valid() is is_valid
    if is_valid:
        assert form.cleaned_data["amount"] == Decimal(amount)


@pytest.mark.parametrize(("day", "overdue"), [(DUE_DAY, False), (DUE_DAY + 1, True)])
def test_a_month_is_overdue_after_its_last_day(house, day, overdue):
    row = _month_row(MONTH, None, None, house.kuocang.ref, datetime.date(2026, 11, day))
    assert row["overdue"] is overdue


def test_text_is_copied_from_the_newest_earlier_month(house, cast, client):
    write_draft(house.kuocang, cast["staff"])
    client.force_login(cast["staff"])

    def earlier(month):
        return client.get(f"/c/kuocang/bulletins/{month:%Y-%m}/edit/").context["earlier"]

    assert earlier(MONTH) is None
    before = write_draft(house.kuocang, cast["staff"], month_before(MONTH))
    assert earlier(MONTH) == before
    assert earlier(before.month) is None


def test_the_notice_ends_after_its_days(house):
    assert notice_until(house.kuocang, datetime.date(2026, 11, 5)) == datetime.date(2026, 11, 12)


def test_the_list_shows_twelve_months(house, cast, client):
    client.force_login(cast["staff"])
    assert len(client.get("/c/kuocang/bulletins/").context["lines"]) == 12
