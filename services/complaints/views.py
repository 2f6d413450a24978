"""Pages of complaints about staff: the public form, the page of a complaint, and handing one over from the requests."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render

from community.communities.models import Community
from community.objections.slips import kept_code, slip_of
from community.public_pages.queries import find_community
from portal.audit.access_log import RateLimitExceeded
from portal.cases.views import CaseView, StepPage
from portal.forms.idempotency import run_once
from portal.registers.views import RegisterView
from services.complaints.actions import file_complaint, hand_over
from services.complaints.forms import ComplaintForm, HandOverForm
from services.complaints.registers import ComplaintRegister
from services.requests.flood import check_intake, suspicion_of
from services.requests.registers import RequestRegister
from services.requests.views import ReplaceCodePage

TO_COMMITTEE = "to_committee"


@login_not_required
def complaint_new(request, code):
    """Complain about somebody of the committee, without an account. The tracking code is shown after submission."""
    community = find_community(code)
    if community is None:
        raise Http404
    if request.method != "POST":
        return _page(request, community, ComplaintForm(community_id=community.id))
    form = ComplaintForm(request.POST, community_id=community.id)
    try:
        check_intake(request, community)
    except RateLimitExceeded as problem:
        form.add_error(None, str(problem))
        return _page(request, community, form, 429)
    if not form.is_valid():
        return _page(request, community, form, 422)
    token, tracking_code = form.cleaned_data["ticket"]
    # With a sign of spam, or above the limits, it comes in marked: no complaint is lost to a guess. With both, it was refused.
    words = form.words(suspicion_of(form, request, community))

    def file() -> str:
        file_complaint(community=community, words=words, code=tracking_code)
        return request.path

    run_once(token, None, file)
    # No redirect: the code would have to be in the URL or be stored.
    context = slip_of(tracking_code) | {"place": community}
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


def _code_url(page: RegisterView, case) -> str:
    return page.request.community.url("services:complaint_code", row=case.uuid)


class ReplaceComplaintCode(ReplaceCodePage):
    """Replace the lost tracking code of a complaint, by whoever may read it."""

    register = ComplaintRegister()
    lead = "请先核对是反映的本人。补发后，原来的查询码不能再用；补发记入办理经过。"

    def code_url(self):
        return _code_url(self, self.case)


class CodePage(RegisterView):
    """The slip of a complaint with its new tracking code, for whoever replaced it."""

    register = ComplaintRegister()

    def get(self, request, row):
        case = self.get_row()
        context = slip_of(kept_code(request, _code_url(self, case)))
        return self.page("services/complaints/code.html", row=case, back=self.url("detail", case), **context)


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
