"""Objection pages of the supervision committee and the director; answers are public."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from community.objections import actions
from community.objections.forms import ObjectionAnswerForm
from community.objections.models import Objection
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs, require
from portal.form_pages.pages import ActionPage, FormPage

PAGE = 50


@needs(P.OBJECTIONS)
def objection_list(request):
    """Unanswered objections, oldest first; or all, newest first."""
    objections = rows(Objection, request.access, P.OBJECTIONS, request.community).select_related("notice")
    objections = objections.prefetch_related("answers")
    shows_all = request.GET.get("state") == "all"
    if not shows_all:
        objections = objections.unanswered().order_by("objected_at", "id")
    page = Paginator(objections, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "shows_all": shows_all,
        "today": timezone.localdate(),
    }
    return render(request, "community/objections/list.html", context)


class ObjectionPage(FormPage):
    """One objection with its answer, or the form of it: as supervision committee, or as director where it was handed over."""

    permission = P.OBJECTIONS
    form_class = ObjectionAnswerForm
    template_name = "community/objections/detail.html"
    message = "已答复，答复已在公开页面显示。"

    def load(self, objection):
        self.objection = _get(self.request, objection)
        self.is_committee = self.request.access.can(P.OBJECTIONS_ANSWER, self.request.community)
        self.may_answer = self.is_committee or self.objection.handed_at is not None

    def post(self, request, **kwargs):
        if not self.may_answer:
            require(request, P.OBJECTIONS_ANSWER)
        return super().post(request, **kwargs)

    def perform(self, form) -> str:
        gist, text = form.cleaned_data["gist"], form.cleaned_data["text"]
        actions.answer_objection(objection=self.objection, gist=gist, text=text, by=self.request.user)
        return _url(self.request, self.objection)

    def extra_context(self, form) -> dict:
        objection = self.objection
        return {
            "objection": objection,
            # Only the supervision committee sees the author; the objection may be about the director.
            "objector": {"name": objection.name, "contact": objection.contact} if self.is_committee else None,
            "bulletin": objection.notice.bulletins.defer("snapshot").first(),
            "answer": objection.answers.select_related("answered_by").first(),
            "may_answer": self.may_answer,
            "may_hand_over": self.is_committee,
            "today": timezone.localdate(),
        }


class ObjectionHandOver(ActionPage):
    """Hand the objection over to the director."""

    permission = P.OBJECTIONS_ANSWER
    message = "已转交主任答复。主任看不到提出人的姓名和联系方式。"

    def load(self, objection):
        self.objection = _get(self.request, objection)
        self.back = _url(self.request, self.objection)

    def perform(self) -> str:
        actions.hand_over(objection=self.objection, by=self.request.user)
        return self.back


def _get(request, uuid) -> Objection:
    objections = rows(Objection, request.access, P.OBJECTIONS, request.community)
    return get_object_or_404(objections.select_related("notice", "handed_by"), uuid=uuid)


def _url(request, objection: Objection) -> str:
    kwargs = {"community": request.community.code, "objection": objection.uuid}
    return reverse("community:objection_detail", kwargs=kwargs)
