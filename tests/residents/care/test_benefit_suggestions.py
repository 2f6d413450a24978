"""Benefit suggestions by age, home and date: never applied automatically, not repeated once dismissed."""

import datetime

import pytest
from django.urls import reverse

from community.dated_rules.models import DatedRule
from portal.access.db_scope import APP, scope
from portal.access.permissions import Permission
from portal.access.user_access import Access
from portal.hooks.departure import Departure
from portal.hooks.registry import Hook, call_hooks
from portal.values.partial_dates import years_before
from residents.care.actions import dismiss_suggestion
from residents.care.benefit_suggestions import BenefitSuggestions, Rule
from residents.care.models.disability import Disability
from residents.care.models.elder import Elder
from residents.care.models.low_income import LowIncome
from residents.care.models.unemployed import Unemployed
from residents.events.actions.moves import endings, record_death
from tests.community.figures.test_figures import figures_of
from tests.residents.care.entries import TODAY, resident

pytestmark = pytest.mark.django_db


def _born(age: int, days: int) -> datetime.date:
    """Birth date of somebody who turns `age` in so many days."""
    return years_before(TODAY + datetime.timedelta(days=days), age)


def _names(house, rule) -> set[str]:
    return {person.name for person in BenefitSuggestions.of(house.kuocang.ref, TODAY).people(rule)}


def test_suggestions_by_age_home_and_community_rules(house, cast):
    shared = resident(house, "王六十", _born(60, 10), household=house.household).residences.get().household
    resident(house, "王六一", _born(60, -300), household=shared)
    resident(house, "独居人", _born(70, 0))
    resident(house, "赵八十", _born(80, 20))
    resident(house, "钱八五", _born(85, 0), household=shared)
    resident(house, "小学生", _born(6, -5), household=shared)
    registered = resident(house, "已登记", _born(81, 0))
    entry = Elder.objects.create(community=house.kuocang, person=registered, allowance=60)
    assert _names(house, Rule.ELDER) == {"王六十"}
    assert _names(house, Rule.OLD) == {"赵八十", "钱八五"}
    assert _names(house, Rule.ALONE) == {"独居人"}
    assert _names(house, Rule.SCHOOL) == {"小学生"}
    Elder.objects.filter(pk=entry.pk).update(allowance=None)
    assert "已登记" in _names(house, Rule.OLD)
    DatedRule.objects.create(
        community=house.kuocang, set_by=cast["director"], key="allowance_age", value=85, start=TODAY
    )
    assert _names(house, Rule.OLD) == {"钱八五"}


def test_a_dismissed_suggestion_is_not_repeated(client, house, cast, today):
    person = resident(house, "赵八十", years_before(today, 80))
    client.force_login(cast["civil"])
    url = reverse("residents:care_proposals", kwargs={"community": "kuocang"})
    page = client.get(url, {"rule": "old"})
    assert "赵八十" in page.content.decode()
    (line,) = page.context["sections"][0][2]
    assert client.get(line.action).context["form"].initial["person"] == person
    form = client.get(line.dismiss).context["form"]
    data = {"token": form["token"].value()}
    assert client.post(line.dismiss, data).status_code == 422
    for _ in range(2):
        assert client.post(line.dismiss, data | {"reason": "在户籍地领取"}).status_code == 302
    assert client.get(url, {"rule": "old"}).context["sections"][0][2] == []
    assert not Elder.objects.filter(person=person).exists()


def test_due_entries_are_in_the_to_do_until_done_or_dismissed(house, cast):
    entry = Disability.objects.create(
        community=house.kuocang,
        person=house.person,
        kind="4",
        grade="2",
        due=TODAY + datetime.timedelta(days=9),
    )

    def titles(name: str) -> list[str]:
        with scope(APP, communities=[house.kuocang.id]):
            dues = call_hooks(Hook.DUE, Access.of(cast[name]), [house.kuocang.ref], TODAY)
            return [due.title for due in dues if "证件将到期" in due.title]

    assert titles("civil") == ["残疾人证件将到期 1人"]
    assert titles("staff") == []
    dismiss_suggestion(
        by=cast["civil"], person=house.person, rule="due", care="disabled", occasion=entry.due, reason="迁出"
    )
    assert titles("civil") == []
    Disability.objects.filter(pk=entry.pk).update(due=TODAY)
    assert titles("civil") == ["残疾人证件将到期 1人"]


def test_a_death_offers_to_end_care_entries(house, cast):
    person = resident(house, "王桂英", datetime.date(1940, 3, 1))
    elder = Elder.objects.create(community=house.kuocang, person=person, start=datetime.date(2020, 3, 1))
    other = Disability.objects.create(community=house.kuocang, person=person, kind="4", grade="2")
    offered = list(endings(person, Departure(TODAY, died=True)))
    # Staff who record the death may not see which registers.
    assert {ending.title for ending in offered} == {"重点人群登记（第1项）", "重点人群登记（第2项）"}
    keys = {entry: next(e.key for e in offered if e.row == entry) for entry in (elder, other)}
    record_death(
        by=cast["staff"],
        person=person,
        on=TODAY,
        confirmed=[keys[elder]],
        reasons_to_keep={keys[other]: "补贴结清后再停"},
    )
    elder.refresh_from_db()
    assert (elder.end, elder.end_reason, elder.version) == (TODAY, "死亡", 2)
    assert Disability.objects.get(person=person).end is None


def test_the_person_page_shows_care_only_to_holders_of_the_right(client, house, cast):
    LowIncome.objects.create(community=house.kuocang, household=house.household, applicant=house.person)
    child = resident(house, "张小燕", datetime.date(2010, 5, 1), household=house.household)
    pages = [
        reverse("residents:person_detail", kwargs={"community": "kuocang", "row": child.uuid}),
        reverse("residents:household_detail", kwargs={"community": "kuocang", "row": house.household.uuid}),
    ]
    for name in ("civil", "director", "staff", "party"):
        client.force_login(cast[name])
        is_shown = [">低保<" in client.get(url).content.decode() for url in pages]
        knows = Access.of(cast[name]).can(Permission.CARE, house.kuocang.ref)
        assert is_shown == [knows, knows], name


def test_figures_count_the_rows(house):
    before = figures_of("kuocang", "--year", "2025")["figures"]
    assert (before["low_income_households"], before["disabled_placed_in_work"]) == (0, 0)
    LowIncome.objects.create(community=house.kuocang, household=house.household, applicant=house.person)
    day = datetime.date(2025, 5, 1)
    placed = Unemployed.objects.create(
        community=house.kuocang, person=house.person, result="employed", result_on=day, end=day
    )
    assert figures_of("kuocang", "--year", "2025")["figures"]["disabled_placed_in_work"] == 0
    Disability.objects.create(
        community=house.kuocang,
        person=house.person,
        kind="4",
        grade="2",
        start=day,
        end=datetime.date(2026, 1, 1),
    )
    after = figures_of("kuocang", "--year", "2025")["figures"]
    assert (after["low_income_households"], after["disabled_placed_in_work"]) == (1, 1)
    assert figures_of("kuocang", "--year", "2024")["figures"]["disabled_placed_in_work"] == 0
    Unemployed.objects.filter(pk=placed.pk).update(result="retired")
    assert figures_of("kuocang", "--year", "2025")["figures"]["disabled_placed_in_work"] == 0
