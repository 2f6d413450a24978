"""Third step of form filling: choice of the people."""

from django.contrib import messages
from django.shortcuts import redirect

from portal.forms.refusals import Refusal
from portal.hooks.search import ID_NUMBER_NOT_IN_URL, is_secret_only
from portal.registers.conditions import Conditions, panel_requested
from portal.saved_lists import saved_lists
from residents.form_filling import actions, files, match_proposals, orders, people_choice
from residents.form_filling.forms import PeopleForm
from residents.form_filling.models import FormFilling
from residents.form_filling.views.base import NOBODY, FillingPage
from residents.people.registers import PersonRegister

_LISTED = 8
_How = FormFilling.People


class PeoplePage(FillingPage):
    """Choice of people: list filters, a saved list, or the people already in the form."""

    form_class = PeopleForm
    template_name = "residents/form_filling/people.html"
    step = "people"

    def load(self, filling):
        super().load(filling)
        self.layout = match_proposals.layout_of(self.filling)

    def get(self, request, **kwargs):
        if is_secret_only(request.GET.get("q", "")):
            messages.warning(request, ID_NUMBER_NOT_IN_URL)
            return redirect(self.url("people", self.filling))
        if panel_requested(request):
            return self.conditions.panel(request)
        return super().get(request, **kwargs)

    @property
    def conditions(self) -> Conditions:
        """The conditions of the register of people, by which the address chooses them."""
        url = self.url("people", self.filling)
        return Conditions(PersonRegister(), self.request, url, permission=self.permission)

    def form_arguments(self) -> dict:
        by_rows = self.request.method != "POST" or self.request.POST.get("how") == _How.FORM
        if not (by_rows and self.layout.filled):
            return {"row_matches": []}
        content = self.filling.read_content()
        return {"row_matches": people_choice.match_filled_rows(self.filling, content, **self.scope)}

    def perform(self, form) -> str:
        how = form.cleaned_data["how"]
        if how == _How.FORM:
            if not form.chosen:
                raise Refusal("请先选定表中的人，或者按条件选人")
            actions.choose_people(filling=self.filling, how=how, chosen=form.chosen)
        else:
            query, whole = form.cleaned_data["query"], form.cleaned_data["whole"]
            actions.choose_people(filling=self.filling, how=how, query=query, whole=whole)
        if not self.people():
            raise Refusal(NOBODY)
        return self.url("check", self.filling)

    def extra_context(self, form) -> dict:
        access, community, register = self.request.access, self.request.community, PersonRegister()
        conditions = self.conditions
        numbered = [person.pk for match in form.row_matches if match.by_number for person in match.people]
        if any(match.by_number for match in form.row_matches):
            files.log_id_lookup(self.filling, numbered, access, community, self.request.id)
        ids = list(conditions.listing.rows.values_list("pk", flat=True))
        people = register.rows(access, community, self.permission).in_bulk(ids[:_LISTED])
        return {
            "layout": self.layout,
            "conditions": conditions,
            "problem": conditions.listing.problem,
            "query": conditions.list_query,
            "count": len(ids),
            "some": [people[pk] for pk in ids[:_LISTED] if pk in people],
            "lists": saved_lists.usable_lists(access, community, register),
            "by_household": orders.by_household(self.filling, self.layout),
        }
