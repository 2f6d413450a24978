"""Everything a URL can name is subject to the rights of what is shown: register × role × way in, from the declarations.

Besides the roles that there are, each register is opened by somebody who holds every right but the one that a column
or a filter asks for besides: no role of today may export people without seeing their phones, one of tomorrow may.
"""

import dataclasses
import re
from functools import cache
from types import SimpleNamespace

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.access.permissions import Permission
from portal.access.roles import ROLES
from portal.access.user_access import Access
from portal.audit.models import AccessLog
from portal.bulk_change.models import BulkChange
from portal.exports.models import GeneratedFile
from portal.exports.tasks import write_export
from portal.jobs.models import Job
from portal.registers.extensions import filters_of
from portal.registers.filter_fields import DateRangeField, FromToField
from portal.registers.filters import ListRequest, filterset_of
from portal.registers.models import ListPreference
from portal.registers.registers import Register
from portal.registers.registry import all_registers
from portal.saved_lists import saved_lists
from portal.saved_lists.models import SavedList
from tests.imports import run_jobs

pytestmark = pytest.mark.django_db


def filter_rights(register: Register) -> dict[str, Permission | None]:
    """Name → right of each declared filter."""
    return {entry[0]: (*entry, None, None)[2] for entry in filters_of(register) if isinstance(entry, tuple)}


def narrower_rights(register: Register) -> set[Permission]:
    """Rights required by columns or filters beyond the register's own."""
    of_columns = {column.right for column in register.columns}
    return (of_columns | set(filter_rights(register).values())) - {None, register.view}


def readers(register: Register) -> dict[str, frozenset[Permission]]:
    """Name → rights of each distinct reader with hidden columns or filters: present roles, and all rights but one."""
    narrower = narrower_rights(register)
    uses = {register.view, register.edit, register.export_right, Permission.HISTORY_VIEW} | narrower
    names: dict[frozenset[Permission], list[str]] = {}
    for role in ROLES.values():
        if register.view in role.permissions and not narrower <= role.permissions:
            names.setdefault(role.permissions & uses, []).append(role.code)
    rights_by_name = {"+".join(codes): rights for rights, codes in names.items()}
    return rights_by_name | {
        f"all but {right}": frozenset(Permission) - {right} for right in sorted(narrower)
    }


CASES = [
    pytest.param(register, permissions, id=f"{register.label} {name}")
    for register in all_registers()
    for name, permissions in readers(register).items()
]


def test_parametrized_cases_are_not_empty():
    """An empty parameter list would pass silently."""
    ids = {case.id for case in CASES}
    assert ids >= {
        "residents:person staff",  # has no care registers
        "residents:person finance+party+security+supervisor",
        "residents:person all but people.view",
        "residents:person all but care",
        "residents:dwelling all but people.names",
    }


@pytest.fixture
def reader(register, permissions, house, cast, monkeypatch):
    """A user with just these rights in kuocang, and what the register hides from them."""
    user, community = cast["staff"], house.kuocang.ref

    def filters_with(rights) -> dict:
        role = dataclasses.replace(ROLES["staff"], permissions=frozenset(rights))
        monkeypatch.setitem(ROLES, "staff", role)
        return filterset_of(register, ListRequest(QueryDict(), Access.of(user), community)).base_filters

    every = filters_with(Permission)
    filters_with(permissions)
    client, access = Client(), Access.of(user)
    client.force_login(user)
    hidden = [c for c in register.columns if c.right and c.right not in permissions]
    closed = {name for name, right in filter_rights(register).items() if right and right not in permissions}
    closed |= every.keys() & {column.name for column in hidden}
    return SimpleNamespace(
        client=client,
        user=user,
        access=access,
        community=community,
        columns=hidden,
        labels={register.label_of(column) for column in hidden},
        filters={name: every[name] for name in closed},
        url=lambda action, row=None: register.url(action, community, row),
        may=lambda right: right is not None and right in permissions,
    )


def order_asked(client: Client, url: str, table: str) -> list[str]:
    """The ORDER BY of each query of a page for rows of the table."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    statements = [query["sql"] for query in queries if f'FROM "{table}"' in query["sql"]]
    return [
        sql.rpartition("ORDER BY")[2].partition("LIMIT")[0].strip() for sql in statements if "ORDER BY" in sql
    ]


@pytest.mark.parametrize(("register", "permissions"), CASES)
def test_hidden_columns_cannot_be_sorted_by(register, reader):
    """Neither by its name nor by another column of the same field."""
    table, url = register.model._meta.db_table, reader.url("list")
    default = order_asked(reader.client, url, table)
    assert default
    hidden_keys = register.hidden_fields(reader.access, reader.community)
    for name in register.sorts:
        for sort in (name, f"-{name}"):
            order = order_asked(reader.client, f"{url}?sort={sort}", table)
            by = {field for each in order for field in re.findall(r'"(\w+)" (?:ASC|DESC)', each)}
            assert by.isdisjoint(hidden_keys), sort
            if name in {column.name for column in reader.columns}:
                assert order == default, sort
                assert "不能按这一列排序" in reader.client.get(f"{url}?sort={sort}").content.decode()


@cache
def a_query_of(name: str, make) -> str:
    """A valid condition by a filter; a range by its first end."""
    field = make.field
    if isinstance(field, FromToField):
        return f"{name}_from={'2000-01-01' if isinstance(field, DateRangeField) else '1'}"
    choices = [str(key) for key, _ in getattr(field, "choices", ()) if key]
    return f"{name}={choices[0] if choices else '1'}"


def row_links(register: Register, reader, url: str) -> list[str]:
    return re.findall(
        rf'href="{re.escape(reader.url("list"))}([0-9a-f-]{{36}})/"', reader.client.get(url).content.decode()
    )


@pytest.mark.parametrize(("register", "permissions"), CASES)
def test_hidden_filter_is_refused_everywhere(register, reader, monkeypatch):
    """Not ignored: that would list, export, print or change everything."""
    monkeypatch.setattr("portal.exports.views.ledger.ledger", lambda *args: pytest.fail("printed"))
    monkeypatch.setattr(
        "portal.exports.views.exports.ExportView.spreadsheet", lambda *args: pytest.fail("exported")
    )
    assert row_links(register, reader, reader.url("list"))
    for name, declared in reader.filters.items():
        query = f"?{a_query_of(name, declared)}"
        page = reader.client.get(reader.url("list") + query).content.decode()
        assert "您无权使用，因此没有列出记录" in page
        assert not row_links(register, reader, reader.url("list") + query)
        if reader.may(register.export_right):
            for action in ("export", "ledger"):
                refused = reader.client.post(reader.url(action) + query, follow=True).content.decode()
                assert "您无权使用，没有" in refused
        if reader.may(register.edit) and register.bulk:
            refused = reader.client.post(reader.url("bulk") + query, {"all": "1"}, follow=True)
            assert "您无权使用。请改正后再修改全部" in refused.content.decode()
    assert not AccessLog.objects.filter(action__in=("export", "print")).exists()
    assert not BulkChange.objects.exists()


def job_of(register: Register, reader, **parameters) -> Job:
    """An export job started while its requester had more rights."""
    whose = {"community_id": reader.community.id, "user_id": reader.user.pk}
    file = GeneratedFile(**whose, register=register.label, name="x", extension="csv", parameters=parameters)
    file.job = Job.objects.create(**whose, title="导出")
    file.save()
    write_export.defer(job_id=file.job.pk, **whose, file_uuid=str(file.uuid))
    run_jobs()
    file.job.refresh_from_db()
    return file.job


@pytest.mark.parametrize(("register", "permissions"), [c for c in CASES if c.values[0].export_right])
def test_export_job_applies_present_rights(register, reader, monkeypatch):
    if not reader.may(register.export_right):
        assert job_of(register, reader, query="", columns=[]).state == Job.State.FAILED
        return
    for name, declared in reader.filters.items():
        job = job_of(register, reader, query=a_query_of(name, declared), columns=[])
        assert (job.state, "您无权使用" in job.message) == (Job.State.FAILED, True)
    exported = []
    monkeypatch.setattr(
        "portal.exports.exports.write",
        lambda register, columns, rows, *rest: exported.extend(columns) or len(list(rows)),
    )
    everything = [column.name for column in register.columns]
    assert job_of(register, reader, query="", columns=everything).state == Job.State.DONE
    assert exported
    assert not {column.name for column in exported} & {column.name for column in reader.columns}


def headers_of(reader, monkeypatch) -> dict[str, set[str]]:
    """Column labels in list, export and ledger, by action."""
    headers = {}
    monkeypatch.setattr(
        "portal.exports.exports.write",
        lambda register, columns, *rest: headers.update(export={register.label_of(c) for c in columns}),
    )

    def ledger(context, cells):
        headers["ledger"] = {label for label, _ in context["columns"]}
        return b"%PDF-"

    monkeypatch.setattr("portal.exports.views.ledger.ledger", ledger)
    return headers


@pytest.mark.parametrize(("register", "permissions"), CASES)
def test_chosen_and_saved_columns_respect_rights(register, reader, cast, monkeypatch):
    names = [column.name for column in register.columns]
    ListPreference.objects.create(user_id=reader.user.pk, register=register.label, columns=names)
    saved = SavedList.objects.create(
        community_id=reader.community.id, user_id=cast["director"].pk, changed_by=cast["director"].pk,
        register=register.label, name="同事的名单", columns=names, shared=True,
    )  # fmt: skip
    headers = headers_of(reader, monkeypatch)
    for query in ("", f"?saved={saved.uuid}"):
        page = reader.client.get(reader.url("list") + query)
        headers["list"] = {column["label"] for column in page.context["columns"]}
        if reader.may(register.export_right):
            for action in ("export", "ledger"):
                assert reader.client.post(reader.url(action) + query).status_code == 200
        for way, labels in headers.items():
            assert labels, way
            assert not labels & reader.labels, way
    lines = reader.client.get(reader.url("columns")).context["choice"].lines
    offered = {line.name for line in lines}
    hidden = {column.name for column in reader.columns}
    assert not offered & hidden
    reader.client.post(reader.url("columns"), {"column": names})
    preference = ListPreference.objects.get(user_id=reader.user.pk, register=register.label)
    assert not set(preference.columns) & hidden


@pytest.mark.parametrize(("register", "permissions"), CASES)
def test_shared_list_with_hidden_filters_and_sort_reveals_nothing(register, reader, cast):
    table, whose = register.model._meta.db_table, {"user_id": cast["director"].pk, "shared": True}
    whose |= {
        "community_id": reader.community.id,
        "changed_by": cast["director"].pk,
        "register": register.label,
    }
    for name, declared in reader.filters.items():
        saved = SavedList.objects.create(name=name, query=a_query_of(name, declared), **whose)
        with pytest.raises(saved_lists.InvalidSavedList):
            saved_lists.rows_of(saved, reader.access, reader.community)
        assert not row_links(register, reader, saved_lists.list_url(saved, reader.community))
        count = reverse("portal:saved_count", args=[reader.community.code, saved.uuid])
        assert not re.search(r"\d", reader.client.get(count, headers={"HX-Request": "true"}).content.decode())
    default = order_asked(reader.client, reader.url("list"), table)
    for column in reader.columns:
        if column.name in register.sorts:
            saved = SavedList.objects.create(name=f"按{column.name}", sort=column.name, **whose)
            assert order_asked(reader.client, saved_lists.list_url(saved, reader.community), table) == default
            order = saved_lists.rows_of(saved, reader.access, reader.community).query.order_by
            assert list(order) == register.ordering()


@pytest.mark.parametrize(("register", "permissions"), [c for c in CASES if c.values[0].bulk])
def test_hidden_field_cannot_be_changed_in_bulk(register, reader):
    hidden = set(register.bulk) & register.hidden_fields(reader.access, reader.community)
    if not reader.may(register.edit):
        assert reader.client.post(reader.url("bulk"), {"all": "1"}).status_code == 403
        return
    url = reader.client.post(reader.url("bulk"), {"all": "1"}).url
    batch = BulkChange.objects.get()
    assert not hidden & {name for name, _ in reader.client.get(url).context["fields"]}
    for field in hidden:
        reader.client.post(url, {"field": field, field: "1"})
        batch.refresh_from_db()
        assert (batch.field, batch.state) == ("", BulkChange.State.DRAFT)
        # Nor is a colleague's bulk change visible.
        other = BulkChange.objects.create(
            community_id=reader.community.id, user_id=reader.user.pk + 1, register=register.label,
            field=field, field_label="某项", value_shown="某值", state=BulkChange.State.APPLIED,
        )  # fmt: skip
        page = f"{register.app}:{register.noun}_bulk_batch"
        assert reader.client.get(reverse(page, args=[reader.community.code, other.uuid])).status_code == 403
        assert "某值" not in reader.client.get(reader.url("bulk")).content.decode()


SECRET = "9090909"


@pytest.mark.parametrize(("register", "permissions"), CASES)
def test_hidden_values_are_neither_shown_nor_searchable(register, reader):
    """On the detail page, in the history, in search and in autocomplete suggestions."""
    row = register.rows(reader.access, reader.community).first()
    fields = {f.name: f for f in register.model._meta.fields}
    for column in reader.columns:
        field = fields.get(column.name)
        if field is None or field.choices or field.get_internal_type() != "CharField" or not field.editable:
            continue
        setattr(row, column.name, SECRET)
        row.save()
        assert row_links(register, reader, f"{reader.url('list')}?q={SECRET}") == []
        assert row_links(register, reader, f"{reader.url('list')}?q={SECRET[:4]}") == []
        if register.pickable:
            assert "option" not in reader.client.get(f"{reader.url('pick')}?q={SECRET}").content.decode()
        pages = [reader.url("detail", row)]
        if reader.may(Permission.HISTORY_VIEW):
            pages.append(reader.url("history", row))
        for url in pages:
            assert SECRET not in reader.client.get(url).content.decode(), (column.name, url)
        setattr(row, column.name, "")
        row.save()
    labels = {label for label, _ in reader.client.get(reader.url("detail", row)).context["lines"]}
    assert not labels & reader.labels


def test_search_by_phone_works_with_the_right(house, cast):
    """Positive control of the test above."""
    house.person.phone = SECRET
    house.person.save()
    client = Client()
    client.force_login(cast["staff"])
    assert str(house.person.uuid) in client.get(f"/c/kuocang/people/?q={SECRET}").content.decode()


@pytest.mark.parametrize("register", [pytest.param(r, id=r.label) for r in all_registers()])
def test_form_fields_respect_rights_of_columns(register):
    """Forms must not show what columns hide."""
    if register.edit is None:
        return
    names = {*register.form_fields, *register.form_class.base_fields, *register.bulk}
    for role in ROLES.values():
        if register.edit in role.permissions:
            hidden = {c.name for c in register.columns if c.right and c.right not in role.permissions}
            assert not names & hidden, role.code
