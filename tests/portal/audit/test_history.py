"""In every register one change of a row creates one history event, and no change none."""

import pytest
from django import forms
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.forms.forms import RowForm
from portal.registers.registry import all_registers
from residents.visits.models import Visit

pytestmark = pytest.mark.django_db
EDITED = [pytest.param(register, id=register.label) for register in all_registers() if register.edit]
HISTORIES = [model.pgh_event_model for model in apps.get_models() if hasattr(model, "pgh_event_model")]


@pytest.fixture
def director(client, house, cast):
    Visit.objects.update(person=house.person)  # whom the form asks for
    client.force_login(cast["director"])
    return client


def entries() -> list[tuple[str, int, str]]:
    """(model, row, label) of all history events."""
    events = [
        (model.pgh_tracked_model._meta.label, row, label)
        for model in HISTORIES
        for row, label in model._base_manager.order_by("pgh_id").values_list("pgh_obj_id", "pgh_label")
    ]
    return sorted(events)


def new_entries(before: list) -> list:
    now = entries()
    for entry in before:
        now.remove(entry)
    return now


def shown(client, url) -> tuple[forms.BaseForm, dict]:
    """An edit form, and the data a browser would submit unchanged."""
    form = client.get(url).context["form"]
    values = {}
    for name, field in form.fields.items():
        value = form[name].value()
        if isinstance(field, forms.BooleanField) and not value:
            continue
        values[name] = "" if value is None else value if isinstance(value, list) else str(value)
    return form, values


def another(field: forms.Field, value: str):
    """Another valid value of the field, None if the test has none."""
    if field.widget.is_hidden or isinstance(field, forms.BooleanField):
        return None
    if isinstance(field, forms.ChoiceField):
        keys = [str(key) for key, _ in field.choices if str(key)]
        return next((key for key in keys if key != value), None)
    if isinstance(field, forms.DateField):
        return "2021-06-15" if value != "2021-06-15" else "2021-06-16"
    if isinstance(field, forms.IntegerField | forms.DecimalField):
        return str(int(float(value or 0)) + 1)
    if type(field) is forms.CharField:
        return f"{value}新"
    return None


@pytest.mark.parametrize("register", EDITED)
def test_saving_without_a_change_creates_no_event(register, house, cast, director):
    row = register.model.objects.of(house.kuocang).first()
    url = register.url("edit", house.kuocang.ref, row)
    _, values = shown(director, url)
    before, version = entries(), row.version
    assert director.post(url, values).status_code == 302
    row.refresh_from_db()
    assert (new_entries(before), row.version) == ([], version)


@pytest.mark.parametrize("register", EDITED)
def test_one_changed_field_creates_one_event(register, house, cast, director):
    row = register.model.objects.of(house.kuocang).first()
    url = register.url("edit", house.kuocang.ref, row)
    form, values = shown(director, url)
    label = register.model._meta.label
    # Text fields first: a model may derive choices and dates.
    for name, field in sorted(form.fields.items(), key=lambda named: type(named[1]) is not forms.CharField):
        value = another(field, values.get(name, ""))
        before = entries()
        if value is None or director.post(url, values | {name: value}).status_code != 302:
            continue  # another field, where this one is bound by a rule
        assert [entry for entry in new_entries(before) if entry[0] == label] == [(label, row.pk, "update")]
        row.refresh_from_db()
        assert row.version == int(values["version"]) + 1
        history = director.get(register.url("history", house.kuocang.ref, row)).context["changes"]
        assert history[0].fields, name
        return
    pytest.fail(f"no field of {register.label} could be changed")


def test_separate_version_update_would_fail_this_test(house, director, monkeypatch):
    """Negative control: incrementing the version in a separate statement creates an additional event."""
    register = next(p.values[0] for p in EDITED if p.id == "community:unit")
    row = register.model.objects.of(house.kuocang).first()
    save = RowForm.save

    def count_apart(form, commit=True):
        type(form.instance).objects.filter(pk=form.instance.pk).update(version=row.version + 1)
        form.cleaned_data["version"] = row.version + 1
        return save(form, commit)

    monkeypatch.setattr(RowForm, "save", count_apart)
    url = register.url("edit", house.kuocang.ref, row)
    _, values = shown(director, url)
    before = entries()
    assert director.post(url, values | {"contact": "甲某"}).status_code == 302
    assert len(new_entries(before)) == 2


def test_optimistic_locking_also_for_unchanged_forms(house, director):
    register = next(p.values[0] for p in EDITED if p.id == "community:unit")
    row = register.model.objects.of(house.kuocang).first()
    url = register.url("edit", house.kuocang.ref, row)
    _, values = shown(director, url)
    _, seen_earlier = shown(director, url)
    assert director.post(url, values | {"contact": "甲某"}).status_code == 302
    assert director.post(url, seen_earlier).status_code == 409
    row.refresh_from_db()
    assert row.contact == "甲某"


SEEN = [r for r in all_registers() if r.label != "services:complaint" and hasattr(r.model, "pgh_event_model")]
"""The house's complaint is about staff: whoever sees histories does not see it (tests/services/complaints)."""


@pytest.mark.parametrize("register", [pytest.param(r, id=r.label) for r in SEEN])
def test_history_of_many_changes_asks_as_often_as_of_two(register, house, samples, director):
    """Each change sets or clears every relation, and one names a row that is gone."""
    model = register.model
    row = model.objects.of(house.kuocang).first()
    url = register.url("history", house.kuocang.ref, row)
    relations = [
        f for f in model.pgh_event_model._meta.fields if f.is_relation and f.null and "pgh" not in f.name
    ]
    add_changes(row, relations, 2)
    few = queries_of(director, url)
    add_changes(row, relations, 20)
    assert queries_of(director, url) == few
    assert len(director.get(url).context["changes"]) >= 22


def add_changes(row, relations, count: int) -> None:
    last = type(row).pgh_event_model.objects.filter(pgh_obj_id=row.pk).order_by("pgh_id").last()
    keys = {f: list(f.related_model._base_manager.values_list("pk", flat=True)[:5]) for f in relations}
    for number in range(count):
        last.pk, last.pgh_label = None, "update"
        for field in relations:
            values = [10**9, None, *keys[field]]
            setattr(last, field.attname, values[number % len(values)])
        last.save(force_insert=True)


def queries_of(client, url) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)
