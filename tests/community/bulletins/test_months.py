"""Population change across months: published numbers stay, late entries have their own line, openings equal published closings."""

import datetime
import random
from itertools import pairwise

import pytest

from community.bulletins.actions import workflow as steps
from community.bulletins.actions.review import recompute_sections, start_correction
from community.bulletins.models.bulletin import Bulletin, BulletinBasis, BulletinVersion
from community.people.models import Person
from portal.forms.refusals import Refusal
from portal.values.months import month_after
from residents.event_log.bulletin_section import sections
from residents.event_log.models import PopulationEvent
from residents.event_log.monthly_statement import (
    monthly_changes,
    monthly_statement,
    population_counts,
    residences_counted,
)
from residents.events.actions import moves
from residents.events.actions.households import JoiningMember, transfer
from residents.events.actions.moves import PlannedResidence, move_out, record_death
from residents.events.actions.undo import undo
from residents.homes.models import Dwelling, Household, Kind, Residence
from residents.merging.actions.merge import merge_people
from residents.merging.actions.undo import undo_merge
from residents.merging.models import PersonMerge
from residents.merging.preview import merge_preview
from residents.people.actions import add_person
from tests.community.bulletins.drafting import correct, publish, review, write_draft

pytestmark = pytest.mark.django_db

SEPTEMBER, OCTOBER, NOVEMBER = (datetime.date(2026, month, 1) for month in (9, 10, 11))
MONTHS = [datetime.date(2026, month, 1) for month in range(1, 10)]


@pytest.fixture(autouse=True)
def no_pdf(quick_pdf):
    """None of these tests reads one."""


def move_in(house, cast, on: datetime.date, name="李四", community=None) -> Person:
    """A person who has lived in 101 since that day, recorded now."""
    person = add_person(by=cast["staff"], community_id=house.kuocang.id, name=name)
    stay = PlannedResidence("living", household=house.household, relation_word="子")
    moves.move_in(by=cast["staff"], person=person, dwelling=house.dwelling, on=on, stays=[stay])
    return person


def published_table(community, month) -> dict[str, list[str]]:
    """Published rows of 人口变动 by their first cell, and the header."""
    version = BulletinVersion.objects.of(community).filter(month=month).order_by("-number").first()
    (part,) = [part for part in version.snapshot["parts"] if part["key"] == "residents.change"]
    (table,) = part["tables"]
    return {"header": table["header"], **{row[0]: row for row in table["rows"]}}


def lines(statement) -> tuple[int, ...]:
    return statement.opening, statement.late_added, statement.late_removed, statement.added, statement.removed


def test_late_entries_have_their_own_line(house, cast):
    publish(house.kuocang, cast, OCTOBER)
    before = monthly_statement(house.kuocang, OCTOBER)
    late = move_in(house, cast, datetime.date(2026, 1, 15))
    assert monthly_statement(house.kuocang, OCTOBER) == before
    november = monthly_statement(house.kuocang, NOVEMBER)
    assert (november.opening, november.late, november.added, november.closing) == (before.closing, 1, 0, 2)
    assert [r.person for r in residences_counted(house.kuocang, NOVEMBER, "living", "late_added")] == [late]
    publish(house.kuocang, cast, NOVEMBER)
    table = published_table(house.kuocang, NOVEMBER)
    assert table["header"] == ["类别", "期初", "补登", "增加", "减少", "期末"]
    assert table["居住人口"] == ["居住人口", "1", "+1", "0", "0", "2"]
    assert population_counts(house.kuocang).residents == november.closing


def test_late_entries_count_arrivals_and_departures(house, cast):
    """One late arrival and one late departure do not cancel out."""
    person = move_in(house, cast, datetime.date(2026, 2, 1), "王五")
    publish(house.kuocang, cast, OCTOBER)
    move_in(house, cast, datetime.date(2026, 3, 1), "赵六")
    move_out(by=cast["staff"], person=person, on=datetime.date(2026, 9, 30))
    november = monthly_statement(house.kuocang, NOVEMBER)
    assert lines(november) == (2, 1, 1, 0, 0)
    (change,) = [s for s in sections(house.kuocang, NOVEMBER) if s.key == "residents.change"]
    assert change.rows[0][2] == "+1 −1"
    assert "补登以前月份已公开后登记的变动：增加1人、减少1人" in change.sentences[0]
    assert [r.person for r in residences_counted(house.kuocang, NOVEMBER, "living", "late_removed")] == [
        person
    ]


def test_late_move_within_the_community_is_not_a_late_entry(house, cast):
    publish(house.kuocang, cast, OCTOBER)
    door = Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.second, room="301"
    )
    transfer(
        by=cast["staff"], members=[JoiningMember(house.person, "户主")], dwelling=door,
        on=datetime.date(2026, 9, 1), targets={"living": None},
    )  # fmt: skip
    assert lines(monthly_statement(house.kuocang, NOVEMBER)) == (1, 0, 0, 0, 0)


def test_late_undo_is_a_late_entry(house, cast):
    move_in(house, cast, datetime.date(2026, 9, 3))
    publish(house.kuocang, cast, OCTOBER)
    event = PopulationEvent.objects.get(what="move_in")
    undo(by=cast["staff"], event=event, reason="登记错人")
    assert lines(monthly_statement(house.kuocang, NOVEMBER)) == (2, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (datetime.date(2026, 10, 31), "late"),
        (datetime.date(2026, 11, 1), "added"),
        (datetime.date(2026, 11, 30), "added"),
    ],
)
def test_last_day_belongs_to_its_month(house, cast, day, month):
    publish(house.kuocang, cast, OCTOBER)
    move_in(house, cast, day)
    november = monthly_statement(house.kuocang, NOVEMBER)
    assert (november.late, november.added) == ((1, 0) if month == "late" else (0, 1))


def test_the_first_month_of_a_community_has_nothing_late(house, cast):
    """Before the first publication every entry counts in its own month."""
    publish(house.xizhigou, cast, OCTOBER)
    move_in(house, cast, datetime.date(2026, 1, 15))
    assert lines(monthly_statement(house.kuocang, NOVEMBER)) == (2, 0, 0, 0, 0)
    assert monthly_statement(house.kuocang, datetime.date(2026, 1, 1)).added == 1


def test_published_months_of_another_community_are_ignored(house, cast):
    publish(house.kuocang, cast, OCTOBER)
    assert lines(monthly_statement(house.xizhigou, NOVEMBER)) == (0, 0, 0, 0, 0)
    assert monthly_statement(house.xizhigou, OCTOBER).closing == 0


def test_month_published_out_of_order_closes_with_the_next_opening(house, cast):
    publish(house.kuocang, cast, SEPTEMBER)
    publish(house.kuocang, cast, NOVEMBER)
    opening = monthly_statement(house.kuocang, NOVEMBER).opening
    move_in(house, cast, datetime.date(2026, 10, 4))
    publish(house.kuocang, cast, OCTOBER)
    october = monthly_statement(house.kuocang, OCTOBER)
    assert october.closing == opening
    assert october.opening + october.late + october.added - october.removed == october.closing
    assert monthly_statement(house.kuocang, datetime.date(2026, 12, 1)).late == 1


def test_consecutive_months_cannot_be_in_review_together(house, cast):
    october = write_draft(house.kuocang, cast["staff"], OCTOBER)
    steps.submit(bulletin=october, seen_version=october.version, by=cast["staff"])
    november = write_draft(house.kuocang, cast["staff"], NOVEMBER)
    with pytest.raises(steps.AdjacentMonthInReview, match="请等2026年10月公开以后再提交"):
        steps.submit(bulletin=november, seen_version=november.version, by=cast["staff"])


def test_chart_shows_published_numbers_of_earlier_months(house, cast):
    publish(house.kuocang, cast, OCTOBER)
    move_in(house, cast, datetime.date(2026, 10, 12))
    assert [(c.came, c.left) for c in monthly_changes(house.kuocang, [OCTOBER, NOVEMBER])] == [(0, 0), (0, 0)]


# Corrections


def test_correcting_the_newest_month_updates_the_next_opening(house, cast):
    first = publish(house.kuocang, cast, OCTOBER)
    move_in(house, cast, datetime.date(2026, 10, 12))
    start_correction(bulletin=first.bulletin, reason="漏登一人", by=cast["director"])
    bulletin = Bulletin.objects.get()
    bulletin = recompute_sections(bulletin=bulletin, seen_version=bulletin.version, by=cast["staff"])
    assert monthly_statement(house.kuocang, OCTOBER).closing == 1, "until it is published the old one holds"
    bulletin = review(bulletin, cast)
    steps.publish(bulletin=bulletin, seen_version=bulletin.version, by=cast["director"])
    october = monthly_statement(house.kuocang, OCTOBER)
    assert (october.added, october.closing) == (1, 2)
    assert lines(monthly_statement(house.kuocang, NOVEMBER)) == (2, 0, 0, 0, 0)


def test_correcting_an_older_month_keeps_published_population(house, cast):
    first = publish(house.kuocang, cast, OCTOBER)
    publish(house.kuocang, cast, NOVEMBER)
    before = monthly_statement(house.kuocang, OCTOBER)
    move_in(house, cast, datetime.date(2026, 10, 12))
    start_correction(bulletin=first.bulletin, reason="漏登一人", by=cast["director"])
    bulletin = Bulletin.objects.get(month=OCTOBER)
    recompute_sections(bulletin=bulletin, seen_version=bulletin.version, by=cast["staff"])
    assert monthly_statement(house.kuocang, OCTOBER) == before
    (change,) = [s for s in sections(house.kuocang, OCTOBER) if s.key == "residents.change"]
    assert change.rows[0] == ("居住人口", "1", "0", "0", "0", "1")
    bulletin.refresh_from_db()
    bulletin = review(bulletin_edited(bulletin, cast), cast)
    steps.publish(bulletin=bulletin, seen_version=bulletin.version, by=cast["director"])
    assert monthly_statement(house.kuocang, OCTOBER) == before


def bulletin_edited(bulletin, cast):
    from tests.community.bulletins.drafting import edit

    return edit(bulletin, cast["staff"], financial="收入12600.00元。")


def test_text_correction_keeps_numbers(house, cast):
    first = publish(house.kuocang, cast, OCTOBER)
    basis = BulletinBasis.objects.get(key="residents.change")
    move_in(house, cast, datetime.date(2026, 10, 12))
    correct(first, cast)
    assert BulletinBasis.objects.get(key="residents.change") == basis
    assert monthly_statement(house.kuocang, NOVEMBER).late == 1


# Any life


class Life:
    """Random register events of all kinds, dated on random earlier days."""

    def __init__(self, house, cast, seed: int):
        self.house, self.cast, self.chance = house, cast, random.Random(seed)
        self.community, self.staff = house.kuocang, cast["staff"]
        self.doors = [
            Dwelling.objects.create(
                community=self.community, building=house.building, stairwell=house.second, room=f"{401 + n}"
            )
            for n in range(4)
        ]

    def record(self, count: int) -> None:
        for _ in range(count):
            act = self.chance.choice(
                [self._arrive] * 3 + [self._leave] * 2 + [self._die, self._move, self._undo, self._import]
                + [self._delete, self._merge, self._part]
            )  # fmt: skip
            try:
                act()
            except Refusal:
                continue

    def _day(self) -> datetime.date:
        """A random day, often the first or last of a month."""
        day = datetime.date(2025, 11, 15) + datetime.timedelta(days=self.chance.randrange(340))
        first = day.replace(day=1)
        return self.chance.choice([day, day, first, month_after(day) - datetime.timedelta(days=1)])

    def _person(self):
        return self._one_of(Person.objects.of(self.community))

    def _one_of(self, rows):
        rows = list(rows.order_by("id"))
        return self.chance.choice(rows) if rows else None

    def _arrive(self):
        person = add_person(
            by=self.staff, community_id=self.community.id, name=f"居民{self.chance.randrange(10**6)}"
        )
        kinds = self.chance.choice([["living"], ["registered"], ["living", "registered"]])
        moves.move_in(
            by=self.staff, person=person, dwelling=self.chance.choice(self.doors), on=self._day(),
            stays=[PlannedResidence(kind) for kind in kinds],
        )  # fmt: skip

    def _leave(self):
        kinds = [self.chance.choice(Kind.values)]
        move_out(by=self.staff, person=self._person(), on=self._day(), kinds=kinds)

    def _die(self):
        record_death(by=self.staff, person=self._person(), on=self._day())

    def _move(self):
        person = self._person()
        transfer(
            by=self.staff, members=[JoiningMember(person, "户主")], dwelling=self.chance.choice(self.doors),
            on=self._day(), targets={"living": None},
        )  # fmt: skip

    def _undo(self):
        event = self._one_of(PopulationEvent.objects.of(self.community).not_undone())
        undo(by=self.staff, event=event, reason="登记有误")

    def _import(self):
        """Rows as an import leaves them, with or without start and entry date."""
        person = Person.objects.create(community=self.community, name=f"导入{self.chance.randrange(10**6)}")
        home = Household.objects.create(
            community=self.community, kind="living", dwelling=self.chance.choice(self.doors)
        )
        stay = Residence.objects.create(
            community=self.community, person=person, household=home, kind="living",
            start=self.chance.choice([None, self._day()]),
        )  # fmt: skip
        if self.chance.random() < 0.5:
            PopulationEvent.objects.create(
                community=self.community, what="entry", kind="living", person=person, residence=stay,
                on=self._day(), by=self.staff,
            )  # fmt: skip

    def _delete(self):
        """A row deleted by undoing an import or by a repair."""
        events = PopulationEvent.objects.of(self.community)
        free = Residence.objects.of(self.community)
        for pointer in ("residence", "former"):
            free = free.exclude(pk__in=events.exclude(**{pointer: None}).values(pointer))
        if stay := self._one_of(free):
            stay.delete()

    def _merge(self):
        one, two = self._person(), self._person()
        if one != two:
            preview = merge_preview(one, two)
            merge_people(
                by=self.staff, kept=one, removed=two, seen_fingerprint=preview.fingerprint, sides_by_value={},
                sides_by_conflict={conflict.key: "kept" for conflict in preview.conflicts},
            )  # fmt: skip

    def _part(self):
        if merge := self._one_of(PersonMerge.objects.of(self.community).filter(undone_at=None)):
            undo_merge(by=self.staff, merge=merge, reason="不是同一人")


def live_through(life, cast, months) -> dict:
    """Publish these months with random events in between; returns (month, kind) → published statement."""
    life.record(15)
    published = {}
    for month in months:
        publish(life.community, cast, month)
        for kind in Kind.values:
            published[month, kind] = monthly_statement(life.community, month, kind)
        life.record(12)
    return published


def gaps(community, kind) -> list[datetime.date]:
    """Months whose opening differs from the previous published closing."""
    months = sorted(BulletinVersion.objects.of(community).values_list("month", flat=True))
    word = f"{Kind(kind).label}人口"
    return [
        month_after(month)
        for month in months
        if int(published_table(community, month)[word][-1])
        != monthly_statement(community, month_after(month), kind).opening
    ]


@pytest.mark.parametrize("seed", range(3))
def test_opening_equals_previous_published_closing_for_random_events(house, cast, seed):
    # In one of the lives nobody publishes May.
    months = [month for month in MONTHS if seed != 1 or month.month != 5]
    published = live_through(Life(house, cast, seed), cast, months)
    for kind in Kind.values:
        every = {m: monthly_statement(house.kuocang, m, kind) for m in [*MONTHS, OCTOBER, NOVEMBER]}
        for month, statement in every.items():
            assert statement == published.get((month, kind), statement), "published months stay"
            assert (
                statement.opening + statement.late + statement.added - statement.removed == statement.closing
            )
            assert min(lines(statement)) >= 0
        for before, after in pairwise(every.values()):
            assert after.opening == before.closing, after.month
        assert gaps(house.kuocang, kind) == []
        now = population_counts(house.kuocang)
        people = now.residents if kind == "living" else now.residents_registered
        assert every[NOVEMBER].closing == people_counted_twice(house.kuocang, kind) + people
    late = sum(statement.late_added + statement.late_removed for statement in published.values())
    assert late > 5, "the year must have had something late in it"


def test_negative_control_opening_differs_without_the_rule(house, cast, monkeypatch):
    """Negative control: numbers computed from the register alone."""
    monkeypatch.setattr("residents.event_log.monthly_statement.published_figures", lambda community, key: {})
    live_through(Life(house, cast, 0), cast, MONTHS[:4])
    assert gaps(house.kuocang, "living")


def people_counted_twice(community, kind) -> int:
    """Merged persons with two residences; the statement counts residences."""
    stays = Residence.objects.of(community).filter(kind=kind).open()
    return stays.count() - stays.values("person").distinct().count()
