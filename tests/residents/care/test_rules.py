"""Validation of care registers: one open entry each, order of dates, disability certificates."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from portal.audit.models import AccessLog
from portal.crypto import encrypted_fields
from residents.care.certificates import read_bank_card, read_certificate
from residents.care.models.disability import Disability
from residents.care.models.elder import Elder
from residents.care.models.kind import CareKind
from residents.care.models.low_income import LowIncome
from residents.care.models.unemployed import Unemployed
from residents.care.queries import care_condition, care_kinds_by_person, household_of_person
from tests.house import PASSWORD
from tests.residents.care.entries import resident
from tests.workbooks import resident_id

pytestmark = pytest.mark.django_db
NUMBER = resident_id("19850301", "124")
DAY = datetime.date(2026, 3, 1)


@pytest.fixture
def wang(house):
    return resident(house, "王芳", datetime.date(1985, 3, 1), number=NUMBER)


def _refused(rule: str, create) -> None:
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        create()


def test_only_one_open_entry_for_a_person_or_household(house, wang):
    common = {"community": house.kuocang, "person": wang, "kind": "4", "grade": "2"}
    Disability.objects.create(**common, end=DAY)
    Disability.objects.create(**common)
    _refused("disability_open_once", lambda: Disability.objects.create(**common))
    aided = {"community": house.kuocang, "household": household_of_person(wang), "applicant": wang}
    LowIncome.objects.create(**aided)
    _refused("lowincome_open_once", lambda: LowIncome.objects.create(**aided))


def test_dates_and_results_must_be_consistent(house, wang):
    common = {"community": house.kuocang, "person": wang}
    _refused("elder_order", lambda: Elder.objects.create(**common, start=DAY, end=datetime.date(2026, 2, 1)))
    _refused("unemployed_result_dated", lambda: Unemployed.objects.create(**common, result="own", end=DAY))
    _refused(
        "unemployed_result_ends", lambda: Unemployed.objects.create(**common, result="own", result_on=DAY)
    )


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (float(int(NUMBER[:17]) * 1000), "Excel 把号码当作数字"),
        (NUMBER, "应为 20 位，现为 18 位"),
        (f"{NUMBER[:17]}{'0' if NUMBER[17] != '0' else '1'}42", "校验码不符"),
        (f"{NUMBER}82", "第 19 位是残疾类别"),
        (f"{NUMBER}45", "第 20 位是残疾等级"),
        (f"{NUMBER[:4]}**************42", "已被遮盖"),
    ],
)
def test_an_invalid_certificate_has_an_error_sentence(number, message):
    with pytest.raises(ValueError, match=message):
        read_certificate(number)


def test_certificates_and_cards_are_parsed_in_common_spellings():
    certificate = read_certificate(f" '{NUMBER[:6]} {NUMBER[6:]}42B1")
    assert (certificate.id_number, certificate.kind, certificate.grade) == (NUMBER, "4", "2")
    assert read_bank_card("6217 9900 0000 0000 001") == "6217990000000000001"
    with pytest.raises(ValueError, match="末尾几位已丢失"):
        read_bank_card(6.217990000000000e18)


def test_the_form_checks_a_certificate_against_person_kind_and_grade(client, cast, house, wang):
    client.force_login(cast["civil"])
    url = reverse("residents:disability_create", kwargs={"community": "kuocang"})
    form = client.get(url, {"person": wang.uuid}).context["form"]
    assert form["person"].value() == f"王芳｜{wang.place_label}"
    data = {
        "token": form["token"].value(),
        "person": form["person"].value(),
        "certificate": f"{NUMBER}42",
    }
    other = resident_id("19850301", "126")
    for wrong, message in (
        ({"certificate": f"{other}42"}, "与此人的身份证号码不符"),
        ({"kind": "1"}, "第 19 位表示肢体残疾"),
        ({"grade": "1"}, "第 20 位表示二级"),
        ({"certificate": ""}, "请选择残疾类别"),
    ):
        answer = client.post(url, data | wrong)
        assert (answer.status_code, message in answer.content.decode()) == (422, True), message
    assert client.post(url, data).status_code == 302
    entry = Disability.objects.get(person=wang)
    assert (entry.kind, entry.grade) == ("4", "2")
    assert encrypted_fields.read_secret(entry, "certificate") == f"{NUMBER}42"
    # The stored certificate is validated again when kind or grade changes.
    edit = reverse("residents:disability_edit", kwargs={"community": "kuocang", "row": entry.uuid})
    answer = client.post(edit, {"version": 1, "kind": "4", "grade": "3"})
    assert "第 20 位表示二级" in answer.content.decode()


def test_a_secret_is_hidden_and_revealed_with_a_reason(client, cast, house, wang):
    entry = Disability(community=house.kuocang, person=wang, kind="4", grade="2")
    encrypted_fields.put_secret(entry, "certificate", f"{NUMBER}42")
    entry.save()
    client.force_login(cast["civil"])
    kwargs = {"community": "kuocang", "row": entry.uuid}
    pages = [reverse(f"residents:disability_{page}", kwargs=kwargs) for page in ("detail", "edit", "history")]
    for url in (*pages, reverse("residents:disability_list", kwargs={"community": "kuocang"})):
        assert NUMBER[6:] not in client.get(url).content.decode()
    url = reverse("residents:disability_reveal", kwargs=kwargs)
    answer = client.post(url, {"reason": "核对补贴", "password": PASSWORD})
    assert f"{NUMBER}42" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    log = AccessLog.objects.get(action="reveal")
    assert (log.subject, log.ids, log.reason) == ("residents.Disability", [entry.pk], "核对补贴")
    client.force_login(cast["staff"])  # may see people's numbers, but no care register
    assert client.post(url, {"reason": "核对补贴", "password": PASSWORD}).status_code == 403


def test_care_registers_by_person(house, wang):
    Elder.objects.create(community=house.kuocang, person=house.person)
    Elder.objects.create(community=house.kuocang, person=wang, end=datetime.date(2020, 1, 1))
    LowIncome.objects.create(community=house.kuocang, household=house.household, applicant=house.person)
    child = resident(house, "张小燕", datetime.date(2010, 5, 1), household=house.household)
    kinds_by_person = care_kinds_by_person(house.kuocang, [house.person.pk, wang.pk, child.pk])
    assert kinds_by_person == {
        house.person.pk: {CareKind.ELDERLY, CareKind.LOW_INCOME},
        wang.pk: frozenset(),
        child.pk: {CareKind.LOW_INCOME},
    }
    people = type(wang).objects.of(house.kuocang)
    assert set(people.filter(care_condition(CareKind.LOW_INCOME))) == {house.person, child}
    assert people.filter(care_condition(CareKind.ELDERLY, datetime.date(2019, 1, 1))).count() == 2
