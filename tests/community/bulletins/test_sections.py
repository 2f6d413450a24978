"""Computed bulletin sections: keys, charts, and numbers with drill-down to their rows."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from community.bulletins.snapshot import compute_sections, take_snapshot
from community.media.models import Medium
from community.people.models import Person
from community.places.models import HeadAppointment
from portal.hooks.registry import Hook, call_hooks
from residents.event_log.models import PopulationEvent
from residents.event_log.monthly_statement import (
    PARTS,
    monthly_changes,
    monthly_statement,
    residences_counted,
)
from residents.head_reports.models import ChangeReport
from residents.homes.models import Residence
from residents.verification.models import Verification
from tests.community.bulletins.drafting import MONTH, publish, write_draft

pytestmark = pytest.mark.django_db


def page(name: str, **kwargs) -> str:
    return reverse(f"community:bulletin_{name}", kwargs={"community": "kuocang", "month": MONTH, **kwargs})


@pytest.fixture
def month_of_changes(house, cast):
    """October: one moved in, one died, one moved within the community, a report taken, a door looked at."""
    day = datetime.date(2026, 10, 12)
    morning = timezone.make_aware(datetime.datetime.combine(day, datetime.time(9)))
    kinds = PopulationEvent.What

    def living(name: str, **fields) -> Residence:
        person = Person.objects.create(community=house.kuocang, name=name, name_key=name)
        living_fields = {
            "community": house.kuocang,
            "person": person,
            "household": house.household,
            "kind": "living",
        }
        return Residence.objects.create(**living_fields, **fields)

    def event(kind: str, residence, **fields):
        PopulationEvent.objects.create(
            community=house.kuocang, what=kind, kind="living", person=residence.person, residence=residence, on=day,
            **fields,
        )  # fmt: skip

    event(kinds.MOVE_IN, living("李四", start=day))
    event(kinds.DEATH, living("王五", start=datetime.date(2020, 1, 1), end=day))
    former = living("赵六", start=datetime.date(2020, 1, 1), end=day)
    later = Residence.objects.create(
        community=house.kuocang, person=former.person, household=house.household, kind="living", start=day
    )
    event(kinds.TRANSFER, later, former=former)
    living("钱七", start=datetime.date(2026, 10, 20), end=datetime.date(2026, 10, 25))
    ChangeReport.objects.create(
        community=house.kuocang, stairwell=house.first, dwelling=house.dwelling, what="move_in", on=day, name="李四",
        proposer=cast["head"], state="accepted", reviewer=cast["staff"],
        reviewed_at=morning,
    )  # fmt: skip
    Verification.objects.create(
        community=house.kuocang, dwelling=house.dwelling, stairwell=house.first, by=cast["head"],
        at=morning,
    )  # fmt: skip
    return day


@pytest.mark.parametrize("part", PARTS)
def test_drill_down_rows_match_the_number(house, month_of_changes, part):
    statement = monthly_statement(house.kuocang, MONTH)
    assert residences_counted(house.kuocang, MONTH, "living", part).count() == getattr(statement, part)


def test_chart_counts_arrivals_and_departures_not_internal_moves(house, month_of_changes):
    months = [datetime.date(2026, 9, 1), MONTH]
    assert [(c.came, c.left) for c in monthly_changes(house.kuocang, months)] == [(0, 0), (1, 1)]


def test_sections_have_keys_and_numbers_link_to_rows(house, month_of_changes, cast):
    HeadAppointment.objects.create(
        community=house.kuocang, person=house.person, area=house.group, start=month_of_changes
    )
    sections = {section["key"]: section for section in compute_sections(house.kuocang, MONTH)}
    assert list(sections)[:5] == [
        "residents.population", "residents.change", "residents.reports", "residents.doors", "community.heads",
    ]  # fmt: skip
    assert sections["residents.reports"]["rows"][1] == ("采纳", "1")
    assert sections["residents.doors"]["rows"][-1] == ("合计", "1", "1", "100%")
    assert sections["community.heads"]["rows"] == (("张三", "第一小组居民小组长", "任职", "2026-10-12"),)
    for section in sections.values():
        for number in section["numbers"]:
            if number["right"]:
                continue  # a list of its register, for whoever may open that
            key = number["url"].rstrip("/").rpartition("/")[2]
            (panel,) = call_hooks(
                Hook.BULLETIN_ROWS, access_of(cast["supervisor"]), house.kuocang.ref, MONTH, key
            )
            if "户数" not in number["label"] and number["unit"] not in ("元", "天", "小时"):
                assert len(panel.rows) == number["value"], number


def access_of(user):
    from portal.access.user_access import Access

    return Access.of(user)


def test_changed_media_are_computed_from_history(house):
    this_month = timezone.localdate().replace(day=1)
    medium = Medium.objects.get(community=house.kuocang)
    medium.content = "防范电信诈骗"
    medium.save()
    medium.content = "垃圾分类"
    medium.save()
    (section,) = [s for s in compute_sections(house.kuocang, this_month) if s["key"] == "community.media"]
    assert section["rows"] == (("楼道宣传板", "1"),)
    assert not [s for s in compute_sections(house.kuocang, MONTH) if s["key"] == "community.media"]


def test_number_links_are_not_published(house, cast, quick_pdf, client):
    version = publish(house.kuocang, cast)
    behind = page("rows", key="residents.people.living.closing")
    assert "/c/" not in str(version.snapshot)
    assert behind in client_of(client, cast["supervisor"]).get(page("detail")).content.decode()
    assert (
        behind
        not in client.get(
            reverse("community:disclosure_detail", kwargs={"code": "kuocang", "month": MONTH})
        ).content.decode()
    )
    rows = client.get(behind).content.decode()
    assert "张三" in rows
    assert "居住人数”是提交时的数字：1人" in rows
    assert client.get(page("rows", key="residents.people.living.nothing")).status_code == 404


def client_of(client, user):
    client.force_login(user)
    return client


def test_chart_is_equal_in_snapshot_and_page(house, month_of_changes, cast, client):
    draft = write_draft(house.kuocang, cast["staff"])
    (chart,) = next(p for p in take_snapshot(draft)["parts"] if p["key"] == "residents.change")["charts"]
    client_of(client, cast["staff"])
    drawn = client.get(page("chart", chart=chart["key"]))
    assert drawn.content.decode() == chart["svg"]
    assert drawn["Content-Type"].startswith("image/svg+xml")
    assert "script" not in drawn["Content-Security-Policy"]
