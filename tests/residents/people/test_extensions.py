"""The page of a person: panels and links of the register and of its extensions, in a fixed order."""

import pytest

from community.people.models import Person
from portal.access.db_scope import APP, scope
from portal.access.user_access import Access
from portal.registers.extensions import extensions_of, filters_of, importer_of, links_of, panels_of, parts_of
from portal.registers.registry import row_url
from residents.people.registers import PersonRegister

pytestmark = pytest.mark.django_db


def test_links_and_panels_are_in_order(house, cast):
    register, access = PersonRegister(), Access.of(cast["director"])
    with scope(APP, user_id=cast["director"].pk, **access.scope_arguments(APP)):
        register.prefetch_values([house.person])
        links = [link.label for link in links_of(register, house.person, access, house.kuocang.ref)]
        panels = [panel.title for panel in panels_of(register, house.person, access, house.kuocang.ref)]
    acts = [
        label
        for label in links
        if label in ("迁入", "户间转移", "迁出", "子女出生", "结婚", "去世", "更正差错（记原因）")
    ]
    assert links[: len(acts)] == acts
    rest = [label for label in links[len(acts) :] if label != "查看完整证件号码"]
    assert rest == ["合并重复", "登记更正申请", "个人信息查询", "转为诉求", "登记走访"]
    own = panels.index("居住与户籍")
    assert panels[own - 1 : own + 3] == ["同户人员", "居住与户籍", "任职", "历次记录"]
    assert set(panels[: own - 1]) <= {"数据体检"}


def test_extensions_add_parts_filters_and_the_importer():
    register = PersonRegister()
    assert [part.__name__ for part in parts_of(register)] == [
        "Residence",
        "PopulationEvent",
        "CareDismissal",
        "IdNumberIssue",
        "PersonMerge",
    ]
    assert [each[0] for each in filters_of(register)[-2:]] == ["care", "no_care"]
    assert importer_of(register).__name__ == "PeopleImporter"
    orders = [extension.order for extension in extensions_of(Person)]
    assert orders == sorted(orders)


def test_url_of_a_row_by_its_model(house):
    assert row_url(house.person, house.kuocang.ref) == f"/c/kuocang/people/{house.person.uuid}/"
