"""Published months stay; what is recorded late has its own line; a month opens with the published closing before it."""

import datetime
import random
from itertools import pairwise

import pytest

from community.actions import bulletin as steps
from community.actions.bulletin_review import recompute_sections, start_correction
from community.models import Bulletin, BulletinBasis, BulletinVersion, Person
from community.months import month_after
from portal.refusals import Refusal
from residents.actions import moves
from residents.actions.households import Member, transfer
from residents.actions.merging import merge_people
from residents.actions.moves import Stay, move_out, record_death
from residents.actions.people import add_person
from residents.actions.undo import undo
from residents.actions.unmerging import undo_merge
from residents.doubles import survey
from residents.models import (
    Dwelling,
    Household,
    PersonMerge,
    PopulationEvent,
    Residence,
)
from residents.models.household import Kind
from residents.reports import (
    monthly_changes,
    monthly_statement,
    population_counts,
    residences_behind,
)
from residents.sections_event_log import sections
from tests.community.bulletins import correct, publish, review, write_draft

pytestmark = pytest.mark.django_db

SEPTEMBER, OCTOBER, NOVEMBER = (datetime.date(2026, month, 1) for month in (9, 10, 11))
MONTHS = [datetime.date(2026, month, 1) for month in range(1, 10)]


@pytest.fixture(autouse=True)
def no_pdf(quick_pdf):
    """None of these tests reads one."""


def move_in(house, cast, on: datetime.date, name="李四", community=None) -> Person:
    """Somebody who lives in 101 since that day, recorded now."""
    person = add_person(by=cast["staff"], community_id=house.kuocang.id, name=name)
    stay = Stay("living", household=house.household, relation_word="子")
    moves.move_in(by=cast["staff"], person=person, dwelling=house.dwelling, on=on, stays=[stay])
    return person


def published_table(community, month) -> dict[str, list[str]]:
    """The rows of 人口变动 in what anybody reads, by their first cell, and its header."""
    version = BulletinVersion.objects.of(community).filter(month=month).order_by("-number").first()
    (part,) = [part for part in version.snapshot["parts"] if part["key"] == "residents.change"]
    (table,) = part["tables"]
    return {"header": table["header"], **{row[0]: row for row in table["rows"]}}


def lines(statement) -> tuple[int, ...]:
    return statement.opening, statement.late_added, statement.late_removed, statement.added, statement.removed


def test_what_is_recorded_after_its_month_was_published_has_its_own_line(house, cast):
    publish(house.kuocang, cast, OCTOBER)
    before = monthly_statement(house.kuocang, OCTOBER)
    late = move_in(house, cast, datetime.date(2026, 1, 15))
    assert monthly_statement(house.kuocang, OCTOBER) == before
    november = monthly_statement(house.kuocang, NOVEMBER)
    assert (november.opening, november.late, november.added, november.closing) == (before.closing, 1, 0, 2)
    assert [r.person for r in residences_behind(house.kuocang, NOVEMBER, "living", "late_added")] == [late]
    publish(house.kuocang, cast, NOVEMBER)
    table = published_table(house.kuocang, NOVEMBER)
    assert table["header"] == ["类别", "期初", "补登", "增加", "减少", "期末"]
    assert table["居住人口"] == ["居住人口", "1", "+1", "0", "0", "2"]
    assert population_counts(house.kuocang).residents == november.closing


def test_both_directions_are_told(house, cast):
    """One forgotten and one too many are not nothing."""
    gone = move_in(house, cast, datetime.date(2026, 2, 1), "王五")
    publish(house.kuocang, cast, OCTOBER)
    move_in(house, cast, datetime.date(2026, 3, 1), "赵六")
    move_out(by=cast["staff"], person=gone, on=datetime.date(2026, 9, 30))
    november = monthly_statement(house.kuocang, NOVEMBER)
    assert lines(november) == (2, 1, 1, 0, 0)
    (change,) = [s for s in sections(house.kuocang, NOVEMBER) if s.key == "residents.change"]
    assert change.rows[0][2] == "+1 −1"
    assert "补登以前月份已公开后登记的变动：增加1人、减少1人" in change.sentences[0]
    assert [r.person for r in residences_behind(house.kuocang, NOVEMBER, "living", "late_removed")] == [gone]


def test_a_late_move_within_the_community_is_no_late_line(house, cast):
    publish(house.kuocang, cast, OCTOBER)
    door = Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.second, room="301"
    )
    transfer(
        by=cast["staff"], members=[Member(house.person, "户主")], dwelling=door,
        on=datetime.date(2026, 9, 1), targets={"living": None},
    )  # fmt: skip
    assert lines(monthly_statement(house.kuocang, NOVEMBER)) == (1, 0, 0, 0, 0)


def test_undo_is_late_too(house, cast):
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
def test_the_last_day_is_of_its_month(house, cast, day, month):
    publish(house.kuocang, cast, OCTOBER)
    move_in(house, cast, day)
    november = monthly_statement(house.kuocang, NOVEMBER)
    assert (november.late, november.added) == ((1, 0) if month == "late" else (0, 1))


def test_the_first_month_of_a_community_has_nothing_late(house, cast):
    """Before anything is published, what is recorded counts where it belongs."""
    publish(house.xizhigou, cast, OCTOBER)
    move_in(house, cast, datetime.date(2026, 1, 15))
    assert lines(monthly_statement(house.kuocang, NOVEMBER)) == (2, 0, 0, 0, 0)
    assert monthly_statement(house.kuocang, datetime.date(2026, 1, 1)).added == 1


def test_another_communitys_bulletins_do_not_count(house, cast):
    publish(house.kuocang, cast, OCTOBER)
    assert lines(monthly_statement(house.xizhigou, NOVEMBER)) == (0, 0, 0, 0, 0)
    assert monthly_statement(house.xizhigou, OCTOBER).closing == 0


def test_a_month_published_after_the_next_one_closes_with_its_opening(house, cast):
    publish(house.kuocang, cast, SEPTEMBER)
    publish(house.kuocang, cast, NOVEMBER)
    opening = monthly_statement(house.kuocang, NOVEMBER).opening
    move_in(house, cast, datetime.date(2026, 10, 4))
    publish(house.kuocang, cast, OCTOBER)
    october = monthly_statement(house.kuocang, OCTOBER)
    assert october.closing == opening
    assert october.opening + october.late + october.added - october.removed == october.closing
    assert monthly_statement(house.kuocang, datetime.date(2026, 12, 1)).late == 1


def test_two_months_that_follow_one_another_are_not_fixed_at_once(house, cast):
    october = write_draft(house.kuocang, cast["staff"], OCTOBER)
    steps.submit(bulletin=october, seen=october.version, by=cast["staff"])
    november = write_draft(house.kuocang, cast["staff"], NOVEMBER)
    with pytest.raises(steps.NextMonthUnderWay, match="请等2026年10月公开以后再提交"):
        steps.submit(bulletin=november, seen=november.version, by=cast["staff"])


def test_the_chart_keeps_published_months(house, cast):
    publish(house.kuocang, cast, OCTOBER)
    move_in(house, cast, datetime.date(2026, 10, 12))
    assert [(c.came, c.left) for c in monthly_changes(house.kuocang, [OCTOBER, NOVEMBER])] == [(0, 0), (0, 0)]


# Corrections


def test_a_correction_of_the_newest_month_may_count_anew_and_the_next_one_opens_with_it(house, cast):
    first = publish(house.kuocang, cast, OCTOBER)
    move_in(house, cast, datetime.date(2026, 10, 12))
    start_correction(bulletin=first.bulletin, reason="漏登一人", by=cast["director"])
    bulletin = Bulletin.objects.get()
    bulletin = recompute_sections(bulletin=bulletin, seen=bulletin.version, by=cast["staff"])
    assert monthly_statement(house.kuocang, OCTOBER).closing == 1, "until it is published the old one holds"
    bulletin = review(bulletin, cast)
    steps.publish(bulletin=bulletin, seen=bulletin.version, by=cast["director"])
    october = monthly_statement(house.kuocang, OCTOBER)
    assert (october.added, october.closing) == (1, 2)
    assert lines(monthly_statement(house.kuocang, NOVEMBER)) == (2, 0, 0, 0, 0)


def test_a_correction_of_an_older_month_leaves_the_people_as_they_were_published(house, cast):
    first = publish(house.kuocang, cast, OCTOBER)
    publish(house.kuocang, cast, NOVEMBER)
    before = monthly_statement(house.kuocang, OCTOBER)
    move_in(house, cast, datetime.date(2026, 10, 12))
    start_correction(bulletin=first.bulletin, reason="漏登一人", by=cast["director"])
    bulletin = Bulletin.objects.get(month=OCTOBER)
    recompute_sections(bulletin=bulletin, seen=bulletin.version, by=cast["staff"])
    assert monthly_statement(house.kuocang, OCTOBER) == before
    (change,) = [s for s in sections(house.kuocang, OCTOBER) if s.key == "residents.change"]
    assert change.rows[0] == ("居住人口", "1", "0", "0", "0", "1")
    bulletin.refresh_from_db()
    bulletin = review(bulletin_edited(bulletin, cast), cast)
    steps.publish(bulletin=bulletin, seen=bulletin.version, by=cast["director"])
    assert monthly_statement(house.kuocang, OCTOBER) == before


def bulletin_edited(bulletin, cast):
    from tests.community.bulletins import edit

    return edit(bulletin, cast["staff"], financial="收入12600.00元。")


def test_a_correction_of_words_only_leaves_the_numbers_alone(house, cast):
    first = publish(house.kuocang, cast, OCTOBER)
    basis = BulletinBasis.objects.get(key="residents.change")
    move_in(house, cast, datetime.date(2026, 10, 12))
    correct(first, cast)
    assert BulletinBasis.objects.get(key="residents.change") == basis
    assert monthly_statement(house.kuocang, NOVEMBER).late == 1


# Any life


class Life:
    """Random events about random earlier days, of every way in which the register changes."""

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
            what = self.chance.choice(
                [self._arrive] * 3 + [self._leave] * 2 + [self._die, self._move, self._undo, self._import]
                + [self._delete, self._merge, self._part]
            )  # fmt: skip
            try:
                what()
            except Refusal:
                continue

    def _day(self) -> datetime.date:
        """Often the first or last of a month."""
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
            stays=[Stay(kind) for kind in kinds],
        )  # fmt: skip

    def _leave(self):
        kinds = [self.chance.choice(Kind.values)]
        move_out(by=self.staff, person=self._person(), on=self._day(), kinds=kinds)

    def _die(self):
        record_death(by=self.staff, person=self._person(), on=self._day())

    def _move(self):
        person = self._person()
        transfer(
            by=self.staff, members=[Member(person, "户主")], dwelling=self.chance.choice(self.doors),
            on=self._day(), targets={"living": None},
        )  # fmt: skip

    def _undo(self):
        event = self._one_of(PopulationEvent.objects.of(self.community).standing())
        undo(by=self.staff, event=event, reason="登记有误")

    def _import(self):
        """Rows as an import leaves them: with or without a start, entered on a day or not."""
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
        """An import taken back, or a repair by hand: the row is gone."""
        events = PopulationEvent.objects.of(self.community)
        free = Residence.objects.of(self.community)
        for pointer in ("residence", "former"):
            free = free.exclude(pk__in=events.exclude(**{pointer: None}).values(pointer))
        if stay := self._one_of(free):
            stay.delete()

    def _merge(self):
        one, two = self._person(), self._person()
        if one != two:
            found = survey(one, two)
            merge_people(
                by=self.staff, kept=one, removed=two, seen=found.fingerprint, take={},
                stay={clash.key: "kept" for clash in found.clashes},
            )  # fmt: skip

    def _part(self):
        if merge := self._one_of(PersonMerge.objects.of(self.community).filter(undone_at=None)):
            undo_merge(by=self.staff, merge=merge, reason="不是同一人")


def live_through(life, cast, months) -> dict:
    """Publish each of these months with random events in between; (month, kind) → the statement as published."""
    life.record(15)
    published = {}
    for month in months:
        publish(life.community, cast, month)
        for kind in Kind.values:
            published[month, kind] = monthly_statement(life.community, month, kind)
        life.record(12)
    return published


def gaps(community, kind) -> list[datetime.date]:
    """The months that open otherwise than the one before was published to close."""
    months = sorted(BulletinVersion.objects.of(community).values_list("month", flat=True))
    word = f"{Kind(kind).label}人口"
    return [
        month_after(month)
        for month in months
        if int(published_table(community, month)[word][-1])
        != monthly_statement(community, month_after(month), kind).opening
    ]


@pytest.mark.parametrize("seed", range(3))
def test_every_month_opens_with_the_published_closing_whatever_is_recorded_later(house, cast, seed):
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


def test_without_the_rule_months_would_part(house, cast, monkeypatch):
    """The negative control: numbers of the register as it is now, whatever was published."""
    monkeypatch.setattr("residents.reports.published_figures", lambda community, key: {})
    live_through(Life(house, cast, 0), cast, MONTHS[:4])
    assert gaps(house.kuocang, "living")


def people_counted_twice(community, kind) -> int:
    """The statement counts residences: of a merged person who has two there is one more."""
    stays = Residence.objects.of(community).filter(kind=kind).open()
    return stays.count() - stays.values("person").distinct().count()
