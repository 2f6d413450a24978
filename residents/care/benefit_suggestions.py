"""Benefit suggestions (待遇与到期提醒): who may be eligible or is due for a check, by age, home, dates and dated rules.

A suggestion is never applied automatically: it links to a form, or is dismissed for good with a reason.
"""

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Self
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Value
from django.urls import reverse

from community.communities.models import current_on
from community.dated_rules.rules import values_by_community, values_of
from community.people.models import Person
from portal.access.user_access import CommunityRef
from portal.values.partial_dates import years_before
from residents.care.models.dismissal import CareDismissal
from residents.care.models.elder import Elder
from residents.care.models.kind import CareKind
from residents.care.queries import MODELS, care_condition, living_alone
from residents.care.rules import Key

Rule = CareDismissal.Rule

_KEYS = (Key.ELDER_AGE, Key.ALLOWANCE_AGE, Key.SCHOOL_AGE, Key.CARE_NOTICE_DAYS, Key.CARE_LOOKBACK_DAYS)
PERSON_RULES = (Rule.OLD, Rule.ELDER, Rule.ALONE, Rule.SCHOOL)
"""Rules that select people by age and home; `Rule.DUE` selects entries of the care registers."""


class BenefitSuggestions:
    """The benefit suggestions of communities with the same dated rules (ids in `communities`) on one day."""

    def __init__(self, communities: Sequence[int], day: datetime.date, rules: Mapping[str, int]):
        self.communities = communities
        self.day = day
        self.ages = {
            Rule.ELDER: rules[Key.ELDER_AGE],
            Rule.OLD: rules[Key.ALLOWANCE_AGE],
            Rule.SCHOOL: rules[Key.SCHOOL_AGE],
        }
        self.until = day + datetime.timedelta(days=rules[Key.CARE_NOTICE_DAYS])
        self.since = day - datetime.timedelta(days=rules[Key.CARE_LOOKBACK_DAYS])

    @classmethod
    def of(cls, community: CommunityRef, day: datetime.date) -> Self:
        """Those of one community."""
        return cls([community.id], day, values_of(community, _KEYS, day))

    def people(self, rule: Rule) -> QuerySet[Person]:
        """Residents to whom a rule of `PERSON_RULES` applies, without dismissed suggestions."""
        residents = Person.objects.in_communities(self.communities)
        residents = residents.filter(~Q(place_label=""), died_on__isnull=True)
        dismissed = CareDismissal.objects.filter(
            community=OuterRef("community"), person=OuterRef("pk"), rule=rule
        )
        return residents.filter(self._condition(rule), ~Exists(dismissed)).order_by(
            "-birth_date", "name_key", "id"
        )

    def _condition(self, rule: Rule) -> Q:
        if rule is Rule.OLD:
            # An entry without an allowance does not exclude: its person may still claim one.
            receiving = Elder.objects.filter(
                current_on(self.day), community=OuterRef("community"), person=OuterRef("pk"), allowance__gt=0
            )
            return Q(birth_date__lte=years_before(self.until, self.ages[rule])) & ~Exists(receiving)
        if rule is Rule.ALONE:
            born = Q(
                birth_date__lte=years_before(self.since, self.ages[Rule.ELDER]),
                birth_date__gt=years_before(self.until, self.ages[Rule.OLD]),
            )
            alone = living_alone().filter(community=OuterRef("community"), person=OuterRef("pk"))
            return born & Q(Exists(alone)) & ~care_condition(CareKind.ELDERLY, self.day)
        turning = Q(
            birth_date__gt=years_before(self.since, self.ages[rule]),
            birth_date__lte=years_before(self.until, self.ages[rule]),
        )
        return turning if rule is Rule.SCHOOL else turning & ~care_condition(CareKind.ELDERLY, self.day)

    def birthday(self, person: Person, rule: Rule) -> datetime.date | None:
        """The birthday on which a person reaches the age of a rule; None for a rule without an age."""
        age = self.ages.get(rule)
        return years_before(person.birth_date, -age) if age and person.birth_date else None

    def _due(self, kind: CareKind) -> QuerySet:
        """Due entries of a register, annotated with the person (`of`) they are about."""
        whose = MODELS[kind].person_field
        dismissed = CareDismissal.objects.filter(
            community=OuterRef("community"),
            person=OuterRef(whose),
            rule=Rule.DUE,
            care=kind,
            occasion=OuterRef("due"),
        )
        entries = MODELS[kind].objects.in_communities(self.communities).current(self.day).due_by(self.until)
        return entries.filter(~Exists(dismissed)).annotate(care=Value(kind.value), of=F(f"{whose}_id"))

    def due(self, kind: CareKind | None = None) -> QuerySet:
        """Due entries of one register or of all, as (kind, id, person id, day), the earliest first."""
        parts = [
            self._due(each).order_by().values_list("care", "pk", "of", "due")
            for each in ([kind] if kind else CareKind)
        ]
        return parts[0].union(*parts[1:], all=True).order_by("due", "pk")

    def topics(self) -> list["SuggestionKind"]:
        """All kinds of suggestions with their counts, of one community; two queries."""
        (topics,) = _topics_of([self]).values()
        return topics

    def title(self, rule: Rule) -> str:
        """Title of the list of a rule of `PERSON_RULES`."""
        age = self.ages.get(rule)
        return {
            Rule.OLD: f"满{age}周岁，可申领高龄津贴",
            Rule.ELDER: f"满{age}周岁，可登记老年人台账",
            Rule.ALONE: "独居老人，未登记老年人台账",
            Rule.SCHOOL: f"满{age}周岁，可通知入学报名",
        }[rule]

    def counts(self) -> Iterator[QuerySet]:
        """Parts of a union: (community id, rule, number of people) for each rule of `PERSON_RULES`."""
        for rule in PERSON_RULES:
            people = self.people(rule).order_by().values("community_id").annotate(rule=Value(rule.value))
            yield people.annotate(count=Count("pk")).values_list("community_id", "rule", "count")

    def due_counts(self) -> Iterator[QuerySet]:
        """Parts of a union: (community id, register, number of due entries, earliest day) for each register."""
        for kind in CareKind:
            entries = self._due(kind).order_by().values("community_id", "care")
            entries = entries.annotate(count=Count("pk"), first=Min("due"))
            yield entries.values_list("community_id", "care", "count", "first")


def topics_by_community(ids: Collection[int], day: datetime.date) -> dict[int, list["SuggestionKind"]]:
    """Community id → all kinds of suggestions with their counts; three queries, whatever the number of communities."""
    ids_by_rules: dict[tuple, list[int]] = {}
    for pk, rules in values_by_community(ids, _KEYS, day).items():
        ids_by_rules.setdefault(tuple(rules.items()), []).append(pk)
    return _topics_of(BenefitSuggestions(pks, day, dict(rules)) for rules, pks in ids_by_rules.items())


def _topics_of(groups: Iterable[BenefitSuggestions]) -> dict[int, list["SuggestionKind"]]:
    groups = list(groups)
    people = {(pk, rule): count for pk, rule, count in _union(g.counts() for g in groups)}
    due = {(pk, kind): (count, first) for pk, kind, count, first in _union(g.due_counts() for g in groups)}
    return {
        pk: [
            *(SuggestionKind(r, None, group.title(r), people.get((pk, r), 0)) for r in PERSON_RULES),
            *(
                SuggestionKind(Rule.DUE, kind, due_topic(kind), *due.get((pk, kind), (0,)))
                for kind in CareKind
            ),
        ]
        for group in groups
        for pk in group.communities
    }


def _union(parts: Iterable[Iterable[QuerySet]]) -> Iterable[tuple]:
    """The rows of all parts; one query."""
    flat = list(chain.from_iterable(parts))
    return flat[0].union(*flat[1:], all=True) if flat else ()


@dataclass(frozen=True, slots=True)
class SuggestionKind:
    """One kind of suggestion: a rule, for due entries with the register (`care`) and the earliest day (`first`)."""

    rule: Rule
    care: CareKind | None
    title: str
    count: int
    first: datetime.date | None = None

    def url(self, community: CommunityRef) -> str:
        return list_url(community, self.rule, self.care)


def list_url(community: CommunityRef, rule: Rule, care: CareKind | None = None) -> str:
    """The page that lists the suggestions of a rule, for due entries those of one register."""
    query = {"rule": rule.value} | ({"care": care.value} if care else {})
    url = reverse("residents:care_proposals", kwargs={"community": community.code})
    return f"{url}?{urlencode(query)}"


def due_topic(kind: CareKind) -> str:
    """Title of the list of due entries of a register."""
    return _DUE_TITLES[kind]


def due_label(kind: CareKind) -> str:
    """The register's label for what is due."""
    return str(MODELS[kind]._meta.get_field("due").verbose_name)


_DUE_TITLES = {
    CareKind.LOW_INCOME: "低保复核到期",
    CareKind.DISABLED: "残疾人证件将到期",
    CareKind.ELDERLY: "高龄津贴生存认证到期",
    CareKind.SPECIAL_CARE: "优抚对象年度确认到期",
    CareKind.UNEMPLOYED: "失业人员回访到期",
    CareKind.RETIRED: "退休人员资格认证到期",
    CareKind.CHILD: "困境儿童评估到期",
    CareKind.MATERNAL: "育龄妇女服务到期",
}


def due_title(kind: CareKind, count: int, *, is_late: bool) -> str:
    """Title of the to-do entry for the due entries of a register; `is_late`: the first of them is overdue."""
    title = _DUE_TITLES[kind].replace("将", "已") if is_late else _DUE_TITLES[kind]
    return f"{title} {count}{'户' if kind is CareKind.LOW_INCOME else '人'}"


@dataclass(frozen=True, slots=True)
class CareCounts:
    """Counts of a care register on a day."""

    current: int = 0
    due: int = 0
    overdue: int = 0
    past: int = 0


def counts_by_kind(
    community: CommunityRef, day: datetime.date, until: datetime.date
) -> dict[CareKind, CareCounts]:
    """Counts by care register: `due` by `until` and `overdue` on `day` count current entries only. One query."""
    now = current_on(day)
    parts = [
        model.objects.of(community)
        .order_by()
        .values("community")
        .annotate(
            care=Value(kind.value),
            now_in=Count("pk", filter=now),
            soon=Count("pk", filter=now & Q(due__gte=day, due__lte=until)),
            late=Count("pk", filter=now & Q(due__lt=day)),
            over=Count("pk", filter=Q(end__lt=day)),
        )
        .values_list("care", "now_in", "soon", "late", "over")
        for kind, model in MODELS.items()
    ]
    sizes_by_kind = {
        CareKind(kind): CareCounts(*numbers) for kind, *numbers in parts[0].union(*parts[1:], all=True)
    }
    return {kind: sizes_by_kind.get(kind, CareCounts()) for kind in CareKind}
