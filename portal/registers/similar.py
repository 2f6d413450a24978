"""Rows like the one that somebody is about to enter (doubles), looked for while the form is typed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from portal.access.user_access import Access, CommunityRef

MOST = 5
"""Similar rows that are shown."""


@dataclass(frozen=True, slots=True)
class Similar:
    """Rows that the new one may be, and a sentence where they could not be looked for."""

    rows: Iterable[Any] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SimilarRows:
    """Declaration of a register: by which fields of its form a new row is compared with the existing ones.

    by: combinations of form fields, each with the lookup of the model that it is compared by; a combination counts when
    all of its fields are filled. clean: normalisation of what was typed. describe: words for a row that is shown.
    """

    by: tuple[Mapping[str, str], ...] = ()
    clean: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    describe: Callable[[Any], str] = str

    @property
    def fields(self) -> tuple[str, ...]:
        """Form fields that are sent together while somebody types."""
        return tuple(dict.fromkeys(name for combination in self.by for name in combination))

    @property
    def alone(self) -> tuple[str, ...]:
        """Form fields that are sent by themselves when they are left, because looking for them is limited and logged."""
        return ()

    def find(
        self,
        rows: QuerySet,
        values: Mapping[str, str],
        access: Access,
        community: CommunityRef,
        request_id: str,
    ) -> Similar:
        """The similar ones of the rows that the user may see."""
        condition = Q()
        cleaned = {name: self.clean.get(name, str)(value) for name, value in values.items()}
        for combination in self.by:
            if all(cleaned[name] for name in combination):
                condition |= Q(**{lookup: cleaned[name] for name, lookup in combination.items()})
        try:
            return Similar(rows.filter(condition)[:MOST] if condition else ())
        except ValueError:  # a select was sent with anything but a key
            return Similar()
