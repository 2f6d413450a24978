"""Conditions of constraints in Python: the same answers as the database's, for every constraint of every noun."""

import datetime
import random
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from community.people.models import Person
from partybuilding.members.models import Member
from portal.database.conditions import holds
from tests.test_models import NOUNS

pytestmark = pytest.mark.django_db

DAYS = [None, datetime.date(2024, 2, 1), datetime.date(2024, 2, 29), datetime.date(2026, 12, 31)]
VALUES = {
    models.BooleanField: [True, False],
    models.DateTimeField: [
        None,
        datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC),
        datetime.datetime(2026, 1, 1, 16, tzinfo=datetime.UTC),
    ],
    models.DateField: DAYS,
    models.DecimalField: [None, Decimal(-1), Decimal(0), Decimal("7.5")],
    models.IntegerField: [None, 0, 1, 7, 12],
    models.ForeignKey: [None, 1, 2],
    models.CharField: ["", "x"],
}
TRIES = 12


def conditions() -> list:
    """Each with its model: of CHECK constraints and of unique ones that hold for some rows."""
    return [
        pytest.param(model, rule.condition, id=rule.name)
        for model in sorted(NOUNS, key=lambda model: model.stored_label)
        for rule in model._meta.constraints
        if isinstance(rule, models.CheckConstraint | models.UniqueConstraint) and rule.condition is not None
    ]


def values_of(field: models.Field) -> list:
    if field.choices:
        return [*(value for value, _ in field.flatchoices), "" if field.empty_strings_allowed else None]
    return next((values for kind, values in VALUES.items() if isinstance(field, kind)), [None])


def by_database(condition: Q, row: models.Model) -> bool:
    fields = [row._meta.get_field(name) for name in condition.referenced_base_fields]
    against = {f.name: models.Value(getattr(row, f.attname), output_field=f) for f in fields}
    return condition.check(against)


@pytest.mark.parametrize(("model", "condition"), conditions())
def test_every_condition_answers_as_the_database_does(model, condition):
    pick = random.Random(1)
    fields = [model._meta.get_field(name) for name in condition.referenced_base_fields]
    for _ in range(TRIES):
        row = model()
        for field in fields:
            setattr(row, field.attname, pick.choice(values_of(field)))
        assert holds(condition, row) == by_database(condition, row), {
            field.name: getattr(row, field.attname) for field in fields
        }


def test_most_conditions_need_no_query(django_assert_num_queries):
    rules = [rule for rule in Member._meta.constraints if rule.condition is not None]
    row = Member(ended_on=None, dues_from=datetime.date(2024, 2, 1), joined_on=datetime.date(2020, 1, 1))
    with django_assert_num_queries(0):
        assert all(holds(rule.condition, row) for rule in rules if isinstance(rule, models.CheckConstraint))
    assert len(rules) > 6


def test_validation_asks_the_database_only_about_checks_that_may_fail(django_assert_num_queries):
    row = Member(ended_on=None, dues_from=datetime.date(2024, 2, 1), joined_on=datetime.date(2020, 1, 1))
    assert not [c for _, own in row.get_constraints() for c in own if isinstance(c, models.CheckConstraint)]
    row.ended_on = datetime.date(2024, 2, 1)  # without a reason
    with pytest.raises(ValidationError), django_assert_num_queries(1):
        row.validate_constraints(exclude={"community"})


def test_what_only_the_database_understands_is_asked_of_it():
    row = Person(name="王芳")
    assert holds(Q(name__startswith="王"), row)
    assert not holds(Q(name__startswith="李"), row)


def test_unknown_counts_as_true_and_no_more():
    row = Member(joined_on=None, full_on=datetime.date(2024, 1, 1))
    assert holds(Q(full_on__gte=F("joined_on")), row)
    assert holds(~Q(full_on__gte=F("joined_on")), row)
    assert not holds(Q(full_on__gte=F("joined_on")) & Q(full_on__isnull=True), row)
