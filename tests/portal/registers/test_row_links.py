"""Cells, facts and panels link to the rows that they name, where the reader may open them."""

import re
import uuid

import pytest
from django.test import Client

from community.places.models import Area
from community.places.registers import HeadAppointmentRegister, StairwellRegister
from portal.access.user_access import Access
from portal.registers.panels import Link
from portal.registers.row_links import RowLinks, RowRef, cell_urls
from residents.homes.models import Dwelling
from residents.people.registers import PersonRegister

pytestmark = pytest.mark.django_db


def links_of(user, house) -> RowLinks:
    return RowLinks(Access.of(user), house.kuocang.ref)


def url(noun: str, row) -> str:
    return f"/c/kuocang/{noun}/{row.uuid}/"


def page_of(who, address: str) -> str:
    client = Client()
    client.force_login(who)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_row_is_named_and_linked_by_its_model(house, cast):
    links = links_of(cast["party"], house)
    assert links.link(house.dwelling) == Link("3幢1单元101室", url("dwellings", house.dwelling))
    assert links.link(house.dwelling, "住处").label == "住处"
    unread = RowRef(Dwelling, uuid.uuid4())
    assert links.url(unread) == url("dwellings", unread)


def test_without_the_right_the_label_stays_a_label(house, cast):
    links = links_of(cast["supervisor"], house)
    assert links.link(house.dwelling, "3幢") == "3幢"
    assert links.link(None, "暂缺") == "暂缺"
    assert links.url(house.person) == url("people", house.person)


def test_no_link_to_another_community_or_to_what_has_no_page(house, cast):
    links = links_of(cast["director"], house)
    elsewhere = Area.objects.create(community=house.xizhigou, kind="area", name="东片")
    assert links.link(elsewhere) == "东片"
    assert links.url(house.residence) == ""


@pytest.mark.parametrize(
    ("address", "targets"),
    [
        ("people/", ["dwelling"]),
        ("elders/", ["dwelling"]),
        ("households/", ["person"]),
        ("areas/", ["area"]),
        ("stairwells/", ["group", "person"]),
        ("heads/", ["first"]),
    ],
)
def test_cells_of_lists_lead_to_the_rows_they_name(house, cast, address, targets):
    nouns = {
        "dwelling": "dwellings",
        "person": "people",
        "area": "areas",
        "group": "areas",
        "first": "stairwells",
    }
    page = page_of(cast["director"], f"/c/kuocang/{address}")
    for name in targets:
        assert re.search(f'<td[^>]*><a href="{url(nouns[name], getattr(house, name))}">', page)


def test_the_first_cell_leads_to_the_row_itself(house, cast):
    page = page_of(cast["staff"], "/c/kuocang/heads/")
    appointment = house.first.head_appointments.get()
    assert f'<a href="{url("heads", appointment)}">张三</a>' in page


def test_lists_of_who_may_not_open_dwellings_name_them_without_link(house, cast):
    page = page_of(cast["supervisor"], "/c/kuocang/people/")
    assert re.search("<td[^>]*>3幢1单元101室</td>", page)


def test_facts_lead_to_the_rows_they_name(house, cast):
    house.dwelling.owner = house.person
    house.dwelling.save()
    page = page_of(cast["party"], url("dwellings", house.dwelling))
    for noun, row in (("people", house.person), ("buildings", house.building), ("stairwells", house.first)):
        assert f'<dd><a href="{url(noun, row)}">' in page
    page = page_of(cast["staff"], url("households", house.household))
    for noun, row in (("people", house.person), ("dwellings", house.dwelling)):
        assert f'<dd><a href="{url(noun, row)}">' in page


def test_links_of_a_page_take_no_query_a_row(house, cast, django_assert_num_queries):
    register, links = PersonRegister(), links_of(cast["staff"], house)
    people = [house.person] * 30
    register.prefetch_values(people)
    columns = [column for column in register.columns if column.listed]
    with django_assert_num_queries(0):
        (urls,) = cell_urls(register, people, columns, links).values()
    assert urls == [url("dwellings", house.dwelling)] * 30


def test_columns_without_any_link_are_left_out(house, cast):
    """The supervisor may open people, and neither areas nor stairwells."""
    register, links = StairwellRegister(), links_of(cast["supervisor"], house)
    rows = list(register.prepare(register.model.objects.filter(pk=house.first.pk)))
    assert cell_urls(register, rows, register.columns, links) == {2: [url("people", house.person)]}


def test_a_function_names_the_rows_of_several_columns(house, cast):
    register, links = HeadAppointmentRegister(), links_of(cast["party"], house)
    rows = list(register.prepare(register.model.objects.filter(person=house.person)))
    assert cell_urls(register, rows, register.columns, links) == {
        0: [url("people", house.person)],
        1: [url("stairwells", house.first)],
    }
