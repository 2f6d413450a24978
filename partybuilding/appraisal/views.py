"""Pages of an appraisal: results with the tally, the list of members, the printed results."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from community.activities.models import Activity, Attendance
from community.ballots.models import APPRAISAL_GRADES
from partybuilding.appraisal import actions, panels
from partybuilding.appraisal.forms import ResultsForm
from partybuilding.appraisal.models import Appraisal
from partybuilding.appraisal.registers import AppraisalRegister
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.form_pages.pages import FormPage
from portal.forms.forms import PlainForm
from portal.pages.downloads import download_of_today
from portal.pdf.rendering import PdfError, render_pdf
from portal.registers.panels import Link
from portal.registers.views import RegisterView, row_of_page


class _AppraisalPage(FormPage):
    """Base: a form about one appraisal."""

    permission = P.BRANCH
    register = AppraisalRegister()

    def load(self, row):
        self.appraisal = row_of_page(self.register, self.request, row, self.permission)
        community = self.request.community
        self.back = self.register.url("detail", community, self.appraisal)
        lists = self.register.url("list", community)
        self.trail = [Link(self.register.heading, lists), Link(str(self.appraisal), self.back)]


class ResultsPage(_AppraisalPage):
    """Votes and grades, one row a member."""

    form_class = ResultsForm
    template_name = "partybuilding/appraisal/results.html"
    title = "登记评议结果"
    lead = (
        "按测评票填写每人各等次的票数，四个等次加弃权应等于有效票数；不选评定等次的，取得票最多的等次。"
        "没有测评票的，只选评定等次。"
    )

    def load(self, row):
        super().load(row)
        access, community = self.request.access, self.request.community
        self.results = panels.results_of(self.appraisal, access, community)
        self.absent = panels.absent_people(self.appraisal, access, community)

    def form_arguments(self):
        return {
            "appraisal": self.appraisal,
            "results": self.results,
            "tallies": actions.tallies_of(self.appraisal),
            "present": self._numbers_of_list(),
            "absent": self.absent,
        }

    def _numbers_of_list(self) -> dict[str, int]:
        """How many were expected and came, as the list of the meeting says."""
        activity = self.appraisal.activity
        if activity is None or activity.state != Activity.State.HELD:
            return {}
        lines = rows(Attendance, self.request.access, P.BRANCH, self.request.community)
        lines = lines.filter(activity=activity)
        return {"entitled": lines.listed().count(), "present": lines.present().count(), "spoiled": 0}

    def extra_context(self, form):
        return {"grades": APPRAISAL_GRADES}

    def perform(self, form):
        appraisal = actions.record_results(
            appraisal=self.appraisal,
            papers=form.papers,
            entries=form.entries,
            seen_version=form.cleaned_data["version"],
        )
        self.message = "评议结果已保存。"
        grades = [entry.grade for entry in form.entries]
        if warning := actions.excellent_warning(appraisal, grades, timezone.localdate()):
            messages.warning(self.request, warning)
        return self.back


class MembersPage(_AppraisalPage):
    """The list follows the roll."""

    form_class = PlainForm
    title = button = "更新名单"
    lead = "把名册上新增的正式党员列入评议，移出已离开支部、还没有评定等次的党员；已评定的保留。失联党员和预备党员不列入。"

    def perform(self, form):
        added = actions.add_members(appraisal=self.appraisal)
        self.message = f"名单已更新，增加{len(added)}人。"
        return self.back


class PrintView(RegisterView):
    """The results as a PDF, for the file and for the party committee above."""

    register = AppraisalRegister()

    def get(self, request, row):
        appraisal = self.get_row()
        if not appraisal.graded:
            raise Http404
        try:
            pdf = render_pdf("partybuilding/appraisal/print.html", self._context(appraisal))
        except PdfError as error:
            messages.error(request, str(error))
            return redirect(self.url("detail", appraisal))
        log_request(request, AccessLog.Action.PRINT, Appraisal, [appraisal.pk], reason="民主评议结果")
        return download_of_today(pdf, f"民主评议结果{appraisal.branch}{appraisal.year}年", "pdf")

    def _context(self, appraisal: Appraisal) -> dict:
        access, community = self.request.access, self.request.community
        results = panels.results_of(appraisal, access, community)
        tallies = actions.tallies_of(appraisal)
        absent = panels.absent_people(appraisal, access, community)
        return {
            "title": f"{appraisal.year}年度民主评议党员结果",
            "organisation": str(appraisal.branch),
            "dated": panels.dated(appraisal),
            "appraisal": appraisal,
            "sentences": filter(
                None, (panels.papers_sentence(appraisal), panels.summary_sentence(appraisal, results))
            ),
            "grades": APPRAISAL_GRADES,
            "with_votes": bool(tallies),
            "lines": [
                (
                    number,
                    result.member.person.name,
                    panels.votes_of(tallies.get(result.member.person_id)) if tallies else (),
                    result.get_grade_display() or "未评定",
                    "；".join(
                        filter(None, ("缺席会议" if result.member.person_id in absent else "", result.note))
                    ),
                )
                for number, result in enumerate(results, start=1)
            ],
        }
