"""Handover of a resident's need to another app (转办), from a person's page or from a building head's report."""

from django.shortcuts import get_object_or_404

from community.people.models import Person
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.form_pages.pages import FormPage
from portal.handover.handover import hand_over
from portal.hooks.receive import HandoverKind, HandoverSource
from portal.registers.panels import Link
from residents.handover.forms import HandOverForm
from residents.head_reports.models import ChangeReport
from residents.head_reports.registers import ReportRegister
from residents.people.registers import PersonRegister


class HandOverPage(FormPage):
    """Base: `load` gives the source and the first values of the form."""

    form_class = HandOverForm
    title = button = "转为诉求"
    lead = "由社区工作人员受理和办理，进展会显示在来源页面。"
    kind = HandoverKind.NEED
    source: HandoverSource
    initial: dict

    @property
    def back(self) -> str:
        return self.source.url

    @property
    def trail(self):
        return [Link(self.source.label, self.source.url)]

    def form_arguments(self):
        return {"initial": self.initial}

    def perform(self, form):
        reference = hand_over(self.kind, form.draft, self.source, self.request.user)
        self.message = f"已转办。{reference.label}（{reference.state}）。"
        return self.source.url


class PersonHandOver(HandOverPage):
    """Handover from a person's page; `title` in the query is the initial title, `kind=work` hands over a task."""

    permission = P.TASKS

    def load(self, row):
        request = self.request
        person = get_object_or_404(rows(Person, request.access, P.PEOPLE_NAMES, request.community), uuid=row)
        url = PersonRegister().url("detail", request.community, person)
        self.source = HandoverSource(person, f"居民{person.name}", url, P.PEOPLE_NAMES)
        self.initial = {"title": request.GET.get("title", "")[:120]}
        if request.GET.get("kind") == HandoverKind.WORK:
            self.kind, self.title, self.button = HandoverKind.WORK, "转为任务", "转为任务"
            self.lead = "由社区工作人员认领办理，结果会显示在来源页面。"


class ReportHandOver(HandOverPage):
    """Handover from a report that changes nothing in the register; its note becomes the text."""

    permission = P.REPORTS_REVIEW

    def load(self, row):
        request = self.request
        reports = rows(ChangeReport, request.access, P.REPORTS_REVIEW, request.community)
        report = get_object_or_404(reports.select_related("dwelling", "proposer"), uuid=row)
        url = ReportRegister().url("detail", request.community, report)
        label = f"{report.proposer.name}上报，{report.dwelling}"
        self.source = HandoverSource(report, label, url, P.REPORTS_REVIEW)
        title = f"{report.dwelling}：{report.note}"[:120].rstrip("：")
        self.initial = {"title": title, "text": report.note}
