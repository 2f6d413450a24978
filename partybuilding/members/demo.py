"""Party branches of the demo communities with their members, of every relation, state and stage, with transfers and dues."""

import datetime
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from community.bodies.kinds import BodyKind
from community.bodies.models import Body
from community.communities.models import Community
from community.demo.parts import DemoCommunity, RunFor, analyze, demo_part
from community.people.models import Person
from partybuilding.members.choices import Direction, Relation, Stage, State
from partybuilding.members.demo_dues import DuesMaker
from partybuilding.members.models import Member, MemberStep, Transfer
from partybuilding.members.path import STEPS
from portal.values.months import months_later

_DAY = datetime.timedelta(days=1)
_MEMBER, _PROBATIONARY, _WORKING_AGES = "01", "02", range(25, 60)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Branches, and how many members there are of each relation, besides those who are lost."""

    branches: int
    on_roll: int
    reporting: int
    mobile_in: int
    lost: int = 2

    @property
    def number(self) -> int:
        return self.on_roll + self.reporting + self.mobile_in + self.lost


_PLANS = {"kuocang": _Plan(5, 103, 238, 22), "beizheng": _Plan(3, 86, 120, 14)}
"""363 members of whom 103 are on the roll, and 220, as the documents of the two communities say."""
_NUMBERS = "一二三四五"
_OUTSIDE = ("中共丽水市委市直机关工委", "中共杭州市西湖区委组织部", "中共温州市鹿城区委组织部")


@demo_part(197, RunFor.EACH)
def found_party_bodies(demo: DemoCommunity) -> None:
    """The general branch and the branches below it, for a community that has none yet."""
    plan, community = _PLANS.get(demo.plan.code), demo.community
    bodies = Body.objects.of(community)
    if plan is None or bodies.filter(kind=BodyKind.GENERAL_BRANCH).exists():
        return
    founded = {"founded_on": demo.plan.founded_on, "term_years": 5}
    general = Body.objects.create(
        community=community,
        kind=BodyKind.GENERAL_BRANCH,
        name=f"{community.name}党总支",
        short_name="党总支",
        **founded,
    )
    for number in _NUMBERS[: plan.branches]:
        # The first one may be there for the account of its secretary.
        name = f"第{number}党支部"
        Body.objects.update_or_create(
            community=community, name=name, defaults={"kind": BodyKind.BRANCH, "parent": general, **founded}
        )


@demo_part(415, RunFor.EACH)
def load_members(demo: DemoCommunity) -> None:
    """Members of all relations, for a community that has branches and no members yet."""
    plan, community = _PLANS.get(demo.plan.code), demo.community
    if plan is None or Member.objects.of(community).exists():
        return
    maker = _Maker(demo, plan)
    if len(maker.candidates) < plan.number:
        return
    maker.load()
    analyze(Member)


class _Maker:
    """Makes the members of one community; deterministic for a given day."""

    def __init__(self, demo: DemoCommunity, plan: _Plan):
        self.demo, self.plan, self.today = demo, plan, demo.today
        self.community: Community = demo.community
        self.rng = random.Random(f"liren members {demo.plan.code}")  # noqa: S311 - invented people
        branches = Body.objects.of(self.community).filter(kind=BodyKind.BRANCH)
        self.branches = list(branches.order_by("id"))
        everybody = Person.objects.of(self.community).filter(birth_date__isnull=False, died_on__isnull=True)
        self.everybody = list(everybody.exclude(place_label="").order_by("id"))
        self.candidates = self._candidates()
        self.members: list[Member] = []

    def _candidates(self) -> list[Person]:
        """Members by their political status, in a random order; adults besides where there are too few."""
        members = [person for person in self.everybody if person.political == _MEMBER]
        if len(members) < self.plan.number:
            adults = [p for p in self.everybody if p.political != _MEMBER and (p.age or 0) >= 30]
            members += adults[: self.plan.number - len(members)]
        self.rng.shuffle(members)
        return members

    def load(self) -> None:
        secretary = self.demo.users["branch"].person if self.demo.plan.is_showcase else None
        people = [person for person in self.candidates if secretary is None or person.pk != secretary.pk]
        working = [p for p in people if p.age in _WORKING_AGES]
        reporting = working[: self.plan.reporting]
        taken = {person.pk for person in reporting}
        others = [person for person in people if person.pk not in taken]
        on_roll = ([secretary] if secretary else []) + others
        count = self.plan.on_roll + self.plan.lost
        rest = on_roll[count:] + working[self.plan.reporting :]
        mobile = [p for p in rest if p not in on_roll[:count]][: self.plan.mobile_in]
        self.members += [self._on_roll(number, person) for number, person in enumerate(on_roll[:count])]
        self.members += [self._elsewhere(person, Relation.REPORTING) for person in reporting]
        self.members += [self._elsewhere(person, Relation.MOBILE_IN) for person in mobile]
        if self.demo.plan.is_showcase:
            self.members += list(self._on_path())
        Member.objects.bulk_create(self.members)
        if self.demo.plan.is_showcase:
            self._steps()
            self._transfers()
        DuesMaker(self.community, self.today, self.rng).load([m for m in self.members if m.dues_from])

    def _branch(self, number: int) -> Body:
        return self.branches[number % len(self.branches)]

    def _member(self, person: Person, branch: Body, **fields) -> Member:
        born = person.birth_date
        age = self.rng.randint(20, 32)
        joined = min(months_later(born, 12 * age), months_later(self.today, -30))
        joined = joined.replace(day=self.rng.randint(1, 28))
        dates = {"joined_on": joined, "full_on": months_later(joined, 12)}
        return Member(community=self.community, person=person, branch=branch, **(dates | fields))

    def _on_roll(self, number: int, person: Person) -> Member:
        dues_from = months_later(self.today.replace(day=1), -20)
        fields = {"is_retired": (person.age or 0) >= 60, "dues_from": dues_from}
        if number >= self.plan.on_roll:
            lost_since = self.today - _DAY * (400 if number % 2 else 90)
            fields |= {"state": State.LOST, "lost_since": lost_since}
        elif number % 17 == 5:
            fields |= {"state": State.MOBILE_OUT, "where": self.rng.choice(("杭州市", "上海市", "义乌市"))}
        elif number in (1, 2):
            joined = months_later(self.today, -12) + _DAY * (18 if number == 1 else 130)
            end = months_later(joined, 12)
            fields |= {
                "stage": Stage.PROBATIONARY, "joined_on": joined, "probation_ends_on": end, "full_on": None,
                "dues_from": joined.replace(day=1), "is_retired": False,
            }  # fmt: skip
        # The first five stand in the first branch, which the demo account of its secretary opens.
        return self._member(person, self.branches[0] if number < 5 else self._branch(number), **fields)

    def _elsewhere(self, person: Person, relation: Relation) -> Member:
        """A member whose relation is with another organisation."""
        home = person.workplace or self.rng.choice(_OUTSIDE)
        branch = self._branch(self.rng.randrange(len(self.branches)))
        return self._member(person, branch, relation=relation, home_branch=f"{home}党支部"[:80])

    def _on_path(self) -> Iterator[Member]:
        """Three on the way to membership: an applicant who waits for the talk, an activist, a development object."""
        taken = {member.person_id for member in self.members}
        young = [
            p
            for p in self.everybody
            if p.age in range(22, 36) and p.pk not in taken and p.political != _MEMBER
        ]
        for person, stage in zip(young, (Stage.APPLICANT, Stage.ACTIVIST, Stage.DEVELOPMENT), strict=False):
            yield Member(community=self.community, person=person, branch=self.branches[0], stage=stage)

    def _steps(self) -> None:
        """Steps of those on the way: the applicant's talk is overdue, the activist's look too."""
        ages = {Stage.APPLICANT: (1, 45), Stage.ACTIVIST: (6, 420), Stage.DEVELOPMENT: (11, 620)}
        rows: list[MemberStep] = []
        for member in self.members:
            if member.stage not in ages:
                continue
            count, days = ages[member.stage]
            rows += self._steps_of(member, count, days)
        MemberStep.objects.bulk_create(rows)
        for row in rows:
            if row.step == "apply":
                Member.objects.filter(pk=row.member.pk).update(applied_on=row.on)

    def _steps_of(self, member: Member, count: int, days: int) -> Iterator[MemberStep]:
        """The first steps, evenly over the days since the application; the second part of the way a year later."""
        begun = self.today - _DAY * days
        for number, step in enumerate(STEPS[:count]):
            on = begun + _DAY * (15 * number + (370 if number > 5 else 0))
            text = "两名正式党员" if step.asks else ""
            yield MemberStep(
                community=self.community, member=member, step=step.code, on=min(on, self.today), text=text
            )

    def _transfers(self) -> None:
        """A letter whose receipt is overdue, one that is valid, a move between branches, and an arrival."""
        full = [m for m in self.members if m.relation == Relation.ON_ROLL and m.stage == Stage.FULL]
        full = [m for m in full if m.state == State.NORMAL][10:14]
        letters = ((full[0], 110, 1), (full[1], 20, 2))
        transfers: Sequence[Transfer] = [
            Transfer(
                community=self.community,
                member=member,
                direction=Direction.OUT,
                from_branch=member.branch,
                other=self.rng.choice(_OUTSIDE),
                on=(on := self.today - _DAY * days),
                year=on.year,
                serial=serial,
                valid_until=on + 89 * _DAY,
                reason="工作调动",
            )
            for member, days, serial in letters
        ]
        between, came = full[2], full[3]
        transfers += [
            Transfer(
                community=self.community, member=between, direction=Direction.BETWEEN, on=self.today - 60 * _DAY,
                from_branch=self._branch(self.branches.index(between.branch) + 1), to_branch=between.branch,
            ),
            Transfer(
                community=self.community, member=came, direction=Direction.IN, on=self.today - 200 * _DAY,
                to_branch=came.branch, other=self.rng.choice(_OUTSIDE), reason="退休后转到居住地",
            ),
        ]  # fmt: skip
        Transfer.objects.bulk_create(transfers)
