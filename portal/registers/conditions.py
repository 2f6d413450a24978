"""The conditions of a list as its page shows them: inputs, the panel 更多条件, and a chip for each that is set.

The panel has dozens of inputs, so the list leaves it out until it is opened: a script fetches it, and without one
the link to `more=1` does. While it is closed, hidden inputs carry what is set in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from portal.access.permissions import Permission
from portal.form_pages.addresses import DRAFT, STEP
from portal.registers.filters import (
    BESIDE,
    MORE,
    FilteredList,
    ListRequest,
    has_panel,
    parameters,
    parameters_of,
    set_conditions,
)
from portal.registers.registers import Register

PANEL = "more-conditions"
"""Id of the element that the script fills with the panel."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A condition that is set: label, value in words, and the URL of the list without it."""

    label: str
    words: str
    url: str


def panel_requested(request) -> bool:
    """Whether the script asks for the panel alone."""
    return bool(request.htmx) and request.htmx.target == PANEL


class Conditions:
    """Context of the templates `portal/registers/conditions.html`, `panel.html` and `chips.html`.

    url: address of the page whose list it is; kept: further query parameters that the page must not lose.
    """

    def __init__(
        self,
        register: Register,
        request,
        url: str,
        *,
        permission: Permission | None = None,
        kept: tuple[str, ...] = (),
    ):
        access, community = request.access, request.community
        self.url, self.query = url, request.GET.copy()
        self.kept = {name: value for name in kept if (value := "".join(self.query.pop(name, [])[-1:]))}
        self.is_open = MORE in self.query or panel_requested(request)
        of_list = ListRequest(self.query, access, community)
        self.listing = FilteredList(register, of_list, permission, panel=self.is_open)
        self.has_panel = has_panel(register, access, community)

    @property
    def form(self):
        return self.listing.form

    @property
    def is_set(self) -> bool:
        """Whether anything is set, also what is invalid."""
        return bool(self.listing.problem or set_conditions(self.form))

    @property
    def fields(self) -> list:
        """The inputs above the list."""
        return [field for field in self.form.visible_fields() if not self._group(field.name)]

    @property
    def groups(self) -> dict[str, list]:
        """The inputs of the panel by heading; empty while it is closed."""
        groups: dict[str, list] = {}
        if self.is_open:
            for field in self.form.visible_fields():
                if group := self._group(field.name):
                    groups.setdefault(group, []).append(field)
        return groups

    @property
    def carried(self) -> Iterator[tuple[str, str]]:
        """(name, value) of what is set and has no input: by a link, or in the closed panel."""
        fields = [*self.fields, *(field for group in self.groups.values() for field in group)]
        inputs = {parameter for field in fields for parameter in parameters_of(self.form, field.name)}
        for parameter in parameters(self.form):
            if parameter not in inputs:
                for value in self.query.getlist(parameter):
                    if value.strip():
                        yield parameter, value

    @property
    def in_panel(self) -> int:
        """Number of conditions that are set in the panel."""
        return sum(bool(self._group(name)) for name, _, _ in set_conditions(self.form))

    @property
    def chips(self) -> list[Chip]:
        return [Chip(label, words, self._without(name)) for name, label, words in set_conditions(self.form)]

    @property
    def orders(self) -> list[tuple[str, str, bool]]:
        """(value, label, whether chosen) of the orders to choose; empty where there are only those by columns."""
        register, sort = self.listing.register, self.listing.sort
        orders = [(order.name, order.label) for order in register.orders]
        if not orders:
            return []
        labels = {column.name: register.label_of(column) for column in register.columns}
        if (column := sort.removeprefix("-")) in labels:
            orders.insert(0, (sort, f"按{labels[column]}（{'降序' if sort.startswith('-') else '升序'}）"))
        return [(value, label, value == sort) for value, label in [("", "台账原来的顺序"), *orders]]

    @property
    def list_query(self) -> str:
        """Query string of conditions and order, with what is invalid in it, to be stored."""
        query = self.query.copy()
        for name in BESIDE - {"sort"}:
            query.pop(name, None)
        return query.urlencode()

    @property
    def panel_url(self) -> str:
        """The page with the panel open, under the same conditions."""
        query = self._query()
        query[MORE] = "1"
        return f"{self.url}?{query.urlencode()}"

    def panel(self, request) -> HttpResponse:
        """The panel alone."""
        return render(request, "portal/registers/panel.html", {"conditions": self})

    def _group(self, name: str) -> str:
        return self.listing.filterset.filters[name].group if name != "q" else ""

    def _query(self) -> QueryDict:
        query = self.query.copy()
        for name in ("page", DRAFT, STEP):
            query.pop(name, None)
        query.update(self.kept)
        return query

    def _without(self, name: str) -> str:
        query = self._query()
        for parameter in parameters_of(self.form, name):
            query.pop(parameter, None)
        return f"{self.url}?{query.urlencode()}"
