"""The street's pages of what its communities forwarded: list, item with its answer, and the PDF."""

import datetime
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from community.forwarded.actions import answer_forwarded
from community.forwarded.forms import ForwardedAnswerForm
from community.forwarded.models import Forwarded
from community.forwarded.queries import items_of
from portal.access.permissions import Permission as P
from portal.access.user_access import CommunityRef
from portal.access.views import needs
from portal.crypto.vault import SecretUnreadable
from portal.form_pages.pages import FormPage
from portal.pages.downloads import download_of_today
from portal.registers.panels import Link

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """An item in the street's list."""

    forwarded: Forwarded
    place: CommunityRef
    is_late: bool


def is_late(forwarded: Forwarded, now: datetime.datetime) -> bool:
    """Whether an item without an answer is past its deadline."""
    return bool(forwarded.due and forwarded.due < now)


@needs(P.STREET_FORWARDED)
def forwarded_list(request):
    """Open items, the most urgent first; or all, newest first."""
    shows_all = request.GET.get("state") == "all"
    items = items_of(request.access).defer("sealed", "pdf_sealed").with_answer_time()
    if not shows_all:
        items = items.open().order_by("due", "id")
    page = Paginator(items, PAGE).get_page(request.GET.get("page"))
    places, now = {ref.id: ref for ref in request.access.street_communities}, timezone.now()
    lines = [
        Line(item, places[item.community_id], item.answered_at is None and is_late(item, now))
        for item in page.object_list
    ]
    context = {
        "lines": lines,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "shows_all": shows_all,
    }
    return render(request, "community/forwarded/list.html", context)


class ForwardedPage(FormPage):
    """One item with its copied fields and its answer, or the form of it."""

    permission = P.STREET_FORWARDED
    form_class = ForwardedAnswerForm
    template_name = "community/forwarded/detail.html"
    message = "已答复，社区已收到。"
    button = "答复"

    def load(self, forwarded):
        self.item = get_object_or_404(items_of(self.request.access), uuid=forwarded)
        self.place = next(
            ref for ref in self.request.access.street_communities if ref.id == self.item.community_id
        )
        self.title, self.back = self.item.title, reverse("community:forwarded_list")
        self.trail = [Link("社区转来事项", self.back)]
        self.answer = self.item.answers.select_related("answered_by").first()

    def perform(self, form) -> str:
        answer_forwarded(forwarded=self.item, text=form.cleaned_data["text"], by=self.request.user)
        return _url(self.item)

    def extra_context(self, form) -> dict:
        context = {"item": self.item, "place": self.place, "answer": self.answer, "problem": ""}
        try:
            context["fields"] = self.item.read()["fields"]
            context["text"] = self.answer.read()["text"] if self.answer else ""
        except SecretUnreadable as problem:
            context |= {"fields": [], "text": "", "problem": str(problem)}
        is_overdue = self.answer is None and is_late(self.item, timezone.now())
        return context | {"is_overdue": is_overdue}


@needs(P.STREET_FORWARDED)
def forwarded_pdf(request, forwarded):
    """The PDF copy of an item."""
    item = get_object_or_404(items_of(request.access), uuid=forwarded)
    if item.pdf_sealed is None:
        raise Http404
    try:
        pdf = item.read_pdf()
    except SecretUnreadable as problem:
        messages.error(request, str(problem))
        return redirect(_url(item))
    return download_of_today(pdf, item.title, "pdf")


def _url(item: Forwarded) -> str:
    return reverse("community:forwarded_detail", kwargs={"forwarded": item.uuid})
