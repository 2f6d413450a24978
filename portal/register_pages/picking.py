"""Suggestions of pick fields (`portal.forms.forms.PickField`), shown by static/js/pick.js."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import models
from django.http import HttpResponse
from django.shortcuts import render

from portal.access.user_access import Access, CommunityRef
from portal.registers.registry import all_registers
from portal.registers.search_words import SearchWords
from portal.registers.views import RegisterView

SUGGESTED = 20
"""Rows that are suggested at a time."""


@dataclass(frozen=True, slots=True)
class PickOption:
    """A row that may be picked: `label` is what stands in the field, the rest is shown in two columns."""

    label: str
    name: str
    facts: str = ""
    place: str = ""
    role: str = ""


class PickView(RegisterView):
    """Suggestions of the rows of a register."""

    def get(self, request):
        text = request.GET.get("q", "").strip()
        if not text:
            return options_response(request, ())
        matches = self.register.filter_by_words(
            self.register.rows(request.access, request.community),
            SearchWords.read(text, request.community),
            request.access,
            request.community,
        ).order_by(*self.register.ordering())[:SUGGESTED]
        labels = map(self.register.pick_label, matches)
        return options_response(
            request,
            [PickOption(label, label) for label in labels],
            new_row=new_row(self.register.model, request.access, request.community),
        )


def options_response(
    request, options: Iterable[PickOption], new_row: tuple[str, str] | None = None
) -> HttpResponse:
    """The suggestions, and at their end the way to register what is not among them."""
    return render(request, "portal/register_pages/pick.html", {"options": list(options), "new_row": new_row})


def new_row(
    model: type[models.Model], access: Access, community: CommunityRef, unit: str = "", **initial: str
) -> tuple[str, str] | None:
    """(word for a row, URL of the form for a new one, filled with `initial`); None if this user may not register any."""
    register = next((r for r in all_registers() if r.model is model), None)
    if register is None or register.edit is None or not access.can(register.edit, community):
        return None
    query = f"?{urlencode(initial)}" if initial else ""
    return unit or register.unit, f"{register.url('create', community)}{query}"
