"""Third step of form filling: choice of the people."""

from django.contrib import messages
from django.shortcuts import redirect

from portal.form_filling.layout import Layout
from portal.hooks.search import ID_NUMBER_NOT_IN_URL, is_secret_only
from portal.saved_lists import saved_lists
from residents.form_filling import actions, files, match_proposals, orders, people_choice
from residents.form_filling.models import FormFilling
from residents.form_filling.views.base import FillingView
from residents.people.registers import PersonRegister

_LISTED = 8
_How = FormFilling.People


class PeopleView(FillingView):
    """Choice of people: list filters, a saved list, or the people already in the form."""

    step = "people"

    def get(self, request, filling):
        filling = self.get_filling()
        if is_secret_only(request.GET.get("q", "")):
            messages.warning(request, ID_NUMBER_NOT_IN_URL)
            return redirect(self.url("people", filling))
        layout, register = match_proposals.layout_of(filling), PersonRegister()
        row_matches = self._row_matches(filling, layout)
        if any(match.by_number for match in row_matches):
            numbered = [person.pk for match in row_matches if match.by_number for person in match.people]
            files.log_id_lookup(filling, numbered, request.access, request.community, request.id)
        listing = people_choice.listing_of(register, request.GET.urlencode(), **self.scope)
        ids = list(listing.rows.values_list("pk", flat=True))
        people = register.rows(request.access, request.community, self.permission).in_bulk(ids[:_LISTED])
        return self.page(
            "people",
            filling,
            layout=layout,
            filterset=listing.filterset,
            problem=listing.problem,
            query=request.GET.urlencode(),
            count=len(ids),
            some=[people[pk] for pk in ids[:_LISTED] if pk in people],
            lists=saved_lists.usable_lists(self.request.access, self.request.community, register),
            row_matches=row_matches,
            by_household=orders.by_household(filling, layout),
        )

    def _row_matches(self, filling: FormFilling, layout: Layout) -> list[people_choice.RowMatch]:
        if not layout.filled:
            return []
        return people_choice.match_filled_rows(filling, filling.read_content(), **self.scope)

    def post(self, request, filling):
        filling, how = self.get_filling(), request.POST.get("how", "")
        if how == _How.FORM:
            row_matches = self._row_matches(filling, match_proposals.layout_of(filling))
            chosen = people_choice.chosen_people(row_matches, request.POST)
            if not chosen:
                messages.error(request, "表中的人一个也没有选定，请先选定，或者按条件选人。")
                return redirect(self.url("people", filling))
            actions.choose_people(filling=filling, how=how, chosen=chosen)
        elif how in (_How.FILTER, _How.LIST):
            query, whole = request.POST.get("query", "")[:2_000], "whole" in request.POST
            actions.choose_people(filling=filling, how=how, query=query, whole=whole)
        return redirect(self.url("check", filling)) if self.people(filling) else self.ask_whom(filling)
