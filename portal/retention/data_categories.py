"""Retention policies (保存期限): which personal data is stored, why, and for how long.

Every table with personal data belongs to a `DataCategory`. A register declares its own period as `retention` in
`<feature>/registers.py`, other tables are declared by `declare` in `<feature>/retention.py`. The retention page, privacy
notices, subject access reports and the purge functions (`portal.retention.functions`) use these declarations.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db import models
from django.db.models.expressions import Combinable

from portal.access.permissions import Permission
from portal.access.roles import ROLES

_DIGITS = "零一两三四五六七八九十"
LEGAL_DUTY = "为履行法定职责所必需（个人信息保护法第十三条）"
"""Legal basis of a residents' committee's duties, for which no consent is needed."""


@dataclass(frozen=True, slots=True)
class AnonymousCounts:
    """Anonymous counts (匿名计数) that stay when rows are purged.

    model: stores the counts in `people`; unique over community and the fields in `by`, empty ones too.
    of: the model of the purged rows.
    by: grouping: field of `model` -> expression over the purged rows.
    rows: queryset of the rows that are counted, with the annotations that `by` needs.
    """

    model: type[models.Model]
    of: type[models.Model]
    by: dict[str, Combinable]
    rows: Callable[[], models.QuerySet]


@dataclass(frozen=True, slots=True)
class Retention:
    """Retention period: rows are purged this many months after an event.

    since: the event in words: 迁出或去世.
    on: field or expression with the day of the event; rows in which it is empty never expire.
    basis: legal basis of the period. The law sets few periods, so this is mostly our default.
    unless: condition of expired rows that stay.
    only: condition of the rows that it is about; None for all.
    erases: fields that are emptied instead of deleting the row.
    counts: anonymous counts made before rows are deleted.
    shorter: periods that end earlier, for some of the rows or of their fields.
    """

    since: str
    on: str | Combinable
    years: int = 0
    months: int = 0
    basis: str = "系统默认值，法律没有统一规定期限"
    unless: models.Q | Combinable | None = None
    only: models.Q | None = None
    erases: tuple[str, ...] = ()
    counts: AnonymousCounts | None = None
    shorter: "tuple[ShorterRetention, ...]" = ()

    def __post_init__(self):
        if self.all_months < 1:
            raise ValueError("a retention of no time at all")
        if any(other.retention.shorter for other in self.shorter):
            raise ValueError("a shorter retention has none of its own")

    @property
    def all_months(self) -> int:
        return 12 * self.years + self.months

    def __str__(self):
        if self.all_months % 12:
            period = f"{_number(self.all_months)}个月"
        else:
            period = f"{_number(self.all_months // 12)}年"
        words = f"{self.since}后保存{period}{'，到期隐去身份' if self.erases else ''}"
        return "；".join([words, *(f"{other.what}{other.retention}" for other in self.shorter)])


@dataclass(frozen=True, slots=True)
class ShorterRetention:
    """A period besides that of the category: of some of its rows (`only`), or of some of their fields (`erases`).

    key: part of the name of its purge function. what: what it is about, in words: 姓名和电话.
    """

    key: str
    what: str
    retention: Retention


def _number(count: int) -> str:
    return _DIGITS[count] if count <= 10 else str(count)


@dataclass(frozen=True, slots=True)
class Unlimited:
    """Retention without end, and its reason."""

    because: str

    def __str__(self):
        return f"长期保存（{self.because}）"


@dataclass(frozen=True, slots=True)
class DeletedWith:
    """Rows deleted together with something else, or by a task of their own; `words` says how."""

    words: str

    def __str__(self):
        return self.words


RetentionRule = Retention | Unlimited | DeletedWith


@dataclass(frozen=True, slots=True)
class DataCategory:
    """A category of personal data (个人信息处理活动), declared as the law demands.

    models: the main model, then its parts, whose rows are purged with their row of the main model.
    right: right to see it inside the committee; None: only the users whom the page itself names.
    period: key of the shorter retention that it stands for (`by_period`); empty for the category itself.
    """

    name: str
    models: tuple[type[models.Model], ...]
    purpose: str
    retention: RetentionRule
    basis: str = LEGAL_DUTY
    right: Permission | None = None
    period: str = ""

    @property
    def by_period(self) -> "list[DataCategory]":
        """The category with each of its periods, its own one last; none if it never expires."""
        if not isinstance(self.retention, Retention):
            return []
        shorter = self.retention.shorter
        return [*(replace(self, retention=each.retention, period=each.key) for each in shorter), self]

    @property
    def label(self) -> str:
        """Permanent key of the category: the `stored_label` of the main model."""
        return self.models[0].stored_label

    @property
    def visible_to(self) -> str:
        """Names of the roles that may see it."""
        if self.right is None:
            return "经办人"
        return "、".join(role.name for role in ROLES.values() if self.right in role.permissions)


_register_categories: list[Callable[[], DataCategory]] = []
_categories: list[DataCategory] = []


def declare_register(build: Callable[[], DataCategory]) -> None:
    """Declare the category of a register; built on demand, since higher apps may still add parts to the register."""
    _register_categories.append(build)


def declare(category: DataCategory) -> None:
    """Declare a category of personal data that has no register."""
    _categories.append(category)


def categories() -> list[DataCategory]:
    """All categories of personal data: registers in the order of their declaration, then the others."""
    return [*(build() for build in _register_categories), *_categories]


def category_of(model: type[models.Model]) -> DataCategory | None:
    """Category to which a model belongs."""
    return next((category for category in categories() if model in category.models), None)
