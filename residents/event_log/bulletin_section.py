"""Bulletin sections on population and its change, and the people behind their numbers."""

import datetime
from collections.abc import Iterator

from django.urls import reverse

from community.bulletins.section_basis import published_figures
from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.charts.chart import Chart, Series
from portal.hooks.bulletin import BulletinNumber, BulletinSection
from portal.registers.panels import Link, Panel
from portal.values.dates import prose_date
from portal.values.months import last_months, month_word
from residents.event_log.monthly_statement import (
    CHANGE,
    PARTS,
    MonthlyChange,
    Statement,
    basis_of,
    last_day_of,
    monthly_changes,
    monthly_statements,
    population_counts,
    residences_counted,
)
from residents.homes.models import Kind

MONTHS = 12
"""Months of the chart of changes, including the bulletin's own."""


def sections(community, month: datetime.date) -> Iterator[BulletinSection]:
    """Households and people at the month's end, and the month's change of population."""
    published = published_figures(community, CHANGE)
    statements = monthly_statements(community, month, published, anew=True)
    yield _population(community, month, statements)
    yield _change(community, month, statements, published)


def drill_down_rows(
    access: Access, community: CommunityRef, month: datetime.date, key: str
) -> Iterator[Panel]:
    """The people that one of these numbers counts."""
    match key.split("."):
        case ["residents", "people", kind, part]:
            panel = people_panel(access, community, month, kind, part)
            if panel:
                yield panel


def _population(community, month: datetime.date, statements: dict[str, Statement]) -> BulletinSection:
    """Households and people at the end of the month (today for the current one). People are the statement's closing."""
    on = last_day_of(month)
    counts = population_counts(community, on)
    lines = tuple(
        (kind.label, kind, households, statements[kind].closing)
        for kind, households in (
            (Kind.LIVING, counts.households),
            (Kind.REGISTERED, counts.households_registered),
        )
    )
    return BulletinSection(
        key="residents.population",
        title="人口情况",
        order=10,
        header=("类别", "户数", "人数"),
        rows=tuple((word, str(households), str(people)) for word, _, households, people in lines),
        sentences=(f"截至{prose_date(on)}，本社区户数和人数如下。",),
        numbers=tuple(
            BulletinNumber(f"{word}{noun}", value, unit, rows=f"residents.people.{kind}.closing")
            for word, kind, households, people in lines
            for noun, value, unit in (("户数", households, "户"), ("人数", people, "人"))
        ),
    )


def _change(
    community, month: datetime.date, statements: dict[str, Statement], published: dict[datetime.date, dict]
) -> BulletinSection:
    """The month's statement of change, and the last twelve months as a chart."""
    lines = [(f"{kind.label}人口", kind, statements[kind]) for kind in Kind]
    return BulletinSection(
        key=CHANGE,
        title="人口变动",
        order=20,
        header=("类别", "期初", "补登", "增加", "减少", "期末"),
        rows=tuple(
            (word, str(s.opening), s.late_words, str(s.added), str(s.removed), str(s.closing))
            for word, _, s in lines
        ),
        sentences=tuple(f"本月{word}{_sentence(statement)}" for word, _, statement in lines),
        numbers=tuple(
            BulletinNumber(f"{word}{part_word}", value, "人", rows=f"residents.people.{kind}.{part}")
            for word, kind, statement in lines
            for part, part_word in PARTS.items()
            if (value := getattr(statement, part)) or part in ("opening", "added", "removed", "closing")
        ),
        charts=tuple(_chart_of_changes(community, month, statements[Kind.LIVING], published)),
        basis=basis_of(community, statements, published),
    )


def _sentence(statement: Statement) -> str:
    """Causes of additions and reductions, and late changes, in one sentence."""
    parts = ("born", "moved_in", "entered", "moved_out", "died", "ended_otherwise")
    words = [f"{PARTS[part]}{number}人" for part in parts if (number := getattr(statement, part))]
    sentence = "，".join(words) or "没有变动"
    late = {"增加": statement.late_added, "减少": statement.late_removed}
    if any(late.values()):
        numbers = "、".join(f"{word}{number}人" for word, number in late.items() if number)
        sentence += f"；补登以前月份已公开后登记的变动：{numbers}"
    return f"{sentence}。"


def _chart_of_changes(
    community, month: datetime.date, statement: Statement, published: dict
) -> Iterator[Chart]:
    """Changes of the last months; the bulletin's own month by its statement. Late changes are in no column."""
    changes = monthly_changes(community, last_months(month, MONTHS)[::-1], published)
    changes[-1] = MonthlyChange(
        month, statement.born + statement.moved_in, statement.moved_out + statement.died
    )
    if not any(change.came or change.left for change in changes):
        return
    yield Chart(
        key="changes",
        title="近十二个月居住人口增减",
        unit="人",
        label="月份",
        labels=tuple(month_word(change.month) for change in changes),
        short_labels=tuple(f"{change.month.month}月" for change in changes),
        series=(
            Series("出生、迁入", tuple(change.came for change in changes)),
            Series("迁出、死亡", tuple(change.left for change in changes)),
        ),
    )


def people_panel(access: Access, community, month, kind: str, part: str) -> Panel | None:
    if kind not in Kind.values or part not in PARTS or not access.can(Permission.PEOPLE_NAMES, community):
        return None
    residences = residences_counted(community, month, kind, part).select_related(
        "person", "household__dwelling"
    )
    residences = list(residences.order_by("household__dwelling__sort", "household", "-is_head", "id"))
    people = reverse("residents:person_list", kwargs={"community": community.code})
    households = len({residence.household_id for residence in residences})
    return Panel(
        f"{month_word(month)}{Kind(kind).label}人口{PARTS[part]}：{households}户，{len(residences)}人",
        ("房屋", "姓名", "与户主关系", "起", "止"),
        [
            (
                str(residence.household.dwelling or "集体户"),
                Link(residence.person.name, f"{people}{residence.person.uuid}/"),
                residence.relation_word,
                residence.start or "",
                residence.end or "至今",
            )
            for residence in residences
        ],
        empty="现在的台账里没有这样的人",
    )
