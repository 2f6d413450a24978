"""Data quality (数据体检): the rules with their counts, the issues of each with links that fix them, and reviews."""

import io
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.form_pages.pages import ActionPage, FormPage
from portal.hooks.data_quality import Rule, Severity
from portal.jobs.jobs import enqueue
from portal.pages.downloads import download_of_today
from portal.spreadsheets import writing
from residents.data_quality import actions, tasks
from residents.data_quality import findings as data_quality_findings
from residents.data_quality.actions import review_findings
from residents.data_quality.forms import ReviewForm, mark_of
from residents.data_quality.models import IssueReview

PAGE_SIZE = 50
_REVIEWS = 200
"""Most reviews that a page lists."""
EXPORT_LIMIT = 20_000


@needs(Permission.PEOPLE_EDIT)
@require_GET
def overview(request):
    """All rules with their counts, now and at the last run, the most serious first."""
    checks = data_quality_findings.rules_for(request.access, request.community)
    counts = data_quality_findings.counts(checks, request.community)
    run = data_quality_findings.latest_run(request.community)
    previous = run.counts if run else {}
    groups = []
    for weight in Severity:
        lines = [
            {"check": check, "count": counts[check.key], "before": previous.get(check.key)}
            for check in checks
            if check.severity is weight
        ]
        if lines:
            groups.append((weight, sum(line["count"] for line in lines), lines))
    context = {"groups": groups, "run": run, "may_export": _may_export(request)}
    return render(request, "residents/data_quality/overview.html", context)


class IssueList(FormPage):
    """Issues of one rule with links to the pages that fix them, the reviewed ones, and the form of a review (核对无误)."""

    permission = Permission.PEOPLE_EDIT
    form_class = ReviewForm
    template_name = "residents/data_quality/list.html"

    def load(self, check):
        self.rule = _rule_of(self.request, check)

    def perform(self, form):
        count = review_findings(
            by=self.request.user,
            community=self.request.community,
            check=self.rule,
            seen_marks=form.seen_marks,
            reason=form.cleaned_data["reason"],
            access=self.request.access,
        )
        outdated = len(form.seen_marks) - count
        changed = f"另有{outdated}条刚刚有变化，仍在列表中。" if outdated else ""
        self.message = f"{count}条已核对无误。{changed}"
        return _url(self.request, self.rule)

    def extra_context(self, form):
        access, community = self.request.access, self.request.community
        open_rows = data_quality_findings.open_findings(self.rule, community)
        ordering = (*open_rows.model._meta.ordering, "pk")
        page = Paginator(open_rows.order_by(*ordering), PAGE_SIZE).get_page(self.request.GET.get("page"))
        listed = page.object_list
        marks = [mark_of(row) for row in listed]
        return {
            "check": self.rule,
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            "lines": list(zip(marks, self.rule.describe(listed, access, community), strict=True)),
            "ticked": form["row"].value() or (),
            "reviews": _reviews(self.request, self.rule),
            "may_export": _may_export(self.request),
        }


class RuleAction(ActionPage):
    """Base of the buttons of one rule's page."""

    permission = Permission.PEOPLE_EDIT

    def load(self, check):
        self.rule = _rule_of(self.request, check)
        self.back = _url(self.request, self.rule)


class ReviewWithdrawal(RuleAction):
    """Withdraw a review: its issue is listed again."""

    message = "已重新列出。"

    def perform(self):
        request = self.request
        reviews = rows(IssueReview, request.access, self.rule.right, request.community)
        try:
            review_uuid = UUID(request.POST.get("review", ""))
        except ValueError as error:
            raise Http404 from error
        review = get_object_or_404(reviews.filter(finding=self.rule.key), uuid=review_uuid)
        actions.remove_review(by=request.user, review=review)
        return self.back


class Repair(RuleAction):
    """Fix all issues of a rule whose fix follows from other rows and needs no decision."""

    def perform(self):
        if self.rule.repair is None:
            raise Http404
        community = self.request.community
        open_rows = data_quality_findings.open_findings(self.rule, community)
        count = self.rule.repair(by=self.request.user, community=community, rows=open_rows)
        self.message = f"已更正{count}处。"
        return self.back


@needs(Permission.PEOPLE_EDIT)
@require_POST
def start_run(request):
    """Start the nightly run now; unlike the page it also checks certificate numbers."""
    job = enqueue(
        tasks.run_data_quality_checks,
        community_id=request.community.id,
        user_id=request.user.pk,
        title="数据体检",
    )
    return redirect("portal:job_detail", community=request.community.code, job=job.uuid)


@needs(Permission.PEOPLE_EXPORT)
@require_POST
def export(request):
    """Spreadsheet of the issues of one rule, or of all; certificate numbers are masked, as in the lists."""
    checks = data_quality_findings.rules_for(request.access, request.community)
    if "check" in request.GET:
        checks = [_rule_of(request, request.GET["check"])]
    lines: list[tuple] = []
    for check in checks:
        open_rows = data_quality_findings.open_findings(check, request.community)[: EXPORT_LIMIT - len(lines)]
        keys = [row.pk for row in open_rows]
        if keys:
            reason = f"数据体检：{check.title}"
            log_request(request, AccessLog.Action.EXPORT, open_rows.model, keys, reason=reason)
        issues = check.describe(open_rows, request.access, request.community)
        lines += [(check.title, check.severity.label, wrong.name, wrong.text) for wrong in issues]
    columns = [writing.OutputColumn(title, width=width) for title, width in _COLUMNS]
    stream = io.BytesIO()
    writing.write_xlsx(columns, lines, stream, title="数据体检")
    title = checks[0].title if len(checks) == 1 else "数据体检"
    return download_of_today(stream.getvalue(), f"{request.community.name}{title}", "xlsx")


_COLUMNS = (("项目", 26), ("程度", 8), ("名称", 24), ("情况", 60))


def _rule_of(request, key: str) -> Rule:
    """The rule of this key; 404 for users who may not see it."""
    checks = data_quality_findings.rules_for(request.access, request.community)
    rule = next((check for check in checks if check.key == key), None)
    if rule is None:
        raise Http404
    return rule


def _url(request, check: Rule) -> str:
    return request.community.url("residents:data_quality_list", check=check.key)


def _may_export(request) -> bool:
    return request.access.can(Permission.PEOPLE_EXPORT, request.community)


def _reviews(request, check: Rule) -> list[IssueReview]:
    """Reviews still in force, the newest first; a row that has changed since counts as an issue again."""
    accepted = (
        data_quality_findings.accepted_findings(check, request.community).order_by().values_list("pk", "mark")
    )
    marks = dict(accepted[:_REVIEWS])
    reviews = rows(IssueReview, request.access, check.right, request.community)
    reviews = reviews.filter(finding=check.key, row_id__in=marks).select_related("by")
    return [review for review in reviews if review.mark == str(marks[review.row_id])]
