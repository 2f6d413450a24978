"""What personal data is kept, why, and for how long (保存期限).

Every table with personal data stands in a `Kept`: registers by their own declaration, the others by `keep` in
`<app>/kept.py`. What a page, the public notice and the answer to a resident say of it comes from here, and so
do the functions that remove what is past (`portal/purging.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.db.models.expressions import Combinable

from portal.permissions import Permission
from portal.roles import ROLES

_DIGITS = "零一两三四五六七八九十"
LEGAL_DUTY = "为履行法定职责所必需（个人信息保护法第十三条）"
"""The basis of what a residents' committee must do; nobody's consent is asked for it."""


@dataclass(frozen=True, slots=True)
class Leaves:
    """What stays of rows that are removed: only how many there were of each sort (匿名计数).

    model: where the counts stand, with `people`; unique over community and the names in `by`, empty ones too.
    of: the model of the removed rows.
    by: field of `model` -> what of the rows it holds.
    rows: the rows that count at all, with whatever `by` needs.
    """

    model: type[models.Model]
    of: type[models.Model]
    by: dict[str, Combinable]
    rows: Callable[[], models.QuerySet]


@dataclass(frozen=True, slots=True)
class Retention:
    """Rows are removed so many months after an event.

    since: the event, in words: 迁出或去世.
    on: the field that holds its day, or an expression; rows in which it is empty are not past, whatever their age.
    basis: what the period rests on. The law sets few of them, so it mostly says that it is our default.
    unless: rows that stay although they are past.
    erases: fields that are emptied instead of the row being removed.
    leaves: what is counted before rows go.
    """

    since: str
    on: str | Combinable
    years: int = 0
    months: int = 0
    basis: str = "系统默认值，法律没有统一规定期限"
    unless: models.Q | Combinable | None = None
    erases: tuple[str, ...] = ()
    leaves: Leaves | None = None

    def __post_init__(self):
        if self.all_months < 1:
            raise ValueError("a retention of no time at all")

    @property
    def all_months(self) -> int:
        return 12 * self.years + self.months

    def __str__(self):
        if self.all_months % 12:
            period = f"{_number(self.all_months)}个月"
        else:
            period = f"{_number(self.all_months // 12)}年"
        return f"{self.since}后保存{period}{'，到期隐去身份' if self.erases else ''}"


def _number(count: int) -> str:
    return _DIGITS[count] if count <= 10 else str(count)


@dataclass(frozen=True, slots=True)
class Unlimited:
    """Rows that are kept without end, and why that is right."""

    because: str

    def __str__(self):
        return f"长期保存（{self.because}）"


@dataclass(frozen=True, slots=True)
class Along:
    """Rows that go with something else, or by a job of their own; the words say how."""

    words: str

    def __str__(self):
        return self.words


Rule = Retention | Unlimited | Along


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of personal data (个人信息处理活动), as the law wants it declared.

    models: the first is the noun itself; the others are parts of it, which are removed with their row of the first.
    right: who may see it inside the committee; None: the people whom the page itself names.
    """

    name: str
    models: tuple[type[models.Model], ...]
    purpose: str
    retention: Rule
    basis: str = LEGAL_DUTY
    right: Permission | None = None

    @property
    def label(self) -> str:
        """Names it for ever: the first model's label."""
        return self.models[0].stored_label

    @property
    def seen_by(self) -> str:
        """The roles that may see it, in words."""
        if self.right is None:
            return "经办人"
        return "、".join(role.name for role in ROLES.values() if self.right in role.permissions)


_register_categories: list[Callable[[], Kept]] = []
_kept: list[Kept] = []


def declare_register(build: Callable[[], Kept]) -> None:
    """Declare the category of a register; built when asked for, as apps above may still add parts to the register."""
    _register_categories.append(build)


def keep(kept: Kept) -> None:
    """Declare a category of personal data that no register shows."""
    _kept.append(kept)


def all_kept() -> list[Kept]:
    """All categories of personal data: registers in the order of their declaration, then the rest."""
    return [*(build() for build in _register_categories), *_kept]


def kept_of(model: type[models.Model]) -> Kept | None:
    """The category that a model belongs to."""
    return next((kept for kept in all_kept() if model in kept.models), None)
