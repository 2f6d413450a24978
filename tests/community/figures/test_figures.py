"""Figures: the command, the page and the spreadsheet count rows. The demo's numbers are in tests/community/demo/test_demo.py."""

import datetime
import io
import json

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from community.figures.visible_figures import figures_for
from community.places.models import HeadAppointment, Stairwell
from community.profile.models import ServiceHours
from portal.access.user_access import Access
from residents.homes.models import Residence

pytestmark = pytest.mark.django_db


def figures_of(code: str, *options: str) -> dict:
    out = io.StringIO()
    call_command("figures", "--community", code, "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def test_figures_command_counts_the_fixture(house):
    ServiceHours.objects.all().delete()
    report = figures_of("kuocang")
    assert report["community"] == "kuocang"
    assert report["year"] == timezone.localdate().year - 1
    assert report["figures"] == {
        "area_km2": None,
        "office_land_m2": None,
        "office_floor_m2": None,
        "office_hours_day": None,
        "areas": 1,
        "large_groups": 1,
        "resident_groups": 1,
        "buildings": 1,
        "stairwells": 2,
        "resident_group_heads": 0,
        "stairwell_heads": 1,
        "ad_boards": 0,
        "stairwell_panels": 1,
        "wall_slogans_m": 0,
        "wall_newspapers": 0,
        "display_windows": 0,
        "activity_room_m2": 180,
        "shared_venue_days": 0,
        "households": 1,
        "residents": 1,
        "households_registered": 0,
        "residents_registered": 0,
        "low_income_households": 0,
        "disabled_placed_in_work": 0,
        "market_fee_income_year": 0,
        "requests_year": 0,
        "requests_replied_rate": None,
        "requests_open": 1,
        "requests_overdue": 0,
        "proposals_closed_rate": None,
        "deputy_inspections_year": 0,
        "party_members_all": 0,
        "party_members_on_roll": 0,
        "party_dues_year": 0,
        "donated_money": 300,
        "party_general_branches": 1,
        "party_branches": 2,
        "party_backbone": 0,
        "duty_trash_bins": 0,
        "units_in_community": 1,
        "cobuilding_units": 0,
        "party_meetings_year": 0,
        "party_attendance_rate": None,
        "donated_goods_value": 600,
        "donated_goods_largest": 600,
    }


def test_figures_follow_added_and_deleted_rows(house):
    third = Stairwell.objects.create(community=house.kuocang, building=house.building, name="3单元")
    assert figures_of("kuocang")["figures"]["stairwells"] == 3
    third.delete()
    Residence.objects.update(end=timezone.localdate())
    after = figures_of("kuocang")["figures"]
    assert (after["stairwells"], after["residents"], after["households"]) == (2, 0, 0)


def test_buildings_nobody_lives_in_are_not_counted(house):
    house.building.use = "other"
    house.building.save()
    figures = figures_of("kuocang")["figures"]
    assert (figures["buildings"], figures["stairwells"], figures["stairwell_heads"]) == (0, 0, 0)


def test_head_change_on_one_day_counts_one_head(house):
    today = timezone.localdate()
    HeadAppointment.objects.update(end=today)
    HeadAppointment.objects.create(
        community=house.kuocang, person=house.person, stairwell=house.first, start=today
    )
    assert figures_of("kuocang")["figures"]["stairwell_heads"] == 1


def test_figures_command_formats_decimals_hours_and_year(house):
    house.kuocang.area_km2, house.kuocang.office_land_m2 = "0.160", "182.00"
    house.kuocang.save()
    ServiceHours.objects.all().delete()
    for opens, closes in ((8, 12), (14, 20)):
        ServiceHours.objects.create(
            community=house.kuocang, weekday=1, opens=datetime.time(opens), closes=datetime.time(closes, 30)
        )
    report = figures_of("kuocang", "--year", "2024")
    assert report["year"] == 2024
    assert report["figures"]["area_km2"] == 0.16
    assert report["figures"]["office_land_m2"] == 182
    assert report["figures"]["office_hours_day"] == 11


def test_figures_are_scoped_to_one_community(house):
    assert figures_of("beizheng")["figures"]["residents"] == 0


def test_figures_command_reports_an_unknown_community(house):
    err = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("figures", "--community", "nowhere", stderr=err)
    assert ended.value.code == 2
    assert err.getvalue() == "没有代号为“nowhere”的社区，请检查 --community。\n"


def test_figures_command_without_json_writes_labels(house):
    out = io.StringIO()
    call_command("figures", "--community", "kuocang", stdout=out)
    assert "住宅楼\t1 幢\tbuildings" in out.getvalue()
    assert "辖区面积\t未填\tarea_km2" in out.getvalue()


def test_figures_page_links_only_viewable_registers(client, cast):
    client.force_login(cast["finance"])
    page = client.get("/c/kuocang/figures/").content.decode()
    assert '<a href="/c/kuocang/buildings/?use=residential">住宅楼</a>' in page
    client.force_login(cast["supervisor"])
    page = client.get("/c/kuocang/figures/").content.decode()
    assert "住宅楼" in page
    assert "/c/kuocang/buildings/" not in page
    assert '<a href="/c/kuocang/people/?state=living">居住人口</a>' in page


def test_figures_page_permissions(client, cast):
    for name, status in (("staff", 200), ("branch", 403), ("stranger", 404), ("head", 404)):
        client.force_login(cast[name])
        assert client.get("/c/kuocang/figures/").status_code == status, name
        assert client.get("/c/kuocang/figures/export/").status_code == status, name


def test_figures_spreadsheet_matches_the_page(client, cast):
    client.force_login(cast["staff"])
    response = client.get("/c/kuocang/figures/export/")
    sheet = load_workbook(io.BytesIO(response.content)).active
    lines = {row[0]: row[1:] for row in sheet.iter_rows(values_only=True)}
    assert lines["楼道"] == (2, "个")
    assert lines["居住人口"] == (1, "人")


def test_figures_are_counted_when_they_are_read(house, cast):
    access = Access.of(cast["director"])
    with CaptureQueriesContext(connection) as queries:
        figures = {figure.key: figure for figure in figures_for(access, house.kuocang.ref, 2025)}
        assert len(queries) == 1  # the words of the community for its areas
        assert figures["stairwells"].value == 2
        assert (figures["residents"].value, figures["households"].value) == (1, 1)
        assert len(queries) == 3
