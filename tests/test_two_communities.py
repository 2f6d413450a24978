"""One account with different roles in two communities: every page checks the right in its own community.

`both` is civil affairs in kuocang and supervisor in xizhigou; director and staff hold their role in both. All is
walked from the declarations and the URLs, with the rows of `tests.house.build_second`: what a later noun adds is walked
too.
"""

import datetime
import pickle
import re

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from community.people.models import Person
from portal.access.db_scope import APP, scope
from portal.access.permissions import Permission
from portal.access.querysets import right_of_rows
from portal.access.roles import ROLES
from portal.access.user_access import Access
from portal.bulk_change.models import BulkChange, BulkRow
from portal.registers.filters import ListRequest, filterset_of
from portal.registers.registers import Register
from portal.registers.registry import all_registers
from portal.saved_lists.models import SavedList
from portal.todo.todo import community_todo, todo_of
from residents.head_reports.models import ChangeReport
from tests.house import MARK, copy_to_second_community
from tests.test_matrix import TABLE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_contexts")]
REGISTERS = [pytest.param(register, id=register.label) for register in all_registers()]
HELD = {"kuocang": ROLES["civil"].permissions, "xizhigou": ROLES["supervisor"].permissions}
"""What `both` may do where."""


@pytest.fixture(scope="module")
def rows_in_both(django_db_setup, django_db_blocker):
    """Rows of every register in both communities, for the whole module; each test's transaction is a savepoint inside."""
    with django_db_blocker.unblock(), transaction.atomic():
        house, cast = pickle.loads(django_db_setup)
        ChangeReport.objects.create(
            community=house.kuocang, stairwell=house.first, dwelling=house.dwelling, person=house.person,
            what="move_out", on=datetime.date(2026, 1, 1), before={"name": "张三", "lives_here": True},
            proposer=cast["head"],
        )  # fmt: skip
        copy_to_second_community(house)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def places(rows_in_both, house) -> dict:
    """The two communities by code, with rows of every register in both."""
    return {"kuocang": house.kuocang, "xizhigou": house.xizhigou}


@pytest.fixture
def signed_in(cast):
    def sign_in(name: str) -> Client:
        client = Client()
        client.force_login(cast[name])
        return client

    return sign_in


def rows_of(register: Register, community) -> list:
    return list(register.model._default_manager.filter(community=community))


def other(code: str) -> str:
    return {"kuocang": "xizhigou", "xizhigou": "kuocang"}[code]


def test_both_holds_a_weaker_role_in_the_second_community():
    assert not HELD["kuocang"] <= HELD["xizhigou"]
    assert not HELD["xizhigou"] <= HELD["kuocang"]


# Which pages open


def pages(register: Register, community, row) -> dict[str, tuple[str, set]]:
    """Address of each page of the register, with the rights that it asks."""
    view, edit = {register.view}, {register.edit}
    rights = {
        "list": view, "columns": view, "pick": view, "detail": view, "history": view | {Permission.HISTORY_VIEW},
        "create": edit, "similar": edit, "edit": edit, "delete": edit, "bulk": edit, "import": {register.import_right},
        "export": {register.export_right}, "ledger": {register.export_right},
    }  # fmt: skip
    if register.attachments:
        rights["attach"] = {register.view, register.attachments_view, register.attachments_edit}
    with_row = ("detail", "history", "edit", "delete", "attach")
    return {
        action: (register.url(action, community.ref, row if action in with_row else None), rights[action])
        for action in register.actions
    }


@pytest.mark.parametrize("register", REGISTERS)
def test_register_pages_check_the_role_in_their_community(register, places, signed_in, monkeypatch):
    monkeypatch.setattr("portal.exports.views.ledger.ledger", lambda context, cells: b"%PDF-")
    client, wrong = signed_in("both"), {}
    for code, community in places.items():
        (row, *_) = rows_of(register, community)
        for action, (url, rights) in pages(register, community, row).items():
            ask = client.post if action in ("export", "ledger", "similar") else client.get
            status = ask(url).status_code
            if (status == 200) != (rights <= HELD[code]) or status not in (200, 403):
                wrong[code, action] = status
    assert wrong == {}


def test_other_pages_check_the_role_in_their_community(places, signed_in, addresses):
    """Of the matrix: what a supervisor may not open stays closed, whatever the same account may in kuocang."""
    client, wrong, opened = signed_in("both"), {}, 0
    for name, route, url in addresses:
        if not route.startswith("c/"):
            continue
        status = client.get(url.replace("/c/kuocang/", "/c/xizhigou/")).status_code
        may = "supervisor" in TABLE[name]
        opened += status == 200
        if (not may and status not in (403, 404, 405)) or (may and status == 403):
            wrong[name] = status
    assert wrong == {}
    assert opened > 20


# Which rows are there


@pytest.mark.parametrize("who", ["both", "director"])
def test_rows_are_not_found_in_the_other_community(who, places, signed_in, addresses):
    client, wrong = signed_in(who), {}
    for name, route, url in addresses:
        if not route.startswith("c/") or "<uuid:" not in route or name in ANY_ROW:
            continue
        foreign_url = url.replace("/c/kuocang/", "/c/xizhigou/")
        for method in ("get", "post"):
            status = getattr(client, method)(foreign_url).status_code
            if status not in (403, 404, 405):
                wrong[name, method] = status
    assert wrong == {}


ANY_ROW = {
    "community:bulletin_photo_remove",  # a second click finds the photo removed
}
"""Pages that answer alike whether the row of their address is there or not, each with its reason."""


@pytest.fixture
def printed(monkeypatch) -> list[str]:
    """The cells of each ledger, which is not laid out."""
    cells_of: list[str] = []
    monkeypatch.setattr(
        "portal.exports.views.ledger.ledger", lambda context, cells: cells_of.append(str(cells)) or b"%PDF-"
    )
    return cells_of


@pytest.mark.parametrize("register", REGISTERS)
def test_lists_exports_and_bulk_changes_stay_in_their_community(register, places, signed_in, cast, printed):
    """As `both`, and as the director of both, who may see all of it."""
    wrong = []
    has_sums = any(column.total for column in register.columns)
    for who in ("both", "director"):
        client, access = signed_in(who), Access.of(cast[who])
        for code, community in places.items():
            if access.can(register.view, community.ref):
                may_export = register.export_right and access.can(register.export_right, community.ref)
                texts = _texts_of(client, register, community, printed if may_export else None)
                expected, foreign = rows_of(register, community), rows_of(register, places[other(code)])
                expected = [row for row in expected if _may_see(row, access, community)]
                wrong += [
                    (who, code, problem) for problem in _wrong_in(texts, expected, foreign, code, has_sums)
                ]
                wrong += [(who, code, problem) for problem in _opened(client, register, community, foreign)]
                if register.bulk and access.can(register.edit, community.ref):
                    BulkChange.objects.all().delete()
                    wrong += [
                        (who, code, problem)
                        for problem in _changed(client, access, register, community, foreign)
                    ]
    assert wrong == []


def _may_see(row, access: Access, community) -> bool:
    """Whether the user holds the right of the row itself, where it has one."""
    right = right_of_rows(type(row))
    return not right or getattr(row, right) in access.rights_in(community.id)


def _texts_of(client: Client, register: Register, community, printed: list | None) -> dict[str, str]:
    """What the register's pages and files say; files if `printed` is given."""
    url = register.url("list", community.ref)
    texts = {"list": client.get(url).content.decode()}
    if register.search:
        texts["found"] = client.get(f"{url}?q={MARK}").content.decode()
    if register.pickable:
        texts["pick"] = client.get(f"{register.url('pick', community.ref)}?q=3幢").content.decode()
    for row in rows_of(register, community):
        texts["detail"] = client.get(register.url("detail", community.ref, row)).content.decode()
    if printed is not None:
        csv = client.post(register.url("export", community.ref), {"format": "csv"})
        client.post(register.url("ledger", community.ref))
        texts |= {"export": csv.content.decode("utf-8-sig"), "ledger": printed.pop()}
    return texts


def _wrong_in(texts: dict[str, str], expected: list, foreign: list, code: str, has_sums: bool):
    if not all(str(row.uuid) in texts["list"] for row in expected):
        yield "own rows are missing"
    if "export" in texts and texts["export"].count("\n") != 1 + len(expected) + has_sums:
        yield "rows of the export"
    for way, text in texts.items():
        if any(str(row.uuid) in text for row in foreign):
            yield f"{way}: a row of the other community"
        asked = re.compile(f'value="{MARK}"|搜索：{MARK}|搜索</span> {MARK}')  # what was typed, said again
        if code == "kuocang" and MARK in asked.sub("", text):
            yield f"{way}: words of the other community"


def _opened(client: Client, register: Register, community, foreign: list):
    for row in foreign:
        for action, (address, _) in pages(register, community, row).items():
            if str(row.uuid) in address and client.get(address).status_code not in (403, 404):
                yield f"{action} opens a row of the other community"


def _changed(client: Client, access: Access, register: Register, community, foreign: list):
    """Ticked rows of the other community are not chosen; all of the list are those that are there and may be changed."""
    bulk = register.url("bulk", community.ref)
    client.post(bulk, {"row": [str(row.uuid) for row in foreign]})
    client.post(bulk, {"all": "1"})
    chosen = BulkRow.objects.filter(community_id=community.pk).values_list("row_id", flat=True)
    changeable = [r.pk for r in rows_of(register, community) if register.may_change(r, access, community.ref)]
    if sorted(chosen) != sorted(changeable) or BulkChange.objects.count() != 1:
        yield "bulk"


@pytest.mark.parametrize("register", REGISTERS)
def test_choices_of_forms_and_filters_stay_in_their_community(register, places, cast):
    """As the director of both. Rows of a choice by their community, other choices by their words."""
    access, wrong = Access.of(cast["director"]), []
    for code, community in places.items():
        asked_filters = ListRequest({}, access, community.ref)
        form = register.form(access, community.ref) if register.edit else None
        filters = filterset_of(register, asked_filters)(
            {}, queryset=register.rows(access, community.ref), request=asked_filters
        ).form
        for fields in filter(None, (form, filters)):
            for name, field in fields.fields.items():
                queryset = getattr(field, "queryset", None)
                if queryset is not None and hasattr(queryset.model, "community"):
                    wrong += [(code, name, str(row)) for row in queryset if row.community_id != community.pk]
                words = [str(label) for _, label in getattr(field, "choices", ())]
                if code == "kuocang" and any(MARK in label for label in words):
                    wrong.append((code, name, "words of the other community"))
                if hasattr(field, "found"):  # colleagues
                    usernames = {user.username for user in field.found.values()}
                    if usernames - {"director", "staff"} if code == "xizhigou" else "both" not in usernames:
                        wrong.append((code, name, usernames))
    assert wrong == []


def test_search_checks_the_right_in_each_community(places, signed_in, cast):
    person = {code: Person.objects.get(community=community) for code, community in places.items()}
    Person.objects.update(phone="13800138000")
    client = signed_in("both")
    for url, codes in (
        ("/c/kuocang/search/", {"kuocang"}),
        ("/c/xizhigou/search/", {"xizhigou"}),
        ("/home/search/", {"kuocang", "xizhigou"}),
    ):
        page = client.get(url, {"q": "张三"}).content.decode()
        assert {code for code in person if str(person[code].uuid) in page} == codes, url
        # Phones are for kuocang only.
        page = client.get(url, {"q": "13800138000"}).content.decode()
        assert {code for code in person if str(person[code].uuid) in page} == codes - {"xizhigou"}, url
    # Nouns of which a supervisor sees nothing.
    page = client.get("/c/xizhigou/search/", {"q": MARK}).content.decode()
    nouns = set(re.findall(r"/c/xizhigou/([a-z-]+)/[0-9a-f-]{36}/", page))
    assert "people" in nouns
    assert nouns <= {r.url_part for r in all_registers() if r.view in HELD["xizhigou"]}


def test_saved_lists_stay_in_their_community(places, signed_in, cast):
    for code, community in places.items():
        for register in all_registers():
            SavedList.objects.create(
                community_id=community.pk, user_id=cast["director"].pk, changed_by=cast["director"].pk,
                register=register.label, name=f"{code}的{register.heading}{register.noun}", shared=True,
            )  # fmt: skip
    for code, rights in HELD.items():
        page = signed_in("both").get(f"/c/{code}/lists/").content.decode()
        assert f"{other(code)}的" not in page
        for register in all_registers():
            name = f"{code}的{register.heading}{register.noun}"
            assert (name in page) is (register.view in rights), name


def test_todo_checks_the_right_in_each_community(places, signed_in, cast, today):
    """Things due in both communities are due for `both` in kuocang only, as far as a supervisor is not asked."""
    access, director = Access.of(cast["both"]), Access.of(cast["director"])
    codes = {entry.community.code for entry in todo_of(access, timezone.localdate())}
    assert "kuocang" in codes
    reach = {"communities": [place.pk for place in places.values()]}
    for code, community in places.items():
        with scope(APP, **reach, rights=access.rights_in(community.pk), user_id=cast["both"].pk):
            urls = {entry.due.url for entry in community_todo(access, community.ref, today)}
        with scope(APP, **reach, rights=director.rights_in(community.pk), user_id=cast["director"].pk):
            assert community_todo(director, community.ref, today), "nothing is due at all"
        assert all(url.startswith(f"/c/{code}/") for url in urls), urls
        for url in urls:
            assert signed_in("both").get(url).status_code == 200, url
