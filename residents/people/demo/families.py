"""Invented families: members with ages, relations and names. Knows no models."""

import datetime
import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from community.demo.names import LONG_SURNAMES, full_name, given_name

YEAR = datetime.timedelta(days=365.2425)


SETTLED = {"elder", "elders", "with_grandparent", "three_generations", "large"}
"""Family shapes that rarely rent."""


class Tenure(StrEnum):
    """How a family is related to this community."""

    LOCAL = "local"
    """Lives and is registered in its own home."""
    BOUGHT = "bought"
    """Bought a home here, registered elsewhere."""
    TENANT = "tenant"
    """Rents, registered elsewhere."""
    MOVED = "moved"
    """Lives in one home and is registered in another one of the community (人户分离)."""
    AWAY = "away"
    """Registered here, lives elsewhere: nobody of it behind its door (空挂户)."""


@dataclass(slots=True)
class DemoFamilyMember:
    """Member of a family. `married`: marital code of GB/T 2261.2. `lives`, `registered`: in this community."""

    name: str
    sex: str
    birth: datetime.date
    relation: str
    married: str = "10"
    lives: bool = True
    registered: bool = True

    def age(self, today: datetime.date) -> int:
        return int((today - self.birth) / YEAR)


class FamilyMaker:
    """Makes families of a given shape; the first member is the head."""

    def __init__(self, rng: random.Random, today: datetime.date):
        self.rng = rng
        self.today = today
        self.shapes: dict[str, tuple[int, Callable[[], list[DemoFamilyMember]]]] = {
            "elder": (1, self.elder),
            "single": (1, self.single),
            "elders": (2, self.elders),
            "couple": (2, self.couple),
            "one_parent": (2, self.one_parent),
            "flatmates": (3, self.flatmates),
            "one_child": (3, self.one_child),
            "two_children": (4, self.two_children),
            "with_grandparent": (4, self.with_grandparent),
            "three_generations": (5, self.three_generations),
            "large": (6, self.large),
        }

    def make(self, shape: str) -> list[DemoFamilyMember]:
        return self.shapes[shape][1]()

    # Shapes

    def elder(self) -> list[DemoFamilyMember]:
        sex = self.rng.choice("FFM")
        return [self._person(sex, self.rng.triangular(62, 98, 79), "户主", married="30")]

    def single(self) -> list[DemoFamilyMember]:
        return [
            self._person(
                self.rng.choice("MF"), self.rng.uniform(20, 46), "户主", self.rng.choice(("10", "10", "40"))
            )
        ]

    def elders(self) -> list[DemoFamilyMember]:
        return self._couple(self.rng.triangular(53, 93, 68))

    def couple(self) -> list[DemoFamilyMember]:
        return self._couple(self.rng.choice((self.rng.uniform(23, 32), self.rng.uniform(48, 60))))

    def one_parent(self) -> list[DemoFamilyMember]:
        parent = self._person(
            self.rng.choice("FFM"), self.rng.uniform(30, 52), "户主", self.rng.choice(("40", "40", "30"))
        )
        return [parent, self._child(parent, parent, "")]

    def flatmates(self) -> list[DemoFamilyMember]:
        sex = self.rng.choice("MF")
        return [self._person(sex, self.rng.uniform(19, 33), word) for word in ("户主", "合租", "合租")]

    def one_child(self) -> list[DemoFamilyMember]:
        parents = self._couple(self.rng.triangular(27, 63, 44))
        return [*parents, self._child(*parents, "")]

    def two_children(self) -> list[DemoFamilyMember]:
        parents = self._couple(self.rng.triangular(29, 50, 38))
        children = [self._child(*parents, ""), self._child(*parents, "")]
        return [*parents, *self._in_order(children)]

    def with_grandparent(self) -> list[DemoFamilyMember]:
        parents = self._couple(self.rng.triangular(29, 52, 40))
        return [*parents, self._child(*parents, ""), self._parent_of(parents[0], "F")]

    def three_generations(self) -> list[DemoFamilyMember]:
        """Either the middle generation heads the household, or the grandfather does."""
        if self.rng.random() < 0.6:
            parents = self._couple(self.rng.triangular(29, 50, 39))
            old = [self._parent_of(parents[0], sex) for sex in "MF"]
            return [*parents, self._child(*parents, ""), *old]
        old = self._couple(self.rng.triangular(56, 76, 65), husband_first=True)
        age = old[1].age(self.today) - self.rng.uniform(22, 28)
        son = self._person("M", age, "长子", "20", family=old[0].name)
        wife = self._person("F", age - self.rng.uniform(-1, 3), "儿媳", "20")
        grandchild = self._child(son, wife, "")
        grandchild.relation = "孙子" if grandchild.sex == "M" else "孙女"
        return [*old, son, wife, grandchild]

    def large(self) -> list[DemoFamilyMember]:
        parents = self._couple(self.rng.triangular(30, 46, 37))
        children = self._in_order([self._child(*parents, ""), self._child(*parents, "")])
        return [*parents, *children, *(self._parent_of(parents[0], sex) for sex in "MF")]

    # Single people

    def spouse_of(self, member: DemoFamilyMember) -> DemoFamilyMember:
        """Somebody who was married to `member`, for a death in the family."""
        sex = "F" if member.sex == "M" else "M"
        return self._person(sex, member.age(self.today) + self.rng.uniform(0, 5), _spouse_word(sex), "20")

    def grown_child_of(self, member: DemoFamilyMember) -> DemoFamilyMember:
        """A grown-up child who has left the home but not the household register."""
        sex = self.rng.choice("MF")
        age = max(19.0, member.age(self.today) - self.rng.uniform(23, 30))
        word = "儿子" if sex == "M" else "女儿"
        return self._person(sex, age, word, family=member.name if member.sex == "M" else "")

    def _person(
        self, sex: str, age: float, relation: str, married: str = "10", family: str = ""
    ) -> DemoFamilyMember:
        birth = self.today - max(age, 0.02) * YEAR
        name = (
            _surname_of(family) + given_name(self.rng, sex, birth.year)
            if family
            else full_name(self.rng, sex, birth.year)
        )
        return DemoFamilyMember(name, sex, birth, relation, married)

    def _couple(self, age: float, husband_first: bool | None = None) -> list[DemoFamilyMember]:
        if husband_first is None:
            husband_first = self.rng.random() < 0.84
        man = self._person("M", age + self.rng.uniform(-1, 4), "户主", "20")
        woman = self._person("F", age, "户主", "20")
        first, second = (man, woman) if husband_first else (woman, man)
        second.relation = _spouse_word(second.sex)
        return [first, second]

    def _child(self, father: DemoFamilyMember, mother: DemoFamilyMember, relation: str) -> DemoFamilyMember:
        """A child of both, grown up at most thirty; named after the father (the first parent otherwise)."""
        parent = mother if mother.sex == "F" else father
        man = next((m for m in (father, mother) if m.sex == "M"), father)
        sex = self.rng.choice("MF")
        limit = min(30.0, parent.age(self.today) - 20)
        target_age = parent.age(self.today) - self.rng.triangular(22, 38, 27)
        child = self._person(
            sex, min(limit, max(target_age, self.rng.uniform(0.1, 3))), relation, family=man.name
        )
        child.relation = relation or ("儿子" if sex == "M" else "女儿")
        return child

    def _in_order(self, children: list[DemoFamilyMember]) -> list[DemoFamilyMember]:
        children.sort(key=lambda child: child.birth)
        count_by_sex = {"M": 0, "F": 0}
        for child in children:
            child.relation = (("长子", "次子") if child.sex == "M" else ("长女", "次女"))[
                count_by_sex[child.sex]
            ]
            count_by_sex[child.sex] += 1
        return children

    def _parent_of(self, member: DemoFamilyMember, sex: str) -> DemoFamilyMember:
        word = "父亲" if sex == "M" else "母亲"
        age = member.age(self.today) + self.rng.uniform(22, 29)
        return self._person(sex, age, word, "20", family=member.name if sex == "M" else "")


def shape_counts(households: int, people: int) -> dict[str, int]:
    """How many families of each shape so that `households` of them have exactly `people` members.

    The proportions are those of a city district; single steps between neighbouring shapes then make the
    number of people exact.
    """
    weights = {
        "elder": 6, "single": 4, "elders": 14, "couple": 6, "one_parent": 4, "one_child": 31, "two_children": 15,
        "with_grandparent": 9, "three_generations": 8, "large": 3,
    }  # fmt: skip
    sizes = {"elder": 1, "single": 1, "elders": 2, "couple": 2, "one_parent": 2, "one_child": 3, "two_children": 4,
             "with_grandparent": 4, "three_generations": 5, "large": 6}  # fmt: skip
    total = sum(weights.values())
    counts = {shape: households * weight // total for shape, weight in weights.items()}
    counts["one_child"] += households - sum(counts.values())
    steps = (
        ("elders", "one_child"),
        ("one_child", "two_children"),
        ("with_grandparent", "three_generations"),
    )
    missing = people - sum(sizes[shape] * count for shape, count in counts.items())
    turn = 0
    while missing:
        small, large = steps[turn % len(steps)]
        source, target = (small, large) if missing > 0 else (large, small)
        if counts[source]:
            counts[source] -= 1
            counts[target] += 1
            missing += -1 if missing > 0 else 1
        turn += 1
        if turn > 10 * (households + people):
            raise ValueError(f"{households} households cannot have {people} people")
    return counts


def _spouse_word(sex: str) -> str:
    return "丈夫" if sex == "M" else "妻子"


def _surname_of(name: str) -> str:
    return name[:2] if name[:2] in LONG_SURNAMES else name[:1]
