"""Care registers of the demo community (重点人群): all eight, in proportion to its residents.

Some entries are due soon or overdue, some have ended, and a few eligible people are in no register, so
that there are benefit suggestions.
"""

import datetime
import random
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import models

from community.communities.models import Community
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.people.models import Person
from portal.crypto.encrypted_fields import put_secret
from portal.values.partial_dates import years_before
from residents.care.models.child import CareChild
from residents.care.models.disability import Disability
from residents.care.models.elder import Elder
from residents.care.models.low_income import LowIncome
from residents.care.models.maternal import Maternal
from residents.care.models.retiree import Retiree
from residents.care.models.special_care import SpecialCare
from residents.care.models.unemployed import Unemployed
from residents.care.queries import living_alone
from residents.homes.models import Residence

LOW_INCOME_HOUSEHOLDS = 15
DISABLED_PLACED = 2
"""Disabled people placed in work last year."""

_UNITS = (
    "丽水市纺织厂",
    "市第二轻工业公司",
    "绿谷机械厂",
    "市建筑工程公司",
    "莲都区供销社",
    "市汽车运输公司",
)
_WISHES = ("保洁、家政", "驾驶员，C1照", "电工，有上岗证", "超市理货", "文员，会办公软件", "餐饮服务", "保安")
_SCHOOLS = ((6, "金桂幼儿园"), (12, "莲都区第三小学"), (99, "莲都区第二初级中学"))
"""Age limit and school."""
_CLINIC = "括苍社区卫生服务站"


@demo_part(400, RunFor.SHOWCASE)
def load_care(demo: DemoCommunity) -> None:
    demo.demo.say("重点人群、变动上报和每月公开：正在生成")
    CareMaker(demo.community, demo.today).load()


class CareMaker:
    """Makes the entries of one community; deterministic for a given day."""

    def __init__(self, community: Community, today: datetime.date):
        self.community, self.today = community, today
        self.rng = random.Random(f"liren care {community.code}")  # noqa: S311 - invented people, no secret
        residents = Person.objects.filter(~models.Q(place_label=""), community=community, birth_precision="d")
        self.people = list(residents.filter(died_on__isnull=True).order_by("id"))
        alone = living_alone().filter(community=community)
        self.alone = set(alone.order_by().values_list("person", flat=True))
        stays = Residence.objects.filter(community=community).living().open().order_by("id")
        self.home = dict(stays.values_list("person", "household"))
        self.head = dict(stays.filter(is_head=True).values_list("household", "person"))

    def load(self) -> None:
        """Write all eight registers, one statement each."""
        disabled = self._disabled()
        unemployed = self._unemployed([entry.person for entry in disabled])
        for entries in (
            disabled,
            unemployed,
            self._elders(),
            self._low_income([*disabled, *unemployed]),
            self._special_care(),
            self._retirees(),
            self._children(),
            self._maternal(),
        ):
            type(entries[0]).objects.bulk_create(entries, batch_size=1_000)

    # Choice of people

    def _aged(self, low: int, high: int, sex: str = "") -> list[Person]:
        return [p for p in self.people if low <= p.age_on(self.today) <= high and sex in ("", p.sex)]

    def _some(self, people: Sequence[Person], count: int) -> list[Person]:
        return self.rng.sample(people, min(count, len(people)))

    def _ago(self, low: int, high: int) -> datetime.date:
        """A random day between `low` and `high` days ago."""
        return self.today - datetime.timedelta(days=self.rng.randrange(low, high))

    def _next(self, days: int = 330) -> datetime.date:
        """A random due date; one in fifty is overdue."""
        late = self.rng.random() < 0.02
        return self.today + datetime.timedelta(
            days=self.rng.randrange(-20, 0) if late else self.rng.randrange(1, days)
        )

    # Registers

    def _disabled(self) -> list[Disability]:
        entries = []
        with_number = [p for p in self.people if p.id_kind == "resident_id" and p.age_on(self.today) >= 4]
        kinds = Disability.Kind.values
        for person in self._some(with_number, len(self.people) // 62):
            kind = self.rng.choices(kinds, (12, 16, 2, 42, 9, 12, 7))[0]
            grade = self.rng.choices("1234", (12, 22, 30, 36))[0]
            issued = self._ago(60, 3500)
            entry = Disability(
                community=self.community,
                person=person,
                kind=kind,
                grade=grade,
                guardian=self._namesake(person) if kind in "567" else "",
                phone=person.phone,
                living_subsidy=self.rng.random() < 0.25,
                nursing_subsidy=grade in "12",
                issued=issued,
                start=issued,
                due=years_before(issued, -10),
            )
            put_secret(entry, "certificate", f"{person.read_id()}{kind}{grade}")
            entries.append(entry)
        for entry, days in zip(entries, (9, 18, 26, -4), strict=False):
            entry.due = self.today + datetime.timedelta(days=days)
            entry.issued = entry.start = years_before(entry.due, 10)
        return entries

    def _namesake(self, person: Person) -> str:
        """The name of an adult with the same surname."""
        grown = [p.name for p in self.people if p.name[0] == person.name[0] and p.age_on(self.today) > 25]
        return self.rng.choice(grown)

    def _elders(self) -> list[Elder]:
        """Nearly everybody from 80 on, with the allowance, and many who are younger and live alone."""
        entries = []
        for person in self._aged(60, 120):
            age = person.age_on(self.today)
            share = 0.97 if age >= 80 else 0.8 if person.pk in self.alone else 0.08
            if self.rng.random() > share:
                continue
            birthday = years_before(person.birth_date, -80 if age >= 80 else -60)
            begins = max(birthday, years_before(self.today, 6))
            entries.append(self._elder(person, age, min(begins, self.today)))
        dead = Person.objects.filter(
            community=self.community, died_on__isnull=False, birth_date__lte=years_before(self.today, 80)
        )
        for person in dead.order_by("id"):
            entry = self._elder(person, 80, years_before(person.died_on, 2))
            entry.end, entry.end_reason = person.died_on, "死亡"
            entries.append(entry)
        return entries

    def _elder(self, person: Person, age: int, start: datetime.date) -> Elder:
        entry = Elder(community=self.community, person=person, start=start)
        if age >= 80:
            entry.allowance = Decimal(600 if age >= 100 else 120 if age >= 90 else 60)
            entry.due = self._next()
            entry.checked_on = years_before(entry.due, 1)
            if self.rng.random() < 0.9:
                put_secret(entry, "bank_card", f"621799{self.rng.randrange(10**12, 10**13)}")
        return entry

    def _low_income(self, among: Iterable) -> list[LowIncome]:
        """Households of disabled or unemployed people; three of the entries have ended."""
        entries: list[LowIncome] = []
        households = set()
        for entry in among:
            if len(entries) == LOW_INCOME_HOUSEHOLDS + 3:
                break
            household = self.home[entry.person_id]
            head = self.head.get(household)
            if head is None or household in households or (entry.end and entry.end < self.today):
                continue
            households.add(household)
            disabled = isinstance(entry, Disability)
            covered = self.rng.choice((1, 1, 2, 2, 3))
            number = len(entries) + 1
            low_income = LowIncome(
                community=self.community,
                household_id=household,
                applicant_id=head,
                area="rural" if number % 8 == 0 else "urban",
                certificate=f"331102{self.today.year - 4}{number:04d}",
                level=self.rng.choice("AABBC"),
                covered=covered,
                key_people=int(disabled),
                disabled_people=int(disabled),
                family_amount=Decimal(self.rng.randrange(52, 98) * 10 * covered),
                key_60=Decimal(0 if disabled else 60),
                key_100=Decimal(100 if disabled else 0),
                disabled_amount=Decimal(120 if disabled else 0),
                start=self._ago(400, 1500).replace(day=1),
                due=self._next(),
            )
            if number > LOW_INCOME_HOUSEHOLDS:
                low_income.end, low_income.end_reason, low_income.due = (
                    self._ago(30, 300),
                    "家庭收入超过标准",
                    None,
                )
            elif number in (2, 5):
                low_income.due = self.today + datetime.timedelta(days=6 * number)
            entries.append(low_income)
        return entries

    def _special_care(self) -> list[SpecialCare]:
        kinds = ("disabled", "war", "rural", "demobilised", "invalid", "martyr")
        entries = [
            SpecialCare(
                community=self.community,
                person=person,
                kind=kind,
                certificate=f"浙退{self.rng.randrange(100_000, 999_999)}",
                grade=self.rng.randrange(5, 11) if kind == "disabled" else None,
                allowance=Decimal(self.rng.randrange(70, 180) * 10),
                start=self._ago(400, 4000),
                due=datetime.date(self.today.year, 12, 31),
            )
            for person in self._some(self._aged(60, 88, "M"), 17)
            for kind in [self.rng.choice(kinds)]
        ]
        families = self._some(self._aged(42, 55), 5)
        entries += [
            SpecialCare(
                community=self.community,
                person=person,
                kind="conscript",
                start=datetime.date(self.today.year - 1, 9, 1),
                due=datetime.date(self.today.year + 1, 9, 1),
            )
            for person in families
        ]
        return entries

    def _unemployed(self, disabled: Sequence[Person]) -> list[Unemployed]:
        """Unemployed people, those placed in work, and the two disabled people placed last year."""
        disabled_ids = {person.pk for person in disabled}
        grown = [p for p in self._aged(20, 56) if p.pk not in disabled_ids]
        entries = []
        for number, person in enumerate(self._some(grown, 46)):
            entry = self._out_of_work(person, self._ago(40, 600))
            if number >= 31:
                days = (self.today - entry.start).days
                self._placed(entry, self.today - datetime.timedelta(days=self.rng.randrange(1, days)))
            else:
                entry.due = self._next(90)
            entries.append(entry)
        young = [p for p in disabled if 18 <= p.age_on(self.today) <= 45][: DISABLED_PLACED + 1]
        last_year = self.today.year - 1
        # The last one was placed a year earlier.
        days = (
            datetime.date(last_year, 5, 12),
            datetime.date(last_year, 9, 3),
            datetime.date(last_year - 1, 6, 20),
        )
        for person, day in zip(young, days, strict=False):
            entry = self._out_of_work(person, day - datetime.timedelta(days=200))
            self._placed(entry, day)
            entry.placed_by = "社区推荐，区残联就业服务所"
            entries.append(entry)
        return entries

    def _out_of_work(self, person: Person, start: datetime.date) -> Unemployed:
        older = person.age_on(self.today) > 45
        return Unemployed(
            community=self.community,
            person=person,
            cause=Unemployed.Cause.LAID_OFF if older else Unemployed.Cause.UNEMPLOYED,
            former_unit=self.rng.choice(_UNITS) if older else "",
            wish=self.rng.choice(_WISHES),
            start=start,
        )

    def _placed(self, entry: Unemployed, day: datetime.date) -> None:
        result = self.rng.choice(
            (Unemployed.Result.EMPLOYED, Unemployed.Result.FLEXIBLE, Unemployed.Result.PUBLIC)
        )
        entry.result, entry.result_on, entry.end, entry.end_reason = result, day, day, "已就业"
        if result == Unemployed.Result.EMPLOYED:
            entry.workplace = "括苍物业服务公司"
            entry.placed_by = "社区推荐"

    def _retirees(self) -> list[Retiree]:
        retired = [p for p in self._aged(60, 95) if p.employment == "80"]
        entries = []
        for person in self._some(retired, len(retired) * 3 // 5):
            on = years_before(person.birth_date, -60 if person.sex == "M" else -55).replace(day=1)
            due = self._next()
            entries.append(
                Retiree(
                    community=self.community,
                    person=person,
                    kind=self.rng.choices(("enterprise", "public", "resident"), (70, 12, 18))[0],
                    former_unit=self.rng.choice(_UNITS),
                    retired_on=on,
                    start=max(on, datetime.date(2003, 1, 1)),
                    checked_on=years_before(due, 1),
                    due=due,
                )
            )
        return entries

    def _children(self) -> list[CareChild]:
        entries = []
        for person in self._some(self._aged(5, 15), 9):
            kind = self.rng.choice(("difficult", "left", "left", "uncared", "migrant"))
            age = person.age_on(self.today)
            entries.append(
                CareChild(
                    community=self.community,
                    person=person,
                    kind=kind,
                    guardian=self._namesake(person),
                    guardian_relation=self.rng.choice(("父亲", "母亲", "祖父")),
                    carer=self._namesake(person) if kind == "left" else "",
                    school=next(school for limit, school in _SCHOOLS if age <= limit),
                    allowance=Decimal(1_900) if kind == "uncared" else None,
                    start=self._ago(100, 900),
                    due=self._next(120),
                )
            )
        return entries

    def _maternal(self) -> list[Maternal]:
        services = Maternal.Service.values[:5]
        entries = []
        for number, person in enumerate(self._some(self._aged(23, 42, "F"), 34)):
            start = self._ago(5, 300)
            entry = Maternal(
                community=self.community,
                person=person,
                service=self.rng.choice(services),
                provider=_CLINIC,
                consented_on=start,
                start=start,
                due=self._next(60),
            )
            if number % 5 == 0:
                over = self.today - datetime.timedelta(days=3)
                entry.end, entry.end_reason, entry.due = over, "服务完成", None
            entries.append(entry)
        return entries
