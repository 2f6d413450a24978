"""Second step of form filling: the field of each column of the form."""

from django.contrib import messages
from django.shortcuts import redirect

from portal.access.permissions import Permission
from portal.form_filling.layout import Layout
from portal.form_filling.protocol import ParsedForm
from portal.form_filling.writable_sheet import Value
from residents.form_filling import actions, match_proposals, orders
from residents.form_filling.fields import BLANKS, vocabulary
from residents.form_filling.models import FormFilling
from residents.form_filling.views.base import FillingView
from residents.people.registers import PersonRegister

_SAMPLES = 3


class MatchView(FillingView):
    """Column mapping: the columns detected in the form, and the field of each."""

    step = "match"

    def get(self, request, filling):
        return self.show(self.get_filling())

    def show(self, filling: FormFilling):
        layout = match_proposals.layout_of(filling)
        form = ParsedForm.of_json(filling.form)
        samples = self._samples(filling, layout)
        earlier_match = match_proposals.remembered_match(self.request.community, layout)
        return self.page(
            "match",
            filling,
            layout=layout,
            sheets=form.layouts,
            headless=form.headless,
            columns=self._columns(filling, layout, samples),
            heads=self._heads(filling, layout),
            blanks=[
                {
                    "name": f"blank-{blank.key}",
                    "label": blank.label,
                    "chosen": filling.blanks.get(blank.key, ""),
                }
                for blank in layout.blanks
            ],
            blank_choices=BLANKS.items(),
            fields=self._fields(),
            remembered=earlier_match,
        )

    def _fields(self) -> list[tuple[str, str]]:
        may_care = self.request.access.can(Permission.CARE, self.request.community)
        return [(field.key, field.label) for field in vocabulary(may_care).fields]

    def _columns(self, filling: FormFilling, layout: Layout, samples: list[dict]) -> list[dict]:
        fillable = match_proposals.fillable(layout)
        proposals = match_proposals.proposals(layout, **self.scope)
        return [
            {
                "name": f"column-{number}",
                "upper": ".".join(column.name.split(".")[:-1]),
                "header": column.name.rpartition(".")[2],
                "samples": [row.get(column.column, "") for row in samples],
                "chosen": key,
                "proposal": proposal,
                "level": _level(proposal.percent),
                "corrected": key != proposal.key,
                "fillable": column in fillable,
                "choices": column.choices[:6] if column.closed else (),
            }
            for number, (column, key, proposal) in enumerate(
                zip(layout.columns, filling.fields, proposals, strict=True)
            )
        ]

    def _heads(self, filling: FormFilling, layout: Layout) -> list[dict]:
        heads = layout.blocks[0].heads if layout.blocks else ()
        proposals = match_proposals.proposed_heads(layout, **self.scope)
        return [
            {
                "name": f"head-{number}",
                "label": line.label,
                "chosen": key,
                "proposal": proposal,
                "level": _level(proposal.percent),
            }
            for number, (line, key, proposal) in enumerate(zip(heads, filling.heads, proposals, strict=True))
        ]

    def _samples(self, filling: FormFilling, layout: Layout) -> list[dict[int, Value]]:
        """Sample values: the first three people of the register as the form would hold them."""
        register = PersonRegister()
        everybody = register.rows(self.request.access, self.request.community, self.permission)
        first = everybody.filter(place_label__gt="").order_by(*register.ordering())[:_SAMPLES]
        ids = [person.pk for person in first]
        return orders.shown(filling, layout, ids, **self.scope)

    def post(self, request, filling):
        filling = self.get_filling()
        layout = match_proposals.layout_of(filling)
        if "sheet" in request.POST and request.POST["sheet"] != filling.sheet:
            if request.POST["sheet"] in {
                sheet_layout.sheet for sheet_layout in ParsedForm.of_json(filling.form).layouts
            }:
                actions.choose_sheet(filling=filling, sheet=request.POST["sheet"], **self.scope)
            return redirect(self.url("match", filling))
        heads = layout.blocks[0].heads if layout.blocks else ()
        actions.confirm_match(
            filling=filling,
            fields=[request.POST.get(f"column-{number}", "") for number in range(len(layout.columns))],
            heads=[request.POST.get(f"head-{number}", "") for number in range(len(heads))],
            blanks={
                blank.key: chosen
                for blank in layout.blanks
                if (chosen := request.POST.get(f"blank-{blank.key}", "")) in BLANKS
            },
            by=request.user,
            **self.scope,
        )
        if not any(filling.fields):
            messages.error(request, "还没有一栏对应到台账，请至少为一栏选择项目。")
            return redirect(self.url("match", filling))
        return redirect(self.url("people", filling))


def _level(percent: int) -> str:
    return "sure" if percent >= 90 else "likely" if percent >= 60 else "none"
