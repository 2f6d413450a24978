"""Pages of complaints about staff: the public form, the page of a complaint, and handing one over from the requests."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render

from community.communities.models import Community
from community.objections.tracking_codes import format_code
from community.public_pages.queries import find_community
from portal.audit.access_log import RateLimitExceeded, check_rate_limit
from portal.audit.intake_limits import AN_HOUR
from portal.audit.visitor import visitor_network
from portal.cases.views import CaseView, StepPage
from portal.forms.idempotency import run_once
from services.complaints.actions import file_complaint, hand_over
from services.complaints.forms import ComplaintForm, HandOverForm
from services.complaints.registers import ComplaintRegister
from services.requests.flood import check_intake
from services.requests.registers import RequestRegister

TO_COMMITTEE = "to_committee"
COMPLAINTS_AN_HOUR = 10
"""Limit per network, besides those of all public forms."""


@login_not_required
def complaint_new(request, code):
    """Complain about somebody of the committee, without an account. The tracking code is shown after submission."""
    community = find_community(code)
    if community is None:
        raise Http404
    if request.method != "POST":
        return _page(request, community, ComplaintForm(community_id=community.id))
    form = ComplaintForm(request.POST, community_id=community.id)
    if not form.is_valid():
        return _page(request, community, form, 422)
    token, tracking_code = form.cleaned_data["ticket"]

    def file() -> str:
        file_complaint(community=community, words=form.words(), code=tracking_code)
        return request.path

    try:
        check_intake(request, community)
        check_rate_limit("complaint", visitor_network(request), limit=COMPLAINTS_AN_HOUR, window=AN_HOUR)
        run_once(token, None, file)
    except RateLimitExceeded as problem:
        form.add_error(None, str(problem))
        return _page(request, community, form, 429)
    # No redirect: the code would have to be in the URL or be stored.
    context = {"place": community, "code": format_code(tracking_code)}
    answer = render(request, "services/complaints/received.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _page(request, community: Community, form, status: int = 200):
    context = {"place": community, "form": form}
    return render(request, "services/complaints/new.html", context, status=status)


class ComplaintView(CaseView):
    """A complaint, with the words of whoever sent it first."""

    register = ComplaintRegister()
    template = "services/complaints/detail.html"

    def context(self, case):
        return super().context(case) | {"filed": case.facts}


class HandOverPage(StepPage):
    """The step of a request by which staff hand over a complaint that they met in triage."""

    register = RequestRegister()

    def load(self, row, step):
        super().load(row, step)
        self.title = "属于反映工作人员，移交居务监督委员会"
        self.button = "移交"
        self.lead = (
            "内容、联系方式和查询码随之移交，这里不再保留；由居务监督委员会办理，反映监督委员的由主任办理，"
            "两者都反映的由街道办理。被反映的人看不到。"
        )
        self.message = "已移交，反映人仍可凭原来的查询码查询。"

    def form_class(self, **arguments):
        return HandOverForm(
            case=self.case, access=self.request.access, community=self.request.community, **arguments
        )

    def perform(self, form) -> str:
        data = form.cleaned_data
        hand_over(
            request=self.case,
            by=self.request.user,
            posted=form.chosen(),
            typed=data["typed"],
            seen=data.get("seen"),
        )
        return self.back
