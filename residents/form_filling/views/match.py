"""Second step of form filling: the field of each column of the form."""

from django.shortcuts import redirect
from django.utils.functional import cached_property

from portal.form_filling.protocol import ParsedForm
from portal.form_filling.writable_sheet import Value
from portal.forms.refusals import Refusal
from portal.spreadsheets.headers import header_words
from residents.form_filling import actions, match_proposals, orders
from residents.form_filling.forms import MatchForm
from residents.form_filling.views.base import FillingPage
from residents.people.registers import PersonRegister

_SAMPLES = 3


class MatchPage(FillingPage):
    """Column mapping: the columns detected in the form, and the field of each."""

    form_class = MatchForm
    template_name = "residents/form_filling/match.html"
    step = "match"

    @cached_property
    def layout(self):
        return match_proposals.layout_of(self.filling)

    def form_arguments(self) -> dict:
        return {"filling": self.filling, "layout": self.layout, **self.scope}

    def post(self, request, **kwargs):
        if "sheet" not in request.POST:
            return super().post(request, **kwargs)
        sheets = {layout.sheet for layout in ParsedForm.of_json(self.filling.form).layouts}
        if request.POST["sheet"] in sheets - {self.filling.sheet}:
            actions.choose_sheet(filling=self.filling, sheet=request.POST["sheet"], **self.scope)
        return redirect(self.onward("match", self.filling))

    def perform(self, form) -> str:
        actions.confirm_match(filling=self.filling, by=self.request.user, **form.match, **self.scope)
        if not any(self.filling.fields):
            raise Refusal("请至少为一栏选择对应的项目")
        return self.onward("people", self.filling)

    def extra_context(self, form) -> dict:
        parsed = ParsedForm.of_json(self.filling.form)
        return {
            "layout": self.layout,
            "sheets": parsed.layouts,
            "headless": parsed.headless,
            "columns": self._columns(form),
            "heads": self._heads(form),
            "blanks": [form[name] for name in form.blanks],
            "remembered": match_proposals.remembered_match(self.request.community, self.layout),
        }

    def _columns(self, form) -> list[dict]:
        samples = self._samples()
        fillable = match_proposals.fillable(self.layout)
        proposals = match_proposals.proposals(self.layout, **self.scope)
        return [
            {
                "field": form[name],
                "upper": header_words(column.name.rpartition(".")[0]),
                "header": column.name.rpartition(".")[2],
                "samples": [row.get(column.column, "") for row in samples],
                "proposal": proposal,
                "level": _level(proposal.percent),
                "corrected": key != proposal.key,
                "fillable": column in fillable,
                "choices": column.choices[:6] if column.closed else (),
            }
            for name, column, key, proposal in zip(
                form.columns, self.layout.columns, self.filling.fields, proposals, strict=True
            )
        ]

    def _heads(self, form) -> list[dict]:
        proposals = match_proposals.proposed_heads(self.layout, **self.scope)
        return [
            {"field": form[name], "proposal": proposal, "level": _level(proposal.percent)}
            for name, proposal in zip(form.heads, proposals, strict=True)
        ]

    def _samples(self) -> list[dict[int, Value]]:
        """Sample values: the first three people of the register as the form would hold them."""
        register = PersonRegister()
        everybody = register.rows(self.request.access, self.request.community, self.permission)
        first = everybody.filter(place_label__gt="").order_by(*register.ordering())[:_SAMPLES]
        return orders.shown(self.filling, self.layout, [person.pk for person in first], **self.scope)


def _level(percent: int) -> str:
    return "sure" if percent >= 90 else "likely" if percent >= 60 else "none"
