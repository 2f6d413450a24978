"""Constraint violations by concurrent writes: the message is shown at its field, and the input is kept."""

import threading
import uuid

import pytest
from django.db import DataError, IntegrityError, connections, models
from django.test import Client

from community.accounts import actions as account_actions
from community.accounts.models import User
from community.people.models import Person
from community.tasks.models import Task
from community.units.models import Unit
from portal.forms.constraints import violation_of
from portal.forms.forms import RowForm
from portal.registers.registry import all_registers
from portal.values.id_numbers import mask_id
from residents.homes.models import Household
from tests.walker import field_errors, parse
from tests.workbooks import resident_id

GUARD = "portal.middleware.ViolationMiddleware"


def client_of(user) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.fixture
def without_validation(monkeypatch):
    """Forms do not validate constraints, as if another user wrote right after the validation."""
    monkeypatch.setattr(models.Model, "validate_constraints", lambda row, exclude=None: None)
    monkeypatch.setattr(models.Model, "validate_unique", lambda row, exclude=None: None)


@pytest.fixture
def unguarded(settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != GUARD]


def unique_registers() -> list:
    """Registers whose form creates rows under an unconditional unique constraint."""
    return [
        register
        for register in all_registers()
        if register.edit
        and register.label != "residents:person"  # by a number that is typed anew each time
        and any(
            isinstance(rule, models.UniqueConstraint)
            and rule.condition is None
            and _is_typed(register.model, rule)
            for rule in register.model._meta.constraints
        )
    ]


def _is_typed(model, rule: models.UniqueConstraint) -> bool:
    """Whether it is about anything besides numbers and tokens that the portal gives."""
    fields = [model._meta.get_field(name) for name in rule.fields if name != "community"]
    return not fields or any(field.editable for field in fields)


def resubmit_first_row(register, house, client):
    """Response to the create form, filled with the values of the first row."""
    url = register.url("create", house.kuocang)
    row = register.model._default_manager.filter(community=house.kuocang).first()
    form = client.get(register.url("edit", house.kuocang, row)).context["form"]
    token = client.get(url).context["form"]["token"].value()
    data = {name: form[name].value() for name in form.fields} | {"token": token}
    return client.post(url, {name: value for name, value in data.items() if value not in (None, [])})


@pytest.mark.django_db
@pytest.mark.parametrize("register", unique_registers(), ids=lambda register: register.label)
def test_every_unique_constraint_is_shown_at_a_field(register, house, cast, without_validation):
    answer = resubmit_first_row(register, house, client_of(cast["director"]))
    sentences = [rule.violation_error_message for rule in register.model._meta.constraints]
    assert answer.status_code == 422
    assert set(field_errors(parse(answer))) & set(sentences)


@pytest.mark.django_db
@pytest.mark.logs_errors
def test_without_the_middleware_it_is_an_error(house, cast, without_validation, unguarded):
    register = next(r for r in unique_registers() if r.model is Unit)
    assert resubmit_first_row(register, house, client_of(cast["director"])).status_code == 500


def test_there_are_registers_with_unique_constraints():
    labels = {register.label for register in unique_registers()}
    assert {"community:building", "community:stairwell", "community:unit", "residents:dwelling"} <= labels


@pytest.mark.django_db
def test_a_number_of_a_household_on_editing(house, cast, without_validation):
    """A conditional constraint, violated by a change."""
    Household.objects.create(community=house.kuocang, kind="living", dwelling=house.dwelling, number="H1")
    url = f"/c/kuocang/households/{house.household.uuid}/edit/"
    data = {"kind": "living", "dwelling": house.dwelling.label, "number": "H1", "version": 1}
    answer = client_of(cast["staff"]).post(url, data)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"number": ["已有这个户号"]}
    house.household.refresh_from_db()
    assert (house.household.number, house.household.version) == ("", 1)


@pytest.mark.django_db
def test_a_certificate_number_of_two_people(house, cast, without_validation):
    """The constraint is on a hash that no form shows; its message is shown at the number."""
    number = resident_id("19700301", "123")
    other = Person(community=house.kuocang, name="李四", name_key="li si")
    other.set_id("resident_id", number, mask_id(number))
    other.save()
    url = f"/c/kuocang/people/{house.person.uuid}/edit/"
    client = client_of(cast["staff"])
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value not in (None, [])}
    answer = client.post(url, data | {"birth": "1970-03-01", "id_number": number})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"id_number": ["本社区已有这个证件号码的人，请先查找"]}
    assert number in answer.content.decode()
    house.person.refresh_from_db()
    assert house.person.id_hash is None


@pytest.mark.django_db
def test_a_username_of_two_accounts(house, cast, monkeypatch):
    monkeypatch.setattr(account_actions, "free_username", lambda base: "staff")
    client = client_of(cast["director"])
    token = client.get("/c/kuocang/accounts/grant/").context["form"]["token"].value()
    data = {"name": "赵六", "role": "party", "password": "liren-test-password", "token": token}
    answer = client.post("/c/kuocang/accounts/grant/", data)
    assert answer.status_code == 422
    assert "用户名已有人使用，请换一个" in str(answer.context["form"].errors)
    assert "赵六" in answer.content.decode()
    assert not User.objects.filter(name="赵六").exists()


@pytest.mark.parametrize("problem", [IntegrityError("of no constraint"), ValueError("a mistake")])
def test_other_errors_have_no_message(problem):
    assert violation_of(problem) is None


@pytest.mark.django_db
def test_page_without_a_form_answers_with_an_error_page(house, cast, monkeypatch):
    """The button of a task violates a constraint each time it is pressed."""

    def violate_a_constraint(**arguments):
        Unit.objects.create(community=house.kuocang, name="括苍小学", kinds=["located"])

    monkeypatch.setattr("community.tasks.actions.take", violate_a_constraint)
    task = Task.objects.get()
    answer = client_of(cast["staff"]).post(f"/c/kuocang/tasks/{task.uuid}/take/")
    assert answer.status_code == 409
    assert "已有同名单位" in answer.content.decode()
    assert Unit.objects.count() == 1


@pytest.mark.django_db
def test_data_errors_are_shown_above_the_form(house, cast, monkeypatch):
    monkeypatch.setattr(Unit, "clean_fields", lambda row, exclude=None: None)
    client = client_of(cast["director"])
    page = client.get("/c/kuocang/units/new/")
    monkeypatch.setattr(
        type(page.context["form"].fields["name"]), "run_validators", lambda field, value: None
    )
    data = {"name": "长" * 500, "kinds": ["located"], "token": page.context["form"]["token"].value()}
    answer = client.post("/c/kuocang/units/new/", data)
    assert answer.status_code == 422
    assert "太长" in answer.context["form"].non_field_errors()[0]
    assert "长" * 500 in answer.content.decode()


def test_data_error_has_a_message():
    assert "太长" in violation_of(DataError("value too long")).sentence


# Concurrent requests, each on its own connection


@pytest.fixture
def two(house, cast, monkeypatch):
    """Two clerks whose forms are both validated before either writes."""
    both_checked = threading.Barrier(2)
    waited = threading.local()
    save = RowForm.save

    def save_together(form, commit=True):
        if not hasattr(waited, "once"):
            waited.once = True
            both_checked.wait(timeout=20)
        return save(form, commit)

    monkeypatch.setattr(RowForm, "save", save_together)
    return house, cast


def at_once(cast, url: str, data: dict) -> list:
    answers = []

    def post(name: str) -> None:
        try:
            # A test client takes the contexts of all threads for its own, so the page's token is not read there.
            answers.append(client_of(cast[name]).post(url, data | {"token": uuid.uuid4()}))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=post, args=(name,)) for name in ("director", "staff")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(answers, key=lambda answer: answer.status_code)


SAME = {
    "/c/kuocang/units/new/": ({"name": "红十字会", "kinds": ["located"]}, "name", "已有同名单位"),
    "/c/kuocang/households/new/": ({"kind": "registered", "number": "88"}, "number", "已有这个户号"),
    "/c/kuocang/buildings/new/": (
        {"label": "9幢", "use": "residential"},
        "label",
        "该小区已有这个楼号，请检查是否重复",
    ),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("url", SAME)
def test_second_concurrent_user_sees_the_message(two, url):
    _, cast = two
    data, field, sentence = SAME[url]
    first, second = at_once(cast, url, data)
    assert (first.status_code, second.status_code) == (302, 422)
    page = parse(second)
    assert field_errors(page) == [sentence]
    assert sentence in page.get_element_by_id(f"div_id_{field}").text_content()
    assert page.xpath("//input[@name=$name]/@value", name=field) == [data[field]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.logs_errors
def test_without_the_middleware_the_second_user_gets_an_error_page(two, unguarded):
    url = "/c/kuocang/units/new/"
    _, cast = two
    assert [answer.status_code for answer in at_once(cast, url, SAME[url][0])] == [302, 500]
