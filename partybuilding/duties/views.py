"""The board of duty posts by building (定岗定责一览), and the end of a claim."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from community.bodies.forms import EndForm
from partybuilding.duties import actions
from partybuilding.duties.board import board_markup, duty_board
from partybuilding.duties.models import DutyPost
from partybuilding.duties.registers import DutyClaimRegister, DutyPostRegister
from portal.access.permissions import Permission as P
from portal.access.views import needs
from portal.form_pages.pages import FormPage
from portal.registers.panels import Link
from portal.registers.views import row_of_page
from portal.values.dates import prose_date


@needs(P.BRANCH)
@require_GET
def board(request):
    """All posts in use by building, each with letters for its kind and for how it stands; `kind` leaves those of one."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in DutyPost.Kind.values else ""
    duties = duty_board(request.access, request.community, kind)
    context = {
        "board": duties,
        "lines": board_markup(duties, DutyPostRegister().url("list", request.community)),
        "kinds": DutyPost.Kind.choices,
        "chosen": kind,
        "label": DutyPost.Kind(kind).label if kind else "",
    }
    return render(request, "partybuilding/duties/board.html", context)


class ClaimEnd(FormPage):
    """A member gives a post up."""

    permission = P.BRANCH
    form_class = EndForm
    title = button = "结束认领"
    lead = "自结束日期起不再负责这个岗位，签到记录保留。"

    def load(self, row):
        register = DutyClaimRegister()
        self.claim = row_of_page(register, self.request, row, self.permission)
        self.back = DutyPostRegister().url("detail", self.request.community, self.claim.post)
        self.trail = [
            Link(register.heading, register.url("list", self.request.community)),
            Link(str(self.claim), register.url("detail", self.request.community, self.claim)),
        ]

    def perform(self, form):
        claim = actions.end_claim(claim=self.claim, on=form.cleaned_data["on"])
        self.message = f"{claim.member}自{prose_date(claim.end)}起不再负责{self.claim.post}。"
        return self.back
